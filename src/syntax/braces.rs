//! Brace-structured text and flat `set` lines, also mixed: Junos; Nokia SR OS and SR Linux with another [`Shape`].
//!
//! In: text. Out: a [`Tree`] with *one word a node*: `unit 0 { family inet; }` and `set … unit 0 family inet` both give
//! `unit` > `0` > `family` > `inet`, so that a reader is written once. Statements that share words share nodes; `[ a b ]`
//! gives siblings; a node's line is the first that names it. Law: never fails, never recurses by input, any depth.
//! Start reading at [`parse`]. Tests: below.

use super::tree::{Mark, Node, Tree};
use crate::base::Map;
use crate::base::span::FileId;

/// Words nested deeper than this are not read, so that hostile input cannot exhaust the stack of what walks the tree.
const MAX_DEPTH: u16 = 200;
/// Longer lines than this are no config; they are reported, not read.
const MAX_LINE: usize = 1024 * 1024;
/// A quoted string may run over line ends, but not further than this.
const MAX_QUOTE: usize = 256 * 1024;
/// Wider nodes than this find their children by hash.
const WIDE: usize = 16;

/// What differs between brace-structured OSes.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// A line end closes a statement (Nokia); else only `;` and braces do (Junos).
    pub newline_ends: bool,
    /// First words that make an outermost line a flat path.
    pub verbs: &'static [(&'static str, Verb)],
}

/// What a flat line does with its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Puts it into the hierarchy.
    Set,
    /// Takes it out.
    Delete,
    /// Marks it inactive.
    Deactivate,
    /// Takes that mark away.
    Activate,
    /// Moves it: `… before WORD`, `… after WORD`.
    Insert,
    /// Renames its last word: `… to WORD`.
    Rename,
    /// Later paths start here.
    Edit,
    /// Later paths start at the top.
    Top,
    /// No bearing on the hierarchy (`protect`, `annotate`).
    Nothing,
}

/// Junos.
pub const JUNOS: Shape = Shape {
    newline_ends: false,
    verbs: &[
        ("set", Verb::Set),
        ("delete", Verb::Delete),
        ("deactivate", Verb::Deactivate),
        ("activate", Verb::Activate),
        ("insert", Verb::Insert),
        ("rename", Verb::Rename),
        ("edit", Verb::Edit),
        ("top", Verb::Top),
        ("exit", Verb::Top),
        ("protect", Verb::Nothing),
        ("unprotect", Verb::Nothing),
        ("annotate", Verb::Nothing),
    ],
};

#[derive(Debug)]
struct Item<'t> {
    word: &'t str,
    line: u32,
    end_line: u32,
    parent: u32,
    depth: u16,
    mark: Mark,
    /// Its mark is that of the statement that made it, not its own: another statement through it takes the mark away.
    borrowed_mark: bool,
    gone: bool,
    kids: Vec<u32>,
}

/// A word of a statement that is not finished, and whether it stands in a list.
type Part<'t> = (&'t str, u32, bool);

struct Builder<'t> {
    items: Vec<Item<'t>>,
    wide: Map<(u32, &'t str), u32>,
    broken: Vec<(u32, String)>,
}

const ROOT: u32 = 0;

/// Reads a text as a tree. Never fails.
pub fn parse<'t>(file: FileId, text: &'t str, shape: &Shape) -> Tree<'t> {
    let root = Item {
        word: "",
        line: 0,
        end_line: 0,
        parent: ROOT,
        depth: 0,
        mark: Mark::None,
        borrowed_mark: false,
        gone: false,
        kids: Vec::new(),
    };
    let mut builder = Builder { items: vec![root], wide: Map::default(), broken: Vec::new() };
    let lines = Scanner { text, at: 0, line: 1, shape, b: &mut builder, context: Vec::new() }.run();
    let mut tree = Tree { file, text, ..Tree::default() };
    let mut full = vec![false; lines as usize + 1];
    for item in builder.items.iter().filter(|i| !i.gone) {
        if let Some(slot) = full.get_mut(item.line as usize) {
            *slot = true;
        }
    }
    for (line, _) in full.iter().enumerate().skip(1).filter(|(_, full)| !**full) {
        super::lines::silence(&mut tree.silent, line as u32, line as u32);
    }
    tree.roots = builder.take(ROOT);
    tree.broken = builder.broken;
    tree
}

