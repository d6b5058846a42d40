//! The decision process: which path is best, at which step each other one lost, and which share the load.
//!
//! In: paths of one speaker to one prefix. Out: [`Decision`]. Law: elimination step by step in the platform's order (RFC 4271 §9.1.2.2); MED
//! compares only paths from the same neighbouring AS unless the config says otherwise. Grouping by AS first (`deterministic-med`) gives the
//! same result, because the steps before MED are the same in and between groups. Where the OS compares pairwise in order
//! of arrival instead, both orders are tried, and a different result is noted as order-dependent.
//! Tests: `tests/decide.rs`.

use std::cmp::Ordering;
use std::net::{IpAddr, Ipv4Addr};

use super::path::{Class, Path, UNREACHABLE};
use super::reasons::Lost;
use super::speakers::{Graph, LINK_LOCAL, Speaker};
use crate::model::bgp::{BestPath, BgpFamily};
use crate::model::platform::BestPathStep as Step;
use crate::rib::{Arena, AsPathId};

/// What the steps compare, one a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub weight: u32,
    pub distance: u32,
    pub local_pref: u32,
    /// 0 made here, 1 learned.
    pub learned: u8,
    pub as_length: u32,
    pub as_path: AsPathId,
    pub origin: u8,
    pub med: u32,
    pub first_as: Option<u32>,
    /// 0 external or made here, 1 internal or of the confederation.
    pub internal: u8,
    /// Learned from another member of the confederation.
    pub confed: bool,
    pub metric: u32,
    pub clusters: u32,
    pub router_id: Ipv4Addr,
    pub address: IpAddr,
    pub path_id: u32,
    pub next_hop: Option<IpAddr>,
    /// Learned over an external session, so that age counts.
    pub external: bool,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Decision {
    /// The best path.
    pub best: Option<usize>,
    /// Why each path lost; `None` for the best.
    pub lost: Vec<Option<Lost>>,
    /// The paths that share the load, the best among them; empty if it goes alone.
    pub multipath: Vec<usize>,
    /// The device would have kept the older of several external paths.
    pub by_age: bool,
    /// The result depends on the order in which paths came in (MED without `deterministic-med`).
    pub by_order: bool,
}

/// Gathers the facts of a path.
pub(super) fn facts(arena: &Arena, graph: &Graph<'_>, speaker: &Speaker<'_>, path: &Path, distance: u32) -> Facts {
    let a = arena.attrs.get(path.attrs);
    let as_path = arena.as_paths.get(a.as_path);
    let best: &BestPath = &speaker.bgp.best_path;
    let end = path.from.map(|e| &graph.ends[e]);
    let own = path.class.is_local() && !(path.lent.is_some() && speaker.of.platform.vpn.lent_is_own);
    let peer_id = end.map_or(speaker.router_id.unwrap_or(Ipv4Addr::UNSPECIFIED), |e| e.peer_router_id);
    Facts {
        weight: a.weight,
        distance,
        local_pref: a.local_pref,
        learned: u8::from(!own),
        as_length: as_path.hops(best.count_confederation),
        as_path: a.as_path,
        origin: a.origin as u8,
        med: a.med.unwrap_or(if best.missing_med_worst { u32::MAX } else { 0 }),
        first_as: as_path.first_as(),
        internal: u8::from(matches!(path.class, Class::Internal | Class::Client | Class::Confed)),
        confed: path.class == Class::Confed,
        metric: path.metric,
        clusters: a.clusters.len() as u32,
        router_id: a.originator.unwrap_or(peer_id),
        address: end.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |e| e.peer),
        path_id: path.path_id,
        next_hop: if a.next_hop == Some(LINK_LOCAL) { None } else { a.next_hop },
        external: path.class == Class::External,
    }
}

