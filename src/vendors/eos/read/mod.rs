//! Trees to [`Config`], one file an area.
//!
//! In: the files of a device. Out: [`Config`]. Law: each statement ends in one class; a statement no mode knows is looked up in
//! `quiet` (no effect, or known and not modelled) before it is called not understood. Start reading at [`read`].

mod bgp;
mod bgp_neighbor;
mod filter;
mod interface;
mod isis;
mod mlag;
mod mpls;
mod ospf;
mod overlay;
mod policy;
mod quiet;
mod rip;
mod route_map;
mod static_route;
mod vlan;
mod vrf;

pub(super) use interface::{full_name, joined, minus};

use super::config::Config;
use crate::syntax::lines::{self, RawEnd, Shape};
use crate::syntax::tree::{Node, Tree};
use crate::vendors::ConfigFile;
use crate::vendors::sink::Sink;

/// Kinds of structures, as the sink counts them.
pub(super) mod kind {
    pub const ROUTE_MAP: &str = "route-map";
    pub const PREFIX_LIST: &str = "ip prefix-list";
    pub const PREFIX_LIST_V6: &str = "ipv6 prefix-list";
    pub const ACL: &str = "ip access-list";
    pub const ACL_V6: &str = "ipv6 access-list";
    pub const AS_PATH: &str = "ip as-path access-list";
    pub const COMMUNITY: &str = "ip community-list";
    pub const EXT_COMMUNITY: &str = "ip extcommunity-list";
    pub const LARGE_COMMUNITY: &str = "ip large-community-list";
    pub const PEER_FILTER: &str = "peer-filter";
    pub const PEER_GROUP: &str = "peer group";
    pub const INTERFACE: &str = "interface";
    pub const VRF: &str = "vrf instance";
}

const SHAPE: Shape = Shape { comments: &['!'], raw };

/// Raw blocks: banners and comments end in a line `EOF`.
fn raw(line: &str) -> Option<RawEnd<'_>> {
    let first = line.split_ascii_whitespace().next()?;
    match first {
        "banner" | "comment" => (line.trim_end() == "comment" || first == "banner").then_some(RawEnd::Line("EOF")),
        "code" => line.starts_with("code unit").then_some(RawEnd::Line("EOF")),
        "certificate" | "private-key" => line.trim_end().ends_with("-text").then_some(RawEnd::Line("EOF")),
        // Built-in handlers print their script in a block that ends like a banner.
        "action" => line.trim_end().ends_with("action bash").then_some(RawEnd::Line("EOF")),
        _ => None,
    }
}

/// What reading one file needs at hand.
pub(super) struct Reader<'r, 't> {
    pub tree: &'r Tree<'t>,
    pub sink: &'r mut Sink,
    pub config: &'r mut Config,
}

impl<'t> Reader<'_, 't> {
    /// The statement is in the model.
    pub fn ok(&mut self, node: &Node<'t>) {
        self.sink.modelled(self.tree, node);
    }
    /// The device would refuse the statement.
    pub fn bad(&mut self, node: &Node<'t>, word: &str, what: &str) {
        self.sink.invalid(self.tree, node, word, what);
        for child in &node.children {
            self.sink.not_understood(self.tree, child);
        }
    }
    /// No bearing on routing.
    pub fn quiet(&mut self, node: &Node<'t>) {
        self.sink.no_effect(self.tree, node);
    }
    /// Known, may matter, not modelled.
    pub fn unmodelled(&mut self, node: &Node<'t>, why: &str) {
        self.sink.not_modelled(self.tree, node, why);
    }
    /// A statement that its mode does not know: by the tables, or not understood.
    pub fn other(&mut self, node: &Node<'t>, table: &quiet::Table) {
        match table.find(&node.words) {
            Some(None) => self.quiet(node),
            Some(Some(why)) => self.unmodelled(node, why),
            None => self.sink.not_understood(self.tree, node),
        }
    }
    /// Parses a word, or says that it is invalid.
    pub fn value<T: std::str::FromStr>(&mut self, node: &Node<'t>, word: &str, what: &str) -> Option<T> {
        let value = word.parse().ok();
        if value.is_none() {
            self.bad(node, word, what);
        }
        value
    }
    /// The like for readers of `syntax::values`.
    pub fn wanted<T>(&mut self, node: &Node<'t>, word: &str, value: Option<T>, what: &str) -> Option<T> {
        if value.is_none() {
            self.bad(node, word, what);
        }
        value
    }
    /// A structure is used here.
    pub fn refer(&mut self, kinds: &'static [&'static str], node: &Node<'t>, word: &str, usage: &'static str) {
        self.sink.refer(kinds, word, self.tree.span(node, word), usage);
    }
}

