//! A device's config as IOS-XR thinks of it: settings that may or may not be said at each level, nothing inherited yet.
//!
//! In: `read/`. Out: [`Config`], for `lower/`. Law: holds what was typed; what an omission means is known to `lower/` and
//! `defaults`. Start reading at [`Config`].

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::ports::Port;
use super::rpl::ast;
use crate::base::Map;
use crate::base::span::Origin;
use crate::model::bgp::{BestPath, LocalAs, NextHopSelf, RemovePrivateAs};
use crate::model::device::Name;
use crate::model::filter::FilterLine;
use crate::model::interface::RedundancyGroup;
use crate::model::mpls::Srgb;
use crate::model::ospf::NetworkType;
use crate::model::policy::{PrefixLine, RouteType};
use crate::model::route::Family;
use crate::vendors::labels::{Labels, SaidSid};

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
    pub fn get(&self, name: &str) -> Option<&T> {
        self.items.get(*self.at.get(name)?).map(|(_, t)| t)
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

/// Declares settings that may be left unsaid, and how they are inherited.
macro_rules! settings {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Default, Clone)]
        pub(super) struct $name { $($(#[$of])* pub $field: Option<$kind>,)* }
        impl $name {
            /// Takes over what is said in `parent` and not here.
            pub fn inherit(&mut self, parent: &Self) {
                $(if self.$field.is_none() { self.$field.clone_from(&parent.$field); })*
            }
        }
    };
}

#[derive(Debug, Default)]
pub(super) struct Config {
    pub hostname: Option<Name>,
    pub interfaces: Named<Interface>,
    pub vrfs: Named<Vrf>,
    pub statics: Vec<Static>,
    /// Route policies by name.
    pub policies: Named<ast::Policy>,
    /// Sets by kind and name (`prefix-set X`).
    pub sets: Named<ast::Set>,
    /// `policy-global` parameters.
    pub globals: BTreeMap<Name, Name>,
    pub prefix_lists: [Named<Lines<(u32, PrefixLine)>>; 2],
    pub acls: [Named<Acl>; 2],
    /// `object-group network`: its addresses.
    pub address_groups: Named<Vec<IpNet>>,
    pub bgp: Option<Bgp>,
    /// OSPF processes, one entry a process, VRF and version.
    pub ospf: Named<Ospf>,
    pub isis: Named<Isis>,
    pub labels: Labels,
    /// RIP by VRF; the one of the global table has no name and comes first.
    pub rip: Named<Rip>,
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
    /// With sequence numbers.
    pub lines: Vec<(u32, FilterLine)>,
}

/// A policy where it is attached: its name and arguments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Attach {
    pub policy: Name,
    pub arguments: Vec<Name>,
    pub origin: Origin,
}

#[derive(Debug, Default)]
pub(super) struct Vrf {
    pub origin: Origin,
    pub rd: Option<Name>,
    pub imports: Vec<Name>,
    pub exports: Vec<Name>,
    /// Targets marked `stitching`: taken in, put on.
    pub stitching: [Vec<Name>; 2],
    pub import: Option<Attach>,
    pub export: Option<Attach>,
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
    /// Mbit/s
    pub speed: Option<u64>,
    pub tags: Vec<u16>,
    pub bundle: Option<u32>,
    pub min_links: u32,
    pub l2transport: bool,
    pub tunnel: Tunnel,
    /// `ipv4 access-group` (the list itself, and a common one before it), in and out; then IPv6's.
    pub filters: [[Vec<Name>; 2]; 2],
    pub redundancy: Vec<RedundancyGroup>,
    /// The bridge domain it is in.
    pub bridge: Option<Name>,
}

#[derive(Debug, Default)]
pub(super) struct Tunnel {
    pub source: Option<Name>,
    pub destination: Option<IpAddr>,
    pub mode: Option<Name>,
    pub vrf: Option<Name>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Static {
    pub vrf: Option<Name>,
    pub prefix: IpNet,
    pub interface: Option<Name>,
    pub ip: Option<IpAddr>,
    /// The next hop is looked up in this VRF (`default` = the global table).
    pub next_vrf: Option<Name>,
    pub distance: Option<u32>,
    pub metric: u32,
    pub tag: u32,
    pub permanent: bool,
    pub tracked: bool,
    pub origin: Origin,
}

// ----- redistribution -------------------------------------------------------------------------

/// A source of routes as `redistribute` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    Connected,
    Static,
    Ospf(Name),
    Ospfv3(Name),
    Isis(Name),
    Bgp,
    Rip,
    Eigrp(Option<u32>),
}

