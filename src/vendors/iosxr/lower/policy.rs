//! Route policies: statements become terms with explicit flow, policies that are applied are pasted in where they stand.
//!
//! RPL runs an applied policy as if its text stood in the place of `apply` ("Implementing Routing Policy", control flow and default
//! drop disposition): `done` and `drop` in it end everything, `pass` and changes in it count for the whole. So there is one list
//! of terms a policy, and no calls but in conditions (`if apply X`), where a policy's changes are dropped.

use super::Lowering;
use crate::base::id::{Id, IdVec};
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::policy::{
    Action, AsPathReplacement, AtEnd, CommunityEdit, Cond, Flow, NextHopEdit, Number, Policy, PolicyId, Term, TermId, Verdict,
};
use crate::model::route::BgpOrigin;
use crate::syntax::values;
use crate::vendors::iosxr::rpl::ast::{Branch, Expr, Statement, Word};
use crate::vendors::iosxr::rpl::parse;
use crate::vendors::sink::LineClass;

/// How deep policies may apply each other; deeper means a circle, which the device refuses.
const DEEPEST: usize = 20;
/// So many terms a policy and a device may grow to by pasting.
const MOST_TERMS: usize = 20_000;
const MOST_ON_DEVICE: usize = 300_000;
/// So many words of policies are looked at on a device, pasted ones each time.
const MOST_WORDS: usize = 10_000_000;

const POLICY: &[&str] = &["route-policy"];

/// The parameters of the policy at hand and what stands for them.
pub(super) type Arguments = Vec<(Name, Name)>;

/// A policy while it is lowered.
#[derive(Default)]
struct Work {
    terms: Vec<Term>,
    /// The last term may take further actions: nothing jumps behind it.
    open: bool,
    /// Names of the policies that are being pasted.
    stack: Vec<Name>,
    /// How many policies were pasted.
    pasted: usize,
    full: bool,
}

impl Work {
    fn end(&self) -> TermId {
        TermId::new(self.terms.len())
    }

    fn push(&mut self, origin: Origin, when: Cond, then: Flow, otherwise: Flow) -> TermId {
        self.full |= self.terms.len() >= MOST_TERMS;
        if self.full {
            return self.end();
        }
        let name = origin.line.to_string().into();
        let id = self.end();
        self.terms.push(Term { name, origin, when, actions: Vec::new(), then, otherwise });
        id
    }

    /// Actions without a condition, and how it goes on.
    fn plain(&mut self, origin: Origin, actions: Vec<Action>, then: Flow) {
        let last = self.terms.len().checked_sub(1).map(TermId::new).filter(|_| self.open);
        let id = match last {
            Some(id) => id,
            None => self.push(origin, Cond::True, Flow::Next, Flow::Next),
        };
        if let Some(term) = self.terms.get_mut(id.index()).filter(|_| !self.full) {
            // Nothing is done after `done` or `drop`.
            if matches!(term.then, Flow::Accept | Flow::Reject) {
                return;
            }
            term.actions.extend(actions);
            term.then = then;
            self.open = true;
        }
    }
}

