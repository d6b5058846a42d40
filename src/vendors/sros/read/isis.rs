//! `isis`.

use super::{Reader, entry, mpls, ospf, tables};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::sros::config::{Isis, IsisInterface, IsisLevel, Router};

pub(super) fn instances<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, router: &mut Router) {
    r.head(node);
    let numbered = node.children.iter().any(|c| c.word(0).parse::<u32>().is_ok());
    if !numbered {
        statements(r, node, "0", router);
        return;
    }
    for id in &node.children {
        if id.word(0).parse::<u32>().is_ok() {
            r.head(id);
            statements(r, id, id.word(0), router);
        } else {
            r.sink.not_understood(r.tree, id);
        }
    }
}

/// `1`, `2` or `1/2` (classic: `level-1`, `level-2`, `level-1/2`); 3 stands for both.
fn capability<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Option<u8> {
    match r.arg(node)?.trim_start_matches("level-") {
        "1" => Some(1),
        "2" => Some(2),
        "1/2" => Some(3),
        word => {
            r.bad(node, word, "a level");
            None
        }
    }
}

fn statements<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, instance: &str, router: &mut Router) {
    let origin = r.origin(node);
    let x =
        entry(&mut router.isis, |o| &*o.instance == instance, || Isis { instance: instance.into(), origin, ..Isis::default() });
    for c in &node.children {
        match c.word(0) {
            "admin-state" => x.up = r.state(c).or(x.up),
            "area-address" | "area-id" => x.areas.extend(r.args(c).into_iter().map(|n| n.0)),
            "system-id" => x.system_id = r.arg(c).map(Into::into),
            "router-id" => x.router_id = r.parse(c, "an IPv4 address"),
            "level-capability" => x.level_capability = capability(r, c),
            "reference-bandwidth" => x.reference = r.number(c),
            "ipv4-routing" => x.v4 = r.flag(c),
            "ipv6-routing" => {
                // `native`, `mt`, or a flag.
                r.all(c);
                let word = r.only(c).map(|w| w.word(0));
                x.v6 = Some(word != Some("false"));
                x.multi_topology = word == Some("mt");
            }
            "multi-topology" => {
                r.all(c);
                x.multi_topology |= c.child("ipv6-unicast").is_some_and(|v| v.child("false").is_none());
            }
            "overload" => {
                r.all(c);
                x.overload = c.child("false").is_none();
            }
            "advertise-passive-only" => x.passive_only = r.flag(c).unwrap_or(false),
            "suppress-attached-bit" => x.suppress_attached = r.flag(c).unwrap_or(false),
            "ignore-attached-bit" => x.ignore_attached = r.flag(c).unwrap_or(false),
            "export-policy" | "export" => x.export = r.chain(c, "isis export"),
            "authentication-key" | "authentication-type" | "authentication-keychain" => {
                r.all(c);
                x.auth = Some(ospf::auth(x.auth.take(), c));
            }
            "summary-address" => {
                r.head(c);
                for p in &c.children {
                    r.all(p);
                    let level = p.child("level-capability").or(p.child("level")).and_then(|l| l.children.first());
                    let level = match level.map(|l| l.word(0).trim_start_matches("level-")) {
                        Some("1") => 1,
                        Some("2") => 2,
                        _ => 3,
                    };
                    match values::prefix(p.word(0)) {
                        Some(prefix) => x.summaries.push((prefix, level, r.origin(p))),
                        None => r.refuse(p, "a prefix"),
                    }
                }
            }
            "segment-routing" => mpls::segments(r, c, &mut x.segments),
            "level" => levels(r, c, &mut x.levels),
            "interface" => {
                r.head(c);
                c.children.iter().for_each(|i| interface(r, i, x));
            }
            _ => r.known(c, &tables::ISIS),
        }
    }
}

fn levels<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, to: &mut [IsisLevel; 2]) {
    r.head(node);
    for level in &node.children {
        let l = match level.word(0) {
            "1" => &mut to[0],
            "2" => &mut to[1],
            word => {
                r.sink.invalid(r.tree, level, word, "a level");
                continue;
            }
        };
        r.head(level);
        for c in &level.children {
            match c.word(0) {
                "wide-metrics-only" => l.wide_only = r.flag(c),
                "preference" => l.preference = r.number(c),
                "external-preference" => l.external_preference = r.number(c),
                "metric" | "default-metric" => l.metric = r.number(c),
                "ipv6-unicast-metric" | "default-ipv6-unicast-metric" => l.metric_v6 = r.number(c),
                "passive" => l.passive = r.flag(c),
                "priority" => l.priority = r.number(c),
                "hello-authentication-key" | "hello-authentication-type" | "hello-authentication-keychain" => {
                    r.all(c);
                    l.auth = Some(ospf::auth(l.auth.take(), c));
                }
                _ => r.known(c, &tables::ISIS),
            }
        }
    }
}

fn interface<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, x: &mut Isis) {
    r.head(node);
    let origin = r.origin(node);
    let name = node.word(0);
    let i = entry(
        &mut x.interfaces,
        |i| &*i.name == name,
        || IsisInterface { name: name.into(), origin, ..IsisInterface::default() },
    );
    for c in &node.children {
        match c.word(0) {
            "admin-state" => i.up = r.state(c).or(i.up),
            "passive" => i.passive = r.flag(c),
            "interface-type" => i.point_to_point = r.arg(c).map(|w| w == "point-to-point"),
            "level-capability" => i.level_capability = capability(r, c),
            "ipv4-node-sid" => i.sid = mpls::node_sid(r, c),
            "level" => levels(r, c, &mut i.levels),
            "hello-authentication-key" | "hello-authentication-type" | "hello-authentication-keychain" => {
                r.all(c);
                i.auth = Some(ospf::auth(i.auth.take(), c));
            }
            _ => r.known(c, &tables::ISIS),
        }
    }
}
