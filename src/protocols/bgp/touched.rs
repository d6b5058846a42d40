//! What a change touches on: tables below BGP that changed, sessions that are down, and the speakers that have to decide again for it.
//!
//! In: what the base's run left, what changed. Out: [`Again`], class by class. Law: a speaker that is left out decides as it did. A path that
//! lost, and that nothing lost by, is not missed; where a session goes that others share the load with, the rest share it.
//! Start reading at [`Touched::of`].

use std::net::IpAddr;

use ipnet::IpNet;
use smallvec::SmallVec;

use super::alike::Group;
use super::groups::{Next, Plan};
use super::nexthop::Answer;
use super::resume::Memory;
use super::speakers::{EndId, LINK_LOCAL, Speaker, SpeakerId};
use super::transfer::Transfer;
use crate::base::id::Id;
use crate::base::{Map, Set};
use crate::model::network::NodeId;
use crate::model::platform::BestPathStep as Step;
use crate::rib::{Arena, Change, Hop, HopsId, PrefixId, Rib, Route, RouteId};

/// What changed in the tables below BGP.
#[derive(Default)]
pub(super) struct Moved {
    pub prefixes: Vec<(IpNet, PrefixId)>,
    by_node: Map<NodeId, Holding>,
}

impl Moved {
    pub(super) fn new(arena: &Arena, was: &Rib, is: &Rib) -> Self {
        let mut nets: Map<NodeId, Vec<IpNet>> = Map::default();
        let mut prefixes = Vec::new();
        for (p, mut changes) in was.table().changes_to(is.table()) {
            let net = *arena.prefixes.get(p);
            let before = was.table().column(p);
            changes.retain(|(n, now)| !only_moved_lines(arena, before.and_then(|c| c.get(*n)), *now));
            if changes.is_empty() {
                continue;
            }
            changes.into_iter().for_each(|(n, _)| nets.entry(n).or_default().push(net));
            prefixes.push((net, p));
        }
        Self { prefixes, by_node: nets.into_iter().map(|(n, nets)| (n, Holding::new(nets))).collect() }
    }

    /// The same where some addresses have become, or are no longer, a table's own.
    pub(super) fn with_addresses(mut self, addresses: impl Iterator<Item = (NodeId, IpAddr)>) -> Self {
        for (node, address) in addresses {
            self.by_node.entry(node).or_default().add(IpNet::from(address));
        }
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_node.is_empty()
    }

    /// Whether a node may route an address in another way.
    pub(super) fn holds(&self, node: NodeId, address: IpAddr) -> bool {
        self.by_node.get(&node).is_some_and(|h| h.holds(address))
    }
}

/// Whether two routes are the same but for the line that they come from.
fn only_moved_lines(arena: &Arena, was: Option<RouteId>, is: Option<RouteId>) -> bool {
    let bare = |r| Route { origin: Default::default(), ..*arena.routes.get(r) };
    was.zip(is).is_some_and(|(was, is)| bare(was) == bare(is))
}

/// How far a next hop is from a speaker, before and after: 0 where more than the distance counts, or has changed.
#[derive(Debug, Clone, Copy)]
struct Far {
    was: u32,
    is: u32,
}

impl Far {
    const UNKNOWN: Self = Self { was: 0, is: 0 };

    fn nearest(self) -> u32 {
        self.was.min(self.is)
    }

    fn is_known(self) -> bool {
        self.nearest() > 0
    }
}

/// By next hop: speakers that may reach it in another way.
type ByHop = Map<Next, Vec<(SpeakerId, Far)>>;

/// What a change below BGP, and sessions that went down, touch on.
pub(super) struct Touched {
    /// Ends whose neighbour may be reached in another way.
    pub ends: Vec<EndId>,
    /// Speakers that may reach a next hop in another way, by its code.
    hops: ByHop,
    /// Ends of sessions that are down, each with whether it is its speaker's only one.
    down: Vec<(EndId, bool)>,
    /// Ends of sessions that came up, or over which things go in another way.
    pub up: Vec<EndId>,
}

