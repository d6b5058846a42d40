//! `policy-statement`: terms, their conditions and actions.

use ipnet::IpNet;

use super::{Reader, tables};
use crate::model::policy::{Compare, Number, PrefixRange};
use crate::model::route::BgpOrigin;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::junos::config::{Expression, From, RouteFilter, Statement, Term, Then};

pub(super) fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, s: &mut Statement) {
    let mut last = Term { name: "(unnamed)".into(), origin: r.origin(node), ..Term::default() };
    let mut unnamed = false;
    for c in &node.children {
        match c.word(0) {
            "term" => {
                r.head(c);
                for t in &c.children {
                    r.head(t);
                    let mut term = Term { name: t.word(0).into(), origin: r.origin(t), ..Term::default() };
                    for part in &t.children {
                        if !clause(r, part, &mut term) {
                            r.known(part, &tables::POLICY);
                        }
                    }
                    s.terms.push(term);
                }
            }
            "defaults" => r.sink.not_modelled(r.tree, c, "defaults of a policy are not modelled"),
            _ => {
                let origin = r.origin(c);
                if clause(r, c, &mut last) {
                    if !unnamed {
                        last.origin = origin;
                    }
                    unnamed = true;
                } else {
                    r.known(c, &tables::POLICY);
                }
            }
        }
    }
    if unnamed {
        s.terms.push(last);
    }
}

fn clause<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, term: &mut Term) -> bool {
    match node.word(0) {
        "from" => {
            r.head(node);
            for c in &node.children {
                from(r, c, &mut term.from);
            }
        }
        "to" => {
            r.head(node);
            for c in &node.children {
                from(r, c, &mut term.to);
            }
        }
        "then" => {
            r.head(node);
            for c in &node.children {
                then(r, c, &mut term.then);
            }
            // Actions that build on each other run in the order in which they are written.
        }
        _ => return false,
    }
    true
}

