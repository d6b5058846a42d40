//! A concurrent interner: equal values get equal ids, ids give the value back without a lock.
//!
//! In: values. Out: typed ids. Law: ids depend on which thread came first, so nothing may be *ordered* by
//! them; equality is all they mean. Tests: below, and the "one thread = many threads" tests.

use std::hash::{BuildHasher, Hash};
use std::sync::Mutex;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::id::Id;
use super::shared::{Mark, SHARDS, shard_of};

/// Interns values of type `T` as ids of type `I`. Shared by reference between threads.
pub struct Interner<I, T> {
    hasher: FixedState,
    shards: Vec<Mutex<HashTable<(Mark, u32)>>>,
    items: boxcar::Vec<T>,
    marker: std::marker::PhantomData<fn(I) -> I>,
}

impl<I: Id, T: Eq + Hash> Interner<I, T> {
    /// An empty interner.
    pub fn new() -> Self {
        Self {
            hasher: FixedState::with_seed(0x6e65_7474),
            shards: (0..SHARDS).map(|_| Mutex::new(HashTable::new())).collect(),
            items: boxcar::Vec::new(),
            marker: std::marker::PhantomData,
        }
    }

    /// The id of `value`, made now if it is new.
    pub fn intern(&self, value: T) -> I {
        let hash = self.hasher.hash_one(&value);
        let mark = Mark::of(hash);
        let mut shard = self.shard(hash);
        if let Some(&(_, n)) = shard.find(mark.hash(), |&(m, n)| m == mark && self.items[n as usize] == value) {
            return I::new(n as usize);
        }
        let n = self.items.push(value);
        let id = I::new(n);
        shard.insert_unique(mark.hash(), (mark, n as u32), |(mark, _)| mark.hash());
        id
    }

    /// The id of a value equal to `value`, if it was interned before.
    pub fn find(&self, value: &T) -> Option<I> {
        let hash = self.hasher.hash_one(value);
        let mark = Mark::of(hash);
        let shard = self.shard(hash);
        let found = shard.find(mark.hash(), |&(m, n)| m == mark && &self.items[n as usize] == value);
        found.map(|&(_, n)| I::new(n as usize))
    }

    /// The value behind an id of this interner.
    pub fn get(&self, id: I) -> &T {
        &self.items[id.index()]
    }

    /// How many different values there are.
    pub fn len(&self) -> usize {
        self.items.count()
    }

    /// Whether nothing was interned yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn shard(&self, hash: u64) -> std::sync::MutexGuard<'_, HashTable<(Mark, u32)>> {
        self.shards[shard_of(hash)].lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl<I: Id, T: Eq + Hash> std::fmt::Debug for Interner<I, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} values", self.len())
    }
}

impl<I: Id, T: Eq + Hash> Default for Interner<I, T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::define_id! {
        /// An id for this test.
        WordId;
    }

    #[test]
    fn equal_values_share_an_id() {
        let words: Interner<WordId, String> = Interner::new();
        let a = words.intern("a".into());
        let b = words.intern("b".into());
        assert_ne!(a, b);
        assert_eq!(words.intern("a".into()), a);
        assert_eq!(words.get(b), "b");
        assert_eq!(words.find(&"c".to_owned()), None);
        assert_eq!(words.len(), 2);
    }
}