struct Scanner<'t, 's, 'b> {
    text: &'t str,
    at: usize,
    line: u32,
    shape: &'s Shape,
    b: &'b mut Builder<'t>,
    /// Where `edit` has led flat lines.
    context: Vec<&'t str>,
}

impl<'t> Scanner<'t, '_, '_> {
    /// Reads all; returns how many lines there are.
    fn run(mut self) -> u32 {
        let mut open: Vec<(u32, u32)> = Vec::new();
        let mut parts: Vec<Part<'t>> = Vec::new();
        let mut in_list = false;
        let mut line_start = true;
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            if line_start {
                line_start = false;
                let line = self.current_line();
                if line.len() > MAX_LINE {
                    self.b
                        .broken
                        .push((self.line, format!("the line has {} bytes; no statement is longer than {MAX_LINE}", line.len())));
                    self.at += line.len();
                    continue;
                }
                if open.is_empty() && parts.is_empty() && self.outermost(line) {
                    self.at += line.len();
                    continue;
                }
            }
            match byte {
                b'\n' => {
                    self.at += 1;
                    self.line += 1;
                    line_start = true;
                    if self.shape.newline_ends && !in_list {
                        let context = open.last().map_or(ROOT, |o| o.0);
                        self.b.statement(context, &mut parts);
                    }
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'#' => self.at += self.current_line().len(),
                b'/' if self.text[self.at..].starts_with("/*") => self.comment(),
                b';' => {
                    self.at += 1;
                    in_list = false;
                    let context = open.last().map_or(ROOT, |o| o.0);
                    self.b.statement(context, &mut parts);
                }
                b'{' => {
                    self.at += 1;
                    in_list = false;
                    let context = open.last().map_or(ROOT, |o| o.0);
                    let inner = self.b.statement(context, &mut parts);
                    open.push((inner.unwrap_or(context), self.line));
                }
                b'}' => {
                    self.at += 1;
                    in_list = false;
                    let context = open.last().map_or(ROOT, |o| o.0);
                    self.b.statement(context, &mut parts);
                    match open.pop() {
                        Some((item, from)) => {
                            let item = &mut self.b.items[item as usize];
                            if item.line == from {
                                item.end_line = self.line;
                            }
                        }
                        None => self.b.broken.push((self.line, "this brace closes nothing".to_owned())),
                    }
                }
                b'[' => {
                    self.at += 1;
                    in_list = true;
                }
                b']' => {
                    self.at += 1;
                    in_list = false;
                }
                _ => {
                    let (word, line) = self.word(in_list);
                    parts.push((word, line, in_list));
                }
            }
        }
        let context = open.last().map_or(ROOT, |o| o.0);
        self.b.statement(context, &mut parts);
        if let Some(&(_, line)) = open.first() {
            self.b.broken.push((line, format!("{} blocks from here on are not closed", open.len())));
        }
        if self.text.is_empty() || self.text.ends_with('\n') { self.line - 1 } else { self.line }
    }

