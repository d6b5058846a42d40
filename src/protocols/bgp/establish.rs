//! Whether two neighbour statements that found each other make a session.
//!
//! In: a [`Match`]. Out: a [`Check`] for each side. Law: every reason is a [`DownReason`]; each side says what *it* would notice.
//! Tests: `tests/sessions.rs`.

use std::net::IpAddr;

use super::neighbors::{Field, Look, Match};
use super::speakers::{Kind, LINK_LOCAL, Speaker};
use crate::model::bgp::{Neighbor, Peer, RemoteAs};
use crate::model::network::NodeId;
use crate::model::route::{Family, Protocol};
use crate::protocols::session::{DownReason, secrets_agree};

/// What one side of a match comes to.
#[derive(Debug)]
pub(super) struct Check {
    pub down: Option<DownReason>,
    pub kind: Kind,
    pub shown_as: u32,
    pub families: [Option<u16>; Family::COUNT],
    /// Families of the session that are not modelled.
    pub more: Vec<String>,
}

impl Check {
    /// The families for people.
    pub(super) fn families_text(&self) -> String {
        let mut active: Vec<_> = Family::ALL.iter().filter(|f| self.families[**f as usize].is_some()).map(|f| f.word()).collect();
        active.extend(self.more.iter().map(String::as_str));
        active.join(" ")
    }
}

/// The AS a speaker shows to a neighbour. `wanted`: the AS the neighbour is configured to meet, where it has a choice (`dual-as`).
pub(super) fn shown_as(speaker: &Speaker<'_>, neighbor: &Neighbor, wanted: Option<&RemoteAs>) -> u32 {
    let real = match (&speaker.bgp.confederation, &neighbor.remote_as) {
        (Some(_), RemoteAs::Asn(n)) if speaker.in_confederation(*n) => speaker.bgp.asn,
        (Some(_), RemoteAs::Internal) => speaker.bgp.asn,
        (Some(c), _) => c.identifier,
        (None, _) => speaker.bgp.asn,
    };
    match neighbor.local_as {
        Some(l) if l.dual_as && wanted == Some(&RemoteAs::Asn(real)) => real,
        Some(l) => l.asn,
        None => real,
    }
}

/// What a session is to a speaker whose neighbour shows an AS.
pub(super) fn kind(speaker: &Speaker<'_>, neighbor: &Neighbor, peer_as: u32) -> Kind {
    if peer_as == speaker.bgp.asn || neighbor.local_as.is_some_and(|l| l.asn == peer_as) {
        Kind::Internal
    } else if speaker.in_confederation(peer_as) {
        Kind::Confed
    } else {
        Kind::External
    }
}

/// Whether a neighbour must be on a connected subnet, whoever it turns out to be (see [`check`]).
pub(super) fn is_direct(speaker: &Speaker<'_>, neighbor: &Neighbor) -> bool {
    let external = match neighbor.remote_as {
        RemoteAs::Asn(n) => kind(speaker, neighbor, n) != Kind::Internal,
        RemoteAs::External => true,
        _ => false,
    };
    external && is_single_hop(neighbor) && !neighbor.disable_connected_check
}

fn is_single_hop(neighbor: &Neighbor) -> bool {
    neighbor.ttl_security.is_none() && neighbor.ebgp_multihop.is_none_or(|t| u32::from(t) == 1)
}

fn expects(speaker: &Speaker<'_>, neighbor: &Neighbor, asn: u32) -> bool {
    match &neighbor.remote_as {
        RemoteAs::Missing => false,
        RemoteAs::Asn(n) => *n == asn,
        RemoteAs::External => kind(speaker, neighbor, asn) != Kind::Internal,
        RemoteAs::Internal => kind(speaker, neighbor, asn) == Kind::Internal,
        RemoteAs::Ranges(ranges) => ranges.iter().any(|&(a, b)| a <= asn && asn <= b),
    }
}

fn expected_text(remote: &RemoteAs) -> String {
    match remote {
        RemoteAs::Missing => "none".to_owned(),
        RemoteAs::Asn(n) => format!("AS {n}"),
        RemoteAs::External => "another AS".to_owned(),
        RemoteAs::Internal => "the own AS".to_owned(),
        RemoteAs::Ranges(_) => "an AS of a range".to_owned(),
    }
}

/// Checks both sides of a match.
pub(super) fn check(field: &Field<'_>, m: &Match) -> [Check; 2] {
    let speakers = m.sides.map(|s| field.speaker(s));
    let neighbors = m.sides.map(|s| field.neighbor(s));
    let shown = [0, 1].map(|n: usize| shown_as(speakers[n], neighbors[n], Some(&neighbors[1 - n].remote_as)));
    let families = common_families(neighbors, m);
    [0, 1].map(|n: usize| {
        let kind = kind(speakers[n], neighbors[n], shown[1 - n]);
        let down = reason(field, m, n, speakers, neighbors, shown[1 - n], kind, families[n]).err();
        let more = neighbors[n].other_families.iter().filter(|f| neighbors[1 - n].other_families.contains(f));
        Check { down, kind, shown_as: shown[n], families: families[n], more: more.map(|f| f.to_string()).collect() }
    })
}

