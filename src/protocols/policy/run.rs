//! The interpreter itself: terms, flow, chains, sub-policies, actions.
//!
//! In: [`PolicyChain`], [`PolicyRoute`], [`PolicyContext`]. Out: [`Decision`], and the route changed in place.
//! Law: `model::policy`'s doc comments are the contract. A route that was rejected may be left changed: callers drop it.
//! Start reading at [`PolicyEngine::run`].

use std::cell::Cell;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use ipnet::IpNet;

use super::lists::{Kinds, ListCache, acl_permits};
use super::{PolicyContext, PolicyRoute};
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::id::Id;
use crate::base::span::Origin;
use crate::model::Network;
use crate::model::device::Device;
use crate::model::network::DeviceId;
use crate::model::policy::{
    Action, AsPathReplacement, AtEnd, CommunityEdit, Compare, Cond, Flow, NextHopEdit, Number, PolicyChain, PolicyId,
    RouteSource, RouteType, TermId, Verdict,
};
use crate::model::route::{Community, Family};
use crate::rib::{Arena, AsPath, Rib, Segment};

/// How deep policies may call each other. Real configs stay below 10; deeper means a cycle.
const DEEPEST: usize = 32;
/// How often one run may call policies from policies. Ones that call each other twice or more would else take 2^32 steps.
const MOST_CALLS: u32 = 10_000;

/// Runs policies. Shared between threads.
pub struct PolicyEngine<'a> {
    network: &'a Network,
    arena: &'a Arena,
    rib: &'a Rib,
    cache: ListCache,
    notes: Mutex<BTreeSet<Note>>,
    asked_tables: AtomicBool,
}

/// Something a policy asked that the interpreter could not do.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Note {
    device: DeviceId,
    origin: Origin,
    code: &'static str,
    text: String,
}

/// A verdict and what decided it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The verdict.
    pub verdict: Verdict,
    /// The policy that gave it; `None`: the end of the chain.
    pub policy: Option<PolicyId>,
    /// The term that gave it; `None`: the end of the policy or chain.
    pub term: Option<TermId>,
    /// The line to show.
    pub origin: Origin,
}

impl Decision {
    /// Whether the route is taken.
    pub fn accepted(&self) -> bool {
        self.verdict == Verdict::Accept
    }
}

/// How one policy ended.
enum End {
    Verdict(Verdict, Option<TermId>),
    /// Ran off its end, with a default action set on the way or not.
    Next(Option<Verdict>),
}

/// What stays the same while one chain runs.
#[derive(Clone, Copy)]
struct Scope<'s> {
    device: DeviceId,
    of: &'s Device,
    ctx: &'s PolicyContext,
    /// The verdict if nothing decides; sub-policies that run off their end fall back to it (Junos subroutines use the
    /// protocol's default action).
    default: Verdict,
    depth: usize,
    /// How many calls this run has made.
    calls: &'s Cell<u32>,
}

impl<'a> PolicyEngine<'a> {
    /// An engine for one round. `rib` answers [`Cond::RouteExists`].
    pub fn new(network: &'a Network, arena: &'a Arena, rib: &'a Rib) -> Self {
        Self { network, arena, rib, cache: ListCache::default(), notes: Mutex::default(), asked_tables: AtomicBool::new(false) }
    }

    /// Runs a chain on a route. On [`Verdict::Accept`] the route holds all changes.
    pub fn run(&self, device: DeviceId, chain: &PolicyChain, route: &mut PolicyRoute, ctx: &PolicyContext) -> Verdict {
        self.explain(device, chain, route, ctx).verdict
    }

    /// Runs several chains one after the other: all must accept.
    pub fn run_all(&self, device: DeviceId, chains: &[PolicyChain], route: &mut PolicyRoute, ctx: &PolicyContext) -> Verdict {
        let all = chains.iter().all(|c| self.run(device, c, route, ctx) == Verdict::Accept);
        if all { Verdict::Accept } else { Verdict::Reject }
    }

    /// As [`run`](Self::run), and says what decided.
    pub fn explain(&self, device: DeviceId, chain: &PolicyChain, route: &mut PolicyRoute, ctx: &PolicyContext) -> Decision {
        let mut default = chain.at_end;
        let calls = &Cell::new(0);
        if let Some(of) = self.network.devices.get(device) {
            for &id in &chain.policies {
                let scope = Scope { device, of, ctx, default, depth: 0, calls };
                let Some(policy) = of.policies.get(id) else { continue };
                match self.policy(scope, id, route) {
                    End::Verdict(verdict, term) => {
                        let origin = term.and_then(|t| policy.terms.get(t)).map_or(policy.origin, |t| t.origin);
                        return Decision { verdict, policy: Some(id), term, origin };
                    }
                    End::Next(pending) => default = pending.unwrap_or(default),
                }
            }
        }
        Decision { verdict: default, policy: None, term: None, origin: chain.origin }
    }

