//! Packet filters against one packet.
//!
//! In: a [`Filter`] and a [`Packet`]. Out: a [`Verdict`] with the line that decided. Law: a line with a condition that is not
//! modelled is never taken as certain: the verdict says what it might have changed. Tests: below.

use std::net::IpAddr;

use crate::base::span::Origin;
use crate::model::filter::{AddressMatch, Filter, FilterLine};
use crate::model::route::Family;
use crate::model::vrf::VrfId;

/// IP protocol numbers that have ports.
const WITH_PORTS: [u8; 4] = [6, 17, 132, 33];
/// TCP flags (RFC 9293 §3.1).
const RST: u8 = 0x04;
const SYN: u8 = 0x02;
const ACK: u8 = 0x10;

/// The headers of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    /// Source address.
    pub source: IpAddr,
    /// Destination address.
    pub destination: IpAddr,
    /// IP protocol number.
    pub protocol: u8,
    /// Source port, where the protocol has ports.
    pub source_port: u16,
    /// Destination port, where the protocol has ports.
    pub destination_port: u16,
    /// ICMP type and code.
    pub icmp: (u8, u8),
    /// TCP flags.
    pub tcp_flags: u8,
    /// DSCP.
    pub dscp: u8,
}

impl Packet {
    /// A ping.
    pub fn echo(source: IpAddr, destination: IpAddr) -> Self {
        let v6 = destination.is_ipv6();
        Self {
            source,
            destination,
            protocol: if v6 { 58 } else { 1 },
            source_port: 0,
            destination_port: 0,
            icmp: if v6 { (128, 0) } else { (8, 0) },
            tcp_flags: 0,
            dscp: 0,
        }
    }
    /// The packet that few words ask for: a ping, or with a destination port the first packet of a TCP connection.
    pub fn asked(source: IpAddr, destination: IpAddr, protocol: Option<u8>, destination_port: Option<u16>) -> Self {
        match (protocol, destination_port) {
            (None | Some(1 | 58), None) => Self::echo(source, destination),
            (protocol, port) => Self::first(source, destination, protocol.unwrap_or(6), port.unwrap_or(0)),
        }
    }
    /// The first packet of a connection or flow of a protocol with ports.
    pub fn first(source: IpAddr, destination: IpAddr, protocol: u8, destination_port: u16) -> Self {
        // Clients use high ports (RFC 6335 §6).
        Self { protocol, source_port: 49152, destination_port, tcp_flags: SYN, ..Self::echo(source, destination) }
    }
}

/// The number of an IP protocol given by name or number.
pub fn protocol(word: &str) -> Option<u8> {
    match word.to_ascii_lowercase().as_str() {
        "icmp" => Some(1),
        "tcp" => Some(6),
        "udp" => Some(17),
        "gre" => Some(47),
        "icmp6" | "icmpv6" | "ipv6-icmp" => Some(58),
        "ospf" => Some(89),
        "sctp" => Some(132),
        number => number.parse().ok(),
    }
}

/// What a filter does with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// It passes.
    pub permit: bool,
    /// The line that decided; `None`: no line holds.
    pub line: Option<Origin>,
    /// A line before that might have decided otherwise, but for a condition that is not modelled.
    pub doubt: Option<Origin>,
    /// The table the packet is looked up in from here.
    pub to_vrf: Option<VrfId>,
}

/// Runs a filter.
pub fn run(filter: &Filter, packet: &Packet) -> Verdict {
    let mut doubt: Option<&FilterLine> = None;
    let family = Family::of(packet.destination);
    let others = filter.family.is_some_and(|f| f != family);
    if others {
        return Verdict { permit: true, line: None, doubt: None, to_vrf: None };
    }
    for line in filter.lines.iter().filter(|l| !l.pass_on && holds(l, packet)) {
        if line.partial {
            doubt = doubt.or(Some(line));
            continue;
        }
        let doubt = doubt.filter(|d| d.permit != line.permit || d.to_vrf != line.to_vrf).map(|d| d.origin);
        return Verdict { permit: line.permit, line: Some(line.origin), doubt, to_vrf: line.to_vrf };
    }
    let permit = filter.default_permit;
    let doubt = doubt.filter(|d| d.permit != permit || d.to_vrf.is_some()).map(|d| d.origin);
    Verdict { permit, line: None, doubt, to_vrf: None }
}

fn holds(line: &FilterLine, p: &Packet) -> bool {
    let ports = WITH_PORTS.contains(&p.protocol);
    let in_ranges =
        |ranges: &[std::ops::RangeInclusive<u16>], port| ranges.is_empty() || (ports && ranges.iter().any(|r| r.contains(&port)));
    let icmp = matches!(p.protocol, 1 | 58);
    let tcp = p.protocol == 6;
    (line.protocols.is_empty() || line.protocols.contains(&p.protocol))
        && addresses(&line.sources, p.source)
        && addresses(&line.destinations, p.destination)
        && in_ranges(&line.source_ports, p.source_port)
        && in_ranges(&line.destination_ports, p.destination_port)
        && (line.icmp.is_empty() || (icmp && line.icmp.iter().any(|(t, c)| *t == p.icmp.0 && c.is_none_or(|c| c == p.icmp.1))))
        && (!line.established || (tcp && p.tcp_flags & (ACK | RST) != 0))
        && line.tcp_flags.is_none_or(|(set, clear)| tcp && p.tcp_flags & set == set && p.tcp_flags & clear == 0)
        // The packet asked about is whole: it is no later fragment.
        && !line.fragments
        && (line.dscp.is_empty() || line.dscp.contains(&p.dscp))
}

