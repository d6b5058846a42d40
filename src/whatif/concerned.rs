//! Which destinations a change bears on: found by the prefixes and ports that changed, not by looking at all destinations.
//!
//! In: the base's tables and destinations, the tables after a change. Out: [`ToFollow`]. Law: a destination that is left out fares as before.
//! Destinations whose closest prefixes are of one kind (they share a column) are found as one. Start reading at [`Base::to_follow`]. Tests:
//! `tests/sweep.rs`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use fixedbitset::FixedBitSet;
use ipnet::IpNet;
use rayon::prelude::*;
use smallvec::SmallVec;

use super::sweep::Base;
use crate::base::id::Id;
use crate::base::{Map, Set};
use crate::engine::State;
use crate::forward::reach::{Destination, Reachability};
use crate::forward::step::Forwarder;
use crate::model::Network;
use crate::model::network::{DeviceId, NodeId};
use crate::rib::table::ChangedGroup;
use crate::rib::{Column, KindId, PrefixId, RouteId, Way};
use crate::topology::Port;

/// Where to find the destinations that a change bears on.
#[derive(Debug, Default)]
pub(super) struct Covers {
    /// The destinations whose address a prefix covers, by prefix: those that no more specific one covers, and others.
    closest: Listed<PrefixId>,
    by_prefix: Listed<PrefixId>,
    by_address: Listed<IpAddr>,
    by_kind: Map<KindId, OfKind>,
    /// By destination, the kind of the closest prefix; and those without one: that prefix has a column of its own, or there is none.
    kinds: Vec<Option<KindId>>,
    /// By destination, the kind of its own prefix.
    own_kinds: Vec<Option<KindId>>,
    without_kind: Vec<u32>,
    /// The destinations that fare like all others of their class and kind: no wider prefix covers them, no table owns them.
    alike: FixedBitSet,
    /// By class of destinations, their kinds.
    kinds_of_class: Vec<Vec<KindId>>,
    /// Some route leads through a tunnel.
    pub tunnels: bool,
}

/// Destinations by something, in its order.
#[derive(Debug)]
struct Listed<K>(Vec<(K, u32)>);

impl<K> Default for Listed<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord + Copy + Send> Listed<K> {
    fn new(mut all: Vec<(K, u32)>) -> Self {
        all.par_sort_unstable();
        Self(all)
    }

    /// Those of one.
    fn get(&self, key: K) -> impl Iterator<Item = u32> + '_ {
        let from = self.0.partition_point(|x| x.0 < key);
        self.0[from..].iter().take_while(move |x| x.0 == key).map(|x| x.1)
    }

    /// All that have destinations, each once.
    fn keys(&self) -> impl Iterator<Item = K> + '_ {
        self.0.chunk_by(|a, b| a.0 == b.0).filter_map(|c| Some(c.first()?.0))
    }
}

/// What the prefixes of one kind cover.
#[derive(Debug, Default)]
struct OfKind {
    /// The destinations whose closest prefix is of the kind: by class and by the kind of their own prefix those that no table owns, and others.
    runs: BTreeMap<(u32, Option<KindId>), Vec<u32>>,
    owned: Vec<u32>,
    /// Prefixes of the kind that cover other destinations.
    wide: Vec<PrefixId>,
}

