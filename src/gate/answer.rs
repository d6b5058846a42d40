//! A verdict as an answer.

use super::{Outcome, Verdict};
use crate::cells;
use crate::model::Network;
use crate::questions::answer::{Answer, Table, Tone};

/// The tables of a verdict: checks, violations (at most `most` a check), and the lines to blame.
pub fn answer(candidate: &Network, verdict: &Verdict, most: Option<usize>) -> Answer {
    let most = most.unwrap_or(usize::MAX);
    let mut checks = Table::new("checks", "Checks", &["verdict", "check", "result"]);
    let mut blame = Table::new("blame", "Changed lines to blame", &["check", "place", "change", "how_sure"]);
    let mut violations = Table::new("violations", "What is violated", &["check", "violation"]);
    let mut left_out = 0;
    for c in &verdict.checks {
        let (word, tone) = match c.outcome {
            Outcome::Pass => ("pass", Tone::Good),
            Outcome::Fail => ("FAIL", Tone::Bad),
            Outcome::CannotJudge => ("cannot judge", Tone::Warn),
        };
        checks.push(cells![word, &*c.name, &*c.message]).tone(tone);
        for v in c.violations.iter().take(most) {
            violations.push(cells![&*c.name, &*v.what]).tone(Tone::Bad);
        }
        left_out += c.violations.len().saturating_sub(most);
        for b in &c.blame {
            let sure = if b.certain { "taking it back mends the check" } else { "on a device concerned" };
            let row = blame.push(cells![&*c.name, &*b.place, &*b.text, sure]);
            row.tone(if b.certain { Tone::Bad } else { Tone::Warn }).cite(&candidate.sources, b.origin);
        }
    }
    let mut answer = Answer { tables: vec![checks, blame, violations], ..Answer::default() };
    if left_out > 0 {
        answer.notes.push(format!("{left_out} more violations: `--top all` lists them all"));
    }
    let count = |o: Outcome| verdict.checks.iter().filter(|c| c.outcome == o).count();
    let word = match verdict.outcome() {
        Outcome::Pass => "PASS",
        Outcome::Fail => "FAIL",
        Outcome::CannotJudge => "CANNOT JUDGE",
    };
    answer.notes.push(format!(
        "Verdict: {word} ({} of {} checks hold, {} fail, {} cannot be judged)",
        count(Outcome::Pass),
        verdict.checks.len(),
        count(Outcome::Fail),
        count(Outcome::CannotJudge)
    ));
    answer
}
