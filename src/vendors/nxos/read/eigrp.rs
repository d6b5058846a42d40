//! `router eigrp …` and what interfaces say of it.

use super::{Reader, kind, quiet, redistribute};
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::nxos::config::{DefaultRoute, Eigrp, EigrpPort};
use crate::vendors::sink::LineClass;

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, process: &str) {
    let mut main = take(r, process, "default");
    r.ok(node);
    let mut vrfs = Vec::new();
    for child in &node.children {
        match &child.words[..] {
            ["vrf", name] => {
                r.refer(&[kind::VRF], child, name, "router eigrp vrf");
                let mut vrf = take(r, process, name);
                for inner in &child.children {
                    statement(r, inner, &mut vrf, None);
                }
                vrfs.push(vrf);
            }
            _ => statement(r, child, &mut main, None),
        }
    }
    r.config.eigrp.push(main);
    r.config.eigrp.append(&mut vrfs);
}

fn take(r: &mut Reader<'_, '_>, process: &str, vrf: &str) -> Eigrp {
    let same = |e: &Eigrp| e.process.eq_ignore_ascii_case(process) && e.vrf.eq_ignore_ascii_case(vrf);
    match r.config.eigrp.iter().position(same) {
        Some(at) => r.config.eigrp.remove(at),
        None => Eigrp {
            process: process.into(),
            vrf: vrf.into(),
            // A tag that is a number is the AS.
            asn: process.parse().ok(),
            ..Eigrp::default()
        },
    }
}

fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, eigrp: &mut Eigrp, family: Option<Family>) {
    let origin = r.tree.origin(node);
    match &node.words[..] {
        ["address-family", f @ ("ipv4" | "ipv6"), "unicast"] => {
            let family = if *f == "ipv6" { Family::V6 } else { Family::V4 };
            for child in &node.children {
                statement(r, child, eigrp, Some(family));
            }
        }
        ["autonomous-system", asn] => {
            let Some(asn) = r.value(node, asn, "an AS number") else { return };
            eigrp.asn = Some(asn);
        }
        ["router-id", id] => {
            let Some(id) = r.value(node, id, "a router id") else { return };
            eigrp.router_id = Some(id);
        }
        ["no", "router-id", ..] => eigrp.router_id = None,
        ["shutdown"] => eigrp.shutdown = true,
        ["no", "shutdown"] => eigrp.shutdown = false,
        ["passive-interface", "default"] => eigrp.passive_default = true,
        ["no", "passive-interface", "default"] => eigrp.passive_default = false,
        ["network", rest @ ..] => {
            let prefix = match rest {
                [word] => values::prefix(word),
                [address, mask, ..] => values::address_wildcard(address, mask).or_else(|| values::address_mask(address, mask)),
                [] => None,
            };
            let Some(prefix) = r.wanted(node, node.word(1), prefix, "a prefix") else { return };
            eigrp.networks.push((prefix.trunc(), origin));
        }
        ["redistribute", rest @ ..] => {
            eigrp.redistribute.extend(redistribute::read(r, node, rest).map(|x| (family, x)));
        }
        ["default-metric", values @ ..] if !values.is_empty() => {
            let numbers: Vec<u32> = values.iter().filter_map(|v| v.parse().ok()).collect();
            let Ok(numbers) = <[u32; 5]>::try_from(numbers) else {
                return r.bad(node, values.first().copied().unwrap_or(""), "the five parts of a metric");
            };
            eigrp.default_metric = Some(numbers);
        }
        ["distance", internal, external] => {
            let (Some(i), Some(e)) = (r.value(node, internal, "a distance"), r.value(node, external, "a distance")) else {
                return;
            };
            eigrp.distance = Some([i, e]);
        }
        ["maximum-paths", n] => {
            let Some(n) = r.value(node, n, "a number of paths") else { return };
            eigrp.max_paths = Some(n);
        }
        ["variance", n] => {
            let Some(n) = r.value(node, n, "a multiplier") else { return };
            eigrp.variance = Some(n);
        }
        ["stub"] | ["stub", "direct"] => eigrp.stub = true,
        ["stub", ..] => {
            eigrp.stub = true;
            return r
                .unmodelled(node, "options of an EIGRP stub router are not modelled: it sends connected routes and summaries");
        }
        ["default-information", "originate", options @ ..] => {
            let map = options.iter().position(|w| *w == "route-map").and_then(|n| options.get(n + 1));
            if let Some(map) = map {
                r.refer(&[kind::ROUTE_MAP], node, map, "default-information originate");
            }
            let always = options.contains(&"always");
            eigrp.default = Some(DefaultRoute { always, route_map: map.map(|m| (*m).into()), origin });
            return r.unmodelled(node, "a default route that EIGRP originates is not modelled");
        }
        ["metric", "version", "64bit"] => eigrp.wide = true,
        ["metric", ..] | ["table-map", ..] | ["default-information", ..] | ["summary-address", ..] => {
            return r.unmodelled(node, "this setting of EIGRP is not modelled");
        }
        _ => return r.other(node, &quiet::EIGRP),
    }
    r.sink.mark(origin, LineClass::Modelled);
}

