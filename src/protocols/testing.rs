//! Small networks for the tests of OSPF and IS-IS, built by hand.
//!
//! In: names, links. Out: [`Lab`], and routes as lines of text. Law: tests only. Start reading at [`Lab::new`].

use std::net::Ipv4Addr;

use ipnet::IpNet;

use super::{Input, Outcome};
use crate::base::span::{Origin, SourceMap};
use crate::model::interface::{Interface, InterfaceAddress, InterfaceId, InterfaceKind};
use crate::model::isis::{Isis, IsisInterface, Levels};
use crate::model::network::{Cable, DeviceId};
use crate::model::ospf::{Area, NetworkType, Ospf, OspfInterface};
use crate::model::route::{Family, Protocol};
use crate::model::{Device, Network, Vrf, VrfId};
use crate::rib::{Arena, AttrsId, Hop, HopsId, Rib, Route, Table};
use crate::topology::{Failures, Topology};

/// A network under construction. Device `n` (from 0) has loopback `lo` 10.255.0.(n+1)/32 and that router id.
pub(crate) struct Lab {
    pub devices: Vec<Device>,
    cables: Vec<((usize, InterfaceId), (usize, InterfaceId))>,
    /// Routes of the last round's main tables: device, destination, protocol, next hops, metric, tag.
    installed: Vec<(usize, IpNet, Route, Vec<Hop>)>,
    v6: bool,
}

