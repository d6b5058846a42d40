//! A Junos config as Junos thinks of it: names, not ids; per-level options, not what they resolve to.
//!
//! In: filled by `read/`. Out: read by `lower/`. Law: nothing is defaulted here; `None` = not said.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;

use ipnet::IpNet;

use crate::base::span::Origin;
use crate::model::mpls::Srgb;
use crate::model::policy::{AsPathLine, CommunityMatch, Compare, Number, PrefixRange, RouteSource};
use crate::model::route::{BgpOrigin, Community, Family};
use crate::vendors::labels::SaidSid;

/// A name, and the line that uses it.
pub(super) type Named = (Box<str>, Origin);

#[derive(Debug, Default)]
pub(super) struct Config {
    pub hostname: Option<Box<str>>,
    pub management_instance: bool,
    pub max_ecmp: Option<u32>,
    pub interfaces: Vec<Interface>,
    pub vlans: Vec<Vlan>,
    /// `switch-options`: what the default switch says of VXLAN.
    pub switch: Vpn,
    /// Number 0 is the default instance.
    pub instances: Vec<Instance>,
    pub policy: PolicyOptions,
    pub filters: Vec<Filter>,
}

#[derive(Debug, Default)]
pub(super) struct Interface {
    pub name: Box<str>,
    pub origin: Origin,
    pub description: Option<Box<str>>,
    pub disabled: bool,
    pub mtu: Option<u32>,
    pub speed: Option<u64>,
    pub aggregate: Option<Named>,
    pub min_links: Option<u32>,
    pub native_vlan: Option<u16>,
    pub units: Vec<Unit>,
}

#[derive(Debug, Default)]
pub(super) struct Unit {
    pub number: u32,
    pub origin: Origin,
    pub description: Option<Box<str>>,
    pub disabled: bool,
    pub bandwidth: Option<u64>,
    pub tags: Vec<u16>,
    pub addresses: Vec<Address>,
    pub inet: bool,
    pub inet6: bool,
    pub mpls: bool,
    /// `family iso` is there, and its addresses.
    pub speaks_iso: bool,
    pub iso: Vec<Named>,
    pub mtu: Option<u32>,
    pub dhcp: bool,
    pub unnumbered: Option<Named>,
    pub switching: Option<Switching>,
    /// Filters per family: inet in, inet out, inet6 in, inet6 out.
    pub filters: [Option<Named>; 4],
    pub tunnel: Option<(Option<IpAddr>, Option<IpAddr>, Option<Named>)>,
}

#[derive(Debug, Default)]
pub(super) struct Address {
    pub address: Option<IpNet>,
    pub origin: Origin,
    pub primary: bool,
    pub preferred: bool,
    pub virtual_gateways: Vec<IpAddr>,
    pub vrrp: Vec<Vrrp>,
}

#[derive(Debug, Default)]
pub(super) struct Vrrp {
    pub group: u32,
    pub addresses: Vec<IpAddr>,
    pub priority: Option<u32>,
    pub no_preempt: bool,
    pub origin: Origin,
}

#[derive(Debug, Default)]
pub(super) struct Switching {
    pub trunk: bool,
    pub members: Vec<Named>,
    pub native: Option<Box<str>>,
}

#[derive(Debug, Default)]
pub(super) struct Vlan {
    pub name: Box<str>,
    pub origin: Origin,
    pub ids: Vec<(u16, u16)>,
    pub l3_interface: Option<Named>,
    pub interfaces: Vec<Named>,
    /// The instance that holds it.
    pub instance: Box<str>,
    /// `vxlan vni`, `vxlan multicast-group`, `vxlan static-remote-vtep-list`.
    pub vni: Option<(u32, Origin)>,
    pub group: Option<IpAddr>,
    pub remote_vteps: Vec<IpAddr>,
}

