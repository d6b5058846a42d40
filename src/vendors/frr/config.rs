//! A device's config as FRR and ifupdown think of it.
//!
//! In: `read/`. Out: [`Config`]. Law: what the config says, nothing worked out: `None` = not said.

use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Net};

use crate::base::Map;
use crate::base::span::Origin;
use crate::model::bgp::{AddPathSelect, LocalAs, RemoteAs};
use crate::model::device::Name;
use crate::model::isis::Levels;
use crate::model::mpls::Srgb;
use crate::model::ospf::{NetworkType, Translate};
use crate::model::policy::{Action, Number, PrefixLine, RouteSource};
use crate::model::route::{BgpOrigin, Family};
use crate::vendors::labels::{Labels, SaidSid};

/// A name used at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Ref {
    pub name: Name,
    pub origin: Origin,
}

/// Everything one device's files say.
#[derive(Debug, Default)]
pub struct Config {
    pub hostname: Option<Name>,
    /// `frr version`, as far as it is two numbers.
    pub version: Option<(u32, u32)>,
    pub datacenter: bool,
    /// It has an ifupdown section: interfaces are those of Cumulus Linux.
    pub ifupdown: bool,
    /// It has a SONiC database.
    pub config_db: bool,
    /// `DEVICE_METADATA`: the MAC address of all ports.
    pub mac: Option<[u8; 6]>,
    /// It has NVUE's config, which makes the bridge and VLAN of an L3VNI by itself.
    pub nvue: bool,
    pub vtep: Vtep,
    pub interfaces: Vec<Interface>,
    pub interface_index: Map<Name, usize>,
    pub vrfs: Vec<Vrf>,
    pub statics: Vec<Static>,
    pub packet_filters: Vec<PacketFilter>,
    pub clag: Option<Clag>,
    /// Ethernet segments are in use: bundles may be shared with other switches.
    pub segments: bool,
    pub bgp: Vec<Bgp>,
    pub evpn_vnis: Vec<EvpnVni>,
    pub ospf: Vec<Ospf>,
    pub ospf6: Vec<Ospf>,
    pub isis: Vec<Isis>,
    pub rip: Vec<Rip>,
    pub labels: Labels,
    pub route_maps: Vec<RouteMap>,
    pub route_map_index: Map<Name, usize>,
    pub lists: Lists,
    pub router_id: Option<Ipv4Addr>,
    /// `ip nht resolve-via-default`, per family.
    pub resolve_via_default: [Option<bool>; 2],
}

impl Config {
    /// The interface of that name, made if it is new.
    pub fn interface(&mut self, name: &str, origin: Origin) -> usize {
        if let Some(&at) = self.interface_index.get(name) {
            return at;
        }
        let at = self.interfaces.len();
        self.interface_index.insert(name.into(), at);
        self.interfaces.push(Interface { name: name.into(), origin, ..Interface::default() });
        at
    }

    /// What EVPN says of a VNI, made if it is new.
    pub fn evpn_vni(&mut self, vni: u32, origin: Origin) -> &mut EvpnVni {
        let at = self.evpn_vnis.iter().position(|v| v.vni == vni).unwrap_or(self.evpn_vnis.len());
        if at == self.evpn_vnis.len() {
            self.evpn_vnis.push(EvpnVni { vni, ..EvpnVni::default() });
        }
        self.evpn_vnis[at].origins.push(origin);
        &mut self.evpn_vnis[at]
    }

    /// The VRF of that name, made if it is new.
    pub fn vrf(&mut self, name: &str, origin: Origin) -> &mut Vrf {
        let at = self.vrfs.iter().position(|v| &*v.name == name).unwrap_or(self.vrfs.len());
        if at == self.vrfs.len() {
            self.vrfs.push(Vrf { name: name.into(), origin, ..Vrf::default() });
        }
        &mut self.vrfs[at]
    }
}

