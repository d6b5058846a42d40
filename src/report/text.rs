//! Tables for people.

use std::io::{self, Write};

use tabled::builder::Builder;
use tabled::settings::object::{Columns, Rows};
use tabled::settings::peaker::PriorityMax;
use tabled::settings::{Alignment, Color, Modify, Padding, Style, Width};

use super::Layout;
use crate::questions::answer::{Answer, Cell, Cite, Row, Table, Tone};

/// Renders all tables of an answer, then its notes.
pub fn render(out: &mut dyn Write, answer: &Answer, layout: Layout) -> io::Result<()> {
    let mut first = true;
    for table in &answer.tables {
        if table.rows.is_empty() && table.when_empty.is_empty() {
            continue;
        }
        if !std::mem::take(&mut first) {
            writeln!(out)?;
        }
        if !table.title.is_empty() {
            writeln!(out, "{}", bold(&table.title, layout))?;
        }
        if table.rows.is_empty() {
            writeln!(out, "{}", table.when_empty)?;
        } else {
            writeln!(out, "{}", draw(table, layout))?;
        }
    }
    if !answer.notes.is_empty() && !first {
        writeln!(out)?;
    }
    for note in &answer.notes {
        writeln!(out, "{note}")?;
    }
    Ok(())
}

fn bold(text: &str, layout: Layout) -> String {
    if layout.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Citations shown per row; the rest is counted.
const CITES_SHOWN: usize = 3;

fn draw(table: &Table, layout: Layout) -> String {
    let cites = table.cites_beyond_cells();
    let mut builder = Builder::with_capacity(table.rows.len() + 1, table.columns.len() + 1);
    let mut header: Vec<String> = table.columns.iter().map(|c| c.replace('_', " ")).collect();
    header.extend(cites.then(|| "config".to_owned()));
    builder.push_record(header);
    for row in &table.rows {
        let mut record: Vec<String> = row.cells.iter().map(cell).collect();
        record.extend(cites.then(|| cited(row)));
        builder.push_record(record);
    }
    let mut drawn = builder.build();
    drawn.with(Style::blank()).with(Padding::new(0, 1, 0, 0));
    for (n, _) in table.columns.iter().enumerate().filter(|(n, _)| numeric(&table.rows, *n)) {
        drawn.with(Modify::new(Columns::one(n)).with(Alignment::right()));
    }
    if let Some(width) = layout.width {
        drawn.with(Width::wrap(width.max(40)).priority(PriorityMax::right()).keep_words(true));
    }
    if layout.color {
        drawn.with(Modify::new(Rows::first()).with(Color::BOLD));
        for (n, row) in table.rows.iter().enumerate() {
            let color = match row.tone {
                Tone::Plain => continue,
                Tone::Good => Color::FG_GREEN,
                Tone::Warn => Color::FG_YELLOW,
                Tone::Bad => Color::FG_RED,
                Tone::Faint => Color::FG_BRIGHT_BLACK,
            };
            drawn.with(Modify::new(Rows::one(n + 1)).with(color));
        }
    }
    drawn.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn numeric(rows: &[Row], column: usize) -> bool {
    rows.iter().all(|r| matches!(r.cells.get(column), Some(Cell::Int(_) | Cell::Float(_) | Cell::Percent(_) | Cell::Empty)))
}

fn cited(row: &Row) -> String {
    let mut lines: Vec<String> = row.cites.iter().take(CITES_SHOWN).map(Cite::place).collect();
    if row.cites.len() > CITES_SHOWN {
        lines.push(format!("and {} more", row.cites.len() - CITES_SHOWN));
    }
    lines.join("\n")
}

/// A cell as people read it.
pub fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(s) => printable(s),
        Cell::Int(n) => n.to_string(),
        Cell::Float(n) => format!("{n:.1}"),
        Cell::Percent(n) => format!("{n:.1} %"),
        Cell::Bool(b) => if *b { "yes" } else { "no" }.to_owned(),
        Cell::List(l) => l.iter().map(|s| printable(s)).collect::<Vec<_>>().join("\n"),
    }
}

/// Config text may hold control characters; a terminal must not obey them.
pub fn printable(text: &str) -> String {
    if text.chars().any(|c| c.is_control() && c != '\n') {
        text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells;

    fn sample() -> Answer {
        let mut t = Table::new("t", "Things", &["name", "how_many", "hops"]);
        t.push(cells!["a", 10_usize, vec!["x 1".to_owned(), "y".to_owned()]]).tone(Tone::Bad);
        t.push(cells!["long name", 5_usize, ""]).cites.push(Cite { file: "configs/r.cfg".into(), line: 3, text: String::new() });
        Answer::of(t).note("Two things.")
    }

    #[test]
    fn a_table_is_plain_text() {
        let mut out = Vec::new();
        render(&mut out, &sample(), Layout::default()).unwrap();
        let want = "Things\nname       how many  hops  config\na                10  x 1\n                     y\nlong name         5        configs/r.cfg:3\n\nTwo things.\n";
        assert_eq!(String::from_utf8(out).unwrap(), want);
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb"), "a\u{fffd}[31mb");
    }
}
