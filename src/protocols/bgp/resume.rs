//! BGP in a what-if: from the base's solved classes, only what a change touches on is decided again.
//!
//! In: what the base's run left ([`Memory`]), the sessions and the tables below BGP as they are now. Out: as
//! [`compute`](super::compute). Law: the same result as from scratch. That holds because a class has one fixed point, which is reached from any
//! start, where nothing can be preferred ([`prefers`]); else, and where more is not plain, classes that a change touches on are solved anew. Starts from scratch when router ids change. Where sessions with neighbours outside go down it starts from what
//! the base's run would have left [`without`] them.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use ipnet::IpNet;
use rayon::prelude::*;

use super::BgpOutcome;
use super::alike::{self, Group, Part};
use super::classes::Tests;
use super::compute::Left;
use super::groups::{Kept, Next, Plan};
use super::neighbors::Matched;
use super::nexthop::{Known, NextHops, Own, own_addresses};
use super::preference::{either, prefers};
use super::rematch::{self, Policies};
use super::routes::installed;
use super::said;
use super::seeds::{Seed, made_here, seeds_of};
use super::solve::{Scratch, Solved, solve};
use super::speakers::{End, EndId, Graph};
use super::touched::{Again, Moved, Touched};
use super::transfer::{Target, Transfer};
use super::vpn::Vpn;
use super::wave::{Pool, Remarks, resume_class, solve_class};
use super::without::without;
use crate::base::id::IdVec;
use crate::base::{Map, Set};
use crate::model::route::Family;
use crate::protocols::policy::PolicyEngine;
use crate::protocols::{Before, Input, Outcome};
use crate::rib::{Arena, PrefixId, Rib, Table};

/// More than this (speakers times classes) is not kept: a gigabyte.
const MOST_KEPT: usize = 40_000_000;
/// More prefixes than this to be solved one by one: better all anew.
const MOST_SINGLE: usize = 64;

/// What a run leaves for what-ifs.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) sessions: Arc<rematch::Kept>,
    pub(super) plan: Arc<Kept>,
    pub(super) under: Rib,
    /// All addresses with the tables that own them.
    pub(super) own: Arc<Own>,
    /// How next hops were reached.
    pub(super) known: Arc<Known>,
    pub(super) groups: Vec<Arc<Group>>,
    /// By family, whether classes could be joined at all.
    pub(super) fits: [bool; 2],
    /// See [`prefers`].
    pub(super) prefers: [bool; 2],
    /// The next hops that were weighed, beyond neighbours' own addresses, sorted.
    pub(super) hops: Vec<(IpAddr, Next)>,
    /// The group of each prefix; made when first asked for. Where groups have changed since: which prefixes are in groups at all.
    place: Arc<OnceLock<Map<PrefixId, u32>>>,
    place_is_old: bool,
    pub(super) single: Vec<(IpNet, Seed)>,
    /// See [`Left`].
    pub(super) renewed: Set<EndId>,
    pool: Arc<Pool>,
}

impl Memory {
    pub(super) fn new(graph: &Graph<'_>, hops: &NextHops<'_>, matched: Matched, groups: Vec<Group>, left: Left) -> Option<Self> {
        if !worth_keeping(graph, groups.len(), left.single.len()) {
            return None;
        }
        let sessions = Arc::new(rematch::Kept::new(graph, matched));
        let groups = groups.into_iter().map(Arc::new).collect();
        Some(Self::of(sessions, (hops.under().clone(), hops.own(), hops.known()), groups, left))
    }

