//! `interfaces`, `vlans` and `bridge-domains`.

use std::net::IpAddr;

use super::{Reader, overlay, tables};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::junos::config::{Address, Config, Interface, Switching, Unit, Vlan, Vrrp};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    for n in &node.children {
        if matches!(n.word(0), "traceoptions" | "interface-set") {
            r.sink.no_effect(r.tree, n);
            continue;
        }
        r.head(n);
        let mut i = Interface { name: n.word(0).into(), origin: r.origin(n), ..Interface::default() };
        for c in &n.children {
            interface(r, c, &mut i);
        }
        config.interfaces.push(i);
    }
}

fn interface<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, i: &mut Interface) {
    match c.word(0) {
        "description" => {
            i.description = r.only(c).map(|d| d.word(0).into());
            r.sink.no_effect(r.tree, c);
        }
        "disable" => {
            r.all(c);
            i.disabled = true;
        }
        "mtu" => i.mtu = r.number(c),
        "native-vlan-id" => i.native_vlan = r.number(c),
        "speed" => {
            r.all(c);
            i.speed = r.only(c).and_then(|s| super::bits(s.word(0)));
        }
        "gigether-options" | "ether-options" | "fastether-options" => {
            r.head(c);
            for o in &c.children {
                match o.word(0) {
                    "802.3ad" => {
                        r.all(o);
                        let bundle = o.children.iter().find(|x| x.word(0).starts_with("ae"));
                        i.aggregate = bundle.map(|x| (x.word(0).into(), r.origin(x)));
                    }
                    "speed" => {
                        r.all(o);
                        i.speed = r.only(o).and_then(|s| super::bits(s.word(0)));
                    }
                    _ => r.known(o, &tables::ETHER_OPTIONS),
                }
            }
        }
        "aggregated-ether-options" => {
            r.head(c);
            for o in &c.children {
                match o.word(0) {
                    "minimum-links" => i.min_links = r.number(o),
                    _ => r.known(o, &tables::ETHER_OPTIONS),
                }
            }
        }
        "unit" => {
            r.head(c);
            for u in &c.children {
                let Ok(number) = u.word(0).parse() else {
                    r.sink.invalid(r.tree, u, u.word(0), "a unit number");
                    continue;
                };
                let mut out = Unit { number, origin: r.origin(u), ..Unit::default() };
                r.head(u);
                for s in &u.children {
                    unit(r, s, &mut out);
                }
                i.units.push(out);
            }
        }
        _ => r.known(c, &tables::INTERFACE),
    }
}

fn unit<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, u: &mut Unit) {
    match c.word(0) {
        "description" => {
            u.description = r.only(c).map(|d| d.word(0).into());
            r.sink.no_effect(r.tree, c);
        }
        "disable" => {
            r.all(c);
            u.disabled = true;
        }
        "bandwidth" => u.bandwidth = r.bandwidth(c),
        "vlan-id" => {
            let word = r.arg(c);
            u.tags = word.and_then(|w| w.parse().ok()).into_iter().collect();
            if let Some(w) = word.filter(|w| u.tags.is_empty() && *w != "none") {
                r.bad(c, w, "a VLAN id");
            }
        }
        "vlan-id-list" | "vlan-id-range" => r.all(c),
        "vlan-tags" => {
            r.all(c);
            for side in ["outer", "inner"] {
                let tag = c.child(side).and_then(|t| t.children.first()).map(|t| t.word(0));
                // A tag may be written with its TPID: `0x8100.100`.
                u.tags.extend(tag.and_then(|t| t.rsplit('.').next()?.parse::<u16>().ok()));
            }
        }
        "family" => {
            r.head(c);
            for f in &c.children {
                family(r, f, u);
            }
        }
        "tunnel" => {
            r.head(c);
            let (mut source, mut destination, mut instance) = (None, None, None);
            for o in &c.children {
                match o.word(0) {
                    "source" => source = r.parse(o, "an address"),
                    "destination" => destination = r.parse(o, "an address"),
                    "routing-instance" => {
                        r.all(o);
                        let inner = o.child("destination").and_then(|d| d.children.first());
                        instance = inner.map(|d| (d.word(0).into(), r.origin(d)));
                    }
                    _ => r.known(o, &tables::UNIT),
                }
            }
            u.tunnel = Some((source, destination, instance));
        }
        _ => r.known(c, &tables::UNIT),
    }
}

