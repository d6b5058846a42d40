//! What FRR does where the config says nothing.
//!
//! In: version and profile. Out: [`platform`] and the named values. Law: every value with the source file of FRR, its manual or the live daemon (FRR 8.4,
//! Debian, in namespaces) that shows it. Profiles are those of `frr defaults traditional|datacenter` (manual, "Basic Config Commands").

use super::config::Config;
use crate::model::mpls::Srgb;
use crate::model::platform::{
    AggregateOrigin, BestPathStep, ForwardingAddressRule, LocalRoutes, Platform, RedistributedMed, RouterIdRule,
    UndefinedReference,
};
use crate::model::platform_vpn::VpnPlatform;
use crate::model::route::Protocol;

/// Release assumed when a file names none.
const ASSUMED: (u32, u32) = (8, 4);

/// FRR manual, "segment-routing global-block": 16000 to 23999, of isisd and ospfd.
pub const SRGB: Srgb = Srgb { base: 16_000, size: 8_000 };
/// `ospfd/ospfd.h`: `OSPF_DEFAULT_REF_BANDWIDTH` 100000 Mbit/s; the same in `ospf6d`.
pub const REFERENCE_BANDWIDTH: u64 = 100_000_000_000;
/// `OSPF_DEFAULT_BANDWIDTH` 10000 Mbit/s for interfaces whose speed is not known; a veth reports just that, so cost 10 (live daemon).
pub const UNKNOWN_SPEED: u64 = 10_000_000_000;
/// Ports of a Cumulus virtual switch run at 1 Gbit/s: cost 100 (lab `cumulusfrr_ospf_unnumbered`).
pub const CUMULUS_PORT_SPEED: u64 = 1_000_000_000;
/// `OSPF_HELLO_INTERVAL_DEFAULT`, whatever the network type.
pub const OSPF_HELLO: u32 = 10;
/// `OSPF_ROUTER_DEAD_INTERVAL_DEFAULT`; it does not follow the hello interval.
pub const OSPF_DEAD: u32 = 40;
/// Cost of a loopback in ospf6d.
pub const OSPF6_LOOPBACK_COST: u32 = 10;
/// `OSPF_STUB_DEFAULT_COST`.
pub const OSPF_STUB_COST: u32 = 1;
/// `ZEBRA_OSPF_DISTANCE_DEFAULT`.
pub const OSPF_DISTANCE: u32 = 110;
/// `ZEBRA_ISIS_DISTANCE_DEFAULT`.
pub const ISIS_DISTANCE: u32 = 115;
/// Cumulus user guide, "MLAG", `clagd-priority`: 32768; the lower is primary.
pub const CLAG_PRIORITY: u32 = 32768;
/// Cumulus user guide, "VRRP", `priority`: 100.
pub const VRRP_PRIORITY: u32 = 100;
/// ripd: `ZEBRA_RIP_DISTANCE_DEFAULT`.
pub const RIP_DISTANCE: u32 = 120;
/// ripd: `RIP_DEFAULT_METRIC_DEFAULT`, of redistributed routes.
pub const RIP_METRIC: u32 = 1;
/// `yang/frr-isisd.yang`: metric 10, priority 64, level-1-2, wide metrics.
pub const ISIS_METRIC: u32 = 10;
/// See above.
pub const ISIS_PRIORITY: u8 = 64;
/// `lib/zebra.h`: eBGP 20, iBGP 200, local 200.
pub const BGP_DISTANCE: [u32; 3] = [20, 200, 200];
/// `--enable-multipath=64` or more in all packages; bgpd, ospfd and isisd start from the build's limit.
pub const MAX_PATHS: u32 = 64;
/// `staticd`: `ZEBRA_STATIC_DISTANCE_DEFAULT`.
pub const STATIC_DISTANCE: u32 = 1;

fn version(config: &Config) -> (u32, u32) {
    config.version.unwrap_or(ASSUMED)
}

