//! Regular expressions of AS paths and communities: each OS's dialect to the one the policy interpreter knows.
//!
//! In: the expression as configured. Out: Rust regex syntax, to be searched for (unanchored) in a path printed as decimal numbers with one
//! space after each (`"65001 65002 "`; empty path `""`). Law: an expression that cannot be translated is an `Err` with
//! the reason; the caller reports it.

/// Cisco-style (IOS, NX-OS, IOS-XR, EOS, FRR): works on the printed path; `_` matches a delimiter, the start or the end.
pub fn cisco_as_path(regex: &str) -> Result<String, String> {
    let mut out = String::with_capacity(regex.len() + 16);
    let mut chars = regex.trim().trim_matches('"').chars().peekable();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            '_' if !in_class => out.push_str("(?:^|$|[ ,{}()])"),
            // The printed path ends in a space, so the end may stand before it.
            '$' if !in_class => out.push_str("(?: ?$)"),
            '[' if !in_class => {
                in_class = true;
                out.push('[');
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '[' | '&' | '~' if in_class => {
                out.push('\\');
                out.push(c);
            }
            '\\' => {
                out.push('\\');
                out.push(chars.next().ok_or("it ends in a backslash")?);
            }
            '{' | '}' if !in_class => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    check(out)
}

/// Refuses what the regex engine refuses.
pub fn check(regex: String) -> Result<String, String> {
    match regex_automata::meta::Regex::new(&regex) {
        Ok(_) => Ok(regex),
        Err(e) => Err(e.syntax_error().map_or_else(|| e.to_string(), |s| s.to_string().lines().last().unwrap_or("").to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(regex: &str, path: &str) -> bool {
        regex_automata::meta::Regex::new(&cisco_as_path(regex).unwrap()).unwrap().is_match(path)
    }

    #[test]
    fn cisco_dialect() {
        assert!(matches("^$", ""));
        assert!(!matches("^$", "1 "));
        assert!(matches("_65001_", "65000 65001 65002 "));
        assert!(!matches("_6500_", "65000 65001 "));
        assert!(matches("^65001$", "65001 "));
        assert!(matches("_65002$", "65001 65002 "));
        assert!(!matches("_65001$", "65001 65002 "));
        assert!(matches("^[0-9]+$", "65001 "));
        assert!(matches("^65001_[0-9]+$", "65001 7 "));
        assert!(matches(".*", ""));
        assert!(matches("^(65001_)+$", "65001 65001 "));
        assert!(cisco_as_path("(").is_err());
    }
}
