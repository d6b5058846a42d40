//! Classes solved again after a change that bears on some of their prefixes, in the midst of all others.
//!
//! In: what an earlier run left, which prefixes. Out: the groups as they are then, and the new columns. Law: what does not change stays
//! where it is; a class that is seen inside the AS as one that stays takes its result. Start reading at [`regroup`].

use std::sync::Arc;

use fixedbitset::FixedBitSet;
use ipnet::IpNet;
use rayon::prelude::*;

use super::alike::{self, Group, Joined, Key};
use super::classes::{Class, split};
use super::groups::Plan;
use super::resume::Memory;
use super::seeds::{Seed, seeds_of};
use super::speakers::EndId;
use super::wave::{Heard, Pool};
use crate::base::id::Id;
use crate::base::{Map, Set};
use crate::rib::{Column, Members, PrefixId, rank_of};

/// Prefixes with their ids, in order.
pub(super) type Nets = Vec<(IpNet, PrefixId)>;

/// What some ends make of what their neighbours outside send.
pub(super) type Known = Vec<(EndId, Heard)>;

/// Prefixes of a class, alike for the changed policies too.
pub(super) struct Piece {
    pub group: usize,
    /// The class's place in it.
    pub class: usize,
    pub members: Nets,
    /// What ends make of what its neighbours outside send, where that was found out already.
    pub known: Known,
}

/// What is to be solved again.
#[derive(Default)]
pub(super) struct Affected {
    /// Groups whole, by their numbers.
    groups: Set<usize>,
    /// What groups are solved again, or parts of them.
    pieces: Vec<Piece>,
    /// The prefixes of those parts, by id.
    of_pieces: FixedBitSet,
    /// Single prefixes, of these classes or of others.
    prefixes: Set<IpNet>,
}

impl Affected {
    /// `pieces`: in order of groups.
    pub(super) fn new(memory: &Memory, pieces: Vec<Piece>, prefixes: Set<IpNet>) -> Self {
        let mut out = Self { prefixes, ..Self::default() };
        for of_group in pieces.chunk_by(|a, b| a.group == b.group) {
            let Some(&Piece { group, .. }) = of_group.first() else { continue };
            let count: usize = of_group.iter().map(|p| p.members.len()).sum();
            let all = memory.groups[group].class.members.len();
            // Where most of a group leaves it, what stays is solved along with it.
            if count * 2 <= all {
                of_group.iter().flat_map(|p| &p.members).for_each(|m| out.of_pieces.grow_and_insert(m.1.index()));
                continue;
            }
            out.groups.insert(group);
            if count == all {
                continue;
            }
            let taken: Set<IpNet> = of_group.iter().flat_map(|p| &p.members).map(|m| m.0).collect();
            for (class, were) in memory.groups[group].were().iter().enumerate() {
                let members = were.members.iter().filter(|m| !taken.contains(&m.0)).copied().collect();
                out.pieces.push(Piece { group, class, members, known: Known::new() });
            }
        }
        out.pieces.extend(pieces);
        out
    }

    /// Whether a prefix of a group stays as it is.
    fn stays(&self, group: usize, (prefix, id): &(IpNet, PrefixId)) -> bool {
        !self.groups.contains(&group) && !self.of_pieces.contains(id.index()) && !self.prefixes.contains(prefix)
    }

    /// The classes that are to be solved again, without the prefixes that are looked at one by one. `renewed`: see [`Left`].
    fn classes(&mut self, memory: &Memory, renewed: &Set<EndId>) -> Vec<Arc<Class>> {
        let again = |mut p: Piece| {
            if !self.prefixes.is_empty() {
                p.members.retain(|m| !self.prefixes.contains(&m.0));
            }
            let mut out = memory.groups[p.group].were()[p.class].with_members(p.members)?;
            out.known.retain(|k| !renewed.contains(&k.0));
            out.known.extend(p.known);
            Some(Arc::new(out))
        };
        std::mem::take(&mut self.pieces).into_par_iter().filter_map(again).collect()
    }
}

/// The groups after some prefixes were solved again.
pub(super) struct Regrouped {
    pub groups: Vec<Arc<Group>>,
    /// The columns of those prefixes: of many at once, and others.
    pub parts: Vec<(Members, Column)>,
    pub columns: Vec<(PrefixId, Column)>,
    /// Those of them that are to be solved one by one.
    pub apart: Vec<(IpNet, Seed)>,
}

/// Solves prefixes again. Those that are seen inside the AS as other prefixes are take their result. `None`: not so simple.
pub(super) fn regroup(plan: &Plan<'_, '_>, memory: &Memory, mut affected: Affected, renewed: &Set<EndId>) -> Option<Regrouped> {
    let arena = plan.t.input.arena;
    let mut only: Vec<(IpNet, PrefixId)> = affected.prefixes.iter().map(|p| (*p, arena.prefix(*p))).collect();
    only.sort_unstable();
    let (mut classes, apart) = if only.is_empty() { Default::default() } else { split(plan, seeds_of(plan.t, &only)) };
    let mut left: Vec<usize> = only.iter().filter_map(|(_, id)| memory.place(*id)).collect();
    left.extend(affected.pieces.iter().map(|p| p.group));
    left.sort_unstable();
    left.dedup();
    classes.extend(affected.classes(memory, renewed));
    classes.par_sort_unstable_by_key(|c| c.members.first().map(|m| rank_of(&m.0)));
    let pool = Pool::new();
    let by_key: Map<&Key, usize> = memory.groups.iter().enumerate().filter_map(|(n, g)| Some((g.key.as_deref()?, n))).collect();
    let into = |joined: Joined| {
        let known = joined.key.as_deref().and_then(|k| by_key.get(k)).copied();
        let taken = known.and_then(|n| Some((n, memory.groups[n].regrouped(plan, |p| affected.stays(n, p), Some(&joined))?)));
        match taken {
            Some((n, group)) => (vec![group], Some(n)),
            None => (joined.solve(plan, &pool), None),
        }
    };
    let made: Vec<(Vec<Group>, Option<usize>)> = alike::join(plan, classes, &pool).into_par_iter().map(into).collect();
    let mut places: Vec<Option<Arc<Group>>> = memory.groups.iter().cloned().map(Some).collect();
    let taken: Set<usize> = made.iter().filter_map(|m| m.1).collect();
    for n in left.into_iter().filter(|n| !taken.contains(n)) {
        places[n] = memory.groups[n].regrouped(plan, |p| affected.stays(n, p), None).map(Arc::new);
    }
    let stayed = |n: usize, m: &(IpNet, PrefixId)| affected.stays(n, m) && memory.groups[n].class.holds(&m.0);
    let (mut parts, mut columns) = (Vec::new(), Vec::new());
    for (groups, place) in made {
        let again = |m: &(IpNet, PrefixId)| place.is_none_or(|n| !stayed(n, m));
        for group in groups {
            if group.wave.entangled {
                return None;
            }
            for part in &group.parts {
                if part.members.iter().all(again) {
                    parts.push((part.members.clone(), part.column.clone()));
                } else {
                    columns.extend(part.members.iter().filter(|m| again(m)).map(|m| (m.1, part.column.clone())));
                }
            }
            match place {
                Some(n) => places[n] = Some(Arc::new(group)),
                None => places.push(Some(Arc::new(group))),
            }
        }
    }
    Some(Regrouped { groups: places.into_iter().flatten().collect(), parts, columns, apart })
}
