//! Flags to calls: one thin file a subcommand.
//!
//! In: the command line. Out: text on standard output, an exit code. Law: no knowledge of networks here; a subcommand loads,
//! asks one question and renders. Exit codes: 0 pass, 1 violation, 2 could not run or judge. To add a subcommand: a file
//! and one line in the list below. Start reading at [`main`]. Tests: `tests/cli.rs`.

mod bgp;
mod capacity;
mod check;
mod context;
mod diff;
mod drift;
mod evpn;
mod fail;
mod gate;
mod r#gen;
mod journal;
mod merge;
mod routes;
mod sessions;
mod stats;
mod trace;
mod whatif;

use std::process::ExitCode;

use clap::Parser;

use crate::base::error::Error;
use context::{Context, Globals};

/// A digital twin of a routed network: reads device configs, computes every router's tables, answers questions, judges changes.
#[derive(Debug, Parser)]
#[command(name = "nettwin", version, arg_required_else_help = true, after_help = EXAMPLES, max_term_width = 110)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
A SNAPSHOT is a folder with `configs/` (one file or folder a device) and, where wanted, `hosts/`, `layer1_topology.json`,
`external_announcements.json`, `demands.csv` and `nettwin.yaml`; or a single config file.

Exit codes: 0 = pass, 1 = a check failed or an error was found, 2 = could not run or judge.

Examples:
  nettwin check  topologies/leaf-spine
  nettwin routes topologies/leaf-spine --node leaf1
  nettwin sessions topologies/leaf-spine --not-up
  nettwin trace  topologies/leaf-spine --from leaf1 --to leaf4";

/// How a subcommand ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All well.
    Pass,
    /// What was checked does not hold.
    Violation,
}

macro_rules! commands {
    ($($(#[$meta:meta])* $name:ident($module:ident),)*) => {
        #[derive(Debug, clap::Subcommand)]
        #[expect(clippy::large_enum_variant, reason = "there is one of them a run")]
        enum Command {
            $($(#[$meta])* $name($module::Args),)*
        }
        impl Command {
            fn run(self, context: &Context) -> Result<Outcome, Error> {
                match self { $(Self::$name(args) => $module::run(args, context),)* }
            }
        }
    };
}

commands! {
    /// What the twin makes of the configs: lines by class, errors with their place
    Check(check),
    /// The routing tables of all routers
    Routes(routes),
    /// All candidate BGP paths, the best marked, with the step at which each other one lost
    Bgp(bgp),
    /// VLANs over VXLAN: to which tunnel ends their frames go, and the EVPN routes that say so
    Evpn(evpn),
    /// Sessions and adjacencies, and why those that are not up are not
    Sessions(sessions),
    /// Where a packet goes: every branch, hop by hop
    Trace(trace),
    /// What a change does to sessions, reachability and routes
    Diff(diff),
    /// How far the twin agrees with what the devices themselves print
    Drift(drift),
    /// How full links are, now and under each failure
    Capacity(capacity),
    /// Judges a change by a policy file, and names the config lines to blame
    Gate(gate),
    /// Makes networks of any size, for benchmarks and trials
    Gen(r#gen),
    /// What each failure costs, worst first
    Fail(fail),
    /// What failures, announcements, cost changes or other configs do, as a diff
    Whatif(whatif),
    /// Joins the parts of a failure sweep that `fail --shard` wrote
    Merge(merge),
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let context = Context::new(cli.globals);
    match cli.command.run(&context) {
        Ok(Outcome::Pass) => ExitCode::SUCCESS,
        Ok(Outcome::Violation) => ExitCode::from(1),
        // The reader of our output went away: nothing is wrong.
        Err(Error::Write { source, .. }) if source.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(e) => {
            context.complain(&e);
            ExitCode::from(2)
        }
    }
}
