//! Access lists: numbered and named, standard and extended, IPv4 and IPv6; object groups of networks.

use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Net};

use super::policy::verdict;
use super::{Done, Mode, OBJECT_GROUP, Reader, negation};
use crate::base::Set;
use crate::model::filter::{AddressMatch, FilterLine};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::ios::config::GroupMember;
use crate::vendors::packet::{DSCP, ICMP, ICMP6, PROTOCOLS, Wrong, ports};

impl<'a, 't> Reader<'a, 't> {
    /// `access-list N permit|deny …`.
    pub(super) fn numbered_acl(&mut self, node: &'a Node<'t>, w: &[&'t str]) -> Done {
        let [_, name, rest @ ..] = w else { return self.bad(node, "", "an access list") };
        let Ok(number) = name.parse::<u32>() else { return self.quiet_line(node) };
        // Standard: 1–99, 1300–1999; extended: 100–199, 2000–2699; the rest are for MAC, IPX and the like.
        let extended = match number {
            1..=99 | 1300..=1999 => false,
            100..=199 | 2000..=2699 => true,
            _ => return self.quiet_line(node),
        };
        let n = self.open_acl(node, name, extended, false);
        self.acl_entry(n, false, node, None, rest)
    }

    pub(super) fn acl_header(&mut self, node: &'a Node<'t>, name: &str, extended: bool) -> Done {
        let n = self.open_acl(node, name, extended, false);
        self.known(node);
        Done::Open(Mode::Acl(n))
    }

    pub(super) fn acl6_header(&mut self, node: &'a Node<'t>, name: &str) -> Done {
        let n = self.open_acl(node, name, true, true);
        self.known(node);
        Done::Open(Mode::Acl6(n))
    }

    fn open_acl(&mut self, node: &Node<'_>, name: &str, extended: bool, v6: bool) -> usize {
        let origin = self.origin(node);
        self.sink.define(if v6 { "ipv6 access-list" } else { "access-list" }, name, origin);
        let lists = if v6 { &mut self.config.acls6 } else { &mut self.config.acls };
        let n = lists.open(name);
        let acl = lists.at(n);
        if !acl.origin.is_some() {
            acl.origin = origin;
            acl.extended = extended;
        }
        n
    }

    pub(super) fn acl_line(&mut self, n: usize, v6: bool, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            _ if no => self.quiet_line(node),
            // `sequence 10 permit …` (IPv6), `10 permit …`.
            ["sequence", seq, rest @ ..] | [seq, rest @ ..] if seq.parse::<u32>().is_ok() => {
                self.acl_entry(n, v6, node, seq.parse().ok(), rest)
            }
            ["permit" | "deny" | "remark" | "evaluate" | "dynamic", ..] => self.acl_entry(n, v6, node, None, w),
            _ => Done::Unknown,
        }
    }

