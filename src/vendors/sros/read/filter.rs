//! `filter`: IP filters and their match lists.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Reader, entry, tables};
use crate::model::filter::AddressMatch;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::sros::config::{Config, Filter, FilterEntry, Named};

/// Protocol names of filters and their numbers (IANA).
const PROTOCOLS: &[(&str, u8)] = &[
    ("icmp", 1),
    ("igmp", 2),
    ("ipv4", 4),
    ("tcp", 6),
    ("egp", 8),
    ("igp", 9),
    ("udp", 17),
    ("rdp", 27),
    ("ipv6", 41),
    ("ipv6-route", 43),
    ("ipv6-frag", 44),
    ("rsvp", 46),
    ("gre", 47),
    ("esp", 50),
    ("ah", 51),
    ("ipv6-icmp", 58),
    ("ipv6-no-nxt", 59),
    ("ipv6-opts", 60),
    ("ospf-igp", 89),
    ("etherip", 97),
    ("encap", 98),
    ("pim", 103),
    ("vrrp", 112),
    ("l2tp", 115),
    ("stp", 118),
    ("sctp", 132),
    ("udplite", 136),
];

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "ip-filter" | "ipv6-filter" => {
                r.head(c);
                for name in &c.children {
                    filter(r, name, c.word(0) == "ipv6-filter", config);
                }
            }
            "match-list" => match_lists(r, c, config),
            _ => r.known(c, &tables::FILTER),
        }
    }
}

fn match_lists<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    r.head(node);
    for kind in &node.children {
        match kind.word(0) {
            "ip-prefix-list" | "ipv6-prefix-list" => {
                r.head(kind);
                for name in &kind.children {
                    r.all(name);
                    r.sink.define("match-list", name.word(0), r.tree.origin(name));
                    let list = name.children.iter().filter(|c| c.word(0) == "prefix").flat_map(|c| &c.children);
                    let list = list.filter_map(|p| values::prefix_or_host(p.word(0))).collect();
                    config.address_lists.push((name.word(0).into(), list, r.tree.origin(name)));
                }
            }
            "port-list" => {
                r.head(kind);
                for name in &kind.children {
                    r.all(name);
                    r.sink.define("match-list", name.word(0), r.tree.origin(name));
                    let mut list = Vec::new();
                    for c in &name.children {
                        list.extend(ports(c));
                    }
                    config.port_lists.push((name.word(0).into(), list, r.tree.origin(name)));
                }
            }
            _ => r.known(kind, &tables::FILTER),
        }
    }
}

fn filter<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, v6: bool, config: &mut Config) {
    r.head(node);
    let (name, origin) = (node.word(0), r.origin(node));
    r.sink.define(if v6 { "ipv6-filter" } else { "ip-filter" }, name, origin);
    let f = entry(
        &mut config.filters,
        |f| f.v6 == v6 && &*f.name == name,
        || Filter { name: name.into(), v6, origin, ..Filter::default() },
    );
    for c in &node.children {
        match c.word(0) {
            "default-action" => f.accept = r.arg(c).map(|w| matches!(w, "accept" | "forward")),
            "entry" => {
                r.head(c);
                for e in &c.children {
                    let Ok(number) = e.word(0).parse() else {
                        r.refuse(e, "an entry number");
                        continue;
                    };
                    r.head(e);
                    let origin = r.origin(e);
                    let x = entry(
                        &mut f.entries,
                        |x| x.number == number,
                        || {
                            let mut made = FilterEntry { number, ..FilterEntry::default() };
                            made.line.origin = origin;
                            made
                        },
                    );
                    for y in &e.children {
                        match y.word(0) {
                            "match" => conditions(r, y, v6, x),
                            "action" => action(r, y, x),
                            _ => r.known(y, &tables::FILTER_ENTRY),
                        }
                    }
                }
            }
            _ => r.known(c, &tables::FILTER_ENTRY),
        }
    }
    f.entries.sort_by_key(|e| e.number);
}

