//! Two failures at once, put together from what each does by itself.
//!
//! In: a [`Base`], link failures one by one. Out: the [`Impact`] of two of them. Law: equal to a run with both. After links a and b failed, a
//! route stays what it is after a alone unless its way there leads over b, and the other way round: a longer path elsewhere makes no other one
//! better. So only destinations to which some router leads over a, and then over b, are worked out; what a and b do to all others adds up.
//! Holds where paths are all that hangs on a link (see [`idle`](super::idle)) and all paths are those of one OSPF area, with BGP on top whose
//! routers choose after both failures as after one ([`bgp`]); what does not fit is left to a run. Each case's own run is held against what
//! is worked out here, destination by destination: what differs is never put together. Start reading at [`Pairs::both`]. Tests:
//! `tests/deeper.rs`.

mod alone;
mod bgp;
mod groups;
mod links;

use fixedbitset::FixedBitSet;
use ipnet::IpNet;

use super::compare::{Move, Walk};
use super::idle::Idle;
use super::sweep::{Base, Case, Impact, Pair};
use crate::base::Map;
use crate::base::id::Id;
use crate::engine::State;
use crate::forward::reach::Destination;
use crate::model::network::NodeId;
use crate::protocols::ospf::{Changed, LinkEnd, Scratch as TowardsScratch, Towards};
use crate::rib::{PrefixId, RouteId};
use alone::{Alone, Effect, Trial};
use groups::Group;
use links::Links;

/// More than this for what cases do by themselves is not kept, in bytes.
const MOST_MEMORY: usize = 1 << 30;

/// What cases do by themselves is worked out by this.
pub(super) struct Plan<'b, 'a> {
    base: &'b Base<'a>,
    towards: Towards,
    links: Links,
    /// Where next hops of BGP routes may lie.
    hosts: Vec<(PrefixId, IpNet)>,
    /// By table: whether it tells others of BGP routes that it hears.
    tell: Vec<bool>,
    /// No table is on a failed device.
    failed: Vec<bool>,
}

/// Cases that can be put together.
pub(super) struct Pairs<'b, 'a> {
    plan: Plan<'b, 'a>,
    groups: Vec<Group>,
    alone: Vec<Option<Alone>>,
    /// By destination, what routes to it come from.
    sources: Vec<Source>,
    /// By prefix below BGP: the tables with BGP routes over next hops in it.
    users: Map<PrefixId, FixedBitSet>,
}

/// What routes to a destination come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// Paths of the IGP to this prefix.
    Igp(PrefixId, IpNet),
    /// BGP routes to this prefix, over paths of the IGP to their next hops.
    Bgp(PrefixId),
    /// Something else: nothing is worked out for it.
    Other,
}

/// Room to work in. Reuse it.
pub(super) struct Scratch<'w, 'a> {
    walk: Walk<'w, 'a>,
    room: Room,
}

/// The part of it that knows nothing of destinations.
#[derive(Default)]
struct Room {
    towards: TowardsScratch,
    changes: Vec<Changed>,
    moved: Vec<(NodeId, RouteId)>,
    moves: Vec<Move>,
}

impl<'b, 'a> Plan<'b, 'a> {
    /// `None`: not in this network.
    pub(super) fn new(base: &'b Base<'a>, idle: &Idle<'_>, cases: &[Case]) -> Option<Self> {
        let (network, state) = (base.network, base.state);
        if !idle.is_plain() || !state.is_layered() || !network.devices.iter().all(bgp::is_plain) || base.covers.tunnels {
            return None;
        }
        let towards = state.towards(network)?;
        let links = Links::new(network, &towards, idle, cases);
        let bytes = cases.len() * base.routes.len() * (cases.len() + network.nodes().len()) / 8;
        if bytes > MOST_MEMORY || !bgp::stands_on_own_subnets(network, state) {
            return None;
        }
        let (tell, failed) = (bgp::tell(network, state), vec![false; network.nodes().len()]);
        let hosts = bgp::hosts(network, state);
        Some(Self { base, towards, links, hosts, tell, failed })
    }

    /// What a case does by itself, found in its state. `None`: it is not put together with others.
    pub(super) fn alone(&self, case: usize, state: &State, impact: &Impact) -> Option<Trial> {
        alone::tried(self, case, state, impact)
    }

