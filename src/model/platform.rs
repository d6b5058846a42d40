//! How an operating system behaves, as data.
//!
//! In: `vendors/<os>/defaults`. Out: [`Platform`]. Law: logic below `model` asks these fields and never which
//! vendor it is. What a config can change stands in the config's own structs (already resolved); here is only what
//! the OS fixes. Each vendor's `defaults.rs` cites the document or the lab behind each value.

use super::route::Protocol;

/// Behaviours of an operating system.
#[derive(Debug, Clone, PartialEq)]
pub struct Platform {
    /// Host routes of own addresses appear in the table as `local` (IOS 15+, Junos, EOS does not show them).
    pub local_routes: LocalRoutes,
    /// A loopback's /32 gets no `local` route beside the connected one.
    pub no_local_for_host_prefix: bool,
    /// The connected route of an address with the mask of a host is shown as a local one (IOS-XR: lab iosxr_ebgp_basic; redistribution takes it
    /// as connected).
    pub host_connected_shown_local: bool,
    /// Distance of connected and local routes.
    pub connected_distance: u32,
    /// Order of BGP's decision steps.
    pub best_path_steps: &'static [BestPathStep],
    /// Weight of routes made here.
    pub bgp_local_weight: u32,
    /// Multipath of eBGP needs the same AS-path content (not only length) unless relaxed.
    pub multipath_same_as_path: bool,
    /// The multipath set needs the same neighbouring AS.
    pub multipath_same_neighbor_as: bool,
    /// Routes redistributed into BGP get the IGP metric as MED (else 0 or none).
    pub bgp_redistribute_metric: RedistributedMed,
    /// A `network` route's MED is the metric of the route it stands for.
    pub bgp_network_metric: bool,
    /// A route whose AS path starts with the receiver's AS is not sent to it unless `advertise_peer_as` (Junos; an AS further back in the
    /// path does not count: lab junos_ebgp_loop_prevention).
    pub bgp_sender_side_loop_check: bool,
    /// That check looks for the receiver's AS in the whole path (IOS-XR: lab cisco_xr_ios_vpnv4).
    pub bgp_sender_checks_whole_path: bool,
    /// ASes that an export policy prepends stand left of the own AS (Junos: "added after the local AS number has been added"; lab
    /// junos_undefined_prefix_list_export).
    pub bgp_prepend_before_own_as: bool,
    /// The next hop of a sent eBGP route on a shared subnet is kept (third-party next hop).
    pub bgp_third_party_next_hop: bool,
    /// Routes learned by iBGP are redistributed into an IGP (IOS: only with `bgp redistribute-internal`).
    pub redistribute_ibgp: bool,
    /// Only BGP routes that are in the main table are advertised, without configuration. `lower` turns this and the config into
    /// `Bgp::advertise_inactive`, which alone decides.
    pub bgp_advertise_only_installed: bool,
    /// A BGP path counts as best only while it is the active route of the main table (Junos has one active route a prefix, over
    /// all protocols).
    pub bgp_best_is_active: bool,
    /// BGP next hops may be resolved through the default route.
    pub bgp_resolve_via_default: bool,
    /// Static next hops may be resolved through the default route.
    pub static_resolve_via_default: bool,
    /// ORIGIN of an aggregate.
    pub bgp_aggregate_origin: AggregateOrigin,
    /// All usable paths to what lies in an aggregate make it, and count for its AS set; not only the best ones.
    pub bgp_aggregate_of_all_paths: bool,
    /// Atomic-aggregate aggregates inherit their contributors' communities.
    pub aggregate_keeps_communities: bool,
    /// Distance of a BGP aggregate's discard route in the main table.
    pub aggregate_distance: u32,
    /// The aggregate's discard route is installed in the main table.
    pub aggregate_installed: bool,
    /// There it is a BGP route (IOS, FRR print `B`, and `redistribute bgp` takes it) rather than an aggregate route of its own kind (EOS).
    pub aggregate_is_bgp: bool,
    /// Policies that are named but not defined.
    pub undefined_policy: UndefinedReference,
    /// Metric a redistributed route has in OSPF: from BGP, from the rest.
    pub ospf_redistribute_metric_bgp: u32,
    /// See above.
    pub ospf_redistribute_metric: u32,
    /// Metric in OSPF of a redistributed route is the metric it has in its own protocol.
    pub ospf_redistribute_keep_metric: bool,
    /// Metric of the default route of `default-information originate`, with and without `always`.
    pub ospf_default_metric: (u32, u32),
    /// OSPF installs a discard route for an area range or external summary, with this distance.
    pub ospf_summary_discard: Option<u32>,
    /// That discard route is there for ranges that are not advertised too (Junos `restrict`; IOS installs none:
    /// lab ospf_summarization).
    pub ospf_discard_for_hidden: bool,
    /// Metric of that discard route; `None`: the cost of the range (Junos shows 16777215).
    pub ospf_discard_metric: Option<u32>,
    /// A border router ignores summaries of anything inside one of its own active ranges (FRR `ospf_some_area_range_match`), not
    /// only of the range itself (RFC 2328 §16.2 (3)).
    pub ospf_range_hides_inside: bool,
    /// Summaries for ranges enter areas with `no-summary` too (FRR 8.4, seen live: `ospf_abr_announce_aggregates`).
    pub ospf_range_enters_no_summary: bool,
    /// The path to an AS boundary router is chosen among all common areas, stub areas and NSSAs too. If a stub area wins there is
    /// none. If an NSSA wins, the router's type 5 LSAs go for nothing and no type 4 LSA tells others of it (FRR 8.4, seen live:
    /// `ospf_find_asbr_route`, `ospf_abr_announce_rtr`).
    pub ospf_stub_hides_boundary: bool,
    /// When an external LSA names the next hop of the redistributed route as forwarding address.
    pub ospf_forwarding_address: ForwardingAddressRule,
    /// A loopback's address is advertised as a host route whatever its mask (RFC 2328 §9.1), unless the interface says
    /// otherwise.
    pub ospf_loopback_as_host: bool,
    /// Redistributing an IGP takes the connected subnets it runs on too (IOS).
    pub redistribute_includes_connected: bool,
    /// A border router sends an inter-area default route into every NSSA, `no-summary` or not (FRR 8.4, seen live).
    pub ospf_nssa_default_summary: bool,
    /// Routes from type 7 LSAs are shown as E1 and E2 (FRR).
    pub ospf_nssa_as_external: bool,
    /// Redistribution into OSPF and IS-IS takes a default route like any other (Junos). Else only
    /// `default-information originate` sends one.
    pub redistribute_default: bool,
    /// Largest IP packet of an interface without configuration, for MTU checks between neighbours.
    pub default_mtu: u32,
    /// IS-IS metric of a redistributed route.
    pub isis_redistribute_metric: u32,
    /// Narrow external metrics are shown plus 64 (IOS).
    pub isis_narrow_external_offset: u32,
    /// IS-IS: an L1 router installs a default route towards the nearest attached L1/L2 router.
    pub isis_attached_default: bool,
    /// The attached bit is set while there is any other router at level 2 (FRR), not only one of another area (ISO 10589 §7.2.9.2);
    /// and a router of both levels without any takes the default route like one of level 1 (FRR 8.4, seen live).
    pub isis_attached_by_adjacency: bool,
    /// What a router learns at level 1 goes into level 2 by itself (RFC 1195 §3.2). FRR 8.4 has no such thing (seen live).
    pub isis_level1_goes_up: bool,
    /// A circuit's subnets are in the LSPs of both of the router's levels, though the circuit is of one only (FRR 8.4, seen live:
    /// `lsp_build`).
    pub isis_subnets_at_both_levels: bool,
    /// Connected IPv6 routes are in the table only where IPv6 is routed (`Vrf::routing_v6`).
    pub connected_v6_needs_routing: bool,
    /// ORIGIN of connected routes redistributed into BGP; routes of other sources are incomplete.
    pub bgp_redistribute_connected_origin: super::route::BgpOrigin,
    /// A BGP aggregate is made of any more specific route of the main table, not only of BGP's. The origin of those is as if they
    /// were redistributed.
    pub bgp_aggregate_from_rib: bool,
    /// Metric shown for BGP routes in the main table: MED (`true`) or 0.
    pub bgp_metric_is_med: bool,
    /// Router id without configuration: highest loopback address, then highest address of an interface that is up.
    pub router_id: RouterIdRule,
    /// The most next hops per route that the OS can hold.
    pub max_ecmp: u32,
    /// A route of this distance is never installed (Cisco, EOS, FRR: 255, "unknown"; Junos has no such value).
    pub unusable_distance: Option<u32>,
    /// Own AS in a received path is allowed this many times without configuration (Junos 0…).
    pub bgp_default_allow_as_in: u32,
    /// Local preference of routes received over eBGP.
    pub bgp_default_local_preference: u32,
    /// The router reflects iBGP routes back to the client they came from (IOS does not).
    pub reflect_to_sender: bool,
    /// Distance of a static route that names only an interface, without configuration.
    pub static_interface_distance: u32,
    /// Installs BGP routes whose next hop resolves only through another BGP route.
    pub bgp_recursive_bgp: bool,
    /// A path to a host prefix whose next hop is that very address is taken if something else reaches it. FRR refuses it, but from
    /// a route-reflector client (seen live).
    pub bgp_host_route_through_itself: bool,
    /// The forwarding address of a type 7 LSA is that of the first interface by name (FRR), not a loopback's before others.
    pub ospf_nssa_forward_by_name: bool,
    /// What OSPF's discard route of an area range is in the main table.
    pub ospf_discard_protocol: Protocol,
    /// Export policies change routes that are reflected. FRR: only with `bgp route-reflector allow-outbound-policy`.
    pub bgp_policy_changes_reflected: bool,
    /// Local preference shown for paths made here where no policy sets one (EOS: 0; 100 is sent all the same).
    pub bgp_local_path_local_pref: u32,
    /// Conditions of a policy see the route as it was when the policy began, not as the policy has changed it (IOS-XR, "Implementing
    /// Routing Policy", attribute modification).
    pub policy_tests_original: bool,
    /// Routes of other protocols that export policies send have the ORIGIN of redistributed ones (SR OS), not always IGP (Junos).
    pub bgp_export_origin_by_source: bool,
    /// Of more equal paths of an IGP than a route may have, those through the neighbours with the lowest router ids (system ids) stay,
    /// not those with the lowest next hops (SR OS: lab sros_services).
    pub igp_limit_by_router: bool,
    /// RIP adds the hop where it sends, not where it hears (Cisco): the table shows one less, and a route may be a hop longer.
    pub rip_adds_on_send: bool,
    /// RIP sends only what is in the main table (Cisco).
    pub rip_sends_installed_only: bool,
    /// A RIP summary has the worst metric of its parts (NX-OS), not the best.
    pub rip_summary_takes_worst: bool,
    /// IPv6 routes from a directly connected external neighbour are installed with its link-local address (FRR: lab sonic_bgp_lab).
    pub bgp_link_local_next_hops: bool,
    /// The virtual addresses of first-hop redundancy groups have host routes in the table (NX-OS: lab nxos_hsrp).
    pub redundancy_routes: bool,
    /// A host route whose next hop is that very address goes into the main table though it is only reached through its subnet (NX-OS
    /// keeps it behind the neighbour's own entry: lab nxos_bgp_redist_connected).
    pub bgp_installs_host_route_through_itself: bool,
    /// Routes between VRFs.
    pub vpn: super::platform_vpn::VpnPlatform,
}

