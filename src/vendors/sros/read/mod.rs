//! The hierarchy to [`Config`], one file an area.
//!
//! In: nodes below `configure`, one word a node. Out: [`Config`], and a class for each line. Law: a keyword nobody names is *not
//! understood*; `tables` says which are known and have no effect, and which are known and not modelled. Start reading at [`read`].

mod bgp;
mod evpn;
mod filter;
mod interfaces;
mod isis;
mod mpls;
mod ospf;
mod policy;
mod ports;
mod rip;
mod routing;
mod services;
mod tables;
mod terms;

pub(super) use terms::names;

use std::str::FromStr;

use super::config::{Chain, Config, Expression, Named, Router, RouterKind};
use crate::base::span::Origin;
use crate::syntax::tree::{Mark, Node, Tree};
use crate::vendors::sink::{LineClass, Sink};

/// A tree being read.
pub(super) struct Reader<'r, 't> {
    pub tree: &'r Tree<'t>,
    pub sink: &'r mut Sink,
}

/// Reads what stands below `configure`.
pub(super) fn read<'t>(r: &mut Reader<'_, 't>, nodes: &[Node<'t>], config: &mut Config) {
    for node in nodes {
        match node.word(0) {
            "system" => system(r, node, config),
            "card" => ports::cards(r, node, config),
            "port" => ports::ports(r, node, config),
            "lag" => ports::lags(r, node, config),
            "policy-options" => policy::read(r, node, config),
            "filter" => filter::read(r, node, config),
            "router" => routers(r, node, config),
            "service" => services::read(r, node, config),
            _ => r.known(node, &tables::TOP),
        }
    }
}

/// A statement outside `configure`.
pub(super) fn outside<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    r.known(node, &tables::OUTSIDE);
}

fn system<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "name" => config.hostname = r.arg(c).map(Into::into).or(config.hostname.take()),
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}

fn routers<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    r.head(node);
    for name in &node.children {
        r.head(name);
        let base = name.word(0).eq_ignore_ascii_case("Base");
        let kind = if base { RouterKind::Base } else { RouterKind::Other };
        let at = router_at(config, if base { "default" } else { name.word(0) }, kind, r.origin(name));
        for c in &name.children {
            routing::statement(r, c, &mut config.routers[at]);
        }
    }
}

/// The router instance of a name, made if it is not there.
fn router_at(config: &mut Config, name: &str, kind: RouterKind, origin: Origin) -> usize {
    match config.routers.iter().position(|x| &*x.name == name && x.kind == kind) {
        Some(at) => at,
        None => {
            config.routers.push(Router { name: name.into(), kind, origin, ..Router::default() });
            config.routers.len() - 1
        }
    }
}

