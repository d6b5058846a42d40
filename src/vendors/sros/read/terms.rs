//! `from`, `to` and `action` of policy entries.

use super::{Reader, expression, tables};
use crate::model::policy::{Compare, Number};
use crate::model::route::BgpOrigin;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::sros::config::{ActionKind, Expression, From, Set, Then};

/// Protocols that SR OS has; those that stand for routes of the twin are named in `lower`.
const PROTOCOLS: &[&str] = &[
    "direct",
    "static",
    "aggregate",
    "bgp",
    "bgp-vpn",
    "bgp-label",
    "ospf",
    "ospf3",
    "isis",
    "rip",
    "ripng",
    "direct-interface",
    "managed",
    "arp-nd",
    "ldp",
    "evpn",
    "evpn-ifl",
    "evpn-iff",
    "vpn-leak",
    "sub-mgmt",
    "nat",
    "periodic",
    "srv6",
    "tunnel",
    "ies",
    "igmp",
    "pim",
    "mld",
    "host",
    "aggregate-direct",
    "mpls",
    "sr-policy",
    "srv6-policy",
    "bgp-ipvpn",
    "dhcpv6-pd-excl-prefix",
    "dhcpv6-na",
    "dhcpv6-ta",
    "dhcpv6-pd",
    "ipsec",
    "video",
    "l2tp",
    "ppp",
    "slaac",
];

fn qualifier(node: &Node<'_>) -> Compare {
    let word = node.child("qualifier").and_then(|q| q.children.first()).map(|q| q.word(0));
    match word {
        Some("or-higher") => Compare::Ge,
        Some("or-lower") => Compare::Le,
        _ if node.child("or-higher").is_some() => Compare::Ge,
        _ if node.child("or-lower").is_some() => Compare::Le,
        _ => Compare::Eq,
    }
}

/// A number in a block (`length { value 3 }`) or right behind the word, and how it is compared.
fn compared(node: &Node<'_>) -> Option<(Compare, u32)> {
    let value = node.child("value").and_then(|v| v.children.first()).or(node.children.first())?;
    let mut compare = qualifier(node);
    if compare == Compare::Eq {
        compare = qualifier(value);
    }
    Some((compare, value.word(0).parse().ok()?))
}

pub(super) fn conditions<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, out: &mut Vec<From>) {
    for c in &node.children {
        condition(r, c, out);
    }
}

