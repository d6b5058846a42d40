//! What all subcommands share: global flags, loading, printing.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::path::Path;
use std::time::Instant;

use super::stats;
use crate::base::diag::{Diagnostic, Severity};
use crate::base::error::Error;
use crate::base::span::SourceMap;
use crate::engine::{self, State};
use crate::load::{self, Snapshot};
use crate::model::Network;
use crate::questions::answer::Answer;
use crate::report::{self, Format, Layout};
use crate::topology::{Failures, Topology};
use crate::whatif::scenario::{Element, Scenario};

/// Flags of every subcommand.
#[derive(Debug, clap::Args)]
pub(super) struct Globals {
    /// Output format [default: table on a terminal, json when piped]
    #[arg(long, global = true, value_enum, help_heading = "Global options")]
    format: Option<Format>,
    /// Threads to use; 0 = all cores. The output does not depend on it
    #[arg(long, global = true, default_value_t = 0, value_name = "N", help_heading = "Global options")]
    threads: usize,
    /// Print no progress and no warnings beside the answer
    #[arg(long, short, global = true, help_heading = "Global options")]
    quiet: bool,
    /// Say on standard error how large the network is, what memory to expect, and what the run took
    #[arg(long, global = true, help_heading = "Global options")]
    stats: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN", help_heading = "Global options")]
    color: When,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

impl When {
    fn on(self, terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => terminal && std::env::var_os("NO_COLOR").is_none(),
        }
    }
}

/// What is taken away before a question is asked.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Without {
    /// Ask as if this had failed (may be repeated): node:NAME, link:NAME:INTERFACE, link:NAME,NAME, interface:NAME:INTERFACE or card:NAME:SLOT
    #[arg(long, value_name = "WHAT")]
    fail: Vec<Element>,
}

impl Without {
    fn failures(&self, network: &Network) -> Result<Failures, Error> {
        if self.fail.is_empty() {
            return Ok(Failures::none());
        }
        let scenario = Scenario { fail: self.fail.clone(), ..Scenario::default() };
        Ok(scenario.apply(network, &Topology::build(network, &Failures::none()))?.failures)
    }
}

/// The run's surroundings.
pub(super) struct Context {
    format: Option<Format>,
    pub(super) quiet: bool,
    stats: bool,
    out: Layout,
    err: Layout,
}

impl Context {
    pub(super) fn new(globals: Globals) -> Self {
        // Fails only if the pool was already made: then that one serves.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(globals.threads).build_global();
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let width = |terminal: bool| terminal.then(|| terminal_size::terminal_size().map_or(100, |(w, _)| usize::from(w.0)));
        Self {
            format: globals.format.or((!out).then_some(Format::Json)),
            quiet: globals.quiet,
            stats: globals.stats,
            out: Layout { width: width(out), color: globals.color.on(out) },
            err: Layout { width: width(err), color: globals.color.on(err) },
        }
    }

    /// The format to print in.
    pub(super) fn format(&self) -> Format {
        self.format.unwrap_or(Format::Table)
    }

    /// Loads a snapshot and says on standard error what is wrong with the folder itself.
    pub(super) fn load(&self, path: &Path) -> Result<Snapshot, Error> {
        self.loaded(path, load::load(path)?)
    }

    /// Loads a snapshot and a candidate for it: a whole snapshot, or only what changes on top of the base.
    pub(super) fn load_pair(&self, base: &Path, candidate: &Path, is_change: bool) -> Result<(Snapshot, Snapshot), Error> {
        let (was, is) = load::load_pair(base, candidate, is_change)?;
        Ok((self.loaded(base, was)?, self.loaded(candidate, is)?))
    }

    fn loaded(&self, path: &Path, snapshot: Snapshot) -> Result<Snapshot, Error> {
        if snapshot.network.devices.iter().all(|d| d.absent) {
            self.diagnostics(&snapshot.diagnostics, &snapshot.network.sources);
            return Err(Error::Usage(format!("`{}` holds no config of an OS that is known", path.display())));
        }
        Ok(snapshot)
    }

    /// Loads a snapshot and computes its tables, without what has failed. They are kept until the process ends: it gives back at once what
    /// would take seconds piece by piece.
    pub(super) fn simulate(
        &self,
        path: &Path,
        without: &Without,
    ) -> Result<(ManuallyDrop<Snapshot>, ManuallyDrop<State>), Error> {
        self.compute((path, self.load(path)?), |network| Ok(engine::simulate(network, &without.failures(network)?)))
    }

    /// The same for questions of where packets go alone, with nothing failed: see [`engine::simulate_ways`].
    pub(super) fn simulate_ways(&self, path: &Path) -> Result<(ManuallyDrop<Snapshot>, ManuallyDrop<State>), Error> {
        self.compute((path, self.load(path)?), |network| Ok(engine::simulate_ways(network, &Failures::none())))
    }

