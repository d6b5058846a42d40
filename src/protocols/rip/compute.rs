//! The state in which RIP rests: for each prefix, each process's best route over what it hears.
//!
//! In: [`Neighbors`], own subnets, redistributed routes. Out: [`Known`]. Law: RFC 2453 §3.9; metrics only grow from router to router, so
//! there is one such state. Longer prefixes come first, as summaries live on them. Where a platform adds the hop when it sends
//! (`rip_adds_on_send`), its table shows one less, and metric 15 can still be heard. Where export policies say what is sent
//! (`RipInterface::export`), own routes are whatever a policy takes from the main table. Start reading at [`solve`]. Tests: `tests.rs`.

use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};

use ipnet::{IpNet, Ipv4Net};

use super::neighbors::{Hears, Neighbors, Speaker};
use crate::model::interface::{InterfaceId, link_local};
use crate::model::policy::{RouteSource, Verdict};
use crate::model::rip::{INFINITY, MetricOut, RipExport, RipInterface};
use crate::model::route::{Family, Protocol};
use crate::protocols::Input;
use crate::protocols::policy::{PolicyContext, PolicyEngine, PolicyRoute, same_source, source_of};
use crate::protocols::redistribute::{self, Request};
use crate::rib::merge::better;
use crate::rib::{AttrsId, Hop, HopsId, Route};

/// How often a process may be looked at for one prefix, on the average.
const MOST_LOOKS: usize = 200;

/// A process's route to a prefix. The metric is what the process sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub distance: u32,
    pub metric: u32,
    pub tag: u32,
    /// None for own routes.
    pub hops: Vec<Hop>,
    pub summary: bool,
    /// Of an own route: what export policies send.
    sent: Vec<Sent>,
}

/// What the export policy of a group makes of an own route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sent {
    group: u32,
    /// `None`: the policy sets none.
    metric: Option<u32>,
    tag: u32,
}

/// All routes: prefix, then process.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub columns: BTreeMap<IpNet, Vec<Option<Entry>>>,
    pub unsettled: Option<IpNet>,
}

#[derive(Debug, Clone)]
struct Own {
    speaker: u32,
    metric: u32,
    tag: u32,
    /// Distance with which a redistributed route is installed.
    distance: u32,
    summary: bool,
    sent: Vec<Sent>,
}

impl Own {
    fn new(speaker: u32, metric: u32) -> Self {
        Self { speaker, metric, tag: 0, distance: 0, summary: false, sent: Vec::new() }
    }
}

/// A route as it arrives.
struct Heard {
    distance: u32,
    metric: u32,
    tag: u32,
}

struct Run<'a, 'n> {
    input: Input<'a>,
    found: &'n Neighbors<'a>,
    policies: &'n PolicyEngine<'a>,
    /// Per process: prefix, and the interface that sends it.
    summaries: Vec<Vec<(IpNet, InterfaceId)>>,
}

pub(super) fn solve(input: Input<'_>, found: &Neighbors<'_>, policies: &PolicyEngine<'_>, family: Family) -> Known {
    let mut origins: BTreeMap<IpNet, Vec<Own>> = BTreeMap::new();
    for (n, speaker) in found.speakers.iter().enumerate() {
        let mut mine = BTreeMap::new();
        own_subnets(input, speaker, n as u32, family, &mut mine);
        redistributed(input, policies, speaker, n as u32, family, &mut mine);
        exported(input, policies, speaker, n as u32, family, &mut mine);
        default_route(input, policies, speaker, n as u32, family, &mut mine);
        for (prefix, own) in mine {
            origins.entry(prefix).or_default().push(own);
        }
    }
    let run = Run { input, found, policies, summaries: found.speakers.iter().map(|s| summaries(input, s)).collect() };
    let mut by_length: BTreeMap<u8, Vec<IpNet>> = BTreeMap::new();
    for prefix in origins.keys().copied().chain(run.summaries.iter().flatten().map(|s| s.0)) {
        by_length.entry(prefix.prefix_len()).or_default().push(prefix);
    }
    let mut out = Known::default();
    for mut prefixes in by_length.into_values().rev() {
        prefixes.sort_unstable();
        prefixes.dedup();
        let columns: Vec<_> = prefixes
            .iter()
            .map(|p| {
                let mut owns = run.active_summaries(p, &out.columns);
                owns.extend(origins.get(p).into_iter().flatten().cloned());
                run.column(p, &owns)
            })
            .collect();
        for (prefix, (column, settled)) in prefixes.into_iter().zip(columns) {
            out.columns.insert(prefix, column);
            if !settled {
                out.unsettled.get_or_insert(prefix);
            }
        }
    }
    out
}