impl Covers {
    pub(super) fn new(forwarder: &Forwarder<'_>, reach: &Reachability, classes: usize) -> Self {
        let state = forwarder.state();
        let routes = state.rib.table().distinct_columns().flat_map(Column::iter);
        let tunnels = routes.into_iter().any(|(_, r)| state.arena.through_tunnel(state.arena.routes.get(r)));
        let kinds_of_class = vec![Vec::new(); classes];
        let alike = FixedBitSet::with_capacity(reach.prefixes.len());
        let mut out = Self { tunnels, kinds_of_class, alike, ..Self::default() };
        let around = |d: &Destination| {
            let around: SmallVec<[PrefixId; 4]> = state.rib.prefixes_around(d.address).collect();
            (around, forwarder.is_owned(d.address))
        };
        let around: Vec<(SmallVec<[PrefixId; 4]>, bool)> = reach.prefixes.par_iter().map(around).collect();
        let numbered = || (0..).zip(&around);
        out.closest = Listed::new(numbered().filter_map(|(n, (a, _))| Some((*a.first()?, n))).collect());
        out.by_prefix = Listed::new(numbered().flat_map(|(n, (a, _))| a.iter().skip(1).map(move |p| (*p, n))).collect());
        out.by_address = Listed::new((0..).zip(&reach.prefixes).map(|(n, d)| (d.address, n)).collect());
        for ((n, d), (around, owned)) in (0..).zip(&reach.prefixes).zip(around) {
            let kind = around.first().and_then(|p| state.rib.table().kind_of(*p));
            out.kinds.push(kind);
            let own_kind = state.arena.prefixes.find(&d.prefix).and_then(|p| state.rib.table().kind_of(p));
            out.own_kinds.push(own_kind);
            let Some(kind) = kind else {
                out.without_kind.push(n);
                continue;
            };
            let of_kind = out.by_kind.entry(kind).or_default();
            out.alike.set(n as usize, !owned && around.len() < 2);
            if owned { &mut of_kind.owned } else { of_kind.runs.entry((d.class(), own_kind)).or_default() }.push(n);
            out.kinds_of_class[d.class() as usize].push(kind);
        }
        for (kind, p) in out.by_prefix.keys().filter_map(|p| Some((state.rib.table().kind_of(p)?, p))) {
            out.by_kind.entry(kind).or_default().wide.push(p);
        }
        for kinds in &mut out.kinds_of_class {
            kinds.sort_unstable();
            kinds.dedup();
        }
        out
    }
}

impl Covers {
    /// The destinations whose address a prefix covers.
    pub(super) fn around(&self, prefix: PrefixId) -> impl Iterator<Item = u32> + '_ {
        [&self.closest, &self.by_prefix].into_iter().flat_map(move |by| by.get(prefix))
    }

    /// Whether a destination fares like all others of its class whose closest prefixes share a column.
    pub(super) fn is_alike(&self, destination: u32) -> bool {
        self.alike.contains(destination as usize)
    }

    /// The kind of a destination's own prefix.
    pub(super) fn own_kind(&self, destination: u32) -> Option<KindId> {
        self.own_kinds[destination as usize]
    }
}

/// The nodes whose route to some prefixes changed.
#[derive(Debug)]
pub(super) struct Rows {
    /// In order.
    nodes: Vec<NodeId>,
    /// Each of them still has a route, and none delivers by address.
    fare_alike: bool,
    /// All routes now.
    column: Column,
    /// The first group in which the same nodes go over to the same ways.
    same: u32,
}

/// All that differs between two states of one network.
pub(super) struct Changes {
    /// The rows that changed, once for all prefixes that share their columns before and after.
    groups: Vec<Rows>,
    /// Kinds of the base's main table with their groups, and single prefixes with theirs.
    kinds: Map<KindId, u32>,
    rows: Vec<(PrefixId, u32)>,
    /// Prefixes that the base does not have, with their groups.
    fresh: Vec<(IpNet, u32)>,
    /// Ports that went down, or hear others than before, by device.
    ports: Map<DeviceId, Vec<Port>>,
    /// The nodes of those devices.
    touched: Vec<NodeId>,
    /// The addresses of those ports.
    pub addresses: Set<IpAddr>,
}

