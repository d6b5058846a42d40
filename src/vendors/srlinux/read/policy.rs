//! `routing-policy`: sets and policies.

use super::{Known, Reader, entry};
use crate::model::policy::{CommunityMatch, Compare, Number, PrefixRange, RouteType};
use crate::model::route::{BgpOrigin, Community, Family};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::srlinux::config::{Change, CommunitySet, Config, Match, Policy, Statement, Verdict};

const SETS: Known = Known {
    name: "routing-policy",
    no_effect: &["admin-tag-set", "color-set", "evpn-tag-set", "segment-routing-prefix-set", "srv6-set"],
    not_modelled: &["neighbor-set", "policy-forwarding", "large-community-set"],
};
const MATCH: Known =
    Known { name: "policy match", no_effect: &[], not_modelled: &["multicast", "internal-tags", "aigp", "prefix-sid"] };
const ACTION: Known = Known {
    name: "policy action",
    no_effect: &["trace", "internal-tags"],
    not_modelled: &["multicast", "route-table", "srv6", "segment-routing"],
};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    for list in &node.children {
        match list.word(0) {
            "prefix-set" => each(r, list, |r, n| prefix_set(r, n, config)),
            "community-set" => each(r, list, |r, n| community_set(r, n, config)),
            "as-path-set" => each(r, list, |r, n| as_path_set(r, n, config)),
            "tag-set" => each(r, list, |r, n| {
                let named = define(r, "tag-set", n);
                let tags = n.children.iter().filter(|c| c.word(0) == "tag-value").flat_map(|c| r.names(c)).collect::<Vec<_>>();
                config.tag_sets.push((named, tags.iter().filter_map(|(w, _)| w.parse().ok()).collect()));
            }),
            "policy" => each(r, list, |r, n| policy(r, n, config)),
            _ => r.known(list, &SETS),
        }
    }
}

fn each<'t>(r: &mut Reader<'_, 't>, list: &Node<'t>, mut f: impl FnMut(&mut Reader<'_, 't>, &Node<'t>)) {
    r.head(list);
    for n in &list.children {
        r.head(n);
        f(r, n);
    }
}

fn define<'t>(r: &mut Reader<'_, 't>, kind: &'static str, n: &Node<'t>) -> super::Named {
    let origin = r.origin(n);
    r.sink.define(kind, n.word(0), origin);
    (n.word(0).into(), origin)
}

fn prefix_set<'t>(r: &mut Reader<'_, 't>, n: &Node<'t>, config: &mut Config) {
    let named = define(r, "prefix-set", n);
    let at = entry(&mut config.prefix_sets, |s| &*s.0.0 == n.word(0), || (named, Vec::new()));
    for c in &n.children {
        if c.word(0) != "prefix" {
            r.sink.not_understood(r.tree, c);
            continue;
        }
        r.head(c);
        for p in &c.children {
            r.head(p);
            let Some(net) = r.prefix(p) else { continue };
            let origin = r.origin(p);
            let lengths: Vec<&Node<'t>> =
                p.children.iter().filter(|x| x.word(0) == "mask-length-range").flat_map(|x| &x.children).collect();
            p.children.iter().for_each(|x| r.all(x));
            // The second key of the list; the YANG model demands it, the CLI takes `exact` without.
            if lengths.is_empty() {
                at.1.push((PrefixRange::exact(net), origin));
            }
            for length in lengths {
                match range(net, length.word(0)) {
                    Some(x) => at.1.push((x, origin)),
                    None => r.sink.invalid(r.tree, length, length.word(0), "a range of lengths"),
                }
            }
        }
    }
}

/// `exact`, or `24..32`.
fn range(net: ipnet::IpNet, word: &str) -> Option<PrefixRange> {
    if word == "exact" {
        return Some(PrefixRange::exact(net));
    }
    let (min, max) = word.split_once("..")?;
    Some(PrefixRange { prefix: net.trunc(), min: min.parse().ok()?, max: max.parse().ok()? })
}

