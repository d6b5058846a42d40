//! `vrf NAME` and `router static`.

use super::{Done, Mode, Reader, VRF, family_of, negation};
use crate::model::device::Name;
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::iosxr::config::Static;
use crate::vendors::iosxr::ports;

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn vrf_header(&mut self, node: &'a Node<'t>, name: &str) -> Done {
        let origin = self.origin(node);
        self.sink.define("vrf", name, origin);
        let n = self.config.vrfs.open(name);
        let vrf = self.config.vrfs.at(n);
        if !vrf.origin.is_some() {
            vrf.origin = origin;
        }
        self.open(node, Mode::Vrf(n))
    }

    pub(super) fn vrf_line(&mut self, n: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["address-family", "ipv4" | "ipv6", "unicast"] if !no => self.open(node, Mode::VrfFamily(n, true)),
            ["address-family", ..] if !no => self.open(node, Mode::VrfFamily(n, false)),
            ["rd", rd] if !no => {
                self.config.vrfs.at(n).rd = Some((*rd).into());
                self.known(node)
            }
            ["description" | "mode" | "vpn" | "fallback-vrf" | "mhost" | "evpn-route-sync", ..] => self.quiet(node),
            _ if no => self.quiet(node),
            _ => Done::Unknown,
        }
    }

    pub(super) fn vrf_family_line(&mut self, n: usize, unicast: bool, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            _ if no => self.quiet(node),
            [way @ ("import" | "export"), "route-target", targets @ ..] => {
                let export = *way == "export";
                self.known(node);
                for (at, target) in targets.iter().enumerate() {
                    self.target(n, export, unicast, target, targets.get(at + 1) == Some(&"stitching"));
                }
                Done::Open(Mode::Targets(n, export, unicast))
            }
            [way @ ("import" | "export"), "route-policy", ..] => {
                let usage = if *way == "export" { "vrf export" } else { "vrf import" };
                let Some(policy) = self.attached(node, usage) else { return Done::Unknown };
                if unicast {
                    let vrf = self.config.vrfs.at(n);
                    let slot = if *way == "export" { &mut vrf.export } else { &mut vrf.import };
                    *slot = Some(policy);
                }
                self.known(node)
            }
            ["import", "from", ..] | ["export", "to", ..] => {
                self.attached(node, "vrf import or export");
                self.gap(node, "routes between a VRF and the default table are not modelled")
            }
            ["maximum", "prefix", ..] => self.quiet(node),
            _ => Done::Unknown,
        }
    }

    /// A route target on a line of its own.
    pub(super) fn target_line(&mut self, n: usize, export: bool, unicast: bool, node: &'a Node<'t>) -> Done {
        match &node.words[..] {
            // Of routes that travel by EVPN alone ("Data Center Interconnect Layer 3 Gateway with EVPN/VXLAN", L3VPN guide of the ASR 9000).
            [target, "stitching"] if target.contains(':') => {
                self.target(n, export, unicast, target, true);
                self.known(node)
            }
            [target] if target.contains(':') => {
                self.target(n, export, unicast, target, false);
                self.known(node)
            }
            _ => Done::Unknown,
        }
    }

    fn target(&mut self, n: usize, export: bool, unicast: bool, target: &str, stitching: bool) {
        // Families other than unicast have targets of their own, for routes that are not modelled.
        if unicast && target.contains(':') {
            let vrf = self.config.vrfs.at(n);
            let list = match (stitching, export) {
                (true, _) => &mut vrf.stitching[usize::from(export)],
                (false, true) => &mut vrf.exports,
                (false, false) => &mut vrf.imports,
            };
            if !list.iter().any(|t| **t == *target) {
                list.push(target.into());
            }
        }
    }

    // ----- static routes ----------------------------------------------------------------------

    pub(super) fn static_line(&mut self, vrf: Option<usize>, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["address-family", family @ ("ipv4" | "ipv6"), "unicast"] if !no => {
                self.open(node, Mode::StaticFamily(vrf, family_of(family)))
            }
            ["address-family", ..] => self.quiet(node),
            ["vrf", "default"] if !no => self.open(node, Mode::Static(None)),
            ["vrf", name] if !no => {
                self.refer(node, VRF, name, "router static");
                let n = self.config.vrfs.open(name);
                self.open(node, Mode::Static(Some(n)))
            }
            ["maximum" | "bfd", ..] => self.quiet(node),
            _ => Done::Unknown,
        }
    }

    pub(super) fn static_family_line(&mut self, vrf: Option<usize>, family: Family, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        let [prefix, rest @ ..] = w else { return Done::Unknown };
        let Some(net) = values::prefix(prefix) else { return Done::Unknown };
        if net.addr().is_ipv6() != family.is_v6() {
            return self.bad(node, prefix, "a prefix of this family");
        }
        let vrf: Option<Name> = vrf.and_then(|n| self.config.vrfs.items.get(n)).map(|(name, _)| name.clone());
        let route = match self.static_route(node, vrf, net.trunc(), rest) {
            Ok(route) => route,
            Err((word, what)) => return self.bad(node, word, what),
        };
        if no {
            // A route is known by its destination and where it goes.
            let same = |s: &Static| {
                s.vrf == route.vrf
                    && s.prefix == route.prefix
                    && (route.ip.is_none() && route.interface.is_none() || s.ip == route.ip && s.interface == route.interface)
            };
            self.config.statics.retain(|s| !same(s));
            return self.known(node);
        }
        if route.ip.is_none() && route.interface.is_none() {
            return if route.next_vrf.is_some() {
                self.gap(node, "a static route into another VRF without a next hop is not modelled")
            } else {
                self.bad(node, "", "a next hop")
            };
        }
        self.config
            .statics
            .retain(|s| !(s.vrf == route.vrf && s.prefix == route.prefix && s.ip == route.ip && s.interface == route.interface));
        self.config.statics.push(route);
        self.known(node)
    }

    fn static_route<'w>(
        &mut self,
        node: &Node<'_>,
        vrf: Option<Name>,
        prefix: ipnet::IpNet,
        w: &[&'w str],
    ) -> Result<Static, (&'w str, &'static str)> {
        let mut route = Static {
            vrf,
            prefix,
            interface: None,
            ip: None,
            next_vrf: None,
            distance: None,
            metric: 0,
            tag: 0,
            permanent: false,
            tracked: false,
            origin: self.origin(node),
        };
        let number = |w: &'w str| w.parse::<u32>().map_err(|_| (w, "a number"));
        let mut rest = w;
        while let [word, tail @ ..] = rest {
            let value = tail.first().copied().unwrap_or("");
            rest = tail;
            let mut used = 1;
            match *word {
                "vrf" => {
                    route.next_vrf =
                        Some(if value == "default" { value.into() } else { self.refer(node, VRF, value, "static route") })
                }
                "tag" => route.tag = number(value)?,
                "metric" => route.metric = number(value)?,
                "track" => route.tracked = true,
                "description" => break,
                "permanent" => (route.permanent, used) = (true, 0),
                "bfd" => {
                    route.tracked = true;
                    break;
                }
                "vrflabel" | "tunnel-id" => {}
                _ => {
                    used = 0;
                    if let Ok(ip) = word.parse() {
                        route.ip = Some(ip);
                    } else if let Ok(distance) = word.parse() {
                        route.distance = Some(distance);
                    } else if let Some((name, _)) = ports::read(&[word]) {
                        self.refer_interface(node, &[word], "static route");
                        route.interface = Some(name);
                    } else {
                        return Err((word, "a next hop or an option of a static route"));
                    }
                }
            }
            rest = rest.get(used..).unwrap_or(&[]);
        }
        Ok(route)
    }
}