/// `clagd-…` on the peer link's interface, or a domain of SONiC's MCLAG.
#[derive(Debug, Default)]
pub struct Clag {
    pub origin: Origin,
    pub peer_link: Option<Name>,
    pub domain: Option<Name>,
    pub peer: Option<std::net::IpAddr>,
    /// `clagd-backup-ip`.
    pub backup: bool,
    pub priority: Option<u32>,
    pub disabled: bool,
}

/// What is said of the end of VXLAN tunnels for all VNIs.
#[derive(Debug, Default)]
pub struct Vtep {
    pub address: Option<std::net::IpAddr>,
    /// Shared by a pair of switches.
    pub anycast: Option<std::net::IpAddr>,
    /// VLANs and their VNIs where one device carries many.
    pub vlans: Vec<VlanVni>,
    /// Where frames are flooded, whatever EVPN says.
    pub floods: Vec<Flood>,
}

/// A VLAN and its VNI.
#[derive(Debug)]
pub struct VlanVni {
    pub vlan: u16,
    pub vni: u32,
    /// The VXLAN device, where it has a name.
    pub device: Option<Name>,
    pub origin: Origin,
}

/// A tunnel end or a multicast group.
#[derive(Debug)]
pub struct Flood {
    /// The VXLAN device, where it has a name.
    pub device: Option<Name>,
    /// `None`: what has no list of its own.
    pub vni: Option<u32>,
    pub to: std::net::IpAddr,
}

/// `vni N` of `address-family l2vpn evpn`.
#[derive(Debug, Default)]
pub struct EvpnVni {
    pub vni: u32,
    /// Its lines.
    pub origins: Vec<Origin>,
    pub rd: Option<Name>,
    pub imports: Vec<Name>,
    pub exports: Vec<Name>,
}

/// A packet filter with the ports it is bound to.
#[derive(Debug)]
pub struct PacketFilter {
    pub filter: crate::model::filter::Filter,
    pub ports: Vec<Name>,
    pub input: bool,
}

#[derive(Debug, Default)]
pub struct Vrf {
    pub name: Name,
    pub origin: Origin,
    pub router_id: Option<Ipv4Addr>,
    /// The layer-3 VNI.
    pub vni: Option<(u32, Origin)>,
}

#[derive(Debug, Default)]
pub struct Interface {
    pub name: Name,
    pub origin: Origin,
    pub description: Option<Name>,
    pub shutdown: bool,
    pub vrf: Option<Name>,
    pub addresses: Vec<Address>,
    pub dhcp: bool,
    pub mtu: Option<u32>,
    /// bit/s
    pub bandwidth: Option<u64>,
    /// bit/s
    pub speed: Option<u64>,
    pub ipv6_off: bool,
    /// The device of a VRF (`vrf-table`).
    pub vrf_table: bool,
    pub bond_members: Vec<Name>,
    pub bond: bool,
    /// Groups of VRRP.
    pub vrrp: Vec<crate::model::interface::RedundancyGroup>,
    /// `clag-id N`.
    pub clag_id: Option<(u32, Origin)>,
    pub min_links: u32,
    pub bridge_ports: Vec<Name>,
    pub bridge: bool,
    pub vlan_aware: bool,
    pub bridge_vids: Option<Vec<(u16, u16)>>,
    pub bridge_pvid: Option<u16>,
    pub bridge_access: Option<u16>,
    /// SONiC: port of VLANs; `true` = tagged.
    pub memberships: Vec<(u16, bool)>,
    pub vlan_id: Option<u16>,
    pub raw_device: Option<Name>,
    pub vxlan: bool,
    /// It has the MAC address that a pair of switches shares.
    pub shared_mac: bool,
    pub vxlan_id: Option<(u32, Origin)>,
    pub vxlan_local: Option<std::net::IpAddr>,
    pub tunnel: Option<(Option<std::net::IpAddr>, Option<std::net::IpAddr>, Name)>,
    pub ospf: OspfPort,
    pub ospf6: OspfPort,
    pub isis: IsisPort,
    /// `no ip rip split-horizon`, and for RIPng.
    pub rip_no_split: [bool; 2],
    pub rip_auth: Option<Name>,
}

