//! What differs between two networks that have devices and tables of the same names, and ports but for the last ones (see
//! [`align`](super::align)).
//!
//! In: two networks. Out: a [`ConfigChange`], by what bears on which protocol, or nothing where more differs. Law: what it does not name
//! is the same in both, the lines it stands in apart; of static routes, aggregates, EIGRP and RIP it does not speak but for BGP: they are
//! worked out anew on every network. Start reading at [`ConfigChange::between`]. Tests: `tests/change.rs`, `tests/deltas.rs`.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use rayon::prelude::*;

use super::bgp::{Bgp, Neighbor, NeighborId};
use super::device::Device;
use super::interface::Interface;
use super::network::{Announcement, Announcer, DeviceId, Network};
use super::route::Family;
use super::told::told;
use super::vrf::VrfId;
use crate::base::id::IdVec;

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfigChange {
    /// The devices whose configs are not the same (lines are other ones there), or that hear other announcements; in order.
    pub devices: Vec<DeviceId>,
    /// Ports are shut, or no longer.
    pub ports: bool,
    /// Ports differ in more that bears on tables (addresses, VLANs, cables, whose they are), or there are more or fewer of them.
    pub interfaces: bool,
    /// What OSPF is configured to do.
    pub ospf: Differs,
    /// What IS-IS is configured to do.
    pub isis: Differs,
    /// The statements of BGP whose policies say something else.
    pub statements: Vec<Statement>,
    /// The BGP processes whose neighbours come, go, are shut or no longer, or are configured otherwise in more than policies, or which
    /// themselves do something else with what goes to and comes from all of them.
    pub neighbors: Vec<Neighbors>,
    /// The destinations that BGP is told to announce, or hears from outside, in another way; in order.
    pub announced: Vec<IpNet>,
    /// BGP is configured otherwise in more than that.
    pub bgp: bool,
}

/// How far the config of an interior protocol differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Differs {
    /// Not at all.
    #[default]
    Nothing,
    /// In costs of ports alone.
    Costs,
    /// In more.
    More,
}

/// The neighbours of a BGP process, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbors {
    /// The device.
    pub device: DeviceId,
    /// Which of [`Device::bgp`].
    pub bgp: usize,
    /// Of each that was, which it is now.
    pub now: IdVec<NeighborId, Option<NeighborId>>,
    /// Those that are new or say something else now, in order.
    pub others: Vec<NeighborId>,
}

/// What a neighbour statement says in one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// The device.
    pub device: DeviceId,
    /// Which of [`Device::bgp`].
    pub bgp: usize,
    /// Which of its neighbours, by its number now.
    pub neighbor: NeighborId,
    /// The family.
    pub family: Family,
    /// The policies on what comes in differ.
    pub import: bool,
    /// The policies on what goes out differ.
    pub export: bool,
}

impl ConfigChange {
    /// What differs; `None`: more than it can say.
    pub fn between(was: &Network, is: &Network) -> Option<Self> {
        if was.devices.len() != is.devices.len() {
            return None;
        }
        let pairs: Vec<_> = was.devices.iter_ids().zip(&is.devices).collect();
        let of_devices: Vec<Option<Self>> =
            pairs.into_par_iter().map(|((id, a), b)| of_device(id, a, b)).collect::<Option<_>>()?;
        let outside = announcements(&was.announcers, &is.announcers);
        let all = of_devices.into_iter().flatten().chain(outside);
        let mut out = all.fold(Self::default(), Self::and);
        if was.layer1 != is.layer1 {
            // Who hears whom shows in the topology.
            (out.interfaces, out.ospf, out.isis) = (true, Differs::More, Differs::More);
        }
        out.devices.sort_unstable();
        out.devices.dedup();
        out.announced.sort_unstable();
        out.announced.dedup();
        Some(out)
    }

    /// Whether of BGP's config nothing but policies differs.
    pub fn only_policies(&self) -> bool {
        !self.bgp && self.neighbors.is_empty() && self.announced.is_empty()
    }

    fn and(mut self, other: Self) -> Self {
        self.devices.extend(other.devices);
        self.neighbors.extend(other.neighbors);
        self.statements.extend(other.statements);
        self.announced.extend(other.announced);
        Self {
            ports: self.ports || other.ports,
            interfaces: self.interfaces || other.interfaces,
            ospf: self.ospf.max(other.ospf),
            isis: self.isis.max(other.isis),
            bgp: self.bgp || other.bgp,
            ..self
        }
    }
}

