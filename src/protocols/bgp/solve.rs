//! One prefix to its fixed point.
//!
//! In: where its paths start. Out: each speaker's paths and decision. Law: pull model: a speaker's candidates are a function of its
//! neighbours' present bests; speakers are looked at in the order in which something changed for them (first in, first out), so the
//! result is one that a real network can reach. A speaker that changes its mind more than [`TOO_OFTEN`] times stays as it is, and the
//! prefix is reported with those that kept changing.
//! Start reading at [`solve`]. Tests: `tests/`.

use std::collections::VecDeque;

use smallvec::SmallVec;

use super::aggregate::suppressed;
use super::decide::{Decision, Facts, decide, facts, multipath};
use super::export;
use super::path::{Class, Path, UNREACHABLE};
use super::reasons::Lost;
use super::seeds::Seed;
use super::speakers::{EndId, Speaker, SpeakerId};
use super::transfer::{Target, Transfer, Wire, distance, family};
use crate::base::Set;
use crate::base::id::IdVec;
use crate::model::bgp::AddPathSelect;
use crate::model::platform::BestPathStep;
use crate::rib::{AttrsId, Column};

/// Changes of mind after which a speaker counts as oscillating. Path hunting in real networks stays far below.
pub(super) const TOO_OFTEN: u16 = 60;

/// What a speaker would send now.
#[derive(Debug, Clone, Default, PartialEq)]
struct Sent {
    /// In order of preference; a session takes the first that passes its export rules.
    main: SmallVec<[Path; 1]>,
    /// For add-path sessions: all usable paths by rank.
    ranked: Vec<Ranked>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Ranked {
    path: Path,
    multipath: bool,
    best_of_as: bool,
}

/// A speaker's share of a solved prefix.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub speaker: SpeakerId,
    pub paths: Box<[Path]>,
    pub decision: Decision,
}

/// A solved prefix.
#[derive(Debug, Clone)]
pub(super) struct Solved {
    pub target: Target,
    /// Sorted by speaker; speakers without a path have no row.
    pub rows: Vec<Row>,
    /// Speakers that never came to rest.
    pub restless: Vec<SpeakerId>,
    /// Speakers that end up with another best path when messages arrive in another order (RFC 4264).
    pub undecided: Vec<SpeakerId>,
    /// Speakers where a route to be redistributed and a learned path keep each other out: whichever came first stays.
    pub first_come: Vec<SpeakerId>,
}

impl Solved {
    /// A speaker's share.
    pub(super) fn row(&self, s: SpeakerId) -> Option<&Row> {
        self.rows.binary_search_by_key(&s, |r| r.speaker).ok().map(|at| &self.rows[at])
    }

    /// The best path of a speaker.
    pub(super) fn best(&self, s: SpeakerId) -> Option<&Path> {
        let row = self.row(s)?;
        row.paths.get(row.decision.best?)
    }
}

/// Arrays that one thread uses again for each prefix.
pub(super) struct Scratch {
    heard: IdVec<EndId, SmallVec<[Path; 1]>>,
    stale: IdVec<EndId, bool>,
    sent: IdVec<SpeakerId, Sent>,
    queued: IdVec<SpeakerId, bool>,
    changes: IdVec<SpeakerId, u16>,
    touched: Vec<SpeakerId>,
    seen: IdVec<SpeakerId, bool>,
    queue: VecDeque<SpeakerId>,
    facts: Vec<Facts>,
    first_come: Vec<SpeakerId>,
}

impl Scratch {
    pub(super) fn new(t: &Transfer<'_>) -> Self {
        let (ends, speakers) = (t.graph.ends.len(), t.graph.speakers.len());
        Self {
            heard: IdVec::filled(SmallVec::new(), ends),
            stale: IdVec::filled(false, ends),
            sent: IdVec::filled(Sent::default(), speakers),
            queued: IdVec::filled(false, speakers),
            changes: IdVec::filled(0, speakers),
            touched: Vec::new(),
            seen: IdVec::filled(false, speakers),
            queue: VecDeque::new(),
            facts: Vec::new(),
            first_come: Vec::new(),
        }
    }

