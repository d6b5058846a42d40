//! Drives the prefixes: sessions, seeds, levels of aggregation, conditions, and what is said about the result.
//!
//! In: [`Input`]. Out: [`BgpOutcome`]. Law: within a level prefixes are independent and run in parallel; conditional advertisement is
//! settled by repeating the pass, bounded.

use std::collections::BTreeMap;

use ipnet::IpNet;
use rayon::prelude::*;

use super::aggregate;
use super::neighbors::{Established, sessions};
use super::nexthop::NextHops;
use super::routes::{BgpTable, installed, shown};
use super::seeds::{Seed, seeds};
use super::solve::{Scratch, Solved, solve};
use super::speakers::{EndId, Graph, SpeakerId};
use super::transfer::{Target, Transfer, Wire};
use super::{BgpOutcome, Input};
use crate::base::Set;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::model::network::NodeId;
use crate::model::policy::{PolicyChain, Verdict};
use crate::model::route::Family;
use crate::protocols::Outcome;
use crate::protocols::policy::{PolicyContext, PolicyEngine};
use crate::rib::{Rib, Table};

/// Passes over conditional advertisement before it counts as unsettled.
const PASSES: usize = 8;

pub(super) fn compute(input: Input<'_>, under: &Rib) -> BgpOutcome {
    if input.network.devices.iter().all(|d| d.bgp.is_empty()) {
        return BgpOutcome::default();
    }
    let Established { graph, records, stands_on_under } = sessions(input, under);
    let engine = PolicyEngine::new(input.network, input.arena, input.rib);
    let hops = NextHops::new(input, under);
    let (table, findings) =
        settle(Field { input, under, graph: &graph, engine: &engine, hops: &hops }, |t, solved, mut findings| {
            findings.extend(about(t, solved));
            findings.extend(prefix_limits(&graph, solved));
            findings.extend(engine.findings());
            let columns: Vec<_> = solved.par_iter().map(|(_, s)| (s.target.id, installed(t, s))).collect();
            (Table::from_columns(columns), findings)
        });
    let outcome = Outcome { tables: vec![table], sessions: records, findings };
    let stands_on_under = stands_on_under && hops.stands_on_under() && !engine.asked_tables() && !asks_for_default(&graph);
    BgpOutcome { outcome, stands_on_under }
}

/// All candidate paths of the wanted nodes.
pub(super) fn paths(input: Input<'_>, under: &Rib, wanted: &(dyn Fn(NodeId) -> bool + Sync)) -> BgpTable {
    let Established { graph, .. } = sessions(input, under);
    let engine = PolicyEngine::new(input.network, input.arena, input.rib);
    let hops = NextHops::new(input, under);
    settle(Field { input, under, graph: &graph, engine: &engine, hops: &hops }, |_, solved, _| {
        let mut paths = BgpTable::new(&graph);
        let columns: Vec<_> = solved.par_iter().map(|(_, s)| (s.target.id, shown(&graph, s, wanted))).collect();
        for (id, candidates) in columns {
            paths.insert(id, candidates);
        }
        paths
    })
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
fn settle<T>(field: Field<'_>, finish: impl FnOnce(&Transfer<'_>, &BTreeMap<IpNet, Solved>, Vec<Diagnostic>) -> T) -> T {
    let Field { input, under, graph, engine, hops } = field;
    let mut findings = Vec::new();
    let conditional = conditional_ends(graph);
    // Before anything is known no route exists: what waits for one is held back.
    let mut withheld: Set<_> = conditional.iter().filter(|(e, f)| waits_for_route(graph, *e, *f)).copied().collect();
    let mut pass = 1;
    loop {
        let t = Transfer::new(input, under, graph, engine, hops, &withheld);
        let solved = all_prefixes(&t);
        let next = now_withheld(&t, &conditional, &solved);
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
        return finish(&t, &solved, findings);
    }
}

/// Solves all prefixes, level by level.
fn all_prefixes(t: &Transfer<'_>) -> BTreeMap<IpNet, Solved> {
    let mut seeds = seeds(t);
    let levels = aggregate::levels(t);
    let holds = |s: &super::speakers::Speaker<'_>| {
        s.bgp.families.iter().flat_map(|f| &f.aggregates).any(|a| a.summary_only || a.suppress.is_some())
    };
    let holding: Set<SpeakerId> = t.graph.speakers.iter_ids().filter(|(_, s)| holds(s)).map(|(id, _)| id).collect();
    let mut aggregated: BTreeMap<IpNet, Seed> = BTreeMap::new();
    for prefix in levels.values().flatten() {
        aggregated.insert(*prefix, seeds.remove(prefix).unwrap_or_default());
    }
    let run = |work: &[(IpNet, Seed)]| -> Vec<(IpNet, Solved)> {
        let one = |scratch: &mut Scratch, (prefix, seed): &(IpNet, Seed)| {
            let target = Target { prefix: *prefix, id: t.input.arena.prefix(*prefix), family: Family::of_prefix(prefix) };
            (*prefix, solve(t, target, seed, &holding, scratch))
        };
        work.par_iter().map_init(|| Scratch::new(t), one).collect()
    };
    let work: Vec<_> = seeds.into_iter().collect();
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
    solved
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

