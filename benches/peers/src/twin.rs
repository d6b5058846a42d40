//! nettwin's side, and the plan by which bgpsim's network is made from the model.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use nettwin::engine::{State, bgp_paths, simulate, simulate_from};
use nettwin::model::bgp::Peer;
use nettwin::model::interface::InterfaceKind;
use nettwin::model::network::DeviceId;
use nettwin::model::policy::{Action, Number};
use nettwin::protocols::bgp::Asked;
use nettwin::model::route::Family;
use nettwin::model::vrf::VrfId;
use nettwin::model::{Network, NodeId};
use nettwin::topology::{Failures, Port, Topology};
use rayon::prelude::*;

/// A router without a path, and one that is not reached.
pub const NONE: u32 = u32::MAX;

/// The network as a simulator without addresses sees it. Routers are numbered in the order of their router ids, outsiders come last.
pub struct Plan {
    /// Name and AS.
    pub routers: Vec<(String, u32)>,
    /// Two routers, the cost from the first to the second, and back.
    pub links: Vec<(usize, usize, f64, f64)>,
    /// The ports of `links` within the network.
    pub ports: Vec<Port>,
    /// Two routers, and whether the second is the first one's client; each pair once.
    pub sessions: Vec<(usize, usize, Option<bool>)>,
    /// The local preference that a router gives to what an outsider says.
    pub preferences: Vec<(usize, usize, u32)>,
    /// Router, prefix, AS path without its own AS, MED.
    pub routes: Vec<(usize, usize, Vec<u32>, Option<u32>)>,
    pub prefixes: Vec<ipnet::IpNet>,
    /// How many routers are inside.
    pub inside: usize,
    /// OSPF runs.
    pub ospf: bool,
    nodes: Vec<NodeId>,
    owners: BTreeMap<IpAddr, usize>,
}

impl Plan {
    pub fn new(network: &Network) -> Self {
        let topology = Topology::build(network, &Failures::default());
        let id = |d: DeviceId| -> Option<Ipv4Addr> {
            let device = &network.devices[d];
            device.bgp.first().and_then(|b| b.router_id).or_else(|| device.ospf.first().and_then(|o| o.router_id))
        };
        let mut order: Vec<DeviceId> = network.devices.ids().collect();
        order.sort_by_key(|d| id(*d));
        let at: BTreeMap<DeviceId, usize> = order.iter().enumerate().map(|(n, d)| (*d, n)).collect();
        let asn = |d: DeviceId| network.devices[d].bgp.first().map_or(65000, |b| b.asn);
        let mut plan = Plan {
            routers: order.iter().map(|d| (network.devices[*d].name.to_string(), asn(*d))).collect(),
            links: Vec::new(),
            ports: Vec::new(),
            sessions: Vec::new(),
            preferences: Vec::new(),
            routes: Vec::new(),
            prefixes: Vec::new(),
            inside: order.len(),
            ospf: network.devices.iter().any(|d| !d.ospf.is_empty()),
            nodes: order.iter().map(|d| network.node(*d, VrfId::DEFAULT)).collect(),
            owners: BTreeMap::new(),
        };
        for (n, d) in order.iter().enumerate() {
            for a in network.devices[*d].interfaces.iter().flat_map(|i| &i.addresses) {
                plan.owners.insert(a.address.addr(), n);
            }
        }
        for (a, b) in &topology.links {
            plan.links.push((at[&a.0], at[&b.0], cost(network, *a), cost(network, *b)));
            plan.ports.push(*a);
        }
        plan.make_sessions(network, &order);
        plan.make_outsiders(network, &at);
        plan.make_networks(network, &order);
        plan
    }

    fn make_sessions(&mut self, network: &Network, order: &[DeviceId]) {
        let mut seen: BTreeMap<(usize, usize), bool> = BTreeMap::new();
        for (n, d) in order.iter().enumerate() {
            for neighbor in network.devices[*d].bgp.iter().flat_map(|b| b.neighbors.iter()) {
                let Peer::Ip(ip, _) = neighbor.peer else { continue };
                let Some(&far) = self.owners.get(&ip) else { continue };
                let client = neighbor.families.iter().any(|f| f.family == Family::V4 && f.reflector_client);
                seen.insert((n, far), client);
            }
        }
        for (&(a, b), &client) in &seen {
            let back = seen.get(&(b, a)).copied();
            if client || (back == Some(false) && a < b) {
                self.sessions.push((a, b, Some(client)));
            }
        }
    }

