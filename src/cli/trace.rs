//! `nettwin trace`

use std::net::IpAddr;
use std::path::PathBuf;

use super::context::{Context, Without};
use super::{Error, Outcome};
use crate::forward::filter::{self, Packet};
use crate::forward::step::Forwarder;
use crate::forward::trace;
use crate::model::Network;
use crate::model::interface::{Interface, InterfaceKind};
use crate::model::network::{DeviceId, NodeId};
use crate::questions;
use crate::topology::Port;

const EXAMPLES: &str = "\
Follows every equal-cost branch, hop by hop, with the route used and the filters met. Without --proto and --dport the packet
is a ping; with --dport it is the first packet of a TCP connection. Filters on the port a packet leaves by apply also at
the first router; a filter on the way in applies there only with --in.

Exit code 1 when some branch does not arrive.

Examples:
  nettwin trace net/ --from leaf1 --to 10.0.4.20
  nettwin trace net/ --from leaf1 --to 10.0.4.20 --fail node:spine1
  nettwin trace net/ --from leaf1:blue --to leaf4 --proto tcp --dport 443
  nettwin trace net/ --from edge1 --in Ethernet3 --src 198.51.100.9 --to 203.0.113.80 --proto udp --dport 53";

/// Flags of `nettwin trace`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The snapshot folder
    snapshot: PathBuf,
    /// The router that gets the packet first, with its VRF if not the default one
    #[arg(long, value_name = "NODE[:VRF]")]
    from: String,
    /// The destination: an address, or a device (its loopback)
    #[arg(long, value_name = "ADDR")]
    to: String,
    /// The port the packet comes in by
    #[arg(long = "in", value_name = "INTERFACE")]
    enter: Option<String>,
    /// Source address [default: that of the port the packet leaves the first router by]
    #[arg(long, value_name = "ADDR")]
    src: Option<IpAddr>,
    /// icmp, tcp, udp, or an IP protocol number
    #[arg(long, value_name = "PROTO", value_parser = protocol)]
    proto: Option<u8>,
    /// Destination port
    #[arg(long, value_name = "PORT")]
    dport: Option<u16>,
    /// Source port [default: 49152]
    #[arg(long, value_name = "PORT")]
    sport: Option<u16>,
    /// Use IPv6 where --to names a device
    #[arg(long, short = '6')]
    ipv6: bool,
    #[command(flatten)]
    without: Without,
}

fn protocol(word: &str) -> Result<u8, String> {
    filter::protocol(word).ok_or_else(|| "not icmp, tcp, udp or a number from 0 to 255".to_owned())
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let (snapshot, state) = context.simulate(&args.snapshot, &args.without)?;
    let network = &snapshot.network;
    let from = node(network, &args.from)?;
    let to = destination(network, &args.to, args.ipv6)?;
    let enter = args.enter.as_deref().map(|name| port(network, from, name)).transpose()?;
    let forwarder = Forwarder::new(network, &state);
    let source = match args.src {
        Some(src) if src.is_ipv4() != to.is_ipv4() => {
            return Err(Error::Usage(format!("--src {src} and --to {to} are not of the same address family")));
        }
        Some(src) => src,
        None => trace::own_address(network, &state, &forwarder, from, to),
    };
    let mut packet = Packet::asked(source, to, args.proto, args.dport);
    packet.source_port = args.sport.unwrap_or(packet.source_port);
    let trace = trace::trace(network, &state, &forwarder, from, enter, &packet);
    context.answer(&questions::trace::answer(network, &state, &forwarder, &trace))?;
    let arrives = trace.branches.iter().all(|b| b.end.arrives());
    Ok(if arrives { Outcome::Pass } else { Outcome::Violation })
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = names.collect();
    let more = if all.len() > 12 { ", …" } else { "" };
    format!("{}{more}", all.iter().take(12).copied().collect::<Vec<_>>().join(", "))
}

fn device(network: &Network, name: &str) -> Result<DeviceId, Error> {
    network.find_device(name).ok_or_else(|| {
        let known = names(network.devices.iter().map(|d| &*d.name));
        Error::Usage(format!("there is no device `{name}`; there are: {known}"))
    })
}

/// `device` or `device:vrf`.
fn node(network: &Network, text: &str) -> Result<NodeId, Error> {
    let (name, vrf) = text.split_once(':').unwrap_or((text, "default"));
    let id = device(network, name)?;
    let found = network.devices[id].find_vrf(vrf).ok_or_else(|| {
        let known = names(network.devices[id].vrfs.iter().map(|v| &*v.name));
        Error::Usage(format!("`{name}` has no VRF `{vrf}`; it has: {known}"))
    })?;
    Ok(network.node(id, found))
}

fn port(network: &Network, from: NodeId, name: &str) -> Result<Port, Error> {
    let (id, _) = network.nodes()[from];
    let device = &network.devices[id];
    let found =
        device.interfaces.iter_ids().find(|(_, i)| i.name.eq_ignore_ascii_case(name)).map(|(i, _)| i).ok_or_else(|| {
            let known = names(device.interfaces.iter().map(|i| &*i.name));
            Error::Usage(format!("`{}` has no interface `{name}`; it has: {known}", device.name))
        })?;
    Ok((id, found))
}

fn destination(network: &Network, text: &str, v6: bool) -> Result<IpAddr, Error> {
    if let Ok(addr) = text.parse() {
        return Ok(addr);
    }
    if text.contains('/') {
        return Err(Error::Usage(format!("`{text}` is a prefix; --to wants one address of it")));
    }
    let id = device(network, text)?;
    let mut interfaces: Vec<&Interface> = network.devices[id].interfaces.iter().collect();
    interfaces.sort_by_key(|i| i.kind != InterfaceKind::Loopback);
    let found = interfaces.iter().find_map(|i| i.primary(v6)).map(|a| a.address.addr());
    found.ok_or_else(|| Error::Usage(format!("`{text}` has no {} address", if v6 { "IPv6" } else { "IPv4" })))
}
