//! OSPF and IS-IS.

use ipnet::IpNet;

use super::Context;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::span::Origin;
use crate::model::Device;
use crate::model::device::Name;
use crate::model::interface::InterfaceKind;
use crate::model::isis::{Isis, IsisDefault, IsisInterface, IsisRedistribution, Levels};
use crate::model::ospf::{
    Area, AreaKind, NetworkType, Ospf, OspfDefault, OspfInterface, OspfRedistribution, Summary, VirtualLink,
};
use crate::model::policy::RouteSource;
use crate::model::route::Family;
use crate::vendors::frr::config::{self, Config, Interface as Port, ListKind, OspfPort};
use crate::vendors::frr::defaults;
use crate::vendors::sink::Sink;

/// All OSPF processes of both versions.
pub(super) fn ospf(context: &mut Context<'_>, device: &mut Device, sink: &mut Sink) {
    let config = context.config;
    for (v3, list) in [(false, &config.ospf), (true, &config.ospf6)] {
        for p in list {
            let lowered = process(context, device, p, v3);
            if lowered.interfaces.is_empty() {
                let message = "this OSPF process runs on no interface";
                sink.push(Diagnostic::new(Code("T-ospf-no-interface"), Severity::Info, message).at(p.origin));
            }
            device.ospf.push(lowered);
        }
    }
}

fn process(context: &mut Context<'_>, device: &mut Device, p: &config::Ospf, v3: bool) -> Ospf {
    let family = if v3 { Family::V6 } else { Family::V4 };
    let vrf = context.vrf(p.vrf.as_deref());
    let mut out = Ospf {
        process: if p.instance.is_empty() { p.vrf.clone().unwrap_or_else(|| "default".into()) } else { p.instance.clone() },
        origin: p.origin,
        vrf,
        family,
        v3,
        router_id: p.router_id,
        enabled: !p.shutdown,
        distance: p.distance.map(|d| d.unwrap_or(defaults::OSPF_DISTANCE)),
        max_paths: p.max_paths.unwrap_or(defaults::MAX_PATHS),
        stub_router: p.max_metric,
        rfc1583: p.rfc1583,
        abr_needs_backbone: !p.abr_standard,
        reference_bandwidth: p.reference.map_or(defaults::REFERENCE_BANDWIDTH, |m| m.saturating_mul(1_000_000)),
        ..Ospf::default()
    };
    for (n, port) in context.config.interfaces.iter().enumerate() {
        let id = crate::base::id::Id::new(n);
        if device.interfaces[id].vrf == vrf
            && let Some(i) = interface(context.config, device, p, port, id, v3, out.reference_bandwidth)
        {
            out.interfaces.push(i);
        }
    }
    let mut areas: Vec<(u32, Origin)> = p.areas.iter().map(|a| (a.id, a.origin)).collect();
    areas.extend(out.interfaces.iter().map(|i| (i.area, i.origin)));
    areas.sort_by_key(|a| a.0);
    areas.dedup_by_key(|a| a.0);
    for (id, origin) in areas {
        let said = p.areas.iter().find(|a| a.id == id);
        out.areas.push(area(context, device, said, id, origin));
        for (neighbor, origin) in said.into_iter().flat_map(|a| &a.virtual_links) {
            out.virtual_links.push(VirtualLink { area: id, neighbor: *neighbor, origin: *origin });
        }
    }
    for r in &p.redistribute {
        let list = p.distribute_out.iter().find(|(_, s)| *s == r.source).map(|x| &x.0);
        let policy = match list {
            Some(list) => Some(context.policies.list_then_map(device, ListKind::AccessList(family), list, r.route_map.as_ref())),
            None => context.policies.optional(r.route_map.as_ref()),
        };
        out.redistribute.push(OspfRedistribution {
            sources: vec![r.source],
            policy,
            metric: r.metric.or(p.default_metric),
            metric_type: r.metric_type,
            tag: 0,
            classful_only: false,
            origin: r.origin,
        });
    }
    out.default_originate = p.default.as_ref().map(|d| OspfDefault {
        always: d.always,
        metric: d.metric,
        metric_type: d.metric_type,
        policy: context.policies.optional(d.route_map.as_ref()),
        tag: 0,
        origin: d.origin,
    });
    out.external_summaries = p
        .summaries
        .iter()
        .map(|(prefix, advertise, tag, origin)| Summary {
            prefix: *prefix,
            advertise: *advertise,
            cost: None,
            tag: tag.unwrap_or(0),
            origin: *origin,
        })
        .collect();
    out
}

