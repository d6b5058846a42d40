//! SR OS's implicit defaults and fixed behaviours, each with where it is known from.
//!
//! In: nothing. Out: [`platform`] and constants. Law: no default stands anywhere else in this folder.
//! Documents named here are those of the 7750 SR, releases 22 to 26.

use crate::model::platform::{
    AggregateOrigin, BestPathStep as S, ForwardingAddressRule, LocalRoutes, Platform, RedistributedMed, RouterIdRule,
    UndefinedReference,
};
use crate::model::platform_vpn::VpnPlatform;
use crate::model::route::{BgpOrigin, Protocol};

// Route preferences: "Router configuration guide", table "Default route preferences"; labs sros_static (5), sros_ospf (10),
// sros_services (18, 170), sros_aggregate (130).
pub(super) const DIRECT: u32 = 0;
pub(super) const STATIC: u32 = 5;
pub(super) const OSPF_INTERNAL: u32 = 10;
pub(super) const ISIS: [u32; 4] = [15, 18, 160, 165];
pub(super) const AGGREGATE: u32 = 130;
pub(super) const OSPF_EXTERNAL: u32 = 150;
pub(super) const BGP: u32 = 170;
/// EVPN prefixes of a routed VPLS ("Route selection for EVPN-IFF routes in the VPRN service", Layer 2 Services and EVPN Guide).
pub(super) const EVPN_INTERFACEFUL: u32 = 169;

/// Metric of a static route (labs sros_static, sros_prefix_bounds: 1, discard routes too).
pub(super) const STATIC_METRIC: u32 = 1;
/// `admin-state` where it is not said, in the MD-CLI: what is not at its default is printed, and all labs print `enable` for these.
pub(super) const PORT_UP: bool = false;
pub(super) const LAG_UP: bool = false;
pub(super) const STATIC_UP: bool = false;
pub(super) const IGP_UP: bool = false;
/// The classic CLI prints `no shutdown` for what runs; a protocol without either was cut out of its context and counts as running.
pub(super) const CLASSIC_UP: bool = true;
/// BGP runs as soon as it is there (lab sros_ceos_ebgp).
pub(super) const BGP_UP: bool = true;
/// Next hops of one route without `ecmp` (lab sros_services: one of two equal paths).
pub(super) const ECMP: u32 = 1;
/// BGP paths of one route without `multipath` ("multipath", default 1).
pub(super) const MULTIPATH: u32 = 1;
/// MEDs are compared in the order of arrival unless `deterministic-med` ("deterministic-med", default false). The twin has no
/// order of arrival and groups by neighbouring AS, as the command does.
pub(super) const DETERMINISTIC_MED: bool = true;
/// OSPF `reference-bandwidth` in kbit/s (lab sros_ospf: metric 1 on a port of 100 Gbit/s).
pub(super) const OSPF_REFERENCE: u64 = 100_000_000;
/// OSPF `hello-interval` and `dead-interval`.
pub(super) const OSPF_HELLO: (u32, u32) = (10, 40);
/// OSPF `priority` (lab sros_ospf, neighbour table: 1).
pub(super) const OSPF_PRIORITY: u8 = 1;
/// OSPF `stub … default-metric`.
pub(super) const OSPF_STUB_METRIC: u32 = 1;
/// External routes are of type 2 unless a policy says `type 1` ("type", route policy actions).
pub(super) const OSPF_EXPORT_TYPE: u8 = 2;
/// IS-IS `default-metric`.
pub(super) const ISIS_METRIC: u32 = 10;
/// IS-IS `priority`.
pub(super) const ISIS_PRIORITY: u8 = 64;
/// Largest narrow metric (RFC 1195): "wide-metrics-only … if disabled, the metric is limited to 63".
pub(super) const ISIS_NARROW_MOST: u32 = 63;
/// RIP and RIPng (nokia-conf-router-rip.yang of 22.2; services guide, "preference"): `preference`, `metric-in` and `metric-out`, and
/// instances, groups and neighbours are up unless they are shut.
pub(super) const RIP: u32 = 100;
pub(super) const RIP_METRIC: u32 = 1;
pub(super) const RIP_UP: bool = true;
/// VRRP `priority`.
pub(super) const VRRP_PRIORITY: u32 = 100;
/// `family` without any.
pub(super) const BGP_FAMILY: &str = "ipv4";
/// Largest IP packet of an interface on a network port and on an access port, untagged (labs sros_services, sros_ospf: oper-ip-mtu 8922;
/// access: Ethernet MTU 1514).
pub(super) const NETWORK_MTU: u32 = 8922;
pub(super) const ACCESS_MTU: u32 = 1500;

