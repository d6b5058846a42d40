//! FRRouting, Cumulus Linux (FRR with ifupdown2) and SONiC (FRR with `config_db.json`).
//!
//! In: `frr.conf` or the daemons' own files, `/etc/network/interfaces`, `config_db.json`, `net add` lines,
//! NVUE's `startup.yaml` or `nv set` lines, or all of them in one file as Cumulus tools
//! write it.
//! Out: a [`Device`]. Law: see `vendors`. Start reading at [`sections`], then `read/mod.rs`. Tests: `tests.rs`, labs `cumulusfrr_*`,
//! and `tests/frr.rs` against live daemons.

mod config;
mod defaults;
mod lower;
mod read;
#[cfg(test)]
mod tests;

use super::sink::{LineClass, Sink};
use super::{ConfigFile, Vendor};
use crate::model::Device;
use crate::syntax::statements;
use config::Config;

/// The vendor's entry in [`VENDORS`](super::VENDORS).
#[derive(Debug)]
pub struct Frr;

impl Vendor for Frr {
    fn os(&self) -> &'static str {
        "frr"
    }

    fn tells(&self, text: &str) -> u32 {
        let body = text.trim_start();
        if body.starts_with('{') {
            let tables = ["\"DEVICE_METADATA\"", "\"PORT\"", "\"VLAN_INTERFACE\"", "\"LOOPBACK_INTERFACE\""];
            return if tables.iter().any(|t| text.contains(t)) { 70 } else { 0 };
        }
        if read::nvue::tells(text) {
            return 90;
        }
        text.lines().take(4000).map(tell_line).max().unwrap_or(0)
    }

    fn read(&self, files: &[ConfigFile<'_>], sink: &mut Sink) -> Device {
        let mut config = Config::default();
        for file in files {
            if file.text.trim_start().starts_with('{') {
                read::config_db::read(&mut config, sink, file);
            } else if read::nvue::tells(file.text) {
                read::nvue::read(&mut config, sink, file);
            } else if file.name.ends_with(".yml") || file.name.ends_with(".yaml") {
                // SONiC keeps SNMP and the like beside the configs.
                sink.mark_file(file.id, LineClass::NoEffect);
            } else {
                read_text(&mut config, sink, file);
            }
        }
        let database = files.iter().find(|f| f.text.trim_start().starts_with('{'));
        if let (true, Some(file)) = (config.bgp.is_empty(), database) {
            read::config_db::bgp(&mut config, file);
        }
        let os = if config.config_db { "sonic" } else { "" };
        Device { os, ..lower::device(config, sink) }
    }
}

/// How sure one line makes it.
fn tell_line(line: &str) -> u32 {
    let words: smallvec::SmallVec<[&str; 6]> = line.split_ascii_whitespace().take(6).collect();
    match &words[..] {
        // Braces: SR Linux, SR OS, Junos.
        [.., "{"] => 0,
        ["frr", "version" | "defaults", ..] | ["#frr", "version", ..] | ["service", "integrated-vtysh-config"] => 95,
        ["#", "This", "file", "describes", "the", "network"] => 90,
        ["net", "add" | "del", ..] | ["nv", "set", ..] | ["#", "ports.conf", "--", ..] => 85,
        ["no", "bgp", "ebgp-requires-policy"] | ["bgp", "ebgp-requires-policy"] => 55,
        // IOS and EOS have it too.
        ["bgp", "bestpath", "as-path", "multipath-relax"] => 35,
        ["neighbor", _, "interface", "remote-as" | "peer-group" | "v6only", ..] => 75,
        ["iface", _, ..] | ["router", "ospf6"] | ["ipv6", "ospf6", "area", ..] => 65,
        ["ip" | "ipv6", "router", "isis", _] | ["ip", "ospf", "area", _] => 30,
        // IOS writes `ethernet0/0`.
        ["interface", name] if *name == "lo" || (["swp", "eth"].iter().any(|p| name.starts_with(p)) && !name.contains('/')) => 50,
        ["ip" | "ipv6", "route", _, "blackhole", ..] => 60,
        ["on-match", "next" | "goto", ..] => 70,
        ["exit-vrf"]
        | ["agentx"]
        | ["log", "syslog", ..]
        | ["bgp", "community-list" | "as-path" | "large-community-list", ..] => 45,
        ["ip" | "ipv6", "prefix-list", _, "seq", _, "permit" | "deny"] => 5,
        _ => 0,
    }
}

