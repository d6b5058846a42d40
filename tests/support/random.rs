//! Random networks for properties: routers in a random graph with an interior protocol, static routes and redistribution; BGP on top.

#![allow(dead_code, reason = "not every test uses all of it")]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net};
use nettwin::model::bgp::{Bgp, BgpFamily, BgpNetwork, Neighbor, NeighborFamily, NextHopSelf, Peer, RemoteAs, UpdateSource};
use nettwin::model::eigrp::{Eigrp, EigrpInterface, EigrpMetric, EigrpRedistribution};
use nettwin::model::interface::{Interface, InterfaceAddress, InterfaceKind};
use nettwin::model::isis::{Isis, IsisInterface, IsisRedistribution, Levels};
use nettwin::model::network::{Announced, Announcement, DeviceId};
use nettwin::model::ospf::{Area, NetworkType, Ospf, OspfInterface, OspfRedistribution};
use nettwin::model::policy::RouteSource;
use nettwin::model::rip::{Rip, RipInterface, RipRedistribution};
use nettwin::model::route::Family;
use nettwin::model::static_route::{StaticHop, StaticRoute};
use nettwin::model::vrf::{Vrf, VrfId};
use nettwin::model::{Device, InterfaceId, Network};
use proptest::prelude::*;

/// What a network is made from.
#[derive(Debug, Clone)]
pub struct Plan {
    pub routers: usize,
    /// Two routers, cost.
    pub links: Vec<(usize, usize, u32)>,
    /// On whom, destination number, towards which link of his.
    pub statics: Vec<(usize, u8, usize)>,
    /// Who takes static routes into OSPF.
    pub redistributes: Vec<bool>,
}

pub fn plans() -> impl Strategy<Value = Plan> {
    (3usize..8).prop_flat_map(|routers| {
        let links = prop::collection::vec((0..routers, 0..routers, 1u32..4), routers..3 * routers);
        let statics = prop::collection::vec((0..routers, 0u8..4, 0usize..6), 0..6);
        let redistributes = prop::collection::vec(any::<bool>(), routers);
        (links, statics, redistributes).prop_map(move |(links, statics, redistributes)| Plan {
            routers,
            links,
            statics,
            redistributes,
        })
    })
}

fn net(addr: u32, len: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new(Ipv4Addr::from(addr), len).unwrap())
}

fn interface(name: String, kind: InterfaceKind, address: IpNet) -> Interface {
    let address = InterfaceAddress { address, secondary: false, peer: None, virtual_address: false, origin: Default::default() };
    Interface { name: name.into(), kind, enabled: true, addresses: vec![address], ..Interface::default() }
}

fn ospf_interface(interface: InterfaceId, cost: u32, network: NetworkType) -> OspfInterface {
    OspfInterface {
        interface,
        area: 0,
        cost,
        passive: network == NetworkType::Loopback,
        network,
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
    }
}

