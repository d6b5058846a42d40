//! Which switches form pairs, what is wrong with them, and what they stop when they lose each other.
//!
//! In: both halves as configured, cables. Out: [`Pairs`]. Law: a pair is found by the cables of its peer link; without, by the addresses the
//! two name, then by a domain that just two devices have. Findings are of the network as configured; what depends on what is up is
//! [`Pairs::split`]. Start reading at [`Pairs::find`]. Tests: `tests.rs`, `tests/mlag.rs`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Port, Topology};
use crate::base::Map;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::span::Origin;
use crate::model::interface::{InterfaceKind, Switchport};
use crate::model::mlag::{BundleSystem, Mlag, MlagBundle, OnSplit};
use crate::model::network::{DeviceId, Network};

/// Pairs of switches, and what is wrong with how they are configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs {
    /// The two of each pair, in order.
    pub all: Vec<(DeviceId, DeviceId)>,
    mate: Map<DeviceId, DeviceId>,
    /// What is wrong whatever is up.
    pub findings: Vec<Diagnostic>,
}

impl Pairs {
    /// Finds them.
    pub(super) fn find(network: &Network) -> Self {
        let mut out = Self::default();
        let halves: BTreeMap<DeviceId, &Mlag> =
            network.devices.iter_ids().filter_map(|(d, x)| Some((d, x.mlag.as_ref().filter(|m| !m.disabled)?))).collect();
        if !halves.is_empty() {
            out.pair_up(network, &halves);
            out.judge(network, &halves);
        }
        out.bundles(network);
        out
    }

    /// The other one of a pair.
    pub fn mate(&self, device: DeviceId) -> Option<DeviceId> {
        self.mate.get(&device).copied()
    }

    fn pair_up(&mut self, network: &Network, halves: &BTreeMap<DeviceId, &Mlag>) {
        let mut wanted: BTreeMap<DeviceId, BTreeSet<DeviceId>> = BTreeMap::new();
        let link = |p: Port| network.devices[p.0].interfaces.get(p.1).and_then(|i| i.aggregate).map_or(p, |a| (p.0, a));
        let is_link = |p: Port| halves.get(&p.0).is_some_and(|m| m.peer_link == Some(link(p).1));
        for c in network.layer1.as_deref().unwrap_or_default() {
            if is_link(c.a) && is_link(c.b) && c.a.0 != c.b.0 {
                wanted.entry(c.a.0).or_default().insert(c.b.0);
                wanted.entry(c.b.0).or_default().insert(c.a.0);
            }
        }
        self.take(&wanted);
        // Without cables: each names an address of the other, in a domain of the same name if more than one does.
        let has = |d: DeviceId, m: &Mlag| {
            let mut all = network.devices[d].interfaces.iter().flat_map(|i| &i.addresses);
            m.peer.is_some_and(|ip| all.any(|a| a.address.addr() == ip))
        };
        let free: Vec<DeviceId> = halves.keys().copied().filter(|d| self.mate(*d).is_none()).collect();
        let mut by_address: Map<(std::net::IpAddr, Option<&str>), Vec<DeviceId>> = Map::default();
        for &d in &free {
            let domain = halves[&d].domain.as_deref();
            for a in network.devices[d].interfaces.iter().flat_map(|i| &i.addresses) {
                by_address.entry((a.address.addr(), domain)).or_default().push(d);
                by_address.entry((a.address.addr(), None)).or_default().push(d);
            }
        }
        for exact in [true, false] {
            let mut wanted: BTreeMap<DeviceId, BTreeSet<DeviceId>> = BTreeMap::new();
            for &a in free.iter().filter(|d| self.mate(**d).is_none()) {
                let Some(peer) = halves[&a].peer else { continue };
                let domain = halves[&a].domain.as_deref().filter(|_| exact);
                for &b in by_address.get(&(peer, domain)).into_iter().flatten() {
                    if a != b && self.mate(b).is_none() && has(a, halves[&b]) {
                        wanted.entry(a).or_default().insert(b);
                    }
                }
            }
            self.take(&wanted);
        }
        let mut by_domain: BTreeMap<(&str, &str), Vec<DeviceId>> = BTreeMap::new();
        for (&d, m) in halves.iter().filter(|(d, _)| self.mate(**d).is_none()) {
            if let Some(domain) = m.domain.as_deref() {
                by_domain.entry((network.devices[d].os, domain)).or_default().push(d);
            }
        }
        for two in by_domain.into_values() {
            if let [a, b] = two[..] {
                self.add(a, b);
            }
        }
        self.all.sort_unstable();
    }

