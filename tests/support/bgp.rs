//! Random BGP networks, and backbones with an Internet table.

#![allow(dead_code, reason = "not every test uses all of it")]

use std::net::IpAddr;
use std::path::Path;

use ipnet::IpNet;
use nettwin::base::id::IdVec;
use nettwin::base::span::{Origin, SourceMap};
use nettwin::model::bgp::*;
use nettwin::model::interface::{Interface, InterfaceAddress};
use nettwin::model::policy::*;
use nettwin::model::route::Family;
use nettwin::model::{Device, Network, Vrf};
use proptest::prelude::*;

/// A router of a random BGP network: all on one LAN, so that each next hop is connected.
#[derive(Debug, Clone)]
pub struct RouterPlan {
    pub asn: u32,
    pub paths: u32,
    pub relax: bool,
    pub deterministic_med: bool,
    pub advertise_inactive: bool,
    pub prefixes: Vec<u8>,
    pub redistributes: bool,
}

/// A session between two routers, with what each end does.
#[derive(Debug, Clone)]
pub struct SessionPlan {
    pub ends: (usize, usize),
    pub client: [bool; 2],
    pub own_next_hop: [bool; 2],
    /// Local preference and MED given to prefixes with an even last octet.
    pub preference: [Option<u8>; 2],
    pub med: [Option<u8>; 2],
    /// How often the own AS is put in front of prefixes with an even last octet that are sent; 3: they are not sent at all.
    pub hides: [Option<u8>; 2],
}

/// Random routers.
pub fn router_plan() -> impl Strategy<Value = RouterPlan> {
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

/// Random sessions.
pub fn session_plan() -> impl Strategy<Value = SessionPlan> {
    let some = || prop::option::weighted(0.3, 0u8..4);
    let flags = || any::<[bool; 2]>();
    let policies = || ([some(), some()], [some(), some()], [some(), some()]);
    ((0usize..9, 0usize..9), flags(), flags(), policies()).prop_map(|(ends, client, own_next_hop, (preference, med, hides))| {
        SessionPlan { ends, client, own_next_hop, preference, med, hides }
    })
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

/// A policy for some prefixes; all others are taken as they are.
fn policy(device: &mut Device, actions: Vec<Action>, then: Flow) -> Vec<PolicyChain> {
    if actions.is_empty() && then == Flow::Accept {
        return Vec::new();
    }
    let even = (0u8..6).step_by(2).map(|n| PrefixRange { prefix: net(n), min: 24, max: 24 }).collect();
    let when = Cond::Prefix(even);
    let term = Term { name: "10".into(), origin: Origin::NONE, when, actions, then, otherwise: Flow::Next };
    let policy = Policy { name: "p".into(), origin: Origin::NONE, terms: IdVec::from_vec(vec![term]), at_end: AtEnd::Accept };
    vec![PolicyChain { policies: vec![device.policies.push(policy)], at_end: Verdict::Accept, origin: Origin::NONE }]
}

fn import_policy(device: &mut Device, preference: Option<u8>, med: Option<u8>) -> Vec<PolicyChain> {
    let mut actions: Vec<Action> = preference.map(|p| Action::LocalPref(Number::Set(100 + u32::from(p)))).into_iter().collect();
    actions.extend(med.map(|m| Action::Metric(Number::Set(u32::from(m)))));
    policy(device, actions, Flow::Accept)
}

fn export_policy(device: &mut Device, hides: Option<u8>) -> Vec<PolicyChain> {
    match hides {
        Some(3) => policy(device, Vec::new(), Flow::Reject),
        hides => policy(device, hides.map(|n| Action::PrependOwn(u32::from(n) + 1)).into_iter().collect(), Flow::Accept),
    }
}

/// The network of routers and sessions between them; of two between the same routers the first stands.
pub fn bgp_network(routers: &[RouterPlan], sessions: &[SessionPlan]) -> Network {
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
                export: export_policy(&mut devices[me], s.hides[side]),
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

/// Makes a small backbone with reflectors in a folder.
pub fn backbone(out: &Path, seed: &str) {
    let size = ["--routers", "60", "--region", "15", "--sessions", "40", "--prefixes", "300", "--prefixes-v6", "60"];
    let made = std::process::Command::new(env!("CARGO_BIN_EXE_nettwin"))
        .args(["gen", "wan", "--seed", seed, "--out"])
        .arg(out)
        .args(size)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
