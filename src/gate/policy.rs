//! The policy file: which checks a change must pass.
//!
//! ```yaml
//! checks:
//!   - check: sessions-kept
//!   - check: reach
//!     from: ["leaf*"]
//!     to: [10.0.2.0/24]
//! ```

use serde::Deserialize;

use super::checks::Check;
use crate::base::error::Error;

/// A policy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The checks in order.
    pub checks: Vec<Check>,
}

/// Reads a policy file. `path` is only for messages.
///
/// # Errors
/// When the text is not of the form, with its place; when it has no checks.
pub fn parse(path: &str, text: &str) -> Result<Policy, Error> {
    let policy: Policy = crate::base::yaml::read(path, text)?;
    if policy.checks.is_empty() {
        return Err(Error::Format { path: path.to_owned(), message: "`checks` is empty: name at least one".to_owned() });
    }
    Ok(policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_check() {
        let text = "checks:\n  - check: sessions-kept\n  - check: routes-kept\n    prefixes: [10.0.0.0/8]\n  - check: reachability-kept\n  - check: reach\n    from: [\"leaf*\"]\n    to: [10.0.2.0/24]\n  - check: isolate\n    from: [guest]\n    to: [10.0.9.1]\n  - check: no-new-loops\n  - check: no-new-black-holes\n  - check: ecmp-kept\n  - check: survives\n    fail: links\n  - check: utilisation\n    at_most: 80\n  - check: understood\n";
        let policy = parse("p.yaml", text).unwrap();
        let names: Vec<String> = policy.checks.iter().map(Check::name).collect();
        assert_eq!(names[0], "sessions-kept");
        assert_eq!(names[3], "reach leaf* to 10.0.2.0/24");
        assert_eq!(names[9], "utilisation at most 80 %");
        assert_eq!(names.len(), 11);
    }

    #[test]
    fn wrong_files_are_errors() {
        assert!(parse("p.yaml", "checks: []\n").unwrap_err().to_string().contains("name at least one"));
        assert!(parse("p.yaml", "checks:\n  - check: nonsense\n").unwrap_err().to_string().contains("nonsense"));
        assert!(parse("p.yaml", "checks:\n  - check: reach\n    form: [a]\n").is_err());
    }
}
