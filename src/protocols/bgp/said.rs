//! What is said about solved prefixes: no convergence, results that depend on the order of messages, too many prefixes.
//!
//! In: a pass's [`Solution`]. Out: findings. Law: one finding for all prefixes it is true of; it names the first and counts the others.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::compute::Solution;
use super::solve::Solved;
use super::speakers::{EndId, Graph, Kind, Speaker, SpeakerId};
use super::transfer::Transfer;
use super::wave::Remarks;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::model::route::Family;

/// The prefixes a finding is about.
#[derive(Debug, Clone, Copy)]
struct Tally {
    first: IpNet,
    count: usize,
}

impl Tally {
    fn text(&self) -> String {
        match self.count {
            1 => self.first.to_string(),
            n => format!("{} and {} more", self.first, n - 1),
        }
    }
}

type Tallies<K> = BTreeMap<K, Tally>;

fn add<K: Ord>(to: &mut Tallies<K>, key: K, first: IpNet, count: usize) {
    let tally = to.entry(key).or_insert(Tally { first, count: 0 });
    tally.first = tally.first.min(first);
    tally.count += count;
}

/// Prefixes that do not converge, and results that depend on the order of messages.
pub(super) fn about(t: &Transfer<'_>, single: &BTreeMap<IpNet, Solved>, classes: &[(IpNet, usize, &Remarks)]) -> Vec<Diagnostic> {
    let mut cycles: Tallies<&[SpeakerId]> = BTreeMap::new();
    let mut undecided: Tallies<&[SpeakerId]> = BTreeMap::new();
    let mut aged: Tallies<SpeakerId> = BTreeMap::new();
    let mut ordered: Tallies<SpeakerId> = BTreeMap::new();
    let mut first_come: Tallies<SpeakerId> = BTreeMap::new();
    for (prefix, x) in single {
        if !x.restless.is_empty() {
            add(&mut cycles, &x.restless, *prefix, 1);
        }
        if !x.undecided.is_empty() {
            add(&mut undecided, &x.undecided, *prefix, 1);
        }
        x.first_come.iter().for_each(|s| add(&mut first_come, *s, *prefix, 1));
        for row in &x.rows {
            // Where all of them are used it makes no difference which is the best.
            if row.decision.by_age && row.decision.multipath.is_empty() {
                add(&mut aged, row.speaker, *prefix, 1);
            }
            if row.decision.by_order {
                add(&mut ordered, row.speaker, *prefix, 1);
            }
        }
    }
    for (first, count, x) in classes {
        let (first, count) = (*first, *count);
        if !x.restless.is_empty() {
            add(&mut cycles, &x.restless, first, count);
        }
        if !x.undecided.is_empty() {
            add(&mut undecided, &x.undecided, first, count);
        }
        x.aged.iter().for_each(|s| add(&mut aged, *s, first, count));
        x.ordered.iter().for_each(|s| add(&mut ordered, *s, first, count));
    }
    let mut out = Vec::new();
    let name = |s: &SpeakerId| t.input.network.node_name(t.graph.speakers[*s].node);
    for (speakers, prefixes) in cycles {
        let names: Vec<String> = speakers.iter().map(name).collect();
        let text = format!("BGP does not converge for {}: {} keep changing their best path", prefixes.text(), names.join(", "));
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
            prefixes.text(),
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
            format!("the best path to {} depends on the order in which paths arrive (MED is compared pairwise)", prefixes.text());
        let d = Diagnostic::new(Code("C-bgp-med-order"), Severity::Warning, text);
        out.push(at(s, d).help("`bgp deterministic-med` makes the choice independent of order"));
    }
    for (s, prefixes) in &first_come {
        let text = format!(
            "{} is redistributed into BGP and also heard with a better distance: the one that came first keeps the other out",
            prefixes.text()
        );
        out.push(at(s, Diagnostic::new(Code("C-bgp-redistribution-order"), Severity::Warning, text)));
    }
    for (s, prefixes) in &aged {
        let text = format!("the best path to {} is the oldest of equals; the twin takes the lowest router id", prefixes.text());
        out.push(at(s, Diagnostic::new(Code("C-bgp-oldest"), Severity::Info, text)));
    }
    out
}

/// Routers of one AS that compare MEDs by different rules: which of two exits all take may then hang on which was there first (live FRR 8.4:
/// after a failure the routers stay with an exit that they would not take from the start).
pub(super) fn med_rules(graph: &Graph<'_>) -> Vec<Diagnostic> {
    let mut by_as: BTreeMap<u32, [Vec<SpeakerId>; 2]> = BTreeMap::new();
    for (s, speaker) in graph.speakers.iter_ids() {
        if graph.ends_of(s).any(|e| graph.ends[e].kind == Kind::Internal) {
            let always = speaker.bgp.best_path.always_compare_med;
            by_as.entry(speaker.bgp.asn).or_default()[usize::from(always)].push(s);
        }
    }
    let say = |(asn, [by_as, always]): (u32, [Vec<SpeakerId>; 2])| {
        let (few, many) = if always.len() <= by_as.len() { (always, by_as) } else { (by_as, always) };
        let (one, other) = (&graph.speakers[*few.first()?], &graph.speakers[*many.first()?]);
        let does = |s: &Speaker<'_>| if s.bgp.best_path.always_compare_med { "compares" } else { "does not compare" };
        let text = format!(
            "{} {} MEDs of different neighbour ASes, {} {}: which paths AS {asn} takes may depend on the order of messages",
            one.of.name,
            does(one),
            other.of.name,
            does(other)
        );
        let d = Diagnostic::new(Code("C-bgp-med-rules"), Severity::Warning, text).at(one.bgp.origin).on(one.of.name.to_string());
        Some(
            d.also(other.bgp.origin, "this router goes by the other rule")
                .help("set `always-compare-med` on all routers of an AS or on none"),
        )
    };
    by_as.into_iter().filter_map(say).collect()
}

/// Neighbours that send more prefixes than they may.
pub(super) fn prefix_limits(graph: &Graph<'_>, solution: &Solution) -> Vec<Diagnostic> {
    let limited = |e: EndId, f: Family| graph.family(e, f).and_then(|nf| nf.max_prefixes);
    let mut counts: BTreeMap<(EndId, Family), u32> = BTreeMap::new();
    for x in solution.single.values() {
        for from in x.rows.iter().flat_map(|r| r.paths.iter()).filter_map(|p| p.from) {
            if limited(from, x.target.family).is_some() {
                *counts.entry((from, x.target.family)).or_default() += 1;
            }
        }
    }
    for (e, f, n) in &solution.heard {
        *counts.entry((*e, *f)).or_default() += n;
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
