//! What Junos does to a config before it means anything: inactive statements go, groups and interface ranges are inherited.
//!
//! In: the tree as written. Out: the hierarchy as `show configuration | display inheritance` gives it. Law: an inherited node
//! keeps the line of the group it comes from and carries [`Mark::Inherited`]; what stands in place wins. Bounded: neither
//! cyclic groups nor wildcards can blow it up. Start reading at [`expand`]. Tests: below.

use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::span::Origin;
use crate::syntax::tree::{Mark, Node, Tree};
use crate::vendors::sink::{LineClass, Sink};

/// The most nodes that inheritance may add to a device.
const MAX_ADDED: usize = 3_000_000;
/// The most interfaces that ranges may name.
const MAX_MEMBERS: usize = 4096;
/// The most groups that are told apart.
const MAX_GROUPS: usize = 4096;

/// Takes out inactive statements and brings in what is inherited.
pub(super) fn expand<'t>(
    tree: &Tree<'t>,
    mut roots: Vec<Node<'t>>,
    made: &'t boxcar::Vec<String>,
    sink: &mut Sink,
) -> Vec<Node<'t>> {
    strip(tree, &mut roots, sink);
    let mut groups: Vec<Node<'t>> = Vec::new();
    roots.retain_mut(|n| {
        if n.word(0) != "groups" {
            return true;
        }
        sink.mark_all(tree, n, LineClass::NoEffect);
        groups.append(&mut n.children);
        false
    });
    groups.truncate(MAX_GROUPS);
    for group in &mut groups {
        sink.define("group", group.word(0), tree.origin(group));
        if let Some(when) = group.children.iter().position(|c| c.word(0) == "when") {
            let when = group.children.remove(when);
            sink.not_modelled(tree, &when, "conditions of a group are not evaluated: the group is not applied");
            group.children.clear();
        }
    }
    let cursors = groups.iter().enumerate().map(|(n, g)| (n, vec![g])).collect();
    let mut work = Inheritance { tree, groups: &groups, added: 0, sink };
    work.walk(&mut roots, &cursors, &[]);
    let full = work.added >= MAX_ADDED;
    if full {
        sink.push(
            Diagnostic::new(Code("V-groups-too-large"), Severity::Error, "groups add more statements than can be held")
                .at(Origin { file: tree.file, line: 1 }),
        );
    }
    for interfaces in roots.iter_mut().filter(|n| n.word(0) == "interfaces") {
        ranges(tree, interfaces, made, sink);
    }
    roots
}

/// Takes inactive statements out; they have no effect.
fn strip<'t>(tree: &Tree<'t>, nodes: &mut Vec<Node<'t>>, sink: &mut Sink) {
    nodes.retain_mut(|n| {
        if n.mark == Mark::Inactive {
            sink.mark_all(tree, n, LineClass::NoEffect);
            return false;
        }
        n.mark = Mark::None;
        strip(tree, &mut n.children, sink);
        true
    });
}

/// Where each group that has something to say here stands: its number and its nodes that match the path so far.
type Cursors<'g, 't> = Vec<(usize, Vec<&'g Node<'t>>)>;

struct Inheritance<'g, 't, 's> {
    tree: &'g Tree<'t>,
    groups: &'g [Node<'t>],
    added: usize,
    sink: &'s mut Sink,
}

