//! OSPF: `network` statements and interface statements become lists of interfaces with their cost.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::Lowering;
use crate::base::Map;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::interface::{Interface, InterfaceId, InterfaceKind};
use crate::model::ospf::{
    Area, AreaKind, NetworkType, Ospf, OspfDefault, OspfInterface, OspfRedistribution, Summary, Translate, VirtualLink,
};
use crate::model::policy::{AtEnd, Cond, Flow, PolicyChain, Verdict};
use crate::model::route::Family;
use crate::vendors::ios::config::{self, DistributeList, Kind, ListName, MetricKind, OspfOn, Range};
use crate::vendors::ios::defaults;
use crate::vendors::ios::read::ospf_key;

fn summary(r: &Range) -> Summary {
    Summary { prefix: r.prefix, advertise: r.advertise, cost: r.cost, tag: r.tag, origin: r.origin }
}

impl Lowering<'_> {
    pub(super) fn all_ospf(&mut self) {
        let config = self.config;
        for (key, p) in &config.ospf.items {
            let process = self.ospf(key, p);
            self.device.ospf.push(process);
        }
    }

    fn ospf(&mut self, key: &Name, p: &config::Ospf) -> Ospf {
        let vrf = self.vrf(p.vrf.as_ref()).unwrap_or_default();
        let family = p.family;
        // Both families of one `router ospfv3` process share its router id.
        let twin = p.v3.then(|| self.config.ospf.get(&ospf_key(true, &p.id, Family::V6))).flatten();
        let mut areas: BTreeMap<u32, Area> = p.areas.iter().map(|(id, a)| (*id, self.ospf_area(*id, a, family))).collect();
        let reference = p.reference.unwrap_or(defaults::OSPF_REFERENCE);
        // The last statement about an interface counts.
        let passive: Map<&str, bool> = p.passive.iter().map(|(n, on)| (&**n, *on)).collect();
        let mut interfaces = Vec::new();
        for (name, i) in &self.config.interfaces.items {
            let Some(&id) = self.interfaces.get(name) else { continue };
            let Some((area, addresses, origin)) = self.ospf_on(key, p, vrf, id, i) else { continue };
            areas.entry(area).or_insert_with(|| Area {
                id: area,
                default_cost: defaults::OSPF_AREA_DEFAULT_COST,
                origin,
                ..Area::default()
            });
            let on = if p.v3 { &i.ospf3 } else { &i.ospf };
            if on.shutdown {
                continue;
            }
            let auth = area_auth(p, area);
            interfaces.push(self.ospf_interface(
                p,
                id,
                i,
                on,
                Enabled {
                    area,
                    addresses,
                    origin,
                    reference,
                    auth,
                    passive: passive.get(&**name).copied().unwrap_or(p.passive_default),
                },
            ));
        }
        let virtual_links = p.areas.iter().flat_map(|(area, a)| {
            a.virtual_links.iter().map(|&(neighbor, origin)| VirtualLink { area: *area, neighbor, origin })
        });
        let virtual_links = virtual_links.collect();
        let redistribute = p.redistribute.iter().filter_map(|r| {
            let source = self.source(&r.source, family)?;
            let types = isis_types(&r.source, &r.types);
            Some(OspfRedistribution {
                sources: vec![source],
                policy: self.redistribution_policy(&types, r.map.as_ref(), r.origin),
                metric: r.metric.or(p.default_metric),
                metric_type: if r.metric_type == Some(MetricKind::One) { 1 } else { defaults::OSPF_EXTERNAL_TYPE },
                tag: r.tag,
                // CRG OSPF, "redistribute": without `subnets`, only classful networks.
                classful_only: !r.subnets && !family.is_v6(),
                origin: r.origin,
            })
        });
        let redistribute = redistribute.collect();
        let default_originate = p.default.as_ref().map(|d| OspfDefault {
            always: d.always,
            metric: d.metric,
            metric_type: d.metric_type.unwrap_or(defaults::OSPF_EXTERNAL_TYPE),
            policy: d.map.as_ref().map(|m| self.map_chain(m, d.origin)),
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
            router_id: p.router_id.or(twin.and_then(|t| t.router_id)),
            enabled: !p.shutdown,
            areas: areas.into_values().collect(),
            interfaces,
            virtual_links,
            redistribute,
            default_originate,
            external_summaries: p.summaries.iter().map(summary).collect(),
            distance: p.distance.map(|d| d.unwrap_or(defaults::DISTANCE_OSPF)),
            max_paths: p.max_paths.unwrap_or(defaults::IGP_PATHS),
            stub_router: p.stub_router.is_some(),
            stub_router_include_stub: stub.include_stub,
            stub_router_external: stub.external,
            stub_router_summary: stub.summary,
            // CRG OSPF, "compatible rfc1583": on by default.
            rfc1583: p.rfc1583.unwrap_or(true),
            import: self.ospf_lists(&p.lists, true, family),
            export: self.ospf_lists(&p.lists, false, family),
            // RFC 3509: IOS is an ABR only with a link in the backbone.
            abr_needs_backbone: true,
            vrf_lite: p.vrf_lite,
            reference_bandwidth: reference,
        }
    }

    fn ospf_area(&mut self, id: u32, a: &config::Area, family: Family) -> Area {
        let mut filter = |f: &Option<ListName>| f.as_ref().map(|l| self.list_chain(l, family, a.origin));
        Area {
            id,
            kind: match a.kind {
                Kind::Normal => AreaKind::Normal,
                Kind::Stub => AreaKind::Stub { no_summary: a.no_summary, default: true },
                Kind::Nssa => AreaKind::Nssa {
                    no_summary: a.no_summary,
                    default: a.nssa_default || a.no_summary,
                    default_type: if a.nssa_default_type == 0 { 2 } else { a.nssa_default_type },
                    no_redistribution: a.no_redistribution,
                    translate: if a.translate_always { Translate::Always } else { Translate::Candidate },
                    suppress_forwarding_address: a.suppress_fa,
                },
            },
            ranges: a.ranges.iter().map(summary).collect(),
            default_cost: a.default_cost.unwrap_or(defaults::OSPF_AREA_DEFAULT_COST),
            filter_in: filter(&a.filter_in),
            filter_out: filter(&a.filter_out),
            origin: a.origin,
        }
    }

    /// The area in which an interface is, the addresses covered (empty: all), and the line that says so.
    fn ospf_on(
        &self,
        key: &Name,
        p: &config::Ospf,
        vrf: crate::model::vrf::VrfId,
        id: InterfaceId,
        i: &config::Interface,
    ) -> Option<(u32, Vec<IpNet>, Origin)> {
        let on = if p.v3 { &i.ospf3 } else { &i.ospf };
        if let Some((_, area, _, origin)) = on.area.iter().find(|(n, _, f, _)| ospf_key(p.v3, n, *f) == **key) {
            return Some((*area, Vec::new(), *origin));
        }
        // `ip ospf … area` takes precedence over `network` statements, of any process.
        if p.v3 || !on.area.is_empty() || self.device.interfaces[id].vrf != vrf {
            return None;
        }
        let borrowed = i.unnumbered.as_ref().and_then(|n| self.config.interfaces.get(n));
        let primary = i.v4.or_else(|| borrowed.and_then(|b| b.v4))?;
        let covers = |net: &IpNet, (address, wildcard): (u32, u32)| match net {
            IpNet::V4(n) => u32::from(n.addr()) & !wildcard == address,
            IpNet::V6(_) => false,
        };
        // The first statement that covers the primary address decides (CRG OSPF, "network area").
        let &(_, _, area, origin) = p.networks.iter().find(|(a, w, _, _)| covers(&primary.0, (*a, *w)))?;
        if i.secondary.is_empty() {
            return Some((area, Vec::new(), origin));
        }
        let mut addresses = vec![primary.0];
        let covered = |net: &IpNet| p.networks.iter().find(|(a, w, _, _)| covers(net, (*a, *w))).is_some_and(|n| n.2 == area);
        addresses.extend(i.secondary.iter().map(|s| s.0).filter(covered));
        Some((area, addresses, origin))
    }

    fn ospf_interface(
        &self,
        p: &config::Ospf,
        id: InterfaceId,
        i: &config::Interface,
        on: &OspfOn,
        at: Enabled,
    ) -> OspfInterface {
        let model = &self.device.interfaces[id];
        let default = match i.port.kind {
            InterfaceKind::Loopback => NetworkType::Loopback,
            _ if i.port.point_to_point => NetworkType::PointToPoint,
            _ => NetworkType::Broadcast,
        };
        let network = on.network.or(p.network_type).unwrap_or(default);
        let hello = on.hello.unwrap_or_else(|| defaults::ospf_hello(network));
        OspfInterface {
            interface: id,
            area: at.area,
            cost: on.cost.unwrap_or_else(|| cost(model, at.reference)),
            passive: at.passive,
            network,
            priority: on.priority.unwrap_or(1),
            hello,
            dead: on.dead.unwrap_or(hello.saturating_mul(4)),
            mtu_ignore: on.mtu_ignore,
            auth: auth(on, at.auth),
            neighbors: if on.neighbors.is_empty() && network != NetworkType::Broadcast {
                p.neighbors.clone()
            } else {
                on.neighbors.clone()
            },
            advertise_secondary: !on.no_secondaries,
            // A loopback is a stub host unless its network type is set (CRG OSPF, "ip ospf network").
            advertise_subnet: i.port.kind == InterfaceKind::Loopback && on.network.is_some(),
            suppress_prefix: on.suppress_prefix || p.suppress_prefix,
            addresses: at.addresses,
            origin: at.origin,
        }
    }

    /// All distribute lists of one direction as one chain: a route must pass each.
    fn ospf_lists(&mut self, lists: &[DistributeList], inbound: bool, family: Family) -> Option<PolicyChain> {
        let lists: Vec<&DistributeList> = lists.iter().filter(|l| l.inbound == inbound).collect();
        let first = lists.first()?;
        let mut chain = PolicyChain { policies: Vec::new(), at_end: Verdict::Accept, origin: first.origin };
        for d in lists {
            let when = match &d.list {
                ListName::Acl(n) => self.any_list(family, std::slice::from_ref(n), false),
                ListName::Prefix(n) => self.any_list(family, std::slice::from_ref(n), true),
                ListName::Map(n) => self.maps.get(n).map_or(Cond::False, |&id| Cond::Policy(id)),
                ListName::AsPath(_) => continue,
            };
            let mut terms = Vec::new();
            if let Some(name) = &d.interface {
                let Some(&id) = self.interfaces.get(name) else { continue };
                terms.push((Cond::Not(Box::new(Cond::Interface(vec![id]))), Flow::NextPolicy));
            }
            if let Some(source) = &d.source {
                let Some(source) = self.source(source, family) else { continue };
                terms.push((Cond::Not(Box::new(Cond::Source(vec![source]))), Flow::NextPolicy));
            }
            terms.push((when, Flow::NextPolicy));
            let key = format!("distribute {inbound} {:?} {:?} {:?} {family:?}", d.list, d.interface, d.source);
            chain.policies.push(self.made_policy(key, "distribute-list", d.origin, terms, AtEnd::Reject));
        }
        Some(chain)
    }
}

