//! Broadcast domains: which layer-3 interfaces hear each other.
//!
//! In: interfaces that are up, cables. Out: segments and links. Law: frames are followed along cables and through bridges by VLAN
//! tag; where no cable is known, a shared subnet stands for one; tunnels join VLANs of one VNI ([`overlay`](super::overlay)). Linear in
//! interfaces and cables: no pair loops. Start reading at [`compute`].

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use petgraph::unionfind::UnionFind;

use super::overlay::{self, Overlay};
use super::{Port, SegmentId};
use crate::base::id::{Id, IdVec};
use crate::base::{Map, Set};
use crate::model::interface::{Interface, InterfaceId, InterfaceKind, Switchport, link_local};
use crate::model::network::{DeviceId, Network};

/// An address in a subnet: whose, which, and whether several devices share it on purpose.
type Member = (Port, IpAddr, bool);
type Up = IdVec<DeviceId, IdVec<InterfaceId, bool>>;

pub(super) struct Domains {
    pub(super) segments: IdVec<SegmentId, Vec<Port>>,
    pub(super) segment_of: IdVec<DeviceId, IdVec<InterfaceId, Option<SegmentId>>>,
    pub(super) links: Vec<(Port, Port)>,
}

pub(super) fn compute(network: &Network, up: &Up, overlay: &Overlay) -> Domains {
    let mut j = Joiner::new(network, up, overlay);
    j.follow_cables();
    j.join_tunnels();
    let inferred = j.infer_from_subnets();
    j.join_overlay();
    j.finish(&inferred)
}

/// The layer-3 interfaces that a switch hears over cables in its VLANs with a VNI, without any tunnel: those behind its VTEP.
pub(super) fn behind(network: &Network, up: &Up, overlay: &Overlay) -> BTreeMap<(DeviceId, u16), Vec<Port>> {
    let mut j = Joiner::new(network, up, overlay);
    j.follow_cables();
    let bridges: Vec<((DeviceId, u16), u32)> = overlay.vlans.iter().map(|&(d, v)| ((d, v), j.bridge(d, v))).collect();
    let labels = j.sets.clone().into_labeling();
    let mut heard: Map<u32, Vec<Port>> = Map::default();
    for (d, device) in network.devices.iter_ids() {
        for (i, _) in device.interfaces.iter_ids().filter(|(i, x)| up[d][*i] && hears(x)) {
            heard.entry(labels[j.number((d, i)) as usize]).or_default().push((d, i));
        }
    }
    let of = |bridge: u32| heard.get(&labels[bridge as usize]).cloned().unwrap_or_default();
    bridges.into_iter().map(|(vlan, bridge)| (vlan, of(bridge))).collect()
}

struct Joiner<'a> {
    network: &'a Network,
    up: &'a Up,
    overlay: &'a Overlay,
    /// Number of the first interface of each device.
    first: Vec<u32>,
    /// Units and subinterfaces that are up, by their parent.
    children: Map<Port, Vec<InterfaceId>>,
    sets: UnionFind<u32>,
    bridges: Map<(DeviceId, u16), u32>,
    /// Ports (aggregates for their members) that have a cable.
    cabled: Set<Port>,
    /// VLANs in which some device of the network has an end: only these are followed through trunks.
    vlans: Vec<u16>,
}

