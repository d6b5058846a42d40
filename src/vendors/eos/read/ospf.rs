//! `router ospf …`, `router ospfv3 …`, `ipv6 router ospf …`.

use super::bgp::redistribute;
use super::quiet;
use super::{Reader, interface, kind};
use crate::model::device::Name;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::eos::config::{Area, AreaKind, AreaRange, DefaultRoute, MaxMetric, Ospf};

pub(super) fn read_v2<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, process: &str, rest: &[&str]) {
    let Some(process_id) = r.value::<u32>(node, process, "a process number") else { return };
    let vrf = vrf(r, node, rest);
    let mut ospf = find(r, node, &process_id.to_string(), &vrf, false, false);
    r.ok(node);
    for child in &node.children {
        statement(r, child, &mut ospf);
    }
    r.config.ospf.push(ospf);
}

pub(super) fn read_old_v3<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, process: &str, rest: &[&str]) {
    let vrf = vrf(r, node, rest);
    let mut ospf = find(r, node, process, &vrf, true, true);
    r.ok(node);
    for child in &node.children {
        statement(r, child, &mut ospf);
    }
    r.config.ospf.push(ospf);
}

/// `router ospfv3 [PROCESS] [vrf V]`: settings for both families, then a block each.
pub(super) fn read_v3<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, rest: &[&str]) {
    let (process, rest) = match rest {
        ["vrf", ..] | [] => ("1", rest),
        [process, rest @ ..] => (*process, rest),
    };
    let vrf = vrf(r, node, rest);
    r.ok(node);
    let mut both = [find(r, node, process, &vrf, true, false), find(r, node, process, &vrf, true, true)];
    let mut present = [false; 2];
    for child in &node.children {
        match &child.words[..] {
            ["address-family", family @ ("ipv4" | "ipv6"), ..] => {
                r.ok(child);
                let at = usize::from(*family == "ipv6");
                present[at] = true;
                for inner in &child.children {
                    statement(r, inner, &mut both[at]);
                }
            }
            _ => both.iter_mut().for_each(|o| statement(r, child, o)),
        }
    }
    for (ospf, present) in both.into_iter().zip(present) {
        if present {
            r.config.ospf.push(ospf);
        }
    }
}

fn vrf<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, rest: &[&str]) -> Name {
    match rest {
        ["vrf", vrf, ..] => {
            if *vrf != "default" {
                r.refer(&[kind::VRF], node, vrf, "router ospf vrf");
            }
            (*vrf).into()
        }
        _ => "default".into(),
    }
}

/// The process as read so far, taken out of the config.
fn find<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, process: &str, vrf: &str, v3: bool, v6: bool) -> Ospf {
    let at = r.config.ospf.iter().position(|o| &*o.process == process && &*o.vrf == vrf && o.v3 == v3 && o.v6 == v6);
    match at {
        Some(at) => r.config.ospf.remove(at),
        None => Ospf { process: process.into(), origin: r.tree.origin(node), vrf: vrf.into(), v3, v6, ..Ospf::default() },
    }
}

