//! Words of policies and sets to [`ast`](super::ast).

use super::ast::{Branch, Expr, Statement, Word};
use crate::base::span::Origin;
use crate::model::device::Name;

/// Blocks and conditions nested deeper than this are flattened; real policies stay below ten.
const DEEPEST: usize = 48;

/// A word and its line.
#[derive(Debug, Clone)]
pub(in crate::vendors::iosxr) struct Token {
    pub word: Word,
    pub origin: Origin,
}

impl Token {
    fn is(&self, text: &str) -> bool {
        !self.word.quoted && &*self.word.text == text
    }
}

/// The words of one line. Parentheses and commas are words of their own; quotes hold one word together.
pub(in crate::vendors::iosxr) fn words(text: &str) -> Vec<Word> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match c {
            _ if c.is_whitespace() => rest = &rest[c.len_utf8()..],
            '(' | ')' | ',' => {
                out.push(Word { text: rest[..1].into(), quoted: false });
                rest = &rest[1..];
            }
            '\'' | '"' => {
                let body = &rest[1..];
                let end = body.find(c).unwrap_or(body.len());
                out.push(Word { text: body[..end].trim().into(), quoted: true });
                rest = body.get(end + 1..).unwrap_or("");
            }
            // A remark at the end of a line.
            '#' => break,
            _ => {
                let end =
                    rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '\'' | '"')).unwrap_or(rest.len());
                out.push(Word { text: rest[..end].into(), quoted: false });
                rest = &rest[end..];
            }
        }
    }
    out
}

/// `NAME` or `NAME(a, b)` at the start of some words: the name, the arguments, and how many words that was.
pub(in crate::vendors::iosxr) fn call(words: &[Word]) -> Option<(Name, Vec<Name>, usize)> {
    let name = words.first().filter(|w| w.quoted || !matches!(&*w.text, "(" | ")" | ","))?.text.clone();
    let mut arguments = Vec::new();
    if words.get(1).is_none_or(|w| w.quoted || &*w.text != "(") {
        return Some((name, arguments, 1));
    }
    for (n, word) in words.iter().enumerate().skip(2) {
        match &*word.text {
            ")" if !word.quoted => return Some((name, arguments, n + 1)),
            "," if !word.quoted => {}
            text => arguments.push(text.into()),
        }
    }
    Some((name, arguments, words.len()))
}

/// The statements of a policy's body.
pub(in crate::vendors::iosxr) fn policy(tokens: &[Token]) -> Vec<Statement> {
    let mut parser = Parser { tokens, at: 0 };
    let mut body = Vec::new();
    while parser.at < tokens.len() {
        let before = parser.at;
        body.extend(parser.block(0));
        // A stray `endif` or the like.
        if parser.at == before {
            body.push(Statement::Plain(vec![tokens[before].word.clone()], tokens[before].origin));
            parser.at += 1;
        }
    }
    body
}

