//! What a state has lost against the base, followed only where something changed.
//!
//! In: the base's reachability, the tables before and after. Out: an [`Impact`]. Law: equal to following every pair anew
//! ([`Base::compare_all`]). A pair can fare otherwise only if a router on its way changed its route or lost a port; where every router that
//! changed still leads to good ends and in no circle, all that arrived before arrive. Start reading at [`Base::compare`]. Tests: `tests/sweep.rs`.

use std::net::IpAddr;

use fixedbitset::FixedBitSet;
use ipnet::IpNet;

use super::concerned::{Changes, Run, ToFollow};
use super::sweep::{Base, Impact, Pair};
use crate::base::id::Id;
use crate::base::{Map, Set};
use crate::engine::State;
use crate::forward::reach::{Destination, Fate, Lead, Reachability, Ways, fates};
use crate::forward::step::Forwarder;
use crate::model::Network;
use crate::model::network::NodeId;
use crate::rib::{Arena, KindId, RouteId};
use crate::topology::Failures;

/// How many next hops a route has; none: 0.
fn width(arena: &Arena, route: Option<RouteId>) -> usize {
    route.map_or(0, |r| arena.hops_of(arena.routes.get(r)).len())
}

/// How many next hops are left where a route has fewer than before.
pub(super) fn fewer(arena: &Arena, old: Option<RouteId>, new: Option<RouteId>) -> Option<usize> {
    let left = width(arena, new);
    (left < width(arena, old)).then_some(left)
}

/// A node, its route before, and now.
pub(super) type Move = (NodeId, Option<RouteId>, Option<RouteId>);

/// What makes two destinations fare alike: the routes of all nodes, and the address where it matters.
type Key = (Vec<Option<RouteId>>, Option<IpAddr>);

/// Follows destinations through the changed network, one at a time.
pub(super) struct Walk<'w, 'a> {
    ways: Ways<'w, 'a>,
    /// The destination at hand, and whether a table owns it.
    address: (IpAddr, bool),
    /// By node: its route to it where that is another one than before, and since when.
    moved: Vec<(u32, Option<RouteId>)>,
    /// How often it has begun: what is noted of nodes holds for one destination.
    time: u32,
    /// By node: known to lead to good ends only, or on the way to be known, since when.
    good: Vec<u32>,
    open: Vec<u32>,
    /// Where nodes on the way lead: one list, taken from its end.
    leads: Vec<Lead>,
    /// Whether a node that goes over from one route to another merely sends over fewer of the same next hops.
    shrinks: Map<Move, bool>,
}

