//! The main tables: as a table for people, as route facts for machines.

use std::io::{self, Write};
use std::net::IpAddr;

use ipnet::IpNet;
use serde::Serialize;

use super::answer::{Answer, Cite, Row, Table};
use crate::base::stream::write_joined;
use crate::base::{Set, like};
use crate::cells;
use crate::engine::{State, bgp_paths};
use crate::model::network::{DeviceId, Network, NodeId};
use crate::model::platform::LocalRoutes;
use crate::model::route::Protocol;
use crate::model::{Device, VrfId};
use crate::protocols::bgp::Asked;
use crate::rib::{Encapsulation, Hop, Route};

/// Which routes are wanted. Empty fields want all.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Device names, any case, `*` stands for anything.
    pub nodes: Vec<String>,
    /// VRF names.
    pub vrfs: Vec<String>,
    /// Prefixes, and all within them.
    pub prefixes: Vec<IpNet>,
    /// Protocol words; `ospf`, `isis`, `eigrp` and `bgp` stand for all their kinds.
    pub protocols: Vec<String>,
}

impl Wanted {
    /// Whether routes of a node are wanted.
    pub fn node(&self, network: &Network, node: NodeId) -> bool {
        let (device, vrf) = network.nodes()[node];
        let device = &network.devices[device];
        network.has_node(node)
            && (self.nodes.is_empty() || self.nodes.iter().any(|n| like(n, &device.name)))
            && (self.vrfs.is_empty() || self.vrfs.iter().any(|v| like(v, &device.vrfs[vrf].name)))
    }
    /// Whether a prefix is wanted.
    pub fn prefix(&self, prefix: &IpNet) -> bool {
        self.prefixes.is_empty() || self.prefixes.iter().any(|p| p.contains(prefix))
    }
    /// Whether a protocol is wanted.
    pub fn protocol(&self, protocol: Protocol) -> bool {
        self.protocols.is_empty()
            || self.protocols.iter().any(|p| match p.as_str() {
                "ospf" => protocol.is_ospf(),
                "isis" => protocol.is_isis(),
                "eigrp" => protocol.is_eigrp(),
                "bgp" => protocol.is_bgp(),
                word => word == protocol.word(),
            })
    }
}

/// A next hop with names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct HopFact {
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The outgoing interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// The VRF the packet goes on in, if another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vrf: Option<String>,
    /// The packet is dropped.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub drop: bool,
    /// The VNI under which the packet travels to the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vni: Option<u32>,
    /// The packet travels to the address under a VPN label.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub label: bool,
}

impl HopFact {
    fn new(device: &Device, hop: &Hop) -> Self {
        Self {
            ip: hop.ip.map(|ip| ip.to_string()),
            interface: hop.interface.and_then(|i| device.interfaces.get(i)).map(|i| i.name.to_string()),
            vrf: hop.vrf.and_then(|v| device.vrfs.get(v)).map(|v| v.name.to_string()),
            drop: hop.drop,
            vni: match hop.tunnel.map(|t| t.encapsulation) {
                Some(Encapsulation::Vxlan(vni)) => Some(vni),
                _ => None,
            },
            label: hop.tunnel.is_some_and(|t| t.encapsulation == Encapsulation::Mpls),
        }
    }
}

/// A next hop in words: `10.0.0.1 Ethernet1`, `discard`.
pub fn hop_text(device: &Device, hop: &Hop) -> String {
    HopFact::new(device, hop).to_string()
}

impl std::fmt::Display for HopFact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut words = Vec::new();
        words.extend(self.drop.then(|| "discard".to_owned()));
        words.extend(self.ip.clone());
        words.extend(self.interface.clone());
        words.extend(self.vrf.as_ref().map(|v| format!("in VRF {v}")));
        words.extend(self.vni.map(|v| format!("under VNI {v}")));
        words.extend(self.label.then(|| "under a VPN label".to_owned()));
        f.write_str(&words.join(" "))
    }
}

/// An installed route with names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RouteFact {
    /// The destination.
    pub prefix: String,
    /// Where it comes from.
    pub protocol: Protocol,
    /// Administrative distance.
    pub distance: u32,
    /// Metric.
    pub metric: u32,
    /// Next hops, resolved.
    pub next_hops: Vec<HopFact>,
    /// The protocol's own next hops, where they were resolved through another route.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<HopFact>,
    /// The route tag, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<u32>,
}

