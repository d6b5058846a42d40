//! `protocols isis`.

use super::routing::rib_group_uses;
use super::{Reader, mpls, tables};
use crate::syntax::tree::Node;
use crate::vendors::junos::config::{Isis, IsisInterface, IsisInterfaceLevel, IsisLevel};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Isis {
    let mut i = Isis { name: "isis".into(), origin: r.origin(node), ..Isis::default() };
    for c in &node.children {
        match c.word(0) {
            "disable" => {
                r.all(c);
                i.disabled = true;
            }
            "interface" => {
                r.head(c);
                for n in &c.children {
                    r.head(n);
                    let read = interface(r, n);
                    i.interfaces.push(read);
                }
            }
            "export" => i.export = r.chain(c, "isis export"),
            "net" => r.all(c),
            "level" => {
                r.head(c);
                for l in &c.children {
                    r.head(l);
                    let Some(slot) = slot(l.word(0)) else {
                        r.sink.invalid(r.tree, l, l.word(0), "a level");
                        continue;
                    };
                    level(r, l, &mut i.levels[slot]);
                }
            }
            "source-packet-routing" => i.segments = Some(mpls::segments(r, c)),
            "rib-group" => i.rib_groups = rib_group_uses(r, c),
            "reference-bandwidth" => i.reference_bandwidth = r.bandwidth(c),
            "overload" => {
                r.all(c);
                i.overload = c.child("timeout").is_none();
            }
            "topologies" => {
                r.all(c);
                i.ipv6_topology |= c.child("ipv6-unicast").is_some();
            }
            "no-ipv4-routing" => {
                r.all(c);
                i.no_ipv4 = true;
            }
            "no-ipv6-routing" => {
                r.all(c);
                i.no_ipv6 = true;
            }
            "ignore-attached-bit" => {
                r.all(c);
                i.ignore_attached = true;
            }
            "suppress-attached-bit" => {
                r.all(c);
                i.suppress_attached = true;
            }
            "authentication-key" => {
                let key: Option<Box<str>> = r.arg(c).map(Into::into);
                for l in &mut i.levels {
                    l.auth.clone_from(&key);
                }
            }
            "authentication-type" => r.all(c),
            _ => r.known(c, &tables::ISIS),
        }
    }
    i
}

fn slot(word: &str) -> Option<usize> {
    match word {
        "1" => Some(0),
        "2" => Some(1),
        _ => None,
    }
}

fn level<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, l: &mut IsisLevel) {
    for c in &node.children {
        match c.word(0) {
            "disable" => {
                r.all(c);
                l.disabled = true;
            }
            "wide-metrics-only" => {
                r.all(c);
                l.wide_only = true;
            }
            "preference" => l.preference = r.number(c),
            "external-preference" => l.external_preference = r.number(c),
            "authentication-key" => l.auth = r.arg(c).map(Into::into),
            "authentication-type" => r.all(c),
            _ => r.known(c, &tables::ISIS),
        }
    }
}

fn interface<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> IsisInterface {
    let mut i = IsisInterface { name: node.word(0).into(), origin: r.origin(node), ..IsisInterface::default() };
    for c in &node.children {
        match c.word(0) {
            "disable" => {
                r.all(c);
                i.disabled = true;
            }
            "passive" => {
                r.all(c);
                i.passive = true;
            }
            "point-to-point" => {
                r.all(c);
                i.point_to_point = true;
            }
            "no-ipv4-routing" | "no-ipv4-unicast" => {
                r.all(c);
                i.no_ipv4 = true;
            }
            "no-ipv6-routing" | "no-ipv6-unicast" => {
                r.all(c);
                i.no_ipv6 = true;
            }
            "hello-authentication-key" => i.auth = r.arg(c).map(Into::into),
            "level" => {
                r.head(c);
                for l in &c.children {
                    r.head(l);
                    let Some(slot) = slot(l.word(0)) else {
                        r.sink.invalid(r.tree, l, l.word(0), "a level");
                        continue;
                    };
                    interface_level(r, l, &mut i.levels[slot]);
                }
            }
            _ => r.known(c, &tables::ISIS_INTERFACE),
        }
    }
    i
}

fn interface_level<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, l: &mut IsisInterfaceLevel) {
    for c in &node.children {
        match c.word(0) {
            "disable" => {
                r.all(c);
                l.disabled = true;
            }
            "passive" => {
                r.all(c);
                l.passive = true;
            }
            "metric" => l.metric = r.number(c),
            "ipv6-unicast-metric" => l.metric_v6 = r.number(c),
            "priority" => l.priority = r.number(c),
            "hello-authentication-key" => l.auth = r.arg(c).map(Into::into),
            _ => r.known(c, &tables::ISIS_INTERFACE),
        }
    }
}