/// Which own addresses get `local` routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalRoutes {
    /// All, both families.
    All,
    /// None.
    None,
    /// Only IPv6.
    V6,
}

/// The forwarding address of external LSAs (RFC 2328 §12.4.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForwardingAddressRule {
    /// The next hop, if it lies in the subnet of an active, not passive OSPF interface of type broadcast or non-broadcast (IOS,
    /// Cisco document 13682).
    Broadcast,
    /// The next hop, if it lies in the subnet of any interface OSPF runs on (FRR `ospf_external_lsa_nexthop_get`).
    AnyOspfSubnet,
    /// Never.
    Never,
}

/// MED of redistributed routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedistributedMed {
    /// The metric of the redistributed route (IOS, FRR); connected and static: 0.
    RouteMetric,
    /// None.
    Absent,
    /// Zero.
    Zero,
    /// The metric for IGP routes, none for connected and static ones.
    IgpOnly,
}

/// ORIGIN of an aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AggregateOrigin {
    /// Always IGP.
    Igp,
    /// The worst of its contributors.
    WorstOfContributors,
    /// Always incomplete.
    Incomplete,
}

/// What an undefined policy does where it is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndefinedReference {
    /// Everything passes.
    Permit,
    /// Nothing passes.
    Deny,
    /// The config is refused (Junos commit check): the twin treats it as not there, with an error.
    Invalid,
}

