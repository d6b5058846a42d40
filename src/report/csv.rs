//! CSV (RFC 4180). Several tables are separated by an empty line; each has its header.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::base::stream::write_joined;
use crate::questions::answer::{Answer, Cell, Row};

/// Renders all tables that have rows, or the first one's header.
pub fn render(out: &mut dyn Write, answer: &Answer) -> io::Result<()> {
    let mut shown = 0;
    for (n, table) in answer.tables.iter().enumerate() {
        if table.rows.is_empty() && n > 0 {
            continue;
        }
        if shown > 0 {
            out.write_all(b"\n")?;
        }
        shown += 1;
        rows(out, &table.columns, table.cites(), table.rows.iter(), |row| Cow::Borrowed(*row))?;
    }
    Ok(())
}

/// Renders a table row by row, so that none has to be kept. `cites`: whether some row has a citation; `row`: of a thing.
pub fn rows<'r, T: Send + Sync>(
    out: &mut dyn Write,
    columns: &[&'static str],
    cites: bool,
    things: impl Iterator<Item = T>,
    row: impl Fn(&T) -> Cow<'r, Row> + Sync,
) -> io::Result<()> {
    let mut header: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
    header.extend(cites.then(|| "config".to_owned()));
    line(out, &header)?;
    write_joined(out, "", things, |thing, out| {
        let row = row(thing);
        let mut cells: Vec<String> = row.cells.iter().map(value).collect();
        cells.extend(cites.then(|| row.cites.iter().map(|c| c.place()).collect::<Vec<_>>().join("; ")));
        line(out, &cells)
    })
}

fn line(out: &mut dyn Write, cells: &[String]) -> io::Result<()> {
    let cells: Vec<_> = cells.iter().map(|c| quoted(c)).collect();
    writeln!(out, "{}", cells.join(","))
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

fn value(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(s) => s.clone(),
        Cell::Int(n) => n.to_string(),
        Cell::Float(n) | Cell::Percent(n) => ((n * 1000.0).round() / 1000.0).to_string(),
        Cell::Bool(b) => b.to_string(),
        Cell::List(l) => l.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells;
    use crate::questions::answer::Table;

    #[test]
    fn odd_characters_are_quoted() {
        let mut t = Table::new("t", "", &["a", "b"]);
        t.push(cells!["x,\"y\"", vec!["1".to_owned(), "2".to_owned()]]);
        let mut out = Vec::new();
        render(&mut out, &Answer::of(t)).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a,b\n\"x,\"\"y\"\"\",1; 2\n");
    }
}
