//! OSPFv2 (RFC 2328, 3101, 3509, 6987) and OSPFv3 (RFC 5340).
//!
//! In: [`Input`]. Out: adjacencies and routes of all OSPF processes. Law: nothing is flooded: `neighbors` finds who is adjacent, `areas`
//! the shortest paths of every router in every area, `compute` what areas tell each other, `originate` and `external` what comes from
//! outside, `routes` what is offered to the main table, `again` and `kept` what a what-if need not work out again, `towards` what becomes of single
//! destinations. Start reading at
//! [`compute()`]. Tests: `tests/`.

mod again;
mod areas;
mod compute;
mod external;
mod kept;
mod neighbors;
mod originate;
mod reasons;
mod routes;
#[cfg(test)]
mod tests;
mod towards;

pub use towards::{LinkEnd, Scratch, Towards};

use again::KeptNeighbors;
use areas::{AreaGraph, Domain};
use compute::Inside;
use kept::{Kept, KeptDomain, Router};
use neighbors::{End, Link, Neighbors, Speaker};
use routes::Sources;

use super::paths::ByNode;
use super::policy::PolicyEngine;
use super::rows::{self, Places};
use super::session::Sessions;
use super::{Before, Input, Outcome};
use crate::base::Map;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::model::network::NodeId;
use crate::model::route::Family;
use crate::rib::{PrefixId, RouteId, Table};

/// Adjacencies and routes of all OSPF processes. One table a process "slot" (the n-th process of a VRF), so that two processes
/// of one VRF can both offer a prefix.
pub fn compute(input: Input<'_>) -> Outcome {
    compute_from(input, None).outcome
}

/// What OSPF gives back, and keeps for what-ifs.
#[derive(Debug, Default)]
pub struct OspfOutcome {
    /// Routes, adjacencies, findings.
    pub outcome: Outcome,
    kept: Kept,
}

/// The same as [`compute()`], working out only what may differ from the base run.
pub fn compute_from(input: Input<'_>, before: Option<Before<'_, OspfOutcome>>) -> OspfOutcome {
    let base = before.map(|b| b.value);
    let mut out = Outcome::default();
    let policies = PolicyEngine::new(input.network, input.arena, input.rib);
    let mut parts: Vec<Part<'_, '_>> = Vec::new();
    let Adjacent { all, sessions, kept } = adjacent(input, before);
    out.sessions = sessions;
    for (v3, family, mut found) in all {
        out.findings.append(&mut found.findings);
        // Where only links and routers fail, no domain grows.
        let stay = before.filter(|b| b.changed.is_none()).map(|b| b.value.kept.lasting(v3, family)).unwrap_or_default();
        let domains = domains(&found, &stay);
        duplicate_ids(input, &domains, &mut out.findings);
        for (routers, links) in domains {
            let past = base.and_then(|b| b.kept.find(v3, family, &routers));
            let domain = Domain::build(input, v3, routers, &links, &mut out.sessions, past);
            let inside = domain.inside();
            let sources = Sources::new(&domain, &inside, &policies);
            parts.push(Part { domain, inside, sources, past, family });
        }
    }
    let near = base.filter(|b| {
        let patched = |p: &Part<'_, '_>| p.past.is_some_and(|past| past.can_be_patched(&p.domain, &p.inside));
        b.kept.domains.len() == parts.len() && parts.iter().all(patched)
    });
    out.tables = match near {
        Some(base) => patched(input, &policies, &parts, &base.outcome.tables),
        None => anew(input, &policies, &mut parts),
    };
    let domains = parts.into_iter().map(|p| KeptDomain::new(p.domain, p.inside, &p.sources, p.family)).collect();
    out.findings.extend(policies.findings());
    OspfOutcome { outcome: out, kept: Kept { domains, neighbors: kept } }
}

/// All adjacencies, by version and family.
struct Adjacent<'a> {
    all: Vec<(bool, Family, Neighbors<'a>)>,
    sessions: Sessions,
    kept: Option<KeptNeighbors>,
}

fn adjacent<'a>(input: Input<'a>, before: Option<Before<'_, OspfOutcome>>) -> Adjacent<'a> {
    if let Some(before) = before.filter(|b| b.changed.is_none())
        && let Some(kept) = &before.value.kept.neighbors
    {
        let ports = before.topology.changed_to(input.topology);
        if let Some((found, sessions)) = kept.again(input, &ports, &before.value.outcome.sessions) {
            return Adjacent { all: vec![(kept.v3, kept.family, found)], sessions, kept: None };
        }
    }
    let mut all = Vec::new();
    let mut sessions = Vec::new();
    for (v3, family) in [(false, Family::V4), (true, Family::V4), (true, Family::V6)] {
        let mut found = neighbors::discover(input, v3, family);
        sessions.append(&mut found.sessions);
        if !found.speakers.is_empty() || !found.findings.is_empty() {
            all.push((v3, family, found));
        }
    }
    let kept = match all.as_mut_slice() {
        [(v3, family, found)] if before.is_none_or(|b| b.changed.is_some()) => {
            KeptNeighbors::new(*v3, *family, found, sessions.len())
        }
        _ => None,
    };
    Adjacent { all, sessions: sessions.into(), kept }
}

/// A domain with all its routes are made of.
struct Part<'a, 'b> {
    domain: Domain<'a>,
    inside: Inside,
    sources: Sources,
    past: Option<&'b KeptDomain>,
    family: Family,
}

