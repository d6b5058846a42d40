//! Candidates in which devices, tables and ports come and go: they do what they do by themselves, and their tables are made from the base's.

mod support;
#[path = "support/tables.rs"]
mod tables;

use std::path::{Path, PathBuf};

use nettwin::base::id::{Id, IdVec};
use nettwin::engine::{Purpose, State, simulate, simulate_change};
use nettwin::load::{load, load_pair};
use nettwin::model::align::align;
use nettwin::model::change::ConfigChange;
use nettwin::model::{Device, Interface, InterfaceId, Network, Vrf};
use nettwin::questions::routes::{Wanted, write_facts};
use nettwin::topology::Failures;
use tables::assert_same;

/// The networks that come with the project.
fn topologies() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies");
    let mut out: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    out.sort();
    out
}

/// All that a device says, with the names of ports and tables for their numbers.
fn said(device: &Device) -> String {
    let mut there = device.clone();
    there.interfaces = device.interfaces.iter().filter(|i| !i.absent).cloned().collect();
    there.vrfs = device.vrfs.iter().filter(|v| !v.absent).cloned().collect();
    let text = format!("{there:?}");
    let named = |text: &str, word: &str, name: &dyn Fn(usize) -> String| -> String {
        let mut parts = text.split(word);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |out, part| {
            let (number, rest) = part.split_once(')').unwrap();
            out + word + &name(number.parse().unwrap()) + rest
        })
    };
    let port = |n| device.interfaces.get(InterfaceId::new(n)).map_or("none".to_owned(), |i: &Interface| i.name.to_string());
    let table = |n| device.vrfs.get(Id::new(n)).map_or("none".to_owned(), |v: &Vrf| format!("{}{}", v.name, v.absent));
    named(&named(&text, "InterfaceId(", &port), "VrfId(", &table)
}

/// Wherever ports and tables of another network stand between a device's own, all that names its own still does.
#[test]
fn all_that_names_ports_and_tables_goes_with_them() {
    let labs = support::labs_folder().into_iter().flat_map(|l| std::fs::read_dir(l).unwrap()).map(|e| e.unwrap().path());
    let all: Vec<PathBuf> = topologies().into_iter().chain(labs.filter(|p| p.join("configs").is_dir())).collect();
    let mut moved = 0;
    for folder in all {
        for device in &load(&folder).unwrap().network.devices {
            let other = |n: usize| format!("of the other {n}").into_boxed_str();
            let mut model = device.clone();
            model.interfaces = IdVec::new();
            model.vrfs = device.vrfs.iter().take(1).cloned().collect();
            for (n, port) in device.interfaces.iter().enumerate() {
                model.interfaces.push(Interface { name: other(n), ..Interface::default() });
                model.interfaces.push(port.clone());
            }
            for (n, vrf) in device.vrfs.iter().enumerate().skip(1) {
                model.vrfs.push(Vrf { name: other(n), ..Vrf::default() });
                model.vrfs.push(vrf.clone());
            }
            let (mut a, mut b) = (vec![device.clone()], vec![model]);
            align(&mut a, &mut b);
            assert_eq!(a[0].interfaces.len(), 2 * device.interfaces.len(), "{}", folder.display());
            assert_eq!(said(&a[0]), said(device), "{}", folder.display());
            moved += device.interfaces.len();
        }
    }
    assert!(moved > 100);
}

