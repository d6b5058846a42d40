//! `ip access-list …`, `ipv6 access-list …`, `object-group ip …`.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use ipnet::IpNet;

use super::{Reader, kind};
use crate::model::device::Name;
use crate::model::filter::{AddressMatch, FilterLine};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::nxos::config::{Acl, AclLine};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str, v6: bool) {
    let origin = r.tree.origin(node);
    r.sink.define(if v6 { kind::ACL_V6 } else { kind::ACL }, name, origin);
    r.ok(node);
    let mut acl = Acl { origin, ..Acl::default() };
    for child in &node.children {
        line(r, child, &mut acl, v6);
    }
    let lists = if v6 { &mut r.config.acls_v6 } else { &mut r.config.acls };
    *lists.entry(name, Acl::default) = acl;
}

fn line<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, acl: &mut Acl, v6: bool) {
    let (seq, words) = numbered(&node.words);
    let (permit, words) = match words {
        ["permit", rest @ ..] => (true, rest),
        ["deny", rest @ ..] => (false, rest),
        ["remark" | "statistics" | "ignore" | "exit", ..] => return r.quiet(node),
        ["fragments", ..] => return r.unmodelled(node, "how the list treats all fragments is not modelled"),
        ["no", ..] => return r.unmodelled(node, "statements that undo earlier ones are not followed"),
        _ => return r.sink.not_understood(r.tree, node),
    };
    let mut new =
        AclLine { line: FilterLine { permit, origin: r.tree.origin(node), ..FilterLine::default() }, ..AclLine::default() };
    let mut words = words;
    let read = extended(&mut words, &mut new, v6);
    for group in [&new.source_group, &new.destination_group].into_iter().flatten() {
        if let Some(word) = node.words.iter().find(|w| **w == &**group) {
            r.refer(&[kind::ADDRESS_GROUP], node, word, "access-list addrgroup");
        }
    }
    for group in [&new.source_ports, &new.destination_ports].into_iter().flatten() {
        if let Some(word) = node.words.iter().find(|w| **w == &**group) {
            r.refer(&[kind::PORT_GROUP], node, word, "access-list portgroup");
        }
    }
    // Without a number: 10 after the last (NX-OS security guide, "Sequence numbers").
    let seq = seq.unwrap_or_else(|| next(&acl.lines));
    match read {
        Ok(()) => {
            acl.lines.insert(seq, new);
            r.ok(node);
        }
        Err(Trouble::Bad(word, what)) => {
            let shown = node.words.iter().find(|w| **w == word).copied().unwrap_or(node.word(0));
            r.bad(node, shown, what);
        }
        Err(Trouble::Partial) => {
            new.line.partial = true;
            acl.lines.insert(seq, new);
            r.unmodelled(node, "a condition of this line is not modelled: it may hold for fewer packets");
        }
    }
}

/// A leading sequence number and the rest.
fn numbered<'w, 't>(words: &'w [&'t str]) -> (Option<u32>, &'w [&'t str]) {
    match words {
        [n, rest @ ..] if n.parse::<u32>().is_ok() => (n.parse().ok(), rest),
        ["seq", n, rest @ ..] => (n.parse().ok(), rest),
        rest => (None, rest),
    }
}

/// The next number of a list: 10 after the last.
fn next<T>(lines: &BTreeMap<u32, T>) -> u32 {
    lines.keys().next_back().map_or(10, |n| n.saturating_add(10))
}

pub(super) fn read_address_group<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str, v6: bool) {
    r.sink.define(kind::ADDRESS_GROUP, name, r.tree.origin(node));
    r.ok(node);
    let mut group = r.config.address_groups.entry(name, Default::default).clone();
    for child in &node.children {
        let (seq, mut words) = numbered(&child.words);
        if matches!(words.first(), Some(&"description" | &"exit")) {
            r.quiet(child);
            continue;
        }
        let first = words.first().copied().unwrap_or("");
        match address(&mut words, v6) {
            Some(Where::These(found)) => {
                for one in found {
                    let seq = seq.unwrap_or_else(|| next(&group.lines));
                    group.lines.insert(seq, one);
                }
                r.ok(child);
            }
            _ => r.bad(child, first, "an address"),
        }
    }
    *r.config.address_groups.entry(name, Default::default) = group;
}

