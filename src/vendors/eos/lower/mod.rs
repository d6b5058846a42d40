//! [`Config`] to the model.
//!
//! In: [`Config`]. Out: a [`Device`]. Law: names become ids here, inheritance and defaults are resolved here, and nothing is
//! decided that depends on another device. Start reading at [`lower`].

mod bgp;
mod interfaces;
mod isis;
mod mlag;
mod mpls;
mod neighbor;
mod ospf;
mod overlay;
mod policy;
mod rip;

use super::config::{Config, Hop, OspfKind, Redistribute, Source};
use super::defaults;
use crate::base::Map;
use crate::base::span::Origin;
use crate::model::Device;
use crate::model::device::Name;
use crate::model::filter::FilterId;
use crate::model::interface::InterfaceId;
use crate::model::policy::{
    AsPathListId, AtEnd, CommunityListId, Cond, Flow, Policy, PolicyChain, PolicyId, PrefixListId, RouteSource, RouteType, Term,
    Verdict,
};
use crate::model::static_route::{StaticHop, StaticRoute};
use crate::model::vrf::{Leak, Vrf, VrfId};
use crate::vendors::sink::Sink;

/// A device in the making, and the ids of its names.
struct Lowering<'c, 's> {
    config: &'c Config,
    sink: &'s mut Sink,
    device: Device,
    interfaces: Map<Name, InterfaceId>,
    vrfs: Map<Name, VrfId>,
    route_maps: Map<Name, PolicyId>,
    /// By family (v6) and name.
    prefix_lists: Map<(bool, Name), PrefixListId>,
    filters: Map<(bool, Name), FilterId>,
    as_path_lists: Map<Name, AsPathListId>,
    community_lists: Map<(u8, Name), CommunityListId>,
    /// Policies made of a prefix list, and the like, by what they stand for.
    made: Map<String, PolicyId>,
}

pub(super) fn lower(config: &Config, sink: &mut Sink) -> Device {
    let mut l = Lowering {
        config,
        sink,
        device: Device { hostname: config.hostname.clone(), platform: defaults::platform(config), ..Device::default() },
        interfaces: Map::default(),
        vrfs: Map::default(),
        route_maps: Map::default(),
        prefix_lists: Map::default(),
        filters: Map::default(),
        as_path_lists: Map::default(),
        community_lists: Map::default(),
        made: Map::default(),
    };
    l.vrfs();
    l.filters();
    l.interfaces();
    l.lists();
    l.route_maps();
    l.ospf();
    l.isis();
    l.rip();
    l.bgp();
    l.vxlan();
    l.mlag();
    l.statics();
    l.leaks();
    l.labels();
    l.device
}

impl Lowering<'_, '_> {
    fn vrfs(&mut self) {
        // `default` is the first: `read` makes it before anything else.
        for (name, vrf) in self.config.vrfs.iter() {
            let id = self.device.vrfs.push(Vrf {
                name: name.into(),
                origin: vrf.origin,
                route_distinguisher: vrf.rd.clone(),
                routing_v4: vrf.routing_v4,
                routing_v6: vrf.routing_v6,
                router_id: vrf.router_id,
                forwarding_load_balance: true,
                ..Vrf::default()
            });
            self.vrfs.insert(name.into(), id);
        }
    }

    /// The VRF of a name; one that no line defines is made (its undefined name is reported by the sink).
    fn vrf(&mut self, name: &str) -> VrfId {
        if let Some(&id) = self.vrfs.get(name) {
            return id;
        }
        let id = self.device.vrfs.push(Vrf { name: name.into(), forwarding_load_balance: true, ..Vrf::default() });
        self.vrfs.insert(name.into(), id);
        id
    }

    fn interface(&self, name: &str) -> Option<InterfaceId> {
        self.interfaces.get(name).copied()
    }