    /// The same with a snapshot that was loaded already, with nothing failed.
    pub(super) fn simulate_loaded(
        &self,
        loaded: (&Path, Snapshot),
    ) -> Result<(ManuallyDrop<Snapshot>, ManuallyDrop<State>), Error> {
        self.compute(loaded, |network| Ok(engine::simulate(network, &Failures::none())))
    }

    fn compute(
        &self,
        (path, snapshot): (&Path, Snapshot),
        simulate: impl FnOnce(&Network) -> Result<State, Error>,
    ) -> Result<(ManuallyDrop<Snapshot>, ManuallyDrop<State>), Error> {
        self.left_out(path, &snapshot);
        let network = &snapshot.network;
        self.say_stats(|| stats::before(network, snapshot.took));
        let started = Instant::now();
        let state = simulate(network)?;
        self.say_stats(|| stats::after(&state, started.elapsed()));
        self.found(path, &state);
        Ok((ManuallyDrop::new(snapshot), ManuallyDrop::new(state)))
    }

    pub(super) fn say_stats(&self, line: impl FnOnce() -> String) {
        if self.stats {
            let _ = writeln!(io::stderr().lock(), "{}", line());
        }
    }

    /// One line on what the run found: no convergence, results that depend on order; `check` shows them.
    fn found(&self, path: &Path, state: &State) {
        let mut codes: Vec<&str> = state.findings.iter().filter(|d| d.severity <= Severity::Warning).map(|d| d.code.0).collect();
        if self.quiet || codes.is_empty() {
            return;
        }
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        let (on, off) = if self.err.color { ("\u{1b}[1;33m", "\u{1b}[0m") } else { ("", "") };
        let _ = writeln!(
            io::stderr().lock(),
            "{on}warning{off}: the run found {count} things ({}); `nettwin check --all {}` says what",
            codes.join(", "),
            path.display()
        );
    }

    /// One line on what of the snapshot is not in the twin; `check` shows the places.
    fn left_out(&self, path: &Path, snapshot: &Snapshot) {
        if self.quiet || snapshot.diagnostics.is_empty() {
            return;
        }
        let count = |code: &str| snapshot.diagnostics.iter().filter(|d| d.code.0.starts_with(code)).count();
        let unknown: Vec<&str> =
            snapshot.diagnostics.iter().filter(|d| d.code.0 == "D-unknown-os").filter_map(|d| d.device.as_deref()).collect();
        let mut parts = Vec::new();
        if !unknown.is_empty() {
            let more = if unknown.len() > 5 { ", …" } else { "" };
            let first = unknown.iter().take(5).copied().collect::<Vec<_>>().join(", ");
            parts.push(format!("{} configs of no known OS ({first}{more})", unknown.len()));
        }
        for (code, what) in [("T-layer1", "cables"), ("T-announcement", "announcements")] {
            if count(code) > 0 {
                parts.push(format!("{} {what}", count(code)));
            }
        }
        let rest = snapshot.diagnostics.len() - unknown.len() - count("T-layer1") - count("T-announcement");
        if rest > 0 {
            parts.push(format!("{rest} other things"));
        }
        let (on, off) = if self.err.color { ("\u{1b}[1;33m", "\u{1b}[0m") } else { ("", "") };
        let said = parts.join(", ");
        let _ = writeln!(
            io::stderr().lock(),
            "{on}warning{off}: not in the twin: {said}; `nettwin check {}` says why",
            path.display()
        );
    }

    /// Writes to standard output.
    pub(super) fn print(&self, write: impl FnOnce(&mut dyn Write, Layout) -> io::Result<()>) -> Result<(), Error> {
        let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        write(&mut out, self.out)
            .and_then(|()| out.flush())
            .map_err(|e| Error::Write { path: "standard output".to_owned(), source: e })
    }

    /// Prints an answer in the wanted format.
    pub(super) fn answer(&self, answer: &Answer) -> Result<(), Error> {
        self.print(|out, layout| report::render(out, answer, self.format(), layout))
    }

    /// Diagnostics on standard error, unless quiet.
    pub(super) fn diagnostics(&self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        if !self.quiet {
            // Nobody can be told that standard error is closed.
            let _ = report::diagnostics::render(&mut io::stderr().lock(), diagnostics, sources, self.err);
        }
    }

    /// Says why the run failed.
    pub(super) fn complain(&self, error: &Error) {
        let (on, off) = if self.err.color { ("\u{1b}[1;31m", "\u{1b}[0m") } else { ("", "") };
        let _ = writeln!(io::stderr().lock(), "{on}error{off}: {error}");
    }
}
