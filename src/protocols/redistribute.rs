//! Redistribution: which installed routes one protocol takes from the main table, and as what.
//!
//! In: the main tables of the last round, a [`Request`]. Out: [`Taken`] routes with what the policy made of them. Law: only
//! installed routes are offered, and never the taker's own. What the taker does with metric, type and tag is its business.
//! Start reading at [`take`]. Tests: `ospf/tests`, `isis/tests`.

use ipnet::IpNet;

use super::Input;
use super::policy::{PolicyContext, PolicyRoute};
use super::policy::{PolicyEngine, same_source};
use crate::base::Set;
use crate::model::interface::InterfaceId;
use crate::model::network::{DeviceId, NodeId};
use crate::model::policy::{PolicyChain, RouteSource, RouteType, Verdict};
use crate::model::route::{Family, Protocol};
use crate::model::vrf::VrfId;
use crate::rib::{Arena, AttrsId, PrefixId, Route};

/// What one `redistribute` line (or export policy) asks for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The routing table.
    pub node: NodeId,
    /// From where; empty = any active route, of which the policy selects.
    pub sources: &'a [RouteSource],
    /// Which, and with what changes. `None` = all; with no `sources` either: none.
    pub policy: Option<&'a PolicyChain>,
    /// Only this family.
    pub family: Option<Family>,
    /// Who takes: its own routes are left out.
    pub into: RouteSource,
}

/// A route that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The destination.
    pub prefix: IpNet,
    /// Its id.
    pub id: PrefixId,
    /// The installed route.
    pub route: Route,
    /// The route as the policy left it; `seen.set` says what the policy set.
    pub seen: PolicyRoute,
}

/// The routes that a request takes, in prefix order.
pub fn take(input: Input<'_>, policies: &PolicyEngine<'_>, request: Request<'_>) -> Vec<Taken> {
    if request.sources.is_empty() && request.policy.is_none() {
        return Vec::new();
    }
    let Some(&(device, vrf)) = input.network.nodes().get(request.node) else { return Vec::new() };
    let d = &input.network.devices[device];
    let own_subnets = if d.platform.redistribute_includes_connected {
        interfaces_of(input, device, vrf, request.sources)
    } else {
        Set::default()
    };
    let hidden: Set<_> = d
        .vrfs
        .get(vrf)
        .map(|v| v.static_routes.iter().filter(|s| s.no_readvertise && s.origin.is_some()).map(|s| s.origin).collect())
        .unwrap_or_default();
    let mut out = Vec::new();
    for (prefix, id, route) in input.rib.row(request.node) {
        if request.family.is_some_and(|f| f != Family::of_prefix(&prefix)) {
            continue;
        }
        let route = *input.arena.routes.get(route);
        let mut source = source_of(&route);
        if same_source(request.into, source) || (route.protocol == Protocol::Static && hidden.contains(&route.origin)) {
            continue;
        }
        if route.protocol == Protocol::Ibgp && !request.sources.is_empty() && !d.platform.redistribute_ibgp {
            continue;
        }
        // "Any active route" leaves out host routes of own addresses (Junos marks them `NoReadvrt`).
        if request.sources.is_empty() && route.protocol == Protocol::Local {
            continue;
        }
        let wanted = request.sources.is_empty() || request.sources.iter().any(|s| same_source(*s, source));
        if !wanted {
            // IOS: `redistribute ospf 1` takes the subnets of the interfaces that OSPF 1 runs on along.
            let on_own = source == RouteSource::Connected
                && input.arena.hops_of(&route).iter().any(|h| h.interface.is_some_and(|i| own_subnets.contains(&i)));
            if !on_own {
                continue;
            }
            source = RouteSource::Connected;
        }
        let mut seen = policy_route(input.arena, vrf, prefix, &route);
        seen.source = source;
        if let Some(chain) = request.policy
            && policies.run(device, chain, &mut seen, &PolicyContext::default()) != Verdict::Accept
        {
            continue;
        }
        out.push(Taken { prefix, id, route, seen });
    }
    out
}

/// Where an installed route comes from, as policies say it.
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
        _ => RouteSource::Bgp,
    }
}

/// The kind of an installed route, as policies say it.
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
        Protocol::EigrpExternal => RouteType::External,
        Protocol::Eigrp => RouteType::Internal,
        Protocol::Local => RouteType::Local,
        _ => return None,
    })
}

/// An installed route spelled out for a policy.
pub fn policy_route(arena: &Arena, vrf: VrfId, prefix: IpNet, route: &Route) -> PolicyRoute {
    let mut out = PolicyRoute::new(prefix, source_of(route), vrf);
    out.kind = kind_of(route);
    out.distance = route.distance;
    out.metric = Some(route.metric);
    out.tag = route.tag;
    let hops = arena.hops_of(route);
    out.interfaces = hops.iter().filter_map(|h| h.interface).collect();
    let own = arena.hops.get(route.via);
    out.next_hop = own.first().or(hops.first()).and_then(|h| h.ip);
    out.area = route.protocol.is_ospf().then_some(route.area);
    out.level = match route.protocol {
        Protocol::IsisL1 | Protocol::IsisIa => Some(1),
        Protocol::IsisL2 => Some(2),
        _ => None,
    };
    if route.attrs != AttrsId::NONE {
        let attrs = arena.attrs.get(route.attrs);
        out.as_path = arena.as_paths.get(attrs.as_path).clone();
        out.local_pref = attrs.local_pref;
        out.origin = attrs.origin;
        out.communities = arena.communities.get(attrs.communities).to_vec();
        out.weight = attrs.weight;
        out.metric = attrs.med;
        out.next_hop = attrs.next_hop.or(out.next_hop);
    }
    out
}

fn interfaces_of(input: Input<'_>, device: DeviceId, vrf: VrfId, sources: &[RouteSource]) -> Set<InterfaceId> {
    let d = &input.network.devices[device];
    let mut out = Set::default();
    let named = |want: Option<u32>, n: usize| want.is_none_or(|w| w as usize == n);
    for source in sources {
        match source {
            RouteSource::Ospf(want) => {
                let of = d.ospf.iter().enumerate().filter(|(n, o)| o.vrf == vrf && named(*want, *n));
                out.extend(of.flat_map(|(_, o)| o.interfaces.iter().map(|i| i.interface)));
            }
            RouteSource::Isis(want) => {
                let of = d.isis.iter().enumerate().filter(|(n, o)| o.vrf == vrf && named(*want, *n));
                out.extend(of.flat_map(|(_, o)| o.interfaces.iter().map(|i| i.interface)));
            }
            _ => {}
        }
    }
    out
}
