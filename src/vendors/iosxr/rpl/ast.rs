//! What a policy or set says, word by word, with parameters not yet filled in.

use crate::base::span::Origin;
use crate::model::device::Name;

/// A word of a policy: a name, a number, a parenthesis, a comma, or a quoted expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::vendors::iosxr) struct Word {
    pub text: Name,
    /// It stood in quotes.
    pub quoted: bool,
}

/// A `route-policy`.
#[derive(Debug, Default)]
pub(in crate::vendors::iosxr) struct Policy {
    pub origin: Origin,
    /// Names of its parameters, without `$`.
    pub parameters: Vec<Name>,
    pub body: Vec<Statement>,
}

/// A statement.
#[derive(Debug, Clone)]
pub(in crate::vendors::iosxr) enum Statement {
    /// `if … then … elseif … else … endif`: the branches, then what `else` holds.
    If(Vec<Branch>, Vec<Statement>),
    /// Anything else, with its line.
    Plain(Vec<Word>, Origin),
}

/// A condition and what is done where it holds.
#[derive(Debug, Clone)]
pub(in crate::vendors::iosxr) struct Branch {
    pub when: Expr,
    pub body: Vec<Statement>,
    pub origin: Origin,
}

/// A condition.
#[derive(Debug, Clone)]
pub(in crate::vendors::iosxr) enum Expr {
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    /// One comparison, with its line.
    Test(Vec<Word>, Origin),
}

/// A `…-set`.
#[derive(Debug, Default)]
pub(in crate::vendors::iosxr) struct Set {
    pub origin: Origin,
    /// Its entries and their lines.
    pub entries: Vec<(Vec<Word>, Origin)>,
}