fn anew(input: Input<'_>, policies: &PolicyEngine<'_>, parts: &mut [Part<'_, '_>]) -> Vec<Table> {
    let areas = |parts: &mut [Part<'_, '_>], then: fn(&mut AreaGraph)| {
        parts.iter_mut().flat_map(|p| &mut p.domain.areas).for_each(then);
    };
    areas(parts, |a| a.by_node = ByNode::new(&a.rows));
    let of_part = |Part { domain, inside, sources, .. }: &Part<'_, '_>| {
        routes::columns(domain, policies, inside, sources, &places(input, domain))
    };
    let tables = rows::tables(parts.iter().flat_map(of_part));
    areas(parts, |a| a.by_node = None);
    tables
}

fn places(input: Input<'_>, domain: &Domain<'_>) -> Places {
    Places::new(domain.routers.iter().map(|s| (slot_of(input, s), s.node)))
}

/// The base's tables with the routes that differ.
fn patched(input: Input<'_>, policies: &PolicyEngine<'_>, parts: &[Part<'_, '_>], base: &[Table]) -> Vec<Table> {
    let mut slots: Vec<Vec<(PrefixId, NodeId, Option<RouteId>)>> = vec![Vec::new(); base.len()];
    for Part { domain, inside, sources, past, .. } in parts {
        let Some(past) = past else { continue };
        let places = places(input, domain);
        for (prefix, entries) in kept::patches(domain, policies, inside, sources, past) {
            let id = input.arena.prefix(prefix);
            for (r, route) in entries {
                let (n, node) = places.of(r);
                if base.get(n).and_then(|t| t.get(id, node)) == route {
                    continue;
                }
                if slots.len() <= n {
                    slots.resize_with(n + 1, Vec::new);
                }
                slots[n].push((id, node, route));
            }
        }
    }
    let table = |(n, rows): (usize, Vec<_>)| base.get(n).cloned().unwrap_or_default().with_routes(rows);
    slots.into_iter().enumerate().map(table).collect()
}

/// Which process of its VRF and family a speaker is.
fn slot_of(input: Input<'_>, speaker: &Speaker<'_>) -> usize {
    let all = input.network.devices[speaker.device].ospf.iter().take(speaker.process as usize);
    all.filter(|o| o.vrf == speaker.config.vrf && o.family == speaker.config.family).count()
}

/// Routers that hear of each other, with their links.
type Routers<'a> = (Vec<Speaker<'a>>, Vec<Link>);

/// Splits the network into domains of routers that hear of each other (a router without neighbours is one by itself). `stay`: domains that count
/// as one still if none of their routers is another one.
fn domains<'a>(found: &Neighbors<'a>, stay: &[&[Router]]) -> Vec<Routers<'a>> {
    let count = found.speakers.len();
    let mut parent: Vec<u32> = (0..count as u32).collect();
    fn root(parent: &mut [u32], mut n: u32) -> u32 {
        while parent[n as usize] != n {
            parent[n as usize] = parent[parent[n as usize] as usize];
            n = parent[n as usize];
        }
        n
    }
    let mut join = |a: u32, b: u32| {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        // The lower number leads, so that domains come in the order of their first router.
        parent[a.max(b) as usize] = a.min(b);
    };
    for link in &found.links {
        match link {
            Link::Pair(a, b) => join(a.speaker, b.speaker),
            Link::Network(members) => members.windows(2).for_each(|w| join(w[0].speaker, w[1].speaker)),
        }
    }
    if !stay.is_empty() {
        let place: Map<Router, u32> = found.speakers.iter().map(Speaker::router).zip(0..).collect();
        for routers in stay {
            let Some(all) = routers.iter().map(|r| place.get(r).copied()).collect::<Option<Vec<u32>>>() else { continue };
            all.windows(2).for_each(|w| join(w[0], w[1]));
        }
    }
    let mut position = vec![0u32; count];
    let mut out: Vec<(Vec<Speaker<'a>>, Vec<Link>)> = Vec::new();
    let mut domain_of: Map<u32, usize> = Map::default();
    for s in 0..count as u32 {
        let r = root(&mut parent, s);
        let d = *domain_of.entry(r).or_insert_with(|| {
            out.push((Vec::new(), Vec::new()));
            out.len() - 1
        });
        position[s as usize] = out[d].0.len() as u32;
        out[d].0.push(found.speakers[s as usize]);
    }
    for link in &found.links {
        let first = match link {
            Link::Pair(a, _) => Some(a),
            Link::Network(members) => members.first(),
        };
        let Some(d) = first.and_then(|e| domain_of.get(&root(&mut parent, e.speaker))) else { continue };
        let here = |e: &End| End { speaker: position[e.speaker as usize], interface: e.interface };
        out[*d].1.push(match link {
            Link::Pair(a, b) => Link::Pair(here(a), here(b)),
            Link::Network(members) => Link::Network(members.iter().map(here).collect()),
        });
    }
    out
}

/// Two routers of one domain with one router id spoil each other's LSAs, adjacent or not.
fn duplicate_ids(input: Input<'_>, domains: &[Routers<'_>], findings: &mut Vec<Diagnostic>) {
    for (routers, _) in domains {
        let mut seen: Map<std::net::Ipv4Addr, &Speaker<'_>> = Map::default();
        for s in routers {
            if let Some(first) = seen.insert(s.id, s) {
                let (a, b) = (&input.network.devices[first.device].name, &input.network.devices[s.device].name);
                let text = format!(
                    "`{a}` and `{b}` both have OSPF router id {} in one domain: their LSAs replace each other, and the routes shown may not be there",
                    s.id
                );
                findings.push(
                    Diagnostic::new(Code("T-ospf-duplicate-router-id"), Severity::Warning, text)
                        .on(b.to_string())
                        .at(s.config.origin)
                        .also(first.config.origin, "the other one"),
                );
            }
        }
    }
}
