//! BGP of one VRF.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::device::Name;
use super::interface::InterfaceId;
use super::policy::{PolicyChain, PolicyId, RouteSource};
use super::route::Family;
use super::vrf::VrfId;
use crate::base::span::Origin;

crate::define_id! {
    /// A neighbour of a [`Bgp`].
    NeighborId;
}

/// BGP in one VRF of a device.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bgp {
    /// The routing table.
    pub vrf: VrfId,
    /// Where it is configured.
    pub origin: Origin,
    /// The own AS (the sub-AS inside a confederation).
    pub asn: u32,
    /// Router id as configured for BGP; `None`: chosen from the interfaces.
    pub router_id: Option<Ipv4Addr>,
    /// Not shut down.
    pub enabled: bool,
    /// Cluster id of a route reflector; `None` = the router id.
    pub cluster_id: Option<Ipv4Addr>,
    /// Confederation.
    pub confederation: Option<Confederation>,
    /// Neighbours, all inheritance resolved.
    pub neighbors: crate::base::id::IdVec<NeighborId, Neighbor>,
    /// What is said per address family.
    pub families: Vec<BgpFamily>,
    /// Best-path settings.
    pub best_path: BestPath,
    /// iBGP reflection between clients is on.
    pub client_to_client: bool,
    /// Drops eBGP routes whose first AS is not the neighbour's.
    pub enforce_first_as: bool,
    /// Routes to another AS need a policy to be sent or taken (RFC 8212: FRR traditional, IOS-XR, SR OS).
    pub ebgp_requires_policy: bool,
    /// Best BGP routes that lost in the main table are advertised all the same. IOS: yes unless
    /// `bgp suppress-inactive`. Junos: only with `advertise-inactive`.
    pub advertise_inactive: bool,
    /// A `network` statement needs its exact route in the main table (FRR: `bgp network import-check`).
    pub network_import_check: bool,
    /// Routes with more ASes in their path than this are refused (`bgp maxas-limit`).
    pub as_path_limit: Option<u32>,
    /// Graceful shutdown of the whole speaker.
    pub graceful_shutdown: bool,
}

/// RFC 5065.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confederation {
    /// The AS number the world sees.
    pub identifier: u32,
    /// The other member ASes.
    pub members: Vec<u32>,
}

/// Best-path settings that a config can change. The platform gives their defaults; `lower` fills them all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BestPath {
    /// Compare MED between different neighbouring ASes.
    pub always_compare_med: bool,
    /// Group by neighbouring AS before comparing MED.
    pub deterministic_med: bool,
    /// A missing MED is the worst.
    pub missing_med_worst: bool,
    /// Compare MED among paths of the confederation.
    pub med_confederation: bool,
    /// AS-path length does not count.
    pub ignore_as_path: bool,
    /// Confederation segments count in the length.
    pub count_confederation: bool,
    /// Among eBGP paths the lowest router id wins instead of the oldest path.
    pub compare_router_id: bool,
    /// IGP metric does not count.
    pub ignore_igp_metric: bool,
    /// AS paths may differ (in content, not length) in a multipath set.
    pub multipath_relax: bool,
    /// Cost communities are ignored.
    pub ignore_cost_community: bool,
    /// The length of the cluster list does not count.
    pub ignore_cluster_length: bool,
    /// External and confederation paths may share a multipath set (FRR `bestpath peer-type multipath-relax`).
    pub peer_type_multipath_relax: bool,
}

/// A family's settings in one BGP instance.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BgpFamily {
    /// IPv4 or IPv6 unicast.
    pub family: Family,
    /// `network` statements.
    pub networks: Vec<BgpNetwork>,
    /// `aggregate-address` statements.
    pub aggregates: Vec<BgpAggregate>,
    /// Routes taken in.
    pub redistribute: Vec<BgpRedistribution>,
    /// Distances: external, internal, local.
    pub distance: [u32; 3],
    /// The most next hops, eBGP.
    pub max_paths_ebgp: u32,
    /// The most next hops, iBGP.
    pub max_paths_ibgp: u32,
    /// eBGP and iBGP paths together (`maximum-paths eibgp`); then the number.
    pub max_paths_eibgp: Option<u32>,
    /// MED for redistributed routes where no policy sets one (`default-metric`).
    pub default_metric: Option<u32>,
    /// Policy between BGP table and main table (`table-map`, Junos forwarding-table is another thing).
    pub table_map: Option<PolicyChain>,
    /// Sends a redistributed default route too (`default-information originate`).
    pub default_information_originate: bool,
    /// Next hops of BGP routes must not be resolved through a default route / only through routes this policy takes.
    pub next_hop_policy: Option<PolicyId>,
    /// Which extra paths are chosen for add-path.
    pub additional_paths: AddPathSelect,
}