impl RouteFact {
    /// A route of a node, in names.
    pub fn new(network: &Network, state: &State, node: NodeId, prefix: IpNet, route: &Route) -> Self {
        let device = network.device_of(node);
        let facts = |hops| {
            let named = |h: &Hop| HopFact::new(device, &known_link_local(network, state, network.nodes()[node].0, *h));
            let mut hops: Vec<_> = state.arena.hops.get(hops).iter().map(named).collect();
            hops.sort();
            hops
        };
        Self {
            prefix: prefix.to_string(),
            protocol: match route.protocol {
                Protocol::Connected
                    if device.platform.host_connected_shown_local && prefix.prefix_len() == prefix.max_prefix_len() =>
                {
                    Protocol::Local
                }
                protocol => protocol,
            },
            distance: route.distance,
            metric: route.metric,
            next_hops: facts(route.hops),
            via: facts(route.via),
            tag: Some(route.tag).filter(|t| *t > 0),
        }
    }
    /// The next hops in one text.
    pub fn hops(&self) -> Vec<String> {
        self.next_hops.iter().map(ToString::to_string).collect()
    }
}

/// A next hop with the link-local address of the only neighbour on its link, where that is known.
fn known_link_local(network: &Network, state: &State, device: DeviceId, hop: Hop) -> Hop {
    let unknown = |ip: IpAddr| matches!(ip, IpAddr::V6(a) if a.is_unicast_link_local() && a.segments()[1..] == [0; 7]);
    let (Some(interface), Some(_)) = (hop.interface, hop.ip.filter(|ip| unknown(*ip))) else { return hop };
    let mut peers = state.topology.peers((device, interface));
    let (Some((d, i)), None) = (peers.next(), peers.next()) else { return hop };
    Hop { ip: network.devices[d].link_local(i).map(IpAddr::V6).or(hop.ip), ..hop }
}

/// The wanted routes of a node, in prefix order.
fn rows<'a>(
    network: &'a Network,
    state: &'a State,
    wanted: &'a Wanted,
    node: NodeId,
) -> impl Iterator<Item = (IpNet, Route)> + 'a {
    state.rib.row(node).filter(|(prefix, ..)| wanted.prefix(prefix)).flat_map(move |(prefix, _, route)| {
        let route = *state.arena.routes.get(route);
        // One prefix has one route in the table; an OS that lists a loopback's own address beside its subnet shows both.
        let twin = shows_local_too(network, state, node, prefix, &route).then_some(Route { protocol: Protocol::Local, ..route });
        let both = std::iter::once(route).chain(twin).filter(|r| wanted.protocol(r.protocol));
        both.map(move |r| (prefix, r))
    })
}

/// Whether a connected host route stands for the interface's own address too (`Platform::no_local_for_host_prefix`).
fn shows_local_too(network: &Network, state: &State, node: NodeId, prefix: IpNet, route: &Route) -> bool {
    let device = network.device_of(node);
    let shown = match device.platform.local_routes {
        LocalRoutes::All => true,
        LocalRoutes::V6 => prefix.addr().is_ipv6(),
        LocalRoutes::None => false,
    };
    let own = |i| device.interfaces.get(i).is_some_and(|x| x.addresses.iter().any(|a| a.address == prefix));
    shown
        && !device.platform.no_local_for_host_prefix
        && route.protocol == Protocol::Connected
        && prefix.prefix_len() == prefix.max_prefix_len()
        && state.arena.hops.get(route.hops).iter().any(|h| h.interface.is_some_and(own))
}

/// The columns of the main tables.
pub const COLUMNS: [&str; 7] = ["node", "vrf", "prefix", "protocol", "distance", "metric", "next_hops"];

/// A wanted route of a node.
pub type Entry = (NodeId, IpNet, Route);

/// The wanted routes of all nodes, one by one: there may be billions.
pub fn entries<'a>(network: &'a Network, state: &'a State, wanted: &'a Wanted) -> impl Iterator<Item = Entry> + 'a {
    let nodes = network.nodes().ids().filter(|n| wanted.node(network, *n));
    nodes.flat_map(move |node| rows(network, state, wanted, node).map(move |(prefix, route)| (node, prefix, route)))
}

/// Whether a config line made a route.
pub fn is_cited(network: &Network, (.., route): &Entry) -> bool {
    Cite::of(&network.sources, route.origin).is_some()
}

/// A route as a row.
pub fn table_row(network: &Network, state: &State, &(node, prefix, route): &Entry) -> Row {
    let (device, vrf) = network.nodes()[node];
    let device = &network.devices[device];
    let fact = RouteFact::new(network, state, node, prefix, &route);
    let hops = fact.hops();
    let (name, vrf) = (&device.name, &device.vrfs[vrf].name);
    let mut row = Row::new(cells![name, vrf, fact.prefix, route.protocol.word(), fact.distance, fact.metric, hops]);
    row.cite(&network.sources, route.origin);
    row
}

