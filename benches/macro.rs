//! Whole runs of the binary on generated networks: time and peak memory, from config text to the answer.
//!
//!     cargo bench --bench macro                  the small ones
//!     cargo bench --bench macro -- --large       with fat-trees of k = 48 and the large backbone
//!     cargo bench --bench macro -- sweep         those whose name holds the word
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
    "base wan 200 routers, 5,000 prefixes", &["wan", "--routers", "200", "--sessions", "40", "--prefixes", "5000"],
        &["routes", "--node", "r-0-5", "--format", "csv"], false;
    "base wan 1,000 routers, 100,000 prefixes", &["wan", "--routers", "1000", "--sessions", "200", "--prefixes", "100000"],
        &["routes", "--node", "r-0-5", "--format", "csv"], true;
    "sweep fat-tree k=4 ebgp, 32 links", &["fat-tree", "--k", "4", "--protocol", "ebgp"], SWEEP, false;
    "sweep fat-tree k=8 ebgp, 256 links", &["fat-tree", "--k", "8", "--protocol", "ebgp"], SWEEP, false;
    "sweep fat-tree k=8 ospf, 256 links", &["fat-tree", "--k", "8", "--protocol", "ospf"], SWEEP, false;
    "sweep fat-tree k=8 isis, 256 links", &["fat-tree", "--k", "8", "--protocol", "isis"], SWEEP, false;
    "sweep wan 100 routers, 500 prefixes", &["wan", "--routers", "100", "--sessions", "20", "--prefixes", "500"], SWEEP, false;
};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let large = words.iter().any(|w| w == "--large");
    let wanted = |c: &Case| words.iter().filter(|w| !w.starts_with("--")).all(|w| c.name.contains(w.as_str()));
    println!("{:<45} {:>10} {:>12}", "run", "time", "peak memory");
    for case in CASES.iter().filter(|c| (large || !c.large) && wanted(c)) {
        let folder = made(case);
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

/// The network of a case; made if it is not there.
fn made(case: &Case) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("macro").join(case.make.join("_"));
    if !folder.join("layer1_topology.json").exists() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.parent().unwrap_or(&folder)).unwrap();
        let done = nettwin().arg("gen").args(case.make).arg("--out").arg(&folder).stdout(Stdio::null()).status().unwrap();
        assert!(done.success(), "{}", case.name);
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
