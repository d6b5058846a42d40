//! `route-map …`.

use super::policy::extended;
use super::redistribute::source;
use super::{Reader, interface, kind};
use crate::model::device::Name;
use crate::model::policy::{Number, RouteType};
use crate::model::route::BgpOrigin;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::nxos::config::{CommunityKind, MapEntry, Match, RouteMap, Set, Source};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str, rest: &[&str]) {
    let (permit, seq) = match rest {
        // `route-map M pbr-statistics` counts.
        ["pbr-statistics"] => {
            r.sink.define(kind::ROUTE_MAP, name, r.tree.origin(node));
            return r.quiet(node);
        }
        [] | ["permit"] => (true, Some(10)),
        ["deny"] => (false, Some(10)),
        ["permit", n, ..] => (true, n.parse().ok()),
        ["deny", n, ..] => (false, n.parse().ok()),
        [word, ..] => return r.bad(node, word, "`permit` or `deny`"),
    };
    let Some(seq) = r.wanted(node, rest.last().copied().unwrap_or(""), seq, "a sequence number") else { return };
    let origin = r.tree.origin(node);
    r.sink.define(kind::ROUTE_MAP, name, origin);
    r.ok(node);
    let map = r.config.route_maps.entry(name, || RouteMap { origin, ..RouteMap::default() });
    // The same entry again goes on where it stopped.
    let mut entry = map.entries.remove(&seq).unwrap_or(MapEntry { origin, ..MapEntry::default() });
    entry.permit = permit;
    for child in &node.children {
        statement(r, child, &mut entry);
    }
    r.config.route_maps.entry(name, RouteMap::default).entries.insert(seq, entry);
}

fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, entry: &mut MapEntry) {
    match &node.words[..] {
        ["description", ..] | ["exit"] => r.quiet(node),
        ["continue", n] => {
            if let Some(n) = r.value(node, n, "a sequence number") {
                entry.goes_on = Some(n);
                r.ok(node);
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
        ["no", ..] => r.unmodelled(node, "statements that undo earlier ones are not followed"),
        _ => r.sink.not_understood(r.tree, node),
    }
}

fn named<'t>(
    r: &mut Reader<'_, 't>,
    node: &Node<'t>,
    kinds: &'static [&'static str],
    names: &[&str],
    usage: &'static str,
) -> Vec<Name> {
    for name in names {
        r.refer(kinds, node, name, usage);
    }
    names.iter().map(|n| (*n).into()).collect()
}

fn numbers<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str], what: &'static str) -> Option<Vec<u32>> {
    words.iter().map(|w| r.value(node, w, what)).collect()
}