    /// Arista, "EOS VrfLeak Agent": routes of the source VRF that the route-map takes are loaded into this one.
    fn leaks(&mut self) {
        let config = self.config;
        for (name, vrf) in config.vrfs.iter().filter(|(_, v)| !v.leaks.is_empty()) {
            let mut made = Vec::new();
            for (source, map, origin) in &vrf.leaks {
                let (Some(&from), Some(policy)) = (self.vrfs.get(source), self.chain(map, *origin)) else { continue };
                made.push(Leak { from, family: None, sources: Vec::new(), policy: Some(policy), origin: *origin });
            }
            let into = self.vrf(name);
            self.device.vrfs[into].leaks = made;
        }
    }

    fn statics(&mut self) {
        for (name, vrf) in self.config.vrfs.iter() {
            let mut routes = Vec::new();
            for s in &vrf.statics {
                let hop = match &s.hop {
                    Hop::Drop => StaticHop::Discard,
                    Hop::Ip(ip) => StaticHop::Ip { ip: *ip, vrf: None },
                    Hop::IpIn(ip, other) => StaticHop::Ip { ip: *ip, vrf: Some(self.vrf(other)) },
                    Hop::Interface(i) => match self.interface(i) {
                        Some(id) => StaticHop::Interface(id),
                        None => continue,
                    },
                    Hop::Via(i, ip) => match self.interface(i) {
                        Some(interface) => StaticHop::IpVia { ip: *ip, interface },
                        None => continue,
                    },
                };
                routes.push(StaticRoute {
                    prefix: s.prefix,
                    hop,
                    distance: s.distance.unwrap_or(defaults::STATIC_DISTANCE),
                    metric: s.metric,
                    tag: s.tag,
                    permanent: false,
                    resolve: true,
                    no_readvertise: false,
                    communities: Vec::new(),
                    tracked: s.tracked,
                    origin: s.origin,
                });
            }
            let id = self.vrf(name);
            self.device.vrfs[id].static_routes = routes;
        }
    }

    /// A route-map as a chain. `None`: it is not defined, and everything passes (`defaults::platform`, `undefined_policy`).
    fn chain(&self, name: &str, origin: Origin) -> Option<PolicyChain> {
        let id = *self.route_maps.get(name)?;
        Some(PolicyChain { policies: vec![id], at_end: Verdict::Reject, origin })
    }

    /// A policy made of one condition: what it holds for goes on to the next of the chain, the rest is refused.
    fn gate(&mut self, name: String, origin: Origin, when: Cond) -> PolicyId {
        if let Some(&id) = self.made.get(&name) {
            return id;
        }
        let term = Term { name: "".into(), origin, when, actions: Vec::new(), then: Flow::NextPolicy, otherwise: Flow::Reject };
        let terms = [term].into_iter().collect();
        let id = self.device.policies.push(Policy { name: name.as_str().into(), origin, terms, at_end: AtEnd::Reject });
        self.made.insert(name, id);
        id
    }

    /// The sources of a `redistribute` line in a VRF. Never empty: that would mean any route.
    fn sources(&self, from: Source, vrf: &str) -> Vec<RouteSource> {
        let ospf = |v3: bool| {
            let all = self.config.ospf.iter().enumerate().filter(|(_, o)| o.v3 == v3 && &*o.vrf == vrf);
            let found: Vec<_> = all.map(|(n, _)| RouteSource::Ospf(Some(n as u32))).collect();
            if found.is_empty() { vec![RouteSource::Ospf(None)] } else { found }
        };
        match from {
            Source::Connected => vec![RouteSource::Connected],
            Source::Static => vec![RouteSource::Static],
            Source::Ospf => ospf(false),
            Source::Ospf3 => ospf(true),
            Source::Isis => vec![RouteSource::Isis(None)],
            // Its aggregates too: EOS has no others.
            Source::Bgp => vec![RouteSource::Bgp, RouteSource::Aggregate],
            Source::Rip => vec![RouteSource::Rip],
        }
    }

