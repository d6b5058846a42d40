//! IS-IS.

use super::Lowering;
use crate::model::device::Name;
use crate::model::interface::InterfaceKind;
use crate::model::isis::{Isis, IsisDefault, IsisInterface, IsisLeak, IsisRedistribution, IsisSummary, Levels};
use crate::model::route::Family;
use crate::vendors::iosxr::config::{self, IsisFamily, slot};
use crate::vendors::iosxr::defaults;

const FAMILIES: [Family; 2] = [Family::V4, Family::V6];

fn levels((l1, l2): (bool, bool)) -> Levels {
    Levels { l1, l2 }
}

/// Level 2 unless said otherwise (RCR IS-IS, "redistribute", "summary-prefix").
const LEVEL_2: (bool, bool) = (false, true);

/// Area and system id of a NET: the last octet is the selector, the six before it the system id (ISO 10589).
fn net(text: &str) -> Option<(Name, Name)> {
    let hex: String = text.chars().filter(|c| *c != '.').collect();
    if hex.len() < 16 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let selector = hex.len() - 2;
    Some((hex[..selector - 12].into(), hex[selector - 12..selector].to_ascii_lowercase().into()))
}

impl Lowering<'_> {
    pub(super) fn all_isis(&mut self) {
        let config = self.config;
        for (name, p) in &config.isis.items {
            let process = self.isis(name, p);
            self.device.isis.push(process);
        }
    }

    fn isis(&mut self, name: &Name, p: &config::Isis) -> Isis {
        let vrf = self.vrf(p.vrf.as_ref()).unwrap_or_default();
        let nets: Vec<(Name, Name)> = p.nets.iter().filter_map(|n| net(n)).collect();
        let process_levels = p.is_type.map_or(Levels::BOTH, levels);
        let interfaces = self.isis_interfaces(p, process_levels);
        let families: Vec<Family> = FAMILIES.into_iter().filter(|f| p.families[slot(*f)].is_some()).collect();
        // The metric style is said per family and holds for the whole instance; IPv6 in its own topology is wide.
        let of = |f: Family| p.families[slot(f)].as_ref();
        let main = of(Family::V4).or(of(Family::V6));
        let style = [0, 1].map(|l| main.and_then(|m| m.style[l]).unwrap_or((true, false)));
        let single = of(Family::V6).is_some_and(|f| f.single_topology);
        let (mut redistribute, mut summaries, mut default_originate) = (Vec::new(), Vec::new(), None);
        for family in FAMILIES {
            let Some(f) = &p.families[slot(family)] else { continue };
            for r in &f.redistribute {
                let Some(sources) = self.sources(&r.source, p.vrf.as_ref()) else { continue };
                redistribute.push(IsisRedistribution {
                    sources,
                    family: Some(family),
                    policy: self.redistribution_policy(&r.types, r.policy.as_ref(), r.origin),
                    metric: r.metric,
                    metric_external: r.metric_external,
                    levels: levels(r.levels.unwrap_or(LEVEL_2)),
                    origin: r.origin,
                });
            }
            summaries.extend(f.summaries.iter().map(|s| IsisSummary {
                prefix: s.prefix,
                levels: levels(s.levels.unwrap_or((true, true))),
                metric: s.cost,
                origin: s.origin,
            }));
            if let Some((policy, origin)) = &f.default {
                let made = default_originate.get_or_insert_with(|| IsisDefault {
                    always: policy.is_none(),
                    policy: None,
                    metric: 0,
                    levels: levels(LEVEL_2),
                    families: Vec::new(),
                    origin: *origin,
                });
                made.families.push(family);
                if let Some(a) = policy {
                    made.policy = self.chain(a);
                }
            }
        }
        let mut leak = |attach: Option<&config::Attach>| attach.map(|a| IsisLeak { policy: self.chain(a), origin: a.origin });
        let leak_l2_to_l1 = leak(main.and_then(|m| m.leak_down.as_ref()));
        let leak_l1_to_l2 = leak(main.and_then(|m| m.leak_up.as_ref()));
        let any = |has: fn(&IsisFamily) -> bool| p.families.iter().flatten().any(has);
        Isis {
            process: name.clone(),
            origin: p.origin,
            vrf,
            areas: nets.iter().map(|(a, _)| a.clone()).collect(),
            system_id: nets.first().map(|(_, s)| s.clone()).unwrap_or_default(),
            levels: process_levels,
            wide: style.map(|s| s.1),
            narrow: style.map(|s| s.0),
            // RCR IS-IS, "single-topology": IPv6 has a topology of its own otherwise.
            multi_topology: families.contains(&Family::V6) && families.contains(&Family::V4) && !single,
            families,
            interfaces,
            overload: p.overload,
            suppress_attached: any(|f| f.suppress_attached),
            ignore_attached: any(|f| f.ignore_attached),
            redistribute,
            leak_l2_to_l1,
            leak_l1_to_l2,
            default_originate,
            summaries,
            distance: [main.and_then(|m| m.distance).unwrap_or(defaults::DISTANCE_ISIS); 4],
            max_paths: main.and_then(|m| m.max_paths).unwrap_or(defaults::ISIS_PATHS),
            auth: p.auth.clone(),
            advertise_passive_only: any(|f| f.passive_only),
        }
    }

    fn isis_interfaces(&self, p: &config::Isis, process: Levels) -> Vec<IsisInterface> {
        let mut out = Vec::new();
        for (name, i) in &p.interfaces.items {
            let Some(&id) = self.interfaces.get(name) else { continue };
            if i.shutdown {
                continue;
            }
            let model = &self.device.interfaces[id];
            // A family runs where both the instance and the interface have it.
            let on = |f: Family| i.families[slot(f)].as_ref().filter(|o| !o.off && p.families[slot(f)].is_some());
            let families: Vec<Family> = FAMILIES.into_iter().filter(|f| on(*f).is_some()).collect();
            if families.is_empty() {
                continue;
            }
            let loopback = model.kind == InterfaceKind::Loopback;
            let passive = i.passive || loopback || families.iter().all(|f| on(*f).is_some_and(|o| o.passive));
            let metric = |f: Family, l: usize| {
                let said = on(f).and_then(|o| o.metric[l]);
                let process = p.families[slot(f)].as_ref().and_then(|m| m.metric[l]).filter(|_| !i.passive);
                let default = if i.passive { defaults::ISIS_PASSIVE_METRIC } else { defaults::ISIS_METRIC };
                said.or(process).unwrap_or(default)
            };
            let main = families[0];
            let circuit = i.circuit.map_or(process, levels);
            let point_to_point = self.config.interfaces.get(name).is_some_and(|c| c.port.point_to_point);
            out.push(IsisInterface {
                interface: id,
                levels: Levels { l1: circuit.l1 && process.l1, l2: circuit.l2 && process.l2 },
                metric: [metric(main, 0), metric(main, 1)],
                metric_v6: [0, 1].map(|l| on(Family::V6).map(|_| metric(Family::V6, l))),
                passive,
                point_to_point: i.point_to_point || point_to_point,
                priority: i.priority.map(|x| x.unwrap_or(defaults::ISIS_PRIORITY)),
                auth: i.auth.clone(),
                families,
                origin: i.origin,
            });
        }
        out
    }
}
