//! Sessions in a what-if: only statements that a change can touch on are matched again.
//!
//! In: what the base's matching left, what is up now, tables below BGP. Out: the base's ends in their places, those of sessions that are down
//! without families, and the records. Law: as [`sessions`](super::neighbors::sessions) would give. A statement hangs on the ports of its
//! device, on who owns its neighbour's address, and, where it looked into tables, on the routes between both ends; statements that
//! make pairs are matched together. `None` where there is more than sessions going down. Start reading at [`again`].

use std::net::IpAddr;
use std::sync::Arc;

use super::neighbors::{Field, Look, Made, Matched, Side, place};
use super::speakers::{End, EndId, Graph, KeptSpeaker, SpeakerId, Speakers};
use super::touched::Moved;
use crate::base::id::{Id, IdVec};
use crate::base::{Map, Set};
use crate::model::Network;
use crate::model::bgp::Peer;
use crate::model::network::DeviceId;
use crate::model::route::Family;
use crate::protocols::Input;
use crate::protocols::session::Sessions;
use crate::rib::Rib;
use crate::topology::Topology;

/// What matching left for what-ifs, and where to find it.
#[derive(Debug)]
pub(super) struct Kept {
    speakers: Vec<KeptSpeaker>,
    exact: Arc<super::speakers::Exact>,
    pub ends: IdVec<EndId, End>,
    owners: Arc<super::neighbors::Owners>,
    recorded: Vec<Side>,
    by_peer: Map<IpAddr, Vec<Side>>,
    /// The other sides of a side's matches.
    partners: Map<Side, Vec<Side>>,
    looked: Vec<(Side, Look)>,
}

impl Kept {
    /// The graph of sessions that it was made of.
    pub(super) fn graph<'a>(&self, network: &'a Network, topology: &Topology) -> Option<Graph<'a>> {
        let speakers = Speakers::again(network, (&self.speakers, &self.exact), topology, &[])?;
        Some(Graph::of_sorted(speakers.all, self.ends.clone()))
    }

    pub(super) fn new(graph: &Graph<'_>, matched: Matched) -> Self {
        let mut by_peer: Map<IpAddr, Vec<Side>> = Map::default();
        for (s, speaker) in graph.speakers.iter_ids() {
            for (n, neighbor) in speaker.bgp.neighbors.iter_ids() {
                if let Peer::Ip(ip, _) = neighbor.peer {
                    by_peer.entry(ip).or_default().push((s, n));
                }
            }
        }
        let mut partners: Map<Side, Vec<Side>> = Map::default();
        for m in &matched.matches {
            partners.entry(m.sides[0]).or_default().push(m.sides[1]);
            partners.entry(m.sides[1]).or_default().push(m.sides[0]);
        }
        let mut looked: Map<Side, Look> = Map::default();
        for (side, look) in matched.looked {
            let known = looked.entry(side).or_default();
            *known = look.max(*known);
        }
        let mut looked: Vec<(Side, Look)> = looked.into_iter().collect();
        looked.sort_unstable();
        let speakers = graph.speakers.iter().map(KeptSpeaker::new).collect();
        let Matched { exact, owners, recorded, .. } = matched;
        Self { speakers, exact, ends: graph.ends.clone(), owners, recorded, by_peer, partners, looked }
    }

    /// The end of the base in the place of this one.
    fn find(&self, first: impl Fn(SpeakerId) -> EndId, end: &End) -> Option<EndId> {
        let key = |e: &End| (e.speaker, e.neighbor, e.peer, e.local);
        let from = first(end.speaker).index();
        let near = &self.ends.as_slice()[from..];
        let at = from + near.partition_point(|e| key(e) < key(end));
        self.ends.get(EndId::new(at)).filter(|e| key(e) == key(end)).map(|_| EndId::new(at))
    }
}

/// Sessions as they are now.
pub(super) struct Again<'a> {
    /// The base's ends in the base's places.
    pub graph: Graph<'a>,
    /// Ends of sessions that were up.
    pub down: Vec<EndId>,
    pub records: Sessions,
    pub stands_on_under: bool,
}

