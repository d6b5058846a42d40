//! What each process has of its own: subnets of its interfaces, redistributed routes, and which summaries it sends where.
//!
//! In: processes, the main tables of the last round. Out: [`Own`] entries by prefix, [`SummaryOn`]. Law: RFC 7868 §3.6 and §5.4; a
//! redistributed route needs a metric, unless it is connected, static or another EIGRP's. Start reading at [`originate`]. Tests: `tests.rs`.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::compute::Known;
use super::metric::Vector;
use super::neighbors::{Neighbors, Speaker};
use crate::base::id::Id;
use crate::model::interface::link_local;
use crate::model::network::NodeId;
use crate::model::policy::{PolicyChain, RouteSource, Verdict};
use crate::model::route::Family;
use crate::protocols::Input;
use crate::protocols::link::classful;
use crate::protocols::policy::{PolicyContext, PolicyEngine, same_source, source_of};
use crate::protocols::redistribute::{self, Request, Taken};

/// What a process's own route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A subnet of an interface.
    Connected,
    /// Taken from elsewhere: from where.
    Redistributed(RouteSource),
    /// Stands for more specific ones.
    Summary,
    /// Heard from neighbours.
    Learned,
}

/// A route of a process's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Own {
    pub speaker: u32,
    pub kind: Kind,
    pub vector: Vector,
    pub tag: u32,
    /// The distance with which the redistributed route is installed.
    pub distance: u32,
}

/// A summary on an interface of a speaker.
#[derive(Debug, Clone, Copy)]
pub(super) struct SummaryOn<'a> {
    pub prefix: IpNet,
    /// Index into the process's interfaces.
    pub interface: u32,
    pub distance: u32,
    pub leak: Option<&'a PolicyChain>,
}

/// Whether some process takes routes of another one with the metric they have there.
pub(super) fn keeps_metrics(found: &Neighbors<'_>) -> bool {
    let lines = found.speakers.iter().flat_map(|s| &s.config.redistribute);
    lines.filter(|l| l.metric.is_none()).any(|l| l.sources.iter().any(|s| matches!(s, RouteSource::Eigrp(_))))
}

/// The summaries of a process: configured ones, and classful ones at the borders of classful networks.
pub(super) fn summaries<'a>(input: Input<'a>, speaker: &Speaker<'a>) -> Vec<SummaryOn<'a>> {
    let config = speaker.config;
    let device = &input.network.devices[speaker.device];
    let mut out = Vec::new();
    for (i, settings) in config.interfaces.iter().enumerate() {
        out.extend(settings.summaries.iter().map(|s| SummaryOn {
            prefix: s.prefix.trunc(),
            interface: i as u32,
            distance: s.distance.unwrap_or(config.distance[2]),
            leak: s.leak.as_ref(),
        }));
    }
    if !config.auto_summary || config.family.is_v6() {
        return out;
    }
    let major_of = |interface| {
        let interface: Option<&crate::model::Interface> = device.interfaces.get(interface);
        interface.and_then(|i| i.primary(false)).and_then(|a| classful(&a.address))
    };
    let mut majors: Vec<IpNet> = Vec::new();
    for settings in config.interfaces.iter().filter(|s| input.topology.is_up((speaker.device, s.interface))) {
        majors.extend(major_of(settings.interface));
    }
    majors.sort_unstable();
    majors.dedup();
    for (i, settings) in config.interfaces.iter().enumerate().filter(|(_, s)| !s.passive) {
        let here = major_of(settings.interface);
        let others = majors.iter().filter(|m| Some(**m) != here);
        out.extend(others.map(|m| SummaryOn { prefix: *m, interface: i as u32, distance: config.distance[2], leak: None }));
    }
    out
}

pub(super) fn originate(
    input: Input<'_>,
    found: &Neighbors<'_>,
    policies: &PolicyEngine<'_>,
    known: &Known,
) -> BTreeMap<IpNet, Vec<Own>> {
    let mut out: BTreeMap<IpNet, Vec<Own>> = BTreeMap::new();
    for (n, speaker) in found.speakers.iter().enumerate() {
        let mut mine: BTreeMap<IpNet, Own> = BTreeMap::new();
        connected(input, speaker, n as u32, &mut mine);
        redistributed(input, found, policies, known, n as u32, &mut mine);
        for (prefix, own) in mine {
            out.entry(prefix).or_default().push(own);
        }
    }
    out
}