/// RFC 8212, `BGP_EBGP_REQUIRES_POLICY` in `bgpd/bgp_vty.c`: on from 7.4 in the traditional profile, never in the datacenter one.
pub fn requires_policy(config: &Config) -> bool {
    !config.datacenter && version(config) >= (7, 4)
}

/// `BGP_IMPORT_CHECK`: off before 7.4 in the traditional profile.
pub fn import_check(config: &Config) -> bool {
    config.datacenter || version(config) >= (7, 4)
}

/// `BGP_DETERMINISTIC_MED`: datacenter only.
pub fn deterministic_med(config: &Config) -> bool {
    config.datacenter
}

/// `BGP_ENFORCE_FIRST_AS`: on from 9.1.
pub fn enforce_first_as(config: &Config) -> bool {
    version(config) >= (9, 1)
}

/// Cumulus Linux 3 and 4 relax multipath in the datacenter profile (manual, "BGP ECMP": `bgp bestpath as-path multipath-relax` is the default).
pub fn multipath_relax(config: &Config) -> bool {
    config.datacenter && config.ifupdown
}

/// `advertise-pip`: on since there is the command (Cumulus Linux 4.0, whose FRR is 7.0).
pub fn evpn_own_address(config: &Config) -> bool {
    version(config) >= (7, 0)
}

/// `ZEBRA_IP_NHT_RESOLVE_VIA_DEFAULT`: on in the traditional profile in late releases; 8.4 does not (live daemon: a static route whose next
/// hop is only covered by the default route stays inactive).
pub fn resolve_via_default(config: &Config) -> bool {
    config.resolve_via_default[0].unwrap_or(!config.datacenter && version(config) >= (9, 0))
}

/// `bgp_path_info_cmp`: Cisco's order, with confederation-external before confederation-internal after the IGP metric (step 10;
/// live 8.4 agrees). The cluster list is compared before the router id only with `equal-cluster-length`.
const BEST_PATH: &[BestPathStep] = &[
    BestPathStep::Weight,
    BestPathStep::LocalPref,
    BestPathStep::LocalOrigin,
    BestPathStep::Aigp,
    BestPathStep::AsPathLength,
    BestPathStep::Origin,
    BestPathStep::Med,
    BestPathStep::ExternalOverInternal,
    BestPathStep::IgpMetric,
    BestPathStep::ConfedOverInternal,
    BestPathStep::Oldest,
    BestPathStep::RouterId,
    BestPathStep::ClusterListLength,
    BestPathStep::NeighborAddress,
    BestPathStep::PathId,
];

