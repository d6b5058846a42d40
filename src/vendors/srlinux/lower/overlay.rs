//! VXLAN with EVPN: IP-VRFs that `bgp-evpn` routes under a VNI.
//!
//! Law: EVPN-VXLAN Guide, "Interface-less EVPN-VXLAN L3": tunnels end at the IPv4 address of `system0.0`; distinguisher and route target are
//! made of that address, the AS and the EVI where none are set.

use super::{DEFAULT, Lower};
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::id::IdVec;
use crate::model::VrfId;
use crate::model::bgp::{Bgp, BgpFamily};
use crate::model::route::Family;
use crate::model::vxlan::Vxlan;
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
        for i in config.instances.iter().filter(|i| !i.disabled) {
            let Some(evpn) = i.evpn.as_ref().filter(|e| !e.disabled) else { continue };
            if i.kind == InstanceKind::Bridged {
                if !i.vxlan.is_empty() {
                    let message = format!("VLANs bridged over VXLAN are not modelled (`{}`)", i.name);
                    self.not_modelled(evpn.origin, &message);
                }
                continue;
            }
            if evpn.mpls || &*i.name == DEFAULT {
                self.not_modelled(evpn.origin, "EVPN of routes over MPLS is not modelled");
                continue;
            }
            let Some(&vrf) = self.vrfs.get(&i.name) else { continue };
            let Some(vni) = self.vni(i) else {
                let message = format!("EVPN of `{}` stays down: no VXLAN interface of it has a VNI", i.name);
                self.sink.push(Diagnostic::new(Code("T-vni-down"), Severity::Warning, message).at(evpn.origin));
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
        if used {
            self.device.vxlan = Some(Vxlan { source: system, shared_address: address, ..Vxlan::default() });
        }
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

    fn vni(&self, i: &Instance) -> Option<u32> {
        let of = |name: &str| self.config.vnis.iter().find(|v| &*v.0 == name).map(|v| v.1);
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