impl Changes {
    /// What differs, but on nodes that have failed: nothing comes from there or goes there.
    pub(super) fn new(network: &Network, base: &State, forwarder: &Forwarder<'_>, failed: &FixedBitSet) -> Self {
        let now = forwarder.state();
        let before = base.rib.table();
        let (mut groups, mut kinds, mut rows) = (Vec::new(), Map::default(), Vec::new());
        let mut known: Map<Vec<(NodeId, Option<Way>)>, u32> = Map::default();
        for (n, ChangedGroup { columns: (old, new), kinds: of, prefixes }) in (0..).zip(before.changed_groups(now.rib.table())) {
            let mut changes = old.changes_to(&new);
            changes.retain(|c| !failed[c.0.index()]);
            let all_held = changes.iter().all(|c| c.1.is_some());
            let way = |r: Option<RouteId>| r.map(|r| forwarder.state().arena.way(r));
            let mut moves: Vec<(NodeId, Option<Way>)> = changes.into_iter().map(|(n, now)| (n, way(now))).collect();
            moves.retain(|(n, now)| way(old.get(*n)) != *now);
            let fare_alike = all_held && !moves.iter().any(|m| m.1.is_some_and(|way| forwarder.delivers_by_address(way)));
            let nodes = moves.iter().map(|m| m.0).collect();
            groups.push(Rows { nodes, fare_alike, column: new, same: *known.entry(moves).or_insert(n) });
            kinds.extend(of.into_iter().map(|k| (k, n)));
            rows.extend(prefixes.into_iter().map(|p| (p, n)));
        }
        let is_fresh = |(p, _): &&(PrefixId, u32)| before.column(*p).is_none();
        let named = |(p, group): &(PrefixId, u32)| (*base.arena.prefixes.get(*p), *group);
        let mut fresh: Vec<(IpNet, u32)> = rows.iter().filter(is_fresh).map(named).collect();
        fresh.sort_unstable();
        let mut ports: Map<DeviceId, Vec<Port>> = Map::default();
        let mut addresses = Set::default();
        for port in base.topology.changed_to(&now.topology) {
            ports.entry(port.0).or_default().push(port);
            addresses.extend(network.devices[port.0].interfaces[port.1].addresses.iter().map(|a| a.address.addr()));
            // Who takes the frames of a bundle may change with one of its members.
            let bundle = network.devices[port.0].interfaces.iter_ids().map(|(i, _)| (port.0, i));
            let more = bundle.filter(|p| now.topology.hangs_on(network, *p, port));
            ports.entry(port.0).or_default().extend(more);
        }
        let of_touched = |(n, (d, _)): (NodeId, &(DeviceId, _))| (ports.contains_key(d) && !failed[n.index()]).then_some(n);
        let touched = network.nodes().iter_ids().filter_map(of_touched).collect();
        Self { groups, kinds, rows, fresh, ports, touched, addresses }
    }

    /// All routes now to the prefixes of a group.
    pub(super) fn column(&self, group: u32) -> &Column {
        &self.groups[group as usize].column
    }

    /// The first group in which packets go over to the same ways as in this one.
    pub(super) fn same(&self, group: u32) -> u32 {
        self.groups[group as usize].same
    }

    /// By group: whether all destinations of a class that have it fare alike. Not where a node falls back to a wider prefix, nor where a
    /// route delivers by address.
    pub(super) fn shared(&self) -> Vec<bool> {
        self.groups.iter().map(|rows| self.fresh.is_empty() && rows.fare_alike).collect()
    }

    /// Whether a route of a node uses a port that changed.
    pub(super) fn uses_changed_port(&self, network: &Network, state: &State, node: NodeId, route: Option<RouteId>) -> bool {
        let device = network.nodes()[node].0;
        let Some(ports) = self.ports.get(&device) else { return false };
        let Some(route) = route else { return false };
        let hops = state.arena.hops_of(state.arena.routes.get(route));
        // A hop without a port leads into another table of the device.
        hops.iter().any(|h| h.interface.is_none_or(|i| ports.contains(&(device, i))) && !h.drop)
    }
}

/// Which destinations a change bears on, and the nodes whose routes to them may have changed.
pub(super) struct Concerned {
    /// The group of the most specific prefix around a destination, where that is not its kind's.
    single: Map<u32, u32>,
    /// Of other prefixes around it, and where its address is one that changed.
    pub more: Map<u32, Vec<NodeId>>,
    /// By class: nodes whose route leads over a port that changed.
    by_class: Vec<Vec<NodeId>>,
}

impl Concerned {
    /// The nodes whose routes to a destination may have changed. `group`: of the most specific prefix around it.
    pub(super) fn nodes(&self, changes: &Changes, group: Option<u32>, (n, class): (u32, u32)) -> Vec<NodeId> {
        let rows = group.map_or(&[][..], |g| &changes.groups[g as usize].nodes);
        let more = self.more.get(&n).into_iter().flatten();
        let mut nodes: Vec<NodeId> = rows.iter().chain(more).chain(&self.by_class[class as usize]).copied().collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }
}

/// Destinations of one class whose closest prefixes changed in the same way, and whose own prefixes are of one kind.
pub(super) struct Run<'a> {
    pub class: u32,
    pub group: u32,
    /// How many they are, without those that more than their closest prefix bears on.
    pub count: usize,
    pub destinations: &'a [u32],
}

/// The destinations to be followed: many at once, and others, each with the group of its closest prefix.
#[derive(Default)]
pub(super) struct ToFollow<'a> {
    pub runs: Vec<Run<'a>>,
    pub single: Vec<(u32, Option<u32>)>,
}

