//! IS-IS.

use super::Lower;
use crate::base::Set;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::model::VrfId;
use crate::model::interface::{InterfaceId, InterfaceKind};
use crate::model::isis::{Isis, IsisInterface, IsisLeak, IsisRedistribution, Levels};
use crate::model::policy::Verdict;
use crate::model::route::Family;
use crate::vendors::junos::config::{self, InstanceKind, Named};
use crate::vendors::junos::defaults;

impl Lower<'_, '_> {
    pub(super) fn make_isis(&mut self) {
        let config = self.config;
        for i in &config.instances {
            let (Some(vrf), Some(x), false) = (self.vrf(&i.name), &i.isis, i.kind == InstanceKind::Bridging) else { continue };
            if x.disabled {
                continue;
            }
            let made = self.isis(x, vrf);
            self.device.isis.push(made);
        }
    }

    fn isis(&mut self, x: &config::Isis, vrf: VrfId) -> Isis {
        let levels = Levels { l1: !x.levels[0].disabled, l2: !x.levels[1].disabled };
        let (areas, system_id) = self.net(vrf);
        if areas.is_empty() {
            self.error("R-isis-net", x.origin, "no interface of this instance has an ISO address: IS-IS does not run".to_owned());
        }
        let mut families = Vec::new();
        if !x.no_ipv4 {
            families.push(Family::V4);
        }
        if !x.no_ipv6 {
            families.push(Family::V6);
        }
        let mut interfaces = Vec::new();
        let mut seen: Set<InterfaceId> = Set::default();
        let (speaking, iso) = self.iso_interfaces(vrf);
        for c in x.interfaces.iter().filter(|c| &*c.name != "all") {
            let found = self.named_interface(&(c.name.clone(), c.origin), "isis interface");
            let Some(id) = found.filter(|id| self.device.interfaces[*id].vrf == vrf) else { continue };
            seen.insert(id);
            if !c.disabled && !iso.contains(&id) {
                let message = "IS-IS does not run on an interface without `family iso`";
                self.sink.push(Diagnostic::new(Code("R-isis-family"), Severity::Warning, message).at(c.origin));
            } else if !c.disabled {
                interfaces.extend(self.isis_interface(x, c, id, levels, &families));
            }
        }
        for c in x.interfaces.iter().filter(|c| &*c.name == "all" && !c.disabled) {
            for id in speaking.iter().copied().filter(|id| !seen.contains(id)) {
                interfaces.extend(self.isis_interface(x, c, id, levels, &families));
            }
        }
        let export = x.export.as_ref().map(|c| self.chain(c, Verdict::Reject));
        let redistribute = export.clone().map(|policy| IsisRedistribution {
            sources: Vec::new(),
            family: None,
            origin: policy.origin,
            policy: Some(policy),
            metric: None,
            metric_external: false,
            levels,
        });
        let preference = |level: usize, external: bool| {
            let l = &x.levels[level];
            let set = if external { l.external_preference } else { l.preference };
            set.unwrap_or(defaults::ISIS[level + if external { 2 } else { 0 }])
        };
        Isis {
            process: x.name.clone(),
            origin: x.origin,
            vrf,
            areas,
            system_id,
            levels,
            // Both styles are sent unless `wide-metrics-only`.
            wide: [true, true],
            narrow: [!x.levels[0].wide_only, !x.levels[1].wide_only],
            families,
            multi_topology: x.ipv6_topology,
            interfaces,
            overload: x.overload,
            suppress_attached: x.suppress_attached,
            ignore_attached: x.ignore_attached,
            redistribute: redistribute.into_iter().collect(),
            // Level 2 goes into level 1 only as the export policy says; level 1 internal routes go up by themselves.
            leak_l2_to_l1: export.map(|policy| IsisLeak { origin: policy.origin, policy: Some(policy) }),
            leak_l1_to_l2: None,
            default_originate: None,
            summaries: Vec::new(),
            distance: [preference(0, false), preference(1, false), preference(0, true), preference(1, true)],
            max_paths: self.device.platform.max_ecmp,
            auth: [x.levels[0].auth.clone(), x.levels[1].auth.clone()],
            advertise_passive_only: false,
        }
    }

