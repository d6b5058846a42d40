//! Ports, groups, router interfaces, routed interfaces of VPLS services.

use ipnet::IpNet;

use super::Lower;
use crate::base::Map;
use crate::base::id::Id;
use crate::base::span::Origin;
use crate::model::VrfId;
use crate::model::interface::{
    Interface, InterfaceAddress, InterfaceId, InterfaceKind, RedundancyGroup, RedundancyProtocol, Switchport,
};
use crate::vendors::sros::config::{self, Bridge, Named, PortMode, RouterKind};
use crate::vendors::sros::defaults;

/// Bytes of an Ethernet header and of a VLAN tag, which a port's MTU counts and the protocols' does not.
const ETHERNET: u32 = 14;
const TAG: u32 = 4;
/// Numbers of VLANs that stand for a VPLS without a tag: larger than any tag (IEEE 802.1Q).
const SPARE_VLANS: u16 = 4096;

impl Lower<'_, '_> {
    pub(super) fn make_interfaces(&mut self) {
        let config = self.config;
        for p in &config.ports {
            self.port(p);
        }
        for l in &config.lags {
            self.lag(l);
        }
        self.group_speeds();
        for (n, vrf) in self.running() {
            for i in &config.routers[n].interfaces {
                self.interface(i, vrf, config.routers[n].kind);
            }
        }
        // Interfaces of services that are down are there, and down.
        for r in &config.routers {
            let Some(vrf) = self.vrf(&r.name) else { continue };
            for i in r.interfaces.iter().filter(|i| !self.interfaces.contains_key(&(vrf, i.name.clone()))).collect::<Vec<_>>() {
                let id = self.interface(i, vrf, r.kind);
                self.device.interfaces[id].enabled = false;
            }
        }
        self.borrow_addresses();
        self.bridges();
    }

    /// A text that configures no port at all is part of a config: its ports count as enabled.
    fn fragment(&self) -> bool {
        self.config.ports.is_empty()
    }

    fn port(&mut self, p: &config::Port) {
        let config = self.config;
        // A port behind a connector (`1/1/c1/1`) needs the connector.
        let connector = p.name.rsplit_once('/').and_then(|(c, _)| config.ports.iter().find(|x| *x.name == *c));
        let breakout = connector.and_then(|c| c.breakout.as_deref());
        let adapter = config.adapters.iter().find(|(at, _)| p.name.starts_with(&format!("{at}/"))).map(|(_, kind)| &**kind);
        let speed = p.speed.or_else(|| breakout.and_then(defaults::speed)).or_else(|| adapter.and_then(defaults::speed));
        let enabled = p.up.unwrap_or(defaults::PORT_UP) && connector.is_none_or(|c| c.up.unwrap_or(defaults::PORT_UP));
        let id = self.device.interfaces.push(Interface {
            name: p.name.clone(),
            kind: InterfaceKind::Physical,
            origin: p.origin,
            description: p.description.clone(),
            enabled,
            mtu: Some(port_mtu(p.mtu, p.mode)),
            speed,
            bandwidth: speed,
            ..Interface::default()
        });
        self.ports.insert(p.name.clone(), id);
    }

    /// A port that is named but not configured: down, as ports are until they are enabled.
    fn implicit_port(&mut self, name: &str, origin: Origin) -> InterfaceId {
        let lag = name.starts_with("lag-");
        let id = self.device.interfaces.push(Interface {
            name: name.into(),
            kind: if lag { InterfaceKind::Aggregate } else { InterfaceKind::Physical },
            origin,
            enabled: self.fragment(),
            mtu: None,
            ..Interface::default()
        });
        self.ports.insert(name.into(), id);
        id
    }

    fn lag(&mut self, l: &config::Lag) {
        let members: Vec<InterfaceId> = l
            .members
            .iter()
            .map(|(name, origin)| match self.ports.get(name) {
                Some(id) => *id,
                None => self.implicit_port(name, *origin),
            })
            .collect();
        let first = members.first().and_then(|m| self.config.ports.iter().find(|p| p.name == self.device.interfaces[*m].name));
        let mode = l.mode.or(first.and_then(|p| p.mode));
        let id = self.device.interfaces.push(Interface {
            name: l.name.clone(),
            kind: InterfaceKind::Aggregate,
            origin: l.origin,
            description: l.description.clone(),
            enabled: l.up.unwrap_or(defaults::LAG_UP),
            mtu: Some(port_mtu(first.and_then(|p| p.mtu), mode)),
            min_links: l.min_links.unwrap_or(0),
            ..Interface::default()
        });
        self.ports.insert(l.name.clone(), id);
        for m in members {
            self.device.interfaces[m].aggregate = Some(id);
        }
    }