/// Decides among paths.
pub(super) fn decide(steps: &[Step], rules: &BestPath, all: &[Facts]) -> Decision {
    let mut out = Decision { lost: vec![None; all.len()], ..Decision::default() };
    let mut alive: Vec<usize> = Vec::with_capacity(all.len());
    for (n, f) in all.iter().enumerate() {
        if f.metric == UNREACHABLE {
            out.lost[n] = Some(Lost::NextHopUnreachable);
        } else {
            alive.push(n);
        }
    }
    let mut med_counted = false;
    for &step in steps {
        if alive.len() < 2 {
            break;
        }
        if step == Step::Oldest {
            let aged = alive.iter().all(|&n| all[n].external) && !rules.compare_router_id;
            out.by_age |= aged;
            continue;
        }
        let before = alive.len();
        // MED is a partial order: between different neighbouring ASes nothing beats nothing.
        let partial = step == Step::Med && !rules.always_compare_med && alive.iter().any(|&n| all[n].med != all[alive[0]].med);
        if partial {
            let beaten = |n: usize| alive.iter().any(|&m| compare(step, rules, &all[m], &all[n]) == Ordering::Less);
            let gone: Vec<usize> = alive.iter().copied().filter(|&n| beaten(n)).collect();
            gone.iter().for_each(|&n| out.lost[n] = Some(Lost::Step(step)));
            alive.retain(|n| !gone.contains(n));
        } else if let Some(top) = alive.iter().copied().reduce(|x, n| better(step, rules, all, x, n)) {
            alive.retain(|&n| {
                let keep = compare(step, rules, &all[n], &all[top]) != Ordering::Greater;
                if !keep {
                    out.lost[n] = Some(Lost::Step(step));
                }
                keep
            });
        }
        med_counted |= step == Step::Med && alive.len() < before;
    }
    // Nothing tells the rest apart: the first stands (ends are in a fixed order).
    for &n in alive.iter().skip(1) {
        out.lost[n] = Some(Lost::Step(Step::PathId));
    }
    out.best = alive.first().copied();
    if med_counted && !rules.deterministic_med && !rules.always_compare_med {
        let usable: Vec<usize> = (0..all.len()).filter(|&n| all[n].metric != UNREACHABLE).collect();
        let forward = sequential(steps, rules, all, usable.iter().copied());
        let backward = sequential(steps, rules, all, usable.iter().rev().copied());
        out.by_order = forward != out.best || backward != out.best;
    }
    out
}

fn better(step: Step, rules: &BestPath, all: &[Facts], x: usize, n: usize) -> usize {
    if compare(step, rules, &all[n], &all[x]) == Ordering::Less { n } else { x }
}

/// `Less`: `a` is better at this step.
pub(super) fn compare(step: Step, rules: &BestPath, a: &Facts, b: &Facts) -> Ordering {
    match step {
        Step::Weight => b.weight.cmp(&a.weight),
        Step::Preference => a.distance.cmp(&b.distance),
        Step::LocalPref => b.local_pref.cmp(&a.local_pref),
        Step::LocalOrigin => a.learned.cmp(&b.learned),
        // No AIGP attribute is modelled, so all paths are alike here.
        Step::Aigp | Step::Oldest => Ordering::Equal,
        Step::AsPathLength if rules.ignore_as_path => Ordering::Equal,
        Step::AsPathLength => a.as_length.cmp(&b.as_length),
        Step::Origin => a.origin.cmp(&b.origin),
        Step::Med if rules.always_compare_med || a.first_as == b.first_as => a.med.cmp(&b.med),
        Step::Med => Ordering::Equal,
        Step::ExternalOverInternal => a.internal.cmp(&b.internal),
        Step::IgpMetric if rules.ignore_igp_metric => Ordering::Equal,
        Step::IgpMetric => a.metric.cmp(&b.metric),
        Step::ConfedOverInternal => (a.internal == 1 && !a.confed).cmp(&(b.internal == 1 && !b.confed)),
        Step::ClusterListLength if rules.ignore_cluster_length => Ordering::Equal,
        Step::ClusterListLength => a.clusters.cmp(&b.clusters),
        Step::RouterId => a.router_id.cmp(&b.router_id),
        Step::NeighborAddress => a.address.cmp(&b.address),
        Step::PathId => a.path_id.cmp(&b.path_id),
    }
}

