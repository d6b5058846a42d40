//! Who reaches what: for each destination prefix, what becomes of packets that enter at each routing table.
//!
//! In: a [`Forwarder`]. Out: [`Reachability`]. Law: one graph pass a destination, not one a pair; prefixes that all tables treat
//! alike share a pass. Speaks of routing only: packet filters are `trace`'s. Start reading at [`Reachability::compute`].
//! Tests: below.

use std::hash::BuildHasher;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use foldhash::fast::FixedState;
use ipnet::IpNet;
use petgraph::graph::{DiGraph, NodeIndex};
use rayon::prelude::*;
use smallvec::SmallVec;

use super::step::{Forwarder, Step, Way};
use crate::base::Map;
use crate::base::id::Id;
use crate::model::network::NodeId;
use crate::rib::{Column, PrefixId, Rib, RouteId};

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

/// So many prefixes one thread looks at in one go.
const PIECE: usize = 1 << 12;

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
        // Routers' own host routes are no destinations of their own: the subnets they lie in are.
        let of_piece = |(piece, prefixes): (usize, &[(IpNet, PrefixId)])| {
            let mut wanted = wanted();
            let (mut out, mut places) = (Piece::default(), Map::default());
            for (n, (prefix, id)) in (piece * PIECE..).zip(prefixes) {
                if wanted(prefix)
                    && !forwarder.only_local(*id)
                    && let Some(address) = free_address(rib.prefixes(), n, forwarder)
                {
                    out.add(*prefix, address, rib.covering(address).map(Column::storage), &mut places);
                }
            }
            out
        };
        let pieces: Vec<Piece> = rib.prefixes().par_chunks(PIECE).enumerate().map(of_piece).collect();
        // Prefixes under the same columns have the same routes everywhere, and so the same fates. A connected route delivers by address,
        // so the address is part of the key where one is met.
        let mut by_chain: Map<Chain, usize> = Map::default();
        let mut first: Vec<IpAddr> = Vec::new();
        let mut number = |(chain, address): (&Chain, &IpAddr)| {
            *by_chain.entry(chain.clone()).or_insert_with(|| {
                first.push(*address);
                first.len() - 1
            })
        };
        let numbers: Vec<Vec<usize>> = pieces.iter().map(|p| p.chains.iter().zip(&p.first).map(&mut number).collect()).collect();
        let kinds: Vec<(u128, bool)> = first
            .par_iter()
            .map(|address| {
                let routes = rib.routes_to(*address, nodes);
                let ways: Vec<Option<Way>> = routes.iter().map(|r| r.map(|r| forwarder.way(r))).collect();
                (fingerprint(&ways), forwarder.any_by_address(&routes))
            })
            .collect();
        let mut class_of: Map<Key, u32> = Map::default();
        let mut asked: Vec<IpAddr> = Vec::new();
        let mut prefixes = Vec::with_capacity(pieces.iter().map(|p| p.destinations.len()).sum());
        for (piece, numbers) in pieces.into_iter().zip(numbers) {
            for d in piece.destinations {
                let (routes, by_address) = kinds[numbers[d.class as usize]];
                let key = (routes, (by_address || forwarder.is_owned(d.address)).then_some(d.address));
                let class = *class_of.entry(key).or_insert_with(|| {
                    asked.push(d.address);
                    asked.len() as u32 - 1
                });
                prefixes.push(Destination { class, ..d });
            }
        }
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

/// What tells classes apart: the ways of all nodes, and the address where it matters.
type Key = (u128, Option<IpAddr>);

/// 128 bits over the ways of all nodes: with a million prefixes the chance of two alike by accident is below 1e-26.
fn fingerprint(ways: &[Option<Way>]) -> u128 {
    let half = |seed| u128::from(FixedState::with_seed(seed).hash_one(ways));
    half(1) << 64 | half(2)
}

/// The storages of the columns that cover an address.
type Chain = SmallVec<[usize; 4]>;

/// Destinations next to each other.
#[derive(Default)]
struct Piece {
    /// In place of a class, each has the place of its chain.
    destinations: Vec<Destination>,
    /// Each once, in the order in which they are met, each with the first address of it.
    chains: Vec<Chain>,
    first: Vec<IpAddr>,
}

impl Piece {
    fn add(&mut self, prefix: IpNet, address: IpAddr, chain: impl Iterator<Item = usize>, places: &mut Map<Chain, u32>) {
        let chain: Chain = chain.collect();
        let class = places.get(&chain).copied().unwrap_or_else(|| {
            let place = self.chains.len() as u32;
            places.insert(chain.clone(), place);
            self.chains.push(chain);
            self.first.push(address);
            place
        });
        self.destinations.push(Destination { prefix, address, class });
    }
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
        match *self.known.entry((node, forwarder.way(id))).or_insert_with(make) {
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

/// An address of prefix `n` that no more specific prefix covers; a host that no router owns, where there is one.
fn free_address(order: &[(IpNet, PrefixId)], n: usize, forwarder: &Forwarder<'_>) -> Option<IpAddr> {
    let prefix = order[n].0;
    let (first, last) = (number(prefix.network()), number(prefix.broadcast()));
    // The network and broadcast addresses of an IPv4 subnet are no hosts.
    let hosts = prefix.addr().is_ipv4() && prefix.prefix_len() < 31;
    let (mut at, last) = if hosts { (first + 1, last - 1) } else { (first, last) };
    let inside = order[n + 1..].iter().take_while(|(p, _)| prefix.contains(p));
    let mut inside = inside.filter(|(_, id)| !forwarder.only_local(*id)).map(|(p, _)| p).peekable();
    let mut owned = None;
    // A router's own addresses are tried last; a few tries are enough to get past them.
    for _ in 0..64 {
        while let Some(p) = inside.next_if(|p| number(p.network()) <= at) {
            at = at.max(number(p.broadcast()).checked_add(1)?);
        }
        if at > last {
            break;
        }
        let address = address(at, prefix.addr().is_ipv6());
        if !forwarder.is_owned(address) {
            return Some(address);
        }
        owned = owned.or(Some(address));
        at += 1;
    }
    owned
}

fn number(addr: IpAddr) -> u128 {
    match addr {
        IpAddr::V4(a) => u32::from(a).into(),
        IpAddr::V6(a) => a.into(),
    }
}

fn address(n: u128, v6: bool) -> IpAddr {
    if v6 { Ipv6Addr::from(n).into() } else { Ipv4Addr::from(n as u32).into() }
}
