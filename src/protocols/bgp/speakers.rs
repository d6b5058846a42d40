//! The speakers of a network and the directed ends of their sessions, as flat arrays.
//!
//! In: the model. Out: [`Speakers`], and [`Graph`], which [`neighbors`](super::neighbors) fills. Law: a session that is up has two [`End`]s, each the
//! `far` of the other; a session with a neighbour outside the snapshot has one. Ends stand sorted by speaker; in a what-if, those of new sessions
//! stand behind all others, so that ends keep their numbers.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use crate::base::Map;
use crate::base::id::{Id, IdVec};
use crate::model::Network;
use crate::model::bgp::{Bgp, Neighbor, NeighborFamily, NeighborId, Peer};
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

    /// Whether it is this process.
    pub(crate) fn is(&self, device: DeviceId, bgp: usize) -> bool {
        (self.device, self.bgp) == (device, bgp)
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
                let cluster = cluster_id(bgp, router_id);
                exact.push(by_address(bgp));
                by_node[node] = Some(all.push(Speaker { node, device: d, vrf: bgp.vrf, of: device, bgp, router_id, cluster }));
            }
        }
        Self { all, by_node, exact: Arc::new(exact) }
    }

    /// The speakers of a what-if. `others`: those whose neighbours are other ones now. `None`: an id that is taken from an interface is another
    /// now, and neighbours know it. `ends`: the base's.
    pub(crate) fn again(
        network: &'a Network,
        (kept, exact): (&[KeptSpeaker], &Arc<Exact>),
        topology: &Topology,
        touched: &[DeviceId],
        (ends, others): (&IdVec<EndId, End>, impl Iterator<Item = SpeakerId>),
    ) -> Option<Self> {
        let mut all = IdVec::new();
        let mut by_node = IdVec::filled(None, network.nodes().len());
        for k in kept {
            let of = &network.devices[k.device];
            let bgp = of.bgp.get(k.bgp)?;
            let KeptSpeaker { device, mut router_id, mut cluster, .. } = *k;
            if touched.binary_search(&device).is_ok() {
                let now = self::router_id(of, device, bgp, topology);
                let silent = || ends.as_slice().binary_search_by_key(&SpeakerId::new(all.len()), |e| e.speaker).is_err();
                if now != router_id && !silent() {
                    return None;
                }
                (router_id, cluster) = (now, cluster_id(bgp, now));
            }
            let node = network.node(device, bgp.vrf);
            by_node[node] = Some(all.push(Speaker { node, device, vrf: bgp.vrf, of, bgp, router_id, cluster }));
        }
        let mut exact = Arc::clone(exact);
        for s in others {
            Arc::make_mut(&mut exact)[s] = by_address(all[s].bgp);
        }
        Some(Self { all, by_node, exact })
    }

    /// The speaker of a routing table.
    pub(crate) fn at(&self, node: NodeId) -> Option<SpeakerId> {
        self.by_node.get(node).copied().flatten()
    }
}

fn cluster_id(bgp: &Bgp, router_id: Option<Ipv4Addr>) -> u32 {
    bgp.cluster_id.or(router_id).map_or(0, Ipv4Addr::to_bits)
}

fn by_address(bgp: &Bgp) -> Map<IpAddr, NeighborId> {
    let address = |(n, x): (NeighborId, &Neighbor)| match x.peer {
        Peer::Ip(a, _) => Some((a, n)),
        _ => None,
    };
    bgp.neighbors.iter_ids().rev().filter_map(address).collect()
}

/// Speakers and the sessions between them.
pub(crate) struct Graph<'a> {
    pub speakers: IdVec<SpeakerId, Speaker<'a>>,
    pub ends: IdVec<EndId, End>,
    /// The ends of the first speaker, of the second, and so on, each speaker's in order.
    by_speaker: Vec<EndId>,
    first: Vec<u32>,
}

impl<'a> Graph<'a> {
    /// Ends in any order, `far` by position in `ends`; sorts them by speaker and neighbour and fixes `far`.
    pub(crate) fn new(speakers: IdVec<SpeakerId, Speaker<'a>>, ends: Vec<End>) -> Self {
        let mut order: Vec<usize> = (0..ends.len()).collect();
        order.sort_by_key(|&n| place(&ends[n], EndId::new(n)));
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
        let by_speaker = ends.ids().collect();
        Self::listed(speakers, ends, by_speaker)
    }

    /// `by_speaker`: the ends that count, speaker by speaker.
    fn listed(speakers: IdVec<SpeakerId, Speaker<'a>>, ends: IdVec<EndId, End>, by_speaker: Vec<EndId>) -> Self {
        let mut first = vec![0; speakers.len() + 1];
        for e in &by_speaker {
            first[ends[*e].speaker.index() + 1] += 1;
        }
        for n in 1..first.len() {
            first[n] += first[n - 1];
        }
        Self { speakers, ends, by_speaker, first }
    }

    /// The same without the sessions of some ends (sorted), and with new ends behind all that were. An end that is gone keeps its place, without
    /// families. Neighbours may have other numbers than before.
    pub(crate) fn with(self, gone: &[EndId], new: Vec<End>) -> Self {
        let Self { speakers, mut ends, mut by_speaker, .. } = self;
        for &e in gone {
            (ends[e].far, ends[e].families) = (None, [None; Family::COUNT]);
        }
        by_speaker.retain(|e| gone.binary_search(e).is_err());
        by_speaker.extend(new.into_iter().map(|end| ends.push(end)));
        let at = |e: &EndId| place(&ends[*e], *e);
        if !by_speaker.is_sorted_by_key(at) {
            by_speaker.sort_by_key(at);
        }
        Self::listed(speakers, ends, by_speaker)
    }

    /// The ends of a speaker.
    pub(crate) fn ends_of(&self, s: SpeakerId) -> impl DoubleEndedIterator<Item = EndId> + '_ {
        self.by_speaker[self.first[s.index()] as usize..self.first[s.index() + 1] as usize].iter().copied()
    }

    /// The neighbour behind an end.
    pub(crate) fn neighbor(&self, e: EndId) -> &'a Neighbor {
        let end = &self.ends[e];
        &self.speakers[end.speaker].bgp.neighbors[end.neighbor]
    }

    /// What is said of the neighbour in a family, if the family is active on both ends.
    pub(crate) fn family(&self, e: EndId, f: Family) -> Option<&'a NeighborFamily> {
        // The statement of an end that is gone may be gone too.
        let at = usize::from(self.ends[e].families[f as usize]?);
        self.neighbor(e).families.get(at)
    }
}

/// Where an end stands among others.
fn place(end: &End, e: EndId) -> impl Ord + use<> {
    (end.speaker, end.neighbor, end.peer, end.local, e)
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
