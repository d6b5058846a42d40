//! Tree → [`Config`]: one file an area of the config.
//!
//! In: the lines of one file. Out: the config, filled; a class for each line. Law: as on the device, a line belongs to the mode
//! that is open; indentation opens and closes modes, and where a config has lost it, a line that is no global command is
//! tried in the mode opened last. Start reading at [`Reader::block`]. Tests: `tests.rs` of this folder's parent.

mod acl;
mod bgp;
mod bgp_neighbor;
mod eigrp;
mod interface;
mod isis;
mod mpls;
mod ospf;
pub(super) use bgp::slot;
pub(super) use interface::is_switchport;
pub(super) use ospf::key as ospf_key;
mod policy;
mod port;
mod quiet;
mod redistribute;
mod rip;
mod route_map;
mod static_route;
mod vrf;

use super::config::Config;
use super::ports;

use crate::base::span::{Origin, Span};
use crate::model::device::Name;
use crate::model::route::Family;
use crate::syntax::tree::{Node, Tree};
use crate::vendors::sink::{LineClass, Sink};

pub(super) const ROUTE_MAP: &[&str] = &["route-map"];
pub(super) const PREFIX_LIST: &[&str] = &["prefix-list"];
pub(super) const PREFIX_LIST6: &[&str] = &["ipv6 prefix-list"];
pub(super) const ACL: &[&str] = &["access-list"];
pub(super) const ACL6: &[&str] = &["ipv6 access-list"];
pub(super) const AS_PATH: &[&str] = &["as-path access-list"];
pub(super) const COMMUNITY: &[&str] = &["community-list"];
pub(super) const EXTCOMMUNITY: &[&str] = &["extcommunity-list"];
pub(super) const VRF: &[&str] = &["vrf"];
pub(super) const INTERFACE: &[&str] = &["interface"];
pub(super) const PEER_SESSION: &[&str] = &["peer-session template"];
pub(super) const PEER_POLICY: &[&str] = &["peer-policy template"];
pub(super) const PEER_GROUP: &[&str] = &["peer-group"];
pub(super) const OBJECT_GROUP: &[&str] = &["object-group"];

/// What the lines at hand are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Global,
    Interface(usize),
    Vrf(usize),
    VrfFamily(usize, Family),
    /// `global-address-family`.
    GlobalFamily(Family),
    /// `router bgp` (no family) and its address families.
    Bgp(Option<usize>, Option<Family>),
    PeerSession(usize),
    PeerPolicy(usize),
    Ospf(usize),
    Ospfv3Family(usize),
    Isis(usize),
    IsisFamily(usize, Family),
    /// `router eigrp` by itself; a family (or topology) in it; an `af-interface` in that.
    Eigrp(usize),
    EigrpFamily(usize, usize),
    EigrpInterface(usize, usize, usize),
    Rip(usize),
    RouteMap(usize, u32),
    Acl(usize),
    Acl6(usize),
    NetworkGroup(usize),
    /// Lines that have no effect on routing or forwarding.
    Quiet,
    /// Lines that may have one and are not modelled; the opening line said so.
    Gap,
}

impl Mode {
    /// The mode in which this one was opened.
    fn around(self) -> Self {
        match self {
            Self::Bgp(_, Some(_)) | Self::PeerSession(_) | Self::PeerPolicy(_) => Self::Bgp(None, None),
            Self::VrfFamily(n, _) => Self::Vrf(n),
            Self::Ospfv3Family(n) => Self::Ospf(n),
            Self::IsisFamily(n, _) => Self::Isis(n),
            Self::EigrpFamily(outer, _) => Self::Eigrp(outer),
            Self::EigrpInterface(outer, n, _) => Self::EigrpFamily(outer, n),
            _ => Self::Global,
        }
    }
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    /// Read; lines below it (odd indentation) belong to the same mode.
    Line,
    /// Read with all below it.
    Whole,
    /// It opens a mode.
    Open(Mode),
    /// It closes the mode that the last opening line of this block opened.
    Close,
    /// Nothing of this mode.
    Unknown,
}

