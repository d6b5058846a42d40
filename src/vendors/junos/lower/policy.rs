//! Policy statements to policies, and the places that apply them to chains.
//!
//! Law: a statement that decides nothing hands over to the next of its chain; the protocol's default decides in the end.

use super::Lower;
use super::conditions::{Filters, rest};
use crate::base::Set;
use crate::model::policy::{
    Action, AtEnd, CommunityEdit, Cond, Flow, NextHopEdit, Policy, PolicyChain, PolicyId, RouteSource, Term, Verdict,
};
use crate::vendors::junos::config::{self, Chain, Expression, From, Named, Then};

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
        for s in &config.policy.statements {
            if let Some(id) = self.policies.get(&s.name).copied() {
                self.fill(s, id);
            }
        }
        // `if-route-exists` counts in export policies only; elsewhere it holds (lab juniper_from_condition: import and
        // aggregate policies). Policies that ask for it have a second form for those places.
        let names = conditional(config);
        let conditional: Vec<&config::Statement> = config.policy.statements.iter().filter(|s| names.contains(&*s.name)).collect();
        for s in &conditional {
            let id = self.device.policies.push(Policy {
                name: s.name.clone(),
                origin: s.origin,
                at_end: AtEnd::NextPolicy,
                ..Policy::default()
            });
            self.unconditional.insert(s.name.clone(), id);
        }
        self.importing = true;
        for s in conditional {
            if let Some(id) = self.unconditional.get(&s.name).copied() {
                self.fill(s, id);
            }
        }
        self.importing = false;
    }

    fn fill(&mut self, s: &config::Statement, id: PolicyId) {
        let mut terms = Vec::new();
        for t in &s.terms {
            self.term(t, &mut terms);
        }
        self.device.policies[id].terms = terms.into_iter().collect();
    }

    /// A policy by name, in the form for the place that is being lowered.
    fn policy(&self, name: &str) -> Option<PolicyId> {
        let other = if self.importing { self.unconditional.get(name) } else { None };
        other.or_else(|| self.policies.get(name)).copied()
    }

    /// A chain of an import or aggregate policy, where conditions hold.
    pub(super) fn import_chain(&mut self, chain: &Chain, at_end: Verdict) -> PolicyChain {
        self.importing = true;
        let out = self.chain(chain, at_end);
        self.importing = false;
        out
    }

    fn term(&mut self, t: &config::Term, out: &mut Vec<Term>) {
        let filters = Filters::of(self.config, &t.from);
        let mut others = rest(self, &t.from);
        let (to, mut actions) = self.to(t);
        others.extend(to);
        let term = |when: Vec<Cond>, actions, then| Term {
            name: t.name.clone(),
            origin: t.origin,
            when: match when.len() {
                0 => Cond::True,
                1 => when.into_iter().next().unwrap_or(Cond::True),
                _ => Cond::All(when),
            },
            actions,
            then,
            otherwise: Flow::Next,
        };
        // A route filter with actions of its own runs those in place of the term's.
        for own in filters.with_actions() {
            let mut when = vec![filters.only(self, own, t.origin)];
            when.extend(others.iter().cloned());
            let (mut actions, then) = self.actions(&own.then);
            actions.sort_by_key(rank);
            out.push(term(when, actions, then));
        }
        let mut when = Vec::new();
        when.extend(filters.condition(self, &t.name, t.origin));
        when.extend(others);
        let (more, then) = self.actions(&t.then);
        actions.extend(more);
        actions.sort_by_key(rank);
        out.push(term(when, actions, then));
    }

    /// `to` says where the route goes: a level is a change, the rest a condition.
    fn to(&mut self, t: &config::Term) -> (Vec<Cond>, Vec<Action>) {
        let mut when = Vec::new();
        let mut actions = Vec::new();
        for to in &t.to {
            match to {
                From::Level(level) => actions.push(Action::IsisLevel(*level)),
                // The policy is applied to that protocol anyway.
                From::Protocol(_) => {}
                From::Rib(name) if self.table(name).is_some_and(|(vrf, _)| vrf == crate::model::VrfId::DEFAULT) => {}
                _ => {
                    self.not_modelled(t.origin, "this `to` condition is not modelled: the term does not match");
                    when.push(Cond::Unmodelled("to".into()));
                }
            }
        }
        (when, actions)
    }

    fn actions(&mut self, then: &[Then]) -> (Vec<Action>, Flow) {
        let mut flow = Flow::Next;
        let mut pending = None;
        let mut out = Vec::new();
        let next = then.iter().any(|t| matches!(t, Then::NextTerm | Then::NextPolicy));
        for t in then {
            match t {
                // `next` goes before `accept` and `reject` (lab junos_then_action_conflicts).
                Then::Accept if !next => flow = Flow::Accept,
                Then::Reject if !next => flow = Flow::Reject,
                Then::Accept | Then::Reject => {}
                Then::NextTerm => flow = Flow::Next,
                Then::NextPolicy => flow = Flow::NextPolicy,
                Then::DefaultAccept => pending = Some(Verdict::Accept),
                Then::DefaultReject => pending = Some(Verdict::Reject),
                Then::Metric(n) => out.push(Action::Metric(*n)),
                Then::MetricIgp => out.push(Action::MetricIgp),
                Then::LocalPreference(n) => out.push(Action::LocalPref(*n)),
                Then::CommunityAdd(name) => {
                    out.extend(self.community_values(name).map(|v| Action::Community(CommunityEdit::Add(v))))
                }
                Then::CommunitySet(name) => {
                    out.extend(self.community_values(name).map(|v| Action::Community(CommunityEdit::Set(v))))
                }
                Then::CommunityDelete(name) => {
                    let list = self.community_list(&name.0, true);
                    out.extend(list.map(|l| Action::Community(CommunityEdit::DeleteList(l))));
                }
                Then::Prepend(list) => out.push(Action::Prepend(list.clone())),
                Then::Expand(list) => out.push(Action::Prepend(list.clone())),
                Then::ExpandLast(n) => out.push(Action::PrependLast(*n)),
                Then::NextHop(ip) => out.push(Action::NextHop(NextHopEdit::Address(*ip))),
                Then::NextHopSelf => out.push(Action::NextHop(NextHopEdit::Own)),
                Then::NextHopPeer => out.push(Action::NextHop(NextHopEdit::Peer)),
                Then::NextHopDiscard => out.push(Action::NextHop(NextHopEdit::Discard)),
                Then::Origin(o) => out.push(Action::Origin(*o)),
                Then::Preference(n) => out.push(Action::Distance(*n)),
                Then::Tag(n) => out.push(Action::Tag(*n)),
                Then::External(n) => out.push(Action::OspfMetricType(*n)),
                Then::Level(n) => out.push(Action::IsisLevel(*n)),
                Then::Unmodelled(what) => out.push(Action::Unmodelled(what.clone())),
            }
        }
        // `as-path-prepend` runs before `as-path-expand`, however they are written (lab junos_then_action_conflicts).
        if then.iter().any(|t| matches!(t, Then::Prepend(_))) {
            let first = |t: &Then| match t {
                Then::Prepend(l) => Some(l.clone()),
                _ => None,
            };
            let second = |t: &Then| match t {
                Then::Expand(l) => Some(Action::Prepend(l.clone())),
                Then::ExpandLast(n) => Some(Action::PrependLast(*n)),
                _ => None,
            };
            out.retain(|a| !matches!(a, Action::Prepend(_) | Action::PrependLast(_)));
            out.extend(then.iter().filter_map(first).map(Action::Prepend));
            out.extend(then.iter().filter_map(second));
        }
        match (pending, flow) {
            (Some(verdict), Flow::Next) => (out, Flow::Pending(verdict)),
            _ => (out, flow),
        }
    }

    fn community_values(&mut self, (name, _): &Named) -> Option<Vec<crate::model::route::Community>> {
        let def = self.config.policy.communities.get(*self.community_at.get(name)?)?;
        let values = def.members.iter().filter_map(|(m, _)| match m {
            crate::model::policy::CommunityMatch::All(list) => Some(list.clone()),
            _ => None,
        });
        let values: Vec<_> = values.flatten().collect();
        if values.len() < def.members.len() {
            let origin = def.origin;
            self.error("V-invalid-value", origin, format!("community `{name}` holds a pattern and cannot be set or added"));
        }
        Some(values)
    }

    // ----- chains ---------------------------------------------------------------------------

    /// A chain whose default is one verdict for all routes.
    pub(super) fn chain(&mut self, chain: &Chain, at_end: Verdict) -> PolicyChain {
        let mut out = PolicyChain { policies: Vec::new(), at_end, origin: chain.origin };
        for part in &chain.parts {
            self.append(part, chain.origin, &mut out.policies);
        }
        out
    }

    /// The chain of a BGP export: BGP routes are taken by default, all others refused ("Default Routing Policies").
    pub(super) fn bgp_export(&mut self, chain: Option<&Chain>) -> PolicyChain {
        let default = self.default_bgp_export();
        // It stands first and only sets the pending verdict, so that a `default-action` in a later policy overrules it.
        let mut out = chain.map_or_else(PolicyChain::default, |c| self.chain(c, Verdict::Reject));
        out.policies.insert(0, default);
        out
    }

    fn default_bgp_export(&mut self) -> PolicyId {
        if let Some(id) = self.default_bgp_export {
            return id;
        }
        let term = Term {
            name: "BGP routes".into(),
            origin: Default::default(),
            when: Cond::Source(vec![RouteSource::Bgp]),
            actions: Vec::new(),
            then: Flow::Pending(Verdict::Accept),
            otherwise: Flow::Next,
        };
        let id = self.device.policies.push(Policy {
            name: "(default BGP export policy)".into(),
            origin: Default::default(),
            terms: [term].into_iter().collect(),
            at_end: AtEnd::NextPolicy,
        });
        self.default_bgp_export = Some(id);
        id
    }

    /// A policy of one term that is not written anywhere.
    pub(super) fn made_policy(&mut self, name: &str, origin: crate::base::span::Origin, term: Term) -> PolicyId {
        self.device.policies.push(Policy {
            name: name.into(),
            origin,
            terms: [term].into_iter().collect(),
            at_end: AtEnd::NextPolicy,
        })
    }

    fn append(&mut self, part: &Expression, origin: crate::base::span::Origin, out: &mut Vec<PolicyId>) {
        let made =
            |when, then| Term { name: "(expression)".into(), origin, when, actions: Vec::new(), then, otherwise: Flow::Next };
        match part {
            // A policy that is not defined is refused by commit; the reference is reported, the rest of the chain runs.
            Expression::Policy((name, _)) => out.extend(self.policy(name)),
            // "If the first policy returns true (accept or next policy), the second is evaluated; if false (reject), the route is
            // rejected" and for `||` the reverse ("Understanding Policy Expressions"). The last one's own action counts.
            Expression::And(list) | Expression::Or(list) => {
                let and = matches!(part, Expression::And(_));
                let Some((last, before)) = list.split_last() else { return };
                for e in before {
                    let holds = self.expression(e);
                    let term = if and { made(Cond::Not(Box::new(holds)), Flow::Reject) } else { made(holds, Flow::Accept) };
                    let id = self.made_policy("(policy expression)", origin, term);
                    out.push(id);
                }
                self.append(last, origin, out);
            }
            Expression::Not(inner) => {
                let holds = self.expression(inner);
                let mut term = made(holds, Flow::Reject);
                term.otherwise = Flow::Accept;
                let id = self.made_policy("(policy expression)", origin, term);
                out.push(id);
            }
        }
    }

    /// A policy expression as a condition: it holds unless it rejects; its changes stay ("If the subroutine specifies an action that
    /// is meant to manipulate the route characteristics, the changes are made", policy subroutines).
    pub(super) fn expression(&self, e: &Expression) -> Cond {
        match e {
            Expression::Policy((name, _)) => self.policy(name).map_or(Cond::False, Cond::Apply),
            Expression::And(list) => Cond::All(list.iter().map(|e| self.expression(e)).collect()),
            Expression::Or(list) => Cond::Any(list.iter().map(|e| self.expression(e)).collect()),
            Expression::Not(inner) => Cond::Not(Box::new(self.expression(inner))),
        }
    }
}

