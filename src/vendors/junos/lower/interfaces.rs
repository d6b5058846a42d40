//! Interfaces: ports, units, VLANs.

use super::{Lower, MANAGEMENT};
use crate::base::Map;
use crate::base::id::Id;
use crate::model::VrfId;
use crate::model::interface::{
    Interface, InterfaceAddress, InterfaceId, InterfaceKind, RedundancyGroup, RedundancyProtocol, Switchport, Tunnel,
};
use crate::syntax::values;
use crate::vendors::junos::config::{self, InstanceKind, Unit};
use crate::vendors::junos::defaults;

/// Bytes of an Ethernet header, and of a VLAN tag, which Junos's interface MTU counts and the protocols' does not
/// ("Media MTU and Protocol MTU").
const ETHERNET: u32 = 14;
const TAG: u32 = 4;

impl Lower<'_, '_> {
    pub(super) fn make_interfaces(&mut self) {
        let config = self.config;
        for i in &config.interfaces {
            self.port(i);
        }
        // Bundles that only their members name.
        for i in &config.interfaces {
            if let Some((bundle, origin)) = &i.aggregate
                && !self.interfaces.contains_key(bundle)
            {
                let made = config::Interface { name: bundle.clone(), origin: *origin, ..config::Interface::default() };
                self.port(&made);
            }
        }
        for i in &config.interfaces {
            let Some(port) = self.interfaces.get(&i.name).copied() else { continue };
            if let Some(bundle) = i.aggregate.as_ref().and_then(|(b, _)| self.interfaces.get(b).copied()) {
                self.device.interfaces[port].aggregate = Some(bundle);
            }
        }
        self.bundle_speeds();
        for i in &config.interfaces {
            let Some(port) = self.interfaces.get(&i.name).copied() else { continue };
            for u in &i.units {
                self.unit(i, port, u);
            }
        }
        self.borrow_addresses();
        self.instances_of_interfaces();
        self.vlan_interfaces();
    }

    fn port(&mut self, i: &config::Interface) {
        let kind = kind_of(&i.name);
        let id = self.device.interfaces.push(Interface {
            name: i.name.clone(),
            kind,
            origin: i.origin,
            description: i.description.clone(),
            enabled: !i.disabled,
            mtu: i.mtu.map(|m| m.saturating_sub(ETHERNET)),
            speed: i.speed.or_else(|| defaults::speed(&i.name)),
            min_links: i.min_links.unwrap_or(0),
            ..Interface::default()
        });
        self.interfaces.insert(i.name.clone(), id);
    }

    /// A bundle is as fast as its members together.
    fn bundle_speeds(&mut self) {
        let mut sums: Map<InterfaceId, u64> = Map::default();
        for i in self.device.interfaces.iter() {
            if let (Some(bundle), Some(speed)) = (i.aggregate, i.speed) {
                *sums.entry(bundle).or_default() += speed;
            }
        }
        for n in 0..self.device.interfaces.len() {
            let id = InterfaceId::new(n);
            if let Some(&sum) = sums.get(&id) {
                self.device.interfaces[id].speed = Some(sum);
            }
        }
    }

