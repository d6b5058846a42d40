//! Classes that no router inside can tell apart are joined: an Internet table has hundreds of thousands of attribute bundles, but inside an
//! AS only who brings a path in, and what ties with it, counts.
//!
//! In: [`Class`]es as [`split`](super::classes::split) makes them. Out: fewer, larger ones. Law: only where all sessions inside are internal
//! ones without policies, so that preference, length of the AS path and origin (RFC 4271 §9.1.2.2, steps that come before all others
//! here) are the same at every router. Paths that lose by them are left out; [`holds`] says whether the result stands with them too: each
//! router that has such a path must have heard a better one. Where it does not, the joined classes are solved one by one.

use std::cmp::Reverse;
use std::sync::Arc;

use ipnet::IpNet;
use rayon::prelude::*;
use smallvec::SmallVec;

use super::classes::Class;
use super::groups::{Next, Plan};
use super::path::UNREACHABLE;
use super::speakers::{EndId, Kind, SpeakerId};
use super::wave::{Heard, Pool, Remarks, Wave, heard_outside, solve_class};
use crate::base::Map;
use crate::base::id::Id;
use crate::base::number::{Numbered, number};
use crate::model::network::NodeId;
use crate::model::platform::BestPathStep as Step;
use crate::model::route::{Community, Family};
use crate::rib::{Arena, AsPath, AsPathId, AttrsId, BgpAttrs, Change, Column, Members, PrefixId, Route, RouteId, rank_of};

/// Classes solved as one.
#[derive(Debug)]
pub(super) struct Joined {
    /// The first of them with the paths that can win, and all members.
    pub class: Arc<Class>,
    /// Speakers with paths that were left out.
    lost: Vec<SpeakerId>,
    /// The classes as they were, each with the MEDs of its paths that can win; empty: it is only itself.
    pub parts: Vec<(Vec<Option<u32>>, Arc<Class>)>,
    /// What its classes have in common; `None`: it is only itself.
    pub key: Option<Arc<Key>>,
}

/// What can still tell a path that wins from another, once it is inside.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Winner {
    end: EndId,
    next: Next,
    /// Where it is compared with that of another.
    med: Option<u32>,
    tag: u32,
    /// Which of the winners is the first with the same neighbouring AS, and with the same AS path.
    same: (usize, usize),
    stays: bool,
    /// Where an AS of the network stands in it.
    path: Option<AsPathId>,
}

/// What tells joined classes apart: all that is seen of them inside.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    family: Family,
    winners: Vec<Winner>,
}

/// A class's key, its paths that can win as their ends have them, and all others.
struct Keyed {
    key: Key,
    kept: Vec<(EndId, Heard)>,
    /// Where MEDs are not compared but show: those of the paths that can win.
    meds: Vec<Option<u32>>,
    /// Speakers with other paths.
    lost: Vec<SpeakerId>,
}

/// In place of the MED of the n-th path that can win, where it shows in the tables at most: no device can have such a MED in its place, as
/// all routes of a joined class come from these paths.
const FIRST_MARK: u32 = 0xffff_0000;

/// Joins classes that are alike inside.
pub(super) fn join(plan: &Plan<'_, '_>, classes: Vec<Arc<Class>>, pool: &Pool) -> Vec<Joined> {
    let fits = all_fit(plan);
    if fits == [false; 2] {
        return classes.into_iter().map(Joined::alone).collect();
    }
    let inside: Vec<u32> = plan.t.graph.speakers.iter().map(|s| s.bgp.asn).collect();
    let keyed: Vec<(Arc<Class>, Option<Keyed>)> = classes
        .into_par_iter()
        .map(|mut class| {
            let key = if fits[class.target.family as usize] { key(plan, Arc::make_mut(&mut class), &inside, pool) } else { None };
            (class, key)
        })
        .collect();
    // A class without a key is like no other.
    let alone = |class: &Arc<Class>| Arc::as_ptr(class).addr();
    let Numbered { of, first } = number(&keyed, |(c, k)| k.as_ref().map(|k| &k.key).ok_or_else(|| alone(c)));
    let mut alike: Vec<Vec<(Arc<Class>, Option<Keyed>)>> = first.iter().map(|_| Vec::new()).collect();
    keyed.into_iter().zip(of).for_each(|(one, n)| alike[n as usize].push(one));
    alike.into_par_iter().filter_map(|classes| Joined::of(plan.t.input.arena, classes)).collect()
}