fn family<'t>(r: &mut Reader<'_, 't>, f: &Node<'t>, u: &mut Unit) {
    r.head(f);
    let v6 = match f.word(0) {
        "inet" => false,
        "inet6" => true,
        "iso" => {
            u.speaks_iso = true;
            for c in &f.children {
                match c.word(0) {
                    "address" => u.iso.extend(r.args(c)),
                    "mtu" => r.sink.no_effect(r.tree, c),
                    _ => r.known(c, &tables::FAMILY),
                }
            }
            return;
        }
        "ethernet-switching" | "bridge" => return switching(r, f, u),
        "mpls" => {
            u.mpls = true;
            return f.children.iter().for_each(|c| r.sink.no_effect(r.tree, c));
        }
        _ => return r.known(f, &tables::FAMILIES),
    };
    if v6 {
        u.inet6 = true;
    } else {
        u.inet = true;
    }
    for c in &f.children {
        match c.word(0) {
            "address" => {
                r.head(c);
                for a in &c.children {
                    address(r, a, u);
                }
            }
            "mtu" => {
                let mtu = r.number(c);
                u.mtu = mtu.or(u.mtu);
            }
            "dhcp" | "dhcp-client" | "dhcpv6-client" => {
                r.all(c);
                u.dhcp = true;
            }
            "unnumbered-address" => u.unnumbered = r.named(c),
            "filter" => {
                r.head(c);
                for d in &c.children {
                    let slot = usize::from(v6) * 2;
                    match d.word(0) {
                        "input" | "output" => {
                            let at = slot + usize::from(d.word(0) == "output");
                            let name = r.named(d);
                            refer_filter(r, &name, v6);
                            u.filters[at] = name;
                        }
                        "input-list" | "output-list" => {
                            r.sink.not_modelled(r.tree, d, "a list of filters is not modelled: the first one is applied");
                            let at = slot + usize::from(d.word(0) == "output-list");
                            u.filters[at] = d.children.first().map(|x| (x.word(0).into(), r.origin(x)));
                        }
                        _ => r.known(d, &tables::FAMILY),
                    }
                }
            }
            _ => r.known(c, &tables::FAMILY),
        }
    }
}

fn refer_filter(r: &mut Reader<'_, '_>, name: &Option<super::Named>, v6: bool) {
    if let Some((name, origin)) = name {
        let kinds: &'static [&'static str] = if v6 { &["firewall filter inet6"] } else { &["firewall filter inet"] };
        r.sink.refer(kinds, name, *origin, "interface filter");
    }
}

fn address<'t>(r: &mut Reader<'_, 't>, a: &Node<'t>, u: &mut Unit) {
    let Some(net) = values::prefix_or_host(a.word(0)) else {
        r.sink.invalid(r.tree, a, a.word(0), "an address with a prefix length");
        return;
    };
    r.head(a);
    let mut out = Address { address: Some(net), origin: r.origin(a), ..Address::default() };
    for c in &a.children {
        match c.word(0) {
            "primary" => {
                r.all(c);
                out.primary = true;
            }
            "preferred" => {
                r.all(c);
                out.preferred = true;
            }
            "virtual-gateway-address" => out.virtual_gateways = addresses(r, c),
            "vrrp-group" | "vrrp-inet6-group" => {
                r.head(c);
                for g in &c.children {
                    let Ok(group) = g.word(0).parse() else {
                        r.sink.invalid(r.tree, g, g.word(0), "a VRRP group number");
                        continue;
                    };
                    r.head(g);
                    let mut v = Vrrp { group, origin: r.origin(g), ..Vrrp::default() };
                    for o in &g.children {
                        match o.word(0) {
                            "virtual-address" | "virtual-inet6-address" => v.addresses = addresses(r, o),
                            "priority" => v.priority = r.number(o),
                            "no-preempt" => {
                                r.all(o);
                                v.no_preempt = true;
                            }
                            _ => r.known(o, &tables::VRRP),
                        }
                    }
                    out.vrrp.push(v);
                }
            }
            _ => r.known(c, &tables::ADDRESS),
        }
    }
    u.addresses.push(out);
}

fn addresses<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Vec<IpAddr> {
    r.all(node);
    node.children.iter().filter_map(|a| a.word(0).parse().ok()).collect()
}

fn switching<'t>(r: &mut Reader<'_, 't>, f: &Node<'t>, u: &mut Unit) {
    let mut s = Switching::default();
    for c in &f.children {
        match c.word(0) {
            // `port-mode` is the older word of EX switches.
            "interface-mode" | "port-mode" => s.trunk = matches!(r.arg(c), Some("trunk" | "tagged-access")),
            "vlan" => {
                r.head(c);
                for m in &c.children {
                    match m.word(0) {
                        "members" => s.members = r.args(m),
                        _ => r.known(m, &tables::FAMILY),
                    }
                }
            }
            "vlan-id" | "vlan-id-list" => s.members = r.args(c),
            "native-vlan-id" => s.native = r.arg(c).map(Into::into),
            _ => r.known(c, &tables::FAMILY),
        }
    }
    u.switching = Some(s);
}

/// `vlans` or `bridge-domains` of an instance.
pub(super) fn vlans<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, instance: &str, config: &mut Config) {
    for n in &node.children {
        r.head(n);
        let mut v = Vlan { name: n.word(0).into(), origin: r.origin(n), instance: instance.into(), ..Vlan::default() };
        r.sink.define("vlan", n.word(0), v.origin);
        r.sink.used("vlan", n.word(0));
        for c in &n.children {
            match c.word(0) {
                "vlan-id" => {
                    let word = r.arg(c);
                    match word.and_then(|w| w.parse().ok()) {
                        Some(id) => v.ids.push((id, id)),
                        None if matches!(word, Some("none" | "all") | None) => {}
                        None => r.bad(c, word.unwrap_or(""), "a VLAN id"),
                    }
                }
                "vlan-id-list" | "vlan-range" | "vlan-id-range" => {
                    for (word, _) in r.args(c) {
                        v.ids.extend(values::ranges(&word).into_iter().flatten());
                    }
                }
                "l3-interface" | "routing-interface" => v.l3_interface = r.named(c),
                "interface" | "interfaces" => v.interfaces.extend(r.args(c)),
                "vxlan" => {
                    r.head(c);
                    overlay::vlan(r, c, &mut v);
                }
                _ => r.known(c, &tables::VLAN),
            }
        }
        config.vlans.push(v);
    }
}