#[allow(clippy::too_many_lines, reason = "one arm a statement reads best in one table")]
fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, ospf: &mut Ospf) {
    let origin = r.tree.origin(node);
    match &node.words[..] {
        ["router-id", id] => {
            ospf.router_id = r.value(node, id, "a router id");
            if ospf.router_id.is_none() {
                return;
            }
        }
        ["segment-routing", "mpls"] if !ospf.v3 => {
            ospf.segments = super::mpls::segments(r, node);
            return;
        }
        ["shutdown"] => ospf.shutdown = true,
        ["no", "shutdown"] => ospf.shutdown = false,
        ["passive-interface", "default"] => ospf.passive_default = true,
        ["passive-interface", names @ ..] => return passive(r, node, ospf, names, true),
        ["no", "passive-interface", "default"] => ospf.passive_default = false,
        ["no", "passive-interface", names @ ..] => return passive(r, node, ospf, names, false),
        ["network", prefix, rest @ ..] => {
            let (net, area) = match rest {
                ["area", area] => (values::prefix_or_host(prefix), *area),
                [wildcard, "area", area] => (values::address_wildcard(prefix, wildcard), *area),
                _ => return r.sink.not_understood(r.tree, node),
            };
            let Some(net) = r.wanted(node, prefix, net, "a prefix") else { return };
            let Some(id) = r.wanted(node, area, values::area(area), "an OSPF area") else { return };
            ospf.networks.push((net.trunc(), id, origin));
        }
        ["area", id, rest @ ..] => return area(r, node, ospf, id, rest, true),
        ["no", "area", id, rest @ ..] => return area(r, node, ospf, id, rest, false),
        ["redistribute", rest @ ..] => {
            if let Some(new) = redistribute(r, node, rest) {
                ospf.redistribute.push(new);
            }
            return;
        }
        ["default-information", "originate", options @ ..] => {
            let Some(new) = default_route(r, node, options) else { return };
            ospf.default = Some(new);
        }
        ["summary-address", prefix, options @ ..] => {
            let (prefix, options) = match options {
                [mask, more @ ..] if mask.contains('.') => (values::address_mask(prefix, mask), more),
                more => (values::prefix(prefix), more),
            };
            let Some(prefix) = r.wanted(node, node.word(1), prefix, "a prefix") else { return };
            let advertise = !options.contains(&"not-advertise");
            let tag = options.iter().position(|w| *w == "tag").and_then(|at| options.get(at + 1)).and_then(|w| w.parse().ok());
            if options.contains(&"attribute-map") {
                return r.unmodelled(node, "attribute maps of OSPF summaries are not modelled");
            }
            ospf.summaries.push((prefix.trunc(), advertise, tag.unwrap_or(0), origin));
        }
        ["distance", "ospf", rest @ ..] => {
            let mut rest = rest;
            while let [word, value, more @ ..] = rest {
                rest = more;
                let at = match *word {
                    "intra-area" => 0,
                    "inter-area" => 1,
                    "external" => 2,
                    _ => return r.bad(node, word, "a kind of OSPF route"),
                };
                let Some(value) = r.value(node, value, "a distance") else { return };
                ospf.distance[at] = Some(value);
            }
        }
        ["maximum-paths", n] => {
            ospf.max_paths = r.value(node, n, "a number of paths");
            if ospf.max_paths.is_none() {
                return;
            }
        }
        ["max-metric", "router-lsa", options @ ..] => {
            let mut m = MaxMetric::default();
            let value = |at: usize, default: u32| options.get(at + 1).and_then(|w| w.parse().ok()).unwrap_or(default);
            for (at, word) in options.iter().enumerate() {
                match *word {
                    "include-stub" => m.include_stub = true,
                    // 0xFF0000 (EOS manual, "max-metric router-lsa").
                    "external-lsa" => m.external = Some(value(at, 0x00FF_0000)),
                    "summary-lsa" => m.summary = Some(value(at, 0x00FF_0000)),
                    "on-startup" => m.startup_only = true,
                    _ => {}
                }
            }
            ospf.max_metric = Some(m);
        }
        ["auto-cost", "reference-bandwidth", value, ..] => {
            let Some(mbit) = r.value(node, value, "a bandwidth in Mbit/s") else { return };
            ospf.reference = Some(mbit);
        }
        ["distribute-list", "route-map", map, "in"] => {
            r.refer(&[kind::ROUTE_MAP], node, map, "router ospf distribute-list");
            ospf.import = Some(((*map).into(), origin));
        }
        ["distribute-list", "prefix-list", ..] => {
            return r.unmodelled(node, "prefix lists as distribute-lists of OSPF are not modelled");
        }
        ["compatible", "rfc1583"] => ospf.rfc1583 = Some(true),
        ["no", "compatible", "rfc1583"] => ospf.rfc1583 = Some(false),
        ["dn-bit-ignore"] | ["capability", "vrf-lite"] => ospf.vrf_lite = true,
        _ => return r.other(node, &quiet::OSPF),
    }
    r.ok(node);
}

fn passive<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, ospf: &mut Ospf, names: &[&str], on: bool) {
    let joined = names.concat();
    for part in joined.split(',') {
        let Some(name) = r.wanted(node, names.first().copied().unwrap_or(""), interface::full_name(part), "an interface") else {
            return;
        };
        ospf.passive.push((name.into(), on));
    }
    r.ok(node);
}

fn default_route<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, options: &[&str]) -> Option<DefaultRoute> {
    let mut new = DefaultRoute { always: false, metric: None, metric_type: 2, route_map: None, origin: r.tree.origin(node) };
    let mut rest = options;
    while let [word, more @ ..] = rest {
        rest = more;
        match (*word, more) {
            ("always", _) => new.always = true,
            ("metric", [n, more @ ..]) => {
                new.metric = Some(r.value(node, n, "a metric")?);
                rest = more;
            }
            ("metric-type", [n, more @ ..]) => {
                new.metric_type = if n.ends_with('1') { 1 } else { 2 };
                rest = more;
            }
            ("route-map", [map, more @ ..]) => {
                r.refer(&[kind::ROUTE_MAP], node, map, "default-information originate");
                new.route_map = Some((*map).into());
                rest = more;
            }
            _ => {
                r.bad(node, word, "an option of `default-information`");
                return None;
            }
        }
    }
    Some(new)
}

