//! Markdown tables, for merge-request comments and pages.

use std::io::{self, Write};

use super::text::cell;
use crate::questions::answer::Answer;

/// Renders all tables of an answer, then its notes.
pub fn render(out: &mut dyn Write, answer: &Answer) -> io::Result<()> {
    for table in &answer.tables {
        if table.rows.is_empty() && table.when_empty.is_empty() {
            continue;
        }
        if !table.title.is_empty() {
            writeln!(out, "### {}\n", escaped(&table.title))?;
        }
        if table.rows.is_empty() {
            writeln!(out, "{}\n", table.when_empty)?;
            continue;
        }
        let cites = table.cites_beyond_cells();
        let mut header: Vec<String> = table.columns.iter().map(|c| c.replace('_', " ")).collect();
        header.extend(cites.then(|| "config".to_owned()));
        writeln!(out, "| {} |\n|{}", header.join(" | "), " --- |".repeat(header.len()))?;
        for row in &table.rows {
            let mut cells: Vec<String> = row.cells.iter().map(|c| escaped(&cell(c))).collect();
            let places = || row.cites.iter().map(|c| format!("`{}`", c.place())).collect::<Vec<_>>().join("<br>");
            cells.extend(cites.then(places));
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
        writeln!(out)?;
    }
    for note in &answer.notes {
        writeln!(out, "{}\n", escaped(note))?;
    }
    Ok(())
}

/// Config text must not become markup.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("<br>"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells;
    use crate::questions::answer::Table;

    #[test]
    fn text_does_not_become_markup() {
        let mut t = Table::new("t", "T", &["a_b"]);
        t.push(cells!["x|<b>"]);
        let mut out = Vec::new();
        render(&mut out, &Answer::of(t)).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "### T\n\n| a b |\n| --- |\n| x\\|&lt;b&gt; |\n\n");
    }
}
