//! `vpc domain`.

use super::Reader;
use crate::syntax::tree::Node;
use crate::vendors::nxos::config::Vpc;

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, id: &str) {
    let mut vpc = Vpc { origin: r.tree.origin(node), domain: id.into(), ..Vpc::default() };
    r.ok(node);
    for child in &node.children {
        match &child.words[..] {
            ["peer-keepalive", "destination", ip, ..] => {
                let Some(ip) = r.value(child, ip, "an address") else { continue };
                vpc.keepalive = Some(ip);
            }
            ["role", "priority", value] => {
                let Some(priority) = r.value(child, value, "a priority") else { continue };
                vpc.priority = Some(priority);
            }
            ["peer-gateway", ..] => vpc.peer_gateway = true,
            ["no", "peer-gateway", ..] => vpc.peer_gateway = false,
            ["shutdown"] => vpc.shutdown = true,
            ["no", "shutdown"] => vpc.shutdown = false,
            ["dual-active", "exclude", ..] => {
                r.unmodelled(child, "VLAN interfaces that stay up without the peer link are not modelled");
                continue;
            }
            ["virtual", "peer-link", ..] => {
                vpc.over_fabric = true;
                r.unmodelled(child, "a peer link over a fabric is taken to be up, and joins no VLANs");
                continue;
            }
            [
                "system-mac" | "system-priority" | "peer-switch" | "auto-recovery" | "delay" | "layer3" | "ip" | "ipv6"
                | "graceful" | "mode" | "fast-convergence" | "track" | "mac" | "exit" | "peer-keepalive" | "no",
                ..,
            ] => {
                r.quiet(child);
                continue;
            }
            _ => {
                r.sink.not_understood(r.tree, child);
                continue;
            }
        }
        r.ok(child);
    }
    r.config.vpc = Some(vpc);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};

    #[test]
    fn a_domain_is_read() {
        let text = "feature vpc\nvpc domain 7\n  role priority 100\n  peer-keepalive destination 192.168.0.2 source 192.168.0.1\n  peer-gateway\n  delay restore 60\ninterface port-channel1\n  switchport\n  vpc peer-link\ninterface port-channel20\n  switchport\n  vpc 20\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let v = config.vpc.unwrap();
        assert_eq!((&*v.domain, v.priority, v.peer_gateway, v.keepalive.is_some()), ("7", Some(100), true, true));
        assert!(config.interfaces.get("port-channel1").unwrap().vpc_peer_link);
        assert_eq!(config.interfaces.get("port-channel20").unwrap().vpc.map(|v| v.0), Some(20));
    }
}
