//! JUnit XML, which CI systems show as tests.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Result {
    /// It holds.
    Pass,
    /// It does not hold.
    Fail,
    /// It could not be judged.
    Error,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What was checked.
    pub name: String,
    /// How it went.
    pub result: Result,
    /// The outcome in one sentence.
    pub message: String,
    /// What led to it: rows, config lines.
    pub details: String,
}

/// Renders a list of checks as one suite.
///
/// # Errors
/// When the writer fails.
pub fn render(out: &mut dyn Write, suite: &str, cases: &[Case]) -> io::Result<()> {
    let mut tests = TestSuite::new(suite);
    for case in cases {
        let mut status = match case.result {
            Result::Pass => TestCaseStatus::success(),
            Result::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
            Result::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        };
        if case.result != Result::Pass {
            status.set_message(case.message.as_str()).set_description(case.details.as_str());
        }
        let mut test = TestCase::new(case.name.as_str(), status);
        test.set_classname(suite);
        tests.add_test_case(test);
    }
    let mut report = Report::new("nettwin");
    report.add_test_suite(tests);
    report.serialize(out).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_carry_their_message() {
        let case =
            |name: &str, result| Case { name: name.into(), result, message: "2 < 3 lost\u{1b}".into(), details: "r1:3".into() };
        let mut out = Vec::new();
        render(&mut out, "gate", &[case("a", Result::Pass), case("b", Result::Fail), case("c", Result::Error)]).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("tests=\"3\"") && text.contains("failures=\"1\"") && text.contains("errors=\"1\""), "{text}");
        assert!(text.contains("<failure message=\"2 &lt; 3 lost\">r1:3</failure>"), "{text}");
    }
}