fn own_subnets(input: Input<'_>, speaker: &Speaker<'_>, n: u32, family: Family, out: &mut BTreeMap<IpNet, Own>) {
    let device = &input.network.devices[speaker.device];
    for settings in speaker.config.interfaces.iter().filter(|s| s.export.is_none()) {
        let Some(interface) = device.interfaces.get(settings.interface) else { continue };
        if !input.topology.is_up((speaker.device, settings.interface)) {
            continue;
        }
        for a in &interface.addresses {
            let addr = a.address.addr();
            if Family::of(addr) == family && !link_local(addr) {
                out.insert(a.address.trunc(), Own::new(n, 1));
            }
        }
    }
}

fn redistributed(
    input: Input<'_>,
    policies: &PolicyEngine<'_>,
    speaker: &Speaker<'_>,
    n: u32,
    family: Family,
    out: &mut BTreeMap<IpNet, Own>,
) {
    let config = speaker.config;
    for line in &config.redistribute {
        let request = Request {
            node: speaker.node,
            sources: &line.sources,
            policy: line.policy.as_ref(),
            family: Some(family),
            into: RouteSource::Rip,
        };
        for mut taken in redistribute::take(input, policies, request) {
            let from = source_of(&taken.route);
            let mut lists = config.filters.iter().filter(|f| !f.inbound && f.source.is_some_and(|s| same_source(s, from)));
            let passes = lists
                .all(|f| policies.run(speaker.device, &f.policy, &mut taken.seen, &PolicyContext::default()) == Verdict::Accept);
            let said = taken.seen.metric.filter(|_| taken.seen.set.metric).or(line.metric);
            // Connected and static routes are a hop away without further words (RFC 2453 §3.9.2; Cisco, "redistribute (IP)").
            let near = matches!(from, RouteSource::Connected | RouteSource::Local | RouteSource::Static).then_some(1);
            let metric = said.or(config.default_metric).or(near).unwrap_or(INFINITY);
            if passes && metric < INFINITY {
                let own = Own { tag: taken.seen.tag, distance: taken.route.distance, ..Own::new(n, metric.max(1)) };
                out.entry(taken.prefix).or_insert(own);
            }
        }
    }
}

/// What export policies take from the main table.
fn exported(
    input: Input<'_>,
    policies: &PolicyEngine<'_>,
    speaker: &Speaker<'_>,
    n: u32,
    family: Family,
    out: &mut BTreeMap<IpNet, Own>,
) {
    let mut done = Vec::new();
    for export in speaker.config.interfaces.iter().filter_map(|i| i.export.as_ref()) {
        if done.contains(&export.group) {
            continue;
        }
        done.push(export.group);
        let request = Request {
            node: speaker.node,
            sources: &[],
            policy: Some(&export.policy),
            family: Some(family),
            into: RouteSource::Rip,
        };
        for taken in redistribute::take(input, policies, request) {
            let metric = taken.seen.metric.filter(|_| taken.seen.set.metric);
            let own = out.entry(taken.prefix).or_insert(Own { distance: taken.route.distance, ..Own::new(n, 1) });
            own.sent.push(Sent { group: export.group, metric, tag: taken.seen.tag });
        }
    }
}

