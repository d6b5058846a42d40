//! Policy statements, chains of them, logical expressions over them.

use super::Lower;
use super::conditions::{made, of_sources};
use crate::base::Map;
use crate::base::span::Origin;
use crate::model::policy::{
    Action, AsPathReplacement, AtEnd, CommunityEdit, Cond, Flow, NextHopEdit, Policy, PolicyChain, PolicyId, RouteSource, Term,
    Verdict,
};
use crate::model::route::Community;
use crate::vendors::sros::config::{ActionKind, Chain, Expression, From, Named, Set, Statement, Then};

/// How deep policies may call each other: "sub-policies … up to three levels of nesting" ("Policy statement chaining and logical
/// expressions", SR OS unicast routing guide).
const MAX_NESTING: usize = 3;

impl Lower<'_, '_> {
    pub(super) fn make_policies(&mut self) {
        let config = self.config;
        for s in &config.policy.statements {
            let id = self.device.policies.push(Policy {
                name: s.name.clone(),
                origin: s.origin,
                at_end: AtEnd::NextPolicy,
                ..Policy::default()
            });
            self.policies.insert(s.name.clone(), id);
        }
        self.check_nesting();
        for s in &config.policy.statements {
            let Some(id) = self.policies.get(&s.name).copied() else { continue };
            let terms = self.terms(s);
            self.device.policies[id].terms = terms.into_iter().collect();
        }
    }

    /// Tells which policies call others deeper than SR OS does.
    fn check_nesting(&mut self) {
        fn called(s: &Statement) -> Vec<&str> {
            let from = s.entries.iter().flat_map(|e| &e.from);
            from.filter_map(|f| if let From::Policy(e) = f { Some(e) } else { None })
                .flat_map(crate::vendors::sros::read::names)
                .collect()
        }
        let calls: Map<&str, Vec<&str>> = self.config.policy.statements.iter().map(|s| (&*s.name, called(s))).collect();
        // Level by level: who calls somebody that is so deep already.
        let mut depth: Map<&str, usize> = calls.keys().map(|n| (*n, 0)).collect();
        for round in 1..=MAX_NESTING + 1 {
            let deeper = |list: &[&str]| list.iter().any(|c| depth.get(c).is_some_and(|d| *d + 1 >= round));
            let up: Vec<&str> = self.config.policy.statements.iter().map(|s| &*s.name).filter(|n| deeper(&calls[n])).collect();
            up.into_iter().for_each(|n| {
                depth.insert(n, round);
            });
        }
        for s in &self.config.policy.statements {
            if depth.get(&*s.name).is_some_and(|d| *d > MAX_NESTING) {
                let message = format!("policy `{}` calls policies more than {MAX_NESTING} levels deep", s.name);
                self.error("V-policy-depth", s.origin, message);
            }
        }
    }

    fn terms(&mut self, s: &Statement) -> Vec<Term> {
        let mut out = Vec::new();
        // "Entries without an action are considered incomplete and are rendered inactive" (`entry`).
        for e in &s.entries {
            let Some(then) = e.then.as_ref().filter(|t| t.kind.is_some()) else { continue };
            let mut when: Vec<Cond> = e.from.iter().map(|f| self.condition(f)).collect();
            let mut actions = Vec::new();
            for to in &e.to {
                match to {
                    // Where it goes is where it is applied; a level is where a route is leaked to.
                    From::Protocol(_) => {}
                    From::Level(level) => actions.push(Action::IsisLevel(*level)),
                    From::Neighbor(_) | From::NeighborList(_) => when.push(Cond::Unmodelled("to neighbor".into())),
                    other => when.push(self.condition(other)),
                }
            }
            let (more, flow) = self.then(then);
            actions.extend(more);
            let when = match when.len() {
                0 => Cond::True,
                1 => when.pop().unwrap_or(Cond::True),
                _ => Cond::All(when),
            };
            out.push(Term { name: e.name.clone(), origin: e.origin, when, actions, then: flow, otherwise: Flow::Next });
        }
        if let Some(then) = s.default.as_ref().filter(|t| t.kind.is_some()) {
            let (actions, flow) = self.then(then);
            let flow = if flow == Flow::Next { Flow::NextPolicy } else { flow };
            out.push(Term {
                name: "default-action".into(),
                origin: s.default_origin,
                when: Cond::True,
                actions,
                then: flow,
                otherwise: Flow::Next,
            });
        }
        out
    }

