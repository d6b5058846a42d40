//! `route-map …`.

use super::policy::extended;
use super::{Reader, interface, kind};
use crate::model::route::{BgpOrigin, Community};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::eos::config::{Change, CommunityKind, How, MapEntry, Match, RouteMap, Set, Source};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str, rest: &[&str]) {
    let (permit, seq) = match rest {
        [] => (true, Some(10)),
        ["permit"] => (true, Some(10)),
        ["deny"] => (false, Some(10)),
        ["permit", n, ..] => (true, n.parse().ok()),
        ["deny", n, ..] => (false, n.parse().ok()),
        ["statement", _, "permit", n] => (true, n.parse().ok()),
        ["statement", _, "deny", n] => (false, n.parse().ok()),
        [word, ..] => return r.bad(node, word, "`permit` or `deny`"),
    };
    let Some(seq) = r.wanted(node, rest.last().copied().unwrap_or(""), seq, "a sequence number") else { return };
    let origin = r.tree.origin(node);
    r.sink.define(kind::ROUTE_MAP, name, origin);
    r.ok(node);
    let mut entry = MapEntry { origin, permit, ..MapEntry::default() };
    for child in &node.children {
        statement(r, child, &mut entry);
    }
    let map = r.config.route_maps.entry(name, || RouteMap { origin, ..RouteMap::default() });
    map.entries.insert(seq, entry);
}

fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, entry: &mut MapEntry) {
    match &node.words[..] {
        ["description", ..] | ["exit"] => r.quiet(node),
        ["continue"] => {
            entry.goes_on = Some(None);
            r.ok(node);
        }
        ["continue", n] => {
            if let Some(n) = r.value(node, n, "a sequence number") {
                entry.goes_on = Some(Some(n));
                r.ok(node);
            }
        }
        ["sub-route-map", name] => {
            r.refer(&[kind::ROUTE_MAP], node, name, "sub-route-map");
            entry.sub = Some((*name).into());
            r.ok(node);
        }
        ["match", "invert-result", rest @ ..] => {
            if let Some(m) = condition(r, node, rest) {
                entry.matches.push(Match::Not(Box::new(m)));
            }
        }
        ["match", rest @ ..] => {
            if let Some(m) = condition(r, node, rest) {
                entry.matches.push(m);
            }
        }
        ["set", rest @ ..] => {
            if let Some(s) = change(r, node, rest) {
                entry.sets.push(s);
            }
        }
        _ => r.sink.not_understood(r.tree, node),
    }
}

fn condition<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) -> Option<Match> {
    let out = match words {
        ["ip", "address", "prefix-list", name] => {
            r.refer(&[kind::PREFIX_LIST], node, name, "route-map match ip address");
            Match::PrefixList { v6: false, name: (*name).into() }
        }
        ["ipv6", "address", "prefix-list", name] => {
            r.refer(&[kind::PREFIX_LIST_V6], node, name, "route-map match ipv6 address");
            Match::PrefixList { v6: true, name: (*name).into() }
        }
        ["ip", "address", "access-list", name] => {
            r.refer(&[kind::ACL], node, name, "route-map match ip address");
            Match::Acl { v6: false, name: (*name).into() }
        }
        ["ipv6", "address", "access-list", name] => {
            r.refer(&[kind::ACL_V6], node, name, "route-map match ipv6 address");
            Match::Acl { v6: true, name: (*name).into() }
        }
        ["ip", "next-hop", "prefix-list", name] => {
            r.refer(&[kind::PREFIX_LIST], node, name, "route-map match ip next-hop");
            Match::NextHopList { v6: false, name: (*name).into() }
        }
        ["ipv6", "next-hop", "prefix-list", name] => {
            r.refer(&[kind::PREFIX_LIST_V6], node, name, "route-map match ipv6 next-hop");
            Match::NextHopList { v6: true, name: (*name).into() }
        }
        ["ip" | "ipv6", "next-hop", word] => Match::NextHop(r.wanted(node, word, values::prefix_or_host(word), "an address")?),
        ["as", asn] => Match::As(r.wanted(node, asn, values::asn(asn), "an AS number")?),
        ["as-path", "length", "=", n] => {
            let n = r.value(node, n, "a length")?;
            Match::AsPathLength(Some(n), Some(n))
        }
        ["as-path", "length", ">=", n] => Match::AsPathLength(Some(r.value(node, n, "a length")?), None),
        ["as-path", "length", "<=", n] => Match::AsPathLength(None, Some(r.value(node, n, "a length")?)),
        ["as-path", name] => {
            r.refer(&[kind::AS_PATH], node, name, "route-map match as-path");
            Match::AsPath((*name).into())
        }
        [word @ ("community" | "extcommunity" | "large-community"), rest @ ..] => {
            let (of, structure): (_, &'static [&'static str]) = match *word {
                "community" => (CommunityKind::Standard, &[kind::COMMUNITY]),
                "extcommunity" => (CommunityKind::Extended, &[kind::EXT_COMMUNITY]),
                _ => (CommunityKind::Large, &[kind::LARGE_COMMUNITY]),
            };
            if rest.first() == Some(&"instances") {
                r.unmodelled(node, "matching the number of communities is not modelled");
                return Some(Match::Unmodelled(words.join(" ").into()));
            }
            let (mut exact, mut any, mut names) = (false, false, Vec::new());
            for name in rest {
                match *name {
                    "exact-match" => exact = true,
                    "or-results" => any = true,
                    "community-list" => {}
                    name => {
                        r.refer(structure, node, name, "route-map match community");
                        names.push(name.into());
                    }
                }
            }
            Match::Communities { names, kind: of, exact, any }
        }
        ["metric", n] => Match::Metric(r.value(node, n, "a metric")?),
        ["local-preference", n] => Match::LocalPref(r.value(node, n, "a local preference")?),
        ["tag", n] => Match::Tag(r.value(node, n, "a tag")?),
        ["origin" | "origin-as-validity", word] if origin(word).is_some() => Match::Origin(origin(word)?),
        ["origin-as" | "origin-as-validity", "validity", word] | ["origin-as-validity", word] => {
            Match::RpkiNotFound(matches!(*word, "not-found" | "unknown"))
        }
        ["source-protocol", word, ..] => match source(word) {
            Some(s) => Match::Source(s),
            None => return unmodelled_match(r, node, words),
        },
        ["interface", name @ ..] => {
            let joined = name.concat();
            Match::Interface(
                r.wanted(node, name.first().copied().unwrap_or(""), interface::full_name(&joined), "an interface")?.into(),
            )
        }
        ["route-type", kind] => Match::RouteType((*kind).into()),
        ["isis", "level", "level-1"] => Match::IsisLevel(1),
        ["isis", "level", "level-2"] => Match::IsisLevel(2),
        [
            "aggregate-role" | "ospf" | "router-id" | "ip" | "ipv6" | "distance" | "peer-id" | "probability" | "community-list",
            ..,
        ] => {
            return unmodelled_match(r, node, words);
        }
        _ => {
            r.sink.not_understood(r.tree, node);
            return Some(Match::Unmodelled(words.join(" ").into()));
        }
    };
    r.ok(node);
    Some(out)
}

