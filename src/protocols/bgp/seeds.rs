//! Where BGP routes start: `network`, redistribution, active routes that export policies may send, `default-originate`, and
//! what neighbours outside the snapshot announce ([`outside`]). (Aggregates come later, from what is solved: see
//! [`aggregate`](super::aggregate).)
//!
//! In: tables below BGP. Out: [`Seed`]s by prefix. Law: pure; one pass over the tables below.

use std::collections::BTreeMap;

use ipnet::IpNet;
use rayon::prelude::*;

use super::outside;
use super::path::{Class, Path};
use super::speakers::{EndId, Speaker, SpeakerId};
use super::transfer::{Target, Transfer, Wire};
use crate::base::Set;
use crate::base::id::IdVec;
use crate::model::bgp::{BgpFamily, BgpRedistribution, DefaultOriginate};
use crate::model::network::NodeId;
use crate::model::platform::RedistributedMed;
use crate::model::policy::{NextHopEdit, PolicyChain, RouteSource, Verdict};
use crate::model::route::{BgpOrigin, Community, Family};
use crate::protocols::policy::{PolicyContext, kind_of, same_kind, same_source, source_of};
use crate::rib::{Arena, AsPathId, AttrsId, BgpAttrs, Column, PrefixId, Route};

/// Where the paths of one prefix start.
#[derive(Debug, Default, Clone)]
pub(super) struct Seed {
    /// Made here, by speaker.
    pub local: Vec<(SpeakerId, Path)>,
    /// Active routes of other protocols that export policies of the speaker may send.
    pub active: Vec<(SpeakerId, Path)>,
    /// Announced from outside, as it arrives.
    pub outside: Vec<(EndId, AttrsId)>,
    /// Ends that send a default route of their own, and its attributes.
    pub defaults: Vec<(EndId, AttrsId)>,
}

/// Attributes of a route made here, before any policy.
pub(super) fn local_attrs(arena: &Arena, speaker: &Speaker<'_>, origin: BgpOrigin) -> BgpAttrs {
    BgpAttrs {
        as_path: arena.as_paths.intern(Default::default()),
        next_hop: None,
        local_pref: 100,
        med: None,
        origin,
        communities: arena.community_set(Vec::new()),
        weight: speaker.of.platform.bgp_local_weight,
        originator: None,
        clusters: Box::default(),
        distance: None,
        tag: 0,
        atomic_aggregate: false,
        aggregator: None,
        tunnel: None,
    }
}

/// All seeds, by prefix in order.
pub(super) fn seeds(t: &Transfer<'_>) -> Vec<(IpNet, Seed)> {
    let mut here = BTreeMap::new();
    networks(t, &mut here, |_| true);
    if any_takes(t) {
        from_tables(t, t.under.prefixes(), &mut here);
    }
    defaults(t, &mut here);
    together(outside::seeds(t, |_| true), in_order(here))
}

/// What starts at speakers, in their order.
fn in_order(mut here: BTreeMap<IpNet, Seed>) -> BTreeMap<IpNet, Seed> {
    for seed in here.values_mut() {
        seed.local.sort_by_key(|(s, p)| (*s, p.class));
        seed.active.sort_by_key(|(s, _)| *s);
    }
    here
}

/// What comes from outside, of which there may be very much, with what starts here.
fn together(mut all: Vec<(IpNet, Seed)>, here: BTreeMap<IpNet, Seed>) -> Vec<(IpNet, Seed)> {
    let mut more = Vec::new();
    for (prefix, seed) in here {
        match all.binary_search_by_key(&prefix, |s| s.0) {
            Ok(at) => all[at].1 = Seed { outside: std::mem::take(&mut all[at].1.outside), ..seed },
            Err(_) => more.push((prefix, seed)),
        }
    }
    if !more.is_empty() {
        all.extend(more);
        all.par_sort_by_key(|s| s.0);
    }
    all
}

