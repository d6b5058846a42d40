//! `acl` and what interfaces say of it; VRRP.
//!
//! In: lists with numbered rules, the ports they are bound to. Out: packet filters. Law: what no rule takes passes (Cumulus Linux 5 user guide,
//! "Access Control List Configuration": NVUE writes the rules into chains that accept what reaches their end).

use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::IpNet;

use super::{Below, Translation};
use crate::base::span::Origin;
use crate::model::filter::{AddressMatch, Filter, FilterLine};
use crate::model::interface::{RedundancyGroup, RedundancyProtocol};
use crate::model::route::Family;
use crate::vendors::frr::config::PacketFilter;
use crate::vendors::frr::defaults;
use crate::vendors::frr::read::nclu::expand;
use crate::vendors::packet;
use crate::vendors::sink::LineClass;

impl Translation<'_> {
    /// All lists, each bound to the ports that name it.
    pub(super) fn acls(&mut self, lists: &Below, interfaces: &Below) {
        for (name, line, list) in lists.iter() {
            let family = match list.value(&["type"]) {
                Some("ipv4") => Family::V4,
                Some("ipv6") => Family::V6,
                _ => {
                    self.not_modelled(line, list, "access lists on MAC addresses are not modelled");
                    continue;
                }
            };
            self.class(list, LineClass::Modelled);
            self.l.line = line;
            self.l.mark(LineClass::Modelled);
            let mut rules: Vec<(u32, FilterLine)> = Vec::new();
            for (number, line, rule) in list.get(&["rule"]).into_iter().flat_map(Below::iter) {
                let Some(made) = self.rule(line, rule) else { continue };
                rules.push((number.parse().unwrap_or(u32::MAX), made));
            }
            rules.sort_by_key(|r| r.0);
            let filter = Filter {
                name: name.into(),
                origin: Origin { file: self.l.file, line },
                family: Some(family),
                extended: true,
                lines: rules.into_iter().map(|r| r.1).collect(),
                default_permit: true,
            };
            for (input, direction) in [(true, "inbound"), (false, "outbound")] {
                let ports = self.bound(name, direction, interfaces);
                if !ports.is_empty() {
                    self.l.config.packet_filters.push(PacketFilter { filter: filter.clone(), ports, input });
                }
            }
        }
        for (_, _, port) in interfaces.iter() {
            for (name, line, directions) in port.get(&["acl"]).into_iter().flat_map(Below::iter) {
                self.class(directions, LineClass::Modelled);
                self.l.line = line;
                self.l.mark(LineClass::Modelled);
                for (direction, line, more) in directions.iter() {
                    let known = lists.get(&[name]).is_some() && matches!(direction, "inbound" | "outbound");
                    if !known {
                        self.unknown(direction, line, more);
                    } else if more.get(&["control-plane"]).is_some() {
                        self.class(more, LineClass::NoEffect);
                    }
                }
            }
        }
    }

    /// Ports to which a list is bound for what they forward; `control-plane` is for what the switch itself takes.
    fn bound(&self, name: &str, direction: &str, interfaces: &Below) -> Vec<Box<str>> {
        let binds = |port: &Below| port.get(&["acl", name, direction]).is_some_and(|how| how.get(&["control-plane"]).is_none());
        let all = interfaces.iter().filter(|(_, _, port)| binds(port));
        all.flat_map(|(names, _, _)| expand(names)).map(Into::into).collect()
    }

    /// A rule; one that neither permits nor denies (it counts, marks or mirrors) decides nothing.
    fn rule(&mut self, line: u32, rule: &Below) -> Option<FilterLine> {
        let permit = match rule.value(&["action"]) {
            Some("permit") => true,
            Some("deny") => false,
            _ => return None,
        };
        let mut out = FilterLine { permit, origin: Origin { file: self.l.file, line }, ..FilterLine::default() };
        for (word, at, below) in rule.get(&["match", "ip"]).into_iter().flat_map(Below::iter) {
            let value = below.one();
            let understood = match word {
                "protocol" => protocol(value).map(|p| out.protocols.extend(p)).is_some(),
                "source-ip" => addresses(value).map(|a| out.sources.extend(a)).is_some(),
                "dest-ip" => addresses(value).map(|a| out.destinations.extend(a)).is_some(),
                "source-port" => ports(below, &mut out.source_ports),
                "dest-port" => ports(below, &mut out.destination_ports),
                "tcp" | "udp" => {
                    if out.protocols.is_empty() {
                        out.protocols.extend(packet_protocol(word));
                    }
                    below.iter().fold(true, |fine, (key, _, below)| {
                        let here = match key {
                            "source-port" => ports(below, &mut out.source_ports),
                            "dest-port" => ports(below, &mut out.destination_ports),
                            "state" if below.one() == "established" => {
                                out.established = true;
                                true
                            }
                            _ => false,
                        };
                        fine && here
                    })
                }
                _ => false,
            };
            if !understood {
                out.partial = true;
                self.not_modelled(at, below, "this condition is not modelled: the rule may hold for fewer packets");
            }
        }
        if let Some((_, at, mac)) = rule.get(&["match"]).into_iter().flat_map(Below::iter).find(|m| m.0 != "ip") {
            out.partial = true;
            self.not_modelled(at, mac, "this condition is not modelled: the rule may hold for fewer packets");
        }
        Some(out)
    }

    /// `ip vrrp`: groups with their addresses (user guide, "Virtual Router Redundancy Protocol - VRRP").
    pub(super) fn vrrp(&mut self, name: &str, all: &Below) {
        self.class(all, LineClass::NoEffect);
        if all.is(&["enable"], "off") {
            return;
        }
        for (group, line, below) in all.get(&["virtual-router"]).into_iter().flat_map(Below::iter) {
            let Ok(group) = group.parse() else {
                self.unknown(group, line, below);
                continue;
            };
            self.class(below, LineClass::Modelled);
            self.stanza(line, name, &[]);
            let origin = Origin { file: self.l.file, line };
            let address = |word: &str| word.split('/').next().and_then(|a| a.parse::<IpAddr>().ok());
            let addresses = below.get(&["address"]).into_iter().flat_map(Below::iter).filter_map(|a| address(a.0)).collect();
            let priority = below.value(&["priority"]).and_then(|p| p.parse().ok()).unwrap_or(defaults::VRRP_PRIORITY);
            let n = self.l.config.interface(name, origin);
            self.l.config.interfaces[n].vrrp.push(RedundancyGroup {
                protocol: RedundancyProtocol::Vrrp,
                group,
                addresses,
                priority,
                preempt: !below.is(&["preempt"], "off"),
                origin,
            });
        }
    }
}

