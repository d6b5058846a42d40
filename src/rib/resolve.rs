//! Next hops to outgoing interfaces.
//!
//! In: a table, a next-hop address. Out: [`Resolved`]. Law: a recursive route is followed through its own next hops (`via`) down to
//! routes that name an interface, so what two routes lend each other in a circle never counts as resolved.
//! Start reading at [`Resolver::resolve`]. Tests: below.

use std::net::IpAddr;
use std::sync::Mutex;

use ipnet::IpNet;
use smallvec::SmallVec;

use super::arena::{Arena, HopsId, PrefixId, RouteId};
use super::lookup::Rib;
use super::route::{Hop, Route};
use crate::base::Map;
use crate::base::id::IdVec;
use crate::model::Network;
use crate::model::interface::link_local;
use crate::model::network::NodeId;
use crate::model::route::Protocol;

/// So many routes may lead one through the next before the resolver gives up (Cisco and FRR stop near this too).
const DEEPEST: usize = 16;

/// What may carry a next hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The default route may.
    pub via_default: bool,
    /// BGP routes may.
    pub via_bgp: bool,
    /// Only connected subnets may.
    pub only_connected: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { via_default: true, via_bgp: true, only_connected: false }
    }
}

/// A next hop that leads somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolved {
    /// Where packets go: interfaces with addresses, or a drop.
    pub hops: HopsId,
    /// Metric of the route that covers the next hop.
    pub metric: u32,
    /// Its distance.
    pub distance: u32,
    /// Its protocol.
    pub protocol: Protocol,
    /// Its destination.
    pub prefix: PrefixId,
    /// The route itself.
    pub route: RouteId,
}

type Cache = Mutex<Map<IpAddr, Option<Resolved>>>;

/// Resolves next hops in one set of tables, remembering the answers. Shared by reference between threads.
pub struct Resolver<'a> {
    network: &'a Network,
    arena: &'a Arena,
    rib: &'a Rib,
    rules: Box<dyn Fn(NodeId) -> Rules + Sync + 'a>,
    cache: IdVec<NodeId, Cache>,
}

impl<'a> Resolver<'a> {
    /// A resolver in the tables of `rib`, with the rules that each node has.
    pub fn new(network: &'a Network, arena: &'a Arena, rib: &'a Rib, rules: impl Fn(NodeId) -> Rules + Sync + 'a) -> Self {
        let cache = network.nodes().iter().map(|_| Cache::default()).collect();
        Self { network, arena, rib, rules: Box::new(rules), cache }
    }

    /// Where packets for a next hop go; `None` if no route covers it, or only in a circle. A link-local address cannot be resolved:
    /// its interface must be known.
    pub fn resolve(&self, node: NodeId, ip: IpAddr) -> Option<Resolved> {
        let cache = self.cache.get(node)?;
        let lock = || cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = lock().get(&ip) {
            return *known;
        }
        let answer = self.resolve_with(node, ip, (self.rules)(node), None);
        lock().insert(ip, answer);
        answer
    }

    /// The same without memory: with other rules, and not through one's own destination.
    pub fn resolve_with(&self, node: NodeId, ip: IpAddr, rules: Rules, own: Option<IpNet>) -> Option<Resolved> {
        if link_local(ip) {
            return None;
        }
        let mut trail: SmallVec<[(NodeId, IpNet); 8]> = SmallVec::new();
        if let Some(own) = own {
            trail.push((node, own.trunc()));
        }
        let mut hops = Vec::new();
        let (net, id, route) = self.walk(node, ip, rules, &mut trail, &mut hops)?;
        if hops.is_empty() {
            return None;
        }
        Some(Resolved {
            hops: self.arena.hop_set(hops),
            metric: route.metric,
            distance: route.distance,
            protocol: route.protocol,
            prefix: self.arena.prefix(net),
            route: id,
        })
    }

    fn walk(
        &self,
        node: NodeId,
        ip: IpAddr,
        rules: Rules,
        trail: &mut SmallVec<[(NodeId, IpNet); 8]>,
        out: &mut Vec<Hop>,
    ) -> Option<(IpNet, RouteId, Route)> {
        if trail.len() > DEEPEST {
            return None;
        }
        // A route never carries its own next hop: the next shorter one is asked (FRR zebra `nexthop_active` walks up the same way).
        let (net, id) = self.rib.matches(node, ip).find(|(net, _)| !trail.contains(&(node, *net)))?;
        let route = *self.arena.routes.get(id);
        let refused = (net.prefix_len() == 0 && !rules.via_default)
            || (route.protocol.is_bgp() && !rules.via_bgp)
            || (rules.only_connected && route.protocol != Protocol::Connected)
            || route.protocol == Protocol::Local;
        if refused {
            return None;
        }
        let from = out.len();
        let recursive = route.via != HopsId::NONE;
        let hops = self.arena.hops.get(if recursive { route.via } else { route.hops });
        trail.push((node, net));
        for hop in hops {
            self.follow(node, ip, *hop, rules, trail, out);
        }
        trail.pop();
        (out.len() > from).then_some((net, id, route))
    }

