//! OSPF, IS-IS, EIGRP and RIP.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::IpNet;

use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::route::Family;

/// `ip ospf …` and `ip router ospf …` (or the like of OSPFv3) on an interface.
#[derive(Debug, Default, Clone)]
pub(in crate::vendors::nxos) struct OspfPort {
    /// Process, area and whether secondary addresses are left out.
    pub areas: Vec<(Name, u32, bool, Origin)>,
    pub cost: Option<u32>,
    pub point_to_point: Option<bool>,
    pub priority: Option<u8>,
    pub hello: Option<u32>,
    pub dead: Option<u32>,
    pub mtu_ignore: bool,
    pub passive: Option<bool>,
    pub shutdown: bool,
    pub advertise_subnet: bool,
    /// `message-digest`, `simple`, `null`, `key-chain X`.
    pub auth: Option<Name>,
    pub keys: Vec<Name>,
}

/// One OSPF process in one VRF.
#[derive(Debug, Default, Clone)]
pub(in crate::vendors::nxos) struct Ospf {
    pub process: Name,
    pub origin: Origin,
    pub vrf: Name,
    pub v3: bool,
    pub router_id: Option<Ipv4Addr>,
    pub shutdown: bool,
    pub passive_default: bool,
    /// `network … area …`: not in the manuals, and taken all the same.
    pub networks: Vec<(IpNet, u32, Origin)>,
    pub areas: BTreeMap<u32, Area>,
    pub redistribute: Vec<Redistribute>,
    pub default: Option<DefaultRoute>,
    pub default_metric: Option<u32>,
    /// Prefix, advertised, tag, discard route.
    pub summaries: Vec<(IpNet, bool, u32, Origin)>,
    pub no_discard: bool,
    pub distance: Option<u32>,
    pub max_paths: Option<u32>,
    pub max_metric: Option<MaxMetric>,
    /// bit/s
    pub reference: Option<u64>,
    /// `table-map M filter`.
    pub import: Option<(Name, Origin)>,
    pub rfc1583: Option<bool>,
    pub vrf_lite: bool,
}

