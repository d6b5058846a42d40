//! Static routes, aggregates, and what a VPRN takes and gives.

use super::Lower;
use crate::model::VrfId;
use crate::model::policy::Verdict;
use crate::model::route::Community;
use crate::model::static_route::{StaticHop, StaticRoute};
use crate::model::vrf::LocalAggregate;
use crate::vendors::sros::config;
use crate::vendors::sros::defaults;

impl Lower<'_, '_> {
    pub(super) fn make_routing(&mut self) {
        let config = self.config;
        for (n, vrf) in self.running() {
            let r = &config.routers[n];
            let mut statics = Vec::new();
            for s in &r.statics {
                statics.extend(self.static_route(s, vrf));
            }
            let mut aggregates = Vec::new();
            for a in &r.aggregates {
                aggregates.extend(self.aggregate(a));
            }
            let import_policy = r.vrf_import.as_ref().map(|c| self.chain(c, Verdict::Reject));
            let export_policy = r.vrf_export.as_ref().map(|c| self.chain(c, Verdict::Reject));
            let v = &mut self.device.vrfs[vrf];
            v.static_routes = statics;
            v.aggregates = aggregates;
            v.import_policy = import_policy;
            v.export_policy = export_policy;
            v.forwarding_load_balance = true;
        }
    }

    fn static_route(&mut self, s: &config::Static, vrf: VrfId) -> Option<StaticRoute> {
        // A next hop is down until it is enabled.
        if !s.up.unwrap_or(defaults::STATIC_UP) {
            return None;
        }
        let (hop, resolve) = match &s.hop {
            config::StaticHop::Direct(ip) => (StaticHop::Ip { ip: *ip, vrf: None }, false),
            config::StaticHop::Indirect(ip) => (StaticHop::Ip { ip: *ip, vrf: None }, true),
            config::StaticHop::Interface(named) => {
                (StaticHop::Interface(self.named_interface(vrf, named, "static route")?), false)
            }
            config::StaticHop::Blackhole => (StaticHop::Discard, false),
            config::StaticHop::Base => (StaticHop::Table(VrfId::DEFAULT), false),
        };
        Some(StaticRoute {
            prefix: s.prefix,
            hop,
            distance: s.preference.unwrap_or(defaults::STATIC),
            metric: s.metric.unwrap_or(defaults::STATIC_METRIC),
            tag: s.tag.unwrap_or(0),
            permanent: false,
            resolve,
            no_readvertise: false,
            communities: self.raw_communities(&s.communities, s.origin),
            tracked: s.tracked,
            origin: s.origin,
        })
    }

    fn aggregate(&mut self, a: &config::Aggregate) -> Option<LocalAggregate> {
        if a.indirect.is_some() {
            self.not_modelled(a.origin, "`indirect` on an aggregate is not modelled: it discards");
        }
        if a.as_set {
            self.not_modelled(a.origin, "`as-set` is not modelled: the aggregate's AS path is empty");
        }
        Some(LocalAggregate {
            prefix: a.prefix?,
            generate: false,
            discard: true,
            policy: a.policy.as_ref().map(|c| self.chain(c, Verdict::Reject)),
            distance: defaults::AGGREGATE,
            metric: 0,
            tag: 0,
            communities: self.raw_communities(&a.communities, a.origin),
            brief: true,
            summary_only: a.summary_only,
            origin: a.origin,
        })
    }

    /// Communities written as values, or the name of a list of them.
    fn raw_communities(&mut self, words: &[Box<str>], origin: crate::base::span::Origin) -> Vec<Community> {
        let mut out = Vec::new();
        for w in words {
            match super::conditions::community_value(w) {
                Some(c) => out.push(c),
                None => match self.community_values(&(w.clone(), origin)) {
                    Some(list) => out.extend(list),
                    None => self.error("V-invalid-value", origin, format!("`{w}` is not a community")),
                },
            }
        }
        out
    }
}
