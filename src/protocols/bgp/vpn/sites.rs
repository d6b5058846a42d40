//! The VRFs that exchange routes, with their route targets read once.
//!
//! In: the model. Out: [`Vpn`]. Law: a family's own word stands before the VRF's general one.

use std::cell::LazyCell;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::base::Map;
use crate::base::id::IdVec;
use crate::model::interface::{Interface, InterfaceId};
use crate::model::network::{DeviceId, NodeId};
use crate::model::policy::PolicyChain;
use crate::model::route::{Community, Family, WantedTarget};
use crate::model::vrf::{Exchange, Interfaceful, RibShare, Vrf, VrfId};
use crate::protocols::Input;
use crate::protocols::bgp::evpn::{Hosts, hosts};
use crate::protocols::bgp::speakers::{Graph, Speaker, SpeakerId};
use crate::protocols::bgp::transfer::{Target, Transfer};
use crate::rib::{PrefixId, RouteId};

/// How routes of one unicast family travel between VRFs.
#[derive(Debug, Clone)]
pub(super) struct Way<'a> {
    /// The VPN family or EVPN.
    pub by: Family,
    /// The unicast family.
    pub of: Family,
    pub import: Vec<WantedTarget>,
    pub export: Vec<Community>,
    pub import_policy: Option<&'a PolicyChain>,
    pub export_policy: Option<&'a PolicyChain>,
    /// VRFs whose routes are taken in whatever their targets.
    pub import_vrfs: &'a [VrfId],
    /// The next hop of what goes out.
    pub next_hop: Option<IpAddr>,
    /// A session of the device carries it.
    pub carried: bool,
    /// The route distinguisher of what goes out.
    pub distinguisher: String,
    /// EVPN prefixes of a broadcast domain between the VRFs.
    pub interfaceful: Option<&'a Interfaceful>,
}

/// A VRF that exchanges routes.
#[derive(Debug, Clone)]
pub(super) struct Site<'a> {
    pub speaker: SpeakerId,
    /// BGP of the device's global table.
    pub main: SpeakerId,
    pub node: NodeId,
    pub device: DeviceId,
    pub vrf: &'a Vrf,
    pub vrf_id: VrfId,
    pub ways: Vec<Way<'a>>,
    /// A session of the device carries EVPN.
    pub carries_evpn: bool,
    /// The tunnel end that its IP prefixes name.
    pub vtep: Option<IpAddr>,
    /// Hosts on its VLANs that it sends with its own route targets (see `VpnPlatform::evpn_learned_hosts`).
    pub hosts: Vec<IpAddr>,
}

impl<'a> Site<'a> {
    /// The ways of a unicast family.
    pub(super) fn ways(&self, of: Family) -> impl Iterator<Item = &Way<'a>> {
        self.ways.iter().filter(move |w| w.of == of)
    }
    /// What is said of the global table in a unicast family.
    pub(super) fn global(&self, of: Family) -> Option<&'a Exchange> {
        self.vrf.exchanges.iter().find(|e| e.family == of)
    }
    /// Whether a default route is made for EVPN in a unicast family.
    pub(super) fn makes_default(&self, of: Family) -> bool {
        self.carries_evpn && self.vrf.evpn_defaults[usize::from(of.is_v6())]
    }
}

/// All VRFs that exchange routes.
pub(in crate::protocols::bgp) struct Vpn<'a> {
    pub(super) sites: Vec<Site<'a>>,
    pub(super) of_device: Map<DeviceId, Vec<usize>>,
    pub(super) shares: Vec<Share<'a>>,
}

/// A table that takes in what neighbours of another one send.
pub(super) struct Share<'a> {
    pub into: SpeakerId,
    pub from: SpeakerId,
    pub of: &'a RibShare,
}