fn action<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, x: &mut FilterEntry) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "accept" => {
                r.all(c);
                (x.acts, x.line.permit) = (true, true);
            }
            "drop" => {
                r.all(c);
                (x.acts, x.line.permit) = (true, false);
            }
            // What a packet is sent to instead of its route is not followed; it is not dropped.
            "forward" if c.children.is_empty() => {
                r.all(c);
                (x.acts, x.line.permit) = (true, true);
            }
            "ignore-match" => r.all(c),
            "forward" | "nat" | "reassemble" | "gtp-local-breakout" | "tcp-mss-adjust" | "http-redirect" | "remark" => {
                r.sink.not_modelled(r.tree, c, format!("filter action `{}` is not modelled: the packet passes", c.word(0)));
                (x.acts, x.line.permit) = (true, true);
            }
            _ => r.known(c, &tables::FILTER_ENTRY),
        }
    }
}

fn conditions<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, v6: bool, x: &mut FilterEntry) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "protocol" | "next-header" => {
                let word = r.arg(c).unwrap_or("");
                let known = PROTOCOLS.iter().find(|(w, _)| *w == word).map(|(_, n)| *n).or_else(|| word.parse().ok());
                match (known, word) {
                    (Some(n), _) => x.line.protocols.push(n),
                    (None, "tcp-udp") => x.line.protocols.extend([6, 17]),
                    _ => r.bad(c, word, "an IP protocol"),
                }
                c.children.iter().flat_map(|p| &p.children).for_each(|y| condition(r, y, v6, x));
            }
            _ => condition(r, c, v6, x),
        }
    }
}

fn condition<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, v6: bool, x: &mut FilterEntry) {
    match c.word(0) {
        "src-ip" => address(r, c, v6, &mut x.line.sources, &mut x.sources),
        "dst-ip" => address(r, c, v6, &mut x.line.destinations, &mut x.destinations),
        "src-port" => {
            r.all(c);
            x.line.source_ports.extend(ports(c).into_iter().map(|(a, b)| a..=b));
            list(r, c, "port-list", &mut x.source_ports);
        }
        "dst-port" => {
            r.all(c);
            x.line.destination_ports.extend(ports(c).into_iter().map(|(a, b)| a..=b));
            list(r, c, "port-list", &mut x.destination_ports);
        }
        "port" => {
            r.all(c);
            x.either_ports.extend(ports(c));
        }
        "icmp" => {
            r.all(c);
            let of = |w: &str| c.child(w).and_then(|t| t.children.first()).and_then(|t| icmp(t.word(0)));
            match of("type") {
                Some(kind) => x.line.icmp.push((kind, of("code"))),
                None => x.line.partial = true,
            }
        }
        "tcp-established" => {
            r.all(c);
            x.line.established = true;
        }
        "tcp-flags" => {
            r.all(c);
            // FIN, SYN, RST, PSH, ACK, URG from the low bit up.
            let bits = [("fin", 1u8), ("syn", 2), ("rst", 4), ("psh", 8), ("ack", 16), ("urg", 32)];
            let (mut set, mut clear) = x.line.tcp_flags.unwrap_or((0, 0));
            for (word, bit) in bits {
                match c.child(word).map(|f| f.child("false").is_none()) {
                    Some(true) => set |= bit,
                    Some(false) => clear |= bit,
                    None => {}
                }
            }
            x.line.tcp_flags = Some((set, clear));
        }
        "fragment" => {
            let word = r.arg(c);
            match word {
                Some("true" | "non-first-only") => x.line.fragments = true,
                Some("false" | "first-only" | "off") | None => {}
                Some(_) => x.line.partial = true,
            }
        }
        "dscp" => {
            r.all(c);
            match r.only(c).and_then(|w| dscp(w.word(0))) {
                Some(n) => x.line.dscp.push(n),
                None => x.line.partial = true,
            }
        }
        _ => {
            r.sink.not_modelled(r.tree, c, format!("filter condition `{}` is not modelled", c.word(0)));
            x.line.partial = true;
        }
    }
}

fn icmp(word: &str) -> Option<u8> {
    Some(match word {
        "echo-reply" => 0,
        "dest-unreachable" => 3,
        "echo-request" => 8,
        "time-exceeded" => 11,
        _ => return word.parse().ok(),
    })
}

