//! BGP, with all that neighbours inherit.

use std::net::IpAddr;

use super::Context;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::model::Device;
use crate::model::bgp::{
    AdvertiseMap, BestPath, Bgp, BgpAggregate, BgpFamily, BgpNetwork, BgpRedistribution, Confederation, DefaultOriginate,
    Neighbor, NeighborFamily, Peer, RemoteAs, UpdateSource,
};
use crate::model::policy::{PolicyChain, Verdict};
use crate::model::route::Family;
use crate::vendors::frr::config::{self, ListKind, PeerFamily};
use crate::vendors::frr::defaults;
use crate::vendors::frr::read::family;
use crate::vendors::sink::Sink;

/// All BGP instances.
pub(super) fn lower(context: &mut Context<'_>, device: &mut Device, sink: &mut Sink) {
    let config = context.config;
    for b in &config.bgp {
        let mut out = Bgp {
            vrf: context.vrf(b.vrf.as_deref()),
            origin: b.origin,
            asn: b.asn,
            router_id: b.router_id,
            enabled: !b.shutdown,
            cluster_id: b.cluster_id,
            confederation: b
                .confederation_id
                .map(|identifier| Confederation { identifier, members: b.confederation_peers.clone() }),
            best_path: BestPath {
                always_compare_med: b.always_compare_med,
                deterministic_med: b.deterministic_med.unwrap_or_else(|| defaults::deterministic_med(config)),
                missing_med_worst: b.missing_med_worst,
                med_confederation: b.med_confederation,
                ignore_as_path: b.ignore_as_path,
                count_confederation: b.count_confederation,
                compare_router_id: b.compare_router_id,
                multipath_relax: b.multipath_relax.unwrap_or_else(|| defaults::multipath_relax(config)),
                peer_type_multipath_relax: b.peer_type_relax,
                ..BestPath::default()
            },
            client_to_client: !b.no_client_to_client,
            enforce_first_as: b.enforce_first_as.unwrap_or_else(|| defaults::enforce_first_as(config)),
            ebgp_requires_policy: b.requires_policy.unwrap_or_else(|| defaults::requires_policy(config)),
            advertise_inactive: true,
            network_import_check: b.import_check.unwrap_or_else(|| defaults::import_check(config)),
            as_path_limit: b.maxas_limit,
            graceful_shutdown: b.graceful_shutdown,
            ..Bgp::default()
        };
        for (f, said) in b.families.iter().enumerate() {
            out.families.push(bgp_family(context, device, said, family(f)));
        }
        for n in b.neighbors.iter().filter(|n| !n.is_group) {
            let group = group_of(b, n.group.as_ref().map(|g| &*g.name));
            let Some(peer) = peer(context, device, n, group) else { continue };
            let lowered = neighbor(context, device, b, n, group, peer);
            if lowered.remote_as == RemoteAs::Missing {
                let message = format!("neighbor {} has no remote AS: its session cannot come up", n.name);
                sink.push(Diagnostic::new(Code("T-bgp-no-remote-as"), Severity::Warning, message).at(n.origin));
            }
            out.neighbors.push(lowered);
        }
        for (range, group) in &b.listen {
            if let Some(g) = group_of(b, Some(&group.name)) {
                let mut lowered = neighbor(context, device, b, g, None, Peer::Range(*range));
                lowered.group = Some(g.name.clone());
                lowered.origin = group.origin;
                out.neighbors.push(lowered);
            }
        }
        device.bgp.push(out);
    }
}

fn group_of<'c>(b: &'c config::Bgp, name: Option<&str>) -> Option<&'c config::Neighbor> {
    b.neighbor_index.get(name?).and_then(|&n| b.neighbors.get(n)).filter(|g| g.is_group)
}