    /// One hop of a covering route, for a packet to `ip`.
    fn follow(
        &self,
        node: NodeId,
        ip: IpAddr,
        hop: Hop,
        rules: Rules,
        trail: &mut SmallVec<[(NodeId, IpNet); 8]>,
        out: &mut Vec<Hop>,
    ) {
        if hop.drop {
            out.push(Hop::DROP);
            return;
        }
        let (device, vrf) = self.network.nodes()[node];
        let there = hop.vrf.filter(|v| *v != vrf && v.0 < self.network.devices[device].vrfs.len() as u32);
        match (hop.interface, hop.ip) {
            (Some(_), Some(_)) => out.push(hop),
            (Some(interface), None) => {
                let own = self.network.devices[device].interfaces.get(interface);
                if !own.is_some_and(|i| i.addresses.iter().any(|a| a.address.addr() == ip)) {
                    out.push(Hop { ip: Some(ip), ..hop });
                }
            }
            (None, next) => {
                let from = out.len();
                let at = there.map_or(node, |v| self.network.node(device, v));
                self.walk(at, next.unwrap_or(ip), Rules { only_connected: false, ..rules }, trail, out);
                if let Some(vrf) = there {
                    for h in out.iter_mut().skip(from).filter(|h| !h.drop) {
                        h.vrf.get_or_insert(vrf);
                    }
                }
            }
        }
    }
}

impl std::fmt::Debug for Resolver<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resolver").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Device;
    use crate::model::interface::{Interface, InterfaceAddress, InterfaceId};
    use crate::rib::{AttrsId, Table};

    fn network() -> Network {
        let address = InterfaceAddress {
            address: "10.0.0.1/24".parse().unwrap(),
            secondary: false,
            peer: None,
            virtual_address: false,
            origin: Default::default(),
        };
        let mut d = Device { name: "r".into(), ..Device::default() };
        d.interfaces.push(Interface { name: "e0".into(), enabled: true, addresses: vec![address], ..Interface::default() });
        d.interfaces.push(Interface { name: "e1".into(), enabled: true, ..Interface::default() });
        d.vrfs.push(crate::model::Vrf { name: "default".into(), ..Default::default() });
        Network::new(vec![d], Default::default())
    }

    fn route(arena: &Arena, protocol: Protocol, hops: Vec<Hop>, via: Vec<Hop>) -> RouteId {
        arena.routes.intern(Route {
            protocol,
            process: 0,
            distance: 1,
            metric: 7,
            tag: 0,
            hops: arena.hop_set(hops),
            via: arena.hop_set(via),
            attrs: AttrsId::NONE,
            area: 0,
            origin: Default::default(),
        })
    }

    #[test]
    fn recursion_is_followed_to_an_interface_and_circles_lead_nowhere() {
        let (network, arena, n) = (network(), Arena::new(), NodeId(0));
        let ip = |s: &str| s.parse::<IpAddr>().unwrap();
        let e0 = InterfaceId(0);
        let two = vec![Hop::via(ip("10.0.0.2"), e0), Hop::via(ip("10.0.0.3"), e0)];
        let rows = [
            ("10.0.0.0/24", route(&arena, Protocol::Connected, vec![Hop::out(e0)], vec![])),
            ("1.1.1.1/32", route(&arena, Protocol::OspfIntra, two.clone(), vec![])),
            ("2.0.0.0/8", route(&arena, Protocol::Static, two.clone(), vec![Hop::to(ip("1.1.1.1"))])),
            ("3.0.0.0/8", route(&arena, Protocol::Static, two.clone(), vec![Hop::to(ip("4.4.4.4"))])),
            ("4.0.0.0/8", route(&arena, Protocol::Static, two.clone(), vec![Hop::to(ip("3.3.3.3"))])),
            ("5.0.0.0/8", route(&arena, Protocol::Static, vec![Hop::DROP], vec![])),
            ("0.0.0.0/0", route(&arena, Protocol::Static, vec![Hop::via(ip("10.0.0.9"), e0)], vec![])),
        ];
        let table = Table::from_routes(rows.map(|(p, r)| (arena.prefix(p.parse().unwrap()), n, r)));
        let rib = Rib::new(table, &arena);
        let no_default = Rules { via_default: false, ..Rules::default() };
        let r = Resolver::new(&network, &arena, &rib, |_| no_default);
        let hops = |a: &str| r.resolve(n, ip(a)).map(|x| arena.hops.get(x.hops).to_vec());
        assert_eq!(hops("10.0.0.7"), Some(vec![Hop::via(ip("10.0.0.7"), e0)]));
        assert_eq!(hops("10.0.0.1"), None, "an own address");
        assert_eq!(hops("1.1.1.1"), Some(two.clone()));
        assert_eq!(hops("2.9.9.9"), Some(two));
        assert_eq!(hops("2.9.9.9"), hops("1.1.1.1"), "from memory too");
        assert_eq!(hops("3.1.1.1"), None, "3/8 and 4/8 lend each other");
        assert_eq!(hops("5.1.1.1"), Some(vec![Hop::DROP]));
        assert_eq!((hops("9.9.9.9"), hops("fe80::1")), (None, None));
        let any = |a: &str, own: Option<&str>| r.resolve_with(n, ip(a), Rules::default(), own.map(|o| o.parse().unwrap()));
        assert_eq!(any("9.9.9.9", None).map(|x| x.metric), Some(7));
        assert_eq!(any("9.9.9.9", Some("0.0.0.0/0")), None, "not through itself");
        let direct = Rules { only_connected: true, ..Rules::default() };
        assert_eq!(r.resolve_with(n, ip("1.1.1.1"), direct, None), None);
    }
}
