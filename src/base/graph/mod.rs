//! Graphs in compressed rows, and shortest paths that keep every equal-cost first hop.
//!
//! In: nodes by number, directed edges with costs. Out: [`Graph`], [`Spf`]. Law: knows no protocol; one [`Spf`] is a scratch pad
//! that serves any number of roots one after the other. Start reading at [`Spf::run`]. Tests: below.

mod mend;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

pub use mend::{Incoming, Mend, Through};

/// A directed edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Where it leads.
    pub to: u32,
    /// What it costs.
    pub cost: u32,
    /// The caller's own number for it.
    pub label: u32,
}

/// A directed graph: all edges in one vector, sorted by the node they leave.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    first: Vec<u32>,
    edges: Vec<Edge>,
    pseudo: Vec<bool>,
    closed: Vec<bool>,
    direct_only: bool,
}

/// A node that no path reaches.
pub const UNREACHED: u32 = u32::MAX;

impl Graph {
    /// A graph of `nodes` nodes. Edges from or to other numbers are left out; edges of one node keep their order.
    pub fn new(nodes: usize, edges: impl IntoIterator<Item = (u32, Edge)>) -> Self {
        let mut list: Vec<(u32, Edge)> =
            edges.into_iter().filter(|(from, e)| (*from as usize) < nodes && (e.to as usize) < nodes).collect();
        list.sort_by_key(|(from, _)| *from);
        let mut first = vec![0u32; nodes + 1];
        for (from, _) in &list {
            first[*from as usize + 1] += 1;
        }
        for n in 1..first.len() {
            first[n] += first[n - 1];
        }
        let edges = list.into_iter().map(|(_, e)| e).collect();
        Self { first, edges, pseudo: vec![false; nodes], closed: vec![false; nodes], direct_only: false }
    }

    /// Marks a node as a network rather than a router: a first hop through it is the router behind it.
    pub fn set_pseudo(&mut self, node: u32) {
        if let Some(p) = self.pseudo.get_mut(node as usize) {
            *p = true;
        }
    }
    /// Marks a node that no path may pass through (it may still start or end there).
    pub fn set_closed(&mut self, node: u32) {
        if let Some(c) = self.closed.get_mut(node as usize) {
            *c = true;
        }
    }
    /// Behind a network beside the root only the routers on it are first hops, also where a detour to the network costs the same.
    pub fn set_direct_only(&mut self) {
        self.direct_only = true;
    }
    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.pseudo.len()
    }
    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.pseudo.is_empty()
    }
    /// The edges that leave a node, with their numbers.
    pub fn out(&self, node: u32) -> impl Iterator<Item = (u32, Edge)> + '_ {
        let range = match (self.first.get(node as usize), self.first.get(node as usize + 1)) {
            (Some(&a), Some(&b)) => a..b,
            _ => 0..0,
        };
        range.filter_map(|n| Some((n, *self.edges.get(n as usize)?)))
    }
    /// An edge by its number.
    pub fn edge(&self, number: u32) -> Option<Edge> {
        self.edges.get(number as usize).copied()
    }
    fn degree(&self, node: u32) -> usize {
        self.out(node).count()
    }
}

/// A way out of the root: an edge, and if that leads to a pseudo node, the edge from there to a router (none: the network itself).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FirstHop {
    /// Number of an edge that leaves the root.
    pub edge: u32,
    /// Number of an edge that leaves the pseudo node `edge` leads to.
    pub onward: Option<u32>,
}

/// Where the first hops over one pseudo node beside the root stand in the bit sets.
#[derive(Debug, Clone, Copy)]
struct Block {
    node: u32,
    base: u32,
    len: u32,
}

/// The part of a turn that is the node.
const NODE: u32 = u32::MAX >> 1;

/// When a node is looked at, as one number: by distance, networks before routers.
fn turn(dist: u32, router: bool, node: u32) -> u64 {
    u64::from(dist) << 32 | u64::from(router) << 31 | u64::from(node)
}

/// Shortest paths from one root. Reuse it: the arrays keep their room.
#[derive(Debug, Default)]
pub struct Spf {
    dist: Vec<u32>,
    sets: Vec<u64>,
    words: usize,
    hops: Vec<FirstHop>,
    blocks: Vec<Block>,
    heap: BinaryHeap<Reverse<u64>>,
    buffer: Vec<u64>,
}

impl Spf {
    /// An empty scratch pad.
    pub fn new() -> Self {
        Self::default()
    }

