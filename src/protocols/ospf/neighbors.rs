//! Who is adjacent to whom, and why not.
//!
//! In: processes, segments. Out: [`Neighbors`]: speakers, links, sessions. Law: RFC 2328 §9.5, §10.5 (hello checks), §10.6 (MTU),
//! §9.4 (designated router, as far as it decides who is on the network). Virtual links are `virtual_links`'.
//! Start reading at [`discover`]. Tests: `tests/`.

use std::net::Ipv4Addr;

use super::reasons::{area_name, kind_name, type_name};
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::{Map, Set};
use crate::model::interface::{Interface, InterfaceKind};
use crate::model::network::{DeviceId, NodeId};
use crate::model::ospf::{AreaKind, NetworkType, Ospf, OspfInterface};
use crate::model::platform::RouterIdRule;
use crate::model::route::Family;
use crate::protocols::link::{address_towards, addressed, common_subnet, mtu};
use crate::protocols::session::{DownReason, Session, SessionProtocol, SessionState, secrets_agree};
use crate::protocols::{Input, router_id};
use crate::topology::Port;

/// One OSPF process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speaker<'a> {
    pub device: DeviceId,
    pub process: u16,
    pub node: NodeId,
    pub config: &'a Ospf,
    pub id: Ipv4Addr,
}

/// An interface of a speaker: an index into its `Ospf::interfaces`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct End {
    pub speaker: u32,
    pub interface: u32,
}

/// A link that OSPF uses.
#[derive(Debug, Clone)]
pub(super) enum Link {
    /// Two routers.
    Pair(End, End),
    /// A network with a designated router, which is the first of the members.
    Network(Vec<End>),
}

/// All that `compute` needs to know of the segments.
#[derive(Debug, Default)]
pub(super) struct Neighbors<'a> {
    pub speakers: Vec<Speaker<'a>>,
    pub links: Vec<Link>,
    pub sessions: Vec<Session>,
    pub findings: Vec<Diagnostic>,
    /// Where to find ends; and those that say hello, in the order of their sessions, each with how many it has.
    pub at_port: AtPort,
    pub counts: Vec<(End, usize)>,
}

/// The ends of each port.
pub(super) type AtPort = Map<Port, Vec<End>>;

impl<'a> Neighbors<'a> {
    pub fn settings(&self, end: End) -> &'a OspfInterface {
        &self.speakers[end.speaker as usize].config.interfaces[end.interface as usize]
    }
    pub fn port(&self, end: End) -> Port {
        (self.speakers[end.speaker as usize].device, self.settings(end).interface)
    }
}

/// Finds all adjacencies of one version and family.
pub(super) fn discover(input: Input<'_>, v3: bool, family: Family) -> Neighbors<'_> {
    let mut found = Neighbors::default();
    input.network.devices.ids().for_each(|d| speakers(input, v3, family, d, &mut found));
    let mut at_port = AtPort::default();
    let mut order = Vec::new();
    for (s, speaker) in found.speakers.iter().enumerate() {
        for (i, settings) in speaker.config.interfaces.iter().enumerate() {
            let port = (speaker.device, settings.interface);
            let Some(interface) = input.network.devices[speaker.device].interfaces.get(settings.interface) else { continue };
            let end = End { speaker: s as u32, interface: i as u32 };
            at_port.entry(port).or_default().push(end);
            if !settings.passive && !is_loopback(interface, settings) {
                order.push((port, end));
            }
        }
    }
    let mut heard = Heard::default();
    for &(port, end) in &order {
        let list = hears(input, &found, &at_port, (port, end));
        let sessions = sessions(input, v3, &found, (port, end), &list);
        found.counts.push((end, sessions.len()));
        found.sessions.extend(sessions);
        if !list.is_empty() {
            heard.insert(end, list);
        }
    }
    found.at_port = at_port;
    join(input, &order, &heard, &mut found);
    found
}

/// Whom an end hears, and what it says of it.
pub(super) fn hears(input: Input<'_>, found: &Neighbors<'_>, at_port: &AtPort, (port, end): (Port, End)) -> Verdicts {
    if !input.topology.is_up(port) {
        return Vec::new();
    }
    let others = input.topology.peers(port).flat_map(|peer| at_port.get(&peer).into_iter().flatten().copied());
    let heard = others.filter(|other| other.speaker != end.speaker && !is_loopback_end(input, found, *other));
    heard.map(|other| (other, check(input, found, end, other))).collect()
}

/// Adds the processes of a device.
pub(super) fn speakers<'a>(input: Input<'a>, v3: bool, family: Family, d: DeviceId, found: &mut Neighbors<'a>) {
    let device = &input.network.devices[d];
    let mut taken = Vec::new();
    for (n, config) in device.ospf.iter().enumerate() {
        if config.v3 != v3 || config.family != family || !config.enabled || config.vrf.0 as usize >= device.vrfs.len() {
            continue;
        }
        // IOS gives each process its own router id; the others share one.
        let avoid = if device.platform.router_id == RouterIdRule::HighestLoopback { &taken[..] } else { &[] };
        let chosen = || router_id::choose(input.network, input.topology, d, config.vrf, avoid);
        let Some(id) = config.router_id.or_else(chosen) else {
            let up = |i: &&OspfInterface| input.topology.is_up((d, i.interface));
            found.sessions.extend(config.interfaces.iter().filter(up).map(|i| Session {
                protocol: if v3 { SessionProtocol::Ospf3 } else { SessionProtocol::Ospf },
                node: input.network.node(d, config.vrf),
                interface: Some(i.interface),
                local: None,
                peer: None,
                peer_node: None,
                detail: area_name(i.area),
                state: SessionState::Down(DownReason::NoRouterId),
                origin: i.origin,
            }));
            continue;
        };
        taken.push(id);
        let node = input.network.node(d, config.vrf);
        found.speakers.push(Speaker { device: d, process: n as u16, node, config, id });
    }
}