fn default_route(
    input: Input<'_>,
    policies: &PolicyEngine<'_>,
    speaker: &Speaker<'_>,
    n: u32,
    family: Family,
    out: &mut BTreeMap<IpNet, Own>,
) {
    let Some(config) = &speaker.config.default_originate else { return };
    let prefix = if family.is_v6() { IpNet::V6(ipnet::Ipv6Net::default()) } else { IpNet::V4(Ipv4Net::default()) };
    let installed = input.rib.get(input.arena, speaker.node, &prefix).map(|id| *input.arena.routes.get(id));
    if !config.always && installed.is_none_or(|r| r.protocol == Protocol::Rip) {
        return;
    }
    let mut metric = config.metric;
    if let Some(chain) = &config.policy {
        let run =
            |seen: &mut PolicyRoute| policies.run(speaker.device, chain, seen, &PolicyContext::default()) == Verdict::Accept;
        let mut itself = PolicyRoute::new(prefix, RouteSource::Static, speaker.config.vrf);
        // Cisco, "Default-Information Originate" (IOS-XR routing policies): "if any routes in the local RIB pass the policy, then the
        // default route is inserted".
        let any = |(prefix, _, id): (IpNet, _, _)| {
            let mut seen = PolicyRoute::of_installed(input.arena, speaker.config.vrf, prefix, input.arena.routes.get(id));
            (Family::of_prefix(&prefix) == family && run(&mut seen)).then_some(seen)
        };
        let passed = if config.asks_itself {
            run(&mut itself).then_some(itself)
        } else {
            input.rib.row(speaker.node).into_iter().find_map(any)
        };
        let Some(seen) = passed else { return };
        metric = seen.metric.filter(|_| seen.set.metric).unwrap_or(metric);
    }
    if metric < INFINITY {
        out.insert(prefix, Own::new(n, metric.max(1)));
    }
}

/// The summaries of a process: configured ones, and classful ones at the borders of classful networks.
fn summaries(input: Input<'_>, speaker: &Speaker<'_>) -> Vec<(IpNet, InterfaceId)> {
    let config = speaker.config;
    let device = &input.network.devices[speaker.device];
    let mut out = Vec::new();
    for s in &config.interfaces {
        out.extend(s.summaries.iter().map(|p| (p.trunc(), s.interface)));
    }
    if !config.auto_summary || config.family.is_v6() {
        return out;
    }
    let major_of = |interface: InterfaceId| {
        let address = device.interfaces.get(interface).and_then(|i| i.primary(false))?;
        crate::protocols::link::classful(&address.address)
    };
    let up = config.interfaces.iter().filter(|s| input.topology.is_up((speaker.device, s.interface)));
    let mut majors: Vec<IpNet> = up.filter_map(|s| major_of(s.interface)).collect();
    majors.sort_unstable();
    majors.dedup();
    for s in &config.interfaces {
        let here = major_of(s.interface);
        out.extend(majors.iter().filter(|m| Some(**m) != here).map(|m| (*m, s.interface)));
    }
    out
}

impl Run<'_, '_> {
    fn active_summaries(&self, prefix: &IpNet, longer: &BTreeMap<IpNet, Vec<Option<Entry>>>) -> Vec<Own> {
        let mut out = Vec::new();
        for (n, list) in self.summaries.iter().enumerate().filter(|(_, l)| l.iter().any(|s| s.0 == *prefix)) {
            debug_assert!(!list.is_empty());
            let inside = longer.range(*prefix..).take_while(|(p, _)| prefix.contains(&p.addr()));
            let parts = inside.filter(|(p, _)| *p != prefix && prefix.contains(*p)).filter_map(|(_, c)| c.get(n)?.as_ref());
            let worst = self.input.network.devices[self.found.speakers[n].device].platform.rip_summary_takes_worst;
            let parts = parts.map(|e| e.metric);
            if let Some(metric) = if worst { parts.max() } else { parts.min() } {
                out.push(Own { summary: true, ..Own::new(n as u32, metric) });
            }
        }
        out
    }

