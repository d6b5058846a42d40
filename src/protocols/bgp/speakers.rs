//! The speakers of a network and the directed ends of their sessions, as flat arrays.
//!
//! In: the model. Out: [`Speakers`], and [`Graph`], which [`neighbors`](super::neighbors) fills. Law: a session that is up has two [`End`]s, each the
//! `far` of the other; a session with a neighbour outside the snapshot has one. Ends stand sorted by speaker.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;
use std::sync::Arc;

use crate::base::Map;
use crate::base::id::{Id, IdVec};
use crate::model::Network;
use crate::model::bgp::{Bgp, Neighbor, NeighborFamily, NeighborId};
use crate::model::device::Device;
use crate::model::interface::{InterfaceId, InterfaceKind, link_local};
use crate::model::network::{DeviceId, NodeId};
use crate::model::platform::RouterIdRule;
use crate::model::route::Family;
use crate::model::vrf::VrfId;
use crate::topology::Topology;

crate::define_id! {
    /// A BGP speaker: BGP of one routing table.
    SpeakerId;
    /// One end of a session that is up.
    EndId;
}

/// A link-local address stands as this: addresses made from a MAC are not known.
pub(crate) const LINK_LOCAL: IpAddr = IpAddr::V6(std::net::Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0));

/// BGP of one routing table.
pub(crate) struct Speaker<'a> {
    pub node: NodeId,
    pub device: DeviceId,
    pub vrf: VrfId,
    pub of: &'a Device,
    pub bgp: &'a Bgp,
    pub router_id: Option<Ipv4Addr>,
    /// Cluster id of a reflector.
    pub cluster: u32,
}

impl Speaker<'_> {
    /// The AS the world outside the confederation sees.
    pub(crate) fn public_as(&self) -> u32 {
        self.bgp.confederation.as_ref().map_or(self.bgp.asn, |c| c.identifier)
    }
    /// Whether an AS is a member of the speaker's confederation.
    pub(crate) fn in_confederation(&self, asn: u32) -> bool {
        self.bgp.confederation.as_ref().is_some_and(|c| asn == self.bgp.asn || c.members.contains(&asn))
    }
}

/// What of a speaker outlives its run.
#[derive(Debug)]
pub(crate) struct KeptSpeaker {
    device: DeviceId,
    /// Which of the device's.
    bgp: usize,
    router_id: Option<Ipv4Addr>,
    cluster: u32,
}

impl KeptSpeaker {
    pub(crate) fn new(speaker: &Speaker<'_>) -> Self {
        let bgp = speaker.of.bgp.iter().position(|b| std::ptr::eq(b, speaker.bgp)).unwrap_or_default();
        let Speaker { device, router_id, cluster, .. } = *speaker;
        Self { device, bgp, router_id, cluster }
    }
}

/// What a session is to one of its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// To another AS.
    External,
    /// To another member of the confederation.
    Confed,
    /// Inside the AS.
    Internal,
}

/// One end of a session that is up.
#[derive(Debug, Clone)]
pub(crate) struct End {
    pub speaker: SpeakerId,
    pub neighbor: NeighborId,
    /// The other end; `None`: outside the snapshot.
    pub far: Option<EndId>,
    pub kind: Kind,
    /// Own address; [`LINK_LOCAL`] on unnumbered sessions.
    pub local: IpAddr,
    pub peer: IpAddr,
    /// The interface that both ends share, on directly connected sessions.
    pub interface: Option<InterfaceId>,
    /// Next hops must be on a connected subnet: an external session without multihop.
    pub single_hop: bool,
    /// The AS shown to the neighbour.
    pub shown_as: u32,
    /// The neighbour's AS as it shows it.
    pub peer_as: u32,
    pub peer_router_id: Ipv4Addr,
    /// Families active on both ends: index into `Neighbor::families`.
    pub families: [Option<u16>; Family::COUNT],
}

