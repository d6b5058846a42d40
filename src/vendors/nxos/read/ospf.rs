//! `router ospf …`, `router ospfv3 …`.

use super::{Reader, kind, quiet, redistribute};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::nxos::config::{Area, AreaKind, AreaRange, DefaultRoute, MaxMetric, Ospf};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, process: &str, v3: bool) {
    r.ok(node);
    let mut main = take(r, node, process, "default", v3);
    let mut vrfs = Vec::new();
    for child in &node.children {
        match &child.words[..] {
            ["vrf", name] => {
                r.refer(&[kind::VRF], child, name, "router ospf vrf");
                r.ok(child);
                let mut vrf = take(r, child, process, name, v3);
                for inner in &child.children {
                    statement(r, inner, &mut vrf);
                }
                vrfs.push(vrf);
            }
            _ => statement(r, child, &mut main),
        }
    }
    r.config.ospf.push(main);
    r.config.ospf.append(&mut vrfs);
}

/// The process as read so far, or a new one.
fn take<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, process: &str, vrf: &str, v3: bool) -> Ospf {
    let same = |o: &Ospf| o.v3 == v3 && o.process.eq_ignore_ascii_case(process) && o.vrf.eq_ignore_ascii_case(vrf);
    match r.config.ospf.iter().position(same) {
        Some(at) => r.config.ospf.remove(at),
        None => Ospf { process: process.into(), origin: r.tree.origin(node), vrf: vrf.into(), v3, ..Ospf::default() },
    }
}

#[allow(clippy::too_many_lines, reason = "one arm a statement reads best in one table")]
fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, ospf: &mut Ospf) {
    let origin = r.tree.origin(node);
    match &node.words[..] {
        ["address-family", "ipv6", "unicast"] if ospf.v3 => {
            for child in &node.children {
                statement(r, child, ospf);
            }
        }
        ["router-id", id] => {
            let Some(id) = r.value(node, id, "a router id") else { return };
            ospf.router_id = Some(id);
        }
        ["shutdown"] => ospf.shutdown = true,
        ["no", "shutdown"] => ospf.shutdown = false,
        ["passive-interface", "default"] => ospf.passive_default = true,
        ["no", "passive-interface", "default"] => ospf.passive_default = false,
        ["network", rest @ .., "area", area] => {
            let prefix = match rest {
                [word] => values::prefix(word),
                [address, mask] => values::address_wildcard(address, mask).or_else(|| values::address_mask(address, mask)),
                _ => None,
            };
            let Some(prefix) = r.wanted(node, node.word(1), prefix, "a prefix") else { return };
            let Some(area) = r.wanted(node, area, values::area(area), "an OSPF area") else { return };
            ospf.networks.push((prefix.trunc(), area, origin));
        }
        ["area", id, rest @ ..] => return area(r, node, ospf, id, rest),
        ["redistribute", rest @ ..] => {
            ospf.redistribute.extend(redistribute::read(r, node, rest));
            return;
        }
        ["no", "redistribute", rest @ ..] => return redistribute::remove(r, node, rest, &mut ospf.redistribute),
        ["default-information", "originate", options @ ..] => {
            let mut new = DefaultRoute { always: false, route_map: None, origin };
            let mut rest = options;
            while let [word, more @ ..] = rest {
                rest = more;
                match (*word, more) {
                    ("always", _) => new.always = true,
                    ("route-map", [map, more @ ..]) => {
                        r.refer(&[kind::ROUTE_MAP], node, map, "default-information originate");
                        new.route_map = Some((*map).into());
                        rest = more;
                    }
                    _ => return r.bad(node, word, "an option of `default-information`"),
                }
            }
            ospf.default = Some(new);
        }
        ["default-metric", n] => {
            let Some(n) = r.value(node, n, "a metric") else { return };
            ospf.default_metric = Some(n);
        }
        ["summary-address", prefix, options @ ..] => {
            let (prefix, options) = prefix_and_rest(prefix, options);
            let Some(prefix) = r.wanted(node, node.word(1), prefix, "a prefix") else { return };
            let tag = options.iter().position(|w| *w == "tag").and_then(|at| options.get(at + 1)).and_then(|w| w.parse().ok());
            ospf.no_discard |= options.contains(&"no-discard");
            ospf.summaries.push((prefix.trunc(), !options.contains(&"not-advertise"), tag.unwrap_or(0), origin));
        }
        ["no", "discard-route", ..] => ospf.no_discard = true,
        ["discard-route", ..] => ospf.no_discard = false,
        ["distance", value] => {
            let Some(value) = r.value(node, value, "a distance") else { return };
            ospf.distance = Some(value);
        }
        ["maximum-paths", n] => {
            let Some(n) = r.value(node, n, "a number of paths") else { return };
            ospf.max_paths = Some(n);
        }
        ["max-metric", "router-lsa", options @ ..] => {
            let mut m = MaxMetric::default();
            let value = |at: usize| options.get(at + 1).and_then(|w| w.parse().ok());
            for (at, word) in options.iter().enumerate() {
                match *word {
                    "include-stub" => m.include_stub = true,
                    // 0xFF0000 (NX-OS command reference, "max-metric router-lsa").
                    "external-lsa" => m.external = Some(value(at).unwrap_or(0x00FF_0000)),
                    "summary-lsa" => m.summary = Some(value(at).unwrap_or(0x00FF_0000)),
                    "on-startup" => m.startup_only = true,
                    _ => {}
                }
            }
            ospf.max_metric = Some(m);
        }
        ["auto-cost", "reference-bandwidth", value, unit @ ..] => {
            let Some(n) = r.value::<u64>(node, value, "a bandwidth") else { return };
            // In Mbit/s unless said.
            let unit = if unit.first().is_some_and(|u| u.starts_with(['G', 'g'])) { 1_000_000_000 } else { 1_000_000 };
            ospf.reference = n.checked_mul(unit);
        }
        ["table-map", map, "filter"] => {
            r.refer(&[kind::ROUTE_MAP], node, map, "router ospf table-map");
            ospf.import = Some(((*map).into(), origin));
        }
        ["rfc1583compatibility"] | ["compatible", "rfc1583"] => ospf.rfc1583 = Some(true),
        ["no", "rfc1583compatibility"] | ["no", "compatible", "rfc1583"] => ospf.rfc1583 = Some(false),
        ["capability", "vrf-lite", ..] | ["down-bit-ignore"] => ospf.vrf_lite = true,
        _ => return r.other(node, &quiet::OSPF),
    }
    r.ok(node);
}

