//! Interfaces: ports, subinterfaces, and bridge domains as VLANs.

use super::Lower;
use crate::base::Map;
use crate::base::id::Id;
use crate::model::interface::{
    Interface, InterfaceAddress, InterfaceId, InterfaceKind, RedundancyGroup, RedundancyProtocol, Switchport, link_local,
};
use crate::vendors::srlinux::config::{self, Encap, InstanceKind, IpFamily, Subinterface};
use crate::vendors::srlinux::defaults;

impl Lower<'_, '_> {
    pub(super) fn make_interfaces(&mut self) {
        let config = self.config;
        for i in &config.interfaces {
            let id = self.device.interfaces.push(Interface {
                name: i.name.clone(),
                kind: kind_of(&i.name),
                origin: i.origin,
                description: i.description.clone(),
                enabled: !i.disabled,
                speed: i.speed.or_else(|| defaults::speed(&i.name)),
                min_links: i.min_links.unwrap_or(0),
                ..Interface::default()
            });
            self.interfaces.insert(i.name.clone(), id);
        }
        let mut sums: Map<InterfaceId, u64> = Map::default();
        for i in &config.interfaces {
            let (Some(port), Some((name, _))) = (self.interfaces.get(&i.name).copied(), &i.aggregate) else { continue };
            let Some(bundle) = self.interfaces.get(name).copied() else { continue };
            self.device.interfaces[port].aggregate = Some(bundle);
            *sums.entry(bundle).or_default() += self.device.interfaces[port].speed.unwrap_or(0);
        }
        for n in 0..self.device.interfaces.len() {
            let id = InterfaceId::new(n);
            if let Some(&sum) = sums.get(&id) {
                self.device.interfaces[id].speed = Some(sum);
            }
        }
        for i in &config.interfaces {
            let Some(port) = self.interfaces.get(&i.name).copied() else { continue };
            for s in i.subinterfaces.iter().filter(|s| !s.bridged) {
                self.subinterface(i, port, s);
            }
        }
        self.borrow_addresses();
        self.instances_of_interfaces();
        self.bridges();
        self.filter_interfaces();
    }

    fn subinterface(&mut self, i: &config::Interface, port: InterfaceId, s: &Subinterface) {
        let parent = &self.device.interfaces[port];
        let carries = matches!(parent.kind, InterfaceKind::Physical | InterfaceKind::Aggregate);
        let kind = if carries { InterfaceKind::Subinterface } else { parent.kind };
        let name: Box<str> = format!("{}.{}", i.name, s.index).into();
        let tags = match s.vlan {
            Encap::Tagged(tag) => vec![tag],
            Encap::Double(outer, inner) => vec![outer, inner],
            _ => Vec::new(),
        };
        let new_release = self.config.families_have_state;
        let on = |f: &IpFamily| f.enabled.unwrap_or(!new_release);
        let mut out = Interface {
            name: name.clone(),
            kind,
            origin: s.origin,
            description: s.description.clone().or_else(|| i.description.clone()),
            // Not in a network instance: it takes part in nothing. `instances_of_interfaces` turns it on.
            enabled: false,
            mtu: s.ip_mtu.or(self.config.default_ip_mtu),
            bandwidth: parent.speed,
            speed: parent.speed,
            parent: (kind == InterfaceKind::Subinterface).then_some(port),
            tags,
            ..Interface::default()
        };
        for (v6, family) in [false, true].into_iter().zip(&s.families) {
            let Some(family) = family else { continue };
            if on(family) {
                out.ipv6_enabled |= v6;
                out.dhcp |= family.dhcp;
                addresses(family, &mut out);
            } else if !family.addresses.is_empty() && family.enabled.is_none() {
                let family = if v6 { "ipv6" } else { "ipv4" };
                self.error(
                    "R-family-off",
                    s.origin,
                    format!("`{name}` has {family} addresses but no `{family} admin-state enable`"),
                );
            }
        }
        let id = self.device.interfaces.push(out);
        self.interfaces.insert(name, id);
    }

    fn borrow_addresses(&mut self) {
        let config = self.config;
        for i in &config.interfaces {
            for s in &i.subinterfaces {
                let Some(donor) = s.families.iter().flatten().find_map(|f| f.unnumbered.as_ref()) else { continue };
                let donor = self.named_interface(donor, "unnumbered");
                if let Some(id) = self.interfaces.get(format!("{}.{}", i.name, s.index).as_str()).copied() {
                    self.device.interfaces[id].unnumbered = donor;
                }
            }
        }
    }

    fn instances_of_interfaces(&mut self) {
        let config = self.config;
        for i in config.instances.iter().filter(|i| i.kind == InstanceKind::Routed) {
            let Some(vrf) = self.vrfs.get(&i.name).copied() else { continue };
            for named in &i.interfaces {
                let Some(id) = self.named_interface(named, "network-instance interface") else { continue };
                self.device.interfaces[id].vrf = vrf;
                self.device.interfaces[id].enabled = !i.disabled && self.state(&named.0);
            }
        }
    }

    /// Whether a subinterface and its interface are turned on.
    fn state(&self, name: &str) -> bool {
        let (port, index) = name.rsplit_once('.').unwrap_or((name, "0"));
        let Some(i) = self.config.interfaces.iter().find(|i| &*i.name == port) else { return false };
        !i.disabled && i.subinterfaces.iter().any(|s| s.index.to_string() == index && !s.disabled)
    }