fn unmodelled_match<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) -> Option<Match> {
    r.unmodelled(node, "this condition is not modelled: it is taken not to hold");
    Some(Match::Unmodelled(words.join(" ").into()))
}

fn origin(word: &str) -> Option<BgpOrigin> {
    Some(match word {
        "igp" => BgpOrigin::Igp,
        "egp" => BgpOrigin::Egp,
        "incomplete" => BgpOrigin::Incomplete,
        _ => return None,
    })
}

/// A source of routes by its name.
pub(super) fn source(word: &str) -> Option<Source> {
    Some(match word {
        "connected" => Source::Connected,
        "static" => Source::Static,
        "ospf" => Source::Ospf,
        "ospfv3" | "ospf3" => Source::Ospf3,
        "isis" => Source::Isis,
        "bgp" => Source::Bgp,
        "rip" => Source::Rip,
        _ => return None,
    })
}

fn number(word: &str) -> Option<Change> {
    match word.strip_prefix('+') {
        Some(n) => n.parse().ok().map(Change::Add),
        None => match word.strip_prefix('-') {
            Some(n) => n.parse().ok().map(Change::Subtract),
            None => word.parse().ok().map(Change::Set),
        },
    }
}

fn change<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) -> Option<Set> {
    let out = match words {
        ["local-preference", n] => Set::LocalPref(r.value(node, n, "a local preference")?),
        ["metric", "igp-nexthop-cost" | "igp-metric" | "igp"] => Set::MetricIgp,
        ["metric", n] => Set::Metric(r.wanted(node, n, number(n), "a metric")?),
        ["metric-type", "type-1"] => Set::MetricType(1),
        ["metric-type", "type-2"] => Set::MetricType(2),
        ["isis", "metric-type", "external"] | ["metric-type", "external"] => Set::IsisMetricExternal(true),
        ["isis", "metric-type", "internal"] | ["metric-type", "internal"] => Set::IsisMetricExternal(false),
        ["isis", "level", "level-1"] | ["level", "level-1"] => Set::IsisLevel(1),
        ["isis", "level", "level-2"] | ["level", "level-2"] => Set::IsisLevel(2),
        ["isis", "level", "level-1-2"] | ["level", "level-1-2"] => Set::IsisLevel(3),
        ["tag", n] => Set::Tag(r.value(node, n, "a tag")?),
        ["weight", n] => Set::Weight(r.value(node, n, "a weight")?),
        ["distance", n] => Set::Distance(r.value(node, n, "a distance")?),
        ["origin", word] => Set::Origin(r.wanted(node, word, origin(word), "an origin")?),
        ["as-path", "prepend", "last-as", n] => Set::PrependLast(r.value(node, n, "a number")?),
        ["as-path", "prepend", list @ ..] => Set::Prepend(path(r, node, list)?),
        ["as-path", "match", "all", "replacement", "none"] => Set::ReplacePath(Vec::new()),
        ["as-path", "match", "all", "replacement", list @ ..] => Set::ReplacePath(path(r, node, list)?),
        ["community", "none"] => Set::NoCommunities,
        [word @ ("community" | "extcommunity" | "large-community"), rest @ ..] => return communities(r, node, word, rest),
        ["ip" | "ipv6", "next-hop", "peer-address"] => Set::NextHopPeer,
        ["ip" | "ipv6", "next-hop", "unchanged"] => Set::NextHopUnchanged,
        ["ip" | "ipv6", "next-hop", word] => Set::NextHop(r.value(node, word, "an address")?),
        [
            "segment-index" | "ip" | "ipv6" | "bgp" | "link-bandwidth" | "resolution-rib" | "aigp-metric" | "isis"
            | "traffic-class" | "nexthop" | "evpn" | "tunnel",
            ..,
        ] => {
            r.unmodelled(node, "this change is not modelled");
            return Some(Set::Unmodelled(words.join(" ").into()));
        }
        _ => {
            r.sink.not_understood(r.tree, node);
            return Some(Set::Unmodelled(words.join(" ").into()));
        }
    };
    r.ok(node);
    Some(out)
}