/// What neighbours outside send otherwise.
fn announcements(was: &[Announcer], is: &[Announcer]) -> Option<ConfigChange> {
    type Key = (DeviceId, VrfId, IpAddr);
    fn by_key(all: &[Announcer]) -> BTreeMap<Key, &Arc<Vec<Announcement>>> {
        all.iter().map(|a| ((a.device, a.vrf, a.peer), &a.routes)).collect()
    }
    let (was, is) = (by_key(was), by_key(is));
    let nothing = Arc::default();
    let pairs = was.iter().map(|(k, a)| (k, *a, *is.get(k).unwrap_or(&&nothing)));
    let news = is.iter().filter(|(k, _)| !was.contains_key(*k)).map(|(k, b)| (k, &nothing, *b));
    let pairs: Vec<_> = pairs.chain(news).collect();
    let of_pair = |(key, a, b): (&Key, &Arc<Vec<Announcement>>, &Arc<Vec<Announcement>>)| {
        if Arc::ptr_eq(a, b) || a == b {
            return None;
        }
        Some(ConfigChange { devices: vec![key.0], announced: other_routes(a, b), ..ConfigChange::default() })
    };
    pairs.into_par_iter().filter_map(of_pair).reduce_with(ConfigChange::and)
}

/// The prefixes to which two lists have other routes.
fn other_routes(was: &[Announcement], is: &[Announcement]) -> Vec<IpNet> {
    fn by_prefix(all: &[Announcement]) -> Vec<&Announcement> {
        let mut out: Vec<&Announcement> = all.iter().collect();
        // Stable: the order of routes to one prefix counts.
        out.par_sort_by_key(|a| a.prefix.trunc());
        out
    }
    let (was, is) = (by_prefix(was), by_prefix(is));
    differing(&was, &is, |a| a.prefix.trunc(), |a, b| a == b)
}

/// The keys of two sorted lists under which they do not hold the same.
fn differing<T, K: Ord>(was: &[T], is: &[T], key: impl Fn(&T) -> K, same: impl Fn(&[T], &[T]) -> bool) -> Vec<K> {
    let (mut was, mut is) = (was.chunk_by(|a, b| key(a) == key(b)).peekable(), is.chunk_by(|a, b| key(a) == key(b)).peekable());
    let mut out = Vec::new();
    loop {
        let next = was.peek().into_iter().chain(is.peek()).filter_map(|c| c.first()).map(&key).min();
        let Some(next) = next else { return out };
        let here = |c: &&[T]| c.first().is_some_and(|x| key(x) == next);
        let (a, b) = (was.next_if(here).unwrap_or_default(), is.next_if(here).unwrap_or_default());
        if !same(a, b) {
            out.push(next);
        }
    }
}

/// `Some(None)`: it is the same; `None`: more differs than can be said.
fn of_device(device: DeviceId, was: &Device, is: &Device) -> Option<Option<ConfigChange>> {
    if was == is {
        return Some(None);
    }
    if told(was, &bare(was)) != told(is, &bare(is)) {
        return None;
    }
    // Ports that are new, or gone, behind all others leave these their numbers.
    if !was.interfaces.iter().zip(&is.interfaces).all(|(a, b)| a.name == b.name) {
        return None;
    }
    let bare_ports = |d: &Device| d.interfaces.iter().map(bare_interface).collect::<Vec<_>>();
    let interfaces = told(was, &bare_ports(was)) != told(is, &bare_ports(is));
    let of_igp = |found: Differs| if interfaces { Differs::More } else { found };
    let aggregates = |d: &Device| d.vrfs.iter().map(|v| v.aggregates.clone()).collect::<Vec<_>>();
    let mut out = ConfigChange {
        devices: vec![device],
        ports: was.interfaces.iter().zip(&is.interfaces).any(|(a, b)| a.enabled != b.enabled),
        interfaces,
        ospf: of_igp(differs((was, &was.ospf), (is, &is.ospf), |o| o.interfaces.iter_mut().for_each(|i| i.cost = 0))),
        isis: of_igp(differs((was, &was.isis), (is, &is.isis), |o| o.interfaces.iter_mut().for_each(|i| i.metric = [0; 2]))),
        bgp: told(was, &bare_bgp(was)) != told(is, &bare_bgp(is)) || told(was, &aggregates(was)) != told(is, &aggregates(is)),
        ..ConfigChange::default()
    };
    if out.bgp {
        return Some(Some(out));
    }
    for (bgp, (a, b)) in was.bgp.iter().zip(&is.bgp).enumerate() {
        let mut neighbors = neighbors((device, bgp), (was, a), (is, b));
        if of_speaker(a) != of_speaker(b) {
            neighbors.others = b.neighbors.ids().collect();
        }
        for (old, neighbor) in neighbors.now.iter_ids().filter_map(|(old, now)| Some((old, (*now)?))) {
            if neighbors.others.binary_search(&neighbor).is_ok() {
                continue;
            }
            for (a, b) in a.neighbors[old].families.iter().zip(&b.neighbors[neighbor].families) {
                let import = told(was, &a.import) != told(is, &b.import);
                let export = told(was, &a.export) != told(is, &b.export);
                if import || export {
                    out.statements.push(Statement { device, bgp, neighbor, family: a.family, import, export });
                }
            }
        }
        let same = neighbors.now.len() == b.neighbors.len() && neighbors.now.iter_ids().all(|(old, now)| *now == Some(old));
        out.neighbors.extend(Some(neighbors).filter(|n| !same || !n.others.is_empty()));
        for (a, b) in a.families.iter().zip(&b.families) {
            out.announced.extend(other_lines((was, &a.networks), (is, &b.networks), |n| n.prefix));
        }
    }
    // A static route has a word on how BGP takes it over.
    for (a, b) in was.vrfs.iter().zip(&is.vrfs) {
        out.announced.extend(other_lines((was, &a.static_routes), (is, &b.static_routes), |s| s.prefix));
    }
    Some(Some(out))
}

