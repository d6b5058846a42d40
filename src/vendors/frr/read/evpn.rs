//! EVPN: `address-family l2vpn evpn`, and the layer-3 VNIs of VRFs (FRR manual, "EVPN").

use super::{Block, Invalid, Modelled, NoEffect, NotModelled, Reader, Took, Unknown, reference};
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::route::Community;

/// Why hosts of some kinds are reported.
pub(super) const OWN_HOSTS: &str = "own addresses of VLANs are not sent as EVPN hosts";

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
                return route_targets(no, direction, targets, [&mut evpn.imports, &mut evpn.exports]);
            }
            ["autort", "rfc8365-compatible"] => evpn.rfc8365_targets = !no,
            ["advertise-pip", ..] => evpn.no_own_address = no,
            ["vni", word] => {
                let Some(vni) = vni(word) else { return Invalid(word, "a VNI") };
                if in_vrf {
                    return NotModelled("EVPN in a BGP instance other than the default one is not modelled");
                }
                if no {
                    self.config.evpn_vnis.retain(|v| v.vni != vni);
                } else {
                    self.config.evpn_vni(vni, o);
                    self.block = Block::BgpVni(n, vni);
                }
            }
            ["advertise-default-gw" | "advertise-svi-ip", ..] if !no => return NotModelled(OWN_HOSTS),
            ["flooding", "disable"] if !no => return NotModelled("frames are taken to be flooded to all tunnel ends"),
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
    pub(super) fn evpn_vni<'t>(&mut self, (n, vni): (usize, u32), no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        match w {
            ["rd", ..] if no => self.config.evpn_vni(vni, o).rd = None,
            ["rd", word] => self.config.evpn_vni(vni, o).rd = Some((*word).into()),
            ["route-target", direction @ ("import" | "export" | "both"), targets @ ..] => {
                let of = self.config.evpn_vni(vni, o);
                return route_targets(no, direction, targets, [&mut of.imports, &mut of.exports]);
            }
            ["advertise-default-gw" | "advertise-svi-ip", ..] if !no => return NotModelled(OWN_HOSTS),
            ["advertise-subnet", ..] if !no => return NotModelled("the subnet of a VLAN is not sent as an IP prefix"),
            ["flooding", "disable"] if !no => return NotModelled("frames are taken to be flooded to all tunnel ends"),
            ["advertise-default-gw" | "advertise-svi-ip" | "advertise-subnet" | "flooding", ..] => return NoEffect,
            ["exit-vni"] => {
                self.block = Block::BgpEvpn(n);
                return NoEffect;
            }
            _ => return Unknown,
        }
        Modelled
    }
}

/// `route-target import|export|both …`: adds them to what is taken in and sent, or takes them away.
fn route_targets<'t>(no: bool, direction: &str, targets: &[&'t str], lists: [&mut Vec<Name>; 2]) -> Took<'t> {
    let known = |t: &str| {
        let wild = direction != "export" && t.strip_prefix("*:").is_some_and(|n| n.parse::<u32>().is_ok());
        t == "auto" || wild || Community::route_target(t).is_some()
    };
    if let Some(target) = targets.iter().find(|t| !known(t)) {
        return Invalid(target, "a route target");
    }
    for (list, _) in lists.into_iter().zip(["export", "import"]).filter(|(_, other)| direction != *other) {
        // `no route-target import` alone takes all away.
        list.retain(|t| !(targets.contains(&&**t) || (no && targets.is_empty())));
        list.extend(targets.iter().filter(|_| !no).map(|t| Name::from(*t)));
    }
    Modelled
}

/// A VNI has 24 bits (RFC 7348).
pub(super) fn vni(word: &str) -> Option<u32> {
    word.parse().ok().filter(|v| (1..1 << 24).contains(v))
}
