//! BGP next hops to outgoing interfaces, with the IGP metric on the way.
//!
//! In: tables below BGP of this round, BGP routes of the last. Out: [`Reach`]. Law: a hop that only resolves through the very prefix it
//! belongs to does not resolve (RFC 4271 §9.1.2.1). Answers are kept per (node, address).

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ipnet::IpNet;

use super::speakers::Speaker;
use super::touched::Moved;
use crate::base::Set;
use crate::base::id::Id;
use crate::base::shared::SharedMap;
use crate::model::Network;
use crate::model::network::NodeId;
use crate::model::policy::{PolicyChain, PolicyId, Verdict};
use crate::model::route::Protocol;
use crate::protocols::Input;
use crate::protocols::policy::{PolicyContext, PolicyEngine, PolicyRoute};
use crate::rib::{Hop, HopsId, Rib, Route, RouteId};

/// All addresses with the tables that own them.
pub(super) type Own = Set<(NodeId, IpAddr)>;

/// All addresses of a network, whether their interfaces are up or not.
pub(super) fn own_addresses(network: &Network) -> Own {
    let mut own = Own::default();
    for (d, device) in network.devices.iter_ids() {
        for i in device.interfaces.iter().filter(|i| i.vrf.index() < device.vrfs.len()) {
            let node = network.node(d, i.vrf);
            own.extend(i.addresses.iter().map(|a| (node, a.address.addr())));
        }
    }
    own
}

/// How a next hop is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reach {
    /// Resolved to interfaces.
    pub hops: HopsId,
    /// IGP metric of the way.
    pub metric: u32,
    /// It is on a connected subnet.
    pub connected: bool,
    /// The BGP prefix it was resolved through, if any.
    pub through_bgp: Option<IpNet>,
}

/// How a next hop is reached, if it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    pub reach: Option<Reach>,
    /// It depends (or may, once there are some) on last round's BGP routes.
    pub asks_bgp: bool,
}

/// Answers by node and address.
pub(super) type Known = SharedMap<(NodeId, IpAddr), Answer>;

pub(super) struct NextHops<'a> {
    input: Input<'a>,
    under: &'a Rib,
    own: Arc<Own>,
    known: Arc<Known>,
    /// In a what-if: the answers of the base, and for what they hold no more.
    before: Option<(Arc<Known>, &'a Moved)>,
    /// Whether last round's tables hold any route at all.
    recursive: bool,
    /// Whether an answer that counts depended (or may depend, once there are some) on last round's BGP routes.
    asked_bgp: AtomicBool,
}

impl<'a> NextHops<'a> {
    pub(super) fn new(input: Input<'a>, under: &'a Rib) -> Self {
        Self::with(input, under, Arc::new(own_addresses(input.network)), None)
    }

    /// In a what-if: with all addresses and the tables that own them, and the answers as an earlier run of the network gave them.
    pub(super) fn again(input: Input<'a>, under: &'a Rib, own: Arc<Own>, before: (Arc<Known>, &'a Moved)) -> Self {
        Self::with(input, under, own, Some(before))
    }

    fn with(input: Input<'a>, under: &'a Rib, own: Arc<Own>, before: Option<(Arc<Known>, &'a Moved)>) -> Self {
        let recursive = !input.rib.table().is_empty();
        Self { input, under, own, known: Arc::new(Known::new()), before, recursive, asked_bgp: AtomicBool::new(false) }
    }

    /// All addresses with the tables that own them.
    pub(super) fn own(&self) -> Arc<Own> {
        Arc::clone(&self.own)
    }

    /// The answers so far.
    pub(super) fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known)
    }

    /// The tables below BGP.
    pub(super) fn under(&self) -> &Rib {
        self.under
    }

    /// Whether no answer that counts depended on last round's BGP routes so far.
    pub(super) fn stands_on_under(&self) -> bool {
        !self.asked_bgp.load(Ordering::Relaxed)
    }

    /// Notes that an answer depended on last round's tables.
    pub(super) fn depends_on_last_round(&self) {
        self.asked_bgp.store(true, Ordering::Relaxed);
    }

    /// Whether an address is the router's own.
    pub(super) fn is_own(&self, node: NodeId, addr: IpAddr) -> bool {
        self.own.contains(&(node, addr))
    }

    /// How a speaker reaches the next hop of a path to `prefix`.
    pub(super) fn reach(
        &self,
        engine: &PolicyEngine<'_>,
        speaker: &Speaker<'_>,
        next_hop: IpAddr,
        prefix: Option<&IpNet>,
    ) -> Option<Reach> {
        match self.reach_any(engine, speaker, next_hop) {
            Some(Reach { through_bgp: Some(p), .. }) if Some(&p) == prefix => {
                self.resolve(engine, speaker, next_hop, prefix).reach
            }
            other => other,
        }
    }

    /// The same for a path to no prefix in particular.
    pub(super) fn reach_any(&self, engine: &PolicyEngine<'_>, speaker: &Speaker<'_>, next_hop: IpAddr) -> Option<Reach> {
        let answer = self.weigh(engine, speaker, next_hop);
        if answer.asks_bgp {
            self.depends_on_last_round();
        }
        answer.reach
    }

