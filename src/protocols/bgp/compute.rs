//! Drives the prefixes: sessions, seeds, levels of aggregation, conditions, and what is said about the result.
//!
//! In: [`Input`]. Out: [`BgpOutcome`]. Law: within a level prefixes are independent and run in parallel; conditional advertisement is
//! settled by repeating the pass, bounded.

use std::collections::BTreeMap;
use std::sync::Arc;

use ipnet::IpNet;
use rayon::prelude::*;

use super::aggregate;
use super::alike::{self, Group};
use super::amend;
use super::classes::{Class, split};
use super::evpn;
use super::groups::{Kept, Plan};
use super::neighbors::{Established, sessions};
use super::nexthop::NextHops;
use super::preference::prefers;
use super::resume::{self, Memory};
use super::routes::{BgpColumn, BgpTable, installed, shown};
use super::said;
use super::seeds::{Seed, seeds};
use super::solve::{Scratch, Solved, seen_by, solve};
use super::speakers::{EndId, Graph, SpeakerId};
use super::transfer::{Keeps, Target, Transfer, Wire};
use super::vpn::{self, Vpn, lent_addresses};
use super::wave::{Pool, solve_class};
use super::{Before, BgpOutcome, Input};
use crate::base::Set;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::model::network::NodeId;
use crate::model::policy::{PolicyChain, Verdict};
use crate::model::route::Family;
use crate::protocols::Outcome;
use crate::protocols::policy::{PolicyContext, PolicyEngine};
use crate::rib::{PrefixId, Rib, Table};

/// Passes over conditional advertisement before it counts as unsettled.
const PASSES: usize = 8;

pub(super) fn compute(input: Input<'_>, under: &Rib, before: Option<Before<'_, BgpOutcome>>) -> BgpOutcome {
    if input.network.devices.iter().all(|d| d.bgp.is_empty()) {
        return BgpOutcome::default();
    }
    // What reads routes now, but did not before, finds more in them: then nothing that the base left can be started from.
    let keeps_the_same =
        |b: &Before<'_, BgpOutcome>| b.changed.is_none_or(|c| Keeps::of(Input { network: c.was, ..input }) == Keeps::of(input));
    let resumed = before.filter(keeps_the_same).and_then(|b| match b.changed {
        Some(changed) => {
            let amended = changed.change.only_policies().then(|| amend::amend(input, under, b, changed));
            // What is resumed holds nothing that what-ifs could start from.
            let resumable = !changed.lasting && !changed.change.bgp;
            amended.flatten().or_else(|| if resumable { resume::resume(input, under, b) } else { None })
        }
        None => resume::resume(input, under, b),
    });
    resumed.unwrap_or_else(|| {
        let mut out = anew(input, under, sessions(input, under), How::ByClass);
        out.outcome = out.outcome.onto(before.map(|b| &b.value.outcome));
        out
    })
}

pub(super) fn compute_how(input: Input<'_>, under: &Rib, how: How<'_>) -> BgpOutcome {
    anew(input, under, sessions(input, under), how)
}

fn anew(input: Input<'_>, under: &Rib, established: Established<'_>, how: How<'_>) -> BgpOutcome {
    let Established { graph, records, stands_on_under, matched } = established;
    let engine = PolicyEngine::new(input.network, input.arena, input.rib);
    let hops = NextHops::new(input, under);
    let field = Field { input, under, graph: &graph, engine: &engine, hops: &hops };
    let (table, findings, groups, left) = settle(field, how, |t, solved, mut findings| {
        let classes: Vec<_> =
            solved.groups.iter().map(|g| (g.class.target.prefix, g.class.members.len(), &g.wave.remarks)).collect();
        findings.extend(said::about(t, &solved.single, &classes));
        findings.extend(said::med_rules(&graph));
        findings.extend(evpn::unheard(t, &records));
        findings.extend(said::prefix_limits(&graph, &solved));
        findings.extend(engine.findings());
        let columns: Vec<_> = solved.single.par_iter().map(|(_, s)| (s.target.id, installed(t, s))).collect();
        let parts = solved.groups.iter().flat_map(|g| &g.parts).map(|p| (&p.members, &p.column));
        let lent: Vec<_> = solved.single.values().flat_map(|s| lent_addresses(t, s)).map(|(p, n, r)| (p, n, Some(r))).collect();
        let table = Table::from_parts(parts, columns);
        let table = if lent.is_empty() { table } else { table.with_routes(lent) };
        (table, findings, solved.groups, solved.left)
    });
    let outcome = Outcome { tables: vec![table], sessions: records.into(), findings };
    let stands_on_under = stands_on_under && hops.stands_on_under() && !engine.asked_tables() && !asks_for_default(&graph);
    let memory = left
        .filter(|_| stands_on_under && engine.findings().is_empty() && input.topology.overlay.groups().next().is_none())
        .and_then(|left| Memory::new(&graph, &hops, matched, groups, left));
    BgpOutcome { outcome, stands_on_under, memory }
}