    fn touch(&mut self, s: SpeakerId) {
        if !std::mem::replace(&mut self.seen[s], true) {
            self.touched.push(s);
        }
    }

    fn enqueue(&mut self, s: SpeakerId) {
        if !std::mem::replace(&mut self.queued[s], true) {
            self.queue.push_back(s);
            self.touch(s);
        }
    }

    fn clear(&mut self, t: &Transfer<'_>) {
        for s in std::mem::take(&mut self.touched) {
            for e in t.graph.ends_of(s) {
                self.heard[e].clear();
                self.stale[e] = false;
            }
            self.sent[s] = Sent::default();
            self.queued[s] = false;
            self.changes[s] = 0;
            self.seen[s] = false;
        }
        self.queue.clear();
        self.first_come.clear();
    }
}

/// What one prefix needs at hand.
struct Task<'t, 'a> {
    t: &'t Transfer<'a>,
    target: Target,
    seed: &'t Seed,
    below: Option<&'t Column>,
    /// Speakers whose aggregates may hold routes back.
    holding: &'t Set<SpeakerId>,
}

/// Solves one prefix, and once more in another order where preferences could make a second outcome.
pub(super) fn solve(t: &Transfer<'_>, target: Target, seed: &Seed, holding: &Set<SpeakerId>, scratch: &mut Scratch) -> Solved {
    let mut out = solve_in(t, target, seed, holding, scratch, Order::FirstIn);
    let prefers = |l: &Option<Lost>| matches!(l, Some(Lost::Step(s)) if PREFERENCES.contains(s));
    let learned = |r: &Row| r.paths.iter().zip(&r.decision.lost).any(|(p, l)| !p.class.is_local() && prefers(l));
    let made_here = |r: &Row| r.decision.best.and_then(|n| r.paths.get(n)).is_some_and(|p| p.class.is_local());
    if out.restless.is_empty() && out.rows.iter().any(|r| !made_here(r) && learned(r)) {
        let other = solve_in(t, target, seed, holding, scratch, Order::LastIn);
        let differs = |r: &&Row| other.best(r.speaker) != out.best(r.speaker);
        out.undecided = out.rows.iter().filter(differs).map(|r| r.speaker).collect();
    }
    out
}

/// A prefix as some speakers see it, once it is known what all others send in the end. `speakers`: in order.
pub(super) fn seen_by(
    t: &Transfer<'_>,
    (target, seed): (Target, &Seed),
    speakers: &[SpeakerId],
    sends: impl Fn(SpeakerId) -> Option<Path>,
    (holding, scratch): (&Set<SpeakerId>, &mut Scratch),
) -> Solved {
    let below = t.under.table().column(target.id).filter(|_| target.family.is_unicast());
    let task = Task { t, target, seed, below, holding };
    for &s in speakers {
        scratch.touch(s);
        for e in t.graph.ends_of(s) {
            scratch.stale[e] = true;
            let Some(far) = t.graph.ends[e].far.map(|f| t.graph.ends[f].speaker) else { continue };
            if scratch.sent[far].main.is_empty() {
                scratch.touch(far);
                scratch.sent[far].main.extend(sends(far));
            }
        }
    }
    task.hear_outside(scratch, |s| speakers.binary_search(&s).is_ok());
    speakers.iter().for_each(|s| task.hear(*s, scratch));
    let rows = speakers.iter().filter_map(|s| task.row(*s, scratch)).collect();
    scratch.clear(t);
    Solved { target, rows, restless: Vec::new(), undecided: Vec::new(), first_come: Vec::new() }
}

/// Steps at which a speaker can prefer a path that is longer for everybody else: without them shortest paths make one outcome.
pub(super) const PREFERENCES: [BestPathStep; 5] = [
    BestPathStep::Weight,
    BestPathStep::Preference,
    BestPathStep::LocalPref,
    BestPathStep::Med,
    BestPathStep::ConfedOverInternal,
];

