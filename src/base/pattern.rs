//! Names with `*` in them.

/// Whether a text is like a pattern in which `*` stands for anything; case does not count.
pub fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or("")) else { return false };
    let Some(last) = pattern.rsplit_once('*').map(|(_, l)| l) else { return rest.is_empty() };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            break;
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or(""),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (p, t, yes) in [
            ("r1", "R1", true),
            ("r1", "r11", false),
            ("leaf*", "leaf12", true),
            ("*12", "leaf12", true),
            ("l*f*2", "leaf12", true),
            ("l*x*2", "leaf12", false),
            ("*", "", true),
            ("ab*b", "ab", false),
        ] {
            assert_eq!(like(p, t), yes, "{p} {t}");
        }
    }
}