    /// Finds the shortest paths from `root`, and for each node the set of all first hops that lie on one.
    pub fn run(&mut self, graph: &Graph, root: u32) {
        self.number_first_hops(graph, root);
        self.dist.clear();
        self.dist.resize(graph.len(), UNREACHED);
        self.sets.clear();
        self.sets.resize(graph.len() * self.words, 0);
        self.heap.clear();
        let Some(d) = self.dist.get_mut(root as usize) else { return };
        *d = 0;
        self.heap.push(Reverse(turn(0, true, root)));
        while let Some(Reverse(next)) = self.heap.pop() {
            let (dist, node) = ((next >> 32) as u32, next as u32 & NODE);
            let n = node as usize;
            if dist > self.dist[n] || (node != root && graph.closed[n]) {
                continue;
            }
            let mut bit = 0u32;
            for (number, edge) in graph.out(node) {
                let to = edge.to as usize;
                let far = dist.saturating_add(edge.cost);
                let known = self.dist[to];
                if node == root {
                    // Bits of the root's own edges are numbered in this same order.
                    let mine = bit;
                    let direct = graph.pseudo[to];
                    bit += if direct { 1 + graph.degree(edge.to) as u32 } else { 1 };
                    debug_assert_eq!(self.hops[mine as usize].edge, number);
                    if edge.to == root || far > known || far == UNREACHED {
                        continue;
                    }
                    self.buffer.clear();
                    self.buffer.resize(self.words, 0);
                    self.buffer[mine as usize / 64] |= 1 << (mine % 64);
                } else {
                    if edge.to == root || far > known || far == UNREACHED {
                        continue;
                    }
                    self.buffer.clear();
                    self.buffer.extend_from_slice(&self.sets[n * self.words..(n + 1) * self.words]);
                    if graph.pseudo[n] {
                        self.step_off(graph, node, number);
                    }
                }
                let set = &mut self.sets[to * self.words..(to + 1) * self.words];
                if far < known {
                    self.dist[to] = far;
                    set.copy_from_slice(&self.buffer);
                    self.heap.push(Reverse(turn(far, !graph.pseudo[to], edge.to)));
                } else {
                    let mut grew = false;
                    for (old, new) in set.iter_mut().zip(&self.buffer) {
                        grew |= *new & !*old != 0;
                        *old |= new;
                    }
                    // With edges of cost 0 a node may gain first hops after it was settled: settle it again.
                    if grew && far == dist {
                        self.heap.push(Reverse(turn(far, !graph.pseudo[to], edge.to)));
                    }
                }
            }
        }
    }

    /// The distance of a node, if a path reaches it.
    pub fn dist(&self, node: u32) -> Option<u32> {
        self.dist.get(node as usize).copied().filter(|d| *d != UNREACHED)
    }
    /// All distances; [`UNREACHED`] where no path leads.
    pub fn dists(&self) -> &[u32] {
        &self.dist
    }
    /// A node's set of first hops as bits: equal sets of one root are equal slices.
    pub fn set(&self, node: u32) -> &[u64] {
        let n = node as usize * self.words;
        self.sets.get(n..n + self.words).unwrap_or(&[])
    }
    /// The first hops in a set that [`Spf::set`] gave.
    pub fn hops_in(&self, set: &[u64]) -> impl Iterator<Item = FirstHop> {
        self.hops.iter().enumerate().filter(|(n, _)| set.get(n / 64).is_some_and(|w| w >> (n % 64) & 1 == 1)).map(|(_, h)| *h)
    }
    /// The first hops towards a node.
    pub fn hops(&self, node: u32) -> impl Iterator<Item = FirstHop> {
        self.hops_in(self.set(node))
    }

    fn number_first_hops(&mut self, graph: &Graph, root: u32) {
        self.hops.clear();
        self.blocks.clear();
        for (number, edge) in graph.out(root) {
            let base = self.hops.len() as u32;
            self.hops.push(FirstHop { edge: number, onward: None });
            if graph.pseudo[edge.to as usize] {
                self.hops.extend(graph.out(edge.to).map(|(n, _)| FirstHop { edge: number, onward: Some(n) }));
                self.blocks.push(Block { node: edge.to, base, len: self.hops.len() as u32 - base });
            }
        }
        self.words = self.hops.len().div_ceil(64).max(1);
    }

