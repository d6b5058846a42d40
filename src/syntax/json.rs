//! JSON configs of model-driven OSes, as the same tree their other forms give.
//!
//! In: text and a [`Shape`]. Out: a [`Tree`] with *one word a node*, as [`super::braces`] makes it: `{"mtu": 9000}` gives `mtu` > `9000`, and a
//! list's entry stands under the value of its key: `{"interface": [{"name": "lo0", "mtu": 1}]}` gives `interface` > `lo0` > `mtu` > `1`.
//! Law: never fails; what is not JSON is a broken line; nesting is bounded. Start reading at [`parse`]. Tests: below.

use super::tree::{Node, Tree};
use crate::base::span::FileId;

/// Deeper values than this are not read.
const MAX_DEPTH: usize = 100;

/// What differs between model-driven OSes.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Names of list keys. The first member of an entry that has such a name is its key; without one, its first plain member.
    pub keys: &'static [&'static str],
    /// Names and values that start so lose all up to the colon (`module-name:`).
    pub module: &'static str,
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    line: u32,
    shape: Shape,
    broken: Vec<(u32, String)>,
}

/// A value as it stands, before lists are keyed.
enum Value<'t> {
    Plain(&'t str, u32),
    Object(Vec<(&'t str, u32, Value<'t>)>),
    List(Vec<Value<'t>>),
}

/// Reads a text as a tree. Never fails.
pub fn parse<'t>(file: FileId, text: &'t str, shape: Shape) -> Tree<'t> {
    let mut s = Scanner { text, at: 0, line: 1, shape, broken: Vec::new() };
    let mut tree = Tree { file, text, ..Tree::default() };
    s.space();
    if let Some(value) = s.value(0) {
        tree.roots = children(value, shape);
    }
    s.space();
    if s.at < text.len() {
        s.wrong("nothing may follow the outermost value");
    }
    let count = text.split('\n').count() - usize::from(text.is_empty() || text.ends_with('\n'));
    let mut full = vec![false; count + 1];
    fn fill(nodes: &[Node<'_>], full: &mut [bool]) {
        for n in nodes {
            if let Some(slot) = full.get_mut(n.line as usize) {
                *slot = true;
            }
            fill(&n.children, full);
        }
    }
    fill(&tree.roots, &mut full);
    // What follows the place where reading ended is not silent, but not read.
    let last = s.broken.first().map_or(u32::MAX, |(line, _)| *line);
    for (line, _) in full.iter().enumerate().skip(1).filter(|(n, full)| !**full && (*n as u32) < last) {
        super::lines::silence(&mut tree.silent, line as u32, line as u32);
    }
    tree.broken = s.broken;
    tree
}

fn plain<'t>(word: &'t str, line: u32, children: Vec<Node<'t>>) -> Node<'t> {
    Node { words: smallvec::smallvec![word], children, line, end_line: line, ..Node::default() }
}