    /// Takes those that want each other and nobody else.
    fn take(&mut self, wanted: &BTreeMap<DeviceId, BTreeSet<DeviceId>>) {
        for (&a, others) in wanted {
            let b = others.iter().next().filter(|_| others.len() == 1);
            let Some(&b) = b.filter(|b| a < **b && wanted.get(b).is_some_and(|o| o.len() == 1 && o.contains(&a))) else {
                continue;
            };
            self.add(a, b);
        }
    }

    fn add(&mut self, a: DeviceId, b: DeviceId) {
        self.all.push((a.min(b), a.max(b)));
        self.mate.insert(a, b);
        self.mate.insert(b, a);
    }

    fn say(&mut self, code: &'static str, severity: Severity, message: String, origin: Origin) {
        self.findings.push(Diagnostic::new(Code(code), severity, message).at(origin));
    }

    /// Half-configured pairs.
    fn judge(&mut self, network: &Network, halves: &BTreeMap<DeviceId, &Mlag>) {
        let name = |d: DeviceId| &*network.devices[d].name;
        for (&d, m) in halves {
            if m.peer_link.is_none() && !m.over_fabric {
                let message = format!("{} is half of a pair without a peer link", name(d));
                self.say("T-mlag-no-peer-link", Severity::Error, message, m.origin);
            }
        }
        for (a, b) in self.all.clone() {
            let (x, y) = (halves[&a], halves[&b]);
            if x.domain != y.domain {
                let of = |m: &Mlag| m.domain.as_deref().unwrap_or("(none)").to_owned();
                let message = format!("{} and {} are a pair of different domains, {} and {}", name(a), name(b), of(x), of(y));
                self.say("T-mlag-domain", Severity::Error, message, y.origin);
            }
            for (here, there, m, other) in [(a, b, x, y), (b, a, y, x)] {
                for bundle in m.bundles.iter().filter(|b| !other.bundles.iter().any(|o| o.id == b.id)) {
                    let bundle_name = &network.devices[here].interfaces[bundle.interface].name;
                    let message =
                        format!("{} has {bundle_name} as bundle {} of the pair, {} has none", name(here), bundle.id, name(there));
                    self.say("T-mlag-one-sided", Severity::Warning, message, bundle.origin);
                }
            }
        }
        // The peer link leads to a device that knows nothing of a pair.
        let lonely = |d: DeviceId| halves.contains_key(&d) && self.mate(d).is_none();
        let mut said: BTreeMap<DeviceId, DeviceId> = BTreeMap::new();
        for c in network.layer1.as_deref().unwrap_or_default() {
            for (near, far) in [(c.a, c.b), (c.b, c.a)] {
                let at = network.devices[near.0].interfaces.get(near.1).and_then(|i| i.aggregate).unwrap_or(near.1);
                if lonely(near.0) && halves[&near.0].peer_link == Some(at) && !network.devices[far.0].absent {
                    said.insert(near.0, far.0);
                }
            }
        }
        for (d, far) in said {
            let message = format!("the peer link of {} leads to {}, which is no pair with it", name(d), name(far));
            self.say("T-mlag-no-peer", Severity::Error, message, halves[&d].origin);
        }
    }

    /// Bundles whose members end at more than one system: the ports of one of them come up (IEEE 802.1AX §6.4).
    fn bundles(&mut self, network: &Network) {
        let mut ends: BTreeMap<Port, BTreeSet<End>> = BTreeMap::new();
        for c in network.layer1.as_deref().unwrap_or_default() {
            for (near, far) in [(c.a, c.b), (c.b, c.a)] {
                let Some(bundle) = network.devices[near.0].interfaces.get(near.1).and_then(|i| i.aggregate) else { continue };
                ends.entry((near.0, bundle)).or_default().insert(self.end(network, far));
            }
        }
        for ((d, bundle), ends) in ends {
            let Some(interface) = network.devices[d].interfaces.get(bundle) else { continue };
            if ends.len() < 2 || ends.contains(&End::Unknown) {
                continue;
            }
            let device = &network.devices[d];
            let others: Vec<String> = ends.iter().map(|e| e.name(network)).collect();
            let message = format!(
                "members of {} on {} end at systems that are not one: {}; LACP brings up those to one of them",
                interface.name,
                device.name,
                others.join(", ")
            );
            self.say("T-bundle-two-systems", Severity::Error, message, interface.origin);
        }
    }

