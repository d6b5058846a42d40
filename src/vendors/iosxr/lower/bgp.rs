//! BGP processes and their address families; neighbours are in `neighbor`.

use std::net::{IpAddr, Ipv4Addr};

use super::Lowering;
use crate::model::bgp::{
    AddPathSelect, BestPath, Bgp, BgpAggregate, BgpFamily, BgpNetwork, BgpRedistribution, Confederation, Peer,
};
use crate::model::interface::InterfaceKind;
use crate::model::policy::RouteType;
use crate::model::route::Family;
use crate::model::vrf::VrfId;
use crate::syntax::values;
use crate::vendors::iosxr::config::{self, AfConfig, Attach, Instance, Source, slot};
use crate::vendors::iosxr::defaults;
use crate::vendors::iosxr::rpl::ast::Statement;

impl Lowering<'_> {
    pub(super) fn all_bgp(&mut self) {
        let config = self.config;
        let Some(bgp) = &config.bgp else { return };
        // The router id of the global table serves the VRFs too (RCR BGP, "bgp router-id"; lab iosxr_ebgp_basic).
        let router_id = bgp.global.router_id.or_else(|| self.highest_loopback());
        let global = self.bgp(bgp, &bgp.global, VrfId::DEFAULT, router_id);
        self.device.bgp.push(global);
        for (name, instance) in &bgp.vrfs.items {
            let Some(&vrf) = self.vrfs.get(name) else { continue };
            let made = self.bgp(bgp, instance, vrf, instance.router_id.or(router_id));
            self.device.bgp.push(made);
        }
    }

    /// The address that becomes the router id: the highest of a loopback that is up.
    fn highest_loopback(&self) -> Option<Ipv4Addr> {
        let up = self.device.interfaces.iter().filter(|i| i.enabled && i.vrf == VrfId::DEFAULT);
        up.filter(|i| i.kind == InterfaceKind::Loopback)
            .filter_map(|i| i.primary(false))
            .filter_map(|a| if let IpAddr::V4(ip) = a.address.addr() { Some(ip) } else { None })
            .max()
    }

    fn bgp(&mut self, bgp: &config::Bgp, instance: &Instance, vrf: VrfId, router_id: Option<Ipv4Addr>) -> Bgp {
        let mut neighbors = crate::base::id::IdVec::new();
        for (name, p) in &instance.peers.items {
            let peer = match name.parse() {
                Ok(ip) => Peer::Ip(ip, None),
                Err(_) => match values::prefix(name) {
                    Some(range) => Peer::Range(range.trunc()),
                    None => continue,
                },
            };
            let neighbor = self.neighbor(bgp, instance, p, peer);
            neighbors.push(neighbor);
        }
        let mut families = Vec::new();
        for family in [Family::V4, Family::V6] {
            if let Some(af) = &instance.families[slot(family)] {
                families.push(self.bgp_family(instance, af, family));
            }
        }
        let global = &bgp.global.best_path;
        Bgp {
            vrf,
            origin: if instance.origin.is_some() { instance.origin } else { bgp.origin },
            asn: bgp.asn,
            router_id,
            enabled: true,
            cluster_id: instance.cluster_id.or(bgp.global.cluster_id),
            confederation: bgp.confederation.map(|identifier| Confederation { identifier, members: bgp.members.clone() }),
            neighbors,
            families,
            // Best-path settings of the process hold for its VRFs; each VRF may add its own. MEDs are always compared by group of
            // neighbouring AS (RCG, "BGP Best Path Algorithm").
            best_path: BestPath { deterministic_med: true, ..joint(global, &instance.best_path) },
            client_to_client: !(instance.no_client_to_client || bgp.global.no_client_to_client),
            // RCR BGP, "bgp enforce-first-as": on by default.
            enforce_first_as: !(instance.no_enforce_first_as || bgp.global.no_enforce_first_as),
            // RCG, "Routing Policy Enforcement": without a policy nothing is taken from or sent to an eBGP neighbour (lab iosxr_ebgp_basic,
            // border02).
            ebgp_requires_policy: !bgp.unsafe_ebgp,
            advertise_inactive: true,
            network_import_check: true,
            as_path_limit: None,
            graceful_shutdown: bgp.graceful_shutdown,
        }
    }

    fn bgp_family(&mut self, instance: &Instance, af: &AfConfig, family: Family) -> BgpFamily {
        let mut networks = Vec::new();
        for n in &af.networks {
            let policy = n.policy.as_ref().and_then(|a| self.chain(a));
            networks.push(BgpNetwork { prefix: n.prefix, policy, backdoor: n.backdoor, weight: None, origin: n.origin });
        }
        let mut aggregates = Vec::new();
        for a in &af.aggregates {
            // A policy says which routes make the aggregate, and sets its attributes (RCG, "Aggregation" attach point).
            let chain = a.policy.as_ref().and_then(|p| self.chain(p));
            let changes = a.policy.as_ref().is_some_and(|p| self.only_changes(p));
            aggregates.push(BgpAggregate {
                prefix: a.prefix,
                summary_only: a.summary_only,
                as_set: a.as_set,
                suppress: None,
                attributes: chain.clone().filter(|_| changes),
                contributors: chain,
                origin: a.origin,
            });
        }
        let vrf_name = self.config.bgp.as_ref().and_then(|b| b.vrfs.items.iter().find(|(_, i)| std::ptr::eq(i, instance)));
        let vrf_name = vrf_name.map(|(n, _)| n.clone());
        let mut redistribute = Vec::new();
        for r in &af.redistribute {
            let Some(mut sources) = self.sources(&r.source, vrf_name.as_ref()) else { continue };
            // A loopback's host route is local only, and redistributed with the connected ones (lab iosxr_ebgp_basic, border01).
            let is_ospf = matches!(r.source, Source::Ospf(_) | Source::Ospfv3(_));
            if is_ospf {
                sources.truncate(1);
            }
            let types = if is_ospf && r.types.is_empty() {
                // RCR BGP, "redistribute": internal and external routes of both types.
                vec![RouteType::OspfIntra, RouteType::OspfInter, RouteType::OspfE1, RouteType::OspfE2]
            } else {
                r.types.clone()
            };
            let ours = if is_ospf { Vec::new() } else { r.types.clone() };
            redistribute.push(BgpRedistribution {
                sources,
                policy: self.redistribution_policy(&ours, r.policy.as_ref(), r.origin),
                metric: r.metric.or(instance.default_metric.filter(|_| r.source != Source::Connected)),
                ospf_types: if is_ospf { types } else { Vec::new() },
                origin: r.origin,
            });
        }
        BgpFamily {
            family,
            networks,
            aggregates,
            redistribute,
            distance: af.distance.unwrap_or(defaults::DISTANCE_BGP),
            max_paths_ebgp: af.max_ebgp.unwrap_or(defaults::BGP_PATHS),
            max_paths_ibgp: af.max_ibgp.unwrap_or(defaults::BGP_PATHS),
            max_paths_eibgp: af.max_eibgp,
            default_metric: instance.default_metric,
            table_map: af.table_policy.as_ref().and_then(|a| self.chain(a)),
            default_information_originate: instance.default_information,
            next_hop_policy: af.next_hop_policy.as_ref().and_then(|a| self.policy(&a.policy, &a.arguments)),
            additional_paths: self.selection(af.add_path_policy.as_ref()),
        }
    }

    /// Which paths `additional-paths selection route-policy P` sends: those whose `set path-selection` says `advertise`.
    pub(super) fn selection(&self, attach: Option<&Attach>) -> AddPathSelect {
        let Some(policy) = attach.and_then(|a| self.config.policies.get(&a.policy)) else { return AddPathSelect::None };
        let mut select = AddPathSelect::None;
        plain(&policy.body, &mut |words| {
            let ["set", "path-selection", rest @ ..] = words else { return };
            if !rest.contains(&"advertise") {
                return;
            }
            select = match rest {
                ["all", ..] => AddPathSelect::All,
                ["multipath", ..] => AddPathSelect::Multipath,
                ["group-best", ..] => AddPathSelect::GroupBest,
                ["backup", ..] => AddPathSelect::Best(2),
                _ => return,
            };
        });
        select
    }

    /// Whether a policy only sets attributes, without any condition or drop.
    fn only_changes(&self, attach: &Attach) -> bool {
        let Some(policy) = self.config.policies.get(&attach.policy) else { return false };
        let mut sets = false;
        let flat = policy.body.iter().all(|s| match s {
            Statement::If(..) => false,
            Statement::Plain(words, _) => {
                let first = words.first().map_or("", |w| &*w.text);
                sets |= matches!(first, "set" | "prepend" | "delete");
                matches!(first, "set" | "prepend" | "delete" | "pass" | "done")
            }
        });
        flat && sets
    }
}

/// Calls for each plain statement of a policy.
fn plain(body: &[Statement], each: &mut impl FnMut(&[&str])) {
    for statement in body {
        match statement {
            Statement::Plain(words, _) => {
                let texts: Vec<&str> = words.iter().map(|w| &*w.text).collect();
                each(&texts);
            }
            Statement::If(branches, other) => {
                for branch in branches {
                    plain(&branch.body, each);
                }
                plain(other, each);
            }
        }
    }
}

fn joint(a: &BestPath, b: &BestPath) -> BestPath {
    BestPath {
        always_compare_med: a.always_compare_med || b.always_compare_med,
        deterministic_med: true,
        missing_med_worst: a.missing_med_worst || b.missing_med_worst,
        med_confederation: a.med_confederation || b.med_confederation,
        ignore_as_path: a.ignore_as_path || b.ignore_as_path,
        count_confederation: false,
        compare_router_id: a.compare_router_id || b.compare_router_id,
        ignore_igp_metric: a.ignore_igp_metric || b.ignore_igp_metric,
        multipath_relax: a.multipath_relax || b.multipath_relax,
        ignore_cost_community: a.ignore_cost_community || b.ignore_cost_community,
        ignore_cluster_length: false,
        peer_type_multipath_relax: false,
    }
}