    fn acl_entry(&mut self, n: usize, v6: bool, node: &'a Node<'t>, seq: Option<u32>, w: &[&'t str]) -> Done {
        let (what, rest) = match w {
            ["remark", ..] => return self.quiet_line(node),
            ["evaluate" | "dynamic", ..] => return self.gap_line(node, "reflexive and dynamic access lists are not modelled"),
            [what, rest @ ..] => (*what, rest),
            [] => return self.bad(node, "", "an access list line"),
        };
        let Some(permit) = verdict(what) else { return self.bad(node, what, "`permit` or `deny`") };
        let origin = self.origin(node);
        let lists = if v6 { &mut self.config.acls6 } else { &mut self.config.acls };
        let extended = lists.at(n).extended;
        let mut line = FilterLine { permit, origin, ..FilterLine::default() };
        let read = if extended { self.extended(node, v6, rest, &mut line) } else { standard(rest, &mut line) };
        if let Err((word, what)) = read {
            return self.bad(node, word, what);
        }
        let acl = if v6 { self.config.acls6.at(n) } else { self.config.acls.at(n) };
        let seq = seq.unwrap_or_else(|| acl.lines.last().map_or(0, |l| l.0).saturating_add(10));
        // Lines are sorted by number, also where the config has them in another order.
        if acl.lines.last().is_none_or(|l| l.0 < seq) {
            acl.lines.push((seq, line));
        } else {
            let at = acl.lines.partition_point(|l| l.0 < seq);
            acl.lines.insert(at, (seq, line));
        }
        if let Some((_, l)) = acl.lines.last()
            && l.partial
            && l.origin == origin
        {
            return self.gap_line(node, "a condition of this line is not modelled: it may hold for fewer packets");
        }
        self.known(node)
    }

    /// `PROTOCOL SOURCE [PORTS] DESTINATION [PORTS] [options]`.
    fn extended<'w>(&mut self, node: &Node<'_>, v6: bool, w: &[&'w str], line: &mut FilterLine) -> Result<(), Wrong<'w>> {
        let [protocol, rest @ ..] = w else { return Err(("", "a protocol")) };
        let mut rest = rest;
        match *protocol {
            "ip" | "ipv6" => {}
            "icmp" if v6 => line.protocols.push(58),
            "object-group" => {
                if let [name, tail @ ..] = rest {
                    self.refer(node, OBJECT_GROUP, name, "access-list");
                    rest = tail;
                }
                line.partial = true;
            }
            name => match PROTOCOLS.iter().find(|(n, _)| *n == name).map(|p| p.1).or_else(|| name.parse().ok()) {
                Some(n) => line.protocols.push(n),
                // The protocol may be left out in IPv6 lists.
                None if v6 && (name == "any" || name == "host" || name.contains(':')) => rest = w,
                None => return Err((name, "an IP protocol")),
            },
        }
        let with_ports = line.protocols.iter().any(|p| matches!(p, 6 | 17 | 132));
        rest = self.address(node, v6, rest, &mut line.sources, &mut line.partial)?;
        if with_ports {
            rest = ports(port_group(rest, &mut line.partial), &mut line.source_ports)?;
        }
        rest = self.address(node, v6, rest, &mut line.destinations, &mut line.partial)?;
        if with_ports {
            rest = ports(port_group(rest, &mut line.partial), &mut line.destination_ports)?;
        }
        options(v6, rest, line)
    }

    /// `any`, `host A`, `A W`, `P/L`, `object-group G`, `addrgroup G`.
    fn address<'w, 'x>(
        &mut self,
        node: &Node<'_>,
        v6: bool,
        w: &'x [&'w str],
        out: &mut Vec<AddressMatch>,
        partial: &mut bool,
    ) -> Result<&'x [&'w str], Wrong<'w>> {
        match w {
            ["any" | "any4" | "any6", rest @ ..] => Ok(rest),
            ["host", a, rest @ ..] => match a.parse::<std::net::IpAddr>() {
                Ok(ip) => {
                    out.push(AddressMatch::Prefix(ip.into()));
                    Ok(rest)
                }
                Err(_) => Err((a, "an address")),
            },
            ["object-group" | "addrgroup", name, rest @ ..] => {
                self.refer(node, OBJECT_GROUP, name, "access-list");
                let before = out.len();
                self.group_members(name, out);
                if out.len() == before {
                    // Nothing known of its members: say so, and match nothing rather than everything.
                    *partial = true;
                    out.push(AddressMatch::Wildcard(0, 0));
                }
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

    /// Addresses of a group and the groups in it, each group once.
    fn group_members(&self, name: &str, out: &mut Vec<AddressMatch>) {
        let (mut waiting, mut seen) = (vec![name], Set::default());
        while let Some(name) = waiting.pop() {
            for member in self.config.address_groups.get(name).filter(|_| seen.insert(name)).into_iter().flatten() {
                match member {
                    GroupMember::Value(net) => out.push(AddressMatch::Prefix(*net)),
                    GroupMember::Group(inner) => waiting.push(inner),
                }
            }
        }
    }

    pub(super) fn network_group_header(&mut self, node: &'a Node<'t>, name: &str) -> Done {
        let origin = self.origin(node);
        self.sink.define("object-group", name, origin);
        let n = self.config.address_groups.open(name);
        self.known(node);
        Done::Open(Mode::NetworkGroup(n))
    }

    pub(super) fn network_group_line(&mut self, n: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        let member = match w {
            ["description", ..] => return self.quiet_line(node),
            _ if no => return self.quiet_line(node),
            ["group-object", name] => GroupMember::Group(self.refer(node, OBJECT_GROUP, name, "object-group")),
            ["host", a] if a.parse::<std::net::IpAddr>().is_ok() => match values::prefix_or_host(a) {
                Some(net) => GroupMember::Value(net),
                None => return self.bad(node, a, "an address"),
            },
            ["host", ..] => return self.gap_line(node, "a host by name is not modelled"),
            ["any"] => GroupMember::Value(IpNet::V4(Ipv4Net::default())),
            [a, m] => match values::address_mask(a, m) {
                Some(net) => GroupMember::Value(net.trunc()),
                None => return self.bad(node, a, "a network"),
            },
            ["range", ..] => return self.gap_line(node, "address ranges in object groups are not modelled"),
            [p] => match values::prefix_or_host(p) {
                Some(net) => GroupMember::Value(net.trunc()),
                None => return Done::Unknown,
            },
            _ => return Done::Unknown,
        };
        self.config.address_groups.at(n).push(member);
        self.known(node)
    }
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

/// `any`, `host A`, `A`, `A W`, then `log`.
fn standard<'w>(w: &[&'w str], line: &mut FilterLine) -> Result<(), Wrong<'w>> {
    let w = match w {
        [w @ .., "log"] => w,
        w => w,
    };
    let a = match w {
        ["any"] => return Ok(()),
        ["host", a] | [a] => wildcard(a, "0.0.0.0").ok_or((*a, "an address"))?,
        [a, m, ..] => wildcard(a, m).ok_or((*a, "an address with a wildcard"))?,
        [] => return Err(("", "an address")),
    };
    line.sources.push(a);
    Ok(())
}