    /// Puts it together.
    pub(super) fn of(
        sessions: Arc<rematch::Kept>,
        (under, own, known): (Rib, Arc<Own>, Arc<Known>),
        groups: Vec<Arc<Group>>,
        Left { plan, fits, prefers, single, renewed }: Left,
    ) -> Self {
        let weighed: std::collections::BTreeSet<Next> = groups.iter().flat_map(|g| &g.wave.hops).copied().collect();
        let mut hops: Vec<(IpAddr, Next)> = weighed.into_iter().filter_map(|n| Some((plan.address(n)?, n))).collect();
        hops.sort_unstable();
        let (place, place_is_old, pool) = (Arc::default(), false, Arc::new(Pool::new()));
        Self { sessions, plan, under, own, known, groups, fits, prefers, hops, place, place_is_old, single, renewed, pool }
    }

    /// The same with other groups, which hold no more prefixes.
    pub(super) fn regrouped(&self, groups: Vec<Arc<Group>>, left: Left) -> Self {
        self.places();
        let tables = (self.under.clone(), Arc::clone(&self.own), Arc::clone(&self.known));
        let new = Self::of(Arc::clone(&self.sessions), tables, groups, left);
        Self { place: Arc::clone(&self.place), place_is_old: true, pool: Arc::clone(&self.pool), ..new }
    }

    fn places(&self) -> &Map<PrefixId, u32> {
        let members = |(n, g): (u32, &Arc<Group>)| g.class.members.iter().map(move |m| (m.1, n)).collect::<Vec<_>>();
        self.place.get_or_init(|| (0..).zip(&self.groups).flat_map(members).collect())
    }

    /// The group of a prefix.
    pub(super) fn place(&self, prefix: PrefixId) -> Option<usize> {
        let place = *self.places().get(&prefix)? as usize;
        if self.place_is_old {
            self.groups.iter().position(|g| g.class.members.iter().any(|m| m.1 == prefix))
        } else {
            Some(place)
        }
    }

    /// The prefixes that are decided on together, group by group; at last those that are not.
    pub(super) fn together(&self, arena: &Arena) -> Vec<Vec<PrefixId>> {
        let groups = self.groups.iter().map(|g| g.class.members.iter().map(|m| m.1).collect());
        groups.chain([self.single.iter().map(|s| arena.prefix(s.0)).collect()]).collect()
    }

    pub(super) fn ends(&self) -> &IdVec<EndId, End> {
        &self.sessions.ends
    }
}

/// Whether it is not too much.
pub(super) fn worth_keeping(graph: &Graph<'_>, groups: usize, single: usize) -> bool {
    groups * graph.speakers.len() <= MOST_KEPT && single <= MOST_SINGLE
}

/// What became of a group.
enum Fate {
    Same,
    Changed(Vec<Part>, Remarks),
}

/// The base's outcome after a change. `None`: to be computed from scratch.
pub(super) fn resume(input: Input<'_>, under: &Rib, before: Before<'_, BgpOutcome>) -> Option<BgpOutcome> {
    let (was, memory) = (&before.value.outcome, before.value.memory.as_ref()?);
    let change = before.changed.map(|c| c.change);
    let interfaces = change.is_some_and(|c| c.interfaces);
    let own = if interfaces { Arc::new(own_addresses(input.network)) } else { Arc::clone(&memory.own) };
    let mut moved = Moved::new(input.arena, &memory.under, under);
    if interfaces {
        moved = moved.with_addresses(own.symmetric_difference(&memory.own).copied());
    }
    let configs = before.changed.map(|c| (c, Policies::Count));
    let again = rematch::again(input, under, (&memory.sessions, before.topology), &was.sessions, (&moved, configs))?;
    let rematch::Again { graph, down, records, stands_on_under } = again;
    let up: Vec<EndId> = graph.ends.ids().skip(memory.ends().len()).collect();
    let announced = announced(input, &graph, change.map_or(&[], |c| &c.announced), &up)?;
    let others = Others { moved: &moved, own: &own, announced: &announced, down: &down, up: &up };
    let outside: Vec<EndId> = down.iter().copied().filter(|e| memory.ends()[*e].far.is_none()).collect();
    let start = if outside.is_empty() { None } else { Some(without(input, before, memory, &outside)?) };
    let (memory, table) = start.as_ref().map_or((memory, was.tables.first()?), |(memory, table)| (memory, table));
    let (table, findings) = from_memory(input, under, (table, memory), &graph, others, None)?;
    let outcome = Outcome { tables: vec![table], sessions: records, findings };
    Some(BgpOutcome { outcome, stands_on_under, memory: None })
}

