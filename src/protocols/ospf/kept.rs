//! What a what-if takes from the base: shortest paths that use nothing that changed ([`paths`]), and the routes made of them.
//!
//! In: a domain and [`Kept`], what the base left of it. Out: rows of paths that still hold, and the routes that may differ. Law: equal to
//! working all out anew.
//! Start reading at [`patches`]. Tests: `tests/sweep.rs` of the package.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::IpNet;
use rayon::prelude::*;

use super::again::KeptNeighbors;
use super::areas::{AreaGraph, Domain, Way};
use super::compute::{Advert, Inside};
use super::neighbors::{End, Speaker};
use super::routes::{self, Sources};
use crate::base::Set;
use crate::model::network::NodeId;
use crate::model::route::Family;
use crate::protocols::paths;
use crate::protocols::policy::PolicyEngine;
use crate::protocols::rows::Last;
use crate::rib::RouteId;

/// What OSPF leaves for what-ifs.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub domains: Vec<KeptDomain>,
    pub neighbors: Option<KeptNeighbors>,
}

/// What is left of one domain.
#[derive(Debug)]
pub(super) struct KeptDomain {
    key: Key,
    areas: Vec<AreaGraph>,
    adverts: BTreeMap<IpNet, Vec<Advert>>,
    /// Prefixes with more to them than what routers of the domain advertise inside it, sorted.
    other: Vec<IpNet>,
    plain: bool,
}

/// A router of a domain: table, process, id.
pub(super) type Router = (NodeId, u16, Ipv4Addr);

/// Which domain it is: version, family, and its routers.
type Key = (bool, Family, Vec<Router>);

fn key(v3: bool, family: Family, routers: &[Speaker<'_>]) -> Key {
    (v3, family, routers.iter().map(Speaker::router).collect())
}

impl Speaker<'_> {
    /// Which it is.
    pub(super) fn router(&self) -> Router {
        (self.node, self.process, self.id)
    }
}

/// One area, and nothing that makes a route depend on another router's: each router's paths alone decide.
fn is_plain(domain: &Domain<'_>, inside: &Inside) -> bool {
    let alone = |s: &Speaker<'_>| s.config.import.is_none() && s.config.virtual_links.is_empty();
    domain.areas.len() == 1
        && domain.routers.iter().all(alone)
        && inside.ranges.is_empty()
        && inside.active.is_empty()
        && inside.discards.is_empty()
        && inside.stub_defaults.is_empty()
}

impl Kept {
    /// What is left of the domain of these routers.
    pub(super) fn find(&self, v3: bool, family: Family, routers: &[Speaker<'_>]) -> Option<&KeptDomain> {
        let key = key(v3, family, routers);
        self.domains.iter().find(|d| d.key == key)
    }

    /// The domains that are as well looked at as one when they fall apart: each router's paths alone decide, and no two routers have one id.
    pub(super) fn lasting(&self, v3: bool, family: Family) -> Vec<&[Router]> {
        let distinct = |routers: &[Router]| routers.iter().map(|r| r.2).collect::<Set<_>>().len() == routers.len();
        let of_kind = self.domains.iter().filter(|d| (d.key.0, d.key.1) == (v3, family) && d.plain);
        of_kind.map(KeptDomain::routers).filter(|r| distinct(r)).collect()
    }
}

impl KeptDomain {
    pub(super) fn new(domain: Domain<'_>, inside: Inside, sources: &Sources, family: Family) -> Self {
        let plain = is_plain(&domain, &inside);
        let key = key(domain.v3, family, &domain.routers);
        Self { key, areas: domain.areas, adverts: inside.adverts, other: sources.other(), plain }
    }

    /// The only area, where nothing but links between two of its routers makes paths and nothing comes from outside.
    pub(super) fn only_area(&self) -> Option<&AreaGraph> {
        self.areas.first().filter(|a| self.plain && self.other.is_empty() && self.areas.len() == 1 && a.networks.is_empty())
    }

    /// The routers.
    pub(super) fn routers(&self) -> &[Router] {
        &self.key.2
    }

    /// What routers advertise inside the domain.
    pub(super) fn adverts(&self) -> &BTreeMap<IpNet, Vec<Advert>> {
        &self.adverts
    }