pub fn network(plan: &Plan) -> Network {
    let mut devices: Vec<Device> = (0..plan.routers)
        .map(|r| {
            let mut d = Device { name: format!("r{r}").into(), os: "test", ..Device::default() };
            d.vrfs.push(Vrf { name: "default".into(), routing_v4: true, ..Vrf::default() });
            let lo = d.interfaces.push(interface("lo".into(), InterfaceKind::Loopback, net(0x0101_0101 * (r as u32 + 1), 32)));
            let mut ospf = Ospf {
                process: "1".into(),
                enabled: true,
                areas: vec![Area::default()],
                distance: [110; 3],
                max_paths: 8,
                ..Ospf::default()
            };
            ospf.interfaces.push(ospf_interface(lo, 1, NetworkType::Loopback));
            if plan.redistributes[r] {
                ospf.redistribute.push(OspfRedistribution {
                    sources: vec![RouteSource::Static],
                    policy: None,
                    metric: None,
                    metric_type: 2,
                    tag: 0,
                    classful_only: false,
                    origin: Default::default(),
                });
            }
            d.ospf.push(ospf);
            d
        })
        .collect();
    let mut ends: Vec<Vec<IpAddr>> = vec![Vec::new(); plan.routers];
    for (n, &(a, b, cost)) in plan.links.iter().enumerate().filter(|(_, l)| l.0 != l.1) {
        let base = 0x0A00_0000 + 4 * n as u32;
        for (near, own) in [(a, 1), (b, 2)] {
            let d = &mut devices[near];
            // The slot is a line card.
            let name = format!("eth{}/{n}", n % 2);
            let id = d.interfaces.push(interface(name, InterfaceKind::Physical, net(base + own, 30)));
            // Some links with a designated router, some in a second area.
            let kind = if n % 3 == 2 { NetworkType::Broadcast } else { NetworkType::PointToPoint };
            let area = if n % 8 == 7 { 1 } else { 0 };
            d.ospf[0].interfaces.push(OspfInterface { area, ..ospf_interface(id, cost, kind) });
            ends[near].push(IpAddr::V4(Ipv4Addr::from(base + 3 - own)));
        }
    }
    for &(r, number, towards) in &plan.statics {
        let Some(&ip) = ends[r].get(towards) else { continue };
        let route = StaticRoute::new(net(0xC000_0000 + (u32::from(number) << 8), 24), StaticHop::Ip { ip, vrf: None }, 1);
        devices[r].vrfs[VrfId::DEFAULT].static_routes.push(route);
    }
    Network::new(devices, Default::default())
}

/// The same network with IS-IS in place of OSPF: all at level 2, or every third router at level 1 and 2, and every other at one of them.
pub fn isis_network(plan: &Plan, mixed: bool) -> Network {
    let Network { mut devices, .. } = network(plan);
    for (r, d) in (0..).zip(devices.iter_mut()) {
        let ospf = d.ospf.remove(0);
        let levels = match r % 3 {
            0 if mixed => Levels { l1: true, l2: true },
            1 if mixed => Levels { l1: true, l2: false },
            _ => Levels { l1: false, l2: true },
        };
        let on = |i: &OspfInterface| IsisInterface {
            interface: i.interface,
            levels,
            metric: [i.cost; 2],
            metric_v6: [None; 2],
            passive: i.passive,
            point_to_point: i.network == NetworkType::PointToPoint,
            priority: [64; 2],
            auth: [None, None],
            families: vec![Family::V4],
            origin: Default::default(),
        };
        let redistribute = ospf.redistribute.iter().map(|x| IsisRedistribution {
            sources: x.sources.clone(),
            family: None,
            policy: None,
            metric: Some(5),
            metric_external: r % 2 == 0,
            levels,
            origin: Default::default(),
        });
        d.isis.push(Isis {
            process: "1".into(),
            areas: vec![format!("49000{}", if mixed { r % 2 } else { 0 }).into()],
            system_id: format!("00000000000{r}").into(),
            levels,
            wide: [true; 2],
            narrow: [r % 4 == 3; 2],
            families: vec![Family::V4],
            interfaces: ospf.interfaces.iter().map(on).collect(),
            overload: r == 5,
            redistribute: redistribute.collect(),
            distance: [115; 4],
            max_paths: 8,
            ..Isis::default()
        });
    }
    let devices = devices.iter().cloned().collect();
    Network::new(devices, Default::default())
}

/// The same network with RIP in place of OSPF: who hears whom over how many hops.
pub fn rip_network(plan: &Plan) -> Network {
    in_place_of_ospf(plan, |d, ospf| {
        let on = |i: &OspfInterface| RipInterface { metric_in: i.cost, ..RipInterface::new(i.interface, Default::default()) };
        let redistribute = ospf.redistribute.iter().map(|x| RipRedistribution {
            sources: x.sources.clone(),
            policy: None,
            metric: Some(2),
            origin: Default::default(),
        });
        d.rip.push(Rip {
            interfaces: ospf.interfaces.iter().map(on).collect(),
            redistribute: redistribute.collect(),
            ..Rip::default()
        });
    })
}

