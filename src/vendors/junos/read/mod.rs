//! The hierarchy to [`Config`], one file an area.
//!
//! In: expanded nodes, one word a node. Out: [`Config`], and a class for each line. Law: a keyword nobody names is *not understood*;
//! tables say which are known and have no effect, and which are known and not modelled. Start reading at [`read`].

mod bgp;
mod firewall;
mod instances;
mod interfaces;
mod isis;
mod mpls;
mod ospf;
mod overlay;
mod policy;
mod rip;
mod routing;
pub(super) mod tables;
mod terms;

pub(super) use terms::range;

use std::str::FromStr;

use super::config::{Chain, Config, Expression, Instance, Named};
use crate::base::span::Origin;
use crate::syntax::tree::{Mark, Node, Tree};
use crate::vendors::sink::{LineClass, Sink};

/// A tree being read.
pub(super) struct Reader<'r, 't> {
    pub tree: &'r Tree<'t>,
    pub sink: &'r mut Sink,
}

/// What has a reader.
const READ: &[&str] = &[
    "system",
    "chassis",
    "interfaces",
    "vlans",
    "bridge-domains",
    "switch-options",
    "policy-options",
    "routing-options",
    "protocols",
    "routing-instances",
    "firewall",
];

/// Reads the expanded hierarchy of one file into the config.
pub(super) fn read<'t>(r: &mut Reader<'_, 't>, roots: &[Node<'t>], config: &mut Config) {
    if config.instances.is_empty() {
        config.instances.push(Instance { name: "default".into(), ..Instance::default() });
    }
    for root in roots {
        if READ.contains(&root.word(0)) {
            r.head(root);
        }
        match root.word(0) {
            "system" => system(r, root, config),
            "chassis" => {
                for c in &root.children {
                    match c.word(0) {
                        "maximum-ecmp" => config.max_ecmp = r.number(c).or(config.max_ecmp),
                        _ => r.sink.no_effect(r.tree, c),
                    }
                }
            }
            "interfaces" => interfaces::read(r, root, config),
            "vlans" | "bridge-domains" => interfaces::vlans(r, root, "default", config),
            "switch-options" => overlay::switch(r, root, &mut config.switch),
            "policy-options" => policy::read(r, root, roots, config),
            "routing-options" => instances::with(config, 0, |i, c| routing::read(r, root, i, c)),
            "protocols" => instances::with(config, 0, |i, c| instances::protocols(r, root, i, c)),
            "routing-instances" => instances::read(r, root, config),
            "firewall" => firewall::read(r, root, config),
            _ => r.known(root, &tables::TOP),
        }
    }
}

