//! Packet filters and where they apply.

use super::interfaces::filter_use;
use super::{Known, Reader, entry, expand};
use crate::model::filter::{AddressMatch, FilterLine};
use crate::syntax::tree::Node;
use crate::vendors::sink::LineClass;
use crate::vendors::srlinux::config::{Config, Filter, FilterUse};

const ACL: Known = Known {
    name: "acl",
    // Filters for the control plane and for captures move no packet of others.
    no_effect: &[
        "cpm-filter",
        "capture-filter",
        "policers",
        "match-list",
        "tcam-profile",
        "subinterface-specific",
        "egress-mac-filtering",
    ],
    not_modelled: &["system-filter", "mac-filter"],
};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    for c in &node.children {
        match c.word(0) {
            "ipv4-filter" | "ipv6-filter" => {
                r.head(c);
                let v6 = c.word(0) == "ipv6-filter";
                for f in &c.children {
                    filter(r, f, f, v6, config);
                }
            }
            "acl-filter" => {
                r.head(c);
                for f in &c.children {
                    r.head(f);
                    let kinds = f.child("type").map_or(&[][..], |t| &t.children[..]);
                    if let Some(t) = f.child("type") {
                        r.head(t);
                    }
                    // Flat and braces put the entries below the type, JSON beside it.
                    for kind in kinds {
                        match kind.word(0) {
                            "ipv4" | "ipv6" => {
                                filter(r, f, kind, kind.word(0) == "ipv6", config);
                                if f.child("entry").is_some() {
                                    filter(r, f, f, kind.word(0) == "ipv6", config);
                                }
                            }
                            _ => r.sink.not_modelled(r.tree, f, "filters on MAC addresses are not modelled"),
                        }
                    }
                }
            }
            "interface" => {
                r.head(c);
                for i in &c.children {
                    r.head(i);
                    interface(r, i, config);
                }
            }
            _ => r.known(c, &ACL),
        }
    }
}

fn interface<'t>(r: &mut Reader<'_, 't>, i: &Node<'t>, config: &mut Config) {
    let mut name: Box<str> = i.word(0).into();
    let mut uses = Vec::new();
    for c in &i.children {
        match c.word(0) {
            "input" | "output" => {
                r.head(c);
                for x in &c.children {
                    uses.extend(filter_uses(r, x, c.word(0) == "input"));
                }
            }
            "interface-ref" => {
                r.all(c);
                let leaf = |w: &str| c.child(w).and_then(|x| x.children.last()).map_or("", |v| v.word(0));
                let (port, sub) = (leaf("interface"), leaf("subinterface"));
                if !port.is_empty() {
                    name = if sub.is_empty() { port.into() } else { format!("{port}.{sub}").into() };
                }
            }
            _ => r.sink.no_effect(r.tree, c),
        }
    }
    let origin = r.origin(i);
    for name in expand(&name) {
        config.filtered.extend(uses.iter().map(|u| ((name.as_str().into(), origin), u.clone())));
    }
}

/// `ipv4-filter NAME` (also a list of them), or `acl-filter NAME type ipv4`.
pub(super) fn filter_uses<'t>(r: &mut Reader<'_, 't>, x: &Node<'t>, input: bool) -> Vec<FilterUse> {
    let mut out = Vec::new();
    match x.word(0) {
        "ipv4-filter" | "ipv6-filter" => {
            out.extend(r.names(x).into_iter().map(|n| filter_use(n, input, x.word(0) == "ipv6-filter")));
        }
        "acl-filter" => {
            r.all(x);
            for f in &x.children {
                let named = (f.word(0).into(), r.origin(f));
                let kinds: Vec<&str> = f.child("type").iter().flat_map(|t| t.children.iter().map(|k| k.word(0))).collect();
                out.extend(
                    kinds
                        .iter()
                        .filter(|k| matches!(**k, "ipv4" | "ipv6"))
                        .map(|k| filter_use(Clone::clone(&named), input, *k == "ipv6")),
                );
            }
        }
        _ => r.sink.no_effect(r.tree, x),
    }
    for u in &out {
        r.sink.refer(&["acl"], &u.name.0, u.name.1, "interface acl");
    }
    out
}

