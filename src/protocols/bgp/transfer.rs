//! What becomes of a path between two speakers: export rules and policies of the sender, import rules and policies of the receiver.
//!
//! In: a path of the sender. Out: the path in the receiver's table, or nothing. Law: pure within a pass; results are kept per
//! (receiving end, attributes, class) unless a policy on the way looks at the destination or at more than attributes.
//! Start reading at [`Transfer::offer`]. Tests: `tests/`.

use std::net::IpAddr;
use std::sync::{Mutex, OnceLock, PoisonError};

use ipnet::IpNet;

use super::export;
use super::nexthop::{Answer, NextHops, Reach};
use super::path::{Class, Path, UNREACHABLE};
use super::speakers::{End, EndId, Graph, Kind, LINK_LOCAL, Speaker, SpeakerId};
use crate::base::Map;
use crate::base::id::IdVec;
use crate::model::bgp::BgpFamily;
use crate::model::policy::{NextHopEdit, PolicyChain, RouteSource, RouteType, Verdict};
use crate::model::route::Family;
use crate::protocols::Input;
use crate::protocols::policy::{Looks, PolicyContext, PolicyEngine, PolicyRoute, PolicySet, kind_of, source_of};
use crate::rib::{AsPath, AttrsId, BgpAttrs, Detail, PrefixId, Rib, Segment};

/// Attributes on their way, the AS path taken out of the interner once it changes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wire {
    pub attrs: BgpAttrs,
    path: Option<AsPath>,
}

impl Wire {
    pub(super) fn new(attrs: BgpAttrs) -> Self {
        Self { attrs, path: None }
    }
    pub(super) fn path<'w>(&'w self, arena: &'w crate::rib::Arena) -> &'w AsPath {
        self.path.as_ref().unwrap_or_else(|| arena.as_paths.get(self.attrs.as_path))
    }
    pub(super) fn path_mut(&mut self, arena: &crate::rib::Arena) -> &mut AsPath {
        self.path.get_or_insert_with(|| arena.as_paths.get(self.attrs.as_path).clone())
    }
    fn finish(mut self, arena: &crate::rib::Arena) -> AttrsId {
        if let Some(p) = self.path {
            self.attrs.as_path = arena.as_paths.intern(p);
        }
        arena.attrs.intern(self.attrs)
    }
}

/// The destination a transfer is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub prefix: IpNet,
    pub id: PrefixId,
    pub family: Family,
}

impl Target {
    /// The same for a path whose next hop stands in another table.
    pub(super) fn of(self, path: &Path) -> Self {
        let vpn = if self.prefix.addr().is_ipv6() { Family::Vpn6 } else { Family::Vpn4 };
        if path.lent.is_some() && self.family.is_unicast() { Self { family: vpn, ..self } } else { self }
    }
}

type Memo = Map<(AttrsId, Class, u32), Option<AttrsId>>;

/// What is remembered by end, for prefixes that are solved one by one.
struct Memos {
    memo: IdVec<EndId, [Mutex<Memo>; Family::COUNT]>,
    /// Whether a transfer to an end may be remembered.
    steady: IdVec<EndId, [bool; Family::COUNT]>,
    /// How each end reaches its neighbour's own address.
    peers: IdVec<EndId, OnceLock<Option<Reach>>>,
}

impl Memos {
    fn new(graph: &Graph<'_>) -> Self {
        let looks = |e: EndId, f: Family| {
            let Some(nf) = graph.family(e, f) else { return [Looks::default(); 2] };
            let device = graph.speakers[graph.ends[e].speaker].of;
            let held = nf.advertise_map.iter().map(|m| &m.routes);
            [Looks::of_chains(device, nf.export.iter().chain(held)), Looks::of_chains(device, &nf.import)]
        };
        let steady = |e: EndId| {
            Family::ALL.map(|f| {
                let own = looks(e, f)[1];
                let far = graph.ends[e].far.map_or(Looks::default(), |x| looks(x, f)[0]);
                let all = own.or(far);
                !all.prefix && !all.place
            })
        };
        let steady = graph.ends.ids().map(steady).collect();
        let memo = graph.ends.ids().map(|_| Default::default()).collect();
        let peers = graph.ends.ids().map(|_| OnceLock::new()).collect();
        Self { memo, steady, peers }
    }
}

