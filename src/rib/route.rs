//! A route and its next hops.

use std::net::IpAddr;

use super::arena::{AttrsId, HopsId};
use crate::base::span::Origin;
use crate::model::interface::InterfaceId;
use crate::model::network::NodeId;
use crate::model::route::Protocol;
use crate::model::vrf::VrfId;

/// How packets travel to a next hop that is in another router's VRF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tunnel {
    /// What goes around them.
    pub encapsulation: Encapsulation,
    /// The table that routes them at the other end: what the label or VNI stands for there.
    pub egress: NodeId,
    /// EVPN told of it.
    pub evpn: bool,
    /// The route is that of an EVPN host (type 2), not of a prefix.
    pub host: bool,
}

/// What goes around a packet in a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encapsulation {
    /// A VPN label under the transport's labels (RFC 4364). Its number is the egress router's own choice and not modelled.
    Mpls,
    /// VXLAN under this VNI (RFC 7348).
    Vxlan(u32),
}

/// One next hop, resolved to an outgoing interface or as a protocol learned it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hop {
    /// The address; `None`: the destination itself (connected), or an unnumbered neighbour.
    pub ip: Option<IpAddr>,
    /// The outgoing interface.
    pub interface: Option<InterfaceId>,
    /// The VRF the packet goes on in, if another.
    pub vrf: Option<VrfId>,
    /// The packet is dropped.
    pub drop: bool,
    /// The packet goes through a tunnel whose end is `ip`, looked up in `vrf`.
    pub tunnel: Option<Tunnel>,
}

impl Hop {
    /// A discard.
    pub const DROP: Self = Self { ip: None, interface: None, vrf: None, drop: true, tunnel: None };

    /// Out of an interface, to an address on it.
    pub fn via(ip: IpAddr, interface: InterfaceId) -> Self {
        Self { ip: Some(ip), interface: Some(interface), ..Self::default() }
    }
    /// Out of an interface, to the destination itself.
    pub fn out(interface: InterfaceId) -> Self {
        Self { interface: Some(interface), ..Self::default() }
    }
    /// To an address that must be looked up.
    pub fn to(ip: IpAddr) -> Self {
        Self { ip: Some(ip), ..Self::default() }
    }
}

/// A route without its prefix and router: interned, so that ten thousand tables share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Route {
    /// Where it comes from.
    pub protocol: Protocol,
    /// The process: index into `Device::ospf`, `Device::isis` or `Device::bgp`; the AS number for EIGRP; 0 elsewhere.
    pub process: u16,
    /// Administrative distance.
    pub distance: u32,
    /// Metric as the main table shows it.
    pub metric: u32,
    /// Tag.
    pub tag: u32,
    /// Resolved next hops, each with an outgoing interface (or a drop).
    pub hops: HopsId,
    /// The protocol's own next hops where they were resolved through another route; [`HopsId::NONE`] else.
    pub via: HopsId,
    /// BGP attributes; [`AttrsId::NONE`] for other protocols, and where no config of the network reads them from installed routes.
    pub attrs: AttrsId,
    /// OSPF: the area it was learned in. 0 else.
    pub area: u32,
    /// The config line that made it, for connected, local, static and aggregate routes.
    pub origin: Origin,
}
