//! FRR's config to the model: interfaces, VRFs and static routes here, the rest one file each.
//!
//! In: [`Config`]. Out: [`Device`]. Law: every name is resolved here; what names nothing is said and left out.
//! Start reading at [`device`]. Tests: `../tests.rs`.

mod bgp;
mod clag;
mod igp;
mod mpls;
mod overlay;
mod policy;
mod rip;
mod vpn;

use super::config::{Config, Interface as Port};
use super::defaults;
use crate::base::Map;
use crate::base::diag::{Diagnostic, Severity};
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::interface::{Interface, InterfaceAddress, InterfaceId, InterfaceKind, Switchport, Tunnel};
use crate::model::static_route::{StaticHop, StaticRoute};
use crate::model::{Device, Vrf, VrfId};
use crate::vendors::sink::{Sink, UNDEFINED};

/// What every part of lowering needs.
struct Context<'a> {
    config: &'a Config,
    interfaces: Map<Name, InterfaceId>,
    vrfs: Map<Name, VrfId>,
    policies: policy::Policies,
}

impl Context<'_> {
    fn interface(&self, name: &str) -> Option<InterfaceId> {
        self.interfaces.get(name).copied()
    }
    fn vrf(&self, name: Option<&str>) -> VrfId {
        name.and_then(|n| self.vrfs.get(n)).copied().unwrap_or(VrfId::DEFAULT)
    }
}

/// Lowers a whole device.
pub(super) fn device(mut config: Config, sink: &mut Sink) -> Device {
    mention_interfaces(&mut config);
    mention_vrfs(&mut config);
    let mut device = Device { hostname: config.hostname.clone(), platform: defaults::platform(&config), ..Device::default() };
    let mut vrfs: Map<Name, VrfId> = Map::default();
    let vrf = |name: &str, origin| Vrf {
        name: name.into(),
        origin,
        routing_v4: true,
        routing_v6: true,
        forwarding_load_balance: true,
        ..Vrf::default()
    };
    device.vrfs.push(Vrf { router_id: config.router_id, ..vrf("default", Origin::NONE) });
    for v in &config.vrfs {
        if &*v.name != "default" {
            let id = device.vrfs.push(Vrf { router_id: v.router_id, ..vrf(&v.name, v.origin) });
            vrfs.insert(v.name.clone(), id);
        }
    }
    interfaces(&config, &vrfs, &mut device);
    device.mac = config.mac;
    clag::lower(&config, &mut device);
    let interfaces = device.interfaces.iter_ids().map(|(id, i)| (i.name.clone(), id)).collect();
    let policies = policy::lower(&config, &mut device, &interfaces, &vrfs);
    packet_filters(&config, &interfaces, &mut device, sink);
    let mut context = Context { config: &config, interfaces, vrfs, policies };
    statics(&context, &mut device, sink);
    igp::ospf(&mut context, &mut device, sink);
    igp::isis(&mut context, &mut device);
    rip::rip(&mut context, &mut device);
    bgp::lower(&mut context, &mut device, sink);
    overlay::lower(&mut context, &mut device, sink);
    vpn::lower(&context, &mut device, sink);
    mpls::lower(&context, &mut device);
    device
}

/// Binds packet filters to their ports; a port has room for one a direction.
fn packet_filters(config: &Config, interfaces: &Map<Name, InterfaceId>, device: &mut Device, sink: &mut Sink) {
    for f in &config.packet_filters {
        let id = device.filters.push(f.filter.clone());
        for port in &f.ports {
            let Some(port) = interfaces.get(port).copied() else { continue };
            let port = &mut device.interfaces[port];
            if port.switchport.is_some() && !config.config_db {
                let message =
                    format!("ACL `{}` on a bridged port: what it filters of routed packets is not modelled", f.filter.name);
                sink.push(Diagnostic::new(crate::vendors::sink::NOT_MODELLED, Severity::Warning, message).at(f.filter.origin));
            }
            let place = if f.input { &mut port.filter_in } else { &mut port.filter_out };
            if place.is_some() {
                let message = format!("ACL table `{}`: a second one on a port is not modelled", f.filter.name);
                sink.push(Diagnostic::new(crate::vendors::sink::NOT_MODELLED, Severity::Warning, message).at(f.filter.origin));
                continue;
            }
            *place = Some(id);
        }
    }
}

