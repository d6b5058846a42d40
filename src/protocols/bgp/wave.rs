//! A class of prefixes to its fixed point: what [`solve`](super::solve) does for one prefix, once for all prefixes that are treated alike.
//!
//! In: a [`Plan`], where the class's paths start. Out: [`Wave`]. Law: the same order of speakers and the same rules as `solve`, so the same
//! result. Cheap because a router's paths that differ only in their session are decided on as one, export and import run once for
//! each group of sessions and bundle of attributes, and next hops stay beside the attributes as codes.
//! Start reading at [`solve_class`]. Tests: `tests/classes.rs` (equal to `solve` on random networks).

use std::collections::VecDeque;
use std::sync::atomic::Ordering;

use smallvec::SmallVec;

use super::classes::Class as PrefixClass;
use super::decide::{Facts, compare, decide, facts, multipath};
use super::export;
use super::groups::{FamilyPlan, Next, Plan, metric};
use super::path::{Class, Path, UNREACHABLE};
use super::routes::{Way, learned_route};
use super::seeds::Seed;
use super::solve::{Order, PREFERENCES, TOO_OFTEN};
use super::speakers::{EndId, SpeakerId};
use super::transfer::{Target, Wire, distance, family};
use crate::base::Map;
use crate::base::id::{Id, IdVec};
use crate::model::network::NodeId;
use crate::model::platform::BestPathStep as Step;
use crate::model::policy::NextHopEdit;
use crate::rib::{AttrsId, Column, RouteId};

/// A path: as [`Path`], its next hop beside its attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lean {
    attrs: AttrsId,
    next: Next,
    metric: u32,
    from: Option<EndId>,
    class: Class,
}

/// What an end has heard; `attrs` NONE: nothing.
#[derive(Debug, Clone, Copy)]
struct Heard {
    attrs: AttrsId,
    next: Next,
    metric: u32,
}

const NOTHING: Heard = Heard { attrs: AttrsId::NONE, next: Next::NONE, metric: UNREACHABLE };

/// A solved class.
#[derive(Debug, Default)]
pub(super) struct Wave {
    pub column: Column,
    pub restless: Vec<SpeakerId>,
    pub undecided: Vec<SpeakerId>,
    /// Speakers whose best is the oldest of equals.
    pub aged: Vec<SpeakerId>,
    /// Speakers whose best depends on the order of arrival.
    pub ordered: Vec<SpeakerId>,
    /// A next hop of the class is reached through a prefix of the class: solve them one by one.
    pub entangled: bool,
}

/// What export makes of a speaker's path for a group, with the next hop that a policy gave.
#[derive(Debug, Clone, Copy)]
struct Exported {
    attrs: AttrsId,
    edit: Option<NextHopEdit>,
    reflected: bool,
    first_as: Option<u32>,
}
/// What import makes of attributes in a group.
type Imported = Option<(AttrsId, Option<NextHopEdit>)>;

/// What is remembered of a group's imports in a class.
#[derive(Debug, Default)]
struct Imports {
    /// The class, by when it was begun.
    class: u64,
    /// Attributes, next hop where policies see it, result.
    made: SmallVec<[(AttrsId, Next, Imported); 2]>,
    /// Where the next one asked for is likely to stand: routers of a group hear the same in the same order.
    likely: usize,
}

impl Imports {
    fn find(&mut self, attrs: AttrsId, next: Next) -> Option<Imported> {
        let is = |x: &(AttrsId, Next, Imported)| x.0 == attrs && x.1 == next;
        let from = self.likely.min(self.made.len());
        let (before, after) = self.made.split_at(from);
        let at = match after.iter().position(is) {
            Some(n) => from + n,
            None => before.iter().position(is)?,
        };
        self.likely = at + 1;
        Some(self.made[at].2)
    }
}

/// How a speaker reaches a next hop that is not its neighbour's address.
#[derive(Debug, Clone, Copy)]
struct Beyond {
    own: bool,
    reach: Option<super::nexthop::Reach>,
}