    /// Leaves in `room.changes` the routes to a destination of the IGP that differ once links are gone. `false`: it cannot be said.
    fn changes(&self, source: Source, gone: &[LinkEnd], room: &mut Room) -> bool {
        room.changes.clear();
        let Source::Igp(id, prefix) = source else { return false };
        let state = self.base.state;
        let Room { towards, changes, .. } = room;
        let column = state.rib.table().column(id);
        column.is_some_and(|c| self.towards.without(&state.arena, (&prefix, c), gone, towards, |x| changes.push(x)))
    }
}

impl<'b, 'a> Pairs<'b, 'a> {
    /// Of all cases, each by itself.
    pub(super) fn new(plan: Plan<'b, 'a>, trials: Vec<Option<Trial>>) -> Self {
        let of = |d: &Destination| alone::source(&plan, d.address, &plan.base.routes[d.class() as usize]);
        let sources: Vec<Source> = plan.base.reach.prefixes.iter().map(of).collect();
        let (groups, alone) = groups::join(&plan, &sources, trials);
        let users = bgp::users(&plan, &alone);
        Self { plan, groups, alone, sources, users }
    }

    pub(super) fn scratch(&self) -> Scratch<'_, 'a> {
        let base = self.plan.base;
        Scratch { walk: Walk::new(&base.forwarder, base.network.nodes().len()), room: Room::default() }
    }

    /// What two cases do together. `None`: it takes a run to say.
    pub(super) fn both<'w>(&'w self, a: usize, b: usize, scratch: &mut Scratch<'w, 'a>) -> Option<Impact> {
        let (one, other) = (self.alone[a].as_ref()?, self.alone[b].as_ref()?);
        let ends = [self.plan.links.ends(a)?, self.plan.links.ends(b)?];
        let Scratch { walk, room } = scratch;
        let mut sum =
            Sum { igp: one.igp.and(other.igp), bgp: one.bgp.and(other.bgp), lost: Vec::new(), met: Vec::new(), odd: false };
        let mut left = other.effects.iter().peekable();
        for (group, effect) in &one.effects {
            while let Some((g, later)) = left.next_if(|x| x.0 < *group) {
                sum.alone((*g, &self.groups[*g as usize]), later, a);
            }
            let here = (*group, &self.groups[*group as usize]);
            match left.next_if(|x| x.0 == *group) {
                Some((_, later)) => sum.together(here, [(effect, b), (later, a)]),
                None => sum.alone(here, effect, b),
            }
        }
        left.for_each(|(g, later)| sum.alone((*g, &self.groups[*g as usize]), later, a));
        let Sum { mut igp, mut bgp, mut lost, met, odd } = sum;
        let mut anew = one.choices.lead_over(b) || other.choices.lead_over(a) || one.choices.meet(&other.choices);
        for group in met.iter().map(|g| &self.groups[*g as usize]) {
            let Source::Igp(id, prefix) = group.source else {
                anew = true;
                continue;
            };
            if !self.plan.changes(group.source, ends.as_flattened(), room) {
                return None;
            }
            let hops = |r: RouteId| self.plan.base.state.arena.routes.get(r).hops;
            let moves = room.changes.iter().filter(|c| hops(c.was) != c.hops);
            room.moved.clear();
            room.moved.extend(moves.map(|c| (c.node, c.route(&self.plan.base.state.arena))));
            igp = igp.and(self.judged(group.destinations[0], walk, room)?.times(group.destinations.len()));
            if !anew && let Some(users) = self.users.get(&id) {
                anew = bgp::are_fresh(&self.plan, (id, &prefix), users, &ends, room)?;
            }
        }
        if anew && odd {
            return None;
        }
        if anew {
            bgp = self.anew(ends.as_flattened(), walk, room)?;
        }
        lost.sort_by_key(|l| l.0);
        let prefix = |n: u32| self.plan.base.reach.prefixes[n as usize].prefix;
        let Fewer { thinner, last_path } = igp.and(bgp);
        Some(Impact {
            lost: lost.into_iter().flat_map(|(n, lost)| lost.iter().map(move |p| Pair { to: prefix(n), ..*p })).collect(),
            partly: Vec::new(),
            thinner,
            last_path,
            sessions_lost: one.sessions_lost + other.sessions_lost,
        })
    }

    /// What becomes of a destination to which nodes have gone over to `room.moved`. `None`: what is lost takes a run to say.
    fn judged(&self, destination: u32, walk: &mut Walk<'_, '_>, room: &mut Room) -> Option<Fewer> {
        let Plan { base, failed, .. } = &self.plan;
        let destination = &base.reach.prefixes[destination as usize];
        let before = &base.routes[destination.class() as usize];
        let way = |r: RouteId| base.forwarder.way(r);
        let moves = room.moved.iter().map(|&(n, new)| (n, before[n.index()], Some(new)));
        room.moves.clear();
        room.moves.extend(moves.filter(|(_, old, new)| old.map(way) != new.map(way)));
        room.moves.sort_unstable_by_key(|m| m.0);
        let mut out = Impact::default();
        base.judge(walk, failed, (destination, &room.moves, false), |_, _| true, &mut out, &mut |_| ());
        (out.lost.is_empty() && out.partly.is_empty()).then_some(Fewer { thinner: out.thinner, last_path: out.last_path })
    }

    /// What becomes of all destinations of BGP, as it chooses once links are gone.
    fn anew(&self, gone: &[LinkEnd], walk: &mut Walk<'_, '_>, room: &mut Room) -> Option<Fewer> {
        let state = self.plan.base.state;
        let [before] = state.bgp_tables() else { return None };
        let now = bgp::above(&self.plan, gone, room)?;
        let mut out = Fewer::default();
        for destinations in alone::parted(&self.plan, before, &now) {
            let first = destinations[0];
            let Source::Bgp(id) = self.sources[first as usize] else { return None };
            let (old, new) = (before.column(id)?, now.column(id)?);
            room.moved.clear();
            for (node, route) in old.changes_to(new) {
                // Who had no route, or has none any more, may send packets by a wider prefix.
                room.moved.push((node, old.get(node).and(route)?));
            }
            out = out.and(self.judged(first, walk, room)?.times(destinations.len()));
        }
        Some(out)
    }
}

