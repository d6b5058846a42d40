//! Cumulus `net add …` lines (NCLU): each is a line of `frr.conf` or of `/etc/network/interfaces` in other words.
//!
//! In: one line. Out: what those readers make of its translation. Law: nothing is understood here that they do not understand.

use super::{Block, Reader, ifupdown};
use crate::base::diag::{Diagnostic, Severity};
use crate::base::span::FileId;
use crate::syntax::tree::{Node, Tree};
use crate::vendors::frr::config::Config;
use crate::vendors::sink::{LineClass, NOT_MODELLED, Sink};

/// What later lines build on.
#[derive(Debug, Default)]
pub(in crate::vendors::frr) struct Nclu {
    /// AS numbers by VRF ("" is the default one).
    ases: Vec<(String, String)>,
    /// Some line was read.
    begun: bool,
}

/// A place, and where what is said there goes.
pub(super) struct Line<'l> {
    pub config: &'l mut Config,
    pub sink: &'l mut Sink,
    pub file: FileId,
    pub text: &'l str,
    pub line: u32,
}

impl Line<'_> {
    fn node<'w>(&self, words: &[&'w str]) -> Node<'w> {
        Node { words: words.iter().copied().collect(), line: self.line, end_line: self.line, ..Node::default() }
    }

    pub(super) fn mark(&mut self, class: LineClass) {
        let origin = crate::base::span::Origin { file: self.file, line: self.line };
        self.sink.mark(origin, class);
    }

    pub(super) fn not_modelled(&mut self, why: &str) {
        self.mark(LineClass::NotModelled);
        let origin = crate::base::span::Origin { file: self.file, line: self.line };
        self.sink.push(Diagnostic::new(NOT_MODELLED, Severity::Warning, why).at(origin));
    }

    /// Lines of `frr.conf`, each in the block that the ones before it open.
    pub(super) fn frr(&mut self, lines: &[&[&str]]) {
        let nodes: Vec<Node<'_>> = lines.iter().map(|w| self.node(w)).collect();
        let tree = Tree { file: self.file, text: self.text, ..Tree::default() };
        let mut reader = Reader::new(self.config, self.sink);
        for node in &nodes {
            reader.statement(&tree, node);
        }
    }

    /// A line of `vni N` in `address-family l2vpn evpn`.
    pub(super) fn evpn_vni(&mut self, vni: u32, words: &[&str]) {
        let node = self.node(words);
        let tree = Tree { file: self.file, text: self.text, ..Tree::default() };
        let mut reader = Reader::new(self.config, self.sink);
        reader.block = Block::BgpVni(0, vni);
        reader.statement(&tree, &node);
    }

    /// A line in the stanza of an interface.
    pub(super) fn stanza(&mut self, name: &str, words: &[&str]) {
        let (open, line) = (self.node(&["iface", name]), self.node(words));
        let tree = Tree { file: self.file, text: self.text, ..Tree::default() };
        let mut stanza = None;
        let was = self.config.interface_index.get(name).map(|at| self.config.interfaces[*at].origin);
        ifupdown::statement(self.config, self.sink, &mut stanza, &tree, &open);
        // The line that first named it stays its place.
        if let (Some(was), Some(at)) = (was, stanza) {
            self.config.interfaces[at].origin = was;
        }
        if !words.is_empty() {
            ifupdown::statement(self.config, self.sink, &mut stanza, &tree, &line);
        }
    }
}

/// Reads a line.
pub(in crate::vendors::frr) fn statement(
    nclu: &mut Nclu,
    config: &mut Config,
    sink: &mut Sink,
    tree: &Tree<'_>,
    node: &Node<'_>,
) {
    // What NCLU configures runs in the datacenter profile (Cumulus Linux, "FRRouting": it writes `frr defaults datacenter`).
    config.datacenter |= !std::mem::replace(&mut nclu.begun, true);
    let mut l = Line { config, sink, file: tree.file, text: tree.text, line: node.line };
    match &node.words[..] {
        ["net", "add", rest @ ..] => add(nclu, &mut l, rest),
        ["net", "del", "all"] | ["net", "commit" | "pending" | "abort", ..] => l.mark(LineClass::NoEffect),
        ["net", "del", ..] => l.not_modelled("`net del` is not modelled"),
        _ => l.mark(LineClass::NotUnderstood),
    }
}