fn from<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, out: &mut Vec<From>) {
    let kind = c.word(0);
    match kind {
        "route-filter" | "source-address-filter" => {
            r.head(c);
            let mut filters = Vec::new();
            for p in &c.children {
                route_filter(r, p, &mut filters);
            }
            if kind == "route-filter" {
                out.extend(filters.into_iter().map(From::RouteFilter));
            } else {
                r.sink.not_modelled(r.tree, c, "`from source-address-filter` is not modelled: the term does not match");
                out.push(From::SourceFilter);
            }
        }
        "route-filter-list" => {
            r.all(c);
            for n in &c.children {
                let origin = r.origin(n);
                r.sink.refer(&["route-filter-list"], n.word(0), r.tree.span(n, n.word(0)), "from route-filter-list");
                let kind = n.children.first().map(|k| k.word(0).into());
                out.push(From::RouteFilterList((n.word(0).into(), origin), kind));
            }
        }
        "prefix-list" => {
            for name in r.args(c) {
                r.sink.refer(&["prefix-list"], &name.0, name.1, "from prefix-list");
                out.push(From::PrefixList(name));
            }
        }
        "prefix-list-filter" => {
            r.all(c);
            for n in &c.children {
                let origin = r.origin(n);
                r.sink.refer(&["prefix-list"], n.word(0), r.tree.span(n, n.word(0)), "from prefix-list-filter");
                for k in &n.children {
                    out.push(From::PrefixListFilter((n.word(0).into(), origin), k.word(0).into()));
                }
            }
        }
        "community" => named(r, c, &["community"], "from community", out, From::Community),
        "as-path" => named(r, c, &["as-path"], "from as-path", out, From::AsPath),
        "as-path-group" => named(r, c, &["as-path-group"], "from as-path-group", out, From::AsPathGroup),
        "condition" => named(r, c, &["condition"], "from condition", out, From::Condition),
        "interface" => out.extend(r.args(c).into_iter().map(From::Interface)),
        "protocol" => out.extend(r.args(c).into_iter().map(|(w, _)| From::Protocol(w))),
        "instance" => out.extend(r.args(c).into_iter().map(|(w, _)| From::Instance(w))),
        "rib" => out.extend(r.args(c).into_iter().map(|(w, _)| From::Rib(w))),
        "neighbor" => out.extend(nets(r, c).into_iter().map(From::Neighbor)),
        "next-hop" => out.extend(nets(r, c).into_iter().map(From::NextHop)),
        "metric" => out.extend(numbers(r, c).into_iter().map(From::Metric)),
        "tag" => out.extend(numbers(r, c).into_iter().map(From::Tag)),
        "local-preference" => out.extend(numbers(r, c).into_iter().map(From::LocalPreference)),
        "preference" => out.extend(numbers(r, c).into_iter().map(From::Preference)),
        "origin" => {
            for (word, _) in r.args(c) {
                match origin(&word) {
                    Some(o) => out.push(From::Origin(o)),
                    None => r.bad(c, r.only(c).map_or("", |o| o.word(0)), "an origin"),
                }
            }
        }
        "area" => out.extend(r.args(c).into_iter().filter_map(|(w, _)| values::area(&w)).map(From::Area)),
        "level" => out.extend(numbers(r, c).into_iter().filter_map(|n| u8::try_from(n).ok()).map(From::Level)),
        "family" => {
            for (word, _) in r.args(c) {
                out.push(match word.as_ref() {
                    "inet" => From::Family(false),
                    "inet6" => From::Family(true),
                    _ => From::Unmodelled(format!("family {word}").into()),
                });
            }
        }
        "policy" => {
            let mut parts = r.expression(c, "from policy");
            if parts.len() == 1 {
                out.extend(parts.pop().map(From::Policy));
            } else if !parts.is_empty() {
                // Several policies: each is tried; the first that accepts makes it hold.
                out.push(From::Policy(Expression::Or(parts)));
            }
        }
        "route-type" => out.extend(r.args(c).into_iter().map(|(w, _)| From::RouteType(w))),
        "external" => {
            r.all(c);
            let kind = c.child("type").and_then(|t| t.children.first()).and_then(|t| t.word(0).parse().ok());
            out.push(From::External(kind));
        }
        "as-path-calc-length" => counted(r, c, out, From::AsPathLength),
        "community-count" => counted(r, c, out, From::CommunityCount),
        "validation-database" => {
            let unknown = matches!(r.arg(c), Some("unknown"));
            out.push(if unknown { From::ValidationUnknown } else { From::Unmodelled("validation-database".into()) });
        }
        _ if tables::ANYWHERE.contains(&kind) => r.sink.no_effect(r.tree, c),
        "color"
        | "color2"
        | "metric2"
        | "metric3"
        | "metric4"
        | "preference2"
        | "tag2"
        | "state"
        | "next-hop-type"
        | "aggregate-contributor"
        | "local-pref"
        | "multicast-scope"
        | "prefix-segment"
        | "srv6-locator"
        | "traffic-engineering"
        | "evpn-mac-route"
        | "evpn-tag"
        | "evpn-esi"
        | "mac-filter-list"
        | "vtep"
        | "nlri-route-type"
        | "nexthop-ip"
        | "nexthop-interface"
        | "as-path-neighbors"
        | "as-path-origins"
        | "as-path-transits"
        | "as-path-unique-count"
        | "programmed"
        | "bgp-srte-discriminator"
        | "cnhg-id"
        | "rtf-prefix-list"
        | "tunnel-type"
        | "next-hop-weight"
        | "lsp-regex"
        | "lsp"
        | "source-prefix"
        | "igmp-source"
        | "path-selection"
        | "validation-state"
        | "label"
        | "flow-spec"
        | "igp-instance" => {
            r.sink.not_modelled(r.tree, c, format!("`from {kind}` is not modelled: the term does not match"));
            out.push(From::Unmodelled(kind.into()));
        }
        _ => {
            r.sink.not_understood(r.tree, c);
            out.push(From::Unmodelled(kind.into()));
        }
    }
}

