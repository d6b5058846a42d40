//! IS-IS.

use ipnet::IpNet;

use super::device::Name;
use super::interface::InterfaceId;
use super::policy::{PolicyChain, RouteSource};
use super::route::Family;
use super::vrf::VrfId;
use crate::base::span::Origin;

/// Which levels something takes part in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Levels {
    /// Level 1.
    pub l1: bool,
    /// Level 2.
    pub l2: bool,
}

impl Levels {
    /// Both.
    pub const BOTH: Self = Self { l1: true, l2: true };
    /// Whether a level (1 or 2) is in.
    pub fn has(self, level: u8) -> bool {
        if level == 1 { self.l1 } else { self.l2 }
    }
}

/// One IS-IS process of one VRF.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Isis {
    /// Process name.
    pub process: Name,
    /// Where it is configured.
    pub origin: Origin,
    /// The routing table.
    pub vrf: VrfId,
    /// Area addresses (hex, without dots, without system id and selector).
    pub areas: Vec<Name>,
    /// System id as 12 hex digits.
    pub system_id: Name,
    /// Levels of the process.
    pub levels: Levels,
    /// Wide metrics are sent, per level (index 0 = level 1).
    pub wide: [bool; 2],
    /// Narrow metrics are sent, per level.
    pub narrow: [bool; 2],
    /// Address families that are routed.
    pub families: Vec<Family>,
    /// IPv6 has its own topology (MT 2).
    pub multi_topology: bool,
    /// Interfaces.
    pub interfaces: Vec<IsisInterface>,
    /// Overload bit is set.
    pub overload: bool,
    /// Sets no attached bit / ignores others' attached bit.
    pub suppress_attached: bool,
    /// See above.
    pub ignore_attached: bool,
    /// Routes taken in.
    pub redistribute: Vec<IsisRedistribution>,
    /// Leaks from level 2 into level 1.
    pub leak_l2_to_l1: Option<IsisLeak>,
    /// Leaks from level 1 into level 2; `None` = everything, which is the default of the protocol.
    pub leak_l1_to_l2: Option<IsisLeak>,
    /// Sends a default route in level 2 (or as the policy says).
    pub default_originate: Option<IsisDefault>,
    /// Summaries.
    pub summaries: Vec<IsisSummary>,
    /// Distances: level 1 internal, level 2 internal, level 1 external, level 2 external.
    pub distance: [u32; 4],
    /// The most next hops a route may have.
    pub max_paths: u32,
    /// Authentication as comparable text, per level, for LSPs (no bearing on adjacencies).
    pub auth: [Option<Name>; 2],
    /// Advertises only passive interfaces' prefixes.
    pub advertise_passive_only: bool,
}

/// IS-IS on an interface.
#[derive(Debug, Clone, PartialEq)]
pub struct IsisInterface {
    /// The interface.
    pub interface: InterfaceId,
    /// Levels on this circuit (already cut to the process's).
    pub levels: Levels,
    /// Metric per level (index 0 = level 1).
    pub metric: [u32; 2],
    /// IPv6 metric per level under multi-topology; `None` = as `metric`.
    pub metric_v6: [Option<u32>; 2],
    /// No hellos; prefixes are advertised.
    pub passive: bool,
    /// Point-to-point circuit.
    pub point_to_point: bool,
    /// Designated intermediate system priority per level.
    pub priority: [u8; 2],
    /// Hello authentication as comparable text, per level.
    pub auth: [Option<Name>; 2],
    /// Families that run on it.
    pub families: Vec<Family>,
    /// Where IS-IS is turned on here.
    pub origin: Origin,
}

/// Routes taken into IS-IS.
#[derive(Debug, Clone, PartialEq)]
pub struct IsisRedistribution {
    /// From where; empty = any active route (Junos).
    pub sources: Vec<RouteSource>,
    /// Only this family; `None` = both.
    pub family: Option<Family>,
    /// Which, and with what changes.
    pub policy: Option<PolicyChain>,
    /// Metric; `None` = platform's default.
    pub metric: Option<u32>,
    /// External metric type.
    pub metric_external: bool,
    /// Into which levels.
    pub levels: Levels,
    /// Where it is configured.
    pub origin: Origin,
}

/// Leaking between levels.
#[derive(Debug, Clone, PartialEq)]
pub struct IsisLeak {
    /// Which routes; `None` = all.
    pub policy: Option<PolicyChain>,
    /// Where it is configured.
    pub origin: Origin,
}

/// A default route originated into IS-IS.
#[derive(Debug, Clone, PartialEq)]
pub struct IsisDefault {
    /// Also without a default route in the table.
    pub always: bool,
    /// Condition and changes.
    pub policy: Option<PolicyChain>,
    /// Metric.
    pub metric: u32,
    /// Levels.
    pub levels: Levels,
    /// Families.
    pub families: Vec<Family>,
    /// Where it is configured.
    pub origin: Origin,
}

/// A summary.
#[derive(Debug, Clone, PartialEq)]
pub struct IsisSummary {
    /// What stands for the more specific ones.
    pub prefix: IpNet,
    /// Levels into which it is sent.
    pub levels: Levels,
    /// Metric; `None` = the smallest of its parts.
    pub metric: Option<u32>,
    /// Where it is configured.
    pub origin: Origin,
}
