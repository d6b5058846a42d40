//! Columns: for one prefix, who has which route.

use std::hash::BuildHasher;
use std::sync::{Arc, LazyLock};

use foldhash::fast::FixedState;

use super::arena::RouteId;
use crate::base::id::Id;
use crate::model::network::NodeId;

/// For one prefix: the route of each routing table that has one, sorted by node. As small as a pointer, and cheap to clone. A column made by
/// [`Column::with`] or [`Column::beside`] shares the entries of another one, and keeps only what differs.
#[derive(Debug, Clone)]
pub struct Column(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    entries: Arc<[(NodeId, RouteId)]>,
    /// The sum of the hashes of `entries`.
    shared: u64,
    /// What differs from `entries`, and nothing else, by node; `None`: no route any more.
    patch: Box<[Change]>,
    /// The sum of the hashes of all that it holds: kept up to date by a patch without a look at the rest.
    hash: u64,
    len: u32,
}

/// What a node has now.
pub type Change = (NodeId, Option<RouteId>);

impl Inner {
    /// What `entries` hold for a node.
    fn entry(&self, node: NodeId) -> Option<RouteId> {
        // Where all nodes have a route, each has the place of its number.
        if let Some((n, route)) = self.entries.get(node.index())
            && *n == node
        {
            return Some(*route);
        }
        let at = self.entries.binary_search_by_key(&node, |e| e.0).ok()?;
        Some(self.entries[at].1)
    }
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (&*self.0, &*other.0);
        if (a.len, a.hash) != (b.len, b.hash) {
            return false;
        }
        let same = Arc::ptr_eq(&a.entries, &b.entries) && a.patch == b.patch;
        same || self.iter().eq(other.iter())
    }
}
impl Eq for Column {}

impl Default for Column {
    fn default() -> Self {
        static EMPTY: LazyLock<Arc<Inner>> = LazyLock::new(Arc::default);
        Self(Arc::clone(&EMPTY))
    }
}

fn hash(entry: (NodeId, RouteId)) -> u64 {
    FixedState::with_seed(7).hash_one((entry.0, entry.1))
}

/// A column that shares another one's entries may differ from them in one of so many. A patch is looked into before the entries are.
const SHARES: usize = 8;

