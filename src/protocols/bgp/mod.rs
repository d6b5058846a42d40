//! BGP (RFC 4271, 4456, 5065, 7911, 8950).

use super::{Input, Outcome};
use crate::rib::Rib;

/// Sessions, all candidate paths and the best ones.
#[derive(Debug, Default)]
pub struct BgpOutcome {
    /// Installed-to-be routes, sessions, findings.
    pub outcome: Outcome,
    /// Nothing in it depends on the BGP routes of `input.rib` (no next hop or session had to be looked up in them, none would be):
    /// the engine need not run again when only those changed. `false` when in doubt.
    pub stands_on_under: bool,
}

/// Computes BGP to its fixed point. `under` is this round's main table without BGP: next hops are resolved in it first, and through
/// `input.rib`'s BGP routes where the platform allows.
pub fn compute(_input: Input<'_>, _under: &Rib) -> BgpOutcome {
    BgpOutcome::default()
}
