//! Tree → [`Config`]: one file an area of the config.
//!
//! In: the lines of one file. Out: the config, filled; a class for each line. Law: a line belongs to the mode that is open;
//! indentation opens and closes modes, and where a config has lost it, a line that is nothing of the outer mode is tried in the mode
//! opened last. Policies and sets run to their `end-…` line whatever their indentation. Start reading at [`Reader::block`].
//! Tests: `tests.rs` of this folder's parent.

mod acl;
mod bgp;
mod bgp_neighbor;
mod interface;
mod isis;
mod mpls;
mod ospf;
mod policy;
mod quiet;
mod redistribute;
mod redundancy;
mod rip;
mod vrf;

use super::config::{Attach, Config};
use super::ports;
use super::rpl::parse;
use crate::base::span::{Origin, Span};
use crate::model::device::Name;
use crate::model::route::Family;
use crate::syntax::tree::{Node, Tree};
use crate::vendors::sink::Sink;

pub(super) use acl::range as prefix_range;
pub(super) use ospf::key as ospf_key;

pub(super) const POLICY: &[&str] = &["route-policy"];
pub(super) const PREFIX_LIST: [&[&str]; 2] = [&["prefix-list"], &["ipv6 prefix-list"]];
pub(super) const ACL: [&[&str]; 2] = [&["access-list"], &["ipv6 access-list"]];
pub(super) const VRF: &[&str] = &["vrf"];
pub(super) const INTERFACE: &[&str] = &["interface"];
pub(super) const NEIGHBOR_GROUP: &[&str] = &["neighbor-group"];
pub(super) const SESSION_GROUP: &[&str] = &["session-group"];
pub(super) const AF_GROUP: &[&str] = &["af-group"];
pub(super) const OBJECT_GROUP: &[&str] = &["object-group"];

/// What the lines at hand are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Global,
    Interface(usize),
    Vrf(usize),
    VrfFamily(usize, bool),
    /// Route targets of a VRF: exported or imported.
    Targets(usize, bool, bool),
    /// `router static` of a VRF (by its place in `vrfs`) and its families.
    Static(Option<usize>),
    StaticFamily(Option<usize>, Family),
    Ospf(usize),
    OspfArea(usize, u32),
    OspfInterface(usize, u32, usize),
    Isis(usize),
    IsisFamily(usize, Family),
    IsisInterface(usize, usize),
    IsisInterfaceFamily(usize, usize, Family),
    /// RIP of a VRF by its place in `rip`; 0 is the global table's.
    Rip(usize),
    RipInterface(usize, usize),
    Bgp(Option<usize>),
    BgpFamily(Option<usize>, Family),
    /// `bgp confederation peers`
    Members,
    Peer(Scope),
    PeerFamily(Scope, Family),
    Acl(usize, Family),
    PrefixList(usize, Family),
    AddressGroup(usize),
    /// `router hsrp` (`false`) or `router vrrp`.
    Redundancy(bool),
    RedundancyInterface(bool, Option<usize>),
    RedundancyGroup(bool, Option<usize>, u32),
    L2vpn,
    /// `policy-global`
    Globals,
}

/// Whose settings a BGP block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Neighbor(Option<usize>, usize),
    Group(usize),
    SessionGroup(usize),
    AfGroup(usize),
}

