//! What BGP has to decide together: its groups of prefixes, and the destinations that lie in them.
//!
//! In: the groups of prefixes on which routers decide alike, [`Group`]s of destinations. Out: [`Families`]. Law: no prefix of a family bears on
//! a destination of another one. Start reading at [`Families::new`].

use fixedbitset::FixedBitSet;
use petgraph::unionfind::UnionFind;

use super::bgp::Choice;
use super::groups::Group;
use super::{Plan, Source};
use crate::base::Map;
use crate::rib::PrefixId;

/// See the module.
pub(super) struct Families {
    of: Map<PrefixId, u32>,
    /// By family: groups of prefixes, as [`State::bgp_together`](crate::engine::State) has them.
    together: Vec<Vec<u32>>,
}

impl Families {
    /// Tells groups of destinations their family, too.
    pub(super) fn new(plan: &Plan<'_, '_>, sources: &[Source], groups: &mut [Group]) -> Self {
        let count = plan.together.len();
        let mut known: UnionFind<usize> = UnionFind::new(count + sources.len());
        let is_bgp = |n: u32| matches!(sources[n as usize], Source::Bgp(_));
        let place = |n: u32| count + n as usize;
        for (at, prefix) in plan.prefixes_of_bgp() {
            for n in plan.base.covers.around(prefix).filter(|n| is_bgp(*n)) {
                known.union(at as usize, place(n));
            }
        }
        for group in groups.iter() {
            for pair in group.destinations.windows(2).filter(|_| is_bgp(group.destinations[0])) {
                known.union(place(pair[0]), place(pair[1]));
            }
        }
        let mut numbers: Map<usize, u32> = Map::default();
        let mut together: Vec<Vec<u32>> = Vec::new();
        for at in 0..count as u32 {
            let family = *numbers.entry(known.find(at as usize)).or_insert(together.len() as u32);
            if family as usize == together.len() {
                together.push(Vec::new());
            }
            together[family as usize].push(at);
        }
        let number = |at: usize| numbers.get(&known.find(at)).copied();
        for group in groups.iter_mut().filter(|g| matches!(g.source, Source::Bgp(_))) {
            group.family = group.destinations.first().and_then(|n| number(place(*n)));
        }
        let of = plan.prefixes_of_bgp().filter_map(|(at, prefix)| Some((prefix, number(at as usize)?))).collect();
        Self { of, together }
    }

    /// The families of prefixes.
    pub(super) fn of_all(&self, prefixes: impl Iterator<Item = PrefixId>) -> FixedBitSet {
        let mut out = FixedBitSet::with_capacity(self.together.len());
        prefixes.filter_map(|p| self.of.get(&p)).for_each(|f| out.insert(*f as usize));
        out
    }

    /// Tells choices their families. Those of all of them.
    pub(super) fn chosen(&self, choices: &mut [Choice]) -> FixedBitSet {
        let mut out = FixedBitSet::with_capacity(self.together.len());
        for choice in choices {
            choice.families = self.of_all(choice.prefixes.iter().copied());
            out.union_with(&choice.families);
        }
        out
    }

    /// The groups of prefixes of some families.
    pub(super) fn groups<'f>(&'f self, families: impl Iterator<Item = usize> + 'f) -> impl Iterator<Item = u32> + 'f {
        families.flat_map(|f| &self.together[f]).copied()
    }
}
