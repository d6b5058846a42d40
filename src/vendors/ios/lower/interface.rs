//! Interfaces.

use super::Lowering;
use crate::base::span::Origin;
use crate::base::{Map, Set};
use crate::model::device::Name;
use crate::model::filter::{AddressMatch, Filter, FilterId, FilterLine};
use crate::model::interface::{Delay, Interface, InterfaceAddress, InterfaceId, InterfaceKind, Switchport, Tunnel};
use crate::model::vrf::VrfId;
use crate::vendors::ios::config;
use crate::vendors::ios::config::SwitchMode;
use crate::vendors::ios::ports;
use crate::vendors::ios::read::is_switchport;

/// VLANs of a trunk without `allowed vlan` (Cisco, "switchport trunk").
const ALL_VLANS: (u16, u16) = (1, 4094);

impl Lowering<'_> {
    pub(super) fn all_interfaces(&mut self) {
        let config = self.config;
        // `no switchport` is printed only where ports are switch ports unless they say so.
        let switch = config.interfaces.items.iter().any(|(_, i)| i.switchport == Some(false));
        let parents: Set<&str> = config.interfaces.items.iter().filter_map(|(n, _)| n.split_once('.')).map(|(p, _)| p).collect();
        for (name, i) in &config.interfaces.items {
            if i.port.kind == InterfaceKind::Null {
                continue;
            }
            let mut model = self.interface(name, i);
            if switch && i.channel.is_none() && !parents.contains(&**name) && says_nothing_of_layer_3(i) {
                model.switchport.get_or_insert_with(|| switchport(i));
            }
            let id = self.device.interfaces.push(model);
            self.interfaces.insert(name.clone(), id);
        }
        self.parents();
        self.bandwidths();
        for (name, i) in &config.interfaces.items {
            let Some(&id) = self.interfaces.get(name) else { continue };
            let unnumbered = i.unnumbered.as_ref().and_then(|n| self.interfaces.get(n).copied());
            let tunnel = self.tunnel(i);
            let aggregate = i.channel.map(|n| self.implied(&format!("Port-channel{n}"), i.origin));
            let model = &mut self.device.interfaces[id];
            (model.unnumbered, model.tunnel, model.aggregate) = (unnumbered, tunnel, aggregate);
        }
    }

    fn interface(&mut self, name: &Name, i: &config::Interface) -> Interface {
        let address = |&(address, origin): &_, secondary| InterfaceAddress {
            address,
            secondary,
            peer: None,
            virtual_address: false,
            origin,
        };
        let mut addresses: Vec<InterfaceAddress> = i.v4.iter().map(|a| address(a, false)).collect();
        addresses.extend(i.secondary.iter().map(|a| address(a, true)));
        addresses.extend(i.v6.iter().map(|a| address(a, false)));
        let filter_in = self.filter(i.filter_in.as_ref(), i.filter6[0].as_ref());
        let filter_out = self.filter(i.filter_out.as_ref(), i.filter6[1].as_ref());
        Interface {
            name: name.clone(),
            kind: i.port.kind,
            origin: i.origin,
            description: i.description.clone(),
            enabled: i.shutdown != Some(true),
            vrf: self.vrf(i.vrf.as_ref()).unwrap_or(VrfId::DEFAULT),
            ipv6_enabled: i.ipv6_enable || !i.v6.is_empty(),
            addresses,
            dhcp: i.dhcp,
            mtu: i.ip_mtu.or(i.mtu),
            bandwidth: i.bandwidth.map(|kbit| kbit.saturating_mul(1000)),
            speed: i.speed.map(|mbit| mbit.saturating_mul(1_000_000)),
            tags: i.tags.clone(),
            min_links: i.min_links,
            bundle_system: crate::model::mlag::BundleSystem::Own,
            switchport: is_switchport(i).then(|| switchport(i)),
            vlan: if i.port.kind == InterfaceKind::Vlan { number(name) } else { None },
            always_up: i.no_autostate,
            filter_in,
            filter_out,
            policy_routing: i.policy.as_ref().and_then(|n| self.maps.get(n).copied()),
            redundancy: i.redundancy.clone(),
            ..Interface::default()
        }
    }

    /// The filter of one direction, of both families. An undefined access list lets everything through (Cisco, "ip
    /// access-group").
    fn filter(&mut self, v4: Option<&Name>, v6: Option<&Name>) -> Option<FilterId> {
        let v4 = v4.and_then(|n| self.acls[0].get(n).copied());
        let v6 = v6.and_then(|n| self.acls[1].get(n).copied());
        let (Some(a), Some(b)) = (v4, v6) else { return v4.or(v6) };
        let key = format!("filters {a:?} {b:?}");
        if let Some(&n) = self.made.get(&key) {
            return Some(FilterId(n));
        }
        // One filter for both: each line is bound to its family by an address.
        let mut lines = Vec::new();
        for (id, everything) in [(a, "0.0.0.0/0"), (b, "::/0")] {
            let filter = &self.device.filters[id];
            let all: Vec<AddressMatch> = everything.parse().map(AddressMatch::Prefix).into_iter().collect();
            let last = FilterLine { permit: true, destinations: all.clone(), origin: filter.origin, ..FilterLine::default() };
            let mut own = filter.lines.clone();
            own.extend(filter.default_permit.then_some(last));
            for line in own.iter_mut().filter(|l| l.sources.is_empty() && l.destinations.is_empty()) {
                line.destinations.clone_from(&all);
            }
            lines.extend(own);
        }
        let (one, two) = (&self.device.filters[a], &self.device.filters[b]);
        let name = format!("{} and {}", one.name, two.name).into();
        let joint = Filter { name, origin: one.origin, family: None, extended: true, lines, default_permit: false };
        let id = self.device.filters.push(joint);
        self.made.insert(key, id.0);
        Some(id)
    }

    /// An interface that others imply though the config has no block for it.
    fn implied(&mut self, name: &str, origin: Origin) -> InterfaceId {
        if let Some(&id) = self.interfaces.get(name) {
            return id;
        }
        let kind = ports::read(&[name]).map_or(InterfaceKind::Other, |(_, p)| p.kind);
        let id =
            self.device.interfaces.push(Interface { name: name.into(), kind, origin, enabled: true, ..Interface::default() });
        self.interfaces.insert(name.into(), id);
        id
    }

    fn parents(&mut self) {
        for (name, i) in &self.config.interfaces.items {
            if i.port.kind == InterfaceKind::Subinterface
                && let Some((parent, _)) = name.split_once('.')
                && let Some(&id) = self.interfaces.get(name)
            {
                let parent = self.implied(parent, i.origin);
                self.device.interfaces[id].parent = Some(parent);
            }
        }
    }

    /// Bandwidth and speed: what is set, else the kind's; a subinterface has its port's, a port channel its members' sum.
    fn bandwidths(&mut self) {
        let config = self.config;
        let mut sums: Map<u32, u64> = Map::default();
        let own = |i: &config::Interface| {
            let said = i.speed.map(|mbit| mbit.saturating_mul(1000)).filter(|_| i.port.ethernet);
            said.unwrap_or(i.port.bandwidth).saturating_mul(1000)
        };
        for (_, i) in &config.interfaces.items {
            if let Some(n) = i.channel
                && i.shutdown != Some(true)
            {
                *sums.entry(n).or_default() += i.bandwidth.map_or_else(|| own(i), |k| k.saturating_mul(1000));
            }
        }
        let mut rates: Map<&str, u64> = Map::default();
        for (name, i) in &config.interfaces.items {
            let rate = match i.port.kind {
                InterfaceKind::Aggregate => number::<u32>(name).and_then(|n| sums.get(&n).copied()).unwrap_or(0),
                _ => own(i),
            };
            rates.insert(name, rate);
        }
        for (name, i) in &config.interfaces.items {
            let Some(&id) = self.interfaces.get(name) else { continue };
            let parent = name.split_once('.').filter(|_| i.port.kind == InterfaceKind::Subinterface).map(|(p, _)| p);
            let rate = rates.get(parent.unwrap_or(name)).copied().filter(|r| *r > 0);
            let inherited =
                parent.and_then(|p| config.interfaces.get(p)).and_then(|p| p.bandwidth).map(|k| k.saturating_mul(1000));
            let kbit = rate.unwrap_or(0) / 1000;
            let delay = i.delay.map(|tens| Delay::set(tens.saturating_mul(10_000_000)));
            let of_port = Delay::of_port(ports::delay(name, i.port, kbit).saturating_mul(1_000_000), kbit);
            let model = &mut self.device.interfaces[id];
            model.delay = Some(delay.unwrap_or(of_port));
            model.bandwidth = model.bandwidth.or(inherited).or(rate);
            if matches!(i.port.kind, InterfaceKind::Physical | InterfaceKind::Aggregate | InterfaceKind::Subinterface) {
                model.speed = model.speed.or(rate);
            }
        }
    }

    fn tunnel(&self, i: &config::Interface) -> Option<Tunnel> {
        if i.port.kind != InterfaceKind::Tunnel {
            return None;
        }
        let t = &i.tunnel;
        Some(Tunnel {
            source: t.source.as_ref().and_then(|s| s.parse().ok()),
            source_interface: t.source.as_ref().and_then(|s| self.interfaces.get(s).copied()),
            destination: t.destination,
            vrf: self.vrf(t.vrf.as_ref()).unwrap_or(VrfId::DEFAULT),
            // Cisco, "tunnel mode": GRE over IP.
            mode: t.mode.clone().unwrap_or_else(|| "gre ip".into()),
        })
    }
}

