//! Local aggregates outside BGP (Junos `aggregate` and `generate`, SR OS `aggregate`): active while a more specific route is.
//!
//! In: the main tables of the last round. Out: one table. Law: an aggregate discards; a generated route takes the next hop of its
//! primary contributor. Start reading at [`compute`]. Tests: `engine/tests.rs`.

use ipnet::IpNet;
use rayon::prelude::*;

use super::Input;
use super::policy::{PolicyContext, PolicyEngine, PolicyRoute};
use crate::base::id::Id;
use crate::model::network::NodeId;
use crate::model::policy::Verdict;
use crate::model::route::Protocol;
use crate::model::vrf::LocalAggregate;
use crate::rib::{AttrsId, Hop, HopsId, PrefixId, Route, RouteId, Table};

/// The local aggregates that are active.
pub fn compute(input: Input<'_>) -> Table {
    let policies = &PolicyEngine::new(input.network, input.arena, input.rib);
    let rows: Vec<(PrefixId, NodeId, RouteId)> = (0..input.network.nodes().len())
        .into_par_iter()
        .map(NodeId::new)
        .flat_map_iter(|node| {
            let (device, vrf) = input.network.nodes()[node];
            let aggregates = &input.network.devices[device].vrfs[vrf].aggregates;
            aggregates.iter().filter_map(move |a| Some((input.arena.prefix(a.prefix), node, route_of(input, policies, node, a)?)))
        })
        .collect();
    Table::from_routes(rows)
}

fn route_of(input: Input<'_>, policies: &PolicyEngine<'_>, node: NodeId, aggregate: &LocalAggregate) -> Option<RouteId> {
    let net = aggregate.prefix.trunc();
    let inside = input.rib.within(&net).iter().filter(|(p, _)| p.prefix_len() > net.prefix_len());
    let (device, vrf) = input.network.nodes()[node];
    let counts = |net: IpNet, route: RouteId| {
        let Some(policy) = &aggregate.policy else { return true };
        let mut route = PolicyRoute::of_installed(input.arena, vrf, net, input.arena.routes.get(route));
        policies.run(device, policy, &mut route, &PolicyContext { conditions_hold: true, ..PolicyContext::default() })
            == Verdict::Accept
    };
    let installed = inside.filter_map(|&(p, id)| Some((p, input.rib.table().get(id, node)?)));
    let mut contributors = installed.filter(|&(net, route)| counts(net, route));
    // The primary contributor is the most preferred one, of those the lowest destination (Junos, "Understanding Route
    // Aggregation").
    let primary = if aggregate.generate {
        contributors.min_by_key(|(p, r)| (input.arena.routes.get(*r).distance, *p))?
    } else {
        contributors.next()?
    };
    let from = input.arena.routes.get(primary.1);
    let drop = || (input.arena.hop_set(vec![Hop::DROP]), HopsId::NONE);
    let (hops, via) = if aggregate.generate && !aggregate.discard { (from.hops, from.via) } else { drop() };
    Some(input.arena.routes.intern(Route {
        protocol: Protocol::Aggregate,
        process: 0,
        distance: aggregate.distance,
        metric: aggregate.metric,
        tag: aggregate.tag,
        hops,
        via,
        attrs: AttrsId::NONE,
        area: 0,
        origin: aggregate.origin,
    }))
}
