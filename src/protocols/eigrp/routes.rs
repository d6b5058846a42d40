//! What EIGRP offers to the main table.
//!
//! In: [`Known`]. Out: a table a process "slot" (the n-th process of a VRF). Law: learned routes, and a discard route for each summary
//! that is sent. Tests: `tests.rs`.

use super::compute::{Entry, Known};
use super::neighbors::{Neighbors, Speaker};
use super::originate::Kind;
use crate::base::Map;
use crate::base::span::Origin;
use crate::model::network::NodeId;
use crate::model::route::Protocol;
use crate::protocols::Input;
use crate::rib::{AttrsId, Column, Hop, HopsId, PrefixId, Route, RouteId, Table};

pub(super) fn tables(input: Input<'_>, found: &Neighbors<'_>, known: &Known) -> Vec<Table> {
    let mut before: Map<NodeId, usize> = Map::default();
    let slot: Vec<usize> = found
        .speakers
        .iter()
        .map(|s| {
            let n = before.entry(s.node).or_default();
            *n += 1;
            *n - 1
        })
        .collect();
    let mut slots: Vec<Map<PrefixId, Vec<(NodeId, RouteId)>>> = Vec::new();
    for (prefix, column) in &known.columns {
        for (r, entry) in column.iter().enumerate() {
            let speaker = &found.speakers[r];
            let Some(route) = entry.as_ref().and_then(|e| route(input, speaker, e)) else { continue };
            if slots.len() <= slot[r] {
                slots.resize_with(slot[r] + 1, Map::default);
            }
            slots[slot[r]].entry(input.arena.prefix(*prefix)).or_default().push((speaker.node, route));
        }
    }
    let table = |slot: Map<PrefixId, Vec<(NodeId, RouteId)>>| {
        Table::from_columns(slot.into_iter().map(|(p, entries)| (p, Column::from_unsorted(entries))))
    };
    slots.into_iter().map(table).collect()
}

fn route(input: Input<'_>, speaker: &Speaker<'_>, entry: &Entry) -> Option<RouteId> {
    let hops = match entry.kind {
        Kind::Learned => entry.hops.clone(),
        Kind::Summary => vec![Hop::DROP],
        Kind::Connected | Kind::Redistributed(_) => return None,
    };
    Some(input.arena.routes.intern(Route {
        protocol: if entry.external { Protocol::EigrpExternal } else { Protocol::Eigrp },
        process: speaker.config.asn,
        distance: entry.distance,
        metric: entry.vector.shown(speaker.config),
        tag: entry.tag,
        hops: input.arena.hop_set(hops),
        via: HopsId::NONE,
        attrs: AttrsId::NONE,
        area: 0,
        origin: Origin::NONE,
    }))
}