/// A port that neither says what it is nor has anything of a routed port.
fn says_nothing_of_layer_3(i: &config::Interface) -> bool {
    let able = matches!(i.port.kind, InterfaceKind::Physical | InterfaceKind::Aggregate) && i.port.ethernet;
    let routed = i.v4.is_some() || !i.v6.is_empty() || i.ipv6_enable || i.unnumbered.is_some() || i.dhcp || i.vrf.is_some();
    able && i.switchport.is_none() && !routed
}

/// The number a name ends in.
fn number<T: std::str::FromStr>(name: &str) -> Option<T> {
    name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().ok()
}

fn switchport(i: &config::Interface) -> Switchport {
    // Without a mode a port negotiates; between two that wait it stays an access port. A trunk's settings alone say what
    // the operator wants of it.
    let trunk = match i.switch_mode {
        Some(SwitchMode::Trunk) => true,
        Some(SwitchMode::Access) => false,
        Some(SwitchMode::Dynamic) | None => i.access_vlan.is_none() && (i.allowed.is_some() || i.native_vlan.is_some()),
    };
    if trunk {
        Switchport::Trunk {
            native: Some(i.native_vlan.unwrap_or(1)),
            allowed: i.allowed.clone().unwrap_or_else(|| vec![ALL_VLANS]),
        }
    } else {
        Switchport::Access(i.access_vlan.unwrap_or(1))
    }
}