    fn unit(&mut self, i: &config::Interface, port: InterfaceId, u: &Unit) {
        if let Some(s) = &u.switching {
            let role = self.switchport(s, i.native_vlan);
            self.device.interfaces[port].switchport = Some(role);
            if u.addresses.is_empty() {
                return;
            }
        }
        let parent = &self.device.interfaces[port];
        let physical = matches!(parent.kind, InterfaceKind::Physical | InterfaceKind::Aggregate | InterfaceKind::Other);
        let kind = if physical { InterfaceKind::Subinterface } else { parent.kind };
        let tags = u32::try_from(u.tags.len()).unwrap_or(0);
        let mtu = u.mtu.or_else(|| parent.mtu.map(|m| m.saturating_sub(TAG * tags)));
        let name: Box<str> = format!("{}.{}", i.name, u.number).into();
        let enabled = !u.disabled && !i.disabled;
        let speed = parent.speed;
        let mut out = Interface {
            name: name.clone(),
            kind,
            origin: u.origin,
            description: u.description.clone().or_else(|| i.description.clone()),
            enabled,
            ipv6_enabled: u.inet6,
            dhcp: u.dhcp,
            mtu,
            bandwidth: u.bandwidth.or(speed),
            speed,
            parent: (kind == InterfaceKind::Subinterface).then_some(port),
            tags: u.tags.clone(),
            ..Interface::default()
        };
        for v6 in [false, true] {
            addresses(u, v6, &mut out);
        }
        for (slot, name) in u.filters.iter().enumerate() {
            let Some((name, origin)) = name else { continue };
            let v6 = slot >= 2;
            let Some(filter) = self.filters.get(&(name.clone(), v6)).copied() else { continue };
            let place = if slot % 2 == 0 { &mut out.filter_in } else { &mut out.filter_out };
            if place.is_none() {
                *place = Some(filter);
            } else {
                self.not_modelled(*origin, "a second filter, of family inet6, on an interface is not modelled");
            }
        }
        if let Some((source, destination, instance)) = &u.tunnel {
            let vrf = instance.as_ref().and_then(|(n, _)| self.vrf(n)).unwrap_or(VrfId::DEFAULT);
            let mode = if i.name.starts_with("ip-") { "ipip" } else { "gre" };
            out.tunnel =
                Some(Tunnel { source: *source, source_interface: None, destination: *destination, vrf, mode: mode.into() });
        }
        let id = self.device.interfaces.push(out);
        self.interfaces.insert(name, id);
    }

    fn switchport(&self, s: &config::Switching, native: Option<u16>) -> Switchport {
        let mut allowed: Vec<(u16, u16)> = Vec::new();
        for (member, _) in &s.members {
            if &**member == "all" {
                allowed.extend(self.config.vlans.iter().flat_map(|v| v.ids.iter().copied()));
            } else if let Some(ids) = self.vlans.get(member) {
                allowed.extend(ids.iter().copied());
            } else {
                allowed.extend(values::ranges(member).into_iter().flatten());
            }
        }
        allowed.sort_unstable();
        allowed.dedup();
        if s.trunk {
            let named = |n: &str| self.vlans.get(n).and_then(|ids| ids.first()).map(|v| v.0);
            let native = s.native.as_deref().and_then(|n| n.parse().ok().or_else(|| named(n))).or(native);
            Switchport::Trunk { native, allowed }
        } else {
            // Without a VLAN an access port is in VLAN `default`, number 1.
            Switchport::Access(allowed.first().map_or(1, |v| v.0))
        }
    }

    fn borrow_addresses(&mut self) {
        let config = self.config;
        for i in &config.interfaces {
            for u in &i.units {
                let Some(donor) = &u.unnumbered else { continue };
                let donor = self.named_interface(donor, "unnumbered-address");
                if let Some(id) = self.interfaces.get(format!("{}.{}", i.name, u.number).as_str()).copied() {
                    self.device.interfaces[id].unnumbered = donor;
                }
            }
        }
    }

    fn instances_of_interfaces(&mut self) {
        let config = self.config;
        for i in config.instances.iter().skip(1) {
            if matches!(i.kind, InstanceKind::Bridging | InstanceKind::Forwarding) {
                continue;
            }
            let Some(vrf) = self.vrf(&i.name) else { continue };
            for named in &i.interfaces {
                if let Some(id) = self.named_interface(named, "routing-instances interface") {
                    self.device.interfaces[id].vrf = vrf;
                }
            }
        }
        if config.management_instance
            && let Some(vrf) = self.vrf(MANAGEMENT)
        {
            for i in self.device.interfaces.iter_mut() {
                // `system management-instance` moves the management ethernet port's unit 0 only.
                if matches!(&*i.name, "fxp0.0" | "em0.0" | "me0.0" | "vme.0" | "re0:mgmt-0.0" | "re1:mgmt-0.0") {
                    i.vrf = vrf;
                }
            }
        }
    }

