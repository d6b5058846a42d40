//! [`Config`] → model: names become ids, what is not said becomes its default, inheritance is resolved.
//!
//! In: a filled config. Out: a [`Device`], and [`Notes`] on lines of policies that cannot be said in the model. Law: never fails; a
//! name that leads nowhere has the effect that IOS-XR gives it. Start reading at [`lower`]. Tests: the folder's `tests.rs`.

mod bgp;
mod conditions;
mod interface;
mod isis;
mod mpls;
mod neighbor;
mod ospf;
mod overlay;
mod policy;
mod rip;
mod sets;

use super::config::{Attach, Config, ListName, Source};
use super::defaults;
use super::read::ospf_key;
use crate::base::diag::{Diagnostic, Severity};
use crate::base::id::Id;
use crate::base::span::Origin;
use crate::base::{Map, Set};
use crate::model::device::{Device, Name};
use crate::model::filter::{Filter, FilterId};
use crate::model::interface::InterfaceId;
use crate::model::policy::{
    AsPathListId, AtEnd, CommunityListId, Cond, Flow, Policy, PolicyChain, PolicyId, PrefixList, PrefixListId, RouteSource,
    RouteType, Term, Verdict,
};
use crate::model::route::Family;
use crate::model::static_route::{StaticHop, StaticRoute};
use crate::model::vrf::{Vrf, VrfId};
use crate::vendors::sink::{INVALID_VALUE, LineClass, NOT_MODELLED, NOT_UNDERSTOOD, Sink};

/// What lowering has to say of lines.
#[derive(Debug, Default)]
pub(super) struct Notes {
    said: Set<(Origin, String)>,
    referred: Set<(Origin, Name)>,
    lines: Vec<(Origin, LineClass, String)>,
    references: Vec<(&'static [&'static str], Name, Origin)>,
}

impl Notes {
    fn say(&mut self, origin: Origin, class: LineClass, text: impl Into<String>) {
        let text = text.into();
        if self.said.insert((origin, text.clone())) {
            self.lines.push((origin, class, text));
        }
    }

    /// Hands everything to the sink.
    pub(super) fn tell(self, sink: &mut Sink) {
        for (origin, class, text) in self.lines {
            let (code, severity) = match class {
                LineClass::NotModelled => (NOT_MODELLED, Severity::Warning),
                LineClass::Invalid => (INVALID_VALUE, Severity::Error),
                _ => (NOT_UNDERSTOOD, Severity::Warning),
            };
            sink.mark(origin, class);
            sink.push(Diagnostic::new(code, severity, text).at(origin));
        }
        for (kinds, name, origin) in self.references {
            sink.refer(kinds, &name, origin, "route-policy");
        }
    }
}

/// The work of lowering one device.
pub(super) struct Lowering<'a> {
    pub config: &'a Config,
    pub device: Device,
    pub notes: Notes,
    pub interfaces: Map<Name, InterfaceId>,
    pub vrfs: Map<Name, VrfId>,
    pub prefix_lists: [Map<Name, PrefixListId>; 2],
    pub acls: [Map<Name, FilterId>; 2],
    /// Policies by name and arguments.
    pub policies: Map<String, PolicyId>,
    /// Lists made of sets, by kind and name.
    pub prefix_sets: Map<String, PrefixListId>,
    pub community_sets: Map<String, CommunityListId>,
    pub as_paths: Map<String, AsPathListId>,
    /// Policies and filters made from other things, by what they stand for.
    pub made: Map<String, u32>,
    pub ospf: Map<Name, u32>,
    pub isis: Map<Name, u32>,
    /// What stands after `as-path`, as a condition.
    pub as_path_tests: Map<String, Cond>,
    /// How many policies deep the one at hand is; how many terms all have, and how many words were looked at.
    pub depth: usize,
    pub terms: usize,
    pub words: usize,
}

/// Lowers a config.
pub(super) fn lower(config: &Config) -> (Device, Notes) {
    let mut l = Lowering {
        config,
        device: Device { hostname: config.hostname.clone(), platform: defaults::platform(config), ..Device::default() },
        notes: Notes::default(),
        interfaces: Map::default(),
        vrfs: Map::default(),
        prefix_lists: Default::default(),
        acls: Default::default(),
        policies: Map::default(),
        prefix_sets: Map::default(),
        community_sets: Map::default(),
        as_paths: Map::default(),
        made: Map::default(),
        ospf: config.ospf.items.iter().enumerate().map(|(n, (k, _))| (k.clone(), n as u32)).collect(),
        isis: config.isis.items.iter().enumerate().map(|(n, (k, _))| (k.clone(), n as u32)).collect(),
        as_path_tests: Map::default(),
        depth: 0,
        terms: 0,
        words: 0,
    };
    l.lists();
    l.vrfs();
    l.all_interfaces();
    l.all_policies();
    l.vrf_policies();
    l.static_routes();
    l.all_ospf();
    l.all_isis();
    l.all_rip();
    l.all_bgp();
    l.evpn_prefixes();
    l.labels();
    (l.device, l.notes)
}

