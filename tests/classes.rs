//! Prefixes solved by class have the tables they have solved one by one.

#![expect(clippy::print_stdout, reason = "a skipped test says so")]

#[path = "support/bgp.rs"]
mod bgp;
mod support;

use std::path::{Path, PathBuf};

use bgp::{bgp_network, router_plan, session_plan};
use ipnet::IpNet;
use nettwin::base::diag::Diagnostic;
use nettwin::engine::{State, bgp_one_by_one, bgp_paths, simulate};
use nettwin::load::load;
use nettwin::model::Network;
use nettwin::protocols::bgp::Asked;
use nettwin::rib::PrefixId;
use nettwin::topology::Failures;
use proptest::prelude::*;

/// Where the main tables hold another BGP route than BGP offers when each prefix is solved by itself, or where what is said differs.
fn differences(network: &Network, state: &State) -> Vec<String> {
    let reference = bgp_one_by_one(network, state, None);
    let arena = &state.arena;
    let mut out = Vec::new();
    for n in network.nodes().ids() {
        for &(net, id) in state.rib.prefixes() {
            let Some(ours) = state.rib.table().get(id, n).filter(|r| arena.routes.get(*r).protocol.is_bgp()) else { continue };
            let theirs = reference.table.get(id, n);
            if theirs != Some(ours) {
                let [a, b] = [Some(ours), theirs].map(|r| r.map(|r| (arena.routes.get(r), arena.hops_of(arena.routes.get(r)))));
                out.push(format!("{} {net}: {a:?} by class, {b:?} alone", network.node_name(n)));
            }
        }
    }
    for (prefix, column) in reference.table.columns() {
        for (n, r) in column.iter().filter(|(_, r)| arena.routes.get(*r).distance < 255) {
            let main = state.rib.table().get(prefix, n).map(|r| arena.routes.get(r));
            if main.is_none_or(|m| m.distance > arena.routes.get(r).distance) {
                out.push(format!("{} {}: missing", network.node_name(n), arena.prefixes.get(prefix)));
            }
        }
    }
    let of_bgp = |d: &&Diagnostic| d.code.0.starts_with("C-bgp-");
    let texts = |all: &[Diagnostic]| {
        let mut texts: Vec<String> =
            all.iter().filter(of_bgp).map(|d| format!("{} {:?} {}", d.code.0, d.device, d.message)).collect();
        texts.sort();
        texts
    };
    if texts(&state.findings) != texts(&reference.findings) {
        out.push(format!("{:#?}\nbut alone\n{:#?}", texts(&state.findings), texts(&reference.findings)));
    }
    // A sample has the columns it has among all.
    let aggregates = network.devices.iter().flat_map(|d| &d.bgp).flat_map(|b| &b.families).any(|f| !f.aggregates.is_empty());
    let every_second = reference.table.columns().step_by(2).map(|(p, _)| *arena.prefixes.get(p)).collect();
    let sample = bgp_one_by_one(network, state, Some(&every_second)).table;
    for (prefix, column) in reference.table.columns().filter(|(p, _)| aggregates || every_second.contains(arena.prefixes.get(*p)))
    {
        // Addresses that come along with another prefix are not the sample's.
        let of_bgp = |(n, r)| arena.routes.get(r).protocol.is_bgp().then_some((n, r));
        let here = sample.column(prefix).into_iter().flat_map(|c| c.iter()).filter_map(of_bgp);
        if !here.eq(column.iter().filter_map(of_bgp)) {
            out.push(format!("{}: another column in a sample", arena.prefixes.get(prefix)));
        }
    }
    out.extend(differing_paths(network, state));
    out
}

/// Where candidate paths are other ones than when each prefix is solved by itself, or when few are asked for.
fn differing_paths(network: &Network, state: &State) -> Vec<String> {
    let all = bgp_paths(network, state, Asked::ALL);
    let reference = bgp_paths(network, state, Asked { one_by_one: true, ..Asked::ALL });
    let mut prefixes: Vec<_> = all.prefixes().chain(reference.prefixes()).map(|p| (*state.arena.prefixes.get(p), p)).collect();
    prefixes.sort();
    prefixes.dedup();
    let mut out = Vec::new();
    for (net, p) in &prefixes {
        if all.column(*p) != reference.column(*p) {
            out.push(format!("{net}: paths {:?}\nalone {:?}", all.column(*p), reference.column(*p)));
        }
    }
    let first = |n| network.nodes().iter_ids().nth(n % network.nodes().len()).map(|(n, _)| n);
    let differs = |(net, p): &(IpNet, PrefixId)| {
        let node = first(p.0 as usize);
        let few = bgp_paths(network, state, Asked { prefix: &|x| x == net, node: &|n| Some(n) == node, ..Asked::ALL });
        let of_node = all.column(*p).iter().filter(|c| Some(c.0) == node);
        !few.column(*p).iter().eq(of_node)
    };
    let some = prefixes.iter().step_by(prefixes.len() / 30 + 1);
    out.extend(some.filter(|p| differs(p)).map(|(net, _)| format!("{net}: other paths where they alone are asked for")));
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn random_networks(
        routers in prop::collection::vec(router_plan(), 2..9),
        sessions in prop::collection::vec(session_plan(), 1..24),
    ) {
        let network = bgp_network(&routers, &sessions);
        let state = simulate(&network, &Failures::none());
        prop_assert_eq!(differences(&network, &state), Vec::<String>::new());
    }
}

fn snapshots(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = entries.map(|e| e.path()).filter(|p| p.is_dir()).collect();
    all.sort();
    all
}

fn check(folder: &Path) -> usize {
    let mut all = Vec::new();
    let mut ran = 0;
    for path in snapshots(folder) {
        let Ok(snapshot) = load(&path) else { continue };
        let state = simulate(&snapshot.network, &Failures::none());
        ran += 1;
        all.extend(differences(&snapshot.network, &state).into_iter().map(|d| format!("{}: {d}", path.display())));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
    ran
}

/// Backbones with reflectors and an Internet table, where classes that are alike inside the AS are solved together.
#[test]
fn backbones() {
    let folder = tempfile::tempdir().unwrap();
    for seed in ["1", "2", "3"] {
        bgp::backbone(&folder.path().join(seed), seed);
    }
    assert_eq!(check(folder.path()), 3);
}

#[test]
fn the_samples() {
    assert!(check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies")) > 3);
}

/// Real networks, where they are at hand (see `tests/labs.rs`).
#[test]
fn the_labs() {
    match support::labs_folder() {
        Some(labs) => assert!(check(&labs) > 0),
        None => println!("no labs here"),
    }
}
