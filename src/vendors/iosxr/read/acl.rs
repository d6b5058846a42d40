//! Access lists, prefix lists and object groups of networks.

use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Net};

use super::{Done, Mode, OBJECT_GROUP, Reader, negation};
use crate::model::filter::{AddressMatch, FilterLine};
use crate::model::policy::{PrefixLine, PrefixRange};
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::iosxr::config::slot;
use crate::vendors::packet::{DSCP, ICMP, ICMP6, PROTOCOLS, Wrong, ports};

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn acl_header(&mut self, node: &'a Node<'t>, no: bool, family: Family, name: &str, rest: &[&'t str]) -> Done {
        let at = slot(family);
        if no {
            self.config.acls[at].named(name).lines.clear();
            return self.quiet(node);
        }
        let origin = self.origin(node);
        self.sink.define(super::ACL[at][0], name, origin);
        let n = self.config.acls[at].open(name);
        let acl = self.config.acls[at].at(n);
        if !acl.origin.is_some() {
            acl.origin = origin;
        }
        if !rest.is_empty() {
            return self.acl_words(n, family, node, rest);
        }
        self.open(node, Mode::Acl(n, family))
    }

    pub(super) fn acl_line(&mut self, n: usize, family: Family, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        if no { self.quiet(node) } else { self.acl_words(n, family, node, w) }
    }

    fn acl_words(&mut self, n: usize, family: Family, node: &'a Node<'t>, w: &[&'t str]) -> Done {
        let (seq, w) = match w {
            [seq, rest @ ..] if seq.parse::<u32>().is_ok() => (seq.parse().ok(), rest),
            w => (None, w),
        };
        let (permit, rest) = match w {
            ["remark", ..] => return self.quiet(node),
            [word @ ("permit" | "deny"), rest @ ..] => (*word == "permit", rest),
            _ => return Done::Unknown,
        };
        let mut line = FilterLine { permit, origin: self.origin(node), ..FilterLine::default() };
        let redirected = rest.iter().any(|w| w.starts_with("nexthop"));
        if let Err((word, what)) = self.extended(node, family.is_v6(), rest, &mut line) {
            return self.bad(node, word, what);
        }
        let partial = line.partial;
        let lines = &mut self.config.acls[slot(family)].at(n).lines;
        let seq: u32 = seq.unwrap_or_else(|| lines.last().map_or(0u32, |l| l.0).saturating_add(10));
        let at = lines.partition_point(|l| l.0 < seq);
        if lines.get(at).is_some_and(|l| l.0 == seq) {
            lines[at].1 = line;
        } else {
            lines.insert(at, (seq, line));
        }
        match (redirected, partial) {
            (true, _) => self.gap(node, "ACL-based forwarding is not modelled: matching packets take other ways"),
            (_, true) => self.gap(node, "a condition of this line is not modelled: it may hold for fewer packets"),
            _ => self.known(node),
        }
    }

    /// `PROTOCOL SOURCE [PORTS] DESTINATION [PORTS] [options]`; standard lines have only a source.
    fn extended<'w>(&mut self, node: &Node<'_>, v6: bool, w: &[&'w str], line: &mut FilterLine) -> Result<(), Wrong<'w>> {
        let [protocol, tail @ ..] = w else { return Err(("", "a protocol")) };
        let mut rest = tail;
        let mut standard = false;
        match *protocol {
            "ip" | "ipv4" | "ipv6" => {}
            "icmpv6" => line.protocols.push(58),
            "icmp" if v6 => line.protocols.push(58),
            name => match PROTOCOLS.iter().find(|(n, _)| *n == name).map(|p| p.1).or_else(|| name.parse().ok()) {
                Some(n) => line.protocols.push(n),
                None => (rest, standard) = (w, true),
            },
        }
        let with_ports = line.protocols.iter().any(|p| matches!(p, 6 | 17 | 132));
        rest = self.address(node, v6, rest, &mut line.sources, &mut line.partial)?;
        if standard && (rest.is_empty() || matches!(rest, ["log" | "log-input", ..])) {
            return Ok(());
        }
        if with_ports {
            rest = self.port_words(node, rest, line, true)?;
        }
        rest = self.address(node, v6, rest, &mut line.destinations, &mut line.partial)?;
        if with_ports {
            rest = self.port_words(node, rest, line, false)?;
        }
        options(v6, rest, line)
    }

    fn port_words<'w, 'x>(
        &mut self,
        node: &Node<'_>,
        w: &'x [&'w str],
        line: &mut FilterLine,
        source: bool,
    ) -> Result<&'x [&'w str], Wrong<'w>> {
        if let ["port-group", name, rest @ ..] = w {
            self.refer(node, OBJECT_GROUP, name, "access-list");
            line.partial = true;
            return Ok(rest);
        }
        ports(w, if source { &mut line.source_ports } else { &mut line.destination_ports })
    }

    /// `any`, `host A`, `A W`, `P/L`, `net-group G`.
    fn address<'w, 'x>(
        &mut self,
        node: &Node<'_>,
        v6: bool,
        w: &'x [&'w str],
        out: &mut Vec<AddressMatch>,
        partial: &mut bool,
    ) -> Result<&'x [&'w str], Wrong<'w>> {
        match w {
            ["any", rest @ ..] => Ok(rest),
            ["host", a, rest @ ..] => match a.parse::<std::net::IpAddr>() {
                Ok(ip) => {
                    out.push(AddressMatch::Prefix(ip.into()));
                    Ok(rest)
                }
                Err(_) => Err((a, "an address")),
            },
            ["net-group", name, rest @ ..] => {
                self.refer(node, OBJECT_GROUP, name, "access-list");
                let members = self.config.address_groups.get(name).cloned().unwrap_or_default();
                if members.is_empty() {
                    // Nothing known of its members: say so, and match nothing rather than everything.
                    *partial = true;
                    out.push(AddressMatch::Wildcard(0, 0));
                }
                out.extend(members.into_iter().map(AddressMatch::Prefix));
                Ok(rest)
            }
            [p, rest @ ..] if p.contains('/') => match values::prefix(p) {
                Some(net) => {
                    out.push(AddressMatch::Prefix(net.trunc()));
                    Ok(rest)
                }
                None => Err((p, "a prefix")),
            },
            [a, m, rest @ ..] if !v6 => {
                out.push(wildcard(a, m).ok_or((*a, "an address with a wildcard"))?);
                Ok(rest)
            }
            [word, ..] => Err((word, "an address")),
            [] => Err(("", "an address")),
        }
    }

    // ----- prefix lists and object groups -----------------------------------------------------

    pub(super) fn prefix_list_header(&mut self, node: &'a Node<'t>, family: Family, name: &str) -> Done {
        let (at, origin) = (slot(family), self.origin(node));
        self.sink.define(super::PREFIX_LIST[at][0], name, origin);
        let n = self.config.prefix_lists[at].open(name);
        self.config.prefix_lists[at].at(n).origin = origin;
        self.open(node, Mode::PrefixList(n, family))
    }

    pub(super) fn prefix_list_line(&mut self, n: usize, family: Family, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        let (seq, w) = match w {
            [seq, rest @ ..] if seq.parse::<u32>().is_ok() => (seq.parse().ok(), rest),
            w => (None, w),
        };
        let (permit, prefix, rest) = match w {
            ["remark", ..] => return self.quiet(node),
            _ if no => return self.quiet(node),
            [word @ ("permit" | "deny"), prefix, rest @ ..] => (*word == "permit", *prefix, rest),
            _ => return Done::Unknown,
        };
        let Some(range) = range(prefix, rest) else { return self.bad(node, prefix, "a range of prefixes") };
        let origin = self.origin(node);
        let lines = &mut self.config.prefix_lists[slot(family)].at(n).lines;
        let seq: u32 = seq.unwrap_or_else(|| lines.last().map_or(0u32, |l| l.0).saturating_add(10));
        let at = lines.partition_point(|l| l.0 < seq);
        lines.insert(at, (seq, PrefixLine { permit, range, origin }));
        self.known(node)
    }

    pub(super) fn address_group_header(&mut self, node: &'a Node<'t>, name: &str) -> Done {
        let origin = self.origin(node);
        self.sink.define("object-group", name, origin);
        let n = self.config.address_groups.open(name);
        self.open(node, Mode::AddressGroup(n))
    }

    pub(super) fn address_group_line(&mut self, n: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        let net = match w {
            ["description", ..] => return self.quiet(node),
            _ if no => return self.quiet(node),
            ["object-group", name] => {
                self.refer(node, OBJECT_GROUP, name, "object-group");
                let inner: Vec<IpNet> = self.config.address_groups.get(name).cloned().unwrap_or_default();
                self.config.address_groups.at(n).extend(inner);
                return self.known(node);
            }
            ["host", a] => values::prefix_or_host(a),
            [a, m] => values::address_mask(a, m).or_else(|| values::address_wildcard(a, m)),
            ["range", ..] => return self.gap(node, "address ranges in object groups are not modelled"),
            [p] => values::prefix_or_host(p),
            _ => return Done::Unknown,
        };
        let Some(net) = net else { return self.bad(node, "", "a network") };
        self.config.address_groups.at(n).push(net.trunc());
        self.known(node)
    }
}