/// What of a class is to be decided again.
pub(super) enum Again {
    Nothing,
    /// Routes lose some of their next hops; nothing else changes.
    Thinner(Vec<Change>),
    Speakers(Turns),
}

/// Speakers that what changed bears on, each list sorted.
#[derive(Default)]
pub(super) struct Turns {
    /// They decide again.
    pub decide: Vec<SpeakerId>,
    /// They choose what they chose, whose next hop is reached in another way.
    pub steer: Vec<SpeakerId>,
}

/// What becomes of a speaker for which next hops have moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Stands,
    Steers,
    Decides,
}

/// What becomes of a speaker that has lost a session.
enum Loss {
    None,
    Thinner(RouteId),
    Decides,
}

impl Touched {
    pub(super) fn new(memory: &Memory, t: &Transfer<'_>, moved: &Moved, down: &[EndId]) -> Self {
        let graph = t.graph;
        let (mut ends, mut hops) = (Vec::new(), ByHop::default());
        for (s, speaker) in graph.speakers.iter_ids() {
            let Some(nets) = moved.by_node.get(&speaker.node) else { continue };
            let holds = |e: &EndId| graph.ends[*e].peer != LINK_LOCAL && nets.holds(graph.ends[*e].peer);
            let known = memory.ends().len();
            ends.extend(graph.ends_of(s).filter(holds).filter(|e| e.index() < known && down.binary_search(e).is_err()));
            // Neighbours' own addresses are seen to above.
            let by_distance = goes_by_distance(speaker);
            let far = |a: IpAddr| if by_distance { far(memory, t, speaker, a) } else { Far::UNKNOWN };
            for &(a, next) in nets.among(&memory.hops) {
                hops.entry(next).or_default().push((s, far(a)));
            }
        }
        let of = |e: EndId| graph.ends[e].speaker;
        // Sessions with neighbours outside are not missed: see `without`.
        let down: Vec<EndId> = down.iter().copied().filter(|e| memory.ends()[*e].far.is_some()).collect();
        let alone = |e: EndId| down.iter().filter(|x| of(**x) == of(e)).count() == 1;
        Self { ends, hops, down: down.iter().map(|&e| (e, alone(e))).collect(), up: Vec::new() }
    }

    /// What of a group is to be decided again.
    pub(super) fn of(&self, memory: &Memory, plan: &Plan<'_, '_>, group: &Group) -> Again {
        let heard = |e: &EndId| {
            let far = memory.ends()[*e].far;
            far.is_none_or(|f| group.wave.sent.get(memory.ends()[f].speaker.index()).is_some_and(Option::is_some))
        };
        let at = |e: EndId| memory.ends()[e].speaker;
        // Where no policy says otherwise it is known with which next hop an end hears what it hears; what is not heard does not matter.
        let family = group.class.target.family;
        let hears = |e: EndId, next: Next| {
            let outside = || group.class.heard.iter().any(|(x, h)| *x == e && h.next == next);
            if memory.ends()[e].far.is_some() { group.wave.next_over(plan, family, e) == Some(next) } else { outside() }
        };
        let joined = group.is_joined();
        let by_peer = |e: &EndId| if joined { hears(*e, Next::PEER) } else { heard(e) };
        let mut again: Vec<SpeakerId> = self.ends.iter().filter(|e| by_peer(e)).map(|e| at(*e)).collect();
        let speakers = |next: Next| self.hops.get(&next).into_iter().flatten().map(move |(s, far)| (*s, next, *far));
        let by_distance = group.is_plain() && group.no_med_counts();
        // What is farther than the best path's next hop before and after loses as it did, at the same step: all that came before it
        // stays. Where the best path's own next hop has moved it is not farther than that.
        let loses = |s: SpeakerId, far: Far| by_distance && group.wave.distance(s).is_some_and(|d| d < far.nearest());
        let mut moved: Vec<(SpeakerId, Next, Far)> = group.wave.hops.iter().flat_map(|next| speakers(*next)).collect();
        moved.retain(|m| !loses(m.0, m.2));
        moved.sort_unstable_by_key(|m| m.0);
        let mut steer = Vec::new();
        for moved in moved.chunk_by(|a, b| a.0 == b.0) {
            let s = moved[0].0;
            let turn = if joined && by_distance {
                turn(plan, group, s, moved)
            } else if !joined || plan.t.graph.ends_of(s).any(|e| moved.iter().any(|m| hears(e, m.1))) {
                Turn::Decides
            } else {
                Turn::Stands
            };
            match turn {
                Turn::Stands => {}
                Turn::Steers => steer.push(s),
                Turn::Decides => again.push(s),
            }
        }
        let mut thinner: Vec<(SpeakerId, RouteId)> = Vec::new();
        for &(e, alone) in self.down.iter().filter(|d| heard(&d.0)) {
            match loss(memory, plan, group, e) {
                Loss::None => {}
                Loss::Thinner(route) if alone => thinner.push((at(e), route)),
                _ => again.push(at(e)),
            }
        }
        let links = &plan.families[family as usize].links;
        let new = self.up.iter().filter(|e| links[e.index()].as_ref().is_some_and(|l| group.wave.sent_by(l.sender).is_some()));
        again.extend(new.map(|e| plan.speaker_of[*e]));
        if !again.is_empty() || !steer.is_empty() {
            again.extend(thinner.iter().map(|t| t.0));
            again.sort_unstable();
            again.dedup();
            return Again::Speakers(Turns { decide: again, steer });
        }
        if thinner.is_empty() {
            return Again::Nothing;
        }
        let mut changes: Vec<Change> = thinner.iter().map(|&(s, r)| (plan.t.graph.speakers[s].node, Some(r))).collect();
        changes.sort_unstable_by_key(|c| c.0);
        Again::Thinner(changes)
    }
}

