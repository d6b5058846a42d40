//! From solved prefixes to what is installed and what `nettwin bgp` shows.
//!
//! In: [`Solved`]. Out: a [`Table`](crate::rib::Table) column and a [`BgpTable`] column a prefix. Law: routes made here are not installed, but for the
//! discard route of an aggregate.

use std::net::IpAddr;
use std::sync::Arc;

use super::nexthop::Reach;
use super::path::{Class, Path, UNREACHABLE};
use super::reasons::Lost;
use super::solve::{Row, Solved};
use super::speakers::{End, EndId, Graph, Kind, LINK_LOCAL, Speaker, SpeakerId};
use super::transfer::{Target, Transfer, Wire, distance, family};
use super::vpn::route_below;
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
    columns: Map<PrefixId, Arc<BgpColumn>>,
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
        self.columns.get(&prefix).map_or(&[], |c| c.as_slice())
    }

    pub(super) fn insert(&mut self, prefixes: &[PrefixId], column: BgpColumn) {
        if !column.is_empty() {
            let column = Arc::new(column);
            self.columns.extend(prefixes.iter().map(|p| (*p, Arc::clone(&column))));
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
    // What is lent of other protocols is not in the BGP table.
    let held = |p: &Path| p.class != Class::Active;
    let paths = |r: &Row| r.paths.iter().enumerate().filter(|(_, p)| held(p)).map(|(n, p)| path(r, n, p)).collect();
    let row = |r: &Row| (graph.speakers[r.speaker].node, paths(r));
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
            attrs: if t.keeps.attributes { best.attrs } else { AttrsId::NONE },
            area: 0,
            origin: line.map_or(Origin::NONE, |a| a.origin),
        };
        return platform.aggregate_installed.then_some(route);
    }
    if best.class.is_local() && best.lent.is_none() {
        return None;
    }
    if best.class == Class::Active
        && platform.vpn.lends_whole_routes
        && let Some(lender) = best.lent
    {
        // The other VRF's route as it is there.
        let below = arena.routes.get(t.under.table().get(solved.target.id, t.graph.speakers[lender].node)?);
        let (hops, _) = lent(t, best, lender, solved.target);
        return Some(Route { hops: arena.hop_set(hops), ..*below });
    }
    let sharing = if row.decision.multipath.is_empty() { std::slice::from_ref(&n) } else { &row.decision.multipath };
    let mut shared = Shared::default();
    for p in sharing.iter().filter_map(|&m| row.paths.get(m)) {
        if let Some(lender) = p.lent {
            shared.lent(lent(t, p, lender, solved.target));
            continue;
        }
        let Some(end) = p.from else { continue };
        let Some(reach) = t.reach(end, p.attrs, solved.target) else { continue };
        let next_hop = arena.attrs.get(p.attrs).next_hop;
        let itself = reach.connected && next_hop.map(ipnet::IpNet::from) == Some(solved.target.prefix);
        if !itself || platform.bgp_installs_host_route_through_itself {
            shared.heard(t, speaker, f, &Way { end, reach, next_hop });
        }
    }
    let mut out = shared.route(t, speaker, f, attrs, best.class, backdoor(speaker, solved))?;
    if best.lent.is_some() {
        let evpn = attrs.tunnel.is_some_and(|t| t.evpn);
        if let Some([prefixes, hosts]) = platform.vpn.evpn_distance.filter(|_| evpn) {
            out.protocol = Protocol::Evpn;
            out.distance = attrs.distance.unwrap_or(if attrs.tunnel.is_some_and(|t| t.host) { hosts } else { prefixes });
        } else if best.class.is_local() {
            out.distance = if platform.vpn.lends_distance {
                arena.routes.get(route_below(t, &t.graph.speakers[best.lent?], solved.target)?).distance
            } else {
                distance(speaker, f, attrs, Class::External, false)
            };
        }
        out.distance = platform.vpn.lent_distance.unwrap_or(out.distance);
    }
    if let Some(chain) = family(speaker, f).and_then(|x| x.table_map.as_ref()) {
        let mut r = t.policy_route(speaker, &Wire::new(attrs.clone()), (best.class, Some(best)), solved.target);
        if t.engine.run(speaker.device, chain, &mut r, &PolicyContext::default()) == Verdict::Reject {
            return None;
        }
        out.metric = if r.set.metric { r.metric.unwrap_or(out.metric) } else { out.metric };
        out.tag = r.tag;
    }
    Some(Route { attrs: if t.keeps.attributes { best.attrs } else { AttrsId::NONE }, ..out })
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
    let mut shared = Shared::default();
    for way in ways {
        shared.heard(t, speaker, f, way);
    }
    shared.route(t, speaker, f, attrs, class, backdoor)
}

