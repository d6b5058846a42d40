//! BGP in a what-if: from the base's solved classes, only what a change touches on is decided again.
//!
//! In: what the base's run left ([`Memory`]), the sessions and the tables below BGP as they are now. Out: as
//! [`compute`](super::compute). Law: the same result as from scratch. That holds because a class without preferences among learned
//! paths has one fixed point, which is reached from any start; classes with preferences, and whatever else is not plain, are solved
//! anew. Starts from scratch when sessions come up, sessions to neighbours outside go down, or router ids change.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use rayon::prelude::*;

use super::BgpOutcome;
use super::alike::{Group, Part};
use super::compute::Left;
use super::groups::{Kept, Next, Plan};
use super::neighbors::Matched;
use super::nexthop::{Known, NextHops};
use super::rematch::{self, Again};
use super::routes::installed;
use super::said;
use super::seeds::{Seed, made_here};
use super::solve::{Scratch, Solved, solve};
use super::speakers::{End, EndId, Graph, LINK_LOCAL, SpeakerId};
use super::transfer::{Target, Transfer};
use super::wave::{Pool, Remarks, resume_class, solve_class};
use crate::base::id::{Id, IdVec};
use crate::base::{Map, Set};
use crate::model::network::NodeId;
use crate::model::route::Family;
use crate::protocols::policy::PolicyEngine;
use crate::protocols::{Before, Input, Outcome};
use crate::rib::{Arena, Column, PrefixId, Rib, Table};

/// More than this (speakers times classes) is not kept: a gigabyte.
const MOST_KEPT: usize = 40_000_000;
/// More prefixes than this to be solved one by one: better all anew.
const MOST_SINGLE: usize = 64;

/// What a run leaves for what-ifs.
#[derive(Debug)]
pub(super) struct Memory {
    sessions: rematch::Kept,
    plan: Kept,
    under: Rib,
    /// All addresses with the tables that own them.
    own: Arc<Set<(NodeId, IpAddr)>>,
    /// How next hops were reached.
    known: Arc<Known>,
    groups: Vec<Group>,
    /// The group of each prefix.
    place: Map<PrefixId, u32>,
    single: Vec<(IpNet, Seed)>,
    pool: Pool,
}

impl Memory {
    pub(super) fn new(
        graph: &Graph<'_>,
        hops: &NextHops<'_>,
        matched: Matched,
        groups: Vec<Group>,
        (plan, single): Left,
    ) -> Option<Self> {
        if groups.len() * graph.speakers.len() > MOST_KEPT || single.len() > MOST_SINGLE {
            return None;
        }
        let members = |(n, g): (usize, &Group)| g.class.members.iter().map(move |m| (m.1, n as u32)).collect::<Vec<_>>();
        let place = groups.iter().enumerate().flat_map(members).collect();
        let sessions = rematch::Kept::new(graph, matched);
        Some(Self { sessions, plan, under: hops.under().clone(), own: hops.own(), known: hops.known(), groups, place, single, pool: Pool::new() })
    }

    fn ends(&self) -> &IdVec<EndId, End> {
        &self.sessions.ends
    }
}

/// What changed in the tables below BGP.
#[derive(Default)]
pub(super) struct Moved {
    prefixes: Vec<(IpNet, PrefixId)>,
    by_node: Map<NodeId, Holding>,
}