/// A prefix with its length, or an address with its mask, and what comes after it.
fn prefix_and_rest<'w, 't>(prefix: &str, options: &'w [&'t str]) -> (Option<ipnet::IpNet>, &'w [&'t str]) {
    match options {
        [mask, more @ ..] if values::address_mask(prefix, mask).is_some() => (values::address_mask(prefix, mask), more),
        more => (values::prefix(prefix), more),
    }
}

fn area<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, ospf: &mut Ospf, id: &str, rest: &[&str]) {
    let Some(id) = r.wanted(node, id, values::area(id), "an OSPF area") else { return };
    let origin = r.tree.origin(node);
    let area = ospf.areas.entry(id).or_insert_with(|| Area { origin, ..Area::default() });
    match rest {
        ["stub", options @ ..] => {
            let before = matches!(area.kind, AreaKind::Stub { no_summary: true });
            area.kind = AreaKind::Stub { no_summary: before || options.contains(&"no-summary") };
        }
        ["nssa", options @ ..] => {
            let before = match area.kind {
                AreaKind::Nssa { .. } => area.kind,
                _ => AreaKind::Nssa {
                    no_summary: false,
                    default: false,
                    no_redistribution: false,
                    never: false,
                    always: false,
                    suppress_fa: false,
                },
            };
            let AreaKind::Nssa { no_summary, default, no_redistribution, never, always, suppress_fa } = before else { return };
            let has = |w: &str| options.contains(&w);
            area.kind = AreaKind::Nssa {
                no_summary: no_summary || has("no-summary"),
                default: default || has("default-information-originate"),
                no_redistribution: no_redistribution || has("no-redistribution"),
                never: never || (has("translate") && has("never")),
                always: always || (has("translate") && has("always")),
                suppress_fa: suppress_fa || has("supress-fa") || has("suppress-fa"),
            };
            if let Some(map) = options.iter().position(|w| *w == "route-map").and_then(|n| options.get(n + 1)) {
                r.refer(&[kind::ROUTE_MAP], node, map, "area nssa route-map");
                return r.unmodelled(node, "the condition of a default route into an NSSA is not modelled: it is taken to hold");
            }
        }
        ["default-cost", cost] => {
            let Some(cost) = r.value(node, cost, "a cost") else { return };
            area.default_cost = Some(cost);
        }
        ["range", prefix, options @ ..] => {
            let (prefix, options) = prefix_and_rest(prefix, options);
            let Some(prefix) = r.wanted(node, node.word(3), prefix, "a prefix") else { return };
            let cost = options.iter().position(|w| *w == "cost").and_then(|at| options.get(at + 1)).and_then(|w| w.parse().ok());
            let advertise = !options.contains(&"not-advertise");
            area.ranges.push(AreaRange { prefix: prefix.trunc(), advertise, cost, origin });
        }
        ["filter-list", "route-map", map, direction @ ("in" | "out")] => {
            r.refer(&[kind::ROUTE_MAP], node, map, "area filter-list");
            let slot = if *direction == "in" { &mut area.filter_in } else { &mut area.filter_out };
            *slot = Some(((*map).into(), origin));
        }
        ["authentication", rest @ ..] => area.auth = Some(rest.first().copied().unwrap_or("simple").into()),
        ["virtual-link", id] => {
            let Some(id) = r.value(node, id, "a router id") else { return };
            area.virtual_links.push((id, origin));
            r.ok(node);
            for child in &node.children {
                r.quiet(child);
            }
            return;
        }
        [] => {}
        _ => return r.other(node, &quiet::OSPF),
    }
    r.ok(node);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};
    use super::*;

    #[test]
    fn a_process_with_all_its_parts() {
        let text = "feature ospf\nvrf context A\nroute-map M permit 10\nrouter ospf UNDERLAY\n  router-id 1.1.1.1\n  passive-interface default\n  network 10.1.0.0 0.0.255.255 area 1\n  area 1 stub no-summary\n  area 2 nssa no-redistribution default-information-originate\n  area 2 nssa no-summary\n  area 0 range 10.0.0.0/8 cost 5\n  area 0.0.0.3 filter-list route-map M in\n  redistribute static route-map M\n  redistribute bgp 65000 route-map M\n  no redistribute bgp 65000\n  default-information originate always route-map M\n  summary-address 10.0.0.0 255.0.0.0 tag 4\n  distance 50\n  max-metric router-lsa external-lsa 100 include-stub\n  auto-cost reference-bandwidth 100 Gbps\n  log-adjacency-changes detail\n  maximum-paths 16\n  vrf A\n    area 0.0.0.1 virtual-link 2.2.2.2\n    redistribute direct route-map M\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let o = &config.ospf[0];
        assert_eq!((&*o.process, &*o.vrf, o.passive_default), ("UNDERLAY", "default", true));
        assert_eq!(o.networks[0].0.to_string(), "10.1.0.0/16");
        assert_eq!(o.areas[&1].kind, AreaKind::Stub { no_summary: true });
        assert!(matches!(o.areas[&2].kind, AreaKind::Nssa { no_summary: true, default: true, no_redistribution: true, .. }));
        assert_eq!((o.distance, o.max_metric.unwrap().external), (Some(50), Some(100)));
        assert_eq!((o.reference, o.max_paths, o.redistribute.len()), (Some(100_000_000_000), Some(16), 1));
        assert!(o.default.as_ref().unwrap().always && o.areas[&3].filter_in.is_some());
        assert_eq!((&*config.ospf[1].vrf, config.ospf[1].areas[&1].virtual_links.len()), ("A", 1));
    }

    #[test]
    fn a_redistribution_needs_its_map() {
        assert_eq!(odd_lines("router ospf 1\n  redistribute static\n  redistribute moon route-map M\n").len(), 2);
    }
}
