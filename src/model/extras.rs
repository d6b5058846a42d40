//! What people say of a network beside its configs: shared risks, roles, capacities, traffic.

use super::device::Name;
use super::interface::InterfaceId;
use super::network::DeviceId;

/// The contents of `nettwin.yaml`, resolved.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extras {
    /// Things that fail together.
    pub risk_groups: Vec<RiskGroup>,
    /// Roles (`leaf`, `spine`, `edge`, …), each with its devices in order.
    pub roles: Vec<(Name, Vec<DeviceId>)>,
    /// Sites, each with its devices in order.
    pub sites: Vec<(Name, Vec<DeviceId>)>,
    /// Capacity of single ports in bit/s, each direction.
    pub capacities: Vec<((DeviceId, InterfaceId), f64)>,
    /// Capacity in bit/s of ports whose speed nothing else tells.
    pub default_capacity: Option<f64>,
}

/// Things that fail together (SRLG).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RiskGroup {
    /// Its name.
    pub name: Name,
    /// Devices in it.
    pub devices: Vec<DeviceId>,
    /// Single ports in it; the link on them fails.
    pub ports: Vec<(DeviceId, InterfaceId)>,
    /// All links between two devices.
    pub between: Vec<(DeviceId, DeviceId)>,
}

/// A line of a traffic matrix, as written.
#[derive(Debug, Clone, PartialEq)]
pub struct TrafficDemand {
    /// Where it enters: `device` or `device:vrf`.
    pub from: String,
    /// Where it goes: an address, a prefix, or a device.
    pub to: String,
    /// How much, in bit/s.
    pub bits: f64,
    /// `path:line`, for messages.
    pub place: String,
}