fn area(context: &mut Context<'_>, device: &mut Device, said: Option<&config::OspfArea>, id: u32, origin: Origin) -> Area {
    let Some(a) = said else {
        return Area { id, default_cost: defaults::OSPF_STUB_COST, origin, ..Area::default() };
    };
    let kind = if a.nssa {
        AreaKind::Nssa {
            no_summary: a.no_summary,
            default: a.no_summary || a.nssa_default.is_some(),
            default_type: a.nssa_default.unwrap_or(2),
            no_redistribution: false,
            translate: a.translate,
            suppress_forwarding_address: a.suppress_fa,
        }
    } else if a.stub {
        AreaKind::Stub { no_summary: a.no_summary, default: true }
    } else {
        AreaKind::Normal
    };
    let filter = |context: &mut Context<'_>, device: &mut Device, f: &Option<(ListKind, config::Ref)>| {
        f.as_ref().map(|(kind, r)| context.policies.prefix_chain(device, *kind, r))
    };
    Area {
        id,
        kind,
        ranges: a
            .ranges
            .iter()
            .map(|(prefix, advertise, cost, origin)| Summary {
                prefix: *prefix,
                advertise: *advertise,
                cost: *cost,
                tag: 0,
                origin: *origin,
            })
            .collect(),
        default_cost: a.default_cost.unwrap_or(defaults::OSPF_STUB_COST),
        filter_in: filter(context, device, &a.filter_in),
        filter_out: filter(context, device, &a.filter_out),
        origin,
    }
}

fn interface(
    config: &Config,
    device: &Device,
    p: &config::Ospf,
    port: &Port,
    id: crate::model::interface::InterfaceId,
    v3: bool,
    reference: u64,
) -> Option<OspfInterface> {
    let said: &OspfPort = if v3 { &port.ospf6 } else { &port.ospf };
    let mut addresses: Vec<IpNet> = Vec::new();
    let old = p.interfaces.iter().find(|(n, _, _)| *n == port.name).map(|(_, a, o)| (*a, *o));
    let (area, origin) = match said.area.or(old) {
        Some(x) => x,
        None if v3 => return None,
        None => {
            // zebra gives ospfd the networks sorted; the first that covers an address wins.
            let mut networks = p.networks.clone();
            networks.sort_by_key(|n| n.0);
            let mut first = None;
            for a in device.interfaces[id].addresses.iter().filter(|a| a.address.addr().is_ipv4()) {
                let subject = a.peer.unwrap_or(a.address);
                let hit = networks.iter().find(|(n, _, _)| IpNet::V4(*n).contains(&subject));
                if let Some((_, area, origin)) = hit
                    && first.is_none_or(|(x, _)| x == *area)
                {
                    first.get_or_insert((*area, *origin));
                    addresses.push(a.address);
                }
            }
            let v4 = device.interfaces[id].addresses.iter().filter(|a| a.address.addr().is_ipv4()).count();
            if addresses.len() == v4 {
                addresses.clear();
            }
            first?
        }
    };
    let loopback = device.interfaces[id].kind == InterfaceKind::Loopback && !port.name.starts_with("dummy");
    let network = if loopback { NetworkType::Loopback } else { said.network.unwrap_or_default() };
    let area_auth = p.areas.iter().find(|a| a.id == area).and_then(|a| a.auth.clone());
    let mode = said.auth.clone().or(area_auth).filter(|m| &**m != "null");
    let passive_by_name = p.passive.iter().rev().find(|(n, _)| *n == port.name).map(|x| x.1);
    Some(OspfInterface {
        interface: id,
        area,
        cost: said.cost.unwrap_or_else(|| match loopback {
            // ospfd puts 0 into the LSA, ospf6d 10 (both seen live, 8.4).
            true if v3 => defaults::OSPF6_LOOPBACK_COST,
            true => 0,
            false => cost(reference, speed(config, port, 0)),
        }),
        passive: said.passive.or(passive_by_name).unwrap_or(p.passive_default),
        network,
        priority: said.priority.unwrap_or(1),
        hello: said.hello.unwrap_or(defaults::OSPF_HELLO),
        dead: said.dead.unwrap_or(defaults::OSPF_DEAD),
        mtu_ignore: said.mtu_ignore,
        auth: mode.map(|m| Name::from(format!("{m} {}", said.key.as_deref().unwrap_or("")))),
        neighbors: p
            .neighbors
            .iter()
            .map(|a| std::net::IpAddr::V4(*a))
            .filter(|a| device.interfaces[id].addresses.iter().any(|x| x.address.contains(a)))
            .collect(),
        advertise_secondary: true,
        advertise_subnet: false,
        suppress_prefix: said.suppress_prefix,
        addresses,
        origin,
    })
}

/// `ospf_if_get_output_cost`: rounded to the nearest, 1 to 65535.
fn cost(reference: u64, bandwidth: u64) -> u32 {
    let bandwidth = bandwidth.max(1);
    let cost = reference.saturating_add(bandwidth / 2) / bandwidth;
    u32::try_from(cost.clamp(1, 65_535)).unwrap_or(65_535)
}

