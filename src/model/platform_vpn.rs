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
    /// Routes that an aggregate suppresses are not exported (FRR).
    pub suppressed_stay: bool,
    /// EVPN routes to another AS keep their next hop (FRR).
    pub evpn_next_hop_unchanged: bool,
    /// Distances of routes by EVPN where they are a protocol of their own (Junos): IP prefixes, hosts.
    pub evpn_distance: Option<[u32; 2]>,
}
