//! `nettwin gen`: networks of any size, for benchmarks and trials.
//!
//! In: flags. Out: a snapshot folder. Law: the same flags give the same bytes. Start reading at [`fat_tree`], then [`text`].

mod fat_tree;
mod text;
mod wan;
mod wan_text;

use std::path::PathBuf;

use clap::ValueEnum;

use super::context::Context;
use super::{Error, Outcome};

const EXAMPLES: &str = "\
A fat tree of k has k pods of k/2 edge and k/2 aggregation switches, and (k/2)^2 core switches: 5k^2/4 in all. Each edge switch has a
/24 for its servers, each switch a loopback. eBGP follows RFC 7938: one AS for the core, one a pod for aggregation, one an edge switch.

Examples:
  nettwin gen fat-tree --k 4 --os eos --protocol ebgp --out net/
  nettwin gen fat-tree --k 20 --os frr --protocol ospf --out big/ && nettwin routes big/ --node edge-0-0
  nettwin gen wan --routers 200 --prefixes 20000 --out wan/ && nettwin fail wan/
  nettwin gen wan --mrt rib.20260101.0000 --out wan/      with the real table of a route collector, unpacked";

/// Flags of `nettwin gen`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// A data-centre fabric of k pods
    FatTree(FatTreeArgs),
    /// A provider backbone: IS-IS or OSPF, two levels of reflectors, edge sessions, an Internet table
    Wan(wan::WanArgs),
}

/// Flags of `nettwin gen fat-tree`.
#[derive(Debug, clap::Args)]
struct FatTreeArgs {
    /// Ports of each switch: an even number from 2 to 128
    #[arg(long, value_name = "K")]
    k: u32,
    /// The operating system of all switches
    #[arg(long, value_enum, default_value_t = Os::Eos)]
    os: Os,
    /// The routing protocol
    #[arg(long, value_enum, default_value_t = Protocol::Ebgp)]
    protocol: Protocol,
    /// The folder to write; it must be empty or new [default: fat-tree-K-OS-PROTOCOL]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// An operating system to write configs for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Os {
    Eos,
    Ios,
    Frr,
    Junos,
}

/// A routing protocol to write configs for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Protocol {
    Ebgp,
    Ospf,
    Isis,
}

/// An interior protocol to write configs for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Igp {
    Isis,
    Ospf,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let args = match args.what {
        What::FatTree(args) => args,
        What::Wan(args) => return backbone(&args, context),
    };
    if args.k < 2 || args.k % 2 != 0 || args.k > 128 {
        return Err(Error::Usage(format!("--k {} is not an even number from 2 to 128", args.k)));
    }
    let word = |value: Option<clap::builder::PossibleValue>| value.map_or_else(String::new, |v| v.get_name().to_owned());
    let default = || {
        PathBuf::from(format!(
            "fat-tree-{}-{}-{}",
            args.k,
            word(args.os.to_possible_value()),
            word(args.protocol.to_possible_value())
        ))
    };
    let out = args.out.clone().unwrap_or_else(default);
    must_be_new(&out)?;
    let switches = fat_tree::switches(args.k);
    let configs = out.join("configs");
    let wrote = |path: &std::path::Path, e| Error::Write { path: path.display().to_string(), source: e };
    std::fs::create_dir_all(&configs).map_err(|e| wrote(&configs, e))?;
    for switch in &switches {
        let path = configs.join(format!("{}.cfg", switch.name));
        std::fs::write(&path, text::config(switch, args.os, args.protocol)).map_err(|e| wrote(&path, e))?;
    }
    let path = out.join("layer1_topology.json");
    std::fs::write(&path, fat_tree::layer1(&switches, args.os)).map_err(|e| wrote(&path, e))?;
    context.print(|to, _| {
        writeln!(
            to,
            "{}: {} switches, {} links",
            out.display(),
            switches.len(),
            switches.iter().map(|s| s.ports.len()).sum::<usize>() / 2
        )
    })?;
    Ok(Outcome::Pass)
}

fn must_be_new(out: &std::path::Path) -> Result<(), Error> {
    if std::fs::read_dir(out).is_ok_and(|mut d| d.next().is_some()) {
        return Err(Error::Usage(format!("`{}` is not empty: name a new folder with --out", out.display())));
    }
    Ok(())
}

fn backbone(args: &wan::WanArgs, context: &Context) -> Result<Outcome, Error> {
    if !(10..=20_000).contains(&args.routers) {
        return Err(Error::Usage(format!("--routers {} is not from 10 to 20000", args.routers)));
    }
    // Two peers a session fit into the 16 bits that MRT has; prefixes into the addresses they are taken from.
    if args.sessions > 30_000 || args.prefixes > 1_300_000 || args.prefixes_v6 > 60_000_000 {
        return Err(Error::Usage("at most 30000 sessions, 1300000 prefixes and 60000000 IPv6 prefixes".to_owned()));
    }
    must_be_new(&args.out)?;
    let plan = wan::plan(args);
    let count = wan_text::write(&plan, args)?;
    context.print(|to, _| {
        writeln!(
            to,
            "{}: {} routers, {} links, {} sessions with neighbours outside, {count} announcements",
            args.out.display(),
            plan.routers.len(),
            plan.links,
            plan.outside.len()
        )
    })?;
    Ok(Outcome::Pass)
}
