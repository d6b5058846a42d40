//! `ip access-list …`, `ipv6 access-list …`.

use std::ops::RangeInclusive;

use ipnet::IpNet;

use super::{Reader, kind};
use crate::model::filter::{AddressMatch, FilterLine};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::eos::config::Acl;

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str, standard: bool, v6: bool) {
    let origin = r.tree.origin(node);
    r.sink.define(if v6 { kind::ACL_V6 } else { kind::ACL }, name, origin);
    r.ok(node);
    let mut acl = Acl { origin, extended: !standard, ..Acl::default() };
    for child in &node.children {
        line(r, child, &mut acl, standard, v6);
    }
    let lists = if v6 { &mut r.config.acls_v6 } else { &mut r.config.acls };
    *lists.entry(name, Acl::default) = acl;
}

fn line<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, acl: &mut Acl, standard: bool, v6: bool) {
    let (seq, words) = match &node.words[..] {
        [n, rest @ ..] if n.parse::<u32>().is_ok() => (n.parse::<u32>().ok(), rest),
        ["seq", n, rest @ ..] => (n.parse::<u32>().ok(), rest),
        rest => (None, rest),
    };
    let (permit, words) = match words {
        ["permit", rest @ ..] => (true, rest),
        ["deny", rest @ ..] => (false, rest),
        ["remark" | "counters" | "statistics" | "fragment-rules" | "no" | "exit", ..] => return r.quiet(node),
        _ => return r.sink.not_understood(r.tree, node),
    };
    let mut new = FilterLine { permit, origin: r.tree.origin(node), ..FilterLine::default() };
    let mut words = words;
    if standard {
        let Some(Some(source)) = address(&mut words, v6) else {
            return r.bad(node, words.first().copied().unwrap_or(node.word(0)), "an address");
        };
        new.sources = source;
    } else {
        match extended(&mut words, &mut new, v6) {
            Ok(()) => {}
            Err(Trouble::Bad(word, what)) => {
                let word = word.to_owned();
                let shown = node.words.iter().find(|w| **w == word).copied().unwrap_or(node.word(0));
                return r.bad(node, shown, what);
            }
            Err(Trouble::Partial) => {
                new.partial = true;
                let seq = seq.unwrap_or_else(|| next(acl));
                acl.lines.insert(seq, new);
                return r.unmodelled(node, "a condition of this line is not modelled: it may hold for fewer packets");
            }
        }
    }
    // Without a number: 10 after the last (EOS manual, "ip access-list").
    let seq = seq.unwrap_or_else(|| next(acl));
    acl.lines.insert(seq, new);
    r.ok(node);
}

fn next(acl: &Acl) -> u32 {
    acl.lines.keys().next_back().map_or(10, |n| n.saturating_add(10))
}

enum Trouble<'w> {
    Bad(&'w str, &'static str),
    Partial,
}

fn extended<'w>(words: &mut &[&'w str], line: &mut FilterLine, v6: bool) -> Result<(), Trouble<'w>> {
    if matches!(words.first(), Some(&"vlan" | &"response" | &"vni" | &"traffic")) {
        return Err(Trouble::Partial);
    }
    let Some(word) = take(words) else { return Err(Trouble::Bad("", "a protocol")) };
    if !matches!(word, "ip" | "ipv6") {
        line.protocols = vec![protocol(word).ok_or(Trouble::Bad(word, "a protocol"))?];
    }
    line.sources = address(words, v6).ok_or(Trouble::Partial)?.ok_or(Trouble::Bad(word, "followed by an address"))?;
    line.source_ports = ports(words)?;
    line.destinations = address(words, v6).ok_or(Trouble::Partial)?.ok_or(Trouble::Bad(word, "followed by two addresses"))?;
    line.destination_ports = ports(words)?;
    let icmp = line.protocols == [1] || line.protocols == [58];
    let mut partial = false;
    while let Some(word) = take(words) {
        match word {
            "established" => line.established = true,
            "fragments" => line.fragments = true,
            "log" | "copy" | "mirror" => {}
            "dscp" => match take(words).and_then(dscp) {
                Some(n) => line.dscp.push(n),
                None => partial = true,
            },
            "syn" | "ack" | "fin" | "rst" | "psh" | "urg" | "+syn" | "+ack" | "+fin" | "+rst" => {
                let bit = flag(word.trim_start_matches('+'));
                let (set, clear) = line.tcp_flags.unwrap_or((0, 0));
                line.tcp_flags = Some((set | bit, clear));
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

fn take<'w>(words: &mut &[&'w str]) -> Option<&'w str> {
    let (first, rest) = words.split_first()?;
    *words = rest;
    Some(first)
}

/// An address of a line. `None`: one that cannot be said in the model; `Some(None)`: none at all.
#[allow(clippy::option_option, reason = "three cases, of which two are failures of different kinds")]
fn address(words: &mut &[&str], v6: bool) -> Option<Option<Vec<AddressMatch>>> {
    let Some(word) = take(words) else { return Some(None) };
    Some(match word {
        "any" => Some(Vec::new()),
        "host" => take(words).and_then(values::prefix_or_host).map(|p| vec![AddressMatch::Prefix(p)]),
        "field-set" => return None,
        _ if word.contains('/') => values::prefix(word).map(|p| vec![AddressMatch::Prefix(p.trunc())]),
        _ => {
            let Ok(ip) = word.parse::<std::net::IpAddr>() else { return Some(None) };
            let mask = words.first().and_then(|w| w.parse::<std::net::Ipv4Addr>().ok()).filter(|_| !v6);
            match (ip, mask) {
                (std::net::IpAddr::V4(ip4), Some(free)) => {
                    take(words);
                    let text = free.to_string();
                    let net: Option<IpNet> = values::address_wildcard(word, &text);
                    let odd = || AddressMatch::Wildcard(u32::from(ip4) & !u32::from(free), u32::from(free));
                    Some(vec![net.map_or_else(odd, AddressMatch::Prefix)])
                }
                _ => Some(vec![AddressMatch::Prefix(IpNet::from(ip))]),
            }
        }
    })
}

