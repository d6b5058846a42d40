//! `nettwin gate`

use std::path::{Path, PathBuf};

use super::context::Context;
use super::fail::{Count, count};
use super::{Error, Outcome};
use crate::engine::{self, Purpose};
use crate::gate::checks::Check;
use crate::gate::{self, Subject, answer, policy};
use crate::load::{Snapshot, coverage, reread::reread};
use crate::questions::diff::Side;
use crate::report::{self, Format, Layout, junit};
use crate::topology::Failures;
use crate::vendors::sink::LineClass;

const EXAMPLES: &str = "\
Exit code: 0 = pass, 1 = a check fails, 2 = cannot judge (a check speaks of what is not there, or the run failed).
A failed check names the changed lines to blame: each change is taken back by itself to see whether that mends the check.

Examples:
  nettwin gate net/ net-after/ --policy policy.yaml
  nettwin gate net/ net-after/ --policy policy.yaml --junit gate.xml --markdown gate.md
  nettwin gate net/ change/ --change --policy policy.yaml     change/ holds only the changed devices

A policy file:
  checks:
    - check: sessions-kept            # no session that is up goes down
    - check: routes-kept              # also: prefixes: [10.0.0.0/8], nodes: [\"leaf*\"]
    - check: reachability-kept        # whoever reached a prefix still does
    - check: reach                    # asserted in the candidate
      from: [\"leaf*\"]
      to: [10.0.2.0/24, spine1]
    - check: isolate
      from: [guest1]
      to: [10.0.9.0/24]
      in: Vlan10                      # optional: the port packets come in by, for its filter
      proto: tcp                      # optional: which packets; a ping if not said
      dport: 22
    - check: no-new-loops
    - check: no-new-black-holes
    - check: ecmp-kept                # no route has fewer next hops
    - check: survives                 # any single failure
      fail: links                     # or: nodes
      prefixes: [10.0.0.0/8]          # of what must stay reachable
    - check: utilisation              # of the candidate's demands
      at_most: 80
      fail: links
    - check: understood               # no new lines that are not understood";

/// Flags of `nettwin gate`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The snapshot as it is
    base: PathBuf,
    /// The snapshot as it will be
    candidate: PathBuf,
    /// The candidate holds only what changes: the rest is the base's
    #[arg(long)]
    change: bool,
    /// The checks it must pass
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Also write the verdict as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Also write the verdict as Markdown
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// How many violations of each check to list: a number or `all`
    #[arg(long, value_name = "N", default_value = "10", value_parser = count)]
    top: Count,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let shown = args.policy.display().to_string();
    let text = std::fs::read_to_string(&args.policy).map_err(|e| Error::Read { path: shown.clone(), source: e })?;
    let policy = policy::parse(&shown, &text)?;
    let (loaded, changed) = context.load_pair(&args.base, &args.candidate, args.change)?;
    let base = subject(loaded, None);
    let kept = reread(&changed, &[]);
    let purpose = if policy.checks.iter().any(Check::tries_failures) { Purpose::Base } else { Purpose::Look };
    let candidate = subject(changed, Some((&base, purpose)));
    // The candidate is nearer, but may hold nothing to start from.
    let near = if candidate.side.state.is_base() { &candidate } else { &base };
    let rebuild = |edits: &[gate::blame::Edit]| {
        let texts: Vec<_> = edits.iter().map(|e| (e.file, e.text.clone())).collect();
        subject(reread(&kept, &texts), Some((near, purpose)))
    };
    let verdict = gate::judge(&policy, &base, &candidate, &rebuild);
    let network = candidate.network();
    context.answer(&answer::answer(network, &verdict, args.top.0))?;
    if let Some(path) = &args.junit {
        let mut xml = Vec::new();
        report::junit::render(&mut xml, "nettwin gate", &cases(&verdict))
            .map_err(|e| Error::Write { path: path.display().to_string(), source: e })?;
        write(path, &xml)?;
    }
    if let Some(path) = &args.markdown {
        let mut page = Vec::new();
        report::render(&mut page, &answer::answer(network, &verdict, args.top.0), Format::Markdown, Layout::default())
            .map_err(|e| Error::Write { path: path.display().to_string(), source: e })?;
        write(path, &page)?;
    }
    match verdict.outcome() {
        gate::Outcome::Pass => Ok(Outcome::Pass),
        gate::Outcome::Fail => Ok(Outcome::Violation),
        gate::Outcome::CannotJudge => Err(Error::Usage("some check cannot be judged; none fails".to_owned())),
    }
}

/// The checks as JUnit shows them.
fn cases(verdict: &gate::Verdict) -> Vec<junit::Case> {
    let case = |c: &gate::CheckResult| {
        let violations = c.violations.iter().map(|v| v.what.clone());
        let blame = c.blame.iter().map(|b| format!("{}: {}", b.place, b.text));
        junit::Case {
            name: c.name.clone(),
            result: match c.outcome {
                gate::Outcome::Pass => junit::Result::Pass,
                gate::Outcome::Fail => junit::Result::Fail,
                gate::Outcome::CannotJudge => junit::Result::Error,
            },
            message: c.message.clone(),
            details: blame.chain(violations).collect::<Vec<_>>().join("\n"),
        }
    };
    verdict.checks.iter().map(case).collect()
}

fn write(path: &Path, text: &[u8]) -> Result<(), Error> {
    std::fs::write(path, text).map_err(|e| Error::Write { path: path.display().to_string(), source: e })
}

/// Computes a snapshot's tables and keeps what checks need. `like`: what is nearly the same, and what the tables are for.
fn subject(snapshot: Snapshot, like: Option<(&Subject, Purpose)>) -> Subject {
    let none = Failures::default();
    let state = match like.map(|(s, purpose)| (&s.side, purpose)) {
        Some((like, purpose)) => engine::simulate_change(&like.state, &like.network, &snapshot.network, &none, purpose),
        None => engine::simulate(&snapshot.network, &none),
    };
    let mut unknown = Vec::new();
    for (device, report) in snapshot.network.devices.iter().zip(&snapshot.reports) {
        for origin in coverage::lines_of(report, LineClass::NotUnderstood) {
            unknown.push((device.name.to_string(), origin, snapshot.network.sources.line(origin).trim().to_owned()));
        }
    }
    Subject { side: Side::new(snapshot.network, state), unknown }
}
