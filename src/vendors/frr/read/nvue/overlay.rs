//! `nve`, `evpn`, and what VRFs, bridges and BGP say of them.

use super::routing::EVPN;
use super::{Below, Translation};
use crate::base::span::Origin;
use crate::vendors::frr::config::{Flood, VlanVni};
use crate::vendors::frr::read::evpn::{OWN_HOSTS, vni};
use crate::vendors::sink::LineClass;

impl Translation<'_> {
    /// `nve vxlan …` and `evpn …`.
    pub(super) fn overlay(&mut self, all: &Below) {
        self.class(all, LineClass::NoEffect);
        let address = |path: &[&str]| {
            let found = all.get(path)?.iter().next()?;
            Some((found.0.parse().ok()?, found.1))
        };
        for (path, shared) in [(&["vxlan", "source", "address"], false), (&["vxlan", "mlag", "shared-address"], true)] {
            let Some((ip, line)) = address(path) else { continue };
            let slot = if shared { &mut self.l.config.vtep.anycast } else { &mut self.l.config.vtep.address };
            *slot = Some(ip);
            self.l.line = line;
            self.l.mark(LineClass::Modelled);
        }
        if let Some(all) = all.get(&["vxlan", "flooding"]) {
            self.flooding(None, all);
        }
        let hosts = all.get(&["route-advertise"]).into_iter().flat_map(Below::iter);
        for (_, line, below) in hosts.filter(|x| x.2.one() == "on") {
            self.not_modelled(line, below, OWN_HOSTS);
        }
        for (number, line, below) in ["vni", "evi"].iter().filter_map(|w| all.get(&[w])).flat_map(Below::iter) {
            self.evpn_vni(number, line, below);
        }
    }

    /// `evpn vni N rd R`, `… route-target import|export|both T` ("EVPN Enhancements": "Define RDs and RTs"); before 5.4 the word is `evi`.
    fn evpn_vni(&mut self, number: &str, line: u32, all: &Below) {
        let Some(vni) = vni(number) else { return self.not_modelled(line, all, "it is no VNI of one VLAN") };
        let mut say = |line: u32, words: &[&str]| {
            self.l.line = line;
            self.l.evpn_vni(vni, words);
        };
        for (rd, line, _) in all.get(&["rd"]).into_iter().flat_map(Below::iter) {
            say(line, &["rd", rd]);
        }
        for (direction, _, targets) in all.get(&["route-target"]).into_iter().flat_map(Below::iter) {
            for (target, line, _) in targets.iter() {
                say(line, &["route-target", direction, &target.replacen("ANY:", "*:", 1)]);
            }
        }
        let hosts = all.get(&["route-advertise"]).into_iter().flat_map(Below::iter);
        for (_, line, below) in hosts.filter(|x| x.2.one() == "on") {
            self.not_modelled(line, below, OWN_HOSTS);
        }
    }

    /// `flooding head-end-replication A`, `flooding multicast-group G` of all VNIs or of one ("Static VXLAN Tunnels"); `evpn` is no address.
    fn flooding(&mut self, vni: Option<u32>, all: &Below) {
        for (word, line, _) in
            ["head-end-replication", "multicast-group"].iter().filter_map(|w| all.get(&[w])).flat_map(Below::iter)
        {
            if let Ok(to) = word.parse() {
                self.l.config.vtep.floods.push(Flood { device: None, vni, to });
                self.l.line = line;
                self.l.mark(LineClass::Modelled);
            }
        }
    }

    /// `vrf X evpn …`
    pub(super) fn vrf_evpn(&mut self, vrf: &str, all: &Below) {
        self.class(all, LineClass::NoEffect);
        if all.is(&["enable"], "off") {
            return;
        }
        for (number, line, _) in all.get(&["vni"]).into_iter().flat_map(Below::iter) {
            if vrf == "default" {
                self.frr(line, &[&["vni", number]]);
            } else {
                self.frr(line, &[&["vrf", vrf], &["vni", number]]);
            }
        }
    }

    /// `bridge domain B vlan V vni N`
    pub(super) fn vlan_vnis(&mut self, vlans: &Below) {
        for (vlan, _, all) in vlans.iter() {
            for (_, line, below) in all.iter().filter(|x| x.0 != "vni") {
                self.not_modelled(line, below, "not modelled");
            }
            for (word, line, below) in all.get(&["vni"]).into_iter().flat_map(Below::iter) {
                self.class(below, LineClass::NoEffect);
                let number = word;
                // `auto`: the number of the VLAN.
                let number = if number == "auto" { vlan } else { number };
                match (vlan.parse(), vni(number)) {
                    (Ok(vlan), Some(vni)) => {
                        let origin = Origin { file: self.l.file, line };
                        self.l.config.vtep.vlans.push(VlanVni { vlan, vni, device: None, origin });
                        if let Some(all) = below.get(&["flooding"]) {
                            self.flooding(Some(vni), all);
                        }
                    }
                    _ => self.not_modelled(line, below, "it is no VNI of one VLAN"),
                }
            }
        }
    }

    /// `address-family l2vpn-evpn` of a BGP instance: NVUE writes `advertise-all-vni` ("Basic Configuration" of EVPN).
    pub(super) fn evpn_family(&mut self, router: &[&str], line: u32, all: &Below) {
        self.class(all, LineClass::NoEffect);
        if all.is(&["enable"], "on") {
            self.frr(line, &[router, &EVPN, &["advertise-all-vni"]]);
        }
    }

    /// `address-family ipv4-unicast route-export to-evpn …`
    pub(super) fn family_to_evpn(&mut self, router: &[&str], family: &str, all: &Below) {
        self.class(all, LineClass::NoEffect);
        let Some(said) = all.get(&["to-evpn"]).filter(|s| !s.is(&["enable"], "off")) else { return };
        let line = all.place(&["to-evpn"]).unwrap_or(1);
        let mut words = vec!["advertise", family, "unicast"];
        words.extend(said.value(&["route-map"]).into_iter().flat_map(|map| ["route-map", map]));
        if said.is(&["gateway-ip"], "on") {
            words.push("gateway-ip");
        }
        self.frr(line, &[router, &EVPN, &words]);
        if said.is(&["default-route-origination"], "on") {
            let line = said.place(&["default-route-origination"]).unwrap_or(line);
            self.frr(line, &[router, &EVPN, &["default-originate", family]]);
        }
    }

    /// `route-import from-evpn route-target T`, `route-export to-evpn route-target T` of a VRF.
    pub(super) fn evpn_targets(&mut self, router: &[&str], word: &str, all: &Below) {
        let (path, direction) = match word {
            "route-import" => (["from-evpn", "route-target"], "import"),
            _ => (["to-evpn", "route-target"], "export"),
        };
        self.class(all, LineClass::NoEffect);
        for (target, line, _) in all.get(&path).into_iter().flat_map(Below::iter) {
            // NVUE's word for any AS.
            let target = target.replacen("ANY:", "*:", 1);
            self.frr(line, &[router, &EVPN, &["route-target", direction, &target]]);
        }
    }
}