impl Column {
    /// From entries sorted by node, each node once.
    pub fn from_sorted(entries: Vec<(NodeId, RouteId)>) -> Self {
        debug_assert!(entries.is_sorted_by(|a, b| a.0 < b.0));
        let hash = entries.iter().fold(0, |sum: u64, e| sum.wrapping_add(hash(*e)));
        Self(Arc::new(Inner { len: entries.len() as u32, hash, shared: hash, entries: entries.into(), patch: Box::default() }))
    }
    /// From entries sorted by node, each node once. Where they are mostly those of this column, they are shared with it.
    #[must_use]
    pub fn beside(&self, entries: Vec<(NodeId, RouteId)>) -> Self {
        let shared = &self.0.entries;
        let Some(patch) = differences(shared.iter().copied(), entries.iter().copied(), entries.len() / SHARES) else {
            return Self::from_sorted(entries);
        };
        let (mut old, mut sum) = (shared.iter(), self.0.shared);
        for &(node, new) in &patch {
            if let Some(was) = old.by_ref().find(|e| e.0 >= node).filter(|e| e.0 == node) {
                sum = sum.wrapping_sub(hash(*was));
            }
            sum = new.map_or(sum, |new| sum.wrapping_add(hash((node, new))));
        }
        Self(Arc::new(Inner {
            len: entries.len() as u32,
            hash: sum,
            patch: patch.into(),
            entries: Arc::clone(shared),
            ..*self.0
        }))
    }
    /// From entries in any order; of two for the same node the later one stays.
    pub fn from_unsorted(mut entries: Vec<(NodeId, RouteId)>) -> Self {
        if !entries.is_sorted_by(|a, b| a.0 < b.0) {
            entries.reverse();
            entries.sort_by_key(|e| e.0);
            entries.dedup_by_key(|e| e.0);
        }
        Self::from_sorted(entries)
    }
    /// The same with other routes for some nodes, sorted by node, each node once. Costs as much as there are changes.
    #[must_use]
    pub fn with(&self, mut changes: Vec<Change>) -> Self {
        debug_assert!(changes.is_sorted_by(|a, b| a.0 < b.0));
        let (mut sum, mut len) = (self.0.hash, self.0.len);
        changes.retain(|&(node, new)| {
            let old = self.get(node);
            if old == new {
                return false;
            }
            if let Some(old) = old {
                sum = sum.wrapping_sub(hash((node, old)));
                len -= 1;
            }
            if let Some(new) = new {
                sum = sum.wrapping_add(hash((node, new)));
                len += 1;
            }
            true
        });
        if changes.is_empty() {
            return self.clone();
        }
        let mut patch = changes;
        if !self.0.patch.is_empty() {
            patch = join(&self.0.patch, &patch);
            patch.retain(|&(node, new)| self.0.entry(node) != new);
        }
        Self(Arc::new(Inner { entries: Arc::clone(&self.0.entries), patch: patch.into(), hash: sum, len, ..*self.0 }))
    }
    /// Equal for columns that share all they hold, so that what is found out of one need not be found out again.
    pub fn storage(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
    /// The route of a node.
    pub fn get(&self, node: NodeId) -> Option<RouteId> {
        let patch = &self.0.patch;
        if let Ok(at) = patch.binary_search_by_key(&node, |e| e.0) {
            return patch[at].1;
        }
        self.0.entry(node)
    }
    /// All entries by node.
    pub fn iter(&self) -> Entries<'_> {
        Entries { entries: &self.0.entries, patch: &self.0.patch }
    }
    /// The nodes at which two columns differ, with what `other` has there.
    pub fn changes_to(&self, other: &Self) -> Vec<Change> {
        if self == other {
            return Vec::new();
        }
        if Arc::ptr_eq(&self.0.entries, &other.0.entries) {
            // Only what is patched on either side differs, and what is patched on one side alone does.
            let undone = |c: &Change| (c.0, other.0.entry(c.0));
            let (mut out, mut theirs) = (Vec::with_capacity(other.0.patch.len()), other.0.patch.iter().peekable());
            for c in &self.0.patch {
                while let Some(before) = theirs.next_if(|t| t.0 < c.0) {
                    out.push(*before);
                }
                match theirs.next_if(|t| t.0 == c.0) {
                    Some(t) => out.extend((t != c).then_some(*t)),
                    None => out.push(undone(c)),
                }
            }
            out.extend(theirs);
            return out;
        }
        differences(self.iter(), other.iter(), usize::MAX).unwrap_or_default()
    }
    /// A number for what it holds: equal for equal columns, and (but for one chance in 2^64) for no others.
    pub fn fingerprint(&self) -> u64 {
        self.0.hash
    }
    /// How many nodes have a route.
    pub fn len(&self) -> usize {
        self.0.len as usize
    }
    /// Whether no node has one.
    pub fn is_empty(&self) -> bool {
        self.0.len == 0
    }
}

/// The nodes at which `b` differs from `a`, both sorted by node, with what `b` has there; `None`: they are more than `most`.
fn differences(
    a: impl Iterator<Item = (NodeId, RouteId)>,
    b: impl Iterator<Item = (NodeId, RouteId)>,
    most: usize,
) -> Option<Vec<Change>> {
    let (mut out, mut a, mut b) = (Vec::new(), a.peekable(), b.peekable());
    while out.len() <= most {
        match (a.peek().copied(), b.peek().copied()) {
            (None, None) => return Some(out),
            (Some(x), Some(y)) if x.0 == y.0 => {
                if x != y {
                    out.push((y.0, Some(y.1)));
                }
                a.next();
                b.next();
            }
            (Some(x), y) if y.is_none_or(|y| x.0 < y.0) => {
                out.push((x.0, None));
                a.next();
            }
            (_, y) => {
                out.extend(y.map(|y| (y.0, Some(y.1))));
                b.next();
            }
        }
    }
    None
}

/// Later changes on top of older ones.
fn join(older: &[Change], later: &[Change]) -> Vec<Change> {
    let mut out = Vec::with_capacity(older.len() + later.len());
    let mut older = older.iter().peekable();
    for c in later {
        while let Some(o) = older.next_if(|o| o.0 < c.0) {
            out.push(*o);
        }
        older.next_if(|o| o.0 == c.0);
        out.push(*c);
    }
    out.extend(older);
    out
}

/// The entries of a column by node.
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    entries: &'a [(NodeId, RouteId)],
    patch: &'a [Change],
}