/// Everything that stays the same in one pass.
pub(super) struct Transfer<'a> {
    pub input: Input<'a>,
    pub under: &'a Rib,
    pub graph: &'a Graph<'a>,
    pub engine: &'a PolicyEngine<'a>,
    pub hops: &'a NextHops<'a>,
    /// Conditional advertisement: ends (with family) whose `advertise-map` routes are held back now.
    pub withheld: &'a crate::base::Set<(EndId, Family)>,
    pub keeps: Keeps,
    /// Active aggregates that hide what is more specific, by speaker.
    quiet: IdVec<SpeakerId, Vec<IpNet>>,
    /// Made when first asked for: what is solved by class does without.
    memos: OnceLock<Memos>,
}

impl<'a> Transfer<'a> {
    pub(super) fn new(
        input: Input<'a>,
        under: &'a Rib,
        graph: &'a Graph<'a>,
        engine: &'a PolicyEngine<'a>,
        hops: &'a NextHops<'a>,
        withheld: &'a crate::base::Set<(EndId, Family)>,
    ) -> Self {
        let keeps = Keeps::of(input);
        let quiet = graph.speakers.iter().map(|s| hiding(input, under, s)).collect();
        Self { input, under, graph, engine, hops, withheld, keeps, quiet, memos: OnceLock::new() }
    }

    fn memos(&self) -> &Memos {
        self.memos.get_or_init(|| Memos::new(self.graph))
    }

    pub(super) fn speaker(&self, end: &End) -> &'a Speaker<'a> {
        &self.graph.speakers[end.speaker]
    }

    /// What the receiving end gets of a path of its far end's speaker.
    pub(super) fn offer(&self, to: EndId, path: &Path, target: Target) -> Option<Path> {
        let end = &self.graph.ends[to];
        let from = end.far?;
        if path.from == Some(from) {
            return None;
        }
        let f = target.family;
        let inside = |a: &IpNet| a.prefix_len() < target.prefix.prefix_len() && a.contains(&target.prefix);
        if self.quiet[self.graph.ends[from].speaker].iter().any(inside) {
            return None;
        }
        // A reflector names the one it had the route from, if nobody did before.
        let originator = match (path.class, path.from) {
            (Class::Client | Class::Internal, Some(e)) => self.graph.ends[e].peer_router_id.to_bits(),
            _ => 0,
        };
        let key = (path.attrs, path.class, originator);
        let landed = if self.memos().steady[to][f as usize] {
            let memo = &self.memos().memo[to][f as usize];
            let known = memo.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
            known.unwrap_or_else(|| {
                let made = self.send(from, to, path, target);
                memo.lock().unwrap_or_else(PoisonError::into_inner).insert(key, made);
                made
            })
        } else {
            self.send(from, to, path, target)
        };
        self.land(to, landed?, path.path_id, target)
    }

    fn send(&self, from: EndId, to: EndId, path: &Path, target: Target) -> Option<AttrsId> {
        let wire = export::export(self, from, path, target)?;
        self.import(to, wire, target)
    }

    /// What the receiving end makes of attributes as they arrive.
    pub(super) fn receive(&self, to: EndId, wire: Wire, path_id: u32, target: Target) -> Option<Path> {
        let attrs = self.import(to, wire, target)?;
        self.land(to, attrs, path_id, target)
    }

    /// Puts received attributes into the receiver's table: class and next hop.
    fn land(&self, to: EndId, attrs: AttrsId, path_id: u32, target: Target) -> Option<Path> {
        let end = &self.graph.ends[to];
        let class = match end.kind {
            Kind::External => Class::External,
            Kind::Confed => Class::Confed,
            Kind::Internal if self.graph.family(to, target.family)?.reflector_client => Class::Client,
            Kind::Internal => Class::Internal,
        };
        let metric = self.metric(to, attrs, target);
        Some(Path { attrs, metric, from: Some(to), class, path_id, lent: None })
    }

    /// The metric to the next hop of a path that came in on an end.
    pub(super) fn metric(&self, to: EndId, attrs: AttrsId, target: Target) -> u32 {
        let end = &self.graph.ends[to];
        match self.reach(to, attrs, target) {
            // RFC 4271 §5.1.3: an external neighbour one hop away names next hops on a shared subnet; of EVPN the next hop is a VTEP.
            Some(r) if r.connected || !end.single_hop || target.family == Family::Evpn => r.metric,
            _ => UNREACHABLE,
        }
    }

