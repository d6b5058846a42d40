//! RIP processes.

use super::Lowering;
use crate::base::id::Id;
use crate::model::interface::InterfaceId;
use crate::model::rip::{Rip, RipDefault, RipInterface, RipRedistribution};
use crate::model::route::Family;
use crate::model::vector::{VectorFilter, VectorOffset};
use crate::model::vrf::VrfId;
use crate::vendors::nxos::config;
use crate::vendors::nxos::defaults;

impl Lowering<'_> {
    pub(super) fn rip(&mut self) {
        let config = self.config;
        for p in config.rip.iter().filter(|p| !p.shutdown) {
            let vrf = self.vrf(&p.vrf);
            let mut out = Rip {
                process: p.process.clone(),
                origin: p.origin,
                vrf,
                default_metric: Some(p.default_metric.unwrap_or(defaults::RIP_METRIC)),
                default_originate: p.default.as_ref().map(|d| RipDefault {
                    always: d.always,
                    policy: d.route_map.as_deref().map(|m| self.chain(m, d.origin)),
                    // Reference, "default-information originate (RIP)": "only if the route is permitted by the route map".
                    asks_itself: true,
                    metric: 1,
                    origin: d.origin,
                }),
                distance: p.distance.unwrap_or(defaults::RIP_DISTANCE),
                max_paths: p.max_paths.unwrap_or(defaults::RIP_PATHS),
                ..Rip::default()
            };
            for r in &p.redistribute {
                let (sources, policy) = (self.sources(r, &p.vrf), self.redistribution_policy(r));
                out.redistribute.push(RipRedistribution { sources, policy, metric: None, origin: r.origin });
            }
            self.rip_interfaces(p, vrf, &mut out);
            self.device.rip.push(out);
        }
    }

    fn rip_interfaces(&mut self, p: &config::Rip, vrf: VrfId, out: &mut Rip) {
        let config = self.config;
        for (n, (_, port)) in config.interfaces.iter().enumerate() {
            let id = InterfaceId::new(n);
            let Some((_, origin)) = port.rip.process.as_ref().filter(|(name, _)| name.eq_ignore_ascii_case(&p.process)) else {
                continue;
            };
            let Some(lowered) = self.device.interfaces.get(id) else { continue };
            if lowered.vrf != vrf || lowered.switchport.is_some() || lowered.aggregate.is_some() {
                continue;
            }
            out.interfaces.push(RipInterface {
                passive: port.rip.passive,
                metric_in: port.rip.metric_offset.unwrap_or(1),
                summaries: port.rip.summaries.clone(),
                auth: port.rip.key_chain.as_ref().map(|_| "key-chain ?".into()),
                ..RipInterface::new(id, *origin)
            });
            for l in &port.rip.filters {
                let Some(policy) = self.update_policy(&l.name, l.is_prefix_list, Family::V4, l.origin) else { continue };
                let interface = Some(id);
                out.filters.push(VectorFilter { inbound: l.inbound, interface, source: None, policy, origin: l.origin });
            }
            for (offset, l) in &port.rip.offsets {
                let policy = self.update_policy(&l.name, l.is_prefix_list, Family::V4, l.origin);
                let (inbound, interface) = (l.inbound, Some(id));
                out.offsets.push(VectorOffset { inbound, interface, policy, offset: *offset, origin: l.origin });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;

    #[test]
    fn a_process_runs_in_the_vrf_of_the_port() {
        let d = device(
            "feature rip\nvrf context A\nrouter rip R\n  vrf A\n    address-family ipv4 unicast\n      default-metric 4\nrouter rip S\n  shutdown\ninterface Ethernet1/1\n  no switchport\n  ip address 10.0.0.1/24\n  ip router rip R\n  ip rip passive-interface\ninterface Ethernet1/2\n  no switchport\n  vrf member A\n  ip address 10.0.1.1/24\n  ip router rip R\n  ip rip summary-address 10.0.0.0/16\n",
        );
        let [main, vrf] = &d.rip[..] else { panic!("{:?}", d.rip) };
        let of = |r: &crate::model::rip::Rip| (r.distance, r.max_paths, r.default_metric, r.interfaces.len());
        assert_eq!((of(main), of(vrf)), ((120, 16, Some(1), 1), (120, 16, Some(4), 1)));
        assert!(main.interfaces[0].passive && main.interfaces[0].summaries.is_empty());
        assert_eq!((vrf.vrf, vrf.interfaces[0].summaries.len()), (d.find_vrf("A").unwrap(), 1));
        assert!(d.platform.rip_summary_takes_worst && !d.platform.rip_adds_on_send);
        assert!(device("router rip R\n  metric direct 0\n").platform.rip_adds_on_send);
    }
}
