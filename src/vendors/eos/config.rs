//! The config as EOS thinks of it: names, not ids; what a line said, not what it means.
//!
//! In: nothing. Out: [`Config`]. Law: `None` = no line said so; inheritance and defaults are `lower`'s work.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use crate::base::Map;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::filter::FilterLine;
use crate::model::interface::RedundancyGroup;
use crate::model::policy::{CommunityMatch, PrefixLine};
use crate::model::route::{BgpOrigin, Community, Family};
use crate::vendors::labels::Labels;

/// Things by name, in the order in which they were first named.
#[derive(Debug, Clone)]
pub(super) struct Named<T> {
    pub items: Vec<(Name, T)>,
    index: Map<Name, usize>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { items: Vec::new(), index: Map::default() }
    }
}

impl<T> Named<T> {
    /// The thing of that name, made if it is new.
    pub fn entry(&mut self, name: &str, make: impl FnOnce() -> T) -> &mut T {
        let at = match self.index.get(name) {
            Some(&at) => at,
            None => {
                let at = self.items.len();
                self.items.push((name.into(), make()));
                self.index.insert(name.into(), at);
                at
            }
        };
        &mut self.items[at].1
    }
    pub fn get(&self, name: &str) -> Option<&T> {
        self.index.get(name).and_then(|&at| self.items.get(at)).map(|(_, t)| t)
    }
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.items.iter().map(|(n, t)| (&**n, t))
    }
}

/// `interface Vxlan1`.
#[derive(Debug, Default)]
pub(super) struct Vxlan {
    pub name: Name,
    pub source: Option<Name>,
    pub vlans: Vec<(u16, u32, Origin)>,
    pub vrfs: Vec<(Name, u32)>,
    /// `vxlan flood vtep …`.
    pub flood: Vec<IpAddr>,
    pub vlan_flood: Vec<VlanFlood>,
    pub group: Option<IpAddr>,
    pub origin: Origin,
}

/// `vxlan vlan … flood vtep …`.
#[derive(Debug)]
pub(super) struct VlanFlood {
    /// Ranges.
    pub vlans: Vec<(u16, u16)>,
    pub peers: Vec<IpAddr>,
}

/// `vlan ID` or `vlan-aware-bundle NAME` in `router bgp`.
#[derive(Debug, Default)]
pub(super) struct EvpnVlans {
    pub bundle: bool,
    pub vlans: Vec<(u16, u16)>,
    pub rd: Option<Name>,
    /// `redistribute learned`.
    pub learned: bool,
    /// `route-target both auto`.
    pub auto: bool,
    pub imports: Vec<Name>,
    pub exports: Vec<Name>,
}