impl Lowering<'_> {
    fn lists(&mut self) {
        let config = self.config;
        for (slot, lists) in config.prefix_lists.iter().enumerate() {
            for (name, list) in &lists.items {
                let lines = list.lines.iter().map(|(_, l)| *l).collect();
                let id = self.device.prefix_lists.push(PrefixList { name: name.clone(), origin: list.origin, lines });
                self.prefix_lists[slot].insert(name.clone(), id);
            }
        }
        for (slot, lists) in config.acls.iter().enumerate() {
            for (name, acl) in &lists.items {
                let lines: Vec<_> = acl.lines.iter().map(|(_, l)| l.clone()).collect();
                let id = self.device.filters.push(Filter {
                    name: name.clone(),
                    origin: acl.origin,
                    family: Some(if slot == 1 { Family::V6 } else { Family::V4 }),
                    extended: true,
                    // A list without any line lets everything through (IP Addresses and Services Configuration Guide, "ACLs").
                    default_permit: lines.is_empty(),
                    lines,
                });
                self.acls[slot].insert(name.clone(), id);
            }
        }
    }

    fn vrfs(&mut self) {
        let config = self.config;
        // IPv4 and IPv6 are always routed.
        let base = Vrf { routing_v4: true, routing_v6: true, forwarding_load_balance: true, ..Vrf::default() };
        self.device.vrfs.push(Vrf { name: "default".into(), ..base.clone() });
        let bgp_rd = |name: &str| config.bgp.as_ref().and_then(|b| b.vrfs.get(name)).and_then(|v| v.rd.clone());
        for (name, v) in &config.vrfs.items {
            let id = self.device.vrfs.push(Vrf {
                name: name.clone(),
                origin: v.origin,
                route_distinguisher: bgp_rd(name).or_else(|| v.rd.clone()).filter(|rd| &**rd != "auto"),
                import_targets: v.imports.clone(),
                export_targets: v.exports.clone(),
                ..base.clone()
            });
            self.vrfs.insert(name.clone(), id);
        }
        // A VRF that is used and not defined: keeping the table apart is the safe reading.
        let used = config.interfaces.items.iter().filter_map(|(_, i)| i.vrf.as_ref());
        let used = used.chain(config.bgp.iter().flat_map(|b| b.vrfs.items.iter().map(|(n, _)| n)));
        let used = used.chain(config.ospf.items.iter().filter_map(|(_, o)| o.vrf.as_ref()));
        let used = used.chain(config.rip.items.iter().map(|(name, _)| name).filter(|name| !name.is_empty()));
        for name in used {
            if !self.vrfs.contains_key(name) {
                let id = self.device.vrfs.push(Vrf { name: name.clone(), route_distinguisher: bgp_rd(name), ..base.clone() });
                self.vrfs.insert(name.clone(), id);
            }
        }
    }

    fn vrf_policies(&mut self) {
        for (name, v) in &self.config.vrfs.items {
            let Some(&id) = self.vrfs.get(name) else { continue };
            let import = v.import.as_ref().and_then(|a| self.chain(a));
            let export = v.export.as_ref().and_then(|a| self.chain(a));
            let vrf = &mut self.device.vrfs[id];
            (vrf.import_policy, vrf.export_policy) = (import, export);
        }
    }

    /// The VRF of a name; none = the global table.
    pub fn vrf(&self, name: Option<&Name>) -> Option<VrfId> {
        match name {
            None => Some(VrfId::DEFAULT),
            Some(n) if &**n == "default" => Some(VrfId::DEFAULT),
            Some(n) => self.vrfs.get(n).copied(),
        }
    }

    fn static_routes(&mut self) {
        for s in &self.config.statics {
            let Some(vrf) = self.vrf(s.vrf.as_ref()) else { continue };
            let other = match &s.next_vrf {
                None => None,
                Some(name) => match self.vrf(Some(name)) {
                    Some(id) => Some(id).filter(|v| *v != vrf),
                    None => continue,
                },
            };
            let null = s.interface.as_ref().is_some_and(|n| n.starts_with("Null"));
            let interface = s.interface.as_ref().map(|n| self.interfaces.get(n).copied());
            let hop = match (null, interface, s.ip) {
                (true, _, _) => StaticHop::Discard,
                // The interface does not exist: the route never comes up.
                (_, Some(None), _) => continue,
                (_, Some(Some(interface)), Some(ip)) => StaticHop::IpVia { ip, interface },
                (_, Some(Some(interface)), None) => StaticHop::Interface(interface),
                (_, None, Some(ip)) => StaticHop::Ip { ip, vrf: other },
                (_, None, None) => continue,
            };
            let route = StaticRoute {
                prefix: s.prefix,
                hop,
                distance: s.distance.unwrap_or(defaults::DISTANCE_STATIC),
                metric: s.metric,
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

    /// The model's words for a source; `None`: the process does not exist. What is redistributed as `connected` holds loopbacks' host
    /// routes, which the table has as local ones (lab iosxr_ebgp_basic, border01).
    pub fn sources(&self, source: &Source, vrf: Option<&Name>) -> Option<Vec<RouteSource>> {
        let process = |v3: bool, id: &Name| self.ospf.get(&*ospf_key(v3, id, vrf.map(|v| &**v))).copied();
        Some(vec![match source {
            Source::Connected => RouteSource::Connected,
            Source::Static => RouteSource::Static,
            Source::Bgp => RouteSource::Bgp,
            Source::Rip => RouteSource::Rip,
            Source::Eigrp(n) => RouteSource::Eigrp(*n),
            Source::Ospf(id) => RouteSource::Ospf(Some(process(false, id)?)),
            Source::Ospfv3(id) => RouteSource::Ospf(Some(process(true, id)?)),
            Source::Isis(id) => RouteSource::Isis(Some(*self.isis.get(id)?)),
        }])
    }

    // ----- policies ---------------------------------------------------------------------------

    /// The chain of an attached policy. `None`: it is not defined, and the device would have refused the line.
    pub fn chain(&mut self, attach: &Attach) -> Option<PolicyChain> {
        let id = self.policy(&attach.policy, &attach.arguments)?;
        Some(PolicyChain { policies: vec![id], at_end: Verdict::Reject, origin: attach.origin })
    }

    /// The chain of a list that selects routes.
    pub fn list_chain(&mut self, list: &ListName, family: Family, origin: Origin) -> Option<PolicyChain> {
        let slot = super::config::slot(family);
        let (key, name, when) = match list {
            ListName::Policy(a) => return self.chain(a),
            ListName::Prefix(n) => (format!("prefix-list {n}"), n, Cond::PrefixList(*self.prefix_lists[slot].get(n)?)),
            ListName::Acl(n) => (format!("acl {n}"), n, Cond::Acl(*self.acls[slot].get(n)?)),
        };
        let id = self.made_policy(key, name, origin, vec![(when, Flow::Accept)], AtEnd::Reject);
        Some(PolicyChain { policies: vec![id], at_end: Verdict::Reject, origin })
    }

    /// A policy made of conditions only; made once.
    pub fn made_policy(&mut self, key: String, name: &str, origin: Origin, terms: Vec<(Cond, Flow)>, at_end: AtEnd) -> PolicyId {
        if let Some(&n) = self.made.get(&key) {
            return PolicyId(n);
        }
        let term = |(when, then)| Term { name: "".into(), origin, when, actions: Vec::new(), then, otherwise: Flow::Next };
        let policy = Policy { name: name.into(), origin, terms: terms.into_iter().map(term).collect(), at_end };
        let id = self.device.policies.push(policy);
        self.made.insert(key, id.index() as u32);
        id
    }

    /// The policy of a redistribution: its route types, then its route policy.
    pub fn redistribution_policy(&mut self, types: &[RouteType], attach: Option<&Attach>, origin: Origin) -> Option<PolicyChain> {
        let own = attach.and_then(|a| self.chain(a));
        if types.is_empty() {
            return own;
        }
        let terms = vec![(Cond::RouteType(types.to_vec()), Flow::NextPolicy)];
        let first = self.made_policy(format!("types {types:?}"), "match", origin, terms, AtEnd::Reject);
        let mut chain = own.unwrap_or(PolicyChain { policies: Vec::new(), at_end: Verdict::Accept, origin });
        chain.policies.insert(0, first);
        Some(chain)
    }
}
