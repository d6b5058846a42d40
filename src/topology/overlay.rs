//! VLANs of several switches that are one broadcast domain, as VXLAN tunnels join them.
//!
//! In: VNIs as configured. Out: [`Overlay`]. Law: two VLANs of the same VNI are joined where each takes in the EVPN routes of the other (RFC 8365 §5.1.2),
//! names the other's tunnel end in its flood list, or floods to the same multicast group (RFC 7348 §4.2). Whether a tunnel works shows in the tables,
//! which are made later: here both ends must be up and cables lead from one to the other ([`domains`](super::domains)); what EVPN
//! really brought is compared afterwards (`protocols::bgp::evpn`). Start reading at [`Overlay::find`]. Tests: `tests/vxlan.rs`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::id::IdVec;
use crate::base::{Map, Set};
use crate::model::interface::InterfaceId;
use crate::model::network::{DeviceId, Network};
use crate::model::route::Community;
use crate::model::vxlan::VlanVni;

/// What tunnels join.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlay {
    /// VLANs of switches that tunnels make one broadcast domain.
    pub(super) groups: Vec<Vec<(DeviceId, u16)>>,
    /// VLANs that tunnels carry, whether or not anybody is at the other end.
    pub(super) vlans: Set<(DeviceId, u16)>,
    /// What is wrong whatever is up.
    pub findings: Vec<Diagnostic>,
}

/// A VLAN with what decides whom it is joined with.
struct Candidate<'a> {
    device: DeviceId,
    of: &'a VlanVni,
    vtep: Option<IpAddr>,
}

/// What many have alike: whom one of them is joined with, all are.
type Kind = (Option<(Vec<Box<str>>, Vec<Community>, u32)>, Option<IpAddr>);

impl Candidate<'_> {
    fn kind(&self) -> Kind {
        let evpn = self.of.evpn.as_ref().map(|e| (e.import_targets.clone(), e.exports(), e.tag));
        (evpn, self.of.group)
    }

    /// Whether it takes in the frames of the other one.
    fn hears(&self, other: &Self) -> bool {
        let evpn = self.of.evpn.as_ref().zip(other.of.evpn.as_ref());
        evpn.is_some_and(|(a, b)| a.takes(&b.exports(), b.tag)) || (self.of.group.is_some() && self.of.group == other.of.group)
    }
}

impl Overlay {
    /// VLANs of switches, by number, that tunnels make one broadcast domain if they work.
    pub fn groups(&self) -> impl Iterator<Item = &[(DeviceId, u16)]> {
        self.groups.iter().map(Vec::as_slice)
    }

    /// Finds what tunnels join.
    pub(super) fn find(network: &Network) -> Self {
        let mut out = Self::default();
        let mut by_vni: BTreeMap<u32, Vec<Candidate<'_>>> = BTreeMap::new();
        for (device, d) in network.devices.iter_ids() {
            let vtep = d.vtep();
            for of in d.vlan_vnis() {
                if of.is_carried() {
                    out.vlans.insert((device, of.vlan));
                }
                by_vni.entry(of.vni).or_default().push(Candidate { device, of, vtep });
            }
        }
        for (vni, all) in by_vni {
            out.join(network, vni, &all);
        }
        out
    }

    fn join(&mut self, network: &Network, vni: u32, all: &[Candidate<'_>]) {
        // Those alike are compared once; flood lists name single ones.
        let mut kinds: BTreeMap<Kind, Vec<&Candidate<'_>>> = BTreeMap::new();
        for c in all {
            kinds.entry(c.kind()).or_default().push(c);
        }
        let kinds: Vec<Vec<&Candidate<'_>>> = kinds.into_values().collect();
        for (n, kind) in kinds.iter().enumerate() {
            if let [a, b, ..] = kind[..] {
                self.compare(network, vni, (a, b), &[kind]);
            }
            for other in &kinds[..n] {
                if let ([a, ..], [b, ..]) = (&kind[..], &other[..]) {
                    self.compare(network, vni, (a, b), &[kind, other]);
                }
            }
        }
        // The two of a pair share an address.
        let mut by_vtep: Map<IpAddr, Vec<&Candidate<'_>>> = Map::default();
        for (vtep, c) in all.iter().filter_map(|c| Some((c.vtep?, c))) {
            by_vtep.entry(vtep).or_default().push(c);
        }
        for c in all {
            for far in c.of.peers.iter().filter_map(|p| by_vtep.get(p)).flatten().filter(|f| f.device != c.device) {
                if far.of.peers.iter().any(|p| c.vtep == Some(*p)) {
                    self.groups.push(vec![(c.device, c.of.vlan), (far.device, far.of.vlan)]);
                } else {
                    self.one_way(network, vni, c, far);
                }
            }
        }
    }

    /// Joins all of some kinds if two that stand for them hear each other.
    fn compare(&mut self, network: &Network, vni: u32, (a, b): (&Candidate<'_>, &Candidate<'_>), kinds: &[&Vec<&Candidate<'_>>]) {
        match (a.hears(b), b.hears(a)) {
            (true, true) => self.groups.push(kinds.iter().flat_map(|k| k.iter()).map(|c| (c.device, c.of.vlan)).collect()),
            (true, false) => self.one_way(network, vni, a, b),
            (false, true) => self.one_way(network, vni, b, a),
            (false, false) if a.of.evpn.is_some() && b.of.evpn.is_some() => {
                let name = |c: &Candidate<'_>| &network.devices[c.device].name;
                let message = format!(
                    "VNI {vni} of {} and of {} are two broadcast domains: neither takes in the other's EVPN routes",
                    name(a),
                    name(b)
                );
                self.findings.push(Diagnostic::new(Code("T-vni-targets"), Severity::Warning, message).at(b.of.origin));
            }
            (false, false) => {}
        }
    }

    fn one_way(&mut self, network: &Network, vni: u32, hears: &Candidate<'_>, deaf: &Candidate<'_>) {
        let name = |c: &Candidate<'_>| &network.devices[c.device].name;
        let (here, there) = (name(hears), name(deaf));
        let message = format!("VNI {vni} joins {here} and {there} one way only: {there} does not take in what {here} sends");
        self.findings.push(Diagnostic::new(Code("T-vni-one-way"), Severity::Error, message).at(deaf.of.origin));
    }
}

/// Whether the tunnels of a device can end: its VTEP's interfaces are up.
pub(super) fn ends(network: &Network, up: &IdVec<DeviceId, IdVec<InterfaceId, bool>>, device: DeviceId) -> bool {
    let Some(vxlan) = &network.devices[device].vxlan else { return false };
    vxlan.ports().all(|i| up[device].get(i).copied().unwrap_or(false))
}
