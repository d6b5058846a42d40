//! What IOS-XR does where a config says nothing, each with the place that says so.
//!
//! Sources: "RCG" = Cisco IOS XR Routing Configuration Guide, "RCR" = its Routing Command Reference, "labs" = tables of real
//! IOS-XR 6.2 and 6.6 routers (iosxr_ebgp_basic, cisco_xr_ios_vpnv4).

use super::config::Config;
use crate::model::mpls::Srgb;
use crate::model::ospf::NetworkType;
use crate::model::platform::{
    AggregateOrigin, BEST_PATH_CISCO, ForwardingAddressRule, LocalRoutes, Platform, RedistributedMed, RouterIdRule,
    UndefinedReference,
};
use crate::model::route::BgpOrigin;

/// `allowas-in` without a number (RCR BGP).
pub(super) const ALLOW_AS_IN: u32 = 3;
/// `ebgp-multihop` without a number (RCR BGP).
pub(super) const EBGP_MULTIHOP: u8 = 255;
/// Segment Routing Configuration Guide, "About the Segment Routing Global Block": 8000 labels from 16000.
pub(super) const SRGB: Srgb = Srgb { base: 16_000, size: 8_000 };
/// HSRP and VRRP priority (IP Addresses and Services Command Reference).
pub(super) const REDUNDANCY_PRIORITY: u32 = 100;
/// Administrative distances (RCG, "Implementing Static Routes": table of default distances).
pub(super) const DISTANCE_STATIC: u32 = 1;
pub(super) const DISTANCE_OSPF: u32 = 110;
pub(super) const DISTANCE_ISIS: u32 = 115;
/// RIP: "Default Administrative Distances for RIP", and `maximum-paths` (Cisco-IOS-XR-ip-rip-cfg.yang: 120 and 4).
pub(super) const DISTANCE_RIP: u32 = 120;
pub(super) const RIP_PATHS: u32 = 4;
/// External, internal, local (RCR BGP, "distance bgp").
pub(super) const DISTANCE_BGP: [u32; 3] = [20, 200, 200];
/// `maximum paths` of OSPF (RCR OSPF: 32 since 5.x) and `maximum-paths` of IS-IS (RCR IS-IS: 8).
pub(super) const OSPF_PATHS: u32 = 32;
pub(super) const ISIS_PATHS: u32 = 8;
/// `maximum-paths` of BGP (RCR BGP: one).
pub(super) const BGP_PATHS: u32 = 1;
/// `auto-cost reference-bandwidth` (RCR OSPF: 100 Mbit/s).
pub(super) const OSPF_REFERENCE: u64 = 100_000_000;
/// `default-cost` (RCR OSPF).
pub(super) const OSPF_AREA_DEFAULT_COST: u32 = 1;
/// Metric type of a route redistributed into OSPF (RCR OSPF, "redistribute").
pub(super) const OSPF_EXTERNAL_TYPE: u8 = 2;
/// What a loopback puts into its LSA: 1 (lab cisco_xr_ios_vpnv4: a loopback behind a link of cost 1 has metric 2).
pub(super) const OSPF_LOOPBACK_COST: u32 = 1;
/// `metric` (RCR IS-IS).
pub(super) const ISIS_METRIC: u32 = 10;
/// A passive interface's prefixes carry this metric unless one is set.
pub(super) const ISIS_PASSIVE_METRIC: u32 = 0;
/// `priority` (RCR IS-IS).
pub(super) const ISIS_PRIORITY: u8 = 64;

/// Hello interval by network type; the dead interval is four times as long (RCR OSPF, "hello-interval").
pub(super) fn ospf_hello(network: NetworkType) -> u32 {
    match network {
        NetworkType::NonBroadcast | NetworkType::PointToMultipoint => 30,
        _ => 10,
    }
}

