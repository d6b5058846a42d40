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

use super::policy::PolicyEngine;
use super::{Input, Outcome};
use crate::base::Map;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::model::network::NodeId;
use crate::model::route::Family;
use crate::rib::{Column, PrefixId, RouteId, Table};

/// Adjacencies and routes of all IS-IS processes. One table a process "slot" (the n-th process of a VRF).
pub fn compute(input: Input<'_>) -> Outcome {
    let mut out = Outcome::default();
    let mut found = neighbors::discover(input);
    out.sessions.extend(found.sessions.drain(..));
    out.findings.append(&mut found.findings);
    if found.speakers.is_empty() {
        return out;
    }
    metric_styles(input, &found, &mut out.findings);
    let policies = PolicyEngine::new(input.network, input.arena, input.rib);
    let slot: Vec<usize> = found
        .speakers
        .iter()
        .map(|s| {
            let all = input.network.devices[s.device].isis.iter().take(s.process as usize);
            all.filter(|o| o.vrf == s.config.vrf).count()
        })
        .collect();
    let mut slots: Vec<Map<PrefixId, Vec<(NodeId, RouteId)>>> = Vec::new();
    for family in [Family::V4, Family::V6] {
        if !found.speakers.iter().any(|s| s.config.families.contains(&family)) {
            continue;
        }
        for (prefix, entries) in routes::columns(input, &found, &policies, family) {
            let id = input.arena.prefix(prefix);
            for (r, route) in entries {
                let n = slot[r as usize];
                if slots.len() <= n {
                    slots.resize_with(n + 1, Map::default);
                }
                slots[n].entry(id).or_default().push((found.speakers[r as usize].node, route));
            }
        }
    }
    let table = |slot: Map<PrefixId, Vec<(NodeId, RouteId)>>| {
        Table::from_columns(slot.into_iter().map(|(p, entries)| (p, Column::from_unsorted(entries))))
    };
    out.tables = slots.into_iter().map(table).collect();
    out.findings.extend(policies.findings());
    out
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