/// All speakers.
pub(crate) struct Speakers<'a> {
    pub all: IdVec<SpeakerId, Speaker<'a>>,
    by_node: IdVec<NodeId, Option<SpeakerId>>,
    pub exact: Arc<Exact>,
}

/// The neighbours of each speaker by their exact addresses.
pub(crate) type Exact = IdVec<SpeakerId, Map<IpAddr, NeighborId>>;

impl<'a> Speakers<'a> {
    pub(crate) fn of_network(network: &'a Network, topology: &Topology) -> Self {
        let (mut all, mut exact) = (IdVec::new(), Exact::new());
        let mut by_node = IdVec::filled(None, network.nodes().len());
        for (d, device) in network.devices.iter_ids() {
            for bgp in device.bgp.iter().filter(|b| b.vrf.index() < device.vrfs.len()) {
                let node = network.node(d, bgp.vrf);
                if by_node[node].is_some() {
                    continue;
                }
                let router_id = router_id(device, d, bgp, topology);
                let cluster = bgp.cluster_id.or(router_id).map_or(0, Ipv4Addr::to_bits);
                let address = |(n, x): (NeighborId, &Neighbor)| match x.peer {
                    crate::model::bgp::Peer::Ip(a, _) => Some((a, n)),
                    _ => None,
                };
                exact.push(bgp.neighbors.iter_ids().rev().filter_map(address).collect());
                by_node[node] = Some(all.push(Speaker { node, device: d, vrf: bgp.vrf, of: device, bgp, router_id, cluster }));
            }
        }
        Self { all, by_node, exact: Arc::new(exact) }
    }

    /// The speakers of a what-if. `None`: an id that is taken from an interface is another now.
    pub(crate) fn again(
        network: &'a Network,
        (kept, exact): (&[KeptSpeaker], &Arc<Exact>),
        topology: &Topology,
        touched: &[DeviceId],
    ) -> Option<Self> {
        let mut all = IdVec::new();
        let mut by_node = IdVec::filled(None, network.nodes().len());
        for k in kept {
            let of = &network.devices[k.device];
            let bgp = of.bgp.get(k.bgp)?;
            if touched.binary_search(&k.device).is_ok() && router_id(of, k.device, bgp, topology) != k.router_id {
                return None;
            }
            let node = network.node(k.device, bgp.vrf);
            let KeptSpeaker { device, router_id, cluster, .. } = *k;
            by_node[node] = Some(all.push(Speaker { node, device, vrf: bgp.vrf, of, bgp, router_id, cluster }));
        }
        Some(Self { all, by_node, exact: Arc::clone(exact) })
    }

    /// The speaker of a routing table.
    pub(crate) fn at(&self, node: NodeId) -> Option<SpeakerId> {
        self.by_node.get(node).copied().flatten()
    }
}

/// Speakers and the sessions between them.
pub(crate) struct Graph<'a> {
    pub speakers: IdVec<SpeakerId, Speaker<'a>>,
    pub ends: IdVec<EndId, End>,
    first: Vec<u32>,
}

impl<'a> Graph<'a> {
    /// Ends in any order, `far` by position in `ends`; sorts them by speaker and neighbour and fixes `far`.
    pub(crate) fn new(speakers: IdVec<SpeakerId, Speaker<'a>>, ends: Vec<End>) -> Self {
        let mut order: Vec<usize> = (0..ends.len()).collect();
        order.sort_by_key(|&n| (ends[n].speaker, ends[n].neighbor, ends[n].peer, ends[n].local, n));
        let mut place = vec![0; ends.len()];
        for (new, &old) in order.iter().enumerate() {
            place[old] = new;
        }
        let moved = |old: usize| {
            let mut e = ends[old].clone();
            e.far = e.far.and_then(|f| place.get(f.index())).map(|&p| EndId::new(p));
            e
        };
        Self::of_sorted(speakers, order.iter().map(|&old| moved(old)).collect())
    }

