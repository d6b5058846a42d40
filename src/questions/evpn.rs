//! VLANs over VXLAN: where their frames go, and the EVPN routes that say so.
//!
//! In: [`State`]. Out: an [`Answer`]: a row a VLAN and switch, then a row a path. Law: a remote tunnel end is one whose route the VLAN takes in and can
//! reach, or that its flood list names.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use super::answer::{Answer, Table};
use super::bgp::{BgpFact, fact};
use crate::base::like;
use crate::cells;
use crate::engine::{State, evpn};
use crate::model::network::{DeviceId, Network};
use crate::model::vrf::VrfId;
use crate::model::vxlan::VlanVni;
use crate::protocols::bgp::{EvpnTable, VlanRoute};

/// What is wanted. Empty fields want all.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Device names, any case, `*` stands for anything.
    pub nodes: Vec<String>,
    /// VNIs.
    pub vnis: Vec<u32>,
    /// The EVPN routes too.
    pub routes: bool,
}

/// The VLANs that tunnels carry, and where their frames go.
pub fn answer(network: &Network, state: &State, wanted: &Wanted) -> Answer {
    let table = evpn(network, state);
    let node = |d: DeviceId| wanted.nodes.is_empty() || wanted.nodes.iter().any(|n| like(n, &network.devices[d].name));
    let vni = |vni: u32| wanted.vnis.is_empty() || wanted.vnis.contains(&vni);
    let columns = ["node", "vlan", "vni", "vtep", "distinguisher", "import", "export", "remote_vteps", "hosts"];
    let mut vlans = Table::new("vlans", "", &columns).when_empty("no VLAN goes over VXLAN");
    for (d, device) in network.devices.iter_ids().filter(|(d, _)| node(*d)) {
        for (n, of) in device.vlan_vnis().iter().enumerate().filter(|(_, v)| vni(v.vni)) {
            let instance = of.evpn.clone().unwrap_or_default();
            let own = |r: &&VlanRoute| r.device == d && r.vlan == n;
            let hosts: Vec<String> = table.routes.iter().filter(own).filter_map(|r| r.host).map(|h| h.to_string()).collect();
            vlans.push(cells![
                &device.name,
                u32::from(of.vlan),
                of.vni,
                device.vtep().map(|v| v.to_string()).unwrap_or_default(),
                instance.route_distinguisher.as_deref().unwrap_or_default(),
                texts(&instance.import_targets),
                texts(&instance.export_targets),
                texts(remote(network, state, &table, d, of)),
                hosts
            ]);
        }
    }
    let mut out = Answer::of(vlans);
    if wanted.routes {
        out.tables.push(routes(network, state, &table, (&node, &vni)));
    }
    out
}

fn texts<T: ToString>(all: impl IntoIterator<Item = T>) -> Vec<String> {
    all.into_iter().map(|x| x.to_string()).collect()
}

/// The tunnel ends to which a VLAN of a switch floods.
pub fn remote(network: &Network, state: &State, table: &EvpnTable, device: DeviceId, of: &VlanVni) -> BTreeSet<IpAddr> {
    let own = network.devices[device].vtep();
    let node = network.node(device, VrfId::DEFAULT);
    let mut out: BTreeSet<IpAddr> = of.peers.iter().copied().collect();
    for r in table.routes.iter().filter(|r| r.host.is_none() && r.device != device) {
        let there = network.devices[r.device].vlan_vnis().get(r.vlan);
        let (Some(instance), Some(sent)) = (&of.evpn, there.and_then(|v| v.evpn.as_ref())) else { continue };
        let held = r.paths.binary_search_by_key(&node, |p| p.0).map_or(&[][..], |at| &r.paths[at].1);
        for attrs in held.iter().filter(|p| p.best).map(|p| state.arena.attrs.get(p.attrs)) {
            if instance.takes(state.arena.communities.get(attrs.communities), sent.tag) {
                out.extend(attrs.next_hop);
            }
        }
    }
    out.retain(|ip| Some(*ip) != own);
    out
}

type Picks<'p> = (&'p dyn Fn(DeviceId) -> bool, &'p dyn Fn(u32) -> bool);

fn routes(network: &Network, state: &State, table: &EvpnTable, (node, vni): Picks<'_>) -> Table {
    let columns = [
        "node",
        "type",
        "vni",
        "distinguisher",
        "address",
        "best",
        "next_hop",
        "from",
        "local_pref",
        "as_path",
        "communities",
        "lost",
    ];
    let mut rows = Vec::new();
    let mut out = Table::new("routes", "EVPN routes of VLANs", &columns).when_empty("no EVPN route of a VLAN");
    for r in &table.routes {
        let device = &network.devices[r.device];
        let Some(of) = device.vlan_vnis().get(r.vlan).filter(|v| vni(v.vni)) else { continue };
        let Some(address) = r.host.or_else(|| device.vtep()) else { continue };
        // One that nobody else has, where none is set.
        let made = || format!("{}:{}", device.name, of.vlan);
        let distinguisher = of.evpn.as_ref().and_then(|e| e.route_distinguisher.as_deref()).map_or_else(made, str::to_owned);
        for (at, paths) in &r.paths {
            let (holder, _) = network.nodes()[*at];
            if !node(holder) {
                continue;
            }
            for path in paths {
                let f: BgpFact = fact(network, state, &table.sessions, IpNet::from(address), 100, path);
                let name = &network.devices[holder].name;
                let row = cells![
                    name,
                    if r.host.is_some() { "host" } else { "tunnel end" },
                    of.vni,
                    &*distinguisher,
                    address.to_string(),
                    if f.best {
                        "best"
                    } else if f.multipath {
                        "multipath"
                    } else {
                        ""
                    },
                    f.next_hop.unwrap_or_default(),
                    f.from.unwrap_or_default(),
                    f.local_pref,
                    f.as_path,
                    f.communities,
                    f.lost.unwrap_or_default()
                ];
                rows.push((name, row));
            }
        }
    }
    // Stable: of one switch in the order of where they start.
    rows.sort_by_key(|(name, _)| *name);
    for (_, row) in rows {
        out.push(row);
    }
    out
}
