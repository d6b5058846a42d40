//! The rounds: connected, static, local aggregates, OSPF, IS-IS, EIGRP, RIP, then BGP on top of them, until nothing changes.
//!
//! In: a network, its topology. Out: [`State`]. Law: a round sees the tables the last one left (redistribution, recursive next hops,
//! conditions), so what holds after a round that changed nothing is a fixed point. Tables are compared by interned ids. A what-if goes
//! through the same rounds as a run from scratch, each made from the base's round of the same number.

use std::hash::BuildHasher;
use std::sync::Arc;

use super::State;
use super::stages::{Field, Past, Round};
use crate::base::Set;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::model::Network;
use crate::model::network::NodeId;
use crate::protocols::Changed;
use crate::rib::{Arena, PrefixId, Rib, Table};
use crate::topology::Topology;

/// More rounds than any sane network needs: each step of a recursion or of redistribution takes one.
const MOST_ROUNDS: u32 = 100;

/// What the rounds of a run left, for what-ifs that start from it.
#[derive(Debug, Default)]
pub(super) struct History {
    rounds: Vec<Round>,
}

impl History {
    /// The first round.
    pub(super) fn first(&self) -> Option<&Round> {
        self.rounds.first()
    }

    /// The last round.
    pub(super) fn last(&self) -> Option<&Round> {
        self.rounds.last()
    }
}

/// What a what-if starts from: a state of the same network, or of the one it was before a change.
#[derive(Clone, Copy)]
pub(super) struct From<'a> {
    pub state: &'a State,
    pub changed: Option<Changed<'a>>,
}

pub(super) fn run(network: &Network, arena: Arc<Arena>, topology: Topology, base: Option<From<'_>>) -> State {
    let past = |n: usize| {
        let From { state, changed } = base?;
        state.history.rounds.get(n).map(|round| Past { round, topology: &state.topology, changed })
    };
    let field = Field::new(network, &arena, &topology, past(0));
    let rib = field.first(past(0));
    let mut run = Run { field, past: &past, rib, history: History::default() };
    let settled = run.settle();
    let Run { rib, history, .. } = run;
    let (mut outcomes, mut under) = (Vec::new(), Rib::default());
    if let Some(last) = history.rounds.last() {
        outcomes = last.outcomes();
        under = last.under.clone();
    }
    let overlay = topology.overlay.findings.iter().cloned();
    let pairs = topology.pairs.findings.iter().cloned().chain(topology.pairs.split_findings(network, &topology));
    let findings =
        outcomes.iter().flat_map(|o| &o.outcome().findings).cloned().chain(settled).chain(overlay).chain(pairs).collect();
    let rounds = history.rounds.len() as u32;
    State { rib, under, outcomes, findings, rounds, topology, arena, history }
}

struct Run<'a> {
    field: Field<'a>,
    past: &'a dyn Fn(usize) -> Option<Past<'a>>,
    rib: Rib,
    history: History,
}

impl Run<'_> {
    /// Runs rounds to the fixed point. What does not settle comes back as a finding.
    fn settle(&mut self) -> Option<Diagnostic> {
        let mut seen: Set<u64> = Set::default();
        seen.insert(self.rib.table().fingerprint());
        // Set when the tables came back to an earlier state: from then on only some of the tables take their changes in a round, as
        // routers do not all speak at the same instant.
        let mut cycle: Option<Vec<(PrefixId, NodeId)>> = None;
        while self.history.rounds.len() < MOST_ROUNDS as usize {
            let next = self.round();
            if next == *self.rib.table() {
                return cycle.map(|flips| self.order_dependent(&flips));
            }
            if cycle.is_none() && !seen.insert(next.fingerprint()) {
                cycle = Some(changes(self.rib.table(), &next));
            }
            let next = if cycle.is_some() { self.some_changes(&next) } else { next };
            self.rib = self.next_rib(next);
            if cycle.is_none()
                && let Some(last) = self.history.rounds.last().filter(|r| r.is_last())
            {
                self.history.rounds.push(last.again(&self.rib));
                return None;
            }
        }
        let next = self.round();
        let flips = cycle.unwrap_or_else(|| changes(self.rib.table(), &next));
        Some(self.not_settled(&flips))
    }

    fn round(&mut self) -> Table {
        let past = (self.past)(self.history.rounds.len());
        let round = self.field.round(&self.rib, self.history.rounds.last(), past);
        let next = round.next.clone();
        self.history.rounds.push(round);
        next
    }

    /// The tables for the next round, sharing the order of prefixes with the base's.
    fn next_rib(&self, next: Table) -> Rib {
        let near = (self.past)(self.history.rounds.len()).map_or(&self.rib, |p| &p.round.saw);
        near.with(next, self.field.arena)
    }

    /// The present tables with the changes of about half of the nodes that change: another half each round, the same in each run.
    fn some_changes(&self, next: &Table) -> Table {
        let now = self.rib.table();
        let changed = changes(now, next);
        let hasher = foldhash::fast::FixedState::with_seed(5);
        let round = self.history.rounds.len() as u32;
        let chosen = |n: &NodeId| hasher.hash_one((round, *n)) & 1 == 0;
        let mut nodes: Vec<NodeId> = changed.iter().map(|(_, n)| *n).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let first = nodes.first().copied();
        nodes.retain(chosen);
        // Somebody must move, or this would look settled.
        nodes.extend(first.filter(|_| nodes.is_empty()));
        let moves = changed.into_iter().filter(|(_, n)| nodes.binary_search(n).is_ok());
        now.with_routes(moves.map(|(p, n)| (p, n, next.get(p, n))))
    }

    fn order_dependent(&self, flips: &[(PrefixId, NodeId)]) -> Diagnostic {
        self.describe(
            flips,
            Code("C-order-dependent"),
            Severity::Warning,
            "routers that redistribute into each other have more than one stable state; which one the network ends in depends on who \
             speaks first",
        )
        .help("filter by tag where routes are redistributed both ways, so that no router takes its own routes back")
    }

    fn not_settled(&self, flips: &[(PrefixId, NodeId)]) -> Diagnostic {
        self.describe(
            flips,
            Code("C-no-convergence"),
            Severity::Error,
            &format!("the routing tables do not settle: after {MOST_ROUNDS} rounds routes still come and go"),
        )
        .help("a route lives on another that lives on it: look for redistribution both ways, or next hops learned by the route itself")
    }

    fn describe(&self, flips: &[(PrefixId, NodeId)], code: Code, severity: Severity, what: &str) -> Diagnostic {
        let mut rows: Vec<_> =
            flips.iter().map(|(p, n)| (*self.field.arena.prefixes.get(*p), self.field.network.node_name(*n))).collect();
        rows.sort();
        let shown: Vec<_> = rows.iter().take(8).map(|(p, n)| format!("{p} on {n}")).collect();
        let more = if rows.len() > shown.len() { format!(" and {} more", rows.len() - shown.len()) } else { String::new() };
        Diagnostic::new(code, severity, format!("{what} ({}{more})", shown.join(", ")))
    }
}

/// Rows that differ between two tables.
fn changes(a: &Table, b: &Table) -> Vec<(PrefixId, NodeId)> {
    a.changes_to(b).flat_map(|(p, changes)| changes.into_iter().map(move |(n, _)| (p, n))).collect()
}
