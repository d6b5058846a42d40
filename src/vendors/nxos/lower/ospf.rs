//! OSPF processes.

use super::Lowering;
use crate::base::id::Id;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::interface::{Interface as ModelPort, InterfaceId, InterfaceKind, link_local};
use crate::model::ospf::{
    self as model, NetworkType, OspfDefault, OspfInterface, OspfRedistribution, Summary, Translate, VirtualLink,
};
use crate::model::route::Family;
use crate::model::vrf::VrfId;
use crate::vendors::nxos::config::{AreaKind, Ospf, OspfPort};
use crate::vendors::nxos::defaults;

impl Lowering<'_> {
    pub(super) fn ospf(&mut self) {
        let config = self.config;
        for process in &config.ospf {
            let lowered = self.process(process);
            self.device.ospf.push(lowered);
        }
        self.device.platform.ospf_summary_discard =
            self.device.platform.ospf_summary_discard.filter(|_| config.ospf.iter().all(|o| !o.no_discard));
    }

    fn process(&mut self, o: &Ospf) -> model::Ospf {
        let vrf = self.vrf(&o.vrf);
        let mut areas: Vec<model::Area> = Vec::new();
        for (&id, area) in &o.areas {
            areas.push(model::Area {
                id,
                kind: match area.kind {
                    AreaKind::Normal => model::AreaKind::Normal,
                    AreaKind::Stub { no_summary } => model::AreaKind::Stub { no_summary, default: true },
                    AreaKind::Nssa { no_summary, default, no_redistribution, never, always, suppress_fa } => {
                        model::AreaKind::Nssa {
                            no_summary,
                            default: default || no_summary,
                            default_type: 2,
                            no_redistribution,
                            translate: match (never, always) {
                                (true, _) => Translate::Never,
                                (_, true) => Translate::Always,
                                _ => Translate::Candidate,
                            },
                            suppress_forwarding_address: suppress_fa,
                        }
                    }
                },
                ranges: area
                    .ranges
                    .iter()
                    .map(|r| Summary { prefix: r.prefix, advertise: r.advertise, cost: r.cost, tag: 0, origin: r.origin })
                    .collect(),
                default_cost: area.default_cost.unwrap_or(defaults::OSPF_DEFAULT_COST),
                filter_in: area.filter_in.as_ref().map(|(m, at)| self.chain(m, *at)),
                filter_out: area.filter_out.as_ref().map(|(m, at)| self.chain(m, *at)),
                origin: area.origin,
            });
        }
        let interfaces = self.ospf_interfaces(o, vrf);
        for i in &interfaces {
            if !areas.iter().any(|a| a.id == i.area) {
                areas.push(model::Area {
                    id: i.area,
                    default_cost: defaults::OSPF_DEFAULT_COST,
                    origin: i.origin,
                    ..model::Area::default()
                });
            }
        }
        areas.sort_by_key(|a| a.id);
        let links = o.areas.iter().flat_map(|(&area, a)| a.virtual_links.iter().map(move |l| (area, l)));
        let virtual_links = links.map(|(area, &(neighbor, origin))| VirtualLink { area, neighbor, origin }).collect();
        let steady = o.max_metric.filter(|m| !m.startup_only);
        let redistribute = o
            .redistribute
            .iter()
            .map(|r| OspfRedistribution {
                sources: self.sources(r, &o.vrf),
                policy: self.redistribution_policy(r),
                metric: o.default_metric,
                // Guide, "redistribute (OSPF)": type 2.
                metric_type: 2,
                tag: 0,
                classful_only: false,
                origin: r.origin,
            })
            .collect();
        model::Ospf {
            process: o.process.clone(),
            origin: o.origin,
            vrf,
            family: if o.v3 { Family::V6 } else { Family::V4 },
            v3: o.v3,
            router_id: o.router_id,
            enabled: !o.shutdown,
            areas,
            interfaces,
            virtual_links,
            redistribute,
            default_originate: o.default.as_ref().map(|d| OspfDefault {
                always: d.always,
                metric: None,
                metric_type: 2,
                policy: d.route_map.as_deref().map(|m| self.chain(m, d.origin)),
                tag: 0,
                origin: d.origin,
            }),
            external_summaries: o
                .summaries
                .iter()
                .map(|&(prefix, advertise, tag, origin)| Summary { prefix, advertise, cost: None, tag, origin })
                .collect(),
            distance: [o.distance.unwrap_or(defaults::OSPF_DISTANCE); 3],
            max_paths: o.max_paths.unwrap_or(defaults::IGP_PATHS),
            stub_router: steady.is_some(),
            stub_router_include_stub: steady.is_some_and(|m| m.include_stub),
            stub_router_external: steady.and_then(|m| m.external),
            stub_router_summary: steady.and_then(|m| m.summary),
            // Reference, "rfc1583compatibility": off.
            rfc1583: o.rfc1583.unwrap_or(false),
            import: o.import.as_ref().map(|(m, at)| self.chain(m, *at)),
            export: None,
            abr_needs_backbone: true,
            vrf_lite: o.vrf_lite,
            reference_bandwidth: o.reference.unwrap_or(defaults::REFERENCE),
        }
    }

    fn ospf_interfaces(&self, o: &Ospf, vrf: VrfId) -> Vec<OspfInterface> {
        let mut out = Vec::new();
        for (n, (_, port)) in self.config.interfaces.iter().enumerate() {
            let id = InterfaceId::new(n);
            let Some(lowered) = self.device.interfaces.get(id) else { continue };
            if lowered.vrf != vrf || lowered.switchport.is_some() || lowered.aggregate.is_some() {
                continue;
            }
            let settings = if o.v3 { &port.ospf3 } else { &port.ospf };
            let named = settings.areas.iter().find(|(p, ..)| p.eq_ignore_ascii_case(&o.process));
            let by_interface = named.map(|&(_, area, primary, origin)| (area, primary, origin));
            let Some((area, primary_only, origin)) =
                by_interface.or_else(|| by_network(o, lowered).map(|(area, origin)| (area, false, origin)))
            else {
                continue;
            };
            if !settings.shutdown {
                out.push(ospf_interface(o, id, lowered, settings, (area, primary_only), origin));
            }
        }
        out
    }
}

