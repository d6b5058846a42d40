//! An SR OS config as SR OS thinks of it: names, not ids; per-level options, not what they resolve to.
//!
//! In: filled by `read/`. Out: read by `lower/`. Law: nothing is defaulted here; `None` = not said.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use crate::base::span::Origin;
use crate::model::filter::FilterLine;
use crate::model::mpls::Srgb;
use crate::model::policy::{Compare, Number};
use crate::model::route::BgpOrigin;
use crate::vendors::labels::SaidSid;

/// A name, and the line that uses it.
pub(super) type Named = (Box<str>, Origin);

/// A named list, and where it is.
pub(super) type List<T> = (Box<str>, Vec<T>, Origin);

/// Numbers from and to, both ends included.
pub(super) type Span<T> = (T, T);

#[derive(Debug, Default)]
pub(super) struct Config {
    /// Written in the classic CLI, whose defaults differ (see `defaults`).
    pub classic: bool,
    pub hostname: Option<Box<str>>,
    /// Types of media adapters, by `card/mda`.
    pub adapters: Vec<(Box<str>, Box<str>)>,
    pub ports: Vec<Port>,
    pub lags: Vec<Lag>,
    /// Number 0 is `Base`.
    pub routers: Vec<Router>,
    /// VPLS services.
    pub bridges: Vec<Bridge>,
    /// `iff-attribute-uniform-propagation` and `iff-bgp-path-selection`.
    pub iff_keeps_attributes: bool,
    pub iff_by_attributes: bool,
    pub policy: PolicyOptions,
    pub filters: Vec<Filter>,
    /// `match-list`: addresses and ports that filters name.
    pub address_lists: Vec<List<IpNet>>,
    pub port_lists: Vec<List<Span<u16>>>,
}

/// What a port carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PortMode {
    Network,
    Access,
    Hybrid,
}

#[derive(Debug, Default)]
pub(super) struct Port {
    pub name: Box<str>,
    pub origin: Origin,
    pub description: Option<Box<str>>,
    pub up: Option<bool>,
    pub breakout: Option<Box<str>>,
    pub speed: Option<u64>,
    pub mtu: Option<u32>,
    pub mode: Option<PortMode>,
}

#[derive(Debug, Default)]
pub(super) struct Lag {
    pub name: Box<str>,
    pub origin: Origin,
    pub description: Option<Box<str>>,
    pub up: Option<bool>,
    pub members: Vec<Named>,
    pub min_links: Option<u32>,
    pub mode: Option<PortMode>,
}

#[derive(Debug, Default)]
pub(super) struct Bridge {
    pub name: Box<str>,
    pub origin: Origin,
    pub up: Option<bool>,
    pub saps: Vec<Named>,
    /// Of its VXLAN instances, by number.
    pub vnis: Vec<(u32, u32)>,
    /// Tunnel ends that are set (`egress-vtep`), by VXLAN instance.
    pub vteps: Vec<(u32, IpAddr)>,
    /// `bgp N`.
    pub instances: Vec<BgpInstance>,
    pub evpn: Option<Evpn>,
}

/// Distinguisher and targets of a service, in BGP.
#[derive(Debug, Default)]
pub(super) struct BgpInstance {
    pub id: u32,
    pub rd: Option<Box<str>>,
    pub import_targets: Vec<Box<str>>,
    pub export_targets: Vec<Box<str>>,
    pub import: Option<Chain>,
    pub export: Option<Chain>,
}

/// `bgp-evpn` of a VPLS or a VPRN.
#[derive(Debug, Default)]
pub(super) struct Evpn {
    pub origin: Origin,
    pub evi: Option<u32>,
    /// IP prefixes go out and are taken in; with hosts of own addresses.
    pub prefixes: Option<bool>,
    pub hosts: bool,
    /// Hosts of the VPLS (`mac-ip`), its tunnel end (`incl-mcast`) go out; `None`: they do.
    pub mac_ip: Option<bool>,
    pub floods: Option<bool>,
    pub tunnels: Vec<EvpnTunnels>,
}

/// `vxlan` or `mpls` of a `bgp-evpn`, one a BGP instance.
#[derive(Debug, Default)]
pub(super) struct EvpnTunnels {
    pub origin: Origin,
    pub vxlan: bool,
    pub up: Option<bool>,
    pub vxlan_instance: Option<u32>,
    /// In a VPRN they say themselves what a VPLS says in `bgp N`; `id` is the BGP instance in both.
    pub instance: BgpInstance,
}