/// Which speaker is looked at next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    FirstIn,
    LastIn,
}

fn solve_in(
    t: &Transfer<'_>,
    target: Target,
    seed: &Seed,
    holding: &Set<SpeakerId>,
    scratch: &mut Scratch,
    order: Order,
) -> Solved {
    let below = t.under.table().column(target.id).filter(|_| target.family.is_unicast());
    let task = Task { t, target, seed, below, holding };
    let starts = seed.local.iter().chain(&seed.active).map(|(s, _)| *s);
    let mut first: Vec<SpeakerId> = starts.chain(seed.outside.iter().map(|(e, _)| t.graph.ends[*e].speaker)).collect();
    task.hear_outside(scratch, |_| true);
    for (from, _) in &seed.defaults {
        if let Some(to) = t.graph.ends[*from].far {
            scratch.stale[to] = true;
            first.push(t.graph.ends[to].speaker);
        }
    }
    first.sort_unstable();
    first.dedup();
    first.into_iter().for_each(|s| scratch.enqueue(s));

    while let Some(s) = if order == Order::FirstIn { scratch.queue.pop_front() } else { scratch.queue.pop_back() } {
        scratch.queued[s] = false;
        task.hear(s, scratch);
        let (paths, decision) = task.decide(s, scratch);
        let sent = task.sent(s, &paths, &decision, scratch);
        if sent == scratch.sent[s] || scratch.changes[s] > TOO_OFTEN {
            continue;
        }
        scratch.changes[s] += 1;
        // The one it was heard from is not told, and mostly was not before: telling it nothing would give it an earlier turn.
        let back = match (&sent.main[..], &sent.ranked[..]) {
            ([only], []) => only.from,
            _ => None,
        };
        scratch.sent[s] = sent;
        for e in t.graph.ends_of(s) {
            if let Some(far) = t.graph.ends[e].far
                && t.graph.ends[far].families[target.family as usize].is_some()
                && (back != Some(e) || !scratch.heard[far].is_empty())
            {
                scratch.stale[far] = true;
                scratch.enqueue(t.graph.ends[far].speaker);
            }
        }
    }

    let mut speakers = scratch.touched.clone();
    speakers.sort_unstable();
    let restless = speakers.iter().copied().filter(|&s| scratch.changes[s] > TOO_OFTEN / 2).collect();
    let restless = if speakers.iter().any(|&s| scratch.changes[s] > TOO_OFTEN) { restless } else { Vec::new() };
    let first_come = std::mem::take(&mut scratch.first_come);
    let first_come = speakers.iter().copied().filter(|s| first_come.contains(s)).collect();
    let rows = speakers.into_iter().filter_map(|s| task.row(s, scratch)).collect();
    scratch.clear(t);
    Solved { target, rows, restless, undecided: Vec::new(), first_come }
}

impl Task<'_, '_> {
    /// Takes in what comes to some speakers from outside.
    fn hear_outside(&self, scratch: &mut Scratch, hears: impl Fn(SpeakerId) -> bool) {
        let t = self.t;
        // In a what-if, sessions that are down keep their ends.
        let is_up = |e: EndId| t.graph.ends[e].families[self.target.family as usize].is_some();
        for (e, attrs) in self.seed.outside.iter().filter(|(e, _)| is_up(*e) && hears(t.graph.ends[*e].speaker)) {
            let path = t.receive(*e, Wire::new(t.input.arena.attrs.get(*attrs).clone()), 0, self.target);
            scratch.heard[*e].extend(path);
        }
    }

