//! Statements to [`Config`]: which block a line is in, and whom to ask about it.
//!
//! In: trees of single statements. Out: [`Config`] and a class per line. Law: as vtysh does it: a line that the present block does
//! not know is tried in the block around it; indentation means nothing.
//! Start reading at [`Reader::statement`]. Tests: `../tests.rs`.

mod bgp;
mod bgp_neighbor;
mod bgp_vpn;
pub(super) mod config_db;
mod evpn;
pub(super) mod ifupdown;
mod isis;
mod lists;
mod mpls;
pub(super) mod nclu;
pub(super) mod nvue;
mod ospf;
mod rip;
mod route_map;
mod sonic_acl;
mod vxlan;
mod zebra;

use super::config::{Config, Ref};
use crate::base::diag::{Diagnostic, Severity};
use crate::base::span::Origin;
use crate::model::isis::Levels;
use crate::model::policy::RouteSource;
use crate::model::route::Family;
use crate::syntax::tree::{Node, Tree};
use crate::vendors::sink::{LineClass, NOT_MODELLED, NOT_UNDERSTOOD, Sink};

/// What a block's reader made of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Took<'t> {
    /// It is in the config model.
    Modelled,
    /// No bearing on routing or forwarding.
    NoEffect,
    /// It may matter and is not modelled; why.
    NotModelled(&'static str),
    /// The device would refuse this word; what was wanted.
    Invalid(&'t str, &'static str),
    /// Not a statement of this block.
    Unknown,
}

pub(super) use Took::{Invalid, Modelled, NoEffect, NotModelled, Unknown};
pub(in crate::vendors::frr) use bgp::family;

/// The block a statement is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Top,
    Interface(usize),
    Vrf,
    Bgp(usize),
    /// IPv4 (0) or IPv6 (1) unicast.
    BgpFamily(usize, usize),
    BgpEvpn(usize),
    /// VPN routes of IPv4 (3) or IPv6 (4).
    BgpVpn(usize, usize),
    /// `vni N` in there.
    BgpVni(usize, u32),
    Ospf(usize),
    Ospf6(usize),
    Isis(usize),
    Rip(usize),
    RouteMap(usize),
    /// `mpls ldp`, its IPv4 family, an interface in there, and another family.
    Ldp,
    LdpFamily,
    LdpInterface,
    LdpOther,
    /// A block whose lines all have one class.
    Other(LineClass),
    /// The same, inside `router bgp`.
    BgpOther(usize, LineClass),
}

impl Block {
    fn outer(self) -> Option<Self> {
        match self {
            Self::Top => None,
            Self::BgpFamily(n, _) | Self::BgpEvpn(n) | Self::BgpVpn(n, _) | Self::BgpOther(n, _) => Some(Self::Bgp(n)),
            Self::BgpVni(n, _) => Some(Self::BgpEvpn(n)),
            Self::LdpFamily | Self::LdpOther => Some(Self::Ldp),
            Self::LdpInterface => Some(Self::LdpFamily),
            _ => Some(Self::Top),
        }
    }
}

/// Reads FRR statements into a config.
pub(super) struct Reader<'a> {
    pub config: &'a mut Config,
    pub sink: &'a mut Sink,
    block: Block,
    vrf: Option<crate::model::device::Name>,
}

impl<'a> Reader<'a> {
    pub fn new(config: &'a mut Config, sink: &'a mut Sink) -> Self {
        Self { config, sink, block: Block::Top, vrf: None }
    }

    /// Reads one statement and gives its line a class.
    pub fn statement<'t>(&mut self, tree: &Tree<'t>, node: &Node<'t>) {
        let origin = tree.origin(node);
        let words: &[&'t str] = &node.words;
        let (no, words) = match words {
            ["no", rest @ ..] if !rest.is_empty() => (true, rest),
            _ => (false, words),
        };
        let mut at = Some(self.block);
        while let Some(block) = at {
            let took = self.in_block(block, no, words, tree, node, origin);
            match took {
                Unknown => at = block.outer(),
                Modelled => return self.sink.mark(origin, LineClass::Modelled),
                NoEffect => return self.sink.mark(origin, LineClass::NoEffect),
                NotModelled(why) => {
                    self.sink.mark(origin, LineClass::NotModelled);
                    let what = tree.rest(node, 0);
                    return self
                        .sink
                        .push(Diagnostic::new(NOT_MODELLED, Severity::Warning, format!("`{}`: {why}", clip(what))).at(origin));
                }
                Invalid(word, what) => return self.sink.invalid(tree, node, word, what),
            }
        }
        self.sink.mark(origin, LineClass::NotUnderstood);
        let message = format!("`{}` is not understood", clip(tree.rest(node, 0)));
        self.sink.push(Diagnostic::new(NOT_UNDERSTOOD, Severity::Warning, message).at(origin));
    }

