//! The network under changes: failures, growth, traffic.
//!
//! In: a network, scenarios, demands. Out: tables. Law: a scenario's result equals a run from scratch with that change.

pub mod capacity;
pub mod change;
mod compare;
mod concerned;
pub mod deeper;
mod fail;
mod idle;
mod pairs;
pub mod scenario;
pub mod shard;
pub mod sweep;
