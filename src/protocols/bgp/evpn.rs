//! EVPN routes of VLANs: tunnel ends (inclusive multicast, type 3) and the hosts behind them (MAC/IP, type 2); RFC 7432 §7.2 and §7.3, RFC 8365.
//!
//! In: the sessions and policies of a run, VLANs with their EVPN instances. Out: [`EvpnTable`]; what the topology took for joined and BGP does not
//! bear out. Law: they go over the same sessions as all of EVPN, and decide about frames alone; that hosts are routes of a VRF too is
//! [`vpn`](super::vpn)'s business. Start reading at [`table`]. Tests: `tests/vxlan.rs`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use rayon::prelude::*;

use super::Input;
use super::neighbors::{Established, sessions};
use super::nexthop::NextHops;
use super::path::{Class, Path, UNREACHABLE};
use super::routes::{BgpColumn, BgpTable, shown};
use super::seeds::{Seed, local_attrs};
use super::solve::{Scratch, Solved, solve};
use super::speakers::SpeakerId;
use super::transfer::{Target, Transfer, Wire};
use crate::base::Set;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::id::IdVec;
use crate::model::Device;
use crate::model::bgp::{Neighbor, NeighborId};
use crate::model::interface::link_local;
use crate::model::network::{DeviceId, NodeId};
use crate::model::route::{BgpOrigin, Community, Family};
use crate::model::vrf::VrfId;
use crate::model::vxlan::{EvpnInstance, VlanVni};
use crate::protocols::policy::PolicyEngine;
use crate::protocols::session::{Session, SessionState};
use crate::rib::{Encapsulation, Rib, Tunnel};

/// An EVPN route of a VLAN, and who holds it.
#[derive(Debug, Clone)]
pub struct VlanRoute {
    /// The switch it starts at.
    pub device: DeviceId,
    /// Which of [`Vxlan::vlans`](crate::model::vxlan::Vxlan::vlans) there.
    pub vlan: usize,
    /// The host (type 2); `None`: the tunnel end (type 3).
    pub host: Option<IpAddr>,
    /// The paths of each BGP table that has some, by node.
    pub paths: BgpColumn,
}

/// All EVPN routes of VLANs.
#[derive(Debug, Default)]
pub struct EvpnTable {
    /// The sessions that paths came in on.
    pub sessions: BgpTable,
    /// In order of devices and VLANs, tunnel ends before hosts.
    pub routes: Vec<VlanRoute>,
}

/// A route before it is sent.
struct Start<'a> {
    device: DeviceId,
    vlan: usize,
    of: &'a VlanVni,
    instance: &'a EvpnInstance,
    host: Option<IpAddr>,
}

/// The EVPN routes of all VLANs that some session carries.
pub(super) fn table(input: Input<'_>, under: &Rib) -> EvpnTable {
    let Established { graph, .. } = sessions(input, under);
    let engine = PolicyEngine::new(input.network, input.arena, input.rib);
    let hops = NextHops::new(input, under);
    let withheld = Set::default();
    let t = Transfer::new(input, under, &graph, &engine, &hops, &withheld);
    let mains = mains(&t);
    let one = |scratch: &mut Scratch, s: &Start<'_>| {
        let vtep = input.network.devices[s.device].vtep()?;
        let main = mains[s.device]?;
        let solved = spread(&t, main, (s.host.unwrap_or(vtep), vtep), s.instance.exports(), s.of.vni, scratch);
        Some(VlanRoute { device: s.device, vlan: s.vlan, host: s.host, paths: shown(&graph, &solved, &|_| true) })
    };
    let starts = starts(input);
    let routes: Vec<Option<VlanRoute>> = starts.par_iter().map_init(|| Scratch::new(&t), one).collect();
    EvpnTable { sessions: BgpTable::new(&graph), routes: routes.into_iter().flatten().collect() }
}

/// Each device's BGP of the global table, if a session of it carries EVPN.
fn mains(t: &Transfer<'_>) -> IdVec<DeviceId, Option<SpeakerId>> {
    let mut out = IdVec::filled(None, t.input.network.devices.len());
    for (s, speaker) in t.graph.speakers.iter_ids().filter(|(_, s)| s.vrf == VrfId::DEFAULT && s.bgp.enabled) {
        if t.graph.ends_of(s).any(|e| t.graph.family(e, Family::Evpn).is_some()) {
            out[speaker.device] = Some(s);
        }
    }
    out
}

/// The hosts behind the VLANs of a switch that BGP sends, by the place of the VLAN in its list.
pub(super) type Hosts = BTreeMap<(DeviceId, usize), Vec<IpAddr>>;

