//! vPC.

use super::Lowering;
use crate::model::mlag::{BundleSystem, Mlag, MlagBundle, OnSplit};
use crate::vendors::nxos::defaults;

impl Lowering<'_> {
    pub(super) fn vpc(&mut self) {
        let config = self.config;
        for port in self.device.interfaces.iter_mut() {
            port.bundle_system = BundleSystem::Own;
        }
        let (mut bundles, mut peer_link) = (Vec::new(), None);
        for (name, port) in config.interfaces.iter() {
            let Some(id) = self.interface(name) else { continue };
            if let Some(segment) = &port.segment {
                self.device.interfaces[id].bundle_system = BundleSystem::Shared(segment.clone());
            }
            bundles.extend(port.vpc.map(|(number, origin)| MlagBundle { id: number, interface: id, origin }));
            peer_link = peer_link.or(port.vpc_peer_link.then_some(id));
        }
        let Some(v) = &config.vpc else { return };
        self.device.mlag = Some(Mlag {
            origin: v.origin,
            disabled: v.shutdown,
            domain: Some(v.domain.clone()),
            peer_link,
            over_fabric: v.over_fabric,
            peer: v.keepalive,
            bundles,
            peer_gateway: v.peer_gateway,
            // Guide, "vPC and HSRP/VRRP": both switches forward.
            standby_forwards: true,
            priority: v.priority.unwrap_or(defaults::VPC_PRIORITY),
            // Guide, "vPC peer link failure": while the keepalive is heard (as it is taken to be), the secondary switch suspends its vPCs
            // and shuts the interfaces of their VLANs.
            on_split: OnSplit::BundlesAndVlans,
        });
    }
}
