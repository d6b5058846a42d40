//! BGP: the options of instance, group and neighbour become one neighbour.

use super::Lower;
use super::conditions::made;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::span::Origin;
use crate::model::VrfId;
use crate::model::bgp::{
    AddPathSelect, BestPath, Bgp, BgpFamily, BgpRedistribution, Confederation, DefaultOriginate, LocalAs, MetricOut, Neighbor,
    NeighborFamily, NextHopSelf, Peer, RemoteAs, RemovePrivateAs, UpdateSource,
};
use crate::model::interface::InterfaceId;
use crate::model::policy::{Action, Cond, Flow, PolicyChain, RouteSource, Verdict};
use crate::model::route::Family;
use crate::vendors::sros::config::{self, BgpOptions, MedOut};
use crate::vendors::sros::defaults;

/// The instance a neighbour belongs to.
struct Instance<'c> {
    b: &'c config::Bgp,
    vrf: VrfId,
    asn: u32,
    confederation: Vec<u32>,
}

impl Lower<'_, '_> {
    pub(super) fn make_bgp(&mut self) {
        let config = self.config;
        for (n, vrf) in self.running() {
            if let Some(b) = &config.routers[n].bgp {
                let made = self.bgp(&config.routers[n], b, vrf);
                self.device.bgp.push(made);
            }
        }
    }

    fn bgp(&mut self, r: &config::Router, b: &config::Bgp, vrf: VrfId) -> Bgp {
        let base = self.config.routers.first();
        let asn = r.asn.or(base.and_then(|g| g.asn)).or(b.options.local_as.map(|l| l.asn));
        if asn.is_none() {
            self.error("R-bgp-as", b.origin, "BGP has no AS number: `autonomous-system` is missing".to_owned());
        }
        let asn = asn.unwrap_or(0);
        let confederation = r.confederation.as_ref().map(|(id, members)| Confederation {
            identifier: *id,
            members: members.iter().copied().filter(|m| *m != asn).collect(),
        });
        let members = confederation.as_ref().map_or_else(Vec::new, |c| c.members.clone());
        let instance = Instance { b, vrf, asn, confederation: members };
        let mut out = Bgp {
            vrf,
            origin: b.origin,
            asn,
            router_id: b.router_id,
            enabled: b.up.unwrap_or(defaults::BGP_UP) && asn != 0,
            cluster_id: b.options.cluster,
            confederation,
            client_to_client: true,
            best_path: BestPath {
                always_compare_med: b.always_compare_med == Some(true),
                missing_med_worst: b.med_infinity,
                deterministic_med: b.deterministic_med.unwrap_or(defaults::DETERMINISTIC_MED),
                ignore_as_path: b.ignore_as_path == Some(true),
                compare_router_id: true,
                ignore_igp_metric: b.ignore_metric == Some(true),
                // "restrict same-as-path-length" is the default: only the length must agree.
                multipath_relax: !b.multipath_same,
                ..BestPath::default()
            },
            ..Bgp::default()
        };
        if b.use_bgp_routes == Some(true) {
            self.device.platform.bgp_recursive_bgp = true;
        }
        if b.ignore_router_id == Some(true) {
            self.not_modelled(b.origin, "`ignore-router-id` keeps the older of two paths, which is not known");
        }
        for n in &b.neighbors {
            let group = n.group.as_ref().and_then(|(name, _)| b.groups.iter().find(|g| g.name == *name));
            let options = n.options.or(&group.map_or_else(BgpOptions::default, |g| g.options.clone()).or(&b.options));
            let link = n.link.as_ref().and_then(|l| self.named_interface(vrf, l, "bgp neighbor"));
            let up = n.up != Some(false) && group.is_none_or(|g| g.up != Some(false));
            let peer = Peer::Ip(n.address, link);
            let made = self.neighbor(&instance, peer, n.origin, group, up, &options, &[]);
            self.add(&mut out, made, &options);
        }
        for g in &b.groups {
            let options = g.options.or(&b.options);
            let up = g.up != Some(false);
            for (net, allowed, origin) in &g.ranges {
                let made = self.neighbor(&instance, Peer::Range(*net), *origin, Some(g), up, &options, allowed);
                self.add(&mut out, made, &options);
            }
            for (named, allowed) in &g.links {
                let Some(id) = self.named_interface(vrf, named, "bgp dynamic-neighbor interface") else { continue };
                let made = self.neighbor(&instance, Peer::Interface(id), named.1, Some(g), up, &options, allowed);
                self.add(&mut out, made, &options);
            }
        }
        let ecmp = r.ecmp.unwrap_or(defaults::ECMP);
        let paths = |own: Option<u32>| own.or(b.multipath).unwrap_or(defaults::MULTIPATH).min(ecmp.max(1));
        for family in [Family::V4, Family::V6] {
            out.families.push(BgpFamily {
                family,
                distance: [b.options.preference.unwrap_or(defaults::BGP); 3],
                max_paths_ebgp: paths(b.multipath_ebgp),
                max_paths_ibgp: paths(b.multipath_ibgp),
                max_paths_eibgp: (b.ebgp_ibgp_equal == Some(true)).then(|| paths(None)),
                // Aggregates are BGP routes too: the BGP table holds them whether or not a policy sends them (lab sros_aggregate).
                redistribute: vec![BgpRedistribution {
                    sources: vec![RouteSource::Aggregate],
                    policy: None,
                    metric: None,
                    ospf_types: Vec::new(),
                    origin: b.origin,
                }],
                default_information_originate: true,
                ..BgpFamily::default()
            });
        }
        if let Some(c) = &b.next_hop_policy {
            let chain = self.chain(c, Verdict::Reject);
            match chain.policies.as_slice() {
                [one] => out.families.iter_mut().for_each(|f| f.next_hop_policy = Some(*one)),
                _ => self.not_modelled(c.origin, "more than one policy on next hops is not modelled: none of them is applied"),
            }
        }
        out
    }

