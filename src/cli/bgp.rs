//! `nettwin bgp`

use std::path::PathBuf;

use super::context::{Context, Without};
use super::routes::WantedArgs;
use super::{Error, Outcome};
use crate::questions::bgp;

const EXAMPLES: &str = "\
Examples:
  nettwin bgp net/ --node leaf1                         every path leaf1 has heard or made
  nettwin bgp net/ --node rr1 --prefix 10.1.0.0/16      why is this path the best?
  nettwin bgp net/ --format csv > paths.csv";

/// Flags of `nettwin bgp`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The snapshot folder
    snapshot: PathBuf,
    #[command(flatten)]
    wanted: WantedArgs,
    #[command(flatten)]
    without: Without,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let (snapshot, state) = context.simulate(&args.snapshot, &args.without)?;
    context.answer(&bgp::answer(&snapshot.network, &state, &args.wanted.wanted()))?;
    Ok(Outcome::Pass)
}