fn path(attrs: AttrsId, class: Class) -> Path {
    Path { attrs, metric: 0, from: None, class, path_id: 0, lent: None }
}

/// The next hop of an installed route as BGP shows it: none for connected and discard routes.
fn hop_of(arena: &Arena, route: &Route) -> Option<std::net::IpAddr> {
    let own = arena.hops.get(route.via).iter().find_map(|h| h.ip);
    own.or_else(|| arena.hops_of(route).iter().find_map(|h| h.ip))
}

/// Runs a policy on a route made here; the attributes after it, or nothing.
pub(super) fn originate(
    t: &Transfer<'_>,
    speaker: &Speaker<'_>,
    chain: Option<&PolicyChain>,
    attrs: BgpAttrs,
    class: Class,
    target: Target,
) -> Option<AttrsId> {
    let igp = t.under.table().get(target.id, speaker.node).map_or(0, |r| t.input.arena.routes.get(r).metric);
    let mut wire = Wire::new(attrs);
    if let Some(chain) = chain {
        let ctx = PolicyContext { own_as: speaker.bgp.asn, ..PolicyContext::default() };
        let mut route = t.policy_route(speaker, &wire, (class, None), target);
        if t.engine.run(speaker.device, chain, &mut route, &ctx) == Verdict::Reject {
            return None;
        }
        let set = t.read_back(route, &mut wire);
        if set.metric_igp {
            wire.attrs.med = Some(igp);
        }
        if let Some(NextHopEdit::Address(a)) = set.next_hop {
            wire.attrs.next_hop = Some(a);
        }
    }
    Some(t.intern(wire))
}

fn target(t: &Transfer<'_>, prefix: IpNet) -> Target {
    let id = t.input.arena.prefix(prefix);
    Target { prefix: prefix.trunc(), id, family: Family::of_prefix(&prefix) }
}

/// What starts here of some prefixes: nothing from outside, no default routes.
pub(super) fn made_here(t: &Transfer<'_>, only: &[(IpNet, PrefixId)]) -> BTreeMap<IpNet, Seed> {
    let wanted: Set<IpNet> = only.iter().map(|o| o.0).collect();
    let mut here = BTreeMap::new();
    networks(t, &mut here, |p| wanted.contains(p));
    // Whether anybody takes anything is asked of all ends: of few rows it is sooner found out row by row.
    let rows: usize = only.iter().filter_map(|o| t.under.table().column(o.1)).map(Column::len).sum();
    if rows < t.graph.ends.len() || any_takes(t) {
        from_tables(t, only, &mut here);
    }
    in_order(here)
}

/// The seeds of some prefixes that no default route is made for.
pub(super) fn seeds_of(t: &Transfer<'_>, only: &[(IpNet, PrefixId)]) -> Vec<(IpNet, Seed)> {
    let wanted: Set<IpNet> = only.iter().map(|o| o.0).collect();
    together(outside::seeds(t, |p| wanted.contains(p)), made_here(t, only))
}

fn networks(t: &Transfer<'_>, out: &mut BTreeMap<IpNet, Seed>, wanted: impl Fn(&IpNet) -> bool) {
    let arena = t.input.arena;
    for (s, speaker) in t.graph.speakers.iter_ids().filter(|(_, s)| s.bgp.enabled) {
        for n in speaker.bgp.families.iter().flat_map(|f| &f.networks).filter(|n| !n.backdoor && wanted(&n.prefix.trunc())) {
            let target = target(t, n.prefix);
            let below = t.under.table().get(target.id, speaker.node).map(|r| arena.routes.get(r));
            if speaker.bgp.network_import_check && below.is_none() {
                continue;
            }
            let mut attrs = local_attrs(arena, speaker, BgpOrigin::Igp);
            if let Some(r) = below {
                attrs.next_hop = hop_of(arena, r);
                attrs.med = speaker.of.platform.bgp_network_metric.then_some(r.metric);
                attrs.tag = r.tag;
            }
            attrs.weight = n.weight.unwrap_or(attrs.weight);
            if let Some(a) = originate(t, speaker, n.policy.as_ref(), attrs, Class::Network, target) {
                out.entry(target.prefix).or_default().local.push((s, path(a, Class::Network)));
            }
        }
    }
}