fn connected(input: Input<'_>, speaker: &Speaker<'_>, n: u32, out: &mut BTreeMap<IpNet, Own>) {
    let device = &input.network.devices[speaker.device];
    for settings in &speaker.config.interfaces {
        let Some(interface) = device.interfaces.get(settings.interface) else { continue };
        if !input.topology.is_up((speaker.device, settings.interface)) {
            continue;
        }
        let vector = Vector::of_interface(speaker.config, Some(interface), Some(settings));
        for a in &interface.addresses {
            let addr = a.address.addr();
            let covered = settings.addresses.is_empty() || settings.addresses.iter().any(|p| p.trunc() == a.address.trunc());
            if covered && Family::of(addr) == speaker.config.family && !link_local(addr) {
                let own = Own { speaker: n, kind: Kind::Connected, vector, tag: 0, distance: 0 };
                let kept = out.entry(a.address.trunc()).or_insert(own);
                if vector.composite(speaker.config) < kept.vector.composite(speaker.config) {
                    *kept = own;
                }
            }
        }
    }
}

fn redistributed(
    input: Input<'_>,
    found: &Neighbors<'_>,
    policies: &PolicyEngine<'_>,
    known: &Known,
    n: u32,
    out: &mut BTreeMap<IpNet, Own>,
) {
    let speaker = &found.speakers[n as usize];
    let config = speaker.config;
    for line in &config.redistribute {
        let request = Request {
            node: speaker.node,
            sources: &line.sources,
            policy: line.policy.as_ref(),
            family: Some(config.family),
            into: RouteSource::Eigrp(Some(u32::from(config.asn))),
        };
        for mut taken in redistribute::take(input, policies, request) {
            let from = source_of(&taken.route);
            let mut lists = config.filters.iter().filter(|f| !f.inbound && f.source.is_some_and(|s| same_source(s, from)));
            let passes = lists
                .all(|f| policies.run(speaker.device, &f.policy, &mut taken.seen, &PolicyContext::default()) == Verdict::Accept);
            if !passes {
                continue;
            }
            let said = taken.seen.set.metric_eigrp.or(line.metric).map(|m| Vector::configured(&m));
            let Some(vector) = said.or_else(|| own_metric(input, found, known, speaker, &taken)) else { continue };
            let own =
                Own { speaker: n, kind: Kind::Redistributed(from), vector, tag: taken.seen.tag, distance: taken.route.distance };
            out.entry(taken.prefix).or_insert(own);
        }
    }
}

/// The metric of a redistributed route for which the line says none.
fn own_metric(input: Input<'_>, found: &Neighbors<'_>, known: &Known, speaker: &Speaker<'_>, taken: &Taken) -> Option<Vector> {
    match source_of(&taken.route) {
        RouteSource::Connected | RouteSource::Local | RouteSource::Static => {
            let device = &input.network.devices[speaker.device];
            let out = input.arena.hops_of(&taken.route).iter().find_map(|h| h.interface);
            Some(Vector::of_interface(speaker.config, out.and_then(|i| device.interfaces.get(i)), None))
        }
        RouteSource::Eigrp(_) => {
            let of = |s: &Speaker<'_>| s.node == speaker.node && s.config.asn == taken.route.process;
            let other = found.speakers.iter().position(of)?;
            known.columns.get(&taken.prefix)?.get(other)?.as_ref().map(|e| e.vector)
        }
        _ => speaker.config.default_metric.as_ref().map(Vector::configured),
    }
}

/// The installed route of a node, by which a route of EIGRP's may be kept out.
pub(super) fn installed(input: Input<'_>, node: NodeId, prefix: &IpNet) -> Option<crate::rib::Route> {
    debug_assert!(node.index() < input.network.nodes().len());
    input.rib.get(input.arena, node, prefix).map(|id| *input.arena.routes.get(id))
}
