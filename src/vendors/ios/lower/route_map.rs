//! Route-maps to policies.

use super::Lowering;
use crate::base::id::{Id, IdVec};
use crate::model::device::Name;
use crate::model::policy::{Action, AtEnd, CommunityEdit, Compare, Cond, Flow, NextHopEdit, Policy, Term, TermId, Verdict};
use crate::model::route::Family;
use crate::vendors::ios::config::{Match, MetricKind, RouteMap, Set};

impl Lowering<'_> {
    /// Gives each route-map its id, so that anything may refer to it.
    pub(super) fn name_route_maps(&mut self) {
        for (name, map) in &self.config.route_maps.items {
            let id = self.device.policies.push(Policy { name: name.clone(), origin: map.origin, ..Policy::default() });
            self.maps.insert(name.clone(), id);
        }
    }

    pub(super) fn route_maps(&mut self) {
        for (name, map) in &self.config.route_maps.items {
            let Some(&id) = self.maps.get(name) else { continue };
            let terms = self.terms(map);
            let policy = &mut self.device.policies[id];
            policy.terms = terms;
            policy.at_end = AtEnd::Reject;
        }
    }

    fn terms(&mut self, map: &RouteMap) -> IdVec<TermId, Term> {
        let numbers: Vec<u32> = map.entries.keys().copied().collect();
        let mut terms = IdVec::new();
        for (at, (seq, entry)) in map.entries.iter().enumerate() {
            let verdict = if entry.deny { Verdict::Reject } else { Verdict::Accept };
            let then = match entry.goto {
                None if entry.deny => Flow::Reject,
                None => Flow::Accept,
                Some(target) => {
                    // A number that does not exist: the entries after it come next.
                    let to = target.map_or(at + 1, |t| numbers.partition_point(|n| *n < t).max(at + 1));
                    Flow::Goto { term: TermId::new(to), pending: Some(verdict) }
                }
            };
            terms.push(Term {
                name: seq.to_string().into(),
                origin: entry.origin,
                when: self.condition(&entry.matches),
                actions: if entry.deny { Vec::new() } else { entry.sets.iter().flat_map(|s| self.actions(s)).collect() },
                then,
                otherwise: Flow::Next,
            });
        }
        terms
    }

    /// All kinds of condition must hold; within a kind, one (Cisco, "route-map": like matches are or-ed, unlike ones and-ed).
    fn condition(&mut self, matches: &[Match]) -> Cond {
        let mut kinds: Vec<(u8, Vec<Cond>)> = Vec::new();
        for m in matches {
            let cond = self.one_match(m);
            match kinds.iter_mut().find(|(k, _)| *k == m.kind()) {
                Some((_, conds)) => conds.push(cond),
                None => kinds.push((m.kind(), vec![cond])),
            }
        }
        let mut all: Vec<Cond> = kinds.into_iter().map(|(_, conds)| any(conds)).collect();
        match all.len() {
            0 => Cond::True,
            1 => all.swap_remove(0),
            _ => Cond::All(all),
        }
    }

    fn one_match(&mut self, m: &Match) -> Cond {
        match m {
            Match::Acls(f, names) => self.any_list(*f, names, false),
            Match::PrefixLists(f, names) => self.any_list(*f, names, true),
            Match::NextHopAcls(f, names) => self.address_lists(*f, names, false, Cond::NextHopList),
            Match::NextHopPrefixLists(f, names) => self.address_lists(*f, names, true, Cond::NextHopList),
            Match::SourceAcls(f, names) => self.address_lists(*f, names, false, Cond::SourceList),
            Match::SourcePrefixLists(f, names) => self.address_lists(*f, names, true, Cond::SourceList),
            // Lists of paths and communities that are not defined match nothing.
            Match::AsPaths(names) => {
                any(names.iter().filter_map(|n| self.as_paths.get(n)).map(|&id| Cond::AsPathList(id)).collect())
            }
            Match::Communities(names, exact) => any(names
                .iter()
                .filter_map(|n| self.communities.get(n))
                .map(|&list| Cond::CommunityList { list, exact: *exact })
                .collect()),
            Match::ExtCommunities(names) => any(names
                .iter()
                .filter_map(|n| self.extcommunities.get(n))
                .map(|&list| Cond::CommunityList { list, exact: false })
                .collect()),
            Match::Metric(ranges) => any(ranges
                .iter()
                .map(|&(a, b)| {
                    if a == b {
                        Cond::Metric(Compare::Eq, a)
                    } else {
                        Cond::All(vec![Cond::Metric(Compare::Ge, a), Cond::Metric(Compare::Le, b)])
                    }
                })
                .collect()),
            Match::Tags(tags) => Cond::Tag(tags.clone()),
            Match::LocalPref(values) => any(values.iter().map(|&v| Cond::LocalPref(Compare::Eq, v)).collect()),
            Match::Interfaces(names) => Cond::Interface(names.iter().filter_map(|n| self.interfaces.get(n).copied()).collect()),
            Match::Types(types) => Cond::RouteType(types.clone()),
            Match::Sources(sources) => Cond::Source(sources.iter().filter_map(|s| self.source(s, Family::V4)).collect()),
            Match::Other(what) => Cond::Unmodelled(what.clone()),
        }
    }

    fn address_lists(
        &mut self,
        family: Family,
        names: &[Name],
        prefix_lists: bool,
        make: fn(crate::model::policy::PrefixListId) -> Cond,
    ) -> Cond {
        let slot = usize::from(family.is_v6());
        let mut conds = Vec::new();
        for name in names {
            if prefix_lists {
                conds.extend(self.prefix_lists[slot].get(name).map(|&id| make(id)));
            } else if self.acls[slot].contains_key(name) {
                conds.push(self.acl_as_prefix_list(family, name).map_or_else(|| Cond::Unmodelled(name.clone()), make));
            }
        }
        if conds.is_empty() { Cond::True } else { any(conds) }
    }

    fn actions(&self, set: &Set) -> Vec<Action> {
        vec![match set {
            Set::LocalPref(v) => Action::LocalPref(crate::model::policy::Number::Set(*v)),
            Set::Metric(n) => Action::Metric(*n),
            Set::MetricEigrp(m) => Action::MetricEigrp(*m),
            Set::MetricType(MetricKind::One) => Action::OspfMetricType(1),
            Set::MetricType(MetricKind::Two) => Action::OspfMetricType(2),
            // For BGP: MED is the IGP metric of the next hop; for IS-IS: an internal metric.
            Set::MetricType(MetricKind::Internal) => return vec![Action::MetricIgp, Action::IsisMetricExternal(false)],
            Set::MetricType(MetricKind::External) => Action::IsisMetricExternal(true),
            Set::Weight(v) => Action::Weight(*v),
            Set::Tag(v) => Action::Tag(*v),
            Set::Distance(v) => Action::Distance(*v),
            Set::Origin(o) => Action::Origin(*o),
            Set::Prepend(path) => Action::Prepend(path.clone()),
            Set::PrependLast(n) => Action::PrependLast(*n),
            Set::ReplacePath(r) => Action::ReplaceAsPath(r.clone()),
            Set::Community(list, true) => Action::Community(CommunityEdit::Add(list.clone())),
            Set::Community(list, false) => Action::Community(CommunityEdit::Set(list.clone())),
            Set::NoCommunity => Action::Community(CommunityEdit::Set(Vec::new())),
            Set::DeleteCommunities(name) => match self.communities.get(name) {
                Some(&id) => Action::Community(CommunityEdit::DeleteList(id)),
                None => return Vec::new(),
            },
            Set::DeleteExtCommunities(name) => match self.extcommunities.get(name) {
                Some(&id) => Action::Community(CommunityEdit::DeleteList(id)),
                None => return Vec::new(),
            },
            Set::NextHop(edit) => Action::NextHop(*edit),
            Set::Level(l) => Action::IsisLevel(*l),
            Set::ForwardingAddress(ip) => Action::ForwardingAddress(*ip),
            Set::Discard => Action::NextHop(NextHopEdit::Discard),
            Set::Other(_) => return Vec::new(),
        }]
    }
}

fn any(mut conds: Vec<Cond>) -> Cond {
    match conds.len() {
        0 => Cond::False,
        1 => conds.swap_remove(0),
        _ => Cond::Any(conds),
    }
}
