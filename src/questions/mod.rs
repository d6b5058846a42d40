//! What one can ask the twin, one file a question.
//!
//! In: a network and its converged state. Out: an [`answer::Answer`]: typed tables with citations. Law: knows no flags and
//! prints nothing; ids become names here. Start reading at [`answer`], then [`routes`]. Tests: in each file.

pub mod answer;
pub mod bgp;
pub mod config_diff;
pub mod diff;
pub mod drift;
pub mod evpn;
pub mod routes;
pub mod sessions;
pub mod trace;
