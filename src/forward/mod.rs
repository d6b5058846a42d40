//! What packets do, given the installed routes.
//!
//! In: a network and its converged [`State`](crate::engine::State). Out: steps, traces, reachability. Law: reads tables, never
//! computes routes. Start reading at [`step`].

mod destinations;
pub mod filter;
pub mod label_path;
pub mod reach;
pub mod step;
#[cfg(test)]
mod tests;
pub mod trace;
