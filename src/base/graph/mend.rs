//! Shortest paths after edges are gone: only the nodes that they led to are worked out again.
//!
//! In: a graph without those edges, a root's distances with them. Out: [`Mend`]. Law: equal to [`Spf::run`](super::Spf::run) on the graph.
//! Edges that are new must not make a path shorter, nor another one of the same length. Start reading at [`Mend::run`]. Tests: below.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Edge, FirstHop, Graph, NODE, UNREACHED, turn};

/// A graph the other way round: each edge leads to the node that it leaves, and has its number for a label.
#[derive(Debug)]
pub struct Incoming(Graph);

impl Incoming {
    /// `None`: an edge that leaves a router costs nothing, so that distances do not say in which order nodes lie on a path.
    pub fn new(graph: &Graph) -> Option<Self> {
        let all = |node: u32| graph.out(node).map(move |(number, e)| (node, number, e));
        let edges = || (0..graph.len() as u32).flat_map(all);
        if edges().any(|(from, _, e)| e.cost == 0 && !graph.pseudo[from as usize]) {
            return None;
        }
        let back = edges().map(|(from, label, e)| (e.to, Edge { to: from, cost: e.cost, label }));
        Some(Self(Graph::new(graph.len(), back)))
    }

    fn of(&self, node: u32) -> impl Iterator<Item = Edge> + '_ {
        self.0.out(node).map(|(_, e)| e)
    }
}

/// What comes last on a shortest path before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Through {
    /// A node: the first hops are those towards it.
    Node(u32),
    /// Nothing but the root: this is the first hop.
    Root(FirstHop),
}

/// The shortest paths of one root after edges are gone. Reuse it: the arrays keep their room.
#[derive(Debug, Default)]
pub struct Mend {
    root: u32,
    dist: Vec<u32>,
    changed: Vec<bool>,
    /// The nodes whose paths may have changed: those that are reached, by distance, then others.
    nodes: Vec<u32>,
    heap: BinaryHeap<Reverse<u64>>,
}

impl Mend {
    /// An empty scratch pad.
    pub fn new() -> Self {
        Self::default()
    }

    /// Works out the distances from `root`. `before`: those with the edges; `ends`: where edges that are gone and lay on shortest paths led.
    pub fn run(&mut self, graph: &Graph, into: &Incoming, root: u32, before: &[u32], ends: &[u32]) {
        self.root = root;
        self.dist.clear();
        self.dist.extend_from_slice(before);
        self.changed.clear();
        self.changed.resize(graph.len(), false);
        self.nodes.clear();
        ends.iter().for_each(|n| self.add(*n));
        let mut at = 0;
        while let Some(&node) = self.nodes.get(at) {
            at += 1;
            if !self.passes(graph, node) {
                continue;
            }
            for (_, edge) in graph.out(node) {
                if before[node as usize].saturating_add(edge.cost) == before[edge.to as usize] {
                    self.add(edge.to);
                }
            }
        }
        self.heap.clear();
        for &node in &self.nodes {
            let known = into.of(node).filter(|e| !self.changed[e.to as usize] && self.passes(graph, e.to));
            self.dist[node as usize] = known.map(|e| before[e.to as usize].saturating_add(e.cost)).min().unwrap_or(UNREACHED);
        }
        let mut left = std::mem::take(&mut self.nodes);
        for &node in left.iter().filter(|n| self.dist[**n as usize] != UNREACHED) {
            self.heap.push(Reverse(turn(self.dist[node as usize], !graph.pseudo[node as usize], node)));
        }
        while let Some(Reverse(next)) = self.heap.pop() {
            let (dist, node) = ((next >> 32) as u32, next as u32 & NODE);
            // `changed` now marks those that are still to come.
            if dist > self.dist[node as usize] || !std::mem::replace(&mut self.changed[node as usize], false) {
                continue;
            }
            self.nodes.push(node);
            if graph.closed[node as usize] {
                continue;
            }
            for (_, Edge { to, cost, .. }) in graph.out(node) {
                let far = dist.saturating_add(cost);
                if self.changed[to as usize] && far < self.dist[to as usize] {
                    self.dist[to as usize] = far;
                    self.heap.push(Reverse(turn(far, !graph.pseudo[to as usize], to)));
                }
            }
        }
        left.retain(|n| self.changed[*n as usize]);
        self.nodes.extend(left);
    }

    fn add(&mut self, node: u32) {
        let reached = self.dist[node as usize] != UNREACHED && node != self.root;
        if reached && !std::mem::replace(&mut self.changed[node as usize], true) {
            self.nodes.push(node);
        }
    }

    fn passes(&self, graph: &Graph, node: u32) -> bool {
        node == self.root || !graph.closed[node as usize]
    }

    /// All distances.
    pub fn dists(&self) -> &[u32] {
        &self.dist
    }

    /// The nodes whose paths may have changed, in an order in which each comes after those that its paths lead through.
    pub fn changed(&self) -> &[u32] {
        &self.nodes
    }

