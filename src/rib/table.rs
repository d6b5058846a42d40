//! Tables as columns.
//!
//! In: columns or rows. Out: [`Table`]. Law: a table made from another one shares what did not change, and the two are compared at the cost
//! of what did. Tests: below.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;
use rayon::prelude::*;
use smallvec::SmallVec;

use super::arena::{PrefixId, RouteId};
use super::column::{Change, Column};
use super::kinds::{KindId, Kinds, Members, Which, weight};
use super::places::Places;
use crate::base::id::Id;
use crate::base::number::{Numbered, number};
use crate::base::{Map, Set};
use crate::model::network::NodeId;

/// The routes of one protocol (or of all together), prefix by prefix. Cheap to clone; a table made by [`Table::with`] shares the
/// columns of the one it was made from, and keeps only those that differ.
#[derive(Debug, Clone, Default)]
pub struct Table {
    kinds: Arc<Kinds>,
    /// Columns in place of those of `kinds`, for all prefixes of a kind; an empty one: no routes any more.
    moved: Places<KindId, Column>,
    /// Columns of single prefixes, whatever their kind.
    apart: Arc<Places<PrefixId, Column>>,
    /// The sum over all columns.
    hash: u64,
}

/// Where two tables differ in the same way.
#[derive(Debug)]
pub struct ChangedGroup {
    /// The column of the one table, and of the other.
    pub columns: (Column, Column),
    /// Kinds that have it, whole. Only if both tables were made from one by [`Table::with`].
    pub kinds: SmallVec<[KindId; 1]>,
    /// Prefixes that have it, beside those of `kinds`.
    pub prefixes: Vec<PrefixId>,
}

/// What differs between two tables.
#[derive(Debug, Default)]
pub(super) struct ChangedParts {
    /// Kinds of which all prefixes went over to another column.
    pub kinds: Vec<KindId>,
    /// All others, in order of their ids.
    pub prefixes: Vec<PrefixId>,
}

/// The kinds of a table whose prefixes all have the same column still.
pub(super) struct Whole<'t> {
    table: &'t Table,
    broken: Set<KindId>,
}

impl Whole<'_> {
    /// The kind of which these are the prefixes; one of them is `first`. Not where there is only one.
    pub fn kind(&self, first: PrefixId, which: Which) -> Option<KindId> {
        self.table.kinds.of(first).filter(|kind| which.count > 1 && self.are(which, *kind))
    }
    /// The kinds of which some prefixes are all, and those that are left.
    fn split(&self, members: &Members) -> (Vec<KindId>, Vec<PrefixId>) {
        let Some((_, first)) = members.first() else { return Default::default() };
        if let Some(kind) = self.kind(*first, members.which) {
            return (vec![kind], Vec::new());
        }
        let kinds = &self.table.kinds;
        let mut met: Map<KindId, Which> = Map::default();
        for (kind, p) in members.iter().filter_map(|m| Some((kinds.of(m.1)?, m.1))) {
            let which = met.entry(kind).or_default();
            *which = which.and(p);
        }
        met.retain(|kind, which| self.are(*which, *kind));
        let of_kind = |p: PrefixId| kinds.of(p).is_some_and(|k| met.contains_key(&k));
        let others = members.iter().map(|m| m.1).filter(|p| !of_kind(*p)).collect();
        (met.into_keys().collect(), others)
    }
    /// Whether these are the prefixes of a kind.
    fn are(&self, which: Which, kind: KindId) -> bool {
        self.table.kinds.get(kind).which == which && !self.broken.contains(&kind)
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        let differs = || {
            let parts = self.changed_parts(other);
            !parts.kinds.is_empty() || !parts.prefixes.is_empty()
        };
        self.hash == other.hash && !differs()
    }
}
impl Eq for Table {}

fn hash(column: &Column) -> u64 {
    if column.is_empty() { 0 } else { FixedState::with_seed(7).hash_one(column.fingerprint()) }
}