impl Base<'_> {
    /// What is to be followed. `in_runs`: whether destinations of one class with this group, whose own prefixes are of this kind, fare alike.
    pub(super) fn to_follow(
        &self,
        changes: &Changes,
        concerned: &Concerned,
        in_runs: impl Fn(u32, Option<KindId>) -> bool,
    ) -> ToFollow<'_> {
        let covers = &self.covers;
        let group_of_kind = |kind: &KindId| changes.kinds.get(kind).copied();
        let group = |n: u32| {
            let of_kind = || covers.kinds[n as usize].and_then(|k| group_of_kind(&k));
            (n, concerned.single.get(&n).copied().or_else(of_kind))
        };
        let mut except: Map<(KindId, u32, Option<KindId>), usize> = Map::default();
        for n in concerned.more.keys() {
            let of = (self.reach.prefixes[*n as usize].class(), covers.own_kind(*n));
            let in_run =
                |k: &KindId| covers.by_kind.get(k).and_then(|x| x.runs.get(&of)).is_some_and(|run| run.binary_search(n).is_ok());
            if let Some(kind) = covers.kinds[*n as usize].filter(in_run) {
                *except.entry((kind, of.0, of.1)).or_default() += 1;
            }
        }
        let mut out = ToFollow::default();
        let mut single: Vec<u32> = concerned.single.keys().chain(concerned.more.keys()).copied().collect();
        for (kind, group) in &changes.kinds {
            let Some(of_kind) = covers.by_kind.get(kind) else { continue };
            single.extend(&of_kind.owned);
            for (&(class, own_kind), destinations) in &of_kind.runs {
                if in_runs(*group, own_kind) {
                    let count = destinations.len() - except.get(&(*kind, class, own_kind)).copied().unwrap_or(0);
                    out.runs.push(Run { class, group: *group, count, destinations });
                } else {
                    single.extend(destinations);
                }
            }
        }
        // Where the routes stayed, but a port that they lead over changed.
        let over_port = |class: u32| !concerned.by_class[class as usize].is_empty();
        for class in (0..concerned.by_class.len() as u32).filter(|c| over_port(*c)) {
            for kind in covers.kinds_of_class[class as usize].iter().filter(|k| group_of_kind(k).is_none()) {
                let Some(of_kind) = covers.by_kind.get(kind) else { continue };
                single.extend(of_kind.runs.iter().filter(|run| run.0.0 == class).flat_map(|run| run.1));
                single.extend(of_kind.owned.iter().filter(|n| self.reach.prefixes[**n as usize].class() == class));
            }
        }
        single.extend(covers.without_kind.iter().filter(|n| over_port(self.reach.prefixes[**n as usize].class())));
        single.sort_unstable();
        single.dedup();
        out.single = single.into_iter().map(group).collect();
        out
    }

    /// The destinations that a change bears on.
    pub(super) fn concerned(&self, changes: &Changes) -> Concerned {
        let by_class = vec![Vec::new(); self.routes.len()];
        let mut out = Concerned { single: Map::default(), more: Map::default(), by_class };
        for (p, group) in &changes.rows {
            out.single.extend(self.covers.closest.get(*p).map(|n| (n, *group)));
        }
        let wide = |kind: &KindId| self.covers.by_kind.get(kind).map_or(&[][..], |k| &k.wide);
        let of_kinds = changes.kinds.iter().flat_map(|(kind, group)| wide(kind).iter().map(|p| (*p, *group)));
        for (p, group) in changes.rows.iter().copied().chain(of_kinds) {
            for n in self.covers.by_prefix.get(p) {
                out.more.entry(n).or_default().extend(&changes.groups[group as usize].nodes);
            }
        }
        for (net, group) in &changes.fresh {
            for (n, _) in (0..).zip(&self.reach.prefixes).filter(|(_, d)| net.contains(&d.address)) {
                out.more.entry(n).or_default().extend(&changes.groups[*group as usize].nodes);
            }
        }
        // Routes that are the same, but lead over a port that changed.
        for &node in &changes.touched {
            for (route, classes) in &self.held[node.index()] {
                if changes.uses_changed_port(self.network, self.state, node, Some(*route)) {
                    classes.iter().for_each(|c| out.by_class[*c as usize].push(node));
                }
            }
        }
        for n in changes.addresses.iter().flat_map(|a| self.covers.by_address.get(*a)) {
            out.more.entry(n).or_default();
        }
        out
    }
}