impl Moved {
    fn new(arena: &Arena, was: &Rib, is: &Rib) -> Self {
        let empty = Column::default();
        let mut nets: Map<NodeId, Vec<IpNet>> = Map::default();
        let mut prefixes = Vec::new();
        for p in was.table().changed_to(is.table()) {
            let net = *arena.prefixes.get(p);
            let (old, new) = (was.table().column(p).unwrap_or(&empty), is.table().column(p).unwrap_or(&empty));
            old.changes_to(new).into_iter().for_each(|(n, _)| nets.entry(n).or_default().push(net));
            prefixes.push((net, p));
        }
        Self { prefixes, by_node: nets.into_iter().map(|(n, nets)| (n, Holding::new(nets))).collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.prefixes.is_empty()
    }

    /// Whether a node may route an address in another way.
    pub(super) fn holds(&self, node: NodeId, address: IpAddr) -> bool {
        self.by_node.get(&node).is_some_and(|h| h.holds(address))
    }
}

/// What a change below BGP, and sessions that went down, touch on.
struct Touched {
    /// Ends whose neighbour may be reached in another way.
    ends: Vec<EndId>,
    /// Speakers that may reach a next hop in another way, by its code.
    hops: Map<Next, Vec<SpeakerId>>,
    /// Ends of sessions that are down.
    down: Vec<EndId>,
}

impl Touched {
    fn new(memory: &Memory, graph: &Graph<'_>, moved: &Moved, down: Vec<EndId>) -> Self {
        let (mut ends, mut hops): (Vec<EndId>, Map<Next, Vec<SpeakerId>>) = (Vec::new(), Map::default());
        for (s, speaker) in graph.speakers.iter_ids() {
            let Some(nets) = moved.by_node.get(&speaker.node) else { continue };
            ends.extend(graph.ends_of(s).filter(|e| graph.ends[*e].peer != LINK_LOCAL && nets.holds(graph.ends[*e].peer)));
            for n in 0..memory.plan.addresses.len() {
                let id = super::groups::AddressId::new(n);
                if nets.holds(*memory.plan.addresses.get(id)) {
                    hops.entry(Next::of(id)).or_default().push(s);
                }
            }
        }
        Self { ends, hops, down }
    }