/// All candidate paths of the wanted nodes.
pub(super) fn paths(input: Input<'_>, under: &Rib, asked: Asked<'_>) -> BgpTable {
    let Established { graph, .. } = sessions(input, under);
    let engine = PolicyEngine::new(input.network, input.arena, input.rib);
    let hops = NextHops::new(input, under);
    settle(Field { input, under, graph: &graph, engine: &engine, hops: &hops }, How::Shown(asked), |_, solved, _| {
        let mut paths = BgpTable::new(&graph);
        let single = solved.single.par_iter().filter(|(p, _)| (asked.prefix)(p));
        let columns: Vec<_> = single.map(|(_, s)| (vec![s.target.id], shown(&graph, s, asked.node))).collect();
        for (members, candidates) in columns.into_iter().chain(solved.shown) {
            paths.insert(&members, candidates);
        }
        paths
    })
}

/// What of the candidate paths is asked for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Whether those of a table are.
    pub node: &'a (dyn Fn(NodeId) -> bool + Sync),
    /// Whether those to a destination are.
    pub prefix: &'a (dyn Fn(&IpNet) -> bool + Sync),
    /// Each prefix is solved by itself: the slow reference, for tests.
    pub one_by_one: bool,
}

impl Asked<'_> {
    /// All of them.
    pub const ALL: Self = Self { node: &|_| true, prefix: &|_| true, one_by_one: false };
}

/// Whether prefixes that are treated alike are solved once.
#[derive(Clone, Copy)]
pub(super) enum How<'a> {
    ByClass,
    /// One of each class, with all candidate paths; where more is needed, one by one.
    Shown(Asked<'a>),
    OneByOne,
    /// Only these, one by one; where there are aggregates, all: they look at other prefixes.
    Sample(&'a Set<IpNet>),
}

/// What a pass gives.
pub(super) struct Solution {
    /// Prefixes solved one by one.
    pub single: BTreeMap<IpNet, Solved>,
    pub groups: Vec<Group>,
    /// The candidate paths of the prefixes of classes.
    pub shown: Vec<(Vec<PrefixId>, BgpColumn)>,
    /// How many prefixes of classes ends with a limit have heard.
    pub heard: Vec<(EndId, Family, u32)>,
    /// What what-ifs can start from.
    pub left: Option<Left>,
}

/// What a pass leaves for what-ifs beside its groups.
pub(super) struct Left {
    pub plan: Arc<Kept>,
    /// By family, whether classes could be joined at all.
    pub fits: [bool; 2],
    /// See [`prefers`].
    pub prefers: [bool; 2],
    /// What was solved one by one.
    pub single: Vec<(IpNet, Seed)>,
    /// Ends whose import policies are other ones since it was found out what they make of what comes from outside.
    pub renewed: Set<EndId>,
}

/// What all passes have in common.
#[derive(Clone, Copy)]
struct Field<'a> {
    input: Input<'a>,
    under: &'a Rib,
    graph: &'a Graph<'a>,
    engine: &'a PolicyEngine<'a>,
    hops: &'a NextHops<'a>,
}

