//! VXLAN of a device (RFC 7348, RFC 8365).

use std::net::IpAddr;

use super::device::Name;
use super::interface::InterfaceId;
use super::route::{Community, WantedTarget};
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
    pub shared_address: Option<IpAddr>,
    /// The address that its IP prefixes (type 5) name, if it is another one: the half's own where a pair shares one.
    pub prefix_address: Option<IpAddr>,
    /// VLANs that are bridged over tunnels.
    pub vlans: Vec<VlanVni>,
}

impl Vxlan {
    /// The interfaces that must be up for tunnels to end here.
    pub fn ports(&self) -> impl Iterator<Item = InterfaceId> {
        self.interface.into_iter().chain(self.source)
    }
}

/// A VLAN and its layer-2 VNI.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VlanVni {
    /// Where it is configured.
    pub origin: Origin,
    /// The VLAN, as ports of the device name it.
    pub vlan: u16,
    /// Its VNI.
    pub vni: u32,
    /// How BGP EVPN carries it; `None`: it does not.
    pub evpn: Option<EvpnInstance>,
    /// Tunnel ends to which it floods, whatever EVPN says.
    pub peers: Vec<IpAddr>,
    /// The multicast group to which it floods.
    pub group: Option<IpAddr>,
}

impl VlanVni {
    /// Whether tunnels carry it, whether or not anybody is at the other end.
    pub fn is_carried(&self) -> bool {
        self.evpn.is_some() || self.group.is_some() || !self.peers.is_empty()
    }
}

/// The EVPN instance of a VLAN (RFC 7432 §6).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EvpnInstance {
    /// Its route distinguisher; `None`: one that nobody else has.
    pub route_distinguisher: Option<Name>,
    /// Route targets of what it takes in, as text (`65000:1`; `*:1`: of any AS).
    pub import_targets: Vec<Name>,
    /// Route targets it puts on what it sends.
    pub export_targets: Vec<Name>,
    /// The Ethernet tag of its routes: tells VLANs of one instance apart; 0 where it has one VLAN.
    pub tag: u32,
    /// Hosts behind the switch are sent too (type 2).
    pub hosts: bool,
}

impl EvpnInstance {
    /// Whether it takes in routes with these route targets and Ethernet tag.
    pub fn takes(&self, targets: &[Community], tag: u32) -> bool {
        self.tag == tag && self.import_targets.iter().filter_map(|t| WantedTarget::read(t)).any(|w| w.takes(targets))
    }

    /// The route targets of its routes.
    pub fn exports(&self) -> Vec<Community> {
        self.export_targets.iter().filter_map(|t| Community::route_target(t)).collect()
    }
}
