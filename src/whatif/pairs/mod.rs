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
mod families;
mod groups;
mod links;

use std::net::{IpAddr, Ipv4Addr};

use fixedbitset::FixedBitSet;
use ipnet::IpNet;

use super::compare::{Move, Walk, fewer};
use super::idle::Idle;
use super::sweep::{Base, Case, Impact, Pair};
use crate::base::id::Id;
use crate::engine::State;
use crate::forward::reach::Destination;
use crate::forward::step::Step;
use crate::model::network::NodeId;
use crate::protocols::ospf::{LinkEnd, Scratch as TowardsScratch, Towards};
use crate::rib::{Column, Detail, PrefixId, RouteId};
use alone::{Alone, Effect, Trial};
use bgp::Users;
use families::Families;
use groups::Group;
use links::Links;

/// More than this for what cases do by themselves is not kept, in bytes.
const MOST_MEMORY: usize = 1 << 30;

/// What cases do by themselves is worked out by this.
pub(super) struct Plan<'b, 'a> {
    base: &'b Base<'a>,
    towards: Towards,
    links: Links,
    /// Where next hops of BGP routes may lie, in order.
    hosts: Vec<(PrefixId, IpNet)>,
    /// Prefixes on which BGP decides alike, group by group.
    together: Vec<Vec<PrefixId>>,
    /// By table: whether it tells others of BGP routes that it hears.
    tell: Vec<bool>,
    /// No table is on a failed device.
    failed: FixedBitSet,
    /// Each step on a path of the IGP leads to the router that the path has next. It comes nearer with it, as all links cost something: where
    /// all arrived, and have a path still, all arrive.
    follows_paths: bool,
}

/// An address that no router has.
const NOWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Cases that can be put together.
pub(super) struct Pairs<'b, 'a> {
    plan: Plan<'b, 'a>,
    groups: Vec<Group>,
    alone: Vec<Option<Alone>>,
    /// By destination, what routes to it come from.
    sources: Vec<Source>,
    families: Families,
    users: Users,
    /// By host of the plan, whether it is a destination: what is met there is known.
    watched: FixedBitSet,
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
    /// Routes that are other ones now, in order.
    changes: Vec<(NodeId, RouteId)>,
    moved: Vec<(NodeId, RouteId)>,
    moves: Vec<Move>,
    /// By hosts of the plan: routes that differ after both cases, and the hosts of which they were worked out.
    ways: Vec<(usize, NodeId, RouteId)>,
    met: Vec<usize>,
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
        let silent = network.devices.iter().all(|d| d.bgp.is_empty());
        let together = if silent { Vec::new() } else { state.bgp_together()? };
        let (tell, failed) = (bgp::tell(network, state), FixedBitSet::with_capacity(network.nodes().len()));
        let hosts = bgp::hosts(network, state);
        let follows_paths = towards.links().all(|(from, hop, to)| {
            let leads = |step: &Step| matches!(step, Step::Forward { node, .. } if *node == to);
            base.forwarder.steps_by(from, &hop, NOWHERE).iter().all(leads)
        });
        Some(Self { base, towards, links, hosts, together, tell, failed, follows_paths })
    }

    /// The place of a prefix among the hosts.
    fn host(&self, prefix: PrefixId) -> Option<usize> {
        self.hosts.binary_search_by_key(&prefix, |h| h.0).ok()
    }

    /// All prefixes of BGP, each with the number of its group.
    fn prefixes_of_bgp(&self) -> impl Iterator<Item = (u32, PrefixId)> + '_ {
        (0..).zip(&self.together).flat_map(|(n, prefixes)| prefixes.iter().map(move |p| (n, *p)))
    }

    /// The routes to a host that differ once links are gone. `None`: it cannot be said.
    fn way<'r>(&self, host: usize, gone: &[LinkEnd], room: &'r mut Room) -> Option<&'r [(NodeId, RouteId)]> {
        let (id, net) = &self.hosts[host];
        let column = self.base.state.under.table().column(*id)?;
        self.changed((net, column), (gone, Detail::Whole), room).then_some(&room.changes)
    }

    /// What a case does by itself, found in its state. `None`: it is not put together with others.
    pub(super) fn alone(&self, case: usize, state: &State, impact: &Impact) -> Option<Trial> {
        alone::tried(self, case, state, impact)
    }

    /// Leaves in `room.changes`, in order, the routes to a destination of the IGP that differ once links are gone. `false`: it cannot be said.
    fn changes(&self, source: Source, gone: (&[LinkEnd], Detail), room: &mut Room) -> bool {
        let Source::Igp(id, prefix) = source else { return false };
        let column = self.base.state.rib.table().column(id);
        column.is_some_and(|c| self.changed((&prefix, c), gone, room))
    }

    fn changed(&self, (prefix, column): (&IpNet, &Column), gone: (&[LinkEnd], Detail), room: &mut Room) -> bool {
        let Room { towards, changes, .. } = room;
        let arena = &self.base.state.arena;
        changes.clear();
        let all = self.towards.without(arena, (prefix, column), gone, towards, |n, r| changes.push((n, r)));
        changes.sort_unstable_by_key(|c| c.0);
        all
    }
}

