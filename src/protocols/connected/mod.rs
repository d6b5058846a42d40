//! Connected subnets and the host routes of own addresses.
//!
//! In: interfaces that are up. Out: two tables, connected and local. Law: what an OS shows of its own addresses is
//! `Platform::local_routes` and `Platform::no_local_for_host_prefix`. Start reading at [`compute`]. Tests: below.

use ipnet::IpNet;
use rayon::prelude::*;

use super::{Before, Input};
use crate::base::Map;
use crate::base::id::Id;
use crate::base::span::Origin;
use crate::model::device::Device;
use crate::model::interface::{Interface, InterfaceAddress, InterfaceId, InterfaceKind, RedundancyProtocol, link_local};
use crate::model::network::{DeviceId, NodeId};
use crate::model::platform::LocalRoutes;
use crate::model::route::Protocol;
use crate::rib::{AttrsId, Hop, HopsId, PrefixId, Route, RouteId, Table};

type Rows = Vec<(PrefixId, NodeId, RouteId)>;

/// The connected and the local routes of all tables.
pub fn compute(input: Input<'_>) -> [Table; 2] {
    let parts: Vec<(Rows, Rows)> =
        (0..input.network.devices.len()).into_par_iter().map(|d| of_device(input, DeviceId::new(d))).collect();
    let mut connected = Vec::new();
    let mut local = Vec::new();
    for (c, l) in parts {
        connected.extend(c);
        local.extend(l);
    }
    [Table::from_routes(connected), Table::from_routes(local)]
}

/// The same in a what-if: only devices on which another set of interfaces is up, or whose config is another, are looked at.
pub fn compute_from(input: Input<'_>, before: Before<'_, [Table; 2]>) -> [Table; 2] {
    let (was, is) = (&before.topology.up, &input.topology.up);
    let network = before.changed.map_or(input.network, |c| c.was);
    let then = Input { topology: before.topology, network, ..input };
    let (mut connected, mut local) = (Vec::new(), Vec::new());
    for d in input.network.devices.ids().filter(|d| was.get(*d) != is.get(*d) || before.is_other(*d)) {
        let (old, new) = (of_device(then, d), of_device(input, d));
        for (changes, old, new) in [(&mut connected, old.0, new.0), (&mut local, old.1, new.1)] {
            changes.extend(old.into_iter().map(|(p, n, _)| (p, n, None)));
            changes.extend(new.into_iter().map(|(p, n, r)| (p, n, Some(r))));
        }
    }
    let [a, b] = before.value;
    [a.with_routes(connected), b.with_routes(local)]
}

fn of_device(input: Input<'_>, id: DeviceId) -> (Rows, Rows) {
    let device = &input.network.devices[id];
    let mut subnets: Map<(NodeId, IpNet), (bool, InterfaceId, Origin)> = Map::default();
    let mut order = Vec::new();
    let mut local = Vec::new();
    for (i, interface) in device.interfaces.iter_ids() {
        if !input.topology.is_up((id, i)) || interface.kind == InterfaceKind::Null || interface.vrf.index() >= device.vrfs.len() {
            continue;
        }
        let node = input.network.node(id, interface.vrf);
        for address in &interface.addresses {
            let v6 = address.address.addr().is_ipv6();
            if v6 && device.platform.connected_v6_needs_routing && !device.vrfs[interface.vrf].routing_v6 {
                continue;
            }
            if link_local(address.address.addr()) || address.address.addr().is_unspecified() {
                continue;
            }
            if let Some(subnet) = subnet(address) {
                // Two interfaces with one subnet (Linux: a port that carries the loopback's address): the loopback is shown, else
                // the first configured (lab cumulusfrr_ospf_unnumbered).
                let port = interface.kind != InterfaceKind::Loopback;
                let entry = subnets.entry((node, subnet)).or_insert_with(|| {
                    order.push((node, subnet));
                    (port, i, address.origin)
                });
                if !port && entry.0 {
                    *entry = (port, i, address.origin);
                }
            }
            if has_local(device, interface, address) {
                let host = host(address.address);
                let route = route(input, device, Protocol::Local, i, address.origin);
                local.push((input.arena.prefix(host), node, route));
            }
        }
        if device.platform.redundancy_routes {
            for (group, address) in interface.redundancy.iter().flat_map(|g| g.addresses.iter().map(move |a| (g, *a))) {
                let own = |a: &InterfaceAddress| a.address.addr() == address;
                // Who owns the address (VRRP) has its local route.
                if !link_local(address) && !interface.addresses.iter().any(own) {
                    let protocol = if group.protocol == RedundancyProtocol::Vrrp { Protocol::Vrrp } else { Protocol::Hsrp };
                    let route = route(input, device, protocol, i, group.origin);
                    local.push((input.arena.prefix(IpNet::from(address)), node, route));
                }
            }
        }
    }
    let connected = order
        .into_iter()
        .filter_map(|key| {
            let &(_, i, origin) = subnets.get(&key)?;
            Some((input.arena.prefix(key.1), key.0, route(input, device, Protocol::Connected, i, origin)))
        })
        .collect();
    (connected, local)
}

