//! BGP instances: what stands in a VRF and its families. Neighbours are in [`neighbor`](super::neighbor).

use super::{Lowering, ospf_types};
use crate::model::bgp::{self as model, AddPathSelect, BgpAggregate, BgpNetwork, BgpRedistribution, Confederation};
use crate::model::route::Family;
use crate::model::vrf::{Exchange, VrfId};
use crate::vendors::eos::config::{AddPath, Bgp, BgpFamily, BgpVrf, GENERAL, Redistribute, V4, V6};
use crate::vendors::eos::defaults;

impl Lowering<'_, '_> {
    pub(super) fn bgp(&mut self) {
        let Some(bgp) = &self.config.bgp else { return };
        let Some(main) = bgp.vrfs.get("default") else { return };
        for (name, vrf) in bgp.vrfs.iter() {
            let instance = self.instance(bgp, main, name, vrf);
            self.device.bgp.push(instance);
        }
    }

    fn instance(&mut self, bgp: &Bgp, main: &BgpVrf, name: &str, vrf: &BgpVrf) -> model::Bgp {
        let id = self.vrf(name);
        if vrf.rd.is_some() {
            self.device.vrfs[id].route_distinguisher.clone_from(&vrf.rd);
        }
        self.exchanges(id, vrf);
        // What a VRF does not say is as in the default VRF.
        let b = |pick: fn(&BgpVrf) -> Option<bool>| pick(vrf).or_else(|| pick(main));
        let confederation = main.confederation.map(|identifier| Confederation {
            identifier,
            members: main.confederation_peers.iter().flat_map(|&(a, z)| a..=z.min(a.saturating_add(4096))).collect(),
        });
        let families = [(Family::V4, V4), (Family::V6, V6)].map(|(f, at)| self.family(main, name, vrf, f, at)).into();
        let mut out = model::Bgp {
            vrf: id,
            origin: vrf.origin,
            asn: vrf.local_as.unwrap_or(bgp.asn),
            // The global `router-id` is not inherited by VRFs.
            router_id: vrf.router_id,
            enabled: !vrf.shutdown && !main.shutdown,
            cluster_id: vrf.cluster_id.or(main.cluster_id),
            confederation,
            neighbors: crate::base::id::IdVec::new(),
            families,
            best_path: model::BestPath {
                always_compare_med: b(|v| v.best_path.always_compare_med).unwrap_or(false),
                deterministic_med: true,
                missing_med_worst: b(|v| v.best_path.missing_worst).unwrap_or(false),
                med_confederation: b(|v| v.best_path.med_confed).unwrap_or(false),
                ignore_as_path: b(|v| v.best_path.ignore_as_path).unwrap_or(false),
                count_confederation: false,
                compare_router_id: b(|v| v.best_path.router_id_tie).unwrap_or(false),
                ignore_igp_metric: b(|v| v.best_path.ignore_igp_metric).unwrap_or(false),
                // EOS manual, "bgp bestpath as-path multipath-relax": on.
                multipath_relax: !b(|v| v.best_path.no_relax).unwrap_or(false),
                ignore_cost_community: false,
                ignore_cluster_length: b(|v| v.best_path.ignore_cluster_length).unwrap_or(false),
                peer_type_multipath_relax: false,
            },
            client_to_client: b(|v| v.client_to_client).unwrap_or(true),
            // EOS manual, "neighbor enforce-first-as": on.
            enforce_first_as: b(|v| v.enforce_first_as).unwrap_or(true),
            ebgp_requires_policy: false,
            advertise_inactive: b(|v| v.advertise_inactive).unwrap_or(false),
            network_import_check: true,
            as_path_limit: None,
            graceful_shutdown: false,
        };
        out.neighbors = self.neighbors(main, vrf);
        out
    }

    /// Route targets: those without a family hold for all.
    fn exchanges(&mut self, id: VrfId, vrf: &BgpVrf) {
        let mut all: Vec<Exchange> = Vec::new();
        for t in &vrf.targets {
            let policy = t.what.as_ref().err().and_then(|m| self.chain(m, t.origin));
            let of = &mut self.device.vrfs[id];
            let (imports, exports, import_policy, export_policy) = match t.family {
                None => (&mut of.import_targets, &mut of.export_targets, &mut of.import_policy, &mut of.export_policy),
                Some(family) => {
                    let known = all.iter().position(|e| e.family == family);
                    let at = known.unwrap_or(all.len());
                    if known.is_none() {
                        all.push(Exchange { family, ..Exchange::default() });
                    }
                    let e = &mut all[at];
                    (&mut e.import_targets, &mut e.export_targets, &mut e.import_policy, &mut e.export_policy)
                }
            };
            match &t.what {
                Ok(target) => {
                    imports.extend(t.import.then(|| target.clone()));
                    exports.extend(t.export.then(|| target.clone()));
                }
                Err(_) if t.import => *import_policy = policy,
                Err(_) => *export_policy = policy,
            }
        }
        let of = &mut self.device.vrfs[id];
        of.exchanges = all;
        // EOS manual, "EVPN": the VRF's BGP table goes out as IP prefixes.
        of.evpn_prefixes = [true; 2];
        of.vni = self.config.vxlan.as_ref().and_then(|x| x.vrfs.iter().find(|(n, _)| **n == *of.name)).map(|(_, vni)| *vni);
    }

