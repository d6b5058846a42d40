//! Route policies: one small machine that route-maps, Junos policy-statements, RPL and SR OS policies all
//! lower to.
//!
//! A [`Policy`] is a list of terms. The interpreter (`protocols/policy`) starts at the first. If the term's
//! condition holds, its actions run and `then` says how to go on; else `otherwise` does. A policy that runs
//! off its end uses the pending verdict a [`Flow`] has set, else `Policy::at_end`.
//! A [`PolicyChain`] is several policies in a row: a policy that ends in [`AtEnd::NextPolicy`] hands over to the
//! next; after the last, `PolicyChain::at_end` decides (the protocol's default action).

use std::net::IpAddr;

use ipnet::IpNet;

use super::device::Name;
use super::interface::InterfaceId;
use super::route::{BgpOrigin, Community, Family};
use super::vrf::VrfId;
use crate::base::id::IdVec;
use crate::base::span::Origin;

crate::define_id! {
    /// A policy of a device.
    PolicyId;
    /// A prefix list of a device.
    PrefixListId;
    /// An AS-path list of a device.
    AsPathListId;
    /// A community list of a device.
    CommunityListId;
    /// A term of a policy.
    TermId;
}

/// A route-map, policy-statement or route-policy.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Policy {
    /// Its name.
    pub name: Name,
    /// Where it is configured.
    pub origin: Origin,
    /// Its terms in order.
    pub terms: IdVec<TermId, Term>,
    /// What happens after the last term when no verdict is pending.
    pub at_end: AtEnd,
}

/// What happens to a route that ran through all terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AtEnd {
    /// Refused (route-maps).
    #[default]
    Reject,
    /// Taken.
    Accept,
    /// Handed to the next policy of the chain, or to the caller's default (Junos).
    NextPolicy,
}

/// Policies that run one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyChain {
    /// The policies in order. Several only on OSes that have chains.
    pub policies: Vec<PolicyId>,
    /// The verdict when the last policy ends without one.
    pub at_end: Verdict,
    /// The line that applies the chain.
    pub origin: Origin,
}

/// A verdict on a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verdict {
    /// Take it.
    Accept,
    /// Refuse it.
    #[default]
    Reject,
}

/// One term (route-map entry, Junos term, RPL branch).
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// Sequence number or name, for explanations.
    pub name: Name,
    /// Where it starts.
    pub origin: Origin,
    /// The condition; [`Cond::True`] if it has none.
    pub when: Cond,
    /// What it changes when the condition holds.
    pub actions: Vec<Action>,
    /// How to go on when the condition holds.
    pub then: Flow,
    /// How to go on when it does not; mostly [`Flow::Next`].
    pub otherwise: Flow,
}

/// How a policy goes on after a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The route is taken; the policy (and the chain) ends.
    Accept,
    /// The route is refused; the policy (and the chain) ends.
    Reject,
    /// To the next term.
    Next,
    /// To a later term (`continue N`). The term must stand later: no loops.
    Goto {
        /// The term; past the last one = the policy's end.
        term: TermId,
        /// The verdict if the policy then runs off its end (IOS: a permit entry with `continue` permits).
        pending: Option<Verdict>,
    },
    /// To the next term, with a verdict if the policy runs off its end (RPL `pass`). In a policy that ends in
    /// [`AtEnd::NextPolicy`] the chain goes on, and the verdict takes the place of the chain's default (Junos `default-action`).
    Pending(Verdict),
    /// Ends this policy; the chain goes on with the next one (Junos `next policy`).
    NextPolicy,
}

