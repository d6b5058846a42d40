//! What a run would have left without some neighbours outside: what-ifs in which sessions with them go down start from that.
//!
//! In: a run's [`Memory`] and table. Out: the same without what some ends heard. Law: as a run would leave it in which these sessions, and
//! nothing else, are down. Only classes are solved again in which what was heard there counts; what goes for nothing goes without notice.

use std::sync::Arc;

use rayon::prelude::*;

use super::Before;
use super::alike::{self, Group};
use super::compute::Left;
use super::groups::Plan;
use super::nexthop::NextHops;
use super::regroup::{Affected, Piece, Regrouped, regroup};
use super::resume::Memory;
use super::seeds::Seed;
use super::speakers::{EndId, Graph, SpeakerId};
use super::touched::Moved;
use super::transfer::Transfer;
use super::{BgpOutcome, Input};
use crate::base::Set;
use crate::protocols::policy::PolicyEngine;
use crate::rib::Table;

/// The base without what these `ends`, which are sorted, heard from neighbours outside. `None`: it is not that simple.
pub(super) fn without(
    input: Input<'_>,
    before: Before<'_, BgpOutcome>,
    memory: &Memory,
    ends: &[EndId],
) -> Option<(Memory, Table)> {
    let input =
        Input { network: before.changed.map_or(input.network, |c| c.was), topology: before.topology, rib: before.rib, ..input };
    let graph = memory.sessions.graph(input.network, input.topology)?.with(ends, Vec::new());
    let nothing = Moved::default();
    let engine = PolicyEngine::new(input.network, input.arena, input.rib);
    let hops = NextHops::again(input, &memory.under, Arc::clone(&memory.own), (Arc::clone(&memory.known), &nothing));
    let withheld = Set::default();
    let t = Transfer::new(input, &memory.under, &graph, &engine, &hops, &withheld);
    let mut plan = Plan::resumed(&t, &memory.plan, ends, &[])?;
    plan.remembers = true;
    if alike::all_fit(&plan) != memory.fits {
        return None;
    }
    let affected = Affected::new(memory, pieces(memory, ends), Set::default());
    let gone: Set<EndId> = ends.iter().copied().collect();
    let renewed: Set<EndId> = memory.renewed.union(&gone).copied().collect();
    let Regrouped { mut groups, parts, columns, .. } = regroup(&plan, memory, affected, &renewed)?;
    let left_out = silent(&graph, ends);
    groups.par_iter_mut().for_each(|g| {
        if let Some(without) = g.without_lost(&left_out) {
            *g = Arc::new(without);
        }
    });
    let heard = |(prefix, seed): &(_, Seed)| {
        let outside = seed.outside.iter().filter(|o| !gone.contains(&o.0)).copied().collect();
        (*prefix, Seed { outside, ..seed.clone() })
    };
    let single = memory.single.iter().map(heard).collect();
    if !hops.stands_on_under() || engine.asked_tables() || !engine.findings().is_empty() {
        return None;
    }
    let table = before.value.outcome.tables.first()?.with_parts(parts.iter().map(|(m, c)| (m, c.clone())), columns);
    let left = Left { plan: Arc::clone(&memory.plan), fits: memory.fits, prefers: memory.prefers, single, renewed };
    Some((memory.regrouped(groups, left), table))
}

/// The classes in which what the ends heard counts, whole.
fn pieces(memory: &Memory, ends: &[EndId]) -> Vec<Piece> {
    let heard = |e: EndId| ends.binary_search(&e).is_ok();
    let counts = |g: &Group| match g.is_joined() {
        true => g.class.heard.iter().any(|h| heard(h.0)),
        false => g.class.seed.outside.iter().any(|o| heard(o.0)),
    };
    let of_group = |(group, g): (usize, &Arc<Group>)| -> Vec<Piece> {
        let classes = if counts(g) { g.were() } else { &[] };
        let piece = |(class, c): (usize, &Arc<super::classes::Class>)| Piece {
            group,
            class,
            members: c.members.clone(),
            known: Vec::new(),
        };
        classes.iter().enumerate().map(piece).collect()
    };
    memory.groups.par_iter().enumerate().flat_map_iter(of_group).collect()
}

/// The speakers of some ends that hear nobody outside without these, sorted. `graph`: without them.
fn silent(graph: &Graph<'_>, ends: &[EndId]) -> Vec<SpeakerId> {
    let mut out: Vec<SpeakerId> = ends.iter().map(|e| graph.ends[*e].speaker).collect();
    out.dedup();
    out.retain(|s| graph.ends_of(*s).all(|e| graph.ends[e].far.is_some()));
    out
}