    /// Takes in what changed at the neighbours.
    fn hear(&self, s: SpeakerId, scratch: &mut Scratch) {
        let t = self.t;
        for to in t.graph.ends_of(s) {
            if !std::mem::replace(&mut scratch.stale[to], false) {
                continue;
            }
            let Some(from) = t.graph.ends[to].far else { continue };
            let f = self.target.family;
            let (Some(sender), Some(receiver)) = (t.graph.family(from, f), t.graph.family(to, f)) else { continue };
            let mut heard: SmallVec<[Path; 1]> = SmallVec::new();
            if let Some(attrs) = self.default_of(from) {
                let wire = export::own_default(t, from, attrs, self.target);
                heard.extend(wire.and_then(|w| t.receive(to, w, 0, self.target)));
            } else {
                let sent = &scratch.sent[t.graph.ends[from].speaker];
                let held = self.holding.contains(&t.graph.ends[from].speaker);
                let pass =
                    |p: &Path| if held && suppressed(t, from, p, self.target) { None } else { t.offer(to, p, self.target) };
                match sender.add_path_send.filter(|_| receiver.add_path_receive) {
                    None => heard.extend(sent.main.iter().find_map(pass)),
                    Some(select) => {
                        let chosen = sent.ranked.iter().enumerate().filter(|(n, r)| match select {
                            AddPathSelect::None => *n == 0,
                            AddPathSelect::All => true,
                            AddPathSelect::Best(most) => *n < most as usize,
                            AddPathSelect::GroupBest => *n == 0 || r.best_of_as,
                            AddPathSelect::Multipath => *n == 0 || r.multipath,
                        });
                        heard.extend(chosen.filter_map(|(_, r)| pass(&r.path)));
                    }
                }
            }
            scratch.heard[to] = heard;
        }
    }

    fn default_of(&self, from: EndId) -> Option<AttrsId> {
        self.seed.defaults.iter().find(|(e, _)| *e == from).map(|(_, a)| *a)
    }