    /// What policies asked for that is not modelled, and policies that call each other in a circle; each once, in order.
    pub fn findings(&self) -> Vec<Diagnostic> {
        let notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let name = |d: DeviceId| self.network.devices.get(d).map_or(String::new(), |d| d.name.to_string());
        let one = |n: &Note| Diagnostic::new(Code(n.code), Severity::Warning, n.text.clone()).at(n.origin).on(name(n.device));
        notes.iter().map(one).collect()
    }

    /// Whether some policy asked if a route exists.
    pub fn asked_tables(&self) -> bool {
        self.asked_tables.load(Ordering::Relaxed)
    }

    fn note(&self, scope: Scope<'_>, origin: Origin, code: &'static str, text: impl FnOnce() -> String) {
        let note = Note { device: scope.device, origin, code, text: text() };
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).insert(note);
    }

    fn policy(&self, scope: Scope<'_>, id: PolicyId, route: &mut PolicyRoute) -> End {
        let Some(policy) = scope.of.policies.get(id) else { return End::Next(None) };
        if scope.depth > DEEPEST || scope.calls.get() > MOST_CALLS {
            self.note(scope, policy.origin, "R-policy-cycle", || {
                format!("policy `{}` calls itself through others; the route is refused", policy.name)
            });
            return End::Verdict(Verdict::Reject, None);
        }
        let mut pending = None;
        let mut at = 0;
        // The route as it was, kept once something has changed it, where conditions ask for that.
        let mut original: Option<PolicyRoute> = None;
        while let Some(term) = policy.terms.get(TermId::new(at)) {
            let id = TermId::new(at);
            let holds = self.holds(scope, term.origin, &term.when, original.as_mut().unwrap_or(route));
            let flow = if holds { term.then } else { term.otherwise };
            if holds && !term.actions.is_empty() {
                if scope.of.platform.policy_tests_original && original.is_none() {
                    original = Some(route.clone());
                }
                for action in &term.actions {
                    self.act(scope, term.origin, action, route);
                }
            }
            at += 1;
            match flow {
                Flow::Accept => return End::Verdict(Verdict::Accept, Some(id)),
                Flow::Reject => return End::Verdict(Verdict::Reject, Some(id)),
                Flow::Next => {}
                // A jump back would never end: it counts as a jump to the next term.
                Flow::Goto { term, pending: verdict } => {
                    at = term.index().max(at);
                    pending = verdict.or(pending);
                }
                Flow::Pending(verdict) => pending = Some(verdict),
                Flow::NextPolicy => return End::Next(pending),
            }
        }
        match (pending, policy.at_end) {
            (_, AtEnd::NextPolicy) => End::Next(pending),
            (Some(v), _) => End::Verdict(v, None),
            (None, AtEnd::Accept) => End::Verdict(Verdict::Accept, None),
            (None, AtEnd::Reject) => End::Verdict(Verdict::Reject, None),
        }
    }

    /// Runs a policy as part of another; its verdict, or the default where it has none.
    fn sub_policy(&self, scope: Scope<'_>, id: PolicyId, route: &mut PolicyRoute) -> Option<Verdict> {
        scope.calls.set(scope.calls.get() + 1);
        match self.policy(Scope { depth: scope.depth + 1, ..scope }, id, route) {
            End::Verdict(v, _) => Some(v),
            End::Next(pending) => pending,
        }
    }

    fn holds(&self, scope: Scope<'_>, origin: Origin, cond: &Cond, route: &mut PolicyRoute) -> bool {
        let of = scope.of;
        let listed = |id, addr: Option<IpAddr>| {
            let list = of.prefix_lists.get(id);
            list.zip(addr).is_some_and(|(l, a)| l.permits(&IpNet::from(a)))
        };
        let in_nets = |nets: &[IpNet], addr: Option<IpAddr>| addr.is_some_and(|a| nets.iter().any(|n| n.contains(&a)));
        match cond {
            Cond::True => true,
            Cond::False => false,
            Cond::All(list) => list.iter().all(|c| self.holds(scope, origin, c, route)),
            Cond::Any(list) => list.iter().any(|c| self.holds(scope, origin, c, route)),
            Cond::Not(c) => !self.holds(scope, origin, c, route),
            Cond::PrefixList(id) => of.prefix_lists.get(*id).is_some_and(|l| l.permits(&route.prefix)),
            Cond::Prefix(ranges) => ranges.iter().any(|r| r.holds(&route.prefix)),
            Cond::Acl(id) => of.filters.get(*id).is_some_and(|f| acl_permits(f, &route.prefix)),
            Cond::NextHopList(id) => listed(*id, route.next_hop),
            Cond::NextHop(nets) => in_nets(nets, route.next_hop),
            Cond::SourceList(id) => listed(*id, scope.ctx.neighbor),
            Cond::Neighbor(nets) => in_nets(nets, scope.ctx.neighbor),
            Cond::AsPathList(id) => of
                .as_path_lists
                .get(*id)
                .is_some_and(|l| self.cache.path_permitted(self.arena, scope.device, (*id, l), &route.as_path)),
            Cond::AsPathLength(how, n) => compare(*how, route.as_path.hops(false), *n),
            Cond::CommunityList { list, exact } => {
                let list = of.community_lists.get(*list);
                list.is_some_and(|l| self.cache.communities_permitted(l, &route.communities, *exact))
            }
            Cond::CommunityCount(how, n) => compare(*how, route.communities.len() as u32, *n),
            Cond::Metric(how, n) => compare(*how, route.metric.unwrap_or(0), *n),
            Cond::LocalPref(how, n) => compare(*how, route.local_pref, *n),
            Cond::Weight(how, n) => compare(*how, route.weight, *n),
            Cond::Distance(how, n) => compare(*how, route.distance, *n),
            Cond::Tag(tags) => tags.contains(&route.tag),
            Cond::Origin(o) => route.origin == *o,
            Cond::Source(sources) => sources.iter().any(|s| same_source(*s, route.source)),
            Cond::RouteType(kinds) => route.kind.is_some_and(|k| kinds.iter().any(|want| same_kind(*want, k))),
            Cond::Interface(ids) => route.interfaces.iter().any(|i| ids.contains(i)),
            Cond::Family(Family::Evpn) => route.evpn,
            Cond::Family(f) => !route.evpn && f.is_v6() == route.prefix.addr().is_ipv6(),
            Cond::Vrf(v) => route.vrf == *v,
            Cond::Area(areas) => route.area.is_some_and(|a| areas.contains(&a)),
            Cond::Level(l) => route.level == Some(*l),
            Cond::Policy(id) => {
                let mut copy = route.clone();
                self.sub_policy(scope, *id, &mut copy).unwrap_or(scope.default) == Verdict::Accept
            }
            Cond::Apply(id) => {
                let before = route.clone();
                let taken = self.sub_policy(scope, *id, route) != Some(Verdict::Reject);
                if !taken {
                    *route = before;
                }
                taken
            }
            Cond::RouteExists { .. } if scope.ctx.conditions_hold => true,
            Cond::RouteExists { vrf, prefix } => {
                self.asked_tables.store(true, Ordering::Relaxed);
                (vrf.index() < of.vrfs.len())
                    && self.rib.get(self.arena, self.network.node(scope.device, *vrf), &prefix.trunc()).is_some()
            }
            Cond::RpkiNotFound => true,
            Cond::Unmodelled(what) => {
                self.note(scope, origin, "M-policy-condition", || {
                    format!("a route met the condition `{what}`, which is not modelled: it was taken not to hold")
                });
                false
            }
        }
    }

    fn act(&self, scope: Scope<'_>, origin: Origin, action: &Action, route: &mut PolicyRoute) {
        match action {
            Action::LocalPref(n) => {
                route.local_pref = apply(*n, route.local_pref);
                route.set.local_pref = true;
            }
            Action::Metric(n) => {
                route.metric = Some(apply(*n, route.metric.unwrap_or(0)));
                route.set.metric = true;
                route.set.metric_igp = false;
            }
            Action::MetricEigrp(m) => route.set.metric_eigrp = Some(*m),
            Action::MetricIgp => route.set.metric_igp = true,
            Action::Weight(n) => {
                route.weight = *n;
                route.set.weight = true;
            }
            Action::Distance(n) => {
                route.distance = *n;
                route.set.distance = Some(*n);
            }
            Action::Tag(n) => {
                route.tag = *n;
                route.set.tag = true;
            }
            Action::Origin(o) => {
                route.origin = *o;
                route.set.origin = true;
            }
            Action::Prepend(asns) => {
                route.as_path.prepend(asns);
                route.set.prepended = route.set.prepended.saturating_add(asns.len() as u32);
            }
            Action::PrependLast(n) => {
                if let Some(first) = route.as_path.first_as() {
                    route.as_path.prepend(&vec![first; (*n).min(255) as usize]);
                }
            }
            Action::PrependOwn(n) => route.as_path.prepend(&vec![scope.ctx.own_as; (*n).min(255) as usize]),
            Action::ReplaceAsPath(AsPathReplacement::All(asns)) => route.as_path = AsPath::sequence(asns),
            Action::ReplaceAsPath(AsPathReplacement::WithOwn(which)) => {
                for asn in asns_mut(&mut route.as_path) {
                    if which.is_empty() || which.contains(asn) {
                        *asn = scope.ctx.own_as;
                    }
                }
            }
            Action::ExcludeAs(which) => {
                for s in &mut route.as_path.segments {
                    segment_mut(s).retain(|a| !which.contains(a));
                }
                route.as_path.segments.retain_mut(|s| !segment_mut(s).is_empty());
            }
            Action::Community(edit) => self.edit_communities(scope, edit, &mut route.communities),
            Action::NextHop(edit) => {
                route.set.next_hop = Some(*edit);
                route.next_hop = match edit {
                    NextHopEdit::Address(a) => Some(*a),
                    NextHopEdit::Own => scope.ctx.own_address.or(route.next_hop),
                    NextHopEdit::Peer => scope.ctx.neighbor.or(route.next_hop),
                    NextHopEdit::Unchanged => route.next_hop,
                    NextHopEdit::Discard => None,
                };
            }
            Action::OspfMetricType(t) => route.set.ospf_metric_type = Some(*t),
            Action::IsisMetricExternal(e) => route.set.isis_metric_external = Some(*e),
            Action::IsisLevel(l) => route.set.isis_level = Some(*l),
            Action::ForwardingAddress(a) => route.set.forwarding_address = Some(*a),
            Action::Unmodelled(what) => self.note(scope, origin, "M-policy-action", || {
                format!("a route met the action `{what}`, which is not modelled: it was left as it was")
            }),
        }
    }

    fn edit_communities(&self, scope: Scope<'_>, edit: &CommunityEdit, communities: &mut Vec<Community>) {
        let add = |communities: &mut Vec<Community>, new: &[Community]| {
            for c in new {
                if !communities.contains(c) {
                    communities.push(*c);
                }
            }
        };
        match edit {
            CommunityEdit::Set(new) => {
                let kinds = Kinds::of(new);
                communities.retain(|c| !kinds.has(c));
                add(communities, new);
            }
            CommunityEdit::Add(new) => add(communities, new),
            CommunityEdit::Delete(gone) => communities.retain(|c| !gone.contains(c)),
            CommunityEdit::DeleteList(id) => {
                if let Some(list) = scope.of.community_lists.get(*id) {
                    communities.retain(|c| !self.cache.permits_one(list, *c));
                }
            }
            CommunityEdit::DeleteAll { all_kinds: true } => communities.clear(),
            CommunityEdit::DeleteAll { all_kinds: false } => communities.retain(|c| !matches!(c, Community::Standard(_))),
        }
    }
}