impl<'w, 'a> Walk<'w, 'a> {
    pub(super) fn new(forwarder: &'w Forwarder<'a>, nodes: usize) -> Self {
        let address = (IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), false);
        let (good, open) = (vec![0; nodes], vec![0; nodes]);
        Self {
            ways: Ways::new(forwarder),
            address,
            moved: vec![(0, None); nodes],
            time: 0,
            good,
            open,
            leads: Vec::new(),
            shrinks: Map::default(),
        }
    }

    /// Begins a destination to which some nodes have other routes than before.
    fn begin(&mut self, address: IpAddr, moved: &[Move]) {
        self.address = (address, self.ways.forwarder().is_owned(address));
        self.time += 1;
        moved.iter().for_each(|(n, _, new)| self.moved[n.index()] = (self.time, *new));
    }

    /// The route of a node to it; `before`: those of all nodes before.
    fn route(&self, node: NodeId, before: &[Option<RouteId>]) -> Option<RouteId> {
        let (since, now) = self.moved[node.index()];
        if since == self.time { now } else { before[node.index()] }
    }

    /// Whether everything from a node arrives, in no circle.
    fn is_good(&mut self, node: NodeId, before: &[Option<RouteId>]) -> bool {
        let n = node.index();
        if self.good[n] == self.time {
            return true;
        }
        if std::mem::replace(&mut self.open[n], self.time) == self.time {
            return false;
        }
        let first = self.leads.len();
        self.ways.leads(node, self.route(node, before), self.address, &mut self.leads);
        let mut good = self.leads.len() > first;
        while self.leads.len() > first {
            good &= match self.leads.pop() {
                Some(Lead::To(next)) => good && self.is_good(next, before),
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
    fn led_to(&mut self, nodes: Vec<NodeId>, near: &[Vec<NodeId>], before: &[Option<RouteId>]) -> Vec<NodeId> {
        let mut all: Set<NodeId> = nodes.iter().copied().collect();
        let mut open = nodes;
        while let Some(node) = open.pop() {
            for &from in &near[node.index()] {
                self.leads.clear();
                self.ways.leads(from, self.route(from, before), self.address, &mut self.leads);
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
    fn fates(&mut self, among: &[NodeId], before: &[Option<RouteId>], fates_before: &[Fate]) -> Vec<Fate> {
        if among.is_empty() {
            return Vec::new();
        }
        let routes: Vec<Option<RouteId>> = (0..before.len()).map(|n| self.route(NodeId::new(n), before)).collect();
        self.ways.fates_among(self.address.0, &routes, among, |n| fates_before[n.index()])
    }
}

/// Whether a node merely sends over fewer of the next hops it had. Whatever arrived over each of them still does if the rest of the way, and
/// its ports, are as they were.
fn shrinks(arena: &Arena, old: RouteId, new: RouteId) -> bool {
    let hops = |r| arena.hops_of(arena.routes.get(r));
    let (before, after) = (hops(old), hops(new));
    !after.is_empty() && !arena.through_tunnel(arena.routes.get(new)) && after.iter().all(|h| before.binary_search(h).is_ok())
}

/// What was found, by destination.
#[derive(Default)]
struct Found {
    lost: Vec<(u32, Pair)>,
    partly: Vec<(u32, Pair)>,
    thinner: usize,
    last_path: usize,
}

impl Found {
    /// What became of one destination and of others like it, `count` in all.
    fn add(&mut self, one: &Impact, count: usize, destinations: impl Iterator<Item = u32>, reach: &Reachability) {
        self.thinner += one.thinner * count;
        self.last_path += one.last_path * count;
        if one.lost.is_empty() && one.partly.is_empty() {
            return;
        }
        for n in destinations {
            let here = |p: &Pair| (n, Pair { to: reach.prefixes[n as usize].prefix, ..*p });
            self.lost.extend(one.lost.iter().map(here));
            self.partly.extend(one.partly.iter().map(here));
        }
    }

    fn into_impact(self) -> Impact {
        let in_order = |mut pairs: Vec<(u32, Pair)>| {
            pairs.sort_by_key(|p| p.0);
            pairs.into_iter().map(|p| p.1).collect()
        };
        let (lost, partly) = (in_order(self.lost), in_order(self.partly));
        Impact { lost, partly, thinner: self.thinner, last_path: self.last_path, ..Impact::default() }
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
        let forwarder = self.forwarder.again(network, state);
        let changes = Changes::new(network, self.state, &forwarder, &failed);
        let concerned = self.concerned(&changes);
        let shared = changes.shared();
        let any_failed = !failed.is_clear();
        let in_runs = |group: u32, own_kind: Option<KindId>| shared[group as usize] && (!any_failed || own_kind.is_some());
        let ToFollow { runs, single } = self.to_follow(&changes, &concerned, in_runs);
        // Prefixes of one kind have the same owners.
        let mut gone_kinds: Map<KindId, bool> = Map::default();
        let mut is_gone = |n: u32| {
            let gone = || self.only_of_failed(self.reach.prefixes[n as usize].prefix, &failed);
            match self.covers.own_kind(n).filter(|_| any_failed) {
                Some(kind) => *gone_kinds.entry(kind).or_insert_with(gone),
                None => gone(),
            }
        };
        let mut walk = Walk::new(&forwarder, failed.len());
        // Of destinations that fare like others of their class, the routes are those of the closest prefix.
        let mut follow = |n: u32, group: Option<u32>, like_others: bool, is_gone: &mut dyn FnMut(u32) -> bool| {
            let mut one = Impact::default();
            let destination = &self.reach.prefixes[n as usize];
            let nodes = concerned.nodes(&changes, group, (n, destination.class()));
            let closest = group.filter(|_| like_others).map(|g| changes.column(g));
            let lookup = |node| forwarder.lookup(node, destination.address).map(|(_, r)| r);
            let route = |node| closest.and_then(|c| c.get(node)).or_else(|| lookup(node));
            self.compare_one(&changes, &mut walk, &failed, (destination, &nodes, &route), &mut || is_gone(n), &mut one);
            one
        };
        // Of destinations of one class that go over to the same ways at the same nodes, one is followed.
        let mut known: Map<(u32, u32), Impact> = Map::default();
        let mut found = Found::default();
        for Run { class, group, count, destinations } in runs {
            let mut plain = destinations.iter().copied().filter(|n| !concerned.more.contains_key(n)).peekable();
            let Some(&first) = plain.peek() else { continue };
            if is_gone(first) {
                continue;
            }
            let one = known.entry((class, changes.same(group))).or_insert_with(|| follow(first, Some(group), true, &mut is_gone));
            found.add(one, count, plain, &self.reach);
        }
        for (n, group) in single {
            let address = self.reach.prefixes[n as usize].address;
            let like_others = |g: &u32| shared[*g as usize] && !concerned.more.contains_key(&n) && !forwarder.is_owned(address);
            let Some(group) = group.filter(like_others) else {
                found.add(&follow(n, group, false, &mut is_gone), 1, std::iter::once(n), &self.reach);
                continue;
            };
            if is_gone(n) {
                continue;
            }
            let class = self.reach.prefixes[n as usize].class();
            let one = known.entry((class, changes.same(group))).or_insert_with(|| follow(n, Some(group), true, &mut is_gone));
            found.add(one, 1, std::iter::once(n), &self.reach);
        }
        let mut impact = found.into_impact();
        self.count_sessions(state, &failed, &mut impact);
        impact
    }

    fn compare_one(
        &self,
        changes: &Changes,
        walk: &mut Walk<'_, '_>,
        failed: &FixedBitSet,
        (destination, nodes, route): (&Destination, &[NodeId], &dyn Fn(NodeId) -> Option<RouteId>),
        is_gone: &mut dyn FnMut() -> bool,
        impact: &mut Impact,
    ) {
        let (forwarder, address) = (walk.ways.forwarder(), destination.address);
        let state = forwarder.state();
        // Who owns the address may have changed: then packets end elsewhere.
        let owner_changed = changes.addresses.contains(&address);
        let before = &self.routes[destination.class() as usize];
        let mut moved: Vec<Move> = Vec::new();
        let way = |r: Option<RouteId>| r.map(|r| forwarder.state().arena.way(r));
        for node in nodes.iter().copied().filter(|n| !failed[n.index()]) {
            let (old, new) = (before[node.index()], route(node));
            if old != new && way(old) != way(new) || changes.uses_changed_port(self.network, state, node, new) {
                moved.push((node, old, new));
            }
        }
        if moved.is_empty() && !owner_changed {
            return;
        }
        if is_gone() {
            return;
        }
        let unused = |node, new| !changes.uses_changed_port(self.network, state, node, Some(new));
        self.judge(walk, failed, (destination, &moved, owner_changed), unused, impact, &mut |_| ());
    }

    /// What becomes of one destination to which some nodes have other routes. `unused`: whether a route of a node leads over no port
    /// that changed; `thinned`: is told the nodes that still arrive, over fewer next hops.
    pub(super) fn judge(
        &self,
        walk: &mut Walk<'_, '_>,
        failed: &FixedBitSet,
        (destination, moved, owner_changed): (&Destination, &[Move], bool),
        unused: impl Fn(NodeId, RouteId) -> bool,
        impact: &mut Impact,
        thinned: &mut dyn FnMut(NodeId),
    ) {
        let arena = &self.state.arena;
        let (fates_before, before) = (self.reach.fates(destination), &self.routes[destination.class() as usize]);
        let mut bad: Vec<NodeId> = Vec::new();
        for &(node, old, new) in moved {
            let shrinks = || old.zip(new).is_some_and(|(old, new)| shrinks(arena, old, new) && unused(node, new));
            // Where not all arrived before, fewer next hops may leave none that does.
            let arrived = fates_before[node.index()].arrives();
            if !arrived || !*walk.shrinks.entry((node, old, new)).or_insert_with(shrinks) {
                bad.push(node);
            }
        }
        if !bad.is_empty() || owner_changed {
            walk.begin(destination.address, moved);
            bad.retain(|n| !walk.is_good(*n, before));
        }
        // All others arrive as before.
        let concerned: Vec<NodeId> =
            if owner_changed { (0..failed.len()).map(NodeId::new).collect() } else { walk.led_to(bad, &self.near, before) };
        let after = walk.fates(&concerned, before, fates_before);
        let arrived = |node: NodeId| !failed[node.index()] && fates_before[node.index()].arrives();
        for (&node, &fate) in concerned.iter().zip(&after).filter(|(n, _)| arrived(**n)) {
            self.pair(node, destination.prefix, fate, impact);
        }
        for (node, old, new) in moved.iter().filter(|m| arrived(m.0)) {
            if concerned.binary_search(node).is_ok_and(|at| !after[at].arrives()) {
                continue;
            }
            if let Some(left) = fewer(arena, *old, *new) {
                impact.thinner += 1;
                impact.last_path += usize::from(left == 1);
                thinned(*node);
            }
        }
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
            let widths: Vec<usize> = routes.iter().map(|r| width(&state.arena, *r)).collect();
            let after = seen.entry((routes, by_address.then_some(address))).or_insert_with(|| fates(&forwarder, address, nodes));
            for node in 0..nodes {
                if failed[node] || !before[node].arrives() {
                    continue;
                }
                if self.pair(NodeId::new(node), destination.prefix, after[node], &mut impact)
                    && widths[node] < width(&state.arena, before_routes[node])
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
