//! Shortest paths of all roots of a graph; a what-if takes from the base what uses nothing that changed.
//!
//! In: a graph and the edges it has now, with all [`Row`]s as the base's run left it. Out: the rows, and who has others.
//! Law: equal to working all out anew. An edge that is gone matters to a root only if it lay on a shortest path, and then only to what lies
//! behind it; a new one only if it would lie on one. `old_of` gives the number that each node of the new graph has in the old one: see
//! [`numbers`]. Tests: `tests/sweep.rs` of the package.

use std::hash::Hash;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use smallvec::SmallVec;

use crate::base::Map;
use crate::base::graph::{FirstHop, Graph, Incoming, Mend, Spf, Through, UNREACHED};
use crate::rib::{Arena, Hop, HopsId};

/// Marks "not in this graph".
pub(super) const NOWHERE: u32 = u32::MAX;

/// The shortest paths of one root: by node, distance and next hops.
#[derive(Debug)]
pub(super) struct Row {
    pub dist: Vec<u32>,
    pub hops: Vec<HopsId>,
}

/// Rows the other way round: what all roots have of a node stands together, as routes are made prefix by prefix.
#[derive(Debug)]
pub(super) struct ByNode {
    roots: usize,
    all: Vec<(u32, HopsId)>,
}

impl ByNode {
    /// Fewer entries than this are at hand in caches either way.
    const WORTH: usize = 1 << 20;
    /// So many nodes are taken from all rows in one go: a few cache lines of each.
    const TILE: usize = 64;

    /// `None`: not worth it.
    pub fn new(rows: &[Arc<Row>]) -> Option<Self> {
        let (roots, width) = (rows.len(), rows.first()?.dist.len());
        if roots * width < Self::WORTH || rows.iter().any(|r| r.dist.len() != width) {
            return None;
        }
        let mut all = vec![(UNREACHED, HopsId::NONE); roots * width];
        all.par_chunks_mut(Self::TILE * roots).enumerate().for_each(|(tile, out)| {
            let first = tile * Self::TILE;
            for (root, row) in rows.iter().enumerate() {
                for (n, of_node) in out.chunks_exact_mut(roots).enumerate() {
                    of_node[root] = (row.dist[first + n], row.hops[first + n]);
                }
            }
        });
        Some(Self { roots, all })
    }

    fn get(&self, root: u32, node: u32) -> Option<(u32, HopsId)> {
        let first = node as usize * self.roots;
        self.all.get(first..first + self.roots)?.get(root as usize).copied()
    }
}

/// The distance and the next hops from a root to a node, if it reaches it. `by_node`: of the same rows.
pub(super) fn path(rows: &[Arc<Row>], by_node: Option<&ByNode>, root: u32, node: u32) -> Option<(u32, HopsId)> {
    let found = match by_node {
        Some(by_node) => by_node.get(root, node)?,
        None => {
            let row = rows.get(root as usize)?;
            (*row.dist.get(node as usize)?, *row.hops.get(node as usize)?)
        }
    };
    (found.0 != UNREACHED).then_some(found)
}

/// From, to, cost, and what the edge stands for.
pub(super) type Link<W> = (u32, u32, u32, W);

/// The number that each node of a graph of so many routers and these networks has in one with the same routers and the networks `before`;
/// none if a network is not there.
pub(super) fn numbers<K: Eq + Hash>(routers: usize, before: &[K], now: &[K]) -> Option<Vec<u32>> {
    let first = routers as u32;
    let place: Map<&K, u32> = before.iter().zip(first..).collect();
    if place.len() != before.len() {
        return None;
    }
    (0..first).map(Some).chain(now.iter().map(|network| place.get(network).copied())).collect()
}

/// What a root can take from the base.
#[derive(Clone)]
pub(super) enum Kept {
    Nothing,
    /// The row as it is.
    Whole(Arc<Row>),
    /// The row, but for what its paths led to over edges that are gone: where those ended.
    Mended(Arc<Row>, SmallVec<[u32; 4]>),
}