/// Whether an interface is a loopback to OSPF: no hellos, a host route.
pub(super) fn is_loopback(interface: &Interface, settings: &OspfInterface) -> bool {
    interface.kind == InterfaceKind::Loopback || settings.network == NetworkType::Loopback
}

fn is_loopback_end(input: Input<'_>, found: &Neighbors<'_>, end: End) -> bool {
    let (d, i) = found.port(end);
    is_loopback(&input.network.devices[d].interfaces[i], found.settings(end))
}

pub(super) fn multi_access(t: NetworkType) -> bool {
    matches!(t, NetworkType::Broadcast | NetworkType::NonBroadcast)
}

/// What `a` says of hearing `b`.
fn check(input: Input<'_>, found: &Neighbors<'_>, a: End, b: End) -> Result<(), DownReason> {
    let (x, y) = (found.settings(a), found.settings(b));
    let (sa, sb) = (&found.speakers[a.speaker as usize], &found.speakers[b.speaker as usize]);
    let (pa, pb) = (found.port(a), found.port(b));
    if y.passive {
        return Err(DownReason::PeerPassive);
    }
    if x.area != y.area {
        return Err(DownReason::AreaMismatch(area_name(x.area), area_name(y.area)));
    }
    let (ia, ib) = (&input.network.devices[pa.0].interfaces[pa.1], &input.network.devices[pb.0].interfaces[pb.1]);
    if sa.config.v3 {
        if !ia.speaks(true) || !ib.speaks(true) {
            return Err(DownReason::NoLocalAddress);
        }
    } else {
        // A point-to-point hello's mask is not looked at (RFC 2328 §10.5), and unnumbered ends have none.
        let point = !multi_access(x.network) && !multi_access(y.network);
        let loose = ia.unnumbered.is_some() || ib.unnumbered.is_some();
        let host = |i: &Interface| i.addresses.iter().any(|p| p.peer.is_some() || p.address.prefix_len() == 32);
        if !(point && (loose || host(ia) || host(ib))) && !common_subnet(input, pa, pb, !point) {
            return Err(DownReason::NoCommonSubnet);
        }
    }
    let (ka, kb) = (area_kind(sa.config, x.area), area_kind(sb.config, y.area));
    if std::mem::discriminant(&ka) != std::mem::discriminant(&kb) {
        return Err(DownReason::AreaTypeMismatch(kind_name(ka).into(), kind_name(kb).into()));
    }
    if x.hello != y.hello {
        return Err(DownReason::HelloMismatch(x.hello, y.hello));
    }
    if x.dead != y.dead {
        return Err(DownReason::DeadMismatch(x.dead, y.dead));
    }
    let devices = (&input.network.devices[pa.0], &input.network.devices[pb.0]);
    if !secrets_agree((devices.0, x.auth.as_ref()), (devices.1, y.auth.as_ref())) {
        return Err(DownReason::AuthMismatch);
    }
    if sa.id == sb.id {
        return Err(DownReason::DuplicateRouterId(sa.id));
    }
    if multi_access(x.network) != multi_access(y.network) {
        return Err(DownReason::NetworkTypeMismatch(type_name(x.network).into(), type_name(y.network).into()));
    }
    if x.network == NetworkType::NonBroadcast || y.network == NetworkType::NonBroadcast {
        let named = |s: &OspfInterface, peer: &Interface| peer.addresses.iter().any(|p| s.neighbors.contains(&p.address.addr()));
        if !named(x, ib) && !named(y, ia) {
            let device = &input.network.devices[pb.0];
            return Err(DownReason::NotConfiguredBack(format!("{} {}", device.name, ib.name)));
        }
    }
    if let (Some(ma), Some(mb)) = (mtu(input, pa), mtu(input, pb)) {
        // The side with the smaller MTU refuses the other's database descriptions (RFC 2328 §10.6).
        let refuses = if ma < mb { !x.mtu_ignore } else { !y.mtu_ignore };
        if ma != mb && refuses {
            return Err(DownReason::MtuMismatch(ma, mb));
        }
    }
    Ok(())
}

