//! `firewall`: filters of the families inet and inet6.

use std::ops::RangeInclusive;

use super::{Named, Reader, tables};
use crate::model::filter::AddressMatch;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::junos::config::{Config, Filter, FilterTerm};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    for c in &node.children {
        match c.word(0) {
            "filter" => filters(r, c, false, config),
            "family" => {
                r.head(c);
                for f in &c.children {
                    let word = f.word(0);
                    if tables::FIREWALL_FAMILIES.contains(&word) {
                        r.sink.not_modelled(r.tree, f, format!("filters of family {word} are not modelled"));
                        continue;
                    }
                    r.head(f);
                    for x in &f.children {
                        match x.word(0) {
                            "filter" if word == "inet" || word == "inet6" => filters(r, x, word == "inet6", config),
                            _ => r.known(x, &tables::FIREWALL),
                        }
                    }
                }
            }
            _ => r.known(c, &tables::FIREWALL),
        }
    }
}

fn filters<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, v6: bool, config: &mut Config) {
    r.head(node);
    for n in &node.children {
        r.head(n);
        r.sink.define(if v6 { "firewall filter inet6" } else { "firewall filter inet" }, n.word(0), r.origin(n));
        let mut f = Filter { name: n.word(0).into(), v6, origin: r.origin(n), terms: Vec::new() };
        for c in &n.children {
            match c.word(0) {
                "term" => {
                    r.head(c);
                    for t in &c.children {
                        r.head(t);
                        let term = term(r, t);
                        f.terms.push(term);
                    }
                }
                _ => r.known(c, &tables::FIREWALL),
            }
        }
        config.filters.push(f);
    }
}

fn term<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> FilterTerm {
    let mut t = FilterTerm { origin: r.origin(node), ..FilterTerm::default() };
    t.line.origin = t.origin;
    // A term without an action accepts (Junos: "if you omit the then statement, the packet is accepted").
    t.line.permit = true;
    for c in &node.children {
        match c.word(0) {
            "from" => {
                r.head(c);
                for m in &c.children {
                    from(r, m, &mut t);
                }
            }
            "then" => {
                r.head(c);
                for a in &c.children {
                    then(r, a, &mut t);
                }
            }
            "filter" => {
                r.sink.not_modelled(r.tree, c, "a filter inside a filter is not modelled");
                t.line.partial = true;
            }
            _ => r.known(c, &tables::FIREWALL),
        }
    }
    t
}

fn then<'t>(r: &mut Reader<'_, 't>, a: &Node<'t>, t: &mut FilterTerm) {
    match a.word(0) {
        "accept" => r.all(a),
        "discard" | "reject" => {
            r.all(a);
            t.line.permit = false;
        }
        "next" => {
            r.all(a);
            t.line.pass_on = true;
        }
        "routing-instance" => t.instance = r.named(a),
        "next-ip" | "next-ip6" | "next-interface" | "decapsulate" | "encapsulate" | "ipsec-sa" | "logical-system"
        | "redirect" => {
            r.sink.not_modelled(r.tree, a, format!("filter action `{}` is not modelled", a.word(0)));
        }
        word if tables::FILTER_THEN.contains(&word) || tables::ANYWHERE.contains(&word) => r.sink.no_effect(r.tree, a),
        _ => r.sink.not_understood(r.tree, a),
    }
}

