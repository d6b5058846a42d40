//! Areas as graphs, and the shortest paths from each of their routers.
//!
//! In: speakers and links. Out: [`Domain`]: all routers that can hear of each other, their areas with all-roots shortest paths, and
//! who is an area border router. Law: flooding is not played: within a connected area all routers hold the same database.
//! Start reading at [`Domain::build`]. Tests: `tests/`.

use std::net::IpAddr;
use std::sync::Arc;

use smallvec::SmallVec;

use super::kept::KeptDomain;
use super::neighbors::{End, Link, Speaker, area_kind};
use super::reasons::area_name;
use crate::base::graph::{Edge, FirstHop, Graph};
use crate::model::interface::InterfaceId;
use crate::model::ospf::AreaKind;
use crate::protocols::Input;
use crate::protocols::link::address_towards;
use crate::protocols::paths::{self, ByNode, NOWHERE, Paths, Row};
use crate::protocols::session::{DownReason, Session, SessionProtocol, SessionState, Sessions};
use crate::rib::{Hop, HopsId};

/// What an edge of an area's graph stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Way {
    /// From a router over a pair link.
    To(Hop),
    /// From a router into a network.
    Into(InterfaceId),
    /// From a network to the router with this address on it.
    Off(Option<IpAddr>),
    /// A virtual link: these next hops through the transit area.
    Virtual(HopsId),
}

/// One area. Nodes are its routers, then its networks.
#[derive(Debug)]
pub(super) struct AreaGraph {
    /// Number.
    pub id: u32,
    /// Neither stub nor NSSA (as its lowest-numbered router says; mixed areas are not adjacent).
    pub kind: AreaKind,
    /// The domain's number of each router node.
    pub members: Vec<u32>,
    /// The node of each router of the domain, or [`NOWHERE`].
    pub local: Vec<u32>,
    /// Of each network: its members, designated router first.
    pub networks: Vec<Vec<End>>,
    /// Carries a virtual link.
    pub transit: bool,
    /// The paths of each router node.
    pub rows: Vec<Arc<Row>>,
    /// The same the other way round, while routes to all prefixes are made.
    pub by_node: Option<ByNode>,
    pub edges: Vec<paths::Link<Way>>,
}

impl AreaGraph {
    /// The distance and the next hops from a router of the domain to a node of this area.
    pub fn path(&self, router: u32, node: u32) -> Option<(u32, HopsId)> {
        let root = self.local.get(router as usize).copied().filter(|l| *l != NOWHERE)?;
        paths::path(&self.rows, self.by_node.as_ref(), root, node)
    }
    /// Distance and next hops between routers of the domain.
    pub fn between(&self, from: u32, to: u32) -> Option<(u32, HopsId)> {
        self.path(from, self.local.get(to as usize).copied().filter(|l| *l != NOWHERE)?)
    }
    /// How many nodes there are.
    pub fn width(&self) -> usize {
        self.members.len() + self.networks.len()
    }
    pub fn has(&self, router: u32) -> bool {
        self.local.get(router as usize).is_some_and(|l| *l != NOWHERE)
    }
    pub fn is_normal(&self) -> bool {
        self.kind == AreaKind::Normal
    }
    pub fn is_nssa(&self) -> bool {
        matches!(self.kind, AreaKind::Nssa { .. })
    }
}

/// Routers that can hear of each other.
pub(super) struct Domain<'a> {
    pub input: Input<'a>,
    pub v3: bool,
    pub routers: Vec<Speaker<'a>>,
    /// Sorted by area number.
    pub areas: Vec<AreaGraph>,
    /// Indexes into `areas`, per router.
    pub areas_of: Vec<Vec<u16>>,
    /// Area border routers.
    pub abr: Vec<bool>,
    /// By router: a border router as RFC 3509 has it without an active backbone connection, that is without an adjacency in the backbone.
    /// It goes by the summaries of all its areas (RFC 3509 §2.2; `ospf_ia_routing`, live FRR 8.4).
    pub cut_off: Vec<bool>,
    /// Index of area 0.
    pub backbone: Option<u16>,
}

