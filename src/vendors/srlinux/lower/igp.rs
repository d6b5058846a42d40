//! OSPF and IS-IS.

use super::Lower;
use crate::model::VrfId;
use crate::model::interface::{InterfaceId, InterfaceKind};
use crate::model::isis::{Isis, IsisInterface, IsisLeak, IsisRedistribution, IsisSummary, Levels};
use crate::model::ospf::{Area, AreaKind, NetworkType, Ospf, OspfInterface, OspfRedistribution, Summary, Translate};
use crate::model::policy::PolicyChain;
use crate::model::route::Family;
use crate::vendors::srlinux::config::{self, InstanceKind};
use crate::vendors::srlinux::defaults;

impl Lower<'_, '_> {
    pub(super) fn make_ospf(&mut self) {
        let config = self.config;
        for i in config.instances.iter().filter(|i| i.kind == InstanceKind::Routed && !i.disabled) {
            let Some(vrf) = self.vrfs.get(&i.name).copied() else { continue };
            for o in &i.ospf {
                let made = self.ospf(o, vrf);
                self.device.ospf.push(made);
            }
        }
    }

    fn ospf(&mut self, o: &config::Ospf, vrf: VrfId) -> Ospf {
        let reference = o.reference_kbps.map_or(defaults::OSPF_REFERENCE, |k| k.saturating_mul(1000));
        let mut interfaces = Vec::new();
        for a in &o.areas {
            for x in a.interfaces.iter().filter(|x| !x.disabled) {
                let found = self.named_interface(&x.name, "ospf interface");
                let Some(id) = found.filter(|id| self.device.interfaces[*id].vrf == vrf) else { continue };
                interfaces.push(self.ospf_interface(x, id, a.id, reference));
            }
        }
        let mut areas: Vec<Area> = o.areas.iter().map(area).collect();
        areas.sort_by_key(|a| a.id);
        let internal = o.preference.unwrap_or(defaults::OSPF_INTERNAL);
        Ospf {
            process: o.name.clone(),
            origin: o.origin,
            vrf,
            family: if o.v3 && !o.v4_over_v3 { Family::V6 } else { Family::V4 },
            v3: o.v3,
            router_id: o.router_id.or(self.device.vrfs[vrf].router_id),
            // YANG: an OSPF instance is disabled until it is turned on.
            enabled: o.enabled == Some(true),
            areas,
            interfaces,
            redistribute: self
                .redistribution(&o.export)
                .map(|policy| OspfRedistribution {
                    sources: Vec::new(),
                    origin: policy.origin,
                    policy: Some(policy),
                    metric: None,
                    metric_type: 2,
                    tag: 0,
                    classful_only: false,
                })
                .into_iter()
                .collect(),
            distance: [internal, internal, o.external_preference.unwrap_or(defaults::OSPF_EXTERNAL)],
            max_paths: o.max_paths.unwrap_or(defaults::MAX_PATHS),
            stub_router: o.overload,
            rfc1583: true,
            vrf_lite: true,
            reference_bandwidth: reference,
            ..Ospf::default()
        }
    }

    fn redistribution(&self, names: &[super::Named]) -> Option<PolicyChain> {
        (!names.is_empty()).then(|| self.chain(names))
    }

    fn ospf_interface(&self, x: &config::OspfInterface, id: InterfaceId, area: u32, reference: u64) -> OspfInterface {
        let i = &self.device.interfaces[id];
        let loopback = i.kind == InterfaceKind::Loopback;
        let network = match x.point_to_point {
            _ if loopback => NetworkType::Loopback,
            Some(true) => NetworkType::PointToPoint,
            _ => NetworkType::Broadcast,
        };
        let by_speed = |speed: u64| u32::try_from((reference / speed.max(1)).clamp(1, 65535)).unwrap_or(65535);
        let hello = x.hello.unwrap_or(defaults::OSPF_TIMERS.0);
        OspfInterface {
            interface: id,
            area,
            cost: x.metric.unwrap_or_else(|| if loopback { 0 } else { i.speed.map_or(1, by_speed) }),
            passive: x.passive,
            network,
            priority: x.priority.unwrap_or(defaults::OSPF_PRIORITY),
            hello,
            dead: x.dead.unwrap_or(defaults::OSPF_TIMERS.1),
            mtu_ignore: false,
            auth: x.auth.clone(),
            neighbors: Vec::new(),
            advertise_secondary: true,
            advertise_subnet: false,
            suppress_prefix: false,
            addresses: Vec::new(),
            origin: x.name.1,
        }
    }

    pub(super) fn make_isis(&mut self) {
        let config = self.config;
        for i in config.instances.iter().filter(|i| i.kind == InstanceKind::Routed && !i.disabled) {
            let Some(vrf) = self.vrfs.get(&i.name).copied() else { continue };
            for x in i.isis.iter().filter(|x| !x.disabled) {
                let made = self.isis(x, vrf);
                self.device.isis.push(made);
            }
        }
    }

