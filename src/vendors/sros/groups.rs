//! What the hierarchy is after edits: roots in one, `delete` done, `apply-groups` filled in.
//!
//! In: the roots of a parsed text. Out: the nodes below `configure`. Law: what a group gives is marked
//! [`Inherited`](Mark::Inherited) and gives way to what stands in place; recursion is bounded by the tree's depth.
//! Tests: below.

use crate::base::Map;
use crate::base::span::Origin;
use crate::syntax::tree::{Mark, Node, Tree};
use crate::vendors::sink::{LineClass, Sink};

/// More nodes than this are not copied from groups: groups that hold each other's wildcards could make any number.
const MOST_COPIES: usize = 200_000;

/// Whether a node is an edit: `delete` and `apply-groups` have something behind them, a name of that spelling has not.
fn is_edit(node: &Node<'_>) -> bool {
    matches!(node.word(0), "delete" | "apply-groups" | "apply-groups-exclude") && !node.children.is_empty()
}

/// Words that may open a line of configuration, in place of `configure { … }`.
pub(super) fn is_configure(word: &str) -> bool {
    matches!(word, "configure" | "/configure" | "configure-gnmi")
}

/// What is no longer in the hierarchy.
#[derive(Debug, Default)]
pub(super) struct Gone<'t> {
    /// Lines that named a node again which stands elsewhere.
    pub again: Vec<u32>,
    /// What `delete` took out.
    pub deleted: Vec<Node<'t>>,
}

/// The nodes below `configure` of all roots, with edits and groups worked in.
pub(super) fn expand<'t>(roots: Vec<Node<'t>>, gone: &mut Gone<'t>) -> Vec<Node<'t>> {
    let all = roots.into_iter().flat_map(|r| r.children).collect();
    let mut top = Node { children: join(all, &mut gone.again), ..Node::default() };
    delete(&mut top, &mut gone.deleted);
    let groups: Vec<Node<'t>> = top.children.iter().filter(|c| c.word(0) == "groups").flat_map(|g| g.children.clone()).collect();
    let groups: Vec<Node<'t>> =
        groups.into_iter().flat_map(|g| if g.word(0) == "group" { g.children } else { vec![g] }).collect();
    if !groups.is_empty() {
        let places: Vec<(&str, Vec<&Node<'t>>)> = groups.iter().map(|g| (g.word(0), vec![g])).collect();
        let mut left = MOST_COPIES;
        apply(&mut top, &places, &[], &mut left);
    }
    top.children
}

/// Joins the nodes of one place that have the same word.
pub(super) fn join<'t>(list: Vec<Node<'t>>, again: &mut Vec<u32>) -> Vec<Node<'t>> {
    let mut known: Map<&'t str, usize> = Map::default();
    let mut out: Vec<Node<'t>> = Vec::with_capacity(list.len());
    let mut grown: Vec<usize> = Vec::new();
    for n in list {
        match known.get(n.word(0)) {
            Some(&at) => {
                again.push(n.line);
                out[at].children.extend(n.children);
                grown.push(at);
            }
            None => {
                known.insert(n.word(0), out.len());
                out.push(n);
            }
        }
    }
    grown.sort_unstable();
    grown.dedup();
    for at in grown {
        out[at].children = join(std::mem::take(&mut out[at].children), again);
    }
    out
}

/// `delete PATH`: takes out what stands there and was written before.
fn delete<'t>(node: &mut Node<'t>, gone: &mut Vec<Node<'t>>) {
    if let Some(at) = node.children.iter().position(|c| c.word(0) == "delete") {
        let paths = node.children[at].children.clone();
        for path in &paths {
            remove(node, path, gone);
        }
    }
    for child in node.children.iter_mut().filter(|c| c.word(0) != "delete") {
        delete(child, gone);
    }
}

fn remove<'t>(from: &mut Node<'t>, path: &Node<'_>, gone: &mut Vec<Node<'t>>) {
    if path.children.is_empty() {
        let (stays, goes) =
            std::mem::take(&mut from.children).into_iter().partition(|c| c.word(0) != path.word(0) || c.line > path.line);
        from.children = stays;
        gone.extend::<Vec<_>>(goes);
        return;
    }
    for c in from.children.iter_mut().filter(|c| c.word(0) == path.word(0)) {
        path.children.iter().for_each(|p| remove(c, p, gone));
    }
}

/// Whether a group's word stands for a name: itself, or a `<regular expression>` that matches all of it.
fn stands_for(pattern: &str, word: &str) -> bool {
    let Some(inner) = pattern.strip_prefix('<').and_then(|p| p.strip_suffix('>')) else { return pattern == word };
    regex_automata::meta::Regex::new(&format!("^(?:{inner})$")).is_ok_and(|r| r.is_match(word))
}

