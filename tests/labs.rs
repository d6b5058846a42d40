//! Real devices' tables against ours: the match rate of each lab must not fall below what `labs.rates` records.
//!
//! The labs are not part of this repository: they are looked for in `$NETTWIN_SHARED/labs`, else in `../shared/labs` beside the
//! project. Where they are absent the test says so and passes. After an improvement run with `NETTWIN_BLESS=1` to record it.

#![expect(clippy::print_stdout, reason = "a skipped test says so")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::compare::{Score, Share, compare};

const RATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/labs.rates");
const HEAD: &str = "# Match rates against real devices' tables: lab, then agreeing/all of main-table routes, BGP best paths, \
                    BGP path sets.\n# Checked by tests/labs.rs; written by NETTWIN_BLESS=1 cargo test --test labs.\n";

fn share(word: &str) -> Option<Share> {
    let (ok, all) = word.split_once('/')?;
    Some(Share { ok: ok.parse().ok()?, all: all.parse().ok()? })
}

fn recorded() -> BTreeMap<String, Score> {
    let text = std::fs::read_to_string(RATES).unwrap_or_default();
    let line = |l: &str| {
        let mut words = l.split_whitespace();
        let lab = words.next()?.to_owned();
        let mut next = || share(words.next()?);
        Some((lab, Score { routes: next()?, bgp_best: next()?, bgp_paths: next()? }))
    };
    text.lines().filter(|l| !l.starts_with('#')).filter_map(line).collect()
}

fn write_rates(scores: &BTreeMap<String, Score>) {
    let mut out = HEAD.to_owned();
    let cell = |s: Share| format!("{}/{}", s.ok, s.all);
    for (lab, s) in scores {
        let (routes, best, paths) = (cell(s.routes), cell(s.bgp_best), cell(s.bgp_paths));
        writeln!(out, "{lab:45} {routes:>11} {best:>11} {paths:>11}").unwrap();
    }
    std::fs::write(RATES, out).unwrap();
}

fn run(lab: &Path) -> serde_json::Value {
    let out = Command::new(env!("CARGO_BIN_EXE_nettwin")).arg("routes").arg(lab).args(["--format", "json"]).output().unwrap();
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(!errors.contains("panicked at"), "{}: {errors}", lab.display());
    // A lab of systems that are not read yet has no tables: nothing agrees.
    serde_json::from_slice(&out.stdout).unwrap_or_default()
}

#[test]
fn no_lab_matches_worse_than_recorded() {
    let Some(folder) = support::labs_folder() else {
        println!("skipped: no labs (set NETTWIN_SHARED to the folder that holds `labs`)");
        return;
    };
    let mut labs: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    labs.retain(|l| l.join("truth.json").is_file());
    labs.sort();
    let mut now: BTreeMap<String, Score> = BTreeMap::new();
    for lab in labs {
        let truth = serde_json::from_slice(&std::fs::read(lab.join("truth.json")).unwrap()).unwrap();
        now.insert(lab.file_name().unwrap().to_string_lossy().into_owned(), compare(&truth, &run(&lab)));
    }
    let before = recorded();
    let mut wrong = Vec::new();
    let mut kept = before.clone();
    for (lab, score) in &now {
        let old = before.get(lab).copied();
        let was = old.unwrap_or_default();
        let kinds = [
            ("routes", score.routes, was.routes),
            ("bgp_best", score.bgp_best, was.bgp_best),
            ("bgp_paths", score.bgp_paths, was.bgp_paths),
        ];
        let mut worse = false;
        for (kind, is, was) in kinds {
            if old.is_some() && is.worse_than(was) {
                worse = true;
                wrong.push(format!("{lab}: {kind} {}/{}, was {}/{}", is.ok, is.all, was.ok, was.all));
            }
        }
        if !worse {
            kept.insert(lab.clone(), *score);
        }
    }
    if std::env::var_os("NETTWIN_BLESS").is_some() {
        write_rates(&kept);
    }
    assert!(wrong.is_empty(), "match rates fell:\n{}", wrong.join("\n"));
    if std::env::var_os("NETTWIN_BLESS").is_none() && kept != before {
        println!("some labs match better than recorded: run with NETTWIN_BLESS=1");
    }
}

#[test]
fn the_rules_of_comparison() {
    let json = |s: &str| serde_json::from_str::<serde_json::Value>(s).unwrap();
    let truth = json(
        r#"{"nodes": {"R1": {"vrfs": {"default": {"routes": [
            {"prefix": "10.0.0.0/24", "protocol": "ospf", "distance": 110, "next_hops": [{"ip": "10.9.0.1"}]},
            {"prefix": "10.1.0.0/24", "protocol": "static", "next_hops": [{"ip": "1.1.1.1"}]},
            {"prefix": "10.2.0.0/24", "protocol": "ebgp", "metric": 5, "next_hops": []},
            {"prefix": "224.0.0.0/24", "protocol": "connected", "next_hops": []}],
          "bgp_routes": [{"prefix": "10.2.0.0/24", "best": true, "next_hop": "0.0.0.0", "as_path": "", "communities": ["1:1"]}]},
          "mgmt": {"routes": [{"prefix": "10.7.0.0/24", "protocol": "static", "next_hops": []}]}}}}}"#,
    );
    let got = json(
        r#"{"nodes": {"r1": {"vrfs": {"default": {"routes": [
            {"prefix": "10.0.0.0/24", "protocol": "ospf_inter", "distance": 110, "metric": 3,
             "next_hops": [{"ip": "10.9.0.1", "interface": "e0"}]},
            {"prefix": "10.1.0.0/24", "protocol": "static", "next_hops": [{"ip": "10.9.0.1"}], "via": [{"ip": "1.1.1.1"}]},
            {"prefix": "10.2.0.0/24", "protocol": "ebgp", "metric": 6, "next_hops": []},
            {"prefix": "10.3.0.0/24", "protocol": "local", "next_hops": []},
            {"prefix": "10.4.0.0/24", "protocol": "static", "next_hops": []}],
          "bgp_routes": [{"prefix": "10.2.0.0/24", "best": true, "as_path": "", "communities": ["1:1", "rt:1:1"]}]}}}}}"#,
    );
    let s = compare(&truth, &got);
    assert_eq!((s.routes, s.bgp_best, s.bgp_paths), (Share { ok: 2, all: 4 }, Share { ok: 1, all: 1 }, Share { ok: 1, all: 1 }));
    assert!(Share { ok: 8, all: 10 }.worse_than(Share { ok: 9, all: 10 }) && !s.routes.worse_than(s.routes));
    // A neighbour's link-local address may stand in place of another that it has, not the other way, and not for another AS path.
    let path = |hop: &str, asns: &str| {
        let rows = format!(r#"[{{"prefix": "2001:db8::/64", "best": true, "next_hop": "{hop}", "as_path": "{asns}"}}]"#);
        json(&format!(r#"{{"nodes": {{"r1": {{"vrfs": {{"default": {{"routes": [], "bgp_routes": {rows}}}}}}}}}}}"#))
    };
    let agrees = |device: &serde_json::Value, twin| {
        let s = compare(device, &twin);
        assert_eq!(s.bgp_best.ok, s.bgp_paths.ok);
        s.bgp_best.ok == 1
    };
    assert!(agrees(&path("fe80::1", "65001"), path("2001:db8:1::2", "65001")));
    assert!(!agrees(&path("fe80::1", "65001"), path("2001:db8:1::2", "65002")));
    assert!(!agrees(&path("2001:db8:1::3", "65001"), path("2001:db8:1::2", "65001")));
}
