//! Route-maps.

use std::net::IpAddr;

use super::lists::extended;
use super::{Block, Invalid, Modelled, NoEffect, NotModelled, Reader, Took, Unknown, reference, source};
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::policy::{Action, CommunityEdit, NextHopEdit, Number};
use crate::model::route::{BgpOrigin, Family};
use crate::syntax::tree::{Node, Tree};
use crate::syntax::values;
use crate::vendors::frr::config::{CommunityKind, Entry, Exit, ListKind, Match, RouteMap, Set};

impl Reader<'_> {
    pub(super) fn open_route_map<'t>(&mut self, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        let [name, rest @ ..] = w else { return Unknown };
        if no || matches!(rest, ["optimization"]) {
            return NoEffect;
        }
        let permit = match rest.first() {
            Some(&"permit") => true,
            Some(&"deny") => false,
            other => return Invalid(other.unwrap_or(name), "permit or deny"),
        };
        let seq = match rest.get(1) {
            None => 10,
            Some(n) => match n.parse::<u32>() {
                Ok(n) => n,
                Err(_) => return Invalid(n, "a sequence number"),
            },
        };
        let next = self.config.route_maps.len();
        let at = *self.config.route_map_index.entry((*name).into()).or_insert(next);
        if at == next {
            self.config.route_maps.push(RouteMap { name: (*name).into(), origin: o, entries: Vec::new() });
            self.sink.define("route-map", name, o);
        }
        let entries = &mut self.config.route_maps[at].entries;
        match entries.iter().position(|e| e.seq == seq) {
            // The entry is opened again: what it says stays, and the lines below add to it. Moved to the end, where lines go.
            Some(n) => {
                let mut entry = entries.remove(n);
                entry.permit = permit;
                entries.push(entry);
            }
            None => entries.push(Entry { seq, permit, origin: o, ..Entry::default() }),
        }
        self.block = Block::RouteMap(at);
        Modelled
    }

    pub(super) fn route_map_line<'t>(
        &mut self,
        n: usize,
        no: bool,
        w: &[&'t str],
        tree: &Tree<'t>,
        node: &Node<'t>,
        o: Origin,
    ) -> Took<'t> {
        if no {
            return if matches!(w.first(), Some(&("match" | "set" | "call" | "on-match" | "continue" | "description"))) {
                NoEffect
            } else {
                Unknown
            };
        }
        let Some(entry) = self.config.route_maps.get_mut(n).and_then(|m| m.entries.last_mut()) else { return Unknown };
        match w {
            ["description", ..] => NoEffect,
            ["match", rest @ ..] => match matching(rest, o) {
                Ok(found) => {
                    refer(self.sink, &found, tree, node, rest);
                    entry.matches.retain(|m| !same_match(m, &found));
                    let unmodelled = matches!(found, Match::Unmodelled(_));
                    entry.matches.push(found);
                    if unmodelled { NotModelled("the condition is not modelled; it is taken not to hold") } else { Modelled }
                }
                Err(took) => took,
            },
            ["set", rest @ ..] => match setting(rest, o) {
                Ok(sets) => {
                    for set in sets {
                        if let Set::DeleteCommunities(kind, list) = &set {
                            self.sink.refer(kind.word(), &list.name, o, "set comm-list delete");
                        }
                        entry.sets.retain(|s| !same_set(s, &set));
                        entry.sets.push(set);
                    }
                    Modelled
                }
                Err(took) => {
                    if let NotModelled(_) = took {
                        entry.sets.push(Set::Action(Action::Unmodelled(tree.rest(node, 1).into())));
                    }
                    took
                }
            },
            ["call", name] => {
                self.sink.refer(&["route-map"], name, tree.span(node, name), "call");
                entry.call = Some(reference(name, o));
                Modelled
            }
            ["on-match", "next"] | ["continue"] => {
                entry.exit = Exit::Next;
                Modelled
            }
            ["on-match", "goto", seq] | ["continue", seq] => match seq.parse::<u32>() {
                Ok(seq) if seq > entry.seq => {
                    entry.exit = Exit::Goto(seq);
                    Modelled
                }
                _ => Invalid(seq, "the number of a later entry"),
            },
            _ => Unknown,
        }
    }
}

