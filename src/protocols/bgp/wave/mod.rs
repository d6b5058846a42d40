//! A class of prefixes to its fixed point: what [`solve`](super::solve) does for one prefix, once for all prefixes that are treated alike.
//!
//! In: a [`Plan`], where the class's paths start. Out: [`Wave`]. Law: the same order of speakers and the same rules as `solve`, so the same
//! result. Cheap because a router's paths that differ only in their session are decided on as one, export and import run once for
//! each group of sessions and bundle of attributes, and next hops stay beside the attributes as codes.
//! Start reading at [`solve_class`]. Tests: `tests/classes.rs` (equal to `solve` on random networks).

mod choice;
mod exchange;

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use choice::Bundle;
use exchange::{Beyond, Exported, Exports, Glance, Imports};

use super::classes::Class as PrefixClass;
use super::decide::{Facts, decide};
use super::groups::{FamilyPlan, Next, Plan};
use super::path::{Class, Path, UNREACHABLE};
use super::seeds::Seed;
use super::solve::{Order, PREFERENCES, TOO_OFTEN};
use super::speakers::{EndId, SpeakerId};
use super::touched::Turns;
use super::transfer::{Target, distance};
use crate::base::Map;
use crate::base::id::{Id, IdVec};
use crate::rib::{AttrsId, BgpAttrs, Change, Column, RouteId};

/// A path: as [`Path`], its next hop beside its attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lean {
    attrs: AttrsId,
    next: Next,
    metric: u32,
    from: Option<EndId>,
    class: Class,
}

/// What an end has heard; `attrs` NONE: nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heard {
    pub attrs: AttrsId,
    pub next: Next,
    pub metric: u32,
}

impl Heard {
    /// Whether there is nothing.
    pub fn is_nothing(&self) -> bool {
        self.attrs == AttrsId::NONE
    }
}

const NOTHING: Heard = Heard { attrs: AttrsId::NONE, next: Next::NONE, metric: UNREACHABLE };

/// What a speaker sends.
#[derive(Debug, Clone, Copy, Default)]
struct Sent {
    path: Option<Lean>,
    /// When it was decided on.
    version: u64,
    glance: Glance,
}

/// What there is to say of a solved class.
#[derive(Debug, Default, Clone)]
pub(super) struct Remarks {
    pub restless: Vec<SpeakerId>,
    pub undecided: Vec<SpeakerId>,
    /// Speakers whose best is the oldest of equals.
    pub aged: Vec<SpeakerId>,
    /// Speakers whose best depends on the order of arrival.
    pub ordered: Vec<SpeakerId>,
}

/// A solved class.
#[derive(Debug, Default)]
pub(super) struct Wave {
    pub column: Column,
    pub remarks: Remarks,
    /// What each speaker sends in the end.
    pub sent: Box<[Option<Lean>]>,
    /// Next hops that were weighed, beyond neighbours' own addresses.
    pub hops: Vec<Next>,
    /// A learned path lost by a preference somewhere.
    pub prefers: bool,
    /// A next hop of the class is reached through a prefix of the class: solve them one by one.
    pub entangled: bool,
}

impl Wave {
    /// What a speaker sends.
    pub(super) fn sent_by(&self, s: SpeakerId) -> Option<Lean> {
        self.sent.get(s.index()).copied().flatten()
    }

    /// The end on which a speaker has heard what it sends.
    pub(super) fn heard_on(&self, s: SpeakerId) -> Option<EndId> {
        self.sent_by(s)?.from
    }

    /// The next hop of what a speaker sends, as it has it itself.
    pub(super) fn next_of(&self, s: SpeakerId) -> Option<Next> {
        Some(self.sent_by(s)?.next)
    }

    /// How far the next hop of what a speaker sends is from it.
    pub(super) fn distance(&self, s: SpeakerId) -> Option<u32> {
        Some(self.sent_by(s)?.metric)
    }