    fn family(&mut self, main: &BgpVrf, name: &str, vrf: &BgpVrf, family: Family, at: usize) -> model::BgpFamily {
        let blocks: [&BgpFamily; 2] = [&vrf.families[GENERAL], &vrf.families[at]];
        let mine = |p: &ipnet::IpNet| Family::of_prefix(p) == family;
        let mut networks = Vec::new();
        let mut aggregates = Vec::new();
        for block in blocks {
            for (prefix, map, origin) in block.networks.iter().filter(|(p, ..)| mine(p)) {
                let policy = map.as_deref().and_then(|m| self.chain(m, *origin));
                networks.push(BgpNetwork { prefix: *prefix, policy, backdoor: false, weight: None, origin: *origin });
            }
            for a in block.aggregates.iter().filter(|a| mine(&a.prefix)) {
                aggregates.push(BgpAggregate {
                    prefix: a.prefix,
                    summary_only: a.summary_only,
                    as_set: a.as_set,
                    suppress: None,
                    contributors: a.match_map.as_deref().and_then(|m| self.chain(m, a.origin)),
                    attributes: a.attribute_map.as_deref().and_then(|m| self.chain(m, a.origin)),
                    origin: a.origin,
                });
            }
        }
        let redistribute = blocks.iter().flat_map(|b| b.redistribute.iter()).map(|r| self.bgp_redistribution(r, name)).collect();
        let paths = vrf.families[at].max_paths.or(vrf.max_paths).or(main.max_paths).unwrap_or(defaults::BGP_PATHS);
        // `ecmp` is the width of the group in hardware: fewer paths than that are never used in full.
        let ecmp = vrf.families[at].ecmp.or(vrf.ecmp).or(main.ecmp).unwrap_or(paths);
        let most = paths.min(ecmp.max(1));
        model::BgpFamily {
            family,
            networks,
            aggregates,
            redistribute,
            // A VRF has its own (lab eos_evpn_l3_design_guide: 200 beside `distance bgp 20 200 200` of the default VRF).
            distance: vrf.distance.unwrap_or(defaults::BGP_DISTANCE),
            max_paths_ebgp: most,
            max_paths_ibgp: most,
            max_paths_eibgp: None,
            default_metric: None,
            table_map: None,
            // EOS redistributes a default route like any other.
            default_information_originate: true,
            next_hop_policy: None,
            additional_paths: vrf.add_path_send.or(main.add_path_send).map_or(AddPathSelect::None, add_path),
        }
    }

    fn bgp_redistribution(&self, r: &Redistribute, vrf: &str) -> BgpRedistribution {
        BgpRedistribution {
            sources: self.sources(r.from, vrf),
            policy: r.route_map.as_deref().and_then(|m| self.chain(m, r.origin)),
            metric: r.metric,
            ospf_types: ospf_types(&r.kinds),
            origin: r.origin,
        }
    }
}

pub(super) fn add_path(a: AddPath) -> AddPathSelect {
    match a {
        AddPath::Off => AddPathSelect::None,
        AddPath::Any => AddPathSelect::All,
        AddPath::Backup => AddPathSelect::Best(2),
        AddPath::Ecmp => AddPathSelect::Multipath,
        AddPath::Limit(n) => AddPathSelect::Best(n),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;
    use crate::model::policy::RouteSource;

    #[test]
    fn families_and_defaults() {
        let d = device(
            "vrf instance A\nrouter bgp 65001\n   maximum-paths 4 ecmp 8\n   redistribute connected\n   network 2001:db8::/32\n   network 10.0.0.0/8\n   address-family ipv4\n      redistribute static\n   vrf A\n      rd 1:1\n      distance bgp 20 200 200\n",
        );
        let main = &d.bgp[0];
        assert_eq!(
            main.families[0].redistribute.iter().map(|r| r.sources[0]).collect::<Vec<_>>(),
            [RouteSource::Connected, RouteSource::Static]
        );
        assert_eq!(main.families[1].redistribute.len(), 1);
        assert_eq!((main.families[0].networks.len(), main.families[1].networks.len()), (1, 1));
        assert_eq!((main.families[0].max_paths_ebgp, main.families[0].distance), (4, [200; 3]));
        assert!(main.best_path.multipath_relax && main.enforce_first_as && !main.advertise_inactive);
        assert_eq!((d.bgp[1].asn, d.bgp[1].families[0].distance), (65001, [20, 200, 200]));
        assert_eq!(d.vrfs[d.bgp[1].vrf].route_distinguisher.as_deref(), Some("1:1"));
    }
}