/// Arrays that one thread uses again for each class.
pub(super) struct Scratch {
    heard: IdVec<EndId, Heard>,
    stale: IdVec<EndId, bool>,
    sent: IdVec<SpeakerId, Option<Lean>>,
    queued: IdVec<SpeakerId, bool>,
    changes: IdVec<SpeakerId, u16>,
    seen: IdVec<SpeakerId, bool>,
    touched: Vec<SpeakerId>,
    queue: VecDeque<SpeakerId>,
    /// By group: for which version of the speaker's path, and what export made of it.
    exported: [Vec<(u64, Option<Exported>)>; 2],
    imported: [Vec<Imports>; 2],
    version: IdVec<SpeakerId, u64>,
    /// The first AS of what each speaker sends.
    first_as: IdVec<SpeakerId, Option<u32>>,
    clock: u64,
    class_started: u64,
    beyond: Map<(SpeakerId, Next, bool), Beyond>,
    routes: Map<Box<[u32]>, Option<RouteId>>,
    bundles: Vec<Bundle>,
    ends: Vec<(EndId, u32)>,
    entangled: bool,
}

/// Paths of one speaker that differ only in the session (and the next hop).
#[derive(Debug, Clone)]
struct Bundle {
    attrs: AttrsId,
    class: Class,
    metric: u32,
    count: u32,
    /// The first of them; for a path made here its place in the seed.
    first: Option<EndId>,
    next: Next,
    facts: Facts,
    /// It names who brought it into the AS.
    reflected: bool,
    lost: Option<Step>,
}

impl Scratch {
    pub(super) fn new(plan: &Plan<'_, '_>) -> Self {
        let (ends, speakers) = (plan.t.graph.ends.len(), plan.t.graph.speakers.len());
        let groups = |n: fn(&FamilyPlan) -> usize| [n(&plan.families[0]), n(&plan.families[1])];
        Self {
            heard: IdVec::filled(NOTHING, ends),
            stale: IdVec::filled(false, ends),
            sent: IdVec::filled(None, speakers),
            queued: IdVec::filled(false, speakers),
            changes: IdVec::filled(0, speakers),
            seen: IdVec::filled(false, speakers),
            touched: Vec::new(),
            queue: VecDeque::new(),
            exported: groups(|f| f.exports).map(|n| vec![(0, None); n]),
            imported: groups(|f| f.imports).map(|n| (0..n).map(|_| Imports::default()).collect()),
            version: IdVec::filled(0, speakers),
            first_as: IdVec::filled(None, speakers),
            clock: 1,
            class_started: 0,
            beyond: Map::default(),
            routes: Map::default(),
            bundles: Vec::new(),
            ends: Vec::new(),
            entangled: false,
        }
    }

    fn enqueue(&mut self, s: SpeakerId) {
        if !std::mem::replace(&mut self.queued[s], true) {
            self.queue.push_back(s);
            if !std::mem::replace(&mut self.seen[s], true) {
                self.touched.push(s);
            }
        }
    }

    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }
}

struct Task<'t, 'a> {
    plan: &'t Plan<'t, 'a>,
    of: &'t FamilyPlan,
    target: Target,
    class: &'t PrefixClass,
}

/// Solves a class, and once more in another order where preferences could make a second outcome.
pub(super) fn solve_class(plan: &Plan<'_, '_>, class: &PrefixClass, scratch: &mut Scratch) -> Wave {
    let target = class.target;
    let task = Task { plan, of: &plan.families[target.family as usize], target, class };
    scratch.entangled = false;
    scratch.class_started = scratch.tick();
    let restless = task.settle(scratch, Order::FirstIn);
    let speakers = task.speakers(scratch);
    let mut out = Wave { restless, ..Wave::default() };
    let (mut entries, mut prefers) = (Vec::with_capacity(speakers.len()), false);
    let mut bests = Vec::with_capacity(speakers.len());
    for &s in &speakers {
        let Some(row) = task.row(s, scratch) else { continue };
        entries.extend(row.route.map(|r| (plan.t.graph.speakers[s].node, r)));
        prefers |= row.prefers;
        if row.by_age {
            out.aged.push(s);
        }
        if row.by_order {
            out.ordered.push(s);
        }
        bests.push((s, row.best));
    }
    out.column = column(entries);
    task.count(&speakers, scratch);
    task.clear(scratch);
    if out.restless.is_empty() && prefers {
        task.settle(scratch, Order::LastIn);
        out.undecided = bests.into_iter().filter(|(s, best)| task.best_of(*s, scratch) != *best).map(|(s, _)| s).collect();
        task.clear(scratch);
    }
    out.entangled = scratch.entangled;
    out
}

fn column(entries: Vec<(NodeId, RouteId)>) -> Column {
    if entries.is_sorted_by(|a, b| a.0 < b.0) { Column::from_sorted(entries) } else { Column::from_unsorted(entries) }
}

