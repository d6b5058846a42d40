//! `router isis …` and `isis …` on interfaces.

use super::bgp::redistribute;
use super::mpls;
use super::quiet;
use super::{Reader, interface, kind};
use crate::syntax::tree::Node;
use crate::vendors::eos::config::{Isis, IsisFamily, IsisPort};

/// `level-1`, `level-2`, `level-1-2` as (level 1, level 2).
fn levels(word: &str) -> Option<(bool, bool)> {
    Some(match word {
        "level-1" => (true, false),
        "level-2" | "level-2-only" => (false, true),
        "level-1-2" => (true, true),
        _ => return None,
    })
}

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, process: &str, rest: &[&str]) {
    let vrf = match rest {
        ["vrf", vrf, ..] => {
            r.refer(&[kind::VRF], node, vrf, "router isis vrf");
            *vrf
        }
        _ => "default",
    };
    r.ok(node);
    let origin = r.tree.origin(node);
    let at = r.config.isis.iter().position(|i| &*i.process == process && &*i.vrf == vrf);
    let mut isis = match at {
        Some(at) => r.config.isis.remove(at),
        None => Isis { process: process.into(), origin, vrf: vrf.into(), ..Isis::default() },
    };
    for child in &node.children {
        statement(r, child, &mut isis);
    }
    r.config.isis.push(isis);
}

fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, isis: &mut Isis) {
    let origin = r.tree.origin(node);
    match &node.words[..] {
        ["net", net] => {
            let hex: String = net.chars().filter(char::is_ascii_hexdigit).collect();
            let good = hex.len() >= 16 && net.chars().all(|c| c == '.' || c.is_ascii_hexdigit());
            let Some(hex) = r.wanted(node, net, good.then_some(hex), "a network entity title") else { return };
            isis.nets.push(hex.to_ascii_lowercase().into());
        }
        ["is-type", word] => {
            let Some(is_type) = r.wanted(node, word, levels(word), "an IS-IS level") else { return };
            isis.is_type = Some(is_type);
        }
        ["shutdown"] => isis.shutdown = true,
        ["no", "shutdown"] => isis.shutdown = false,
        ["set-overload-bit"] => isis.overload = true,
        // Only for a while after a start.
        ["set-overload-bit", "on-startup", ..] => return r.quiet(node),
        ["address-family", family @ ("ipv4" | "ipv6"), ..] => {
            let slot = if *family == "ipv4" { &mut isis.v4 } else { &mut isis.v6 };
            let mut settings = slot.take().unwrap_or_default();
            for child in &node.children {
                family_statement(r, child, &mut settings);
            }
            let slot = if *family == "ipv4" { &mut isis.v4 } else { &mut isis.v6 };
            *slot = Some(settings);
        }
        ["redistribute", rest @ ..] => {
            if let Some(new) = redistribute(r, node, rest) {
                isis.redistribute.push(new);
            }
            return;
        }
        ["passive-interface", "default"] | ["passive", "default"] => isis.passive_default = true,
        ["passive-interface" | "passive", name] => {
            let Some(name) = r.wanted(node, name, interface::full_name(name), "an interface") else { return };
            isis.passive.push((name.into(), true));
        }
        ["no", "passive-interface" | "passive", name] => {
            let Some(name) = r.wanted(node, name, interface::full_name(name), "an interface") else { return };
            isis.passive.push((name.into(), false));
        }
        ["segment-routing", "mpls"] => {
            isis.segments = mpls::segments(r, node);
            return;
        }
        ["advertise", "passive-only"] => isis.passive_only = true,
        ["attached-bit", "disabled"] | ["set-attached-bit", "disabled"] => isis.suppress_attached = true,
        ["attached-bit", "ignore"] | ["ignore-attached-bit"] => isis.ignore_attached = true,
        ["propagate", "level-2-to-level-1", rest @ ..] => {
            let map = match rest {
                ["route-map", map] => {
                    r.refer(&[kind::ROUTE_MAP], node, map, "isis propagate");
                    Some((*map).into())
                }
                _ => None,
            };
            isis.leak_l2_to_l1 = Some((map, origin));
        }
        ["authentication", "mode", mode, ..] => {
            for slot in &mut isis.auth {
                *slot = Some((*mode).into());
            }
        }
        _ => return r.other(node, &quiet::ISIS),
    }
    r.ok(node);
}

