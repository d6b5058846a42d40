//! Who is joined to whom: what is up, and which layer-3 interfaces share a broadcast domain.
//!
//! In: the network, and what has failed. Out: [`Topology`]. Law: knows cables, VLANs, aggregates and subnets; no protocols.
//! Start reading at [`Topology::build`], then `ports` (what is up), `domains` (who hears whom), `overlay` (what tunnels join), `pairs` (switches
//! that look like one) and `answer` (who takes a frame). Tests: `tests.rs`.

mod answer;
mod domains;
mod overlay;
mod pairs;
mod ports;
#[cfg(test)]
mod tests;
mod without;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::Set;
use crate::base::id::{Id, IdVec};
use crate::model::interface::InterfaceId;
use crate::model::network::{DeviceId, Network};

pub use overlay::Overlay;
pub use pairs::Pairs;

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

impl Failures {
    /// Nothing has failed.
    pub fn none() -> Self {
        Self::default()
    }
    /// Whether nothing has failed.
    pub fn is_empty(&self) -> bool {
        self.devices.is_empty() && self.ports.is_empty()
    }
}

/// What is up and who is joined to whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topology {
    /// Which interfaces are up, per device.
    pub up: IdVec<DeviceId, Arc<IdVec<InterfaceId, bool>>>,
    /// Broadcast domains of layer-3 interfaces that are up; members sorted.
    pub segments: IdVec<SegmentId, Arc<Vec<Port>>>,
    /// The domain of each layer-3 interface that is up.
    pub segment_of: IdVec<DeviceId, Arc<IdVec<InterfaceId, Option<SegmentId>>>>,
    /// Links that are up, for failure sweeps and pictures, sorted: the two ends of each cable, or (without cables) the
    /// ports of two devices that share a subnet nobody else is in. A port on a subnet that more than two share stands
    /// for its own drop cable: `(port, port)`.
    pub links: Vec<(Port, Port)>,
    /// Switches that look like one in pairs: as configured, whatever is up.
    pub pairs: Arc<Pairs>,
    /// What VXLAN joins: as configured, whatever is up.
    pub overlay: Arc<Overlay>,
    /// Some of them have stopped ports of their own.
    parted: bool,
    /// Found out when first asked for.
    subnets: without::Subnets,
}

impl Topology {
    /// Works out what is up and who hears whom.
    pub fn build(network: &Network, failures: &Failures) -> Self {
        let up = ports::compute(network, network.layer1.as_deref(), &ports::Cut::default());
        let mut base = Self::join(network, up, Arc::new(Overlay::find(network)));
        base.pairs = Arc::new(Pairs::find(network));
        let base = base.parted(network, ports::Cut::default());
        if failures.is_empty() { base } else { base.without(network, failures) }
    }

    /// The same network with something taken away. `self` must be the network with nothing failed: its inferred links
    /// say which ports lose carrier together.
    #[must_use]
    pub fn without(&self, network: &Network, failures: &Failures) -> Self {
        let cut = ports::Cut::new(failures, &self.links);
        // What stopped may come back when more fails.
        let out = if self.parted { None } else { without::cut_out(self, network, &cut) };
        out.unwrap_or_else(|| self.rejoin(network, &cut)).parted(network, cut)
    }

    /// The same for a network that differs in lines and protocols only: what is wrong with pairs stands in its own lines.
    #[must_use]
    pub fn told_by(self, network: &Network) -> Self {
        Self { pairs: Arc::new(Pairs::find(network)), overlay: Arc::new(Overlay::find(network)), ..self }
    }

    fn rejoin(&self, network: &Network, cut: &ports::Cut) -> Self {
        let up = ports::compute(network, network.layer1.as_deref(), cut);
        let joined = Self::join(network, up, Arc::clone(&self.overlay));
        Self { pairs: Arc::clone(&self.pairs), ..joined }
    }

    /// What is left when secondary switches of pairs without their peer link have stopped what they stop.
    fn parted(self, network: &Network, mut cut: ports::Cut) -> Self {
        if self.pairs.all.is_empty() {
            return self;
        }
        let stopped = self.pairs.stopped(network, &self);
        if stopped.is_empty() {
            return self;
        }
        cut.stop(stopped);
        Self { parted: true, ..self.rejoin(network, &cut) }
    }

    fn join(network: &Network, up: IdVec<DeviceId, IdVec<InterfaceId, bool>>, overlay: Arc<Overlay>) -> Self {
        let domains = domains::compute(network, &up, &overlay);
        let domains::Domains { segments, segment_of, links } = domains;
        let up = up.into_vec().into_iter().map(Arc::new).collect();
        let segments = segments.into_vec().into_iter().map(Arc::new).collect();
        let segment_of = segment_of.into_vec().into_iter().map(Arc::new).collect();
        Self { up, segments, segment_of, links, pairs: Arc::default(), overlay, parted: false, subnets: Default::default() }
    }

    /// The layer-3 interfaces that each switch hears over cables in its VLANs with a VNI, without any tunnel; by device and VLAN.
    pub fn behind_vteps(&self, network: &Network) -> BTreeMap<(DeviceId, u16), Vec<Port>> {
        let up = self.up.iter().map(|u| (**u).clone()).collect();
        domains::behind(network, &up, &self.overlay)
    }

    /// Whether anything of a device is up.
    pub fn is_alive(&self, device: DeviceId) -> bool {
        self.up.get(device).is_some_and(|up| up.iter().any(|up| *up))
    }

    /// Whether an interface is up.
    pub fn is_up(&self, (device, interface): Port) -> bool {
        self.up.get(device).and_then(|d| d.get(interface)).copied().unwrap_or(false)
    }

    /// The broadcast domain of an interface.
    pub fn segment(&self, port: Port) -> Option<SegmentId> {
        self.segment_of.get(port.0).and_then(|d| d.get(port.1)).copied().flatten()
    }

    /// The interfaces that hear this one directly, without itself.
    pub fn peers(&self, port: Port) -> impl Iterator<Item = Port> + '_ {
        let members = self.segment(port).map_or(&[][..], |s| &self.segments.as_slice()[s.index()]);
        members.iter().copied().filter(move |p| *p != port)
    }

    /// Devices that hear each other directly, for pictures and graph questions: sorted pairs, each once.
    pub fn device_pairs(&self) -> Vec<(DeviceId, DeviceId)> {
        let mut seen = Set::default();
        for ((a, _), (b, _)) in &self.links {
            if a != b {
                seen.insert((*a.min(b), *a.max(b)));
            }
        }
        let mut pairs: Vec<_> = seen.into_iter().collect();
        pairs.sort_unstable();
        pairs
    }
}