    /// Leaving a pseudo node beside the root by `edge`: "the network itself" becomes "the router at the end of `edge`".
    fn step_off(&mut self, graph: &Graph, node: u32, edge: u32) {
        let start = graph.first[node as usize];
        let direct = |b: &Block| (b.base as usize / 64, 1u64 << (b.base % 64));
        let blocks = self.blocks.iter().filter(|b| b.node == node);
        let mut onward: Vec<u32> = Vec::new();
        for b in blocks {
            let (word, bit) = direct(b);
            if self.buffer[word] & bit != 0 {
                self.buffer[word] &= !bit;
                debug_assert!(1 + edge - start < b.len);
                onward.push(b.base + 1 + (edge - start));
            }
        }
        if graph.direct_only && !onward.is_empty() {
            self.buffer.fill(0);
        }
        for to in onward {
            self.buffer[to as usize / 64] |= 1 << (to % 64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(list: &[(u32, u32, u32)]) -> Vec<(u32, Edge)> {
        list.iter().flat_map(|&(a, b, cost)| [(a, Edge { to: b, cost, label: 0 }), (b, Edge { to: a, cost, label: 0 })]).collect()
    }

    fn ways(graph: &Graph, spf: &Spf, node: u32) -> Vec<u32> {
        let mut v: Vec<u32> =
            spf.hops(node).map(|h| h.onward.and_then(|n| graph.edge(n)).or(graph.edge(h.edge)).map_or(99, |e| e.to)).collect();
        v.sort_unstable();
        v
    }

    #[test]
    fn equal_costs_keep_all_first_hops() {
        //   1
        //  / \
        // 0   3 - 4     all 10; 0-5-4 costs 30
        //  \ /
        //   2
        let g = Graph::new(6, both(&[(0, 1, 10), (0, 2, 10), (1, 3, 10), (2, 3, 10), (3, 4, 10), (0, 5, 10), (5, 4, 20)]));
        let mut spf = Spf::new();
        spf.run(&g, 0);
        assert_eq!(spf.dist(4), Some(30));
        assert_eq!(ways(&g, &spf, 3), [1, 2]);
        assert_eq!(ways(&g, &spf, 4), [1, 2, 5]);
        assert_eq!(ways(&g, &spf, 0), [0u32; 0]);
    }

    #[test]
    fn over_a_network_the_hop_is_the_router_behind_it() {
        // 0, 1, 2 on network 3 (cost 10 in, 0 out); 1 and 2 to 4
        let mut edges = both(&[(1, 4, 5), (2, 4, 5)]);
        for r in 0..3 {
            edges.push((r, Edge { to: 3, cost: 10, label: 0 }));
            edges.push((3, Edge { to: r, cost: 0, label: 0 }));
        }
        let mut g = Graph::new(5, edges);
        g.set_pseudo(3);
        let mut spf = Spf::new();
        spf.run(&g, 0);
        assert_eq!((spf.dist(3), spf.dist(1), spf.dist(4)), (Some(10), Some(10), Some(15)));
        assert_eq!(ways(&g, &spf, 3), [3]);
        assert_eq!(ways(&g, &spf, 1), [1]);
        assert_eq!(ways(&g, &spf, 4), [1, 2]);
    }

    #[test]
    fn a_detour_to_an_adjacent_network_counts_unless_only_direct_hops_do() {
        // 0 and 1 and 2 on network 3 (0 at cost 10, the others at 5); 0-1 costs 5 too.
        let mut edges = both(&[(0, 1, 5)]);
        for (r, cost) in [(0, 10), (1, 5), (2, 5)] {
            edges.push((r, Edge { to: 3, cost, label: 0 }));
            edges.push((3, Edge { to: r, cost: 0, label: 0 }));
        }
        let mut g = Graph::new(4, edges);
        g.set_pseudo(3);
        let mut spf = Spf::new();
        spf.run(&g, 0);
        assert_eq!(ways(&g, &spf, 2), [1, 2]);
        g.set_direct_only();
        spf.run(&g, 0);
        assert_eq!(ways(&g, &spf, 2), [2]);
        assert_eq!(ways(&g, &spf, 3), [1, 3]);
    }

    #[test]
    fn closed_nodes_are_ends_only() {
        let mut g = Graph::new(4, both(&[(0, 1, 1), (1, 2, 1), (0, 3, 5), (3, 2, 5)]));
        g.set_closed(1);
        let mut spf = Spf::new();
        spf.run(&g, 0);
        assert_eq!((spf.dist(1), spf.dist(2)), (Some(1), Some(10)));
        assert_eq!(ways(&g, &spf, 2), [3]);
        spf.run(&g, 1);
        assert_eq!(spf.dist(2), Some(1));
    }

    #[test]
    fn zero_costs_and_unknown_nodes_do_no_harm() {
        // A triangle of cost 0: each is reached both ways.
        let g = Graph::new(3, both(&[(0, 1, 0), (1, 2, 0), (0, 2, 0), (2, 9, 1)]));
        let mut spf = Spf::new();
        spf.run(&g, 0);
        assert_eq!(ways(&g, &spf, 1), [1, 2]);
        assert_eq!(ways(&g, &spf, 2), [1, 2]);
        spf.run(&g, 7);
        assert_eq!(spf.dist(0), None);
        assert_eq!(spf.dist(7), None);
    }

    #[test]
    fn parallel_edges_are_separate_hops() {
        let g = Graph::new(2, both(&[(0, 1, 3), (0, 1, 3), (0, 1, 4)]));
        let mut spf = Spf::new();
        spf.run(&g, 0);
        assert_eq!(spf.hops(1).count(), 2);
    }

    #[test]
    fn more_than_64_first_hops() {
        let edges: Vec<_> = (1..=100u32).flat_map(|n| [(0, n, 1), (n, 101, 1)]).collect();
        let g = Graph::new(102, both(&edges));
        let mut spf = Spf::new();
        spf.run(&g, 0);
        assert_eq!(spf.hops(101).count(), 100);
    }
}
