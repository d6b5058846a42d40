//! External routes: who brings what into the AS.
//!
//! In: redistribution, default origination, NSSA settings, the last round's main tables. Out: [`External`]s by prefix. Law: RFC 2328
//! §12.4.4, RFC 3101 §2.4 and §3. Start reading at [`originate`]. Tests: `tests/`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::areas::Domain;
use super::neighbors::is_loopback;
use crate::model::interface::InterfaceKind;
use crate::model::ospf::{Area, AreaKind, NetworkType, OspfRedistribution, Translate};
use crate::model::platform::ForwardingAddressRule;
use crate::model::policy::{RouteSource, Verdict};
use crate::protocols::policy::{PolicyContext, PolicyEngine, PolicyRoute};
use crate::protocols::redistribute::{self, Request, Taken};

/// How far an external LSA goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// Type 5: all normal areas.
    As,
    /// Type 7: one NSSA (index into `Domain::areas`).
    Nssa(u16),
}

/// An external LSA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct External {
    pub router: u32,
    pub scope: Scope,
    pub type2: bool,
    pub metric: u32,
    pub forward: Option<IpAddr>,
    pub tag: u32,
    /// The P bit: may be translated to type 5.
    pub propagate: bool,
}

/// All external LSAs.
#[derive(Debug, Default)]
pub(super) struct Externals {
    pub by_prefix: BTreeMap<IpNet, Vec<External>>,
    /// Discard routes for external summaries: prefix and router.
    pub discards: Vec<(IpNet, u32)>,
}

/// What a router has to tell, before it is put into LSAs.
#[derive(Debug, Clone, Copy)]
struct News {
    type2: bool,
    metric: u32,
    forward: Option<IpAddr>,
    tag: u32,
}

/// All external LSAs of a domain.
pub(super) fn originate(domain: &Domain<'_>, policies: &PolicyEngine<'_>) -> Externals {
    let mut out = Externals::default();
    for r in 0..domain.routers.len() as u32 {
        let mut news: BTreeMap<IpNet, News> = BTreeMap::new();
        redistribute_all(domain, policies, r, &mut news);
        default_route(domain, policies, r, &mut news);
        summarize(domain, r, &mut news, &mut out);
        advertise(domain, r, news, &mut out);
        nssa_default(domain, r, &mut out);
    }
    translate(domain, &mut out);
    for list in out.by_prefix.values_mut() {
        list.sort_unstable();
        list.dedup();
    }
    out
}

fn redistribute_all(domain: &Domain<'_>, policies: &PolicyEngine<'_>, r: u32, news: &mut BTreeMap<IpNet, News>) {
    let speaker = &domain.routers[r as usize];
    let platform = &domain.input.network.devices[speaker.device].platform;
    for line in &speaker.config.redistribute {
        let request = Request {
            node: speaker.node,
            sources: &line.sources,
            policy: line.policy.as_ref(),
            family: Some(speaker.config.family),
            into: RouteSource::Ospf(Some(u32::from(speaker.process))),
        };
        for mut taken in redistribute::take(domain.input, policies, request) {
            if taken.prefix.prefix_len() == 0 && !platform.redistribute_default {
                continue;
            }
            if line.classful_only && !is_classful(&taken.prefix) {
                continue;
            }
            if let Some(chain) = &speaker.config.export
                && policies.run(speaker.device, chain, &mut taken.seen, &PolicyContext::default()) != Verdict::Accept
            {
                continue;
            }
            let item = as_news(domain, r, line, &taken);
            // Of two lines that bring the same prefix (they cannot both be its installed source) the first stays.
            news.entry(taken.prefix).or_insert(item);
        }
    }
}

fn as_news(domain: &Domain<'_>, r: u32, line: &OspfRedistribution, taken: &Taken) -> News {
    let speaker = &domain.routers[r as usize];
    let platform = &domain.input.network.devices[speaker.device].platform;
    let seen = &taken.seen;
    let default = if platform.ospf_redistribute_keep_metric {
        taken.route.metric
    } else if taken.route.protocol.is_bgp() {
        platform.ospf_redistribute_metric_bgp
    } else {
        platform.ospf_redistribute_metric
    };
    let set = seen.metric.filter(|_| seen.set.metric);
    let mut metric = set.or(line.metric).unwrap_or(default);
    if let Some(m) = speaker.config.stub_router_external.filter(|_| speaker.config.stub_router) {
        metric = m;
    }
    let tag = if seen.set.tag || line.tag == 0 { seen.tag } else { line.tag };
    let hop = seen.set.forwarding_address.or_else(|| forwarding_address(domain, r, taken));
    News { type2: seen.set.ospf_metric_type.unwrap_or(line.metric_type) != 1, metric, forward: hop, tag }
}

