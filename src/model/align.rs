//! Two networks' devices, tables and ports under the same numbers, so that what is known of one can be used for the other.
//!
//! In: the devices of two networks. Out: the same devices, in places by name. Law: what a network does stays the same. What only the other
//! one has keeps its place free: it is there, says nothing and is marked *absent*; all others stay in their order, as that may count (the first
//! loopback gives the router id). Start reading at [`align`]. Tests: `tests/align.rs`.

use super::bgp::{Bgp, Peer, UpdateSource};
use super::device::{Device, Name};
use super::interface::{Interface, InterfaceId};
use super::policy::Cond;
use super::static_route::StaticHop;
use super::vrf::{Vrf, VrfId};
use crate::base::id::{Id, IdVec};
use crate::base::{Map, Set};

/// Gives both lists the same devices, sorted by name, and these the same tables and ports in the same places.
pub fn align(a: &mut Vec<Device>, b: &mut Vec<Device>) {
    let mut others = std::mem::take(b).into_iter().peekable();
    let mut out = Vec::with_capacity(a.len());
    for mut device in std::mem::take(a) {
        while let Some(new) = others.next_if(|o| o.name < device.name) {
            out.push((absent(&new), new));
        }
        let other = match others.next_if(|o| o.name == device.name) {
            Some(mut other) => {
                if let Some(places) = places_of(&device, &other) {
                    places.join(&mut device, &mut other);
                }
                other
            }
            None => absent(&device),
        };
        out.push((device, other));
    }
    out.extend(others.map(|new| (absent(&new), new)));
    (*a, *b) = out.into_iter().unzip();
}

/// Puts the tables and ports of a device where another one has those of the same names. It is left as it is where it has more than that one,
/// or in another order.
pub fn place_like(model: &Device, device: &mut Device) {
    if let Some(places) = places_of(model, device).filter(|p| !p.vrfs[0].moves() && !p.ports[0].moves()) {
        places.join(&mut model.clone(), device);
    }
}

/// Where the tables and ports of two devices go.
struct Places {
    vrfs: [Moves<VrfId>; 2],
    ports: [Moves<InterfaceId>; 2],
}

/// `None`: they are not in the same order, which may count.
fn places_of(a: &Device, b: &Device) -> Option<Places> {
    let ports = |d: &Device| numbered(d.interfaces.iter().map(|i| &i.name));
    // The first table is the main one, whatever its name.
    let vrfs = |d: &Device| numbered(d.vrfs.iter().skip(1).map(|v| &v.name));
    let (ports, vrfs) = (merged(&ports(a), &ports(b))?, merged(&vrfs(a), &vrfs(b))?);
    let behind_main = |places: Vec<usize>| std::iter::once(0).chain(places.into_iter().map(|p| p + 1)).collect();
    Some(Places { vrfs: vrfs.map(behind_main).map(Moves::new), ports: ports.map(Moves::new) })
}

/// Names, and how many the same stand before them: two services may each have a port of one name.
fn numbered<'n>(names: impl Iterator<Item = &'n Name>) -> Vec<(Name, usize)> {
    let mut seen: Map<&Name, usize> = Map::default();
    let mut out = Vec::new();
    for name in names {
        let before = seen.entry(name).or_default();
        out.push((name.clone(), *before));
        *before += 1;
    }
    out
}

/// The places of two lists in one that has both in their order.
fn merged(a: &[(Name, usize)], b: &[(Name, usize)]) -> Option<[Vec<usize>; 2]> {
    let [in_a, in_b] = [a, b].map(|all| all.iter().collect::<Set<_>>());
    let (mut of_a, mut of_b) = (Vec::with_capacity(a.len()), Vec::with_capacity(b.len()));
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    for place in 0.. {
        if a.next_if(|x| !in_b.contains(x)).is_some() {
            of_a.push(place);
        } else if b.next_if(|y| !in_a.contains(y)).is_some() {
            of_b.push(place);
        } else {
            match (a.next(), b.next()) {
                (None, None) => break,
                (x, y) if x == y => {
                    of_a.push(place);
                    of_b.push(place);
                }
                _ => return None,
            }
        }
    }
    Some([of_a, of_b])
}

