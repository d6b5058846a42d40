//! Who is adjacent to whom at which level, and why not.
//!
//! In: processes, segments. Out: [`Neighbors`]. Law: ISO 10589 §8.2 and §8.4, RFC 1195 §4.4, RFC 5308 §3. A LAN always gets a designated
//! router, so who it is changes no route. Start reading at [`discover`]. Tests: `tests.rs`.

use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::{Map, Set};
use crate::model::interface::InterfaceKind;
use crate::model::isis::{Isis, IsisInterface, Levels};
use crate::model::network::{DeviceId, NodeId};
use crate::model::route::Family;
use crate::protocols::Input;
use crate::protocols::link::{address_towards, addressed, common_subnet, mtu};
use crate::protocols::session::{DownReason, Session, SessionProtocol, SessionState, secrets_agree};
use crate::topology::Port;

/// One IS-IS process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speaker<'a> {
    pub device: DeviceId,
    pub process: u16,
    pub node: NodeId,
    pub config: &'a Isis,
}

/// An interface of a speaker: an index into its `Isis::interfaces`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct End {
    pub speaker: u32,
    pub interface: u32,
}

/// A link at one level.
#[derive(Debug, Clone)]
pub(super) enum Link {
    /// Two routers.
    Pair(u8, End, End),
    /// A LAN with its designated router first.
    Lan(u8, Vec<End>),
}

/// All that `compute` needs to know of the segments.
#[derive(Debug, Default)]
pub(super) struct Neighbors<'a> {
    pub speakers: Vec<Speaker<'a>>,
    pub links: Vec<Link>,
    pub sessions: Vec<Session>,
    pub findings: Vec<Diagnostic>,
}

impl<'a> Neighbors<'a> {
    pub fn settings(&self, end: End) -> &'a IsisInterface {
        &self.speakers[end.speaker as usize].config.interfaces[end.interface as usize]
    }
    pub fn port(&self, end: End) -> Port {
        (self.speakers[end.speaker as usize].device, self.settings(end).interface)
    }
}

/// Whom each end hears, and at which levels they get on.
type Heard = Map<End, Vec<(End, Result<Levels, DownReason>)>>;

