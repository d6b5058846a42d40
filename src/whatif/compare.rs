//! What a state has lost against the base, followed only where something changed.
//!
//! In: the base's reachability, the tables before and after. Out: an [`Impact`]. Law: equal to following every pair anew
//! ([`Base::compare_all`]). A pair can fare otherwise only if a router on its way changed its route or lost a port; where every router that
//! changed still leads to good ends and in no circle, all that arrived before arrive. Start reading at [`Base::compare`]. Tests: `tests/sweep.rs`.

use ipnet::IpNet;

use super::sweep::{Base, Impact, Pair};
use crate::base::id::Id;
use crate::base::{Map, Set};
use crate::engine::State;
use crate::forward::reach::{Destination, Fate, fates};
use crate::forward::step::{Forwarder, Step};
use crate::model::Network;
use crate::model::network::{DeviceId, NodeId};
use crate::rib::{Column, PrefixId, RouteId, Table};
use crate::topology::{Failures, Port};

/// The prefixes that cover each destination's address, and so all whose routes can bear on it.
#[derive(Debug, Default)]
pub(super) struct Covers {
    of: Vec<Vec<PrefixId>>,
    /// Some route leads through a tunnel.
    tunnels: bool,
}

impl Covers {
    pub(super) fn new(state: &State, destinations: &[Destination]) -> Self {
        let mut lengths: Vec<(bool, u8)> =
            state.rib.prefixes().iter().map(|(p, _)| (p.addr().is_ipv6(), p.prefix_len())).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let covers = |d: &Destination| {
            let own = lengths.iter().filter(|(v6, _)| *v6 == d.address.is_ipv6());
            let nets = own.filter_map(|(_, length)| Some(IpNet::new(d.address, *length).ok()?.trunc()));
            nets.filter_map(|net| state.arena.prefixes.find(&net)).filter(|p| state.rib.table().column(*p).is_some()).collect()
        };
        let mut routes = state.rib.table().columns().flat_map(|(_, c)| c.iter());
        let tunnels = routes.any(|(_, r)| through_tunnel(state, r));
        Self { of: destinations.iter().map(covers).collect(), tunnels }
    }
}

fn through_tunnel(state: &State, route: RouteId) -> bool {
    state.arena.hops.get(state.arena.routes.get(route).via).iter().any(|h| h.tunnel.is_some())
}

/// All that differs between two states of one network.
struct Changes {
    /// By prefix, the nodes whose route to it changed, in order.
    rows: Rows,
    /// Prefixes that the base does not have.
    fresh: Vec<(IpNet, PrefixId)>,
    /// Ports that went down, or hear others than before, by device.
    ports: Map<DeviceId, Vec<Port>>,
    /// The nodes of those devices.
    touched: Vec<NodeId>,
    /// The addresses of those ports.
    addresses: Set<std::net::IpAddr>,
}

