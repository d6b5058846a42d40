//! VXLAN with EVPN: `interface Vxlan1`, and `vlan` and `vlan-aware-bundle` in `router bgp`.

use std::net::IpAddr;

use super::interface::full_name;
use super::quiet;
use super::{Reader, kind};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::eos::config::{EvpnVlans, VlanFlood, Vxlan};

/// `vxlan …` on `interface Vxlan1`.
pub(super) fn vxlan<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str, words: &[&str]) {
    let origin = r.tree.origin(node);
    let vxlan = r.config.vxlan.get_or_insert_with(|| Vxlan { name: name.into(), origin, ..Vxlan::default() });
    match words {
        ["source-interface", source] => match full_name(source) {
            Some(full) => {
                vxlan.source = Some(full.as_str().into());
                r.sink.refer(&[kind::INTERFACE], &full, r.tree.span(node, source), "vxlan source-interface");
            }
            None => return r.bad(node, source, "an interface"),
        },
        ["vlan", vlans, "vni", vnis] | ["vlan", "add", vlans, "vni", vnis] => {
            let list = |text: &str| {
                let part = |p: &str| {
                    let (a, b) = p.split_once('-').unwrap_or((p, p));
                    Some((a.parse::<u32>().ok()?, b.parse::<u32>().ok()?))
                };
                let parts: Option<Vec<_>> = text.split(',').map(part).collect();
                parts.map(|p| p.into_iter().flat_map(|(a, b)| (a..=b).take(4096)).collect::<Vec<u32>>())
            };
            match (list(vlans), list(vnis)) {
                (Some(a), Some(b)) if a.len() == b.len() => {
                    let pairs = a.into_iter().zip(b);
                    vxlan.vlans.extend(pairs.filter_map(|(vlan, vni)| Some((u16::try_from(vlan).ok()?, vni, origin))));
                }
                _ => return r.bad(node, vnis, "as many VNIs as VLANs"),
            }
        }
        ["vrf", vrf, "vni", vni] => match vni.parse() {
            Ok(vni) => {
                vxlan.vrfs.push(((*vrf).into(), vni));
                r.refer(&[kind::VRF], node, vrf, "vxlan vrf");
            }
            Err(_) => return r.bad(node, vni, "a VNI"),
        },
        ["flood", "vtep", peers @ ..] => match addresses(peers) {
            Ok(peers) => vxlan.flood.extend(peers),
            Err(word) => return r.bad(node, word, "the address of a VTEP"),
        },
        ["vlan", vlans, "flood", "vtep", peers @ ..] => {
            let Some(vlans) = r.wanted(node, vlans, values::ranges(vlans), "a list of VLANs") else { return };
            match addresses(peers) {
                Ok(peers) => r.config.vxlan.iter_mut().for_each(|x| {
                    x.vlan_flood.push(VlanFlood { vlans: vlans.clone(), peers: peers.clone() });
                }),
                Err(word) => return r.bad(node, word, "the address of a VTEP"),
            }
        }
        ["multicast-group", group] => match group.parse() {
            Ok(group) => vxlan.group = Some(group),
            Err(_) => return r.bad(node, group, "a multicast group"),
        },
        ["udp-port" | "virtual-router" | "qos" | "encapsulation" | "learn-restrict", ..] => {
            return r.quiet(node);
        }
        _ => return r.unmodelled(node, "this setting of VXLAN is not modelled"),
    }
    r.ok(node);
}

/// Addresses after `flood vtep`; the word that is none.
fn addresses<'w>(words: &[&'w str]) -> Result<Vec<IpAddr>, &'w str> {
    let words = words.iter().copied().filter(|w| !matches!(*w, "add"));
    words.map(|w| w.parse().map_err(|_| w)).collect()
}

/// `vlan ID` and `vlan-aware-bundle NAME` in `router bgp`.
pub(super) fn evpn_vlans<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, bundle: bool, name: &str) {
    let mut said = EvpnVlans { bundle, ..EvpnVlans::default() };
    if !bundle {
        let Some(vlans) = r.wanted(node, name, values::ranges(name), "a VLAN") else { return };
        said.vlans = vlans;
    }
    r.ok(node);
    for child in &node.children {
        match &child.words[..] {
            ["rd", "auto"] => r.ok(child),
            ["rd", rd] => {
                said.rd = Some((*rd).into());
                r.ok(child);
            }
            ["route-target", "both", "auto"] => {
                said.auto = true;
                r.ok(child);
            }
            ["route-target", direction @ ("import" | "export" | "both"), target]
                if values::extended_community(2, target).is_some() =>
            {
                if *direction != "export" {
                    said.imports.push((*target).into());
                }
                if *direction != "import" {
                    said.exports.push((*target).into());
                }
                r.ok(child);
            }
            ["route-target", ..] => r.unmodelled(child, "this form of `route-target` is not modelled"),
            ["redistribute", "learned"] => {
                said.learned = true;
                r.ok(child);
            }
            ["vlan", vlans] if bundle => {
                let Some(vlans) = r.wanted(child, vlans, values::ranges(vlans), "a list of VLANs") else { continue };
                said.vlans.extend(vlans);
                r.ok(child);
            }
            _ => r.other(child, &quiet::BGP),
        }
    }
    r.config.evpn_vlans.push(said);
}
