//! One step of a packet: from a routing table, by its route, to the next table.
//!
//! In: a node and a destination. Out: [`Step`]s, one an ECMP branch. Law: filters and policy routing are the caller's.
//! Start reading at [`Forwarder::steps`]. Tests: below.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use smallvec::{SmallVec, smallvec};

use crate::base::Map;
use crate::engine::State;
use crate::model::Network;
use crate::model::network::NodeId;
use crate::model::route::Protocol;
use crate::model::vrf::VrfId;
use crate::rib::{Column, Hop, Route, RouteId, Way};
use crate::topology::Port;

/// Where a packet goes from a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// To another routing table, out of one port and into another.
    Forward {
        /// Out of here.
        out: Port,
        /// Into here.
        into: Port,
        /// The table that routes it next.
        node: NodeId,
    },
    /// To another routing table of the same device, or through a tunnel to one at its other end.
    Table(NodeId),
    /// The device itself owns the destination: delivered.
    Own(Port),
    /// Onto a connected subnet on which no device of the network owns the destination: delivered to a host, if there is one.
    Subnet(Port),
    /// To a next hop that is no device of the network: it leaves.
    Exit(Port),
    /// Dropped by a discard route.
    Discard,
    /// No route covers the destination.
    NoRoute,
}

/// Looks up routes and follows them. Cheap to share between threads.
pub struct Forwarder<'a> {
    network: &'a Network,
    state: &'a State,
    /// Of interfaces that are up; after failures (`some_down`): of those that were up before.
    owners: Arc<Map<IpAddr, Vec<(NodeId, Port)>>>,
    some_down: bool,
}

impl<'a> Forwarder<'a> {
    /// Indexes the addresses of all interfaces that are up.
    pub fn new(network: &'a Network, state: &'a State) -> Self {
        let mut owners: Map<IpAddr, Vec<(NodeId, Port)>> = Map::default();
        for (d, device) in network.devices.iter_ids() {
            for (i, interface) in device.interfaces.iter_ids() {
                if state.topology.is_up((d, i)) {
                    for a in &interface.addresses {
                        owners.entry(a.address.addr()).or_default().push((network.node(d, interface.vrf), (d, i)));
                    }
                    // Each router of a redundancy group takes what is for its virtual address.
                    for &a in interface.redundancy.iter().flat_map(|g| &g.addresses) {
                        owners.entry(a).or_default().push((network.node(d, interface.vrf), (d, i)));
                    }
                }
            }
        }
        Self { network, state, owners: Arc::new(owners), some_down: false }
    }

    /// The same in a state of the same network in which no more is up.
    #[must_use]
    pub fn again(&self, network: &'a Network, state: &'a State) -> Self {
        Self { network, state, owners: Arc::clone(&self.owners), some_down: true }
    }

