//! Trees to [`Config`], one file an area.
//!
//! In: the files of a device. Out: [`Config`]. Law: each statement ends in one class; a statement no mode knows is looked up in
//! `quiet` (no effect, or known and not modelled) before it is called not understood; a statement of a protocol whose `feature` is
//! off is invalid, as on the device. Start reading at [`read`].

mod bgp;
mod bgp_neighbor;
mod eigrp;
mod filter;
mod interface;
mod isis;
mod ospf;
mod overlay;
mod policy;
mod port;
mod quiet;
mod redistribute;
mod redundancy;
mod rip;
mod route_map;
mod static_route;
mod vpc;
mod vrf;

pub(super) use interface::number_of;
pub(super) use port::{joined, minus};

use super::config::{Config, Hardware};
use crate::base::diag::{Diagnostic, Severity};
use crate::syntax::lines::{self, RawEnd, Shape};
use crate::syntax::tree::{Node, Tree};
use crate::vendors::ConfigFile;
use crate::vendors::sink::{INVALID_VALUE, LineClass, Sink};

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
    pub const ADDRESS_GROUP: &str = "object-group ip address";
    pub const PORT_GROUP: &str = "object-group ip port";
    pub const PEER: &str = "template peer";
    pub const PEER_SESSION: &str = "template peer-session";
    pub const PEER_POLICY: &str = "template peer-policy";
    pub const INTERFACE: &str = "interface";
    pub const VRF: &str = "vrf context";
}

const SHAPE: Shape = Shape { comments: &['!'], raw };

/// Banners are raw: `banner motd #…#`, with any mark.
fn raw(line: &str) -> Option<RawEnd<'_>> {
    let rest = line.strip_prefix("banner ")?;
    let (_, text) = rest.trim_start().split_once(' ')?;
    let text = text.trim_start();
    let mark = if text.starts_with("^C") { "^C" } else { text.get(..text.chars().next()?.len_utf8())? };
    Some(RawEnd::Text(mark, line.len() - text.len() + mark.len()))
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
            self.sink.mark_all(self.tree, child, LineClass::Invalid);
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
    /// Whether a feature is on. If not, the device refuses the statement and all below it.
    pub fn gate(&mut self, node: &Node<'t>, feature: &str) -> bool {
        if self.config.has(feature) {
            return true;
        }
        self.sink.mark_all(self.tree, node, LineClass::Invalid);
        let message = format!("`{}` needs `feature {feature}`, which is not on", self.tree.rest(node, 0));
        self.sink.push(Diagnostic::new(INVALID_VALUE, Severity::Error, message).at(self.tree.span(node, node.word(0))));
        false
    }
}