/// Whether a speaker prefers, and shares the load among, only the nearest of paths that tie until then.
fn goes_by_distance(speaker: &Speaker<'_>) -> bool {
    speaker.of.platform.best_path_steps.contains(&Step::IgpMetric)
        && !speaker.bgp.best_path.ignore_igp_metric
        && speaker.bgp.families.iter().all(|f| f.max_paths_eibgp.is_none())
}

/// How far a next hop is, where it is reached both times, in the same manner.
fn far(memory: &Memory, t: &Transfer<'_>, speaker: &Speaker<'_>, next_hop: IpAddr) -> Far {
    let sure = |a: Answer| a.reach.filter(|_| !a.asks_bgp);
    let was = memory.known.get(&(speaker.node, next_hop)).and_then(sure);
    let both = was.zip(sure(t.hops.weigh(t.engine, speaker, next_hop)));
    let plain = both.filter(|(a, b)| a.connected == b.connected);
    plain.map_or(Far::UNKNOWN, |(a, b)| Far { was: a.metric, is: b.metric })
}

/// What becomes of a speaker to which next hops of joined classes have moved, where nothing but the distance may have changed of a
/// path. The decision stands if all paths that are heard are as far before as after against the best one: nearer, as near, or farther.
fn turn(plan: &Plan<'_, '_>, group: &Group, s: SpeakerId, moved: &[(SpeakerId, Next, Far)]) -> Turn {
    let (wave, t, family) = (&group.wave, plan.t, group.class.target.family);
    let mut heard: SmallVec<[(Next, EndId); 8]> = SmallVec::new();
    for e in t.graph.ends_of(s) {
        let mut keep = |next: Next| {
            if !heard.iter().any(|h| h.0 == next) {
                heard.push((next, e));
            }
        };
        if t.graph.ends[e].far.is_some() {
            wave.next_over(plan, family, e).map(&mut keep);
        } else {
            group.class.heard.iter().filter(|h| h.0 == e).for_each(|h| keep(h.1.next));
        }
    }
    let moved_to = |next: Next| moved.iter().find(|m| m.1 == next).map(|m| m.2);
    if !heard.iter().any(|h| moved_to(h.0).is_some()) {
        return Turn::Stands;
    }
    let Some((best, was)) = wave.next_of(s).zip(wave.distance(s)) else { return Turn::Decides };
    let of_best = moved_to(best).unwrap_or(Far { was, is: was });
    let stays = |&(next, e): &(Next, EndId)| {
        let far = moved_to(next).unwrap_or_else(|| {
            let reach = if next == Next::PEER { None } else { plan.weigh(e, next).reach };
            reach.map_or(Far::UNKNOWN, |r| Far { was: r.metric, is: r.metric })
        });
        next == best || far.is_known() && far.was.cmp(&of_best.was) == far.is.cmp(&of_best.is)
    };
    let alone = plan.shares_nothing(s, family);
    if of_best.was != was || !of_best.is_known() || !alone || !heard.iter().all(stays) {
        return Turn::Decides;
    }
    if moved_to(best).is_some() { Turn::Steers } else { Turn::Stands }
}