/// Makes the interfaces that are named where one must exist.
fn mention_interfaces(config: &mut Config) {
    let mut names: Vec<(Name, Origin)> = Vec::new();
    for p in &config.interfaces {
        for n in p.bond_members.iter().chain(&p.bridge_ports).chain(&p.raw_device) {
            names.push((n.clone(), p.origin));
        }
        if let Some((parent, _)) = p.name.rsplit_once('.')
            && !parent.is_empty()
        {
            names.push((parent.into(), p.origin));
        }
    }
    for b in &config.bgp {
        for n in b.neighbors.iter().filter(|n| n.is_interface && !n.is_group) {
            names.push((n.name.clone(), n.origin));
        }
    }
    for (name, origin) in names {
        config.interface(&name, origin);
    }
}

fn mention_vrfs(config: &mut Config) {
    let mut names: Vec<(Name, Origin)> = Vec::new();
    for p in &config.interfaces {
        names.extend(p.vrf.iter().map(|v| (v.clone(), p.origin)));
    }
    for s in &config.statics {
        names.extend(s.vrf.iter().chain(&s.hop_vrf).filter(|v| &***v != "default").map(|v| (v.clone(), s.origin)));
    }
    for (name, origin) in names {
        config.vrf(&name, origin);
    }
}

fn interfaces(config: &Config, vrfs: &Map<Name, VrfId>, device: &mut Device) {
    let ids: Map<&str, InterfaceId> =
        config.interfaces.iter().enumerate().map(|(n, p)| (&*p.name, <InterfaceId as crate::base::id::Id>::new(n))).collect();
    let bridges: Vec<&Port> = config.interfaces.iter().filter(|p| p.bridge).collect();
    for p in &config.interfaces {
        let parent = p.raw_device.as_deref().or_else(|| p.name.rsplit_once('.').map(|x| x.0)).and_then(|n| ids.get(n).copied());
        let on_bridge = p.raw_device.as_deref().is_some_and(|n| bridges.iter().any(|b| &*b.name == n));
        let tag = p.vlan_id.or_else(|| p.name.rsplit_once('.').and_then(|x| x.1.parse().ok()));
        let mut i = Interface {
            name: p.name.clone(),
            kind: kind(p, config, parent.is_some() && !on_bridge && tag.is_some()),
            origin: p.origin,
            description: p.description.clone(),
            enabled: !p.shutdown,
            dhcp: p.dhcp && p.addresses.is_empty(),
            mtu: p.mtu,
            bandwidth: p.bandwidth,
            speed: p.speed,
            min_links: p.min_links,
            ..Interface::default()
        };
        i.vrf = match p.vrf.as_deref() {
            // The device of a VRF is the VRF's loopback.
            _ if p.vrf_table => vrfs.get(&p.name).copied().unwrap_or(VrfId::DEFAULT),
            Some(name) => vrfs.get(name).copied().unwrap_or(VrfId::DEFAULT),
            None => VrfId::DEFAULT,
        };
        match i.kind {
            InterfaceKind::Subinterface => {
                i.parent = parent;
                i.tags = tag.into_iter().collect();
            }
            InterfaceKind::Vlan => i.vlan = tag,
            // The bridge's own addresses are in its untagged VLAN.
            InterfaceKind::Bridge if !p.addresses.is_empty() => {
                i.kind = InterfaceKind::Vlan;
                i.vlan = Some(p.bridge_pvid.unwrap_or(1));
            }
            _ => {}
        }
        // Linux makes a link-local address on whatever comes up.
        i.ipv6_enabled = !matches!(i.kind, InterfaceKind::Loopback | InterfaceKind::Null) && !p.ipv6_off;
        let mut subnets: Vec<ipnet::IpNet> = Vec::new();
        for a in &p.addresses {
            let subnet = a.net.trunc();
            i.addresses.push(InterfaceAddress {
                address: a.net,
                // The kernel flags a further IPv4 address of the same subnet.
                secondary: a.net.addr().is_ipv4() && subnets.contains(&subnet) && a.net.prefix_len() < 32,
                peer: a.peer,
                virtual_address: a.shared,
                origin: a.origin,
            });
            subnets.push(subnet);
        }
        i.aggregate = config
            .interfaces
            .iter()
            .find(|b| b.bond && b.bond_members.contains(&p.name))
            .and_then(|b| ids.get(&*b.name).copied());
        i.redundancy = p.vrrp.clone();
        i.switchport = switchport(p, &bridges);
        if let Some((source, destination, mode)) = &p.tunnel {
            i.kind = InterfaceKind::Tunnel;
            i.tunnel = Some(Tunnel {
                source: *source,
                source_interface: None,
                destination: *destination,
                vrf: VrfId::DEFAULT,
                mode: mode.clone(),
            });
        }
        device.interfaces.push(i);
    }
}