    /// Of ends that are sorted as [`Graph::new`] sorts them.
    pub(crate) fn of_sorted(speakers: IdVec<SpeakerId, Speaker<'a>>, ends: IdVec<EndId, End>) -> Self {
        let mut first = vec![0; speakers.len() + 1];
        for e in &ends {
            first[e.speaker.index() + 1] += 1;
        }
        for n in 1..first.len() {
            first[n] += first[n - 1];
        }
        Self { speakers, ends, first }
    }

    /// The ends of a speaker.
    pub(crate) fn ends_of(&self, s: SpeakerId) -> impl DoubleEndedIterator<Item = EndId> + use<> {
        let range: Range<u32> = self.first[s.index()]..self.first[s.index() + 1];
        range.map(EndId)
    }

    /// The neighbour behind an end.
    pub(crate) fn neighbor(&self, e: EndId) -> &'a Neighbor {
        let end = &self.ends[e];
        &self.speakers[end.speaker].bgp.neighbors[end.neighbor]
    }

    /// What is said of the neighbour in a family, if the family is active on both ends.
    pub(crate) fn family(&self, e: EndId, f: Family) -> Option<&'a NeighborFamily> {
        self.neighbor(e).families.get(usize::from(self.ends[e].families[f as usize]?))
    }
}

/// The router id of BGP in a VRF: as configured, else by the OS's rule from the interfaces of the VRF that are up, else what
/// BGP of the global table has.
fn router_id(device: &Device, d: DeviceId, bgp: &Bgp, topology: &Topology) -> Option<Ipv4Addr> {
    let by_vrf = |vrf: VrfId| {
        let set = device.bgp.iter().find(|b| b.vrf == vrf).and_then(|b| b.router_id);
        set.or_else(|| device.vrfs.get(vrf).and_then(|v| v.router_id)).or_else(|| from_interfaces(device, d, vrf, topology))
    };
    bgp.router_id.or_else(|| by_vrf(bgp.vrf)).or_else(|| by_vrf(VrfId::DEFAULT))
}

fn from_interfaces(device: &Device, d: DeviceId, vrf: VrfId, topology: &Topology) -> Option<Ipv4Addr> {
    let addresses = |loopback: bool| {
        let of_kind = device
            .interfaces
            .iter_ids()
            .filter(move |(i, x)| x.vrf == vrf && (x.kind == InterfaceKind::Loopback) == loopback && topology.is_up((d, *i)));
        of_kind.flat_map(|(_, x)| &x.addresses).filter_map(|a| match a.address.addr() {
            IpAddr::V4(a) if !a.is_loopback() && !a.is_unspecified() => Some(a),
            _ => None,
        })
    };
    match device.platform.router_id {
        RouterIdRule::HighestLoopback | RouterIdRule::HighestAny => addresses(true).max().or_else(|| addresses(false).max()),
        RouterIdRule::LowestFirst => addresses(true).next().or_else(|| addresses(false).min()),
        RouterIdRule::FirstLoopback => crate::protocols::router_id::choose_in(device, d, topology, vrf, &[]),
    }
}

/// The address of an interface towards a neighbour: the one in its subnet, else the primary one of its family, borrowed where
/// the interface is unnumbered.
pub(crate) fn address_towards(device: &Device, interface: InterfaceId, peer: IpAddr) -> Option<IpAddr> {
    let i = device.interfaces.get(interface)?;
    let same = i.addresses.iter().find(|a| !a.virtual_address && a.address.contains(&peer)).map(|a| a.address.addr());
    let own = || i.primary(peer.is_ipv6()).map(|a| a.address.addr());
    let borrowed = || device.interfaces.get(i.unnumbered?)?.primary(peer.is_ipv6()).map(|a| a.address.addr());
    same.or_else(own).or_else(borrowed).or_else(|| (link_local(peer)).then_some(LINK_LOCAL))
}
