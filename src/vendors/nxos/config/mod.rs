//! The config as NX-OS thinks of it: names, not ids; what a line said, not what it means.
//!
//! In: nothing. Out: [`Config`]. Law: `None` = no line said so; inheritance and defaults are `lower`'s work.
//! Start reading at [`Config`]; protocols are in `igp` and `bgp`, lists and route-maps in `policy`.

mod bgp;
mod igp;
mod policy;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

pub(super) use bgp::*;
pub(super) use igp::*;
pub(super) use policy::*;

use crate::base::Map;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::interface::RedundancyGroup;

/// Things by name, in the order in which they were first named.
#[derive(Debug, Clone)]
pub(super) struct Named<T> {
    pub items: Vec<(Name, T)>,
    index: Map<Name, usize>,
    /// Upper and lower case are the same.
    folded: bool,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { items: Vec::new(), index: Map::default(), folded: false }
    }
}

impl<T> Named<T> {
    /// A list whose names differ in more than case.
    pub fn folded() -> Self {
        Self { folded: true, ..Self::default() }
    }
    fn key(&self, name: &str) -> Name {
        if self.folded { name.to_ascii_lowercase().into() } else { name.into() }
    }
    /// The thing of that name, made if it is new.
    pub fn entry(&mut self, name: &str, make: impl FnOnce() -> T) -> &mut T {
        let key = self.key(name);
        let at = match self.index.get(&key) {
            Some(&at) => at,
            None => {
                let at = self.items.len();
                self.items.push((name.into(), make()));
                self.index.insert(key, at);
                at
            }
        };
        &mut self.items[at].1
    }
    pub fn find(&self, name: &str) -> Option<usize> {
        self.index.get(&self.key(name)).copied()
    }
    pub fn get(&self, name: &str) -> Option<&T> {
        self.find(name).and_then(|at| self.items.get(at)).map(|(_, t)| t)
    }
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.items.iter().map(|(n, t)| (&**n, t))
    }
}

/// A device's config.
#[derive(Debug)]
pub(super) struct Config {
    pub hostname: Option<Name>,
    /// Major release of `version`.
    pub major: Option<u32>,
    /// Hardware family as the boot images' names tell it.
    pub hardware: Hardware,
    /// Features that are on.
    pub features: BTreeSet<Name>,
    /// The text is part of a config: it says nothing of features, so all count as on.
    pub excerpt: bool,
    /// `system default switchport`.
    pub default_switchport: Option<bool>,
    /// `system default switchport shutdown`.
    pub default_shutdown: Option<bool>,
    pub interfaces: Named<Interface>,
    pub vlans: BTreeMap<u16, Vlan>,
    /// VRFs; `default` and `management` are always there, in that order.
    pub vrfs: Named<Vrf>,
    pub ospf: Vec<Ospf>,
    pub isis: Vec<Isis>,
    pub eigrp: Vec<Eigrp>,
    pub rip: Vec<Rip>,
    pub vpc: Option<Vpc>,
    pub bgp: Option<Bgp>,
    pub route_maps: Named<RouteMap>,
    pub prefix_lists: Named<PrefixList>,
    pub prefix_lists_v6: Named<PrefixList>,
    pub as_path_lists: Named<AsPathList>,
    pub community_lists: Named<CommunityList>,
    pub ext_community_lists: Named<CommunityList>,
    pub large_community_lists: Named<CommunityList>,
    pub acls: Named<Acl>,
    pub acls_v6: Named<Acl>,
    pub address_groups: Named<AddressGroup>,
    pub port_groups: Named<PortGroup>,
    /// `evpn / vni N l2`.
    pub evpn: BTreeMap<u32, EvpnVni>,
}

