//! Sessions in a what-if: only statements that a change can touch on are matched again.
//!
//! In: what the base's matching left, what is up now, tables below BGP, what differs in neighbours' config. Out: the base's ends in their places,
//! those of sessions that are down without families, new ones behind them, and the records. Law: as [`sessions`](super::neighbors::sessions)
//! would give. A statement hangs on the ports of its device, on who owns its neighbour's address, and, where it looked into tables, on the
//! routes between both ends; statements that make pairs are matched together. A session that is another one now is one that went down and
//! one that came up. Start reading at [`again`].

use std::net::IpAddr;
use std::sync::Arc;

use super::neighbors::{Field, Look, Made, Matched, Side, owners, place};
use super::speakers::{End, EndId, Graph, KeptSpeaker, SpeakerId, Speakers};
use super::touched::Moved;
use crate::base::id::{Id, IdVec};
use crate::base::{Map, Set};
use crate::model::Network;
use crate::model::bgp::{NeighborId, Peer};
use crate::model::change::Neighbors;
use crate::model::interface::link_local;
use crate::model::network::DeviceId;
use crate::protocols::session::Sessions;
use crate::protocols::{Changed, Input};
use crate::rib::Rib;
use crate::topology::{Port, Topology};

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
        let speakers = Speakers::again(network, (&self.speakers, &self.exact), topology, &[], (&self.ends, std::iter::empty()))?;
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

    /// The end of the base in the place of this one, whose statement had that number.
    fn find(&self, first: impl Fn(SpeakerId) -> EndId, end: &End, neighbor: NeighborId) -> Option<EndId> {
        let key = |e: &End, neighbor| (e.speaker, neighbor, e.peer, e.local);
        let from = first(end.speaker).index();
        let near = &self.ends.as_slice()[from..];
        let at = from + near.partition_point(|e| key(e, e.neighbor) < key(end, neighbor));
        self.ends.get(EndId::new(at)).filter(|e| key(e, e.neighbor) == key(end, neighbor)).map(|_| EndId::new(at))
    }

    /// The neighbours of speakers that are other ones now.
    fn numbers<'c>(&self, configs: Option<(Changed<'c>, Policies)>) -> Numbers<'c> {
        let speaker = |device, bgp| self.speakers.iter().position(|k| k.is(device, bgp)).map(SpeakerId::new);
        let mut out = Numbers { of: Map::default(), others: Set::default() };
        let Some((Changed { change, .. }, policies)) = configs else { return out };
        for n in &change.neighbors {
            let Some(s) = speaker(n.device, n.bgp) else { continue };
            out.of.insert(s, (n, n.now.iter_ids().filter_map(|(old, now)| Some(((*now)?, old))).collect()));
            out.others.extend(n.others.iter().map(|n| (s, *n)));
        }
        for x in change.statements.iter().filter(|_| policies == Policies::Count) {
            out.others.extend(speaker(x.device, x.bgp).map(|s| (s, x.neighbor)));
        }
        out
    }
}

/// Whether a session with a policy that says something else counts as another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policies {
    Count,
    Pass,
}

/// Of speakers whose neighbours are other ones now: how their numbers go over into one another.
struct Numbers<'c> {
    of: Map<SpeakerId, (&'c Neighbors, Map<NeighborId, NeighborId>)>,
    /// Statements that say something else now, or are new.
    others: Set<Side>,
}

impl Numbers<'_> {
    /// A statement of the base, as it is numbered now; `None`: it is gone.
    fn now(&self, (s, n): Side) -> Option<Side> {
        self.of.get(&s).map_or(Some(n), |of| of.0.now.get(n).copied().flatten()).map(|n| (s, n))
    }

    /// A statement as the base numbered it; `None`: it is new.
    fn before(&self, (s, n): Side) -> Option<Side> {
        self.of.get(&s).map_or(Some(n), |of| of.1.get(&n).copied()).map(|n| (s, n))
    }
}

/// Sessions as they are now.
pub(super) struct Again<'a> {
    /// The base's ends in the base's places, and new ones behind them.
    pub graph: Graph<'a>,
    /// Ends of sessions that were up, sorted.
    pub down: Vec<EndId>,
    pub records: Sessions,
    pub stands_on_under: bool,
}