/// What a speaker takes from the tables below it.
struct Taker<'s> {
    speaker: SpeakerId,
    families: [Option<&'s BgpFamily>; 2],
    export_any: [bool; 2],
}

/// Whether an end may send routes of other protocols.
fn exports_any(t: &Transfer<'_>, e: EndId, f: Family) -> bool {
    t.graph.family(e, f).is_some_and(|nf| nf.export_any && !nf.export.is_empty())
}

/// Whether any speaker takes anything from the tables below it.
fn any_takes(t: &Transfer<'_>) -> bool {
    let redistributes = t.graph.speakers.iter().flat_map(|s| &s.bgp.families).any(|f| !f.redistribute.is_empty());
    redistributes || t.graph.ends.ids().any(|e| exports_any(t, e, Family::V4) || exports_any(t, e, Family::V6))
}

fn from_tables(t: &Transfer<'_>, prefixes: &[(IpNet, PrefixId)], out: &mut BTreeMap<IpNet, Seed>) {
    let arena = t.input.arena;
    let mut by_node: IdVec<NodeId, Option<SpeakerId>> = IdVec::filled(None, t.input.network.nodes().len());
    t.graph.speakers.iter_ids().filter(|(_, s)| s.bgp.enabled).for_each(|(s, x)| by_node[x.node] = Some(s));
    let taker_of = |node: NodeId| {
        let s = by_node.get(node).copied().flatten()?;
        let speaker = &t.graph.speakers[s];
        let taking = |f: Family| speaker.bgp.families.iter().find(|x| x.family == f && !x.redistribute.is_empty());
        let any = |f: Family| t.graph.ends_of(s).any(|e| exports_any(t, e, f));
        let taker = Taker {
            speaker: s,
            families: [taking(Family::V4), taking(Family::V6)],
            export_any: [any(Family::V4), any(Family::V6)],
        };
        (taker.families.iter().any(Option::is_some) || taker.export_any != [false; 2]).then_some(taker)
    };
    // A what-if asks for a few nodes only.
    let mut takers: IdVec<NodeId, Option<Option<Taker<'_>>>> = t.input.network.nodes().ids().map(|_| None).collect();
    for &(prefix, id) in prefixes {
        let Some(column) = t.under.table().column(id) else { continue };
        let target = Target { prefix, id, family: Family::of_prefix(&prefix) };
        for (node, route) in column.iter() {
            let Some(taker) = takers[node].get_or_insert_with(|| taker_of(node)) else { continue };
            let speaker = &t.graph.speakers[taker.speaker];
            let route = arena.routes.get(route);
            let source = source_of(route);
            if let Some(family) = taker.families[target.family as usize]
                && (prefix.prefix_len() > 0 || family.default_information_originate)
            {
                for r in family.redistribute.iter().filter(|r| takes(arena, speaker, r, source, route)) {
                    let mut attrs = redistributed(arena, speaker, family, Some(r), source, route);
                    if source == RouteSource::Aggregate {
                        attrs.communities = arena.community_set(own_communities(speaker, &prefix, source));
                    }
                    if let Some(a) = originate(t, speaker, r.policy.as_ref(), attrs, Class::Redistributed, target) {
                        out.entry(prefix).or_default().local.push((taker.speaker, path(a, Class::Redistributed)));
                        break;
                    }
                }
            }
            if taker.export_any[target.family as usize]
                && let Some(a) = active_attrs(t, speaker, &prefix, route, false)
            {
                out.entry(prefix).or_default().active.push((taker.speaker, path(a, Class::Active)));
            }
        }
    }
}

