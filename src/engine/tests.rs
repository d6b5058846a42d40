use super::*;
use crate::base::id::IdVec;
use crate::model::interface::{Interface, InterfaceAddress};
use crate::model::network::NodeId;
use crate::model::static_route::{StaticHop, StaticRoute};
use crate::model::vrf::{LocalAggregate, Vrf};
use crate::model::{Device, DeviceId, InterfaceId};

fn router(name: &str, addresses: &[&str], routes: &[(&str, &str, u32)]) -> Device {
    let mut d = Device { name: name.into(), ..Device::default() };
    let mut vrf = Vrf { name: "default".into(), ..Vrf::default() };
    for (prefix, ip, distance) in routes {
        let hop = StaticHop::Ip { ip: ip.parse().unwrap(), vrf: None };
        vrf.static_routes.push(StaticRoute::new(prefix.parse().unwrap(), hop, *distance));
    }
    d.vrfs.push(vrf);
    d.interfaces = addresses
        .iter()
        .enumerate()
        .map(|(n, a)| Interface {
            name: format!("e{n}").into(),
            enabled: true,
            addresses: vec![InterfaceAddress {
                address: a.parse().unwrap(),
                secondary: false,
                peer: None,
                virtual_address: false,
                origin: Default::default(),
            }],
            ..Interface::default()
        })
        .collect::<IdVec<InterfaceId, _>>();
    d
}

fn row(state: &State, node: u32) -> Vec<String> {
    let word = |r| state.arena.routes.get(r).protocol.word();
    state.rib.row(NodeId(node)).map(|(net, _, r)| format!("{net} {}", word(r))).collect()
}

#[test]
fn recursion_takes_rounds_and_failures_take_routes() {
    let mut a = router("a", &["10.0.0.1/30", "10.0.1.1/30"], &[("20.0.0.0/8", "30.0.0.1", 1), ("30.0.0.0/8", "10.0.0.2", 1)]);
    let dead_end = LocalAggregate {
        prefix: "20.0.0.0/7".parse().unwrap(),
        generate: false,
        discard: true,
        policy: None,
        distance: 130,
        metric: 0,
        tag: 0,
        communities: vec![],
        brief: false,
        summary_only: false,
        origin: Default::default(),
    };
    a.vrfs[crate::model::VrfId::DEFAULT].aggregates =
        vec![dead_end.clone(), LocalAggregate { prefix: "99.0.0.0/8".parse().unwrap(), ..dead_end }];
    let network = Network::new(vec![a, router("b", &["10.0.0.2/30"], &[])], Default::default());
    let state = simulate(&network, &Failures::none());
    let local = ["10.0.0.0/30 connected", "10.0.0.1/32 local", "10.0.1.0/30 connected", "10.0.1.1/32 local"];
    let remote = ["20.0.0.0/7 aggregate", "20.0.0.0/8 static", "30.0.0.0/8 static"];
    assert_eq!(row(&state, 0), [&local[..], &remote[..]].concat());
    assert!(state.findings.is_empty() && state.rounds <= 5, "{} rounds", state.rounds);

    let failures = Failures { ports: vec![], devices: vec![DeviceId(1)] };
    let from = simulate_from(&state, &network, &failures);
    assert_eq!(row(&from, 0), local[2..]);
    assert_eq!(row(&from, 1), Vec::<String>::new());
    let fresh = simulate(&network, &failures);
    assert_eq!((row(&fresh, 0), row(&fresh, 1)), (row(&from, 0), row(&from, 1)));
    assert_eq!(fresh.topology, from.topology);
}

#[test]
fn a_route_that_takes_away_its_own_next_hop_is_reported() {
    // 20.0.0.1 is found through 20.0.0.0/24 via the default; the /25 it makes active covers 20.0.0.1 with a route that has no way.
    let routes = [("0.0.0.0/0", "10.0.0.2", 1), ("20.0.0.0/24", "40.0.0.1", 1), ("40.0.0.0/24", "20.0.0.9", 1)];
    let network = Network::new(vec![router("a", &["10.0.0.1/30"], &routes)], Default::default());
    let state = simulate(&network, &Failures::none());
    assert!(state.rounds < 100, "bounded");
    let codes: Vec<_> = state.findings.iter().map(|f| f.code.0).collect();
    assert!(codes.iter().all(|c| c.starts_with("C-")), "{codes:?}");
}