/// Matches again what may have changed. `records`: the base's. `configs`: what differs there.
pub(super) fn again<'a>(
    input: Input<'a>,
    under: &'a Rib,
    (kept, was): (&Kept, &Topology),
    records: &Sessions,
    (moved, configs): (&Moved, Option<(Changed<'_>, Policies)>),
) -> Option<Again<'a>> {
    let ports = was.changed_to(input.topology);
    let other_configs = configs.iter().flat_map(|c| &c.0.change.devices).copied();
    let mut devices: Vec<DeviceId> = ports.iter().map(|p| p.0).chain(other_configs).collect();
    devices.sort_unstable();
    devices.dedup();
    let numbers = kept.numbers(configs);
    let others = numbers.of.keys().copied();
    let speakers = Speakers::again(input.network, (&kept.speakers, &kept.exact), input.topology, &devices, (&kept.ends, others))?;
    let came_up = ports.iter().any(|p| input.topology.is_up(*p) && !was.is_up(*p));
    let interfaces = configs.is_some_and(|c| c.0.change.interfaces);
    let owners = if came_up || interfaces { Arc::new(owners(input)) } else { Arc::clone(&kept.owners) };
    let mut field = Field::new(input, under, speakers, owners);
    let networks = [Some(input.network), configs.map(|c| c.0.was).filter(|_| interfaces)];
    let sides = touched(&field, kept, &numbers, (&networks, &devices), moved);
    let made = field.make(sides.iter().copied());
    let speakers = std::mem::take(&mut field.speakers.all);
    let mut graph = Graph::of_sorted(speakers, kept.ends.clone());
    let (down, new) = differ(kept, &graph, &numbers, &sides, &made);
    for s in numbers.of.keys() {
        let of_speaker: Vec<EndId> = graph.ends_of(*s).collect();
        for e in of_speaker {
            let end = &mut graph.ends[e];
            end.neighbor = numbers.now((*s, end.neighbor)).map_or(end.neighbor, |side| side.1);
        }
    }
    let graph = graph.with(&down, new);
    // Sides are in order of speakers: few records need a closer look.
    let near = |s: SpeakerId| sides.binary_search_by_key(&s, |x| x.0).is_ok() || numbers.of.contains_key(&s);
    let made_again = |side: Side| numbers.now(side).is_none_or(|side| sides.binary_search(&side).is_ok());
    let again = kept.recorded.iter().enumerate().filter(|(_, side)| near(side.0) && made_again(**side));
    let without: Vec<usize> = again.map(|(n, _)| n).collect();
    let records = records.with(&without, made.records.into_iter().map(|r| r.1).collect(), |a, b| place(a).cmp(&place(b)));
    Some(Again { graph, down, records, stands_on_under: field.stands_on_under() })
}

/// The statements to match again, as they are numbered now, sorted: those a change can touch on, and their partners. `networks`: it, and the one
/// it was where addresses may be other ones.
fn touched(
    field: &Field<'_>,
    kept: &Kept,
    numbers: &Numbers<'_>,
    (networks, devices): (&[Option<&Network>], &[DeviceId]),
    moved: &Moved,
) -> Vec<Side> {
    let mut sides: Set<Side> = Set::default();
    let mut open: Vec<Side> = Vec::new();
    for (s, speaker) in field.speakers.all.iter_ids().filter(|(_, x)| devices.binary_search(&x.device).is_ok()) {
        open.extend(speaker.bgp.neighbors.ids().map(|n| (s, n)));
    }
    let ports = networks.iter().flatten().flat_map(|n| devices.iter().flat_map(|d| n.devices[*d].interfaces.iter()));
    for address in ports.flat_map(|i| &i.addresses) {
        let of_base = kept.by_peer.get(&address.address.addr()).into_iter().flatten();
        open.extend(of_base.filter_map(|side| numbers.now(*side)));
    }
    for (s, (neighbors, _)) in &numbers.of {
        // Statements that are gone leave their partners.
        let gone = neighbors.now.iter_ids().filter(|(_, now)| now.is_none()).map(|(n, _)| (*s, n));
        let left = gone.filter_map(|side| kept.partners.get(&side)).flatten();
        open.extend(left.filter_map(|side| numbers.now(*side)));
    }
    if !numbers.of.is_empty() || networks.iter().flatten().count() > 1 {
        open.extend(unnumbered(field, devices));
    }
    let hangs = |side: Side, look: Look| {
        let node = field.speaker(side).node;
        let own = match field.neighbor(side).peer {
            Peer::Ip(ip, _) => moved.holds(node, ip),
            _ => !moved.is_empty(),
        };
        own || look == Look::Far && !moved.is_empty()
    };
    let looked = kept.looked.iter().filter_map(|(side, look)| Some((numbers.now(*side)?, *look)));
    open.extend(looked.filter(|(side, look)| hangs(*side, *look)).map(|l| l.0));
    while let Some(side) = open.pop() {
        if sides.insert(side) {
            let partners = numbers.before(side).and_then(|side| kept.partners.get(&side));
            open.extend(partners.into_iter().flatten().filter_map(|side| numbers.now(*side)));
        }
    }
    let mut sides: Vec<Side> = sides.into_iter().collect();
    sides.sort_unstable();
    sides
}