impl<'g, 't> Inheritance<'g, 't, '_> {
    /// `active` holds the groups that are applied here, the one that wins first.
    fn walk(&mut self, nodes: &mut Vec<Node<'t>>, cursors: &Cursors<'g, 't>, active: &[usize]) {
        let mut here: Vec<usize> = Vec::new();
        let mut except: Vec<usize> = Vec::new();
        let mut all: Vec<usize> = active.to_vec();
        // A group may bring in statements that apply further groups. Each round takes in at least one new group, or is the last.
        for _ in 0..=MAX_GROUPS {
            let before = (here.len(), except.len());
            let (tree, groups) = (self.tree, self.groups);
            nodes.retain(|n| {
                let list = match n.word(0) {
                    "apply-groups" => &mut here,
                    "apply-groups-except" => &mut except,
                    _ => return true,
                };
                self.sink.mark_all(tree, n, LineClass::Modelled);
                for name in &n.children {
                    if !name.word(0).starts_with('$') {
                        self.sink.refer(&["group"], name.word(0), tree.span(name, name.word(0)), "apply-groups");
                    }
                    if let Some(n) = groups.iter().position(|g| g.word(0) == name.word(0))
                        && !list.contains(&n)
                    {
                        list.push(n);
                    }
                }
                false
            });
            let settled = before == (here.len(), except.len());
            all = here.iter().chain(active.iter().filter(|a| !here.contains(a))).copied().collect();
            all.retain(|a| !except.contains(a));
            for &group in &all {
                self.inherit(nodes, cursors, group);
            }
            if settled {
                break;
            }
        }
        nodes.retain(|n| !matches!(n.word(0), "apply-groups" | "apply-groups-except"));
        self.descend(nodes, cursors, &all);
    }

    /// Adds (empty) the children that a group has here and the hierarchy has not; `descend` fills them.
    fn inherit(&mut self, nodes: &mut Vec<Node<'t>>, cursors: &Cursors<'g, 't>, group: usize) {
        let Some((_, places)) = cursors.iter().find(|(n, _)| *n == group) else { return };
        for child in places.iter().flat_map(|p| &p.children) {
            let word = child.word(0);
            if wildcard(word).is_some() || nodes.iter().any(|n| n.word(0) == word) || self.added >= MAX_ADDED {
                continue;
            }
            self.added += 1;
            let mut node = Node { line: child.line, end_line: child.end_line, mark: Mark::Inherited, ..Node::default() };
            node.words.push(word);
            if matches!(word, "apply-groups" | "apply-groups-except") {
                node.children.clone_from(&child.children);
            }
            nodes.push(node);
        }
    }

    fn descend(&mut self, nodes: &mut [Node<'t>], cursors: &Cursors<'g, 't>, active: &[usize]) {
        for node in nodes {
            let word = node.word(0);
            let mut below: Cursors<'g, 't> = Vec::new();
            for (group, places) in cursors {
                let matching: Vec<&'g Node<'t>> =
                    places.iter().flat_map(|p| &p.children).filter(|c| fits(c.word(0), word)).collect();
                if !matching.is_empty() {
                    below.push((*group, matching));
                }
            }
            for place in below.iter().filter(|(g, _)| active.contains(g)).flat_map(|(_, places)| places) {
                self.sink.mark(self.tree.origin(place), LineClass::Modelled);
            }
            if below.is_empty() {
                forget(self.tree, &mut node.children, self.sink);
            } else {
                self.walk(&mut node.children, &below, active);
            }
        }
    }
}

/// Below a place where no group says anything: takes `apply-groups` statements out.
fn forget<'t>(tree: &Tree<'t>, nodes: &mut Vec<Node<'t>>, sink: &mut Sink) {
    nodes.retain_mut(|n| {
        if matches!(n.word(0), "apply-groups" | "apply-groups-except") {
            sink.mark_all(tree, n, LineClass::Modelled);
            for name in &n.children {
                sink.refer(&["group"], name.word(0), tree.span(name, name.word(0)), "apply-groups");
            }
            return false;
        }
        forget(tree, &mut n.children, sink);
        true
    });
}

/// The pattern of a wildcard word `<…>`.
fn wildcard(word: &str) -> Option<&str> {
    word.strip_prefix('<').and_then(|w| w.strip_suffix('>'))
}

/// Whether a word of a group matches a word of the hierarchy.
pub(super) fn fits(pattern: &str, word: &str) -> bool {
    match wildcard(pattern) {
        Some(p) => glob(p.as_bytes(), word.as_bytes()),
        None => pattern == word,
    }
}

/// Shell patterns: `*`, `?`, `[a-c]`, `[!x]`. Linear in practice: only the last `*` is tried again.
pub(super) fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&c) = text.get(t) {
        let step = match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, t));
                p += 1;
                continue;
            }
            Some(b'?') => Some(1),
            Some(b'[') => class(&pattern[p..], c),
            Some(&x) if x == c => Some(1),
            _ => None,
        };
        match (step, star) {
            (Some(n), _) => {
                p += n;
                t += 1;
            }
            (None, Some((sp, st))) => {
                star = Some((sp, st + 1));
                p = sp;
                t = st + 1;
            }
            (None, None) => return false,
        }
    }
    pattern[p.min(pattern.len())..].iter().all(|c| *c == b'*')
}