#[derive(Debug, Default)]
pub struct Rip {
    pub origin: Origin,
    pub family: Family,
    pub vrf: Option<Name>,
    /// A prefix or an interface.
    pub networks: Vec<(Name, Origin)>,
    pub passive_default: bool,
    pub passive: Vec<(Name, bool)>,
    pub neighbors: Vec<std::net::IpAddr>,
    pub redistribute: Vec<RipRedistribution>,
    pub default_metric: Option<u32>,
    pub default: Option<Origin>,
    pub distance: Option<u32>,
    pub lists: Vec<RipList>,
    pub ecmp: bool,
}

#[derive(Debug)]
pub struct RipRedistribution {
    pub source: RouteSource,
    pub metric: Option<u32>,
    pub route_map: Option<Ref>,
    pub origin: Origin,
}

/// A distribute list, or with an offset an offset list.
#[derive(Debug)]
pub struct RipList {
    pub list: Ref,
    pub prefix: bool,
    pub inbound: bool,
    pub interface: Option<Name>,
    pub offset: Option<u32>,
}

#[derive(Debug)]
pub struct Address {
    pub net: IpNet,
    pub peer: Option<IpNet>,
    pub shared: bool,
    pub origin: Origin,
}

#[derive(Debug, Default)]
pub struct OspfPort {
    pub area: Option<(u32, Origin)>,
    pub cost: Option<u32>,
    pub passive: Option<bool>,
    pub network: Option<NetworkType>,
    pub priority: Option<u8>,
    pub hello: Option<u32>,
    pub dead: Option<u32>,
    pub mtu_ignore: bool,
    pub auth: Option<Name>,
    pub key: Option<Name>,
    pub suppress_prefix: bool,
}

#[derive(Debug, Default)]
pub struct IsisPort {
    /// Process tags, per family.
    pub tag: [Option<Name>; 2],
    pub origin: Origin,
    pub levels: Option<Levels>,
    pub metric: [Option<u32>; 2],
    pub passive: bool,
    pub point_to_point: bool,
    pub priority: [Option<u8>; 2],
    pub auth: Option<Name>,
}

#[derive(Debug)]
pub struct Static {
    pub vrf: Option<Name>,
    pub prefix: IpNet,
    pub gateway: Option<std::net::IpAddr>,
    pub interface: Option<Name>,
    pub discard: bool,
    pub hop_vrf: Option<Name>,
    pub distance: Option<u32>,
    pub tag: u32,
    pub origin: Origin,
}

// ----- OSPF ---------------------------------------------------------------------------------

#[derive(Debug, Default)]
pub struct Ospf {
    pub instance: Name,
    pub vrf: Option<Name>,
    pub origin: Origin,
    pub router_id: Option<Ipv4Addr>,
    pub networks: Vec<(Ipv4Net, u32, Origin)>,
    /// OSPFv3, old style: `interface X area A`.
    pub interfaces: Vec<(Name, u32, Origin)>,
    pub areas: Vec<OspfArea>,
    pub passive_default: bool,
    pub passive: Vec<(Name, bool)>,
    pub redistribute: Vec<IgpRedistribution>,
    pub default: Option<DefaultInformation>,
    pub default_metric: Option<u32>,
    pub distance: [Option<u32>; 3],
    pub max_paths: Option<u32>,
    pub max_metric: bool,
    pub rfc1583: bool,
    /// Mbit/s
    pub reference: Option<u64>,
    pub summaries: Vec<(IpNet, bool, Option<u32>, Origin)>,
    pub distribute_out: Vec<(Ref, RouteSource)>,
    pub neighbors: Vec<Ipv4Addr>,
    pub abr_standard: bool,
    pub shutdown: bool,
    pub segments: Segments,
}

