//! Two switches that look like one to what is cabled to both (EOS MLAG, NX-OS vPC, Cumulus CLAG, SONiC MCLAG).
//!
//! Law: what one of the two says; who the other is, `topology::pairs` finds out.

use std::net::IpAddr;

use super::device::Name;
use super::interface::InterfaceId;
use crate::base::span::Origin;

/// One half of a pair.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mlag {
    /// Where it is configured.
    pub origin: Origin,
    /// Shut down.
    pub disabled: bool,
    /// What both halves must say alike: a domain's name or number, a system's MAC address.
    pub domain: Option<Name>,
    /// The port between the two.
    pub peer_link: Option<InterfaceId>,
    /// Frames between the two cross a fabric instead (NX-OS `virtual peer-link`): no port of theirs says whether they hear each other.
    pub over_fabric: bool,
    /// An address of the other one.
    pub peer: Option<IpAddr>,
    /// Bundles that go on at the other one.
    pub bundles: Vec<MlagBundle>,
    /// Forwards packets for the other one's MAC address (NX-OS `peer-gateway`, EOS `ip virtual-router mac-address mlag-peer`).
    pub peer_gateway: bool,
    /// A standby router of HSRP or VRRP forwards packets for the virtual MAC address (vPC; with CLAG it does not).
    pub standby_forwards: bool,
    /// The lower is the primary one.
    pub priority: u32,
    /// What the secondary one does when the peer link is down and the primary one is not.
    pub on_split: OnSplit,
}

/// A bundle that has its other members on the other switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MlagBundle {
    /// Its number, the same on both.
    pub id: u32,
    /// The bundle here.
    pub interface: InterfaceId,
    /// Where it is configured.
    pub origin: Origin,
}

/// What a secondary switch stops when it has lost the peer link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnSplit {
    /// Nothing: both go on.
    #[default]
    Nothing,
    /// The bundles that both have.
    Bundles,
    /// Those, and the routed interfaces of the VLANs that the peer link carries.
    BundlesAndVlans,
    /// All ports but the peer link and the management.
    AllPorts,
}

/// Which system the other end of a bundle sees.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum BundleSystem {
    /// The front end does not say.
    #[default]
    Unknown,
    /// This device.
    Own,
    /// One that several devices pass themselves off as (an Ethernet segment, an LACP system id that is set), by a text that is the same on all.
    Shared(Name),
}
