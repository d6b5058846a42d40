//! SR Linux's implicit defaults and fixed behaviours, each with where it is known from.
//!
//! In: nothing. Out: [`platform`] and constants. Law: no default stands anywhere else in this folder. The documents are Nokia's "SR Linux
//! Routing Protocols Guide", "… Interfaces Guide", "… ACL and Policy-Based Routing Guide" and the published YANG models (`srl_nokia-*`).

use crate::model::platform::{
    AggregateOrigin, BestPathStep as S, ForwardingAddressRule, LocalRoutes, Platform, RedistributedMed, RouterIdRule,
    UndefinedReference,
};
use crate::model::platform_vpn::VpnPlatform;
use crate::model::route::BgpOrigin;

// Route preferences (YANG `preference` leaves; table "Route preferences" of the Routing Protocols Guide).
pub(super) const STATIC: u32 = 5;
pub(super) const OSPF_INTERNAL: u32 = 10;
pub(super) const OSPF_EXTERNAL: u32 = 150;
/// Level 1 internal, level 2 internal, level 1 external, level 2 external.
pub(super) const ISIS: [u32; 4] = [15, 18, 160, 165];
pub(super) const AGGREGATE: u32 = 130;
/// `bgp preference ebgp` and `ibgp`.
pub(super) const BGP: u32 = 170;
/// `bgp-evpn`.
pub(super) const EVPN: u32 = 170;
/// `bgp-evpn bgp-instance ecmp`
pub(super) const EVPN_PATHS: u32 = 1;

/// `bgp-evpn bgp-instance routes bridge-table mac-ip advertise` (YANG `srl_nokia-bgp-evpn`)
pub(super) const EVPN_HOSTS: bool = true;

/// Metric of a static route (`static-routes route metric`, YANG default).
pub(super) const STATIC_METRIC: u32 = 1;
/// OSPF `reference-bandwidth`: 400 Gbit/s (YANG default 400000000 kbit/s).
pub(super) const OSPF_REFERENCE: u64 = 400_000_000_000;
/// OSPF `hello-interval` and `dead-interval`, `priority`.
pub(super) const OSPF_TIMERS: (u32, u32) = (10, 40);
pub(super) const OSPF_PRIORITY: u8 = 1;
/// IS-IS `level metric` and `priority`.
pub(super) const ISIS_METRIC: u32 = 10;
pub(super) const ISIS_PRIORITY: u8 = 64;
/// Largest narrow metric (RFC 1195).
pub(super) const ISIS_NARROW_MOST: u32 = 63;
/// `level-capability`: level 2 only.
pub(super) const ISIS_LEVELS: (bool, bool) = (false, true);
/// `multihop maximum-hops`: 64 for iBGP, and what an eBGP session gets that says only `admin-state enable`.
pub(super) const MULTIHOP_TTL: u8 = 64;
/// VRRP `priority`.
pub(super) const VRRP_PRIORITY: u32 = 100;
/// `multipath maximum-paths` and `max-ecmp-paths`.
pub(super) const MAX_PATHS: u32 = 1;
/// `ebgp-default-policy import-reject-all` and `export-reject-all` (RFC 8212).
pub(super) const EBGP_REJECT_ALL: bool = true;
/// `multipath allow-multiple-as`.
pub(super) const MULTIPLE_AS: bool = true;
/// `system mtu default-ip-mtu`.
pub(super) const IP_MTU: u32 = 1500;

/// How SR Linux behaves.
pub(super) fn platform() -> Platform {
    Platform {
        // `show route-table`: type `local` for subnets and `host` for own addresses; a loopback's /32 shows once.
        local_routes: LocalRoutes::All,
        no_local_for_host_prefix: true,
        connected_distance: 0,
        best_path_steps: BEST_PATH,
        bgp_local_weight: 0,
        // `allow-multiple-as` decides; the content of the path never counts.
        multipath_same_as_path: false,
        multipath_same_neighbor_as: true,
        // Exported routes of other protocols go out without MED unless a policy sets one ("action bgp med").
        bgp_redistribute_metric: RedistributedMed::Absent,
        bgp_network_metric: false,
        bgp_sender_side_loop_check: false,
        bgp_prepend_before_own_as: false,
        bgp_third_party_next_hop: true,
        // Export policies see all active routes.
        redistribute_ibgp: true,
        bgp_advertise_only_installed: true,
        bgp_best_is_active: false,
        // "BGP next hops are resolved by the longest match in the route table", a default route among them.
        bgp_resolve_via_default: true,
        static_resolve_via_default: true,
        bgp_aggregate_origin: AggregateOrigin::Incomplete,
        bgp_aggregate_of_all_paths: false,
        aggregate_keeps_communities: false,
        aggregate_distance: AGGREGATE,
        aggregate_installed: true,
        aggregate_is_bgp: false,
        // A commit with a reference to a policy that is not there fails (YANG `leafref`).
        undefined_policy: UndefinedReference::Invalid,
        ospf_redistribute_metric_bgp: 0,
        ospf_redistribute_metric: 0,
        ospf_redistribute_keep_metric: true,
        ospf_default_metric: (1, 1),
        ospf_summary_discard: Some(OSPF_INTERNAL),
        ospf_forwarding_address: ForwardingAddressRule::Broadcast,
        ospf_loopback_as_host: true,
        redistribute_includes_connected: false,
        redistribute_default: true,
        default_mtu: IP_MTU,
        isis_redistribute_metric: 0,
        isis_attached_default: true,
        connected_v6_needs_routing: false,
        bgp_redistribute_connected_origin: BgpOrigin::Igp,
        bgp_aggregate_from_rib: false,
        // `show route-table` prints the MED as metric of BGP routes.
        bgp_metric_is_med: true,
        router_id: RouterIdRule::LowestFirst,
        max_ecmp: 64,
        bgp_default_allow_as_in: 0,
        bgp_default_local_preference: 100,
        reflect_to_sender: false,
        static_interface_distance: STATIC,
        bgp_recursive_bgp: true,
        unusable_distance: None,
        vpn: VpnPlatform {
            // "Interface-less EVPN-VXLAN L3", EVPN-VXLAN Guide: the active routes of an IP-VRF go out as IP prefixes.
            exports_active: true,
            // `show route-table`: owner `bgp_evpn_mgr`, preference 170 (learn.srlinux.dev, "L3 EVPN").
            evpn_distance: Some([EVPN, EVPN]),
            // Of VXLAN the next hop is the VTEP; `next-hop-self` of `inter-as-vpn` is for MPLS.
            evpn_next_hop_unchanged: true,
            ..VpnPlatform::default()
        },
        ..Platform::default()
    }
}

/// "BGP best path selection", Routing Protocols Guide: no step asks for the oldest path.
const BEST_PATH: &[S] = &[
    S::LocalPref,
    S::Aigp,
    S::AsPathLength,
    S::Origin,
    S::Med,
    S::ExternalOverInternal,
    S::IgpMetric,
    S::RouterId,
    S::ClusterListLength,
    S::NeighborAddress,
    S::PathId,
];

/// The speed of a port without `port-speed`, in bit/s: 25G for ports 1 to 48 and 100G above, as on the 7220 IXR-D2L, which is what
/// SR Linux containers are unless told otherwise.
pub(super) fn speed(name: &str) -> Option<u64> {
    let port = name.strip_prefix("ethernet-")?.rsplit('/').next()?.parse::<u32>().ok()?;
    Some(if port <= 48 { 25_000_000_000 } else { 100_000_000_000 })
}