/// Reads all files of a device.
pub(super) fn read(files: &[ConfigFile<'_>], sink: &mut Sink) -> Config {
    let mut config = Config::default();
    let trees: Vec<Tree<'_>> = files.iter().map(|f| lines::parse(f.id, f.text.trim_start_matches('\u{feff}'), &SHAPE)).collect();
    features(&trees, &mut config);
    for tree in &trees {
        sink.begin(tree);
        let mut reader = Reader { tree, sink, config: &mut config };
        for node in &tree.roots {
            top(&mut reader, node);
        }
    }
    config
}

/// Features and what tells the hardware stand anywhere in a config and decide about all of it.
fn features(trees: &[Tree<'_>], config: &mut Config) {
    let mut any = false;
    for node in trees.iter().flat_map(|t| &t.roots) {
        match &node.words[..] {
            ["feature" | "feature-set", name @ ..] => {
                any = true;
                config.features.insert(name.join(" ").into());
            }
            ["no", "feature", name @ ..] => {
                any = true;
                config.features.remove(&*name.join(" "));
            }
            // `nv overlay evpn` is a feature in all but name.
            ["nv", "overlay", "evpn"] => any = true,
            ["version", release, ..] => {
                any = true;
                config.major = release.split('.').next().and_then(|n| n.parse().ok());
            }
            ["boot", "nxos" | "kickstart" | "system", image, ..] => {
                let has = |what: &str| image.contains(what);
                if has("n7000") || has("n7700") || has("titanium") {
                    config.hardware = Hardware::N7000;
                } else if has("n3000") || has("n5000") || has("n6000") || has("n3500") {
                    config.hardware = Hardware::Small;
                }
            }
            _ => {}
        }
    }
    config.excerpt = !any;
}

fn top<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    match &node.words[..] {
        ["interface", "breakout", ..] => r.quiet(node),
        ["interface", rest @ ..] => interface::read(r, node, rest),
        ["hostname" | "switchname", name] => {
            r.config.hostname = Some((*name).into());
            r.quiet(node);
        }
        ["feature" | "feature-set", ..] | ["nv", "overlay", "evpn"] | ["no", "feature", ..] => r.ok(node),
        ["version", ..] | ["boot", ..] => r.quiet(node),
        ["system", "default", "switchport"] => {
            r.config.default_switchport = Some(true);
            r.ok(node);
        }
        ["no", "system", "default", "switchport"] => {
            r.config.default_switchport = Some(false);
            r.ok(node);
        }
        ["system", "default", "switchport", "shutdown"] => {
            r.config.default_shutdown = Some(true);
            r.ok(node);
        }
        ["no", "system", "default", "switchport", "shutdown"] => {
            r.config.default_shutdown = Some(false);
            r.ok(node);
        }
        ["vlan", "configuration" | "access-map" | "filter" | "dot1Q" | "dot1q", ..] => r.other(node, &quiet::TOP),
        ["vlan", ids @ ..] => overlay::read_vlans(r, node, ids),
        ["evpn"] => overlay::read_evpn(r, node),
        ["vpc", "domain", id] => {
            if r.gate(node, "vpc") {
                vpc::read(r, node, id);
            }
        }
        ["vrf", "context", name] => vrf::read(r, node, name),
        ["router", "bgp", asn, ..] => {
            if r.gate(node, "bgp") {
                bgp::read(r, node, asn);
            }
        }
        ["router", "ospf", process] => {
            if r.gate(node, "ospf") {
                ospf::read(r, node, process, false);
            }
        }
        ["router", "ospfv3", process] => {
            if r.gate(node, "ospfv3") {
                ospf::read(r, node, process, true);
            }
        }
        ["router", "isis", process] => {
            if r.gate(node, "isis") {
                isis::read(r, node, process);
            }
        }
        ["router", "eigrp", process] => {
            if r.gate(node, "eigrp") {
                eigrp::read(r, node, process);
            }
        }
        ["router", "rip", process] => {
            if r.gate(node, "rip") {
                rip::read(r, node, process);
            }
        }
        ["route-map", name, rest @ ..] => route_map::read(r, node, name, rest),
        ["object-group", "ip", "address", name] => filter::read_address_group(r, node, name, false),
        ["object-group", "ipv6", "address", name] => filter::read_address_group(r, node, name, true),
        ["object-group", "ip", "port", name] => filter::read_port_group(r, node, name),
        ["ip" | "ipv6" | "no", ..] => ip(r, node),
        ["mac", "access-list", _] => {
            r.quiet(node);
        }
        _ => r.other(node, &quiet::TOP),
    }
}

fn ip<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    match &node.words[..] {
        ["ip" | "ipv6", "route", "static", ..] => r.quiet(node),
        ["ip" | "ipv6", "route", rest @ ..] => static_route::read(r, node, "default", rest),
        ["no", "ip" | "ipv6", "route", rest @ ..] => static_route::remove(r, node, "default", rest),
        ["ip", "prefix-list", name, rest @ ..] => policy::read_prefix_list(r, node, name, rest, false),
        ["ipv6", "prefix-list", name, rest @ ..] => policy::read_prefix_list(r, node, name, rest, true),
        ["ip", "access-list", name] => filter::read(r, node, name, false),
        ["ipv6", "access-list", name] => filter::read(r, node, name, true),
        ["ip", "as-path", "access-list", name, rest @ ..] => policy::read_as_path(r, node, name, rest),
        ["ip", "community-list", rest @ ..] => policy::read_community_list(r, node, rest),
        ["ip", "extcommunity-list", rest @ ..] => policy::read_ext_community_list(r, node, rest),
        ["ip", "large-community-list", rest @ ..] => policy::read_large_community_list(r, node, rest),
        _ => r.other(node, &quiet::TOP),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::base::span::FileId;
    use crate::vendors::sink::ReadReport;

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
    fn a_protocol_without_its_feature_is_refused() {
        let text = "feature bgp\nrouter bgp 1\n  router-id 1.1.1.1\nrouter ospf 1\n  router-id 1.1.1.1\n";
        let (config, report) = read_text(text);
        assert!(config.bgp.is_some() && config.ospf.is_empty());
        assert_eq!(odd_lines(text), [(4, LineClass::Invalid), (5, LineClass::Invalid)]);
        assert!(report.diagnostics.iter().any(|d| d.message.contains("`feature ospf`")));
        // Part of a config, without a word on features.
        assert_eq!(odd_lines("router ospf 1\n  router-id 1.1.1.1\n"), []);
    }

    #[test]
    fn banners_and_foreign_lines() {
        let text = "banner motd #\n  router bgp 1\n#\nhostname x\nfoo bar\n  baz\nbanner exec ^C one ^C\nvlan 5\n";
        let (config, report) = read_text(text);
        assert_eq!(config.hostname.as_deref(), Some("x"));
        assert!(config.bgp.is_none() && config.vlans.contains_key(&5));
        assert_eq!(report.classes[0].1[1], LineClass::Silent);
        assert_eq!(odd_lines(text), [(5, LineClass::NotUnderstood), (6, LineClass::NotUnderstood)]);
    }

    #[test]
    fn no_input_makes_it_panic() {
        for text in [
            "",
            "\0\0\u{1}",
            "router",
            "router bgp",
            "router bgp 99999999999\n  neighbor\n",
            "router bgp 1\n  neighbor 1.1.1.1\n    inherit\n    address-family\n    remote-as\n  template\n  vrf\n",
            "interface\ninterface Ethernet",
            "interface Ethernet1/1-4294967295\n  ip address\n  hsrp\n  hsrp 1\n    ip\n",
            "ip",
            "no",
            "vlan",
            "vlan ,-,",
            "ip route",
            "ip route 10.0.0.0/8",
            "ip prefix-list",
            "ip prefix-list a",
            "route-map",
            "route-map a b c",
            "ip access-list a\n  permit\n  10\n  10 permit tcp any range 5\n  10 permit ip addrgroup\n",
            "object-group ip address x\n  10\n  host\nobject-group ip port y\n  range 5\n",
            "interface Vlan99999999999\n",
            "evpn\n  vni\n  vni x l2\n    rd\n",
            "router ospf\nrouter ospf 1\n  area\n  area 0 range\n  redistribute\n  vrf\n",
            "router isis\nrouter isis 1\n  net\n  address-family\n",
            "router eigrp 1\n  address-family\n  vrf\n",
            "router rip 1\n  address-family\n  vrf\n  metric\ninterface Ethernet1/1\n  ip rip\n  ip rip offset-list 3\n",
            "vrf context\nvrf context a\n  ip route\n  rd\n  address-family\n",
            "interface nve1\n  member\n  member vni\n  member vni x-y\n",
        ] {
            let (config, _) = read_text(text);
            let _ = super::super::lower::lower(&config);
        }
    }
}
