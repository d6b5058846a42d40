//! What IOS and IOS-XE do where a config says nothing, each with the place that says so.
//!
//! Sources: "CRG" = Cisco IOS command references (IP Routing: BGP, OSPF, ISIS, Protocol-Independent); "labs" = tables of
//! real IOS 12.4–15.7 and IOS-XE 16–17 devices.

use super::config::Config;
use crate::model::mpls::Srgb;
use crate::model::ospf::NetworkType;
use crate::model::platform::{
    AggregateOrigin, BEST_PATH_CISCO, LocalRoutes, Platform, RedistributedMed, RouterIdRule, UndefinedReference,
};
use crate::model::platform_vpn::VpnPlatform;

/// `neighbor allowas-in` without a number (CRG BGP).
pub(super) const ALLOW_AS_IN: u32 = 3;
/// Segment Routing Configuration Guide, Cisco IOS XE, "Segment Routing Global Block": 16000 to 23999.
pub(super) const SRGB: Srgb = Srgb { base: 16_000, size: 8_000 };
/// HSRP, VRRP and GLBP priority (CRG FHRP).
pub(super) const REDUNDANCY_PRIORITY: u32 = 100;
/// Administrative distances (CRG Protocol-Independent, "distance").
pub(super) const DISTANCE_STATIC: u32 = 1;
pub(super) const DISTANCE_OSPF: u32 = 110;
pub(super) const DISTANCE_ISIS: u32 = 115;
/// `maximum-paths` of RIPng (CRG RIP: 16).
pub(super) const RIPNG_PATHS: u32 = 16;
pub(super) const DISTANCE_RIP: u32 = 120;
/// Internal and external; a summary's discard route (CRG EIGRP, "distance eigrp", "ip summary-address eigrp").
pub(super) const DISTANCE_EIGRP: [u32; 2] = [90, 170];
pub(super) const DISTANCE_EIGRP_SUMMARY: u32 = 5;
/// `metric maximum-hops`, `metric rib-scale`, `metric weights` (CRG EIGRP).
pub(super) const EIGRP_HOPS: u32 = 100;
pub(super) const EIGRP_RIB_SCALE: u32 = 128;
pub(super) const EIGRP_K: [u8; 6] = [1, 0, 1, 0, 0, 0];
/// External, internal, local (CRG BGP, "distance bgp").
pub(super) const DISTANCE_BGP: [u32; 3] = [20, 200, 200];
/// `maximum-paths` of OSPF and IS-IS (CRG OSPF, "maximum-paths": four).
pub(super) const IGP_PATHS: u32 = 4;
/// `maximum-paths` of BGP (CRG BGP: one).
pub(super) const BGP_PATHS: u32 = 1;
/// `auto-cost reference-bandwidth` (CRG OSPF: 100 Mbit/s).
pub(super) const OSPF_REFERENCE: u64 = 100_000_000;
/// `area default-cost` (CRG OSPF).
pub(super) const OSPF_AREA_DEFAULT_COST: u32 = 1;
/// Metric type of a route redistributed into OSPF (CRG OSPF, "redistribute").
pub(super) const OSPF_EXTERNAL_TYPE: u8 = 2;
/// `isis metric` (CRG ISIS).
pub(super) const ISIS_METRIC: u32 = 10;
/// A passive interface's prefixes carry this metric (CRG ISIS, "passive-interface").
pub(super) const ISIS_PASSIVE_METRIC: u32 = 0;
/// `isis priority` (CRG ISIS).
pub(super) const ISIS_PRIORITY: u8 = 64;

/// Hello interval by network type; the dead interval is four times as long (CRG OSPF, "ip ospf hello-interval").
pub(super) fn ospf_hello(network: NetworkType) -> u32 {
    match network {
        NetworkType::NonBroadcast | NetworkType::PointToMultipoint => 30,
        _ => 10,
    }
}

/// How the OS behaves.
pub(super) fn platform(config: &Config) -> Platform {
    Platform {
        // `L` routes came with 15.0; before it, only IPv6 had them. A config that does not say its release is taken to be new.
        local_routes: if (1..15).contains(&config.version) { LocalRoutes::V6 } else { LocalRoutes::All },
        // Labs: a loopback's /32 is shown as connected only.
        no_local_for_host_prefix: true,
        connected_distance: 0,
        // Cisco document 13753, "BGP Best Path Selection Algorithm".
        best_path_steps: BEST_PATH_CISCO,
        bgp_local_weight: 32768,
        // CRG BGP, "maximum-paths": weight, local preference, AS path (whole), origin, MED and IGP distance must be equal.
        multipath_same_as_path: true,
        multipath_same_neighbor_as: true,
        // CRG BGP, "default-metric"; labs: redistributed OSPF routes carry their OSPF metric.
        bgp_redistribute_metric: RedistributedMed::RouteMetric,
        bgp_network_metric: true,
        // Labs: a route is sent though the receiver's AS is in its path; the receiver drops it.
        bgp_sender_side_loop_check: false,
        bgp_prepend_before_own_as: false,
        bgp_third_party_next_hop: true,
        // CRG BGP, "bgp redistribute-internal".
        redistribute_ibgp: config.bgp.as_ref().is_some_and(|b| b.redistribute_internal),
        // CRG BGP, "bgp suppress-inactive".
        bgp_advertise_only_installed: config.bgp.as_ref().is_some_and(|b| b.suppress_inactive),
        bgp_best_is_active: false,
        bgp_resolve_via_default: true,
        static_resolve_via_default: true,
        bgp_aggregate_origin: AggregateOrigin::Igp,
        bgp_aggregate_of_all_paths: false,
        aggregate_keeps_communities: false,
        // Labs: `B 2.128.0.0/16 [200/0] via 0.0.0.0, Null0`.
        aggregate_distance: DISTANCE_BGP[2],
        aggregate_installed: true,
        // Labs: shown as `B`, as any route of the own AS.
        aggregate_is_bgp: true,
        // Lab: a neighbour's route-map that is not defined lets nothing through, in and out.
        undefined_policy: UndefinedReference::Deny,
        // CRG OSPF, "redistribute": 1 for BGP, 20 for the rest.
        ospf_redistribute_metric_bgp: 1,
        ospf_redistribute_metric: 20,
        ospf_redistribute_keep_metric: false,
        // CRG OSPF, "default-information originate".
        ospf_default_metric: (1, 1),
        // CRG OSPF, "discard-route".
        ospf_summary_discard: Some(DISTANCE_OSPF),
        ospf_loopback_as_host: true,
        // CRG OSPF, "redistribute": connected subnets on which the redistributed protocol runs are taken too.
        redistribute_includes_connected: true,
        isis_redistribute_metric: 0,
        isis_narrow_external_offset: 64,
        isis_attached_default: true,
        bgp_metric_is_med: true,
        router_id: RouterIdRule::HighestLoopback,
        max_ecmp: 32,
        bgp_default_allow_as_in: 0,
        // CRG BGP, "bgp default local-preference".
        bgp_default_local_preference: config.bgp.as_ref().and_then(|b| b.default_local_preference).unwrap_or(100),
        reflect_to_sender: false,
        static_interface_distance: DISTANCE_STATIC,
        // Cisco document 13788: a neighbour's subnets are `[120/1]`; what is not in the table is not in the updates.
        rip_adds_on_send: true,
        rip_sends_installed_only: true,
        // Lab iosxe_vrf_route_leaking_export_map.
        vpn: VpnPlatform { refused_keeps_targets: true, lends_local_routes: true, ..VpnPlatform::default() },
        ..Platform::default()
    }
}