#[derive(Debug, Default, Clone)]
pub(in crate::vendors::nxos) struct Area {
    pub origin: Origin,
    pub kind: AreaKind,
    pub default_cost: Option<u32>,
    pub ranges: Vec<AreaRange>,
    pub filter_in: Option<(Name, Origin)>,
    pub filter_out: Option<(Name, Origin)>,
    /// Authentication of the area's interfaces.
    pub auth: Option<Name>,
    pub virtual_links: Vec<(Ipv4Addr, Origin)>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(in crate::vendors::nxos) enum AreaKind {
    #[default]
    Normal,
    Stub {
        no_summary: bool,
    },
    Nssa {
        no_summary: bool,
        default: bool,
        no_redistribution: bool,
        never: bool,
        always: bool,
        suppress_fa: bool,
    },
}

#[derive(Debug, Clone)]
pub(in crate::vendors::nxos) struct AreaRange {
    pub prefix: IpNet,
    pub advertise: bool,
    pub cost: Option<u32>,
    pub origin: Origin,
}

#[derive(Debug, Clone)]
pub(in crate::vendors::nxos) struct DefaultRoute {
    pub always: bool,
    pub route_map: Option<Name>,
    pub origin: Origin,
}

#[derive(Debug, Default, Clone, Copy)]
pub(in crate::vendors::nxos) struct MaxMetric {
    pub include_stub: bool,
    pub external: Option<u32>,
    pub summary: Option<u32>,
    /// Only for a while after a start (`on-startup`): not in the steady state.
    pub startup_only: bool,
}

/// `redistribute … route-map M` into any protocol.
#[derive(Debug, Clone)]
pub(in crate::vendors::nxos) struct Redistribute {
    pub from: Source,
    /// The process, AS or tag of the source.
    pub process: Option<Name>,
    pub route_map: Option<Name>,
    pub origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vendors::nxos) enum Source {
    Direct,
    Static,
    Ospf,
    Ospf3,
    Isis,
    Eigrp,
    Bgp,
    Rip,
}

/// `isis …` and `ip router isis …` on an interface. Arrays are per level, index 0 = level 1.
#[derive(Debug, Default, Clone)]
pub(in crate::vendors::nxos) struct IsisPort {
    /// Process for IPv4 and for IPv6.
    pub enable: [Option<(Name, Origin)>; 2],
    pub metric: [Option<u32>; 2],
    pub passive: Option<(bool, bool)>,
    pub point_to_point: Option<bool>,
    pub circuit: Option<(bool, bool)>,
    pub priority: [Option<u8>; 2],
    pub auth: [Option<Name>; 2],
    pub shutdown: bool,
}

/// One IS-IS process in one VRF.
#[derive(Debug, Default, Clone)]
pub(in crate::vendors::nxos) struct Isis {
    pub process: Name,
    pub origin: Origin,
    pub vrf: Name,
    pub nets: Vec<Name>,
    pub is_type: Option<(bool, bool)>,
    pub shutdown: bool,
    pub transition: bool,
    pub overload: bool,
    /// bit/s
    pub reference: Option<u64>,
    pub redistribute: Vec<(Option<Family>, Redistribute)>,
    pub passive_default: Option<(bool, bool)>,
    pub suppress_attached: bool,
    pub default: Option<(Option<Family>, DefaultRoute)>,
    /// Prefix, levels.
    pub summaries: Vec<(IpNet, (bool, bool), Origin)>,
    pub leak_down: Option<(Option<Name>, Origin)>,
    pub leak_up: Option<(Option<Name>, Origin)>,
    pub distance: Option<u32>,
    pub max_paths: Option<u32>,
    pub multi_topology: bool,
    pub auth: [Option<Name>; 2],
}

/// One EIGRP process in one VRF.
#[derive(Debug, Default, Clone)]
pub(in crate::vendors::nxos) struct Eigrp {
    pub process: Name,
    pub vrf: Name,
    pub asn: Option<u32>,
    pub router_id: Option<Ipv4Addr>,
    pub shutdown: bool,
    pub passive_default: bool,
    pub networks: Vec<(IpNet, Origin)>,
    pub redistribute: Vec<(Option<Family>, Redistribute)>,
    /// Bandwidth, delay, reliability, load, MTU.
    pub default_metric: Option<[u32; 5]>,
    /// Internal, external.
    pub distance: Option<[u32; 2]>,
    pub max_paths: Option<u32>,
    pub variance: Option<u32>,
    pub stub: bool,
    pub default: Option<DefaultRoute>,
    pub wide: bool,
}

/// `ip … eigrp N …` on an interface.
#[derive(Debug, Default, Clone)]
pub(in crate::vendors::nxos) struct EigrpPort {
    pub process: Name,
    pub enable: [Option<Origin>; 2],
    pub passive: bool,
    /// kbit/s
    pub bandwidth: Option<u64>,
    /// Tens of microseconds.
    pub delay: Option<u32>,
    pub summaries: Vec<(IpNet, Origin)>,
    /// A list, whether it is a prefix list (else a route-map), and whether it is for what comes in.
    pub lists: Vec<(Name, bool, bool, Origin)>,
    pub shutdown: bool,
    pub no_split_horizon: bool,
}

/// One RIP process in one VRF.
#[derive(Debug, Default, Clone)]
pub(in crate::vendors::nxos) struct Rip {
    pub process: Name,
    pub origin: Origin,
    pub vrf: Name,
    pub shutdown: bool,
    /// `metric direct 0`.
    pub as_ios: bool,
    pub redistribute: Vec<Redistribute>,
    pub default_metric: Option<u32>,
    pub default: Option<DefaultRoute>,
    pub distance: Option<u32>,
    pub max_paths: Option<u32>,
}

/// `ip router rip …` and `ip rip …` on an interface.
#[derive(Debug, Default, Clone)]
pub(in crate::vendors::nxos) struct RipPort {
    pub process: Option<(Name, Origin)>,
    pub passive: bool,
    pub metric_offset: Option<u32>,
    pub summaries: Vec<IpNet>,
    pub filters: Vec<RipList>,
    /// Each with what it adds.
    pub offsets: Vec<(u32, RipList)>,
    pub key_chain: Option<Name>,
}

/// A prefix list or route-map on updates.
#[derive(Debug, Clone)]
pub(in crate::vendors::nxos) struct RipList {
    pub name: Name,
    pub is_prefix_list: bool,
    pub inbound: bool,
    pub origin: Origin,
}