/// RFC 2328 §12.4.4.1: the next hop, where packets can reach it over OSPF without passing this router.
fn forwarding_address(domain: &Domain<'_>, r: u32, taken: &Taken) -> Option<IpAddr> {
    let speaker = &domain.routers[r as usize];
    let device = &domain.input.network.devices[speaker.device];
    let rule = device.platform.ospf_forwarding_address;
    let hops = domain.input.arena.hops.get(taken.route.hops);
    let own = domain.input.arena.hops.get(taken.route.via);
    let ip = own.first().or(hops.first()).and_then(|h| h.ip)?;
    if rule == ForwardingAddressRule::Never || (domain.v3 && crate::model::interface::link_local(ip)) {
        return None;
    }
    let fits = speaker.config.interfaces.iter().any(|settings| {
        let Some(interface) = device.interfaces.get(settings.interface) else { return false };
        let shared = matches!(settings.network, NetworkType::Broadcast | NetworkType::NonBroadcast) && !settings.passive;
        domain.input.topology.is_up((speaker.device, settings.interface))
            && !is_loopback(interface, settings)
            && (rule == ForwardingAddressRule::AnyOspfSubnet || shared)
            && interface.addresses.iter().any(|a| a.address.contains(&ip))
    });
    fits.then_some(ip)
}

fn default_route(domain: &Domain<'_>, policies: &PolicyEngine<'_>, r: u32, news: &mut BTreeMap<IpNet, News>) {
    let speaker = &domain.routers[r as usize];
    let Some(config) = &speaker.config.default_originate else { return };
    let input = domain.input;
    let prefix = default_prefix(speaker.config.family.is_v6());
    let installed = input.rib.get(input.arena, speaker.node, &prefix).map(|id| *input.arena.routes.get(id));
    // A default that this process itself learned does not count.
    let installed = installed.filter(|route| !(route.protocol.is_ospf() && route.process == speaker.process));
    if !config.always && installed.is_none() {
        return;
    }
    let mut seen = installed
        .map(|route| PolicyRoute::of_installed(input.arena, speaker.config.vrf, prefix, &route))
        .unwrap_or_else(|| crate::protocols::policy::PolicyRoute::new(prefix, RouteSource::Static, speaker.config.vrf));
    if let Some(chain) = &config.policy
        && policies.run(speaker.device, chain, &mut seen, &PolicyContext::default()) != Verdict::Accept
    {
        return;
    }
    let platform = &input.network.devices[speaker.device].platform;
    let (plain, always) = platform.ospf_default_metric;
    let metric = seen.metric.filter(|_| seen.set.metric).or(config.metric).unwrap_or(if config.always { always } else { plain });
    let type2 = seen.set.ospf_metric_type.unwrap_or(config.metric_type) != 1;
    let tag = if seen.set.tag { seen.tag } else { config.tag };
    news.insert(prefix, News { type2, metric, forward: None, tag });
}

/// `summary-address`: one route for all more specific ones (with the best of their metrics), or none at all.
fn summarize(domain: &Domain<'_>, r: u32, news: &mut BTreeMap<IpNet, News>, out: &mut Externals) {
    let speaker = &domain.routers[r as usize];
    let platform = &domain.input.network.devices[speaker.device].platform;
    for summary in &speaker.config.external_summaries {
        let prefix = summary.prefix.trunc();
        let parts: Vec<IpNet> = news.keys().filter(|p| prefix.contains(*p)).copied().collect();
        let parts: Vec<News> = parts.iter().filter_map(|p| news.remove(p)).collect();
        let Some(best) = parts.iter().min_by_key(|n| (n.type2, n.metric)) else { continue };
        if summary.advertise {
            let metric = summary.cost.unwrap_or(best.metric);
            news.insert(prefix, News { metric, forward: None, tag: summary.tag, ..*best });
            if platform.ospf_summary_discard.is_some() {
                out.discards.push((prefix, r));
            }
        }
    }
}

fn advertise(domain: &Domain<'_>, r: u32, news: BTreeMap<IpNet, News>, out: &mut Externals) {
    let config = domain.routers[r as usize].config;
    let areas = &domain.areas_of[r as usize];
    for (prefix, n) in news {
        let list = out.by_prefix.entry(prefix).or_default();
        let News { type2, metric, forward, tag } = n;
        if areas.iter().any(|a| domain.areas[*a as usize].is_normal()) {
            list.push(External { router: r, scope: Scope::As, type2, metric, forward, tag, propagate: false });
        }
        for &a in areas.iter().filter(|a| domain.areas[**a as usize].is_nssa()) {
            let id = domain.areas[a as usize].id;
            let kept_out = |c: &Area| c.id == id && matches!(c.kind, AreaKind::Nssa { no_redistribution: true, .. });
            let border = domain.abr[r as usize];
            if border && config.areas.iter().any(kept_out) {
                continue;
            }
            // A border router tells the AS itself, so it asks for no translation (RFC 3101 §2.4).
            let forward = forward.or_else(|| if border { None } else { own_address(domain, r, id) });
            let propagate = !border && forward.is_some();
            list.push(External { router: r, scope: Scope::Nssa(a), type2, metric, forward, tag, propagate });
        }
    }
}

