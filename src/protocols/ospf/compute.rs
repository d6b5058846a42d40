//! Intra-area and inter-area paths of every router to one destination.
//!
//! In: a [`Domain`]. Out: for a destination, each router's [`Path`]. Law: RFC 2328 §16.1–16.3, RFC 3509; summaries are not flooded but
//! worked out where they would be heard. Start reading at [`Domain::paths`]. Tests: `tests/`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use smallvec::SmallVec;

use super::areas::Domain;
use super::neighbors::is_loopback;
use crate::base::Set;
use crate::model::interface::InterfaceAddress;
use crate::model::ospf::{AreaKind, NetworkType, Summary};
use crate::model::policy::{PolicyChain, RouteSource, Verdict};
use crate::protocols::paths::NOWHERE;
use crate::protocols::policy::{PolicyContext, PolicyEngine, PolicyRoute};
use crate::rib::HopsId;

/// Cost of a summary that means "not reachable" (RFC 2328 appendix B, LSInfinity).
pub(super) const LS_INFINITY: u32 = 0xFF_FFFF;

/// A router or network of an area that advertises a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Advert {
    /// Index into `Domain::areas`.
    pub area: u16,
    /// Node of that area.
    pub node: u32,
    pub cost: u32,
}

/// A router's path within the AS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Path {
    /// Inter-area.
    pub inter: bool,
    /// Index into `Domain::areas`.
    pub area: u16,
    pub cost: u32,
    pub hops: HopsId,
    /// To a subnet of the router itself.
    pub own: bool,
}

/// A summary that an area border router sends.
#[derive(Debug, Clone, Copy)]
pub(super) struct FromBorder {
    pub router: u32,
    pub cost: u32,
}

/// All destinations inside the AS, and what ABRs make of them.
#[derive(Debug, Default)]
pub(super) struct Inside {
    pub adverts: BTreeMap<IpNet, Vec<Advert>>,
    /// Ranges that are active and advertised: from which area.
    pub ranges: BTreeMap<IpNet, Vec<(u16, FromBorder)>>,
    /// All active ranges, advertised or not: router and prefix.
    pub active: Vec<(u32, IpNet)>,
    /// Discard routes for ranges: prefix, router, metric.
    pub discards: Vec<(IpNet, u32, u32)>,
    /// Default routes into stub areas (and NSSAs without summaries): into which area.
    pub stub_defaults: Vec<(u16, FromBorder)>,
}