/// Finds all adjacencies.
pub(super) fn discover(input: Input<'_>) -> Neighbors<'_> {
    let mut found = Neighbors::default();
    for (d, device) in input.network.devices.iter_ids() {
        for (n, config) in device.isis.iter().enumerate() {
            // Without a NET the process does nothing.
            if (config.vrf.0 as usize) < device.vrfs.len() && !config.system_id.is_empty() {
                let node = input.network.node(d, config.vrf);
                found.speakers.push(Speaker { device: d, process: n as u16, node, config });
            }
        }
    }
    let mut at_port: Map<Port, Vec<End>> = Map::default();
    let mut order = Vec::new();
    for (s, speaker) in found.speakers.iter().enumerate() {
        for (i, settings) in speaker.config.interfaces.iter().enumerate() {
            let Some(interface) = input.network.devices[speaker.device].interfaces.get(settings.interface) else { continue };
            if interface.kind == InterfaceKind::Loopback {
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
    let mut heard = Heard::default();
    for &(port, end) in order.iter().filter(|(port, _)| input.topology.is_up(*port)) {
        for peer in input.topology.peers(port) {
            for &other in at_port.get(&peer).map_or(&[][..], Vec::as_slice) {
                if other.speaker != end.speaker {
                    let verdict = check(input, &found, end, other);
                    heard.entry(end).or_default().push((other, verdict));
                }
            }
        }
    }
    record(input, &order, &heard, &mut found);
    join(&order, &heard, &mut found);
    families(input, &mut found);
    found
}

fn level_words(l: Levels) -> String {
    match (l.l1, l.l2) {
        (true, true) => "levels 1 and 2",
        (true, false) => "level 1",
        (false, true) => "level 2",
        (false, false) => "no level",
    }
    .to_owned()
}

fn levels_of(speaker: &Speaker<'_>, settings: &IsisInterface) -> Levels {
    let (p, i) = (speaker.config.levels, settings.levels);
    Levels { l1: p.l1 && i.l1, l2: p.l2 && i.l2 }
}

fn check(input: Input<'_>, found: &Neighbors<'_>, a: End, b: End) -> Result<Levels, DownReason> {
    let (x, y) = (found.settings(a), found.settings(b));
    let (sa, sb) = (&found.speakers[a.speaker as usize], &found.speakers[b.speaker as usize]);
    let (pa, pb) = (found.port(a), found.port(b));
    if y.passive {
        return Err(DownReason::PeerPassive);
    }
    if x.point_to_point != y.point_to_point {
        let word = |p2p: bool| if p2p { "point-to-point" } else { "broadcast" }.to_owned();
        return Err(DownReason::NetworkTypeMismatch(word(x.point_to_point), word(y.point_to_point)));
    }
    if sa.config.system_id == sb.config.system_id {
        return Err(DownReason::DuplicateSystemId(sa.config.system_id.to_string()));
    }
    let (la, lb) = (levels_of(sa, x), levels_of(sb, y));
    let mut common = Levels { l1: la.l1 && lb.l1, l2: la.l2 && lb.l2 };
    if !common.l1 && !common.l2 {
        return Err(DownReason::LevelMismatch(level_words(la), level_words(lb)));
    }
    if common.l1 && !sa.config.areas.iter().any(|n| sb.config.areas.contains(n)) {
        common.l1 = false;
        if !common.l2 {
            let list = |c: &Isis| c.areas.iter().map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
            return Err(DownReason::IsisAreaMismatch(list(sa.config), list(sb.config)));
        }
    }
    let devices = (&input.network.devices[pa.0], &input.network.devices[pb.0]);
    let agree = |level: usize| secrets_agree((devices.0, x.auth[level].as_ref()), (devices.1, y.auth[level].as_ref()));
    common.l1 &= agree(0);
    common.l2 &= agree(1);
    if !common.l1 && !common.l2 {
        return Err(DownReason::AuthMismatch);
    }
    // Hellos are padded to the MTU (ISO 10589 §8.2.3): the side with the smaller one does not get them.
    if let (Some(ma), Some(mb)) = (mtu(input, pa), mtu(input, pb))
        && ma != mb
    {
        return Err(DownReason::MtuMismatch(ma, mb));
    }
    let shared: Vec<Family> = x.families.iter().copied().filter(|f| y.families.contains(f)).collect();
    let words = |s: &IsisInterface| {
        let list: Vec<&str> = s.families.iter().map(|f| if f.is_v6() { "ipv6" } else { "ipv4" }).collect();
        list.join(" ")
    };
    if shared.is_empty() {
        return Err(DownReason::FamilyMismatch(words(x), words(y)));
    }
    if shared == [Family::V4] {
        let (ia, ib) = (&input.network.devices[pa.0].interfaces[pa.1], &input.network.devices[pb.0].interfaces[pb.1]);
        let numbered = ia.unnumbered.is_none() && ib.unnumbered.is_none();
        let host = |i: &crate::model::Interface| i.addresses.iter().any(|p| p.peer.is_some() || p.address.prefix_len() == 32);
        if numbered && !(x.point_to_point && (host(ia) || host(ib))) && !common_subnet(input, pa, pb, false) {
            return Err(DownReason::NoCommonSubnet);
        }
    }
    Ok(common)
}

fn record(input: Input<'_>, order: &[(Port, End)], heard: &Heard, found: &mut Neighbors<'_>) {
    let mut sessions = Vec::new();
    for &(port, end) in order {
        let speaker = &found.speakers[end.speaker as usize];
        let settings = found.settings(end);
        let mine = levels_of(speaker, settings);
        let one = |other: Option<End>, detail: String, state: SessionState| Session {
            protocol: SessionProtocol::Isis,
            node: speaker.node,
            interface: Some(settings.interface),
            local: addressed(input, port).primary(false).map(|a| a.address.addr()),
            peer: other.and_then(|o| address_towards(input, port, found.port(o))),
            peer_node: other.map(|o| found.speakers[o.speaker as usize].node),
            detail,
            state,
            origin: settings.origin,
        };
        if !input.topology.is_up(port) {
            sessions.push(one(None, level_words(mine), SessionState::Down(DownReason::InterfaceDown)));
            continue;
        }
        let list = heard.get(&end).map_or(&[][..], Vec::as_slice);
        if list.is_empty() {
            sessions.push(one(None, level_words(mine), SessionState::Down(DownReason::NobodyThere)));
        }
        for (other, verdict) in list {
            match verdict {
                Ok(levels) => {
                    for level in [1, 2].into_iter().filter(|l| levels.has(*l)) {
                        sessions.push(one(Some(*other), format!("level {level}"), SessionState::Up));
                    }
                }
                Err(reason) => sessions.push(one(Some(*other), level_words(mine), SessionState::Down(reason.clone()))),
            }
        }
    }
    found.sessions = sessions;
}

fn join(order: &[(Port, End)], heard: &Heard, found: &mut Neighbors<'_>) {
    let mut links = Vec::new();
    for level in [1, 2] {
        let mut placed: Set<End> = Set::default();
        let up = |e: End| {
            let list = heard.get(&e).map_or(&[][..], Vec::as_slice).iter();
            list.filter(move |(_, v)| matches!(v, Ok(l) if l.has(level))).map(|(o, _)| *o)
        };
        for &(_, end) in order {
            if found.settings(end).point_to_point {
                links.extend(up(end).filter(|o| end < *o).map(|o| Link::Pair(level, end, o)));
                continue;
            }
            if placed.contains(&end) || up(end).next().is_none() {
                continue;
            }
            let rank = |e: &End| (found.settings(*e).priority[level as usize - 1], std::cmp::Reverse(*e));
            let Some(dis) = up(end).chain([end]).max_by_key(rank) else { continue };
            let mut members = vec![dis];
            members.extend(up(dis).filter(|o| !placed.contains(o)));
            placed.extend(members.iter().copied());
            placed.insert(end);
            if members.len() > 1 {
                members[1..].sort_unstable();
                links.push(Link::Lan(level, members));
            }
        }
    }
    found.links = links;
}

/// In one topology for both families a link that carries only one of them swallows the other's packets (RFC 5308 §6 with RFC 1195).
fn families(input: Input<'_>, found: &mut Neighbors<'_>) {
    let mut told: Set<(End, End)> = Set::default();
    let mut out = Vec::new();
    for link in &found.links {
        let Link::Pair(_, a, b) = link else { continue };
        let (x, y) = (found.settings(*a), found.settings(*b));
        let (sa, sb) = (&found.speakers[a.speaker as usize], &found.speakers[b.speaker as usize]);
        let single = !sa.config.multi_topology || !sb.config.multi_topology;
        let differ = [Family::V4, Family::V6].iter().any(|f| x.families.contains(f) != y.families.contains(f));
        if single && differ && told.insert((*a, *b)) {
            let (da, db) = (&input.network.devices[sa.device], &input.network.devices[sb.device]);
            let name = |d: &crate::model::Device, i| d.interfaces.get(i).map_or("?".to_owned(), |i| i.name.to_string());
            out.push(
                Diagnostic::new(
                    Code("T-isis-family-mismatch"),
                    Severity::Warning,
                    format!(
                        "IS-IS on `{}` carries other address families than its neighbour `{}` `{}`: in a single topology packets of the missing one are lost here",
                        name(da, x.interface),
                        db.name,
                        name(db, y.interface)
                    ),
                )
                .on(da.name.to_string())
                .at(x.origin)
                .also(y.origin, "the other end")
                .help("turn both families on at both ends, or use multi-topology"),
            );
        }
    }
    found.findings.append(&mut out);
}
