//! Router interfaces, of `router`, `ies` and `vprn` alike.

use super::{Reader, tables};
use crate::syntax::tree::Node;
use crate::vendors::sros::config::{Address, Interface, Vrrp};

pub(super) fn interface<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, i: &mut Interface) {
    for c in &node.children {
        match c.word(0) {
            "admin-state" => i.up = r.state(c).or(i.up),
            "description" => i.description = r.text(c),
            "port" => i.port = r.named(c),
            "loopback" => i.loopback = r.flag(c).unwrap_or(true),
            "ip-mtu" => i.mtu = r.number(c),
            "ipv4" => ipv4(r, c, i),
            "ipv6" => ipv6(r, c, i),
            "sap" => sap(r, c, i),
            "spoke-sdp" => {
                r.sink.not_modelled(r.tree, c, "spokes between routers are not modelled: the interface has no neighbour");
                i.spoke = true;
            }
            "vpls" => {
                r.head(c);
                for name in &c.children {
                    r.head(name);
                    i.bridge = Some((name.word(0).into(), r.origin(name)));
                    r.sink.refer(&["vpls"], name.word(0), r.origin(name), "interface vpls");
                    for x in &name.children {
                        match x.word(0) {
                            // A gateway address for IPv6 or none: the tunnel leads to the same VTEP.
                            "evpn-tunnel" => {
                                r.all(x);
                                i.evpn_tunnel = x.child("false").is_none();
                            }
                            _ => r.known(x, &tables::INTERFACE_VPLS),
                        }
                    }
                }
            }
            "ingress" | "egress" => {
                let out = c.word(0) == "egress";
                filters(r, c, out, i);
            }
            _ => r.known(c, &tables::INTERFACE),
        }
    }
}

fn sap<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, i: &mut Interface) {
    r.head(node);
    for id in &node.children {
        r.head(id);
        i.port = Some((id.word(0).into(), r.origin(id)));
        for c in &id.children {
            match c.word(0) {
                "admin-state" => i.port_up = r.state(c).or(i.port_up),
                "ingress" | "egress" => {
                    let out = c.word(0) == "egress";
                    filters(r, c, out, i);
                }
                _ => r.known(c, &tables::SAP),
            }
        }
    }
}

/// `ingress { filter { ip "F" ipv6 "G" } qos { … } }`.
fn filters<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, out: bool, i: &mut Interface) {
    r.head(node);
    for c in &node.children {
        if c.word(0) != "filter" {
            r.known(c, &tables::INGRESS);
            continue;
        }
        r.head(c);
        for f in &c.children {
            let slot = match f.word(0) {
                "ip" => usize::from(out),
                "ipv6" => 2 + usize::from(out),
                _ => {
                    r.known(f, &tables::INGRESS);
                    continue;
                }
            };
            let named = r.named(f);
            if let Some((name, origin)) = &named {
                let kinds: &[&str] = if slot < 2 { &["ip-filter"] } else { &["ipv6-filter"] };
                r.sink.refer(kinds, name, *origin, "interface filter");
            }
            i.filters[slot] = named;
        }
    }
}

fn ipv4<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, i: &mut Interface) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "primary" => {
                r.head(c);
                let at = i.addresses.iter().position(|a| !a.secondary && !a.address.is_some_and(|x| x.is_ipv6()));
                let at = at.unwrap_or_else(|| {
                    i.addresses.push(Address { origin: r.origin(c), ..Address::default() });
                    i.addresses.len() - 1
                });
                for x in &c.children {
                    match x.word(0) {
                        "address" => {
                            i.addresses[at].address = r.parse::<std::net::Ipv4Addr>(x, "an IPv4 address").map(Into::into);
                            i.addresses[at].origin = r.origin(x);
                        }
                        "prefix-length" => i.addresses[at].length = length(r, x, 32),
                        "apply-groups" | "apply-groups-exclude" => r.all(x),
                        _ => r.known(x, &tables::ADDRESS),
                    }
                }
            }
            "secondary" => {
                r.head(c);
                for address in &c.children {
                    let mut made = Address { secondary: true, origin: r.origin(address), ..Address::default() };
                    made.address = address.word(0).parse::<std::net::Ipv4Addr>().ok().map(Into::into);
                    if made.address.is_none() {
                        r.sink.invalid(r.tree, address, address.word(0), "an IPv4 address");
                    }
                    keyed(r, address, 32, &mut made);
                    i.addresses.push(made);
                }
            }
            "unnumbered" => {
                r.all(c);
                let value = r.only(c).map(|v| r.only(v).unwrap_or(v));
                i.unnumbered = value.map(|v| (v.word(0).into(), r.origin(v)));
            }
            "vrrp" => vrrp(r, c, i),
            "dhcp" => r.known(c, &tables::IPV4),
            "addresses" | "autoconfigure" => {
                r.sink.not_modelled(r.tree, c, "an address that the network gives is not known");
                i.dhcp = true;
            }
            _ => r.known(c, &tables::IPV4),
        }
    }
}

fn length<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, most: u8) -> Option<u8> {
    let word = r.arg(node)?;
    let value = word.parse().ok().filter(|n| *n <= most);
    if value.is_none() {
        r.bad(node, word, "a prefix length");
    }
    value
}

/// The leaves of a list element that is an address.
fn keyed<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, most: u8, to: &mut Address) {
    r.head(node);
    for x in &node.children {
        match x.word(0) {
            "prefix-length" => to.length = length(r, x, most),
            _ => r.known(x, &tables::ADDRESS),
        }
    }
}

fn ipv6<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, i: &mut Interface) {
    r.head(node);
    i.v6 = true;
    for c in &node.children {
        match c.word(0) {
            "address" => {
                r.head(c);
                for address in &c.children {
                    let mut made = Address { origin: r.origin(address), ..Address::default() };
                    made.address = address.word(0).parse::<std::net::Ipv6Addr>().ok().map(Into::into);
                    if made.address.is_none() {
                        r.sink.invalid(r.tree, address, address.word(0), "an IPv6 address");
                    }
                    keyed(r, address, 128, &mut made);
                    i.addresses.push(made);
                }
            }
            "link-local-address" => {
                r.all(c);
                let address = r.only(c).and_then(|a| a.word(0).parse::<std::net::Ipv6Addr>().ok());
                let made =
                    address.map(|a| Address { address: Some(a.into()), length: Some(64), secondary: false, origin: r.origin(c) });
                i.addresses.extend(made);
            }
            // IPv4 packets go over an interface that has IPv6 only.
            "forward-ipv4-packets" => r.all(c),
            "vrrp" => vrrp(r, c, i),
            _ => r.known(c, &tables::IPV6),
        }
    }
}

fn vrrp<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, i: &mut Interface) {
    r.head(node);
    for id in &node.children {
        r.head(id);
        let Ok(group) = id.word(0).parse() else {
            r.refuse(id, "a VRRP group");
            continue;
        };
        let mut v = Vrrp { group, origin: r.origin(id), ..Vrrp::default() };
        for c in &id.children {
            match c.word(0) {
                "backup" => {
                    for (word, _) in r.args(c) {
                        match word.parse() {
                            Ok(ip) => v.addresses.push(ip),
                            Err(_) => r.bad(c, &word, "an address"),
                        }
                    }
                }
                "priority" => v.priority = r.number(c),
                "preempt" => v.preempt = r.flag(c),
                "owner" => v.owner = r.flag(c).unwrap_or(true),
                "admin-state" => v.up = r.state(c),
                _ => r.known(c, &tables::VRRP),
            }
        }
        i.vrrp.push(v);
    }
}