    /// What a speaker sends, its next hop among its attributes.
    pub(super) fn path_of(&self, plan: &Plan<'_, '_>, s: SpeakerId) -> Option<Path> {
        let Lean { attrs, next, metric, from, class } = self.sent_by(s)?;
        let arena = plan.t.input.arena;
        let next_hop = plan.address(next, from);
        let attrs = arena.attrs.intern(BgpAttrs { next_hop, ..arena.attrs.get(attrs).clone() });
        Some(Path { attrs, metric, from, class, path_id: 0, lent: None })
    }

    /// The attributes of all that is sent, each at least once.
    pub(super) fn bundles(&self) -> impl Iterator<Item = AttrsId> + '_ {
        let all = self.sent.iter().flatten().map(|p| p.attrs);
        all.scan(AttrsId::NONE, |last, a| Some((std::mem::replace(last, a) != a).then_some(a))).flatten()
    }
}

/// Arrays that one thread uses again for each class.
struct Scratch {
    /// The plan whose next hops and routes are kept.
    serial: u64,
    heard: IdVec<EndId, Heard>,
    stale: IdVec<EndId, bool>,
    sent: IdVec<SpeakerId, Sent>,
    queued: IdVec<SpeakerId, bool>,
    /// Paths start there: to be decided on whatever is heard.
    due: IdVec<SpeakerId, bool>,
    changes: IdVec<SpeakerId, u16>,
    seen: IdVec<SpeakerId, bool>,
    touched: Vec<SpeakerId>,
    /// From a class's earlier solution: speakers of which it was taken what they send, and when.
    loaded: IdVec<SpeakerId, u64>,
    all_loaded: Vec<SpeakerId>,
    glances: Map<AttrsId, Glance>,
    /// Speakers whose ends have heard again what they hear, and when.
    awake: IdVec<SpeakerId, u64>,
    /// After a change: what speakers decided last.
    rows: IdVec<SpeakerId, Option<Row>>,
    queue: VecDeque<SpeakerId>,
    /// By group: for which version of the speaker's path, and what export made of it.
    exported: [Vec<(u64, Option<Exported>)>; 2],
    plain_exported: [Vec<Exports>; 2],
    imported: [Vec<Imports>; 2],
    clock: u64,
    class_started: u64,
    /// By speaker and next hop.
    beyond: [Map<(SpeakerId, Next), Beyond>; 2],
    routes: Map<Box<[u32]>, Option<RouteId>>,
    bundles: Vec<Bundle>,
    ends: Vec<(EndId, u32)>,
    entangled: bool,
    /// Some next hop was weighed by last round's BGP routes.
    asks_bgp: bool,
}

impl Scratch {
    fn new(plan: &Plan<'_, '_>) -> Self {
        let (ends, speakers) = (plan.t.graph.ends.len(), plan.t.graph.speakers.len());
        let groups = |n: fn(&FamilyPlan) -> usize| [n(&plan.families[0]), n(&plan.families[1])];
        Self {
            serial: plan.serial,
            heard: IdVec::filled(NOTHING, ends),
            stale: IdVec::filled(false, ends),
            sent: IdVec::filled(Sent::default(), speakers),
            queued: IdVec::filled(false, speakers),
            due: IdVec::filled(false, speakers),
            changes: IdVec::filled(0, speakers),
            seen: IdVec::filled(false, speakers),
            touched: Vec::new(),
            loaded: IdVec::filled(0, speakers),
            all_loaded: Vec::new(),
            glances: Map::default(),
            awake: IdVec::filled(0, speakers),
            rows: (0..speakers).map(|_| None).collect(),
            queue: VecDeque::new(),
            exported: groups(|f| f.exports).map(|n| vec![(0, None); n]),
            plain_exported: groups(|f| f.all_exports).map(|n| (0..n).map(|_| Exports::default()).collect()),
            imported: groups(|f| f.imports).map(|n| (0..n).map(|_| Imports::default()).collect()),
            clock: 1,
            class_started: 0,
            beyond: Default::default(),
            routes: Map::default(),
            bundles: Vec::new(),
            ends: Vec::new(),
            entangled: false,
            asks_bgp: false,
        }
    }

