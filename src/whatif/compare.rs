//! What a state has lost against the base, followed only where something changed.
//!
//! In: the base's reachability, the tables before and after. Out: an [`Impact`]. Law: equal to following every pair anew
//! ([`Base::compare_all`]). A pair can fare otherwise only if a router on its way changed its route or lost a port; where every router that
//! changed still leads to good ends and in no circle, all that arrived before arrive. Start reading at [`Base::compare`]. Tests: `tests/sweep.rs`.

use std::net::IpAddr;

use ipnet::IpNet;

use super::sweep::{Base, Impact, Pair};
use crate::base::id::Id;
use crate::base::{Map, Set};
use crate::engine::State;
use crate::forward::reach::{Destination, Fate, Lead, Reachability, Ways, fates};
use crate::forward::step::Forwarder;
use crate::model::Network;
use crate::model::network::{DeviceId, NodeId};
use crate::rib::table::ChangedGroups;
use crate::rib::{Column, PrefixId, RouteId};
use crate::topology::{Failures, Port};

/// Where to find the destinations that a change bears on.
#[derive(Debug, Default)]
pub(super) struct Covers {
    /// The destinations whose address a prefix covers, by prefix: those that no more specific one covers, and others.
    closest: Map<PrefixId, Vec<u32>>,
    by_prefix: Map<PrefixId, Vec<u32>>,
    by_address: Map<IpAddr, Vec<u32>>,
    by_class: Vec<Vec<u32>>,
    /// Some route leads through a tunnel.
    tunnels: bool,
}

impl Covers {
    pub(super) fn new(state: &State, reach: &Reachability, classes: usize) -> Self {
        // Prefixes share columns: each is looked at once.
        let mut seen: Set<usize> = Set::default();
        let columns = state.rib.table().columns().filter(|(_, c)| seen.insert(c.storage()));
        let tunnels = columns.flat_map(|(_, c)| c.iter()).any(|(_, r)| through_tunnel(state, r));
        let mut out = Self { tunnels, by_class: vec![Vec::new(); classes], ..Self::default() };
        for (n, d) in (0..).zip(&reach.prefixes) {
            let mut around = state.rib.prefixes_around(d.address);
            if let Some(closest) = around.next() {
                out.closest.entry(closest).or_default().push(n);
            }
            around.for_each(|p| out.by_prefix.entry(p).or_default().push(n));
            out.by_address.entry(d.address).or_default().push(n);
            out.by_class[d.class() as usize].push(n);
        }
        out
    }
}

fn through_tunnel(state: &State, route: RouteId) -> bool {
    state.arena.hops.get(state.arena.routes.get(route).via).iter().any(|h| h.tunnel.is_some())
}

/// How many next hops a route has; none: 0.
fn width(state: &State, route: Option<RouteId>) -> usize {
    route.map_or(0, |r| state.arena.hops_of(state.arena.routes.get(r)).len())
}

/// The nodes whose route to some prefixes changed.
#[derive(Debug)]
struct Rows {
    /// In order.
    nodes: Vec<NodeId>,
    /// Each of them still has a route.
    all_held: bool,
    /// All routes now.
    column: Column,
}

/// All that differs between two states of one network.
struct Changes {
    /// The rows that changed, once for all prefixes that share their columns before and after.
    groups: Vec<Rows>,
    /// By prefix in order: its group.
    rows: Vec<(PrefixId, u32)>,
    /// Prefixes that the base does not have, with their groups.
    fresh: Vec<(IpNet, u32)>,
    /// Ports that went down, or hear others than before, by device.
    ports: Map<DeviceId, Vec<Port>>,
    /// The nodes of those devices.
    touched: Vec<NodeId>,
    /// The addresses of those ports.
    addresses: Set<IpAddr>,
}

