//! Prefixes solved by class have the tables they have solved one by one.

#![expect(clippy::print_stdout, reason = "a skipped test says so")]

mod support;

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use nettwin::base::diag::Diagnostic;
use nettwin::base::id::IdVec;
use nettwin::base::span::{Origin, SourceMap};
use nettwin::engine::{State, bgp_one_by_one, simulate};
use nettwin::load::load;
use nettwin::model::bgp::*;
use nettwin::model::interface::{Interface, InterfaceAddress};
use nettwin::model::policy::*;
use nettwin::model::route::Family;
use nettwin::model::{Device, Network, Vrf};
use nettwin::topology::Failures;
use proptest::prelude::*;

/// Where the main tables hold another BGP route than BGP offers when each prefix is solved by itself, or where what is said differs.
fn differences(network: &Network, state: &State) -> Vec<String> {
    let reference = bgp_one_by_one(network, state, None);
    let arena = &state.arena;
    let mut out = Vec::new();
    for n in network.nodes().ids() {
        for &(net, id) in state.rib.prefixes() {
            let Some(ours) = state.rib.table().get(id, n).filter(|r| arena.routes.get(*r).protocol.is_bgp()) else { continue };
            let theirs = reference.table.get(id, n);
            if theirs != Some(ours) {
                let [a, b] = [Some(ours), theirs].map(|r| r.map(|r| (arena.routes.get(r), arena.hops_of(arena.routes.get(r)))));
                out.push(format!("{} {net}: {a:?} by class, {b:?} alone", network.node_name(n)));
            }
        }
    }
    for (prefix, column) in reference.table.columns() {
        for (n, r) in column.iter().filter(|(_, r)| arena.routes.get(*r).distance < 255) {
            let main = state.rib.table().get(prefix, n).map(|r| arena.routes.get(r));
            if main.is_none_or(|m| m.distance > arena.routes.get(r).distance) {
                out.push(format!("{} {}: missing", network.node_name(n), arena.prefixes.get(prefix)));
            }
        }
    }
    let of_bgp = |d: &&Diagnostic| d.code.0.starts_with("C-bgp-");
    let texts = |all: &[Diagnostic]| {
        let mut texts: Vec<String> =
            all.iter().filter(of_bgp).map(|d| format!("{} {:?} {}", d.code.0, d.device, d.message)).collect();
        texts.sort();
        texts
    };
    if texts(&state.findings) != texts(&reference.findings) {
        out.push(format!("{:#?}\nbut alone\n{:#?}", texts(&state.findings), texts(&reference.findings)));
    }
    // A sample has the columns it has among all.
    let aggregates = network.devices.iter().flat_map(|d| &d.bgp).flat_map(|b| &b.families).any(|f| !f.aggregates.is_empty());
    let every_second = reference.table.columns().step_by(2).map(|(p, _)| *arena.prefixes.get(p)).collect();
    let sample = bgp_one_by_one(network, state, Some(&every_second)).table;
    for (prefix, column) in reference.table.columns().filter(|(p, _)| aggregates || every_second.contains(arena.prefixes.get(*p)))
    {
        // Addresses that come along with another prefix are not the sample's.
        let of_bgp = |(n, r)| arena.routes.get(r).protocol.is_bgp().then_some((n, r));
        let here = sample.column(prefix).into_iter().flat_map(|c| c.iter()).filter_map(of_bgp);
        if !here.eq(column.iter().filter_map(of_bgp)) {
            out.push(format!("{}: another column in a sample", arena.prefixes.get(prefix)));
        }
    }
    out
}

/// A router of a random BGP network: all on one LAN, so that each next hop is connected.
#[derive(Debug, Clone)]
struct RouterPlan {
    asn: u32,
    paths: u32,
    relax: bool,
    deterministic_med: bool,
    advertise_inactive: bool,
    prefixes: Vec<u8>,
    redistributes: bool,
}