fn named<'t>(
    r: &mut Reader<'_, 't>,
    c: &Node<'t>,
    kinds: &'static [&'static str],
    usage: &'static str,
    out: &mut Vec<From>,
    wrap: fn(super::Named) -> From,
) {
    for name in r.args(c) {
        r.sink.refer(kinds, &name.0, name.1, usage);
        out.push(wrap(name));
    }
}

fn nets<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>) -> Vec<IpNet> {
    r.all(c);
    let mut out = Vec::new();
    for a in &c.children {
        match values::prefix_or_host(a.word(0)) {
            Some(net) => out.push(net.trunc()),
            None => r.sink.invalid(r.tree, a, a.word(0), "an address"),
        }
    }
    out
}

fn numbers<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>) -> Vec<u32> {
    r.all(c);
    let mut out = Vec::new();
    for n in &c.children {
        match n.word(0).parse() {
            Ok(number) => out.push(number),
            Err(_) => r.sink.invalid(r.tree, n, n.word(0), "a number in range"),
        }
    }
    out
}

/// `5 orhigher`, `5 orlower`, `5 equal`.
fn counted<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, out: &mut Vec<From>, wrap: fn(Compare, u32) -> From) {
    r.all(c);
    for n in &c.children {
        let how = match n.children.first().map(|h| h.word(0)) {
            Some("orhigher") => Compare::Ge,
            Some("orlower") => Compare::Le,
            _ => Compare::Eq,
        };
        match n.word(0).parse() {
            Ok(number) => out.push(wrap(how, number)),
            Err(_) => r.sink.invalid(r.tree, n, n.word(0), "a number"),
        }
    }
}

fn origin(word: &str) -> Option<BgpOrigin> {
    Some(match word {
        "igp" => BgpOrigin::Igp,
        "egp" => BgpOrigin::Egp,
        "incomplete" => BgpOrigin::Incomplete,
        _ => return None,
    })
}

/// `10.0.0.0/8 upto /24 …`: one filter for each match type under the prefix.
pub(super) fn route_filter<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, out: &mut Vec<RouteFilter>) {
    let Some(prefix) = values::prefix_or_host(node.word(0)).map(|p| p.trunc()) else {
        r.sink.invalid(r.tree, node, node.word(0), "a prefix");
        return;
    };
    r.head(node);
    let filter = |ranges, then, origin| RouteFilter { prefix, ranges, then, origin };
    if node.children.is_empty() {
        out.push(filter(vec![PrefixRange::exact(prefix)], Vec::new(), r.origin(node)));
    }
    for kind in &node.children {
        let (ranges, tail): (Vec<PrefixRange>, Option<&Node<'t>>) = match kind.word(0) {
            word @ ("exact" | "longer" | "orlonger") => (vec![range(prefix, word)], Some(kind)),
            "upto" | "prefix-length-range" | "through" => {
                let Some(arg) = kind.children.first() else {
                    r.sink.invalid(r.tree, kind, kind.word(0), "complete: a value is missing");
                    continue;
                };
                match spread(prefix, kind.word(0), arg.word(0)) {
                    Some(ranges) => (ranges, Some(arg)),
                    None => {
                        r.sink.invalid(r.tree, arg, arg.word(0), "the end of a range of prefix lengths");
                        continue;
                    }
                }
            }
            "address-mask" => {
                r.sink.not_modelled(r.tree, kind, "`address-mask` is not modelled: the filter matches nothing");
                continue;
            }
            // Without a match type the filter is not complete; the device takes it as exact.
            _ => (vec![PrefixRange::exact(prefix)], None),
        };
        r.head(kind);
        let mut actions = Vec::new();
        match tail {
            Some(tail) => {
                r.head(tail);
                for a in &tail.children {
                    then(r, a, &mut actions);
                }
            }
            None => then(r, kind, &mut actions),
        }
        out.push(filter(ranges, actions, r.origin(kind)));
    }
}