impl Changes {
    fn new(network: &Network, base: &State, now: &State) -> Self {
        let before = base.rib.table();
        let ChangedGroups { pairs, prefixes: rows } = before.changed_groups(now.rib.table());
        let group = |(old, new): (Column, Column)| {
            let changes = old.changes_to(&new);
            let all_held = changes.iter().all(|c| c.1.is_some());
            Rows { nodes: changes.into_iter().map(|c| c.0).collect(), all_held, column: new }
        };
        let groups = pairs.into_iter().map(group).collect();
        let is_fresh = |(p, _): &&(PrefixId, u32)| before.column(*p).is_none();
        let named = |(p, group): &(PrefixId, u32)| (*base.arena.prefixes.get(*p), *group);
        let mut fresh: Vec<(IpNet, u32)> = rows.iter().filter(is_fresh).map(named).collect();
        fresh.sort_unstable();
        let mut ports: Map<DeviceId, Vec<Port>> = Map::default();
        let mut addresses = Set::default();
        for port in base.topology.changed_to(&now.topology) {
            ports.entry(port.0).or_default().push(port);
            addresses.extend(network.devices[port.0].interfaces[port.1].addresses.iter().map(|a| a.address.addr()));
        }
        let of_touched = |(n, (d, _)): (NodeId, &(DeviceId, _))| ports.contains_key(d).then_some(n);
        let touched = network.nodes().iter_ids().filter_map(of_touched).collect();
        Self { groups, rows, fresh, ports, touched, addresses }
    }

    /// By group: whether all destinations of a class that have it fare alike. Not where a node falls back to a wider prefix, nor where a
    /// route delivers by address.
    fn shared(&self, forwarder: &Forwarder<'_>) -> Vec<bool> {
        let alike = |rows: &Rows| {
            let routes: Vec<_> = rows.nodes.iter().map(|n| rows.column.get(*n)).collect();
            self.fresh.is_empty() && rows.all_held && !forwarder.any_by_address(&routes)
        };
        self.groups.iter().map(alike).collect()
    }

    /// Whether a route of a node uses a port that changed.
    fn uses_changed_port(&self, network: &Network, state: &State, node: NodeId, route: Option<RouteId>) -> bool {
        let device = network.nodes()[node].0;
        let Some(ports) = self.ports.get(&device) else { return false };
        let Some(route) = route else { return false };
        let hops = state.arena.hops_of(state.arena.routes.get(route));
        // A hop without a port leads into another table of the device.
        hops.iter().any(|h| h.interface.is_none_or(|i| ports.contains(&(device, i))) && !h.drop)
    }
}

/// What makes two destinations fare alike: the routes of all nodes, and the address where it matters.
type Key = (Vec<Option<RouteId>>, Option<IpAddr>);

/// Follows destinations through the changed network, one at a time.
struct Walk<'w, 'a> {
    ways: Ways<'w, 'a>,
    /// The destination at hand, and whether a table owns it.
    address: (IpAddr, bool),
    /// The routes of all nodes to it.
    routes: Vec<Option<RouteId>>,
    /// How often it has begun: what is noted of nodes holds for one destination.
    time: u32,
    /// By node: known to lead to good ends only, or on the way to be known, since when.
    good: Vec<u32>,
    open: Vec<u32>,
    /// Where nodes on the way lead: one list, taken from its end.
    leads: Vec<Lead>,
    /// Whether a node that goes over from one route to another merely sends over fewer of the same next hops.
    shrinks: Map<(NodeId, Option<RouteId>, Option<RouteId>), bool>,
}

