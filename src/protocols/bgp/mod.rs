//! BGP (RFC 4271, 4456, 5065, 7911, 8950).

use super::{Input, Outcome};
use crate::rib::Rib;

/// Sessions, all candidate paths and the best ones.
#[derive(Debug, Default)]
pub struct BgpOutcome {
    /// Installed-to-be routes, sessions, findings.
    pub outcome: Outcome,
}

/// Computes BGP to its fixed point. `under` is this round's main table without BGP: next hops are resolved in it first, and through
/// `input.rib`'s BGP routes where the platform allows.
pub fn compute(_input: Input<'_>, _under: &Rib) -> BgpOutcome {
    BgpOutcome::default()
}