    /// A `mac-vrf` is a VLAN of the model: under the tag that its subinterfaces share, else under a number that is free.
    fn bridges(&mut self) {
        let config = self.config;
        let bridged: Vec<&config::Instance> =
            config.instances.iter().filter(|i| i.kind == InstanceKind::Bridged && !i.disabled).collect();
        let mut taken: Vec<u16> = Vec::new();
        let mut ids: Vec<Option<u16>> = Vec::new();
        for i in &bridged {
            let mut tags: Vec<u16> = i.interfaces.iter().filter_map(|(n, _)| self.tag(n)).collect();
            tags.sort_unstable();
            tags.dedup();
            let id = (tags.len() == 1).then(|| tags[0]).filter(|t| !taken.contains(t));
            taken.extend(tags);
            ids.push(id);
        }
        let mut free = (1..=4094u16).rev().filter(|n| !taken.contains(n)).collect::<Vec<_>>().into_iter();
        for (i, id) in bridged.into_iter().zip(ids) {
            let Some(id) = id.or_else(|| free.next()) else { continue };
            self.bridges.insert(i.name.clone(), id);
            for named in &i.interfaces {
                if let Some(irb) = self.interface(&named.0) {
                    self.device.interfaces[irb].kind = InterfaceKind::Vlan;
                    self.device.interfaces[irb].vlan = Some(id);
                } else {
                    self.member(named, id);
                }
            }
        }
    }

    fn bridged(&self, name: &str) -> Option<(&config::Interface, &Subinterface)> {
        let (port, index) = name.rsplit_once('.')?;
        let i = self.config.interfaces.iter().find(|i| &*i.name == port)?;
        let s = i.subinterfaces.iter().find(|s| s.index.to_string() == index)?;
        Some((i, s))
    }

    fn tag(&self, name: &str) -> Option<u16> {
        match self.bridged(name)?.1.vlan {
            Encap::Tagged(tag) => Some(tag),
            _ => None,
        }
    }

    fn member(&mut self, named: &config::Named, id: u16) {
        let Some((i, s)) = self.bridged(&named.0) else {
            self.named_interface(named, "network-instance interface");
            return;
        };
        if s.disabled {
            return;
        }
        let (vlan, port) = (s.vlan, self.interfaces.get(&i.name).copied());
        let Some(port) = port else { return };
        let role = &mut self.device.interfaces[port].switchport;
        match vlan {
            Encap::Unset | Encap::Untagged => match role {
                Some(Switchport::Trunk { native, allowed }) => {
                    *native = Some(id);
                    allowed.push((id, id));
                }
                _ => *role = Some(Switchport::Access(id)),
            },
            Encap::Tagged(tag) if tag == id => match role {
                Some(Switchport::Trunk { allowed, .. }) => allowed.push((id, id)),
                Some(Switchport::Access(native)) => {
                    let native = *native;
                    *role = Some(Switchport::Trunk { native: Some(native), allowed: vec![(native, native), (id, id)] });
                }
                None => *role = Some(Switchport::Trunk { native: None, allowed: vec![(id, id)] }),
            },
            Encap::Tagged(_) | Encap::Double(..) | Encap::Any => {
                self.not_modelled(named.1, "a bridge domain whose ports use different VLAN tags is not modelled");
            }
        }
        if let Some(Switchport::Trunk { allowed, .. }) = &mut self.device.interfaces[port].switchport {
            allowed.sort_unstable();
            allowed.dedup();
        }
    }

    fn filter_interfaces(&mut self) {
        let config = self.config;
        let own = config.interfaces.iter().flat_map(|i| {
            i.subinterfaces.iter().flat_map(move |s| s.filters.iter().map(move |f| (format!("{}.{}", i.name, s.index), f)))
        });
        let listed = config.filtered.iter().map(|((name, _), f)| (name.to_string(), f));
        for (name, f) in own.chain(listed) {
            let (Some(id), Some(filter)) = (self.interface(&name), self.filters.get(&(f.name.0.clone(), f.v6)).copied()) else {
                continue;
            };
            let i = &mut self.device.interfaces[id];
            let place = if f.input { &mut i.filter_in } else { &mut i.filter_out };
            match place {
                Some(other) if *other != filter => {
                    self.not_modelled(f.name.1, "a second filter on an interface, for the other family, is not modelled");
                }
                _ => *place = Some(filter),
            }
        }
    }
}

fn kind_of(name: &str) -> InterfaceKind {
    match name.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "lo" | "system" => InterfaceKind::Loopback,
        "lag" => InterfaceKind::Aggregate,
        "irb" => InterfaceKind::Vlan,
        "mgmt" => InterfaceKind::Management,
        _ => InterfaceKind::Physical,
    }
}

/// The addresses of a family, the primary one first: the one marked `primary`, else the lowest (Interfaces Guide, "primary").
fn addresses(f: &IpFamily, out: &mut Interface) {
    let own = f.addresses.iter().filter(|a| !link_local(a.net.addr()));
    let primary = own.min_by_key(|a| (!a.primary, a.net.addr())).map(|a| a.net);
    let mut order: Vec<&config::Address> = f.addresses.iter().collect();
    order.sort_by_key(|a| Some(a.net) != primary);
    for a in order {
        out.addresses.push(InterfaceAddress {
            address: a.net,
            secondary: Some(a.net) != primary,
            peer: None,
            virtual_address: a.anycast,
            origin: a.origin,
        });
    }
    for v in f.vrrp.iter().filter(|v| !v.disabled) {
        out.redundancy.push(RedundancyGroup {
            protocol: RedundancyProtocol::Vrrp,
            group: v.id,
            addresses: v.addresses.clone(),
            priority: v.priority.unwrap_or(defaults::VRRP_PRIORITY),
            preempt: v.preempt.unwrap_or(true),
            origin: v.origin,
        });
    }
}
