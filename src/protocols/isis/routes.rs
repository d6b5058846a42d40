//! Every router's route to a prefix.
//!
//! In: two [`LevelGraph`]s, [`Adverts`]. Out: for each prefix the routes of its routers. Law: order of preference as RFC 5302 §3.2; level 1
//! goes up to level 2 by itself, down only by policy. Start reading at [`columns`]. Tests: `tests.rs`.

use std::collections::BTreeMap;

use ipnet::IpNet;
use rayon::prelude::*;
use smallvec::SmallVec;

use super::levels::{LevelGraph, styles};
use super::neighbors::{Neighbors, Speaker};
use super::originate::{Advert, Adverts, default_prefix, originate, summary_of};
use crate::base::span::Origin;
use crate::model::interface::InterfaceId;
use crate::model::isis::IsisLeak;
use crate::model::network::DeviceId;
use crate::model::policy::{RouteSource, RouteType, Verdict};
use crate::model::route::{Family, Protocol};
use crate::protocols::Input;
use crate::protocols::paths::{self, ByNode};
use crate::protocols::policy::{PolicyContext, PolicyEngine, PolicyRoute};
use crate::protocols::rows::{self, Columns, Last, Places};
use crate::rib::{AttrsId, Hop, HopsId, PrefixId, Route, RouteId};

/// How a route was learned; less is better (RFC 5302 §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Level1,
    Level2,
    /// Leaked down (level 2 to level 1).
    Down,
    Level1External,
    Level2External,
    DownExternal,
}

impl Kind {
    fn is_external(self) -> bool {
        matches!(self, Self::Level1External | Self::Level2External | Self::DownExternal)
    }
    fn of(level: u8, external: bool) -> Self {
        match (level, external) {
            (1, false) => Self::Level1,
            (1, true) => Self::Level1External,
            (_, false) => Self::Level2,
            (_, true) => Self::Level2External,
        }
    }
}

/// A router's best route to a prefix. External metrics are compared before the way to who sends them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Best {
    kind: Kind,
    external_metric: u32,
    cost: u32,
    hops: HopsId,
    /// The prefix is the router's own.
    own: bool,
}

struct Run<'a, 'n> {
    input: Input<'a>,
    found: &'n Neighbors<'a>,
    policies: &'n PolicyEngine<'a>,
    levels: [LevelGraph; 2],
    adverts: Adverts,
    /// Summaries that are sent: prefix to adverts.
    summaries: BTreeMap<IpNet, Vec<Advert>>,
    /// Who sets the attached bit.
    attached: Vec<u32>,
    family: Family,
}

/// What IS-IS leaves of a family for what-ifs.
#[derive(Debug)]
pub(super) struct Kept {
    pub family: Family,
    levels: [LevelGraph; 2],
    adverts: Adverts,
}

/// Routes of a family.
pub(super) enum Made {
    All(Vec<(PrefixId, Columns)>),
    /// Only those that may differ from the base's.
    Patches(Patches),
}

/// For each prefix: speaker and route; none where it has none now.
pub(super) type Patches = Vec<(IpNet, Vec<(u32, Option<RouteId>)>)>;

/// All routes of a family, or, with `past` of the same speakers, patches, where they are known.
pub(super) fn columns<'a>(
    input: Input<'a>,
    found: &Neighbors<'a>,
    policies: &PolicyEngine<'a>,
    family: Family,
    past: Option<&Kept>,
    places: &Places,
) -> (Made, Kept) {
    let levels = [1, 2].map(|l| LevelGraph::build(input, found, l, family, past.map(|p| &p.levels[l as usize - 1])));
    let adverts = originate(input, found, policies, family);
    let mut run = Run { input, found, policies, levels, adverts, summaries: BTreeMap::new(), attached: vec![], family };
    if let Some(past) = past
        && is_plain(found)
        && let Some(patches) = run.patches(past)
    {
        return (Made::Patches(patches), Kept { family, levels: run.levels, adverts: run.adverts });
    }
    run.levels.iter_mut().for_each(|l| l.by_node = ByNode::new(&l.rows));
    run.attached = (0..found.speakers.len() as u32).filter(|r| run.is_attached(*r)).collect();
    run.summarize();
    let mut prefixes: Vec<IpNet> = run.adverts.keys().chain(run.summaries.keys()).copied().collect();
    if !run.attached.is_empty() {
        prefixes.push(default_prefix(family));
    }
    prefixes.sort_unstable();
    prefixes.dedup();
    let prefixes: Vec<(PrefixId, IpNet)> = prefixes.into_iter().map(|p| (input.arena.prefix(p), p)).collect();
    let column =
        |last: &mut Last, (id, prefix): (PrefixId, IpNet)| (id, places.columns(run.column(&prefix, last).into_iter(), last));
    let columns = prefixes.into_par_iter().map_init(|| Last::new(found.speakers.len()), column).collect();
    run.levels.iter_mut().for_each(|l| l.by_node = None);
    (Made::All(columns), Kept { family, levels: run.levels, adverts: run.adverts })
}