impl Default for Config {
    fn default() -> Self {
        let mut vrfs = Named::folded();
        for name in ["default", "management"] {
            vrfs.entry(name, Vrf::default);
        }
        Self {
            hostname: None,
            major: None,
            hardware: Hardware::Unknown,
            features: BTreeSet::new(),
            excerpt: false,
            default_switchport: None,
            default_shutdown: None,
            interfaces: Named::folded(),
            vlans: BTreeMap::new(),
            vrfs,
            ospf: Vec::new(),
            isis: Vec::new(),
            eigrp: Vec::new(),
            rip: Vec::new(),
            vpc: None,
            bgp: None,
            route_maps: Named::default(),
            prefix_lists: Named::default(),
            prefix_lists_v6: Named::default(),
            as_path_lists: Named::default(),
            community_lists: Named::default(),
            ext_community_lists: Named::default(),
            large_community_lists: Named::default(),
            acls: Named::default(),
            acls_v6: Named::default(),
            address_groups: Named::default(),
            port_groups: Named::default(),
            evpn: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Whether a feature is on.
    pub fn has(&self, feature: &str) -> bool {
        self.excerpt || self.features.contains(feature)
    }
}

/// Which family of switches an image is for: their ports have other defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hardware {
    Unknown,
    /// Nexus 3000, 5000 and 6000 with releases before 9: routed ports are on by default.
    Small,
    /// Nexus 7000: ports are routed by default.
    N7000,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Vlan {
    /// `shutdown` or `state suspend`.
    pub down: bool,
    pub vni: Option<u32>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Vrf {
    pub origin: Origin,
    pub shutdown: bool,
    pub rd: Option<Name>,
    pub vni: Option<u32>,
    /// By family: IPv4, IPv6.
    pub families: [VrfFamily; 2],
    pub statics: Vec<Static>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct VrfFamily {
    /// Route targets, of routes of the VPN and of EVPN; `auto` is kept as a word.
    pub imports: Vec<Target>,
    pub exports: Vec<Target>,
    pub import_map: Option<(Name, Origin)>,
    pub export_map: Option<(Name, Origin)>,
    /// `import vrf default … map`, `export vrf default … map`.
    pub from_global: Option<(Name, Origin)>,
    pub to_global: Option<(Name, Origin)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub text: Name,
    #[allow(dead_code, reason = "read and checked; targets hold for both families")]
    pub evpn: bool,
}

#[derive(Debug, Default, Clone)]
pub(super) struct EvpnVni {
    pub rd: Option<Name>,
    pub imports: Vec<Name>,
    pub exports: Vec<Name>,
}

#[derive(Debug, Clone)]
pub(super) struct Static {
    pub prefix: IpNet,
    pub hop: Hop,
    pub distance: Option<u32>,
    pub tag: u32,
    pub tracked: bool,
    pub origin: Origin,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Hop {
    /// An address, in another VRF if one is named.
    Ip(IpAddr, Option<Name>),
    Interface(Name),
    Via(Name, IpAddr),
    Drop,
}

/// `vpc domain N`.
#[derive(Debug, Default, Clone)]
pub(super) struct Vpc {
    pub origin: Origin,
    pub domain: Name,
    pub keepalive: Option<IpAddr>,
    /// `virtual peer-link destination`.
    pub over_fabric: bool,
    pub priority: Option<u32>,
    pub shutdown: bool,
    pub peer_gateway: bool,
}

// ----- interfaces -------------------------------------------------------------------------------

#[derive(Debug, Default, Clone)]
pub(super) struct Interface {
    pub origin: Origin,
    pub description: Option<Name>,
    pub shutdown: Option<bool>,
    pub vrf: Option<Name>,
    /// `no switchport` or `switchport`, where said.
    pub switchport: Option<bool>,
    pub mode: Option<PortMode>,
    pub access_vlan: Option<u16>,
    pub native_vlan: Option<u16>,
    pub allowed: Option<Vec<(u16, u16)>>,
    pub tags: Vec<u16>,
    pub addresses: Vec<Address>,
    pub unnumbered: Option<Name>,
    pub ipv6_enable: bool,
    pub dhcp: bool,
    pub mtu: Option<u32>,
    /// bit/s
    pub bandwidth: Option<u64>,
    /// bit/s
    pub speed: Option<u64>,
    /// Tens of microseconds.
    pub delay: Option<u32>,
    pub channel_group: Option<u32>,
    /// `vpc N`.
    pub vpc: Option<(u32, Origin)>,
    /// `vpc peer-link`.
    pub vpc_peer_link: bool,
    /// Members of an Ethernet segment are on other switches too.
    pub segment: Option<Name>,
    pub min_links: Option<u32>,
    pub no_autostate: bool,
    /// `fabric forwarding mode anycast-gateway`.
    pub anycast: bool,
    pub acl_in: Option<Name>,
    pub acl_out: Option<Name>,
    pub acl_in_v6: Option<Name>,
    pub acl_out_v6: Option<Name>,
    pub tunnel: Option<Tunnel>,
    pub policy: Option<Name>,
    pub redundancy: Vec<RedundancyGroup>,
    pub ospf: OspfPort,
    pub ospf3: OspfPort,
    pub isis: IsisPort,
    pub eigrp: Vec<EigrpPort>,
    pub rip: RipPort,
    pub nve: Option<Nve>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PortMode {
    Access,
    Trunk,
    /// Modes whose forwarding is not modelled (`fex-fabric`, `dot1q-tunnel`, `monitor`).
    Other,
}

#[derive(Debug, Clone)]
pub(super) struct Address {
    pub address: IpNet,
    pub secondary: bool,
    pub origin: Origin,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Tunnel {
    pub source: Option<IpAddr>,
    pub source_interface: Option<Name>,
    pub destination: Option<IpAddr>,
    pub mode: Option<Name>,
    pub vrf: Option<Name>,
}

/// `interface nve1`.
#[derive(Debug, Default, Clone)]
pub(super) struct Nve {
    pub source: Option<Name>,
    /// `host-reachability protocol bgp`.
    pub bgp: bool,
    /// `global mcast-group G L2`.
    pub group: Option<IpAddr>,
    pub members: Vec<NveMember>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct NveMember {
    pub vni: u32,
    pub l3: bool,
    pub peers: Vec<IpAddr>,
    pub group: Option<IpAddr>,
    pub origin: Origin,
}