    fn column(&self, prefix: &IpNet, owns: &[Own]) -> (Vec<Option<Entry>>, bool) {
        let count = self.found.speakers.len();
        let mut state: Vec<Option<Entry>> = vec![None; count];
        let mut own: Vec<Option<&Own>> = vec![None; count];
        let mut waiting = vec![false; count];
        let mut queue: VecDeque<u32> = VecDeque::new();
        for o in owns {
            // A subnet of the process's own stands before a summary of the same length.
            if own[o.speaker as usize].is_none_or(|old| old.summary) {
                own[o.speaker as usize] = Some(o);
            }
            if !std::mem::replace(&mut waiting[o.speaker as usize], true) {
                queue.push_back(o.speaker);
            }
        }
        let mut budget = MOST_LOOKS * count + 1000;
        while let Some(r) = queue.pop_front() {
            waiting[r as usize] = false;
            let next = self.entry(r, prefix, own[r as usize], &state);
            if next == state[r as usize] {
                continue;
            }
            state[r as usize] = next;
            if budget == 0 {
                return (state, false);
            }
            budget -= 1;
            for &to in &self.found.heard_by[r as usize] {
                if !std::mem::replace(&mut waiting[to as usize], true) {
                    queue.push_back(to);
                }
            }
        }
        (state, true)
    }

    fn entry(&self, r: u32, prefix: &IpNet, own: Option<&Own>, state: &[Option<Entry>]) -> Option<Entry> {
        let speaker = &self.found.speakers[r as usize];
        let mine = |o: &Own| Entry {
            distance: o.distance,
            metric: o.metric,
            tag: o.tag,
            hops: Vec::new(),
            summary: o.summary,
            sent: o.sent.clone(),
        };
        if let Some(o) = own.filter(|o| o.distance < speaker.nearest) {
            return Some(mine(o));
        }
        let mut best: Option<Entry> = None;
        for h in &self.found.hears[r as usize] {
            let Some(theirs) = &state[h.there.speaker as usize] else { continue };
            let Some(Heard { distance, metric, tag }) = self.heard(r, h, prefix, theirs) else { continue };
            match best.as_mut().map(|b| ((b.distance, b.metric).cmp(&(distance, metric)), b)) {
                Some((Ordering::Less, _)) => {}
                Some((Ordering::Equal, b)) => b.hops.push(h.hop),
                _ => best = Some(Entry { distance, metric, tag, hops: vec![h.hop], summary: false, sent: Vec::new() }),
            }
        }
        let mut best = best.filter(|b| !self.kept_out(speaker, prefix, b));
        if let Some(b) = &mut best {
            b.hops.sort_unstable();
            b.hops.dedup();
            b.hops.truncate(speaker.config.max_paths.max(1) as usize);
        }
        best.filter(|b| own.is_none_or(|o| b.distance <= o.distance)).or_else(|| own.map(mine))
    }

    /// Whether the main table has something better for the prefix and the platform then forgets the route.
    fn kept_out(&self, speaker: &Speaker<'_>, prefix: &IpNet, best: &Entry) -> bool {
        if !self.input.network.devices[speaker.device].platform.rip_sends_installed_only {
            return false;
        }
        let Some(there) = self.input.rib.get(self.input.arena, speaker.node, prefix) else { return false };
        let there = *self.input.arena.routes.get(there);
        let ours = Route {
            protocol: Protocol::Rip,
            process: 0,
            distance: best.distance,
            metric: best.metric,
            tag: best.tag,
            hops: HopsId::NONE,
            via: HopsId::NONE,
            attrs: AttrsId::NONE,
            area: 0,
            origin: there.origin,
        };
        there.protocol != Protocol::Rip && better(&there, &ours)
    }

