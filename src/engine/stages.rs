//! One round: every stage once, on the tables the last round left, and their tables merged.
//!
//! In: the tables, what the same run's last round left, and (in a what-if) what the base's same round left. Out: [`Round`]. Law: equal to
//! computing all stages anew; a stage that sees what it saw before is not run again, and tables share the columns that did not change.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::reads::{Kinds, Readers};
use crate::base::Map;
use crate::base::id::IdVec;
use crate::model::Network;
use crate::model::change::{ConfigChange, Differs};
use crate::model::network::NodeId;
use crate::protocols::bgp::{self, BgpOutcome};
use crate::protocols::isis::{self, IsisOutcome};
use crate::protocols::ospf::{self, OspfOutcome};
use crate::protocols::{Before, Changed, Input, Outcome, aggregate, connected, eigrp, leak, rip, static_};
use crate::rib::merge::{merge, merge_changes};
use crate::rib::table::ChangedGroup;
use crate::rib::{Arena, Column, PrefixId, Rib, RouteId, Table};
use crate::topology::Topology;

/// A stage's last result with what it saw.
#[derive(Debug)]
pub(super) struct Stage<T> {
    pub value: Arc<T>,
    saw: Option<u64>,
}

impl<T> Clone for Stage<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), saw: self.saw }
    }
}

impl<T: Default> Default for Stage<T> {
    fn default() -> Self {
        Self { value: Arc::default(), saw: None }
    }
}

/// What a round left.
#[derive(Debug, Clone, Default)]
pub(super) struct Round {
    reads: Arc<Readers>,
    base: [Table; 2],
    statics: Stage<Table>,
    aggregates: Stage<Table>,
    leaks: Stage<Table>,
    pub ospf: Stage<OspfOutcome>,
    pub isis: Stage<IsisOutcome>,
    pub eigrp: Stage<Outcome>,
    pub rip: Stage<Outcome>,
    pub bgp: Stage<BgpOutcome>,
    /// The tables it looked at, and digests of what each kind of reader looks at there.
    pub saw: Rib,
    digests: [u64; 5],
    above: Rib,
    above_digest: u64,
    /// The main tables without BGP, and with it.
    pub under: Rib,
    pub next: Table,
    /// The main tables hold all routes below BGP: it displaced none.
    keeps_under: bool,
}

/// A protocol's last outcome.
#[derive(Debug)]
pub(super) enum Found {
    Igp(Arc<Outcome>),
    Ospf(Arc<OspfOutcome>),
    Isis(Arc<IsisOutcome>),
    Bgp(Arc<BgpOutcome>),
}

impl Found {
    pub(super) fn outcome(&self) -> &Outcome {
        match self {
            Self::Igp(o) => o,
            Self::Ospf(o) => &o.outcome,
            Self::Isis(o) => &o.outcome,
            Self::Bgp(b) => &b.outcome,
        }
    }
}

/// What stays the same through all rounds of a run.
pub(super) struct Field<'a> {
    pub network: &'a Network,
    pub arena: &'a Arena,
    pub topology: &'a Topology,
    reads: Arc<Readers>,
    pub connected: [Table; 2],
}

/// The base's same round, in a what-if.
#[derive(Clone, Copy)]
pub(super) struct Past<'a> {
    pub round: &'a Round,
    pub topology: &'a Topology,
    pub changed: Option<Changed<'a>>,
}

impl<'a> Past<'a> {
    fn before<T>(self, of: fn(&Round) -> &Stage<T>) -> Before<'a, T> {
        Before { changed: self.changed, topology: self.topology, rib: &self.round.saw, value: &of(self.round).value }
    }

    /// What an interior protocol can start from, unless its config is another one.
    fn of_igp<T>(self, of: fn(&Round) -> &Stage<T>, differs: fn(&ConfigChange) -> Differs) -> Option<Before<'a, T>> {
        let same = self.changed.is_none_or(|c| differs(c.change) < Differs::More);
        same.then(|| self.before(of))
    }
}