    /// How the receiver reaches a path's next hop.
    pub(super) fn reach(&self, to: EndId, attrs: AttrsId, target: Target) -> Option<Reach> {
        let end = &self.graph.ends[to];
        let next_hop = self.input.arena.attrs.get(attrs).next_hop;
        // The route itself does not lead to its own next hop; one of another table may.
        let own = target.family.is_unicast().then_some(&target.prefix);
        let through = |ip| self.hops.reach(self.engine, self.speaker(end), ip, own);
        match (next_hop, end.interface) {
            (Some(ip), Some(_)) if ip == LINK_LOCAL => self.reach_address(to, next_hop),
            // A host route that is its own next hop.
            (Some(ip), _)
                if target.family.is_unicast()
                    && target.prefix == ipnet::IpNet::from(ip)
                    && !self.speaker(end).of.platform.bgp_host_route_through_itself
                    && !self.heard_from_client(end, target) =>
            {
                None
            }
            // On most sessions the neighbour is its own next hop, on a connected subnet: looked up once.
            (Some(ip), _) if ip == end.peer && end.single_hop => *self.memos().peers[to].get_or_init(|| through(ip)),
            (Some(ip), _) => through(ip),
            (None, _) => self.reach_address(to, None),
        }
    }

    /// The same for a path to no prefix in particular.
    pub(super) fn reach_address(&self, to: EndId, next_hop: Option<IpAddr>) -> Option<Reach> {
        let answer = self.weigh_address(to, next_hop);
        if answer.asks_bgp {
            self.hops.depends_on_last_round();
        }
        answer.reach
    }

    /// The same where it is not known yet whether the answer counts.
    pub(super) fn weigh_address(&self, to: EndId, next_hop: Option<IpAddr>) -> Answer {
        let end = &self.graph.ends[to];
        let sure = |reach| Answer { reach: Some(reach), asks_bgp: false };
        match (next_hop, end.interface) {
            (None, _) => sure(self.hops.discard()),
            (Some(ip), Some(i)) if ip == LINK_LOCAL => sure(self.hops.link(ip, i)),
            (Some(ip), _) => self.hops.weigh(self.engine, self.speaker(end), ip),
        }
    }

    fn heard_from_client(&self, end: &End, target: Target) -> bool {
        let neighbor = self.speaker(end).bgp.neighbors.get(end.neighbor);
        let family = neighbor.and_then(|n| n.families.iter().find(|f| f.family == target.family));
        end.kind == Kind::Internal && family.is_some_and(|f| f.reflector_client)
    }

    /// Import: loop checks, defaults, policies.
    fn import(&self, to: EndId, wire: Wire, target: Target) -> Option<AttrsId> {
        let end = &self.graph.ends[to];
        if let Some(ip) = wire.attrs.next_hop
            && ip != LINK_LOCAL
            && self.hops.is_own(self.speaker(end).node, ip)
        {
            return None;
        }
        if let Some(asn) = self.enforced_first_as(to)
            && wire.path(self.input.arena).first_as() != Some(asn)
        {
            return None;
        }
        let (mut wire, edit) = self.take_in(to, wire, target)?;
        if let Some(edit) = edit.filter(|e| *e != NextHopEdit::Unchanged) {
            wire.attrs.next_hop = self.edited_next_hop(to, edit, target.family)?;
        }
        Some(wire.finish(self.input.arena))
    }

    /// The AS that paths heard on an end must begin with, if it insists.
    pub(super) fn enforced_first_as(&self, to: EndId) -> Option<u32> {
        let end = &self.graph.ends[to];
        let enforce = self.graph.neighbor(to).enforce_first_as.unwrap_or(self.speaker(end).bgp.enforce_first_as);
        (enforce && end.kind == Kind::External).then_some(end.peer_as)
    }

    /// The next hop that an import policy gives; `None`: such a route is not usable.
    pub(super) fn edited_next_hop(&self, to: EndId, edit: NextHopEdit, family: Family) -> Option<Option<IpAddr>> {
        let end = &self.graph.ends[to];
        let next_hop = match edit {
            NextHopEdit::Address(a) => Some(a),
            NextHopEdit::Peer | NextHopEdit::Unchanged => Some(end.peer),
            NextHopEdit::Own => self.self_address(end, family),
            NextHopEdit::Discard => None,
        };
        // A policy can make the router its own next hop: such a route is not usable (lab junos_then_action_conflicts, FRR "martian").
        let own = matches!(edit, NextHopEdit::Address(_) | NextHopEdit::Own)
            && next_hop.is_some_and(|ip| self.hops.is_own(self.speaker(end).node, ip));
        (!own).then_some(next_hop)
    }

