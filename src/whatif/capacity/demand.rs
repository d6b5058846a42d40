//! Lines of a traffic matrix to demands of this network.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Demand;
use super::plan::Capacities;
use crate::base::error::Error;
use crate::model::extras::TrafficDemand;
use crate::model::interface::{InterfaceKind, link_local};
use crate::model::network::{DeviceId, NodeId};
use crate::model::{Device, Network, VrfId};

/// Resolves the names of all lines.
///
/// # Errors
/// When a line names a device or VRF that is not in the network, or a device without any address.
pub fn resolve(network: &Network, lines: &[TrafficDemand]) -> Result<Vec<Demand>, Error> {
    lines.iter().map(|line| one(network, line)).collect()
}

fn one(network: &Network, line: &TrafficDemand) -> Result<Demand, Error> {
    let wrong = |message: String| Error::Format { path: line.place.clone(), message };
    let from = node(network, &line.from).ok_or_else(|| wrong(format!("there is no device `{}`", line.from)))?;
    let to = match (line.to.parse::<IpAddr>(), line.to.parse::<IpNet>()) {
        (Ok(address), _) => address,
        (_, Ok(prefix)) => prefix.hosts().next().unwrap_or(prefix.addr()),
        _ => {
            let id = network
                .find_device(&line.to)
                .ok_or_else(|| wrong(format!("`{}` is no address, no prefix and no device of the network", line.to)))?;
            address_of(&network.devices[id]).ok_or_else(|| wrong(format!("device `{}` has no address to send to", line.to)))?
        }
    };
    Ok(Demand { from, to, bits: line.bits, name: format!("{} to {}", line.from, line.to) })
}

/// The routing table that `host` or `host:vrf` names.
pub fn node(network: &Network, name: &str) -> Option<NodeId> {
    let (host, vrf) = name.split_once(':').unwrap_or((name, "default"));
    let id: DeviceId = network.find_device(host)?;
    let vrf: VrfId = network.devices[id].find_vrf(vrf)?;
    Some(network.node(id, vrf))
}

/// The address that stands for a device: its first loopback's, else its first interface's that is up.
pub fn address_of(device: &Device) -> Option<IpAddr> {
    let mut interfaces: Vec<_> = device
        .interfaces
        .iter()
        .filter(|i| i.enabled && i.vrf == VrfId::DEFAULT && i.kind != InterfaceKind::Management)
        .collect();
    interfaces.sort_by_key(|i| i.kind != InterfaceKind::Loopback);
    let of = |v6: bool| {
        interfaces.iter().find_map(|i| i.primary(v6)).map(|a| a.address.addr()).filter(|a| !a.is_loopback() && !link_local(*a))
    };
    of(false).or_else(|| of(true))
}

/// Line rates that `nettwin.yaml` gives: single ports first, then the default for ports whose config tells none.
pub fn capacities(network: &Network) -> Capacities {
    let mut out = Capacities::new();
    if let Some(default) = network.extras.default_capacity {
        for (d, device) in network.devices.iter_ids() {
            for (i, interface) in device.interfaces.iter_ids() {
                if interface.speed.is_none() && interface.bandwidth.is_none() {
                    out.insert((d, i), default);
                }
            }
        }
    }
    out.extend(network.extras.capacities.iter().copied());
    out
}
