//! Routes of an IGP's routers, prefix by prefix, to tables.
//!
//! In: the routes to a prefix, by router. Out: [`Table`]s, one for each process "slot" (the n-th process of a VRF). Law: which router's which
//! table is said once, by [`Places`]; a column is made where its routes are, so that threads share the work. Start reading at [`tables`].

use std::net::IpAddr;

use smallvec::SmallVec;

use super::Input;
use crate::model::network::{DeviceId, NodeId};
use crate::rib::{Column, Hop, PrefixId, Route, RouteId, Table};

/// By router: its slot, and its routing table.
pub(super) struct Places(Vec<(usize, NodeId)>);

/// A slot, with routes by table.
type Entries = (usize, Vec<(NodeId, RouteId)>);

/// The routes to a prefix: by slot, each once.
pub(super) type Columns = SmallVec<[(usize, Column); 1]>;

impl Places {
    pub(super) fn new(places: impl Iterator<Item = (usize, NodeId)>) -> Self {
        Self(places.collect())
    }

    /// The place of a router.
    pub(super) fn of(&self, router: u32) -> (usize, NodeId) {
        self.0[router as usize]
    }

    /// Routes of routers, each once, as columns. `last`: what was made before; prefixes next to each other share most of theirs.
    pub(super) fn columns(&self, routes: impl Iterator<Item = (u32, RouteId)>, last: &mut Last) -> Columns {
        let mut slots: SmallVec<[Entries; 1]> = SmallVec::new();
        for (router, route) in routes {
            let (slot, node) = self.of(router);
            match slots.iter_mut().find(|s| s.0 == slot) {
                Some((_, entries)) => entries.push((node, route)),
                None => slots.push((slot, vec![(node, route)])),
            }
        }
        slots.into_iter().map(|(slot, entries)| (slot, last.column(slot, entries))).collect()
    }
}

/// The tables that hold all columns. Of two for the same prefix and slot both count.
pub(super) fn tables(all: impl IntoIterator<Item = (PrefixId, Columns)>) -> Vec<Table> {
    let mut slots: Vec<Vec<(PrefixId, Column)>> = Vec::new();
    for (prefix, columns) in all {
        for (slot, column) in columns {
            if slots.len() <= slot {
                slots.resize_with(slot + 1, Vec::new);
            }
            slots[slot].push((prefix, column));
        }
    }
    let one = |same: &[(PrefixId, Column)]| match same {
        [(prefix, column)] => (*prefix, column.clone()),
        _ => (same[0].0, Column::from_unsorted(same.iter().flat_map(|c| c.1.iter()).collect())),
    };
    let table = |mut slot: Vec<(PrefixId, Column)>| {
        slot.sort_by_key(|c| c.0);
        Table::from_columns(slot.chunk_by(|a, b| a.0 == b.0).map(one).collect::<Vec<_>>())
    };
    slots.into_iter().map(table).collect()
}

/// Applies a process's limit of next hops to a route. Those with the lowest addresses stay; where the platform goes by neighbours, those of the first.
/// `neighbor`: how the neighbour of a hop is ranked.
pub(super) fn limited<K: Ord + Default>(
    input: Input<'_>,
    (device, most): (DeviceId, u32),
    mut route: Route,
    neighbor: impl Fn(&Hop) -> K,
) -> Route {
    let most = most.max(1) as usize;
    let list = input.arena.hops.get(route.hops);
    if list.len() > most {
        let mut list = list.to_vec();
        let by_router = input.network.devices[device].platform.igp_limit_by_router;
        let first = |h: &Hop| if by_router { neighbor(h) } else { K::default() };
        list.sort_by_cached_key(|h| (first(h), h.ip.unwrap_or(IpAddr::from([0, 0, 0, 0])), h.interface));
        list.truncate(most);
        route.hops = input.arena.hop_set(list);
    }
    route
}

/// What was made for the last prefix. Prefixes next to each other mostly have the same routes, which need not be looked up again, nor kept
/// twice.
pub(super) struct Last {
    /// By router: its last route, and what became of it.
    routes: Vec<Option<(Route, RouteId)>>,
    /// By slot: the last column.
    columns: Vec<Column>,
}

impl Last {
    pub(super) fn new(routers: usize) -> Self {
        Self { routes: vec![None; routers], columns: Vec::new() }
    }

    /// What becomes of a router's route. `made`: says so for routes that are not the last one.
    pub(super) fn of(&mut self, router: usize, route: Route, made: impl FnOnce(Route) -> RouteId) -> RouteId {
        match &self.routes[router] {
            Some((last, id)) if *last == route => *id,
            _ => self.routes[router].insert((route, made(route))).1,
        }
    }

    /// A column of a slot, from entries of different nodes in any order.
    fn column(&mut self, slot: usize, mut entries: Vec<(NodeId, RouteId)>) -> Column {
        if self.columns.len() <= slot {
            self.columns.resize_with(slot + 1, Column::default);
        }
        if !entries.is_sorted_by_key(|e| e.0) {
            entries.sort_unstable_by_key(|e| e.0);
        }
        let column = self.columns[slot].beside(entries);
        self.columns[slot] = column.clone();
        column
    }
}