#[derive(Debug, Clone)]
pub(super) struct Redistribute {
    pub source: Source,
    pub policy: Option<Attach>,
    pub metric: Option<u32>,
    pub metric_type: Option<u8>,
    pub metric_external: bool,
    pub tag: u32,
    pub types: Vec<RouteType>,
    /// IS-IS levels (l1, l2) into which, where said.
    pub levels: Option<(bool, bool)>,
    pub origin: Origin,
}

#[derive(Debug, Clone)]
pub(super) struct DefaultRoute {
    pub always: bool,
    pub metric: Option<u32>,
    pub metric_type: Option<u8>,
    pub policy: Option<Attach>,
    pub tag: u32,
    pub origin: Origin,
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

// ----- OSPF -----------------------------------------------------------------------------------

settings! {
    /// What a process, an area or an interface says of OSPF on links; the nearest word counts.
    OspfOn {
        cost: u32,
        network: NetworkType,
        priority: u8,
        hello: u32,
        dead: u32,
        mtu_ignore: bool,
        passive: bool,
        auth_type: Name,
        auth_key: Name,
        suppress_prefix: bool,
        list_in: ListName,
        segments: bool,
        prefers_segments: bool,
        sid: SaidSid,
        ldp_auto: bool,
    }
}

/// A list that selects routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ListName {
    Acl(Name),
    Prefix(Name),
    Policy(Attach),
}

#[derive(Debug, Default)]
pub(super) struct Ospf {
    pub origin: Origin,
    pub id: Name,
    pub vrf: Option<Name>,
    pub v3: bool,
    pub router_id: Option<Ipv4Addr>,
    pub on: OspfOn,
    pub areas: BTreeMap<u32, Area>,
    pub reference: Option<u64>,
    pub stub_router: Option<StubRouter>,
    pub redistribute: Vec<Redistribute>,
    pub default: Option<DefaultRoute>,
    pub default_metric: Option<u32>,
    pub distance: [Option<u32>; 3],
    pub summaries: Vec<Range>,
    pub list_out: Vec<(ListName, Option<Source>)>,
    pub max_paths: Option<u32>,
    pub no_rfc1583: bool,
    pub vrf_lite: bool,
    pub block: Option<Srgb>,
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
    pub default_cost: Option<u32>,
    pub ranges: Vec<Range>,
    pub filter_in: Option<Attach>,
    pub filter_out: Option<Attach>,
    pub virtual_links: Vec<(Ipv4Addr, Origin)>,
    pub on: OspfOn,
    pub interfaces: Named<OspfInterface>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Normal,
    Stub,
    Nssa,
}

#[derive(Debug, Default)]
pub(super) struct OspfInterface {
    pub origin: Origin,
    pub on: OspfOn,
    pub shutdown: bool,
    pub neighbors: Vec<IpAddr>,
}

// ----- IS-IS ----------------------------------------------------------------------------------

#[derive(Debug, Default)]
pub(super) struct Isis {
    pub origin: Origin,
    pub vrf: Option<Name>,
    pub nets: Vec<Name>,
    pub is_type: Option<(bool, bool)>,
    pub overload: bool,
    pub auth: [Option<Name>; 2],
    pub families: [Option<IsisFamily>; 2],
    pub interfaces: Named<IsisInterface>,
    /// Segment routing with MPLS, and whether it wins over LDP.
    pub segments: Option<(Origin, bool)>,
    pub block: Option<Srgb>,
    pub ldp_auto: bool,
}

#[derive(Debug, Default)]
pub(super) struct IsisFamily {
    /// Metric styles: (narrow, wide) a level.
    pub style: [Option<(bool, bool)>; 2],
    pub metric: [Option<u32>; 2],
    pub single_topology: bool,
    pub redistribute: Vec<Redistribute>,
    /// `propagate level 2 into level 1`, `level 1 into level 2`.
    pub leak_down: Option<Attach>,
    pub leak_up: Option<Attach>,
    pub default: Option<(Option<Attach>, Origin)>,
    pub summaries: Vec<Range>,
    pub distance: Option<u32>,
    pub max_paths: Option<u32>,
    pub suppress_attached: bool,
    pub ignore_attached: bool,
    pub passive_only: bool,
}

#[derive(Debug, Default)]
pub(super) struct IsisInterface {
    pub origin: Origin,
    pub circuit: Option<(bool, bool)>,
    pub point_to_point: bool,
    pub passive: bool,
    pub suppressed: bool,
    pub shutdown: bool,
    pub priority: [Option<u8>; 2],
    pub auth: [Option<Name>; 2],
    pub families: [Option<IsisOn>; 2],
}

#[derive(Debug, Default)]
pub(super) struct IsisOn {
    pub metric: [Option<u32>; 2],
    pub passive: bool,
    pub off: bool,
    pub sid: Option<SaidSid>,
}

