//! Classes that no router inside can tell apart are joined: an Internet table has hundreds of thousands of attribute bundles, but inside an
//! AS only who brings a path in, and what ties with it, counts.
//!
//! In: [`Class`]es as [`split`](super::classes::split) makes them. Out: fewer, larger ones. Law: only where all sessions inside are internal
//! ones without policies, so that preference, length of the AS path and origin (RFC 4271 §9.1.2.2, steps that come before all others
//! here) are the same at every router. Paths that lose by them are left out; [`holds`] says whether the result stands with them too: each
//! router that has such a path must have heard a better one. Where it does not, the joined classes are solved one by one.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::classes::Class;
use super::groups::{Next, Plan};
use super::path::UNREACHABLE;
use super::speakers::{EndId, Kind, SpeakerId};
use super::wave::{Heard, Pool, Wave, heard_outside};
use crate::base::Map;
use crate::model::platform::BestPathStep as Step;
use crate::model::route::{Community, Family};
use crate::rib::AsPathId;

/// Classes solved as one.
#[derive(Debug)]
pub(super) struct Joined {
    /// The first of them with the paths that can win, and all members.
    pub class: Class,
    /// Speakers with paths that were left out.
    lost: Vec<SpeakerId>,
    /// The classes as they were; empty: it is only itself.
    pub parts: Vec<Class>,
}

/// What can still tell a path that wins from another, once it is inside.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Winner {
    end: EndId,
    next: Next,
    med: Option<u32>,
    tag: u32,
    /// Which of the winners is the first with the same neighbouring AS, and with the same AS path.
    same: (usize, usize),
    stays: bool,
    /// Where an AS of the network stands in it.
    path: Option<AsPathId>,
}

/// What tells joined classes apart.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    family: Family,
    winners: Vec<Winner>,
}

/// Joins classes that are alike inside.
pub(super) fn join(plan: &Plan<'_, '_>, classes: Vec<Class>, pool: &Pool) -> Vec<Joined> {
    let alone = |class: Class| Joined { class, lost: Vec::new(), parts: Vec::new() };
    let fits = [Family::V4, Family::V6].map(|f| fits(plan, f));
    if classes.len() < 2 || fits == [false; 2] {
        return classes.into_iter().map(alone).collect();
    }
    let inside: Vec<u32> = plan.t.graph.speakers.iter().map(|s| s.bgp.asn).collect();
    let keyed: Vec<(Class, Option<(Key, Vec<EndId>)>)> = classes
        .into_par_iter()
        .map(|class| {
            let key = if fits[class.target.family as usize] { key(plan, &class, &inside, pool) } else { None };
            (class, key)
        })
        .collect();
    let mut place: Map<Key, usize> = Map::default();
    let mut out: Vec<Joined> = Vec::new();
    for (class, key) in keyed {
        let Some((key, kept)) = key else {
            out.push(alone(class));
            continue;
        };
        let all = class.seed.outside.iter().map(|x| x.0);
        let lost: Vec<SpeakerId> = all.filter(|e| !kept.contains(e)).map(|e| plan.speaker_of[e]).collect();
        let at = *place.entry(key).or_insert(out.len());
        if at == out.len() {
            let mut first = class.like(Vec::new());
            first.seed.outside.retain(|(e, _)| kept.contains(e));
            out.push(alone(first));
        }
        let joined = &mut out[at];
        joined.class.members.extend(&class.members);
        joined.lost.extend(lost);
        joined.parts.push(class);
    }
    for j in &mut out {
        j.lost.sort_unstable();
        j.lost.dedup();
        j.class.members.sort_unstable();
    }
    out
}

/// Whether the result of a joined class is that of each of its parts.
pub(super) fn holds(plan: &Plan<'_, '_>, joined: &Joined, wave: &Wave) -> bool {
    let heard = |s: &SpeakerId| wave.column.get(plan.t.graph.speakers[*s].node).is_some();
    joined.parts.is_empty()
        || (wave.restless.is_empty() && wave.undecided.is_empty() && !wave.entangled && joined.lost.iter().all(heard))
}