impl Round {
    /// The tables below BGP, more trusted ones first.
    fn below(&self) -> Vec<&Table> {
        let mut all: Vec<&Table> = self.base.iter().collect();
        all.extend([&*self.statics.value, &*self.aggregates.value]);
        all.extend(&self.ospf.value.outcome.tables);
        all.extend(&self.isis.value.outcome.tables);
        all.extend([&self.eigrp, &self.rip].into_iter().flat_map(|s| &s.value.tables));
        all.push(&self.leaks.value);
        all
    }

    /// Whether another round would change nothing: no stage reads what this one made.
    pub(super) fn is_last(&self) -> bool {
        let bgp = &self.bgp.value;
        let stands = !self.reads.bgp || bgp.stands_on_under && self.keeps_under;
        self.reads.is_empty() && stands
    }

    /// Whether no protocol but OSPF has routes below BGP.
    pub(super) fn only_ospf(&self) -> bool {
        let of_igps = [&self.eigrp, &self.rip].into_iter().flat_map(|s| &s.value.tables);
        let mut others = self.made().into_iter().chain(&self.isis.value.outcome.tables).chain(of_igps);
        others.all(Table::is_empty)
    }

    /// Whether BGP displaced no route below it. `near`: another round in which it displaced none.
    fn displaced_none(&self, near: Option<&Self>) -> bool {
        let (under, bgp) = (self.under.table(), &self.bgp.value.outcome.tables);
        let kept = |(p, c): (PrefixId, &Column)| c.iter().all(|(n, r)| self.next.get(p, n) == Some(r));
        // Where neither table changed, what was kept is kept.
        let most = self.under.prefixes().len();
        let changed = near
            .filter(|n| n.keeps_under)
            .and_then(|n| Some([n.under.table().changed_to_few(under, most)?, n.next.changed_to_few(&self.next, most)?]));
        let whole = || under.columns().filter(|(p, _)| bgp.iter().any(|t| t.column(*p).is_some())).all(kept);
        let Some(changed) = changed else { return whole() };
        let still = changed.into_iter().flatten().filter_map(|p| Some((p, under.column(p)?))).all(kept);
        debug_assert_eq!(still, whole());
        still
    }

    /// The round after the last one, on the tables that it made.
    pub(super) fn again(&self, rib: &Rib) -> Self {
        let digests = [rib.table().fingerprint(), 0, 0, 0, 0];
        Self { saw: rib.clone(), above: rib.clone(), digests, ..self.clone() }
    }

    /// What the protocols found and whom they speak with.
    pub(super) fn outcomes(&self) -> Vec<Found> {
        let isis = Found::Isis(Arc::clone(&self.isis.value));
        let igps = [&self.eigrp, &self.rip].map(|s| Found::Igp(Arc::clone(&s.value)));
        let (ospf, bgp) = (Found::Ospf(Arc::clone(&self.ospf.value)), Found::Bgp(Arc::clone(&self.bgp.value)));
        [ospf, isis].into_iter().chain(igps).chain([bgp]).collect()
    }

    /// Static, aggregate and leaked routes.
    pub(super) fn made(&self) -> [&Table; 3] {
        [&self.statics.value, &self.aggregates.value, &self.leaks.value]
    }

    /// The merged tables below BGP, and BGP's.
    fn all(&self) -> Vec<&Table> {
        std::iter::once(self.under.table()).chain(&self.bgp.value.outcome.tables).collect()
    }
}

/// A stage's value: the last one if it sees the same, else made now.
fn refresh<T>(stage: &Stage<T>, sees: u64, run: impl FnOnce() -> T) -> Stage<T> {
    if stage.saw == Some(sees) {
        return stage.clone();
    }
    Stage { value: Arc::new(run()), saw: Some(sees) }
}

/// Lets an outcome that was made anew share what it can with the base's.
fn share(made: &mut Outcome, base: Option<&Outcome>) {
    *made = std::mem::take(made).onto(base);
}

/// A table made anew, sharing what it can with the base's.
fn onto(base: Option<&Table>, anew: Table) -> Table {
    base.map_or_else(|| anew.clone(), |b| b.towards(&anew))
}