/// Repeats the pass until conditional advertisement is settled, and hands the last one's result on.
fn settle<T>(field: Field<'_>, how: How<'_>, finish: impl FnOnce(&Transfer<'_>, Solution, Vec<Diagnostic>) -> T) -> T {
    let Field { input, under, graph, engine, hops } = field;
    let mut findings = Vec::new();
    let conditional = conditional_ends(graph);
    // Before anything is known no route exists: what waits for one is held back.
    let mut withheld: Set<_> = conditional.iter().filter(|(e, f)| waits_for_route(graph, *e, *f)).copied().collect();
    let mut pass = 1;
    loop {
        let t = Transfer::new(input, under, graph, engine, hops, &withheld);
        // A condition looks at whole tables.
        let how = if conditional.is_empty() { how } else { How::OneByOne };
        let solved = all_prefixes(&t, how);
        let next = now_withheld(&t, &conditional, &solved.single);
        if next != withheld && pass < PASSES {
            withheld = next;
            pass += 1;
            continue;
        }
        if next != withheld {
            let mut flapping: Vec<_> = conditional.iter().filter(|c| next.contains(*c) != withheld.contains(*c)).collect();
            flapping.sort_unstable_by_key(|c| c.0);
            findings.extend(flapping.into_iter().map(|&(e, _)| unsettled_condition(graph, e)));
        }
        return finish(&t, solved, findings);
    }
}

/// Solves all prefixes, level by level.
fn all_prefixes(t: &Transfer<'_>, how: How<'_>) -> Solution {
    let mut seeds = seeds(t);
    let levels = aggregate::levels(t);
    if let How::Sample(wanted) = how
        && levels.is_empty()
    {
        seeds.retain(|(prefix, _)| wanted.contains(prefix));
    }
    let holds = |s: &super::speakers::Speaker<'_>| {
        s.bgp.families.iter().flat_map(|f| &f.aggregates).any(|a| a.summary_only || a.suppress.is_some())
    };
    let holding: Set<SpeakerId> = t.graph.speakers.iter_ids().filter(|(_, s)| holds(s)).map(|(id, _)| id).collect();
    let mut aggregated: BTreeMap<IpNet, Seed> = levels.values().flatten().map(|p| (*p, Seed::default())).collect();
    if !aggregated.is_empty() {
        let own: Vec<(IpNet, Seed)> = seeds.extract_if(.., |(p, _)| aggregated.contains_key(p)).collect();
        aggregated.extend(own);
    }
    let vpn = Vpn::new(t.graph, t.input);
    if let Some(vpn) = &vpn {
        let mut all: BTreeMap<IpNet, Seed> = vpn.prefixes(t).into_iter().map(|p| (p, Seed::default())).collect();
        all.extend(seeds);
        seeds = all.into_iter().collect();
    }
    if let How::Shown(asked) = how {
        let counts = |p: &IpNet| (asked.prefix)(p) || levels.values().flatten().any(|aggregate| aggregate.contains(p));
        seeds.retain(|(prefix, _)| counts(prefix));
    }
    let run = |work: &[(IpNet, Seed)]| -> Vec<(IpNet, Solved)> {
        let one = |scratch: &mut Scratch, (prefix, seed): &(IpNet, Seed)| {
            let target = Target { prefix: *prefix, id: t.input.arena.prefix(*prefix), family: Family::of_prefix(prefix) };
            let solved = match &vpn {
                Some(vpn) => vpn::solve(t, vpn, target, seed, &holding, scratch),
                None => solve(t, target, seed, &holding, scratch),
            };
            (*prefix, solved)
        };
        work.par_iter().map_init(|| Scratch::new(t), one).collect()
    };
    // Routes between VRFs join prefixes of many tables: one by one.
    let together = matches!(how, How::ByClass | How::Shown(Asked { one_by_one: false, .. })) && vpn.is_none();
    let mut plan = if together { Plan::new(t) } else { None };
    let lasting = levels.is_empty() && holding.is_empty() && !asks_for_default(t.graph);
    if let Some(plan) = &mut plan {
        plan.remembers = lasting && !plan.sees_place && plan.families.iter().all(|f| !f.counts) || matches!(how, How::Shown(_));
    }
    let (classes, mut work) = match &plan {
        Some(plan) => split(plan, seeds),
        None => (Vec::new(), seeds),
    };
    let apart = |class: &Class| class.members.iter().map(|(p, _)| (*p, class.seed.clone())).collect::<Vec<_>>();
    let (mut groups, mut shown) = (Vec::new(), Vec::new());
    if let How::Shown(asked) = how {
        let found = plan.as_ref().map_or(Vec::new(), |plan| shown_by_class(plan, &classes, (&holding, asked)));
        for (class, column) in classes.iter().zip(found) {
            match column {
                Some(column) => shown.push((class.members.iter().map(|m| m.1).collect(), column)),
                None => work.extend(apart(class)),
            }
        }
    } else if let Some(plan) = &mut plan {
        groups = by_class(plan, classes);
    }
    for Group { class, .. } in groups.extract_if(.., |g| g.wave.entangled) {
        work.extend(apart(&class));
    }
    let single = work.clone();
    let mut solved: BTreeMap<IpNet, Solved> = run(&work).into_iter().collect();
    for level in levels.values() {
        let mut work = Vec::new();
        for prefix in level {
            let Some(mut seed) = aggregated.remove(prefix) else { continue };
            let target = Target { prefix: *prefix, id: t.input.arena.prefix(*prefix), family: Family::of_prefix(prefix) };
            seed.local.extend(aggregate::aggregates(t, target, &solved));
            seed.local.sort_by_key(|(s, p)| (*s, p.class));
            work.push((*prefix, seed));
        }
        solved.extend(run(&work));
    }
    let heard = plan.as_ref().map_or(Vec::new(), Plan::heard);
    let left = plan.filter(|p| p.remembers && matches!(how, How::ByClass)).map(|p| Left {
        fits: alike::all_fit(&p),
        prefers: prefers(t.graph),
        plan: Arc::new(p.kept()),
        single,
        renewed: Set::default(),
    });
    Solution { single: solved, groups, shown, heard, left }
}

