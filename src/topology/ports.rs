//! Which interfaces are up.
//!
//! In: interfaces, cables, what is cut. Out: a flag an interface. Law: an interface with no known neighbour has carrier; one whose
//! every neighbour is shut, off or cut away has none.

use rayon::prelude::*;

use super::{Failures, Port};
use crate::base::id::{Id, IdVec};
use crate::base::{Map, Set};
use crate::model::interface::{Interface, InterfaceId, InterfaceKind};
use crate::model::network::{Cable, DeviceId, Network};
use crate::model::vxlan::Vxlan;

/// What is taken away.
#[derive(Debug, Default)]
pub(super) struct Cut {
    devices: Set<DeviceId>,
    ports: Set<Port>,
}

impl Cut {
    /// Adds the far ends: of a failed port, and of all ports of a failed device. A port joined by several cables keeps
    /// its carrier while one of them is whole; so only ends all of whose links are cut are added.
    pub(super) fn new(failures: &Failures, links: &[(Port, Port)]) -> Self {
        let devices: Set<DeviceId> = failures.devices.iter().copied().collect();
        let listed: Set<Port> = failures.ports.iter().copied().collect();
        let gone = |p: &Port| listed.contains(p) || devices.contains(&p.0);
        let real = || links.iter().filter(|(a, b)| a != b);
        let cut = |(a, b): &(Port, Port)| gone(a) || gone(b);
        let mut ends: Set<Port> = real().filter(|l| cut(l)).flat_map(|(a, b)| [*a, *b]).collect();
        for (a, b) in real().filter(|l| !cut(l)) {
            ends.remove(a);
            ends.remove(b);
        }
        let mut ports = listed;
        ports.extend(ends);
        Self { devices, ports }
    }

    /// Ports that their own device stops as well.
    pub(super) fn stop(&mut self, ports: Vec<Port>) {
        self.ports.extend(ports);
    }

    /// The devices on which something can go down, sorted.
    pub(super) fn touches(&self, cables: &[Cable]) -> Vec<DeviceId> {
        let mut out: Set<DeviceId> = self.devices.iter().copied().chain(self.ports.iter().map(|p| p.0)).collect();
        let gone = |p: &Port| self.devices.contains(&p.0) || self.ports.contains(p);
        for cable in cables.iter().filter(|c| gone(&c.a) || gone(&c.b)) {
            out.extend([cable.a.0, cable.b.0]);
        }
        let mut out: Vec<DeviceId> = out.into_iter().collect();
        out.sort_unstable();
        out
    }
}

pub(super) fn compute(network: &Network, cables: Option<&[Cable]>, cut: &Cut) -> IdVec<DeviceId, IdVec<InterfaceId, bool>> {
    let dead = carrier_lost(network, cables.unwrap_or_default().iter(), cut);
    let all: Vec<_> =
        (0..network.devices.len()).into_par_iter().map(|n| of_device(network, DeviceId::new(n), &dead, cut)).collect();
    IdVec::from_vec(all)
}

/// The same for some devices (sorted).
pub(super) fn compute_some(
    network: &Network,
    cables: &[Cable],
    cut: &Cut,
    devices: &[DeviceId],
) -> Vec<(DeviceId, IdVec<InterfaceId, bool>)> {
    let wanted = |d: DeviceId| devices.binary_search(&d).is_ok();
    let dead = carrier_lost(network, cables.iter().filter(|c| wanted(c.a.0) || wanted(c.b.0)), cut);
    devices.iter().map(|&d| (d, of_device(network, d, &dead, cut))).collect()
}

fn of_device(network: &Network, device: DeviceId, dead: &Set<Port>, cut: &Cut) -> IdVec<InterfaceId, bool> {
    if cut.devices.contains(&device) {
        return IdVec::filled(false, network.devices[device].interfaces.len());
    }
    Walk::new(network, device, dead).run()
}

/// Ports without carrier: cut, or every cable leads to a port that is shut, cut or of a device that is off.
fn carrier_lost<'c>(network: &Network, cables: impl Iterator<Item = &'c Cable>, cut: &Cut) -> Set<Port> {
    let alive = |(d, i): Port| {
        let port = network.devices.get(d).and_then(|d| d.interfaces.get(i));
        !cut.devices.contains(&d) && !cut.ports.contains(&(d, i)) && port.is_some_and(|p| p.enabled)
    };
    let mut hears: Map<Port, bool> = Map::default();
    for cable in cables {
        *hears.entry(cable.a).or_insert(false) |= alive(cable.b);
        *hears.entry(cable.b).or_insert(false) |= alive(cable.a);
    }
    let mut dead: Set<Port> = hears.into_iter().filter(|(_, alive)| !alive).map(|(p, _)| p).collect();
    dead.extend(cut.ports.iter().copied());
    dead
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    Unknown,
    Busy,
    Up,
    Down,
}

