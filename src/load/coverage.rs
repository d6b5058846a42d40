//! What became of each config line, counted: how much of a network the twin understands.
//!
//! In: read reports. Out: [`Coverage`] per device, and [`Unknown`] lines by frequency. Law: a percentage is always of lines
//! that bear on routing or forwarding: blank lines and `no effect` lines count nowhere.

use std::collections::BTreeMap;

use super::Snapshot;
use crate::base::span::{Origin, SourceFile};
use crate::vendors::sink::{LineClass, ReadReport};

/// Lines by class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[expect(missing_docs, reason = "the names are the classes'")]
pub struct Coverage {
    pub silent: usize,
    pub no_effect: usize,
    pub modelled: usize,
    pub not_modelled: usize,
    pub not_understood: usize,
    pub invalid: usize,
}

impl Coverage {
    /// Counts a report's lines.
    pub fn of(report: &ReadReport) -> Self {
        let mut out = Self::default();
        for class in report.classes.iter().flat_map(|(_, lines)| lines) {
            *match class {
                LineClass::Silent => &mut out.silent,
                LineClass::NoEffect => &mut out.no_effect,
                LineClass::Modelled => &mut out.modelled,
                LineClass::NotModelled => &mut out.not_modelled,
                LineClass::NotUnderstood => &mut out.not_understood,
                LineClass::Invalid => &mut out.invalid,
            } += 1;
        }
        out
    }
    /// Adds another device's counts.
    pub fn add(&mut self, other: Self) {
        self.silent += other.silent;
        self.no_effect += other.no_effect;
        self.modelled += other.modelled;
        self.not_modelled += other.not_modelled;
        self.not_understood += other.not_understood;
        self.invalid += other.invalid;
    }
    /// All lines.
    pub fn lines(&self) -> usize {
        self.silent + self.no_effect + self.bearing()
    }
    /// Lines that bear on routing or forwarding, or might: all but silent and no-effect ones.
    pub fn bearing(&self) -> usize {
        self.modelled + self.not_modelled + self.not_understood + self.invalid
    }
    /// Percent of the bearing lines that the twin understands; 100 where there are none.
    pub fn understood_percent(&self) -> f64 {
        percent(self.bearing() - self.not_understood, self.bearing())
    }
    /// Percent of the bearing lines that are in the model; 100 where there are none.
    pub fn modelled_percent(&self) -> f64 {
        percent(self.modelled, self.bearing())
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { 100.0 * part as f64 / whole as f64 }
}

/// Lines of one shape that nobody understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The OS.
    pub os: &'static str,
    /// The line with its block in front, numbers and names cut: `router bgp > timers # #`.
    pub shape: String,
    /// How often it occurs.
    pub count: usize,
    /// On how many devices.
    pub devices: usize,
    /// The first occurrence.
    pub example: Origin,
}

/// All lines of a class by shape, most frequent first. With `NotUnderstood`: what a front end should learn next.
pub fn by_shape(snapshot: &Snapshot, class: LineClass) -> Vec<Unknown> {
    let mut shapes: BTreeMap<(&'static str, String), Unknown> = BTreeMap::new();
    for (device, report) in snapshot.network.devices.iter().zip(&snapshot.reports) {
        let mut seen = std::collections::BTreeSet::new();
        for origin in lines_of(report, class) {
            let Some(file) = snapshot.network.sources.files.get(origin.file) else { continue };
            let shape = shape(file, origin.line);
            let first = seen.insert(shape.clone());
            let entry = shapes.entry((device.os, shape.clone())).or_insert(Unknown {
                os: device.os,
                shape,
                count: 0,
                devices: 0,
                example: origin,
            });
            entry.count += 1;
            entry.devices += usize::from(first);
        }
    }
    let mut out: Vec<_> = shapes.into_values().collect();
    out.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| (a.os, &a.shape).cmp(&(b.os, &b.shape))));
    out
}

/// The lines of a report that have a class.
pub fn lines_of(report: &ReadReport, class: LineClass) -> impl Iterator<Item = Origin> + '_ {
    report.classes.iter().flat_map(move |(file, lines)| {
        lines.iter().zip(1u32..).filter(move |(c, _)| **c == class).map(|(_, line)| Origin { file: *file, line })
    })
}

/// How far up the opening line of a block is looked for.
const LOOK_BACK: u32 = 400;

fn shape(file: &SourceFile, line: u32) -> String {
    let text = file.line(line);
    let mut parts = vec![cut(text, 4)];
    let mut indent = indent_of(text);
    let mut above = line;
    while indent > 0 && above > 1 && line - above < LOOK_BACK {
        above -= 1;
        let text = file.line(above);
        let body = text.trim();
        if body.is_empty() || body.starts_with(['!', '#', '}', '/', '*']) || indent_of(text) >= indent {
            continue;
        }
        indent = indent_of(text);
        parts.push(cut(text, 2));
    }
    parts.reverse();
    parts.join(" > ")
}

fn indent_of(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The first words of a line; those with a digit become `#`.
fn cut(text: &str, words: usize) -> String {
    let kept: Vec<&str> = text
        .split_whitespace()
        .take(words)
        .map(|w| if w.bytes().any(|b| b.is_ascii_digit()) { "#" } else { w.trim_end_matches(['{', ';']) })
        .filter(|w| !w.is_empty())
        .collect();
    kept.join(" ").chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_carry_their_block() {
        let f = SourceFile::new("a".into(), "router bgp 1\n!\n vrf x\n  timers 3 9 foo bar baz\nip x\n".into());
        assert_eq!(shape(&f, 4), "router bgp > vrf x > timers # # foo");
        assert_eq!(shape(&f, 5), "ip x");
    }

    #[test]
    fn percentages_leave_out_lines_without_bearing() {
        let c = Coverage { silent: 5, no_effect: 5, modelled: 6, not_modelled: 1, not_understood: 2, invalid: 1 };
        assert_eq!((c.lines(), c.bearing()), (20, 10));
        assert_eq!((c.understood_percent(), c.modelled_percent()), (80.0, 60.0));
        assert_eq!(Coverage::default().understood_percent(), 100.0);
    }
}
