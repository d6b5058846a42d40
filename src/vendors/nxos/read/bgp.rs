//! `router bgp …`: the instance, its VRFs and address families. Neighbours are in [`bgp_neighbor`](super::bgp_neighbor).

use super::{Reader, bgp_neighbor, kind, quiet, redistribute};
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::nxos::config::{Aggregate, Bgp, BgpFamily, BgpVrf};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, asn: &str) {
    let Some(asn) = r.wanted(node, asn, values::asn(asn), "an AS number") else { return };
    let origin = r.tree.origin(node);
    let mut bgp = r.config.bgp.take().unwrap_or(Bgp { asn, ..Bgp::default() });
    bgp.asn = asn;
    r.ok(node);
    let mut main = std::mem::take(bgp.vrfs.entry("default", || BgpVrf { origin, ..BgpVrf::default() }));
    for child in &node.children {
        match &child.words[..] {
            ["vrf", name] => {
                r.refer(&[kind::VRF], child, name, "router bgp vrf");
                r.ok(child);
                let origin = r.tree.origin(child);
                let mut vrf = std::mem::take(bgp.vrfs.entry(name, BgpVrf::default));
                vrf.origin = origin;
                for inner in &child.children {
                    statement(r, inner, &mut vrf);
                }
                *bgp.vrfs.entry(name, BgpVrf::default) = vrf;
            }
            ["template", word @ ("peer" | "peer-session" | "peer-policy"), name] => {
                bgp_neighbor::template(r, child, &mut bgp, word, name);
            }
            ["shutdown"] => {
                bgp.shutdown = true;
                r.ok(child);
            }
            ["enforce-first-as"] => {
                bgp.no_enforce_first_as = false;
                r.ok(child);
            }
            ["no", "enforce-first-as"] => {
                bgp.no_enforce_first_as = true;
                r.ok(child);
            }
            _ => statement(r, child, &mut main),
        }
    }
    *bgp.vrfs.entry("default", BgpVrf::default) = main;
    r.config.bgp = Some(bgp);
}

fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vrf: &mut BgpVrf) {
    match &node.words[..] {
        ["address-family", f @ ("ipv4" | "ipv6"), "unicast"] => {
            r.ok(node);
            let family = if *f == "ipv6" { Family::V6 } else { Family::V4 };
            let settings = &mut vrf.families[usize::from(family.is_v6())];
            for child in &node.children {
                family_statement(r, child, settings, family);
            }
            return;
        }
        ["address-family", "l2vpn", "evpn"] | ["address-family", "vpnv4" | "vpnv6", "unicast"] => {
            // Nothing in it decides which sessions there are.
            for child in &node.children {
                r.other(child, &quiet::BGP);
            }
            return r.sink.mark(r.tree.origin(node), crate::vendors::sink::LineClass::Modelled);
        }
        ["neighbor", rest @ ..] => return bgp_neighbor::read(r, node, vrf, rest),
        ["no", "neighbor", rest @ ..] => return bgp_neighbor::remove(r, node, vrf, rest),
        ["local-as", asn] => {
            let Some(asn) = r.wanted(node, asn, values::asn(asn), "an AS number") else { return };
            vrf.local_as = Some(asn);
        }
        ["router-id", id] => {
            let Some(id) = r.value(node, id, "a router id") else { return };
            vrf.router_id = Some(id);
        }
        ["cluster-id", id] => {
            let id = id.parse().ok().or_else(|| id.parse::<u32>().ok().map(std::net::Ipv4Addr::from));
            let Some(id) = r.wanted(node, node.word(1), id, "a cluster id") else { return };
            vrf.cluster_id = Some(id);
        }
        ["confederation", "identifier", asn] => {
            let Some(asn) = r.wanted(node, asn, values::asn(asn), "an AS number") else { return };
            vrf.confederation = Some(asn);
        }
        ["confederation", "peers", list @ ..] => {
            for word in list {
                let Some(asn) = r.wanted(node, word, values::asn(word), "an AS number") else { return };
                vrf.confederation_peers.push(asn);
            }
        }
        ["bestpath", rest @ ..] => {
            let b = &mut vrf.best_path;
            match rest {
                ["always-compare-med"] => b.always_compare_med = true,
                ["as-path", "ignore"] => b.ignore_as_path = true,
                ["as-path", "multipath-relax"] => b.multipath_relax = true,
                ["compare-routerid"] => b.compare_router_id = true,
                ["cost-community", "ignore"] => b.ignore_cost_community = true,
                ["igp-metric", "ignore"] => b.ignore_igp_metric = true,
                ["med", "missing-as-worst"] => b.missing_med_worst = true,
                ["med", "confed"] => b.med_confederation = true,
                ["med", "non-deterministic"] => {
                    return r.unmodelled(node, "comparing MEDs in the order of arrival is not modelled");
                }
                _ => return r.other(node, &quiet::BGP),
            }
        }
        ["maxas-limit", rest @ ..] => {
            let Some(limit) = r.value(node, rest.first().copied().unwrap_or("512"), "a number of ASes") else { return };
            vrf.as_path_limit = Some(limit);
        }
        ["graceful-shutdown", "activate", ..] => vrf.graceful_shutdown = true,
        ["shutdown"] => vrf.shutdown = true,
        _ => return r.other(node, &quiet::BGP),
    }
    r.ok(node);
}