fn route(input: Input<'_>, device: &Device, protocol: Protocol, interface: InterfaceId, origin: Origin) -> RouteId {
    input.arena.routes.intern(Route {
        protocol,
        process: 0,
        distance: device.platform.connected_distance,
        metric: 0,
        tag: 0,
        hops: input.arena.hop_set(vec![Hop::out(interface)]),
        via: HopsId::NONE,
        attrs: AttrsId::NONE,
        area: 0,
        origin,
    })
}

fn host(address: IpNet) -> IpNet {
    IpNet::new(address.addr(), address.max_prefix_len()).unwrap_or(address)
}

/// The connected subnet of an address; none for an anycast address without a mask of its own.
fn subnet(address: &InterfaceAddress) -> Option<IpNet> {
    if let Some(peer) = address.peer {
        return Some(peer.trunc());
    }
    let bare = address.virtual_address && address.address.prefix_len() == address.address.max_prefix_len();
    (!bare).then(|| address.address.trunc())
}

fn has_local(device: &Device, interface: &Interface, address: &InterfaceAddress) -> bool {
    let shown = match device.platform.local_routes {
        LocalRoutes::All => true,
        LocalRoutes::None => false,
        LocalRoutes::V6 => address.address.addr().is_ipv6(),
    };
    let is_host = address.address.prefix_len() == address.address.max_prefix_len();
    // A gateway address that routers share beside their own addresses of the subnet is nobody's own (lab junos_evpn_type5).
    let own = |a: &&InterfaceAddress| !a.virtual_address && a.address.trunc() == address.address.trunc();
    let shared = address.virtual_address && (is_host || interface.addresses.iter().any(|a| own(&a)));
    shown && !shared && !(is_host && device.platform.no_local_for_host_prefix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Network;
    use crate::model::interface::Interface;
    use crate::rib::{Arena, Rib};
    use crate::topology::{Failures, Topology};

    fn address(a: &str, peer: Option<&str>, virtual_address: bool) -> InterfaceAddress {
        let peer = peer.map(|p| p.parse().unwrap());
        InterfaceAddress { address: a.parse().unwrap(), secondary: false, peer, virtual_address, origin: Default::default() }
    }

    fn run(local_routes: LocalRoutes) -> (Vec<String>, Vec<String>) {
        let mut d = Device { name: "r".into(), ..Device::default() };
        d.platform.local_routes = local_routes;
        d.vrfs.push(Default::default());
        let up = Interface { enabled: true, ..Interface::default() };
        let mut add = |name: &str, kind, addresses| {
            d.interfaces.push(Interface { name: name.into(), kind, addresses, ..up.clone() });
        };
        add(
            "e0",
            InterfaceKind::Physical,
            vec![
                address("10.0.0.1/24", None, false),
                address("10.1.0.1/24", None, false),
                address("2001:db8::1/64", None, false),
                address("fe80::1/64", None, false),
                address("10.0.0.254/32", None, true),
            ],
        );
        add(
            "e1",
            InterfaceKind::Physical,
            vec![address("1.1.1.1/32", None, false), address("10.2.0.1/32", Some("10.2.0.2/32"), false)],
        );
        add("lo", InterfaceKind::Loopback, vec![address("1.1.1.1/32", None, false)]);
        d.interfaces.push(Interface { enabled: false, addresses: vec![address("10.9.0.1/24", None, false)], ..up });
        let network = Network::new(vec![d], Default::default());
        let topology = Topology::build(&network, &Failures::none());
        let (arena, rib) = (Arena::new(), Rib::default());
        let tables = compute(Input { network: &network, topology: &topology, arena: &arena, rib: &rib });
        let show = |t: &Table| {
            let rib = Rib::new(t.clone(), &arena);
            let row = rib.row(NodeId(0)).map(|(net, _, r)| {
                let hop = arena.hops_of(arena.routes.get(r))[0].interface.unwrap();
                format!("{net} {}", network.devices[DeviceId(0)].interfaces[hop].name)
            });
            row.collect::<Vec<_>>()
        };
        (show(&tables[0]), show(&tables[1]))
    }

    #[test]
    fn subnets_peers_and_own_addresses() {
        let (connected, local) = run(LocalRoutes::All);
        assert_eq!(connected, ["1.1.1.1/32 lo", "10.0.0.0/24 e0", "10.1.0.0/24 e0", "10.2.0.2/32 e1", "2001:db8::/64 e0"]);
        assert_eq!(local, ["10.0.0.1/32 e0", "10.1.0.1/32 e0", "2001:db8::1/128 e0"]);
        assert_eq!(run(LocalRoutes::V6).1, ["2001:db8::1/128 e0"]);
        assert_eq!(run(LocalRoutes::None).1, Vec::<String>::new());
    }
}
