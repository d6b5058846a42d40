//! RIP and RIPng.

use ipnet::IpNet;

use super::Lowering;
use crate::base::Map;
use crate::model::interface::InterfaceKind;
use crate::model::rip::{Rip, RipDefault, RipInterface, RipRedistribution};
use crate::model::route::Family;
use crate::vendors::ios::config;
use crate::vendors::ios::defaults;

impl Lowering<'_> {
    pub(super) fn all_rip(&mut self) {
        let config = self.config;
        for p in &config.rip {
            let Some(vrf) = self.vrf(p.vrf.as_ref()) else { continue };
            let interfaces = self.rip_interfaces(p, vrf);
            let redistribute = p.redistribute.iter().filter_map(|r| {
                let source = self.source(&r.source, p.family)?;
                Some(RipRedistribution {
                    sources: vec![source],
                    policy: self.redistribution_policy(&r.types, r.map.as_ref(), r.origin),
                    metric: r.metric,
                    origin: r.origin,
                })
            });
            let redistribute = redistribute.collect();
            let default_originate = p.default.as_ref().map(|d| RipDefault {
                // CRG RIP, "default-information originate": also without a default route in the table.
                always: d.always,
                policy: d.map.as_ref().map(|m| self.map_chain(m, d.origin)),
                asks_itself: true,
                metric: 1,
                origin: d.origin,
            });
            let (filters, offsets) = (self.vector_filters(&p.lists, p.family), self.vector_offsets(&p.offsets, p.family));
            self.device.rip.push(Rip {
                process: p.name.clone(),
                origin: p.origin,
                vrf,
                family: p.family,
                interfaces,
                neighbors: p.neighbors.clone(),
                redistribute,
                default_metric: p.default_metric,
                default_originate,
                distance: p.distance.unwrap_or(defaults::DISTANCE_RIP),
                max_paths: p.max_paths.unwrap_or(if p.family.is_v6() { defaults::RIPNG_PATHS } else { defaults::IGP_PATHS }),
                // CRG RIP, "auto-summary": on.
                auto_summary: !p.no_auto_summary && !p.family.is_v6(),
                filters,
                offsets,
            });
        }
    }

    fn rip_interfaces(&self, p: &config::Rip, vrf: crate::model::VrfId) -> Vec<RipInterface> {
        let passive: Map<&str, bool> = p.passive.iter().map(|(n, on)| (&**n, *on)).collect();
        let mut out = Vec::new();
        for (name, i) in &self.config.interfaces.items {
            let Some(&id) = self.interfaces.get(name) else { continue };
            let model = &self.device.interfaces[id];
            if model.vrf != vrf {
                continue;
            }
            let origin = if p.family == Family::V6 {
                i.rip.enabled.as_ref().filter(|(n, _)| *n == p.name).map(|(_, o)| *o)
            } else {
                let borrowed = i.unnumbered.as_ref().and_then(|n| self.config.interfaces.get(n));
                let primary = i.v4.or_else(|| borrowed.and_then(|b| b.v4));
                primary.and_then(|(net, _)| p.networks.iter().find(|(a, _)| in_class(*a, &net)).map(|(_, o)| *o))
            };
            let Some(origin) = origin else { continue };
            out.push(RipInterface {
                passive: passive.get(&**name).copied().unwrap_or(p.passive_default) || model.kind == InterfaceKind::Loopback,
                split_horizon: i.rip.split_horizon.unwrap_or(true),
                metric_in: i.rip.metric_offset.unwrap_or(1),
                summaries: i.rip.summaries.iter().filter(|s| Family::of_prefix(s) == p.family).copied().collect(),
                auth: i.rip.auth.then(|| "key-chain ?".into()),
                ..RipInterface::new(id, origin)
            });
        }
        out
    }
}

/// Whether an address is in the classful network of another (CRG RIP, "network").
fn in_class(network: u32, address: &IpNet) -> bool {
    let IpNet::V4(a) = address else { return false };
    let mask = match network >> 29 {
        0..=3 => 0xFF00_0000,
        4 | 5 => 0xFFFF_0000,
        _ => 0xFFFF_FF00,
    };
    u32::from(a.addr()) & mask == network & mask
}
