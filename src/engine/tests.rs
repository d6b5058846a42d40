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
        vrf.static_routes.push(StaticRoute {
            prefix: prefix.parse().unwrap(),
            hop: StaticHop::Ip { ip: ip.parse().unwrap(), vrf: None },
            distance: *distance,
            metric: 0,
            tag: 0,
            permanent: false,
            resolve: true,
            no_readvertise: false,
            communities: vec![],
            tracked: false,
            origin: Default::default(),
        });
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
