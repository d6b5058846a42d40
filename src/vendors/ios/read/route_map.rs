//! `route-map`.

use super::{ACL, ACL6, AS_PATH, COMMUNITY, Done, EXTCOMMUNITY, Mode, PREFIX_LIST, PREFIX_LIST6, Reader, negation, redistribute};
use crate::model::device::Name;
use crate::model::policy::{AsPathReplacement, NextHopEdit, Number, RouteType};
use crate::model::route::{BgpOrigin, Community, Family};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::ios::config::{Entry, Match, MetricKind, Set};

impl<'a, 't> Reader<'a, 't> {
    /// `route-map NAME [permit|deny] [number]`.
    pub(super) fn route_map_header(&mut self, node: &'a Node<'t>, name: &str, rest: &[&str]) -> Done {
        let (deny, rest) = match rest {
            ["permit", rest @ ..] => (false, rest),
            ["deny", rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let seq = match rest.first() {
            None => 10,
            Some(word) => match word.parse() {
                Ok(n) => n,
                Err(_) => return self.bad(node, word, "a sequence number"),
            },
        };
        let origin = self.origin(node);
        self.sink.define("route-map", name, origin);
        let n = self.config.route_maps.open(name);
        let map = self.config.route_maps.at(n);
        if !map.origin.is_some() {
            map.origin = origin;
        }
        let entry = map.entries.entry(seq).or_default();
        entry.deny = deny;
        if !entry.origin.is_some() {
            entry.origin = origin;
        }
        self.known(node);
        Done::Open(Mode::RouteMap(n, seq))
    }

    fn entry(&mut self, n: usize, seq: u32) -> &mut Entry {
        self.config.route_maps.at(n).entries.entry(seq).or_default()
    }

    pub(super) fn route_map_line(&mut self, n: usize, seq: u32, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["description", ..] => return self.quiet_line(node),
            ["continue"] if !no => self.entry(n, seq).goto = Some(None),
            ["continue", target] if !no => match target.parse() {
                Ok(t) => self.entry(n, seq).goto = Some(Some(t)),
                Err(_) => return self.bad(node, target, "a sequence number"),
            },
            ["match", rest @ ..] if !no => match self.match_line(node, rest) {
                Ok(Match::Other(name)) => {
                    self.entry(n, seq).matches.push(Match::Other(name));
                    return self.gap_line(node, "this `match` is not modelled: the entry is taken not to match");
                }
                Ok(m) => self.entry(n, seq).matches.push(m),
                Err(done) => return done,
            },
            ["set", rest @ ..] if !no => match self.set_line(node, rest) {
                Ok(Set::Other(name)) => {
                    self.entry(n, seq).sets.push(Set::Other(name));
                    return self.gap_line(node, "this `set` is not modelled");
                }
                Ok(s) => self.entry(n, seq).sets.push(s),
                Err(done) => return done,
            },
            _ if no => return self.quiet_line(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    fn names(&mut self, node: &Node<'_>, names: &[&str], kinds: &'static [&'static str], usage: &'static str) -> Vec<Name> {
        names.iter().map(|name| self.refer(node, kinds, name, usage)).collect()
    }

    fn match_line(&mut self, node: &'a Node<'t>, w: &[&str]) -> Result<Match, Done> {
        let numbers = |w: &[&str]| w.iter().map(|v| v.parse::<u32>().ok()).collect::<Option<Vec<u32>>>();
        Ok(match w {
            [family @ ("ip" | "ipv6"), what @ ("address" | "next-hop" | "route-source"), rest @ ..] => {
                let v6 = *family == "ipv6";
                let f = if v6 { Family::V6 } else { Family::V4 };
                let (lists, rest) = match rest {
                    ["prefix-list", rest @ ..] => (true, rest),
                    rest => (false, rest),
                };
                let rest: Vec<&str> = rest.iter().copied().filter(|w| *w != "redistribution-source").collect();
                if rest.is_empty() {
                    return Err(self.bad(node, "", "the name of a list"));
                }
                let kinds = match (lists, v6) {
                    (true, false) => PREFIX_LIST,
                    (true, true) => PREFIX_LIST6,
                    (false, false) => ACL,
                    (false, true) => ACL6,
                };
                let names = self.names(node, &rest, kinds, "route-map match");
                match (*what, lists) {
                    ("address", false) => Match::Acls(f, names),
                    ("address", true) => Match::PrefixLists(f, names),
                    ("next-hop", false) => Match::NextHopAcls(f, names),
                    ("next-hop", true) => Match::NextHopPrefixLists(f, names),
                    (_, false) => Match::SourceAcls(f, names),
                    (_, true) => Match::SourcePrefixLists(f, names),
                }
            }
            ["as-path", rest @ ..] => Match::AsPaths(self.names(node, rest, AS_PATH, "route-map match")),
            ["community", rest @ ..] => {
                let (exact, rest) = match rest {
                    [rest @ .., "exact-match" | "exact"] => (true, rest),
                    rest => (false, rest),
                };
                Match::Communities(self.names(node, rest, COMMUNITY, "route-map match"), exact)
            }
            ["extcommunity", rest @ ..] => Match::ExtCommunities(self.names(node, rest, EXTCOMMUNITY, "route-map match")),
            ["metric", "external", ..] => Match::Other("metric external".into()),
            ["metric", rest @ ..] => {
                let mut out = Vec::new();
                let mut rest = rest;
                while let [value, tail @ ..] = rest {
                    let Ok(value) = value.parse::<u32>() else { return Err(self.bad(node, value, "a metric")) };
                    rest = tail;
                    let mut off = 0;
                    if let ["+-", d, tail @ ..] = rest {
                        off = d.parse().unwrap_or(0);
                        rest = tail;
                    }
                    out.push((value.saturating_sub(off), value.saturating_add(off)));
                }
                Match::Metric(out)
            }
            ["tag", "list", ..] => Match::Other("tag list".into()),
            ["tag", rest @ ..] => match numbers(rest) {
                Some(tags) => Match::Tags(tags),
                None => return Err(self.bad(node, "", "a tag")),
            },
            ["local-preference", rest @ ..] => match numbers(rest) {
                Some(values) => Match::LocalPref(values),
                None => return Err(self.bad(node, "", "a local preference")),
            },
            ["interface", rest @ ..] => {
                let mut names = Vec::new();
                let mut rest = rest;
                while let [word, tail @ ..] = rest {
                    let two = tail.first().is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()));
                    let Some(name) = self.refer_interface(node, if two { &rest[..2] } else { &rest[..1] }, "route-map match")
                    else {
                        return Err(self.bad(node, word, "an interface"));
                    };
                    names.push(name);
                    rest = tail.get(usize::from(two)..).unwrap_or(&[]);
                }
                Match::Interfaces(names)
            }
            ["route-type", rest @ ..] => {
                let mut types = Vec::new();
                let mut rest = rest;
                while let [word, tail @ ..] = rest {
                    rest = tail;
                    match (*word, tail.first()) {
                        ("internal", _) => types.push(RouteType::Internal),
                        ("external", Some(&"type-1")) => types.push(RouteType::OspfE1),
                        ("external", Some(&"type-2")) => types.push(RouteType::OspfE2),
                        ("external", _) => types.push(RouteType::External),
                        ("nssa-external", Some(&"type-1")) => types.push(RouteType::OspfN1),
                        ("nssa-external", Some(&"type-2")) => types.push(RouteType::OspfN2),
                        ("nssa-external", _) => types.extend([RouteType::OspfN1, RouteType::OspfN2]),
                        ("type-1" | "type-2", _) => {}
                        ("level-1", _) => types.push(RouteType::IsisL1),
                        ("level-2", _) => types.push(RouteType::IsisL2),
                        ("local", _) => types.push(RouteType::Local),
                        _ => return Err(self.bad(node, word, "a route type")),
                    }
                }
                Match::Types(types)
            }
            ["source-protocol", rest @ ..] => {
                let mut sources = Vec::new();
                let mut rest = rest;
                while !rest.is_empty() {
                    match redistribute::source(rest) {
                        Some((s, used)) => {
                            sources.push(s);
                            rest = rest.get(used..).unwrap_or(&[]);
                        }
                        None => return Err(self.bad(node, rest[0], "a protocol")),
                    }
                }
                Match::Sources(sources)
            }
            // Packet length, for policy routing.
            [
                "length" | "mpls-label" | "rpki" | "security-group" | "policy-list" | "additional-paths" | "mdt-group" | "clns"
                | "track" | "vpn" | "evpn" | "large-community",
                ..,
            ] => Match::Other(w[0].into()),
            _ => return Err(Done::Unknown),
        })
    }

    fn set_line(&mut self, node: &'a Node<'t>, w: &[&str]) -> Result<Set, Done> {
        let number = |at: usize| w.get(at).and_then(|v| v.parse::<u32>().ok());
        let asns = |w: &[&str]| w.iter().map(|a| values::asn(a)).collect::<Option<Vec<u32>>>();
        Ok(match w {
            ["local-preference", value] => match number(1) {
                Some(v) => Set::LocalPref(v),
                None => return Err(self.bad(node, value, "a local preference")),
            },
            ["metric", value, rest @ ..] => {
                let parsed = match value.as_bytes().first() {
                    Some(b'+') => value[1..].parse().ok().map(Number::Add),
                    Some(b'-') => value[1..].parse().ok().map(Number::Subtract),
                    _ => value.parse().ok().map(Number::Set),
                };
                match parsed {
                    // Five numbers are an EIGRP metric.
                    Some(_) if rest.len() >= 4 => match super::eigrp::metric(&w[1..]) {
                        Some(m) => Set::MetricEigrp(m),
                        None => return Err(self.bad(node, value, "a metric of five numbers")),
                    },
                    Some(n) => Set::Metric(n),
                    None => return Err(self.bad(node, value, "a metric")),
                }
            }
            ["metric-type", kind] => Set::MetricType(match *kind {
                "type-1" | "1" => MetricKind::One,
                "type-2" | "2" => MetricKind::Two,
                "internal" => MetricKind::Internal,
                "external" => MetricKind::External,
                _ => return Err(self.bad(node, kind, "a metric type")),
            }),
            ["weight", value] => match number(1) {
                Some(v) => Set::Weight(v),
                None => return Err(self.bad(node, value, "a weight")),
            },
            ["tag", value] => match number(1).or_else(|| value.parse::<std::net::Ipv4Addr>().ok().map(u32::from)) {
                Some(v) => Set::Tag(v),
                None => return Err(self.bad(node, value, "a tag")),
            },
            ["distance", value] => match number(1) {
                Some(v) => Set::Distance(v),
                None => return Err(self.bad(node, value, "a distance")),
            },
            ["origin", "igp"] => Set::Origin(BgpOrigin::Igp),
            ["origin", "egp", ..] => Set::Origin(BgpOrigin::Egp),
            ["origin", "incomplete"] => Set::Origin(BgpOrigin::Incomplete),
            ["as-path", "prepend", "last-as", value] => match number(3) {
                Some(n) => Set::PrependLast(n.min(64)),
                None => return Err(self.bad(node, value, "a number of times")),
            },
            ["as-path", "prepend", rest @ ..] => match asns(rest) {
                Some(path) => Set::Prepend(path),
                None => return Err(self.bad(node, rest.last().copied().unwrap_or(""), "an AS number")),
            },
            // One sequence to be replaced can be given; a single AS (or `any`) is the usual form.
            ["as-path", "replace", "any"] => Set::ReplacePath(AsPathReplacement::WithOwn(Vec::new())),
            ["as-path", "replace", one] => match values::asn(one) {
                Some(a) => Set::ReplacePath(AsPathReplacement::WithOwn(vec![a])),
                None => return Err(self.bad(node, one, "an AS number")),
            },
            ["as-path", ..] => Set::Other("as-path".into()),
            ["community", "none"] => Set::NoCommunity,
            ["community", rest @ ..] => {
                let (additive, rest) = match rest {
                    [rest @ .., "additive"] => (true, rest),
                    rest => (false, rest),
                };
                let mut list = Vec::new();
                for word in rest {
                    match values::standard_community(word) {
                        Some(c) => list.push(c),
                        // `internet` is community 0 on IOS.
                        None if *word == "internet" => list.push(Community::Standard(0)),
                        None => return Err(self.bad(node, word, "a community")),
                    }
                }
                Set::Community(list, additive)
            }
            ["comm-list", name, "delete"] => Set::DeleteCommunities(self.refer(node, COMMUNITY, name, "set comm-list")),
            ["extcomm-list", name, "delete"] => {
                Set::DeleteExtCommunities(self.refer(node, EXTCOMMUNITY, name, "set extcomm-list"))
            }
            ["extcommunity", kind @ ("rt" | "soo"), rest @ ..] => {
                let (additive, rest) = match rest {
                    [rest @ .., "additive"] => (true, rest),
                    rest => (false, rest),
                };
                if rest.first() == Some(&"range") {
                    return Ok(Set::Other("extcommunity range".into()));
                }
                let mut list = Vec::new();
                for word in rest {
                    match values::extended_community(if *kind == "rt" { 2 } else { 3 }, word) {
                        Some(c) => list.push(c),
                        None => return Err(self.bad(node, word, "an extended community")),
                    }
                }
                Set::Community(list, additive)
            }
            ["extcommunity", ..] => Set::Other("extcommunity".into()),
            ["ip" | "ipv6", "next-hop", rest @ ..] => match rest {
                ["peer-address"] => Set::NextHop(NextHopEdit::Peer),
                ["self"] => Set::NextHop(NextHopEdit::Own),
                ["unchanged"] => Set::NextHop(NextHopEdit::Unchanged),
                ["recursive" | "verify-availability" | "dynamic" | "encapsulate", ..] => Set::Other("next-hop".into()),
                // Further addresses are for when the first is not reachable (policy routing).
                [ip, ..] => match ip.parse() {
                    Ok(ip) => Set::NextHop(NextHopEdit::Address(ip)),
                    Err(_) => return Err(self.bad(node, ip, "an address")),
                },
                [] => return Err(self.bad(node, "", "a next hop")),
            },
            ["level", level] => Set::Level(match *level {
                "level-1" => 1,
                "level-2" | "backbone" => 2,
                "level-1-2" => 3,
                "stub-area" | "nssa-only" => return Ok(Set::Other("level".into())),
                _ => return Err(self.bad(node, level, "a level")),
            }),
            ["ospf" | "forwarding-address", rest @ ..] if w[0] == "forwarding-address" => {
                match rest.first().and_then(|a| a.parse().ok()) {
                    Some(ip) => Set::ForwardingAddress(ip),
                    None => return Err(self.bad(node, "", "an address")),
                }
            }
            ["interface", name, ..] if name.eq_ignore_ascii_case("null0") => Set::Discard,
            [
                "interface" | "default" | "vrf" | "global" | "ip" | "ipv6" | "traffic-index" | "automatic-tag" | "dampening"
                | "mpls-label" | "clns" | "aigp-metric" | "large-community",
                ..,
            ] => Set::Other(w[0].into()),
            ["qos-group" | "nlpid", ..] => return Err(self.quiet_line(node)),
            _ => return Err(Done::Unknown),
        })
    }
}
