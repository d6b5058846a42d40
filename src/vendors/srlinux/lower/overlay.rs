//! VXLAN with EVPN: MAC-VRFs that it bridges and IP-VRFs that it routes under a VNI.
//!
//! Law: EVPN-VXLAN Guide, "Interface-less EVPN-VXLAN L3" and "EVPN for VXLAN tunnels (Layer 2)": tunnels end at the IPv4 address of `system0.0`;
//! distinguisher and route target are made of that address, the AS and the EVI where none are set. A MAC-VRF is one broadcast domain; its routes have
//! Ethernet tag 0 unless `vlan-aware-bundle-eth-tag` says otherwise, and then it takes in routes with that tag only ("EVPN interoperability with
//! VLAN-aware bundle services").

use super::{DEFAULT, Lower};
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::id::IdVec;
use crate::base::span::Origin;
use crate::model::VrfId;
use crate::model::bgp::{Bgp, BgpFamily};
use crate::model::route::Family;
use crate::model::vxlan::{EvpnInstance, VlanVni, Vxlan};
use crate::vendors::srlinux::config::{Evpn, Instance, InstanceKind};
use crate::vendors::srlinux::defaults;

impl Lower<'_, '_> {
    pub(super) fn make_overlay(&mut self) {
        let config = self.config;
        let system = self.interface("system0.0");
        let address = system
            .and_then(|id| self.device.interfaces[id].addresses.iter().map(|a| a.address.addr()).find(std::net::IpAddr::is_ipv4));
        let asn = self.device.bgp.iter().find(|b| b.vrf == VrfId::DEFAULT).map(|b| b.asn);
        let mut used = false;
        let mut vlans = Vec::new();
        for i in config.instances.iter().filter(|i| !i.disabled && i.kind == InstanceKind::Bridged) {
            vlans.extend(self.vlan(i, address, asn));
        }
        for i in config.instances.iter().filter(|i| !i.disabled && i.kind == InstanceKind::Routed) {
            let Some(evpn) = i.evpn.as_ref().filter(|e| !e.disabled) else { continue };
            if evpn.mpls || &*i.name == DEFAULT {
                self.not_modelled(evpn.origin, "EVPN of routes over MPLS is not modelled");
                continue;
            }
            let Some(&vrf) = self.vrfs.get(&i.name) else { continue };
            let Some((vni, _)) = self.vni(i) else {
                self.no_vni(i, evpn);
                continue;
            };
            used = true;
            let auto = |a: String, list: &mut Vec<Box<str>>| {
                if list.is_empty() {
                    list.push(a.into());
                }
            };
            let v = &mut self.device.vrfs[vrf];
            v.vni = Some(vni);
            v.evpn_prefixes = [true; 2];
            v.apart = true;
            if let Some(evi) = evpn.evi {
                if let (None, Some(address)) = (&v.route_distinguisher, address) {
                    v.route_distinguisher = Some(format!("{address}:{evi}").into());
                }
                if let Some(asn) = asn {
                    auto(format!("{asn}:{evi}"), &mut v.import_targets);
                    auto(format!("{asn}:{evi}"), &mut v.export_targets);
                }
            }
            self.evpn_paths(vrf, evpn);
        }
        self.relay();
        if used || !vlans.is_empty() {
            let origin = system.map(|id| self.device.interfaces[id].origin).unwrap_or_default();
            self.device.vxlan =
                Some(Vxlan { origin, interface: None, source: system, shared_address: address, vlans, ..Vxlan::default() });
        }
    }