    /// All of import but the next hop and [`enforced_first_as`](Self::enforced_first_as): the attributes with the next hop they arrived with, and what a policy said of it.
    pub(super) fn take_in(&self, to: EndId, mut wire: Wire, target: Target) -> Option<(Wire, Option<NextHopEdit>)> {
        let arena = self.input.arena;
        let end = &self.graph.ends[to];
        let speaker = self.speaker(end);
        let (bgp, platform) = (speaker.bgp, &speaker.of.platform);
        let neighbor = self.graph.neighbor(to);
        let nf = self.graph.family(to, target.family)?;
        let external = end.kind == Kind::External;

        // Loops. A member of a confederation looks for its member AS in confederation segments and for the identifier elsewhere.
        let local_loops = neighbor.local_as.and_then(|l| l.loops).unwrap_or(0);
        let allowed = nf.allow_as_in.max(platform.bgp_default_allow_as_in).max(local_loops);
        let path = wire.path(arena);
        let own = match &bgp.confederation {
            Some(c) => count_as(path, bgp.asn, Some(true)).max(count_as(path, c.identifier, Some(false))),
            None => count_as(path, bgp.asn, None),
        };
        if own > allowed {
            return None;
        }
        // The AS shown instead of the own one counts too (FRR `bgp_update`, "peer->change_local_as").
        if let Some(l) = neighbor.local_as
            && external
            && count_as(path, l.asn, None) > allowed
        {
            return None;
        }
        if external && bgp.ebgp_requires_policy && nf.import.is_empty() {
            return None;
        }
        if bgp.as_path_limit.is_some_and(|limit| path.hops(false) > limit) {
            return None;
        }
        if end.kind != Kind::External && self.was_here(to, &wire.attrs) {
            return None;
        }

        // Defaults.
        if external {
            if let Some(l) = neighbor.local_as.filter(|l| !l.no_prepend && l.asn == end.shown_as) {
                wire.path_mut(arena).prepend(&[l.asn]);
            }
            wire.attrs.local_pref = nf.local_preference.unwrap_or(platform.bgp_default_local_preference);
        }
        wire.attrs.weight = nf.weight.unwrap_or(0);
        let ctx = PolicyContext { conditions_hold: true, ..self.context(end, target) };
        let class = if external { Class::External } else { Class::Internal };
        let set = self.run(end, &nf.import, &mut wire, (class, None), target, &ctx)?;
        Some((wire, set.next_hop))
    }

    /// Whether a reflected path comes back to who brought it in or passed it on (RFC 4456 §8).
    pub(super) fn was_here(&self, to: EndId, attrs: &BgpAttrs) -> bool {
        let speaker = self.speaker(&self.graph.ends[to]);
        let cluster = self.graph.neighbor(to).cluster_id.map(std::net::Ipv4Addr::to_bits);
        let looped = |c: &u32| *c == speaker.cluster || Some(*c) == cluster;
        (attrs.originator.is_some() && attrs.originator == speaker.router_id) || attrs.clusters.iter().any(looped)
    }

    /// What policies on a session know of it.
    pub(super) fn context(&self, end: &End, target: Target) -> PolicyContext {
        PolicyContext {
            neighbor: Some(end.peer),
            neighbor_as: Some(end.peer_as),
            own_as: end.shown_as,
            own_address: self.self_address(end, target.family),
            conditions_hold: false,
        }
    }

    /// The own address of a session as a next hop of a family.
    pub(super) fn self_address(&self, end: &End, family: Family) -> Option<IpAddr> {
        let v6 = family.is_v6();
        if end.local.is_ipv6() == v6 || end.local == LINK_LOCAL || !family.is_unicast() {
            return Some(end.local);
        }
        let speaker = self.speaker(end);
        let neighbor = self.graph.neighbor(self.graph.ends[end.far?].far?);
        let source = match neighbor.update_source {
            Some(crate::model::bgp::UpdateSource::Interface(i)) => Some(i),
            _ => {
                let has = |x: &crate::model::interface::Interface| x.addresses.iter().any(|a| a.address.addr() == end.local);
                speaker.of.interfaces.iter_ids().find(|(_, x)| has(x)).map(|(i, _)| i)
            }
        };
        let other = speaker.of.interfaces.get(source?)?.primary(v6).map(|a| a.address.addr());
        // IPv4 routes over IPv6 keep the IPv6 address (RFC 8950) where there is no IPv4 one.
        other
            .or((neighbor.extended_next_hop && !v6).then_some(end.local))
            .or(Some(LINK_LOCAL).filter(|_| v6 && end.interface.is_some()))
    }