    /// The same where it is not known yet whether the answer counts.
    pub(super) fn weigh(&self, engine: &PolicyEngine<'_>, speaker: &Speaker<'_>, next_hop: IpAddr) -> Answer {
        let key = (speaker.node, next_hop);
        let holds = |b: &&(Arc<Known>, &Moved)| !b.1.holds(speaker.node, next_hop);
        let before = self.before.as_ref().filter(holds).and_then(|b| b.0.get(&key));
        if let Some(known) = before {
            return known;
        }
        self.known.get(&key).unwrap_or_else(|| {
            let made = self.resolve(engine, speaker, next_hop, None);
            self.known.get_or_try(key, || Some(made)).unwrap_or(made)
        })
    }

    fn resolve(&self, engine: &PolicyEngine<'_>, speaker: &Speaker<'_>, next_hop: IpAddr, not: Option<&IpNet>) -> Answer {
        let arena = self.input.arena;
        let platform = &speaker.of.platform;
        let below = self.under.longest_match(speaker.node, next_hop);
        // What lies on a connected subnet is there, whatever BGP says of it.
        let on_link = below.is_some_and(|(_, r)| matches!(arena.routes.get(r).protocol, Protocol::Connected | Protocol::Local));
        // Nothing is more specific than a host route.
        let exact = below.is_some_and(|(net, _)| net.prefix_len() == net.max_prefix_len());
        let asks_bgp = platform.bgp_recursive_bgp && !on_link && !exact;
        let bgp = if self.recursive && asks_bgp {
            let is_bgp = |r: &Route| r.protocol.is_bgp();
            let mut all = self.input.rib.matches(speaker.node, next_hop);
            all.find(|(net, r)| Some(net) != not && is_bgp(arena.routes.get(*r)))
        } else {
            None
        };
        let (route, through_bgp) = match (below, bgp) {
            (Some(b), Some(g)) if g.0.prefix_len() > b.0.prefix_len() => (Some(g), Some(g.0)),
            (Some(b), _) => (Some(b), None),
            (None, g) => (g, g.map(|g| g.0)),
        };
        let reach = route.and_then(|route| self.reach_by(engine, speaker, next_hop, route));
        Answer { reach: reach.map(|r| Reach { through_bgp, ..r }), asks_bgp }
    }

    /// A next hop by the route that leads there.
    fn reach_by(
        &self,
        engine: &PolicyEngine<'_>,
        speaker: &Speaker<'_>,
        next_hop: IpAddr,
        (net, id): (IpNet, RouteId),
    ) -> Option<Reach> {
        let (arena, platform) = (self.input.arena, &speaker.of.platform);
        if net.prefix_len() == 0 && !platform.bgp_resolve_via_default {
            return None;
        }
        let route = arena.routes.get(id);
        if let Some(p) = next_hop_policy(speaker, next_hop)
            && !self.policy_takes(engine, speaker, p, net, route)
        {
            return None;
        }
        let connected = matches!(route.protocol, Protocol::Connected | Protocol::Local);
        let hops = if connected {
            let over = |h: &Hop| Hop { ip: Some(next_hop), ..*h };
            arena.hop_set(arena.hops_of(route).iter().map(over).collect())
        } else {
            // A hop without an address goes to the destination itself: on the way to the next hop that is the next hop.
            let towards = |h: &Hop| if h.drop || h.ip.is_some() { *h } else { Hop { ip: Some(next_hop), ..*h } };
            arena.hop_set(arena.hops_of(route).iter().map(towards).collect())
        };
        let metric = if route.protocol.is_bgp() { 0 } else { route.metric };
        Some(Reach { hops, metric, connected, through_bgp: None })
    }

    fn policy_takes(
        &self,
        engine: &PolicyEngine<'_>,
        speaker: &Speaker<'_>,
        policy: PolicyId,
        net: IpNet,
        route: &Route,
    ) -> bool {
        let mut r = PolicyRoute::of_installed(self.input.arena, speaker.vrf, net, route);
        let chain = PolicyChain { policies: vec![policy], at_end: Verdict::Reject, ..PolicyChain::default() };
        engine.run(speaker.device, &chain, &mut r, &PolicyContext::default()) == Verdict::Accept
    }

    /// A directly connected hop, for sessions whose subnet is known.
    pub(super) fn link(&self, ip: IpAddr, interface: crate::model::interface::InterfaceId) -> Reach {
        let hops = self.input.arena.hop_set(vec![Hop::via(ip, interface)]);
        Reach { hops, metric: 0, connected: true, through_bgp: None }
    }

    /// A discard.
    pub(super) fn discard(&self) -> Reach {
        Reach { hops: self.input.arena.hop_set(vec![Hop::DROP]), metric: 0, connected: true, through_bgp: None }
    }
}

fn next_hop_policy(speaker: &Speaker<'_>, next_hop: IpAddr) -> Option<PolicyId> {
    let family = crate::model::route::Family::of(next_hop);
    speaker.bgp.families.iter().find(|f| f.family == family)?.next_hop_policy
}