/// How many nodes still reach destinations over fewer next hops, and how many of them over one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Fewer {
    thinner: usize,
    last_path: usize,
}

impl Fewer {
    fn and(self, other: Self) -> Self {
        Self { thinner: self.thinner + other.thinner, last_path: self.last_path + other.last_path }
    }
    fn times(self, count: usize) -> Self {
        Self { thinner: self.thinner * count, last_path: self.last_path * count }
    }
    fn less(self, other: Self) -> Self {
        Self { thinner: self.thinner - other.thinner, last_path: self.last_path - other.last_path }
    }
}

/// What two cases do, added up.
struct Sum<'s> {
    igp: Fewer,
    bgp: Fewer,
    lost: Vec<(u32, &'s [Pair])>,
    /// Groups that are to be worked out: what the cases do to them is not in the sum.
    met: Vec<u32>,
    /// Some group is of neither kind.
    odd: bool,
}

impl<'s> Sum<'s> {
    /// A group that only one case bears on. `other`: the other case.
    fn alone(&mut self, (g, group): (u32, &'s Group), effect: &'s Effect, other: usize) {
        self.odd |= group.source == Source::Other;
        if effect.gone {
            self.lose(group, effect);
        } else if effect.leads_over(other) {
            self.take_back(group, effect);
            self.met.push(g);
        }
    }

    /// A group that both bear on, each with the number of the other.
    fn together(&mut self, (g, group): (u32, &'s Group), both: [(&'s Effect, usize); 2]) {
        self.odd |= group.source == Source::Other;
        // A subnet that is gone stays so.
        if let Some(gone) = both.iter().position(|x| x.0.gone) {
            self.lose(group, both[gone].0);
            self.take_back(group, both[1 - gone].0);
            return;
        }
        let [(a, other), (b, one)] = both;
        if a.leads_over(other) || b.leads_over(one) || a.counts_with(b) {
            self.take_back(group, a);
            self.take_back(group, b);
            self.met.push(g);
        }
    }

    fn lose(&mut self, group: &'s Group, effect: &'s Effect) {
        self.lost.extend(group.destinations.iter().map(|n| (*n, &*effect.lost)));
    }

    fn take_back(&mut self, group: &Group, effect: &Effect) {
        let sum = if matches!(group.source, Source::Bgp(_)) { &mut self.bgp } else { &mut self.igp };
        *sum = sum.less(effect.fewer.times(group.destinations.len()));
    }
}