    /// A MAC-VRF with a VXLAN interface.
    fn vlan(&mut self, i: &Instance, address: Option<std::net::IpAddr>, asn: Option<u32>) -> Option<VlanVni> {
        let evpn = i.evpn.as_ref().filter(|e| !e.disabled);
        if let Some(evpn) = evpn.filter(|e| e.mpls) {
            self.not_modelled(evpn.origin, "VLANs over MPLS by EVPN are not modelled");
        }
        let evpn = evpn.filter(|e| !e.mpls);
        let Some((vni, origin)) = self.vni(i) else {
            if let Some(evpn) = evpn {
                self.no_vni(i, evpn);
            }
            return None;
        };
        for (chain, word) in [(&i.vpn_import, "import"), (&i.vpn_export, "export")] {
            if let Some((_, at)) = chain.first() {
                let message = format!("`bgp-vpn {word}-policy` of a MAC-VRF is not modelled: its route targets count");
                self.not_modelled(*at, &message);
            }
        }
        let evi = evpn.and_then(|e| e.evi);
        let auto = |said: &[Box<str>]| match (said, asn, evi) {
            ([], Some(asn), Some(evi)) => vec![format!("{asn}:{evi}").into()],
            _ => said.to_vec(),
        };
        let instance = |e: &Evpn| EvpnInstance {
            route_distinguisher: i.rd.clone().or_else(|| Some(format!("{}:{}", address?, evi?).into())),
            import_targets: auto(&i.import_targets),
            export_targets: auto(&i.export_targets),
            tag: e.tag.unwrap_or(0),
            hosts: e.hosts.unwrap_or(defaults::EVPN_HOSTS),
        };
        let vlan = *self.bridges.get(&i.name)?;
        Some(VlanVni { origin, vlan, vni, evpn: evpn.map(instance), ..VlanVni::default() })
    }

    fn no_vni(&mut self, i: &Instance, evpn: &Evpn) {
        let message = format!("EVPN of `{}` stays down: no VXLAN interface of it has a VNI", i.name);
        self.sink.push(Diagnostic::new(Code("T-vni-down"), Severity::Warning, message).at(evpn.origin));
    }

    /// A router without services passes on nothing by EVPN unless `inter-as-vpn` is true (YANG `srl_nokia-bgp`: what no instance imports is
    /// not retained); older releases do not know the word.
    fn relay(&mut self) {
        let config = self.config;
        let Some(b) = config.instances.iter().find(|i| &*i.name == DEFAULT).and_then(|i| i.bgp.as_ref()) else { return };
        let serves = config.instances.iter().any(|i| i.evpn.as_ref().is_some_and(|e| !e.disabled));
        let [_, _, evpn] = &b.options.families;
        let main = self.device.bgp.iter().filter(|b| b.vrf == VrfId::DEFAULT).flat_map(|b| &b.neighbors);
        let peers = main.filter(|n| n.families.iter().any(|f| f.family == Family::Evpn)).count();
        if !serves && peers > 1 && evpn.passes_all_on != Some(true) {
            let message = "EVPN routes are taken to be passed on, though `inter-as-vpn` is not set and no instance takes them in";
            self.not_modelled(b.origin, message);
        }
    }

    /// The VNI of an instance, and where it stands.
    fn vni(&self, i: &Instance) -> Option<(u32, Origin)> {
        let of = |name: &str| self.config.vnis.iter().find(|v| &*v.0.0 == name).map(|v| (v.1, v.0.1));
        i.vxlan.iter().find_map(|(name, _)| of(name))
    }

    /// Gives the VRF's BGP table as many paths as `ecmp` allows; one that has none gets one.
    fn evpn_paths(&mut self, vrf: VrfId, evpn: &Evpn) {
        let most = evpn.ecmp.unwrap_or(defaults::EVPN_PATHS);
        if let Some(b) = self.device.bgp.iter_mut().find(|b| b.vrf == vrf) {
            for f in &mut b.families {
                f.max_paths_ebgp = f.max_paths_ebgp.max(most);
                f.max_paths_ibgp = f.max_paths_ibgp.max(most);
            }
            return;
        }
        let Some(main) = self.device.bgp.iter().find(|b| b.vrf == VrfId::DEFAULT) else { return };
        let family = |family| BgpFamily {
            family,
            distance: [defaults::BGP; 3],
            max_paths_ebgp: most,
            max_paths_ibgp: most,
            ..BgpFamily::default()
        };
        let made = Bgp {
            vrf,
            origin: evpn.origin,
            router_id: None,
            neighbors: IdVec::new(),
            families: vec![family(Family::V4), family(Family::V6)],
            ..main.clone()
        };
        self.device.bgp.push(made);
    }
}
