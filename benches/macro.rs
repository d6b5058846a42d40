//! Whole runs of the binary on generated networks: time and peak memory, from config text to the answer.
//!
//!     cargo bench --bench macro                  the small ones
//!     cargo bench --bench macro -- --large       with fat-trees of k = 48 and the large backbone
//!     cargo bench --bench macro -- sweep         those whose name holds the word
//!     cargo bench --bench macro -- --spot        base runs once more: tables of some prefixes against the slow reference path
//!     cargo bench --bench macro -- --change      a line of a route-map, a cost, … changes on backbones: new tables from the old ones, and from scratch
//!     cargo bench --bench macro -- --peers       against other simulators (builds `benches/peers`; --large takes minutes)
//!
//! Each network is made once under `target/tmp/macro`. Peak memory is read from `/proc` while the run lasts (Linux); `-` elsewhere.

#![expect(clippy::print_stdout, reason = "its output is the table")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

struct Case {
    name: &'static str,
    make: &'static [&'static str],
    run: &'static [&'static str],
    large: bool,
}

const ONE_ROUTER: &[&str] = &["routes", "--node", "edge-0-0", "--format", "csv"];
const SWEEP: &[&str] = &["fail", "--format", "json"];
const PAIRS: &[&str] = &["fail", "--depth", "2", "--format", "json"];

macro_rules! cases {
    ($($name:literal, $make:expr, $run:expr, $large:literal;)*) => { &[$(Case { name: $name, make: $make, run: $run, large: $large }),*] };
}

const CASES: &[Case] = cases! {
    "base fat-tree k=8 ebgp", &["fat-tree", "--k", "8", "--protocol", "ebgp"], ONE_ROUTER, false;
    "base fat-tree k=8 ospf", &["fat-tree", "--k", "8", "--protocol", "ospf"], ONE_ROUTER, false;
    "base fat-tree k=8 isis", &["fat-tree", "--k", "8", "--protocol", "isis"], ONE_ROUTER, false;
    "base fat-tree k=20 ebgp", &["fat-tree", "--k", "20", "--protocol", "ebgp"], ONE_ROUTER, false;
    "base fat-tree k=20 ospf", &["fat-tree", "--k", "20", "--protocol", "ospf"], ONE_ROUTER, false;
    "base fat-tree k=20 isis", &["fat-tree", "--k", "20", "--protocol", "isis"], ONE_ROUTER, false;
    "base fat-tree k=48 ebgp", &["fat-tree", "--k", "48", "--protocol", "ebgp"], ONE_ROUTER, true;
    "base fat-tree k=48 ospf", &["fat-tree", "--k", "48", "--protocol", "ospf"], ONE_ROUTER, true;
    "base fat-tree k=48 isis", &["fat-tree", "--k", "48", "--protocol", "isis"], ONE_ROUTER, true;
    "base fat-tree k=72 ebgp", &["fat-tree", "--k", "72", "--protocol", "ebgp"], ONE_ROUTER, true;
    "base fat-tree k=72 ospf", &["fat-tree", "--k", "72", "--protocol", "ospf"], ONE_ROUTER, true;
    "base fat-tree k=72 isis", &["fat-tree", "--k", "72", "--protocol", "isis"], ONE_ROUTER, true;
    "base fat-tree k=90 ebgp", &["fat-tree", "--k", "90", "--protocol", "ebgp"], ONE_ROUTER, true;
    "base fat-tree k=90 ospf", &["fat-tree", "--k", "90", "--protocol", "ospf"], ONE_ROUTER, true;
    "base fat-tree k=90 isis", &["fat-tree", "--k", "90", "--protocol", "isis"], ONE_ROUTER, true;
    "base wan 200 routers, 5,000 prefixes", &["wan", "--routers", "200", "--sessions", "40", "--prefixes", "5000"],
        &["routes", "--node", "r-0-5", "--format", "csv"], false;
    "base wan 1,000 routers, 100,000 prefixes", &["wan", "--routers", "1000", "--sessions", "200", "--prefixes", "100000"],
        &["routes", "--node", "r-0-5", "--format", "csv"], true;
    "base wan 1,000 routers, 1,200,000 prefixes",
        &["wan", "--routers", "1000", "--sessions", "200", "--prefixes", "1000000", "--prefixes-v6", "200000"],
        &["routes", "--node", "r-0-5", "--prefix", "16.0.0.0/18", "--format", "csv"], true;
    "sweep fat-tree k=4 ebgp, 32 links", &["fat-tree", "--k", "4", "--protocol", "ebgp"], SWEEP, false;
    "sweep fat-tree k=8 ebgp, 256 links", &["fat-tree", "--k", "8", "--protocol", "ebgp"], SWEEP, false;
    "sweep fat-tree k=8 ospf, 256 links", &["fat-tree", "--k", "8", "--protocol", "ospf"], SWEEP, false;
    "sweep fat-tree k=8 isis, 256 links", &["fat-tree", "--k", "8", "--protocol", "isis"], SWEEP, false;
    "sweep fat-tree k=20 ebgp, 4,000 links", &["fat-tree", "--k", "20", "--protocol", "ebgp"], SWEEP, true;
    "sweep wan 100 routers, 500 prefixes", &["wan", "--routers", "100", "--sessions", "20", "--prefixes", "500"], SWEEP, false;
    "sweep wan 1,000 routers, 1,200,000 prefixes, 1,960 links",
        &["wan", "--routers", "1000", "--sessions", "200", "--prefixes", "1000000", "--prefixes-v6", "200000"], SWEEP, true;
    "sweep wan 50 routers, 300 prefixes, pairs of links",
        &["wan", "--igp", "ospf", "--routers", "50", "--sessions", "10", "--prefixes", "300"], PAIRS, false;
    "sweep wan 200 routers, 2,000 prefixes, pairs of links",
        &["wan", "--igp", "ospf", "--routers", "200", "--region", "25", "--sessions", "40", "--prefixes", "2000"], PAIRS, true;
};

