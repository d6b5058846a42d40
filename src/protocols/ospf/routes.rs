//! Paths to installed-to-be routes.
//!
//! In: a [`Domain`]. Out: for each prefix the routes of its routers. Law: one column at a time, in parallel; distance, limit of next
//! hops and import policy are applied here and nowhere else. Start reading at [`columns`]. Tests: `tests/`.

use std::collections::BTreeMap;

use ipnet::IpNet;
use rayon::prelude::*;

use super::areas::Domain;
use super::compute::{Inside, Path};
use super::external::{ExternalPath, Outside};
use super::neighbors::Speaker;
use super::originate::{self, Externals, default_prefix};
use crate::base::span::Origin;
use crate::model::interface::InterfaceId;
use crate::model::network::DeviceId;
use crate::model::policy::Verdict;
use crate::model::route::Protocol;
use crate::protocols::policy::{PolicyContext, PolicyEngine, PolicyRoute};
use crate::protocols::rows::{self, Columns, Last, Places};
use crate::rib::{AttrsId, Hop, HopsId, PrefixId, Route, RouteId};

/// Distance of the discard route of an external summary (IOS `discard-route external`, default 254).
const EXTERNAL_DISCARD: u32 = 254;

/// What a domain's routes come from besides what routers advertise inside it.
pub(super) struct Sources {
    externals: Externals,
    outside: Outside,
    /// Discard routes by prefix: router, metric, whether of an external summary.
    discards: BTreeMap<IpNet, Vec<(u32, u32, bool)>>,
}

impl Sources {
    pub(super) fn new(domain: &Domain<'_>, inside: &Inside, policies: &PolicyEngine<'_>) -> Self {
        let externals = originate::originate(domain, policies);
        let outside = Outside::build(domain, inside, &externals, policies);
        let mut discards: BTreeMap<IpNet, Vec<(u32, u32, bool)>> = BTreeMap::new();
        for (prefix, r, metric) in &inside.discards {
            discards.entry(*prefix).or_default().push((*r, *metric, false));
        }
        for (prefix, r) in &externals.discards {
            discards.entry(*prefix).or_default().push((*r, 0, true));
        }
        Self { externals, outside, discards }
    }

