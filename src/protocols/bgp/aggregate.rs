//! BGP aggregates: which contributors make one, with which attributes, and which routes it keeps from being sent.
//!
//! In: solved prefixes that are more specific. Out: local paths. Law: RFC 4271 §9.2.2.2; contributors come first.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::path::{Class, Path};
use super::reasons::Lost;
use super::seeds::{empty_path, local_attrs, originate, redistributed_origin};
use super::solve::Solved;
use super::speakers::{Speaker, SpeakerId};
use super::transfer::{Target, Transfer, Wire};
use crate::model::bgp::BgpAggregate;
use crate::model::platform::AggregateOrigin;
use crate::model::policy::{PolicyChain, Verdict};
use crate::model::route::BgpOrigin;
use crate::protocols::policy::{PolicyContext, source_of};
use crate::rib::{AsPath, BgpAttrs, Segment};

/// All prefixes that some speaker aggregates to, longest first: the order in which they can be solved.
pub(super) fn levels(t: &Transfer<'_>) -> BTreeMap<std::cmp::Reverse<u8>, Vec<IpNet>> {
    let mut out: BTreeMap<std::cmp::Reverse<u8>, Vec<IpNet>> = BTreeMap::new();
    for a in t.graph.speakers.iter().flat_map(|s| &s.bgp.families).flat_map(|f| &f.aggregates) {
        let level = out.entry(std::cmp::Reverse(a.prefix.prefix_len())).or_default();
        level.push(a.prefix.trunc());
    }
    for level in out.values_mut() {
        level.sort_unstable();
        level.dedup();
    }
    out
}

/// The aggregates to one prefix, given everything more specific.
pub(super) fn aggregates(t: &Transfer<'_>, target: Target, solved: &BTreeMap<IpNet, Solved>) -> Vec<(SpeakerId, Path)> {
    let mut out = Vec::new();
    for (s, speaker) in t.graph.speakers.iter_ids().filter(|(_, s)| s.bgp.enabled) {
        let all = speaker.bgp.families.iter().flat_map(|f| &f.aggregates);
        for a in all.filter(|a| a.prefix.trunc() == target.prefix) {
            if let Some(attrs) = aggregate(t, s, speaker, a, target, solved) {
                out.push((s, Path { attrs, metric: 0, from: None, class: Class::Aggregate, path_id: 0, lent: None }));
                break;
            }
        }
    }
    out
}

fn aggregate(
    t: &Transfer<'_>,
    s: SpeakerId,
    speaker: &Speaker<'_>,
    a: &BgpAggregate,
    target: Target,
    solved: &BTreeMap<IpNet, Solved>,
) -> Option<crate::rib::AttrsId> {
    let arena = t.input.arena;
    let below = solved.range(target.prefix..).take_while(|(p, _)| target.prefix.contains(*p) || **p == target.prefix);
    let platform = &speaker.of.platform;
    let others = if platform.bgp_aggregate_from_rib { from_table(t, speaker, a, target) } else { Vec::new() };
    let mut contributors: Vec<&BgpAttrs> = others.iter().collect();
    for (p, x) in below.filter(|(p, _)| **p != target.prefix) {
        let paths = if platform.bgp_aggregate_of_all_paths { usable(x, s) } else { x.best(s).into_iter().collect() };
        for path in paths {
            let attrs = arena.attrs.get(path.attrs);
            if let Some(chain) = &a.contributors {
                let inner = Target { prefix: *p, id: x.target.id, family: target.family };
                let mut route = t.policy_route(speaker, &Wire::new(attrs.clone()), (path.class, Some(path)), inner);
                if t.engine.run(speaker.device, chain, &mut route, &PolicyContext::default()) == Verdict::Reject {
                    continue;
                }
            }
            contributors.push(attrs);
        }
    }
    if contributors.is_empty() {
        return None;
    }
    let worst = contributors.iter().map(|c| c.origin).max().unwrap_or_default();
    let origin = match platform.bgp_aggregate_origin {
        AggregateOrigin::Igp => BgpOrigin::Igp,
        AggregateOrigin::WorstOfContributors => worst,
        AggregateOrigin::Incomplete => BgpOrigin::Incomplete,
    };
    let mut attrs = local_attrs(arena, speaker, origin);
    let paths: Vec<&AsPath> = contributors.iter().map(|c| arena.as_paths.get(c.as_path)).collect();
    if a.as_set {
        attrs.as_path = arena.as_paths.intern(merged_path(&paths));
    } else {
        attrs.atomic_aggregate = contributors.iter().any(|c| c.as_path != empty_path(arena));
    }
    if a.as_set && platform.aggregate_keeps_communities {
        attrs.communities =
            arena.community_set(contributors.iter().flat_map(|c| arena.communities.get(c.communities)).copied().collect());
    }
    attrs.aggregator = speaker.router_id.map(|id| (speaker.public_as(), id));
    originate(t, speaker, a.attributes.as_ref(), attrs, Class::Aggregate, target)
}