/// Whether nothing goes from level to level and nothing is summarized: then each router's paths alone decide.
fn is_plain(found: &Neighbors<'_>) -> bool {
    found.speakers.iter().all(|s| s.config.levels.l1 != s.config.levels.l2 && s.config.summaries.is_empty())
}

impl Run<'_, '_> {
    /// For each prefix the routes that may differ from the base's, or be gone. Only where [`is_plain`] holds; none if LANs are new.
    fn patches(&self, past: &Kept) -> Option<Patches> {
        let moved = |level: usize| {
            let (now, before) = (&self.levels[level], &past.levels[level]);
            Some(paths::moved(&now.rows, &before.rows, &now.numbers_in(before)?))
        };
        let moved = [moved(0)?, moved(1)?];
        let mut prefixes: Vec<IpNet> = self.adverts.keys().chain(past.adverts.keys()).copied().collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        let patch = |last: &mut Last, prefix: IpNet| {
            let adverts = self.adverts.get(&prefix).map_or(&[][..], Vec::as_slice);
            let then = past.adverts.get(&prefix).map_or(&[][..], Vec::as_slice);
            let mut routers: Vec<u32> = if adverts == then {
                adverts.iter().flat_map(|a| &moved[a.level as usize - 1][a.router as usize]).copied().collect()
            } else {
                self.routers().collect()
            };
            routers.sort_unstable();
            routers.dedup();
            let best = |r: u32| better(self.best(r, 1, adverts.iter()), self.best(r, 2, adverts.iter()));
            let mut route = |r: u32| (r, best(r).and_then(|b| self.route(r, &b, last)));
            (!routers.is_empty()).then(|| (prefix, routers.into_iter().map(&mut route).collect()))
        };
        let all: Vec<_> = prefixes.into_par_iter().map_init(|| Last::new(self.found.speakers.len()), patch).collect();
        Some(all.into_iter().flatten().collect())
    }

    fn routers(&self) -> std::ops::Range<u32> {
        0..self.found.speakers.len() as u32
    }