/// The attributes of an active route of another protocol; `None`: it never goes out.
pub(super) fn active_attrs(t: &Transfer<'_>, speaker: &Speaker<'_>, prefix: &IpNet, route: &Route, all: bool) -> Option<AttrsId> {
    if !all && not_readvertised(speaker, prefix, route) {
        return None;
    }
    let (arena, source) = (t.input.arena, source_of(route));
    let mut attrs = redistributed(arena, speaker, &BgpFamily::default(), None, source, route);
    if !speaker.of.platform.bgp_export_origin_by_source {
        attrs.origin = BgpOrigin::Igp;
    }
    attrs.communities = arena.community_set(own_communities(speaker, prefix, source));
    Some(t.intern(Wire::new(attrs)))
}

/// Whether a redistribution takes a route.
fn takes(arena: &Arena, speaker: &Speaker<'_>, r: &BgpRedistribution, source: RouteSource, route: &Route) -> bool {
    let named = r.sources.is_empty() || r.sources.iter().any(|&s| same_source(s, source));
    let kind = |want| kind_of(route).is_some_and(|k| same_kind(want, k));
    let right_type = r.ospf_types.is_empty() || !route.protocol.is_ospf() || r.ospf_types.iter().any(|&w| kind(w));
    (named && right_type) || runs_on_connected(arena, speaker, r, source, route)
}

/// Redistributing an IGP takes the subnets of the interfaces it runs on too, where the OS does so (IOS).
fn runs_on_connected(arena: &Arena, speaker: &Speaker<'_>, r: &BgpRedistribution, source: RouteSource, route: &Route) -> bool {
    if source != RouteSource::Connected || !speaker.of.platform.redistribute_includes_connected {
        return false;
    }
    let out: Vec<_> = arena.hops_of(route).iter().filter_map(|h| h.interface).collect();
    let of = speaker.of;
    let asked = |s: RouteSource| r.sources.iter().any(|&want| same_source(want, s));
    let ospf = of.ospf.iter().enumerate().filter(|(n, p)| p.vrf == speaker.vrf && asked(RouteSource::Ospf(Some(*n as u32))));
    let isis = of.isis.iter().enumerate().filter(|(n, p)| p.vrf == speaker.vrf && asked(RouteSource::Isis(Some(*n as u32))));
    let by_ospf = ospf.flat_map(|(_, p)| &p.interfaces).map(|i| i.interface);
    let by_isis = isis.flat_map(|(_, p)| &p.interfaces).map(|i| i.interface);
    let eigrp = of.eigrp.iter().filter(|e| e.vrf == speaker.vrf && asked(RouteSource::Eigrp(Some(u32::from(e.asn)))));
    let by_eigrp = eigrp.flat_map(|e| &e.interfaces).map(|i| i.interface);
    let rip = of.rip.iter().filter(|p| p.vrf == speaker.vrf && asked(RouteSource::Rip));
    let by_rip = rip.flat_map(|p| &p.interfaces).map(|i| i.interface);
    by_ospf.chain(by_isis).chain(by_eigrp).chain(by_rip).any(|i| out.contains(&i))
}

/// ORIGIN of a route that BGP takes from another protocol.
pub(super) fn redistributed_origin(speaker: &Speaker<'_>, source: RouteSource) -> BgpOrigin {
    match source {
        RouteSource::Connected => speaker.of.platform.bgp_redistribute_connected_origin,
        _ => BgpOrigin::Incomplete,
    }
}

