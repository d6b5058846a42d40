//! What a question gives back: typed tables whose rows say which config lines they rest on.
//!
//! In: facts of one question. Out: [`Answer`]. Law: no layout here: `report/` decides how a cell looks.

use crate::base::diag::Diagnostic;
use crate::base::span::{Origin, SourceMap};

/// The answer to a question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The tables, most important first.
    pub tables: Vec<Table>,
    /// Sentences for people under the tables: totals, what the answer leaves out.
    pub notes: Vec<String>,
    /// Findings that bear on the answer.
    pub findings: Vec<Diagnostic>,
}

impl Answer {
    /// An answer of one table.
    pub fn of(table: Table) -> Self {
        Self { tables: vec![table], ..Self::default() }
    }
    /// Adds a sentence.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// Rows of the same kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Its key in JSON: one lower-case word, or several joined by `_`.
    pub name: &'static str,
    /// Its heading for people; may be empty.
    pub title: String,
    /// The columns' names: lower-case, `_` between words; for people `_` becomes a space.
    pub columns: Vec<&'static str>,
    /// The rows, in the order to show them.
    pub rows: Vec<Row>,
    /// What to say to people when there are no rows; empty: the table is left out.
    pub when_empty: &'static str,
}

impl Table {
    /// A table without rows.
    pub fn new(name: &'static str, title: impl Into<String>, columns: &[&'static str]) -> Self {
        Self { name, title: title.into(), columns: columns.to_vec(), ..Self::default() }
    }
    /// Says what no rows mean.
    #[must_use]
    pub fn when_empty(mut self, words: &'static str) -> Self {
        self.when_empty = words;
        self
    }
    /// Appends a row and gives it back for tones and citations.
    pub fn push(&mut self, cells: Vec<Cell>) -> &mut Row {
        debug_assert_eq!(cells.len(), self.columns.len(), "table {}", self.name);
        let at = self.rows.len();
        self.rows.push(Row::new(cells));
        &mut self.rows[at]
    }
    /// Whether some row has a citation that its cells do not name already.
    pub fn cites_beyond_cells(&self) -> bool {
        let named = |r: &Row, c: &Cite| r.cells.iter().any(|cell| matches!(cell, Cell::Text(t) if *t == c.place()));
        self.rows.iter().any(|r| r.cites.iter().any(|c| !named(r, c)))
    }
    /// Whether some row has a citation.
    pub fn cites(&self) -> bool {
        self.rows.iter().any(|r| !r.cites.is_empty())
    }
}

/// One row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// A cell for each column.
    pub cells: Vec<Cell>,
    /// What it means for the reader.
    pub tone: Tone,
    /// The config lines it rests on, most telling first.
    pub cites: Vec<Cite>,
}

impl Row {
    /// A row without tone and citations.
    pub fn new(cells: Vec<Cell>) -> Self {
        Self { cells, ..Self::default() }
    }
    /// Gives it a tone.
    pub fn tone(&mut self, tone: Tone) -> &mut Self {
        self.tone = tone;
        self
    }
    /// Cites a line, if the origin names one.
    pub fn cite(&mut self, sources: &SourceMap, origin: Origin) -> &mut Self {
        self.cites.extend(Cite::of(sources, origin));
        self
    }
}

/// A config line that an answer rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cite {
    /// The file below its snapshot.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// What the line says, without the space around it.
    pub text: String,
}

impl Cite {
    /// The line of an origin; `None` where it names none.
    pub fn of(sources: &SourceMap, origin: Origin) -> Option<Self> {
        let file = sources.files.get(origin.file).filter(|_| origin.is_some())?;
        let text = file.line(origin.line).trim().chars().take(200).collect();
        Some(Self { file: file.path.clone(), line: origin.line, text })
    }
    /// `file:line`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// What a row means for the reader; renderers turn it into colour or a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// As wished.
    Good,
    /// May need attention.
    Warn,
    /// Needs attention.
    Bad,
    /// Of less interest.
    Faint,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// None.
    #[default]
    Empty,
    /// A word or sentence.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number, shown with one decimal to people.
    Float(f64),
    /// A share in percent, shown with one decimal and a sign to people.
    Percent(f64),
    /// Yes or no.
    Bool(bool),
    /// Several words.
    List(Vec<String>),
}

impl From<String> for Cell {
    fn from(s: String) -> Self {
        if s.is_empty() { Self::Empty } else { Self::Text(s) }
    }
}
impl From<&str> for Cell {
    fn from(s: &str) -> Self {
        s.to_owned().into()
    }
}
impl From<&Box<str>> for Cell {
    fn from(s: &Box<str>) -> Self {
        s.to_string().into()
    }
}
impl From<usize> for Cell {
    fn from(n: usize) -> Self {
        Self::Int(i64::try_from(n).unwrap_or(i64::MAX))
    }
}
impl From<u64> for Cell {
    fn from(n: u64) -> Self {
        Self::Int(i64::try_from(n).unwrap_or(i64::MAX))
    }
}
impl From<u32> for Cell {
    fn from(n: u32) -> Self {
        Self::Int(i64::from(n))
    }
}
impl From<i64> for Cell {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}
impl From<f64> for Cell {
    fn from(n: f64) -> Self {
        Self::Float(n)
    }
}
impl From<bool> for Cell {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}
impl From<Vec<String>> for Cell {
    fn from(l: Vec<String>) -> Self {
        Self::List(l)
    }
}
impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(o: Option<T>) -> Self {
        o.map_or(Self::Empty, Into::into)
    }
}

/// Makes a row's cells from values of different types.
#[macro_export]
macro_rules! cells {
    ($($value:expr),* $(,)?) => { vec![$($crate::questions::answer::Cell::from($value)),*] };
}