fn refer(sink: &mut crate::vendors::sink::Sink, found: &Match, tree: &Tree<'_>, node: &Node<'_>, words: &[&str]) {
    let (kinds, name): (&'static [&'static str], &Name) = match found {
        Match::Address(kind, r) | Match::NextHop(kind, r) | Match::Source(kind, r) => (kind.word(), &r.name),
        Match::AsPath(r) => (&["as-path access-list"], &r.name),
        Match::Community { list, kind, .. } => (kind.word(), &list.name),
        _ => return,
    };
    let word = words.iter().rev().find(|w| **w == &**name).copied().unwrap_or("");
    sink.refer(kinds, name, tree.span(node, word), "route-map match");
}

/// bgpd keeps one rule a kind: the later line takes the place of the earlier.
fn same_match(a: &Match, b: &Match) -> bool {
    match (a, b) {
        (Match::Address(x, _), Match::Address(y, _)) | (Match::NextHop(x, _), Match::NextHop(y, _)) => x == y,
        (Match::Community { kind: x, .. }, Match::Community { kind: y, .. }) => x == y,
        (Match::Unmodelled(_), Match::Unmodelled(_)) => false,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

fn same_set(a: &Set, b: &Set) -> bool {
    match (a, b) {
        (Set::Metric(_), Set::Metric(_)) => true,
        (Set::DeleteCommunities(x, _), Set::DeleteCommunities(y, _)) => x == y,
        (Set::Action(Action::Unmodelled(_)), _) => false,
        (Set::Action(Action::Community(x)), Set::Action(Action::Community(y))) => kind_of(x) == kind_of(y),
        (Set::Action(x), Set::Action(y)) => std::mem::discriminant(x) == std::mem::discriminant(y),
        _ => false,
    }
}

/// Which of a community edit's kinds it is for, as the first member tells.
fn kind_of(edit: &CommunityEdit) -> Option<u8> {
    use crate::model::route::Community as C;
    match edit {
        CommunityEdit::Set(v) | CommunityEdit::Add(v) | CommunityEdit::Delete(v) => Some(match v.first() {
            Some(C::Extended(e)) => 16 | e[1],
            Some(C::Large(..)) => 2,
            Some(C::Standard(_)) | None => 0,
        }),
        CommunityEdit::DeleteAll { .. } => Some(0),
        CommunityEdit::DeleteList(_) => None,
    }
}

fn number<'t>(word: Option<&&'t str>) -> Result<u32, Took<'t>> {
    let word = word.copied().unwrap_or("");
    word.parse().map_err(|_| Invalid(word, "a number"))
}