fn add(nclu: &mut Nclu, l: &mut Line<'_>, w: &[&str]) {
    match w {
        ["hostname", name] => {
            l.config.hostname.get_or_insert_with(|| (*name).into());
            l.mark(LineClass::Modelled);
        }
        ["dns" | "time" | "snmp-server" | "syslog" | "ptp" | "dot1x" | "lldp" | "example" | "acl", ..] => {
            l.mark(LineClass::NoEffect)
        }
        ["bgp", "vrf", vrf, rest @ ..] => bgp(nclu, l, vrf, rest),
        ["bgp", rest @ ..] => bgp(nclu, l, "", rest),
        ["ospf", rest @ ..] => {
            let router: &[&str] = &["router", "ospf"];
            match rest {
                ["router-id", ip] => l.frr(&[router, &["ospf", "router-id", ip]]),
                _ => l.frr(&[router, rest]),
            }
        }
        ["routing", rest @ ..] => routing(l, rest),
        ["vrf", vrf, "vni", vni] => l.frr(&[&["vrf", vrf], &["vni", vni]]),
        ["vlan", ids, rest @ ..] => {
            for id in expand(ids) {
                let name = format!("vlan{id}");
                l.stanza(&name, &["vlan-id", &id]);
                attribute(l, &name, rest);
            }
        }
        ["loopback" | "interface" | "bond" | "vrf" | "vxlan" | "bridge", names, rest @ ..] => {
            for name in expand(names) {
                attribute(l, &name, rest);
            }
        }
        _ => l.mark(LineClass::NotUnderstood),
    }
}

fn bgp(nclu: &mut Nclu, l: &mut Line<'_>, vrf: &str, w: &[&str]) {
    if let ["autonomous-system", asn] = w {
        nclu.ases.retain(|(v, _)| v != vrf);
        nclu.ases.push((vrf.to_owned(), (*asn).to_owned()));
    }
    let of = |vrf: &str| nclu.ases.iter().find(|(v, _)| v == vrf).map(|(_, asn)| asn.clone());
    let Some(asn) = of(vrf).or_else(|| of("")) else {
        l.mark(LineClass::Invalid);
        return;
    };
    let mut router = vec!["router", "bgp", asn.as_str()];
    if !vrf.is_empty() {
        router.extend(["vrf", vrf]);
    }
    match w {
        ["autonomous-system", _] => l.frr(&[&router]),
        ["l2vpn", "evpn", "vni", vni, rest @ ..] if !rest.is_empty() => {
            l.frr(&[&router, &["address-family", "l2vpn", "evpn"], &["vni", vni], rest]);
        }
        ["ipv4" | "ipv6" | "l2vpn", sub @ ("unicast" | "evpn"), rest @ ..] => {
            l.frr(&[&router, &["address-family", w[0], sub], rest]);
        }
        [
            "router-id" | "bestpath" | "default" | "always-compare-med" | "deterministic-med" | "cluster-id" | "confederation",
            ..,
        ] => {
            let line: Vec<&str> = std::iter::once("bgp").chain(w.iter().copied()).collect();
            l.frr(&[&router, &line]);
        }
        _ => l.frr(&[&router, w]),
    }
}

fn routing(l: &mut Line<'_>, w: &[&str]) {
    match w {
        ["route", prefix, rest @ ..] => {
            let family = if prefix.contains(':') { "ipv6" } else { "ip" };
            let line: Vec<&str> = [family, "route", prefix].into_iter().chain(rest.iter().copied()).collect();
            l.frr(&[&line]);
        }
        ["route-map", name, action, number, rest @ ..] => {
            let head = ["route-map", name, action, number];
            if rest.is_empty() { l.frr(&[&head]) } else { l.frr(&[&head, rest]) }
        }
        ["prefix-list", family, rest @ ..] => {
            let family = if *family == "ipv6" { "ipv6" } else { "ip" };
            let line: Vec<&str> = [family, "prefix-list"].into_iter().chain(rest.iter().copied()).collect();
            l.frr(&[&line]);
        }
        ["community-list" | "as-path" | "large-community-list" | "extcommunity-list", ..] => {
            let line: Vec<&str> = std::iter::once("bgp").chain(w.iter().copied()).collect();
            l.frr(&[&line]);
        }
        ["defaults", ..] => l.frr(&[&[&["frr"], w].concat()]),
        ["log" | "service" | "agentx" | "line" | "zebra", ..] => l.mark(LineClass::NoEffect),
        _ => l.mark(LineClass::NotUnderstood),
    }
}