fn system<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    for c in &node.children {
        match c.word(0) {
            "host-name" => config.hostname = r.arg(c).map(Into::into),
            "management-instance" => {
                r.all(c);
                config.management_instance = true;
            }
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}

impl<'t> Reader<'_, 't> {
    /// The line of a node.
    pub fn origin(&self, node: &Node<'_>) -> Origin {
        self.tree.origin(node)
    }

    /// A container that is understood. A line takes its class from its last word, so it is marked here only if no word below
    /// stands on it.
    pub fn head(&mut self, node: &Node<'_>) {
        if !node.children.iter().any(|c| c.line == node.line) {
            self.sink.modelled(self.tree, node);
        }
    }

    /// A statement that is in the model with all below it.
    pub fn all(&mut self, node: &Node<'_>) {
        self.sink.mark_all(self.tree, node, LineClass::Modelled);
    }

    /// The child that counts where only one can: the last one written in place, else the first inherited.
    pub fn only<'n>(&self, node: &'n Node<'t>) -> Option<&'n Node<'t>> {
        let own = node.children.iter().rev().find(|c| c.mark != Mark::Inherited);
        own.or_else(|| node.children.first())
    }

    /// The value of a statement with one.
    pub fn arg(&mut self, node: &Node<'t>) -> Option<&'t str> {
        self.all(node);
        match self.only(node) {
            Some(value) => Some(value.word(0)),
            None => {
                self.sink.invalid(self.tree, node, node.word(0), "complete: a value is missing");
                None
            }
        }
    }

    /// The value, read as a `T`; `what` names what was wanted.
    pub fn parse<T: FromStr>(&mut self, node: &Node<'t>, what: &str) -> Option<T> {
        let word = self.arg(node)?;
        let value = word.parse().ok();
        if value.is_none() {
            self.bad(node, word, what);
        }
        value
    }

    /// The value as a number.
    pub fn number<T: FromStr>(&mut self, node: &Node<'t>) -> Option<T> {
        self.parse(node, "a number in range")
    }

    /// The value as a bandwidth: `10g`, `100m`, `64k`, or bits a second.
    pub fn bandwidth(&mut self, node: &Node<'t>) -> Option<u64> {
        let word = self.arg(node)?;
        let value = bits(word);
        if value.is_none() {
            self.bad(node, word, "a bandwidth");
        }
        value
    }

    /// Reports a word that the device would refuse.
    pub fn bad(&mut self, node: &Node<'t>, word: &str, what: &str) {
        let holder = node.children.iter().find(|c| c.word(0) == word).unwrap_or(node);
        self.sink.invalid(self.tree, holder, word, what);
    }

    /// All values of a statement that takes a list. What is written in place comes first.
    pub fn args(&mut self, node: &Node<'t>) -> Vec<Named> {
        self.all(node);
        node.children.iter().map(|c| (c.word(0).into(), self.tree.origin(c))).collect()
    }

    /// The value as a name with its line.
    pub fn named(&mut self, node: &Node<'t>) -> Option<Named> {
        self.all(node);
        self.only(node).map(|c| (c.word(0).into(), self.tree.origin(c)))
    }

    /// A policy chain: names, or expressions in parentheses; each use is a reference.
    pub fn chain(&mut self, node: &Node<'t>, usage: &'static str) -> Option<Chain> {
        self.all(node);
        let mut words: Vec<(&'t str, Origin)> = Vec::new();
        let own = node.children.iter().filter(|c| c.mark != Mark::Inherited);
        let inherited = node.children.iter().filter(|c| c.mark == Mark::Inherited);
        for child in own.chain(inherited) {
            flatten(self.tree, child, &mut words);
        }
        let parts = expressions(&words);
        for part in &parts {
            self.refer_policies(part, usage);
        }
        (!parts.is_empty()).then(|| Chain { parts, origin: self.tree.origin(node) })
    }

    /// A policy expression as one condition.
    pub fn expression(&mut self, node: &Node<'t>, usage: &'static str) -> Vec<Expression> {
        self.chain(node, usage).map_or_else(Vec::new, |c| c.parts)
    }

    fn refer_policies(&mut self, expression: &Expression, usage: &'static str) {
        match expression {
            Expression::Policy((name, origin)) => self.sink.refer(&["policy-statement"], name, *origin, usage),
            Expression::And(all) | Expression::Or(all) => all.iter().for_each(|e| self.refer_policies(e, usage)),
            Expression::Not(one) => self.refer_policies(one, usage),
        }
    }

    /// A statement no reader takes: the tables say what it is.
    pub(in crate::vendors::junos::read) fn known(&mut self, node: &Node<'t>, known: &tables::Known) {
        let word = node.word(0);
        if tables::ANYWHERE.contains(&word) || known.no_effect.contains(&word) {
            self.sink.no_effect(self.tree, node);
        } else if known.not_modelled.contains(&word) {
            self.sink.not_modelled(self.tree, node, format!("`{} {word}` is not modelled", known.name));
        } else {
            self.sink.not_understood(self.tree, node);
        }
    }
}

/// `10g`, `100m`, `64k` or plain bits a second.
pub(super) fn bits(word: &str) -> Option<u64> {
    let (number, factor) = match word.as_bytes().last()? {
        b'k' | b'K' => (&word[..word.len() - 1], 1_000),
        b'm' | b'M' => (&word[..word.len() - 1], 1_000_000),
        b'g' | b'G' => (&word[..word.len() - 1], 1_000_000_000),
        _ => (word, 1),
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// The words of an expression, in order: `( A && B )` is a chain of nodes, quoted it is one word.
fn flatten<'t>(tree: &Tree<'t>, node: &Node<'t>, words: &mut Vec<(&'t str, Origin)>) {
    let origin = tree.origin(node);
    let mut rest = node.word(0);
    while !rest.is_empty() {
        rest = rest.trim_start();
        let length = match rest.as_bytes() {
            [b'&', b'&', ..] | [b'|', b'|', ..] => 2,
            [b'(' | b')' | b'!', ..] => 1,
            _ => rest.find(['(', ')', '!', '&', '|', ' ']).unwrap_or(rest.len()),
        };
        let length = length.max(1).min(rest.len());
        let Some(word) = rest.get(..length) else { break };
        words.push((word, origin));
        rest = &rest[length..];
    }
    for child in &node.children {
        flatten(tree, child, words);
    }
}

/// Expressions in a row. `!` binds tightest, then `&&`, then `||`.
fn expressions(words: &[(&str, Origin)]) -> Vec<Expression> {
    let mut at = 0;
    let mut out = Vec::new();
    while at < words.len() {
        let before = at;
        if let Some(e) = either(words, &mut at, 0) {
            out.push(e);
        }
        if at == before {
            at += 1;
        }
    }
    out
}

/// Deeper parentheses than this are not read.
const MAX_PARENTHESES: usize = 50;

fn either(words: &[(&str, Origin)], at: &mut usize, depth: usize) -> Option<Expression> {
    let mut all = vec![both(words, at, depth)?];
    while words.get(*at).is_some_and(|w| w.0 == "||") {
        *at += 1;
        all.push(both(words, at, depth)?);
    }
    if all.len() == 1 { all.pop() } else { Some(Expression::Or(all)) }
}

fn both(words: &[(&str, Origin)], at: &mut usize, depth: usize) -> Option<Expression> {
    let mut all = vec![unary(words, at, depth)?];
    while words.get(*at).is_some_and(|w| w.0 == "&&") {
        *at += 1;
        all.push(unary(words, at, depth)?);
    }
    if all.len() == 1 { all.pop() } else { Some(Expression::And(all)) }
}

fn unary(words: &[(&str, Origin)], at: &mut usize, depth: usize) -> Option<Expression> {
    let &(word, origin) = words.get(*at)?;
    if depth > MAX_PARENTHESES || matches!(word, ")" | "&&" | "||" | "&" | "|" | " ") {
        return None;
    }
    *at += 1;
    match word {
        "!" => Some(Expression::Not(Box::new(unary(words, at, depth + 1)?))),
        "(" => {
            let inner = either(words, at, depth + 1);
            if words.get(*at).is_some_and(|w| w.0 == ")") {
                *at += 1;
            }
            inner
        }
        _ => Some(Expression::Policy((word.into(), origin))),
    }
}
