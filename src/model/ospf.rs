//! OSPF for IPv4 (v2) and IPv6 (v3).

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::device::Name;
use super::interface::InterfaceId;
use super::policy::{PolicyChain, RouteSource};
use super::route::Family;
use super::vrf::VrfId;
use crate::base::span::Origin;

/// One OSPF process of one VRF. All its interfaces are listed: `network` statements are resolved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ospf {
    /// Process id or name, as text.
    pub process: Name,
    /// Where it is configured.
    pub origin: Origin,
    /// The routing table.
    pub vrf: VrfId,
    /// IPv4 for OSPFv2; OSPFv3 may carry either.
    pub family: Family,
    /// OSPFv3 (differs from v2 in that links need no common subnet).
    pub v3: bool,
    /// Router id as configured for the process.
    pub router_id: Option<Ipv4Addr>,
    /// Not shut down.
    pub enabled: bool,
    /// Areas, sorted by id.
    pub areas: Vec<Area>,
    /// Interfaces on which it runs.
    pub interfaces: Vec<OspfInterface>,
    /// Virtual links: transit area, neighbour's router id.
    pub virtual_links: Vec<VirtualLink>,
    /// Where routes come in from.
    pub redistribute: Vec<OspfRedistribution>,
    /// `default-information originate`.
    pub default_originate: Option<OspfDefault>,
    /// Summaries of external routes (`summary-address`).
    pub external_summaries: Vec<Summary>,
    /// Distances: intra-area, inter-area, external.
    pub distance: [u32; 3],
    /// The most next hops a route may have.
    pub max_paths: u32,
    /// `max-metric router-lsa` / Junos `overload`: transit links are advertised with the largest metric.
    pub stub_router: bool,
    /// Stub links too (`include-stub`), external (value), summary (value) of `max-metric`.
    pub stub_router_include_stub: bool,
    /// See above.
    pub stub_router_external: Option<u32>,
    /// See above.
    pub stub_router_summary: Option<u32>,
    /// RFC 1583 rules on preference among AS-external paths and on summary costs.
    pub rfc1583: bool,
    /// Which of its own routes go into the main table (`distribute-list in`, Junos `import`).
    pub import: Option<PolicyChain>,
    /// Which redistributed routes go out at all, after the redistribution's own policy (`distribute-list out`).
    pub export: Option<PolicyChain>,
    /// Behaves as an ABR only with a link into the backbone (Cisco/RFC 3509), as FRR does by default.
    pub abr_needs_backbone: bool,
    /// Acts as BGP/MPLS VPN PE: no DN-bit check (`capability vrf-lite`).
    pub vrf_lite: bool,
    /// Reference bandwidth in bit/s.
    pub reference_bandwidth: u64,
}

/// An OSPF area.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Area {
    /// Number.
    pub id: u32,
    /// Its kind.
    pub kind: AreaKind,
    /// ABR ranges.
    pub ranges: Vec<Summary>,
    /// Cost of the default route an ABR sends into a stub or NSSA area.
    pub default_cost: u32,
    /// Filters on inter-area routes *into* this area, at an ABR.
    pub filter_in: Option<PolicyChain>,
    /// Filters on inter-area routes *out of* this area, at an ABR.
    pub filter_out: Option<PolicyChain>,
    /// Where it is configured.
    pub origin: Origin,
}

/// The kind of an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AreaKind {
    /// All LSAs.
    #[default]
    Normal,
    /// No external LSAs.
    Stub {
        /// No inter-area routes either (totally stubby), set on the ABR.
        no_summary: bool,
        /// Whether an ABR sends a default route into it: `true` on all OSes but Junos (there: with `default-metric`).
        default: bool,
    },
    /// RFC 3101.
    Nssa {
        /// No inter-area routes.
        no_summary: bool,
        /// An ABR sends a type 7 default route; with `no_summary` an inter-area one instead. IOS, EOS and FRR always do so with
        /// `no-summary` (then `true`), else on `default-information-originate`; Junos with `default-lsa`.
        default: bool,
        /// Metric type of that default.
        default_type: u8,
        /// Routes redistributed at an ABR do not enter the area.
        no_redistribution: bool,
        /// Whether this ABR may translate: `candidate` (by highest router id), `always`, `never`.
        translate: Translate,
        /// Clears the forwarding address on translation.
        suppress_forwarding_address: bool,
    },
}

