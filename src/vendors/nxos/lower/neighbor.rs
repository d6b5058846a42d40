//! BGP neighbours with everything they inherit.
//!
//! Law: what is said of the neighbour itself comes before its `peer` template, that before the session template; in a family the
//! policy templates come after, the one with the lowest number first (NX-OS unicast routing guide, "BGP peer templates").

use std::net::IpAddr;

use super::Lowering;
use crate::base::Set;
use crate::base::id::IdVec;
use crate::base::span::Origin;
use crate::model::bgp::{
    self as model, AddPathSelect, AdvertiseMap, DefaultOriginate, NeighborFamily, NeighborId, NextHopSelf, Peer, RemoteAs,
    RemovePrivateAs, UpdateSource,
};
use crate::model::device::Name;
use crate::model::policy::{Cond, PolicyChain, Verdict};
use crate::model::route::Family;
use crate::vendors::nxos::config::{self, AfPeer, Bgp, BgpFamily, BgpVrf, FAMILIES, Match, Session};

/// More templates than this in a row are a circle.
const MOST_TEMPLATES: usize = 16;

impl Lowering<'_> {
    pub(super) fn neighbors(&mut self, bgp: &Bgp, vrf: &BgpVrf) -> IdVec<NeighborId, model::Neighbor> {
        let mut out = IdVec::new();
        for (name, peer) in vrf.neighbors.iter() {
            let who = if let Ok(ip) = name.parse::<IpAddr>() {
                Peer::Ip(ip, None)
            } else if let Some(range) = crate::syntax::values::prefix(name) {
                Peer::Range(range)
            } else if let Some(id) = self.interface(name) {
                Peer::Interface(id)
            } else {
                continue;
            };
            let lowered = self.neighbor(bgp, vrf, peer, who);
            out.push(lowered);
        }
        out
    }

    fn neighbor(&mut self, bgp: &Bgp, vrf: &BgpVrf, peer: &config::Peer, who: Peer) -> model::Neighbor {
        let (session, families, others) = resolve(bgp, peer);
        let unnumbered = matches!(who, Peer::Interface(_));
        let mut lowered = Vec::new();
        let nothing_said = BgpFamily::default();
        for ((family, _), own) in FAMILIES.into_iter().zip(families) {
            if let Some(own) = own {
                let of_unicast = || &vrf.families[usize::from(family.is_v6())];
                let settings = if family.is_unicast() { of_unicast() } else { &nothing_said };
                lowered.push(self.neighbor_family(&own, settings, family, &session));
            }
        }
        model::Neighbor {
            peer: who,
            origin: peer.origin,
            group: peer.peer.clone(),
            description: session.description,
            remote_as: match session.remote_as {
                Some(config::RemoteAs::Asn(asn)) => RemoteAs::Asn(asn),
                Some(config::RemoteAs::Map(map)) => RemoteAs::Ranges(self.as_numbers(&map)),
                Some(config::RemoteAs::External) => RemoteAs::External,
                Some(config::RemoteAs::Internal) => RemoteAs::Internal,
                None => RemoteAs::Missing,
            },
            local_as: session.local_as.map(|l| model::LocalAs {
                asn: l.asn,
                no_prepend: l.no_prepend,
                replace_as: l.replace_as,
                dual_as: l.dual_as,
                loops: None,
            }),
            enabled: !session.shutdown.unwrap_or(false),
            update_source: session.update_source.as_deref().and_then(|n| self.interface(n)).map(UpdateSource::Interface),
            ebgp_multihop: session.multihop,
            ttl_security: session.ttl_security,
            disable_connected_check: session.disable_connected_check.unwrap_or(false),
            passive: session.passive.unwrap_or(false),
            auth: session.auth,
            families: lowered,
            other_families: others,
            // Over IPv6 link-local addresses IPv4 routes have those as next hops (guide, "BGP interface peering via IPv6 link-local").
            extended_next_hop: unnumbered,
            enforce_first_as: None,
            cluster_id: None,
            bfd: session.bfd.unwrap_or(false),
        }
    }

    /// The AS numbers that a route-map's `match as-number` takes; other conditions do not count (reference, "match as-number").
    fn as_numbers(&self, map: &Name) -> Vec<(u32, u32)> {
        let Some(map) = self.config.route_maps.get(map) else { return Vec::new() };
        let mut decided: Vec<(u32, u32)> = Vec::new();
        let mut out = Vec::new();
        for entry in map.entries.values() {
            for m in &entry.matches {
                let Match::AsNumbers(ranges, lists) = m else { continue };
                // A list of paths stands for any number: which it takes is only known for a path.
                let any = [(1, u32::MAX)];
                let ranges = if lists.is_empty() { ranges.as_slice() } else { &any };
                for &range in ranges {
                    if entry.permit {
                        out.extend(without(range, &decided));
                    }
                    decided.push(range);
                }
            }
        }
        out.sort_unstable();
        out
    }

    fn neighbor_family(&mut self, own: &AfPeer, af: &BgpFamily, family: Family, session: &Session) -> NeighborFamily {
        let v6 = family.is_v6();
        let origin = own.origin;
        let map = |l: &Self, m: &Option<(Name, Origin)>| m.as_ref().map(|(m, at)| l.chain(m, *at));
        let (map_in, map_out) = (map(self, &own.map_in), map(self, &own.map_out));
        let import = [self.by_prefix(&own.prefix_in, v6), self.by_path(&own.path_in), map_in];
        let export = [self.by_prefix(&own.prefix_out, v6), self.by_path(&own.path_out), map_out];
        let send = own.add_path_send.unwrap_or(af.add_path_send);
        NeighborFamily {
            family,
            import: import.into_iter().flatten().collect(),
            export: export.into_iter().flatten().collect(),
            export_any: false,
            reflector_client: own.reflector_client.unwrap_or(false),
            next_hop_self: own.next_hop_self.unwrap_or(NextHopSelf::No),
            next_hop_unchanged: false,
            weight: own.weight,
            local_preference: None,
            metric_out: None,
            allow_as_in: own.allow_as_in.unwrap_or(0),
            as_override: own.as_override.unwrap_or(false),
            advertise_peer_as: own.disable_peer_as_check.unwrap_or(false),
            remove_private_as: session.remove_private.unwrap_or(RemovePrivateAs::No),
            // Reference, "send-community": nothing is sent without it.
            send_standard: own.send_standard.unwrap_or(false),
            send_extended: own.send_extended.unwrap_or(false),
            send_large: own.send_large.unwrap_or(false),
            default_originate: own.default_originate.as_ref().filter(|(on, ..)| *on).map(|(_, m, at)| DefaultOriginate {
                policy: m.as_deref().map(|m| self.chain(m, *at)),
                // Reference, "default-originate": whether there is a default route or not.
                only_if_present: false,
                origin: *at,
            }),
            add_path_send: send.then_some(if af.add_path_all { AddPathSelect::All } else { AddPathSelect::None }),
            add_path_receive: own.add_path_receive.unwrap_or(af.add_path_receive),
            advertise_map: own.advertise_map.as_ref().map(|(routes, condition, when_exists, at)| AdvertiseMap {
                routes: self.chain(routes, *at),
                condition: self.chain(condition, *at),
                when_exists: *when_exists,
            }),
            max_prefixes: own.max_prefixes,
            unsuppress: map(self, &own.unsuppress),
            rib_group: None,
            attributes_unchanged: (false, false, false),
            origin,
        }
    }

    /// A prefix list that is not defined lets everything through.
    fn by_prefix(&mut self, list: &Option<(Name, Origin)>, v6: bool) -> Option<PolicyChain> {
        let (name, at) = list.as_ref()?;
        let id = *self.prefix_lists.get(&(v6, name.clone()))?;
        let family = if v6 { " (ipv6)" } else { "" };
        let policy = self.verdict_policy(format!("prefix-list {name}{family}"), *at, Cond::PrefixList(id));
        Some(PolicyChain { policies: vec![policy], at_end: Verdict::Reject, origin: *at })
    }

    fn by_path(&mut self, list: &Option<(Name, Origin)>) -> Option<PolicyChain> {
        let (name, at) = list.as_ref()?;
        let id = *self.as_path_lists.get(name)?;
        let policy = self.verdict_policy(format!("filter-list {name}"), *at, Cond::AsPathList(id));
        Some(PolicyChain { policies: vec![policy], at_end: Verdict::Reject, origin: *at })
    }
}

