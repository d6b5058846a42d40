//! VXLAN with EVPN: the VTEP and its VLANs.
//!
//! Law: BGP carries a VLAN that it names, by itself or in a bundle whose VLANs the Ethernet tag tells apart (EOS manual, "EVPN Overview": "VLAN
//! aware bundle", lab eos_evpn_l3_design_guide); a VLAN's own flood list stands before the general one (EOS manual, "VXLAN").

use super::Lowering;
use crate::model::vxlan::{EvpnInstance, VlanVni, Vxlan};
use crate::vendors::eos::config;

impl Lowering<'_, '_> {
    pub(super) fn vxlan(&mut self) {
        let Some(x) = &self.config.vxlan else { return };
        let vlans = x.vlans.iter().map(|&(vlan, vni, origin)| {
            let holds = |ranges: &[(u16, u16)]| ranges.iter().any(|&(a, b)| a <= vlan && vlan <= b);
            let own = x.vlan_flood.iter().filter(|f| holds(&f.vlans)).flat_map(|f| f.peers.clone());
            let own: Vec<_> = own.collect();
            let said = self.config.evpn_vlans.iter().find(|e| holds(&e.vlans));
            VlanVni {
                origin,
                vlan,
                vni,
                evpn: said.map(|e| self.evpn_instance(e, vni)),
                peers: if own.is_empty() { x.flood.clone() } else { own },
                group: x.group,
            }
        });
        self.device.vxlan = Some(Vxlan {
            origin: x.origin,
            interface: self.interface(&x.name),
            source: x.source.as_deref().and_then(|s| self.interface(s)),
            shared_address: None,
            prefix_address: None,
            vlans: vlans.collect(),
        });
    }

    fn evpn_instance(&self, e: &config::EvpnVlans, vni: u32) -> EvpnInstance {
        let mut out = EvpnInstance {
            route_distinguisher: e.rd.clone(),
            import_targets: e.imports.clone(),
            export_targets: e.exports.clone(),
            tag: if e.bundle { vni } else { 0 },
            hosts: e.learned,
        };
        if let Some(bgp) = self.config.bgp.as_ref().filter(|_| e.auto) {
            let made = format!("{}:{vni}", bgp.asn);
            out.import_targets.push(made.as_str().into());
            out.export_targets.push(made.into());
        }
        out
    }
}