impl<'b, 'a> Pairs<'b, 'a> {
    /// Of all cases, each by itself.
    pub(super) fn new(plan: Plan<'b, 'a>, trials: Vec<Option<Trial>>) -> Self {
        let of = |d: &Destination| alone::source(&plan, d.address, &plan.base.routes[d.class() as usize]);
        let sources: Vec<Source> = plan.base.reach.prefixes.iter().map(of).collect();
        let (mut groups, mut alone) = groups::join(&plan, &sources, trials);
        let families = Families::new(&plan, &sources, &mut groups);
        alone.iter_mut().flatten().for_each(|a| a.chosen = families.chosen(&mut a.choices));
        let users = bgp::users(&plan, &families, &alone);
        let host = |s: &Source| if let Source::Igp(id, _) = s { plan.host(*id) } else { None };
        let watched = sources.iter().filter_map(host).collect();
        Self { plan, groups, alone, sources, families, users, watched }
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
            Sum { igp: one.igp.and(other.igp), bgp: one.bgp.and(other.bgp), gone: Vec::new(), met: Vec::new(), odd: false };
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
        let Sum { mut igp, mut bgp, gone, met, odd } = sum;
        let mut asked = self.asked([(one, b), (other, a)]);
        room.met.clear();
        room.ways.clear();
        for group in met.iter().map(|g| &self.groups[*g as usize]) {
            match group.source {
                Source::Igp(id, _) => {
                    // Distances count where BGP goes by them.
                    let host = self.plan.host(id);
                    let detail = if host.is_some() { Detail::Whole } else { Detail::Ways };
                    if !self.plan.changes(group.source, (ends.as_flattened(), detail), room) {
                        return None;
                    }
                    room.moved.clear();
                    room.moved.extend_from_slice(&room.changes);
                    let fewer = if self.plan.follows_paths && group.all_arrive {
                        self.thinned(group.destinations[0], room)
                    } else {
                        let out = self.judged(group.destinations[0], walk, room);
                        if !out.lost.is_empty() || !out.partly.is_empty() {
                            return None;
                        }
                        Fewer::of(&out)
                    };
                    igp = igp.and(fewer.times(group.destinations.len()));
                    if let Some(host) = host {
                        self.ask_fresh(host, [one, other], &room.changes, &mut asked)?;
                        room.met.push(host);
                        room.ways.extend(room.changes.iter().map(|&(n, r)| (host, n, r)));
                    }
                }
                Source::Bgp(_) => asked.insert(group.family? as usize),
                Source::Other => return None,
            }
        }
        let (mut lost, mut partly) = (Listed::new(), Listed::new());
        for (g, effect) in one.effects.iter().chain(&other.effects) {
            let group = &self.groups[*g as usize];
            if group.family.is_some_and(|f| asked.contains(f as usize)) {
                if odd || effect.gone {
                    return None;
                }
                bgp = bgp.less(effect.fewer.times(group.destinations.len()));
            } else if effect.has_pairs() && (effect.gone || gone.binary_search(g).is_err()) {
                self.list(&group.destinations, &effect.lost, &mut lost);
                self.list(&group.destinations, &effect.partly, &mut partly);
            }
        }
        if !asked.is_clear() {
            if odd {
                return None;
            }
            self.ways([one, other], ends.as_flattened(), room)?;
            bgp = bgp.and(self.anew(&asked, (walk, room), (&mut lost, &mut partly))?);
        }
        let Fewer { thinner, last_path } = igp.and(bgp);
        let [lost, partly] = [lost, partly].map(in_order);
        Some(Impact { lost, partly, thinner, last_path, sessions_lost: one.sessions_lost + other.sessions_lost })
    }

