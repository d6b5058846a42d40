//! Prefix classes: prefixes that start at the same speakers with the same attributes, and that no policy, aggregate or next hop tells
//! apart, are solved once.
//!
//! In: a [`Plan`], [`Seed`]s. Out: [`Class`]es, and the prefixes that must go one by one. Law: may tell two alike prefixes apart, never
//! takes two for one that some rule can tell apart. One by one go: prefixes that are, or lie in, an aggregate; default routes made for
//! one neighbour; active routes that export policies choose from; redistributed routes that a learned path could displace; host routes
//! that are some path's next hop.

use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use ipnet::IpNet;
use rayon::prelude::*;

use super::groups::{Next, Plan};
use super::path::Class as PathClass;
use super::seeds::Seed;
use super::speakers::{EndId, SpeakerId};
use super::transfer::Target;
use super::wave::Heard;
use crate::base::Set;
use crate::base::id::{Id, IdVec};
use crate::base::intern::Interner;
use crate::base::shared::{SHARDS, shard_of};
use crate::model::device::Device;
use crate::model::filter::Filter;
use crate::model::network::{DeviceId, NodeId};
use crate::model::policy::{Action, Cond, NextHopEdit, PolicyChain, PolicyId, PrefixList, PrefixRange};
use crate::model::route::Family;
use crate::protocols::policy::acl_permits;
use crate::rib::{AttrsId, BgpAttrs, PrefixId};

/// A class: one prefix stands for all.
#[derive(Debug, Clone)]
pub(super) struct Class {
    /// The first member.
    pub target: Target,
    /// In order.
    pub members: Vec<(IpNet, PrefixId)>,
    pub seed: Seed,
    /// Of each path made here its attributes without next hop, and the next hop.
    pub locals: Vec<(AttrsId, Next)>,
    /// In place of what comes from outside: what the ends make of it, where that is known.
    pub heard: Vec<(EndId, Heard)>,
    /// What some ends make of what comes from outside: found out earlier, under the same policies.
    pub known: Vec<(EndId, Heard)>,
    /// The distances of routes below BGP, by node.
    below: Vec<Below>,
}

type Below = (NodeId, u32, u32);

impl Class {
    /// The same with other members.
    pub(super) fn like(&self, members: Vec<(IpNet, PrefixId)>) -> Self {
        Self {
            heard: Vec::new(),
            known: Vec::new(),
            target: self.target,
            members,
            seed: self.seed.clone(),
            locals: self.locals.clone(),
            below: self.below.clone(),
        }
    }
    /// The same with other members, led by the first of them; none without any.
    pub(super) fn with_members(&self, members: Vec<(IpNet, PrefixId)>) -> Option<Self> {
        let (prefix, id) = *members.first()?;
        let target = Target { prefix, id, ..self.target };
        Some(Self { target, heard: self.heard.clone(), known: self.known.clone(), ..self.like(members) })
    }
    /// Whether any speaker has a route below BGP.
    pub(super) fn has_below(&self) -> bool {
        !self.below.is_empty()
    }
    /// Whether a prefix is a member.
    pub(super) fn holds(&self, prefix: &IpNet) -> bool {
        self.members.binary_search_by_key(prefix, |m| m.0).is_ok()
    }
    /// The distance of a node's route below BGP.
    pub(super) fn below(&self, node: NodeId) -> Option<u32> {
        let at = self.below.binary_search_by_key(&node, |b| b.0).ok()?;
        Some(self.below[at].1)
    }
}

/// All that can tell two prefixes apart.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key<'s> {
    family: Family,
    local: Vec<(SpeakerId, AttrsId, PathClass)>,
    outside: &'s [(EndId, AttrsId)],
    below: Vec<Below>,
    tests: Vec<u64>,
}

