//! BGP: what peers inherit is filled in, and the lists on a neighbour stand in the order in which IOS applies them.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::Lowering;
use crate::base::span::Origin;
use crate::base::{Map, Set};
use crate::model::bgp::{
    AdvertiseMap, BestPath, Bgp, BgpAggregate, BgpFamily, BgpNetwork, BgpRedistribution, Confederation, DefaultOriginate,
    Neighbor, NeighborFamily, NextHopSelf, Peer, RemoteAs, RemovePrivateAs, UpdateSource,
};
use crate::model::device::Name;
use crate::model::interface::InterfaceKind;
use crate::model::policy::{PolicyChain, RouteType};
use crate::model::route::Family;
use crate::model::vrf::VrfId;
use crate::vendors::ios::config::{self, AfConfig, AfPeer, Instance, ListName, Named, PeerConfig, Session, Source, Template};
use crate::vendors::ios::defaults;
use crate::vendors::ios::read::slot;

const FAMILIES: [Family; 2] = [Family::V4, Family::V6];

impl Lowering<'_> {
    pub(super) fn all_bgp(&mut self) {
        let config = self.config;
        let Some(bgp) = &config.bgp else { return };
        // The router id of the global table serves the VRFs too (CRG BGP, "bgp router-id").
        let router_id = bgp.global.router_id.or_else(|| self.highest_address());
        let global = self.bgp(bgp, &bgp.global, VrfId::DEFAULT, bgp.global.router_id);
        self.device.bgp.push(global);
        for (name, instance) in &bgp.vrfs.items {
            let Some(&vrf) = self.vrfs.get(name) else { continue };
            let made = self.bgp(bgp, instance, vrf, instance.router_id.or(router_id));
            self.device.bgp.push(made);
        }
    }

    /// The address that becomes the router id: the highest of a loopback, else of any interface that is up.
    fn highest_address(&self) -> Option<Ipv4Addr> {
        let highest = |loopbacks: bool| {
            let up = self.device.interfaces.iter().filter(|i| i.enabled && i.vrf == VrfId::DEFAULT);
            up.filter(|i| !loopbacks || i.kind == InterfaceKind::Loopback)
                .filter_map(|i| i.primary(false))
                .filter_map(|a| if let IpAddr::V4(ip) = a.address.addr() { Some(ip) } else { None })
                .max()
        };
        self.device.vrfs.get(VrfId::DEFAULT).and_then(|v| v.router_id).or_else(|| highest(true)).or_else(|| highest(false))
    }

    fn bgp(&mut self, bgp: &config::Bgp, instance: &Instance, vrf: VrfId, router_id: Option<Ipv4Addr>) -> Bgp {
        let mut neighbors = crate::base::id::IdVec::new();
        for (name, p) in instance.peers.items.iter().filter(|(_, p)| !p.is_group) {
            let Some((address, zone)) = peer_address(name) else { continue };
            let interface = zone.and_then(|z| self.interfaces.get(z).copied());
            let neighbor = self.neighbor(bgp, instance, p, Peer::Ip(address, interface), vrf, p.origin);
            neighbors.push(neighbor);
        }
        for (range, group, origin) in &instance.ranges {
            let Some(p) = group_of(bgp, instance, group) else { continue };
            let member = PeerConfig { group: Some(group.clone()), ..PeerConfig::default() };
            let mut neighbor = self.neighbor(bgp, instance, &member, Peer::Range(*range), vrf, *origin);
            if let Some(more) = instance.alternate_as.get(group) {
                let mut ranges = more.clone();
                ranges.extend(p.session.remote_as.map(|a| (a, a)));
                ranges.sort_unstable();
                neighbor.remote_as = RemoteAs::Ranges(ranges);
            }
            neighbors.push(neighbor);
        }
        let families = FAMILIES.iter().filter(|f| **f == Family::V4 || vrf == VrfId::DEFAULT || instance.families[1].seen);
        let families = families.map(|&f| self.bgp_family(&instance.families[slot(f)], f)).collect();
        Bgp {
            vrf,
            origin: if instance.origin.is_some() { instance.origin } else { bgp.origin },
            asn: bgp.asn,
            router_id,
            enabled: !bgp.shutdown,
            cluster_id: instance.cluster_id.or(bgp.global.cluster_id),
            confederation: bgp.confederation.map(|identifier| Confederation { identifier, members: bgp.members.clone() }),
            neighbors,
            families,
            best_path: BestPath { ..bgp.best_path.clone() },
            client_to_client: !bgp.no_client_to_client,
            // CRG BGP, "bgp enforce-first-as": on by default.
            enforce_first_as: !bgp.no_enforce_first_as,
            ebgp_requires_policy: false,
            advertise_inactive: !bgp.suppress_inactive,
            network_import_check: true,
            as_path_limit: bgp.as_path_limit,
            graceful_shutdown: bgp.graceful_shutdown,
        }
    }

    fn bgp_family(&mut self, af: &AfConfig, family: Family) -> BgpFamily {
        let map = |l: &Self, name: &Option<Name>, origin: Origin| name.as_ref().map(|m| l.map_chain(m, origin));
        // A later statement for the same prefix replaces the earlier one.
        let last: Map<IpNet, usize> = af.networks.iter().enumerate().map(|(at, n)| (n.prefix, at)).collect();
        let kept = af.networks.iter().enumerate().filter(|(at, n)| last.get(&n.prefix) == Some(at));
        let networks = kept.map(|(_, n)| BgpNetwork {
            prefix: n.prefix,
            policy: map(self, &n.map, n.origin),
            backdoor: n.backdoor,
            weight: None,
            origin: n.origin,
        });
        let networks = networks.collect();
        let aggregates = af.aggregates.iter().map(|a| BgpAggregate {
            prefix: a.prefix,
            summary_only: a.summary_only,
            as_set: a.as_set,
            suppress: map(self, &a.suppress, a.origin),
            contributors: map(self, &a.advertise, a.origin),
            attributes: map(self, &a.attributes, a.origin),
            origin: a.origin,
        });
        let aggregates = aggregates.collect();
        let redistribute = af.redistribute.iter().filter_map(|r| {
            let source = self.source(&r.source, family)?;
            let is_ospf = matches!(r.source, Source::Ospf(_));
            let isis = super::ospf::isis_types(&r.source, &r.types);
            let types = match &r.source {
                // CRG BGP, "redistribute": only internal OSPF routes unless `match` says more.
                Source::Ospf(_) if r.types.is_empty() => vec![RouteType::OspfIntra, RouteType::OspfInter],
                _ => r.types.clone(),
            };
            let ours = if is_ospf { Vec::new() } else { isis };
            Some(BgpRedistribution {
                sources: vec![source],
                policy: self.redistribution_policy(&ours, r.map.as_ref(), r.origin),
                metric: r.metric.or(af.default_metric.filter(|_| r.source != Source::Connected)),
                ospf_types: if is_ospf { types } else { Vec::new() },
                origin: r.origin,
            })
        });
        let redistribute = redistribute.collect();
        BgpFamily {
            family,
            networks,
            aggregates,
            redistribute,
            distance: af.distance.unwrap_or(defaults::DISTANCE_BGP),
            max_paths_ebgp: af.max_ebgp.unwrap_or(defaults::BGP_PATHS),
            max_paths_ibgp: af.max_ibgp.unwrap_or(defaults::BGP_PATHS),
            max_paths_eibgp: af.max_eibgp,
            default_metric: af.default_metric,
            table_map: map(self, &af.table_map, Origin::NONE),
            default_information_originate: af.default_information,
            next_hop_policy: af.next_hop_map.as_ref().and_then(|n| self.maps.get(n).copied()),
            additional_paths: af.add_path_select,
        }
    }

    fn neighbor(
        &mut self,
        bgp: &config::Bgp,
        instance: &Instance,
        p: &PeerConfig,
        peer: Peer,
        vrf: VrfId,
        origin: Origin,
    ) -> Neighbor {
        let group = p.group.as_ref().and_then(|g| group_of(bgp, instance, g));
        let mut session = p.session.clone();
        if let Some(name) = &p.inherit_session {
            inherit(&mut session, &bgp.sessions, name, Session::inherit);
        }
        if let Some(g) = group {
            session.inherit(&g.session);
            if let Some(name) = &g.inherit_session {
                inherit(&mut session, &bgp.sessions, name, Session::inherit);
            }
        }
        let mut families = Vec::new();
        for family in Family::ALL {
            let at = slot(family);
            let mut own = p.families[at].clone();
            for name in &p.inherit_policy[at] {
                inherit(&mut own, &bgp.policies, name, AfPeer::inherit);
            }
            if let Some(g) = group {
                own.inherit(&g.families[at]);
                for name in &g.inherit_policy[at] {
                    inherit(&mut own, &bgp.policies, name, AfPeer::inherit);
                }
            }
            // IPv4 is on unless `no bgp default ipv4-unicast`, in a VRF when the neighbour is named there.
            let by_default = family == Family::V4 && (vrf != VrfId::DEFAULT || !bgp.no_default_ipv4);
            if own
                .activate
                .unwrap_or(by_default && (vrf == VrfId::DEFAULT || p.family_origin[1].is_none() || p.family_origin[0].is_some()))
            {
                let place = p.family_origin[at].unwrap_or(origin);
                families.push(self.neighbor_family(&own, &instance.families[at], family, place));
            }
        }
        Neighbor {
            peer,
            origin,
            group: p.group.clone(),
            description: session.description,
            remote_as: session.remote_as.map_or(RemoteAs::Missing, RemoteAs::Asn),
            local_as: session.local_as,
            enabled: session.shutdown != Some(true),
            update_source: session.update_source.and_then(|n| self.interfaces.get(&n).copied()).map(UpdateSource::Interface),
            ebgp_multihop: session.ebgp_multihop,
            ttl_security: session.ttl_security,
            disable_connected_check: session.disable_connected_check.unwrap_or(false),
            passive: session.passive.unwrap_or(false),
            auth: session.password,
            families,
            extended_next_hop: false,
            enforce_first_as: None,
            cluster_id: None,
            other_families: Vec::new(),
            bfd: session.bfd.unwrap_or(false),
        }
    }

    fn neighbor_family(&mut self, own: &AfPeer, af: &AfConfig, family: Family, origin: Origin) -> NeighborFamily {
        let map = |l: &Self, name: &Option<Name>| name.as_ref().map(|m| l.map_chain(m, origin));
        let list = |l: &mut Self, name: &Option<Name>, kind: fn(Name) -> ListName| {
            name.as_ref().map(|n| l.list_chain(&kind(n.clone()), family, origin))
        };
        // Cisco document 5816: in: route-map, filter-list, then prefix-list or distribute-list; out: prefix-list or
        // distribute-list, filter-list, then route-map.
        let import: Vec<PolicyChain> = [
            map(self, &own.map_in),
            list(self, &own.path_in, ListName::AsPath),
            list(self, &own.prefix_in, ListName::Prefix),
            list(self, &own.list_in, ListName::Acl),
        ]
        .into_iter()
        .flatten()
        .collect();
        let export: Vec<PolicyChain> = [
            list(self, &own.prefix_out, ListName::Prefix),
            list(self, &own.list_out, ListName::Acl),
            list(self, &own.path_out, ListName::AsPath),
            map(self, &own.map_out),
        ]
        .into_iter()
        .flatten()
        .collect();
        let send = own.add_path_send.unwrap_or(af.add_path_send);
        NeighborFamily {
            family,
            import,
            export,
            export_any: false,
            reflector_client: own.reflector_client.unwrap_or(false),
            next_hop_self: own.next_hop_self.unwrap_or(NextHopSelf::No),
            next_hop_unchanged: own.next_hop_unchanged.unwrap_or(false),
            weight: own.weight,
            allow_as_in: own.allow_as_in.unwrap_or(0),
            as_override: own.as_override.unwrap_or(false),
            advertise_peer_as: true,
            remove_private_as: own.remove_private.unwrap_or(RemovePrivateAs::No),
            send_standard: own.send_standard.unwrap_or(false),
            // CRG BGP, "address-family vpnv4": extended communities go with VPN routes without a word.
            send_extended: own.send_extended.unwrap_or(!family.is_unicast()),
            send_large: own.send_standard.unwrap_or(false),
            default_originate: own.default_originate.as_ref().map(|(name, origin)| DefaultOriginate {
                policy: name.as_ref().map(|m| self.map_chain(m, *origin)),
                only_if_present: false,
                origin: *origin,
            }),
            add_path_send: own.advertise_paths.filter(|_| send),
            add_path_receive: own.add_path_receive.unwrap_or(af.add_path_receive),
            advertise_map: own.advertise_map.as_ref().map(|(routes, condition, when_exists)| AdvertiseMap {
                routes: self.map_chain(routes, origin),
                condition: self.map_chain(condition, origin),
                when_exists: *when_exists,
            }),
            max_prefixes: own.max_prefixes,
            unsuppress: map(self, &own.unsuppress),
            origin,
            ..NeighborFamily::default()
        }
    }
}