/// A solved class.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub class: Arc<Class>,
    pub wave: Arc<Wave>,
    /// Joined classes' key.
    pub key: Option<Arc<Key>>,
    /// The classes that were joined, as they were.
    classes: Arc<[Arc<Class>]>,
    /// Speakers with paths that were left out.
    lost: Vec<SpeakerId>,
    /// Its prefixes with their column: parts differ in the MEDs that show.
    pub parts: Vec<Part>,
    /// No path of it has a MED.
    pub no_meds: bool,
}

/// Prefixes with the same column.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub meds: Vec<Option<u32>>,
    pub members: Members,
    pub column: Column,
}

impl Joined {
    fn alone(class: Arc<Class>) -> Self {
        Self { class, lost: Vec::new(), parts: Vec::new(), key: None }
    }

    /// From classes with the same key, or one without; none without any.
    fn of(arena: &Arena, mut classes: Vec<(Arc<Class>, Option<Keyed>)>) -> Option<Self> {
        let all = || classes.par_iter().filter_map(|(c, k)| Some((c, k.as_ref()?)));
        let mut members: Vec<(IpNet, PrefixId)> = all().flat_map_iter(|(c, _)| c.members.iter().copied()).collect();
        members.par_sort_unstable_by_key(|m| rank_of(&m.0));
        let mut lost: Vec<SpeakerId> = all().flat_map_iter(|(_, k)| k.lost.iter().copied()).collect();
        lost.par_sort_unstable();
        lost.dedup();
        let (first, keyed) = classes.first_mut()?;
        let Some(Keyed { key, kept, meds, .. }) = keyed.take() else { return Some(Self::alone(Arc::clone(first))) };
        let marked = |(n, (e, h)): (usize, &(EndId, Heard))| {
            let mut attrs = arena.attrs.get(h.attrs).clone();
            if key.winners[n].med.is_none() {
                attrs.med = Some(FIRST_MARK + n as u32);
            }
            (*e, Heard { attrs: arena.attrs.intern(attrs), ..*h })
        };
        let mut class = first.like(members);
        class.heard = kept.iter().enumerate().map(marked).collect();
        let class = Arc::new(class);
        let part = |(class, keyed): (Arc<Class>, Option<Keyed>)| (keyed.map_or_else(|| meds.clone(), |k| k.meds), class);
        let mut parts: Vec<(Vec<Option<u32>>, Arc<Class>)> = classes.into_par_iter().map(part).collect();
        parts.par_sort_by(|a, b| a.0.cmp(&b.0));
        Some(Self { class, lost, parts, key: Some(Arc::new(key)) })
    }

    /// Solves it; where the result is not that of its parts, those.
    pub(super) fn solve(self, plan: &Plan<'_, '_>, pool: &Pool) -> Vec<Group> {
        let wave = solve_class(plan, &self.class, pool);
        if self.parts.is_empty() {
            return vec![Group::alone(plan, self.class, wave)];
        }
        if !holds(plan, &wave.remarks, wave.entangled, &self.lost, |n| wave.column.get(n).is_some()) {
            let one = |class: Arc<Class>| {
                let wave = solve_class(plan, &class, pool);
                Group::alone(plan, class, wave)
            };
            return self.parts.into_iter().map(|(_, class)| one(class)).collect();
        }
        let parts = self.parts_of(plan, &wave.column, &[]);
        let no_meds = has_no_meds(plan, &self.class, &wave);
        let classes = self.parts.into_iter().map(|p| p.1).collect();
        vec![Group { class: self.class, wave: Arc::new(wave), key: self.key, classes, lost: self.lost, parts, no_meds }]
    }

