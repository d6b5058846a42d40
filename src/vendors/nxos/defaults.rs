//! What NX-OS does where no line says anything, each with its source.
//!
//! Sources: "guide" is the "Cisco Nexus 9000 Series NX-OS Unicast Routing Configuration Guide"; "reference" the NX-OS command
//! references; "note" Cisco's tech note "Cisco NX-OS/IOS OSPF Comparison"; "lab" a capture of devices running 9.2 to 10.3.

use super::config::{Config, Hardware};
use crate::model::interface::InterfaceKind;
use crate::model::platform::{
    AggregateOrigin, BEST_PATH_CISCO, ForwardingAddressRule, LocalRoutes, Platform, RedistributedMed, RouterIdRule,
    UndefinedReference,
};
use crate::model::platform_vpn::VpnPlatform;
use crate::model::route::BgpOrigin;

/// Guide, "Configuring static routing": 1.
pub(super) const STATIC_DISTANCE: u32 = 1;
/// Guide, "distance (BGP)": 20 external, 200 internal, 220 local.
pub(super) const BGP_DISTANCE: [u32; 3] = [20, 200, 220];
/// Guide, "maximum-paths (BGP)": 1.
pub(super) const BGP_PATHS: u32 = 1;
/// Reference, "allowas-in": 3.
pub(super) const ALLOW_AS_IN: u32 = 3;
/// Reference, "distance (OSPF)": 110 for all kinds.
pub(super) const OSPF_DISTANCE: u32 = 110;
/// Note: 40 Gbit/s. IS-IS has the same (reference, "reference-bandwidth"; lab nxos_isis: a port of 1 Gbit/s costs 40).
pub(super) const REFERENCE: u64 = 40_000_000_000;
/// Note: 8. IS-IS too (guide, "Default parameters for IS-IS").
pub(super) const IGP_PATHS: u32 = 8;
/// Reference, "area default-cost": 1.
pub(super) const OSPF_DEFAULT_COST: u32 = 1;
/// Reference, "ip ospf hello-interval" and "dead-interval".
pub(super) const OSPF_TIMERS: (u32, u32) = (10, 40);
/// A loopback's cost in OSPF and in IS-IS (lab nxos_isis: 41 = 40 + 1).
pub(super) const LOOPBACK_COST: u32 = 1;
/// Reference, "isis priority": 64.
pub(super) const ISIS_PRIORITY: u8 = 64;
/// Guide, "Default parameters for IS-IS": 115 for all routes.
pub(super) const ISIS_DISTANCE: u32 = 115;
/// Reference, HSRP, VRRP, GLBP "priority": 100.
pub(super) const REDUNDANCY_PRIORITY: u32 = 100;
/// Lab nxos_n9kv_ebgp (`show interface`): a port without transceiver data, an SVI and the management port have 1 Gbit/s.
pub(super) const PORT_BANDWIDTH: u64 = 1_000_000_000;

/// A loopback has 8 Gbit/s and 5 ms (lab nxos_eigrp_neighbor, metric 130816 over one port).
pub(super) const LOOPBACK_BANDWIDTH: u64 = 8_000_000_000;
/// Guide, "Default parameters for EIGRP": internal 90, external 170, a summary's discard route 5.
pub(super) const EIGRP_DISTANCE: [u32; 2] = [90, 170];
pub(super) const EIGRP_SUMMARY_DISTANCE: u32 = 5;
/// Guide, "Configuring RIP": distance 120, 16 paths; Nexus 3548 command reference, "default-metric (RIP)": 1. `show ip rip vrf all` of a
/// device, in the tests of Cisco's Genie parsers, says the same: `Admin-distance: 120`, `Max-paths: 16`, `Default-metric: 1`.
pub(super) const RIP_DISTANCE: u32 = 120;
pub(super) const RIP_PATHS: u32 = 16;
pub(super) const RIP_METRIC: u32 = 1;
/// Interfaces guide, "Configuring vPCs", role priority: 32667; the lower is primary.
pub(super) const VPC_PRIORITY: u32 = 32667;
/// Reference, "default-metric (EIGRP)".
pub(super) const EIGRP_METRIC: [u32; 5] = [100_000, 100, 255, 1, 1500];

/// Delay of a kind of interface in picoseconds (labs, `show interface`, "DLY").
pub(super) fn delay(kind: InterfaceKind) -> u64 {
    match kind {
        InterfaceKind::Loopback => 5_000_000_000,
        InterfaceKind::Tunnel => 50_000_000_000,
        _ => 10_000_000,
    }
}

/// Whether Ethernet ports and port channels are switch ports where a port does not say. A running-config prints only what differs, so
/// ports that say `no switchport` mean that the rest are switch ports. Without any: yes but on the Nexus 7000 (interfaces
/// guides, "system default switchport").
pub(super) fn switchport(config: &Config) -> bool {
    if let Some(said) = config.default_switchport {
        return said;
    }
    let ports = || config.interfaces.iter().filter(|(n, _)| n.starts_with("Ethernet") && !n.contains('.')).map(|(_, p)| p);
    if ports().any(|p| p.switchport == Some(false)) {
        return true;
    }
    let routed = ports().any(|p| p.switchport == Some(true)) || config.hardware == Hardware::N7000;
    // Addresses on ports of which none says what it is.
    let bare = ports().any(|p| p.switchport.is_none() && p.channel_group.is_none() && !p.addresses.is_empty());
    !(routed || bare)
}

