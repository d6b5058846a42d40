//! Interfaces and packet filters.

use super::Lowering;
use crate::model::device::Name;
use crate::model::filter::{Filter, FilterId};
use crate::model::interface as model;
use crate::model::interface::{InterfaceAddress, InterfaceId, InterfaceKind, Switchport};
use crate::model::route::Family;
use crate::vendors::eos::config::{Acl, Interface, Named, PortMode};
use crate::vendors::eos::read::{joined, minus};

impl Lowering<'_, '_> {
    pub(super) fn filters(&mut self) {
        let config = self.config;
        for (v6, lists) in [(false, &config.acls), (true, &config.acls_v6)] {
            self.filters_of(v6, lists);
        }
    }

    fn filters_of(&mut self, v6: bool, lists: &Named<Acl>) {
        for (name, acl) in lists.iter() {
            let id = self.device.filters.push(Filter {
                name: name.into(),
                origin: acl.origin,
                family: Some(if v6 { Family::V6 } else { Family::V4 }),
                extended: acl.extended,
                lines: acl.lines.values().cloned().collect(),
                default_permit: false,
            });
            self.filters.insert((v6, name.into()), id);
        }
    }

    pub(super) fn interfaces(&mut self) {
        let config = self.config;
        let mut all: Vec<(Name, Interface)> = config.interfaces.items.clone();
        // A port channel that only its members name.
        for (_, port) in config.interfaces.iter() {
            if let Some(group) = port.channel_group {
                let name: Name = format!("Port-Channel{group}").into();
                if !all.iter().any(|(n, _)| *n == name) {
                    all.push((name, Interface { origin: port.origin, ..Interface::default() }));
                }
            }
        }
        for (n, (name, _)) in all.iter().enumerate() {
            self.interfaces.insert(name.clone(), InterfaceId(n as u32));
        }
        for (name, port) in &all {
            let lowered = self.port(name, port);
            self.device.interfaces.push(lowered);
        }
    }

    fn port(&mut self, name: &str, port: &Interface) -> model::Interface {
        let kind = kind(name);
        let parent =
            (kind == InterfaceKind::Subinterface).then(|| name.rsplit_once('.')).flatten().and_then(|(p, _)| self.interface(p));
        let switchport = self.switchport(kind, port);
        // Addresses of a switch port, and of a member of a port channel, are kept in the config and not used.
        let layer3 = switchport.is_none() && port.channel_group.is_none();
        let addresses = if layer3 { port.addresses.as_slice() } else { &[] };
        let vrf = port.vrf.as_deref().map_or(crate::model::vrf::VrfId::DEFAULT, |v| self.vrf(v));
        let filter = |v4: &Option<Name>, v6: &Option<Name>| -> Option<FilterId> {
            let of = |v6: bool, n: &Option<Name>| n.as_ref().and_then(|n| self.filters.get(&(v6, n.clone())).copied());
            of(false, v4).or_else(|| of(true, v6))
        };
        model::Interface {
            absent: false,
            name: name.into(),
            kind,
            origin: port.origin,
            description: port.description.clone(),
            enabled: !port.shutdown,
            vrf,
            addresses: addresses
                .iter()
                .map(|a| InterfaceAddress {
                    address: a.address,
                    secondary: a.secondary,
                    peer: None,
                    virtual_address: a.anycast,
                    origin: a.origin,
                })
                .collect(),
            unnumbered: port.unnumbered.as_deref().and_then(|n| self.interface(n)),
            ipv6_enabled: layer3 && (port.ipv6_enable || addresses.iter().any(|a| a.address.addr().is_ipv6())),
            dhcp: port.dhcp,
            mtu: port.mtu,
            bandwidth: port.bandwidth.or(port.speed),
            delay: None,
            speed: port.speed,
            parent,
            tags: port.tags.clone(),
            aggregate: port.channel_group.and_then(|g| self.interface(&format!("Port-Channel{g}"))),
            min_links: port.min_links.unwrap_or(1),
            bundle_system: Default::default(),
            switchport,
            vlan: name.strip_prefix("Vlan").and_then(|n| n.parse().ok()),
            always_up: port.no_autostate,
            tunnel: port.tunnel.as_ref().map(|t| model::Tunnel {
                source: t.source,
                source_interface: t.source_interface.as_deref().and_then(|n| self.interface(n)),
                destination: t.destination,
                vrf: t.vrf.as_deref().and_then(|v| self.vrfs.get(v).copied()).unwrap_or_default(),
                mode: t.mode.clone().unwrap_or_else(|| "gre".into()),
            }),
            filter_in: filter(&port.acl_in, &port.acl_in_v6),
            filter_out: filter(&port.acl_out, &port.acl_out_v6),
            policy_routing: None,
            redundancy: port.vrrp.iter().filter(|g| !port.vrrp_disabled.contains(&g.group)).cloned().collect(),
        }
    }

