//! Static, aggregate and generated routes.

use super::Lower;
use crate::model::policy::{PolicyChain, PolicyId, RouteSource, Verdict};
use crate::model::route::Family;
use crate::model::static_route::{StaticHop, StaticRoute};
use crate::model::vrf::{Leak, LocalAggregate, RibShare, VrfId};
use crate::vendors::junos::config::{self, InstanceKind, Named};
use crate::vendors::junos::defaults;

impl Lower<'_, '_> {
    pub(super) fn make_routing(&mut self) {
        let config = self.config;
        let load_balance = config.instances.first().is_some_and(|i| i.routing.load_balance);
        for i in &config.instances {
            if i.kind == InstanceKind::Bridging {
                continue;
            }
            let Some(vrf) = self.vrf(&i.name) else { continue };
            let mut statics = Vec::new();
            for s in &i.routing.statics {
                statics.extend(self.static_route(s));
            }
            let mut aggregates = Vec::new();
            for a in &i.routing.aggregates {
                let made = self.aggregate(a);
                aggregates.push(made);
            }
            let import_policy = i.vpn.import.as_ref().map(|c| self.import_chain(c, Verdict::Reject));
            let export_policy = i.vpn.export.as_ref().map(|c| self.chain(c, Verdict::Reject));
            let v = &mut self.device.vrfs[vrf];
            v.static_routes = statics;
            v.aggregates = aggregates;
            v.import_policy = import_policy;
            v.export_policy = export_policy;
            v.forwarding_load_balance = load_balance;
        }
        self.make_leaks();
    }

    /// `instance-import` and `rib-groups` (Juniper, "Example: Exporting Specific Routes from One Routing Table Into Another Routing Table").
    fn make_leaks(&mut self) {
        let config = self.config;
        for i in config.instances.iter().filter(|i| i.kind != InstanceKind::Bridging) {
            let Some(vrf) = self.vrf(&i.name) else { continue };
            if let Some(chain) = &i.routing.instance_import {
                // What no policy takes stays where it is. The instances that the policies name are those of which routes are looked at
                // (Juniper, "Configuring Nonforwarding Instances").
                let policy = self.import_chain(chain, Verdict::Reject);
                let named = self.instances_of(&policy.policies);
                let others: Vec<VrfId> = self.device.vrfs.ids().filter(|v| *v != vrf && named.contains(v)).collect();
                let leak =
                    |from| Leak { from, family: None, sources: Vec::new(), policy: Some(policy.clone()), origin: chain.origin };
                let share = |from| {
                    let of = |family| RibShare { from, group: None, family, policy: Some(policy.clone()), origin: chain.origin };
                    [Family::V4, Family::V6].map(of)
                };
                let v = &mut self.device.vrfs[vrf];
                v.rib_shares.extend(others.iter().copied().flat_map(share));
                v.leaks.extend(others.into_iter().map(leak));
            }
            let of_ospf = i.ospf.iter().flat_map(|o| &o.rib_groups).map(|g| (g, &[RouteSource::Ospf(None)][..]));
            let of_isis = i.isis.iter().flat_map(|i| &i.rib_groups).map(|g| (g, &[RouteSource::Isis(None)][..]));
            let of_options = i.routing.rib_group_uses.iter().map(|u| (&u.group, u.sources));
            for (named, sources) in of_options.chain(of_ospf).chain(of_isis) {
                self.use_rib_group(vrf, named, sources);
            }
        }
    }

    /// The tables that policies and those they call name.
    fn instances_of(&self, policies: &[PolicyId]) -> Vec<VrfId> {
        let (mut open, mut seen, mut out) = (policies.to_vec(), Vec::new(), Vec::new());
        while let Some(p) = open.pop() {
            let Some(policy) = self.device.policies.get(p).filter(|_| !seen.contains(&p)) else { continue };
            seen.push(p);
            for term in &policy.terms {
                out.extend(term.when.vrfs());
                open.extend(term.when.policies());
            }
        }
        out
    }

