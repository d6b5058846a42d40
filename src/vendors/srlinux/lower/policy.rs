//! Routing policies: statements become terms, a policy without a default action hands over to the next.

use super::{Lower, Named};
use crate::base::span::Origin;
use crate::model::policy::{
    Action, AsPathLine, AsPathList, AsPathReplacement, AtEnd, CommunityEdit, CommunityLine, CommunityList, CommunityListId,
    CommunityMatch, Cond, Flow, NextHopEdit, Policy, PolicyChain, PolicyId, PrefixLine, PrefixList, RouteSource, Term, Verdict,
};
use crate::model::route::Community;
use crate::vendors::regex;
use crate::vendors::srlinux::config::{self, Change, Match};

impl Lower<'_, '_> {
    pub(super) fn make_policies(&mut self) {
        let config = self.config;
        for ((name, origin), ranges) in &config.prefix_sets {
            let lines = ranges.iter().map(|(range, origin)| PrefixLine { permit: true, range: *range, origin: *origin });
            let list = PrefixList { name: name.clone(), origin: *origin, lines: lines.collect() };
            self.prefix_sets.insert(name.clone(), self.device.prefix_lists.push(list));
        }
        for ((name, origin), expressions) in &config.as_path_sets {
            let mut lines = Vec::new();
            for (text, at) in expressions {
                // An expression is over AS numbers and covers the whole path ("as-path-set expression").
                match regex::junos_as_path(text.trim_matches('"')) {
                    Ok(regex) => lines.push(AsPathLine { permit: true, regex, text: text.clone(), origin: *at }),
                    Err(why) => self.error("V-invalid-value", *at, format!("`{text}` is not an AS-path expression: {why}")),
                }
            }
            let list = AsPathList { name: name.clone(), origin: *origin, lines };
            self.as_path_sets.insert(name.clone(), self.device.as_path_lists.push(list));
        }
        for p in &config.policies {
            let policy = Policy { name: p.name.clone(), origin: p.origin, at_end: AtEnd::NextPolicy, ..Policy::default() };
            self.policies.insert(p.name.clone(), self.device.policies.push(policy));
        }
        for p in &config.policies {
            let Some(id) = self.policies.get(&p.name).copied() else { continue };
            let mut terms: Vec<Term> = p.statements.iter().map(|s| self.term(s)).collect();
            if let Some((verdict, changes)) = &p.default {
                terms.push(Term {
                    name: "default-action".into(),
                    origin: p.origin,
                    when: Cond::True,
                    actions: changes.iter().flat_map(|c| self.action(c)).collect(),
                    then: flow(*verdict),
                    otherwise: Flow::Next,
                });
            }
            self.device.policies[id].terms = terms.into_iter().collect();
        }
    }

    fn term(&mut self, s: &config::Statement) -> Term {
        let mut when: Vec<Cond> = s.matches.iter().map(|m| self.condition(m)).collect();
        Term {
            name: s.name.clone(),
            origin: s.origin,
            when: match when.len() {
                0 => Cond::True,
                1 => when.pop().unwrap_or(Cond::True),
                _ => Cond::All(when),
            },
            actions: s.changes.iter().flat_map(|c| self.action(c)).collect(),
            // Without a result the next statement is looked at.
            then: s.verdict.map_or(Flow::Next, flow),
            otherwise: Flow::Next,
        }
    }

    fn condition(&mut self, m: &Match) -> Cond {
        let not = |yes: bool, c: Cond| if yes { Cond::Not(Box::new(c)) } else { c };
        match m {
            Match::PrefixSet((name, _), invert) => {
                self.prefix_sets.get(name).map_or(Cond::False, |id| not(*invert, Cond::PrefixList(*id)))
            }
            Match::NextHop((name, _)) => self.prefix_sets.get(name).map_or(Cond::False, |id| Cond::NextHopList(*id)),
            Match::AsPathSet((name, _), invert) => {
                self.as_path_sets.get(name).map_or(Cond::False, |id| not(*invert, Cond::AsPathList(*id)))
            }
            Match::CommunitySet((name, _), how) => match self.config.community_sets.iter().find(|s| s.name.0 == *name) {
                Some(set) => {
                    let how = how.as_deref().or(set.how.as_deref());
                    let list = self.community_list(set, if how == Some("all") { "all" } else { "any" });
                    not(how == Some("invert"), Cond::CommunityList { list, exact: false })
                }
                None => Cond::False,
            },
            Match::Protocol(word) => source(word).map_or(Cond::False, |s| Cond::Source(vec![s])),
            Match::Family(families) => Cond::Any(families.iter().map(|f| Cond::Family(*f)).collect()),
            Match::AsPathLength(how, n) => Cond::AsPathLength(*how, *n),
            Match::LocalPref(how, n) => Cond::LocalPref(*how, *n),
            Match::Med(how, n) => Cond::Metric(*how, *n),
            Match::IsisLevel(n) => Cond::Level(*n),
            Match::RouteType(kind) => Cond::RouteType(vec![*kind]),
            Match::Area(a) => Cond::Area(vec![*a]),
            Match::TagSet((name, _)) => {
                let set = self.config.tag_sets.iter().find(|s| s.0.0 == *name);
                set.map_or(Cond::False, |s| Cond::Tag(s.1.clone()))
            }
            Match::Policy((name, _)) => self.policies.get(name).map_or(Cond::False, |id| Cond::Policy(*id)),
            Match::Neighbor(nets) => Cond::Neighbor(nets.clone()),
            Match::Unmodelled(what) => Cond::Unmodelled(what.clone()),
        }
    }

