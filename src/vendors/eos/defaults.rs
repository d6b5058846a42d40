//! What EOS does where no line says anything, each with its source.
//!
//! Sources: "manual" is the EOS User Manual (arista.com/um-eos), by chapter or command; "lab" is a capture of a device running the
//! version named.

use super::config::Config;
use crate::model::mpls::Srgb;
use crate::model::platform::{
    AggregateOrigin, BestPathStep as S, ForwardingAddressRule, LocalRoutes, Platform, RedistributedMed, RouterIdRule,
    UndefinedReference,
};
use crate::model::platform_vpn::VpnPlatform;
use crate::model::route::BgpOrigin;

/// `mpls label range isis-sr` and `ospf-sr` (EOS User Manual, "IS-IS Segment Routing": 65536 labels from 900000).
pub(super) const SRGB: Srgb = Srgb { base: 900_000, size: 65_536 };
/// Manual, "ip route": distance 1.
pub(super) const STATIC_DISTANCE: u32 = 1;
/// Manual, "distance bgp": 200 for external, internal and local routes; seen in a lab of 4.36 (eBGP routes print `[200/0]`).
pub(super) const BGP_DISTANCE: [u32; 3] = [200, 200, 200];
/// Manual, "maximum-paths (BGP)": 1.
pub(super) const BGP_PATHS: u32 = 1;
/// Manual, "distance (OSPF)": 110 for all kinds.
pub(super) const OSPF_DISTANCE: u32 = 110;
/// Manual, "ip ospf cost": 10 on every interface, loopbacks too, unless `auto-cost reference-bandwidth` is set; lab of 4.23
/// (two hops of 10 make 20, a loopback counts 10).
pub(super) const OSPF_COST: u32 = 10;
/// Manual, "auto-cost reference-bandwidth": 100 Mbit/s.
pub(super) const OSPF_REFERENCE: u64 = 100_000_000;
/// Manual, "maximum-paths (OSPF)": as many as the platform has.
pub(super) const IGP_PATHS: u32 = 128;
/// EOS manual, "MLAG", "primary-priority": 32767.
pub(super) const MLAG_PRIORITY: u32 = 32767;
/// EOS manual, "RIP", "distance": 120; "metric default": connected and static routes go in with 0, others with the default metric. A route
/// is sent with 1 at least (RFC 2453 §3.6). No device's output bears this out yet.
pub(super) const RIP_DISTANCE: u32 = 120;
pub(super) const RIP_METRIC: u32 = 1;
/// Manual, "area default-cost": 10.
pub(super) const OSPF_DEFAULT_COST: u32 = 10;
/// Manual, "ip ospf hello-interval" and "dead-interval".
pub(super) const OSPF_TIMERS: (u32, u32) = (10, 40);
/// Manual, "isis metric": 10.
pub(super) const ISIS_METRIC: u32 = 10;
/// Manual, "isis priority": 64.
pub(super) const ISIS_PRIORITY: u8 = 64;
/// Manual, IS-IS chapter: 115 for all routes.
pub(super) const ISIS_DISTANCE: [u32; 4] = [115; 4];

/// The order of the manual's BGP chapter ("BGP best path selection"). AIGP stands where RFC 7311 puts it.
const BEST_PATH: &[S] = &[
    S::Weight,
    S::LocalPref,
    S::LocalOrigin,
    S::Aigp,
    S::AsPathLength,
    S::Origin,
    S::Med,
    S::ExternalOverInternal,
    S::IgpMetric,
    S::Oldest,
    S::RouterId,
    S::ClusterListLength,
    S::NeighborAddress,
    S::PathId,
];

