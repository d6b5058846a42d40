//! The tree to [`Config`], one file an area.
//!
//! In: nodes, one word a node. Out: [`Config`], and a class for each line. Law: a keyword nobody names is *not understood*; [`Known`] says
//! in each place which are known and have no effect, and which are known and not modelled. Start reading at [`read`].

mod acl;
mod bgp;
mod igp;
mod instances;
mod interfaces;
mod overlay;
mod policy;

use std::str::FromStr;

use super::config::{Config, Named};
use crate::base::span::Origin;
use crate::syntax::tree::{Node, Tree};
use crate::vendors::sink::{LineClass, Sink};

/// A tree being read.
pub(super) struct Reader<'r, 't> {
    pub tree: &'r Tree<'t>,
    pub sink: &'r mut Sink,
}

/// The statements known in one place without being read.
struct Known {
    /// The place, for messages.
    name: &'static str,
    no_effect: &'static [&'static str],
    not_modelled: &'static [&'static str],
}

/// Statements that mean nothing anywhere.
const ANYWHERE: &[&str] = &["description", "trace-options", "statistics", "annotation", "_annotate", "_preamble"];

const TOP: Known = Known {
    name: "the tree",
    no_effect: &[
        "bfd",
        "platform",
        "qos",
        "oam",
        "tunnel",
        "event-handler",
        "metadata",
        "system",
        "snmp",
        "_preamble",
        "http-proxy",
        "traffic-engineering-policies",
    ],
    not_modelled: &["routing-options", "te-policies"],
};

/// Leaves after whose value a flat line often goes on with the next leaf: `… peer-as 65001 peer-group up`.
const LEAVES: &[&str] = &[
    "admin-state",
    "description",
    "peer-as",
    "peer-group",
    "next-hop-group",
    "preference",
    "metric",
    "mtu",
    "ip-mtu",
    "vlan-tagging",
    "ip-address",
    "autonomous-system",
    "router-id",
    "version",
    "interface-type",
    "circuit-type",
    "passive",
    "level-capability",
    "priority",
    "next-hop-self",
    "local-address",
    "evi",
    "ecmp",
    "policy-result",
    "export-policy",
    "import-policy",
];

/// Gives each leaf of a flat line its own statement: what follows a leaf's value belongs beside the leaf.
pub(super) fn one_leaf_a_statement(nodes: &mut Vec<Node<'_>>) {
    let mut at = 0;
    while at < nodes.len() {
        let mut after = Vec::new();
        let node = &mut nodes[at];
        if LEAVES.contains(&node.word(0)) {
            // A container may have a leaf's name (`bgp preference ebgp 170`): then a word stands where a value would.
            let container = matches!(node.word(0), "preference" | "metric");
            for value in &mut node.children {
                if !container || value.word(0).starts_with(|c: char| c.is_ascii_digit()) {
                    after.append(&mut value.children);
                }
            }
        }
        one_leaf_a_statement(&mut node.children);
        // They may be leaves with something behind them too: they are looked at next.
        nodes.splice(at + 1..at + 1, after);
        at += 1;
    }
}

/// What has a reader.
const READ: &[&str] = &["interface", "network-instance", "routing-policy", "acl", "tunnel-interface", "system"];

/// Reads one file's tree into the config.
pub(super) fn read<'t>(r: &mut Reader<'_, 't>, config: &mut Config) {
    let tree = r.tree;
    for root in &tree.roots {
        if READ.contains(&root.word(0).trim_start_matches('/')) {
            r.head(root);
        }
        match root.word(0).trim_start_matches('/') {
            "interface" => interfaces::read(r, root, config),
            "network-instance" => instances::read(r, root, config),
            "routing-policy" => policy::read(r, root, config),
            "acl" => acl::read(r, root, config),
            "tunnel-interface" => overlay::tunnels(r, root, config),
            "system" => system(r, root, config),
            _ => r.known(root, &TOP),
        }
    }
}

