//! `nettwin diff`

use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::time::Duration;

use super::context::Context;
use super::fail::{Count, count};
use super::stats::{self, Lap};
use super::{Error, Outcome};
use crate::engine::{self, Purpose, State};
use crate::load::Snapshot;
use crate::model::Network;
use crate::questions::diff::{self, Side};
use crate::topology::Failures;

const EXAMPLES: &str = "\
Shows the changed config lines, then what they do: to sessions, to who reaches what, and to routes. Tables and prefixes that fare
alike share a row.

Examples:
  nettwin diff net/ net-after/
  nettwin diff net/ net-after/ --top all --format markdown > change.md
  nettwin diff net/ net-after/ --format json | jq '.reachability[] | select(.change == \"lost\")'";

/// Flags of `nettwin diff`.
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
    /// How many rows of each table to show: a number or `all`
    #[arg(long, value_name = "N", default_value = "15", value_parser = count)]
    top: Count,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let (base, candidate) = context.load_pair(&args.base, &args.candidate, args.change)?;
    let (base, before) = context.simulate_loaded((&args.base, base))?;
    let mut timed = Lap::start();
    let after = engine::simulate_change(&before, &base.network, &candidate.network, &Failures::default(), Purpose::Look);
    let solved = timed.lap();
    show(context, (base, before), (candidate.network, after), args.top, (candidate.took, solved))
}

/// Shows what differs between the base and a changed network with its tables. `took`: what reading and computing those took.
pub(super) fn show(
    context: &Context,
    (base, before): (ManuallyDrop<Snapshot>, ManuallyDrop<State>),
    (network, after): (Network, State),
    top: Count,
    (read, solved): (Duration, Duration),
) -> Result<Outcome, Error> {
    let mut timed = Lap::start();
    let base = Side::new(ManuallyDrop::into_inner(base).network, ManuallyDrop::into_inner(before));
    // Kept until the process ends, as in `Context::simulate`.
    let (base, changed) = (ManuallyDrop::new(base), ManuallyDrop::new(Side::new(network, after)));
    let answer = diff::answer(&base, &changed, top.0);
    context.say_stats(|| stats::change(read, solved, timed.lap()));
    context.answer(&answer)?;
    Ok(Outcome::Pass)
}
