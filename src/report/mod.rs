//! Renderers of answers and diagnostics, one file a format.
//!
//! In: [`Answer`](crate::questions::answer::Answer)s and [`Diagnostic`](crate::base::diag::Diagnostic)s. Out: text. Law: knows nothing of how results were made; output
//! is the same bytes for the same input; colours only where asked for. Start reading at [`Format`]. Tests: in each file.

pub mod csv;
pub mod diagnostics;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
pub mod text;

use std::io;

use crate::questions::answer::Answer;

/// An output format of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Tables for people.
    Table,
    /// JSON for machines.
    Json,
    /// CSV for spreadsheets.
    Csv,
    /// Markdown for pages and comments.
    Markdown,
}

/// How text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// Columns of the terminal; `None`: as wide as it needs.
    pub width: Option<usize>,
    /// With colours.
    pub color: bool,
}

/// Renders an answer.
///
/// # Errors
/// When the writer fails.
pub fn render(out: &mut dyn io::Write, answer: &Answer, format: Format, layout: Layout) -> io::Result<()> {
    match format {
        Format::Table => text::render(out, answer, layout),
        Format::Json => json::render(out, answer),
        Format::Csv => csv::render(out, answer),
        Format::Markdown => markdown::render(out, answer),
    }
}
