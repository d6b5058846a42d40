//! BGP on top of paths that grow longer: where its routers choose as before, and what they choose where they may not.
//!
//! In: the base, the state after a case. Out: [`Choice`]s, the routes that some routers chose instead. Law: where no failure leaves a next hop
//! out of reach, a path that a router chose stays its choice as long as the way to its next hop grows no longer, for the ways to others only do.
//! So what is chosen after a and b is what is chosen after a, or after b, unless b bears on the way of a router that chose anew after a, or
//! that hears of other paths than before, and unless a way that a router chose is another one than after either. For prefixes of which that is
//! so, BGP runs on the paths as they are after both. Start reading at [`choices`].

use std::net::IpAddr;

use fixedbitset::FixedBitSet;
use ipnet::IpNet;

use super::Plan;
use super::alone::Alone;
use super::families::Families;
use crate::base::id::Id;
use crate::base::{Map, Set};
use crate::engine::State;
use crate::model::Network;
use crate::model::bgp::{AddPathSelect, Bgp, MetricOut};
use crate::model::device::Device;
use crate::model::network::NodeId;
use crate::model::platform::BestPathStep;
use crate::model::policy::{Action, NextHopEdit};
use crate::model::route::Protocol;
use crate::protocols::session::{Session, SessionProtocol, SessionState};
use crate::rib::{Column, HopsId, PrefixId, Route, RouteId, Table};

/// Whether BGP on a device sees no more of the IGP than how far next hops are.
pub(super) fn is_plain(device: &Device) -> bool {
    let families = device.bgp.iter().flat_map(|b| &b.families);
    let plain = families.into_iter().all(|f| {
        f.redistribute.is_empty()
            && f.aggregates.is_empty()
            && f.table_map.is_none()
            && f.next_hop_policy.is_none()
            && !f.default_information_originate
            && f.additional_paths == AddPathSelect::default()
    });
    let mut of_neighbors = device.bgp.iter().flat_map(|b| &b.neighbors).flat_map(|n| &n.families);
    let alone = of_neighbors.all(|f| {
        f.add_path_send.is_none()
            && !f.add_path_receive
            && f.advertise_map.is_none()
            && f.default_originate.is_none()
            && !matches!(f.metric_out, Some(MetricOut::Igp(_)))
    });
    let mut actions = device.policies.iter().flat_map(|p| &p.terms).flat_map(|t| &t.actions);
    let fixed = actions.all(|a| !matches!(a, Action::MetricIgp));
    // Paths that are further away must not decide which of the others MED takes out.
    let steps = device.platform.best_path_steps;
    let place = |step| steps.iter().position(|s| *s == step);
    let med_first = place(BestPathStep::Med).zip(place(BestPathStep::IgpMetric)).is_none_or(|(med, igp)| med < igp);
    plain && alone && fixed && med_first && device.bgp.iter().all(|b| b.confederation.is_none())
}

/// Whether the networks that routers originate are their own subnets.
pub(super) fn stands_on_own_subnets(network: &Network, state: &State) -> bool {
    network.devices.iter_ids().all(|(d, device)| {
        device.bgp.iter().all(|bgp| {
            let node = network.node(d, bgp.vrf);
            let own = |prefix: &IpNet| {
                let route = state.under.get(&state.arena, node, &prefix.trunc());
                route.is_none_or(|r| matches!(state.arena.routes.get(r).protocol, Protocol::Connected | Protocol::Local))
            };
            bgp.families.iter().flat_map(|f| &f.networks).all(|n| own(&n.prefix))
        })
    })
}

