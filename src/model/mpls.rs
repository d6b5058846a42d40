//! Labels of a device: where LDP runs (RFC 5036), and segment routing with MPLS (RFC 8402, RFC 8660).
//!
//! What is here bears on no table: it says which packets of tunnels find labels on their way (`forward/label_path`).

use std::net::IpAddr;

use ipnet::IpNet;

use super::interface::InterfaceId;
use super::route::Protocol;
use crate::base::span::Origin;

/// MPLS of a device.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mpls {
    /// Interfaces on which LDP finds neighbours by link hellos (RFC 5036 §2.4.1), with where that is said.
    pub ldp: Vec<(InterfaceId, Origin)>,
    /// The router id (transport address) of LDP, where the config sets it.
    pub ldp_router_id: Option<IpAddr>,
    /// What the router before does with LDP's labels of own prefixes (RFC 3032 §2.1, RFC 5036 §3.4.1: implicit null if it is to take them off).
    pub ldp_last: LastHop,
    /// Segment routing, one entry an IGP that has it.
    pub segment_routing: Vec<SegmentRouting>,
    /// Labels of segment routing win over LDP's.
    pub prefers_segments: bool,
    /// The interfaces that take packets with labels; `None`: all of which a label protocol needs it.
    pub switching: Option<Vec<InterfaceId>>,
    /// Something else gives labels too, and is not modelled (RSVP-TE, static labels, SR policies): what it is.
    pub other: Option<&'static str>,
}

/// An IGP that tells of segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Igp {
    /// IS-IS (RFC 8667).
    Isis,
    /// OSPFv2 (RFC 8665).
    Ospf,
}

impl Igp {
    /// The IGP of a route.
    pub fn of(protocol: Protocol) -> Option<Self> {
        match protocol {
            p if p.is_isis() => Some(Self::Isis),
            p if p.is_ospf() => Some(Self::Ospf),
            _ => None,
        }
    }
}

/// Segment routing of an IGP.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentRouting {
    /// Where it is turned on.
    pub origin: Origin,
    /// Which tells of it.
    pub igp: Igp,
    /// The labels that indexes count from.
    pub srgb: Srgb,
    /// Own prefixes that have a segment.
    pub prefix_sids: Vec<PrefixSid>,
}

/// The global block of labels (RFC 8660 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Srgb {
    /// The first label.
    pub base: u32,
    /// How many there are.
    pub size: u32,
}

impl Srgb {
    /// The block from one label to another.
    pub fn between(low: u32, high: u32) -> Self {
        Self { base: low, size: high.saturating_sub(low).saturating_add(1) }
    }

    /// The label of an index.
    pub fn label(self, index: u32) -> Option<u32> {
        (index < self.size).then(|| self.base.saturating_add(index))
    }
}

/// A prefix segment of algorithm 0 (RFC 8402 §3.1).
#[derive(Debug, Clone, PartialEq)]
pub struct PrefixSid {
    /// Where it is configured.
    pub origin: Origin,
    /// The prefix.
    pub prefix: IpNet,
    /// Its number.
    pub sid: Sid,
    /// What the router before does with the label.
    pub last: LastHop,
}

/// What the last router but one does with the label of a segment (the flags P and E of RFC 8667 §2.1.1 and RFC 8665 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LastHop {
    /// It takes it off.
    #[default]
    Pops,
    /// It puts explicit null (0) in its place.
    ExplicitNull,
    /// It keeps it.
    Keeps,
}

/// The number of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sid {
    /// Counts from the block of each router.
    Index(u32),
    /// A label of the router's own block: other routers are told the index that it stands for.
    Label(u32),
}

impl Sid {
    /// The index that other routers are told; `None`: the label is not in the block.
    pub fn index(self, own: Srgb) -> Option<u32> {
        match self {
            Self::Index(n) => Some(n),
            Self::Label(label) => label.checked_sub(own.base).filter(|n| *n < own.size),
        }
    }
}

impl Mpls {
    /// Whether LDP runs on an interface.
    pub fn has_ldp(&self, interface: InterfaceId) -> bool {
        self.ldp.iter().any(|(i, _)| *i == interface)
    }

    /// Segment routing of an IGP.
    pub fn segments(&self, igp: Igp) -> Option<&SegmentRouting> {
        self.segment_routing.iter().find(|s| s.igp == igp)
    }

    /// Whether an interface takes packets with labels.
    pub fn switches(&self, interface: InterfaceId) -> bool {
        self.switching.as_ref().is_none_or(|s| s.contains(&interface))
    }

    /// Turns interfaces' numbers.
    pub(super) fn interfaces(&mut self) -> impl Iterator<Item = &mut InterfaceId> {
        self.ldp.iter_mut().map(|(i, _)| i).chain(self.switching.iter_mut().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_count_from_the_block() {
        let block = Srgb::between(16000, 23999);
        assert_eq!((block.label(3), block.label(7999), block.label(8000)), (Some(16003), Some(23999), None));
        assert_eq!(
            (Sid::Label(16003).index(block), Sid::Label(15999).index(block), Sid::Index(3).index(block)),
            (Some(3), None, Some(3))
        );
    }
}
