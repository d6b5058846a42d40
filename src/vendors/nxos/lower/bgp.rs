//! BGP instances: what stands in a VRF and its families. Neighbours are in [`neighbor`](super::neighbor).

use super::Lowering;
use crate::base::span::Origin;
use crate::model::bgp::{self as model, AddPathSelect, BgpAggregate, BgpNetwork, BgpRedistribution, Confederation};
use crate::model::device::Name;
use crate::model::policy::PolicyChain;
use crate::model::route::Family;
use crate::vendors::nxos::config::{Bgp, BgpVrf, Source};
use crate::vendors::nxos::defaults;

impl Lowering<'_> {
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
        let confederation =
            main.confederation.map(|identifier| Confederation { identifier, members: main.confederation_peers.clone() });
        let families: Vec<_> = [Family::V4, Family::V6].map(|f| self.family(vrf, f)).into();
        let mut out = model::Bgp {
            vrf: id,
            origin: vrf.origin,
            asn: vrf.local_as.unwrap_or(bgp.asn),
            router_id: vrf.router_id,
            enabled: !vrf.shutdown && !bgp.shutdown,
            cluster_id: vrf.cluster_id,
            confederation,
            neighbors: crate::base::id::IdVec::new(),
            families,
            // Reference, "bestpath": MEDs are compared within each neighbouring AS before others, unless `med non-deterministic`.
            best_path: model::BestPath { deterministic_med: true, ..vrf.best_path.clone() },
            client_to_client: !vrf.families.iter().any(|f| f.no_client_to_client),
            // Reference, "enforce-first-as": on.
            enforce_first_as: !bgp.no_enforce_first_as,
            ebgp_requires_policy: false,
            // Reference, "suppress-inactive": routes that are not in the main table are sent too.
            advertise_inactive: !vrf.families.iter().any(|f| f.suppress_inactive),
            network_import_check: true,
            as_path_limit: vrf.as_path_limit.or(main.as_path_limit),
            graceful_shutdown: vrf.graceful_shutdown || main.graceful_shutdown,
        };
        out.neighbors = self.neighbors(bgp, vrf);
        out
    }

    fn family(&mut self, vrf: &BgpVrf, family: Family) -> model::BgpFamily {
        let f = &vrf.families[usize::from(family.is_v6())];
        let named = |l: &Self, map: &Option<Name>, at: Origin| map.as_deref().map(|m| l.chain(m, at));
        let networks = f
            .networks
            .iter()
            .map(|(prefix, map, origin)| BgpNetwork {
                prefix: *prefix,
                policy: named(self, map, *origin),
                backdoor: false,
                weight: None,
                origin: *origin,
            })
            .collect();
        let aggregates = f
            .aggregates
            .iter()
            .map(|a| BgpAggregate {
                prefix: a.prefix,
                summary_only: a.summary_only,
                as_set: a.as_set,
                suppress: named(self, &a.suppress, a.origin),
                contributors: named(self, &a.advertise, a.origin),
                // What an attribute map that is not defined would do is not told: it changes nothing.
                attributes: named(self, &a.attributes, a.origin).filter(|c| !c.policies.is_empty()),
                origin: a.origin,
            })
            .collect();
        let name = self.device.vrfs.get(self.vrfs_of(vrf)).map_or_else(|| "default".into(), |v| v.name.clone());
        let redistribute = f
            .redistribute
            .iter()
            .map(|r| BgpRedistribution {
                sources: self.sources(r, &name),
                policy: r.route_map.as_deref().map(|m| self.chain(m, r.origin)),
                // Reference, "default-metric (BGP)": not for `direct`.
                metric: f.default_metric.filter(|_| r.from != Source::Direct),
                ospf_types: Vec::new(),
                origin: r.origin,
            })
            .collect();
        model::BgpFamily {
            family,
            networks,
            aggregates,
            redistribute,
            distance: f.distance.unwrap_or(defaults::BGP_DISTANCE),
            max_paths_ebgp: f.max_ebgp.unwrap_or(defaults::BGP_PATHS),
            max_paths_ibgp: f.max_ibgp.unwrap_or(defaults::BGP_PATHS),
            max_paths_eibgp: f.max_eibgp,
            default_metric: f.default_metric,
            table_map: f.table_map.as_ref().map(|(m, filter, at)| self.table_map(m, *filter, *at)),
            default_information_originate: f.default_information,
            next_hop_policy: f.next_hop_map.as_deref().and_then(|m| self.route_maps.get(m)).copied(),
            additional_paths: if f.add_path_all { AddPathSelect::All } else { AddPathSelect::None },
        }
    }

    fn vrfs_of(&self, vrf: &BgpVrf) -> crate::model::vrf::VrfId {
        let named = self.config.bgp.as_ref().and_then(|b| b.vrfs.iter().find(|(_, v)| std::ptr::eq(*v, vrf)));
        named.and_then(|(n, _)| self.vrfs.get(&*n.to_ascii_lowercase()).copied()).unwrap_or_default()
    }

    /// `table-map M` changes what goes into the main table; with `filter` it also keeps out what it does not take.
    fn table_map(&self, map: &str, filter: bool, at: Origin) -> PolicyChain {
        let chain = self.chain(map, at);
        if filter { chain } else { PolicyChain { at_end: crate::model::policy::Verdict::Accept, ..chain } }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;
    use crate::model::policy::RouteSource;

    #[test]
    fn families_and_defaults() {
        let d = device(
            "vrf context A\nroute-map M permit 10\nrouter ospf 7\nrouter bgp 65001\n  address-family ipv4 unicast\n    maximum-paths 4\n    redistribute direct route-map M\n    redistribute ospf 7 route-map M\n    network 10.0.0.0/8\n  vrf A\n    bestpath as-path multipath-relax\n    address-family ipv4 unicast\n      distance 21 201 221\n",
        );
        let main = &d.bgp[0];
        assert_eq!(
            main.families[0].redistribute.iter().map(|r| r.sources[0]).collect::<Vec<_>>(),
            [RouteSource::Connected, RouteSource::Ospf(Some(0))]
        );
        assert_eq!((main.families[0].max_paths_ebgp, main.families[0].max_paths_ibgp), (4, 1));
        assert_eq!(main.families[0].distance, [20, 200, 220]);
        assert!(main.best_path.deterministic_med && main.enforce_first_as && main.advertise_inactive);
        assert!(d.bgp[1].best_path.multipath_relax && !main.best_path.multipath_relax);
        assert_eq!((d.bgp[1].asn, d.bgp[1].families[0].distance), (65001, [21, 201, 221]));
        assert_eq!(d.vrfs[d.bgp[1].vrf].name, "A".into());
    }
}
