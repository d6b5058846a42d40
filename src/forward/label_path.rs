//! Which labels packets of a tunnel have on their way, and where they would find none though IP leads on.
//!
//! In: one way of a trace from the table under a tunnel to the tunnel's end. Out: a [`LabelHop`] a link. Law: LDP labels a link if it
//! runs on both ends' ports (RFC 5036 §2.4.1) and both routers' routes are to the same prefix (§2.1: a label stands for a FEC; lookups of
//! shorter ones are RFC 5283's, which are off by default); segment routing does if both routers have it in the IGP of the route and the
//! end's prefix has a segment: the label is the next router's (RFC 8660 §2.4, §2.11). What came in with one of them goes on with it if
//! that can be, else with the other (RFC 8661 §2). The last router but one takes the label off. A router whose OS's reader does not tell
//! of labels makes a hop unknown, not broken. Start reading at [`label_path`]. Tests: `tests/label_path.rs`.

use std::net::IpAddr;

use ipnet::IpNet;

use super::trace::{Branch, TraceHop};
use crate::engine::State;
use crate::model::mpls::{Igp, LastHop, Mpls};
use crate::model::network::NodeId;
use crate::model::route::Protocol;
use crate::model::{DeviceId, Network};
use crate::topology::Port;

/// A link of the way, and what its packets have on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelHop {
    /// The router that sends over it.
    pub from: NodeId,
    /// The label.
    pub by: Label,
}

/// Who labels a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// LDP: the next router's own choice.
    Ldp,
    /// Segment routing, with this label; 0 is explicit null, of LDP too.
    Segment(u32),
    /// None: the next router is the end, and wants none (implicit null).
    Popped,
    /// Nobody: packets are lost here.
    Broken {
        /// The router at fault.
        at: NodeId,
        /// What is missing.
        why: Missing,
    },
    /// Nobody knows.
    Unknown {
        /// The router at which that is so.
        at: NodeId,
        /// Why.
        why: Unread,
    },
}

/// What a link of a label path is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// LDP does not run on this port.
    Ldp(Port),
    /// The router has no segment routing in the IGP of the route.
    Segments,
    /// This port takes no packets with labels.
    Switching(Port),
    /// The number of the segment lies outside of the router's block.
    Block(u32),
    /// The router has a route to this prefix, and the label is for another one.
    Prefix(IpNet),
}

/// Why nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// What the OS's config says of labels is not read.
    Os,
    /// Something that is not modelled gives labels.
    Other(&'static str),
    /// The route is not an IGP's, or not IPv4's.
    Route,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Ldp,
    Segments,
}

/// The labels on a way to the end of a tunnel; up to where they break. Empty where no label is needed: the end is the next hop itself.
pub fn label_path(network: &Network, state: &State, way: &Branch, end: IpAddr) -> Vec<LabelHop> {
    let end = end.to_canonical();
    let hops = &way.hops;
    if let [first, _] = &hops[..] {
        let direct =
            first.route.is_some_and(|(_, r)| matches!(state.arena.routes.get(r).protocol, Protocol::Connected | Protocol::Local));
        if direct || first.next_hop.is_some_and(|ip| ip.to_canonical() == end) && !by_igp(state, first) {
            return Vec::new();
        }
    }
    let mut out: Vec<LabelHop> = Vec::new();
    let mut carried = None;
    for (n, pair) in hops.windows(2).enumerate() {
        let [here, next] = pair else { continue };
        let link = Link { network, state, here, next, end, egress: hops.last().map_or(here.node, |h| h.node) };
        let last = n + 2 == hops.len();
        let (by, now) = link.label(last, carried);
        carried = now;
        out.push(LabelHop { from: here.node, by });
        if matches!(by, Label::Broken { .. }) {
            break;
        }
    }
    out
}

fn by_igp(state: &State, hop: &TraceHop) -> bool {
    hop.route.is_some_and(|(_, r)| Igp::of(state.arena.routes.get(r).protocol).is_some())
}

struct Link<'a> {
    network: &'a Network,
    state: &'a State,
    here: &'a TraceHop,
    next: &'a TraceHop,
    end: IpAddr,
    egress: NodeId,
}

impl<'a> Link<'a> {
    fn device(&self, node: NodeId) -> DeviceId {
        self.network.nodes()[node].0
    }

