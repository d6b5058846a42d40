use super::*;
use crate::model::interface::{Interface, InterfaceAddress, InterfaceId};
use crate::model::network::Network;
use crate::model::vrf::{Vrf, VrfId};
use crate::model::{Device, DeviceId};
use crate::protocols::connected;
use crate::rib::merge::merge;
use crate::rib::{Arena, Rib};
use crate::topology::{Failures, Topology};

fn line(prefix: &str, hop: StaticHop, distance: u32) -> StaticRoute {
    StaticRoute::new(prefix.parse().unwrap(), hop, distance)
}
fn to(ip: &str) -> StaticHop {
    StaticHop::Ip { ip: ip.parse().unwrap(), vrf: None }
}

/// Runs rounds of connected and static routes on a router with two ports (the second shut) and a VRF, and prints its tables.
fn run(lines: Vec<StaticRoute>, via_default: bool) -> Vec<String> {
    let mut d = Device { name: "r".into(), ..Device::default() };
    d.platform.static_resolve_via_default = via_default;
    d.vrfs.push(Vrf { name: "default".into(), static_routes: lines, ..Vrf::default() });
    d.vrfs.push(Vrf { name: "red".into(), ..Vrf::default() });
    for (n, (a, enabled, vrf)) in
        [("10.0.0.1/24", true, 0), ("10.1.0.1/24", false, 0), ("10.2.0.1/24", true, 1)].iter().enumerate()
    {
        let address = InterfaceAddress {
            address: a.parse().unwrap(),
            secondary: false,
            peer: None,
            virtual_address: false,
            origin: Default::default(),
        };
        d.interfaces.push(Interface {
            name: format!("e{n}").into(),
            enabled: *enabled,
            vrf: VrfId(*vrf),
            addresses: vec![address],
            ..Interface::default()
        });
    }
    let network = Network::new(vec![d], Default::default());
    let topology = Topology::build(&network, &Failures::none());
    let arena = Arena::new();
    let mut rib = Rib::default();
    for _ in 0..6 {
        let input = Input { network: &network, topology: &topology, arena: &arena, rib: &rib };
        let [c, l] = connected::compute(input);
        rib = Rib::new(merge(&network, &arena, &[&c, &l, &compute(input)]), &arena);
    }
    let rows = rib.row(NodeId(0)).filter(|(_, _, r)| arena.routes.get(*r).protocol == Protocol::Static);
    let hop = |h: &Hop| {
        let interface = h.interface.map(|i| network.devices[DeviceId(0)].interfaces[i].name.to_string());
        let vrf = h.vrf.map(|v| format!("vrf{}", v.0));
        let parts = [h.ip.map(|i| i.to_string()), interface, vrf, h.drop.then(|| "drop".to_owned())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let hops = |id| arena.hops.get(id).iter().map(hop).collect::<Vec<_>>().join(", ");
    rows.map(|(net, _, r)| {
        let r = arena.routes.get(r);
        let via = if r.via == HopsId::NONE { String::new() } else { format!(" via {}", hops(r.via)) };
        format!("{net} [{}] {}{via}", r.distance, hops(r.hops))
    })
    .collect()
}

#[test]
fn next_hops_resolve_directly_and_through_other_routes() {
    let e0 = InterfaceId(0);
    let lines = vec![
        line("0.0.0.0/0", to("10.0.0.9"), 1),
        line("20.0.0.0/8", to("10.0.0.2"), 1),
        line("20.0.0.0/8", to("10.0.0.3"), 1),
        line("20.0.0.0/8", to("10.0.0.4"), 5),
        line("30.0.0.0/8", to("20.1.1.1"), 1),
        line("40.0.0.0/8", StaticHop::Interface(e0), 1),
        line("50.0.0.0/8", StaticHop::Discard, 254),
        line("60.0.0.0/8", StaticHop::Ip { ip: "10.2.0.7".parse().unwrap(), vrf: Some(VrfId(1)) }, 1),
        line("70.0.0.0/8", StaticHop::Table(VrfId(1)), 1),
        line("80.0.0.0/8", to("10.0.0.1"), 1),
    ];
    assert_eq!(
        run(lines, true),
        [
            "0.0.0.0/0 [1] 10.0.0.9 e0",
            "20.0.0.0/8 [1] 10.0.0.2 e0, 10.0.0.3 e0",
            "30.0.0.0/8 [1] 10.0.0.2 e0, 10.0.0.3 e0 via 20.1.1.1",
            "40.0.0.0/8 [1] e0",
            "50.0.0.0/8 [254] drop",
            "60.0.0.0/8 [1] 10.2.0.7 e2 vrf1",
            "70.0.0.0/8 [1] vrf1",
        ]
    );
}

#[test]
fn what_leads_nowhere_is_not_installed_and_the_floating_route_takes_over() {
    let e1 = InterfaceId(1);
    let lines = vec![
        line("20.0.0.0/8", StaticHop::IpVia { ip: "10.1.0.2".parse().unwrap(), interface: e1 }, 1),
        line("20.0.0.0/8", to("10.0.0.2"), 250),
        line("30.0.0.0/8", StaticHop::Interface(e1), 1),
        line("40.0.0.0/8", to("40.0.0.1"), 1),
        line("50.0.0.0/8", to("60.0.0.1"), 1),
        line("60.0.0.0/8", to("50.0.0.1"), 1),
        StaticRoute { permanent: true, ..line("70.0.0.0/8", to("10.1.0.2"), 1) },
        StaticRoute { resolve: false, ..line("80.0.0.0/8", to("20.0.0.1"), 1) },
        line("2001:db8::/32", to("fe80::1"), 1),
    ];
    assert_eq!(run(lines, true), ["20.0.0.0/8 [250] 10.0.0.2 e0", "70.0.0.0/8 [1] 10.1.0.2 e1"]);
}

#[test]
fn the_default_route_carries_next_hops_only_where_the_platform_says_so() {
    let lines = vec![line("0.0.0.0/0", to("10.0.0.9"), 1), line("30.0.0.0/8", to("99.0.0.1"), 1)];
    assert_eq!(run(lines.clone(), true)[1..], ["30.0.0.0/8 [1] 10.0.0.9 e0 via 99.0.0.1"]);
    assert_eq!(run(lines, false).len(), 1);
}