/// Whether an address is in a set; of prefixes and exceptions the most specific decides.
fn addresses(set: &[AddressMatch], addr: IpAddr) -> bool {
    if set.is_empty() {
        return true;
    }
    let mut best: Option<(u8, bool)> = None;
    for entry in set {
        let (prefix, holds) = match entry {
            AddressMatch::Prefix(p) => (p, true),
            AddressMatch::Except(p) => (p, false),
            AddressMatch::Wildcard(base, free) => {
                if let IpAddr::V4(a) = addr
                    && (u32::from(a) ^ base) & !free == 0
                {
                    return true;
                }
                continue;
            }
        };
        if prefix.contains(&addr) && best.is_none_or(|(len, _)| prefix.prefix_len() >= len) {
            best = Some((prefix.prefix_len(), holds));
        }
    }
    best.is_some_and(|(_, holds)| holds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::span::FileId;

    fn at(line: u32) -> Origin {
        Origin { file: FileId(0), line }
    }
    fn ip(s: &str) -> IpAddr {
        s.parse().unwrap()
    }
    fn prefix(s: &str) -> AddressMatch {
        AddressMatch::Prefix(s.parse().unwrap())
    }
    fn filter(lines: Vec<FilterLine>) -> Filter {
        let lines = lines.into_iter().zip(1..).map(|(l, n)| FilterLine { origin: at(n), ..l }).collect();
        Filter { lines, ..Filter::default() }
    }

    #[test]
    fn the_first_line_that_holds_decides() {
        let web =
            FilterLine { permit: true, protocols: vec![6], destination_ports: vec![80..=80, 443..=443], ..FilterLine::default() };
        let from = FilterLine { permit: false, sources: vec![prefix("10.0.0.0/8")], ..FilterLine::default() };
        let ping = FilterLine { permit: true, protocols: vec![1], icmp: vec![(8, None)], ..FilterLine::default() };
        let f = filter(vec![web, from, ping]);
        let said = |p: Packet| {
            let v = run(&f, &p);
            (v.permit, v.line.map(|l| l.line))
        };
        let (a, b, c) = (ip("10.1.1.1"), ip("192.0.2.1"), ip("198.51.100.7"));
        assert_eq!(said(Packet::first(a, b, 6, 443)), (true, Some(1)));
        assert_eq!(said(Packet::first(a, b, 17, 443)), (false, Some(2)));
        assert_eq!(said(Packet::echo(c, b)), (true, Some(3)));
        assert_eq!(said(Packet::first(c, b, 6, 22)), (false, None));
    }

    #[test]
    fn exceptions_and_wildcards() {
        let except = vec![prefix("10.0.0.0/8"), AddressMatch::Except("10.1.0.0/16".parse().unwrap()), prefix("10.1.2.0/24")];
        assert!(addresses(&except, ip("10.2.0.1")));
        assert!(!addresses(&except, ip("10.1.0.1")));
        assert!(addresses(&except, ip("10.1.2.1")));
        assert!(!addresses(&except, ip("11.0.0.1")));
        let odd = [AddressMatch::Wildcard(0x0A00_0001, 0x00FF_FF00)];
        assert!(addresses(&odd, ip("10.9.9.1")));
        assert!(!addresses(&odd, ip("10.9.9.2")));
        assert!(!addresses(&odd, ip("::1")));
    }

    #[test]
    fn replies_pass_established_and_unmodelled_conditions_raise_doubt() {
        let established = FilterLine { permit: true, established: true, ..FilterLine::default() };
        let f = filter(vec![established]);
        let syn = Packet::first(ip("10.0.0.1"), ip("10.0.0.2"), 6, 80);
        assert!(!run(&f, &syn).permit);
        assert!(run(&f, &Packet { tcp_flags: ACK, ..syn }).permit);
        let partial = FilterLine { permit: false, partial: true, ..FilterLine::default() };
        let all = FilterLine { permit: true, ..FilterLine::default() };
        let v = run(&filter(vec![partial, all]), &syn);
        assert_eq!((v.permit, v.line, v.doubt), (true, Some(at(2)), Some(at(1))));
    }

    #[test]
    fn a_filter_of_the_other_family_lets_pass() {
        let f = Filter { family: Some(Family::V6), ..filter(vec![]) };
        assert!(run(&f, &Packet::echo(ip("10.0.0.1"), ip("10.0.0.2"))).permit);
    }
}
