//! Lists and route-maps.

use super::Lowering;
use crate::base::id::Id;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::policy::{
    Action, AsPathLine, AsPathList, AsPathListId, AtEnd, CommunityEdit, CommunityLine, CommunityList, CommunityListId, Compare,
    Cond, Flow, NextHopEdit, Number, Policy, PolicyId, PrefixList, PrefixListId, RouteSource, Term, TermId, Verdict,
};
use crate::model::route::{Community, Family};
use crate::vendors::nxos::config::{CommunityKind, MapEntry, Match, RouteMap, Set, Source};

impl Lowering<'_> {
    pub(super) fn lists(&mut self) {
        let config = self.config;
        for (v6, lists) in [(false, &config.prefix_lists), (true, &config.prefix_lists_v6)] {
            for (name, list) in lists.iter() {
                let lines = list.lines.values().copied().collect();
                let id = self.device.prefix_lists.push(PrefixList { name: name.into(), origin: list.origin, lines });
                self.prefix_lists.insert((v6, name.into()), id);
            }
        }
        for (name, list) in config.as_path_lists.iter() {
            let lines = list.lines.values().map(|(permit, regex, text, origin)| AsPathLine {
                permit: *permit,
                regex: regex.clone(),
                text: text.clone(),
                origin: *origin,
            });
            let lines = lines.collect();
            let id = self.device.as_path_lists.push(AsPathList { name: name.into(), origin: list.origin, lines });
            self.as_path_lists.insert(name.into(), id);
        }
        let all = [
            (CommunityKind::Standard, &config.community_lists),
            (CommunityKind::Extended, &config.ext_community_lists),
            (CommunityKind::Large, &config.large_community_lists),
        ];
        for (kind, lists) in all {
            for (name, list) in lists.iter() {
                let lines = list.lines.values().map(|(permit, matches, origin)| CommunityLine {
                    permit: *permit,
                    matches: matches.clone(),
                    origin: *origin,
                });
                let lines = lines.collect();
                let id = self.device.community_lists.push(CommunityList { name: name.into(), origin: list.origin, lines });
                self.community_lists.insert((number(kind), name.into()), id);
            }
        }
    }

    pub(super) fn route_maps(&mut self) {
        let config = self.config;
        for (name, map) in config.route_maps.iter() {
            let terms: Vec<Term> = map.entries.iter().map(|(&seq, entry)| self.term(map, seq, entry)).collect();
            let terms = terms.into_iter().collect();
            let id = self.device.policies.push(Policy { name: name.into(), origin: map.origin, terms, at_end: AtEnd::Reject });
            self.route_maps.insert(name.into(), id);
        }
    }

    fn term(&mut self, map: &RouteMap, seq: u32, entry: &MapEntry) -> Term {
        // Statements of one kind are alternatives, kinds add up.
        let mut kinds: Vec<(u8, Vec<Cond>)> = Vec::new();
        for m in &entry.matches {
            let conditions = self.conditions(m);
            match kinds.iter_mut().find(|(k, _)| *k == m.kind()) {
                Some((_, all)) => all.extend(conditions),
                None => kinds.push((m.kind(), conditions)),
            }
        }
        let mut all: Vec<Cond> =
            kinds.into_iter().map(|(_, mut any)| if any.len() == 1 { any.remove(0) } else { Cond::Any(any) }).collect();
        let when = match all.len() {
            0 => Cond::True,
            1 => all.remove(0),
            _ => Cond::All(all),
        };
        let position = |n: u32| map.entries.range(..n).count();
        let then = match (entry.permit, entry.goes_on) {
            (false, _) => Flow::Reject,
            (true, None) => Flow::Accept,
            (true, Some(n)) if n > seq && map.entries.contains_key(&n) => {
                Flow::Goto { term: TermId::new(position(n)), pending: Some(Verdict::Accept) }
            }
            // To an entry that does not exist: the map ends there and permits.
            (true, Some(_)) => Flow::Accept,
        };
        let actions = entry.sets.iter().filter_map(|s| self.action(s)).collect();
        Term { name: seq.to_string().into(), origin: entry.origin, when, actions, then, otherwise: Flow::Next }
    }

    /// The alternatives of a statement. A list that is not defined holds for nothing.
    fn conditions(&mut self, m: &Match) -> Vec<Cond> {
        let lists = |l: &Self, v6: bool, names: &[Name], make: fn(PrefixListId) -> Cond| -> Vec<Cond> {
            let one = |n: &Name| l.prefix_lists.get(&(v6, n.clone())).map_or(Cond::False, |id| make(*id));
            names.iter().map(one).collect()
        };
        match m {
            Match::PrefixLists { v6, names } => lists(self, *v6, names, Cond::PrefixList),
            Match::NextHopLists { v6, names } => lists(self, *v6, names, Cond::NextHopList),
            Match::SourceLists { v6, names } => lists(self, *v6, names, Cond::SourceList),
            Match::Acl { v6, name } => vec![match self.filters.get(&(*v6, name.clone())) {
                Some(id) => Cond::All(vec![Cond::Family(if *v6 { Family::V6 } else { Family::V4 }), Cond::Acl(*id)]),
                None => Cond::False,
            }],
            Match::AsPaths(names) => {
                names.iter().map(|n| self.as_path_lists.get(n).map_or(Cond::False, |id| Cond::AsPathList(*id))).collect()
            }
            Match::AsNumbers(ranges, names) => {
                let mut out: Vec<Cond> =
                    names.iter().map(|n| self.as_path_lists.get(n).map_or(Cond::False, |id| Cond::AsPathList(*id))).collect();
                // In a route's policy the number is that of the neighbour, the first of the path.
                if ranges.iter().all(|(a, b)| a == b) {
                    out.extend(ranges.iter().map(|&(asn, _)| Cond::AsPathList(self.path_from(asn))));
                } else {
                    out.push(Cond::Unmodelled("match as-number with ranges".into()));
                }
                out
            }
            Match::Communities { names, kind, exact } => {
                let one = |name: &Name| {
                    let id = self.community_lists.get(&(number(*kind), name.clone()));
                    id.map_or(Cond::False, |id| Cond::CommunityList { list: *id, exact: *exact })
                };
                names.iter().map(one).collect()
            }
            Match::Metric(ranges) => ranges
                .iter()
                .map(|&(a, b)| {
                    if a == b {
                        Cond::Metric(Compare::Eq, a)
                    } else {
                        Cond::All(vec![Cond::Metric(Compare::Ge, a), Cond::Metric(Compare::Le, b)])
                    }
                })
                .collect(),
            Match::Tags(tags) => vec![Cond::Tag(tags.clone())],
            Match::LocalPref(all) => all.iter().map(|n| Cond::LocalPref(Compare::Eq, *n)).collect(),
            Match::Sources(sources) => vec![Cond::Source(
                sources
                    .iter()
                    .map(|s| match s {
                        Source::Direct => RouteSource::Connected,
                        Source::Static => RouteSource::Static,
                        Source::Ospf | Source::Ospf3 => RouteSource::Ospf(None),
                        Source::Isis => RouteSource::Isis(None),
                        Source::Eigrp => RouteSource::Eigrp(None),
                        Source::Bgp => RouteSource::Bgp,
                        Source::Rip => RouteSource::Rip,
                    })
                    .collect(),
            )],
            Match::Interfaces(names) => {
                vec![Cond::Interface(names.iter().filter_map(|n| self.interface(n)).collect())]
            }
            Match::Types(types) => vec![Cond::RouteType(types.clone())],
            Match::Area(areas) => vec![Cond::Area(areas.clone())],
            Match::Unmodelled(text) => vec![Cond::Unmodelled(text.clone())],
        }
    }

    /// A list of the paths that begin with an AS (`match as-number N`).
    fn path_from(&mut self, asn: u32) -> AsPathListId {
        let name: Name = format!("match as-number {asn}").into();
        if let Some(&id) = self.as_path_lists.get(&name) {
            return id;
        }
        let line = AsPathLine { permit: true, regex: format!("^{asn} "), text: name.clone(), origin: Origin::NONE };
        let id = self.device.as_path_lists.push(AsPathList { name: name.clone(), origin: Origin::NONE, lines: vec![line] });
        self.as_path_lists.insert(name, id);
        id
    }

    fn action(&self, set: &Set) -> Option<Action> {
        Some(match set {
            Set::LocalPref(n) => Action::LocalPref(Number::Set(*n)),
            Set::Metric(n) => Action::Metric(*n),
            Set::MetricIgp => Action::MetricIgp,
            Set::MetricType(n) => Action::OspfMetricType(*n),
            Set::IsisMetricExternal(on) => Action::IsisMetricExternal(*on),
            Set::IsisLevel(n) => Action::IsisLevel(*n),
            Set::Tag(n) => Action::Tag(*n),
            Set::Weight(n) => Action::Weight(*n),
            Set::Distance(n) => Action::Distance(*n),
            Set::Origin(o) => Action::Origin(*o),
            Set::Prepend(path) => Action::Prepend(path.clone()),
            Set::PrependLast(n) => Action::PrependLast(*n),
            Set::Communities { values, additive } => {
                let values: Vec<Community> = values.clone();
                Action::Community(if *additive { CommunityEdit::Add(values) } else { CommunityEdit::Set(values) })
            }
            Set::NoCommunities => Action::Community(CommunityEdit::Set(Vec::new())),
            Set::DeleteCommunities { name, kind } => {
                let id: CommunityListId = *self.community_lists.get(&(number(*kind), name.clone()))?;
                Action::Community(CommunityEdit::DeleteList(id))
            }
            Set::NextHop(ip) => Action::NextHop(NextHopEdit::Address(*ip)),
            Set::NextHopPeer => Action::NextHop(NextHopEdit::Peer),
            Set::NextHopUnchanged => Action::NextHop(NextHopEdit::Unchanged),
            Set::ForwardingAddress(ip) => Action::ForwardingAddress(*ip),
            Set::Discard => Action::NextHop(NextHopEdit::Discard),
            Set::Unmodelled(text) => Action::Unmodelled(text.clone()),
        })
    }

    /// A policy that accepts what a condition holds for and refuses the rest.
    pub(super) fn verdict_policy(&mut self, name: String, origin: Origin, when: Cond) -> PolicyId {
        let key = format!("{name} accepts");
        if let Some(&id) = self.made.get(&key) {
            return id;
        }
        let term = Term { name: "".into(), origin, when, actions: Vec::new(), then: Flow::Accept, otherwise: Flow::Reject };
        let terms = [term].into_iter().collect();
        let id = self.device.policies.push(Policy { name: name.into(), origin, terms, at_end: AtEnd::Reject });
        self.made.insert(key, id);
        id
    }
}