/// How the neighbours of a process differ.
fn neighbors((device, bgp): (DeviceId, usize), (d, was): (&Device, &Bgp), (e, is): (&Device, &Bgp)) -> Neighbors {
    let mut taken = IdVec::filled(false, is.neighbors.len());
    let mut find = |x: &Neighbor| {
        let found = is.neighbors.iter_ids().find(|(n, y)| !taken[*n] && y.peer == x.peer)?.0;
        taken[found] = true;
        Some(found)
    };
    let now: IdVec<NeighborId, Option<NeighborId>> = was.neighbors.iter().map(&mut find).collect();
    let same = |(old, now): (NeighborId, &Option<NeighborId>)| {
        let now = (*now)?;
        let same = told(d, &bare_neighbor(&was.neighbors[old])) == told(e, &bare_neighbor(&is.neighbors[now]));
        same.then_some(now)
    };
    let same: Vec<NeighborId> = now.iter_ids().filter_map(same).collect();
    let others = is.neighbors.ids().filter(|n| !same.contains(n)).collect();
    Neighbors { device, bgp, now, others }
}

/// The prefixes whose lines differ.
fn other_lines<T: Debug>((d, was): (&Device, &[T]), (e, is): (&Device, &[T]), prefix: fn(&T) -> IpNet) -> Vec<IpNet> {
    let told_of = |device: &Device, all: &[T]| {
        let mut out: Vec<(IpNet, String)> = all.iter().map(|x| (prefix(x).trunc(), told(device, x))).collect();
        out.sort_by_key(|x| x.0);
        out
    };
    differing(&told_of(d, was), &told_of(e, is), |x| x.0, |a, b| a == b)
}

/// How far a protocol's config differs. `forget_costs`: takes the costs of ports out.
fn differs<T: Debug + Clone>((d, was): (&Device, &[T]), (e, is): (&Device, &[T]), forget_costs: fn(&mut T)) -> Differs {
    if told(d, &was) == told(e, &is) {
        return Differs::Nothing;
    }
    let free = |all: &[T]| {
        let mut all = all.to_vec();
        all.iter_mut().for_each(forget_costs);
        all
    };
    if told(d, &free(was)) == told(e, &free(is)) { Differs::Costs } else { Differs::More }
}

/// A device without what may differ: protocols and what they are told, and the policies and lists that others name.
fn bare(device: &Device) -> Device {
    let mut out = Device {
        absent: false,
        files: Vec::new(),
        policies: IdVec::new(),
        prefix_lists: IdVec::new(),
        as_path_lists: IdVec::new(),
        community_lists: IdVec::new(),
        filters: IdVec::new(),
        ospf: Vec::new(),
        isis: Vec::new(),
        eigrp: Vec::new(),
        rip: Vec::new(),
        bgp: Vec::new(),
        // Labels bear on no table.
        mpls: None,
        ..device.clone()
    };
    for vrf in out.vrfs.iter_mut() {
        vrf.absent = false;
        vrf.static_routes.clear();
        vrf.aggregates.clear();
    }
    out.interfaces = IdVec::new();
    out
}

/// A port without whether it is shut, and without what bears on no table.
fn bare_interface(interface: &Interface) -> Interface {
    Interface { enabled: true, description: None, filter_in: None, filter_out: None, policy_routing: None, ..interface.clone() }
}

/// What a process makes of all that comes from and goes to its neighbours: another word here is as if all its sessions were other ones.
fn of_speaker(bgp: &Bgp) -> impl PartialEq + use<> {
    let paths: Vec<_> = bgp.families.iter().map(|f| (f.max_paths_ebgp, f.max_paths_ibgp, f.max_paths_eibgp)).collect();
    (paths, bgp.graceful_shutdown, bgp.enforce_first_as, bgp.ebgp_requires_policy)
}

/// BGP without its neighbours, what is announced, and what [`of_speaker`] says.
fn bare_bgp(device: &Device) -> Vec<Bgp> {
    let bare = |b: &Bgp| {
        let (graceful_shutdown, enforce_first_as, ebgp_requires_policy) = (false, false, false);
        let mut out = Bgp { neighbors: IdVec::new(), graceful_shutdown, enforce_first_as, ebgp_requires_policy, ..b.clone() };
        for f in &mut out.families {
            f.networks.clear();
            (f.max_paths_ebgp, f.max_paths_ibgp, f.max_paths_eibgp) = (0, 0, None);
        }
        out
    };
    device.bgp.iter().map(bare).collect()
}

/// A neighbour without policies, and without what bears on nothing.
fn bare_neighbor(neighbor: &Neighbor) -> Neighbor {
    let mut out = Neighbor { description: None, group: None, bfd: false, ..neighbor.clone() };
    for family in &mut out.families {
        family.import.clear();
        family.export.clear();
    }
    out
}