    /// A group is as fast as its members together.
    fn group_speeds(&mut self) {
        let mut sums: Map<InterfaceId, u64> = Map::default();
        for i in self.device.interfaces.iter() {
            if let (Some(group), Some(speed)) = (i.aggregate, i.speed) {
                let sum = sums.entry(group).or_default();
                *sum = sum.saturating_add(speed);
            }
        }
        for n in 0..self.device.interfaces.len() {
            let id = InterfaceId::new(n);
            if let Some(&sum) = sums.get(&id) {
                (self.device.interfaces[id].speed, self.device.interfaces[id].bandwidth) = (Some(sum), Some(sum));
            }
        }
    }

    fn interface(&mut self, i: &config::Interface, vrf: VrfId, kind: RouterKind) -> InterfaceId {
        let system = &*i.name == "system" && kind == RouterKind::Base;
        let loopback = i.loopback || system;
        let parent = i.port.as_ref().filter(|_| !loopback).map(|(name, origin)| {
            let (port, _) = access_point(name);
            match self.ports.get(port) {
                Some(id) => *id,
                None => self.implicit_port(port, *origin),
            }
        });
        let tags = i.port.as_ref().map_or_else(Vec::new, |(name, _)| access_point(name).1);
        let bound = loopback || parent.is_some() || i.spoke || i.bridge.is_some();
        let of_port = parent.map(|p| &self.device.interfaces[p]);
        let untagged = of_port.and_then(|p| p.mtu);
        let mtu = i.mtu.or_else(|| untagged.map(|m| m.saturating_sub(TAG * u32::try_from(tags.len()).unwrap_or(0))));
        let speed = of_port.and_then(|p| p.speed);
        let mut out = Interface {
            name: i.name.clone(),
            kind: match (loopback, parent) {
                (true, _) => InterfaceKind::Loopback,
                (false, Some(_)) => InterfaceKind::Subinterface,
                (false, None) if i.bridge.is_some() => InterfaceKind::Vlan,
                (false, None) => InterfaceKind::Other,
            },
            origin: i.origin,
            description: i.description.clone(),
            // An interface that is bound to nothing is down.
            enabled: i.up != Some(false) && i.port_up != Some(false) && bound,
            vrf,
            ipv6_enabled: i.v6,
            dhcp: i.dhcp,
            mtu,
            speed,
            bandwidth: speed,
            parent,
            tags,
            always_up: i.spoke,
            ..Interface::default()
        };
        for a in &i.addresses {
            let length = a.length.or(a.address.filter(|_| loopback).map(|x| if x.is_ipv6() { 128 } else { 32 }));
            match (a.address, length) {
                (Some(address), Some(length)) => match IpNet::new(address, length) {
                    Ok(address) => out.addresses.push(InterfaceAddress {
                        address,
                        secondary: a.secondary,
                        peer: None,
                        virtual_address: false,
                        origin: a.origin,
                    }),
                    Err(_) => self.error("V-invalid-value", a.origin, format!("/{length} is no length of {address}")),
                },
                (Some(address), None) => {
                    self.error("V-invalid-value", a.origin, format!("`{address}` has no prefix length: it is left out"));
                }
                _ => {}
            }
        }
        for v in i.vrrp.iter().filter(|v| v.up != Some(false)) {
            out.redundancy.push(RedundancyGroup {
                protocol: RedundancyProtocol::Vrrp,
                group: v.group,
                addresses: v.addresses.clone(),
                priority: if v.owner { 255 } else { v.priority.unwrap_or(defaults::VRRP_PRIORITY) },
                preempt: v.preempt.unwrap_or(true),
                origin: v.origin,
            });
        }
        for (slot, named) in i.filters.iter().enumerate() {
            let Some((name, origin)) = named else { continue };
            let Some(filter) = self.filters.get(&(name.clone(), slot >= 2)).copied() else { continue };
            let place = if slot % 2 == 0 { &mut out.filter_in } else { &mut out.filter_out };
            if place.is_none() {
                *place = Some(filter);
            } else {
                self.not_modelled(*origin, "a second filter, for IPv6, on an interface is not modelled");
            }
        }
        let id = self.device.interfaces.push(out);
        self.interfaces.insert((vrf, i.name.clone()), id);
        id
    }