/// Whether nothing inside looks at more of a path of the family than [`Winner`] holds.
fn fits(plan: &Plan<'_, '_>, f: Family) -> bool {
    let graph = plan.t.graph;
    let of = &plan.families[f as usize];
    if plan.t.keeps_attributes || of.counts {
        return false;
    }
    let order = [Step::LocalPref, Step::AsPathLength, Step::Origin];
    let early = |steps: &[Step]| {
        let first: Vec<Step> = steps.iter().copied().filter(|s| order.contains(s)).collect();
        let before = |s: &Step| order.contains(s) || matches!(s, Step::Weight | Step::LocalOrigin | Step::Aigp);
        let end = steps.iter().position(|s| *s == Step::Origin).unwrap_or(0);
        first == order && steps[..end].iter().all(before)
    };
    let speaker = |s: &super::speakers::Speaker<'_>| {
        let b = s.bgp;
        let rules = &b.best_path;
        early(s.of.platform.best_path_steps)
            && !rules.ignore_as_path
            && b.as_path_limit.is_none()
            && b.confederation.is_none()
            && !b.graceful_shutdown
    };
    let link = |e: EndId| {
        let Some(nf) = graph.family(e, f).filter(|_| graph.ends[e].far.is_some()) else { return true };
        graph.ends[e].kind == Kind::Internal
            && nf.import.is_empty()
            && nf.export.is_empty()
            && nf.advertise_map.is_none()
            && nf.metric_out.is_none()
            && nf.weight.is_none()
            && nf.local_preference.is_none()
    };
    graph.speakers.iter().all(speaker) && graph.ends.ids().all(link)
}

/// The key of a class and the ends whose paths can win; `None`: it stays alone.
fn key(plan: &Plan<'_, '_>, class: &Class, inside: &[u32], pool: &Pool) -> Option<(Key, Vec<EndId>)> {
    if !class.seed.local.is_empty() || class.has_below() {
        return None;
    }
    let arena = plan.t.input.arena;
    let heard: Vec<(EndId, Heard)> = heard_outside(plan, class, pool);
    let of = |h: &Heard| arena.attrs.get(h.attrs);
    if heard.iter().any(|(_, h)| of(h).weight != 0 || of(h).distance.is_some() || h.metric == UNREACHABLE) {
        return None;
    }
    let length = |a: AsPathId| arena.as_paths.get(a).hops(false);
    let rank = |h: &Heard| (Reverse(of(h).local_pref), length(of(h).as_path), of(h).origin as u8);
    let best = heard.iter().map(|(_, h)| rank(h)).min()?;
    let kept: Vec<(EndId, Heard)> = heard.into_iter().filter(|(_, h)| rank(h) == best).collect();
    let first_as = |h: &Heard| arena.as_paths.get(of(h).as_path).first_as();
    let first = |same: &dyn Fn(&Heard) -> bool| kept.iter().position(|(_, k)| same(k)).unwrap_or_default();
    let compared = |h: &Heard| kept.iter().filter(|(_, k)| first_as(k) == first_as(h)).count() > 1;
    let winner = |(end, h): &(EndId, Heard)| {
        let a = of(h);
        let carried = arena.communities.get(a.communities);
        Winner {
            end: *end,
            next: h.next,
            med: a.med.filter(|_| plan.sees_med || compared(h)),
            tag: a.tag,
            same: (first(&|k| first_as(k) == first_as(h)), first(&|k| of(k).as_path == a.as_path)),
            stays: carried.contains(&Community::NO_ADVERTISE),
            path: arena.as_paths.get(a.as_path).asns().any(|x| inside.contains(&x)).then_some(a.as_path),
        }
    };
    let winners = kept.iter().map(winner).collect();
    Some((Key { family: class.target.family, winners }, kept.iter().map(|k| k.0).collect()))
}

/// Whether MEDs of different neighbours' paths meet, or show in the main tables.
pub(super) fn sees_med(graph: &super::speakers::Graph<'_>) -> bool {
    graph.speakers.iter().any(|s| s.bgp.best_path.always_compare_med || s.of.platform.bgp_metric_is_med)
}
