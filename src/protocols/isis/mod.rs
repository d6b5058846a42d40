//! IS-IS (ISO 10589, RFC 1195, 5302, 5305, 5120, 5308).
//!
//! In: [`Input`]. Out: adjacencies and routes of all IS-IS processes. Law: nothing is flooded: `neighbors` finds who is adjacent at which level,
//! `levels` the shortest paths of every router, `originate` what LSPs hold, `routes` what the levels tell each other and what is offered to
//! the main table. Start reading at [`compute()`]. Tests: `tests.rs`.

mod levels;
mod neighbors;
mod originate;
mod routes;
#[cfg(test)]
mod tests;

use neighbors::Neighbors;
use routes::{Kept, Made};

use super::policy::PolicyEngine;
use super::rows::{self, Places};
use super::{Before, Input, Outcome};
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::model::network::NodeId;
use crate::model::route::Family;
use crate::rib::{PrefixId, RouteId, Table};

/// Adjacencies and routes of all IS-IS processes. One table a process "slot" (the n-th process of a VRF).
pub fn compute(input: Input<'_>) -> Outcome {
    compute_from(input, None).outcome
}

/// What IS-IS gives back, and keeps for what-ifs.
#[derive(Debug, Default)]
pub struct IsisOutcome {
    /// Routes, adjacencies, findings.
    pub outcome: Outcome,
    /// All speakers: what is kept counts for these only.
    speakers: Vec<(NodeId, u16)>,
    kept: Vec<Kept>,
}

/// The same as [`compute()`], working out only what may differ from the base run.
pub fn compute_from(input: Input<'_>, before: Option<Before<'_, IsisOutcome>>) -> IsisOutcome {
    let mut out = Outcome::default();
    let mut found = neighbors::discover(input);
    out.sessions.extend(found.sessions.drain(..));
    out.findings.append(&mut found.findings);
    if found.speakers.is_empty() {
        return IsisOutcome { outcome: out, ..IsisOutcome::default() };
    }
    metric_styles(input, &found, &mut out.findings);
    let policies = PolicyEngine::new(input.network, input.arena, input.rib);
    let speakers: Vec<(NodeId, u16)> = found.speakers.iter().map(|s| (s.node, s.process)).collect();
    let base = before.map(|b| b.value);
    let near = base.filter(|b| b.speakers == speakers);
    let families = [Family::V4, Family::V6].into_iter().filter(|f| found.speakers.iter().any(|s| s.config.families.contains(f)));
    let slot = |s: &neighbors::Speaker<'_>| {
        let all = input.network.devices[s.device].isis.iter().take(s.process as usize);
        all.filter(|o| o.vrf == s.config.vrf).count()
    };
    let places = Places::new(found.speakers.iter().map(|s| (slot(s), s.node)));
    let past = |f: Family| near.and_then(|b| b.kept.iter().find(|k| k.family == f));
    let (made, kept): (Vec<Made>, Vec<Kept>) =
        families.map(|f| routes::columns(input, &found, &policies, f, past(f), &places)).unzip();
    out.tables = match near {
        Some(base) => patched(input, made.into_iter().zip(&kept), &base.outcome.tables, &places),
        None => {
            let all = made.into_iter().map(|m| if let Made::All(columns) = m { columns } else { Vec::new() });
            rows::tables(all.flatten())
        }
    };
    out.findings.extend(policies.findings());
    let out = if near.is_none() { out.onto(base.map(|b| &b.outcome)) } else { out };
    IsisOutcome { outcome: out, speakers, kept }
}

/// The base's tables with the routes that differ.
fn patched<'k>(input: Input<'_>, made: impl Iterator<Item = (Made, &'k Kept)>, base: &[Table], places: &Places) -> Vec<Table> {
    let mut slots: Vec<Vec<(PrefixId, NodeId, Option<RouteId>)>> = vec![Vec::new(); base.len()];
    let mut add = |slot: usize, row: (PrefixId, NodeId, Option<RouteId>)| {
        if slots.len() <= slot {
            slots.resize_with(slot + 1, Vec::new);
        }
        slots[slot].push(row);
    };
    for (made, of) in made {
        match made {
            Made::Patches(patches) => {
                for (prefix, entries) in patches {
                    let id = input.arena.prefix(prefix);
                    for (r, route) in entries {
                        let (slot, node) = places.of(r);
                        add(slot, (id, node, route));
                    }
                }
            }
            Made::All(columns) => {
                // Whatever the base has of the family goes.
                let of_family = |p: PrefixId| Family::of_prefix(input.arena.prefixes.get(p)) == of.family;
                for (slot, table) in base.iter().enumerate() {
                    let rows = table.columns().filter(|(p, _)| of_family(*p));
                    rows.for_each(|(p, c)| c.iter().for_each(|(node, _)| add(slot, (p, node, None))));
                }
                for (p, columns) in columns {
                    columns.iter().for_each(|(slot, c)| c.iter().for_each(|(node, route)| add(*slot, (p, node, Some(route)))));
                }
            }
        }
    }
    let table = |(n, rows): (usize, Vec<_>)| base.get(n).cloned().unwrap_or_default().with_routes(rows);
    slots.into_iter().enumerate().map(table).collect()
}

/// Two neighbours without a common metric style are adjacent, but neither uses the link.
fn metric_styles(input: Input<'_>, found: &Neighbors<'_>, findings: &mut Vec<Diagnostic>) {
    for link in &found.links {
        let (level, ends) = match link {
            neighbors::Link::Pair(l, a, b) => (*l, vec![*a, *b]),
            neighbors::Link::Lan(l, members) => (*l, members.clone()),
        };
        let style = |e: &neighbors::End| levels::styles(found.speakers[e.speaker as usize].config, level);
        let Some(first) = ends.first() else { continue };
        let Some(other) = ends.iter().find(|e| style(e) & style(first) == 0) else { continue };
        let (a, b) = (&found.speakers[first.speaker as usize], &found.speakers[other.speaker as usize]);
        let (na, nb) = (&input.network.devices[a.device].name, &input.network.devices[b.device].name);
        let word = |s: levels::Styles| if s == levels::NARROW { "narrow" } else { "wide" };
        findings.push(
            Diagnostic::new(
                Code("T-isis-metric-style"),
                Severity::Warning,
                format!(
                    "level {level}: `{na}` sends {} metrics and `{nb}` {} ones: they are adjacent, but do not use the link",
                    word(style(first)),
                    word(style(other))
                ),
            )
            .on(na.to_string())
            .at(a.config.origin)
            .also(b.config.origin, "the other one"),
        );
    }
}