impl Mode {
    /// The mode in which this one was opened.
    fn around(self) -> Self {
        match self {
            Self::VrfFamily(n, _) | Self::Targets(n, ..) => Self::Vrf(n),
            Self::StaticFamily(vrf, _) => Self::Static(vrf),
            Self::Static(Some(_)) => Self::Static(None),
            Self::OspfArea(n, _) => Self::Ospf(n),
            Self::OspfInterface(n, area, _) => Self::OspfArea(n, area),
            Self::IsisFamily(n, _) | Self::IsisInterface(n, _) => Self::Isis(n),
            Self::IsisInterfaceFamily(n, i, _) => Self::IsisInterface(n, i),
            Self::RipInterface(n, _) => Self::Rip(n),
            Self::Rip(1..) => Self::Rip(0),
            Self::BgpFamily(vrf, _) | Self::Peer(Scope::Neighbor(vrf, _)) => Self::Bgp(vrf),
            Self::PeerFamily(scope, _) => Self::Peer(scope),
            Self::Members | Self::Peer(_) | Self::Bgp(Some(_)) => Self::Bgp(None),
            Self::RedundancyInterface(vrrp, _) => Self::Redundancy(vrrp),
            Self::RedundancyGroup(vrrp, i, _) => Self::RedundancyInterface(vrrp, i),
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
    let mut roots = &tree.roots[..];
    while !roots.is_empty() {
        let body = reader.body(roots);
        let (here, rest) = roots.split_at(body.max(1));
        if body == 0 {
            let run = 1 + rest.iter().take_while(|n| !policy::opens(n)).count();
            let (here, after) = roots.split_at(run);
            reader.block(Mode::Global, here);
            roots = after;
        } else {
            reader.policy_or_set(here);
            roots = rest;
        }
    }
}

impl<'a, 't> Reader<'a, 't> {
    fn block(&mut self, outer: Mode, nodes: &'a [Node<'t>]) {
        // What a line without children of its own has opened in this block.
        let mut mode = outer;
        for node in nodes {
            // A line belongs to the block it stands in; only what is nothing there belongs to a mode that a line of the block
            // opened, or to one around that.
            let mut tried = outer;
            let mut done = self.line(outer, node);
            if done == Done::Unknown && mode != outer {
                tried = mode;
                done = self.line(mode, node);
                while done == Done::Unknown && ![tried, Mode::Global, outer].contains(&tried.around()) {
                    tried = tried.around();
                    done = self.line(tried, node);
                }
            }
            match done {
                Done::Line => {
                    if !node.children.is_empty() {
                        self.block(tried, &node.children);
                    }
                }
                Done::Whole => {}
                Done::Open(inner) => {
                    if node.children.is_empty() {
                        mode = inner;
                    } else {
                        self.block(inner, &node.children);
                        // At the outermost level a block may be cut by stray lines without indentation.
                        mode = if outer == Mode::Global { inner } else { tried };
                    }
                }
                Done::Close => mode = if mode == outer || mode.around() == Mode::Global { outer } else { mode.around() },
                Done::Unknown => self.sink.not_understood(self.tree, node),
            }
        }
    }

    fn line(&mut self, mode: Mode, node: &'a Node<'t>) -> Done {
        if let ["apply-group", ..] | ["exclude-group", ..] = &node.words[..] {
            return self.known(node);
        }
        match mode {
            Mode::Global => self.global(node),
            Mode::Interface(n) => self.interface(n, node),
            Mode::Vrf(n) => self.vrf_line(n, node),
            Mode::VrfFamily(n, unicast) => self.vrf_family_line(n, unicast, node),
            Mode::Targets(n, export, kept) => self.target_line(n, export, kept, node),
            Mode::Static(vrf) => self.static_line(vrf, node),
            Mode::StaticFamily(vrf, family) => self.static_family_line(vrf, family, node),
            Mode::Ospf(n) => self.ospf_line(n, node),
            Mode::OspfArea(n, area) => self.ospf_area_line(n, area, node),
            Mode::OspfInterface(n, area, i) => self.ospf_interface_line(n, area, i, node),
            Mode::Isis(n) => self.isis_line(n, node),
            Mode::IsisFamily(n, family) => self.isis_family_line(n, family, node),
            Mode::IsisInterface(n, i) => self.isis_interface_line(n, i, node),
            Mode::IsisInterfaceFamily(n, i, family) => self.isis_interface_family_line(n, i, family, node),
            Mode::Rip(n) => self.rip_line(n, node),
            Mode::RipInterface(n, i) => self.rip_interface_line(n, i, node),
            Mode::Bgp(vrf) => self.bgp_line(vrf, node),
            Mode::BgpFamily(vrf, family) => self.bgp_family_line(vrf, family, node),
            Mode::Members => self.member_line(node),
            Mode::Peer(scope) => self.peer_line(scope, node),
            Mode::PeerFamily(scope, family) => self.peer_family_line(scope, family, node),
            Mode::Acl(n, family) => self.acl_line(n, family, node),
            Mode::PrefixList(n, family) => self.prefix_list_line(n, family, node),
            Mode::AddressGroup(n) => self.address_group_line(n, node),
            Mode::Redundancy(vrrp) => self.redundancy_line(vrrp, node),
            Mode::RedundancyInterface(vrrp, i) => self.redundancy_interface_line(vrrp, i, node),
            Mode::RedundancyGroup(vrrp, i, group) => self.redundancy_group_line(vrrp, i, group, node),
            Mode::L2vpn => self.l2vpn_line(node),
            Mode::Globals => self.globals_line(node),
        }
    }

    fn global(&mut self, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["interface", name @ ..] if !no => self.interface_header(node, name),
            ["vrf", name] if !no => self.vrf_header(node, name),
            ["router", "static"] if !no => {
                self.known(node);
                Done::Open(Mode::Static(None))
            }
            ["router", version @ ("ospf" | "ospfv3"), id, ..] if !no => self.ospf_header(node, *version == "ospfv3", id),
            ["router", "isis", name] if !no => self.isis_header(node, name),
            ["router", "rip"] if !no => self.rip_header(node),
            ["router", "bgp", asn, ..] if !no => self.bgp_header(node, asn),
            ["router", "hsrp" | "vrrp"] if !no => {
                self.known(node);
                Done::Open(Mode::Redundancy(w.get(1) == Some(&"vrrp")))
            }
            ["router", "igmp" | "mld" | "pim" | "msdp" | "amt", ..] if !no => self.quiet(node),
            ["router", protocol, ..] if !no => {
                let message = format!("routing protocol `{protocol}` is not modelled: its routes are missing from the tables");
                self.gap(node, message)
            }
            ["policy-global"] => {
                self.known(node);
                Done::Open(Mode::Globals)
            }
            ["end-global" | "end-group" | "end-policy" | "end-set"] => self.quiet(node),
            [family @ ("ipv4" | "ipv6"), "access-list", name, rest @ ..] => {
                self.acl_header(node, no, family_of(family), name, rest)
            }
            [family @ ("ipv4" | "ipv6"), "prefix-list", name] if !no => self.prefix_list_header(node, family_of(family), name),
            ["object-group", "network", "ipv4" | "ipv6", name] if !no => self.address_group_header(node, name),
            ["hostname", name, ..] if !no => {
                self.config.hostname = Some((*name).into());
                self.known(node)
            }
            ["l2vpn"] if !no => {
                self.known(node);
                Done::Open(Mode::L2vpn)
            }
            _ => self.other_global(node, no, w),
        }
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

    /// The line is in the model and opens a mode.
    pub(super) fn open(&mut self, node: &Node<'_>, mode: Mode) -> Done {
        self.sink.modelled(self.tree, node);
        Done::Open(mode)
    }

    /// The line has no effect; lines below it neither.
    pub(super) fn quiet(&mut self, node: &Node<'_>) -> Done {
        self.sink.no_effect(self.tree, node);
        Done::Whole
    }

    /// The line matters and is not modelled; lines below it likewise.
    pub(super) fn gap(&mut self, node: &Node<'_>, why: impl Into<String>) -> Done {
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

    /// The policy that stands from word `n` of a line: its name, its arguments, and the words after them.
    pub(super) fn attach(&mut self, node: &Node<'_>, n: usize, usage: &'static str) -> Option<(Attach, Vec<Name>)> {
        let words = parse::words(self.tree.rest(node, n));
        let (policy, arguments, used) = parse::call(&words)?;
        let origin = self.origin(node);
        self.sink.refer(POLICY, &policy, origin, usage);
        let rest = words.iter().skip(used).map(|w| w.text.clone()).collect();
        Some((Attach { policy, arguments, origin }, rest))
    }

    /// The policy after the word `route-policy` of a line.
    pub(super) fn attached(&mut self, node: &Node<'_>, usage: &'static str) -> Option<Attach> {
        let at = node.words.iter().position(|w| *w == "route-policy")?;
        self.attach(node, at + 1, usage).map(|(a, _)| a)
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

/// The family that the words after `address-family` of BGP name, where the model has it.
pub(super) fn bgp_family_of(words: &[&str]) -> Option<Family> {
    Some(match words {
        ["ipv4", "unicast"] => Family::V4,
        ["ipv6", "unicast"] => Family::V6,
        ["vpnv4", "unicast"] => Family::Vpn4,
        ["vpnv6", "unicast"] => Family::Vpn6,
        ["l2vpn", "evpn"] => Family::Evpn,
        _ => return None,
    })
}

/// `ipv4` or `ipv6`.
pub(super) fn family_of(word: &str) -> Family {
    if word == "ipv6" { Family::V6 } else { Family::V4 }
}
