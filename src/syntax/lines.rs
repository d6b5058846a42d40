//! Indent-structured lines: IOS, NX-OS, IOS-XR, EOS, FRR.
//!
//! A line indented deeper than the one before it belongs to that one. A comment line at column 1 ends all blocks.
//! Banners, certificates and the like are raw: their lines are silent.

use super::tree::{Node, Tree};
use crate::base::span::FileId;

/// Deeper blocks than this are hung on the deepest allowed one, so that hostile input cannot exhaust the stack.
const MAX_DEPTH: usize = 32;
/// Longer lines than this are not statements on any OS; they are reported, not read.
const MAX_LINE: usize = 64 * 1024;

/// How a raw block that a line opens ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawEnd<'t> {
    /// At the next occurrence of this text (which may stand on the opening line, after the given byte offset).
    Text(&'t str, usize),
    /// At a line that is, trimmed, just this.
    Line(&'static str),
}

/// What differs between indent-structured OSes.
pub struct Shape {
    /// Characters that start a comment line.
    pub comments: &'static [char],
    /// Whether a line (trimmed) opens a raw block.
    pub raw: for<'t> fn(&'t str) -> Option<RawEnd<'t>>,
}

/// Reads a text as a tree. Never fails.
pub fn parse<'t>(file: FileId, text: &'t str, shape: &Shape) -> Tree<'t> {
    let mut tree = Tree { file, text, ..Tree::default() };
    // The open blocks: indentation of their opening line, and the node.
    let mut open: Vec<(usize, Node<'t>)> = Vec::new();
    let mut lines = text.split('\n').zip(1u32..).peekable();
    while let Some((raw, number)) = lines.next() {
        let line = raw.strip_suffix('\r').unwrap_or(raw);
        let body = line.trim_start_matches([' ', '\t']);
        let indent = line.len() - body.len();
        if body.trim_end().is_empty() || body.starts_with(shape.comments) {
            if indent == 0 && body.starts_with(shape.comments) {
                close(&mut tree.roots, &mut open, 0);
            }
            if !(raw.is_empty() && lines.peek().is_none()) {
                silence(&mut tree.silent, number, number);
            }
            continue;
        }
        if line.len() > MAX_LINE {
            tree.broken.push((number, format!("the line has {} bytes; no statement is longer than {MAX_LINE}", line.len())));
            continue;
        }
        close(&mut tree.roots, &mut open, indent);
        let mut node = Node { words: body.split_ascii_whitespace().collect(), line: number, end_line: number, ..Node::default() };
        if node.words.is_empty() {
            silence(&mut tree.silent, number, number);
            continue;
        }
        if let Some(end) = (shape.raw)(body) {
            let last = skip_raw(&mut lines, number, body, &end);
            if last > number {
                silence(&mut tree.silent, number + 1, last);
                node.end_line = last;
            }
        }
        if open.len() < MAX_DEPTH {
            open.push((indent, node));
        } else if let Some((_, parent)) = open.last_mut() {
            parent.children.push(node);
        }
    }
    close(&mut tree.roots, &mut open, 0);
    tree
}

/// Closes the blocks that a line with this indentation is not in.
fn close<'t>(roots: &mut Vec<Node<'t>>, open: &mut Vec<(usize, Node<'t>)>, indent: usize) {
    while open.last().is_some_and(|(i, _)| *i >= indent) {
        let Some((_, node)) = open.pop() else { return };
        match open.last_mut() {
            Some((_, parent)) => {
                parent.end_line = parent.end_line.max(node.end_line);
                parent.children.push(node);
            }
            None => roots.push(node),
        }
    }
}

fn skip_raw<'t>(lines: &mut impl Iterator<Item = (&'t str, u32)>, first: u32, body: &str, end: &RawEnd<'_>) -> u32 {
    let ends = |line: &str| match end {
        RawEnd::Text(t, _) => line.contains(t),
        RawEnd::Line(t) => line.trim() == *t,
    };
    if let RawEnd::Text(t, from) = end
        && body.get(*from..).is_some_and(|b| b.contains(t))
    {
        return first;
    }
    let mut last = first;
    for (line, number) in lines {
        last = number;
        if ends(line) {
            break;
        }
    }
    last
}

/// Adds lines to the silent ranges, joining neighbours.
pub(super) fn silence(silent: &mut Vec<(u32, u32)>, from: u32, to: u32) {
    match silent.last_mut() {
        Some(last) if last.1 + 1 == from => last.1 = to,
        _ => silent.push((from, to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape() -> Shape {
        Shape {
            comments: &['!'],
            raw: |l| l.strip_prefix("banner motd ").map(|rest| RawEnd::Text(&rest[..1], "banner motd ".len() + 1)),
        }
    }

    fn show(nodes: &[Node<'_>]) -> String {
        nodes
            .iter()
            .map(|n| {
                let inner = if n.children.is_empty() { String::new() } else { format!("{{{}}}", show(&n.children)) };
                format!("{}:{}{inner};", n.line, n.words.join(" "))
            })
            .collect()
    }

    #[test]
    fn deeper_lines_belong_to_the_line_before() {
        let t = parse(FileId(0), "a\n b x\n  c\n d\ne\n!\n f\n", &shape());
        assert_eq!(show(&t.roots), "1:a{2:b x{3:c;};4:d;};5:e;7:f;");
        assert_eq!(t.silent, [(6, 6)]);
        assert_eq!(t.roots[0].end_line, 4);
    }

    #[test]
    fn banners_are_silent() {
        let t = parse(FileId(0), "banner motd ^\n hello\n bye ^\nx\nbanner motd ^one line^\ny", &shape());
        assert_eq!(show(&t.roots), "1:banner motd ^;4:x;5:banner motd ^one line^;6:y;");
        assert_eq!(t.silent, [(2, 3)]);
    }

    #[test]
    fn spans_and_rest_point_into_the_text() {
        let t = parse(FileId(3), "a\n description one  two\n", &shape());
        let n = &t.roots[0].children[0];
        assert_eq!(t.rest(n, 1), "one  two");
        assert_eq!(t.span(n, n.word(2)), crate::base::span::Span { file: FileId(3), line: 2, column: 19, length: 3 });
    }

    #[test]
    fn hostile_shapes_end() {
        let deep: String = (0..50_000).map(|n| format!("{}x\n", " ".repeat(n % 900))).collect();
        assert!(!parse(FileId(0), &deep, &shape()).roots.is_empty());
        let long = "y ".repeat(200_000);
        assert_eq!(parse(FileId(0), &long, &shape()).broken.len(), 1);
        assert_eq!(parse(FileId(0), "banner motd ^\nnever ends", &shape()).roots.len(), 1);
    }
}