/// By table: whether it tells others in the network of routes that it has from inside its AS, or of routes from other ASes of the network.
pub(super) fn tell(network: &Network, state: &State) -> Vec<bool> {
    let asn = |node: NodeId| {
        let (device, vrf) = network.nodes()[node];
        network.devices[device].bgp.iter().find(|b| b.vrf == vrf).map(|b| b.asn)
    };
    let reflects = |node: NodeId| {
        let neighbors = network.devices[network.nodes()[node].0].bgp.iter().flat_map(|b| &b.neighbors);
        neighbors.flat_map(|n| &n.families).any(|f| f.reflector_client)
    };
    let mut out: Vec<bool> = network.nodes().ids().map(reflects).collect();
    for session in state.sessions().filter(|s| s.protocol == SessionProtocol::Bgp) {
        out[session.node.index()] |= session.peer_node.is_some_and(|p| asn(p) != asn(session.node));
    }
    out
}

/// Whether all BGP sessions are as they were.
pub(super) fn same_sessions(before: &State, now: &State) -> bool {
    fn up(s: &State) -> impl Iterator<Item = (NodeId, Option<IpAddr>, bool)> + '_ {
        let all = s.sessions().filter(|x| x.protocol == SessionProtocol::Bgp);
        all.map(|x| (x.node, x.peer, x.state == SessionState::Up))
    }
    up(before).eq(up(now))
}

/// What routers chose instead of what they chose in the base, for prefixes that they chose for alike.
#[derive(Debug)]
pub(super) struct Choice {
    pub prefixes: Vec<PrefixId>,
    /// The families of those.
    pub families: FixedBitSet,
    rows: Vec<(NodeId, RouteId)>,
    /// The cases that bear on ways of routers that chose anew, or hear of other paths.
    pub over: FixedBitSet,
}

/// What routers chose after a case. `None`: some router has a route, or has none, where it was the other way round.
pub(super) fn choices(plan: &Plan<'_, '_>, state: &State) -> Option<Vec<Choice>> {
    let mut out = Vec::new();
    let base = plan.base.state;
    let (before, now) = (base.bgp_tables(), state.bgp_tables());
    if before.len() != now.len() {
        return None;
    }
    // Routes that are resolved over other ways are the same choice.
    let choice = |r: RouteId| {
        let route = base.arena.routes.get(r);
        if route.via == HopsId::NONE { *route } else { Route { hops: HopsId::NONE, ..*route } }
    };
    let inside = |r: RouteId| base.arena.routes.get(r).protocol == Protocol::Ibgp;
    for (before, now) in before.iter().zip(now) {
        for group in before.changed_groups(now) {
            let (old, new) = &group.columns;
            let (mut rows, mut loud) = (Vec::new(), false);
            for (node, now) in old.changes_to(new) {
                let (was, now) = (old.get(node)?, now?);
                if choice(was) != choice(now) {
                    rows.push((node, now));
                    loud |= plan.tell[node.index()] || !inside(was) || !inside(now);
                }
            }
            if rows.is_empty() {
                continue;
            }
            let all = || new.iter().map(|(n, _)| n);
            let nodes: Vec<NodeId> = if loud { all().collect() } else { rows.iter().map(|a| a.0).collect() };
            let mut over = FixedBitSet::with_capacity(plan.links.cases());
            ways_to_next_hops(plan, state, &nodes, |n| new.get(n), &mut over);
            if loud {
                ways_to_next_hops(plan, base, &nodes, |n| old.get(n), &mut over);
            }
            out.push(Choice { prefixes: before.prefixes_of(&group).collect(), families: FixedBitSet::new(), rows, over });
        }
    }
    Some(out)
}

/// Marks the cases that bear on the ways of nodes to the next hops of their BGP routes.
pub(super) fn ways_to_next_hops(
    plan: &Plan<'_, '_>,
    state: &State,
    nodes: &[NodeId],
    route: impl Fn(NodeId) -> Option<RouteId>,
    over: &mut FixedBitSet,
) {
    let mut by_hop: Map<Option<IpAddr>, Vec<NodeId>> = Map::default();
    for &node in nodes {
        let Some(route) = route(node).map(|r| state.arena.routes.get(r)).filter(|r| r.via != HopsId::NONE) else { continue };
        state.arena.hops.get(route.via).iter().for_each(|hop| by_hop.entry(hop.ip).or_default().push(node));
    }
    let mut seen = FixedBitSet::with_capacity(plan.base.network.nodes().len());
    for (next_hop, nodes) in by_hop {
        let columns: Vec<&Column> = next_hop.into_iter().flat_map(|ip| state.under.covering(ip)).collect();
        if columns.is_empty() {
            over.insert_range(..);
        }
        for column in columns {
            seen.clear();
            plan.links.follow(&state.arena, |n| column.get(n), nodes.clone(), (&mut seen, over));
        }
    }
}

