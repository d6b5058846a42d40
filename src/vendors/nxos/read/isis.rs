//! `router isis …` and `isis …` on interfaces.

use super::{Reader, kind, quiet, redistribute};
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::nxos::config::{DefaultRoute, Isis, IsisPort};

/// `level-1`, `level-2`, `level-1-2` as (level 1, level 2).
fn levels(word: &str) -> Option<(bool, bool)> {
    Some(match word {
        "level-1" => (true, false),
        "level-2" | "level-2-only" => (false, true),
        "level-1-2" => (true, true),
        _ => return None,
    })
}

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, process: &str) {
    r.ok(node);
    let mut main = take(r, node, process, "default");
    let mut vrfs = Vec::new();
    for child in &node.children {
        match &child.words[..] {
            ["vrf", name] => {
                r.refer(&[kind::VRF], child, name, "router isis vrf");
                r.ok(child);
                let mut vrf = take(r, child, process, name);
                for inner in &child.children {
                    statement(r, inner, &mut vrf, None);
                }
                vrfs.push(vrf);
            }
            _ => statement(r, child, &mut main, None),
        }
    }
    // What a VRF does not say of itself is as in the process.
    for vrf in &mut vrfs {
        vrf.is_type = vrf.is_type.or(main.is_type);
    }
    r.config.isis.push(main);
    r.config.isis.append(&mut vrfs);
}

fn take<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, process: &str, vrf: &str) -> Isis {
    let same = |i: &Isis| i.process.eq_ignore_ascii_case(process) && i.vrf.eq_ignore_ascii_case(vrf);
    match r.config.isis.iter().position(same) {
        Some(at) => r.config.isis.remove(at),
        None => Isis { process: process.into(), origin: r.tree.origin(node), vrf: vrf.into(), ..Isis::default() },
    }
}

#[allow(clippy::too_many_lines, reason = "one arm a statement reads best in one table")]
fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, isis: &mut Isis, family: Option<Family>) {
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
        ["set-overload-bit", "always"] => isis.overload = true,
        ["no", "set-attached-bit"] => isis.suppress_attached = true,
        ["metric-style", "transition"] => isis.transition = true,
        ["reference-bandwidth", value, unit @ ..] => {
            let Some(n) = r.value::<u64>(node, value, "a bandwidth") else { return };
            let unit = if unit.first().is_some_and(|u| u.starts_with(['G', 'g'])) { 1_000_000_000 } else { 1_000_000 };
            isis.reference = n.checked_mul(unit);
        }
        ["address-family", f @ ("ipv4" | "ipv6"), "unicast"] => {
            let family = if *f == "ipv6" { Family::V6 } else { Family::V4 };
            for child in &node.children {
                statement(r, child, isis, Some(family));
            }
        }
        ["multi-topology"] => isis.multi_topology = true,
        ["redistribute", rest @ ..] => {
            isis.redistribute.extend(redistribute::read(r, node, rest).map(|x| (family, x)));
            return;
        }
        ["passive-interface", "default", word] => {
            let Some(l) = r.wanted(node, word, levels(word), "an IS-IS level") else { return };
            isis.passive_default = Some(l);
        }
        ["default-information", "originate", options @ ..] => {
            let map = options.iter().position(|w| *w == "route-map").and_then(|n| options.get(n + 1));
            if let Some(map) = map {
                r.refer(&[kind::ROUTE_MAP], node, map, "default-information originate");
            }
            let always = options.contains(&"always");
            isis.default = Some((family, DefaultRoute { always, route_map: map.map(|m| (*m).into()), origin }));
        }
        ["summary-address", prefix, word] => {
            let Some(prefix) = r.wanted(node, prefix, values::prefix(prefix), "a prefix") else { return };
            let Some(l) = r.wanted(node, word, levels(word), "an IS-IS level") else { return };
            isis.summaries.push((prefix.trunc(), l, origin));
        }
        ["distribute", from @ ("level-1" | "level-2"), "into", "level-1" | "level-2", rest @ ..] => {
            let map = match rest {
                ["all"] => None,
                ["route-map", map] => {
                    r.refer(&[kind::ROUTE_MAP], node, map, "isis distribute");
                    Some((*map).into())
                }
                _ => return r.other(node, &quiet::ISIS),
            };
            let slot = if *from == "level-2" { &mut isis.leak_down } else { &mut isis.leak_up };
            *slot = Some((map, origin));
        }
        ["distance", value] => {
            let Some(value) = r.value(node, value, "a distance") else { return };
            isis.distance = Some(value);
        }
        ["maximum-paths" | "max-paths", n] => {
            let Some(n) = r.value(node, n, "a number of paths") else { return };
            isis.max_paths = Some(n);
        }
        ["authentication-type" | "authentication", kind, rest @ ..] if !matches!(*kind, "key-chain" | "check") => {
            let (l1, l2) = rest.first().and_then(|w| levels(w)).unwrap_or((true, true));
            for (slot, on) in isis.auth.iter_mut().zip([l1, l2]) {
                if on {
                    *slot = Some((*kind).into());
                }
            }
        }
        _ => return r.other(node, &quiet::ISIS),
    }
    r.ok(node);
}