    /// The speakers of a group to decide again.
    fn of(&self, memory: &Memory, graph: &Graph<'_>, arena: &Arena, group: &Group) -> Vec<SpeakerId> {
        // A path that lost, and that nothing lost by, is not missed.
        let missed = |e: &&EndId| {
            let end = &memory.ends()[**e];
            let s = end.speaker;
            let remarks = &group.wave.remarks;
            let plain = group.no_meds
                && end.single_hop
                && !group.wave.prefers
                && !remarks.aged.contains(&s)
                && !remarks.ordered.contains(&s);
            let route = group.wave.column.get(graph.speakers[s].node);
            let over = |route| arena.hops_of(arena.routes.get(route)).iter().any(|h| h.interface == end.interface);
            !plain || end.interface.is_none() || route.is_none_or(over)
        };
        let heard = |e: &&EndId| {
            let far = memory.ends()[**e].far;
            far.is_none_or(|f| group.wave.sent.get(memory.ends()[f].speaker.index()).is_some_and(Option::is_some))
        };
        let at = |e: &EndId| memory.ends()[*e].speaker;
        let mut out: Vec<SpeakerId> = self.ends.iter().chain(self.down.iter().filter(missed)).filter(heard).map(at).collect();
        out.extend(group.wave.hops.iter().filter_map(|h| self.hops.get(h)).flatten());
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// Prefixes, host routes apart.
struct Holding {
    exact: Set<IpAddr>,
    wide: Vec<IpNet>,
}

impl Holding {
    fn new(nets: Vec<IpNet>) -> Self {
        let (exact, wide): (Vec<IpNet>, Vec<IpNet>) = nets.into_iter().partition(|n| n.prefix_len() == n.max_prefix_len());
        Self { exact: exact.into_iter().map(|n| n.addr()).collect(), wide }
    }

    fn holds(&self, a: IpAddr) -> bool {
        self.exact.contains(&a) || self.wide.iter().any(|n| n.contains(&a))
    }
}

/// What became of a group.
enum Fate {
    Same,
    Changed(Vec<Part>, Remarks),
}

/// The base's outcome after a change. `None`: to be computed from scratch.
pub(super) fn resume(input: Input<'_>, under: &Rib, before: Before<'_, BgpOutcome>) -> Option<BgpOutcome> {
    let (was, memory) = (&before.value.outcome, before.value.memory.as_ref()?);
    let moved = Moved::new(input.arena, &memory.under, under);
    let again = rematch::again(input, under, (&memory.sessions, before.topology), &was.sessions, &moved)?;
    let Again { graph, down, records, stands_on_under } = again;
    let (table, findings) = from_memory(input, under, (was.tables.first()?, memory), (&graph, down), &moved)?;
    let outcome = Outcome { tables: vec![table], sessions: records, findings };
    Some(BgpOutcome { outcome, stands_on_under, memory: None })
}

fn from_memory(
    input: Input<'_>,
    under: &Rib,
    (table, memory): (&Table, &Memory),
    (graph, down): (&Graph<'_>, Vec<EndId>),
    moved: &Moved,
) -> Option<(Table, Vec<crate::base::diag::Diagnostic>)> {
    let arena = input.arena;
    let engine = PolicyEngine::new(input.network, arena, input.rib);
    let hops = NextHops::again(input, under, Arc::clone(&memory.own), (Arc::clone(&memory.known), moved));
    let withheld = Set::default();
    let t = Transfer::new(input, under, graph, &engine, &hops, &withheld);
    let again = again(&t, memory, &moved.prefixes)?;
    let touched = Touched::new(memory, graph, moved, down);
    let plan = Plan::resumed(&t, &memory.plan, &touched.down, &touched.ends)?;
    let fates: Vec<Fate> = memory.groups.par_iter().map(|g| fate(&plan, memory, &touched, g, &memory.pool)).collect::<Option<_>>()?;
    let one = |scratch: &mut Scratch, (prefix, seed): &(IpNet, Seed)| {
        let target = Target { prefix: *prefix, id: arena.prefix(*prefix), family: Family::of_prefix(prefix) };
        (*prefix, solve(&t, target, seed, &Set::default(), scratch))
    };
    let work: Vec<(IpNet, Seed)> = memory.single.iter().chain(&again).cloned().collect();
    let single: std::collections::BTreeMap<IpNet, Solved> = work.par_iter().map_init(|| Scratch::new(&t), one).collect();
    if !hops.stands_on_under() || engine.asked_tables() {
        return None;
    }
    let mut columns: Vec<(PrefixId, Column)> = Vec::new();
    for fate in &fates {
        let Fate::Changed(parts, _) = fate else { continue };
        columns.extend(parts.iter().flat_map(|p| p.members.iter().map(|m| (m.1, p.column.clone()))));
    }
    columns.extend(single.values().map(|s| (s.target.id, installed(&t, s))));
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
    Some((table.with(columns), findings))
}

/// Prefixes whose start changed, with where they start now. `None`: too many, or too much hangs on them.
fn again(t: &Transfer<'_>, memory: &Memory, changed: &[(IpNet, PrefixId)]) -> Option<Vec<(IpNet, Seed)>> {
    let mut now = made_here(t, changed);
    let mut out = Vec::new();
    for (prefix, id) in changed {
        if memory.single.iter().any(|s| s.0 == *prefix) {
            return None;
        }
        let seed = now.remove(prefix);
        let group = memory.place.get(id).and_then(|&n| memory.groups.get(n as usize));
        if group.is_none() && seed.is_none() {
            continue;
        }
        if group.is_some_and(Group::is_joined) || out.len() >= MOST_SINGLE {
            return None;
        }
        let outside = group.map_or(Vec::new(), |g| g.class.seed.outside.clone());
        out.push((*prefix, Seed { outside, ..seed.unwrap_or_default() }));
    }
    Some(out)
}

/// `None`: it depends on tables that are not settled yet.
fn fate(plan: &Plan<'_, '_>, memory: &Memory, touched: &Touched, group: &Group, pool: &Pool) -> Option<Fate> {
    let changed = touched.of(memory, plan.t.graph, plan.t.input.arena, group);
    if changed.is_empty() {
        return Some(Fate::Same);
    }
    let plain = !group.wave.prefers && group.wave.remarks.restless.is_empty();
    if plain
        && let Some((changes, remarks)) = resume_class(plan, &group.class, &group.wave, &changed, pool)
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