    /// The policy of a `redistribute` line into an IGP: its `match` words as a gate, then its route-map.
    fn redistribution_policy(&mut self, r: &Redistribute) -> Option<PolicyChain> {
        let kinds = ospf_types(&r.kinds);
        let map = r.route_map.as_deref().and_then(|m| self.chain(m, r.origin));
        if kinds.is_empty() {
            return map;
        }
        let gate = self.gate(format!("match {kinds:?}"), r.origin, Cond::RouteType(kinds));
        let policies = std::iter::once(gate).chain(map.iter().flat_map(|m| m.policies.iter().copied())).collect();
        let at_end = if map.is_some() { Verdict::Reject } else { Verdict::Accept };
        Some(PolicyChain { policies, at_end, origin: r.origin })
    }
}

/// `match internal`, `match external 1`, … as route types.
fn ospf_types(kinds: &[OspfKind]) -> Vec<RouteType> {
    let mut out = Vec::new();
    for kind in kinds {
        match kind {
            OspfKind::Internal => out.extend([RouteType::OspfIntra, RouteType::OspfInter]),
            OspfKind::External(Some(1)) => out.push(RouteType::OspfE1),
            OspfKind::External(Some(_)) => out.push(RouteType::OspfE2),
            OspfKind::External(None) => out.extend([RouteType::OspfE1, RouteType::OspfE2]),
            OspfKind::Nssa(Some(1)) => out.push(RouteType::OspfN1),
            OspfKind::Nssa(Some(_)) => out.push(RouteType::OspfN2),
            OspfKind::Nssa(None) => out.extend([RouteType::OspfN1, RouteType::OspfN2]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::span::FileId;
    use crate::vendors::ConfigFile;

    /// A text as a device.
    pub fn device(text: &str) -> Device {
        let files = [ConfigFile { id: FileId(0), name: "test", text }];
        let mut sink = Sink::new("test", &files);
        let config = super::super::read::read(&files, &mut sink);
        lower(&config, &mut sink)
    }

    #[test]
    fn static_routes_find_their_interfaces_and_vrfs() {
        let d = device(
            "vrf instance A\ninterface Ethernet1\n   no switchport\nip routing\nip routing vrf A\nip route vrf A 10.0.0.0/8 Ethernet1 192.0.2.1\nip route 10.1.0.0/16 egress-vrf A 192.0.2.2 7\nip route 10.2.0.0/16 Ethernet9\n",
        );
        assert_eq!(
            d.vrfs.iter().map(|v| (&*v.name, v.routing_v4, v.routing_v6)).collect::<Vec<_>>(),
            [("default", true, false), ("A", true, false)]
        );
        let main = &d.vrfs[VrfId(0)].static_routes;
        assert_eq!(main.len(), 1);
        assert_eq!(
            (main[0].distance, &main[0].hop),
            (7, &StaticHop::Ip { ip: "192.0.2.2".parse().unwrap(), vrf: Some(VrfId(1)) })
        );
        let a = &d.vrfs[VrfId(1)].static_routes;
        assert_eq!(a[0].hop, StaticHop::IpVia { ip: "192.0.2.1".parse().unwrap(), interface: InterfaceId(0) });
    }

    #[test]
    fn a_redistribution_with_match_is_a_gate_before_the_map() {
        let d = device(
            "route-map M permit 10\nrouter ospf 1\n   redistribute bgp route-map M\nrouter isis X\n   net 49.0001.0000.0000.0001.00\n   redistribute ospf match internal route-map M\n   redistribute ospf match external 1\n",
        );
        assert_eq!(d.ospf[0].redistribute[0].policy.as_ref().unwrap().policies.len(), 1);
        let r = &d.isis[0].redistribute;
        assert_eq!((r[0].policy.as_ref().unwrap().policies.len(), r[0].policy.as_ref().unwrap().at_end), (2, Verdict::Reject));
        assert_eq!((r[1].policy.as_ref().unwrap().policies.len(), r[1].policy.as_ref().unwrap().at_end), (1, Verdict::Accept));
        assert_eq!(r[0].sources, [RouteSource::Ospf(Some(0))]);
    }
}
