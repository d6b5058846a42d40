//! `nettwin check`

use std::path::PathBuf;

use serde_json::json;

use super::context::Context;
use super::{Error, Outcome};
use crate::base::diag::{Diagnostic, Severity};
use crate::cells;
use crate::engine;
use crate::load::Snapshot;
use crate::load::coverage::{self, Coverage};
use crate::questions::answer::{Answer, Cell, Table, Tone};
use crate::report::{self, Format};
use crate::topology::Failures;
use crate::vendors::sink::{LineClass, NOT_UNDERSTOOD, UNUSED};

const EXAMPLES: &str = "\
Each config line ends in one class: modelled, no effect on forwarding, not modelled (it may matter), not understood, or
invalid (the device would refuse it). `understood` is the share of lines that bear on routing or forwarding whose meaning
is known; `modelled` the share that the computed tables obey.

Known operating systems: Arista EOS, Cisco IOS, IOS-XE, IOS-XR and NX-OS, FRR, Cumulus Linux and SONiC, end hosts,
Juniper Junos, Nokia SR Linux and SR OS.

Exit code 1 when there is a diagnostic as bad as --deny.

Examples:
  nettwin check net/                        summary, errors, unused structures
  nettwin check net/configs/r1.cfg          one file
  nettwin check net/ --all                  also lines not modelled, lines not understood, findings
  nettwin check net/ --unknown              lines not understood, most frequent first
  nettwin check net/ --deny warning         for CI: fail on warnings too
  nettwin check net/ --sarif check.sarif    annotations on the lines of a merge request
  nettwin check net/ --format json | jq '.diagnostics[] | select(.code == \"R-undefined\")'";

