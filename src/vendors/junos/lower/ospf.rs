//! OSPF.

use super::Lower;
use crate::base::Set;
use crate::base::span::Origin;
use crate::model::VrfId;
use crate::model::interface::{InterfaceId, InterfaceKind};
use crate::model::ospf::{Area, AreaKind, NetworkType, Ospf, OspfInterface, OspfRedistribution, Summary, Translate, VirtualLink};
use crate::model::policy::Verdict;
use crate::model::route::Family;
use crate::vendors::junos::config::{self, InstanceKind};
use crate::vendors::junos::defaults;

impl Lower<'_, '_> {
    pub(super) fn make_ospf(&mut self) {
        let config = self.config;
        for i in &config.instances {
            if i.kind == InstanceKind::Bridging {
                continue;
            }
            let Some(vrf) = self.vrf(&i.name) else { continue };
            for o in &i.ospf {
                let made = self.ospf(o, vrf, i);
                self.device.ospf.push(made);
            }
        }
    }

    fn ospf(&mut self, o: &config::Ospf, vrf: VrfId, i: &config::Instance) -> Ospf {
        let family = if o.v3 && !o.ipv4 { Family::V6 } else { Family::V4 };
        let reference = o.reference_bandwidth.unwrap_or(defaults::OSPF_REFERENCE);
        let mut areas: Vec<Area> = o.areas.iter().map(|a| self.area(a)).collect();
        areas.sort_by_key(|a| a.id);
        let mut interfaces: Vec<OspfInterface> = Vec::new();
        let mut named: Set<InterfaceId> = Set::default();
        for a in &o.areas {
            for x in a.interfaces.iter().filter(|x| &*x.name != "all") {
                let found = self.named_interface(&(x.name.clone(), x.origin), "ospf interface");
                let Some(id) = found.filter(|id| self.device.interfaces[*id].vrf == vrf) else { continue };
                named.insert(id);
                if !x.disabled {
                    interfaces.push(self.ospf_interface(x, id, a.id, reference));
                }
            }
        }
        // `interface all` takes what is not named, in no area twice.
        for a in &o.areas {
            for x in a.interfaces.iter().filter(|x| &*x.name == "all" && !x.disabled) {
                let rest: Vec<InterfaceId> = self
                    .device
                    .interfaces
                    .iter_ids()
                    .filter(|(id, f)| f.vrf == vrf && !named.contains(id) && f.speaks(family.is_v6()) && f.name.contains('.'))
                    .map(|(id, _)| id)
                    .collect();
                for id in rest {
                    named.insert(id);
                    interfaces.push(self.ospf_interface(x, id, a.id, reference));
                }
            }
        }
        let redistribute = o.export.iter().map(|c| OspfRedistribution {
            sources: Vec::new(),
            policy: Some(self.chain(c, Verdict::Reject)),
            metric: None,
            metric_type: 2,
            tag: 0,
            classful_only: false,
            origin: c.origin,
        });
        let redistribute = redistribute.collect();
        let import = o.import.as_ref().map(|c| self.import_chain(c, Verdict::Accept));
        let internal = o.preference.unwrap_or(defaults::OSPF_INTERNAL);
        Ospf {
            process: o.name.clone(),
            origin: o.origin,
            vrf,
            family,
            v3: o.v3,
            router_id: i.routing.router_id,
            enabled: !o.disabled,
            areas,
            interfaces,
            virtual_links: o
                .areas
                .iter()
                .flat_map(|a| &a.virtual_links)
                .map(|(area, neighbor, origin)| VirtualLink { area: *area, neighbor: *neighbor, origin: *origin })
                .collect(),
            redistribute,
            default_originate: None,
            external_summaries: Vec::new(),
            distance: [internal, internal, o.external_preference.unwrap_or(defaults::OSPF_EXTERNAL)],
            max_paths: self.device.platform.max_ecmp,
            stub_router: o.overload,
            stub_router_include_stub: false,
            stub_router_external: None,
            stub_router_summary: None,
            rfc1583: !o.no_rfc1583,
            import,
            export: None,
            abr_needs_backbone: false,
            vrf_lite: o.vrf_lite || i.kind != InstanceKind::Vrf,
            reference_bandwidth: reference,
        }
    }

