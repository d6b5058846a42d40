//! RIP version 2 (RFC 2453) and RIPng (RFC 2080).

use std::net::IpAddr;

use ipnet::IpNet;

use super::device::Name;
use super::interface::InterfaceId;
use super::policy::{PolicyChain, RouteSource};
use super::route::Family;
use super::vector::{VectorFilter, VectorOffset};
use super::vrf::VrfId;
use crate::base::span::Origin;

/// The metric that means unreachable.
pub const INFINITY: u32 = 16;

/// One RIP process of one VRF and family.
#[derive(Debug, Clone, PartialEq)]
pub struct Rip {
    /// Its name, where it has one.
    pub process: Name,
    /// Where it is configured.
    pub origin: Origin,
    /// The routing table.
    pub vrf: VrfId,
    /// The address family: RIP or RIPng.
    pub family: Family,
    /// Interfaces.
    pub interfaces: Vec<RipInterface>,
    /// Neighbours that get updates by name, also over passive interfaces.
    pub neighbors: Vec<IpAddr>,
    /// Routes taken in.
    pub redistribute: Vec<RipRedistribution>,
    /// The metric of routes taken in without one of their own; `None`: those have none and are not sent.
    pub default_metric: Option<u32>,
    /// Sends a default route.
    pub default_originate: Option<RipDefault>,
    /// Distance.
    pub distance: u32,
    /// The most next hops a route may have.
    pub max_paths: u32,
    /// Summarizes at the borders of classful networks.
    pub auto_summary: bool,
    /// Distribute lists.
    pub filters: Vec<VectorFilter>,
    /// Offset lists.
    pub offsets: Vec<VectorOffset>,
}

impl Default for Rip {
    fn default() -> Self {
        Self {
            process: Name::default(),
            origin: Origin::NONE,
            vrf: VrfId::DEFAULT,
            family: Family::V4,
            interfaces: Vec::new(),
            neighbors: Vec::new(),
            redistribute: Vec::new(),
            default_metric: None,
            default_originate: None,
            distance: 120,
            max_paths: 4,
            auto_summary: false,
            filters: Vec::new(),
            offsets: Vec::new(),
        }
    }
}

/// RIP on an interface.
#[derive(Debug, Clone, PartialEq)]
pub struct RipInterface {
    /// The interface.
    pub interface: InterfaceId,
    /// Sends nothing; hears.
    pub passive: bool,
    /// Takes what others send here.
    pub receives: bool,
    /// What is learned here is not sent out of here.
    pub split_horizon: bool,
    /// Added to the metric of what is heard here (1 by the RFC).
    pub metric_in: u32,
    /// Distance of what is heard here, where it is not the process's.
    pub distance: Option<u32>,
    /// What is sent here, where a policy says it; else what the process knows.
    pub export: Option<RipExport>,
    /// Summaries sent out of here instead of their parts.
    pub summaries: Vec<IpNet>,
    /// Authentication as comparable text.
    pub auth: Option<Name>,
    /// Where RIP is turned on here.
    pub origin: Origin,
}

impl RipInterface {
    /// An interface with nothing but the protocol turned on.
    pub fn new(interface: InterfaceId, origin: Origin) -> Self {
        Self {
            interface,
            passive: false,
            receives: true,
            split_horizon: true,
            metric_in: 1,
            distance: None,
            export: None,
            summaries: Vec::new(),
            auth: None,
            origin,
        }
    }
}

/// Nothing is sent but active routes that a policy lets out, own subnets and RIP's routes too (Junos, SR OS).
#[derive(Debug, Clone, PartialEq)]
pub struct RipExport {
    /// Interfaces with the same number form a group and have the same policy.
    pub group: u32,
    /// Which routes, and with what changes.
    pub policy: PolicyChain,
    /// What metric routes get that RIP did not learn in the group.
    pub metric_out: MetricOut,
}

/// What `metric-out` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricOut {
    /// The metric of routes from another group or protocol, where the policy sets none (Junos).
    InPlace(u32),
    /// Added to the metric of routes from other protocols, which is what the policy sets, else 0 (SR OS).
    Added(u32),
}

/// Routes taken into RIP.
#[derive(Debug, Clone, PartialEq)]
pub struct RipRedistribution {
    /// From where; empty = any active route (of which the policy selects).
    pub sources: Vec<RouteSource>,
    /// Which, and with what changes.
    pub policy: Option<PolicyChain>,
    /// Metric; `None` = the process's default one.
    pub metric: Option<u32>,
    /// Where it is configured.
    pub origin: Origin,
}

/// A default route that RIP sends.
#[derive(Debug, Clone, PartialEq)]
pub struct RipDefault {
    /// Also without a default route in the table.
    pub always: bool,
    /// Condition.
    pub policy: Option<PolicyChain>,
    /// The policy must let the default route itself through, in the table or not; else any route of the table (IOS-XR).
    pub asks_itself: bool,
    /// Metric, unless the policy sets one.
    pub metric: u32,
    /// Where it is configured.
    pub origin: Origin,
}
