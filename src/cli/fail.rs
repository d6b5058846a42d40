//! `nettwin fail`

use std::path::PathBuf;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};

use super::context::{Context, Without};
use super::{Error, Outcome};
use crate::engine::State;
use crate::model::Network;
use crate::whatif::fail::{self, Show};
use crate::whatif::scenario;
use crate::whatif::sweep::{self, Base, Case};

const EXAMPLES: &str = "\
A pair is a router and a destination prefix. Pairs that start or end at a failed router do not count as lost.

Examples:
  nettwin fail net/                              each single link
  nettwin fail net/ --links --nodes              each single link and each single router
  nettwin fail net/ --scenario scenarios.yaml    the scenarios of a file
  nettwin fail net/ --top all --pairs all --format json > sweep.json

A scenario file:
  scenarios:
    - name: both uplinks of leaf1
      fail:
        - link: [leaf1, spine1]
        - link: \"leaf1:Ethernet2\"
    - name: drain spine1
      drain: [spine1]";

/// Flags of `nettwin fail`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The snapshot folder
    snapshot: PathBuf,
    #[command(flatten)]
    cases: CaseArgs,
    /// How many failures to list: a number or `all`
    #[arg(long, value_name = "N", default_value = "20", value_parser = count)]
    top: Count,
    /// How many lost pairs to list: a number or `all`
    #[arg(long, value_name = "N", default_value = "20", value_parser = count)]
    pairs: Count,
}

/// Which failures to try; shared with `capacity`.
#[derive(Debug, clap::Args)]
pub(super) struct CaseArgs {
    /// Fail each link by itself (the default)
    #[arg(long)]
    links: bool,
    /// Fail each router by itself
    #[arg(long)]
    nodes: bool,
    /// Run the scenarios of a YAML file
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
}

/// A number, or all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count(pub(super) Option<usize>);

pub(super) fn count(word: &str) -> Result<Count, String> {
    if word == "all" {
        return Ok(Count(None));
    }
    word.parse().map(|n| Count(Some(n))).map_err(|_| "not a number, nor `all`".to_owned())
}

impl CaseArgs {
    /// The cases that the flags ask for.
    pub(super) fn cases(&self, network: &Network, state: &State) -> Result<Vec<Case>, Error> {
        let mut cases = Vec::new();
        if self.links || (!self.nodes && self.scenario.is_none()) {
            cases.extend(sweep::single_links(network, &state.topology));
        }
        if self.nodes {
            cases.extend(sweep::single_nodes(network));
        }
        if let Some(path) = &self.scenario {
            cases.extend(scenario_cases(path, network, state)?);
        }
        Ok(cases)
    }
}

/// The scenarios of a file as cases.
pub(super) fn scenario_cases(path: &std::path::Path, network: &Network, state: &State) -> Result<Vec<Case>, Error> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| Error::Read { path: shown.clone(), source: e })?;
    let mut cases = Vec::new();
    for s in scenario::parse(&shown, &text)? {
        let applied = s.apply(network, &state.topology)?;
        cases.push(Case { name: s.name, failures: applied.failures, network: applied.network.map(Arc::new), growth: s.growth });
    }
    Ok(cases)
}

/// A progress bar on standard error; hidden when quiet or not on a terminal.
pub(super) fn progress(context: &Context, length: usize, what: &'static str) -> ProgressBar {
    if context.quiet {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} {eta}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length as u64).with_style(style.progress_chars("=> ")).with_message(what)
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let (snapshot, state) = context.simulate(&args.snapshot, &Without::default())?;
    let cases = args.cases.cases(&snapshot.network, &state)?;
    let bar = progress(context, cases.len(), "failures");
    let base = Base::new(&snapshot.network, &state);
    let impacts = sweep::run(&base, &cases, &|| bar.inc(1));
    bar.finish_and_clear();
    context.answer(&fail::answer(&snapshot.network, &cases, &impacts, Show { cases: args.top.0, pairs: args.pairs.0 }))?;
    Ok(Outcome::Pass)
}