impl<'a> Field<'a> {
    pub(super) fn new(network: &'a Network, arena: &'a Arena, topology: &'a Topology, past: Option<Past<'a>>) -> Self {
        let nothing = Rib::default();
        let input = Input { network, topology, arena, rib: &nothing };
        let before = |p: Past<'a>| Before { changed: p.changed, topology: p.topology, rib: &p.round.saw, value: &p.round.base };
        let connected = past.map_or_else(|| connected::compute(input), |p| connected::compute_from(input, before(p)));
        // What a policy asks may be another thing now.
        let same = past.filter(|p| p.changed.is_none());
        let reads = same.map_or_else(|| Arc::new(Readers::new(network)), |p| Arc::clone(&p.round.reads));
        Self { network, arena, topology, reads, connected }
    }

    /// The tables before the first round: connected routes only.
    pub(super) fn first(&self, past: Option<Past<'_>>) -> Rib {
        let tables: Vec<&Table> = self.connected.iter().collect();
        let Some(Past { round, .. }) = past else {
            return Rib::new(merge(self.network, self.arena, &tables), self.arena);
        };
        let before: Vec<&Table> = round.base.iter().collect();
        round.saw.with(merge_changes(self.network, self.arena, round.saw.table(), &before, &tables), self.arena)
    }

    /// One round on the tables `rib`. `last`: the same run's last round.
    pub(super) fn round(&self, rib: &Rib, last: Option<&Round>, past: Option<Past<'_>>) -> Round {
        let reads = &self.reads;
        // What was seen is nearest to what the base saw; what was made, to what the last round made.
        let from = past.map(|p| p.round).or(last);
        let near = last.or(from);
        let input = self.input(rib);
        let readers = [None, Some(&reads.ospf), Some(&reads.isis), Some(&reads.eigrp), Some(&reads.rip)];
        let digests = std::array::from_fn(|n| match readers[n] {
            None => rib.table().fingerprint(),
            Some(nodes) => self.seen_by(nodes, rib, from.map(|f| (&f.saw, f.digests[n]))),
        });
        let nothing = Round::default();
        let (then, at) = (last.unwrap_or(&nothing), past.map(|p| p.round));
        let seen = |reads: bool| if reads { digests[0] } else { 0 };
        let statics =
            refresh(&then.statics, seen(reads.statics), || onto(at.map(|r| &*r.statics.value), static_::compute(input)));
        let aggregates = refresh(&then.aggregates, seen(reads.aggregates), || {
            onto(at.map(|r| &*r.aggregates.value), aggregate::compute(input))
        });
        let leaks = refresh(&then.leaks, seen(reads.leaks), || {
            onto(at.map(|r| &*r.leaks.value), leak::compute(input, &then.leaks.value))
        });
        let before = |of: fn(&Round) -> &Stage<Outcome>| past.map(|p| p.before(of));
        let mut out = Round {
            reads: Arc::clone(reads),
            base: self.connected.clone(),
            statics,
            aggregates,
            leaks,
            ospf: refresh(&then.ospf, digests[1], || {
                let from = past.and_then(|p| p.of_igp(|r| &r.ospf, |c| c.ospf));
                let mut made = ospf::compute_from(input, from);
                share(&mut made.outcome, at.filter(|_| from.is_none()).map(|r| &r.ospf.value.outcome));
                made
            }),
            isis: refresh(&then.isis, digests[2], || {
                let from = past.and_then(|p| p.of_igp(|r| &r.isis, |c| c.isis));
                let mut made = isis::compute_from(input, from);
                share(&mut made.outcome, at.filter(|_| from.is_none()).map(|r| &r.isis.value.outcome));
                made
            }),
            eigrp: refresh(&then.eigrp, digests[3], || eigrp::compute(input).onto(before(|r| &r.eigrp).map(|b| b.value))),
            rip: refresh(&then.rip, digests[4], || rip::compute(input).onto(before(|r| &r.rip).map(|b| b.value))),
            saw: rib.clone(),
            digests,
            ..Round::default()
        };
        let table = self.merged(near.map(|f| (f.under.table(), f.below())), &out.below());
        out.under = near.map_or_else(|| Rib::new(table.clone(), self.arena), |f| f.under.with(table.clone(), self.arena));
        if !reads.bgp {
            out.next = out.under.table().clone();
            return out;
        }
        // The first round left connected routes only: this round's tables are a better start.
        out.above = if last.is_none() { out.under.clone() } else { rib.clone() };
        out.bgp = self.bgp(&mut out, then, from, past);
        out.next = self.merged(near.map(|f| (&f.next, f.all())), &out.all());
        out.keeps_under = out.displaced_none(near);
        out
    }

