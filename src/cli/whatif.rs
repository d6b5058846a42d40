//! `nettwin whatif`

use std::path::PathBuf;
use std::time::Duration;

use super::context::Context;
use super::fail::{Count, count};
use super::stats::Lap;
use super::{Error, Outcome};
use crate::engine::{self, Purpose};
use crate::topology::Topology;
use crate::whatif::change::{Announce, Withdraw};
use crate::whatif::scenario::{self, CostChange, Element, LinkName, Scenario};

const EXAMPLES: &str = "\
All that is asked for happens at once; the answer says what it does to sessions, to who reaches what, and to routes.

Examples:
  nettwin whatif net/ --link leaf1,spine1 --node spine2
  nettwin whatif net/ --interface leaf1:Ethernet1        one port
  nettwin whatif net/ --card spine1:3                    all ports of a line card: Ethernet3/1, Ethernet3/2, …
  nettwin whatif net/ --group duct-7                     a shared-risk group of nettwin.yaml
  nettwin whatif net/ --session pe1,rr1                  BGP sessions between two routers; or: pe1,192.0.2.1
  nettwin whatif net/ --announce \"198.51.100.0/24 pe1 192.0.2.1 64500 64501\"   prefix, router, neighbour, AS path
  nettwin whatif net/ --announce \"198.51.100.0/24 pe1\"   the router makes it itself
  nettwin whatif net/ --withdraw \"198.51.100.0/24\"       everywhere; or: \"PREFIX ROUTER [NEIGHBOUR]\"
  nettwin whatif net/ --cost p1:eth0=50 --drain p2
  nettwin whatif net/ --candidate change/ --change       other configs (as `nettwin diff`), and failures on top
  nettwin whatif net/ --scenario scenarios.yaml --name \"both uplinks of leaf1\"";

/// Flags of `nettwin whatif`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The snapshot folder
    snapshot: PathBuf,
    /// Fail a device
    #[arg(long, value_name = "ROUTER", help_heading = "What happens")]
    node: Vec<String>,
    /// Fail all links between two devices, or the link on a port
    #[arg(long, value_name = "A,B|A:PORT", help_heading = "What happens")]
    link: Vec<String>,
    /// Fail a port
    #[arg(long, value_name = "ROUTER:PORT", help_heading = "What happens")]
    interface: Vec<String>,
    /// Fail a line card: all ports whose number begins with SLOT/
    #[arg(long, value_name = "ROUTER:SLOT", help_heading = "What happens")]
    card: Vec<String>,
    /// Fail a shared-risk group of nettwin.yaml
    #[arg(long, value_name = "NAME", help_heading = "What happens")]
    group: Vec<String>,
    /// Shut the BGP sessions between two devices, or of a device with an address
    #[arg(long, value_name = "A,B", value_parser = pair, help_heading = "What happens")]
    session: Vec<(String, String)>,
    /// A prefix is announced: by a neighbour outside the network, or made by a router
    #[arg(long, value_name = "PREFIX ROUTER [NEIGHBOUR AS…]", value_parser = announcement, help_heading = "What happens")]
    announce: Vec<Announce>,
    /// A prefix is announced no more
    #[arg(long, value_name = "PREFIX [ROUTER [NEIGHBOUR]]", value_parser = withdrawal, help_heading = "What happens")]
    withdraw: Vec<Withdraw>,
    /// Another IGP cost on a port
    #[arg(long, value_name = "ROUTER:PORT=COST", value_parser = cost, help_heading = "What happens")]
    cost: Vec<CostChange>,
    /// Drain a device: nothing passes through it
    #[arg(long, value_name = "ROUTER", help_heading = "What happens")]
    drain: Vec<String>,
    /// A scenario of a YAML file
    #[arg(long, value_name = "FILE", help_heading = "What happens")]
    scenario: Option<PathBuf>,
    /// Which scenario of the file [default: its only one]
    #[arg(long, value_name = "NAME", requires = "scenario", help_heading = "What happens")]
    name: Option<String>,
    /// Other configs: a snapshot as it will be
    #[arg(long, value_name = "DIR", help_heading = "What happens")]
    candidate: Option<PathBuf>,
    /// The candidate holds only what changes: the rest is the base's
    #[arg(long, requires = "candidate", help_heading = "What happens")]
    change: bool,
    /// How many rows of each table to show: a number or `all`
    #[arg(long, value_name = "N", default_value = "15", value_parser = count)]
    top: Count,
}

fn pair(word: &str) -> Result<(String, String), String> {
    let (a, b) = word.split_once(',').ok_or("should be two names with a comma between")?;
    Ok((a.trim().to_owned(), b.trim().to_owned()))
}

