//! Who takes a frame that is sent to whoever answers for an address.
//!
//! In: a segment. Out: ports. Law: one router answers for an address of its own, and the active one for a virtual address (RFC 2281 §5.5,
//! RFC 9568 §6.4.3). Where two switches look like one, the bundle's hash chooses between them, and both forward: shared gateway addresses
//! (EOS manual, "VARP"), the virtual address of both (Cisco, "vPC and FHRP: active-active"), and with `peer-gateway` the other's own
//! address. Start reading at [`Topology::takers`]. Tests: `tests/mlag.rs`.

use std::net::IpAddr;

use smallvec::{SmallVec, smallvec};

use super::{Port, Topology};
use crate::base::Set;
use crate::model::interface::{Interface, InterfaceId, InterfaceKind};
use crate::model::network::{DeviceId, Network};

/// Mostly one.
pub type Takers = SmallVec<[Port; 1]>;

impl Topology {
    /// Who answers for an address on the segment of a port (own addresses of the port excluded).
    pub fn owner(&self, network: &Network, port: Port, addr: IpAddr) -> Option<Port> {
        self.peers(port).find(|p| has(network, *p, addr).is_some()).or_else(|| self.active(network, port, addr))
    }

    /// The router that answers for a virtual address (HSRP, VRRP, GLBP) on the segment of a port: the highest priority, then the
    /// highest address, as if all routers had started at once.
    fn active(&self, network: &Network, port: Port, addr: IpAddr) -> Option<Port> {
        let rank = |(d, i): Port| {
            let interface = &network.devices[d].interfaces[i];
            let group = interface.redundancy.iter().find(|g| g.addresses.contains(&addr))?;
            Some((group.priority, interface.primary(addr.is_ipv6()).map(|a| a.address.addr())))
        };
        self.peers(port).filter_map(|p| Some((rank(p)?, p))).max().map(|(_, p)| p)
    }

    /// All that may take a frame which a port sends to whoever answers for an address: which of them, its hash decides.
    pub fn takers(&self, network: &Network, port: Port, addr: IpAddr) -> Takers {
        let Some(first) = self.owner(network, port, addr) else { return Takers::new() };
        let shared = has(network, first, addr) == Some(true);
        if !shared && self.pairs.all.is_empty() {
            return smallvec![first];
        }
        let own = has(network, first, addr) == Some(false);
        let mut all: Takers = if shared {
            self.peers(port).filter(|p| has(network, *p, addr) == Some(true)).collect()
        } else {
            let mate = self.pairs.mate(first.0).filter(|m| *m != port.0);
            let beside = mate.and_then(|m| self.peers(port).find(|p| p.0 == m && alike(network, *p, first)));
            std::iter::once(first)
                .chain(beside.filter(|p| {
                    let device = &network.devices[p.0];
                    let in_group = || device.interfaces[p.1].redundancy.iter().any(|g| g.addresses.contains(&addr));
                    device.mlag.as_ref().is_some_and(|m| if own { m.peer_gateway } else { m.standby_forwards && in_group() })
                }))
                .collect()
        };
        if all.len() > 1 {
            let near = self.cabled_to(network, port);
            if all.iter().any(|p| near.contains(&p.0)) {
                all.retain(|p| near.contains(&p.0));
            } else if own {
                // Nothing says that the frame comes by the other one.
                all.truncate(1);
            }
        }
        all
    }

    /// Devices to which the ports lead that carry the frames of an interface.
    fn cabled_to(&self, network: &Network, port: Port) -> Set<DeviceId> {
        let device = &network.devices[port.0];
        let carries: Vec<InterfaceId> = match device.interfaces[port.1].vlan {
            Some(vlan) if device.interfaces[port.1].kind == InterfaceKind::Vlan => {
                let of_vlan = |i: &Interface| i.switchport.as_ref().is_some_and(|s| s.carries(vlan));
                device.interfaces.iter_ids().filter(|(_, i)| of_vlan(i)).map(|(id, _)| id).collect()
            }
            _ => vec![device.interfaces[port.1].parent.unwrap_or(port.1)],
        };
        let ours = |p: Port| {
            let aggregate = || device.interfaces.get(p.1).and_then(|i| i.aggregate);
            p.0 == port.0 && (carries.contains(&p.1) || aggregate().is_some_and(|a| carries.contains(&a)))
        };
        let mut out = Set::default();
        for c in network.layer1.as_deref().unwrap_or_default() {
            if self.is_up(c.a) && self.is_up(c.b) {
                out.extend([(c.a, c.b.0), (c.b, c.a.0)].into_iter().filter(|(near, _)| ours(*near)).map(|(_, far)| far));
            }
        }
        out
    }

    /// Whether who takes a port's frames may hang on which of another port's cables are whole: the port is that one's bundle, or a VLAN's
    /// interface or unit on the same device.
    pub fn hangs_on(&self, network: &Network, port: Port, other: Port) -> bool {
        let interfaces = &network.devices[port.0].interfaces;
        let (Some(this), Some(other_port)) = (interfaces.get(port.1), interfaces.get(other.1)) else { return false };
        let bundle = other_port.aggregate;
        port.0 == other.0
            && (bundle == Some(port.1)
                || (this.kind == InterfaceKind::Vlan && (bundle.is_some() || other_port.switchport.is_some()))
                || (this.parent.is_some() && (this.parent == bundle || this.parent == Some(other.1))))
    }
}

/// Whether an interface has an address as its own, and whether it shares it with others on purpose.
fn has(network: &Network, (d, i): Port, addr: IpAddr) -> Option<bool> {
    network.devices[d].interfaces[i].addresses.iter().find(|a| a.address.addr() == addr).map(|a| a.virtual_address)
}

/// Whether two interfaces are the same one of both switches of a pair.
fn alike(network: &Network, a: Port, b: Port) -> bool {
    let of = |p: Port| &network.devices[p.0].interfaces[p.1];
    of(a).vlan.is_some() && of(a).vlan == of(b).vlan
}