impl<'a> Vpn<'a> {
    /// `None`: no table exchanges routes with another.
    pub(in crate::protocols::bgp) fn new(graph: &Graph<'a>, input: Input<'a>) -> Option<Self> {
        let network = input.network;
        let mut at: IdVec<NodeId, Option<SpeakerId>> = IdVec::filled(None, network.nodes().len());
        for (s, speaker) in graph.speakers.iter_ids().filter(|(_, s)| s.bgp.enabled) {
            at[speaker.node] = Some(s);
        }
        let mut out = Self { sites: Vec::new(), of_device: Map::default(), shares: Vec::new() };
        let behind = LazyCell::new(|| hosts(input));
        for (d, device) in network.devices.iter_ids() {
            let speaker = |v: VrfId| at.get(network.node(d, v)).copied().flatten();
            for (v, share) in device.vrfs.iter_ids().flat_map(|(v, x)| x.rib_shares.iter().map(move |s| (v, s))) {
                if let (Some(into), Some(from)) = (speaker(v), speaker(share.from)) {
                    out.shares.push(Share { into, from, of: share });
                }
            }
            let Some(main) = device.vrfs.ids().next().and_then(|_| at[network.node(d, VrfId::DEFAULT)]) else { continue };
            let carried = |f: Family| graph.ends_of(main).any(|e| graph.ends[e].families[f as usize].is_some());
            let carried = Family::ALL.map(carried);
            let global = device.platform.vpn.global_is_vrf;
            let exchanging = |v: VrfId, x: &Vrf| (v != VrfId::DEFAULT || global) && x.exchanges_routes();
            for (v, vrf) in device.vrfs.iter_ids().filter(|(v, x)| exchanging(*v, x)) {
                let node = network.node(d, v);
                let Some(speaker) = at[node] else { continue };
                let (vtep, hosts) = (device.prefix_vtep(), hosts_of(input, || &behind, d, v));
                // Without a distinguisher of its own (`rd auto`) it has one that nobody else has.
                let unique = format!("{}:{}", device.name, vrf.name);
                let ways = [Family::V4, Family::V6]
                    .into_iter()
                    .flat_map(|of| ways(vrf, of, carried, &unique, device.platform.vpn.evpn_is_apart))
                    .collect();
                out.of_device.entry(d).or_default().push(out.sites.len());
                let carries_evpn = carried[Family::Evpn as usize];
                out.sites.push(Site { speaker, main, node, device: d, vrf, vrf_id: v, ways, carries_evpn, vtep, hosts });
            }
        }
        (!out.sites.is_empty() || !out.shares.is_empty()).then_some(out)
    }

    /// Prefixes that VRFs export though BGP has no path to them, own addresses last.
    pub(in crate::protocols::bgp) fn prefixes(&self, t: &Transfer<'_>) -> Vec<IpNet> {
        let active = |s: &&Site<'_>| t.graph.speakers[s.speaker].of.platform.vpn.exports_active;
        let nodes: Vec<NodeId> = self.sites.iter().filter(active).map(|s| s.node).collect();
        let held = |id: PrefixId| t.under.table().column(id).is_some_and(|c| nodes.iter().any(|n| c.get(*n).is_some()));
        let active = t.under.prefixes().iter().filter(|_| !nodes.is_empty()).filter(|(_, id)| held(*id)).map(|(p, _)| *p);
        let own = self.sites.iter().flat_map(|s| own_addresses(t, &t.graph.speakers[s.speaker])).map(|(p, _)| p);
        let makes = |f: Family| self.sites.iter().any(|s| s.makes_default(f));
        let defaults = [(Family::V4, IpNet::from(Ipv4Net::default())), (Family::V6, Ipv6Net::default().into())];
        let made = defaults.into_iter().filter(|(f, _)| makes(*f)).map(|(_, p)| p);
        let hosts = self.sites.iter().flat_map(|s| &s.hosts).map(|h| IpNet::from(*h));
        active.chain(own).chain(made).chain(hosts).collect()
    }
}

/// The hosts on VLANs of a VRF that carries its routes over VXLAN: the VLAN's interface is up and in their subnet.
fn hosts_of<'b>(input: Input<'_>, behind: impl FnOnce() -> &'b Hosts, device: DeviceId, vrf: VrfId) -> Vec<IpAddr> {
    let d = &input.network.devices[device];
    if d.vrfs[vrf].vni.is_none() || !d.platform.vpn.evpn_learned_hosts {
        return Vec::new();
    }
    let on = |(&(_, vlan), hosts): (&(DeviceId, usize), &Vec<IpAddr>)| -> Vec<IpAddr> {
        let number = d.vlan_vnis().get(vlan).map(|v| v.vlan);
        let gateway = |(i, x): &(InterfaceId, &Interface)| {
            x.vlan == number && number.is_some() && x.vrf == vrf && input.topology.is_up((device, *i))
        };
        let subnets: Vec<IpNet> =
            d.interfaces.iter_ids().filter(gateway).flat_map(|(_, x)| &x.addresses).map(|a| a.address).collect();
        hosts.iter().copied().filter(|h| subnets.iter().any(|s| s.contains(h))).collect()
    };
    let mut out: Vec<IpAddr> = behind().range((device, 0)..=(device, usize::MAX)).flat_map(on).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// The addresses of a VRF's interfaces that are up as host prefixes, with the route to their subnet, where the OS exports them.