    /// The instance's interfaces with `family iso`, in order and as a set.
    fn iso_interfaces(&self, vrf: VrfId) -> (Vec<InterfaceId>, Set<InterfaceId>) {
        let config = self.config;
        let units = config.interfaces.iter().flat_map(|i| i.units.iter().map(move |u| (i, u)));
        let list: Vec<InterfaceId> = units
            .filter(|(_, u)| u.speaks_iso)
            .filter_map(|(i, u)| self.interfaces.get(format!("{}.{}", i.name, u.number).as_str()).copied())
            .filter(|id| self.device.interfaces[*id].vrf == vrf)
            .collect();
        let set = list.iter().copied().collect();
        (list, set)
    }

    /// Areas and system id from the ISO addresses of the instance's interfaces, the loopback's first.
    fn net(&self, vrf: VrfId) -> (Vec<Box<str>>, Box<str>) {
        let mut found: Vec<(bool, &Named)> = Vec::new();
        for i in &self.config.interfaces {
            for u in &i.units {
                let id = self.interfaces.get(format!("{}.{}", i.name, u.number).as_str());
                if id.is_some_and(|id| self.device.interfaces[*id].vrf == vrf) {
                    found.extend(u.iso.iter().map(|n| (!i.name.starts_with("lo"), n)));
                }
            }
        }
        found.sort_by_key(|f| f.0);
        let mut areas: Vec<Box<str>> = Vec::new();
        let mut system: Box<str> = "".into();
        for (_, (net, _)) in found {
            let hex: String = net.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_ascii_lowercase();
            // Area, then six octets of system id, then one of selector.
            let Some(at) = hex.len().checked_sub(14) else { continue };
            if system.is_empty() {
                system = hex[at..at + 12].into();
            }
            let area = hex[..at].into();
            if !areas.contains(&area) {
                areas.push(area);
            }
        }
        (areas, system)
    }

    fn isis_interface(
        &self,
        x: &config::Isis,
        c: &config::IsisInterface,
        id: InterfaceId,
        process: Levels,
        families: &[Family],
    ) -> Option<IsisInterface> {
        let i = &self.device.interfaces[id];
        let loopback = i.kind == InterfaceKind::Loopback;
        let levels = Levels { l1: process.l1 && !c.levels[0].disabled, l2: process.l2 && !c.levels[1].disabled };
        if !levels.l1 && !levels.l2 {
            return None;
        }
        let metric = |l: usize| {
            let by_bandwidth = x.reference_bandwidth.zip(i.bandwidth.filter(|b| *b > 0));
            let computed =
                by_bandwidth.map(|(r, b)| u32::try_from((r / b).clamp(1, 16_777_214)).unwrap_or(defaults::ISIS_METRIC));
            let default = if loopback { 0 } else { computed.unwrap_or(defaults::ISIS_METRIC) };
            let metric = c.levels[l].metric.unwrap_or(default);
            if x.levels[l].wide_only { metric } else { metric.min(defaults::ISIS_NARROW_MOST) }
        };
        let passive = c.passive || loopback || ((!levels.l1 || c.levels[0].passive) && (!levels.l2 || c.levels[1].passive));
        let auth = |l: usize| c.levels[l].auth.clone().or_else(|| c.auth.clone());
        let priority = |l: usize| c.levels[l].priority.unwrap_or(defaults::ISIS_PRIORITY);
        let on = |f: &Family| if f.is_v6() { !c.no_ipv6 && i.speaks(true) } else { !c.no_ipv4 && i.speaks(false) };
        Some(IsisInterface {
            interface: id,
            levels,
            metric: [metric(0), metric(1)],
            metric_v6: [c.levels[0].metric_v6, c.levels[1].metric_v6],
            passive,
            point_to_point: c.point_to_point || i.kind == InterfaceKind::Tunnel,
            priority: [priority(0), priority(1)],
            auth: [auth(0), auth(1)],
            families: families.iter().copied().filter(on).collect(),
            origin: c.origin,
        })
    }
}