/// `ANY` is no condition.
fn any(word: &str) -> bool {
    word.eq_ignore_ascii_case("any")
}

fn packet_protocol(word: &str) -> Option<u8> {
    packet::PROTOCOLS.iter().find(|p| p.0 == word).map(|p| p.1).or_else(|| word.parse().ok())
}

fn protocol(word: &str) -> Option<Option<u8>> {
    if any(word) { Some(None) } else { packet_protocol(word).map(Some) }
}

fn addresses(word: &str) -> Option<Option<AddressMatch>> {
    if any(word) {
        return Some(None);
    }
    let net: Option<IpNet> = word.parse().ok().or_else(|| word.parse::<IpAddr>().ok().map(IpNet::from));
    net.map(|n| Some(AddressMatch::Prefix(n.trunc())))
}

/// Numbers, ranges (`1050:1055`) and names of ports. Whether all are understood.
fn ports(words: &Below, out: &mut Vec<RangeInclusive<u16>>) -> bool {
    let one = |word: &str| {
        let (a, b) = word.split_once([':', '-']).unwrap_or((word, word));
        let (a, b): (u16, u16) = (a.parse().ok()?, b.parse().ok()?);
        (a <= b).then_some(a..=b)
    };
    words.iter().filter(|w| !any(w.0)).fold(true, |fine, (word, _, _)| match one(word) {
        Some(range) => {
            out.push(range);
            fine
        }
        None => false,
    })
}