/// `places`: of each group the nodes that stand at this place of the hierarchy. `active`: the groups applied here or above.
fn apply<'t>(node: &mut Node<'t>, places: &[(&str, Vec<&Node<'t>>)], active: &[&'t str], left: &mut usize) {
    let names = |word: &str| -> Vec<&'t str> {
        node.children.iter().filter(|c| c.word(0) == word).flat_map(|c| c.children.iter().map(|n| n.word(0))).collect()
    };
    let excluded = names("apply-groups-exclude");
    let mut now: Vec<&'t str> = names("apply-groups");
    now.extend(active.iter().copied().filter(|a| !now.contains(a)).collect::<Vec<_>>());
    now.retain(|n| !excluded.contains(n));
    for name in &now {
        for &source in places.iter().filter(|(n, _)| n == name).flat_map(|(_, at)| at) {
            for child in &source.children {
                let pattern = child.word(0).starts_with('<');
                let there = node.children.iter().any(|c| c.word(0) == child.word(0));
                if !pattern && !there && child.word(0) != "apply-groups" && *left > 0 {
                    node.children.push(inherited(child, left));
                }
            }
        }
    }
    if places.is_empty() {
        return;
    }
    for child in &mut node.children {
        if matches!(child.word(0), "groups") || is_edit(child) || child.mark == Mark::Inherited {
            continue;
        }
        let below: Vec<(&str, Vec<&Node<'t>>)> = places
            .iter()
            .map(|(n, at)| {
                let inside = at.iter().flat_map(|g| &g.children).filter(|g| stands_for(g.word(0), child.word(0)));
                (*n, inside.collect::<Vec<_>>())
            })
            .filter(|(_, at)| !at.is_empty())
            .collect();
        // Below a place where groups say nothing they may still be named, without effect.
        if !below.is_empty() {
            apply(child, &below, &now, left);
        }
    }
}

/// A copy of what a group says, without its wildcards.
fn inherited<'t>(node: &Node<'t>, left: &mut usize) -> Node<'t> {
    *left = left.saturating_sub(1);
    let children = node.children.iter().filter(|c| !c.word(0).starts_with('<'));
    let children = if *left == 0 { Vec::new() } else { children.map(|c| inherited(c, left)).collect() };
    Node { words: node.words.clone(), children, line: node.line, end_line: node.end_line, mark: Mark::Inherited }
}

/// Marks the lines of groups and edits: they count where they are applied.
pub(super) fn mark(sink: &mut Sink, tree: &Tree<'_>, nodes: &[Node<'_>], gone: &Gone<'_>) {
    gone.again.iter().for_each(|&line| sink.mark(Origin { file: tree.file, line }, LineClass::Silent));
    gone.deleted.iter().for_each(|n| sink.no_effect(tree, n));
    nodes.iter().filter(|n| n.word(0) == "groups").for_each(|n| sink.no_effect(tree, n));
    mark_edits(sink, tree, nodes);
}

fn mark_edits(sink: &mut Sink, tree: &Tree<'_>, nodes: &[Node<'_>]) {
    for n in nodes {
        if is_edit(n) {
            sink.mark_all(tree, n, LineClass::Modelled);
        } else {
            mark_edits(sink, tree, &n.children);
        }
    }
}

/// Takes edit words out, once they are done and marked.
pub(super) fn strip(nodes: &mut Vec<Node<'_>>) {
    nodes.retain(|n| n.word(0) != "groups");
    strip_edits(nodes);
}

fn strip_edits(nodes: &mut Vec<Node<'_>>) {
    nodes.retain(|n| !is_edit(n));
    nodes.iter_mut().for_each(|n| strip_edits(&mut n.children));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::span::FileId;
    use crate::syntax::braces::{self, Shape};

    fn show(nodes: &[Node<'_>]) -> String {
        let one = |n: &Node<'_>| {
            let mark = if n.mark == Mark::Inherited { "~" } else { "" };
            if n.children.is_empty() {
                format!("{mark}{}", n.word(0))
            } else {
                format!("{mark}{}({})", n.word(0), show(&n.children))
            }
        };
        nodes.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn expanded(text: &str) -> String {
        let tree = braces::parse(FileId(0), text, &Shape { newline_ends: true, verbs: &[] });
        let mut nodes = expand(tree.roots.clone(), &mut Gone::default());
        strip(&mut nodes);
        show(&nodes)
    }

    #[test]
    fn roots_of_all_forms_are_one() {
        let text = "configure {\n router \"Base\" {\n  ecmp 2\n }\n}\n/configure router \"Base\" ecmp 4\n/configure port 1/1/1 { admin-state enable }\n";
        assert_eq!(expanded(text), "router(Base(ecmp(2 4))) port(1/1/1(admin-state(enable)))");
    }

    #[test]
    fn deleted_paths_are_gone_and_later_lines_stay() {
        let text = "/configure router \"Base\" interface \"a\" loopback\n/configure router \"Base\" delete interface \"a\"\n/configure router \"Base\" interface \"b\" loopback\n";
        assert_eq!(expanded(text), "router(Base(interface(b(loopback))))");
    }

    #[test]
    fn groups_fill_in_what_is_not_said() {
        let text = "configure {\n groups {\n  group \"g\" {\n   router \"Base\" {\n    ecmp 8\n    interface \"<to-.*>\" {\n     ip-mtu 1400\n    }\n   }\n  }\n }\n router \"Base\" {\n  apply-groups [\"g\"]\n  interface \"to-a\" {\n  }\n  interface \"x\" {\n  }\n  interface \"to-b\" {\n   apply-groups-exclude [\"g\"]\n  }\n }\n}\n";
        assert_eq!(expanded(text), "router(Base(interface(to-a(~ip-mtu(~1400)) x to-b) ~ecmp(~8)))");
    }
}
