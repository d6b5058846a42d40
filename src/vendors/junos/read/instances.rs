//! `routing-instances`, and `protocols` of any instance.

use super::{Reader, bgp, interfaces, isis, mpls, ospf, overlay, rip, routing, tables};
use crate::syntax::tree::Node;
use crate::vendors::junos::config::{Config, Instance, InstanceKind};

/// Runs `f` on an instance and the config at once.
pub(super) fn with(config: &mut Config, at: usize, f: impl FnOnce(&mut Instance, &mut Config)) {
    let Some(slot) = config.instances.get_mut(at) else { return };
    let mut instance = std::mem::take(slot);
    f(&mut instance, config);
    if let Some(slot) = config.instances.get_mut(at) {
        *slot = instance;
    }
}

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    for n in &node.children {
        let name = n.word(0);
        r.head(n);
        if matches!(name, "default" | "master") {
            // `routing-instances default` speaks of the default instance.
            with(config, 0, |i, c| instance(r, n, i, c));
            continue;
        }
        let at = match config.instances.iter().position(|i| &*i.name == name) {
            Some(at) => at,
            None => {
                config.instances.push(Instance { name: name.into(), origin: r.origin(n), ..Instance::default() });
                config.instances.len() - 1
            }
        };
        r.sink.define("routing-instance", name, r.origin(n));
        r.sink.used("routing-instance", name);
        with(config, at, |i, c| instance(r, n, i, c));
    }
}

fn instance<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, i: &mut Instance, config: &mut Config) {
    let kind = node.child("instance-type").and_then(|k| k.children.last()).map(|k| k.word(0));
    let bridges = matches!(kind, Some("mac-vrf" | "virtual-switch"));
    for c in &node.children {
        if overlay::vpn(r, c, &mut i.vpn, bridges) {
            continue;
        }
        match c.word(0) {
            "instance-type" => {
                i.mac_vrf = c.child("mac-vrf").is_some();
                i.kind = match r.arg(c) {
                    Some("vrf") => InstanceKind::Vrf,
                    Some("forwarding") => InstanceKind::Forwarding,
                    Some("virtual-router" | "no-forwarding") | None => InstanceKind::VirtualRouter,
                    Some(
                        "evpn"
                        | "vpls"
                        | "l2vpn"
                        | "virtual-switch"
                        | "mac-vrf"
                        | "evpn-vpws"
                        | "layer2-control"
                        | "l2backhaul-vpn"
                        | "mpls-internet-multicast"
                        | "mpls-forwarding",
                    ) => InstanceKind::Bridging,
                    Some(word) => {
                        r.bad(c, word, "a type of instance");
                        InstanceKind::VirtualRouter
                    }
                };
            }
            "interface" => {
                r.head(c);
                for n in &c.children {
                    r.head(n);
                    i.interfaces.push((n.word(0).into(), r.origin(n)));
                    for o in &n.children {
                        r.sink.no_effect(r.tree, o);
                    }
                }
            }
            "routing-options" => {
                r.head(c);
                routing::read(r, c, i, config);
            }
            "protocols" => {
                r.head(c);
                protocols(r, c, i, config);
            }
            "vlans" | "bridge-domains" => {
                r.head(c);
                interfaces::vlans(r, c, &i.name, config);
            }
            "switch-options" if bridges => {
                r.head(c);
                overlay::switch(r, c, &mut i.vpn);
            }
            _ => r.known(c, &tables::INSTANCE),
        }
    }
}

pub(super) fn protocols<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, i: &mut Instance, _config: &mut Config) {
    for c in &node.children {
        match c.word(0) {
            "bgp" => {
                r.head(c);
                let read = bgp::read(r, c);
                i.bgp = Some(read);
            }
            "ospf" => {
                r.head(c);
                let read = ospf::read(r, c, false);
                i.ospf.push(read);
            }
            "rip" | "ripng" => {
                r.head(c);
                let read = rip::read(r, c);
                i.rip.push(read);
            }
            "ospf3" => {
                r.head(c);
                let realms = ospf::read_v3(r, c);
                i.ospf.extend(realms);
            }
            "isis" => {
                r.head(c);
                let read = isis::read(r, c);
                i.isis = Some(read);
            }
            "ldp" if &*i.name == "default" => mpls::ldp(r, c, &mut i.labels),
            "mpls" if &*i.name == "default" => mpls::mpls(r, c, &mut i.labels),
            "evpn" => {
                r.head(c);
                overlay::evpn(r, c, i.evpn.get_or_insert_default());
            }
            _ => r.known(c, &tables::PROTOCOLS),
        }
    }
}
