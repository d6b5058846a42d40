//! OSPF and OSPFv3.

use super::Lower;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::id::Id;
use crate::model::VrfId;
use crate::model::interface::{InterfaceId, InterfaceKind};
use crate::model::ospf::{Area, AreaKind, NetworkType, Ospf, OspfInterface, OspfRedistribution, Summary, Translate, VirtualLink};
use crate::model::policy::Verdict;
use crate::model::route::Family;
use crate::vendors::sros::config::{self, RouterKind};
use crate::vendors::sros::defaults;

impl Lower<'_, '_> {
    pub(super) fn make_ospf(&mut self) {
        let config = self.config;
        for (n, vrf) in self.running() {
            let r = &config.routers[n];
            for o in &r.ospf {
                let made = self.ospf(r, o, vrf);
                self.device.ospf.push(made);
            }
        }
    }

    fn ospf(&mut self, r: &config::Router, o: &config::Ospf, vrf: VrfId) -> Ospf {
        let family = if o.v6 { Family::V6 } else { Family::V4 };
        let reference = o.reference.unwrap_or(defaults::OSPF_REFERENCE).saturating_mul(1000);
        let mut areas = Vec::new();
        let mut interfaces = Vec::new();
        for a in &o.areas {
            let made = self.area(a);
            areas.push(made);
            for x in &a.interfaces {
                let Some(id) = self.named_interface(vrf, &(x.name.clone(), x.origin), "ospf interface") else { continue };
                if let Some(mtu) = x.mtu {
                    self.device.interfaces[id].mtu = Some(mtu);
                }
                if x.up != Some(false) {
                    interfaces.push(self.ospf_interface(x, id, a.id, reference));
                }
            }
        }
        areas.sort_by_key(|a| a.id);
        // "asbr … must be configured to export routes into OSPF"; a VPRN is one by what it is.
        let exports = o.asbr || r.kind == RouterKind::Vprn;
        if let (false, Some(c)) = (exports, &o.export) {
            let message = "OSPF exports nothing without `asbr`";
            self.sink.push(Diagnostic::new(Code("R-ospf-asbr"), Severity::Warning, message).at(c.origin));
        }
        let redistribute = o.export.as_ref().filter(|_| exports).map(|c| OspfRedistribution {
            sources: Vec::new(),
            policy: Some(self.chain(c, Verdict::Reject)),
            metric: None,
            metric_type: defaults::OSPF_EXPORT_TYPE,
            tag: 0,
            classful_only: false,
            origin: c.origin,
        });
        let internal = o.preference.unwrap_or(defaults::OSPF_INTERNAL);
        Ospf {
            process: o.instance.clone(),
            origin: o.origin,
            vrf,
            family,
            v3: o.v3,
            router_id: o.router_id,
            enabled: o.up.unwrap_or(if self.config.classic { defaults::CLASSIC_UP } else { defaults::IGP_UP }),
            areas,
            interfaces,
            virtual_links: o
                .areas
                .iter()
                .flat_map(|a| &a.virtual_links)
                .map(|(area, neighbor, origin)| VirtualLink { area: *area, neighbor: *neighbor, origin: *origin })
                .collect(),
            redistribute: redistribute.into_iter().collect(),
            default_originate: None,
            external_summaries: Vec::new(),
            distance: [internal, internal, o.external_preference.unwrap_or(defaults::OSPF_EXTERNAL)],
            max_paths: r.ecmp.unwrap_or(defaults::ECMP),
            stub_router: o.overload,
            stub_router_include_stub: o.include_stub,
            stub_router_external: None,
            stub_router_summary: None,
            rfc1583: o.rfc1583.unwrap_or(true),
            import: o.import.as_ref().map(|c| self.chain(c, Verdict::Accept)),
            export: None,
            abr_needs_backbone: false,
            vrf_lite: r.kind != RouterKind::Vprn,
            reference_bandwidth: reference,
        }
    }

    fn area(&mut self, a: &config::OspfArea) -> Area {
        let kind = match (&a.stub, &a.nssa) {
            (Some(s), _) => AreaKind::Stub { no_summary: s.summaries == Some(false), default: true },
            (None, Some(s)) => {
                let no_summary = s.summaries == Some(false);
                AreaKind::Nssa {
                    no_summary: no_summary && !s.type_nssa,
                    default: s.originate_default,
                    default_type: 1,
                    no_redistribution: s.redistribute_external == Some(false),
                    translate: Translate::Candidate,
                    suppress_forwarding_address: false,
                }
            }
            (None, None) => AreaKind::Normal,
        };
        let metric = a.stub.as_ref().or(a.nssa.as_ref()).and_then(|s| s.default_metric);
        let range = |r: &config::OspfRange| Summary {
            prefix: r.prefix,
            advertise: r.advertise != Some(false),
            cost: None,
            tag: 0,
            origin: r.origin,
        };
        for r in a.ranges.iter().filter(|r| r.nssa) {
            self.not_modelled(r.origin, "ranges of an NSSA's external routes are not modelled");
        }
        Area {
            id: a.id,
            kind,
            ranges: a.ranges.iter().filter(|r| !r.nssa).map(range).collect(),
            default_cost: metric.unwrap_or(defaults::OSPF_STUB_METRIC),
            filter_in: a.import.as_ref().map(|c| self.chain(c, Verdict::Accept)),
            filter_out: a.export.as_ref().map(|c| self.chain(c, Verdict::Accept)),
            origin: a.origin,
        }
    }

    fn ospf_interface(&self, x: &config::OspfInterface, id: InterfaceId, area: u32, reference: u64) -> OspfInterface {
        let i = &self.device.interfaces[id];
        let loopback = i.kind == InterfaceKind::Loopback;
        let network = match x.kind.as_deref() {
            _ if loopback => NetworkType::Loopback,
            Some("point-to-point") => NetworkType::PointToPoint,
            Some("non-broadcast") => NetworkType::NonBroadcast,
            Some("p2mp-nbma") => NetworkType::PointToMultipoint,
            _ if i.kind == InterfaceKind::Tunnel || i.unnumbered.is_some() => NetworkType::PointToPoint,
            _ => NetworkType::Broadcast,
        };
        let cost = match (x.metric, i.bandwidth) {
            (Some(metric), _) => metric,
            _ if loopback => 0,
            (None, Some(bandwidth)) if bandwidth > 0 => u32::try_from((reference / bandwidth).clamp(1, 65535)).unwrap_or(65535),
            _ => 1,
        };
        let hello = x.hello.unwrap_or(defaults::OSPF_HELLO.0);
        OspfInterface {
            interface: id,
            area,
            cost,
            passive: x.passive == Some(true) || loopback,
            network,
            priority: x.priority.unwrap_or(defaults::OSPF_PRIORITY),
            hello,
            dead: x.dead.unwrap_or(defaults::OSPF_HELLO.1),
            mtu_ignore: false,
            auth: x.auth.clone(),
            neighbors: x.neighbors.clone(),
            advertise_secondary: true,
            // "advertise-subnet" is on: the subnet, not the host, also of loopbacks.
            advertise_subnet: x.advertise_subnet.unwrap_or(true),
            suppress_prefix: false,
            addresses: Vec::new(),
            origin: x.origin,
        }
    }

    /// The interfaces of a VRF in order.
    pub(super) fn interfaces_of(&self, vrf: VrfId) -> Vec<InterfaceId> {
        (0..self.device.interfaces.len()).map(InterfaceId::new).filter(|i| self.device.interfaces[*i].vrf == vrf).collect()
    }
}
