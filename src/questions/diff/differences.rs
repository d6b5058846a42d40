//! Columns of main tables that are not as before, looked at once for all that is asked of them.
//!
//! In: two sides on which ids mean the same. Out: [`Differences`]. Law: routes that differ in nothing that people see (attributes, metrics) are
//! as before. Start reading at [`Differences::between`].

use fixedbitset::FixedBitSet;
use rayon::prelude::*;

use super::Side;
use crate::base::id::Id;
use crate::base::number::fingerprint;
use crate::model::network::NodeId;
use crate::model::route::Protocol;
use crate::rib::table::ChangedGroup;
use crate::rib::{Arena, Change, Column, HopsId, RouteId};

/// What counts of a route here.
pub(super) type Bare = (Protocol, HopsId);

/// What counts of a route.
pub(super) fn bare(arena: &Arena, route: RouteId) -> Bare {
    let route = arena.routes.get(route);
    (route.protocol, route.hops)
}

/// A table, and its route before and now.
pub(super) type Row = (NodeId, Option<Bare>, Option<Bare>);

/// A column that is another one now.
pub(super) struct Differing {
    /// Both, and the prefixes that have them.
    pub group: ChangedGroup,
    /// Equal (but for one chance in 2^128) where the same tables go over from the same to the same; `None`: all routes are as before.
    pub rows: Option<u128>,
    /// Packets from some table go another way.
    pub leads_elsewhere: bool,
}

/// All columns that differ.
pub(super) struct Differences<'s> {
    arena: &'s Arena,
    /// The nodes that are there on both sides.
    there: FixedBitSet,
    pub columns: Vec<Differing>,
}

impl<'s> Differences<'s> {
    /// What differs between two sides of one arena, with the same nodes.
    pub(super) fn between(base: &'s Side, candidate: &'s Side) -> Self {
        let there = |n: &NodeId| [base, candidate].iter().all(|side| side.network.has_node(*n));
        let there = base.network.nodes().ids().filter(there).map(Id::index).collect();
        let mut out = Self { arena: &base.state.arena, there, columns: Vec::new() };
        let groups = base.state.rib.table().changed_groups(candidate.state.rib.table());
        out.columns = groups.into_par_iter().map(|group| out.look_at(group)).collect();
        out
    }

    fn look_at(&self, group: ChangedGroup) -> Differing {
        let (old, new) = &group.columns;
        let changes = old.changes_to(new);
        let way = |r: RouteId| self.arena.way(r);
        let leads_elsewhere = changes.iter().any(|(n, now)| old.get(*n).map(way) != now.map(way));
        let rows = self.rows(old, changes);
        Differing { rows: (!rows.is_empty()).then(|| fingerprint(&rows)), leads_elsewhere, group }
    }

    fn rows(&self, old: &Column, changes: Vec<Change>) -> Vec<Row> {
        let of = |r: Option<RouteId>| r.map(|r| bare(self.arena, r));
        let changes = changes.into_iter().filter(|(n, _)| self.there.contains(n.index()));
        changes.map(|(n, now)| (n, of(old.get(n)), of(now))).filter(|(_, old, new)| old != new).collect()
    }

    /// The rows of two columns that are not as before.
    pub(super) fn rows_of(&self, ChangedGroup { columns: (old, new), .. }: &ChangedGroup) -> Vec<Row> {
        self.rows(old, old.changes_to(new))
    }
}
