//! How an OS exchanges routes between VRFs, as data.

/// See [`Platform`](super::Platform). The default is what RFC 4364 and RFC 9136 say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VpnPlatform {
    /// A route that the export policy refuses is exported all the same, with the VRF's own route targets (IOS `export map`: lab
    /// iosxe_vrf_route_leaking_export_map).
    pub refused_keeps_targets: bool,
    /// Where there is an export policy it alone puts route targets on, and where there is an import policy it alone decides
    /// (Junos, SR OS: `vrf-export`, `vrf-import`).
    pub policy_alone: bool,
    /// All active routes of a VRF are exported, not only those of its BGP table (Junos, SR OS).
    pub exports_active: bool,
    /// All paths of the VPN table are imported, not only the best of each route distinguisher (EOS, Junos).
    pub imports_all_paths: bool,
    /// A route that another VRF of the device made keeps the distance it has there (SR OS); else it is as if learned from another AS
    /// (IOS).
    pub lends_distance: bool,
    /// A VRF that takes in a connected subnet of another VRF of the device shows that one's address there too (IOS: labs
    /// iosxe_vrf_route_leaking_export_map, iosxe_vrf_route_leaking_classic_eigrp).
    pub lends_local_routes: bool,
    /// The VRF's own addresses go out as host routes, though its table does not show them (SR OS: lab sros_services).
    pub exports_own_addresses: bool,
    /// Routes of another VRF of the device keep their protocol and preference, own addresses among them (Junos `auto-export`: lab
    /// junos_evpn_type5).
    pub lends_whole_routes: bool,
    /// The own addresses of routed VLANs go out as EVPN hosts with the route targets of their VRF (Junos `irb-symmetric-routing`: lab
    /// junos_evpn_type5).
    pub evpn_own_hosts: bool,
    /// Hosts behind a VLAN with a VNI go out with the route targets of the VLAN's VRF too, and stand as host routes in that VRF of other
    /// switches (symmetric routing, RFC 9135 §4; EOS, NX-OS, FRR).
    pub evpn_learned_hosts: bool,
    /// Routes that an aggregate suppresses are not exported (FRR).
    pub suppressed_stay: bool,
    /// What a VRF took in from another VRF of the device goes out as its own EVPN prefix too, with the route targets of both; not as a route
    /// over MPLS (Junos `ip-prefix-routes`: lab junos_evpn_type5).
    pub evpn_sends_lent: bool,
    /// The global table exchanges routes as VRFs do (FRR).
    pub global_is_vrf: bool,
    /// All paths of a VRF are taken in, not its best only, and never its aggregates (FRR `vpn_leak_from_vrf_update`; live 8.4).
    pub lends_all_paths: bool,
    /// A `network` of another VRF of the device has no valid next hop (FRR before `leak_update_nexthop_valid`; live 8.4).
    pub lent_networks_invalid: bool,
    /// Routes of another VRF of the device count as learned in the decision, have the device's router id as originator, and are sent as if
    /// made here: inside the AS without reflection, with their MED, and unless there is an import policy with the own address as next hop
    /// (FRR: their peer is `peer_self`; live 8.4).
    pub lent_is_own: bool,
    /// The distance of all routes that a VRF takes in (FRR 8.4: 20, whatever `distance bgp` says).
    pub lent_distance: Option<u32>,
    /// Without a distinguisher and targets of its own a VRF sends nothing over sessions (FRR `vpn_leak_to_vpn_active`).
    pub needs_targets: bool,
    /// Route targets that a route has already stay beside those of the VRF (FRR `vpn_leak_from_vrf_update`).
    pub keeps_targets: bool,
    /// EVPN prefixes are taken in from sessions only, not from other VRFs of the device (FRR `install_uninstall_routes_for_vrf`; SR OS, of whose
    /// services no document says otherwise).
    pub evpn_not_lent: bool,
    /// EVPN prefixes are exchanged only by VRFs that say something for EVPN, and by what they say for it alone (SR OS `bgp-evpn`).
    pub evpn_is_apart: bool,
    /// Routes from other tables share the load as far as the VRF's own limit says, whatever BGP's (SR OS `ecmp`).
    pub lent_share_as_table: bool,
    /// EVPN routes to another AS keep their next hop (FRR).
    pub evpn_next_hop_unchanged: bool,
    /// Distances of routes by EVPN where they are a protocol of their own (Junos): IP prefixes, hosts.
    pub evpn_distance: Option<[u32; 2]>,
}
