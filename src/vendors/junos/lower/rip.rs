//! RIP and RIPng. Nothing is sent but what an export policy takes from the active routes, learned ones and own subnets alike ("By default,
//! RIP does not export routes it has learned to its neighbors", "Applying Policies to Routes Exported by RIP").

use super::Lower;
use crate::model::VrfId;
use crate::model::policy::{PolicyChain, Verdict};
use crate::model::rip::{MetricOut, Rip, RipExport, RipInterface};
use crate::model::route::Family;
use crate::model::vector::VectorFilter;
use crate::vendors::junos::config::{self, InstanceKind, RipSettings};
use crate::vendors::junos::defaults;

impl Lower<'_, '_> {
    pub(super) fn make_rip(&mut self) {
        let config = self.config;
        for i in config.instances.iter().filter(|i| i.kind != InstanceKind::Bridging) {
            let Some(vrf) = self.vrf(&i.name) else { continue };
            for p in &i.rip {
                let made = self.rip(p, vrf);
                self.device.rip.push(made);
            }
        }
    }

    fn rip(&mut self, p: &config::Rip, vrf: VrfId) -> Rip {
        let mut out = Rip {
            process: if p.v6 { "ripng" } else { "rip" }.into(),
            origin: p.origin,
            vrf,
            family: if p.v6 { Family::V6 } else { Family::V4 },
            distance: p.settings.preference.unwrap_or(defaults::RIP),
            max_paths: self.device.platform.max_ecmp,
            ..Rip::default()
        };
        for (group, g) in p.groups.iter().enumerate() {
            let export = g.settings.export.as_ref().or(p.settings.export.as_ref());
            let export = match export {
                Some(chain) => self.chain(chain, Verdict::Reject),
                None => PolicyChain { at_end: Verdict::Reject, origin: p.origin, ..PolicyChain::default() },
            };
            for (name, own) in &g.neighbors {
                let Some(id) = self.named_interface(name, "rip neighbor") else { continue };
                if self.device.interfaces[id].vrf != vrf {
                    continue;
                }
                let levels = [own, &g.settings, &p.settings];
                let policy = match &own.export {
                    Some(chain) => self.chain(chain, Verdict::Reject),
                    None => export.clone(),
                };
                // A neighbour with a policy of its own is alone in it.
                let group = if own.export.is_some() { p.groups.len() + out.interfaces.len() } else { group };
                out.interfaces.push(RipInterface {
                    passive: nearest(levels, |s| s.sends) == Some(false),
                    receives: nearest(levels, |s| s.receives) != Some(false),
                    metric_in: nearest(levels, |s| s.metric_in).unwrap_or(defaults::RIP_METRIC),
                    distance: nearest(levels, |s| s.preference),
                    export: Some(RipExport {
                        group: u32::try_from(group).unwrap_or(u32::MAX),
                        policy,
                        metric_out: MetricOut::InPlace(nearest(levels, |s| s.metric_out).unwrap_or(defaults::RIP_METRIC)),
                    }),
                    auth: levels.iter().find_map(|s| s.key.clone()),
                    ..RipInterface::new(id, name.1)
                });
                if let Some(chain) = levels.iter().find_map(|s| s.import.as_ref()) {
                    let policy = self.import_chain(chain, Verdict::Accept);
                    let (interface, origin) = (Some(id), chain.origin);
                    out.filters.push(VectorFilter { inbound: true, interface, source: None, policy, origin });
                }
            }
        }
        out
    }
}

/// The nearest level that says something decides.
fn nearest<T>(levels: [&RipSettings; 3], of: impl Fn(&RipSettings) -> Option<T>) -> Option<T> {
    levels.into_iter().find_map(of)
}