/// The range of a match type without a value.
pub(in crate::vendors::junos) fn range(prefix: IpNet, kind: &str) -> PrefixRange {
    let (length, most) = (prefix.prefix_len(), prefix.max_prefix_len());
    let (min, max) = match kind {
        "longer" => (length.saturating_add(1), most),
        "orlonger" => (length, most),
        _ => (length, length),
    };
    PrefixRange { prefix, min, max }
}

fn spread(prefix: IpNet, kind: &str, word: &str) -> Option<Vec<PrefixRange>> {
    let length = |w: &str| w.strip_prefix('/').unwrap_or(w).parse::<u8>().ok().filter(|l| *l <= prefix.max_prefix_len());
    match kind {
        "upto" => Some(vec![PrefixRange { prefix, min: prefix.prefix_len(), max: length(word)? }]),
        "prefix-length-range" => {
            let (a, b) = word.split_once('-')?;
            Some(vec![PrefixRange { prefix, min: length(a)?, max: length(b)? }])
        }
        // All prefixes on the way from one to the other.
        _ => {
            let to = values::prefix(word)?.trunc();
            if !prefix.contains(&to) {
                return None;
            }
            let lengths = prefix.prefix_len()..=to.prefix_len();
            lengths.map(|l| IpNet::new(to.addr(), l).ok().map(PrefixRange::exact)).collect()
        }
    }
}

fn number(node: &Node<'_>) -> Option<Number> {
    let value = |n: &Node<'_>| n.children.first().and_then(|v| v.word(0).parse().ok());
    match node.word(0) {
        "add" => value(node).map(Number::Add),
        "subtract" => value(node).map(Number::Subtract),
        word => word.parse().ok().map(Number::Set),
    }
}