/// Prefixes that do not converge, and results that depend on the order of messages.
fn about(t: &Transfer<'_>, solved: &BTreeMap<IpNet, Solved>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    // One finding for all prefixes with the same cycle.
    let mut cycles: BTreeMap<&[SpeakerId], Vec<IpNet>> = BTreeMap::new();
    let mut aged: BTreeMap<SpeakerId, Vec<IpNet>> = BTreeMap::new();
    let mut ordered: BTreeMap<SpeakerId, Vec<IpNet>> = BTreeMap::new();
    let mut undecided: BTreeMap<&[SpeakerId], Vec<IpNet>> = BTreeMap::new();
    let mut first_come: BTreeMap<SpeakerId, Vec<IpNet>> = BTreeMap::new();
    for (prefix, x) in solved {
        if !x.restless.is_empty() {
            cycles.entry(&x.restless).or_default().push(*prefix);
        }
        if !x.undecided.is_empty() {
            undecided.entry(&x.undecided).or_default().push(*prefix);
        }
        for s in &x.first_come {
            first_come.entry(*s).or_default().push(*prefix);
        }
        for row in &x.rows {
            // Where all of them are used it makes no difference which is the best.
            if row.decision.by_age && row.decision.multipath.is_empty() {
                aged.entry(row.speaker).or_default().push(*prefix);
            }
            if row.decision.by_order {
                ordered.entry(row.speaker).or_default().push(*prefix);
            }
        }
    }
    let name = |s: &SpeakerId| t.input.network.node_name(t.graph.speakers[*s].node);
    let some = |prefixes: &[IpNet]| match prefixes {
        [one] => one.to_string(),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
        [] => String::new(),
    };
    for (speakers, prefixes) in cycles {
        let names: Vec<String> = speakers.iter().map(name).collect();
        let text = format!("BGP does not converge for {}: {} keep changing their best path", some(&prefixes), names.join(", "));
        let mut d = Diagnostic::new(Code("C-bgp-oscillation"), Severity::Error, text);
        for s in speakers {
            d = d.also(t.graph.speakers[*s].bgp.origin, "this router keeps changing");
        }
        out.push(d.help("the routers prefer each other's paths in a circle; make preferences agree along the circle"));
    }
    for (speakers, prefixes) in undecided {
        let names: Vec<String> = speakers.iter().map(name).collect();
        let text = format!(
            "BGP can settle in two ways for {}: {} take another path if messages come in another order",
            some(&prefixes),
            names.join(", ")
        );
        let mut d = Diagnostic::new(Code("C-bgp-two-outcomes"), Severity::Warning, text);
        for s in speakers {
            d = d.also(t.graph.speakers[*s].bgp.origin, "this router's choice depends on who speaks first");
        }
        out.push(d.help("RFC 4264 (BGP wedgies): make local preferences agree, or mark the backup path with a community"));
    }
    let at = |s: &SpeakerId, d: Diagnostic| {
        let x = &t.graph.speakers[*s];
        d.at(x.bgp.origin).on(x.of.name.to_string())
    };
    for (s, prefixes) in &ordered {
        let text =
            format!("the best path to {} depends on the order in which paths arrive (MED is compared pairwise)", some(prefixes));
        let d = Diagnostic::new(Code("C-bgp-med-order"), Severity::Warning, text);
        out.push(at(s, d).help("`bgp deterministic-med` makes the choice independent of order"));
    }
    for (s, prefixes) in &first_come {
        let text = format!(
            "{} is redistributed into BGP and also heard with a better distance: the one that came first keeps the other out",
            some(prefixes)
        );
        out.push(at(s, Diagnostic::new(Code("C-bgp-redistribution-order"), Severity::Warning, text)));
    }
    for (s, prefixes) in &aged {
        let text = format!("the best path to {} is the oldest of equals; the twin takes the lowest router id", some(prefixes));
        out.push(at(s, Diagnostic::new(Code("C-bgp-oldest"), Severity::Info, text)));
    }
    out
}

/// Neighbours that send more prefixes than they may.
fn prefix_limits(graph: &Graph<'_>, solved: &BTreeMap<IpNet, Solved>) -> Vec<Diagnostic> {
    let limited = |e: EndId, f: Family| graph.family(e, f).and_then(|nf| nf.max_prefixes);
    let mut counts: BTreeMap<(EndId, Family), u32> = BTreeMap::new();
    for x in solved.values() {
        for from in x.rows.iter().flat_map(|r| r.paths.iter()).filter_map(|p| p.from) {
            if limited(from, x.target.family).is_some() {
                *counts.entry((from, x.target.family)).or_default() += 1;
            }
        }
    }
    let over = counts.into_iter().filter_map(|((e, f), n)| Some((e, f, n, limited(e, f).filter(|l| n > *l)?)));
    let say = |(e, f, n, limit): (EndId, Family, u32, u32)| {
        let text = format!("{} sends {n} prefixes, the limit is {limit}: the device would close the session", graph.ends[e].peer);
        let origin = graph.family(e, f).map_or(graph.neighbor(e).origin, |nf| nf.origin);
        let device = graph.speakers[graph.ends[e].speaker].of;
        Diagnostic::new(Code("C-bgp-max-prefix"), Severity::Warning, text).at(origin).on(device.name.to_string())
    };
    over.map(say).collect()
}