fn matching<'t>(w: &[&'t str], o: Origin) -> Result<Match, Took<'t>> {
    let family = |word: &str| if word == "ipv6" { Family::V6 } else { Family::V4 };
    Ok(match w {
        ["ip" | "ipv6", "address", "prefix-list", name] => Match::Address(ListKind::PrefixList(family(w[0])), reference(name, o)),
        ["ip" | "ipv6", "address", "prefix-len", n] => {
            Match::PrefixLength(n.parse().map_err(|_| Invalid(n, "a prefix length"))?, w[0] == "ipv6")
        }
        ["ip" | "ipv6", "address", name] => Match::Address(ListKind::AccessList(family(w[0])), reference(name, o)),
        ["ip" | "ipv6", "next-hop", "prefix-list", name] => {
            Match::NextHop(ListKind::PrefixList(family(w[0])), reference(name, o))
        }
        ["ip" | "ipv6", "next-hop", "address", a] => Match::NextHopIs(a.parse().map_err(|_| Invalid(a, "an address"))?),
        ["ip" | "ipv6", "next-hop", "type" | "prefix-len", ..] => Match::Unmodelled(w.join(" ").into()),
        ["ip" | "ipv6", "next-hop", name] => match name.parse::<IpAddr>() {
            Ok(a) => Match::NextHopIs(a),
            Err(_) => Match::NextHop(ListKind::AccessList(family(w[0])), reference(name, o)),
        },
        ["ip", "route-source", "prefix-list", name] => Match::Source(ListKind::PrefixList(Family::V4), reference(name, o)),
        ["ip", "route-source", name] => Match::Source(ListKind::AccessList(Family::V4), reference(name, o)),
        ["peer", a] => match a.parse() {
            Ok(a) => Match::Peer(a),
            Err(_) => Match::Unmodelled(w.join(" ").into()),
        },
        ["as-path", name] => Match::AsPath(reference(name, o)),
        ["community" | "large-community" | "extcommunity", name, rest @ ..] => {
            let kind = match w[0] {
                "community" => CommunityKind::Standard,
                "large-community" => CommunityKind::Large,
                _ => CommunityKind::Extended,
            };
            match rest {
                [] => Match::Community { list: reference(name, o), kind, exact: false },
                ["exact-match"] => Match::Community { list: reference(name, o), kind, exact: true },
                ["any"] => Match::Unmodelled(w.join(" ").into()),
                [other, ..] => return Err(Invalid(other, "exact-match")),
            }
        }
        ["evpn", "route-type", word] => match *word {
            "prefix" | "type-5" | "5" => Match::EvpnPrefixes(true),
            "ead" | "macip" | "multicast" | "es" | "1" | "2" | "3" | "4" | "type-1" | "type-2" | "type-3" | "type-4" => {
                Match::EvpnPrefixes(false)
            }
            other => return Err(Invalid(other, "a type of EVPN routes")),
        },
        ["metric", n] => Match::Metric(number(Some(n))?),
        ["local-preference", n] => Match::LocalPref(number(Some(n))?),
        ["tag", n] => Match::Tag(number(Some(n))?),
        ["origin", word] => Match::Origin(origin_code(word).ok_or(Invalid(word, "igp, egp or incomplete"))?),
        ["interface", name] => Match::Interface((*name).into()),
        ["source-protocol", word] => match source(word) {
            Some(s) => Match::Protocol(s),
            None => Match::Unmodelled(w.join(" ").into()),
        },
        ["source-vrf", name] => Match::SourceVrf((*name).into()),
        [
            "probability" | "rpki" | "rpki-extcommunity" | "evpn" | "source-instance" | "mac" | "src-peer" | "alias" | "ipv6"
            | "ip" | "community-limit" | "vpn" | "distance",
            ..,
        ] => Match::Unmodelled(w.join(" ").into()),
        _ => return Err(Unknown),
    })
}

pub(super) fn origin_code(word: &str) -> Option<BgpOrigin> {
    Some(match word {
        "igp" => BgpOrigin::Igp,
        "egp" => BgpOrigin::Egp,
        "incomplete" => BgpOrigin::Incomplete,
        _ => return None,
    })
}

/// `5`, `+5`, `-5`.
fn change<'t>(word: &'t str) -> Result<Number, Took<'t>> {
    let value = |n: &str, digits: &'t str| n.parse::<u32>().map_err(|_| Invalid(digits, "a number"));
    match word.strip_prefix(['+', '-']) {
        Some(n) if word.starts_with('+') => Ok(Number::Add(value(n, word)?)),
        Some(n) => Ok(Number::Subtract(value(n, word)?)),
        None => Ok(Number::Set(value(word, word)?)),
    }
}

