//! `hsrp N`, `vrrp N`, `vrrpv3 N`, `glbp N` on an interface.

use std::net::IpAddr;

use super::Reader;
use super::quiet;
use crate::model::interface::{RedundancyGroup, RedundancyProtocol};
use crate::syntax::tree::Node;
use crate::vendors::nxos::config::Interface;
use crate::vendors::nxos::defaults;

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut Interface) {
    let [word, number, ..] = &node.words[..] else { return r.other(node, &quiet::INTERFACE) };
    let Ok(group) = number.parse::<u32>() else { return r.other(node, &quiet::INTERFACE) };
    if !r.gate(node, word) {
        return;
    }
    let protocol = match *word {
        "hsrp" => RedundancyProtocol::Hsrp,
        "glbp" => RedundancyProtocol::Glbp,
        _ => RedundancyProtocol::Vrrp,
    };
    let origin = r.tree.origin(node);
    // A group has IPv4 and IPv6 apart, which share a number.
    let mut g = RedundancyGroup {
        protocol,
        group,
        addresses: Vec::new(),
        priority: defaults::REDUNDANCY_PRIORITY,
        preempt: protocol == RedundancyProtocol::Vrrp,
        origin,
    };
    // A VRRP group is shut down until said otherwise; the other protocols are not (NX-OS unicast routing guide, "Configuring VRRP").
    let mut on = *word != "vrrp";
    r.ok(node);
    for child in &node.children {
        match &child.words[..] {
            ["ip" | "ipv6" | "address", address, ..] => match address.parse::<IpAddr>() {
                Ok(address) => {
                    // Without `secondary`, another address takes the place of the first.
                    if !child.words.contains(&"secondary") && protocol == RedundancyProtocol::Hsrp {
                        g.addresses.truncate(0);
                    }
                    g.addresses.push(address);
                }
                Err(_) if *address == "autoconfig" => {
                    r.quiet(child);
                    continue;
                }
                Err(_) => {
                    r.bad(child, address, "an address");
                    continue;
                }
            },
            ["priority", value, ..] => {
                let Some(value) = r.value(child, value, "a priority") else { continue };
                g.priority = value;
            }
            ["preempt", ..] => g.preempt = true,
            ["no", "preempt", ..] => g.preempt = false,
            ["shutdown"] => on = false,
            ["no", "shutdown"] => on = true,
            ["track" | "object-track", ..] => {
                r.unmodelled(child, "tracking is not modelled: tracked objects are taken to be up");
                continue;
            }
            // authentication, bfd, name, mac-address, timers, follow, …: not which router is active.
            _ => {
                r.quiet(child);
                continue;
            }
        }
        r.ok(child);
    }
    let v6 = node.words.contains(&"ipv6");
    port.redundancy.retain(|x| x.protocol != protocol || x.group != group || x.addresses.iter().any(|a| a.is_ipv6() != v6));
    if on && !g.addresses.is_empty() {
        port.redundancy.push(g);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};

    #[test]
    fn groups() {
        let text = "feature hsrp\nfeature vrrp\ninterface Ethernet1/1\n  no switchport\n  ip address 10.0.0.2/24\n  hsrp version 2\n  hsrp 10\n    preempt delay minimum 5\n    priority 110\n    ip 10.0.0.1\n    ip 10.0.1.1 secondary\n    authentication md5 key-chain k\n  hsrp 10 ipv6\n    ip 2001:db8::1\n  vrrp 5\n    address 10.0.0.9\n  vrrp 6\n    address 10.0.0.8\n    no shutdown\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let g = &config.interfaces.get("Ethernet1/1").unwrap().redundancy;
        let shown: Vec<_> = g.iter().map(|g| (g.group, g.priority, g.addresses.len(), g.preempt)).collect();
        assert_eq!(shown, [(10, 110, 2, true), (10, 100, 1, false), (6, 100, 1, true)]);
        assert_eq!(odd_lines("feature bgp\ninterface Ethernet1/1\n  hsrp 1\n    ip 10.0.0.1\n").len(), 2);
    }
}