/// An NSSA border router's part in translating type 7 to type 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Translate {
    /// The border router with the highest router id does it.
    #[default]
    Candidate,
    /// It always does.
    Always,
    /// It never does.
    Never,
}

/// A range (`area range`) or external summary.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// What stands for the more specific ones.
    pub prefix: IpNet,
    /// Advertised; else the more specific ones are only hidden.
    pub advertise: bool,
    /// Fixed cost.
    pub cost: Option<u32>,
    /// Tag of an external summary.
    pub tag: u32,
    /// Where it is configured.
    pub origin: Origin,
}

/// OSPF on an interface.
#[derive(Debug, Clone, PartialEq)]
pub struct OspfInterface {
    /// The interface.
    pub interface: InterfaceId,
    /// Area number.
    pub area: u32,
    /// Cost, worked out (from bandwidth and reference where none is set). Of a loopback: what the device puts in its LSA (Junos and
    /// FRR 0, IOS 1, EOS 10).
    pub cost: u32,
    /// No hellos; its subnets are advertised.
    pub passive: bool,
    /// How the link is treated.
    pub network: NetworkType,
    /// Router priority for the designated router election.
    pub priority: u8,
    /// Hello interval in seconds.
    pub hello: u32,
    /// Dead interval in seconds.
    pub dead: u32,
    /// Does not check the neighbour's MTU.
    pub mtu_ignore: bool,
    /// Authentication as comparable text: type and key (or the key chain's name).
    pub auth: Option<Name>,
    /// Neighbours given by address on a network without multicast.
    pub neighbors: Vec<IpAddr>,
    /// Only the primary address is advertised (Junos, `secondaries none`): which addresses OSPF knows on it.
    pub advertise_secondary: bool,
    /// Advertises a loopback by its subnet rather than a host route.
    pub advertise_subnet: bool,
    /// `prefix-suppression`.
    pub suppress_prefix: bool,
    /// The addresses covered by OSPF (`network` statement per address): empty = all of the interface.
    pub addresses: Vec<IpNet>,
    /// Where OSPF is turned on here.
    pub origin: Origin,
}

/// OSPF network type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NetworkType {
    /// With a designated router.
    #[default]
    Broadcast,
    /// With a designated router, neighbours configured.
    NonBroadcast,
    /// Two routers, no designated router.
    PointToPoint,
    /// A set of point-to-point links.
    PointToMultipoint,
    /// A stub host route.
    Loopback,
}

/// A virtual link.
#[derive(Debug, Clone, PartialEq)]
pub struct VirtualLink {
    /// Transit area.
    pub area: u32,
    /// The other end's router id.
    pub neighbor: Ipv4Addr,
    /// Where it is configured.
    pub origin: Origin,
}

/// Routes taken into OSPF.
#[derive(Debug, Clone, PartialEq)]
pub struct OspfRedistribution {
    /// From where; empty = any active route (Junos `export`), which the policy then selects from.
    pub sources: Vec<RouteSource>,
    /// Which, and with what changes.
    pub policy: Option<PolicyChain>,
    /// Metric where the policy sets none; `None`: the platform's default for that source.
    pub metric: Option<u32>,
    /// External type 1 or 2.
    pub metric_type: u8,
    /// Tag where the policy sets none.
    pub tag: u32,
    /// Only classful networks unless `subnets` (IOS).
    pub classful_only: bool,
    /// Where it is configured.
    pub origin: Origin,
}

/// A default route originated into OSPF.
#[derive(Debug, Clone, PartialEq)]
pub struct OspfDefault {
    /// Also without a default route in the table.
    pub always: bool,
    /// Metric; `None` = the platform's.
    pub metric: Option<u32>,
    /// External type.
    pub metric_type: u8,
    /// Condition and changes.
    pub policy: Option<PolicyChain>,
    /// Tag.
    pub tag: u32,
    /// Where it is configured.
    pub origin: Origin,
}