/// Parts prefixes, which come in order, into classes and those that go one by one.
pub(super) fn split(plan: &Plan<'_, '_>, all: Vec<(IpNet, Seed)>) -> (Vec<Arc<Class>>, Vec<(IpNet, Seed)>) {
    let apart = Apart::new(plan, &all);
    let tests = Tests::new(plan);
    let hasher = FixedState::with_seed(0);
    let keys = all.par_iter().map(|(prefix, seed)| {
        let key = (!apart.prefix(plan, prefix, seed)).then(|| key(plan, &apart, &tests, prefix, seed))?;
        Some((hasher.hash_one(&key), plan.t.input.arena.prefix(*prefix), key))
    });
    let keys: Vec<Option<(u64, PrefixId, Key<'_>)>> = keys.collect();
    // Alike prefixes meet in one shard, in order.
    let shard = |n: usize| alike(&keys, n);
    let mut alike: Vec<Vec<u32>> = (0..SHARDS).into_par_iter().flat_map_iter(shard).collect();
    alike.par_sort_unstable_by_key(|members| members.first().copied());
    let class = |members: Vec<u32>| {
        let at = *members.first()? as usize;
        let ((first, seed), below) = (&all[at], keys[at].as_ref()?.2.below.clone());
        let member = |n: &u32| Some((all[*n as usize].0, keys[*n as usize].as_ref()?.1));
        let members: Vec<(IpNet, PrefixId)> = members.iter().filter_map(member).collect();
        let target = Target { prefix: *first, id: members.first()?.1, family: Family::of_prefix(first) };
        let locals = seed.local.iter().map(|(_, p)| plan.bare(p.attrs)).collect();
        Some(Arc::new(Class { heard: Vec::new(), known: Vec::new(), target, members, seed: seed.clone(), locals, below }))
    };
    let classes = alike.into_par_iter().filter_map(class).collect();
    let single = all.iter().zip(&keys).filter(|(_, key)| key.is_none()).map(|(one, _)| one.clone()).collect();
    keys.into_par_iter().for_each(drop);
    all.into_par_iter().for_each(drop);
    (classes, single)
}

/// The prefixes of a shard by what they have in common.
fn alike(keys: &[Option<(u64, PrefixId, Key<'_>)>], shard: usize) -> Vec<Vec<u32>> {
    let mut place: HashTable<usize> = HashTable::new();
    let mut out: Vec<Vec<u32>> = Vec::new();
    let of = |n: u32| keys[n as usize].as_ref();
    for (n, key) in (0u32..).zip(keys) {
        let Some((hash, _, key)) = key.as_ref().filter(|k| shard_of(k.0) == shard) else { continue };
        let same = |&at: &usize| out[at].first().and_then(|&f| of(f)).is_some_and(|k| k.2 == *key);
        let hash_of = |&at: &usize| out[at].first().and_then(|&f| of(f)).map_or(0, |k| k.0);
        match place.entry(*hash, same, hash_of) {
            Entry::Occupied(at) => {
                let at = *at.get();
                out[at].push(n);
            }
            Entry::Vacant(free) => {
                free.insert(out.len());
                out.push(vec![n]);
            }
        }
    }
    out
}

fn key<'s>(plan: &Plan<'_, '_>, apart: &Apart, tests: &Tests<'_>, prefix: &IpNet, seed: &'s Seed) -> Key<'s> {
    Key {
        family: Family::of_prefix(prefix),
        local: seed.local.iter().map(|(s, p)| (*s, p.attrs, p.class)).collect(),
        outside: &seed.outside,
        below: apart.below(plan, prefix),
        tests: tests.of(prefix),
    }
}

/// The next hops that the paths of some prefixes start with.
fn hops_of(attrs: &Interner<AttrsId, BgpAttrs>, seeds: &[(IpNet, Seed)]) -> Vec<IpAddr> {
    // Millions of paths have far fewer bundles, and those a few next hops.
    fn of((_, seed): &(IpNet, Seed)) -> impl Iterator<Item = usize> + '_ {
        let all = seed.local.iter().map(|l| l.1.attrs).chain(seed.outside.iter().map(|o| o.1));
        all.map(AttrsId::index)
    }
    let highest = seeds.par_iter().flat_map_iter(of).max();
    let used: Vec<AtomicBool> = std::iter::repeat_with(AtomicBool::default).take(highest.map_or(0, |n| n + 1)).collect();
    seeds.par_iter().flat_map_iter(of).for_each(|n| used[n].store(true, Ordering::Relaxed));
    let used = used.iter().enumerate().filter(|(_, used)| used.load(Ordering::Relaxed));
    used.filter_map(|(n, _)| attrs.get(AttrsId::new(n)).next_hop).collect()
}

/// What keeps a prefix out of all classes.
struct Apart {
    aggregates: Set<IpNet>,
    backdoors: Set<IpNet>,
    next_hops: Set<IpAddr>,
    speaks: IdVec<NodeId, bool>,
}

impl Apart {
    fn new(plan: &Plan<'_, '_>, seeds: &[(IpNet, Seed)]) -> Self {
        let (t, graph) = (plan.t, plan.t.graph);
        let families = || graph.speakers.iter().flat_map(|s| &s.bgp.families);
        let mut next_hops = Set::default();
        for e in &graph.ends {
            next_hops.extend([e.local, e.peer]);
            next_hops.extend([Family::V4, Family::V6].into_iter().filter_map(|f| t.self_address(e, f)));
        }
        let actions = t.input.network.devices.iter().filter(|d| !d.bgp.is_empty());
        let actions = actions.flat_map(|d| &d.policies).flat_map(|p| &p.terms).flat_map(|t| &t.actions);
        next_hops.extend(actions.filter_map(|a| match a {
            Action::NextHop(NextHopEdit::Address(ip)) => Some(*ip),
            _ => None,
        }));
        next_hops.extend(hops_of(&t.input.arena.attrs, seeds));
        let hiding = t.input.network.devices.iter().flat_map(|d| &d.vrfs).flat_map(|v| &v.aggregates).filter(|a| a.summary_only);
        let mut speaks = IdVec::filled(false, t.input.network.nodes().len());
        graph.speakers.iter().for_each(|s| speaks[s.node] = true);
        Self {
            aggregates: families()
                .flat_map(|f| &f.aggregates)
                .map(|a| a.prefix.trunc())
                .chain(hiding.map(|a| a.prefix.trunc()))
                .collect(),
            backdoors: families().flat_map(|f| &f.networks).filter(|n| n.backdoor).map(|n| n.prefix.trunc()).collect(),
            next_hops,
            speaks,
        }
    }

    fn prefix(&self, plan: &Plan<'_, '_>, prefix: &IpNet, seed: &Seed) -> bool {
        let aggregated = || {
            let around = std::iter::successors(Some(*prefix), IpNet::supernet);
            !self.aggregates.is_empty() && around.into_iter().any(|p| self.aggregates.contains(&p))
        };
        let is_next_hop = || prefix.prefix_len() == prefix.max_prefix_len() && self.next_hops.contains(&prefix.addr());
        let displaceable = |(s, p): &(SpeakerId, super::path::Path)| {
            let node = plan.t.graph.speakers[*s].node;
            p.class == PathClass::Aggregate
                || (p.class == PathClass::Redistributed && self.below_of(plan, prefix, node).is_none_or(|d| d > 0))
        };
        let twice = || {
            let mut ends: Vec<EndId> = seed.outside.iter().map(|(e, _)| *e).collect();
            ends.sort_unstable();
            ends.windows(2).any(|w| w[0] == w[1])
        };
        !seed.active.is_empty()
            || !seed.defaults.is_empty()
            || seed.local.iter().any(displaceable)
            || is_next_hop()
            || self.backdoors.contains(prefix)
            || plan.entangled.contains(prefix)
            || aggregated()
            || twice()
    }

    fn below_of(&self, plan: &Plan<'_, '_>, prefix: &IpNet, node: NodeId) -> Option<u32> {
        let route = plan.t.under.get(plan.t.input.arena, node, prefix)?;
        Some(plan.t.input.arena.routes.get(route).distance)
    }

    /// The routes of speakers below BGP: their distance; themselves where a policy can see more of them.
    fn below(&self, plan: &Plan<'_, '_>, prefix: &IpNet) -> Vec<Below> {
        let arena = plan.t.input.arena;
        let column = arena.prefixes.find(prefix).and_then(|id| plan.t.under.table().column(id));
        let seen = |r: crate::rib::RouteId| if plan.sees_place { r.0 } else { 0 };
        let entries = column.into_iter().flat_map(|c| c.iter()).filter(|(n, _)| self.speaks[*n]);
        entries.map(|(n, r)| (n, arena.routes.get(r).distance, seen(r))).collect()
    }
}

/// All conditions on destinations that policies of sessions can ask, each once.
#[derive(Default)]
pub(super) struct Tests<'a> {
    lists: Vec<&'a PrefixList>,
    ranges: Vec<&'a [PrefixRange]>,
    filters: Vec<&'a Filter>,
}

/// The lines of a list without where they stand.
type Lines = Vec<(bool, PrefixRange)>;

/// What was found so far.
#[derive(Default)]
struct Found {
    policies: Set<(DeviceId, PolicyId)>,
    lists: Set<Lines>,
    ranges: Set<Vec<PrefixRange>>,
    filters: Set<(DeviceId, u32)>,
}

impl<'a> Tests<'a> {
    fn new(plan: &Plan<'_, 'a>) -> Self {
        let graph = plan.t.graph;
        let (mut out, mut found) = (Self::default(), Found::default());
        for e in graph.ends.ids() {
            let speaker = &graph.speakers[graph.ends[e].speaker];
            let at = (speaker.device, speaker.of);
            for nf in [Family::V4, Family::V6].into_iter().filter_map(|f| graph.family(e, f)) {
                let held = nf.advertise_map.iter().map(|m| &m.routes);
                nf.import.iter().chain(&nf.export).chain(held).for_each(|c| out.chain(at, c, &mut found));
            }
        }
        out
    }

    /// Those of some chains of a device.
    pub(super) fn of_chains<'c>(at: (DeviceId, &'a Device), chains: impl IntoIterator<Item = &'c PolicyChain>) -> Self {
        let mut out = Self::default();
        out.add_chains(at, chains);
        out
    }

    /// And those of other chains.
    pub(super) fn add_chains<'c>(&mut self, at: (DeviceId, &'a Device), chains: impl IntoIterator<Item = &'c PolicyChain>) {
        let mut found = Found::default();
        chains.into_iter().for_each(|c| self.chain(at, c, &mut found));
    }

    /// Whether nothing is asked.
    pub(super) fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.ranges.is_empty() && self.filters.is_empty()
    }

    fn chain(&mut self, at: (DeviceId, &'a Device), chain: &PolicyChain, found: &mut Found) {
        chain.policies.iter().for_each(|&p| self.policy(at, p, found));
    }

    fn policy(&mut self, at: (DeviceId, &'a Device), id: PolicyId, found: &mut Found) {
        if !found.policies.insert((at.0, id)) {
            return;
        }
        let terms = at.1.policies.get(id).map(|p| &p.terms);
        terms.into_iter().flatten().for_each(|term| self.cond(at, &term.when, found));
    }

    fn cond(&mut self, at: (DeviceId, &'a Device), cond: &'a Cond, found: &mut Found) {
        match cond {
            Cond::All(list) | Cond::Any(list) => list.iter().for_each(|c| self.cond(at, c, found)),
            Cond::Not(c) => self.cond(at, c, found),
            Cond::Policy(p) | Cond::Apply(p) => self.policy(at, *p, found),
            Cond::PrefixList(id) => {
                let Some(list) = at.1.prefix_lists.get(*id) else { return };
                if found.lists.insert(list.lines.iter().map(|l| (l.permit, l.range)).collect()) {
                    self.lists.push(list);
                }
            }
            Cond::Prefix(ranges) if found.ranges.insert(ranges.clone()) => self.ranges.push(ranges),
            Cond::Acl(id) => {
                let Some(filter) = at.1.filters.get(*id) else { return };
                if found.filters.insert((at.0, id.0)) {
                    self.filters.push(filter);
                }
            }
            _ => {}
        }
    }

    /// The answers for a prefix, a bit each.
    pub(super) fn of(&self, prefix: &IpNet) -> Vec<u64> {
        let lists = self.lists.iter().map(|l| l.permits(prefix));
        let ranges = self.ranges.iter().map(|r| r.iter().any(|r| r.holds(prefix)));
        let filters = self.filters.iter().map(|f| acl_permits(f, prefix));
        let mut out = vec![0; (self.lists.len() + self.ranges.len() + self.filters.len()).div_ceil(64)];
        for (n, holds) in lists.chain(ranges).chain(filters).enumerate() {
            out[n / 64] |= u64::from(holds) << (n % 64);
        }
        out
    }
}
