//! Where a vendor's reader says what it made of each line.
//!
//! In: calls while reading. Out: [`ReadReport`]: one class a line, diagnostics, defined and used structures. Law: every
//! line ends in exactly one [`LineClass`]; a line no one marks is *not understood*.

use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::span::{FileId, Origin, Span};
use crate::base::{Map, Set};
use crate::syntax::tree::{Node, Tree};

use super::ConfigFile;

/// A word or value the OS would refuse.
pub const INVALID_VALUE: Code = Code("V-invalid-value");
/// A statement nobody knows.
pub const NOT_UNDERSTOOD: Code = Code("S-not-understood");
/// A statement that is known, may matter, and is not modelled.
pub const NOT_MODELLED: Code = Code("M-not-modelled");
/// A name that is used and not defined.
pub const UNDEFINED: Code = Code("R-undefined");
/// A structure that nothing uses.
pub const UNUSED: Code = Code("R-unused");

/// What became of a line. Greater wins when several statements share a line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineClass {
    /// Blank, comment, lone brace, banner text.
    Silent,
    /// It has no bearing on routing or forwarding.
    NoEffect,
    /// It is in the model.
    Modelled,
    /// It may matter and is not in the model.
    NotModelled,
    /// Nobody knows it.
    NotUnderstood,
    /// The device would refuse it.
    Invalid,
}

/// What reading a device's config gave besides the device.
#[derive(Debug, Default)]
pub struct ReadReport {
    /// The class of each line, per file; index 0 is line 1.
    pub classes: Vec<(FileId, Vec<LineClass>)>,
    /// Everything there is to say.
    pub diagnostics: Vec<Diagnostic>,
    /// Defined structures: kind, name, place, how often used.
    pub structures: Vec<Structure>,
}

/// A named structure of a config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Structure {
    /// `route-map`, `prefix-list`, …: the OS's own word.
    pub kind: &'static str,
    /// Its name.
    pub name: Box<str>,
    /// Where it is first defined.
    pub origin: Origin,
    /// How many places use it.
    pub uses: usize,
}

/// Collects while a device is read.
#[derive(Debug)]
pub struct Sink {
    device: String,
    classes: Vec<(FileId, Vec<Option<LineClass>>)>,
    diagnostics: Vec<Diagnostic>,
    defined: Map<(&'static str, Box<str>), usize>,
    structures: Vec<Structure>,
    references: Vec<Reference>,
}

#[derive(Debug)]
struct Reference {
    kinds: &'static [&'static str],
    name: Box<str>,
    span: Span,
    usage: &'static str,
}

