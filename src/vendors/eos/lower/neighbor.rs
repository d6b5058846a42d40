//! BGP neighbours with everything they inherit.
//!
//! Law: what is said of the neighbour itself comes before what is said of its group, what is said in the address family before what
//! is said in general, what is said in the VRF before what is said in the default VRF (EOS manual, "neighbor peer group").

use std::net::IpAddr;

use super::Lowering;
use super::bgp::add_path;
use crate::base::id::IdVec;
use crate::base::span::Origin;
use crate::model::bgp::{
    self as model, DefaultOriginate, LocalAs, MetricOut, NeighborFamily, NeighborId, NextHopSelf, Peer, RemoteAs,
    RemovePrivateAs, UpdateSource,
};
use crate::model::policy::{Action, Cond, NextHopEdit, PolicyChain, Verdict};
use crate::model::route::Family;
use crate::vendors::eos::config::{
    AddPath, BgpVrf, EVPN, MetricOut as ConfigMetric, Neighbor, Policy, RemovePrivate, V4, V6, VPN4, VPN6,
};

/// One neighbour before inheritance.
struct Who<'c> {
    /// What stands after `neighbor`, where it is a name there.
    name: Option<&'c str>,
    group: Option<&'c str>,
    peer: Peer,
    remote_as: Option<u32>,
    peer_filter: Option<&'c str>,
    origin: Origin,
}

/// The places where something may be said, nearest first.
type Layers<'c> = Vec<&'c Neighbor>;

fn first<'c, T>(layers: &Layers<'c>, pick: impl Fn(&'c Neighbor) -> Option<T>) -> Option<T> {
    layers.iter().find_map(|n| pick(n))
}

impl Lowering<'_, '_> {
    pub(super) fn neighbors(&mut self, main: &BgpVrf, vrf: &BgpVrf) -> IdVec<NeighborId, model::Neighbor> {
        let mut all = Vec::new();
        for (name, n) in vrf.neighbors.iter().filter(|(_, n)| !n.is_group) {
            let group = n.group.as_deref();
            let Some(peer) = self.peer(name) else { continue };
            let origin = n.origin;
            all.push(Who { name: Some(name), group, peer, remote_as: None, peer_filter: None, origin });
        }
        for u in &vrf.unnumbered {
            let Some(id) = self.interface(&u.interface) else { continue };
            all.push(Who {
                name: None,
                group: u.group.as_deref(),
                peer: Peer::Interface(id),
                remote_as: u.remote_as,
                peer_filter: u.peer_filter.as_deref(),
                origin: u.origin,
            });
        }
        for l in &vrf.listen {
            all.push(Who {
                name: None,
                group: Some(&l.group),
                peer: Peer::Range(l.range),
                remote_as: l.remote_as,
                peer_filter: l.peer_filter.as_deref(),
                origin: l.origin,
            });
        }
        all.iter().map(|who| self.neighbor(main, vrf, who)).collect()
    }

    /// An address, perhaps with the interface of a link-local one: `fe80::1%Vl4094`.
    fn peer(&self, name: &str) -> Option<Peer> {
        let (address, interface) = name.split_once('%').unwrap_or((name, ""));
        let full = crate::vendors::eos::read::full_name(interface);
        Some(Peer::Ip(address.parse::<IpAddr>().ok()?, full.and_then(|n| self.interface(&n))))
    }