impl Changes {
    fn new(network: &Network, base: &State, now: &State) -> Self {
        let (rows, fresh) = changed_rows(base, now);
        let mut ports: Map<DeviceId, Vec<Port>> = Map::default();
        let mut addresses = Set::default();
        for port in base.topology.changed_to(&now.topology) {
            ports.entry(port.0).or_default().push(port);
            addresses.extend(network.devices[port.0].interfaces[port.1].addresses.iter().map(|a| a.address.addr()));
        }
        let of_touched = |(n, (d, _)): (NodeId, &(DeviceId, _))| ports.contains_key(d).then_some(n);
        let touched = network.nodes().iter_ids().filter_map(of_touched).collect();
        Self { rows, fresh, ports, touched, addresses }
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

/// The nodes whose rows differ, by prefix.
type Rows = Map<PrefixId, Vec<NodeId>>;

/// The rows in which two tables differ, and the prefixes only the later one has.
fn changed_rows(base: &State, now: &State) -> (Rows, Vec<(IpNet, PrefixId)>) {
    let (before, after): (&Table, &Table) = (base.rib.table(), now.rib.table());
    let empty = Column::default();
    let mut rows = Rows::default();
    let mut fresh = Vec::new();
    for p in before.changed_to(after) {
        let changes = before.column(p).unwrap_or(&empty).changes_to(after.column(p).unwrap_or(&empty));
        rows.insert(p, changes.into_iter().map(|c| c.0).collect());
        if before.column(p).is_none() {
            fresh.push((*base.arena.prefixes.get(p), p));
        }
    }
    fresh.sort_unstable();
    (rows, fresh)
}

/// What makes two destinations fare alike: the routes of all nodes, and the address where it matters.
type Key = (Vec<Option<RouteId>>, Option<std::net::IpAddr>);

/// What follows one destination through the changed network.
struct Walk<'w, 'a> {
    forwarder: &'w Forwarder<'a>,
    destination: &'w Destination,
    /// Nodes known to lead to good ends only, and nodes on the way to be known.
    good: Set<NodeId>,
    open: Set<NodeId>,
}

impl Walk<'_, '_> {
    /// Whether everything from a node arrives, in no circle.
    fn is_good(&mut self, node: NodeId) -> bool {
        if self.good.contains(&node) {
            return true;
        }
        if !self.open.insert(node) {
            return false;
        }
        let steps = self.forwarder.steps(node, self.destination.address);
        let good = !steps.is_empty()
            && steps.iter().all(|s| match s {
                Step::Forward { node, .. } | Step::Table(node) => self.is_good(*node),
                Step::Own(_) | Step::Subnet(_) | Step::Exit(_) => true,
                Step::Discard | Step::NoRoute => false,
            });
        self.open.remove(&node);
        if good {
            self.good.insert(node);
        }
        good
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
        let forwarder = Forwarder::new(network, state);
        let mut impact = Impact::default();
        for (n, destination) in self.reach.prefixes.iter().enumerate() {
            self.compare_one(&changes, &forwarder, state, &failed, (n, destination), &mut impact);
        }
        self.count_sessions(state, &failed, &mut impact);
        impact
    }

    fn compare_one(
        &self,
        changes: &Changes,
        forwarder: &Forwarder<'_>,
        state: &State,
        failed: &[bool],
        (n, destination): (usize, &Destination),
        impact: &mut Impact,
    ) {
        let address = destination.address;
        let covers = self.covers.of.get(n).map_or(&[][..], Vec::as_slice);
        let fresh = changes.fresh.iter().filter(|(net, _)| net.contains(&address)).map(|(_, p)| p);
        let mut nodes: Vec<NodeId> = covers.iter().chain(fresh).filter_map(|p| changes.rows.get(p)).flatten().copied().collect();
        let by_route = nodes.len();
        nodes.extend(&changes.touched);
        nodes.sort_unstable();
        nodes.dedup();
        // Who owns the address may have changed: then packets end elsewhere.
        let owner_changed = changes.addresses.contains(&address);
        if by_route == 0 && !owner_changed && nodes.is_empty() {
            return;
        }
        let before = |node| self.state.rib.longest_match(&self.state.arena, node, address).map(|(_, r)| r);
        let mut moved: Vec<(NodeId, Option<RouteId>, Option<RouteId>)> = Vec::new();
        for node in nodes {
            if failed[node.index()] {
                continue;
            }
            let (old, new) = (before(node), forwarder.lookup(node, address).map(|(_, r)| r));
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
        let mut walk = Walk { forwarder, destination, good: Set::default(), open: Set::default() };
        let fine = !owner_changed
            && moved.iter().all(|(node, old, new)| self.shrinks(changes, state, *node, *old, *new) || walk.is_good(*node));
        let fates_before = self.reach.fates(destination);
        let width = |route: Option<RouteId>| route.map_or(0, |r| state.arena.hops_of(state.arena.routes.get(r)).len() as u32);
        if fine {
            for (node, old, new) in moved.iter().filter(|m| fates_before[m.0.index()].arrives()) {
                let (was, is) = (width(*old), width(*new));
                impact.thinner += usize::from(is < was);
                impact.last_path += usize::from(is < was && is == 1);
                debug_assert!(!failed[node.index()]);
            }
            return;
        }
        let after = fates(forwarder, address, failed.len());
        for node in 0..failed.len() {
            if failed[node] || !fates_before[node].arrives() {
                continue;
            }
            let id = NodeId::new(node);
            if !self.pair(id, destination.prefix, after[node], impact) {
                continue;
            }
            let Ok(at) = moved.binary_search_by_key(&id, |m| m.0) else { continue };
            let (was, is) = (width(moved[at].1), width(moved[at].2));
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
            let routes: Vec<Option<RouteId>> =
                (0..nodes).map(|n| forwarder.lookup(NodeId::new(n), address).map(|(_, r)| r)).collect();
            let before = self.reach.fates(destination);
            let before_widths = &self.widths[destination.class() as usize];
            let by_address = forwarder.any_by_address(&routes) || !forwarder.owners(address).is_empty();
            let width = |node: usize| routes[node].map_or(0, |r| state.arena.hops_of(state.arena.routes.get(r)).len() as u32);
            let widths: Vec<u32> = (0..nodes).map(width).collect();
            let after = seen.entry((routes, by_address.then_some(address))).or_insert_with(|| fates(&forwarder, address, nodes));
            for node in 0..nodes {
                if failed[node] || !before[node].arrives() {
                    continue;
                }
                if self.pair(NodeId::new(node), destination.prefix, after[node], &mut impact)
                    && widths[node] < before_widths[node]
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