fn ospf_interface(
    o: &Ospf,
    id: InterfaceId,
    port: &ModelPort,
    s: &OspfPort,
    (area, primary_only): (u32, bool),
    origin: Origin,
) -> OspfInterface {
    let loopback = port.kind == InterfaceKind::Loopback;
    let network = match (s.point_to_point, port.kind) {
        (_, InterfaceKind::Loopback) => NetworkType::Loopback,
        (Some(true), _) | (None, InterfaceKind::Tunnel) => NetworkType::PointToPoint,
        _ => NetworkType::Broadcast,
    };
    let by_bandwidth = || {
        let bandwidth = port.bandwidth.filter(|b| *b > 0).unwrap_or(defaults::PORT_BANDWIDTH);
        u32::try_from(o.reference.unwrap_or(defaults::REFERENCE) / bandwidth).unwrap_or(u32::MAX).clamp(1, 65535)
    };
    OspfInterface {
        interface: id,
        area,
        cost: s.cost.unwrap_or_else(|| if loopback { defaults::LOOPBACK_COST } else { by_bandwidth() }),
        passive: s.passive.unwrap_or(o.passive_default) || loopback,
        network,
        priority: s.priority.unwrap_or(1),
        hello: s.hello.unwrap_or(defaults::OSPF_TIMERS.0),
        dead: s.dead.unwrap_or_else(|| s.hello.map_or(defaults::OSPF_TIMERS.1, |h| h.saturating_mul(4))),
        mtu_ignore: s.mtu_ignore,
        auth: auth(o, s, area),
        neighbors: Vec::new(),
        advertise_secondary: !primary_only,
        advertise_subnet: s.advertise_subnet,
        suppress_prefix: false,
        addresses: Vec::new(),
        origin,
    }
}

/// The area of the most specific `network` that holds an address of the interface.
fn by_network(o: &Ospf, port: &ModelPort) -> Option<(u32, Origin)> {
    let addresses = port.addresses.iter().map(|a| a.address.addr()).filter(|a| !link_local(*a));
    let all = addresses.flat_map(|a| o.networks.iter().filter(move |(net, ..)| net.contains(&a)));
    all.max_by_key(|(net, ..)| net.prefix_len()).map(|&(_, area, origin)| (area, origin))
}

/// Authentication as comparable text. Keys are printed encrypted with a key of the device, so only the type is compared.
fn auth(o: &Ospf, s: &OspfPort, area: u32) -> Option<Name> {
    let kind = s.auth.as_deref().or_else(|| o.areas.get(&area).and_then(|a| a.auth.as_deref()))?;
    match kind {
        "null" => None,
        "message-digest" => Some("md5".into()),
        "simple" => Some("simple".into()),
        other => Some(other.split(' ').next().unwrap_or(other).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;
    use super::*;

    #[test]
    fn interfaces_name_their_process() {
        let d = device(
            "feature ospf\nvrf context A\ninterface Ethernet1/1\n  no switchport\n  ip address 10.0.0.1/30\n  ip router ospf one area 0\n  no shutdown\ninterface Ethernet1/2\n  no switchport\n  ip address 10.1.0.1/30\n  ip ospf network point-to-point\n  no ip ospf passive-interface\n  ip router ospf ONE area 0.0.0.5\ninterface Ethernet1/3\n  no switchport\n  vrf member A\n  ip address 10.2.0.1/30\n  ip ospf cost 7\n  ip router ospf ONE area 0\ninterface loopback0\n  ip address 10.0.9.9/32\n  ip router ospf ONE area 0\ninterface port-channel1\n  no switchport\n  speed 10000\n  ip router ospf ONE area 0\nrouter ospf ONE\n  passive-interface default\n  vrf A\n",
        );
        let rows = |n: usize| -> Vec<_> {
            d.ospf[n].interfaces.iter().map(|i| (i.interface.0, i.area, i.cost, i.passive, i.network)).collect()
        };
        assert_eq!(
            rows(0),
            [
                (0, 0, 40, true, NetworkType::Broadcast),
                (1, 5, 40, false, NetworkType::PointToPoint),
                (3, 0, 1, true, NetworkType::Loopback),
                (4, 0, 4, true, NetworkType::Broadcast),
            ]
        );
        assert_eq!(rows(1), [(2, 0, 7, false, NetworkType::Broadcast)]);
        assert_eq!((d.ospf[0].distance, d.ospf[0].max_paths), ([110; 3], 8));
    }
}
