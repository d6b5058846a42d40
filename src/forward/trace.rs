//! Where one packet goes: every ECMP branch, hop by hop, with the route and the filters it meets.
//!
//! In: a [`Forwarder`], the first table and a [`Packet`]. Out: [`Trace`]. Law: a branch ends in exactly one [`End`]; the number of
//! branches is bounded, and a trace that was cut says so. Policy routing is named, not followed. Tests: `tests.rs`.

use std::net::IpAddr;

use ipnet::IpNet;

use super::filter::{self, Packet, Verdict};
use super::step::{Forwarder, Step};
use crate::engine::State;
use crate::model::Network;
use crate::model::filter::FilterId;
use crate::model::interface::{Interface, InterfaceKind, link_local};
use crate::model::network::NodeId;
use crate::model::policy::PolicyId;
use crate::rib::{Hop, RouteId};
use crate::topology::Port;

/// More branches than this are not listed.
const MOST_BRANCHES: usize = 1024;

/// All ways of a packet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace {
    /// The branches, in the order of next hops.
    pub branches: Vec<Branch>,
    /// There are more branches than are listed.
    pub cut: bool,
}

/// One way.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// The routers on it.
    pub hops: Vec<TraceHop>,
    /// How it ends.
    pub end: End,
}

/// A router on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceHop {
    /// The table.
    pub node: NodeId,
    /// The port it came in by.
    pub into: Option<Port>,
    /// The route it took.
    pub route: Option<(IpNet, RouteId)>,
    /// The next hop of the route.
    pub next_hop: Option<IpAddr>,
    /// The port it leaves by.
    pub out: Option<Port>,
    /// What filters on the ports said.
    pub filters: Vec<Filtered>,
    /// Policy routing on the way in that was not followed.
    pub policy_routing: Option<PolicyId>,
}

/// What a filter said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filtered {
    /// The port.
    pub port: Port,
    /// On the way in, else out.
    pub inbound: bool,
    /// The filter.
    pub filter: FilterId,
    /// Its verdict.
    pub verdict: Verdict,
}

/// How a way ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// At the device that owns the address, on this port.
    Delivered(Port),
    /// On the subnet of this port, to a host that is no device of the network.
    Subnet(Port),
    /// On the subnet of this port, which has no room for such a host: all its addresses are the routers' own.
    NoHost(Port),
    /// It leaves the network by this port.
    Exits(Port),
    /// No route.
    NoRoute(NodeId),
    /// A discard route.
    Discarded(NodeId),
    /// A filter drops it.
    Denied(NodeId),
    /// It is at a router where it was before.
    Loop(NodeId),
}

impl End {
    /// The packet arrives, or leaves the network.
    pub fn arrives(self) -> bool {
        matches!(self, Self::Delivered(_) | Self::Subnet(_) | Self::Exits(_))
    }
}

/// Follows a packet from a table; `enter` is the port it comes in by, whose filter it meets.
pub fn trace(
    network: &Network,
    state: &State,
    forwarder: &Forwarder<'_>,
    from: NodeId,
    enter: Option<Port>,
    packet: &Packet,
) -> Trace {
    let mut run = Run { network, state, forwarder, packet, trace: Trace::default() };
    let first =
        TraceHop { node: from, into: enter, route: None, next_hop: None, out: None, filters: vec![], policy_routing: None };
    // Depth first without recursion: a path can be as long as the network has tables.
    let mut open = vec![vec![first]];
    while let Some(path) = open.pop() {
        if run.trace.branches.len() >= MOST_BRANCHES {
            run.trace.cut = true;
            break;
        }
        let mut next = run.advance(path);
        next.reverse();
        open.append(&mut next);
    }
    run.trace
}

struct Run<'a> {
    network: &'a Network,
    state: &'a State,
    forwarder: &'a Forwarder<'a>,
    packet: &'a Packet,
    trace: Trace,
}