/// What kind of table an instance has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum InstanceKind {
    /// Its own routing tables and interfaces.
    #[default]
    VirtualRouter,
    /// The same, for L3VPN.
    Vrf,
    /// Tables only; interfaces stay in the default instance.
    Forwarding,
    /// Layer 2.
    Bridging,
}

#[derive(Debug, Default)]
pub(super) struct Instance {
    pub name: Box<str>,
    pub origin: Origin,
    pub kind: InstanceKind,
    pub interfaces: Vec<Named>,
    /// `instance-type mac-vrf`.
    pub mac_vrf: bool,
    pub vpn: Vpn,
    pub evpn: Option<Evpn>,
    pub routing: RoutingOptions,
    pub ospf: Vec<Ospf>,
    pub rip: Vec<Rip>,
    pub isis: Option<Isis>,
    pub bgp: Option<Bgp>,
    pub labels: Labels,
}

/// `protocols ldp` and `protocols mpls`.
#[derive(Debug, Default)]
pub(super) struct Labels {
    pub ldp: Vec<LabelInterface>,
    pub ldp_disabled: bool,
    pub router_id: Option<IpAddr>,
    pub mpls: Vec<LabelInterface>,
    pub other: Option<&'static str>,
}

#[derive(Debug)]
pub(super) struct LabelInterface {
    /// May be `all`.
    pub name: Named,
    pub disabled: bool,
}

/// `source-packet-routing` of an IGP.
#[derive(Debug, Default)]
pub(super) struct Segments {
    pub origin: Origin,
    pub srgb: Option<Srgb>,
    pub node: Option<SaidSid>,
}

/// What tells the routes of a VRF or a switch from others', and which it takes in; where tunnels end.
#[derive(Debug, Default)]
pub(super) struct Vpn {
    pub rd: Option<Box<str>>,
    pub targets: Targets,
    pub import: Option<Chain>,
    pub export: Option<Chain>,
    /// `vtep-source-interface`, and whether its IPv6 address is meant.
    pub source: Option<(Named, bool)>,
    /// `remote-vtep-list`.
    pub remote_vteps: Vec<IpAddr>,
    /// `service-type`.
    pub service: Option<Box<str>>,
}

/// Ranges of VNIs.
pub(super) type Vnis = Vec<RangeInclusive<u32>>;

/// `vrf-target`.
#[derive(Debug, Default)]
pub(super) struct Targets {
    pub both: Vec<Box<str>>,
    pub import: Vec<Box<str>>,
    pub export: Vec<Box<str>>,
    /// `auto`, and where.
    pub auto: Option<Origin>,
    /// `auto import-as` with its VNIs (`None`: all).
    pub import_as: Vec<(u32, Option<Vnis>)>,
}

impl Targets {
    pub fn imports(&self) -> &[Box<str>] {
        if self.import.is_empty() { &self.both } else { &self.import }
    }

    pub fn exports(&self) -> &[Box<str>] {
        if self.export.is_empty() { &self.both } else { &self.export }
    }
}

/// `protocols evpn`.
#[derive(Debug, Default)]
pub(super) struct Evpn {
    /// `encapsulation vxlan`.
    pub vxlan: bool,
    /// `extended-vni-list`.
    pub vnis: Option<Vnis>,
    /// `vni-options vni N vrf-target`.
    pub vni_targets: Vec<(u32, Targets)>,
    /// `ip-prefix-routes advertise`, and the VNI there.
    pub prefixes: bool,
    pub prefix_vni: Option<u32>,
}

#[derive(Debug, Default)]
pub(super) struct RoutingOptions {
    pub router_id: Option<Ipv4Addr>,
    pub asn: Option<u32>,
    pub as_loops: Option<u32>,
    pub confederation: Option<(u32, Vec<u32>)>,
    pub statics: Vec<Static>,
    pub aggregates: Vec<Aggregate>,
    pub load_balance: bool,
    pub forwarding_export: Option<Chain>,
    pub instance_import: Option<Chain>,
    /// The groups of `rib-groups`.
    pub rib_groups: Vec<RibGroup>,
    /// `rib-group` of connected, local and static routes.
    pub rib_group_uses: Vec<RibGroupUse>,
    /// `auto-export`.
    pub auto_export: bool,
}

