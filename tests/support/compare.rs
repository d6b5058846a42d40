//! The rules by which the twin is judged: those of `nettwin drift`.

pub use nettwin::state::compare::{Score, Share, compare};