fn kind(p: &Port, config: &Config, tagged: bool) -> InterfaceKind {
    match &*p.name {
        _ if p.vrf_table => InterfaceKind::Loopback,
        "lo" => InterfaceKind::Loopback,
        name if name.starts_with("dummy") || name.starts_with("Loopback") || name.starts_with("lo0") => InterfaceKind::Loopback,
        "eth0" if config.config_db => InterfaceKind::Management,
        _ if p.bond => InterfaceKind::Aggregate,
        _ if p.vxlan => InterfaceKind::Vxlan,
        _ if p.bridge => InterfaceKind::Bridge,
        _ if tagged => InterfaceKind::Subinterface,
        _ if p.vlan_id.is_some() => InterfaceKind::Vlan,
        _ => InterfaceKind::Physical,
    }
}

fn switchport(p: &Port, bridges: &[&Port]) -> Option<Switchport> {
    if !p.memberships.is_empty() {
        let native = p.memberships.iter().find(|m| !m.1).map(|m| m.0);
        if let (Some(v), 1) = (native, p.memberships.len()) {
            return Some(Switchport::Access(v));
        }
        let mut allowed: Vec<(u16, u16)> = p.memberships.iter().map(|m| (m.0, m.0)).collect();
        allowed.sort_unstable();
        return Some(Switchport::Trunk { native, allowed });
    }
    let bridge = bridges.iter().find(|b| b.bridge_ports.contains(&p.name))?;
    if let Some(v) = p.bridge_access {
        return Some(Switchport::Access(v));
    }
    let native = p.bridge_pvid.or(bridge.bridge_pvid).unwrap_or(1);
    let vids = p.bridge_vids.as_ref().or(bridge.bridge_vids.as_ref());
    match vids {
        None => Some(Switchport::Access(native)),
        Some(vids) => {
            let mut allowed = vids.clone();
            if !allowed.iter().any(|r| r.0 <= native && native <= r.1) {
                allowed.push((native, native));
            }
            allowed.sort_unstable();
            Some(Switchport::Trunk { native: Some(native), allowed })
        }
    }
}

fn statics(context: &Context<'_>, device: &mut Device, sink: &mut Sink) {
    for s in &context.config.statics {
        let hop = match (&s.gateway, &s.interface) {
            _ if s.discard => StaticHop::Discard,
            (gateway, Some(name)) => {
                let Some(interface) = context.interface(name) else {
                    let message = format!("interface `{name}` is used (static route) but not defined: the route stays inactive");
                    sink.push(Diagnostic::new(UNDEFINED, Severity::Warning, message).at(s.origin));
                    continue;
                };
                match gateway {
                    Some(ip) => StaticHop::IpVia { ip: *ip, interface },
                    None => StaticHop::Interface(interface),
                }
            }
            (Some(ip), None) => {
                let vrf = s.hop_vrf.as_deref().map(|v| context.vrf(Some(v)));
                StaticHop::Ip { ip: *ip, vrf: vrf.filter(|v| *v != context.vrf(s.vrf.as_deref())) }
            }
            (None, None) => continue,
        };
        let vrf = context.vrf(s.vrf.as_deref());
        device.vrfs[vrf].static_routes.push(StaticRoute {
            prefix: s.prefix,
            hop,
            distance: s.distance.unwrap_or(defaults::STATIC_DISTANCE),
            metric: 0,
            tag: s.tag,
            permanent: false,
            resolve: true,
            no_readvertise: false,
            communities: Vec::new(),
            tracked: false,
            origin: s.origin,
        });
    }
}
