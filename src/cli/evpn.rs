//! `nettwin evpn`

use std::path::PathBuf;

use super::context::{Context, Without};
use super::{Error, Outcome};
use crate::questions::evpn::{self, Wanted};

const EXAMPLES: &str = "\
A row is a VLAN of a switch: to which tunnel ends its frames go, and which hosts it tells others of (those that cables lead to).
IP prefixes (type 5) stand in the tables of the VRFs: `nettwin routes` and `nettwin bgp` show them.

Examples:
  nettwin evpn net/                           every VLAN with a VNI, and the tunnel ends it floods to
  nettwin evpn net/ --vni 10110 --routes      the EVPN routes behind it: tunnel ends (type 3) and hosts (type 2)
  nettwin evpn net/ --node leaf1 --fail spine1 --format json";

/// Flags of `nettwin evpn`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The snapshot folder
    snapshot: PathBuf,
    /// Only these devices (`*` stands for anything)
    #[arg(long, value_name = "NAME")]
    node: Vec<String>,
    /// Only these VNIs
    #[arg(long, value_name = "NUMBER")]
    vni: Vec<u32>,
    /// Also the EVPN routes of the VLANs, a row a path
    #[arg(long)]
    routes: bool,
    #[command(flatten)]
    without: Without,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let (snapshot, state) = context.simulate(&args.snapshot, &args.without)?;
    let wanted = Wanted { nodes: args.node, vnis: args.vni, routes: args.routes };
    context.answer(&evpn::answer(&snapshot.network, &state, &wanted))?;
    Ok(Outcome::Pass)
}