impl Places {
    fn join(&self, a: &mut Device, b: &mut Device) {
        for (n, device) in [&mut *a, &mut *b].into_iter().enumerate() {
            if self.vrfs[n].moves() || self.ports[n].moves() {
                renumber(device, &self.vrfs[n], &self.ports[n]);
            }
        }
        spread((&mut a.vrfs, &mut b.vrfs), &self.vrfs, absent_vrf);
        spread((&mut a.interfaces, &mut b.interfaces), &self.ports, absent_port);
    }
}

/// Puts things in their places; what only one side has keeps its place free on the other.
fn spread<I: Id, T>((a, b): (&mut IdVec<I, T>, &mut IdVec<I, T>), moves: &[Moves<I>; 2], absent: fn(&T) -> T) {
    let placed = |all: &mut IdVec<I, T>, moves: &Moves<I>| moves.0.iter().copied().zip(std::mem::take(all).into_vec()).collect();
    let [of_a, of_b]: [Vec<(I, T)>; 2] = [placed(a, &moves[0]), placed(b, &moves[1])];
    let (mut of_a, mut of_b) = (of_a.into_iter().peekable(), of_b.into_iter().peekable());
    loop {
        let here = I::new(a.len());
        let (x, y) = (of_a.next_if(|x| x.0 == here), of_b.next_if(|y| y.0 == here));
        let (x, y) = match (x, y) {
            (Some((_, x)), Some((_, y))) => (x, y),
            (Some((_, x)), None) => {
                let free = absent(&x);
                (x, free)
            }
            (None, Some((_, y))) => (absent(&y), y),
            (None, None) => return,
        };
        a.push(x);
        b.push(y);
    }
}

/// Keeps the place of a device that is not there. What it says of tables and BGP processes stays, but for what they are told to do.
pub fn absent(device: &Device) -> Device {
    let process = |b: &Bgp| {
        let mut out = Bgp { neighbors: IdVec::new(), ..b.clone() };
        out.families.iter_mut().for_each(|f| f.networks.clear());
        out
    };
    Device {
        absent: true,
        files: Vec::new(),
        interfaces: device.interfaces.iter().map(absent_port).collect(),
        vrfs: device.vrfs.iter().map(silent).collect(),
        bgp: device.bgp.iter().map(process).collect(),
        ospf: Vec::new(),
        isis: Vec::new(),
        eigrp: Vec::new(),
        rip: Vec::new(),
        mlag: None,
        mpls: None,
        vxlan: None,
        ..device.clone()
    }
}

fn absent_port(port: &Interface) -> Interface {
    Interface { name: port.name.clone(), kind: port.kind, absent: true, enabled: false, ..Interface::default() }
}

/// A table that is told to hold nothing.
fn silent(vrf: &Vrf) -> Vrf {
    Vrf { static_routes: Vec::new(), aggregates: Vec::new(), leaks: Vec::new(), rib_shares: Vec::new(), ..vrf.clone() }
}

fn absent_vrf(vrf: &Vrf) -> Vrf {
    // It must take in nothing from others.
    let kept = if vrf.exchanges_routes() { Vrf { name: vrf.name.clone(), ..Vrf::default() } } else { silent(vrf) };
    Vrf { absent: true, ..kept }
}

/// Other numbers for things of one kind.
struct Moves<I>(IdVec<I, I>);

impl<I: Id> Moves<I> {
    fn new(places: Vec<usize>) -> Self {
        Self(places.into_iter().map(I::new).collect())
    }

    fn moves(&self) -> bool {
        self.0.iter_ids().any(|(id, now)| id != *now)
    }

    fn turn(&self, id: &mut I) {
        *id = self.0.get(*id).copied().unwrap_or(*id);
    }
}