    /// Runs chains on attributes; all must accept. `of`: how the speaker has the path.
    pub(super) fn run(
        &self,
        end: &End,
        chains: &[PolicyChain],
        wire: &mut Wire,
        of: (Class, Option<&Path>),
        target: Target,
        ctx: &PolicyContext,
    ) -> Option<PolicySet> {
        if chains.is_empty() {
            return Some(PolicySet::default());
        }
        let speaker = self.speaker(end);
        let mut route = self.policy_route(speaker, wire, of, target);
        for chain in chains {
            let verdict = if of.0 == Class::Active {
                // The protocol's default takes BGP routes only.
                let chain = PolicyChain { at_end: Verdict::Reject, ..chain.clone() };
                self.engine.run(speaker.device, &chain, &mut route, ctx)
            } else {
                self.engine.run(speaker.device, chain, &mut route, ctx)
            };
            if verdict == Verdict::Reject {
                return None;
            }
        }
        Some(self.read_back(route, wire))
    }

    /// A path as policies see it.
    pub(super) fn policy_route(
        &self,
        speaker: &Speaker<'_>,
        wire: &Wire,
        of: (Class, Option<&Path>),
        target: Target,
    ) -> PolicyRoute {
        let arena = self.input.arena;
        let a = &wire.attrs;
        let mut r = PolicyRoute::new(target.prefix, RouteSource::Bgp, speaker.vrf);
        if !target.family.is_unicast() || of.1.is_some_and(|p| p.lent.is_some()) {
            r.source = RouteSource::BgpVpn;
        }
        r.kind = Some(match of.0 {
            Class::External => RouteType::BgpExternal,
            Class::Confed | Class::Client | Class::Internal => RouteType::BgpInternal,
            Class::Network | Class::Redistributed | Class::Aggregate | Class::Active => RouteType::Local,
        });
        if of.0 == Class::Aggregate {
            r.source = RouteSource::Aggregate;
        } else if of.0.is_local()
            && target.family.is_unicast()
            && of.1.is_none_or(|p| p.lent.is_none())
            && let Some(id) = self.under.table().get(target.id, speaker.node)
        {
            let below = arena.routes.get(id);
            r.source = source_of(below);
            r.kind = kind_of(below);
            r.distance = below.distance;
            r.area = below.protocol.is_ospf().then_some(below.area);
            r.level = PolicyRoute::of_installed(arena, speaker.vrf, target.prefix, below).level;
            r.interfaces = arena.hops_of(below).iter().filter_map(|h| h.interface).collect();
        } else if of.0 == Class::Active && target.family.is_unicast() && of.1.is_some_and(|p| p.lent.is_none()) {
            // An own address that no table shows.
            r.source = RouteSource::Local;
        } else if let Some(path) = of.1 {
            r.distance = distance(speaker, target.family, a, of.0, false);
            if let Some(e) = path.from
                && let Some(reach) = self.reach(e, path.attrs, target.of(path))
            {
                r.interfaces = arena.hops.get(reach.hops).iter().filter_map(|h| h.interface).collect();
            }
        }
        r.evpn = target.family == Family::Evpn;
        r.metric = a.med;
        r.tag = a.tag;
        r.next_hop = a.next_hop;
        r.as_path = wire.path(arena).clone();
        r.local_pref = a.local_pref;
        r.origin = a.origin;
        r.communities = arena.communities.get(a.communities).to_vec();
        r.weight = a.weight;
        r
    }

    /// Attributes after policies.
    pub(super) fn read_back(&self, route: PolicyRoute, wire: &mut Wire) -> PolicySet {
        let arena = self.input.arena;
        let a = &mut wire.attrs;
        a.med = route.metric;
        a.tag = route.tag;
        a.local_pref = route.local_pref;
        a.origin = route.origin;
        a.weight = route.weight;
        // Most policies leave them as they are.
        if arena.communities.get(a.communities)[..] != route.communities[..] {
            a.communities = arena.community_set(route.communities);
        }
        a.distance = route.set.distance.or(a.distance);
        wire.path = Some(route.as_path);
        route.set
    }

