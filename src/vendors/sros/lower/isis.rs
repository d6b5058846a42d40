//! IS-IS.

use super::Lower;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::model::VrfId;
use crate::model::interface::{InterfaceId, InterfaceKind};
use crate::model::isis::{Isis, IsisInterface, IsisLeak, IsisRedistribution, IsisSummary, Levels};
use crate::model::policy::Verdict;
use crate::model::route::Family;
use crate::vendors::sros::config;
use crate::vendors::sros::defaults;

fn levels(capability: Option<u8>) -> Levels {
    match capability {
        Some(1) => Levels { l1: true, l2: false },
        Some(2) => Levels { l1: false, l2: true },
        _ => Levels::BOTH,
    }
}

impl Lower<'_, '_> {
    pub(super) fn make_isis(&mut self) {
        let config = self.config;
        for (n, vrf) in self.running() {
            let r = &config.routers[n];
            for x in &r.isis {
                if x.up.unwrap_or(if config.classic { defaults::CLASSIC_UP } else { defaults::IGP_UP }) {
                    let made = self.isis(r, x, vrf);
                    self.device.isis.push(made);
                } else {
                    let message = "IS-IS is configured and not enabled";
                    self.sink.push(Diagnostic::new(Code("T-protocol-down"), Severity::Info, message).at(x.origin));
                }
            }
        }
    }

    /// "system-id: … derived from the router ID, written with twelve digits" (IS-IS, "system-id").
    fn system_id(&self, x: &config::Isis, vrf: VrfId) -> Box<str> {
        if let Some(id) = &x.system_id {
            return id.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_ascii_lowercase().into();
        }
        let first = || {
            let of = |i: InterfaceId| self.device.interfaces[i].primary(false).map(|a| a.address.addr());
            self.interfaces_of(vrf)
                .into_iter()
                .find_map(of)
                .and_then(|a| if let std::net::IpAddr::V4(a) = a { Some(a) } else { None })
        };
        let id = x.router_id.or(self.device.vrfs[vrf].router_id).or_else(first);
        id.map_or_else(|| "".into(), |a| a.octets().iter().map(|o| format!("{o:03}")).collect::<String>().into())
    }

    fn isis(&mut self, r: &config::Router, x: &config::Isis, vrf: VrfId) -> Isis {
        let process = levels(x.level_capability);
        let hex = |a: &str| a.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_ascii_lowercase().into();
        let areas: Vec<Box<str>> = x.areas.iter().map(|a| hex(a)).collect();
        if areas.is_empty() {
            self.error("R-isis-net", x.origin, "IS-IS has no `area-address`: it does not run".to_owned());
        }
        let mut families = Vec::new();
        if x.v4 != Some(false) {
            families.push(Family::V4);
        }
        if x.v6 == Some(true) {
            families.push(Family::V6);
        }
        let mut interfaces = Vec::new();
        for c in x.interfaces.iter().filter(|c| c.up != Some(false)) {
            let Some(id) = self.named_interface(vrf, &(c.name.clone(), c.origin), "isis interface") else { continue };
            interfaces.extend(self.isis_interface(x, c, id, process, &families));
        }
        let export = x.export.as_ref().map(|c| self.chain(c, Verdict::Reject));
        let redistribute = export.clone().map(|policy| IsisRedistribution {
            sources: Vec::new(),
            family: None,
            origin: policy.origin,
            policy: Some(policy),
            metric: None,
            metric_external: false,
            levels: process,
        });
        let preference = |level: usize, external: bool| {
            let l = &x.levels[level];
            let set = if external { l.external_preference } else { l.preference };
            set.unwrap_or(defaults::ISIS[level + if external { 2 } else { 0 }])
        };
        let wide_only = |l: usize| x.levels[l].wide_only == Some(true);
        Isis {
            process: x.instance.clone(),
            origin: x.origin,
            vrf,
            areas,
            system_id: self.system_id(x, vrf),
            levels: process,
            // Both styles are sent unless `wide-metrics-only`.
            wide: [true, true],
            narrow: [!wide_only(0), !wide_only(1)],
            families,
            multi_topology: x.multi_topology,
            interfaces,
            overload: x.overload,
            suppress_attached: x.suppress_attached,
            ignore_attached: x.ignore_attached,
            redistribute: redistribute.into_iter().collect(),
            // Level 2 goes into level 1 only as the export policy says; level 1 goes up by itself.
            leak_l2_to_l1: export.map(|policy| IsisLeak { origin: policy.origin, policy: Some(policy) }),
            leak_l1_to_l2: None,
            default_originate: None,
            summaries: x
                .summaries
                .iter()
                .map(|(prefix, level, origin)| IsisSummary {
                    prefix: *prefix,
                    levels: levels(Some(*level)),
                    metric: None,
                    origin: *origin,
                })
                .collect(),
            distance: [preference(0, false), preference(1, false), preference(0, true), preference(1, true)],
            max_paths: r.ecmp.unwrap_or(defaults::ECMP),
            auth: [x.auth.clone(), x.auth.clone()],
            advertise_passive_only: x.passive_only,
        }
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
        let own = levels(c.level_capability);
        let levels = Levels { l1: process.l1 && own.l1, l2: process.l2 && own.l2 };
        if !levels.l1 && !levels.l2 {
            return None;
        }
        let metric = |l: usize| {
            let by_bandwidth = x.reference.map(|r| r.saturating_mul(1000)).zip(i.bandwidth.filter(|b| *b > 0));
            let computed =
                by_bandwidth.map(|(r, b)| u32::try_from((r / b).clamp(1, 16_777_214)).unwrap_or(defaults::ISIS_METRIC));
            let default = computed.or(x.levels[l].metric).unwrap_or(defaults::ISIS_METRIC);
            let metric = c.levels[l].metric.unwrap_or(if loopback { 0 } else { default });
            if x.levels[l].wide_only == Some(true) { metric } else { metric.min(defaults::ISIS_NARROW_MOST) }
        };
        let silent = |l: usize| c.levels[l].passive == Some(true);
        let passive = c.passive == Some(true) || loopback || ((!levels.l1 || silent(0)) && (!levels.l2 || silent(1)));
        let auth = |l: usize| c.levels[l].auth.clone().or_else(|| c.auth.clone());
        let priority = |l: usize| c.levels[l].priority.unwrap_or(defaults::ISIS_PRIORITY);
        Some(IsisInterface {
            interface: id,
            levels,
            metric: [metric(0), metric(1)],
            metric_v6: [c.levels[0].metric_v6.or(x.levels[0].metric_v6), c.levels[1].metric_v6.or(x.levels[1].metric_v6)],
            passive,
            point_to_point: c.point_to_point == Some(true) || i.kind == InterfaceKind::Tunnel || i.unnumbered.is_some(),
            priority: [priority(0), priority(1)],
            auth: [auth(0), auth(1)],
            families: families.iter().copied().filter(|f| i.speaks(f.is_v6())).collect(),
            origin: c.origin,
        })
    }
}