impl<'a> Domain<'a> {
    /// Builds a domain of `routers` (sorted) with their links; `ends` of links speak of positions in `routers`.
    /// `past`: what the base left of the same domain.
    pub fn build(
        input: Input<'a>,
        v3: bool,
        routers: Vec<Speaker<'a>>,
        links: &[Link],
        sessions: &mut Sessions,
        past: Option<&KeptDomain>,
    ) -> Self {
        let mut ids: Vec<u32> = Vec::new();
        // By router, its areas.
        let mut present: Vec<SmallVec<[u32; 4]>> = vec![SmallVec::new(); routers.len()];
        for (speaker, areas) in routers.iter().zip(&mut present) {
            for settings in &speaker.config.interfaces {
                if !areas.contains(&settings.area) && input.topology.is_up((speaker.device, settings.interface)) {
                    areas.push(settings.area);
                }
            }
            ids.extend(&*areas);
        }
        // So that all keep their numbers.
        if let Some(area) = past.and_then(KeptDomain::lasting_area).filter(|a| ids.iter().all(|id| *id == a.id)) {
            for &r in &area.members {
                present[r as usize] = SmallVec::from_slice(&[area.id]);
            }
            ids.push(area.id);
        }
        if routers.iter().any(|r| !r.config.virtual_links.is_empty()) {
            ids.push(0);
        }
        ids.sort_unstable();
        ids.dedup();
        let mut domain = Self {
            input,
            v3,
            routers,
            areas: Vec::new(),
            areas_of: Vec::new(),
            abr: Vec::new(),
            cut_off: Vec::new(),
            backbone: None,
        };
        let mut areas: Vec<Option<AreaGraph>> = ids.iter().map(|_| None).collect();
        let mut tunnels = Vec::new();
        // Virtual links need the paths of their transit areas, so the backbone comes last.
        for n in (0..ids.len()).rev() {
            let id = ids[n];
            if id == 0 {
                tunnels = domain.virtual_links(&areas, sessions);
                tunnels.iter().flat_map(|&(a, b, ..)| [a, b]).for_each(|r| present[r as usize].push(0));
                for area in areas.iter_mut().flatten() {
                    area.transit = tunnels.iter().any(|t| t.4 == area.id);
                }
            }
            let members: Vec<u32> = (0..domain.routers.len() as u32).filter(|r| present[*r as usize].contains(&id)).collect();
            let own: &[_] = if id == 0 { &tunnels } else { &[] };
            areas[n] = Some(domain.area(id, members, links, own, past.and_then(|p| p.area(id))));
        }
        domain.areas = areas.into_iter().flatten().filter(|a| !a.members.is_empty()).collect();
        domain.backbone = domain.areas.iter().position(|a| a.id == 0).map(|n| n as u16);
        let adjacent = domain.adjacent_in_backbone(links, &tunnels);
        for r in 0..domain.routers.len() as u32 {
            let mine: Vec<u16> = (0..domain.areas.len() as u16).filter(|a| domain.areas[*a as usize].has(r)).collect();
            let in_backbone = domain.backbone.is_some_and(|b| mine.contains(&b));
            let needs = domain.routers[r as usize].config.abr_needs_backbone;
            domain.abr.push(mine.len() > 1 && (in_backbone || !needs));
            // ospf6d knows no such difference.
            domain.cut_off.push(needs && !v3 && !adjacent[r as usize]);
            domain.areas_of.push(mine);
        }
        domain
    }

    /// By router: whether it has an adjacency in the backbone. Of one area alone nobody asks.
    fn adjacent_in_backbone(&self, links: &[Link], tunnels: &[Tunnel]) -> Vec<bool> {
        let mut out = vec![false; self.routers.len()];
        if self.areas.len() < 2 {
            return out;
        }
        let area = |e: &End| self.routers[e.speaker as usize].config.interfaces[e.interface as usize].area;
        for link in links {
            let ends: &[&End] = match link {
                Link::Pair(a, b) => &[a, b],
                Link::Network(all) if all.len() > 1 => &all.iter().collect::<Vec<_>>(),
                Link::Network(_) => &[],
            };
            ends.iter().filter(|e| area(e) == 0).for_each(|e| out[e.speaker as usize] = true);
        }
        tunnels.iter().for_each(|t| out[t.0 as usize] = true);
        out
    }