fn children(value: Value<'_>, shape: Shape) -> Vec<Node<'_>> {
    match value {
        Value::Plain("null", _) => Vec::new(),
        Value::Plain(word, line) => vec![plain(word, line, Vec::new())],
        Value::Object(members) => {
            members.into_iter().map(|(name, line, value)| plain(name, line, children(value, shape))).collect()
        }
        Value::List(values) => values.into_iter().flat_map(|v| entry(v, shape)).collect(),
    }
}

/// An entry of a list.
fn entry(value: Value<'_>, shape: Shape) -> Vec<Node<'_>> {
    let Value::Object(mut members) = value else { return children(value, shape) };
    let is_plain = |m: &(&str, u32, Value<'_>)| matches!(m.2, Value::Plain(..));
    let key = members.iter().position(|m| is_plain(m) && shape.keys.contains(&m.0)).or_else(|| members.iter().position(is_plain));
    match key.map(|at| members.remove(at)) {
        Some((_, line, Value::Plain(word, _))) => vec![plain(word, line, children(Value::Object(members), shape))],
        _ => children(Value::Object(members), shape),
    }
}

impl<'t> Scanner<'t> {
    fn wrong(&mut self, why: &str) {
        if self.broken.is_empty() {
            self.broken.push((self.line, format!("not JSON: {why}")));
        }
        self.at = self.text.len();
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b) = self.peek() {
            match b {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' => {}
                _ => return,
            }
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value<'t>> {
        if depth > MAX_DEPTH {
            self.wrong("it nests too deep");
            return None;
        }
        match self.peek() {
            Some(b'{') => Some(Value::Object(self.object(depth))),
            Some(b'[') => {
                self.at += 1;
                let mut out = Vec::new();
                while self.more(b']') {
                    out.extend(self.value(depth + 1));
                }
                Some(Value::List(out))
            }
            Some(b'"') => {
                let line = self.line;
                self.string().map(|w| Value::Plain(w, line))
            }
            Some(b) if b.is_ascii_alphanumeric() || b == b'-' => {
                let rest = &self.text[self.at..];
                let end = rest.find([',', '}', ']', ' ', '\n', '\r', '\t', ':', '"', '{', '[']).unwrap_or(rest.len());
                self.at += end;
                Some(Value::Plain(&rest[..end], self.line))
            }
            _ => {
                self.wrong("a value is missing");
                None
            }
        }
    }

    /// Whether a list or object goes on: takes the comma, or the closing bracket.
    fn more(&mut self, close: u8) -> bool {
        self.space();
        if self.peek() == Some(b',') {
            self.at += 1;
            self.space();
        }
        match self.peek() {
            None => {
                self.wrong("it ends too early");
                false
            }
            Some(b) if b == close => {
                self.at += 1;
                false
            }
            Some(_) => true,
        }
    }

    fn object(&mut self, depth: usize) -> Vec<(&'t str, u32, Value<'t>)> {
        self.at += 1;
        let mut out = Vec::new();
        while self.more(b'}') {
            let line = self.line;
            if self.peek() != Some(b'"') {
                self.wrong("a name in quotes is missing");
                break;
            }
            let Some(name) = self.string() else { break };
            self.space();
            if self.peek() != Some(b':') {
                self.wrong("a colon is missing");
                break;
            }
            self.at += 1;
            self.space();
            if let Some(value) = self.value(depth + 1) {
                out.push((name, line, value));
            }
        }
        out
    }

    /// A string without its quotes, escapes kept as they stand, and without its module's name.
    fn string(&mut self) -> Option<&'t str> {
        let rest = &self.text[self.at + 1..];
        let mut escaped = false;
        let end = rest.bytes().position(|b| {
            let closes = b == b'"' && !escaped;
            escaped = b == b'\\' && !escaped;
            closes
        });
        let Some(end) = end else {
            self.wrong("a quoted text does not end");
            return None;
        };
        let word = &rest[..end];
        self.line += word.bytes().filter(|b| *b == b'\n').count() as u32;
        self.at += end + 2;
        Some(match word.split_once(':') {
            Some((module, rest)) if module.starts_with(self.shape.module) && !self.shape.module.is_empty() => rest,
            _ => word,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { keys: &["name", "index"], module: "vendor-" };

    fn show(nodes: &[Node<'_>]) -> String {
        let one = |n: &Node<'_>| match n.children.is_empty() {
            true => n.word(0).to_owned(),
            false => format!("{}({})", n.word(0), show(&n.children)),
        };
        nodes.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn lists_are_keyed_and_modules_left_out() {
        let text = "{\n\"vendor-if:interface\": [\n {\"mtu\": 9,\n\"name\": \"e1\", \"sub\": [{\"index\": 0, \"up\": true}]}],\n\"t\": \"vendor-x:ip\",\n\"l\": [\"a\", \"b\"],\n\"n\": [null]\n}\n";
        let tree = parse(FileId(0), text, SHAPE);
        assert_eq!(show(&tree.roots), "interface(e1(mtu(9) sub(0(up(true))))) t(ip) l(a b) n");
        assert_eq!((tree.roots[0].line, tree.roots[0].children[0].line, tree.roots[3].line), (2, 4, 7));
        assert_eq!(tree.silent, [(1, 1), (8, 8)]);
        assert!(tree.broken.is_empty());
    }

    #[test]
    fn bad_text_is_told_with_its_line() {
        for (text, line) in [("{\n\"a\": }", 2), ("{\"a\" 1}", 1), ("{\"a\": \"x", 1), ("", 1), ("{} {}", 1), ("{\"a\": [1", 1)] {
            assert_eq!(parse(FileId(0), text, SHAPE).broken.first().map(|b| b.0), Some(line), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(parse(FileId(0), &deep, SHAPE).broken.len(), 1);
    }
}
