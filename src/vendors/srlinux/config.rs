//! A config as SR Linux thinks of it: interfaces with subinterfaces, network instances, one policy tree.
//!
//! Law: what the config does not say is `None` or empty; inheritance and defaults come in `lower`.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use crate::base::span::Origin;
use crate::model::filter::FilterLine;
use crate::model::policy::{CommunityMatch, PrefixRange};

/// A name with the line it stands on.
pub(super) type Named = (Box<str>, Origin);

#[derive(Debug, Default)]
pub(super) struct Config {
    pub hostname: Option<Box<str>>,
    pub default_ip_mtu: Option<u32>,
    pub interfaces: Vec<Interface>,
    pub instances: Vec<Instance>,
    pub prefix_sets: Vec<(Named, Vec<(PrefixRange, Origin)>)>,
    pub community_sets: Vec<CommunitySet>,
    pub as_path_sets: Vec<(Named, Vec<Named>)>,
    pub tag_sets: Vec<(Named, Vec<u32>)>,
    pub policies: Vec<Policy>,
    pub filters: Vec<Filter>,
    /// `acl interface`: subinterface, then what it filters.
    pub filtered: Vec<(Named, FilterUse)>,
    /// VNI of a `tunnel-interface X vxlan-interface N`, by `X.N`, with its line.
    pub vnis: Vec<(Named, u32)>,
    /// Some subinterface says `ipv4 admin-state`: a release where a family is off unless it is turned on.
    pub families_have_state: bool,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Interface {
    pub name: Box<str>,
    pub origin: Origin,
    pub description: Option<Box<str>>,
    pub disabled: bool,
    pub mtu: Option<u32>,
    pub vlan_tagging: bool,
    pub speed: Option<u64>,
    pub aggregate: Option<Named>,
    pub min_links: Option<u32>,
    pub member_speed: Option<u64>,
    pub subinterfaces: Vec<Subinterface>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Subinterface {
    pub index: u32,
    pub origin: Origin,
    pub description: Option<Box<str>>,
    pub disabled: bool,
    pub bridged: bool,
    pub ip_mtu: Option<u32>,
    /// IPv4, IPv6.
    pub families: [Option<IpFamily>; 2],
    pub vlan: Encap,
    pub filters: Vec<FilterUse>,
}

/// The tag of a subinterface's frames.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encap {
    #[default]
    Unset,
    Untagged,
    Tagged(u16),
    /// Outer and inner tag.
    Double(u16, u16),
    /// Any tag, or a range of them.
    Any,
}

#[derive(Debug, Default, Clone)]
pub(super) struct IpFamily {
    pub enabled: Option<bool>,
    pub dhcp: bool,
    pub unnumbered: Option<Named>,
    pub addresses: Vec<Address>,
    pub vrrp: Vec<Vrrp>,
}

#[derive(Debug, Clone)]
pub(super) struct Address {
    pub net: IpNet,
    pub primary: bool,
    pub anycast: bool,
    pub origin: Origin,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Vrrp {
    pub id: u32,
    pub addresses: Vec<IpAddr>,
    pub priority: Option<u32>,
    pub preempt: Option<bool>,
    pub disabled: bool,
    pub origin: Origin,
}

/// A filter on a subinterface.
#[derive(Debug, Clone)]
pub(super) struct FilterUse {
    pub name: Named,
    pub input: bool,
    pub v6: bool,
}

#[derive(Debug, Default)]
pub(super) struct Filter {
    pub name: Box<str>,
    pub v6: bool,
    pub origin: Origin,
    pub entries: Vec<(u32, FilterLine)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum InstanceKind {
    #[default]
    Routed,
    Bridged,
}

#[derive(Debug, Default)]
pub(super) struct Instance {
    pub name: Box<str>,
    pub origin: Origin,
    pub kind: InstanceKind,
    pub disabled: bool,
    pub router_id: Option<Ipv4Addr>,
    pub interfaces: Vec<Named>,
    pub vxlan: Vec<Named>,
    pub statics: Vec<Static>,
    pub hop_groups: Vec<HopGroup>,
    pub aggregates: Vec<Aggregate>,
    pub bgp: Option<Bgp>,
    pub ospf: Vec<Ospf>,
    pub isis: Vec<Isis>,
    pub evpn: Option<Evpn>,
    pub rd: Option<Box<str>>,
    pub import_targets: Vec<Box<str>>,
    pub export_targets: Vec<Box<str>>,
    pub vpn_import: Vec<Named>,
    pub vpn_export: Vec<Named>,
}

/// `bgp-evpn bgp-instance`
#[derive(Debug, Default)]
pub(super) struct Evpn {
    pub origin: Origin,
    pub disabled: bool,
    pub evi: Option<u32>,
    pub ecmp: Option<u32>,
    pub mpls: bool,
    /// `routes bridge-table mac-ip advertise`
    pub hosts: Option<bool>,
    /// `routes bridge-table vlan-aware-bundle-eth-tag`
    pub tag: Option<u32>,
}

#[derive(Debug)]
pub(super) struct Static {
    pub prefix: IpNet,
    pub disabled: bool,
    pub metric: Option<u32>,
    pub preference: Option<u32>,
    pub group: Option<Named>,
    pub origin: Origin,
}

#[derive(Debug, Default)]
pub(super) struct HopGroup {
    pub name: Box<str>,
    pub disabled: bool,
    pub blackhole: bool,
    pub hops: Vec<Hop>,
}

#[derive(Debug, Default)]
pub(super) struct Hop {
    pub index: Box<str>,
    pub ip: Option<IpAddr>,
    pub disabled: bool,
    pub resolve: Option<bool>,
    pub watched: bool,
}

#[derive(Debug)]
pub(super) struct Aggregate {
    pub prefix: IpNet,
    pub disabled: bool,
    pub communities: Vec<Box<str>>,
    pub summary_only: bool,
    pub origin: Origin,
}

// ----- BGP ------------------------------------------------------------------------------

#[derive(Debug, Default)]
pub(super) struct Bgp {
    pub origin: Origin,
    pub asn: Option<u32>,
    pub router_id: Option<Ipv4Addr>,
    pub import_reject_all: Option<bool>,
    pub export_reject_all: Option<bool>,
    pub always_compare_med: bool,
    pub ignore_igp_metric: bool,
    pub options: BgpOptions,
    pub groups: Vec<(Box<str>, BgpOptions)>,
    pub neighbors: Vec<BgpNeighbor>,
    /// Ranges from which neighbours may come.
    pub accept: Vec<BgpDynamic>,
    /// Interfaces on which neighbours are found by router advertisements.
    pub discover: Vec<BgpDynamic>,
}

#[derive(Debug)]
pub(super) struct BgpNeighbor {
    pub address: IpAddr,
    /// `fe80::1%ethernet-1/1.0`.
    pub interface: Option<Box<str>>,
    pub origin: Origin,
    pub options: BgpOptions,
}

#[derive(Debug, Default)]
pub(super) struct BgpDynamic {
    /// A prefix, or a subinterface.
    pub from: Box<str>,
    pub group: Option<Named>,
    pub ases: Vec<(u32, u32)>,
    pub origin: Origin,
}

/// What the instance, a group or a neighbour may say; the neighbour's word counts first.
#[derive(Debug, Default, Clone)]
pub(super) struct BgpOptions {
    pub disabled: Option<bool>,
    pub description: Option<Box<str>>,
    pub group: Option<Named>,
    pub peer_as: Option<u32>,
    pub local_as: LocalAs,
    pub import: Option<Vec<Named>>,
    pub export: Option<Vec<Named>>,
    pub next_hop_self: Option<bool>,
    pub client: Option<bool>,
    pub cluster_id: Option<Ipv4Addr>,
    pub multihop: Option<(bool, Option<u8>)>,
    pub local_address: Option<IpAddr>,
    pub local_interface: Option<Named>,
    pub passive: Option<bool>,
    pub auth: Option<Box<str>>,
    pub bfd: Option<bool>,
    pub allow_own_as: Option<u32>,
    pub remove_private: Option<Box<str>>,
    pub remove_leading_only: bool,
    pub replace_peer_as: Option<bool>,
    pub send_standard: Option<bool>,
    pub send_large: Option<bool>,
    pub preference_ebgp: Option<u32>,
    pub preference_ibgp: Option<u32>,
    /// IPv4, IPv6, EVPN.
    pub families: [BgpFamily; 3],
    /// Other families by name.
    pub others: Vec<(Box<str>, Option<bool>)>,
    /// `send-default-route`: IPv4, IPv6, and its policy.
    pub default_route: [Option<bool>; 2],
    pub default_policy: Option<Named>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct LocalAs {
    pub asn: Option<u32>,
    pub prepend_global: Option<bool>,
    pub prepend_local: Option<bool>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct BgpFamily {
    pub enabled: Option<bool>,
    pub origin: Origin,
    pub multiple_as: Option<bool>,
    pub max_paths_ebgp: Option<u32>,
    pub max_paths_ibgp: Option<u32>,
    pub import: Option<Vec<Named>>,
    pub export: Option<Vec<Named>>,
    pub next_hop_self: Option<bool>,
    pub v6_next_hops: Option<bool>,
    pub add_paths_send: Option<u32>,
    pub add_paths_receive: Option<bool>,
    pub max_prefixes: Option<u32>,
    pub advertise_inactive: Option<bool>,
    /// `inter-as-vpn`
    pub passes_all_on: Option<bool>,
}

// ----- IGPs -----------------------------------------------------------------------------

#[derive(Debug, Default)]
pub(super) struct Ospf {
    pub name: Box<str>,
    pub origin: Origin,
    pub enabled: Option<bool>,
    pub v3: bool,
    pub v4_over_v3: bool,
    pub router_id: Option<Ipv4Addr>,
    pub reference_kbps: Option<u64>,
    pub max_paths: Option<u32>,
    pub export: Vec<Named>,
    pub overload: bool,
    pub preference: Option<u32>,
    pub external_preference: Option<u32>,
    pub areas: Vec<OspfArea>,
}

#[derive(Debug, Default)]
pub(super) struct OspfArea {
    pub id: u32,
    pub origin: Origin,
    pub stub: bool,
    pub nssa: bool,
    pub no_summaries: bool,
    pub default_metric: Option<u32>,
    pub originate_default: bool,
    pub ranges: Vec<(IpNet, bool, Origin)>,
    pub interfaces: Vec<OspfInterface>,
}

#[derive(Debug, Default)]
pub(super) struct OspfInterface {
    pub name: Named,
    pub disabled: bool,
    pub point_to_point: Option<bool>,
    pub metric: Option<u32>,
    pub priority: Option<u8>,
    pub passive: bool,
    pub hello: Option<u32>,
    pub dead: Option<u32>,
    pub auth: Option<Box<str>>,
}

#[derive(Debug, Default)]
pub(super) struct Isis {
    pub name: Box<str>,
    pub origin: Origin,
    pub disabled: bool,
    pub levels: Option<(bool, bool)>,
    pub nets: Vec<Named>,
    pub max_paths: Option<u32>,
    pub export: Vec<Named>,
    pub no_ipv4: bool,
    pub ipv6: Option<bool>,
    pub multi_topology: bool,
    pub overload: bool,
    pub suppress_attached: bool,
    pub ignore_attached: bool,
    pub reference_kbps: Option<u64>,
    pub level: [IsisLevel; 2],
    pub leak_down: Vec<Named>,
    pub leak_up: Vec<Named>,
    pub summaries: Vec<(IpNet, Origin)>,
    pub interfaces: Vec<IsisInterface>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct IsisLevel {
    pub narrow: bool,
    pub disabled: bool,
    pub metric: Option<u32>,
    pub metric_v6: Option<u32>,
    pub priority: Option<u8>,
    pub auth: Option<Box<str>>,
    pub internal: Option<u32>,
    pub external: Option<u32>,
}

#[derive(Debug, Default)]
pub(super) struct IsisInterface {
    pub name: Named,
    pub disabled: bool,
    pub point_to_point: bool,
    pub passive: bool,
    /// IPv4, IPv6.
    pub off: [bool; 2],
    pub auth: Option<Box<str>>,
    pub level: [IsisLevel; 2],
}

// ----- policies -------------------------------------------------------------------------

#[derive(Debug)]
pub(super) struct CommunitySet {
    pub name: Named,
    pub members: Vec<(CommunityMatch, Origin)>,
    /// `any`, `all` or `invert`, where the set itself says.
    pub how: Option<Box<str>>,
}

#[derive(Debug, Default)]
pub(super) struct Policy {
    pub name: Box<str>,
    pub origin: Origin,
    pub statements: Vec<Statement>,
    pub default: Option<(Verdict, Vec<Change>)>,
}

#[derive(Debug, Default)]
pub(super) struct Statement {
    pub name: Box<str>,
    pub origin: Origin,
    pub matches: Vec<Match>,
    pub verdict: Option<Verdict>,
    pub changes: Vec<Change>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Accept,
    Reject,
    NextPolicy,
    NextStatement,
}

#[derive(Debug, Clone)]
pub(super) enum Match {
    PrefixSet(Named, bool),
    Protocol(Box<str>),
    Family(Vec<crate::model::route::Family>),
    AsPathSet(Named, bool),
    AsPathLength(crate::model::policy::Compare, u32),
    CommunitySet(Named, Option<Box<str>>),
    IsisLevel(u8),
    RouteType(crate::model::policy::RouteType),
    Area(u32),
    TagSet(Named),
    Policy(Named),
    Neighbor(Vec<IpNet>),
    NextHop(Named),
    LocalPref(crate::model::policy::Compare, u32),
    Med(crate::model::policy::Compare, u32),
    Unmodelled(Box<str>),
}

#[derive(Debug, Clone)]
pub(super) enum Change {
    Prepend(u32, u32),
    ReplaceAsPath(Vec<u32>),
    RemoveAsPath,
    CommunityAdd(Named),
    CommunityRemove(Named),
    CommunityReplace(Named),
    LocalPref(crate::model::policy::Number),
    Med(crate::model::policy::Number),
    MedIgp,
    Origin(crate::model::route::BgpOrigin),
    NextHop(IpAddr),
    NextHopSelf,
    Metric(crate::model::policy::Number),
    MetricType(u8),
    Tag(u32),
    Level(u8),
    Preference(u32),
    Unmodelled(Box<str>),
}