/// The hosts that cables lead to.
pub(super) fn hosts(input: Input<'_>) -> Hosts {
    let mut out = Hosts::new();
    let sent = |d: &Device| d.vlan_vnis().iter().any(|v| v.evpn.as_ref().is_some_and(|e| e.hosts));
    if !input.network.devices.iter().any(sent) {
        return out;
    }
    let behind = input.topology.behind_vteps(input.network);
    for (device, d) in input.network.devices.iter_ids() {
        for (vlan, of) in d.vlan_vnis().iter().enumerate() {
            let Some(instance) = &of.evpn else { continue };
            let heard = behind.get(&(device, of.vlan)).filter(|_| instance.hosts).into_iter().flatten();
            // The interfaces of switches in the VLAN are gateways, no hosts.
            let gateway = |d: DeviceId, i| {
                let x = &input.network.devices[d];
                x.interfaces[i].vlan.is_some_and(|v| x.vlan_vnis().iter().any(|o| o.vlan == v))
            };
            let ports = heard.filter(|(d, i)| *d != device && !gateway(*d, *i));
            let addresses = ports.flat_map(|(d, i)| &input.network.devices[*d].interfaces[*i].addresses);
            let mut hosts: Vec<IpAddr> = addresses.map(|a| a.address.addr()).filter(|a| !link_local(*a)).collect();
            hosts.sort_unstable();
            hosts.dedup();
            out.insert((device, vlan), hosts);
        }
    }
    out
}

fn starts<'a>(input: Input<'a>) -> Vec<Start<'a>> {
    let mut hosts = hosts(input);
    let mut out = Vec::new();
    for (device, d) in input.network.devices.iter_ids() {
        for (vlan, of) in d.vlan_vnis().iter().enumerate() {
            let Some(instance) = &of.evpn else { continue };
            let own = hosts.remove(&(device, vlan)).unwrap_or_default();
            // Where a multicast group floods, nobody needs to know of the tunnel end.
            let end = of.group.is_none().then_some(None);
            let all = end.into_iter().chain(own.into_iter().map(Some));
            out.extend(all.map(|host| Start { device, vlan, of, instance, host }));
        }
    }
    out
}

/// Sends a route of a tunnel end from a speaker to wherever EVPN goes.
fn spread(
    t: &Transfer<'_>,
    main: SpeakerId,
    (key, vtep): (IpAddr, IpAddr),
    targets: Vec<Community>,
    vni: u32,
    scratch: &mut Scratch,
) -> Solved {
    let (arena, speaker) = (t.input.arena, &t.graph.speakers[main]);
    let mut attrs = local_attrs(arena, speaker, BgpOrigin::Igp);
    attrs.next_hop = Some(vtep);
    attrs.communities = arena.community_set(targets);
    attrs.tunnel = Some(Tunnel { encapsulation: Encapsulation::Vxlan(vni), egress: speaker.node, evpn: true, host: false });
    let path = Path { attrs: t.intern(Wire::new(attrs)), metric: 0, from: None, class: Class::Network, path_id: 0, lent: None };
    let prefix = IpNet::from(key);
    let target = Target { prefix, id: arena.prefix(prefix), family: Family::Evpn };
    let seed = Seed { local: vec![(main, path)], ..Seed::default() };
    solve(t, target, &seed, &Set::default(), scratch)
}

/// Switches that may hear of others by sessions with neighbours of which nothing is known: with somebody outside, and by EVPN with
/// neighbours to which no session is up.
fn uncertain(t: &Transfer<'_>, sessions: &[Session]) -> Set<DeviceId> {
    let outside: Set<NodeId> = sessions.iter().filter(|r| r.state == SessionState::Outside).map(|r| r.node).collect();
    let speakers = t.graph.speakers.iter_ids().filter(|(_, s)| s.vrf == VrfId::DEFAULT && outside.contains(&s.node));
    let open = speakers.filter(|(s, speaker)| {
        let up: Set<NeighborId> = t.graph.ends_of(*s).map(|e| t.graph.ends[e].neighbor).collect();
        let evpn = |n: &Neighbor| n.families.iter().any(|f| f.family == Family::Evpn);
        speaker.bgp.neighbors.iter_ids().any(|(id, n)| evpn(n) && !up.contains(&id))
    });
    open.map(|(_, s)| s.device).collect()
}

/// The switches that the topology joins by EVPN, with the first VNI of which that is so.
fn joined(t: &Transfer<'_>) -> Vec<(u32, Vec<DeviceId>)> {
    let network = t.input.network;
    let mut groups: Vec<(u32, Vec<DeviceId>)> = Vec::new();
    for group in t.input.topology.overlay.groups() {
        let of = |&(d, vlan): &(DeviceId, u16)| {
            let found = network.devices[d].vlan_vnis().iter().find(|v| v.vlan == vlan)?;
            found.evpn.as_ref().map(|_| (found.vni, d))
        };
        let members: Vec<(u32, DeviceId)> = group.iter().filter_map(of).collect();
        if let Some(&(vni, _)) = members.first() {
            let mut devices: Vec<DeviceId> = members.into_iter().map(|m| m.1).collect();
            devices.sort_unstable();
            devices.dedup();
            groups.push((vni, devices));
        }
    }
    groups.sort_unstable_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    groups.dedup_by(|b, a| a.1 == b.1);
    groups
}