    /// The list of a community set: a line a member (any holds), or one line with all of them.
    fn community_list(&mut self, set: &config::CommunitySet, how: &'static str) -> CommunityListId {
        let key = (set.name.0.clone(), how);
        if let Some(id) = self.communities.get(&key) {
            return *id;
        }
        let line = |matches, origin| CommunityLine { permit: true, matches, origin };
        let lines = match how {
            _ if set.members.is_empty() => Vec::new(),
            "all" => vec![line(CommunityMatch::AllOf(set.members.iter().map(|m| m.0.clone()).collect()), set.name.1)],
            _ => set.members.iter().map(|(m, origin)| line(m.clone(), *origin)).collect(),
        };
        let list = CommunityList { name: set.name.0.clone(), origin: set.name.1, lines };
        let id = self.device.community_lists.push(list);
        self.communities.insert(key, id);
        id
    }

    fn communities(&mut self, (name, origin): &Named) -> Vec<Community> {
        let Some(set) = self.config.community_sets.iter().find(|s| s.name.0 == *name) else { return Vec::new() };
        let plain: Vec<&Vec<Community>> = set
            .members
            .iter()
            .filter_map(|(m, _)| match m {
                CommunityMatch::All(list) => Some(list),
                _ => None,
            })
            .collect();
        if plain.len() < set.members.len() {
            self.error("V-invalid-value", *origin, format!("community set `{name}` holds a pattern and cannot be added"));
        }
        plain.into_iter().flatten().copied().collect()
    }

    fn action(&mut self, c: &Change) -> Option<Action> {
        Some(match c {
            // `auto`: the own AS.
            Change::Prepend(0, times) => Action::PrependOwn(*times),
            Change::Prepend(asn, times) => Action::Prepend(vec![*asn; (*times).min(50) as usize]),
            Change::ReplaceAsPath(ases) => Action::ReplaceAsPath(AsPathReplacement::All(ases.clone())),
            Change::RemoveAsPath => Action::ReplaceAsPath(AsPathReplacement::All(Vec::new())),
            Change::CommunityAdd(named) => Action::Community(CommunityEdit::Add(self.communities(named))),
            Change::CommunityReplace(named) => Action::Community(CommunityEdit::Set(self.communities(named))),
            Change::CommunityRemove((name, _)) => {
                let set = self.config.community_sets.iter().find(|s| s.name.0 == *name)?;
                Action::Community(CommunityEdit::DeleteList(self.community_list(set, "any")))
            }
            Change::LocalPref(n) => Action::LocalPref(*n),
            Change::Med(n) | Change::Metric(n) => Action::Metric(*n),
            Change::MedIgp => Action::MetricIgp,
            Change::Origin(o) => Action::Origin(*o),
            Change::NextHop(ip) => Action::NextHop(NextHopEdit::Address(*ip)),
            Change::NextHopSelf => Action::NextHop(NextHopEdit::Own),
            Change::MetricType(n) => Action::OspfMetricType(*n),
            Change::Tag(n) => Action::Tag(*n),
            Change::Level(n) => Action::IsisLevel(*n),
            Change::Preference(n) => Action::Distance(*n),
            Change::Unmodelled(what) => Action::Unmodelled(what.clone()),
        })
    }

    // ----- chains ---------------------------------------------------------------------------

    /// Policies in a row; one that is not defined is reported by its reference and left out.
    pub(super) fn chain(&self, names: &[Named]) -> PolicyChain {
        PolicyChain {
            policies: names.iter().filter_map(|(n, _)| self.policies.get(n).copied()).collect(),
            at_end: Verdict::Reject,
            origin: names.first().map_or(Origin::NONE, |n| n.1),
        }
    }

    /// Which routes BGP sends where no policy decides: its own, unless `reject`.
    pub(super) fn bgp_export(&mut self, names: &[Named], reject: bool) -> PolicyChain {
        let mut out = self.chain(names);
        if !reject {
            // It stands first and only sets the pending verdict, so that the policies overrule it.
            out.policies.insert(0, self.default_export());
        }
        out
    }

    fn default_export(&mut self) -> PolicyId {
        if let Some(id) = self.default_export {
            return id;
        }
        let term = Term {
            name: "BGP routes".into(),
            origin: Origin::NONE,
            when: Cond::Source(vec![RouteSource::Bgp]),
            actions: Vec::new(),
            then: Flow::Pending(Verdict::Accept),
            otherwise: Flow::Next,
        };
        let id = self.device.policies.push(Policy {
            name: "(default BGP export policy)".into(),
            origin: Origin::NONE,
            terms: [term].into_iter().collect(),
            at_end: AtEnd::NextPolicy,
        });
        self.default_export = Some(id);
        id
    }
}

fn flow(verdict: config::Verdict) -> Flow {
    match verdict {
        config::Verdict::Accept => Flow::Accept,
        config::Verdict::Reject => Flow::Reject,
        config::Verdict::NextPolicy => Flow::NextPolicy,
        config::Verdict::NextStatement => Flow::Next,
    }
}

/// Where routes come from, in SR Linux's words; `None`: from something that is not computed here, so no route does.
fn source(word: &str) -> Option<RouteSource> {
    Some(match word {
        "local" => RouteSource::Connected,
        "host" => RouteSource::Local,
        "static" => RouteSource::Static,
        "aggregate" => RouteSource::Aggregate,
        "bgp" => RouteSource::Bgp,
        "ospf" | "ospfv2" | "ospfv3" => RouteSource::Ospf(None),
        "isis" => RouteSource::Isis(None),
        _ => return None,
    })
}