/// Whether a routed port is shut down where it does not say: so it is on the Nexus 9000, and with release 9 and later on the 3000 too;
/// older small switches leave their ports on (interfaces command references, "shutdown"; labs of 9.2 and 10.3: `no shutdown` is
/// printed).
pub(super) fn routed_shutdown(config: &Config, by_default_routed: bool) -> bool {
    if config.major.is_some_and(|m| m >= 9) {
        return true;
    }
    let routed = |p: &&super::config::Interface| !p.switchport.unwrap_or(!by_default_routed);
    let ports =
        || config.interfaces.iter().filter(|(n, _)| n.starts_with("Ethernet") && !n.contains('.')).map(|(_, p)| p).filter(routed);
    // What is printed is what differs from the default.
    let (on, off) = (ports().any(|p| p.shutdown == Some(false)), ports().any(|p| p.shutdown == Some(true)));
    match (on, off) {
        (true, false) => true,
        (false, true) => false,
        _ => config.hardware == Hardware::Unknown && !config.excerpt && on,
    }
}

/// How NX-OS behaves.
pub(super) fn platform(config: &Config) -> Platform {
    let inactive = config.bgp.iter().flat_map(|b| b.vrfs.iter()).any(|(_, v)| v.families.iter().any(|f| f.suppress_inactive));
    Platform {
        // Labs: every own address has a `local` route, a loopback's /32 beside its `direct` one.
        local_routes: LocalRoutes::All,
        no_local_for_host_prefix: false,
        connected_distance: 0,
        // Guide, "BGP path selection": the steps of IOS.
        best_path_steps: BEST_PATH_CISCO,
        // Labs: 32768.
        bgp_local_weight: 32768,
        // Reference, "bestpath as-path multipath-relax": without it AS paths must be the same.
        multipath_same_as_path: true,
        multipath_same_neighbor_as: true,
        // Lab nxos_bgp_redist_connected: MED 0 for `direct`. Guide, "default-metric": else the metric of the route.
        bgp_redistribute_metric: RedistributedMed::RouteMetric,
        bgp_network_metric: true,
        // Reference, "disable-peer-as-check": a route is not sent to a neighbour whose AS is the last in its path.
        bgp_sender_side_loop_check: true,
        bgp_prepend_before_own_as: false,
        bgp_third_party_next_hop: true,
        // Guide, "Redistribution": iBGP routes are left out unless the route-map has `match route-type internal`; `lower` puts
        // that into each redistribution.
        redistribute_ibgp: true,
        // Reference, "suppress-inactive": off.
        bgp_advertise_only_installed: inactive,
        bgp_best_is_active: false,
        bgp_resolve_via_default: true,
        static_resolve_via_default: true,
        bgp_aggregate_origin: AggregateOrigin::Igp,
        bgp_aggregate_of_all_paths: false,
        aggregate_keeps_communities: false,
        // The local distance (`[220/0]` in `show ip route`).
        aggregate_distance: BGP_DISTANCE[2],
        aggregate_installed: true,
        aggregate_is_bgp: true,
        // A route-map that is not defined lets nothing through.
        undefined_policy: UndefinedReference::Deny,
        // Guide, "default-metric (OSPF)": 20; BGP routes 1.
        ospf_redistribute_metric_bgp: 1,
        ospf_redistribute_metric: 20,
        ospf_redistribute_keep_metric: false,
        ospf_default_metric: (1, 1),
        // Seen in `show ip route`: `via Null0, [220/50], ospf-1, discard`.
        ospf_summary_discard: Some(220),
        ospf_discard_for_hidden: false,
        ospf_discard_metric: None,
        ospf_forwarding_address: ForwardingAddressRule::Broadcast,
        ospf_loopback_as_host: true,
        // Redistribution takes the routes of the protocol and not the subnets it runs on: these are `direct`.
        redistribute_includes_connected: false,
        // Guide, "default-information originate".
        redistribute_default: false,
        default_mtu: 1500,
        isis_redistribute_metric: 0,
        isis_narrow_external_offset: 0,
        isis_attached_default: true,
        bgp_redistribute_connected_origin: BgpOrigin::Incomplete,
        bgp_aggregate_from_rib: false,
        bgp_metric_is_med: true,
        // Note: loopback0, else the first loopback, else the first interface; lab nxos_bgp_redist_connected: the first of two ports.
        router_id: RouterIdRule::FirstLoopback,
        max_ecmp: 64,
        bgp_default_allow_as_in: 0,
        bgp_default_local_preference: 100,
        reflect_to_sender: false,
        static_interface_distance: STATIC_DISTANCE,
        bgp_recursive_bgp: true,
        // Guide, "Configuring RIP", compatibility with IOS: NX-OS counts a direct subnet as 1 and adds where it hears; with `metric
        // direct 0` it sends and takes routes as IOS does. `show ip rip route` there: own subnets have metric 1, a neighbour's 2.
        rip_adds_on_send: config.rip.iter().any(|r| r.as_ios),
        // Guide, "Configuring RIP", route summarization: "a metric equal to the maximum metric of the more specific routes".
        rip_summary_takes_worst: true,
        // Lab nxos_hsrp: active and standby router show the virtual address, `[0/0], hsrp`.
        redundancy_routes: true,
        // Lab nxos_bgp_redist_connected: such a route is best, and not in the table.
        bgp_installs_host_route_through_itself: false,
        // VXLAN configuration guide, "VXLAN BGP EVPN": host routes with the VRF's route target and VNI.
        vpn: VpnPlatform { evpn_learned_hosts: true, ..VpnPlatform::default() },
        ..Platform::default()
    }
}
