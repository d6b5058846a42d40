//! The state in which DUAL rests: for each prefix, each process's best path over what its neighbours say.
//!
//! In: [`Neighbors`], what each has of its own. Out: [`Known`]. Law: RFC 7868 §3.5 and §5.4. Metrics only grow from router to router, so
//! there is one such state, and the order of messages does not matter; the order of work here is fixed all the same. Longer prefixes come
//! first, as summaries live on them. Start reading at [`solve`]. Tests: `tests.rs`.

use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;

use ipnet::IpNet;
use rayon::prelude::*;

use super::metric::Vector;
use super::neighbors::{Adjacency, Neighbors, Speaker};
use super::originate::{Kind, Own, SummaryOn, installed, originate, summaries};
use crate::model::eigrp::Eigrp;
use crate::model::interface::InterfaceId;
use crate::model::policy::{RouteSource, RouteType, Verdict};
use crate::model::route::Protocol;
use crate::model::vector::VectorFilter;
use crate::protocols::Input;
use crate::protocols::policy::{PolicyContext, PolicyEngine, PolicyRoute};
use crate::rib::merge::better;
use crate::rib::{AttrsId, Hop, HopsId, Route};

/// How often a process may be looked at for one prefix, on the average. It settles in a few times.
const MOST_LOOKS: usize = 200;

/// A process's route to a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub kind: Kind,
    pub external: bool,
    pub vector: Vector,
    pub tag: u32,
    /// Next hops, successors first. None for own routes.
    pub hops: Vec<Hop>,
    /// Interfaces of the successors: split horizon.
    out: Vec<InterfaceId>,
    /// Who brought an external route in.
    originator: Option<Ipv4Addr>,
    /// Distance of a summary's discard route.
    pub distance: u32,
}

/// All routes: prefix, then process.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub columns: BTreeMap<IpNet, Vec<Option<Entry>>>,
    /// A prefix whose routes do not settle.
    pub unsettled: Option<IpNet>,
}

/// A path through a neighbour.
struct Candidate {
    external: bool,
    vector: Vector,
    composite: u64,
    /// What the neighbour itself has.
    reported: u64,
    tag: u32,
    hop: Hop,
    originator: Option<Ipv4Addr>,
}

struct Run<'a, 'n> {
    input: Input<'a>,
    found: &'n Neighbors<'a>,
    policies: &'n PolicyEngine<'a>,
    summaries: Vec<Vec<SummaryOn<'a>>>,
}