    /// All tables of a group but the one where the routes are take them in.
    fn use_rib_group(&mut self, vrf: VrfId, named: &Named, sources: &[RouteSource]) {
        for (into, family, policy) in self.rib_group(vrf, named) {
            let (family, sources) = (Some(family), sources.to_vec());
            self.device.vrfs[into].leaks.push(Leak { from: vrf, family, sources, policy, origin: named.1 });
        }
    }

    /// The same for what BGP neighbours of a table send (Juniper, "rib-group (Protocols BGP)").
    pub(super) fn share_bgp(&mut self, vrf: VrfId, named: &Named, v6: bool) {
        let wanted = if v6 { Family::V6 } else { Family::V4 };
        let known = |s: &RibShare| s.from == vrf && s.group.as_ref() == Some(&named.0) && s.family == wanted;
        if self.device.vrfs.iter().any(|v| v.rib_shares.iter().any(known)) {
            return;
        }
        for (into, family, policy) in self.rib_group(vrf, named).into_iter().filter(|x| x.1 == wanted) {
            let share = RibShare { from: vrf, group: Some(named.0.clone()), family, policy, origin: named.1 };
            self.device.vrfs[into].rib_shares.push(share);
        }
    }

    /// The tables of a group but the one where the routes are, and what they take of them.
    fn rib_group(&mut self, vrf: VrfId, (name, _): &Named) -> Vec<(VrfId, Family, Option<PolicyChain>)> {
        let mut groups = self.config.instances.iter().flat_map(|i| &i.routing.rib_groups);
        let Some(group) = groups.find(|g| g.name == *name) else { return Vec::new() };
        let mut out = Vec::new();
        for (table, at) in &group.tables {
            let Some((into, v6)) = self.table(table) else {
                self.not_modelled(*at, "a table of the group is not modelled: no routes go into it");
                continue;
            };
            if into != vrf {
                // What no policy decides on is taken.
                let policy = group.policy.as_ref().map(|c| self.import_chain(c, Verdict::Accept));
                out.push((into, if v6 { Family::V6 } else { Family::V4 }, policy));
            }
        }
        out
    }

    fn static_route(&mut self, s: &config::Static) -> Option<StaticRoute> {
        let hop = match &s.hop {
            config::StaticHop::Ip(ip, None) => StaticHop::Ip { ip: *ip, vrf: None },
            config::StaticHop::Ip(ip, Some(named)) => {
                let interface = self.named_interface(named, "static route")?;
                StaticHop::IpVia { ip: *ip, interface }
            }
            config::StaticHop::Interface(named) => StaticHop::Interface(self.named_interface(named, "static route")?),
            config::StaticHop::Discard => StaticHop::Discard,
            config::StaticHop::Table((name, origin)) => match self.table(name) {
                Some((vrf, _)) => StaticHop::Table(vrf),
                None => {
                    self.not_modelled(*origin, "the table of `next-table` is not modelled: the route is left out");
                    return None;
                }
            },
        };
        let a = &s.attributes;
        Some(StaticRoute {
            prefix: s.prefix,
            hop,
            distance: a.preference.unwrap_or(defaults::STATIC),
            metric: a.metric.unwrap_or(0),
            tag: a.tag.unwrap_or(0),
            permanent: false,
            resolve: a.resolve.unwrap_or(false),
            no_readvertise: a.no_readvertise.unwrap_or(false),
            communities: a.communities.clone(),
            tracked: false,
            origin: s.origin,
        })
    }

    fn aggregate(&mut self, a: &config::Aggregate) -> LocalAggregate {
        LocalAggregate {
            prefix: a.prefix,
            generate: a.generate,
            discard: a.attributes.discard,
            // A contributor that no policy decides on is taken.
            policy: a.policy.as_ref().map(|c| self.import_chain(c, Verdict::Accept)),
            distance: a.attributes.preference.unwrap_or(defaults::AGGREGATE),
            metric: a.attributes.metric.unwrap_or(0),
            tag: a.attributes.tag.unwrap_or(0),
            communities: a.attributes.communities.clone(),
            brief: a.attributes.brief.unwrap_or(false),
            summary_only: false,
            origin: a.origin,
        }
    }
}
