//! Static routes.

use std::net::IpAddr;

use ipnet::IpNet;

use super::interface::InterfaceId;
use super::vrf::VrfId;
use crate::base::span::Origin;

/// One static route with one next hop. Several lines for the same prefix and distance make ECMP.
#[derive(Debug, Clone, PartialEq)]
pub struct StaticRoute {
    /// The destination.
    pub prefix: IpNet,
    /// Where packets go.
    pub hop: StaticHop,
    /// Administrative distance (Junos: preference).
    pub distance: u32,
    /// Metric, where the OS has one for static routes.
    pub metric: u32,
    /// Tag.
    pub tag: u32,
    /// Stays though its interface is down (`permanent`).
    pub permanent: bool,
    /// May be resolved through another route than a connected one. IOS, EOS, FRR: yes. Junos: only with `resolve`.
    pub resolve: bool,
    /// Is not offered to other protocols (Junos `no-readvertise`).
    pub no_readvertise: bool,
    /// Communities it carries when it is exported to BGP (Junos).
    pub communities: Vec<super::route::Community>,
    /// A condition outside the config (tracking object, BFD) that may take it away: it is assumed to hold.
    pub tracked: bool,
    /// Where it is configured.
    pub origin: Origin,
}

impl StaticRoute {
    /// A route of which nothing more is said: no metric, no tag, no line; its next hop may be resolved through any route.
    pub fn new(prefix: IpNet, hop: StaticHop, distance: u32) -> Self {
        Self {
            prefix,
            hop,
            distance,
            metric: 0,
            tag: 0,
            permanent: false,
            resolve: true,
            no_readvertise: false,
            communities: Vec::new(),
            tracked: false,
            origin: Origin::NONE,
        }
    }
}

/// Where a static route sends packets.
#[derive(Debug, Clone, PartialEq)]
pub enum StaticHop {
    /// To an address, in VRF `vrf` if it is not the route's own.
    Ip {
        /// The next hop.
        ip: IpAddr,
        /// The VRF in which it is looked up, if another.
        vrf: Option<VrfId>,
    },
    /// Out of an interface, to whoever answers for the destination.
    Interface(InterfaceId),
    /// To an address out of an interface.
    IpVia {
        /// The next hop.
        ip: IpAddr,
        /// The interface.
        interface: InterfaceId,
    },
    /// Nowhere: the packet is dropped (Null0, discard, reject, blackhole).
    Discard,
    /// Look the destination up again in another VRF (Junos `next-table`, EOS `egress-vrf`).
    Table(VrfId),
}
