//! Route policies and sets: their lines up to `end-policy` or `end-set` become words.

use super::{Done, Reader};
use crate::model::device::Name;
use crate::syntax::tree::Node;
use crate::vendors::iosxr::rpl::ast;
use crate::vendors::iosxr::rpl::parse::{self, Token};
use crate::vendors::sink::LineClass;

/// Sets whose entries policies use, with the word their structure is known by.
const SETS: &[(&str, &str)] = &[
    ("prefix-set", "prefix-set"),
    ("community-set", "community-set"),
    ("as-path-set", "as-path-set"),
    ("extcommunity-set", "extcommunity-set"),
    ("large-community-set", "large-community-set"),
    ("rd-set", "rd-set"),
    ("tag-set", "tag-set"),
    ("ospf-area-set", "ospf-area-set"),
    ("esi-set", "esi-set"),
    ("etag-set", "etag-set"),
    ("mac-set", "mac-set"),
];

/// Whether a line opens a policy or a set.
pub(super) fn opens(node: &Node<'_>) -> bool {
    node.words.len() > 1 && (node.word(0) == "route-policy" || SETS.iter().any(|(s, _)| *s == node.word(0)))
}

impl<'a, 't> Reader<'a, 't> {
    /// How many of these statements belong to the policy or set that the first one opens; 0 if it opens none.
    pub(super) fn body(&self, roots: &[Node<'t>]) -> usize {
        let Some(first) = roots.first().filter(|n| opens(n)) else { return 0 };
        let end = if first.word(0) == "route-policy" { "end-policy" } else { "end-set" };
        let ends = |n: &Node<'t>| n.word(0) == end || within(n, end);
        if within(first, end) {
            return 1;
        }
        // Without an end the next policy or set, or the end of the config, ends it.
        roots[1..].iter().position(|n| ends(n) || opens(n) || n.word(0) == "end").map_or(roots.len(), |n| {
            let at = n + 1;
            at + usize::from(ends(&roots[at]))
        })
    }

    /// Reads the policy or set that these statements make.
    pub(super) fn policy_or_set(&mut self, nodes: &'a [Node<'t>]) {
        let Some(head) = nodes.first() else { return };
        let origin = self.origin(head);
        let mut tokens = Vec::new();
        for node in &head.children {
            self.tokens(node, &mut tokens);
        }
        for node in &nodes[1..] {
            self.tokens(node, &mut tokens);
        }
        self.sink.modelled(self.tree, head);
        let words = parse::words(self.tree.rest(head, 1));
        if head.word(0) == "route-policy" {
            let Some((name, parameters, _)) = parse::call(&words) else { return };
            self.sink.define("route-policy", &name, origin);
            let parameters = parameters.iter().map(|p| Name::from(p.trim_start_matches('$'))).collect();
            *self.config.policies.named(&name) = ast::Policy { origin, parameters, body: parse::policy(&tokens) };
            return;
        }
        let Some((_, kind)) = SETS.iter().find(|(s, _)| *s == head.word(0)) else { return };
        // `extcommunity-set rt NAME`: names are one space for all kinds of extended community.
        let Some(name) = words.last().map(|w| w.text.clone()) else { return };
        self.sink.define(kind, &name, origin);
        let set = ast::Set { origin, entries: parse::entries(&tokens) };
        *self.config.sets.named(&format!("{} {name}", head.word(0))) = set;
    }

    /// All words of a statement and of those below it; its lines count as modelled until something else is said of them.
    fn tokens(&mut self, node: &'a Node<'t>, out: &mut Vec<Token>) {
        let origin = self.origin(node);
        match node.word(0) {
            "end-policy" | "end-set" => self.sink.mark(origin, LineClass::Modelled),
            _ => {
                self.sink.mark(origin, LineClass::Modelled);
                let words = parse::words(self.tree.rest(node, 0));
                out.extend(words.into_iter().map(|word| Token { word, origin }));
            }
        }
        for child in &node.children {
            self.tokens(child, out);
        }
    }

    /// `NAME 'value'` below `policy-global`.
    pub(super) fn globals_line(&mut self, node: &'a Node<'t>) -> Done {
        let words = parse::words(self.tree.rest(node, 0));
        match &words[..] {
            [name, value, ..] => {
                self.config.globals.insert(name.text.clone(), value.text.clone());
                self.known(node)
            }
            _ if node.word(0) == "end-global" => {
                self.quiet(node);
                Done::Close
            }
            _ => Done::Unknown,
        }
    }
}

fn within(node: &Node<'_>, word: &str) -> bool {
    node.children.iter().any(|c| c.word(0) == word || within(c, word))
}