pub(super) fn read_port_group<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str) {
    r.sink.define(kind::PORT_GROUP, name, r.tree.origin(node));
    r.ok(node);
    let mut group = r.config.port_groups.entry(name, Default::default).clone();
    for child in &node.children {
        let (seq, mut words) = numbered(&child.words);
        if matches!(words.first(), Some(&"description" | &"exit")) {
            r.quiet(child);
            continue;
        }
        match ports(&mut words) {
            Ok((found, None)) if !found.is_empty() => {
                let seq = seq.unwrap_or_else(|| next(&group.lines));
                group.lines.insert(seq, found);
                r.ok(child);
            }
            _ => r.bad(child, child.words.last().copied().unwrap_or(""), "a range of ports"),
        }
    }
    *r.config.port_groups.entry(name, Default::default) = group;
}

enum Trouble<'w> {
    Bad(&'w str, &'static str),
    Partial,
}

fn extended<'w>(words: &mut &[&'w str], new: &mut AclLine, v6: bool) -> Result<(), Trouble<'w>> {
    let Some(word) = take(words) else { return Err(Trouble::Bad("", "a protocol")) };
    if !matches!(word, "ip" | "ipv6") {
        new.line.protocols = vec![protocol(word).ok_or(Trouble::Bad(word, "a protocol"))?];
    }
    (new.line.sources, new.source_group) = place(word, address(words, v6))?;
    (new.line.source_ports, new.source_ports) = ports(words)?;
    (new.line.destinations, new.destination_group) = place(word, address(words, v6))?;
    (new.line.destination_ports, new.destination_ports) = ports(words)?;
    let line = &mut new.line;
    let icmp = line.protocols == [1] || line.protocols == [58];
    let mut partial = false;
    while let Some(word) = take(words) {
        match word {
            "established" => line.established = true,
            "fragments" => line.fragments = true,
            "log" | "capture" | "session" => {}
            "dscp" => match take(words).and_then(dscp) {
                Some(n) => line.dscp.push(n),
                None => partial = true,
            },
            "syn" | "ack" | "fin" | "rst" | "psh" | "urg" => {
                let (set, clear) = line.tcp_flags.unwrap_or((0, 0));
                line.tcp_flags = Some((set | flag(word), clear));
            }
            _ if icmp && word.parse::<u8>().is_ok() => {
                let code = words.first().and_then(|w| w.parse().ok());
                if code.is_some() {
                    take(words);
                }
                line.icmp.push((word.parse().unwrap_or(0), code));
            }
            _ if icmp && icmp_name(word, v6).is_some() => line.icmp.extend(icmp_name(word, v6)),
            _ => partial = true,
        }
    }
    if partial { Err(Trouble::Partial) } else { Ok(()) }
}

/// The addresses or the group of a place in a line.
fn place(after: &str, found: Option<Where>) -> Result<(Vec<AddressMatch>, Option<Name>), Trouble<'_>> {
    match found {
        Some(Where::These(list)) => Ok((list, None)),
        Some(Where::Group(name)) => Ok((Vec::new(), Some(name))),
        None => Err(Trouble::Bad(after, "followed by two addresses")),
    }
}

fn take<'w>(words: &mut &[&'w str]) -> Option<&'w str> {
    let (first, rest) = words.split_first()?;
    *words = rest;
    Some(first)
}

/// What stands for the addresses of a line.
enum Where {
    These(Vec<AddressMatch>),
    Group(Name),
}