fn number(kind: CommunityKind) -> u8 {
    match kind {
        CommunityKind::Standard => 0,
        CommunityKind::Extended => 1,
        CommunityKind::Large => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;
    use super::*;

    #[test]
    fn kinds_add_up_and_names_are_alternatives() {
        let d = device(
            "ip prefix-list A permit 10.0.0.0/8\nip prefix-list B permit 11.0.0.0/8\nip community-list standard C permit 1:1\nroute-map M permit 10\n  match ip address prefix-list A B\n  match community C NONE\n  match tag 5\n  set metric 7\n  set comm-list C delete\n  continue 30\nroute-map M permit 20\n  match ip address prefix-list NONE\n  continue 25\nroute-map M deny 30\n",
        );
        let p = &d.policies[PolicyId(0)];
        let t = &p.terms[TermId(0)];
        let Cond::All(parts) = &t.when else { panic!("{:?}", t.when) };
        assert!(matches!(&parts[0], Cond::Any(a) if a.len() == 2));
        assert!(matches!(&parts[1], Cond::Any(a) if matches!(a[1], Cond::False)));
        assert!(matches!(&parts[2], Cond::Tag(t) if *t == [5]));
        assert_eq!((t.actions.len(), t.then), (2, Flow::Goto { term: TermId(2), pending: Some(Verdict::Accept) }));
        assert!(matches!(p.terms[TermId(1)].when, Cond::False));
        assert_eq!((p.terms[TermId(1)].then, p.terms[TermId(2)].then), (Flow::Accept, Flow::Reject));
    }
}