/// A speaker's paths with a next hop, its own aggregates aside.
fn usable(x: &Solved, s: SpeakerId) -> Vec<&Path> {
    let Some(row) = x.row(s) else { return Vec::new() };
    let counts =
        |(path, lost): &(&Path, &Option<Lost>)| path.class != Class::Aggregate && **lost != Some(Lost::NextHopUnreachable);
    row.paths.iter().zip(&row.decision.lost).filter(counts).map(|(path, _)| path).collect()
}

/// Routes of other protocols that make an aggregate, as if they were redistributed.
fn from_table(t: &Transfer<'_>, speaker: &Speaker<'_>, a: &BgpAggregate, target: Target) -> Vec<BgpAttrs> {
    let arena = t.input.arena;
    let below = t.under.within(&target.prefix).iter().filter(|(p, _)| *p != target.prefix);
    below
        .filter_map(|&(prefix, id)| {
            let route = arena.routes.get(t.under.table().get(id, speaker.node)?);
            let attrs = local_attrs(arena, speaker, redistributed_origin(speaker, source_of(route)));
            let inner = Target { prefix, id, family: target.family };
            let taken = a.contributors.as_ref().is_none_or(|chain| {
                let mut route = t.policy_route(speaker, &Wire::new(attrs.clone()), (Class::Redistributed, None), inner);
                t.engine.run(speaker.device, chain, &mut route, &PolicyContext::default()) == Verdict::Accept
            });
            taken.then_some(attrs)
        })
        .collect()
}

/// The common leading sequence, then the set of all other ASes (RFC 4271 §9.2.2.2).
pub(super) fn merged_path(paths: &[&AsPath]) -> AsPath {
    let Some((first, rest)) = paths.split_first() else { return AsPath::default() };
    if rest.iter().all(|p| p == first) {
        return (*first).clone();
    }
    let lead = |p: &AsPath| match p.segments.first() {
        Some(Segment::Sequence(v)) => v.clone(),
        _ => Vec::new(),
    };
    let mut common = lead(first);
    for p in rest {
        let other = lead(p);
        let same = common.iter().zip(&other).take_while(|(a, b)| a == b).count();
        common.truncate(same);
    }
    let mut set: Vec<u32> = paths.iter().flat_map(|p| p.asns().skip(common.len()).collect::<Vec<_>>()).collect();
    set.sort_unstable();
    set.dedup();
    let mut segments = Vec::new();
    if !common.is_empty() {
        segments.push(Segment::Sequence(common));
    }
    if !set.is_empty() {
        segments.push(Segment::Set(set));
    }
    AsPath { segments }
}

/// Whether an aggregate of the speaker keeps a route from being sent on a session.
pub(super) fn suppressed(t: &Transfer<'_>, from: super::speakers::EndId, path: &Path, target: Target) -> bool {
    let speaker = t.speaker(&t.graph.ends[from]);
    let freed = || t.graph.family(from, target.family)?.unsuppress.as_ref();
    suppresses(t, speaker, path, target) && !freed().is_some_and(|chain| takes(t, speaker, path, target, chain))
}

/// Whether an aggregate of the speaker suppresses a route.
pub(super) fn suppresses(t: &Transfer<'_>, speaker: &Speaker<'_>, path: &Path, target: Target) -> bool {
    let Some(family) = super::transfer::family(speaker, target.family) else { return false };
    let covers = |a: &&BgpAggregate| a.prefix.prefix_len() < target.prefix.prefix_len() && a.prefix.contains(&target.prefix);
    let takes = |chain: &PolicyChain| takes(t, speaker, path, target, chain);
    family.aggregates.iter().filter(covers).any(|a| a.summary_only || a.suppress.as_ref().is_some_and(takes))
}

fn takes(t: &Transfer<'_>, speaker: &Speaker<'_>, path: &Path, target: Target, chain: &PolicyChain) -> bool {
    let wire = Wire::new(t.input.arena.attrs.get(path.attrs).clone());
    let mut route = t.policy_route(speaker, &wire, (path.class, Some(path)), target);
    t.engine.run(speaker.device, chain, &mut route, &PolicyContext::default()) == Verdict::Accept
}