impl Ospf {
    /// The area of that number, made if it is new.
    pub fn area(&mut self, id: u32, origin: Origin) -> &mut OspfArea {
        let at = self.areas.iter().position(|a| a.id == id).unwrap_or(self.areas.len());
        if at == self.areas.len() {
            self.areas.push(OspfArea { id, origin, ..OspfArea::default() });
        }
        &mut self.areas[at]
    }
}

#[derive(Debug, Default)]
pub struct OspfArea {
    pub id: u32,
    pub origin: Origin,
    pub stub: bool,
    pub nssa: bool,
    pub no_summary: bool,
    pub nssa_default: Option<u8>,
    pub translate: Translate,
    pub suppress_fa: bool,
    pub default_cost: Option<u32>,
    /// prefix, advertise, cost, place
    pub ranges: Vec<(IpNet, bool, Option<u32>, Origin)>,
    pub filter_in: Option<(ListKind, Ref)>,
    pub filter_out: Option<(ListKind, Ref)>,
    pub auth: Option<Name>,
    pub virtual_links: Vec<(Ipv4Addr, Origin)>,
}

#[derive(Debug)]
pub struct IgpRedistribution {
    pub source: RouteSource,
    pub family: Family,
    pub levels: Levels,
    pub metric: Option<u32>,
    pub metric_type: u8,
    pub route_map: Option<Ref>,
    pub origin: Origin,
}

#[derive(Debug)]
pub struct DefaultInformation {
    pub always: bool,
    pub metric: Option<u32>,
    pub metric_type: u8,
    pub route_map: Option<Ref>,
    pub levels: Levels,
    pub family: Family,
    pub origin: Origin,
}

// ----- IS-IS --------------------------------------------------------------------------------

#[derive(Debug, Default)]
pub struct Isis {
    pub tag: Name,
    pub vrf: Option<Name>,
    pub origin: Origin,
    pub nets: Vec<Name>,
    pub levels: Option<Levels>,
    pub narrow: bool,
    pub wide: bool,
    pub redistribute: Vec<IgpRedistribution>,
    pub defaults: Vec<DefaultInformation>,
    pub overload: bool,
    pub ipv6_topology: bool,
    pub no_attached_send: bool,
    pub ignore_attached: bool,
    pub auth: [Option<Name>; 2],
    pub advertise_passive_only: bool,
    pub segments: Segments,
}

/// `segment-routing` of an IGP.
#[derive(Debug, Default)]
pub struct Segments {
    pub on: Option<Origin>,
    pub block: Option<Srgb>,
    pub sids: Vec<(IpNet, SaidSid)>,
}

// ----- BGP ----------------------------------------------------------------------------------

#[derive(Debug, Default)]
pub struct Bgp {
    pub asn: u32,
    pub vrf: Option<Name>,
    pub origin: Origin,
    pub router_id: Option<Ipv4Addr>,
    pub cluster_id: Option<Ipv4Addr>,
    pub confederation_id: Option<u32>,
    pub confederation_peers: Vec<u32>,
    /// IPv4, IPv6, EVPN, VPN routes of IPv4 and of IPv6.
    pub default_activate: [Option<bool>; 5],
    pub local_preference: Option<u32>,
    pub always_compare_med: bool,
    pub deterministic_med: Option<bool>,
    pub missing_med_worst: bool,
    pub med_confederation: bool,
    pub ignore_as_path: bool,
    pub count_confederation: bool,
    pub compare_router_id: bool,
    pub multipath_relax: Option<bool>,
    pub peer_type_relax: bool,
    pub no_client_to_client: bool,
    pub requires_policy: Option<bool>,
    pub import_check: Option<bool>,
    pub enforce_first_as: Option<bool>,
    pub maxas_limit: Option<u32>,
    pub graceful_shutdown: bool,
    pub shutdown: bool,
    pub suppress_fib_pending: bool,
    pub neighbors: Vec<Neighbor>,
    pub neighbor_index: Map<Name, usize>,
    pub listen: Vec<(IpNet, Ref)>,
    pub families: [BgpFamily; 2],
    pub evpn: BgpEvpn,
}