fn segment_mut(s: &mut Segment) -> &mut Vec<u32> {
    match s {
        Segment::Sequence(v) | Segment::Set(v) | Segment::ConfedSequence(v) | Segment::ConfedSet(v) => v,
    }
}

fn asns_mut(path: &mut AsPath) -> impl Iterator<Item = &mut u32> {
    path.segments.iter_mut().flat_map(segment_mut)
}

fn apply(n: Number, old: u32) -> u32 {
    match n {
        Number::Set(v) => v,
        Number::Add(v) => old.saturating_add(v),
        Number::Subtract(v) => old.saturating_sub(v),
    }
}

fn compare(how: Compare, a: u32, b: u32) -> bool {
    match how {
        Compare::Eq => a == b,
        Compare::Ne => a != b,
        Compare::Le => a <= b,
        Compare::Ge => a >= b,
    }
}

/// Whether a route's source is the one asked for; `Ospf(None)` asks for any process.
pub fn same_source(want: RouteSource, is: RouteSource) -> bool {
    use RouteSource as S;
    match (want, is) {
        (S::Ospf(None), S::Ospf(_)) | (S::Isis(None), S::Isis(_)) | (S::Eigrp(None), S::Eigrp(_)) => true,
        (S::Bgp, S::BgpVpn) => true,
        _ => want == is,
    }
}

/// Whether a route's kind is the one asked for or falls under it.
pub fn same_kind(want: RouteType, is: RouteType) -> bool {
    use RouteType as T;
    match want {
        T::External => matches!(is, T::External | T::OspfE1 | T::OspfE2 | T::OspfN1 | T::OspfN2 | T::BgpExternal),
        T::Internal => matches!(is, T::Internal | T::OspfIntra | T::OspfInter | T::BgpInternal),
        _ => want == is,
    }
}