    fn isis(&mut self, x: &config::Isis, vrf: VrfId) -> Isis {
        let (l1, l2) = x.levels.unwrap_or(defaults::ISIS_LEVELS);
        let levels = Levels { l1, l2 };
        let mut areas: Vec<Box<str>> = Vec::new();
        let mut system_id: Box<str> = "".into();
        for (net, origin) in &x.nets {
            let hex: String = net.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_ascii_lowercase();
            // Area, then six octets of system id, then one of selector.
            let Some(at) = hex.len().checked_sub(14) else {
                self.error("V-invalid-value", *origin, format!("`{net}` is not a network entity title"));
                continue;
            };
            system_id = hex[at..at + 12].into();
            areas.push(hex[..at].into());
        }
        let mut families = Vec::new();
        if !x.no_ipv4 {
            families.push(Family::V4);
        }
        if x.ipv6.unwrap_or(true) {
            families.push(Family::V6);
        }
        let mut interfaces = Vec::new();
        for c in x.interfaces.iter().filter(|c| !c.disabled) {
            let found = self.named_interface(&c.name, "isis interface");
            let Some(id) = found.filter(|id| self.device.interfaces[*id].vrf == vrf) else { continue };
            interfaces.extend(self.isis_interface(x, c, id, levels, &families));
        }
        let leak = |l: &Self, names: &[super::Named]| {
            l.redistribution(names).map(|policy| IsisLeak { origin: policy.origin, policy: Some(policy) })
        };
        let preference = |level: usize, external: bool| {
            let l = &x.level[level];
            let set = if external { l.external } else { l.internal };
            set.unwrap_or(defaults::ISIS[level + if external { 2 } else { 0 }])
        };
        Isis {
            process: x.name.clone(),
            origin: x.origin,
            vrf,
            areas,
            system_id,
            levels,
            wide: [!x.level[0].narrow, !x.level[1].narrow],
            narrow: [x.level[0].narrow, x.level[1].narrow],
            families,
            multi_topology: x.multi_topology,
            interfaces,
            overload: x.overload,
            suppress_attached: x.suppress_attached,
            ignore_attached: x.ignore_attached,
            redistribute: self
                .redistribution(&x.export)
                .map(|policy| IsisRedistribution {
                    sources: Vec::new(),
                    family: None,
                    origin: policy.origin,
                    policy: Some(policy),
                    metric: None,
                    metric_external: false,
                    levels,
                })
                .into_iter()
                .collect(),
            leak_l2_to_l1: leak(self, &x.leak_down),
            leak_l1_to_l2: leak(self, &x.leak_up),
            default_originate: None,
            summaries: x
                .summaries
                .iter()
                .map(|(prefix, origin)| IsisSummary {
                    prefix: *prefix,
                    levels: Levels { l1: false, l2: true },
                    metric: None,
                    origin: *origin,
                })
                .collect(),
            distance: [preference(0, false), preference(1, false), preference(0, true), preference(1, true)],
            max_paths: x.max_paths.unwrap_or(defaults::MAX_PATHS),
            auth: [x.level[0].auth.clone(), x.level[1].auth.clone()],
            advertise_passive_only: false,
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
        let levels = Levels { l1: process.l1 && !c.level[0].disabled, l2: process.l2 && !c.level[1].disabled };
        if !levels.l1 && !levels.l2 {
            return None;
        }
        let metric = |l: usize| {
            let by_speed = x.reference_kbps.zip(i.speed.filter(|s| *s > 0));
            let computed = by_speed
                .map(|(r, s)| u32::try_from((r.saturating_mul(1000) / s).clamp(1, 16_777_214)).unwrap_or(defaults::ISIS_METRIC));
            let default = if loopback { 0 } else { computed.unwrap_or(defaults::ISIS_METRIC) };
            let metric = c.level[l].metric.unwrap_or(default);
            if x.level[l].narrow { metric.min(defaults::ISIS_NARROW_MOST) } else { metric }
        };
        let auth = |l: usize| c.level[l].auth.clone().or_else(|| c.auth.clone());
        let priority = |l: usize| c.level[l].priority.unwrap_or(defaults::ISIS_PRIORITY);
        let on = |f: &Family| !c.off[usize::from(f.is_v6())] && i.speaks(f.is_v6());
        Some(IsisInterface {
            interface: id,
            levels,
            metric: [metric(0), metric(1)],
            metric_v6: [c.level[0].metric_v6, c.level[1].metric_v6],
            passive: c.passive || loopback,
            point_to_point: c.point_to_point,
            priority: [priority(0), priority(1)],
            auth: [auth(0), auth(1)],
            families: families.iter().copied().filter(on).collect(),
            origin: c.name.1,
        })
    }
}

fn area(a: &config::OspfArea) -> Area {
    let kind = match (a.stub, a.nssa) {
        (true, _) => AreaKind::Stub { no_summary: a.no_summaries, default: true },
        (_, true) => AreaKind::Nssa {
            no_summary: a.no_summaries,
            default: a.originate_default || a.no_summaries,
            default_type: 1,
            no_redistribution: false,
            translate: Translate::Candidate,
            suppress_forwarding_address: false,
        },
        _ => AreaKind::Normal,
    };
    let summary = |(prefix, advertise, origin): &(ipnet::IpNet, bool, crate::base::span::Origin)| Summary {
        prefix: *prefix,
        advertise: *advertise,
        cost: None,
        tag: 0,
        origin: *origin,
    };
    Area {
        id: a.id,
        kind,
        ranges: a.ranges.iter().map(summary).collect(),
        // `stub default-metric`, YANG default 1.
        default_cost: a.default_metric.unwrap_or(1),
        filter_in: None,
        filter_out: None,
        origin: a.origin,
    }
}