    /// Ports and port channels are switch ports in VLAN 1 unless a line says otherwise (EOS manual, "switchport mode").
    fn switchport(&self, kind: InterfaceKind, port: &Interface) -> Option<Switchport> {
        if !matches!(kind, InterfaceKind::Physical | InterfaceKind::Aggregate) || port.channel_group.is_some() {
            return None;
        }
        if !port.switchport.unwrap_or(!self.config.ports_routed) {
            return None;
        }
        match port.mode.unwrap_or(PortMode::Access) {
            PortMode::Access | PortMode::Other => Some(Switchport::Access(port.access_vlan.unwrap_or(1))),
            PortMode::Phone => {
                let native = port.native_vlan.unwrap_or(1);
                let carried = std::iter::once(native).chain(port.phone_vlan).map(|v| (v, v)).collect();
                Some(Switchport::Trunk { native: Some(native), allowed: joined(carried, Vec::new()) })
            }
            PortMode::Trunk => {
                let native = port.native_vlan.unwrap_or(1);
                let allowed = port.allowed.clone().unwrap_or_else(|| vec![(1, 4094)]);
                // VLANs with a trunk group are carried only by ports of that group, and by those whatever is allowed.
                let (mut closed, mut open) = (Vec::new(), Vec::new());
                for (&id, vlan) in self.config.vlans.iter().filter(|(_, v)| !v.trunk_groups.is_empty()) {
                    let member = vlan.trunk_groups.iter().any(|g| port.trunk_groups.contains(g));
                    if member { open.push((id, id)) } else { closed.push((id, id)) }
                }
                let carried = joined(minus(&allowed, &closed), open);
                // VLANs that are not defined are not switched.
                let known = self.config.vlans.iter().filter(|(_, v)| !v.suspended).map(|(&id, _)| (id, id));
                let known = joined(known.chain([(1, 1)]).collect(), Vec::new());
                let unknown = minus(&[(1, 4094)], &known);
                Some(Switchport::Trunk { native: (!port.native_tagged).then_some(native), allowed: minus(&carried, &unknown) })
            }
        }
    }
}

fn kind(name: &str) -> InterfaceKind {
    let is = |p: &str| name.starts_with(p);
    if name.contains('.') {
        InterfaceKind::Subinterface
    } else if is("Ethernet") {
        InterfaceKind::Physical
    } else if is("Port-Channel") || is("Recirc-Channel") {
        InterfaceKind::Aggregate
    } else if is("Loopback") {
        InterfaceKind::Loopback
    } else if is("Vlan") {
        InterfaceKind::Vlan
    } else if is("Management") {
        InterfaceKind::Management
    } else if is("Tunnel") {
        InterfaceKind::Tunnel
    } else if is("Vxlan") {
        InterfaceKind::Vxlan
    } else if is("Dps") {
        // The end point of the WAN's tunnels: up without a link.
        InterfaceKind::Loopback
    } else {
        InterfaceKind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;
    use super::*;

    #[test]
    fn ports_are_switch_ports_until_said() {
        let d = device(
            "vlan 10,20\nvlan 4094\n   trunk group MLAG\ninterface Ethernet1\ninterface Ethernet2\n   no switchport\n   ip address 10.0.0.1/31\ninterface Ethernet3\n   ip address 10.0.0.3/31\ninterface Ethernet4\n   switchport mode trunk\n   switchport trunk allowed vlan 1-15\n   switchport trunk native vlan 10\ninterface Ethernet5\n   switchport mode trunk\n   switchport trunk group MLAG\ninterface Ethernet6\n   channel-group 7 mode active\ninterface Ethernet2.5\n   encapsulation dot1q vlan 5\n",
        );
        let get = |n: &str| &d.interfaces[d.find_interface(n).unwrap()];
        assert_eq!(get("Ethernet1").switchport, Some(Switchport::Access(1)));
        assert_eq!(get("Ethernet2").switchport, None);
        assert!(get("Ethernet3").addresses.is_empty());
        assert_eq!(get("Ethernet4").switchport, Some(Switchport::Trunk { native: Some(10), allowed: vec![(1, 1), (10, 10)] }));
        assert_eq!(
            get("Ethernet5").switchport,
            Some(Switchport::Trunk { native: Some(1), allowed: vec![(1, 1), (10, 10), (20, 20), (4094, 4094)] })
        );
        assert_eq!(get("Ethernet6").aggregate, d.find_interface("Port-Channel7"));
        let phone = device(
            "interface Ethernet1\n   switchport mode trunk phone\n   switchport trunk native vlan 10\n   switchport phone vlan 12\n",
        );
        assert_eq!(
            phone.interfaces[InterfaceId(0)].switchport,
            Some(Switchport::Trunk { native: Some(10), allowed: vec![(10, 10), (12, 12)] })
        );
        let sub = get("Ethernet2.5");
        assert_eq!((sub.kind, sub.parent, &sub.tags[..]), (InterfaceKind::Subinterface, d.find_interface("Ethernet2"), &[5][..]));
    }

    #[test]
    fn routed_ports_by_default() {
        let d = device(
            "switchport default mode routed\ninterface Ethernet1\n   ip address 10.0.0.1/31\ninterface Ethernet2\n   switchport\n",
        );
        assert!(d.interfaces[InterfaceId(0)].switchport.is_none());
        assert_eq!(d.interfaces[InterfaceId(0)].addresses.len(), 1);
        assert!(d.interfaces[InterfaceId(1)].switchport.is_some());
    }
}
