//! Sweeps in parts: any order of shards gives the bytes of one run; stopped runs go on; strangers are refused.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ALL: [&str; 6] = ["--links", "--nodes", "--pairs", "50", "--format", "json"];

fn wan() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/wan")
}

fn nettwin(args: &[&str]) -> (Option<i32>, Vec<u8>, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_nettwin")).args(args).output().unwrap();
    (status.code(), stdout, String::from_utf8_lossy(&stderr).into_owned())
}

fn fail(snapshot: &Path, more: &[&str]) -> (Option<i32>, Vec<u8>, String) {
    let mut args = vec!["fail", snapshot.to_str().unwrap()];
    args.extend(ALL);
    args.extend(more);
    nettwin(&args)
}

fn shard(part: &str, folder: &Path) {
    let (code, out, err) = fail(&wan(), &["--shard", part, "--out", folder.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{err}");
    assert!(String::from_utf8(out).unwrap().contains(&format!("part {}", part.replace('/', " of "))));
}

fn one_run() -> Vec<u8> {
    let (code, out, err) = fail(&wan(), &[]);
    assert_eq!(code, Some(0), "{err}");
    out
}

fn merge(paths: &[&Path]) -> (Option<i32>, Vec<u8>, String) {
    let mut args = vec!["merge", "--format", "json"];
    args.extend(paths.iter().map(|p| p.to_str().unwrap()));
    nettwin(&args)
}

#[test]
fn shards_in_any_order_are_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = (1..=3).map(|n| folder.path().join(format!("shard-{n}-of-3.jsonl"))).collect();
    for part in ["3/3", "1/3", "2/3"] {
        shard(part, folder.path());
    }
    let one = one_run();
    assert!(one.len() > 1000);
    assert_eq!(merge(&[folder.path()]).1, one);
    let [a, b, c] = [0, 1, 2].map(|n: usize| files[n].as_path());
    for order in [[a, b, c], [c, b, a], [b, c, a]] {
        assert_eq!(merge(&order).1, one);
    }
    let (code, out, err) = merge(&[a, c]);
    assert_eq!((code, out.len()), (Some(2), 0));
    assert!(err.contains("failures are missing: run the shards of 1/3 to 3/3"), "{err}");
}

#[test]
fn pairs_of_failures_are_cut_and_joined_too() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = wan();
    let run = |more: &[&str]| {
        let mut args = vec!["fail", snapshot.to_str().unwrap(), "--depth", "2", "--quiet", "--format", "json"];
        args.extend(more);
        nettwin(&args)
    };
    let (code, one, err) = run(&[]);
    assert_eq!(code, Some(0), "{err}");
    let answer: serde_json::Value = serde_json::from_slice(&one).unwrap();
    let both = answer["failures"].as_array().unwrap().iter().filter(|f| f["failure"].as_str().unwrap().contains(" and link "));
    assert!(both.count() > 0);
    // 32 links: 32 by themselves and 496 pairs.
    let tried: Vec<&str> = answer["notes"].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
    let count = |note: &str| note.split(' ').next().unwrap().parse::<usize>().unwrap();
    let proved = tried.iter().find(|n| n.contains("combinations")).map_or(0, |n| count(n));
    assert_eq!(count(tried[0]) + proved, 528, "{tried:?}");
    for part in ["1/2", "2/2"] {
        assert_eq!(run(&["--shard", part, "--out", folder.path().to_str().unwrap()]).0, Some(0));
    }
    assert_eq!(merge(&[folder.path()]).1, one);
    let (code, _, err) = run(&["--depth", "5"]);
    assert_eq!(code, Some(2), "{err}");
}

#[test]
fn a_stopped_shard_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shard-1-of-2.jsonl");
    for part in ["1/2", "2/2"] {
        shard(part, folder.path());
    }
    let whole = fs::read_to_string(&file).unwrap();
    // Stopped after three failures, in the middle of the fourth's line.
    let kept: usize = whole.split_inclusive('\n').take(4).map(str::len).sum();
    fs::write(&file, &whole[..kept + 25]).unwrap();
    assert!(merge(&[folder.path()]).2.contains("are missing"));
    shard("1/2", folder.path());
    let again = fs::read_to_string(&file).unwrap();
    assert_eq!(again[..kept], whole[..kept], "what was done is not run again");
    assert_eq!(merge(&[folder.path()]).1, one_run());
    // A single run with a journal goes on as well, and prints the answer.
    let alone = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        assert_eq!(fail(&wan(), &["--out", alone.path().to_str().unwrap()]).1, one_run());
    }
}

#[test]
fn shards_of_other_inputs_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    shard("1/2", &here);
    // The same network with one line more in one config.
    let changed = folder.path().join("net");
    support::copy_folder(&wan(), &changed);
    let config = fs::read_dir(changed.join("configs")).unwrap().map(|e| e.unwrap().path()).min().unwrap();
    let text = fs::read_to_string(&config).unwrap() + "\n";
    fs::write(&config, text).unwrap();
    let (code, _, err) = fail(&changed, &["--shard", "2/2", "--out", there.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{err}");
    let (code, out, err) = merge(&[&here, &there]);
    assert_eq!((code, out.len()), (Some(2), 0));
    assert!(err.contains("are of different sweeps: the inputs differ"), "{err}");
    let (code, _, err) = fail(&changed, &["--shard", "1/2", "--out", here.to_str().unwrap()]);
    assert_eq!(code, Some(2));
    assert!(err.contains("is of another sweep"), "{err}");
    for wrong in ["0/2", "3/2", "x", "1"] {
        assert_eq!(fail(&wan(), &["--shard", wrong, "--out", here.to_str().unwrap()]).0, Some(2), "{wrong}");
    }
}

/// Two workers on the loopback address, one of them killed midway. Skipped where Dask is not installed.
#[test]
fn dask_loses_nothing_when_a_worker_dies() {
    let python = std::env::var("NETTWIN_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import distributed"]).output();
    if !has.is_ok_and(|o| o.status.success()) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/cluster/dask_sweep.py");
    let run = Command::new(&python)
        .arg(script)
        .arg(wan())
        .args(["--out", folder.path().join("sweep").to_str().unwrap(), "--shards", "8", "--workers", "2", "--stop-one"])
        .args(["--nettwin", env!("CARGO_BIN_EXE_nettwin"), "--"])
        .args(["--links", "--nodes", "--pairs", "50"])
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{err}");
    assert!(err.contains("stopped worker"), "{err}");
    assert_eq!(String::from_utf8(run.stdout).unwrap(), String::from_utf8(one_run()).unwrap());
}