/// A condition on a route.
#[derive(Debug, Clone, PartialEq)]
pub enum Cond {
    /// Always holds.
    True,
    /// Never holds.
    False,
    /// All hold (of none: true).
    All(Vec<Cond>),
    /// One holds (of none: false).
    Any(Vec<Cond>),
    /// The other does not hold.
    Not(Box<Cond>),
    /// The destination is permitted by a prefix list.
    PrefixList(PrefixListId),
    /// The destination is in one of these ranges.
    Prefix(Vec<PrefixRange>),
    /// The destination is permitted by an address ACL read as a route filter (see [`super::filter::Filter`]).
    Acl(super::filter::FilterId),
    /// The BGP or IGP next hop is permitted by a prefix list.
    NextHopList(PrefixListId),
    /// The next hop is one of these.
    NextHop(Vec<IpNet>),
    /// The neighbour the route came from (or goes to, on export on OSes that say so) is permitted by a list.
    SourceList(PrefixListId),
    /// The neighbour the route came from is one of these.
    Neighbor(Vec<IpNet>),
    /// The AS path is permitted by a list.
    AsPathList(AsPathListId),
    /// AS-path length in hops against a number.
    AsPathLength(Compare, u32),
    /// The communities are permitted by a list.
    CommunityList {
        /// The list.
        list: CommunityListId,
        /// The route must carry just what the list line says, no more (`exact-match`).
        exact: bool,
    },
    /// How many communities it carries.
    CommunityCount(Compare, u32),
    /// Metric (MED for BGP).
    Metric(Compare, u32),
    /// Local preference.
    LocalPref(Compare, u32),
    /// Weight.
    Weight(Compare, u32),
    /// Administrative distance (Junos `preference`).
    Distance(Compare, u32),
    /// Tag.
    Tag(Vec<u32>),
    /// BGP origin.
    Origin(BgpOrigin),
    /// Where the route comes from: one of these.
    Source(Vec<RouteSource>),
    /// The kind of route: one of these.
    RouteType(Vec<RouteType>),
    /// Goes out of (or is the subnet of) one of these interfaces.
    Interface(Vec<InterfaceId>),
    /// Is of this address family.
    Family(Family),
    /// Is in this VRF's table (Junos `from instance`, `from rib`).
    Vrf(VrfId),
    /// OSPF area it was learned in.
    Area(Vec<u32>),
    /// IS-IS level it was learned in (Junos `from level`).
    Level(u8),
    /// Another policy accepts it (Junos `from policy`, RPL `apply` in a condition); its changes are dropped.
    Policy(PolicyId),
    /// Another policy is run as part of this one (RPL/SR OS `apply`): its changes stay; holds unless it rejects.
    Apply(PolicyId),
    /// A route exists in a table (Junos `from condition … if-route-exists`, IOS `exist-map`).
    RouteExists {
        /// The table.
        vrf: VrfId,
        /// The route.
        prefix: IpNet,
    },
    /// RPKI validation state; no validator is modelled, so every route is `not-found`.
    RpkiNotFound,
    /// Something that is not modelled: reported when it is read; treated as not holding.
    Unmodelled(Name),
}

impl Cond {
    /// The policies that it names.
    pub fn policies(&self) -> Vec<PolicyId> {
        match self {
            Self::All(list) | Self::Any(list) => list.iter().flat_map(Self::policies).collect(),
            Self::Not(c) => c.policies(),
            Self::Policy(p) | Self::Apply(p) => vec![*p],
            _ => Vec::new(),
        }
    }

    /// The tables in which it asks a route to be.
    pub fn vrfs(&self) -> Vec<VrfId> {
        match self {
            Self::All(list) | Self::Any(list) => list.iter().flat_map(Self::vrfs).collect(),
            Self::Not(c) => c.vrfs(),
            Self::Vrf(v) => vec![*v],
            _ => Vec::new(),
        }
    }

    /// Whether it asks if a route is in a table.
    pub fn asks_tables(&self) -> bool {
        match self {
            Self::All(list) | Self::Any(list) => list.iter().any(Self::asks_tables),
            Self::Not(c) => c.asks_tables(),
            Self::RouteExists { .. } => true,
            _ => false,
        }
    }
}

/// A comparison with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less or equal.
    Le,
    /// Greater or equal.
    Ge,
}