    /// Its prefixes under a solved column. `known`: parts of the same column.
    fn parts_of(&self, plan: &Plan<'_, '_>, column: &Column, known: &[Part]) -> Vec<Part> {
        let part = |chunk: &[(Vec<Option<u32>>, Arc<Class>)]| {
            let meds = chunk.first()?.0.clone();
            let mut members: Vec<_> = chunk.iter().flat_map(|(_, c)| &c.members).copied().collect();
            members.par_sort_unstable_by_key(|m| rank_of(&m.0));
            let marks = Marks::new(plan.t.input.arena, &meds);
            let column = match known.iter().find(|p| p.meds == meds) {
                Some(known) => known.column.clone(),
                None => Column::from_sorted(marks.real(column.iter())),
            };
            Some(Part { meds, members: members.into_iter().collect(), column })
        };
        let chunks: Vec<_> = self.parts.chunk_by(|a, b| a.0 == b.0).collect();
        chunks.into_par_iter().filter_map(part).collect()
    }
}

impl Group {
    fn alone(plan: &Plan<'_, '_>, class: Arc<Class>, wave: Wave) -> Self {
        let part = Part { meds: Vec::new(), members: class.members.iter().copied().collect(), column: wave.column.clone() };
        let no_meds = has_no_meds(plan, &class, &wave);
        let (wave, classes) = (Arc::new(wave), Arc::default());
        Self { parts: vec![part], key: None, classes, lost: Vec::new(), class, wave, no_meds }
    }

    /// Whether nobody's preference among learned paths counts in it: it has one outcome.
    pub(super) fn is_plain(&self) -> bool {
        !self.wave.prefers && self.wave.remarks.restless.is_empty()
    }

    /// Whether no MED is weighed against another.
    pub(super) fn no_med_counts(&self) -> bool {
        self.no_meds || self.key.as_ref().is_some_and(|k| k.winners.iter().all(|w| w.med.is_none()))
    }

    /// The classes it is made of, as they were before they were joined.
    pub(super) fn were(&self) -> &[Arc<Class>] {
        if self.is_joined() { &self.classes } else { std::slice::from_ref(&self.class) }
    }

    /// Whether its prefixes are more than one class's.
    pub(super) fn is_joined(&self) -> bool {
        !self.class.heard.is_empty()
    }

    /// Whether what an end hears of one of its prefixes goes for nothing, as what the end heard before did: it was not among the paths that
    /// can win, and is not now. `now`: its rank; `None`: it is refused.
    pub(super) fn passes_over(&self, plan: &Plan<'_, '_>, end: EndId, now: Option<Rank>) -> bool {
        let Some((_, best)) = self.class.heard.first() else { return false };
        if self.class.heard.iter().any(|h| h.0 == end) {
            return false;
        }
        let lost = || self.lost.binary_search(&plan.speaker_of[end]).is_ok();
        now.is_none_or(|now| Some(now) > of_attrs(plan.t.input.arena, best.attrs) && lost())
    }

    /// The same without some of its prefixes, and with those of classes that have the same key: in them it stands too. `None`: not so, or no
    /// prefix is left.
    pub(super) fn regrouped(
        &self,
        plan: &Plan<'_, '_>,
        stays: impl Fn(&(IpNet, PrefixId)) -> bool,
        more: Option<&Joined>,
    ) -> Option<Self> {
        let mut lost = self.lost.clone();
        let mut parts: Vec<Part> = self.parts.clone();
        for p in parts.iter_mut().filter(|p| !p.members.iter().all(&stays)) {
            p.members = p.members.iter().filter(|m| stays(m)).copied().collect();
        }
        let mut classes: Vec<Arc<Class>> = Vec::new();
        for c in &*self.classes {
            let left: Vec<_> = c.members.iter().filter(|m| stays(m)).copied().collect();
            classes.extend(if left.len() == c.members.len() { Some(Arc::clone(c)) } else { c.with_members(left).map(Arc::new) });
        }
        if let Some(more) = more {
            classes.extend(more.parts.iter().map(|(_, c)| Arc::clone(c)));
            lost.extend(&more.lost);
            lost.sort_unstable();
            lost.dedup();
            parts.extend(more.parts_of(plan, &self.wave.column, &self.parts));
        }
        parts.retain(|p| !p.members.is_empty());
        let members = match more {
            // Nothing stays.
            Some(more) if classes.len() == more.parts.len() => more.class.members.clone(),
            _ => {
                let mut all: Vec<(IpNet, PrefixId)> = parts.iter().flat_map(|p| p.members.iter()).copied().collect();
                all.par_sort_unstable_by_key(|m| rank_of(&m.0));
                all
            }
        };
        let held = |n| self.wave.column.get(n).is_some();
        let stands = !self.is_joined() || holds(plan, &self.wave.remarks, false, &lost, held);
        let class = Arc::new(self.class.with_members(members).filter(|_| stands)?);
        let (wave, key, no_meds) = (Arc::clone(&self.wave), self.key.clone(), self.no_meds);
        Some(Self { class, wave, key, classes: classes.into(), lost, parts, no_meds })
    }