/// A statement of EIGRP on an interface. Whether it was one.
pub(super) fn port<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, ports: &mut Vec<EigrpPort>) -> bool {
    let origin = r.tree.origin(node);
    let words = match &node.words[..] {
        ["no", rest @ ..] => rest,
        all => all,
    };
    let on = node.word(0) != "no";
    let (process, what, rest) = match words {
        ["ip" | "ipv6", "router", "eigrp", process] => (*process, "router", &[][..]),
        ["ip" | "ipv6", what, "eigrp", process, rest @ ..] => (*process, *what, rest),
        ["ip" | "ipv6", "eigrp", process, what, rest @ ..] => (*process, *what, rest),
        _ => return false,
    };
    if !r.gate(node, "eigrp") {
        return true;
    }
    let at = ports.iter().position(|p| p.process.eq_ignore_ascii_case(process)).unwrap_or_else(|| {
        ports.push(EigrpPort { process: process.into(), ..EigrpPort::default() });
        ports.len() - 1
    });
    let Some(port) = ports.get_mut(at) else { return true };
    match (what, rest) {
        ("router", _) => port.enable[usize::from(words.first() == Some(&"ipv6"))] = on.then_some(origin),
        ("passive-interface", _) => port.passive = on,
        ("bandwidth", [value]) => port.bandwidth = r.value(node, value, "a bandwidth in kbit/s"),
        ("delay", [value, ..]) => port.delay = r.value(node, value, "a delay"),
        ("summary-address", [prefix, ..]) => {
            let Some(prefix) = r.wanted(node, prefix, values::prefix(prefix), "a prefix") else { return true };
            port.summaries.push((prefix.trunc(), origin));
        }
        ("distribute-list", ["prefix-list", name, direction @ ("in" | "out")]) => {
            r.refer(&[kind::PREFIX_LIST], node, name, "distribute-list eigrp");
            port.lists.push(((*name).into(), true, *direction == "in", origin));
        }
        ("distribute-list", ["route-map", name, direction @ ("in" | "out")]) => {
            r.refer(&[kind::ROUTE_MAP], node, name, "distribute-list eigrp");
            port.lists.push(((*name).into(), false, *direction == "in", origin));
        }
        ("shutdown", _) => port.shutdown = on,
        ("split-horizon", _) => port.no_split_horizon = !on,
        ("hello-interval" | "hold-time" | "authentication" | "bfd" | "next-hop-self", _) => {
            r.quiet(node);
            return true;
        }
        _ => {
            r.unmodelled(node, "this setting of EIGRP is not modelled");
            return true;
        }
    }
    r.sink.mark(origin, LineClass::Modelled);
    true
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};

    #[test]
    fn a_process_is_read() {
        let text = "feature eigrp\nip prefix-list P permit 10.0.0.0/8\nroute-map M permit 10\nrouter eigrp FABRIC\n  autonomous-system 7\n  address-family ipv4 unicast\n    redistribute direct route-map M\n    default-metric 1 2 3 4 5\n  graceful-restart\ninterface Ethernet1/1\n  no switchport\n  ip router eigrp FABRIC\n  ip passive-interface eigrp FABRIC\n  ip distribute-list eigrp FABRIC prefix-list P in\n  ip hello-interval eigrp FABRIC 5\n";
        let (config, _) = read_text(text);
        let e = &config.eigrp[0];
        assert_eq!((e.asn, e.default_metric, e.redistribute.len()), (Some(7), Some([1, 2, 3, 4, 5]), 1));
        let p = &config.interfaces.get("Ethernet1/1").unwrap().eigrp[0];
        assert!(p.enable[0].is_some() && p.enable[1].is_none() && p.passive && p.lists[0].2);
        assert!(odd_lines(text).is_empty(), "{:?}", odd_lines(text));
    }
}
