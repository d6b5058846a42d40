//! Lists and route-maps.

use super::Lowering;
use crate::base::diag::{Diagnostic, Severity};
use crate::base::id::Id;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::policy::{
    Action, AsPathLine, AsPathList, AsPathListId, AsPathReplacement, AtEnd, CommunityEdit, CommunityLine, CommunityList,
    CommunityMatch, Compare, Cond, Flow, NextHopEdit, Number, Policy, PolicyId, PrefixList, RouteSource, RouteType, Term, TermId,
    Verdict,
};
use crate::model::route::{Community, Family};
use crate::vendors::eos::config::{Change, CommunityKind, How, MapEntry, Match, RouteMap, Set, Source};
use crate::vendors::regex;
use crate::vendors::sink::{INVALID_VALUE, LineClass};

impl Lowering<'_, '_> {
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
            let mut lines = Vec::new();
            for (permit, text, origin) in &list.lines {
                let words = if config.as_path_string_mode { text.to_string() } else { whole_numbers(text) };
                match regex::cisco_as_path(&words) {
                    Ok(regex) => lines.push(AsPathLine { permit: *permit, regex, text: text.clone(), origin: *origin }),
                    Err(why) => {
                        self.sink.mark(*origin, LineClass::Invalid);
                        let message = format!("`{text}` is not a regular expression: {why}");
                        self.sink.push(Diagnostic::new(INVALID_VALUE, Severity::Error, message).at(*origin));
                    }
                }
            }
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
                let lines = list.lines.iter().map(|(permit, matches, origin)| CommunityLine {
                    permit: *permit,
                    matches: matches.clone(),
                    origin: *origin,
                });
                let id = self.device.community_lists.push(CommunityList {
                    name: name.into(),
                    origin: list.origin,
                    lines: lines.collect(),
                });
                self.community_lists.insert((number(kind), name.into()), id);
            }
        }
    }

    pub(super) fn route_maps(&mut self) {
        let config = self.config;
        // Ids first: maps may run each other.
        for (name, map) in config.route_maps.iter() {
            let id = self.device.policies.push(Policy { name: name.into(), origin: map.origin, ..Policy::default() });
            self.route_maps.insert(name.into(), id);
        }
        for (name, map) in config.route_maps.iter() {
            let terms: Vec<Term> = map.entries.iter().map(|(&seq, entry)| self.term(map, seq, entry)).collect();
            if let Some(&id) = self.route_maps.get(name) {
                self.device.policies[id].terms = terms.into_iter().collect();
            }
        }
    }

    fn term(&mut self, map: &RouteMap, seq: u32, entry: &MapEntry) -> Term {
        let mut conditions: Vec<Cond> = entry.matches.iter().map(|m| self.condition(m)).collect();
        // A sub-route-map that refuses makes the entry not match; what it changes stays (EOS manual, "sub-route-map").
        if let Some(id) = entry.sub.as_ref().and_then(|s| self.route_maps.get(s)) {
            conditions.push(Cond::Apply(*id));
        }
        let when = match conditions.len() {
            0 => Cond::True,
            1 => conditions.remove(0),
            _ => Cond::All(conditions),
        };
        let position = |n: u32| map.entries.range(..n).count();
        let goto = |at: usize| Flow::Goto { term: TermId::new(at), pending: Some(Verdict::Accept) };
        let then = match (entry.permit, entry.goes_on) {
            (false, _) => Flow::Reject,
            (true, None) => Flow::Accept,
            (true, Some(None)) => goto(position(seq) + 1),
            (true, Some(Some(n))) if n > seq && map.entries.contains_key(&n) => goto(position(n)),
            // To an entry that does not exist: the map ends there and permits (lab of 4.23, both before and after the last
            // entry).
            (true, Some(Some(_))) => Flow::Accept,
        };
        let actions = entry.sets.iter().flat_map(|s| self.actions(s)).collect();
        Term { name: seq.to_string().into(), origin: entry.origin, when, actions, then, otherwise: Flow::Next }
    }

    fn condition(&mut self, m: &Match) -> Cond {
        match m {
            Match::Not(inner) => Cond::Not(Box::new(self.condition(inner))),
            // A list that is not defined holds for nothing.
            Match::PrefixList { v6, name } => {
                self.prefix_lists.get(&(*v6, name.clone())).map_or(Cond::False, |id| Cond::PrefixList(*id))
            }
            Match::NextHopList { v6, name } => {
                self.prefix_lists.get(&(*v6, name.clone())).map_or(Cond::False, |id| Cond::NextHopList(*id))
            }
            Match::Acl { v6, name } => match self.filters.get(&(*v6, name.clone())) {
                Some(id) => Cond::All(vec![Cond::Family(if *v6 { Family::V6 } else { Family::V4 }), Cond::Acl(*id)]),
                None => Cond::False,
            },
            Match::NextHop(net) => Cond::NextHop(vec![*net]),
            Match::AsPath(name) => self.as_path_lists.get(name).map_or(Cond::False, |id| Cond::AsPathList(*id)),
            Match::As(asn) => Cond::AsPathList(self.path_with(*asn)),
            Match::AsPathLength(low, high) => Cond::All(
                low.map(|n| Cond::AsPathLength(Compare::Ge, n))
                    .into_iter()
                    .chain(high.map(|n| Cond::AsPathLength(Compare::Le, n)))
                    .collect(),
            ),
            Match::Communities { names, kind, exact, any } => {
                let one = |name: &Name| {
                    let id = self.community_lists.get(&(number(*kind), name.clone()));
                    id.map_or(Cond::False, |id| Cond::CommunityList { list: *id, exact: *exact })
                };
                let all = names.iter().map(one).collect();
                if *any { Cond::Any(all) } else { Cond::All(all) }
            }
            Match::Metric(n) => Cond::Metric(Compare::Eq, *n),
            Match::LocalPref(n) => Cond::LocalPref(Compare::Eq, *n),
            Match::Tag(n) => Cond::Tag(vec![*n]),
            Match::Origin(o) => Cond::Origin(*o),
            Match::Source(s) => Cond::Source(vec![match s {
                Source::Connected => RouteSource::Connected,
                Source::Static => RouteSource::Static,
                Source::Ospf | Source::Ospf3 => RouteSource::Ospf(None),
                Source::Isis => RouteSource::Isis(None),
                Source::Bgp => RouteSource::Bgp,
                Source::Rip => RouteSource::Rip,
            }]),
            Match::Interface(name) => self.interface(name).map_or(Cond::False, |id| Cond::Interface(vec![id])),
            Match::RouteType(kind) => match &**kind {
                "internal" => Cond::RouteType(vec![RouteType::Internal, RouteType::BgpInternal]),
                "external" => Cond::RouteType(vec![RouteType::External, RouteType::BgpExternal]),
                "local" => Cond::RouteType(vec![RouteType::Local]),
                "level-1" => Cond::RouteType(vec![RouteType::IsisL1]),
                "level-2" => Cond::RouteType(vec![RouteType::IsisL2]),
                other => Cond::Unmodelled(format!("route-type {other}").into()),
            },
            Match::IsisLevel(n) => Cond::Level(*n),
            Match::RpkiNotFound(true) => Cond::RpkiNotFound,
            Match::RpkiNotFound(false) => Cond::False,
            Match::Unmodelled(text) => Cond::Unmodelled(text.clone()),
        }
    }

    /// A list of the paths that hold an AS (`match as N`).
    fn path_with(&mut self, asn: u32) -> AsPathListId {
        let name: Name = format!("match as {asn}").into();
        if let Some(&id) = self.as_path_lists.get(&name) {
            return id;
        }
        let line = AsPathLine { permit: true, regex: format!(r"\b{asn}\b"), text: name.clone(), origin: Origin::NONE };
        let id = self.device.as_path_lists.push(AsPathList { name: name.clone(), origin: Origin::NONE, lines: vec![line] });
        self.as_path_lists.insert(name, id);
        id
    }

    fn actions(&self, set: &Set) -> Vec<Action> {
        let own = self.config.bgp.as_ref().map_or(0, |b| b.asn);
        let spelled = |path: &[Option<u32>]| path.iter().map(|a| a.unwrap_or(own)).collect::<Vec<u32>>();
        vec![match set {
            Set::LocalPref(n) => Action::LocalPref(Number::Set(*n)),
            Set::Metric(Change::Set(n)) => Action::Metric(Number::Set(*n)),
            Set::Metric(Change::Add(n)) => Action::Metric(Number::Add(*n)),
            Set::Metric(Change::Subtract(n)) => Action::Metric(Number::Subtract(*n)),
            Set::MetricIgp => Action::MetricIgp,
            Set::MetricType(n) => Action::OspfMetricType(*n),
            Set::IsisMetricExternal(on) => Action::IsisMetricExternal(*on),
            Set::IsisLevel(n) => Action::IsisLevel(*n),
            Set::Tag(n) => Action::Tag(*n),
            Set::Weight(n) => Action::Weight(*n),
            Set::Distance(n) => Action::Distance(*n),
            Set::Origin(o) => Action::Origin(*o),
            Set::Prepend(path) if path.iter().all(Option::is_none) => Action::PrependOwn(path.len() as u32),
            Set::Prepend(path) => Action::Prepend(spelled(path)),
            Set::PrependLast(n) => Action::PrependLast(*n),
            Set::ReplacePath(path) => Action::ReplaceAsPath(AsPathReplacement::All(spelled(path))),
            Set::Communities { values, how } => Action::Community(edit(*how, values.clone())),
            Set::CommunityLists { names, how: How::Delete } => {
                let ids =
                    names.iter().flat_map(|n| self.lists_named(n)).map(|id| Action::Community(CommunityEdit::DeleteList(id)));
                return ids.collect();
            }
            Set::CommunityLists { names, how } => {
                let values =
                    names.iter().flat_map(|n| self.lists_named(n)).flat_map(|id| members(&self.device.community_lists[id]));
                Action::Community(edit(*how, values.collect()))
            }
            Set::NoCommunities => Action::Community(CommunityEdit::Set(Vec::new())),
            Set::NextHop(ip) => Action::NextHop(NextHopEdit::Address(*ip)),
            Set::NextHopPeer => Action::NextHop(NextHopEdit::Peer),
            Set::NextHopUnchanged => Action::NextHop(NextHopEdit::Unchanged),
            Set::Unmodelled(text) => Action::Unmodelled(text.clone()),
        }]
    }

    fn lists_named<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = crate::model::policy::CommunityListId> + 'a {
        (0..3).filter_map(|kind| self.community_lists.get(&(kind, name.clone())).copied()).take(1)
    }

    /// A policy that only lets through what a prefix list permits, for `neighbor … prefix-list`.
    pub(super) fn prefix_list_policy(&mut self, name: &Name, v6: bool, origin: Origin) -> Option<PolicyId> {
        let list = *self.prefix_lists.get(&(v6, name.clone()))?;
        Some(self.verdict_policy(
            format!("prefix-list {name}{}", if v6 { " (ipv6)" } else { "" }),
            origin,
            Cond::PrefixList(list),
            Vec::new(),
        ))
    }

    /// A policy that accepts what a condition holds for, with changes, and refuses the rest.
    pub(super) fn verdict_policy(&mut self, name: String, origin: Origin, when: Cond, actions: Vec<Action>) -> PolicyId {
        if let Some(&id) = self.made.get(&format!("{name} accepts")) {
            return id;
        }
        let term = Term { name: "".into(), origin, when, actions, then: Flow::Accept, otherwise: Flow::Reject };
        let terms = [term].into_iter().collect();
        let id = self.device.policies.push(Policy { name: name.as_str().into(), origin, terms, at_end: AtEnd::Reject });
        self.made.insert(format!("{name} accepts"), id);
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

fn edit(how: How, values: Vec<Community>) -> CommunityEdit {
    match how {
        How::Set => CommunityEdit::Set(values),
        How::Add => CommunityEdit::Add(values),
        How::Delete => CommunityEdit::Delete(values),
    }
}

/// The communities that a standard list permits.
fn members(list: &CommunityList) -> Vec<Community> {
    let of = |l: &CommunityLine| match &l.matches {
        CommunityMatch::All(all) if l.permit => all.clone(),
        _ => Vec::new(),
    };
    list.lines.iter().flat_map(of).collect()
}

/// `ip as-path regex-mode asn`, the default: a number stands for a whole AS number, so that `10` does not hold for `65010`
/// (EOS manual, "ip as-path regex-mode").
fn whole_numbers(regex: &str) -> String {
    let mut out = String::with_capacity(regex.len() + 16);
    let bytes = regex.as_bytes();
    let (mut at, mut class) = (0, false);
    while let Some(&c) = bytes.get(at) {
        match c {
            b'[' => class = true,
            b']' => class = false,
            _ => {}
        }
        if c.is_ascii_digit() && !class {
            let end = bytes[at..].iter().position(|b| !b.is_ascii_digit()).map_or(bytes.len(), |n| at + n);
            let before = at.checked_sub(1).and_then(|n| bytes.get(n));
            let after = bytes.get(end);
            // Next to a class, a dot or a repeat it is part of a pattern of digits.
            let pattern =
                |b: Option<&u8>| matches!(b, Some(b'[' | b']' | b'.' | b'*' | b'+' | b'?' | b'\\' | b'{' | b'}' | b','));
            let part = pattern(before) && !matches!(before, Some(b'*' | b'+')) || pattern(after) && !matches!(after, Some(b'.'));
            if part {
                out.push_str(&regex[at..end]);
            } else {
                out.push_str(r"\b");
                out.push_str(&regex[at..end]);
                out.push_str(r"\b");
            }
            at = end;
        } else {
            let end = (at + 1..=regex.len()).find(|&n| regex.is_char_boundary(n)).unwrap_or(regex.len());
            out.push_str(&regex[at..end]);
            at = end;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;
    use super::*;

    fn flows(text: &str) -> Vec<Flow> {
        device(text).policies[PolicyId(0)].terms.iter().map(|t| t.then).collect()
    }

    #[test]
    fn continue_goes_to_what_exists() {
        let goto = |n| Flow::Goto { term: TermId(n), pending: Some(Verdict::Accept) };
        let text = "route-map M permit 10\n   continue 30\nroute-map M permit 20\n   continue\nroute-map M deny 30\nroute-map M permit 40\n   continue 100\n";
        assert_eq!(flows(text), [goto(2), goto(2), Flow::Reject, Flow::Accept]);
    }

    #[test]
    fn numbers_are_whole_in_asn_mode() {
        assert_eq!(whole_numbers("^10_20$"), r"^\b10\b_\b20\b$");
        assert_eq!(whole_numbers("65[0-9]+"), "65[0-9]+");
        assert_eq!(whole_numbers("10.*"), r"\b10\b.*");
        let d = device("ip as-path access-list A permit 10\nip as-path regex-mode asn\n");
        let regex = regex_automata::meta::Regex::new(&d.as_path_lists[AsPathListId(0)].lines[0].regex).unwrap();
        assert!(regex.is_match("10 20 ") && !regex.is_match("65010 "));
    }

    #[test]
    fn undefined_lists_hold_for_nothing_and_sub_maps_run() {
        let d = device(
            "route-map M permit 10\n   match ip address prefix-list NONE\nroute-map M permit 20\n   match tag 5\n   sub-route-map N\n   set as-path match all replacement auto\nroute-map N permit 10\nrouter bgp 7\n",
        );
        let m = &d.policies[PolicyId(0)];
        assert!(matches!(m.terms[TermId(0)].when, Cond::False));
        assert!(matches!(&m.terms[TermId(1)].when, Cond::All(c) if matches!(c[1], Cond::Apply(PolicyId(1)))));
        assert!(matches!(&m.terms[TermId(1)].actions[0], Action::ReplaceAsPath(AsPathReplacement::All(p)) if *p == [7]));
    }
}