/// Statements that look for whoever is on the other end of an interface, and may find one of these devices there.
fn unnumbered(field: &Field<'_>, devices: &[DeviceId]) -> Vec<Side> {
    let (network, topology) = (field.input.network, field.input.topology);
    let ports = devices.iter().flat_map(|d| network.devices[*d].interfaces.ids().map(move |i| (*d, i)));
    let near: Set<Port> = ports.flat_map(|p| topology.peers(p)).collect();
    let looks = |device: DeviceId, peer: &Peer| match *peer {
        Peer::Interface(i) => near.contains(&(device, i)),
        Peer::Ip(ip, Some(i)) => link_local(ip) && near.contains(&(device, i)),
        _ => false,
    };
    let of_speaker = |(s, x): (SpeakerId, &super::speakers::Speaker<'_>)| {
        let of = x.bgp.neighbors.iter_ids().filter(|(_, n)| looks(x.device, &n.peer));
        of.map(|(n, _)| (s, n)).collect::<Vec<_>>()
    };
    field.speakers.all.iter_ids().flat_map(of_speaker).collect()
}

/// The ends of the base that are not up any more, and those that are new.
fn differ(kept: &Kept, graph: &Graph<'_>, numbers: &Numbers<'_>, sides: &[Side], made: &Made) -> (Vec<EndId>, Vec<End>) {
    let first = |s: SpeakerId| graph.ends_of(s).next().unwrap_or_else(|| EndId::new(0));
    let place = |end: &End| {
        let side = (end.speaker, end.neighbor);
        let at = kept.find(first, end, numbers.before(side)?.1)?;
        let old = &kept.ends[at];
        let same = (old.kind, old.interface, old.single_hop, old.shown_as, old.peer_as, old.peer_router_id, old.families)
            == (end.kind, end.interface, end.single_hop, end.shown_as, end.peer_as, end.peer_router_id, end.families);
        (same && !numbers.others.contains(&side)).then_some(at)
    };
    let places: Vec<Option<EndId>> = made.ends.iter().map(place).collect();
    let stays = |(end, at): (&End, &Option<EndId>)| {
        let old = kept.ends[(*at)?].far;
        let far = end.far.map_or(Some(None), |f| places[f.index()].map(Some))?;
        at.filter(|_| old == far)
    };
    let places: Vec<Option<EndId>> = made.ends.iter().zip(&places).map(stays).collect();
    let mut next = kept.ends.len();
    let mut number = |at: &Option<EndId>| {
        at.unwrap_or_else(|| {
            next += 1;
            EndId::new(next - 1)
        })
    };
    let numbered: Vec<EndId> = places.iter().map(&mut number).collect();
    let new = made.ends.iter().zip(&places).filter(|(_, at)| at.is_none());
    let new = new.map(|(end, _)| End { far: end.far.map(|f| numbered[f.index()]), ..end.clone() }).collect();
    let up: Set<EndId> = places.into_iter().flatten().collect();
    let again = |side: Side| numbers.now(side).is_none_or(|side| sides.binary_search(&side).is_ok());
    let mut speakers: Vec<SpeakerId> = sides.iter().map(|s| s.0).chain(numbers.of.keys().copied()).collect();
    speakers.sort_unstable();
    speakers.dedup();
    let of_speakers = speakers.into_iter().flat_map(|s| graph.ends_of(s));
    let down = of_speakers.filter(|e| again((kept.ends[*e].speaker, kept.ends[*e].neighbor)) && !up.contains(e)).collect();
    (down, new)
}