    /// The same once some speakers hear nothing from outside, if that makes a difference: no path of theirs is left out. `gone`: sorted.
    pub(super) fn without_lost(&self, gone: &[SpeakerId]) -> Option<Self> {
        let stays = |s: &SpeakerId| gone.binary_search(s).is_err();
        if self.lost.iter().all(stays) {
            return None;
        }
        let lost = self.lost.iter().copied().filter(stays).collect();
        Some(Self { lost, ..self.clone() })
    }

    /// Its parts after a change of its column, as far as they stand.
    pub(super) fn changed(&self, plan: &Plan<'_, '_>, changes: &[Change], remarks: &Remarks) -> Option<Vec<Part>> {
        // All of them had a route before.
        let gone: SmallVec<[NodeId; 8]> = changes.iter().filter(|c| c.1.is_none()).map(|c| c.0).collect();
        let lost = if gone.is_empty() { &[] } else { &*self.lost };
        if !holds(plan, remarks, false, lost, |node| gone.binary_search(&node).is_err()) {
            return None;
        }
        let arena = plan.t.input.arena;
        let part =
            |p: &Part| Part { column: p.column.with(Marks::new(arena, &p.meds).real(changes.iter().copied())), ..p.clone() };
        Some(self.parts.iter().map(part).collect())
    }
}

fn has_no_meds(plan: &Plan<'_, '_>, class: &Class, wave: &Wave) -> bool {
    let none = |attrs| plan.t.input.arena.attrs.get(attrs).med.is_none();
    let mut outside = class.seed.outside.iter().map(|o| o.1).chain(class.heard.iter().map(|h| h.1.attrs));
    plan.remembers && wave.bundles().all(none) && outside.all(none)
}

/// Whether the result of a joined class is that of each of its parts.
/// `held`: whether a node has a route in it.
fn holds(plan: &Plan<'_, '_>, remarks: &Remarks, entangled: bool, lost: &[SpeakerId], held: impl Fn(NodeId) -> bool) -> bool {
    let heard = |s: &SpeakerId| held(plan.t.graph.speakers[*s].node);
    remarks.restless.is_empty() && remarks.undecided.is_empty() && !entangled && lost.iter().all(heard)
}

/// Puts MEDs in place of marks.
struct Marks<'a> {
    arena: &'a Arena,
    meds: &'a [Option<u32>],
    known: Map<RouteId, RouteId>,
}

/// A route, or perhaps none.
trait Marked: Copy {
    fn map(self, f: impl FnMut(RouteId) -> RouteId) -> Self;
}

impl Marked for RouteId {
    fn map(self, mut f: impl FnMut(RouteId) -> RouteId) -> Self {
        f(self)
    }
}

impl Marked for Option<RouteId> {
    fn map(self, f: impl FnMut(RouteId) -> RouteId) -> Self {
        Option::map(self, f)
    }
}

impl<'a> Marks<'a> {
    fn new(arena: &'a Arena, meds: &'a [Option<u32>]) -> Self {
        Self { arena, meds, known: Map::default() }
    }

    fn real<R: Marked>(mut self, rows: impl Iterator<Item = (NodeId, R)>) -> Vec<(NodeId, R)> {
        rows.map(|(node, r)| (node, r.map(|r| self.of(r)))).collect()
    }

    fn of(&mut self, r: RouteId) -> RouteId {
        let route = self.arena.routes.get(r);
        let Some(n) = route.metric.checked_sub(FIRST_MARK).filter(|_| !self.meds.is_empty()) else { return r };
        let metric = self.meds.get(n as usize).copied().flatten().unwrap_or(0);
        *self.known.entry(r).or_insert_with(|| self.arena.routes.intern(Route { metric, ..*route }))
    }
}

/// By family, whether classes can be joined at all.
pub(super) fn all_fit(plan: &Plan<'_, '_>) -> [bool; 2] {
    [Family::V4, Family::V6].map(|f| fits(plan, f))
}

