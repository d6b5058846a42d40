//! `nettwin trace`

use std::net::IpAddr;
use std::path::PathBuf;

use super::context::Context;
use super::{Error, Outcome};
use crate::engine::State;
use crate::forward::filter::Packet;
use crate::forward::step::Forwarder;
use crate::forward::trace;
use crate::model::Network;
use crate::model::interface::{Interface, InterfaceKind, link_local};
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
}

fn protocol(word: &str) -> Result<u8, String> {
    match word.to_ascii_lowercase().as_str() {
        "icmp" => Ok(1),
        "tcp" => Ok(6),
        "udp" => Ok(17),
        "gre" => Ok(47),
        "icmp6" | "icmpv6" | "ipv6-icmp" => Ok(58),
        "ospf" => Ok(89),
        "sctp" => Ok(132),
        number => number.parse().map_err(|_| "not icmp, tcp, udp or a number from 0 to 255".to_owned()),
    }
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let (snapshot, state) = context.simulate(&args.snapshot)?;
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
        None => own_address(network, &state, &forwarder, from, to),
    };
    let mut packet = match (args.proto, args.dport) {
        (None | Some(1 | 58), None) => Packet::echo(source, to),
        (proto, dport) => Packet::first(source, to, proto.unwrap_or(6), dport.unwrap_or(0)),
    };
    packet.source_port = args.sport.unwrap_or(packet.source_port);
    let trace = trace::trace(network, &state, &forwarder, from, enter, &packet);
    context.answer(&questions::trace::answer(network, &state, &trace))?;
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

/// What a router puts as source into packets of its own: the address of the port they leave by.
fn own_address(network: &Network, state: &State, forwarder: &Forwarder<'_>, from: NodeId, to: IpAddr) -> IpAddr {
    let (id, vrf) = network.nodes()[from];
    let device = &network.devices[id];
    let of = |i: &Interface| i.primary(to.is_ipv6()).map(|a| a.address.addr());
    let out = forwarder.lookup(from, to).and_then(|(_, route)| {
        let route = state.arena.routes.get(route);
        state.arena.hops_of(route).iter().find_map(|h| of(&device.interfaces[h.interface?]))
    });
    let any = || {
        let mut own: Vec<&Interface> = device.interfaces.iter().filter(|i| i.vrf == vrf).collect();
        own.sort_by_key(|i| i.kind != InterfaceKind::Loopback);
        own.into_iter().find_map(of).filter(|a| !link_local(*a))
    };
    out.or_else(any).unwrap_or(to)
}
