//! NVUE, the configuration of Cumulus Linux 5: `startup.yaml` (what `nv config show` prints), and the same as `nv set …` lines.
//!
//! In: a tree of words. Out: what the readers of `frr.conf` and `/etc/network/interfaces` make of the lines that NVUE writes for it ("NVUE and
//! FRR Restart", "Border Gateway Protocol" in the Cumulus Linux 5 user guide). Law: nothing is understood here that they do not
//! understand; a word that stands nowhere in these lines is reported. Start reading at [`Translation::all`].

mod acl;
mod overlay;
mod policy;
mod routing;
mod tree;

pub(in crate::vendors::frr) use tree::Below;

use super::nclu::{Line, expand};
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::span::Origin;
use crate::base::yaml;
use crate::vendors::ConfigFile;
use crate::vendors::frr::config::Config;
use crate::vendors::sink::{LineClass, NOT_UNDERSTOOD, Sink};

/// Whether a YAML text is one of NVUE's.
pub(in crate::vendors::frr) fn tells(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_end).filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.next().is_some_and(|first| first == "- header:" || first == "- set:" || first == "set:")
}

/// Reads a YAML file.
pub(in crate::vendors::frr) fn read(config: &mut Config, sink: &mut Sink, file: &ConfigFile<'_>) {
    match yaml::read::<Below>(file.name, file.text) {
        Ok(all) => {
            sink.mark_file(file.id, LineClass::Silent);
            apply(&all, config, sink, file);
        }
        Err(e) => {
            let at = Origin { file: file.id, line: 1 };
            sink.push(Diagnostic::new(Code("S-broken-line"), Severity::Error, e.to_string()).at(at));
            sink.mark_file(file.id, LineClass::Invalid);
        }
    }
}

/// Reads what was gathered.
pub(in crate::vendors::frr) fn apply(all: &Below, config: &mut Config, sink: &mut Sink, file: &ConfigFile<'_>) {
    // NVUE writes `frr defaults datacenter`.
    config.datacenter = true;
    config.nvue = true;
    let line = Line { config, sink, file: file.id, text: file.text, line: 1 };
    Translation { l: line, bridges: Vec::new() }.all(all.get(&["set"]).unwrap_or(all));
}

struct Translation<'l> {
    l: Line<'l>,
    /// The ports of each bridge.
    bridges: Vec<(Box<str>, Vec<Box<str>>)>,
}