fn from<'t>(r: &mut Reader<'_, 't>, m: &Node<'t>, t: &mut FilterTerm) {
    let l = &mut t.line;
    match m.word(0) {
        "source-address" => l.sources.extend(addresses(r, m)),
        "destination-address" => l.destinations.extend(addresses(r, m)),
        "address" => t.either.extend(addresses(r, m)),
        "source-prefix-list" => t.source_lists.extend(lists(r, m)),
        "destination-prefix-list" => t.destination_lists.extend(lists(r, m)),
        "prefix-list" => t.either_lists.extend(lists(r, m)),
        "protocol" | "next-header" | "payload-protocol" | "ip-protocol" => {
            for (word, _) in r.args(m) {
                match protocol(&word) {
                    Some(p) => l.protocols.push(p),
                    None => l.partial = true,
                }
            }
        }
        "source-port" => l.source_ports.extend(ports(r, m)),
        "destination-port" => l.destination_ports.extend(ports(r, m)),
        "port" => t.either_ports.extend(ports(r, m)),
        "icmp-type" => {
            for (word, _) in r.args(m) {
                match icmp(&word) {
                    Some(kind) => l.icmp.push((kind, None)),
                    None => l.partial = true,
                }
            }
        }
        "tcp-established" => {
            r.all(m);
            l.established = true;
        }
        "tcp-initial" => {
            r.all(m);
            l.tcp_flags = Some((0x02, 0x10));
        }
        "is-fragment" => {
            r.all(m);
            l.fragments = true;
        }
        "dscp" | "traffic-class" => {
            for (word, _) in r.args(m) {
                match word.parse() {
                    Ok(value) => l.dscp.push(value),
                    Err(_) => l.partial = true,
                }
            }
        }
        word if tables::ANYWHERE.contains(&word) => r.sink.no_effect(r.tree, m),
        word if MATCHES.contains(&word.trim_end_matches("-except")) => {
            r.sink.not_modelled(
                r.tree,
                m,
                format!("filter condition `{word}` is not modelled: the term may match less than shown"),
            );
            l.partial = true;
        }
        _ => {
            r.sink.not_understood(r.tree, m);
            l.partial = true;
        }
    }
}

/// Conditions that are known and not modelled, without `-except`.
const MATCHES: &[&str] = &[
    "source-address",
    "destination-address",
    "address",
    "protocol",
    "next-header",
    "port",
    "source-port",
    "destination-port",
    "icmp-type",
    "icmp-code",
    "dscp",
    "ttl",
    "hop-limit",
    "packet-length",
    "fragment-offset",
    "fragment-flags",
    "first-fragment",
    "ip-options",
    "interface",
    "interface-set",
    "interface-group",
    "forwarding-class",
    "loss-priority",
    "precedence",
    "tcp-flags",
    "destination-class",
    "source-class",
    "ah-spi",
    "esp-spi",
    "gre-key",
    "flexible-match-mask",
    "flexible-match-range",
    "service-filter-hit",
    "rat-type",
    "redirect-reason",
    "policy-map",
    "extension-header",
    "last-fragment",
    "traffic-class",
    "ether-type",
    "vlan",
    "ip-version",
    "source-prefix-list",
    "destination-prefix-list",
    "prefix-list",
    "destination-port-range-optimize",
    "source-port-range-optimize",
    "l3-interface",
    "vxlan",
    "is-fragment",
    "gbp-src-tag",
    "gbp-dst-tag",
];

fn addresses<'t>(r: &mut Reader<'_, 't>, m: &Node<'t>) -> Vec<AddressMatch> {
    r.head(m);
    let mut out = Vec::new();
    for a in &m.children {
        // `10.0.0.1/255.0.255.0` is an address with a mask of ones that may have gaps.
        let masked = a.word(0).split_once('/').and_then(|(ip, mask)| {
            let (ip, mask): (std::net::Ipv4Addr, std::net::Ipv4Addr) = (ip.parse().ok()?, mask.parse().ok()?);
            Some(AddressMatch::Wildcard(u32::from(ip), !u32::from(mask)))
        });
        match values::prefix_or_host(a.word(0)) {
            Some(net) if a.child("except").is_some() => out.push(AddressMatch::Except(net.trunc())),
            Some(net) => out.push(AddressMatch::Prefix(net.trunc())),
            None => match masked {
                Some(m) => out.push(m),
                None => {
                    r.sink.invalid(r.tree, a, a.word(0), "a prefix");
                    continue;
                }
            },
        }
        r.all(a);
    }
    out
}

fn lists<'t>(r: &mut Reader<'_, 't>, m: &Node<'t>) -> Vec<(Named, bool)> {
    r.all(m);
    let mut out = Vec::new();
    for n in &m.children {
        r.sink.refer(&["prefix-list"], n.word(0), r.tree.span(n, n.word(0)), "firewall prefix-list");
        out.push(((n.word(0).into(), r.origin(n)), n.child("except").is_some()));
    }
    out
}