/// A speaker's share of the result.
struct Row {
    best: Option<Lean>,
    route: Option<RouteId>,
    prefers: bool,
    by_age: bool,
    by_order: bool,
}

impl Task<'_, '_> {
    fn seed(&self) -> &Seed {
        &self.class.seed
    }

    /// Counts what ends with a limit have heard.
    fn count(&self, speakers: &[SpeakerId], scratch: &Scratch) {
        if !self.of.counts {
            return;
        }
        for e in speakers.iter().flat_map(|&s| self.plan.t.graph.ends_of(s)) {
            if scratch.heard[e].attrs != AttrsId::NONE && self.of.sides[e.index()].is_some_and(|x| x.counted) {
                self.of.heard[e.index()].fetch_add(self.class.members.len() as u32, Ordering::Relaxed);
            }
        }
    }

    /// Runs to the fixed point. The speakers that never came to rest.
    fn settle(&self, scratch: &mut Scratch, order: Order) -> Vec<SpeakerId> {
        let graph = self.plan.t.graph;
        let mut first: Vec<SpeakerId> = self.seed().local.iter().map(|(s, _)| *s).collect();
        for (e, attrs) in &self.seed().outside {
            let next = self.plan.code(attrs.next_hop, *e);
            let mut attrs = attrs.clone();
            attrs.next_hop = None;
            let attrs = self.plan.t.input.arena.attrs.intern(attrs);
            let heard = self.import(*e, (attrs, self.first_as(attrs)), next, scratch);
            scratch.heard[*e] = heard;
            first.push(graph.ends[*e].speaker);
        }
        first.sort_unstable();
        first.dedup();
        first.into_iter().for_each(|s| scratch.enqueue(s));
        let mut too_often = false;
        while let Some(s) = if order == Order::FirstIn { scratch.queue.pop_front() } else { scratch.queue.pop_back() } {
            scratch.queued[s] = false;
            self.hear(s, scratch);
            let sent = self.sent(s, scratch);
            if sent == scratch.sent[s] {
                continue;
            }
            if scratch.changes[s] > TOO_OFTEN {
                too_often = true;
                continue;
            }
            scratch.changes[s] += 1;
            scratch.sent[s] = sent;
            scratch.version[s] = scratch.tick();
            scratch.first_as[s] = sent.and_then(|p| self.first_as(p.attrs));
            for e in graph.ends_of(s) {
                if let Some(far) = graph.ends[e].far
                    && self.of.links[far.index()].is_some()
                {
                    scratch.stale[far] = true;
                    scratch.enqueue(graph.ends[far].speaker);
                }
            }
        }
        let any = too_often || scratch.touched.iter().any(|&s| scratch.changes[s] > TOO_OFTEN);
        let restless = self.speakers(scratch).into_iter().filter(|&s| any && scratch.changes[s] > TOO_OFTEN / 2);
        restless.collect()
    }

    fn speakers(&self, scratch: &Scratch) -> Vec<SpeakerId> {
        let mut all = scratch.touched.clone();
        all.sort_unstable();
        all
    }

    fn clear(&self, scratch: &mut Scratch) {
        for s in std::mem::take(&mut scratch.touched) {
            for e in self.plan.t.graph.ends_of(s) {
                scratch.heard[e] = NOTHING;
                scratch.stale[e] = false;
            }
            scratch.sent[s] = None;
            scratch.queued[s] = false;
            scratch.changes[s] = 0;
            scratch.seen[s] = false;
        }
        scratch.queue.clear();
    }

    /// Takes in what changed at the neighbours.
    fn hear(&self, s: SpeakerId, scratch: &mut Scratch) {
        for to in self.plan.t.graph.ends_of(s) {
            if !std::mem::replace(&mut scratch.stale[to], false) {
                continue;
            }
            let Some(link) = &self.of.links[to.index()] else { continue };
            let heard = match scratch.sent[link.sender] {
                Some(_) if link.kept_back.is_some() && link.kept_back == scratch.first_as[link.sender] => NOTHING,
                Some(p) if p.from != Some(link.far) => self.offer(to, link, p, scratch),
                _ => NOTHING,
            };
            scratch.heard[to] = heard;
        }
    }

