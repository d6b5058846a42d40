//! Interfaces, layer 2 and layer 3 in one.

use std::net::IpAddr;

use ipnet::IpNet;

use super::device::Name;
use super::filter::FilterId;
use super::policy::PolicyId;
use super::vrf::VrfId;
use crate::base::span::Origin;

crate::define_id! {
    /// An interface of a device.
    InterfaceId;
}

/// What an interface is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum InterfaceKind {
    /// A port.
    #[default]
    Physical,
    /// A loopback or other interface that is always up.
    Loopback,
    /// A subinterface or unit of `Interface::parent`.
    Subinterface,
    /// A port channel, `ae` or bond.
    Aggregate,
    /// The routed interface of a VLAN (SVI, IRB).
    Vlan,
    /// A tunnel.
    Tunnel,
    /// The discard interface.
    Null,
    /// A bridge that is not a VLAN interface (Linux, BVI).
    Bridge,
    /// A VXLAN tunnel end point.
    Vxlan,
    /// A management port: in no data path.
    Management,
    /// Anything else.
    Other,
}

/// An interface.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Interface {
    /// Its full name as the device prints it (`GigabitEthernet0/1`, `ge-0/0/0.0`, `swp1`).
    pub name: Name,
    /// What it is.
    pub kind: InterfaceKind,
    /// Where it is configured.
    pub origin: Origin,
    /// Keeps the place of a port that another network has (see [`super::align`]): it is not there.
    pub absent: bool,
    /// Its description.
    pub description: Option<Name>,
    /// Not shut down.
    pub enabled: bool,
    /// The routing table it belongs to.
    pub vrf: VrfId,
    /// Addresses; the first of each family that is not secondary is the primary one.
    pub addresses: Vec<InterfaceAddress>,
    /// Borrows the addresses of another interface.
    pub unnumbered: Option<InterfaceId>,
    /// IPv6 is on, though there may be only a link-local address.
    pub ipv6_enabled: bool,
    /// Gets its address from DHCP: unknown to the twin.
    pub dhcp: bool,
    /// Largest IP packet in bytes, where set.
    pub mtu: Option<u32>,
    /// `bandwidth` in bit/s, as protocols see it, where set or known from the kind of port.
    pub bandwidth: Option<u64>,
    /// `delay` as protocols see it, where set or known from the kind of port.
    pub delay: Option<Delay>,
    /// Line rate in bit/s, as packets see it, where set or known from the kind of port.
    pub speed: Option<u64>,
    /// The interface this one is a unit of.
    pub parent: Option<InterfaceId>,
    /// VLAN tags of a subinterface, outer first. Empty: untagged.
    pub tags: Vec<u16>,
    /// The aggregate this port is a member of.
    pub aggregate: Option<InterfaceId>,
    /// The fewest members with which an aggregate is up.
    pub min_links: u32,
    /// Which system the other end of a bundle sees.
    pub bundle_system: super::mlag::BundleSystem,
    /// Layer-2 role; `None` for a routed interface.
    pub switchport: Option<Switchport>,
    /// The VLAN whose routed interface this is.
    pub vlan: Option<u16>,
    /// Stays up without an active member port (IRB/SVI: `no autostate`).
    pub always_up: bool,
    /// Tunnel end points.
    pub tunnel: Option<Tunnel>,
    /// Filter on packets that come in.
    pub filter_in: Option<FilterId>,
    /// Filter on packets that go out.
    pub filter_out: Option<FilterId>,
    /// Policy routing of packets that come in.
    pub policy_routing: Option<PolicyId>,
    /// First-hop redundancy groups (HSRP, VRRP, GLBP).
    pub redundancy: Vec<RedundancyGroup>,
}

/// The delay of an interface in picoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delay {
    /// As classic EIGRP metrics take it (`show interface`, "DLY").
    pub classic: u64,
    /// As wide EIGRP metrics take it: where it is not set, a port above 1 Gbit/s has 10^13 over its kbit/s (RFC 7868 §5.6.2.5).
    pub wide: u64,
}

impl Delay {
    /// A configured delay.
    pub fn set(picoseconds: u64) -> Self {
        Self { classic: picoseconds, wide: picoseconds }
    }
    /// The delay of a kind of port that is `kbit` kbit/s fast by nature.
    pub fn of_port(picoseconds: u64, kbit: u64) -> Self {
        let wide = if kbit > 1_000_000 { 10_000_000_000_000 / kbit } else { picoseconds };
        Self { classic: picoseconds, wide }
    }
}

/// An address of an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceAddress {
    /// Host address and length of its subnet, host bits kept.
    pub address: IpNet,
    /// Not the primary address.
    pub secondary: bool,
    /// The other end of a point-to-point address (Linux `peer`), where set.
    pub peer: Option<IpNet>,
    /// An anycast gateway address, shared by several devices (VARP, `ip address virtual`, Junos virtual-gateway).
    pub virtual_address: bool,
    /// Where it is configured.
    pub origin: Origin,
}

/// Layer-2 role of a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switchport {
    /// Untagged in one VLAN.
    Access(u16),
    /// Tagged in several.
    Trunk {
        /// The VLAN without a tag.
        native: Option<u16>,
        /// The VLANs carried, sorted ranges, both ends included.
        allowed: Vec<(u16, u16)>,
    },
}

impl Switchport {
    /// Whether frames of a VLAN pass.
    pub fn carries(&self, vlan: u16) -> bool {
        match self {
            Self::Access(v) => *v == vlan,
            Self::Trunk { allowed, .. } => allowed.iter().any(|&(a, b)| a <= vlan && vlan <= b),
        }
    }
}

/// A tunnel as far as routing over it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tunnel {
    /// Source address, where set directly.
    pub source: Option<IpAddr>,
    /// Source interface, where set that way.
    pub source_interface: Option<InterfaceId>,
    /// The far end.
    pub destination: Option<IpAddr>,
    /// The VRF of the outer packet.
    pub vrf: VrfId,
    /// `gre`, `ipip`, `ipsec`, … as configured.
    pub mode: Name,
}

/// A first-hop redundancy group on an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedundancyGroup {
    /// The protocol.
    pub protocol: RedundancyProtocol,
    /// Group number.
    pub group: u32,
    /// Virtual addresses.
    pub addresses: Vec<IpAddr>,
    /// Priority; the highest is active.
    pub priority: u32,
    /// Takes over from a lower priority.
    pub preempt: bool,
    /// Where it is configured.
    pub origin: Origin,
}

/// A first-hop redundancy protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedundancyProtocol {
    /// Cisco HSRP.
    Hsrp,
    /// VRRP (RFC 9568).
    Vrrp,
    /// Cisco GLBP.
    Glbp,
}

impl Interface {
    /// The first address of a family that is not secondary.
    pub fn primary(&self, v6: bool) -> Option<&InterfaceAddress> {
        let of_family = |a: &&InterfaceAddress| a.address.addr().is_ipv6() == v6 && !link_local(a.address.addr());
        self.addresses.iter().filter(of_family).min_by_key(|a| a.secondary)
    }
    /// Whether the interface has (or makes itself) any address of the family.
    pub fn speaks(&self, v6: bool) -> bool {
        (v6 && self.ipv6_enabled) || self.unnumbered.is_some() || self.addresses.iter().any(|a| a.address.addr().is_ipv6() == v6)
    }
}

/// Whether an address is IPv6 link-local.
pub fn link_local(addr: IpAddr) -> bool {
    matches!(addr, IpAddr::V6(a) if a.is_unicast_link_local())
}