/// Whether eBGP takes and sends nothing without a policy: yes where BGP was configured in a model-driven interface, no in the classic
/// CLI ("Default external BGP route propagation behavior without policies", unicast routing guide; lab sros_ibgp).
pub(super) fn ebgp_rejects(classic: bool) -> bool {
    !classic
}

/// How SR OS behaves.
pub(super) fn platform(most: Option<u32>) -> Platform {
    Platform {
        // `show router route-table` holds no host routes of own addresses (all sros labs).
        local_routes: LocalRoutes::None,
        no_local_for_host_prefix: true,
        connected_distance: DIRECT,
        best_path_steps: BEST_PATH,
        bgp_local_weight: 0,
        // `multipath restrict` says otherwise; its default is the length of the path alone.
        multipath_same_as_path: true,
        multipath_same_neighbor_as: false,
        // No MED on routes that export policies take from elsewhere (labs sros_aggregate, sros_prefix_bounds).
        bgp_redistribute_metric: RedistributedMed::Absent,
        bgp_network_metric: false,
        bgp_sender_side_loop_check: false,
        bgp_prepend_before_own_as: false,
        // "third-party-nexthop", default false.
        bgp_third_party_next_hop: false,
        // Export policies see all active routes.
        redistribute_ibgp: true,
        // Only used routes are advertised; the config says `advertise-inactive`.
        bgp_advertise_only_installed: true,
        bgp_best_is_active: false,
        bgp_resolve_via_default: true,
        static_resolve_via_default: true,
        // Lab sros_aggregate: origin incomplete, of static contributors.
        bgp_aggregate_origin: AggregateOrigin::Incomplete,
        bgp_aggregate_of_all_paths: false,
        aggregate_keeps_communities: false,
        aggregate_distance: AGGREGATE,
        aggregate_installed: true,
        aggregate_is_bgp: false,
        // Commit fails.
        undefined_policy: UndefinedReference::Invalid,
        // Exported routes carry their own metric unless a policy sets one.
        ospf_redistribute_metric_bgp: 0,
        ospf_redistribute_metric: 0,
        ospf_redistribute_keep_metric: true,
        ospf_default_metric: (1, 1),
        // `area-range` makes a discard route ("blackhole-aggregate", default true).
        ospf_summary_discard: Some(OSPF_INTERNAL),
        ospf_discard_for_hidden: false,
        ospf_discard_metric: None,
        ospf_range_hides_inside: false,
        ospf_range_enters_no_summary: false,
        ospf_stub_hides_boundary: false,
        ospf_forwarding_address: ForwardingAddressRule::Broadcast,
        ospf_loopback_as_host: false,
        redistribute_includes_connected: false,
        ospf_nssa_default_summary: false,
        ospf_nssa_as_external: false,
        redistribute_default: true,
        default_mtu: NETWORK_MTU,
        isis_redistribute_metric: 0,
        isis_narrow_external_offset: 0,
        isis_attached_default: true,
        isis_attached_by_adjacency: false,
        isis_level1_goes_up: true,
        isis_subnets_at_both_levels: false,
        connected_v6_needs_routing: false,
        // Labs sros_ceos_ebgp (direct: IGP) and sros_prefix_bounds (static: incomplete).
        bgp_redistribute_connected_origin: BgpOrigin::Igp,
        bgp_export_origin_by_source: true,
        bgp_aggregate_from_rib: true,
        // The route table shows metric 0 for BGP (labs sros_policy_depth, sros_ibgp).
        bgp_metric_is_med: false,
        // "system interface address, else the last 32 bits of the chassis MAC"; the latter is not known.
        router_id: RouterIdRule::HighestLoopback,
        max_ecmp: most.unwrap_or(ECMP).max(1),
        // "preference 255: the route is not used".
        unusable_distance: Some(255),
        bgp_default_allow_as_in: 0,
        bgp_default_local_preference: 100,
        // "split-horizon", default false: a route may go back to where it came from.
        reflect_to_sender: true,
        static_interface_distance: STATIC,
        // "next-hop-resolution use-bgp-routes", default false.
        bgp_recursive_bgp: false,
        bgp_host_route_through_itself: true,
        ospf_nssa_forward_by_name: false,
        ospf_discard_protocol: Protocol::OspfIntra,
        bgp_policy_changes_reflected: true,
        bgp_local_path_local_pref: 100,
        bgp_link_local_next_hops: false,
        // Of equal paths those through the neighbours with the lowest router ids stay (lab sros_services: P1, 10.10.10.10, before
        // P2, 10.10.10.20, though P2's next hop is the lower address).
        igp_limit_by_router: true,
        bgp_installs_host_route_through_itself: true,
        bgp_sender_checks_whole_path: false,
        host_connected_shown_local: false,
        policy_tests_original: false,
        redundancy_routes: false,
        // Services guide, "vrf-import": routes of other VRFs of the router keep their preference; lab sros_services: RED and BLUE of one
        // PE hold each other's connected subnets and own addresses as `bgp_vpn`, preference 0. "vrf-target": policies stand before it.
        vpn: VpnPlatform {
            policy_alone: true,
            exports_active: true,
            lends_distance: true,
            exports_own_addresses: true,
            // "Route selection across EVPN-IFL and other owners in the VPRN service", Layer 2 Services and EVPN Guide: 170, as BGP.
            evpn_distance: Some([BGP, BGP]),
            evpn_not_lent: true,
            // "Interaction of EVPN with BGP owners in the same VPRN service", same guide.
            evpn_is_apart: true,
            // "Inter-AS option B for EVPN services", same guide: routes with VXLAN are passed on without a change of the next hop.
            evpn_next_hop_unchanged: true,
            // "ecmp" of a VPRN.
            lent_share_as_table: true,
            ..VpnPlatform::default()
        },
        rip_adds_on_send: false,
        // Unicast routing guide, "Configuring route policies": routes that are kept out of the routing table "will not be used to forward
        // data packets …, and the routes are not advertised by the routing protocol to neighbors and peers".
        rip_sends_installed_only: true,
        rip_summary_takes_worst: false,
    }
}

/// "BGP decision process", unicast routing guide; "Best-Path Selection Algorithm", Versatile Routing and Services with BGP, appendix A.
/// Router ids are compared for external paths too unless `ignore-router-id`.
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
    S::RouterId,
    S::ClusterListLength,
    S::NeighborAddress,
    S::PathId,
];

/// The speed of a port in bit/s, told by a connector's breakout (`c4-10g`: four of 10 Gbit/s) or an adapter's type
/// (`me10-10gb-sfp+`, `m20-1gb-xp-sfp`, `me6-100gb-qsfp28`).
pub(super) fn speed(text: &str) -> Option<u64> {
    let part = text.split(['-', '+']).find(|p| {
        let digits = p.trim_end_matches("gb").trim_end_matches('g');
        digits.len() < p.len() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    })?;
    let digits = part.trim_end_matches("gb").trim_end_matches('g');
    digits.parse::<u64>().ok()?.checked_mul(1_000_000_000)
}

/// The word of the routes format for a family that carries no plain routes.
pub(super) fn family_word(word: &str) -> &str {
    match word {
        "vpn-ipv4" => "vpnv4",
        "vpn-ipv6" => "vpnv6",
        other => other,
    }
}
