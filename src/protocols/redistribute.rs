//! Redistribution: which installed routes one protocol takes from the main table, and as what.
//!
//! In: the main tables of the last round, a [`Request`]. Out: [`Taken`] routes with what the policy made of them. Law: only
//! installed routes are offered, and never the taker's own. What the taker does with metric, type and tag is its business.
//! Start reading at [`take`]. Tests: `ospf/tests`, `isis/tests`.

use ipnet::IpNet;

use super::Input;
use super::policy::{PolicyContext, PolicyRoute, source_of};
use super::policy::{PolicyEngine, same_source};
use crate::base::Set;
use crate::model::interface::InterfaceId;
use crate::model::network::{DeviceId, NodeId};
use crate::model::policy::{PolicyChain, RouteSource, Verdict};
use crate::model::route::{Family, Protocol};
use crate::model::vrf::VrfId;
use crate::rib::{PrefixId, Route};

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
        let mut seen = PolicyRoute::of_installed(input.arena, vrf, prefix, &route);
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
            RouteSource::Eigrp(want) => {
                let of = d.eigrp.iter().filter(|e| e.vrf == vrf && want.is_none_or(|w| w == u32::from(e.asn)));
                out.extend(of.flat_map(|e| e.interfaces.iter().map(|i| i.interface)));
            }
            RouteSource::Rip => {
                let of = d.rip.iter().filter(|r| r.vrf == vrf);
                out.extend(of.flat_map(|r| r.interfaces.iter().map(|i| i.interface)));
            }
            _ => {}
        }
    }
    out
}
