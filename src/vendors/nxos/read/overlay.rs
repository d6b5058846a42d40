//! VLANs and what is said of VXLAN: `vlan …`, `evpn`, `interface nve1`.

use super::quiet;
use super::{Reader, interface, kind};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::nxos::config::{EvpnVni, Nve, NveMember, Vlan};

/// `vlan 1,10-20`, with settings below it when it is one.
pub(super) fn read_vlans<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) {
    let list = words.concat();
    let ranges = values::ranges(&list).filter(|l| !l.is_empty() && l.iter().all(|&(a, b)| a > 0 && b <= 4094));
    let Some(ranges) = r.wanted(node, words.first().copied().unwrap_or("vlan"), ranges, "a list of VLANs") else { return };
    r.ok(node);
    let mut said = Vlan::default();
    for child in &node.children {
        match &child.words[..] {
            ["vn-segment", vni] => {
                if let Some(vni) = r.value(child, vni, "a VNI") {
                    said.vni = Some(vni);
                    r.ok(child);
                }
            }
            ["shutdown"] | ["state", "suspend"] => {
                said.down = true;
                r.ok(child);
            }
            ["no", "shutdown"] => {
                said.down = false;
                r.ok(child);
            }
            _ => r.other(child, &quiet::VLAN),
        }
    }
    for (from, to) in ranges {
        for id in from..=to {
            let vlan = r.config.vlans.entry(id).or_insert_with(|| said.clone());
            vlan.down |= said.down;
            vlan.vni = said.vni.or(vlan.vni);
        }
    }
}

/// `evpn` with `vni N l2` below it.
pub(super) fn read_evpn<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    r.ok(node);
    for child in &node.children {
        let ["vni", vni, "l2", ..] = &child.words[..] else {
            r.other(child, &quiet::BGP);
            continue;
        };
        let Some(vni) = r.value::<u32>(child, vni, "a VNI") else { continue };
        r.ok(child);
        let mut said = EvpnVni::default();
        for inner in &child.children {
            match &inner.words[..] {
                ["rd", "auto"] => {}
                ["rd", rd] => said.rd = Some((*rd).into()),
                ["route-target", direction @ ("both" | "import" | "export"), target] => {
                    if *target != "auto" && values::extended_community(2, target).is_none() {
                        r.bad(inner, target, "a route target");
                        continue;
                    }
                    if *direction != "export" {
                        said.imports.push((*target).into());
                    }
                    if *direction != "import" {
                        said.exports.push((*target).into());
                    }
                }
                _ => {
                    r.other(inner, &quiet::BGP);
                    continue;
                }
            }
            r.ok(inner);
        }
        r.config.evpn.insert(vni, said);
    }
}

/// A statement in `interface nve1`. Whether it was one of the overlay's.
pub(super) fn nve_line<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, nve: &mut Nve) -> bool {
    match &node.words[..] {
        ["source-interface", "hold-down-time", ..] | ["virtual-rmac", ..] | ["advertise", ..] => r.quiet(node),
        ["source-interface", name, ..] => {
            let Some(full) = r.wanted(node, name, interface::full_name(name), "an interface") else { return true };
            r.sink.refer(&[kind::INTERFACE], &full, r.tree.span(node, name), "nve source-interface");
            nve.source = Some(full.into());
            r.ok(node);
        }
        ["host-reachability", "protocol", protocol] => {
            nve.bgp = *protocol == "bgp";
            r.ok(node);
        }
        ["member", "vni", rest @ ..] => {
            let (list, options) = match rest {
                [list, options @ ..] => (*list, options),
                [] => {
                    r.bad(node, "vni", "followed by a VNI");
                    return true;
                }
            };
            let origin = r.tree.origin(node);
            let l3 = options.contains(&"associate-vrf");
            let (mut peers, mut group) = (Vec::new(), None);
            r.ok(node);
            for child in &node.children {
                match &child.words[..] {
                    ["peer-ip", ip] => {
                        let Some(ip) = r.value(child, ip, "an address") else { continue };
                        peers.push(ip);
                        r.ok(child);
                    }
                    ["mcast-group", ip, ..] => {
                        let Some(ip) = r.value(child, ip, "a multicast group") else { continue };
                        group = Some(ip);
                        r.ok(child);
                    }
                    // How broadcast and the like are flooded, and whether ARP is answered locally.
                    ["ingress-replication", "protocol", ..] => {
                        for inner in &child.children {
                            if let ["peer-ip", ip] = &inner.words[..] {
                                let Some(ip) = r.value(inner, ip, "an address") else { continue };
                                peers.push(ip);
                                r.ok(inner);
                            }
                        }
                        r.ok(child);
                    }
                    ["suppress-arp" | "suppress-unknown-unicast" | "multisite" | "spine-anycast-gateway", ..]
                    | ["no" | "exit", ..] => r.quiet(child),
                    _ => r.sink.not_understood(r.tree, child),
                }
            }
            let mut read = false;
            for part in list.split(',') {
                let (from, to) = part.split_once('-').unwrap_or((part, part));
                let (Ok(from), Ok(to)) = (from.parse::<u32>(), to.parse::<u32>()) else { continue };
                for vni in from..=to.min(from.saturating_add(4096)) {
                    nve.members.push(NveMember { vni, l3, peers: peers.clone(), group, origin });
                    read = true;
                }
            }
            if !read {
                r.bad(node, list, "a VNI");
            }
        }
        ["global", "mcast-group", ip, "L2"] => {
            let Some(ip) = r.value(node, ip, "a multicast group") else { return true };
            nve.group = Some(ip);
            r.ok(node);
        }
        ["global", "mcast-group" | "ingress-replication" | "suppress-arp", ..] | ["multisite", ..] => {
            r.quiet(node);
        }
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};
    #[test]
    fn vlans_and_segments() {
        let text = "vlan 1,10-12,20\nvlan 10\n  name x\n  vn-segment 5010\nvlan 11\n  shutdown\nevpn\n  vni 5010 l2\n    rd auto\n    route-target import auto\n    route-target export 1:1\ninterface loopback0\ninterface nve1\n  no shutdown\n  host-reachability protocol bgp\n  source-interface loopback0\n  member vni 5010\n    suppress-arp\n    ingress-replication protocol bgp\n  member vni 9000 associate-vrf\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        assert_eq!(config.vlans.keys().copied().collect::<Vec<_>>(), [1, 10, 11, 12, 20]);
        assert_eq!((config.vlans[&10].vni, config.vlans[&11].down, config.vlans[&12].down), (Some(5010), true, false));
        assert_eq!((config.evpn[&5010].imports.len(), config.evpn[&5010].exports.len()), (1, 1));
        let nve = config.interfaces.get("nve1").unwrap().nve.as_ref().unwrap();
        assert_eq!((nve.source.as_deref(), nve.bgp), (Some("loopback0"), true));
        assert_eq!(nve.members.iter().map(|m| (m.vni, m.l3)).collect::<Vec<_>>(), [(5010, false), (9000, true)]);
        assert_eq!(odd_lines("vlan 5000\nvlan x\n").len(), 2);
    }
}
