//! BGP (RFC 4271, 4456, 5065, 6286, 7911, 8212, 8950).
//!
//! In: model, topology, main tables below BGP. Out: routes, all candidate paths, sessions, findings. Law: prefix by prefix and in parallel
//! (DESIGN §3); aggregates after their contributors; no Adj-RIB-In is stored. OS differences are data
//! (`model::platform`, `model::bgp::BestPath`).
//! Start reading at [`compute()`], then [`solve`], [`transfer`], [`decide`]. Tests: `tests/`.

mod aggregate;
mod alike;
mod amend;
mod classes;
mod compute;
mod decide;
mod establish;
mod evpn;
mod export;
mod groups;
mod neighbors;
mod nexthop;
mod outside;
mod path;
mod preference;
mod reasons;
mod regroup;
mod rematch;
mod resume;
mod routes;
mod said;
mod seeds;
mod solve;
mod speakers;
#[cfg(test)]
mod tests;
mod touched;
mod transfer;
mod vpn;
mod wave;
mod without;

pub use compute::Asked;
pub use evpn::{EvpnTable, VlanRoute};
pub use path::Class;
pub use reasons::Lost;
pub use routes::{BgpEnd, BgpPath, BgpTable};
pub use speakers::EndId;

use ipnet::IpNet;

use super::{Before, Input, Outcome};
use crate::base::Set;
use crate::base::diag::Diagnostic;
use crate::rib::{Arena, PrefixId, Rib, Table};

/// Sessions and the best paths.
#[derive(Debug, Default)]
pub struct BgpOutcome {
    /// Installed-to-be routes, sessions, findings.
    pub outcome: Outcome,
    /// Nothing in it depends on the BGP routes of `input.rib` (no next hop or session had to be looked up in them, none would be):
    /// the engine need not run again when only those changed. `false` when in doubt.
    pub stands_on_under: bool,
    /// What a what-if can start from; `None`: it would be too large, or too much hangs together.
    memory: Option<resume::Memory>,
}

impl BgpOutcome {
    /// The prefixes on which routers decide alike, group by group. `None`: nothing was left for what-ifs.
    pub fn together(&self, arena: &Arena) -> Option<Vec<Vec<PrefixId>>> {
        self.memory.as_ref().map(|m| m.together(arena))
    }

    /// Whether it holds what what-ifs can start from, or there is nothing to it.
    pub fn is_kept(&self) -> bool {
        self.memory.is_some() || self.outcome.tables.is_empty()
    }
}

/// Computes BGP to its fixed point. `under` is this round's main table without BGP: next hops are resolved in it first, and through
/// `input.rib`'s BGP routes where the platform allows.
///
/// `before`: what it gave in the base run of a what-if on the same network, to start from; the result is the same.
pub fn compute(input: Input<'_>, under: &Rib, before: Option<Before<'_, BgpOutcome>>) -> BgpOutcome {
    compute::compute(input, under, before)
}

/// What BGP offers once routes below it are other ones, as far as some groups of prefixes go (see [`BgpOutcome::together`]): all others are left as
/// `before` has them. `None`: it takes [`compute()`] to say.
pub fn above(input: Input<'_>, under: &Rib, before: Before<'_, BgpOutcome>, groups: &[u32]) -> Option<Table> {
    resume::above(input, under, before, groups)
}

/// What BGP offers when each prefix is solved by itself: the slow reference of [`compute()`].
#[derive(Debug)]
pub struct Reference {
    /// The routes.
    pub table: Table,
    /// What was found.
    pub findings: Vec<Diagnostic>,
}

/// Computes BGP prefix by prefix, for tests of what [`compute()`] does by class. `sample`: these prefixes only, unless there are aggregates.
pub fn one_by_one(input: Input<'_>, under: &Rib, sample: Option<&Set<IpNet>>) -> Reference {
    let how = sample.map_or(compute::How::OneByOne, compute::How::Sample);
    let outcome = compute::compute_how(input, under, how).outcome;
    Reference { table: outcome.tables.into_iter().next().unwrap_or_default(), findings: outcome.findings }
}

/// The EVPN routes of VLANs: tunnel ends and hosts.
pub fn evpn(input: Input<'_>, under: &Rib) -> EvpnTable {
    evpn::table(input, under)
}

/// All candidate paths that are asked for, for `nettwin bgp` and the `bgp_routes` of the routes format. Not kept by [`compute()`]: they
/// are many times the installed routes, and follow from the same input.
pub fn paths(input: Input<'_>, under: &Rib, asked: Asked<'_>) -> BgpTable {
    compute::paths(input, under, asked)
}
