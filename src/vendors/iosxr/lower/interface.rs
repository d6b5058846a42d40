//! Interfaces.

use super::Lowering;
use crate::base::Map;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::filter::{AddressMatch, Filter, FilterId, FilterLine};
use crate::model::interface::{Interface, InterfaceAddress, InterfaceId, InterfaceKind, Switchport, Tunnel};
use crate::model::vrf::VrfId;
use crate::vendors::iosxr::config;
use crate::vendors::iosxr::ports;

impl Lowering<'_> {
    pub(super) fn all_interfaces(&mut self) {
        let config = self.config;
        for (name, i) in &config.interfaces.items {
            // The discard interface, and those that only another block names.
            if i.port.kind == InterfaceKind::Null || !i.origin.is_some() {
                continue;
            }
            let model = self.interface(name, i);
            let id = self.device.interfaces.push(model);
            self.interfaces.insert(name.clone(), id);
        }
        self.parents();
        self.bandwidths();
        for (name, i) in &config.interfaces.items {
            let Some(&id) = self.interfaces.get(name) else { continue };
            let unnumbered = i.unnumbered.as_ref().and_then(|n| self.interfaces.get(n).copied());
            let tunnel = self.tunnel(i);
            let aggregate = i.bundle.map(|n| self.implied(&format!("Bundle-Ether{n}"), i.origin));
            let model = &mut self.device.interfaces[id];
            (model.unnumbered, model.tunnel, model.aggregate) = (unnumbered, tunnel, aggregate);
        }
        self.bridges();
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
        let filter_in = self.filter(&i.filters[0][0], &i.filters[1][0]);
        let filter_out = self.filter(&i.filters[0][1], &i.filters[1][1]);
        // `mtu` counts the Ethernet header and the tags of a subinterface (Interface Command Reference, "mtu").
        let header = i.port.header + 4 * i.tags.len() as u32;
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
            mtu: i.ip_mtu.or(i.mtu.map(|m| m.saturating_sub(header))),
            bandwidth: i.bandwidth.map(|kbit| kbit.saturating_mul(1000)),
            speed: i.speed.map(|mbit| mbit.saturating_mul(1_000_000)),
            tags: i.tags.clone(),
            min_links: i.min_links,
            filter_in,
            filter_out,
            bundle_system: Default::default(),
            redundancy: i.redundancy.clone(),
            ..Interface::default()
        }
    }

    /// The filter of one direction: the lists of IPv4 (a common one first), then IPv6's. Undefined lists let everything through.
    fn filter(&mut self, v4: &[Name], v6: &[Name]) -> Option<FilterId> {
        let v4: Vec<FilterId> = v4.iter().filter_map(|n| self.acls[0].get(n).copied()).collect();
        let v6: Vec<FilterId> = v6.iter().filter_map(|n| self.acls[1].get(n).copied()).collect();
        if let ([one], []) | ([], [one]) = (&v4[..], &v6[..]) {
            return Some(*one);
        }
        if v4.is_empty() && v6.is_empty() {
            return None;
        }
        let key = format!("filters {v4:?} {v6:?}");
        if let Some(&n) = self.made.get(&key) {
            return Some(FilterId(n));
        }
        // One filter for all: each line is bound to its family by an address.
        let (mut lines, mut names) = (Vec::new(), Vec::new());
        for (ids, everything) in [(&v4, "0.0.0.0/0"), (&v6, "::/0")] {
            let all: Vec<AddressMatch> = everything.parse().map(AddressMatch::Prefix).into_iter().collect();
            for id in ids {
                let filter = &self.device.filters[*id];
                names.push(filter.name.to_string());
                let mut own = filter.lines.clone();
                for line in own.iter_mut().filter(|l| l.sources.is_empty() && l.destinations.is_empty()) {
                    line.destinations.clone_from(&all);
                }
                lines.extend(own);
            }
            // What no list of the family holds for: dropped, unless the family has no list or only empty ones.
            if ids.is_empty() || ids.iter().all(|id| self.device.filters[*id].default_permit) {
                lines.push(FilterLine { permit: true, destinations: all, ..FilterLine::default() });
            }
        }
        let origin = v4.iter().chain(&v6).next().map_or(Origin::NONE, |id| self.device.filters[*id].origin);
        let joint =
            Filter { name: names.join(" and ").into(), origin, family: None, extended: true, lines, default_permit: false };
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
                // An untouched subinterface has room for its port's largest packet.
                let inherited = self.device.interfaces[parent].mtu;
                let model = &mut self.device.interfaces[id];
                model.mtu = model.mtu.or(inherited);
            }
        }
    }

    /// Bandwidth and speed: what is set, else the kind's; a subinterface has its port's, a bundle its members' sum.
    fn bandwidths(&mut self) {
        let config = self.config;
        let own = |i: &config::Interface| i.speed.map_or(i.port.bandwidth, |mbit| mbit.saturating_mul(1000)).saturating_mul(1000);
        let mut sums: Map<u32, u64> = Map::default();
        for (_, i) in config.interfaces.items.iter().filter(|(_, i)| i.shutdown != Some(true)) {
            if let Some(n) = i.bundle {
                *sums.entry(n).or_default() += i.bandwidth.map_or_else(|| own(i), |k| k.saturating_mul(1000));
            }
        }
        let number = |name: &str| name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<u32>().ok();
        let rate = |name: &str| {
            let i = config.interfaces.get(name)?;
            let rate = match i.port.kind {
                InterfaceKind::Aggregate => number(name).and_then(|n| sums.get(&n).copied()).unwrap_or(0),
                _ => own(i),
            };
            Some(rate).filter(|r| *r > 0)
        };
        for (name, i) in &config.interfaces.items {
            let Some(&id) = self.interfaces.get(name) else { continue };
            let parent = name.split_once('.').filter(|_| i.port.kind == InterfaceKind::Subinterface).map(|(p, _)| p);
            let rate = rate(parent.unwrap_or(name)).or_else(|| Some(own(i)).filter(|r| *r > 0));
            let set = parent.and_then(|p| config.interfaces.get(p)).and_then(|p| p.bandwidth).map(|k| k.saturating_mul(1000));
            let model = &mut self.device.interfaces[id];
            model.bandwidth = model.bandwidth.or(set).or(rate);
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
            mode: t.mode.clone().unwrap_or_else(|| "gre ipv4".into()),
        })
    }

    /// A bridge domain is a VLAN of its own inside the device: its BVI is the VLAN's routed interface, its ports are access ports of it.
    fn bridges(&mut self) {
        let mut domains: Vec<&Name> = Vec::new();
        for (name, i) in &self.config.interfaces.items {
            let (Some(domain), Some(&id)) = (&i.bridge, self.interfaces.get(name)) else { continue };
            let at = domains.iter().position(|d| *d == domain).unwrap_or_else(|| {
                domains.push(domain);
                domains.len() - 1
            });
            let Ok(vlan) = u16::try_from(at + 1) else { continue };
            let model = &mut self.device.interfaces[id];
            if i.port.kind == InterfaceKind::Bridge {
                (model.kind, model.vlan) = (InterfaceKind::Vlan, Some(vlan));
            } else if i.l2transport {
                model.switchport = Some(Switchport::Access(vlan));
            }
        }
    }
}
