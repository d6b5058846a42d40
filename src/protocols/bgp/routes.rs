//! From solved prefixes to what is installed and what `nettwin bgp` shows.
//!
//! In: [`Solved`]. Out: a [`Table`](crate::rib::Table) column and a [`BgpTable`] column a prefix. Law: routes made here are not installed, but for the
//! discard route of an aggregate.

use std::net::IpAddr;

use super::nexthop::Reach;
use super::path::{Class, Path, UNREACHABLE};
use super::reasons::Lost;
use super::solve::{Row, Solved};
use super::speakers::{End, EndId, Graph, Kind, LINK_LOCAL, Speaker};
use super::transfer::{Transfer, Wire, distance, family};
use crate::base::Map;
use crate::base::id::IdVec;
use crate::base::span::Origin;
use crate::model::interface::InterfaceId;
use crate::model::network::NodeId;
use crate::model::policy::Verdict;
use crate::model::route::{Family, Protocol};
use crate::protocols::policy::PolicyContext;
use crate::rib::{AttrsId, BgpAttrs, Column, Hop, HopsId, PrefixId, Route};

/// For one prefix: the paths of each node that has any, by node.
pub type BgpColumn = Vec<(NodeId, Box<[BgpPath]>)>;

/// All paths of all speakers.
#[derive(Debug, Default, Clone)]
pub struct BgpTable {
    /// The sessions that paths came in on.
    pub ends: IdVec<EndId, BgpEnd>,
    columns: Map<PrefixId, BgpColumn>,
}

/// One end of a session, as paths name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BgpEnd {
    /// The receiver.
    pub node: NodeId,
    /// The neighbour's address.
    pub peer: IpAddr,
    /// The neighbour, if it is in the network.
    pub peer_node: Option<NodeId>,
    /// The interface, on directly connected sessions.
    pub interface: Option<InterfaceId>,
    /// The neighbour's AS.
    pub peer_as: u32,
}

/// A path in a BGP table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BgpPath {
    /// Its attributes after import.
    pub attrs: AttrsId,
    /// The session it came in on; `None`: made here.
    pub from: Option<EndId>,
    /// How the router came by it.
    pub class: Class,
    /// IGP metric to its next hop; `None`: not reachable.
    pub metric: Option<u32>,
    /// It is the best.
    pub best: bool,
    /// It shares the load with others.
    pub multipath: bool,
    /// Why it is not the best.
    pub lost: Option<Lost>,
}

impl BgpTable {
    /// A table whose paths name `ends`.
    pub(super) fn new(graph: &Graph<'_>) -> Self {
        let end = |e: &super::speakers::End| BgpEnd {
            node: graph.speakers[e.speaker].node,
            peer: e.peer,
            peer_node: e.far.map(|f| graph.speakers[graph.ends[f].speaker].node),
            interface: e.interface,
            peer_as: e.peer_as,
        };
        Self { ends: graph.ends.iter().map(end).collect(), columns: Map::default() }
    }

    /// All paths of a node to a prefix, in the order of its sessions.
    pub fn paths(&self, prefix: PrefixId, node: NodeId) -> &[BgpPath] {
        let Some(column) = self.columns.get(&prefix) else { return &[] };
        column.binary_search_by_key(&node, |c| c.0).map_or(&[], |at| &column[at].1)
    }

    /// All prefixes that some node has a path to, in no order.
    pub fn prefixes(&self) -> impl Iterator<Item = PrefixId> + '_ {
        self.columns.keys().copied()
    }

    /// All nodes' paths to a prefix, by node.
    pub fn column(&self, prefix: PrefixId) -> &[(NodeId, Box<[BgpPath]>)] {
        self.columns.get(&prefix).map_or(&[], Vec::as_slice)
    }

    pub(super) fn insert(&mut self, prefix: PrefixId, column: BgpColumn) {
        if !column.is_empty() {
            self.columns.insert(prefix, column);
        }
    }
}

/// The paths of a solved prefix at the wanted nodes, by node.
pub(super) fn shown(graph: &Graph<'_>, solved: &Solved, wanted: &(dyn Fn(NodeId) -> bool + Sync)) -> BgpColumn {
    let path = |row: &Row, n: usize, p: &Path| BgpPath {
        attrs: p.attrs,
        from: p.from,
        class: p.class,
        metric: (p.metric != UNREACHABLE).then_some(p.metric),
        best: row.decision.best == Some(n),
        multipath: row.decision.multipath.contains(&n),
        lost: row.decision.lost.get(n).copied().flatten(),
    };
    let row = |r: &Row| (graph.speakers[r.speaker].node, r.paths.iter().enumerate().map(|(n, p)| path(r, n, p)).collect());
    let rows = solved.rows.iter().filter(|r| wanted(graph.speakers[r.speaker].node));
    let mut out: BgpColumn = rows.map(row).collect();
    out.sort_by_key(|(n, _)| *n);
    out
}

/// The routes of a solved prefix.
pub(super) fn installed(t: &Transfer<'_>, solved: &Solved) -> Column {
    let one = |r: &Row| Some((t.graph.speakers[r.speaker].node, t.input.arena.routes.intern(route(t, solved, r)?)));
    Column::from_unsorted(solved.rows.iter().filter_map(one).collect())
}