/// The main tables as one table.
pub fn answer(network: &Network, state: &State, wanted: &Wanted) -> Answer {
    let mut table = Table::new("routes", "", &COLUMNS).when_empty("no route matches");
    table.rows.extend(entries(network, state, wanted).map(|e| table_row(network, state, &e)));
    Answer::of(table)
}

/// Of so many pairs of tables and prefixes the BGP paths are held at once.
const AT_ONCE: usize = 20_000_000;

/// Writes the route facts: `{"nodes": {host: {"os", "vrfs": {vrf: {"routes", "bgp_routes"}}}}}`, one route a line, the same
/// bytes for the same network.
///
/// # Errors
/// When the writer fails.
pub fn write_facts(out: &mut dyn Write, network: &Network, state: &State, wanted: &Wanted) -> io::Result<()> {
    out.write_all(b"{\"nodes\":{")?;
    let nodes_of = |(id, device): (DeviceId, &Device)| -> Vec<(VrfId, NodeId)> {
        device.vrfs.ids().map(|v| (v, network.node(id, v))).filter(|(_, n)| wanted.node(network, *n)).collect()
    };
    let devices: Vec<_> = network.devices.iter_ids().map(|d| (d.1, nodes_of(d))).filter(|d| !d.1.is_empty()).collect();
    let some = (AT_ONCE / state.arena.prefixes.len().max(1)).max(1);
    for (n, some) in devices.chunks(some).enumerate() {
        if n > 0 {
            out.write_all(b",")?;
        }
        write_devices(out, (network, state), wanted, some)?;
    }
    out.write_all(b"\n}}\n")
}

/// The facts of some devices, each with its wanted tables.
fn write_devices(
    out: &mut dyn Write,
    (network, state): (&Network, &State),
    wanted: &Wanted,
    devices: &[(&Device, Vec<(VrfId, NodeId)>)],
) -> io::Result<()> {
    let nodes: Set<NodeId> = devices.iter().flat_map(|d| &d.1).map(|n| n.1).collect();
    let asked = Asked { node: &|n| nodes.contains(&n), prefix: &|p| wanted.prefix(p), ..Asked::ALL };
    let paths = bgp_paths(network, state, asked);
    let bgp_prefixes = super::bgp::prefixes(state, &paths);
    for (n, (device, nodes)) in devices.iter().enumerate() {
        let comma = if n == 0 { "" } else { "," };
        write!(out, "{comma}\n{}:{{\"os\":{},\"vrfs\":{{", json(&*device.name)?, json(device.os)?)?;
        for (n, &(vrf, node)) in nodes.iter().enumerate() {
            let comma = if n == 0 { "" } else { "," };
            write!(out, "{comma}\n {}:{{\"routes\":[", json(&*device.vrfs[vrf].name)?)?;
            write_joined(out, ",", rows(network, state, wanted, node), |(prefix, route), out| {
                write!(out, "\n  {}", json(&RouteFact::new(network, state, node, *prefix, route))?)
            })?;
            out.write_all(b"],\n \"bgp_routes\":[")?;
            write_joined(out, ",", bgp_prefixes.iter(), |prefix, out| {
                for (n, fact) in super::bgp::facts(network, state, &paths, node, **prefix).iter().enumerate() {
                    write!(out, "{}\n  {}", if n == 0 { "" } else { "," }, json(fact)?)?;
                }
                Ok(())
            })?;
            out.write_all(b"]}")?;
        }
        out.write_all(b"}}")?;
    }
    Ok(())
}

fn json<T: Serialize + ?Sized>(value: &T) -> io::Result<String> {
    serde_json::to_string(value).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::Failures;

    #[test]
    fn facts_of_an_empty_device_are_valid_json() {
        let vrfs = vec![crate::model::Vrf { name: "default".into(), ..Default::default() }];
        let device = Device { name: "r\"1".into(), os: "frr", vrfs: vrfs.into_iter().collect(), ..Device::default() };
        let network = Network::new(vec![device], Default::default());
        let state = crate::engine::simulate(&network, &Failures::default());
        let mut out = Vec::new();
        write_facts(&mut out, &network, &state, &Wanted::default()).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(value["nodes"]["r\"1"]["os"], "frr");
        assert_eq!(value["nodes"]["r\"1"]["vrfs"]["default"]["routes"], serde_json::json!([]));
    }
}
