//! Numbers for things that are alike, given by all threads together, and numbers for what things hold.
//!
//! In: things, and what is looked at of each. Out: [`Numbered`], [`fingerprint`]s. Law: what comes first has the lowest number, whatever threads
//! do. Tests: below.

use std::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rayon::prelude::*;

/// 128 bits over a thing: with a million of them the chance of two alike by accident is below 1e-26.
pub fn fingerprint(thing: &(impl Hash + ?Sized)) -> u128 {
    let half = |seed| u128::from(FixedState::with_seed(seed).hash_one(thing));
    half(1) << 64 | half(2)
}

/// So many things one thread looks at in one go.
const PIECE: usize = 1 << 14;

/// Things by number.
#[derive(Debug, PartialEq, Eq)]
pub struct Numbered {
    /// The number of each.
    pub of: Vec<u32>,
    /// The place of the first one with each number.
    pub first: Vec<usize>,
}

/// Keys by number, in the order in which they are met, each with something of the first that has it.
pub struct Keys<K, T> {
    place: HashTable<u32>,
    /// Each with its hash.
    all: Vec<(u64, K, T)>,
}

impl<K, T> Default for Keys<K, T> {
    fn default() -> Self {
        Self { place: HashTable::new(), all: Vec::new() }
    }
}

impl<K: Eq + Hash, T> Keys<K, T> {
    /// The number of a key, given now if it is new.
    pub fn number(&mut self, key: K, first: T) -> u32 {
        self.hashed((FixedState::with_seed(3).hash_one(&key), key, first))
    }

    /// The numbers that the keys of a part have here, in order of those that they have there.
    pub fn join(&mut self, part: Self) -> Vec<u32> {
        part.all.into_iter().map(|key| self.hashed(key)).collect()
    }

    /// Of each, what there is of the first that has it.
    pub fn into_first(self) -> Vec<T> {
        self.all.into_iter().map(|k| k.2).collect()
    }

    fn hashed(&mut self, (hash, key, first): (u64, K, T)) -> u32 {
        let all = &self.all;
        match self.place.entry(hash, |n| all[*n as usize].1 == key, |n| all[*n as usize].0) {
            Entry::Occupied(n) => *n.get(),
            Entry::Vacant(free) => {
                let n = self.all.len() as u32;
                free.insert(n);
                self.all.push((hash, key, first));
                n
            }
        }
    }
}

/// Gives things numbers: the same one to those with the same key.
pub fn number<'t, T: Sync, K: Eq + Hash + Send>(things: &'t [T], key: impl Fn(&'t T) -> K + Sync) -> Numbered {
    let piece = |(n, piece): (usize, &'t [T])| {
        let mut keys = Keys::default();
        let of: Vec<u32> = (n * PIECE..).zip(piece).map(|(at, thing)| keys.number(key(thing), at)).collect();
        (of, keys)
    };
    let pieces: Vec<(Vec<u32>, Keys<K, usize>)> = things.par_chunks(PIECE).enumerate().map(piece).collect();
    let mut keys = Keys::default();
    let mut of = Vec::with_capacity(things.len());
    for (numbers, of_piece) in pieces {
        let all = keys.join(of_piece);
        of.extend(numbers.into_iter().map(|n| all[n as usize]));
    }
    Numbered { of, first: keys.into_first() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_first_has_the_lowest_number() {
        assert_eq!(
            number(&["b", "a", "b", "c"], |s| s.len() + usize::from(*s == "c")),
            Numbered { of: vec![0, 0, 0, 1], first: vec![0, 3] }
        );
        assert_eq!(number(&[0u8; 0], |n| *n), Numbered { of: vec![], first: vec![] });
        // Over many pieces: the same as by hand.
        let things: Vec<usize> = (0..3 * PIECE).map(|n| (n * n + 7) % 5000).collect();
        let found = number(&things, |n| n / 3);
        let mut firsts: Vec<usize> = Vec::new();
        for (at, thing) in things.iter().enumerate() {
            let number = firsts.iter().position(|f| things[*f] / 3 == thing / 3).unwrap_or_else(|| {
                firsts.push(at);
                firsts.len() - 1
            });
            assert_eq!(found.of[at] as usize, number);
        }
        assert_eq!(found.first, firsts);
    }
}