fn system<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    for c in &node.children {
        match c.word(0) {
            "name" => {
                r.head(c);
                for x in &c.children {
                    match x.word(0) {
                        "host-name" => config.hostname = r.arg(x).map(Into::into),
                        _ => r.sink.no_effect(r.tree, x),
                    }
                }
            }
            "mtu" => {
                r.head(c);
                for x in &c.children {
                    match x.word(0) {
                        "default-ip-mtu" => config.default_ip_mtu = r.number(x),
                        _ => r.sink.no_effect(r.tree, x),
                    }
                }
            }
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}

impl<'t> Reader<'_, 't> {
    /// The line of a node.
    fn origin(&self, node: &Node<'_>) -> Origin {
        self.tree.origin(node)
    }

    /// A container that is understood. A line takes its class from its last word, so it is marked here only if no word below
    /// stands on it.
    fn head(&mut self, node: &Node<'_>) {
        if !node.children.iter().any(|c| c.line == node.line) {
            self.sink.modelled(self.tree, node);
        }
    }

    /// A statement that is in the model with all below it.
    fn all(&mut self, node: &Node<'_>) {
        self.sink.mark_all(self.tree, node, LineClass::Modelled);
    }

    /// The value of a leaf: the last one set counts.
    fn arg(&mut self, node: &Node<'t>) -> Option<&'t str> {
        self.all(node);
        match node.children.last() {
            Some(value) => Some(value.word(0)),
            None => {
                self.sink.invalid(self.tree, node, node.word(0), "complete: a value is missing");
                None
            }
        }
    }

    /// The value, read as a `T`; `what` names what was wanted.
    fn parse<T: FromStr>(&mut self, node: &Node<'t>, what: &str) -> Option<T> {
        let word = self.arg(node)?;
        let value = word.parse().ok();
        if value.is_none() {
            self.bad(node, word, what);
        }
        value
    }

    /// The value as a number.
    fn number<T: FromStr>(&mut self, node: &Node<'t>) -> Option<T> {
        self.parse(node, "a number in range")
    }

    /// The value as an address.
    fn address<T: FromStr>(&mut self, node: &Node<'t>) -> Option<T> {
        self.parse(node, "an address")
    }

    /// `true` or `false`.
    fn truth(&mut self, node: &Node<'t>) -> Option<bool> {
        match self.arg(node)? {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                self.bad(node, other, "`true` or `false`");
                None
            }
        }
    }

    /// `admin-state`: whether it is `disable`.
    fn disabled(&mut self, node: &Node<'t>) -> Option<bool> {
        match self.arg(node)? {
            "enable" => Some(false),
            "disable" => Some(true),
            other => {
                self.bad(node, other, "`enable` or `disable`");
                None
            }
        }
    }

    /// The key of a list's entry, read as a prefix.
    fn prefix(&mut self, node: &Node<'t>) -> Option<ipnet::IpNet> {
        let net = node.word(0).parse().ok();
        if net.is_none() {
            self.sink.invalid(self.tree, node, node.word(0), "a prefix");
        }
        net
    }

    /// Reports a word that the device would refuse.
    fn bad(&mut self, node: &Node<'t>, word: &str, what: &str) {
        let holder = node.children.iter().find(|c| c.word(0) == word).unwrap_or(node);
        self.sink.invalid(self.tree, holder, word, what);
    }

    /// All values of a leaf-list, or all keys of a list without more.
    fn names(&mut self, node: &Node<'t>) -> Vec<Named> {
        self.all(node);
        node.children.iter().map(|c| (c.word(0).into(), self.tree.origin(c))).collect()
    }

    /// The value as a name with its line.
    fn named(&mut self, node: &Node<'t>) -> Option<Named> {
        let value = self.arg(node)?;
        let at = node.children.last().map_or(self.origin(node), |c| self.tree.origin(c));
        Some((value.into(), at))
    }

    /// Policies by name, each a reference.
    fn policies(&mut self, node: &Node<'t>, usage: &'static str) -> Vec<Named> {
        let names = self.names(node);
        for (name, at) in &names {
            self.sink.refer(&["policy"], name, *at, usage);
        }
        names
    }

    /// A statement no reader takes.
    fn known(&mut self, node: &Node<'t>, known: &Known) {
        let word = node.word(0);
        if ANYWHERE.contains(&word) || known.no_effect.contains(&word) {
            self.sink.no_effect(self.tree, node);
        } else if known.not_modelled.contains(&word) {
            self.sink.not_modelled(self.tree, node, format!("`{} {word}` is not modelled", known.name));
        } else {
            self.sink.not_understood(self.tree, node);
        }
    }
}

/// `ethernet-1/{1..3,7}` as its names; at most a few hundred.
fn expand(name: &str) -> Vec<String> {
    let braces = name.split_once('{').and_then(|(before, rest)| rest.split_once('}').map(|(list, after)| (before, list, after)));
    let Some((before, list, after)) = braces else { return vec![name.to_owned()] };
    let mut out = Vec::new();
    for part in list.split(',') {
        match part.split_once("..").map(|(a, b)| (a.parse::<u32>(), b.parse::<u32>())) {
            Some((Ok(a), Ok(b))) => out.extend((a..=b).take(512).map(|n| format!("{before}{n}{after}"))),
            _ => out.push(format!("{before}{part}{after}")),
        }
    }
    out
}

/// The entry of a list that a test finds, made if it is not there.
fn entry<T>(list: &mut Vec<T>, is: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> &mut T {
    let at = match list.iter().position(is) {
        Some(at) => at,
        None => {
            list.push(make());
            list.len() - 1
        }
    };
    &mut list[at]
}

/// A fingerprint of a key, so that two ends can be compared: the text itself.
fn secret(parts: &[&str]) -> Box<str> {
    parts.join(" ").into()
}