fn then<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, out: &mut Vec<Then>) {
    let kind = c.word(0);
    match kind {
        "accept" => simple(r, c, out, Then::Accept),
        "reject" => simple(r, c, out, Then::Reject),
        "next" => match r.arg(c) {
            Some("policy") => out.push(Then::NextPolicy),
            Some("term") => out.push(Then::NextTerm),
            Some(word) => r.bad(c, word, "`term` or `policy`"),
            None => {}
        },
        "default-action" => match r.arg(c) {
            Some("accept") => out.push(Then::DefaultAccept),
            Some("reject") => out.push(Then::DefaultReject),
            Some(word) => r.bad(c, word, "`accept` or `reject`"),
            None => {}
        },
        "metric" | "local-preference" => {
            r.all(c);
            let wrap = if kind == "metric" { Then::Metric } else { Then::LocalPreference };
            match r.only(c) {
                Some(n) if matches!(n.word(0), "igp" | "minimum-igp") && kind == "metric" => {
                    if n.children.is_empty() {
                        out.push(Then::MetricIgp);
                    } else {
                        r.sink.not_modelled(r.tree, n, "an offset to the IGP metric is not modelled");
                        out.push(Then::MetricIgp);
                    }
                }
                Some(n) if n.word(0) == "expression" => {
                    r.sink.not_modelled(r.tree, n, "metric expressions are not modelled");
                    out.push(Then::Unmodelled("metric expression".into()));
                }
                Some(n) => match number(n) {
                    Some(value) => out.push(wrap(value)),
                    None => r.sink.invalid(r.tree, n, n.word(0), "a number in range"),
                },
                None => r.sink.invalid(r.tree, c, kind, "complete: a value is missing"),
            }
        }
        "community" => {
            r.all(c);
            let mut edits: Vec<(u32, Then)> = Vec::new();
            for how in &c.children {
                for name in &how.children {
                    let named = (Box::from(name.word(0)), r.origin(name));
                    r.sink.refer(&["community"], name.word(0), r.tree.span(name, name.word(0)), "then community");
                    let edit = match how.word(0) {
                        "add" | "+" => Then::CommunityAdd(named),
                        "set" | "=" => Then::CommunitySet(named),
                        "delete" | "-" => Then::CommunityDelete(named),
                        _ => {
                            r.sink.not_understood(r.tree, how);
                            continue;
                        }
                    };
                    edits.push((name.line, edit));
                }
            }
            // The tree has joined `add`s; they run in the order they are written.
            edits.sort_by_key(|e| e.0);
            out.extend(edits.into_iter().map(|e| e.1));
        }
        "as-path-prepend" => {
            let list: Option<Vec<u32>> = r.arg(c).map(|w| w.split_ascii_whitespace().filter_map(values::asn).collect());
            out.extend(list.map(Then::Prepend));
        }
        "as-path-expand" => {
            r.all(c);
            match r.only(c) {
                Some(n) if n.word(0) == "last-as" => {
                    let count = n.child("count").and_then(|k| k.children.first()).and_then(|k| k.word(0).parse().ok());
                    out.push(Then::ExpandLast(count.unwrap_or(1)));
                }
                Some(n) => out.push(Then::Expand(n.word(0).split_ascii_whitespace().filter_map(values::asn).collect())),
                None => r.sink.invalid(r.tree, c, kind, "complete: a value is missing"),
            }
        }
        "next-hop" => {
            r.all(c);
            match r.only(c).map(|n| n.word(0)) {
                Some("self") => out.push(Then::NextHopSelf),
                Some("peer-address") => out.push(Then::NextHopPeer),
                Some("discard" | "reject") => out.push(Then::NextHopDiscard),
                Some("next-table") => {
                    r.sink.not_modelled(r.tree, c, "`next-hop next-table` in a policy is not modelled");
                    out.push(Then::Unmodelled("next-hop next-table".into()));
                }
                Some(word) => match word.parse() {
                    Ok(ip) => out.push(Then::NextHop(ip)),
                    Err(_) => r.bad(c, word, "a next hop"),
                },
                None => r.sink.invalid(r.tree, c, kind, "complete: a value is missing"),
            }
        }
        "origin" => match r.arg(c).map(|w| (w, origin(w))) {
            Some((_, Some(o))) => out.push(Then::Origin(o)),
            Some((word, None)) => r.bad(c, word, "an origin"),
            None => {}
        },
        "preference" | "tag" => {
            r.all(c);
            let wrap = if kind == "tag" { Then::Tag } else { Then::Preference };
            match r.only(c).map(|n| (n, number(n))) {
                Some((_, Some(Number::Set(value)))) => out.push(wrap(value)),
                Some((n, Some(_))) => {
                    r.sink.not_modelled(r.tree, n, format!("adding to the {kind} is not modelled"));
                    out.push(Then::Unmodelled(kind.into()));
                }
                Some((n, None)) => r.sink.invalid(r.tree, n, n.word(0), "a number in range"),
                None => r.sink.invalid(r.tree, c, kind, "complete: a value is missing"),
            }
        }
        "external" => {
            r.all(c);
            let value = c.child("type").and_then(|t| r.only(t)).and_then(|t| t.word(0).parse().ok());
            out.extend(value.map(Then::External));
        }
        "level" => {
            let level: Option<u8> = r.number(c);
            out.extend(level.map(Then::Level));
        }
        "aigp-originate" | "aigp-adjust" => {
            r.sink.not_modelled(r.tree, c, "AIGP is not modelled");
        }
        _ if tables::THEN.contains(&kind) || tables::ANYWHERE.contains(&kind) => r.sink.no_effect(r.tree, c),
        _ => {
            r.sink.not_understood(r.tree, c);
            out.push(Then::Unmodelled(kind.into()));
        }
    }
}

fn simple<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, out: &mut Vec<Then>, action: Then) {
    r.all(c);
    out.push(action);
}
