//! What a case does by itself, destination by destination.
//!
//! In: a [`Plan`], the state after the case. Out: a [`Trial`]. Law: what is found adds up to the case's [`Impact`], and the routes after it are
//! those that [`Plan::changes`] works out; a case or a destination of which that is not so is not put together with others. Start reading at
//! [`tried`].

use fixedbitset::FixedBitSet;

use super::super::compare::{Move, Walk};
use super::super::sweep::{Impact, Pair};
use super::bgp::{self, Choice};
use super::{Fewer, Plan, Room, Source};
use crate::base::Map;
use crate::base::id::Id;
use crate::engine::State;
use crate::forward::reach::Fate;
use crate::model::network::NodeId;
use crate::model::route::Protocol;
use crate::protocols::ospf::LinkEnd;
use crate::rib::{Detail, PrefixId, RouteId, Table};

/// What a case does to a destination.
#[derive(Debug)]
pub(super) struct Effect {
    /// Nobody has a route any more.
    pub gone: bool,
    pub lost: Vec<Pair>,
    pub partly: Vec<Pair>,
    pub fewer: Fewer,
    /// The nodes that count among those.
    counted: FixedBitSet,
    /// The cases that take down links over which now lead those that led over the case's link.
    over: FixedBitSet,
}

impl Effect {
    /// Whether those that this case bears on lead over the link of another one now.
    pub(super) fn leads_over(&self, case: usize) -> bool {
        self.over.contains(case)
    }

    /// Whether it has more to say than how many.
    pub(super) fn has_pairs(&self) -> bool {
        !self.lost.is_empty() || !self.partly.is_empty()
    }

    /// Whether some node counts in both.
    pub(super) fn counts_with(&self, other: &Self) -> bool {
        !self.counted.is_disjoint(&other.counted)
    }
}

/// A case by itself.
#[derive(Debug)]
pub(super) struct Alone {
    /// By group of destinations.
    pub effects: Vec<(u32, std::sync::Arc<Effect>)>,
    pub choices: Vec<Choice>,
    /// The families of all of those.
    pub chosen: FixedBitSet,
    /// By host of the plan.
    pub ways: Vec<Way>,
    /// To destinations of the IGP (and others), and of BGP.
    pub igp: Fewer,
    pub bgp: Fewer,
    pub sessions_lost: usize,
}

/// The routes to a next hop that differ, table by table. `None`: it cannot be said.
pub(super) type Way = Option<Box<[(NodeId, RouteId)]>>;

/// Destinations that a case treats alike.
#[derive(Debug)]
pub(super) struct Part {
    pub destinations: Vec<u32>,
    pub effect: Effect,
    pub source: Source,
}

/// A case by itself, before destinations that all cases treat alike are put together.
#[derive(Debug)]
pub(in super::super) struct Trial {
    pub(super) parts: Vec<Part>,
    pub(super) choices: Vec<Choice>,
    pub(super) ways: Vec<Way>,
    pub(super) sessions_lost: usize,
}

/// What a case does. `None`: it is not put together with others.
pub(super) fn tried(plan: &Plan<'_, '_>, case: usize, state: &State, impact: &Impact) -> Option<Trial> {
    let base = plan.base;
    let ends = plan.links.ends(case)?;
    if !state.is_layered() || !bgp::same_sessions(base.state, state) {
        return None;
    }
    let choices = bgp::choices(plan, state)?;
    let forwarder = base.forwarder.again(base.network, state);
    let mut walk = Walk::new(&forwarder, base.network.nodes().len());
    let mut room = Room::default();
    let (mut parts, mut sum, mut lost, mut partly) = (Vec::new(), Fewer::default(), 0, 0);
    for destinations in parted(plan, base.state.rib.table(), state.rib.table()) {
        let mut part = part(plan, (case, state), destinations, &mut walk)?;
        sum = sum.and(part.effect.fewer.times(part.destinations.len()));
        lost += part.effect.lost.len() * part.destinations.len();
        partly += part.effect.partly.len() * part.destinations.len();
        if let Source::Igp(id, _) = part.source
            && !part.effect.gone
            && !is_so(plan, (part.source, id), &ends, state, &mut room)
        {
            part.source = Source::Other;
        }
        parts.push(part);
    }
    let same = (sum.thinner, sum.last_path) == (impact.thinner, impact.last_path)
        && (lost, partly) == (impact.lost.len(), impact.partly.len());
    let ways = (0..plan.hosts.len()).map(|host| plan.way(host, &ends, &mut room).map(Box::from)).collect();
    same.then_some(Trial { parts, choices, ways, sessions_lost: impact.sessions_lost })
}