    fn borrow_addresses(&mut self) {
        let config = self.config;
        for r in &config.routers {
            let Some(vrf) = self.vrf(&r.name) else { continue };
            for i in &r.interfaces {
                let Some(donor) = &i.unnumbered else { continue };
                // An interface, or the address of one.
                let by_address = |l: &Self| {
                    let ip: std::net::IpAddr = donor.0.parse().ok()?;
                    let has = |x: &Interface| x.vrf == vrf && x.addresses.iter().any(|a| a.address.addr() == ip);
                    l.device.interfaces.iter_ids().find(|(_, x)| has(x)).map(|(id, _)| id)
                };
                let found = by_address(self).or_else(|| self.named_interface(vrf, donor, "unnumbered"));
                if let Some(id) = self.interfaces.get(&(vrf, i.name.clone())).copied() {
                    self.device.interfaces[id].unnumbered = found.filter(|f| *f != id);
                }
            }
        }
    }

    // ----- routed VPLS ----------------------------------------------------------------------

    /// A VPLS whose access points all have one tag is a VLAN of that number; its routed interface, if it has one, is that VLAN's. One whose
    /// access points have no tag, or that has none but VXLAN, is a VLAN of a number that no frame has.
    fn bridges(&mut self) {
        let config = self.config;
        // How many services use a tag: two with the same on this device would be joined.
        let mut services: Map<u16, usize> = Map::default();
        for b in &config.bridges {
            let mut tags: Vec<u16> = b.saps.iter().flat_map(|(name, _)| access_point(name).1).collect();
            tags.sort_unstable();
            tags.dedup();
            tags.into_iter().for_each(|t| *services.entry(t).or_default() += 1);
        }
        let mut routed: Map<&str, Vec<(InterfaceId, &Named)>> = Map::default();
        for r in &config.routers {
            let Some(vrf) = self.vrf(&r.name) else { continue };
            for i in &r.interfaces {
                let Some(named) = &i.bridge else { continue };
                if let Some(id) = self.interfaces.get(&(vrf, i.name.clone())) {
                    routed.entry(&named.0).or_default().push((*id, named));
                }
            }
        }
        for (b, spare) in config.bridges.iter().zip(SPARE_VLANS..) {
            let none = Vec::new();
            self.bridge(b, routed.get(&*b.name).unwrap_or(&none), (&services, spare));
        }
    }

    fn bridge(&mut self, b: &Bridge, routed: &[(InterfaceId, &Named)], (services, spare): (&Map<u16, usize>, u16)) {
        if b.up != Some(true) {
            routed.iter().for_each(|(id, _)| self.device.interfaces[*id].enabled = false);
            return;
        }
        let points: Vec<(&str, Vec<u16>)> = b.saps.iter().map(|(name, _)| access_point(name)).collect();
        let vlan = points.first().and_then(|(_, t)| if let [tag] = t[..] { Some(tag) } else { None });
        let vlan = vlan.filter(|v| points.iter().all(|(_, t)| t[..] == [*v]) && services.get(v) == Some(&1));
        // `*` takes all tags.
        let untagged = b.saps.iter().zip(&points).all(|((name, _), (_, tags))| tags.is_empty() && !name.contains('*'));
        let vlan = vlan.or((untagged && (!points.is_empty() || !b.vnis.is_empty())).then_some(spare));
        routed.iter().for_each(|(id, _)| self.device.interfaces[*id].always_up = true);
        let Some(v) = vlan else {
            if !b.saps.is_empty() {
                let origin = routed.first().map_or(b.origin, |(_, named)| named.1);
                self.not_modelled(origin, "the access points of this VPLS are not one VLAN: who is on it is not modelled");
            }
            return;
        };
        self.vlans.insert(b.name.clone(), v);
        routed.iter().for_each(|(id, _)| self.device.interfaces[*id].vlan = Some(v));
        for (port, tags) in points {
            let Some(port) = self.ports.get(port).copied() else { continue };
            let role = &mut self.device.interfaces[port].switchport;
            let trunk = role.get_or_insert_with(|| Switchport::Trunk { native: None, allowed: Vec::new() });
            if let Switchport::Trunk { native, allowed } = trunk {
                if tags.is_empty() {
                    *native = Some(v);
                }
                if let Err(at) = allowed.binary_search(&(v, v)) {
                    allowed.insert(at, (v, v));
                }
            }
        }
    }
}

/// Largest IP packet of an untagged interface on a port.
fn port_mtu(mtu: Option<u32>, mode: Option<PortMode>) -> u32 {
    let default = match mode {
        Some(PortMode::Access) => defaults::ACCESS_MTU,
        _ => defaults::NETWORK_MTU,
    };
    mtu.map_or(default, |m| m.saturating_sub(ETHERNET))
}

/// `1/1/c1/1:100.200` as port and tags; tag 0 and `*` stand for none.
fn access_point(name: &str) -> (&str, Vec<u16>) {
    match name.split_once(':') {
        None => (name, Vec::new()),
        Some((port, tags)) => (port, tags.split('.').filter_map(|t| t.parse().ok()).filter(|t| *t != 0).collect()),
    }
}