    fn neighbor(&mut self, main: &BgpVrf, vrf: &BgpVrf, who: &Who<'_>) -> model::Neighbor {
        let layers = |at: Option<usize>| -> Layers<'_> {
            let mut out: Layers<'_> = Vec::with_capacity(6);
            for (v, name) in [(vrf, who.name), (vrf, who.group), (main, who.group)] {
                let Some(name) = name else { continue };
                if let Some(n) = at.and_then(|at| v.families.get(at)).and_then(|f| f.neighbors.get(name)) {
                    out.push(n);
                }
                if let Some(n) = v.neighbors.get(name) {
                    out.push(n);
                }
            }
            out
        };
        let general = layers(None);
        let filter = who.peer_filter.or_else(|| first(&general, |n| n.peer_filter.as_deref()));
        let remote_as = match (who.remote_as.or_else(|| first(&general, |n| n.remote_as)), filter) {
            (Some(asn), _) => RemoteAs::Asn(asn),
            (None, Some(filter)) => RemoteAs::Ranges(self.accepted(filter)),
            (None, None) => RemoteAs::Missing,
        };
        let over_v6 = !matches!(who.peer, Peer::Ip(IpAddr::V4(_), _) | Peer::Range(ipnet::IpNet::V4(_)));
        let mut families = Vec::new();
        let vpn = [(Family::Vpn4, VPN4), (Family::Vpn6, VPN6), (Family::Evpn, EVPN)];
        for (family, at) in
            [(Family::V4, V4), (Family::V6, V6)].into_iter().chain(vpn.into_iter().filter(|_| std::ptr::eq(main, vrf)))
        {
            let l = layers(Some(at));
            let default = match (family, over_v6) {
                (Family::V4, false) => vrf.default_v4.or(main.default_v4).unwrap_or(true),
                (Family::V4, true) => vrf.default_v4_on_v6.or(main.default_v4_on_v6).unwrap_or(false),
                (Family::V6, _) => vrf.default_v6.or(main.default_v6).unwrap_or(false),
                (Family::Vpn4 | Family::Vpn6 | Family::Evpn, _) => false,
            };
            if first(&l, |n| n.activate).unwrap_or(default) {
                families.push(self.neighbor_family(main, vrf, family, &l, who.origin));
            }
        }
        let auth = first(&general, |n| n.auth.clone());
        model::Neighbor {
            peer: who.peer.clone(),
            origin: who.origin,
            group: who.group.map(Into::into),
            description: first(&general, |n| n.description.clone()),
            remote_as,
            local_as: first(&general, |n| n.local_as).map(|l| LocalAs {
                asn: l.asn,
                no_prepend: l.no_prepend,
                replace_as: l.replace_as,
                dual_as: l.fallback,
                loops: None,
            }),
            enabled: !first(&general, |n| n.shutdown).unwrap_or(false),
            update_source: first(&general, |n| n.update_source.as_deref()).and_then(|s| match s.parse() {
                Ok(ip) => Some(UpdateSource::Ip(ip)),
                Err(_) => self.interface(s).map(UpdateSource::Interface),
            }),
            ebgp_multihop: first(&general, |n| n.multihop),
            ttl_security: first(&general, |n| n.ttl_security),
            disable_connected_check: false,
            passive: first(&general, |n| n.passive).unwrap_or(false),
            auth,
            families,
            other_families: other_families(vrf, main, who),
            // `next-hop address-family ipv6` may stand in general or in the family.
            extended_next_hop: first(&layers(Some(V4)), |n| n.v6_next_hop).unwrap_or(false),
            enforce_first_as: first(&general, |n| n.enforce_first_as),
            cluster_id: None,
            bfd: first(&general, |n| n.bfd).unwrap_or(false),
        }
    }

    /// The AS numbers a peer filter takes: the first line that holds decides, the rest is refused.
    fn accepted(&self, filter: &str) -> Vec<(u32, u32)> {
        let Some(filter) = self.config.peer_filters.get(filter) else { return Vec::new() };
        let mut decided: Vec<(u32, u32)> = Vec::new();
        let mut out = Vec::new();
        for (ranges, accept) in filter.lines.values() {
            for range in ranges {
                let mut left = vec![*range];
                for &(from, to) in &decided {
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
                if *accept {
                    out.extend(left);
                }
                decided.push(*range);
            }
        }
        out.sort_unstable();
        out
    }

    fn neighbor_family(
        &mut self,
        main: &BgpVrf,
        vrf: &BgpVrf,
        family: Family,
        l: &Layers<'_>,
        fallback: Origin,
    ) -> NeighborFamily {
        let v6 = family.is_v6();
        let mut import = Vec::new();
        let mut export = Vec::new();
        if first(l, |n| n.next_hop_peer).unwrap_or(false) {
            let policy =
                self.verdict_policy("next-hop-peer".into(), fallback, Cond::True, vec![Action::NextHop(NextHopEdit::Peer)]);
            import.push(PolicyChain { policies: vec![policy], at_end: Verdict::Accept, origin: fallback });
        }
        if let Some(p) = first(l, |n| n.prefix_list_in.as_ref()) {
            import.extend(self.by_prefix_list(p, v6));
        }
        if let Some(p) = first(l, |n| n.route_map_in.as_ref()) {
            import.extend(self.chain(&p.name, p.origin));
        }
        if let Some(p) = first(l, |n| n.prefix_list_out.as_ref()) {
            export.extend(self.by_prefix_list(p, v6));
        }
        if let Some(p) = first(l, |n| n.route_map_out.as_ref()) {
            export.extend(self.chain(&p.name, p.origin));
        }
        let send = first(l, |n| n.send_community).unwrap_or_default();
        let preserve = vrf.preserve_attributes || main.preserve_attributes;
        NeighborFamily {
            family,
            import,
            export,
            export_any: false,
            reflector_client: first(l, |n| n.reflector_client).unwrap_or(false),
            // It changes reflected routes too, unless the reflector preserves attributes (EOS manual, "bgp route-reflector
            // preserve-attributes").
            next_hop_self: match (first(l, |n| n.next_hop_self).unwrap_or(false), preserve) {
                (false, _) => NextHopSelf::No,
                (true, true) => NextHopSelf::Yes,
                (true, false) => NextHopSelf::Force,
            },
            next_hop_unchanged: first(l, |n| n.next_hop_unchanged).unwrap_or(false),
            weight: first(l, |n| n.weight),
            local_preference: first(l, |n| n.local_preference),
            metric_out: first(l, |n| n.metric_out).map(|m| match m {
                ConfigMetric::Value(n) => MetricOut::Value(n),
                ConfigMetric::Igp => MetricOut::Igp(0),
            }),
            allow_as_in: first(l, |n| n.allow_as_in).unwrap_or(0),
            as_override: first(l, |n| n.as_override).unwrap_or(false),
            // Lab of 4.23: routes with the neighbour's AS in the path are sent.
            advertise_peer_as: true,
            remove_private_as: match first(l, |n| n.remove_private) {
                None | Some(RemovePrivate::Off) => RemovePrivateAs::No,
                Some(RemovePrivate::OnlyPrivate) => RemovePrivateAs::IfOnlyPrivate,
                Some(RemovePrivate::All) => RemovePrivateAs::All,
                Some(RemovePrivate::Replace) => RemovePrivateAs::Replace,
            },
            send_standard: send.standard,
            send_extended: send.extended,
            send_large: send.large,
            default_originate: first(l, |n| n.default_originate.as_ref()).filter(|d| d.on).map(|d| DefaultOriginate {
                policy: d.route_map.as_deref().and_then(|m| self.chain(m, d.origin)),
                // EOS manual, "neighbor default-originate": without `always` only while there is a default route.
                only_if_present: !d.always,
                origin: d.origin,
            }),
            add_path_send: first(l, |n| n.add_path_send)
                .or(vrf.add_path_send)
                .or(main.add_path_send)
                .filter(|a| *a != AddPath::Off)
                .map(add_path),
            // Lab of 4.23: the capability to receive is announced without configuration.
            add_path_receive: first(l, |n| n.add_path_receive).or(vrf.add_path_receive).or(main.add_path_receive).unwrap_or(true),
            advertise_map: None,
            max_prefixes: first(l, |n| n.max_routes).filter(|n| *n > 0),
            unsuppress: None,
            rib_group: None,
            attributes_unchanged: (false, false, false),
            origin: first(l, |n| n.activate.map(|_| n.origin)).unwrap_or(fallback),
        }
    }

    fn by_prefix_list(&mut self, p: &Policy, v6: bool) -> Option<PolicyChain> {
        let policy = self.prefix_list_policy(&p.name, v6, p.origin)?;
        Some(PolicyChain { policies: vec![policy], at_end: Verdict::Reject, origin: p.origin })
    }
}

