//! What RIP offers to the main table.
//!
//! In: [`Known`]. Out: one table. Law: learned routes only. Tests: `tests.rs`.

use super::compute::Known;
use super::neighbors::Neighbors;
use crate::base::span::Origin;
use crate::model::route::Protocol;
use crate::protocols::Input;
use crate::rib::{AttrsId, HopsId, Route, Table};

pub(super) fn tables(input: Input<'_>, found: &Neighbors<'_>, known: &Known) -> Option<Table> {
    let mut out = Vec::new();
    for (prefix, column) in &known.columns {
        for (r, entry) in column.iter().enumerate() {
            let (speaker, Some(entry)) = (&found.speakers[r], entry) else { continue };
            if entry.hops.is_empty() {
                continue;
            }
            let platform = &input.network.devices[speaker.device].platform;
            let route = input.arena.routes.intern(Route {
                protocol: Protocol::Rip,
                process: 0,
                distance: entry.distance,
                metric: entry.metric.saturating_sub(u32::from(platform.rip_adds_on_send)),
                tag: entry.tag,
                hops: input.arena.hop_set(entry.hops.clone()),
                via: HopsId::NONE,
                attrs: AttrsId::NONE,
                area: 0,
                origin: Origin::NONE,
            });
            out.push((input.arena.prefix(*prefix), speaker.node, route));
        }
    }
    (!out.is_empty()).then(|| Table::from_routes(out))
}