    /// The system that a member's other end shows.
    fn end(&self, network: &Network, far: Port) -> End {
        let device = &network.devices[far.0];
        let Some(port) = device.interfaces.get(far.1).filter(|_| !device.absent) else { return End::Unknown };
        let Some((at, bundle)) = port.aggregate.and_then(|a| Some((a, device.interfaces.get(a)?))) else {
            return if matches!(port.bundle_system, BundleSystem::Unknown) { End::Unknown } else { End::Port(far) };
        };
        if let Some(b) = bundle_of(network, (far.0, at)) {
            let pair = self.mate(far.0).map_or(far.0, |m| m.min(far.0));
            return End::Pair(pair, b.id);
        }
        match &bundle.bundle_system {
            BundleSystem::Unknown => End::Unknown,
            BundleSystem::Own => End::Port((far.0, at)),
            BundleSystem::Shared(name) => End::Shared(name.to_string()),
        }
    }

    /// Ports that secondary switches stop because their peer link is down while the other one is up.
    pub(super) fn stopped(&self, network: &Network, topology: &Topology) -> Vec<Port> {
        let mut out = Vec::new();
        for (a, b) in self.split(network, topology) {
            let (Some(x), Some(y)) = (&network.devices[a].mlag, &network.devices[b].mlag) else { continue };
            // Of equal ones the MAC addresses decide, which no config says: the first counts as the primary one.
            let (d, m) = if y.priority < x.priority { (a, x) } else { (b, y) };
            let device = &network.devices[d];
            out.extend(device.interfaces.iter_ids().filter_map(|(i, port)| {
                let of_bundle = || m.bundles.iter().any(|b| b.interface == i || port.aggregate == Some(b.interface));
                let carried = |v: u16| {
                    let link = m.peer_link.and_then(|l| device.interfaces.get(l));
                    link.and_then(|l| l.switchport.as_ref()).is_some_and(|s: &Switchport| s.carries(v))
                };
                let of_link = || m.peer_link.is_some_and(|l| l == i || port.aggregate == Some(l));
                let kind = |k: InterfaceKind| port.kind == k;
                let stops = match m.on_split {
                    OnSplit::Nothing => false,
                    OnSplit::Bundles => of_bundle(),
                    OnSplit::BundlesAndVlans => of_bundle() || (kind(InterfaceKind::Vlan) && port.vlan.is_some_and(carried)),
                    OnSplit::AllPorts => (kind(InterfaceKind::Physical) || kind(InterfaceKind::Aggregate)) && !of_link(),
                };
                (stops && topology.is_up((d, i))).then_some((d, i))
            }));
        }
        out
    }

    /// Pairs that have lost their peer link, though both are there.
    pub fn split(&self, network: &Network, topology: &Topology) -> Vec<(DeviceId, DeviceId)> {
        let lost = |d: DeviceId| {
            let half = network.devices[d].mlag.as_ref().filter(|m| !m.over_fabric);
            let link = half.and_then(|m| m.peer_link);
            link.is_some_and(|l| !topology.is_up((d, l)))
        };
        let both = |a: DeviceId, b: DeviceId| topology.is_alive(a) && topology.is_alive(b);
        self.all.iter().copied().filter(|&(a, b)| (lost(a) || lost(b)) && both(a, b)).collect()
    }

    /// What there is to say of pairs without their peer link.
    pub fn split_findings(&self, network: &Network, topology: &Topology) -> Vec<Diagnostic> {
        let say = |(a, b): (DeviceId, DeviceId)| {
            let (x, y) = (&network.devices[a], &network.devices[b]);
            let message = format!("the peer link between {} and {} is down", x.name, y.name);
            let origin = x.mlag.as_ref().map_or(Origin::NONE, |m| m.origin);
            Diagnostic::new(Code("T-mlag-peer-link-down"), Severity::Error, message).at(origin)
        };
        self.split(network, topology).into_iter().map(say).collect()
    }
}

/// A bundle as one that its device shares with another.
fn bundle_of(network: &Network, (d, i): Port) -> Option<&MlagBundle> {
    let mlag = network.devices[d].mlag.as_ref().filter(|m| !m.disabled)?;
    mlag.bundles.iter().find(|b| b.interface == i)
}

/// What a member of a bundle ends at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Unknown,
    Port(Port),
    Pair(DeviceId, u32),
    Shared(String),
}

impl End {
    fn name(&self, network: &Network) -> String {
        match self {
            Self::Unknown => String::new(),
            Self::Port((d, i)) => format!("{} {}", network.devices[*d].name, network.devices[*d].interfaces[*i].name),
            Self::Pair(d, id) => format!("bundle {id} of the pair of {}", network.devices[*d].name),
            Self::Shared(name) => format!("segment {name}"),
        }
    }
}
