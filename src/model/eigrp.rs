//! EIGRP (RFC 7868).

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::device::Name;
use super::interface::InterfaceId;
use super::policy::{PolicyChain, RouteSource};
use super::route::Family;
use super::vector::{VectorFilter, VectorOffset};
use super::vrf::VrfId;
use crate::base::span::Origin;

/// One EIGRP process of one VRF and family: an autonomous system on this router.
#[derive(Debug, Clone, PartialEq)]
pub struct Eigrp {
    /// Its name, or its AS number as text.
    pub process: Name,
    /// The AS number, 1 to 65535. Routes carry it as `Route::process`, and `RouteSource::Eigrp` names it.
    pub asn: u16,
    /// Where it is configured.
    pub origin: Origin,
    /// The routing table.
    pub vrf: VrfId,
    /// The address family.
    pub family: Family,
    /// Not shut down.
    pub enabled: bool,
    /// Router id, where set.
    pub router_id: Option<Ipv4Addr>,
    /// Computes with 64-bit (wide) metrics, as named mode does; else with classic 32-bit ones.
    pub wide: bool,
    /// What a wide metric is divided by for the main table.
    pub rib_scale: u32,
    /// K1 to K6.
    pub k: [u8; 6],
    /// Interfaces.
    pub interfaces: Vec<EigrpInterface>,
    /// Routes taken in.
    pub redistribute: Vec<EigrpRedistribution>,
    /// The metric of routes taken in without one of their own.
    pub default_metric: Option<EigrpMetric>,
    /// Distances of internal, external and summary routes.
    pub distance: [u32; 3],
    /// Paths up to this many times the best metric are used, if they are feasible.
    pub variance: u32,
    /// The most next hops a route may have.
    pub max_paths: u32,
    /// Routes further away than this are not reachable.
    pub max_hops: u32,
    /// Summarizes at the borders of classful networks.
    pub auto_summary: bool,
    /// A stub router says only this much; `None`: everything.
    pub stub: Option<EigrpStub>,
    /// Distribute lists.
    pub filters: Vec<VectorFilter>,
    /// Offset lists.
    pub offsets: Vec<VectorOffset>,
}

impl Default for Eigrp {
    /// As RFC 7868 has it; vendors state all that a config says.
    fn default() -> Self {
        Self {
            process: Name::default(),
            asn: 0,
            origin: Origin::NONE,
            vrf: VrfId::DEFAULT,
            family: Family::V4,
            enabled: true,
            router_id: None,
            wide: false,
            rib_scale: 128,
            k: [1, 0, 1, 0, 0, 0],
            interfaces: Vec::new(),
            redistribute: Vec::new(),
            default_metric: None,
            distance: [90, 170, 5],
            variance: 1,
            max_paths: 4,
            max_hops: 100,
            auto_summary: false,
            stub: None,
            filters: Vec::new(),
            offsets: Vec::new(),
        }
    }
}

/// EIGRP on an interface.
#[derive(Debug, Clone, PartialEq)]
pub struct EigrpInterface {
    /// The interface.
    pub interface: InterfaceId,
    /// No hellos; prefixes are advertised.
    pub passive: bool,
    /// The prefixes advertised of it (with host bits or without); empty = all of the family.
    pub addresses: Vec<IpNet>,
    /// Bandwidth in kbit/s for this protocol alone; `None` = the interface's.
    pub bandwidth: Option<u64>,
    /// Delay in picoseconds for this protocol alone; `None` = the interface's.
    pub delay: Option<u64>,
    /// What is learned here is not sent out of here.
    pub split_horizon: bool,
    /// Neighbours named one by one; where there are any, no others are heard.
    pub neighbors: Vec<IpAddr>,
    /// Summaries sent out of here instead of their parts.
    pub summaries: Vec<EigrpSummary>,
    /// Authentication as comparable text.
    pub auth: Option<Name>,
    /// Where EIGRP is turned on here.
    pub origin: Origin,
}

impl EigrpInterface {
    /// An interface with nothing but the protocol turned on.
    pub fn new(interface: InterfaceId, origin: Origin) -> Self {
        Self {
            interface,
            passive: false,
            addresses: Vec::new(),
            bandwidth: None,
            delay: None,
            split_horizon: true,
            neighbors: Vec::new(),
            summaries: Vec::new(),
            auth: None,
            origin,
        }
    }
}

/// A summary that an interface sends.
#[derive(Debug, Clone, PartialEq)]
pub struct EigrpSummary {
    /// What stands for the more specific ones.
    pub prefix: IpNet,
    /// Distance of its discard route; `None` = the process's.
    pub distance: Option<u32>,
    /// Parts that are sent all the same.
    pub leak: Option<PolicyChain>,
    /// Where it is configured.
    pub origin: Origin,
}

/// A metric as its parts, as configs write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EigrpMetric {
    /// kbit/s
    pub bandwidth: u32,
    /// Tens of microseconds.
    pub delay: u32,
    /// 255 = always delivered.
    pub reliability: u8,
    /// 255 = full.
    pub load: u8,
    /// Bytes; in no metric.
    pub mtu: u32,
}

/// Routes taken into EIGRP.
#[derive(Debug, Clone, PartialEq)]
pub struct EigrpRedistribution {
    /// From where; empty = any active route.
    pub sources: Vec<RouteSource>,
    /// Which, and with what changes.
    pub policy: Option<PolicyChain>,
    /// Metric; `None` = the process's default one.
    pub metric: Option<EigrpMetric>,
    /// Where it is configured.
    pub origin: Origin,
}

/// What a stub router tells its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EigrpStub {
    /// Connected subnets.
    pub connected: bool,
    /// Summaries.
    pub summary: bool,
    /// Redistributed static routes.
    pub statics: bool,
    /// Other redistributed routes.
    pub redistributed: bool,
}
