//! OSPF: settings come from the interface, else its area, else its process; costs are worked out.

use std::net::{IpAddr, Ipv4Addr};

use super::Lowering;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::interface::{Interface, InterfaceId, InterfaceKind};
use crate::model::ospf::{
    Area, AreaKind, NetworkType, Ospf, OspfDefault, OspfInterface, OspfRedistribution, Summary, Translate, VirtualLink,
};
use crate::model::policy::{AtEnd, Cond, Flow, PolicyChain, Verdict};
use crate::model::route::Family;
use crate::model::vrf::VrfId;
use crate::vendors::iosxr::config::{self, Kind, ListName, OspfOn, Range};
use crate::vendors::iosxr::defaults;

fn summary(r: &Range) -> Summary {
    Summary { prefix: r.prefix, advertise: r.advertise, cost: r.cost, tag: r.tag, origin: r.origin }
}

impl Lowering<'_> {
    pub(super) fn all_ospf(&mut self) {
        let config = self.config;
        // The first process of a table that names no router id gets a loopback's address, others one of their own interfaces'.
        let mut given: Vec<(VrfId, bool)> = Vec::new();
        for (_, p) in &config.ospf.items {
            let mut process = self.ospf(p);
            if process.router_id.is_none() {
                let first = !given.contains(&(process.vrf, p.v3));
                process.router_id = self.ospf_router_id(&process, first);
                given.push((process.vrf, p.v3));
            }
            self.device.ospf.push(process);
        }
    }

    fn ospf(&mut self, p: &config::Ospf) -> Ospf {
        let vrf = self.vrf(p.vrf.as_ref()).unwrap_or_default();
        let family = if p.v3 { Family::V6 } else { Family::V4 };
        let reference = p.reference.unwrap_or(defaults::OSPF_REFERENCE);
        let areas = p.areas.iter().map(|(id, a)| self.ospf_area(*id, a)).collect();
        let mut interfaces = Vec::new();
        let mut lists: Vec<(InterfaceId, ListName)> = Vec::new();
        for (area, a) in &p.areas {
            for (name, i) in &a.interfaces.items {
                let Some(&id) = self.interfaces.get(name) else { continue };
                if i.shutdown || self.device.interfaces[id].vrf != vrf {
                    continue;
                }
                let mut on = i.on.clone();
                on.inherit(&a.on);
                on.inherit(&p.on);
                lists.extend(on.list_in.clone().map(|l| (id, l)));
                interfaces.push(self.ospf_interface(id, *area, i, &on, reference));
            }
        }
        let virtual_links = p.areas.iter().flat_map(|(area, a)| {
            a.virtual_links.iter().map(|&(neighbor, origin)| VirtualLink { area: *area, neighbor, origin })
        });
        let virtual_links = virtual_links.collect();
        let mut redistribute = Vec::new();
        for r in &p.redistribute {
            let Some(sources) = self.sources(&r.source, p.vrf.as_ref()) else { continue };
            redistribute.push(OspfRedistribution {
                sources,
                policy: self.redistribution_policy(&r.types, r.policy.as_ref(), r.origin),
                metric: r.metric.or(p.default_metric),
                metric_type: r.metric_type.unwrap_or(defaults::OSPF_EXTERNAL_TYPE),
                tag: r.tag,
                classful_only: false,
                origin: r.origin,
            });
        }
        let default_originate = p.default.as_ref().map(|d| OspfDefault {
            always: d.always,
            metric: d.metric,
            metric_type: d.metric_type.unwrap_or(defaults::OSPF_EXTERNAL_TYPE),
            policy: d.policy.as_ref().and_then(|a| self.chain(a)),
            tag: d.tag,
            origin: d.origin,
        });
        let stub = p.stub_router.unwrap_or_default();
        Ospf {
            process: p.id.clone(),
            origin: p.origin,
            vrf,
            family,
            v3: p.v3,
            router_id: p.router_id,
            enabled: true,
            areas,
            interfaces,
            virtual_links,
            redistribute,
            default_originate,
            external_summaries: p.summaries.iter().map(summary).collect(),
            distance: p.distance.map(|d| d.unwrap_or(defaults::DISTANCE_OSPF)),
            max_paths: p.max_paths.unwrap_or(defaults::OSPF_PATHS),
            stub_router: p.stub_router.is_some(),
            stub_router_include_stub: stub.include_stub,
            stub_router_external: stub.external,
            stub_router_summary: stub.summary,
            // RCR OSPF, "compatible rfc1583": on by default.
            rfc1583: !p.no_rfc1583,
            import: self.ospf_import(&lists, family, p.origin),
            export: self.ospf_export(p, family),
            abr_needs_backbone: true,
            vrf_lite: p.vrf_lite,
            reference_bandwidth: reference,
        }
    }

    fn ospf_area(&mut self, id: u32, a: &config::Area) -> Area {
        let kind = match a.kind {
            Kind::Normal => AreaKind::Normal,
            Kind::Stub => AreaKind::Stub { no_summary: a.no_summary, default: true },
            Kind::Nssa => AreaKind::Nssa {
                no_summary: a.no_summary,
                default: a.nssa_default || a.no_summary,
                default_type: a.nssa_default_type,
                no_redistribution: a.no_redistribution,
                translate: if a.translate_always { Translate::Always } else { Translate::Candidate },
                suppress_forwarding_address: false,
            },
        };
        Area {
            id,
            kind,
            ranges: a.ranges.iter().map(summary).collect(),
            default_cost: a.default_cost.unwrap_or(defaults::OSPF_AREA_DEFAULT_COST),
            filter_in: a.filter_in.as_ref().and_then(|p| self.chain(p)),
            filter_out: a.filter_out.as_ref().and_then(|p| self.chain(p)),
            origin: a.origin,
        }
    }

    fn ospf_interface(
        &self,
        id: InterfaceId,
        area: u32,
        i: &config::OspfInterface,
        on: &OspfOn,
        reference: u64,
    ) -> OspfInterface {
        let model = &self.device.interfaces[id];
        let port = self.config.interfaces.get(&model.name).map(|c| c.port).unwrap_or_default();
        let default = if port.point_to_point { NetworkType::PointToPoint } else { NetworkType::Broadcast };
        let loopback = model.kind == InterfaceKind::Loopback;
        // A loopback is a stub host whatever the process says of networks (lab cisco_xr_ios_vpnv4: `network point-to-point`).
        let network = if loopback { NetworkType::Loopback } else { on.network.unwrap_or(default) };
        let hello = on.hello.unwrap_or_else(|| defaults::ospf_hello(network));
        OspfInterface {
            interface: id,
            area,
            cost: match on.cost {
                Some(cost) => cost,
                None if loopback => defaults::OSPF_LOOPBACK_COST,
                None => cost(model, reference),
            },
            passive: on.passive.unwrap_or(false),
            network,
            priority: on.priority.unwrap_or(1),
            hello,
            dead: on.dead.unwrap_or(hello.saturating_mul(4)),
            mtu_ignore: on.mtu_ignore.unwrap_or(false),
            auth: auth(on),
            neighbors: i.neighbors.clone(),
            advertise_secondary: true,
            advertise_subnet: loopback && i.on.network == Some(NetworkType::PointToPoint),
            suppress_prefix: on.suppress_prefix.unwrap_or(false),
            addresses: Vec::new(),
            origin: i.origin,
        }
    }

    /// The router id of a process that names none: the address of the first loopback of the global table that is up, whatever its
    /// value; else the first address of the process's own interfaces, loopbacks before others (observed on IOS-XR 6.3.1: `show ospf`
    /// of routers with several loopbacks, shut ones, and loopbacks in VRFs).
    fn ospf_router_id(&self, process: &Ospf, first: bool) -> Option<Ipv4Addr> {
        let address = |i: &Interface| match i.primary(false).map(|a| a.address.addr()) {
            Some(IpAddr::V4(ip)) if i.enabled => Some(ip),
            _ => None,
        };
        let is_loopback = |i: &&Interface| i.kind == InterfaceKind::Loopback;
        let global = || {
            let mut all: Vec<&Interface> =
                self.device.interfaces.iter().filter(|i| i.vrf == VrfId::DEFAULT).filter(is_loopback).collect();
            all.sort_by_key(|i| i.name.trim_start_matches("Loopback").parse::<u32>().unwrap_or(u32::MAX));
            all.into_iter().find_map(address)
        };
        let own = || process.interfaces.iter().map(|o| &self.device.interfaces[o.interface]);
        first
            .then(global)
            .flatten()
            .or_else(|| own().filter(is_loopback).find_map(address))
            .or_else(|| own().find_map(address))
            // OSPFv3 without any IPv4 address has no router id and does not run.
            .filter(|ip| !ip.is_unspecified())
    }

    /// `distribute-list … in`: each interface may have its own; a route must pass the list of the interface that it goes out of.
    fn ospf_import(&mut self, lists: &[(InterfaceId, ListName)], family: Family, origin: Origin) -> Option<PolicyChain> {
        if lists.is_empty() {
            return None;
        }
        let mut by_list: Vec<(&ListName, Vec<InterfaceId>)> = Vec::new();
        for (id, list) in lists {
            match by_list.iter_mut().find(|(l, _)| *l == list) {
                Some((_, ids)) => ids.push(*id),
                None => by_list.push((list, vec![*id])),
            }
        }
        let mut chain = PolicyChain { policies: Vec::new(), at_end: Verdict::Accept, origin };
        for (list, ids) in by_list {
            // A list that is not defined lets everything through.
            let Some(inner) = self.list_chain(list, family, origin) else { continue };
            let Some(&policy) = inner.policies.first() else { continue };
            let key = format!("distribute-list in {list:?} {ids:?}");
            let terms =
                vec![(Cond::Not(Box::new(Cond::Interface(ids))), Flow::NextPolicy), (Cond::Policy(policy), Flow::NextPolicy)];
            chain.policies.push(self.made_policy(key, "distribute-list", origin, terms, AtEnd::Reject));
        }
        (!chain.policies.is_empty()).then_some(chain)
    }

    fn ospf_export(&mut self, p: &config::Ospf, family: Family) -> Option<PolicyChain> {
        let mut chain = PolicyChain { policies: Vec::new(), at_end: Verdict::Accept, origin: p.origin };
        for (list, source) in &p.list_out {
            let Some(inner) = self.list_chain(list, family, p.origin) else { continue };
            let Some(&policy) = inner.policies.first() else { continue };
            let mut terms = Vec::new();
            if let Some(source) = source {
                let Some(sources) = self.sources(source, p.vrf.as_ref()) else { continue };
                terms.push((Cond::Not(Box::new(Cond::Source(sources))), Flow::NextPolicy));
            }
            terms.push((Cond::Policy(policy), Flow::NextPolicy));
            let key = format!("distribute-list out {list:?} {source:?}");
            chain.policies.push(self.made_policy(key, "distribute-list", p.origin, terms, AtEnd::Reject));
        }
        (!chain.policies.is_empty()).then_some(chain)
    }
}

/// Type and key as comparable text.
fn auth(on: &OspfOn) -> Option<Name> {
    let kind = on.auth_type.as_ref()?;
    match &**kind {
        "null" => None,
        k if k.contains("keychain") || k.starts_with("encryption") || k.starts_with("ipsec") => Some(kind.clone()),
        _ => Some(format!("{kind} {}", on.auth_key.as_deref().unwrap_or("")).into()),
    }
}

/// Reference bandwidth over bandwidth, at least 1 (RCR OSPF, "auto-cost").
fn cost(interface: &Interface, reference: u64) -> u32 {
    match interface.bandwidth {
        Some(b) if b > 0 => u32::try_from(reference / b).unwrap_or(u32::MAX).clamp(1, 65_535),
        _ => 1,
    }
}
