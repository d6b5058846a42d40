//! Installed routes as policies see them: for redistribution, export of active routes, and checks on resolving routes.
//!
//! In: an interned [`Route`]. Out: a [`PolicyRoute`]. Law: pure. Tests: below.

use ipnet::IpNet;

use super::PolicyRoute;
use crate::model::policy::{RouteSource, RouteType};
use crate::model::route::Protocol;
use crate::model::vrf::VrfId;
use crate::rib::{Arena, AttrsId, Route};

/// Where an installed route comes from, in the words of redistribution.
pub fn source_of(route: &Route) -> RouteSource {
    let process = Some(u32::from(route.process));
    match route.protocol {
        Protocol::Connected => RouteSource::Connected,
        Protocol::Local | Protocol::Hsrp | Protocol::Vrrp => RouteSource::Local,
        Protocol::Static => RouteSource::Static,
        Protocol::Aggregate => RouteSource::Aggregate,
        p if p.is_ospf() => RouteSource::Ospf(process),
        p if p.is_isis() => RouteSource::Isis(process),
        Protocol::Rip => RouteSource::Rip,
        Protocol::Eigrp | Protocol::EigrpExternal => RouteSource::Eigrp(process),
        Protocol::Evpn => RouteSource::BgpVpn,
        _ => RouteSource::Bgp,
    }
}

/// The kind of an installed route, finer than its source.
pub fn kind_of(route: &Route) -> Option<RouteType> {
    Some(match route.protocol {
        Protocol::OspfIntra => RouteType::OspfIntra,
        Protocol::OspfInter => RouteType::OspfInter,
        Protocol::OspfE1 => RouteType::OspfE1,
        Protocol::OspfE2 => RouteType::OspfE2,
        Protocol::OspfN1 => RouteType::OspfN1,
        Protocol::OspfN2 => RouteType::OspfN2,
        Protocol::IsisL1 => RouteType::IsisL1,
        Protocol::IsisL2 => RouteType::IsisL2,
        Protocol::IsisIa => RouteType::IsisInterArea,
        Protocol::Ebgp => RouteType::BgpExternal,
        Protocol::Ibgp => RouteType::BgpInternal,
        Protocol::Eigrp => RouteType::Internal,
        Protocol::EigrpExternal => RouteType::External,
        Protocol::Connected | Protocol::Local | Protocol::Static | Protocol::Aggregate => RouteType::Local,
        _ => return None,
    })
}

impl PolicyRoute {
    /// An installed route. Its next hop is the protocol's own where it was resolved through another route.
    pub fn of_installed(arena: &Arena, vrf: VrfId, prefix: IpNet, route: &Route) -> Self {
        let mut r = Self::new(prefix, source_of(route), vrf);
        let hops = arena.hops_of(route);
        r.kind = kind_of(route);
        r.distance = route.distance;
        r.metric = Some(route.metric);
        r.tag = route.tag;
        r.interfaces = hops.iter().filter_map(|h| h.interface).collect();
        r.interfaces.sort_unstable();
        r.interfaces.dedup();
        r.next_hop = arena.hops.get(route.via).iter().chain(hops).find_map(|h| h.ip);
        r.area = route.protocol.is_ospf().then_some(route.area);
        r.level = match route.protocol {
            // A leaked route is in level 1 with the down bit (RFC 5302 §3.2).
            Protocol::IsisL1 | Protocol::IsisIa => Some(1),
            Protocol::IsisL2 => Some(2),
            _ => None,
        };
        if route.attrs != AttrsId::NONE {
            let a = arena.attrs.get(route.attrs);
            r.metric = a.med;
            r.next_hop = a.next_hop.or(r.next_hop);
            r.as_path = arena.as_paths.get(a.as_path).clone();
            r.local_pref = a.local_pref;
            r.origin = a.origin;
            r.communities = arena.communities.get(a.communities).to_vec();
            r.weight = a.weight;
        }
        r
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::span::Origin;
    use crate::model::interface::InterfaceId;
    use crate::rib::{Hop, HopsId};

    #[test]
    fn an_ospf_route_as_a_policy_sees_it() {
        let arena = Arena::new();
        let hop = Hop::via("10.0.0.2".parse().unwrap(), InterfaceId(3));
        let route = Route {
            protocol: Protocol::OspfE2,
            process: 1,
            distance: 110,
            metric: 20,
            tag: 7,
            hops: arena.hop_set(vec![hop]),
            via: HopsId::NONE,
            attrs: AttrsId::NONE,
            area: 0,
            origin: Origin::NONE,
        };
        let r = PolicyRoute::of_installed(&arena, VrfId::DEFAULT, "10.9.0.0/16".parse().unwrap(), &route);
        assert_eq!((r.source, r.kind), (RouteSource::Ospf(Some(1)), Some(RouteType::OspfE2)));
        assert_eq!((r.metric, r.tag, r.next_hop, r.area), (Some(20), 7, Some("10.0.0.2".parse().unwrap()), Some(0)));
        assert_eq!(r.interfaces, [InterfaceId(3)]);
        let hsrp = Route { protocol: Protocol::Hsrp, ..route };
        assert_eq!(source_of(&hsrp), RouteSource::Local);
    }
}
