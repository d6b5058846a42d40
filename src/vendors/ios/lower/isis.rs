//! IS-IS.

use super::Lowering;
use super::ospf::isis_types;
use crate::base::Map;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::interface::InterfaceKind;
use crate::model::isis::{Isis, IsisDefault, IsisInterface, IsisLeak, IsisRedistribution, IsisSummary, Levels};
use crate::model::route::Family;
use crate::vendors::ios::config::{self, MetricKind};
use crate::vendors::ios::defaults;

fn levels((l1, l2): (bool, bool)) -> Levels {
    Levels { l1, l2 }
}

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
        for (tag, p) in &config.isis.items {
            let process = self.isis(tag, p);
            self.device.isis.push(process);
        }
    }

    fn isis(&mut self, tag: &Name, p: &config::Isis) -> Isis {
        let vrf = self.vrf(p.vrf.as_ref()).unwrap_or_default();
        let nets: Vec<(Name, Name)> = p.nets.iter().filter_map(|n| net(n)).collect();
        let process_levels = p.is_type.map_or(Levels::BOTH, levels);
        let style = p.style.map(|s| s.unwrap_or((true, false)));
        let interfaces = self.isis_interfaces(tag, p, process_levels);
        let mut families = vec![Family::V4];
        if interfaces.iter().any(|i| i.families.contains(&Family::V6)) {
            families.push(Family::V6);
        }
        if !interfaces.is_empty() && !interfaces.iter().any(|i| i.families.contains(&Family::V4)) {
            families.retain(|f| f.is_v6());
        }
        let mut leak = |l: &Option<(Option<config::ListName>, Origin)>| {
            l.as_ref().map(|(list, origin)| IsisLeak {
                policy: list.as_ref().map(|l| self.list_chain(l, Family::V4, *origin)),
                origin: *origin,
            })
        };
        let (leak_l2_to_l1, leak_l1_to_l2) = (leak(&p.leak_down), leak(&p.leak_up));
        let redistribute = p.redistribute.iter().filter_map(|(family, r)| {
            let source = self.source(&r.source, family.unwrap_or_default())?;
            let types = isis_types(&r.source, &r.types);
            Some(IsisRedistribution {
                sources: vec![source],
                family: *family,
                policy: self.redistribution_policy(&types, r.map.as_ref(), r.origin),
                metric: r.metric,
                metric_external: r.metric_type == Some(MetricKind::External),
                // CRG ISIS, "redistribute": into level 2 unless said otherwise.
                levels: r.levels.map_or(Levels { l1: false, l2: true }, levels),
                origin: r.origin,
            })
        });
        let redistribute = redistribute.collect();
        let default_originate = p.default.as_ref().map(|(family, map, origin)| IsisDefault {
            // CRG ISIS, "default-information originate": into level 2, whether the table has a default route or not.
            always: map.is_none(),
            policy: map.as_ref().map(|m| self.map_chain(m, *origin)),
            metric: 0,
            levels: Levels { l1: false, l2: true },
            families: vec![*family],
            origin: *origin,
        });
        Isis {
            process: tag.clone(),
            origin: p.origin,
            vrf,
            areas: nets.iter().map(|(a, _)| a.clone()).collect(),
            system_id: nets.first().map(|(_, s)| s.clone()).unwrap_or_default(),
            levels: process_levels,
            wide: style.map(|s| s.1),
            narrow: style.map(|s| s.0),
            families,
            multi_topology: p.multi_topology,
            interfaces,
            overload: p.overload,
            suppress_attached: p.suppress_attached,
            ignore_attached: p.ignore_attached,
            redistribute,
            leak_l2_to_l1,
            leak_l1_to_l2,
            default_originate,
            summaries: p
                .summaries
                .iter()
                .map(|s| IsisSummary {
                    prefix: s.prefix,
                    // CRG ISIS, "summary-address": level 2 unless said otherwise.
                    levels: s.levels.map_or(Levels { l1: false, l2: true }, levels),
                    metric: s.cost,
                    origin: s.origin,
                })
                .collect(),
            distance: [p.distance.unwrap_or(defaults::DISTANCE_ISIS); 4],
            max_paths: p.max_paths.unwrap_or(defaults::IGP_PATHS),
            auth: p.auth.clone(),
            advertise_passive_only: p.passive_only,
        }
    }

    fn isis_interfaces(&self, tag: &Name, p: &config::Isis, process: Levels) -> Vec<IsisInterface> {
        let vrf = self.vrf(p.vrf.as_ref()).unwrap_or_default();
        // The last statement about an interface counts.
        let statements: Map<&str, (bool, Origin)> = p.passive.iter().map(|(n, on, at)| (&**n, (*on, *at))).collect();
        let mut out = Vec::new();
        for (name, i) in &self.config.interfaces.items {
            let Some(&id) = self.interfaces.get(name) else { continue };
            let on = &i.isis;
            let here = |o: &Option<(Name, Origin)>| o.as_ref().filter(|(t, _)| t == tag).map(|(_, origin)| *origin);
            let (v4, v6) = (here(&on.v4), here(&on.v6));
            let said = statements.get(&**name);
            let passive = match said {
                Some((passive, _)) => *passive,
                None => p.passive_default && v4.is_none() && v6.is_none(),
            };
            let enabled = v4.or(v6);
            // `passive-interface` turns IS-IS on for the interface's prefixes by itself.
            let origin = match (enabled, said) {
                (Some(o), _) => o,
                (None, Some((true, o))) => *o,
                (None, None) if p.passive_default && self.device.interfaces[id].vrf == vrf => p.origin,
                _ => continue,
            };
            let model = &self.device.interfaces[id];
            let mut families = Vec::new();
            if v4.is_some() || (passive && model.speaks(false)) {
                families.push(Family::V4);
            }
            if v6.is_some() || (passive && model.speaks(true)) {
                families.push(Family::V6);
            }
            let default = if passive { defaults::ISIS_PASSIVE_METRIC } else { defaults::ISIS_METRIC };
            let circuit = on.circuit.map_or(process, levels);
            out.push(IsisInterface {
                interface: id,
                levels: Levels { l1: circuit.l1 && process.l1, l2: circuit.l2 && process.l2 },
                metric: [0, 1].map(|l| on.metric[l].or(p.metric[l].filter(|_| !passive)).unwrap_or(default)),
                metric_v6: on.metric_v6,
                passive: passive || on.passive || i.port.kind == InterfaceKind::Loopback,
                point_to_point: on.point_to_point || i.port.point_to_point,
                priority: on.priority.map(|x| x.unwrap_or(defaults::ISIS_PRIORITY)),
                auth: on.auth.clone(),
                families,
                origin,
            });
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nets() {
        assert_eq!(net("49.0001.1921.6800.1001.00"), Some(("490001".into(), "192168001001".into())));
        assert_eq!(net("49.0001"), None);
        assert_eq!(net("49.0001.192é.6800.1001.00"), None);
    }
}