fn family_statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, family: &mut IsisFamily) {
    match &node.words[..] {
        ["maximum-paths", n] => {
            let Some(n) = r.value(node, n, "a number of paths") else { return };
            family.max_paths = Some(n);
        }
        ["multi-topology"] => family.multi_topology = true,
        ["distance", value, rest @ ..] => {
            let Some(value) = r.value(node, value, "a distance") else { return };
            let (l1, l2) = rest.first().and_then(|w| levels(w)).unwrap_or((true, true));
            if l1 {
                family.distance[0] = Some(value);
            }
            if l2 {
                family.distance[1] = Some(value);
            }
        }
        _ => return r.other(node, &quiet::ISIS),
    }
    r.ok(node);
}

/// What stands after `isis` on an interface. Whether it was understood.
pub(super) fn port<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut IsisPort, rest: &[&str]) -> bool {
    let level = |word: Option<&&str>| word.and_then(|w| levels(w)).unwrap_or((true, true));
    match rest {
        ["enable", process] => port.enable = Some(((*process).into(), r.tree.origin(node))),
        ["metric", value, rest @ ..] | ["ipv4", "metric", value, rest @ ..] => {
            let Some(value) = r.value(node, value, "a metric") else { return true };
            let (l1, l2) = level(rest.first());
            set(&mut port.metric, (l1, l2), value);
        }
        ["ipv6", "metric", value, rest @ ..] => {
            let Some(value) = r.value(node, value, "a metric") else { return true };
            let (l1, l2) = level(rest.first());
            set(&mut port.metric_v6, (l1, l2), value);
        }
        ["passive-interface"] | ["passive"] => port.passive = true,
        ["network", "point-to-point"] => port.point_to_point = true,
        ["network", "broadcast"] => port.point_to_point = false,
        ["circuit-type", word] => {
            let Some(circuit) = r.wanted(node, word, levels(word), "an IS-IS level") else { return true };
            port.circuit = Some(circuit);
        }
        ["priority", value, rest @ ..] => {
            let Some(value) = r.value(node, value, "a priority") else { return true };
            set(&mut port.priority, level(rest.first()), value);
        }
        ["authentication", "mode", mode, rest @ ..] => {
            let text: crate::model::device::Name = (*mode).into();
            let (l1, l2) = level(rest.last());
            if l1 {
                port.auth[0] = Some(text.clone());
            }
            if l2 {
                port.auth[1] = Some(text);
            }
        }
        ["multi-topology", "address-family", families @ ..] => {
            port.families = Some((families.contains(&"ipv4"), families.contains(&"ipv6")));
        }
        _ => return false,
    }
    r.ok(node);
    true
}

fn set<T: Copy>(slots: &mut [Option<T>; 2], (l1, l2): (bool, bool), value: T) {
    if l1 {
        slots[0] = Some(value);
    }
    if l2 {
        slots[1] = Some(value);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};

    #[test]
    fn process_and_interface() {
        let text = "router isis CORE\n   net 49.0001.0000.0000.0001.00\n   is-type level-2\n   set-overload-bit\n   log-adjacency-changes\n   address-family ipv4 unicast\n      maximum-paths 4\n   address-family ipv6 unicast\n      multi-topology\n   advertise passive-only\n   redistribute connected level-2\ninterface Ethernet1\n   isis enable CORE\n   isis circuit-type level-2\n   isis metric 50 level-2\n   isis network point-to-point\n   isis authentication mode md5\n   isis hello padding\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let i = &config.isis[0];
        assert_eq!(
            (&*i.nets[0], i.is_type, i.overload, i.passive_only),
            ("49000100000000000100", Some((false, true)), true, true)
        );
        assert_eq!((i.v4.unwrap().max_paths, i.v6.unwrap().multi_topology), (Some(4), true));
        assert_eq!(i.redistribute[0].isis_level, Some((false, true)));
        let p = &config.interfaces.get("Ethernet1").unwrap().isis;
        assert_eq!((p.metric, p.circuit, p.point_to_point), ([None, Some(50)], Some((false, true)), true));
    }

    #[test]
    fn bad_values_are_refused() {
        assert_eq!(odd_lines("router isis 1\n   net 49.zz\n   is-type level-9\n").len(), 2);
    }
}