fn condition<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, out: &mut Vec<From>) {
    match c.word(0) {
        "prefix-list" => {
            let names = r.args(c);
            for (name, origin) in &names {
                if !name.starts_with('@') {
                    r.sink.refer(&["prefix-list"], name, *origin, "policy from");
                }
            }
            out.push(From::PrefixLists(names));
        }
        "protocol" => protocol(r, c, out),
        "community" => community(r, c, out),
        "as-path" => as_path(r, c, out),
        "as-path-group" => {
            if let Some(named) = r.named(c) {
                r.sink.refer(&["as-path-group"], &named.0, named.1, "policy from");
                out.push(From::AsPathGroup(named));
            }
        }
        "as-path-length" => {
            r.all(c);
            out.extend(compared(c).map(|(how, n)| From::AsPathLength(how, n)));
        }
        "community-count" => {
            r.all(c);
            out.extend(compared(c).map(|(how, n)| From::CommunityCount(how, n)));
        }
        "next-hop" | "neighbor" => {
            r.all(c);
            let neighbor = c.word(0) == "neighbor";
            for x in &c.children {
                let value = x.children.first().unwrap_or(x);
                let made = match (value.word(0).parse(), neighbor) {
                    (Ok(ip), false) => From::NextHop(ip),
                    (Ok(ip), true) => From::Neighbor(ip),
                    (Err(_), _) if x.word(0) != "prefix-list" => {
                        r.sink.not_modelled(
                            r.tree,
                            x,
                            format!("`from {} {}` is not modelled: the entry does not match", c.word(0), x.word(0)),
                        );
                        From::Unmodelled(x.word(0).into())
                    }
                    (Err(_), list) => {
                        let named = (value.word(0).into(), r.origin(value));
                        r.sink.refer(&["prefix-list"], value.word(0), r.origin(value), "policy from");
                        if list { From::NeighborList(named) } else { From::NextHopList(named) }
                    }
                };
                out.push(made);
            }
        }
        "interface" => {
            let names = r.args(c);
            out.push(From::Interface(names));
        }
        "metric" => out.extend(r.number(c).map(From::Metric)),
        "tag" => {
            let word = r.arg(c).unwrap_or("");
            match word.strip_prefix("0x").map_or_else(|| word.parse().ok(), |h| u32::from_str_radix(h, 16).ok()) {
                Some(n) => out.push(From::Tag(n)),
                None => r.bad(c, word, "a tag"),
            }
        }
        "local-preference" => out.extend(r.number(c).map(From::LocalPref)),
        "origin" => out.extend(origin(r, c).map(From::Origin)),
        "path-type" => out.extend(r.arg(c).map(|w| From::PathType(w == "ebgp"))),
        "type" => out.extend(r.number(c).map(From::OspfType)),
        "area" => {
            let area = r.arg(c).and_then(values::area);
            out.extend(area.map(From::Area));
        }
        "level" => out.extend(r.number(c).map(From::Level)),
        "family" => {
            let names = r.args(c);
            out.push(From::Family(names.into_iter().map(|n| n.0).collect()));
        }
        "policy" => {
            let text = r.arg(c).unwrap_or("");
            match expression(text) {
                Some(e) => {
                    let origin = r.origin(c);
                    r.refer(&e, &["policy-statement"], origin, "policy from policy");
                    out.push(From::Policy(e));
                }
                None => r.bad(c, text, "a policy or a logical expression of policies"),
            }
        }
        // Of EVPN's routes the twin has the IP prefixes.
        "evpn-type" => {
            let prefixes = r.args(c).iter().any(|n| n.0.starts_with("ip-prefix"));
            out.push(From::Family(if prefixes { vec!["evpn".into()] } else { Vec::new() }));
        }
        "router-instance" => out.extend(r.arg(c).map(|w| From::RouterInstance(w.into()))),
        // No validator is known: every route is not found.
        "origin-validation-state" => {
            let word = r.arg(c);
            out.push(if word == Some("not-found") { From::True } else { From::Unmodelled("origin-validation-state".into()) });
        }
        word if tables::CONDITIONS.contains(&word) => {
            r.sink.not_modelled(r.tree, c, format!("`from {word}` is not modelled: the entry does not match"));
            out.push(From::Unmodelled(word.into()));
        }
        _ if tables::ANYWHERE.contains(&c.word(0)) => r.sink.no_effect(r.tree, c),
        word => {
            r.sink.not_understood(r.tree, c);
            out.push(From::Unmodelled(word.into()));
        }
    }
}

fn protocol<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, out: &mut Vec<From>) {
    r.head(c);
    let mut names: Vec<Box<str>> = Vec::new();
    for x in &c.children {
        match x.word(0) {
            "name" => {
                r.all(x);
                for v in &x.children {
                    check_protocol(r, v, &mut names);
                }
            }
            "instance" => r.sink.not_modelled(r.tree, x, "the instance of `from protocol` is not modelled: all instances match"),
            _ => {
                r.sink.modelled(r.tree, x);
                check_protocol(r, x, &mut names);
            }
        }
    }
    out.push(From::Protocol(names));
}

fn check_protocol<'t>(r: &mut Reader<'_, 't>, v: &Node<'t>, names: &mut Vec<Box<str>>) {
    if PROTOCOLS.contains(&v.word(0)) {
        names.push(v.word(0).into());
    } else {
        r.sink.invalid(r.tree, v, v.word(0), "a protocol");
    }
}