/// Tables that share routes: the first one is where a protocol puts them.
#[derive(Debug)]
pub(super) struct RibGroup {
    pub name: Box<str>,
    pub tables: Vec<Named>,
    pub policy: Option<Chain>,
}

/// Where a group is named: whose routes go into its tables.
#[derive(Debug)]
pub(super) struct RibGroupUse {
    pub group: Named,
    pub sources: &'static [RouteSource],
}

/// Attributes that a static, aggregate or generated route, or their defaults, may have.
#[derive(Debug, Default, Clone)]
pub(super) struct RouteAttributes {
    pub preference: Option<u32>,
    pub metric: Option<u32>,
    pub tag: Option<u32>,
    pub communities: Vec<Community>,
    pub resolve: Option<bool>,
    pub no_readvertise: Option<bool>,
    pub discard: bool,
    pub brief: Option<bool>,
}

impl RouteAttributes {
    /// What is said here, else there.
    pub fn or(mut self, other: &Self) -> Self {
        self.preference = self.preference.or(other.preference);
        self.metric = self.metric.or(other.metric);
        self.tag = self.tag.or(other.tag);
        self.resolve = self.resolve.or(other.resolve);
        self.no_readvertise = self.no_readvertise.or(other.no_readvertise);
        self.brief = self.brief.or(other.brief);
        self.discard |= other.discard;
        if self.communities.is_empty() {
            self.communities.clone_from(&other.communities);
        }
        self
    }
}

#[derive(Debug)]
pub(super) struct Static {
    pub prefix: IpNet,
    pub hop: StaticHop,
    pub attributes: RouteAttributes,
    pub origin: Origin,
}

#[derive(Debug)]
pub(super) enum StaticHop {
    Ip(IpAddr, Option<Named>),
    Interface(Named),
    Discard,
    Table(Named),
}

#[derive(Debug)]
pub(super) struct Aggregate {
    pub prefix: IpNet,
    pub generate: bool,
    pub attributes: RouteAttributes,
    pub policy: Option<Chain>,
    pub origin: Origin,
}

// ----- policies ------------------------------------------------------------------------------

/// A list of policies, or of expressions over policies, where it is applied.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain {
    pub parts: Vec<Expression>,
    pub origin: Origin,
}

#[derive(Debug, Clone)]
pub(super) enum Expression {
    Policy(Named),
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Not(Box<Expression>),
}

#[derive(Debug, Default)]
pub(super) struct PolicyOptions {
    pub statements: Vec<Statement>,
    pub prefix_lists: Vec<PrefixList>,
    pub route_filter_lists: Vec<(Box<str>, Origin, Vec<RouteFilter>)>,
    pub communities: Vec<CommunityDef>,
    pub as_paths: Vec<(Box<str>, Origin, Vec<AsPathLine>)>,
    pub as_path_groups: Vec<(Box<str>, Origin, Vec<AsPathLine>)>,
    pub conditions: Vec<Condition>,
}

#[derive(Debug)]
pub(super) struct PrefixList {
    pub name: Box<str>,
    pub origin: Origin,
    pub prefixes: Vec<(IpNet, Origin)>,
}

#[derive(Debug)]
pub(super) struct CommunityDef {
    pub name: Box<str>,
    pub origin: Origin,
    pub invert: bool,
    pub members: Vec<(CommunityMatch, Origin)>,
}

#[derive(Debug)]
pub(super) struct Condition {
    pub name: Box<str>,
    pub exists: Option<(IpNet, Box<str>)>,
}

#[derive(Debug)]
pub(super) struct Statement {
    pub name: Box<str>,
    pub origin: Origin,
    pub terms: Vec<Term>,
}