/// Pairwise comparison in order of arrival: each newcomer against the best so far.
fn sequential(steps: &[Step], rules: &BestPath, all: &[Facts], order: impl Iterator<Item = usize>) -> Option<usize> {
    order.reduce(|best, n| {
        let how = steps.iter().map(|&s| compare(s, rules, &all[n], &all[best])).find(|o| *o != Ordering::Equal);
        if how == Some(Ordering::Less) { n } else { best }
    })
}

/// Steps that only pick one of several equally good paths: what lost there may share the load.
fn tie_break(lost: Option<Lost>) -> bool {
    use Step as S;
    let ties = [S::Oldest, S::RouterId, S::ClusterListLength, S::NeighborAddress, S::PathId];
    matches!(lost, Some(Lost::Step(s)) if ties.contains(&s))
}

/// Adds the paths that share the load with the best.
pub(super) fn multipath(speaker: &Speaker<'_>, family: &BgpFamily, all: &[Facts], paths: &[Path], decision: &mut Decision) {
    let Some(best) = decision.best else { return };
    let (platform, rules) = (&speaker.of.platform, &speaker.bgp.best_path);
    let b = &all[best];
    if paths[best].class.is_local() {
        return;
    }
    let is_internal = |n: usize| matches!(paths[n].class, Class::Internal | Class::Client);
    let own_kind = if is_internal(best) { family.max_paths_ibgp } else { family.max_paths_ebgp };
    // What comes from other tables may have a limit of its own; 0: none.
    let of_table = paths[best].lent.filter(|_| platform.vpn.lent_share_as_table).and_then(|_| speaker.of.vrfs.get(speaker.vrf));
    let most = of_table.map(|v| if v.max_paths == 0 { u32::MAX } else { v.max_paths });
    let limit = most.or(family.max_paths_eibgp).unwrap_or(own_kind).min(platform.max_ecmp) as usize;
    if limit < 2 {
        return;
    }
    let same_kind = |n: usize| {
        let mixed =
            family.max_paths_eibgp.is_some() || (rules.peer_type_multipath_relax && !is_internal(best) && !is_internal(n));
        mixed
            || (is_internal(n) == is_internal(best) && (paths[n].class == Class::Confed) == (paths[best].class == Class::Confed))
    };
    let eibgp_tie = |n: usize| {
        family.max_paths_eibgp.is_some()
            && matches!(decision.lost[n], Some(Lost::Step(Step::ExternalOverInternal | Step::IgpMetric)))
    };
    let fits = |n: &usize| {
        let f = &all[*n];
        (tie_break(decision.lost[*n]) || eibgp_tie(*n))
            && same_kind(*n)
            && (rules.multipath_relax || !platform.multipath_same_as_path || f.as_path == b.as_path)
            && (rules.multipath_relax || !platform.multipath_same_neighbor_as || f.first_as == b.first_as)
    };
    let mut others: Vec<usize> = (0..all.len()).filter(fits).collect();
    let after = [Step::RouterId, Step::ClusterListLength, Step::NeighborAddress, Step::PathId];
    others.sort_by(|&x, &y| {
        let by_steps = after.iter().map(|&s| compare(s, rules, &all[x], &all[y])).find(|o| *o != Ordering::Equal);
        by_steps.unwrap_or(Ordering::Equal).then(x.cmp(&y))
    });
    let mut set = vec![best];
    for n in others {
        // Two paths with one next hop are one way out.
        let fresh = |&m: &usize| all[n].next_hop.is_none() || all[m].next_hop != all[n].next_hop;
        if set.len() < limit && set.iter().all(fresh) {
            set.push(n);
        }
    }
    if set.len() > 1 {
        decision.multipath = set;
    }
}
