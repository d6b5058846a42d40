//! Who reaches what: for each destination prefix, what becomes of packets that enter at each routing table.
//!
//! In: a [`Forwarder`]. Out: [`Reachability`]. Law: one graph pass a destination, not one a pair; prefixes that all tables treat
//! alike share a pass. Speaks of routing only: packet filters are `trace`'s. Start reading at [`Reachability::compute`].
//! Tests: in `tests`.

use std::net::IpAddr;

use ipnet::IpNet;
use petgraph::graph::{DiGraph, NodeIndex};
use rayon::prelude::*;

use super::destinations::{Destinations, Place, Treated, destinations};
use super::step::{Forwarder, Step};
use crate::base::Map;
use crate::base::id::Id;
use crate::model::network::NodeId;
use crate::rib::{Rib, RouteId, Way};

/// What becomes of packets: a set, since ECMP branches may end differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fate(u8);

impl Fate {
    /// Some branch reaches the owner of the address, or its subnet.
    pub const DELIVERED: Self = Self(1);
    /// Some branch leaves the network at a next hop outside it.
    pub const EXITS: Self = Self(2);
    /// Some branch meets a router without a route.
    pub const NO_ROUTE: Self = Self(4);
    /// Some branch meets a discard route.
    pub const DISCARDED: Self = Self(8);
    /// Some branch runs in a circle.
    pub const LOOPS: Self = Self(16);

    /// Whether all of `other` is in this set.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// Both sets together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// Every branch arrives (or leaves the network).
    pub fn arrives(self) -> bool {
        self.0 != 0 && self.0 & !(Self::DELIVERED.0 | Self::EXITS.0) == 0
    }
    /// Some branch arrives and some does not.
    pub fn partly(self) -> bool {
        self.0 & (Self::DELIVERED.0 | Self::EXITS.0) != 0 && !self.arrives()
    }
    /// The set in words: `delivered`, `no route`, `delivered, loops`, …
    pub fn words(self) -> String {
        let names = [
            (Self::DELIVERED, "delivered"),
            (Self::EXITS, "exits"),
            (Self::NO_ROUTE, "no route"),
            (Self::DISCARDED, "discarded"),
            (Self::LOOPS, "loops"),
        ];
        let words: Vec<&str> = names.iter().filter(|(f, _)| self.has(*f)).map(|(_, w)| *w).collect();
        words.join(", ")
    }
}

/// The fate of packets from each routing table to each prefix.
#[derive(Debug, Clone, Default)]
pub struct Reachability {
    /// The prefixes in order, each with the address that stands for it and its class.
    pub prefixes: Vec<Destination>,
    /// Per class, per node: the fate.
    classes: Vec<Vec<Fate>>,
}

/// A destination prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destination {
    /// The prefix.
    pub prefix: IpNet,
    /// An address of it that no more specific prefix covers.
    pub address: IpAddr,
    class: u32,
}

impl Destination {
    /// Destinations of one class are treated alike by every router.
    pub fn class(&self) -> u32 {
        self.class
    }
}

impl Reachability {
    /// Works out the fates for all prefixes of the main tables. A prefix that more specific ones cover whole is left out: no
    /// packet uses it.
    pub fn compute(forwarder: &Forwarder<'_>, rib: &Rib, nodes: usize) -> Self {
        Self::compute_some(forwarder, rib, nodes, || |_: &IpNet| true)
    }

    /// The same for some prefixes. `wanted`: says of prefixes in order, some of them left out, which.
    pub fn compute_some<W: FnMut(&IpNet) -> bool>(
        forwarder: &Forwarder<'_>,
        rib: &Rib,
        nodes: usize,
        wanted: impl Fn() -> W + Sync,
    ) -> Self {
        let Some(Destinations { pieces, treated: [treated] }) = destinations([(forwarder, rib)], nodes, wanted) else {
            return Self::default();
        };
        let mut class_of: Map<(u128, Option<IpAddr>), u32> = Map::default();
        let mut asked: Vec<IpAddr> = Vec::new();
        let class = |p: Place<1>| {
            let Treated { ways, by_address } = treated[p.treated[0] as usize];
            let key = (ways, (by_address || p.owned).then_some(p.address));
            let class = *class_of.entry(key).or_insert_with(|| {
                asked.push(p.address);
                asked.len() as u32 - 1
            });
            Destination { prefix: p.prefix, address: p.address, class }
        };
        let prefixes = pieces.into_iter().flatten().map(class).collect();
        let fates = |ways: &mut Ways<'_, '_>, a: &IpAddr| ways.fates(*a, &rib.routes_to(*a, nodes));
        let classes = asked.par_iter().map_init(|| Ways::new(forwarder), fates).collect();
        Self { prefixes, classes }
    }

