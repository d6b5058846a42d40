//! Who is adjacent to whom, and why not.
//!
//! In: processes, segments. Out: [`Neighbors`]. Law: RFC 7868 §5.3 (hello: AS number, K values, a common subnet, authentication).
//! Start reading at [`discover`]. Tests: `tests.rs`.

use std::net::{IpAddr, Ipv4Addr};

use super::reasons::{as_name, k_values};
use crate::base::Map;
use crate::model::eigrp::{Eigrp, EigrpInterface};
use crate::model::interface::InterfaceKind;
use crate::model::network::{DeviceId, NodeId};
use crate::model::route::Family;
use crate::protocols::link::{address_towards, addressed, common_subnet};
use crate::protocols::session::{DownReason, Session, SessionProtocol, SessionState, secrets_agree};
use crate::protocols::{Input, router_id};
use crate::rib::Hop;
use crate::topology::Port;

/// One EIGRP process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speaker<'a> {
    pub device: DeviceId,
    pub node: NodeId,
    pub config: &'a Eigrp,
    pub id: Option<Ipv4Addr>,
}

/// An interface of a speaker: an index into its `Eigrp::interfaces`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct End {
    pub speaker: u32,
    pub interface: u32,
}

/// An adjacency as one end sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Adjacency {
    pub here: End,
    pub there: End,
    /// How packets go there.
    pub hop: Hop,
}

/// All that `compute` needs to know of the segments.
#[derive(Debug, Default)]
pub(super) struct Neighbors<'a> {
    pub speakers: Vec<Speaker<'a>>,
    /// Adjacencies of each speaker.
    pub adjacencies: Vec<Vec<Adjacency>>,
    pub sessions: Vec<Session>,
}

impl<'a> Neighbors<'a> {
    pub fn settings(&self, end: End) -> &'a EigrpInterface {
        &self.speakers[end.speaker as usize].config.interfaces[end.interface as usize]
    }
    pub fn port(&self, end: End) -> Port {
        (self.speakers[end.speaker as usize].device, self.settings(end).interface)
    }
}

