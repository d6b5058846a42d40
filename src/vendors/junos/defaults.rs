//! Junos's implicit defaults and fixed behaviours, each with where it is known from.
//!
//! In: nothing. Out: [`platform`] and constants. Law: no default stands anywhere else in this folder.

use crate::model::platform::{
    AggregateOrigin, BestPathStep as S, ForwardingAddressRule, LocalRoutes, Platform, RedistributedMed, RouterIdRule,
    UndefinedReference,
};
use crate::model::platform_vpn::VpnPlatform;

// Route preferences: "Understanding Route Preference Values (Administrative Distance)", Junos routing protocols overview.
pub(super) const DIRECT: u32 = 0;
pub(super) const STATIC: u32 = 5;
pub(super) const OSPF_INTERNAL: u32 = 10;
pub(super) const ISIS: [u32; 4] = [15, 18, 160, 165];
pub(super) const AGGREGATE: u32 = 130;
pub(super) const OSPF_EXTERNAL: u32 = 150;
pub(super) const BGP: u32 = 170;

/// OSPF `reference-bandwidth`: 100 Mbit/s ("reference-bandwidth (Protocols OSPF)").
pub(super) const OSPF_REFERENCE: u64 = 100_000_000;
/// OSPF `hello-interval` and `dead-interval`; on non-broadcast links 30 and 120 ("hello-interval (Protocols OSPF)").
pub(super) const OSPF_HELLO: (u32, u32) = (10, 40);
pub(super) const OSPF_HELLO_NBMA: (u32, u32) = (30, 120);
/// OSPF `priority`.
pub(super) const OSPF_PRIORITY: u8 = 128;
/// IS-IS metric of an interface without one ("metric (Protocols IS-IS)"); of the loopback 0 ("lo0 … the metric is 0").
pub(super) const ISIS_METRIC: u32 = 10;
/// IS-IS `priority`.
pub(super) const ISIS_PRIORITY: u8 = 64;
/// Largest narrow metric (RFC 1195); bigger ones are cut to it unless `wide-metrics-only`.
pub(super) const ISIS_NARROW_MOST: u32 = 63;
/// TTL of a multihop session without `ttl` ("multihop").
pub(super) const MULTIHOP_TTL: u8 = 64;
/// VRRP `priority`.
pub(super) const VRRP_PRIORITY: u32 = 100;
/// Default route of `nssa default-lsa` without `metric-type`: type 1 ("metric-type (Protocols OSPF)").
pub(super) const NSSA_DEFAULT_TYPE: u8 = 1;
/// Next hops of one route without `maximum-ecmp` ("maximum-ecmp").
pub(super) const MAX_ECMP: u32 = 16;

/// Preference of RIP and RIPng ("preference (Protocols RIP)").
pub(super) const RIP: u32 = 100;
/// "metric-in (Protocols RIP)", "metric-out (Protocols RIP)": 1 both.
pub(super) const RIP_METRIC: u32 = 1;