fn community_set<'t>(r: &mut Reader<'_, 't>, n: &Node<'t>, config: &mut Config) {
    let name = define(r, "community-set", n);
    let at =
        entry(&mut config.community_sets, |s| &*s.name.0 == n.word(0), || CommunitySet { name, members: Vec::new(), how: None });
    for c in &n.children {
        match c.word(0) {
            "member" => {
                for (word, origin) in r.names(c) {
                    match member(&word) {
                        Some(m) => at.members.push((m, origin)),
                        None => r.bad(c, &word, "a community"),
                    }
                }
            }
            "match-set-options" => at.how = r.arg(c).map(Into::into),
            _ => r.sink.not_understood(r.tree, c),
        }
    }
}

/// A community, or a pattern over communities.
fn member(word: &str) -> Option<CommunityMatch> {
    let word = word.trim_matches('"');
    let word = word.strip_prefix("bgp-large-community:").unwrap_or(word);
    let kind = |w: &str| match w.split_once(':') {
        Some(("target", v)) => values::extended_community(2, v),
        Some(("origin", v)) => values::extended_community(3, v),
        _ => None,
    };
    let one: Option<Community> =
        kind(word).or_else(|| values::standard_community(word)).or_else(|| values::large_community(word));
    if let Some(c) = one {
        return Some(CommunityMatch::All(vec![c]));
    }
    // Each part of `asn:value` is a pattern by itself, over the whole of it, as on Junos.
    crate::vendors::regex::junos_community(word).ok().map(CommunityMatch::Regex)
}

fn as_path_set<'t>(r: &mut Reader<'_, 't>, n: &Node<'t>, config: &mut Config) {
    let named = define(r, "as-path-set", n);
    let at = entry(&mut config.as_path_sets, |s| &*s.0.0 == n.word(0), || (named, Vec::new()));
    for c in &n.children {
        match c.word(0) {
            "expression" | "as-path-set-member" | "member" => at.1.extend(r.names(c)),
            _ => r.sink.not_understood(r.tree, c),
        }
    }
}

fn policy<'t>(r: &mut Reader<'_, 't>, n: &Node<'t>, config: &mut Config) {
    let (name, origin) = define(r, "policy", n);
    let at = entry(&mut config.policies, |p| &*p.name == n.word(0), || Policy { name, origin, ..Policy::default() });
    for c in &n.children {
        match c.word(0) {
            "default-action" => {
                r.head(c);
                let (verdict, changes) = action(r, c);
                if let Some(v) = verdict {
                    at.default = Some((v, changes));
                }
            }
            "statement" => {
                r.head(c);
                for s in &c.children {
                    r.head(s);
                    let origin = r.origin(s);
                    let mut statement = Statement { name: s.word(0).into(), origin, ..Statement::default() };
                    for x in &s.children {
                        match x.word(0) {
                            "match" => {
                                r.head(x);
                                x.children.iter().for_each(|m| matching(r, m, &mut statement.matches));
                            }
                            "action" => {
                                r.head(x);
                                (statement.verdict, statement.changes) = action(r, x);
                            }
                            "sequence-id" => r.all(x),
                            _ => r.sink.not_understood(r.tree, x),
                        }
                    }
                    at.statements.push(statement);
                }
            }
            _ => r.sink.not_understood(r.tree, c),
        }
    }
}

fn set_name<'t>(r: &mut Reader<'_, 't>, kinds: &'static [&'static str], c: &Node<'t>) -> Option<super::Named> {
    let named = r.named(c)?;
    r.sink.refer(kinds, &named.0, named.1, "policy match");
    Some(named)
}

