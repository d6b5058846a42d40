//! What each router puts into its LSPs.
//!
//! In: interfaces, redistribution, default origination, summaries. Out: [`Adverts`] per prefix. Law: RFC 1195 §3.2, RFC 5302, RFC 5305 §4.
//! Start reading at [`originate`]. Tests: `tests.rs`.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::levels::{NARROW, NARROW_MAX, Styles, styles};
use super::neighbors::Neighbors;
use crate::model::interface::link_local;
use crate::model::isis::Levels;
use crate::model::policy::{RouteSource, Verdict};
use crate::model::route::Family;
use crate::protocols::Input;
use crate::protocols::policy::{PolicyContext, PolicyEngine, PolicyRoute};
use crate::protocols::redistribute::{self, Request};

/// A prefix in one router's LSP at one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Advert {
    pub level: u8,
    pub router: u32,
    pub metric: u32,
    /// Of the external metric type; only narrow LSPs can say so.
    pub external: bool,
    /// A subnet of an own interface (else redistributed, a summary or a default).
    pub own: bool,
    pub styles: Styles,
}

/// All prefixes of a family.
pub(super) type Adverts = BTreeMap<IpNet, Vec<Advert>>;

pub(super) fn originate(input: Input<'_>, found: &Neighbors<'_>, policies: &PolicyEngine<'_>, family: Family) -> Adverts {
    let mut out = Adverts::new();
    for r in 0..found.speakers.len() as u32 {
        let mut mine: BTreeMap<IpNet, Vec<Advert>> = BTreeMap::new();
        interfaces(input, found, r, family, &mut mine);
        redistributed(input, found, policies, r, family, &mut mine);
        default_route(input, found, policies, r, family, &mut mine);
        for (prefix, list) in mine {
            out.entry(prefix).or_default().extend(list);
        }
    }
    for list in out.values_mut() {
        list.sort_unstable();
        list.dedup();
    }
    out
}

/// The summary of a router that hides a prefix at a level.
pub(super) fn summary_of<'a>(
    found: &Neighbors<'a>,
    r: u32,
    level: u8,
    prefix: &IpNet,
) -> Option<&'a crate::model::isis::IsisSummary> {
    let list = &found.speakers[r as usize].config.summaries;
    list.iter().find(|s| s.levels.has(level) && s.prefix.contains(prefix) && s.prefix.trunc() != *prefix)
}

fn push(found: &Neighbors<'_>, r: u32, levels: Levels, out: &mut Vec<Advert>, metric: [u32; 2], external: bool, own: bool) {
    let config = found.speakers[r as usize].config;
    for level in [1u8, 2].into_iter().filter(|l| config.levels.has(*l) && levels.has(*l)) {
        let s = styles(config, level);
        let m = metric[level as usize - 1];
        let narrow = s == NARROW;
        out.push(Advert {
            level,
            router: r,
            metric: if narrow { m.min(NARROW_MAX) } else { m },
            external: external && narrow,
            own,
            styles: s,
        });
    }
}

fn interfaces(input: Input<'_>, found: &Neighbors<'_>, r: u32, family: Family, out: &mut BTreeMap<IpNet, Vec<Advert>>) {
    let speaker = &found.speakers[r as usize];
    let device = &input.network.devices[speaker.device];
    for settings in &speaker.config.interfaces {
        let Some(interface) = device.interfaces.get(settings.interface) else { continue };
        let up = input.topology.is_up((speaker.device, settings.interface));
        if !up || !settings.families.contains(&family) || (speaker.config.advertise_passive_only && !settings.passive) {
            continue;
        }
        let levels = if device.platform.isis_subnets_at_both_levels { Levels::BOTH } else { settings.levels };
        let own_v6 = family.is_v6() && speaker.config.multi_topology;
        let metric = |n: usize| if own_v6 { settings.metric_v6[n].unwrap_or(settings.metric[n]) } else { settings.metric[n] };
        for a in &interface.addresses {
            let addr = a.address.addr();
            if Family::of(addr) == family && !link_local(addr) {
                let list = out.entry(a.address.trunc()).or_default();
                push(found, r, levels, list, [metric(0), metric(1)], false, true);
            }
        }
    }
}

fn redistributed(
    input: Input<'_>,
    found: &Neighbors<'_>,
    policies: &PolicyEngine<'_>,
    r: u32,
    family: Family,
    out: &mut BTreeMap<IpNet, Vec<Advert>>,
) {
    let speaker = &found.speakers[r as usize];
    let platform = &input.network.devices[speaker.device].platform;
    for line in speaker.config.redistribute.iter().filter(|l| l.family.is_none_or(|f| f == family)) {
        let request = Request {
            node: speaker.node,
            sources: &line.sources,
            policy: line.policy.as_ref(),
            family: Some(family),
            into: RouteSource::Isis(Some(u32::from(speaker.process))),
        };
        for taken in redistribute::take(input, policies, request) {
            if taken.prefix.prefix_len() == 0 && !platform.redistribute_default {
                continue;
            }
            let seen = &taken.seen;
            let metric = seen.metric.filter(|_| seen.set.metric).or(line.metric).unwrap_or(platform.isis_redistribute_metric);
            let external = seen.set.isis_metric_external.unwrap_or(line.metric_external);
            let levels = match seen.set.isis_level {
                Some(1) => Levels { l1: true, l2: false },
                Some(2) => Levels { l1: false, l2: true },
                Some(_) => Levels::BOTH,
                None => line.levels,
            };
            let list = out.entry(taken.prefix).or_default();
            if list.is_empty() {
                push(found, r, levels, list, [metric; 2], external, false);
            }
        }
    }
}

fn default_route(
    input: Input<'_>,
    found: &Neighbors<'_>,
    policies: &PolicyEngine<'_>,
    r: u32,
    family: Family,
    out: &mut BTreeMap<IpNet, Vec<Advert>>,
) {
    let speaker = &found.speakers[r as usize];
    let Some(config) = speaker.config.default_originate.as_ref().filter(|d| d.families.contains(&family)) else { return };
    let prefix = default_prefix(family);
    let installed = input.rib.get(input.arena, speaker.node, &prefix).map(|id| *input.arena.routes.get(id));
    let installed = installed.filter(|i| !(i.protocol.is_isis() && i.process == speaker.process));
    if !config.always && installed.is_none() {
        return;
    }
    let mut seen = installed
        .map(|i| PolicyRoute::of_installed(input.arena, speaker.config.vrf, prefix, &i))
        .unwrap_or_else(|| PolicyRoute::new(prefix, RouteSource::Static, speaker.config.vrf));
    if let Some(chain) = &config.policy
        && policies.run(speaker.device, chain, &mut seen, &PolicyContext::default()) != Verdict::Accept
    {
        return;
    }
    let metric = seen.metric.filter(|_| seen.set.metric).unwrap_or(config.metric);
    let levels = match seen.set.isis_level {
        Some(1) => Levels { l1: true, l2: false },
        Some(2) => Levels { l1: false, l2: true },
        Some(_) => Levels::BOTH,
        None => config.levels,
    };
    push(found, r, levels, out.entry(prefix).or_default(), [metric; 2], false, false);
}

pub(super) fn default_prefix(family: Family) -> IpNet {
    if family.is_v6() { IpNet::V6(ipnet::Ipv6Net::default()) } else { IpNet::V4(ipnet::Ipv4Net::default()) }
}