/// Devices that only one side has, and ports in another order.
#[test]
fn places_are_kept_free_and_order_stays() {
    let device = |name: &str, ports: &[&str]| Device {
        name: name.into(),
        interfaces: ports.iter().map(|p| Interface { name: (*p).into(), enabled: true, ..Interface::default() }).collect(),
        vrfs: [Vrf { name: "default".into(), ..Vrf::default() }].into_iter().collect(),
        ..Device::default()
    };
    let mut a = vec![device("a", &["e1", "e2"]), device("b", &["lo", "e1", "e3"]), device("d", &["e1", "e2"])];
    let mut b = vec![device("b", &["e1", "e2", "e3"]), device("c", &["e1"]), device("d", &["e2", "e1"])];
    align(&mut a, &mut b);
    let shown = |all: &[Device]| {
        let port = |i: &Interface| format!("{}{}", if i.absent { "-" } else { "" }, i.name);
        let ports = |d: &Device| d.interfaces.iter().map(port).collect::<Vec<_>>().join(" ");
        all.iter().map(|d| format!("{}{}: {}", if d.absent { "-" } else { "" }, d.name, ports(d))).collect::<Vec<_>>()
    };
    assert_eq!(shown(&a), ["a: e1 e2", "b: lo e1 -e2 e3", "-c: -e1", "d: e1 e2"]);
    assert_eq!(shown(&b), ["-a: -e1 -e2", "b: -lo e1 e2 e3", "c: e1", "d: e2 e1"]);
}

fn facts(network: &Network, state: &State) -> serde_json::Value {
    let mut out = Vec::new();
    write_facts(&mut out, network, state, &Wanted::default()).unwrap();
    serde_json::from_slice(&out).unwrap()
}

/// The candidate's tables, made from the base's: what a run from scratch gives, and what the candidate has by itself.
fn candidate_of(what: &str, base: &Path, candidate: &Path) -> Option<ConfigChange> {
    let (was, is) = load_pair(base, candidate, false).unwrap();
    let (was, is) = (was.network, is.network);
    let none = Failures::none();
    let before = simulate(&was, &none);
    for purpose in [Purpose::Look, Purpose::Base] {
        let after = simulate_change(&before, &was, &is, &none, purpose);
        assert_same(what, &is, &simulate(&is, &none), &after);
        let alone = load(candidate).unwrap().network;
        assert_eq!(facts(&is, &after), facts(&alone, &simulate(&alone, &none)), "{what}");
    }
    ConfigChange::between(&was, &is)
}

/// A copy of a snapshot with a device's config changed, or without it.
fn copy(from: &Path, to: &Path, device: &Path, edit: impl Fn(&str) -> Option<String>) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to.join("configs")).unwrap();
    for entry in ["", "configs"].iter().flat_map(|f| std::fs::read_dir(from.join(f)).unwrap()) {
        let path = entry.unwrap().path();
        let target = to.join(path.strip_prefix(from).unwrap());
        // Roles and demands must name what there is.
        if path.is_dir() || path.file_name().is_some_and(|n| n == "nettwin.yaml" || n == "demands.csv") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        if path != device {
            std::fs::write(target, text).unwrap();
        } else if let Some(text) = edit(&text) {
            std::fs::write(target, text).unwrap();
        }
    }
}

/// The text without the `n`-th block that begins with `interface`.
fn without_port(text: &str, n: usize) -> Option<String> {
    let is_head = |l: &&str| l.starts_with("interface ");
    let head = text.lines().filter(is_head).nth(n)?;
    let mut inside = false;
    let kept = text.lines().filter(|l| {
        inside = if l.starts_with(' ') { inside } else { *l == head };
        !inside
    });
    Some(kept.map(|l| format!("{l}\n")).collect())
}

/// Routers and ports of the project's networks go and come.
#[test]
fn routers_and_ports_go_and_come() {
    let folder = tempfile::tempdir().unwrap();
    let (changed, mut known, mut all) = (folder.path().join("changed"), 0, 0);
    for base in topologies() {
        let mut configs: Vec<PathBuf> =
            std::fs::read_dir(base.join("configs")).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_file()).collect();
        configs.sort();
        for (n, config) in configs.iter().enumerate().step_by(3) {
            let text = std::fs::read_to_string(config).unwrap();
            for edited in [None, without_port(&text, 0), without_port(&text, 1 + n % 3)] {
                let what = format!("{} {}", config.display(), edited.is_some());
                copy(&base, &changed, config, |_| edited.clone());
                for (a, b) in [(&base, &changed), (&changed, &base)] {
                    all += 1;
                    known += usize::from(candidate_of(&what, a, b).is_some());
                }
            }
        }
    }
    assert!(known * 10 > all * 9, "{known} of {all}");
}