#[derive(Debug, Default)]
pub(super) struct Term {
    pub name: Box<str>,
    pub origin: Origin,
    pub from: Vec<From>,
    pub to: Vec<From>,
    pub then: Vec<Then>,
}

/// A route filter: the ranges it takes, under a prefix that competes for the longest match.
#[derive(Debug, Clone)]
pub(super) struct RouteFilter {
    pub prefix: IpNet,
    pub ranges: Vec<PrefixRange>,
    /// Actions of its own, in place of the term's.
    pub then: Vec<Then>,
    pub origin: Origin,
}

/// A match condition. Several of one kind: one must hold. Different kinds: all must.
#[derive(Debug, Clone)]
pub(super) enum From {
    RouteFilter(RouteFilter),
    RouteFilterList(Named, Option<Box<str>>),
    SourceFilter,
    PrefixList(Named),
    PrefixListFilter(Named, Box<str>),
    Community(Named),
    AsPath(Named),
    AsPathGroup(Named),
    Protocol(Box<str>),
    Neighbor(IpNet),
    NextHop(IpNet),
    Interface(Named),
    Metric(u32),
    Tag(u32),
    LocalPreference(u32),
    Preference(u32),
    Origin(BgpOrigin),
    Area(u32),
    Level(u8),
    Instance(Box<str>),
    Rib(Box<str>),
    Family(bool),
    Policy(Expression),
    Condition(Named),
    RouteType(Box<str>),
    External(Option<u8>),
    AsPathLength(Compare, u32),
    CommunityCount(Compare, u32),
    ValidationUnknown,
    Unmodelled(Box<str>),
}

#[derive(Debug, Clone)]
pub(super) enum Then {
    Accept,
    Reject,
    NextTerm,
    NextPolicy,
    DefaultAccept,
    DefaultReject,
    Metric(Number),
    MetricIgp,
    LocalPreference(Number),
    CommunityAdd(Named),
    CommunitySet(Named),
    CommunityDelete(Named),
    Prepend(Vec<u32>),
    Expand(Vec<u32>),
    ExpandLast(u32),
    NextHop(IpAddr),
    NextHopSelf,
    NextHopPeer,
    NextHopDiscard,
    Origin(BgpOrigin),
    Preference(u32),
    Tag(u32),
    External(u8),
    Level(u8),
    Unmodelled(Box<str>),
}

// ----- protocols -----------------------------------------------------------------------------

#[derive(Debug, Default)]
pub(super) struct Ospf {
    pub v3: bool,
    /// An OSPFv3 realm that carries IPv4.
    pub ipv4: bool,
    pub name: Box<str>,
    pub origin: Origin,
    pub disabled: bool,
    pub areas: Vec<OspfArea>,
    pub export: Option<Chain>,
    pub import: Option<Chain>,
    pub reference_bandwidth: Option<u64>,
    pub overload: bool,
    pub preference: Option<u32>,
    pub external_preference: Option<u32>,
    pub rib_groups: Vec<Named>,
    pub no_rfc1583: bool,
    pub segments: Option<Segments>,
    pub vrf_lite: bool,
}