/// Which paths add-path chooses beyond the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AddPathSelect {
    /// None.
    #[default]
    None,
    /// All.
    All,
    /// The best `n`.
    Best(u32),
    /// One a neighbouring AS.
    GroupBest,
    /// Only those of the multipath set (EOS, FRR `bestpath-per-AS`, Junos `multipath`).
    Multipath,
}

/// A `network` statement.
#[derive(Debug, Clone, PartialEq)]
pub struct BgpNetwork {
    /// The prefix.
    pub prefix: IpNet,
    /// Changes.
    pub policy: Option<PolicyChain>,
    /// `backdoor`: not originated; an eBGP route to it gets the local distance.
    pub backdoor: bool,
    /// Weight where set here.
    pub weight: Option<u32>,
    /// Where it is configured.
    pub origin: Origin,
}

/// An aggregate made by BGP itself.
#[derive(Debug, Clone, PartialEq)]
pub struct BgpAggregate {
    /// The prefix.
    pub prefix: IpNet,
    /// More specific routes are not advertised.
    pub summary_only: bool,
    /// The path holds the set of the contributors' ASes.
    pub as_set: bool,
    /// More specific routes this policy takes are not advertised (`suppress-map`).
    pub suppress: Option<PolicyChain>,
    /// Only routes this policy takes contribute (`advertise-map`, `match-map`).
    pub contributors: Option<PolicyChain>,
    /// Attributes of the aggregate (`attribute-map`).
    pub attributes: Option<PolicyChain>,
    /// Where it is configured.
    pub origin: Origin,
}

/// Routes taken into BGP.
#[derive(Debug, Clone, PartialEq)]
pub struct BgpRedistribution {
    /// From where; empty = any active route (Junos export policies do this on the neighbour; see `Neighbor::export_any`).
    pub sources: Vec<RouteSource>,
    /// Which, and with what changes.
    pub policy: Option<PolicyChain>,
    /// MED where the policy sets none.
    pub metric: Option<u32>,
    /// OSPF route types taken: IOS takes only internal ones unless `match` says more. Empty = all.
    pub ospf_types: Vec<super::policy::RouteType>,
    /// Where it is configured.
    pub origin: Origin,
}

/// A neighbour with everything it inherits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Neighbor {
    /// Who it is.
    pub peer: Peer,
    /// Where it is configured.
    pub origin: Origin,
    /// Its peer group or Junos group, for people.
    pub group: Option<Name>,
    /// Description.
    pub description: Option<Name>,
    /// Its AS.
    pub remote_as: RemoteAs,
    /// Another own AS towards this neighbour.
    pub local_as: Option<LocalAs>,
    /// Not shut down.
    pub enabled: bool,
    /// The source of the session: an address or an interface.
    pub update_source: Option<UpdateSource>,
    /// TTL of packets sent: 1 = directly connected only (eBGP default), more = multihop; 255 with `ttl_security`.
    pub ebgp_multihop: Option<u8>,
    /// Accepts only packets from at most this many hops away (GTSM).
    pub ttl_security: Option<u8>,
    /// A directly connected eBGP session may use loopbacks (`disable-connected-check`).
    pub disable_connected_check: bool,
    /// Waits for the other side to connect.
    pub passive: bool,
    /// MD5 password or key chain as comparable text.
    pub auth: Option<Name>,
    /// Families that are active, with what is said of the neighbour in each.
    pub families: Vec<NeighborFamily>,
    /// Families the neighbour is active in that are not modelled (`flowspec`), sorted: a session that both ends want for one of
    /// them alone is up, and carries nothing the twin sees. `vpnv4`, `vpnv6` and `evpn` here become families with nothing said of them.
    pub other_families: Vec<Name>,
    /// IPv4 routes with IPv6 next hops (RFC 8950).
    pub extended_next_hop: bool,
    /// Drops routes whose first AS is not the neighbour's (overrides the instance's setting).
    pub enforce_first_as: Option<bool>,
    /// The cluster id towards the clients of this group (Junos `cluster`), where not the instance's.
    pub cluster_id: Option<Ipv4Addr>,
    /// The session depends on BFD (no bearing while links are up).
    pub bfd: bool,
}

/// Who a neighbour is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// An address, and the interface for a link-local one.
    Ip(IpAddr, Option<InterfaceId>),
    /// Whoever is on the other end of an interface (unnumbered).
    Interface(InterfaceId),
    /// Whoever connects from a range (dynamic neighbours), up to a limit.
    Range(IpNet),
}

impl Default for Peer {
    fn default() -> Self {
        Self::Ip(IpAddr::V4(Ipv4Addr::UNSPECIFIED), None)
    }
}