fn address(words: &mut &[&str], v6: bool) -> Option<Where> {
    let word = take(words)?;
    match word {
        "any" => Some(Where::These(Vec::new())),
        "host" => take(words).and_then(values::prefix_or_host).map(|p| Where::These(vec![AddressMatch::Prefix(p)])),
        "addrgroup" | "object-group" => take(words).map(|g| Where::Group(g.into())),
        _ if word.contains('/') => values::prefix(word).map(|p| Where::These(vec![AddressMatch::Prefix(p.trunc())])),
        _ => {
            let ip = word.parse::<std::net::IpAddr>().ok()?;
            let mask = words.first().and_then(|w| w.parse::<std::net::Ipv4Addr>().ok()).filter(|_| !v6);
            let one = match (ip, mask) {
                (std::net::IpAddr::V4(ip4), Some(free)) => {
                    take(words);
                    let net: Option<IpNet> = values::address_wildcard(word, &free.to_string());
                    let odd = || AddressMatch::Wildcard(u32::from(ip4) & !u32::from(free), u32::from(free));
                    net.map_or_else(odd, AddressMatch::Prefix)
                }
                _ => AddressMatch::Prefix(IpNet::from(ip)),
            };
            Some(Where::These(vec![one]))
        }
    }
}

/// The ports of a line: ranges, or the name of a group.
type Ports = (Vec<RangeInclusive<u16>>, Option<Name>);

fn ports<'w>(words: &mut &[&'w str]) -> Result<Ports, Trouble<'w>> {
    let Some(&operator) = words.first() else { return Ok((Vec::new(), None)) };
    if operator == "portgroup" {
        take(words);
        return take(words).map(|g| (Vec::new(), Some(g.into()))).ok_or(Trouble::Bad(operator, "followed by a group"));
    }
    if !matches!(operator, "eq" | "neq" | "gt" | "lt" | "range") {
        return Ok((Vec::new(), None));
    }
    take(words);
    let mut numbers = Vec::new();
    let most = if operator == "range" { 2 } else { 1 };
    while numbers.len() < most
        && let Some(n) = words.first().and_then(|w| port(w))
    {
        numbers.push(n);
        take(words);
    }
    let ranges = match (operator, &numbers[..]) {
        ("eq", [_, ..]) => Ok(numbers.iter().map(|n| *n..=*n).collect()),
        ("gt", [n]) => Ok(vec![n.saturating_add(1)..=u16::MAX]),
        ("lt", [n]) => Ok(vec![0..=n.saturating_sub(1)]),
        ("range", [a, b]) => Ok(vec![*a.min(b)..=*a.max(b)]),
        ("neq", [_, ..]) => {
            numbers.sort_unstable();
            let mut out = Vec::new();
            let mut from = 0u32;
            for n in numbers {
                if u32::from(n) > from {
                    out.push(from as u16..=n - 1);
                }
                from = u32::from(n) + 1;
            }
            if from <= 0xFFFF {
                out.push(from as u16..=u16::MAX);
            }
            Ok(out)
        }
        _ => Err(Trouble::Bad(words.first().copied().unwrap_or(operator), "a port")),
    };
    ranges.map(|r| (r, None))
}

fn flag(word: &str) -> u8 {
    match word {
        "fin" => 1,
        "syn" => 2,
        "rst" => 4,
        "psh" => 8,
        "ack" => 16,
        _ => 32,
    }
}

fn protocol(word: &str) -> Option<u8> {
    Some(match word {
        "icmp" => 1,
        "igmp" => 2,
        "tcp" => 6,
        "udp" => 17,
        "eigrp" => 88,
        "ipip" => 4,
        "nos" => 94,
        "pcp" => 108,
        "rsvp" => 46,
        "gre" => 47,
        "esp" => 50,
        "ahp" => 51,
        "icmpv6" => 58,
        "ospf" => 89,
        "pim" => 103,
        "vrrp" => 112,
        "sctp" => 132,
        _ => return word.parse().ok(),
    })
}

fn dscp(word: &str) -> Option<u8> {
    let class = |prefix: &str| word.strip_prefix(prefix).and_then(|n| n.parse::<u8>().ok());
    match word {
        "ef" => Some(46),
        "default" => Some(0),
        _ => match (class("cs"), class("af")) {
            (Some(n @ 0..=7), _) => Some(n * 8),
            (_, Some(n @ 11..=43)) => Some(n / 10 * 8 + n % 10 * 2),
            _ => word.parse().ok().filter(|n| *n < 64),
        },
    }
}