/// Switches whose VLANs the topology joins by EVPN though BGP brings one of them no route to the other's tunnel end. `sessions`: all of BGP, up and
/// not.
pub(super) fn unheard(t: &Transfer<'_>, sessions: &[Session]) -> Vec<Diagnostic> {
    let (network, groups) = (t.input.network, joined(t));
    if groups.is_empty() {
        return Vec::new();
    }
    let mut all: Vec<DeviceId> = groups.iter().flat_map(|g| &g.1).copied().collect();
    all.sort_unstable();
    all.dedup();
    let (mains, uncertain) = (mains(t), uncertain(t, sessions));
    let speaks = |d: &DeviceId| t.input.topology.is_alive(*d) && !uncertain.contains(d);
    // The way of a device's routes hangs on their targets only where policies look at them: all of its VLANs at once.
    let one = |scratch: &mut Scratch, &d: &DeviceId| {
        let device = &network.devices[d];
        let instances = device.vlan_vnis().iter().filter_map(|v| v.evpn.as_ref());
        let targets = instances.flat_map(EvpnInstance::exports).collect();
        let (Some(vtep), Some(main)) = (device.vtep(), mains[d]) else { return (d, None) };
        (d, Some((vtep, spread(t, main, (vtep, vtep), targets, 0, scratch))))
    };
    let solved: BTreeMap<DeviceId, Option<(IpAddr, Solved)>> = all.par_iter().map_init(|| Scratch::new(t), one).collect();
    let mut said: BTreeMap<DeviceId, (u32, Vec<(DeviceId, Missing)>)> = BTreeMap::new();
    for (vni, devices) in &groups {
        // A gateway between two fabrics puts itself there, and has the VLAN as well.
        let own = |d: &DeviceId| network.devices[*d].interfaces.iter().flat_map(|i| &i.addresses).map(|a| a.address.addr());
        let ends: Set<IpAddr> = devices.iter().flat_map(own).collect();
        for &here in devices.iter().filter(|d| speaks(d)) {
            let own = network.devices[here].vtep();
            for &there in devices.iter().filter(|d| **d != here && speaks(d)) {
                let missing = match solved.get(&there).and_then(Option::as_ref) {
                    Some((vtep, _)) if own == Some(*vtep) => continue,
                    Some((vtep, route)) => mains[here].map_or(Some(Missing::Route), |m| missing(t, route, m, *vtep, &ends)),
                    None => Some(Missing::Route),
                };
                let Some(missing) = missing else { continue };
                let list = &mut said.entry(here).or_insert((*vni, Vec::new())).1;
                if !list.iter().any(|(d, _)| *d == there) {
                    list.push((there, missing));
                }
            }
        }
    }
    said.into_iter().filter_map(|(here, (vni, list))| finding(t, here, vni, &list)).collect()
}

/// What keeps a switch from another's tunnel end.
#[derive(Debug, Clone, Copy)]
enum Missing {
    /// It hears no route.
    Route,
    /// It has no way to the next hop.
    Way(IpAddr),
    /// The next hop is another one.
    NextHop(Option<IpAddr>),
    /// Its route targets were left out on the way.
    Targets,
}

/// `ends`: the addresses of all that have the VLAN.
fn missing(t: &Transfer<'_>, route: &Solved, main: SpeakerId, vtep: IpAddr, ends: &Set<IpAddr>) -> Option<Missing> {
    let Some(row) = route.row(main) else { return Some(Missing::Route) };
    let arena = t.input.arena;
    let next_hop = |p: &Path| arena.attrs.get(p.attrs).next_hop;
    let has_targets = |p: &Path| {
        let carried = arena.communities.get(arena.attrs.get(p.attrs).communities);
        carried.iter().any(Community::is_route_target)
    };
    match route.best(main) {
        Some(best) if next_hop(best).is_none_or(|hop| !ends.contains(&hop)) => Some(Missing::NextHop(next_hop(best))),
        Some(best) if !has_targets(best) => Some(Missing::Targets),
        Some(_) => None,
        None if row.paths.iter().all(|p| p.metric == UNREACHABLE) => Some(Missing::Way(vtep)),
        None => Some(Missing::Route),
    }
}

fn finding(t: &Transfer<'_>, here: DeviceId, vni: u32, list: &[(DeviceId, Missing)]) -> Option<Diagnostic> {
    let network = t.input.network;
    let &(there, missing) = list.first()?;
    let (here, far) = (&network.devices[here], &network.devices[there].name);
    let why = match missing {
        Missing::Route => format!("hears no EVPN route to the tunnel end of {far}"),
        Missing::Way(vtep) => format!("has no route to {vtep}, the tunnel end of {far}"),
        Missing::NextHop(Some(hop)) => format!("has {hop} as next hop of the EVPN routes of {far}, which is not its tunnel end"),
        Missing::Targets => format!("hears the EVPN routes of {far} without their route targets"),
        Missing::NextHop(None) => format!("has no next hop for the EVPN routes of {far}"),
    };
    let more = if list.len() > 1 { format!(" (and {} more)", list.len() - 1) } else { String::new() };
    let message =
        format!("{} {why}{more}: ways that the twin shows between their VLANs, as of VNI {vni}, are not there", here.name);
    let origin = here.vxlan.as_ref().map(|x| x.origin).unwrap_or_default();
    Some(Diagnostic::new(Code("C-evpn-unheard"), Severity::Warning, message).at(origin))
}