/// Finds all adjacencies of one family.
pub(super) fn discover(input: Input<'_>, family: Family) -> Neighbors<'_> {
    let mut found = Neighbors::default();
    for (d, device) in input.network.devices.iter_ids() {
        for config in device.eigrp.iter().filter(|e| e.family == family && e.enabled && (e.vrf.0 as usize) < device.vrfs.len()) {
            let id = config.router_id.or_else(|| router_id::choose(input.network, input.topology, d, config.vrf, &[]));
            found.speakers.push(Speaker { device: d, node: input.network.node(d, config.vrf), config, id });
        }
    }
    found.adjacencies = vec![Vec::new(); found.speakers.len()];
    let mut at_port: Map<Port, Vec<End>> = Map::default();
    let mut order = Vec::new();
    for (s, speaker) in found.speakers.iter().enumerate() {
        for (i, settings) in speaker.config.interfaces.iter().enumerate() {
            let Some(interface) = input.network.devices[speaker.device].interfaces.get(settings.interface) else { continue };
            if matches!(interface.kind, InterfaceKind::Loopback | InterfaceKind::Null) {
                continue;
            }
            let end = End { speaker: s as u32, interface: i as u32 };
            let port = (speaker.device, settings.interface);
            at_port.entry(port).or_default().push(end);
            if !settings.passive {
                order.push((port, end));
            }
        }
    }
    for (port, end) in order {
        let mut heard = Vec::new();
        if input.topology.is_up(port) {
            for peer in input.topology.peers(port) {
                let there = at_port.get(&peer).map_or(&[][..], Vec::as_slice);
                let other = |e: &&End| e.speaker != end.speaker;
                let asn = found.speakers[end.speaker as usize].config.asn;
                // Processes of other ASes on the port are none of this one's business, unless there are no others.
                let same: Vec<End> = there
                    .iter()
                    .filter(other)
                    .filter(|e| found.speakers[e.speaker as usize].config.asn == asn)
                    .copied()
                    .collect();
                let list = if same.is_empty() { there.iter().filter(other).take(1).copied().collect() } else { same };
                heard.extend(list.into_iter().map(|o| (o, check(input, &found, family, end, o))));
            }
        }
        record(input, family, port, end, &heard, &mut found);
        for (there, _) in heard.into_iter().filter(|(_, verdict)| verdict.is_ok()) {
            let ip = if family.is_v6() { None } else { address_towards(input, port, found.port(there)) };
            let hop = Hop { ip, ..Hop::out(port.1) };
            found.adjacencies[end.speaker as usize].push(Adjacency { here: end, there, hop });
        }
    }
    found
}

/// What `a` says of hearing `b`.
fn check(input: Input<'_>, found: &Neighbors<'_>, family: Family, a: End, b: End) -> Result<(), DownReason> {
    let (x, y) = (found.settings(a), found.settings(b));
    let (sa, sb) = (&found.speakers[a.speaker as usize], &found.speakers[b.speaker as usize]);
    let (pa, pb) = (found.port(a), found.port(b));
    if sa.config.asn != sb.config.asn {
        return Err(DownReason::EigrpAsMismatch(sa.config.asn, sb.config.asn));
    }
    if y.passive {
        return Err(DownReason::PeerPassive);
    }
    if sa.config.k[..5] != sb.config.k[..5] {
        return Err(DownReason::KValueMismatch(k_values(sa.config.k), k_values(sb.config.k)));
    }
    let (ia, ib) = (addressed(input, pa), addressed(input, pb));
    if family.is_v6() {
        if !ia.speaks(true) || !ib.speaks(true) {
            return Err(DownReason::NoLocalAddress);
        }
    } else {
        let own = |p: Port| &input.network.devices[p.0].interfaces[p.1];
        let loose = own(pa).unnumbered.is_some() || own(pb).unnumbered.is_some();
        if !loose && !common_subnet(input, pa, pb, false) {
            return Err(DownReason::NoCommonSubnet);
        }
    }
    let devices = (&input.network.devices[pa.0], &input.network.devices[pb.0]);
    if !secrets_agree((devices.0, x.auth.as_ref()), (devices.1, y.auth.as_ref())) {
        return Err(DownReason::AuthMismatch);
    }
    // With a neighbour named on an interface nothing is sent to the group there (Cisco, "neighbor (EIGRP)").
    let named = |s: &EigrpInterface, peer: &crate::model::Interface| {
        s.neighbors.is_empty() || peer.addresses.iter().any(|p| s.neighbors.contains(&p.address.addr()) || link_local_named(s))
    };
    let both = x.neighbors.is_empty() == y.neighbors.is_empty();
    if !both || !named(x, ib) || !named(y, ia) {
        return Err(DownReason::NotConfiguredBack(format!("{} {}", devices.1.name, ib.name)));
    }
    Ok(())
}

/// A link-local address is not known to be anybody's, so a neighbour named by one may be any.
fn link_local_named(settings: &EigrpInterface) -> bool {
    settings.neighbors.iter().any(|n| matches!(n, IpAddr::V6(a) if a.is_unicast_link_local()))
}

fn record(
    input: Input<'_>,
    family: Family,
    port: Port,
    end: End,
    heard: &[(End, Result<(), DownReason>)],
    found: &mut Neighbors<'_>,
) {
    let speaker = found.speakers[end.speaker as usize];
    let settings = found.settings(end);
    let v6 = family.is_v6();
    let one = |found: &Neighbors<'_>, other: Option<End>, state: SessionState| {
        let to = other.map(|o| found.port(o));
        let own = addressed(input, port).primary(v6).map(|a| a.address.addr());
        Session {
            protocol: SessionProtocol::Eigrp,
            node: speaker.node,
            interface: Some(settings.interface),
            local: if v6 { None } else { to.and_then(|p| address_towards(input, p, port)).or(own) },
            peer: to.filter(|_| !v6).and_then(|p| address_towards(input, port, p)),
            peer_node: other.map(|o| found.speakers[o.speaker as usize].node),
            detail: as_name(speaker.config.asn),
            state,
            origin: settings.origin,
        }
    };
    let down = |reason| SessionState::Down(reason);
    let mut sessions = Vec::new();
    if !input.topology.is_up(port) {
        sessions.push(one(found, None, down(DownReason::InterfaceDown)));
    } else if heard.is_empty() {
        sessions.push(one(found, None, down(DownReason::NobodyThere)));
    }
    for (other, verdict) in heard {
        let state = verdict.clone().map_or_else(down, |()| SessionState::Up);
        sessions.push(one(found, Some(*other), state));
    }
    found.sessions.append(&mut sessions);
}
