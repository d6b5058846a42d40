//! A level as a graph, and the shortest paths from each of its routers.
//!
//! In: [`Neighbors`], a level, a family. Out: [`LevelGraph`]. Law: ISO 10589 §7.2; a router uses only links and prefixes in a metric style it
//! understands (RFC 5305 §3), no path passes an overloaded router. Start reading at [`LevelGraph::build`]. Tests: `tests.rs`.

use std::net::IpAddr;

use rayon::prelude::*;

use super::neighbors::{End, Link, Neighbors};
use crate::base::Map;
use crate::base::graph::{Edge, Graph, Spf, UNREACHED};
use crate::model::interface::InterfaceId;
use crate::model::isis::Isis;
use crate::model::route::Family;
use crate::protocols::Input;
use crate::protocols::link::address_towards;
use crate::rib::{Hop, HopsId};

/// Metric styles as bits: narrow 1, wide 2.
pub(super) type Styles = u8;
pub(super) const NARROW: Styles = 1;
pub(super) const WIDE: Styles = 2;
/// The largest narrow metric of a link (ISO 10589 §7.2.2).
pub(super) const NARROW_MAX: u32 = 63;

/// The styles a router sends and understands at a level.
pub(super) fn styles(config: &Isis, level: u8) -> Styles {
    let n = level as usize - 1;
    let s = if config.narrow[n] { NARROW } else { 0 } | if config.wide[n] { WIDE } else { 0 };
    if s == 0 { WIDE } else { s }
}

#[derive(Debug, Clone, Copy)]
enum Way {
    /// Over a pair link; `None`: the link does not carry the family.
    To(Option<Hop>),
    /// Into a LAN.
    Into(InterfaceId),
    /// From a LAN to a router; `None`: it does not carry the family.
    Off(Option<Option<IpAddr>>),
}

/// One level for one family. Nodes are all speakers (by number), then LANs.
#[derive(Debug)]
pub(super) struct LevelGraph {
    width: usize,
    dist: Vec<u32>,
    hops: Vec<HopsId>,
}

impl LevelGraph {
    /// Distance and next hops from one router to another; to itself 0 and none.
    pub fn between(&self, from: u32, to: u32) -> Option<(u32, HopsId)> {
        let n = from as usize * self.width + to as usize;
        let dist = self.dist.get(n).copied().filter(|d| *d != UNREACHED)?;
        Some((dist, *self.hops.get(n)?))
    }

    pub fn build(input: Input<'_>, found: &Neighbors<'_>, level: u8, family: Family) -> Self {
        let routers = found.speakers.len();
        let config = |e: &End| found.speakers[e.speaker as usize].config;
        let carries = |e: &End| found.settings(*e).families.contains(&family);
        // With its own topology IPv6 sees only links on which both ends are part of it (RFC 5120); else all links count.
        let separate = |e: &End| family == Family::V6 && config(e).multi_topology;
        let metric = |e: &End| {
            let n = level as usize - 1;
            let s = found.settings(*e);
            let own = if separate(e) { s.metric_v6[n].unwrap_or(s.metric[n]) } else { s.metric[n] };
            let only_narrow = styles(config(e), level) == NARROW;
            if only_narrow { own.min(NARROW_MAX) } else { own }
        };
        let address = |from: &End, to: &End| {
            if family.is_v6() { None } else { address_towards(input, found.port(*from), found.port(*to)) }
        };
        let mut edges: Vec<(u32, Edge, Styles)> = Vec::new();
        let mut ways: Vec<Way> = Vec::new();
        let mut lans = 0;
        let mut add = |from: u32, to: u32, cost: u32, style: Styles, way: Way| {
            edges.push((from, Edge { to, cost, label: ways.len() as u32 }, style));
            ways.push(way);
        };
        for link in &found.links {
            match link {
                Link::Pair(l, a, b) if *l == level => {
                    let both = carries(a) && carries(b);
                    if separate(a) != separate(b) || (separate(a) && !both) {
                        continue;
                    }
                    let style = styles(config(a), level) & styles(config(b), level);
                    for (x, y) in [(a, b), (b, a)] {
                        let hop = both.then(|| Hop { ip: address(x, y), ..Hop::out(found.settings(*x).interface) });
                        // The way back must be understood too (ISO 10589 C.2.6: two-way check).
                        add(x.speaker, y.speaker, metric(x), style, Way::To(hop));
                    }
                }
                Link::Lan(l, ends) if *l == level => {
                    let node = (routers + lans) as u32;
                    lans += 1;
                    let kind = ends.first().is_some_and(separate);
                    for e in ends.iter().filter(|e| separate(e) == kind && (!kind || carries(e))) {
                        let style = styles(config(e), level);
                        add(e.speaker, node, metric(e), style, Way::Into(found.settings(*e).interface));
                        let from = ends.iter().find(|o| *o != e).unwrap_or(e);
                        add(node, e.speaker, 0, style, Way::Off(carries(e).then(|| address(from, e))));
                    }
                }
                _ => {}
            }
        }
        let width = routers + lans;
        let graph = |reads: Styles| {
            let list = edges.iter().filter(|(.., style)| style & reads != 0).map(|(from, edge, _)| (*from, *edge));
            let mut g = Graph::new(width, list);
            (routers..width).for_each(|n| g.set_pseudo(n as u32));
            for (n, s) in found.speakers.iter().enumerate() {
                if s.config.overload {
                    g.set_closed(n as u32);
                }
            }
            g
        };
        let graphs = [graph(NARROW), graph(WIDE), graph(NARROW | WIDE)];
        let rows: Vec<(Vec<u32>, Vec<HopsId>)> = (0..routers as u32)
            .into_par_iter()
            .map_init(Spf::new, |spf, root| {
                let reads = styles(found.speakers[root as usize].config, level);
                let g = &graphs[reads as usize - 1];
                spf.run(g, root);
                (spf.dists().to_vec(), next_hops(input, g, spf, &ways))
            })
            .collect();
        let (mut dist, mut hops) = (Vec::with_capacity(routers * width), Vec::with_capacity(routers * width));
        for (d, h) in rows {
            dist.extend(d);
            hops.extend(h);
        }
        Self { width, dist, hops }
    }
}

fn next_hops(input: Input<'_>, graph: &Graph, spf: &Spf, ways: &[Way]) -> Vec<HopsId> {
    let mut known: Map<&[u64], HopsId> = Map::default();
    let way = |edge: u32| graph.edge(edge).and_then(|e| ways.get(e.label as usize)).copied();
    (0..graph.len() as u32)
        .map(|node| {
            let set = spf.set(node);
            *known.entry(set).or_insert_with(|| {
                let hops = spf.hops_in(set).filter_map(|first| match (way(first.edge), first.onward.map(way)) {
                    (Some(Way::To(hop)), _) => hop,
                    (Some(Way::Into(i)), Some(Some(Way::Off(ip)))) => ip.map(|ip| Hop { ip, ..Hop::out(i) }),
                    _ => None,
                });
                input.arena.hop_set(hops.collect())
            })
        })
        .collect()
}
