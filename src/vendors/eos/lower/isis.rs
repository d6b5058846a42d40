//! IS-IS processes.

use super::Lowering;
use crate::base::id::Id;
use crate::model::interface::{InterfaceId, InterfaceKind};
use crate::model::isis::{self as model, IsisInterface, IsisLeak, IsisRedistribution, Levels};
use crate::model::route::Family;
use crate::vendors::eos::config::Isis;
use crate::vendors::eos::defaults;

impl Lowering<'_, '_> {
    pub(super) fn isis(&mut self) {
        let config = self.config;
        for process in config.isis.iter().filter(|i| !i.shutdown) {
            let lowered = self.isis_process(process);
            self.device.isis.push(lowered);
        }
    }

    fn isis_process(&mut self, i: &Isis) -> model::Isis {
        let vrf = self.vrf(&i.vrf);
        // EOS manual, "is-type": level-1-2.
        let levels = i.is_type.map_or(Levels::BOTH, |(l1, l2)| Levels { l1, l2 });
        let mut families = Vec::new();
        if i.v4.is_some() {
            families.push(Family::V4);
        }
        if i.v6.is_some() {
            families.push(Family::V6);
        }
        let (areas, system_id) = split_nets(i);
        let redistribute = i
            .redistribute
            .iter()
            .map(|r| IsisRedistribution {
                sources: self.sources(r.from, &i.vrf),
                family: None,
                policy: self.redistribution_policy(r),
                metric: r.metric,
                metric_external: false,
                // EOS manual, "redistribute (IS-IS)": into level 2 where the router has it.
                levels: r
                    .isis_level
                    .map_or(if levels.l2 { Levels { l1: false, l2: true } } else { levels }, |(l1, l2)| Levels { l1, l2 }),
                origin: r.origin,
            })
            .collect();
        let multi_topology = i.v6.is_some_and(|f| f.multi_topology);
        let distances = i.v4.map(|f| f.distance).unwrap_or_default();
        let mut distance = defaults::ISIS_DISTANCE;
        for (n, slot) in distance.iter_mut().enumerate() {
            *slot = distances[n % 2].unwrap_or(*slot);
        }
        let paths = [i.v4, i.v6].into_iter().flatten().filter_map(|f| f.max_paths).max();
        let interfaces = self.isis_interfaces(i, vrf, levels, &families);
        model::Isis {
            process: i.process.clone(),
            origin: i.origin,
            vrf,
            areas,
            system_id,
            levels,
            // EOS manual, IS-IS chapter: wide metrics only.
            wide: [true, true],
            narrow: [false, false],
            families,
            multi_topology,
            interfaces,
            overload: i.overload,
            suppress_attached: i.suppress_attached,
            ignore_attached: i.ignore_attached,
            redistribute,
            leak_l2_to_l1: i
                .leak_l2_to_l1
                .as_ref()
                .map(|(map, origin)| IsisLeak { policy: map.as_deref().and_then(|m| self.chain(m, *origin)), origin: *origin }),
            leak_l1_to_l2: None,
            default_originate: None,
            summaries: Vec::new(),
            distance,
            max_paths: paths.unwrap_or(defaults::IGP_PATHS),
            auth: i.auth.clone(),
            advertise_passive_only: i.passive_only,
        }
    }

    fn isis_interfaces(
        &self,
        i: &Isis,
        vrf: crate::model::vrf::VrfId,
        levels: Levels,
        families: &[Family],
    ) -> Vec<IsisInterface> {
        let mut out = Vec::new();
        for (n, (name, port)) in self.config.interfaces.iter().enumerate() {
            let s = &port.isis;
            let Some((_, origin)) = s.enable.as_ref().filter(|(process, _)| *process == i.process) else { continue };
            let id = InterfaceId::new(n);
            let Some(lowered) = self.device.interfaces.get(id).filter(|l| l.vrf == vrf && l.switchport.is_none()) else {
                continue;
            };
            let circuit = s.circuit.map_or(Levels::BOTH, |(l1, l2)| Levels { l1, l2 });
            let listed = i.passive.iter().rev().find(|(p, _)| &**p == name).map(|(_, on)| *on);
            let loopback = lowered.kind == InterfaceKind::Loopback;
            out.push(IsisInterface {
                interface: id,
                levels: Levels { l1: circuit.l1 && levels.l1, l2: circuit.l2 && levels.l2 },
                metric: s.metric.map(|m| m.unwrap_or(defaults::ISIS_METRIC)),
                metric_v6: s.metric_v6,
                passive: s.passive || listed.unwrap_or(i.passive_default) || loopback,
                point_to_point: s.point_to_point,
                priority: s.priority.map(|p| p.unwrap_or(defaults::ISIS_PRIORITY)),
                auth: s.auth.clone(),
                families: families
                    .iter()
                    .copied()
                    .filter(|f| lowered.speaks(f.is_v6()))
                    .filter(|f| s.families.is_none_or(|(v4, v6)| if f.is_v6() { v6 } else { v4 }))
                    .collect(),
                origin: *origin,
            });
        }
        out
    }
}

/// Areas and system id of the titles, as hex digits: 2 to 26 of area, 12 of system, 2 of selector.
fn split_nets(i: &Isis) -> (Vec<crate::model::device::Name>, crate::model::device::Name) {
    let mut areas = Vec::new();
    let mut system = "";
    for net in &i.nets {
        if let (Some(area), Some(id)) =
            (net.get(..net.len().saturating_sub(14)), net.get(net.len().saturating_sub(14)..net.len().saturating_sub(2)))
        {
            areas.push(area.into());
            system = id;
        }
    }
    (areas, system.into())
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;
    use super::*;

    #[test]
    fn a_process_and_its_interfaces() {
        let d = device(
            "interface Ethernet1\n   no switchport\n   ip address 10.0.0.1/31\n   ipv6 enable\n   isis enable C\n   isis circuit-type level-2\n   isis metric 50\n   isis network point-to-point\ninterface Loopback0\n   ip address 10.9.9.9/32\n   isis enable C\nrouter isis C\n   net 49.0001.0102.0304.0506.00\n   is-type level-1-2\n   address-family ipv4 unicast\n   address-family ipv6 unicast\n",
        );
        let i = &d.isis[0];
        assert_eq!((&*i.areas[0], &*i.system_id), ("490001", "010203040506"));
        assert_eq!(i.families, [Family::V4, Family::V6]);
        let e = &i.interfaces[0];
        assert_eq!((e.levels, e.metric, e.point_to_point, e.families.len()), (Levels { l1: false, l2: true }, [50, 50], true, 2));
        let lo = &i.interfaces[1];
        assert_eq!((lo.passive, lo.metric, lo.families.len()), (true, [10, 10], 1));
    }
}
