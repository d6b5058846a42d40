//! `segment-routing mpls`; LDP and segment routing of interfaces and IGPs are read where they stand.
//!
//! Law: Segment Routing Configuration Guide, Cisco IOS XE, "Segment Routing With IS-IS v4 Node SID" and "… OSPFv2 Node SID".

use super::{Done, Mode, Reader, negation};
use crate::model::mpls::Srgb;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::labels::SaidSid;

impl<'a, 't> Reader<'a, 't> {
    /// `mpls ip` on an interface: MPLS hop by hop, with LDP (MPLS LDP Configuration Guide, "Enabling Directly Connected LDP Sessions").
    pub(super) fn interface_ldp(&mut self, n: usize, node: &'a Node<'t>, no: bool) {
        let (name, origin) = (self.config.interfaces.items[n].0.clone(), self.origin(node));
        let ldp = &mut self.config.labels.ldp;
        ldp.retain(|(other, _)| *other != name);
        ldp.extend((!no).then_some((name, origin)));
    }

    /// `segment-routing mpls` with all below it.
    pub(super) fn segment_routing(&mut self, node: &'a Node<'t>) -> Done {
        self.known(node);
        if node.children.is_empty() {
            return Done::Open(Mode::Quiet);
        }
        for line in &node.children {
            self.segment_routing_line(line);
        }
        Done::Whole
    }

    fn segment_routing_line(&mut self, node: &'a Node<'t>) {
        let (no, w) = negation(node);
        match w {
            _ if no => {
                self.quiet(node);
            }
            ["global-block", low, high] => match (low.parse(), high.parse()) {
                (Ok(low), Ok(high)) if low <= high => {
                    self.config.labels.block = Some(Srgb::between(low, high));
                    self.known(node);
                }
                _ => {
                    self.bad(node, low, "a range of labels");
                }
            },
            // "Connected Prefix SIDs": segments of own prefixes, whatever the IGP; "Segment Routing and LDP Preference".
            ["connected-prefix-sid-map" | "set-attributes"] => {
                self.known(node);
                for family in &node.children {
                    match &family.words[..] {
                        ["address-family", "ipv4", ..] => {
                            self.known(family);
                            family.children.iter().for_each(|line| self.segment_line(line));
                        }
                        _ => {
                            self.quiet(family);
                        }
                    }
                }
            }
            ["mapping-server", ..] => {
                self.config.labels.other = Some("a mapping server");
                self.gap(node, "mapping servers of segment routing are not modelled");
            }
            ["traffic-eng", ..] => {
                self.config.labels.other = Some("SR policies");
                self.gap(node, "MPLS traffic engineering is not modelled");
            }
            _ => {
                self.quiet(node);
            }
        }
    }

    /// `192.0.2.1/32 index 1 range 1`, `sr-label-preferred`.
    fn segment_line(&mut self, node: &'a Node<'t>) {
        let origin = self.origin(node);
        match &node.words[..] {
            ["sr-label-preferred"] => self.config.labels.prefers_segments = true,
            [prefix, sid @ ..] if prefix.contains('/') => match values::prefix(prefix).zip(SaidSid::read(sid, origin)) {
                Some((prefix, sid)) => self.config.labels.sids.push((prefix.trunc(), sid)),
                None => {
                    self.bad(node, prefix, "a prefix with the number of its segment");
                    return;
                }
            },
            _ => {
                self.quiet(node);
                return;
            }
        }
        self.known(node);
    }
}