fn route(t: &Transfer<'_>, solved: &Solved, row: &Row) -> Option<Route> {
    let arena = t.input.arena;
    let speaker = &t.graph.speakers[row.speaker];
    let f = solved.target.family;
    let n = row.decision.best?;
    let best = row.paths.get(n)?;
    let attrs = arena.attrs.get(best.attrs);
    let platform = &speaker.of.platform;
    if best.class == Class::Aggregate {
        let hops = arena.hop_set(vec![Hop::DROP]);
        let line = family(speaker, f)?.aggregates.iter().find(|a| a.prefix.trunc() == solved.target.prefix);
        let route = Route {
            protocol: if platform.aggregate_is_bgp { Protocol::Ebgp } else { Protocol::Aggregate },
            process: 0,
            distance: distance(speaker, f, attrs, best.class, false),
            metric: 0,
            tag: attrs.tag,
            hops,
            via: HopsId::NONE,
            attrs: if t.keeps_attributes { best.attrs } else { AttrsId::NONE },
            area: 0,
            origin: line.map_or(Origin::NONE, |a| a.origin),
        };
        return platform.aggregate_installed.then_some(route);
    }
    if best.class.is_local() {
        return None;
    }
    let sharing = if row.decision.multipath.is_empty() { std::slice::from_ref(&n) } else { &row.decision.multipath };
    let way = |p: &Path| {
        let reach = t.reach(p.from?, p.attrs, solved.target)?;
        let next_hop = arena.attrs.get(p.attrs).next_hop;
        let itself = reach.connected && next_hop.map(ipnet::IpNet::from) == Some(solved.target.prefix);
        (!itself || platform.bgp_installs_host_route_through_itself).then_some(Way { end: p.from?, reach, next_hop })
    };
    let ways: Vec<Way> = sharing.iter().filter_map(|&m| way(row.paths.get(m)?)).collect();
    let mut out = learned_route(t, speaker, f, attrs, best.class, backdoor(speaker, solved), &ways)?;
    if let Some(chain) = family(speaker, f).and_then(|x| x.table_map.as_ref()) {
        let mut r = t.policy_route(speaker, &Wire::new(attrs.clone()), (best.class, Some(best)), solved.target);
        if t.engine.run(speaker.device, chain, &mut r, &PolicyContext::default()) == Verdict::Reject {
            return None;
        }
        out.metric = if r.set.metric { r.metric.unwrap_or(out.metric) } else { out.metric };
        out.tag = r.tag;
    }
    Some(Route { attrs: if t.keeps_attributes { best.attrs } else { AttrsId::NONE }, ..out })
}

/// One of the paths that share the load.
pub(super) struct Way {
    pub end: EndId,
    pub reach: Reach,
    pub next_hop: Option<IpAddr>,
}

/// The route over some paths, without its attributes.
pub(super) fn learned_route(
    t: &Transfer<'_>,
    speaker: &Speaker<'_>,
    f: Family,
    attrs: &BgpAttrs,
    class: Class,
    backdoor: bool,
    ways: &[Way],
) -> Option<Route> {
    let arena = t.input.arena;
    let platform = &speaker.of.platform;
    let (mut hops, mut via, mut recursive) = (Vec::new(), Vec::new(), false);
    for way in ways {
        let end = &t.graph.ends[way.end];
        let linked = platform.bgp_link_local_next_hops && f.is_v6() && end.kind == Kind::External && way.reach.connected;
        if let Some(i) = end.interface.filter(|_| linked && is_neighbours(t, end, way.next_hop)) {
            hops.push(Hop::via(LINK_LOCAL, i));
            continue;
        }
        hops.extend_from_slice(arena.hops.get(way.reach.hops));
        if let Some(ip) = way.next_hop {
            recursive |= !way.reach.connected;
            let interface = end.interface.filter(|_| ip == LINK_LOCAL);
            via.push(Hop { ip: Some(ip), interface, ..Hop::default() });
        }
    }
    if hops.is_empty() {
        return None;
    }
    Some(Route {
        protocol: if class == Class::External { Protocol::Ebgp } else { Protocol::Ibgp },
        process: process(speaker),
        distance: distance(speaker, f, attrs, class, backdoor),
        metric: if platform.bgp_metric_is_med { attrs.med.unwrap_or(0) } else { 0 },
        tag: attrs.tag,
        hops: arena.hop_set(hops),
        via: if recursive { arena.hop_set(via) } else { HopsId::NONE },
        attrs: AttrsId::NONE,
        area: 0,
        origin: Origin::NONE,
    })
}

/// Whether a next hop is an address of the neighbour on the shared segment.
fn is_neighbours(t: &Transfer<'_>, end: &End, next_hop: Option<IpAddr>) -> bool {
    let far = end.far.map(|f| &t.graph.ends[f]);
    let interface = far.and_then(|f| t.graph.speakers[f.speaker].of.interfaces.get(f.interface?));
    let theirs = interface.is_some_and(|i| i.addresses.iter().any(|a| Some(a.address.addr()) == next_hop));
    theirs || next_hop == Some(end.peer)
}

fn process(speaker: &Speaker<'_>) -> u16 {
    speaker.of.bgp.iter().position(|b| b.vrf == speaker.vrf).and_then(|n| u16::try_from(n).ok()).unwrap_or(0)
}

fn backdoor(speaker: &Speaker<'_>, solved: &Solved) -> bool {
    let lines = family(speaker, solved.target.family).map_or(&[][..], |x| &x.networks);
    lines.iter().any(|n| n.backdoor && n.prefix.trunc() == solved.target.prefix)
}
