//! Failure sweeps: many scenarios against one converged network.
//!
//! In: a network, its base [`State`], [`Case`]s. Out: an [`Impact`] a case. Law: each case equals a run from scratch with its failures;
//! cases run in parallel and are collected by index. Start reading at [`run`]. Tests: `tests/sweep.rs`.

use fixedbitset::FixedBitSet;
use ipnet::IpNet;
use rayon::prelude::*;

use super::concerned::Covers;
use crate::base::id::Id;
use crate::engine::{Purpose, State, simulate_change, simulate_from};
use crate::forward::reach::{Fate, Reachability};
use crate::forward::step::Forwarder;
use crate::model::Network;
use crate::model::network::{DeviceId, NodeId};
use crate::protocols::session::{Session, SessionState};
use crate::rib::RouteId;
use crate::topology::{Failures, Port, Topology};

/// One scenario of a sweep.
#[derive(Debug, Clone)]
pub struct Case {
    /// What fails, for people: `link r1:eth0 - r2:eth1`, `node r1`, or the scenario's name.
    pub name: String,
    /// What fails, for the engine.
    pub failures: Failures,
    /// The changed network, where the scenario changes configs.
    pub network: Option<std::sync::Arc<Network>>,
    /// All demands times this.
    pub growth: f64,
}

impl Default for Case {
    fn default() -> Self {
        Self { name: String::new(), failures: Failures::default(), network: None, growth: 1.0 }
    }
}

impl Case {
    /// The network of the case and its tables. Ids are those of the base state's arena.
    pub fn simulate<'a>(&'a self, network: &'a Network, base: &State) -> (&'a Network, State) {
        match self.network.as_deref() {
            Some(changed) => (changed, simulate_change(base, network, changed, &self.failures, Purpose::Look)),
            None => (network, simulate_from(base, network, &self.failures)),
        }
    }
}

/// What a case does. A *pair* is a routing table and a destination prefix; pairs that start or end at a failed device do not count:
/// they are gone, not lost.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Impact {
    /// Pairs that arrived before and do not any more.
    pub lost: Vec<Pair>,
    /// Pairs of which some ECMP branches no longer arrive.
    pub partly: Vec<Pair>,
    /// Pairs that still arrive, over fewer next hops at their first router.
    pub thinner: usize,
    /// Of those, the pairs left with a single next hop.
    pub last_path: usize,
    /// Sessions that were up and are not any more (both ends counted), those of failed devices aside.
    pub sessions_lost: usize,
}

/// A routing table and a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// Where packets enter.
    pub from: NodeId,
    /// Where they go.
    pub to: IpNet,
    /// What becomes of them now.
    pub fate: Fate,
}

impl Impact {
    /// Worse cases are greater: lost pairs first, then partly lost ones, then lost redundancy.
    pub fn weight(&self) -> (usize, usize, usize, usize) {
        (self.lost.len(), self.partly.len(), self.last_path, self.thinner)
    }
}

/// Each link failing by itself.
pub fn single_links(network: &Network, topology: &Topology) -> Vec<Case> {
    let name = |(d, i): Port| format!("{}:{}", network.devices[d].name, network.devices[d].interfaces[i].name);
    let case = |&(a, b): &(Port, Port)| Case {
        name: format!("link {} - {}", name(a), name(b)),
        failures: Failures { ports: vec![a, b], ..Failures::default() },
        ..Case::default()
    };
    topology.links.iter().map(case).collect()
}

/// Each device failing by itself.
pub fn single_nodes(network: &Network) -> Vec<Case> {
    let case = |(id, device): (DeviceId, &crate::model::Device)| Case {
        name: format!("node {}", device.name),
        failures: Failures { devices: vec![id], ..Failures::default() },
        ..Case::default()
    };
    network.devices.iter_ids().filter(|(_, d)| !d.absent).map(case).collect()
}

/// The base of a sweep: what there is to lose.
pub struct Base<'a> {
    pub(super) network: &'a Network,
    pub(super) state: &'a State,
    pub(super) reach: Reachability,
    /// Per class of destinations, per node: its route to one of them (to all, one with the same next hops).
    pub(super) routes: Vec<Vec<Option<RouteId>>>,
    /// By node: its routes, each with the classes that it has it to.
    pub(super) held: Vec<Vec<Held>>,
    pub(super) forwarder: Forwarder<'a>,
    /// By node: the nodes that can send it packets, those of its own device and of devices on its segments.
    pub(super) near: Vec<Vec<NodeId>>,
    pub(super) covers: Covers,
}