    pub(super) fn intern(&self, wire: Wire) -> AttrsId {
        wire.finish(self.input.arena)
    }
}

/// What installed routes carry of what BGP knows of them: what nobody reads is left out, so that a router has few different ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Keeps {
    /// Their attributes.
    pub attributes: bool,
    /// Their MED as the metric, where the platform shows it.
    pub meds: bool,
}

impl Keeps {
    pub(super) fn of(input: Input<'_>) -> Self {
        let attributes = attributes_are_read(input.network);
        let lent = || input.network.devices.iter().flat_map(|d| &d.vrfs).any(|v| !v.leaks.is_empty());
        Self { attributes, meds: attributes || input.arena.detail == Detail::Whole || lent() }
    }
}

/// Whether somebody reads the BGP attributes of installed routes: redistribution out of BGP, local aggregates, policies on the routes that
/// next hops resolve through.
fn attributes_are_read(network: &crate::model::Network) -> bool {
    let takes_bgp = |sources: &[RouteSource]| sources.is_empty() || sources.contains(&RouteSource::Bgp);
    network.devices.iter().any(|d| {
        d.ospf.iter().any(|o| o.default_originate.is_some() || o.redistribute.iter().any(|r| takes_bgp(&r.sources)))
            || d.isis.iter().any(|i| i.default_originate.is_some() || i.redistribute.iter().any(|r| takes_bgp(&r.sources)))
            || d.eigrp.iter().any(|e| e.redistribute.iter().any(|r| takes_bgp(&r.sources)))
            || d.rip.iter().any(|p| p.redistribute.iter().any(|r| takes_bgp(&r.sources)))
            || d.vrfs.iter().any(|v| v.aggregates.iter().any(|a| a.policy.is_some()))
            || d.bgp.iter().any(|b| b.families.iter().any(|f| f.next_hop_policy.is_some()))
    })
}

/// The aggregates of a speaker's table that are active and hide what is more specific (SR OS `summary-only`).
fn hiding(input: Input<'_>, under: &Rib, speaker: &Speaker<'_>) -> Vec<IpNet> {
    let Some(vrf) = speaker.of.vrfs.get(speaker.vrf) else { return Vec::new() };
    let nets = vrf.aggregates.iter().filter(|a| a.summary_only).map(|a| a.prefix.trunc());
    let active = |net: &IpNet| {
        let route = under.table().get(input.arena.prefix(*net), speaker.node);
        route.is_some_and(|r| input.arena.routes.get(r).protocol == crate::model::route::Protocol::Aggregate)
    };
    nets.filter(active).collect()
}

/// How often an AS occurs; `Some(true)`: in confederation segments only, `Some(false)`: in the others only.
pub(super) fn count_as(path: &AsPath, asn: u32, confed: Option<bool>) -> u32 {
    let count = |s: &Segment| match s {
        Segment::Sequence(v) | Segment::Set(v) if confed != Some(true) => v.iter().filter(|a| **a == asn).count(),
        Segment::ConfedSequence(v) | Segment::ConfedSet(v) if confed != Some(false) => v.iter().filter(|a| **a == asn).count(),
        _ => 0,
    };
    path.segments.iter().map(count).sum::<usize>() as u32
}

/// The settings of a family, if the instance has it.
pub(super) fn family<'s>(speaker: &Speaker<'s>, f: Family) -> Option<&'s BgpFamily> {
    speaker.bgp.families.iter().find(|x| x.family == f)
}

/// The main-table distance of a path.
pub(super) fn distance(speaker: &Speaker<'_>, f: Family, attrs: &BgpAttrs, class: Class, backdoor: bool) -> u32 {
    let [external, internal, local] = family(speaker, f).map_or([20, 200, 200], |x| x.distance);
    attrs.distance.unwrap_or(match class {
        Class::External if backdoor => local,
        Class::External => external,
        Class::Confed | Class::Client | Class::Internal => internal,
        Class::Aggregate => speaker.of.platform.aggregate_distance,
        Class::Network | Class::Redistributed | Class::Active => local,
    })
}
