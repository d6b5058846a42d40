//! Links by their ends, with the cases that take them down.
//!
//! In: the links of the IGP, cases. Out: [`Links`]. Law: a case has ends here only if it takes down one link, and no other case does.

use fixedbitset::FixedBitSet;

use super::super::idle::Idle;
use super::super::sweep::Case;
use crate::base::Map;
use crate::base::id::Id;
use crate::model::Network;
use crate::model::network::NodeId;
use crate::protocols::ospf::{LinkEnd, Towards};
use crate::rib::{Arena, RouteId};
use crate::topology::Port;

/// Where links lead.
pub(super) struct Links {
    /// By end: the table at the other end, and the case that takes it down.
    next: Map<LinkEnd, (NodeId, Option<usize>)>,
    /// By case: both ends.
    ends: Vec<Option<[LinkEnd; 2]>>,
}

impl Links {
    pub(super) fn new(network: &Network, towards: &Towards, idle: &Idle<'_>, cases: &[Case]) -> Self {
        let ends = towards.links().filter_map(|(from, hop, to)| Some(((from, hop.interface?), (to, None))));
        let mut next: Map<LinkEnd, (NodeId, Option<usize>)> = ends.collect();
        let end = |&(d, i): &Port| (network.node(d, network.devices[d].interfaces[i].vrf), i);
        let mut ends = vec![None; cases.len()];
        for (case, ends) in ends.iter_mut().enumerate() {
            let Some(&[a, b]) = idle.ports(case) else { continue };
            let both = [end(&a), end(&b)];
            let leads = |from: &LinkEnd, to: &LinkEnd| next.get(from).is_some_and(|(n, taken)| *n == to.0 && taken.is_none());
            if leads(&both[0], &both[1]) && leads(&both[1], &both[0]) {
                *ends = Some(both);
                for e in both {
                    next.entry(e).and_modify(|n| n.1 = Some(case));
                }
            }
        }
        Self { next, ends }
    }

    /// The ends of what a case takes down.
    pub(super) fn ends(&self, case: usize) -> Option<[LinkEnd; 2]> {
        self.ends.get(case).copied().flatten()
    }

    /// How many cases there are.
    pub(super) fn cases(&self) -> usize {
        self.ends.len()
    }

    /// Follows routes from some nodes: marks those nodes and all that they lead to, and the cases that take down links on the way.
    pub(super) fn follow(
        &self,
        arena: &Arena,
        routes: impl Fn(NodeId) -> Option<RouteId>,
        mut open: Vec<NodeId>,
        (seen, over): (&mut FixedBitSet, &mut FixedBitSet),
    ) {
        open.retain(|n| !seen.put(n.index()));
        while let Some(node) = open.pop() {
            for (to, case) in self.leads(arena, node, routes(node)) {
                case.into_iter().for_each(|c| over.insert(c));
                if !seen.put(to.index()) {
                    open.push(to);
                }
            }
        }
    }

    /// Where a node's route leads: the next tables, and the cases that take down the links to them.
    pub(super) fn leads<'l>(
        &'l self,
        arena: &'l Arena,
        node: NodeId,
        route: Option<RouteId>,
    ) -> impl Iterator<Item = (NodeId, Option<usize>)> + 'l {
        let hops = route.map_or(&[][..], |r| arena.hops_of(arena.routes.get(r)));
        hops.iter().filter_map(move |h| self.next.get(&(node, h.interface?)).copied())
    }
}
