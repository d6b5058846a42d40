//! `mpls ldp` and `segment-routing`, and what IGPs say of both.
//!
//! Law: MPLS Configuration Guide for Cisco ASR 9000 Series Routers, "Implementing MPLS Label Distribution Protocol"; Segment Routing
//! Configuration Guide, "Configure Segment Routing Global Block", "Configure Segment Routing for IS-IS Protocol", "… for OSPF Protocol".

use super::{Done, Reader, negation};
use crate::model::mpls::Srgb;
use crate::syntax::tree::Node;

const LABEL_RANGE: &str = "a range of labels";

impl<'a, 't> Reader<'a, 't> {
    /// `mpls ldp` with all below it.
    pub(super) fn ldp(&mut self, node: &'a Node<'t>) -> Done {
        self.known(node);
        // `mpls ldp router-id 192.0.2.1` in one line.
        let rest = &node.words[2..];
        if let ["router-id", id] = rest {
            self.config.labels.ldp_router_id = id.parse().ok();
        }
        for line in &node.children {
            let (no, w) = negation(line);
            match w {
                ["router-id", id] if !no => match id.parse() {
                    Ok(id) => {
                        self.config.labels.ldp_router_id = Some(id);
                        self.known(line);
                    }
                    Err(_) => {
                        self.bad(line, id, "a router id");
                    }
                },
                // An interface in `mpls ldp` finds neighbours by hellos over the link ("Configuring LDP Discovery Over a Link").
                ["interface", typed @ ..] if !no => {
                    let Some(name) = self.refer_interface(line, typed, "mpls ldp") else {
                        self.bad(line, typed.first().copied().unwrap_or(""), "an interface");
                        continue;
                    };
                    self.known(line);
                    let mut off = false;
                    for below in &line.children {
                        // "Disabling LDP Auto-configuration": on an interface.
                        if let ["igp", "auto-config", "disable"] = &below.words[..] {
                            off = true;
                            self.known(below);
                        } else {
                            self.quiet(below);
                        }
                    }
                    let origin = self.origin(line);
                    let labels = &mut self.config.labels;
                    if off { labels.no_auto.push(name) } else { labels.ldp.push((name, origin)) }
                }
                _ => {
                    self.quiet(line);
                }
            }
        }
        Done::Whole
    }

    /// `segment-routing` with all below it.
    pub(super) fn segment_routing(&mut self, node: &'a Node<'t>) -> Done {
        let one = &node.words[1..];
        if !one.is_empty() {
            return self.segment_routing_line(node, one);
        }
        self.known(node);
        for line in &node.children {
            let (no, w) = negation(line);
            if no {
                self.quiet(line);
            } else {
                self.segment_routing_line(line, w);
            }
        }
        Done::Whole
    }

    fn segment_routing_line(&mut self, node: &'a Node<'t>, w: &[&str]) -> Done {
        match w {
            ["global-block", low, high] => match block(low, high) {
                Some(block) => {
                    self.config.labels.block = Some(block);
                    self.known(node)
                }
                None => self.bad(node, low, LABEL_RANGE),
            },
            ["traffic-eng", ..] => {
                self.config.labels.other = Some("SR policies");
                self.gap(node, "MPLS traffic engineering is not modelled")
            }
            ["mapping-server", ..] => {
                self.config.labels.other = Some("a mapping server");
                self.gap(node, "mapping servers of segment routing are not modelled")
            }
            ["srv6", ..] => self.gap(node, "SRv6 is not modelled"),
            _ => self.quiet(node),
        }
    }
}

/// The block from one label to another.
pub(super) fn block(low: &str, high: &str) -> Option<Srgb> {
    let (low, high) = (low.parse().ok()?, high.parse().ok()?);
    (low <= high).then(|| Srgb::between(low, high))
}
