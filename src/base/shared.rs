//! A map that threads fill together: its entries lie in shards, each behind a lock of its own.
//!
//! In: keys, values that are cheap to clone. Out: [`SharedMap`]. Law: what stands under a key stays; who came first shows nowhere if equal keys
//! always get equal values. Tests: below.

use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError};

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// So many shards.
pub const SHARDS: usize = 64;

/// The shard of a hash. By bits that hash tables do not go by: they take the lowest for the place, and the seven highest to tell neighbours
/// apart.
pub fn shard_of(hash: u64) -> usize {
    (hash >> 40) as usize % SHARDS
}

/// The part of a hash that is kept with an entry: a table that grows need not look at values, and a search looks at hardly any that differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Mark(u32);

impl Mark {
    /// Of a hash.
    pub fn of(hash: u64) -> Self {
        Self((hash >> 32) as u32)
    }
    /// The hash that tables go by.
    pub fn hash(self) -> u64 {
        // The upper half of a product hangs on all bits (Knuth, TAOCP vol. 3, §6.4: multiplicative hashing); some are the same in all of
        // a shard, and tables go by the lower half.
        u64::from(self.0).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32)
    }
}

/// A map in shards.
pub struct SharedMap<K, V> {
    hasher: FixedState,
    shards: Vec<Mutex<HashTable<(Mark, K, V)>>>,
}

impl<K: Eq + Hash, V: Clone> SharedMap<K, V> {
    /// An empty map.
    pub fn new() -> Self {
        Self { hasher: FixedState::with_seed(2), shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<V> {
        let hash = self.hasher.hash_one(key);
        let mark = Mark::of(hash);
        self.shard(hash).find(mark.hash(), |e| e.0 == mark && e.1 == *key).map(|e| e.2.clone())
    }

    /// The value of a key, made now if there is none; `None` if that fails. `make` runs under the shard's lock, so it must not come back to
    /// this map.
    pub fn get_or_try(&self, key: K, make: impl FnOnce() -> Option<V>) -> Option<V> {
        let hash = self.hasher.hash_one(&key);
        let mark = Mark::of(hash);
        let mut shard = self.shard(hash);
        match shard.entry(mark.hash(), |e| e.0 == mark && e.1 == key, |e| e.0.hash()) {
            Entry::Occupied(found) => Some(found.get().2.clone()),
            Entry::Vacant(free) => {
                let value = make()?;
                free.insert((mark, key, value.clone()));
                Some(value)
            }
        }
    }

    fn shard(&self, hash: u64) -> MutexGuard<'_, HashTable<(Mark, K, V)>> {
        self.shards[shard_of(hash)].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash, V: Clone> Default for SharedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> std::fmt::Debug for SharedMap<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a map in {} shards", self.shards.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_spread_over_a_table_though_a_shard_fixes_some_of_their_bits() {
        let hasher = FixedState::with_seed(1);
        let hashes = (0u32..).map(|n| hasher.hash_one(n)).filter(|h| shard_of(*h) == 5).take(4096);
        let places: std::collections::BTreeSet<u64> = hashes.map(|h| Mark::of(h).hash() % 4096).collect();
        // As many as chance gives: 1 - 1/e of all places.
        assert!((2450..2750).contains(&places.len()), "{}", places.len());
    }

    #[test]
    fn the_first_value_of_a_key_stays_and_failures_leave_nothing() {
        let map: SharedMap<String, u32> = SharedMap::new();
        assert_eq!(map.get_or_try("a".into(), || None), None);
        assert_eq!(map.get(&"a".into()), None);
        assert_eq!(map.get_or_try("a".into(), || Some(1)), Some(1));
        assert_eq!(map.get_or_try("a".into(), || Some(2)), Some(1));
        assert_eq!((map.get(&"a".into()), map.get(&"b".into())), (Some(1), None));
    }
}