/// Whether a character is in the class at the start of a pattern; the length of the class.
fn class(pattern: &[u8], c: u8) -> Option<usize> {
    let end = pattern.iter().position(|b| *b == b']')?;
    let mut body = &pattern[1..end];
    let negated = matches!(body.first(), Some(b'!' | b'^'));
    if negated {
        body = &body[1..];
    }
    let mut hit = false;
    while let [first, rest @ ..] = body {
        match rest {
            [b'-', last, more @ ..] => {
                hit |= (*first..=*last).contains(&c);
                body = more;
            }
            _ => {
                hit |= *first == c;
                body = rest;
            }
        }
    }
    (hit != negated).then_some(end + 1)
}

/// Expands `interface-range` statements into the interfaces they name. Names that no text spells are kept in `made`.
fn ranges<'t>(tree: &Tree<'t>, interfaces: &mut Node<'t>, made: &'t boxcar::Vec<String>, sink: &mut Sink) {
    let Some(at) = interfaces.children.iter().position(|n| n.word(0) == "interface-range") else { return };
    let all = interfaces.children.remove(at);
    sink.mark(tree.origin(&all), LineClass::Modelled);
    let mut added = 0;
    for range in all.children {
        sink.mark(tree.origin(&range), LineClass::Modelled);
        let mut names: Vec<(String, u32)> = Vec::new();
        let mut body: Vec<Node<'t>> = Vec::new();
        for child in range.children {
            match child.word(0) {
                "member" => {
                    sink.mark_all(tree, &child, LineClass::Modelled);
                    for m in &child.children {
                        if m.word(0).contains(['*', '?']) {
                            let existing = interfaces.children.iter().map(|i| i.word(0));
                            let hits = existing.filter(|i| glob(m.word(0).as_bytes(), i.as_bytes()));
                            names.extend(hits.map(|i| (i.to_owned(), m.line)));
                        } else {
                            names.extend(brackets(m.word(0)).into_iter().map(|n| (n, m.line)));
                        }
                    }
                }
                "member-range" => {
                    sink.mark_all(tree, &child, LineClass::Modelled);
                    for from in &child.children {
                        let to = from.child("to").and_then(|t| t.children.first());
                        match to.and_then(|t| between(from.word(0), t.word(0))) {
                            Some(list) => names.extend(list.into_iter().map(|n| (n, from.line))),
                            None => sink.invalid(tree, from, from.word(0), "the start of a range of interfaces (`A to B`)"),
                        }
                    }
                }
                "description" | "apply-macro" => sink.no_effect(tree, &child),
                _ => body.push(child),
            }
        }
        for child in &body {
            sink.mark(tree.origin(child), LineClass::Modelled);
        }
        for (name, line) in names {
            let at = match interfaces.children.iter().position(|i| i.word(0) == name) {
                Some(at) => at,
                None if added < MAX_MEMBERS => {
                    let mut node = Node { line, end_line: line, mark: Mark::Inherited, ..Node::default() };
                    let n = made.push(name);
                    node.words.push(made.get(n).map_or("", String::as_str));
                    interfaces.children.push(node);
                    interfaces.children.len() - 1
                }
                None => continue,
            };
            added += 1;
            if let Some(target) = interfaces.children.get_mut(at)
                && added < MAX_MEMBERS
            {
                merge(&mut target.children, &body);
            }
        }
    }
}

/// Adds what is not there, marked as inherited.
fn merge<'t>(to: &mut Vec<Node<'t>>, from: &[Node<'t>]) {
    for f in from {
        let at = match to.iter().position(|t| t.word(0) == f.word(0)) {
            Some(at) => at,
            None => {
                to.push(Node { children: Vec::new(), mark: Mark::Inherited, words: f.words.clone(), ..*f });
                to.len() - 1
            }
        };
        if let Some(target) = to.get_mut(at) {
            merge(&mut target.children, &f.children);
        }
    }
}

/// `ge-0/0/[0-3,5]` as names; a name without brackets is itself.
fn brackets(pattern: &str) -> Vec<String> {
    let Some((head, rest)) = pattern.split_once('[') else { return vec![pattern.to_owned()] };
    let Some((body, tail)) = rest.split_once(']') else { return vec![pattern.to_owned()] };
    let Some(ranges) = crate::syntax::values::ranges(body) else { return vec![pattern.to_owned()] };
    let numbers = ranges.into_iter().flat_map(|(a, b)| a..=b).take(1024);
    numbers.map(|n| format!("{head}{n}{tail}")).collect()
}