#[derive(Debug, Default)]
pub(super) struct OspfArea {
    pub id: u32,
    pub origin: Origin,
    pub stub: Option<Stub>,
    pub nssa: Option<Stub>,
    pub ranges: Vec<AreaRange>,
    pub interfaces: Vec<OspfInterface>,
    pub virtual_links: Vec<(u32, Ipv4Addr, Origin)>,
    pub inter_export: Option<Chain>,
    pub inter_import: Option<Chain>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Stub {
    pub default_metric: Option<u32>,
    pub metric_type: Option<u8>,
    pub type_7: bool,
    pub no_summaries: bool,
}

#[derive(Debug, Clone)]
pub(super) struct AreaRange {
    pub prefix: IpNet,
    pub restrict: bool,
    pub metric: Option<u32>,
    pub origin: Origin,
}

#[derive(Debug, Default)]
pub(super) struct OspfInterface {
    pub name: Box<str>,
    pub origin: Origin,
    pub metric: Option<u32>,
    pub passive: bool,
    pub disabled: bool,
    pub kind: Option<Box<str>>,
    pub priority: Option<u8>,
    pub hello: Option<u32>,
    pub dead: Option<u32>,
    pub auth: Option<Box<str>>,
    pub neighbors: Vec<IpAddr>,
    pub bandwidth_metrics: Vec<(u64, u32)>,
}

#[derive(Debug, Default)]
pub(super) struct Isis {
    pub name: Box<str>,
    pub origin: Origin,
    pub disabled: bool,
    pub interfaces: Vec<IsisInterface>,
    pub export: Option<Chain>,
    pub levels: [IsisLevel; 2],
    pub reference_bandwidth: Option<u64>,
    pub overload: bool,
    pub rib_groups: Vec<Named>,
    pub ipv6_topology: bool,
    pub no_ipv4: bool,
    pub no_ipv6: bool,
    pub ignore_attached: bool,
    pub suppress_attached: bool,
    pub segments: Option<Segments>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct IsisLevel {
    pub disabled: bool,
    pub wide_only: bool,
    pub preference: Option<u32>,
    pub external_preference: Option<u32>,
    pub auth: Option<Box<str>>,
}

#[derive(Debug, Default)]
pub(super) struct IsisInterface {
    pub name: Box<str>,
    pub origin: Origin,
    pub disabled: bool,
    pub passive: bool,
    pub point_to_point: bool,
    pub no_ipv4: bool,
    pub no_ipv6: bool,
    pub auth: Option<Box<str>>,
    pub levels: [IsisInterfaceLevel; 2],
}

#[derive(Debug, Default, Clone)]
pub(super) struct IsisInterfaceLevel {
    pub disabled: bool,
    pub passive: bool,
    pub metric: Option<u32>,
    pub metric_v6: Option<u32>,
    pub priority: Option<u8>,
    pub auth: Option<Box<str>>,
}

#[derive(Debug, Default)]
pub(super) struct Bgp {
    pub origin: Origin,
    pub options: BgpOptions,
    pub groups: Vec<BgpGroup>,
    pub disabled: bool,
    pub path_selection: PathSelection,
}

#[derive(Debug, Default)]
pub(super) struct PathSelection {
    pub always_compare_med: bool,
    pub non_deterministic: bool,
    pub external_router_id: bool,
    pub as_path_ignore: bool,
}

#[derive(Debug, Default)]
pub(super) struct BgpGroup {
    pub name: Box<str>,
    pub options: BgpOptions,
    pub neighbors: Vec<BgpNeighbor>,
    pub allow: Vec<(IpNet, Origin)>,
}

#[derive(Debug)]
pub(super) struct BgpNeighbor {
    pub address: IpAddr,
    /// `neighbor fe80::…%…` is not Junos; unnumbered peers are given by interface under `dynamic-neighbor`.
    pub interface: Option<Named>,
    pub origin: Origin,
    pub options: BgpOptions,
}

/// What may be said for all of BGP, for a group or for a neighbour.
#[derive(Debug, Default, Clone)]
pub(super) struct BgpOptions {
    pub external: Option<bool>,
    pub peer_as: Option<u32>,
    pub peer_as_list: Option<Vec<(u32, u32)>>,
    pub local_as: Option<LocalAs>,
    pub import: Option<Chain>,
    pub export: Option<Chain>,
    pub families: Option<Vec<BgpFamily>>,
    pub cluster: Option<Ipv4Addr>,
    pub multihop: Option<Multihop>,
    pub multipath: Option<Multipath>,
    pub local_address: Option<IpAddr>,
    pub local_interface: Option<Named>,
    pub local_preference: Option<u32>,
    pub preference: Option<u32>,
    pub metric_out: Option<crate::model::bgp::MetricOut>,
    pub remove_private: Option<crate::model::bgp::RemovePrivateAs>,
    pub as_override: Option<bool>,
    pub advertise_peer_as: Option<bool>,
    pub advertise_inactive: Option<bool>,
    pub vpn_apply_export: Option<bool>,
    pub passive: Option<bool>,
    pub auth: Option<Box<str>>,
    pub no_client_reflect: Option<bool>,
    pub description: Option<Box<str>>,
    pub disabled: Option<bool>,
    pub next_hop_self: Option<bool>,
    pub ttl: Option<u8>,
    pub enforce_first_as: Option<bool>,
    pub bfd: Option<bool>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct LocalAs {
    pub asn: u32,
    pub private: bool,
    pub alias: bool,
    pub no_prepend_global: bool,
    pub loops: Option<u32>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Multihop {
    pub ttl: Option<u8>,
    pub no_nexthop_change: bool,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Multipath {
    pub multiple_as: bool,
}

/// A family that a neighbour may speak; families that the twin does not carry have no entry, but count as said.
#[derive(Debug, Clone, Default)]
pub(super) struct BgpFamily {
    pub v6: bool,
    /// A VPN family or EVPN instead.
    pub vpn: Option<Family>,
    pub loops: Option<u32>,
    pub max_prefixes: Option<u32>,
    pub add_path_send: Option<u32>,
    pub add_path_receive: bool,
    pub extended_next_hop: bool,
    pub rib_group: Option<Named>,
    pub origin: Origin,
}

impl BgpOptions {
    /// What is said here, else what the level above says.
    pub fn or(&self, above: &Self) -> Self {
        macro_rules! first {
            ($($field:ident),*) => { Self { $($field: self.$field.clone().or_else(|| above.$field.clone())),* } };
        }
        first!(
            external,
            peer_as,
            peer_as_list,
            local_as,
            import,
            export,
            families,
            cluster,
            multihop,
            multipath,
            local_address,
            local_interface,
            local_preference,
            preference,
            metric_out,
            remove_private,
            as_override,
            advertise_peer_as,
            advertise_inactive,
            vpn_apply_export,
            passive,
            auth,
            no_client_reflect,
            description,
            disabled,
            next_hop_self,
            ttl,
            enforce_first_as,
            bfd
        )
    }
}

// ----- firewall ------------------------------------------------------------------------------

#[derive(Debug, Default)]
pub(super) struct Filter {
    pub name: Box<str>,
    pub v6: bool,
    pub origin: Origin,
    pub terms: Vec<FilterTerm>,
}

#[derive(Debug, Default)]
pub(super) struct FilterTerm {
    pub origin: Origin,
    pub line: crate::model::filter::FilterLine,
    pub source_lists: Vec<(Named, bool)>,
    pub destination_lists: Vec<(Named, bool)>,
    /// `address` and `prefix-list`: source or destination.
    pub either: Vec<crate::model::filter::AddressMatch>,
    pub either_lists: Vec<(Named, bool)>,
    pub either_ports: Vec<RangeInclusive<u16>>,
    pub instance: Option<Named>,
}

/// `protocols rip` or `ripng`.
#[derive(Debug, Default)]
pub(super) struct Rip {
    pub v6: bool,
    pub origin: Origin,
    pub settings: RipSettings,
    pub groups: Vec<RipGroup>,
}

#[derive(Debug, Default)]
pub(super) struct RipGroup {
    pub settings: RipSettings,
    pub neighbors: Vec<(Named, RipSettings)>,
}

/// What can stand at each level of RIP.
#[derive(Debug, Default)]
pub(super) struct RipSettings {
    pub import: Option<Chain>,
    pub export: Option<Chain>,
    pub metric_in: Option<u32>,
    pub metric_out: Option<u32>,
    pub preference: Option<u32>,
    /// `send none`, `receive none`: false.
    pub sends: Option<bool>,
    pub receives: Option<bool>,
    pub key: Option<Box<str>>,
}
