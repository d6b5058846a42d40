//! `nettwin drift`

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::context::{Context, Without};
use super::fail::{Count, count};
use super::{Error, Outcome};
use crate::load;
use crate::questions::drift::{self, Collected};
use crate::state::{self, StateFile};

const EXAMPLES: &str = "\
DIR holds a folder for each device, named as in the snapshot, with what the device printed, a command a file (any names):
  Arista EOS       show ip route vrf all | json, show ip bgp vrf all | json
  Cisco IOS        show ip route, show ip route vrf X, show ip bgp all
  Cisco IOS-XR     show route vrf all, show route, show bgp all all
  Cisco NX-OS      show ip route vrf all, show ip bgp vrf all (text or | json)
  FRR, SONiC       show ip route vrf all json, show ip bgp vrf all json; also as text
  Juniper Junos    show route, show route protocol bgp detail (| display json or xml)
  Nokia SR OS      info json state router Base route-table, … bgp rib, … interface; the same of each VPRN
  Nokia SR Linux   info from state network-instance * route-table, … bgp-rib (| as json)
Where both JSON and text of the same thing are there, JSON is read. A field that a device does not print is not compared;
management VRFs, multicast and link-local prefixes are left out.

Exit code 1 with --min when a device's share of routes is below.

Examples:
  nettwin drift net/ --state collected/
  nettwin drift net/ --state collected/ --min 99 --top all
  nettwin drift net/ --state collected/ --format csv > drift.csv";

/// Flags of `nettwin drift`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The snapshot folder
    snapshot: PathBuf,
    /// The folder with what the devices printed
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// The least share of routes, in percent, that must agree on each device
    #[arg(long, value_name = "PERCENT")]
    min: Option<f64>,
    /// How many differences to list: a number or `all`
    #[arg(long, value_name = "N", default_value = "30", value_parser = count)]
    top: Count,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let (snapshot, state) = context.simulate(&args.snapshot, &Without::default())?;
    let hosts = load::state::read(&args.state, &snapshot.network)?;
    let mut nodes = Map::new();
    let mut files = BTreeMap::new();
    let mut strange = Vec::new();
    for host in &hosts {
        let Some(device) = host.device else {
            strange.push(host.host.as_str());
            continue;
        };
        let name = snapshot.network.devices[device].name.to_string();
        let given: Vec<StateFile<'_>> = host.files.iter().map(|(name, text)| StateFile { name, text }).collect();
        let collected = state::read(&given);
        files.insert(name.clone(), (collected.files.len(), given.len()));
        if !collected.is_empty() {
            nodes.insert(name, collected.node());
        }
    }
    if !strange.is_empty() && !context.quiet {
        let _ = writeln!(std::io::stderr().lock(), "not in the snapshot: state of {}", strange.join(", "));
    }
    let facts: Value = json!({"nodes": nodes});
    if facts["nodes"].as_object().is_none_or(Map::is_empty) {
        let dir = args.state.display();
        return Err(Error::Usage(format!("`{dir}` holds no table of a device of the snapshot in a form that is known")));
    }
    let collected = Collected { facts: &facts, files: &files, top: args.top.0.unwrap_or(usize::MAX) };
    let drift = drift::answer(&snapshot.network, &state, &collected)
        .map_err(|e| Error::Write { path: "the twin's tables".to_owned(), source: e })?;
    context.answer(&drift.answer)?;
    Ok(if args.min.is_some_and(|min| drift.least < min) { Outcome::Violation } else { Outcome::Pass })
}