fn community<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, out: &mut Vec<From>) {
    r.head(c);
    for x in &c.children {
        let text = match x.word(0) {
            "name" | "expression" => r.arg(x).unwrap_or(""),
            "count" => {
                r.all(x);
                out.extend(compared(x).map(|(how, n)| From::CommunityCount(how, n)));
                continue;
            }
            word => {
                r.sink.modelled(r.tree, x);
                word
            }
        };
        match expression(text) {
            Some(e) => {
                let origin = r.origin(x);
                r.refer(&e, &["community"], origin, "policy from");
                out.push(From::Community(e));
            }
            None => r.bad(x, text, "a community or a logical expression of communities"),
        }
    }
}

fn as_path<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, out: &mut Vec<From>) {
    r.head(c);
    for x in &c.children {
        match x.word(0) {
            "name" | "group" => {
                let Some(named) = r.named(x) else { continue };
                let group = x.word(0) == "group";
                let kinds: &[&str] = if group { &["as-path-group"] } else { &["as-path"] };
                r.sink.refer(kinds, &named.0, named.1, "policy from");
                out.push(if group { From::AsPathGroup(named) } else { From::AsPath(named) });
            }
            "length" => {
                r.all(x);
                out.extend(compared(x).map(|(how, n)| From::AsPathLength(how, n)));
            }
            word => {
                r.all(x);
                r.sink.refer(&["as-path"], word, r.tree.origin(x), "policy from");
                out.push(From::AsPath((word.into(), r.origin(x))));
            }
        }
    }
}

fn origin<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>) -> Option<BgpOrigin> {
    match r.arg(c)? {
        "igp" => Some(BgpOrigin::Igp),
        "egp" => Some(BgpOrigin::Egp),
        "incomplete" => Some(BgpOrigin::Incomplete),
        // `any`, `none`: no condition.
        "any" | "none" => None,
        word => {
            r.bad(c, word, "an origin");
            None
        }
    }
}

fn kind(word: &str) -> Option<ActionKind> {
    Some(match word {
        "accept" => ActionKind::Accept,
        "reject" | "drop" => ActionKind::Reject,
        "next-entry" => ActionKind::NextEntry,
        "next-policy" => ActionKind::NextPolicy,
        _ => return None,
    })
}

/// `action { action-type accept … }`; classic: `action accept` with the changes below.
pub(super) fn action<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, then: &mut Then) {
    r.head(node);
    then.origin = r.origin(node);
    for c in &node.children {
        match c.word(0) {
            "action-type" => {
                let word = r.arg(c).unwrap_or("");
                then.kind = kind(word);
                if then.kind.is_none() {
                    r.bad(c, word, "an action");
                }
            }
            word if kind(word).is_some() => {
                then.kind = kind(word);
                r.head(c);
                c.children.iter().for_each(|x| change(r, x, then));
            }
            _ => change(r, c, then),
        }
    }
}