fn matching<'t>(r: &mut Reader<'_, 't>, m: &Node<'t>, out: &mut Vec<Match>) {
    match m.word(0) {
        "prefix" | "isis" | "ospf" => {
            r.head(m);
            m.children.iter().for_each(|x| matching(r, x, out));
        }
        "prefix-set" => out.extend(set_name(r, &["prefix-set"], m).map(|n| Match::PrefixSet(n, false))),
        // Of `prefix` and others: `any` and `invert`.
        "match-set-options" => {
            if r.arg(m) == Some("invert")
                && let Some(Match::PrefixSet(_, inverted)) = out.last_mut()
            {
                *inverted = true;
            }
        }
        "protocol" => out.extend(r.arg(m).map(|p| Match::Protocol(p.into()))),
        "family" => {
            let names = r.names(m);
            let family = |n: &str| match n {
                "ipv4-unicast" => Some(Family::V4),
                "ipv6-unicast" => Some(Family::V6),
                "evpn" => Some(Family::Evpn),
                _ => None,
            };
            out.push(Match::Family(names.iter().filter_map(|(n, _)| family(n)).collect()));
        }
        "bgp" => {
            r.head(m);
            m.children.iter().for_each(|x| bgp(r, x, out));
        }
        "level" => out.extend(r.number(m).map(Match::IsisLevel)),
        "route-type" => {
            let kind = match r.arg(m) {
                Some("internal") => RouteType::Internal,
                Some("external") => RouteType::External,
                Some("intra-area" | "intra") => RouteType::OspfIntra,
                Some("inter-area" | "inter") => RouteType::OspfInter,
                Some("type-1-ext" | "external-1") => RouteType::OspfE1,
                Some("type-2-ext" | "external-2") => RouteType::OspfE2,
                other => {
                    out.push(Match::Unmodelled(format!("route-type {}", other.unwrap_or("")).into()));
                    return;
                }
            };
            out.push(Match::RouteType(kind));
        }
        "area-id" => {
            if let Some(area) = r.arg(m).and_then(values::area) {
                out.push(Match::Area(area));
            }
        }
        "instance-id" | "ip" | "l2-evpn" => {
            r.sink.not_modelled(
                r.tree,
                m,
                format!("the condition `{}` is not modelled: the statement does not match", m.word(0)),
            );
            out.push(Match::Unmodelled(m.word(0).into()));
        }
        "tag-set" | "internal-tag-set" => out.extend(set_name(r, &["tag-set"], m).map(Match::TagSet)),
        "call-policy" | "policy" => out.extend(set_name(r, &["policy"], m).map(Match::Policy)),
        _ => {
            out.push(Match::Unmodelled(m.word(0).into()));
            r.known(m, &MATCH);
        }
    }
}

fn compare(word: &str) -> Option<Compare> {
    Some(match word {
        "eq" => Compare::Eq,
        "ge" => Compare::Ge,
        "le" => Compare::Le,
        _ => return None,
    })
}

fn bgp<'t>(r: &mut Reader<'_, 't>, x: &Node<'t>, out: &mut Vec<Match>) {
    let leaf = |w: &str| x.child(w).and_then(|c| c.children.last()).map(|v| v.word(0));
    let how = compare(leaf("operator").unwrap_or("eq")).unwrap_or(Compare::Eq);
    match x.word(0) {
        "as-path-set" => out.extend(set_name(r, &["as-path-set"], x).map(|n| Match::AsPathSet(n, false))),
        "as-path" => {
            r.all(x);
            if let Some(c) = x.child("as-path-set") {
                let invert = leaf("match-set-options") == Some("invert");
                out.extend(set_name(r, &["as-path-set"], c).map(|n| Match::AsPathSet(n, invert)));
            }
        }
        "as-path-length" => {
            r.all(x);
            match leaf("value").map(str::parse) {
                Some(Ok(n)) => out.push(Match::AsPathLength(how, n)),
                _ => r.sink.invalid(r.tree, x, x.word(0), "complete: a value is missing"),
            }
        }
        // A leaf with the set's name, or (newer releases) a container.
        "community-set" => out.extend(set_name(r, &["community-set"], x).map(|n| Match::CommunitySet(n, None))),
        "community" | "standard-community" | "communities" => {
            r.all(x);
            for c in x.children.iter().filter(|c| c.word(0).ends_with("community-set")) {
                let how = leaf("match-set-options").map(Into::into);
                out.extend(set_name(r, &["community-set"], c).map(|n| Match::CommunitySet(n, how)));
            }
        }
        "local-preference" | "med" => {
            r.all(x);
            let value = leaf("value").or_else(|| x.children.last().map(|v| v.word(0))).and_then(|w| w.parse().ok());
            match value {
                Some(n) if x.word(0) == "med" => out.push(Match::Med(how, n)),
                Some(n) => out.push(Match::LocalPref(how, n)),
                None => r.sink.invalid(r.tree, x, x.word(0), "complete: a value is missing"),
            }
        }
        "neighbor" => {
            let nets: Vec<_> = r.names(x).iter().filter_map(|(w, _)| values::prefix_or_host(w)).collect();
            out.push(Match::Neighbor(nets));
        }
        "next-hop-set" | "next-hop" => out.extend(set_name(r, &["prefix-set"], x).map(Match::NextHop)),
        "evpn" | "mvpn" => {
            // EVPN routes are not among those the twin sends through policies: such a statement takes none of them.
            r.all(x);
            out.push(Match::Unmodelled("evpn".into()));
        }
        _ => {
            out.push(Match::Unmodelled(x.word(0).into()));
            r.known(x, &MATCH);
        }
    }
}

