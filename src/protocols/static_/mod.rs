//! Static routes: those whose next hop leads somewhere.
//!
//! In: static routes, what is up, the main tables of the last round (next hops are looked up there). Out: one table. Law: per prefix the
//! routes of the lowest distance that are active share the traffic. Start reading at [`compute`], then `route_of`. Tests: below.

#[cfg(test)]
mod tests;

use std::net::IpAddr;

use rayon::prelude::*;

use super::Input;
use crate::base::Map;
use crate::base::id::Id;
use crate::model::interface::{InterfaceKind, link_local};
use crate::model::network::NodeId;
use crate::model::route::Protocol;
use crate::model::static_route::{StaticHop, StaticRoute};
use crate::rib::resolve::{Resolver, Rules};
use crate::rib::{AttrsId, Hop, HopsId, PrefixId, Route, RouteId, Table};

/// The static routes that are active.
pub fn compute(input: Input<'_>) -> Table {
    let resolver = Resolver::new(input.network, input.arena, input.rib, |_| Rules::default());
    let rows: Vec<(PrefixId, NodeId, RouteId)> = (0..input.network.nodes().len())
        .into_par_iter()
        .map(NodeId::new)
        .flat_map_iter(|node| of_node(input, &resolver, node))
        .collect();
    Table::from_routes(rows)
}

/// The next hops of one static route.
struct Active {
    hops: Vec<Hop>,
    own: Hop,
    recursive: bool,
}

fn of_node(input: Input<'_>, resolver: &Resolver<'_>, node: NodeId) -> Vec<(PrefixId, NodeId, RouteId)> {
    let (device, vrf) = input.network.nodes()[node];
    let routes = &input.network.devices[device].vrfs[vrf].static_routes;
    let mut by_prefix: Map<ipnet::IpNet, Vec<&StaticRoute>> = Map::default();
    let mut order = Vec::new();
    for route in routes {
        let prefix = route.prefix.trunc();
        by_prefix.entry(prefix).or_insert_with(|| {
            order.push(prefix);
            Vec::new()
        });
        if let Some(list) = by_prefix.get_mut(&prefix) {
            list.push(route);
        }
    }
    let mut out = Vec::with_capacity(order.len());
    for prefix in order {
        let Some(list) = by_prefix.get_mut(&prefix) else { continue };
        list.sort_by_key(|r| (r.distance, r.metric));
        let found = list
            .chunk_by(|a, b| (a.distance, a.metric) == (b.distance, b.metric))
            .find_map(|equal| route_of(input, resolver, node, equal));
        if let Some(route) = found {
            out.push((input.arena.prefix(prefix), node, route));
        }
    }
    out
}

/// The route that lines of equal distance make together, if one of them is active.
fn route_of(input: Input<'_>, resolver: &Resolver<'_>, node: NodeId, equal: &[&StaticRoute]) -> Option<RouteId> {
    let mut active: Vec<(&StaticRoute, Active)> =
        equal.iter().filter_map(|r| Some((*r, activate(input, resolver, node, r)?))).collect();
    let (device, vrf) = input.network.nodes()[node];
    let most = input.network.devices[device].vrfs[vrf].max_paths as usize;
    if most > 0 && active.len() > most {
        active.sort_by_key(|(_, a)| (a.own.ip, a.own.interface));
        active.truncate(most);
    }
    let (first, _) = active.first()?;
    // A discard beside real next hops takes no traffic: devices hold either.
    let real = active.iter().any(|(_, a)| a.hops.iter().any(|h| !h.drop));
    let mut hops: Vec<Hop> = active.iter().flat_map(|(_, a)| a.hops.iter().copied()).collect();
    if real {
        hops.retain(|h| !h.drop);
    }
    let recursive = active.iter().any(|(_, a)| a.recursive);
    let via = active.iter().map(|(_, a)| a.own).collect();
    Some(input.arena.routes.intern(Route {
        protocol: Protocol::Static,
        process: 0,
        distance: first.distance,
        metric: first.metric,
        tag: first.tag,
        hops: input.arena.hop_set(hops),
        via: if recursive { input.arena.hop_set(via) } else { HopsId::NONE },
        attrs: AttrsId::NONE,
        area: 0,
        origin: first.origin,
    }))
}

fn activate(input: Input<'_>, resolver: &Resolver<'_>, node: NodeId, route: &StaticRoute) -> Option<Active> {
    let (device, vrf) = input.network.nodes()[node];
    let this = &input.network.devices[device];
    let direct = |hop: Hop| Some(Active { hops: vec![hop], own: hop, recursive: false });
    let usable = |i| input.topology.is_up((device, i)) || route.permanent;
    let other = |i| this.interfaces.get(i).map(|x| x.vrf).filter(|v| *v != vrf);
    match &route.hop {
        StaticHop::Discard => direct(Hop::DROP),
        StaticHop::Table(table) => direct(Hop { vrf: Some(*table), ..Hop::default() }),
        StaticHop::Interface(i) if this.interfaces.get(*i)?.kind == InterfaceKind::Null => direct(Hop::DROP),
        StaticHop::Interface(i) => usable(*i).then(|| Hop { vrf: other(*i), ..Hop::out(*i) }).and_then(direct),
        StaticHop::IpVia { ip, interface } => {
            let own = this.interfaces.get(*interface)?.addresses.iter().any(|a| a.address.addr() == *ip);
            let hop = Hop { vrf: other(*interface), ..Hop::via(*ip, *interface) };
            (usable(*interface) && !own).then_some(hop).and_then(direct)
        }
        StaticHop::Ip { ip, .. } if link_local(*ip) => None,
        StaticHop::Ip { ip, vrf: target } => {
            let target = target.filter(|t| *t != vrf && t.index() < this.vrfs.len());
            let at = target.map_or(node, |t| input.network.node(device, t));
            let rules =
                Rules { via_default: this.platform.static_resolve_via_default, via_bgp: true, only_connected: !route.resolve };
            let own = target.is_none().then_some(route.prefix);
            let found = resolver.resolve_with(at, *ip, rules, own);
            let Some(found) = found else { return stays(input, node, route, *ip) };
            let mut hops = input.arena.hops.get(found.hops).to_vec();
            if let Some(t) = target {
                hops.iter_mut().filter(|h| !h.drop).for_each(|h| h.vrf = Some(t));
            }
            let own = Hop { vrf: target, ..Hop::to(*ip) };
            Some(Active { hops, own, recursive: found.protocol != Protocol::Connected })
        }
    }
}

/// A permanent route keeps the interface of its next hop's subnet though it is down.
fn stays(input: Input<'_>, node: NodeId, route: &StaticRoute, ip: IpAddr) -> Option<Active> {
    if !route.permanent {
        return None;
    }
    let (device, vrf) = input.network.nodes()[node];
    let interfaces = &input.network.devices[device].interfaces;
    let covers = |i: &crate::model::Interface| i.vrf == vrf && i.addresses.iter().any(|a| a.address.contains(&ip));
    let (interface, _) = interfaces.iter_ids().find(|(_, i)| covers(i))?;
    Some(Active { hops: vec![Hop::via(ip, interface)], own: Hop::to(ip), recursive: false })
}
