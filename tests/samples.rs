//! The sample networks are what their READMEs say.

use std::path::Path;

use nettwin::engine::{State, simulate};
use nettwin::forward::reach::{Fate, fates};
use nettwin::forward::step::Forwarder;
use nettwin::load::{Snapshot, load};
use nettwin::protocols::session::{DownReason, SessionState};
use nettwin::topology::Failures;
use nettwin::vendors::sink::LineClass;

fn run(name: &str) -> (Snapshot, State) {
    let snapshot = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies").join(name)).unwrap();
    let state = simulate(&snapshot.network, &Failures::default());
    (snapshot, state)
}

/// Session ends: up, towards the outside, down.
fn sessions(state: &State) -> (usize, usize, usize) {
    let count = |f: fn(&SessionState) -> bool| state.sessions().filter(|s| f(&s.state)).count();
    (
        count(|s| matches!(s, SessionState::Up)),
        count(|s| matches!(s, SessionState::Outside)),
        count(|s| matches!(s, SessionState::Down(_))),
    )
}

fn fate(snapshot: &Snapshot, state: &State, from: &str, to: &str) -> Fate {
    let network = &snapshot.network;
    let node = network.node(network.find_device(from).unwrap(), nettwin::model::VrfId::DEFAULT);
    let all = fates(&Forwarder::new(network, state), to.parse().unwrap(), network.nodes().len());
    all[node.0 as usize]
}

/// `protocol metric` of a route, and how many next hops it has.
fn route(snapshot: &Snapshot, state: &State, node: &str, prefix: &str) -> Option<(&'static str, u32, usize)> {
    let network = &snapshot.network;
    let node = network.node(network.find_device(node).unwrap(), nettwin::model::VrfId::DEFAULT);
    let route = state.arena.routes.get(state.rib.get(&state.arena, node, &prefix.parse().unwrap())?);
    Some((route.protocol.word(), route.metric, state.arena.hops_of(route).len()))
}

fn lines(snapshot: &Snapshot, class: LineClass) -> usize {
    snapshot.reports.iter().flat_map(|r| &r.classes).flat_map(|(_, l)| l).filter(|c| **c == class).count()
}

#[test]
fn wan() {
    let (snapshot, state) = run("wan");
    assert_eq!(sessions(&state), (106, 3, 0));
    assert_eq!(lines(&snapshot, LineClass::NotUnderstood), 0);
    // Customers first, then the peer, then the nearer transit.
    assert_eq!(route(&snapshot, &state, "pe1", "203.0.113.0/24").unwrap().0, "ebgp");
    assert_eq!(route(&snapshot, &state, "pe5", "45.1.0.0/16").unwrap().0, "ibgp");
    // Bogons from the peer are refused; its other routes are not.
    assert_eq!(route(&snapshot, &state, "pe2", "10.66.0.0/16"), None);
    assert!(route(&snapshot, &state, "pe2", "46.1.0.0/16").is_some());
    for (from, to) in [("ce1", "198.51.100.10"), ("ce2", "203.0.113.10"), ("ce3", "203.0.113.10")] {
        assert_eq!(fate(&snapshot, &state, from, to), Fate::DELIVERED, "{from} to {to}");
    }
    assert_eq!(fate(&snapshot, &state, "ce1", "45.2.0.1"), Fate::EXITS);
}

#[test]
fn campus() {
    let (snapshot, state) = run("campus");
    assert_eq!(sessions(&state), (34, 0, 0));
    assert_eq!(lines(&snapshot, LineClass::NotUnderstood), 0);
    // Building B is totally stubby: a default over both distribution switches, and nothing of building A.
    assert_eq!(route(&snapshot, &state, "accb2", "0.0.0.0/0").unwrap().2, 2);
    assert_eq!(route(&snapshot, &state, "accb2", "10.1.0.0/16"), None);
    // Building A is a normal area: it has B's summary and the border's default, external type 1.
    assert_eq!(route(&snapshot, &state, "acca2", "10.2.0.0/16").unwrap().0, "ospf_inter");
    assert_eq!(route(&snapshot, &state, "acca2", "0.0.0.0/0").unwrap().0, "ospf_e1");
    assert_eq!(route(&snapshot, &state, "core1", "10.1.0.0/16").unwrap().2, 2);
    assert_eq!(fate(&snapshot, &state, "accb2", "10.1.10.50"), Fate::DELIVERED);
    assert_eq!(fate(&snapshot, &state, "accb2", "8.8.8.8"), Fate::EXITS);
}