/// The families that are not modelled in which a neighbour is active, by its own line or its group's.
fn other_families(vrf: &BgpVrf, main: &BgpVrf, who: &Who<'_>) -> Vec<crate::model::device::Name> {
    let all = || vrf.other_families.iter().chain(&main.other_families);
    let mut names: Vec<_> = all().map(|(family, ..)| family.clone()).collect();
    names.sort_unstable();
    names.dedup();
    let said = |family: &str, name: Option<&str>| {
        let name = name?;
        all().find(|(f, n, _)| &**f == family && &**n == name).map(|(.., on)| *on)
    };
    names.retain(|f| said(f, who.name).or_else(|| said(f, who.group)).unwrap_or(false));
    names
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;
    use super::*;

    #[test]
    fn groups_are_inherited_and_overridden() {
        let d = device(
            "vrf instance A\ninterface Loopback0\n   ip address 192.0.2.1/32\nroute-map IN permit 10\nroute-map OWN permit 10\nrouter bgp 65001\n   no bgp default ipv4-unicast\n   neighbor G peer group\n   neighbor G remote-as 65002\n   neighbor G update-source Loopback0\n   neighbor G ebgp-multihop 3\n   neighbor G send-community\n   neighbor G route-map IN in\n   neighbor G next-hop-self\n   neighbor 10.0.0.1 peer group G\n   neighbor 10.0.0.2 peer group G\n   neighbor 10.0.0.2 remote-as 65003\n   neighbor 10.0.0.3 remote-as 65004\n   address-family ipv4\n      neighbor G activate\n      neighbor 10.0.0.2 route-map OWN in\n   vrf A\n      neighbor 10.9.0.1 peer group G\n",
        );
        let n = &d.bgp[0].neighbors;
        assert_eq!(n.len(), 3);
        let (a, b, c) = (&n[NeighborId(0)], &n[NeighborId(1)], &n[NeighborId(2)]);
        assert_eq!((a.remote_as.clone(), a.ebgp_multihop), (RemoteAs::Asn(65002), Some(3)));
        assert_eq!(a.update_source, d.find_interface("Loopback0").map(UpdateSource::Interface));
        assert_eq!(a.families.len(), 1);
        assert!(a.families[0].send_large && a.families[0].next_hop_self == NextHopSelf::Force);
        assert_eq!(b.remote_as, RemoteAs::Asn(65003));
        assert_ne!(a.families[0].import[0].policies, b.families[0].import[0].policies);
        assert!(c.families.is_empty());
        // The group's activation in the default VRF counts in others.
        assert_eq!(d.bgp[1].neighbors[NeighborId(0)].families.len(), 1);
    }

    #[test]
    fn families_that_are_not_modelled_are_named() {
        let d = device(
            "router bgp 1\n   no bgp default ipv4-unicast\n   neighbor G peer group\n   neighbor 10.0.0.1 peer group G\n   neighbor 10.0.0.2 peer group G\n   address-family path-selection\n      neighbor G activate\n      no neighbor 10.0.0.2 activate\n   address-family evpn\n      neighbor G activate\n      no neighbor 10.0.0.1 activate\n",
        );
        let n = &d.bgp[0].neighbors;
        let families = |n: &model::Neighbor| n.families.iter().map(|f| f.family).collect::<Vec<_>>();
        assert_eq!(n.iter().map(families).collect::<Vec<_>>(), [vec![], vec![Family::Evpn]]);
        assert_eq!(n.iter().map(|n| n.other_families.len()).collect::<Vec<_>>(), [1, 0]);
    }

    #[test]
    fn unnumbered_and_dynamic_neighbours() {
        let d = device(
            "interface Ethernet1\n   no switchport\n   ipv6 enable\npeer-filter F\n   10 match as-range 5 result reject\n   20 match as-range 1-9 result accept\nrouter bgp 65001\n   neighbor G peer group\n   neighbor G peer-filter F\n   neighbor interface Ethernet1 peer-group G remote-as 65000\n   bgp listen range 10.0.0.0/8 peer-group G peer-filter F\n   address-family ipv4\n      neighbor G activate\n      neighbor G next-hop address-family ipv6 originate\n",
        );
        let n = &d.bgp[0].neighbors;
        assert_eq!(n[NeighborId(0)].peer, Peer::Interface(d.find_interface("Ethernet1").unwrap()));
        assert_eq!((n[NeighborId(0)].remote_as.clone(), n[NeighborId(0)].extended_next_hop), (RemoteAs::Asn(65000), true));
        assert_eq!(n[NeighborId(1)].remote_as, RemoteAs::Ranges(vec![(1, 4), (6, 9)]));
        assert_eq!(n[NeighborId(1)].families.len(), 1);
    }
}