/// Works out one device, each interface after those it depends on.
struct Walk<'a> {
    id: DeviceId,
    interfaces: &'a IdVec<InterfaceId, Interface>,
    vxlan: Option<&'a Vxlan>,
    dead: &'a Set<Port>,
    marks: IdVec<InterfaceId, Mark>,
    members: Map<InterfaceId, Vec<InterfaceId>>,
    switched: Vec<InterfaceId>,
}

impl<'a> Walk<'a> {
    fn new(network: &'a Network, id: DeviceId, dead: &'a Set<Port>) -> Self {
        let interfaces = &network.devices[id].interfaces;
        let mut members: Map<InterfaceId, Vec<InterfaceId>> = Map::default();
        let mut switched = Vec::new();
        for (i, interface) in interfaces.iter_ids() {
            if let Some(aggregate) = interface.aggregate {
                members.entry(aggregate).or_default().push(i);
            } else if interface.switchport.is_some() {
                switched.push(i);
            }
        }
        Self {
            id,
            interfaces,
            vxlan: network.devices[id].vxlan.as_ref(),
            dead,
            marks: IdVec::filled(Mark::Unknown, interfaces.len()),
            members,
            switched,
        }
    }

    fn run(mut self) -> IdVec<InterfaceId, bool> {
        let ids: Vec<_> = self.interfaces.ids().collect();
        ids.into_iter().map(|i| self.up(i)).collect()
    }

    fn up(&mut self, i: InterfaceId) -> bool {
        match self.marks.get(i) {
            Some(Mark::Up) => return true,
            Some(Mark::Unknown) => {}
            // A loop in the config (a unit of itself) or an id out of range: never up.
            Some(Mark::Busy | Mark::Down) | None => return false,
        }
        self.marks[i] = Mark::Busy;
        let up = self.decide(i);
        self.marks[i] = if up { Mark::Up } else { Mark::Down };
        up
    }

    fn decide(&mut self, i: InterfaceId) -> bool {
        let interfaces = self.interfaces;
        let interface = &interfaces[i];
        if !interface.enabled || self.dead.contains(&(self.id, i)) {
            return false;
        }
        if let Some(parent) = interface.parent
            && !self.up(parent)
        {
            return false;
        }
        match interface.kind {
            InterfaceKind::Aggregate if interface.parent.is_none() => {
                let members = self.members.get(&i).cloned().unwrap_or_default();
                let up = members.into_iter().filter(|&m| self.up(m)).count();
                up as u64 >= u64::from(interface.min_links.max(1))
            }
            InterfaceKind::Vlan => {
                let Some(vlan) = interface.vlan else { return true };
                interface.always_up || self.vlan_is_active(vlan)
            }
            InterfaceKind::Tunnel => self.tunnel_has_source(interface),
            _ => true,
        }
    }

    fn vlan_is_active(&mut self, vlan: u16) -> bool {
        let switched = std::mem::take(&mut self.switched);
        let carries = |p: &InterfaceId| self.interfaces[*p].switchport.as_ref().is_some_and(|s| s.carries(vlan));
        let ports: Vec<_> = switched.iter().copied().filter(carries).collect();
        self.switched = switched;
        ports.into_iter().any(|p| self.up(p)) || self.tunnel_is_member(vlan)
    }

    /// A VTEP is a port of the VLANs that its tunnels carry (ipSpace, "EVPN Centralized Routing with Arista EOS": gateways on a spine without any
    /// access port; Cumulus Linux: the VXLAN device is a port of the bridge).
    fn tunnel_is_member(&mut self, vlan: u16) -> bool {
        let Some(vxlan) = self.vxlan.filter(|x| x.vlans.iter().any(|v| v.vlan == vlan && v.is_carried())) else { return false };
        vxlan.ports().all(|i| self.up(i))
    }

    /// A tunnel needs its source: an interface that is up, or an own address on one (Cisco, EOS, Junos alike).
    fn tunnel_has_source(&mut self, interface: &Interface) -> bool {
        let Some(tunnel) = &interface.tunnel else { return true };
        if let Some(source) = tunnel.source_interface {
            return self.up(source);
        }
        let Some(address) = tunnel.source else { return true };
        let own: Vec<_> = self
            .interfaces
            .iter_ids()
            .filter(|(_, o)| o.addresses.iter().any(|a| a.address.addr() == address))
            .map(|(o, _)| o)
            .collect();
        own.into_iter().any(|o| self.up(o))
    }
}