/// Networks that other simulators can compute too: base runs, and sweeps.
const SHARED: [&[&[&str]]; 2] = [
    &[
        &["fat-tree", "--k", "8", "--protocol", "ebgp"],
        &["fat-tree", "--k", "8", "--protocol", "ospf"],
        &["wan", "--igp", "ospf", "--routers", "50", "--sessions", "10", "--prefixes", "300"],
    ],
    &[
        &["fat-tree", "--k", "4", "--protocol", "ebgp"],
        &["wan", "--igp", "ospf", "--routers", "50", "--sessions", "10", "--prefixes", "300"],
    ],
];
const SHARED_LARGE: [&[&[&str]]; 2] = [
    &[
        &["fat-tree", "--k", "20", "--protocol", "ebgp"],
        &["fat-tree", "--k", "20", "--protocol", "ospf"],
        &["wan", "--igp", "ospf", "--routers", "200", "--sessions", "40", "--prefixes", "2000"],
    ],
    &[&["fat-tree", "--k", "8", "--protocol", "ebgp"], &["fat-tree", "--k", "8", "--protocol", "ospf"]],
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let large = words.iter().any(|w| w == "--large");
    let wanted = |c: &Case| words.iter().filter(|w| !w.starts_with("--")).all(|w| c.name.contains(w.as_str()));
    if words.iter().any(|w| w == "--peers") {
        return peers(large);
    }
    if words.iter().any(|w| w == "--spot") {
        return CASES.iter().filter(|c| c.name.starts_with("base") && (large || !c.large) && wanted(c)).for_each(spot);
    }
    if words.iter().any(|w| w == "--change") {
        return CASES.iter().filter(|c| c.name.starts_with("base wan") && (large || !c.large) && wanted(c)).for_each(change);
    }
    println!("{:<45} {:>10} {:>12}", "run", "time", "peak memory");
    for case in CASES.iter().filter(|c| (large || !c.large) && wanted(c)) {
        let folder = made(case.make);
        let runs = if case.large { 1 } else { 3 };
        let mut all: Vec<(Duration, Option<u64>)> = (0..runs).map(|_| run(case, &folder)).collect();
        all.sort();
        let (time, memory) = all[all.len() / 2];
        let memory = memory.map_or("-".to_owned(), |kib| format!("{} MiB", kib / 1024));
        println!("{:<45} {:>8.2} s {:>12}", case.name, time.as_secs_f64(), memory);
    }
}