    /// The area of routers that had ports in it, where it is the only one: without, they are there still, by themselves.
    pub(super) fn lasting_area(&self) -> Option<&AreaGraph> {
        self.areas.first().filter(|_| self.plain)
    }

    pub(super) fn area(&self, id: u32) -> Option<&AreaGraph> {
        self.areas.iter().find(|a| a.id == id)
    }

    /// Whether only single routes of the domain can differ: see [`patches`].
    pub(super) fn can_be_patched(&self, domain: &Domain<'_>, inside: &Inside) -> bool {
        let same_nodes = |a: &AreaGraph| self.area(a.id).is_some_and(|old| old.numbers_of(&a.members, &a.networks).is_some());
        self.plain && is_plain(domain, inside) && domain.areas.iter().all(same_nodes)
    }
}

impl AreaGraph {
    /// The number that each node of a graph of these members and networks has here; none if one of them is not here.
    fn numbers_of(&self, members: &[u32], networks: &[Vec<End>]) -> Option<Vec<u32>> {
        if self.members == members { paths::numbers(members.len(), &self.networks, networks) } else { None }
    }

    /// What the roots of a graph with these edges can take from this one.
    pub(super) fn paths_kept(
        &self,
        members: &[u32],
        networks: &[Vec<End>],
        edges: impl Iterator<Item = paths::Link<Way>>,
    ) -> Vec<paths::Kept> {
        match self.numbers_of(members, networks) {
            Some(old_of) => paths::kept((&self.rows, self.width(), &self.edges), &old_of, edges),
            None => vec![paths::Kept::Nothing; members.len()],
        }
    }
}

/// A prefix and what some routers now have there.
pub(super) type Patch = (IpNet, Vec<(u32, Option<RouteId>)>);

/// For each prefix the routes that may differ from the base's, or be gone. Only where [`KeptDomain::can_be_patched`].
pub(super) fn patches(
    domain: &Domain<'_>,
    policies: &PolicyEngine<'_>,
    inside: &Inside,
    sources: &Sources,
    past: &KeptDomain,
) -> Vec<Patch> {
    let graphs = domain.areas.first().zip(past.areas.first());
    let Some((graph, before)) = graphs else { return Vec::new() };
    let Some(old_of) = before.numbers_of(&graph.members, &graph.networks) else { return Vec::new() };
    let moved = paths::moved(&graph.rows, &before.rows, &old_of);
    let moved_to = |a: &Advert| moved[a.node as usize].iter().map(|root| graph.members[*root as usize]);
    let other = sources.other();
    let mut prefixes: Vec<IpNet> = inside.adverts.keys().chain(past.adverts.keys()).copied().collect();
    prefixes.extend(other.iter().chain(&past.other));
    prefixes.sort_unstable();
    prefixes.dedup();
    let patch = |last: &mut Last, prefix: IpNet| {
        let adverts = inside.adverts.get(&prefix).map_or(&[][..], Vec::as_slice);
        let then = past.adverts.get(&prefix).map_or(&[][..], Vec::as_slice);
        let as_then = |a: &Advert| Advert { node: old_of[a.node as usize], ..*a };
        let whole = other.binary_search(&prefix).is_ok()
            || past.other.binary_search(&prefix).is_ok()
            || !adverts.iter().map(as_then).eq(then.iter().copied());
        if whole {
            let column = routes::column(domain, policies, inside, sources, prefix, last);
            let mut all: Vec<(u32, Option<RouteId>)> = (0..domain.routers.len() as u32).map(|r| (r, None)).collect();
            for (r, route) in column {
                all[r as usize].1 = Some(route);
            }
            return Some((prefix, all));
        }
        let mut routers: Vec<u32> = adverts.iter().flat_map(moved_to).collect();
        routers.sort_unstable();
        routers.dedup();
        let has = |r: u32| routes::Has { path: domain.intra_at(r, adverts, false), ..Default::default() };
        let mut route = |r: u32| routes::route(domain, policies, r as usize, prefix, has(r), last);
        (!routers.is_empty()).then(|| (prefix, routers.into_iter().map(|r| (r, route(r))).collect()))
    };
    let all: Vec<Option<Patch>> = prefixes.into_par_iter().map_init(|| Last::new(domain.routers.len()), patch).collect();
    all.into_iter().flatten().collect()
}
