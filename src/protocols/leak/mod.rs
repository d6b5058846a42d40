//! Routes that a table takes in from another table of its device as they stand there (Junos `instance-import` and `rib-groups`, IOS
//! `route-replicate`, EOS `leak routes`).
//!
//! In: the main tables of the last round, and what was leaked into them. Out: one table. Law: a leaked route is not leaked again; it keeps its
//! protocol, distance and next hops; what BGP hands on itself, with attributes, is left to it; of several to one destination the most trusted
//! stays. Start reading at [`compute`]. Tests: `tests/vpn.rs`.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Input;
use super::policy::{PolicyContext, PolicyEngine, PolicyRoute, same_source, source_of};
use crate::base::id::Id;
use crate::model::network::{DeviceId, NodeId};
use crate::model::policy::Verdict;
use crate::model::route::Family;
use crate::model::vrf::{Leak, VrfId};
use crate::rib::{Hop, PrefixId, Route, RouteId, Table};

/// What tables take in. `before`: what they took in the round before.
pub fn compute(input: Input<'_>, before: &Table) -> Table {
    let policies = &PolicyEngine::new(input.network, input.arena, input.rib);
    let of_node = |node: NodeId| {
        let (device, vrf) = input.network.nodes()[node];
        let mut best: BTreeMap<PrefixId, Route> = BTreeMap::new();
        for leak in &input.network.devices[device].vrfs[vrf].leaks {
            for (id, route) in taken(input, policies, before, (device, vrf), leak) {
                let known = best.entry(id).or_insert(route);
                if route.distance < known.distance {
                    *known = route;
                }
            }
        }
        best.into_iter().map(move |(id, route)| (id, node, input.arena.routes.intern(route)))
    };
    let rows: Vec<(PrefixId, NodeId, RouteId)> =
        (0..input.network.nodes().len()).into_par_iter().map(NodeId::new).flat_map_iter(of_node).collect();
    Table::from_routes(rows)
}

/// What one line takes in.
fn taken(
    input: Input<'_>,
    policies: &PolicyEngine<'_>,
    before: &Table,
    (device, vrf): (DeviceId, VrfId),
    leak: &Leak,
) -> Vec<(PrefixId, Route)> {
    if leak.from == vrf || leak.from.index() >= input.network.devices[device].vrfs.len() {
        return Vec::new();
    }
    let from = input.network.node(device, leak.from);
    let by_bgp = input.network.devices[device].shares_active_bgp(leak.from, vrf);
    let mut out = Vec::new();
    for (prefix, id, installed) in input.rib.row(from) {
        let route = *input.arena.routes.get(installed);
        let source = source_of(&route);
        let wanted = leak.sources.is_empty() || leak.sources.iter().any(|s| same_source(*s, source));
        if !wanted
            || (by_bgp && route.protocol.is_bgp())
            || leak.family.is_some_and(|f| f != Family::of_prefix(&prefix))
            || before.get(id, from) == Some(installed)
        {
            continue;
        }
        // Packets go on where the route is.
        let there = |hop: &Hop| Hop { vrf: hop.vrf.or(Some(leak.from).filter(|_| !hop.drop)), ..*hop };
        let hops = input.arena.hop_set(input.arena.hops.get(route.hops).iter().map(there).collect());
        let route = Route { hops, ..route };
        let Some(chain) = &leak.policy else {
            out.push((id, route));
            continue;
        };
        let mut seen = PolicyRoute::of_installed(input.arena, leak.from, prefix, &route);
        if policies.run(device, chain, &mut seen, &PolicyContext::default()) != Verdict::Accept {
            continue;
        }
        // What BGP knows as metric is another thing than the metric of the table.
        let metric = if route.protocol.is_bgp() { route.metric } else { seen.metric.unwrap_or(route.metric) };
        out.push((id, Route { distance: seen.distance, metric, tag: seen.tag, ..route }));
    }
    out
}
