//! Who hears whose updates.
//!
//! In: processes, segments. Out: [`Neighbors`]. Law: RFC 2453 §3.9.2 (an update must come from a directly connected network), §4.1
//! (authentication). A passive interface hears. Start reading at [`discover`]. Tests: `tests.rs`.

use crate::base::Map;
use crate::model::interface::InterfaceKind;
use crate::model::network::{DeviceId, NodeId};
use crate::model::rip::{Rip, RipInterface};
use crate::model::route::Family;
use crate::protocols::Input;
use crate::protocols::link::{address_towards, common_subnet};
use crate::protocols::session::secrets_agree;
use crate::rib::Hop;
use crate::topology::Port;

/// One RIP process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speaker<'a> {
    pub device: DeviceId,
    pub node: NodeId,
    pub config: &'a Rip,
    /// The best distance that what it hears can have.
    pub nearest: u32,
}

/// An interface of a speaker: an index into its `Rip::interfaces`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct End {
    pub speaker: u32,
    pub interface: u32,
}

/// Updates that one end hears from another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hears {
    pub here: End,
    pub there: End,
    pub hop: Hop,
}

#[derive(Debug, Default)]
pub(super) struct Neighbors<'a> {
    pub speakers: Vec<Speaker<'a>>,
    /// What each speaker hears.
    pub hears: Vec<Vec<Hears>>,
    /// Who hears each speaker.
    pub heard_by: Vec<Vec<u32>>,
}

impl<'a> Neighbors<'a> {
    pub fn settings(&self, end: End) -> &'a RipInterface {
        &self.speakers[end.speaker as usize].config.interfaces[end.interface as usize]
    }
    pub fn port(&self, end: End) -> Port {
        (self.speakers[end.speaker as usize].device, self.settings(end).interface)
    }
}

pub(super) fn discover(input: Input<'_>, family: Family) -> Neighbors<'_> {
    let mut found = Neighbors::default();
    for (d, device) in input.network.devices.iter_ids() {
        for config in device.rip.iter().filter(|r| r.family == family && (r.vrf.0 as usize) < device.vrfs.len()) {
            let nearest = config.interfaces.iter().filter_map(|i| i.distance).fold(config.distance, u32::min);
            found.speakers.push(Speaker { device: d, node: input.network.node(d, config.vrf), config, nearest });
        }
    }
    found.hears = vec![Vec::new(); found.speakers.len()];
    found.heard_by = vec![Vec::new(); found.speakers.len()];
    let mut at_port: Map<Port, Vec<End>> = Map::default();
    let mut order = Vec::new();
    for (s, speaker) in found.speakers.iter().enumerate() {
        for (i, settings) in speaker.config.interfaces.iter().enumerate() {
            let Some(interface) = input.network.devices[speaker.device].interfaces.get(settings.interface) else { continue };
            if interface.kind == InterfaceKind::Loopback {
                continue;
            }
            let end = End { speaker: s as u32, interface: i as u32 };
            at_port.entry((speaker.device, settings.interface)).or_default().push(end);
            order.push(end);
        }
    }
    for here in order {
        let port = found.port(here);
        if !input.topology.is_up(port) {
            continue;
        }
        for peer in input.topology.peers(port) {
            for &there in at_port.get(&peer).map_or(&[][..], Vec::as_slice) {
                if there.speaker != here.speaker && reaches(input, &found, family, there, here) {
                    let ip = if family.is_v6() { None } else { address_towards(input, port, peer) };
                    found.hears[here.speaker as usize].push(Hears { here, there, hop: Hop { ip, ..Hop::out(port.1) } });
                    found.heard_by[there.speaker as usize].push(here.speaker);
                }
            }
        }
    }
    found
}

/// Whether updates of one end are taken by the other.
fn reaches(input: Input<'_>, found: &Neighbors<'_>, family: Family, from: End, to: End) -> bool {
    let (x, y) = (found.settings(from), found.settings(to));
    let (pf, pt) = (found.port(from), found.port(to));
    let receiver = &input.network.devices[pt.0].interfaces[pt.1];
    if !y.receives {
        return false;
    }
    if x.passive {
        // A neighbour named one by one gets updates also over a passive interface.
        let named = &found.speakers[from.speaker as usize].config.neighbors;
        if !receiver.addresses.iter().any(|a| named.contains(&a.address.addr())) {
            return false;
        }
    }
    let devices = (&input.network.devices[pf.0], &input.network.devices[pt.0]);
    if !secrets_agree((devices.0, x.auth.as_ref()), (devices.1, y.auth.as_ref())) {
        return false;
    }
    if family.is_v6() {
        return receiver.speaks(true) && input.network.devices[pf.0].interfaces[pf.1].speaks(true);
    }
    let loose = receiver.unnumbered.is_some() || input.network.devices[pf.0].interfaces[pf.1].unnumbered.is_some();
    loose || common_subnet(input, pf, pt, false)
}
