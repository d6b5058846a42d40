//! `nettwin routes`

use std::borrow::Cow;
use std::path::PathBuf;

use ipnet::IpNet;

use super::context::{Context, Without};
use super::{Error, Outcome};
use crate::questions::routes::{self, Wanted};
use crate::report::{Format, csv};

const EXAMPLES: &str = "\
Examples:
  nettwin routes net/                                   every table of every router
  nettwin routes net/ --node leaf1 --vrf blue           one table
  nettwin routes net/ --node 'spine*' --prefix 10.0.0.0/8 --protocol bgp
  nettwin routes net/ --node leaf1 --fail link:leaf1:Ethernet1 --fail node:spine2
  nettwin routes net/ --format json > routes.json       route facts, for scripts and comparison";

/// Flags of `nettwin routes`.
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

/// Filters that route questions share.
#[derive(Debug, clap::Args)]
pub(super) struct WantedArgs {
    /// Only these devices (`*` stands for anything)
    #[arg(long, value_name = "NAME")]
    node: Vec<String>,
    /// Only these VRFs; the global table is `default`
    #[arg(long, value_name = "NAME")]
    vrf: Vec<String>,
    /// Only these prefixes and what lies within them
    #[arg(long, value_name = "PREFIX", value_parser = prefix)]
    prefix: Vec<IpNet>,
    /// Only these protocols: connected, local, static, ospf, ospf_intra, isis, eigrp, rip, bgp, ebgp, ibgp, …
    #[arg(long, value_name = "WORD")]
    protocol: Vec<String>,
}

/// A prefix, or an address as a host prefix.
fn prefix(word: &str) -> Result<IpNet, String> {
    crate::syntax::values::prefix_or_host(word).ok_or_else(|| "not a prefix like 10.0.0.0/8 or 2001:db8::/32".to_owned())
}

impl WantedArgs {
    pub(super) fn wanted(self) -> Wanted {
        Wanted { nodes: self.node, vrfs: self.vrf, prefixes: self.prefix, protocols: self.protocol }
    }
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let (snapshot, state) = context.simulate(&args.snapshot, &args.without)?;
    let wanted = args.wanted.wanted();
    match context.format() {
        Format::Json => context.print(|out, _| routes::write_facts(out, &snapshot.network, &state, &wanted))?,
        Format::Csv => context.print(|out, _| {
            let network = &snapshot.network;
            let entries = || routes::entries(network, &state, &wanted);
            let cites = entries().any(|e| routes::is_cited(network, &e));
            csv::rows(out, &routes::COLUMNS, cites, entries(), |e| Cow::Owned(routes::table_row(network, &state, e)))
        })?,
        _ => context.answer(&routes::answer(&snapshot.network, &state, &wanted))?,
    }
    Ok(Outcome::Pass)
}