    fn add(&mut self, out: &mut Bgp, neighbor: Neighbor, options: &BgpOptions) {
        out.advertise_inactive |= options.advertise_inactive == Some(true);
        if options.no_client_reflect == Some(true) {
            out.client_to_client = false;
        }
        out.neighbors.push(neighbor);
    }

    #[expect(clippy::too_many_arguments, reason = "one neighbour, and where it comes from")]
    fn neighbor(
        &mut self,
        instance: &Instance<'_>,
        peer: Peer,
        origin: Origin,
        group: Option<&config::BgpGroup>,
        up: bool,
        o: &BgpOptions,
        allowed: &[(u32, u32)],
    ) -> Neighbor {
        let asn = instance.asn;
        let remote_as = match (o.peer_as, allowed, o.internal) {
            (Some(n), ..) => RemoteAs::Asn(n),
            (None, [], Some(true)) => RemoteAs::Internal,
            (None, [], _) => RemoteAs::Missing,
            (None, list, _) => RemoteAs::Ranges(list.to_vec()),
        };
        let local_as = o.local_as.filter(|l| l.asn != asn).map(|l| LocalAs {
            asn: l.asn,
            no_prepend: l.private,
            replace_as: l.prepend_global == Some(false),
            dual_as: false,
            loops: None,
        });
        let inside = |n: u32| n == asn || o.local_as.is_some_and(|l| l.asn == n);
        let external = match &remote_as {
            RemoteAs::Internal => false,
            RemoteAs::Asn(n) => !inside(*n),
            _ => true,
        };
        if o.internal == Some(true) && external {
            self.error("V-bgp-type", origin, format!("an internal group whose peer AS is not the own one ({asn})"));
        }
        let confederation = matches!(remote_as, RemoteAs::Asn(n) if instance.confederation.contains(&n));
        let update_source = match &o.local_address {
            Some(named) => match named.0.parse() {
                Ok(ip) => Some(UpdateSource::Ip(ip)),
                Err(_) => self.named_interface(instance.vrf, named, "bgp local-address").map(UpdateSource::Interface),
            },
            None => self.far_source(instance.vrf, &peer),
        };
        let mut out = Neighbor {
            peer,
            origin,
            group: group.map(|g| g.name.clone()),
            description: o.description.clone(),
            remote_as,
            local_as,
            enabled: up,
            update_source,
            ebgp_multihop: o.multihop.filter(|_| external),
            ttl_security: o.ttl_security,
            passive: o.passive == Some(true),
            auth: o.auth.clone(),
            enforce_first_as: o.enforce_first_as,
            cluster_id: o.cluster,
            extended_next_hop: o.extended_next_hop == Some(true),
            bfd: o.bfd == Some(true),
            ..Neighbor::default()
        };
        let strict = external && !confederation;
        let default = defaults::ebgp_rejects(self.config.classic);
        let rejects = [strict && o.reject_import.unwrap_or(default), strict && o.reject_export.unwrap_or(default)];
        let import = self.bgp_import(instance, o, rejects[0], origin);
        let export = self.bgp_export(o, rejects[1], origin);
        let families = o.families.clone().unwrap_or_else(|| vec![defaults::BGP_FAMILY.into()]);
        for f in &families {
            let family = match &**f {
                "ipv4" => Family::V4,
                "ipv6" => Family::V6,
                "evpn" => Family::Evpn,
                other => {
                    out.other_families.push(defaults::family_word(other).into());
                    continue;
                }
            };
            if out.families.iter().any(|x| x.family == family) {
                continue;
            }
            if family == Family::Evpn {
                let made = self.evpn_family(o, external, rejects, origin);
                out.families.push(made);
                continue;
            }
            let slot = family as usize;
            let unchanged = o.next_hop_unchanged.as_ref().is_some_and(|l| l.iter().any(|x| x == f));
            let sends_default = o.send_default.is_some_and(|d| d[slot]);
            let default_originate = sends_default.then(|| DefaultOriginate {
                policy: o.send_default_policy.as_ref().map(|c| self.chain(c, Verdict::Accept)),
                only_if_present: false,
                origin,
            });
            out.families.push(NeighborFamily {
                family,
                import: vec![import.clone()],
                export: vec![export.clone()],
                export_any: true,
                reflector_client: o.cluster.is_some() && !external,
                // On all routes, reflected ones too.
                next_hop_self: if o.next_hop_self == Some(true) { NextHopSelf::Force } else { NextHopSelf::No },
                next_hop_unchanged: unchanged,
                local_preference: o.local_preference,
                metric_out: o.med_out.map(|m| match m {
                    MedOut::Value(n) => MetricOut::Value(n),
                    MedOut::Igp => MetricOut::Igp(0),
                }),
                allow_as_in: if o.loop_detect_off == Some(true) { 255 } else { o.loop_threshold.unwrap_or(0) },
                as_override: o.as_override == Some(true),
                advertise_peer_as: true,
                remove_private_as: match o.remove_private {
                    None => RemovePrivateAs::No,
                    Some(p) if p.replace => RemovePrivateAs::Replace,
                    Some(p) if p.limited => RemovePrivateAs::Leading,
                    Some(_) => RemovePrivateAs::All,
                },
                send_standard: o.no_standard != Some(true),
                send_extended: o.no_extended != Some(true),
                send_large: o.no_large != Some(true),
                default_originate,
                add_path_send: o.add_path_send[slot]
                    .map(|n| if n == u32::MAX { AddPathSelect::Multipath } else { AddPathSelect::Best(n) }),
                add_path_receive: o.add_path_receive[slot].unwrap_or(o.add_path_send[slot].is_some()),
                max_prefixes: o.max_prefixes,
                origin,
                ..NeighborFamily::default()
            });
        }
        out.other_families.sort();
        out.other_families.dedup();
        out
    }

