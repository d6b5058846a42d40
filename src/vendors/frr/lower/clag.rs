//! CLAG of Cumulus Linux, MCLAG of SONiC.

use crate::base::id::Id;
use crate::model::Device;
use crate::model::interface::{InterfaceAddress, InterfaceId};
use crate::model::mlag::{BundleSystem, Mlag, MlagBundle, OnSplit};
use crate::vendors::frr::config::Config;
use crate::vendors::frr::defaults;

/// The half of a pair that the device is.
pub(super) fn lower(config: &Config, device: &mut Device) {
    if !config.segments {
        device.interfaces.iter_mut().for_each(|i| i.bundle_system = BundleSystem::Own);
    }
    let Some(c) = &config.clag else { return };
    let all = config.interfaces.iter().enumerate();
    let bundles = all.filter_map(|(n, p)| {
        let (id, origin) = p.clag_id?;
        Some(MlagBundle { id, interface: InterfaceId::new(n), origin })
    });
    // `clagd` gives the loopback the address that the pair shares (Cumulus Linux, "VXLAN Active-active Mode").
    let shared = config.vtep.anycast.filter(|_| !c.disabled);
    if let Some((ip, lo)) = shared.and_then(|ip| Some((ip, device.find_interface("lo")?))) {
        let addresses = &mut device.interfaces[lo].addresses;
        if !addresses.iter().any(|a| a.address.addr() == ip) {
            let address = ipnet::IpNet::from(ip);
            addresses.push(InterfaceAddress { address, secondary: false, peer: None, virtual_address: false, origin: c.origin });
        }
    }
    device.mlag = Some(Mlag {
        origin: c.origin,
        disabled: c.disabled,
        domain: c.domain.clone(),
        peer_link: c.peer_link.as_deref().and_then(|n| device.find_interface(n)),
        over_fabric: false,
        peer: c.peer,
        bundles: bundles.collect(),
        // Shared gateways only: packets for the other's own address go over the peer link.
        peer_gateway: false,
        // Cumulus user guide, "VRR": a frame may go to the standby device, which does not forward it.
        standby_forwards: false,
        priority: c.priority.unwrap_or(defaults::CLAG_PRIORITY),
        // Cumulus user guide, "MLAG", peer link failure: with a backup link the secondary switch takes its bonds down.
        on_split: if c.backup { OnSplit::Bundles } else { OnSplit::Nothing },
    });
}
