//! BGP tables: every candidate path, the best marked, and the step at which each other one lost.
//!
//! In: [`State`]. Out: [`BgpFact`]s for the route facts, an [`Answer`] for people.

use ipnet::IpNet;
use serde::Serialize;

use super::answer::{Answer, Table};
use super::routes::Wanted;
use crate::cells;
use crate::engine::{State, bgp_paths};
use crate::model::network::{Network, NodeId};
use crate::model::route::{BgpOrigin, Community};
use crate::protocols::bgp::{Asked, BgpPath, BgpTable};
use crate::rib::PrefixId;

/// A candidate path with names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BgpFact {
    /// The destination.
    pub prefix: String,
    /// Its next hop; none for paths made here; `discard` where a policy says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_hop: Option<String>,
    /// It is the best.
    pub best: bool,
    /// It shares the load with others.
    pub multipath: bool,
    /// The AS path as devices print it.
    pub as_path: String,
    /// Local preference.
    pub local_pref: u32,
    /// Multi-exit discriminator, if it carries one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub med: Option<u32>,
    /// Origin code.
    pub origin: BgpOrigin,
    /// Communities of all kinds.
    pub communities: Vec<String>,
    /// Weight.
    pub weight: u32,
    /// The neighbour it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Why it is not the best.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<String>,
}

/// All prefixes of the BGP tables in order.
pub fn prefixes(state: &State, table: &BgpTable) -> Vec<(IpNet, PrefixId)> {
    let mut all: Vec<_> = table.prefixes().map(|p| (*state.arena.prefixes.get(p), p)).collect();
    all.sort_unstable();
    all
}

pub(super) fn fact(
    network: &Network,
    state: &State,
    table: &BgpTable,
    prefix: IpNet,
    unset_pref: u32,
    path: &BgpPath,
) -> BgpFact {
    let a = state.arena.attrs.get(path.attrs);
    // Some OSes show a path made here without a local preference of its own as 0.
    let unset = path.class.is_local() && a.local_pref == 100;
    let end = path.from.and_then(|e| table.ends.get(e));
    let from = end.map(|e| e.peer_node.map_or_else(|| e.peer.to_string(), |n| network.node_name(n)));
    BgpFact {
        prefix: prefix.to_string(),
        next_hop: a.next_hop.map(|h| h.to_string()).or_else(|| (!path.class.is_local()).then(|| "discard".to_owned())),
        best: path.best,
        multipath: path.multipath,
        as_path: state.arena.as_paths.get(a.as_path).to_string(),
        local_pref: if unset { unset_pref } else { a.local_pref },
        med: a.med,
        origin: a.origin,
        communities: state.arena.communities.get(a.communities).iter().map(Community::to_string).collect(),
        weight: a.weight,
        from,
        lost: path.lost.map(|l| l.to_string()),
    }
}

/// The paths of a node to a prefix, the best first, then in the order of its sessions.
pub fn facts(network: &Network, state: &State, table: &BgpTable, node: NodeId, (prefix, id): (IpNet, PrefixId)) -> Vec<BgpFact> {
    let paths = table.paths(id, node);
    let unset_pref = network.device_of(node).platform.bgp_local_path_local_pref;
    let mut out: Vec<_> = paths.iter().map(|p| fact(network, state, table, prefix, unset_pref, p)).collect();
    out.sort_by_key(|f| !f.best);
    out
}

/// The BGP tables, one row a path.
pub fn answer(network: &Network, state: &State, wanted: &Wanted) -> Answer {
    let columns = [
        "node",
        "vrf",
        "prefix",
        "best",
        "next_hop",
        "from",
        "weight",
        "local_pref",
        "as_path",
        "origin",
        "med",
        "communities",
        "lost",
    ];
    let mut table = Table::new("bgp", "", &columns).when_empty("no path matches");
    let paths =
        bgp_paths(network, state, Asked { node: &|n| wanted.node(network, n), prefix: &|p| wanted.prefix(p), ..Asked::ALL });
    let prefixes = prefixes(state, &paths);
    for (node, &(device, vrf)) in network.nodes().iter_ids().filter(|(n, _)| wanted.node(network, *n)) {
        let device = &network.devices[device];
        for &p in &prefixes {
            for f in facts(network, state, &paths, node, p) {
                let mark = match (f.best, f.multipath) {
                    (true, _) => "best",
                    (false, true) => "multipath",
                    (false, false) => "",
                };
                let origin = match f.origin {
                    BgpOrigin::Igp => "igp",
                    BgpOrigin::Egp => "egp",
                    BgpOrigin::Incomplete => "incomplete",
                };
                let med = f.med.map(|m| m.to_string()).unwrap_or_default();
                let hop = f.next_hop.unwrap_or_else(|| "self".to_owned());
                table.push(cells![
                    &device.name,
                    &device.vrfs[vrf].name,
                    f.prefix,
                    mark,
                    hop,
                    f.from.unwrap_or_default(),
                    f.weight,
                    f.local_pref,
                    f.as_path,
                    origin,
                    med,
                    f.communities.join(" "),
                    f.lost.unwrap_or_default()
                ]);
            }
        }
    }
    Answer::of(table)
}