fn filter<'t>(r: &mut Reader<'_, 't>, named: &Node<'t>, node: &Node<'t>, v6: bool, config: &mut Config) {
    r.head(named);
    let name = named.word(0);
    let origin = r.origin(named);
    r.sink.define("acl", name, origin);
    // A filter of this name on the control plane is used by the system.
    if name == "cpm" {
        r.sink.used("acl", name);
    }
    let fresh = || Filter { name: name.into(), v6, origin, ..Filter::default() };
    let at = entry(&mut config.filters, |f| &*f.name == name && f.v6 == v6, fresh);
    for c in &node.children {
        match c.word(0) {
            "entry" => {
                r.head(c);
                for e in &c.children {
                    r.head(e);
                    let Ok(number) = e.word(0).parse::<u32>() else {
                        r.sink.invalid(r.tree, e, e.word(0), "an entry's number");
                        continue;
                    };
                    let line = entry_line(r, e);
                    at.entries.retain(|(n, _)| *n != number);
                    at.entries.push((number, line));
                }
            }
            "type" => {}
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}

fn entry_line<'t>(r: &mut Reader<'_, 't>, e: &Node<'t>) -> FilterLine {
    let mut line = FilterLine { origin: r.origin(e), ..FilterLine::default() };
    // Without an action an entry does nothing but count.
    line.pass_on = true;
    for c in &e.children {
        match c.word(0) {
            "match" => {
                r.head(c);
                c.children.iter().for_each(|m| matching(r, m, &mut line));
            }
            "action" => {
                r.all(c);
                for a in &c.children {
                    match a.word(0) {
                        "accept" => (line.permit, line.pass_on) = (true, false),
                        "drop" => (line.permit, line.pass_on) = (false, false),
                        _ => {}
                    }
                }
            }
            _ => r.sink.no_effect(r.tree, c),
        }
    }
    line
}

fn matching<'t>(r: &mut Reader<'_, 't>, m: &Node<'t>, line: &mut FilterLine) {
    match m.word(0) {
        "ipv4" | "ipv6" | "transport" => {
            r.head(m);
            m.children.iter().for_each(|x| matching(r, x, line));
        }
        "protocol" | "next-header" => {
            if let Some(word) = r.arg(m) {
                match protocol(word) {
                    Some(p) => line.protocols.push(p),
                    None => partial(r, m, line),
                }
            }
        }
        "source-ip" | "destination-ip" => {
            r.all(m);
            let leaf = |w: &str| m.child(w).and_then(|x| x.children.last()).map(|v| v.word(0));
            let found = match (leaf("prefix"), leaf("address"), leaf("mask")) {
                (Some(p), ..) => p.parse().ok().map(AddressMatch::Prefix),
                (None, Some(a), Some(mask)) => match (a.parse::<std::net::Ipv4Addr>(), mask.parse::<std::net::Ipv4Addr>()) {
                    (Ok(a), Ok(m)) => Some(AddressMatch::Wildcard(u32::from(a), !u32::from(m))),
                    _ => None,
                },
                _ => None,
            };
            match found {
                Some(x) if m.word(0) == "source-ip" => line.sources.push(x),
                Some(x) => line.destinations.push(x),
                None => partial(r, m, line),
            }
        }
        "source-port" | "destination-port" => {
            r.all(m);
            let leaf = |n: &Node<'t>, w: &str| n.child(w).and_then(|x| x.children.last()).and_then(|v| port(v.word(0)));
            let operator = m.child("operator").and_then(|x| x.children.last()).map_or("eq", |v| v.word(0));
            let range = m.child("range").map(|x| (leaf(x, "start"), leaf(x, "end")));
            let found = match (leaf(m, "value"), range) {
                (Some(v), _) => Some(match operator {
                    "ge" => v..=u16::MAX,
                    "le" => 0..=v,
                    _ => v..=v,
                }),
                (None, Some((Some(a), Some(b)))) => Some(a..=b),
                _ => None,
            };
            match found {
                Some(x) if m.word(0) == "source-port" => line.source_ports.push(x),
                Some(x) => line.destination_ports.push(x),
                None => partial(r, m, line),
            }
        }
        "fragment" | "first-fragment" if m.children.last().is_some_and(|v| v.word(0) == "false") => r.all(m),
        "fragment" => {
            r.all(m);
            line.fragments = true;
        }
        "icmp" | "icmp6" | "tcp-flags" | "dscp-set" | "first-fragment" => partial(r, m, line),
        _ => r.sink.not_understood(r.tree, m),
    }
}

/// A condition that is not evaluated: the line may hold for fewer packets than it says.
fn partial<'t>(r: &mut Reader<'_, 't>, m: &Node<'t>, line: &mut FilterLine) {
    line.partial = true;
    r.sink.mark_all(r.tree, m, LineClass::NotModelled);
}

fn protocol(word: &str) -> Option<u8> {
    Some(match word {
        "icmp" => 1,
        "igmp" => 2,
        "tcp" => 6,
        "udp" => 17,
        "gre" => 47,
        "esp" => 50,
        "ah" => 51,
        "icmp6" | "ipv6-icmp" => 58,
        "ospf" => 89,
        "pim" => 103,
        "vrrp" => 112,
        "sctp" => 132,
        "ipv6" => 41,
        "rsvp" => 46,
        _ => return word.parse().ok(),
    })
}

fn port(word: &str) -> Option<u16> {
    Some(match word {
        "ftp" => 21,
        "ssh" => 22,
        "telnet" => 23,
        "smtp" => 25,
        "domain" => 53,
        "bootps" | "dhcp-server" => 67,
        "bootpc" | "dhcp-client" => 68,
        "tftp" => 69,
        "http" => 80,
        "ntp" => 123,
        "snmp" => 161,
        "snmp-trap" => 162,
        "bgp" => 179,
        "ldp" => 646,
        "https" => 443,
        _ => return word.parse().ok(),
    })
}