    fn mpls(&self, node: NodeId) -> Option<&'a Mpls> {
        self.network.devices[self.device(node)].mpls.as_ref()
    }

    /// The label of the link, and by whom it is.
    fn label(&self, last: bool, carried: Option<By>) -> (Label, Option<By>) {
        let unknown = |at, why| (Label::Unknown { at, why }, None);
        let (from, to) = (self.here.node, self.next.node);
        let Some(here) = self.mpls(from) else { return unknown(from, Unread::Os) };
        let Some(next) = self.mpls(to) else { return unknown(to, Unread::Os) };
        let (Some(out), Some(into), Some((prefix, route))) = (self.here.out, self.next.into, self.here.route) else {
            return unknown(from, Unread::Route);
        };
        let protocol = self.state.arena.routes.get(route).protocol;
        if self.end.is_ipv6() || matches!(protocol, Protocol::Ebgp | Protocol::Ibgp | Protocol::Evpn) {
            return unknown(from, Unread::Route);
        }
        let ldp = self.ldp((here, out), (next, into), prefix, last);
        let segments = self.segments((here, out), (next, into), protocol, prefix, last);
        let first = carried.unwrap_or(if here.prefers_segments { By::Segments } else { By::Ldp });
        let of = |by: By| match by {
            By::Ldp => ldp.ok().map(|l| (l, Some(By::Ldp))),
            By::Segments => segments.and_then(Result::ok).map(|l| (l, Some(By::Segments))),
        };
        let other = if first == By::Ldp { By::Segments } else { By::Ldp };
        if let Some(found) = of(first).or_else(|| of(other)) {
            return found;
        }
        for (node, mpls) in [(from, here), (to, next)] {
            if let Some(what) = mpls.other {
                return unknown(node, Unread::Other(what));
            }
        }
        // What the packet would go on with is at fault; where it could be both, what the network has.
        let no_ldp = here.ldp.is_empty() || next.ldp.is_empty();
        let fault = match (ldp, segments) {
            (_, Some(Err(fault))) if carried == Some(By::Segments) || carried.is_none() && no_ldp => fault,
            (Err(fault), _) | (_, Some(Err(fault))) => fault,
            _ => (from, Missing::Ldp(out)),
        };
        (Label::Broken { at: fault.0, why: fault.1 }, None)
    }

    fn ldp(
        &self,
        (here, out): (&Mpls, Port),
        (next, into): (&Mpls, Port),
        prefix: IpNet,
        last: bool,
    ) -> Result<Label, (NodeId, Missing)> {
        let (from, to) = (self.here.node, self.next.node);
        if !here.has_ldp(out.1) {
            return Err((from, Missing::Ldp(out)));
        }
        if !next.has_ldp(into.1) {
            return Err((to, Missing::Ldp(into)));
        }
        self.switch((here, out), (next, into))?;
        if last {
            // The end tells of its own prefix, and has no label for what merely covers it.
            return match next.ldp_last {
                _ if !self.is_of_end(prefix) => Err((from, Missing::Prefix(prefix))),
                LastHop::Pops => Ok(Label::Popped),
                LastHop::ExplicitNull => Ok(Label::Segment(0)),
                LastHop::Keeps => Ok(Label::Ldp),
            };
        }
        match self.next.route {
            Some((theirs, _)) if theirs != prefix => Err((to, Missing::Prefix(theirs))),
            _ => Ok(Label::Ldp),
        }
    }

    /// Both ends' ports take packets with labels.
    fn switch(&self, (here, out): (&Mpls, Port), (next, into): (&Mpls, Port)) -> Result<(), (NodeId, Missing)> {
        for (mpls, node, port) in [(here, self.here.node, out), (next, self.next.node, into)] {
            if !mpls.switches(port.1) {
                return Err((node, Missing::Switching(port)));
            }
        }
        Ok(())
    }

    /// Whether a prefix is the end's address, or a subnet of the router that has it.
    fn is_of_end(&self, prefix: IpNet) -> bool {
        let all = &self.network.devices[self.device(self.egress)].interfaces;
        let mut of = all.iter().flat_map(|i| &i.addresses).filter(|a| a.address.addr() == self.end);
        prefix.prefix_len() == prefix.max_prefix_len() || of.any(|a| a.address.trunc() == prefix)
    }

    /// `None`: the end has no segment.
    fn segments(
        &self,
        (here, out): (&Mpls, Port),
        (next, into): (&Mpls, Port),
        protocol: Protocol,
        prefix: IpNet,
        last: bool,
    ) -> Option<Result<Label, (NodeId, Missing)>> {
        let igp = Igp::of(protocol)?;
        let (from, to) = (self.here.node, self.next.node);
        let end = self.mpls(self.egress)?.segments(igp)?;
        let own = |p: &IpNet| p.addr() == self.end && p.prefix_len() == p.max_prefix_len();
        let sid = end.prefix_sids.iter().find(|s| own(&s.prefix))?;
        let index = sid.sid.index(end.srgb)?;
        let label = || {
            here.segments(igp).ok_or((from, Missing::Segments))?;
            let there = next.segments(igp).ok_or((to, Missing::Segments))?;
            if prefix != sid.prefix {
                return Err((from, Missing::Prefix(prefix)));
            }
            self.switch((here, out), (next, into))?;
            match sid.last {
                LastHop::Pops if last => return Ok(Label::Popped),
                LastHop::ExplicitNull if last => return Ok(Label::Segment(0)),
                _ => {}
            }
            there.srgb.label(index).map(Label::Segment).ok_or((to, Missing::Block(index)))
        };
        Some(label())
    }
}
