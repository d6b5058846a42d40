//! Decisions: the best of a speaker's paths, those that share the load, and the route over them.
//!
//! In: what a speaker's ends have heard. Out: a best path, a route. Law: as [`decide`](super::super::decide), but paths that differ only in
//! their session are one bundle until nothing else is left to tell them apart.

use smallvec::SmallVec;

use super::{Choice, Heard, Lean, Scratch, Task};
use crate::base::id::Id;
use crate::model::platform::BestPathStep as Step;
use crate::protocols::bgp::decide::{Facts, compare, decide, facts, multipath};
use crate::protocols::bgp::groups::Next;
use crate::protocols::bgp::path::{Class, Path, UNREACHABLE};
use crate::protocols::bgp::routes::{Way, learned_route, shown_metric};
use crate::protocols::bgp::speakers::{EndId, LINK_LOCAL, SpeakerId};
use crate::protocols::bgp::transfer::{distance, family};
use crate::rib::{AttrsId, RouteId};

/// Paths of one speaker that differ only in the session (and the next hop).
#[derive(Debug, Clone)]
pub(super) struct Bundle {
    pub attrs: AttrsId,
    pub class: Class,
    pub metric: u32,
    count: u32,
    /// The first of them; for a path made here its place in the seed.
    pub first: Option<EndId>,
    pub next: Next,
    pub facts: Facts,
    /// It names who brought it into the AS.
    reflected: bool,
    pub lost: Option<Step>,
}

impl Task<'_, '_> {
    /// The paths of a speaker, those that differ only in their session together.
    pub(super) fn gather(&self, s: SpeakerId, scratch: &mut Scratch) {
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
    pub(super) fn choose(&self, s: SpeakerId, scratch: &mut Scratch) -> Choice {
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
        let single = |s: &Step| matches!(s, Step::RouterId | Step::NeighborAddress | Step::PathId);
        let mut at = 0;
        while at < steps.len() {
            let step = steps[at];
            let total: u32 = alive.iter().map(|&n| bundles[n].count).sum();
            if total < 2 || single(&step) {
                break;
            }
            at += 1;
            // Nothing but age is between the paths of one bundle.
            if alive.len() == 1 && step != Step::Oldest {
                continue;
            }
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
        f.next_hop = self.plan.address(h.next, Some(e)).filter(|a| *a != LINK_LOCAL);
        f
    }
    /// All paths of a speaker, one by one, in the order in which they stand.
    pub(super) fn all(&self, s: SpeakerId, scratch: &Scratch) -> Vec<(Path, Facts)> {
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
    pub(super) fn sharing(&self, s: SpeakerId, (best, from): (usize, Option<EndId>), scratch: &mut Scratch) -> bool {
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
    pub(super) fn route(&self, s: SpeakerId, best: &Lean, scratch: &mut Scratch) -> Option<RouteId> {
        let t = self.plan.t;
        let arena = t.input.arena;
        let speaker = &t.graph.speakers[s];
        let attrs = arena.attrs.get(best.attrs);
        let f = self.target.family;
        let kept = if t.keeps.attributes {
            let mut whole = attrs.clone();
            whole.next_hop = self.plan.address(best.next, best.from);
            arena.attrs.intern(whole)
        } else {
            AttrsId::NONE
        };
        let med = shown_metric(t, speaker, attrs);
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
                Next::NONE | Next::PEER => self.plan.weigh(e, next).reach,
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
