//! Combinations of failures: those that are not run do what fewer failures do, and those that are run are what they claim to be.

use std::collections::BTreeSet;

use ipnet::IpNet;
use nettwin::engine::{State, simulate, simulate_from};
use nettwin::forward::reach::Fate;
use nettwin::model::Network;
use nettwin::topology::Failures;
use nettwin::whatif::deeper::Deeper;
use nettwin::whatif::sweep::{Base, Case, Impact, single_links};

/// All routes as text, but those to prefixes inside some nets.
fn tables(network: &Network, state: &State, but: &[IpNet]) -> Vec<String> {
    let mut out = Vec::new();
    for n in network.nodes().ids() {
        let rows = state.rib.row(n).filter(|(net, ..)| !but.iter().any(|b| b.contains(net)));
        out.extend(rows.map(|(net, _, route)| {
            let r = state.arena.routes.get(route);
            format!("{n:?} {net} {r:?} {:?}", state.arena.hops_of(r))
        }));
    }
    out
}

/// The subnets of the interfaces that go down.
fn subnets(network: &Network, state: &State, case: &Case) -> Vec<IpNet> {
    let ports = state.topology.changed_to(&state.topology.without(network, &case.failures));
    ports.iter().map(|p| &network.devices[p.0].interfaces[p.1]).flat_map(|i| &i.addresses).map(|a| a.address.trunc()).collect()
}

/// How many pairs were run, how many of those put together, and how many were proved.
fn pairs(network: &Network) -> (usize, usize, usize) {
    let state = simulate(network, &Failures::none());
    let base = Base::new(network, &state);
    let cases = single_links(network, &state.topology);
    let deeper = Deeper::new(&base, &cases, 2, &|| ());
    let alone: Vec<State> = cases.iter().map(|c| simulate_from(&state, network, &c.failures)).collect();
    let (mut run, mut joined, mut proved) = (0, 0, 0);
    for first in 0..cases.len() {
        let out = deeper.run(first);
        joined += out.joined;
        assert_eq!(out.run[0], (vec![first], base.impact(&cases[first])));
        let ran: BTreeSet<usize> = out.run[1..].iter().map(|(c, _)| c[1]).collect();
        assert_eq!(out.proved, cases.len() - first - 1 - ran.len());
        for (both, impact) in &out.run[1..] {
            let failures = deeper.failures(both);
            let after = simulate_from(&state, network, &failures);
            assert_eq!(*impact, base.compare_all(network, &after, &failures), "{}", deeper.name(both));
        }
        for second in (first + 1..cases.len()).filter(|n| !ran.contains(n)) {
            let after = simulate_from(&state, network, &deeper.failures(&[first, second]));
            // One of the two takes nothing with it but its own subnets.
            let same = |stays: usize, goes: usize| {
                let own = subnets(network, &state, &cases[goes]);
                tables(network, &after, &own) == tables(network, &alone[stays], &own)
            };
            assert!(same(first, second) || same(second, first), "{}", deeper.name(&[first, second]));
        }
        run += ran.len();
        proved += out.proved;
    }
    (run, joined, proved)
}

fn made(args: &[&str]) -> Network {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("net");
    let made =
        std::process::Command::new(env!("CARGO_BIN_EXE_nettwin")).arg("gen").args(args).arg("--out").arg(&out).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    nettwin::load::load(&out).unwrap().network
}

#[test]
fn what_is_not_run_in_backbones_changes_nothing() {
    for igp in ["ospf", "isis"] {
        let size = ["--routers", "14", "--region", "7", "--sessions", "6", "--prefixes", "20"];
        let (run, joined, proved) = pairs(&made(&[&["wan", "--igp", igp][..], &size].concat()));
        assert!(run > 20 && proved > 20, "{igp}: {run} run, {proved} proved");
        assert_eq!(joined > run / 2, igp == "ospf", "{igp}: {joined} of {run} put together");
    }
}

/// Backbones with many ways of the same length, several borders for the same prefixes, and reflectors that choose for others.
#[test]
fn what_is_put_together_is_what_a_run_gives() {
    let mut joined = 0;
    for seed in ["3", "4", "5"] {
        let size = ["--routers", "18", "--region", "9", "--sessions", "12", "--prefixes", "60", "--seed", seed];
        joined += pairs(&made(&[&["wan", "--igp", "ospf"][..], &size].concat())).1;
    }
    assert!(joined > 600, "{joined}");
}

/// Borders and reflectors that after some failures send packets to each other in circles.
#[test]
fn what_runs_in_circles_is_put_together_too() {
    let network = made(&[
        "wan",
        "--igp",
        "ospf",
        "--routers",
        "30",
        "--region",
        "15",
        "--sessions",
        "16",
        "--prefixes",
        "60",
        "--seed",
        "54",
    ]);
    let state = simulate(&network, &Failures::none());
    let base = Base::new(&network, &state);
    let cases = single_links(&network, &state.topology);
    let circles = |i: &Impact| i.lost.iter().any(|p| p.fate.has(Fate::LOOPS));
    let first = cases.iter().position(|c| circles(&base.impact(c))).unwrap();
    let deeper = Deeper::new(&base, &cases, 2, &|| ());
    let mut joined = 0;
    for n in 0..cases.len() {
        let out = deeper.run(n);
        joined += if n == first { out.joined } else { 0 };
        for (both, impact) in out.run[1..].iter().filter(|(both, impact)| both.contains(&first) || circles(impact)) {
            let failures = deeper.failures(both);
            let after = simulate_from(&state, &network, &failures);
            assert_eq!(*impact, base.compare_all(&network, &after, &failures), "{}", deeper.name(both));
        }
    }
    assert!(joined > 0);
}

/// Sessions are over the links themselves: nothing can be proved.
#[test]
fn all_is_run_where_sessions_hang_on_links() {
    let (run, _, proved) = pairs(&made(&["fat-tree", "--k", "2"]));
    assert!(run > 0 && proved == 0, "{run} run, {proved} proved");
}

#[test]
fn the_sample_backbone() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/wan");
    pairs(&nettwin::load::load(&folder).unwrap().network);
}

#[test]
fn three_at_once_are_counted_whole() {
    let network = made(&["wan", "--igp", "ospf", "--routers", "10", "--region", "5", "--sessions", "2", "--prefixes", "5"]);
    let state = simulate(&network, &Failures::none());
    let base = Base::new(&network, &state);
    let cases = single_links(&network, &state.topology);
    let deeper = Deeper::new(&base, &cases, 3, &|| ());
    let (mut run, mut proved) = (0, 0);
    for first in 0..cases.len() {
        let out = deeper.run(first);
        run += out.run.len();
        proved += out.proved;
    }
    let n = cases.len();
    assert_eq!(run + proved, n + n * (n - 1) / 2 + n * (n - 1) * (n - 2) / 6);
    assert!(proved > 0);
}