    /// EVPN over a session. Its policies hold for routes of VPN families only with `vpn-apply-import` and `vpn-apply-export`; the rejection of all that no
    /// policy accepts holds for them too.
    fn evpn_family(&mut self, o: &BgpOptions, external: bool, rejects: [bool; 2], origin: Origin) -> NeighborFamily {
        let mut chains = Vec::new();
        for (set, applied, rejects) in [(&o.import, o.vpn_import, rejects[0]), (&o.export, o.vpn_export, rejects[1])] {
            let at_end = if rejects { Verdict::Reject } else { Verdict::Accept };
            let holds = applied == Some(true);
            if let Some(c) = set.as_ref().filter(|c| !holds && self.without_evpn.insert(c.origin)) {
                let message = "the policies of the session do not hold for its EVPN routes without `vpn-apply-import` and `vpn-apply-export`";
                self.sink.push(Diagnostic::new(Code("T-vpn-apply"), Severity::Info, message).at(c.origin));
            }
            chains.push(match set.as_ref().filter(|_| holds) {
                Some(c) => self.chain(c, at_end),
                None => PolicyChain { policies: Vec::new(), at_end, origin },
            });
        }
        let export = chains.pop().into_iter().collect();
        NeighborFamily {
            family: Family::Evpn,
            import: chains,
            export,
            reflector_client: o.cluster.is_some() && !external,
            next_hop_self: if o.next_hop_self == Some(true) { NextHopSelf::Force } else { NextHopSelf::No },
            local_preference: o.local_preference,
            allow_as_in: if o.loop_detect_off == Some(true) { 255 } else { o.loop_threshold.unwrap_or(0) },
            as_override: o.as_override == Some(true),
            advertise_peer_as: true,
            send_standard: o.no_standard != Some(true),
            send_extended: o.no_extended != Some(true),
            send_large: o.no_large != Some(true),
            origin,
            ..NeighborFamily::default()
        }
    }