#[allow(clippy::too_many_lines, reason = "one arm a statement reads best in one table")]
fn family_statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, family: &mut BgpFamily, only: Family) {
    let origin = r.tree.origin(node);
    let prefix_of = |rest: &[&str]| -> (Option<ipnet::IpNet>, usize) {
        let (found, used) = match rest {
            [address, "mask", mask, ..] => (values::address_mask(address, mask), 3),
            [address, mask, ..] if values::address_mask(address, mask).is_some() => (values::address_mask(address, mask), 2),
            [word, ..] => (values::prefix_or_host(word), 1),
            [] => (None, 0),
        };
        (found.filter(|p| Family::of_prefix(p) == only), used)
    };
    match &node.words[..] {
        ["network", rest @ ..] => {
            let (prefix, used) = prefix_of(rest);
            let Some(prefix) = r.wanted(node, node.words.get(1).copied().unwrap_or("network"), prefix, "a prefix of this family")
            else {
                return;
            };
            let map = match rest.get(used..).unwrap_or(&[]) {
                ["route-map", map, ..] => {
                    r.refer(&[kind::ROUTE_MAP], node, map, "network route-map");
                    Some((*map).into())
                }
                [] => None,
                _ => return r.other(node, &quiet::BGP),
            };
            family.networks.push((prefix.trunc(), map, origin));
        }
        ["aggregate-address", rest @ ..] => {
            let (prefix, used) = prefix_of(rest);
            let Some(prefix) = r.wanted(node, node.words.get(1).copied().unwrap_or(""), prefix, "a prefix of this family") else {
                return;
            };
            let mut new = Aggregate {
                prefix: prefix.trunc(),
                summary_only: false,
                as_set: false,
                advertise: None,
                attributes: None,
                suppress: None,
                origin,
            };
            let mut rest = rest.get(used..).unwrap_or(&[]);
            while let [word, more @ ..] = rest {
                rest = more;
                match (*word, more) {
                    ("summary-only", _) => new.summary_only = true,
                    ("as-set", _) => new.as_set = true,
                    ("advertise-map" | "attribute-map" | "suppress-map", [map, more @ ..]) => {
                        r.refer(&[kind::ROUTE_MAP], node, map, "aggregate-address");
                        let slot = match *word {
                            "advertise-map" => &mut new.advertise,
                            "attribute-map" => &mut new.attributes,
                            _ => &mut new.suppress,
                        };
                        *slot = Some((*map).into());
                        rest = more;
                    }
                    _ => return r.bad(node, word, "an option of `aggregate-address`"),
                }
            }
            // The same prefix again is an edit.
            family.aggregates.retain(|a| a.prefix != new.prefix);
            family.aggregates.push(new);
        }
        ["no", "aggregate-address", rest @ ..] => {
            let (prefix, _) = prefix_of(rest);
            family.aggregates.retain(|a| Some(a.prefix) != prefix);
        }
        ["redistribute", rest @ ..] => {
            family.redistribute.extend(redistribute::read(r, node, rest));
            return;
        }
        ["no", "redistribute", rest @ ..] => return redistribute::remove(r, node, rest, &mut family.redistribute),
        ["maximum-paths", rest @ ..] => {
            let number = rest.last().copied().unwrap_or("");
            let slot = match rest {
                ["ibgp", _] => &mut family.max_ibgp,
                ["eibgp", _] => &mut family.max_eibgp,
                // Paths of all kinds share one set.
                ["mixed", _] => &mut family.max_eibgp,
                [_] => &mut family.max_ebgp,
                _ => return r.other(node, &quiet::BGP),
            };
            let Some(n) = r.value(node, number, "a number of paths") else { return };
            *slot = Some(n);
        }
        ["distance", e, i, l] => {
            let Ok(numbers) =
                [e, i, l].iter().map(|w| w.parse().ok()).collect::<Option<Vec<u32>>>().unwrap_or_default().try_into()
            else {
                return r.bad(node, e, "a distance");
            };
            family.distance = Some(numbers);
        }
        ["default-metric", n] => {
            let Some(n) = r.value(node, n, "a metric") else { return };
            family.default_metric = Some(n);
        }
        ["default-information", "originate"] => family.default_information = true,
        ["table-map", map, rest @ ..] => {
            r.refer(&[kind::ROUTE_MAP], node, map, "table-map");
            family.table_map = Some(((*map).into(), rest.contains(&"filter"), origin));
        }
        ["nexthop", "route-map", map] => {
            r.refer(&[kind::ROUTE_MAP], node, map, "nexthop route-map");
            family.next_hop_map = Some((*map).into());
        }
        ["client-to-client", "reflection"] => family.no_client_to_client = false,
        ["no", "client-to-client", "reflection"] => family.no_client_to_client = true,
        ["suppress-inactive"] => family.suppress_inactive = true,
        ["advertise", "l2vpn", "evpn"] => family.advertise_evpn = true,
        ["additional-paths", "send"] => family.add_path_send = true,
        ["additional-paths", "receive"] => family.add_path_receive = true,
        ["additional-paths", "selection", "route-map", map] => {
            r.refer(&[kind::ROUTE_MAP], node, map, "additional-paths selection");
            // The route-map says `set path-selection all advertise`.
            family.add_path_all = true;
        }
        ["dampening", rest @ ..] => {
            if let ["route-map", map] = rest {
                r.refer(&[kind::ROUTE_MAP], node, map, "dampening route-map");
            }
            return r.other(node, &quiet::BGP);
        }
        ["inject-map", map, "exist-map", other, ..] => {
            r.refer(&[kind::ROUTE_MAP], node, map, "inject-map");
            r.refer(&[kind::ROUTE_MAP], node, other, "inject-map exist-map");
            return r.other(node, &quiet::BGP);
        }
        _ => return r.other(node, &quiet::BGP),
    }
    r.ok(node);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};

    #[test]
    fn the_forms_of_an_instance() {
        let text = "feature bgp\nvrf context RED\nroute-map M permit 10\nrouter bgp 65001\n  router-id 192.0.2.1\n  cluster-id 7\n  bestpath as-path multipath-relax\n  log-neighbor-changes\n  address-family ipv4 unicast\n    network 192.0.2.1/32 route-map M\n    network 10.0.0.0 mask 255.0.0.0\n    redistribute direct route-map M\n    redistribute ospf 1 route-map M\n    aggregate-address 10.0.0.0/8 summary-only attribute-map M\n    maximum-paths 4\n    maximum-paths ibgp 8\n    distance 20 200 220\n    nexthop route-map M\n  address-family l2vpn evpn\n    retain route-target all\n  vrf RED\n    local-as 7\n    address-family ipv6 unicast\n      network 2001:db8::/32\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let bgp = config.bgp.unwrap();
        let main = bgp.vrfs.get("default").unwrap();
        let f = &main.families[0];
        assert_eq!((f.networks.len(), f.redistribute.len(), f.max_ebgp, f.max_ibgp), (2, 2, Some(4), Some(8)));
        assert_eq!((f.distance, main.best_path.multipath_relax), (Some([20, 200, 220]), true));
        assert_eq!(f.redistribute[1].process.as_deref(), Some("1"));
        assert_eq!(main.cluster_id.map(u32::from), Some(7));
        let red = bgp.vrfs.get("red").or(bgp.vrfs.get("RED")).unwrap();
        assert_eq!((red.local_as, red.families[1].networks.len()), (Some(7), 1));
    }

    #[test]
    fn bad_values_are_refused() {
        let text = "router bgp 1\n  router-id x\n  address-family ipv4 unicast\n    network 2001:db8::/32\n    redistribute static\n    maximum-paths x\n";
        assert_eq!(odd_lines(text).len(), 4);
    }
}