fn nettwin() -> Command {
    Command::new(env!("CARGO_BIN_EXE_nettwin"))
}

/// Holds the tables of up to 64 prefixes against those that BGP gives when each is solved by itself.
fn spot(case: &Case) {
    let network = nettwin::load::load(&made(case.make)).unwrap().network;
    let state = nettwin::engine::simulate(&network, &nettwin::topology::Failures::default());
    let all = state.rib.prefixes();
    let sample = all.iter().step_by((all.len() / 64).max(1)).map(|(prefix, _)| *prefix).take(64).collect();
    let reference = nettwin::engine::bgp_one_by_one(&network, &state, Some(&sample)).table;
    let (mut looked, mut wrong) = (0_usize, 0_usize);
    for (prefix, id) in all.iter().filter(|(prefix, _)| sample.contains(prefix)) {
        for node in network.nodes().ids() {
            let main = state.rib.table().get(*id, node).map(|r| state.arena.routes.get(r));
            let alone = reference.get(*id, node).map(|r| state.arena.routes.get(r));
            looked += 1;
            // Another protocol may have the better route.
            let right = match (main, alone) {
                (Some(main), _) if main.protocol.is_bgp() => Some(main) == alone,
                (Some(main), Some(alone)) => main.distance <= alone.distance,
                (None, Some(_)) => false,
                (_, None) => true,
            };
            if !right {
                println!("{}: {prefix} on {}: {main:?}, alone {alone:?}", case.name, network.node_name(node));
                wrong += 1;
            }
        }
    }
    println!("{:<45} {looked} rows of {} prefixes looked at, {wrong} differ", case.name, sample.len());
    assert_eq!(wrong, 0, "{}", case.name);
}

/// On one router each, the preference of what customers, peers and transit providers send changes; then a port, a cost, a session, and what is
/// announced:
/// holds the tables worked out from those before against those from scratch.
fn change(case: &Case) {
    use nettwin::engine::{Purpose, simulate};
    use nettwin::load::{load, reread::reread};
    use nettwin::model::align::absent;
    use nettwin::topology::Failures;
    use nettwin::whatif::change::{Announce, Withdraw};
    use nettwin::whatif::scenario::{CostChange, Element, Scenario};
    let snapshot = load(&made(case.make)).unwrap();
    let was = &snapshot.network;
    let base = simulate(was, &Failures::default());
    for (old, new) in [(300, 150), (200, 190), (100, 120)] {
        let (old, new) = (format!("set local-preference {old}\n"), format!("set local-preference {new}\n"));
        let mut files = was.announcers.iter().flat_map(|a| &was.devices[a.device].files);
        let Some(file) = files.find(|f| was.sources.files[**f].text.contains(&old)) else { continue };
        let changed = reread(&snapshot, &[(*file, was.sources.files[*file].text.replace(&old, &new))]).network;
        let what = format!("{}: {} on {}", case.name, new.trim(), was.sources.files[*file].path);
        held(&what, (was, &base), &changed, Purpose::Base);
    }
    let Some(heard) = was.announcers.first() else { return };
    let at = was.devices[heard.device].name.to_string();
    let (prefix, peer) = (heard.routes[0].prefix, Some(heard.peer));
    let announce = Announce { at: at.clone(), peer, prefix, as_path: vec![64_999], med: None, communities: vec![] };
    let (device, interface) = base.topology.links[0].0;
    let port = format!("{}:{}", was.devices[device].name, was.devices[device].interfaces[interface].name);
    let reflector = format!("rr-{}-1", at.split('-').nth(1).unwrap_or_default());
    let nothing = Scenario::default;
    let mut words = was.clone();
    words.devices[device].interfaces[interface].description = Some("other words".into());
    held(&format!("{}: description of a port", case.name), (was, &base), &words, Purpose::Look);
    let mut subnet = was.clone();
    subnet.devices[device].interfaces[interface].addresses[0].address = "10.255.255.1/30".parse().unwrap();
    held(&format!("{}: subnet of a port", case.name), (was, &base), &subnet, Purpose::Look);
    let core = was.devices.iter_ids().find(|(_, d)| d.bgp.iter().all(|b| b.neighbors.len() < 3)).map(|(id, _)| id);
    let mut gone = was.clone();
    core.iter().for_each(|d| gone.devices[*d] = absent(&was.devices[*d]));
    held(&format!("{}: a router goes", case.name), (was, &base), &gone, Purpose::Look);
    held(&format!("{}: a router comes", case.name), (&gone, &simulate(&gone, &Failures::default())), was, Purpose::Look);
    for (what, scenario) in [
        ("cost of a link", Scenario { cost: vec![CostChange { interface: port, cost: 7 }], ..nothing() }),
        ("session with a reflector", Scenario { fail: vec![Element::Session(at, reflector)], ..nothing() }),
        ("prefix withdrawn", Scenario { withdraw: vec![Withdraw { prefix, at: None, peer: None }], ..nothing() }),
        ("prefix from outside", Scenario { announce: vec![announce.clone()], ..nothing() }),
        ("prefix of a router", Scenario { announce: vec![Announce { peer: None, ..announce }], ..nothing() }),
    ] {
        let changed = scenario.apply(was, &base.topology).unwrap().network.unwrap();
        held(&format!("{}: {what}", case.name), (was, &base), &changed, Purpose::Look);
        if what.starts_with("session") {
            let without = simulate(&changed, &Failures::default());
            held(&format!("{}: {what} comes back", case.name), (&changed, &without), was, Purpose::Look);
        }
    }
}

