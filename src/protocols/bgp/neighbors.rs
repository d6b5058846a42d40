//! Who speaks BGP with whom, and why not.
//!
//! In: the model, the topology, main tables. Out: [`Graph`] of sessions that are up, and a [`Session`] record for each
//! configured neighbour. Law: a TCP connection needs one end that may open it from the address the other end is configured with
//! (RFC 4271 §8); all other conditions stand in [`establish`](super::establish).
//! Start reading at [`sessions`]. Tests: `tests/sessions.rs`.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::establish::{self, Check};
use super::speakers::{End, EndId, Exact, Graph, Kind, LINK_LOCAL, Speaker, SpeakerId, Speakers, address_towards};
use crate::base::id::Id;
use crate::base::{Map, Set};
use crate::model::bgp::{Neighbor, NeighborId, Peer, RemoteAs, UpdateSource};
use crate::model::interface::{InterfaceId, link_local};
use crate::model::network::NodeId;
use crate::model::route::Family;
use crate::protocols::Input;
use crate::protocols::session::{DownReason, Session, SessionProtocol, SessionState};
use crate::rib::{Rib, Route};
use crate::topology::Port;

/// A neighbour statement.
pub(super) type Side = (SpeakerId, NeighborId);

/// Who has an address; interfaces that are up only (in a what-if, those may be among them that were up in the base).
pub(super) type Owners = Map<IpAddr, Vec<Port>>;

/// What is known while sessions are matched.
pub(super) struct Field<'a> {
    pub input: Input<'a>,
    pub under: &'a Rib,
    pub speakers: Speakers<'a>,
    owners: Arc<Owners>,
    /// Whether a session looked for its neighbour in routes that BGP may have brought.
    asked_bgp: Cell<bool>,
    /// Whether the statement at hand looked into tables, and into those of routers on the way.
    looked: Cell<Look>,
}

/// How far a statement looked into tables for its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Look {
    /// Not at all.
    #[default]
    No,
    /// At the routes to the other end, at both ends.
    Ends,
    /// At all routers on the way.
    Far,
}

/// Two statements that found each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    pub sides: [Side; 2],
    pub addresses: [IpAddr; 2],
    /// The shared segment's interfaces.
    pub interfaces: [Option<InterfaceId>; 2],
    /// Which side's own attempt led here.
    pub tried: [bool; 2],
}

/// What became of a side's attempt to connect.
enum Attempt {
    Found(Match),
    Down(DownReason, Option<IpAddr>, Option<NodeId>),
    Outside(Option<IpAddr>),
}

/// All sessions.
pub(super) struct Established<'a> {
    pub graph: Graph<'a>,
    pub records: Vec<Session>,
    /// No session depends on routes that BGP brought.
    pub stands_on_under: bool,
    pub matched: Matched,
}

/// What matching leaves for what-ifs.
pub(super) struct Matched {
    pub exact: Arc<Exact>,
    pub owners: Arc<Owners>,
    /// Whose statement each of the records is.
    pub recorded: Vec<Side>,
    pub matches: Vec<Match>,
    /// The statements that looked into tables.
    pub looked: Vec<(Side, Look)>,
}

/// What statements came to.
#[derive(Default)]
pub(super) struct Made {
    pub matches: Vec<Match>,
    /// Ends of sessions that are up, `far` by position.
    pub ends: Vec<End>,
    pub records: Vec<(Side, Session)>,
    pub looked: Vec<(Side, Look)>,
}

/// The order of a router's sessions in its records.
pub(super) fn place(r: &Session) -> impl Ord + use<> {
    (r.node, r.peer, r.interface, r.local, r.origin)
}