fn icmp_name(word: &str, v6: bool) -> Option<(u8, Option<u8>)> {
    // IANA's registries of ICMP and ICMPv6 types and codes.
    const V4: &[(&str, u8, Option<u8>)] = &[
        ("echo-reply", 0, None),
        ("unreachable", 3, None),
        ("net-unreachable", 3, Some(0)),
        ("host-unreachable", 3, Some(1)),
        ("protocol-unreachable", 3, Some(2)),
        ("port-unreachable", 3, Some(3)),
        ("packet-too-big", 3, Some(4)),
        ("source-route-failed", 3, Some(5)),
        ("network-unknown", 3, Some(6)),
        ("host-unknown", 3, Some(7)),
        ("host-isolated", 3, Some(8)),
        ("dod-net-prohibited", 3, Some(9)),
        ("dod-host-prohibited", 3, Some(10)),
        ("net-tos-unreachable", 3, Some(11)),
        ("host-tos-unreachable", 3, Some(12)),
        ("administratively-prohibited", 3, Some(13)),
        ("host-precedence-unreachable", 3, Some(14)),
        ("precedence-unreachable", 3, Some(15)),
        ("source-quench", 4, None),
        ("redirect", 5, None),
        ("net-redirect", 5, Some(0)),
        ("host-redirect", 5, Some(1)),
        ("net-tos-redirect", 5, Some(2)),
        ("host-tos-redirect", 5, Some(3)),
        ("alternate-address", 6, None),
        ("echo", 8, None),
        ("router-advertisement", 9, None),
        ("router-solicitation", 10, None),
        ("time-exceeded", 11, None),
        ("ttl-exceeded", 11, Some(0)),
        ("reassembly-timeout", 11, Some(1)),
        ("parameter-problem", 12, None),
        ("general-parameter-problem", 12, Some(0)),
        ("option-missing", 12, Some(1)),
        ("no-room-for-option", 12, Some(2)),
        ("timestamp-request", 13, None),
        ("timestamp-reply", 14, None),
        ("information-request", 15, None),
        ("information-reply", 16, None),
        ("mask-request", 17, None),
        ("mask-reply", 18, None),
        ("traceroute", 30, None),
        ("conversion-error", 31, None),
        ("mobile-redirect", 32, None),
    ];
    const V6: &[(&str, u8, Option<u8>)] = &[
        ("unreachable", 1, None),
        ("no-route", 1, Some(0)),
        ("no-admin", 1, Some(1)),
        ("beyond-scope", 1, Some(2)),
        ("destination-unreachable", 1, Some(3)),
        ("port-unreachable", 1, Some(4)),
        ("packet-too-big", 2, None),
        ("time-exceeded", 3, None),
        ("hop-limit", 3, Some(0)),
        ("reassembly-timeout", 3, Some(1)),
        ("parameter-problem", 4, None),
        ("header", 4, Some(0)),
        ("next-header", 4, Some(1)),
        ("parameter-option", 4, Some(2)),
        ("echo-request", 128, None),
        ("echo-reply", 129, None),
        ("mld-query", 130, None),
        ("mld-report", 131, None),
        ("mld-reduction", 132, None),
        ("router-solicitation", 133, None),
        ("router-advertisement", 134, None),
        ("nd-ns", 135, None),
        ("nd-na", 136, None),
        ("redirect", 137, None),
        ("router-renumbering", 138, None),
    ];
    let names = if v6 { V6 } else { V4 };
    names.iter().find(|(n, ..)| *n == word).map(|&(_, kind, code)| (kind, code))
}

