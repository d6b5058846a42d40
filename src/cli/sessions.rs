//! `nettwin sessions`

use std::path::PathBuf;

use super::context::{Context, Without};
use super::{Error, Outcome};
use crate::questions::sessions::{self, Wanted};

const EXAMPLES: &str = "\
A session shows once for each of its ends. `outside` means the neighbor is not in the snapshot: nothing can be said.

Examples:
  nettwin sessions net/                       every BGP session and IS-IS or OSPF adjacency
  nettwin sessions net/ --not-up              only those that are not up, with the reason and the config line
  nettwin sessions net/ --node r1 --protocol bgp --format json";

/// Flags of `nettwin sessions`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The snapshot folder
    snapshot: PathBuf,
    /// Only these devices (`*` stands for anything)
    #[arg(long, value_name = "NAME")]
    node: Vec<String>,
    /// Only these protocols
    #[arg(long, value_name = "WORD", value_parser = ["bgp", "eigrp", "isis", "ospf", "ospf3"])]
    protocol: Vec<String>,
    /// Only sessions that are not up
    #[arg(long)]
    not_up: bool,
    #[command(flatten)]
    without: Without,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let (snapshot, state) = context.simulate(&args.snapshot, &args.without)?;
    let wanted = Wanted { nodes: args.node, protocols: args.protocol, not_up: args.not_up };
    context.answer(&sessions::answer(&snapshot.network, &state, &wanted))?;
    Ok(Outcome::Pass)
}