#[test]
fn fat_tree() {
    let (snapshot, state) = run("fat-tree");
    assert_eq!(sessions(&state), (64, 0, 0));
    assert_eq!(lines(&snapshot, LineClass::NotUnderstood) + lines(&snapshot, LineClass::NotModelled), 0);
    assert_eq!(route(&snapshot, &state, "edge-0-0", "10.0.7.0/24"), Some(("ebgp", 0, 2)));
    assert_eq!(route(&snapshot, &state, "agg-0-0", "10.0.7.0/24"), Some(("ebgp", 0, 2)));
    assert_eq!(route(&snapshot, &state, "core-0-0", "10.0.7.0/24"), Some(("ebgp", 0, 1)));
    assert_eq!(fate(&snapshot, &state, "edge-0-0", "10.0.7.10"), Fate::DELIVERED);
}

#[test]
fn broken() {
    let (snapshot, state) = run("broken");
    assert_eq!(sessions(&state), (0, 1, 22));
    assert_eq!((lines(&snapshot, LineClass::NotUnderstood), lines(&snapshot, LineClass::Invalid)), (1, 1));
    let has = |f: fn(&DownReason) -> bool| state.sessions().any(|s| matches!(&s.state, SessionState::Down(r) if f(r)));
    assert!(has(|r| matches!(r, DownReason::AreaMismatch(..))));
    assert!(has(|r| matches!(r, DownReason::HelloMismatch(10, 5))));
    assert!(has(|r| matches!(r, DownReason::AsMismatch { actual: 65003, .. })));
    assert!(has(|r| matches!(r, DownReason::NoCommonSubnet)));
    assert!(has(|r| matches!(r, DownReason::AuthMismatch)));
    assert!(has(|r| matches!(r, DownReason::DuplicateRouterId(_))));
    assert!(has(|r| matches!(r, DownReason::LevelMismatch(..))));
    assert!(has(|r| matches!(r, DownReason::NetworkTypeMismatch(..))));
    assert!(has(|r| matches!(r, DownReason::BothPassive)));
    assert!(has(|r| matches!(r, DownReason::Shutdown)));
    assert!(fate(&snapshot, &state, "r1", "192.0.2.1").has(Fate::LOOPS));
    assert_eq!(fate(&snapshot, &state, "r4", "203.0.113.1"), Fate::DISCARDED);
}

#[test]
fn iosxr_edge() {
    let (snapshot, state) = run("iosxr-edge");
    assert_eq!(sessions(&state), (8, 0, 0));
    for class in [LineClass::NotUnderstood, LineClass::NotModelled, LineClass::Invalid] {
        assert_eq!(lines(&snapshot, class), 0);
    }
    let at = |node, prefix| route(&snapshot, &state, node, prefix);
    assert_eq!(at("pe1", "203.0.113.0/24"), Some(("ebgp", 42, 1)));
    assert_eq!(at("pe1", "198.51.100.0/24"), Some(("ebgp", 0, 1)));
    assert_eq!(at("pe1", "192.0.2.0/25"), None);
    assert_eq!(at("pe2", "203.0.113.0/24"), Some(("ibgp", 42, 1)));
    assert_eq!(at("ce", "10.255.0.1/32").unwrap().0, "ebgp");
    // Nothing is taken from a neighbour without a policy, nor sent to it.
    assert_eq!((at("pe2", "100.64.0.0/10"), at("peer", "203.0.113.0/24")), (None, None));
    // The bundle is 20 Gbit/s, its cost is set.
    assert_eq!(at("pe1", "10.255.0.2/32"), Some(("ospf_intra", 11, 1)));
}

#[test]
fn cumulus_nvue() {
    let (snapshot, state) = run("cumulus-nvue");
    assert_eq!(sessions(&state), (8, 0, 0));
    for class in [LineClass::NotModelled, LineClass::NotUnderstood, LineClass::Invalid] {
        assert_eq!(lines(&snapshot, class), 0, "{class:?}");
    }
    // YAML and commands say the same: each leaf has the other's subnets over both spines.
    assert_eq!(route(&snapshot, &state, "leaf02", "10.1.10.0/24"), Some(("ebgp", 0, 2)));
    assert_eq!(route(&snapshot, &state, "leaf01", "10.1.30.0/24"), Some(("ebgp", 0, 2)));
    assert_eq!(route(&snapshot, &state, "leaf01", "10.10.10.102/32"), Some(("ebgp", 0, 1)));
    assert_eq!(fate(&snapshot, &state, "leaf01", "10.1.30.9"), Fate::DELIVERED);
}