/// Families that are active on both ends. IPv4 over an IPv6 session needs a next hop: an IPv4 address of the interface, or RFC 8950.
fn common_families(neighbors: [&Neighbor; 2], m: &Match) -> [[Option<u16>; Family::COUNT]; 2] {
    let at = |n: &Neighbor, f: Family| n.families.iter().position(|x| x.family == f).and_then(|p| u16::try_from(p).ok());
    let mut out = [[None; Family::COUNT]; 2];
    for f in Family::ALL {
        if let (Some(a), Some(b)) = (at(neighbors[0], f), at(neighbors[1], f)) {
            let unnumbered = m.addresses[0] == LINK_LOCAL && f == Family::V4;
            let extended = neighbors.iter().all(|n| n.extended_next_hop || matches!(n.peer, Peer::Interface(_)));
            if !unnumbered || extended {
                out[0][f as usize] = Some(a);
                out[1][f as usize] = Some(b);
            }
        }
    }
    out
}

#[expect(clippy::too_many_arguments, reason = "all facts of one match, gathered once for both sides")]
fn reason(
    field: &Field<'_>,
    m: &Match,
    n: usize,
    speakers: [&Speaker<'_>; 2],
    neighbors: [&Neighbor; 2],
    peer_as: u32,
    kind: Kind,
    families: [Option<u16>; Family::COUNT],
) -> Result<(), DownReason> {
    let (me, x, other) = (speakers[n], neighbors[n], neighbors[1 - n]);
    if me.router_id.is_none() {
        return Err(DownReason::NoRouterId);
    }
    if x.remote_as == RemoteAs::Missing {
        return Err(DownReason::NoRemoteAs);
    }
    if !expects(me, x, peer_as) {
        return Err(DownReason::AsMismatch { expected: expected_text(&x.remote_as), actual: peer_as });
    }
    reachable(field, m, n, speakers, x, other, kind)?;
    if !secrets_agree((me.of, x.auth.as_ref()), (speakers[1 - n].of, other.auth.as_ref())) {
        return Err(DownReason::AuthMismatch);
    }
    let waits = |n: &Neighbor| n.passive || matches!(n.peer, Peer::Range(_));
    if (0..2).all(|side| !m.tried[side] || waits(neighbors[side])) {
        return Err(DownReason::BothPassive);
    }
    let alike = |f| other.other_families.contains(f);
    if families == [None; Family::COUNT] && !x.other_families.iter().any(alike) {
        return Err(DownReason::NoCommonFamily);
    }
    // RFC 6286 §2.1: the identifier must be unique inside an AS only.
    if let (Some(a), Some(b)) = (me.router_id, speakers[1 - n].router_id)
        && a == b
        && kind != Kind::External
    {
        return Err(DownReason::DuplicateRouterId(a));
    }
    Ok(())
}

fn reachable(
    field: &Field<'_>,
    m: &Match,
    n: usize,
    speakers: [&Speaker<'_>; 2],
    x: &Neighbor,
    other: &Neighbor,
    kind: Kind,
) -> Result<(), DownReason> {
    let peer = m.addresses[1 - n];
    let shared = m.interfaces[n].is_some();
    if m.addresses[n] == LINK_LOCAL {
        return Ok(());
    }
    let me = speakers[n];
    let ttl = |x: &Neighbor| match (x.ttl_security, x.ebgp_multihop) {
        (Some(_), _) => 255,
        (None, Some(t)) => u32::from(t),
        (None, None) if kind == Kind::Internal => 255,
        (None, None) => 1,
    };
    let single_hop = kind != Kind::Internal && is_single_hop(x);
    if single_hop && !x.disable_connected_check && !shared {
        // RFC 4271 §5.1.3 and all the four OSes: an external neighbour is on a connected subnet unless told otherwise.
        return Err(match field.connected_interface(me, peer) {
            Some(_) => DownReason::NobodyThere,
            None => DownReason::NotConnected(peer),
        });
    }
    if shared {
        return Ok(());
    }
    let (_, route) = field.route_to(me.node, peer).ok_or(DownReason::NoRoute(peer))?;
    let hops = field.input.arena.hops_of(&route);
    if route.protocol == Protocol::Connected || hops.iter().all(|h| h.drop) {
        return Err(DownReason::NoRoute(peer));
    }
    let sent = ttl(other);
    if (sent < 255 || ttl(x) < 255 || x.ttl_security.is_some())
        && let Some(links) = links_to(field, me.node, peer, speakers[1 - n].node)
    {
        if links > ttl(x) {
            return Err(DownReason::TtlTooLow { hops: links, allowed: ttl(x) });
        }
        if let Some(allowed) = x.ttl_security
            && sent.saturating_sub(links - 1) < 255 - u32::from(allowed)
        {
            return Err(DownReason::TtlTooLow { hops: links, allowed: u32::from(allowed) });
        }
    }
    Ok(())
}

/// How many links a packet crosses on its way; along the first next hop at each router. `None`: it does not arrive.
fn links_to(field: &Field<'_>, from: NodeId, to: IpAddr, target: NodeId) -> Option<u32> {
    let network = field.input.network;
    let topology = field.input.topology;
    field.look(Look::Far);
    let mut at = from;
    for links in 1..=255 {
        let (_, route) = field.route_to(at, to)?;
        let hop = field.input.arena.hops_of(&route).first()?;
        let port = (network.nodes()[at].0, hop.interface?);
        let by_address = topology.owner(network, port, hop.ip.unwrap_or(to));
        let (d, i) = by_address.or_else(|| topology.peers(port).next())?;
        at = network.node(d, network.devices.get(d)?.interfaces.get(i)?.vrf);
        if at == target {
            return Some(links);
        }
    }
    None
}
