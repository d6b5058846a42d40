//! EIGRP processes.

use super::Lowering;
use crate::base::id::Id;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::eigrp::{self as model, EigrpInterface, EigrpMetric, EigrpRedistribution, EigrpStub, EigrpSummary};
use crate::model::interface::InterfaceId;
use crate::model::policy::{Cond, PolicyChain, Verdict};
use crate::model::route::Family;
use crate::model::vector::VectorFilter;
use crate::model::vrf::VrfId;
use crate::vendors::nxos::config::{Eigrp, EigrpPort};
use crate::vendors::nxos::defaults;

impl Lowering<'_> {
    pub(super) fn eigrp(&mut self) {
        let config = self.config;
        for process in config.eigrp.iter().filter(|e| !e.shutdown) {
            // Without an AS number a process does not start.
            let Some(asn) = process.asn.and_then(|a| u16::try_from(a).ok()) else { continue };
            for family in [Family::V4, Family::V6] {
                self.eigrp_family(process, asn, family);
            }
        }
    }

    fn eigrp_family(&mut self, e: &Eigrp, asn: u16, family: Family) {
        let vrf = self.vrf(&e.vrf);
        let mut filters = Vec::new();
        let interfaces = self.eigrp_interfaces(e, vrf, family, &mut filters);
        if interfaces.is_empty() {
            return;
        }
        let lines = e.redistribute.iter().filter(|(f, _)| f.is_none_or(|f| f == family));
        let redistribute = lines
            .map(|(_, r)| EigrpRedistribution {
                sources: self.sources(r, &e.vrf),
                policy: self.redistribution_policy(r),
                metric: None,
                origin: r.origin,
            })
            .collect();
        let metric = |m: [u32; 5]| EigrpMetric {
            bandwidth: m[0],
            delay: m[1],
            reliability: u8::try_from(m[2]).unwrap_or(u8::MAX),
            load: u8::try_from(m[3]).unwrap_or(u8::MAX),
            mtu: m[4],
        };
        let [internal, external] = e.distance.unwrap_or(defaults::EIGRP_DISTANCE);
        self.device.eigrp.push(model::Eigrp {
            process: e.process.clone(),
            asn,
            origin: interfaces.first().map_or(Origin::NONE, |i| i.origin),
            vrf,
            family,
            router_id: e.router_id,
            wide: e.wide,
            interfaces,
            redistribute,
            default_metric: Some(metric(e.default_metric.unwrap_or(defaults::EIGRP_METRIC))),
            distance: [internal, external, defaults::EIGRP_SUMMARY_DISTANCE],
            variance: e.variance.unwrap_or(1),
            max_paths: e.max_paths.unwrap_or(defaults::IGP_PATHS),
            // Reference, "stub (EIGRP)": connected and summary routes.
            stub: e.stub.then_some(EigrpStub { connected: true, summary: true, statics: false, redistributed: false }),
            filters,
            ..model::Eigrp::default()
        });
    }

    fn eigrp_interfaces(
        &mut self,
        e: &Eigrp,
        vrf: VrfId,
        family: Family,
        filters: &mut Vec<VectorFilter>,
    ) -> Vec<EigrpInterface> {
        let mut out = Vec::new();
        let config = self.config;
        for (n, (_, port)) in config.interfaces.iter().enumerate() {
            let id = InterfaceId::new(n);
            let routed =
                |l: &&crate::model::interface::Interface| l.vrf == vrf && l.switchport.is_none() && l.aggregate.is_none();
            let Some(lowered) = self.device.interfaces.get(id).filter(routed) else { continue };
            let said = port.eigrp.iter().find(|p| p.process.eq_ignore_ascii_case(&e.process));
            let by_network = || {
                let covers = |net: &ipnet::IpNet| lowered.addresses.iter().any(|a| net.contains(&a.address.addr()));
                e.networks.iter().find(|(net, _)| Family::of_prefix(net) == family && covers(net)).map(|x| x.1)
            };
            let enabled = said.and_then(|p| p.enable[usize::from(family.is_v6())]).or_else(by_network);
            let Some(origin) = enabled.filter(|_| lowered.speaks(family.is_v6()) && !said.is_some_and(|p| p.shutdown)) else {
                continue;
            };
            let summaries = said.into_iter().flat_map(|p| &p.summaries).filter(|(p, _)| Family::of_prefix(p) == family);
            out.push(EigrpInterface {
                passive: said.is_some_and(|p| p.passive) || (e.passive_default && said.is_none_or(|p| !p.passive)),
                bandwidth: said.and_then(|p| p.bandwidth),
                delay: said.and_then(|p| p.delay).map(|tens| u64::from(tens) * 10_000_000),
                split_horizon: !said.is_some_and(|p| p.no_split_horizon),
                summaries: summaries
                    .map(|&(prefix, origin)| EigrpSummary { prefix, distance: None, leak: None, origin })
                    .collect(),
                ..EigrpInterface::new(id, origin)
            });
            if let Some(p) = said {
                self.eigrp_lists(p, id, family, filters);
            }
        }
        out
    }

    fn eigrp_lists(&mut self, p: &EigrpPort, id: InterfaceId, family: Family, filters: &mut Vec<VectorFilter>) {
        for (name, is_prefix_list, inbound, origin) in &p.lists {
            let Some(policy) = self.update_policy(name, *is_prefix_list, family, *origin) else { continue };
            filters.push(VectorFilter { inbound: *inbound, interface: Some(id), source: None, policy, origin: *origin });
        }
    }

    /// A prefix list or route-map on updates of EIGRP or RIP. `None`: a prefix list that is not defined lets everything through.
    pub(super) fn update_policy(
        &mut self,
        name: &Name,
        is_prefix_list: bool,
        family: Family,
        origin: Origin,
    ) -> Option<PolicyChain> {
        if !is_prefix_list {
            return Some(self.chain(name, origin));
        }
        let list = *self.prefix_lists.get(&(family.is_v6(), name.clone()))?;
        let gate = self.gate(format!("prefix-list {name} {family:?}"), origin, Cond::PrefixList(list));
        Some(PolicyChain { policies: vec![gate], at_end: Verdict::Accept, origin })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;

    /// Lines as lab nxos_eigrp_neighbor has them.
    #[test]
    fn interfaces_name_their_process() {
        let d = device(
            "feature eigrp\nip prefix-list P seq 5 deny 172.16.100.2/32\nip prefix-list P seq 10 permit 0.0.0.0/0 le 32\ninterface Ethernet1/1\n  no switchport\n  ip address 10.12.11.1/24\n  ip router eigrp 1\n  ip distribute-list eigrp 1 prefix-list P in\n  no shutdown\ninterface Ethernet1/6\n  no switchport\n  ip address 192.168.122.2/24\n  ip router eigrp 1\n  ip passive-interface eigrp 1\n  ip delay eigrp 1 7\n  no shutdown\ninterface loopback1\n  ip address 172.16.1.1/32\n  ip router eigrp 1\nrouter eigrp 1\n  variance 2\nrouter eigrp 23\n",
        );
        assert_eq!(d.eigrp.len(), 1);
        let e = &d.eigrp[0];
        assert_eq!((e.asn, e.wide, e.variance, e.max_paths, e.distance), (1, false, 2, 8, [90, 170, 5]));
        let at = |name: &str| d.find_interface(name).unwrap();
        let interfaces: Vec<_> = e.interfaces.iter().map(|i| (i.interface, i.passive, i.delay)).collect();
        let want =
            [(at("Ethernet1/1"), false, None), (at("Ethernet1/6"), true, Some(70_000_000)), (at("loopback1"), false, None)];
        assert_eq!(interfaces, want);
        assert_eq!((e.filters[0].inbound, e.filters[0].interface), (true, Some(at("Ethernet1/1"))));
        let metric = |name: &str| (d.interfaces[at(name)].bandwidth, d.interfaces[at(name)].delay.map(|x| x.classic));
        assert_eq!(metric("loopback1"), (Some(8_000_000_000), Some(5_000_000_000)));
        assert_eq!(metric("Ethernet1/1"), (Some(1_000_000_000), Some(10_000_000)));
    }
}