fn dscp(word: &str) -> Option<u8> {
    let tail = |n: usize| word.get(n..).and_then(|w| w.parse::<u8>().ok());
    match word {
        "be" => Some(0),
        "ef" => Some(46),
        _ if word.starts_with("cs") || word.starts_with("nc") => tail(2).filter(|n| *n < 8).map(|n| n * 8),
        _ if word.starts_with("cp") => tail(2).filter(|n| *n < 64),
        _ if word.starts_with("af") => tail(2).filter(|n| (10..50).contains(n)).map(|n| n / 10 * 8 + n % 10 * 2),
        _ => None,
    }
}

fn list<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, word: &str, to: &mut Vec<Named>) {
    if let Some(name) = c.child(word).and_then(|x| x.children.first()) {
        r.sink.refer(&["match-list"], name.word(0), r.tree.origin(name), "filter match");
        to.push((name.word(0).into(), r.tree.origin(name)));
    }
}

/// `address A mask M`, `address A/L`, `ip-prefix-list "P"`.
fn address<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, v6: bool, to: &mut Vec<AddressMatch>, lists: &mut Vec<Named>) {
    r.all(c);
    list(r, c, if v6 { "ipv6-prefix-list" } else { "ip-prefix-list" }, lists);
    let value = c.child("address").and_then(|a| a.children.first());
    let value = value.or_else(|| c.children.iter().find(|x| values::prefix_or_host(x.word(0)).is_some()));
    let Some(value) = value else {
        if lists.is_empty() {
            r.sink.invalid(r.tree, c, c.word(0), "complete: an address is missing");
        }
        return;
    };
    let mask = c.child("mask").and_then(|m| m.children.first());
    let made = match mask {
        Some(mask) => masked(value.word(0), mask.word(0)),
        None => values::prefix_or_host(value.word(0)).map(|p| AddressMatch::Prefix(p.trunc())),
    };
    match made {
        Some(m) => to.push(m),
        None => r.sink.invalid(r.tree, value, value.word(0), "an address with a mask"),
    }
}

fn masked(address: &str, mask: &str) -> Option<AddressMatch> {
    if let Some(net) = values::address_mask(address, mask) {
        return Some(AddressMatch::Prefix(net.trunc()));
    }
    match (address.parse().ok()?, mask.parse().ok()?) {
        (IpAddr::V4(a), IpAddr::V4(m)) => Some(AddressMatch::Wildcard(u32::from(a) & u32::from(m), !u32::from(m))),
        (IpAddr::V6(a), IpAddr::V6(m)) => {
            let bits = u128::from(m);
            let length = bits.leading_ones();
            let whole = bits.checked_shl(length).unwrap_or(0) == 0;
            whole
                .then(|| IpNet::new(a.into(), u8::try_from(length).ok()?).ok())
                .flatten()
                .map(|n| AddressMatch::Prefix(n.trunc()))
        }
        _ => None,
    }
}

/// `eq 80`, `lt 1024`, `gt 1023`, `range { start 1 end 9 }` (classic: `range 1 9`).
fn ports(node: &Node<'_>) -> Vec<(u16, u16)> {
    let mut out = Vec::new();
    for c in &node.children {
        let value = c.children.first().and_then(|v| v.word(0).parse::<u16>().ok());
        let leaf = |w: &str| c.child(w).and_then(|v| v.children.first()).and_then(|v| v.word(0).parse::<u16>().ok());
        match (c.word(0), value) {
            ("eq" | "port", Some(n)) => out.push((n, n)),
            ("lt", Some(n)) => out.push((0, n.saturating_sub(1))),
            ("gt", Some(n)) => out.push((n.saturating_add(1), u16::MAX)),
            ("range", first) => {
                let last = c.children.first().and_then(|v| v.children.first()).and_then(|v| v.word(0).parse().ok());
                out.extend(leaf("start").zip(leaf("end")).or(first.zip(last)));
            }
            _ => {}
        }
    }
    out
}
