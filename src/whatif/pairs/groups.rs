//! Destinations that all cases treat alike.
//!
//! In: [`Trial`]s. Out: [`Group`]s, and each case by itself, group by group. Law: all destinations of a group fare alike after each case.

use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::alone::{Alone, Effect, Trial};
use super::{Fewer, Plan, Source};
use crate::base::Map;

/// Destinations that fare alike.
#[derive(Debug)]
pub(super) struct Group {
    pub destinations: Vec<u32>,
    pub source: Source,
    /// Where routes come from BGP.
    pub family: Option<u32>,
    /// From everywhere, before anything fails.
    pub all_arrive: bool,
}

/// A case, and the place of one of its parts.
type InPart = (u32, u32);

/// Puts destinations together.
pub(super) fn join(plan: &Plan<'_, '_>, sources: &[Source], trials: Vec<Option<Trial>>) -> (Vec<Group>, Vec<Option<Alone>>) {
    // By destination: the cases that bear on it, with the part it is in.
    let mut seen: Vec<Vec<InPart>> = vec![Vec::new(); plan.base.reach.prefixes.len()];
    for (case, trial) in (0..).zip(&trials) {
        for (part, of) in (0..).zip(trial.iter().flat_map(|t| &t.parts)) {
            of.destinations.iter().for_each(|n| seen[*n as usize].push((case, part)));
        }
    }
    let mut known: Map<(u32, &[InPart]), usize> = Map::default();
    let mut groups: Vec<Group> = Vec::new();
    let mut by_part: Map<InPart, Vec<u32>> = Map::default();
    for (n, parts) in (0..).zip(&seen).filter(|x| !x.1.is_empty()) {
        let class = plan.base.reach.prefixes[n as usize].class();
        let alone = || u32::MAX - n;
        let key = (if plan.base.covers.is_alike(n) { class } else { alone() }, parts.as_slice());
        let at = *known.entry(key).or_insert_with(|| {
            for part in parts {
                by_part.entry(*part).or_default().push(groups.len() as u32);
            }
            let of = |(case, part): &InPart| trials[*case as usize].as_ref().map(|t| t.parts[*part as usize].source);
            let odd = parts.iter().filter_map(of).any(|s| s == Source::Other);
            let source = if odd { Source::Other } else { sources[n as usize] };
            let reach = &plan.base.reach;
            let all_arrive = reach.fates(&reach.prefixes[n as usize]).iter().all(|f| f.arrives());
            groups.push(Group { destinations: Vec::new(), source, family: None, all_arrive });
            groups.len() - 1
        });
        groups[at].destinations.push(n);
    }
    let alone = |(case, trial): (u32, Option<Trial>)| {
        let Trial { parts, choices, ways, sessions_lost } = trial?;
        let (mut igp, mut bgp) = (Fewer::default(), Fewer::default());
        let mut effects: Vec<(u32, Arc<Effect>)> = Vec::new();
        for (part, of) in (0..).zip(parts) {
            let effect = Arc::new(of.effect);
            for g in by_part.get(&(case, part)).into_iter().flatten() {
                let group = &groups[*g as usize];
                let sum = if matches!(group.source, Source::Bgp(_)) { &mut bgp } else { &mut igp };
                *sum = sum.and(effect.fewer.times(group.destinations.len()));
                effects.push((*g, Arc::clone(&effect)));
            }
        }
        effects.sort_by_key(|e| e.0);
        Some(Alone { effects, choices, chosen: FixedBitSet::new(), ways, igp, bgp, sessions_lost })
    };
    let alone = (0..).zip(trials).map(alone).collect();
    (groups, alone)
}
