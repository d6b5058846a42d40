//! VXLAN with EVPN: the VTEP, and the VNIs of VRFs and VLANs.
//!
//! Law: an interface that is shut has no overlay; BGP carries a VLAN that `evpn` names, and only then (VXLAN configuration guide, "Configuring VXLAN BGP
//! EVPN"; lab nxos_evpn_l2vni); a VRF's routes go out as IP prefixes where its VNI is a member of the interface.

use super::Lowering;
use crate::model::device::Name;
use crate::model::vxlan::{EvpnInstance, VlanVni, Vxlan};

/// From this release on `advertise l2vpn evpn` is not needed (Nexus 9000 VXLAN configuration guide, release 9.3: "no longer takes effect").
const ADVERTISES_BY_ITSELF: u32 = 9;

impl Lowering<'_> {
    /// `rd auto` of a VLAN: router id and 32767 more than its number (the same guide, "Auto-derived route distinguishers"; lab nxos_evpn_l2vni: 1.1.1.1:32777
    /// of VLAN 10). Which address is the router id where none is set hangs on what is up.
    fn auto_distinguisher(&self, vlan: u16) -> Option<Name> {
        let main = self.config.bgp.as_ref()?.vrfs.get("default")?;
        Some(format!("{}:{}", main.router_id?, 32767 + u32::from(vlan)).into())
    }

    pub(super) fn overlay(&mut self) {
        let config = self.config;
        let on = |i: &crate::vendors::nxos::config::Interface| i.shutdown == Some(false);
        let found = config.interfaces.iter().find_map(|(name, i)| Some((name, i, i.nve.as_ref().filter(|_| on(i))?)));
        let Some((name, port, nve)) = found else { return };
        let source = nve.source.as_deref().and_then(|s| config.interfaces.get(s));
        // The address that a vPC pair shares is the secondary one of the source interface (the same guide, "vPC considerations").
        let shared = source.and_then(|s| s.addresses.iter().find(|a| a.secondary && a.address.addr().is_ipv4()));
        let vlans = config.vlans.iter().filter_map(|(vlan, v)| {
            let member = nve.members.iter().find(|m| Some(m.vni) == v.vni && !m.l3)?;
            let evpn = config.evpn.get(&member.vni).filter(|_| nve.bgp);
            let targets = |said: &[Name]| -> Vec<Name> {
                let one = |t: &Name| if &**t == "auto" { self.auto_target(Some(member.vni)) } else { Some(t.clone()) };
                said.iter().filter_map(one).collect()
            };
            Some(VlanVni {
                origin: member.origin,
                vlan: *vlan,
                vni: member.vni,
                evpn: evpn.map(|e| EvpnInstance {
                    route_distinguisher: e.rd.clone().or_else(|| self.auto_distinguisher(*vlan)),
                    import_targets: targets(&e.imports),
                    export_targets: targets(&e.exports),
                    tag: 0,
                    hosts: true,
                }),
                peers: member.peers.clone(),
                group: member.group.or(nve.group),
            })
        });
        let vlans = vlans.collect();
        self.device.vxlan = Some(Vxlan {
            origin: port.origin,
            interface: self.interface(name),
            source: nve.source.as_deref().and_then(|s| self.interface(s)),
            shared_address: shared.map(|a| a.address.addr()),
            prefix_address: None,
            vlans,
        });
        if !nve.bgp {
            return;
        }
        for (name, vrf) in config.vrfs.iter() {
            let Some(vni) = vrf.vni.filter(|vni| nve.members.iter().any(|m| m.vni == *vni && m.l3)) else { continue };
            let of_bgp = config.bgp.as_ref().and_then(|b| b.vrfs.get(name));
            let said = of_bgp.is_some_and(|b| b.families.iter().any(|f| f.advertise_evpn));
            let Some(&id) = self.vrfs.get(&*name.to_ascii_lowercase()) else { continue };
            let table = &mut self.device.vrfs[id];
            table.vni = Some(vni);
            table.evpn_prefixes = [said || config.major.is_none_or(|major| major >= ADVERTISES_BY_ITSELF); 2];
        }
    }
}