fn condition<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) -> Option<Match> {
    let out = match words {
        [f @ ("ip" | "ipv6"), place @ ("address" | "next-hop" | "route-source"), "prefix-list", names @ ..] => {
            let v6 = *f == "ipv6";
            let kinds: &'static [&'static str] = if v6 { &[kind::PREFIX_LIST_V6] } else { &[kind::PREFIX_LIST] };
            let names = named(r, node, kinds, names, "route-map match prefix-list");
            match *place {
                "address" => Match::PrefixLists { v6, names },
                "next-hop" => Match::NextHopLists { v6, names },
                _ => Match::SourceLists { v6, names },
            }
        }
        [f @ ("ip" | "ipv6"), "address", name] => {
            let v6 = *f == "ipv6";
            r.refer(if v6 { &[kind::ACL_V6] } else { &[kind::ACL] }, node, name, "route-map match address");
            Match::Acl { v6, name: (*name).into() }
        }
        ["as-path", names @ ..] => Match::AsPaths(named(r, node, &[kind::AS_PATH], names, "route-map match as-path")),
        ["as-number", "as-path-list", names @ ..] => {
            Match::AsNumbers(Vec::new(), named(r, node, &[kind::AS_PATH], names, "route-map match as-number"))
        }
        ["as-number", rest @ ..] => {
            let text = rest.concat();
            let ranges: Option<Vec<(u32, u32)>> = text
                .split(',')
                .map(|part| {
                    let (a, b) = part.split_once('-').unwrap_or((part, part));
                    Some((values::asn(a)?, values::asn(b)?))
                })
                .collect();
            Match::AsNumbers(r.wanted(node, rest.first().copied().unwrap_or(""), ranges, "a list of AS numbers")?, Vec::new())
        }
        [word @ ("community" | "extcommunity" | "large-community"), rest @ ..] => {
            let (of, structure): (_, &'static [&'static str]) = match *word {
                "community" => (CommunityKind::Standard, &[kind::COMMUNITY]),
                "extcommunity" => (CommunityKind::Extended, &[kind::EXT_COMMUNITY]),
                _ => (CommunityKind::Large, &[kind::LARGE_COMMUNITY]),
            };
            let exact = rest.last() == Some(&"exact-match");
            let names = if exact { &rest[..rest.len() - 1] } else { rest };
            Match::Communities { names: named(r, node, structure, names, "route-map match community"), kind: of, exact }
        }
        ["metric", rest @ ..] => {
            let mut out: Vec<(u32, u32)> = Vec::new();
            let mut rest = rest;
            while let [word, more @ ..] = rest {
                rest = more;
                match (*word, more) {
                    ("external", _) => {}
                    // A value and how far it may be off.
                    ("+-", [off, more @ ..]) => {
                        let off: u32 = r.value(node, off, "a deviation")?;
                        if let Some((low, high)) = out.last_mut() {
                            (*low, *high) = (low.saturating_sub(off), high.saturating_add(off));
                        }
                        rest = more;
                    }
                    (value, _) => {
                        let value = r.value(node, value, "a metric")?;
                        out.push((value, value));
                    }
                }
            }
            Match::Metric(out)
        }
        ["tag", rest @ ..] => Match::Tags(numbers(r, node, rest, "a tag")?),
        ["local-preference", rest @ ..] => Match::LocalPref(numbers(r, node, rest, "a local preference")?),
        ["ospf-area", rest @ ..] => Match::Area(numbers(r, node, rest, "an area")?),
        ["source-protocol", rest @ ..] => Match::Sources(sources(r, node, rest)?),
        ["interface", rest @ ..] => {
            let mut out = Vec::new();
            for part in join_names(rest) {
                let full = r.wanted(node, rest.first().copied().unwrap_or(""), interface::full_name(&part), "an interface")?;
                out.push(full.into());
            }
            Match::Interfaces(out)
        }
        ["route-type", rest @ ..] => Match::Types(types(r, node, rest)?),
        ["ip" | "ipv6", "multicast", ..]
        | ["vlan" | "length" | "mac-list" | "evpn" | "rpki" | "vrf" | "ip" | "ipv6" | "extcommunity-list", ..] => {
            r.unmodelled(node, "this condition is not modelled: it is taken not to hold");
            Match::Unmodelled(words.join(" ").into())
        }
        _ => {
            r.sink.not_understood(r.tree, node);
            return Some(Match::Unmodelled(words.join(" ").into()));
        }
    };
    if !matches!(out, Match::Unmodelled(_)) {
        r.ok(node);
    }
    Some(out)
}

/// Names of interfaces of which the number may stand apart: `Ethernet 1/1 loopback0`.
fn join_names(words: &[&str]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in words.iter().flat_map(|w| w.split(',')).filter(|w| !w.is_empty()) {
        match out.last_mut() {
            Some(last) if !last.contains(|c: char| c.is_ascii_digit()) => last.push_str(word),
            _ => out.push(word.to_owned()),
        }
    }
    out
}

/// `match source-protocol`: protocols with or without their process (`bgp-65001`, `ospf-1`, `ospf 1`).
fn sources<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) -> Option<Vec<Source>> {
    let mut out = Vec::new();
    for word in words {
        let name = word.split('-').next().unwrap_or(word);
        match name {
            "connected" | "direct" | "local" => out.push(Source::Direct),
            "static" => out.push(Source::Static),
            _ => match source(name) {
                Some(s) => out.push(s),
                // A process after its protocol.
                None if !out.is_empty() => {}
                None => {
                    r.unmodelled(node, "this condition is not modelled: it is taken not to hold");
                    return Some(Vec::new());
                }
            },
        }
    }
    Some(out)
}

