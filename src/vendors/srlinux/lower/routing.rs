//! Static and aggregate routes, and the router id.

use super::{DEFAULT, Lower};
use crate::model::policy::{PolicyChain, Verdict};
use crate::model::static_route::{StaticHop, StaticRoute};
use crate::model::vrf::LocalAggregate;
use crate::syntax::values;
use crate::vendors::srlinux::config::{Instance, InstanceKind, Static};
use crate::vendors::srlinux::defaults;

impl Lower<'_, '_> {
    pub(super) fn make_routing(&mut self) {
        let config = self.config;
        for i in config.instances.iter().filter(|i| i.kind == InstanceKind::Routed) {
            let Some(vrf) = self.vrfs.get(&i.name).copied() else { continue };
            let mut statics = Vec::new();
            for s in i.statics.iter().filter(|s| !s.disabled) {
                self.static_route(i, s, &mut statics);
            }
            let aggregates = i.aggregates.iter().filter(|a| !a.disabled).map(|a| LocalAggregate {
                prefix: a.prefix,
                generate: false,
                discard: true,
                policy: None,
                distance: defaults::AGGREGATE,
                metric: 0,
                tag: 0,
                communities: a
                    .communities
                    .iter()
                    .filter_map(|c| values::standard_community(c).or_else(|| values::large_community(c)))
                    .collect(),
                brief: true,
                summary_only: a.summary_only,
                origin: a.origin,
            });
            let aggregates = aggregates.collect();
            let vpn = |l: &mut Self, names: &[super::Named]| {
                (!names.is_empty()).then(|| PolicyChain { at_end: Verdict::Reject, ..l.chain(names) })
            };
            let import_policy = vpn(self, &i.vpn_import);
            let export_policy = vpn(self, &i.vpn_export);
            // `system0.0` gives the router id of the default instance where none is set.
            let system = self.interface("system0.0").filter(|_| &*i.name == DEFAULT);
            let system = system.and_then(|id| match self.device.interfaces[id].primary(false)?.address.addr() {
                std::net::IpAddr::V4(a) => Some(a),
                std::net::IpAddr::V6(_) => None,
            });
            let v = &mut self.device.vrfs[vrf];
            v.static_routes = statics;
            v.aggregates = aggregates;
            v.import_policy = import_policy;
            v.export_policy = export_policy;
            v.router_id = v.router_id.or(system);
            v.forwarding_load_balance = true;
        }
    }

    fn static_route(&mut self, i: &Instance, s: &Static, out: &mut Vec<StaticRoute>) {
        let Some((name, origin)) = &s.group else {
            self.error("R-static-hop", s.origin, format!("the static route {} has no next-hop group", s.prefix));
            return;
        };
        let Some(group) = i.hop_groups.iter().find(|g| g.name == *name) else {
            self.error("R-undefined", *origin, format!("next-hop group `{name}` is used (static route) but not defined"));
            return;
        };
        if group.disabled {
            return;
        }
        let make = |hop, resolve, tracked| StaticRoute {
            prefix: s.prefix,
            hop,
            distance: s.preference.unwrap_or(defaults::STATIC),
            metric: s.metric.unwrap_or(defaults::STATIC_METRIC),
            tag: 0,
            permanent: false,
            resolve,
            no_readvertise: false,
            communities: Vec::new(),
            tracked,
            origin: s.origin,
        };
        if group.blackhole {
            out.push(make(StaticHop::Discard, false, false));
            return;
        }
        for hop in group.hops.iter().filter(|h| !h.disabled) {
            let Some(ip) = hop.ip else { continue };
            // `resolve false` demands a next hop on a connected subnet (YANG default: true).
            out.push(make(StaticHop::Ip { ip, vrf: None }, hop.resolve.unwrap_or(true), hop.watched));
        }
    }
}
