//! A level as a graph, and the shortest paths from each of its routers.
//!
//! In: [`Neighbors`], a level, a family. Out: [`LevelGraph`]. Law: ISO 10589 §7.2; a router uses only links and prefixes in a metric style it
//! understands (RFC 5305 §3), no path passes an overloaded router. Start reading at [`LevelGraph::build`]. Tests: `tests.rs`.

use std::net::IpAddr;
use std::sync::Arc;

use super::neighbors::{End, Link, Neighbors};
use crate::base::graph::{Edge, FirstHop, Graph};
use crate::model::interface::InterfaceId;
use crate::model::isis::Isis;
use crate::model::route::Family;
use crate::protocols::Input;
use crate::protocols::link::address_towards;
use crate::protocols::paths::{self, ByNode, Kept, Paths, Row};
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    /// The ends of each LAN.
    lans: Vec<Vec<End>>,
    /// The paths of each speaker.
    pub rows: Vec<Arc<Row>>,
    /// The same the other way round, while routes to all prefixes are made.
    pub by_node: Option<ByNode>,
    edges: Vec<paths::Link<(Styles, Way)>>,
}

impl LevelGraph {
    /// Distance and next hops from one router to another; to itself 0 and none.
    pub fn between(&self, from: u32, to: u32) -> Option<(u32, HopsId)> {
        paths::path(&self.rows, self.by_node.as_ref(), from, to)
    }

    /// The number that each node has in an earlier graph of the same speakers; none if a LAN is not there.
    pub fn numbers_in(&self, past: &Self) -> Option<Vec<u32>> {
        paths::numbers(self.rows.len(), &past.lans, &self.lans)
    }

    /// `past`: what the base's run left, of the same speakers.
    pub fn build(input: Input<'_>, found: &Neighbors<'_>, level: u8, family: Family, past: Option<&Self>) -> Self {
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
        let mut lans: Vec<Vec<End>> = Vec::new();
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
                    let node = (routers + lans.len()) as u32;
                    lans.push(ends.clone());
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
        let width = routers + lans.len();
        let listed: Vec<_> = edges.iter().map(|(n, e, style)| (*n, e.to, e.cost, (*style, ways[e.label as usize]))).collect();
        let kept = past.and_then(|p| {
            let old_of = paths::numbers(routers, &p.lans, &lans)?;
            let before = (p.rows.as_slice(), routers + p.lans.len(), p.edges.as_slice());
            Some(paths::kept(before, &old_of, listed.iter().copied()))
        });
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
        let graphs = [graph(NARROW), graph(WIDE), graph(NARROW | WIDE)].map(Paths::from);
        let of_root = |root: usize| &graphs[styles(found.speakers[root].config, level) as usize - 1];
        let hops = |graph: &Graph, first: FirstHop, out: &mut Vec<Hop>| {
            let way = |edge: u32| graph.edge(edge).and_then(|e| ways.get(e.label as usize)).copied();
            out.extend(match (way(first.edge), first.onward.map(way)) {
                (Some(Way::To(hop)), _) => hop,
                (Some(Way::Into(i)), Some(Some(Way::Off(ip)))) => ip.map(|ip| Hop { ip, ..Hop::out(i) }),
                _ => None,
            });
        };
        let rows = paths::rows(input.arena, kept.unwrap_or_else(|| vec![Kept::Nothing; routers]), of_root, hops);
        Self { lans, rows, by_node: None, edges: listed }
    }
}
