//! IS-IS processes.

use super::Lowering;
use crate::base::id::Id;
use crate::model::device::Name;
use crate::model::interface::{InterfaceId, InterfaceKind};
use crate::model::isis::{self as model, IsisDefault, IsisInterface, IsisLeak, IsisRedistribution, IsisSummary, Levels};
use crate::model::route::Family;
use crate::model::vrf::VrfId;
use crate::vendors::nxos::config::Isis;
use crate::vendors::nxos::defaults;

fn both((l1, l2): (bool, bool)) -> Levels {
    Levels { l1, l2 }
}

impl Lowering<'_> {
    pub(super) fn isis(&mut self) {
        let config = self.config;
        for process in config.isis.iter().filter(|i| !i.shutdown) {
            let lowered = self.isis_process(process);
            self.device.isis.push(lowered);
        }
    }

    fn isis_process(&mut self, i: &Isis) -> model::Isis {
        let vrf = self.vrf(&i.vrf);
        // Guide, "Default parameters for IS-IS": level-1-2.
        let levels = i.is_type.map_or(Levels::BOTH, both);
        let (areas, system_id) = split_nets(i);
        let redistribute = i
            .redistribute
            .iter()
            .map(|(family, r)| IsisRedistribution {
                sources: self.sources(r, &i.vrf),
                family: *family,
                policy: self.redistribution_policy(r),
                metric: None,
                metric_external: false,
                // Into level 2 where the router has it; a route-map may say otherwise (`set level`).
                levels: if levels.l2 { Levels { l1: false, l2: true } } else { levels },
                origin: r.origin,
            })
            .collect();
        let interfaces = self.isis_interfaces(i, vrf, levels);
        let families =
            [Family::V4, Family::V6].into_iter().filter(|f| interfaces.iter().any(|p| p.families.contains(f))).collect();
        let leak = |l: &Self, what: &Option<(Option<Name>, crate::base::span::Origin)>| {
            what.as_ref().map(|(map, origin)| IsisLeak { policy: map.as_deref().map(|m| l.chain(m, *origin)), origin: *origin })
        };
        model::Isis {
            process: i.process.clone(),
            origin: i.origin,
            vrf,
            areas,
            system_id,
            levels,
            // Reference, "metric-style transition": wide metrics only unless said.
            wide: [true, true],
            narrow: [i.transition; 2],
            families,
            multi_topology: i.multi_topology,
            interfaces,
            overload: i.overload,
            suppress_attached: i.suppress_attached,
            ignore_attached: false,
            redistribute,
            leak_l2_to_l1: leak(self, &i.leak_down),
            leak_l1_to_l2: leak(self, &i.leak_up),
            default_originate: i.default.as_ref().map(|(family, d)| IsisDefault {
                always: d.always,
                policy: d.route_map.as_deref().map(|m| self.chain(m, d.origin)),
                metric: 0,
                levels: if levels.l2 { Levels { l1: false, l2: true } } else { levels },
                families: family.map_or_else(|| vec![Family::V4, Family::V6], |f| vec![f]),
                origin: d.origin,
            }),
            summaries: i
                .summaries
                .iter()
                .map(|&(prefix, l, origin)| IsisSummary { prefix, levels: both(l), metric: None, origin })
                .collect(),
            distance: [i.distance.unwrap_or(defaults::ISIS_DISTANCE); 4],
            max_paths: i.max_paths.unwrap_or(defaults::IGP_PATHS),
            auth: i.auth.clone(),
            advertise_passive_only: false,
        }
    }

    fn isis_interfaces(&self, i: &Isis, vrf: VrfId, levels: Levels) -> Vec<IsisInterface> {
        let mut out = Vec::new();
        for (n, (_, port)) in self.config.interfaces.iter().enumerate() {
            let s = &port.isis;
            let enabled = |at: usize| s.enable[at].as_ref().filter(|(p, _)| p.eq_ignore_ascii_case(&i.process));
            let Some(&(_, origin)) = enabled(0).or(enabled(1)).filter(|_| !s.shutdown) else { continue };
            let id = InterfaceId::new(n);
            let routed =
                |l: &&crate::model::interface::Interface| l.vrf == vrf && l.switchport.is_none() && l.aggregate.is_none();
            let Some(lowered) = self.device.interfaces.get(id).filter(routed) else { continue };
            let circuit = s.circuit.map_or(Levels::BOTH, both);
            let loopback = lowered.kind == InterfaceKind::Loopback;
            let passive = s.passive.or(i.passive_default).is_some_and(|(l1, l2)| (l1 || !levels.l1) && (l2 || !levels.l2));
            let by_bandwidth = if loopback {
                defaults::LOOPBACK_COST
            } else {
                // With narrow metrics 63 is the most.
                let most = if i.transition { 63 } else { 16_777_214 };
                let bandwidth = lowered.bandwidth.filter(|b| *b > 0).unwrap_or(defaults::PORT_BANDWIDTH);
                let cost = i.reference.unwrap_or(defaults::REFERENCE) / bandwidth;
                u32::try_from(cost).unwrap_or(u32::MAX).clamp(1, most)
            };
            let families = [(Family::V4, 0), (Family::V6, 1)].into_iter();
            out.push(IsisInterface {
                interface: id,
                levels: Levels { l1: circuit.l1 && levels.l1, l2: circuit.l2 && levels.l2 },
                metric: s.metric.map(|m| m.unwrap_or(by_bandwidth)),
                metric_v6: [None, None],
                passive: passive || loopback,
                point_to_point: s.point_to_point.unwrap_or(lowered.kind == InterfaceKind::Tunnel),
                priority: s.priority.map(|p| p.unwrap_or(defaults::ISIS_PRIORITY)),
                auth: s.auth.clone(),
                families: families
                    .filter(|(f, at)| enabled(*at).is_some() && lowered.speaks(f.is_v6()))
                    .map(|(f, _)| f)
                    .collect(),
                origin,
            });
        }
        out
    }
}

/// Areas and system id of the titles, as hex digits: 2 to 26 of area, 12 of system, 2 of selector.
fn split_nets(i: &Isis) -> (Vec<Name>, Name) {
    let mut areas = Vec::new();
    let mut system: Name = "".into();
    for net in &i.nets {
        let Some(cut) = net.len().checked_sub(14) else { continue };
        areas.push(net[..cut].into());
        if system.is_empty() {
            system = net[cut..cut + 12].into();
        }
    }
    (areas, system)
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;

    #[test]
    fn metrics_come_from_the_bandwidth() {
        let d = device(
            "feature isis\ninterface Ethernet1/1\n  no switchport\n  ip address 10.0.0.0/31\n  isis circuit-type level-2\n  isis network point-to-point\n  ip router isis U\n  no shutdown\ninterface Ethernet1/2\n  no switchport\n  ipv6 address 2001:db8::/127\n  speed 100000\n  ipv6 router isis U\ninterface loopback0\n  ip address 1.1.1.1/32\n  ip router isis U\nrouter isis U\n  net 49.0001.0000.0000.0011.00\n",
        );
        let i = &d.isis[0];
        assert_eq!((&*i.areas[0], &*i.system_id), ("490001", "000000000011"));
        let rows: Vec<_> = i.interfaces.iter().map(|p| (p.metric[1], p.passive, p.levels.l1, p.families.len())).collect();
        assert_eq!(rows, [(40, false, false, 1), (1, false, true, 1), (1, true, true, 1)]);
        assert_eq!((i.families.len(), i.wide, i.narrow), (2, [true; 2], [false; 2]));
    }
}
