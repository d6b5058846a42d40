//! The twin against live FRR daemons: random networks from fixed seeds run in network namespaces (`tests/frr/frr_lab.py`), and their tables are
//! held against ours.
//!
//! Needs root, the Debian packages `frr` and `iproute2`, and Python; where one is absent the test says so and passes. By default one small
//! network of each kind runs whose outcome does not hang on message order, and those under `tests/frr/found` (some minutes in all). `NETTWIN_FRR=KIND-SEED,…` runs others,
//! `NETTWIN_FRR=off` none. See `tests/frr/README.md` for where FRR itself does not do the same twice.

#![expect(clippy::print_stdout, reason = "a skipped test says so")]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::compare::{Score, compare};

// Without two parallel links in those of IS-IS and OSPFv3: which of them the daemons take differs from run to run.
const NETWORKS: &str = "ospf-3,ospf-multiarea-3,ospf6-8,isis-11,ebgp-fabric-2,ibgp-rr-3,policy-3";

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frr").join(name)
}

/// Why live FRR cannot run here.
fn missing() -> Option<&'static str> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let root = status.lines().any(|l| l.starts_with("Uid:") && l.split_whitespace().nth(2) == Some("0"));
    let works = |cmd: &str, arg: &str| Command::new(cmd).arg(arg).output().is_ok_and(|o| o.status.success());
    match () {
        () if std::env::var("NETTWIN_FRR").as_deref() == Ok("off") => Some("NETTWIN_FRR=off"),
        () if !Path::new("/usr/lib/frr/zebra").exists() => Some("no FRR in /usr/lib/frr"),
        () if !root => Some("not root"),
        () if !works("python3", "--version") => Some("no python3"),
        () if !Command::new("ip").args(["netns", "list"]).output().is_ok_and(|o| o.status.success()) => {
            Some("no network namespaces")
        }
        () => None,
    }
}

fn read(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap_or_default()).unwrap_or_default()
}

fn ours(question: &str, snapshot: &Path) -> serde_json::Value {
    let out =
        Command::new(env!("CARGO_BIN_EXE_nettwin")).arg(question).arg(snapshot).args(["--format", "json"]).output().unwrap();
    serde_json::from_slice(&out.stdout).unwrap_or_default()
}

fn whole(s: &Score) -> bool {
    s.routes.ok == s.routes.all && s.bgp_best.ok == s.bgp_best.all
}

/// Runs a network live for at least so many seconds; whether its tables are ours. One that does not settle proves nothing.
fn agrees(name: &str, lab: &Path, least: &str) -> bool {
    let ran = Command::new("python3").arg(script("frr_lab.py")).arg(lab).args(["--least", least]).output().unwrap();
    let truth = read(&lab.join("truth.json"));
    if truth["settled"] != true {
        println!("{name}: live FRR did not settle: {}", String::from_utf8_lossy(&ran.stderr));
        return true;
    }
    let score = compare(&truth, &ours("routes", lab));
    println!("{name}: routes {}/{}, best {}/{}", score.routes.ok, score.routes.all, score.bgp_best.ok, score.bgp_best.all);
    whole(&score) && floods_alike(&truth, lab)
}

/// Whether VLANs over VXLAN flood to the same tunnel ends.
fn floods_alike(truth: &serde_json::Value, lab: &Path) -> bool {
    let of_node = |(name, node): (&String, &serde_json::Value)| Some((name.clone(), node.get("vnis")?.clone()));
    let live: BTreeMap<String, serde_json::Value> =
        truth["nodes"].as_object().into_iter().flatten().filter_map(of_node).collect();
    if live.is_empty() {
        return true;
    }
    let mut twin: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    for row in ours("evpn", lab)["vlans"].as_array().into_iter().flatten() {
        let node = twin.entry(row["node"].as_str().unwrap_or_default().to_owned()).or_insert_with(|| serde_json::json!({}));
        node[row["vni"].to_string()] = row["remote_vteps"].clone();
    }
    if live != twin {
        println!("tunnel ends differ: live {live:?}, twin {twin:?}");
    }
    live == twin
}

/// Networks on which the twin once differed, made small by `shrink.py`.
fn found() -> Vec<String> {
    let folders = std::fs::read_dir(script("found")).into_iter().flatten().flatten();
    let mut names: Vec<String> = folders.map(|f| f.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn the_twin_agrees_with_live_frr() {
    if let Some(why) = missing() {
        println!("skipped: live FRR is not run here: {why}");
        return;
    }
    let chosen = std::env::var("NETTWIN_FRR");
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    let random = chosen.as_deref().unwrap_or(NETWORKS).split(',').map(str::to_owned);
    let found = if chosen.is_ok() { Vec::new() } else { found() };
    for name in random.chain(found) {
        let lab = folder.path().join(&name);
        let (kind, seed) = name.rsplit_once('-').expect("NETTWIN_FRR=KIND-SEED,…");
        if script("found").join(&name).exists() {
            support::copy_folder(&script("found").join(&name), &lab);
        } else {
            let made = Command::new("python3").arg(script("gen_labs.py")).args([kind, seed]).arg(folder.path()).output().unwrap();
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        }
        // A busy machine may read the daemons before they have settled, and daemons do not end alike in each run: a difference counts if it
        // stays. An overloaded isisd holds no routes at all for its first half minute.
        let waits = if kind.starts_with("isis") { ["45", "60", "120"] } else { ["8", "20", "40"] };
        let agrees = waits.iter().any(|least| agrees(&name, &lab, least));
        if !agrees {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "these networks' tables differ from live FRR's: {wrong:?}");
}