/// An address of the router in an NSSA, for type 7 LSAs that are to be translated: a loopback's, else the first interface's
/// (RFC 3101 §2.3).
fn own_address(domain: &Domain<'_>, r: u32, area: u32) -> Option<IpAddr> {
    let speaker = &domain.routers[r as usize];
    let device = &domain.input.network.devices[speaker.device];
    let v6 = speaker.config.family.is_v6();
    let in_area = speaker.config.interfaces.iter().filter(|s| s.area == area);
    let up = in_area.filter(|s| domain.input.topology.is_up((speaker.device, s.interface)));
    if device.platform.ospf_nssa_forward_by_name {
        let named =
            up.filter_map(|s| device.interfaces.get(s.interface)).filter_map(|i| Some((i, i.primary(v6)?.address.addr())));
        return named.min_by_key(|(i, _)| name_order(&i.name)).map(|(_, ip)| ip);
    }
    let list: Vec<(bool, IpAddr)> = up
        .filter_map(|s| device.interfaces.get(s.interface))
        .filter_map(|i| Some((i.kind == InterfaceKind::Loopback, i.primary(v6)?.address.addr())))
        .collect();
    list.iter().find(|(loopback, _)| *loopback).or(list.first()).map(|(_, ip)| *ip)
}

/// Letters first, then the number behind them (`if_cmp_name_func`).
fn name_order(name: &str) -> (&str, u32) {
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (letters, name[letters.len()..].parse().unwrap_or(0))
}

fn nssa_default(domain: &Domain<'_>, r: u32, out: &mut Externals) {
    let config = domain.routers[r as usize].config;
    for area in &config.areas {
        let AreaKind::Nssa { default: true, no_summary, default_type, .. } = area.kind else { continue };
        let Some(a) = domain.areas.iter().position(|g| g.id == area.id && g.has(r)) else { continue };
        if no_summary && domain.abr[r as usize] {
            continue; // an inter-area default instead: `stub_defaults`
        }
        out.by_prefix.entry(default_prefix(config.family.is_v6())).or_default().push(External {
            router: r,
            scope: Scope::Nssa(a as u16),
            type2: default_type != 1,
            metric: area.default_cost,
            forward: None,
            tag: 0,
            propagate: false,
        });
    }
}

/// Type 7 to type 5 at the elected border routers (RFC 3101 §3).
fn translate(domain: &Domain<'_>, out: &mut Externals) {
    for (a, graph) in domain.areas.iter().enumerate().filter(|(_, g)| g.is_nssa()) {
        let role = |r: u32| {
            let config = domain.routers[r as usize].config;
            config.areas.iter().find(|c| c.id == graph.id).and_then(|c| match c.kind {
                AreaKind::Nssa { translate, suppress_forwarding_address, .. } => Some((translate, suppress_forwarding_address)),
                _ => None,
            })
        };
        let borders: Vec<u32> = graph.members.iter().copied().filter(|r| domain.abr[*r as usize]).collect();
        for &t in &borders {
            let Some((part, hide)) = role(t) else { continue };
            let others = || borders.iter().filter(|o| **o != t && graph.between(t, **o).is_some());
            let elected = match part {
                Translate::Always => true,
                Translate::Never => false,
                Translate::Candidate => others().all(|o| match role(*o) {
                    Some((Translate::Always, _)) => false,
                    Some((Translate::Candidate, _)) => domain.routers[*o as usize].id < domain.routers[t as usize].id,
                    _ => true,
                }),
            };
            if !elected {
                continue;
            }
            for list in out.by_prefix.values_mut() {
                if list.iter().any(|e| e.router == t && e.scope == Scope::As) {
                    continue;
                }
                let mine = list.iter().filter(|e| e.scope == Scope::Nssa(a as u16) && e.propagate && e.router != t);
                let ranked = mine.filter_map(|e| Some((graph.between(t, e.router)?.0, *e)));
                let cost =
                    |d: u32, e: &External| if e.type2 { (true, e.metric, d) } else { (false, d.saturating_add(e.metric), 0) };
                let best = ranked.min_by_key(|(d, e)| (cost(*d, e), std::cmp::Reverse(domain.routers[e.router as usize].id)));
                if let Some((_, e)) = best {
                    let forward = e.forward.filter(|_| !hide);
                    list.push(External { router: t, scope: Scope::As, forward, propagate: false, ..e });
                }
            }
        }
    }
}

pub(super) fn default_prefix(v6: bool) -> IpNet {
    if v6 { IpNet::V6(ipnet::Ipv6Net::default()) } else { IpNet::V4(ipnet::Ipv4Net::default()) }
}

/// Whether a prefix is a whole class A, B or C network: what IOS redistributes without `subnets`.
fn is_classful(prefix: &IpNet) -> bool {
    match prefix {
        IpNet::V4(p) => {
            let natural = match p.addr().octets()[0] {
                0..=127 => 8,
                128..=191 => 16,
                _ => 24,
            };
            p.prefix_len() == natural
        }
        IpNet::V6(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        for (prefix, yes) in [("10.0.0.0/8", true), ("10.1.0.0/16", false), ("172.16.0.0/16", true), ("192.0.2.0/24", true)] {
            assert_eq!(is_classful(&prefix.parse().unwrap()), yes, "{prefix}");
        }
    }
}