    /// The prefixes they bear on, sorted.
    pub(super) fn other(&self) -> Vec<IpNet> {
        let mut out: Vec<IpNet> = self.externals.by_prefix.keys().chain(self.discards.keys()).copied().collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// For each prefix the routes of the routers.
pub(super) fn columns(
    domain: &Domain<'_>,
    policies: &PolicyEngine<'_>,
    inside: &Inside,
    sources: &Sources,
    places: &Places,
) -> Vec<(PrefixId, Columns)> {
    let mut prefixes: Vec<IpNet> = inside.adverts.keys().chain(inside.ranges.keys()).copied().collect();
    prefixes.extend(sources.other());
    if !inside.stub_defaults.is_empty() {
        prefixes.push(default_prefix(domain.routers.first().is_some_and(|r| r.config.family.is_v6())));
    }
    prefixes.sort_unstable();
    prefixes.dedup();
    let prefixes: Vec<(PrefixId, IpNet)> = prefixes.into_iter().map(|p| (domain.input.arena.prefix(p), p)).collect();
    let one = |last: &mut Last, (id, prefix): (PrefixId, IpNet)| {
        (id, places.columns(column(domain, policies, inside, sources, prefix, last).into_iter(), last))
    };
    prefixes.into_par_iter().map_init(|| Last::new(domain.routers.len()), one).collect()
}

/// The routes to one prefix.
pub(super) fn column(
    domain: &Domain<'_>,
    policies: &PolicyEngine<'_>,
    inside: &Inside,
    sources: &Sources,
    prefix: IpNet,
    last: &mut Last,
) -> Vec<(u32, RouteId)> {
    let adverts = inside.adverts.get(&prefix).map_or(&[][..], Vec::as_slice);
    let known = !adverts.is_empty() || inside.ranges.contains_key(&prefix) || prefix.prefix_len() == 0;
    let paths = if known { domain.paths(inside, policies, Some(&prefix), adverts) } else { vec![None; domain.routers.len()] };
    let externals = sources.externals.by_prefix.get(&prefix);
    let far: Vec<Option<ExternalPath>> = externals.map(|list| sources.outside.paths(domain, list)).unwrap_or_default();
    let drops = sources.discards.get(&prefix).map_or(&[][..], Vec::as_slice);
    let routers = 0..domain.routers.len();
    routers
        .filter_map(|r| {
            let drop = drops.iter().find(|d| d.0 == r as u32);
            let path = paths.get(r).copied().flatten();
            let has = Has { path, drop, far: far.get(r).copied().flatten() };
            Some((r as u32, route(domain, policies, r, prefix, has, last)?))
        })
        .collect()
}

/// What a router has to a prefix: a path inside the AS, a discard route, a path to the outside.
#[derive(Default)]
pub(super) struct Has<'d> {
    pub path: Option<Path>,
    pub drop: Option<&'d (u32, u32, bool)>,
    pub far: Option<ExternalPath>,
}

/// A router's route, of what it has.
pub(super) fn route(
    domain: &Domain<'_>,
    policies: &PolicyEngine<'_>,
    r: usize,
    prefix: IpNet,
    Has { path, drop, far }: Has<'_>,
    last: &mut Last,
) -> Option<RouteId> {
    let speaker = &domain.routers[r];
    let [intra, inter, external] = speaker.config.distance;
    let base = Route {
        protocol: Protocol::OspfIntra,
        process: speaker.process,
        distance: intra,
        metric: 0,
        tag: 0,
        hops: HopsId::NONE,
        via: HopsId::NONE,
        attrs: AttrsId::NONE,
        area: 0,
        origin: Origin::NONE,
    };
    let route = match (path, drop, far) {
        (Some(p), ..) if p.own => return None,
        (Some(p), ..) if !p.inter => Route { metric: p.cost, hops: p.hops, area: domain.areas[p.area as usize].id, ..base },
        (_, Some(&(_, metric, external)), _) => {
            let platform = &domain.input.network.devices[speaker.device].platform;
            let distance = platform.ospf_summary_discard?;
            let distance = if external { EXTERNAL_DISCARD } else { distance };
            let hops = domain.input.arena.hop_set(vec![Hop::DROP]);
            let protocol = platform.ospf_discard_protocol;
            return Some(domain.input.arena.routes.intern(Route { protocol, metric, distance, hops, ..base }));
        }
        (Some(p), ..) => {
            let area = domain.areas[p.area as usize].id;
            Route { protocol: Protocol::OspfInter, distance: inter, metric: p.cost, hops: p.hops, area, ..base }
        }
        (None, _, Some(e)) => {
            let platform = &domain.input.network.devices[speaker.device].platform;
            let protocol = match (e.nssa && !platform.ospf_nssa_as_external, e.type2) {
                (false, false) => Protocol::OspfE1,
                (false, true) => Protocol::OspfE2,
                (true, false) => Protocol::OspfN1,
                (true, true) => Protocol::OspfN2,
            };
            Route { protocol, distance: external, metric: e.metric, tag: e.tag, hops: e.hops, ..base }
        }
        (None, ..) => return None,
    };
    match speaker.config.import {
        // It may say other things of other prefixes.
        Some(_) => admitted(domain, policies, r, prefix, route),
        None => Some(last.of(r, route, |route| domain.input.arena.routes.intern(limited(domain, r, route)))),
    }
}

/// Applies the limit of next hops.
fn limited(domain: &Domain<'_>, r: usize, route: Route) -> Route {
    let speaker = &domain.routers[r];
    let of = (speaker.device, speaker.config.max_paths);
    rows::limited(domain.input, of, route, |h| neighbor_id(domain, speaker.device, h))
}

/// Applies the limit of next hops and the import policy.
fn admitted(domain: &Domain<'_>, policies: &PolicyEngine<'_>, r: usize, prefix: IpNet, route: Route) -> Option<RouteId> {
    let (speaker, arena) = (&domain.routers[r], domain.input.arena);
    let mut route = limited(domain, r, route);
    if let Some(chain) = &speaker.config.import {
        let mut seen = PolicyRoute::of_installed(arena, speaker.config.vrf, prefix, &route);
        if policies.run(speaker.device, chain, &mut seen, &PolicyContext::default()) != Verdict::Accept {
            return None;
        }
        if let Some(distance) = seen.set.distance {
            route.distance = distance;
        }
        if seen.set.tag {
            route.tag = seen.tag;
        }
    }
    Some(arena.routes.intern(route))
}

/// The router id of the neighbour that a next hop leads to.
fn neighbor_id(domain: &Domain<'_>, device: DeviceId, hop: &Hop) -> u32 {
    let Some(out) = hop.interface else { return u32::MAX };
    let is = |(d, i): (DeviceId, InterfaceId)| {
        let there = domain.input.network.devices.get(d)?.interfaces.get(i)?;
        let named = hop.ip.is_none_or(|ip| there.addresses.iter().any(|a| a.address.addr() == ip));
        let runs = |r: &&Speaker<'_>| r.device == d && r.config.interfaces.iter().any(|x| x.interface == i);
        domain.routers.iter().find(runs).filter(|_| named).map(|r| r.id.to_bits())
    };
    domain.input.topology.peers((device, out)).find_map(is).unwrap_or(u32::MAX)
}