    /// Whether it has room for a plan: one with new sessions is larger.
    fn fits(&self, plan: &Plan<'_, '_>) -> bool {
        let sizes = |f: usize| (self.exported[f].len(), self.plain_exported[f].len(), self.imported[f].len());
        let wanted = |f: &FamilyPlan| (f.exports, f.all_exports, f.imports);
        self.heard.len() == plan.t.graph.ends.len() && (0..2).all(|f| sizes(f) == wanted(&plan.families[f]))
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
    /// What each speaker sent before a change.
    before: Option<&'t [Option<Lean>]>,
}

/// Each thread's arrays, mostly for plans of one size.
pub(super) struct Pool(Vec<Mutex<Option<Scratch>>>);

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pool({})", self.0.len())
    }
}

impl Pool {
    /// One place for each thread, and one for a caller outside of the pool.
    pub(super) fn new() -> Self {
        Self((0..=rayon::current_num_threads()).map(|_| Mutex::default()).collect())
    }

    /// Begins a class on this thread's arrays.
    fn begin<T>(&self, plan: &Plan<'_, '_>, class: &PrefixClass, run: impl FnOnce(&Task<'_, '_>, &mut Scratch) -> T) -> T {
        let at = rayon::current_thread_index().map_or(0, |n| n + 1);
        let mut place = self.0[at % self.0.len()].lock().unwrap_or_else(PoisonError::into_inner);
        let scratch = place.get_or_insert_with(|| Scratch::new(plan));
        if scratch.serial != plan.serial && !scratch.fits(plan) {
            *scratch = Scratch::new(plan);
        }
        if std::mem::replace(&mut scratch.serial, plan.serial) != plan.serial {
            scratch.routes.clear();
            scratch.beyond.iter_mut().for_each(Map::clear);
        }
        (scratch.entangled, scratch.asks_bgp) = (false, false);
        scratch.class_started = scratch.tick();
        let target = class.target;
        run(&Task { plan, of: &plan.families[target.family as usize], target, class, before: None }, scratch)
    }
}

/// What the ends to neighbours outside make of what they hear, as far as the class does not know it.
pub(super) fn heard_outside(plan: &Plan<'_, '_>, class: &PrefixClass, pool: &Pool) -> Vec<(EndId, Heard)> {
    pool.begin(plan, class, |task, scratch| {
        let mut heard = |e: EndId, attrs: AttrsId| {
            let known = class.known.iter().find(|k| k.0 == e);
            known.map_or_else(|| task.heard_from_outside(e, attrs, scratch), |k| k.1)
        };
        let all = class.seed.outside.iter().map(|&(e, attrs)| (e, heard(e, attrs))).collect();
        task.note_what_it_asks(scratch);
        all
    })
}

/// What an end to a neighbour outside makes of what that one sends to some prefixes of a class.
pub(super) fn heard_at(
    plan: &Plan<'_, '_>,
    class: &PrefixClass,
    target: Target,
    (to, attrs): (EndId, AttrsId),
    pool: &Pool,
) -> Heard {
    pool.begin(plan, class, |task, scratch| {
        let heard = Task { target, ..*task }.heard_from_outside(to, attrs, scratch);
        task.note_what_it_asks(scratch);
        heard
    })
}

/// Brings a class's earlier solution up to date after a change at some speakers: what differs in its column. `None`: it is to be solved anew.
pub(super) fn resume_class(
    plan: &Plan<'_, '_>,
    class: &PrefixClass,
    old: &Wave,
    changed: &Turns,
    pool: &Pool,
) -> Option<(Vec<Change>, Remarks)> {
    pool.begin(plan, class, |task, scratch| Task { before: Some(&old.sent), ..*task }.resume(old, changed, scratch))
}