/// Whether nothing inside looks at more of a path of the family than [`Winner`] holds.
fn fits(plan: &Plan<'_, '_>, f: Family) -> bool {
    let graph = plan.t.graph;
    let of = &plan.families[f as usize];
    if plan.t.keeps.attributes || of.counts {
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

/// What counts before all else: preference, length of the AS path, origin; the least wins.
pub(super) type Rank = (Reverse<u32>, u32, u8);

/// The rank of a path. `None`: more may count, as it has a weight or a distance of its own.
pub(super) fn rank(attrs: &BgpAttrs, path: &AsPath) -> Option<Rank> {
    let plain = attrs.weight == 0 && attrs.distance.is_none();
    plain.then(|| (Reverse(attrs.local_pref), path.hops(false), attrs.origin as u8))
}

/// The rank of a path with these attributes; see [`rank`].
pub(super) fn of_attrs(arena: &Arena, attrs: AttrsId) -> Option<Rank> {
    let a = arena.attrs.get(attrs);
    rank(a, arena.as_paths.get(a.as_path))
}

/// The key of a class; `None`: it stays alone. What ends make of its paths is kept in it where there may be what-ifs.
fn key(plan: &Plan<'_, '_>, class: &mut Class, inside: &[u32], pool: &Pool) -> Option<Keyed> {
    if !class.seed.local.is_empty() || class.has_below() {
        return None;
    }
    let arena = plan.t.input.arena;
    let all: Vec<(EndId, Heard)> = heard_outside(plan, class, pool);
    let heard: Vec<(EndId, Heard)> = all.iter().filter(|(_, h)| !h.is_nothing()).copied().collect();
    class.known = if plan.remembers { all } else { Vec::new() };
    let of = |h: &Heard| arena.attrs.get(h.attrs);
    let rank = |(_, h): &(EndId, Heard)| of_attrs(arena, h.attrs).filter(|_| h.metric != UNREACHABLE);
    let ranks: SmallVec<[Rank; 8]> = heard.iter().map(rank).collect::<Option<_>>()?;
    let best = *ranks.iter().min()?;
    let kept: Vec<(EndId, Heard)> = heard.into_iter().zip(&ranks).filter(|(_, r)| **r == best).map(|h| h.0).collect();
    let first_as = |h: &Heard| arena.as_paths.get(of(h).as_path).first_as();
    let first = |same: &dyn Fn(&Heard) -> bool| kept.iter().position(|(_, k)| same(k)).unwrap_or_default();
    let compared = |h: &Heard| kept.iter().filter(|(_, k)| first_as(k) == first_as(h)).count() > 1;
    let winner = |(end, h): &(EndId, Heard)| {
        let a = of(h);
        let carried = arena.communities.get(a.communities);
        Winner {
            end: *end,
            next: h.next,
            med: (plan.compares_meds || compared(h)).then(|| a.med.unwrap_or(u32::MAX)),
            tag: a.tag,
            same: (first(&|k| first_as(k) == first_as(h)), first(&|k| of(k).as_path == a.as_path)),
            stays: carried.contains(&Community::NO_ADVERTISE),
            path: arena.as_paths.get(a.as_path).asns().any(|x| inside.contains(&x)).then_some(a.as_path),
        }
    };
    let winners: Vec<Winner> = kept.iter().map(winner).collect();
    let shown = |((_, h), w): (&(EndId, Heard), &Winner)| of(h).med.filter(|_| w.med.is_none());
    let meds = if plan.t.keeps.meds { kept.iter().zip(&winners).map(shown).collect() } else { Vec::new() };
    let stays = |e: EndId| kept.iter().any(|k| k.0 == e);
    let sides = &plan.families[class.target.family as usize].sides;
    let left_out = class.seed.outside.iter().filter(|x| !stays(x.0) && sides[x.0.index()].is_some());
    let lost = left_out.map(|x| plan.speaker_of[x.0]).collect();
    Some(Keyed { key: Key { family: class.target.family, winners }, kept, meds, lost })
}

/// Whether MEDs of different neighbours' paths meet.
pub(super) fn compares_meds(graph: &super::speakers::Graph<'_>) -> bool {
    graph.speakers.iter().any(|s| s.bgp.best_path.always_compare_med)
}