/// A session between two routers, with what each end does.
#[derive(Debug, Clone)]
struct SessionPlan {
    ends: (usize, usize),
    client: [bool; 2],
    own_next_hop: [bool; 2],
    /// Local preference and MED given to prefixes with an even last octet.
    preference: [Option<u8>; 2],
    med: [Option<u8>; 2],
}

fn router_plan() -> impl Strategy<Value = RouterPlan> {
    let prefixes = prop::collection::vec(0u8..6, 0..3);
    (0u32..4, 1u32..4, any::<bool>(), any::<bool>(), any::<bool>(), prefixes, any::<bool>()).prop_map(
        |(asn, paths, relax, deterministic_med, advertise_inactive, prefixes, redistributes)| RouterPlan {
            asn: 65000 + asn,
            paths,
            relax,
            deterministic_med,
            advertise_inactive,
            prefixes,
            redistributes,
        },
    )
}

fn session_plan() -> impl Strategy<Value = SessionPlan> {
    let some = || prop::option::weighted(0.3, 0u8..4);
    let flags = || any::<[bool; 2]>();
    ((0usize..9, 0usize..9), flags(), flags(), [some(), some()], [some(), some()])
        .prop_map(|(ends, client, own_next_hop, preference, med)| SessionPlan { ends, client, own_next_hop, preference, med })
}

fn net(n: u8) -> IpNet {
    IpNet::new([192, 168, n, 0].into(), 24).unwrap()
}

fn lan(n: usize) -> IpAddr {
    IpAddr::from([10, 0, 0, n as u8 + 1])
}

fn bgp_router(n: usize, plan: &RouterPlan) -> Device {
    let address =
        |address: IpNet| InterfaceAddress { address, secondary: false, peer: None, virtual_address: false, origin: Origin::NONE };
    let port = |name: &str, addresses: Vec<IpNet>| Interface {
        name: name.into(),
        enabled: true,
        addresses: addresses.into_iter().map(address).collect(),
        ..Interface::default()
    };
    let own = plan.prefixes.iter().filter(|_| plan.redistributes).map(|p| IpNet::new([192, 168, *p, 1].into(), 24).unwrap());
    let networks = plan.prefixes.iter().filter(|_| !plan.redistributes);
    let line = |p: &u8| BgpNetwork { prefix: net(*p), policy: None, backdoor: false, weight: None, origin: Origin::NONE };
    let redistribution = BgpRedistribution {
        sources: vec![RouteSource::Connected],
        policy: None,
        metric: None,
        ospf_types: Vec::new(),
        origin: Origin::NONE,
    };
    let family = BgpFamily {
        family: Family::V4,
        distance: [20, 200, 200],
        max_paths_ebgp: plan.paths,
        max_paths_ibgp: plan.paths,
        networks: networks.map(line).collect(),
        redistribute: if plan.redistributes { vec![redistribution] } else { Vec::new() },
        ..BgpFamily::default()
    };
    let best_path = BestPath {
        deterministic_med: plan.deterministic_med,
        compare_router_id: plan.relax,
        multipath_relax: plan.relax,
        ..BestPath::default()
    };
    let bgp = Bgp {
        asn: plan.asn,
        router_id: Some([n as u8 + 1; 4].into()),
        enabled: true,
        families: vec![family],
        client_to_client: true,
        advertise_inactive: plan.advertise_inactive,
        best_path,
        ..Bgp::default()
    };
    Device {
        name: format!("r{n}").into(),
        os: "frr",
        vrfs: IdVec::from_vec(vec![Vrf { name: "default".into(), routing_v4: true, routing_v6: true, ..Vrf::default() }]),
        interfaces: IdVec::from_vec(vec![port("eth0", vec![IpNet::new(lan(n), 24).unwrap()]), port("lan", own.collect())]),
        bgp: vec![bgp],
        ..Device::default()
    }
}