/// The element of a name in a list, made if it is not there (flat lines come back to it).
fn entry<T>(list: &mut Vec<T>, is: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> &mut T {
    let at = list.iter().position(is).unwrap_or_else(|| {
        list.push(make());
        list.len() - 1
    });
    &mut list[at]
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

    /// The child that counts where only one can: the last one written in place, else the first inherited from a group.
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

    /// The value of a leaf that is `true` or `false`; alone it means `true`.
    pub fn flag(&mut self, node: &Node<'t>) -> Option<bool> {
        self.all(node);
        match self.only(node).map(|c| c.word(0)) {
            None | Some("true") => Some(true),
            Some("false") => Some(false),
            Some(word) => {
                self.bad(node, word, "`true` or `false`");
                None
            }
        }
    }

    /// `admin-state enable` or `disable`.
    pub fn state(&mut self, node: &Node<'t>) -> Option<bool> {
        match self.arg(node)? {
            "enable" => Some(true),
            "disable" => Some(false),
            word => {
                self.bad(node, word, "`enable` or `disable`");
                None
            }
        }
    }

    /// Reports a word that the device would refuse.
    pub fn bad(&mut self, node: &Node<'t>, word: &str, what: &str) {
        let holder = node.children.iter().find(|c| c.word(0) == word).unwrap_or(node);
        self.sink.invalid(self.tree, holder, word, what);
    }

    /// Reports a key that the device would refuse; what stands below it goes with it.
    pub fn refuse(&mut self, node: &Node<'t>, what: &str) {
        self.sink.mark_all(self.tree, node, LineClass::Invalid);
        self.sink.invalid(self.tree, node, node.word(0), what);
    }

    /// All values of a statement that takes a list. What is written in place comes first.
    pub fn args(&mut self, node: &Node<'t>) -> Vec<Named> {
        self.all(node);
        let own = node.children.iter().filter(|c| c.mark != Mark::Inherited);
        let inherited = node.children.iter().filter(|c| c.mark == Mark::Inherited);
        own.chain(inherited).map(|c| (c.word(0).into(), self.tree.origin(c))).collect()
    }

    /// The value as a name with its line.
    pub fn named(&mut self, node: &Node<'t>) -> Option<Named> {
        self.all(node);
        self.only(node).map(|c| (c.word(0).into(), self.tree.origin(c)))
    }

    /// The value as text for people: it has no effect.
    pub fn text(&mut self, node: &Node<'t>) -> Option<Box<str>> {
        self.sink.no_effect(self.tree, node);
        self.only(node).map(|c| c.word(0).into())
    }

    /// `policy ["a" "b"]`: policies or logical expressions in a row; each use is a reference. `node` holds the list itself or `policy`.
    pub fn chain(&mut self, node: &Node<'t>, usage: &'static str) -> Option<Chain> {
        self.all(node);
        let list = node.child("policy").unwrap_or(node);
        let own = list.children.iter().any(|c| c.mark != Mark::Inherited);
        let names: Vec<&Node<'t>> = list.children.iter().filter(|c| !own || c.mark != Mark::Inherited).collect();
        let mut parts = Vec::new();
        for n in names {
            let part = expression(n.word(0));
            if part.is_none() && !n.word(0).is_empty() {
                self.sink.invalid(self.tree, n, n.word(0), "a policy or a logical expression of policies");
            }
            parts.extend(part);
        }
        let origin = self.tree.origin(list.children.first().unwrap_or(list));
        for part in &parts {
            self.refer(part, &["policy-statement"], origin, usage);
        }
        (!parts.is_empty()).then_some(Chain { parts, origin })
    }

    /// Every name of an expression is a reference.
    pub fn refer(&mut self, e: &Expression, kinds: &'static [&'static str], origin: Origin, usage: &'static str) {
        match e {
            Expression::Name(name) => self.sink.refer(kinds, name, origin, usage),
            Expression::And(all) | Expression::Or(all) => all.iter().for_each(|x| self.refer(x, kinds, origin, usage)),
            Expression::Not(one) => self.refer(one, kinds, origin, usage),
        }
    }

    /// A statement no reader takes: the tables say what it is.
    fn known(&mut self, node: &Node<'t>, known: &tables::Known) {
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

/// Deeper brackets than this are not read; SR OS allows three.
const MAX_BRACKETS: usize = 16;

/// A logical expression: names, alone or in square brackets, with AND, OR, NOT and parentheses. A text without brackets is one name,
/// whatever words are in it.
pub(super) fn expression(text: &str) -> Option<Expression> {
    let text = text.trim();
    if !text.contains(['[', '(']) {
        return (!text.is_empty()).then(|| Expression::Name(text.into()));
    }
    let mut words: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            c if c.is_whitespace() => {
                rest = rest.trim_start();
                continue;
            }
            '(' | ')' => 1,
            '[' => rest.find(']')? + 1,
            _ => rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[')).unwrap_or(rest.len()),
        };
        words.push(&rest[..length]);
        rest = &rest[length..];
    }
    let mut at = 0;
    let out = either(&words, &mut at, 0)?;
    (at == words.len()).then_some(out)
}

fn either(words: &[&str], at: &mut usize, depth: usize) -> Option<Expression> {
    let mut all = vec![both(words, at, depth)?];
    while words.get(*at).is_some_and(|w| w.eq_ignore_ascii_case("or")) {
        *at += 1;
        all.push(both(words, at, depth)?);
    }
    if all.len() == 1 { all.pop() } else { Some(Expression::Or(all)) }
}

fn both(words: &[&str], at: &mut usize, depth: usize) -> Option<Expression> {
    let mut all = vec![unary(words, at, depth)?];
    while words.get(*at).is_some_and(|w| w.eq_ignore_ascii_case("and")) {
        *at += 1;
        all.push(unary(words, at, depth)?);
    }
    if all.len() == 1 { all.pop() } else { Some(Expression::And(all)) }
}

fn unary(words: &[&str], at: &mut usize, depth: usize) -> Option<Expression> {
    let word = *words.get(*at)?;
    if depth > MAX_BRACKETS || word == ")" {
        return None;
    }
    *at += 1;
    if word == "(" {
        let inner = either(words, at, depth + 1)?;
        (words.get(*at) == Some(&")")).then_some(())?;
        *at += 1;
        return Some(inner);
    }
    if word.eq_ignore_ascii_case("not") {
        return Some(Expression::Not(Box::new(unary(words, at, depth + 1)?)));
    }
    let name = word.trim_start_matches('[').trim_end_matches(']').trim();
    (!name.is_empty()).then(|| Expression::Name(name.into()))
}