impl Run<'_> {
    /// Takes a path one router further: ends it, or gives the paths it becomes.
    fn advance(&mut self, mut path: Vec<TraceHop>) -> Vec<Vec<TraceHop>> {
        let Some(here) = path.last_mut() else { return Vec::new() };
        let mut node = here.node;
        if let Some((device, interface)) = here.into {
            let interface = &self.network.devices[device].interfaces[interface];
            here.policy_routing = interface.policy_routing;
            if let Some(f) = interface.filter_in {
                let filtered = self.filtered((device, here.into.unwrap_or_default().1), f, true);
                here.filters.push(filtered);
                if !filtered.verdict.permit {
                    return self.end(path, End::Denied(node));
                }
                if let Some(vrf) = filtered.verdict.to_vrf {
                    node = self.network.node(device, vrf);
                    here.node = node;
                }
            }
        }
        let Some((_, rest)) = path.split_last() else { return Vec::new() };
        if rest.iter().any(|h| h.node == node) {
            return self.end(path, End::Loop(node));
        }
        let to = self.packet.destination;
        if let Some((_, port)) = self.forwarder.owners(to).find(|(n, _)| *n == node) {
            return self.end(path, End::Delivered(port));
        }
        let Some(found) = self.forwarder.lookup(node, to) else { return self.end(path, End::NoRoute(node)) };
        let route = self.state.arena.routes.get(found.1);
        let hops: Vec<Hop> = self.forwarder.hops(route).to_vec();
        let mut next = Vec::new();
        for hop in hops {
            let mut path = path.clone();
            if let Some(here) = path.last_mut() {
                here.route = Some(found);
                here.next_hop = hop.ip;
                here.out = hop.interface.map(|i| (self.network.nodes()[node].0, i));
            }
            for step in self.forwarder.steps_by(node, &hop, to) {
                next.extend(self.leave(path.clone(), node, step));
            }
        }
        next
    }

    /// Sends a path on by one step.
    fn leave(&mut self, mut path: Vec<TraceHop>, node: NodeId, step: Step) -> Option<Vec<TraceHop>> {
        let (Step::Forward { out, .. } | Step::Subnet(out) | Step::Exit(out)) = step else {
            let end = match step {
                Step::Table(next) => {
                    path.push(self.at(next, None));
                    return Some(path);
                }
                Step::Own(port) => End::Delivered(port),
                Step::Discard => End::Discarded(node),
                _ => End::NoRoute(node),
            };
            self.end(path, end);
            return None;
        };
        if let Some(f) = self.network.devices[out.0].interfaces[out.1].filter_out {
            let filtered = self.filtered(out, f, false);
            if let Some(here) = path.last_mut() {
                here.filters.push(filtered);
            }
            if !filtered.verdict.permit {
                self.end(path, End::Denied(node));
                return None;
            }
        }
        let end = match step {
            Step::Forward { into, node, .. } => {
                path.push(self.at(node, Some(into)));
                return Some(path);
            }
            Step::Exit(out) => End::Exits(out),
            _ if self.full(out) => End::NoHost(out),
            _ => End::Subnet(out),
        };
        self.end(path, end);
        None
    }

    fn at(&self, node: NodeId, into: Option<Port>) -> TraceHop {
        TraceHop { node, into, route: None, next_hop: None, out: None, filters: vec![], policy_routing: None }
    }

    /// Whether the subnet of the destination has only room for the routers on it.
    fn full(&self, out: Port) -> bool {
        let to = self.packet.destination;
        let addresses = &self.network.devices[out.0].interfaces[out.1].addresses;
        let Some(net) = addresses.iter().map(|a| a.address.trunc()).find(|n| n.contains(&to)) else { return false };
        let room = u32::from(net.max_prefix_len() - net.prefix_len());
        if room > 2 {
            return false;
        }
        let hosts = if room == 2 && to.is_ipv4() { 2 } else { 1usize << room };
        let ports = std::iter::once(out).chain(self.state.topology.peers(out));
        let owned = ports.flat_map(|(d, i)| self.network.devices[d].interfaces[i].addresses.iter());
        owned.filter(|a| net.contains(&a.address.addr())).count() >= hosts
    }

    fn filtered(&self, port: Port, filter: FilterId, inbound: bool) -> Filtered {
        let verdict = filter::run(&self.network.devices[port.0].filters[filter], self.packet);
        Filtered { port, inbound, filter, verdict }
    }

    fn end(&mut self, hops: Vec<TraceHop>, end: End) -> Vec<Vec<TraceHop>> {
        self.trace.branches.push(Branch { hops, end });
        Vec::new()
    }
}

/// What a router puts as source into packets of its own: the address of the port they leave by.
pub fn own_address(network: &Network, state: &State, forwarder: &Forwarder<'_>, from: NodeId, to: IpAddr) -> IpAddr {
    let (id, vrf) = network.nodes()[from];
    let device = &network.devices[id];
    let of = |i: &Interface| i.primary(to.is_ipv6()).map(|a| a.address.addr());
    let out = forwarder.lookup(from, to).and_then(|(_, route)| {
        let route = state.arena.routes.get(route);
        state.arena.hops_of(route).iter().find_map(|h| of(&device.interfaces[h.interface?]))
    });
    let any = || {
        let mut own: Vec<&Interface> = device.interfaces.iter().filter(|i| i.vrf == vrf).collect();
        own.sort_by_key(|i| i.kind != InterfaceKind::Loopback);
        own.into_iter().find_map(of).filter(|a| !link_local(*a))
    };
    out.or_else(any).unwrap_or(to)
}
