//! One device as the twin sees it.

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
#[derive(Debug, Clone, Default)]
pub struct Device {
    /// Its name in the snapshot (the config file's or folder's name; hostnames in configs may repeat).
    pub name: Name,
    /// The operating system, in the words of the routes format: `cisco_ios`, `arista_eos`, `juniper_junos`,
    /// `frr`, …
    pub os: &'static str,
    /// What `hostname` says, where it says anything.
    pub hostname: Option<Name>,
    /// How the OS behaves.
    pub platform: Platform,
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
    /// An interface by its exact name.
    pub fn find_interface(&self, name: &str) -> Option<InterfaceId> {
        self.interfaces.iter_ids().find(|(_, i)| &*i.name == name).map(|(id, _)| id)
    }
    /// A VRF by its exact name.
    pub fn find_vrf(&self, name: &str) -> Option<VrfId> {
        self.vrfs.iter_ids().find(|(_, v)| &*v.name == name).map(|(id, _)| id)
    }
}
