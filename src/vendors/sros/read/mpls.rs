//! `ldp`, `mpls-labels`, and `segment-routing` of IGPs.
//!
//! Law: Nokia 7x50 SR OS MPLS Guide, "Label Distribution Protocol" (an interface below `interface-parameters` has LDP;
//! `implicit-null-label` is off by default: the last router but one keeps the label) and Segment Routing and PCE User Guide, "Segment
//! routing in shortest path forwarding" (`prefix-sid-range`, `sr-labels`; node SIDs are told with the flag "no PHP").

use super::{Reader, tables};
use crate::model::mpls::{LastHop, Sid, Srgb};
use crate::syntax::tree::Node;
use crate::vendors::labels::SaidSid;
use crate::vendors::sros::config::{Labels, Segments};

pub(super) fn ldp<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, labels: &mut Labels) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "admin-state" => labels.ldp_down = r.state(c) == Some(false),
            "implicit-null-label" => labels.implicit_null = r.flag(c) != Some(false),
            "interface-parameters" => {
                r.head(c);
                for x in &c.children {
                    if x.word(0) != "interface" {
                        r.sink.no_effect(r.tree, x);
                        continue;
                    }
                    r.head(x);
                    for i in &x.children {
                        r.head(i);
                        if interface(r, &i.children) {
                            labels.ldp.push((i.word(0).into(), r.origin(i)));
                        }
                    }
                }
            }
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}

/// Whether an interface runs LDP for IPv4.
fn interface<'t>(r: &mut Reader<'_, 't>, children: &[Node<'t>]) -> bool {
    let (mut up, mut v4, mut v6) = (true, None, false);
    for c in children {
        match c.word(0) {
            "admin-state" => up &= r.state(c) != Some(false),
            "dual-stack" => {
                r.head(c);
                up &= interface(r, &c.children);
            }
            "ipv4" => {
                r.head(c);
                let mut on = true;
                for x in &c.children {
                    if x.word(0) == "admin-state" {
                        on = r.state(x) != Some(false);
                    } else {
                        r.sink.no_effect(r.tree, x);
                    }
                }
                v4 = Some(on);
            }
            word => {
                v6 |= word == "ipv6";
                r.sink.no_effect(r.tree, c);
            }
        }
    }
    up && v4.unwrap_or(!v6)
}

/// `mpls-labels`: the labels kept for segment routing.
pub(super) fn mpls_labels<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, labels: &mut Labels) {
    r.head(node);
    for c in &node.children {
        if c.word(0) == "sr-labels" {
            r.all(c);
            labels.block = value(c, "start").zip(value(c, "end")).map(|(low, high)| Srgb::between(low, high));
        } else {
            r.sink.no_effect(r.tree, c);
        }
    }
}

/// `segment-routing` of an IGP.
pub(super) fn segments<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, s: &mut Segments) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "admin-state" => s.up = r.state(c).or(s.up),
            "prefix-sid-range" => {
                r.all(c);
                s.origin = r.origin(c);
                s.global = c.child("global").is_some();
                s.block = value(c, "start-label")
                    .zip(value(c, "max-index"))
                    .map(|(base, last)| Srgb { base, size: last.saturating_add(1) });
            }
            "mapping-server" => r.known(c, &tables::ISIS),
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}

/// `ipv4-node-sid` or `node-sid` of an interface.
pub(super) fn node_sid<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Option<SaidSid> {
    r.all(node);
    let sid = value(node, "index").map(Sid::Index).or(value(node, "label").map(Sid::Label));
    if sid.is_none() {
        r.sink.invalid(r.tree, node, node.word(0), "complete: a number is missing");
    }
    Some(SaidSid { sid: sid?, last: LastHop::Keeps, origin: r.origin(node) })
}

/// The number after a word, wherever below a node it stands: side by side in the MD-CLI, one below the other in what the classic CLI becomes.
fn value(node: &Node<'_>, key: &str) -> Option<u32> {
    node.children.iter().find_map(|c| {
        let own = (c.word(0) == key).then(|| c.children.first()?.word(0).parse().ok()).flatten();
        own.or_else(|| value(c, key))
    })
}
