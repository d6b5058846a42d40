//! [`Config`] → model: names become ids, what is not said becomes its default, inheritance is resolved.
//!
//! In: a filled config. Out: a [`Device`]. Law: never fails; a name that leads nowhere has the effect that IOS gives it.
//! Start reading at [`lower`]. Tests: `tests.rs` of this folder's parent.

mod bgp;
mod eigrp;
mod interface;
mod isis;
mod lists;
mod mpls;
mod ospf;
mod rip;
mod route_map;

use super::config::{Config, Replicate, Source};
use super::defaults;
use super::read::ospf_key;
use crate::base::Map;
use crate::base::id::Id;
use crate::base::span::Origin;
use crate::model::device::{Device, Name};
use crate::model::filter::FilterId;
use crate::model::interface::InterfaceId;
use crate::model::policy::{
    AsPathListId, AtEnd, CommunityListId, Cond, Flow, Policy, PolicyChain, PolicyId, PrefixListId, RouteSource, RouteType, Term,
    Verdict,
};
use crate::model::route::Family;
use crate::model::static_route::{StaticHop, StaticRoute};
use crate::model::vrf::{Exchange, Leak, Vrf, VrfId};

/// The work of lowering one device.
pub(super) struct Lowering<'a> {
    pub config: &'a Config,
    pub device: Device,
    pub interfaces: Map<Name, InterfaceId>,
    pub vrfs: Map<Name, VrfId>,
    pub prefix_lists: [Map<Name, PrefixListId>; 2],
    pub as_paths: Map<Name, AsPathListId>,
    pub communities: Map<Name, CommunityListId>,
    pub extcommunities: Map<Name, CommunityListId>,
    pub acls: [Map<Name, FilterId>; 2],
    pub maps: Map<Name, PolicyId>,
    /// Policies and lists made from other things, by what they stand for.
    pub made: Map<String, u32>,
    pub ospf: Map<Name, u32>,
    pub isis: Map<Name, u32>,
}

/// Lowers a config.
pub(super) fn lower(config: &Config) -> Device {
    let mut l = Lowering {
        config,
        device: Device { hostname: config.hostname.clone(), platform: defaults::platform(config), ..Device::default() },
        interfaces: Map::default(),
        vrfs: Map::default(),
        prefix_lists: Default::default(),
        as_paths: Map::default(),
        communities: Map::default(),
        extcommunities: Map::default(),
        acls: Default::default(),
        maps: Map::default(),
        made: Map::default(),
        ospf: config.ospf.items.iter().enumerate().map(|(n, (k, _))| (k.clone(), n as u32)).collect(),
        isis: config.isis.items.iter().enumerate().map(|(n, (k, _))| (k.clone(), n as u32)).collect(),
    };
    l.lists();
    l.name_route_maps();
    l.vrfs();
    l.all_interfaces();
    l.route_maps();
    l.vrf_policies();
    l.static_routes();
    l.all_ospf();
    l.all_isis();
    l.all_eigrp();
    l.all_rip();
    l.all_bgp();
    l.labels();
    l.device
}