/// The destinations to which some node has another route, by what they have in common.
pub(super) fn parted(plan: &Plan<'_, '_>, before: &Table, now: &Table) -> Vec<Vec<u32>> {
    let base = plan.base;
    let mut changed: Map<u32, Vec<u32>> = Map::default();
    for (token, group) in (0..).zip(before.changed_groups(now)) {
        for prefix in before.prefixes_of(&group) {
            for n in base.covers.around(prefix) {
                changed.entry(n).or_default().push(token);
            }
        }
    }
    let mut changed: Vec<(u32, Vec<u32>)> = changed.into_iter().collect();
    changed.sort_unstable();
    let mut known: Map<(u32, u32), usize> = Map::default();
    let mut out: Vec<Vec<u32>> = Vec::new();
    for (n, tokens) in changed {
        let destination = &base.reach.prefixes[n as usize];
        // Where more than one prefix or the address itself has a say, a destination is looked at by itself.
        let alike = match tokens.as_slice() {
            [token] if base.covers.is_alike(n) => Some((destination.class(), *token)),
            _ => None,
        };
        let at = alike.map(|key| *known.entry(key).or_insert(out.len())).unwrap_or(out.len());
        if at == out.len() {
            out.push(Vec::new());
        }
        out[at].push(n);
    }
    out
}

/// What a case does to destinations that fare alike.
fn part(plan: &Plan<'_, '_>, (case, state): (usize, &State), destinations: Vec<u32>, walk: &mut Walk<'_, '_>) -> Option<Part> {
    let base = plan.base;
    let nodes = base.network.nodes().len();
    let destination = &base.reach.prefixes[*destinations.first()? as usize];
    let before = &base.routes[destination.class() as usize];
    let after = state.rib.routes_to(destination.address, nodes);
    let way = |r: &Option<RouteId>| r.map(|r| base.state.arena.way(r));
    let moved: Vec<Move> = (0..nodes)
        .filter(|n| before[*n] != after[*n] && way(&before[*n]) != way(&after[*n]))
        .map(|n| (NodeId::new(n), before[n], after[n]))
        .collect();
    let ports = plan.links.ends(case)?;
    let owner_changed = base.forwarder.owners(destination.address).any(|(n, (_, i))| ports.contains(&(n, i)));
    let mut one = Impact::default();
    let mut counted = FixedBitSet::with_capacity(nodes);
    let moves = (destination, moved.as_slice(), owner_changed);
    base.judge(walk, &plan.failed, moves, |_, _| true, &mut one, &mut |n| counted.insert(n.index()));
    one.lost.iter().chain(&one.partly).for_each(|p| counted.insert(p.from.index()));
    let gone = after.iter().all(Option::is_none);
    let source = source(plan, destination.address, before);
    // What is left without a route takes a run to say; so does what goes another way where its subnet is gone. Paths of BGP may run in
    // circles.
    let clear = |p: &Pair| if gone { p.fate == Fate::NO_ROUTE } else { can_be_lost(source, p) };
    if !one.lost.iter().chain(&one.partly).all(clear)
        || after.iter().zip(before).any(|(now, was)| !gone && now.is_none() && was.is_some())
    {
        return None;
    }
    let mut over = FixedBitSet::with_capacity(plan.links.cases());
    if !gone {
        let (mut seen, mut touched) = (FixedBitSet::with_capacity(nodes), moved.iter().map(|m| m.0).collect::<Vec<_>>());
        touched.extend(before_on(plan, case, before));
        let touched = plan.leading_to(touched, before);
        plan.links.follow(&base.state.arena, |n| after[n.index()], touched, (&mut seen, &mut over));
        if let Source::Bgp(_) = source {
            let nodes: Vec<NodeId> = seen.ones().map(NodeId::new).collect();
            bgp::ways_to_next_hops(plan, state, &nodes, |n| after[n.index()], &mut over);
        }
    }
    let fewer = Fewer { thinner: one.thinner, last_path: one.last_path };
    let effect = Effect { gone, lost: one.lost, partly: one.partly, fewer, counted, over };
    Some(Part { destinations, effect, source })
}