/// The same network with EIGRP in place of OSPF; a port's delay is its cost.
pub fn eigrp_network(plan: &Plan) -> Network {
    in_place_of_ospf(plan, |d, ospf| {
        let on = |i: &OspfInterface| EigrpInterface {
            bandwidth: Some(1_000_000),
            delay: Some(10 * u64::from(i.cost)),
            ..EigrpInterface::new(i.interface, Default::default())
        };
        let metric = EigrpMetric { bandwidth: 1000, delay: 10, reliability: 255, load: 1, mtu: 1500 };
        let redistribute = ospf.redistribute.iter().map(|x| EigrpRedistribution {
            sources: x.sources.clone(),
            policy: None,
            metric: Some(metric),
            origin: Default::default(),
        });
        d.eigrp.push(Eigrp {
            asn: 1,
            interfaces: ospf.interfaces.iter().map(on).collect(),
            redistribute: redistribute.collect(),
            ..Eigrp::default()
        });
    })
}

fn in_place_of_ospf(plan: &Plan, put: impl Fn(&mut Device, &Ospf)) -> Network {
    let Network { mut devices, .. } = network(plan);
    for d in devices.iter_mut() {
        let ospf = d.ospf.remove(0);
        put(d, &ospf);
    }
    Network::new(devices.iter().cloned().collect(), Default::default())
}

/// A neighbour outside that router 0 of [`with_bgp`] may hear.
pub const OUTSIDE: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 2);

/// BGP on top of a network: all in one AS, each a client of router 0 by loopbacks, each with a prefix of its own behind a discard route; a
/// neighbour outside on router 0, who announces two prefixes.
pub fn with_bgp(network: &Network) -> Network {
    let mut devices: Vec<Device> = network.devices.iter().cloned().collect();
    let loopback = |r: usize| IpAddr::V4(Ipv4Addr::from(0x0101_0101 * (r as u32 + 1)));
    let count = devices.len();
    for (r, d) in devices.iter_mut().enumerate() {
        let own = net(0xC0A8_0000 + ((r as u32) << 8), 24);
        let line = BgpNetwork { prefix: own, policy: None, backdoor: false, weight: None, origin: Default::default() };
        let family = BgpFamily {
            family: Family::V4,
            distance: [20, 200, 200],
            max_paths_ebgp: 4,
            max_paths_ibgp: 4,
            networks: vec![line],
            ..BgpFamily::default()
        };
        d.vrfs[VrfId::DEFAULT].static_routes.push(StaticRoute::new(own, StaticHop::Discard, 254));
        let mut bgp = Bgp {
            asn: 65000,
            router_id: Some(Ipv4Addr::from(0x0101_0101 * (r as u32 + 1))),
            enabled: true,
            families: vec![family],
            client_to_client: true,
            ..Bgp::default()
        };
        // Nobody inside has a route to the neighbour outside.
        let next_hop_self = if r == 0 { NextHopSelf::Yes } else { NextHopSelf::No };
        let neighbor = |peer, asn, reflector_client| Neighbor {
            peer: Peer::Ip(peer, None),
            remote_as: RemoteAs::Asn(asn),
            enabled: true,
            update_source: (asn == 65000).then_some(loopback(r)).map(UpdateSource::Ip),
            families: vec![NeighborFamily { family: Family::V4, reflector_client, next_hop_self, ..NeighborFamily::default() }],
            ..Neighbor::default()
        };
        if r == 0 {
            d.interfaces.push(interface("outside".into(), InterfaceKind::Physical, net(u32::from(OUTSIDE) - 1, 30)));
            for other in 1..count {
                bgp.neighbors.push(neighbor(loopback(other), 65000, true));
            }
            bgp.neighbors.push(neighbor(IpAddr::V4(OUTSIDE), 65100, false));
        } else {
            bgp.neighbors.push(neighbor(loopback(0), 65000, false));
        }
        d.bgp.push(bgp);
    }
    let mut network = Network::new(devices, Default::default());
    let attrs = Arc::new(Announced { as_path: vec![65100], ..Announced::default() });
    let heard = [6, 200].map(|n| Announcement { prefix: net(0xC0A8_0000 + (n << 8), 24), attrs: Arc::clone(&attrs) });
    network.announce(DeviceId(0), VrfId::DEFAULT, IpAddr::V4(OUTSIDE), heard.to_vec());
    network
}
