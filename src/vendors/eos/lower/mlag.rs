//! MLAG.

use super::Lowering;
use crate::model::mlag::{BundleSystem, Mlag, MlagBundle, OnSplit};
use crate::vendors::eos::defaults;

impl Lowering<'_, '_> {
    pub(super) fn mlag(&mut self) {
        let config = self.config;
        let mut bundles = Vec::new();
        for (name, port) in config.interfaces.iter() {
            let Some(id) = self.interface(name) else { continue };
            let segment = port.segment.as_ref().map(|s| BundleSystem::Shared(s.clone()));
            self.device.interfaces[id].bundle_system = segment.unwrap_or(BundleSystem::Own);
            bundles.extend(port.mlag.map(|(number, origin)| MlagBundle { id: number, interface: id, origin }));
        }
        let Some(m) = &config.mlag else { return };
        self.device.mlag = Some(Mlag {
            origin: m.origin,
            disabled: m.shutdown,
            domain: m.domain.clone(),
            peer_link: m.peer_link.as_deref().and_then(|n| self.interface(n)),
            over_fabric: false,
            peer: m.peer,
            bundles,
            peer_gateway: config.routes_for_peer,
            standby_forwards: false,
            priority: m.priority.unwrap_or(defaults::MLAG_PRIORITY),
            // EOS manual, "MLAG", dual-primary detection: without it both go on when the peer link is lost.
            on_split: if m.errdisable && m.heartbeat { OnSplit::AllPorts } else { OnSplit::Nothing },
        });
    }
}