/// Matches again what may have changed. `records`: the base's. `others`: devices whose configs are other ones now, but not who speaks with
/// whom.
pub(super) fn again<'a>(
    input: Input<'a>,
    under: &'a Rib,
    (kept, was): (&Kept, &Topology),
    records: &Sessions,
    (moved, others): (&Moved, &[DeviceId]),
) -> Option<Again<'a>> {
    let ports = was.changed_to(input.topology);
    if ports.iter().any(|p| input.topology.is_up(*p) && !was.is_up(*p)) {
        return None;
    }
    let mut devices: Vec<DeviceId> = ports.iter().map(|p| p.0).chain(others.iter().copied()).collect();
    devices.sort_unstable();
    devices.dedup();
    let speakers = Speakers::again(input.network, (&kept.speakers, &kept.exact), input.topology, &devices)?;
    let mut field = Field::new(input, under, speakers, Arc::clone(&kept.owners));
    let sides = touched(&field, kept, &devices, moved);
    let made = field.make(sides.iter().copied());
    let speakers = std::mem::take(&mut field.speakers.all);
    let mut graph = Graph::of_sorted(speakers, kept.ends.clone());
    let down = gone(kept, &graph, &sides, &made)?;
    for &e in &down {
        let end = &mut graph.ends[e];
        (end.far, end.families) = (None, [None; Family::COUNT]);
    }
    // Sides are in order of speakers: few records need a closer look.
    let near = |s: SpeakerId| sides.binary_search_by_key(&s, |x| x.0).is_ok();
    let again = kept.recorded.iter().enumerate().filter(|(_, side)| near(side.0) && sides.binary_search(side).is_ok());
    let without: Vec<usize> = again.map(|(n, _)| n).collect();
    let records = records.with(&without, made.records.into_iter().map(|r| r.1).collect(), |a, b| place(a).cmp(&place(b)));
    Some(Again { graph, down, records, stands_on_under: field.stands_on_under() })
}

/// The statements to match again, sorted: those a change can touch on, and their partners.
fn touched(field: &Field<'_>, kept: &Kept, devices: &[DeviceId], moved: &Moved) -> Vec<Side> {
    let mut sides: Set<Side> = Set::default();
    let mut open: Vec<Side> = Vec::new();
    for (s, speaker) in field.speakers.all.iter_ids().filter(|(_, x)| devices.binary_search(&x.device).is_ok()) {
        open.extend(speaker.bgp.neighbors.ids().map(|n| (s, n)));
    }
    for address in devices.iter().flat_map(|d| field.input.network.devices[*d].interfaces.iter()).flat_map(|i| &i.addresses) {
        open.extend(kept.by_peer.get(&address.address.addr()).into_iter().flatten());
    }
    let hangs = |(side, look): &&(Side, Look)| {
        let node = field.speaker(*side).node;
        let own = match field.neighbor(*side).peer {
            Peer::Ip(ip, _) => moved.holds(node, ip),
            _ => !moved.is_empty(),
        };
        own || *look == Look::Far && !moved.is_empty()
    };
    open.extend(kept.looked.iter().filter(hangs).map(|l| l.0));
    while let Some(side) = open.pop() {
        if sides.insert(side) {
            open.extend(kept.partners.get(&side).into_iter().flatten());
        }
    }
    let mut sides: Vec<Side> = sides.into_iter().collect();
    sides.sort_unstable();
    sides
}

/// The ends of the base that are not up any more. `None`: something came up, or is another session now.
fn gone(kept: &Kept, graph: &Graph<'_>, sides: &[Side], made: &Made) -> Option<Vec<EndId>> {
    let first = |s: SpeakerId| graph.ends_of(s).next().unwrap_or_else(|| EndId::new(0));
    let places: Vec<EndId> = made.ends.iter().map(|e| kept.find(first, e)).collect::<Option<_>>()?;
    for (end, at) in made.ends.iter().zip(&places) {
        let old = &kept.ends[*at];
        let same = (old.kind, old.interface, old.single_hop, old.shown_as, old.peer_as, old.peer_router_id, old.families)
            == (end.kind, end.interface, end.single_hop, end.shown_as, end.peer_as, end.peer_router_id, end.families)
            && old.far == end.far.map(|f| places[f.index()]);
        if !same {
            return None;
        }
    }
    let up: Set<EndId> = places.into_iter().collect();
    let mut down = Vec::new();
    for &(s, n) in sides {
        let of_side = graph.ends_of(s).filter(|e| kept.ends[*e].neighbor == n);
        for e in of_side.filter(|e| !up.contains(e)) {
            down.push(e);
        }
    }
    down.sort_unstable();
    Some(down)
}