fn peer(context: &Context<'_>, device: &Device, n: &config::Neighbor, group: Option<&config::Neighbor>) -> Option<Peer> {
    if let Ok(ip) = n.name.parse::<IpAddr>() {
        let session = group.map_or_else(|| n.session.clone(), |g| n.session.or(&g.session));
        let via = session.interface.as_deref().and_then(|i| context.interface(i));
        // A link-local address says nothing without its interface; the update source stands in.
        let via = via.or_else(|| match ip {
            IpAddr::V6(a) if a.is_unicast_link_local() => session.update_source.as_deref().and_then(|i| context.interface(i)),
            _ => None,
        });
        return Some(Peer::Ip(ip, via));
    }
    let id = context.interface(&n.name)?;
    // `bgp_peer_conf_if_to_su_update`: an IPv4 /30 or /31 gives the other end's address, unless `v6only`.
    if !n.v6only {
        for a in &device.interfaces[id].addresses {
            if let IpAddr::V4(own) = a.address.addr() {
                let other = match a.address.prefix_len() {
                    31 => u32::from(own) ^ 1,
                    30 if matches!(u32::from(own) & 3, 1 | 2) => u32::from(own) ^ 3,
                    _ => continue,
                };
                return Some(Peer::Ip(IpAddr::V4(other.into()), Some(id)));
            }
        }
    }
    Some(Peer::Interface(id))
}

fn neighbor(
    context: &mut Context<'_>,
    device: &mut Device,
    b: &config::Bgp,
    n: &config::Neighbor,
    group: Option<&config::Neighbor>,
    peer: Peer,
) -> Neighbor {
    let s = group.map_or_else(|| n.session.clone(), |g| n.session.or(&g.session));
    let unnumbered = matches!(peer, Peer::Interface(_));
    let mut out = Neighbor {
        origin: n.origin,
        group: n.group.as_ref().map(|g| g.name.clone()),
        description: s.description,
        remote_as: s.remote_as.unwrap_or_default(),
        local_as: s.local_as,
        enabled: !s.shutdown.unwrap_or(false),
        update_source: s.update_source.and_then(|word| match word.parse() {
            Ok(ip) => Some(UpdateSource::Ip(ip)),
            Err(_) => context.interface(&word).map(UpdateSource::Interface),
        }),
        ebgp_multihop: s.multihop,
        ttl_security: s.ttl_security,
        disable_connected_check: s.disable_connected_check.unwrap_or(false),
        passive: s.passive.unwrap_or(false),
        auth: s.password,
        extended_next_hop: s.extended_next_hop.unwrap_or(unnumbered),
        enforce_first_as: s.enforce_first_as,
        bfd: s.bfd.unwrap_or(false),
        peer,
        ..Neighbor::default()
    };
    for f in 0..n.families.len() {
        let p = group.map_or_else(|| n.families[f].clone(), |g| n.families[f].or(&g.families[f]));
        // IPv4 is on for every neighbour unless `no bgp default ipv4-unicast`.
        let on = p.activate.unwrap_or_else(|| b.default_activate[f].unwrap_or(f == 0));
        if on {
            out.families.push(neighbor_family(context, device, &p, family(f), n));
        }
    }
    out
}

