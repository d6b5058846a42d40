//! `protocols ldp` and `protocols mpls`, and `source-packet-routing` of IGPs.
//!
//! Law: Junos OS MPLS Applications User Guide, "LDP Configuration" and "Minimum MPLS Configuration" (an interface takes packets with labels
//! if its unit has `family mpls` and `protocols mpls` names it); Junos OS Segment Routing User Guide, "source-packet-routing (Protocols
//! IS-IS)".

use super::{Reader, tables};
use crate::model::mpls::{LastHop, Sid, Srgb};
use crate::syntax::tree::Node;
use crate::vendors::junos::config::{LabelInterface, Labels, Segments};
use crate::vendors::labels::SaidSid;

pub(super) fn ldp<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, labels: &mut Labels) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "interface" => labels.ldp.extend(interfaces(r, c)),
            "transport-address" => labels.router_id = r.arg(c).and_then(|a| a.parse().ok()),
            "disable" => {
                r.all(c);
                labels.ldp_disabled = true;
            }
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}

pub(super) fn mpls<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, labels: &mut Labels) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "interface" => labels.mpls.extend(interfaces(r, c)),
            "label-switched-path" => {
                labels.other = Some("RSVP-TE");
                r.known(c, &tables::MPLS);
            }
            "static-label-switched-path" => {
                labels.other = Some("a static label");
                r.known(c, &tables::MPLS);
            }
            _ => r.known(c, &tables::MPLS),
        }
    }
}

fn interfaces<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Vec<LabelInterface> {
    r.head(node);
    let read = |n: &Node<'t>| {
        r.head(n);
        let mut disabled = false;
        for c in &n.children {
            if c.word(0) == "disable" {
                r.all(c);
                disabled = true;
            } else {
                r.sink.no_effect(r.tree, c);
            }
        }
        LabelInterface { name: (n.word(0).into(), r.origin(n)), disabled }
    };
    node.children.iter().map(read).collect()
}

/// `source-packet-routing` of an IGP.
pub(super) fn segments<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Segments {
    let mut s = Segments { origin: r.origin(node), ..Segments::default() };
    r.head(node);
    let mut last = LastHop::Pops;
    let mut index = None;
    for c in &node.children {
        match c.word(0) {
            "srgb" => {
                r.head(c);
                let (mut start, mut range) = (None, None);
                for x in &c.children {
                    match x.word(0) {
                        "start-label" => start = r.number(x),
                        "index-range" => range = r.number(x),
                        _ => r.sink.no_effect(r.tree, x),
                    }
                }
                s.srgb = start.zip(range).map(|(base, size)| Srgb { base, size });
            }
            "node-segment" => {
                r.head(c);
                for x in &c.children {
                    match x.word(0) {
                        "ipv4-index" => index = r.number(x).map(|n| (n, r.origin(x))),
                        _ => r.sink.no_effect(r.tree, x),
                    }
                }
            }
            "explicit-null" => {
                r.all(c);
                last = LastHop::ExplicitNull;
            }
            _ => r.sink.no_effect(r.tree, c),
        }
    }
    s.node = index.map(|(n, origin)| SaidSid { sid: Sid::Index(n), last, origin });
    s
}