/// `ip router isis P` (0) and `ipv6 router isis P` (1).
pub(super) fn enable<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut IsisPort, process: &str, at: usize) {
    if r.gate(node, "isis") {
        port.enable[at] = Some((process.into(), r.tree.origin(node)));
        r.ok(node);
    }
}

/// What stands after `isis` on an interface. Whether it was understood.
pub(super) fn port<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut IsisPort, rest: &[&str]) -> bool {
    let level = |word: Option<&&str>| word.and_then(|w| levels(w)).unwrap_or((true, true));
    match rest {
        ["metric", value, rest @ ..] => {
            let Some(value) = r.value(node, value, "a metric") else { return true };
            set(&mut port.metric, level(rest.first()), value);
        }
        ["passive-interface", rest @ ..] => port.passive = Some(level(rest.first())),
        ["network", "point-to-point"] => port.point_to_point = Some(true),
        ["network", "broadcast"] => port.point_to_point = Some(false),
        ["shutdown"] => port.shutdown = true,
        ["circuit-type", word] => {
            let Some(circuit) = r.wanted(node, word, levels(word), "an IS-IS level") else { return true };
            port.circuit = Some(circuit);
        }
        ["priority", value, rest @ ..] => {
            let Some(value) = r.value(node, value, "a priority") else { return true };
            set(&mut port.priority, level(rest.first()), value);
        }
        ["authentication-type", kind, rest @ ..] => {
            let (l1, l2) = level(rest.first());
            for (slot, on) in port.auth.iter_mut().zip([l1, l2]) {
                if on {
                    *slot = Some((*kind).into());
                }
            }
        }
        ["authentication", "key-chain", ..] => {
            r.quiet(node);
            return true;
        }
        _ => return false,
    }
    r.ok(node);
    true
}

fn set<T: Copy>(slots: &mut [Option<T>; 2], (l1, l2): (bool, bool), value: T) {
    for (slot, on) in slots.iter_mut().zip([l1, l2]) {
        if on {
            *slot = Some(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};

    #[test]
    fn process_and_interface() {
        let text = "feature isis\nroute-map M permit 10\nrouter isis CORE\n  net 49.0001.0000.0000.0001.00\n  is-type level-2\n  set-overload-bit always\n  log-adjacency-changes\n  reference-bandwidth 100 Gbps\n  address-family ipv4 unicast\n    maximum-paths 4\n    redistribute direct route-map M\n    distribute level-1 into level-2 all\n  address-family ipv6 unicast\n    multi-topology\ninterface Ethernet1/1\n  no switchport\n  ip router isis CORE\n  isis circuit-type level-2\n  isis metric 50 level-2\n  isis network point-to-point\n  isis authentication-type md5 level-2\n  isis hello-padding\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let i = &config.isis[0];
        assert_eq!((&*i.nets[0], i.is_type, i.overload), ("49000100000000000100", Some((false, true)), true));
        assert_eq!((i.max_paths, i.multi_topology, i.reference), (Some(4), true, Some(100_000_000_000)));
        assert!(i.leak_up.is_some());
        let p = &config.interfaces.get("Ethernet1/1").unwrap().isis;
        assert_eq!((p.metric, p.circuit, p.point_to_point), ([None, Some(50)], Some((false, true)), Some(true)));
        assert_eq!(odd_lines("router isis 1\n  net 49.zz\n  is-type level-9\n").len(), 2);
    }
}