    /// Notes pairs with destinations that fare alike.
    fn list(&self, destinations: &[u32], pairs: &[Pair], out: &mut Listed) {
        for &n in destinations {
            let to = self.plan.base.reach.prefixes[n as usize].prefix;
            out.extend(pairs.iter().map(|p| (n, Pair { to, ..*p })));
        }
    }

    /// The families of which routers chose anew after one case, where the other bears on that or routers chose anew after it, too.
    fn asked(&self, both: [(&Alone, usize); 2]) -> FixedBitSet {
        let mut out = both[0].0.chosen.clone();
        out.intersect_with(&both[1].0.chosen);
        for (alone, other) in both {
            alone.choices.iter().filter(|c| c.over.contains(other)).for_each(|c| out.union_with(&c.families));
        }
        out
    }

    /// Asks for the families with BGP routes over a next hop whose way (`changes`) is not what it is after either case alone: what BGP makes of
    /// that takes a run. `None`: it cannot be said.
    fn ask_fresh(&self, host: usize, both: [&Alone; 2], changes: &[(NodeId, RouteId)], asked: &mut FixedBitSet) -> Option<()> {
        let [one, other] = [both[0].ways[host].as_ref()?, both[1].ways[host].as_ref()?];
        for change in changes {
            if let Some(families) = self.users.get(&(host as u32, change.0))
                && !one.contains(change)
                && !other.contains(change)
            {
                asked.union_with(families);
            }
        }
        Some(())
    }

    /// Leaves in `room.ways` the routes to all next hops that differ after both cases; has those that were met already.
    fn ways(&self, both: [&Alone; 2], gone: &[LinkEnd], room: &mut Room) -> Option<()> {
        for host in 0..self.plan.hosts.len() {
            if room.met.contains(&host) {
                continue;
            }
            let [one, other] = both.map(|alone| alone.ways[host].as_deref());
            let sum = one.zip(other).filter(|_| self.watched.contains(host)).and_then(|(one, other)| merged(one, other));
            match sum {
                Some(sum) => room.ways.extend(sum.into_iter().map(|(n, r)| (host, n, r))),
                None => {
                    self.plan.way(host, gone, room)?;
                    room.ways.extend(room.changes.iter().map(|&(n, r)| (host, n, r)));
                }
            }
        }
        Some(())
    }

    /// Leaves in `room.moves` the nodes that lead another way to a destination once they have gone over to `room.moved`, in order.
    fn moves<'r>(&self, destination: u32, room: &'r mut Room) -> (&Destination, &'r [Move]) {
        let base = self.plan.base;
        let destination = &base.reach.prefixes[destination as usize];
        let before = &base.routes[destination.class() as usize];
        let way = |r: RouteId| base.state.arena.way(r);
        let moves = room.moved.iter().map(|&(n, new)| (n, before[n.index()], Some(new)));
        room.moves.clear();
        room.moves.extend(moves.filter(|(_, old, new)| old.map(way) != new.map(way)));
        room.moves.sort_unstable_by_key(|m| m.0);
        (destination, &room.moves)
    }

    /// What becomes of a destination to which nodes have gone over to `room.moved`, where all arrive.
    fn thinned(&self, destination: u32, room: &mut Room) -> Fewer {
        let arena = &self.plan.base.state.arena;
        let left = self.moves(destination, room).1.iter().filter_map(|(_, old, new)| fewer(arena, *old, *new));
        left.fold(Fewer::default(), |sum, left| sum.and(Fewer { thinner: 1, last_path: usize::from(left == 1) }))
    }

    /// What becomes of a destination to which nodes have gone over to `room.moved`.
    fn judged(&self, destination: u32, walk: &mut Walk<'_, '_>, room: &mut Room) -> Impact {
        let Plan { base, failed, .. } = &self.plan;
        let (destination, moves) = self.moves(destination, room);
        let mut out = Impact::default();
        base.judge(walk, failed, (destination, moves, false), |_, _| true, &mut out, &mut |_| ());
        out
    }

    /// What becomes of the destinations of some families, as BGP chooses above `room.ways`. `None`: it takes a run to say.
    fn anew(
        &self,
        families: &FixedBitSet,
        (walk, room): (&mut Walk<'_, '_>, &mut Room),
        (lost, partly): (&mut Listed, &mut Listed),
    ) -> Option<Fewer> {
        let state = self.plan.base.state;
        let [before] = state.bgp_tables() else { return None };
        let groups: Vec<u32> = self.families.groups(families.ones()).collect();
        let row = |&(host, node, route): &(usize, NodeId, RouteId)| (self.plan.hosts[host].0, node, Some(route));
        let now = state.bgp_above(self.plan.base.network, room.ways.iter().map(row).collect(), &groups)?;
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
            let one = self.judged(first, walk, room);
            if !one.lost.iter().chain(&one.partly).all(|p| alone::can_be_lost(Source::Bgp(id), p)) {
                return None;
            }
            out = out.and(Fewer::of(&one).times(destinations.len()));
            self.list(&destinations, &one.lost, lost);
            self.list(&destinations, &one.partly, partly);
        }
        Some(out)
    }
}

