//! Who reaches what, before and now.
//!
//! In: two sides. Out: [`ReachChange`]s. Law: as if every destination of both sides were followed on both; where nothing but policies of BGP
//! sessions differs, a destination that no changed prefix covers is not. Start reading at [`changes`].

use ipnet::IpNet;
use rayon::prelude::*;

use super::Side;
use super::differences::Differences;
use crate::base::id::Id;
use crate::base::{Map, Set};
use crate::forward::reach::{Destination, Differing, Fate, Reachability, differing, fates};
use crate::forward::step::Forwarder;
use crate::model::network::NodeId;
use crate::rib::rank_of;
use crate::rib::table::ChangedGroup;

/// A pair of table and destination whose packets fare otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachChange {
    /// Where packets enter.
    pub from: String,
    /// Where they go.
    pub to: IpNet,
    /// What became of them before.
    pub before: Fate,
    /// What becomes of them now.
    pub after: Fate,
}

/// `differences`: where both have the same ports.
pub(super) fn changes(base: &Side, candidate: &Side, differences: Option<&Differences<'_>>) -> Vec<ReachChange> {
    let pairs: Vec<(String, NodeId, NodeId)> =
        base.node_names().into_iter().filter_map(|(b, n)| Some((n.clone(), b, candidate.node(&n)?))).collect();
    let (old, new) = (Forwarder::new(&base.network, &base.state), Forwarder::new(&candidate.network, &candidate.state));
    let mut out = Vec::new();
    let mut compare = |to: IpNet, before: &[Fate], after: &[Fate]| {
        for (name, b, c) in &pairs {
            let (before, after) = (before[b.index()], after[c.index()]);
            if before != after {
                out.push(ReachChange { from: name.clone(), to, before, after });
            }
        }
    };
    let some = differences.filter(|_| base.forwards_alike(candidate)).map(|d| concerned(base, d));
    let nodes = base.network.nodes().len();
    if let Some(Differing { prefixes, fates }) = some.as_ref().and_then(|c| differing([&old, &new], nodes, || c.contains())) {
        for (to, class) in prefixes {
            let [before, after] = &fates[class as usize];
            compare(to, before, after);
        }
    } else {
        on_each_side([(base, &old), (candidate, &new)], some.as_ref(), &pairs, compare);
    }
    out.sort_by(|a, b| a.to.cmp(&b.to).then_with(|| a.from.cmp(&b.from)));
    out
}

/// Hands to `compare` what may fare otherwise, where each side has destinations of its own: before, and now. `some`: only those. `pairs`: the
/// tables that both have.
fn on_each_side(
    [(base, old), (candidate, new)]: [(&Side, &Forwarder<'_>); 2],
    some: Option<&Concerned>,
    pairs: &[(String, NodeId, NodeId)],
    mut compare: impl FnMut(IpNet, &[Fate], &[Fate]),
) {
    let parts = some.map(|c| {
        let part = |side: &Side, forwarder: &Forwarder<'_>| {
            Reachability::compute_some(forwarder, &side.state.rib, side.network.nodes().len(), || c.contains())
        };
        rayon::join(|| part(base, old), || part(candidate, new))
    });
    let [before, after] = match &parts {
        Some((b, c)) => [b, c],
        None => [base.reach(), candidate.reach()],
    };
    // Many destinations share their fates, before and after.
    let mut same: Map<(u32, u32), bool> = Map::default();
    let mut new_ones: Vec<&Destination> = Vec::new();
    let mut now = after.prefixes.iter().peekable();
    for d in &before.prefixes {
        while let Some(x) = now.next_if(|x| x.prefix < d.prefix) {
            new_ones.push(x);
        }
        // Mostly the same address stands for it.
        match now.next_if(|x| x.prefix == d.prefix).filter(|x| x.address == d.address) {
            Some(x) => {
                let (b, a) = (before.fates(d), after.fates(x));
                let all_same = || pairs.iter().all(|(_, old, new)| b[old.index()] == a[new.index()]);
                if !*same.entry((d.class(), x.class())).or_insert_with(all_same) {
                    compare(d.prefix, b, a);
                }
            }
            None => compare(d.prefix, before.fates(d), &fates(new, d.address, candidate.network.nodes().len())),
        }
    }
    for d in new_ones.into_iter().chain(now) {
        compare(d.prefix, &fates(old, d.address, base.network.nodes().len()), after.fates(d));
    }
}

/// The destinations that changed prefixes bear on: those that lie in one, and those around one that only one side has.
struct Concerned {
    /// The outermost changed prefixes, sorted.
    outer: Vec<IpNet>,
    around: Set<IpNet>,
}

fn concerned(base: &Side, differences: &Differences<'_>) -> Concerned {
    let before = base.state.rib.table();
    let groups: Vec<&ChangedGroup> = differences.columns.iter().filter(|d| d.leads_elsewhere).map(|d| &d.group).collect();
    let nets = |g: &&ChangedGroup| before.prefixes_of(g).map(|p| *base.state.arena.prefixes.get(p)).collect::<Vec<IpNet>>();
    let mut outer: Vec<IpNet> = groups.par_iter().flat_map_iter(nets).collect();
    outer.par_sort_unstable_by_key(rank_of);
    outer.dedup_by(|inner, outer| outer.contains(&*inner));
    let of_one = groups.iter().filter(|g| g.columns.0.is_empty() != g.columns.1.is_empty()).flat_map(nets);
    let around = of_one.flat_map(|p| std::iter::successors(p.supernet(), IpNet::supernet)).collect();
    Concerned { outer, around }
}

impl Concerned {
    /// Says of prefixes in order which they are.
    fn contains(&self) -> impl FnMut(&IpNet) -> bool + '_ {
        let mut at = None;
        move |prefix| {
            let past = match at {
                None => self.outer.partition_point(|p| p <= prefix),
                Some(n) => n + self.outer[n..].iter().take_while(|p| *p <= prefix).count(),
            };
            at = Some(past);
            past.checked_sub(1).is_some_and(|n| self.outer[n].contains(prefix)) || self.around.contains(prefix)
        }
    }
}