/// A range without others.
fn without(range: (u32, u32), others: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut left = vec![range];
    for &(from, to) in others {
        left = left
            .into_iter()
            .flat_map(|(a, b)| {
                let below = (a < from).then(|| (a, b.min(from.saturating_sub(1))));
                let above = (b > to).then(|| (a.max(to.saturating_add(1)), b));
                [below, above]
            })
            .flatten()
            .collect();
    }
    left
}

/// Session, families and the rest of a neighbour with all its templates.
fn resolve(bgp: &Bgp, peer: &config::Peer) -> (Session, [Option<AfPeer>; FAMILIES.len()], Vec<Name>) {
    let mut session = peer.session.clone();
    let mut families = peer.families.clone();
    let mut others = peer.others.clone();
    // The neighbour, then its template, and that one's.
    let mut chain = vec![peer];
    while let Some(next) = chain.last().and_then(|p| p.peer.as_deref()).and_then(|n| bgp.peers.get(n)) {
        if chain.len() > MOST_TEMPLATES {
            break;
        }
        chain.push(next);
    }
    for (n, layer) in chain.iter().enumerate() {
        if n > 0 {
            session.inherit(&layer.session);
            for (own, theirs) in families.iter_mut().zip(&layer.families) {
                if let Some(theirs) = theirs {
                    let own = own.get_or_insert_with(|| AfPeer { origin: theirs.origin, ..AfPeer::default() });
                    own.inherit(theirs);
                    own.inherits.extend(theirs.inherits.iter().cloned());
                }
            }
            others.extend(layer.others.iter().cloned());
        }
        let mut waiting = layer.peer_session.as_deref();
        for _ in 0..MOST_TEMPLATES {
            let Some(template) = waiting.and_then(|n| bgp.sessions.get(n)) else { break };
            session.inherit(&template.session);
            waiting = template.peer_session.as_deref();
        }
    }
    for own in families.iter_mut().flatten() {
        let mut waiting = own.inherits.clone();
        waiting.sort_by_key(|(seq, _)| *seq);
        let mut seen: Set<Name> = Set::default();
        let mut at = 0;
        while let Some((_, name)) = waiting.get(at).cloned() {
            at += 1;
            if let Some(template) = bgp.policies.get(&name).filter(|_| seen.insert(name.clone())) {
                own.inherit(template);
                waiting.extend(template.inherits.iter().cloned());
            }
        }
    }
    others.sort_unstable();
    others.dedup();
    (session, families, others)
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;
    use super::*;

    #[test]
    fn templates_are_inherited_and_overridden() {
        let d = device(
            "interface loopback0\n  ip address 192.0.2.1/32\nroute-map IN permit 10\nroute-map OWN permit 10\nrouter bgp 65001\n  template peer-session S\n    update-source loopback0\n    ebgp-multihop 3\n  template peer-policy P\n    send-community\n    route-map IN in\n  template peer G\n    inherit peer-session S\n    remote-as 65002\n    address-family ipv4 unicast\n      inherit peer-policy P 10\n      next-hop-self\n    address-family l2vpn evpn\n  neighbor 10.0.0.1\n    inherit peer G\n  neighbor 10.0.0.2\n    inherit peer G\n    remote-as 65003\n    address-family ipv4 unicast\n      route-map OWN in\n  neighbor 10.0.0.3\n    remote-as 65004\n",
        );
        let n = &d.bgp[0].neighbors;
        let (a, b, c) = (&n[NeighborId(0)], &n[NeighborId(1)], &n[NeighborId(2)]);
        assert_eq!((a.remote_as.clone(), a.ebgp_multihop), (RemoteAs::Asn(65002), Some(3)));
        assert_eq!(a.update_source, d.find_interface("loopback0").map(UpdateSource::Interface));
        assert!(a.families[0].send_standard && a.families[0].next_hop_self == NextHopSelf::Yes);
        assert_eq!(a.families.iter().map(|f| f.family).collect::<Vec<_>>(), [Family::V4, Family::Evpn]);
        assert_eq!(b.remote_as, RemoteAs::Asn(65003));
        assert!(b.families[0].send_standard);
        assert_ne!(a.families[0].import[0].policies, b.families[0].import[0].policies);
        // A family is active where it stands.
        assert!(c.families.is_empty() && c.other_families.is_empty());
    }

    #[test]
    fn circles_of_templates_end() {
        let d = device(
            "router bgp 1\n  template peer A\n    inherit peer B\n  template peer B\n    inherit peer A\n    remote-as 7\n  template peer-policy X\n    inherit peer-policy Y 1\n  template peer-policy Y\n    inherit peer-policy X 1\n    weight 5\n  neighbor 10.0.0.1\n    inherit peer A\n    address-family ipv4 unicast\n      inherit peer-policy X 1\n",
        );
        let n = &d.bgp[0].neighbors[NeighborId(0)];
        assert_eq!((n.remote_as.clone(), n.families[0].weight), (RemoteAs::Asn(7), Some(5)));
    }

    #[test]
    fn dynamic_neighbours_take_the_numbers_of_their_map() {
        let d = device(
            "route-map AS deny 5\n  match as-number 65005\nroute-map AS permit 10\n  match as-number 65000-65010\ninterface Ethernet1/1\n  no switchport\nrouter bgp 65001\n  neighbor 10.0.0.0/8\n    remote-as route-map AS\n    address-family ipv4 unicast\n  neighbor Ethernet1/1\n    remote-as 65009\n    address-family ipv4 unicast\n      disable-peer-as-check\n",
        );
        let n = &d.bgp[0].neighbors;
        assert_eq!(n[NeighborId(0)].remote_as, RemoteAs::Ranges(vec![(65000, 65004), (65006, 65010)]));
        assert_eq!(n[NeighborId(0)].peer, Peer::Range("10.0.0.0/8".parse().unwrap()));
        assert_eq!((n[NeighborId(1)].extended_next_hop, n[NeighborId(1)].families[0].advertise_peer_as), (true, true));
    }
}