    fn area(&self, id: u32, members: Vec<u32>, links: &[Link], tunnels: &[Tunnel], past: Option<&AreaGraph>) -> AreaGraph {
        let mut local = vec![NOWHERE; self.routers.len()];
        for (n, r) in members.iter().enumerate() {
            local[*r as usize] = n as u32;
        }
        let settings = |e: &End| &self.routers[e.speaker as usize].config.interfaces[e.interface as usize];
        let port = |e: &End| (self.routers[e.speaker as usize].device, settings(e).interface);
        let address = |from: &End, to: &End| if self.v3 { None } else { address_towards(self.input, port(from), port(to)) };
        let cost = |e: &End| {
            // RFC 6987: a stub router's links are there, but last resort.
            if self.routers[e.speaker as usize].config.stub_router { 65535 } else { settings(e).cost }
        };
        let mut edges: Vec<(u32, Edge)> = Vec::new();
        let mut ways: Vec<Way> = Vec::new();
        let mut add = |from: u32, to: u32, cost: u32, way: Way| {
            edges.push((from, Edge { to, cost, label: ways.len() as u32 }));
            ways.push(way);
        };
        let mut networks = Vec::new();
        for link in links {
            match link {
                Link::Pair(a, b) if settings(a).area == id => {
                    for (x, y) in [(a, b), (b, a)] {
                        let hop = Hop { ip: address(x, y), ..Hop::out(settings(x).interface) };
                        add(local[x.speaker as usize], local[y.speaker as usize], cost(x), Way::To(hop));
                    }
                }
                Link::Network(ends) if ends.first().is_some_and(|e| settings(e).area == id) => {
                    let node = (members.len() + networks.len()) as u32;
                    let dr = &ends[0];
                    for e in ends {
                        add(local[e.speaker as usize], node, cost(e), Way::Into(settings(e).interface));
                        let from = if e == dr { ends.get(1).unwrap_or(dr) } else { dr };
                        add(node, local[e.speaker as usize], 0, Way::Off(address(from, e)));
                    }
                    networks.push(ends.clone());
                }
                _ => {}
            }
        }
        for &(a, b, cost, hops, _) in tunnels {
            add(local[a as usize], local[b as usize], cost, Way::Virtual(hops));
        }
        let width = members.len() + networks.len();
        let listed: Vec<_> = edges.iter().map(|(from, e)| (*from, e.to, e.cost, ways[e.label as usize])).collect();
        let kept = past.map(|p| p.paths_kept(&members, &networks, listed.iter().copied()));
        let kept = kept.unwrap_or_else(|| vec![paths::Kept::Nothing; members.len()]);
        let mut graph = Graph::new(width, edges);
        (members.len()..width).for_each(|n| graph.set_pseudo(n as u32));
        // RFC 2328 §16.1.1 works out next hops by the parent: behind a network of the root's own they are its routers (FRR 8.4
        // does so, seen live).
        graph.set_direct_only();
        let graph = Paths::from(graph);
        let arena = self.input.arena;
        let hops = |graph: &Graph, first: FirstHop, out: &mut Vec<Hop>| {
            let way = |edge: u32| graph.edge(edge).and_then(|e| ways.get(e.label as usize)).copied();
            match (way(first.edge), first.onward.map(way)) {
                (Some(Way::To(hop)), _) => out.push(hop),
                (Some(Way::Virtual(through)), _) => out.extend_from_slice(arena.hops.get(through)),
                (Some(Way::Into(i)), Some(Some(Way::Off(ip)))) => out.push(Hop { ip, ..Hop::out(i) }),
                (Some(Way::Into(i)), _) => out.push(Hop::out(i)),
                _ => {}
            }
        };
        let rows = paths::rows(arena, kept, |_| &graph, hops);
        let kind = members.first().map_or(AreaKind::Normal, |r| area_kind(self.routers[*r as usize].config, id));
        AreaGraph { id, kind, members, local, networks, transit: false, rows, by_node: None, edges: listed }
    }

    /// The virtual links that are up, as edges both ways, and their sessions.
    fn virtual_links(&self, areas: &[Option<AreaGraph>], sessions: &mut Sessions) -> Vec<Tunnel> {
        let mut out = Vec::new();
        for (a, speaker) in self.routers.iter().enumerate() {
            for link in &speaker.config.virtual_links {
                let area = areas.iter().flatten().find(|g| g.id == link.area && g.is_normal());
                let far = self
                    .routers
                    .iter()
                    .enumerate()
                    .find(|(b, s)| s.id == link.neighbor && area.is_some_and(|g| g.has(*b as u32)));
                let path = match (area, far) {
                    (Some(g), Some((b, _))) => g.between(a as u32, b as u32).map(|p| (b, p)),
                    _ => None,
                };
                let back =
                    |s: &Speaker<'_>| s.config.virtual_links.iter().any(|l| l.area == link.area && l.neighbor == speaker.id);
                let state = match (far, path) {
                    (Some((_, other)), _) if !back(other) => {
                        let name = &self.input.network.devices[other.device].name;
                        SessionState::Down(DownReason::NotConfiguredBack(name.to_string()))
                    }
                    (Some(_), Some((b, (cost, hops)))) if b != a => {
                        out.push((a as u32, b as u32, cost, hops, link.area));
                        SessionState::Up
                    }
                    _ => SessionState::Down(DownReason::NoRoute(IpAddr::V4(link.neighbor))),
                };
                sessions.extend([Session {
                    protocol: if self.v3 { SessionProtocol::Ospf3 } else { SessionProtocol::Ospf },
                    node: speaker.node,
                    interface: None,
                    local: Some(IpAddr::V4(speaker.id)),
                    peer: Some(IpAddr::V4(link.neighbor)),
                    peer_node: far.map(|(_, s)| s.node),
                    detail: format!("virtual link through {}", area_name(link.area)),
                    state,
                    origin: link.origin,
                }]);
            }
        }
        out
    }
}

/// A virtual link one way: from, to, cost, next hops, transit area.
type Tunnel = (u32, u32, u32, HopsId, u32);
