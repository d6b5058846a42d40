//! What two interfaces on one segment are to each other, whatever protocol they speak.
//!
//! In: two ports. Out: addresses, subnets, MTU. Law: knows no protocol. Tests: those of OSPF and IS-IS.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use super::Input;
use crate::model::interface::{Interface, InterfaceKind};
use crate::topology::Port;

/// The interface that lends its addresses to this one, or itself.
pub(crate) fn addressed(input: Input<'_>, (device, interface): Port) -> &Interface {
    let d = &input.network.devices[device];
    let own = &d.interfaces[interface];
    own.unnumbered.and_then(|u| d.interfaces.get(u)).unwrap_or(own)
}

/// The IPv4 address of `peer` that `port` sends to: the one on a common subnet, else the primary one.
pub(crate) fn address_towards(input: Input<'_>, port: Port, peer: Port) -> Option<IpAddr> {
    let (mine, theirs) = (addressed(input, port), addressed(input, peer));
    let common = ipv4(mine).find_map(|m| ipv4(theirs).find(|t| m.contains(&t.addr())));
    common.or_else(|| ipv4(theirs).next()).map(|a| a.addr())
}

/// The IPv4 addresses of an interface, primary ones first.
fn ipv4(interface: &Interface) -> impl Iterator<Item = IpNet> + '_ {
    let of = |secondary: bool| interface.addresses.iter().filter(move |a| a.secondary == secondary && !a.virtual_address);
    of(false).chain(of(true)).map(|a| a.address).filter(|a| a.addr().is_ipv4())
}

/// Whether two interfaces have IPv4 addresses that see each other; with `same_mask` only in subnets of one length.
pub(crate) fn common_subnet(input: Input<'_>, a: Port, b: Port, same_mask: bool) -> bool {
    let (x, y) = (&input.network.devices[a.0].interfaces[a.1], &input.network.devices[b.0].interfaces[b.1]);
    x.addresses.iter().filter(|a| a.address.addr().is_ipv4()).any(|p| {
        y.addresses.iter().filter(|a| a.address.addr().is_ipv4()).any(|q| {
            let masks = !same_mask || p.address.prefix_len() == q.address.prefix_len();
            masks && (p.address.contains(&q.address.addr()) || q.address.contains(&p.address.addr()))
        })
    })
}

/// The class A, B or C network of an address.
pub(crate) fn classful(prefix: &IpNet) -> Option<IpNet> {
    let IpNet::V4(net) = prefix else { return None };
    let length = match net.addr().octets()[0] {
        0..=127 => 8,
        128..=191 => 16,
        192..=223 => 24,
        _ => return None,
    };
    Some(IpNet::V4(Ipv4Net::new(net.addr(), length).ok()?.trunc()))
}

/// The largest IP packet of an interface: its own, its parent's, the platform's.
pub(crate) fn mtu(input: Input<'_>, (device, interface): Port) -> Option<u32> {
    let d = &input.network.devices[device];
    let i = &d.interfaces[interface];
    let parent = || i.parent.and_then(|p| d.interfaces.get(p)).and_then(|p| p.mtu);
    i.mtu.or_else(parent).or((i.kind != InterfaceKind::Tunnel).then_some(d.platform.default_mtu))
}
