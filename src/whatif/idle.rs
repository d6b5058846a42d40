//! Which failures change nothing after others: a link that no route uses, and that nothing else hangs on.
//!
//! In: a converged base, cases, a state after failures. Out: a flag a case. Law: a case is idle only if with it the tables differ from those
//! without it in the failed links' own subnets alone. Taking an unused link away makes no shortest path longer, so no metric, no next hop and no
//! best path changes; whatever could see more of a link than that (sessions over it, next hops in its subnet, summaries, conditions,
//! redistribution) makes its case, or all cases, count as used. Start reading at [`Idle::after`]. Tests: `tests/deeper.rs`.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::base::{Map, Set};
use crate::engine::State;
use crate::model::Network;
use crate::model::bgp::Peer;
use crate::model::device::Device;
use crate::model::interface::link_local;
use crate::model::network::NodeId;
use crate::model::ospf::AreaKind;
use crate::model::policy::{Action, NextHopEdit};
use crate::model::static_route::StaticHop;
use crate::rib::{Column, RouteId, Table};
use crate::topology::Port;

use super::sweep::Case;

/// What decides whether cases are idle.
pub(super) struct Idle<'a> {
    network: &'a Network,
    base: &'a State,
    /// Per port, how many learned routes of the base lead over it.
    load: Map<Port, i64>,
    /// Whether cases can be idle at all.
    plain: bool,
    /// Per case, its ports; `None`: it is never idle.
    ports: Vec<Option<Vec<Port>>>,
}

impl<'a> Idle<'a> {
    pub(super) fn new(network: &'a Network, base: &'a State, cases: &[Case]) -> Self {
        let mut load = Map::default();
        // Prefixes share columns: each is counted once, as often as it is used.
        let mut columns: Map<usize, (&Column, i64)> = Map::default();
        let tables = base.learned();
        for (_, column) in tables.iter().flat_map(|t| t.columns()) {
            columns.entry(column.storage()).or_insert((column, 0)).1 += 1;
        }
        for (column, times) in columns.into_values() {
            column.iter().for_each(|(n, r)| add(network, base, (n, r), times, &mut load));
        }
        let plain = network.devices.iter().all(is_plain);
        let ports = if plain {
            let named = named_addresses(network);
            cases.iter().map(|c| ports_of(network, base, c, &named)).collect()
        } else {
            vec![None; cases.len()]
        };
        Self { network, base, load, plain, ports }
    }

    /// Whether nothing on any device sees more of a link than the paths over it.
    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }

    /// The interfaces that a case takes down, where nothing but paths hangs on them.
    pub(super) fn ports(&self, case: usize) -> Option<&[Port]> {
        self.ports.get(case)?.as_deref()
    }

    /// Which cases change nothing more in a state of the network after failures.
    pub(super) fn after(&self, state: &State) -> Vec<bool> {
        let mut more: Map<Port, i64> = Map::default();
        let (before, after): (Vec<&Table>, Vec<&Table>) = (self.base.learned(), state.learned());
        if before.len() != after.len() {
            return vec![false; self.ports.len()];
        }
        for (old, new) in before.iter().zip(&after) {
            for (p, changes) in old.changes_to(new) {
                for (n, now) in changes {
                    old.get(p, n).into_iter().for_each(|r| add(self.network, self.base, (n, r), -1, &mut more));
                    now.into_iter().for_each(|r| add(self.network, self.base, (n, r), 1, &mut more));
                }
            }
        }
        let count = |m: &Map<Port, i64>, p: &Port| m.get(p).copied().unwrap_or(0);
        let unused = |p: &Port| !state.topology.is_up(*p) || count(&self.load, p) + count(&more, p) == 0;
        self.ports.iter().map(|ports| ports.as_ref().is_some_and(|all| all.iter().all(unused))).collect()
    }
}

/// Counts the ports that a route leads over.
fn add(network: &Network, state: &State, (node, route): (NodeId, RouteId), times: i64, load: &mut Map<Port, i64>) {
    let device = network.nodes()[node].0;
    for hop in state.arena.hops_of(state.arena.routes.get(route)) {
        if let Some(i) = hop.interface {
            *load.entry((device, i)).or_insert(0) += times;
        }
    }
}