/// A part of a file, by what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    /// The lone host name with which concatenated files begin.
    Head,
    Interfaces,
    Ports,
    Frr,
    Nclu,
    Nvue,
}

fn read_text(config: &mut Config, sink: &mut Sink, file: &ConfigFile<'_>) {
    let tree = statements::parse(file.id, file.text, &['!', '#']);
    sink.begin(&tree);
    let sections = sections(file);
    let mut section = sections.iter().peekable();
    let mut now = Section::Frr;
    let mut stanza = None;
    let mut nclu = read::nclu::Nclu::default();
    let mut nvue = read::nvue::Below::default();
    let mut rest = &tree.roots[..];
    while let Some(node) = rest.first() {
        while let Some((_, next)) = section.next_if(|(line, _)| *line <= node.line) {
            now = *next;
            stanza = None;
        }
        if now == Section::Frr {
            // One reader for the whole run of FRR lines: it remembers the block.
            let until = section.peek().map_or(u32::MAX, |(line, _)| *line);
            let count = rest.iter().position(|n| n.line >= until).unwrap_or(rest.len()).max(1);
            let (lines, tail) = rest.split_at(count);
            let mut reader = read::Reader::new(config, sink);
            for node in lines {
                reader.statement(&tree, node);
            }
            rest = tail;
            continue;
        }
        match now {
            Section::Head => {
                config.hostname.get_or_insert_with(|| node.word(0).into());
                sink.modelled(&tree, node);
            }
            Section::Interfaces => read::ifupdown::statement(config, sink, &mut stanza, &tree, node),
            Section::Ports => sink.mark(tree.origin(node), LineClass::NoEffect),
            Section::Nclu => read::nclu::statement(&mut nclu, config, sink, &tree, node),
            Section::Nvue => match &node.words[..] {
                ["nv", "set", words @ ..] => {
                    sink.mark(tree.origin(node), LineClass::Silent);
                    nvue.add(words, node.line);
                }
                ["nv", "config" | "show" | "action", ..] => sink.mark(tree.origin(node), LineClass::NoEffect),
                ["nv", "unset", ..] => sink.not_modelled(&tree, node, "`nv unset` is not modelled".to_owned()),
                _ => sink.not_understood(&tree, node),
            },
            Section::Frr => {}
        }
        rest = &rest[1..];
    }
    if !nvue.is_empty() {
        read::nvue::apply(&nvue, config, sink, file);
    }
}

/// Where each part of a file begins. Most files are one part; Cumulus tools join host name, interfaces, `ports.conf` and `frr.conf`.
fn sections(file: &ConfigFile<'_>) -> Vec<(u32, Section)> {
    let stem = file.name.rsplit('/').next().unwrap_or(file.name);
    let mut out: Vec<(u32, Section)> = Vec::new();
    let mut seen = false;
    match stem {
        "interfaces" => out.push((1, Section::Interfaces)),
        "ports.conf" => out.push((1, Section::Ports)),
        _ => {}
    }
    let mut head = None;
    for (line, number) in file.text.split('\n').zip(1u32..) {
        let body = line.trim();
        let first = body.split_ascii_whitespace().next().unwrap_or("");
        let next = match first {
            "#" if body.starts_with("# This file describes the network interfaces") => Some(Section::Interfaces),
            "#" if body.starts_with("# ports.conf --") => Some(Section::Ports),
            // A hand-joined file without FRR's head line: only FRR has such blocks.
            "interface" | "router" | "route-map"
                if out.last().is_some_and(|(_, s)| matches!(s, Section::Interfaces | Section::Ports)) =>
            {
                Some(Section::Frr)
            }
            "frr" | "#frr" if body.trim_start_matches('#').starts_with("frr version") => Some(Section::Frr),
            "net" if out.is_empty() && !seen => Some(Section::Nclu),
            "nv" if out.is_empty() && !seen => Some(Section::Nvue),
            "auto" | "iface" if out.is_empty() && !seen => Some(Section::Interfaces),
            _ => None,
        };
        if let Some(next) = next {
            if out.last().is_none_or(|(_, s)| *s != next) {
                out.push((number, next));
            }
        } else if !body.is_empty() && !body.starts_with(['#', '!']) && !seen && out.is_empty() && !body.contains(' ') {
            head = Some(number);
            continue;
        }
        seen |= !body.is_empty() && !body.starts_with(['#', '!']);
    }
    // A lone word on top is a host name only where other parts follow.
    if let (Some(head), Some((first, _))) = (head, out.first())
        && head < *first
    {
        out.insert(0, (head, Section::Head));
    }
    out
}
