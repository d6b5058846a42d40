//! A packet's ways through the network, for people and machines.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::answer::{Answer, Cell, Table, Tone};
use super::routes::RouteFact;
use crate::cells;
use crate::engine::State;
use crate::forward::filter::Packet;
use crate::forward::label_path::{Label, Missing, Unread, label_path};
use crate::forward::step::Forwarder;
use crate::forward::trace::{Branch, End, Filtered, Trace, TraceHop, trace};
use crate::model::network::{DeviceId, NodeId};
use crate::model::{Network, VrfId};
use crate::rib::route::Encapsulation;
use crate::topology::Port;

/// A table of branches with their ends, and one of their hops.
pub fn answer(network: &Network, state: &State, forwarder: &Forwarder<'_>, found: &Trace) -> Answer {
    let mut branches = Table::new("branches", "", &["branch", "path", "ends"]);
    let columns = ["branch", "hop", "node", "in", "route", "protocol", "next_hop", "out", "tunnel", "filters"];
    let mut hops = Table::new("hops", "Hop by hop", &columns);
    let mut notes = Vec::new();
    let tunnels = Tunnels::new(network, state, forwarder);
    for (n, branch) in found.branches.iter().enumerate() {
        let path: Vec<String> = branch.hops.iter().map(|h| network.node_name(h.node)).collect();
        let tone = if branch.end.arrives() { Tone::Good } else { Tone::Bad };
        let row = branches.push(cells![n + 1, path.join(" > "), ends(network, branch.end)]).tone(tone);
        if let Some(f) = branch.hops.iter().flat_map(|h| &h.filters).find(|f| !f.verdict.permit) {
            row.cite(&network.sources, f.verdict.line.unwrap_or(network.devices[f.port.0].filters[f.filter].origin));
        }
        for (m, hop) in branch.hops.iter().enumerate() {
            let filters: Vec<String> = hop.filters.iter().map(|f| filtered(network, f)).collect();
            let mut row = cells![n + 1, m + 1, network.node_name(hop.node), hop.into.map(|p| interface(network, p))];
            row.extend(route(network, state, hop));
            let into = branch.hops.get(m + 1).and_then(|next| next.into);
            let crossed = hop.out.zip(into).and_then(|(out, into)| tunnels.between(out, into));
            let tunnel = crossed.or_else(|| tunnels.of_route(hop, &mut notes));
            row.extend(cells![hop.out.map(|p| interface(network, p)), tunnel, filters]);
            let row = hops.push(row);
            if let Some((_, route)) = hop.route {
                row.cite(&network.sources, state.arena.routes.get(route).origin);
            }
            for f in &hop.filters {
                row.cite(&network.sources, f.verdict.line.unwrap_or_default());
                if let Some(doubt) = f.verdict.doubt {
                    notes.push(format!(
                        "{}: the line has a condition that is not modelled; if it holds, the packet fares otherwise.",
                        network.sources.place(doubt)
                    ));
                }
            }
            if let Some(policy) = hop.policy_routing {
                let device = network.device_of(hop.node);
                notes.push(format!(
                    "{}: policy routing `{}` may send the packet another way; it is not followed.",
                    network.node_name(hop.node),
                    device.policies.get(policy).map_or("?", |p| &p.name)
                ));
            }
        }
    }
    if found.cut {
        notes.push(format!("There are more branches; the first {} are shown.", found.branches.len()));
    }
    notes.sort();
    notes.dedup();
    Answer { tables: vec![branches, hops], notes, findings: Vec::new() }
}

/// What tunnels packets and frames cross, and the routers on the way.
struct Tunnels<'a> {
    network: &'a Network,
    state: &'a State,
    forwarder: &'a Forwarder<'a>,
    /// Which interfaces are in which VLANs of switches.
    behind: BTreeMap<(DeviceId, u16), Vec<Port>>,
}

impl<'a> Tunnels<'a> {
    fn new(network: &'a Network, state: &'a State, forwarder: &'a Forwarder<'a>) -> Self {
        let any = state.topology.overlay.groups().next().is_some();
        let behind = if any { state.topology.behind_vteps(network) } else { BTreeMap::new() };
        Self { network, state, forwarder, behind }
    }

    /// The routers on the way of a packet that leaves by a route through a tunnel: those that swap its label, or route what is around it.
    fn of_route(&self, hop: &TraceHop, notes: &mut Vec<String>) -> Option<String> {
        let route = self.state.arena.routes.get(hop.route?.1);
        let via = self.forwarder.hops(route).iter().find(|h| h.ip == hop.next_hop && h.tunnel.is_some())?;
        let (device, _) = self.network.nodes()[hop.node];
        let (from, end) = (self.network.node(device, via.vrf.unwrap_or(VrfId::DEFAULT)), via.ip?);
        let ways = self.ways(from, end);
        let over = self.over(&ways)?;
        if via.tunnel.is_none_or(|t| t.encapsulation != Encapsulation::Mpls) {
            return Some(over);
        }
        let paths: Vec<_> = ways.iter().map(|way| label_path(self.network, self.state, way, end)).collect();
        notes.extend(paths.iter().flatten().filter_map(|hop| self.trouble(from, end, hop.by)));
        let first = paths.first()?;
        let told = first.iter().any(|h| !matches!(h.by, Label::Unknown { .. }));
        let words: Vec<String> = first.iter().map(|h| label(h.by)).collect();
        Some(if told { format!("{over}, labels {}", words.join(" > ")) } else { over })
    }