impl Lowering<'_> {
    /// Lowers all policies; those with parameters are looked through without arguments, so that each line gets its class.
    pub(super) fn all_policies(&mut self) {
        let config = self.config;
        for (name, policy) in &config.policies.items {
            if policy.parameters.is_empty() {
                self.policy(name, &[]);
            } else {
                let mut work = Work { stack: vec![name.clone()], ..Work::default() };
                self.statements(&mut work, &policy.body, &Vec::new());
                self.terms += work.terms.len() + work.pasted;
            }
        }
    }

    /// The policy of a name with arguments, lowered when it is first asked for.
    pub(super) fn policy(&mut self, name: &Name, arguments: &[Name]) -> Option<PolicyId> {
        let key = format!("{name}({})", arguments.join(","));
        if let Some(&id) = self.policies.get(&key) {
            return Some(id);
        }
        let policy = self.config.policies.get(name)?;
        let shown = if arguments.is_empty() { name.clone() } else { key.clone().into() };
        let id = self.device.policies.push(Policy { name: shown, origin: policy.origin, ..Policy::default() });
        self.policies.insert(key, id);
        let mut work = Work { stack: vec![name.clone()], ..Work::default() };
        let bound: Arguments = policy.parameters.iter().cloned().zip(arguments.iter().cloned()).collect();
        self.depth += 1;
        if self.depth <= DEEPEST {
            self.statements(&mut work, &policy.body, &bound);
        } else {
            work.full = true;
        }
        self.depth -= 1;
        self.terms += work.terms.len() + work.pasted;
        if work.full || self.terms > MOST_ON_DEVICE {
            self.notes.say(
                policy.origin,
                LineClass::NotModelled,
                format!("route policy `{name}` is too large when its parts are put together: it is taken to drop everything"),
            );
            work.terms = Vec::new();
        }
        let policy = &mut self.device.policies[id];
        (policy.terms, policy.at_end) = (IdVec::from_vec(work.terms), AtEnd::Reject);
        Some(id)
    }

    fn statements(&mut self, work: &mut Work, body: &[Statement], bound: &Arguments) {
        for statement in body {
            if work.full || self.terms + work.terms.len() > MOST_ON_DEVICE || self.words > MOST_WORDS {
                work.full = true;
                return;
            }
            match statement {
                Statement::If(branches, other) => self.conditional(work, branches, other, bound),
                Statement::Plain(words, origin) => {
                    let words = self.filled(words, bound);
                    match words.first().map(|w| &*w.text) {
                        Some("pass") => work.plain(*origin, Vec::new(), Flow::Pending(Verdict::Accept)),
                        Some("done") => work.plain(*origin, Vec::new(), Flow::Accept),
                        Some("drop") => work.plain(*origin, Vec::new(), Flow::Reject),
                        Some("apply") => self.applied(work, &words[1..], *origin),
                        _ => {
                            // A change passes the route unless something drops it later.
                            let actions = self.actions(&words, *origin);
                            work.plain(*origin, actions, Flow::Pending(Verdict::Accept));
                        }
                    }
                }
            }
        }
    }

    /// `apply NAME` or `apply NAME(arguments)`: its statements stand here.
    fn applied(&mut self, work: &mut Work, words: &[Word], origin: Origin) {
        let words = if words.first().is_some_and(|w| &*w.text == "route-policy") { &words[1..] } else { words };
        let Some((name, arguments, _)) = parse::call(words) else { return };
        self.used(POLICY, &name, origin);
        let Some(policy) = self.config.policies.get(&name) else { return };
        if work.stack.len() > DEEPEST || work.stack.contains(&name) {
            self.notes.say(origin, LineClass::Invalid, format!("`{name}` applies itself through others"));
            return;
        }
        work.pasted += 1;
        work.full |= work.pasted > MOST_TERMS;
        work.stack.push(name);
        let bound = policy.parameters.iter().cloned().zip(arguments).collect();
        self.statements(work, &policy.body, &bound);
        work.stack.pop();
    }

    fn conditional(&mut self, work: &mut Work, branches: &[Branch], other: &[Statement], bound: &Arguments) {
        let mut jumps = Vec::new();
        for branch in branches {
            let when = self.condition(&branch.when, bound);
            let head = work.push(branch.origin, when, Flow::Next, Flow::Next);
            work.open = false;
            self.statements(work, &branch.body, bound);
            let end = work.end();
            let first = TermId::new(head.index() + 1);
            // A branch of plain actions is one term with its condition.
            let single = end.index() == first.index() + 1
                && work
                    .terms
                    .get(first.index())
                    .is_some_and(|t| matches!((&t.when, t.then), (Cond::True, Flow::Pending(_) | Flow::Accept | Flow::Reject)));
            if work.full {
                return;
            }
            if single {
                let body = work.terms.pop();
                if let (Some(body), Some(term)) = (body, work.terms.get_mut(head.index())) {
                    term.actions = body.actions;
                    term.then = body.then;
                    if let Flow::Pending(verdict) = body.then {
                        term.then = Flow::Goto { term: end, pending: Some(verdict) };
                        jumps.push(head);
                    }
                }
            } else if end == first {
                if let Some(term) = work.terms.get_mut(head.index()) {
                    term.then = Flow::Goto { term: end, pending: None };
                }
                jumps.push(head);
            } else {
                let jump = work.push(branch.origin, Cond::True, Flow::Goto { term: end, pending: None }, Flow::Next);
                jumps.push(jump);
                let next = work.end();
                if let Some(term) = work.terms.get_mut(head.index()) {
                    term.otherwise = Flow::Goto { term: next, pending: None };
                }
            }
            work.open = false;
        }
        self.statements(work, other, bound);
        let end = work.end();
        for jump in jumps {
            if let Some(Term { then: Flow::Goto { term, .. }, .. }) = work.terms.get_mut(jump.index()) {
                *term = end;
            }
        }
        work.open = false;
    }

    /// The words with parameters and global variables filled in.
    pub(super) fn filled(&mut self, words: &[Word], bound: &Arguments) -> Vec<Word> {
        self.words += words.len();
        self.fill(words, bound)
    }

    pub(super) fn fill(&self, words: &[Word], bound: &Arguments) -> Vec<Word> {
        let mut out = Vec::with_capacity(words.len());
        for word in words {
            if !word.text.contains('$') {
                out.push(word.clone());
                continue;
            }
            let mut text = String::new();
            let mut rest = &*word.text;
            while let Some(at) = rest.find('$') {
                text.push_str(&rest[..at]);
                let name_end = rest[at + 1..].find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
                let end = name_end.map_or(rest.len(), |n| at + 1 + n);
                let name = &rest[at + 1..end];
                match bound.iter().find(|(p, _)| **p == *name).map(|(_, v)| v).or_else(|| self.config.globals.get(name)) {
                    Some(value) => text.push_str(value),
                    None => text.push_str(&rest[at..end]),
                }
                rest = &rest[end..];
            }
            text.push_str(rest);
            out.push(Word { text: text.into(), quoted: word.quoted });
        }
        out
    }

    /// A structure is used on a line of a policy.
    pub(super) fn used(&mut self, kinds: &'static [&'static str], name: &Name, origin: Origin) {
        if !name.contains('$') && self.notes.referred.insert((origin, name.clone())) {
            self.notes.references.push((kinds, name.clone(), origin));
        }
    }

    /// A line that means nothing, unless a parameter stands in it that is not filled in.
    pub(super) fn unclear(&mut self, words: &[Word], origin: Origin) {
        if !words.iter().any(|w| w.text.contains('$')) {
            self.notes.say(origin, LineClass::NotUnderstood, format!("`{}` is not understood", text(words)));
        }
    }

    fn gap(&mut self, words: &[Word], origin: Origin) {
        self.notes.say(origin, LineClass::NotModelled, format!("`{}` is not modelled: the route stays as it is", text(words)));
    }

    // ----- actions ----------------------------------------------------------------------------

    fn actions(&mut self, words: &[Word], origin: Origin) -> Vec<Action> {
        let texts: Vec<&str> = words.iter().map(|w| &*w.text).collect();
        let made = match &texts[..] {
            ["set", "community", ..] => return self.set_community("community-set", words, 2, origin),
            ["set", "large-community", ..] => return self.set_community("large-community-set", words, 2, origin),
            ["set", "extcommunity", "rt" | "soo", ..] => return self.set_community("extcommunity-set", words, 3, origin),
            ["delete", ..] => return self.delete(words, origin),
            ["set", "med", "igp-cost"] => Some(Action::MetricIgp),
            ["set", "med", "max-reachable"] => Some(Action::Metric(Number::Set(u32::MAX))),
            ["set", "med" | "ospf-metric" | "isis-metric" | "rip-metric" | "rib-metric" | "metric", v] => {
                number(v).map(Action::Metric)
            }
            ["set", "local-preference", v] => number(v).map(Action::LocalPref),
            ["set", "weight", v] => v.parse().ok().map(Action::Weight),
            ["add", "rip-metric", v] => v.parse().ok().map(|n| Action::Metric(Number::Add(n))),
            ["set", "tag" | "rip-tag", v] => v.parse().ok().map(Action::Tag),
            ["set", "administrative-distance", v] => v.parse().ok().map(Action::Distance),
            ["set", "origin", "igp"] => Some(Action::Origin(BgpOrigin::Igp)),
            ["set", "origin", "egp"] => Some(Action::Origin(BgpOrigin::Egp)),
            ["set", "origin", "incomplete"] => Some(Action::Origin(BgpOrigin::Incomplete)),
            ["set", "next-hop", "self", ..] => Some(Action::NextHop(NextHopEdit::Own)),
            ["set", "next-hop", "peer-address"] => Some(Action::NextHop(NextHopEdit::Peer)),
            ["set", "next-hop", "unchanged"] => Some(Action::NextHop(NextHopEdit::Unchanged)),
            ["set", "next-hop", "discard"] => Some(Action::NextHop(NextHopEdit::Discard)),
            ["set", "next-hop", v] => v.parse().ok().map(|a| Action::NextHop(NextHopEdit::Address(a))),
            ["set", "metric-type", "type-1"] => Some(Action::OspfMetricType(1)),
            ["set", "metric-type", "type-2"] => Some(Action::OspfMetricType(2)),
            ["set", "metric-type", "internal" | "rib-metric-as-internal"] => Some(Action::IsisMetricExternal(false)),
            ["set", "metric-type", "external" | "rib-metric-as-external"] => Some(Action::IsisMetricExternal(true)),
            ["set", "level", "level-1"] => Some(Action::IsisLevel(1)),
            ["set", "level", "level-2"] => Some(Action::IsisLevel(2)),
            ["set", "level", "level-1-2"] => Some(Action::IsisLevel(3)),
            ["prepend", "as-path", "own-as"] => Some(Action::PrependOwn(1)),
            ["prepend", "as-path", "own-as", n] => n.parse().ok().map(Action::PrependOwn),
            ["prepend", "as-path", "most-recent"] => Some(Action::PrependLast(1)),
            ["prepend", "as-path", "most-recent", n] => n.parse().ok().map(Action::PrependLast),
            ["prepend", "as-path", asn] => values::asn(asn).map(|a| Action::Prepend(vec![a])),
            ["prepend", "as-path", asn, n] => {
                values::asn(asn).zip(n.parse::<u8>().ok()).map(|(a, n)| Action::Prepend(vec![a; usize::from(n)]))
            }
            ["replace", "as-path", asn] if values::asn(asn).is_some() => {
                Some(Action::ReplaceAsPath(AsPathReplacement::WithOwn(values::asn(asn).into_iter().collect())))
            }
            // Which paths are sent besides the best is read by BGP; the rest says nothing of tables.
            [
                "set",
                "path-selection"
                | "dampening"
                | "traffic-index"
                | "qos-group"
                | "label"
                | "label-index"
                | "label-mode"
                | "forward-class"
                | "spf-priority"
                | "rpf-topology"
                | "core-tree"
                | "upstream-core-tree"
                | "downstream-core-tree"
                | "fallback-vrf-lookup"
                | "load-balance"
                | "path-color"
                | "steer"
                | "sid-index"
                | "network-intf-index"
                | "admin-tag",
                ..,
            ] => return Vec::new(),
            ["set" | "replace" | "suppress-route" | "unsuppress-route" | "var" | "add" | "remove", ..] => {
                if matches!(texts.first(), Some(&"set")) && !known_attribute(texts.get(1).copied().unwrap_or("")) {
                    self.unclear(words, origin);
                } else {
                    self.gap_or_unfilled(words, origin);
                }
                return Vec::new();
            }
            _ => None,
        };
        match made {
            Some(action) => vec![action],
            None => {
                self.unclear(words, origin);
                Vec::new()
            }
        }
    }

    fn gap_or_unfilled(&mut self, words: &[Word], origin: Origin) {
        if !words.iter().any(|w| w.text.contains('$')) {
            self.gap(words, origin);
        }
    }

    fn set_community(&mut self, kind: &'static str, words: &[Word], at: usize, origin: Origin) -> Vec<Action> {
        let Some((set, used)) = self.set_ref(kind, &words[at.min(words.len())..], origin) else {
            self.unclear(words, origin);
            return Vec::new();
        };
        let sub = if kind == "extcommunity-set" { &*words[2].text } else { "" };
        let additive = words.get(at + used).is_some_and(|w| &*w.text == "additive");
        match self.community_values(kind, sub, &set) {
            Some(list) if additive => vec![Action::Community(CommunityEdit::Add(list))],
            Some(list) => vec![Action::Community(CommunityEdit::Set(list))],
            None => {
                self.gap_or_unfilled(words, origin);
                Vec::new()
            }
        }
    }

    /// `delete community|large-community|extcommunity rt all|in SET|not in SET`.
    fn delete(&mut self, words: &[Word], origin: Origin) -> Vec<Action> {
        let texts: Vec<&str> = words.iter().map(|w| &*w.text).collect();
        let (kind, sub, at) = match &texts[..] {
            ["delete", "community", ..] => ("community-set", "", 2),
            ["delete", "large-community", ..] => ("large-community-set", "", 2),
            ["delete", "extcommunity", sub @ ("rt" | "soo"), ..] => ("extcommunity-set", *sub, 3),
            _ => {
                self.unclear(words, origin);
                return Vec::new();
            }
        };
        match &texts[at..] {
            ["all"] => self.delete_all(kind, sub, origin),
            ["in", ..] | ["not", "in", ..] => {
                let negated = texts[at] == "not";
                let from = at + if negated { 2 } else { 1 };
                let Some((set, _)) = self.set_ref(kind, &words[from..], origin) else {
                    self.unclear(words, origin);
                    return Vec::new();
                };
                match self.delete_list(kind, sub, &set, negated, origin) {
                    Some(id) => vec![Action::Community(CommunityEdit::DeleteList(id))],
                    None => {
                        self.gap_or_unfilled(words, origin);
                        Vec::new()
                    }
                }
            }
            _ => {
                self.unclear(words, origin);
                Vec::new()
            }
        }
    }

    fn condition(&mut self, expr: &Expr, bound: &Arguments) -> Cond {
        match expr {
            Expr::And(all) => Cond::All(all.iter().map(|e| self.condition(e, bound)).collect()),
            Expr::Or(all) => Cond::Any(all.iter().map(|e| self.condition(e, bound)).collect()),
            Expr::Not(inner) => match self.condition(inner, bound) {
                // What is not modelled holds neither way.
                Cond::Unmodelled(what) => Cond::Unmodelled(what),
                cond => Cond::Not(Box::new(cond)),
            },
            Expr::Test(words, origin) => {
                let words = self.filled(words, bound);
                self.test(&words, *origin)
            }
        }
    }
}

/// Attributes that policies can set; what the twin does with each is in `actions`.
fn known_attribute(word: &str) -> bool {
    matches!(
        word,
        "aigp-metric"
            | "extcommunity"
            | "attribute-set"
            | "eigrp-metric"
            | "next-hop"
            | "local-preference"
            | "med"
            | "ospf-metric"
            | "isis-metric"
            | "rip-metric"
            | "rib-metric"
            | "validation-state"
            | "vpn-distinguisher"
            | "lsm-root"
            | "mvpn"
            | "c-multicast-routing"
            | "mdt-type"
            | "ir"
            | "esi"
            | "static-p2mp-te"
            | "s-pmsi"
            | "metric-type"
            | "level"
    )
}

/// `5`, `+5`, `-5`.
fn number(word: &str) -> Option<Number> {
    match word.as_bytes().first()? {
        b'+' => word[1..].parse().ok().map(Number::Add),
        b'-' => word[1..].parse().ok().map(Number::Subtract),
        _ => word.parse().ok().map(Number::Set),
    }
}

/// Words as a line, for messages.
pub(super) fn text(words: &[Word]) -> String {
    words.iter().map(|w| &*w.text).collect::<Vec<_>>().join(" ")
}
