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

/// Junos AS paths: operators stand on whole AS numbers, and the expression must match the whole path ("AS Path Regular Expressions for
/// Use as Routing Policy Match Conditions", Junos routing policy guide). `.` is any AS, `()` the empty path, `[a b-c]` one of several.
pub fn junos_as_path(regex: &str) -> Result<String, String> {
    const ANY: &str = "(?:[0-9{},]+ )";
    let text = regex.trim().trim_matches('"').trim();
    let mut out = String::from("^");
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut depth = 0usize;
    while let Some(&b) = bytes.get(at) {
        match b {
            b' ' | b'\t' | b'^' | b'$' => at += 1,
            b'.' => {
                // `..` and the like are words of their own; a dot inside a number is asdot, handled below.
                out.push_str(ANY);
                at += 1;
            }
            b'(' => {
                out.push_str("(?:");
                depth += 1;
                at += 1;
            }
            b')' => {
                depth = depth.checked_sub(1).ok_or("a parenthesis closes nothing")?;
                out.push(')');
                at += 1;
            }
            b'|' | b'*' | b'+' | b'?' => {
                out.push(b as char);
                at += 1;
            }
            b'{' => {
                let end = text[at..].find('}').ok_or("`{` is not closed")?;
                out.extend(text[at..=at + end].chars().filter(|c| !c.is_whitespace()));
                at += end + 1;
            }
            b'[' => {
                let end = text[at..].find(']').ok_or("`[` is not closed")?;
                let body = &text[at + 1..at + end];
                let (negated, body) = body.strip_prefix('^').map_or((false, body), |b| (true, b));
                if negated {
                    return Err("negated sets of AS numbers are not known".to_owned());
                }
                let parts: Result<Vec<String>, String> = body.split([' ', ',']).filter(|p| !p.is_empty()).map(as_range).collect();
                out.push_str(&format!("(?:(?:{}) )", parts?.join("|")));
                at += end + 1;
            }
            b'0'..=b'9' => {
                let end =
                    bytes[at..].iter().position(|c| !c.is_ascii_digit() && !matches!(c, b'.' | b'-')).unwrap_or(bytes.len() - at);
                // `65001.*` is the AS followed by any number of ASes, not asdot.
                let mut word = &text[at..at + end];
                let asdot = word.split_once('.').is_some_and(|(a, b)| !a.contains('-') && b.parse::<u16>().is_ok());
                if !asdot {
                    word = word.split('.').next().unwrap_or(word);
                }
                out.push_str(&format!("(?:(?:{}) )", as_range(word)?));
                at += word.len();
            }
            _ => return Err(format!("`{}` has no place in it", text[at..].chars().next().unwrap_or(' '))),
        }
    }
    if depth > 0 {
        return Err("`(` is not closed".to_owned());
    }
    out.push('$');
    check(out)
}

/// SR OS AS paths: as Junos's, operators stand on whole AS numbers and the expression must match the whole path ("Regular expressions",
/// SR OS unicast routing guide; lab sros_policy_depth: `65003` does not match `65002 65003`). `null` is the empty path; `^`, `$` and
/// quotes add nothing; a range may stand without brackets.
pub fn sros_as_path(regex: &str) -> Result<String, String> {
    let text = regex.trim().trim_matches('"').trim();
    if text.eq_ignore_ascii_case("null") {
        return junos_as_path("()");
    }
    junos_as_path(text)
}

/// `65001`, `1.10` or `64512-65535` as a regex of decimal numbers.
fn as_range(word: &str) -> Result<String, String> {
    let number = |w: &str| crate::syntax::values::asn(w.trim()).ok_or_else(|| format!("`{w}` is not an AS number"));
    match word.split_once('-') {
        None => Ok(number(word)?.to_string()),
        Some((a, b)) => {
            let (a, b) = (number(a)?, number(b)?);
            if a > b {
                return Err(format!("`{word}` is empty"));
            }
            Ok(format!("(?:{})", number_range(a, b).join("|")))
        }
    }
}

/// Regexes that together match the decimal numbers `a..=b`.
pub fn number_range(a: u32, b: u32) -> Vec<String> {
    let mut out = Vec::new();
    let (mut low, high) = (u64::from(a), u64::from(b));
    while low <= high {
        // The widest block of trailing zeros that starts here and ends in time.
        let mut step = 1u64;
        while low % (step * 10) == 0
            && low + step * 10 - 1 <= high
            && low.to_string().len() == (low + step * 10 - 1).to_string().len()
        {
            step *= 10;
        }
        let digits = step.to_string().len() - 1;
        let head = low / step;
        // As many blocks as share all but the last digit of the head.
        let last = (high - low + 1) / step - 1 + head;
        let until = last.min(head / 10 * 10 + 9);
        let (stem, from, to) = (head / 10, head % 10, until % 10);
        let stem = if stem == 0 { String::new() } else { stem.to_string() };
        let class = if from == to { from.to_string() } else { format!("[{from}-{to}]") };
        let tail = match digits {
            0 => String::new(),
            1 => "[0-9]".to_owned(),
            n => format!("[0-9]{{{n}}}"),
        };
        out.push(format!("{stem}{class}{tail}"));
        low = (until + 1) * step;
    }
    out
}

