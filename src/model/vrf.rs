//! A routing table of a device, and its static routes.

use super::device::Name;
use super::static_route::StaticRoute;
use crate::base::span::Origin;

crate::define_id! {
    /// A VRF of a device.
    VrfId;
}

impl VrfId {
    /// The global table, `default`.
    pub const DEFAULT: Self = Self(0);
}

/// A VRF (Junos: routing instance).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vrf {
    /// Its name; the global table is `default`.
    pub name: Name,
    /// Keeps the place of a table that another network has (see [`super::align`]): it is not there.
    pub absent: bool,
    /// Where it is configured.
    pub origin: Origin,
    /// The route distinguisher as text, where set.
    pub route_distinguisher: Option<Name>,
    /// Route targets of routes it takes in, as text (`65000:1`; `*:1`: of any AS).
    pub import_targets: Vec<Name>,
    /// Route targets it puts on routes it exports.
    pub export_targets: Vec<Name>,
    /// Policies on import and on export between VRFs.
    pub import_policy: Option<super::policy::PolicyChain>,
    /// See `import_policy`.
    pub export_policy: Option<super::policy::PolicyChain>,
    /// What the config says apart for a family; it stands instead of the fields above.
    pub exchanges: Vec<Exchange>,
    /// Routes of other tables of the device that it takes in as they stand there.
    pub leaks: Vec<Leak>,
    /// BGP routes of neighbours of other tables that it takes in too.
    pub rib_shares: Vec<RibShare>,
    /// It takes nothing in from other VRFs of the device by route target, only what comes over sessions (Junos without `auto-export`).
    pub apart: bool,
    /// The layer-3 VNI: routed packets of the VRF travel under it.
    pub vni: Option<u32>,
    /// Its IPv4 and its IPv6 routes are sent as EVPN IP prefixes (RFC 9136) where BGP has the family.
    pub evpn_prefixes: [bool; 2],
    /// A default route is made for EVPN, IPv4 and IPv6, whatever the table holds (FRR `default-originate`).
    pub evpn_defaults: [bool; 2],
    /// Whether IPv4 packets are routed at all (`ip routing`).
    pub routing_v4: bool,
    /// Whether IPv6 packets are routed at all (`ipv6 unicast-routing`).
    pub routing_v6: bool,
    /// Static routes in config order.
    pub static_routes: Vec<StaticRoute>,
    /// The most next hops a static route may have (SR OS `ecmp`); 0: no limit.
    pub max_paths: u32,
    /// Router id set for all protocols of the VRF (`router-id`, `routing-options router-id`).
    pub router_id: Option<std::net::Ipv4Addr>,
    /// Locally generated routes that stand for more specific ones outside BGP (Junos `aggregate` and `generate`).
    pub aggregates: Vec<LocalAggregate>,
    /// Whether several next hops of one route go into the forwarding table. Junos: only with a
    /// `load-balance` export policy on the forwarding table. It does not change which routes are shown.
    pub forwarding_load_balance: bool,
}

impl Vrf {
    /// Whether it takes part in the exchange of routes between VRFs.
    pub fn exchanges_routes(&self) -> bool {
        self.route_distinguisher.is_some()
            || self.vni.is_some()
            || !(self.import_targets.is_empty() && self.export_targets.is_empty() && self.exchanges.is_empty())
            || self.import_policy.is_some()
            || self.export_policy.is_some()
    }

    /// Whether its BGP table takes routes in from others.
    pub fn joins_tables(&self) -> bool {
        self.exchanges_routes() || !self.rib_shares.is_empty()
    }
}