impl Iterator for Entries<'_> {
    type Item = (NodeId, RouteId);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(&(node, new)) = self.patch.first() else {
                let (first, rest) = self.entries.split_first()?;
                self.entries = rest;
                return Some(*first);
            };
            match self.entries.split_first() {
                Some((first, rest)) if first.0 < node => {
                    self.entries = rest;
                    return Some(*first);
                }
                Some((first, rest)) if first.0 == node => self.entries = rest,
                _ => {}
            }
            self.patch = &self.patch[1..];
            if let Some(new) = new {
                return Some((node, new));
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.entries.len().saturating_sub(self.patch.len()), Some(self.entries.len() + self.patch.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(entries: &[(u32, u32)]) -> Column {
        Column::from_sorted(entries.iter().map(|&(n, r)| (NodeId(n), RouteId(r))).collect())
    }

    fn change(n: u32, r: Option<u32>) -> Change {
        (NodeId(n), r.map(RouteId))
    }

    #[test]
    fn a_patched_column_is_the_column_written_out() {
        let base = column(&[(1, 10), (3, 30), (5, 50)]);
        let patched = base.with(vec![change(0, Some(1)), change(3, None), change(5, Some(51)), change(9, Some(90))]);
        let plain = column(&[(0, 1), (1, 10), (5, 51), (9, 90)]);
        assert_eq!(patched, plain);
        assert_eq!((patched.len(), patched.fingerprint()), (4, plain.fingerprint()));
        assert_eq!(patched.iter().collect::<Vec<_>>(), plain.iter().collect::<Vec<_>>());
        assert_eq!((patched.get(NodeId(3)), patched.get(NodeId(5))), (None, Some(RouteId(51))));
        let back = patched.with(vec![change(0, None), change(3, Some(30)), change(5, Some(50)), change(9, None)]);
        assert_eq!(back, base);
        assert!(base.changes_to(&back).is_empty() && back.0.patch.is_empty());
        let other = base.with(vec![change(1, Some(11)), change(3, None), change(5, None), change(7, Some(70))]);
        for (a, b) in [(&patched, &other), (&other, &patched), (&base, &other), (&other, &base)] {
            let written_out = differences(a.iter(), b.iter(), usize::MAX).unwrap();
            assert_eq!((a.changes_to(b), &a.with(a.changes_to(b))), (written_out, b));
        }
        assert_eq!(base.with(vec![change(1, Some(10)), change(2, None)]).storage(), base.storage(), "nothing new");
        let expected = vec![change(0, Some(1)), change(3, None), change(5, Some(51)), change(9, Some(90))];
        assert_eq!(base.changes_to(&patched), expected);
        assert_eq!(base.changes_to(&plain), expected, "whether it shares the base's entries or not");
        assert!(base.with(vec![change(1, None), change(3, None), change(5, None)]).is_empty());
    }

    #[test]
    fn a_column_beside_another_shares_what_they_have_in_common() {
        let routes = |skip: u32, changed: u32| -> Vec<(NodeId, RouteId)> {
            let route = |n| RouteId(if n == changed { 99 } else { n / 4 });
            (0..32).filter(|n| *n != skip).map(|n| (NodeId(n), route(n))).collect()
        };
        let base = Column::from_sorted(routes(40, 40));
        let of = |entries: &[(NodeId, RouteId)]| (entries.to_vec(), Column::from_sorted(entries.to_vec()));
        // One more, one less, another route for one; then beside a column that shares already.
        let mut more = routes(3, 7);
        more.push((NodeId(50), RouteId(5)));
        let mut last = base.clone();
        for (entries, plain) in [of(&routes(40, 40)), of(&routes(0, 40)), of(&more), of(&routes(31, 30)), of(&routes(40, 40))] {
            last = last.beside(entries.clone());
            assert!(Arc::ptr_eq(&last.0.entries, &base.0.entries));
            assert_eq!((last.len(), last.fingerprint()), (plain.len(), plain.fingerprint()));
            assert_eq!((last.iter().collect::<Vec<_>>(), &last), (entries, &plain));
        }
        let half: Vec<_> = routes(40, 40).into_iter().step_by(2).collect();
        let apart = last.beside(half.clone());
        assert!(!Arc::ptr_eq(&apart.0.entries, &base.0.entries), "too little in common");
        assert_eq!(apart, Column::from_sorted(half));
        assert!(Column::default().beside(Vec::new()).is_empty());
    }
}
