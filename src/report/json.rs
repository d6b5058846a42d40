//! JSON: one object, a key a table, a row an object.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::base::diag::Diagnostic;
use crate::questions::answer::{Answer, Cell, Row, Table};

/// Renders an answer, one row a line.
pub fn render(out: &mut dyn Write, answer: &Answer) -> io::Result<()> {
    out.write_all(b"{")?;
    for (n, table) in answer.tables.iter().enumerate() {
        write!(out, "{}\n{}: [", if n == 0 { "" } else { "," }, Value::from(table.name))?;
        for (n, row) in table.rows.iter().enumerate() {
            write!(out, "{}\n  {}", if n == 0 { "" } else { "," }, object(table, row))?;
        }
        out.write_all(b"]")?;
    }
    if !answer.findings.is_empty() {
        let comma = if answer.tables.is_empty() { "" } else { "," };
        let all: Vec<Value> = answer.findings.iter().map(finding).collect();
        write!(out, "{comma}\n\"findings\": {}", Value::from(all))?;
    }
    let comma = if answer.tables.is_empty() && answer.findings.is_empty() { "" } else { "," };
    writeln!(out, "{comma}\n\"notes\": {}\n}}", json!(answer.notes))
}

fn object(table: &Table, row: &Row) -> Value {
    let mut object: Map<String, Value> = table.columns.iter().zip(&row.cells).map(|(c, v)| ((*c).to_owned(), value(v))).collect();
    if !row.cites.is_empty() {
        let cites: Vec<Value> = row.cites.iter().map(|c| json!({"file": c.file, "line": c.line, "text": c.text})).collect();
        object.insert("config".to_owned(), cites.into());
    }
    object.into()
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Text(s) => s.as_str().into(),
        Cell::Int(n) => (*n).into(),
        Cell::Float(n) | Cell::Percent(n) => ((n * 1000.0).round() / 1000.0).into(),
        Cell::Bool(b) => (*b).into(),
        Cell::List(l) => l.clone().into(),
    }
}

/// A finding without its place in a text (see [`super::diagnostics`] for those with one).
fn finding(d: &Diagnostic) -> Value {
    json!({"code": d.code, "severity": d.severity, "device": d.device, "message": d.message, "help": d.help})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells;

    #[test]
    fn rows_are_objects_in_column_order() {
        let mut t = Table::new("things", "", &["z", "a", "share"]);
        t.push(cells!["x", 1_usize, Option::<f64>::None]);
        let mut out = Vec::new();
        render(&mut out, &Answer::of(t).note("n")).unwrap();
        let want = "{\n\"things\": [\n  {\"z\":\"x\",\"a\":1,\"share\":null}],\n\"notes\": [\"n\"]\n}\n";
        assert_eq!(String::from_utf8(out).unwrap(), want);
        let mut out = Vec::new();
        render(&mut out, &Answer::default()).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&out).unwrap(), json!({"notes": []}));
    }
}