    fn in_block<'t>(&mut self, block: Block, no: bool, w: &[&'t str], tree: &Tree<'t>, node: &Node<'t>, o: Origin) -> Took<'t> {
        match block {
            Block::Top => self.top(no, w, tree, node, o),
            Block::Interface(n) => self.interface(n, no, w, tree, node, o),
            Block::Vrf => self.vrf(no, w, o),
            Block::Bgp(n) => self.bgp(n, no, w, o),
            Block::BgpFamily(n, f) => self.bgp_family(n, f, no, w, o),
            Block::BgpEvpn(n) => self.evpn(n, no, w, o),
            Block::BgpVni(n, vni) => self.evpn_vni((n, vni), no, w, o),
            Block::BgpVpn(n, f) => self.vpn_table(n, f, no, w, o),
            Block::Ospf(n) => self.ospf(n, no, w, o),
            Block::Ospf6(n) => self.ospf6(n, no, w, o),
            Block::Isis(n) => self.isis(n, no, w, o),
            Block::Rip(n) => self.rip(n, no, w, o),
            Block::RouteMap(n) => self.route_map_line(n, no, w, tree, node, o),
            Block::Ldp | Block::LdpOther => self.ldp(false, no, w, o),
            Block::LdpFamily => self.ldp(true, no, w, o),
            Block::LdpInterface => match w {
                ["discovery" | "ldp-sync", ..] => NoEffect,
                _ => Unknown,
            },
            Block::Other(class) | Block::BgpOther(_, class) => self.other(block, class, w),
        }
    }

    /// Lines of a block that is as a whole of one class, unless they open another block.
    fn other<'t>(&mut self, block: Block, class: LineClass, w: &[&'t str]) -> Took<'t> {
        let opens = match w {
            ["interface" | "router" | "route-map" | "vrf" | "line" | "key" | "frr" | "hostname", ..] => true,
            ["ip" | "ipv6", "route" | "prefix-list" | "access-list" | "forwarding" | "protocol" | "router-id", ..] => true,
            ["bgp", "as-path" | "community-list" | "large-community-list" | "extcommunity-list", ..] => true,
            ["address-family" | "exit-address-family", ..] => matches!(block, Block::BgpOther(..)),
            ["exit" | "end", ..] => true,
            _ => false,
        };
        match class {
            _ if opens => Unknown,
            LineClass::NoEffect => NoEffect,
            LineClass::NotModelled => NotModelled("its block is not modelled"),
            _ => Unknown,
        }
    }

    fn top<'t>(&mut self, no: bool, w: &[&'t str], tree: &Tree<'t>, node: &Node<'t>, o: Origin) -> Took<'t> {
        match w {
            ["interface", name, rest @ ..] => {
                let n = self.config.interface(name, o);
                if no {
                    return NoEffect;
                }
                if let ["vrf", vrf] = rest {
                    self.config.interfaces[n].vrf = named_vrf(vrf);
                }
                self.block = Block::Interface(n);
                Modelled
            }
            ["vrf", name, ..] => {
                self.config.vrf(name, o);
                self.vrf = named_vrf(name);
                self.block = Block::Vrf;
                Modelled
            }
            ["router", "bgp", rest @ ..] => self.open_bgp(no, rest, o),
            ["router", "ospf", rest @ ..] => self.open_ospf(no, rest, false, o),
            ["router", "ospf6", rest @ ..] => self.open_ospf(no, rest, true, o),
            ["router", "isis", rest @ ..] => self.open_isis(no, rest, o),
            ["router", "rip", rest @ ..] => self.open_rip(no, Family::V4, rest, o),
            ["router", "ripng", rest @ ..] => self.open_rip(no, Family::V6, rest, o),
            ["router", "eigrp" | "babel" | "openfabric", ..] => {
                self.block = Block::Other(LineClass::NotModelled);
                NotModelled("this routing protocol is not modelled")
            }
            ["mpls", "ldp"] => self.open_ldp(no),
            ["router", "pim" | "pim6", ..] => self.open_other(LineClass::NoEffect),
            ["route-map", rest @ ..] => self.open_route_map(no, rest, o),
            ["exit-vrf" | "end" | "exit-address-family"] => {
                self.block = Block::Top;
                NoEffect
            }
            ["exit" | "quit"] => {
                self.block = self.block.outer().unwrap_or(Block::Top);
                NoEffect
            }
            _ => match self.list(no, w, tree, node, o) {
                Unknown => self.zebra(no, w, o),
                took => took,
            },
        }
    }

    fn open_other<'t>(&mut self, class: LineClass) -> Took<'t> {
        self.block = Block::Other(class);
        match class {
            LineClass::NoEffect => NoEffect,
            _ => NotModelled("not modelled"),
        }
    }
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// `default` is the global table.
pub(super) fn named_vrf(name: &str) -> Option<crate::model::device::Name> {
    (name != "default").then(|| name.into())
}

pub(super) fn reference(name: &str, origin: Origin) -> Ref {
    Ref { name: name.trim_matches('"').into(), origin }
}

/// The protocols of `redistribute`.
fn source(word: &str) -> Option<RouteSource> {
    Some(match word {
        "connected" => RouteSource::Connected,
        "local" => RouteSource::Local,
        "static" => RouteSource::Static,
        "ospf" | "ospf6" => RouteSource::Ospf(None),
        "isis" => RouteSource::Isis(None),
        "bgp" => RouteSource::Bgp,
        "rip" | "ripng" => RouteSource::Rip,
        "eigrp" => RouteSource::Eigrp(None),
        _ => return None,
    })
}

/// Protocols of `redistribute` that are known and not modelled.
fn foreign(word: &str) -> bool {
    matches!(
        word,
        "kernel" | "table" | "table-direct" | "babel" | "nhrp" | "openfabric" | "sharp" | "vnc" | "vnc-direct" | "system"
    )
}

fn levels(word: &str) -> Option<Levels> {
    Some(match word {
        "level-1" => Levels { l1: true, l2: false },
        "level-2" | "level-2-only" => Levels { l1: false, l2: true },
        "level-1-2" => Levels::BOTH,
        _ => return None,
    })
}