/// Who has BGP routes over a next hop: by the place of its prefix among the plan's [`hosts`] and the table, the families of the routes.
pub(super) type Users = Map<(u32, NodeId), FixedBitSet>;

/// Those of the base, and of all that routers chose after a case.
pub(super) fn users(plan: &Plan<'_, '_>, families: &Families, alone: &[Option<Alone>]) -> Users {
    let state = plan.base.state;
    let mut out = Users::default();
    let mut add = |of: &FixedBitSet, rows: &mut dyn Iterator<Item = (NodeId, RouteId)>| {
        for (node, route) in rows {
            let next_hops = state.arena.hops.get(state.arena.routes.get(route).via).iter().filter_map(|h| h.ip);
            for host in next_hops.flat_map(|ip| state.under.prefixes_around(ip)).filter_map(|p| plan.host(p)) {
                let known = out.entry((host as u32, node)).or_default();
                known.union_with(of);
            }
        }
    };
    for (table, empty) in state.bgp_tables().iter().zip(std::iter::repeat(Table::default())) {
        for group in empty.changed_groups(table) {
            add(&families.of_all(table.prefixes_of(&group)), &mut group.columns.1.iter());
        }
    }
    for choice in alone.iter().flatten().flat_map(|a| &a.choices) {
        add(&choice.families, &mut choice.rows.iter().copied());
    }
    out
}

/// The prefixes that next hops of BGP routes lie in, wherever routers may come to hear of them: addresses of routers that bring routes into
/// the network and of their neighbours, next hops of routes, and those that policies set.
pub(super) fn hosts(network: &Network, state: &State) -> Vec<(PrefixId, IpNet)> {
    let outside = |s: &&Session| s.protocol == SessionProtocol::Bgp && s.peer_node.is_none();
    let mut brings: Set<NodeId> = state.sessions().filter(outside).map(|s| s.node).collect();
    for (d, device) in network.devices.iter_ids() {
        let originates = |b: &&Bgp| b.families.iter().any(|f| !f.networks.is_empty());
        brings.extend(device.bgp.iter().filter(originates).map(|b| network.node(d, b.vrf)));
    }
    let mut addresses: Set<IpAddr> = Set::default();
    for session in state.sessions().filter(|s| s.protocol == SessionProtocol::Bgp && brings.contains(&s.node)) {
        addresses.extend(session.local.into_iter().chain(session.peer));
    }
    let rows = state.bgp_tables().iter().flat_map(Table::distinct_columns).flat_map(Column::iter);
    for (_, route) in rows {
        addresses.extend(state.arena.hops.get(state.arena.routes.get(route).via).iter().filter_map(|h| h.ip));
    }
    let actions = network.devices.iter().flat_map(|d| &d.policies).flat_map(|p| &p.terms).flat_map(|t| &t.actions);
    addresses.extend(actions.filter_map(|a| if let Action::NextHop(NextHopEdit::Address(ip)) = a { Some(*ip) } else { None }));
    let table = state.under.table();
    let learned = |p: &PrefixId| {
        table.column(*p).is_some_and(|c| c.iter().any(|(_, r)| state.arena.routes.get(r).protocol == Protocol::OspfIntra))
    };
    let mut out: Vec<PrefixId> = addresses.iter().flat_map(|a| state.under.prefixes_around(*a)).filter(learned).collect();
    out.sort_unstable();
    out.dedup();
    out.into_iter().map(|p| (p, *state.arena.prefixes.get(p))).collect()
}