/// Whether a pair that is lost while all have routes is a matter of those routes alone.
pub(super) fn can_be_lost(source: Source, pair: &Pair) -> bool {
    matches!(source, Source::Bgp(_)) && pair.fate.has(Fate::LOOPS) && !pair.fate.has(Fate::NO_ROUTE)
}

/// The ends of a case's link that led over it.
fn before_on(plan: &Plan<'_, '_>, case: usize, before: &[Option<RouteId>]) -> Vec<NodeId> {
    let ends = plan.links.ends(case).into_iter().flatten().map(|e| e.0);
    let leads = |n: &NodeId| plan.links.leads(&plan.base.state.arena, *n, before[n.index()]).any(|l| l.1 == Some(case));
    ends.filter(leads).collect()
}

impl Plan<'_, '_> {
    /// These nodes and all whose routes lead to them.
    fn leading_to(&self, nodes: Vec<NodeId>, routes: &[Option<RouteId>]) -> Vec<NodeId> {
        let count = routes.len();
        let mut from: Vec<Vec<NodeId>> = vec![Vec::new(); count];
        for n in (0..count).map(NodeId::new) {
            self.links.leads(&self.base.state.arena, n, routes[n.index()]).for_each(|(to, _)| from[to.index()].push(n));
        }
        let mut seen = FixedBitSet::with_capacity(count);
        let mut all: Vec<NodeId> = nodes.into_iter().filter(|n| !seen.put(n.index())).collect();
        let mut at = 0;
        while let Some(&node) = all.get(at) {
            at += 1;
            all.extend(from[node.index()].iter().copied().filter(|n| !seen.put(n.index())));
        }
        all
    }
}

/// What routes to an address come from, in the base.
pub(super) fn source(plan: &Plan<'_, '_>, address: std::net::IpAddr, routes: &[Option<RouteId>]) -> Source {
    let state = plan.base.state;
    // A router's own addresses are its own affair.
    let mut around = state
        .rib
        .prefixes_around(address)
        .filter(|p| state.rib.table().column(*p).is_none_or(|c| !plan.base.forwarder.only_local(c)));
    let Some(id) = around.next() else { return Source::Other };
    let Some(column) = state.rib.table().column(id) else { return Source::Other };
    let way = |r: Option<RouteId>| r.map(|r| plan.base.state.arena.way(r));
    let own = |r: Option<RouteId>| r.is_some_and(|r| state.arena.routes.get(r).protocol == Protocol::Local);
    // All others are of one prefix.
    let of_prefix = |n: usize| {
        let route = column.get(NodeId::new(n));
        route == routes[n] || own(routes[n]) || way(route) == way(routes[n])
    };
    if !(0..routes.len()).all(of_prefix) {
        return Source::Other;
    }
    let has = |of: fn(Protocol) -> bool| column.iter().any(|(_, r)| of(state.arena.routes.get(r).protocol));
    match (has(Protocol::is_bgp), has(Protocol::is_ospf)) {
        (true, true) => Source::Other,
        (true, false) => Source::Bgp(id),
        (false, _) => Source::Igp(id, *state.arena.prefixes.get(id)),
    }
}

/// Whether the routes of the IGP to a prefix after a case are those that are worked out for it.
fn is_so(plan: &Plan<'_, '_>, (source, id): (Source, PrefixId), ends: &[LinkEnd], state: &State, room: &mut Room) -> bool {
    if !plan.changes(source, (ends, Detail::Whole), room) {
        return false;
    }
    let (Some(before), Some(after)) = (plan.base.state.rib.table().column(id), state.rib.table().column(id)) else {
        return false;
    };
    let made = room.changes.iter().map(|(n, r)| (*n, Some(*r)));
    made.eq(before.changes_to(after))
}
