//! Routes between VRFs (RFC 4364, RFC 4659, RFC 9136): of one device, and of many over sessions with a VPN family.
//!
//! In: a prefix and where its paths start. Out: its solution with what VRFs took in. Law: all VRF tables and all VPN tables of one prefix are
//! one fixed point, so prefixes stay independent: VRFs are solved, what they export is solved in the VPN tables of each route
//! distinguisher, what VRFs import is put beside their own paths, until nothing changes, bounded. A route that was imported is not exported
//! again. Start reading at [`solve`]. Tests: `tests/vpn.rs` of the crate.

mod exports;
mod imports;
mod sites;

use std::collections::BTreeMap;

use exports::{Export, exports};
use imports::imports;
pub(super) use imports::lent_addresses;
pub(super) use sites::{Vpn, route_below};

use super::path::Path;
use super::seeds::Seed;
use super::solve::{Scratch, Solved, solve as solve_one};
use super::speakers::SpeakerId;
use super::transfer::{Target, Transfer};
use crate::base::Set;
use crate::model::route::Family;

/// Rounds of export and import after which VRFs that take routes from each other count as never settling.
const ROUNDS: usize = 12;

/// The table of a route distinguisher in a family.
type Tables = BTreeMap<(Family, String), Solved>;

/// Solves one prefix in all VRFs and VPN tables.
pub(super) fn solve(
    t: &Transfer<'_>,
    vpn: &Vpn<'_>,
    target: Target,
    seed: &Seed,
    holding: &Set<SpeakerId>,
    scratch: &mut Scratch,
) -> Solved {
    let mut solved = solve_one(t, target, seed, holding, scratch);
    let mut lent: Vec<(SpeakerId, Path)> = Vec::new();
    for _ in 0..ROUNDS {
        let out = exports(t, vpn, target, &solved);
        let tables = tables(t, target, &out, scratch);
        let next = imports(t, vpn, target, &out, &tables, &solved);
        if next == lent {
            return solved;
        }
        lent = next;
        let mut seed = seed.clone();
        seed.local.extend(lent.iter().copied());
        // Stable: what is made here stands before what is lent.
        seed.local.sort_by_key(|(s, p)| (*s, p.lent.is_some(), p.class));
        solved = solve_one(t, target, &seed, holding, scratch);
    }
    let moving: Vec<SpeakerId> = lent.iter().map(|(s, _)| *s).collect();
    solved.restless.extend(moving);
    solved.restless.sort_unstable();
    solved.restless.dedup();
    solved
}

/// The VPN tables, one a route distinguisher: as far as sessions carry them.
fn tables(t: &Transfer<'_>, target: Target, out: &[Export], scratch: &mut Scratch) -> Tables {
    let mut seeds: BTreeMap<(Family, String), Seed> = BTreeMap::new();
    for e in out {
        for sent in &e.sent {
            let path = Path { attrs: sent.attrs, from: None, metric: 0, lent: None, ..e.path };
            let path = Path { class: super::path::Class::Network, ..path };
            seeds.entry((sent.by, sent.distinguisher.clone())).or_default().local.push((e.main, path));
        }
    }
    let nobody = Set::default();
    let one = |(key, mut seed): ((Family, String), Seed)| {
        seed.local.sort_by_key(|(s, _)| *s);
        let target = Target { family: key.0, ..target };
        let solved = solve_one(t, target, &seed, &nobody, scratch);
        (key, solved)
    };
    seeds.into_iter().map(one).collect()
}