    fn input<'r>(&'r self, rib: &'r Rib) -> Input<'r> {
        Input { network: self.network, topology: self.topology, arena: self.arena, rib }
    }

    fn bgp(&self, out: &mut Round, then: &Round, from: Option<&Round>, past: Option<Past<'_>>) -> Stage<BgpOutcome> {
        let learned = |_: NodeId, route: RouteId| !self.arena.routes.get(route).protocol.is_bgp();
        out.above_digest = self.digest(&out.above, from.map(|f| (&f.above, f.above_digest)), learned);
        let sees = |stands: bool| {
            let above = if stands { out.above_digest } else { out.above.table().fingerprint() };
            FixedState::with_seed(3).hash_one((out.under.table().fingerprint(), above, stands))
        };
        if then.bgp.saw == Some(sees(then.bgp.value.stands_on_under)) {
            return then.bgp.clone();
        }
        let value = bgp::compute(self.input(&out.above), &out.under, past.map(|p| p.before(|r| &r.bgp)));
        // What it saw counts by the rule that holds for its result.
        let saw = Some(sees(value.stands_on_under));
        Stage { value: Arc::new(value), saw }
    }

    fn merged(&self, from: Option<(&Table, Vec<&Table>)>, tables: &[&Table]) -> Table {
        match from {
            Some((merged, before)) => merge_changes(self.network, self.arena, merged, &before, tables),
            None => merge(self.network, self.arena, tables),
        }
    }

    /// A number for what these nodes have in their tables.
    fn seen_by(&self, nodes: &IdVec<NodeId, Kinds>, rib: &Rib, from: Option<(&Rib, u64)>) -> u64 {
        if nodes.iter().all(|n| *n == Kinds::NONE) {
            return 0;
        }
        self.digest(rib, from, |node, route| nodes[node].hold(self.arena.routes.get(route).protocol))
    }

    /// The sum of the hashes of the rows that count; from that of other tables only what changed is looked at.
    fn digest(&self, rib: &Rib, from: Option<(&Rib, u64)>, counts: impl Fn(NodeId, RouteId) -> bool) -> u64 {
        let hasher = FixedState::with_seed(11);
        let Some((then, digest)) = from else {
            // Prefixes share columns: whether any row of one counts is found out once.
            let mut asked: Map<usize, bool> = Map::default();
            let mut any = |c: &Column| *asked.entry(c.storage()).or_insert_with(|| c.iter().any(|(n, r)| counts(n, r)));
            let columns = rib.table().columns().filter(|(_, c)| any(c));
            let rows = columns.flat_map(|(p, c)| c.iter().map(move |(n, r)| (p, n, r)));
            return rows.filter(|(_, n, r)| counts(*n, *r)).fold(1, |sum: u64, row| sum.wrapping_add(hasher.hash_one(row)));
        };
        let mut sum = digest;
        type Counted = Vec<(NodeId, Option<RouteId>, Option<RouteId>)>;
        let counted = |ChangedGroup { columns: (old, new), .. }: &ChangedGroup| -> Counted {
            let of_node = |n, r: Option<RouteId>| r.filter(|r| counts(n, *r));
            let both = |(n, new)| (n, of_node(n, old.get(n)), of_node(n, new));
            old.changes_to(new).into_iter().map(both).filter(|r| r.1.is_some() || r.2.is_some()).collect()
        };
        let table = then.table();
        for group in table.changed_groups(rib.table()) {
            let rows = counted(&group);
            let prefixes = table.prefixes_of(&group).filter(|_| !rows.is_empty());
            for (p, &(n, old, new)) in prefixes.flat_map(|p| rows.iter().map(move |r| (p, r))) {
                let part = |r: Option<RouteId>| r.map_or(0, |r| hasher.hash_one((p, n, r)));
                sum = sum.wrapping_sub(part(old)).wrapping_add(part(new));
            }
        }
        sum
    }
}