/// Columns in the order of their prefixes; of two for the same prefix the later one.
fn in_order(mut columns: Vec<(PrefixId, Column)>) -> Vec<(PrefixId, Column)> {
    if columns.is_sorted_by(|a, b| a.0 < b.0) {
        return columns;
    }
    let width = columns.iter().map(|c| c.0.index() + 1).max().unwrap_or(0);
    if width / 4 > columns.len() {
        columns.reverse();
        columns.par_sort_by_key(|c| c.0);
        columns.dedup_by_key(|c| c.0);
        return columns;
    }
    // With columns for many of all prefixes it is quicker to put each in its place.
    let mut places: Vec<Option<Column>> = vec![None; width];
    columns.into_iter().for_each(|(p, c)| places[p.index()] = Some(c));
    (0..).zip(places).filter_map(|(p, c)| Some((PrefixId(p), c?))).collect()
}

/// So few columns are not worth another thread.
const FEW: usize = 1 << 12;

static EMPTY: std::sync::LazyLock<Column> = std::sync::LazyLock::new(Column::default);

impl Table {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }
    /// From columns; empty ones are left out.
    pub fn from_columns(columns: impl IntoIterator<Item = (PrefixId, Column)>) -> Self {
        Self::from_parts([], columns)
    }
    /// From parts of which all prefixes share a column, and columns of others.
    pub fn from_parts<'p>(
        parts: impl IntoIterator<Item = (&'p Members, &'p Column)>,
        columns: impl IntoIterator<Item = (PrefixId, Column)>,
    ) -> Self {
        let mut columns = in_order(columns.into_iter().collect());
        columns.retain(|(_, c)| !c.is_empty());
        let kinds = Kinds::new(parts.into_iter().filter(|(_, c)| !c.is_empty()), columns);
        let hash = kinds.all().fold(0, |sum: u64, k| sum.wrapping_add(k.which.weight.wrapping_mul(hash(&k.column))));
        Self { kinds: Arc::new(kinds), hash, ..Self::default() }
    }
    /// From single routes in any order; of two for the same prefix and node the later one stays.
    pub fn from_routes(routes: impl IntoIterator<Item = (PrefixId, NodeId, RouteId)>) -> Self {
        let mut columns: Map<PrefixId, Vec<(NodeId, RouteId)>> = Map::default();
        for (p, n, r) in routes {
            columns.entry(p).or_default().push((n, r));
        }
        Self::from_columns(columns.into_iter().map(|(p, c)| (p, Column::from_unsorted(c))))
    }
    /// The same with other columns for some prefixes; empty ones take routes away. Costs as much as there are changes, now and before.
    #[must_use]
    pub fn with(&self, columns: impl IntoIterator<Item = (PrefixId, Column)>) -> Self {
        self.with_kinds(Vec::new(), columns.into_iter().collect())
    }
    /// The same with other columns for all prefixes of some parts of it, and for some single ones. Costs as much as there are parts, where
    /// they are what they were when the table was made.
    #[must_use]
    pub fn with_parts<'p>(
        &self,
        parts: impl IntoIterator<Item = (&'p Members, Column)>,
        columns: impl IntoIterator<Item = (PrefixId, Column)>,
    ) -> Self {
        let whole = self.whole();
        let parts: Vec<(&Members, Column)> = parts.into_iter().collect();
        let of_parts: Vec<(Vec<KindId>, Vec<PrefixId>)> =
            parts.par_iter().with_min_len(8).map(|(members, _)| whole.split(members)).collect();
        let (mut kinds, mut all) = (Vec::new(), Vec::new());
        for ((_, column), (of_part, others)) in parts.iter().zip(of_parts) {
            kinds.extend(of_part.into_iter().map(|kind| (kind, column.clone())));
            all.extend(others.into_iter().map(|p| (p, column.clone())));
        }
        all.extend(columns);
        self.with_kinds(kinds, all)
    }
    /// Other columns for whole kinds, then for single prefixes.
    #[must_use]
    pub(super) fn with_kinds(&self, kinds: Vec<(KindId, Column)>, columns: Vec<(PrefixId, Column)>) -> Self {
        let mut out = self.clone();
        let moves = |old: &Column, new: &Column| hash(new).wrapping_sub(hash(old));
        for (kind, column) in &kinds {
            let by = moves(self.of_kind(*kind), column).wrapping_mul(self.kinds.get(*kind).which.weight);
            out.hash = out.hash.wrapping_add(by);
        }
        out.moved.put(kinds);
        let columns = in_order(columns);
        for (prefix, column) in &columns {
            let by = moves(out.column(*prefix).unwrap_or(&EMPTY), column).wrapping_mul(weight(*prefix));
            out.hash = out.hash.wrapping_add(by);
        }
        if !columns.is_empty() {
            Arc::make_mut(&mut out.apart).put(columns);
        }
        // As long as it shares kinds with another table, what differs from that one is quickly found.
        if out.apart.len() > out.kinds.len() {
            out = Self::from_columns(out.columns().map(|(p, c)| (p, c.clone())));
        }
        out
    }
    /// The same with other routes for some prefixes and nodes; of two for the same prefix and node the later one stays.
    #[must_use]
    pub fn with_routes(&self, routes: impl IntoIterator<Item = (PrefixId, NodeId, Option<RouteId>)>) -> Self {
        let mut changes: Map<PrefixId, Vec<Change>> = Map::default();
        for (p, n, r) in routes {
            changes.entry(p).or_default().push((n, r));
        }
        let column = |(p, mut c): (PrefixId, Vec<Change>)| {
            c.reverse();
            c.sort_by_key(|e| e.0);
            c.dedup_by_key(|e| e.0);
            (p, self.column(p).unwrap_or(&EMPTY).with(c))
        };
        self.with(changes.into_iter().map(column))
    }
    /// `other`, sharing with this table the columns (and parts of columns) that are the same.
    #[must_use]
    pub fn towards(&self, other: &Self) -> Self {
        if self.is_near(other) {
            return other.clone();
        }
        let changed = self.changed_to(other);
        let column = |p: PrefixId| {
            let (mine, theirs) = self.both(other, p);
            let changes = mine.changes_to(theirs);
            (p, if changes.len() * 4 < mine.len() { mine.with(changes) } else { theirs.clone() })
        };
        self.with(changed.into_iter().map(column))
    }
    /// Whether two tables were made from one, and still have its kinds.
    fn is_near(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.kinds, &other.kinds)
    }
    pub(super) fn kinds(&self) -> &Arc<Kinds> {
        &self.kinds
    }
    /// Its kinds, if they are all it holds.
    pub(super) fn only_kinds(&self) -> Option<&Arc<Kinds>> {
        (self.apart.is_empty() && self.moved.is_empty()).then_some(&self.kinds)
    }
    /// The prefixes that have columns of their own beside their kinds', or had, in no order.
    pub(super) fn apart(&self) -> impl Iterator<Item = PrefixId> {
        self.apart.iter().map(|(p, _)| p)
    }
    /// The kinds whose prefixes still have one column.
    pub(super) fn whole(&self) -> Whole<'_> {
        Whole { table: self, broken: self.apart().filter_map(|p| self.kinds.of(p)).collect() }
    }
    /// All prefixes that have a kind or a column of their own, some twice, some without routes, in no order.
    pub(super) fn prefixes(&self) -> impl Iterator<Item = PrefixId> {
        self.kinds.iter().map(|(p, _)| p).chain(self.apart())
    }
    /// The kind of a prefix, where it has its kind's column.
    pub fn kind_of(&self, prefix: PrefixId) -> Option<KindId> {
        self.kinds.of(prefix).filter(|_| self.apart.get(prefix).is_none())
    }
    /// The prefixes of a kind.
    pub fn members(&self, kind: KindId) -> &[PrefixId] {
        self.kinds.members(kind)
    }
    fn of_kind(&self, kind: KindId) -> &Column {
        self.moved.get(kind).unwrap_or_else(|| &self.kinds.get(kind).column)
    }
    /// The column of a prefix whose kind is known; never an empty one.
    pub(super) fn column_of(&self, prefix: PrefixId, kind: impl FnOnce() -> Option<KindId>) -> Option<&Column> {
        self.apart.get(prefix).or_else(|| kind().map(|k| self.of_kind(k))).filter(|c| !c.is_empty())
    }
    /// The column of a prefix; never an empty one.
    pub fn column(&self, prefix: PrefixId) -> Option<&Column> {
        self.column_of(prefix, || self.kinds.of(prefix))
    }
    fn both<'t>(&'t self, other: &'t Self, p: PrefixId) -> (&'t Column, &'t Column) {
        (self.column(p).unwrap_or(&EMPTY), other.column(p).unwrap_or(&EMPTY))
    }
    /// The route of a node to exactly this prefix.
    pub fn get(&self, prefix: PrefixId, node: NodeId) -> Option<RouteId> {
        self.column(prefix)?.get(node)
    }
    /// All columns, in no order: sort before anything that is seen.
    pub fn columns(&self) -> impl Iterator<Item = (PrefixId, &Column)> {
        let kept = self.kinds.iter().filter(|(p, _)| self.apart.get(*p).is_none()).map(|(p, k)| (p, self.of_kind(k)));
        kept.chain(self.apart.iter()).filter(|(_, c)| !c.is_empty())
    }
    /// All columns, in no order, each once however many prefixes share it.
    pub fn distinct_columns(&self) -> impl Iterator<Item = &Column> {
        let mut seen: Set<usize> = Set::default();
        self.columns().map(|c| c.1).filter(move |c| seen.insert(c.storage()))
    }
    /// What differs. Costs as much as there are changes where both were made from one table by [`Table::with`].
    pub(super) fn changed_parts(&self, other: &Self) -> ChangedParts {
        let sorted = |mut all: Vec<PrefixId>| {
            all.par_sort_unstable();
            all.dedup();
            let differ = |p: &PrefixId| self.column(*p) != other.column(*p);
            if all.len() < FEW { all.into_iter().filter(differ).collect() } else { all.into_par_iter().filter(differ).collect() }
        };
        if !self.is_near(other) {
            let all = |t: &Self| t.columns().map(|c| c.0).collect::<Vec<_>>();
            return ChangedParts { kinds: Vec::new(), prefixes: sorted([all(self), all(other)].concat()) };
        }
        let mut prefixes: Vec<PrefixId> = self.apart().chain(other.apart()).collect();
        let mut kinds: Vec<KindId> = self.moved.iter().chain(other.moved.iter()).map(|(k, _)| k).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.retain(|k| self.of_kind(*k) != other.of_kind(*k));
        if !kinds.is_empty() {
            let broken: Set<KindId> = prefixes.iter().filter_map(|p| self.kinds.of(*p)).collect();
            for k in kinds.extract_if(.., |k| broken.contains(k)) {
                prefixes.extend(self.members(k));
            }
        }
        ChangedParts { kinds, prefixes: sorted(prefixes) }
    }
    /// The prefixes whose columns differ, in order of their ids.
    pub fn changed_to(&self, other: &Self) -> Vec<PrefixId> {
        self.changed_to_few(other, usize::MAX).unwrap_or_default()
    }
    /// The same unless they are more than `most`.
    pub fn changed_to_few(&self, other: &Self, most: usize) -> Option<Vec<PrefixId>> {
        let ChangedParts { kinds, mut prefixes } = self.changed_parts(other);
        let all = kinds.iter().fold(prefixes.len(), |sum, k| sum + self.kinds.get(*k).which.count);
        if all > most {
            return None;
        }
        if !kinds.is_empty() {
            kinds.into_iter().for_each(|k| prefixes.extend(self.members(k)));
            prefixes.sort_unstable();
        }
        Some(prefixes)
    }
    /// The rows that differ, by prefix in order of their ids: what the nodes have in the other table. Costs as [`Table::changed_to`].
    pub fn changes_to<'t>(&'t self, other: &'t Self) -> impl Iterator<Item = (PrefixId, Vec<Change>)> + 't {
        self.changed_to(other).into_iter().map(move |p| {
            let (mine, theirs) = self.both(other, p);
            (p, mine.changes_to(theirs))
        })
    }
    /// The columns that differ, each pair once for all kinds and prefixes that have it. Costs as much as there are changes where both were
    /// made from one table by [`Table::with`].
    pub fn changed_groups(&self, other: &Self) -> Vec<ChangedGroup> {
        let ChangedParts { kinds, prefixes } = self.changed_parts(other);
        let of_kinds = kinds.iter().map(|k| (self.of_kind(*k), other.of_kind(*k)));
        let pairs: Vec<(&Column, &Column)> = of_kinds.chain(prefixes.iter().map(|p| self.both(other, *p))).collect();
        let Numbered { of, first } = number(&pairs, |(mine, theirs)| [mine.storage(), theirs.storage()]);
        let group = |at: usize| {
            let (mine, theirs) = pairs[at];
            ChangedGroup { columns: (mine.clone(), theirs.clone()), kinds: SmallVec::new(), prefixes: Vec::new() }
        };
        let mut out: Vec<ChangedGroup> = first.into_iter().map(group).collect();
        let (of_kinds, of_prefixes) = of.split_at(kinds.len());
        kinds.into_iter().zip(of_kinds).for_each(|(k, n)| out[*n as usize].kinds.push(k));
        prefixes.into_iter().zip(of_prefixes).for_each(|(p, n)| out[*n as usize].prefixes.push(p));
        out
    }
    /// The prefixes of a group of changes, those of whole kinds first.
    pub fn prefixes_of<'t>(&'t self, group: &'t ChangedGroup) -> impl Iterator<Item = PrefixId> + 't {
        group.kinds.iter().flat_map(|k| self.members(*k)).chain(&group.prefixes).copied()
    }
    /// A number for what it holds: equal for equal tables (of one arena), and (but for one chance in 2^64) for no others.
    pub fn fingerprint(&self) -> u64 {
        self.hash
    }
    /// How many prefixes there are.
    pub fn len(&self) -> usize {
        self.columns().count()
    }
    /// Whether there are no routes.
    pub fn is_empty(&self) -> bool {
        self.columns().next().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rib::{Arena, Rib};

    #[test]
    fn a_changed_table_is_the_table_made_anew() {
        let arena = Arena::new();
        let p = |n: &str| arena.prefix(n.parse().unwrap());
        let (a, b, c) = (p("10.0.0.0/8"), p("10.1.0.0/16"), p("10.2.0.0/16"));
        let (n0, n1) = (NodeId(0), NodeId(1));
        let base = Table::from_routes([(a, n0, RouteId(1)), (a, n1, RouteId(2)), (b, n0, RouteId(3))]);
        let now = base.with_routes([(a, n1, None), (b, n0, None), (c, n1, Some(RouteId(4)))]);
        let anew = Table::from_routes([(a, n0, RouteId(1)), (c, n1, RouteId(4))]);
        assert_eq!(now, anew);
        assert_eq!((now.fingerprint(), now.len()), (anew.fingerprint(), 2));
        assert_eq!(now.column(b), None);
        assert_eq!(base.changed_to(&now), base.changed_to(&anew));
        let back = now.with_routes([(a, n1, Some(RouteId(2))), (b, n0, Some(RouteId(3))), (c, n1, None)]);
        assert_eq!(back, base);
        assert_eq!(back.fingerprint(), base.fingerprint());
        let look = |rib: &Rib, node, ip: &str| rib.longest_match(node, ip.parse().unwrap()).map(|m| m.1);
        for table in [now, back] {
            let (shared, anew) = (Rib::new(base.clone(), &arena).with(table.clone(), &arena), Rib::new(table, &arena));
            for (node, ip) in [(n0, "10.1.0.1"), (n1, "10.1.0.1"), (n1, "10.2.0.1"), (n0, "10.9.0.1"), (n1, "11.0.0.1")] {
                assert_eq!(look(&shared, node, ip), look(&anew, node, ip), "{node:?} {ip}");
            }
        }
    }

    #[test]
    fn prefixes_that_share_a_column_go_over_to_another_one_as_one() {
        let arena = Arena::new();
        let column = |r: u32| Column::from_sorted(vec![(NodeId(0), RouteId(r)), (NodeId(1), RouteId(r + 1))]);
        let members = |from: u8, n: u8| -> Members {
            let prefix = |i: u8| -> ipnet::IpNet { format!("10.{i}.0.0/16").parse().unwrap() };
            (from..from + n).map(|i| (prefix(i), arena.prefix(prefix(i)))).collect()
        };
        let all = |m: &Members, c: &Column| m.iter().map(|m| (m.1, c.clone())).collect::<Vec<_>>();
        let (a, b, one) = (members(0, 5), members(5, 3), members(8, 1));
        let (of_a, of_b, of_one) = (column(10), column(20), column(30));
        let base = Table::from_columns([all(&a, &of_a), all(&b, &of_b), all(&one, &of_one)].concat());
        let written_out = |a_now: &Column, b_now: &Column, single: Option<(PrefixId, Column)>| {
            Table::from_columns([all(&a, a_now), all(&b, b_now), all(&one, &of_one), single.into_iter().collect()].concat())
        };
        // A part that is a kind, and one that is only some of a kind.
        let now = base.with_parts([(&a, column(40))], []);
        assert_eq!((now.moved.len(), now.apart.len()), (1, 0));
        let anew = written_out(&column(40), &of_b, None);
        assert_eq!((&now, now.fingerprint()), (&anew, anew.fingerprint()));
        assert_eq!(base.changed_to(&now), a.iter().map(|m| m.1).collect::<Vec<_>>());
        let groups = base.changed_groups(&now);
        assert_eq!((groups.len(), groups[0].kinds.len(), groups[0].prefixes.len()), (1, 1, 0));
        assert_eq!(base.prefixes_of(&groups[0]).count(), 5);
        let some = base.with_parts([(&members(1, 4), column(40))], []);
        assert_eq!((some.moved.len(), some.apart.len()), (0, 4));
        // A part that is two kinds, and some of a third one; then made anew, it is one kind.
        let both: Members = a.iter().chain(b.iter()).copied().collect();
        let joined = base.with_parts([(&both, column(70))], []);
        assert_eq!((joined.moved.len(), joined.apart.len()), (2, 0));
        let anew = Table::from_parts([(&both, &column(70)), (&one, &of_one)], []);
        assert_eq!((&joined, joined.fingerprint()), (&anew, anew.fingerprint()));
        assert_eq!((anew.kinds.all().count(), anew.members(anew.kind_of(a[0].1).unwrap()).len()), (2, 8));
        let more: Members = a.iter().chain(&b[..2]).copied().collect();
        let joined = base.with_parts([(&more, column(70))], []);
        assert_eq!((joined.moved.len(), joined.apart.len()), (1, 2));
        assert_eq!(joined, Table::from_parts([(&more, &column(70)), (&one, &of_one)], [(b[2].1, of_b.clone())]));
        // One prefix leaves its kind, then the kind moves: the prefix keeps what it has unless it is named.
        let (left, own) = (a[2].1, column(50));
        let mixed = base.with_parts([(&a, column(40)), (&b, column(41))], [(left, own.clone())]);
        let anew = written_out(&column(40), &column(41), Some((left, own.clone())));
        assert_eq!((&mixed, mixed.fingerprint()), (&anew, anew.fingerprint()));
        assert_eq!(mixed.kind_of(left), None);
        assert_eq!((base.changed_to(&mixed).len(), now.changed_to(&mixed).len()), (8, 4), "5 + 3 prefixes; 3 and the one");
        let again = mixed.with_parts([(&a, column(60))], []);
        let anew = written_out(&column(60), &column(41), None);
        assert_eq!((&again, again.fingerprint()), (&anew, anew.fingerprint()));
        let back = again.with_parts([(&a, of_a.clone()), (&b, of_b.clone())], []);
        assert_eq!((&back, back.fingerprint(), base.changed_to(&back)), (&base, base.fingerprint(), vec![]));
        let none = base.with_parts([(&a, Column::default())], []);
        assert_eq!((none.len(), none.column(left)), (4, None));
        let rib = Rib::new(base, &arena).with(none, &arena);
        assert_eq!(rib.longest_match(NodeId(0), "10.1.0.1".parse().unwrap()), None);
        assert_eq!(rib.longest_match(NodeId(1), "10.6.0.1".parse().unwrap()).map(|m| m.1), Some(RouteId(21)));
    }
}