/// `address-family l2vpn evpn`, but for neighbours.
#[derive(Debug, Default)]
pub struct BgpEvpn {
    pub advertise_all_vni: bool,
    /// IPv4 and IPv6 routes go out as IP prefixes, through a route-map.
    pub advertise: [Option<Option<Ref>>; 2],
    /// `default-originate`, IPv4 and IPv6.
    pub defaults: [bool; 2],
    pub rd: Option<Name>,
    /// `auto` stands for the one made of AS and VNI.
    pub imports: Vec<Name>,
    pub exports: Vec<Name>,
    /// `autort rfc8365-compatible`
    pub rfc8365_targets: bool,
    /// `no advertise-pip`
    pub no_own_address: bool,
}

impl Bgp {
    /// The neighbour or group of that name, made if it is new.
    pub fn neighbor(&mut self, name: &str, origin: Origin) -> &mut Neighbor {
        let next = self.neighbors.len();
        let at = match self.neighbor_index.get(name) {
            Some(&at) => at,
            None => {
                self.neighbor_index.insert(name.into(), next);
                next
            }
        };
        if at == next {
            self.neighbors.push(Neighbor { name: name.into(), origin, ..Neighbor::default() });
        }
        &mut self.neighbors[at]
    }
}

#[derive(Debug, Default)]
pub struct BgpFamily {
    pub networks: Vec<Network>,
    pub aggregates: Vec<Aggregate>,
    pub redistribute: Vec<BgpRedistribution>,
    pub distance: Option<[u32; 3]>,
    pub max_paths: [Option<u32>; 2],
    pub table_map: Option<Ref>,
    pub vpn: BgpVpn,
}

/// What an instance exchanges with others in one family.
#[derive(Debug, Default, PartialEq)]
pub struct BgpVpn {
    pub distinguisher: Option<Name>,
    pub import_targets: Vec<Name>,
    pub export_targets: Vec<Name>,
    /// `import vpn`, `export vpn`.
    pub import: bool,
    pub export: bool,
    /// `label vpn export`.
    pub label: bool,
    /// `import vrf route-map` and `route-map vpn import` are the same setting.
    pub import_map: Option<Ref>,
    pub export_map: Option<Ref>,
    pub import_vrfs: Vec<Ref>,
    pub next_hop: Option<std::net::IpAddr>,
}

#[derive(Debug)]
pub struct Network {
    pub prefix: IpNet,
    pub route_map: Option<Ref>,
    pub backdoor: bool,
    pub origin: Origin,
}

#[derive(Debug)]
pub struct Aggregate {
    pub prefix: IpNet,
    pub summary_only: bool,
    pub as_set: bool,
    pub suppress: Option<Ref>,
    pub route_map: Option<Ref>,
    pub origin_code: Option<BgpOrigin>,
    pub origin: Origin,
}

#[derive(Debug)]
pub struct BgpRedistribution {
    pub source: RouteSource,
    pub metric: Option<u32>,
    pub route_map: Option<Ref>,
    pub origin: Origin,
}

/// A neighbour, or a peer group.
#[derive(Debug, Default)]
pub struct Neighbor {
    pub name: Name,
    pub origin: Origin,
    pub is_group: bool,
    /// `neighbor X interface`: the name is an interface's.
    pub is_interface: bool,
    /// Never by IPv4, though the interface has a /30 or /31.
    pub v6only: bool,
    pub group: Option<Ref>,
    pub session: Session,
    /// IPv4, IPv6, EVPN, VPN routes of IPv4 and of IPv6.
    pub families: [PeerFamily; 5],
}