/// The candidate paths to each class's first prefix, which are those to all. `None`: some way to a next hop leads over the class itself.
fn shown_by_class(
    plan: &Plan<'_, '_>,
    classes: &[Arc<Class>],
    (holding, asked): (&Set<SpeakerId>, Asked<'_>),
) -> Vec<Option<BgpColumn>> {
    let (t, pool) = (plan.t, Pool::new());
    let speakers: Vec<SpeakerId> = t.graph.speakers.ids().filter(|s| (asked.node)(t.graph.speakers[*s].node)).collect();
    let one = |scratch: &mut Scratch, class: &Arc<Class>| {
        let wave = solve_class(plan, class, &pool);
        if wave.entangled {
            return None;
        }
        // Where routers do not come to rest there is more to say than what they send.
        let rests = wave.remarks.restless.is_empty() && wave.remarks.undecided.is_empty();
        let solved = if rests {
            seen_by(t, (class.target, &class.seed), &speakers, |s| wave.path_of(plan, s), (holding, scratch))
        } else {
            solve(t, class.target, &class.seed, holding, scratch)
        };
        Some(shown(t.graph, &solved, asked.node))
    };
    classes.par_iter().map_init(|| Scratch::new(t), one).collect()
}

/// Solves classes in parallel, those that are alike inside together.
fn by_class(plan: &mut Plan<'_, '_>, classes: Vec<Arc<Class>>) -> Vec<Group> {
    let pool = Pool::new();
    let joined = alike::join(plan, classes, &pool);
    // What will not be kept need not be written down.
    plan.remembers &= resume::worth_keeping(plan.t.graph, joined.len(), 0);
    let plan = &*plan;
    joined.into_par_iter().flat_map_iter(|joined| joined.solve(plan, &pool)).collect()
}

/// Whether some `default-originate` has a condition on tables.
fn asks_for_default(graph: &Graph<'_>) -> bool {
    let asks = |e: EndId, f| {
        let d = graph.family(e, f).and_then(|nf| nf.default_originate.as_ref());
        d.is_some_and(|d| d.only_if_present || d.policy.is_some())
    };
    graph.ends.ids().any(|e| asks(e, Family::V4) || asks(e, Family::V6))
}

fn conditional_ends(graph: &Graph<'_>) -> Vec<(EndId, Family)> {
    let has = |e: &(EndId, Family)| graph.family(e.0, e.1).is_some_and(|nf| nf.advertise_map.is_some());
    graph.ends.ids().flat_map(|e| [(e, Family::V4), (e, Family::V6)]).filter(has).collect()
}

fn waits_for_route(graph: &Graph<'_>, e: EndId, f: Family) -> bool {
    graph.family(e, f).and_then(|nf| nf.advertise_map.as_ref()).is_some_and(|m| m.when_exists)
}

/// The conditional routes that are held back given a result.
fn now_withheld(t: &Transfer<'_>, conditional: &[(EndId, Family)], solved: &BTreeMap<IpNet, Solved>) -> Set<(EndId, Family)> {
    let held = |&(e, f): &(EndId, Family)| {
        let map = t.graph.family(e, f).and_then(|nf| nf.advertise_map.as_ref());
        map.is_some_and(|m| in_table(t, t.graph.ends[e].speaker, f, &m.condition, solved) != m.when_exists)
    };
    conditional.iter().filter(|c| held(c)).copied().collect()
}

/// Whether a speaker's BGP table holds a route that a policy takes.
fn in_table(t: &Transfer<'_>, s: SpeakerId, f: Family, chain: &PolicyChain, solved: &BTreeMap<IpNet, Solved>) -> bool {
    let speaker = &t.graph.speakers[s];
    solved.values().filter(|x| x.target.family == f).any(|x| {
        let Some(best) = x.best(s) else { return false };
        let wire = Wire::new(t.input.arena.attrs.get(best.attrs).clone());
        let mut route = t.policy_route(speaker, &wire, (best.class, Some(best)), x.target);
        t.engine.run(speaker.device, chain, &mut route, &PolicyContext::default()) == Verdict::Accept
    })
}

fn unsettled_condition(graph: &Graph<'_>, e: EndId) -> Diagnostic {
    let neighbor = graph.neighbor(e);
    let device = graph.speakers[graph.ends[e].speaker].of;
    let text =
        format!("conditional advertisement to {} does not settle: its routes decide their own condition", graph.ends[e].peer);
    Diagnostic::new(Code("C-bgp-condition"), Severity::Warning, text).at(neighbor.origin).on(device.name.to_string())
}
