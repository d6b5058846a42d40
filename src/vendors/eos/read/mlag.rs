//! `mlag configuration`.

use super::Reader;
use super::interface::full_name;
use crate::syntax::tree::Node;

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    let mut mlag = r.config.mlag.take().unwrap_or_default();
    mlag.origin = r.tree.origin(node);
    r.ok(node);
    for child in &node.children {
        match &child.words[..] {
            ["domain-id", rest @ ..] if !rest.is_empty() => mlag.domain = Some(rest.join(" ").into()),
            ["peer-address", "heartbeat", ..] => mlag.heartbeat = true,
            ["peer-address", ip] => {
                let Some(ip) = r.value(child, ip, "an address") else { continue };
                mlag.peer = Some(ip);
            }
            ["peer-link", rest @ ..] => {
                let Some(name) = r.wanted(child, child.word(1), full_name(&rest.concat()), "an interface") else { continue };
                mlag.peer_link = Some(name.into());
            }
            ["local-interface", _] => {}
            ["primary-priority", value] => {
                let Some(priority) = r.value(child, value, "a priority") else { continue };
                mlag.priority = Some(priority);
            }
            ["shutdown"] => mlag.shutdown = true,
            ["no", "shutdown"] => mlag.shutdown = false,
            ["dual-primary", "detection", .., "errdisable", "all-interfaces"] => mlag.errdisable = true,
            ["dual-primary", "recovery", ..]
            | ["reload-delay" | "heartbeat-interval" | "lacp" | "comment" | "hardware", ..]
            | ["no", ..] => {
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
    r.config.mlag = Some(mlag);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};

    #[test]
    fn a_pair_is_read() {
        let text = "mlag configuration\n   domain-id A\n   local-interface Vlan4094\n   peer-address 10.0.0.1\n   peer-address heartbeat 192.168.0.1 vrf MGMT\n   peer-link Port-Channel3\n   dual-primary detection delay 5 action errdisable all-interfaces\n   reload-delay mlag 300\ninterface Port-Channel7\n   mlag 7\n   lacp system-id 0303.0202.0101\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let m = config.mlag.unwrap();
        assert_eq!(
            (m.domain.as_deref(), m.peer_link.as_deref(), m.heartbeat && m.errdisable),
            (Some("A"), Some("Port-Channel3"), true)
        );
        let port = config.interfaces.get("Port-Channel7").unwrap();
        assert_eq!((port.mlag.map(|m| m.0), port.segment.as_deref()), (Some(7), Some("0303.0202.0101")));
    }
}
