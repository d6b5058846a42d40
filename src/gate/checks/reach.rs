//! Reachability and isolation that a policy asserts.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::Deserialize;

use super::found;
use crate::base::id::Id;
use crate::base::like;
use crate::forward::reach::{Fate, fates};
use crate::forward::step::Forwarder;
use crate::gate::{Finding, Subject, Violation};
use crate::model::network::NodeId;
use crate::whatif::capacity::demand::address_of;

/// Who to whom.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Where packets enter: devices or `device:vrf`; `*` stands for anything.
    from: Vec<String>,
    /// Where they go: addresses, prefixes or devices.
    to: Vec<String>,
}

impl Flow {
    pub(super) fn name(&self, check: &str) -> String {
        format!("{check} {} to {}", self.from.join(", "), self.to.join(", "))
    }

    pub(super) fn reach(&self, candidate: &Subject) -> Finding {
        self.hold(candidate, "reaches", |fate| !fate.arrives())
    }

    pub(super) fn isolate(&self, candidate: &Subject) -> Finding {
        self.hold(candidate, "does not reach", |fate| fate.has(Fate::DELIVERED) || fate.has(Fate::EXITS))
    }

    fn hold(&self, candidate: &Subject, verb: &str, wrong: impl Fn(Fate) -> bool) -> Finding {
        let network = candidate.network();
        let names = candidate.side.node_names();
        let mut sources: Vec<usize> = Vec::new();
        for pattern in &self.from {
            let before = sources.len();
            sources.extend((0..names.len()).filter(|&n| like(pattern, &names[n])));
            if sources.len() == before {
                return cannot(format!("there is no device `{pattern}`"));
            }
        }
        let forwarder = Forwarder::new(network, &candidate.side.state);
        let mut violations = Vec::new();
        for to in &self.to {
            let Some(address) = self.address(candidate, to) else {
                return cannot(format!("`{to}` is no address, no prefix and no device of the network"));
            };
            let fates = fates(&forwarder, address, names.len());
            for &n in &sources {
                if owns(&forwarder, NodeId::new(n), address) {
                    continue;
                }
                if wrong(fates[n]) {
                    let what = format!("{} to {to}: {}", names[n], fates[n].words());
                    violations.push(Violation { what, devices: vec![names[n].split(':').next().unwrap_or("").to_owned()] });
                }
            }
        }
        found(violations, format!("{} {verb} {}", self.from.join(", "), self.to.join(", ")))
    }

    fn address(&self, candidate: &Subject, to: &str) -> Option<IpAddr> {
        if let Ok(address) = to.parse::<IpAddr>() {
            return Some(address);
        }
        if let Ok(prefix) = to.parse::<IpNet>() {
            let known = candidate.side.reach.destination(&prefix.trunc()).map(|d| d.address);
            return Some(known.unwrap_or_else(|| prefix.hosts().next().unwrap_or(prefix.addr())));
        }
        let id = candidate.network().find_device(to)?;
        address_of(&candidate.network().devices[id])
    }
}

fn owns(forwarder: &Forwarder<'_>, node: NodeId, address: IpAddr) -> bool {
    forwarder.owners(address).iter().any(|(n, _)| *n == node)
}

fn cannot(why: String) -> Finding {
    Finding { cannot: Some(why), ..Finding::default() }
}