/// Fills the config from one tree.
pub(super) struct Reader<'a, 't> {
    pub tree: &'a Tree<'t>,
    pub sink: &'a mut Sink,
    pub config: &'a mut Config,
}

/// Reads one file.
pub(super) fn read(tree: &Tree<'_>, sink: &mut Sink, config: &mut Config) {
    sink.begin(tree);
    let mut reader = Reader { tree, sink, config };
    reader.block(Mode::Global, &tree.roots);
}

impl<'a, 't> Reader<'a, 't> {
    fn block(&mut self, outer: Mode, nodes: &'a [Node<'t>]) {
        let mut mode = outer;
        for node in nodes {
            let family = matches!(node.words.first(), Some(&("address-family" | "exit-address-family")));
            if family && outer != Mode::Global && matches!(mode, Mode::Quiet | Mode::Gap) {
                // The family that was passed over ends here.
                mode = outer;
            }
            let first = if mode == Mode::Global || outer != Mode::Global { mode } else { outer };
            let (mut by, mut done) = (first, self.line(first, node));
            if done == Done::Unknown && mode != outer {
                // Not of this block's mode: of the one that a line without indented children opened (flat configs), or,
                // inside a block, of the mode around it.
                by = if outer == Mode::Global { mode } else { outer };
                done = self.line(by, node);
            }
            match done {
                Done::Line => {
                    if !node.children.is_empty() {
                        self.block(mode, &node.children);
                    }
                }
                Done::Whole => {}
                Done::Open(inner) => {
                    // Of lines that are passed over only those that begin a block take the next ones with them.
                    let negated = node.words.first() == Some(&"no");
                    let begins = (by == Mode::Global && !negated) || family || !matches!(inner, Mode::Quiet | Mode::Gap);
                    if node.children.is_empty() {
                        mode = if begins { inner } else { mode };
                    } else {
                        self.block(inner, &node.children);
                        // At the outermost level a block may be cut by stray lines without indentation.
                        mode = if outer == Mode::Global { inner } else { outer };
                    }
                }
                Done::Close => mode = if outer == Mode::Global { mode.around() } else { outer },
                Done::Unknown => {
                    self.sink.not_understood(self.tree, node);
                }
            }
        }
    }

    fn line(&mut self, mode: Mode, node: &'a Node<'t>) -> Done {
        match mode {
            Mode::Global => self.global(node),
            Mode::Interface(n) => self.interface(n, node),
            Mode::Vrf(n) => self.vrf_line(n, node),
            Mode::VrfFamily(n, f) => self.vrf_family_line(n, f, node),
            Mode::GlobalFamily(f) => self.global_family_line(f, node),
            Mode::Bgp(vrf, family) => self.bgp_line(vrf, family, node),
            Mode::PeerSession(n) => self.peer_session_line(n, node),
            Mode::PeerPolicy(n) => self.peer_policy_line(n, node),
            Mode::Ospf(n) => self.ospf_line(n, node),
            Mode::Ospfv3Family(n) => self.ospf_line(n, node),
            Mode::Isis(n) => self.isis_line(n, None, node),
            Mode::IsisFamily(n, f) => self.isis_line(n, Some(f), node),
            Mode::Eigrp(n) => self.eigrp_line(n, n, node),
            Mode::EigrpFamily(outer, n) => self.eigrp_line(outer, n, node),
            Mode::EigrpInterface(_, n, m) => self.eigrp_interface_line(n, m, node),
            Mode::Rip(n) => self.rip_line(n, node),
            Mode::RouteMap(n, seq) => self.route_map_line(n, seq, node),
            Mode::Acl(n) => self.acl_line(n, false, node),
            Mode::Acl6(n) => self.acl_line(n, true, node),
            Mode::NetworkGroup(n) => self.network_group_line(n, node),
            Mode::Quiet => self.quiet(node),
            Mode::Gap => {
                self.sink.mark_all(self.tree, node, LineClass::NotModelled);
                Done::Whole
            }
        }
    }

    fn global(&mut self, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["interface", name @ ..] if !no => return self.interface_header(node, name),
            ["router", "bgp", asn] if !no => return self.bgp_header(node, asn),
            ["router", "ospf" | "ospfv3", ..] | ["ipv6", "router", "ospf", ..] if !no => return self.ospf_header(node),
            ["router", "isis", ..] if !no => return self.isis_header(node, w.get(2).copied().unwrap_or("")),
            ["router", "eigrp", ..] | ["ipv6", "router", "eigrp", ..] if !no => return self.eigrp_header(node),
            ["router", "rip", ..] | ["ipv6", "router", "rip", ..] if !no => return self.rip_header(node),
            ["router", protocol, ..] | ["ipv6", "router", protocol, ..] if !no => {
                let message = format!("routing protocol `{protocol}` is not modelled: its routes are missing from the tables");
                return self.gap(node, message);
            }
            ["ip", "vrf", "receive", ..] => return Done::Unknown,
            ["global-address-family", family @ ("ipv4" | "ipv6"), "unicast"]
            | ["global-address-family", family @ ("ipv4" | "ipv6")]
                if !no =>
            {
                self.known(node);
                return Done::Open(Mode::GlobalFamily(if *family == "ipv6" { Family::V6 } else { Family::V4 }));
            }
            ["ip", "vrf", name] | ["vrf", "definition", name] if !no => return self.vrf_header(node, name),
            ["route-map", name, rest @ ..] if !no => return self.route_map_header(node, name, rest),
            ["access-list", ..] if !no => return self.numbered_acl(node, w),
            ["ip", "access-list", "standard" | "extended", name] if !no => {
                return self.acl_header(node, name, w.get(2) == Some(&"extended"));
            }
            ["ip", "access-list", ..] => return self.quiet(node),
            ["ipv6", "access-list", name] if !no => return self.acl6_header(node, name),
            ["ipv6", "access-list", ..] => return self.quiet(node),
            ["object-group", "network", name] | ["object-group", "ip", "address", name] if !no => {
                return self.network_group_header(node, name);
            }
            ["object-group", ..] => {
                if let Some(name) = w.get(2) {
                    self.sink.define("object-group", name, self.origin(node));
                }
                return self.known_whole(node);
            }
            ["ip" | "ipv6", "route", ..] if !no => return self.static_route(node, w, None),
            ["ip", "routing"] => self.config.no_ip_routing = no,
            ["ipv6", "unicast-routing"] => self.config.ipv6_routing = !no,
            ["router-id", id] if !no => return self.set(node, id, "a router id", |c, id| c.router_id = Some(id)),
            ["hostname", name] if !no => self.config.hostname = Some((*name).into()),
            ["version", v] if !no => {
                self.config.version = v.split('.').next().and_then(|v| v.parse().ok()).unwrap_or(0);
            }
            ["ip", "prefix-list", rest @ ..] => return self.prefix_list(node, rest, false),
            ["ipv6", "prefix-list", rest @ ..] => return self.prefix_list(node, rest, true),
            ["ip", "as-path", "access-list", rest @ ..] if !no => return self.as_path_list(node, rest),
            ["ip", "community-list", rest @ ..] if !no => return self.community_list(node, rest, false),
            ["ip", "extcommunity-list", rest @ ..] if !no => return self.community_list(node, rest, true),
            ["ip", "bgp-community", "new-format"] => {}
            ["vlan", "internal" | "access-log" | "dot1q" | "configuration" | "accounting" | "group", ..] => {
                return self.quiet(node);
            }
            ["vlan", "filter" | "access-map", ..] => {
                return self.gap(node, "VLAN access maps are not modelled: they may drop packets");
            }
            ["vlan", _ids] => {
                self.sink.modelled(self.tree, node);
                return Done::Open(Mode::Quiet);
            }
            ["template", "peer-policy" | "peer-session", ..] => return Done::Unknown,
            _ => return self.other_global(node, no, w),
        }
        self.sink.modelled(self.tree, node);
        Done::Line
    }

    // ----- saying what became of a line -------------------------------------------------------

    pub(super) fn origin(&self, node: &Node<'_>) -> Origin {
        self.tree.origin(node)
    }

    pub(super) fn span(&self, node: &Node<'_>, word: &str) -> Span {
        self.tree.span(node, word)
    }

    /// The line is in the model.
    pub(super) fn known(&mut self, node: &Node<'_>) -> Done {
        self.sink.modelled(self.tree, node);
        Done::Line
    }

    /// The line and all below it are in the model.
    pub(super) fn known_whole(&mut self, node: &Node<'_>) -> Done {
        self.sink.mark_all(self.tree, node, LineClass::Modelled);
        Done::Whole
    }

    /// The line has no effect; lines below it neither.
    pub(super) fn quiet(&mut self, node: &Node<'_>) -> Done {
        self.sink.no_effect(self.tree, node);
        if node.children.is_empty() { Done::Open(Mode::Quiet) } else { Done::Whole }
    }

    /// The line alone has no effect.
    pub(super) fn quiet_line(&mut self, node: &Node<'_>) -> Done {
        self.sink.no_effect(self.tree, node);
        Done::Whole
    }

    /// The line matters and is not modelled; lines below it likewise.
    pub(super) fn gap(&mut self, node: &Node<'_>, why: impl Into<String>) -> Done {
        self.sink.not_modelled(self.tree, node, why);
        if node.children.is_empty() { Done::Open(Mode::Gap) } else { Done::Whole }
    }

    /// The line alone matters and is not modelled.
    pub(super) fn gap_line(&mut self, node: &Node<'_>, why: impl Into<String>) -> Done {
        self.sink.not_modelled(self.tree, node, why);
        Done::Whole
    }

    /// The device would refuse the line.
    pub(super) fn bad(&mut self, node: &Node<'_>, word: &str, what: &str) -> Done {
        let word = if word.is_empty() { node.words.last().copied().unwrap_or("") } else { word };
        self.sink.invalid(self.tree, node, word, what);
        Done::Line
    }

    /// Puts a parsed value into the config, or says that it is none.
    pub(super) fn set<T: std::str::FromStr>(
        &mut self,
        node: &Node<'_>,
        word: &str,
        what: &str,
        put: impl FnOnce(&mut Config, T),
    ) -> Done {
        match word.parse() {
            Ok(value) => {
                put(self.config, value);
                self.known(node)
            }
            Err(_) => self.bad(node, word, what),
        }
    }

    /// A name is used.
    pub(super) fn refer(&mut self, node: &Node<'_>, kinds: &'static [&'static str], name: &str, usage: &'static str) -> Name {
        let span = self.span(node, name);
        self.sink.refer(kinds, name, span, usage);
        name.into()
    }

    /// An interface is used: its full name.
    pub(super) fn refer_interface(&mut self, node: &Node<'_>, typed: &[&str], usage: &'static str) -> Option<Name> {
        let (name, port) = ports::read(typed)?;
        if port.kind != crate::model::interface::InterfaceKind::Null {
            let span = self.span(node, typed.first().copied().unwrap_or(""));
            self.sink.refer(INTERFACE, &name, span, usage);
        }
        Some(name)
    }
}

/// The words without a leading `no`, and whether there was one.
pub(super) fn negation<'n, 't>(node: &'n Node<'t>) -> (bool, &'n [&'t str]) {
    match &node.words[..] {
        ["no", rest @ ..] => (true, rest),
        all => (false, all),
    }
}

/// The value after a word: `after(["a", "metric", "5"], "metric")` = `"5"`.
pub(super) fn after<'t>(words: &[&'t str], word: &str) -> Option<&'t str> {
    words.iter().position(|w| *w == word).and_then(|n| words.get(n + 1)).copied()
}