fn change<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, then: &mut Then) {
    match c.word(0) {
        "local-preference" => then.set.extend(number(r, c).map(Set::LocalPref)),
        "metric" | "bgp-med" => {
            if c.children
                .iter()
                .any(|x| x.child("igp").or(x.child("min-igp")).is_some() || matches!(x.word(0), "igp" | "min-igp"))
            {
                r.all(c);
                then.set.push(Set::MetricIgp);
            } else {
                then.set.extend(number(r, c).map(Set::Metric));
            }
        }
        "preference" => then.set.extend(r.number(c).map(Set::Preference)),
        "tag" => {
            let word = r.arg(c).unwrap_or("");
            match word.strip_prefix("0x").map_or_else(|| word.parse().ok(), |h| u32::from_str_radix(h, 16).ok()) {
                Some(n) => then.set.push(Set::Tag(n)),
                None => r.bad(c, word, "a tag"),
            }
        }
        "origin" => then.set.extend(origin(r, c).map(Set::Origin)),
        "as-path-prepend" => prepend(r, c, then),
        "as-path" => {
            r.head(c);
            for x in &c.children {
                match (x.word(0), r.named(x)) {
                    ("replace", Some(named)) => then.set.push(Set::ReplacePath(named)),
                    _ => unmodelled(r, x, then),
                }
            }
        }
        "community" => {
            r.head(c);
            for x in &c.children {
                let names = r.args(x);
                for (name, origin) in &names {
                    r.sink.refer(&["community"], name, *origin, "policy action");
                }
                then.set.push(match x.word(0) {
                    "add" => Set::CommunityAdd(names),
                    "remove" => Set::CommunityRemove(names),
                    "replace" => Set::CommunityReplace(names),
                    _ => {
                        r.sink.not_understood(r.tree, x);
                        continue;
                    }
                });
            }
        }
        "next-hop" => {
            let word = r.arg(c).unwrap_or("");
            match (word, word.parse()) {
                (_, Ok(ip)) => then.set.push(Set::NextHop(ip)),
                ("self", _) => then.set.push(Set::NextHopSelf),
                ("peer-address", _) => then.set.push(Set::NextHopPeer),
                _ => r.bad(c, word, "a next hop"),
            }
        }
        "next-hop-self" => {
            if r.flag(c) == Some(true) {
                then.set.push(Set::NextHopSelf);
            }
        }
        "type" => then.set.extend(r.number(c).map(Set::OspfType)),
        word if tables::ACTIONS_WITHOUT_EFFECT.contains(&word) => r.sink.no_effect(r.tree, c),
        word if tables::ACTIONS.contains(&word) => unmodelled(r, c, then),
        _ if tables::ANYWHERE.contains(&c.word(0)) => r.sink.no_effect(r.tree, c),
        _ => r.sink.not_understood(r.tree, c),
    }
}

fn unmodelled<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, then: &mut Then) {
    r.sink.not_modelled(r.tree, c, format!("action `{}` is not modelled", c.word(0)));
    then.set.push(Set::Unmodelled(c.word(0).into()));
}

/// `set 50`, `add 33`, `subtract 5`, or a number alone.
fn number<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>) -> Option<Number> {
    r.all(c);
    let first = r.only(c)?;
    let value = |n: &Node<'t>| n.children.first().and_then(|v| v.word(0).parse().ok());
    let made = match first.word(0) {
        "set" => value(first).map(Number::Set),
        "add" => value(first).map(Number::Add),
        "subtract" => value(first).map(Number::Subtract),
        word => word.parse().ok().map(Number::Set),
    };
    if made.is_none() {
        r.sink.not_modelled(r.tree, c, format!("a value of `{}` that is no number is not modelled", c.word(0)));
    }
    made
}

/// `as-path-prepend { as-path 65001 repeat 2 }` or `{ most-recent N }`; classic: `as-path-prepend 65001 2`.
fn prepend<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, then: &mut Then) {
    r.all(c);
    let leaf = |w: &str| c.child(w).and_then(|x| x.children.first());
    let repeat = leaf("repeat").and_then(|x| x.word(0).parse().ok());
    // SR OS allows 50.
    let sane = |n: u32| n.clamp(1, 50);
    if let Some(n) = leaf("most-recent") {
        then.set.push(Set::PrependLast(sane(n.word(0).parse().unwrap_or(1))));
    } else if let Some(asn) = leaf("as-path").or(c.children.first()) {
        let times = repeat.or_else(|| asn.children.first().and_then(|x| x.word(0).parse().ok())).unwrap_or(1);
        match values::asn(asn.word(0)) {
            Some(a) => then.set.push(Set::Prepend(a, sane(times))),
            None if asn.word(0) == "most-recent" => {
                then.set.push(Set::PrependLast(sane(asn.children.first().and_then(|x| x.word(0).parse().ok()).unwrap_or(1))));
            }
            None => r.sink.invalid(r.tree, asn, asn.word(0), "an AS number"),
        }
    }
}

/// All names of an expression.
pub(in crate::vendors::sros) fn names(e: &Expression) -> Vec<&str> {
    match e {
        Expression::Name(n) => vec![n],
        Expression::And(all) | Expression::Or(all) => all.iter().flat_map(names).collect(),
        Expression::Not(one) => names(one),
    }
}