    fn then(&mut self, then: &Then) -> (Vec<Action>, Flow) {
        let flow = match then.kind {
            Some(ActionKind::Accept) => Flow::Accept,
            Some(ActionKind::Reject) => Flow::Reject,
            Some(ActionKind::NextPolicy) => Flow::NextPolicy,
            Some(ActionKind::NextEntry) | None => Flow::Next,
        };
        let mut out = Vec::new();
        for s in &then.set {
            match s {
                Set::LocalPref(n) => out.push(Action::LocalPref(*n)),
                Set::Metric(n) => out.push(Action::Metric(*n)),
                Set::MetricIgp => out.push(Action::MetricIgp),
                Set::Preference(n) => out.push(Action::Distance(*n)),
                Set::Tag(n) => out.push(Action::Tag(*n)),
                Set::Origin(o) => out.push(Action::Origin(*o)),
                Set::Prepend(asn, times) => out.push(Action::Prepend(vec![*asn; *times as usize])),
                Set::PrependLast(times) => out.push(Action::PrependLast(*times)),
                Set::ReplacePath(named) => match self.path_values(named) {
                    Some(list) => out.push(Action::ReplaceAsPath(AsPathReplacement::All(list))),
                    None => self.not_modelled(named.1, "an AS path that is no plain list of AS numbers cannot replace one"),
                },
                Set::CommunityAdd(names) => out.push(Action::Community(CommunityEdit::Add(self.all_values(names)))),
                Set::CommunityReplace(names) => out.push(Action::Community(CommunityEdit::Set(self.all_values(names)))),
                Set::CommunityRemove(names) => {
                    for (name, _) in names {
                        let list = self.community_list(name, true);
                        out.extend(list.map(|l| Action::Community(CommunityEdit::DeleteList(l))));
                    }
                }
                Set::NextHop(ip) => out.push(Action::NextHop(NextHopEdit::Address(*ip))),
                Set::NextHopSelf => out.push(Action::NextHop(NextHopEdit::Own)),
                Set::NextHopPeer => out.push(Action::NextHop(NextHopEdit::Peer)),
                Set::OspfType(n) => out.push(Action::OspfMetricType(*n)),
                Set::Unmodelled(what) => out.push(Action::Unmodelled(what.clone())),
            }
        }
        (out, flow)
    }

    fn all_values(&mut self, names: &[Named]) -> Vec<Community> {
        names.iter().filter_map(|n| self.community_values(n)).flatten().collect()
    }

    // ----- chains ---------------------------------------------------------------------------

    /// Policies in a row; the verdict at the end is the caller's default.
    pub(super) fn chain(&mut self, chain: &Chain, at_end: Verdict) -> PolicyChain {
        let mut out = PolicyChain { policies: Vec::new(), at_end, origin: chain.origin };
        for part in &chain.parts {
            match part {
                // A policy that is not defined cannot be committed; the reference is reported, the rest of the chain runs.
                Expression::Name(name) => out.policies.extend(self.policies.get(name).copied()),
                // "FALSE is translated to reject; TRUE to accept, next-policy or next-entry as the last policy said" (policy logical
                // expressions): the last policy's own action counts, so it runs as one of the chain.
                Expression::And(_) | Expression::Or(_) | Expression::Not(_) => self.append(part, chain.origin, &mut out.policies),
            }
        }
        out
    }

    fn append(&mut self, part: &Expression, origin: Origin, out: &mut Vec<PolicyId>) {
        match part {
            Expression::Name(name) => out.extend(self.policies.get(name).copied()),
            Expression::And(list) | Expression::Or(list) => {
                let and = matches!(part, Expression::And(_));
                let Some((last, before)) = list.split_last() else { return };
                for e in before {
                    let holds = self.expression(e);
                    let (when, then) = if and { (Cond::Not(Box::new(holds)), Flow::Reject) } else { (holds, Flow::Accept) };
                    out.push(self.made_policy("(policy expression)", origin, made("(expression)", origin, when, then)));
                }
                self.append(last, origin, out);
            }
            Expression::Not(inner) => {
                let holds = self.expression(inner);
                let mut term = made("(expression)", origin, holds, Flow::Reject);
                term.otherwise = Flow::Accept;
                out.push(self.made_policy("(policy expression)", origin, term));
            }
        }
    }

    /// A policy expression as a condition: it holds unless a policy rejects; what the policies change stays.
    pub(super) fn expression(&self, e: &Expression) -> Cond {
        match e {
            Expression::Name(name) => self.policies.get(name).map_or(Cond::False, |id| Cond::Apply(*id)),
            Expression::And(list) => Cond::All(list.iter().map(|e| self.expression(e)).collect()),
            Expression::Or(list) => Cond::Any(list.iter().map(|e| self.expression(e)).collect()),
            Expression::Not(inner) => Cond::Not(Box::new(self.expression(inner))),
        }
    }

    /// A policy of one term that is not written anywhere.
    pub(super) fn made_policy(&mut self, name: &str, origin: Origin, term: Term) -> PolicyId {
        self.device.policies.push(Policy {
            name: name.into(),
            origin,
            terms: [term].into_iter().collect(),
            at_end: AtEnd::NextPolicy,
        })
    }

    /// The default of a protocol's export where nothing decides: its own routes go out, all others do not.
    pub(super) fn default_export(&mut self, of: RouteSource, word: &str) -> PolicyId {
        if let Some(&id) = self.default_exports.get(&of) {
            return id;
        }
        let term = made("own routes", Origin::NONE, of_sources(vec![of]), Flow::Pending(Verdict::Accept));
        let id = self.made_policy(&format!("(default {word} export)"), Origin::NONE, term);
        self.default_exports.insert(of, id);
        id
    }
}