impl Lowering<'_> {
    fn vrfs(&mut self) {
        let base = Vrf {
            routing_v4: !self.config.no_ip_routing,
            routing_v6: self.config.ipv6_routing,
            forwarding_load_balance: true,
            ..Vrf::default()
        };
        self.device.vrfs.push(Vrf { name: "default".into(), router_id: self.config.router_id, ..base.clone() });
        for (name, v) in &self.config.vrfs.items {
            let id = self.device.vrfs.push(Vrf {
                name: name.clone(),
                origin: v.origin,
                route_distinguisher: v.rd.clone(),
                import_targets: v.exchanges[0].imports.clone(),
                export_targets: v.exchanges[0].exports.clone(),
                ..base.clone()
            });
            self.vrfs.insert(name.clone(), id);
        }
        // A VRF that is used and not defined: IOS would refuse the line; keeping the table apart is the safe reading.
        let used = self.config.interfaces.items.iter().filter_map(|(_, i)| i.vrf.as_ref());
        let used = used.chain(self.config.bgp.iter().flat_map(|b| b.vrfs.items.iter().map(|(n, _)| n)));
        for name in used {
            if !self.vrfs.contains_key(name) {
                let id = self.device.vrfs.push(Vrf { name: name.clone(), ..base.clone() });
                self.vrfs.insert(name.clone(), id);
            }
        }
    }

    fn vrf_policies(&mut self) {
        for (name, v) in &self.config.vrfs.items {
            let Some(&id) = self.vrfs.get(name) else { continue };
            let [all, v4, v6] = &v.exchanges;
            let chain = |m: &Option<Name>| m.as_ref().map(|m| self.map_chain(m, v.origin));
            let (import, export) = (chain(&all.import_map), chain(&all.export_map));
            let said = [(Family::V4, v4), (Family::V6, v6)].into_iter().filter(|(_, x)| !x.is_empty());
            let exchanges = said.map(|(family, x)| Exchange {
                family,
                import_targets: x.imports.clone(),
                export_targets: x.exports.clone(),
                import_policy: chain(&x.import_map),
                export_policy: chain(&x.export_map),
                from_global: chain(&x.from_global),
                to_global: chain(&x.to_global),
                ..Exchange::default()
            });
            let exchanges = exchanges.collect();
            let leaks = v.replicates.iter().filter_map(|r| self.replicated(r)).collect();
            let vrf = &mut self.device.vrfs[id];
            (vrf.import_policy, vrf.export_policy, vrf.exchanges, vrf.leaks) = (import, export, exchanges, leaks);
        }
        let leaks = self.config.replicates.iter().filter_map(|r| self.replicated(r)).collect();
        self.device.vrfs[VrfId::DEFAULT].leaks = leaks;
    }

    /// Cisco, "route-replicate": replicated routes stand in the table as they do where they come from.
    fn replicated(&self, r: &Replicate) -> Option<Leak> {
        let sources = match &r.source {
            None => Vec::new(),
            Some(Source::Connected) => vec![RouteSource::Connected, RouteSource::Local],
            Some(source) => vec![self.source(source, r.family)?],
        };
        Some(Leak {
            from: self.vrf(r.from.as_ref())?,
            family: Some(r.family),
            sources,
            policy: r.map.as_ref().map(|m| self.map_chain(m, r.origin)),
            origin: r.origin,
        })
    }

    /// The VRF of a name; none = the global table.
    pub fn vrf(&self, name: Option<&Name>) -> Option<VrfId> {
        match name {
            None => Some(VrfId::DEFAULT),
            Some(n) => self.vrfs.get(n).copied(),
        }
    }

    fn static_routes(&mut self) {
        for s in &self.config.statics {
            let Some(vrf) = self.vrf(s.vrf.as_ref()) else { continue };
            let other = if s.global { Some(VrfId::DEFAULT) } else { s.next_vrf.as_ref().and_then(|n| self.vrfs.get(n).copied()) };
            let interface = s.interface.as_ref().map(|n| self.interfaces.get(n).copied());
            let hop = match (s.discard, interface, s.ip) {
                (true, _, _) => StaticHop::Discard,
                // The interface does not exist: the route never comes up.
                (_, Some(None), _) => continue,
                (_, Some(Some(interface)), Some(ip)) => StaticHop::IpVia { ip, interface },
                (_, Some(Some(interface)), None) => StaticHop::Interface(interface),
                (_, None, Some(ip)) => StaticHop::Ip { ip, vrf: other.filter(|v| *v != vrf) },
                (_, None, None) => continue,
            };
            let route = StaticRoute {
                prefix: s.prefix,
                hop,
                distance: s.distance.unwrap_or(defaults::DISTANCE_STATIC),
                metric: 0,
                tag: s.tag,
                permanent: s.permanent,
                resolve: true,
                no_readvertise: false,
                communities: Vec::new(),
                tracked: s.tracked,
                origin: s.origin,
            };
            self.device.vrfs[vrf].static_routes.push(route);
        }
    }

    /// The model's word for a source; `None`: the process does not exist.
    pub fn source(&self, source: &Source, family: Family) -> Option<RouteSource> {
        Some(match source {
            Source::Connected => RouteSource::Connected,
            Source::Static => RouteSource::Static,
            Source::Bgp => RouteSource::Bgp,
            Source::Rip => RouteSource::Rip,
            Source::Eigrp(n) => RouteSource::Eigrp(*n),
            Source::Ospf(id) if id.is_empty() => RouteSource::Ospf(None),
            Source::Ospf(id) => {
                let keys = if family.is_v6() {
                    [ospf_key(true, id, Family::V6), ospf_key(false, id, Family::V4)]
                } else {
                    [ospf_key(false, id, Family::V4), ospf_key(true, id, Family::V4)]
                };
                RouteSource::Ospf(Some(*keys.iter().find_map(|k| self.ospf.get(&**k))?))
            }
            Source::Isis(tag) => match self.isis.get(tag) {
                Some(&n) => RouteSource::Isis(Some(n)),
                None if tag.is_empty() => RouteSource::Isis(None),
                None => return None,
            },
        })
    }

    // ----- policies ---------------------------------------------------------------------------

    /// A chain of one route-map. An undefined one has the effect that the platform says.
    pub fn map_chain(&self, name: &str, origin: Origin) -> PolicyChain {
        match self.maps.get(name) {
            Some(&id) => PolicyChain { policies: vec![id], at_end: Verdict::Reject, origin },
            None => PolicyChain { policies: Vec::new(), at_end: Verdict::Reject, origin },
        }
    }

    /// The policy that takes what `when` holds for and leaves the rest to the chain's next policy or refuses it.
    pub fn made_policy(&mut self, key: String, name: &str, origin: Origin, terms: Vec<(Cond, Flow)>, at_end: AtEnd) -> PolicyId {
        if let Some(&n) = self.made.get(&key) {
            return PolicyId(n);
        }
        let terms = terms.into_iter().map(|(when, then)| Term {
            name: "".into(),
            origin,
            when,
            actions: Vec::new(),
            then,
            otherwise: Flow::Next,
        });
        let policy = Policy { name: name.into(), origin, terms: terms.collect(), at_end };
        let id = self.device.policies.push(policy);
        self.made.insert(key, id.index() as u32);
        id
    }

    /// A chain that takes what a condition holds for.
    pub fn cond_chain(&mut self, key: String, name: &str, origin: Origin, when: Cond) -> PolicyChain {
        let id = self.made_policy(key, name, origin, vec![(when, Flow::Accept)], AtEnd::Reject);
        PolicyChain { policies: vec![id], at_end: Verdict::Reject, origin }
    }

    /// The policy of a redistribution: its route types, then its route-map.
    pub fn redistribution_policy(&mut self, types: &[RouteType], map: Option<&Name>, origin: Origin) -> Option<PolicyChain> {
        if types.is_empty() {
            return map.map(|m| self.map_chain(m, origin));
        }
        let key = format!("types {types:?}");
        let terms = vec![(Cond::RouteType(types.to_vec()), Flow::NextPolicy)];
        let first = self.made_policy(key, "match", origin, terms, AtEnd::Reject);
        let mut chain = match map {
            Some(m) => self.map_chain(m, origin),
            None => PolicyChain { policies: Vec::new(), at_end: Verdict::Accept, origin },
        };
        chain.policies.insert(0, first);
        Some(chain)
    }
}