/// A policy that gives preference and MED to some prefixes.
fn import_policy(device: &mut Device, preference: Option<u8>, med: Option<u8>) -> Vec<PolicyChain> {
    let mut actions: Vec<Action> = preference.map(|p| Action::LocalPref(Number::Set(100 + u32::from(p)))).into_iter().collect();
    actions.extend(med.map(|m| Action::Metric(Number::Set(u32::from(m)))));
    if actions.is_empty() {
        return Vec::new();
    }
    let even = (0u8..6).step_by(2).map(|n| PrefixRange { prefix: net(n), min: 24, max: 24 }).collect();
    let when = Cond::Prefix(even);
    let term = Term { name: "10".into(), origin: Origin::NONE, when, actions, then: Flow::Accept, otherwise: Flow::Next };
    let policy = Policy { name: "p".into(), origin: Origin::NONE, terms: IdVec::from_vec(vec![term]), at_end: AtEnd::Accept };
    vec![PolicyChain { policies: vec![device.policies.push(policy)], at_end: Verdict::Accept, origin: Origin::NONE }]
}

fn bgp_network(routers: &[RouterPlan], sessions: &[SessionPlan]) -> Network {
    let mut devices: Vec<Device> = routers.iter().enumerate().map(|(n, p)| bgp_router(n, p)).collect();
    let mut seen = std::collections::BTreeSet::new();
    for s in sessions {
        let (a, b) = (s.ends.0 % routers.len(), s.ends.1 % routers.len());
        if a == b || !seen.insert((a.min(b), a.max(b))) {
            continue;
        }
        for (side, (me, other)) in [(a, b), (b, a)].into_iter().enumerate() {
            let family = NeighborFamily {
                family: Family::V4,
                import: import_policy(&mut devices[me], s.preference[side], s.med[side]),
                send_standard: true,
                reflector_client: s.client[side] && routers[a].asn == routers[b].asn,
                next_hop_self: if s.own_next_hop[side] { NextHopSelf::Yes } else { NextHopSelf::No },
                ..NeighborFamily::default()
            };
            let neighbor = Neighbor {
                peer: Peer::Ip(lan(other), None),
                remote_as: RemoteAs::Asn(routers[other].asn),
                enabled: true,
                families: vec![family],
                ..Neighbor::default()
            };
            devices[me].bgp[0].neighbors.push(neighbor);
        }
    }
    Network::new(devices, SourceMap::default())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn random_networks(
        routers in prop::collection::vec(router_plan(), 2..9),
        sessions in prop::collection::vec(session_plan(), 1..24),
    ) {
        let network = bgp_network(&routers, &sessions);
        let state = simulate(&network, &Failures::none());
        prop_assert_eq!(differences(&network, &state), Vec::<String>::new());
    }
}

fn snapshots(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = entries.map(|e| e.path()).filter(|p| p.is_dir()).collect();
    all.sort();
    all
}

fn check(folder: &Path) -> usize {
    let mut all = Vec::new();
    let mut ran = 0;
    for path in snapshots(folder) {
        let Ok(snapshot) = load(&path) else { continue };
        let state = simulate(&snapshot.network, &Failures::none());
        ran += 1;
        all.extend(differences(&snapshot.network, &state).into_iter().map(|d| format!("{}: {d}", path.display())));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
    ran
}

/// Backbones with reflectors and an Internet table, where classes that are alike inside the AS are solved together.
#[test]
fn backbones() {
    let folder = tempfile::tempdir().unwrap();
    for seed in ["1", "2", "3"] {
        let out = folder.path().join(seed);
        let size = ["--routers", "60", "--region", "15", "--sessions", "40", "--prefixes", "300", "--prefixes-v6", "60"];
        let made = std::process::Command::new(env!("CARGO_BIN_EXE_nettwin"))
            .args(["gen", "wan", "--seed", seed, "--out"])
            .arg(&out)
            .args(size)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    assert_eq!(check(folder.path()), 3);
}

#[test]
fn the_samples() {
    assert!(check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies")) > 3);
}

/// Real networks, where they are at hand (see `tests/labs.rs`).
#[test]
fn the_labs() {
    match support::labs_folder() {
        Some(labs) => assert!(check(&labs) > 0),
        None => println!("no labs here"),
    }
}