/// AS numbers; `auto` is the own one; `repeat N` repeats what stands before it.
fn path<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) -> Option<Vec<Option<u32>>> {
    let mut out = Vec::new();
    let mut words = words;
    while let [word, rest @ ..] = words {
        words = rest;
        match *word {
            "auto" => out.push(None),
            "repeat" => {
                let [n, rest @ ..] = rest else { break };
                words = rest;
                let n: usize = r.value(node, n, "a number")?;
                let once = out.clone();
                out = once.iter().copied().cycle().take(once.len().saturating_mul(n.min(64))).collect();
            }
            _ => out.push(Some(r.wanted(node, word, values::asn(word), "an AS number")?)),
        }
    }
    Some(out)
}

fn communities<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, word: &str, rest: &[&str]) -> Option<Set> {
    let (how, rest) = match rest {
        [rest @ .., "additive"] => (How::Add, rest),
        [rest @ .., "delete"] => (How::Delete, rest),
        rest => (How::Set, rest),
    };
    let list = match word {
        "community" => "community-list",
        "extcommunity" => "extcommunity-list",
        _ => "large-community-list",
    };
    let values: Option<Vec<Community>> = match rest {
        ["none"] => {
            r.unmodelled(node, "removing all extended or large communities is not modelled");
            return Some(Set::Unmodelled(rest.join(" ").into()));
        }
        [first, names @ ..] if *first == list => {
            for name in names {
                r.refer(
                    &[kind::COMMUNITY, kind::EXT_COMMUNITY, kind::LARGE_COMMUNITY],
                    node,
                    name,
                    "route-map set community-list",
                );
            }
            r.ok(node);
            return Some(Set::CommunityLists { names: names.iter().map(|n| (*n).into()).collect(), how });
        }
        words if word == "community" => words.iter().map(|w| values::standard_community(w)).collect(),
        words if word == "large-community" => words.iter().map(|w| values::large_community(w)).collect(),
        words => extended(words),
    };
    match values.filter(|v| !v.is_empty()) {
        Some(values) => {
            r.ok(node);
            Some(Set::Communities { values, how })
        }
        None if word == "extcommunity" => {
            r.unmodelled(node, "extended communities other than route targets and origins are not modelled");
            None
        }
        None => {
            r.bad(node, rest.first().copied().unwrap_or(""), "a community");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};
    use super::*;
    use crate::vendors::sink::LineClass;

    #[test]
    fn entries_with_all_their_parts() {
        let text = "ip prefix-list A permit 10.0.0.0/8\nip community-list C permit 1:1\nroute-map M permit 10\n   description x\n   match ip address prefix-list A\n   match invert-result community C\n   continue 30\n   set as-path prepend auto repeat 2\n   set community 65000:1 65000:2 additive\n   set metric +5\n   set local-preference 200\n!\nroute-map M deny 30\n   sub-route-map N\nroute-map N permit 10\n   match as 65001\n   set as-path match all replacement auto\n   set ip next-hop peer-address\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let m = config.route_maps.get("M").unwrap();
        let e = &m.entries[&10];
        assert_eq!((e.permit, e.matches.len(), e.sets.len(), e.goes_on), (true, 2, 4, Some(Some(30))));
        assert!(matches!(&e.sets[0], Set::Prepend(p) if *p == [None, None]));
        assert!(matches!(&e.sets[2], Set::Metric(Change::Add(5))));
        assert_eq!(m.entries[&30].sub.as_deref(), Some("N"));
        assert!(!m.entries[&30].permit);
    }

    #[test]
    fn what_is_not_known_is_said() {
        let text = "route-map M permit 10\n   match moon full\n   set metric far\nroute-map M maybe 5\n";
        assert_eq!(odd_lines(text), [(2, LineClass::NotUnderstood), (3, LineClass::Invalid), (4, LineClass::Invalid)]);
    }
}
