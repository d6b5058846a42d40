//! A device's config as IOS thinks of it: lists by name, settings that may or may not be said, nothing inherited yet.
//!
//! In: `read/`. Out: [`Config`], for `lower/`. Law: holds what was typed; what an omission means is known to `lower/` and
//! `defaults`. Start reading at [`Config`].

mod vrf;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

pub(super) use vrf::{Replicate, Vrf};

use super::ports::Port;
use crate::base::Map;
use crate::base::span::Origin;
use crate::model::bgp::{AddPathSelect, BestPath, LocalAs, NextHopSelf, RemovePrivateAs};
use crate::model::device::Name;
use crate::model::eigrp::{EigrpMetric, EigrpStub};
use crate::model::filter::FilterLine;
use crate::model::interface::{RedundancyGroup, RedundancyProtocol};
use crate::model::ospf::NetworkType;
use crate::model::policy::{AsPathLine, CommunityLine, PrefixLine, RouteType};
use crate::model::route::{BgpOrigin, Community, Family};
use crate::vendors::labels::Labels;

/// Things by name, in config order.
#[derive(Debug)]
pub(super) struct Named<T> {
    pub items: Vec<(Name, T)>,
    at: Map<Name, usize>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { items: Vec::new(), at: Map::default() }
    }
}

impl<T: Default> Named<T> {
    /// The place of a name, made now if it is new.
    pub fn open(&mut self, name: &str) -> usize {
        if let Some(&n) = self.at.get(name) {
            return n;
        }
        self.items.push((name.into(), T::default()));
        self.at.insert(name.into(), self.items.len() - 1);
        self.items.len() - 1
    }
    pub fn find(&self, name: &str) -> Option<usize> {
        self.at.get(name).copied()
    }
    pub fn get(&self, name: &str) -> Option<&T> {
        self.items.get(self.find(name)?).map(|(_, t)| t)
    }
    /// The item at a place that [`open`](Self::open) gave.
    pub fn at(&mut self, n: usize) -> &mut T {
        if n >= self.items.len() {
            self.items.push(("".into(), T::default()));
        }
        let n = n.min(self.items.len() - 1);
        &mut self.items[n].1
    }
    pub fn named(&mut self, name: &str) -> &mut T {
        let n = self.open(name);
        self.at(n)
    }
}

#[derive(Debug, Default)]
pub(super) struct Config {
    pub hostname: Option<Name>,
    /// Major release: 12, 15, 16, 17; 0 = not said.
    pub version: u32,
    pub no_ip_routing: bool,
    pub ipv6_routing: bool,
    pub router_id: Option<Ipv4Addr>,
    pub interfaces: Named<Interface>,
    pub vrfs: Named<Vrf>,
    /// `route-replicate` into the global table.
    pub replicates: Vec<Replicate>,
    pub statics: Vec<Static>,
    pub route_maps: Named<RouteMap>,
    pub prefix_lists: Named<Lines<(u32, PrefixLine)>>,
    pub prefix_lists6: Named<Lines<(u32, PrefixLine)>>,
    pub as_paths: Named<Lines<AsPathLine>>,
    pub communities: Named<Lines<CommunityLine>>,
    pub extcommunities: Named<Lines<CommunityLine>>,
    pub acls: Named<Acl>,
    pub acls6: Named<Acl>,
    pub address_groups: Named<Vec<GroupMember<IpNet>>>,
    pub bgp: Option<Bgp>,
    pub ospf: Named<Ospf>,
    pub isis: Named<Isis>,
    pub eigrp: Vec<Eigrp>,
    pub rip: Vec<Rip>,
    pub labels: Labels,
    /// `mpls ldp router-id INTERFACE`
    pub ldp_router_id: Option<Name>,
    /// `no mpls ip`
    pub no_mpls: bool,
}

/// A member of an object group: a value, or another group.
#[derive(Debug, Clone)]
pub(super) enum GroupMember<T> {
    Value(T),
    Group(Name),
}

#[derive(Debug)]
pub(super) struct Lines<L> {
    pub origin: Origin,
    pub lines: Vec<L>,
}
impl<L> Default for Lines<L> {
    fn default() -> Self {
        Self { origin: Origin::NONE, lines: Vec::new() }
    }
}

