//! Traces on networks built by hand.

use std::net::IpAddr;

use super::filter::Packet;
use super::step::Forwarder;
use super::trace::{End, Trace, trace};
use crate::base::id::IdVec;
use crate::base::span::{FileId, Origin};
use crate::engine::simulate;
use crate::model::filter::{Filter, FilterId, FilterLine};
use crate::model::interface::{Interface, InterfaceAddress};
use crate::model::network::NodeId;
use crate::model::static_route::{StaticHop, StaticRoute};
use crate::model::{Device, DeviceId, InterfaceId, Network, Vrf, VrfId};
use crate::topology::Failures;

/// A router with addresses on `e0`, `e1`, … and static routes; a next hop of "" discards.
fn router(name: &str, addresses: &[&str], routes: &[(&str, &str)]) -> Device {
    let route = |(prefix, ip): &(&str, &str)| {
        let hop = match ip.parse::<IpAddr>() {
            Ok(ip) => StaticHop::Ip { ip, vrf: None },
            Err(_) => StaticHop::Discard,
        };
        StaticRoute::new(prefix.parse().unwrap(), hop, 1)
    };
    let interface = |(n, a): (usize, &&str)| Interface {
        name: format!("e{n}").into(),
        enabled: true,
        addresses: vec![InterfaceAddress {
            address: a.parse().unwrap(),
            secondary: false,
            peer: None,
            virtual_address: false,
            origin: Origin::NONE,
        }],
        ..Interface::default()
    };
    let vrf = Vrf { name: "default".into(), static_routes: routes.iter().map(route).collect(), ..Vrf::default() };
    Device {
        name: name.into(),
        vrfs: std::iter::once(vrf).collect(),
        interfaces: addresses.iter().enumerate().map(interface).collect::<IdVec<InterfaceId, _>>(),
        ..Device::default()
    }
}

/// a and d joined through b and c; d has a LAN.
fn diamond() -> Vec<Device> {
    vec![
        router(
            "a",
            &["10.0.0.1/30", "10.0.1.1/30"],
            &[("10.9.0.0/16", "10.0.0.2"), ("10.9.0.0/16", "10.0.1.2"), ("10.7.0.0/16", "10.0.0.2")],
        ),
        router("b", &["10.0.0.2/30", "10.0.2.1/30"], &[("10.9.0.0/16", "10.0.2.2"), ("10.7.0.0/16", "10.0.0.1")]),
        router("c", &["10.0.1.2/30", "10.0.3.1/30"], &[("10.9.0.0/16", "10.0.3.2"), ("10.9.8.0/24", "")]),
        router("d", &["10.0.2.2/30", "10.0.3.2/30", "10.9.1.1/24"], &[("10.9.9.0/24", "10.9.1.77")]),
    ]
}

fn run(devices: Vec<Device>, from: u32, to: &str) -> Trace {
    let network = Network::new(devices, Default::default());
    let state = simulate(&network, &Failures::none());
    let forwarder = Forwarder::new(&network, &state);
    let packet = Packet::echo("192.0.2.1".parse().unwrap(), to.parse().unwrap());
    trace(&network, &state, &forwarder, NodeId(from), None, &packet)
}

fn paths(t: &Trace) -> Vec<(Vec<u32>, End)> {
    t.branches.iter().map(|b| (b.hops.iter().map(|h| h.node.0).collect(), b.end)).collect()
}

const LAN: (DeviceId, InterfaceId) = (DeviceId(3), InterfaceId(2));

#[test]
fn every_branch_is_followed_to_its_own_end() {
    assert_eq!(
        paths(&run(diamond(), 0, "10.9.1.1")),
        [(vec![0, 1, 3], End::Delivered(LAN)), (vec![0, 2, 3], End::Delivered(LAN))]
    );
    assert_eq!(paths(&run(diamond(), 0, "10.9.1.5")), [(vec![0, 1, 3], End::Subnet(LAN)), (vec![0, 2, 3], End::Subnet(LAN))]);
    assert_eq!(paths(&run(diamond(), 0, "10.9.9.5")), [(vec![0, 1, 3], End::Exits(LAN)), (vec![0, 2, 3], End::Exits(LAN))]);
    let split = paths(&run(diamond(), 0, "10.9.8.5"));
    assert_eq!(split, [(vec![0, 1, 3], End::NoRoute(NodeId(3))), (vec![0, 2], End::Discarded(NodeId(2)))]);
    assert_eq!(paths(&run(diamond(), 0, "10.7.0.1")), [(vec![0, 1, 0], End::Loop(NodeId(0)))]);
    assert_eq!(paths(&run(diamond(), 0, "10.0.0.3")), [(vec![0], End::NoHost((DeviceId(0), InterfaceId(0))))]);
    assert_eq!(paths(&run(diamond(), 3, "172.16.0.1")), [(vec![3], End::NoRoute(NodeId(3)))]);
}

#[test]
fn filters_on_both_sides_of_a_port_are_asked() {
    let deny = |line| {
        let origin = Origin { file: FileId(0), line };
        Filter { lines: vec![FilterLine { origin, ..FilterLine::default() }], default_permit: true, ..Filter::default() }
    };
    let mut devices = diamond();
    devices[1].filters.push(deny(7));
    devices[1].interfaces[InterfaceId(0)].filter_in = Some(FilterId(0));
    devices[2].filters.push(deny(9));
    devices[2].interfaces[InterfaceId(1)].filter_out = Some(FilterId(0));
    let t = run(devices, 0, "10.9.1.1");
    assert_eq!(paths(&t), [(vec![0, 1], End::Denied(NodeId(1))), (vec![0, 2], End::Denied(NodeId(2)))]);
    let lines: Vec<_> = t.branches.iter().map(|b| b.hops[1].filters[0].verdict.line.unwrap().line).collect();
    assert_eq!(lines, [7, 9]);
}

#[test]
fn a_filter_may_send_packets_to_another_table() {
    let mut devices = diamond();
    let line = FilterLine { permit: true, to_vrf: Some(VrfId(1)), ..FilterLine::default() };
    devices[1].filters.push(Filter { lines: vec![line], ..Filter::default() });
    devices[1].interfaces[InterfaceId(0)].filter_in = Some(FilterId(0));
    devices[1].vrfs.push(Vrf { name: "blue".into(), ..Vrf::default() });
    assert_eq!(paths(&run(devices, 0, "10.9.1.1"))[0], (vec![0, 2], End::NoRoute(NodeId(2))));
}
