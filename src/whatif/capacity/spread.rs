//! Pushing demands over the forwarding graphs of their destinations.

use std::collections::BTreeMap;
use std::net::IpAddr;

use rayon::prelude::*;

use super::{Demand, Loads, Loss};
use crate::base::Map;
use crate::forward::step::{Forwarder, Step};
use crate::model::network::NodeId;
use crate::topology::Port;

/// Less than this many bit/s is rounding.
const EPSILON: f64 = 1e-6;

/// The loads that demands cause. Each destination is one task; results are summed in order of destination.
pub fn spread(forwarder: &Forwarder<'_>, demands: &[Demand]) -> Loads {
    let mut by_destination: BTreeMap<IpAddr, Vec<usize>> = BTreeMap::new();
    for (n, d) in demands.iter().enumerate() {
        by_destination.entry(d.to).or_default().push(n);
    }
    let groups: Vec<(IpAddr, Vec<usize>)> = by_destination.into_iter().collect();
    let parts: Vec<Part> = groups.par_iter().map(|(to, members)| spread_one(forwarder, demands, *to, members)).collect();
    let mut loads = Loads::default();
    for part in parts {
        for (port, bits) in part.out {
            *loads.out.entry(port).or_insert(0.0) += bits;
        }
        loads.lost.extend(part.lost);
    }
    loads.lost.sort_by(|a, b| a.0.cmp(&b.0).then(a.2.cmp(&b.2)));
    loads
}

/// What the demands to one address do.
struct Part {
    out: BTreeMap<Port, f64>,
    lost: Vec<(usize, f64, Loss)>,
}

/// All demands to one address: orders the routers on their way so that each comes after all that send to it, then pushes.
fn spread_one(forwarder: &Forwarder<'_>, demands: &[Demand], to: IpAddr, members: &[usize]) -> Part {
    let graph = Graph::explore(forwarder, to, members.iter().map(|&m| demands[m].from));
    let mut out: BTreeMap<Port, f64> = BTreeMap::new();
    let mut lost = Vec::new();
    // The whole volume at once gives the loads; only if some of it is lost is each demand pushed by itself, to name it.
    let all: Vec<(NodeId, f64)> = members.iter().map(|&m| (demands[m].from, demands[m].bits)).collect();
    let losses = graph.push(&all, Some(&mut out));
    if losses.values().any(|b| *b > EPSILON) {
        for &m in members {
            for (why, bits) in graph.push(&[(demands[m].from, demands[m].bits)], None) {
                if bits > EPSILON {
                    lost.push((m, bits, why));
                }
            }
        }
    }
    Part { out, lost }
}

/// The forwarding graph towards one address, as far as some entry routers reach.
struct Graph {
    steps: Map<NodeId, Vec<Step>>,
    /// Routers in an order in which each comes before those it sends to; members of a loop in the order found.
    order: Vec<NodeId>,
    /// Branches that close a loop: router and branch number.
    back: std::collections::BTreeSet<(NodeId, usize)>,
}

impl Graph {
    fn explore(forwarder: &Forwarder<'_>, to: IpAddr, entries: impl Iterator<Item = NodeId>) -> Self {
        let mut graph = Self { steps: Map::default(), order: Vec::new(), back: std::collections::BTreeSet::new() };
        // Depth first without recursion: a router is `open` while it is on the stack; a branch to an open one closes a loop.
        let mut state: Map<NodeId, bool> = Map::default();
        for entry in entries {
            if state.contains_key(&entry) {
                continue;
            }
            let mut stack = vec![(entry, 0)];
            state.insert(entry, true);
            graph.steps.insert(entry, forwarder.steps(entry, to));
            while let Some((node, branch)) = stack.pop() {
                let step = graph.steps[&node].get(branch).copied();
                let Some(step) = step else {
                    state.insert(node, false);
                    graph.order.push(node);
                    continue;
                };
                stack.push((node, branch + 1));
                let (Step::Forward { node: next, .. } | Step::Table(next)) = step else { continue };
                match state.get(&next) {
                    Some(true) => {
                        graph.back.insert((node, branch));
                    }
                    Some(false) => {}
                    None => {
                        state.insert(next, true);
                        graph.steps.insert(next, forwarder.steps(next, to));
                        stack.push((next, 0));
                    }
                }
            }
        }
        graph.order.reverse();
        graph
    }

    /// Pushes volumes in at routers; adds what leaves each port to `out`; returns what is lost, by cause.
    fn push(&self, volumes: &[(NodeId, f64)], mut out: Option<&mut BTreeMap<Port, f64>>) -> BTreeMap<Loss, f64> {
        let mut at: Map<NodeId, f64> = Map::default();
        for (node, bits) in volumes {
            *at.entry(*node).or_insert(0.0) += bits;
        }
        let mut lost: BTreeMap<Loss, f64> = BTreeMap::new();
        for node in &self.order {
            let Some(bits) = at.get(node).copied().filter(|b| *b > 0.0) else { continue };
            let steps = &self.steps[node];
            let share = bits / steps.len().max(1) as f64;
            for (branch, step) in steps.iter().enumerate() {
                let port = match step {
                    Step::Forward { out, .. } | Step::Subnet(out) | Step::Exit(out) => Some(*out),
                    _ => None,
                };
                if let (Some(port), Some(out)) = (port, out.as_deref_mut()) {
                    *out.entry(port).or_insert(0.0) += share;
                }
                match step {
                    Step::Forward { node: next, .. } | Step::Table(next) if !self.back.contains(&(*node, branch)) => {
                        *at.entry(*next).or_insert(0.0) += share;
                    }
                    Step::Forward { .. } | Step::Table(_) => *lost.entry(Loss::Loop(*node)).or_insert(0.0) += share,
                    Step::NoRoute => *lost.entry(Loss::NoRoute(*node)).or_insert(0.0) += share,
                    Step::Discard => *lost.entry(Loss::Discard(*node)).or_insert(0.0) += share,
                    Step::Own(_) | Step::Subnet(_) | Step::Exit(_) => {}
                }
            }
            if steps.is_empty() {
                *lost.entry(Loss::NoRoute(*node)).or_insert(0.0) += bits;
            }
        }
        lost
    }
}