#[derive(Debug, Default)]
pub(super) struct Acl {
    pub origin: Origin,
    pub extended: bool,
    /// With sequence numbers; the order of entry where none is given.
    pub lines: Vec<(u32, FilterLine)>,
}

#[derive(Debug, Default)]
pub(super) struct Interface {
    pub origin: Origin,
    pub port: Port,
    pub description: Option<Name>,
    pub shutdown: Option<bool>,
    pub vrf: Option<Name>,
    pub v4: Option<(IpNet, Origin)>,
    pub secondary: Vec<(IpNet, Origin)>,
    pub v6: Vec<(IpNet, Origin)>,
    pub ipv6_enable: bool,
    pub unnumbered: Option<Name>,
    pub dhcp: bool,
    pub mtu: Option<u32>,
    pub ip_mtu: Option<u32>,
    /// kbit/s
    pub bandwidth: Option<u64>,
    /// Tens of microseconds
    pub delay: Option<u64>,
    /// Mbit/s
    pub speed: Option<u64>,
    pub tags: Vec<u16>,
    pub channel: Option<u32>,
    pub min_links: u32,
    pub switchport: Option<bool>,
    pub switch_mode: Option<SwitchMode>,
    pub access_vlan: Option<u16>,
    pub native_vlan: Option<u16>,
    pub allowed: Option<Vec<(u16, u16)>>,
    pub no_autostate: bool,
    pub tunnel: Tunnel,
    pub filter_in: Option<Name>,
    pub filter_out: Option<Name>,
    /// `ipv6 traffic-filter` in and out.
    pub filter6: [Option<Name>; 2],
    pub policy: Option<Name>,
    pub redundancy: Vec<RedundancyGroup>,
    pub ospf: OspfOn,
    pub ospf3: OspfOn,
    pub isis: IsisOn,
    pub eigrp: BTreeMap<(Family, u16), EigrpOn>,
    pub rip: RipOn,
}

