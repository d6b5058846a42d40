//! What `router` and `vprn` have in common: interfaces, static routes, aggregates, protocols.

use super::{Reader, bgp, entry, interfaces, isis, mpls, ospf, rip, tables};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::sros::config::{Aggregate, Interface, Router, RouterKind, Static, StaticHop};

/// One statement of a router instance.
pub(super) fn statement<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, router: &mut Router) {
    match c.word(0) {
        "autonomous-system" => {
            let word = r.arg(c);
            router.asn = word.and_then(values::asn);
            if let (Some(word), None) = (word, router.asn) {
                r.bad(c, word, "an AS number");
            }
        }
        "router-id" => router.router_id = r.parse(c, "an IPv4 address"),
        "ecmp" => router.ecmp = r.number(c),
        "interface" => {
            r.head(c);
            for name in &c.children {
                r.head(name);
                let origin = r.origin(name);
                let word = name.word(0);
                let i = entry(
                    &mut router.interfaces,
                    |i| &*i.name == word,
                    || Interface { name: word.into(), origin, ..Interface::default() },
                );
                interfaces::interface(r, name, i);
            }
        }
        "static-routes" => {
            r.head(c);
            for x in &c.children {
                match x.word(0) {
                    "route" => {
                        r.head(x);
                        x.children.iter().for_each(|p| static_route(r, p, router));
                    }
                    _ => r.known(x, &tables::STATICS),
                }
            }
        }
        "aggregates" => {
            r.head(c);
            for x in &c.children {
                match x.word(0) {
                    "aggregate" => {
                        r.head(x);
                        x.children.iter().for_each(|p| aggregate(r, p, router));
                    }
                    _ => r.known(x, &tables::STATICS),
                }
            }
        }
        "confederation" => confederation(r, c, router),
        "ldp" if router.kind == RouterKind::Base => mpls::ldp(r, c, &mut router.labels),
        "mpls-labels" if router.kind == RouterKind::Base => mpls::mpls_labels(r, c, &mut router.labels),
        "mpls" | "segment-routing" if router.kind == RouterKind::Base => {
            if ["lsp", "static-lsp", "sr-policies"].iter().any(|w| c.child(w).is_some()) {
                router.labels.other = Some("an LSP or SR policy of its own");
            }
            r.known(c, &tables::ROUTER);
        }
        "ospf" => ospf::instances(r, c, false, router),
        "ospf3" => ospf::instances(r, c, true, router),
        "isis" => isis::instances(r, c, router),
        "rip" => rip::read(r, c, false, router),
        "ripng" => rip::read(r, c, true, router),
        "bgp" => bgp::read(r, c, router),
        _ => r.known(c, &tables::ROUTER),
    }
}

fn confederation<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, router: &mut Router) {
    r.head(node);
    let (mut id, mut members) = (0, Vec::new());
    for c in &node.children {
        match c.word(0) {
            "confed-as-num" => id = r.number(c).unwrap_or(0),
            "members" => {
                r.all(c);
                members.extend(c.children.iter().filter_map(|m| values::asn(m.word(0))));
            }
            _ => r.sink.not_understood(r.tree, c),
        }
    }
    if id != 0 {
        router.confederation = Some((id, members));
    }
}

/// The statements below keys that may stand on the line of a prefix: `route P route-type unicast { … }`.
fn body<'n, 't>(node: &'n Node<'t>, key: &str) -> Vec<&'n Node<'t>> {
    let mut out = Vec::new();
    for c in &node.children {
        if c.word(0) == key {
            out.extend(c.children.iter().flat_map(|v| &v.children));
        } else {
            out.push(c);
        }
    }
    out
}

fn static_route<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, router: &mut Router) {
    let Some(prefix) = values::prefix(node.word(0)) else {
        r.refuse(node, "a prefix");
        return;
    };
    r.head(node);
    if let Some(kind) = node.child("route-type") {
        r.head(kind);
        if let Some(value) = kind.children.first() {
            r.head(value);
            if value.word(0) == "multicast" {
                r.sink.no_effect(r.tree, value);
                return;
            }
        }
    }
    let inner = body(node, "route-type");
    let mut communities: Vec<Box<str>> = Vec::new();
    let (mut tag, mut preference) = (None, None);
    for c in &inner {
        match c.word(0) {
            "community" => communities.extend(r.args(c).into_iter().map(|n| n.0)),
            "tag" => tag = r.number(c),
            "preference" => preference = r.number(c),
            _ => {}
        }
    }
    let start = router.statics.len();
    for c in inner {
        match c.word(0) {
            "next-hop" | "indirect" | "interface" => {
                r.head(c);
                for target in &c.children {
                    let ip = target.word(0).parse();
                    let named = (target.word(0).into(), r.origin(target));
                    let hop = match (ip, c.word(0)) {
                        (Ok(ip), "indirect") => StaticHop::Indirect(ip),
                        (Ok(ip), _) => StaticHop::Direct(ip),
                        (Err(_), "indirect") => {
                            r.sink.invalid(r.tree, target, target.word(0), "an address");
                            continue;
                        }
                        (Err(_), _) => StaticHop::Interface(named),
                    };
                    next_hop(r, target, prefix, hop, router);
                }
            }
            "blackhole" => next_hop(r, c, prefix, StaticHop::Blackhole, router),
            "grt" => next_hop(r, c, prefix, StaticHop::Base, router),
            "community" | "tag" | "preference" => {}
            _ => r.known(c, &tables::STATIC),
        }
    }
    for s in &mut router.statics[start..] {
        s.communities.extend(communities.iter().cloned());
        s.tag = s.tag.or(tag);
        s.preference = s.preference.or(preference);
    }
}

fn next_hop<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, prefix: ipnet::IpNet, hop: StaticHop, router: &mut Router) {
    r.head(node);
    let mut s = Static {
        prefix,
        hop,
        up: None,
        preference: None,
        metric: None,
        tag: None,
        communities: Vec::new(),
        tracked: false,
        origin: r.origin(node),
    };
    for c in &node.children {
        match c.word(0) {
            "admin-state" => s.up = r.state(c),
            "preference" => s.preference = r.number(c),
            "metric" => s.metric = r.number(c),
            "tag" => s.tag = r.number(c),
            "community" => s.communities.extend(r.args(c).into_iter().map(|n| n.0)),
            "cpe-check" | "prefix-list" | "ldp-sync" => {
                r.sink.not_modelled(r.tree, c, format!("`{}` on a static route is assumed to hold", c.word(0)));
                s.tracked = true;
            }
            _ => r.known(c, &tables::STATIC),
        }
    }
    router.statics.push(s);
}

fn aggregate<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, router: &mut Router) {
    let Some(prefix) = values::prefix(node.word(0)) else {
        r.refuse(node, "a prefix");
        return;
    };
    r.head(node);
    let mut a = Aggregate { prefix: Some(prefix), origin: r.origin(node), ..Aggregate::default() };
    for c in &node.children {
        match c.word(0) {
            "summary-only" => a.summary_only = r.flag(c).unwrap_or(false),
            "as-set" => a.as_set = r.flag(c).unwrap_or(false),
            "community" => a.communities = r.args(c).into_iter().map(|n| n.0).collect(),
            "indirect" => a.indirect = r.parse(c, "an address"),
            "policy" => a.policy = r.chain(c, "aggregate policy"),
            // The route is a discard route either way.
            "blackhole" => r.all(c),
            _ => r.known(c, &tables::AGGREGATE),
        }
    }
    router.aggregates.push(a);
}