/// A change to a lab, and what comes of it.
pub(crate) type Case = (fn(&mut Lab), &'static str);

pub(crate) fn net(text: &str) -> IpNet {
    text.parse().unwrap()
}

fn address(text: IpNet, secondary: bool) -> InterfaceAddress {
    InterfaceAddress { address: text, secondary, peer: None, virtual_address: false, origin: Origin::NONE }
}

pub(crate) fn ospf_interface(interface: InterfaceId, area: u32, cost: u32) -> OspfInterface {
    OspfInterface {
        interface,
        area,
        cost,
        passive: false,
        network: NetworkType::PointToPoint,
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
        origin: Origin::NONE,
    }
}

pub(crate) fn isis_interface(interface: InterfaceId, metric: u32) -> IsisInterface {
    IsisInterface {
        interface,
        levels: Levels::BOTH,
        metric: [metric; 2],
        metric_v6: [None; 2],
        passive: false,
        point_to_point: true,
        priority: [64; 2],
        auth: [None, None],
        families: vec![Family::V4],
        origin: Origin::NONE,
    }
}

impl Lab {
    /// Routers with these names, which must be in alphabetical order.
    pub fn new(names: &[&str]) -> Self {
        assert!(names.is_sorted());
        let device = |(n, name): (usize, &&str)| {
            let mut d = Device { name: (*name).into(), os: "frr", ..Device::default() };
            d.vrfs.push(Vrf { name: "default".into(), routing_v4: true, routing_v6: true, ..Vrf::default() });
            d.interfaces.push(Interface {
                name: "lo".into(),
                kind: InterfaceKind::Loopback,
                enabled: true,
                addresses: vec![address(IpNet::from(std::net::IpAddr::from([10, 255, 0, n as u8 + 1])), false)],
                ..Interface::default()
            });
            d
        };
        Self { devices: names.iter().enumerate().map(device).collect(), cables: vec![], installed: vec![], v6: false }
    }

    /// The same with OSPFv3 and IPv6: loopbacks `2001:db8:ff::(n+1)/128` beside the IPv4 ones.
    pub fn new_v6(names: &[&str]) -> Self {
        let mut lab = Self::new(names);
        lab.v6 = true;
        for (n, d) in lab.devices.iter_mut().enumerate() {
            let lo = &mut d.interfaces[InterfaceId(0)];
            lo.addresses.push(address(net(&format!("2001:db8:ff::{}/128", n + 1)), false));
            lo.ipv6_enabled = true;
        }
        lab
    }

    pub fn at(&self, name: &str) -> usize {
        self.devices.iter().position(|d| &*d.name == name).unwrap()
    }
    pub fn device(&mut self, name: &str) -> &mut Device {
        let n = self.at(name);
        &mut self.devices[n]
    }

    /// Adds an interface with one address (with host bits), named as told.
    pub fn interface(&mut self, device: &str, name: &str, text: &str) -> InterfaceId {
        let v6 = text.contains(':');
        let addresses = if text.is_empty() { vec![] } else { vec![address(net(text), false)] };
        self.device(device).interfaces.push(Interface {
            name: name.into(),
            enabled: true,
            addresses,
            ipv6_enabled: v6,
            ..Interface::default()
        })
    }
    pub fn secondary(&mut self, device: &str, interface: InterfaceId, text: &str) {
        self.device(device).interfaces[interface].addresses.push(address(net(text), true));
    }
    /// Joins interfaces by a cable.
    pub fn cable(&mut self, a: (&str, InterfaceId), b: (&str, InterfaceId)) {
        self.cables.push(((self.at(a.0), a.1), (self.at(b.0), b.1)));
    }
    /// A link: interface `b` on `a` and `a` on `b`, with hosts 1 and 2 of the subnet.
    pub fn link(&mut self, a: &str, b: &str, subnet: &str) -> (InterfaceId, InterfaceId) {
        let (x, len) = subnet.split_once('/').unwrap();
        let host = |n: u32| match x.parse::<Ipv4Addr>() {
            Ok(ip) => format!("{}/{len}", Ipv4Addr::from(u32::from(ip) + n)),
            Err(_) => format!("{x}{n}/{len}"),
        };
        let i = self.interface(a, b, &host(1));
        let j = self.interface(b, a, &host(2));
        self.cable((a, i), (b, j));
        (i, j)
    }

    /// The OSPF process of a device, made on first use with its loopback in area 0 at cost 0 (none if `areas` starts elsewhere:
    /// see [`Lab::ospf_loopback`]).
    pub fn ospf(&mut self, device: &str) -> &mut Ospf {
        let (n, v6) = (self.at(device), self.v6);
        let d = &mut self.devices[n];
        if d.ospf.is_empty() {
            d.ospf.push(Ospf {
                router_id: Some(Ipv4Addr::new(10, 255, 0, n as u8 + 1)),
                enabled: true,
                v3: v6,
                family: if v6 { Family::V6 } else { Family::V4 },
                distance: [110; 3],
                max_paths: 64,
                abr_needs_backbone: true,
                ..Ospf::default()
            });
        }
        &mut self.devices[n].ospf[0]
    }
    /// Puts the loopback of a device into an area, at cost 0.
    pub fn ospf_loopback(&mut self, device: &str, area: u32) {
        self.ospf(device)
            .interfaces
            .push(OspfInterface { network: NetworkType::Loopback, ..ospf_interface(InterfaceId(0), area, 0) });
    }
    /// A point-to-point link with OSPF on both ends.
    pub fn ospf_link(&mut self, a: &str, b: &str, subnet: &str, area: u32, cost: u32) {
        let (i, j) = self.link(a, b, subnet);
        self.ospf(a).interfaces.push(ospf_interface(i, area, cost));
        self.ospf(b).interfaces.push(ospf_interface(j, area, cost));
    }
    /// A passive interface `name` with OSPF.
    pub fn ospf_stub(&mut self, device: &str, name: &str, text: &str, area: u32, cost: u32) {
        let i = self.interface(device, name, text);
        self.ospf(device).interfaces.push(OspfInterface { passive: true, ..ospf_interface(i, area, cost) });
    }
    pub fn ospf_area(&mut self, device: &str, area: Area) {
        let areas = &mut self.ospf(device).areas;
        areas.retain(|a| a.id != area.id);
        areas.push(area);
        areas.sort_by_key(|a| a.id);
    }
    /// OSPF settings of the interface with a name.
    pub fn ospf_on(&mut self, device: &str, interface: &str) -> &mut OspfInterface {
        let i = self.device(device).find_interface(interface).unwrap();
        self.ospf(device).interfaces.iter_mut().find(|o| o.interface == i).unwrap()
    }

    /// The IS-IS process of a device in area 49.0001, made on first use with its loopback.
    pub fn isis(&mut self, device: &str) -> &mut Isis {
        let (n, v6) = (self.at(device), self.v6);
        let d = &mut self.devices[n];
        if d.isis.is_empty() {
            let families = if v6 { vec![Family::V4, Family::V6] } else { vec![Family::V4] };
            let lo = IsisInterface { passive: true, families: families.clone(), ..isis_interface(InterfaceId(0), 0) };
            d.isis.push(Isis {
                areas: vec!["490001".into()],
                system_id: format!("{:012}", n + 1).into(),
                levels: Levels::BOTH,
                wide: [true; 2],
                families,
                interfaces: vec![lo],
                distance: [115; 4],
                max_paths: 64,
                ..Isis::default()
            });
        }
        &mut self.devices[n].isis[0]
    }
    pub fn isis_link(&mut self, a: &str, b: &str, subnet: &str, metric: u32) {
        let (i, j) = self.link(a, b, subnet);
        let families = self.isis(a).families.clone();
        self.isis(a).interfaces.push(IsisInterface { families: families.clone(), ..isis_interface(i, metric) });
        self.isis(b).interfaces.push(IsisInterface { families, ..isis_interface(j, metric) });
    }
    pub fn isis_on(&mut self, device: &str, interface: &str) -> &mut IsisInterface {
        let i = self.device(device).find_interface(interface).unwrap();
        self.isis(device).interfaces.iter_mut().find(|o| o.interface == i).unwrap()
    }

    /// An installed route of the round before.
    pub fn installed(&mut self, device: &str, prefix: &str, protocol: Protocol, hops: &[Hop], tag: u32) {
        let route = Route {
            protocol,
            process: 0,
            distance: 1,
            metric: 0,
            tag,
            hops: HopsId::NONE,
            via: HopsId::NONE,
            attrs: AttrsId::NONE,
            area: 0,
            origin: Origin::NONE,
        };
        self.installed.push((self.at(device), net(prefix), route, hops.to_vec()));
    }

    /// Runs one protocol.
    pub fn run(&self, protocol: fn(Input<'_>) -> Outcome) -> Ran {
        let mut network = Network::new(self.devices.clone(), SourceMap::default());
        let port = |(d, i): (usize, InterfaceId)| (DeviceId(d as u32), i);
        network.layer1 = Some(self.cables.iter().map(|&(a, b)| Cable { a: port(a), b: port(b) }).collect());
        let topology = Topology::build(&network, &Failures::default());
        let arena = Arena::new();
        let routes = self.installed.iter().map(|(d, prefix, route, hops)| {
            let route = Route { hops: arena.hop_set(hops.clone()), ..*route };
            (arena.prefix(*prefix), network.node(DeviceId(*d as u32), VrfId::DEFAULT), arena.routes.intern(route))
        });
        let rib = Rib::new(Table::from_routes(routes.collect::<Vec<_>>()), &arena);
        let outcome = protocol(Input { network: &network, topology: &topology, arena: &arena, rib: &rib });
        Ran { network, arena, outcome }
    }
}

/// What a run gave.
pub(crate) struct Ran {
    pub network: Network,
    pub arena: Arena,
    pub outcome: Outcome,
}

impl Ran {
    /// A device's routes in order, each as `10.0.0.0/24 ospf_intra 20 via b`, with `c+b` for two next hops (interface names).
    pub fn routes(&self, device: &str) -> Vec<String> {
        self.lines(device, |r| format!("{} {}", r.protocol.word(), r.metric))
    }
    /// The same with distance and tag.
    pub fn full(&self, device: &str) -> Vec<String> {
        self.lines(device, |r| format!("{} [{}/{}] tag {}", r.protocol.word(), r.distance, r.metric, r.tag))
    }
    fn lines(&self, device: &str, show: impl Fn(&Route) -> String) -> Vec<String> {
        let d = self.network.find_device(device).unwrap();
        let node = self.network.node(d, VrfId::DEFAULT);
        let mut out = Vec::new();
        for table in &self.outcome.tables {
            for (prefix, column) in table.columns() {
                let Some(id) = column.get(node) else { continue };
                let route = self.arena.routes.get(id);
                let name = |h: &Hop| match h.interface {
                    Some(i) => self.network.devices[d].interfaces[i].name.to_string(),
                    None => if h.drop { "drop" } else { "?" }.to_owned(),
                };
                let hops: Vec<String> = self.arena.hops_of(route).iter().map(name).collect();
                let prefix = *self.arena.prefixes.get(prefix);
                let hops = {
                    let mut h = hops;
                    h.sort();
                    h.join("+")
                };
                out.push((prefix, format!("{prefix} {} via {hops}", show(route))));
            }
        }
        out.sort();
        out.into_iter().map(|(_, line)| line).collect()
    }
    /// One line of [`Ran::routes`], or "".
    pub fn route(&self, device: &str, prefix: &str) -> String {
        let start = format!("{prefix} ");
        self.routes(device).into_iter().find(|l| l.starts_with(&start)).unwrap_or_default()
    }
    /// The next-hop addresses of a route.
    pub fn hops(&self, device: &str, prefix: &str) -> Vec<Hop> {
        let d = self.network.find_device(device).unwrap();
        let node = self.network.node(d, VrfId::DEFAULT);
        let id = self.arena.prefixes.find(&net(prefix)).unwrap();
        let route = self.outcome.tables.iter().find_map(|t| t.get(id, node)).unwrap();
        self.arena.hops_of(self.arena.routes.get(route)).to_vec()
    }
    /// Each session as `a-b up` or `a-b reason`, sorted.
    pub fn sessions(&self) -> Vec<String> {
        use super::session::SessionState as S;
        let mut out: Vec<String> = self
            .outcome
            .sessions
            .iter()
            .map(|s| {
                let peer = s.peer_node.map_or("?".to_owned(), |n| self.network.node_name(n));
                let state = match &s.state {
                    S::Up => "up".to_owned(),
                    S::Outside => "outside".to_owned(),
                    S::Down(reason) => reason.to_string(),
                };
                format!("{}-{peer} {state}", self.network.node_name(s.node))
            })
            .collect();
        out.sort();
        out
    }
}