fn action<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> (Option<Verdict>, Vec<Change>) {
    let mut verdict = None;
    let mut changes = Vec::new();
    for c in &node.children {
        match c.word(0) {
            "policy-result" => {
                verdict = match r.arg(c) {
                    Some("accept") => Some(Verdict::Accept),
                    Some("reject") => Some(Verdict::Reject),
                    Some("next-policy") => Some(Verdict::NextPolicy),
                    Some("next-statement") => Some(Verdict::NextStatement),
                    Some(other) => {
                        r.bad(c, other, "a policy's result");
                        None
                    }
                    None => None,
                };
            }
            // Releases before 22: the result is a container of its own name.
            "accept" | "reject" | "next-policy" | "next-entry" | "next-statement" => {
                r.head(c);
                verdict = Some(match c.word(0) {
                    "accept" => Verdict::Accept,
                    "reject" => Verdict::Reject,
                    "next-policy" => Verdict::NextPolicy,
                    _ => Verdict::NextStatement,
                });
                c.children.iter().for_each(|x| part(r, x, &mut changes));
            }
            _ => part(r, c, &mut changes),
        }
    }
    (verdict, changes)
}

fn part<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, out: &mut Vec<Change>) {
    match c.word(0) {
        "bgp" => {
            r.head(c);
            c.children.iter().for_each(|x| bgp_change(r, x, out));
        }
        "isis" | "ospf" => {
            r.head(c);
            for x in &c.children {
                let value = x.child("set").or_else(|| x.child("value")).unwrap_or(x);
                match x.word(0) {
                    "metric" | "set-metric" => {
                        r.all(x);
                        out.extend(r.number(value).map(|n| Change::Metric(Number::Set(n))));
                    }
                    "level" => out.extend(r.number(x).map(Change::Level)),
                    "type-1" => out.push(Change::MetricType(1)),
                    "metric-type" | "route-type" => {
                        if let Some(word) = r.arg(x) {
                            out.extend(match word {
                                "1" | "type-1" => Some(Change::MetricType(1)),
                                "2" | "type-2" => Some(Change::MetricType(2)),
                                _ => None,
                            });
                        }
                    }
                    "tag" => out.extend(r.number(x).map(Change::Tag)),
                    _ => r.sink.not_modelled(r.tree, x, format!("the action `{}` is not modelled", x.word(0))),
                }
            }
        }
        "route-preference" | "preference" => {
            r.all(c);
            let value = c.child("set").unwrap_or(c);
            out.extend(r.number(value).map(Change::Preference));
        }
        _ => {
            r.known(c, &ACTION);
            out.push(Change::Unmodelled(c.word(0).into()));
        }
    }
}