    fn offer(&self, to: EndId, link: &super::groups::Link, p: Lean, scratch: &mut Scratch) -> Heard {
        let sees_hop = self.of.export_sees_hop[link.export as usize];
        let version = scratch.version[link.sender];
        let slot = &mut scratch.exported[self.target.family as usize][link.export as usize];
        if slot.0 != version {
            *slot = (version, self.export(link.far, &p, sees_hop));
        }
        let Some(Exported { attrs, edit, reflected, first_as }) = slot.1 else { return NOTHING };
        let next = if edit.is_none() && link.always_own {
            link.own
        } else {
            let kept = self.plan.address(p.next, p.from);
            self.plan.sent_hop((to, link), (p.class, reflected), edit, kept, self.target)
        };
        self.import(to, (attrs, first_as), next, scratch)
    }

    fn first_as(&self, attrs: AttrsId) -> Option<u32> {
        let arena = self.plan.t.input.arena;
        arena.as_paths.get(arena.attrs.get(attrs).as_path).first_as()
    }

    fn export(&self, from: EndId, p: &Lean, sees_hop: bool) -> Option<Exported> {
        let t = self.plan.t;
        let mut wire = Wire::new(t.input.arena.attrs.get(p.attrs).clone());
        if sees_hop {
            wire.attrs.next_hop = self.plan.address(p.next, p.from);
        }
        let path = Path { attrs: p.attrs, metric: p.metric, from: p.from, class: p.class, path_id: 0, lent: None };
        let (mut wire, edit, reflected) = export::prepare(t, from, &path, wire, self.target)?;
        wire.attrs.next_hop = None;
        let attrs = t.intern(wire);
        Some(Exported { attrs, edit, reflected, first_as: self.first_as(attrs) })
    }

    fn import(&self, to: EndId, (attrs, first_as): (AttrsId, Option<u32>), next: Next, scratch: &mut Scratch) -> Heard {
        let Some(side) = &self.of.sides[to.index()] else { return NOTHING };
        if side.first_as.is_some() && side.first_as != first_as {
            return NOTHING;
        }
        let t = self.plan.t;
        let end = &t.graph.ends[to];
        if match next {
            Next::NONE => false,
            Next::PEER => side.peer_is_own,
            _ => self.beyond(to, next, scratch).own,
        } {
            return NOTHING;
        }
        let sees_hop = self.of.import_sees_hop[side.import as usize];
        let key = if sees_hop { Next(next.0) } else { Next::NONE };
        // The neighbour's address is another on each session: not to be remembered for the group.
        let keep = !(sees_hop && next == Next::PEER);
        let started = scratch.class_started;
        let slot = &mut scratch.imported[self.target.family as usize][side.import as usize];
        if slot.class != started {
            slot.class = started;
            slot.made.clear();
            slot.likely = 0;
        }
        let known = if keep { slot.find(attrs, key) } else { None };
        let made = known.unwrap_or_else(|| {
            let mut wire = Wire::new(t.input.arena.attrs.get(attrs).clone());
            if sees_hop {
                wire.attrs.next_hop = self.plan.address(next, Some(to));
            }
            let made = t.take_in(to, wire, self.target).map(|(mut wire, edit)| {
                wire.attrs.next_hop = None;
                (t.intern(wire), edit)
            });
            if keep {
                slot.made.push((attrs, key, made));
            }
            made
        });
        let Some((attrs, edit)) = made else { return NOTHING };
        let next = match edit {
            None | Some(NextHopEdit::Unchanged) => next,
            Some(edit) => {
                let Some(address) = t.edited_next_hop(to, edit, self.target.family) else { return NOTHING };
                self.plan.code(address, to)
            }
        };
        let metric = match next {
            Next::NONE => 0,
            Next::PEER => side.metric,
            _ => metric(end, self.beyond(to, next, scratch).reach),
        };
        Heard { attrs, next, metric }
    }

    fn beyond(&self, to: EndId, next: Next, scratch: &mut Scratch) -> Beyond {
        let t = self.plan.t;
        let end = &t.graph.ends[to];
        let f = self.target.family;
        let link_local = self.plan.address(next, Some(to)) == Some(super::speakers::LINK_LOCAL);
        let ask = || {
            let address = self.plan.address(next, Some(to));
            let node = t.graph.speakers[end.speaker].node;
            Beyond { own: !link_local && address.is_some_and(|a| t.hops.is_own(node, a)), reach: self.plan.reach(to, next) }
        };
        // A link-local address means another neighbour on each session.
        let found = if link_local { ask() } else { *scratch.beyond.entry((end.speaker, next, f.is_v6())).or_insert_with(ask) };
        if let Some(through) = found.reach.and_then(|r| r.through_bgp) {
            scratch.entangled |= self.class.holds(&through);
        }
        found
    }