fn types<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) -> Option<Vec<RouteType>> {
    let mut out = Vec::new();
    for word in words {
        match *word {
            "internal" => out.extend([RouteType::Internal, RouteType::BgpInternal]),
            "external" => out.extend([RouteType::External, RouteType::BgpExternal]),
            "local" => out.push(RouteType::Local),
            "level-1" => out.push(RouteType::IsisL1),
            "level-2" => out.push(RouteType::IsisL2),
            "inter-area" => out.push(RouteType::OspfInter),
            "intra-area" => out.push(RouteType::OspfIntra),
            "nssa-external" => out.extend([RouteType::OspfN1, RouteType::OspfN2]),
            "type-1" => out.extend([RouteType::OspfE1, RouteType::OspfN1]),
            "type-2" => out.extend([RouteType::OspfE2, RouteType::OspfN2]),
            _ => {
                r.bad(node, word, "a kind of route");
                return None;
            }
        }
    }
    Some(out)
}

fn origin(word: &str) -> Option<BgpOrigin> {
    Some(match word {
        "igp" => BgpOrigin::Igp,
        "egp" => BgpOrigin::Egp,
        "incomplete" => BgpOrigin::Incomplete,
        _ => return None,
    })
}

/// `5`, `+5`, `-5`.
fn number(word: &str) -> Option<Number> {
    let (head, rest) = word.split_at_checked(1)?;
    match head {
        "+" => rest.parse().ok().map(Number::Add),
        "-" => rest.parse().ok().map(Number::Subtract),
        _ => word.parse().ok().map(Number::Set),
    }
}

fn change<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) -> Option<Set> {
    let out = match words {
        ["local-preference", n] => Set::LocalPref(r.value(node, n, "a local preference")?),
        ["metric", n] => Set::Metric(r.wanted(node, n, number(n), "a metric")?),
        // Bandwidth, delay, reliability, load, MTU of EIGRP.
        ["metric", _, _, _, _, _] => return unmodelled(r, node, words, "EIGRP metrics are not modelled"),
        ["metric-type", "type-1"] => Set::MetricType(1),
        ["metric-type", "type-2"] => Set::MetricType(2),
        ["metric-type", "external"] => Set::IsisMetricExternal(true),
        // For BGP: the metric of the next hop.
        ["metric-type", "internal"] => Set::MetricIgp,
        ["level", "level-1"] => Set::IsisLevel(1),
        ["level", "level-2"] => Set::IsisLevel(2),
        ["level", "level-1-2"] => Set::IsisLevel(3),
        ["tag", n] => Set::Tag(r.value(node, n, "a tag")?),
        ["weight", n] => Set::Weight(r.value(node, n, "a weight")?),
        ["distance", n, ..] => Set::Distance(r.value(node, n, "a distance")?),
        ["origin", word, ..] => Set::Origin(r.wanted(node, word, origin(word), "an origin")?),
        ["as-path", "prepend", "last-as"] => Set::PrependLast(1),
        ["as-path", "prepend", "last-as", n] => Set::PrependLast(r.value(node, n, "a number")?),
        ["as-path", "prepend", list @ ..] => {
            let all: Option<Vec<u32>> = list.iter().map(|w| values::asn(w)).collect();
            Set::Prepend(r.wanted(
                node,
                list.first().copied().unwrap_or("prepend"),
                all.filter(|l| !l.is_empty()),
                "AS numbers",
            )?)
        }
        ["as-path", "tag"] => return unmodelled(r, node, words, "this change is not modelled"),
        ["community", "none"] => Set::NoCommunities,
        [word @ ("community" | "extcommunity" | "large-community"), rest @ ..] => return communities(r, node, word, rest),
        [word @ ("comm-list" | "extcomm-list" | "large-comm-list"), name, "delete"] => {
            let (of, structure): (_, &'static [&'static str]) = match *word {
                "comm-list" => (CommunityKind::Standard, &[kind::COMMUNITY]),
                "extcomm-list" => (CommunityKind::Extended, &[kind::EXT_COMMUNITY]),
                _ => (CommunityKind::Large, &[kind::LARGE_COMMUNITY]),
            };
            r.refer(structure, node, name, "route-map set comm-list");
            Set::DeleteCommunities { name: (*name).into(), kind: of }
        }
        ["ip" | "ipv6", "next-hop", "peer-address"] => Set::NextHopPeer,
        ["ip" | "ipv6", "next-hop", "unchanged"] => Set::NextHopUnchanged,
        ["ip" | "ipv6", "next-hop", word, rest @ ..]
            if !matches!(*word, "verify-availability" | "redist-unchanged" | "recursive") =>
        {
            let ip = r.value(node, word, "an address")?;
            if !rest.is_empty() {
                r.unmodelled(node, "of several next hops only the first is modelled");
                return Some(Set::NextHop(ip));
            }
            Set::NextHop(ip)
        }
        ["forwarding-address"] => return unmodelled(r, node, words, "this change is not modelled"),
        ["forwarding-address", word] => Set::ForwardingAddress(r.value(node, word, "an address")?),
        ["interface", name] if name.eq_ignore_ascii_case("null0") => Set::Discard,
        [
            "ip" | "ipv6" | "interface" | "dampening" | "path-selection" | "nssa-only" | "evpn" | "vrf" | "label-index"
            | "aigp-metric" | "extcommunity-list",
            ..,
        ] => return unmodelled(r, node, words, "this change is not modelled"),
        _ => {
            r.sink.not_understood(r.tree, node);
            return Some(Set::Unmodelled(words.join(" ").into()));
        }
    };
    r.ok(node);
    Some(out)
}