    fn make_outsiders(&mut self, network: &Network, at: &BTreeMap<DeviceId, usize>) {
        let mut ids: BTreeMap<ipnet::IpNet, usize> = BTreeMap::new();
        for announcer in &network.announcers {
            let device = &network.devices[announcer.device];
            let neighbors = || device.bgp.iter().flat_map(|b| b.neighbors.iter());
            let Some(neighbor) = neighbors().find(|n| n.peer == Peer::Ip(announcer.peer, None)) else { continue };
            let outside = self.routers.len();
            let border = at[&announcer.device];
            let asn = announcer.routes.first().and_then(|r| r.attrs.as_path.first().copied()).unwrap_or(1);
            self.routers.push((format!("outside-{}", announcer.peer), asn));
            self.owners.insert(announcer.peer, outside);
            self.links.push((border, outside, 1.0, 1.0));
            self.sessions.push((border, outside, Some(false)));
            let chains = neighbor.families.iter().flat_map(|f| &f.import).flat_map(|c| &c.policies);
            for action in chains.flat_map(|p| device.policies[*p].terms.iter()).flat_map(|t| &t.actions) {
                if let Action::LocalPref(Number::Set(value)) = action {
                    self.preferences.push((border, outside, *value));
                }
            }
            for route in announcer.routes.iter() {
                let next = self.prefixes.len();
                let id = *ids.entry(route.prefix).or_insert(next);
                if id == next {
                    self.prefixes.push(route.prefix);
                }
                self.routes.push((outside, id, route.attrs.as_path.iter().skip(1).copied().collect(), route.attrs.med));
            }
        }
    }

    fn make_networks(&mut self, network: &Network, order: &[DeviceId]) {
        for (n, d) in order.iter().enumerate() {
            for announced in network.devices[*d].bgp.iter().flat_map(|b| &b.families).flat_map(|f| &f.networks) {
                self.routes.push((n, self.prefixes.len(), Vec::new(), None));
                self.prefixes.push(announced.prefix);
            }
        }
    }
}

fn cost(network: &Network, (device, interface): Port) -> f64 {
    let processes = network.devices[device].ospf.iter();
    let found = processes.flat_map(|p| &p.interfaces).find(|i| i.interface == interface).map(|i| i.cost);
    found.map_or(1.0, f64::from)
}

pub fn run(network: &Network) -> State {
    simulate(network, &Failures::default())
}

/// Runs `then` on the state after each link's failure by itself.
pub fn sweep<T: Send>(
    base: &State,
    network: &Network,
    plan: &Plan,
    links: &[usize],
    then: impl Fn(&State) -> T + Sync,
) -> Vec<T> {
    let one = |n: &usize| {
        let failures = Failures { ports: plan.ports.get(*n).copied().into_iter().collect(), ..Failures::default() };
        then(&simulate_from(base, network, &failures))
    };
    links.par_iter().map(one).collect()
}

/// The BGP next hop of each router for each prefix; without BGP, the distance to each router.
pub fn results(network: &Network, state: &State, plan: &Plan) -> Vec<u32> {
    if plan.prefixes.is_empty() {
        return distances(network, state, plan);
    }
    let table = bgp_paths(network, state, Asked::ALL);
    let mut out = Vec::new();
    for prefix in &plan.prefixes {
        let id = state.arena.prefix(*prefix);
        for (n, node) in plan.nodes.iter().enumerate() {
            let best = table.paths(id, *node).iter().find(|p| p.best);
            let owner = best.map_or(NONE, |p| match (p.from, state.arena.attrs.get(p.attrs).next_hop) {
                (None, _) => n as u32,
                (_, Some(ip)) => plan.owners.get(&ip).map_or(NONE, |o| *o as u32),
                _ => NONE,
            });
            out.push(owner);
        }
    }
    out
}

/// Distances from router to router: what a route to the other's loopback costs, without the loopback's own cost.
pub fn distances(network: &Network, state: &State, plan: &Plan) -> Vec<u32> {
    let loopback = |n: &NodeId| {
        let (d, _) = network.nodes()[*n];
        let (id, i) = network.devices[d].interfaces.iter_ids().find(|(_, i)| i.kind == InterfaceKind::Loopback)?;
        Some((ipnet::IpNet::from(i.addresses.first()?.address.addr()), cost(network, (d, id)) as u32))
    };
    let to: Vec<_> = plan.nodes.iter().map(loopback).collect();
    let distance = |a: NodeId, b: usize| {
        let (host, own) = to[b]?;
        let route = state.rib.get(&state.arena, a, &host)?;
        Some(if plan.nodes[b] == a { 0 } else { state.arena.routes.get(route).metric.saturating_sub(own) })
    };
    let pairs = plan.nodes.iter().flat_map(|a| (0..to.len()).map(|b| distance(*a, b).unwrap_or(NONE)));
    pairs.collect()
}