impl Translation<'_> {
    fn all(&mut self, set: &Below) {
        let nothing = Below::default();
        let of = |word: &str| set.get(&[word]).unwrap_or(&nothing);
        for (word, line, below) in set.iter() {
            match word {
                "interface" | "bridge" | "vrf" | "router" => {}
                "system" => {
                    if let Some(name) = below.value(&["hostname"]) {
                        self.l.config.hostname.get_or_insert_with(|| name.into());
                    }
                    self.class(below, LineClass::NoEffect);
                }
                "header" | "service" | "platform" | "qos" | "ptp" | "rev-id" => self.class(below, LineClass::NoEffect),
                "mlag" => {
                    // Without a MAC address of its own a pair has the fabric's.
                    if below.get(&["mac-address"]).is_none()
                        && let Some(mac) = set.get(&["system", "global"]).and_then(|g| g.value(&["anycast-mac"]))
                    {
                        self.stanza(line, "peerlink.4094", &["clagd-sys-mac", mac]);
                    }
                    self.mlag(below);
                }
                "nve" | "evpn" => self.overlay(below),
                "acl" => self.acls(below, of("interface")),
                _ => self.unknown(word, line, below),
            }
        }
        self.policies(of("router").get(&["policy"]).unwrap_or(&nothing));
        for (name, line, below) in of("vrf").iter().filter(|v| v.0 != "default") {
            self.l.line = line;
            self.l.stanza(name, &["vrf-table", "auto"]);
            self.attributes(name, below.get(&["loopback"]).unwrap_or(&nothing));
        }
        for (names, line, below) in of("interface").iter() {
            self.l.line = line;
            for name in expand(names) {
                self.l.stanza(&name, &[]);
                self.attributes(&name, below);
            }
        }
        for (name, line, below) in of("bridge").get(&["domain"]).unwrap_or(&nothing).iter() {
            self.bridge(name, line, below);
        }
        let global = of("router");
        for (word, line, below) in global.iter() {
            match word {
                "bgp" | "ospf" => self.class(below, LineClass::Modelled),
                "policy" => {}
                "pim" | "igmp" | "vrr" | "vrrp" | "adaptive-routing" | "nexthop" => self.class(below, LineClass::NoEffect),
                _ => self.unknown(word, line, below),
            }
        }
        for (vrf, line, below) in of("vrf").iter() {
            self.l.line = line;
            for (word, line, below) in below.iter() {
                match word {
                    "router" => self.routing(vrf, below, global),
                    "loopback" | "table" | "ptp" => self.class(below, LineClass::NoEffect),
                    "evpn" => self.vrf_evpn(vrf, below),
                    _ => self.unknown(word, line, below),
                }
            }
        }
    }

    /// The pair that the switch is half of; its peer link is `peerlink` (Cumulus user guide, "Multi-Chassis Link Aggregation - MLAG").
    fn mlag(&mut self, all: &Below) {
        for (word, line, below) in all.iter() {
            self.class(below, LineClass::NoEffect);
            let key = match word {
                "mac-address" => "clagd-sys-mac",
                "peer-ip" => "clagd-peer-ip",
                "backup" => "clagd-backup-ip",
                "priority" => "clagd-priority",
                "enable" => "clagd-enable",
                _ => continue,
            };
            for (value, line, _) in below.iter() {
                self.stanza(line, "peerlink.4094", &[key, value]);
            }
            if below.is_empty() {
                self.l.line = line;
                self.l.mark(LineClass::NoEffect);
            }
        }
    }

    fn class(&mut self, below: &Below, class: LineClass) {
        for (_, line, more) in below.iter() {
            self.l.line = line;
            self.l.mark(class);
            self.class(more, class);
        }
    }

    fn not_modelled(&mut self, line: u32, below: &Below, why: &str) {
        self.class(below, LineClass::NotModelled);
        self.l.line = line;
        self.l.not_modelled(why);
    }

    fn unknown(&mut self, word: &str, line: u32, below: &Below) {
        self.class(below, LineClass::NotUnderstood);
        self.l.line = line;
        self.l.mark(LineClass::NotUnderstood);
        let origin = Origin { file: self.l.file, line };
        self.l.sink.push(Diagnostic::new(NOT_UNDERSTOOD, Severity::Warning, format!("`{word}` is not understood")).at(origin));
    }

    /// Lines of `frr.conf` from a line of ours.
    fn frr(&mut self, line: u32, lines: &[&[&str]]) {
        self.l.line = line;
        self.l.frr(lines);
    }

    fn stanza(&mut self, line: u32, name: &str, words: &[&str]) {
        self.l.line = line;
        self.l.stanza(name, words);
    }

    fn attributes(&mut self, name: &str, all: &Below) {
        for (word, line, below) in all.iter() {
            let value = below.one();
            match word {
                "ip" => self.addresses(name, below),
                "link" => self.link(name, below),
                "bond" => {
                    let members: Vec<String> =
                        below.get(&["member"]).into_iter().flat_map(Below::iter).flat_map(|m| expand(m.0)).collect();
                    let words: Vec<&str> = std::iter::once("bond-slaves").chain(members.iter().map(String::as_str)).collect();
                    self.class(below, LineClass::NoEffect);
                    self.stanza(line, name, &words);
                    if let Some(mlag) = below.get(&["mlag"]).filter(|m| !m.is_empty()) {
                        self.class(mlag, LineClass::NoEffect);
                        for (id, line, _) in mlag.get(&["id"]).into_iter().flat_map(Below::iter) {
                            // Of `auto` the switches make the same number of the bond's peer.
                            match id.parse::<u32>() {
                                Ok(_) => self.stanza(line, name, &["clag-id", id]),
                                Err(_) => self.not_modelled(line, mlag, "which bonds belong together is not modelled for `auto`"),
                            }
                        }
                    }
                }
                "bridge" => self.port(name, below.get(&["domain"])),
                "vlan" => self.stanza(line, name, &["vlan-id", value]),
                "base-interface" => self.stanza(line, name, &["vlan-raw-device", value]),
                "type" if value == "svi" => {
                    let id = name.trim_start_matches(|c: char| !c.is_ascii_digit());
                    if all.get(&["vlan"]).is_none() {
                        self.stanza(line, name, &["vlan-id", id]);
                    }
                    if all.get(&["base-interface"]).is_none() {
                        self.stanza(line, name, &["vlan-raw-device", "br_default"]);
                    }
                }
                "type" | "description" | "lldp" | "ptp" | "qos" | "evpn" | "tunnel" | "pluggable" => {
                    self.l.config.segments |= word == "evpn" && below.get(&["multihoming"]).is_some();
                    self.class(below, LineClass::NoEffect);
                }
                "router" => self.port_routing(name, below),
                // Bound with the lists themselves.
                "acl" => {}
                _ => self.unknown(word, line, below),
            }
        }
    }

    fn addresses(&mut self, name: &str, all: &Below) {
        for (word, line, below) in all.iter() {
            match word {
                "address" => {
                    for (address, line, _) in below.iter() {
                        if address == "dhcp" {
                            self.stanza(line, name, &[]);
                            let origin = Origin { file: self.l.file, line };
                            let n = self.l.config.interface(name, origin);
                            self.l.config.interfaces[n].dhcp = true;
                        } else {
                            self.stanza(line, name, &["address", address]);
                        }
                    }
                }
                "vrf" => self.stanza(line, name, &["vrf", below.one_or("default")]),
                "gateway" => below.iter().for_each(|(ip, line, _)| self.stanza(line, name, &["gateway", ip])),
                "vrr" => {
                    self.class(below, LineClass::NoEffect);
                    // "The default setting is off"; releases before 5.8 say `enable`, later ones `state`.
                    let off = below.is(&["enable"], "off") || below.get(&["state", "down"]).is_some();
                    for (address, line, _) in below.get(&["address"]).filter(|_| !off).into_iter().flat_map(Below::iter) {
                        self.stanza(line, name, &["address-virtual", address]);
                    }
                }
                "vrrp" => self.vrrp(name, below),
                "ipv4" | "ipv6" | "igmp" | "neighbor-discovery" => self.class(below, LineClass::NoEffect),
                _ => self.unknown(word, line, below),
            }
        }
    }

    fn link(&mut self, name: &str, all: &Below) {
        for (word, line, below) in all.iter() {
            let value = below.one();
            match word {
                "mtu" => self.stanza(line, name, &["mtu", value]),
                "speed" => match value.strip_suffix('G').and_then(|g| g.parse::<u32>().ok()) {
                    Some(g) => self.stanza(line, name, &["link-speed", &g.saturating_mul(1000).to_string()]),
                    None => self.stanza(line, name, &["link-speed", value.trim_end_matches('M')]),
                },
                "state" if value == "down" => self.stanza(line, name, &["link-down", "yes"]),
                _ => self.class(below, LineClass::NoEffect),
            }
        }
    }

    /// A port of bridges.
    fn port(&mut self, name: &str, domains: Option<&Below>) {
        for (bridge, line, below) in domains.into_iter().flat_map(Below::iter) {
            self.l.line = line;
            self.l.mark(LineClass::Modelled);
            match self.bridges.iter_mut().find(|b| *b.0 == *bridge) {
                Some((_, ports)) => ports.push(name.into()),
                None => self.bridges.push((bridge.into(), vec![name.into()])),
            }
            for (word, line, below) in below.iter() {
                let all: Vec<&str> = below.iter().flat_map(|x| x.0.split(',')).collect();
                match word {
                    "access" => self.stanza(line, name, &["bridge-access", all.first().copied().unwrap_or("")]),
                    "untagged" => self.stanza(line, name, &["bridge-pvid", all.first().copied().unwrap_or("")]),
                    "vlan" if all == ["all"] => self.class(below, LineClass::NoEffect),
                    "vlan" => self.stanza(line, name, &[&["bridge-vids"], &all[..]].concat()),
                    "stp" | "learning" => self.class(below, LineClass::NoEffect),
                    _ => self.unknown(word, line, below),
                }
            }
        }
    }

    fn bridge(&mut self, name: &str, line: u32, all: &Below) {
        self.stanza(line, name, &["bridge-vlan-aware", "yes"]);
        let place = self.bridges.iter().position(|b| *b.0 == *name);
        let ports = place.map_or_else(Vec::new, |n| self.bridges.swap_remove(n).1);
        let words: Vec<&str> = std::iter::once("bridge-ports").chain(ports.iter().map(|p| &**p)).collect();
        self.stanza(line, name, &words);
        for (word, line, below) in all.iter() {
            match word {
                "vlan" => {
                    let ids: Vec<&str> = below.iter().flat_map(|x| x.0.split(',')).collect();
                    self.stanza(line, name, &[&["bridge-vids"], &ids[..]].concat());
                    self.vlan_vnis(below);
                }
                "untagged" => self.stanza(line, name, &["bridge-pvid", below.one_or("1")]),
                "type" | "encap" | "stp" | "multicast" | "mac-address" | "ageing" => self.class(below, LineClass::NoEffect),
                _ => self.unknown(word, line, below),
            }
        }
    }

    fn port_routing(&mut self, name: &str, all: &Below) {
        for (protocol, line, below) in all.iter() {
            if protocol != "ospf" {
                match protocol {
                    "pim" | "pbr" | "adaptive-routing" => self.class(below, LineClass::NoEffect),
                    _ => self.unknown(protocol, line, below),
                }
                continue;
            }
            for (word, line, below) in below.iter() {
                let value = below.one();
                let port: &[&str] = &["interface", name];
                match word {
                    "area" | "cost" => self.frr(line, &[port, &["ip", "ospf", word, value]]),
                    "network-type" => self.frr(line, &[port, &["ip", "ospf", "network", value]]),
                    "passive" if value == "on" => self.frr(line, &[port, &["ip", "ospf", "passive"]]),
                    "timers" => {
                        for (timer, line, below) in
                            below.iter().filter(|t| t.0 != "retransmit-interval" && t.0 != "transmit-delay")
                        {
                            let value = below.one();
                            self.frr(line, &[port, &["ip", "ospf", timer, value]]);
                        }
                    }
                    "enable" | "passive" | "bfd" | "authentication" | "priority" | "mtu-ignore" => {
                        self.class(below, LineClass::NoEffect);
                    }
                    _ => self.unknown(word, line, below),
                }
            }
        }
    }
}
