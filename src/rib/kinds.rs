//! Prefixes by kind: those of one kind share a column, and where all of them go over to another one, that is one change and not many.
//!
//! In: columns by prefix. Out: [`Kinds`]. Law: a prefix has one kind at most; prefixes whose columns share their storage are of one kind.
//! Tests: in [`table`](super::table).

use std::hash::BuildHasher;
use std::sync::{Arc, OnceLock};

use foldhash::fast::FixedState;
use ipnet::IpNet;

use super::arena::PrefixId;
use super::column::Column;
use super::places::Places;
use crate::base::Map;
use crate::base::id::{Id, IdVec};

crate::define_id! {
    /// A kind of prefixes of one [`Table`](super::Table).
    KindId;
}

/// Which prefixes: equal for the same ones, and (but for one chance in 2^64) for no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Which {
    pub count: usize,
    /// The sum of their weights.
    pub weight: u64,
}

/// A prefix's factor in sums over tables.
pub(super) fn weight(prefix: PrefixId) -> u64 {
    // Odd: no bit of what it stands before is lost.
    FixedState::with_seed(7).hash_one(prefix) | 1
}

impl Which {
    /// With one more.
    pub fn and(self, prefix: PrefixId) -> Self {
        Self { count: self.count + 1, weight: self.weight.wrapping_add(weight(prefix)) }
    }
    /// With others.
    fn with(self, others: Self) -> Self {
        Self { count: self.count + others.count, weight: self.weight.wrapping_add(others.weight) }
    }
    /// Without some of them.
    pub fn without(self, others: Self) -> Self {
        Self { count: self.count - others.count, weight: self.weight.wrapping_sub(others.weight) }
    }
}

impl FromIterator<PrefixId> for Which {
    fn from_iter<T: IntoIterator<Item = PrefixId>>(prefixes: T) -> Self {
        prefixes.into_iter().fold(Self::default(), Self::and)
    }
}

/// Where a prefix stands in order, as [`IpNet`] itself has it: several times as quick to compare.
pub fn rank_of(net: &IpNet) -> (bool, u128, u8) {
    match net {
        IpNet::V4(n) => (false, n.addr().to_bits().into(), n.prefix_len()),
        IpNet::V6(n) => (true, n.addr().to_bits(), n.prefix_len()),
    }
}

/// Prefixes that have the same column, in order. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Members {
    prefixes: Arc<[(IpNet, PrefixId)]>,
    pub(super) which: Which,
}

impl FromIterator<(IpNet, PrefixId)> for Members {
    fn from_iter<T: IntoIterator<Item = (IpNet, PrefixId)>>(prefixes: T) -> Self {
        let prefixes: Arc<[(IpNet, PrefixId)]> = prefixes.into_iter().collect();
        Self { which: prefixes.iter().map(|m| m.1).collect(), prefixes }
    }
}

impl std::ops::Deref for Members {
    type Target = [(IpNet, PrefixId)];

    fn deref(&self) -> &Self::Target {
        &self.prefixes
    }
}

/// Prefixes that share a column.
#[derive(Debug)]
pub(super) struct Kind {
    pub column: Column,
    pub which: Which,
}

/// Prefixes by kind.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    of: Places<PrefixId, KindId>,
    kinds: IdVec<KindId, Kind>,
    /// The prefixes kind after kind, and where each kind ends; made when first asked for.
    members: OnceLock<(Vec<PrefixId>, Vec<usize>)>,
}

impl Kinds {
    /// From one column a prefix: that of a part, or its own; none is empty.
    pub fn new<'p>(parts: impl Iterator<Item = (&'p Members, &'p Column)>, columns: Vec<(PrefixId, Column)>) -> Self {
        let mut known: Map<usize, KindId> = Map::default();
        let mut kinds: IdVec<KindId, Kind> = IdVec::new();
        let mut kind = |column: &Column, more: Which| {
            let fresh = || Kind { column: column.clone(), which: Which::default() };
            let id = *known.entry(column.storage()).or_insert_with(|| kinds.push(fresh()));
            kinds[id].which = kinds[id].which.with(more);
            id
        };
        let mut of: Vec<(PrefixId, KindId)> = Vec::new();
        for (members, column) in parts {
            let id = kind(column, members.which);
            of.extend(members.iter().map(|m| (m.1, id)));
        }
        of.extend(columns.into_iter().map(|(prefix, c)| (prefix, kind(&c, Which::default().and(prefix)))));
        Self { of: of.into_iter().collect(), kinds, members: OnceLock::new() }
    }
    /// The kind of a prefix.
    pub fn of(&self, prefix: PrefixId) -> Option<KindId> {
        self.of.get(prefix).copied()
    }
    /// A kind.
    pub fn get(&self, kind: KindId) -> &Kind {
        &self.kinds[kind]
    }
    /// All kinds.
    pub fn all(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.iter()
    }
    /// All prefixes with their kinds, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (PrefixId, KindId)> {
        self.of.iter().map(|(p, k)| (p, *k))
    }
    /// How many prefixes there are.
    pub fn len(&self) -> usize {
        self.of.len()
    }
    /// The prefixes of a kind.
    pub fn members(&self, kind: KindId) -> &[PrefixId] {
        let (prefixes, ends) = self.members.get_or_init(|| {
            let mut of: Vec<(PrefixId, KindId)> = self.iter().collect();
            if !of.is_sorted() {
                of.sort_unstable();
            }
            let mut ends = Vec::with_capacity(self.kinds.len());
            let mut places = Vec::with_capacity(self.kinds.len());
            for k in self.kinds.iter() {
                let from = ends.last().copied().unwrap_or(0);
                places.push(from);
                ends.push(from + k.which.count);
            }
            let mut all = vec![PrefixId::new(0); of.len()];
            for (p, k) in of {
                let place = &mut places[k.index()];
                all[*place] = p;
                *place += 1;
            }
            (all, ends)
        });
        let from = kind.index().checked_sub(1).map_or(0, |n| ends[n]);
        &prefixes[from..ends[kind.index()]]
    }
}
