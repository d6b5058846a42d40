//! Shortest paths that a what-if takes from the base because they use nothing that changed.
//!
//! In: a graph with all its [`Row`]s as the base's run left it, the edges it has now. Out: the rows that still hold, and who has others.
//! Law: equal to working all out anew. An edge that is gone matters to a root only if it lay on a shortest path, a new one only if it would.
//! `old_of` gives the number that each node of the new graph has in the old one: see [`numbers`]. Tests: `tests/sweep.rs` of the package.

use std::hash::Hash;
use std::sync::Arc;

use crate::base::Map;
use crate::base::graph::UNREACHED;
use crate::rib::HopsId;

/// Marks "not in this graph".
pub(super) const NOWHERE: u32 = u32::MAX;

/// The shortest paths of one root: by node, distance and next hops.
#[derive(Debug)]
pub(super) struct Row {
    pub dist: Vec<u32>,
    pub hops: Vec<HopsId>,
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

/// The rows of paths that hold in a graph with these edges too, by root.
pub(super) fn rows_kept<W: Copy + Eq + Hash>(
    (rows, width, edges): (&[Arc<Row>], usize, &[Link<W>]),
    old_of: &[u32],
    now: impl Iterator<Item = Link<W>>,
) -> Vec<Option<Arc<Row>>> {
    let mut new_of = vec![NOWHERE; width];
    for (new, old) in old_of.iter().enumerate() {
        new_of[*old as usize] = new as u32;
    }
    let mut count: Map<Link<W>, i32> = Map::default();
    for edge in edges {
        *count.entry(*edge).or_default() -= 1;
    }
    for (from, to, cost, way) in now {
        *count.entry((old_of[from as usize], old_of[to as usize], cost, way)).or_default() += 1;
    }
    // A network that is gone takes the edges into it along; what matters is whether a path led out of it.
    let matters = |&(&(_, to, ..), n): &(&Link<W>, &i32)| *n != 0 && new_of[to as usize] != NOWHERE;
    let changed: Vec<(u32, u32, u32, bool)> =
        count.iter().filter(matters).map(|(&(from, to, cost, _), n)| (from, to, cost, *n > 0)).collect();
    let holds = |row: &Row| {
        changed.iter().all(|&(from, to, cost, gained)| {
            let (near, known) = (row.dist[from as usize], row.dist[to as usize]);
            let far = near.saturating_add(cost);
            near == UNREACHED || if gained { far > known } else { far != known }
        })
    };
    let same_numbers = old_of.iter().zip(0..).all(|(old, new)| *old == new) && old_of.len() == width;
    let renumbered = |row: &Arc<Row>| {
        if same_numbers {
            return Arc::clone(row);
        }
        let dist = old_of.iter().map(|n| row.dist[*n as usize]).collect();
        let hops = old_of.iter().map(|n| row.hops[*n as usize]).collect();
        Arc::new(Row { dist, hops })
    };
    rows.iter().map(|row| holds(row).then(|| renumbered(row))).collect()
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
