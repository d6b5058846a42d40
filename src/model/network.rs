//! The whole network: devices, cables, and what comes from outside.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::device::Device;
use super::interface::InterfaceId;
use super::vrf::VrfId;
use crate::base::id::{Id, IdVec};
use crate::base::span::SourceMap;

crate::define_id! {
    /// A device of the network; devices are sorted by name.
    DeviceId;
    /// One routing table: one VRF of one device. Numbered device by device, VRF by VRF.
    NodeId;
}

/// A digital twin's input, complete.
#[derive(Debug, Default, Clone)]
pub struct Network {
    /// All devices, sorted by name.
    pub devices: IdVec<DeviceId, Device>,
    /// Cables, if the snapshot has a layer-1 file. Each cable once. `None`: links are inferred from subnets.
    pub layer1: Option<Vec<Cable>>,
    /// Neighbours outside the snapshot and what they announce; each once.
    pub announcers: Vec<Announcer>,
    /// What `nettwin.yaml` says.
    pub extras: super::extras::Extras,
    /// The snapshot's traffic matrix, if it has one.
    pub demands: Vec<super::extras::TrafficDemand>,
    /// The texts all [`Origin`](crate::base::span::Origin)s point into.
    pub sources: SourceMap,
    nodes: IdVec<NodeId, (DeviceId, VrfId)>,
    first_node: Vec<u32>,
}

/// Two interfaces joined by a cable. An end whose device is not in the snapshot is left out of `layer1`
/// by `load`, with a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cable {
    /// One end.
    pub a: (DeviceId, InterfaceId),
    /// The other end.
    pub b: (DeviceId, InterfaceId),
}

/// A neighbour outside the snapshot that sends BGP routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcer {
    /// The device that hears it.
    pub device: DeviceId,
    /// The VRF of the session.
    pub vrf: VrfId,
    /// Its address as configured on the device.
    pub peer: IpAddr,
    /// What it sends. Shared by all clones of a network: a whole Internet table may stand here.
    pub routes: Arc<Vec<Announcement>>,
}

/// A BGP route that a neighbour outside the snapshot sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// The destination.
    pub prefix: IpNet,
    /// Its attributes; many prefixes have the same.
    pub attrs: Arc<Announced>,
}

/// The attributes of a route from outside.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Announced {
    /// The AS path as it arrives.
    pub as_path: Vec<u32>,
    /// The next hop; `None` = the peer.
    pub next_hop: Option<IpAddr>,
    /// The multi-exit discriminator.
    pub med: Option<u32>,
    /// The origin code.
    pub origin: super::route::BgpOrigin,
    /// Standard communities.
    pub communities: Vec<u32>,
}

impl Network {
    /// Joins the parts: sorts devices by name and numbers the routing tables.
    /// `layer1` and `announcers` speak of [`DeviceId`]s, so `load` sets them afterwards.
    pub fn new(mut devices: Vec<Device>, sources: SourceMap) -> Self {
        devices.sort_by(|a, b| a.name.cmp(&b.name));
        devices.iter_mut().for_each(Device::complete);
        let devices = IdVec::from_vec(devices);
        let mut net = Self { devices, sources, ..Self::default() };
        net.number_nodes();
        net
    }

    /// Adds routes from a neighbour outside.
    pub fn announce(&mut self, device: DeviceId, vrf: VrfId, peer: IpAddr, routes: Vec<Announcement>) {
        self.announce_all(Announcer { device, vrf, peer, routes: Arc::new(routes) });
    }

    /// Adds all routes of a neighbour outside, shared where they are its only ones.
    pub fn announce_all(&mut self, announcer: Announcer) {
        let who = |a: &Announcer| (a.device, a.vrf, a.peer);
        match self.announcers.iter_mut().find(|a| who(a) == who(&announcer)) {
            Some(known) => Arc::make_mut(&mut known.routes).extend(Arc::unwrap_or_clone(announcer.routes)),
            None => self.announcers.push(announcer),
        }
    }

    /// Numbers the routing tables again; call after a VRF was added or removed.
    pub fn number_nodes(&mut self) {
        self.nodes = IdVec::new();
        self.first_node.clear();
        for (d, device) in self.devices.iter_ids() {
            self.first_node.push(self.nodes.len() as u32);
            for v in device.vrfs.ids() {
                self.nodes.push((d, v));
            }
        }
    }

    /// The routing table of a VRF.
    pub fn node(&self, device: DeviceId, vrf: VrfId) -> NodeId {
        NodeId(self.first_node[device.index()] + vrf.0)
    }

    /// All routing tables with their device and VRF.
    pub fn nodes(&self) -> &IdVec<NodeId, (DeviceId, VrfId)> {
        &self.nodes
    }

    /// The device of a routing table.
    pub fn device_of(&self, node: NodeId) -> &Device {
        &self.devices[self.nodes[node].0]
    }

    /// The device of that name, else of one that differs only in case.
    pub fn find_device(&self, name: &str) -> Option<DeviceId> {
        let exact = self.devices.as_slice().binary_search_by(|d| (*d.name).cmp(name)).ok().map(DeviceId::new);
        let alike = || self.devices.iter_ids().find(|(_, d)| d.name.eq_ignore_ascii_case(name) && !d.absent).map(|(id, _)| id);
        exact.filter(|d| !self.devices[*d].absent).or_else(alike)
    }

    /// Whether a table is there, and does not merely keep a place.
    pub fn has_node(&self, node: NodeId) -> bool {
        let (d, v) = self.nodes[node];
        let device = &self.devices[d];
        !device.absent && !device.vrfs[v].absent
    }

    /// `host` or `host:vrf`, for people.
    pub fn node_name(&self, node: NodeId) -> String {
        let (d, v) = self.nodes[node];
        let device = &self.devices[d];
        if v == VrfId::DEFAULT { device.name.to_string() } else { format!("{}:{}", device.name, device.vrfs[v].name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_another_case_is_found_where_no_device_has_it_as_written() {
        let device = |name: &str| Device { name: name.into(), ..Device::default() };
        let network = Network::new(["b", "B", "a", "C"].map(device).to_vec(), SourceMap::default());
        let names: Vec<&str> = network.devices.iter().map(|d| &*d.name).collect();
        assert_eq!(names, ["B", "C", "a", "b"]);
        let found = ["B", "b", "A", "c", "d"].map(|n| network.find_device(n));
        assert_eq!(found, [Some(DeviceId(0)), Some(DeviceId(3)), Some(DeviceId(2)), Some(DeviceId(1)), None]);
    }
}
