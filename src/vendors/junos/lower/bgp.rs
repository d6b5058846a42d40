//! BGP: three levels of options become one neighbour.

use super::Lower;
use crate::base::span::Origin;
use crate::model::VrfId;
use crate::model::bgp::{
    AddPathSelect, BestPath, Bgp, BgpFamily, Confederation, LocalAs, Neighbor, NeighborFamily, NextHopSelf, Peer, RemoteAs,
    RemovePrivateAs, UpdateSource,
};
use crate::model::policy::{Action, Cond, Flow, PolicyChain, Term, Verdict};
use crate::model::route::Family;
use crate::vendors::junos::config::{self, BgpOptions, InstanceKind};
use crate::vendors::junos::defaults;

impl Lower<'_, '_> {
    pub(super) fn make_bgp(&mut self) {
        let config = self.config;
        for i in &config.instances {
            let (Some(vrf), Some(b), false) = (self.vrf(&i.name), &i.bgp, i.kind == InstanceKind::Bridging) else { continue };
            let made = self.bgp(i, b, vrf);
            self.device.bgp.push(made);
        }
    }

    fn bgp(&mut self, i: &config::Instance, b: &config::Bgp, vrf: VrfId) -> Bgp {
        let global = self.config.instances.first().map(|m| &m.routing);
        let asn = i.routing.asn.or(global.and_then(|g| g.asn)).or(b.options.local_as.as_ref().map(|l| l.asn));
        if asn.is_none() {
            self.error("R-bgp-as", b.origin, "BGP has no AS number: `routing-options autonomous-system` is missing".to_owned());
        }
        let asn = asn.unwrap_or(0);
        let loops = i.routing.as_loops.or(global.and_then(|g| g.as_loops));
        let mut out = Bgp {
            vrf,
            origin: b.origin,
            asn,
            router_id: i.routing.router_id,
            enabled: !b.disabled && asn != 0,
            cluster_id: None,
            confederation: i
                .routing
                .confederation
                .as_ref()
                .or(global.and_then(|g| g.confederation.as_ref()).filter(|_| vrf == VrfId::DEFAULT))
                .map(|(id, members)| Confederation {
                    identifier: *id,
                    members: members.iter().copied().filter(|m| *m != asn).collect(),
                }),
            client_to_client: true,
            best_path: BestPath {
                always_compare_med: b.path_selection.always_compare_med,
                // Junos groups by neighbouring AS before it compares MED, unless told to do as Cisco did.
                deterministic_med: !b.path_selection.non_deterministic,
                ignore_as_path: b.path_selection.as_path_ignore,
                compare_router_id: b.path_selection.external_router_id,
                ..BestPath::default()
            },
            ..Bgp::default()
        };
        let mut external = 1;
        let mut internal = 1;
        let most = self.device.platform.max_ecmp;
        let mut said: Vec<(Option<BgpOptions>, bool)> = Vec::new();
        for g in &b.groups {
            let group = g.options.or(&b.options);
            let mut members: Vec<(Peer, Origin, BgpOptions)> = Vec::new();
            for n in &g.neighbors {
                let interface = n.interface.as_ref().and_then(|named| self.named_interface(named, "bgp local-interface"));
                members.push((Peer::Ip(n.address, interface), n.origin, n.options.or(&group)));
            }
            members.extend(g.allow.iter().map(|(net, origin)| (Peer::Range(*net), *origin, group.clone())));
            for (peer, origin, options) in members {
                let neighbor = self.neighbor(peer, origin, g, &options, asn, loops);
                let ebgp = !matches!(neighbor.remote_as, RemoteAs::Internal) && neighbor.remote_as != RemoteAs::Asn(asn);
                if let Some(m) = options.multipath {
                    *(if ebgp { &mut external } else { &mut internal }) = most;
                    out.best_path.multipath_relax |= m.multiple_as;
                }
                out.advertise_inactive |= options.advertise_inactive == Some(true);
                if options.no_client_reflect == Some(true) {
                    out.client_to_client = false;
                }
                for f in options.families.iter().flatten().filter(|f| f.vpn.is_none()) {
                    if let Some(group) = &f.rib_group {
                        self.share_bgp(vrf, group, f.v6);
                    }
                }
                said.push((Some(options), ebgp));
                out.neighbors.push(neighbor);
            }
        }
        for family in [Family::V4, Family::V6] {
            let distance = b.options.preference.unwrap_or(defaults::BGP);
            out.families.push(BgpFamily {
                family,
                distance: [distance; 3],
                max_paths_ebgp: external,
                max_paths_ibgp: internal,
                ..BgpFamily::default()
            });
        }
        out
    }

