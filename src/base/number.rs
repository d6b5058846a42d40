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

/// What is looked at: its hash, and the place of the first that has it.
type Seen<K> = (u64, usize, K);

/// What is looked at, each once.
struct Keys<K> {
    place: HashTable<u32>,
    all: Vec<Seen<K>>,
}

impl<K: Eq> Keys<K> {
    fn new() -> Self {
        Self { place: HashTable::new(), all: Vec::new() }
    }

    fn number(&mut self, (hash, at, key): Seen<K>) -> u32 {
        let all = &self.all;
        match self.place.entry(hash, |n| all[*n as usize].2 == key, |n| all[*n as usize].0) {
            Entry::Occupied(n) => *n.get(),
            Entry::Vacant(free) => {
                let n = self.all.len() as u32;
                free.insert(n);
                self.all.push((hash, at, key));
                n
            }
        }
    }
}

/// Gives things numbers: the same one to those with the same key.
pub fn number<'t, T: Sync, K: Eq + Hash + Send>(things: &'t [T], key: impl Fn(&'t T) -> K + Sync) -> Numbered {
    let hasher = FixedState::with_seed(3);
    let piece = |(n, piece): (usize, &'t [T])| {
        let mut keys = Keys::new();
        let number = |(at, thing): (usize, &'t T)| {
            let key = key(thing);
            keys.number((hasher.hash_one(&key), n * PIECE + at, key))
        };
        let of: Vec<u32> = piece.iter().enumerate().map(number).collect();
        (of, keys.all)
    };
    let pieces: Vec<(Vec<u32>, Vec<Seen<K>>)> = things.par_chunks(PIECE).enumerate().map(piece).collect();
    let mut keys = Keys::new();
    let mut of = Vec::with_capacity(things.len());
    for (numbers, of_piece) in pieces {
        let all: Vec<u32> = of_piece.into_iter().map(|k| keys.number(k)).collect();
        of.extend(numbers.into_iter().map(|n| all[n as usize]));
    }
    Numbered { of, first: keys.all.into_iter().map(|k| k.1).collect() }
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
