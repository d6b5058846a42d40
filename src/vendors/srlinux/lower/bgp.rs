//! BGP: instance, group and neighbour become one neighbour.

use super::{Lower, Named};
use crate::base::span::Origin;
use crate::model::VrfId;
use crate::model::bgp::{
    AddPathSelect, BestPath, Bgp, BgpFamily, DefaultOriginate, LocalAs, Neighbor, NeighborFamily, NextHopSelf, Peer, RemoteAs,
    RemovePrivateAs, UpdateSource,
};
use crate::model::policy::{PolicyChain, Verdict};
use crate::model::route::Family;
use crate::vendors::srlinux::config::{self, BgpOptions, InstanceKind};
use crate::vendors::srlinux::defaults;

/// Families by their place in [`BgpOptions::families`].
const FAMILIES: [Family; 3] = [Family::V4, Family::V6, Family::Evpn];

/// The options of a neighbour, nearest first.
#[derive(Clone, Copy)]
struct Levels<'c>([Option<&'c BgpOptions>; 3]);

impl<'c> Levels<'c> {
    fn get<T>(&self, f: impl Fn(&'c BgpOptions) -> Option<T>) -> Option<T> {
        self.0.iter().flatten().find_map(|o| f(o))
    }
}

impl Lower<'_, '_> {
    pub(super) fn make_bgp(&mut self) {
        let config = self.config;
        for i in config.instances.iter().filter(|i| i.kind == InstanceKind::Routed) {
            let (Some(vrf), Some(b)) = (self.vrfs.get(&i.name).copied(), &i.bgp) else { continue };
            let made = self.bgp(b, vrf, i.disabled);
            self.device.bgp.push(made);
        }
    }

    fn bgp(&mut self, b: &config::Bgp, vrf: VrfId, disabled: bool) -> Bgp {
        let asn = b.asn.unwrap_or(0);
        if b.asn.is_none() {
            self.error("R-bgp-as", b.origin, "BGP has no `autonomous-system`".to_owned());
        }
        let mut out = Bgp {
            vrf,
            origin: b.origin,
            asn,
            router_id: b.router_id,
            enabled: b.options.disabled != Some(true) && asn != 0 && !disabled,
            cluster_id: b.options.cluster_id,
            client_to_client: true,
            advertise_inactive: b.options.families.iter().any(|f| f.advertise_inactive == Some(true)),
            best_path: BestPath {
                always_compare_med: b.always_compare_med,
                deterministic_med: true,
                ignore_igp_metric: b.ignore_igp_metric,
                compare_router_id: true,
                multipath_relax: b.options.families.iter().all(|f| f.multiple_as.unwrap_or(defaults::MULTIPLE_AS)),
                ..BestPath::default()
            },
            ..Bgp::default()
        };
        for (family, f) in [Family::V4, Family::V6].into_iter().zip(&b.options.families) {
            let ebgp = b.options.preference_ebgp.unwrap_or(defaults::BGP);
            let ibgp = b.options.preference_ibgp.unwrap_or(defaults::BGP);
            out.families.push(BgpFamily {
                family,
                distance: [ebgp, ibgp, ebgp],
                max_paths_ebgp: f.max_paths_ebgp.unwrap_or(defaults::MAX_PATHS),
                max_paths_ibgp: f.max_paths_ibgp.unwrap_or(defaults::MAX_PATHS),
                ..BgpFamily::default()
            });
        }
        let group = |named: &Option<Named>| {
            let (name, _) = named.as_ref()?;
            b.groups.iter().find(|g| g.0 == *name).map(|g| &g.1)
        };
        // Where no family is named at all the release is one in which IPv4 unicast was on by itself.
        let every =
            std::iter::once(&b.options).chain(b.groups.iter().map(|g| &g.1)).chain(b.neighbors.iter().map(|n| &n.options));
        let silent = every.into_iter().all(|o| o.families.iter().all(|f| f.enabled.is_none()) && o.others.is_empty());
        for n in &b.neighbors {
            let levels = Levels([Some(&n.options), group(&n.options.group), Some(&b.options)]);
            let interface = n.interface.as_deref().and_then(|name| self.interface(name));
            let peer = Peer::Ip(n.address, interface);
            let remote = levels.get(|o| o.peer_as).map_or(RemoteAs::Missing, RemoteAs::Asn);
            let made = self.neighbor(b, levels, peer, remote, n.origin, silent);
            out.neighbors.push(made);
        }
        for (d, found) in b.accept.iter().map(|d| (d, false)).chain(b.discover.iter().map(|d| (d, true))) {
            let peer = if found {
                let Some(id) = self.named_interface(&(d.from.clone(), d.origin), "dynamic-neighbors interface") else { continue };
                Peer::Interface(id)
            } else {
                let Ok(net) = d.from.parse() else { continue };
                Peer::Range(net)
            };
            let levels = Levels([None, group(&d.group), Some(&b.options)]);
            let remote = match (&d.ases[..], levels.get(|o| o.peer_as)) {
                (&[(a, z)], _) if a == z => RemoteAs::Asn(a),
                ([], Some(asn)) => RemoteAs::Asn(asn),
                ([], None) => RemoteAs::Missing,
                (list, _) => RemoteAs::Ranges(list.to_vec()),
            };
            let mut made = self.neighbor(b, levels, peer, remote, d.origin, silent);
            made.group = d.group.as_ref().map(|g| g.0.clone());
            out.neighbors.push(made);
        }
        out
    }

