//! Configs of a network, loaded and computed, and its routes in words.

#![allow(dead_code, reason = "not every test asks for all of it")]

#[path = "tables.rs"]
mod tables;
#[path = "texts.rs"]
mod texts;

use std::net::IpAddr;

use ipnet::IpNet;
use nettwin::engine::{State, bgp_paths, simulate, simulate_from};
use nettwin::forward::filter::Packet;
use nettwin::forward::step::Forwarder;
use nettwin::forward::trace::{End, trace};
use nettwin::model::{Network, NodeId};
use nettwin::protocols::bgp::Asked;
use nettwin::questions::routes::RouteFact;
use nettwin::topology::Failures;
use tables::assert_same;

/// Configs, and what they compute.
pub struct Ran {
    pub network: Network,
    pub state: State,
}

/// Loads configs and computes their tables.
pub fn ran(configs: &[(&str, &str)]) -> Ran {
    let network = texts::network(configs);
    let state = simulate(&network, &Failures::default());
    Ran { network, state }
}

impl Ran {
    /// Each port fails: starting from the tables gives what a run from scratch does.
    pub fn assert_same_when_ports_fail(&self) {
        for d in self.network.devices.ids() {
            for i in self.network.devices[d].interfaces.ids() {
                let failures = Failures { ports: vec![(d, i)], ..Failures::default() };
                let (fresh, after) = (simulate(&self.network, &failures), simulate_from(&self.state, &self.network, &failures));
                assert_same("a port fails", &self.network, &fresh, &after);
            }
        }
    }

    pub fn node(&self, device: &str, vrf: &str) -> NodeId {
        let d = self.network.find_device(device).unwrap();
        self.network.node(d, self.network.devices[d].find_vrf(vrf).unwrap())
    }

    /// A route in words: protocol, distance, its next hops, and its own next hop where it was looked up.
    pub fn route(&self, device: &str, vrf: &str, prefix: &str) -> Option<String> {
        let prefix: IpNet = prefix.parse().unwrap();
        let node = self.node(device, vrf);
        let id = self.state.rib.get(&self.state.arena, node, &prefix)?;
        let fact = RouteFact::new(&self.network, &self.state, node, prefix, self.state.arena.routes.get(id));
        let via: Vec<String> = fact.via.iter().map(ToString::to_string).collect();
        Some(format!("{} {} [{}] via [{}]", fact.protocol.word(), fact.distance, fact.hops().join(", "), via.join(", ")))
    }

    /// Next hop, AS path, MED, local preference, weight and a star for the best of each path to a destination.
    pub fn paths(&self, device: &str, vrf: &str, prefix: &str) -> Vec<String> {
        let (prefix, node): (IpNet, _) = (prefix.parse().unwrap(), self.node(device, vrf));
        let asked = Asked { prefix: &|p| *p == prefix, node: &|n| n == node, one_by_one: false };
        let table = bgp_paths(&self.network, &self.state, asked);
        let id = self.state.arena.prefix(prefix);
        let facts = nettwin::questions::bgp::facts(&self.network, &self.state, &table, node, (prefix, id));
        let word = |f: &nettwin::questions::bgp::BgpFact| {
            let (hop, med, best) = (f.next_hop.as_deref().unwrap_or("-"), f.med.unwrap_or(0), if f.best { " *" } else { "" });
            format!("{hop} [{}] {med} {} {}{best}", f.as_path, f.local_pref, f.weight)
        };
        facts.iter().map(word).collect()
    }

    pub fn ends(&self, device: &str, vrf: &str, to: &str) -> Vec<(Vec<String>, bool)> {
        let forwarder = Forwarder::new(&self.network, &self.state);
        let destination: IpAddr = to.parse().unwrap();
        let packet = Packet::echo("203.0.113.1".parse().unwrap(), destination);
        let found = trace(&self.network, &self.state, &forwarder, self.node(device, vrf), None, &packet);
        let branch = |b: &nettwin::forward::trace::Branch| {
            let nodes = b.hops.iter().map(|h| self.network.node_name(h.node)).collect();
            (nodes, matches!(b.end, End::Delivered(_)))
        };
        found.branches.iter().map(branch).collect()
    }
}