/// Whether nothing on a device sees more of a link than the paths over it.
fn is_plain(device: &Device) -> bool {
    let vrfs = device.vrfs.iter().all(|v| v.aggregates.is_empty() && v.leaks.is_empty() && !v.joins_tables());
    let ospf = device.ospf.iter().all(|o| {
        let areas = o.areas.iter().all(|a| a.ranges.is_empty() && matches!(a.kind, AreaKind::Normal));
        areas
            && o.redistribute.is_empty()
            && o.virtual_links.is_empty()
            && o.external_summaries.is_empty()
            && o.default_originate.as_ref().is_none_or(|d| d.always)
    });
    let isis = device.isis.iter().all(|i| {
        i.redistribute.is_empty()
            && i.summaries.is_empty()
            && i.leak_l1_to_l2.is_none()
            && i.leak_l2_to_l1.is_none()
            && !(i.levels.l1 && i.levels.l2)
            && i.default_originate.as_ref().is_none_or(|d| d.always)
    });
    let bgp = device.bgp.iter().all(|b| {
        let conditional = b.neighbors.iter().flat_map(|n| &n.families).any(|f| {
            f.advertise_map.is_some() || f.default_originate.as_ref().is_some_and(|d| d.only_if_present || d.policy.is_some())
        });
        !conditional && b.families.iter().all(|f| f.aggregates.is_empty())
    });
    let asks = device.policies.iter().flat_map(|p| &p.terms).any(|t| t.when.asks_tables());
    let tunnels = device.interfaces.iter().any(|i| i.tunnel.is_some());
    vrfs && ospf && isis && bgp && !asks && !tunnels && device.eigrp.is_empty() && device.rip.is_empty()
}

/// Addresses that configs name as neighbours, next hops or router ids: what their subnet carries hangs on them.
fn named_addresses(network: &Network) -> Set<IpAddr> {
    let mut out: Set<IpAddr> = network.announcers.iter().map(|a| a.peer).collect();
    for device in &network.devices {
        for route in device.vrfs.iter().flat_map(|v| &v.static_routes) {
            match route.hop {
                StaticHop::Ip { ip, .. } | StaticHop::IpVia { ip, .. } => drop(out.insert(ip)),
                _ => {}
            }
        }
        let neighbors = device.bgp.iter().flat_map(|b| &b.neighbors);
        out.extend(neighbors.filter_map(|n| if let Peer::Ip(ip, _) = n.peer { Some(ip) } else { None }));
        for action in device.policies.iter().flat_map(|p| &p.terms).flat_map(|t| &t.actions) {
            match action {
                Action::NextHop(NextHopEdit::Address(ip)) | Action::ForwardingAddress(ip) => drop(out.insert(*ip)),
                _ => {}
            }
        }
        let ids = device.bgp.iter().map(|b| b.router_id).chain(device.ospf.iter().map(|o| o.router_id));
        out.extend(ids.flatten().map(IpAddr::V4));
    }
    out
}

/// The interfaces that a case takes down, or leaves alone on their segments. `None`: something but paths hangs on one of them.
fn ports_of(network: &Network, base: &State, case: &Case, named: &Set<IpAddr>) -> Option<Vec<Port>> {
    if case.network.is_some() || !case.failures.devices.is_empty() {
        return None;
    }
    let nets = |p: &Port| network.devices[p.0].interfaces[p.1].addresses.iter().map(|a| a.address).collect::<Vec<IpNet>>();
    let in_use = |net: &IpNet| !link_local(net.addr()) && named.iter().any(|a| net.contains(a));
    let by_name = |(d, i): &Port| {
        let device = &network.devices[*d];
        let over = |n: &crate::model::bgp::Neighbor| matches!(n.peer, Peer::Interface(x) | Peer::Ip(_, Some(x)) if x == *i);
        device.bgp.iter().flat_map(|b| &b.neighbors).any(over)
    };
    let free = |p: &Port| {
        let interface = &network.devices[p.0].interfaces[p.1];
        let pair = base.topology.segment(*p).is_none_or(|s| base.topology.segments[s].len() <= 2);
        pair && interface.redundancy.is_empty()
            && interface.vlan.is_none()
            && interface.switchport.is_none()
            && interface.aggregate.is_none()
            && !by_name(p)
            && !nets(p).iter().any(in_use)
            && has_id(&network.devices[p.0])
    };
    // Units and aggregates go down with their ports.
    let ports = base.topology.changed_to(&base.topology.without(network, &case.failures));
    ports.iter().all(free).then_some(ports)
}

/// Whether a device has router ids of its own, so that none is taken from an interface that may go down.
fn has_id(device: &Device) -> bool {
    let loopback = || {
        use crate::model::interface::InterfaceKind::Loopback;
        device
            .interfaces
            .iter()
            .any(|i| i.kind == Loopback && i.enabled && i.addresses.iter().any(|a| a.address.addr().is_ipv4()))
    };
    let set = device.bgp.iter().all(|b| b.router_id.is_some()) && device.ospf.iter().all(|o| o.router_id.is_some());
    set || loopback()
}