/// How a router id is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouterIdRule {
    /// Highest IPv4 address of the loopbacks that are up, else of all interfaces that are up.
    HighestLoopback,
    /// Highest of all interfaces of the VRF, loopbacks first (FRR zebra: loopback first, highest).
    HighestAny,
    /// Primary address of the first loopback `lo0` that is not 127/8, else lowest interface address (Junos).
    LowestFirst,
    /// Address of loopback 0, else of the first loopback, else of the first interface that is up (NX-OS).
    FirstLoopback,
}

/// A step of BGP's decision, in words for `nettwin bgp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BestPathStep {
    /// Highest weight.
    Weight,
    /// Lowest main-table preference (Junos).
    Preference,
    /// Highest local preference.
    LocalPref,
    /// Made here before learned.
    LocalOrigin,
    /// Lowest accumulated IGP metric (AIGP).
    Aigp,
    /// Shortest AS path.
    AsPathLength,
    /// Lowest origin.
    Origin,
    /// Lowest MED.
    Med,
    /// eBGP before iBGP.
    ExternalOverInternal,
    /// Nearest next hop.
    IgpMetric,
    /// Heard from another member of the confederation before heard inside the own one (FRR).
    ConfedOverInternal,
    /// Shortest cluster list.
    ClusterListLength,
    /// Oldest eBGP path. Depends on message order: the twin reports a finding when it decides.
    Oldest,
    /// Lowest router id (or originator id).
    RouterId,
    /// Lowest neighbour address.
    NeighborAddress,
    /// Lowest add-path id.
    PathId,
}

