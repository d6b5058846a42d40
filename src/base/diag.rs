//! What the twin says about its input: one type, many renderers (in `report/`).
//!
//! In: facts found by any stage. Out: [`Diagnostic`]. Law: config content never makes an `Err`, it makes a
//! diagnostic. Codes are stable: users silence and count them.

use super::span::Span;

/// How much a diagnostic matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The device would refuse this, or an answer is wrong because of it.
    Error,
    /// It may well be a mistake, or an answer may be wrong because of it.
    Warning,
    /// Worth knowing.
    Info,
}

/// A stable name for a kind of diagnostic, `X-some-words`. The letter groups it: `S` syntax, `V` value,
/// `R` reference, `M` not modelled, `D` OS detection, `T` topology and sessions, `C` convergence, `G` gate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(transparent)]
pub struct Code(pub &'static str);

/// A statement about the input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The kind.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// The device, if it is about one.
    pub device: Option<String>,
    /// What is the case, in one sentence without a full stop.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
    /// Other places that matter, each with a word on why.
    pub related: Vec<(Span, String)>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic with only its kind, weight and sentence.
    pub fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self { code, severity, device: None, message: message.into(), span: None, related: Vec::new(), help: None }
    }
    /// Names the place.
    #[must_use]
    pub fn at(mut self, span: impl Into<Span>) -> Self {
        self.span = Some(span.into());
        self
    }
    /// Names the device.
    #[must_use]
    pub fn on(mut self, device: impl Into<String>) -> Self {
        self.device = Some(device.into());
        self
    }
    /// Adds advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
    /// Adds another place.
    #[must_use]
    pub fn also(mut self, span: impl Into<Span>, why: impl Into<String>) -> Self {
        self.related.push((span.into(), why.into()));
        self
    }
}