impl Interface {
    pub fn group(&mut self, protocol: RedundancyProtocol, group: u32, origin: Origin) -> &mut RedundancyGroup {
        let at = self.redundancy.iter().position(|g| g.protocol == protocol && g.group == group).unwrap_or_else(|| {
            self.redundancy.push(RedundancyGroup {
                protocol,
                group,
                addresses: Vec::new(),
                priority: super::defaults::REDUNDANCY_PRIORITY,
                preempt: protocol == RedundancyProtocol::Vrrp,
                origin,
            });
            self.redundancy.len() - 1
        });
        &mut self.redundancy[at]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SwitchMode {
    Access,
    Trunk,
    Dynamic,
}

#[derive(Debug, Default)]
pub(super) struct Tunnel {
    pub source: Option<Name>,
    pub destination: Option<IpAddr>,
    pub mode: Option<Name>,
    pub vrf: Option<Name>,
}

/// OSPF as an interface states it.
#[derive(Debug, Default)]
pub(super) struct OspfOn {
    /// Process and area, with the line.
    pub area: Vec<(Name, u32, Family, Origin)>,
    pub no_secondaries: bool,
    pub cost: Option<u32>,
    pub network: Option<NetworkType>,
    pub priority: Option<u8>,
    pub hello: Option<u32>,
    pub dead: Option<u32>,
    pub mtu_ignore: bool,
    pub auth_type: Option<Name>,
    pub auth_key: Option<Name>,
    pub suppress_prefix: bool,
    pub shutdown: bool,
    pub neighbors: Vec<IpAddr>,
    /// `ipv6 ospf`/`ospfv3` settings were seen though no area was.
    pub seen: Option<Origin>,
}

#[derive(Debug, Default)]
pub(super) struct IsisOn {
    /// Process tags by family ("" = the process without a tag).
    pub v4: Option<(Name, Origin)>,
    pub v6: Option<(Name, Origin)>,
    pub circuit: Option<(bool, bool)>,
    pub metric: [Option<u32>; 2],
    pub metric_v6: [Option<u32>; 2],
    pub point_to_point: bool,
    pub priority: [Option<u8>; 2],
    pub auth: [Option<Name>; 2],
    pub passive: bool,
}

#[derive(Debug)]
pub(super) struct Static {
    pub vrf: Option<Name>,
    pub prefix: IpNet,
    pub interface: Option<Name>,
    pub ip: Option<IpAddr>,
    /// The next hop is looked up in the global table.
    pub global: bool,
    /// The next hop is looked up in this VRF.
    pub next_vrf: Option<Name>,
    pub discard: bool,
    pub distance: Option<u32>,
    pub tag: u32,
    pub permanent: bool,
    pub tracked: bool,
    pub origin: Origin,
}

// ----- policies -------------------------------------------------------------------------------

#[derive(Debug, Default)]
pub(super) struct RouteMap {
    pub origin: Origin,
    pub entries: BTreeMap<u32, Entry>,
}

#[derive(Debug, Default)]
pub(super) struct Entry {
    pub origin: Origin,
    pub deny: bool,
    pub matches: Vec<Match>,
    pub sets: Vec<Set>,
    /// `continue`, with the entry it names.
    pub goto: Option<Option<u32>>,
}

/// One `match` statement; values of one statement (and of statements of one kind) are alternatives.
#[derive(Debug, Clone)]
pub(super) enum Match {
    Acls(Family, Vec<Name>),
    PrefixLists(Family, Vec<Name>),
    NextHopAcls(Family, Vec<Name>),
    NextHopPrefixLists(Family, Vec<Name>),
    SourceAcls(Family, Vec<Name>),
    SourcePrefixLists(Family, Vec<Name>),
    AsPaths(Vec<Name>),
    Communities(Vec<Name>, bool),
    ExtCommunities(Vec<Name>),
    Metric(Vec<(u32, u32)>),
    Tags(Vec<u32>),
    LocalPref(Vec<u32>),
    Interfaces(Vec<Name>),
    Types(Vec<RouteType>),
    Sources(Vec<Source>),
    Other(Name),
}

impl Match {
    /// Statements with the same kind are alternatives.
    pub fn kind(&self) -> u8 {
        match self {
            Self::Acls(..) => 0,
            Self::PrefixLists(..) => 1,
            Self::NextHopAcls(..) => 2,
            Self::NextHopPrefixLists(..) => 3,
            Self::SourceAcls(..) => 4,
            Self::SourcePrefixLists(..) => 5,
            Self::AsPaths(_) => 6,
            Self::Communities(..) => 7,
            Self::ExtCommunities(_) => 8,
            Self::Metric(_) => 9,
            Self::Tags(_) => 10,
            Self::LocalPref(_) => 11,
            Self::Interfaces(_) => 12,
            Self::Types(_) => 13,
            Self::Sources(_) => 14,
            Self::Other(_) => 15,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) enum Set {
    LocalPref(u32),
    Metric(crate::model::policy::Number),
    MetricEigrp(EigrpMetric),
    MetricType(MetricKind),
    Weight(u32),
    Tag(u32),
    Distance(u32),
    Origin(BgpOrigin),
    Prepend(Vec<u32>),
    PrependLast(u32),
    ReplacePath(crate::model::policy::AsPathReplacement),
    Community(Vec<Community>, bool),
    NoCommunity,
    DeleteCommunities(Name),
    DeleteExtCommunities(Name),
    NextHop(crate::model::policy::NextHopEdit),
    Level(u8),
    ForwardingAddress(IpAddr),
    Discard,
    Other(Name),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MetricKind {
    One,
    Two,
    Internal,
    External,
}

/// A source of routes as `redistribute` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    Connected,
    Static,
    Ospf(Name),
    Isis(Name),
    Bgp,
    Rip,
    Eigrp(Option<u32>),
}

#[derive(Debug, Clone)]
pub(super) struct Redistribute {
    pub source: Source,
    pub map: Option<Name>,
    pub metric: Option<u32>,
    pub metric_eigrp: Option<EigrpMetric>,
    pub metric_type: Option<MetricKind>,
    pub tag: u32,
    pub subnets: bool,
    pub types: Vec<RouteType>,
    /// IS-IS levels (l1, l2) into which, where said.
    pub levels: Option<(bool, bool)>,
    pub origin: Origin,
}

// ----- IGPs -----------------------------------------------------------------------------------

#[derive(Debug, Default)]
pub(super) struct Ospf {
    pub origin: Origin,
    pub id: Name,
    pub vrf: Option<Name>,
    pub v3: bool,
    pub family: Family,
    pub router_id: Option<Ipv4Addr>,
    pub shutdown: bool,
    /// Address, wildcard, area.
    pub networks: Vec<(u32, u32, u32, Origin)>,
    pub areas: BTreeMap<u32, Area>,
    pub passive_default: bool,
    /// Interfaces said to be passive (or, after `default`, not to be): the last word counts.
    pub passive: Vec<(Name, bool)>,
    pub reference: Option<u64>,
    pub stub_router: Option<StubRouter>,
    pub redistribute: Vec<Redistribute>,
    pub default: Option<DefaultRoute>,
    pub default_metric: Option<u32>,
    pub distance: [Option<u32>; 3],
    pub summaries: Vec<Range>,
    pub lists: Vec<DistributeList>,
    pub max_paths: Option<u32>,
    pub rfc1583: Option<bool>,
    pub vrf_lite: bool,
    pub suppress_prefix: bool,
    pub neighbors: Vec<IpAddr>,
    pub network_type: Option<NetworkType>,
    /// Segment routing with MPLS.
    pub segments: Option<Origin>,
    /// `mpls ldp autoconfig`: in an area, or in all.
    pub ldp_auto: Vec<Option<u32>>,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct StubRouter {
    pub include_stub: bool,
    pub external: Option<u32>,
    pub summary: Option<u32>,
}

#[derive(Debug, Default)]
pub(super) struct Area {
    pub origin: Origin,
    pub kind: Kind,
    pub no_summary: bool,
    pub no_redistribution: bool,
    pub nssa_default: bool,
    pub nssa_default_type: u8,
    pub translate_always: bool,
    pub suppress_fa: bool,
    pub default_cost: Option<u32>,
    pub ranges: Vec<Range>,
    pub filter_in: Option<ListName>,
    pub filter_out: Option<ListName>,
    pub auth: Option<Name>,
    pub virtual_links: Vec<(Ipv4Addr, Origin)>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Normal,
    Stub,
    Nssa,
}

#[derive(Debug, Clone)]
pub(super) struct Range {
    pub prefix: IpNet,
    pub advertise: bool,
    pub cost: Option<u32>,
    pub tag: u32,
    pub levels: Option<(bool, bool)>,
    pub origin: Origin,
}

#[derive(Debug, Clone)]
pub(super) struct DefaultRoute {
    pub always: bool,
    pub metric: Option<u32>,
    pub metric_type: Option<u8>,
    pub map: Option<Name>,
    pub tag: u32,
    pub origin: Origin,
}

/// A list that selects routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ListName {
    Acl(Name),
    Prefix(Name),
    Map(Name),
    AsPath(Name),
}

#[derive(Debug, Clone)]
pub(super) struct DistributeList {
    pub list: ListName,
    pub inbound: bool,
    pub interface: Option<Name>,
    pub source: Option<Source>,
    pub origin: Origin,
}

#[derive(Debug, Clone)]
pub(super) struct OffsetList {
    /// `None`: all routes.
    pub list: Option<Name>,
    pub inbound: bool,
    pub offset: u32,
    pub interface: Option<Name>,
    pub origin: Origin,
}

/// An EIGRP process, or one address family of it.
#[derive(Debug, Default)]
pub(super) struct Eigrp {
    pub origin: Origin,
    pub name: Name,
    /// The process in which this family stands.
    pub parent: Option<usize>,
    pub asn: Option<u16>,
    /// Of a process with a name: wide metrics.
    pub named: bool,
    pub vrf: Option<Name>,
    pub family: Family,
    pub router_id: Option<Ipv4Addr>,
    pub shutdown: bool,
    /// Address, wildcard.
    pub networks: Vec<(u32, u32, Origin)>,
    pub passive_default: bool,
    pub passive: Vec<(Name, bool)>,
    pub neighbors: Vec<(IpAddr, Name)>,
    pub redistribute: Vec<Redistribute>,
    pub default_metric: Option<EigrpMetric>,
    pub distance: Option<[u32; 2]>,
    pub variance: Option<u32>,
    pub max_paths: Option<u32>,
    pub max_hops: Option<u32>,
    pub rib_scale: Option<u32>,
    pub k: Option<[u8; 6]>,
    pub auto_summary: bool,
    pub stub: Option<EigrpStub>,
    pub lists: Vec<DistributeList>,
    pub offsets: Vec<OffsetList>,
    /// `af-interface` blocks; `default` is one of them.
    pub interfaces: Named<EigrpOn>,
}

/// A RIP process, or one VRF of it.
#[derive(Debug, Default)]
pub(super) struct Rip {
    pub origin: Origin,
    pub name: Name,
    pub vrf: Option<Name>,
    pub family: Family,
    pub version: Option<u8>,
    pub networks: Vec<(u32, Origin)>,
    pub passive_default: bool,
    pub passive: Vec<(Name, bool)>,
    pub neighbors: Vec<IpAddr>,
    pub redistribute: Vec<Redistribute>,
    pub default_metric: Option<u32>,
    pub default: Option<DefaultRoute>,
    pub distance: Option<u32>,
    pub max_paths: Option<u32>,
    pub no_auto_summary: bool,
    pub lists: Vec<DistributeList>,
    pub offsets: Vec<OffsetList>,
}

/// RIP as an interface states it.
#[derive(Debug, Default)]
pub(super) struct RipOn {
    /// `ipv6 rip NAME enable`.
    pub enabled: Option<(Name, Origin)>,
    pub split_horizon: Option<bool>,
    pub summaries: Vec<IpNet>,
    pub auth: bool,
    pub metric_offset: Option<u32>,
}

/// EIGRP as an interface or an `af-interface` states it.
#[derive(Debug, Default)]
pub(super) struct EigrpOn {
    /// `ipv6 eigrp N`.
    pub enabled: Option<Origin>,
    pub passive: Option<bool>,
    pub shutdown: Option<bool>,
    pub split_horizon: Option<bool>,
    /// Prefix, distance.
    pub summaries: Vec<(IpNet, Option<u32>, Origin)>,
    pub auth_mode: Option<Name>,
    pub auth_key: bool,
}

#[derive(Debug, Default)]
pub(super) struct Isis {
    pub origin: Origin,
    pub vrf: Option<Name>,
    pub nets: Vec<Name>,
    pub is_type: Option<(bool, bool)>,
    /// Metric styles: (narrow, wide) a level.
    pub style: [Option<(bool, bool)>; 2],
    pub passive_default: bool,
    pub passive: Vec<(Name, bool, Origin)>,
    pub overload: bool,
    pub suppress_attached: bool,
    pub ignore_attached: bool,
    pub redistribute: Vec<(Option<Family>, Redistribute)>,
    pub leak_down: Option<(Option<ListName>, Origin)>,
    pub leak_up: Option<(Option<ListName>, Origin)>,
    pub default: Option<(Family, Option<Name>, Origin)>,
    pub summaries: Vec<Range>,
    pub distance: Option<u32>,
    pub max_paths: Option<u32>,
    pub multi_topology: bool,
    pub auth: [Option<Name>; 2],
    pub passive_only: bool,
    pub metric: [Option<u32>; 2],
    /// Segment routing with MPLS.
    pub segments: Option<Origin>,
    pub ldp_auto: bool,
}

// ----- BGP ------------------------------------------------------------------------------------

#[derive(Debug, Default)]
pub(super) struct Bgp {
    pub origin: Origin,
    pub asn: u32,
    pub confederation: Option<u32>,
    pub members: Vec<u32>,
    pub best_path: BestPath,
    pub no_default_ipv4: bool,
    pub no_client_to_client: bool,
    pub no_enforce_first_as: bool,
    pub redistribute_internal: bool,
    pub suppress_inactive: bool,
    pub default_local_preference: Option<u32>,
    pub as_path_limit: Option<u32>,
    pub graceful_shutdown: bool,
    pub shutdown: bool,
    /// Sessions of the global table and of each VRF.
    pub global: Instance,
    pub vrfs: Named<Instance>,
    pub sessions: Named<Template<Session>>,
    pub policies: Named<Template<AfPeer>>,
}

impl Bgp {
    /// The instance of a VRF, `None` = the global table.
    pub fn instance(&mut self, vrf: Option<usize>) -> &mut Instance {
        match vrf {
            None => &mut self.global,
            Some(n) => self.vrfs.at(n),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Instance {
    pub origin: Origin,
    pub router_id: Option<Ipv4Addr>,
    pub cluster_id: Option<Ipv4Addr>,
    pub peers: Named<PeerConfig>,
    pub families: [AfConfig; Family::COUNT],
    pub ranges: Vec<(IpNet, Name, Origin)>,
    /// AS numbers that members of a group reached through a range may have besides the group's own.
    pub alternate_as: Map<Name, Vec<(u32, u32)>>,
}

#[derive(Debug, Default)]
pub(super) struct Template<T> {
    pub origin: Origin,
    pub own: T,
    /// What it inherits from, in order.
    pub parents: Vec<Name>,
}

#[derive(Debug, Default)]
pub(super) struct PeerConfig {
    pub origin: Origin,
    pub is_group: bool,
    pub group: Option<Name>,
    pub session: Session,
    pub inherit_session: Option<Name>,
    pub families: [AfPeer; Family::COUNT],
    pub family_origin: [Option<Origin>; Family::COUNT],
    pub inherit_policy: [Vec<Name>; Family::COUNT],
}

/// Declares settings that may be left unsaid, and how they are inherited.
macro_rules! settings {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Default, Clone)]
        pub(super) struct $name { $(pub $field: Option<$kind>,)* }
        impl $name {
            /// Takes over what is said in `parent` and not here.
            pub fn inherit(&mut self, parent: &Self) {
                $(if self.$field.is_none() { self.$field.clone_from(&parent.$field); })*
            }
        }
    };
}

settings! {
    /// What a session is made of.
    Session {
        remote_as: u32,
        local_as: LocalAs,
        shutdown: bool,
        update_source: Name,
        ebgp_multihop: u8,
        ttl_security: u8,
        disable_connected_check: bool,
        passive: bool,
        password: Name,
        description: Name,
        bfd: bool,
    }
}

settings! {
    /// What is said of a neighbour in one family.
    AfPeer {
        activate: bool,
        map_in: Name,
        map_out: Name,
        prefix_in: Name,
        prefix_out: Name,
        path_in: Name,
        path_out: Name,
        list_in: Name,
        list_out: Name,
        reflector_client: bool,
        next_hop_self: NextHopSelf,
        next_hop_unchanged: bool,
        weight: u32,
        allow_as_in: u32,
        as_override: bool,
        remove_private: RemovePrivateAs,
        send_standard: bool,
        send_extended: bool,
        default_originate: (Option<Name>, Origin),
        add_path_send: bool,
        add_path_receive: bool,
        advertise_paths: AddPathSelect,
        advertise_map: (Name, Name, bool),
        max_prefixes: u32,
        unsuppress: Name,
    }
}

#[derive(Debug, Default)]
pub(super) struct AfConfig {
    pub seen: bool,
    pub networks: Vec<Network>,
    pub aggregates: Vec<Aggregate>,
    pub redistribute: Vec<Redistribute>,
    pub distance: Option<[u32; 3]>,
    pub max_ebgp: Option<u32>,
    pub max_ibgp: Option<u32>,
    pub max_eibgp: Option<u32>,
    pub default_metric: Option<u32>,
    pub table_map: Option<Name>,
    pub default_information: bool,
    pub next_hop_map: Option<Name>,
    pub add_path_select: AddPathSelect,
    pub add_path_send: bool,
    pub add_path_receive: bool,
}

#[derive(Debug)]
pub(super) struct Network {
    pub prefix: IpNet,
    pub map: Option<Name>,
    pub backdoor: bool,
    pub origin: Origin,
}

#[derive(Debug)]
pub(super) struct Aggregate {
    pub prefix: IpNet,
    pub as_set: bool,
    pub summary_only: bool,
    pub suppress: Option<Name>,
    pub advertise: Option<Name>,
    pub attributes: Option<Name>,
    pub origin: Origin,
}