/// Solves a class, and once more in another order where preferences could make a second outcome.
pub(super) fn solve_class(plan: &Plan<'_, '_>, class: &PrefixClass, pool: &Pool) -> Wave {
    pool.begin(plan, class, |task, scratch| task.solve(scratch))
}

/// The best of what was gathered, whether age counted, and whether MED did: see [`Task::choose`].
type Choice = (Option<(usize, Option<EndId>)>, bool, bool);

/// A speaker's share of the result.
struct Row {
    best: Option<Lean>,
    route: Option<RouteId>,
    prefers: bool,
    by_age: bool,
    by_order: bool,
}

impl Task<'_, '_> {
    fn note_what_it_asks(&self, scratch: &Scratch) {
        if scratch.asks_bgp {
            self.plan.t.hops.depends_on_last_round();
        }
    }

    fn solve(&self, scratch: &mut Scratch) -> Wave {
        let restless = self.settle(scratch, Order::FirstIn);
        let speakers = self.speakers(scratch);
        let mut out = Wave::default();
        out.remarks.restless = restless;
        let mut entries = Vec::with_capacity(speakers.len());
        let mut bests = Vec::with_capacity(speakers.len());
        for &s in &speakers {
            let Some(row) = self.row(s, scratch) else { continue };
            entries.extend(row.route.map(|r| (self.plan.t.graph.speakers[s].node, r)));
            out.prefers |= row.prefers;
            if row.by_age {
                out.remarks.aged.push(s);
            }
            if row.by_order {
                out.remarks.ordered.push(s);
            }
            bests.push((s, row.best));
        }
        out.column = Column::from_unsorted(entries);
        self.count(&speakers, scratch);
        if self.plan.remembers {
            out.sent = scratch.sent.iter().map(|x| x.path).collect();
            let heard = speakers.iter().flat_map(|&s| self.plan.t.graph.ends_of(s)).map(|e| scratch.heard[e].next);
            let all = heard.chain(self.class.locals.iter().map(|l| l.1));
            out.hops = all.filter(|n| *n != Next::NONE && *n != Next::PEER).collect();
            out.hops.sort_unstable();
            out.hops.dedup();
        }
        // Where something is preferred, what was heard in between may have led the way.
        if scratch.asks_bgp && (out.prefers || !out.remarks.restless.is_empty() || self.hangs_on_bgp(&speakers, scratch)) {
            self.plan.t.hops.depends_on_last_round();
        }
        self.clear(scratch);
        if out.remarks.restless.is_empty() && out.prefers {
            self.settle(scratch, Order::LastIn);
            out.remarks.undecided =
                bests.into_iter().filter(|(s, best)| self.best_of(*s, scratch) != *best).map(|(s, _)| s).collect();
            self.clear(scratch);
        }
        out.entangled = scratch.entangled;
        out
    }

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
        for &(e, heard) in &self.class.heard {
            scratch.heard[e] = heard;
            first.push(graph.ends[e].speaker);
        }
        for (e, attrs) in self.seed().outside.iter().filter(|_| self.class.heard.is_empty()) {
            scratch.heard[*e] = self.heard_from_outside(*e, *attrs, scratch);
            first.push(graph.ends[*e].speaker);
        }
        first.sort_unstable();
        first.dedup();
        for s in first {
            scratch.due[s] = true;
            scratch.enqueue(s);
        }
        self.run(scratch, order)
    }

    /// Runs until nobody has anything to say. The speakers that never came to rest.
    fn run(&self, scratch: &mut Scratch, order: Order) -> Vec<SpeakerId> {
        let graph = self.plan.t.graph;
        let mut too_often = false;
        while let Some(s) = if order == Order::FirstIn { scratch.queue.pop_front() } else { scratch.queue.pop_back() } {
            scratch.queued[s] = false;
            self.wake(s, scratch);
            let heard = self.hear(s, scratch);
            if !heard && !std::mem::take(&mut scratch.due[s]) {
                continue;
            }
            let sent = if self.before.is_some() { self.again(s, scratch) } else { self.sent(s, scratch) };
            let was = self.sent_by(s, scratch).path;
            if sent == was {
                continue;
            }
            let both = sent.zip(was).filter(|(is, was)| (is.attrs, is.class) == (was.attrs, was.class));
            if scratch.changes[s] > TOO_OFTEN {
                too_often = true;
                continue;
            }
            scratch.changes[s] += 1;
            let glance = sent.map_or_else(Glance::default, |p| self.glance(p.attrs));
            scratch.sent[s] = Sent { path: sent, version: scratch.tick(), glance };
            let back = sent.and_then(|p| p.from);
            for e in graph.ends_of(s) {
                let Some(far) = self.of.hearers[e.index()] else { continue };
                if both.is_some_and(|(is, was)| self.looks_the_same((e, far), &is, &was)) {
                    continue;
                }
                // The one it was heard from is not told, and mostly was not before.
                if back == Some(e) && self.before.is_none() && scratch.heard[far].attrs == AttrsId::NONE {
                    continue;
                }
                scratch.stale[far] = true;
                scratch.enqueue(self.plan.speaker_of[far]);
            }
        }
        let any = too_often || scratch.touched.iter().any(|&s| scratch.changes[s] > TOO_OFTEN);
        let restless = self.speakers(scratch).into_iter().filter(|&s| any && scratch.changes[s] > TOO_OFTEN / 2);
        restless.collect()
    }

    /// What a speaker sends now: what it sent before the change, unless it has decided anew.
    fn sent_by(&self, s: SpeakerId, scratch: &mut Scratch) -> Sent {
        if let Some(before) = self.before
            && std::mem::replace(&mut scratch.loaded[s], scratch.class_started) != scratch.class_started
        {
            let path = before[s.index()];
            let glance = match path {
                Some(p) => *scratch.glances.entry(p.attrs).or_insert_with(|| self.glance(p.attrs)),
                None => Glance::default(),
            };
            scratch.sent[s] = Sent { path, version: scratch.tick(), glance };
            scratch.all_loaded.push(s);
        }
        scratch.sent[s]
    }

    /// After a change: lets a speaker hear again all it hears, once.
    fn wake(&self, s: SpeakerId, scratch: &mut Scratch) {
        if self.before.is_none() || std::mem::replace(&mut scratch.awake[s], scratch.class_started) == scratch.class_started {
            return;
        }
        scratch.due[s] = true;
        self.plan.t.graph.ends_of(s).for_each(|e| scratch.stale[e] = true);
        for &(e, heard) in self.class.heard.iter().filter(|x| self.plan.speaker_of[x.0] == s) {
            scratch.heard[e] = self.heard_still(e, heard, scratch);
        }
        if self.class.heard.is_empty() {
            for &(e, attrs) in self.seed().outside.iter().filter(|x| self.plan.speaker_of[x.0] == s) {
                scratch.heard[e] = self.heard_from_outside(e, attrs, scratch);
            }
        }
    }

    /// From an earlier solution to the one after a change: only from the speakers that it touches on.
    fn resume(&self, old: &Wave, changed: &Turns, scratch: &mut Scratch) -> Option<(Vec<Change>, Remarks)> {
        for &s in &changed.decide {
            scratch.enqueue(s);
        }
        let mut settled = self.run(scratch, Order::FirstIn).is_empty();
        let speakers = self.speakers(scratch);
        let mut remarks = old.remarks.clone();
        remarks.aged.retain(|s| !scratch.seen[*s]);
        remarks.ordered.retain(|s| !scratch.seen[*s]);
        let mut changes: Vec<Change> = Vec::new();
        for &s in &changed.steer {
            let node = self.plan.t.graph.speakers[s].node;
            if let Some(best) = old.sent_by(s).filter(|_| !scratch.seen[s]) {
                scratch.ends.clear();
                scratch.ends.extend(best.from.map(|e| (e, best.next.0)));
                let route = self.route(s, &best, scratch);
                changes.extend((route != old.column.get(node)).then_some((node, route)));
            }
        }
        for &s in &speakers {
            let row = scratch.rows[s].take();
            settled &= row.as_ref().is_none_or(|r| !r.prefers);
            let node = self.plan.t.graph.speakers[s].node;
            let route = row.as_ref().and_then(|r| r.route);
            if route != old.column.get(node) {
                changes.push((node, route));
            }
            remarks.aged.extend(row.as_ref().filter(|r| r.by_age).map(|_| s));
            remarks.ordered.extend(row.as_ref().filter(|r| r.by_order).map(|_| s));
        }
        remarks.aged.sort_unstable();
        remarks.ordered.sort_unstable();
        changes.sort_unstable_by_key(|c| c.0);
        settled &= !scratch.entangled;
        if scratch.asks_bgp {
            let steers = |s: &SpeakerId| old.sent_by(*s).and_then(|best| Some((best.from?, best.next)));
            let mut hangs = |(e, next): (EndId, Next)| self.beyond(e, next, scratch).asks_bgp;
            if changed.steer.iter().filter_map(steers).any(&mut hangs) || self.hangs_on_bgp(&speakers, scratch) {
                self.plan.t.hops.depends_on_last_round();
            }
        }
        self.clear(scratch);
        settled.then_some((changes, remarks))
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
            scratch.sent[s] = Sent::default();
            scratch.queued[s] = false;
            scratch.changes[s] = 0;
            scratch.seen[s] = false;
        }
        for s in std::mem::take(&mut scratch.all_loaded) {
            scratch.sent[s] = Sent::default();
        }
        scratch.queue.clear();
    }

    fn lean(&self, (n, from): (usize, Option<EndId>), scratch: &Scratch) -> Lean {
        let b = &scratch.bundles[n];
        let next = from.map_or(b.next, |e| scratch.heard[e].next);
        Lean { attrs: b.attrs, next, metric: b.metric, from, class: b.class }
    }

    fn sent(&self, s: SpeakerId, scratch: &mut Scratch) -> Option<Lean> {
        let (best, ..) = self.chosen(s, scratch);
        self.sent_of(s, best, scratch)
    }

    fn sent_of(&self, s: SpeakerId, best: Option<(usize, Option<EndId>)>, scratch: &Scratch) -> Option<Lean> {
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
        let (best, ..) = self.chosen(s, scratch);
        let best = self.lean(best?, scratch);
        let hidden = self.plan.t.graph.speakers[s].of.platform.bgp_best_is_active && self.beaten(s, &best);
        (!hidden).then_some(best)
    }

    /// Gathers the paths of a speaker and chooses among them.
    fn chosen(&self, s: SpeakerId, scratch: &mut Scratch) -> Choice {
        self.gather(s, scratch);
        self.choose(s, scratch)
    }

    fn row(&self, s: SpeakerId, scratch: &mut Scratch) -> Option<Row> {
        let choice = self.chosen(s, scratch);
        (!scratch.bundles.is_empty()).then(|| self.row_of(s, choice, scratch))
    }

    /// Decides anew after a change, and keeps the speaker's share of the result. What it sends.
    fn again(&self, s: SpeakerId, scratch: &mut Scratch) -> Option<Lean> {
        let choice = self.chosen(s, scratch);
        let sent = self.sent_of(s, choice.0, scratch);
        scratch.rows[s] = (!scratch.bundles.is_empty()).then(|| self.row_of(s, choice, scratch));
        sent
    }

    fn row_of(&self, s: SpeakerId, (found, mut by_age, med_counted): Choice, scratch: &mut Scratch) -> Row {
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
        Row { best, route, prefers, by_age, by_order }
    }

    fn by_order(&self, s: SpeakerId, scratch: &Scratch) -> bool {
        let speaker = &self.plan.t.graph.speakers[s];
        let all: Vec<Facts> = self.all(s, scratch).into_iter().map(|(_, f)| f).collect();
        decide(speaker.of.platform.best_path_steps, &speaker.bgp.best_path, &all).by_order
    }
}