fn area<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, ospf: &mut Ospf, id: &str, rest: &[&str], on: bool) {
    let Some(id) = r.wanted(node, id, values::area(id), "an OSPF area") else { return };
    let origin = r.tree.origin(node);
    let area = ospf.areas.entry(id).or_insert_with(|| Area { origin, ..Area::default() });
    match rest {
        _ if !on => return r.quiet(node),
        ["stub", options @ ..] => {
            let before = matches!(area.kind, AreaKind::Stub { no_summary: true });
            area.kind = AreaKind::Stub { no_summary: before || options.contains(&"no-summary") };
        }
        ["nssa" | "not-so-stubby", options @ ..] => {
            let (mut no_summary, mut default, mut only, mut always) = match area.kind {
                AreaKind::Nssa { no_summary, default, only, always_translate } => (no_summary, default, only, always_translate),
                _ => (false, None, false, false),
            };
            no_summary |= options.contains(&"no-summary");
            only |= options.contains(&"nssa-only");
            if options.contains(&"default-information-originate") {
                let kind = options.iter().position(|w| *w == "metric-type").and_then(|at| options.get(at + 1));
                default = Some(kind.map_or(2, |w| if w.ends_with('1') { 1 } else { 2 }));
            }
            // `lsa type-7 convert type-5`: translates whoever else does.
            always |= options.starts_with(&["lsa", "type-7", "convert", "type-5"]);
            area.kind = AreaKind::Nssa { no_summary, default, only, always_translate: always };
        }
        ["default-cost", cost] => {
            area.default_cost = r.value(node, cost, "a cost");
            if area.default_cost.is_none() {
                return;
            }
        }
        ["range", prefix, options @ ..] => {
            let (prefix, options) = match options {
                [mask, more @ ..] if mask.contains('.') => (values::address_mask(prefix, mask), more),
                more => (values::prefix(prefix), more),
            };
            let Some(prefix) = r.wanted(node, node.word(3), prefix, "a prefix") else { return };
            let cost = options.iter().position(|w| *w == "cost").and_then(|at| options.get(at + 1)).and_then(|w| w.parse().ok());
            let advertise = !options.contains(&"not-advertise");
            area.ranges.push(AreaRange { prefix: prefix.trunc(), advertise, cost, origin });
        }
        ["filter", "prefix-list", name] => {
            r.refer(&[kind::PREFIX_LIST], node, name, "area filter");
            area.filter_list = Some(((*name).into(), origin));
        }
        ["filter", prefix] => {
            let Some(prefix) = r.wanted(node, prefix, values::prefix_or_host(prefix), "a prefix") else { return };
            area.filters.push((prefix.trunc(), origin));
        }
        ["filter", address, mask] => {
            let Some(prefix) = r.wanted(node, address, values::address_mask(address, mask), "a prefix") else { return };
            area.filters.push((prefix.trunc(), origin));
        }
        ["authentication", ..] => area.auth = true,
        ["virtual-link", ..] => return r.unmodelled(node, "virtual links of EOS are not modelled"),
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
        let text = "vrf instance A\nroute-map M permit 10\nrouter ospf 10 vrf A\n   router-id 1.1.1.1\n   passive-interface default\n   no passive-interface Ethernet1\n   network 10.0.0.0/24 area 0.0.0.0\n   network 10.1.0.0 0.0.255.255 area 1\n   area 1 stub no-summary\n   area 2 nssa default-information-originate metric-type 1\n   area 2 nssa no-summary\n   area 0 range 10.0.0.0/8 cost 5\n   area 3 filter 10.9.0.0/16\n   redistribute static route-map M\n   default-information originate always metric 7 metric-type 1\n   summary-address 10.0.0.0/8 tag 4\n   distance ospf intra-area 50 external 60\n   max-metric router-lsa include-stub external-lsa 100\n   auto-cost reference-bandwidth 10000\n   max-lsa 12000\n   maximum-paths 8\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let o = &config.ospf[0];
        assert_eq!((&*o.process, &*o.vrf, o.passive_default), ("10", "A", true));
        assert_eq!(
            o.networks.iter().map(|n| (n.0.to_string(), n.1)).collect::<Vec<_>>(),
            [("10.0.0.0/24".to_owned(), 0), ("10.1.0.0/16".to_owned(), 1)]
        );
        assert_eq!(o.areas[&1].kind, AreaKind::Stub { no_summary: true });
        assert_eq!(o.areas[&2].kind, AreaKind::Nssa { no_summary: true, default: Some(1), only: false, always_translate: false });
        assert_eq!(o.distance, [Some(50), None, Some(60)]);
        assert_eq!(o.max_metric.unwrap().external, Some(100));
        assert_eq!((o.reference, o.max_paths), (Some(10000), Some(8)));
        let d = o.default.as_ref().unwrap();
        assert_eq!((d.always, d.metric, d.metric_type), (true, Some(7), 1));
    }

    #[test]
    fn version_three_has_families() {
        let text = "router ospfv3\n   router-id 1.1.1.1\n   address-family ipv6\n      passive-interface default\ninterface Ethernet1\n   ospfv3 ipv6 area 0.0.0.0\n   ospfv3 network point-to-point\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        assert_eq!(config.ospf.len(), 1);
        assert!(config.ospf[0].v3 && config.ospf[0].v6 && config.ospf[0].passive_default);
        assert!(config.interfaces.get("Ethernet1").unwrap().ospf3[1].area.is_some());
    }
}