/// The base's table once routes below BGP are other ones: as far as these groups of prefixes go, all others are left as they were. `None`: to be
/// computed, as sessions are others too or more hangs on the routes.
pub(super) fn above(input: Input<'_>, under: &Rib, before: Before<'_, BgpOutcome>, only: &[u32]) -> Option<Table> {
    let (was, memory) = (&before.value.outcome, before.value.memory.as_ref()?);
    let moved = Moved::new(input.arena, &memory.under, under);
    let again = rematch::again(input, under, (&memory.sessions, before.topology), &was.sessions, (&moved, None))?;
    if !again.down.is_empty() || again.graph.ends.len() != memory.ends().len() || !again.stands_on_under {
        return None;
    }
    let others = Others { moved: &moved, own: &memory.own, announced: &[], down: &[], up: &[] };
    Some(from_memory(input, under, (was.tables.first()?, memory), &again.graph, others, Some(only))?.0)
}

/// What is another thing than when the base was computed.
#[derive(Clone, Copy)]
struct Others<'a> {
    /// Tables below BGP.
    moved: &'a Moved,
    /// Who owns which address now.
    own: &'a Arc<Own>,
    /// Destinations that are announced in another way, from here or from outside.
    announced: &'a [IpNet],
    /// Sessions that went down.
    down: &'a [EndId],
    /// Sessions that came up.
    up: &'a [EndId],
}

/// What is announced in another way, with what comes over new sessions with neighbours outside. `None`: too much.
fn announced(input: Input<'_>, graph: &Graph<'_>, known: &[IpNet], up: &[EndId]) -> Option<Vec<IpNet>> {
    let mut out = known.to_vec();
    for end in up.iter().map(|e| &graph.ends[*e]).filter(|end| end.far.is_none()) {
        let speaker = &graph.speakers[end.speaker];
        let announcers = &input.network.announcers;
        let routes = announcers.iter().filter(|a| (a.device, a.vrf, a.peer) == (speaker.device, speaker.vrf, end.peer));
        out.extend(routes.flat_map(|a| &*a.routes).take(MOST_SINGLE + 1).map(|a| a.prefix.trunc()));
        if out.len() > known.len() + MOST_SINGLE {
            return None;
        }
    }
    out.sort_unstable();
    out.dedup();
    Some(out)
}