    /// Metric and tag with which an export policy sends a route, if it does.
    ///
    /// Junos, "metric-out": a route of the same group keeps its metric, all others get the group's; a policy's metric goes before both.
    /// SR OS: "the metric added to routes that were exported into RIP"; what RIP learned keeps its metric.
    fn sent(&self, side: &Speaker<'_>, export: &RipExport, prefix: &IpNet, entry: &Entry) -> Option<(u32, u32)> {
        if entry.hops.is_empty() {
            let sent = entry.sent.iter().find(|s| s.group == export.group)?;
            let metric = match export.metric_out {
                MetricOut::InPlace(out) => sent.metric.unwrap_or(out),
                MetricOut::Added(more) => sent.metric.unwrap_or(0).saturating_add(more),
            };
            return Some((metric, sent.tag));
        }
        let interfaces: Vec<InterfaceId> = entry.hops.iter().filter_map(|h| h.interface).collect();
        let in_group = |i: &RipInterface| i.export.as_ref().is_some_and(|e| e.group == export.group);
        let same = side.config.interfaces.iter().any(|i| in_group(i) && interfaces.contains(&i.interface));
        let mut route = PolicyRoute::new(*prefix, RouteSource::Rip, side.config.vrf);
        (route.distance, route.metric, route.tag) = (entry.distance, Some(entry.metric), entry.tag);
        (route.next_hop, route.interfaces) = (entry.hops.first().and_then(|h| h.ip), interfaces);
        if self.policies.run(side.device, &export.policy, &mut route, &PolicyContext::default()) != Verdict::Accept {
            return None;
        }
        let plain = match export.metric_out {
            MetricOut::InPlace(out) if !same => out,
            _ => entry.metric,
        };
        Some((route.metric.filter(|_| route.set.metric).unwrap_or(plain), route.tag))
    }

    /// What `r` hears, or nothing.
    fn heard(&self, r: u32, h: &Hears, prefix: &IpNet, theirs: &Entry) -> Option<Heard> {
        let (here, there) = (&self.found.speakers[r as usize], &self.found.speakers[h.there.speaker as usize]);
        let (x, y) = (self.found.settings(h.here), self.found.settings(h.there));
        if y.split_horizon && theirs.hops.iter().any(|hop| hop.interface == Some(y.interface)) {
            return None;
        }
        let mut on_link = self.summaries[h.there.speaker as usize].iter().filter(|s| s.1 == y.interface);
        if (theirs.summary && !on_link.clone().any(|s| s.0 == *prefix)) || on_link.any(|s| s.0 != *prefix && s.0.contains(prefix))
        {
            return None;
        }
        let (mut metric, mut tag) = match &y.export {
            None => (theirs.metric, theirs.tag),
            Some(export) => self.sent(there, export, prefix, theirs)?,
        };
        let mut distance = x.distance.unwrap_or(here.config.distance);
        // Policies see a metric as the table shows it.
        let ahead = u32::from(self.input.network.devices[here.device].platform.rip_adds_on_send);
        for (side, inbound, interface) in [(there, false, y.interface), (here, true, x.interface)] {
            let config = side.config;
            let seen = |metric: u32, tag: u32| {
                let mut route = PolicyRoute::new(*prefix, RouteSource::Rip, config.vrf);
                (route.metric, route.tag, route.interfaces) = (Some(metric), tag, vec![interface]);
                route
            };
            let context = PolicyContext { neighbor: h.hop.ip.filter(|_| inbound), ..PolicyContext::default() };
            if inbound {
                // On the wire a metric is at least 1 (RFC 2453 §3.9.2).
                metric = metric.max(1).saturating_add(x.metric_in);
            }
            for f in &config.filters {
                if f.inbound != inbound || f.source.is_some() || f.interface.is_some_and(|i| i != interface) {
                    continue;
                }
                let ahead = if inbound { ahead } else { 0 };
                let mut route = seen(metric.saturating_sub(ahead), tag);
                if self.policies.run(side.device, &f.policy, &mut route, &context) != Verdict::Accept {
                    return None;
                }
                tag = route.tag;
                metric = route.metric.filter(|_| route.set.metric).map_or(metric, |m| m.saturating_add(ahead));
                distance = route.set.distance.filter(|_| inbound).unwrap_or(distance);
            }
            let acts = config.offsets.iter().find(|o| {
                let passes = || {
                    o.policy
                        .as_ref()
                        .is_none_or(|p| self.policies.run(side.device, p, &mut seen(metric, tag), &context) == Verdict::Accept)
                };
                o.inbound == inbound && o.interface.is_none_or(|i| i == interface) && passes()
            });
            metric = metric.saturating_add(acts.map_or(0, |o| o.offset));
        }
        let most = INFINITY - 1 + ahead;
        (metric <= most).then_some(Heard { distance, metric, tag })
    }
}