pub(super) fn solve(input: Input<'_>, found: &Neighbors<'_>, policies: &PolicyEngine<'_>, known: &Known) -> Known {
    let origins = originate(input, found, policies, known);
    let run = Run { input, found, policies, summaries: found.speakers.iter().map(|s| summaries(input, s)).collect() };
    let mut by_length: BTreeMap<u8, Vec<IpNet>> = BTreeMap::new();
    let summarized = run.summaries.iter().flatten().map(|s| s.prefix);
    for prefix in origins.keys().copied().chain(summarized) {
        by_length.entry(prefix.prefix_len()).or_default().push(prefix);
    }
    let mut out = Known::default();
    for mut prefixes in by_length.into_values().rev() {
        prefixes.sort_unstable();
        prefixes.dedup();
        let columns: Vec<_> = prefixes
            .par_iter()
            .map(|p| {
                let mut owns = run.active_summaries(p, &out.columns);
                // A summary stands before what else the process has of its own under that prefix.
                let has = |s: u32| owns.iter().any(|o| o.speaker == s);
                let others: Vec<Own> = origins.get(p).into_iter().flatten().filter(|o| !has(o.speaker)).copied().collect();
                owns.extend(others);
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

impl Run<'_, '_> {
    /// Processes that have something inside a prefix that they summarize. The summary's metric is the best one of its parts.
    fn active_summaries(&self, prefix: &IpNet, longer: &BTreeMap<IpNet, Vec<Option<Entry>>>) -> Vec<Own> {
        let mut out = Vec::new();
        for (n, list) in self.summaries.iter().enumerate() {
            let Some(summary) = list.iter().find(|s| s.prefix == *prefix) else { continue };
            let config = self.found.speakers[n].config;
            let inside = longer.range(*prefix..).take_while(|(p, _)| prefix.contains(&p.addr()));
            let parts = inside.filter(|(p, _)| *p != prefix && prefix.contains(*p)).filter_map(|(_, c)| c.get(n)?.as_ref());
            if let Some(best) = parts.map(|e| e.vector).min_by_key(|v| v.composite(config)) {
                let vector = best.made_here();
                out.push(Own { speaker: n as u32, kind: Kind::Summary, vector, tag: 0, distance: summary.distance });
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
            own[o.speaker as usize] = Some(o);
            waiting[o.speaker as usize] = true;
            queue.push_back(o.speaker);
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
            for adjacency in &self.found.adjacencies[r as usize] {
                let to = adjacency.there.speaker;
                if !std::mem::replace(&mut waiting[to as usize], true) {
                    queue.push_back(to);
                }
            }
        }
        (state, true)
    }

    /// The route of a process, given those of its neighbours.
    fn entry(&self, r: u32, prefix: &IpNet, own: Option<&Own>, state: &[Option<Entry>]) -> Option<Entry> {
        let speaker = &self.found.speakers[r as usize];
        let mine = |o: &Own| Entry {
            kind: o.kind,
            external: matches!(o.kind, Kind::Redistributed(_)),
            vector: o.vector,
            tag: o.tag,
            hops: Vec::new(),
            out: Vec::new(),
            originator: matches!(o.kind, Kind::Redistributed(_)).then_some(speaker.id).flatten(),
            distance: o.distance,
        };
        if let Some(o) = own.filter(|o| matches!(o.kind, Kind::Connected | Kind::Summary)) {
            return Some(mine(o));
        }
        let adjacencies = &self.found.adjacencies[r as usize];
        let heard = |a: &Adjacency| self.candidate(r, a, prefix, state[a.there.speaker as usize].as_ref()?);
        let candidates: Vec<Candidate> = adjacencies.iter().filter_map(heard).collect();
        let learned = self.learned(speaker, prefix, &candidates);
        match (own, learned) {
            (Some(o), Some(l)) => {
                let distance = speaker.config.distance[usize::from(l.external)];
                Some(if distance < o.distance { l } else { mine(o) })
            }
            (Some(o), None) => Some(mine(o)),
            (None, l) => l,
        }
    }

    /// The best paths: internal before external, then by metric; with `variance` also longer ones that cannot loop.
    fn learned(&self, speaker: &Speaker<'_>, prefix: &IpNet, candidates: &[Candidate]) -> Option<Entry> {
        let config = speaker.config;
        let external = candidates.iter().all(|c| c.external);
        let mut kind: Vec<&Candidate> = candidates.iter().filter(|c| c.external == external).collect();
        kind.sort_by_key(|c| (c.composite, c.hop));
        let best = *kind.first()?;
        let most = u64::from(config.variance.max(1)).saturating_mul(best.composite);
        let used = |c: &&&Candidate| c.composite == best.composite || (c.composite <= most && c.reported < best.composite);
        let paths: Vec<&&Candidate> = kind.iter().filter(used).take(config.max_paths.max(1) as usize).collect();
        if self.kept_out(speaker, prefix, external, best) {
            return None;
        }
        let equal = paths.iter().filter(|c| c.composite == best.composite);
        Some(Entry {
            kind: Kind::Learned,
            external,
            vector: best.vector,
            tag: best.tag,
            hops: paths.iter().map(|c| c.hop).collect(),
            out: equal.filter_map(|c| c.hop.interface).collect(),
            originator: best.originator,
            distance: config.distance[usize::from(external)],
        })
    }

    /// Whether the main table has something better for the prefix: then the route is not used, and nobody hears of it.
    fn kept_out(&self, speaker: &Speaker<'_>, prefix: &IpNet, external: bool, best: &Candidate) -> bool {
        let config = speaker.config;
        let Some(there) = installed(self.input, speaker.node, prefix) else { return false };
        if there.protocol.is_eigrp() && there.process == config.asn {
            return false;
        }
        let ours = Route {
            protocol: if external { Protocol::EigrpExternal } else { Protocol::Eigrp },
            process: config.asn,
            distance: config.distance[usize::from(external)],
            metric: best.vector.shown(config),
            tag: 0,
            hops: HopsId::NONE,
            via: HopsId::NONE,
            attrs: AttrsId::NONE,
            area: 0,
            origin: there.origin,
        };
        better(&there, &ours)
    }

    /// What `r` makes of its neighbour's route: what the neighbour sends, over the link between them.
    fn candidate(&self, r: u32, a: &Adjacency, prefix: &IpNet, theirs: &Entry) -> Option<Candidate> {
        let (here, there) = (&self.found.speakers[r as usize], &self.found.speakers[a.there.speaker as usize]);
        let (x, y) = (self.found.settings(a.here), self.found.settings(a.there));
        if !sends(there.config, theirs) || (y.split_horizon && theirs.out.contains(&y.interface)) {
            return None;
        }
        let on_link = |s: &&SummaryOn<'_>| s.interface == a.there.interface;
        let mut list = self.summaries[a.there.speaker as usize].iter().filter(on_link);
        if theirs.kind == Kind::Summary && !list.clone().any(|s| s.prefix == *prefix) {
            return None;
        }
        let hides = |s: &SummaryOn<'_>| {
            s.prefix != *prefix && s.prefix.contains(prefix) && !s.leak.is_some_and(|l| self.passes(there, l, prefix, theirs))
        };
        if list.any(hides) {
            return None;
        }
        // A route that comes back to who brought it in is not taken (RFC 7868 §6.5, "router id" of external data).
        if theirs.external && theirs.originator.is_some() && theirs.originator == here.id {
            return None;
        }
        let mut tag = theirs.tag;
        for (side, inbound, interface) in [(there, false, y.interface), (here, true, x.interface)] {
            for f in side.config.filters.iter().filter(|f| acts(f, inbound, interface)) {
                let mut route = self.seen(side, prefix, theirs, tag);
                route.interfaces = if inbound { vec![interface] } else { theirs.out.clone() };
                let neighbor = if inbound { a.hop.ip } else { None };
                let context = PolicyContext { neighbor, ..PolicyContext::default() };
                if self.policies.run(side.device, &f.policy, &mut route, &context) != Verdict::Accept {
                    return None;
                }
                tag = route.tag;
            }
        }
        let sent = self.offsets(there, false, y.interface, prefix, theirs, theirs.vector);
        let interface = self.input.network.devices[here.device].interfaces.get(x.interface);
        let over = sent.over(Vector::of_interface(here.config, interface, Some(x)));
        let vector = self.offsets(here, true, x.interface, prefix, theirs, over);
        (vector.hops <= here.config.max_hops).then(|| Candidate {
            external: theirs.external,
            vector,
            composite: vector.composite(here.config),
            reported: sent.composite(here.config),
            tag,
            hop: a.hop,
            originator: theirs.originator,
        })
    }

    fn seen(&self, side: &Speaker<'_>, prefix: &IpNet, theirs: &Entry, tag: u32) -> PolicyRoute {
        let source = RouteSource::Eigrp(Some(u32::from(side.config.asn)));
        let mut route = PolicyRoute::new(*prefix, source, side.config.vrf);
        route.kind = Some(if theirs.external { RouteType::External } else { RouteType::Internal });
        route.metric = Some(theirs.vector.shown(side.config));
        route.tag = tag;
        route
    }

    fn passes(&self, side: &Speaker<'_>, chain: &crate::model::policy::PolicyChain, prefix: &IpNet, theirs: &Entry) -> bool {
        let mut route = self.seen(side, prefix, theirs, theirs.tag);
        self.policies.run(side.device, chain, &mut route, &PolicyContext::default()) == Verdict::Accept
    }

    fn offsets(
        &self,
        side: &Speaker<'_>,
        inbound: bool,
        interface: InterfaceId,
        prefix: &IpNet,
        theirs: &Entry,
        vector: Vector,
    ) -> Vector {
        let on = |i: &Option<InterfaceId>| i.is_none_or(|i| i == interface);
        let list = side.config.offsets.iter().filter(|o| o.inbound == inbound && on(&o.interface));
        let mut list = list.filter(|o| o.policy.as_ref().is_none_or(|c| self.passes(side, c, prefix, theirs)));
        // The first list that holds counts.
        list.next().map_or(vector, |o| vector.offset(side.config, o.offset))
    }
}

fn acts(filter: &VectorFilter, inbound: bool, interface: InterfaceId) -> bool {
    filter.inbound == inbound && filter.source.is_none() && filter.interface.is_none_or(|i| i == interface)
}

/// What a stub router keeps to itself (Cisco, "eigrp stub").
fn sends(config: &Eigrp, entry: &Entry) -> bool {
    let Some(stub) = config.stub else { return true };
    match entry.kind {
        Kind::Connected => stub.connected,
        Kind::Summary => stub.summary,
        Kind::Redistributed(RouteSource::Connected | RouteSource::Local) => stub.connected || stub.redistributed,
        Kind::Redistributed(RouteSource::Static) => stub.statics || stub.redistributed,
        Kind::Redistributed(_) => stub.redistributed,
        Kind::Learned => false,
    }
}