    /// Ties routed VLAN interfaces to their VLANs, and ports that a VLAN lists to that VLAN.
    fn vlan_interfaces(&mut self) {
        let config = self.config;
        for v in &config.vlans {
            let Some(&(id, _)) = v.ids.first() else { continue };
            if let Some(named) = &v.l3_interface
                && let Some(i) = self.named_interface(named, "l3-interface")
            {
                let interface = &mut self.device.interfaces[i];
                interface.kind = InterfaceKind::Vlan;
                interface.vlan = Some(id);
                // The overlay is a member that is always there (lab junos_evpn_type5: `irb.200` is up without a port in its VLAN).
                interface.always_up |= v.vni.is_some();
            }
            for (name, _) in &v.interfaces {
                let port = name.split('.').next().unwrap_or(name);
                let Some(port) = self.interfaces.get(port).copied() else { continue };
                match &mut self.device.interfaces[port].switchport {
                    Some(Switchport::Trunk { allowed, .. }) => {
                        if let Err(at) = allowed.binary_search(&(id, id)) {
                            allowed.insert(at, (id, id));
                        }
                    }
                    Some(Switchport::Access(vlan)) if *vlan == 1 => *vlan = id,
                    _ => {}
                }
            }
        }
    }
}

fn kind_of(name: &str) -> InterfaceKind {
    let kind = name.trim_end_matches(|c: char| c.is_ascii_digit());
    match kind {
        "lo" => InterfaceKind::Loopback,
        "ae" | "reth" | "fab" => InterfaceKind::Aggregate,
        "irb" | "vlan" => InterfaceKind::Vlan,
        // em0 and em1 lead to the control plane; on virtual routers em2 and up are ports (lab sonic_bgp_lab).
        "em" if !matches!(name, "em0" | "em1") => InterfaceKind::Physical,
        "fxp" | "em" | "me" | "vme" => InterfaceKind::Management,
        "dsc" => InterfaceKind::Null,
        "vtep" => InterfaceKind::Vxlan,
        "st" => InterfaceKind::Tunnel,
        _ if name.starts_with("gr-") || name.starts_with("ip-") || name.starts_with("st0") => InterfaceKind::Tunnel,
        _ if name.starts_with("re0:mgmt") || name.starts_with("re1:mgmt") => InterfaceKind::Management,
        _ if name.starts_with("lt-") || name.starts_with("ps") || name.starts_with("si-") || name.starts_with("ms-") => {
            InterfaceKind::Other
        }
        _ => InterfaceKind::Physical,
    }
}

/// The addresses of one family, the primary one first: the one marked `primary`, else the lowest ("if you do not configure a
/// primary address, the lowest is it").
fn addresses(u: &Unit, v6: bool, out: &mut Interface) {
    let mut list: Vec<_> =
        u.addresses.iter().filter_map(|a| a.address.map(|n| (a, n))).filter(|(_, n)| n.addr().is_ipv6() == v6).collect();
    let primary = list
        .iter()
        .enumerate()
        .filter(|(_, (_, n))| !crate::model::interface::link_local(n.addr()))
        .min_by_key(|(_, (a, n))| (!a.primary, n.addr()))
        .map(|(at, _)| at);
    if let Some(at) = primary {
        let first = list.remove(at);
        list.insert(0, first);
    }
    for (n, (a, net)) in list.into_iter().enumerate() {
        out.addresses.push(InterfaceAddress {
            address: net,
            secondary: n > 0,
            peer: None,
            virtual_address: false,
            origin: a.origin,
        });
        for gateway in &a.virtual_gateways {
            if let Ok(address) = ipnet::IpNet::new(*gateway, net.prefix_len()) {
                out.addresses.push(InterfaceAddress {
                    address,
                    secondary: true,
                    peer: None,
                    virtual_address: true,
                    origin: a.origin,
                });
            }
        }
        for g in &a.vrrp {
            out.redundancy.push(RedundancyGroup {
                protocol: RedundancyProtocol::Vrrp,
                group: g.group,
                addresses: g.addresses.clone(),
                priority: g.priority.unwrap_or(defaults::VRRP_PRIORITY),
                preempt: !g.no_preempt,
                origin: g.origin,
            });
        }
    }
}
