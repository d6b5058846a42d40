//! The one tree type: a statement is a list of words with statements below it.

use smallvec::SmallVec;

use crate::base::span::{FileId, Origin, Span};

/// The words of a statement, borrowed from the text.
pub type Words<'t> = SmallVec<[&'t str; 6]>;

/// A text as statements.
#[derive(Debug, Default)]
pub struct Tree<'t> {
    /// The file.
    pub file: FileId,
    /// The whole text; all words are slices of it.
    pub text: &'t str,
    /// Statements at the outermost level.
    pub roots: Vec<Node<'t>>,
    /// Lines that hold no statement (blank, comment, banner text, lone braces), as ranges with both ends included.
    pub silent: Vec<(u32, u32)>,
    /// Lines that could not be read at all, with the reason.
    pub broken: Vec<(u32, String)>,
}

/// One statement.
#[derive(Debug, Clone, Default)]
pub struct Node<'t> {
    /// Its words; never empty in trees that the readers make.
    pub words: Words<'t>,
    /// Statements inside it.
    pub children: Vec<Node<'t>>,
    /// Its line, from 1.
    pub line: u32,
    /// The last line of the block it opens; `line` if it opens none.
    pub end_line: u32,
    /// An edit mark in front of it.
    pub mark: Mark,
}

/// Edit marks of brace-structured configs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// None.
    #[default]
    None,
    /// `inactive:` – it has no effect.
    Inactive,
    /// `replace:` – it takes the place of what stood there.
    Replace,
    /// `delete:` – it is removed.
    Delete,
    /// `protect:` – no effect on meaning.
    Protect,
    /// Copied here from elsewhere (Junos `apply-groups`, `interface-range`): gives way to what stands here itself.
    Inherited,
}

impl<'t> Tree<'t> {
    /// The byte offset of a slice of the text, 0 if it is not one.
    pub fn offset(&self, word: &str) -> usize {
        let at = (word.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        if at <= self.text.len() { at } else { 0 }
    }

    /// Where a word stands.
    pub fn span(&self, node: &Node<'_>, word: &str) -> Span {
        let at = self.offset(word);
        let start = self.text[..at].rfind('\n').map_or(0, |n| n + 1);
        Span { file: self.file, line: node.line, column: (at - start) as u32 + 1, length: word.len() as u32 }
    }

    /// The text from word `n` to the end of the statement's last word, spaces kept.
    pub fn rest(&self, node: &Node<'_>, n: usize) -> &'t str {
        match (node.words.get(n), node.words.last()) {
            (Some(first), Some(last)) => {
                let (a, b) = (self.offset(first), self.offset(last) + last.len());
                self.text.get(a..b).unwrap_or("")
            }
            _ => "",
        }
    }

    /// The line of a node, for model objects.
    pub fn origin(&self, node: &Node<'_>) -> Origin {
        Origin { file: self.file, line: node.line }
    }
}

impl<'t> Node<'t> {
    /// Word `n`, or "".
    pub fn word(&self, n: usize) -> &'t str {
        self.words.get(n).copied().unwrap_or("")
    }
    /// The first child whose first word is `word`.
    pub fn child(&self, word: &str) -> Option<&Node<'t>> {
        self.children.iter().find(|c| c.word(0) == word)
    }
}