    fn area(&mut self, a: &config::OspfArea) -> Area {
        let kind = match (&a.stub, &a.nssa) {
            // An ABR sends a default route only with `default-metric` ("stub").
            (Some(s), _) => AreaKind::Stub { no_summary: s.no_summaries, default: s.default_metric.is_some() },
            (None, Some(s)) => AreaKind::Nssa {
                no_summary: s.no_summaries && !s.type_7,
                default: s.default_metric.is_some(),
                default_type: s.metric_type.unwrap_or(defaults::NSSA_DEFAULT_TYPE),
                no_redistribution: false,
                translate: Translate::Candidate,
                suppress_forwarding_address: false,
            },
            (None, None) => AreaKind::Normal,
        };
        let metric = a.stub.as_ref().or(a.nssa.as_ref()).and_then(|s| s.default_metric);
        Area {
            id: a.id,
            kind,
            ranges: a
                .ranges
                .iter()
                .map(|r| Summary { prefix: r.prefix, advertise: !r.restrict, cost: r.metric, tag: 0, origin: r.origin })
                .collect(),
            default_cost: metric.unwrap_or(0),
            filter_in: a.inter_import.as_ref().map(|c| self.chain(c, Verdict::Accept)),
            filter_out: a.inter_export.as_ref().map(|c| self.chain(c, Verdict::Accept)),
            origin: a.origin,
        }
    }

    fn ospf_interface(&self, x: &config::OspfInterface, id: InterfaceId, area: u32, reference: u64) -> OspfInterface {
        let i = &self.device.interfaces[id];
        let loopback = i.kind == InterfaceKind::Loopback;
        let network = match x.kind.as_deref() {
            Some("p2p") => NetworkType::PointToPoint,
            Some("nbma") => NetworkType::NonBroadcast,
            Some("p2mp" | "p2mp-over-lan") => NetworkType::PointToMultipoint,
            _ if loopback => NetworkType::Loopback,
            _ if i.kind == InterfaceKind::Tunnel => NetworkType::PointToPoint,
            _ => NetworkType::Broadcast,
        };
        let by_bandwidth = |bandwidth: u64| {
            let mut steps = x.bandwidth_metrics.clone();
            steps.sort_unstable();
            // "the metric of the next lower bandwidth": the greatest step that the link reaches.
            steps.iter().rev().find(|(step, _)| *step <= bandwidth).map(|s| s.1)
        };
        let cost = match (x.metric, i.bandwidth) {
            (Some(metric), _) => metric,
            _ if loopback => 0,
            (None, Some(bandwidth)) if bandwidth > 0 => {
                by_bandwidth(bandwidth).unwrap_or_else(|| u32::try_from((reference / bandwidth).clamp(1, 65535)).unwrap_or(65535))
            }
            _ => 1,
        };
        let (hello, dead) = if network == NetworkType::NonBroadcast { defaults::OSPF_HELLO_NBMA } else { defaults::OSPF_HELLO };
        let hello = x.hello.unwrap_or(hello);
        OspfInterface {
            interface: id,
            area,
            cost,
            passive: x.passive,
            network,
            priority: x.priority.unwrap_or(defaults::OSPF_PRIORITY),
            hello,
            // Four times the hello interval where only that is set.
            dead: x.dead.unwrap_or(if x.hello.is_some() { hello.saturating_mul(4) } else { dead }),
            mtu_ignore: false,
            auth: x.auth.clone(),
            neighbors: x.neighbors.clone(),
            advertise_secondary: true,
            advertise_subnet: loopback,
            suppress_prefix: false,
            addresses: Vec::new(),
            origin: if x.origin.is_some() { x.origin } else { Origin::NONE },
        }
    }
}