/// The group of a name: in a VRF, its own before the global table's.
fn group_of<'c>(bgp: &'c config::Bgp, instance: &'c Instance, name: &str) -> Option<&'c PeerConfig> {
    instance.peers.get(name).or_else(|| bgp.global.peers.get(name)).filter(|p| p.is_group)
}

/// Fills what is unsaid from a template and those it inherits from. In a peer-policy the one with the highest sequence
/// number is applied first; in a peer-session there is one parent. A template that was applied once adds nothing the
/// second time, so cycles end.
fn inherit<T: Default>(into: &mut T, all: &Named<Template<T>>, name: &str, take: fn(&mut T, &T)) {
    let (mut waiting, mut seen) = (vec![name], Set::default());
    while let Some(name) = waiting.pop() {
        let Some(template) = all.get(name).filter(|_| seen.insert(name)) else { continue };
        take(into, &template.own);
        // The last parent is popped first, and all it inherits before the next.
        waiting.extend(template.parents.iter().map(|p| &**p));
    }
}

/// A neighbour's address, and the interface of a link-local one (`fe80::1%GigabitEthernet1`).
fn peer_address(name: &str) -> Option<(IpAddr, Option<&str>)> {
    let (address, zone) = name.split_once('%').map_or((name, None), |(a, z)| (a, Some(z)));
    let address: IpAddr = address.parse().ok()?;
    // IPv4 sessions may be written as mapped addresses.
    let address = match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        v4 => v4,
    };
    Some((address, zone))
}