impl<'a> Base<'a> {
    /// Works out who reaches what before anything fails.
    pub fn new(network: &'a Network, state: &'a State) -> Self {
        let forwarder = Forwarder::new(network, state);
        let nodes = network.nodes().len();
        let reach = Reachability::compute(&forwarder, &state.rib, nodes);
        let routes: Vec<Vec<_>> = reach.class_addresses().into_par_iter().map(|a| state.rib.routes_to(a, nodes)).collect();
        let covers = Covers::new(&forwarder, &reach, routes.len());
        let near = near(network, &state.topology);
        let held = held(&routes, nodes);
        Self { network, state, reach, routes, held, forwarder, near, covers }
    }

    /// Who reaches what before anything fails.
    pub fn reach(&self) -> &Reachability {
        &self.reach
    }

    /// Runs one case.
    pub fn impact(&self, case: &Case) -> Impact {
        let (network, state) = case.simulate(self.network, self.state);
        self.compare(network, &state, &case.failures)
    }

    /// Which nodes are on failed devices.
    pub(super) fn failed(&self, failures: &Failures) -> FixedBitSet {
        let nodes = self.network.nodes();
        let mut out = FixedBitSet::with_capacity(nodes.len());
        if !failures.devices.is_empty() {
            out.extend(nodes.iter_ids().filter(|(_, (d, _))| failures.devices.contains(d)).map(|(n, _)| n.index()));
        }
        out
    }

    /// Counts what became of sessions.
    pub(super) fn count_sessions(&self, state: &State, failed: &FixedBitSet, impact: &mut Impact) {
        let counts = |x: &&Session| {
            x.state == SessionState::Up && !failed[x.node.index()] && !x.peer_node.is_some_and(|p| failed[p.index()])
        };
        let up = |s: &State| s.sessions().filter(counts).count();
        impact.sessions_lost = up(self.state).saturating_sub(up(state));
    }

    /// Whether a destination is gone because all that had it as their own are off.
    pub(super) fn only_of_failed(&self, prefix: IpNet, failed: &FixedBitSet) -> bool {
        if failed.is_clear() {
            return false;
        }
        let column = self.state.arena.prefixes.find(&prefix).and_then(|p| self.state.rib.table().column(p));
        let own = |r| {
            let route = self.state.arena.routes.get(r);
            !matches!(route.protocol, p if p.is_ospf() || p.is_isis() || p.is_eigrp() || p.is_bgp() || p == crate::model::route::Protocol::Rip)
        };
        let mut owners = column.into_iter().flat_map(|c| c.iter()).filter(|&(_, r)| own(r)).map(|(n, _)| n).peekable();
        owners.peek().is_some() && owners.all(|n| failed[n.index()])
    }
}

/// A route, with the classes of destinations that a node has it to.
type Held = (RouteId, Vec<u32>);

/// By node, its routes. `routes`: by class, those of all nodes.
fn held(routes: &[Vec<Option<RouteId>>], nodes: usize) -> Vec<Vec<Held>> {
    // So many nodes at a time: what lies side by side is read together.
    const TOGETHER: usize = 16;
    let some = |first: usize| {
        let here = first..nodes.min(first + TOGETHER);
        let mut all: Vec<Vec<(RouteId, u32)>> = vec![Vec::new(); here.len()];
        for (class, routes) in (0..).zip(routes) {
            for (of_node, route) in all.iter_mut().zip(&routes[here.clone()]) {
                of_node.extend(route.map(|r| (r, class)));
            }
        }
        all.into_iter().map(by_route)
    };
    (0..nodes.div_ceil(TOGETHER)).into_par_iter().flat_map_iter(|n| some(n * TOGETHER)).collect()
}

fn by_route(mut all: Vec<(RouteId, u32)>) -> Vec<Held> {
    all.sort_unstable();
    all.chunk_by(|a, b| a.0 == b.0).map(|same| (same[0].0, same.iter().map(|s| s.1).collect())).collect()
}

fn near(network: &Network, topology: &Topology) -> Vec<Vec<NodeId>> {
    let of_device = |d: DeviceId| {
        let ports = network.devices[d].interfaces.ids().map(move |i| (d, i));
        let mut devices: Vec<DeviceId> = ports.flat_map(|p| topology.peers(p)).map(|p| p.0).chain([d]).collect();
        devices.sort_unstable();
        devices.dedup();
        devices.into_iter().flat_map(|d| network.devices[d].vrfs.ids().map(move |v| network.node(d, v))).collect::<Vec<_>>()
    };
    network.nodes().iter().map(|(d, _)| of_device(*d)).collect()
}

/// Runs all cases in parallel; `done` is called after each (for progress bars).
pub fn run(base: &Base<'_>, cases: &[Case], done: &(dyn Fn() + Sync)) -> Vec<Impact> {
    let one = |case: &Case| {
        let impact = base.impact(case);
        done();
        impact
    };
    cases.par_iter().map(one).collect()
}
