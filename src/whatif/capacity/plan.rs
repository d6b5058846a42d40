//! Loads against capacities, in the base state and under each failure.
//!
//! In: demands, a network, cases. Out: [`Plan`]: a row a link direction. Law: a link without a known speed has a load and no utilisation.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::spread::spread;
use super::{Demand, Loads, Loss};
use crate::engine::State;
use crate::forward::step::Forwarder;
use crate::model::Network;
use crate::topology::Port;
use crate::whatif::sweep::Case;

/// The answer: links, fullest first, and what demands lose.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// A row a link direction that carries or could carry traffic.
    pub links: Vec<LinkLoad>,
    /// Demands that do not arrive whole in the base state: demand, bit/s, why.
    pub lost: Vec<(usize, f64, Loss)>,
    /// Cases in which demands lose more than in the base: case, bit/s.
    pub lost_by_case: Vec<(usize, f64)>,
}

/// One direction of a link.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkLoad {
    /// The port it leaves by.
    pub port: Port,
    /// bit/s in the base state.
    pub bits: f64,
    /// Line rate in bit/s.
    pub capacity: Option<f64>,
    /// The case under which it carries most, and that load. `None` where no case makes it fuller.
    pub worst: Option<(usize, f64)>,
}

impl LinkLoad {
    /// Load over capacity in the base state.
    pub fn utilisation(&self) -> Option<f64> {
        self.capacity.map(|c| self.bits / c)
    }
    /// Load over capacity in the worst case.
    pub fn worst_utilisation(&self) -> Option<f64> {
        self.capacity.map(|c| self.worst.map_or(self.bits, |w| w.1.max(self.bits)) / c)
    }
}

/// Line rates that are known better than from the configs, by port.
pub type Capacities = BTreeMap<Port, f64>;

/// Spreads the demands over the base state and over each case.
pub fn plan(
    network: &Network,
    state: &State,
    demands: &[Demand],
    known: &Capacities,
    cases: &[Case],
    done: &(dyn Fn() + Sync),
) -> Plan {
    let base = spread(&Forwarder::new(network, state), demands);
    let by_case: Vec<Loads> = cases
        .par_iter()
        .map(|case| {
            let (network, after) = case.simulate(network, state);
            let alive: Vec<Demand> = demands
                .iter()
                .filter(|d| !case.failures.devices.contains(&network.nodes()[d.from].0))
                .map(|d| Demand { bits: d.bits * case.growth, ..d.clone() })
                .collect();
            let loads = spread(&Forwarder::new(network, &after), &alive);
            done();
            loads
        })
        .collect();
    let mut links: BTreeMap<Port, LinkLoad> = BTreeMap::new();
    let ends = state.topology.links.iter().flat_map(|&(a, b)| [a, b]);
    let mut loaded: Vec<Port> = base.out.keys().chain(by_case.iter().flat_map(|l| l.out.keys())).copied().chain(ends).collect();
    loaded.sort_unstable();
    loaded.dedup();
    for port in loaded {
        let capacity = known.get(&port).copied().or_else(|| speed(network, port));
        links.insert(port, LinkLoad { port, bits: base.out.get(&port).copied().unwrap_or(0.0), capacity, worst: None });
    }
    for (n, loads) in by_case.iter().enumerate() {
        for (port, link) in &mut links {
            let bits = loads.out.get(port).copied().unwrap_or(0.0);
            if bits > link.worst.map_or(link.bits, |w| w.1) + 1e-6 {
                link.worst = Some((n, bits));
            }
        }
    }
    let total = |l: &Loads| l.lost.iter().map(|x| x.1).sum::<f64>();
    let before = total(&base);
    let lost_by_case = by_case
        .iter()
        .enumerate()
        .map(|(n, l)| (n, total(l)))
        .filter(|(n, b)| *b > before * cases[*n].growth.max(1.0) + 1e-6)
        .collect();
    let mut links: Vec<LinkLoad> = links.into_values().collect();
    let fullest = |l: &LinkLoad| l.worst_utilisation().unwrap_or(-1.0);
    links.sort_by(|a, b| fullest(b).total_cmp(&fullest(a)).then(b.bits.total_cmp(&a.bits)).then(a.port.cmp(&b.port)));
    Plan { links, lost: base.lost, lost_by_case }
}

/// The line rate a port's config gives. An aggregate has that of its members together; a unit that of its port.
fn speed(network: &Network, (device, interface): Port) -> Option<f64> {
    let interfaces = &network.devices[device].interfaces;
    let own = &interfaces[interface];
    if let Some(speed) = own.speed {
        return Some(speed as f64);
    }
    let members: f64 =
        interfaces.iter().filter(|i| i.aggregate == Some(interface) && i.enabled).filter_map(|i| i.speed).map(|s| s as f64).sum();
    if members > 0.0 {
        return Some(members);
    }
    match own.parent {
        Some(parent) if parent != interface => speed_of_parent(network, (device, parent)),
        _ => own.bandwidth.map(|b| b as f64),
    }
}

/// One level up only: a unit of a unit does not occur, and a config that says so must not make the twin run in circles.
fn speed_of_parent(network: &Network, (device, interface): Port) -> Option<f64> {
    let interfaces = &network.devices[device].interfaces;
    let own = &interfaces[interface];
    let members: f64 =
        interfaces.iter().filter(|i| i.aggregate == Some(interface) && i.enabled).filter_map(|i| i.speed).map(|s| s as f64).sum();
    own.speed.map(|s| s as f64).or((members > 0.0).then_some(members)).or(own.bandwidth.map(|b| b as f64))
}