/// Times tables worked out from those before, and holds them against those from scratch.
fn held(
    what: &str,
    (was, base): (&nettwin::model::Network, &nettwin::engine::State),
    changed: &nettwin::model::Network,
    purpose: nettwin::engine::Purpose,
) {
    use nettwin::base::diag::Diagnostic;
    use nettwin::engine::{simulate_change, simulate_in};
    let none = nettwin::topology::Failures::default();
    let start = Instant::now();
    let fast = simulate_change(base, was, changed, &none, purpose);
    let took = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let slow = simulate_in(&base.arena, changed, &none);
    let prefixes = base.rib.table().changed_to(fast.rib.table()).len();
    println!("{what:<70} {took:>6.2} s, from scratch {:>6.2} s: {prefixes} prefixes change", start.elapsed().as_secs_f64());
    assert_eq!(fast.rib.table().changed_to(slow.rib.table()), []);
    let said = |all: &[Diagnostic]| all.iter().map(|d| format!("{d:?}")).collect::<Vec<_>>();
    assert_eq!(said(&fast.findings), said(&slow.findings));
}

/// Runs `benches/peers` on what it shares with nettwin.
fn peers(large: bool) {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/Cargo.toml");
    let networks = if large { SHARED_LARGE } else { SHARED };
    for (networks, sweep) in networks.iter().zip([None, Some("--sweep")]) {
        let folders = networks.iter().map(|make| made(make));
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["run", "--release", "--quiet", "--locked", "--manifest-path"])
            .arg(&manifest)
            .arg("--")
            .args(sweep)
            .args(folders);
        assert!(cargo.status().unwrap().success(), "benches/peers");
    }
}

/// A network that `nettwin gen` makes; made if it is not there.
fn made(make: &[&str]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("macro").join(make.join("_"));
    if !folder.join("layer1_topology.json").exists() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.parent().unwrap_or(&folder)).unwrap();
        let done = nettwin().arg("gen").args(make).arg("--out").arg(&folder).stdout(Stdio::null()).status().unwrap();
        assert!(done.success(), "{make:?}");
    }
    folder
}

/// Wall time and the largest resident set in KiB.
fn run(case: &Case, folder: &Path) -> (Duration, Option<u64>) {
    let start = Instant::now();
    let mut child =
        nettwin().arg(case.run[0]).arg(folder).args(&case.run[1..]).arg("--quiet").stdout(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    loop {
        if let Some(done) = child.try_wait().unwrap() {
            assert!(done.success(), "{}", case.name);
            return (start.elapsed(), peak);
        }
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        peak = peak.max(line.and_then(|l| l.split_whitespace().next()?.parse().ok()));
        std::thread::sleep(Duration::from_millis(2));
    }
}
