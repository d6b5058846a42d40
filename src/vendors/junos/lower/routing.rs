//! Static, aggregate and generated routes.

use super::Lower;
use crate::model::policy::Verdict;
use crate::model::static_route::{StaticHop, StaticRoute};
use crate::model::vrf::LocalAggregate;
use crate::vendors::junos::config::{self, InstanceKind};
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
            let import_policy = i.vrf_import.as_ref().map(|c| self.import_chain(c, Verdict::Reject));
            let export_policy = i.vrf_export.as_ref().map(|c| self.chain(c, Verdict::Reject));
            let v = &mut self.device.vrfs[vrf];
            v.static_routes = statics;
            v.aggregates = aggregates;
            v.import_policy = import_policy;
            v.export_policy = export_policy;
            v.forwarding_load_balance = load_balance;
        }
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