/// Junos communities: an expression over each printed community by itself; a `*` alone stands for a whole part ("Understanding BGP
/// Communities as Routing Policy Match Conditions"). `large:`, `target:` and `origin:` say the kind; without, it is a standard one.
pub fn junos_community(regex: &str) -> Result<String, String> {
    let text = regex.trim().trim_matches('"').trim();
    let body: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (open, body) = body.strip_prefix('^').map_or((true, body.as_str()), |b| (false, b));
    let (tail, body) = body.strip_suffix('$').map_or((true, body), |b| (false, b));
    let (prefix, parts, body) = match body.split_once(':') {
        Some(("large", rest)) => ("", 3, rest),
        Some(("target", rest)) => ("target:", 2, rest),
        Some(("origin", rest)) => ("origin:", 2, rest),
        _ => ("", 2, body),
    };
    let mut out = String::from("^");
    out.push_str(prefix);
    if open && prefix.is_empty() && parts == 2 && !body.starts_with(['*', '.']) {
        out.push_str("[0-9]*");
    }
    let pieces: Vec<&str> = body.split(':').collect();
    for (n, piece) in pieces.iter().enumerate() {
        if n > 0 {
            out.push(':');
        }
        match *piece {
            "*" | ".*" => out.push_str("[0-9.L]*"),
            // A dot is any character; inside one part that is a digit.
            _ => out.push_str(&piece.replace('.', "[0-9.]")),
        }
    }
    if tail && !body.ends_with('*') {
        out.push_str("[0-9]*");
    }
    // `.*` without a colon stands for everything.
    if pieces.len() == 1 && matches!(body, ".*" | "*") {
        return check("^[0-9]+:[0-9]+$".to_owned());
    }
    out.push('$');
    check(out)
}

#[cfg(test)]
mod junos_tests {
    use super::*;

    fn matches(regex: &str, path: &str) -> bool {
        regex_automata::meta::Regex::new(&junos_as_path(regex).unwrap()).unwrap().is_match(path)
    }

    fn community(regex: &str, text: &str) -> bool {
        regex_automata::meta::Regex::new(&junos_community(regex).unwrap()).unwrap().is_match(text)
    }

    #[test]
    fn junos_as_paths_match_whole_paths() {
        for (regex, path, is) in [
            ("65099 .*", "65099 65001 ", true),
            ("65099 .*", "65099 ", true),
            ("65099 .*", "65001 65099 ", false),
            ("65099.*", "65099 1 2 ", true),
            (".* 65001 .*", "1 65001 2 ", true),
            (".* 65001", "1 65001 2 ", false),
            ("()", "", true),
            ("()", "1 ", false),
            ("65001{2,3}", "65001 65001 ", true),
            ("65001{2,3}", "65001 ", false),
            ("(1 | 2) 3?", "2 ", true),
            ("[64512-65534]+", "64600 65000 ", true),
            ("[64512-65534]+", "64600 1 ", false),
            ("64512-65534", "64511 ", false),
            ("1.10", "65546 ", true),
            ("^.$", "7 ", true),
            (".{2}", "7 ", false),
        ] {
            assert_eq!(matches(regex, path), is, "{regex} on {path}");
        }
        for bad in ["(", "1)", "[1", "a", "5-1", "1{"] {
            assert!(junos_as_path(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn number_ranges_hold_just_their_numbers() {
        for (a, b) in [(1, 9), (0, 0), (5, 123), (99, 101), (64512, 65534), (4_200_000_000, 4_294_967_294)] {
            let regex = format!("^(?:{})$", number_range(a, b).join("|"));
            let regex = regex_automata::meta::Regex::new(&regex).unwrap();
            for n in [a, b, a / 2 + b / 2, a.saturating_add(1).min(b)] {
                assert!(regex.is_match(&n.to_string()), "{a}-{b} {n}");
            }
            for n in [a.wrapping_sub(1), b.wrapping_add(1), b / 10 + 1_000_000_007] {
                assert_eq!(regex.is_match(&n.to_string()), a <= n && n <= b, "{a}-{b} {n}");
            }
        }
    }

    #[test]
    fn junos_communities() {
        for (regex, text, is) in [
            ("^65000:.*$", "65000:17", true),
            ("^65000:.*$", "165000:17", false),
            ("65000:*", "65000:1", true),
            ("*:20", "1:20", true),
            ("*:20", "1:200", true),
            ("^(64512|64513):1.$", "64513:17", true),
            ("^(64512|64513):1.$", "64513:1", false),
            ("large:65000:.*:5", "65000:1:5", true),
            ("target:.*:100", "target:65000:100", true),
            ("65000:.*", "65000:1:2", false),
        ] {
            assert_eq!(community(regex, text), is, "{regex} on {text}");
        }
        assert!(junos_community("(1:2").is_err());
    }
}