    /// The fate of packets that enter at a node for a destination.
    pub fn fate(&self, node: NodeId, destination: &Destination) -> Fate {
        self.classes.get(destination.class as usize).and_then(|c| c.get(node.index())).copied().unwrap_or_default()
    }

    /// The fates of all nodes for a destination.
    pub fn fates(&self, destination: &Destination) -> &[Fate] {
        self.classes.get(destination.class as usize).map_or(&[], Vec::as_slice)
    }

    /// Per class, an address that stands for it.
    pub fn class_addresses(&self) -> Vec<IpAddr> {
        let mut out = vec![None; self.classes.len()];
        for d in &self.prefixes {
            out[d.class as usize].get_or_insert(d.address);
        }
        out.into_iter().flatten().collect()
    }

    /// The destination with exactly this prefix.
    pub fn destination(&self, prefix: &IpNet) -> Option<&Destination> {
        self.prefixes.binary_search_by(|d| d.prefix.cmp(prefix)).ok().map(|n| &self.prefixes[n])
    }
}

/// Destinations whose packets fare otherwise on one side than on another, for some node.
#[derive(Debug, Default)]
pub struct Differing {
    /// In order, each with the place of its fates.
    pub prefixes: Vec<(IpNet, u32)>,
    /// The fates of all nodes, before and now.
    pub fates: Vec<[Vec<Fate>; 2]>,
}

/// Which of some prefixes fare otherwise. Only where the sides have the same prefixes in order, the same ports and the same addresses.
/// `None`: not so simple.
pub fn differing<W: FnMut(&IpNet) -> bool>(
    sides: [&Forwarder<'_>; 2],
    nodes: usize,
    wanted: impl Fn() -> W + Sync,
) -> Option<Differing> {
    let ribs = sides.map(|f| &f.state().rib);
    if !std::ptr::eq(ribs[0].prefixes(), ribs[1].prefixes()) {
        return None;
    }
    let Destinations { pieces, treated: [before, now] } = destinations([0, 1].map(|n| (sides[n], ribs[n])), nodes, wanted)?;
    // What tells classes apart: the ways of all nodes on both sides, and the address where it matters.
    let mut class_of: Map<(u128, u128, Option<IpAddr>), u32> = Map::default();
    let mut known: Map<[u32; 2], u32> = Map::default();
    let mut asked: Vec<IpAddr> = Vec::new();
    let mut prefixes = Vec::new();
    for p in pieces.into_iter().flatten() {
        let (was, is) = (before[p.treated[0] as usize], now[p.treated[1] as usize]);
        if was.ways == is.ways {
            continue;
        }
        let mut class = |address: Option<IpAddr>| {
            *class_of.entry((was.ways, is.ways, address)).or_insert_with(|| {
                asked.push(p.address);
                asked.len() as u32 - 1
            })
        };
        let own = was.by_address || is.by_address || p.owned;
        let class = if own { class(Some(p.address)) } else { *known.entry(p.treated).or_insert_with(|| class(None)) };
        prefixes.push((p.prefix, class));
    }
    let both = |ways: &mut [Ways<'_, '_>; 2], a: &IpAddr| {
        let mut of_side = ways.iter_mut().zip(ribs);
        [(); 2].map(|()| of_side.next().map(|(w, rib)| w.fates(*a, &rib.routes_to(*a, nodes))).unwrap_or_default())
    };
    let fates: Vec<[Vec<Fate>; 2]> = asked.par_iter().map_init(|| sides.map(Ways::new), both).collect();
    let differ: Vec<bool> = fates.iter().map(|[before, now]| before != now).collect();
    prefixes.retain(|p| differ[p.1 as usize]);
    Some(Differing { prefixes, fates })
}

/// Where a next hop leads, as far as it matters for fates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// To another routing table.
    To(NodeId),
    /// Nowhere else.
    End(Fate),
}

impl From<Step> for Lead {
    fn from(step: Step) -> Self {
        match step {
            Step::Forward { node, .. } | Step::Table(node) => Self::To(node),
            Step::Own(_) | Step::Subnet(_) => Self::End(Fate::DELIVERED),
            Step::Exit(_) => Self::End(Fate::EXITS),
            Step::Discard => Self::End(Fate::DISCARDED),
            Step::NoRoute => Self::End(Fate::NO_ROUTE),
        }
    }
}

