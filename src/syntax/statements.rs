//! One statement a line without nesting: FRR and ifupdown, where the statement itself says which block it is in.
//!
//! In: a text and what starts a comment. Out: a [`Tree`] whose statements are all roots, in order. Law: never fails; indentation means
//! nothing (vtysh reads a line in the block it is in, and if that does not know it, in the one around it).
//! Start reading at [`parse`]. Tests: below.

use super::lines::silence;
use super::tree::{Node, Tree};
use crate::base::span::FileId;

/// Longer lines than this are not statements; they are reported, not read.
const MAX_LINE: usize = 64 * 1024;

/// Reads a text as a list of statements.
pub fn parse<'t>(file: FileId, text: &'t str, comments: &[char]) -> Tree<'t> {
    let mut tree = Tree { file, text, ..Tree::default() };
    tree.roots.reserve(text.len() / 24);
    let mut lines = text.split('\n').zip(1u32..).peekable();
    while let Some((raw, line)) = lines.next() {
        let body = raw.trim();
        if body.is_empty() || body.starts_with(comments) {
            if !(raw.is_empty() && lines.peek().is_none()) {
                silence(&mut tree.silent, line, line);
            }
        } else if raw.len() > MAX_LINE {
            tree.broken.push((line, format!("the line has {} bytes; no statement is longer than {MAX_LINE}", raw.len())));
        } else {
            let words: super::tree::Words<'t> = body.split_ascii_whitespace().collect();
            if words.is_empty() {
                silence(&mut tree.silent, line, line);
            } else {
                tree.roots.push(Node { words, line, end_line: line, ..Node::default() });
            }
        }
    }
    tree
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_statement_or_silent() {
        let t = parse(FileId(0), "a b\n c  d\r\n!x\n\n # y\ne", &['!', '#']);
        let words: Vec<_> = t.roots.iter().map(|n| (n.line, n.words.join(" "))).collect();
        assert_eq!(words, [(1, "a b".into()), (2, "c d".into()), (6, "e".into())]);
        assert_eq!(t.silent, [(3, 5)]);
    }

    #[test]
    fn an_endless_line_is_reported_not_read() {
        let text = "z ".repeat(100_000);
        let t = parse(FileId(0), &text, &['!']);
        assert_eq!((t.roots.len(), t.broken.len()), (0, 1));
        assert!(parse(FileId(0), "", &['!']).roots.is_empty());
        assert!(parse(FileId(0), "\u{a0}\n", &['!']).roots.is_empty());
    }
}