/// What the roots can take from rows of paths, in a graph that has these edges now.
pub(super) fn kept<W: Copy + Eq + Hash>(
    (rows, width, edges): (&[Arc<Row>], usize, &[Link<W>]),
    old_of: &[u32],
    now: impl Iterator<Item = Link<W>>,
) -> Vec<Kept> {
    let mut new_of = vec![NOWHERE; width];
    for (new, old) in old_of.iter().enumerate() {
        new_of[*old as usize] = new as u32;
    }
    let now: Vec<Link<W>> = now.map(|(from, to, cost, way)| (old_of[from as usize], old_of[to as usize], cost, way)).collect();
    let mut changed = gone(edges, &now).unwrap_or_else(|| difference(edges, &now));
    // A network that is gone takes the edges into it along; what matters is whether a path led out of it.
    changed.retain(|(_, to, ..)| new_of[*to as usize] != NOWHERE);
    let same_numbers = old_of.iter().zip(0..).all(|(old, new)| *old == new) && old_of.len() == width;
    let renumbered = |row: &Arc<Row>| {
        if same_numbers {
            return Arc::clone(row);
        }
        let dist = old_of.iter().map(|n| row.dist[*n as usize]).collect();
        let hops = old_of.iter().map(|n| row.hops[*n as usize]).collect();
        Arc::new(Row { dist, hops })
    };
    let of_root = |row: &Arc<Row>| {
        let mut ends: SmallVec<[u32; 4]> = SmallVec::new();
        for &(from, to, cost, gained) in &changed {
            let (near, known) = (row.dist[from as usize], row.dist[to as usize]);
            let far = near.saturating_add(cost);
            if near == UNREACHED {
                continue;
            }
            if gained && far <= known {
                return Kept::Nothing;
            }
            if !gained && far == known {
                ends.push(new_of[to as usize]);
            }
        }
        if ends.is_empty() { Kept::Whole(renumbered(row)) } else { Kept::Mended(renumbered(row), ends) }
    };
    rows.iter().map(of_root).collect()
}

/// From, to, cost, and whether the edge is new (else it is gone).
type Changed = (u32, u32, u32, bool);

/// The edges that are gone, where there are no new ones and the others stand in the same order.
fn gone<W: Eq>(before: &[Link<W>], now: &[Link<W>]) -> Option<Vec<Changed>> {
    let mut left = now.iter().peekable();
    let gone = before.iter().filter(|edge| left.next_if(|x| x == edge).is_none());
    let gone = gone.map(|&(from, to, cost, _)| (from, to, cost, false)).collect();
    left.peek().is_none().then_some(gone)
}

/// The edges that are gone or new.
fn difference<W: Copy + Eq + Hash>(before: &[Link<W>], now: &[Link<W>]) -> Vec<Changed> {
    let mut count: Map<Link<W>, i32> = Map::default();
    before.iter().for_each(|edge| *count.entry(*edge).or_default() -= 1);
    now.iter().for_each(|edge| *count.entry(*edge).or_default() += 1);
    count.into_iter().filter(|(_, n)| *n != 0).map(|((from, to, cost, _), n)| (from, to, cost, n > 0)).collect()
}

/// The rows of all roots. `graph`: that of a root; `hops`: adds the next hops that a first hop of a root stands for.
pub(super) fn rows<'g>(
    arena: &Arena,
    kept: Vec<Kept>,
    graph: impl Fn(usize) -> &'g Paths + Sync,
    hops: impl Fn(&Graph, FirstHop, &mut Vec<Hop>) + Sync,
) -> Vec<Arc<Row>> {
    let row = |(spf, mend): &mut (Spf, Mend), (root, kept): (usize, Kept)| {
        let of = graph(root);
        let hops = |first: FirstHop, out: &mut Vec<Hop>| hops(&of.graph, first, out);
        let anew = |spf: &mut Spf| {
            spf.run(&of.graph, root as u32);
            Arc::new(Row { dist: spf.dists().to_vec(), hops: next_hops(arena, &of.graph, spf, hops) })
        };
        match kept {
            Kept::Nothing => anew(spf),
            Kept::Whole(row) => row,
            Kept::Mended(row, ends) => {
                let mended = of.incoming().and_then(|into| {
                    mend.run(&of.graph, into, root as u32, &row.dist, &ends);
                    mended(arena, (of, into), mend, &row.hops, hops)
                });
                mended.map_or_else(|| anew(spf), |hops| Arc::new(Row { dist: mend.dists().to_vec(), hops }))
            }
        }
    };
    kept.into_par_iter().enumerate().map_init(|| (Spf::new(), Mend::new()), row).collect()
}

/// A graph, and its edges the other way round where they are asked for.
pub(super) struct Paths {
    graph: Graph,
    incoming: OnceLock<Option<Incoming>>,
}

impl From<Graph> for Paths {
    fn from(graph: Graph) -> Self {
        Self { graph, incoming: OnceLock::new() }
    }
}

