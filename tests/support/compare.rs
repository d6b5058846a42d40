//! The rules by which the twin is judged: those of `nettwin drift`.

#[allow(unused_imports, reason = "each test takes what it needs")]
pub use nettwin::state::compare::{Score, Share, compare};