    /// The paths of a speaker, those that differ only in their session together.
    fn gather(&self, s: SpeakerId, scratch: &mut Scratch) {
        let t = self.plan.t;
        let arena = t.input.arena;
        let speaker = &t.graph.speakers[s];
        let bundles = &mut scratch.bundles;
        bundles.clear();
        let bundle = |attrs, class, metric, first: Option<EndId>, next| {
            let path = Path { attrs, metric, from: first, class, path_id: 0, lent: None };
            let a = arena.attrs.get(attrs);
            let d = distance(speaker, self.target.family, a, class, false);
            let facts = facts(arena, t.graph, speaker, &path, d);
            Bundle { attrs, class, metric, count: 1, first, next, facts, reflected: a.originator.is_some(), lost: None }
        };
        let list = &self.seed().local;
        let start = list.partition_point(|(x, _)| *x < s);
        for (n, (_, p)) in list.iter().enumerate().skip(start).take_while(|(_, (x, _))| *x == s) {
            let (attrs, next) = self.class.locals[n];
            bundles.push(bundle(attrs, p.class, p.metric, None, next));
        }
        let mut last = usize::MAX;
        for e in t.graph.ends_of(s) {
            let h = scratch.heard[e];
            if h.attrs == AttrsId::NONE {
                continue;
            }
            let Some(side) = &self.of.sides[e.index()] else { continue };
            let same = |b: &Bundle| b.attrs == h.attrs && b.metric == h.metric && b.class == side.class && b.first.is_some();
            if let Some(b) = bundles.get_mut(last).filter(|b| same(b)) {
                b.count += 1;
            } else if let Some(at) = bundles.iter().position(same) {
                bundles[at].count += 1;
                last = at;
            } else {
                last = bundles.len();
                bundles.push(bundle(h.attrs, side.class, h.metric, Some(e), h.next));
            }
        }
    }

    /// The best path of what was gathered, as the first of its bundle among `scratch.ends`; says whether age counted, and whether MED did.
    fn choose(&self, s: SpeakerId, scratch: &mut Scratch) -> (Option<(usize, Option<EndId>)>, bool, bool) {
        let speaker = &self.plan.t.graph.speakers[s];
        let rules = &speaker.bgp.best_path;
        let bundles = &mut scratch.bundles;
        let mut alive: SmallVec<[usize; 8]> = SmallVec::new();
        for (n, b) in bundles.iter_mut().enumerate() {
            if b.metric != UNREACHABLE {
                alive.push(n);
            }
        }
        let (mut by_age, mut med_counted) = (false, false);
        let steps = speaker.of.platform.best_path_steps;
        let mut at = 0;
        while at < steps.len() {
            let step = steps[at];
            let total: u32 = alive.iter().map(|&n| bundles[n].count).sum();
            if total < 2 || matches!(step, Step::RouterId | Step::NeighborAddress | Step::PathId) {
                break;
            }
            at += 1;
            if step == Step::Oldest {
                by_age |= alive.iter().all(|&n| bundles[n].facts.external) && !rules.compare_router_id;
                continue;
            }
            let before = alive.len();
            let partial = step == Step::Med
                && !rules.always_compare_med
                && alive.iter().any(|&n| bundles[n].facts.med != bundles[alive[0]].facts.med);
            let less = |a: usize, b: usize| compare(step, rules, &bundles[a].facts, &bundles[b].facts);
            let gone: SmallVec<[usize; 8]> = if partial {
                alive.iter().copied().filter(|&n| alive.iter().any(|&m| less(m, n).is_lt())).collect()
            } else {
                let Some(top) = alive.iter().copied().reduce(|x, n| if less(n, x).is_lt() { n } else { x }) else { break };
                alive.iter().copied().filter(|&n| less(n, top).is_gt()).collect()
            };
            if !gone.is_empty() {
                alive.retain(|n| !gone.contains(n));
                gone.iter().for_each(|&n| bundles[n].lost = Some(step));
            }
            med_counted |= step == Step::Med && alive.len() < before;
        }
        med_counted &= !rules.deterministic_med && !rules.always_compare_med;
        // A path made here stands before all heard ones.
        if let Some(&local) = alive.iter().find(|&&n| bundles[n].first.is_none()) {
            return (Some((local, None)), by_age, med_counted);
        }
        let best = match alive.as_slice() {
            [] => None,
            [one] if bundles[*one].count == 1 => bundles[*one].first.map(|e| (*one, Some(e))),
            _ => self.single(s, &alive, &steps[at..], scratch).map(|(n, e)| (n, Some(e))),
        };
        (best, by_age, med_counted)
    }

