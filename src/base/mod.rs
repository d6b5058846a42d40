//! Vocabulary and tools that know nothing of networks.
//!
//! In: nothing. Out: ids, interners, spans, diagnostics. Law: imports no other folder.
//! Start reading at [`id`], then [`diag`].

pub mod diag;
pub mod error;
pub mod graph;
pub mod id;
pub mod intern;
pub mod number;
mod pattern;
pub mod shared;
pub mod span;
pub mod stream;
pub mod yaml;

pub use pattern::like;

/// A hash map with a fast, fixed-seed hasher. Never iterate it for output: order is not part of its meaning.
pub type Map<K, V> = hashbrown::HashMap<K, V, foldhash::fast::FixedState>;
/// A hash set with the same hasher as [`Map`].
pub type Set<K> = hashbrown::HashSet<K, foldhash::fast::FixedState>;