    /// The state it looks at.
    pub fn state(&self) -> &'a State {
        self.state
    }

    /// How many routing tables there are.
    pub fn nodes(&self) -> usize {
        self.network.nodes().len()
    }

    /// The routing tables that own an address, with the port that has it.
    pub fn owners(&self, addr: IpAddr) -> impl Iterator<Item = (NodeId, Port)> + '_ {
        let all = self.owners.get(&addr).map_or(&[][..], Vec::as_slice);
        all.iter().copied().filter(|(_, port)| !self.some_down || self.state.topology.is_up(*port))
    }

    /// Whether some routing table owns an address.
    pub fn is_owned(&self, addr: IpAddr) -> bool {
        self.owners(addr).next().is_some()
    }

    /// The most specific route a node has for an address.
    pub fn lookup(&self, node: NodeId, destination: IpAddr) -> Option<(IpNet, RouteId)> {
        self.state.rib.longest_match(node, destination)
    }

    /// Whether all routes to a prefix are routers' own host routes.
    pub fn only_local(&self, routes: &Column) -> bool {
        routes.iter().all(|(_, r)| self.state.arena.routes.get(r).protocol == Protocol::Local)
    }

    /// Whether some of these routes deliver by address (connected subnets), so that two addresses under them may fare differently.
    pub fn any_by_address(&self, routes: &[Option<RouteId>]) -> bool {
        routes.iter().flatten().any(|r| self.state.arena.hops_of(self.state.arena.routes.get(*r)).iter().any(by_address))
    }

    /// Whether a way delivers by address; see [`Forwarder::any_by_address`].
    pub fn delivers_by_address(&self, way: Way) -> bool {
        self.state.arena.hops.get(way.0).iter().any(by_address)
    }

    /// Where a node sends packets for an address: one step an ECMP branch, in the order of the route's next hops.
    pub fn steps(&self, node: NodeId, destination: IpAddr) -> Vec<Step> {
        if let Some((_, port)) = self.owners(destination).find(|(n, _)| *n == node) {
            return vec![Step::Own(port)];
        }
        match self.lookup(node, destination) {
            None => vec![Step::NoRoute],
            Some((_, route)) => self.steps_over(node, route, destination).collect(),
        }
    }

    /// Where a node sends packets over one of its routes.
    pub fn steps_over(&self, node: NodeId, route: RouteId, destination: IpAddr) -> impl Iterator<Item = Step> + '_ {
        self.hops(self.state.arena.routes.get(route)).iter().flat_map(move |hop| self.steps_by(node, hop, destination))
    }

    /// The next hops that packets take: the ends of tunnels rather than the ways to them.
    pub fn hops(&self, route: &Route) -> &[Hop] {
        let arena = &self.state.arena;
        if arena.through_tunnel(route) { arena.hops.get(route.via) } else { arena.hops_of(route) }
    }

    /// Where one next hop leads: to each of two switches, if they look like one to this node.
    pub fn steps_by(&self, node: NodeId, hop: &Hop, destination: IpAddr) -> SmallVec<[Step; 1]> {
        let first = self.step(node, hop, destination);
        let Step::Forward { out, .. } = first else { return smallvec![first] };
        let target = match hop.ip {
            Some(ip) if crate::model::interface::link_local(ip) => return smallvec![first],
            ip => ip.unwrap_or(destination),
        };
        let takers = self.state.topology.takers(self.network, out, target);
        if takers.is_empty() {
            return smallvec![first];
        }
        let step = |into: Port| {
            let vrf = self.network.devices[into.0].interfaces[into.1].vrf;
            Step::Forward { out, into, node: self.network.node(into.0, vrf) }
        };
        takers.into_iter().map(step).collect()
    }

    /// Where one next hop leads, the first of two switches that look like one.
    pub fn step(&self, node: NodeId, hop: &Hop, destination: IpAddr) -> Step {
        if hop.drop {
            return Step::Discard;
        }
        let (device, _) = self.network.nodes()[node];
        if let (Some(tunnel), Some(end)) = (hop.tunnel, hop.ip) {
            let outer = self.network.node(device, hop.vrf.unwrap_or(VrfId::DEFAULT));
            let there = self.lookup(outer, end).is_some() && self.is_owned(end);
            return if there { Step::Table(tunnel.egress) } else { Step::NoRoute };
        }
        let Some(interface) = hop.interface else {
            return match hop.vrf {
                Some(vrf) => Step::Table(self.network.node(device, vrf)),
                None => Step::NoRoute,
            };
        };
        let out = (device, interface);
        let target = hop.ip.filter(|ip| !crate::model::interface::link_local(*ip));
        let into = match target {
            Some(ip) => self.state.topology.owner(self.network, out, ip),
            None if hop.ip.is_some() => self.only_peer(out),
            // No address: a connected subnet, or an unnumbered link to the next router.
            None => match self.state.topology.owner(self.network, out, destination) {
                Some(port) => Some(port),
                None if self.on_subnet(out, destination) => return Step::Subnet(out),
                None => self.only_peer(out),
            },
        };
        match into {
            Some(into) => {
                Step::Forward { out, into, node: self.network.node(into.0, self.network.devices[into.0].interfaces[into.1].vrf) }
            }
            None if target.is_none() => Step::Subnet(out),
            None => Step::Exit(out),
        }
    }

    fn only_peer(&self, out: Port) -> Option<Port> {
        let mut peers = self.state.topology.peers(out);
        let first = peers.next()?;
        peers.next().is_none().then_some(first)
    }

    fn on_subnet(&self, (device, interface): Port, destination: IpAddr) -> bool {
        self.network.devices[device].interfaces[interface].addresses.iter().any(|a| a.address.contains(&destination))
    }
}

/// Whether a next hop is the destination itself.
fn by_address(hop: &Hop) -> bool {
    hop.ip.is_none() && !hop.drop
}