pub(super) fn own_addresses<'t>(t: &'t Transfer<'_>, speaker: &'t Speaker<'_>) -> impl Iterator<Item = (IpNet, RouteId)> + 't {
    let exported = speaker.of.platform.vpn.exports_own_addresses;
    let interfaces = speaker.of.interfaces.iter_ids().filter(move |(_, i)| exported && i.vrf == speaker.vrf);
    interfaces.flat_map(move |(id, i)| {
        i.addresses.iter().filter_map(move |a| {
            let subnet = a.address.trunc();
            let route = t.under.get(t.input.arena, speaker.node, &subnet)?;
            let hops = t.input.arena.hops_of(t.input.arena.routes.get(route));
            let up = hops.iter().any(|h| h.interface == Some(id)) && subnet.prefix_len() < subnet.max_prefix_len();
            up.then(|| (IpNet::from(a.address.addr()), route))
        })
    })
}

/// The route below a path that a VRF made: what its table holds, or the subnet of its own address.
pub(in crate::protocols::bgp) fn route_below(t: &Transfer<'_>, speaker: &Speaker<'_>, target: Target) -> Option<RouteId> {
    let held = t.under.table().get(target.id, speaker.node);
    held.or_else(|| own_addresses(t, speaker).find(|(p, _)| *p == target.prefix).map(|(_, r)| r))
}

fn ways<'a>(
    vrf: &'a Vrf,
    of: Family,
    carried: [bool; Family::COUNT],
    unique: &str,
    evpn_is_apart: bool,
) -> impl Iterator<Item = Way<'a>> {
    [of.vpn(), Family::Evpn].into_iter().filter_map(move |by| {
        let said = |f: Family| vrf.exchanges.iter().find(|e| e.family == f);
        let alone = evpn_is_apart && by == Family::Evpn;
        let own = if alone { Some(said(by)?) } else { said(by).or_else(|| said(of)) };
        let targets = |of_own: fn(&Exchange) -> &Vec<Box<str>>, general: &Vec<Box<str>>| match own.map(of_own) {
            Some(list) if alone || !list.is_empty() => list.clone(),
            _ => general.clone(),
        };
        let policy = |of_own: fn(&'a Exchange) -> Option<&'a PolicyChain>, general: Option<&'a PolicyChain>| {
            own.and_then(of_own).or(general.filter(|_| !alone))
        };
        let distinguisher = own.and_then(|e| e.route_distinguisher.as_deref()).or(vrf.route_distinguisher.as_deref());
        Some(Way {
            by,
            of,
            distinguisher: distinguisher.filter(|rd| *rd != "auto").unwrap_or(unique).to_owned(),
            interfaceful: own.and_then(|e| e.interfaceful.as_ref()).filter(|_| by == Family::Evpn),
            import: targets(|e| &e.import_targets, &vrf.import_targets).iter().filter_map(|n| WantedTarget::read(n)).collect(),
            export: targets(|e| &e.export_targets, &vrf.export_targets)
                .iter()
                .filter_map(|n| Community::route_target(n))
                .collect(),
            import_policy: policy(|e| e.import_policy.as_ref(), vrf.import_policy.as_ref()),
            export_policy: policy(|e| e.export_policy.as_ref(), vrf.export_policy.as_ref()),
            import_vrfs: own.map_or(&[], |e| &e.import_vrfs),
            next_hop: own.and_then(|e| e.next_hop),
            carried: carried[by as usize] && (by != Family::Evpn || vrf.evpn_prefixes[usize::from(of.is_v6())]),
        })
    })
}
