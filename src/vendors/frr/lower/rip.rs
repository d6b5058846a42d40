//! RIP and RIPng.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Context;
use crate::base::id::Id;
use crate::model::Device;
use crate::model::interface::InterfaceId;
use crate::model::rip::{Rip, RipDefault, RipInterface, RipRedistribution};
use crate::model::route::Family;
use crate::model::vector::{VectorFilter, VectorOffset};
use crate::vendors::frr::config::ListKind;
use crate::vendors::frr::defaults;

/// All RIP processes.
pub(super) fn rip(context: &mut Context<'_>, device: &mut Device) {
    for p in &context.config.rip {
        let vrf = context.vrf(p.vrf.as_deref());
        let mut out = Rip {
            process: "".into(),
            origin: p.origin,
            vrf,
            family: p.family,
            neighbors: p.neighbors.clone(),
            default_metric: Some(p.default_metric.unwrap_or(defaults::RIP_METRIC)),
            // `rip_default_information_originate`: with or without a default route in the table.
            default_originate: p.default.map(|origin| RipDefault {
                always: true,
                policy: None,
                asks_itself: false,
                metric: 1,
                origin,
            }),
            distance: p.distance.unwrap_or(defaults::RIP_DISTANCE),
            // Without `allow-ecmp` a route has one next hop.
            max_paths: if p.ecmp { defaults::MAX_PATHS } else { 1 },
            ..Rip::default()
        };
        for (n, port) in context.config.interfaces.iter().enumerate() {
            let id: InterfaceId = Id::new(n);
            if device.interfaces[id].vrf != vrf {
                continue;
            }
            // `network 10.0.0.0/8` covers an address of the port, `network eth0` names it.
            let covers = |word: &str| match word.parse::<IpNet>() {
                Ok(net) => device.interfaces[id].addresses.iter().any(|a| net.contains(&a.address.addr())),
                Err(_) => match word.parse::<IpAddr>() {
                    Ok(ip) => device.interfaces[id].addresses.iter().any(|a| a.address.addr() == ip),
                    Err(_) => *word == *port.name,
                },
            };
            let Some((_, origin)) = p.networks.iter().find(|(word, _)| covers(word)) else { continue };
            let said = p.passive.iter().rev().find(|(name, _)| *name == port.name).map(|x| x.1);
            out.interfaces.push(RipInterface {
                passive: said.unwrap_or(p.passive_default),
                split_horizon: !port.rip_no_split[usize::from(p.family.is_v6())],
                auth: port.rip_auth.clone().filter(|_| !p.family.is_v6()),
                ..RipInterface::new(id, *origin)
            });
        }
        for r in &p.redistribute {
            let policy = context.policies.optional(r.route_map.as_ref());
            out.redistribute.push(RipRedistribution { sources: vec![r.source], policy, metric: r.metric, origin: r.origin });
        }
        let family = if p.family.is_v6() { Family::V6 } else { Family::V4 };
        for l in &p.lists {
            let interface = match &l.interface {
                None => None,
                Some(name) => match context.interface(name) {
                    Some(id) => Some(id),
                    None => continue,
                },
            };
            let kind = if l.prefix { ListKind::PrefixList(family) } else { ListKind::AccessList(family) };
            let policy = context.policies.prefix_chain(device, kind, &l.list);
            let (inbound, origin) = (l.inbound, l.list.origin);
            match l.offset {
                None => out.filters.push(VectorFilter { inbound, interface, source: None, policy, origin }),
                Some(offset) => out.offsets.push(VectorOffset { inbound, interface, policy: Some(policy), offset, origin }),
            }
        }
        out.offsets.sort_by_key(|o| o.interface.is_none());
        device.rip.push(out);
    }
}
