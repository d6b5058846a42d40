//! The rounds: connected, static, local aggregates, OSPF, IS-IS, EIGRP, RIP, then BGP on top of them, until nothing changes.
//!
//! In: a network, its topology. Out: [`State`]. Law: a round sees the tables the last one left (redistribution, recursive next hops,
//! conditions), so what holds after a round that changed nothing is a fixed point. Tables are compared by interned ids.

use std::hash::BuildHasher;
use std::sync::Arc;

use super::State;
use super::reads::{Kinds, Readers};
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::id::IdVec;
use crate::base::{Map, Set};
use crate::model::Network;
use crate::model::network::NodeId;
use crate::protocols::bgp::{self, BgpOutcome};
use crate::protocols::{Input, Outcome, aggregate, connected, eigrp, isis, ospf, rip, static_};
use crate::rib::merge::{fingerprint, merge};
use crate::rib::{Arena, Column, PrefixId, Rib, RouteId, Table};
use crate::topology::Topology;

/// More rounds than any sane network needs: each step of a recursion or of redistribution takes one.
const MOST_ROUNDS: u32 = 100;

pub(super) fn run(network: &Network, arena: Arc<Arena>, topology: Topology) -> State {
    let mut run = Run::new(network, &arena, &topology);
    let settled = run.settle();
    let Run { rib, under, ospf, isis, eigrp, rip, bgp, mut findings, rounds, .. } = run;
    let mut sessions = Vec::new();
    for outcome in [ospf.value, isis.value, eigrp.value, rip.value, bgp.value.outcome] {
        sessions.extend(outcome.sessions);
        findings.extend(outcome.findings);
    }
    findings.extend(settled);
    State { rib, under, sessions, findings, rounds, topology, arena }
}

/// A stage with what its last run saw.
#[derive(Default)]
struct Stage<T> {
    value: T,
    saw: Option<u64>,
}

impl<T> Stage<T> {
    /// Runs the stage unless it saw the same before. Says whether it ran.
    fn refresh(&mut self, sees: u64, run: impl FnOnce() -> T) -> bool {
        if self.saw == Some(sees) {
            return false;
        }
        self.value = run();
        self.saw = Some(sees);
        true
    }
}

struct Run<'a> {
    network: &'a Network,
    arena: &'a Arena,
    topology: &'a Topology,
    rib: Rib,
    base: [Table; 2],
    statics: Stage<Table>,
    aggregates: Stage<Table>,
    ospf: Stage<Outcome>,
    isis: Stage<Outcome>,
    eigrp: Stage<Outcome>,
    rip: Stage<Outcome>,
    bgp: Stage<BgpOutcome>,
    under: Rib,
    under_stale: bool,
    findings: Vec<Diagnostic>,
    rounds: u32,
    reads: Readers,
}

impl<'a> Run<'a> {
    fn new(network: &'a Network, arena: &'a Arena, topology: &'a Topology) -> Self {
        let nothing = Rib::default();
        let base = connected::compute(Input { network, topology, arena, rib: &nothing });
        let rib = Rib::new(merge(network, arena, &[&base[0], &base[1]]), arena);
        Self {
            network,
            arena,
            topology,
            rib,
            base,
            statics: Stage::default(),
            aggregates: Stage::default(),
            ospf: Stage::default(),
            isis: Stage::default(),
            eigrp: Stage::default(),
            rip: Stage::default(),
            bgp: Stage::default(),
            under: Rib::default(),
            under_stale: true,
            findings: Vec::new(),
            rounds: 0,
            reads: Readers::new(network),
        }
    }

    /// Runs rounds to the fixed point. What does not settle comes back as a finding.
    fn settle(&mut self) -> Option<Diagnostic> {
        let mut seen: Set<u64> = Set::default();
        seen.insert(fingerprint(self.rib.table()));
        // Set when the tables came back to an earlier state: from then on only some of the tables take their changes in a round, as
        // routers do not all speak at the same instant.
        let mut cycle: Option<Vec<(PrefixId, NodeId)>> = None;
        while self.rounds < MOST_ROUNDS {
            self.rounds += 1;
            let next = self.round();
            if next == *self.rib.table() {
                return cycle.map(|flips| self.order_dependent(&flips));
            }
            let print = fingerprint(&next);
            if cycle.is_none() && !seen.insert(print) {
                cycle = Some(changes(self.rib.table(), &next));
            }
            let next = if cycle.is_some() { self.some_changes(&next) } else { next };
            self.rib = Rib::new(next, self.arena);
        }
        let next = self.round();
        let flips = cycle.unwrap_or_else(|| changes(self.rib.table(), &next));
        Some(self.not_settled(&flips))
    }