/// Flags of `nettwin check`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The snapshot folder, or one config file
    snapshot: PathBuf,
    /// Show every diagnostic, not only errors and unused structures
    #[arg(long)]
    all: bool,
    /// Instead: lines that are not understood, by how often their shape occurs
    #[arg(long)]
    unknown: bool,
    /// Like --unknown, for lines of another class
    #[arg(long, value_enum, value_name = "CLASS", conflicts_with = "unknown")]
    class: Option<Class>,
    /// Also write the diagnostics as SARIF, for code hosts; paths start with the snapshot's as given
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// How bad a diagnostic must be to make the exit code 1
    #[arg(long, value_enum, default_value_t = Deny::Error, value_name = "SEVERITY")]
    deny: Deny,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Class {
    NoEffect,
    Modelled,
    NotModelled,
    NotUnderstood,
    Invalid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Deny {
    Error,
    Warning,
    Never,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let snapshot = context.load(&args.snapshot)?;
    let class = args.class.or(args.unknown.then_some(Class::NotUnderstood));
    if let Some(class) = class {
        context.answer(&shapes(&snapshot, class))?;
        return Ok(Outcome::Pass);
    }
    // What only the run can tell: no convergence, results that depend on the order of messages, policies that met what is not modelled.
    let findings = engine::simulate(&snapshot.network, &Failures::default()).findings;
    let reports = snapshot.reports.iter().flat_map(|r| &r.diagnostics);
    let all: Vec<&Diagnostic> = snapshot.diagnostics.iter().chain(reports).chain(&findings).collect();
    if let Some(path) = &args.sarif {
        let root = if args.snapshot.is_dir() { args.snapshot.as_path() } else { args.snapshot.parent().unwrap_or("".as_ref()) };
        let root = root.to_string_lossy().trim_end_matches('/').to_owned();
        let mut log = Vec::new();
        report::sarif::render(&mut log, &all, &snapshot.network.sources, &root)
            .and_then(|()| std::fs::write(path, &log))
            .map_err(|e| Error::Write { path: path.display().to_string(), source: e })?;
    }
    match context.format() {
        Format::Json => context.print(|out, _| writeln!(out, "{:#}", machine(&snapshot, &all)))?,
        Format::Table => {
            let shown: Vec<Diagnostic> = all
                .iter()
                .filter(|d| args.all || d.severity == Severity::Error || d.code == UNUSED)
                .map(|d| (*d).clone())
                .collect();
            let answer = summary(&snapshot, &all, all.len() - shown.len());
            context.print(|out, layout| {
                report::diagnostics::render(out, &shown, &snapshot.network.sources, layout)?;
                report::render(out, &answer, Format::Table, layout)
            })?;
        }
        _ => context.answer(&summary(&snapshot, &all, 0))?,
    }
    let denied = |d: &&Diagnostic| match args.deny {
        Deny::Error => d.severity == Severity::Error,
        Deny::Warning => d.severity <= Severity::Warning,
        Deny::Never => false,
    };
    Ok(if all.iter().any(denied) { Outcome::Violation } else { Outcome::Pass })
}

const COLUMNS: [&str; 11] = [
    "device",
    "os",
    "lines",
    "no_effect",
    "modelled",
    "not_modelled",
    "not_understood",
    "invalid",
    "understood",
    "errors",
    "warnings",
];

fn summary(snapshot: &Snapshot, all: &[&Diagnostic], hidden: usize) -> Answer {
    let mut table = Table::new("devices", "", &COLUMNS);
    let mut total = Coverage::default();
    for (device, report) in snapshot.network.devices.iter().zip(&snapshot.reports) {
        let c = Coverage::of(report);
        total.add(c);
        let count = |s| report.diagnostics.iter().filter(|d| d.severity == s).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        let tone = match (errors, c.not_understood) {
            (0, 0) => Tone::Plain,
            (0, _) => Tone::Warn,
            _ => Tone::Bad,
        };
        table.push(row(&device.name, device.os, c, errors, warnings)).tone(tone);
    }
    let count = |s| all.iter().filter(|d| d.severity == s).count();
    if snapshot.network.devices.len() > 1 {
        table.push(row("all", "", total, count(Severity::Error), count(Severity::Warning)));
    }
    let mut answer = Answer::of(table).note(format!(
        "{} lines bear on routing or forwarding: {:.1} % understood, {:.1} % modelled.",
        total.bearing(),
        total.understood_percent(),
        total.modelled_percent()
    ));
    if hidden > 0 {
        answer = answer.note(format!("{hidden} more diagnostics: `--all` shows them."));
    }
    if all.iter().any(|d| d.code == NOT_UNDERSTOOD) {
        answer = answer.note("`--unknown` lists the lines that are not understood by how often they occur.");
    }
    answer
}

fn row(name: &str, os: &str, c: Coverage, errors: usize, warnings: usize) -> Vec<Cell> {
    let understood = Cell::Percent(c.understood_percent());
    cells![
        name,
        os,
        c.lines(),
        c.no_effect,
        c.modelled,
        c.not_modelled,
        c.not_understood,
        c.invalid,
        understood,
        errors,
        warnings
    ]
}

fn machine(snapshot: &Snapshot, all: &[&Diagnostic]) -> serde_json::Value {
    let sources = &snapshot.network.sources;
    let mut total = Coverage::default();
    let devices: Vec<_> = snapshot
        .network
        .devices
        .iter()
        .zip(&snapshot.reports)
        .map(|(device, report)| {
            let c = Coverage::of(report);
            total.add(c);
            json!({
                "device": &*device.name,
                "os": device.os,
                "files": device.files.iter().filter_map(|f| sources.files.get(*f)).map(|f| &f.path).collect::<Vec<_>>(),
                "lines": counts(c),
                "structures": report.structures.len(),
            })
        })
        .collect();
    json!({
        "devices": devices,
        "total": counts(total),
        "diagnostics": all.iter().map(|d| report::diagnostics::to_json(d, sources)).collect::<Vec<_>>(),
    })
}

fn counts(c: Coverage) -> serde_json::Value {
    let round = |p: f64| (p * 100.0).round() / 100.0;
    json!({
        "all": c.lines(),
        "silent": c.silent,
        "no_effect": c.no_effect,
        "modelled": c.modelled,
        "not_modelled": c.not_modelled,
        "not_understood": c.not_understood,
        "invalid": c.invalid,
        "understood_percent": round(c.understood_percent()),
        "modelled_percent": round(c.modelled_percent()),
    })
}

fn shapes(snapshot: &Snapshot, class: Class) -> Answer {
    let class = match class {
        Class::NoEffect => LineClass::NoEffect,
        Class::Modelled => LineClass::Modelled,
        Class::NotModelled => LineClass::NotModelled,
        Class::NotUnderstood => LineClass::NotUnderstood,
        Class::Invalid => LineClass::Invalid,
    };
    let mut table = Table::new("shapes", "", &["count", "devices", "os", "shape", "example"]).when_empty("no such lines");
    for shape in coverage::by_shape(snapshot, class) {
        let example: String = snapshot.network.sources.line(shape.example).trim().chars().take(80).collect();
        table
            .push(cells![shape.count, shape.devices, shape.os, shape.shape, example])
            .cite(&snapshot.network.sources, shape.example);
    }
    Answer::of(table)
}