    fn neighbor(
        &mut self,
        peer: Peer,
        origin: Origin,
        group: &config::BgpGroup,
        o: &BgpOptions,
        asn: u32,
        loops: Option<u32>,
    ) -> Neighbor {
        let remote_as = match (o.external, o.peer_as) {
            (Some(false), None) => RemoteAs::Internal,
            (_, Some(asn)) => RemoteAs::Asn(asn),
            (_, None) => o.peer_as_list.clone().map_or(RemoteAs::Missing, RemoteAs::Ranges),
        };
        let external = match &remote_as {
            RemoteAs::Internal => false,
            RemoteAs::Asn(a) => *a != asn,
            _ => true,
        };
        // `type` must agree with the AS numbers, or commit fails.
        if o.external == Some(true) && remote_as == RemoteAs::Asn(asn) && o.local_as.is_none() {
            self.error("V-bgp-type", origin, format!("an external group whose peer AS is the own one ({asn})"));
        }
        let local_as = o.local_as.as_ref().filter(|l| l.asn != asn).map(|l| LocalAs {
            asn: l.asn,
            // `private`: the local AS is not shown inward.
            no_prepend: l.private,
            replace_as: l.no_prepend_global || l.alias,
            dual_as: l.alias,
            loops: l.loops.and_then(|n| n.checked_sub(1)),
        });
        let update_source = match (&o.local_address, &o.local_interface) {
            (Some(ip), _) => Some(UpdateSource::Ip(*ip)),
            (None, Some(named)) => self.named_interface(named, "bgp local-interface").map(UpdateSource::Interface),
            _ => None,
        };
        let mut out = Neighbor {
            origin,
            group: Some(group.name.clone()),
            description: o.description.clone(),
            remote_as,
            local_as,
            enabled: o.disabled != Some(true),
            update_source,
            ebgp_multihop: o.multihop.map(|m| m.ttl.unwrap_or(defaults::MULTIHOP_TTL)).or(o.ttl),
            // "If you omit this statement, all EBGP peers are assumed to be directly connected" ("multihop"): with it, even TTL 1 leads to the
            // loopback of the router at the other end of a link.
            disable_connected_check: o.multihop.is_some(),
            passive: o.passive == Some(true),
            auth: o.auth.clone(),
            enforce_first_as: o.enforce_first_as,
            cluster_id: o.cluster,
            bfd: o.bfd == Some(true),
            ..Neighbor::default()
        };
        let default_v6 = match &peer {
            Peer::Ip(ip, _) => ip.is_ipv6(),
            Peer::Range(net) => net.addr().is_ipv6(),
            Peer::Interface(_) => false,
        };
        out.peer = peer;
        // Without `family`, unicast of the session's own family ("family (Protocols BGP)").
        let default = [config::BgpFamily { v6: default_v6, origin, ..config::BgpFamily::default() }];
        let families = o.families.as_deref().unwrap_or(&default);
        let import = self.bgp_import(o, origin);
        let export = self.bgp_export(o.export.as_ref());
        for f in families {
            let family = f.vpn.unwrap_or(if f.v6 { Family::V6 } else { Family::V4 });
            out.extended_next_hop |= f.extended_next_hop;
            if out.families.iter().any(|x| x.family == family) {
                continue;
            }
            out.families.push(NeighborFamily {
                family,
                import: vec![import.clone()],
                // VPN routes pass the export policy of their VRF only ("vpn-apply-export"), reflected ones the session's too.
                export: if f.vpn.is_none() || o.vpn_apply_export == Some(true) || o.cluster.is_some() {
                    vec![export.clone()]
                } else {
                    Vec::new()
                },
                export_any: f.vpn.is_none(),
                reflector_client: o.cluster.is_some() && !external,
                next_hop_self: if o.next_hop_self == Some(true) { NextHopSelf::Yes } else { NextHopSelf::No },
                next_hop_unchanged: o.multihop.is_some_and(|m| m.no_nexthop_change),
                local_preference: o.local_preference,
                metric_out: o.metric_out,
                // `loops N`: the own AS may be there N - 1 times (lab junos_ebgp_loop_prevention: `loops 2` takes one).
                allow_as_in: f.loops.or(loops).and_then(|n| n.checked_sub(1)).unwrap_or(0),
                as_override: o.as_override == Some(true),
                advertise_peer_as: o.advertise_peer_as == Some(true) || o.as_override == Some(true),
                remove_private_as: o.remove_private.unwrap_or(RemovePrivateAs::No),
                send_standard: true,
                send_extended: true,
                send_large: true,
                add_path_send: f.add_path_send.map(AddPathSelect::Best),
                add_path_receive: f.add_path_receive,
                max_prefixes: f.max_prefixes,
                rib_group: f.rib_group.as_ref().map(|(name, _)| name.clone()),
                origin: if f.origin.is_some() { f.origin } else { origin },
                ..NeighborFamily::default()
            });
        }
        out
    }

    /// All routes are taken by default. A `preference` of the group or neighbour is set before the policies run.
    fn bgp_import(&mut self, o: &BgpOptions, origin: Origin) -> PolicyChain {
        let mut out = PolicyChain { at_end: Verdict::Accept, origin, ..PolicyChain::default() };
        if let Some(chain) = &o.import {
            out = self.import_chain(chain, Verdict::Accept);
        }
        if let Some(preference) = o.preference.filter(|p| *p != defaults::BGP) {
            let term = Term {
                name: "preference".into(),
                origin,
                when: Cond::True,
                actions: vec![Action::Distance(preference)],
                then: Flow::Next,
                otherwise: Flow::Next,
            };
            let id = self.made_policy("(preference of the neighbour)", origin, term);
            out.policies.insert(0, id);
        }
        out
    }
}