/// How OSPF is turned on on an interface, with what the process and area say for it.
struct Enabled {
    area: u32,
    addresses: Vec<IpNet>,
    origin: Origin,
    reference: u64,
    auth: Option<Name>,
    passive: bool,
}

fn area_auth(p: &config::Ospf, area: u32) -> Option<Name> {
    p.areas.get(&area).and_then(|a| a.auth.as_ref()).map(|kind| if kind.is_empty() { "text".into() } else { kind.clone() })
}

/// Type and key as comparable text. A key without a type has no effect (CRG OSPF, "ip ospf authentication").
fn auth(on: &OspfOn, area: Option<Name>) -> Option<Name> {
    let kind = on.auth_type.clone().or(area)?;
    match &*kind {
        "null" => None,
        k if k.starts_with("key-chain") || k.starts_with("ipsec") => Some(kind),
        _ => Some(format!("{kind} {}", on.auth_key.as_deref().unwrap_or("")).into()),
    }
}

/// Reference bandwidth over bandwidth, at least 1 (CRG OSPF, "auto-cost").
fn cost(interface: &Interface, reference: u64) -> u32 {
    match interface.bandwidth {
        Some(b) if b > 0 => u32::try_from(reference / b).unwrap_or(u32::MAX).clamp(1, 65_535),
        _ => 1,
    }
}

/// The levels taken from IS-IS: level 2 unless the line says more (CRG ISIS, "redistribute").
pub(super) fn isis_types(
    source: &config::Source,
    types: &[crate::model::policy::RouteType],
) -> Vec<crate::model::policy::RouteType> {
    match source {
        config::Source::Isis(_) if types.is_empty() => vec![crate::model::policy::RouteType::IsisL2],
        config::Source::Isis(_) if types.len() > 1 => Vec::new(),
        _ => types.to_vec(),
    }
}
