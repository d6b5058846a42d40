//! Paths to external destinations.
//!
//! In: [`Externals`], and the paths inside the AS. Out: for a prefix, each router's [`ExternalPath`]. Law: RFC 2328 §16.4, RFC 3101
//! §2.5. Start reading at [`Outside::paths`]. Tests: `tests/`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use rayon::prelude::*;

use super::areas::Domain;
use super::compute::{Inside, Path};
use super::originate::{External, Externals, Scope};
use crate::protocols::policy::PolicyEngine;
use crate::rib::{Hop, HopsId};

/// A router's path to an external destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ExternalPath {
    pub type2: bool,
    pub nssa: bool,
    /// The metric as the main table shows it.
    pub metric: u32,
    pub tag: u32,
    pub hops: HopsId,
}

/// How good a path is; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    type2: bool,
    type2_metric: u32,
    /// Not over an intra-area path outside the backbone (RFC 2328 §16.4.1); no matter under RFC 1583.
    unpreferred: bool,
    cost: u32,
}

/// Paths to what external LSAs point at.
#[derive(Debug, Default)]
pub(super) struct Outside {
    boundary: BTreeMap<u32, Vec<Option<Path>>>,
    forward: BTreeMap<IpAddr, Vec<Option<Path>>>,
}

impl Outside {
    /// Works out all AS boundary routers and forwarding addresses that occur.
    pub fn build(domain: &Domain<'_>, inside: &Inside, externals: &Externals, policies: &PolicyEngine<'_>) -> Self {
        let all = || externals.by_prefix.values().flatten();
        let mut routers: Vec<u32> = all().filter(|e| e.scope == Scope::As).map(|e| e.router).collect();
        routers.sort_unstable();
        routers.dedup();
        let boundary = routers
            .into_par_iter()
            .map(|r| (r, domain.paths(inside, policies, None, &domain.as_destination(r))))
            .collect::<Vec<_>>();
        let mut addresses: Vec<IpAddr> = all().filter_map(|e| e.forward).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let mut known: BTreeMap<IpNet, Vec<Option<Path>>> = BTreeMap::new();
        let mut forward = BTreeMap::new();
        for ip in addresses {
            let nets: Vec<IpNet> = (1..=if ip.is_ipv6() { 128u8 } else { 32 })
                .rev()
                .filter_map(|len| Some(IpNet::new(ip, len).ok()?.trunc()))
                .filter(|p| inside.adverts.contains_key(p) || inside.ranges.contains_key(p))
                .collect();
            let mut found: Vec<Option<Path>> = vec![None; domain.routers.len()];
            for net in nets {
                let adverts = inside.adverts.get(&net).map_or(&[][..], Vec::as_slice);
                let paths = known.entry(net).or_insert_with(|| domain.paths(inside, policies, Some(&net), adverts));
                for (slot, path) in found.iter_mut().zip(paths.iter()) {
                    *slot = slot.or(*path);
                }
            }
            forward.insert(ip, found);
        }
        Self { boundary: boundary.into_iter().collect(), forward }
    }

    /// Every router's path to an external destination.
    pub fn paths(&self, domain: &Domain<'_>, list: &[External]) -> Vec<Option<ExternalPath>> {
        (0..domain.routers.len() as u32).map(|r| self.path(domain, r, list)).collect()
    }

