//! VXLAN of a device (RFC 7348, RFC 8365).

use super::device::Name;
use super::interface::InterfaceId;
use crate::base::span::Origin;

/// The VTEP of a device.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vxlan {
    /// Where it is configured.
    pub origin: Origin,
    /// The interface that stands for the tunnels (`Vxlan1`, `nve1`).
    pub interface: Option<InterfaceId>,
    /// The interface whose address is the VTEP's.
    pub source: Option<InterfaceId>,
    /// An address that stands for it instead (a second address of the source interface, shared by a pair).
    pub shared_address: Option<std::net::IpAddr>,
    /// VLANs that are bridged over tunnels.
    pub vlans: Vec<VlanVni>,
}

/// A VLAN and its layer-2 VNI.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VlanVni {
    /// The VLAN.
    pub vlan: u16,
    /// Its VNI.
    pub vni: u32,
    /// Its route distinguisher, where set.
    pub route_distinguisher: Option<Name>,
    /// Route targets of what it takes in.
    pub import_targets: Vec<Name>,
    /// Route targets it puts on what it sends.
    pub export_targets: Vec<Name>,
    /// BGP EVPN carries its hosts.
    pub evpn: bool,
}
