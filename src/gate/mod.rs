//! The verdict on a change: checks of a policy file held against two converged networks, and the config lines to blame.
//!
//! In: a base and a candidate [`Subject`], a [`policy::Policy`]. Out: a [`Verdict`]. Law: a check says what is violated and never
//! why; blame is found by taking changed lines back and looking again ([`blame`]). Start reading at [`judge`].
//! To add a check: a file in `checks/` and one line in its list. Tests: `tests/cli.rs`.

pub mod answer;
pub mod blame;
pub mod checks;
pub mod policy;

use crate::base::span::Origin;
use crate::model::Network;
use crate::questions::config_diff::{Hunk, hunks};
use crate::questions::diff::{Comparison, Side};

/// A network that is judged, with what its computation and reading found.
#[derive(Debug)]
pub struct Subject {
    /// The converged network.
    pub side: Side,
    /// Config lines that nobody understood: device, place, text.
    pub unknown: Vec<(String, Origin, String)>,
}

impl Subject {
    /// The network.
    pub fn network(&self) -> &Network {
        &self.side.network
    }
}

/// A base and a candidate, and what is not as before.
pub struct Pair<'s> {
    /// Before.
    pub base: &'s Subject,
    /// Now.
    pub candidate: &'s Subject,
    /// What differs: found out once for all checks.
    pub changes: Comparison<'s>,
}

impl<'s> Pair<'s> {
    /// Nothing is compared yet.
    pub fn new(base: &'s Subject, candidate: &'s Subject) -> Self {
        Self { base, candidate, changes: Comparison::new(&base.side, &candidate.side) }
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not hold.
    Fail,
    /// It cannot be judged: what it speaks of is not there.
    CannotJudge,
}

/// One check's result.
#[derive(Debug, Clone)]
pub struct CheckResult {
    /// Its name with its subject: `reach leaf1 to 10.0.2.0/24`.
    pub name: String,
    /// How it ended.
    pub outcome: Outcome,
    /// In one sentence.
    pub message: String,
    /// What is violated, worst first.
    pub violations: Vec<Violation>,
    /// The changed lines that cause it.
    pub blame: Vec<blame::Blame>,
}

/// Something that a check does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What, in one line.
    pub what: String,
    /// Devices that have to do with it.
    pub devices: Vec<String>,
}

/// What a check found, before it is given a name and blame.
#[derive(Debug, Default)]
pub struct Finding {
    /// What is violated.
    pub violations: Vec<Violation>,
    /// Why the check cannot be judged, if so.
    pub cannot: Option<String>,
    /// What holds, for people, when nothing is violated.
    pub holds: String,
}

/// The verdict.
#[derive(Debug)]
pub struct Verdict {
    /// The checks in the order of the policy file.
    pub checks: Vec<CheckResult>,
    /// The changed lines.
    pub hunks: Vec<Hunk>,
}

impl Verdict {
    /// The worst outcome: a failed check beats one that cannot be judged.
    pub fn outcome(&self) -> Outcome {
        let any = |o: Outcome| self.checks.iter().any(|c| c.outcome == o);
        if any(Outcome::Fail) {
            Outcome::Fail
        } else if any(Outcome::CannotJudge) {
            Outcome::CannotJudge
        } else {
            Outcome::Pass
        }
    }
}

/// Makes the candidate again with some files' texts replaced.
pub type Rebuild<'a> = dyn Fn(&[blame::Edit]) -> Subject + Sync + 'a;

/// Runs all checks and finds the lines to blame for those that fail.
pub fn judge(policy: &policy::Policy, base: &Subject, candidate: &Subject, rebuild: &Rebuild<'_>) -> Verdict {
    let hunks = hunks(base.network(), candidate.network());
    let mut results: Vec<CheckResult> = Vec::new();
    let pair = Pair::new(base, candidate);
    for check in &policy.checks {
        let found = check.run(&pair);
        let outcome = match (&found.cannot, found.violations.is_empty()) {
            (Some(_), true) => Outcome::CannotJudge,
            (_, true) => Outcome::Pass,
            (_, false) => Outcome::Fail,
        };
        let message = match outcome {
            Outcome::Pass => found.holds,
            Outcome::CannotJudge => found.cannot.unwrap_or_default(),
            Outcome::Fail => match found.violations.len() {
                1 => "1 violation".to_owned(),
                n => format!("{n} violations"),
            },
        };
        results.push(CheckResult { name: check.name(), outcome, message, violations: found.violations, blame: Vec::new() });
    }
    blame::find(policy, &mut results, base, candidate, &hunks, rebuild);
    Verdict { checks: results, hunks }
}