impl Sink {
    /// An empty sink for a device of that name.
    pub fn new(device: &str, files: &[ConfigFile<'_>]) -> Self {
        let lines = |f: &ConfigFile<'_>| f.text.split('\n').count() - usize::from(f.text.is_empty() || f.text.ends_with('\n'));
        Self {
            device: device.to_owned(),
            classes: files.iter().map(|f| (f.id, vec![None; lines(f)])).collect(),
            diagnostics: Vec::new(),
            defined: Map::default(),
            structures: Vec::new(),
            references: Vec::new(),
        }
    }

    /// The device's name in the snapshot.
    pub fn device(&self) -> &str {
        &self.device
    }

    // ----- line classes ---------------------------------------------------------------------

    /// Gives a line its class. If it has one already, the greater of the two stays.
    pub fn mark(&mut self, origin: Origin, class: LineClass) {
        let Some((_, lines)) = self.classes.iter_mut().find(|(f, _)| *f == origin.file) else { return };
        if let Some(slot) = (origin.line as usize).checked_sub(1).and_then(|n| lines.get_mut(n)) {
            *slot = Some(slot.map_or(class, |c| c.max(class)));
        }
    }

    /// Gives all lines of a file a class.
    pub fn mark_file(&mut self, file: FileId, class: LineClass) {
        let lines = self.classes.iter().find(|(f, _)| *f == file).map_or(0, |(_, lines)| lines.len());
        (1..=lines as u32).for_each(|line| self.mark(Origin { file, line }, class));
    }

    /// The statement is in the model.
    pub fn modelled(&mut self, tree: &Tree<'_>, node: &Node<'_>) {
        self.mark(tree.origin(node), LineClass::Modelled);
    }

    /// The statement has no bearing on routing or forwarding; its children neither.
    pub fn no_effect(&mut self, tree: &Tree<'_>, node: &Node<'_>) {
        self.mark_all(tree, node, LineClass::NoEffect);
    }

    /// The statement may matter and is not in the model; its children likewise. One diagnostic.
    pub fn not_modelled(&mut self, tree: &Tree<'_>, node: &Node<'_>, why: impl Into<String>) {
        self.mark_all(tree, node, LineClass::NotModelled);
        self.push(Diagnostic::new(NOT_MODELLED, Severity::Warning, why).at(whole(tree, node)));
    }

    /// Nobody knows the statement; its children neither. One diagnostic.
    pub fn not_understood(&mut self, tree: &Tree<'_>, node: &Node<'_>) {
        self.mark_all(tree, node, LineClass::NotUnderstood);
        let message = format!("`{}` is not understood", clip(tree.rest(node, 0)));
        self.push(Diagnostic::new(NOT_UNDERSTOOD, Severity::Warning, message).at(whole(tree, node)));
    }

    /// The device would refuse the statement because of `word`; `what` says what was wanted ("an IPv4 address").
    pub fn invalid(&mut self, tree: &Tree<'_>, node: &Node<'_>, word: &str, what: &str) {
        self.mark(tree.origin(node), LineClass::Invalid);
        let message = format!("`{}` is not {what}", clip(word));
        self.push(Diagnostic::new(INVALID_VALUE, Severity::Error, message).at(tree.span(node, word)));
    }

    /// Gives a statement and all below it a class.
    pub fn mark_all(&mut self, tree: &Tree<'_>, node: &Node<'_>, class: LineClass) {
        self.mark(tree.origin(node), class);
        for child in &node.children {
            self.mark_all(tree, child, class);
        }
    }

    /// Marks what the tree reader already knows: silent and broken lines. Call once a tree.
    pub fn begin(&mut self, tree: &Tree<'_>) {
        for &(from, to) in &tree.silent {
            for line in from..=to {
                self.mark(Origin { file: tree.file, line }, LineClass::Silent);
            }
        }
        for (line, why) in &tree.broken {
            let origin = Origin { file: tree.file, line: *line };
            self.mark(origin, LineClass::Invalid);
            self.push(Diagnostic::new(Code("S-broken-line"), Severity::Error, why.clone()).at(origin));
        }
    }

    // ----- structures -----------------------------------------------------------------------

    /// A structure is defined here (again, perhaps).
    pub fn define(&mut self, kind: &'static str, name: &str, origin: Origin) {
        let next = self.structures.len();
        let at = *self.defined.entry((kind, name.into())).or_insert(next);
        if at == next {
            self.structures.push(Structure { kind, name: name.into(), origin, uses: 0 });
        }
    }

    /// A structure is used here; the first of `kinds` that has the name is meant. `usage` says for what
    /// (`neighbor route-map in`).
    pub fn refer(&mut self, kinds: &'static [&'static str], name: &str, span: impl Into<Span>, usage: &'static str) {
        self.references.push(Reference { kinds, name: name.into(), span: span.into(), usage });
    }

    /// A structure counts as used though no line names it.
    pub fn used(&mut self, kind: &'static str, name: &str) {
        if let Some(&at) = self.defined.get(&(kind, name.into())) {
            self.structures[at].uses += 1;
        }
    }

    // ----- the rest -------------------------------------------------------------------------

    /// Adds any other diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let device = self.device.clone();
        self.diagnostics.push(Diagnostic { device: Some(device), ..diagnostic });
    }

    /// Resolves references and closes the report.
    pub fn finish(mut self) -> ReadReport {
        let mut said: Set<(Box<str>, Span)> = Set::default();
        for r in std::mem::take(&mut self.references) {
            let found = r.kinds.iter().find_map(|k| self.defined.get(&(*k, r.name.clone())));
            match found {
                Some(&at) => self.structures[at].uses += 1,
                None if said.insert((r.name.clone(), r.span)) => {
                    let kind = r.kinds.join(" or ");
                    let message = format!("{kind} `{}` is used ({}) but not defined", clip(&r.name), r.usage);
                    self.push(Diagnostic::new(UNDEFINED, Severity::Error, message).at(r.span));
                }
                None => {}
            }
        }
        for s in self.structures.clone().iter().filter(|s| s.uses == 0) {
            let message = format!("{} `{}` is defined but never used", s.kind, clip(&s.name));
            self.push(Diagnostic::new(UNUSED, Severity::Info, message).at(s.origin));
        }
        let classes = self
            .classes
            .into_iter()
            .map(|(f, lines)| (f, lines.into_iter().map(|c| c.unwrap_or(LineClass::NotUnderstood)).collect()))
            .collect();
        ReadReport { classes, diagnostics: self.diagnostics, structures: self.structures }
    }
}

/// The span of all words of a statement.
fn whole(tree: &Tree<'_>, node: &Node<'_>) -> Span {
    let first = tree.span(node, node.word(0));
    Span { length: tree.rest(node, 0).lines().next().unwrap_or("").len() as u32, ..first }
}

fn clip(text: &str) -> String {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
