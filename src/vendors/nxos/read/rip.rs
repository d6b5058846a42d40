//! `router rip …` and what interfaces say of it. NX-OS has RIP for IPv4 only (guide, "Configuring RIP", limitations).

use super::{Reader, kind, quiet, redistribute};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::nxos::config::{DefaultRoute, Rip, RipList, RipPort};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, process: &str) {
    let mut main = take(r, node, process, "default");
    r.ok(node);
    let mut vrfs = Vec::new();
    for child in &node.children {
        match &child.words[..] {
            ["vrf", name] => {
                r.refer(&[kind::VRF], child, name, "router rip vrf");
                r.ok(child);
                let mut vrf = take(r, child, process, name);
                for inner in &child.children {
                    statement(r, inner, &mut vrf);
                }
                vrfs.push(vrf);
            }
            _ => statement(r, child, &mut main),
        }
    }
    r.config.rip.push(main);
    r.config.rip.append(&mut vrfs);
}

fn take<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, process: &str, vrf: &str) -> Rip {
    let same = |p: &Rip| p.process.eq_ignore_ascii_case(process) && p.vrf.eq_ignore_ascii_case(vrf);
    match r.config.rip.iter().position(same) {
        Some(at) => r.config.rip.remove(at),
        None => Rip { process: process.into(), vrf: vrf.into(), origin: r.tree.origin(node), ..Rip::default() },
    }
}

fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, rip: &mut Rip) {
    match &node.words[..] {
        ["address-family", "ipv4", "unicast"] => {
            r.ok(node);
            for child in &node.children {
                statement(r, child, rip);
            }
            return;
        }
        ["shutdown"] => rip.shutdown = true,
        ["no", "shutdown"] => rip.shutdown = false,
        ["metric", "direct", "0"] => rip.as_ios = true,
        ["redistribute", "rip", ..] => return r.unmodelled(node, "routes of another RIP process are not modelled"),
        ["redistribute", rest @ ..] => {
            rip.redistribute.extend(redistribute::read(r, node, rest));
            return;
        }
        ["no", "redistribute", rest @ ..] => return redistribute::remove(r, node, rest, &mut rip.redistribute),
        ["default-metric", value] => {
            let Some(metric) = r.value(node, value, "a metric") else { return };
            rip.default_metric = Some(metric);
        }
        ["distance", value] => {
            let Some(distance) = r.value(node, value, "a distance") else { return };
            rip.distance = Some(distance);
        }
        ["maximum-paths", value] => {
            let Some(paths) = r.value(node, value, "a number of paths") else { return };
            rip.max_paths = Some(paths);
        }
        ["no", "default-information", "originate", ..] => rip.default = None,
        ["default-information", "originate", options @ ..] => {
            let map = options.iter().position(|w| *w == "route-map").and_then(|n| options.get(n + 1));
            if let Some(map) = map {
                r.refer(&[kind::ROUTE_MAP], node, map, "default-information originate");
            }
            let always = options.contains(&"always");
            rip.default = Some(DefaultRoute { always, route_map: map.map(|m| (*m).into()), origin: r.tree.origin(node) });
        }
        _ => return r.other(node, &quiet::RIP),
    }
    r.ok(node);
}

/// A statement of RIP on an interface. Whether it was one.
pub(super) fn port<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut RipPort) -> bool {
    let (on, words) = match &node.words[..] {
        ["no", rest @ ..] => (false, rest),
        all => (true, all),
    };
    let what = match words {
        ["ip", "router", "rip", ..] => &words[1..],
        ["ip", "rip", rest @ ..] => rest,
        _ => return false,
    };
    if !r.gate(node, "rip") {
        return true;
    }
    let origin = r.tree.origin(node);
    match what {
        ["router", "rip", process] => port.process = on.then(|| ((*process).into(), origin)),
        ["passive-interface"] => port.passive = on,
        ["metric-offset", value] if on => {
            let Some(metric) = r.value(node, value, "a metric") else { return true };
            port.metric_offset = Some(metric);
        }
        ["metric-offset", ..] if !on => port.metric_offset = None,
        ["summary-address", prefix] => {
            let Some(prefix) = r.wanted(node, prefix, values::prefix(prefix), "a prefix") else { return true };
            port.summaries.retain(|p| *p != prefix.trunc());
            if on {
                port.summaries.push(prefix.trunc());
            }
        }
        ["route-filter", rest @ ..] => {
            let Some(list) = list(r, node, rest) else { return true };
            port.filters.retain(|l| l.inbound != list.inbound);
            if on {
                port.filters.push(list);
            }
        }
        ["offset-list", value, rest @ ..] => {
            let Some(offset) = r.value(node, value, "an offset") else { return true };
            let Some(list) = list(r, node, rest) else { return true };
            port.offsets.retain(|(_, l)| l.inbound != list.inbound);
            if on {
                port.offsets.push((offset, list));
            }
        }
        ["authentication", "key-chain", name] => port.key_chain = on.then(|| (*name).into()),
        // With poison reverse a route is sent back as unreachable: the neighbour has as little of it as with split horizon.
        ["authentication", "mode", ..] | ["poison-reverse"] => {
            r.quiet(node);
            return true;
        }
        _ => return false,
    }
    r.ok(node);
    true
}

/// `prefix-list NAME in`, `route-map NAME out`.
fn list<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) -> Option<RipList> {
    let [word @ ("prefix-list" | "route-map"), name, direction @ ("in" | "out")] = words else {
        r.bad(node, words.first().copied().unwrap_or("rip"), "a prefix list or route-map with its direction");
        return None;
    };
    let is_prefix_list = *word == "prefix-list";
    r.refer(if is_prefix_list { &[kind::PREFIX_LIST] } else { &[kind::ROUTE_MAP] }, node, name, "ip rip");
    Some(RipList { name: (*name).into(), is_prefix_list, inbound: *direction == "in", origin: r.tree.origin(node) })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};
    use crate::vendors::sink::LineClass;

    #[test]
    fn a_process_and_its_ports_are_read() {
        let text = "feature rip\nroute-map M permit 10\nip prefix-list P permit 10.0.0.0/8\nvrf context A\nrouter rip R\n  address-family ipv4 unicast\n    redistribute static route-map M\n    default-information originate always\n    distance 99\n  vrf A\n    address-family ipv4 unicast\n      maximum-paths 2\ninterface Ethernet1/1\n  no switchport\n  ip router rip R\n  ip rip route-filter prefix-list P in\n  ip rip offset-list 3 route-map M out\n  ip rip metric-offset 2\n  ip rip poison-reverse\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let [main, vrf] = &config.rip[..] else { panic!("{:?}", config.rip) };
        assert_eq!((&*main.process, main.redistribute.len(), main.distance), ("R", 1, Some(99)));
        assert!(main.default.as_ref().is_some_and(|d| d.always));
        assert_eq!((&*vrf.vrf, vrf.max_paths, vrf.distance), ("A", Some(2), None));
        let port = &config.interfaces.get("Ethernet1/1").unwrap().rip;
        assert_eq!((port.metric_offset, port.offsets[0].0, port.filters[0].inbound), (Some(2), 3, true));
    }

    #[test]
    fn there_is_no_ripng() {
        let text = "feature rip\nrouter rip R\n  address-family ipv6 unicast\n    distance 9\n";
        assert_eq!(odd_lines(text), [(3, LineClass::NotModelled), (4, LineClass::NotModelled)]);
    }
}
