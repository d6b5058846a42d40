//! Routes to one destination after links are gone, worked out from the destination and not router by router.
//!
//! In: what a run left of a domain that is one area of routers and links between two of them. Out: the routes that differ. Law: equal to a
//! run without the links; what cannot be said so (see [`Towards::new`], [`Towards::without`]) is left to one. Start reading at
//! [`Towards::without`]. Tests: `tests/deeper.rs` of the package.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ipnet::IpNet;

use super::OspfOutcome;
use super::areas::Way;
use crate::base::Map;
use crate::base::graph::UNREACHED;
use crate::base::id::Id;
use crate::model::Network;
use crate::model::interface::InterfaceId;
use crate::model::network::NodeId;
use crate::model::route::Protocol;
use crate::protocols::paths::NOWHERE;
use crate::rib::{Arena, Column, Detail, Hop, HopsId, Route, RouteId};

/// One end of a link: a routing table and an interface.
pub type LinkEnd = (NodeId, InterfaceId);

/// The links of a domain, and how far each router is from each destination.
#[derive(Debug)]
pub struct Towards {
    /// By router, its table; by table, its router or [`NOWHERE`].
    nodes: Vec<NodeId>,
    router_of: Vec<u32>,
    /// By router, how many next hops a route may have.
    most: Vec<usize>,
    /// Links by the router that they leave, and by the one that they lead to; the latter with the place among the former.
    out: Vec<Vec<Link>>,
    into: Vec<Vec<(u32, u32)>>,
    to: Map<IpNet, Destination>,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    to: u32,
    cost: u32,
    hop: Hop,
}

#[derive(Debug)]
struct Destination {
    /// Who advertises it, at which cost.
    adverts: Vec<(u32, u32)>,
    /// By router, how far it is.
    dist: Box<[u32]>,
}

/// Room to work in. Reuse it.
#[derive(Debug, Default)]
pub struct Scratch {
    dist: Vec<u32>,
    affected: Vec<bool>,
    routers: Vec<u32>,
    heap: BinaryHeap<Reverse<(u32, u32)>>,
    /// What routes become at another distance, over other next hops if so: few of many, and quicker to find than in the arena.
    known: Map<(RouteId, Option<u32>, Option<HopsId>), RouteId>,
}

/// So many are kept.
const MOST_KNOWN: usize = 1 << 20;

impl Towards {
    /// `None`: there is more than one domain or area, or something but links between two routers makes paths.
    pub fn new(outcome: &OspfOutcome, network: &Network) -> Option<Self> {
        let [domain] = outcome.kept.domains.as_slice() else { return None };
        let area = domain.only_area()?;
        let (routers, members) = (domain.routers(), &area.members);
        let nodes: Vec<NodeId> = members.iter().map(|r| routers[*r as usize].0).collect();
        let mut router_of = vec![NOWHERE; network.nodes().len()];
        let mut most = Vec::with_capacity(nodes.len());
        for (n, member) in members.iter().enumerate() {
            let (node, process, _) = routers[*member as usize];
            // Two processes of one table both offer routes.
            if std::mem::replace(&mut router_of[node.index()], n as u32) != NOWHERE {
                return None;
            }
            let config = network.devices[network.nodes()[node].0].ospf.get(usize::from(process))?;
            most.push(config.max_paths.max(1) as usize);
        }
        let (mut out, mut into) = (vec![Vec::new(); nodes.len()], vec![Vec::new(); nodes.len()]);
        for &(from, to, cost, way) in &area.edges {
            let Way::To(hop) = way else { return None };
            if cost == 0 || hop.interface.is_none() {
                return None;
            }
            into[to as usize].push((from, out[from as usize].len() as u32));
            out[from as usize].push(Link { to, cost, hop });
        }
        let destination = |(prefix, adverts): (&IpNet, &Vec<super::compute::Advert>)| {
            let adverts: Vec<(u32, u32)> = adverts.iter().map(|a| (a.node, a.cost)).collect();
            let far = |row: &crate::protocols::paths::Row| {
                let by = |&(node, cost): &(u32, u32)| match row.dist[node as usize] {
                    UNREACHED => UNREACHED,
                    dist => dist.saturating_add(cost),
                };
                adverts.iter().map(by).min().unwrap_or(UNREACHED)
            };
            let dist = area.rows.iter().map(|r| far(r)).collect();
            (*prefix, Destination { adverts, dist })
        };
        let to = domain.adverts().iter().map(destination).collect();
        Some(Self { nodes, router_of, most, out, into, to })
    }

