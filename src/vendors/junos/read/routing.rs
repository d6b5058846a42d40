//! `routing-options`: static, aggregate and generated routes, the AS, the router id.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Reader, tables};
use crate::model::policy::RouteSource;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::junos::config::{
    Aggregate, Config, Instance, Named, RibGroup, RibGroupUse, RouteAttributes, Static, StaticHop,
};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, i: &mut Instance, config: &mut Config) {
    for c in &node.children {
        let o = &mut i.routing;
        match c.word(0) {
            "router-id" => o.router_id = r.parse(c, "a router id"),
            "autonomous-system" => {
                r.head(c);
                for a in &c.children {
                    match values::asn(a.word(0)) {
                        Some(asn) => {
                            r.head(a);
                            o.asn = Some(asn);
                        }
                        None if a.word(0) == "loops" => o.as_loops = r.number(a),
                        None if matches!(a.word(0), "independent-domain" | "asdot-notation") => r.sink.no_effect(r.tree, a),
                        None => r.sink.invalid(r.tree, a, a.word(0), "an AS number"),
                    }
                    for l in &a.children {
                        match l.word(0) {
                            "loops" => o.as_loops = r.number(l),
                            _ => r.sink.no_effect(r.tree, l),
                        }
                    }
                }
            }
            "confederation" => {
                r.all(c);
                let id = c.children.iter().find_map(|a| values::asn(a.word(0)));
                let inner = c.children.iter().flat_map(|a| a.child("members")).chain(c.child("members"));
                let members = inner.flat_map(|m| &m.children).filter_map(|m| values::asn(m.word(0))).collect();
                o.confederation = id.map(|id| (id, members));
            }
            "static" => statics(r, c, i),
            "aggregate" => aggregates(r, c, i, false),
            "generate" => aggregates(r, c, i, true),
            "maximum-ecmp" => config.max_ecmp = r.number(c).or(config.max_ecmp),
            "rib" => {
                r.head(c);
                for rib in &c.children {
                    // `inet6.0`, `VR.inet6.0`: static routes of that family; other tables (`inet.2`, `inet.3`) do not forward.
                    let unicast = rib.word(0).ends_with("inet6.0") || rib.word(0).ends_with("inet.0");
                    r.head(rib);
                    for s in &rib.children {
                        match s.word(0) {
                            "static" if unicast => statics(r, s, i),
                            "aggregate" if unicast => aggregates(r, s, i, false),
                            "generate" if unicast => aggregates(r, s, i, true),
                            "static" | "aggregate" | "generate" => {
                                r.sink.not_modelled(r.tree, s, format!("routes of table {} are not modelled", rib.word(0)));
                            }
                            _ => r.known(s, &tables::ROUTING),
                        }
                    }
                }
            }
            "forwarding-table" => {
                r.head(c);
                for f in &c.children {
                    match f.word(0) {
                        "export" => {
                            o.forwarding_export = r.chain(f, "forwarding-table export");
                            o.load_balance = o.forwarding_export.is_some();
                        }
                        _ => r.sink.no_effect(r.tree, f),
                    }
                }
            }
            "auto-export" => {
                o.auto_export = true;
                r.all(c);
            }
            "instance-import" => o.instance_import = r.chain(c, "instance-import"),
            "rib-groups" => {
                r.head(c);
                for g in &c.children {
                    let group = rib_group(r, g);
                    o.rib_groups.push(group);
                }
            }
            "interface-routes" => {
                r.head(c);
                for g in &c.children {
                    match g.word(0) {
                        "rib-group" => {
                            let uses = rib_group_uses(r, g).into_iter();
                            o.rib_group_uses.extend(uses.map(|group| RibGroupUse { group, sources: INTERFACE_ROUTES }));
                        }
                        _ => r.sink.no_effect(r.tree, g),
                    }
                }
            }
            _ => r.known(c, &tables::ROUTING),
        }
    }
}

/// What `interface-routes` are.
const INTERFACE_ROUTES: &[RouteSource] = &[RouteSource::Connected, RouteSource::Local];

fn rib_group<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> RibGroup {
    r.head(node);
    r.sink.define("rib-group", node.word(0), r.origin(node));
    let mut out = RibGroup { name: node.word(0).into(), tables: Vec::new(), policy: None };
    for c in &node.children {
        match c.word(0) {
            "import-rib" => out.tables.extend(r.args(c)),
            "import-policy" => out.policy = r.chain(c, "rib-groups import-policy"),
            "export-rib" => r.sink.no_effect(r.tree, c),
            word => r.sink.invalid(r.tree, c, word, "a statement of a rib group"),
        }
    }
    out
}

/// The groups that `rib-group` names: one, or one a family.
pub(super) fn rib_group_uses<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Vec<Named> {
    r.all(node);
    let mut out: Vec<Named> = Vec::new();
    for c in &node.children {
        let name = if matches!(c.word(0), "inet" | "inet6") { c.children.first() } else { Some(c) };
        out.extend(name.map(|n| (n.word(0).into(), r.origin(n))));
    }
    for (name, origin) in &out {
        r.sink.refer(&["rib-group"], name, *origin, "rib-group");
    }
    out
}