    /// What is wrong with a label, or not known of it.
    fn trouble(&self, from: NodeId, end: IpAddr, label: Label) -> Option<String> {
        let (at, what) = match label {
            Label::Broken { at, why } => (at, format!("{}; packets of VPNs are lost there.", missing(self.network, why))),
            Label::Unknown { at, why } => (at, unread(self.network, at, why)),
            _ => return None,
        };
        let how = if matches!(label, Label::Broken { .. }) { "breaks" } else { "is not known" };
        let (from, at) = (self.network.node_name(from), self.network.node_name(at));
        Some(format!("The label path from {from} to {end} {how} at {at}: {what}"))
    }

    /// The ways from a table to the end of a tunnel.
    fn ways(&self, from: NodeId, end: IpAddr) -> Vec<Branch> {
        let found = trace(self.network, self.state, self.forwarder, from, None, &Packet::echo(end, end));
        found.branches.into_iter().filter(|b| b.end.arrives()).collect()
    }

    /// `over P1 > P2`: the first of the ways, and how many more there are.
    fn over(&self, ways: &[Branch]) -> Option<String> {
        let hops = &ways.first()?.hops;
        let between: Vec<String> = hops[1..hops.len().max(2) - 1].iter().map(|h| self.network.node_name(h.node)).collect();
        let more = if ways.len() > 1 { format!(" ({} ways)", ways.len()) } else { String::new() };
        Some(if between.is_empty() { "direct".to_owned() } else { format!("over {}{more}", between.join(" > ")) })
    }

    /// The tunnel between two interfaces of a broadcast domain; `None` where cables lead from one to the other.
    fn between(&self, out: Port, into: Port) -> Option<String> {
        let of = |port: Port| self.behind.iter().filter(move |(_, ports)| ports.contains(&port)).map(|(vlan, _)| *vlan);
        let near: Vec<_> = of(out).collect();
        let far = of(into).find(|vlan| !near.contains(vlan)).filter(|_| !of(into).any(|vlan| near.contains(&vlan)))?;
        let &(device, vlan) = near.first()?;
        let vni = self.network.devices[device].vlan_vnis().iter().find(|v| v.vlan == vlan)?.vni;
        let end = self.network.devices[far.0].vtep()?;
        let over = self.over(&self.ways(self.network.node(device, VrfId::DEFAULT), end)).unwrap_or_default();
        Some(format!("VNI {vni} to {end} {over}").trim_end().to_owned())
    }
}

/// A label in the column `tunnel`.
fn label(label: Label) -> String {
    match label {
        Label::Ldp => "LDP".to_owned(),
        Label::Segment(n) => n.to_string(),
        Label::Popped => "pop".to_owned(),
        Label::Broken { .. } => "none".to_owned(),
        Label::Unknown { .. } => "?".to_owned(),
    }
}

fn missing(network: &Network, why: Missing) -> String {
    match why {
        Missing::Ldp(p) => format!("no LDP on {}", interface(network, p)),
        Missing::Segments => "no segment routing".to_owned(),
        Missing::Switching(p) => format!("{} takes no packets with labels", interface(network, p)),
        Missing::Block(index) => format!("its global block of labels has no label of index {index}"),
        Missing::Prefix(prefix) => format!("its route is to {prefix}, for which there is no label from end to end"),
    }
}

fn unread(network: &Network, at: NodeId, why: Unread) -> String {
    match why {
        Unread::Os => format!("what {} says of labels is not modelled.", network.device_of(at).os),
        Unread::Other(what) => format!("{what} may give labels, which is not modelled."),
        Unread::Route => "only labels of IPv4 routes of IGPs and static ones are modelled.".to_owned(),
    }
}

fn route(network: &Network, state: &State, hop: &TraceHop) -> Vec<Cell> {
    match hop.route {
        None => cells!["", "", ""],
        Some((prefix, route)) => {
            let route = state.arena.routes.get(route);
            let fact = RouteFact::new(network, state, hop.node, prefix, route);
            let ip = hop.next_hop.map(|ip| ip.to_string());
            // A tunnel is told by its end and what it is.
            let tunnel = fact.via.iter().find(|h| h.ip == ip && (h.label || h.vni.is_some())).map(ToString::to_string);
            cells![fact.prefix, route.protocol.word(), tunnel.or(ip)]
        }
    }
}

fn interface(network: &Network, (device, interface): Port) -> String {
    network.devices[device].interfaces[interface].name.to_string()
}

fn port(network: &Network, port: Port) -> String {
    format!("{} {}", network.devices[port.0].name, interface(network, port))
}

fn filtered(network: &Network, f: &Filtered) -> String {
    let way = if f.inbound { "in" } else { "out" };
    let name = &network.devices[f.port.0].filters[f.filter].name;
    format!("{way} {name}: {}", if f.verdict.permit { "permitted" } else { "denied" })
}

/// How a branch ends, in words.
pub fn ends(network: &Network, end: End) -> String {
    let node = |n| network.node_name(n);
    match end {
        End::Delivered(p) => format!("delivered to {}", port(network, p)),
        End::Subnet(p) => format!("delivered to the subnet of {}", port(network, p)),
        End::NoHost(p) => format!("no such host on the subnet of {}", port(network, p)),
        End::Exits(p) => format!("exits the network at {}", port(network, p)),
        End::NoRoute(n) => format!("no route at {}", node(n)),
        End::Discarded(n) => format!("discarded at {}", node(n)),
        End::Denied(n) => format!("denied by a filter at {}", node(n)),
        End::Loop(n) => format!("loops through {}", node(n)),
    }
}