/// What changes once two things happen, of what changes after each, in order: table by table. `None`: both have a say in one table.
fn merged(one: &[(NodeId, RouteId)], other: &[(NodeId, RouteId)]) -> Option<Vec<(NodeId, RouteId)>> {
    let mut out = [one, other].concat();
    if !one.is_empty() && !other.is_empty() {
        out.sort_by_key(|c| c.0);
        out.dedup();
    }
    out.windows(2).all(|p| p[0].0 != p[1].0).then_some(out)
}

/// How many nodes still reach destinations over fewer next hops, and how many of them over one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Fewer {
    thinner: usize,
    last_path: usize,
}

impl Fewer {
    fn of(impact: &Impact) -> Self {
        Self { thinner: impact.thinner, last_path: impact.last_path }
    }
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
struct Sum {
    igp: Fewer,
    bgp: Fewer,
    /// Groups to which nobody has a route any more, in order.
    gone: Vec<u32>,
    /// Groups that are to be worked out: what the cases do to those of the IGP is not in the sum.
    met: Vec<u32>,
    /// Some group is of neither kind.
    odd: bool,
}

/// Pairs by the numbers of their destinations.
type Listed = Vec<(u32, Pair)>;

/// Each once, in the order of destinations and routers.
fn in_order(mut listed: Listed) -> Vec<Pair> {
    listed.sort();
    listed.dedup();
    listed.into_iter().map(|l| l.1).collect()
}

impl Sum {
    /// A group that only one case bears on. `other`: the other case.
    fn alone(&mut self, (g, group): (u32, &Group), effect: &Effect, other: usize) {
        self.odd |= group.source == Source::Other;
        if effect.gone {
            self.gone.push(g);
        } else if effect.leads_over(other) {
            self.meet((g, group), &[effect]);
        }
    }

    /// A group that both bear on, each with the number of the other.
    fn together(&mut self, (g, group): (u32, &Group), both: [(&Effect, usize); 2]) {
        self.odd |= group.source == Source::Other;
        // A subnet that is gone stays so.
        if let Some(gone) = both.iter().position(|x| x.0.gone) {
            self.gone.push(g);
            self.take_back(group, both[1 - gone].0);
            return;
        }
        let [(a, other), (b, one)] = both;
        if a.leads_over(other) || b.leads_over(one) || a.counts_with(b) {
            self.meet((g, group), &[a, b]);
        }
    }

    /// A group to be worked out. What is asked of BGP is asked by families, and taken back by them.
    fn meet(&mut self, (g, group): (u32, &Group), effects: &[&Effect]) {
        if group.family.is_none() {
            effects.iter().for_each(|effect| self.take_back(group, effect));
        }
        self.met.push(g);
    }

    fn take_back(&mut self, group: &Group, effect: &Effect) {
        let sum = if matches!(group.source, Source::Bgp(_)) { &mut self.bgp } else { &mut self.igp };
        *sum = sum.less(effect.fewer.times(group.destinations.len()));
    }
}
