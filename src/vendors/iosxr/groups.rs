//! `group NAME … end-group` and `apply-group NAME`: statements of a group join the blocks that it is applied to.
//!
//! In: a tree. Out: the same tree with inherited statements in front of a block's own, so that its own win. Law: words in quotes
//! in a group are regular expressions on whole words of the blocks ("Flexible CLI Configuration Groups", IOS-XR System
//! Management Configuration Guide); groups of groups are not followed. Start reading at [`apply`]. Tests: the folder's `tests.rs`.

use regex_automata::meta::Regex;

use crate::syntax::tree::{Mark, Node, Tree};
use crate::vendors::sink::{LineClass, Sink};

/// So many comparisons of nodes, then expansion stops: no real config comes near.
const MOST: usize = 4_000_000;

const GROUP: &[&str] = &["group"];

/// Statements of a group at the place that is looked at.
type Level<'g, 't> = Vec<&'g [Node<'t>]>;

/// Expands all groups of a tree.
pub(super) fn apply<'t>(tree: &mut Tree<'t>, sink: &mut Sink) {
    let is_group = |n: &Node<'t>| n.words.len() == 2 && n.word(0) == "group";
    if !tree.roots.iter().any(is_group) {
        return;
    }
    let (groups, mut roots): (Vec<Node<'t>>, Vec<Node<'t>>) = std::mem::take(&mut tree.roots).into_iter().partition(is_group);
    for group in &groups {
        sink.mark_all(tree, group, LineClass::Modelled);
        sink.define("group", group.word(1), tree.origin(group));
    }
    let levels: Vec<Level<'_, 't>> = groups.iter().map(|g| vec![&g.children[..]]).collect();
    let mut work = Work { names: groups.iter().map(|g| g.word(1)).collect(), applied: vec![false; groups.len()], budget: MOST };
    work.expand(&mut roots, &levels);
    references(tree, &roots, sink);
    tree.roots = roots;
}

fn references(tree: &Tree<'_>, nodes: &[Node<'_>], sink: &mut Sink) {
    for node in nodes {
        if node.word(0) == "apply-group" {
            for name in &node.words[1..] {
                sink.refer(GROUP, name, tree.span(node, name), "apply-group");
            }
            sink.modelled(tree, node);
        }
        references(tree, &node.children, sink);
    }
}

struct Work<'t> {
    names: Vec<&'t str>,
    /// Which groups hold at the place that is looked at.
    applied: Vec<bool>,
    budget: usize,
}

impl<'t> Work<'t> {
    fn expand(&mut self, nodes: &mut Vec<Node<'t>>, levels: &[Level<'_, 't>]) {
        let before = self.applied.clone();
        for statement in nodes.iter().filter(|n| n.word(0) == "apply-group") {
            for (at, name) in self.names.iter().enumerate() {
                self.applied[at] |= statement.words[1..].contains(name);
            }
        }
        for node in nodes.iter_mut() {
            let inner: Vec<Level<'_, 't>> = levels.iter().map(|l| self.below(l, node)).collect();
            if inner.iter().any(|l| !l.is_empty()) {
                self.expand(&mut node.children, &inner);
            }
        }
        let mut inherited = Vec::new();
        for (at, level) in levels.iter().enumerate() {
            if !self.applied.get(at).copied().unwrap_or(false) {
                continue;
            }
            for child in level.iter().flat_map(|l| l.iter()) {
                self.budget = self.budget.saturating_sub(nodes.len() + 1);
                let plain = !child.words.iter().any(|w| w.starts_with('\''));
                if plain && self.budget > 0 && !nodes.iter().any(|n| n.words == child.words) {
                    inherited.push(Node { mark: Mark::Inherited, ..child.clone() });
                }
            }
        }
        if !inherited.is_empty() {
            nodes.splice(0..0, inherited);
        }
        self.applied = before;
    }

    /// What a group has for the inside of a node.
    fn below<'g>(&mut self, level: &Level<'g, 't>, node: &Node<'t>) -> Level<'g, 't> {
        let mut out = Vec::new();
        for child in level.iter().flat_map(|l| l.iter()) {
            let regex = child.words.iter().any(|w| w.starts_with('\''));
            self.budget = self.budget.saturating_sub(if regex { 40 } else { 1 });
            if self.budget > 0 && !child.children.is_empty() && fits(child, node) {
                out.push(&child.children[..]);
            }
        }
        out
    }
}

/// Whether a block of a group is meant for a block of the config.
fn fits(pattern: &Node<'_>, node: &Node<'_>) -> bool {
    pattern.words.len() == node.words.len()
        && pattern.words.iter().zip(&node.words).all(|(p, w)| match p.strip_prefix('\'').and_then(|p| p.strip_suffix('\'')) {
            Some(regex) => Regex::new(&format!("^(?:{regex})$")).is_ok_and(|r| r.is_match(w)),
            None => p == w,
        })
}