    /// Tells single ends of tied bundles apart.
    fn single(&self, s: SpeakerId, alive: &[usize], steps: &[Step], scratch: &mut Scratch) -> Option<(usize, EndId)> {
        let graph = self.plan.t.graph;
        let rules = &graph.speakers[s].bgp.best_path;
        let mut tied: SmallVec<[(EndId, usize); 8]> = SmallVec::new();
        let mut lowest = u32::MAX;
        // The first step is nearly always the router id.
        let by_id = steps.first() == Some(&Step::RouterId);
        for e in graph.ends_of(s) {
            let h = scratch.heard[e];
            let Some(side) = self.of.sides[e.index()].as_ref().filter(|_| h.attrs != AttrsId::NONE) else { continue };
            let same = |n: &&usize| {
                let b = &scratch.bundles[**n];
                b.attrs == h.attrs && b.metric == h.metric && b.class == side.class
            };
            let Some(&n) = alive.iter().find(same) else { continue };
            if by_id {
                // An originator stands in for the neighbour's id.
                let b = &scratch.bundles[n];
                let id = if b.reflected { b.facts.router_id.to_bits() } else { side.router_id };
                if id > lowest {
                    continue;
                }
                if id < lowest {
                    lowest = id;
                    tied.clear();
                }
            }
            tied.push((e, n));
        }
        let steps = if by_id { &steps[1..] } else { steps };
        if tied.len() > 1 {
            let all: Vec<Facts> =
                tied.iter().map(|&(e, n)| self.facts_at(s, e, &scratch.bundles[n], &scratch.heard[e])).collect();
            let mut left: Vec<usize> = (0..all.len()).collect();
            for &step in steps.iter().filter(|s| **s != Step::Oldest) {
                let Some(top) =
                    left.iter().copied().reduce(|x, n| if compare(step, rules, &all[n], &all[x]).is_lt() { n } else { x })
                else {
                    break;
                };
                left.retain(|&n| !compare(step, rules, &all[n], &all[top]).is_gt());
            }
            return left.first().map(|&n| (tied[n].1, tied[n].0));
        }
        tied.first().map(|&(e, n)| (n, e))
    }

    /// The facts of one path of a bundle.
    fn facts_at(&self, s: SpeakerId, e: EndId, b: &Bundle, h: &Heard) -> Facts {
        let t = self.plan.t;
        let path = Path { attrs: b.attrs, metric: b.metric, from: Some(e), class: b.class, path_id: 0, lent: None };
        let mut f = facts(t.input.arena, t.graph, &t.graph.speakers[s], &path, b.facts.distance);
        f.next_hop = self.plan.address(h.next, Some(e)).filter(|a| *a != super::speakers::LINK_LOCAL);
        f
    }

    fn lean(&self, (n, from): (usize, Option<EndId>), scratch: &Scratch) -> Lean {
        let b = &scratch.bundles[n];
        let next = from.map_or(b.next, |e| scratch.heard[e].next);
        Lean { attrs: b.attrs, next, metric: b.metric, from, class: b.class }
    }

    fn sent(&self, s: SpeakerId, scratch: &mut Scratch) -> Option<Lean> {
        self.gather(s, scratch);
        let (best, ..) = self.choose(s, scratch);
        let best = self.lean(best?, scratch);
        (self.plan.t.graph.speakers[s].bgp.advertise_inactive || !self.beaten(s, &best)).then_some(best)
    }

    /// Whether another protocol's route keeps a learned path out of the main table.
    fn beaten(&self, s: SpeakerId, p: &Lean) -> bool {
        let speaker = &self.plan.t.graph.speakers[s];
        let Some(below) = self.class.below(speaker.node) else { return false };
        let attrs = self.plan.t.input.arena.attrs.get(p.attrs);
        !p.class.is_local() && below <= distance(speaker, self.target.family, attrs, p.class, false)
    }