    /// Sessions to neighbours on no connected subnet start from the system interface (lab sros_services).
    fn far_source(&self, vrf: VrfId, peer: &Peer) -> Option<UpdateSource> {
        let Peer::Ip(ip, None) = peer else { return None };
        let own = self.interfaces_of(vrf);
        let on = |i: &InterfaceId| self.device.interfaces[*i].addresses.iter().any(|a| a.address.contains(ip));
        if own.iter().any(on) {
            return None;
        }
        let system = own.iter().map(|i| &self.device.interfaces[*i]).find(|i| &*i.name == "system")?;
        system.primary(ip.is_ipv6()).map(|a| UpdateSource::Ip(a.address.addr()))
    }

    /// Import: the policies, then the default: internal routes are taken, external ones only without `ebgp-default-reject-policy`
    /// (labs sros_ibgp, sros_bgp_policy).
    fn bgp_import(&mut self, instance: &Instance<'_>, o: &BgpOptions, rejects: bool, origin: Origin) -> PolicyChain {
        let at_end = if rejects { Verdict::Reject } else { Verdict::Accept };
        let mut out = match &o.import {
            Some(c) => self.chain(c, at_end),
            None => PolicyChain { policies: Vec::new(), at_end, origin },
        };
        // A preference of the group or neighbour; a policy may change it again.
        if let Some(n) = o.preference.filter(|n| instance.b.options.preference != Some(*n)) {
            let mut term = made("preference", origin, Cond::True, Flow::Next);
            term.actions.push(Action::Distance(n));
            let id = self.made_policy("(preference)", origin, term);
            out.policies.insert(0, id);
        }
        out
    }

    /// Export: what no policy decides on goes out if it is a BGP route, to external neighbours only without
    /// `ebgp-default-reject-policy` (lab sros_ibgp: the eBGP route reaches the iBGP neighbour, the iBGP route not the eBGP one).
    fn bgp_export(&mut self, o: &BgpOptions, rejects: bool, origin: Origin) -> PolicyChain {
        let mut out = match &o.export {
            Some(c) => self.chain(c, Verdict::Reject),
            None => PolicyChain { policies: Vec::new(), at_end: Verdict::Reject, origin },
        };
        if !rejects {
            let default = self.default_export(RouteSource::Bgp, "BGP");
            out.policies.insert(0, default);
        }
        out
    }
}
