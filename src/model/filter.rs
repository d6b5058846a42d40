//! Packet filters (ACLs, firewall filters).

use std::ops::RangeInclusive;

use ipnet::IpNet;

use super::device::Name;
use super::route::Family;
use crate::base::span::Origin;

crate::define_id! {
    /// A packet filter of a device.
    FilterId;
}

/// A packet filter: the first line that holds decides; a packet no line holds for is dropped unless `default_permit`.
///
/// Used as a *route* filter (`distribute-list`, `match ip address ACL`), a line's `source` is matched against the
/// route's network address and, for extended ACLs, its `destination` against the netmask.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// Its name.
    pub name: Name,
    /// Where it is configured.
    pub origin: Origin,
    /// Which packets it is for; `None` = both families.
    pub family: Option<Family>,
    /// An extended ACL (source and destination) rather than a standard one (source only).
    pub extended: bool,
    /// Lines in order.
    pub lines: Vec<FilterLine>,
    /// What happens to packets no line holds for.
    pub default_permit: bool,
}

/// A line of a packet filter. Empty lists hold for everything.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FilterLine {
    /// Lets the packet pass.
    pub permit: bool,
    /// Goes on with the next line though it holds (Junos `next term`): then it decides nothing.
    pub pass_on: bool,
    /// IP protocol numbers.
    pub protocols: Vec<u8>,
    /// Source addresses.
    pub sources: Vec<AddressMatch>,
    /// Destination addresses.
    pub destinations: Vec<AddressMatch>,
    /// Source ports.
    pub source_ports: Vec<RangeInclusive<u16>>,
    /// Destination ports.
    pub destination_ports: Vec<RangeInclusive<u16>>,
    /// ICMP type and code.
    pub icmp: Vec<(u8, Option<u8>)>,
    /// TCP with ACK or RST set.
    pub established: bool,
    /// TCP flags that must be set, and that must be clear.
    pub tcp_flags: Option<(u8, u8)>,
    /// Only later fragments.
    pub fragments: bool,
    /// DSCP values.
    pub dscp: Vec<u8>,
    /// It has a condition that is not modelled: it may hold for fewer packets than the rest says.
    pub partial: bool,
    /// Sends matching packets to another table (Junos `then routing-instance`).
    pub to_vrf: Option<super::vrf::VrfId>,
    /// Where it is configured.
    pub origin: Origin,
}

/// A set of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressMatch {
    /// A prefix.
    Prefix(IpNet),
    /// All but a prefix (Junos `except`); the most specific of a list's entries decides.
    Except(IpNet),
    /// IPv4 address and wildcard with gaps (1 bits are free).
    Wildcard(u32, u32),
}