/// The metric of a learned route in the main table.
pub(super) fn shown_metric(t: &Transfer<'_>, speaker: &Speaker<'_>, attrs: &BgpAttrs) -> u32 {
    attrs.med.filter(|_| t.keeps.meds && speaker.of.platform.bgp_metric_is_med).unwrap_or(0)
}

/// The next hops of the paths that share the load: where they lead, and as the protocol has them.
#[derive(Default)]
struct Shared {
    hops: Vec<Hop>,
    via: Vec<Hop>,
    recursive: bool,
}

impl Shared {
    fn heard(&mut self, t: &Transfer<'_>, speaker: &Speaker<'_>, f: Family, way: &Way) {
        let end = &t.graph.ends[way.end];
        let links = speaker.of.platform.bgp_link_local_next_hops && f.is_v6();
        let linked = links && end.kind == Kind::External && way.reach.connected;
        if let Some(i) = end.interface.filter(|_| linked && is_neighbours(t, end, way.next_hop)) {
            self.hops.push(Hop::via(LINK_LOCAL, i));
            return;
        }
        self.hops.extend_from_slice(t.input.arena.hops.get(way.reach.hops));
        if let Some(ip) = way.next_hop {
            self.recursive |= !way.reach.connected;
            let interface = end.interface.filter(|_| ip == LINK_LOCAL);
            self.via.push(Hop { ip: Some(ip), interface, ..Hop::default() });
        }
    }

    fn lent(&mut self, (hops, own): (Vec<Hop>, Option<Hop>)) {
        self.hops.extend(hops);
        self.recursive |= own.is_some();
        self.via.extend(own);
    }

    fn route(
        self,
        t: &Transfer<'_>,
        speaker: &Speaker<'_>,
        f: Family,
        attrs: &BgpAttrs,
        class: Class,
        backdoor: bool,
    ) -> Option<Route> {
        let arena = t.input.arena;
        if self.hops.is_empty() {
            return None;
        }
        let internal = matches!(class, Class::Confed | Class::Client | Class::Internal);
        Some(Route {
            protocol: if internal { Protocol::Ibgp } else { Protocol::Ebgp },
            process: process(speaker),
            distance: distance(speaker, f, attrs, class, backdoor),
            metric: shown_metric(t, speaker, attrs),
            tag: attrs.tag,
            hops: arena.hop_set(self.hops),
            via: if self.recursive { arena.hop_set(self.via) } else { HopsId::NONE },
            attrs: AttrsId::NONE,
            area: 0,
            origin: Origin::NONE,
        })
    }
}

/// The next hops of a path of another table: where they lead there, and the end of the tunnel if there is one.
fn lent(t: &Transfer<'_>, p: &Path, lender: SpeakerId, target: Target) -> (Vec<Hop>, Option<Hop>) {
    let arena = t.input.arena;
    let lender = &t.graph.speakers[lender];
    let attrs = arena.attrs.get(p.attrs);
    let there = |h: &Hop| if h.drop { *h } else { Hop { vrf: h.vrf.or(Some(lender.vrf)), ..*h } };
    let Some(from) = p.from else {
        // Made by the other VRF: as the route below it there.
        let below = route_below(t, lender, target).map(|r| arena.routes.get(r));
        let hops = below.map_or_else(|| vec![Hop::DROP], |r| arena.hops_of(r).iter().map(there).collect());
        return (hops, None);
    };
    let Some(reach) = t.reach(from, p.attrs, target.of(p)) else { return (Vec::new(), None) };
    let hops = arena.hops.get(reach.hops).iter().map(there).collect();
    let own = (!reach.connected || attrs.tunnel.is_some()).then_some(attrs.next_hop).flatten();
    (hops, own.map(|ip| Hop { ip: Some(ip), vrf: Some(lender.vrf), tunnel: attrs.tunnel, ..Hop::default() }))
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