/// Rounds in which callers of conditional policies are found: how deep real policies call each other, and more.
const MAX_NESTING: usize = 32;

/// The policies that have a condition, or call one that has.
fn conditional(config: &config::Config) -> Set<&str> {
    fn calls<'e>(e: &'e Expression, known: &Set<&'e str>) -> bool {
        match e {
            Expression::Policy((name, _)) => known.contains(&**name),
            Expression::And(list) | Expression::Or(list) => list.iter().any(|e| calls(e, known)),
            Expression::Not(inner) => calls(inner, known),
        }
    }
    let mut known: Set<&str> = Set::default();
    for _ in 0..MAX_NESTING {
        let before = known.len();
        for s in &config.policy.statements {
            let asks = s.terms.iter().flat_map(|t| &t.from).any(|f| match f {
                From::Condition(_) => true,
                From::Policy(e) => calls(e, &known),
                _ => false,
            });
            if asks {
                known.insert(&s.name);
            }
        }
        if known.len() == before {
            break;
        }
    }
    known
}

/// Path edits run last and keep their order; the rest is independent of order.
fn rank(action: &Action) -> u8 {
    match action {
        Action::Prepend(_) | Action::PrependLast(_) | Action::PrependOwn(_) => 1,
        _ => 0,
    }
}
