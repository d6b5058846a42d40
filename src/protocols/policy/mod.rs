//! The policy interpreter: runs a [`PolicyChain`](crate::model::policy::PolicyChain) on a route.
//!
//! In: a device, a chain, a [`PolicyRoute`]. Out: a verdict and the changed route. Law: pure; knows no vendor.
//! Start reading at [`PolicyEngine::run`]. Tests: `tests.rs`.

mod installed;
mod lists;
mod looks;
mod run;
#[cfg(test)]
mod tests;

pub use installed::{kind_of, source_of};
pub use lists::acl_permits;
pub use looks::Looks;
pub use run::{Decision, PolicyEngine, same_kind, same_source};

use std::net::IpAddr;

use ipnet::IpNet;

use crate::model::interface::InterfaceId;
use crate::model::policy::{RouteSource, RouteType};
use crate::model::route::{BgpOrigin, Community};
use crate::model::vrf::VrfId;
use crate::rib::AsPath;

/// A route as a policy sees it: everything spelled out, nothing interned. Made from an installed route or a BGP path
/// before a chain runs, and read back after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRoute {
    /// The destination.
    pub prefix: IpNet,
    /// Where it comes from.
    pub source: RouteSource,
    /// Its kind, finer than the source, where it has one.
    pub kind: Option<RouteType>,
    /// The table it is in.
    pub vrf: VrfId,
    /// Administrative distance.
    pub distance: u32,
    /// Metric; MED for BGP (`None`: no MED).
    pub metric: Option<u32>,
    /// Tag.
    pub tag: u32,
    /// Next hop, where it has one address.
    pub next_hop: Option<IpAddr>,
    /// Outgoing interfaces.
    pub interfaces: Vec<InterfaceId>,
    /// It is an EVPN route.
    pub evpn: bool,
    /// OSPF area.
    pub area: Option<u32>,
    /// IS-IS level.
    pub level: Option<u8>,
    /// AS path.
    pub as_path: AsPath,
    /// Local preference.
    pub local_pref: u32,
    /// BGP origin.
    pub origin: BgpOrigin,
    /// Communities of all kinds, in the order they were added.
    pub communities: Vec<Community>,
    /// Weight.
    pub weight: u32,
    /// What the policy set that has no place in the route itself.
    pub set: PolicySet,
}

/// Settings that only the one who ran the policy can act on. `None` = the policy did not say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicySet {
    /// The metric was set by the policy (also when to the same value).
    pub metric: bool,
    /// An EIGRP metric by its parts.
    pub metric_eigrp: Option<crate::model::eigrp::EigrpMetric>,
    /// MED = IGP metric to the next hop.
    pub metric_igp: bool,
    /// The next hop as edited.
    pub next_hop: Option<crate::model::policy::NextHopEdit>,
    /// OSPF external type.
    pub ospf_metric_type: Option<u8>,
    /// IS-IS external metric.
    pub isis_metric_external: Option<bool>,
    /// IS-IS level(s): 1, 2 or 3 for both.
    pub isis_level: Option<u8>,
    /// OSPF forwarding address.
    pub forwarding_address: Option<IpAddr>,
    /// Distance.
    pub distance: Option<u32>,
    /// Local preference was set by the policy.
    pub local_pref: bool,
    /// Weight was set by the policy.
    pub weight: bool,
    /// Origin was set by the policy.
    pub origin: bool,
    /// Tag was set by the policy.
    pub tag: bool,
    /// How many ASes `Action::Prepend` has put in front.
    pub prepended: u32,
}

/// What stands around a route while a policy runs.
#[derive(Debug, Clone, Copy, Default)]
pub struct PolicyContext {
    /// The neighbour the route came from (import) or goes to (export).
    pub neighbor: Option<IpAddr>,
    /// The neighbour's AS.
    pub neighbor_as: Option<u32>,
    /// The AS shown to the neighbour (or the own AS).
    pub own_as: u32,
    /// The own address of the session.
    pub own_address: Option<IpAddr>,
    /// Conditions on what else is in the tables count as holding: Junos asks `condition … if-route-exists` only in export
    /// policies (lab juniper_from_condition: an import and an aggregate policy take routes though the condition is false).
    pub conditions_hold: bool,
}

impl PolicyRoute {
    /// A route with only a destination and a source; all else at its default (local preference 100, no MED).
    pub fn new(prefix: IpNet, source: RouteSource, vrf: VrfId) -> Self {
        Self {
            prefix,
            source,
            kind: None,
            vrf,
            distance: 0,
            metric: None,
            tag: 0,
            next_hop: None,
            interfaces: Vec::new(),
            evpn: false,
            area: None,
            level: None,
            as_path: AsPath::default(),
            local_pref: 100,
            origin: BgpOrigin::Igp,
            communities: Vec::new(),
            weight: 0,
            set: PolicySet::default(),
        }
    }
}
