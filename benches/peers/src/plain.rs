//! The naive yardstick: petgraph's Dijkstra from each router, distances only.

use petgraph::algo::dijkstra;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::twin::{NONE, Plan};

pub fn run(plan: &Plan) -> Vec<u32> {
    let mut graph: DiGraph<(), u32> = DiGraph::new();
    let nodes: Vec<NodeIndex> = (0..plan.inside).map(|_| graph.add_node(())).collect();
    for &(a, b, there, back) in plan.links.iter().filter(|l| l.1 < plan.inside) {
        graph.add_edge(nodes[a], nodes[b], there as u32);
        graph.add_edge(nodes[b], nodes[a], back as u32);
    }
    let from = |a: &NodeIndex| {
        let found = dijkstra(&graph, *a, None, |e| *e.weight());
        nodes.iter().map(|b| found.get(b).copied().unwrap_or(NONE)).collect::<Vec<_>>()
    };
    nodes.iter().flat_map(from).collect()
}