fn redistributed(
    arena: &Arena,
    speaker: &Speaker<'_>,
    family: &BgpFamily,
    r: Option<&BgpRedistribution>,
    source: RouteSource,
    route: &Route,
) -> BgpAttrs {
    let igp = !matches!(source, RouteSource::Connected | RouteSource::Local | RouteSource::Static | RouteSource::Aggregate);
    let mut attrs = local_attrs(arena, speaker, redistributed_origin(speaker, source));
    attrs.next_hop = hop_of(arena, route);
    attrs.tag = route.tag;
    attrs.med = r.and_then(|r| r.metric).or(family.default_metric).or(match speaker.of.platform.bgp_redistribute_metric {
        RedistributedMed::RouteMetric => Some(route.metric),
        RedistributedMed::Absent => None,
        RedistributedMed::Zero => Some(0),
        RedistributedMed::IgpOnly => igp.then_some(route.metric),
    });
    attrs
}

///
/// Host routes of own addresses never go out (Junos marks them `NoReadvrt`: lab junos_community_delete).
fn not_readvertised(speaker: &Speaker<'_>, prefix: &IpNet, route: &Route) -> bool {
    if route.protocol == crate::model::route::Protocol::Local {
        return true;
    }
    let vrf = speaker.of.vrfs.get(speaker.vrf);
    let line = |s: &&crate::model::static_route::StaticRoute| s.prefix.trunc() == *prefix && s.origin == route.origin;
    vrf.is_some_and(|v| v.static_routes.iter().find(line).is_some_and(|s| s.no_readvertise))
}

/// Communities that the config gives to static and aggregate routes (Junos).
fn own_communities(speaker: &Speaker<'_>, prefix: &IpNet, source: RouteSource) -> Vec<Community> {
    let Some(vrf) = speaker.of.vrfs.get(speaker.vrf) else { return Vec::new() };
    let statics = vrf.static_routes.iter().filter(|s| source == RouteSource::Static && s.prefix.trunc() == *prefix);
    let aggregates = vrf.aggregates.iter().filter(|a| source == RouteSource::Aggregate && a.prefix.trunc() == *prefix);
    statics.flat_map(|s| &s.communities).chain(aggregates.flat_map(|a| &a.communities)).copied().collect()
}

fn defaults(t: &Transfer<'_>, out: &mut BTreeMap<IpNet, Seed>) {
    for (e, end) in t.graph.ends.iter_ids() {
        let speaker = t.speaker(end);
        for f in [Family::V4, Family::V6] {
            let Some(d) = t.graph.family(e, f).and_then(|nf| nf.default_originate.as_ref()) else { continue };
            let zero: IpNet = if f.is_v6() { ipnet::Ipv6Net::default().into() } else { ipnet::Ipv4Net::default().into() };
            if let Some(attrs) = default_route(t, speaker, d, target(t, zero)) {
                out.entry(zero).or_default().defaults.push((e, attrs));
            }
        }
    }
}

/// The attributes of a default route made for a neighbour, if its condition holds.
fn default_route(t: &Transfer<'_>, speaker: &Speaker<'_>, d: &DefaultOriginate, zero: Target) -> Option<AttrsId> {
    let arena = t.input.arena;
    let has = |id: PrefixId| [t.under, t.input.rib].iter().any(|rib| rib.table().get(id, speaker.node).is_some());
    if d.only_if_present && !has(zero.id) {
        return None;
    }
    let attrs = local_attrs(arena, speaker, BgpOrigin::Igp);
    let first = originate(t, speaker, d.policy.as_ref(), attrs.clone(), Class::Network, zero);
    first.or_else(|| {
        // A policy with a `match` looks for a route it takes; its changes go onto the default route.
        let same_family = |p: &&(IpNet, PrefixId)| Family::of_prefix(&p.0) == zero.family && has(p.1);
        let all = t.under.prefixes().iter().chain(t.input.rib.prefixes()).filter(same_family);
        all.map(|&(prefix, id)| Target { prefix, id, family: zero.family })
            .find_map(|x| originate(t, speaker, d.policy.as_ref(), attrs.clone(), Class::Network, x))
    })
}

/// The empty path of an arena.
pub(super) fn empty_path(arena: &Arena) -> AsPathId {
    arena.as_paths.intern(Default::default())
}