/// Matches all neighbour statements.
pub(super) fn sessions<'a>(input: Input<'a>, under: &'a Rib) -> Established<'a> {
    let speakers = Speakers::of_network(input.network, input.topology);
    let mut field = Field::new(input, under, speakers, Arc::new(owners(input)));
    let of_speaker = |(s, x): (SpeakerId, &Speaker<'_>)| x.bgp.neighbors.ids().map(move |n| (s, n)).collect::<Vec<_>>();
    let sides: Vec<Side> = field.speakers.all.iter_ids().flat_map(of_speaker).collect();
    let Made { matches, ends, mut records, looked } = field.make(sides);
    records.sort_by_key(|(_, r)| place(r));
    let (recorded, records) = records.into_iter().unzip();
    let speakers = std::mem::take(&mut field.speakers.all);
    let (exact, owners) = (Arc::clone(&field.speakers.exact), Arc::clone(&field.owners));
    let matched = Matched { exact, owners, recorded, matches, looked };
    Established { graph: Graph::new(speakers, ends), records, stands_on_under: field.stands_on_under(), matched }
}

/// Who has which address.
pub(super) fn owners(input: Input<'_>) -> Owners {
    let mut owners = Owners::default();
    for (d, device) in input.network.devices.iter_ids() {
        for (i, interface) in device.interfaces.iter_ids().filter(|(i, _)| input.topology.is_up((d, *i))) {
            for a in interface.addresses.iter().filter(|a| !a.virtual_address) {
                owners.entry(a.address.addr()).or_default().push((d, i));
            }
        }
    }
    owners
}

impl<'a> Field<'a> {
    pub(super) fn new(input: Input<'a>, under: &'a Rib, speakers: Speakers<'a>, owners: Arc<Owners>) -> Self {
        Self { input, under, speakers, owners, asked_bgp: Cell::new(false), looked: Cell::default() }
    }

    /// No session so far depends on routes that BGP brought.
    pub(super) fn stands_on_under(&self) -> bool {
        !self.asked_bgp.get()
    }

    /// What these statements come to; both of each pair must be among them.
    pub(super) fn make(&self, sides: impl IntoIterator<Item = Side>) -> Made {
        let mut matches: BTreeMap<(Side, Side, [IpAddr; 2]), Match> = BTreeMap::new();
        let mut made = Made::default();
        for side in sides {
            self.looked.set(Look::No);
            let neighbor = self.neighbor(side);
            match self.attempt(side) {
                None => {}
                Some(Attempt::Found(m)) => {
                    let key = (m.sides[0], m.sides[1], m.addresses);
                    let known = matches.entry(key).or_insert(m);
                    known.tried = [known.tried[0] || m.tried[0], known.tried[1] || m.tried[1]];
                    known.interfaces = [known.interfaces[0].or(m.interfaces[0]), known.interfaces[1].or(m.interfaces[1])];
                }
                Some(Attempt::Down(why, local, peer)) => {
                    made.records.push((side, self.record(side, neighbor, local, peer, SessionState::Down(why), "")));
                }
                Some(Attempt::Outside(local)) => {
                    made.records.push((side, self.record(side, neighbor, local, None, SessionState::Outside, "")));
                    made.ends.extend(self.outside_end(side, local));
                }
            }
            made.looked.extend(Some((side, self.looked.get())).filter(|l| l.1 != Look::No));
        }
        made.matches = matches.into_values().collect();
        self.establish(&mut made);
        made
    }

    /// Which of the matches make sessions.
    fn establish(&self, made: &mut Made) {
        // Two address pairs for one pair of statements: the connection both sides try for stands, else the first.
        let mut taken: Set<(Side, Side)> = Set::default();
        for both in [true, false] {
            for m in made.matches.iter().filter(|m| (m.tried[0] && m.tried[1]) == both) {
                let dynamic = m.sides.iter().any(|&s| matches!(self.neighbor(s).peer, Peer::Range(_)));
                if !dynamic && !taken.insert((m.sides[0], m.sides[1])) {
                    continue;
                }
                self.looked.set(Look::No);
                let checks = establish::check(self, m);
                if self.looked.get() != Look::No {
                    made.looked.extend(m.sides.map(|s| (s, self.looked.get())));
                }
                if checks.iter().all(|c| c.down.is_none()) {
                    let at = made.ends.len();
                    for side in 0..2 {
                        made.ends.push(self.end(m, side, &checks, EndId::new(at + 1 - side)));
                    }
                }
                made.records.extend([0, 1].map(|side| (m.sides[side], self.record_of_match(m, side, &checks))));
            }
        }
    }

    fn record_of_match(&self, m: &Match, side: usize, checks: &[Check; 2]) -> Session {
        // Its own reason, else the other end's.
        let why = checks[side].down.clone().or_else(|| checks[1 - side].down.clone());
        let state = why.map_or(SessionState::Up, SessionState::Down);
        let far = self.speakers.all[m.sides[1 - side].0].node;
        let (local, families) = (Some(m.addresses[side]), checks[side].families_text());
        let mut record = self.record(m.sides[side], self.neighbor(m.sides[side]), local, Some(far), state, &families);
        record.peer = Some(m.addresses[1 - side]);
        record.interface = record.interface.or(m.interfaces[side].filter(|_| m.addresses[side] == LINK_LOCAL));
        record
    }

    /// Notes that the statement at hand looked into tables.
    pub(super) fn look(&self, how: Look) {
        self.looked.set(self.looked.get().max(how));
    }

    fn owners(&self, ip: &IpAddr) -> impl Iterator<Item = Port> + '_ {
        let all = self.owners.get(ip).map_or(&[][..], Vec::as_slice);
        all.iter().copied().filter(|p| self.input.topology.is_up(*p))
    }

    pub(super) fn speaker(&self, side: Side) -> &Speaker<'a> {
        &self.speakers.all[side.0]
    }

    pub(super) fn neighbor(&self, side: Side) -> &'a Neighbor {
        &self.speakers.all[side.0].bgp.neighbors[side.1]
    }

    /// `None`: nothing to say (dynamic neighbours only answer).
    fn attempt(&self, side: Side) -> Option<Attempt> {
        let neighbor = self.neighbor(side);
        let speaker = self.speaker(side);
        if matches!(neighbor.peer, Peer::Range(_)) {
            return None;
        }
        if !neighbor.enabled || !speaker.bgp.enabled {
            return Some(Attempt::Down(DownReason::Shutdown, None, None));
        }
        Some(match neighbor.peer {
            Peer::Range(_) => return None,
            Peer::Interface(i) => self.attempt_interface(side, i, None),
            Peer::Ip(ip, Some(i)) if link_local(ip) => self.attempt_interface(side, i, Some(ip)),
            Peer::Ip(ip, _) => self.attempt_address(side, neighbor, ip),
        })
    }

    /// Unnumbered: whoever is on the other end of the interface and is configured likewise.
    fn attempt_interface(&self, side: Side, interface: InterfaceId, ip: Option<IpAddr>) -> Attempt {
        let speaker = self.speaker(side);
        let port = (speaker.device, interface);
        if !self.input.topology.is_up(port) {
            return Attempt::Down(DownReason::InterfaceDown, None, None);
        }
        let mut somebody = false;
        for (d, i) in self.input.topology.peers(port) {
            somebody = true;
            let Some(there) = self.input.network.devices.get(d).and_then(|x| x.interfaces.get(i)) else { continue };
            if ip.is_some_and(|ip| there.addresses.iter().any(|a| link_local(a.address.addr()) && a.address.addr() != ip)) {
                continue;
            }
            let Some(far) = self.speakers.at(self.input.network.node(d, there.vrf)) else { continue };
            let points_back = |x: &&(NeighborId, &Neighbor)| match x.1.peer {
                Peer::Interface(back) => back == i,
                Peer::Ip(a, Some(back)) => back == i && link_local(a),
                _ => false,
            };
            let all: Vec<_> = self.speakers.all[far].bgp.neighbors.iter_ids().collect();
            if let Some(&(back, _)) = all.iter().find(points_back) {
                let v4 = if ip.is_none() { self.point_to_point_v4(port, (d, i)) } else { None };
                let addresses = v4.unwrap_or([LINK_LOCAL; 2]);
                return self.found(side, (far, back), addresses, [Some(interface), Some(i)]);
            }
        }
        if somebody { Attempt::Down(DownReason::NobodyThere, Some(LINK_LOCAL), None) } else { Attempt::Outside(Some(LINK_LOCAL)) }
    }

    /// FRR's `neighbor IFACE interface` takes the IPv4 addresses of a /30 or /31 where both ends have one
    /// (bgpd, `peer_xfer_conn`/`bgp_nbr_connected_add`: "if the interface has a /30 or /31").
    fn point_to_point_v4(&self, a: Port, b: Port) -> Option<[IpAddr; 2]> {
        let address = |p: Port| {
            let i = self.input.network.devices.get(p.0)?.interfaces.get(p.1)?;
            i.primary(false).map(|a| a.address).filter(|a| a.prefix_len() == 30 || a.prefix_len() == 31)
        };
        let (x, y) = (address(a)?, address(b)?);
        (x.trunc() == y.trunc() && x.addr() != y.addr()).then(|| [x.addr(), y.addr()])
    }

    fn found(&self, here: Side, there: Side, addresses: [IpAddr; 2], interfaces: [Option<InterfaceId>; 2]) -> Attempt {
        if !self.neighbor(there).enabled || !self.speaker(there).bgp.enabled {
            return Attempt::Down(DownReason::PeerShutdown, Some(addresses[0]), Some(self.speaker(there).node));
        }
        let swap = there < here;
        let order = |a, b| if swap { [b, a] } else { [a, b] };
        Attempt::Found(Match {
            sides: order(here, there),
            addresses: if swap { [addresses[1], addresses[0]] } else { addresses },
            interfaces: if swap { [interfaces[1], interfaces[0]] } else { interfaces },
            tried: [!swap, swap],
        })
    }

    fn attempt_address(&self, side: Side, neighbor: &Neighbor, peer: IpAddr) -> Attempt {
        let speaker = self.speaker(side);
        let local = self.local_address(speaker, neighbor, peer);
        let here = |p: &Port| p.0 == speaker.device && self.vrf_node(*p) == speaker.node;
        let others: Vec<Port> = self.owners(&peer).filter(|p| !here(p)).collect();
        if others.is_empty() {
            if self.owners(&peer).next().is_some() {
                return Attempt::Down(DownReason::OwnAddress, local, None);
            }
            if local.is_none() && self.subnet_is_down(speaker, peer) {
                return Attempt::Down(DownReason::InterfaceDown, None, None);
            }
            if self.would_have_owner(peer) {
                return Attempt::Down(DownReason::NoRoute(peer), local, None);
            }
            return Attempt::Outside(local);
        }
        // Of several owners of one address: the one on a shared segment, else one that is configured back, else the first.
        let segment = |p: &&Port| self.shared_interface(speaker, **p, peer).is_some();
        let back = |p: &Port| {
            let far = self.speakers.at(self.vrf_node(*p))?;
            Some((far, self.find_back(far, local?)?))
        };
        let port = others.iter().find(segment).or_else(|| others.iter().find(|p| back(p).is_some())).or(others.first());
        let Some(&port) = port else { return Attempt::Outside(local) };
        let far_node = self.vrf_node(port);
        let Some(local) = local else {
            let why = match neighbor.update_source {
                Some(_) => DownReason::NoLocalAddress,
                None if self.subnet_is_down(speaker, peer) => DownReason::InterfaceDown,
                None => DownReason::NoRoute(peer),
            };
            return Attempt::Down(why, None, Some(far_node));
        };
        let mine = self.shared_interface(speaker, port, peer);
        let interfaces = [mine, mine.map(|_| port.1)];
        match back(&port) {
            Some(there) => {
                // The other end answers only on the address it is told to use.
                let source = self.neighbor(there).update_source.is_some();
                let answers = self.local_address(self.speaker(there), self.neighbor(there), local);
                if source && answers != Some(peer) {
                    return Attempt::Down(DownReason::NotConfiguredBack(local.to_string()), Some(local), Some(far_node));
                }
                self.found(side, there, [local, peer], interfaces)
            }
            None => {
                let device = &self.input.network.devices[port.0];
                let elsewhere = device.bgp.iter().any(|b| b.neighbors.iter().any(|n| n.peer == Peer::Ip(local, None)));
                let why = match device.vrfs.get(device.interfaces[port.1].vrf) {
                    Some(v) if elsewhere => DownReason::VrfMismatch(v.name.to_string()),
                    _ => DownReason::NotConfiguredBack(local.to_string()),
                };
                Attempt::Down(why, Some(local), Some(far_node))
            }
        }
    }

    /// The statement of a speaker for an address: its own, else the narrowest range around it.
    fn find_back(&self, far: SpeakerId, address: IpAddr) -> Option<NeighborId> {
        let speaker = &self.speakers.all[far];
        let in_range = |(n, x): (NeighborId, &Neighbor)| match x.peer {
            Peer::Range(r) if r.contains(&address) => Some((r.prefix_len(), n)),
            _ => None,
        };
        let ranges = speaker.bgp.neighbors.iter_ids().filter_map(in_range);
        self.speakers.exact[far].get(&address).copied().or_else(|| ranges.max_by_key(|r| r.0).map(|r| r.1))
    }

    fn vrf_node(&self, (d, i): Port) -> NodeId {
        self.input.network.node(d, self.input.network.devices[d].interfaces[i].vrf)
    }

    /// The source address of a session as one end picks it.
    fn local_address(&self, speaker: &Speaker<'_>, neighbor: &Neighbor, peer: IpAddr) -> Option<IpAddr> {
        match neighbor.update_source {
            Some(UpdateSource::Ip(ip)) => {
                let own = self.owners(&ip).any(|p| p.0 == speaker.device);
                own.then_some(ip)
            }
            Some(UpdateSource::Interface(i)) => {
                let up = self.input.topology.is_up((speaker.device, i));
                if up { address_towards(speaker.of, i, peer) } else { None }
            }
            None => {
                let out = self.connected_interface(speaker, peer).or_else(|| {
                    let arena = self.input.arena;
                    // Off its subnets such a neighbour is out of reach, whatever BGP has learned: the address is only for the record.
                    let route = if establish::is_direct(speaker, neighbor) {
                        self.look(Look::Ends);
                        *arena.routes.get(self.under.longest_match(speaker.node, peer)?.1)
                    } else {
                        self.route_to(speaker.node, peer)?.1
                    };
                    arena.hops_of(&route).iter().find_map(|h| h.interface)
                })?;
                address_towards(speaker.of, out, peer)
            }
        }
    }

    /// An interface of the speaker's VRF that is up and whose subnet holds an address.
    pub(super) fn connected_interface(&self, speaker: &Speaker<'_>, peer: IpAddr) -> Option<InterfaceId> {
        self.subnet_interfaces(speaker, peer).find(|&i| self.input.topology.is_up((speaker.device, i)))
    }

    fn subnet_interfaces<'s>(&self, speaker: &'s Speaker<'a>, peer: IpAddr) -> impl Iterator<Item = InterfaceId> + use<'s, 'a> {
        let vrf = speaker.vrf;
        let holds = move |a: &IpNet| a.contains(&peer) && a.prefix_len() < a.max_prefix_len();
        let fits = move |x: &crate::model::interface::Interface| x.vrf == vrf && x.addresses.iter().any(|a| holds(&a.address));
        speaker.of.interfaces.iter_ids().filter(move |(_, x)| fits(x)).map(|(i, _)| i)
    }

    fn subnet_is_down(&self, speaker: &Speaker<'_>, peer: IpAddr) -> bool {
        let mut all = self.subnet_interfaces(speaker, peer).peekable();
        all.peek().is_some() && all.all(|i| !self.input.topology.is_up((speaker.device, i)))
    }

    /// Somebody has the address, but on an interface that is down.
    fn would_have_owner(&self, peer: IpAddr) -> bool {
        if self.owners.contains_key(&peer) {
            return true;
        }
        let mut all = self.input.network.devices.iter().flat_map(|d| d.interfaces.iter()).flat_map(|i| &i.addresses);
        all.any(|a| a.address.addr() == peer)
    }

    /// The speaker's interface that shares a segment with a port, where the peer's address is in its subnet.
    fn shared_interface(&self, speaker: &Speaker<'a>, port: Port, peer: IpAddr) -> Option<InterfaceId> {
        self.subnet_interfaces(speaker, peer).find(|&i| {
            self.input.topology.is_up((speaker.device, i)) && self.input.topology.peers((speaker.device, i)).any(|p| p == port)
        })
    }

    /// The best route to an address: from this round's tables below BGP, or last round's BGP.
    pub(super) fn route_to(&self, node: NodeId, addr: IpAddr) -> Option<(IpNet, Route)> {
        self.look(Look::Ends);
        let arena = self.input.arena;
        let below = self.under.longest_match(node, addr);
        // Nothing is more specific than a host route.
        if below.is_none_or(|(net, _)| net.prefix_len() < net.max_prefix_len()) {
            self.asked_bgp.set(true);
        }
        let mut bgp = self.input.rib.matches(node, addr).filter(|(_, r)| arena.routes.get(*r).protocol.is_bgp());
        let best = match (below, bgp.next()) {
            (Some(b), Some(g)) if g.0.prefix_len() > b.0.prefix_len() => g,
            (Some(b), _) => b,
            (None, g) => g?,
        };
        Some((best.0, *arena.routes.get(best.1)))
    }

    fn record(
        &self,
        side: Side,
        neighbor: &Neighbor,
        local: Option<IpAddr>,
        peer_node: Option<NodeId>,
        state: SessionState,
        families: &str,
    ) -> Session {
        let speaker = self.speaker(side);
        let (peer, interface) = match neighbor.peer {
            Peer::Ip(ip, i) => (Some(ip), i),
            Peer::Interface(i) => (None, Some(i)),
            Peer::Range(_) => (None, None),
        };
        let asn = match &neighbor.remote_as {
            RemoteAs::Asn(n) => format!("AS {n}"),
            RemoteAs::External => "AS external".to_owned(),
            RemoteAs::Internal => "AS internal".to_owned(),
            RemoteAs::Missing => "no AS".to_owned(),
            RemoteAs::Ranges(_) => "AS range".to_owned(),
        };
        let detail = if families.is_empty() { asn } else { format!("{asn}, {families}") };
        let origin = neighbor.origin;
        Session { protocol: SessionProtocol::Bgp, node: speaker.node, interface, local, peer, peer_node, detail, state, origin }
    }

    fn end(&self, m: &Match, side: usize, checks: &[Check; 2], far: EndId) -> End {
        let (speaker, neighbor) = m.sides[side];
        let check = &checks[side];
        let kind = check.kind;
        let x = self.neighbor(m.sides[side]);
        let multihop =
            x.ebgp_multihop.is_some_and(|t| t > 1) || x.disable_connected_check || x.ttl_security.is_some_and(|t| t > 1);
        End {
            speaker,
            neighbor,
            far: Some(far),
            kind,
            local: m.addresses[side],
            peer: m.addresses[1 - side],
            interface: m.interfaces[side],
            single_hop: kind == Kind::External && !multihop,
            shown_as: check.shown_as,
            peer_as: checks[1 - side].shown_as,
            peer_router_id: self.speaker(m.sides[1 - side]).router_id.unwrap_or(std::net::Ipv4Addr::UNSPECIFIED),
            families: check.families,
        }
    }

    /// The end of a session with a neighbour outside the snapshot, if the neighbour can be reached and announces something.
    fn outside_end(&self, side: Side, local: Option<IpAddr>) -> Option<End> {
        let speaker = self.speaker(side);
        let x = self.neighbor(side);
        let interface = match x.peer {
            Peer::Interface(i) | Peer::Ip(_, Some(i)) => Some(i),
            Peer::Ip(ip, None) => self.connected_interface(speaker, ip),
            Peer::Range(_) => None,
        };
        let peer = match x.peer {
            Peer::Ip(ip, _) => ip,
            _ => LINK_LOCAL,
        };
        let hears = |a: &&crate::model::network::Announcer| (a.device, a.vrf, a.peer) == (speaker.device, speaker.vrf, peer);
        let first = self.input.network.announcers.iter().find(hears)?.routes.first()?;
        let shown_as = establish::shown_as(speaker, x, None);
        let peer_as = match x.remote_as {
            RemoteAs::Asn(n) => n,
            RemoteAs::Internal => speaker.bgp.asn,
            RemoteAs::Missing => return None,
            RemoteAs::External | RemoteAs::Ranges(_) => *first.attrs.as_path.first()?,
        };
        let kind = establish::kind(speaker, x, peer_as);
        let multihop = x.ebgp_multihop.is_some_and(|t| t > 1) || x.disable_connected_check;
        let index = |f: Family| x.families.iter().position(|n| n.family == f).and_then(|p| u16::try_from(p).ok());
        Some(End {
            speaker: side.0,
            neighbor: side.1,
            far: None,
            kind,
            local: local?,
            peer,
            interface,
            single_hop: kind == Kind::External && !multihop,
            shown_as,
            peer_as,
            peer_router_id: if let IpAddr::V4(a) = peer { a } else { std::net::Ipv4Addr::UNSPECIFIED },
            families: Family::ALL.map(index),
        })
    }
}