/// A source of routes, for redistribution and `from protocol`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RouteSource {
    /// Connected subnets (Junos `direct`).
    Connected,
    /// Local host routes (Junos `local`).
    Local,
    /// Static routes.
    Static,
    /// Junos aggregates, and BGP aggregates.
    Aggregate,
    /// OSPF for IPv4; a process index of [`super::device::Device::ospf`], or all.
    Ospf(Option<u32>),
    /// IS-IS; a process index of [`super::device::Device::isis`], or all.
    Isis(Option<u32>),
    /// BGP.
    Bgp,
    /// Of BGP's, those that a VRF has from other tables, and routes of VPN families and EVPN (SR OS `bgp-vpn`).
    BgpVpn,
    /// RIP.
    Rip,
    /// EIGRP; an AS number, or all.
    Eigrp(Option<u32>),
}

/// A kind of route, finer than its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum RouteType {
    OspfIntra,
    OspfInter,
    OspfE1,
    OspfE2,
    OspfN1,
    OspfN2,
    /// OSPF external of any type, EIGRP external, eBGP (Junos `from route-type external` on BGP routes).
    External,
    /// OSPF intra or inter, iBGP for BGP, EIGRP internal.
    Internal,
    IsisL1,
    IsisL2,
    IsisInterArea,
    BgpExternal,
    BgpInternal,
    /// Made on this device.
    Local,
}

/// A change to a route.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Local preference.
    LocalPref(Number),
    /// Metric: MED for BGP, the metric of a redistributed route for an IGP.
    Metric(Number),
    /// An EIGRP metric by its parts.
    MetricEigrp(super::eigrp::EigrpMetric),
    /// MED = IGP metric to the next hop.
    MetricIgp,
    /// Weight.
    Weight(u32),
    /// Administrative distance (Junos `preference`).
    Distance(u32),
    /// Tag.
    Tag(u32),
    /// BGP origin.
    Origin(BgpOrigin),
    /// Puts AS numbers in front of the path, leftmost first.
    Prepend(Vec<u32>),
    /// Puts the last AS (the leftmost of the path) in front again, `n` times.
    PrependLast(u32),
    /// Puts the own AS in front `n` times (IOS-XR, FRR).
    PrependOwn(u32),
    /// Replaces the whole path (EOS `set as-path match all replacement`, IOS-XE `replace`).
    ReplaceAsPath(AsPathReplacement),
    /// Takes AS numbers out of the path.
    ExcludeAs(Vec<u32>),
    /// Sets the communities of the kinds given (`Set` with none: `set community none`).
    Community(CommunityEdit),
    /// Next hop.
    NextHop(NextHopEdit),
    /// OSPF external type 1 or 2, for redistribution.
    OspfMetricType(u8),
    /// IS-IS metric type external (`true`) or internal.
    IsisMetricExternal(bool),
    /// IS-IS level of a redistributed route: 1, 2, or 3 for both.
    IsisLevel(u8),
    /// OSPF forwarding address.
    ForwardingAddress(IpAddr),
    /// Something that is not modelled; reported when it is read.
    Unmodelled(Name),
}

/// A number that a policy sets or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// To a value.
    Set(u32),
    /// Up by a value, stopping at the largest.
    Add(u32),
    /// Down by a value, stopping at zero.
    Subtract(u32),
}

/// What takes the place of ASes in a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AsPathReplacement {
    /// The whole path becomes these ASes.
    All(Vec<u32>),
    /// Each AS of the path that is in the list (empty: any) becomes the own AS.
    WithOwn(Vec<u32>),
}

/// A change to the communities of a route.
#[derive(Debug, Clone, PartialEq)]
pub enum CommunityEdit {
    /// Only these are left, of the kinds that occur in the list; with an empty list: none of the kind `standard`.
    Set(Vec<Community>),
    /// These are added.
    Add(Vec<Community>),
    /// Those that the list permits, each taken by itself, are removed.
    DeleteList(CommunityListId),
    /// These are removed.
    Delete(Vec<Community>),
    /// All are removed, of all kinds that `all_kinds` names (`false`: standard only).
    DeleteAll {
        /// Extended and large ones too.
        all_kinds: bool,
    },
}