/// The AS of a neighbour.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum RemoteAs {
    /// None configured: the session cannot come up.
    #[default]
    Missing,
    /// This one.
    Asn(u32),
    /// Any but the own one.
    External,
    /// The own one.
    Internal,
    /// One of these (dynamic neighbours), both ends included.
    Ranges(Vec<(u32, u32)>),
}

/// `local-as`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LocalAs {
    /// The AS shown to the neighbour.
    pub asn: u32,
    /// It is not put in front of routes received from the neighbour.
    pub no_prepend: bool,
    /// The real AS is not put on routes sent to the neighbour.
    pub replace_as: bool,
    /// The neighbour may use either.
    pub dual_as: bool,
    /// So many occurrences of the own AS are taken in (Junos `loops`).
    pub loops: Option<u32>,
}

/// The source of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateSource {
    /// An address.
    Ip(IpAddr),
    /// The primary address of an interface.
    Interface(InterfaceId),
}

/// What is said of a neighbour per family.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NeighborFamily {
    /// IPv4 or IPv6 unicast.
    pub family: Family,
    /// Policies on what comes in, in order (Junos chains, IOS filter-list/prefix-list/route-map each as a policy).
    pub import: Vec<PolicyChain>,
    /// Policies on what goes out.
    pub export: Vec<PolicyChain>,
    /// Export policies select from *all active routes* of the table, not only BGP's (Junos, SR OS).
    pub export_any: bool,
    /// It is a route-reflector client.
    pub reflector_client: bool,
    /// Next hop is set to self.
    pub next_hop_self: NextHopSelf,
    /// Next hop is left as it is on eBGP.
    pub next_hop_unchanged: bool,
    /// Weight of routes from it.
    pub weight: Option<u32>,
    /// Local preference of routes from it or to it where no policy says (Junos `local-preference`).
    pub local_preference: Option<u32>,
    /// MED of routes to it (Junos `metric-out`).
    pub metric_out: Option<MetricOut>,
    /// Own AS may occur so many times in the path.
    pub allow_as_in: u32,
    /// The neighbour's AS in the path becomes ours.
    pub as_override: bool,
    /// Sends to the neighbour also routes with its AS in the path. IOS does always; Junos only with `advertise-peer-as`.
    pub advertise_peer_as: bool,
    /// Private ASes are taken out.
    pub remove_private_as: RemovePrivateAs,
    /// Which communities are sent.
    pub send_standard: bool,
    /// See above.
    pub send_extended: bool,
    /// See above.
    pub send_large: bool,
    /// A default route is sent, changed by the policy; with a policy that has a `match`, only while it holds.
    pub default_originate: Option<DefaultOriginate>,
    /// Sends several paths.
    pub add_path_send: Option<AddPathSelect>,
    /// Takes several paths.
    pub add_path_receive: bool,
    /// Conditional advertisement.
    pub advertise_map: Option<AdvertiseMap>,
    /// The most prefixes before the session is torn down.
    pub max_prefixes: Option<u32>,
    /// Routes more specific than an aggregate that are sent all the same (`unsuppress-map`).
    pub unsuppress: Option<PolicyChain>,
    /// Attributes as received are kept: AS path, next hop, MED (`attribute-unchanged`, route server client).
    pub attributes_unchanged: (bool, bool, bool),
    /// What comes in is put into the tables of this group too (Junos `rib-group`); see [`super::vrf::RibShare`].
    pub rib_group: Option<Name>,
    /// Where the family is activated.
    pub origin: Origin,
}

/// `next-hop-self` in its forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NextHopSelf {
    /// As the protocol says.
    #[default]
    No,
    /// On routes learned by eBGP or made here.
    Yes,
    /// On reflected routes too (`all`, `force`).
    Force,
}

/// MED on routes sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricOut {
    /// A value.
    Value(u32),
    /// The IGP metric to the next hop, plus an offset.
    Igp(i32),
}

/// `remove-private-as` in its forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RemovePrivateAs {
    /// Off.
    #[default]
    No,
    /// Only if the whole path is private (old IOS, FRR without `all`).
    IfOnlyPrivate,
    /// Leading ones, up to the first public AS (Junos, IOS-XR).
    Leading,
    /// All of them.
    All,
    /// All of them, each replaced by the own AS.
    Replace,
}

/// `default-originate`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DefaultOriginate {
    /// Condition and changes.
    pub policy: Option<PolicyChain>,
    /// Only while the table has a default route (EOS without `always`).
    pub only_if_present: bool,
    /// Where it is configured.
    pub origin: Origin,
}

/// Conditional advertisement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvertiseMap {
    /// Which routes.
    pub routes: PolicyChain,
    /// The condition: BGP table holds a route this policy takes.
    pub condition: PolicyChain,
    /// Advertise while the condition holds (`exist-map`) or while it does not (`non-exist-map`).
    pub when_exists: bool,
}