    /// The other routers that a router reaches at level 2.
    fn at_level_2(&self, r: u32) -> impl Iterator<Item = u32> + '_ {
        self.routers().filter(move |o| *o != r && self.levels[1].between(r, *o).is_some())
    }

    /// ISO 10589 §7.2.9.2: reaches other areas over level 2.
    fn is_attached(&self, r: u32) -> bool {
        let config = self.found.speakers[r as usize].config;
        let platform = &self.input.network.devices[self.found.speakers[r as usize].device].platform;
        if !config.levels.l1 || !config.levels.l2 || config.suppress_attached || !config.families.contains(&self.family) {
            return false;
        }
        self.at_level_2(r).any(|o| {
            let far = self.found.speakers[o as usize].config;
            platform.isis_attached_by_adjacency || !far.areas.iter().any(|a| config.areas.contains(a))
        })
    }

    /// Summaries whose parts exist: own prefixes, and for level 2 what comes up from level 1.
    fn summarize(&mut self) {
        let mut out: BTreeMap<IpNet, Vec<Advert>> = BTreeMap::new();
        for r in self.routers() {
            let config = self.found.speakers[r as usize].config;
            for summary in config.summaries.iter().filter(|s| Family::of_prefix(&s.prefix) == self.family) {
                let net = summary.prefix.trunc();
                for level in [1u8, 2].into_iter().filter(|l| summary.levels.has(*l) && config.levels.has(*l)) {
                    let parts =
                        self.adverts.range(net..).take_while(|(p, _)| net.contains(&p.addr())).filter(|(p, _)| net.contains(*p));
                    let costs = parts.filter_map(|(_, list)| {
                        let own = list.iter().filter(|a| a.router == r && a.level == level).map(|a| a.metric);
                        let below = || self.best(r, 1, list.iter()).filter(|b| !b.kind.is_external()).map(|b| b.cost);
                        own.min().or_else(|| if level == 2 && config.levels.l1 { below() } else { None })
                    });
                    if let Some(least) = costs.min() {
                        let metric = summary.metric.unwrap_or(least);
                        let s = styles(config, level);
                        let advert = Advert { level, router: r, metric, external: false, own: false, styles: s };
                        out.entry(net).or_default().push(advert);
                    }
                }
            }
        }
        self.summaries = out;
    }

    /// A router's best path at a level over adverts of that level.
    fn best<'x>(&self, r: u32, level: u8, adverts: impl Iterator<Item = &'x Advert>) -> Option<Best> {
        let config = self.found.speakers[r as usize].config;
        let reads = styles(config, level);
        if !config.levels.has(level) {
            return None;
        }
        let mut best: Option<Best> = None;
        let mut ties: SmallVec<[HopsId; 4]> = SmallVec::new();
        // A router reaches what it brought in itself by the route it brought in.
        for a in adverts.filter(|a| a.level == level && a.styles & reads != 0 && (a.own || a.router != r)) {
            let Some((dist, hops)) = self.levels[level as usize - 1].between(r, a.router) else { continue };
            let offset = if a.external {
                self.input.network.devices[self.found.speakers[r as usize].device].platform.isis_narrow_external_offset
            } else {
                0
            };
            let new = Best {
                kind: Kind::of(level, a.external),
                external_metric: if a.external { a.metric } else { 0 },
                cost: dist.saturating_add(a.metric).saturating_add(offset),
                hops,
                own: a.router == r,
            };
            match &mut best {
                Some(b) if key(b) < key(&new) => b.own |= new.own,
                Some(b) if key(b) == key(&new) => {
                    b.own |= new.own;
                    ties.push(hops);
                }
                _ => {
                    let own = best.is_some_and(|b| b.own);
                    best = Some(Best { own: own || new.own, ..new });
                    ties.clear();
                    ties.push(hops);
                }
            }
        }
        if let Some(b) = &mut best {
            b.hops = self.union(&ties);
        }
        best
    }

    fn union(&self, sets: &[HopsId]) -> HopsId {
        match sets {
            [] => HopsId::NONE,
            [one, rest @ ..] if rest.iter().all(|r| r == one) => *one,
            _ => {
                let arena = self.input.arena;
                arena.hop_set(sets.iter().flat_map(|s| arena.hops.get(*s).iter().copied()).collect())
            }
        }
    }

    /// Whether a leak lets a prefix through.
    fn leaks(&self, r: u32, leak: &IsisLeak, prefix: &IpNet, best: &Best) -> bool {
        let speaker = &self.found.speakers[r as usize];
        let Some(chain) = &leak.policy else { return true };
        let source = RouteSource::Isis(Some(u32::from(speaker.process)));
        let mut route = PolicyRoute::new(*prefix, source, speaker.config.vrf);
        let up = matches!(best.kind, Kind::Level1 | Kind::Level1External);
        route.kind = Some(if up { RouteType::IsisL1 } else { RouteType::IsisL2 });
        route.level = Some(if up { 1 } else { 2 });
        route.metric = Some(best.cost);
        self.policies.run(speaker.device, chain, &mut route, &PolicyContext::default()) == Verdict::Accept
    }

    /// What border routers move from one level to the other.
    fn moved(&self, prefix: &IpNet, from: u8, bests: &[Option<Best>], adverts: &[Advert]) -> Vec<Advert> {
        let to = 3 - from;
        let mut out = Vec::new();
        for r in self.routers() {
            let speaker = &self.found.speakers[r as usize];
            let config = speaker.config;
            let Some(b) = bests[r as usize] else { continue };
            if !config.levels.l1 || !config.levels.l2 || summary_of(self.found, r, to, prefix).is_some() {
                continue;
            }
            let right_kind = match from {
                1 => matches!(b.kind, Kind::Level1 | Kind::Level1External),
                _ => matches!(b.kind, Kind::Level2 | Kind::Level2External),
            };
            // What it says itself at that level stands; what it redistributed at one level only does not wander.
            let says = adverts.iter().any(|a| a.router == r && a.level == to);
            let mine_only = adverts.iter().any(|a| a.router == r && a.level == from && !a.own);
            if !right_kind || says || mine_only {
                continue;
            }
            let by_itself = self.input.network.devices[speaker.device].platform.isis_level1_goes_up;
            let passes = match (from, &config.leak_l1_to_l2, &config.leak_l2_to_l1) {
                (1, None, _) => by_itself,
                (1, Some(leak), _) | (2, _, Some(leak)) => self.leaks(r, leak, prefix, &b),
                _ => false,
            };
            if passes {
                let external = b.kind.is_external();
                let metric = if external { b.external_metric } else { b.cost };
                out.push(Advert { level: to, router: r, metric, external, own: b.own, styles: styles(config, to) });
            }
        }
        out
    }

    fn column(&self, prefix: &IpNet, last: &mut Last) -> Vec<(u32, RouteId)> {
        let none = Vec::new();
        let all = self.adverts.get(prefix).unwrap_or(&none);
        let mut adverts: Vec<Advert> =
            all.iter().filter(|a| summary_of(self.found, a.router, a.level, prefix).is_none()).copied().collect();
        adverts.extend(self.summaries.get(prefix).into_iter().flatten());
        let one: Vec<Option<Best>> = self.routers().map(|r| self.best(r, 1, adverts.iter())).collect();
        let up = self.moved(prefix, 1, &one, all);
        let two: Vec<Option<Best>> = self.routers().map(|r| self.best(r, 2, adverts.iter().chain(&up))).collect();
        let mut best: Vec<Option<Best>> = one.iter().zip(&two).map(|(a, b)| better(*a, *b)).collect();
        let down = self.moved(prefix, 2, &best, all);
        for r in self.routers() {
            let leaked = if down.is_empty() { None } else { self.best(r, 1, down.iter().filter(|a| a.router != r)) };
            let leaked = leaked.map(|b| Best {
                kind: if b.kind.is_external() { Kind::DownExternal } else { Kind::Down },
                own: false,
                ..b
            });
            best[r as usize] = better(best[r as usize], leaked);
            if prefix.prefix_len() == 0 {
                best[r as usize] = better(best[r as usize], self.nearest_attached(r));
            }
        }
        self.routers().filter_map(|r| Some((r, self.route(r, &best[r as usize]?, last)?))).collect()
    }

    /// The default route of a level 1 router towards the nearest attached one.
    fn nearest_attached(&self, r: u32) -> Option<Best> {
        let speaker = &self.found.speakers[r as usize];
        let platform = &self.input.network.devices[speaker.device].platform;
        let config = speaker.config;
        let on_level_2 = || config.levels.l2 && (!platform.isis_attached_by_adjacency || self.at_level_2(r).next().is_some());
        if !platform.isis_attached_default || !config.levels.l1 || config.ignore_attached || on_level_2() {
            return None;
        }
        let of = |a: &u32| Advert { level: 1, router: *a, metric: 0, external: false, own: false, styles: !0 };
        let list: Vec<Advert> = self.attached.iter().map(of).collect();
        self.best(r, 1, list.iter())
    }

    fn route(&self, r: u32, b: &Best, last: &mut Last) -> Option<RouteId> {
        if b.own || b.hops == HopsId::NONE {
            return None;
        }
        let speaker = &self.found.speakers[r as usize];
        let [d1, d2, e1, e2] = speaker.config.distance;
        let (protocol, distance) = match b.kind {
            Kind::Level1 => (Protocol::IsisL1, d1),
            Kind::Level2 => (Protocol::IsisL2, d2),
            Kind::Down => (Protocol::IsisIa, d1),
            Kind::Level1External => (Protocol::IsisL1, e1),
            Kind::Level2External => (Protocol::IsisL2, e2),
            Kind::DownExternal => (Protocol::IsisIa, e1),
        };
        let route = Route {
            protocol,
            process: speaker.process,
            distance,
            metric: b.cost,
            tag: 0,
            hops: b.hops,
            via: HopsId::NONE,
            attrs: AttrsId::NONE,
            area: 0,
            origin: Origin::NONE,
        };
        Some(last.of(r as usize, route, |route| self.input.arena.routes.intern(self.limited(speaker, route))))
    }

    /// Applies the limit of next hops.
    fn limited(&self, speaker: &Speaker<'_>, route: Route) -> Route {
        let of = (speaker.device, speaker.config.max_paths);
        rows::limited(self.input, of, route, |h| self.neighbor_id(speaker.device, h))
    }
}

impl<'a> Run<'a, '_> {
    /// The system id of the neighbour that a next hop leads to.
    fn neighbor_id(&self, device: DeviceId, hop: &Hop) -> Option<&'a str> {
        let is = |(d, i): (DeviceId, InterfaceId)| {
            let there = self.input.network.devices.get(d)?.interfaces.get(i)?;
            let named = hop.ip.is_none_or(|ip| there.addresses.iter().any(|a| a.address.addr() == ip));
            let runs = |s: &&Speaker<'a>| s.device == d && s.config.interfaces.iter().any(|x| x.interface == i);
            self.found.speakers.iter().find(runs).filter(|_| named).map(|s| &*s.config.system_id)
        };
        self.input.topology.peers((device, hop.interface?)).find_map(is)
    }
}

fn key(b: &Best) -> (Kind, u32, u32) {
    (b.kind, b.external_metric, b.cost)
}

fn better(a: Option<Best>, b: Option<Best>) -> Option<Best> {
    match (a, b) {
        (Some(x), Some(y)) => {
            let own = x.own || y.own;
            let best = if key(&y) < key(&x) { y } else { x };
            Some(Best { own, ..best })
        }
        (x, y) => x.or(y),
    }
}