/// All interfaces from one to another: they differ in their last numbers (`ge-0/0/0` to `ge-0/1/3` runs over `0..=3` on both).
fn between(from: &str, to: &str) -> Option<Vec<String>> {
    let split = |name: &str| {
        let at = name.find(|c: char| c.is_ascii_digit())?;
        let numbers: Option<Vec<u16>> = name[at..].split(['/', ':']).map(|n| n.parse().ok()).collect();
        let marks: Vec<char> = name[at..].chars().filter(|c| matches!(c, '/' | ':')).collect();
        Some((name[..at].to_owned(), numbers?, marks))
    };
    let ((head, a, marks), (other, b, same)) = (split(from)?, split(to)?);
    if head != other || marks != same || a.len() != b.len() || a.iter().zip(&b).any(|(a, b)| a > b) {
        return None;
    }
    let mut names = vec![head];
    for (n, (a, b)) in a.into_iter().zip(b).enumerate() {
        let mark = n.checked_sub(1).and_then(|n| marks.get(n)).map(char::to_string).unwrap_or_default();
        names =
            names.iter().flat_map(|h| (a..=b).map(|x| format!("{h}{mark}{x}")).collect::<Vec<_>>()).take(MAX_MEMBERS).collect();
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::span::FileId;
    use crate::syntax::braces;
    use crate::vendors::ConfigFile;

    fn show(nodes: &[Node<'_>]) -> String {
        let one = |n: &Node<'_>| {
            let inner = if n.children.is_empty() { String::new() } else { format!("({})", show(&n.children)) };
            format!("{}@{}{inner}", n.word(0), n.line)
        };
        nodes.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn read(text: &str) -> String {
        let file = ConfigFile { id: FileId(0), name: "a", text };
        let mut sink = Sink::new("a", &[file]);
        let made = boxcar::Vec::new();
        let mut tree = braces::parse(FileId(0), text, &braces::JUNOS);
        let roots = std::mem::take(&mut tree.roots);
        let roots = expand(&tree, roots, &made, &mut sink);
        show(&roots)
    }

    #[test]
    fn inactive_statements_go() {
        assert_eq!(read("a {\n inactive: b { c; }\n d;\n}"), "a@1(d@3)");
        assert_eq!(read("set a b c\nset a d\ndeactivate a b"), "a@1(d@2)");
    }

    #[test]
    fn groups_fill_in_and_keep_their_lines() {
        let text = "groups {\n G {\n  i {\n   <x*> {\n    mtu 9;\n    new 1;\n   }\n  }\n  z;\n }\n}\napply-groups G;\ni {\n x1 { mtu 1; }\n y1;\n}";
        assert_eq!(read(text), "i@13(x1@14(mtu@14(1@14 9@5) new@6(1@6)) y1@15) z@9");
    }

    #[test]
    fn lower_groups_and_exceptions() {
        let text = "set groups A i <*> m\nset groups B i <*> n\nset apply-groups A\nset i x apply-groups B\nset i y apply-groups-except A\nset i z k";
        assert_eq!(read(text), "i@4(x@4(n@2 m@1) y@5 z@6(k@6 m@1))");
    }

    #[test]
    fn groups_that_apply_each_other_end() {
        let text = "set groups A apply-groups B\nset groups B apply-groups A\nset groups B k\nset groups A j\nset apply-groups A";
        assert_eq!(read(text), "j@4 k@3");
    }

    #[test]
    fn interface_ranges() {
        let text = "set interfaces interface-range R member-range ge-0/0/0 to ge-0/0/1\nset interfaces interface-range R member ae[3-4]\nset interfaces interface-range R mtu 9\nset interfaces ge-0/0/1 mtu 8";
        assert_eq!(
            read(text),
            "interfaces@1(ge-0/0/1@4(mtu@4(8@4 9@3)) ge-0/0/0@1(mtu@3(9@3)) ae3@2(mtu@3(9@3)) ae4@2(mtu@3(9@3)))"
        );
    }

    #[test]
    fn globs() {
        for (p, t, is) in [
            ("ge-*", "ge-0/0/0", true),
            ("[gx]e-*", "et-1", false),
            ("*[0-9]", "ae1", true),
            ("*a*b", "xaxbxb", true),
            ("?", "", false),
        ] {
            assert_eq!(glob(p.as_bytes(), t.as_bytes()), is, "{p} {t}");
        }
        assert!(!glob(b"[", b"x"));
    }
}
