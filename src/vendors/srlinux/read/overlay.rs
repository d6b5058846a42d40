//! VXLAN tunnel interfaces, and `bgp-evpn` and `bgp-vpn` of a network instance.

use super::{Named, Reader};
use crate::syntax::tree::Node;
use crate::vendors::srlinux::config::{Config, Evpn, Instance};

/// The word by which the tunnel end's address is the system's; elsewhere than there nothing ends or starts in the model.
const SYSTEM: &[&str] = &["use-system-ipv4-address", "system-ipv4-address"];

/// `tunnel-interface`
pub(super) fn tunnels<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    for t in &node.children {
        r.head(t);
        for list in &t.children {
            if list.word(0) != "vxlan-interface" {
                r.sink.no_effect(r.tree, list);
                continue;
            }
            r.head(list);
            for x in &list.children {
                r.head(x);
                let name: Box<str> = format!("{}.{}", t.word(0), x.word(0)).into();
                let origin = r.origin(x);
                for c in &x.children {
                    match c.word(0) {
                        "ingress" => {
                            r.head(c);
                            for v in &c.children {
                                match v.word(0) {
                                    "vni" => config.vnis.extend(r.number(v).map(|n| ((name.clone(), origin), n))),
                                    _ => r.sink.no_effect(r.tree, v),
                                }
                            }
                        }
                        "egress" => egress(r, c),
                        "type" => r.all(c),
                        _ => r.sink.no_effect(r.tree, c),
                    }
                }
            }
        }
    }
}

fn egress<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "source-ip" => system_address(r, c, "another source of tunnels than the system address is not modelled"),
            "destination-groups" => r.sink.not_modelled(r.tree, c, "destinations of tunnels by hand are not modelled"),
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}

/// A leaf that is the system's address, or `why` it is not modelled.
fn system_address<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, why: &str) {
    if r.arg(node).is_some_and(|w| !SYSTEM.contains(&w)) {
        r.sink.not_modelled(r.tree, node, why);
    }
}

/// `bgp-vpn bgp-instance`
pub(super) fn vpn<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, i: &mut Instance) {
    let plain = |list: Vec<Named>| -> Vec<Box<str>> {
        list.into_iter().map(|(n, _)| n.strip_prefix("target:").map_or_else(|| n.clone(), Into::into)).collect()
    };
    match c.word(0) {
        "route-distinguisher" => {
            r.head(c);
            for x in &c.children {
                // `rd 1:1`, or the value itself.
                if x.children.is_empty() {
                    r.all(x);
                    i.rd = Some(x.word(0).into());
                } else {
                    i.rd = r.arg(x).map(Into::into);
                }
            }
        }
        "route-target" => {
            r.head(c);
            for x in &c.children {
                match x.word(0) {
                    "import-rt" => i.import_targets.extend(plain(r.names(x))),
                    "export-rt" => i.export_targets.extend(plain(r.names(x))),
                    _ => r.sink.not_understood(r.tree, x),
                }
            }
        }
        "import-policy" => i.vpn_import = r.policies(c, "vpn import"),
        "export-policy" => i.vpn_export = r.policies(c, "vpn export"),
        _ => r.sink.not_understood(r.tree, c),
    }
}

/// `bgp-evpn bgp-instance`
pub(super) fn evpn<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, i: &mut Instance) {
    let origin = r.origin(c);
    let e = i.evpn.get_or_insert_with(|| Evpn { origin, ..Evpn::default() });
    match c.word(0) {
        "evi" => e.evi = r.number(c),
        "vxlan-interface" => {
            if let Some(named) = r.named(c)
                && !i.vxlan.iter().any(|v| v.0 == named.0)
            {
                i.vxlan.push(named);
            }
        }
        "admin-state" => e.disabled = r.disabled(c).unwrap_or(false),
        "encapsulation-type" => e.mpls = r.arg(c) == Some("mpls"),
        "ecmp" => e.ecmp = r.number(c),
        "routes" => {
            r.head(c);
            for t in &c.children {
                match t.word(0) {
                    "bridge-table" => bridge_table(r, t, e),
                    "route-table" => route_table(r, t),
                    _ => r.sink.no_effect(r.tree, t),
                }
            }
        }
        "default-admin-tag" | "oper-down-on" | "mpls" | "local-attachment-circuit" | "remote-attachment-circuit" => {
            r.sink.no_effect(r.tree, c);
        }
        _ => r.sink.not_understood(r.tree, c),
    }
}

/// How IP prefixes are told of.
fn route_table<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "next-hop" => system_address(r, c, "another next hop of IP prefixes than the system address is not modelled"),
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}

/// How hosts of a VLAN, and where its frames are flooded to, are told of.
fn bridge_table<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, e: &mut Evpn) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "next-hop" => system_address(r, c, "another next hop of a VLAN's routes than the system address is not modelled"),
            "vlan-aware-bundle-eth-tag" => e.tag = r.number(c),
            "mac-ip" => {
                r.head(c);
                for x in &c.children {
                    match x.word(0) {
                        "advertise" => e.hosts = r.truth(x),
                        _ => r.sink.no_effect(r.tree, x),
                    }
                }
            }
            "inclusive-mcast" => {
                r.head(c);
                for x in &c.children {
                    match x.word(0) {
                        "advertise" if r.truth(x) == Some(false) => {
                            r.sink.not_modelled(
                                r.tree,
                                x,
                                "a VLAN that asks for no flooded frames is not modelled: it gets them",
                            );
                        }
                        "advertise" => {}
                        "originating-ip" => system_address(r, x, "another tunnel end than the system address is not modelled"),
                        _ => r.sink.no_effect(r.tree, x),
                    }
                }
            }
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}
