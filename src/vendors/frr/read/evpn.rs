//! EVPN: `address-family l2vpn evpn`, and the layer-3 VNIs of VRFs (FRR manual, "EVPN").

use super::{Block, Invalid, Modelled, NoEffect, NotModelled, Reader, Took, Unknown, reference};
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::route::Community;

/// Why VNIs of VLANs are reported.
pub(in crate::vendors::frr) const BRIDGED: &str = "VLANs bridged over VXLAN are not modelled";

impl Reader<'_> {
    /// `vni N [prefix-routes-only]` of a VRF; `None`: of the default one.
    pub(super) fn layer3_vni<'t>(&mut self, no: bool, w: &[&'t str], vrf: Option<Name>, o: Origin) -> Took<'t> {
        let [_, word, options @ ..] = w else { return Unknown };
        let Some(vni) = vni(word) else { return Invalid(word, "a VNI") };
        if !matches!(options, [] | ["prefix-routes-only"]) {
            return Invalid(options[0], "prefix-routes-only");
        }
        let Some(vrf) = vrf else { return NotModelled("a layer-3 VNI of the default VRF is not modelled") };
        self.config.vrf(&vrf, o).vni = (!no).then_some((vni, o));
        Modelled
    }

    pub(super) fn evpn<'t>(&mut self, n: usize, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        if let ["neighbor", _, "prefix-list" | "distribute-list", ..] = w {
            return NotModelled("prefix filters of EVPN routes are not modelled");
        }
        if let ["neighbor", rest @ ..] = w {
            return self.neighbor(n, Some(2), no, rest, o);
        }
        let Some(bgp) = self.config.bgp.get_mut(n) else { return Unknown };
        let (in_vrf, evpn) = (bgp.vrf.is_some(), &mut bgp.evpn);
        match w {
            ["advertise-all-vni"] if in_vrf => {
                return NotModelled("EVPN in a BGP instance other than the default one is not modelled");
            }
            ["advertise-all-vni"] => evpn.advertise_all_vni = !no,
            ["advertise", family @ ("ipv4" | "ipv6"), "unicast", rest @ ..] => {
                let slot = &mut evpn.advertise[usize::from(*family == "ipv6")];
                match rest {
                    _ if no => *slot = None,
                    [] => *slot = Some(None),
                    ["route-map", name] => {
                        *slot = Some(Some(reference(name, o)));
                        self.sink.refer(&["route-map"], name, o, "advertise route-map");
                    }
                    ["gateway-ip", ..] => {
                        *slot = Some(None);
                        return NotModelled("the gateway address of an IP prefix is not modelled; it is taken as sent without");
                    }
                    [other, ..] => return Invalid(other, "route-map"),
                }
            }
            ["rd", ..] if no => evpn.rd = None,
            ["rd", word] => evpn.rd = Some((*word).into()),
            ["route-target", direction @ ("import" | "export" | "both"), targets @ ..] => {
                let known = |t: &str| {
                    let wild = *direction != "export" && t.strip_prefix("*:").is_some_and(|n| n.parse::<u32>().is_ok());
                    t == "auto" || wild || Community::route_target(t).is_some()
                };
                for target in targets {
                    if !known(target) {
                        return Invalid(target, "a route target");
                    }
                    for (list, other) in [(&mut evpn.imports, "export"), (&mut evpn.exports, "import")] {
                        if *direction != other {
                            list.retain(|t| **t != **target);
                            list.extend((!no).then(|| (*target).into()));
                        }
                    }
                }
                // `no route-target import` alone takes all away.
                if no && targets.is_empty() {
                    for (list, other) in [(&mut evpn.imports, "export"), (&mut evpn.exports, "import")] {
                        if *direction != other {
                            list.clear();
                        }
                    }
                }
            }
            ["autort", "rfc8365-compatible"] => evpn.rfc8365_targets = !no,
            ["advertise-pip", ..] => evpn.no_own_address = no,
            ["vni", word] => {
                if vni(word).is_none() {
                    return Invalid(word, "a VNI");
                }
                self.block = Block::BgpVni(n);
                return NotModelled(BRIDGED);
            }
            ["advertise-default-gw" | "advertise-svi-ip", ..] if !no => {
                return NotModelled("own addresses of VLANs are not sent as EVPN hosts");
            }
            ["default-originate", family @ ("ipv4" | "ipv6"), ..] => evpn.defaults[usize::from(*family == "ipv6")] = !no,
            ["network", ..] => return NotModelled("EVPN routes that the config makes are not modelled"),
            // Gateway addresses of others' prefixes.
            ["enable-resolve-overlay-index"] if !no => return NotModelled("gateway addresses of IP prefixes are not modelled"),
            ["mac-vrf", "soo", ..] => return NotModelled("site of origin is not modelled"),
            [
                "advertise-default-gw"
                | "advertise-svi-ip"
                | "enable-resolve-overlay-index"
                | "advertise-subnet"
                | "flooding"
                | "dup-addr-detection"
                | "use-es-l3nhg"
                | "disable-ead-evi-rx"
                | "disable-ead-evi-tx"
                | "ead-es-frag"
                | "ead-es-route-target"
                | "exit-vni",
                ..,
            ] => return NoEffect,
            ["exit-address-family"] => {
                self.block = Block::Bgp(n);
                return NoEffect;
            }
            _ => return Unknown,
        }
        Modelled
    }

    /// What is said of a VLAN's VNI.
    pub(super) fn evpn_vni<'t>(&mut self, n: usize, w: &[&'t str]) -> Took<'t> {
        match w {
            ["rd" | "route-target" | "advertise-default-gw" | "advertise-svi-ip" | "advertise-subnet" | "flooding", ..] => {
                NotModelled(BRIDGED)
            }
            ["exit-vni"] => {
                self.block = Block::BgpEvpn(n);
                NoEffect
            }
            _ => Unknown,
        }
    }
}

/// A VNI has 24 bits (RFC 7348).
pub(super) fn vni(word: &str) -> Option<u32> {
    word.parse().ok().filter(|v| (1..1 << 24).contains(v))
}