fn setting<'t>(w: &[&'t str], o: Origin) -> Result<Vec<Set>, Took<'t>> {
    let one = |a: Action| Ok(vec![Set::Action(a)]);
    match w {
        ["metric", "rtt" | "+rtt" | "-rtt"] => Err(NotModelled("round-trip times are not known")),
        ["metric", "igp" | "aigp"] => one(Action::MetricIgp),
        ["metric", n] => Ok(vec![Set::Metric(change(n)?)]),
        ["local-preference", n] => one(Action::LocalPref(change(n)?)),
        ["weight", n] => one(Action::Weight(number(Some(n))?)),
        ["tag", n] => one(Action::Tag(number(Some(n))?)),
        ["distance", n] => one(Action::Distance(number(Some(n))?)),
        ["origin", word] => one(Action::Origin(origin_code(word).ok_or(Invalid(word, "igp, egp or incomplete"))?)),
        ["metric-type", "type-1"] => one(Action::OspfMetricType(1)),
        ["metric-type", "type-2"] => one(Action::OspfMetricType(2)),
        ["level", "level-1"] => one(Action::IsisLevel(1)),
        ["level", "level-2"] => one(Action::IsisLevel(2)),
        ["as-path", "prepend", "last-as", n @ ..] => one(Action::PrependLast(if n.is_empty() { 1 } else { number(n.first())? })),
        ["as-path", verb @ ("prepend" | "exclude"), asns @ ..] => {
            let mut list = Vec::with_capacity(asns.len());
            for word in asns {
                if matches!(*word, "all" | "as-path-access-list") {
                    return Err(NotModelled("this form of `exclude` is not modelled"));
                }
                list.push(values::asn(word).ok_or(Invalid(word, "an AS number"))?);
            }
            one(if *verb == "prepend" { Action::Prepend(list) } else { Action::ExcludeAs(list) })
        }
        ["as-path", "replace", "any"] => one(Action::ReplaceAsPath(crate::model::policy::AsPathReplacement::WithOwn(Vec::new()))),
        ["as-path", "replace", word] => match values::asn(word) {
            Some(a) => one(Action::ReplaceAsPath(crate::model::policy::AsPathReplacement::WithOwn(vec![a]))),
            None => Err(Invalid(word, "an AS number or `any`")),
        },
        ["community" | "large-community" | "extcommunity", ..] => communities(w),
        ["comm-list", name, "delete"] => Ok(vec![Set::DeleteCommunities(CommunityKind::Standard, reference(name, o))]),
        ["large-comm-list", name, "delete"] => Ok(vec![Set::DeleteCommunities(CommunityKind::Large, reference(name, o))]),
        ["extended-comm-list", name, "delete"] => Ok(vec![Set::DeleteCommunities(CommunityKind::Extended, reference(name, o))]),
        ["ip", "next-hop", "peer-address"] | ["ipv6", "next-hop", "peer-address"] => one(Action::NextHop(NextHopEdit::Peer)),
        ["ip", "next-hop", "unchanged"] => one(Action::NextHop(NextHopEdit::Unchanged)),
        ["ip", "next-hop", a] | ["ipv6", "next-hop", "global", a] => match a.parse() {
            Ok(a) => one(Action::NextHop(NextHopEdit::Address(a))),
            Err(_) => Err(Invalid(a, "an address")),
        },
        ["ipv6", "next-hop", "prefer-global" | "local", ..] | ["ipv6", "next-hop", "global"] => Ok(Vec::new()),
        ["forwarding-address", a] => match a.parse() {
            Ok(a) => one(Action::ForwardingAddress(a)),
            Err(_) => Err(Invalid(a, "an address")),
        },
        // The source address of packets the device itself sends.
        ["src", _] | ["label-index", _] | ["atomic-aggregate"] | ["aggregator", ..] => Ok(Vec::new()),
        [
            "originator-id" | "table" | "sr-te" | "vpn" | "ipv4" | "l3vpn" | "evpn" | "min-metric" | "max-metric" | "aigp-metric",
            ..,
        ] => Err(NotModelled("this change is not modelled")),
        _ => Err(Unknown),
    }
}

/// `community A B [additive]|none` and its kin.
fn communities<'t>(w: &[&'t str]) -> Result<Vec<Set>, Took<'t>> {
    let [kind, rest @ ..] = w else { return Err(Unknown) };
    if let ["none"] = rest {
        return match *kind {
            "community" => Ok(vec![Set::Action(Action::Community(CommunityEdit::DeleteAll { all_kinds: false }))]),
            _ => Err(NotModelled("removing all communities of this kind is not modelled")),
        };
    }
    let mut additive = *kind == "extcommunity";
    let mut list = Vec::new();
    let (sub, words) = match (*kind, rest) {
        ("extcommunity", ["bandwidth" | "color", ..]) => return Err(NotModelled("link bandwidth is not modelled")),
        ("extcommunity", [sub, words @ ..]) => (*sub, words),
        (_, words) => ("", words),
    };
    for word in words {
        if *word == "additive" {
            additive = true;
            continue;
        }
        let one = match *kind {
            "community" => values::standard_community(word),
            "large-community" => values::large_community(word),
            _ => extended(sub, word),
        };
        list.push(one.ok_or(Invalid(word, "a community"))?);
    }
    if list.is_empty() {
        return Err(Invalid(kind, "followed by communities"));
    }
    // `set extcommunity rt` replaces only route targets in bgpd; nothing else is likely to be there on a unicast route.
    Ok(vec![Set::Action(Action::Community(if additive { CommunityEdit::Add(list) } else { CommunityEdit::Set(list) }))])
}
