//! One device as the twin sees it.

use std::net::{IpAddr, Ipv6Addr};

use super::bgp::Bgp;
use super::eigrp::Eigrp;
use super::filter::{Filter, FilterId};
use super::interface::{Interface, InterfaceId};
use super::isis::Isis;
use super::ospf::Ospf;
use super::platform::Platform;
use super::policy::{AsPathList, AsPathListId, CommunityList, CommunityListId, Policy, PolicyId, PrefixList, PrefixListId};
use super::rip::Rip;
use super::vrf::{Vrf, VrfId};
use crate::base::id::IdVec;
use crate::base::span::FileId;

/// A name out of a config.
pub type Name = Box<str>;

/// One device. Every id in it indexes a vector of this same device.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Device {
    /// Its name in the snapshot (the config file's or folder's name; hostnames in configs may repeat).
    pub name: Name,
    /// Keeps the place of a device that another network has (see [`super::align`]): it is not there.
    pub absent: bool,
    /// The operating system, in the words of the routes format: `cisco_ios`, `arista_eos`, `juniper_junos`,
    /// `frr`, …
    pub os: &'static str,
    /// What `hostname` says, where it says anything.
    pub hostname: Option<Name>,
    /// How the OS behaves.
    pub platform: Platform,
    /// The MAC address of all its ports, where the config tells it (SONiC).
    pub mac: Option<[u8; 6]>,
    /// The files it was read from.
    pub files: Vec<FileId>,
    /// All interfaces, in config order.
    pub interfaces: IdVec<InterfaceId, Interface>,
    /// The routing tables. Number 0 is `default`.
    pub vrfs: IdVec<VrfId, Vrf>,
    /// OSPF processes, v2 and v3.
    pub ospf: Vec<Ospf>,
    /// IS-IS processes.
    pub isis: Vec<Isis>,
    /// EIGRP processes.
    pub eigrp: Vec<Eigrp>,
    /// RIP and RIPng processes.
    pub rip: Vec<Rip>,
    /// BGP, one entry a VRF that has it.
    pub bgp: Vec<Bgp>,
    /// Half of a pair that looks like one switch.
    pub mlag: Option<super::mlag::Mlag>,
    /// Labels; `None`: the reader of this OS does not tell.
    pub mpls: Option<super::mpls::Mpls>,
    /// VXLAN tunnels.
    pub vxlan: Option<super::vxlan::Vxlan>,
    /// Route policies.
    pub policies: IdVec<PolicyId, Policy>,
    /// Prefix lists.
    pub prefix_lists: IdVec<PrefixListId, PrefixList>,
    /// AS-path lists.
    pub as_path_lists: IdVec<AsPathListId, AsPathList>,
    /// Community lists.
    pub community_lists: IdVec<CommunityListId, CommunityList>,
    /// Packet filters.
    pub filters: IdVec<FilterId, Filter>,
}

impl Device {
    /// The link-local address of an interface: as configured, else made from the MAC address (RFC 4291, appendix A).
    pub fn link_local(&self, interface: InterfaceId) -> Option<Ipv6Addr> {
        let configured = self.interfaces.get(interface)?.addresses.iter().find_map(|a| match a.address.addr() {
            IpAddr::V6(ip) if ip.is_unicast_link_local() => Some(ip),
            _ => None,
        });
        configured.or_else(|| {
            let [a, b, c, d, e, f] = self.mac?.map(u16::from);
            let word = |high: u16, low: u16| high << 8 | low;
            Some(Ipv6Addr::new(0xfe80, 0, 0, 0, word(a ^ 2, b), word(c, 0xff), word(0xfe, d), word(e, f)))
        })
    }
    /// Its VLANs that have a VNI, in the order in which EVPN's routes name them.
    pub fn vlan_vnis(&self) -> &[super::vxlan::VlanVni] {
        self.vxlan.as_ref().map_or(&[], |x| &x.vlans)
    }
    /// The address at which VXLAN tunnels of the device end.
    pub fn vtep(&self) -> Option<IpAddr> {
        let vxlan = self.vxlan.as_ref()?;
        let own = || self.interfaces.get(vxlan.source?)?.addresses.first().map(|a| a.address.addr());
        vxlan.shared_address.or_else(own)
    }
    /// The address that IP prefixes of the device name as the end of their tunnels.
    pub fn prefix_vtep(&self) -> Option<IpAddr> {
        self.vxlan.as_ref()?.prefix_address.or_else(|| self.vtep())
    }
    /// Gives each VRF that exchanges routes a BGP table, if BGP runs on the device: it has one without being named under BGP
    /// (IOS: lab iosxe_vrf_route_leaking_bgp_peering, Junos: lab junos_l3vpn). And a neighbour's families that `other_families` names by
    /// the words of [`Family`](super::route::Family) become families.
    pub(super) fn complete(&mut self) {
        use super::bgp::{Bgp, BgpFamily, NeighborFamily};
        use super::route::Family;
        for neighbor in self.bgp.iter_mut().flat_map(|b| b.neighbors.iter_mut()) {
            for f in [Family::Vpn4, Family::Vpn6, Family::Evpn] {
                let named = neighbor.other_families.iter().any(|n| **n == *f.word());
                neighbor.other_families.retain(|n| **n != *f.word());
                if named && !neighbor.families.iter().any(|x| x.family == f) {
                    let all = NeighborFamily { send_standard: true, send_extended: true, send_large: true, ..Default::default() };
                    let origin = neighbor.origin;
                    neighbor.families.push(NeighborFamily { family: f, advertise_peer_as: true, origin, ..all });
                }
            }
        }
        let Some(main) = self.bgp.iter().find(|b| b.vrf == VrfId::DEFAULT) else { return };
        let bare = |f: &BgpFamily| BgpFamily {
            family: f.family,
            distance: f.distance,
            max_paths_ebgp: f.max_paths_ebgp,
            max_paths_ibgp: f.max_paths_ibgp,
            ..BgpFamily::default()
        };
        let has = |v: VrfId| self.bgp.iter().any(|b| b.vrf == v);
        let wanting = self.vrfs.iter_ids().filter(|(v, x)| *v != VrfId::DEFAULT && x.joins_tables() && !has(*v));
        let made: Vec<Bgp> = wanting
            .map(|(vrf, x)| Bgp {
                vrf,
                origin: x.origin,
                router_id: None,
                neighbors: IdVec::new(),
                families: main.families.iter().map(bare).collect(),
                ..main.clone()
            })
            .collect();
        self.bgp.extend(made);
    }

    /// Whether BGP itself puts its active routes of one table into another (see [`super::vrf::RibShare`]).
    pub fn shares_active_bgp(&self, from: VrfId, into: VrfId) -> bool {
        let runs = |vrf: VrfId| self.bgp.iter().any(|b| b.vrf == vrf && b.enabled);
        runs(from) && runs(into) && self.vrfs[into].rib_shares.iter().any(|s| s.from == from && s.group.is_none())
    }

    /// An interface by its exact name.
    pub fn find_interface(&self, name: &str) -> Option<InterfaceId> {
        self.interfaces.iter_ids().find(|(_, i)| &*i.name == name && !i.absent).map(|(id, _)| id)
    }
    /// A VRF by its exact name.
    pub fn find_vrf(&self, name: &str) -> Option<VrfId> {
        self.vrfs.iter_ids().find(|(_, v)| &*v.name == name && !v.absent).map(|(id, _)| id)
    }
}