    /// Adds to `out` what comes last on each shortest path to a node. `false`: a network beside the root is reached in a roundabout way too; what
    /// comes first behind it is for [`Spf::run`](super::Spf::run) to say.
    pub fn last(&self, graph: &Graph, into: &Incoming, node: u32, out: &mut Vec<Through>) -> bool {
        for (from, number) in self.shortest(graph, into, node) {
            if from == self.root {
                out.push(Through::Root(FirstHop { edge: number, onward: None }));
                continue;
            }
            let mut beside = false;
            if graph.pseudo[from as usize] {
                beside = self.shortest(graph, into, from).any(|(x, _)| x == self.root);
                if beside && self.shortest(graph, into, from).any(|(x, _)| x != self.root) {
                    return false;
                }
            }
            if beside {
                let onward = |(_, edge)| Through::Root(FirstHop { edge, onward: Some(number) });
                out.extend(self.shortest(graph, into, from).map(onward));
            } else {
                out.push(Through::Node(from));
            }
        }
        true
    }

    /// The edges into a node that lie on shortest paths, each with the node that it leaves.
    fn shortest<'s>(&'s self, graph: &'s Graph, into: &'s Incoming, node: u32) -> impl Iterator<Item = (u32, u32)> + 's {
        let dist = self.dist[node as usize];
        let on_path = move |e: &Edge| {
            dist != UNREACHED && self.dist[e.to as usize].saturating_add(e.cost) == dist && self.passes(graph, e.to)
        };
        into.of(node).filter(on_path).map(|e| (e.to, e.label))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Spf;
    use super::*;

    /// The sets of first hops after mending, from those before; none where that was given up.
    fn mended(graph: &Graph, old: &Graph, root: u32, gone: &[(u32, Edge)]) -> Option<Vec<(u32, Vec<FirstHop>)>> {
        let into = Incoming::new(graph)?;
        let mut spf = Spf::new();
        spf.run(old, root);
        let on_path = |(from, e): &&(u32, Edge)| {
            spf.dist(*from).is_some_and(|d| Some(d + e.cost) == spf.dist(e.to)) && (*from == root || !old.closed[*from as usize])
        };
        let ends: Vec<u32> = gone.iter().filter(on_path).map(|g| g.1.to).collect();
        // Numbers of edges differ; labels do not.
        let by_label = |g: &Graph, n: u32| g.edge(n).map_or(0, |e| e.label);
        let number = |label: u32| (0..graph.edges.len() as u32).find(|n| by_label(graph, *n) == label);
        let known = |h: FirstHop| {
            let onward = h.onward.map(|o| number(by_label(old, o)));
            let edge = number(by_label(old, h.edge));
            // A first hop that is gone leads to changed nodes only.
            FirstHop { edge: edge.unwrap_or(u32::MAX), onward: onward.map(|o| o.unwrap_or(u32::MAX)) }
        };
        let mut hops: Vec<Vec<FirstHop>> = (0..graph.len() as u32).map(|n| spf.hops(n).map(known).collect()).collect();
        let mut mend = Mend::new();
        mend.run(graph, &into, root, spf.dists(), &ends);
        for &node in mend.changed() {
            let mut last = Vec::new();
            if !mend.last(graph, &into, node, &mut last) {
                return None;
            }
            let of = |t: Through| match t {
                Through::Node(n) => hops[n as usize].clone(),
                Through::Root(first) => vec![first],
            };
            let mut all: Vec<FirstHop> = last.into_iter().flat_map(of).collect();
            all.sort_unstable();
            all.dedup();
            hops[node as usize] = all;
        }
        hops.iter_mut().for_each(|h| h.sort_unstable());
        Some(mend.dists().iter().copied().zip(hops).collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn mended_paths_are_those_worked_out_anew(
            routers in 2u32..9,
            networks in 0u32..3,
            links in prop::collection::vec((0u32..9, 0u32..11, 1u32..4, 1u32..4), 1..20),
            closed in 0u32..12,
            gone in prop::collection::vec(0usize..20, 1..3),
        ) {
            let mut edges: Vec<(u32, Edge)> = Vec::new();
            let mut add = |from: u32, to: u32, cost: u32| edges.push((from, Edge { to, cost, label: edges.len() as u32 }));
            for (a, b, there, back) in links {
                let (a, b) = (a % routers, b % (routers + networks));
                if a != b {
                    add(a, b, there);
                    add(b, a, if b >= routers { 0 } else { back });
                }
            }
            let lost: Vec<usize> = gone.iter().map(|g| g % (edges.len() / 2).max(1)).collect();
            let (lost, kept): (Vec<_>, Vec<_>) =
                edges.iter().enumerate().partition(|(n, _)| lost.contains(&(n / 2)));
            let strip = |list: Vec<(usize, &(u32, Edge))>| list.into_iter().map(|x| *x.1).collect::<Vec<_>>();
            let (lost, kept) = (strip(lost), strip(kept));
            let graph = |list: &[(u32, Edge)]| {
                let mut g = Graph::new((routers + networks) as usize, list.iter().copied());
                (routers..routers + networks).for_each(|n| g.set_pseudo(n));
                if closed < routers {
                    g.set_closed(closed);
                }
                g.set_direct_only();
                g
            };
            let (old, new) = (graph(&edges), graph(&kept));
            let mut spf = Spf::new();
            for root in 0..routers {
                let Some(found) = mended(&new, &old, root, &lost) else { continue };
                spf.run(&new, root);
                for node in 0..new.len() as u32 {
                    let mut hops: Vec<FirstHop> = spf.hops(node).collect();
                    hops.sort_unstable();
                    prop_assert_eq!((spf.dists()[node as usize], hops), found[node as usize].clone(), "{} to {}", root, node);
                }
            }
        }
    }
}