/// `only`: nothing but these groups, and no findings.
fn from_memory(
    input: Input<'_>,
    under: &Rib,
    (table, memory): (&Table, &Memory),
    graph: &Graph<'_>,
    Others { moved, own, announced, down, up }: Others<'_>,
    only: Option<&[u32]>,
) -> Option<(Table, Vec<crate::base::diag::Diagnostic>)> {
    let arena = input.arena;
    let engine = PolicyEngine::new(input.network, arena, input.rib);
    let hops = NextHops::again(input, under, Arc::clone(own), (Arc::clone(&memory.known), moved));
    let withheld = Set::default();
    let t = Transfer::new(input, under, graph, &engine, &hops, &withheld);
    let again = again(&t, memory, &moved.prefixes, announced)?;
    if only.is_some() && !again.is_empty() {
        return None;
    }
    let mut touched = Touched::new(memory, &t, moved, down);
    let plan = if up.is_empty() && Arc::ptr_eq(own, &memory.own) {
        Plan::resumed(&t, &memory.plan, down, &touched.ends)?
    } else {
        touched.up = up.to_vec();
        with_sessions(&t, memory, &mut touched.up)?
    };
    let prefers = if up.is_empty() { memory.prefers } else { either(memory.prefers, prefers(graph)) };
    let one = |g: &Arc<Group>| fate((&plan, prefers), memory, &touched, g, &memory.pool);
    let fates: Vec<Fate> = match only {
        Some(only) => only.iter().filter_map(|n| memory.groups.get(*n as usize)).map(one).collect::<Option<_>>()?,
        None => memory.groups.par_iter().map(one).collect::<Option<_>>()?,
    };
    let one = |scratch: &mut Scratch, (prefix, seed): &(IpNet, Seed)| {
        let target = Target { prefix: *prefix, id: arena.prefix(*prefix), family: Family::of_prefix(prefix) };
        (*prefix, solve(&t, target, seed, &Set::default(), scratch))
    };
    let all = only.is_none_or(|only| only.contains(&(memory.groups.len() as u32)));
    let single = if all { &*memory.single } else { &[] };
    let work: Vec<(IpNet, Seed)> = single.iter().chain(&again).cloned().collect();
    let single: BTreeMap<IpNet, Solved> = work.par_iter().map_init(|| Scratch::new(&t), one).collect();
    if !hops.stands_on_under() || engine.asked_tables() {
        return None;
    }
    let changed = fates.iter().filter_map(|f| if let Fate::Changed(parts, _) = f { Some(parts) } else { None });
    let parts = changed.flatten().map(|p| (&p.members, p.column.clone()));
    let now = table.with_parts(parts, single.values().map(|s| (s.target.id, installed(&t, s))));
    if only.is_some() {
        return Some((now, Vec::new()));
    }
    let gone = |prefix: &IpNet| again.iter().any(|a| a.0 == *prefix);
    let remarks: Vec<(IpNet, usize, &Remarks)> = memory
        .groups
        .iter()
        .zip(&fates)
        .filter_map(|(g, fate)| {
            let members = &g.class.members;
            let left = if again.is_empty() { members.len() } else { members.iter().filter(|m| !gone(&m.0)).count() };
            let first = if again.is_empty() { members.first() } else { members.iter().find(|m| !gone(&m.0)) };
            let remarks = match fate {
                Fate::Same => &g.wave.remarks,
                Fate::Changed(_, remarks) => remarks,
            };
            Some((first?.0, left, remarks))
        })
        .collect();
    let mut findings = said::about(&t, &single, &remarks);
    findings.extend(engine.findings());
    Some((now, findings))
}

/// The plan with new sessions, to which it adds those over which things go in another way now. `None`: they bring what the base's classes know
/// nothing of.
fn with_sessions<'t, 'a>(t: &'t Transfer<'a>, memory: &Memory, up: &mut Vec<EndId>) -> Option<Plan<'t, 'a>> {
    let plan = Plan::anew(t, &memory.plan)?;
    up.extend(plan.other_ends(&memory.plan));
    let plain = !plan.sees_place && plan.families.iter().all(|f| !f.counts) && plan.entangled.is_empty();
    if !plain || alike::all_fit(&plan) != memory.fits || Vpn::new(t.graph, t.input).is_some() {
        return None;
    }
    let mut tests = Tests::default();
    for &e in &*up {
        let (end, speaker) = (&t.graph.ends[e], t.speaker(&t.graph.ends[e]));
        for f in [Family::V4, Family::V6] {
            let Some(nf) = t.graph.family(e, f) else { continue };
            if nf.default_originate.is_some() || nf.advertise_map.is_some() || nf.export_any {
                return None;
            }
            tests.add_chains((speaker.device, speaker.of), nf.import.iter().chain(&nf.export));
            // Host routes that are next hops are solved by themselves.
            let hops = [Some(end.local), Some(end.peer), t.self_address(end, f)];
            let is_member =
                |a: &IpAddr| t.input.arena.prefixes.find(&IpNet::from(*a)).is_some_and(|id| memory.place(id).is_some());
            if hops.iter().flatten().any(is_member) {
                return None;
            }
        }
    }
    let alike = |g: &Arc<Group>| {
        let members = &g.class.members;
        members.first().is_none_or(|(first, _)| {
            let said = tests.of(first);
            members.iter().all(|m| tests.of(&m.0) == said)
        })
    };
    (tests.is_empty() || memory.groups.par_iter().all(alike)).then_some(plan)
}