    fn current_line(&self) -> &'t str {
        let rest = &self.text[self.at..];
        rest.find('\n').map_or(rest, |n| &rest[..n])
    }

    /// Deals with an outermost line that is not brace-structured; false if it is.
    fn outermost(&mut self, line: &'t str) -> bool {
        let body = line.trim();
        let first = body.split_ascii_whitespace().next().unwrap_or("");
        if let Some(&(_, verb)) = self.shape.verbs.iter().find(|(w, _)| *w == first) {
            self.flat(verb, &body[first.len()..]);
            return true;
        }
        if body.is_empty() || body.starts_with(['#', '/']) {
            return false;
        }
        // What terminals add: `{master:0}`, `user@host> show configuration`, rancid's `!` headers.
        let state = body.starts_with('{') && body.ends_with('}');
        let prompt = first.contains('@') && (body.contains("> ") || body.contains("# ") || body.ends_with(['>', '#']));
        if state || prompt || body.starts_with('!') {
            return true;
        }
        // A line of bare words is no statement, unless its brace stands on the next line.
        if self.shape.newline_ends || body.contains(['{', '}', ';', '[', '"']) {
            return false;
        }
        let after = self.text[self.at + line.len()..].trim_start();
        if after.starts_with('{') && !after.lines().next().unwrap_or("").trim_end().ends_with('}') {
            return false;
        }
        let mut parts: Vec<Part<'t>> = body.split_ascii_whitespace().map(|w| (w, self.line, false)).collect();
        self.b.statement(ROOT, &mut parts);
        true
    }

    fn flat(&mut self, verb: Verb, rest: &'t str) {
        let parts = flat_words(rest, self.line);
        match verb {
            Verb::Nothing => {}
            Verb::Top => self.context.clear(),
            Verb::Edit => self.context.extend(parts.iter().map(|p| p.0)),
            _ => {
                let mut all: Vec<Part<'t>> = self.context.iter().map(|w| (*w, self.line, false)).collect();
                all.extend(parts);
                self.b.flat(verb, all, self.line);
            }
        }
    }

    fn comment(&mut self) {
        let rest = &self.text[self.at..];
        let length = rest.find("*/").map_or(rest.len(), |n| n + 2);
        if length == rest.len() && !rest.ends_with("*/") {
            self.b.broken.push((self.line, "the comment is not closed".to_owned()));
        }
        self.line += rest[..length].bytes().filter(|b| *b == b'\n').count() as u32;
        self.at += length;
    }

    fn word(&mut self, in_list: bool) -> (&'t str, u32) {
        let line = self.line;
        let rest = &self.text[self.at..];
        if rest.starts_with('"') {
            let (word, length) = match quoted(rest) {
                Some(found) => found,
                None => {
                    self.b.broken.push((line, "the quoted text does not end".to_owned()));
                    let word = self.current_line()[1..].trim_end().trim_end_matches(';');
                    (word, self.current_line().len())
                }
            };
            self.line += rest[..length].bytes().filter(|b| *b == b'\n').count() as u32;
            self.at += length;
            return (word, line);
        }
        let length = bare(rest.as_bytes(), in_list).max(1);
        // A word ends at an ASCII byte, so this is a character border.
        self.at += length;
        (rest.get(..length).unwrap_or(""), line)
    }
}

/// The length of a bare word at the start of a text.
fn bare(bytes: &[u8], in_list: bool) -> usize {
    let mut at = 0;
    let mut braces = 0u32;
    while let Some(&b) = bytes.get(at) {
        match b {
            b' ' | b'\t' | b'\r' | b'\n' | b';' => break,
            // Wildcards hold brackets: `<[gx]e-*>`.
            b'<' => {
                let end = bytes[at..].iter().take(200).position(|b| matches!(b, b'>' | b' ' | b'\n' | b';'));
                at += end.unwrap_or(0);
            }
            b']' if in_list => break,
            b'{' => {
                if bytes.get(at + 1).is_none_or(|n| n.is_ascii_whitespace()) {
                    break;
                }
                braces += 1;
            }
            b'}' => {
                if braces == 0 {
                    break;
                }
                braces -= 1;
            }
            _ => {}
        }
        at += 1;
    }
    at.min(bytes.len())
}

/// A quoted string at the start of a text: what is between the quotes, and the length with them.
fn quoted(text: &str) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(&b) = bytes.get(at) {
        match b {
            b'"' => return Some((&text[1..at], at + 1)),
            b'\\' => at += 1,
            _ if at > MAX_QUOTE => return None,
            _ => {}
        }
        at += 1;
    }
    None
}

/// The words of a flat line. Nothing ends a statement here but the line itself.
fn flat_words(text: &str, line: u32) -> Vec<Part<'_>> {
    let mut out = Vec::new();
    let mut in_list = false;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let length = if rest.starts_with('"') {
            match quoted(rest) {
                Some((word, length)) => {
                    out.push((word, line, in_list));
                    length
                }
                None => {
                    out.push((rest.trim_start_matches('"'), line, in_list));
                    rest.len()
                }
            }
        } else {
            let end = rest.find([' ', '\t']).unwrap_or(rest.len());
            let word = &rest[..end];
            match word {
                "[" => in_list = true,
                "]" => in_list = false,
                // The path's start on SR Linux.
                "/" => {}
                _ if in_list && word.len() > 1 && word.ends_with(']') => {
                    out.push((&word[..end - 1], line, true));
                    in_list = false;
                }
                _ => out.push((word, line, in_list)),
            }
            end
        };
        rest = rest[length..].trim_start();
    }
    out
}