/// What kind of router instance it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum RouterKind {
    #[default]
    Base,
    Vprn,
    /// `router "management"` and others made with `router`.
    Other,
}

#[derive(Debug, Default)]
pub(super) struct Router {
    pub name: Box<str>,
    pub origin: Origin,
    pub kind: RouterKind,
    pub up: Option<bool>,
    pub asn: Option<u32>,
    pub router_id: Option<Ipv4Addr>,
    pub ecmp: Option<u32>,
    pub confederation: Option<(u32, Vec<u32>)>,
    pub interfaces: Vec<Interface>,
    pub statics: Vec<Static>,
    pub aggregates: Vec<Aggregate>,
    pub ospf: Vec<Ospf>,
    pub isis: Vec<Isis>,
    pub rip: Vec<Rip>,
    pub bgp: Option<Bgp>,
    pub rd: Option<Box<str>>,
    pub import_targets: Vec<Box<str>>,
    pub export_targets: Vec<Box<str>>,
    pub vrf_import: Option<Chain>,
    pub vrf_export: Option<Chain>,
    /// `bgp-ipvpn` runs, or in the classic CLI what stands for it.
    pub ipvpn: bool,
    pub vnis: Vec<(u32, u32)>,
    pub evpn: Option<Evpn>,
    pub labels: Labels,
}

/// `ldp` and `mpls-labels`.
#[derive(Debug, Default)]
pub(super) struct Labels {
    pub ldp: Vec<Named>,
    pub ldp_down: bool,
    pub implicit_null: bool,
    pub block: Option<Srgb>,
    pub other: Option<&'static str>,
}

/// `segment-routing` of an IGP.
#[derive(Debug, Default)]
pub(super) struct Segments {
    pub origin: Origin,
    pub up: Option<bool>,
    pub global: bool,
    pub block: Option<Srgb>,
}

#[derive(Debug, Default)]
pub(super) struct Interface {
    pub name: Box<str>,
    pub origin: Origin,
    pub description: Option<Box<str>>,
    pub up: Option<bool>,
    /// `port`, or the access point (SAP) of a service interface.
    pub port: Option<Named>,
    pub port_up: Option<bool>,
    pub loopback: bool,
    /// A spoke towards another router.
    pub spoke: bool,
    /// The VPLS it is the routed interface of.
    pub bridge: Option<Named>,
    /// `evpn-tunnel` of that VPLS.
    pub evpn_tunnel: bool,
    pub addresses: Vec<Address>,
    pub unnumbered: Option<Named>,
    pub v6: bool,
    pub mtu: Option<u32>,
    pub dhcp: bool,
    /// Filters per family: IPv4 in, IPv4 out, IPv6 in, IPv6 out.
    pub filters: [Option<Named>; 4],
    pub vrrp: Vec<Vrrp>,
}

#[derive(Debug, Default)]
pub(super) struct Address {
    pub address: Option<IpAddr>,
    pub length: Option<u8>,
    pub secondary: bool,
    pub origin: Origin,
}

#[derive(Debug, Default)]
pub(super) struct Vrrp {
    pub group: u32,
    pub addresses: Vec<IpAddr>,
    pub priority: Option<u32>,
    pub preempt: Option<bool>,
    pub owner: bool,
    pub up: Option<bool>,
    pub origin: Origin,
}

#[derive(Debug)]
pub(super) struct Static {
    pub prefix: IpNet,
    pub hop: StaticHop,
    pub up: Option<bool>,
    pub preference: Option<u32>,
    pub metric: Option<u32>,
    pub tag: Option<u32>,
    pub communities: Vec<Box<str>>,
    pub tracked: bool,
    pub origin: Origin,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum StaticHop {
    /// A neighbour on a connected subnet.
    Direct(IpAddr),
    /// An address that another route leads to.
    Indirect(IpAddr),
    /// An unnumbered interface.
    Interface(Named),
    Blackhole,
    /// Looked up in the Base table.
    Base,
}

#[derive(Debug, Default)]
pub(super) struct Aggregate {
    pub prefix: Option<IpNet>,
    pub summary_only: bool,
    pub as_set: bool,
    pub indirect: Option<IpAddr>,
    pub communities: Vec<Box<str>>,
    pub policy: Option<Chain>,
    pub origin: Origin,
}

// ----- policies -----------------------------------------------------------------------------

/// Policies in a row, as `import` and `export` name them; each is a name or a logical expression of names.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    pub parts: Vec<Expression>,
    pub origin: Origin,
}