fn ports<'w>(words: &mut &[&'w str]) -> Result<Vec<RangeInclusive<u16>>, Trouble<'w>> {
    let Some(&operator) = words.first() else { return Ok(Vec::new()) };
    if !matches!(operator, "eq" | "neq" | "gt" | "lt" | "range") {
        return Ok(Vec::new());
    }
    take(words);
    let mut numbers = Vec::new();
    let most = match operator {
        "range" => 2,
        "gt" | "lt" => 1,
        _ => usize::MAX,
    };
    while numbers.len() < most
        && let Some(n) = words.first().and_then(|w| port(w))
    {
        numbers.push(n);
        take(words);
    }
    match (operator, &numbers[..]) {
        ("eq", [_, ..]) => Ok(numbers.iter().map(|n| *n..=*n).collect()),
        ("gt", [n]) => Ok(vec![n.saturating_add(1)..=u16::MAX]),
        ("lt", [n]) => Ok(vec![0..=n.saturating_sub(1)]),
        ("range", [a, b]) => Ok(vec![*a..=*b]),
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
    }
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
    Some(match (word, v6) {
        ("echo" | "echo-request", false) => (8, None),
        ("echo-reply", false) => (0, None),
        ("unreachable", false) => (3, None),
        ("port-unreachable", false) => (3, Some(3)),
        ("host-unreachable", false) => (3, Some(1)),
        ("net-unreachable", false) => (3, Some(0)),
        ("packet-too-big", false) => (3, Some(4)),
        ("time-exceeded", false) => (11, None),
        ("ttl-exceeded", false) => (11, Some(0)),
        ("redirect", false) => (5, None),
        ("parameter-problem", false) => (12, None),
        ("echo" | "echo-request", true) => (128, None),
        ("echo-reply", true) => (129, None),
        ("unreachable", true) => (1, None),
        ("packet-too-big", true) => (2, None),
        ("time-exceeded", true) => (3, None),
        ("neighbor-solicitation", true) => (135, None),
        ("neighbor-advertisement", true) => (136, None),
        ("router-solicitation", true) => (133, None),
        ("router-advertisement", true) => (134, None),
        _ => return None,
    })
}

/// Ports by the names the CLI prints.
fn port(word: &str) -> Option<u16> {
    Some(match word {
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
        "radius" => 1812,
        "radius-acct" => 1813,
        "nfs" => 2049,
        "bfd" => 3784,
        "bfd-echo" => 3785,
        "non500-isakmp" => 4500,
        "vxlan" => 4789,
        "mlag" => 4432,
        "mpls-udp" => 6635,
        "mpls-ping" => 3503,
        "gnmi" => 6030,
        _ => return word.parse().ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};
    use crate::model::filter::AddressMatch;
    use crate::vendors::sink::LineClass;

    #[test]
    fn lines_of_both_kinds() {
        let text = "ip access-list standard S\n   10 permit 10.0.0.0/8\n   20 deny host 192.0.2.1\n   permit 172.16.0.0 0.0.255.255\nip access-list E\n   counters per-entry\n   10 remark x\n   20 permit tcp any host 10.0.0.1 eq ssh https established log\n   30 permit udp 10.0.0.0/8 gt 1023 any range 33434 33600\n   40 deny icmp any any echo\n   50 permit ip 10.0.0.1 0.0.255.0 any dscp ef\nipv6 access-list V\n   permit ipv6 2001:db8::/32 any\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let s = config.acls.get("S").unwrap();
        assert_eq!(s.lines.keys().copied().collect::<Vec<_>>(), [10, 20, 30]);
        assert!(!s.extended && !s.lines[&20].permit);
        let e = config.acls.get("E").unwrap();
        assert_eq!(e.lines[&20].destination_ports, [22..=22, 443..=443]);
        assert!(e.lines[&20].established);
        assert_eq!(e.lines[&30].source_ports, [1024..=65535]);
        assert_eq!(e.lines[&40].icmp, [(8, None)]);
        assert_eq!(e.lines[&50].sources, [AddressMatch::Wildcard(0x0A00_0001, 0x0000_FF00)]);
        assert_eq!(e.lines[&50].dscp, [46]);
        assert_eq!(config.acls_v6.get("V").unwrap().lines.len(), 1);
    }

    #[test]
    fn half_understood_lines_are_kept_and_said() {
        let text = "ip access-list E\n   permit tcp any any ttl eq 4\n   permit tcp any\n   permit blah any any\n   dance\n";
        let (config, _) = read_text(text);
        assert!(config.acls.get("E").unwrap().lines[&10].partial);
        assert_eq!(
            odd_lines(text),
            [(2, LineClass::NotModelled), (3, LineClass::Invalid), (4, LineClass::Invalid), (5, LineClass::NotUnderstood)]
        );
    }
}