/// `portgroup G`: any port, with the line marked as holding for fewer packets than it says.
fn port_group<'w, 'x>(w: &'x [&'w str], partial: &mut bool) -> &'x [&'w str] {
    match w {
        ["portgroup", _, rest @ ..] => {
            *partial = true;
            rest
        }
        w => w,
    }
}

/// What stands after the addresses.
fn options<'w>(v6: bool, w: &[&'w str], line: &mut FilterLine) -> Result<(), Wrong<'w>> {
    let icmp = line.protocols.iter().any(|p| matches!(p, 1 | 58));
    let mut rest = w;
    while let [word, tail @ ..] = rest {
        rest = tail;
        match *word {
            "log" | "log-input" | "undetermined-transport" => {}
            "established" => line.established = true,
            "fragments" => line.fragments = true,
            // Bits of the TCP header: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32.
            "fin" | "syn" | "rst" | "psh" | "ack" | "urg" => {
                let at = ["fin", "syn", "rst", "psh", "ack", "urg"].iter().position(|f| f == word).unwrap_or(0);
                let (set, clear) = line.tcp_flags.unwrap_or((0, 0));
                line.tcp_flags = Some((set | 1 << at, clear));
            }
            "dscp" => {
                let value = tail.first().copied().unwrap_or("");
                match value.parse().ok().or_else(|| DSCP.iter().find(|(n, _)| *n == value).map(|d| d.1)) {
                    Some(d) => line.dscp.push(d),
                    None => return Err((value, "a DSCP value")),
                }
                rest = tail.get(1..).unwrap_or(&[]);
            }
            "precedence" | "tos" | "time-range" | "ttl" | "option" | "reflect" | "timeout" | "match-any" | "match-all"
            | "flow-label" | "routing-type" | "sequence" | "dest-option-type" | "mobility-type" => {
                line.partial |= !matches!(*word, "sequence" | "timeout");
                rest = tail.get(1..).unwrap_or(&[]);
            }
            "routing" | "auth" | "hbh" | "mobility" | "dest-option" => line.partial = true,
            _ if icmp => {
                if let Ok(kind) = word.parse::<u8>() {
                    let code = tail.first().and_then(|c| c.parse().ok());
                    rest = tail.get(usize::from(code.is_some())..).unwrap_or(&[]);
                    line.icmp.push((kind, code));
                } else if let Some((_, kind)) = ICMP6.iter().find(|(n, _)| v6 && n == word) {
                    line.icmp.push((*kind, None));
                } else if let Some((_, kind, code)) = ICMP.iter().find(|(n, _, _)| !v6 && n == word) {
                    line.icmp.push((*kind, *code));
                } else {
                    line.partial = true;
                }
            }
            // `match-all +ack -fin`.
            flag if flag.starts_with(['+', '-']) => line.partial = true,
            // IGMP message types.
            _ if line.protocols == [2] => line.partial = true,
            // A word after `log` is a cookie.
            _ if w.contains(&"log") => {}
            _ => return Err((word, "an option of an access list line")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_and_ports() {
        assert_eq!(wildcard("10.0.0.5", "0.0.0.255"), Some(AddressMatch::Prefix("10.0.0.0/24".parse().unwrap())));
        assert_eq!(wildcard("10.0.0.1", "0.0.255.0"), Some(AddressMatch::Wildcard(0x0A00_0001, 0xFF00)));
        let mut out = Vec::new();
        assert_eq!(ports(&["eq", "www", "443", "log"], &mut out).unwrap(), ["log"]);
        assert_eq!(out, [80..=80, 443..=443]);
        assert_eq!(ports(&["eq", "nonsense"], &mut out), Err(("nonsense", "a port")));
    }
}