fn neighbor_family(
    context: &mut Context<'_>,
    device: &mut Device,
    p: &PeerFamily,
    family: Family,
    n: &config::Neighbor,
) -> NeighborFamily {
    let mut chains =
        |list: &Option<config::Ref>, prefix: &Option<config::Ref>, path: &Option<config::Ref>, map: &Option<config::Ref>| {
            // `bgp_input_filter` and `subgroup_announce_check`: lists first, the route-map last. Of VPN routes their prefixes are looked at.
            let family = if family.is_v6() { Family::V6 } else { Family::V4 };
            let mut out: Vec<PolicyChain> = Vec::new();
            if let Some(r) = list {
                out.push(context.policies.prefix_chain(device, ListKind::AccessList(family), r));
            }
            if let Some(r) = prefix {
                out.push(context.policies.prefix_chain(device, ListKind::PrefixList(family), r));
            }
            if let Some(r) = path {
                out.push(context.policies.as_path_chain(device, r));
            }
            if let Some(r) = map {
                out.push(context.policies.chain(r));
            }
            out
        };
    let import = chains(&p.distribute_in, &p.prefix_list_in, &p.filter_in, &p.route_map_in);
    let export = chains(&p.distribute_out, &p.prefix_list_out, &p.filter_out, &p.route_map_out);
    let server = p.server_client.unwrap_or(false);
    let unchanged = if server { (true, true, true) } else { p.unchanged.unwrap_or_default() };
    NeighborFamily {
        family,
        import,
        export,
        reflector_client: p.reflector_client.unwrap_or(false),
        next_hop_self: p.next_hop_self.unwrap_or_default(),
        next_hop_unchanged: unchanged.1,
        weight: p.weight,
        allow_as_in: p.allow_as_in.unwrap_or(0),
        as_override: p.as_override.unwrap_or(false),
        advertise_peer_as: true,
        remove_private_as: p.remove_private.unwrap_or_default(),
        // All kinds are sent unless taken away (`peer_create`).
        send_standard: p.send_standard.unwrap_or(true),
        send_extended: p.send_extended.unwrap_or(true),
        send_large: p.send_large.unwrap_or(true),
        default_originate: p.default_originate.as_ref().map(|(map, origin)| DefaultOriginate {
            policy: context.policies.optional(map.as_ref()),
            only_if_present: false,
            origin: *origin,
        }),
        add_path_send: p.add_path.filter(|a| *a != crate::model::bgp::AddPathSelect::None),
        // bgpd takes several paths from whoever sends them.
        add_path_receive: !p.no_add_path_receive.unwrap_or(false),
        advertise_map: p.advertise_map.as_ref().map(|(routes, condition, when_exists)| AdvertiseMap {
            routes: context.policies.chain(routes),
            condition: context.policies.chain(condition),
            when_exists: *when_exists,
        }),
        max_prefixes: p.max_prefixes,
        unsuppress: p.unsuppress.as_ref().map(|r| context.policies.chain(r)),
        attributes_unchanged: unchanged,
        origin: p.activate_origin.unwrap_or(n.origin),
        ..NeighborFamily::default()
    }
}

fn bgp_family(context: &mut Context<'_>, device: &mut Device, said: &config::BgpFamily, family: Family) -> BgpFamily {
    let mut out = BgpFamily {
        family,
        distance: said.distance.unwrap_or(defaults::BGP_DISTANCE),
        max_paths_ebgp: said.max_paths[0].unwrap_or(defaults::MAX_PATHS),
        max_paths_ibgp: said.max_paths[1].unwrap_or(defaults::MAX_PATHS),
        table_map: context.policies.optional(said.table_map.as_ref()),
        ..BgpFamily::default()
    };
    for n in &said.networks {
        out.networks.push(BgpNetwork {
            prefix: n.prefix,
            policy: context.policies.optional(n.route_map.as_ref()),
            backdoor: n.backdoor,
            weight: None,
            origin: n.origin,
        });
    }
    for a in &said.aggregates {
        let attributes = match a.origin_code {
            Some(code) => Some(context.policies.origin_chain(device, code, a.route_map.as_ref(), a.origin)),
            // A map that is not there changes nothing (`bgp_aggregate_install` asks whether it exists).
            None => a.route_map.as_ref().map(|r| context.policies.chain(r)).filter(|c| !c.policies.is_empty()),
        };
        out.aggregates.push(BgpAggregate {
            prefix: a.prefix,
            summary_only: a.summary_only,
            as_set: a.as_set,
            suppress: a.suppress.as_ref().map(|r| context.policies.chain(r)),
            contributors: None,
            attributes,
            origin: a.origin,
        });
    }
    for r in &said.redistribute {
        out.redistribute.push(BgpRedistribution {
            sources: vec![r.source],
            policy: r.route_map.as_ref().map(|m| PolicyChain { at_end: Verdict::Reject, ..context.policies.chain(m) }),
            metric: r.metric,
            ospf_types: Vec::new(),
            origin: r.origin,
        });
    }
    out
}
