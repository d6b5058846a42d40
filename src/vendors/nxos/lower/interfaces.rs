//! Interfaces and packet filters.

use super::Lowering;
use crate::model::device::Name;
use crate::model::filter::{AddressMatch, Filter, FilterId, FilterLine};
use crate::model::interface as model;
use crate::model::interface::{Delay, InterfaceAddress, InterfaceId, InterfaceKind, Switchport};
use crate::model::route::Family;
use crate::model::vrf::VrfId;
use crate::vendors::nxos::config::{Acl, AclLine, Hardware, Interface, Named, PortMode};
use crate::vendors::nxos::defaults;
use crate::vendors::nxos::read::{joined, minus, number_of};

impl Lowering<'_> {
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
                extended: true,
                lines: acl.lines.values().filter_map(|l| self.filter_line(l)).collect(),
                default_permit: false,
            });
            self.filters.insert((v6, name.into()), id);
        }
    }

    /// A line with its groups put in. `None`: a group is empty or not defined, so the line holds for nothing.
    fn filter_line(&self, l: &AclLine) -> Option<FilterLine> {
        let mut line = l.line.clone();
        let addresses = |name: &Name| -> Option<Vec<AddressMatch>> {
            let group = self.config.address_groups.get(name)?;
            (!group.lines.is_empty()).then(|| group.lines.values().cloned().collect())
        };
        let ports = |name: &Name| {
            let all: Vec<_> = self.config.port_groups.get(name)?.lines.values().flatten().cloned().collect();
            (!all.is_empty()).then_some(all)
        };
        if let Some(g) = &l.source_group {
            line.sources = addresses(g)?;
        }
        if let Some(g) = &l.destination_group {
            line.destinations = addresses(g)?;
        }
        if let Some(g) = &l.source_ports {
            line.source_ports = ports(g)?;
        }
        if let Some(g) = &l.destination_ports {
            line.destination_ports = ports(g)?;
        }
        Some(line)
    }

    pub(super) fn interfaces(&mut self) {
        let config = self.config;
        let mut all: Vec<(Name, Interface)> = config.interfaces.items.clone();
        // A port channel that only its members name.
        for (_, port) in config.interfaces.iter() {
            if let Some(group) = port.channel_group {
                let name: Name = format!("port-channel{group}").into();
                if !all.iter().any(|(n, _)| *n == name) {
                    let new = Interface { origin: port.origin, switchport: port.switchport, ..Interface::default() };
                    all.push((name, new));
                }
            }
        }
        for (n, (name, _)) in all.iter().enumerate() {
            self.interfaces.insert(name.to_ascii_lowercase().into(), InterfaceId(n as u32));
        }
        let switched = defaults::switchport(config);
        let shut = defaults::routed_shutdown(config, !switched);
        let mut defined: Vec<(u16, u16)> = config.vlans.iter().filter(|(_, v)| !v.down).map(|(&id, _)| (id, id)).collect();
        // VLAN 1 is always there.
        defined.push((1, 1));
        let defined = joined(defined, Vec::new());
        for (name, port) in &all {
            let lowered = self.port(name, port, switched, shut, &defined);
            self.device.interfaces.push(lowered);
        }
        // The bandwidth of a port channel is that of its members.
        for n in 0..all.len() {
            let id = InterfaceId(n as u32);
            if self.device.interfaces[id].kind == InterfaceKind::Aggregate && self.device.interfaces[id].speed.is_none() {
                let members = self.device.interfaces.iter().filter(|m| m.aggregate == Some(id) && m.enabled);
                let sum = members.filter_map(|m| m.speed.or(Some(defaults::PORT_BANDWIDTH))).sum::<u64>();
                let port = &mut self.device.interfaces[id];
                port.speed = Some(sum).filter(|s| *s > 0);
                port.bandwidth = port.bandwidth.or(port.speed);
            }
        }
        for (n, (_, said)) in all.iter().enumerate() {
            let id = InterfaceId(n as u32);
            // A subinterface has its port's bandwidth (lab nxos_eigrp_neighbor: metric 129536 over port-channel45.10).
            let parent = self.device.interfaces[id].parent.filter(|_| said.bandwidth.is_none());
            if let Some(inherited) = parent.and_then(|p| self.device.interfaces[p].bandwidth) {
                self.device.interfaces[id].bandwidth = Some(inherited);
            }
            let port = &mut self.device.interfaces[id];
            let by_kind = Delay::of_port(defaults::delay(port.kind), port.bandwidth.unwrap_or(0) / 1000);
            port.delay = Some(said.delay.map_or(by_kind, |tens| Delay::set(u64::from(tens) * 10_000_000)));
        }
    }

    fn port(&mut self, name: &str, port: &Interface, switched: bool, shut: bool, defined: &[(u16, u16)]) -> model::Interface {
        let kind = kind(name);
        let parent =
            (kind == InterfaceKind::Subinterface).then(|| name.rsplit_once('.')).flatten().and_then(|(p, _)| self.interface(p));
        let may_switch = matches!(kind, InterfaceKind::Physical | InterfaceKind::Aggregate) && port.channel_group.is_none();
        let switchport = (may_switch && port.switchport.unwrap_or(switched)).then(|| vlans(port, defined));
        // Addresses of a switch port, and of a member of a port channel, are kept in the config and not used.
        let layer3 = switchport.is_none() && port.channel_group.is_none();
        let addresses = if layer3 { port.addresses.as_slice() } else { &[] };
        let vrf = match (port.vrf.as_deref(), kind) {
            (Some(v), _) => self.vrf(v),
            (None, InterfaceKind::Management) => self.vrf("management"),
            (None, _) => VrfId::DEFAULT,
        };
        let filter = |v4: &Option<Name>, v6: &Option<Name>| -> Option<FilterId> {
            let of = |v6: bool, n: &Option<Name>| n.as_ref().and_then(|n| self.filters.get(&(v6, n.clone())).copied());
            of(false, v4).or_else(|| of(true, v6))
        };
        let off = match kind {
            // Guides: an SVI, a subinterface, a tunnel and a VXLAN end point are shut down until said otherwise.
            InterfaceKind::Vlan | InterfaceKind::Subinterface | InterfaceKind::Tunnel | InterfaceKind::Vxlan => {
                // Labs: `interface Vlan1` alone is down.
                self.config.hardware != Hardware::Small || kind != InterfaceKind::Subinterface
            }
            InterfaceKind::Physical if port.channel_group.is_some() && port.switchport.unwrap_or(switched) => {
                self.config.default_shutdown.unwrap_or(false)
            }
            InterfaceKind::Physical if switchport.is_some() => self.config.default_shutdown.unwrap_or(false),
            InterfaceKind::Physical => shut,
            // Labs: a routed port channel is up without `no shutdown`.
            _ => false,
        };
        let vlan: Option<u16> = number_of(name, "Vlan");
        let known_vlan = vlan.is_none_or(|v| defined.iter().any(|&(a, b)| a <= v && v <= b));
        let speed = port.speed.or(match kind {
            InterfaceKind::Physical | InterfaceKind::Management | InterfaceKind::Vlan => Some(defaults::PORT_BANDWIDTH),
            _ => None,
        });
        let vrf_on = self.device.vrfs.get(vrf).is_none_or(|v| v.routing_v4 || v.routing_v6 || !v.origin.is_some());
        model::Interface {
            absent: false,
            name: name.into(),
            kind,
            origin: port.origin,
            description: port.description.clone(),
            // An SVI whose VLAN is not there is down, `no autostate` or not; an interface of a VRF that is shut down has no routes.
            enabled: !port.shutdown.unwrap_or(off) && known_vlan && vrf_on,
            vrf,
            addresses: addresses
                .iter()
                .map(|a| InterfaceAddress {
                    address: a.address,
                    secondary: a.secondary,
                    peer: None,
                    virtual_address: port.anycast,
                    origin: a.origin,
                })
                .collect(),
            unnumbered: port.unnumbered.as_deref().and_then(|n| self.interface(n)),
            ipv6_enabled: layer3 && (port.ipv6_enable || addresses.iter().any(|a| a.address.addr().is_ipv6())),
            dhcp: port.dhcp,
            mtu: port.mtu,
            bandwidth: port.bandwidth.or(speed).or((kind == InterfaceKind::Loopback).then_some(defaults::LOOPBACK_BANDWIDTH)),
            delay: None,
            speed,
            parent,
            tags: port.tags.clone(),
            aggregate: port.channel_group.and_then(|g| self.interface(&format!("port-channel{g}"))),
            min_links: port.min_links.unwrap_or(1),
            bundle_system: Default::default(),
            switchport,
            vlan,
            always_up: port.no_autostate,
            tunnel: port.tunnel.as_ref().map(|t| model::Tunnel {
                source: t.source,
                source_interface: t.source_interface.as_deref().and_then(|n| self.interface(n)),
                destination: t.destination,
                vrf: t.vrf.as_deref().and_then(|v| self.vrfs.get(&*v.to_ascii_lowercase()).copied()).unwrap_or_default(),
                mode: t.mode.clone().unwrap_or_else(|| "gre ip".into()),
            }),
            filter_in: filter(&port.acl_in, &port.acl_in_v6),
            filter_out: filter(&port.acl_out, &port.acl_out_v6),
            policy_routing: None,
            redundancy: port.redundancy.clone(),
        }
    }
}