/// Structs whose fields are all options, with a way to inherit those that are not said.
macro_rules! inheriting {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Default, Clone)]
        pub struct $name { $(pub $field: Option<$kind>,)* }
        impl $name {
            /// What is not said here is as said there.
            pub fn or(&self, parent: &Self) -> Self {
                Self { $($field: self.$field.clone().or_else(|| parent.$field.clone()),)* }
            }
        }
    };
}

inheriting! {
    /// What is said of a neighbour's session.
    Session {
        remote_as: RemoteAs,
        local_as: LocalAs,
        shutdown: bool,
        update_source: Name,
        interface: Name,
        multihop: u8,
        ttl_security: u8,
        disable_connected_check: bool,
        passive: bool,
        password: Name,
        extended_next_hop: bool,
        enforce_first_as: bool,
        bfd: bool,
        description: Name,
    }
}

inheriting! {
    /// What is said of a neighbour in one family.
    PeerFamily {
        activate: bool,
        activate_origin: Origin,
        route_map_in: Ref,
        route_map_out: Ref,
        prefix_list_in: Ref,
        prefix_list_out: Ref,
        distribute_in: Ref,
        distribute_out: Ref,
        filter_in: Ref,
        filter_out: Ref,
        reflector_client: bool,
        server_client: bool,
        next_hop_self: crate::model::bgp::NextHopSelf,
        unchanged: (bool, bool, bool),
        weight: u32,
        allow_as_in: u32,
        as_override: bool,
        remove_private: crate::model::bgp::RemovePrivateAs,
        send_standard: bool,
        send_extended: bool,
        send_large: bool,
        default_originate: (Option<Ref>, Origin),
        add_path: AddPathSelect,
        no_add_path_receive: bool,
        advertise_map: (Ref, Ref, bool),
        max_prefixes: u32,
        unsuppress: Ref,
    }
}

// ----- policy -------------------------------------------------------------------------------

#[derive(Debug, Default)]
pub struct RouteMap {
    pub name: Name,
    pub origin: Origin,
    pub entries: Vec<Entry>,
}

#[derive(Debug, Default)]
pub struct Entry {
    pub seq: u32,
    pub permit: bool,
    pub origin: Origin,
    pub matches: Vec<Match>,
    pub sets: Vec<Set>,
    pub call: Option<Ref>,
    pub exit: Exit,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    #[default]
    End,
    Next,
    Goto(u32),
}

#[derive(Debug, Clone)]
pub enum Match {
    Address(ListKind, Ref),
    PrefixLength(u8, bool),
    NextHop(ListKind, Ref),
    NextHopIs(std::net::IpAddr),
    Source(ListKind, Ref),
    Peer(std::net::IpAddr),
    AsPath(Ref),
    Community {
        list: Ref,
        kind: CommunityKind,
        exact: bool,
    },
    Metric(u32),
    LocalPref(u32),
    Tag(u32),
    Origin(BgpOrigin),
    Interface(Name),
    Protocol(RouteSource),
    /// EVPN routes of IP prefixes; `false`: of another type.
    EvpnPrefixes(bool),
    SourceVrf(Name),
    Unmodelled(Name),
}

#[derive(Debug, Clone)]
pub enum Set {
    Action(Action),
    Metric(Number),
    /// Deletes what a community list permits.
    DeleteCommunities(CommunityKind, Ref),
}

/// Which namespace of prefix filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListKind {
    PrefixList(Family),
    AccessList(Family),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommunityKind {
    Standard,
    Large,
    Extended,
}

/// Kind, name, place, and lines with their sequence number.
pub type NumberedList = (ListKind, Name, Origin, Vec<(u32, PrefixLine)>);

/// All named lists.
#[derive(Debug, Default)]
pub struct Lists {
    /// Prefix lists and access lists, lines with their sequence number.
    pub prefix: Vec<NumberedList>,
    pub prefix_index: Map<(ListKind, Name), usize>,
    pub as_path: Vec<crate::model::policy::AsPathList>,
    pub community: Vec<(CommunityKind, crate::model::policy::CommunityList)>,
}