    fn round(&mut self) -> Table {
        let input = Input { network: self.network, topology: self.topology, arena: self.arena, rib: &self.rib };
        let all = fingerprint(self.rib.table());
        let mut stale = self.statics.refresh(if self.reads.statics { all } else { 0 }, || static_::compute(input));
        stale |= self.aggregates.refresh(if self.reads.aggregates { all } else { 0 }, || aggregate::compute(input));
        stale |= self.ospf.refresh(self.seen_by(&self.reads.ospf), || ospf::compute(input));
        stale |= self.isis.refresh(self.seen_by(&self.reads.isis), || isis::compute(input));
        stale |= self.eigrp.refresh(self.seen_by(&self.reads.eigrp), || eigrp::compute(input));
        stale |= self.rip.refresh(self.seen_by(&self.reads.rip), || rip::compute(input));
        let mut tables: Vec<&Table> = self.base.iter().collect();
        tables.extend([&self.statics.value, &self.aggregates.value]);
        tables.extend(&self.ospf.value.tables);
        tables.extend(&self.isis.value.tables);
        tables.extend(&self.eigrp.value.tables);
        tables.extend(&self.rip.value.tables);
        if stale || self.under_stale {
            self.under = Rib::new(merge(self.network, self.arena, &tables), self.arena);
            self.under_stale = false;
        }
        if !self.reads.bgp {
            return self.under.table().clone();
        }
        let under = &self.under;
        // The first round left connected routes only: this round's tables are a better start.
        let above = if self.rounds == 1 { under } else { &self.rib };
        let sees = |stands: bool| {
            let above = if stands { self.without_bgp(above) } else { fingerprint(above.table()) };
            foldhash::fast::FixedState::with_seed(3).hash_one((fingerprint(under.table()), above, stands))
        };
        if self.bgp.saw != Some(sees(self.bgp.value.stands_on_under)) {
            let value = bgp::compute(Input { rib: above, ..input }, under);
            // What it saw counts by the rule that holds for its result.
            let saw = Some(sees(value.stands_on_under));
            self.bgp = Stage { value, saw };
        }
        tables.clear();
        tables.push(self.under.table());
        tables.extend(&self.bgp.value.outcome.tables);
        merge(self.network, self.arena, &tables)
    }

    /// A number for what these nodes have in their tables.
    fn seen_by(&self, nodes: &IdVec<NodeId, Kinds>) -> u64 {
        if nodes.iter().all(|n| *n == Kinds::NONE) {
            return 0;
        }
        self.digest(&self.rib, |node, route| nodes[node].hold(self.arena.routes.get(route).protocol))
    }

    fn without_bgp(&self, rib: &Rib) -> u64 {
        self.digest(rib, |_, route| !self.arena.routes.get(route).protocol.is_bgp())
    }

    fn digest(&self, rib: &Rib, counts: impl Fn(NodeId, RouteId) -> bool) -> u64 {
        let hasher = foldhash::fast::FixedState::with_seed(11);
        let rows = rib.table().columns().flat_map(|(p, c)| c.iter().map(move |(n, r)| (p, n, r)));
        rows.filter(|(_, n, r)| counts(*n, *r)).fold(1, |sum: u64, row| sum.wrapping_add(hasher.hash_one(row)))
    }

    /// The present tables with the changes of about half of the nodes that change: another half each round, the same in each run.
    fn some_changes(&self, next: &Table) -> Table {
        let now = self.rib.table();
        let changed = changes(now, next);
        let hasher = foldhash::fast::FixedState::with_seed(5);
        let chosen = |n: &NodeId| hasher.hash_one((self.rounds, *n)) & 1 == 0;
        let mut nodes: Vec<NodeId> = changed.iter().map(|(_, n)| *n).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let first = nodes.first().copied();
        nodes.retain(chosen);
        // Somebody must move, or this would look settled.
        nodes.extend(first.filter(|_| nodes.is_empty()));
        let mut columns: Map<PrefixId, Vec<(NodeId, RouteId)>> = Map::default();
        for (prefix, node) in changed.into_iter().filter(|(_, n)| nodes.binary_search(n).is_ok()) {
            let entries =
                columns.entry(prefix).or_insert_with(|| now.column(prefix).map(|c| c.iter().collect()).unwrap_or_default());
            entries.retain(|(n, _)| *n != node);
            entries.extend(next.get(prefix, node).map(|r| (node, r)));
        }
        let kept = now.columns().filter(|(p, _)| !columns.contains_key(p)).map(|(p, c)| (p, c.clone()));
        let kept: Vec<_> = kept.collect();
        Table::from_columns(kept.into_iter().chain(columns.into_iter().map(|(p, c)| (p, Column::from_unsorted(c)))))
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
        let mut rows: Vec<_> = flips.iter().map(|(p, n)| (*self.arena.prefixes.get(*p), self.network.node_name(*n))).collect();
        rows.sort();
        let shown: Vec<_> = rows.iter().take(8).map(|(p, n)| format!("{p} on {n}")).collect();
        let more = if rows.len() > shown.len() { format!(" and {} more", rows.len() - shown.len()) } else { String::new() };
        Diagnostic::new(code, severity, format!("{what} ({}{more})", shown.join(", ")))
    }
}

/// Rows that differ between two tables, in no order.
fn changes(a: &Table, b: &Table) -> Vec<(PrefixId, NodeId)> {
    let mut out = Vec::new();
    let empty = Column::default();
    for (x, y) in [(a, b), (b, a)] {
        let differing = x.columns().filter(|(p, c)| y.column(*p) != Some(*c));
        out.extend(differing.flat_map(|(p, c)| {
            let other = y.column(p).unwrap_or(&empty);
            c.iter().filter(move |(n, r)| other.get(*n) != Some(*r)).map(move |(n, _)| (p, n))
        }));
    }
    out.sort_unstable();
    out.dedup();
    out
}