// ----- RIP ------------------------------------------------------------------------------------

#[derive(Debug, Default)]
pub(super) struct Rip {
    pub origin: Origin,
    pub interfaces: Named<RipInterface>,
    pub neighbors: Vec<IpAddr>,
    pub redistribute: Vec<Redistribute>,
    pub default: Option<DefaultRoute>,
    pub default_metric: Option<u32>,
    pub distance: Option<u32>,
    pub max_paths: Option<u32>,
    pub auto_summary: bool,
    pub policy_in: Option<Attach>,
    pub policy_out: Option<Attach>,
}

#[derive(Debug, Default)]
pub(super) struct RipInterface {
    pub origin: Origin,
    pub passive: bool,
    pub no_split_horizon: bool,
    pub key_chain: bool,
    pub policy_in: Option<Attach>,
    pub policy_out: Option<Attach>,
}

// ----- BGP ------------------------------------------------------------------------------------

#[derive(Debug, Default)]
pub(super) struct Bgp {
    pub origin: Origin,
    pub asn: u32,
    pub confederation: Option<u32>,
    pub members: Vec<u32>,
    pub unsafe_ebgp: bool,
    pub redistribute_internal: bool,
    pub enforce_modifications: bool,
    pub graceful_shutdown: bool,
    /// The global table's settings and those of each VRF.
    pub global: Instance,
    pub vrfs: Named<Instance>,
    pub groups: Named<PeerConfig>,
    pub session_groups: Named<PeerConfig>,
    pub af_groups: Named<PeerConfig>,
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
    pub rd: Option<Name>,
    pub router_id: Option<Ipv4Addr>,
    pub cluster_id: Option<Ipv4Addr>,
    pub best_path: BestPath,
    pub no_client_to_client: bool,
    pub no_enforce_first_as: bool,
    pub default_local_preference: Option<u32>,
    pub default_metric: Option<u32>,
    pub default_information: bool,
    pub families: [Option<AfConfig>; Family::COUNT],
    pub peers: Named<PeerConfig>,
}

#[derive(Debug, Default)]
pub(super) struct PeerConfig {
    pub origin: Origin,
    pub session: Session,
    pub use_group: Option<Name>,
    pub use_session: Option<Name>,
    /// What is said of each family, by its [`slot`].
    pub families: [AfPeer; Family::COUNT],
}

settings! {
    /// What a session is made of.
    Session {
        remote_as: crate::model::bgp::RemoteAs,
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
        enforce_first_as: bool,
        cluster_id: Ipv4Addr,
    }
}

settings! {
    /// What is said of a neighbour in one family.
    AfPeer {
        opened: Origin,
        use_group: Name,
        policy_in: Attach,
        policy_out: Attach,
        reflector_client: bool,
        next_hop_self: NextHopSelf,
        next_hop_unchanged: bool,
        weight: u32,
        allow_as_in: u32,
        as_override: bool,
        remove_private: RemovePrivateAs,
        send_community_ebgp: bool,
        send_extended_ebgp: bool,
        default_originate: (bool, Option<Attach>, Origin),
        add_path_send: bool,
        add_path_receive: bool,
        max_prefixes: u32,
        no_loop_check: bool,
        /// EVPN: routes of VRFs are sent, IPv4 and IPv6; with the targets for stitching.
        advertise_v4: bool,
        advertise_v6: bool,
        /// EVPN: taken in by the targets for stitching.
        import_stitching: bool,
    }
}

#[derive(Debug, Default)]
pub(super) struct AfConfig {
    pub networks: Vec<Network>,
    pub aggregates: Vec<Aggregate>,
    pub redistribute: Vec<Redistribute>,
    pub distance: Option<[u32; 3]>,
    pub max_ebgp: Option<u32>,
    pub max_ibgp: Option<u32>,
    pub max_eibgp: Option<u32>,
    pub table_policy: Option<Attach>,
    pub next_hop_policy: Option<Attach>,
    pub add_path_policy: Option<Attach>,
    pub add_path_send: bool,
    pub add_path_receive: bool,
    /// `as-path-loopcheck out disable`
    pub no_loop_check: bool,
}

#[derive(Debug)]
pub(super) struct Network {
    pub prefix: IpNet,
    pub policy: Option<Attach>,
    pub backdoor: bool,
    pub origin: Origin,
}

#[derive(Debug)]
pub(super) struct Aggregate {
    pub prefix: IpNet,
    pub as_set: bool,
    pub summary_only: bool,
    pub policy: Option<Attach>,
    pub origin: Origin,
}

/// The place of a family in a pair.
pub(super) fn slot(family: Family) -> usize {
    family as usize
}
