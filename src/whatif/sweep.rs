//! Failure sweeps: many scenarios against one converged network.
//!
//! In: a network, its base [`State`], [`Case`]s. Out: an [`Impact`] a case. Law: each case equals a run from scratch with its failures;
//! cases run in parallel and are collected by index. Start reading at [`run`]. Tests: `tests/sweep.rs`.

use ipnet::IpNet;
use rayon::prelude::*;

use crate::base::Map;
use crate::base::id::Id;
use crate::engine::{State, simulate_from, simulate_in};
use crate::forward::reach::{Fate, Reachability, fates};
use crate::forward::step::Forwarder;
use crate::model::Network;
use crate::model::network::{DeviceId, NodeId};
use crate::protocols::session::SessionState;
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
            Some(changed) => (changed, simulate_in(&base.arena, changed, &self.failures)),
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
    /// What the engine found in this state and not in the base.
    pub findings: usize,
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
    network.devices.iter_ids().map(case).collect()
}

/// The base of a sweep: what there is to lose.
pub struct Base<'a> {
    network: &'a Network,
    state: &'a State,
    reach: Reachability,
    /// Per class of destinations, per node: how many next hops its route has.
    widths: Vec<Vec<u32>>,
}

impl<'a> Base<'a> {
    /// Works out who reaches what before anything fails.
    pub fn new(network: &'a Network, state: &'a State) -> Self {
        let forwarder = Forwarder::new(network, state);
        let nodes = network.nodes().len();
        let reach = Reachability::compute(&forwarder, &state.rib, nodes);
        let widths = reach.class_addresses().into_par_iter().map(|a| widths(&forwarder, state, a, nodes)).collect();
        Self { network, state, reach, widths }
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

    /// What a state has lost against the base.
    pub fn compare(&self, network: &Network, state: &State, failures: &Failures) -> Impact {
        let forwarder = Forwarder::new(network, state);
        let nodes = network.nodes().len();
        let failed: Vec<bool> = network.nodes().iter().map(|(d, _)| failures.devices.contains(d)).collect();
        let mut impact = Impact::default();
        // Destinations of one class fare alike; each class is followed once.
        let mut seen: Map<u32, (Vec<Fate>, Vec<u32>)> = Map::default();
        for destination in &self.reach.prefixes {
            if self.only_of_failed(destination.prefix, &failed) {
                continue;
            }
            let before = self.reach.fates(destination);
            let before_widths = &self.widths[destination.class() as usize];
            let (after, widths) = seen.entry(destination.class()).or_insert_with(|| {
                (fates(&forwarder, destination.address, nodes), widths(&forwarder, state, destination.address, nodes))
            });
            for node in 0..nodes {
                if failed[node] || !before[node].arrives() {
                    continue;
                }
                let pair = Pair { from: NodeId::new(node), to: destination.prefix, fate: after[node] };
                if after[node].partly() {
                    impact.partly.push(pair);
                } else if !after[node].arrives() {
                    impact.lost.push(pair);
                } else if widths[node] < before_widths[node] {
                    impact.thinner += 1;
                    impact.last_path += usize::from(widths[node] == 1);
                }
            }
        }
        let up = |s: &State| {
            s.sessions
                .iter()
                .filter(|x| {
                    x.state == SessionState::Up && !failed[x.node.index()] && !x.peer_node.is_some_and(|p| failed[p.index()])
                })
                .count()
        };
        impact.sessions_lost = up(self.state).saturating_sub(up(state));
        impact.findings = state.findings.len().saturating_sub(self.state.findings.len());
        impact
    }

    /// Whether a destination is gone because all that had it as their own are off.
    fn only_of_failed(&self, prefix: IpNet, failed: &[bool]) -> bool {
        if !failed.contains(&true) {
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

/// Runs all cases in parallel; `done` is called after each (for progress bars).
pub fn run(base: &Base<'_>, cases: &[Case], done: &(dyn Fn() + Sync)) -> Vec<Impact> {
    let one = |case: &Case| {
        let impact = base.impact(case);
        done();
        impact
    };
    cases.par_iter().map(one).collect()
}

fn widths(forwarder: &Forwarder<'_>, state: &State, address: std::net::IpAddr, nodes: usize) -> Vec<u32> {
    let width = |n| {
        forwarder.lookup(NodeId::new(n), address).map_or(0, |(_, r)| state.arena.hops_of(state.arena.routes.get(r)).len() as u32)
    };
    (0..nodes).map(width).collect()
}
