//! RIP. It runs on the interfaces that are named below it, and tells their subnets.

use super::Lowering;
use crate::model::interface::{InterfaceId, InterfaceKind};
use crate::model::rip::{INFINITY, Rip, RipDefault, RipInterface, RipRedistribution};
use crate::model::vector::VectorFilter;
use crate::vendors::iosxr::config::{self, Attach, Source};
use crate::vendors::iosxr::defaults;
use crate::vendors::sink::LineClass;

impl Lowering<'_> {
    pub(super) fn all_rip(&mut self) {
        let config = self.config;
        for (name, p) in &config.rip.items {
            let vrf = Some(name).filter(|n| !n.is_empty());
            let Some(vrf_id) = self.vrf(vrf) else { continue };
            let mut out = Rip {
                origin: p.origin,
                vrf: vrf_id,
                neighbors: p.neighbors.clone(),
                // "If a valid metric cannot be determined, then redistribution does not happen"; that goes for connected and static
                // routes too ("Configuring Redistribution for RIP: Example"). `default-metric` has no value of its own: `show rip` says
                // `Default metric: Not set`.
                default_metric: Some(p.default_metric.unwrap_or(INFINITY)),
                default_originate: p.default.as_ref().map(|d| RipDefault {
                    // Cisco-IOS-XR-ip-rip-cfg.yang, "default-information": always, or by a route policy.
                    always: true,
                    policy: d.policy.as_ref().and_then(|a| self.chain(a)),
                    asks_itself: false,
                    metric: 1,
                    origin: d.origin,
                }),
                distance: p.distance.unwrap_or(defaults::DISTANCE_RIP),
                max_paths: p.max_paths.unwrap_or(defaults::RIP_PATHS),
                // "auto-summary": disabled.
                auto_summary: p.auto_summary,
                ..Rip::default()
            };
            for r in &p.redistribute {
                let Some(sources) = self.sources(&r.source, vrf) else { continue };
                if r.source == Source::Bgp && vrf.is_some() && r.policy.is_none() {
                    // The same example: "for VPNv4 routes … the RIP metric set at the remote PE router is used, if valid".
                    let message = "a metric that another PE's RIP gave a VPN's route is lost here: the default metric is used";
                    self.notes.say(r.origin, LineClass::NotModelled, message);
                }
                let policy = self.redistribution_policy(&r.types, r.policy.as_ref(), r.origin);
                out.redistribute.push(RipRedistribution { sources, policy, metric: r.metric, origin: r.origin });
            }
            for (name, i) in &p.interfaces.items {
                let Some(&id) = self.interfaces.get(name) else { continue };
                if self.device.interfaces[id].vrf == vrf_id {
                    self.rip_interface(id, i, &mut out);
                }
            }
            for (inbound, policy) in [(true, &p.policy_in), (false, &p.policy_out)] {
                out.filters.extend(policy.as_ref().and_then(|a| self.rip_filter(a, inbound, None)));
            }
            self.device.rip.push(out);
        }
    }

    fn rip_interface(&mut self, id: InterfaceId, i: &config::RipInterface, out: &mut Rip) {
        out.interfaces.push(RipInterface {
            passive: i.passive || self.device.interfaces[id].kind == InterfaceKind::Loopback,
            split_horizon: !i.no_split_horizon,
            auth: i.key_chain.then(|| "key-chain ?".into()),
            ..RipInterface::new(id, i.origin)
        });
        for (inbound, policy) in [(true, &i.policy_in), (false, &i.policy_out)] {
            out.filters.extend(policy.as_ref().and_then(|a| self.rip_filter(a, inbound, Some(id))));
        }
    }

    fn rip_filter(&mut self, attach: &Attach, inbound: bool, interface: Option<InterfaceId>) -> Option<VectorFilter> {
        let policy = self.chain(attach)?;
        Some(VectorFilter { inbound, interface, source: None, policy, origin: attach.origin })
    }
}