/// How FRR behaves.
pub fn platform(config: &Config) -> Platform {
    Platform {
        // zebra shows `L` routes from 10.0 on.
        local_routes: if version(config) >= (10, 0) { LocalRoutes::All } else { LocalRoutes::None },
        no_local_for_host_prefix: true,
        connected_distance: 0,
        best_path_steps: BEST_PATH,
        // `BGP_ATTR_DEFAULT_WEIGHT`.
        bgp_local_weight: 32768,
        // `bgp_path_info_cmp`: without relax, eBGP paths need the same neighbouring AS only.
        multipath_same_as_path: false,
        multipath_same_neighbor_as: true,
        bgp_redistribute_metric: RedistributedMed::RouteMetric,
        bgp_network_metric: true,
        // `subgroup_announce_check`: the route-map works on a copy of a reflected route's attributes.
        bgp_policy_changes_reflected: false,
        // `bgp_zebra_announce`: the link-local next hop is preferred (lab sonic_bgp_lab).
        bgp_link_local_next_hops: true,
        // Only with `sender-as-path-loop-detection`.
        bgp_sender_side_loop_check: false,
        bgp_prepend_before_own_as: false,
        bgp_third_party_next_hop: true,
        redistribute_ibgp: true,
        // Only with `bgp suppress-fib-pending`.
        bgp_advertise_only_installed: false,
        bgp_best_is_active: false,
        bgp_resolve_via_default: resolve_via_default(config),
        static_resolve_via_default: resolve_via_default(config),
        // `bgp_aggregate_route`: incomplete before EGP before IGP of the contributors.
        bgp_aggregate_origin: AggregateOrigin::WorstOfContributors,
        // `bgp_aggregate_route` goes through every path that `BGP_PATH_HOLDDOWN` does not bar (live 8.4: the AS set holds ASes of paths that lost).
        bgp_aggregate_of_all_paths: true,
        // `aggregate-address … as-set` gathers them (live 8.4).
        aggregate_keeps_communities: true,
        // Seen as `[200/0] unreachable (blackhole)`.
        aggregate_distance: 200,
        aggregate_installed: true,
        // `bgp_input_modifier`: a name without a route-map denies.
        undefined_policy: UndefinedReference::Deny,
        // `DEFAULT_DEFAULT_METRIC` 20 for all sources; default route 10, with `always` 1 (`ospfd/ospf_lsa.h`).
        ospf_redistribute_metric_bgp: 20,
        ospf_redistribute_metric: 20,
        ospf_redistribute_keep_metric: false,
        ospf_default_metric: (10, 1),
        // `ospf_add_discard_route` for ranges that are advertised: inter-area, cost 0 (live daemon).
        ospf_summary_discard: Some(OSPF_DISTANCE),
        ospf_discard_for_hidden: false,
        ospf_discard_metric: Some(0),
        ospf_range_hides_inside: true,
        ospf_range_enters_no_summary: true,
        ospf_stub_hides_boundary: true,
        // `ospf_external_lsa_nexthop_get`.
        ospf_forwarding_address: ForwardingAddressRule::AnyOspfSubnet,
        ospf_nssa_default_summary: true,
        ospf_nssa_as_external: true,
        ospf_loopback_as_host: true,
        // Only routes that zebra has selected as OSPF's own.
        redistribute_includes_connected: false,
        isis_redistribute_metric: 0,
        isis_narrow_external_offset: 0,
        isis_attached_default: true,
        // `lsp_bits_generate`: `isis_level2_adj_up`.
        isis_attached_by_adjacency: true,
        isis_level1_goes_up: false,
        isis_subnets_at_both_levels: true,
        bgp_metric_is_med: true,
        // `zebra/router-id.c`: highest loopback address, else highest address.
        router_id: RouterIdRule::HighestAny,
        max_ecmp: MAX_PATHS,
        bgp_default_allow_as_in: 0,
        bgp_default_local_preference: 100,
        reflect_to_sender: false,
        static_interface_distance: STATIC_DISTANCE,
        bgp_recursive_bgp: true,
        // `bgp_find_or_add_nexthop`: "prefix loops through itself".
        bgp_host_route_through_itself: false,
        // `ospf_get_nssa_ip`: the first of `oiflist`, which is filled in the order of names.
        ospf_nssa_forward_by_name: true,
        ospf_discard_protocol: Protocol::OspfInter,
        vpn: VpnPlatform {
            // `install_uninstall_routes_for_vrf`: every valid path from a neighbour whose route target is wanted; `vpn_leak_to_vrf_update` too.
            imports_all_paths: true,
            // `is_route_injectable_into_evpn` asks since 10.0; 8.4 sends them (live daemons).
            suppressed_stay: version(config) >= (10, 0),
            // The VTEP stays the next hop, whoever passes the route on (live 8.4: over a spine of another AS).
            evpn_next_hop_unchanged: true,
            global_is_vrf: true,
            lends_all_paths: true,
            evpn_not_lent: true,
            // Mended in January 2024 (pull requests 15233 and 15238).
            lent_networks_invalid: version(config) < (10, 0),
            lent_is_own: true,
            needs_targets: true,
            // Live 8.4, with and without `distance bgp`.
            lent_distance: Some(BGP_DISTANCE[0]),
            keeps_targets: true,
            // Cumulus Linux, "Inter-subnet Routing": type 2 routes carry the VRF's VNI and targets too.
            evpn_learned_hosts: true,
            ..VpnPlatform::default()
        },
        ..Platform::default()
    }
}
