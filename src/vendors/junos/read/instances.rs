//! `routing-instances`, and `protocols` of any instance.

use super::{Reader, bgp, interfaces, isis, mpls, ospf, rip, routing, tables};
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
    for c in &node.children {
        match c.word(0) {
            "instance-type" => {
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
            "route-distinguisher" => i.rd = r.arg(c).map(Into::into),
            "vrf-target" => {
                r.head(c);
                for t in &c.children {
                    match t.word(0) {
                        "import" => i.import_targets = targets(r, t),
                        "export" => i.export_targets = targets(r, t),
                        "auto" => r.sink.not_modelled(r.tree, t, "automatic route targets are not modelled"),
                        word => {
                            r.head(t);
                            let target: Box<str> = word.trim_start_matches("target:").into();
                            i.import_targets.push(target.clone());
                            i.export_targets.push(target);
                        }
                    }
                }
            }
            "vrf-import" => i.vrf_import = r.chain(c, "vrf-import"),
            "vrf-export" => i.vrf_export = r.chain(c, "vrf-export"),
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
                interfaces::vlans(r, c, config);
            }
            _ => r.known(c, &tables::INSTANCE),
        }
    }
}

fn targets<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Vec<Box<str>> {
    r.args(node).into_iter().map(|(w, _)| w.trim_start_matches("target:").into()).collect()
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
                if let Some(prefixes) = c.child("ip-prefix-routes") {
                    i.evpn_prefixes = prefixes.child("advertise").is_some();
                    i.evpn_vni = prefixes.child("vni").and_then(|v| v.children.first()).and_then(|v| v.word(0).parse().ok());
                }
                r.known(c, &tables::PROTOCOLS);
            }
            _ => r.known(c, &tables::PROTOCOLS),
        }
    }
}
