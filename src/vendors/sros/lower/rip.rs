//! RIP and RIPng. "By default, RIP advertises routes from other RIP routes but does not advertise any routes from other protocols unless
//! directed by an export policy" (services guide, "export" of RIP in a VPRN). Direct routes are such a protocol (`from protocol direct`),
//! and the guide makes no exception for the subnets that RIP runs on: they go out by a policy only.

use super::Lower;
use crate::model::VrfId;
use crate::model::policy::{PolicyChain, RouteSource, Verdict};
use crate::model::rip::{MetricOut, Rip, RipExport, RipInterface};
use crate::model::route::Family;
use crate::model::vector::VectorFilter;
use crate::vendors::sros::config::{self, RipSend, RipSettings};
use crate::vendors::sros::defaults;

impl Lower<'_, '_> {
    pub(super) fn make_rip(&mut self) {
        let config = self.config;
        for (n, vrf) in self.running() {
            let r = &config.routers[n];
            for p in r.rip.iter().filter(|p| p.up.unwrap_or(defaults::RIP_UP)) {
                let made = self.rip(r, p, vrf);
                self.device.rip.push(made);
            }
        }
    }

    fn rip(&mut self, r: &config::Router, p: &config::Rip, vrf: VrfId) -> Rip {
        let mut out = Rip {
            process: if p.v6 { "ripng" } else { "rip" }.into(),
            origin: p.origin,
            vrf,
            family: if p.v6 { Family::V6 } else { Family::V4 },
            distance: p.settings.preference.unwrap_or(defaults::RIP),
            max_paths: r.ecmp.unwrap_or(defaults::ECMP),
            ..Rip::default()
        };
        for (group, g) in p.groups.iter().enumerate().filter(|(_, g)| g.up.unwrap_or(defaults::RIP_UP)) {
            let export = self.rip_export(g.settings.export.as_ref().or(p.settings.export.as_ref()), p);
            for n in g.neighbors.iter().filter(|n| n.up.unwrap_or(defaults::RIP_UP)) {
                let Some(id) = self.named_interface(vrf, &(n.name.clone(), n.origin), "rip neighbor") else { continue };
                let levels = [&n.settings, &g.settings, &p.settings];
                let policy = match &n.settings.export {
                    Some(chain) => self.rip_export(Some(chain), p),
                    None => export.clone(),
                };
                // A neighbour with a policy of its own is alone in it.
                let group = if n.settings.export.is_some() { p.groups.len() + out.interfaces.len() } else { group };
                let sends = nearest(levels, |s| s.sends).unwrap_or(RipSend::All);
                if sends == RipSend::Unicast {
                    out.neighbors.extend(&n.unicast);
                }
                out.interfaces.push(RipInterface {
                    passive: sends != RipSend::All,
                    receives: nearest(levels, |s| s.receives) != Some(false),
                    metric_in: nearest(levels, |s| s.metric_in).unwrap_or(defaults::RIP_METRIC),
                    distance: nearest(levels, |s| s.preference),
                    export: Some(RipExport {
                        group: u32::try_from(group).unwrap_or(u32::MAX),
                        policy,
                        metric_out: MetricOut::Added(nearest(levels, |s| s.metric_out).unwrap_or(defaults::RIP_METRIC)),
                    }),
                    auth: auth(levels),
                    ..RipInterface::new(id, n.origin)
                });
                if let Some(chain) = levels.iter().find_map(|s| s.import.as_ref()) {
                    let policy = self.chain(chain, Verdict::Accept);
                    let (interface, origin) = (Some(id), chain.origin);
                    out.filters.push(VectorFilter { inbound: true, interface, source: None, policy, origin });
                }
            }
        }
        out
    }

    /// The policies of an export, on top of what goes out by itself.
    fn rip_export(&mut self, chain: Option<&config::Chain>, p: &config::Rip) -> PolicyChain {
        let mut out = match chain {
            Some(chain) => self.chain(chain, Verdict::Reject),
            None => PolicyChain { at_end: Verdict::Reject, origin: p.origin, ..PolicyChain::default() },
        };
        let own = self.default_export(RouteSource::Rip, "RIP");
        out.policies.insert(0, own);
        out
    }
}

/// The nearest level that says something decides.
fn nearest<T>(levels: [&RipSettings; 3], of: impl Fn(&RipSettings) -> Option<T>) -> Option<T> {
    levels.into_iter().find_map(of)
}

/// Type and key as comparable text; without a type there is none.
fn auth(levels: [&RipSettings; 3]) -> Option<Box<str>> {
    let kind = levels.iter().find_map(|s| s.auth_type.as_deref()).filter(|k| *k != "none")?;
    let key = levels.iter().find_map(|s| s.auth_key.as_deref()).unwrap_or("");
    Some(format!("{kind} {key}").into())
}
