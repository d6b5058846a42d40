//! SARIF 2.1.0, which code hosts show as annotations on lines of a merge request.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::base::diag::{Diagnostic, Severity};
use crate::base::span::{SourceMap, Span};

/// Renders diagnostics as one run of the tool. `root` goes in front of the paths, so that they are those of the repository.
///
/// # Errors
/// When the writer fails.
pub fn render(out: &mut dyn Write, diagnostics: &[&Diagnostic], sources: &SourceMap, root: &str) -> io::Result<()> {
    let rules: BTreeMap<&str, Value> = diagnostics.iter().map(|d| (d.code.0, json!({"id": d.code.0}))).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "nettwin",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_values().collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": diagnostics.iter().map(|d| result(d, sources, root)).collect::<Vec<_>>(),
        }],
    });
    writeln!(out, "{log:#}")
}

fn result(d: &Diagnostic, sources: &SourceMap, root: &str) -> Value {
    let level = match d.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let text = match (&d.device, &d.help) {
        (Some(device), Some(help)) => format!("{device}: {}\n{help}", d.message),
        (Some(device), None) => format!("{device}: {}", d.message),
        (None, Some(help)) => format!("{}\n{help}", d.message),
        (None, None) => d.message.clone(),
    };
    let mut result = json!({"ruleId": d.code.0, "level": level, "message": {"text": text}});
    if let Some(place) = d.span.and_then(|s| location(&s, sources, root)) {
        result["locations"] = json!([place]);
    }
    let related: Vec<Value> = d
        .related
        .iter()
        .filter_map(|(s, why)| {
            let mut place = location(s, sources, root)?;
            place["message"] = json!({"text": why});
            Some(place)
        })
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    result
}

fn location(span: &Span, sources: &SourceMap, root: &str) -> Option<Value> {
    let file = sources.files.get(span.file)?;
    let line = file.line(span.line);
    // SARIF counts characters, spans count bytes.
    let characters = |bytes: u32| line.char_indices().take_while(|(at, _)| *at < bytes as usize).count() + 1;
    let mut region = json!({"startLine": span.line.max(1)});
    if span.length > 0 {
        let first = span.column.saturating_sub(1);
        region["startColumn"] = characters(first).into();
        region["endColumn"] = characters(first.saturating_add(span.length)).into();
    }
    let path = if root.is_empty() { file.path.clone() } else { format!("{root}/{}", file.path) };
    Some(json!({"physicalLocation": {"artifactLocation": {"uri": path}, "region": region}}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diag::Code;
    use crate::base::span::{FileId, SourceFile};

    #[test]
    fn columns_are_characters() {
        let files = [SourceFile::new("configs/r1.cfg".into(), "é 300\n".into())];
        let sources = SourceMap { files: files.into_iter().collect() };
        let span = Span { file: FileId(0), line: 1, column: 4, length: 3 };
        let d = Diagnostic::new(Code("V-invalid-value"), Severity::Error, "`300` is not a port").on("r1").at(span);
        let mut out = Vec::new();
        render(&mut out, &[&d], &sources, "net").unwrap();
        let log: Value = serde_json::from_slice(&out).unwrap();
        let result = &log["runs"][0]["results"][0];
        assert_eq!(result["message"]["text"], "r1: `300` is not a port");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "net/configs/r1.cfg");
        assert_eq!(place["region"], json!({"startLine": 1, "startColumn": 3, "endColumn": 6}));
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"], json!([{"id": "V-invalid-value"}]));
    }
}
