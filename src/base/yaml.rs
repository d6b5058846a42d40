//! YAML files of ours: policies, scenarios, `nettwin.yaml`. Errors say the line and the column.
//!
//! In: text. Out: any `Deserialize` type, [`Spanned`] where a later message wants the place. Law: hostile nesting and
//! alias bombs end in an error (the reader's budget). Tests: below.

use serde::de::DeserializeOwned;

use super::error::Error;

/// A value with its place: `.value`, `.referenced.line()`.
pub use serde_saphyr::Spanned;

/// Reads a YAML text; `path` is for messages.
///
/// # Errors
/// When the text is not YAML, or not what `T` wants: `path:line:column` and why.
pub fn read<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, Error> {
    serde_saphyr::from_str(text).map_err(|e| {
        let place = e.location().filter(|l| l.line() > 0).map(|l| format!(":{}:{}", l.line(), l.column()));
        // The first line says it; the rest is a picture of the place.
        let message = e.without_snippet().to_string();
        let message = message.lines().next().unwrap_or("not YAML");
        let message = message.rsplit_once(" at line ").map_or(message, |(m, _)| m).to_owned();
        Error::Format { path: format!("{path}{}", place.unwrap_or_default()), message }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Sample {
        name: Spanned<String>,
        many: Vec<u32>,
    }

    #[test]
    fn errors_say_where() {
        let sample: Sample = read("a.yaml", "name: x\nmany: [1, 2]\n").unwrap();
        assert_eq!(sample.name.referenced.line(), 1);
        let error = |text: &str| read::<Sample>("a.yaml", text).unwrap_err().to_string();
        assert!(error("name: x\nmany: [1, y]\n").starts_with("a.yaml:2:"), "{}", error("name: x\nmany: [1, y]\n"));
        assert!(error("name: x\nmani: []\n").starts_with("a.yaml:2:"));
        assert_eq!(error("name: x\nmani: []\n"), "a.yaml:2:1: unknown field `mani`, expected one of name, many");
        assert!(error("name: [").starts_with("a.yaml"));
        assert!(error(&"[".repeat(100_000)).starts_with("a.yaml"));
    }
}