impl<'a> Joiner<'a> {
    fn new(network: &'a Network, up: &'a Up, overlay: &'a Overlay) -> Self {
        let mut first = Vec::with_capacity(network.devices.len());
        let mut total = 0u32;
        let mut children: Map<Port, Vec<InterfaceId>> = Map::default();
        let mut vlans = vec![false; 4096];
        let mut mark = |v: u16| {
            if let Some(seen) = vlans.get_mut(usize::from(v)) {
                *seen = true;
            }
        };
        for (d, device) in network.devices.iter_ids() {
            first.push(total);
            total += device.interfaces.len() as u32;
            for (i, interface) in device.interfaces.iter_ids() {
                if !up[d][i] {
                    continue;
                }
                if let Some(parent) = interface.parent {
                    children.entry((d, parent)).or_default().push(i);
                }
                match &interface.switchport {
                    Some(Switchport::Access(v)) => mark(*v),
                    Some(Switchport::Trunk { native: Some(v), .. }) => mark(*v),
                    _ => {}
                }
                if let Some(v) = interface.vlan {
                    mark(v);
                }
                if let [tag] = interface.tags[..] {
                    mark(tag);
                }
            }
        }
        let vlans = vlans.iter().enumerate().filter(|(_, seen)| **seen).map(|(v, _)| v as u16).collect();
        Self {
            network,
            up,
            overlay,
            first,
            children,
            sets: UnionFind::new(total as usize),
            bridges: Map::default(),
            cabled: Set::default(),
            vlans,
        }
    }