/// Reads all files of a device.
pub(super) fn read(files: &[ConfigFile<'_>], sink: &mut Sink) -> Config {
    let mut config = Config::default();
    config.vrfs.entry("default", Default::default);
    for file in files {
        let tree = lines::parse(file.id, file.text, &SHAPE);
        sink.begin(&tree);
        let mut reader = Reader { tree: &tree, sink, config: &mut config };
        for node in &tree.roots {
            top(&mut reader, node);
        }
    }
    config
}

fn top<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    match &node.words[..] {
        ["interface", name, ..] if interface::is_name(name) => interface::read(r, node),
        ["vlan", "internal", ..] => r.quiet(node),
        ["vlan", ids] => vlan::read(r, node, ids),
        ["hostname", name] => {
            r.config.hostname = Some((*name).into());
            r.quiet(node);
        }
        ["service", "routing", "protocols", "model", model] => {
            r.config.multi_agent = *model == "multi-agent";
            r.ok(node);
        }
        ["switchport", "default", "mode", mode] => {
            r.config.ports_routed = *mode == "routed";
            r.ok(node);
        }
        ["vrf", "instance" | "definition", name] => vrf::read(r, node, name),
        ["mpls", ..] | ["no", "mpls", ..] => mpls::read(r, node),
        ["router", "traffic-engineering"] => {
            r.config.labels.other = Some("traffic engineering");
            r.other(node, &quiet::TOP);
        }
        ["ip" | "ipv6" | "no" | "default", ..] => ip(r, node),
        ["router", "bgp", asn, ..] => bgp::read(r, node, asn),
        ["router", "ospf", process, rest @ ..] => ospf::read_v2(r, node, process, rest),
        ["router", "ospfv3", rest @ ..] => ospf::read_v3(r, node, rest),
        ["router", "isis", process, rest @ ..] => isis::read(r, node, process, rest),
        ["router", "rip"] => rip::read(r, node),
        ["mlag", "configuration"] => mlag::read(r, node),
        ["router", "general"] => vrf::read_general(r, node),
        ["route-map", name, rest @ ..] => route_map::read(r, node, name, rest),
        ["peer-filter", name] => policy::read_peer_filter(r, node, name),
        _ => r.other(node, &quiet::TOP),
    }
}

fn ip<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    match &node.words[..] {
        ["no" | "default", "ip" | "ipv6", ..] if vrf::read_no(r, node) => {}
        ["ip", "virtual-router", "mac-address", "mlag-peer"] => {
            r.config.routes_for_peer = true;
            r.ok(node);
        }
        ["ip", "routing", ..] | ["ipv6", "unicast-routing", ..] => vrf::read_routing(r, node),
        ["ip" | "ipv6", "route", rest @ ..] => static_route::read(r, node, rest),
        ["ip", "prefix-list", name, rest @ ..] => policy::read_prefix_list(r, node, name, rest, false),
        ["ipv6", "prefix-list", name, rest @ ..] => policy::read_prefix_list(r, node, name, rest, true),
        ["ip", "access-list", "standard", name] => filter::read(r, node, name, true, false),
        ["ip", "access-list", name] => filter::read(r, node, name, false, false),
        ["ipv6", "access-list", "standard", name] => filter::read(r, node, name, true, true),
        ["ipv6", "access-list", name] => filter::read(r, node, name, false, true),
        ["ip", "as-path", ..] => policy::read_as_path(r, node),
        ["ip", "community-list", rest @ ..] => policy::read_community_list(r, node, rest),
        ["ip", "extcommunity-list", rest @ ..] => policy::read_ext_community_list(r, node, rest),
        ["ip", "large-community-list", rest @ ..] => policy::read_large_community_list(r, node, rest),
        ["ipv6", "router", "ospf", process, rest @ ..] => ospf::read_old_v3(r, node, process, rest),
        _ => r.other(node, &quiet::TOP),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::base::span::FileId;
    use crate::vendors::sink::{LineClass, ReadReport};

    /// Reads a text: the config and the report.
    pub fn read_text(text: &str) -> (Config, ReadReport) {
        let files = [ConfigFile { id: FileId(0), name: "test", text }];
        let mut sink = Sink::new("test", &files);
        let config = read(&files, &mut sink);
        (config, sink.finish())
    }

    /// The lines that are not modelled, without effect or silent, with their class.
    pub fn odd_lines(text: &str) -> Vec<(usize, LineClass)> {
        let (_, report) = read_text(text);
        let good = [LineClass::Silent, LineClass::NoEffect, LineClass::Modelled];
        report.classes[0].1.iter().enumerate().filter(|(_, c)| !good.contains(c)).map(|(n, c)| (n + 1, *c)).collect()
    }

    #[test]
    fn banners_and_foreign_lines() {
        let text = "banner motd\n  router bgp 1\nEOF\nhostname x\nfoo bar\n   baz\nrouter ospf x\n";
        let (config, report) = read_text(text);
        assert_eq!(config.hostname.as_deref(), Some("x"));
        assert!(config.bgp.is_none());
        assert_eq!(report.classes[0].1[1], LineClass::Silent);
        assert_eq!(odd_lines(text), [(5, LineClass::NotUnderstood), (6, LineClass::NotUnderstood), (7, LineClass::Invalid)]);
    }

    #[test]
    fn no_input_makes_it_panic() {
        for text in [
            "",
            "\0\0\u{1}",
            "router",
            "router bgp",
            "router bgp 99999999999\n neighbor\n",
            "interface\ninterface Ethernet",
            "router rip\n   network\n   redistribute\n   metric default\n   distance x\n",
            "ip",
            "no",
            "vlan",
            "vlan ,-,",
            "ip route",
            "ip route vrf",
            "ip prefix-list",
            "route-map",
            "route-map a b c",
            "interface Ethernet1-4294967295\n   ip address\n   vrrp\n   isis\n",
            "ip access-list a\n   permit\n   10\n   10 permit tcp any range 5\n",
            "interface Vlan99999999999\n",
        ] {
            let (config, _) = read_text(text);
            let files = [ConfigFile { id: FileId(0), name: "test", text }];
            let _ = super::super::lower::lower(&config, &mut Sink::new("test", &files));
        }
    }
}