/// A change to the next hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextHopEdit {
    /// To an address.
    Address(IpAddr),
    /// To the own address of the session.
    Own,
    /// To the neighbour's address.
    Peer,
    /// Left as it is, also where the protocol would change it.
    Unchanged,
    /// Dropped.
    Discard,
}

/// A set of prefixes: those covered by `prefix` (or just it) whose length lies in `min..=max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PrefixRange {
    /// What covers them.
    pub prefix: IpNet,
    /// Shortest length that counts.
    pub min: u8,
    /// Longest length that counts.
    pub max: u8,
}

impl PrefixRange {
    /// Only the prefix itself.
    pub fn exact(prefix: IpNet) -> Self {
        Self { prefix: prefix.trunc(), min: prefix.prefix_len(), max: prefix.prefix_len() }
    }
    /// Whether a prefix is in the set.
    pub fn holds(&self, prefix: &IpNet) -> bool {
        let len = prefix.prefix_len();
        self.min <= len && len <= self.max && self.prefix.contains(prefix)
    }
}

/// A prefix list: the first line that holds decides; a list whose lines all fail refuses.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PrefixList {
    /// Its name.
    pub name: Name,
    /// Where it is configured.
    pub origin: Origin,
    /// Its lines in order of sequence.
    pub lines: Vec<PrefixLine>,
}

/// A line of a prefix list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrefixLine {
    /// permit or deny.
    pub permit: bool,
    /// What it matches.
    pub range: PrefixRange,
    /// Where it is configured.
    pub origin: Origin,
}

impl PrefixList {
    /// Whether the list permits a prefix.
    pub fn permits(&self, prefix: &IpNet) -> bool {
        self.lines.iter().find(|l| l.range.holds(prefix)).is_some_and(|l| l.permit)
    }
}

/// An AS-path list: the first line whose regular expression matches decides.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AsPathList {
    /// Its name.
    pub name: Name,
    /// Where it is configured.
    pub origin: Origin,
    /// Lines in order.
    pub lines: Vec<AsPathLine>,
}

/// A line of an AS-path list.
#[derive(Debug, Clone, PartialEq)]
pub struct AsPathLine {
    /// permit or deny.
    pub permit: bool,
    /// The regular expression in the one dialect the interpreter knows (see `vendors/regex.rs`, which
    /// translates each OS's own): Rust regex syntax over the path printed as decimal numbers, each followed by one space, e.g. `"65001 65002 "`
    /// (an empty path is `""`; a set is printed `{1,2} `; confederation segments `(65001 65002) `).
    pub regex: String,
    /// As configured.
    pub text: Name,
    /// Where it is configured.
    pub origin: Origin,
}

/// A community list: the first line that holds decides.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CommunityList {
    /// Its name.
    pub name: Name,
    /// Where it is configured.
    pub origin: Origin,
    /// Lines in order.
    pub lines: Vec<CommunityLine>,
}

/// A line of a community list.
#[derive(Debug, Clone, PartialEq)]
pub struct CommunityLine {
    /// permit or deny.
    pub permit: bool,
    /// What it matches.
    pub matches: CommunityMatch,
    /// Where it is configured.
    pub origin: Origin,
}

/// What a community-list line matches.
#[derive(Debug, Clone, PartialEq)]
pub enum CommunityMatch {
    /// The route carries all of these (`permit internet` = all of none).
    All(Vec<Community>),
    /// Each member is matched by some community of the route (Junos community with several members, of which some are
    /// patterns).
    AllOf(Vec<CommunityMatch>),
    /// Some community, printed, matches: Rust regex over `65000:1`, `65000:1:2` (large) or `target:65000:1`.
    Regex(String),
    /// All standard communities, printed in order with a space after each, match as one text (IOS expanded lists).
    RegexWhole(String),
    /// The line holds where the inner match does not (Junos `invert-match`).
    Not(Box<CommunityMatch>),
}