fn bgp_change<'t>(r: &mut Reader<'_, 't>, x: &Node<'t>, out: &mut Vec<Change>) {
    let leaf = |n: &Node<'t>, w: &str| n.child(w).and_then(|c| c.children.last()).map(|v| v.word(0));
    let set = |n: &Node<'t>| leaf(n, "set").or_else(|| n.children.last().filter(|v| v.children.is_empty()).map(|v| v.word(0)));
    match x.word(0) {
        "local-preference" => {
            r.all(x);
            match set(x).map(str::parse) {
                Some(Ok(n)) => out.push(Change::LocalPref(number(leaf(x, "operation"), n))),
                _ => r.sink.invalid(r.tree, x, x.word(0), "complete: a value is missing"),
            }
        }
        "med" => {
            r.all(x);
            match (set(x), leaf(x, "value")) {
                (_, Some("use-igp-cost" | "igp")) | (Some("igp" | "use-igp-cost"), _) => out.push(Change::MedIgp),
                (Some(w), _) if w.parse::<u32>().is_ok() => {
                    out.push(Change::Med(number(leaf(x, "operation"), w.parse().unwrap_or(0))));
                }
                _ => r.sink.invalid(r.tree, x, x.word(0), "complete: a value is missing"),
            }
        }
        "origin" => {
            r.all(x);
            out.extend(match set(x) {
                Some("igp") => Some(Change::Origin(BgpOrigin::Igp)),
                Some("egp") => Some(Change::Origin(BgpOrigin::Egp)),
                Some("incomplete") => Some(Change::Origin(BgpOrigin::Incomplete)),
                _ => None,
            });
        }
        "next-hop" => {
            r.all(x);
            match set(x) {
                Some("self") => out.push(Change::NextHopSelf),
                Some(w) => match w.parse() {
                    Ok(ip) => out.push(Change::NextHop(ip)),
                    Err(_) => r.bad(x, w, "an address or `self`"),
                },
                None => {}
            }
        }
        "next-hop-self" => {
            if r.truth(x) == Some(true) {
                out.push(Change::NextHopSelf);
            }
        }
        "as-path" => {
            r.all(x);
            if let Some(p) = x.child("prepend") {
                let times = leaf(p, "repeat-n").and_then(|w| w.parse().ok()).unwrap_or(1);
                // `auto` is the own AS.
                let asn = leaf(p, "as-number").map_or(Some(0), |w| if w == "auto" { Some(0) } else { w.parse().ok() });
                out.extend(asn.map(|asn| Change::Prepend(asn, times)));
            }
            if let Some(p) = x.child("replace") {
                out.push(Change::ReplaceAsPath(p.children.iter().filter_map(|c| c.word(0).parse().ok()).collect()));
            }
            if leaf(x, "remove") == Some("true") {
                out.push(Change::RemoveAsPath);
            }
        }
        "communities" | "community" => {
            r.head(x);
            for c in &x.children {
                let make: fn(super::Named) -> Change = match c.word(0) {
                    "add" => Change::CommunityAdd,
                    "remove" => Change::CommunityRemove,
                    "replace" => Change::CommunityReplace,
                    _ => {
                        r.sink.not_understood(r.tree, c);
                        continue;
                    }
                };
                for named in r.names(c) {
                    r.sink.refer(&["community-set"], &named.0, named.1, "policy action");
                    out.push(make(named));
                }
            }
        }
        "community-set" => {
            r.all(x);
            let make: fn(super::Named) -> Change = match leaf(x, "operation") {
                Some("remove") => Change::CommunityRemove,
                Some("replace") => Change::CommunityReplace,
                _ => Change::CommunityAdd,
            };
            for list in x.children.iter().filter(|c| c.word(0).ends_with("community-set") || c.word(0) == "set") {
                for named in r.names(list) {
                    r.sink.refer(&["community-set"], &named.0, named.1, "policy action");
                    out.push(make(named));
                }
            }
        }
        "route-preference" => {
            r.all(x);
            out.extend(set(x).and_then(|w| w.parse().ok()).map(Change::Preference));
        }
        _ => {
            r.known(x, &ACTION);
            out.push(Change::Unmodelled(x.word(0).into()));
        }
    }
}

fn number(operation: Option<&str>, n: u32) -> Number {
    match operation {
        Some("add") => Number::Add(n),
        Some("subtract") => Number::Subtract(n),
        _ => Number::Set(n),
    }
}
