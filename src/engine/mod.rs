//! The fixed point: runs the protocols in rounds until no table changes.
//!
//! In: a network and what has failed. Out: [`State`], the converged twin. Law: rounds are bounded; what does not settle is
//! reported with what flips. A stage whose inputs did not change is not run again. Start reading at [`simulate`], then `rounds`, `stages`.
//! Tests: below, and `tests/labs.rs`.

mod reads;
mod rounds;
mod stages;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use ipnet::IpNet;

use crate::base::Set;
use crate::base::diag::Diagnostic;
use crate::model::Network;
use crate::model::change::ConfigChange;
use crate::model::network::NodeId;
use crate::protocols::bgp::{self, Asked, BgpTable, EvpnTable, Reference};
use crate::protocols::ospf::Towards;
use crate::protocols::session::Session;
use crate::protocols::{Before, Changed, Input};
use crate::rib::{Arena, Detail, PrefixId, Rib, RouteId, Table};
use crate::topology::{Failures, Topology};
use rounds::From;

/// The converged twin.
#[derive(Debug)]
pub struct State {
    /// The interners behind all ids.
    pub arena: Arc<Arena>,
    /// What is up.
    pub topology: Topology,
    /// The main tables.
    pub rib: Rib,
    /// The main tables as they are without BGP.
    pub under: Rib,
    /// What each protocol found and whom it speaks with.
    outcomes: Vec<stages::Found>,
    /// What each round left, to start what-ifs from.
    history: rounds::History,
    /// What the run found: sessions half configured, no convergence, order-dependent results.
    pub findings: Vec<Diagnostic>,
    /// How many rounds it took.
    pub rounds: u32,
}

impl State {
    /// Sessions and adjacencies of all protocols, up and not.
    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.outcomes.iter().flat_map(|o| o.outcome().sessions.iter())
    }

    /// What each protocol offers to the main tables: all but connected routes.
    pub fn learned(&self) -> Vec<&Table> {
        let own = self.history.last().into_iter().flat_map(stages::Round::made);
        own.chain(self.outcomes.iter().flat_map(|o| &o.outcome().tables)).collect()
    }

    /// Whether nothing but BGP looks at the tables of others, and BGP looks at nothing but the tables below it and displaces nothing there.
    pub(crate) fn is_layered(&self) -> bool {
        self.history.last().is_some_and(stages::Round::is_last)
    }

    /// The paths of OSPF by destination, where it is the only IGP and `Towards` can speak of it.
    pub(crate) fn towards(&self, network: &Network) -> Option<Towards> {
        self.history.last().filter(|r| r.only_ospf()).and_then(|r| Towards::new(&r.ospf.value, network))
    }

    /// What BGP offers once some routes below it are other ones, as far as some groups of [`State::bgp_together`] go; all others are left as they
    /// are. `None`: it takes a run to say.
    pub(crate) fn bgp_above(
        &self,
        network: &Network,
        rows: Vec<(PrefixId, NodeId, Option<RouteId>)>,
        groups: &[u32],
    ) -> Option<Table> {
        let round = self.history.first()?;
        let under = round.under.with(round.under.table().with_routes(rows), &self.arena);
        let input = Input { network, topology: &self.topology, arena: &self.arena, rib: &under };
        let before = Before { changed: None, topology: &self.topology, rib: &round.saw, value: &*round.bgp.value };
        bgp::above(input, &under, before, groups)
    }

    /// The prefixes on which BGP decides alike, group by group.
    pub(crate) fn bgp_together(&self) -> Option<Vec<Vec<PrefixId>>> {
        self.history.first()?.bgp.value.together(&self.arena)
    }

    /// Whether BGP in what-ifs can start from it.
    pub(crate) fn is_base(&self) -> bool {
        self.history.first().is_none_or(|r| r.bgp.value.is_kept())
    }

    /// What BGP offers to the main tables.
    pub(crate) fn bgp_tables(&self) -> &[Table] {
        self.history.last().map_or(&[], |r| &r.bgp.value.outcome.tables)
    }

    /// For tests of what is made of sessions.
    #[cfg(test)]
    pub(crate) fn set_sessions(&mut self, sessions: Vec<Session>) {
        let sessions = sessions.into();
        self.outcomes = vec![stages::Found::Igp(Arc::new(crate::protocols::Outcome { sessions, ..Default::default() }))];
    }
}

/// Computes all tables.
pub fn simulate(network: &Network, failures: &Failures) -> State {
    rounds::run(network, Arc::new(Arena::new()), Topology::build(network, failures), None)
}

/// Computes all tables for questions of where packets go, and no others: see [`Detail::Ways`]. All that starts from its state is of that kind.
pub fn simulate_ways(network: &Network, failures: &Failures) -> State {
    let arena = Arena { detail: Detail::Ways, ..Arena::new() };
    rounds::run(network, Arc::new(arena), Topology::build(network, failures), None)
}

/// Computes all tables of the network under failures, from its state without failures: the arena is shared, so ids of the two
/// states can be compared. The result equals [`simulate`]'s.
pub fn simulate_from(base: &State, network: &Network, failures: &Failures) -> State {
    rounds::run(
        network,
        Arc::clone(&base.arena),
        base.topology.without(network, failures),
        Some(From { state: base, changed: None }),
    )
}

/// Computes all tables with a given arena, so that ids of two networks' states (before and after a change) can be compared.
pub fn simulate_in(arena: &Arc<Arena>, network: &Network, failures: &Failures) -> State {
    rounds::run(network, Arc::clone(arena), Topology::build(network, failures), None)
}

/// What the state of a changed network is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be looked at.
    Look,
    /// What-ifs will start from it, so it holds what they take from a base.
    Base,
}

/// Computes all tables of a changed network, from the state of the network it was: where devices, ports and tables are the same, only what
/// the change bears on is worked out. `base`: that network's state without failures; the arena is shared. The result equals [`simulate`]'s.
pub fn simulate_change(base: &State, was: &Network, network: &Network, failures: &Failures, purpose: Purpose) -> State {
    let Some(change) = ConfigChange::between(was, network) else { return simulate_in(&base.arena, network, failures) };
    let changed = Some(Changed { was, change: &change, lasting: purpose == Purpose::Base });
    let topology = if change.ports || change.interfaces {
        Topology::build(network, failures)
    } else {
        base.topology.without(network, failures).told_by(network)
    };
    rounds::run(network, Arc::clone(&base.arena), topology, Some(From { state: base, changed }))
}

/// The BGP paths that are asked for in a converged state: the candidates, and why each lost. Computed when asked for.
pub fn bgp_paths(network: &Network, state: &State, asked: Asked<'_>) -> BgpTable {
    let input = Input { network, topology: &state.topology, arena: &state.arena, rib: &state.rib };
    bgp::paths(input, &state.under, asked)
}

/// The EVPN routes of VLANs in a converged state. Computed when asked for.
pub fn evpn(network: &Network, state: &State) -> EvpnTable {
    let input = Input { network, topology: &state.topology, arena: &state.arena, rib: &state.rib };
    bgp::evpn(input, &state.under)
}

/// What BGP offers in a converged state when each prefix is solved by itself: the slow reference for tests. `sample`: these prefixes only,
/// unless there are aggregates, which look at other prefixes.
pub fn bgp_one_by_one(network: &Network, state: &State, sample: Option<&Set<IpNet>>) -> Reference {
    let input = Input { network, topology: &state.topology, arena: &state.arena, rib: &state.rib };
    bgp::one_by_one(input, &state.under, sample)
}
