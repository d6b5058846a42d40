//! `nettwin drift` on the labs' own captured state agrees as the truth files do, which were made from the same captures.
//!
//! The labs are not part of this repository (see `tests/labs.rs`). Where they are absent the test says so and passes.

#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use nettwin::state::{self, StateFile};
use serde_json::{Value, json};

fn labs_folder() -> Option<PathBuf> {
    let shared = std::env::var_os("NETTWIN_SHARED").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(|p| p.join("shared"));
    shared.into_iter().chain(beside).map(|p| p.join("labs")).find(|p| p.is_dir())
}

fn collected(folder: &Path) -> Value {
    let mut files: Vec<(String, String)> = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_file() {
            files.push((name, String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned()));
        }
    }
    files.sort();
    let files: Vec<_> = files.iter().map(|(name, text)| StateFile { name, text }).collect();
    state::read(&files).node()
}

/// What the truth does not hold (IPv6 of Junos, VRF tables of IOS) is left out: the captures hold more.
fn as_far_as(truth: &Value, node: &mut Value) {
    let prefixes = |table: &Value, kind: &str| -> BTreeSet<String> {
        let rows = table.get(kind).and_then(Value::as_array).into_iter().flatten();
        rows.filter_map(|r| r["prefix"].as_str().map(str::to_owned)).collect()
    };
    let vrfs = node["vrfs"].as_object_mut().unwrap();
    vrfs.retain(|name, _| truth["vrfs"].get(name).is_some());
    for (name, table) in vrfs {
        for kind in ["routes", "bgp_routes"] {
            let held = prefixes(&truth["vrfs"][name], kind);
            let v6 = held.iter().any(|p| p.contains(':'));
            if let Some(rows) = table.get_mut(kind).and_then(Value::as_array_mut) {
                rows.retain(|r| !held.is_empty() && (v6 || !r["prefix"].as_str().unwrap_or_default().contains(':')));
            }
        }
    }
}

#[test]
fn captures_say_what_the_truth_says() {
    let Some(folder) = labs_folder() else {
        println!("skipped: no labs (set NETTWIN_SHARED to the folder that holds `labs`)");
        return;
    };
    let mut wrong = Vec::new();
    let mut labs = 0;
    for lab in std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()) {
        let Ok(truth) = std::fs::read(lab.join("truth.json")) else { continue };
        let truth: Value = serde_json::from_slice(&truth).unwrap();
        labs += 1;
        for (host, node) in truth["nodes"].as_object().unwrap() {
            let mut got = collected(&lab.join("show").join(host));
            as_far_as(node, &mut got);
            let (truth, got) = (json!({"nodes": {"x": node}}), json!({"nodes": {"x": got}}));
            let score = state::compare::compare(&truth, &got);
            if [score.routes, score.bgp_best, score.bgp_paths].iter().any(|s| s.ok != s.all) {
                wrong.push(format!("{} {host}: {score:?}", lab.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "of {labs} labs:\n{}", wrong.join("\n"));
}
