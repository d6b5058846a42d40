//! `vrf definition`, `ip vrf`.

use super::{Done, Mode, ROUTE_MAP, Reader, negation};
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::vendors::ios::config::Replicate;

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
                "description" | "vnet" | "vpn" | "maximum" | "mdt" | "context" | "inter-as-hybrid" | "bgp" | "snmp" | "evpn",
                ..,
            ] => self.quiet_line(node),
            ["ipv4" | "ipv6", "multicast", ..] => self.quiet_line(node),
            // Below `ip vrf`, which knows IPv4 alone.
            ["route-replicate", rest @ ..] if !no => self.route_replicate(Some(n), Family::V4, node, rest),
            _ if no => self.quiet_line(node),
            _ => self.vrf_targets(n, 0, node, w),
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
            // `import ipv4 unicast [N] map X`: from the global table; `export …`: to it.
            [way @ ("import" | "export"), "ipv4" | "ipv6", "unicast", rest @ ..] if !no => {
                let Some(map) = super::after(rest, "map") else { return Done::Unknown };
                let map = self.refer(node, ROUTE_MAP, map, "vrf import or export map");
                let of = &mut self.config.vrfs.at(n).exchanges[1 + usize::from(family.is_v6())];
                *(if *way == "import" { &mut of.from_global } else { &mut of.to_global }) = Some(map);
                self.known(node)
            }
            ["route-replicate", rest @ ..] if !no => self.route_replicate(Some(n), family, node, rest),
            _ if no => self.quiet_line(node),
            _ => self.vrf_targets(n, 1 + usize::from(family.is_v6()), node, w),
        }
    }

    /// What the global table takes in (Cisco, "EVN: Shared Services": `global-address-family`).
    pub(super) fn global_family_line(&mut self, family: Family, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["exit-global-af"] => {
                self.known(node);
                Done::Close
            }
            ["route-replicate", rest @ ..] if !no => self.route_replicate(None, family, node, rest),
            ["topology" | "maximum", ..] => self.quiet_line(node),
            _ => Done::Unknown,
        }
    }

    /// `[recursion-policy X] from {global | vrf X} unicast {all | protocol} [route-map M]`; `into`: none is the global table.
    fn route_replicate(&mut self, into: Option<usize>, family: Family, node: &'a Node<'t>, w: &[&str]) -> Done {
        let w = if let ["recursion-policy", _, rest @ ..] = w { rest } else { w };
        let (from, rest) = match w {
            ["from", "global", "unicast", rest @ ..] => (None, rest),
            ["from", "vrf", name, "unicast", rest @ ..] => (Some(self.refer(node, &["vrf"], name, "route-replicate")), rest),
            ["from", ..] => return self.gap_line(node, "replicated routes that are not of a unicast table are not modelled"),
            _ => return Done::Unknown,
        };
        let source = match rest {
            ["all", ..] => None,
            _ => match super::redistribute::source(rest) {
                Some((source, _)) => Some(source),
                None => return self.gap_line(node, "replicated routes of this protocol are not modelled"),
            },
        };
        let map = super::after(rest, "route-map").map(|map| self.refer(node, ROUTE_MAP, map, "route-replicate"));
        let origin = self.origin(node);
        let replicates = match into {
            Some(n) => &mut self.config.vrfs.at(n).replicates,
            None => &mut self.config.replicates,
        };
        replicates.push(Replicate { from, family, source, map, origin });
        self.known(node)
    }

    fn vrf_targets(&mut self, n: usize, family: usize, node: &'a Node<'t>, w: &[&str]) -> Done {
        let map = match w {
            ["import" | "export", "map", map] => Some(self.refer(node, ROUTE_MAP, map, "vrf import or export map")),
            _ => None,
        };
        let vrf = self.config.vrfs.at(n);
        let of = &mut vrf.exchanges[family];
        let add = |list: &mut Vec<crate::model::device::Name>, target: &str| {
            if !list.iter().any(|t| **t == *target) {
                list.push(target.into());
            }
        };
        match w {
            // The second table of a stitched EVPN service has its targets too.
            ["route-target", "import" | "export" | "both", _, "stitching"] => {
                return self.gap_line(node, "route targets of EVPN stitching are not modelled");
            }
            ["rd", rd] => vrf.rd = Some((*rd).into()),
            ["route-target", "import", target, ..] => add(&mut of.imports, target),
            ["route-target", "export", target, ..] => add(&mut of.exports, target),
            ["route-target", "both", target, ..] | ["route-target", target] => {
                add(&mut of.imports, target);
                add(&mut of.exports, target);
            }
            ["import", "map", _] => of.import_map = map,
            ["export", "map", _] => of.export_map = map,
            _ => return Done::Unknown,
        }
        self.known(node)
    }
}