use BestPathStep as S;

/// The order of Cisco IOS ("BGP Best Path Selection Algorithm", Cisco document 13753), shared by many.
pub const BEST_PATH_CISCO: &[BestPathStep] = &[
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

impl Default for Platform {
    /// A neutral router by the RFCs, for tests. Vendors state all fields themselves.
    fn default() -> Self {
        Self {
            local_routes: LocalRoutes::All,
            no_local_for_host_prefix: true,
            host_connected_shown_local: false,
            connected_distance: 0,
            best_path_steps: BEST_PATH_CISCO,
            bgp_local_weight: 32768,
            multipath_same_as_path: true,
            multipath_same_neighbor_as: true,
            bgp_redistribute_metric: RedistributedMed::RouteMetric,
            bgp_network_metric: true,
            bgp_sender_side_loop_check: false,
            bgp_sender_checks_whole_path: false,
            bgp_prepend_before_own_as: false,
            bgp_third_party_next_hop: true,
            redistribute_ibgp: false,
            bgp_advertise_only_installed: false,
            bgp_best_is_active: false,
            bgp_resolve_via_default: true,
            static_resolve_via_default: true,
            bgp_aggregate_origin: AggregateOrigin::Igp,
            bgp_aggregate_of_all_paths: false,
            aggregate_keeps_communities: false,
            aggregate_distance: 200,
            aggregate_installed: true,
            aggregate_is_bgp: true,
            undefined_policy: UndefinedReference::Permit,
            ospf_redistribute_metric_bgp: 1,
            ospf_redistribute_metric: 20,
            ospf_redistribute_keep_metric: false,
            ospf_default_metric: (1, 1),
            ospf_summary_discard: Some(110),
            ospf_discard_for_hidden: false,
            ospf_discard_metric: None,
            ospf_range_hides_inside: false,
            ospf_range_enters_no_summary: false,
            ospf_stub_hides_boundary: false,
            ospf_forwarding_address: ForwardingAddressRule::Broadcast,
            ospf_loopback_as_host: true,
            redistribute_includes_connected: true,
            ospf_nssa_default_summary: false,
            ospf_nssa_as_external: false,
            redistribute_default: false,
            default_mtu: 1500,
            isis_redistribute_metric: 0,
            isis_narrow_external_offset: 0,
            isis_attached_default: true,
            isis_attached_by_adjacency: false,
            isis_level1_goes_up: true,
            isis_subnets_at_both_levels: false,
            connected_v6_needs_routing: false,
            bgp_redistribute_connected_origin: super::route::BgpOrigin::Incomplete,
            bgp_aggregate_from_rib: false,
            bgp_metric_is_med: true,
            router_id: RouterIdRule::HighestLoopback,
            max_ecmp: 64,
            unusable_distance: Some(255),
            bgp_default_allow_as_in: 0,
            bgp_default_local_preference: 100,
            reflect_to_sender: false,
            static_interface_distance: 1,
            bgp_recursive_bgp: true,
            bgp_host_route_through_itself: true,
            ospf_nssa_forward_by_name: false,
            ospf_discard_protocol: Protocol::OspfIntra,
            bgp_policy_changes_reflected: true,
            bgp_local_path_local_pref: 100,
            policy_tests_original: false,
            bgp_export_origin_by_source: false,
            igp_limit_by_router: false,
            rip_adds_on_send: false,
            rip_sends_installed_only: false,
            rip_summary_takes_worst: false,
            bgp_link_local_next_hops: false,
            redundancy_routes: false,
            bgp_installs_host_route_through_itself: true,
            vpn: super::platform_vpn::VpnPlatform::default(),
        }
    }
}