/// What the loss of a session does to its speaker's route to the prefixes of a group. Without preferences and MEDs the decision is one by
/// rank: what is not the best takes nothing along when it goes.
fn loss(memory: &Memory, plan: &Plan<'_, '_>, group: &Group, e: EndId) -> Loss {
    let arena = plan.t.input.arena;
    let end = &memory.ends()[e];
    let speaker = &plan.t.graph.speakers[end.speaker];
    let remarks = &group.wave.remarks;
    let by_rank =
        group.no_meds && group.is_plain() && !remarks.aged.contains(&end.speaker) && !remarks.ordered.contains(&end.speaker);
    let (Some(route), Some(interface), true) = (group.wave.column.get(speaker.node), end.interface, by_rank && end.single_hop)
    else {
        return Loss::Decides;
    };
    let route = arena.routes.get(route);
    let hops = arena.hops_of(route);
    let over = |h: &&Hop| h.interface == Some(interface);
    if !hops.iter().any(|h| over(&h)) {
        return Loss::None;
    }
    let left: Vec<Hop> = hops.iter().filter(|h| !over(h)).copied().collect();
    let others = plan.t.graph.ends_of(end.speaker).any(|x| x != e && plan.t.graph.ends[x].interface == end.interface);
    let stays = group.wave.heard_on(end.speaker).is_some_and(|from| from != e);
    // Nobody waits for a place among the next hops, and the rest still share the load.
    let whole = plan.most_paths(end.speaker, group.class.target.family).is_some_and(|most| hops.len() < most);
    if left.len() < 2 || others || !stays || !whole || route.via != HopsId::NONE {
        return Loss::Decides;
    }
    Loss::Thinner(arena.routes.intern(Route { hops: arena.hop_set(left), ..*route }))
}

/// Prefixes, and the lengths they have.
#[derive(Default)]
pub(super) struct Holding {
    nets: Set<IpNet>,
    lengths: Vec<u8>,
}

impl Holding {
    fn new(nets: Vec<IpNet>) -> Self {
        let mut lengths: Vec<u8> = nets.iter().map(IpNet::prefix_len).collect();
        lengths.sort_unstable();
        lengths.dedup();
        Self { nets: nets.into_iter().collect(), lengths }
    }

    fn add(&mut self, net: IpNet) {
        self.nets.insert(net);
        if let Err(at) = self.lengths.binary_search(&net.prefix_len()) {
            self.lengths.insert(at, net.prefix_len());
        }
    }

    /// Those of a sorted list that lie in one of the prefixes, each once.
    fn among<'h, T>(&self, sorted: &'h [(IpAddr, T)]) -> impl Iterator<Item = &'h (IpAddr, T)> {
        let mut places: Vec<usize> = Vec::new();
        for net in &self.nets {
            let from = sorted.partition_point(|h| h.0 < net.network());
            places.extend((from..).zip(&sorted[from..]).take_while(|(_, h)| net.contains(&h.0)).map(|(n, _)| n));
        }
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|n| &sorted[n])
    }

    fn holds(&self, a: IpAddr) -> bool {
        self.lengths.iter().any(|l| IpNet::new(a, *l).is_ok_and(|net| self.nets.contains(&net.trunc())))
    }
}