    /// The best path as the finished table shows it.
    fn best_of(&self, s: SpeakerId, scratch: &mut Scratch) -> Option<Lean> {
        self.gather(s, scratch);
        let (best, ..) = self.choose(s, scratch);
        let best = self.lean(best?, scratch);
        let hidden = self.plan.t.graph.speakers[s].of.platform.bgp_best_is_active && self.beaten(s, &best);
        (!hidden).then_some(best)
    }

    fn row(&self, s: SpeakerId, scratch: &mut Scratch) -> Option<Row> {
        self.gather(s, scratch);
        if scratch.bundles.is_empty() {
            return None;
        }
        let (found, mut by_age, med_counted) = self.choose(s, scratch);
        let speaker = &self.plan.t.graph.speakers[s];
        let by_order = med_counted && self.by_order(s, scratch);
        let mut best = found.map(|b| self.lean(b, scratch));
        if speaker.of.platform.bgp_best_is_active && best.is_some_and(|b| self.beaten(s, &b)) {
            best = None;
        }
        let made_here = best.is_some_and(|b| b.class.is_local());
        let learned = |b: &Bundle| !b.class.is_local() && b.lost.is_some_and(|l| PREFERENCES.contains(&l));
        // What a hidden best leaves is lost by preference too (as in `solve`).
        let hidden = found.is_some() && best.is_none();
        let prefers = !made_here && (hidden || scratch.bundles.iter().any(learned));
        let mut route = None;
        if let (Some(best), Some(found)) = (best, found)
            && !made_here
        {
            let shared = self.sharing(s, found, scratch);
            by_age &= !shared;
            route = self.route(s, &best, scratch);
        }
        Some(Row { best, route, prefers, by_age, by_order })
    }

    fn by_order(&self, s: SpeakerId, scratch: &Scratch) -> bool {
        let speaker = &self.plan.t.graph.speakers[s];
        let all: Vec<Facts> = self.all(s, scratch).into_iter().map(|(_, f)| f).collect();
        decide(speaker.of.platform.best_path_steps, &speaker.bgp.best_path, &all).by_order
    }

    /// All paths of a speaker, one by one, in the order in which they stand.
    fn all(&self, s: SpeakerId, scratch: &Scratch) -> Vec<(Path, Facts)> {
        let mut out = Vec::new();
        for b in scratch.bundles.iter().filter(|b| b.first.is_none()) {
            out.push((
                Path { attrs: b.attrs, metric: b.metric, from: None, class: b.class, path_id: 0, lent: None },
                b.facts.clone(),
            ));
        }
        for e in self.plan.t.graph.ends_of(s) {
            let h = scratch.heard[e];
            let Some(side) = self.of.sides[e.index()].as_ref().filter(|_| h.attrs != AttrsId::NONE) else { continue };
            let same = |b: &&Bundle| b.attrs == h.attrs && b.metric == h.metric && b.class == side.class && b.first.is_some();
            let Some(b) = scratch.bundles.iter().find(same) else { continue };
            let path = Path { attrs: h.attrs, metric: h.metric, from: Some(e), class: side.class, path_id: 0, lent: None };
            out.push((path, self.facts_at(s, e, b, &h)));
        }
        out
    }