/// What a VRF exchanges with other tables in one family.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Exchange {
    /// IPv4 or IPv6: routes of that family, however they travel. A VPN family or EVPN: only what travels that way; it stands before the
    /// entry of the unicast family.
    pub family: super::route::Family,
    /// See [`Vrf::import_targets`].
    pub import_targets: Vec<Name>,
    /// See [`Vrf::export_targets`].
    pub export_targets: Vec<Name>,
    /// See [`Vrf::import_policy`].
    pub import_policy: Option<super::policy::PolicyChain>,
    /// See [`Vrf::import_policy`].
    pub export_policy: Option<super::policy::PolicyChain>,
    /// VRFs whose routes it takes in without route targets (FRR `import vrf`).
    pub import_vrfs: Vec<VrfId>,
    /// The next hop of its routes in the VPN table instead of the session's own address (FRR `nexthop vpn export`).
    pub next_hop: Option<std::net::IpAddr>,
    /// BGP routes of the global table that are taken in (IOS `import ipv4 unicast map`).
    pub from_global: Option<super::policy::PolicyChain>,
    /// Routes that the global BGP table takes in (IOS `export ipv4 unicast map`).
    pub to_global: Option<super::policy::PolicyChain>,
    /// The route distinguisher of what goes that way, instead of the VRF's own.
    pub route_distinguisher: Option<Name>,
    /// EVPN prefixes are the business of a broadcast domain between the VRFs, not of the VRF.
    pub interfaceful: Option<Interfaceful>,
}

/// EVPN prefixes that a broadcast domain between VRFs sends and takes in (RFC 9136 §4.4.2; SR OS "EVPN-IFF"): routes of an owner of their own,
/// beside the VRF's BGP.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interfaceful {
    /// Their distance.
    pub distance: u32,
    /// The VRF's own addresses go out as hosts.
    pub own_addresses: bool,
    /// BGP attributes pass between them and other BGP routes of the VRF; else they are made anew in both directions.
    pub keeps_attributes: bool,
    /// BGP's decision chooses among them; else the lowest route distinguishers, as many as the VRF has next hops for.
    pub by_attributes: bool,
}

/// A Junos `aggregate` or `generate` route: active while a more specific route is.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalAggregate {
    /// The destination.
    pub prefix: ipnet::IpNet,
    /// `generate`: takes the next hop of its first contributor. `aggregate`: discards.
    pub generate: bool,
    /// Discards silently instead of rejecting.
    pub discard: bool,
    /// Which more specific routes count; `None` = all.
    pub policy: Option<super::policy::PolicyChain>,
    /// Administrative distance.
    pub distance: u32,
    /// Metric of the route.
    pub metric: u32,
    /// Tag.
    pub tag: u32,
    /// Communities it carries when it is exported to BGP.
    pub communities: Vec<super::route::Community>,
    /// Attributes to `brief` (only the common AS path) when exported.
    pub brief: bool,
    /// More specific routes are not sent by BGP while it is active (SR OS `summary-only`).
    pub summary_only: bool,
    /// Where it is configured.
    pub origin: Origin,
}

/// BGP routes of another table of the device that are put into this one too, with their attributes (Junos `rib-groups` and
/// `instance-import`).
#[derive(Debug, Clone, PartialEq)]
pub struct RibShare {
    /// The table they are in.
    pub from: VrfId,
    /// All that neighbours send who name this group (see [`super::bgp::NeighborFamily::rib_group`]). `None`: the active route alone.
    pub group: Option<Name>,
    /// IPv4 or IPv6.
    pub family: super::route::Family,
    /// Which, and with what changes; `None` = all.
    pub policy: Option<super::policy::PolicyChain>,
    /// Where it is configured.
    pub origin: Origin,
}

/// Routes that a table takes in from another one of its device, with their protocols and distances.
#[derive(Debug, Clone, PartialEq)]
pub struct Leak {
    /// The table they are in.
    pub from: VrfId,
    /// Only of this family.
    pub family: Option<super::route::Family>,
    /// Only from these protocols; empty = of any.
    pub sources: Vec<super::policy::RouteSource>,
    /// Which, and with what changes; `None` = all.
    pub policy: Option<super::policy::PolicyChain>,
    /// Where it is configured.
    pub origin: Origin,
}