fn ports<'t>(r: &mut Reader<'_, 't>, m: &Node<'t>) -> Vec<RangeInclusive<u16>> {
    let mut out = Vec::new();
    for (word, origin) in r.args(m) {
        let (a, b) = word.split_once('-').unwrap_or((&word, &word));
        match (port(a), port(b)) {
            (Some(a), Some(b)) => out.push(a..=b),
            // A port by a name nobody listed here: the term must not match more than it says.
            _ => {
                r.sink.mark(origin, crate::vendors::sink::LineClass::Invalid);
                out.push(RangeInclusive::new(1, 0));
            }
        }
    }
    out
}

/// Junos's names of ports.
fn port(word: &str) -> Option<u16> {
    Some(match word {
        "afs" => 1483,
        "bgp" => 179,
        "biff" | "exec" => 512,
        "bootpc" => 68,
        "bootps" | "dhcp" => 67,
        "cmd" | "syslog" => 514,
        "cvspserver" => 2401,
        "domain" => 53,
        "eklogin" => 2105,
        "ekshell" => 2106,
        "finger" => 79,
        "ftp" => 21,
        "ftp-data" => 20,
        "http" => 80,
        "https" => 443,
        "ident" => 113,
        "imap" => 143,
        "kerberos-sec" => 88,
        "klogin" => 543,
        "kpasswd" => 761,
        "krb-prop" => 754,
        "krbupdate" => 760,
        "kshell" => 544,
        "ldap" => 389,
        "ldp" => 646,
        "login" | "who" => 513,
        "mobileip-agent" => 434,
        "mobilip-mn" => 435,
        "msdp" => 639,
        "netbios-dgm" => 138,
        "netbios-ns" => 137,
        "netbios-ssn" => 139,
        "nfsd" => 2049,
        "nntp" => 119,
        "ntalk" => 518,
        "ntp" => 123,
        "pop3" => 110,
        "pptp" => 1723,
        "printer" => 515,
        "radacct" => 1813,
        "radius" => 1812,
        "rip" => 520,
        "rkinit" => 2108,
        "smtp" => 25,
        "snmp" => 161,
        "snmptrap" => 162,
        "snpp" => 444,
        "socks" => 1080,
        "ssh" => 22,
        "sunrpc" => 111,
        "tacacs" => 49,
        "tacacs-ds" => 65,
        "talk" => 517,
        "telnet" => 23,
        "tftp" => 69,
        "timed" => 525,
        "traceroute" => 33434,
        "twamp" => 862,
        "xdmcp" => 177,
        "zephyr-clt" => 2103,
        "zephyr-hm" => 2104,
        "zephyr-srv" => 2102,
        _ => return word.parse().ok(),
    })
}

/// Junos's names of IP protocols.
fn protocol(word: &str) -> Option<u8> {
    Some(match word {
        "ah" => 51,
        "dstopts" => 60,
        "egp" => 8,
        "esp" => 50,
        "fragment" => 44,
        "gre" => 47,
        "hop-by-hop" => 0,
        "icmp" => 1,
        "icmp6" | "icmpv6" => 58,
        "igmp" => 2,
        "ipip" => 4,
        "ipv6" => 41,
        "no-next-header" => 59,
        "ospf" => 89,
        "pim" => 103,
        "routing" => 43,
        "rsvp" => 46,
        "sctp" => 132,
        "tcp" => 6,
        "udp" => 17,
        "vrrp" => 112,
        _ => return word.parse().ok(),
    })
}

/// Junos's names of ICMP types (IPv4; IPv6's have names of their own).
fn icmp(word: &str) -> Option<u8> {
    Some(match word {
        "echo-reply" => 0,
        "unreachable" => 3,
        "source-quench" => 4,
        "redirect" => 5,
        "echo-request" => 8,
        "router-advertisement" => 9,
        "router-solicit" => 10,
        "time-exceeded" => 11,
        "parameter-problem" => 12,
        "timestamp" => 13,
        "timestamp-reply" => 14,
        "info-request" => 15,
        "info-reply" => 16,
        "mask-request" => 17,
        "mask-reply" => 18,
        "packet-too-big" => 2,
        "neighbor-solicit" => 135,
        "neighbor-advertisement" => 136,
        _ => return word.parse().ok(),
    })
}
