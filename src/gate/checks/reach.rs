//! Reachability and isolation that a policy asserts: by routing, and where the network has packet filters also by those.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::Deserialize;

use super::kept::host;
use crate::base::id::Id;
use crate::base::like;
use crate::forward::filter::{self, Packet};
use crate::forward::reach::{Fate, fates};
use crate::forward::step::Forwarder;
use crate::forward::trace;
use crate::gate::{Finding, Subject, Violation};
use crate::model::network::NodeId;
use crate::questions::trace as trace_answer;
use crate::topology::Port;
use crate::whatif::capacity::demand::address_of;

/// Who to whom.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Where packets enter: devices or `device:vrf`; `*` stands for anything.
    from: Vec<String>,
    /// Where they go: addresses, prefixes or devices.
    to: Vec<String>,
    /// The port they come in by, whose filter they meet; none = they start at the router.
    #[serde(default, rename = "in")]
    enter: Option<String>,
    /// Which packets: `tcp`, `udp`, `icmp` or a number; none = a ping, or TCP where `dport` is given.
    #[serde(default)]
    proto: Option<Word>,
    /// Their destination port.
    #[serde(default)]
    dport: Option<u16>,
}

/// A word or a number.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Word {
    Number(u8),
    Text(String),
}

/// What is asserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Reach,
    Isolate,
}

impl Flow {
    pub(super) fn name(&self, check: &str) -> String {
        let mut name = format!("{check} {} to {}", self.from.join(", "), self.to.join(", "));
        match &self.proto {
            Some(Word::Number(n)) => name.push_str(&format!(" protocol {n}")),
            Some(Word::Text(t)) => name.push_str(&format!(" {t}")),
            None if self.dport.is_some() => name.push_str(" tcp"),
            None => {}
        }
        if let Some(port) = self.dport {
            name.push_str(&format!(" {port}"));
        }
        name
    }

    pub(super) fn reach(&self, candidate: &Subject) -> Finding {
        self.hold(candidate, Wish::Reach)
    }

    pub(super) fn isolate(&self, candidate: &Subject) -> Finding {
        self.hold(candidate, Wish::Isolate)
    }

    fn hold(&self, candidate: &Subject, wish: Wish) -> Finding {
        let network = candidate.network();
        let names = candidate.side.node_names();
        let protocol = match &self.proto {
            None => None,
            Some(Word::Number(n)) => Some(*n),
            Some(Word::Text(t)) => match filter::protocol(t) {
                Some(n) => Some(n),
                None => return cannot(format!("`{t}` is no IP protocol")),
            },
        };
        let mut sources: Vec<(NodeId, Option<Port>)> = Vec::new();
        for pattern in &self.from {
            let before = sources.len();
            for &(node, ref name) in names.iter().filter(|(_, name)| like(pattern, name)) {
                let port = self.enter.as_deref().map(|i| (network.nodes()[node].0, network.device_of(node).find_interface(i)));
                match port {
                    Some((_, None)) => {
                        return cannot(format!("`{name}` has no interface `{}`", self.enter.as_deref().unwrap_or("")));
                    }
                    Some((device, Some(interface))) => sources.push((node, Some((device, interface)))),
                    None => sources.push((node, None)),
                }
            }
            if sources.len() == before {
                return cannot(format!("there is no device `{pattern}`"));
            }
        }
        let filters = network.devices.iter().flat_map(|d| d.interfaces.iter()).any(|i| i.filter_in.or(i.filter_out).is_some());
        let forwarder = Forwarder::new(network, &candidate.side.state);
        let mut out = Finding::default();
        for to in &self.to {
            let Some(address) = self.address(candidate, to) else {
                return cannot(format!("`{to}` is no address, no prefix and no device of the network"));
            };
            let fates = fates(&forwarder, address, network.nodes().len());
            for &(node, enter) in &sources {
                let fate = fates[node.index()];
                let routed = match wish {
                    Wish::Reach => fate.arrives(),
                    Wish::Isolate => fate.has(Fate::DELIVERED) || fate.has(Fate::EXITS),
                };
                let name = &network.node_name(node);
                let violation = |why: String, devices| Violation { what: format!("{name} to {to}: {why}"), devices };
                if owns(&forwarder, node, address) {
                    continue;
                }
                if !filters || !routed {
                    if routed == (wish == Wish::Isolate) {
                        out.violations.push(violation(fate.words(), vec![host(name)]));
                    }
                    continue;
                }
                let source = trace::own_address(network, &candidate.side.state, &forwarder, node, address);
                let packet = Packet::asked(source, address, protocol, self.dport);
                let found = trace::trace(network, &candidate.side.state, &forwarder, node, enter, &packet);
                let wrong = found.branches.iter().find(|b| b.end.arrives() == (wish == Wish::Isolate));
                if let Some(b) = wrong {
                    let mut devices: Vec<String> =
                        b.hops.iter().rev().map(|h| network.device_of(h.node).name.to_string()).collect();
                    devices.dedup();
                    out.violations.push(violation(trace_answer::ends(network, b.end), devices));
                }
                // What cannot be told must not pass silently.
                let doubt = found.branches.iter().flat_map(|b| &b.hops).flat_map(|h| &h.filters).find_map(|f| f.verdict.doubt);
                let policy = found.branches.iter().flat_map(|b| &b.hops).find(|h| h.policy_routing.is_some());
                if let Some(doubt) = doubt {
                    let place = network.sources.place(doubt);
                    out.cannot = Some(format!("{name} to {to}: {place} has a condition that is not modelled"));
                } else if let Some(hop) = policy {
                    let at = network.node_name(hop.node);
                    out.cannot = Some(format!("{name} to {to}: policy routing at {at} is not followed"));
                } else if found.cut && wrong.is_none() {
                    out.cannot = Some(format!("{name} to {to}: there are too many paths to try each against filters"));
                }
            }
        }
        let verb = if wish == Wish::Reach { "reaches" } else { "does not reach" };
        out.holds = format!("{} {verb} {}", self.from.join(", "), self.to.join(", "));
        out
    }

    fn address(&self, candidate: &Subject, to: &str) -> Option<IpAddr> {
        if let Ok(address) = to.parse::<IpAddr>() {
            return Some(address);
        }
        if let Ok(prefix) = to.parse::<IpNet>() {
            let known = candidate.side.reach().destination(&prefix.trunc()).map(|d| d.address);
            return Some(known.unwrap_or_else(|| prefix.hosts().next().unwrap_or(prefix.addr())));
        }
        let id = candidate.network().find_device(to)?;
        address_of(&candidate.network().devices[id])
    }
}

fn owns(forwarder: &Forwarder<'_>, node: NodeId, address: IpAddr) -> bool {
    forwarder.owners(address).any(|(n, _)| n == node)
}

fn cannot(why: String) -> Finding {
    Finding { cannot: Some(why), ..Finding::default() }
}
