//! [`Config`] to the model.
//!
//! In: [`Config`]. Out: a [`Device`]. Law: names become ids here, inheritance and defaults are resolved here, and nothing is
//! decided that depends on another device. Start reading at [`lower`].

mod bgp;
mod eigrp;
mod interfaces;
mod isis;
mod neighbor;
mod ospf;
mod overlay;
mod policy;
mod rip;
mod vpc;

use super::config::{Config, Hop, Match, Redistribute, Source, Target, VrfFamily};
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
use crate::model::route::Family;
use crate::model::static_route::{StaticHop, StaticRoute};
use crate::model::vrf::{Exchange, Vrf, VrfId};

/// A device in the making, and the ids of its names.
struct Lowering<'c> {
    config: &'c Config,
    device: Device,
    interfaces: Map<Name, InterfaceId>,
    /// By name in lower case.
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

pub(super) fn lower(config: &Config) -> Device {
    let mut l = Lowering {
        config,
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
    l.vrf_policies();
    l.ospf();
    l.isis();
    l.eigrp();
    l.rip();
    l.bgp();
    l.statics();
    l.overlay();
    l.vpc();
    l.device
}

impl Lowering<'_> {
    fn vrfs(&mut self) {
        for (name, vrf) in self.config.vrfs.iter() {
            // Targets of the VPN and of EVPN alike: which routes they are on is told by the session.
            let all = |pick: fn(&super::config::VrfFamily) -> &Vec<Target>| {
                let mut out: Vec<Name> = Vec::new();
                for t in vrf.families.iter().flat_map(pick) {
                    let text = if &*t.text == "auto" { self.auto_target(vrf.vni) } else { Some(t.text.clone()) };
                    out.extend(text.filter(|t| !out.contains(t)));
                }
                out
            };
            let id = self.device.vrfs.push(Vrf {
                name: name.into(),
                origin: vrf.origin,
                route_distinguisher: vrf.rd.clone(),
                import_targets: all(|f| &f.imports),
                export_targets: all(|f| &f.exports),
                routing_v4: !vrf.shutdown,
                routing_v6: !vrf.shutdown,
                forwarding_load_balance: true,
                ..Vrf::default()
            });
            self.vrfs.insert(name.to_ascii_lowercase().into(), id);
        }
    }

    /// `auto`: the AS number and the VNI (VXLAN configuration guide, "route-target auto"); the AS number's low 16 bits count.
    fn auto_target(&self, vni: Option<u32>) -> Option<Name> {
        let asn = self.config.bgp.as_ref()?.asn;
        Some(format!("{}:{}", asn & 0xFFFF, vni?).into())
    }

    fn vrf_policies(&mut self) {
        for (name, vrf) in self.config.vrfs.iter() {
            let id = self.vrf(name);
            let chain = |l: &Self, m: Option<&(Name, Origin)>| m.map(|(m, at)| l.chain(m, *at));
            let import = vrf.families.iter().find_map(|f| f.import_map.as_ref());
            let export = vrf.families.iter().find_map(|f| f.export_map.as_ref());
            let (import, export) = (chain(self, import), chain(self, export));
            let of_family = |(family, f): (Family, &VrfFamily)| {
                let (from_global, to_global) = (chain(self, f.from_global.as_ref()), chain(self, f.to_global.as_ref()));
                let said = from_global.is_some() || to_global.is_some();
                said.then(|| Exchange { family, from_global, to_global, ..Exchange::default() })
            };
            let exchanges = [Family::V4, Family::V6].into_iter().zip(&vrf.families).filter_map(of_family).collect();
            let table = &mut self.device.vrfs[id];
            (table.import_policy, table.export_policy, table.exchanges) = (import, export, exchanges);
        }
    }

    /// The VRF of a name; one that no line defines is made (its undefined name is reported by the sink).
    fn vrf(&mut self, name: &str) -> VrfId {
        let key: Name = name.to_ascii_lowercase().into();
        if let Some(&id) = self.vrfs.get(&key) {
            return id;
        }
        let id = self.device.vrfs.push(Vrf { name: name.into(), forwarding_load_balance: true, ..Vrf::default() });
        self.vrfs.insert(key, id);
        id
    }

    /// An interface by the name that `full_name` gives.
    fn interface(&self, name: &str) -> Option<InterfaceId> {
        self.interfaces.get(&*name.to_ascii_lowercase()).copied()
    }

    fn statics(&mut self) {
        for (name, vrf) in self.config.vrfs.iter() {
            let mut routes = Vec::new();
            for s in &vrf.statics {
                let hop = match &s.hop {
                    Hop::Drop => StaticHop::Discard,
                    Hop::Ip(ip, other) => StaticHop::Ip { ip: *ip, vrf: other.as_deref().map(|v| self.vrf(v)) },
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
                    metric: 0,
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

    /// A route-map as a chain. One that is not defined lets nothing through (`defaults::platform`, `undefined_policy`).
    fn chain(&self, name: &str, origin: Origin) -> PolicyChain {
        let policies = self.route_maps.get(name).map(|id| vec![*id]).unwrap_or_default();
        PolicyChain { policies, at_end: Verdict::Reject, origin }
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
    fn sources(&self, r: &Redistribute, vrf: &str) -> Vec<RouteSource> {
        let same = |process: &str| r.process.as_deref().is_none_or(|p| p.eq_ignore_ascii_case(process));
        let ospf = |v3: bool| {
            let mine = |o: &super::config::Ospf| o.v3 == v3 && o.vrf.eq_ignore_ascii_case(vrf) && same(&o.process);
            // A process that there is not has no routes: a number past the last.
            let at = self.config.ospf.iter().position(mine).unwrap_or(self.config.ospf.len());
            vec![RouteSource::Ospf(Some(at as u32))]
        };
        match r.from {
            Source::Direct => vec![RouteSource::Connected],
            Source::Static => vec![RouteSource::Static],
            Source::Ospf => ospf(false),
            Source::Ospf3 => ospf(true),
            Source::Isis => {
                let running = || self.config.isis.iter().filter(|i| !i.shutdown);
                let at = running()
                    .position(|i| i.vrf.eq_ignore_ascii_case(vrf) && same(&i.process))
                    .unwrap_or_else(|| running().count());
                vec![RouteSource::Isis(Some(at as u32))]
            }
            Source::Eigrp => {
                let found = self.config.eigrp.iter().find(|e| same(&e.process));
                vec![RouteSource::Eigrp(found.and_then(|e| e.asn))]
            }
            Source::Bgp => vec![RouteSource::Bgp],
            Source::Rip => vec![RouteSource::Rip],
        }
    }

    /// The policy of a `redistribute` line into an IGP. iBGP routes are left out unless the route-map asks for them (`match
    /// route-type internal`).
    fn redistribution_policy(&mut self, r: &Redistribute) -> Option<PolicyChain> {
        let mut map = r.route_map.as_deref().map(|m| self.chain(m, r.origin))?;
        let asks = r.route_map.as_deref().and_then(|m| self.config.route_maps.get(m)).is_some_and(|m| {
            let types = |m: &Match| matches!(m, Match::Types(t) if t.contains(&RouteType::BgpInternal));
            m.entries.values().any(|e| e.matches.iter().any(types))
        });
        if r.from == Source::Bgp && !asks && !map.policies.is_empty() {
            let external = Cond::Not(Box::new(Cond::RouteType(vec![RouteType::BgpInternal])));
            let gate = self.gate("not iBGP".into(), r.origin, external);
            map.policies.insert(0, gate);
        }
        Some(map)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::base::span::FileId;
    use crate::vendors::ConfigFile;
    use crate::vendors::sink::Sink;

    /// A text as a device.
    pub fn device(text: &str) -> Device {
        let files = [ConfigFile { id: FileId(0), name: "test", text }];
        let mut sink = Sink::new("test", &files);
        let config = super::super::read::read(&files, &mut sink);
        lower(&config)
    }

    #[test]
    fn static_routes_find_their_interfaces_and_vrfs() {
        let d = device(
            "vrf context A\n  ip route 10.0.0.0/8 Ethernet1/1 192.0.2.1\ninterface ethernet1/1\n  no switchport\nip route 10.1.0.0/16 192.0.2.2 vrf a 7\nip route 10.2.0.0/16 Ethernet1/9\n",
        );
        assert_eq!(d.vrfs.iter().map(|v| &*v.name).collect::<Vec<_>>(), ["default", "management", "A"]);
        let main = &d.vrfs[VrfId(0)].static_routes;
        assert_eq!(main.len(), 1);
        assert_eq!(
            (main[0].distance, &main[0].hop),
            (7, &StaticHop::Ip { ip: "192.0.2.2".parse().unwrap(), vrf: Some(VrfId(2)) })
        );
        let a = &d.vrfs[VrfId(2)].static_routes;
        assert_eq!(a[0].hop, StaticHop::IpVia { ip: "192.0.2.1".parse().unwrap(), interface: InterfaceId(0) });
    }

    #[test]
    fn internal_routes_are_left_out_unless_asked_for() {
        let d = device(
            "route-map A permit 10\nroute-map B permit 10\n  match route-type internal\nrouter ospf 1\n  redistribute bgp 1 route-map A\n  redistribute bgp 1 route-map B\n  redistribute bgp 1 route-map UNDEFINED\n",
        );
        let lengths: Vec<_> = d.ospf[0].redistribute.iter().map(|r| r.policy.as_ref().unwrap().policies.len()).collect();
        assert_eq!(lengths, [2, 1, 0]);
        assert!(d.ospf[0].redistribute.iter().all(|r| r.policy.as_ref().unwrap().at_end == Verdict::Reject));
    }

    #[test]
    fn targets_that_are_auto_are_spelled_out() {
        let d = device(
            "vrf context A\n  vni 5000\n  rd auto\n  address-family ipv4 unicast\n    route-target both auto\n    route-target both auto evpn\n    route-target import 1:2\nrouter bgp 65001\n",
        );
        let a = &d.vrfs[d.find_vrf("A").unwrap()];
        assert_eq!(a.import_targets.iter().map(|t| &**t).collect::<Vec<_>>(), ["65001:5000", "1:2"]);
        assert_eq!(a.export_targets.len(), 1);
    }
}
