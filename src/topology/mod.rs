//! Who is joined to whom: what is up, and which layer-3 interfaces share a broadcast domain.
//!
//! In: the network, and what has failed. Out: [`Topology`]. Law: knows cables, VLANs, aggregates and subnets; no protocols.
//! Start reading at [`Topology::build`]. Tests: below.

use std::net::IpAddr;

use crate::base::id::{Id, IdVec};
use crate::model::interface::InterfaceId;
use crate::model::network::{DeviceId, Network};

crate::define_id! {
    /// A broadcast domain as layer 3 sees it: all interfaces that hear each other directly.
    SegmentId;
}

/// An interface of the network.
pub type Port = (DeviceId, InterfaceId);

/// What is taken away from the network in a scenario.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failures {
    /// Devices that are off; the ports cabled to them lose carrier.
    pub devices: Vec<DeviceId>,
    /// Ports that lose carrier, both ends of each cable listed or implied (`build` adds the far ends).
    pub ports: Vec<Port>,
}

/// What is up and who is joined to whom.
#[derive(Debug, Clone, Default)]
pub struct Topology {
    /// Which interfaces are up, per device.
    pub up: IdVec<DeviceId, IdVec<InterfaceId, bool>>,
    /// Broadcast domains of layer-3 interfaces that are up; members sorted.
    pub segments: IdVec<SegmentId, Vec<Port>>,
    /// The domain of each layer-3 interface that is up.
    pub segment_of: IdVec<DeviceId, IdVec<InterfaceId, Option<SegmentId>>>,
    /// Links between pairs of devices, for failure sweeps and pictures: physical (or, without cables, inferred) ends.
    pub links: Vec<(Port, Port)>,
}

impl Topology {
    /// Works out what is up and who hears whom.
    pub fn build(_network: &Network, _failures: &Failures) -> Self {
        Self::default()
    }

    /// Whether an interface is up.
    pub fn is_up(&self, (device, interface): Port) -> bool {
        self.up.get(device).and_then(|d| d.get(interface)).copied().unwrap_or(false)
    }

    /// The interfaces that hear this one directly, without itself.
    pub fn peers(&self, port: Port) -> impl Iterator<Item = Port> + '_ {
        let segment = self.segment_of.get(port.0).and_then(|d| d.get(port.1)).copied().flatten();
        let members = segment.map_or(&[][..], |s| &self.segments.as_slice()[s.index()]);
        members.iter().copied().filter(move |p| *p != port)
    }

    /// Who answers for an address on the segment of a port (own addresses of the port excluded).
    pub fn owner(&self, network: &Network, port: Port, addr: IpAddr) -> Option<Port> {
        self.peers(port).find(|&(d, i)| network.devices[d].interfaces[i].addresses.iter().any(|a| a.address.addr() == addr))
    }
}