/// The speed of a port in bit/s as zebra sees it.
fn speed(config: &Config, p: &Port, depth: u32) -> u64 {
    if let Some(b) = p.bandwidth.or(p.speed) {
        return b;
    }
    let find = |name: &str| config.interface_index.get(name).and_then(|&n| config.interfaces.get(n));
    if p.bond && depth < 4 {
        let sum: u64 = p.bond_members.iter().filter_map(|m| find(m)).map(|m| speed(config, m, depth + 1)).sum();
        return if sum == 0 { defaults::UNKNOWN_SPEED } else { sum };
    }
    if let Some((parent, _)) = p.name.rsplit_once('.')
        && depth < 4
        && let Some(parent) = find(parent)
    {
        return speed(config, parent, depth + 1);
    }
    let plain = p.vlan_id.is_none() && !p.bridge && !p.vxlan && !p.vrf_table;
    if config.ifupdown && plain { defaults::CUMULUS_PORT_SPEED } else { defaults::UNKNOWN_SPEED }
}

/// All IS-IS processes.
pub(super) fn isis(context: &mut Context<'_>, device: &mut Device) {
    for p in &context.config.isis {
        let vrf = context.vrf(p.vrf.as_deref());
        let levels = p.levels.unwrap_or(Levels::BOTH);
        let (areas, system_id) = titles(&p.nets);
        let mut out = Isis {
            process: p.tag.clone(),
            origin: p.origin,
            vrf,
            areas,
            system_id,
            levels,
            // `metric-style wide` unless said.
            wide: [p.wide || !p.narrow; 2],
            narrow: [p.narrow; 2],
            multi_topology: p.ipv6_topology,
            overload: p.overload,
            suppress_attached: p.no_attached_send,
            ignore_attached: p.ignore_attached,
            distance: [defaults::ISIS_DISTANCE; 4],
            max_paths: defaults::MAX_PATHS,
            auth: p.auth.clone(),
            advertise_passive_only: p.advertise_passive_only,
            ..Isis::default()
        };
        for (n, port) in context.config.interfaces.iter().enumerate() {
            let id = crate::base::id::Id::new(n);
            let on = |f: usize| port.isis.tag[f].as_ref() == Some(&p.tag);
            if !(on(0) || on(1)) || device.interfaces[id].vrf != vrf {
                continue;
            }
            let circuit = port.isis.levels.unwrap_or(Levels::BOTH);
            let families = [Family::V4, Family::V6].into_iter().enumerate().filter(|(f, _)| on(*f)).map(|x| x.1).collect();
            let loopback = device.interfaces[id].kind == InterfaceKind::Loopback;
            out.interfaces.push(IsisInterface {
                interface: id,
                levels: Levels { l1: circuit.l1 && levels.l1, l2: circuit.l2 && levels.l2 },
                metric: port.isis.metric.map(|m| m.unwrap_or(defaults::ISIS_METRIC)),
                metric_v6: [None, None],
                // isisd makes loopbacks passive by itself.
                passive: port.isis.passive || loopback,
                point_to_point: port.isis.point_to_point,
                priority: port.isis.priority.map(|x| x.unwrap_or(defaults::ISIS_PRIORITY)),
                auth: [port.isis.auth.clone(), port.isis.auth.clone()],
                families,
                origin: port.isis.origin,
            });
        }
        out.families =
            [Family::V4, Family::V6].into_iter().filter(|f| out.interfaces.iter().any(|i| i.families.contains(f))).collect();
        for r in &p.redistribute {
            out.redistribute.push(IsisRedistribution {
                sources: vec![r.source],
                family: Some(r.family),
                policy: context.policies.optional(r.route_map.as_ref()),
                metric: r.metric,
                metric_external: true,
                levels: r.levels,
                origin: r.origin,
            });
        }
        // The model has one default route per process: the levels and families of all lines together.
        for d in &p.defaults {
            let entry = out.default_originate.get_or_insert_with(|| IsisDefault {
                always: d.always,
                policy: context.policies.optional(d.route_map.as_ref()),
                metric: d.metric.unwrap_or(0),
                levels: d.levels,
                families: Vec::new(),
                origin: d.origin,
            });
            entry.levels = Levels { l1: entry.levels.l1 || d.levels.l1, l2: entry.levels.l2 || d.levels.l2 };
            if !entry.families.contains(&d.family) {
                entry.families.push(d.family);
            }
        }
        device.isis.push(out);
    }
    // `redistribute ospf` in an IPv6 family means OSPFv3; sources name a protocol, and the family of the route tells which.
    debug_assert!(device.isis.iter().all(|p| p.redistribute.iter().all(|r| r.sources != [RouteSource::Aggregate])));
}

/// Areas and system id of the titles `49.0001.0000.0000.0001.00`.
fn titles(nets: &[Name]) -> (Vec<Name>, Name) {
    let mut areas = Vec::new();
    let mut system = Name::default();
    for net in nets {
        let hex: String = net.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_ascii_lowercase();
        if let (Some(area), Some(id)) =
            (hex.len().checked_sub(14).and_then(|n| hex.get(..n)), hex.len().checked_sub(14).and_then(|n| hex.get(n..n + 12)))
        {
            areas.push(area.into());
            if system.is_empty() {
                system = id.into();
            }
        }
    }
    (areas, system)
}