/// A device's config.
#[derive(Debug, Default)]
pub(super) struct Config {
    pub vxlan: Option<Vxlan>,
    pub evpn_vlans: Vec<EvpnVlans>,
    pub hostname: Option<Name>,
    /// `service routing protocols model multi-agent`; absent = ribd.
    pub multi_agent: bool,
    /// `switchport default mode routed`.
    pub ports_routed: bool,
    pub interfaces: Named<Interface>,
    pub vlans: BTreeMap<u16, Vlan>,
    /// VRFs; the global table has the name `default` and is always there.
    pub vrfs: Named<Vrf>,
    /// `ip routing ipv6 interfaces`: IPv4 is forwarded on interfaces that only have IPv6 (RFC 5549).
    pub v4_over_v6_interfaces: bool,
    pub ospf: Vec<Ospf>,
    pub isis: Vec<Isis>,
    pub rip: Option<Rip>,
    pub mlag: Option<Mlag>,
    pub labels: Labels,
    /// `ip virtual-router mac-address mlag-peer`.
    pub routes_for_peer: bool,
    pub bgp: Option<Bgp>,
    pub route_maps: Named<RouteMap>,
    pub prefix_lists: Named<PrefixList>,
    pub prefix_lists_v6: Named<PrefixList>,
    pub as_path_lists: Named<AsPathList>,
    /// `ip as-path regex-mode string`; the default is `asn`.
    pub as_path_string_mode: bool,
    /// Standard, extended and large lists live in name spaces of their own.
    pub community_lists: Named<CommunityList>,
    pub ext_community_lists: Named<CommunityList>,
    pub large_community_lists: Named<CommunityList>,
    pub peer_filters: Named<PeerFilter>,
    pub acls: Named<Acl>,
    pub acls_v6: Named<Acl>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Vlan {
    pub suspended: bool,
    /// Only ports of one of these groups carry the VLAN.
    pub trunk_groups: Vec<Name>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Vrf {
    pub origin: Origin,
    pub rd: Option<Name>,
    pub routing_v4: bool,
    pub routing_v6: bool,
    pub router_id: Option<Ipv4Addr>,
    pub statics: Vec<Static>,
    /// `leak routes`: the source VRF, the route-map.
    pub leaks: Vec<(Name, Name, Origin)>,
}

#[derive(Debug, Clone)]
pub(super) struct Static {
    pub prefix: IpNet,
    pub hop: Hop,
    pub distance: Option<u32>,
    pub metric: u32,
    pub tag: u32,
    pub tracked: bool,
    pub origin: Origin,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Hop {
    Ip(IpAddr),
    IpIn(IpAddr, Name),
    Interface(Name),
    Via(Name, IpAddr),
    Drop,
}

// ----- interfaces -------------------------------------------------------------------------------

#[derive(Debug, Default, Clone)]
pub(super) struct Interface {
    pub origin: Origin,
    pub description: Option<Name>,
    pub shutdown: bool,
    pub vrf: Option<Name>,
    /// `no switchport` or `switchport`, where said.
    pub switchport: Option<bool>,
    pub mode: Option<PortMode>,
    pub access_vlan: Option<u16>,
    pub native_vlan: Option<u16>,
    pub native_tagged: bool,
    pub phone_vlan: Option<u16>,
    pub allowed: Option<Vec<(u16, u16)>>,
    pub trunk_groups: Vec<Name>,
    pub tags: Vec<u16>,
    pub addresses: Vec<Address>,
    pub unnumbered: Option<Name>,
    pub ipv6_enable: bool,
    pub dhcp: bool,
    pub mtu: Option<u32>,
    pub bandwidth: Option<u64>,
    pub speed: Option<u64>,
    pub channel_group: Option<u32>,
    /// `mlag N`.
    pub mlag: Option<(u32, Origin)>,
    /// `lacp system-id`, or the identifier of an EVPN Ethernet segment.
    pub segment: Option<Name>,
    pub min_links: Option<u32>,
    pub no_autostate: bool,
    pub acl_in: Option<Name>,
    pub acl_out: Option<Name>,
    pub acl_in_v6: Option<Name>,
    pub acl_out_v6: Option<Name>,
    pub tunnel: Option<Tunnel>,
    pub vrrp: Vec<RedundancyGroup>,
    pub vrrp_disabled: Vec<u32>,
    pub ospf: OspfPort,
    /// `ospfv3 ipv4 …`, `ospfv3 ipv6 …`, and the old `ipv6 ospf …` as the latter.
    pub ospf3: [OspfPort; 2],
    pub isis: IsisPort,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PortMode {
    Access,
    Trunk,
    /// `trunk phone`: untagged for a computer, tagged for a telephone.
    Phone,
    /// Modes whose forwarding is not modelled (`dot1q-tunnel`, `tap`, `tool`); read as access.
    Other,
}

#[derive(Debug, Clone)]
pub(super) struct Address {
    pub address: IpNet,
    pub secondary: bool,
    pub anycast: bool,
    pub origin: Origin,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Tunnel {
    pub source: Option<IpAddr>,
    pub source_interface: Option<Name>,
    pub destination: Option<IpAddr>,
    pub mode: Option<Name>,
    pub vrf: Option<Name>,
}

/// `ip ospf …` on an interface.
#[derive(Debug, Default, Clone)]
pub(super) struct OspfPort {
    pub area: Option<(u32, Origin)>,
    pub cost: Option<u32>,
    pub network: Option<OspfNetwork>,
    pub priority: Option<u8>,
    pub hello: Option<u32>,
    pub dead: Option<u32>,
    pub mtu_ignore: bool,
    pub passive: Option<bool>,
    pub disabled: bool,
    pub auth: Option<Name>,
    pub keys: Vec<Name>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OspfNetwork {
    PointToPoint,
    Broadcast,
}

/// `isis …` on an interface. Arrays are per level, index 0 = level 1.
#[derive(Debug, Default, Clone)]
pub(super) struct IsisPort {
    pub enable: Option<(Name, Origin)>,
    pub metric: [Option<u32>; 2],
    pub metric_v6: [Option<u32>; 2],
    pub passive: bool,
    pub point_to_point: bool,
    pub circuit: Option<(bool, bool)>,
    pub priority: [Option<u8>; 2],
    pub auth: [Option<Name>; 2],
    /// `no isis ipv4/ipv6 …` or `isis multi-topology address-family ipv4 unicast`: only these families.
    pub families: Option<(bool, bool)>,
}

// ----- OSPF -------------------------------------------------------------------------------------

#[derive(Debug, Default, Clone)]
pub(super) struct Ospf {
    pub process: Name,
    pub origin: Origin,
    pub vrf: Name,
    /// OSPFv3, and its address family.
    pub v3: bool,
    pub v6: bool,
    pub router_id: Option<Ipv4Addr>,
    pub shutdown: bool,
    pub passive_default: bool,
    pub passive: Vec<(Name, bool)>,
    pub networks: Vec<(IpNet, u32, Origin)>,
    pub areas: BTreeMap<u32, Area>,
    pub redistribute: Vec<Redistribute>,
    pub default: Option<DefaultRoute>,
    pub summaries: Vec<(IpNet, bool, u32, Origin)>,
    pub distance: [Option<u32>; 3],
    pub max_paths: Option<u32>,
    pub max_metric: Option<MaxMetric>,
    pub segments: Option<Origin>,
    /// Mbit/s.
    pub reference: Option<u64>,
    pub import: Option<(Name, Origin)>,
    pub rfc1583: Option<bool>,
    pub vrf_lite: bool,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Area {
    pub origin: Origin,
    pub kind: AreaKind,
    pub default_cost: Option<u32>,
    pub ranges: Vec<AreaRange>,
    /// Prefixes whose summaries do not go into the area (`area … filter`).
    pub filters: Vec<(IpNet, Origin)>,
    pub filter_list: Option<(Name, Origin)>,
    /// Authentication of the area's interfaces (`area … authentication`).
    pub auth: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum AreaKind {
    #[default]
    Normal,
    Stub {
        no_summary: bool,
    },
    Nssa {
        no_summary: bool,
        default: Option<u8>,
        only: bool,
        always_translate: bool,
    },
}

#[derive(Debug, Clone)]
pub(super) struct AreaRange {
    pub prefix: IpNet,
    pub advertise: bool,
    pub cost: Option<u32>,
    pub origin: Origin,
}

#[derive(Debug, Clone)]
pub(super) struct DefaultRoute {
    pub always: bool,
    pub metric: Option<u32>,
    pub metric_type: u8,
    pub route_map: Option<Name>,
    pub origin: Origin,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct MaxMetric {
    pub include_stub: bool,
    pub external: Option<u32>,
    pub summary: Option<u32>,
    /// Only for a while after a start (`on-startup`): not in the steady state.
    pub startup_only: bool,
}

/// `mlag configuration`.
#[derive(Debug, Default, Clone)]
pub(super) struct Mlag {
    pub origin: Origin,
    pub domain: Option<Name>,
    pub peer: Option<IpAddr>,
    /// `peer-address heartbeat`: how the two hear of each other without the peer link.
    pub heartbeat: bool,
    pub peer_link: Option<Name>,
    pub priority: Option<u32>,
    pub shutdown: bool,
    /// `dual-primary detection … action errdisable all-interfaces`.
    pub errdisable: bool,
}

/// `router rip`.
#[derive(Debug, Default, Clone)]
pub(super) struct Rip {
    pub origin: Origin,
    /// `no shutdown`.
    pub on: bool,
    pub networks: Vec<(IpNet, Origin)>,
    pub redistribute: Vec<Redistribute>,
    pub default_metric: Option<u32>,
    pub distance: Option<u32>,
}

/// `redistribute …` into any protocol.
#[derive(Debug, Clone)]
pub(super) struct Redistribute {
    pub from: Source,
    pub route_map: Option<Name>,
    pub metric: Option<u32>,
    pub metric_type: Option<u8>,
    /// `match internal|external|nssa-external [1|2]` of OSPF sources.
    pub kinds: Vec<OspfKind>,
    /// Levels for IS-IS sources.
    pub isis_level: Option<(bool, bool)>,
    pub origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Connected,
    Static,
    Ospf,
    Ospf3,
    Isis,
    Bgp,
    Rip,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OspfKind {
    Internal,
    External(Option<u8>),
    Nssa(Option<u8>),
}

// ----- IS-IS ------------------------------------------------------------------------------------

#[derive(Debug, Default, Clone)]
pub(super) struct Isis {
    pub process: Name,
    pub origin: Origin,
    pub vrf: Name,
    pub nets: Vec<Name>,
    pub is_type: Option<(bool, bool)>,
    pub shutdown: bool,
    pub v4: Option<IsisFamily>,
    pub v6: Option<IsisFamily>,
    pub overload: bool,
    pub redistribute: Vec<Redistribute>,
    pub passive_default: bool,
    pub passive: Vec<(Name, bool)>,
    pub passive_only: bool,
    pub suppress_attached: bool,
    pub ignore_attached: bool,
    pub leak_l2_to_l1: Option<(Option<Name>, Origin)>,
    pub auth: [Option<Name>; 2],
    pub segments: Option<Origin>,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct IsisFamily {
    pub max_paths: Option<u32>,
    pub multi_topology: bool,
    pub distance: [Option<u32>; 2],
}

// ----- BGP --------------------------------------------------------------------------------------

#[derive(Debug, Clone, Default)]
pub(super) struct Bgp {
    pub asn: u32,
    /// The instance of each VRF; `default` first.
    pub vrfs: Named<BgpVrf>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct BgpVrf {
    pub origin: Origin,
    pub shutdown: bool,
    pub local_as: Option<u32>,
    pub router_id: Option<Ipv4Addr>,
    pub cluster_id: Option<Ipv4Addr>,
    pub default_v4: Option<bool>,
    /// `bgp default ipv4-unicast transport ipv6`.
    pub default_v4_on_v6: Option<bool>,
    pub default_v6: Option<bool>,
    pub max_paths: Option<u32>,
    pub ecmp: Option<u32>,
    pub distance: Option<[u32; 3]>,
    pub confederation: Option<u32>,
    pub confederation_peers: Vec<(u32, u32)>,
    pub client_to_client: Option<bool>,
    pub enforce_first_as: Option<bool>,
    pub advertise_inactive: Option<bool>,
    pub redistribute_internal: Option<bool>,
    /// `bgp route-reflector preserve-attributes`.
    pub preserve_attributes: bool,
    pub best_path: BestPath,
    pub add_path_receive: Option<bool>,
    pub add_path_send: Option<AddPath>,
    pub listen: Vec<Listen>,
    /// Neighbours and peer groups by what stands after `neighbor`.
    pub neighbors: Named<Neighbor>,
    /// `neighbor interface …`: the interface, its group, AS and peer filter.
    pub unnumbered: Vec<Unnumbered>,
    /// What stands outside of any address family, in `ipv4`, in `ipv6`, in `vpn-ipv4`, in `vpn-ipv6`, in `evpn`.
    pub families: [BgpFamily; 6],
    /// Who is active, or not, in families that are not modelled.
    pub other_families: Vec<(Name, Name, bool)>,
    pub rd: Option<Name>,
    /// Route targets, and route-maps in their place.
    pub targets: Vec<RouteTarget>,
}

/// `route-target import|export|both [evpn|vpn-ipv4|vpn-ipv6] TARGET`, or `… route-map M`.
#[derive(Debug, Clone)]
pub(super) struct RouteTarget {
    pub import: bool,
    pub export: bool,
    pub family: Option<Family>,
    pub what: Result<Name, Name>,
    pub origin: Origin,
}

/// Index of `BgpVrf::families`.
pub(super) const GENERAL: usize = 0;
/// Index of `BgpVrf::families`.
pub(super) const V4: usize = 1;
/// Index of `BgpVrf::families`.
pub(super) const V6: usize = 2;
/// Index of `BgpVrf::families`.
pub(super) const VPN4: usize = 3;
/// Index of `BgpVrf::families`.
pub(super) const VPN6: usize = 4;
/// Index of `BgpVrf::families`.
pub(super) const EVPN: usize = 5;

#[derive(Debug, Clone, Default)]
pub(super) struct BestPath {
    pub always_compare_med: Option<bool>,
    pub missing_worst: Option<bool>,
    pub med_confed: Option<bool>,
    pub ignore_as_path: Option<bool>,
    pub no_relax: Option<bool>,
    pub router_id_tie: Option<bool>,
    pub ignore_igp_metric: Option<bool>,
    pub ignore_cluster_length: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AddPath {
    Off,
    Any,
    Backup,
    Ecmp,
    Limit(u32),
}

#[derive(Debug, Clone)]
pub(super) struct Listen {
    pub range: IpNet,
    pub group: Name,
    pub remote_as: Option<u32>,
    pub peer_filter: Option<Name>,
    pub origin: Origin,
}

#[derive(Debug, Clone)]
pub(super) struct Unnumbered {
    pub interface: Name,
    pub group: Option<Name>,
    pub remote_as: Option<u32>,
    pub peer_filter: Option<Name>,
    pub origin: Origin,
}

#[derive(Debug, Clone, Default)]
pub(super) struct BgpFamily {
    pub present: bool,
    pub neighbors: Named<Neighbor>,
    pub networks: Vec<(IpNet, Option<Name>, Origin)>,
    pub aggregates: Vec<Aggregate>,
    pub redistribute: Vec<Redistribute>,
    pub max_paths: Option<u32>,
    pub ecmp: Option<u32>,
    pub redistribute_internal: Option<bool>,
}

#[derive(Debug, Clone)]
pub(super) struct Aggregate {
    pub prefix: IpNet,
    pub summary_only: bool,
    pub as_set: bool,
    pub attribute_map: Option<Name>,
    pub match_map: Option<Name>,
    pub origin: Origin,
}

/// What is said of a neighbour or group in one place (general, an address family, a VRF).
#[derive(Debug, Clone, Default)]
pub(super) struct Neighbor {
    pub origin: Origin,
    /// `neighbor G peer group`.
    pub is_group: bool,
    /// `neighbor X peer group G`.
    pub group: Option<Name>,
    pub description: Option<Name>,
    pub remote_as: Option<u32>,
    pub peer_filter: Option<Name>,
    pub local_as: Option<LocalAs>,
    pub shutdown: Option<bool>,
    pub update_source: Option<Name>,
    pub multihop: Option<u8>,
    pub ttl_security: Option<u8>,
    pub passive: Option<bool>,
    pub auth: Option<Name>,
    pub bfd: Option<bool>,
    pub activate: Option<bool>,
    pub route_map_in: Option<Policy>,
    pub route_map_out: Option<Policy>,
    pub prefix_list_in: Option<Policy>,
    pub prefix_list_out: Option<Policy>,
    pub reflector_client: Option<bool>,
    pub next_hop_self: Option<bool>,
    pub next_hop_unchanged: Option<bool>,
    pub next_hop_peer: Option<bool>,
    pub v6_next_hop: Option<bool>,
    pub weight: Option<u32>,
    pub local_preference: Option<u32>,
    pub metric_out: Option<MetricOut>,
    pub allow_as_in: Option<u32>,
    pub as_override: Option<bool>,
    pub remove_private: Option<RemovePrivate>,
    pub send_community: Option<Communities>,
    pub default_originate: Option<DefaultOriginate>,
    pub max_routes: Option<u32>,
    pub enforce_first_as: Option<bool>,
    pub add_path_receive: Option<bool>,
    pub add_path_send: Option<AddPath>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Policy {
    pub name: Name,
    pub origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MetricOut {
    Value(u32),
    Igp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LocalAs {
    pub asn: u32,
    pub no_prepend: bool,
    pub replace_as: bool,
    pub fallback: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RemovePrivate {
    Off,
    OnlyPrivate,
    All,
    Replace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Communities {
    pub standard: bool,
    pub extended: bool,
    pub large: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DefaultOriginate {
    pub on: bool,
    pub always: bool,
    pub route_map: Option<Name>,
    pub origin: Origin,
}

/// `peer-filter`: by sequence, an AS range and whether it is taken.
#[derive(Debug, Clone, Default)]
pub(super) struct PeerFilter {
    pub lines: BTreeMap<u32, (Vec<(u32, u32)>, bool)>,
}

// ----- policy -----------------------------------------------------------------------------------

#[derive(Debug, Clone, Default)]
pub(super) struct RouteMap {
    pub origin: Origin,
    pub entries: BTreeMap<u32, MapEntry>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct MapEntry {
    pub origin: Origin,
    pub permit: bool,
    pub matches: Vec<Match>,
    pub sets: Vec<Set>,
    /// `continue`: to the next entry, or to a number.
    pub goes_on: Option<Option<u32>>,
    pub sub: Option<Name>,
}

#[derive(Debug, Clone)]
pub(super) enum Match {
    Not(Box<Match>),
    PrefixList { v6: bool, name: Name },
    Acl { v6: bool, name: Name },
    NextHopList { v6: bool, name: Name },
    NextHop(IpNet),
    AsPath(Name),
    As(u32),
    AsPathLength(Option<u32>, Option<u32>),
    Communities { names: Vec<Name>, kind: CommunityKind, exact: bool, any: bool },
    Metric(u32),
    LocalPref(u32),
    Tag(u32),
    Origin(BgpOrigin),
    Source(Source),
    Interface(Name),
    RouteType(Name),
    IsisLevel(u8),
    RpkiNotFound(bool),
    Unmodelled(Name),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommunityKind {
    Standard,
    Extended,
    Large,
}

#[derive(Debug, Clone)]
pub(super) enum Set {
    LocalPref(u32),
    Metric(Change),
    MetricIgp,
    MetricType(u8),
    IsisMetricExternal(bool),
    Tag(u32),
    Weight(u32),
    Distance(u32),
    Origin(BgpOrigin),
    /// AS numbers; `None` = the own one (`auto`).
    Prepend(Vec<Option<u32>>),
    PrependLast(u32),
    /// `set as-path match all replacement …`.
    ReplacePath(Vec<Option<u32>>),
    Communities {
        values: Vec<Community>,
        how: How,
    },
    CommunityLists {
        names: Vec<Name>,
        how: How,
    },
    NoCommunities,
    NextHop(IpAddr),
    NextHopPeer,
    NextHopUnchanged,
    IsisLevel(u8),
    Unmodelled(Name),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Set(u32),
    Add(u32),
    Subtract(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Set,
    Add,
    Delete,
}

#[derive(Debug, Clone, Default)]
pub(super) struct PrefixList {
    pub origin: Origin,
    pub lines: BTreeMap<u32, PrefixLine>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct AsPathList {
    pub origin: Origin,
    /// permit, expression, origin code that the line asks for.
    pub lines: Vec<(bool, Name, Origin)>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct CommunityList {
    pub origin: Origin,
    pub lines: Vec<(bool, CommunityMatch, Origin)>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Acl {
    pub origin: Origin,
    pub extended: bool,
    pub lines: BTreeMap<u32, FilterLine>,
}
