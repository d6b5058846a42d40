//! Routing protocols, one folder each, with the same file names: `neighbors` (who speaks with whom, and why not),
//! `compute` (pure: inputs to routes), `routes` (what is installed), `reasons` (enums that explain).
//!
//! In: model, topology, what other protocols installed. Out: a [`Table`](crate::rib::Table) each. Law: a protocol never reads another
//! protocol's insides, only installed routes; nothing here knows questions. Phase order is the engine's.
//! Start reading at [`Input`], then `policy`.

pub mod aggregate;
pub mod bgp;
pub mod connected;
pub mod eigrp;
pub mod isis;
pub mod leak;
mod link;
pub mod ospf;
mod paths;
pub mod policy;
pub mod redistribute;
pub mod rip;
pub mod router_id;
mod rows;
pub mod session;
pub mod static_;
#[cfg(test)]
pub(crate) mod testing;

use crate::base::diag::Diagnostic;
use crate::model::Network;
use crate::model::change::ConfigChange;
use crate::model::network::DeviceId;
use crate::rib::{Arena, Rib, Table};
use crate::topology::Topology;

/// What every protocol computes from.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The network.
    pub network: &'a Network,
    /// What is up, and who is joined to whom.
    pub topology: &'a Topology,
    /// The shared interners.
    pub arena: &'a Arena,
    /// The main tables of the last round (empty in the first): for redistribution, next hops and conditions.
    pub rib: &'a Rib,
}

/// A changed network against the one it was.
#[derive(Clone, Copy)]
pub struct Changed<'a> {
    /// The network before.
    pub was: &'a Network,
    /// All that differs.
    pub change: &'a ConfigChange,
    /// Further what-ifs are to start from the result: it is to hold what they take.
    pub lasting: bool,
}

/// What a protocol gave before, in the same round of the base run of a what-if: of the same network (but for `changed`), with another topology
/// or other tables.
pub struct Before<'a, T> {
    /// What differs from the network it was made of.
    pub changed: Option<Changed<'a>>,
    /// What was up.
    pub topology: &'a Topology,
    /// The main tables it looked at.
    pub rib: &'a Rib,
    /// What it made of them.
    pub value: &'a T,
}

impl<T> Clone for Before<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Before<'_, T> {}

impl<T> Before<'_, T> {
    /// Whether a device's config is another one now.
    fn is_other(&self, device: DeviceId) -> bool {
        self.changed.is_some_and(|c| c.change.devices.binary_search(&device).is_ok())
    }
}

/// What a protocol gives back.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Routes it offers to the main table.
    pub tables: Vec<Table>,
    /// Its sessions or adjacencies, up and not.
    pub sessions: session::Sessions,
    /// What it found: no convergence, order-dependent results, ids that occur twice.
    pub findings: Vec<Diagnostic>,
}

impl Outcome {
    /// The same, its tables sharing what they can with those of an earlier outcome, where there is one.
    #[must_use]
    pub fn onto(mut self, before: Option<&Self>) -> Self {
        for (table, old) in self.tables.iter_mut().zip(before.iter().flat_map(|b| &b.tables)) {
            *table = old.towards(table);
        }
        self
    }
}