/// The kind of an area on a router; an area that is nowhere described is a normal one.
pub(super) fn area_kind(config: &Ospf, id: u32) -> AreaKind {
    config.areas.iter().find(|a| a.id == id).map_or(AreaKind::Normal, |a| a.kind)
}

/// Whom an end hears, and what it says of it.
pub(super) type Verdicts = Vec<(End, Result<(), DownReason>)>;
type Heard = Map<End, Verdicts>;

/// The sessions of an end, which hears these.
pub(super) fn sessions(
    input: Input<'_>,
    v3: bool,
    found: &Neighbors<'_>,
    (port, end): (Port, End),
    heard: &Verdicts,
) -> Vec<Session> {
    let speaker = &found.speakers[end.speaker as usize];
    let settings = found.settings(end);
    let local = |peer: Option<Port>| {
        let own = addressed(input, port).primary(v3).map(|a| a.address.addr());
        if v3 { None } else { peer.and_then(|p| address_towards(input, p, port)).or(own) }
    };
    let one = |other: Option<End>, state: SessionState| Session {
        protocol: if v3 { SessionProtocol::Ospf3 } else { SessionProtocol::Ospf },
        node: speaker.node,
        interface: Some(settings.interface),
        local: local(other.map(|o| found.port(o))),
        peer: other.filter(|_| !v3).and_then(|o| address_towards(input, port, found.port(o))),
        peer_node: other.map(|o| found.speakers[o.speaker as usize].node),
        detail: area_name(settings.area),
        state,
        origin: settings.origin,
    };
    if heard.is_empty() {
        let why = if input.topology.is_up(port) { DownReason::NobodyThere } else { DownReason::InterfaceDown };
        return vec![one(None, SessionState::Down(why))];
    }
    let state = |verdict: &Result<(), DownReason>| verdict.clone().err().map_or(SessionState::Up, SessionState::Down);
    heard.iter().map(|(other, verdict)| one(Some(*other), state(verdict))).collect()
}

/// Makes links of the adjacencies that are up: pairs, and networks around an elected designated router.
fn join(input: Input<'_>, order: &[(Port, End)], heard: &Heard, found: &mut Neighbors<'_>) {
    let mut links = Vec::new();
    let mut dead = Vec::new();
    let mut placed: Set<End> = Set::default();
    for &(_, end) in order {
        let up: Vec<End> =
            heard.get(&end).map_or(&[][..], Vec::as_slice).iter().filter(|(_, v)| v.is_ok()).map(|(o, _)| *o).collect();
        if !multi_access(found.settings(end).network) {
            links.extend(up.iter().filter(|o| end < **o).map(|o| Link::Pair(end, *o)));
            continue;
        }
        if placed.contains(&end) || up.is_empty() {
            continue;
        }
        let mut group = vec![end];
        group.extend(up);
        // Highest priority, then highest router id (RFC 2328 §9.4 with all routers starting together; who came first is not in
        // the config and changes no route).
        let rank = |e: &End| (found.settings(*e).priority, found.speakers[e.speaker as usize].id);
        let Some(dr) = group.iter().copied().filter(|e| found.settings(*e).priority > 0).max_by_key(rank) else {
            placed.extend(group.iter().copied());
            dead.push(group);
            continue;
        };
        let mut members = vec![dr];
        let around = heard.get(&dr).map_or(&[][..], Vec::as_slice);
        members.extend(around.iter().filter(|(_, v)| v.is_ok()).map(|(o, _)| *o).filter(|o| !placed.contains(o)));
        placed.extend(members.iter().copied());
        placed.insert(end);
        if members.len() > 1 {
            members[1..].sort_unstable();
            links.push(Link::Network(members));
        }
    }
    for group in dead {
        for session in &mut found.sessions {
            let on = |e: &End| found.speakers[e.speaker as usize].node == session.node;
            let at = group.iter().filter(|e| on(e)).any(|e| {
                let s = &found.speakers[e.speaker as usize];
                Some(s.config.interfaces[e.interface as usize].interface) == session.interface
            });
            if at && session.state == SessionState::Up {
                session.state = SessionState::Down(DownReason::NoDesignatedRouter);
            }
        }
        let first = group[0];
        let speaker = &found.speakers[first.speaker as usize];
        let settings = &speaker.config.interfaces[first.interface as usize];
        let device = &input.network.devices[speaker.device];
        let name = device.interfaces.get(settings.interface).map_or("?", |i| &i.name);
        found.findings.push(
            Diagnostic::new(
                Code("T-ospf-no-dr"),
                Severity::Warning,
                format!("no router on the segment of `{name}` can become OSPF designated router: all priorities are 0"),
            )
            .on(device.name.to_string())
            .at(settings.origin)
            .help("give one of them a priority above 0, or make the link point-to-point"),
        );
    }
    found.links = links;
}