    fn interface(&self, (d, i): Port) -> &'a Interface {
        &self.network.devices[d].interfaces[i]
    }

    fn is_up(&self, (d, i): Port) -> bool {
        self.up.get(d).and_then(|u| u.get(i)).copied().unwrap_or(false)
    }

    fn number(&self, (d, i): Port) -> u32 {
        self.first[d.index()] + i.0
    }

    /// The bridge domain of a VLAN on a device.
    fn bridge(&mut self, device: DeviceId, vlan: u16) -> u32 {
        let sets = &mut self.sets;
        *self.bridges.entry((device, vlan)).or_insert_with(|| sets.new_set())
    }

    /// The port whose frames are those of this one: the aggregate of a member.
    fn effective(&self, port: Port) -> Port {
        self.interface(port)
            .aggregate
            .filter(|a| a.index() < self.network.devices[port.0].interfaces.len())
            .map_or(port, |a| (port.0, a))
    }

    /// How a port switches, said on the port or on its untagged unit (Junos).
    fn switching(&self, port: Port) -> Option<&'a Switchport> {
        let own = self.interface(port).switchport.as_ref();
        own.or_else(|| {
            let units = self.children.get(&port)?;
            units.iter().map(|&u| self.interface((port.0, u))).find(|u| u.tags.is_empty())?.switchport.as_ref()
        })
    }

    /// Where a frame with these tags goes that comes in at a port: a layer-3 interface or a bridge domain.
    fn ingress(&mut self, port: Port, tags: &[u16]) -> Option<u32> {
        let unit = self.children.get(&port).and_then(|c| c.iter().copied().find(|&c| self.interface((port.0, c)).tags == tags));
        if let Some(unit) = unit {
            match (&self.interface((port.0, unit)).switchport, tags) {
                (None, _) => return Some(self.number((port.0, unit))),
                (Some(Switchport::Access(v)), _) => return Some(self.bridge(port.0, *v)),
                (Some(Switchport::Trunk { native, .. }), []) => return native.map(|v| self.bridge(port.0, v)),
                (Some(Switchport::Trunk { .. }), [tag, ..]) => return Some(self.bridge(port.0, *tag)),
            }
        }
        match (self.switching(port), tags) {
            (Some(Switchport::Access(v)), []) => Some(self.bridge(port.0, *v)),
            (Some(Switchport::Trunk { native: Some(v), .. }), []) => Some(self.bridge(port.0, *v)),
            (Some(s @ Switchport::Trunk { native, .. }), [tag]) if s.carries(*tag) && *native != Some(*tag) => {
                Some(self.bridge(port.0, *tag))
            }
            (None, []) => Some(self.number(port)),
            _ => None,
        }
    }

    fn join(&mut self, a: Port, b: Port, tags: &[u16]) {
        if let (Some(x), Some(y)) = (self.ingress(a, tags), self.ingress(b, tags)) {
            self.sets.union(x, y);
        }
    }

    fn follow_cables(&mut self) {
        for (d, device) in self.network.devices.iter_ids() {
            for (i, interface) in device.interfaces.iter_ids() {
                if let (Some(vlan), None, true) = (interface.vlan, &interface.switchport, self.up[d][i]) {
                    let (n, bridge) = (self.number((d, i)), self.bridge(d, vlan));
                    self.sets.union(n, bridge);
                }
            }
        }
        let vlans = std::mem::take(&mut self.vlans);
        let mut done: Set<(Port, Port)> = Set::default();
        for cable in self.network.layer1.as_deref().unwrap_or_default() {
            let (a, b) = (self.effective(cable.a), self.effective(cable.b));
            self.cabled.extend([cable.a, cable.b, a, b]);
            if !self.is_up(cable.a) || !self.is_up(cable.b) || !self.is_up(a) || !self.is_up(b) || !done.insert((a, b)) {
                continue;
            }
            self.join(a, b, &[]);
            for (near, far) in [(a, b), (b, a)] {
                for unit in self.children.get(&near).cloned().unwrap_or_default() {
                    let tags = &self.interface((near.0, unit)).tags;
                    if !tags.is_empty() {
                        self.join(near, far, tags);
                    }
                }
            }
            let (Some(Switchport::Trunk { allowed: x, .. }), Some(Switchport::Trunk { allowed: y, .. })) =
                (self.switching(a), self.switching(b))
            else {
                continue;
            };
            let holds = |ranges: &[(u16, u16)], v: u16| ranges.iter().any(|&(lo, hi)| lo <= v && v <= hi);
            for &vlan in vlans.iter().filter(|&&v| holds(x, v) && holds(y, v)) {
                self.join(a, b, &[vlan]);
            }
        }
        self.vlans = vlans;
    }

    /// Two tunnels whose end points are each other's.
    fn join_tunnels(&mut self) {
        let mut ends: Map<(IpAddr, IpAddr), Port> = Map::default();
        let mut pairs = Vec::new();
        for (d, device) in self.network.devices.iter_ids() {
            for (i, interface) in device.interfaces.iter_ids() {
                let Some(tunnel) = interface.tunnel.as_ref().filter(|_| self.up[d][i]) else { continue };
                let Some(destination) = tunnel.destination else { continue };
                let from_interface = || {
                    let source = device.interfaces.get(tunnel.source_interface?)?;
                    Some(source.primary(destination.is_ipv6())?.address.addr())
                };
                let Some(source) = tunnel.source.or_else(from_interface) else { continue };
                if let Some(&other) = ends.get(&(destination, source)) {
                    pairs.push(((d, i), other));
                }
                ends.entry((source, destination)).or_insert((d, i));
            }
        }
        for (a, b) in pairs {
            self.sets.union(self.number(a), self.number(b));
        }
    }

    /// Whether it is the interface of a VLAN that tunnels carry.
    fn has_vni(&self, port: Port) -> bool {
        self.interface(port).vlan.is_some_and(|v| self.overlay.vlans.contains(&(port.0, v)))
    }

    /// VLANs of switches that can send frames to each other: their tunnels end, and something but tunnels leads from one to the other.
    fn join_overlay(&mut self) {
        if self.overlay.groups.is_empty() {
            return;
        }
        let labels = self.sets.clone().into_labeling();
        let mut joined: UnionFind<u32> = UnionFind::new(self.network.devices.len());
        let mut first: Map<u32, DeviceId> = Map::default();
        let mut touch = |label: u32, device: DeviceId| {
            let other = *first.entry(label).or_insert(device);
            joined.union(other.0, device.0);
        };
        for (d, device) in self.network.devices.iter_ids() {
            for (i, interface) in device.interfaces.iter_ids() {
                if self.up[d][i] && hears(interface) && !self.has_vni((d, i)) {
                    touch(labels[self.number((d, i)) as usize], d);
                }
            }
        }
        for (&(d, _), &bridge) in self.bridges.iter().filter(|(at, _)| !self.overlay.vlans.contains(*at)) {
            touch(labels[bridge as usize], d);
        }
        for group in &self.overlay.groups {
            let mut near: Map<u32, u32> = Map::default();
            for &(device, vlan) in group.iter().filter(|m| overlay::ends(self.network, self.up, m.0)) {
                let bridge = self.bridge(device, vlan);
                let other = *near.entry(joined.find(device.0)).or_insert(bridge);
                self.sets.union(other, bridge);
            }
        }
    }

    /// Whether an interface can be joined by its subnet: no cable is known that would say more.
    fn open(&self, port: Port, carried: &Set<(DeviceId, u16)>) -> bool {
        let interface = self.interface(port);
        if interface.tunnel.as_ref().is_some_and(|t| t.destination.is_some()) {
            return false;
        }
        if let Some(vlan) = interface.vlan {
            return !carried.contains(&(port.0, vlan));
        }
        !self.cabled.contains(&self.effective(self.root(port)))
    }

    /// The port a unit belongs to.
    fn root(&self, port: Port) -> Port {
        let count = self.network.devices[port.0].interfaces.len();
        let mut at = port;
        for _ in 0..4 {
            match self.interface(at).parent {
                Some(parent) if parent.index() < count => at = (at.0, parent),
                _ => break,
            }
        }
        at
    }

    /// VLANs that a cabled port of the device carries.
    fn carried_by_cables(&self) -> Set<(DeviceId, u16)> {
        let mut carried = Set::default();
        let mut ports: Vec<Port> = self.cabled.iter().copied().collect();
        ports.sort_unstable();
        for port in ports {
            match self.switching(port) {
                Some(Switchport::Access(v)) => {
                    carried.insert((port.0, *v));
                }
                Some(s @ Switchport::Trunk { native, .. }) => {
                    carried.extend(native.filter(|v| s.carries(*v)).map(|v| (port.0, v)));
                    carried.extend(self.vlans.iter().filter(|&&v| s.carries(v)).map(|&v| (port.0, v)));
                }
                None => {}
            }
        }
        carried
    }

    /// Joins interfaces without known cables that share a subnet. Returns those that found somebody.
    fn infer_from_subnets(&mut self) -> Set<Port> {
        let carried = self.carried_by_cables();
        let mut subnets: Map<IpNet, Vec<Member>> = Map::default();
        let mut lengths = [[false; 129]; 2];
        for (d, device) in self.network.devices.iter_ids() {
            for (i, interface) in device.interfaces.iter_ids() {
                let port = (d, i);
                if !self.up[d][i] || !hears(interface) || !self.open(port, &carried) {
                    continue;
                }
                for a in &interface.addresses {
                    let net = a.address;
                    if net.prefix_len() == net.max_prefix_len() || link_local(net.addr()) || net.addr().is_loopback() {
                        continue;
                    }
                    lengths[usize::from(net.addr().is_ipv6())][usize::from(net.prefix_len())] = true;
                    subnets.entry(net.trunc()).or_default().push((port, net.addr(), a.virtual_address));
                }
            }
        }
        let lengths = lengths.map(|l| (0..=128u8).filter(|&n| l[usize::from(n)]).collect::<Vec<_>>());
        let mut nets: Vec<IpNet> = subnets.keys().copied().collect();
        nets.sort_unstable();
        let mut joined = Set::default();
        for net in nets {
            let Some(members) = subnets.get(&net) else { continue };
            // The same address on all of them (a gateway address used at every site, a default management address): copies,
            // not neighbours. Anycast gateways are meant to be the same.
            for group in self.by_domain(members) {
                // Switches alone: who is joined with whom is said by their tunnels.
                if group.iter().all(|m| self.has_vni(m.0)) {
                    continue;
                }
                let copies = group.iter().all(|m| m.1 == group[0].1 && !m.2);
                for &(port, ..) in group.iter().skip(1).filter(|_| !copies) {
                    self.sets.union(self.number(group[0].0), self.number(port));
                    joined.extend([group[0].0, port]);
                }
            }
            // Masks that differ: each lies in the other's subnet.
            for &(port, addr, _) in members {
                for &len in lengths[usize::from(addr.is_ipv6())].iter().filter(|&&l| l > net.prefix_len()) {
                    let Some(inner) = IpNet::new(addr, len).ok().map(|n| n.trunc()) else { continue };
                    if let Some(&(other, ..)) = subnets.get(&inner).and_then(|m| m.iter().find(|m| m.1 != addr)) {
                        self.sets.union(self.number(other), self.number(port));
                        joined.extend([other, port]);
                    }
                }
            }
        }
        joined
    }

    /// Interfaces of one subnet that can be in one broadcast domain. A device that is in a subnet more than once uses it again in other
    /// VRFs (the peering VLANs of an MLAG pair, one a VRF): then VLAN or VRF name tells the domains apart.
    fn by_domain(&self, members: &[Member]) -> Vec<Vec<Member>> {
        let twice = members.windows(2).any(|w| w[0].0.0 == w[1].0.0 && w[0].0 != w[1].0);
        if !twice {
            return vec![members.to_vec()];
        }
        let mut groups: BTreeMap<(Option<u16>, &str), Vec<Member>> = BTreeMap::new();
        for &member in members {
            let interface = self.interface(member.0);
            let tag = interface.vlan.or(interface.tags.first().copied());
            let vrf = self.network.devices[member.0.0].vrfs.get(interface.vrf).map_or("", |v| &v.name);
            groups.entry((tag, if tag.is_some() { "" } else { vrf })).or_default().push(member);
        }
        groups.into_values().collect()
    }

    fn finish(self, inferred: &Set<Port>) -> Domains {
        let mut segments: IdVec<SegmentId, Vec<Port>> = IdVec::new();
        let mut segment_of = IdVec::new();
        let mut known: Map<u32, SegmentId> = Map::default();
        let labels = self.sets.clone().into_labeling();
        for (d, device) in self.network.devices.iter_ids() {
            let mut of = IdVec::filled(None, device.interfaces.len());
            for (i, interface) in device.interfaces.iter_ids() {
                if !self.up[d][i] || !hears(interface) || self.has_untagged_unit((d, i)) {
                    continue;
                }
                let label = labels[self.number((d, i)) as usize];
                let segment = *known.entry(label).or_insert_with(|| segments.push(Vec::new()));
                segments[segment].push((d, i));
                of[i] = Some(segment);
            }
            segment_of.push(of);
        }
        let links = self.links(&segments, inferred);
        Domains { segments, segment_of, links }
    }

    fn has_untagged_unit(&self, port: Port) -> bool {
        self.children.get(&port).is_some_and(|c| c.iter().any(|&c| self.interface((port.0, c)).tags.is_empty()))
    }

    fn links(&self, segments: &IdVec<SegmentId, Vec<Port>>, inferred: &Set<Port>) -> Vec<(Port, Port)> {
        let mut links: Vec<(Port, Port)> = Vec::new();
        for cable in self.network.layer1.as_deref().unwrap_or_default() {
            if self.is_up(cable.a) && self.is_up(cable.b) {
                links.push((cable.a.min(cable.b), cable.a.max(cable.b)));
            }
        }
        for members in segments {
            let ends: Vec<Port> = members.iter().filter(|m| inferred.contains(*m)).map(|&m| self.root(m)).collect();
            match ends[..] {
                [] => {}
                [a, b] if members.len() == 2 => links.push((a.min(b), a.max(b))),
                _ => links.extend(ends.iter().map(|&e| (e, e))),
            }
        }
        links.sort_unstable();
        links.dedup();
        links
    }
}

/// Whether an interface can hear others at layer 3 at all.
pub(super) fn hears(interface: &Interface) -> bool {
    use InterfaceKind as K;
    interface.switchport.is_none() && interface.aggregate.is_none() && !matches!(interface.kind, K::Loopback | K::Null | K::Vxlan)
}
