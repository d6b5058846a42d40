//! nettwin: a digital twin of a routed network, and a validator of changes to it.
//!
//! Text goes in on the left, verdicts come out on the right, and nothing flows back: `load` reads files, `syntax`
//! makes trees, `vendors` makes each OS's config and lowers it to `model`, `topology` finds links, `protocols` compute
//! routes under `engine`, `forward` follows packets, `state` reads what real devices print, `questions` answer with tables, `whatif` repeats it under changes,
//! `gate` judges, `report` prints, `cli` wires flags to calls. A module may import only modules above it in this list:
//! `tests/house.rs` checks it.

#![warn(clippy::unwrap_used)]

pub mod base;
pub mod cli;
pub mod engine;
pub mod forward;
pub mod gate;
pub mod load;
pub mod model;
pub mod protocols;
pub mod questions;
pub mod report;
pub mod rib;
pub mod state;
pub mod syntax;
pub mod topology;
pub mod vendors;
pub mod whatif;