/// A prefix with `eq N`, `ge N`, `le N`.
pub(in crate::vendors::iosxr) fn range<W: AsRef<str>>(prefix: &str, options: &[W]) -> Option<PrefixRange> {
    let prefix = values::prefix_or_host(prefix)?.trunc();
    let own = prefix.prefix_len();
    let (mut min, mut max) = (own, own);
    let mut rest = options;
    while let [key, value, tail @ ..] = rest {
        let n: u8 = value.as_ref().parse().ok().filter(|n| *n <= prefix.max_prefix_len())?;
        match key.as_ref() {
            "eq" => (min, max) = (n, n),
            "ge" => {
                min = n;
                // `le` after it narrows again.
                max = prefix.max_prefix_len();
            }
            "le" => max = n,
            _ => return None,
        }
        rest = tail;
    }
    (rest.is_empty() && min <= max).then_some(PrefixRange { prefix, min: min.max(own), max })
}

/// An address with a wildcard, as a prefix where the wildcard has no gaps.
fn wildcard(a: &str, m: &str) -> Option<AddressMatch> {
    let (a, m): (Ipv4Addr, Ipv4Addr) = (a.parse().ok()?, m.parse().ok()?);
    let (a, m) = (u32::from(a), u32::from(m));
    let ones = m.trailing_ones();
    Some(if m.count_ones() == ones {
        AddressMatch::Prefix(Ipv4Net::new((a & !m).into(), 32 - ones as u8).ok()?.into())
    } else {
        AddressMatch::Wildcard(a & !m, m)
    })
}