/// How EOS behaves; two fields depend on the routing model the config chooses.
pub(super) fn platform(config: &Config) -> Platform {
    let main = config.bgp.as_ref().and_then(|b| b.vrfs.get("default"));
    Platform {
        // Labs of 4.21–4.36: `show ip route` has connected routes only.
        local_routes: LocalRoutes::None,
        connected_distance: 0,
        best_path_steps: BEST_PATH,
        // Labs of 4.23 and 4.36: routes made here have weight 0, and a received route with more wins.
        bgp_local_weight: 0,
        // Manual, "bgp bestpath as-path multipath-relax": on.
        multipath_same_as_path: false,
        multipath_same_neighbor_as: false,
        bgp_redistribute_metric: RedistributedMed::RouteMetric,
        // Lab of 4.23: the neighbour sees MED 0 for the network of a connected route.
        bgp_network_metric: false,
        // Lab of 4.23: a neighbour with `allowas-in` gets routes that hold its AS.
        // Labs of 4.23 print 0.
        bgp_local_path_local_pref: 0,
        bgp_sender_side_loop_check: false,
        bgp_prepend_before_own_as: false,
        bgp_third_party_next_hop: true,
        // Manual, "bgp redistribute-internal".
        redistribute_ibgp: main.and_then(|m| m.redistribute_internal).unwrap_or(true),
        // Manual, "bgp advertise-inactive": only routes in the main table are advertised.
        bgp_advertise_only_installed: !main.and_then(|m| m.advertise_inactive).unwrap_or(false),
        bgp_best_is_active: false,
        bgp_resolve_via_default: true,
        static_resolve_via_default: true,
        // Lab of 4.23: `?` for an aggregate of static routes.
        bgp_aggregate_origin: AggregateOrigin::WorstOfContributors,
        bgp_aggregate_of_all_paths: false,
        aggregate_keeps_communities: false,
        // Lab of 4.23: a static route of distance 199 beats an aggregate, one of 254 loses.
        aggregate_distance: 200,
        // Labs of 4.23: `A B` in `show ip route`.
        aggregate_is_bgp: false,
        aggregate_installed: true,
        // Manual, "bgp missing-policy": permit.
        undefined_policy: UndefinedReference::Permit,
        // Lab of 4.23: a BGP aggregate in OSPF has metric 1.
        ospf_redistribute_metric_bgp: 1,
        ospf_redistribute_metric: 1,
        ospf_redistribute_keep_metric: false,
        ospf_default_metric: (1, 1),
        ospf_summary_discard: Some(110),
        ospf_discard_for_hidden: false,
        ospf_discard_metric: None,
        ospf_forwarding_address: ForwardingAddressRule::Broadcast,
        ospf_loopback_as_host: true,
        // Manual, "redistribute (OSPF)": only the routes of the protocol named.
        redistribute_includes_connected: false,
        // Manual, "default-information originate (OSPFv2)": only that command sends a default route.
        redistribute_default: false,
        default_mtu: 1500,
        isis_redistribute_metric: 0,
        isis_narrow_external_offset: 0,
        isis_attached_default: true,
        // AVD issue 7461: without `ipv6 unicast-routing` the main table has no IPv6 routes; labs of 4.36 show none either.
        connected_v6_needs_routing: true,
        // Labs of 4.23, both routing models: `i`.
        bgp_redistribute_connected_origin: BgpOrigin::Igp,
        // Lab of 4.23, ribd: aggregates of static routes that BGP does not have.
        bgp_aggregate_from_rib: !config.multi_agent,
        bgp_metric_is_med: true,
        // Manual, "router-id": highest loopback address, else highest address.
        router_id: RouterIdRule::HighestLoopback,
        max_ecmp: 128,
        bgp_default_allow_as_in: 0,
        bgp_default_local_preference: 100,
        // Manual, "BGP route reflection": not to the client the route came from.
        reflect_to_sender: false,
        static_interface_distance: 1,
        bgp_recursive_bgp: true,
        // What has no meaning on EOS.
        // Lab eos_evpn_l3_design_guide: a VRF shows each path of each distinguisher.
        // EOS manual, "EVPN Overview", "Integrated Routing and Bridging": with symmetric routing hosts are routes of the VRF.
        vpn: VpnPlatform { imports_all_paths: true, evpn_learned_hosts: true, ..VpnPlatform::default() },
        ..Platform::default()
    }
}
