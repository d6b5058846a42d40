//! Diagnostics: with the offending text underlined for people, as JSON for machines.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_json::{Value, json};

use super::Layout;
use super::text::printable;
use crate::base::diag::{Diagnostic, Severity};
use crate::base::span::{SourceMap, Span};

/// Longer lines are cut around the place that matters.
const LONGEST_SHOWN: usize = 160;

/// Writes diagnostics in the way of a compiler.
pub fn render(out: &mut dyn Write, diagnostics: &[Diagnostic], sources: &SourceMap, layout: Layout) -> io::Result<()> {
    let renderer = if layout.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(layout.width.unwrap_or(140).max(60));
    for d in diagnostics {
        let level = match d.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Info => Level::INFO,
        };
        let places: Vec<(Cut, Option<&str>)> = std::iter::once((d.span, None))
            .chain(d.related.iter().map(|(s, why)| (Some(*s), Some(why.as_str()))))
            .filter_map(|(span, why)| Some((Cut::new(sources, span?)?, why)))
            .collect();
        let title = match &d.device {
            Some(device) => format!("{}: {}", printable(device), printable(&d.message)),
            None => printable(&d.message),
        };
        let mut group =
            level.primary_title(title).id(d.code.0).elements(Vec::<Snippet<'_, annotate_snippets::Annotation<'_>>>::new());
        for (cut, why) in &places {
            let kind = if why.is_none() { AnnotationKind::Primary } else { AnnotationKind::Context };
            let mut annotation = kind.span(cut.range.clone());
            if let Some(why) = why {
                annotation = annotation.label(*why);
            }
            group = group
                .element(Snippet::source(cut.text.as_str()).line_start(cut.line as usize).path(cut.path).annotation(annotation));
        }
        if let Some(help) = &d.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        writeln!(out, "{}\n", renderer.render(&[group]))?;
    }
    Ok(())
}

/// A line, cut so that it fits, and where in it the place is.
struct Cut<'s> {
    path: &'s str,
    line: u32,
    text: String,
    range: std::ops::Range<usize>,
}

impl<'s> Cut<'s> {
    fn new(sources: &'s SourceMap, span: Span) -> Option<Self> {
        let file = sources.files.get(span.file)?;
        let line = file.line(span.line);
        let mut from = (span.column as usize).saturating_sub(1).min(line.len());
        let mut to = if span.length == 0 { line.len() } else { (from + span.length as usize).min(line.len()) };
        if span.length == 0 {
            from += line.get(from..).map_or(0, |l| l.len() - l.trim_start().len());
        }
        while !line.is_char_boundary(from) {
            from -= 1;
        }
        while !line.is_char_boundary(to) {
            to += 1;
        }
        let to = to.max(from);
        // Column counts of control characters would shift the underline: one replacement for each.
        let mut start = from.saturating_sub(LONGEST_SHOWN / 2);
        if line.len() <= LONGEST_SHOWN {
            start = 0;
        }
        while !line.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = (start + LONGEST_SHOWN).min(line.len());
        while !line.is_char_boundary(end) {
            end -= 1;
        }
        let clean = |a: usize, b: usize| printable(line.get(a..b.max(a)).unwrap_or("")).replace('\t', " ");
        let before = clean(start, from.min(end));
        let inside = clean(from.min(end), to.min(end));
        let after = clean(to.min(end), end);
        let range = before.len()..before.len() + inside.len();
        Some(Self { path: &file.path, line: span.line, text: before + &inside + &after, range })
    }
}

/// A diagnostic as an object.
pub fn to_json(d: &Diagnostic, sources: &SourceMap) -> Value {
    let place = |s: &Span| {
        sources.files.get(s.file).map(|f| json!({"file": f.path, "line": s.line, "column": s.column, "length": s.length}))
    };
    let text =
        d.span.and_then(|s| sources.files.get(s.file).map(|f| f.line(s.line).trim().chars().take(300).collect::<String>()));
    json!({
        "code": d.code,
        "severity": d.severity,
        "device": d.device,
        "message": d.message,
        "place": d.span.as_ref().and_then(place),
        "text": text,
        "related": d.related.iter().map(|(s, why)| json!({"place": place(s), "why": why})).collect::<Vec<_>>(),
        "help": d.help,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diag::Code;
    use crate::base::span::{FileId, SourceFile};

    fn sources(text: &str) -> SourceMap {
        SourceMap { files: [SourceFile::new("configs/r1.cfg".into(), text.into())].into_iter().collect() }
    }

    fn diagnostic(line: u32, column: u32, length: u32) -> Diagnostic {
        let span = Span { file: FileId(0), line, column, length };
        Diagnostic::new(Code("V-invalid-value"), Severity::Error, "`300` is not a port").on("r1").at(span).help("use 1 to 255")
    }

    #[test]
    fn the_offending_text_is_underlined() {
        let mut out = Vec::new();
        render(&mut out, &[diagnostic(2, 7, 3)], &sources("a\n port 300 x\n"), Layout::default()).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("error[V-invalid-value]: r1: `300` is not a port"), "{text}");
        assert!(text.contains("--> configs/r1.cfg:2:7"), "{text}");
        assert!(text.contains("2 |  port 300 x\n  |       ^^^"), "{text}");
        assert!(text.contains("help: use 1 to 255"), "{text}");
    }

    #[test]
    fn odd_places_do_not_panic() {
        let long = format!("{}é{}", "x".repeat(5000), "y\u{1b}".repeat(5000));
        for (line, column, length) in [(1, 1, 0), (1, 5002, 1), (1, 5001, 9999), (9, 9, 9), (0, 0, 0), (1, 4_000_000, 7)] {
            let mut out = Vec::new();
            render(&mut out, &[diagnostic(line, column, length)], &sources(&long), Layout::default()).unwrap();
            assert!(out.len() < 2000);
        }
    }
}