    fn locals<'s>(&self, list: &'s [(SpeakerId, Path)], s: SpeakerId) -> impl Iterator<Item = Path> + use<'s> {
        let start = list.partition_point(|(x, _)| *x < s);
        list[start..].iter().take_while(move |(x, _)| *x == s).map(|(_, p)| *p)
    }

    fn decide(&self, s: SpeakerId, scratch: &mut Scratch) -> (SmallVec<[Path; 8]>, Decision) {
        let t = self.t;
        let speaker = &t.graph.speakers[s];
        let mut paths: SmallVec<[Path; 8]> = self.locals(&self.seed.local, s).collect();
        for e in t.graph.ends_of(s) {
            paths.extend(scratch.heard[e].iter().copied());
        }
        if paths.iter().any(|p| p.class == Class::Redistributed && p.lent.is_none())
            && let Some(displaced) = self.displaced(speaker, &paths)
        {
            scratch.first_come.push(s);
            paths.retain(|p| !displaced || p.class != Class::Redistributed || p.lent.is_some());
        }
        scratch.facts.clear();
        scratch.facts.extend(paths.iter().map(|p| self.facts(speaker, p)));
        let decision = decide(speaker.of.platform.best_path_steps, &speaker.bgp.best_path, &scratch.facts);
        (paths, decision)
    }

    fn facts(&self, speaker: &Speaker<'_>, p: &Path) -> Facts {
        let arena = self.t.input.arena;
        let d = distance(speaker, self.target.family, arena.attrs.get(p.attrs), p.class, false);
        facts(arena, self.t.graph, speaker, p, d)
    }

    /// Whether a route to be redistributed is kept out of the main table by BGP itself; `None`: the two do not meet. Only routes of the
    /// main table are redistributed; a redistributed route wins in BGP by its weight and then keeps the learned path out of
    /// the main table. So whichever came first stays: a route that came to the IGP through BGP came second, and last round's table shows it.
    fn displaced(&self, speaker: &Speaker<'_>, paths: &[Path]) -> Option<bool> {
        let t = self.t;
        let arena = t.input.arena;
        let learned: Vec<Facts> = paths.iter().filter(|p| !p.class.is_local()).map(|p| self.facts(speaker, p)).collect();
        let decision = decide(speaker.of.platform.best_path_steps, &speaker.bgp.best_path, &learned);
        let best = learned.get(decision.best?)?;
        let below = self.below.and_then(|c| c.get(speaker.node))?;
        if best.distance >= arena.routes.get(below).distance {
            return None;
        }
        t.hops.depends_on_last_round();
        let last = t.input.rib.table().get(self.target.id, speaker.node);
        Some(last.is_some_and(|r| arena.routes.get(r).protocol.is_bgp()))
    }

    /// What the speaker sends, given its decision.
    fn sent(&self, s: SpeakerId, paths: &[Path], decision: &Decision, scratch: &Scratch) -> Sent {
        let t = self.t;
        let speaker = &t.graph.speakers[s];
        let f = self.target.family;
        let best = decision.best.map(|n| paths[n]);
        let beaten = |p: &Path| self.beaten(speaker, p);
        let mut out = Sent::default();
        if best.as_ref().is_none_or(beaten) {
            out.main.extend(self.locals(&self.seed.active, s));
        }
        if let Some(p) = best.filter(|p| speaker.bgp.advertise_inactive || !beaten(p)) {
            out.main.push(p);
        }
        let adds = |e: EndId| t.graph.family(e, f).is_some_and(|nf| nf.add_path_send.is_some());
        if t.graph.ends_of(s).any(adds) {
            out.ranked = self.ranked(s, paths, decision, &scratch.facts);
        }
        out
    }

    /// Whether another protocol's route keeps a learned path out of the main table.
    fn beaten(&self, speaker: &Speaker<'_>, p: &Path) -> bool {
        let arena = self.t.input.arena;
        let Some(below) = self.below.and_then(|c| c.get(speaker.node)) else { return false };
        let d = distance(speaker, self.target.family, arena.attrs.get(p.attrs), p.class, false);
        (!p.class.is_local() || p.class == Class::Aggregate) && arena.routes.get(below).distance <= d
    }

    /// All usable paths, best first: the best, then the best of what is left, and so on.
    fn ranked(&self, s: SpeakerId, paths: &[Path], decision: &Decision, facts: &[Facts]) -> Vec<Ranked> {
        let speaker = &self.t.graph.speakers[s];
        let mut shared = decision.clone();
        if let Some(fam) = family(speaker, self.target.family) {
            multipath(speaker, fam, facts, paths, &mut shared);
        }
        let mut left: Vec<usize> = (0..paths.len()).filter(|&n| paths[n].metric != UNREACHABLE).collect();
        let mut out = Vec::new();
        let mut ases = Vec::new();
        while !left.is_empty() {
            let some: Vec<Facts> = left.iter().map(|&n| facts[n].clone()).collect();
            let d = decide(speaker.of.platform.best_path_steps, &speaker.bgp.best_path, &some);
            let Some(at) = d.best else { break };
            let n = left.remove(at);
            let best_of_as = !ases.contains(&facts[n].first_as);
            ases.push(facts[n].first_as);
            let path = Path { path_id: out.len() as u32 + 1, ..paths[n] };
            out.push(Ranked { path, multipath: shared.multipath.contains(&n), best_of_as });
        }
        out
    }

    fn row(&self, speaker: SpeakerId, scratch: &mut Scratch) -> Option<Row> {
        let (paths, mut decision) = self.decide(speaker, scratch);
        if paths.is_empty() {
            return None;
        }
        let of = &self.t.graph.speakers[speaker];
        let best = decision.best.and_then(|n| paths.get(n));
        if of.of.platform.bgp_best_is_active && best.is_some_and(|p| self.beaten(of, p)) {
            for lost in decision.lost.iter_mut().filter(|l| l.is_none()) {
                *lost = Some(Lost::Step(BestPathStep::Preference));
            }
            decision.best = None;
        }
        if let Some(fam) = family(of, self.target.family) {
            multipath(of, fam, &scratch.facts, &paths, &mut decision);
        }
        Some(Row { speaker, paths: paths.into_vec().into_boxed_slice(), decision })
    }
}