/// Ports by the names the CLI prints.
fn port(word: &str) -> Option<u16> {
    Some(match word {
        "echo" => 7,
        "discard" => 9,
        "daytime" => 13,
        "chargen" => 19,
        "nameserver" => 42,
        "drip" => 3949,
        "hostname" => 101,
        "dnsix" => 195,
        "mobile-ip" => 434,
        "pim-auto-rp" => 496,
        "uucp" => 540,
        "klogin" => 543,
        "kshell" => 544,
        "xdmcp" => 177,
        "ftp-data" => 20,
        "ftp" => 21,
        "ssh" => 22,
        "telnet" => 23,
        "smtp" => 25,
        "time" => 37,
        "whois" => 43,
        "tacacs" => 49,
        "domain" => 53,
        "bootps" => 67,
        "bootpc" => 68,
        "tftp" => 69,
        "gopher" => 70,
        "finger" => 79,
        "www" | "http" => 80,
        "pop2" => 109,
        "pop3" => 110,
        "sunrpc" => 111,
        "ident" => 113,
        "nntp" => 119,
        "ntp" => 123,
        "netbios-ns" => 137,
        "netbios-dgm" => 138,
        "netbios-ss" | "netbios-ssn" => 139,
        "snmp" => 161,
        "snmptrap" => 162,
        "bgp" => 179,
        "irc" => 194,
        "ldap" => 389,
        "https" => 443,
        "isakmp" => 500,
        "exec" | "biff" => 512,
        "login" | "who" => 513,
        "cmd" | "syslog" => 514,
        "lpd" => 515,
        "talk" => 517,
        "rip" => 520,
        "ripng" => 521,
        "ldp" => 646,
        "ldaps" => 636,
        "radius-acct" => 1813,
        "non500-isakmp" => 4500,
        "vxlan" => 4789,
        _ => return word.parse().ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};
    use crate::model::filter::AddressMatch;
    use crate::vendors::sink::LineClass;

    #[test]
    fn lines_and_groups() {
        let text = "object-group ip address G\n  10 host 192.0.2.1\n  10.0.0.0/8\n  20 172.16.0.0 0.0.255.255\nobject-group ip port P\n  10 eq 80\n  range 100 90\nip access-list E\n  statistics per-entry\n  10 remark x\n  20 permit tcp any host 10.0.0.1 eq 22 established log\n  30 permit udp 10.0.0.0/8 gt 1023 any range 33434 33600\n  40 deny icmp any any echo\n  45 deny icmp any any administratively-prohibited\n  50 permit ip 10.0.0.1 0.0.255.0 any dscp ef\n  permit tcp addrgroup G portgroup P any\nipv6 access-list V\n  10 permit ipv6 2001:db8::/32 any\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let e = &config.acls.get("E").unwrap().lines;
        assert_eq!(e[&20].line.destination_ports, [22..=22]);
        assert!(e[&20].line.established);
        assert_eq!(e[&30].line.source_ports, [1024..=65535]);
        assert_eq!((&e[&40].line.icmp[..], &e[&45].line.icmp[..]), (&[(8, None)][..], &[(3, Some(13))][..]));
        assert_eq!(e[&50].line.sources, [AddressMatch::Wildcard(0x0A00_0001, 0x0000_FF00)]);
        assert_eq!((e[&60].source_group.as_deref(), e[&60].source_ports.as_deref()), (Some("G"), Some("P")));
        assert_eq!(config.address_groups.get("G").unwrap().lines.keys().copied().collect::<Vec<_>>(), [10, 20]);
        assert_eq!(config.port_groups.get("P").unwrap().lines[&20], [90..=100]);
        assert_eq!(config.acls_v6.get("V").unwrap().lines.len(), 1);
    }

    #[test]
    fn half_understood_lines_are_kept_and_said() {
        let text = "ip access-list E\n  permit tcp any any ttl 4\n  permit tcp any\n  permit blah any any\n  dance\n";
        let (config, _) = read_text(text);
        assert!(config.acls.get("E").unwrap().lines[&10].line.partial);
        assert_eq!(
            odd_lines(text),
            [(2, LineClass::NotModelled), (3, LineClass::Invalid), (4, LineClass::Invalid), (5, LineClass::NotUnderstood)]
        );
    }
}