impl Paths {
    fn incoming(&self) -> Option<&Incoming> {
        self.incoming.get_or_init(|| Incoming::new(&self.graph)).as_ref()
    }
}

/// Interns the next-hop set of each node; equal bit sets are worked out once.
fn next_hops(arena: &Arena, graph: &Graph, spf: &Spf, hops: impl Fn(FirstHop, &mut Vec<Hop>)) -> Vec<HopsId> {
    let mut known: Map<&[u64], HopsId> = Map::default();
    let of_set = |set| {
        let mut all = Vec::new();
        spf.hops_in(set).for_each(|first| hops(first, &mut all));
        arena.hop_set(all)
    };
    (0..graph.len() as u32).map(|node| *known.entry(spf.set(node)).or_insert_with_key(|set| of_set(set))).collect()
}

/// The next-hop sets after `mend` has run, from those `before`. `None`: see [`Mend::last`].
fn mended(
    arena: &Arena,
    (of, into): (&Paths, &Incoming),
    mend: &Mend,
    before: &[HopsId],
    hops: impl Fn(FirstHop, &mut Vec<Hop>),
) -> Option<Vec<HopsId>> {
    let mut out = before.to_vec();
    let mut last: Vec<Through> = Vec::new();
    for &node in mend.changed() {
        last.clear();
        if !mend.last(&of.graph, into, node, &mut last) {
            return None;
        }
        let (mut sets, mut own): (SmallVec<[HopsId; 4]>, Vec<Hop>) = (SmallVec::new(), Vec::new());
        for through in &last {
            match through {
                Through::Node(n) => sets.push(out[*n as usize]),
                Through::Root(first) => hops(*first, &mut own),
            }
        }
        sets.sort_unstable();
        sets.dedup();
        out[node as usize] = match sets.as_slice() {
            [one] if own.is_empty() => *one,
            _ => {
                own.extend(sets.iter().flat_map(|s| arena.hops.get(*s).iter()));
                arena.hop_set(own)
            }
        };
    }
    Some(out)
}

/// By node, the roots whose paths to it differ.
pub(super) fn moved(now: &[Arc<Row>], before: &[Arc<Row>], old_of: &[u32]) -> Vec<Vec<u32>> {
    let mut out = vec![Vec::new(); old_of.len()];
    for (root, (new, old)) in now.iter().zip(before).enumerate() {
        if Arc::ptr_eq(new, old) {
            continue;
        }
        for (node, o) in old_of.iter().enumerate() {
            let o = *o as usize;
            if (new.dist[node], new.hops[node]) != (old.dist[o], old.hops[o]) {
                out[node].push(root as u32);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_the_other_way_round_say_the_same() {
        let side = 1100;
        let of_root = |root: u32| {
            let dist = (0..side).map(|n| if (root + n).is_multiple_of(7) { UNREACHED } else { root * 2 + n }).collect();
            Arc::new(Row { dist, hops: (0..side).map(|n| HopsId(root ^ n)).collect() })
        };
        let rows: Vec<Arc<Row>> = (0..side).map(of_root).collect();
        let by_node = ByNode::new(&rows);
        assert!(by_node.is_some() && ByNode::new(&rows[..3]).is_none());
        for root in 0..side + 1 {
            for node in 0..side + 1 {
                assert_eq!(path(&rows, by_node.as_ref(), root, node), path(&rows, None, root, node), "{root} {node}");
            }
        }
    }

    #[test]
    fn what_is_gone_is_found_in_order_and_else_by_counting() {
        let edge = |from: u32, to: u32| (from, to, 10, ());
        let before = [edge(0, 1), edge(1, 0), edge(1, 2), edge(1, 2), edge(2, 1)];
        let mut fewer = before.to_vec();
        fewer.remove(3);
        fewer.remove(1);
        let expected = vec![(1, 0, 10, false), (1, 2, 10, false)];
        let sorted = |mut all: Vec<Changed>| {
            all.sort_unstable();
            all
        };
        assert_eq!(gone(&before, &fewer).map(sorted), Some(expected.clone()));
        assert_eq!(sorted(difference(&before, &fewer)), expected);
        fewer.push(edge(2, 0));
        assert_eq!(gone(&before, &fewer), None);
        assert_eq!(sorted(difference(&before, &fewer)), [expected, vec![(2, 0, 10, true)]].concat());
        assert_eq!(gone(&before, &before), Some(Vec::new()));
    }
}