/// Prefixes whose start changed, with where they start now. `None`: too many, or too much hangs on them.
fn again(t: &Transfer<'_>, memory: &Memory, moved: &[(IpNet, PrefixId)], announced: &[IpNet]) -> Option<Vec<(IpNet, Seed)>> {
    if announced.len() > MOST_SINGLE {
        return None;
    }
    let group = |id: &PrefixId| memory.place(*id).and_then(|n| memory.groups.get(n)).map(Arc::as_ref);
    let others = announced.iter().filter(|a| !moved.iter().any(|m| m.0 == **a)).map(|a| (*a, t.input.arena.prefix(*a)));
    let changed = moved.iter().copied().chain(others);
    // Of classes that are one inside, nothing says what each hears from outside.
    let is_told = |(prefix, id): &(IpNet, PrefixId)| !announced.contains(prefix) && !group(id).is_some_and(Group::is_joined);
    let (told, untold): (Vec<_>, Vec<_>) = changed.partition(is_told);
    if untold.len() > MOST_SINGLE || untold.iter().any(|(prefix, id)| prefix.prefix_len() == 0 && group(id).is_some()) {
        return None;
    }
    let mut here = made_here(t, &told);
    let mut anew: BTreeMap<IpNet, Seed> =
        if untold.is_empty() { BTreeMap::new() } else { seeds_of(t, &untold).into_iter().collect() };
    let mut out = Vec::new();
    for (prefix, id) in told.iter().chain(&untold) {
        if memory.single.iter().any(|s| s.0 == *prefix) {
            return None;
        }
        let group = group(id);
        let seed = match here.remove(prefix).or_else(|| anew.remove(prefix)) {
            None if group.is_none() => continue,
            seed => seed.unwrap_or_default(),
        };
        if out.len() >= MOST_SINGLE {
            return None;
        }
        let kept = group.filter(|_| is_told(&(*prefix, *id))).map(|g| g.class.seed.clone());
        out.push((
            *prefix,
            match kept {
                Some(Seed { outside, defaults, .. }) => Seed { outside, defaults, ..seed },
                None => seed,
            },
        ));
    }
    Some(out)
}

/// `None`: it depends on tables that are not settled yet.
fn fate(
    (plan, prefers): (&Plan<'_, '_>, [bool; 2]),
    memory: &Memory,
    touched: &Touched,
    group: &Group,
    pool: &Pool,
) -> Option<Fate> {
    // Where something can be preferred, the way there counts.
    let resumes = group.is_plain() && !prefers[group.class.target.family as usize];
    let resumed = match touched.of(memory, plan, group) {
        Again::Nothing => return Some(Fate::Same),
        Again::Thinner(changes) if resumes => Some((changes, group.wave.remarks.clone())),
        Again::Speakers(changed) if resumes => resume_class(plan, &group.class, &group.wave, &changed, pool),
        Again::Thinner(_) | Again::Speakers(_) => None,
    };
    if let Some((changes, remarks)) = resumed
        && let Some(parts) = group.changed(plan, &changes, &remarks)
    {
        return Some(Fate::Changed(parts, remarks));
    }
    if group.is_joined() {
        return None;
    }
    let wave = solve_class(plan, &group.class, pool);
    if wave.entangled {
        return None;
    }
    let parts = group.parts.iter().map(|p| Part { column: wave.column.clone(), ..p.clone() }).collect();
    Some(Fate::Changed(parts, wave.remarks))
}
