//! EIGRP: `network` statements become lists of interfaces, as they do for OSPF.

use ipnet::IpNet;

use super::Lowering;
use crate::base::Map;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::eigrp::{Eigrp, EigrpInterface, EigrpRedistribution, EigrpSummary};
use crate::model::policy::{PolicyChain, Verdict};
use crate::model::route::Family;
use crate::model::vector::{VectorFilter, VectorOffset};
use crate::vendors::ios::config::{self, DistributeList, EigrpOn, ListName, OffsetList};
use crate::vendors::ios::defaults;

impl Lowering<'_> {
    pub(super) fn all_eigrp(&mut self) {
        let config = self.config;
        for p in &config.eigrp {
            // A named process by itself is only the frame of its families; one without an AS number does not run.
            let (Some(asn), Some(vrf)) = (p.asn, self.vrf(p.vrf.as_ref())) else { continue };
            let interfaces = self.eigrp_interfaces(p, asn, vrf);
            let redistribute = p.redistribute.iter().filter_map(|r| {
                let source = self.source(&r.source, p.family)?;
                Some(EigrpRedistribution {
                    sources: vec![source],
                    policy: self.redistribution_policy(&r.types, r.map.as_ref(), r.origin),
                    metric: r.metric_eigrp,
                    origin: r.origin,
                })
            });
            let redistribute = redistribute.collect();
            let [internal, external] = p.distance.unwrap_or(defaults::DISTANCE_EIGRP);
            let (filters, offsets) = (self.vector_filters(&p.lists, p.family), self.vector_offsets(&p.offsets, p.family));
            self.device.eigrp.push(Eigrp {
                process: p.name.clone(),
                asn,
                origin: p.origin,
                vrf,
                family: p.family,
                enabled: !p.shutdown,
                router_id: p.router_id,
                wide: p.named,
                rib_scale: p.rib_scale.unwrap_or(defaults::EIGRP_RIB_SCALE),
                k: p.k.unwrap_or(defaults::EIGRP_K),
                interfaces,
                redistribute,
                default_metric: p.default_metric,
                distance: [internal, external, defaults::DISTANCE_EIGRP_SUMMARY],
                variance: p.variance.unwrap_or(1),
                max_paths: p.max_paths.unwrap_or(defaults::IGP_PATHS),
                max_hops: p.max_hops.unwrap_or(defaults::EIGRP_HOPS),
                auto_summary: p.auto_summary,
                stub: p.stub,
                filters,
                offsets,
            });
        }
    }

    fn eigrp_interfaces(&mut self, p: &config::Eigrp, asn: u16, vrf: crate::model::VrfId) -> Vec<EigrpInterface> {
        // The last statement about an interface counts.
        let passive: Map<&str, bool> = p.passive.iter().map(|(n, on)| (&**n, *on)).collect();
        let base = p.interfaces.get("default");
        let mut out = Vec::new();
        for (name, i) in &self.config.interfaces.items {
            let Some(&id) = self.interfaces.get(name) else { continue };
            if self.device.interfaces[id].vrf != vrf {
                continue;
            }
            let on = i.eigrp.get(&(p.family, asn));
            let Some((addresses, origin, speaks)) = self.eigrp_on(p, i, on) else { continue };
            let own = p.interfaces.get(name);
            let said = |get: fn(&config::EigrpOn) -> Option<bool>| own.and_then(get).or(base.and_then(get));
            if said(|o| o.shutdown) == Some(true) {
                continue;
            }
            let passive_here = passive.get(&**name).copied().or(said(|o| o.passive)).unwrap_or(p.passive_default);
            let summaries = [on, own].into_iter().flatten().flat_map(|o| &o.summaries);
            let summaries =
                summaries.map(|&(prefix, distance, origin)| EigrpSummary { prefix, distance, leak: None, origin }).collect();
            let auth = [on, own, base].into_iter().flatten().find_map(auth);
            out.push(EigrpInterface {
                passive: passive_here || !speaks,
                addresses,
                split_horizon: on.and_then(|o| o.split_horizon).or(said(|o| o.split_horizon)).unwrap_or(true),
                neighbors: p.neighbors.iter().filter(|(_, n)| n == name).map(|(ip, _)| *ip).collect(),
                summaries,
                auth,
                ..EigrpInterface::new(id, origin)
            });
        }
        out
    }

    /// Whether EIGRP runs on an interface: the addresses covered (empty: all), the line that says so, and whether hellos go out, for which
    /// the primary address must be covered.
    fn eigrp_on(&self, p: &config::Eigrp, i: &config::Interface, on: Option<&EigrpOn>) -> Option<(Vec<IpNet>, Origin, bool)> {
        if p.family == Family::V6 {
            // A named process runs on all interfaces with IPv6 (Cisco, "address-family ipv6 (EIGRP)").
            let all = (p.named && (i.ipv6_enable || !i.v6.is_empty())).then_some(p.origin);
            return on.and_then(|o| o.enabled).or(all).map(|origin| (Vec::new(), origin, true));
        }
        let borrowed = i.unnumbered.as_ref().and_then(|n| self.config.interfaces.get(n));
        let primary = i.v4.or_else(|| borrowed.and_then(|b| b.v4))?;
        let covering = |net: &IpNet| match net {
            IpNet::V4(n) => p.networks.iter().find(|(a, w, _)| u32::from(n.addr()) & !w == *a),
            IpNet::V6(_) => None,
        };
        let all: Vec<&(IpNet, Origin)> = std::iter::once(&primary).chain(&i.secondary).collect();
        let covered: Vec<IpNet> = all.iter().map(|a| a.0).filter(|a| covering(a).is_some()).collect();
        let &(_, _, origin) = covered.first().and_then(covering)?;
        let speaks = covered.contains(&primary.0);
        Some((if covered.len() == all.len() { Vec::new() } else { covered }, origin, speaks))
    }

    /// Distribute lists of a distance-vector protocol.
    pub(super) fn vector_filters(&mut self, lists: &[DistributeList], family: Family) -> Vec<VectorFilter> {
        let mut out = Vec::new();
        for d in lists {
            let interface = match &d.interface {
                None => None,
                Some(name) => match self.interfaces.get(name) {
                    Some(&id) => Some(id),
                    None => continue,
                },
            };
            let source = match &d.source {
                None => None,
                Some(s) => match self.source(s, family) {
                    Some(s) => Some(s),
                    None => continue,
                },
            };
            let policy = match &d.list {
                ListName::Map(n) if !self.maps.contains_key(n) => {
                    PolicyChain { policies: Vec::new(), at_end: Verdict::Accept, origin: d.origin }
                }
                list => self.list_chain(list, family, d.origin),
            };
            out.push(VectorFilter { inbound: d.inbound, interface, source, policy, origin: d.origin });
        }
        out
    }

    pub(super) fn vector_offsets(&mut self, lists: &[OffsetList], family: Family) -> Vec<VectorOffset> {
        let mut out = Vec::new();
        for o in lists {
            let interface = match &o.interface {
                None => None,
                Some(name) => match self.interfaces.get(name) {
                    Some(&id) => Some(id),
                    None => continue,
                },
            };
            let policy = o.list.as_ref().map(|n| self.list_chain(&ListName::Acl(n.clone()), family, o.origin));
            out.push(VectorOffset { inbound: o.inbound, interface, policy, offset: o.offset, origin: o.origin });
        }
        // The list for an interface stands before the one for all (Cisco, "offset-list").
        out.sort_by_key(|o| o.interface.is_none());
        out
    }
}

/// Mode of authentication as comparable text; keys are in key chains, which are not read.
fn auth(on: &EigrpOn) -> Option<Name> {
    let mode = on.auth_mode.as_ref()?;
    let kind = mode.split(' ').next().unwrap_or("");
    (on.auth_key || kind != "md5").then(|| format!("{kind} ?").into())
}
