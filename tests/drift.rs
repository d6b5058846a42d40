//! `nettwin drift` on the labs' own captured state agrees as the truth files do, which were made from the same captures.
//!
//! The labs are not part of this repository (see `tests/labs.rs`). Where they are absent the test says so and passes.

#![expect(clippy::print_stdout, reason = "a skipped test says so")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use nettwin::model::Network;
use nettwin::questions::drift::{Collected, answer};
use nettwin::state::compare::Share;
use nettwin::state::{self, StateFile};
use nettwin::topology::Failures;
use nettwin::vendors::{ConfigFile, read_device, recognise};
use serde_json::{Value, json};

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
    let Some(folder) = support::labs_folder() else {
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

fn network() -> Network {
    let text = "hostname r1\ninterface GigabitEthernet0/0\n ip address 10.0.0.1 255.255.255.0\n no shutdown\n!\n\
                ip route 10.8.0.0 255.255.0.0 10.0.0.2\nip route 10.7.0.0 255.255.0.0 10.0.0.2\n";
    let (vendor, _) = recognise(text).expect("IOS");
    let file = ConfigFile { id: nettwin::base::span::FileId(0), name: "r1.cfg", text };
    Network::new(vec![read_device(vendor, "r1", &[file]).device], Default::default())
}

/// The lines are as IOS prints them.
#[test]
fn differences_have_a_cause() {
    let table = "Codes: L - local, C - connected, S - static, B - BGP\n\nGateway of last resort is not set\n\n\
                 C        10.0.0.0/24 is directly connected, GigabitEthernet0/0\n\
                 L        10.0.0.1/32 is directly connected, GigabitEthernet0/0\n\
                 S        10.8.0.0/16 [1/0] via 10.0.0.3\n\
                 B        10.6.0.0/16 [20/0] via 10.99.0.1, 00:12:00\n\
                 C        192.168.1.0/24 is directly connected, GigabitEthernet0/1\n";
    let files = [nettwin::state::StateFile { name: "show_ip_route.txt", text: table }];
    let facts = serde_json::json!({"nodes": {"r1": nettwin::state::read(&files).node()}});
    let network = network();
    let state = nettwin::engine::simulate(&network, &Failures::default());
    let files = BTreeMap::from([("r1".to_owned(), (1, 1))]);
    let drift = answer(&network, &state, &Collected { facts: &facts, files: &files, top: 10 }).unwrap();
    assert_eq!(drift.total.routes, Share { ok: 2, all: 6 });
    let causes: Vec<String> = drift.answer.tables[1].rows.iter().map(|r| format!("{:?}", r.cells[0])).collect();
    for cause in [
        "an address that the configs do not give",
        "learned from 10.99.0.1, which is not in the snapshot",
        "a route of static is in the twin alone",
        "a route of static with another next hop",
    ] {
        assert!(causes.iter().any(|c| c.contains(cause)), "{cause}: {causes:?}");
    }
    assert!((drift.least - 100.0 / 3.0).abs() < 0.01);
}