impl Domain<'_> {
    /// What routers and networks advertise inside their areas (RFC 2328 §12.4.1, RFC 5340 §4.4.3).
    pub fn inside(&self) -> Inside {
        let mut out = Inside::default();
        let mut on_network: Set<(u32, u32)> = Set::default();
        for (a, area) in self.areas.iter().enumerate() {
            for (n, ends) in area.networks.iter().enumerate() {
                let node = (area.members.len() + n) as u32;
                for (k, e) in ends.iter().enumerate() {
                    on_network.insert((e.speaker, e.interface));
                    let speaker = &self.routers[e.speaker as usize];
                    let settings = &speaker.config.interfaces[e.interface as usize];
                    // v2: the designated router's primary subnet. v3: all that its members put in their link-LSAs.
                    if settings.suppress_prefix || (!self.v3 && k > 0) {
                        continue;
                    }
                    let interface = &self.input.network.devices[speaker.device].interfaces[settings.interface];
                    let own = interface.addresses.iter().filter(|p| self.knows(p, &settings.addresses));
                    for p in own.filter(|p| self.v3 || !p.secondary).take(if self.v3 { usize::MAX } else { 1 }) {
                        let list = out.adverts.entry(p.address.trunc()).or_default();
                        list.push(Advert { area: a as u16, node, cost: 0 });
                    }
                }
            }
        }
        for (r, speaker) in self.routers.iter().enumerate() {
            let device = &self.input.network.devices[speaker.device];
            for (i, settings) in speaker.config.interfaces.iter().enumerate() {
                let Some(interface) = device.interfaces.get(settings.interface) else { continue };
                let Some(a) = self.areas.iter().position(|g| g.id == settings.area) else { continue };
                if !self.input.topology.is_up((speaker.device, settings.interface)) {
                    continue;
                }
                let node = self.areas[a].local[r];
                let loopback = is_loopback(interface, settings);
                let mut cost = settings.cost;
                if speaker.config.stub_router && speaker.config.stub_router_include_stub {
                    cost = 65535;
                }
                for p in interface.addresses.iter().filter(|p| self.knows(p, &settings.addresses)) {
                    let mut prefix = p.address.trunc();
                    let transit = on_network.contains(&(r as u32, i as u32)) && (self.v3 || !p.secondary);
                    let mut cost = cost;
                    if loopback {
                        if device.platform.ospf_loopback_as_host && !settings.advertise_subnet {
                            prefix = host(p.address.addr());
                        }
                    } else if transit || (p.secondary && !settings.advertise_secondary) {
                        continue;
                    } else if settings.suppress_prefix && !settings.passive && !p.secondary {
                        continue; // RFC 6860 §2: secondary and passive subnets stay
                    } else if settings.network == NetworkType::PointToMultipoint {
                        (prefix, cost) = (host(p.address.addr()), 0);
                    } else if let Some(peer) = p.peer {
                        prefix = peer.trunc();
                    }
                    out.adverts.entry(prefix).or_default().push(Advert { area: a as u16, node, cost });
                }
            }
        }
        for list in out.adverts.values_mut() {
            list.sort_unstable();
            list.dedup();
        }
        self.ranges(&mut out);
        self.stub_defaults(&mut out);
        out
    }

    fn knows(&self, p: &InterfaceAddress, covered: &[IpNet]) -> bool {
        let addr = p.address.addr();
        let family = addr.is_ipv6() == self.family_v6();
        let fit = covered.is_empty() || covered.iter().any(|c| *c == p.address || c.contains(&addr));
        family && fit && !crate::model::interface::link_local(addr)
    }

    fn family_v6(&self) -> bool {
        self.routers.first().is_some_and(|r| r.config.family.is_v6())
    }

    /// RFC 2328 §12.4.3: a range is active at a border router while the router has an intra-area route in it.
    fn ranges(&self, out: &mut Inside) {
        for (x, speaker) in self.routers.iter().enumerate().filter(|(x, _)| self.abr[*x]) {
            let platform = &self.input.network.devices[speaker.device].platform;
            for config in &speaker.config.areas {
                let Some(a) = self.areas.iter().position(|g| g.id == config.id) else { continue };
                for range in &config.ranges {
                    let inside = out.adverts.range(range.prefix.trunc()..).take_while(|(p, _)| range.prefix.contains(&p.addr()));
                    let costs: Vec<u32> = inside
                        .filter(|(p, _)| range.prefix.contains(*p))
                        .filter_map(|(_, list)| self.intra_at(x as u32, list, false))
                        .filter(|p| p.area == a as u16)
                        .map(|p| p.cost)
                        .collect();
                    let part = if speaker.config.rfc1583 { costs.iter().min() } else { costs.iter().max() };
                    let Some(&part) = part else { continue };
                    let cost = range.cost.unwrap_or(part);
                    let prefix = range.prefix.trunc();
                    out.active.push((x as u32, prefix));
                    if range.advertise {
                        out.ranges.entry(prefix).or_default().push((a as u16, FromBorder { router: x as u32, cost }));
                    }
                    if range.advertise || platform.ospf_discard_for_hidden {
                        out.discards.push((prefix, x as u32, platform.ospf_discard_metric.unwrap_or(cost)));
                    }
                }
            }
        }
    }

    fn stub_defaults(&self, out: &mut Inside) {
        for (x, speaker) in self.routers.iter().enumerate().filter(|(x, _)| self.abr[*x]) {
            let platform = &self.input.network.devices[speaker.device].platform;
            for config in &speaker.config.areas {
                let Some(a) = self.areas.iter().position(|g| g.id == config.id && g.has(x as u32)) else { continue };
                let sends = match config.kind {
                    AreaKind::Stub { default, .. } => default,
                    AreaKind::Nssa { no_summary, default, .. } => platform.ospf_nssa_default_summary || (no_summary && default),
                    AreaKind::Normal => false,
                };
                if sends {
                    out.stub_defaults.push((a as u16, FromBorder { router: x as u32, cost: config.default_cost }));
                }
            }
        }
    }

    /// A router's intra-area path.
    pub fn intra_at(&self, router: u32, adverts: &[Advert], only_normal: bool) -> Option<Path> {
        let mut best: Option<Path> = None;
        let mut ties: SmallVec<[HopsId; 4]> = SmallVec::new();
        let stub_counts = self.input.network.devices[self.routers[router as usize].device].platform.ospf_stub_hides_boundary;
        for advert in adverts {
            let area = &self.areas[advert.area as usize];
            if only_normal && !area.is_normal() && !stub_counts {
                continue;
            }
            let Some((dist, hops)) = area.path(router, advert.node) else { continue };
            let cost = dist.saturating_add(advert.cost);
            // RFC 2328 §16.4.1: to an AS boundary router, areas other than the backbone come first.
            if only_normal && !self.routers[router as usize].config.rfc1583 {
                let is_backbone = |a: u16| Some(a) == self.backbone;
                match best.map(|b| b.area) {
                    Some(b) if !is_backbone(b) && is_backbone(advert.area) => continue,
                    Some(b) if is_backbone(b) && !is_backbone(advert.area) => best = None,
                    _ => {}
                }
            }
            let own = dist == 0
                || (advert.node as usize)
                    .checked_sub(area.members.len())
                    .and_then(|n| area.networks.get(n))
                    .is_some_and(|ends| ends.iter().any(|e| e.speaker == router));
            match &mut best {
                Some(b) if cost > b.cost => b.own |= own,
                Some(b) if cost == b.cost && advert.area == b.area => {
                    ties.push(hops);
                    b.own |= own;
                }
                Some(b) if cost == b.cost => b.own |= own,
                _ => {
                    let own = own || best.is_some_and(|b| b.own);
                    ties.clear();
                    ties.push(hops);
                    best = Some(Path { inter: false, area: advert.area, cost, hops, own });
                }
            }
        }
        if let Some(b) = &mut best {
            b.hops = self.union(&ties);
        }
        best
    }

    /// The union of next-hop sets.
    pub fn union(&self, sets: &[HopsId]) -> HopsId {
        match sets {
            [] => HopsId::NONE,
            [one, rest @ ..] if rest.iter().all(|r| r == one) => *one,
            _ => {
                let arena = self.input.arena;
                arena.hop_set(sets.iter().flat_map(|s| arena.hops.get(*s).iter().copied()).collect())
            }
        }
    }

    /// Every router's path to a destination. `prefix` is `None` for a router as destination (AS boundary routers): no ranges, no
    /// filters, and only through areas that carry external routes.
    pub fn paths(
        &self,
        inside: &Inside,
        policies: &PolicyEngine<'_>,
        prefix: Option<&IpNet>,
        adverts: &[Advert],
    ) -> Vec<Option<Path>> {
        let only_normal = prefix.is_none();
        let mut paths: Vec<Option<Path>> =
            (0..self.routers.len() as u32).map(|r| self.intra_at(r, adverts, only_normal)).collect();
        if self.areas.len() < 2 {
            return paths;
        }
        // Where a stub area won, the boundary router is not seen as one (`ospf_stub_hides_boundary`).
        let is_stub = |p: &Path| matches!(self.areas[p.area as usize].kind, AreaKind::Stub { .. });
        let lost: Vec<usize> =
            if only_normal { (0..paths.len()).filter(|r| paths[*r].as_ref().is_some_and(is_stub)).collect() } else { vec![] };
        lost.iter().for_each(|r| paths[*r] = None);
        let ranges = prefix.and_then(|p| inside.ranges.get(p)).map_or(&[][..], Vec::as_slice);
        let borders: Vec<u32> = (0..self.routers.len() as u32).filter(|x| self.abr[*x as usize]).collect();
        if let Some(b) = self.backbone {
            let heard = self.summaries(policies, &borders, &paths, ranges, prefix, b);
            for &r in &self.areas[b as usize].members {
                // Only a border router is bound to the backbone's summaries; the others and one that is cut off join below.
                if paths[r as usize].is_none()
                    && !lost.contains(&(r as usize))
                    && !prefix.is_some_and(|p| self.has_range_for(inside, r, p))
                {
                    paths[r as usize] = self.via_borders(r, b, &heard);
                }
            }
        }
        let is_default = prefix.is_some_and(|p| p.prefix_len() == 0);
        let mut improved: Vec<(u32, Path)> = Vec::new();
        for (a, area) in self.areas.iter().enumerate() {
            let a = a as u16;
            if Some(a) == self.backbone || (only_normal && !area.is_normal()) {
                continue;
            }
            let mut heard = self.summaries(policies, &borders, &paths, ranges, prefix, a);
            if is_default {
                heard.extend(inside.stub_defaults.iter().filter(|(into, _)| *into == a).map(|(_, f)| *f));
            }
            if heard.is_empty() {
                continue;
            }
            for &r in &area.members {
                let now = paths[r as usize];
                if self.abr[r as usize] {
                    if area.transit && now.is_some_and(|p| Some(p.area) == self.backbone && !p.own) {
                        improved.extend(self.through_transit(r, a, &heard, now).map(|p| (r, p)));
                    }
                    // Nor does it take the default route of a stub area (`process_summary_lsa`).
                    let passed_over = lost.contains(&(r as usize))
                        || (is_default && !area.is_normal())
                        || prefix.is_some_and(|p| self.has_range_for(inside, r, p));
                    if !self.cut_off[r as usize] || passed_over {
                        continue;
                    }
                }
                let Some(new) = self.via_borders(r, a, &heard) else { continue };
                match now {
                    Some(p) if !p.inter || p.cost < new.cost => {}
                    Some(p) if p.cost == new.cost => {
                        paths[r as usize] = Some(Path { hops: self.union(&[p.hops, new.hops]), ..p })
                    }
                    _ => paths[r as usize] = Some(new),
                }
            }
        }
        for (r, path) in improved {
            paths[r as usize] = Some(path);
        }
        lost.iter().for_each(|r| paths[*r] = None);
        paths
    }

    /// Whether a path to an AS boundary router hides it: through an NSSA, where ospfd counts such paths at all. (ospf6d has not been
    /// seen to.)
    pub fn hides(&self, path: &Path) -> bool {
        !self.v3 && self.areas[path.area as usize].is_nssa()
    }

    /// RFC 2328 §16.2 (3): whoever summarises to a prefix does not listen to others' summaries of it.
    fn has_range_for(&self, inside: &Inside, r: u32, prefix: &IpNet) -> bool {
        let platform = &self.input.network.devices[self.routers[r as usize].device].platform;
        let covers = |range: &IpNet| range == prefix || (platform.ospf_range_hides_inside && range.contains(prefix));
        inside.active.iter().any(|(x, range)| *x == r && covers(range))
    }

    /// RFC 2328 §16.3: a path through a transit area may be shorter than the virtual link it carries.
    fn through_transit(&self, r: u32, area: u16, heard: &[FromBorder], now: Option<Path>) -> Option<Path> {
        let now = now?;
        let new = self.via_borders(r, area, heard)?;
        if new.cost < now.cost {
            Some(Path { cost: new.cost, hops: new.hops, ..now })
        } else if new.cost == now.cost {
            Some(Path { hops: self.union(&[now.hops, new.hops]), ..now })
        } else {
            None
        }
    }

    /// The best path of a router over the summaries it hears in an area.
    fn via_borders(&self, r: u32, area: u16, heard: &[FromBorder]) -> Option<Path> {
        let graph = &self.areas[area as usize];
        let mut best = u32::MAX;
        let mut ties = Vec::new();
        for f in heard.iter().filter(|f| f.router != r && f.cost < LS_INFINITY) {
            let Some((dist, hops)) = graph.between(r, f.router) else { continue };
            let cost = dist.saturating_add(f.cost);
            if cost < best {
                best = cost;
                ties.clear();
            }
            if cost == best {
                ties.push(hops);
            }
        }
        (!ties.is_empty()).then(|| Path { inter: true, area, cost: best, hops: self.union(&ties), own: false })
    }

    /// The summaries that border routers send into an area for one destination.
    fn summaries(
        &self,
        policies: &PolicyEngine<'_>,
        borders: &[u32],
        paths: &[Option<Path>],
        ranges: &[(u16, FromBorder)],
        prefix: Option<&IpNet>,
        into: u16,
    ) -> Vec<FromBorder> {
        let graph = &self.areas[into as usize];
        let to_backbone = Some(into) == self.backbone;
        let mut out = Vec::new();
        for &x in borders.iter().filter(|x| graph.has(**x)) {
            let config = self.routers[x as usize].config;
            let settings = config.areas.iter().find(|a| a.id == graph.id);
            let closed = settings.is_some_and(|a| {
                matches!(a.kind, AreaKind::Stub { no_summary: true, .. } | AreaKind::Nssa { no_summary: true, .. })
            });
            let platform = &self.input.network.devices[self.routers[x as usize].device].platform;
            if closed && !platform.ospf_range_enters_no_summary {
                continue;
            }
            let mut cost: Option<u32> = None;
            let mut offer = |c: u32| cost = Some(cost.map_or(c, |old: u32| old.min(c)));
            for (from, f) in ranges.iter().filter(|(_, f)| f.router == x) {
                // The backbone's ranges do not apply to what goes into a transit area (§12.4.3).
                if *from != into
                    && !(graph.transit && Some(*from) == self.backbone)
                    && self.passes(policies, x, *from, into, prefix)
                {
                    offer(f.cost);
                }
            }
            // No type 4 LSA from an NSSA either (FRR `ospf_abr_announce_rtr`; seen on live ospfd 8.4).
            if let Some(path) = paths[x as usize].filter(|p| prefix.is_some() || !self.hides(p))
                && !closed
                && path.area != into
                && (!path.inter || (!to_backbone && Some(path.area) == self.backbone))
            {
                let exempt = path.inter || (graph.transit && Some(path.area) == self.backbone);
                let hidden = !exempt && prefix.is_some_and(|p| self.range_of(x, path.area, p).is_some());
                let back = self.leads_into(x, path.hops, graph.id);
                if !hidden && !back && self.passes(policies, x, path.area, into, prefix) {
                    offer(path.cost);
                }
            }
            if let Some(c) = cost {
                let c = config.stub_router_summary.filter(|_| config.stub_router).unwrap_or(c);
                out.push(FromBorder { router: x, cost: c });
            }
        }
        out
    }

    /// Whether a route's next hops all lie in the area it would be told to (§12.4.3: then it is not).
    fn leads_into(&self, x: u32, hops: HopsId, area: u32) -> bool {
        let config = self.routers[x as usize].config;
        if config.virtual_links.is_empty() {
            return false;
        }
        let hops = self.input.arena.hops.get(hops);
        !hops.is_empty()
            && hops.iter().all(|h| config.interfaces.iter().any(|i| Some(i.interface) == h.interface && i.area == area))
    }

    fn range_of(&self, x: u32, area: u16, prefix: &IpNet) -> Option<&Summary> {
        let id = self.areas[area as usize].id;
        let config = self.routers[x as usize].config.areas.iter().find(|a| a.id == id)?;
        config.ranges.iter().find(|r| r.prefix.contains(prefix))
    }

    /// `area filter-list` and its likes.
    fn passes(&self, policies: &PolicyEngine<'_>, x: u32, from: u16, into: u16, prefix: Option<&IpNet>) -> bool {
        let Some(prefix) = prefix else { return true };
        let speaker = &self.routers[x as usize];
        let of = |a: u16| speaker.config.areas.iter().find(|c| c.id == self.areas[a as usize].id);
        let ok = |chain: Option<&PolicyChain>| {
            chain.is_none_or(|chain| {
                let source = RouteSource::Ospf(Some(u32::from(speaker.process)));
                let mut route = PolicyRoute::new(*prefix, source, speaker.config.vrf);
                policies.run(speaker.device, chain, &mut route, &PolicyContext::default()) == Verdict::Accept
            })
        };
        ok(of(from).and_then(|a| a.filter_out.as_ref())) && ok(of(into).and_then(|a| a.filter_in.as_ref()))
    }

    /// The adverts of a router itself as a destination.
    pub fn as_destination(&self, router: u32) -> Vec<Advert> {
        let at = |a: &u16| self.areas[*a as usize].local[router as usize];
        let list = self.areas_of[router as usize].iter().map(|a| Advert { area: *a, node: at(a), cost: 0 });
        list.filter(|a| a.node != NOWHERE).collect()
    }
}

/// The host route of an address.
pub(super) fn host(addr: IpAddr) -> IpNet {
    IpNet::from(addr)
}