    fn path(&self, domain: &Domain<'_>, r: u32, list: &[External]) -> Option<ExternalPath> {
        let mut best: Option<Rank> = None;
        let mut ties: Vec<(u8, &External, HopsId)> = Vec::new();
        for e in list.iter().filter(|e| e.router != r) {
            let Some((rank, hops)) = self.weigh(domain, r, e) else { continue };
            if best.is_some_and(|b| rank > b) {
                continue;
            }
            if best != Some(rank) {
                ties.clear();
                best = Some(rank);
            }
            // RFC 3101 §2.5 (6)(e): of LSAs that say the same, first type 7 with the P bit, then type 5.
            let order = match (e.scope, e.propagate) {
                (Scope::Nssa(_), true) => 0,
                (Scope::As, _) => 1,
                (Scope::Nssa(_), false) => 2,
            };
            ties.push((order, e, hops));
        }
        let rank = best?;
        let (_, first, _) =
            ties.iter().min_by_key(|(order, e, _)| (*order, std::cmp::Reverse(domain.routers[e.router as usize].id)))?;
        let sets: Vec<HopsId> = ties.iter().map(|t| t.2).collect();
        Some(ExternalPath {
            type2: rank.type2,
            nssa: matches!(first.scope, Scope::Nssa(_)),
            metric: if rank.type2 { rank.type2_metric } else { rank.cost },
            tag: first.tag,
            hops: domain.union(&sets),
        })
    }

    fn weigh(&self, domain: &Domain<'_>, r: u32, e: &External) -> Option<(Rank, HopsId)> {
        let mut path = match e.scope {
            // Type 5 LSAs reach only routers with a normal area.
            Scope::As if !domain.areas_of[r as usize].iter().any(|a| domain.areas[*a as usize].is_normal()) => return None,
            // Where paths through an NSSA count to a boundary router at all, its type 5 LSAs do not (ospfd 8.4's own log: "Ignore, If
            // type-5 LSA from NSSA area"): there its type 7 LSAs speak.
            Scope::As => (*self.boundary.get(&e.router)?.get(r as usize)?).filter(|p| !domain.hides(p))?,
            Scope::Nssa(a) => {
                let (cost, hops) = domain.areas[a as usize].between(r, e.router)?;
                Path { inter: false, area: a, cost, hops, own: false }
            }
        };
        if let Some(ip) = e.forward {
            let to = (*self.forward.get(&ip)?.get(r as usize)?)?;
            if let Scope::Nssa(a) = e.scope
                && (to.inter || to.area != a)
            {
                return None;
            }
            path = Path { hops: beside(domain, r, ip, to), ..to };
            if path.hops == HopsId::NONE {
                return None; // the address is this router's own
            }
        }
        let config = domain.routers[r as usize].config;
        let outside_backbone = !path.inter && Some(path.area) != domain.backbone;
        let unpreferred = !config.rfc1583 && !outside_backbone;
        let cost = if e.type2 { path.cost } else { path.cost.saturating_add(e.metric) };
        Some((Rank { type2: e.type2, type2_metric: if e.type2 { e.metric } else { 0 }, unpreferred, cost }, path.hops))
    }
}

/// On the subnet of the forwarding address the next hop is that address. No next hop: it is the router's own address.
fn beside(domain: &Domain<'_>, r: u32, ip: IpAddr, to: Path) -> HopsId {
    let arena = domain.input.arena;
    let list = arena.hops.get(to.hops);
    // A neighbour may be as near to the subnet as the own port (`ospf_ase_complete_direct_routes`, live FRR 8.4).
    let direct = list.is_empty() || (to.own && !domain.v3);
    if !direct && (domain.v3 || list.iter().all(|h| h.ip.is_some())) {
        return to.hops;
    }
    let speaker = &domain.routers[r as usize];
    let device = &domain.input.network.devices[speaker.device];
    let on = speaker.config.interfaces.iter().filter(|s| {
        let addresses = device.interfaces.get(s.interface).map_or(&[][..], |i| &i.addresses);
        let beside = addresses.iter().any(|a| a.address.contains(&ip)) && addresses.iter().all(|a| a.address.addr() != ip);
        direct && beside && (list.is_empty() || (s.cost == to.cost && domain.input.topology.is_up((speaker.device, s.interface))))
    });
    let mut all: Vec<Hop> = on.map(|s| Hop::via(ip, s.interface)).collect();
    all.extend(list.iter().map(|h| if h.ip.is_none() && !domain.v3 { Hop { ip: Some(ip), ..*h } } else { *h }));
    arena.hop_set(all)
}