/// Where routes lead, kept for those that send all destinations alike.
pub struct Ways<'w, 'a> {
    forwarder: &'w Forwarder<'a>,
    known: Map<(NodeId, Way), Option<(u32, u32)>>,
    leads: Vec<Lead>,
}

impl<'w, 'a> Ways<'w, 'a> {
    /// Nothing is known yet.
    pub fn new(forwarder: &'w Forwarder<'a>) -> Self {
        Self { forwarder, known: Map::default(), leads: Vec::new() }
    }

    /// What follows routes.
    pub fn forwarder(&self) -> &'w Forwarder<'a> {
        self.forwarder
    }

    /// Adds where a node sends packets for an address to which it has this route. `owned`: some table owns the address.
    pub fn leads(&mut self, node: NodeId, route: Option<RouteId>, (address, owned): (IpAddr, bool), out: &mut Vec<Lead>) {
        let forwarder = self.forwarder;
        let own = owned && forwarder.owners(address).any(|(n, _)| n == node);
        let (Some(id), false) = (route, own) else {
            out.push(Lead::End(if own { Fate::DELIVERED } else { Fate::NO_ROUTE }));
            return;
        };
        let leads = &mut self.leads;
        let make = || {
            (!forwarder.any_by_address(&[Some(id)])).then(|| {
                let first = leads.len() as u32;
                leads.extend(forwarder.steps_over(node, id, address).map(Lead::from));
                (first, leads.len() as u32)
            })
        };
        match *self.known.entry((node, forwarder.state().arena.way(id))).or_insert_with(make) {
            Some((first, last)) => out.extend_from_slice(&self.leads[first as usize..last as usize]),
            None => out.extend(forwarder.steps_over(node, id, address).map(Lead::from)),
        }
    }

    /// What becomes of packets from every node to one address, by the routes of all nodes to it.
    pub fn fates(&mut self, address: IpAddr, routes: &[Option<RouteId>]) -> Vec<Fate> {
        let all: Vec<NodeId> = (0..routes.len()).map(NodeId::new).collect();
        self.fates_among(address, routes, &all, |_| Fate::default())
    }

    /// What becomes of packets from some of the nodes (sorted), where that of all others is known.
    pub fn fates_among(
        &mut self,
        address: IpAddr,
        routes: &[Option<RouteId>],
        among: &[NodeId],
        known: impl Fn(NodeId) -> Fate,
    ) -> Vec<Fate> {
        let nodes = among.len();
        let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(nodes, nodes * 4);
        let mut fate = vec![Fate::default(); nodes];
        let mut looped = vec![false; nodes];
        for _ in 0..nodes {
            graph.add_node(());
        }
        let place = |node: NodeId| {
            if nodes == routes.len() { Some(node.index()) } else { among.binary_search(&node).ok() }
        };
        let (mut leads, owned) = (Vec::new(), self.forwarder.is_owned(address));
        for (n, node) in among.iter().enumerate() {
            self.leads(*node, routes[node.index()], (address, owned), &mut leads);
            for lead in leads.drain(..) {
                match lead {
                    Lead::To(to) if let Some(at) = place(to) => {
                        looped[n] |= at == n;
                        graph.add_edge(NodeIndex::new(n), NodeIndex::new(at), ());
                    }
                    Lead::To(to) => fate[n] = fate[n].with(known(to)),
                    Lead::End(end) => fate[n] = fate[n].with(end),
                }
            }
        }
        // Components come with those that others lead to first, so one pass suffices.
        for component in petgraph::algo::tarjan_scc(&graph) {
            let mut all = Fate::default();
            for &n in &component {
                all = all.with(fate[n.index()]);
                for next in graph.neighbors(n) {
                    all = all.with(fate[next.index()]);
                }
                if component.len() > 1 || looped[n.index()] {
                    all = all.with(Fate::LOOPS);
                }
            }
            for &n in &component {
                fate[n.index()] = all;
            }
        }
        fate
    }
}

/// What becomes of packets from every node to one address.
pub fn fates(forwarder: &Forwarder<'_>, address: IpAddr, nodes: usize) -> Vec<Fate> {
    Ways::new(forwarder).fates(address, &forwarder.state().rib.routes_to(address, nodes))
}