fn statics<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, i: &mut Instance) {
    r.head(node);
    let mut defaults = RouteAttributes::default();
    for c in node.children.iter().filter(|c| c.word(0) == "defaults") {
        r.head(c);
        for a in &c.children {
            attribute(r, a, &mut defaults);
        }
    }
    for c in &node.children {
        match c.word(0) {
            "defaults" => {}
            "rib-group" => {
                let uses = rib_group_uses(r, c).into_iter();
                i.routing.rib_group_uses.extend(uses.map(|group| RibGroupUse { group, sources: &[RouteSource::Static] }));
            }
            "route" => {
                r.head(c);
                for route in &c.children {
                    match values::prefix_or_host(route.word(0)) {
                        Some(prefix) => static_route(r, route, prefix.trunc(), &defaults, i),
                        None => r.sink.invalid(r.tree, route, route.word(0), "a prefix"),
                    }
                }
            }
            _ => r.known(c, &tables::ROUTE),
        }
    }
}

fn static_route<'t>(r: &mut Reader<'_, 't>, route: &Node<'t>, prefix: IpNet, defaults: &RouteAttributes, i: &mut Instance) {
    r.head(route);
    let mut own = RouteAttributes::default();
    let mut hops: Vec<(StaticHop, RouteAttributes, crate::base::span::Origin)> = Vec::new();
    for c in &route.children {
        let origin = r.origin(c);
        match c.word(0) {
            "next-hop" => {
                for (word, origin) in r.args(c) {
                    let hop = match word.parse::<IpAddr>() {
                        Ok(ip) => StaticHop::Ip(ip, None),
                        Err(_) => StaticHop::Interface((word, origin)),
                    };
                    hops.push((hop, RouteAttributes::default(), origin));
                }
            }
            "qualified-next-hop" => {
                r.head(c);
                for q in &c.children {
                    r.head(q);
                    let mut attributes = RouteAttributes::default();
                    let mut interface = None;
                    for a in &q.children {
                        match a.word(0) {
                            "interface" => interface = r.named(a),
                            _ => attribute(r, a, &mut attributes),
                        }
                    }
                    let origin = r.origin(q);
                    let hop = match q.word(0).parse::<IpAddr>() {
                        Ok(ip) => StaticHop::Ip(ip, interface),
                        Err(_) => StaticHop::Interface((q.word(0).into(), origin)),
                    };
                    hops.push((hop, attributes, origin));
                }
            }
            // `receive` hands packets to the routing engine: nobody else gets them.
            "discard" | "reject" | "receive" => {
                r.all(c);
                hops.push((StaticHop::Discard, RouteAttributes::default(), origin));
            }
            "next-table" => {
                if let Some(table) = r.named(c) {
                    hops.push((StaticHop::Table(table), RouteAttributes::default(), origin));
                }
            }
            _ => attribute(r, c, &mut own),
        }
    }
    for (hop, attributes, origin) in hops {
        i.routing.statics.push(Static { prefix, hop, attributes: attributes.or(&own).or(defaults), origin });
    }
}

fn attribute<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, a: &mut RouteAttributes) {
    match c.word(0) {
        "preference" => a.preference = route_number(r, c),
        "metric" => a.metric = route_number(r, c),
        "tag" => a.tag = route_number(r, c),
        "community" => {
            for (word, origin) in r.args(c) {
                match super::policy::literal(&word) {
                    Some(value) => a.communities.push(value),
                    None => r.sink.mark(origin, crate::vendors::sink::LineClass::Invalid),
                }
            }
        }
        "resolve" => {
            r.all(c);
            a.resolve = Some(true);
        }
        "no-readvertise" => {
            r.all(c);
            a.no_readvertise = Some(true);
        }
        "readvertise" => {
            r.all(c);
            a.no_readvertise = Some(false);
        }
        "no-resolve" => {
            r.all(c);
            a.resolve = Some(false);
        }
        "discard" => {
            r.all(c);
            a.discard = true;
        }
        "brief" => {
            r.all(c);
            a.brief = Some(true);
        }
        "full" => {
            r.all(c);
            a.brief = Some(false);
        }
        _ => r.known(c, &tables::ROUTE),
    }
}

/// `preference 5`, and the longer `preference 5 { type … }` or `metric value 5`.
fn route_number<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>) -> Option<u32> {
    match c.child("value") {
        Some(v) => {
            r.all(c);
            r.number(v)
        }
        None => r.number(c),
    }
}

fn aggregates<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, i: &mut Instance, generate: bool) {
    r.head(node);
    let mut defaults = RouteAttributes::default();
    for c in node.children.iter().filter(|c| c.word(0) == "defaults") {
        r.head(c);
        for a in &c.children {
            attribute(r, a, &mut defaults);
        }
    }
    for c in &node.children {
        match c.word(0) {
            "defaults" => {}
            "route" => {
                r.head(c);
                for route in &c.children {
                    let Some(prefix) = values::prefix_or_host(route.word(0)) else {
                        r.sink.invalid(r.tree, route, route.word(0), "a prefix");
                        continue;
                    };
                    r.head(route);
                    let mut attributes = RouteAttributes::default();
                    let mut policy = None;
                    for a in &route.children {
                        match a.word(0) {
                            "policy" => policy = r.chain(a, "aggregate policy"),
                            "passive" | "active" => r.sink.no_effect(r.tree, a),
                            _ => attribute(r, a, &mut attributes),
                        }
                    }
                    let (prefix, origin) = (prefix.trunc(), r.origin(route));
                    let attributes = attributes.or(&defaults);
                    i.routing.aggregates.push(Aggregate { prefix, generate, attributes, policy, origin });
                }
            }
            _ => r.known(c, &tables::ROUTE),
        }
    }
}
