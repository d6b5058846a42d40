//! Configs with cables, loaded and computed, and the ways of packets in words.

#![allow(dead_code, reason = "not every test asks for all of it")]

#[path = "tables.rs"]
mod tables;

use nettwin::engine::{State, simulate, simulate_from};
use nettwin::forward::filter::Packet;
use nettwin::forward::step::Forwarder;
use nettwin::forward::trace::{End, trace};
use nettwin::model::{Network, VrfId};
use nettwin::topology::Failures;
use nettwin::whatif::sweep::{Base, single_links, single_nodes};
use tables::tables;

/// Configs by name, cables as `device port device port`.
pub fn load(configs: &[(&str, String)], cables: &[&str]) -> Network {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("configs")).unwrap();
    for (name, text) in configs {
        std::fs::write(folder.path().join("configs").join(format!("{name}.cfg")), text).unwrap();
    }
    let end = |d: &str, i: &str| format!("{{\"hostname\": \"{d}\", \"interfaceName\": \"{i}\"}}");
    let edge = |c: &&str| match c.split(' ').collect::<Vec<_>>()[..] {
        [a, i, b, j] => format!("{{\"node1\": {}, \"node2\": {}}}", end(a, i), end(b, j)),
        _ => panic!("{c}"),
    };
    let edges: Vec<String> = cables.iter().map(edge).collect();
    std::fs::write(folder.path().join("layer1_topology.json"), format!("{{\"edges\": [{}]}}", edges.join(","))).unwrap();
    let snapshot = nettwin::load::load(folder.path()).unwrap();
    let said: Vec<_> = snapshot.diagnostics.iter().filter(|d| d.code.0.starts_with("T-layer1")).collect();
    assert!(said.is_empty(), "{said:?}");
    snapshot.network
}

/// A network with its tables.
pub struct Ran {
    pub network: Network,
    pub state: State,
}

impl Ran {
    pub fn of(configs: &[(&str, String)], cables: &[&str]) -> Self {
        let network = load(configs, cables);
        let state = simulate(&network, &Failures::default());
        Self { network, state }
    }

    /// Devices that are off and cables that are cut, given as `device port`.
    pub fn failed(&self, what: &[&str]) -> State {
        let mut failures = Failures::default();
        for w in what {
            match w.split_once(' ') {
                None => failures.devices.push(self.network.find_device(w).unwrap()),
                Some((d, i)) => {
                    let d = self.network.find_device(d).unwrap();
                    failures.ports.push((d, self.network.devices[d].find_interface(i).unwrap()));
                }
            }
        }
        let from = simulate_from(&self.state, &self.network, &failures);
        let fresh = simulate(&self.network, &failures);
        assert_eq!(tables(&self.network, &from), tables(&self.network, &fresh), "{what:?}");
        assert_eq!(from.topology, fresh.topology, "{what:?}");
        from
    }

    /// The ways from a device to an address: devices, and `ok` or what becomes of the packet.
    pub fn ways(&self, state: &State, from: &str, to: &str) -> Vec<String> {
        let node = self.network.node(self.network.find_device(from).unwrap(), VrfId::DEFAULT);
        let forwarder = Forwarder::new(&self.network, state);
        let packet = Packet::echo("203.0.113.1".parse().unwrap(), to.parse().unwrap());
        let found = trace(&self.network, state, &forwarder, node, None, &packet);
        let branch = |b: &nettwin::forward::trace::Branch| {
            let nodes: Vec<String> = b.hops.iter().map(|h| self.network.node_name(h.node)).collect();
            let end = match b.end {
                End::Delivered(_) | End::Subnet(_) => "ok",
                End::NoRoute(_) => "no route",
                _ => "lost",
            };
            format!("{}: {end}", nodes.join(" "))
        };
        let mut all: Vec<String> = found.branches.iter().map(branch).collect();
        all.sort();
        all
    }

    /// Codes of what is found of the topology.
    pub fn findings(&self) -> Vec<&'static str> {
        let mut all: Vec<_> = self.state.findings.iter().map(|f| f.code.0).filter(|c| c.starts_with("T-")).collect();
        all.sort_unstable();
        all
    }

    /// Sweeps find what following every packet finds.
    pub fn sweeps_agree(&self) {
        let base = Base::new(&self.network, &self.state);
        for case in [single_links(&self.network, &self.state.topology), single_nodes(&self.network)].concat() {
            let (changed, after) = case.simulate(&self.network, &self.state);
            let fast = base.compare(changed, &after, &case.failures);
            assert_eq!(fast, base.compare_all(changed, &after, &case.failures), "{}", case.name);
        }
    }
}

/// A Linux host with an address, a gateway, and what else its interfaces need.
pub fn host(name: &str, port: &str, (address, gateway): (&str, &str), more: &str) -> String {
    format!(
        "{name}\n# This file describes the network interfaces\nauto lo\niface lo inet loopback\n{more}auto {port}\niface {port}\n  address {address}\n\
# ports.conf --\nfrr version 8.4\nip route 0.0.0.0/0 {gateway}\n"
    )
}
