//! `nettwin fail`

use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use super::context::Context;
use super::journal::Journal;
use super::{Error, Outcome};
use crate::engine::State;
use crate::model::Network;
use crate::whatif::deeper::Deeper;
use crate::whatif::scenario;
use crate::whatif::shard::{self, Done, Header, Show};
use crate::whatif::sweep::{self, Base, Case};

const EXAMPLES: &str = "\
A pair is a router and a destination prefix. Pairs that start or end at a failed router do not count as lost.

Examples:
  nettwin fail net/                              each single link
  nettwin fail net/ --links --nodes              each single link and each single router
  nettwin fail net/ --depth 2                    each pair of links as well
  nettwin fail net/ --scenario scenarios.yaml    the scenarios of a file
  nettwin fail net/ --top all --pairs all --format json > sweep.json
  nettwin fail net/ --shard 3/16 --out sweep/    a sixteenth; goes on where it was stopped; `nettwin merge sweep/` joins

A scenario file:
  scenarios:
    - name: both uplinks of leaf1
      fail:
        - link: [leaf1, spine1]
        - link: \"leaf1:Ethernet2\"
        - card: \"spine2:3\"      or: node, interface, group, session
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
    /// All combinations of up to K failures at once
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=4), conflicts_with = "scenario")]
    depth: u8,
    /// How many failures to list: a number or `all`
    #[arg(long, value_name = "N", default_value = "20", value_parser = count)]
    top: Count,
    /// How many lost pairs to list: a number or `all`
    #[arg(long, value_name = "N", default_value = "20", value_parser = count)]
    pairs: Count,
    /// Run only part I of N, numbered from 1; needs --out
    #[arg(long, value_name = "I/N", value_parser = part, requires = "out")]
    shard: Option<Part>,
    /// Write each failure down in this folder as it is done, and go on from what is there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// A part of a sweep.
#[derive(Debug, Clone, Copy)]
struct Part(usize, usize);

fn part(word: &str) -> Result<Part, String> {
    let split = word.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match split {
        Some((i, n)) if 1 <= i && i <= n => Ok(Part(i, n)),
        _ => Err("not a part like 1/4, 2/4, 3/4, 4/4".to_owned()),
    }
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
    /// What is asked, for the digest of a sweep's inputs.
    fn asked(&self) -> Result<Vec<String>, Error> {
        let scenario = self.scenario.as_ref().map_or(Ok(String::new()), |path| {
            std::fs::read_to_string(path).map_err(|e| Error::Read { path: path.display().to_string(), source: e })
        })?;
        Ok(vec![self.links.to_string(), self.nodes.to_string(), scenario])
    }

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
    let (snapshot, state) = context.simulate_ways(&args.snapshot)?;
    let network = &snapshot.network;
    let cases = args.cases.cases(network, &state)?;
    let show = Show { cases: args.top.0, pairs: args.pairs.0 };
    let Part(part, of) = args.shard.unwrap_or(Part(1, 1));
    let mine = |n: &usize| shard::takes(&cases[*n].name, (part, of));
    let mut wanted: Vec<usize> = (0..cases.len()).filter(mine).collect();
    let mut done: Vec<Done> = Vec::new();
    let mut journal = None;
    if let Some(folder) = &args.out {
        let mut asked = args.cases.asked()?;
        asked.push(args.depth.to_string());
        let header = Header::new(shard::inputs(network, &asked), (part, of), cases.len(), show);
        let (open, known) = Journal::open(folder, &header)?;
        wanted.retain(|n| known.iter().all(|d| d.unit != *n));
        done = known;
        journal = Some(open);
    }
    // Kept until the process ends, as in `Context::simulate`.
    let base = ManuallyDrop::new(Base::new(network, &state));
    let deeper = (args.depth > 1).then(|| {
        let bar = progress(context, cases.len(), "single failures");
        let deeper = Deeper::new(&base, &cases, usize::from(args.depth), &|| bar.inc(1));
        bar.finish_and_clear();
        deeper
    });
    let bar = progress(context, wanted.len(), if deeper.is_some() { "failures with others on top" } else { "failures" });
    let one = |&unit: &usize| {
        let done = match &deeper {
            None => Done::single(network, unit, &cases[unit], &base.impact(&cases[unit]), show),
            Some(deeper) => Done::combined(network, unit, deeper, show),
        };
        if let Some(journal) = &journal {
            journal.line(&done)?;
        }
        bar.inc(1);
        Ok(done)
    };
    done.extend(wanted.par_iter().map(one).collect::<Result<Vec<Done>, Error>>()?);
    bar.finish_and_clear();
    done.sort_by_key(|d| d.unit);
    match (&journal, of) {
        (Some(journal), 2..) => {
            let (path, here) = (journal.path().display(), done.len());
            context.print(|out, _| writeln!(out, "{path}: part {part} of {of}, {here} of {} failures", cases.len()))?;
        }
        _ => context.answer(&shard::answer(&done, show))?,
    }
    Ok(Outcome::Pass)
}