fn attribute(l: &mut Line<'_>, name: &str, w: &[&str]) {
    let mut list: Vec<String> = Vec::new();
    let joined: String;
    let words: Vec<&str> = match w {
        [] => Vec::new(),
        ["ip" | "ipv6", "address", rest @ ..] => std::iter::once("address").chain(rest.iter().copied()).collect(),
        ["ip", "address-virtual", rest @ ..] => std::iter::once("address-virtual").chain(rest.iter().copied()).collect(),
        ["ip" | "ipv6", "gateway", ip] => vec!["gateway", ip],
        ["alias", ..] => {
            l.stanza(name, &[]);
            return l.mark(LineClass::NoEffect);
        }
        ["bond", "slaves", members] => {
            list.extend(expand(members));
            std::iter::once("bond-slaves").chain(list.iter().map(String::as_str)).collect()
        }
        ["bridge", "vlan-aware"] | ["vlan-aware"] => vec!["bridge-vlan-aware", "yes"],
        ["bridge", "vids", ids] | ["vids", ids] => {
            list.extend(ids.split(',').map(str::to_owned));
            std::iter::once("bridge-vids").chain(list.iter().map(String::as_str)).collect()
        }
        ["bridge", "ports", ports] | ["ports", ports] => {
            list.extend(expand(ports));
            std::iter::once("bridge-ports").chain(list.iter().map(String::as_str)).collect()
        }
        ["pvid", id] => vec!["bridge-pvid", id],
        ["vrf" | "mtu" | "vlan-id" | "vlan-raw-device" | "vrf-table" | "hwaddress", ..] => w.to_vec(),
        ["ospf" | "ospf6" | "isis", ..] => {
            let family = if w[0] == "ospf6" { "ipv6" } else { "ip" };
            let line: Vec<&str> = std::iter::once(family).chain(w.iter().copied()).collect();
            return l.frr(&[&["interface", name], &line]);
        }
        // `clag backup-ip …` is a line of `clagd`.
        ["clag", what, rest @ ..] if *what != "id" => {
            joined = format!("clagd-{what}");
            std::iter::once(joined.as_str()).chain(rest.iter().copied()).collect()
        }
        // `clag id 1` is `clag-id 1`, `vxlan local-tunnelip …`, `link speed …`, `stp …` likewise.
        [kind, what, rest @ ..] => {
            joined = format!("{kind}-{what}");
            std::iter::once(joined.as_str()).chain(rest.iter().copied()).collect()
        }
        _ => w.to_vec(),
    };
    l.stanza(name, &words);
}

/// `swp1-3,7,bond1` as names: a number alone takes the letters of the name before it; at most some thousand.
pub(super) fn expand(names: &str) -> Vec<String> {
    const MOST: usize = 4096;
    let mut out = Vec::new();
    let mut letters = "";
    for part in names.split(',').filter(|p| !p.is_empty()) {
        let (first, last) = match part.rsplit_once('-') {
            Some((a, b)) if b.bytes().all(|c| c.is_ascii_digit()) && a.ends_with(|c: char| c.is_ascii_digit()) => {
                (a, b.parse().ok())
            }
            _ => (part, None),
        };
        let digits = first.len() - first.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (head, number) = first.split_at(first.len() - digits);
        if !head.is_empty() {
            letters = head;
        }
        match (number.parse::<u32>(), last) {
            (Ok(from), Some(to)) => out.extend((from..=to).take(MOST).map(|n| format!("{letters}{n}"))),
            _ => out.push(format!("{letters}{number}")),
        }
        if out.len() > MOST {
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn names_in_short() {
        assert_eq!(expand("swp1-3,7,bond2"), ["swp1", "swp2", "swp3", "swp7", "bond2"]);
        assert_eq!(expand("bridge"), ["bridge"]);
        assert_eq!(expand("my-if"), ["my-if"]);
        assert_eq!(expand("1-2"), ["1", "2"]);
    }
}
