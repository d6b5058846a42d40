//! A topology with something taken away, from the whole one: only the devices that are touched are worked out again.
//!
//! In: the whole topology, what is cut. Out: what is left, or `None` where more hangs on it than the ports themselves (bridges,
//! aggregates, tunnels, VXLAN, segments of more than two): then it is to be built anew. Law: says who is up and who hears whom as
//! [`Topology::build`] does; only the numbers of segments differ. Start reading at [`cut_out`]. Tests: `tests.rs`.

use std::sync::{Arc, OnceLock};

use ipnet::IpNet;

use super::domains::hears;
use super::ports::{self, Cut};
use super::{Port, Topology};
use crate::base::Set;
use crate::base::id::Id;
use crate::model::interface::{Interface, InterfaceKind};
use crate::model::network::{DeviceId, Network};

/// What is left of `whole`.
pub(super) fn cut_out(whole: &Topology, network: &Network, cut: &Cut) -> Option<Topology> {
    if !whole.overlay.groups.is_empty() {
        return None;
    }
    let cables = network.layer1.as_deref().unwrap_or_default();
    let devices = cut.touches(cables);
    let mut out = whole.clone();
    let mut down: Vec<Port> = Vec::new();
    for (device, up) in ports::compute_some(network, cables, cut, &devices) {
        for (i, up) in up.iter_ids() {
            match (whole.is_up((device, i)), *up) {
                (true, false) => down.push((device, i)),
                (false, true) => return None,
                _ => {}
            }
        }
        out.up[device] = Arc::new(up);
    }
    let gone: Set<Port> = down.iter().copied().collect();
    if !down.iter().all(|p| stands_alone(whole, network, &gone, *p)) || shares_subnets(whole, network, &down) {
        return None;
    }
    for port in down {
        if let Some(segment) = Arc::make_mut(&mut out.segment_of[port.0])[port.1].take() {
            Arc::make_mut(&mut out.segments[segment]).retain(|p| *p != port);
        }
    }
    out.links.retain(|(a, b)| !gone.contains(a) && !gone.contains(b));
    Some(out)
}

/// Whether nothing but the port itself goes when it goes down.
fn stands_alone(whole: &Topology, network: &Network, gone: &Set<Port>, port: Port) -> bool {
    let interfaces = &network.devices[port.0].interfaces;
    let interface = &interfaces[port.1];
    let bridged = |i: &Interface| i.switchport.is_some() || i.vlan.is_some() || i.aggregate.is_some() || i.tunnel.is_some();
    let joins = bridged(interface)
        || matches!(
            interface.kind,
            InterfaceKind::Vlan | InterfaceKind::Tunnel | InterfaceKind::Aggregate | InterfaceKind::Vxlan
        );
    // What comes in at a unit that is down goes to its port instead.
    let is_unit = interface.parent.is_some_and(|parent| !gone.contains(&(port.0, parent)));
    let few = whole.segment(port).is_none_or(|s| whole.segments[s].len() <= 2);
    !joins && !is_unit && few
}

/// Whether a subnet of these ports is in use outside of their segments: without them, others might find each other.
fn shares_subnets(whole: &Topology, network: &Network, down: &[Port]) -> bool {
    let of = |p: &Port| network.devices[p.0].interfaces[p.1].addresses.iter().map(|a| range(&a.address));
    let nets: Vec<(usize, Range)> =
        down.iter().filter_map(|p| Some((whole.segment(*p)?.index(), p))).flat_map(|(s, p)| of(p).map(move |n| (s, n))).collect();
    let all = whole.subnets(network);
    nets.iter().any(|(segment, net)| {
        // Subnets contain each other or have nothing in common: after those that begin in this one, only such that contain it.
        let end = all.partition_point(|s| (s.range.0, s.range.1) <= (net.0, net.2));
        let near = all[..end].iter().rev().take_while(|s| s.range.0 == net.0 && s.reach >= net.1);
        let others = |p: Port| whole.segment(p).is_none_or(|own| own.index() != *segment);
        near.into_iter().any(|s| net.1 <= s.range.2 && others(s.port))
    })
}

/// The subnets of the interfaces that can hear others: a cache, and as such equal to any other.
#[derive(Debug, Clone, Default)]
pub(super) struct Subnets(OnceLock<Arc<[Subnet]>>);

/// The subnet of a port.
#[derive(Debug)]
struct Subnet {
    range: Range,
    port: Port,
    /// The last address of this one and all before it, in order of families and first addresses.
    reach: u128,
}

impl PartialEq for Subnets {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Subnets {}

/// Whether it is IPv6, its first and its last address.
type Range = (bool, u128, u128);

fn range(net: &IpNet) -> Range {
    let host = |bits: u8| u128::MAX.checked_shr(128 - u32::from(bits)).unwrap_or(0);
    let (v6, address, rest) = match net {
        IpNet::V4(n) => (false, u128::from(n.addr().to_bits()), 32 - n.prefix_len()),
        IpNet::V6(n) => (true, n.addr().to_bits(), 128 - n.prefix_len()),
    };
    (v6, address & !host(rest), address | host(rest))
}

impl Topology {
    fn subnets(&self, network: &Network) -> &[Subnet] {
        self.subnets.0.get_or_init(|| {
            let ports = network.devices.iter_ids().flat_map(|(d, x)| x.interfaces.iter_ids().map(move |(i, x)| ((d, i), x)));
            let up = ports.filter(|(p, x)| hears(x) && self.is_up(*p));
            let of = |(port, x): (Port, &Interface)| {
                x.addresses.iter().map(|a| range(&a.address)).map(|range| Subnet { range, port, reach: 0 }).collect::<Vec<_>>()
            };
            let mut all: Vec<Subnet> = up.flat_map(of).collect();
            all.sort_by_key(|s| (s.range.0, s.range.1));
            let (mut v6, mut reach) = (false, 0);
            for s in &mut all {
                reach = if s.range.0 == v6 { s.range.2.max(reach) } else { s.range.2 };
                (v6, s.reach) = (s.range.0, reach);
            }
            all.into()
        })
    }

    /// Ports that are up in one of two topologies only, or hear others in one than in the other; sorted.
    pub fn changed_to(&self, other: &Self) -> Vec<Port> {
        let mut out = Vec::new();
        for d in (0..self.up.len().max(other.up.len())).map(DeviceId::new) {
            let count = |t: &Self| t.up.get(d).map_or(0, |up| up.len());
            for i in (0..count(self).max(count(other))).map(crate::model::interface::InterfaceId::new) {
                let port = (d, i);
                let same_segment = match (self.segment(port), other.segment(port)) {
                    (None, None) => true,
                    (Some(a), Some(b)) => {
                        let (a, b) = (&self.segments[a], &other.segments[b]);
                        Arc::ptr_eq(a, b) || a == b
                    }
                    _ => false,
                };
                if self.is_up(port) != other.is_up(port) || !same_segment {
                    out.push(port);
                }
            }
        }
        out
    }
}