    /// The links: which table they leave, over which next hop, to which table.
    pub fn links(&self) -> impl Iterator<Item = (NodeId, Hop, NodeId)> + '_ {
        let of = move |(n, links): (usize, &'_ Vec<Link>)| {
            links.iter().map(move |l| (self.nodes[n], l.hop, self.nodes[l.to as usize])).collect::<Vec<_>>()
        };
        self.out.iter().enumerate().flat_map(of)
    }

    /// Hands to `take` the routes to a prefix that differ once links are gone, table by table. `gone`: both ends of
    /// each; `column`: the routes before, in the main tables; `detail`: whether routes differ that lead the same ways at another distance, and
    /// show it. `false`: it cannot be said, as some router is left without its route, or another protocol has a say.
    pub fn without(
        &self,
        arena: &Arena,
        (prefix, column): (&IpNet, &Column),
        (gone, detail): (&[LinkEnd], Detail),
        scratch: &mut Scratch,
        mut take: impl FnMut(NodeId, RouteId),
    ) -> bool {
        let whole = detail == Detail::Whole;
        let Some(Destination { adverts, dist: before }) = self.to.get(prefix) else { return false };
        scratch.begin(before);
        let is_gone = |from: u32, link: &Link| link.hop.interface.is_some_and(|i| gone.contains(&(self.nodes[from as usize], i)));
        let own = |router: u32| adverts.iter().filter(|a| a.0 == router).map(|a| a.1).min().unwrap_or(UNREACHED);
        let on_path = |from: u32, l: &Link| {
            let far = before[l.to as usize];
            far != UNREACHED && far.saturating_add(l.cost) == before[from as usize]
        };
        for (node, interface) in gone {
            let router = self.router_of[node.index()];
            let Some(links) = self.out.get(router as usize) else { return false };
            if links.iter().any(|l| l.hop.interface == Some(*interface) && on_path(router, l)) {
                scratch.add(router);
            }
        }
        // All whose shortest paths lead there; where a router is a destination itself they end.
        let mut at = 0;
        while let Some(&router) = scratch.routers.get(at) {
            at += 1;
            if own(router) == before[router as usize] {
                continue;
            }
            for &(from, place) in &self.into[router as usize] {
                if on_path(from, &self.out[from as usize][place as usize]) {
                    scratch.add(from);
                }
            }
        }
        for n in 0..scratch.routers.len() {
            let router = scratch.routers[n];
            let alive = self.out[router as usize].iter().filter(|l| !is_gone(router, l) && !scratch.affected[l.to as usize]);
            let far = alive.map(|l| scratch.dist[l.to as usize].saturating_add(l.cost)).min().unwrap_or(UNREACHED);
            let far = far.min(own(router));
            scratch.dist[router as usize] = far;
            scratch.heap.push(Reverse((far, router)));
        }
        while let Some(Reverse((dist, router))) = scratch.heap.pop() {
            if dist > scratch.dist[router as usize] || dist == UNREACHED {
                continue;
            }
            for &(from, place) in &self.into[router as usize] {
                let link = &self.out[from as usize][place as usize];
                let far = dist.saturating_add(link.cost);
                if scratch.affected[from as usize] && far < scratch.dist[from as usize] && !is_gone(from, link) {
                    scratch.dist[from as usize] = far;
                    scratch.heap.push(Reverse((far, from)));
                }
            }
        }
        let Scratch { dist, routers, known, .. } = scratch;
        if known.len() > MOST_KNOWN {
            known.clear();
        }
        routers.iter().all(|&router| {
            if own(router) != UNREACHED {
                // It has the subnet itself.
                return true;
            }
            let far = dist[router as usize];
            let links = &self.out[router as usize];
            let leads = |l: &&Link| dist[l.to as usize] != UNREACHED && dist[l.to as usize].saturating_add(l.cost) == far;
            let leads_now = |l: &Link| leads(&l) && !is_gone(router, l);
            let same_links = links.iter().all(|l| leads_now(l) == on_path(router, l));
            if same_links && (far == before[router as usize] || !whole) {
                return true;
            }
            let node = self.nodes[router as usize];
            let Some(was) = column.get(node).filter(|_| far != UNREACHED) else { return false };
            let mut hops = None;
            if !same_links {
                let now: Vec<Hop> = links.iter().filter(|l| leads_now(l)).map(|l| l.hop).collect();
                if now.len() > self.most[router as usize] {
                    return false;
                }
                hops = Some(arena.hop_set(now));
            }
            let shown = whole.then_some(far);
            let make = || {
                let route = arena.routes.get(was);
                let (metric, hops) = (shown.unwrap_or(route.metric), hops.unwrap_or(route.hops));
                (route.protocol == Protocol::OspfIntra).then(|| arena.routes.intern(Route { metric, hops, ..*route }))
            };
            let key = (was, shown, hops);
            let route = match known.get(&key) {
                Some(route) => *route,
                None => {
                    let Some(route) = make() else { return false };
                    known.insert(key, route);
                    route
                }
            };
            take(node, route);
            true
        })
    }
}

impl Scratch {
    fn begin(&mut self, before: &[u32]) {
        self.dist.clear();
        self.dist.extend_from_slice(before);
        self.affected.clear();
        self.affected.resize(before.len(), false);
        self.routers.clear();
        self.heap.clear();
    }

    fn add(&mut self, router: u32) {
        if !std::mem::replace(&mut self.affected[router as usize], true) {
            self.routers.push(router);
        }
    }
}
