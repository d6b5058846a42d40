//! bgpsim's side.

use bgpsim::bgp::BgpRibEntry;
use bgpsim::prelude::*;
use bgpsim::route_map::{RouteMapBuilder, RouteMapDirection};

use crate::twin::{NONE, Plan};

pub type Sim = Network<SimplePrefix, BasicEventQueue<SimplePrefix>, GlobalOspf>;

/// Builds the network and lets it converge. Routers have the numbers of the plan.
pub fn run(plan: &Plan) -> Sim {
    let mut sim = Sim::default();
    let ids: Vec<RouterId> = plan.routers.iter().map(|(name, asn)| sim.add_router(name.clone(), *asn)).collect();
    sim.add_links_from(plan.links.iter().map(|l| (ids[l.0], ids[l.1]))).unwrap();
    let inside = plan.links.iter().filter(|l| plan.routers[l.0].1 == plan.routers[l.1].1);
    let weights = inside.flat_map(|l| [(ids[l.0], ids[l.1], l.2), (ids[l.1], ids[l.0], l.3)]);
    sim.set_link_weights_from(weights).unwrap();
    sim.set_bgp_session_from(plan.sessions.iter().map(|s| (ids[s.0], ids[s.1], s.2))).unwrap();
    for &(border, outside, value) in &plan.preferences {
        let import = RouteMapBuilder::new().order(10).allow().set_local_pref(value).build();
        sim.set_bgp_route_map(ids[border], ids[outside], RouteMapDirection::Incoming, import).unwrap();
        let export = RouteMapBuilder::new().order(10).deny().build();
        sim.set_bgp_route_map(ids[border], ids[outside], RouteMapDirection::Outgoing, export).unwrap();
    }
    // bgpsim takes routes with the router's own AS in their path, unless told not to.
    let external = plan.sessions.iter().filter(|s| s.0.max(s.1) < plan.inside && plan.routers[s.0].1 != plan.routers[s.1].1);
    for (own, far) in external.flat_map(|s| [(s.0, s.1), (s.1, s.0)]) {
        let import = RouteMapBuilder::new().order(10).deny().match_as_path_contains(plan.routers[own].1.into()).build();
        sim.set_bgp_route_map(ids[own], ids[far], RouteMapDirection::Incoming, import).unwrap();
    }
    for (router, prefix, path, med) in &plan.routes {
        sim.advertise_route(ids[*router], *prefix as u32, path.iter().copied(), *med, []).unwrap();
    }
    sim
}

/// Runs `then` on the network after each link's failure by itself.
pub fn sweep<T>(base: &Sim, plan: &Plan, links: &[usize], then: impl Fn(&Sim) -> T) -> Vec<T> {
    let ids: Vec<RouterId> = plan.routers.iter().map(|(name, _)| base.get_router_id(name).unwrap()).collect();
    let one = |n: &usize| {
        let mut failed = base.clone();
        let link = plan.links[*n];
        failed.remove_link(ids[link.0], ids[link.1]).unwrap();
        then(&failed)
    };
    links.iter().map(one).collect()
}

/// As [`crate::twin::results`].
pub fn results(sim: &Sim, plan: &Plan) -> Vec<u32> {
    let ids: Vec<RouterId> = plan.routers.iter().map(|(name, _)| sim.get_router_id(name).unwrap()).collect();
    let mut out = Vec::new();
    if plan.prefixes.is_empty() {
        for a in &ids[..plan.inside] {
            let table = sim.get_router(*a).unwrap().ospf.get_table();
            for b in &ids[..plan.inside] {
                let metric = table.get(b).map_or(NONE, |(_, cost)| *cost as u32);
                out.push(if a == b { 0 } else { metric });
            }
        }
        return out;
    }
    for prefix in 0..plan.prefixes.len() {
        for a in &ids[..plan.inside] {
            let entry: Option<&BgpRibEntry<SimplePrefix>> = sim.get_router(*a).unwrap().bgp.get_exact((prefix as u32).into());
            out.push(entry.map_or(NONE, |e| e.route.next_hop.index() as u32));
        }
    }
    out
}