/// How Junos behaves.
pub(super) fn platform(max_ecmp: Option<u32>) -> Platform {
    Platform {
        // `Local` routes stand beside `Direct` ones, but not beside a /32 (all junos labs).
        local_routes: LocalRoutes::All,
        no_local_for_host_prefix: true,
        connected_distance: DIRECT,
        best_path_steps: BEST_PATH,
        bgp_local_weight: 0,
        // Multipath needs the same length and the same neighbouring AS, unless `multiple-as` ("Understanding BGP Multipath").
        multipath_same_as_path: false,
        multipath_same_neighbor_as: true,
        // "If the route is from an IGP, its metric becomes the MED"; static and direct routes go out without one (lab
        // junos_policy_chain_visibility: routes sent carry no MED).
        bgp_redistribute_metric: RedistributedMed::IgpOnly,
        bgp_network_metric: false,
        // `advertise-peer-as`: routes from an AS are not sent back to the same AS by default (lab junos_ebgp_loop_prevention).
        bgp_sender_side_loop_check: true,
        // "the next hop is set to the address of the interface" unless third-party next hops are on the same subnet (RFC 4271 §5.1.3).
        bgp_prepend_before_own_as: true,
        bgp_third_party_next_hop: true,
        // Export policies see all active routes.
        redistribute_ibgp: true,
        // The config says it: `advertise-inactive`.
        bgp_advertise_only_installed: false,
        bgp_best_is_active: true,
        bgp_resolve_via_default: true,
        // `resolve` static routes may use any route.
        static_resolve_via_default: true,
        bgp_aggregate_origin: AggregateOrigin::Igp,
        bgp_aggregate_of_all_paths: false,
        aggregate_keeps_communities: false,
        aggregate_distance: AGGREGATE,
        aggregate_is_bgp: false,
        bgp_policy_changes_reflected: true,
        bgp_local_path_local_pref: 100,
        bgp_link_local_next_hops: false,
        aggregate_installed: true,
        // Commit fails: "policy … not defined".
        undefined_policy: UndefinedReference::Invalid,
        // "The default metric of exported routes is 0 unless the route has one", type 2; BGP's MED counts as one.
        ospf_redistribute_metric_bgp: 0,
        ospf_redistribute_metric: 0,
        ospf_redistribute_keep_metric: true,
        ospf_default_metric: (0, 0),
        // Area ranges show as discard routes at preference 10 with metric 16777215, also with `restrict` (lab ospf_summarization).
        ospf_summary_discard: Some(OSPF_INTERNAL),
        ospf_discard_for_hidden: true,
        ospf_discard_metric: Some(16_777_215),
        ospf_forwarding_address: ForwardingAddressRule::Broadcast,
        // A loopback is advertised with its prefix.
        ospf_loopback_as_host: false,
        redistribute_includes_connected: false,
        redistribute_default: true,
        default_mtu: 1500,
        isis_redistribute_metric: 0,
        isis_narrow_external_offset: 0,
        isis_attached_default: true,
        isis_attached_by_adjacency: false,
        connected_v6_needs_routing: false,
        // Junos has no redistribution: export policies send active routes, with origin IGP.
        bgp_redistribute_connected_origin: crate::model::route::BgpOrigin::Igp,
        bgp_aggregate_from_rib: false,
        bgp_metric_is_med: true,
        // "the primary address of lo0, else the lowest address of the first interface" ("router-id").
        router_id: RouterIdRule::LowestFirst,
        // Export policies see active routes.
        rip_sends_installed_only: true,
        max_ecmp: max_ecmp.unwrap_or(MAX_ECMP),
        bgp_default_allow_as_in: 0,
        bgp_default_local_preference: 100,
        // "a route is not advertised back to the peer from which it was learned".
        reflect_to_sender: false,
        static_interface_distance: STATIC,
        bgp_recursive_bgp: true,
        // "Route preference: 0 through 4,294,967,295 (2^32 - 1)": each is usable (Junos, "Route Preferences Overview").
        unusable_distance: None,
        // "vrf-target": all routes of the instance are exported; `vrf-import` and `vrf-export` overrule it. Preferences of EVPN: lab
        // junos_evpn_type5.
        vpn: VpnPlatform {
            policy_alone: true,
            exports_active: true,
            imports_all_paths: true,
            lends_whole_routes: true,
            evpn_own_hosts: true,
            evpn_sends_lent: true,
            evpn_distance: Some([170, 7]),
            ..VpnPlatform::default()
        },
        ..Platform::default()
    }
}

/// "Understanding BGP Path Selection", Junos BGP guide.
const BEST_PATH: &[S] = &[
    S::Preference,
    S::LocalPref,
    S::Aigp,
    S::AsPathLength,
    S::Origin,
    S::Med,
    S::LocalOrigin,
    S::ExternalOverInternal,
    S::IgpMetric,
    S::Oldest,
    S::RouterId,
    S::ClusterListLength,
    S::NeighborAddress,
    S::PathId,
];

/// The speed a port's name tells, in bit/s.
pub(super) fn speed(name: &str) -> Option<u64> {
    let kind = name.split('-').next().unwrap_or(name);
    let kind = kind.trim_end_matches(|c: char| c.is_ascii_digit());
    Some(match kind {
        "fe" => 100_000_000,
        "ge" | "irb" | "reth" | "me" | "fxp" | "em" | "vme" | "vlan" => 1_000_000_000,
        "xe" => 10_000_000_000,
        "et" => 100_000_000_000,
        "so" | "t3" | "e3" => 45_000_000,
        "gr" | "ip" | "lt" | "mt" => 800_000_000,
        _ => return None,
    })
}
