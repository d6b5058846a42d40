//! `router rip`. It is off until `no shutdown` (EOS manual, "RIP": "RIP is disabled by default").

use super::bgp::redistribute;
use super::{Reader, quiet};
use crate::syntax::tree::Node;
use crate::syntax::values;

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    let mut rip = r.config.rip.take().unwrap_or_default();
    rip.origin = r.tree.origin(node);
    r.ok(node);
    for child in &node.children {
        let origin = r.tree.origin(child);
        match &child.words[..] {
            ["shutdown"] => rip.on = false,
            ["no", "shutdown"] => rip.on = true,
            ["network", rest @ ..] => {
                let net = match rest {
                    [prefix] => values::prefix_or_host(prefix),
                    [address, wildcard] => values::address_wildcard(address, wildcard),
                    _ => None,
                };
                let Some(net) = r.wanted(child, child.word(1), net, "a prefix") else { continue };
                rip.networks.push((net.trunc(), origin));
            }
            ["redistribute", rest @ ..] => {
                rip.redistribute.extend(redistribute(r, child, rest));
                continue;
            }
            ["metric", "default", value] => {
                let Some(metric) = r.value(child, value, "a metric") else { continue };
                rip.default_metric = Some(metric);
            }
            ["distance", value] => {
                let Some(distance) = r.value(child, value, "a distance") else { continue };
                rip.distance = Some(distance);
            }
            _ => {
                r.other(child, &quiet::RIP);
                continue;
            }
        }
        r.ok(child);
    }
    r.config.rip = Some(rip);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};
    use crate::vendors::sink::LineClass;

    #[test]
    fn a_process_is_read() {
        let text = "route-map M permit 10\nrouter rip\n   network 10.0.0.0/8\n   redistribute static route-map M\n   metric default 3\n   timers basic 30 180 120\n   no shutdown\n   distribute-list in x\n";
        let (config, _) = read_text(text);
        let rip = config.rip.unwrap();
        assert_eq!((rip.on, rip.networks.len(), rip.redistribute.len(), rip.default_metric), (true, 1, 1, Some(3)));
        assert_eq!(odd_lines(text), [(8, LineClass::NotModelled)]);
    }
}