    /// Puts the ends that share the load into `scratch.ends`, in order; says whether there are several.
    fn sharing(&self, s: SpeakerId, (best, from): (usize, Option<EndId>), scratch: &mut Scratch) -> bool {
        let graph = self.plan.t.graph;
        let speaker = &graph.speakers[s];
        scratch.ends.clear();
        let Some(from) = from else { return false };
        let Some(fam) = family(speaker, self.target.family) else {
            scratch.ends.push((from, scratch.heard[from].next.0));
            return false;
        };
        let (platform, rules) = (&speaker.of.platform, &speaker.bgp.best_path);
        let b = &scratch.bundles[best];
        let internal = |c: Class| matches!(c, Class::Internal | Class::Client);
        let own_kind = if internal(b.class) { fam.max_paths_ibgp } else { fam.max_paths_ebgp };
        let limit = fam.max_paths_eibgp.unwrap_or(own_kind).min(platform.max_ecmp) as usize;
        if limit < 2 {
            scratch.ends.push((from, scratch.heard[from].next.0));
            return false;
        }
        let eibgp = fam.max_paths_eibgp.is_some();
        let fits = |x: &Bundle| {
            let tie = x.metric != UNREACHABLE
                && match x.lost {
                    None | Some(Step::ClusterListLength | Step::Oldest) => true,
                    Some(Step::ExternalOverInternal | Step::IgpMetric) => eibgp,
                    Some(_) => false,
                };
            let mixed = eibgp || (rules.peer_type_multipath_relax && !internal(b.class) && !internal(x.class));
            let kind = internal(x.class) == internal(b.class) && (x.class == Class::Confed) == (b.class == Class::Confed);
            tie && x.first.is_some()
                && (mixed || kind)
                && (rules.multipath_relax || !platform.multipath_same_as_path || x.facts.as_path == b.facts.as_path)
                && (rules.multipath_relax || !platform.multipath_same_neighbor_as || x.facts.first_as == b.facts.first_as)
        };
        let fit: SmallVec<[bool; 8]> = scratch.bundles.iter().map(fits).collect();
        let (mut peers_only, mut last) = (true, usize::MAX);
        for e in graph.ends_of(s) {
            let h = scratch.heard[e];
            let Some(side) = self.of.sides[e.index()].as_ref().filter(|_| h.attrs != AttrsId::NONE) else { continue };
            let same = |b: &Bundle| b.attrs == h.attrs && b.metric == h.metric && b.class == side.class && b.first.is_some();
            if !scratch.bundles.get(last).is_some_and(same) {
                let Some(at) = scratch.bundles.iter().position(same) else { continue };
                last = at;
            }
            if fit[last] || e == from {
                peers_only &= h.next == Next::PEER;
                scratch.ends.push((e, h.next.0));
            }
        }
        let fresh = (peers_only && self.plan.distinct_peers[s]) || scratch.ends.len() < 2;
        if scratch.ends.len() > limit || !fresh {
            // Some must stay out: which ones is for the general rule.
            let all = self.all(s, scratch);
            let (paths, facts): (Vec<Path>, Vec<Facts>) = all.into_iter().unzip();
            let mut decision = decide(platform.best_path_steps, rules, &facts);
            multipath(speaker, fam, &facts, &paths, &mut decision);
            let chosen = if decision.multipath.is_empty() { decision.best.into_iter().collect() } else { decision.multipath };
            let mut ends: Vec<EndId> = chosen.into_iter().filter_map(|n| paths[n].from).collect();
            ends.sort_unstable();
            scratch.ends = ends.into_iter().map(|e| (e, scratch.heard[e].next.0)).collect();
        }
        scratch.ends.len() > 1
    }

    /// The route over `scratch.ends`.
    fn route(&self, s: SpeakerId, best: &Lean, scratch: &mut Scratch) -> Option<RouteId> {
        let t = self.plan.t;
        let arena = t.input.arena;
        let speaker = &t.graph.speakers[s];
        let attrs = arena.attrs.get(best.attrs);
        let f = self.target.family;
        let kept = if t.keeps_attributes {
            let mut whole = attrs.clone();
            whole.next_hop = self.plan.address(best.next, best.from);
            arena.attrs.intern(whole)
        } else {
            AttrsId::NONE
        };
        let med = if speaker.of.platform.bgp_metric_is_med { attrs.med.unwrap_or(0) } else { 0 };
        let mut key: SmallVec<[u32; 96]> =
            SmallVec::from_slice(&[s.0, f as u32, best.class as u32, med, attrs.tag, attrs.distance.unwrap_or(u32::MAX), kept.0]);
        key.extend(scratch.ends.iter().flat_map(|&(e, n)| [e.0, n]));
        if let Some(known) = scratch.routes.get(key.as_slice()) {
            return *known;
        }
        let mut ways = Vec::with_capacity(scratch.ends.len());
        for n in 0..scratch.ends.len() {
            let (e, code) = scratch.ends[n];
            let next = Next(code);
            let reach = match next {
                Next::NONE | Next::PEER => self.plan.reach(e, next),
                _ => self.beyond(e, next, scratch).reach,
            };
            ways.extend(reach.map(|reach| Way { end: e, reach, next_hop: self.plan.address(next, Some(e)) }));
        }
        let route = learned_route(t, speaker, f, attrs, best.class, false, &ways);
        let made = route.map(|r| arena.routes.intern(crate::rib::Route { attrs: kept, ..r }));
        scratch.routes.insert(key.into_vec().into_boxed_slice(), made);
        made
    }
}