/// Two routers that run two OSPF processes each, one towards either side, and redistribute between them both ways.
fn mutual(distances: [[u32; 3]; 2]) -> Network {
    use crate::model::ospf::{Area, NetworkType, Ospf, OspfInterface, OspfRedistribution};
    use crate::model::policy::RouteSource;
    let names = ["a", "b", "left", "right"];
    let addresses: [&[&str]; 4] =
        [&["10.0.0.1/24", "10.1.0.1/24"], &["10.0.0.2/24", "10.1.0.2/24"], &["10.0.0.3/24", "192.0.2.1/24"], &["10.1.0.3/24"]];
    let mut devices = Vec::new();
    for (name, own) in names.iter().zip(addresses) {
        let mut d = router(name, own, &[]);
        let processes: Vec<Vec<u32>> = if own.len() == 2 && *name != "left" { vec![vec![0], vec![1]] } else { vec![vec![0]] };
        for (p, interfaces) in processes.iter().enumerate() {
            let mut ospf = Ospf {
                process: format!("{p}").into(),
                enabled: true,
                areas: vec![Area::default()],
                max_paths: 4,
                ..Ospf::default()
            };
            ospf.distance = if processes.len() == 2 { distances[p] } else { [110; 3] };
            ospf.router_id = d.interfaces[InterfaceId(interfaces[0])].addresses.first().and_then(|a| match a.address.addr() {
                std::net::IpAddr::V4(v4) => Some(v4),
                std::net::IpAddr::V6(_) => None,
            });
            for i in interfaces {
                ospf.interfaces.push(OspfInterface {
                    interface: InterfaceId(*i),
                    area: 0,
                    cost: 1,
                    passive: false,
                    network: NetworkType::Broadcast,
                    priority: 1,
                    hello: 10,
                    dead: 40,
                    mtu_ignore: false,
                    auth: None,
                    neighbors: vec![],
                    advertise_secondary: true,
                    advertise_subnet: false,
                    suppress_prefix: false,
                    addresses: vec![],
                    origin: Default::default(),
                });
            }
            let sources = match (processes.len(), p) {
                (2, 0) => vec![RouteSource::Ospf(Some(1))],
                (2, _) => vec![RouteSource::Ospf(Some(0))],
                _ => vec![RouteSource::Connected],
            };
            ospf.redistribute.push(OspfRedistribution {
                sources,
                policy: None,
                metric: Some(5),
                metric_type: 2,
                tag: 0,
                classful_only: false,
                origin: Default::default(),
            });
            d.ospf.push(ospf);
        }
        devices.push(d);
    }
    Network::new(devices, Default::default())
}

#[test]
fn redistribution_both_ways_with_bad_distances_is_bounded_and_reported() {
    // Internal routes are far, external ones near: each router prefers what the other gave back, which takes away what it gave.
    let network = mutual([[110, 110, 110], [100, 100, 100]]);
    let state = simulate(&network, &Failures::none());
    let codes: Vec<_> = state.findings.iter().map(|f| f.code.0).filter(|c| c.starts_with("C-")).collect();
    assert!(state.rounds < 40, "{} rounds, {codes:?}", state.rounds);
    assert_eq!(codes, ["C-order-dependent"], "{} rounds", state.rounds);
    // 192.0.2.0/24 reaches `right` whichever way it settles.
    let right = network.find_device("right").map(|d| network.node(d, crate::model::VrfId::DEFAULT)).unwrap();
    assert!(row(&state, right.0).iter().any(|r| r.starts_with("192.0.2.0/24 ospf")), "{:?} {codes:?}", row(&state, right.0));
}
