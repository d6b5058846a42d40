//! OSPF processes, with `network` statements resolved to interfaces.

use super::Lowering;
use crate::base::id::Id;
use crate::model::device::Name;
use crate::model::interface::{Interface as ModelPort, InterfaceId, InterfaceKind, link_local};
use crate::model::ospf::{self as model, NetworkType, OspfDefault, OspfInterface, OspfRedistribution, Summary, Translate};
use crate::model::policy::{Cond, PolicyChain, PrefixRange, Verdict};
use crate::model::route::Family;
use crate::vendors::eos::config::{AreaKind, Ospf, OspfNetwork, OspfPort};
use crate::vendors::eos::defaults;

impl Lowering<'_, '_> {
    pub(super) fn ospf(&mut self) {
        let config = self.config;
        for process in &config.ospf {
            let lowered = self.process(process);
            self.device.ospf.push(lowered);
        }
    }

    fn process(&mut self, o: &Ospf) -> model::Ospf {
        let vrf = self.vrf(&o.vrf);
        let family = if o.v6 { Family::V6 } else { Family::V4 };
        let mut areas: Vec<model::Area> = Vec::new();
        for (&id, area) in &o.areas {
            let filter_in = self.area_filter(o, id);
            areas.push(model::Area {
                id,
                kind: match area.kind {
                    AreaKind::Normal => model::AreaKind::Normal,
                    AreaKind::Stub { no_summary } => model::AreaKind::Stub { no_summary, default: true },
                    AreaKind::Nssa { no_summary, default, only, always_translate } => model::AreaKind::Nssa {
                        no_summary,
                        default: default.is_some() || no_summary,
                        default_type: default.unwrap_or(2),
                        no_redistribution: false,
                        translate: match (only, always_translate) {
                            (true, _) => Translate::Never,
                            (_, true) => Translate::Always,
                            _ => Translate::Candidate,
                        },
                        suppress_forwarding_address: false,
                    },
                },
                ranges: area
                    .ranges
                    .iter()
                    .map(|r| Summary { prefix: r.prefix, advertise: r.advertise, cost: r.cost, tag: 0, origin: r.origin })
                    .collect(),
                default_cost: area.default_cost.unwrap_or(defaults::OSPF_DEFAULT_COST),
                filter_in,
                filter_out: None,
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
        let steady = o.max_metric.filter(|m| !m.startup_only);
        let redistribute = o
            .redistribute
            .iter()
            .map(|r| OspfRedistribution {
                sources: self.sources(r.from, &o.vrf),
                policy: self.redistribution_policy(r),
                metric: r.metric,
                metric_type: r.metric_type.unwrap_or(2),
                tag: 0,
                classful_only: false,
                origin: r.origin,
            })
            .collect();
        model::Ospf {
            process: o.process.clone(),
            origin: o.origin,
            vrf,
            family,
            v3: o.v3,
            router_id: o.router_id,
            enabled: !o.shutdown,
            areas,
            interfaces,
            virtual_links: Vec::new(),
            redistribute,
            default_originate: o.default.as_ref().map(|d| OspfDefault {
                always: d.always,
                metric: d.metric,
                metric_type: d.metric_type,
                policy: d.route_map.as_deref().and_then(|m| self.chain(m, d.origin)),
                tag: 0,
                origin: d.origin,
            }),
            external_summaries: o
                .summaries
                .iter()
                .map(|&(prefix, advertise, tag, origin)| Summary { prefix, advertise, cost: None, tag, origin })
                .collect(),
            distance: o.distance.map(|d| d.unwrap_or(defaults::OSPF_DISTANCE)),
            max_paths: o.max_paths.unwrap_or(defaults::IGP_PATHS),
            stub_router: steady.is_some(),
            stub_router_include_stub: steady.is_some_and(|m| m.include_stub),
            stub_router_external: steady.and_then(|m| m.external),
            stub_router_summary: steady.and_then(|m| m.summary),
            // EOS manual, "compatible (OSPFv2)": RFC 2328 unless said.
            rfc1583: o.rfc1583.unwrap_or(false),
            import: o.import.as_ref().and_then(|(m, at)| self.chain(m, *at)),
            export: None,
            abr_needs_backbone: true,
            vrf_lite: o.vrf_lite,
            reference_bandwidth: o.reference.map_or(defaults::OSPF_REFERENCE, |m| m.saturating_mul(1_000_000)),
        }
    }

    /// `area N filter …` keeps the summaries of these prefixes, and of more specific ones, out of the area.
    fn area_filter(&mut self, o: &Ospf, id: u32) -> Option<PolicyChain> {
        let area = o.areas.get(&id)?;
        let chain = |policy, origin| Some(PolicyChain { policies: vec![policy], at_end: Verdict::Accept, origin });
        if let Some((name, origin)) = &area.filter_list {
            let list = *self.prefix_lists.get(&(o.v6, name.clone()))?;
            let gate = self.gate(format!("prefix-list {name}"), *origin, Cond::PrefixList(list));
            return chain(gate, *origin);
        }
        let (_, origin) = *area.filters.first()?;
        let ranges =
            area.filters.iter().map(|(p, _)| PrefixRange { prefix: *p, min: p.prefix_len(), max: p.max_prefix_len() }).collect();
        let name = format!("router ospf {} vrf {} area {id} filter", o.process, o.vrf);
        let gate = self.gate(name, origin, Cond::Not(Box::new(Cond::Prefix(ranges))));
        chain(gate, origin)
    }

    fn ospf_interfaces(&self, o: &Ospf, vrf: crate::model::vrf::VrfId) -> Vec<OspfInterface> {
        let mut out = Vec::new();
        // One process a VRF takes the interfaces that only name an area.
        let first = self.config.ospf.iter().position(|p| p.vrf == o.vrf && p.v3 == o.v3 && p.v6 == o.v6);
        let is_first = first.and_then(|at| self.config.ospf.get(at)).is_some_and(|p| std::ptr::eq(p, o));
        for (n, (name, port)) in self.config.interfaces.iter().enumerate() {
            let id = InterfaceId::new(n);
            let Some(lowered) = self.device.interfaces.get(id) else { continue };
            if lowered.vrf != vrf || lowered.switchport.is_some() || lowered.aggregate.is_some() {
                continue;
            }
            let settings = if o.v3 { &port.ospf3[usize::from(o.v6)] } else { &port.ospf };
            if settings.disabled {
                continue;
            }
            let by_interface = settings.area.filter(|_| is_first);
            let Some((area, origin)) = by_interface.or_else(|| by_network(o, lowered)) else { continue };
            out.push(self.ospf_interface(o, id, name, lowered, settings, area, origin));
        }
        out
    }

    #[expect(clippy::too_many_arguments, reason = "one caller")]
    fn ospf_interface(
        &self,
        o: &Ospf,
        id: InterfaceId,
        name: &str,
        port: &ModelPort,
        s: &OspfPort,
        area: u32,
        origin: crate::base::span::Origin,
    ) -> OspfInterface {
        let loopback = port.kind == InterfaceKind::Loopback;
        let network = match (s.network, port.kind) {
            (_, InterfaceKind::Loopback) => NetworkType::Loopback,
            (Some(OspfNetwork::PointToPoint), _) | (None, InterfaceKind::Tunnel) => NetworkType::PointToPoint,
            _ => NetworkType::Broadcast,
        };
        let listed = o.passive.iter().rev().find(|(n, _)| &**n == name).map(|(_, on)| *on);
        let passive = s.passive.or(listed).unwrap_or(o.passive_default) || loopback;
        let by_bandwidth = o.reference.zip(port.bandwidth.filter(|b| *b > 0)).map(|(mbit, bandwidth)| {
            u32::try_from(mbit.saturating_mul(1_000_000) / bandwidth).unwrap_or(u32::MAX).clamp(1, 65535)
        });
        OspfInterface {
            interface: id,
            area,
            cost: s.cost.or(by_bandwidth).unwrap_or(defaults::OSPF_COST),
            passive,
            network,
            priority: s.priority.unwrap_or(1),
            hello: s.hello.unwrap_or(defaults::OSPF_TIMERS.0),
            dead: s.dead.unwrap_or_else(|| s.hello.map_or(defaults::OSPF_TIMERS.1, |h| h.saturating_mul(4))),
            mtu_ignore: s.mtu_ignore,
            auth: auth(o, s, area),
            neighbors: Vec::new(),
            advertise_secondary: true,
            advertise_subnet: false,
            suppress_prefix: false,
            addresses: Vec::new(),
            origin,
        }
    }
}

/// The area of the most specific `network` that holds an address of the interface.
fn by_network(o: &Ospf, port: &ModelPort) -> Option<(u32, crate::base::span::Origin)> {
    let mut best: Option<(u8, u32, crate::base::span::Origin)> = None;
    for address in port.addresses.iter().filter(|a| !link_local(a.address.addr()) && !a.virtual_address) {
        for &(net, area, origin) in o.networks.iter().filter(|(net, ..)| net.contains(&address.address.addr())) {
            if best.is_none_or(|(length, ..)| net.prefix_len() > length) {
                best = Some((net.prefix_len(), area, origin));
            }
        }
        if best.is_some() {
            break;
        }
    }
    best.map(|(_, area, origin)| (area, origin))
}

/// Authentication as comparable text. Keys are printed encrypted with a key of the device, so only the type is compared.
fn auth(o: &Ospf, s: &OspfPort, area: u32) -> Option<Name> {
    match (s.auth.as_deref(), o.areas.get(&area).is_some_and(|a| a.auth)) {
        (Some("message-digest"), _) => Some("md5".into()),
        (Some(_), _) => Some("simple".into()),
        (None, true) => Some("simple".into()),
        (None, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;
    use super::*;

    #[test]
    fn interfaces_are_found_by_network_and_by_area() {
        let d = device(
            "ip routing\ninterface Ethernet1\n   no switchport\n   ip address 10.0.0.1/30\ninterface Ethernet2\n   no switchport\n   ip address 10.1.0.1/30\n   ip ospf area 0.0.0.5\n   ip ospf network point-to-point\n   ip ospf cost 7\ninterface Ethernet3\n   ip address 10.0.0.9/30\ninterface Loopback0\n   ip address 10.0.9.9/32\nrouter ospf 1\n   passive-interface default\n   no passive-interface Ethernet1\n   network 10.0.0.0/8 area 1\n   network 10.0.0.0/30 area 0\n   area 5 filter 10.7.0.0/16\n",
        );
        let o = &d.ospf[0];
        let rows: Vec<_> = o.interfaces.iter().map(|i| (i.interface.0, i.area, i.cost, i.passive, i.network)).collect();
        assert_eq!(
            rows,
            [
                (0, 0, 10, false, NetworkType::Broadcast),
                (1, 5, 7, true, NetworkType::PointToPoint),
                (3, 1, 10, true, NetworkType::Loopback),
            ]
        );
        assert_eq!(o.areas.iter().map(|a| a.id).collect::<Vec<_>>(), [0, 1, 5]);
        assert!(o.areas[2].filter_in.is_some());
        assert_eq!((o.distance, o.max_paths), ([110; 3], 128));
    }
}