/// The VLANs of a switch port, cut to those that are defined.
fn vlans(port: &Interface, defined: &[(u16, u16)]) -> Switchport {
    match port.mode.unwrap_or(PortMode::Access) {
        PortMode::Access | PortMode::Other => Switchport::Access(port.access_vlan.unwrap_or(1)),
        PortMode::Trunk => {
            let carried = port.allowed.clone().unwrap_or_else(|| vec![(1, 4094)]);
            let unknown = minus(&[(1, 4094)], defined);
            Switchport::Trunk { native: Some(port.native_vlan.unwrap_or(1)), allowed: minus(&carried, &unknown) }
        }
    }
}

fn kind(name: &str) -> InterfaceKind {
    let is = |p: &str| name.starts_with(p);
    if name.contains('.') {
        InterfaceKind::Subinterface
    } else if is("Ethernet") {
        InterfaceKind::Physical
    } else if is("port-channel") {
        InterfaceKind::Aggregate
    } else if is("loopback") {
        InterfaceKind::Loopback
    } else if is("Vlan") || is("Bdi") {
        InterfaceKind::Vlan
    } else if is("mgmt") {
        InterfaceKind::Management
    } else if is("Tunnel") {
        InterfaceKind::Tunnel
    } else if is("nve") {
        InterfaceKind::Vxlan
    } else if is("Null") {
        InterfaceKind::Null
    } else {
        InterfaceKind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;
    use super::*;

    #[test]
    fn ports_are_switch_ports_and_routed_ones_need_no_shutdown() {
        let d = device(
            "version 9.2(3) Bios:version\nfeature interface-vlan\nvlan 10,20\nvlan 30\n  shutdown\ninterface Ethernet1/1\ninterface Ethernet1/2\n  no switchport\n  ip address 10.0.0.1/31\n  no shutdown\ninterface Ethernet1/3\n  no switchport\n  ip address 10.0.0.3/31\ninterface Ethernet1/4\n  switchport mode trunk\n  switchport trunk allowed vlan 1-35\n  switchport trunk native vlan 10\ninterface Ethernet1/6\n  channel-group 7 mode active\ninterface Ethernet1/2.5\n  encapsulation dot1q 5\ninterface Vlan10\n  no shutdown\ninterface Vlan20\ninterface Vlan40\n  no shutdown\ninterface mgmt0\n  ip address 192.0.2.1/24\ninterface loopback0\n",
        );
        let get = |n: &str| &d.interfaces[d.find_interface(n).unwrap()];
        assert_eq!(get("Ethernet1/1").switchport, Some(Switchport::Access(1)));
        let on: Vec<_> =
            ["Ethernet1/1", "Ethernet1/2", "Ethernet1/3", "Ethernet1/2.5", "Vlan10", "Vlan20", "Vlan40", "loopback0"]
                .iter()
                .map(|n| get(n).enabled)
                .collect();
        assert_eq!(on, [true, true, false, false, true, false, false, true]);
        assert_eq!(
            get("Ethernet1/4").switchport,
            Some(Switchport::Trunk { native: Some(10), allowed: vec![(1, 1), (10, 10), (20, 20)] })
        );
        assert_eq!(get("Ethernet1/6").aggregate, d.find_interface("port-channel7"));
        assert_eq!(get("port-channel7").bandwidth, Some(1_000_000_000));
        assert_eq!(d.vrfs[get("mgmt0").vrf].name, "management".into());
        let sub = get("Ethernet1/2.5");
        assert_eq!(
            (sub.kind, sub.parent, &sub.tags[..]),
            (InterfaceKind::Subinterface, d.find_interface("Ethernet1/2"), &[5][..])
        );
    }

    #[test]
    fn what_is_printed_tells_the_default() {
        // Only what differs is printed: `switchport` means that ports are routed by default.
        let d =
            device("version 9.2(3) Bios:version\ninterface Ethernet1/1\n  no shutdown\ninterface Ethernet1/3\n  switchport\n");
        assert!(d.interfaces[InterfaceId(0)].switchport.is_none() && d.interfaces[InterfaceId(0)].enabled);
        assert!(d.interfaces[InterfaceId(1)].switchport.is_some() && d.interfaces[InterfaceId(1)].enabled);
        let old = device("boot system bootflash:/n3000-uk9.6.0.2.U3.2.bin\ninterface Ethernet1/1\n  no switchport\n");
        assert!(old.interfaces[InterfaceId(0)].enabled);
        let off = device("feature bgp\nsystem default switchport shutdown\ninterface Ethernet1/1\n  switchport\n");
        assert!(!off.interfaces[InterfaceId(0)].enabled);
    }

    #[test]
    fn groups_are_put_into_filters() {
        let d = device(
            "object-group ip address G\n  10 host 192.0.2.1\n  20 10.0.0.0/8\nip access-list A\n  10 permit ip addrgroup G any\n  20 permit ip addrgroup NONE any\n",
        );
        let f = &d.filters[FilterId(0)];
        assert_eq!((f.lines.len(), f.lines[0].sources.len()), (1, 2));
    }
}
