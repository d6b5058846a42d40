//! `nettwin capacity`

use std::path::PathBuf;

use super::context::Context;
use super::fail::{Count, count, progress, scenario_cases};
use super::{Error, Outcome};
use crate::load;
use crate::whatif::capacity::{answer, demand, plan};
use crate::whatif::sweep;

const EXAMPLES: &str = "\
Each router splits traffic evenly over its equal-cost next hops. Line rates come from the configs and from nettwin.yaml.

Examples:
  nettwin capacity net/ --demands traffic.csv
  nettwin capacity net/ --demands traffic.csv --fail links --full 80
  nettwin capacity net/ --scenario growth.yaml            demands of the snapshot, scenarios of a file

A demands file is CSV with a heading; `to` is a device, an address or a prefix:
  from,to,mbps
  pe1,pe4,1200
  pe1,203.0.113.0/24,300";

/// Flags of `nettwin capacity`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The snapshot folder
    snapshot: PathBuf,
    /// The traffic matrix: CSV, REPETITA or SNDlib [default: the snapshot's own demands file]
    #[arg(long, value_name = "FILE")]
    demands: Option<PathBuf>,
    /// Also try each single failure of these
    #[arg(long, value_enum, value_name = "WHAT")]
    fail: Option<What>,
    /// Also run the scenarios of a YAML file
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// The utilisation in percent above which a link counts as overloaded
    #[arg(long, value_name = "PERCENT", default_value_t = 100.0)]
    full: f64,
    /// How many links to list: a number or `all`
    #[arg(long, value_name = "N", default_value = "20", value_parser = count)]
    top: Count,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    Links,
    Nodes,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let (snapshot, state) = context.simulate_ways(&args.snapshot)?;
    let network = &snapshot.network;
    let lines = match &args.demands {
        Some(path) => load::demands(path, network)?,
        None => network.demands.clone(),
    };
    if lines.is_empty() {
        return Err(Error::Usage(
            "there are no demands: name a file with --demands, or put demands.csv into the snapshot".to_owned(),
        ));
    }
    let demands = demand::resolve(network, &lines)?;
    let mut cases = match args.fail {
        Some(What::Links) => sweep::single_links(network, &state.topology),
        Some(What::Nodes) => sweep::single_nodes(network),
        None => Vec::new(),
    };
    if let Some(path) = &args.scenario {
        cases.extend(scenario_cases(path, network, &state)?);
    }
    let bar = progress(context, cases.len(), "failures");
    let plan = plan::plan(network, &state, &demands, &demand::capacities(network), &cases, &|| bar.inc(1));
    bar.finish_and_clear();
    context.answer(&answer::answer(network, &state.topology, &demands, &cases, &plan, args.full / 100.0, args.top.0))?;
    Ok(Outcome::Pass)
}
