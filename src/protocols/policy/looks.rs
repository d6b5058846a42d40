//! What a policy chain can look at, worked out without a route: decides what a memo of its result must be keyed by.
//!
//! In: a chain. Out: [`Looks`]. Law: may say "looks" too often, never too seldom.

use crate::model::device::Device;
use crate::model::policy::{Action, Cond, PolicyChain, PolicyId};

/// What a chain looks at beyond the BGP attributes and the session it runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Looks {
    /// At the destination.
    pub prefix: bool,
    /// At where the route stands in the tables: its source, kind, distance, interfaces, area, level.
    pub place: bool,
    /// At outgoing interfaces (then at its place too).
    pub interface: bool,
    /// At the next hop.
    pub next_hop: bool,
    /// At the neighbour's address or AS.
    pub neighbor: bool,
}

impl Looks {
    /// What a chain of a device looks at.
    pub fn of_chain(device: &Device, chain: &PolicyChain) -> Self {
        let mut looks = Self::default();
        let mut seen = Vec::new();
        for &p in &chain.policies {
            looks.policy(device, p, &mut seen);
        }
        looks
    }

    /// What several chains look at together.
    pub fn of_chains<'c>(device: &Device, chains: impl IntoIterator<Item = &'c PolicyChain>) -> Self {
        chains.into_iter().fold(Self::default(), |a, c| a.or(Self::of_chain(device, c)))
    }

    /// Both together.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            prefix: self.prefix || other.prefix,
            place: self.place || other.place,
            interface: self.interface || other.interface,
            next_hop: self.next_hop || other.next_hop,
            neighbor: self.neighbor || other.neighbor,
        }
    }

    fn policy(&mut self, device: &Device, id: PolicyId, seen: &mut Vec<PolicyId>) {
        if seen.contains(&id) {
            return;
        }
        seen.push(id);
        let Some(policy) = device.policies.get(id) else { return };
        for term in &policy.terms {
            self.cond(device, &term.when, seen);
            // The IGP metric belongs to the next hop's place; all other actions depend on attributes only.
            self.place |= term.actions.iter().any(|a| matches!(a, Action::MetricIgp));
        }
    }

    fn cond(&mut self, device: &Device, cond: &Cond, seen: &mut Vec<PolicyId>) {
        match cond {
            Cond::All(list) | Cond::Any(list) => list.iter().for_each(|c| self.cond(device, c, seen)),
            Cond::Not(c) => self.cond(device, c, seen),
            Cond::Policy(p) | Cond::Apply(p) => self.policy(device, *p, seen),
            Cond::PrefixList(_) | Cond::Prefix(_) | Cond::Acl(_) | Cond::Family(_) => self.prefix = true,
            Cond::NextHopList(_) | Cond::NextHop(_) => self.next_hop = true,
            Cond::SourceList(_) | Cond::Neighbor(_) => self.neighbor = true,
            Cond::Interface(_) => {
                self.interface = true;
                self.place = true;
            }
            Cond::Source(_) | Cond::RouteType(_) | Cond::Vrf(_) | Cond::Area(_) | Cond::Level(_) | Cond::Distance(..) => {
                self.place = true
            }
            Cond::True
            | Cond::False
            | Cond::AsPathList(_)
            | Cond::AsPathLength(..)
            | Cond::CommunityList { .. }
            | Cond::CommunityCount(..)
            | Cond::Metric(..)
            | Cond::LocalPref(..)
            | Cond::Weight(..)
            | Cond::Tag(_)
            | Cond::Origin(_)
            | Cond::RouteExists { .. }
            | Cond::RpkiNotFound
            | Cond::Unmodelled(_) => {}
        }
    }
}
