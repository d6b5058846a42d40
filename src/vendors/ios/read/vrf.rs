//! `vrf definition`, `ip vrf`.

use super::{Done, Mode, ROUTE_MAP, Reader, negation};
use crate::model::route::Family;
use crate::syntax::tree::Node;

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn vrf_header(&mut self, node: &'a Node<'t>, name: &str) -> Done {
        let origin = self.origin(node);
        self.sink.define("vrf", name, origin);
        let n = self.config.vrfs.open(name);
        let vrf = self.config.vrfs.at(n);
        if !vrf.origin.is_some() {
            vrf.origin = origin;
        }
        self.known(node);
        Done::Open(Mode::Vrf(n))
    }

    pub(super) fn vrf_line(&mut self, n: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["address-family", "ipv4", ..] => {
                self.known(node);
                Done::Open(Mode::VrfFamily(n, Family::V4))
            }
            ["address-family", "ipv6", ..] => {
                self.known(node);
                Done::Open(Mode::VrfFamily(n, Family::V6))
            }
            ["address-family", ..] => self.quiet(node),
            ["exit-address-family"] => {
                self.known(node);
                Done::Close
            }
            [
                "description" | "vnet" | "vpn" | "maximum" | "mdt" | "context" | "inter-as-hybrid" | "bgp" | "snmp"
                | "route-replicate" | "evpn",
                ..,
            ] => self.quiet_line(node),
            ["ipv4" | "ipv6", "multicast", ..] => self.quiet_line(node),
            _ if no => self.quiet_line(node),
            _ => self.vrf_targets(n, node, w),
        }
    }

    pub(super) fn vrf_family_line(&mut self, n: usize, family: Family, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["exit-address-family"] => {
                self.known(node);
                Done::Close
            }
            ["mdt" | "maximum" | "snmp" | "inter-as-hybrid" | "bgp", ..] => self.quiet_line(node),
            // `export ipv4 unicast map X`: to the global table.
            ["import" | "export", "ipv4" | "ipv6", ..] if !no => {
                if let Some(map) = super::after(w, "map") {
                    self.refer(node, ROUTE_MAP, map, "vrf import or export map");
                }
                self.gap_line(node, "leaking between a VRF and the global table is not modelled")
            }
            ["route-replicate", ..] if !no => {
                self.gap_line(node, "`route-replicate` is not modelled: replicated routes are missing")
            }
            _ if no => self.quiet_line(node),
            // Route targets of IPv6 are as those of IPv4 in the model.
            _ if family == Family::V6 => match w {
                ["route-target", ..] => self.vrf_targets(n, node, w),
                ["import" | "export", "map", map] => {
                    self.refer(node, ROUTE_MAP, map, "vrf import or export map");
                    self.gap_line(node, "import and export maps of IPv6 in a VRF are not modelled")
                }
                _ => Done::Unknown,
            },
            _ => self.vrf_targets(n, node, w),
        }
    }

    fn vrf_targets(&mut self, n: usize, node: &'a Node<'t>, w: &[&str]) -> Done {
        let map = match w {
            ["import" | "export", "map", map] => Some(self.refer(node, ROUTE_MAP, map, "vrf import or export map")),
            _ => None,
        };
        let vrf = self.config.vrfs.at(n);
        let add = |list: &mut Vec<crate::model::device::Name>, target: &str| {
            if !list.iter().any(|t| **t == *target) {
                list.push(target.into());
            }
        };
        match w {
            ["rd", rd] => vrf.rd = Some((*rd).into()),
            ["route-target", "import", target, ..] => add(&mut vrf.imports, target),
            ["route-target", "export", target, ..] => add(&mut vrf.exports, target),
            ["route-target", "both", target, ..] | ["route-target", target] => {
                add(&mut vrf.imports, target);
                add(&mut vrf.exports, target);
            }
            ["import", "map", _] => vrf.import_map = map,
            ["export", "map", _] => vrf.export_map = map,
            _ => return Done::Unknown,
        }
        self.known(node)
    }
}