/// The entries of a set: separated by commas, of which XR prints one after each but the last.
pub(in crate::vendors::iosxr) fn entries(tokens: &[Token]) -> Vec<(Vec<Word>, Origin)> {
    let mut out: Vec<(Vec<Word>, Origin)> = Vec::new();
    let mut open = false;
    for token in tokens {
        if token.is(",") {
            open = false;
            continue;
        }
        match out.last_mut() {
            Some((words, _)) if open => words.push(token.word.clone()),
            _ => out.push((vec![token.word.clone()], token.origin)),
        }
        open = true;
    }
    out
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self, text: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|t| t.is(text))
    }

    fn take(&mut self, text: &str) -> bool {
        let found = self.peek(text);
        self.at += usize::from(found);
        found
    }

    /// Statements up to `endif`, `else`, `elseif` or the end.
    fn block(&mut self, depth: usize) -> Vec<Statement> {
        let mut out = Vec::new();
        while let Some(token) = self.tokens.get(self.at) {
            if token.is("if") && depth < DEEPEST {
                self.at += 1;
                out.push(self.conditional(depth));
            } else if ["endif", "else", "elseif"].iter().any(|w| token.is(w)) {
                break;
            } else {
                out.push(self.plain());
            }
        }
        out
    }

    /// After `if`.
    fn conditional(&mut self, depth: usize) -> Statement {
        let mut branches = Vec::new();
        loop {
            let origin = self.tokens.get(self.at.min(self.tokens.len().saturating_sub(1))).map_or(Origin::NONE, |t| t.origin);
            let when = self.or(depth);
            self.take("then");
            let body = self.block(depth + 1);
            branches.push(Branch { when, body, origin });
            if self.take("elseif") {
                continue;
            }
            let mut other = Vec::new();
            if self.take("else") {
                other = self.block(depth + 1);
            }
            self.take("endif");
            return Statement::If(branches, other);
        }
    }

    /// A statement that is no `if`: the rest of its line, and further lines while a parenthesis is open.
    fn plain(&mut self) -> Statement {
        let Some(first) = self.tokens.get(self.at) else { return Statement::Plain(Vec::new(), Origin::NONE) };
        let (mut words, mut open, mut line) = (Vec::new(), 0usize, first.origin);
        while let Some(token) = self.tokens.get(self.at) {
            let ends = !words.is_empty() && ["endif", "else", "elseif", "if"].iter().any(|w| token.is(w));
            if open == 0 && (token.origin != line || ends) {
                break;
            }
            line = token.origin;
            open = match () {
                () if token.is("(") => open + 1,
                () if token.is(")") => open.saturating_sub(1),
                () => open,
            };
            words.push(token.word.clone());
            self.at += 1;
        }
        Statement::Plain(words, first.origin)
    }

    fn or(&mut self, depth: usize) -> Expr {
        let mut all = vec![self.and(depth)];
        while self.take("or") {
            all.push(self.and(depth));
        }
        if all.len() == 1 { all.swap_remove(0) } else { Expr::Or(all) }
    }

    fn and(&mut self, depth: usize) -> Expr {
        let mut all = vec![self.not(depth)];
        while self.take("and") {
            all.push(self.not(depth));
        }
        if all.len() == 1 { all.swap_remove(0) } else { Expr::And(all) }
    }

    fn not(&mut self, depth: usize) -> Expr {
        let mut negated = false;
        while self.take("not") {
            negated = !negated;
        }
        let inner = if self.peek("(") && depth < DEEPEST {
            self.at += 1;
            let inner = self.or(depth + 1);
            self.take(")");
            inner
        } else {
            self.test()
        };
        if negated { Expr::Not(Box::new(inner)) } else { inner }
    }

    /// One comparison: up to `and`, `or`, `then` or a parenthesis that was opened before it.
    fn test(&mut self) -> Expr {
        let origin = self.tokens.get(self.at).map_or(Origin::NONE, |t| t.origin);
        let (mut words, mut open) = (Vec::new(), 0usize);
        while let Some(token) = self.tokens.get(self.at) {
            if token.is("(") {
                open += 1;
            } else if token.is(")") {
                if open == 0 {
                    break;
                }
                open -= 1;
            } else if open == 0 && ["and", "or", "then", "endif", "else", "elseif"].iter().any(|w| token.is(w)) {
                break;
            }
            words.push(token.word.clone());
            self.at += 1;
        }
        Expr::Test(words, origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::span::FileId;

    fn tokens(text: &str) -> Vec<Token> {
        let line = |(n, l)| {
            let origin = Origin { file: FileId(0), line: n as u32 + 1 };
            words(l).into_iter().map(move |word| Token { word, origin })
        };
        text.lines().enumerate().flat_map(line).collect()
    }

    fn join(words: &[Word]) -> String {
        words.iter().map(|w| if w.quoted { format!("'{}'", w.text) } else { w.text.to_string() }).collect::<Vec<_>>().join(" ")
    }

    fn expr(e: &Expr) -> String {
        let list = |all: &[Expr], by: &str| format!("[{}]", all.iter().map(expr).collect::<Vec<_>>().join(by));
        match e {
            Expr::And(all) => list(all, " & "),
            Expr::Or(all) => list(all, " | "),
            Expr::Not(inner) => format!("!{}", expr(inner)),
            Expr::Test(words, _) => join(words),
        }
    }

    fn show(all: &[Statement]) -> String {
        all.iter()
            .map(|s| match s {
                Statement::Plain(words, o) => format!("{}@{};", join(words), o.line),
                Statement::If(branches, other) => {
                    let branches: Vec<String> =
                        branches.iter().map(|b| format!("{}?{{{}}}", expr(&b.when), show(&b.body))).collect();
                    format!("if {} else{{{}}};", branches.join(" "), show(other))
                }
            })
            .collect()
    }

    #[test]
    fn words_of_a_line() {
        assert_eq!(join(&words("set community (1:1,\t$a:2) additive")), "set community ( 1:1 , $a:2 ) additive");
        assert_eq!(join(&words("if as-path neighbor-is '1 [2..3]' exact # why")), "if as-path neighbor-is '1 [2..3]' exact");
        let (name, arguments, n) = call(&words("set-lp(200, $x) in")).unwrap();
        assert_eq!((&*name, arguments.len(), n), ("set-lp", 2, 6));
        assert_eq!(call(&words("plain out")).unwrap().2, 1);
        assert!(call(&words("(")).is_none());
    }

    #[test]
    fn statements_and_conditions() {
        let text = "if destination in (10.0.0.0/8 le 32,\n 1.1.1.1/32) and not (med eq 1 or tag eq 2) then\n pass\nelseif as-path is-local then\n\
                    done\nelse\n if tag eq 3 then\n drop\n endif\nendif\nset med 5";
        assert_eq!(
            show(&policy(&tokens(text))),
            "if [destination in ( 10.0.0.0/8 le 32 , 1.1.1.1/32 ) & ![med eq 1 | tag eq 2]]?{pass@3;} as-path is-local?{done@5;} \
             else{if tag eq 3?{drop@8;} else{};};set med 5@11;"
        );
        assert_eq!(
            show(&policy(&tokens("set community (1:1,\n2:2) additive\npass"))),
            "set community ( 1:1 , 2:2 ) additive@1;pass@3;"
        );
    }

    #[test]
    fn broken_policies_end() {
        for text in
            ["endif", "if", "if then", "else pass", "if (((", "if x then if y then", "if a or then", ")", "'", "if not not"]
        {
            policy(&tokens(text));
        }
        policy(&tokens(&"if x then ".repeat(5000)));
        policy(&tokens(&format!("if {}", "( ".repeat(5000))));
    }

    #[test]
    fn entries_of_sets() {
        let all = entries(&tokens("10.0.0.0/8 ge 9,\n1.1.1.1\n,\n 2.2.2.2"));
        let all: Vec<String> = all.iter().map(|(w, o)| format!("{}@{}", join(w), o.line)).collect();
        assert_eq!(all, ["10.0.0.0/8 ge 9@1", "1.1.1.1@2", "2.2.2.2@4"]);
    }
}