fn unmodelled<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str], why: &str) -> Option<Set> {
    r.unmodelled(node, why);
    Some(Set::Unmodelled(words.join(" ").into()))
}

fn communities<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, word: &str, rest: &[&str]) -> Option<Set> {
    let additive = rest.contains(&"additive");
    let plain: Vec<&str> = rest.iter().copied().filter(|w| *w != "additive").collect();
    let values = match word {
        "community" => plain.iter().map(|w| values::standard_community(w)).collect(),
        "large-community" => plain.iter().map(|w| values::large_community(w)).collect(),
        _ => extended(&plain),
    };
    match values.filter(|v| !v.is_empty()) {
        Some(values) => {
            r.ok(node);
            Some(Set::Communities { values, additive })
        }
        None if word == "extcommunity" => {
            unmodelled(r, node, rest, "extended communities other than route targets and origins are not modelled")
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

    #[test]
    fn entries_with_all_their_parts() {
        let text = "ip prefix-list A permit 10.0.0.0/8\nip prefix-list B permit 10.0.0.0/8\nip community-list standard C permit 1:1\nroute-map M permit 10\n  description x\n  match ip address prefix-list A B\n  match community C exact-match\n  match metric 100 +- 5\n  match source-protocol static connected\n  match interface Ethernet 1/1 loopback0\n  match route-type internal type-1\n  continue 30\n  set as-path prepend 65000 65000\n  set community 65000:1 65000:2 additive\n  set metric +5\n  set comm-list C delete\n  set local-preference 200\nroute-map M deny 30\n  match as-number 65000-65010,7\n  set ip next-hop peer-address\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let m = config.route_maps.get("M").unwrap();
        let e = &m.entries[&10];
        assert_eq!((e.permit, e.matches.len(), e.sets.len(), e.goes_on), (true, 6, 5, Some(30)));
        assert!(matches!(&e.matches[0], Match::PrefixLists { v6: false, names } if names.len() == 2));
        assert!(matches!(&e.matches[2], Match::Metric(m) if *m == [(95, 105)]));
        assert!(matches!(&e.matches[4], Match::Interfaces(i) if i.len() == 2 && &*i[0] == "Ethernet1/1"));
        assert!(matches!(&m.entries[&30].matches[0], Match::AsNumbers(r, _) if *r == [(65000, 65010), (7, 7)]));
    }

    #[test]
    fn what_is_not_known_is_said() {
        use crate::vendors::sink::LineClass;
        let text =
            "route-map M permit 10\n  match vlan 5\n  match dance\n  set moon 5\n  set metric 1 2 3 4 5\nroute-map M maybe\n";
        let odd = odd_lines(text);
        let classes: Vec<_> = odd.iter().map(|(_, c)| *c).collect();
        assert_eq!(
            classes,
            [
                LineClass::NotModelled,
                LineClass::NotUnderstood,
                LineClass::NotUnderstood,
                LineClass::NotModelled,
                LineClass::Invalid
            ]
        );
    }
}