    fn neighbor(
        &mut self,
        b: &config::Bgp,
        o: Levels<'_>,
        peer: Peer,
        remote_as: RemoteAs,
        origin: Origin,
        silent: bool,
    ) -> Neighbor {
        let asn = b.asn.unwrap_or(0);
        let local_as = o.get(|x| x.local_as.asn).filter(|l| *l != asn).map(|asn| LocalAs {
            asn,
            no_prepend: o.get(|x| x.local_as.prepend_local) == Some(false),
            replace_as: o.get(|x| x.local_as.prepend_global) == Some(false),
            dual_as: false,
            loops: None,
        });
        let external = remote_as != RemoteAs::Asn(local_as.map_or(asn, |l| l.asn));
        let update_source = match (o.get(|x| x.local_address), o.get(|x| x.local_interface.as_ref())) {
            (Some(ip), _) => Some(UpdateSource::Ip(ip)),
            (None, Some(named)) => self.named_interface(named, "bgp local-address").map(UpdateSource::Interface),
            _ => None,
        };
        let multihop = o.get(|x| x.multihop).filter(|m| m.0).map(|m| m.1.unwrap_or(defaults::MULTIHOP_TTL));
        let mut others: Vec<Box<str>> = Vec::new();
        let names = o.0.iter().flatten().flat_map(|x| x.others.iter().map(|f| &f.0));
        for name in names {
            let on = o.get(|x| x.others.iter().find(|f| f.0 == *name).and_then(|f| f.1));
            if on == Some(true) && !others.contains(name) {
                others.push(name.clone());
            }
        }
        others.sort();
        let mut out = Neighbor {
            peer,
            origin,
            group: o.0[0].and_then(|x| x.group.as_ref()).map(|g| g.0.clone()),
            description: o.0[0].and_then(|x| x.description.clone()),
            remote_as,
            local_as,
            enabled: o.get(|x| x.disabled) != Some(true),
            update_source,
            ebgp_multihop: multihop,
            passive: o.get(|x| x.passive) == Some(true),
            auth: o.get(|x| x.auth.clone()),
            other_families: others,
            cluster_id: o.get(|x| x.cluster_id),
            bfd: o.get(|x| x.bfd) == Some(true),
            ..Neighbor::default()
        };
        for (at, family) in FAMILIES.into_iter().enumerate() {
            let on = o.get(|x| x.families[at].enabled).unwrap_or(silent && at == 0);
            if on {
                let made = self.neighbor_family(b, o, family, external);
                out.extended_next_hop |= at == 0 && o.get(|x| x.families[0].v6_next_hops) == Some(true);
                out.families.push(made);
            }
        }
        out
    }

    fn neighbor_family(&mut self, b: &config::Bgp, o: Levels<'_>, family: Family, external: bool) -> NeighborFamily {
        let at = FAMILIES.iter().position(|f| *f == family).unwrap_or(0);
        // A family's own policies count before those for all families of the same level.
        let import = o.get(|x| x.families[at].import.as_ref().or(x.import.as_ref())).map_or(&[][..], |p| &p[..]);
        let export = o.get(|x| x.families[at].export.as_ref().or(x.export.as_ref())).map_or(&[][..], |p| &p[..]);
        let reject = |set: Option<bool>| external && set.unwrap_or(defaults::EBGP_REJECT_ALL);
        let at_end = if reject(b.import_reject_all) { Verdict::Reject } else { Verdict::Accept };
        let import = PolicyChain { at_end, ..self.chain(import) };
        let export = self.bgp_export(export, reject(b.export_reject_all));
        let f = |get: fn(&config::BgpFamily) -> Option<bool>| o.get(|x| get(&x.families[at]));
        let own = f(|f| f.next_hop_self).or_else(|| o.get(|x| x.next_hop_self)) == Some(true);
        let leading = o.0.iter().flatten().any(|x| x.remove_leading_only);
        let default = o.get(|x| *x.default_route.get(at)?) == Some(true);
        NeighborFamily {
            family,
            import: vec![import],
            export: vec![export],
            export_any: true,
            reflector_client: !external && o.get(|x| x.client) == Some(true),
            next_hop_self: if own { NextHopSelf::Yes } else { NextHopSelf::No },
            allow_as_in: o.get(|x| x.allow_own_as).unwrap_or(0),
            as_override: o.get(|x| x.replace_peer_as) == Some(true),
            advertise_peer_as: true,
            remove_private_as: match o.get(|x| x.remove_private.as_deref()) {
                Some("delete") if leading => RemovePrivateAs::Leading,
                Some("delete") => RemovePrivateAs::All,
                Some("replace") => RemovePrivateAs::Replace,
                _ => RemovePrivateAs::No,
            },
            // "All communities are sent unless `send-community` says otherwise" (`send-community-type`).
            send_standard: o.get(|x| x.send_standard).unwrap_or(true),
            send_extended: true,
            send_large: o.get(|x| x.send_large).unwrap_or(true),
            default_originate: default.then(|| DefaultOriginate {
                policy: o.get(|x| x.default_policy.as_ref()).map(|p| self.chain(std::slice::from_ref(p))),
                only_if_present: false,
                origin: b.origin,
            }),
            add_path_send: o.get(|x| x.families[at].add_paths_send).map(AddPathSelect::Best),
            add_path_receive: f(|f| f.add_paths_receive) == Some(true),
            max_prefixes: o.get(|x| x.families[at].max_prefixes),
            origin: o.0.iter().flatten().map(|x| x.families[at].origin).find(|o| *o != Origin::NONE).unwrap_or(b.origin),
            ..NeighborFamily::default()
        }
    }
}