impl<'t> Builder<'t> {
    /// Puts a finished statement under `context`; returns the node of its last word.
    fn statement(&mut self, context: u32, parts: &mut Vec<Part<'t>>) -> Option<u32> {
        let mut mark = Mark::None;
        let mut first = 0;
        while let Some(m) = parts.get(first).and_then(|p| edit_mark(p.0)) {
            if mark == Mark::None || mark == Mark::Protect {
                mark = m;
            }
            first += 1;
        }
        let path = parts.get(first..).unwrap_or(&[]);
        if path.is_empty() {
            parts.clear();
            return None;
        }
        if mark == Mark::Delete || mark == Mark::Replace {
            self.remove(context, path, mark == Mark::Replace);
        }
        let out = if mark == Mark::Delete { None } else { self.put(context, path, mark) };
        parts.clear();
        out
    }

    fn put(&mut self, context: u32, path: &[Part<'t>], mark: Mark) -> Option<u32> {
        let mut at = context;
        let mut base = context;
        let mut was_list = false;
        for (n, &(word, line, in_list)) in path.iter().enumerate() {
            if !in_list || !was_list {
                base = at;
            }
            was_list = in_list;
            let known = self.items.len();
            at = self.child(base, word, line)?;
            let last = path[n + 1..].iter().all(|p| in_list && p.2);
            let item = &mut self.items[at as usize];
            if last && mark != Mark::None {
                (item.mark, item.borrowed_mark) = (mark, false);
            } else if mark == Mark::Inactive && at as usize == known {
                // `inactive: route-filter P upto /24;` is one object of several words: none of them stays.
                (item.mark, item.borrowed_mark) = (mark, true);
            } else if mark != Mark::Inactive && item.borrowed_mark {
                (item.mark, item.borrowed_mark) = (Mark::None, false);
            }
        }
        Some(at)
    }

    fn find(&self, parent: u32, word: &str) -> Option<u32> {
        let kids = &self.items[parent as usize].kids;
        if let Some(&last) = kids.last()
            && self.items[last as usize].word == word
        {
            return Some(last);
        }
        if kids.len() > WIDE {
            return self.wide.get(&(parent, word)).copied();
        }
        kids.iter().rev().copied().find(|&k| self.items[k as usize].word == word)
    }

    fn child(&mut self, parent: u32, word: &'t str, line: u32) -> Option<u32> {
        if let Some(found) = self.find(parent, word) {
            return Some(found);
        }
        let depth = self.items[parent as usize].depth + 1;
        let at = u32::try_from(self.items.len()).ok().filter(|_| depth <= MAX_DEPTH);
        let Some(at) = at else {
            if self.broken.last().is_none_or(|b| b.0 != line) {
                self.broken.push((line, format!("it is nested deeper than {MAX_DEPTH} words")));
            }
            return None;
        };
        self.items.push(Item {
            word,
            line,
            end_line: line,
            parent,
            depth,
            mark: Mark::None,
            borrowed_mark: false,
            gone: false,
            kids: Vec::new(),
        });
        self.items[parent as usize].kids.push(at);
        let count = self.items[parent as usize].kids.len();
        if count == WIDE + 1 {
            for n in 0..count {
                let kid = self.items[parent as usize].kids[n];
                self.wide.insert((parent, self.items[kid as usize].word), kid);
            }
        } else if count > WIDE {
            self.wide.insert((parent, word), at);
        }
        Some(at)
    }

    fn lookup(&self, context: u32, path: &[Part<'t>]) -> Option<u32> {
        path.iter().try_fold(context, |at, part| self.find(at, part.0))
    }

    /// Takes a node out, or (to be replaced) only what is in it.
    fn remove(&mut self, context: u32, path: &[Part<'t>], only_inside: bool) {
        let Some(at) = self.lookup(context, path).filter(|&at| at != ROOT) else { return };
        let mut doomed = if only_inside { self.items[at as usize].kids.clone() } else { vec![at] };
        for &item in &doomed {
            let parent = self.items[item as usize].parent;
            let word = self.items[item as usize].word;
            self.wide.remove(&(parent, word));
            self.items[parent as usize].kids.retain(|k| *k != item);
        }
        // A node that shrinks below the hashed width is searched in order again: both hold the same children.
        while let Some(item) = doomed.pop() {
            let item = &mut self.items[item as usize];
            item.gone = true;
            doomed.append(&mut item.kids);
        }
    }

    fn flat(&mut self, verb: Verb, path: Vec<Part<'t>>, line: u32) {
        match verb {
            Verb::Set => {
                self.put(ROOT, &path, Mark::None);
            }
            Verb::Delete => self.remove(ROOT, &path, false),
            Verb::Deactivate => {
                // A path that is not there (yet) is made: dumps list the line after, hand-written changes maybe before.
                self.put(ROOT, &path, Mark::Inactive);
            }
            Verb::Activate => {
                if let Some(at) = self.lookup(ROOT, &path) {
                    self.items[at as usize].mark = Mark::None;
                }
            }
            Verb::Insert => self.insert(&path, line),
            Verb::Rename => {
                let [from @ .., to, new] = path.as_slice() else { return };
                match self.lookup(ROOT, from).filter(|&at| at != ROOT && to.0 == "to") {
                    Some(at) => {
                        let parent = self.items[at as usize].parent;
                        self.wide.remove(&(parent, self.items[at as usize].word));
                        self.items[at as usize].word = new.0;
                        if self.items[parent as usize].kids.len() > WIDE {
                            self.wide.insert((parent, new.0), at);
                        }
                    }
                    None => self.broken.push((line, "there is nothing of that name to rename".to_owned())),
                }
            }
            Verb::Edit | Verb::Top | Verb::Nothing => {}
        }
    }

    /// `PATH before WORD` or `PATH after WORD`, where WORD may repeat the path's last keyword (`term a before term b`).
    fn insert(&mut self, path: &[Part<'t>], line: u32) {
        let moved = path.iter().rposition(|p| matches!(p.0, "before" | "after")).and_then(|n| {
            let at = self.lookup(ROOT, &path[..n]).filter(|&at| at != ROOT)?;
            let parent = self.items[at as usize].parent;
            let target = self.find(parent, path.last()?.0)?;
            let after = path[n].0 == "after";
            let kids = &mut self.items[parent as usize].kids;
            kids.retain(|k| *k != at);
            let place = kids.iter().position(|k| *k == target).map_or(kids.len(), |p| p + usize::from(after));
            kids.insert(place, at);
            Some(())
        });
        if moved.is_none() {
            self.broken.push((line, "there is nothing of that name to move, or no place to move it to".to_owned()));
        }
    }

    /// The finished nodes below an item. Recursion is bounded by [`MAX_DEPTH`].
    fn take(&mut self, at: u32) -> Vec<Node<'t>> {
        let kids = std::mem::take(&mut self.items[at as usize].kids);
        kids.into_iter()
            .map(|k| {
                let children = self.take(k);
                let item = &self.items[k as usize];
                let mut words = super::tree::Words::new();
                words.push(item.word);
                Node { words, children, line: item.line, end_line: item.end_line, mark: item.mark }
            })
            .collect()
    }
}

fn edit_mark(word: &str) -> Option<Mark> {
    Some(match word {
        "inactive:" => Mark::Inactive,
        "replace:" => Mark::Replace,
        "delete:" => Mark::Delete,
        "protect:" => Mark::Protect,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(nodes: &[Node<'_>]) -> String {
        let parts: Vec<String> = nodes
            .iter()
            .map(|n| {
                let mark = if n.mark == Mark::Inactive { "!" } else { "" };
                let inner = if n.children.is_empty() { String::new() } else { format!("({})", show(&n.children)) };
                format!("{mark}{}@{}{inner}", n.word(0), n.line)
            })
            .collect();
        parts.join(" ")
    }

    fn read(text: &str) -> String {
        show(&parse(FileId(0), text, &JUNOS).roots)
    }

    fn bare_shape(text: &str) -> String {
        read(text).replace(|c: char| c == '@' || c.is_ascii_digit(), "")
    }

    #[test]
    fn both_forms_give_one_shape() {
        let braces = "a {\n  b x {\n    c y;\n    d [ p q ];\n  }\n  b z;\n}\n";
        let flat = "set a b x c y\nset a b x d p\nset a b x d q\nset a b z\n";
        assert_eq!(bare_shape(braces), bare_shape(flat));
        assert_eq!(read(braces), "a@1(b@2(x@2(c@3(y@3) d@4(p@4 q@4)) z@6))");
        assert_eq!(read(flat), "a@1(b@1(x@1(c@1(y@1) d@2(p@2 q@3)) z@4))");
    }

    #[test]
    fn marks_comments_and_quotes() {
        let text = "/* one\n two */\na { # x\n inactive: b { c; }\n d \"e; f\" ; ## SECRET\n inactive: l [ m n ];\n}\n";
        assert_eq!(
            read(text),
            "a@3(b@4(c@4) d@5(e; f@5) l@6(m@6 n@6))".replace("b@", "!b@").replace("l@6(m@6 n@6", "!l@6(!m@6 !n@6")
        );
        assert_eq!(parse(FileId(0), text, &JUNOS).silent, [(1, 2), (7, 7)]);
        assert_eq!(read("set a b\ndeactivate a b\nset a c\nset a d\nactivate a b\ndelete a d"), "a@1(b@1 c@3)");
        assert_eq!(bare_shape("a { inactive: k p x; k q; inactive: j r s; }"), "a(k(!p(!x) q) !j(!r(!s)))");
        assert_eq!(read("a { b { x; } }\na { replace: b { y; } }"), "a@1(b@1(y@2))");
        assert_eq!(read("a { b { x; } }\na { delete: b; }"), "a@1");
    }

    #[test]
    fn edits_move_and_rename() {
        let three = "set p term x a\nset p term y b\nset p term z c\n";
        assert_eq!(bare_shape(&format!("{three}insert p term z before term x")), "p(term(z(c) x(a) y(b)))");
        assert_eq!(bare_shape(&format!("{three}insert p term x after term y")), "p(term(y(b) x(a) z(c)))");
        assert_eq!(bare_shape(&format!("{three}rename p term y to term w")), bare_shape(three));
        assert_eq!(bare_shape("set p y b\nrename p y to w"), "p(w(b))");
        assert_eq!(bare_shape("edit p q\nset a\ntop\nset b"), "p(q(a)) b");
    }

    #[test]
    fn wildcards_and_regexes_are_words() {
        assert_eq!(read("<[gx]e-*> { m 1; }"), "<[gx]e-*>@1(m@1(1@1))");
        assert_eq!(read("as-path p 65000{1,3};"), "as-path@1(p@1(65000{1,3}@1))");
        assert_eq!(read("x [a b];"), "x@1(a@1 b@1)");
    }

    #[test]
    fn what_terminals_add_is_silent() {
        let tree = parse(FileId(0), "lab@r1> show configuration\nset a b\n\n{master:0}\n", &JUNOS);
        assert_eq!(show(&tree.roots), "a@2(b@2)");
        assert_eq!(tree.silent, [(1, 1), (3, 4)]);
    }

    #[test]
    fn broken_braces_are_told() {
        let tree = parse(FileId(0), "a { b; }\n}\nc {\n d", &JUNOS);
        assert_eq!(show(&tree.roots), "a@1(b@1) c@3(d@4)");
        assert_eq!(tree.broken.iter().map(|b| b.0).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(parse(FileId(0), "a \"b\n", &JUNOS).broken.len(), 1);
    }

    #[test]
    fn hostile_shapes_end() {
        let deep = "a {\n".repeat(100_000);
        assert!(!parse(FileId(0), &deep, &JUNOS).roots.is_empty());
        let line = format!("set {}", "y ".repeat(10_000));
        assert_eq!(parse(FileId(0), &line, &JUNOS).broken.len(), 1);
        let long = "x".repeat(3 * MAX_LINE);
        assert_eq!(parse(FileId(0), &long, &JUNOS).broken.len(), 1);
        let wide: String = (0..50_000).map(|n| format!("set a {n}\n")).rev().collect();
        assert_eq!(parse(FileId(0), &wide, &JUNOS).roots[0].children.len(), 50_000);
        for text in
            ["{{{{", "}}}}", "[[[", "\"", "/*", "a /* é", "é{", "<", "a <é", "set \"", "set [ a", "insert before", "rename to"]
        {
            parse(FileId(0), text, &JUNOS);
        }
    }

    #[test]
    fn line_ends_end_statements_where_the_shape_says_so() {
        let shape = Shape { newline_ends: true, verbs: &[("set", Verb::Set)] };
        let tree = parse(FileId(0), "a {\n b c\n d e {\n f\n }\n}\nset / a g h\n", &shape);
        assert_eq!(show(&tree.roots), "a@1(b@2(c@2) d@3(e@3(f@4)) g@7(h@7))");
    }
}