impl<'w, 'a> Walk<'w, 'a> {
    fn new(forwarder: &'w Forwarder<'a>, nodes: usize) -> Self {
        let address = (IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), false);
        let (good, open) = (vec![0; nodes], vec![0; nodes]);
        Self {
            ways: Ways::new(forwarder),
            address,
            routes: Vec::new(),
            time: 0,
            good,
            open,
            leads: Vec::new(),
            shrinks: Map::default(),
        }
    }

    /// Begins a destination to which some nodes have other routes than before.
    fn begin(&mut self, address: IpAddr, before: &[Option<RouteId>], moved: &[(NodeId, Option<RouteId>, Option<RouteId>)]) {
        self.address = (address, self.ways.forwarder().is_owned(address));
        self.routes.clear();
        self.routes.extend_from_slice(before);
        moved.iter().for_each(|(n, _, new)| self.routes[n.index()] = *new);
        self.time += 1;
    }

    /// Whether everything from a node arrives, in no circle.
    fn is_good(&mut self, node: NodeId) -> bool {
        let n = node.index();
        if self.good[n] == self.time {
            return true;
        }
        if std::mem::replace(&mut self.open[n], self.time) == self.time {
            return false;
        }
        let first = self.leads.len();
        self.ways.leads(node, self.routes[n], self.address, &mut self.leads);
        let mut good = self.leads.len() > first;
        while self.leads.len() > first {
            good &= match self.leads.pop() {
                Some(Lead::To(next)) => good && self.is_good(next),
                Some(Lead::End(fate)) => fate.arrives(),
                None => true,
            };
        }
        self.open[n] = 0;
        if good {
            self.good[n] = self.time;
        }
        good
    }

    /// These nodes and all that lead to them, sorted. `near`: by node, the nodes that can lead to it at all.
    fn led_to(&mut self, nodes: Vec<NodeId>, near: &[Vec<NodeId>]) -> Vec<NodeId> {
        let mut all: Set<NodeId> = nodes.iter().copied().collect();
        let mut open = nodes;
        while let Some(node) = open.pop() {
            for &from in &near[node.index()] {
                self.leads.clear();
                self.ways.leads(from, self.routes[from.index()], self.address, &mut self.leads);
                if self.leads.contains(&Lead::To(node)) && all.insert(from) {
                    open.push(from);
                }
            }
        }
        let mut all: Vec<NodeId> = all.into_iter().collect();
        all.sort_unstable();
        all
    }

    /// What becomes of packets from some nodes, where all others fare as before.
    fn fates(&mut self, among: &[NodeId], before: &[Fate]) -> Vec<Fate> {
        self.ways.fates_among(self.address.0, &self.routes, among, |n| before[n.index()])
    }
}

/// Which destinations a change bears on, and the nodes whose routes to them may have changed.
struct Concerned {
    /// By destination: the group of the most specific prefix around it.
    group: Vec<u32>,
    /// Of other prefixes around it, and where its address is one that changed.
    more: Map<u32, Vec<NodeId>>,
    /// By class: nodes whose route leads over a port that changed.
    by_class: Vec<Vec<NodeId>>,
}

/// No group.
const NO_GROUP: u32 = u32::MAX;

impl Concerned {
    /// Whether a change bears on a destination, and if so the group that decides with the destination's class how, if there is one.
    fn of(&self, n: u32, class: u32) -> Option<Option<u32>> {
        let group = Some(self.group[n as usize]).filter(|g| *g != NO_GROUP);
        let more = self.more.contains_key(&n);
        (group.is_some() || more || !self.by_class[class as usize].is_empty()).then_some(group.filter(|_| !more))
    }

    /// The nodes whose routes to a destination may have changed.
    fn nodes(&self, changes: &Changes, n: u32, class: u32) -> Vec<NodeId> {
        let rows = changes.groups.get(self.group[n as usize] as usize).map_or(&[][..], |g| &g.nodes);
        let more = self.more.get(&n).into_iter().flatten();
        let mut nodes: Vec<NodeId> = rows.iter().chain(more).chain(&self.by_class[class as usize]).copied().collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }
}