/// How the OS behaves.
pub(super) fn platform(config: &Config) -> Platform {
    let bgp = config.bgp.as_ref();
    Platform {
        local_routes: LocalRoutes::All,
        // Labs: `L 192.168.123.1/32 … Loopback123` and no `C` for it.
        no_local_for_host_prefix: true,
        host_connected_shown_local: true,
        connected_distance: 0,
        // RCG, "BGP Best Path Algorithm": the same order as IOS.
        best_path_steps: BEST_PATH_CISCO,
        bgp_local_weight: 32768,
        // RCR BGP, "maximum-paths": the whole AS path must be equal unless `bestpath as-path multipath-relax`.
        multipath_same_as_path: true,
        multipath_same_neighbor_as: true,
        // RCR BGP, "default-metric": redistributed routes carry their IGP metric; labs: connected ones 0.
        bgp_redistribute_metric: RedistributedMed::RouteMetric,
        bgp_network_metric: true,
        // RCR BGP, "as-path-loopcheck out disable"; lab cisco_xr_ios_vpnv4: CE4 would take 100.2.0.0/16 with its own AS in the path
        // (`allowas-in`), and PE1, which has it, does not send it.
        bgp_sender_side_loop_check: true,
        bgp_sender_checks_whole_path: true,
        bgp_prepend_before_own_as: false,
        bgp_third_party_next_hop: true,
        // RCR BGP, "bgp redistribute-internal".
        redistribute_ibgp: bgp.is_some_and(|b| b.redistribute_internal),
        bgp_advertise_only_installed: false,
        bgp_best_is_active: false,
        bgp_resolve_via_default: true,
        static_resolve_via_default: true,
        // RCR BGP, "aggregate-address".
        bgp_aggregate_origin: AggregateOrigin::Igp,
        bgp_aggregate_of_all_paths: false,
        aggregate_keeps_communities: false,
        aggregate_distance: DISTANCE_BGP[2],
        aggregate_installed: true,
        aggregate_is_bgp: true,
        // The parser refuses to attach a policy that is not defined (RCG, "Attach Policy").
        undefined_policy: UndefinedReference::Invalid,
        // RCR OSPF, "redistribute": 1 for BGP, 20 for the rest.
        ospf_redistribute_metric_bgp: 1,
        ospf_redistribute_metric: 20,
        ospf_redistribute_keep_metric: false,
        ospf_default_metric: (1, 1),
        ospf_summary_discard: Some(DISTANCE_OSPF),
        ospf_forwarding_address: ForwardingAddressRule::Broadcast,
        ospf_loopback_as_host: true,
        // RCR OSPF, "redistribute": the subnets on which the redistributed protocol runs are taken too, as on IOS.
        redistribute_includes_connected: true,
        redistribute_default: false,
        // Labs, show interfaces: MTU 1514 with 14 bytes of Ethernet header.
        default_mtu: 1500,
        isis_redistribute_metric: 0,
        isis_narrow_external_offset: 64,
        isis_attached_default: true,
        bgp_redistribute_connected_origin: BgpOrigin::Incomplete,
        // Labs: `[20/0]`, the MED.
        bgp_metric_is_med: true,
        // RCG, "BGP Router Identifier": the highest address of a loopback (lab iosxr_ebgp_basic, azure).
        router_id: RouterIdRule::HighestLoopback,
        max_ecmp: 64,
        unusable_distance: Some(255),
        bgp_default_allow_as_in: 0,
        bgp_default_local_preference: bgp.and_then(|b| b.global.default_local_preference).unwrap_or(100),
        reflect_to_sender: false,
        static_interface_distance: DISTANCE_STATIC,
        // RCR BGP, "ibgp policy out enforce-modifications": without it an export policy's changes of attributes stay off routes that
        // are reflected.
        bgp_policy_changes_reflected: bgp.is_some_and(|b| b.enforce_modifications),
        // RCG, "Implementing Routing Policy", attribute modification: a test after `set med 42` sees the value of before.
        policy_tests_original: true,
        // RCG, "RIP Functional Overview": a connected network has metric 0; `show rip database` of IOS-XR in the tests of Cisco's Genie
        // parsers holds own subnets as [0] and a neighbour's as [1], so the hop is added by who sends, as on IOS.
        rip_adds_on_send: true,
        ..Platform::default()
    }
}