fn announcement(words: &str) -> Result<Announce, String> {
    let mut words = words.split_whitespace();
    let prefix = words.next().and_then(|w| w.parse().ok()).ok_or("should start with a prefix like 198.51.100.0/24")?;
    let at = words.next().ok_or("should name a router after the prefix")?.to_owned();
    let peer = words.next().map(|w| w.parse().map_err(|_| format!("`{w}` is no address of a neighbour"))).transpose()?;
    let as_path = words.map(|w| w.parse().map_err(|_| format!("`{w}` is no AS number"))).collect::<Result<_, _>>()?;
    Ok(Announce { at, peer, prefix, as_path, med: None, communities: Vec::new() })
}

fn withdrawal(words: &str) -> Result<Withdraw, String> {
    let mut words = words.split_whitespace();
    let prefix = words.next().and_then(|w| w.parse().ok()).ok_or("should start with a prefix like 198.51.100.0/24")?;
    let at = words.next().map(str::to_owned);
    let peer = words.next().map(|w| w.parse().map_err(|_| format!("`{w}` is no address of a neighbour"))).transpose()?;
    Ok(Withdraw { prefix, at, peer })
}

fn cost(word: &str) -> Result<CostChange, String> {
    let parts = word.rsplit_once('=').and_then(|(i, c)| Some((i.to_owned(), c.parse().ok()?)));
    let (interface, cost) = parts.ok_or("should be ROUTER:PORT=COST")?;
    Ok(CostChange { interface, cost })
}

impl Args {
    fn scenario(&self) -> Result<Scenario, Error> {
        let mut all = match &self.scenario {
            Some(path) => from_file(path, self.name.as_deref())?,
            None => Scenario { growth: 1.0, ..Scenario::default() },
        };
        let link = |l: &String| match l.split_once(',') {
            Some((a, b)) => LinkName::Between(a.trim().to_owned(), b.trim().to_owned()),
            None => LinkName::At(l.clone()),
        };
        all.fail.extend(self.node.iter().cloned().map(Element::Node));
        all.fail.extend(self.link.iter().map(|l| Element::Link(link(l))));
        all.fail.extend(self.interface.iter().cloned().map(Element::Interface));
        all.fail.extend(self.card.iter().cloned().map(Element::Card));
        all.fail.extend(self.group.iter().cloned().map(Element::Group));
        all.fail.extend(self.session.iter().cloned().map(|(a, b)| Element::Session(a, b)));
        all.announce.extend(self.announce.iter().cloned());
        all.withdraw.extend(self.withdraw.iter().cloned());
        all.cost.extend(self.cost.iter().cloned());
        all.drain.extend(self.drain.iter().cloned());
        Ok(all)
    }
}

fn from_file(path: &std::path::Path, name: Option<&str>) -> Result<Scenario, Error> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| Error::Read { path: shown.clone(), source: e })?;
    let mut all = scenario::parse(&shown, &text)?;
    let names: Vec<String> = all.iter().map(|s| s.name.clone()).collect();
    let at = match name {
        Some(name) => names.iter().position(|n| n == name),
        None => (all.len() == 1).then_some(0),
    };
    let at = at.ok_or_else(|| Error::Usage(format!("`--name` should be one of: {}", names.join(", "))))?;
    Ok(all.swap_remove(at))
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let scenario = args.scenario()?;
    if scenario == (Scenario { name: scenario.name.clone(), growth: scenario.growth, ..Scenario::default() })
        && args.candidate.is_none()
    {
        return Err(Error::Usage("nothing happens: say what (`nettwin whatif --help` has examples)".to_owned()));
    }
    let (base, candidate, took) = match &args.candidate {
        Some(folder) => {
            let (base, candidate) = context.load_pair(&args.snapshot, folder, args.change)?;
            (base, Some(candidate.network), candidate.took)
        }
        None => (context.load(&args.snapshot)?, None, Duration::ZERO),
    };
    let (base, before) = context.simulate_loaded((&args.snapshot, base))?;
    let mut timed = Lap::start();
    let topology = candidate.as_ref().map(|n| Topology::build(n, &Default::default()));
    let applied = scenario.apply(candidate.as_ref().unwrap_or(&base.network), topology.as_ref().unwrap_or(&before.topology))?;
    let read = took + timed.lap();
    let (network, after) = match applied.network.or(candidate) {
        Some(changed) => {
            let after = engine::simulate_change(&before, &base.network, &changed, &applied.failures, Purpose::Look);
            (changed, after)
        }
        None => (base.network.clone(), engine::simulate_from(&before, &base.network, &applied.failures)),
    };
    let solved = timed.lap();
    super::diff::show(context, (base, before), (network, after), args.top, (read, solved))
}