impl Base<'_> {
    /// What a state of the base's network has lost. `network` may be a changed one: then everything is followed anew.
    pub fn compare(&self, network: &Network, state: &State, failures: &Failures) -> Impact {
        // What goes through a tunnel depends on more than the routes to its destination.
        if !std::ptr::eq(network, self.network) || self.covers.tunnels {
            return self.compare_all(network, state, failures);
        }
        let failed = self.failed(failures);
        let changes = Changes::new(network, self.state, state);
        let forwarder = self.forwarder.again(network, state);
        let mut impact = Impact::default();
        let mut walk = Walk::new(&forwarder, failed.len());
        let concerned = self.concerned(&changes);
        // Of destinations of one class to which the same routes changed in the same way, one is followed.
        let mut known: Map<(u32, u32), Impact> = Map::default();
        let shared = changes.shared(&forwarder);
        let any_failed = failed.contains(&true);
        for (n, destination) in (0..).zip(&self.reach.prefixes) {
            let class = destination.class();
            let Some(group) = concerned.of(n, class) else { continue };
            let alike = group.filter(|g| shared[*g as usize] && !forwarder.is_owned(destination.address));
            let mut follow = |impact: &mut Impact| {
                let nodes = concerned.nodes(&changes, n, class);
                self.compare_one(&changes, &mut walk, &failed, (destination, nodes), impact);
            };
            let Some(group) = alike else {
                follow(&mut impact);
                continue;
            };
            if any_failed && self.only_of_failed(destination.prefix, &failed) {
                continue;
            }
            let one = known.entry((class, group)).or_insert_with(|| {
                let mut one = Impact::default();
                follow(&mut one);
                one
            });
            let here = |p: &Pair| Pair { to: destination.prefix, ..*p };
            impact.lost.extend(one.lost.iter().map(here));
            impact.partly.extend(one.partly.iter().map(here));
            impact.thinner += one.thinner;
            impact.last_path += one.last_path;
        }
        self.count_sessions(state, &failed, &mut impact);
        impact
    }

    /// The destinations that a change bears on.
    fn concerned(&self, changes: &Changes) -> Concerned {
        let mut out = Concerned {
            group: vec![NO_GROUP; self.reach.prefixes.len()],
            more: Map::default(),
            by_class: vec![Vec::new(); self.routes.len()],
        };
        for (p, group) in &changes.rows {
            self.covers.closest.get(p).into_iter().flatten().for_each(|n| out.group[*n as usize] = *group);
            for n in self.covers.by_prefix.get(p).into_iter().flatten() {
                out.more.entry(*n).or_default().extend(&changes.groups[*group as usize].nodes);
            }
        }
        for (net, group) in &changes.fresh {
            for (n, _) in (0..).zip(&self.reach.prefixes).filter(|(_, d)| net.contains(&d.address)) {
                out.more.entry(n).or_default().extend(&changes.groups[*group as usize].nodes);
            }
        }
        // Routes that are the same, but lead over a port that changed.
        let mut asked: Map<(NodeId, RouteId), bool> = Map::default();
        for (class, routes) in self.routes.iter().enumerate() {
            for &node in &changes.touched {
                let Some(route) = routes[node.index()] else { continue };
                let uses = || changes.uses_changed_port(self.network, self.state, node, Some(route));
                if *asked.entry((node, route)).or_insert_with(uses) {
                    out.by_class[class].push(node);
                }
            }
        }
        for n in changes.addresses.iter().filter_map(|a| self.covers.by_address.get(a)).flatten() {
            out.more.entry(*n).or_default();
        }
        out
    }

    fn compare_one(
        &self,
        changes: &Changes,
        walk: &mut Walk<'_, '_>,
        failed: &[bool],
        (destination, nodes): (&Destination, Vec<NodeId>),
        impact: &mut Impact,
    ) {
        let (forwarder, address) = (walk.ways.forwarder(), destination.address);
        let state = forwarder.state();
        // Who owns the address may have changed: then packets end elsewhere.
        let owner_changed = changes.addresses.contains(&address);
        let before = &self.routes[destination.class() as usize];
        let mut moved: Vec<(NodeId, Option<RouteId>, Option<RouteId>)> = Vec::new();
        for node in nodes.into_iter().filter(|n| !failed[n.index()]) {
            let (old, new) = (before[node.index()], forwarder.lookup(node, address).map(|(_, r)| r));
            if old != new || changes.uses_changed_port(self.network, state, node, new) {
                moved.push((node, old, new));
            }
        }
        if moved.is_empty() && !owner_changed {
            return;
        }
        if self.only_of_failed(destination.prefix, failed) {
            return;
        }
        let fates_before = self.reach.fates(destination);
        let mut bad: Vec<NodeId> = Vec::new();
        for (node, old, new) in &moved {
            let shrinks = || self.shrinks(changes, state, *node, *old, *new);
            // Where not all arrived before, fewer next hops may leave none that does.
            let arrived = fates_before[node.index()].arrives();
            if !arrived || !*walk.shrinks.entry((*node, *old, *new)).or_insert_with(shrinks) {
                bad.push(*node);
            }
        }
        if !bad.is_empty() || owner_changed {
            walk.begin(address, before, &moved);
            bad.retain(|n| !walk.is_good(*n));
        }
        // All others arrive as before.
        let concerned: Vec<NodeId> =
            if owner_changed { (0..failed.len()).map(NodeId::new).collect() } else { walk.led_to(bad, &self.near) };
        let after = walk.fates(&concerned, fates_before);
        let arrived = |node: NodeId| !failed[node.index()] && fates_before[node.index()].arrives();
        for (&node, &fate) in concerned.iter().zip(&after).filter(|(n, _)| arrived(**n)) {
            self.pair(node, destination.prefix, fate, impact);
        }
        for (node, old, new) in moved.iter().filter(|m| arrived(m.0)) {
            if concerned.binary_search(node).is_ok_and(|at| !after[at].arrives()) {
                continue;
            }
            let (was, is) = (width(state, *old), width(state, *new));
            impact.thinner += usize::from(is < was);
            impact.last_path += usize::from(is < was && is == 1);
        }
    }

    /// Whether a node merely sends over fewer of the next hops it had, all of them as they were. Whatever arrived over each of
    /// them still does if the rest of the way is as it was.
    fn shrinks(&self, changes: &Changes, state: &State, node: NodeId, old: Option<RouteId>, new: Option<RouteId>) -> bool {
        let (Some(old), Some(new)) = (old, new) else { return false };
        let hops = |r| state.arena.hops_of(state.arena.routes.get(r));
        let (before, after) = (hops(old), hops(new));
        !after.is_empty()
            && !through_tunnel(state, new)
            && after.iter().all(|h| before.binary_search(h).is_ok())
            && !changes.uses_changed_port(self.network, state, node, Some(new))
    }

    /// Files a pair that arrived before under what becomes of it; whether it still arrives.
    fn pair(&self, from: NodeId, to: IpNet, fate: Fate, impact: &mut Impact) -> bool {
        let pair = Pair { from, to, fate };
        if fate.partly() {
            impact.partly.push(pair);
        } else if !fate.arrives() {
            impact.lost.push(pair);
        }
        fate.arrives()
    }

    /// The same without looking at what changed: every pair is followed anew. The slow way, and the only one for a changed network.
    pub fn compare_all(&self, network: &Network, state: &State, failures: &Failures) -> Impact {
        let forwarder = Forwarder::new(network, state);
        let failed = self.failed(failures);
        let nodes = failed.len();
        let mut impact = Impact::default();
        // Destinations with the same routes everywhere fare alike, but where an address delivers.
        let mut seen: Map<Key, Vec<Fate>> = Map::default();
        for destination in &self.reach.prefixes {
            if self.only_of_failed(destination.prefix, &failed) {
                continue;
            }
            let address = destination.address;
            let routes = state.rib.routes_to(address, nodes);
            let before = self.reach.fates(destination);
            let before_routes = &self.routes[destination.class() as usize];
            let by_address = forwarder.any_by_address(&routes) || forwarder.is_owned(address);
            let widths: Vec<usize> = routes.iter().map(|r| width(state, *r)).collect();
            let after = seen.entry((routes, by_address.then_some(address))).or_insert_with(|| fates(&forwarder, address, nodes));
            for node in 0..nodes {
                if failed[node] || !before[node].arrives() {
                    continue;
                }
                if self.pair(NodeId::new(node), destination.prefix, after[node], &mut impact)
                    && widths[node] < width(state, before_routes[node])
                {
                    impact.thinner += 1;
                    impact.last_path += usize::from(widths[node] == 1);
                }
            }
        }
        self.count_sessions(state, &failed, &mut impact);
        impact
    }
}