/// Everything in a device that names a table or a port by number.
fn renumber(device: &mut Device, vrfs_to: &Moves<VrfId>, ports_to: &Moves<InterfaceId>) {
    let Device { interfaces, vrfs, ospf, isis, eigrp, rip, bgp, mlag, mpls, vxlan, policies, filters, .. } = device;
    for i in interfaces.iter_mut() {
        vrfs_to.turn(&mut i.vrf);
        i.unnumbered.iter_mut().chain(&mut i.parent).chain(&mut i.aggregate).for_each(|p| ports_to.turn(p));
        if let Some(tunnel) = &mut i.tunnel {
            vrfs_to.turn(&mut tunnel.vrf);
            tunnel.source_interface.iter_mut().for_each(|p| ports_to.turn(p));
        }
    }
    for vrf in vrfs.iter_mut() {
        vrf.exchanges.iter_mut().flat_map(|e| &mut e.import_vrfs).for_each(|v| vrfs_to.turn(v));
        vrf.rib_shares.iter_mut().for_each(|s| vrfs_to.turn(&mut s.from));
        vrf.leaks.iter_mut().for_each(|l| vrfs_to.turn(&mut l.from));
        for route in &mut vrf.static_routes {
            match &mut route.hop {
                StaticHop::Ip { vrf, .. } => vrf.iter_mut().for_each(|v| vrfs_to.turn(v)),
                StaticHop::Interface(i) | StaticHop::IpVia { interface: i, .. } => ports_to.turn(i),
                StaticHop::Table(v) => vrfs_to.turn(v),
                StaticHop::Discard => {}
            }
        }
    }
    for process in ospf {
        vrfs_to.turn(&mut process.vrf);
        process.interfaces.iter_mut().for_each(|i| ports_to.turn(&mut i.interface));
    }
    for process in isis {
        vrfs_to.turn(&mut process.vrf);
        process.interfaces.iter_mut().for_each(|i| ports_to.turn(&mut i.interface));
    }
    for process in eigrp {
        vrfs_to.turn(&mut process.vrf);
        process.interfaces.iter_mut().for_each(|i| ports_to.turn(&mut i.interface));
        process.filters.iter_mut().filter_map(|f| f.interface.as_mut()).for_each(|p| ports_to.turn(p));
        process.offsets.iter_mut().filter_map(|f| f.interface.as_mut()).for_each(|p| ports_to.turn(p));
    }
    for process in rip {
        vrfs_to.turn(&mut process.vrf);
        process.interfaces.iter_mut().for_each(|i| ports_to.turn(&mut i.interface));
        process.filters.iter_mut().filter_map(|f| f.interface.as_mut()).for_each(|p| ports_to.turn(p));
        process.offsets.iter_mut().filter_map(|f| f.interface.as_mut()).for_each(|p| ports_to.turn(p));
    }
    for process in bgp {
        vrfs_to.turn(&mut process.vrf);
        for neighbor in process.neighbors.iter_mut() {
            if let Peer::Ip(_, Some(i)) | Peer::Interface(i) = &mut neighbor.peer {
                ports_to.turn(i);
            }
            if let Some(UpdateSource::Interface(i)) = &mut neighbor.update_source {
                ports_to.turn(i);
            }
        }
    }
    if let Some(mlag) = mlag {
        mlag.peer_link.iter_mut().chain(mlag.bundles.iter_mut().map(|b| &mut b.interface)).for_each(|p| ports_to.turn(p));
    }
    mpls.iter_mut().flat_map(|m| m.interfaces()).for_each(|p| ports_to.turn(p));
    if let Some(vxlan) = vxlan {
        vxlan.interface.iter_mut().chain(&mut vxlan.source).for_each(|p| ports_to.turn(p));
    }
    for term in policies.iter_mut().flat_map(|p| p.terms.iter_mut()) {
        renumber_cond(&mut term.when, vrfs_to, ports_to);
    }
    for line in filters.iter_mut().flat_map(|f| &mut f.lines) {
        line.to_vrf.iter_mut().for_each(|v| vrfs_to.turn(v));
    }
}

fn renumber_cond(cond: &mut Cond, vrfs_to: &Moves<VrfId>, ports_to: &Moves<InterfaceId>) {
    match cond {
        Cond::All(list) | Cond::Any(list) => list.iter_mut().for_each(|c| renumber_cond(c, vrfs_to, ports_to)),
        Cond::Not(c) => renumber_cond(c, vrfs_to, ports_to),
        Cond::Interface(list) => list.iter_mut().for_each(|i| ports_to.turn(i)),
        Cond::Vrf(v) | Cond::RouteExists { vrf: v, .. } => vrfs_to.turn(v),
        _ => {}
    }
}