/// A logical expression over policies, communities or prefix lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    Name(Box<str>),
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Not(Box<Expression>),
}

#[derive(Debug, Default)]
pub(super) struct PolicyOptions {
    pub prefix_lists: Vec<PrefixList>,
    pub communities: Vec<CommunityDef>,
    pub as_paths: Vec<(Box<str>, Box<str>, Origin)>,
    pub as_path_groups: Vec<List<Named>>,
    pub statements: Vec<Statement>,
    /// `global-variables`: name (with its `@`) and value.
    pub variables: Vec<(Box<str>, Box<str>)>,
}

#[derive(Debug, Default)]
pub(super) struct PrefixList {
    pub name: Box<str>,
    pub origin: Origin,
    pub prefixes: Vec<PrefixEntry>,
}

#[derive(Debug)]
pub(super) struct PrefixEntry {
    pub prefix: IpNet,
    pub kind: PrefixKind,
    pub origin: Origin,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PrefixKind {
    Exact,
    Longer,
    Through(Option<u8>),
    Range(Option<u8>, Option<u8>),
    /// `to`: the prefixes on the way down to each of these.
    To(Vec<IpNet>),
    /// `address-mask`: patterns over the address; the length is that of the prefix.
    Mask(Vec<IpAddr>),
}

#[derive(Debug, Default)]
pub(super) struct CommunityDef {
    pub name: Box<str>,
    pub origin: Origin,
    pub members: Vec<Named>,
    pub expression: Option<Box<str>>,
}

#[derive(Debug, Default)]
pub(super) struct Statement {
    pub name: Box<str>,
    pub origin: Origin,
    pub entries: Vec<Entry>,
    pub default: Option<Then>,
    pub default_origin: Origin,
}

#[derive(Debug, Default)]
pub(super) struct Entry {
    pub name: Box<str>,
    pub origin: Origin,
    pub from: Vec<From>,
    pub to: Vec<From>,
    pub then: Option<Then>,
}

/// One condition.
#[derive(Debug, Clone)]
pub(super) enum From {
    PrefixLists(Vec<Named>),
    Protocol(Vec<Box<str>>),
    Community(Expression),
    CommunityCount(Compare, u32),
    AsPath(Named),
    AsPathGroup(Named),
    AsPathLength(Compare, u32),
    NextHop(IpAddr),
    NextHopList(Named),
    Neighbor(IpAddr),
    NeighborList(Named),
    Interface(Vec<Named>),
    Metric(u32),
    Tag(u32),
    LocalPref(u32),
    Origin(BgpOrigin),
    PathType(bool),
    OspfType(u8),
    Area(u32),
    Level(u8),
    Family(Vec<Box<str>>),
    Policy(Expression),
    RouterInstance(Box<str>),
    /// Known and not modelled (reported where it is read).
    Unmodelled(Box<str>),
    /// Holds always in the twin: nothing it could ask is known (`origin-validation-state not-found`).
    True,
}

/// What an entry does.
#[derive(Debug, Clone, Default)]
pub(super) struct Then {
    pub kind: Option<ActionKind>,
    pub set: Vec<Set>,
    pub origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ActionKind {
    Accept,
    Reject,
    NextEntry,
    NextPolicy,
}

/// One change.
#[derive(Debug, Clone)]
pub(super) enum Set {
    LocalPref(Number),
    Metric(Number),
    MetricIgp,
    Preference(u32),
    Tag(u32),
    Origin(BgpOrigin),
    Prepend(u32, u32),
    PrependLast(u32),
    ReplacePath(Named),
    CommunityAdd(Vec<Named>),
    CommunityRemove(Vec<Named>),
    CommunityReplace(Vec<Named>),
    NextHop(IpAddr),
    NextHopSelf,
    NextHopPeer,
    OspfType(u8),
    Unmodelled(Box<str>),
}

// ----- protocols ----------------------------------------------------------------------------

#[derive(Debug, Default)]
pub(super) struct Ospf {
    pub instance: Box<str>,
    pub v3: bool,
    pub v6: bool,
    pub origin: Origin,
    pub up: Option<bool>,
    pub router_id: Option<Ipv4Addr>,
    pub preference: Option<u32>,
    pub external_preference: Option<u32>,
    /// In kbit/s.
    pub reference: Option<u64>,
    pub rfc1583: Option<bool>,
    pub asbr: bool,
    pub overload: bool,
    pub include_stub: bool,
    pub import: Option<Chain>,
    pub export: Option<Chain>,
    pub areas: Vec<OspfArea>,
    pub segments: Segments,
}

#[derive(Debug, Default)]
pub(super) struct OspfArea {
    pub id: u32,
    pub origin: Origin,
    pub stub: Option<OspfStub>,
    pub nssa: Option<OspfStub>,
    pub ranges: Vec<OspfRange>,
    pub interfaces: Vec<OspfInterface>,
    pub virtual_links: Vec<(u32, Ipv4Addr, Origin)>,
    pub import: Option<Chain>,
    pub export: Option<Chain>,
}

#[derive(Debug, Default)]
pub(super) struct OspfStub {
    pub summaries: Option<bool>,
    pub default_metric: Option<u32>,
    pub originate_default: bool,
    pub type_nssa: bool,
    pub redistribute_external: Option<bool>,
}

#[derive(Debug)]
pub(super) struct OspfRange {
    pub prefix: IpNet,
    pub advertise: Option<bool>,
    pub nssa: bool,
    pub origin: Origin,
}

#[derive(Debug, Default)]
pub(super) struct OspfInterface {
    pub name: Box<str>,
    pub origin: Origin,
    pub up: Option<bool>,
    pub kind: Option<Box<str>>,
    pub metric: Option<u32>,
    pub passive: Option<bool>,
    pub priority: Option<u8>,
    pub hello: Option<u32>,
    pub dead: Option<u32>,
    pub mtu: Option<u32>,
    pub auth: Option<Box<str>>,
    pub neighbors: Vec<IpAddr>,
    pub advertise_subnet: Option<bool>,
    pub sid: Option<SaidSid>,
}

#[derive(Debug, Default)]
pub(super) struct Isis {
    pub instance: Box<str>,
    pub origin: Origin,
    pub up: Option<bool>,
    pub areas: Vec<Box<str>>,
    pub system_id: Option<Box<str>>,
    pub router_id: Option<Ipv4Addr>,
    /// 1, 2 or 3 for both.
    pub level_capability: Option<u8>,
    pub levels: [IsisLevel; 2],
    pub v4: Option<bool>,
    pub v6: Option<bool>,
    pub multi_topology: bool,
    /// In kbit/s.
    pub reference: Option<u64>,
    pub overload: bool,
    pub passive_only: bool,
    pub suppress_attached: bool,
    pub ignore_attached: bool,
    pub export: Option<Chain>,
    pub auth: Option<Box<str>>,
    pub summaries: Vec<(IpNet, u8, Origin)>,
    pub interfaces: Vec<IsisInterface>,
    pub segments: Segments,
}

#[derive(Debug, Default)]
pub(super) struct IsisLevel {
    pub wide_only: Option<bool>,
    pub preference: Option<u32>,
    pub external_preference: Option<u32>,
    pub metric: Option<u32>,
    pub metric_v6: Option<u32>,
    pub passive: Option<bool>,
    pub priority: Option<u8>,
    pub auth: Option<Box<str>>,
}

#[derive(Debug, Default)]
pub(super) struct IsisInterface {
    pub name: Box<str>,
    pub origin: Origin,
    pub up: Option<bool>,
    pub passive: Option<bool>,
    pub point_to_point: Option<bool>,
    pub level_capability: Option<u8>,
    pub levels: [IsisLevel; 2],
    pub auth: Option<Box<str>>,
    pub sid: Option<SaidSid>,
}

/// `rip`, or `ripng` (`v6`).
#[derive(Debug, Default)]
pub(super) struct Rip {
    pub v6: bool,
    pub origin: Origin,
    pub up: Option<bool>,
    pub settings: RipSettings,
    pub groups: Vec<RipGroup>,
}

#[derive(Debug, Default)]
pub(super) struct RipGroup {
    pub name: Box<str>,
    pub up: Option<bool>,
    pub settings: RipSettings,
    pub neighbors: Vec<RipNeighbor>,
}

/// An interface that RIP runs on.
#[derive(Debug, Default)]
pub(super) struct RipNeighbor {
    pub name: Box<str>,
    pub origin: Origin,
    pub up: Option<bool>,
    pub settings: RipSettings,
    pub unicast: Vec<IpAddr>,
}

/// What may be said of RIP as a whole, of a group and of a neighbour; the most specific word counts.
#[derive(Debug, Default)]
pub(super) struct RipSettings {
    pub import: Option<Chain>,
    pub export: Option<Chain>,
    pub metric_in: Option<u32>,
    pub metric_out: Option<u32>,
    pub preference: Option<u32>,
    pub sends: Option<RipSend>,
    pub receives: Option<bool>,
    pub auth_type: Option<Box<str>>,
    pub auth_key: Option<Box<str>>,
}

/// To whom updates go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RipSend {
    Nobody,
    /// To each `unicast-address`.
    Unicast,
    All,
}

#[derive(Debug, Default)]
pub(super) struct Bgp {
    pub origin: Origin,
    pub up: Option<bool>,
    pub router_id: Option<Ipv4Addr>,
    pub options: BgpOptions,
    pub groups: Vec<BgpGroup>,
    pub neighbors: Vec<BgpNeighbor>,
    pub always_compare_med: Option<bool>,
    pub med_infinity: bool,
    pub deterministic_med: Option<bool>,
    pub ignore_as_path: Option<bool>,
    pub ignore_router_id: Option<bool>,
    pub ignore_metric: Option<bool>,
    pub ebgp_ibgp_equal: Option<bool>,
    pub use_bgp_routes: Option<bool>,
    pub next_hop_policy: Option<Chain>,
    pub inter_as_vpn: Option<bool>,
    pub multipath: Option<u32>,
    pub multipath_ebgp: Option<u32>,
    pub multipath_ibgp: Option<u32>,
    pub multipath_same: bool,
}

#[derive(Debug, Default)]
pub(super) struct BgpGroup {
    pub name: Box<str>,
    pub up: Option<bool>,
    pub options: BgpOptions,
    /// Prefixes and interfaces from which dynamic neighbours come.
    pub ranges: Vec<(IpNet, Vec<Span<u32>>, Origin)>,
    pub links: Vec<(Named, Vec<Span<u32>>)>,
}

#[derive(Debug)]
pub(super) struct BgpNeighbor {
    pub address: IpAddr,
    pub link: Option<Named>,
    pub group: Option<Named>,
    pub up: Option<bool>,
    pub origin: Origin,
    pub options: BgpOptions,
}

/// What may be said of BGP as a whole, of a group and of a neighbour.
#[derive(Debug, Default, Clone)]
pub(super) struct BgpOptions {
    pub description: Option<Box<str>>,
    pub internal: Option<bool>,
    pub peer_as: Option<u32>,
    pub local_as: Option<LocalAs>,
    pub families: Option<Vec<Box<str>>>,
    pub import: Option<Chain>,
    pub export: Option<Chain>,
    /// `ebgp-default-reject-policy`, import and export.
    pub reject_import: Option<bool>,
    pub reject_export: Option<bool>,
    pub cluster: Option<Ipv4Addr>,
    pub no_client_reflect: Option<bool>,
    pub multihop: Option<u8>,
    pub ttl_security: Option<u8>,
    pub local_address: Option<Named>,
    pub local_preference: Option<u32>,
    pub preference: Option<u32>,
    pub med_out: Option<MedOut>,
    pub next_hop_self: Option<bool>,
    pub next_hop_unchanged: Option<Vec<Box<str>>>,
    pub third_party: Option<bool>,
    pub as_override: Option<bool>,
    pub loop_detect_off: Option<bool>,
    pub loop_threshold: Option<u32>,
    pub remove_private: Option<RemovePrivate>,
    pub advertise_inactive: Option<bool>,
    pub passive: Option<bool>,
    pub enforce_first_as: Option<bool>,
    pub split_horizon: Option<bool>,
    pub auth: Option<Box<str>>,
    pub no_standard: Option<bool>,
    pub no_extended: Option<bool>,
    pub no_large: Option<bool>,
    pub send_default: Option<[bool; 2]>,
    pub send_default_policy: Option<Chain>,
    pub add_path_send: [Option<u32>; 2],
    pub add_path_receive: [Option<bool>; 2],
    pub extended_next_hop: Option<bool>,
    pub max_prefixes: Option<u32>,
    pub bfd: Option<bool>,
    /// `vpn-apply-import` and `vpn-apply-export`.
    pub vpn_import: Option<bool>,
    pub vpn_export: Option<bool>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LocalAs {
    pub asn: u32,
    pub private: bool,
    pub prepend_global: Option<bool>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum MedOut {
    Value(u32),
    Igp,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RemovePrivate {
    pub limited: bool,
    pub replace: bool,
}

impl BgpOptions {
    /// These options, and where they say nothing those of the level above.
    pub(super) fn or(&self, above: &Self) -> Self {
        fn pick<T: Clone>(own: &Option<T>, above: &Option<T>) -> Option<T> {
            own.as_ref().or(above.as_ref()).cloned()
        }
        let both =
            |n: usize| (self.add_path_send[n].or(above.add_path_send[n]), self.add_path_receive[n].or(above.add_path_receive[n]));
        let (v4, v6) = (both(0), both(1));
        Self {
            description: pick(&self.description, &above.description),
            internal: self.internal.or(above.internal),
            peer_as: self.peer_as.or(above.peer_as),
            local_as: self.local_as.or(above.local_as),
            families: pick(&self.families, &above.families),
            import: pick(&self.import, &above.import),
            export: pick(&self.export, &above.export),
            reject_import: self.reject_import.or(above.reject_import),
            reject_export: self.reject_export.or(above.reject_export),
            cluster: self.cluster.or(above.cluster),
            no_client_reflect: self.no_client_reflect.or(above.no_client_reflect),
            multihop: self.multihop.or(above.multihop),
            ttl_security: self.ttl_security.or(above.ttl_security),
            local_address: pick(&self.local_address, &above.local_address),
            local_preference: self.local_preference.or(above.local_preference),
            preference: self.preference.or(above.preference),
            med_out: self.med_out.or(above.med_out),
            next_hop_self: self.next_hop_self.or(above.next_hop_self),
            next_hop_unchanged: pick(&self.next_hop_unchanged, &above.next_hop_unchanged),
            third_party: self.third_party.or(above.third_party),
            as_override: self.as_override.or(above.as_override),
            loop_detect_off: self.loop_detect_off.or(above.loop_detect_off),
            loop_threshold: self.loop_threshold.or(above.loop_threshold),
            remove_private: self.remove_private.or(above.remove_private),
            advertise_inactive: self.advertise_inactive.or(above.advertise_inactive),
            passive: self.passive.or(above.passive),
            enforce_first_as: self.enforce_first_as.or(above.enforce_first_as),
            split_horizon: self.split_horizon.or(above.split_horizon),
            auth: pick(&self.auth, &above.auth),
            no_standard: self.no_standard.or(above.no_standard),
            no_extended: self.no_extended.or(above.no_extended),
            no_large: self.no_large.or(above.no_large),
            send_default: self.send_default.or(above.send_default),
            send_default_policy: pick(&self.send_default_policy, &above.send_default_policy),
            add_path_send: [v4.0, v6.0],
            add_path_receive: [v4.1, v6.1],
            extended_next_hop: self.extended_next_hop.or(above.extended_next_hop),
            max_prefixes: self.max_prefixes.or(above.max_prefixes),
            bfd: self.bfd.or(above.bfd),
            vpn_import: self.vpn_import.or(above.vpn_import),
            vpn_export: self.vpn_export.or(above.vpn_export),
        }
    }
}

// ----- filters ------------------------------------------------------------------------------

#[derive(Debug, Default)]
pub(super) struct Filter {
    pub name: Box<str>,
    pub v6: bool,
    pub origin: Origin,
    pub entries: Vec<FilterEntry>,
    pub accept: Option<bool>,
}

#[derive(Debug, Default)]
pub(super) struct FilterEntry {
    pub number: u32,
    pub line: FilterLine,
    /// Without an action an entry does nothing.
    pub acts: bool,
    pub sources: Vec<Named>,
    pub destinations: Vec<Named>,
    pub source_ports: Vec<Named>,
    pub destination_ports: Vec<Named>,
    /// Ports that may be the source's or the destination's.
    pub either_ports: Vec<(u16, u16)>,
}