/// What stands after the addresses.
fn options<'w>(v6: bool, w: &[&'w str], line: &mut FilterLine) -> Result<(), Wrong<'w>> {
    let icmp = line.protocols.iter().any(|p| matches!(p, 1 | 58));
    let mut rest = w;
    while let [word, tail @ ..] = rest {
        rest = tail;
        let value = tail.first().copied().unwrap_or("");
        match *word {
            "log" | "log-input" | "capture" | "undetermined-transport" | "icmp-off" => {}
            "established" => line.established = true,
            "fragments" => line.fragments = true,
            "fin" | "syn" | "rst" | "psh" | "ack" | "urg" => {
                // Bits of the TCP header.
                let at = ["fin", "syn", "rst", "psh", "ack", "urg"].iter().position(|f| f == word).unwrap_or(0);
                let (set, clear) = line.tcp_flags.unwrap_or((0, 0));
                line.tcp_flags = Some((set | 1 << at, clear));
            }
            "dscp" => {
                let value = if value == "eq" { tail.get(1).copied().unwrap_or("") } else { value };
                let number = || value.parse().ok().or_else(|| DSCP.iter().find(|(n, _)| *n == value).map(|d| d.1));
                match number() {
                    Some(d) => line.dscp.push(d),
                    None => line.partial = true,
                }
                rest = tail.get(if tail.first() == Some(&"eq") { 2 } else { 1 }..).unwrap_or(&[]);
            }
            "set" | "police" | "counter" | "priority" => rest = tail.get(if *word == "set" { 2 } else { 1 }..).unwrap_or(&[]),
            // The packets go on by the table or by another next hop: the filter lets them through.
            "nexthop1" | "nexthop2" | "nexthop3" | "default" => return Ok(()),
            "precedence" | "tos" | "ttl" | "udf" | "packet-length" | "match-any" | "match-all" | "fragment-type"
            | "flow-label" | "routing" | "authen" | "destopts" | "hop-by-hop" | "ipv6" | "time-range" => {
                line.partial = true;
                return Ok(());
            }
            _ if icmp => {
                if let Ok(kind) = word.parse::<u8>() {
                    let code = tail.first().and_then(|c| c.parse().ok());
                    rest = tail.get(usize::from(code.is_some())..).unwrap_or(&[]);
                    line.icmp.push((kind, code));
                } else if let Some((kind, code)) = icmp_type(v6, word) {
                    line.icmp.push((kind, code));
                } else {
                    line.partial = true;
                }
            }
            flag if flag.starts_with(['+', '-']) => line.partial = true,
            _ if w.contains(&"log") => {}
            _ if line.protocols == [2] => line.partial = true,
            _ => return Err((word, "an option of an access list line")),
        }
    }
    Ok(())
}

/// An ICMP type by name; `echo` of IPv6 and codes of unreachable ones have names of their own.
fn icmp_type(v6: bool, word: &str) -> Option<(u8, Option<u8>)> {
    if !v6 {
        return ICMP.iter().find(|(n, _, _)| *n == word).map(|(_, kind, code)| (*kind, *code));
    }
    // RFC 4443 §3.1.
    let code = ["no-route", "administratively-prohibited", "beyond-scope", "address-unreachable", "port-unreachable"];
    match word {
        "echo" => Some((128, None)),
        "unreachable" => Some((1, None)),
        _ => match code.iter().position(|n| *n == word) {
            Some(at) => Some((1, Some(at as u8))),
            None => ICMP6.iter().find(|(n, _)| *n == word).map(|(_, kind)| (*kind, None)),
        },
    }
}
