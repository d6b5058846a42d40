//! Words that Cisco-style packet filters share: protocols, ports, ICMP types, DSCP values.
//!
//! In: words of an access list line. Out: numbers. Law: only names that mean the same on every OS that uses this file; an OS whose
//! name means something else keeps it to itself. Start reading at [`ports`]. Tests: below.

use std::ops::RangeInclusive;

/// What stops a line from being read: the word, and what was wanted.
pub(super) type Wrong<'w> = (&'w str, &'static str);

/// IP protocols by name (Cisco, "access-list (IP extended)"; IANA protocol numbers).
pub(super) const PROTOCOLS: &[(&str, u8)] = &[
    ("ahp", 51),
    ("eigrp", 88),
    ("esp", 50),
    ("gre", 47),
    ("icmp", 1),
    ("igmp", 2),
    ("ipinip", 4),
    ("nos", 94),
    ("ospf", 89),
    ("pcp", 108),
    ("pim", 103),
    ("sctp", 132),
    ("tcp", 6),
    ("udp", 17),
    ("vrrp", 112),
];

/// Ports by IOS's names (Cisco, "access-list (IP extended)"); where TCP and UDP differ, the name occurs in one only.
pub(super) const SERVICES: &[(&str, u16)] = &[
    ("bgp", 179),
    ("biff", 512),
    ("bootpc", 68),
    ("bootps", 67),
    ("chargen", 19),
    ("cmd", 514),
    ("daytime", 13),
    ("discard", 9),
    ("dnsix", 195),
    ("domain", 53),
    ("echo", 7),
    ("exec", 512),
    ("finger", 79),
    ("ftp", 21),
    ("ftp-data", 20),
    ("gopher", 70),
    ("hostname", 101),
    ("ident", 113),
    ("irc", 194),
    ("isakmp", 500),
    ("klogin", 543),
    ("kshell", 544),
    ("login", 513),
    ("lpd", 515),
    ("mobile-ip", 434),
    ("msrpc", 135),
    ("nameserver", 42),
    ("netbios-dgm", 138),
    ("netbios-ns", 137),
    ("netbios-ss", 139),
    ("nntp", 119),
    ("non500-isakmp", 4500),
    ("ntp", 123),
    ("onep-plain", 15001),
    ("onep-tls", 15002),
    ("pim-auto-rp", 496),
    ("pop2", 109),
    ("pop3", 110),
    ("rip", 520),
    ("ripng", 521),
    ("smtp", 25),
    ("snmp", 161),
    ("snmptrap", 162),
    ("sunrpc", 111),
    ("syslog", 514),
    ("tacacs", 49),
    ("tacacs-ds", 49),
    ("talk", 517),
    ("telnet", 23),
    ("tftp", 69),
    ("time", 37),
    ("uucp", 540),
    ("who", 513),
    ("whois", 43),
    ("www", 80),
    ("xdmcp", 177),
    ("ldap", 389),
    ("https", 443),
    ("ssh", 22),
    ("radius", 1812),
];

/// ICMP types by IOS's names.
pub(super) const ICMP: &[(&str, u8, Option<u8>)] = &[
    ("administratively-prohibited", 3, Some(13)),
    ("alternate-address", 6, None),
    ("conversion-error", 31, None),
    ("dod-host-prohibited", 3, Some(10)),
    ("dod-net-prohibited", 3, Some(9)),
    ("echo", 8, None),
    ("echo-reply", 0, None),
    ("general-parameter-problem", 12, Some(0)),
    ("host-isolated", 3, Some(8)),
    ("host-precedence-unreachable", 3, Some(14)),
    ("host-redirect", 5, Some(1)),
    ("host-tos-redirect", 5, Some(3)),
    ("host-tos-unreachable", 3, Some(12)),
    ("host-unknown", 3, Some(7)),
    ("host-unreachable", 3, Some(1)),
    ("information-reply", 16, None),
    ("information-request", 15, None),
    ("mask-reply", 18, None),
    ("mask-request", 17, None),
    ("mobile-redirect", 32, None),
    ("net-redirect", 5, Some(0)),
    ("net-tos-redirect", 5, Some(2)),
    ("net-tos-unreachable", 3, Some(11)),
    ("net-unreachable", 3, Some(0)),
    ("network-unknown", 3, Some(6)),
    ("no-room-for-option", 12, Some(2)),
    ("option-missing", 12, Some(1)),
    ("packet-too-big", 3, Some(4)),
    ("parameter-problem", 12, None),
    ("port-unreachable", 3, Some(3)),
    ("precedence-unreachable", 3, Some(15)),
    ("protocol-unreachable", 3, Some(2)),
    ("reassembly-timeout", 11, Some(1)),
    ("redirect", 5, None),
    ("router-advertisement", 9, None),
    ("router-solicitation", 10, None),
    ("source-quench", 4, None),
    ("source-route-failed", 3, Some(5)),
    ("time-exceeded", 11, None),
    ("timestamp-reply", 14, None),
    ("timestamp-request", 13, None),
    ("traceroute", 30, None),
    ("ttl-exceeded", 11, Some(0)),
    ("unreachable", 3, None),
];

/// ICMPv6 types by the same names.
pub(super) const ICMP6: &[(&str, u8)] = &[
    ("destination-unreachable", 1),
    ("packet-too-big", 2),
    ("time-exceeded", 3),
    ("parameter-problem", 4),
    ("echo-request", 128),
    ("echo-reply", 129),
    ("mld-query", 130),
    ("mld-report", 131),
    ("mld-reduction", 132),
    ("router-solicitation", 133),
    ("router-advertisement", 134),
    ("nd-ns", 135),
    ("nd-na", 136),
    ("redirect", 137),
    ("router-renumbering", 138),
];

/// DSCP by name (RFC 2474, 2597, 3246).
pub(super) const DSCP: &[(&str, u8)] = &[
    ("default", 0),
    ("cs1", 8),
    ("cs2", 16),
    ("cs3", 24),
    ("cs4", 32),
    ("cs5", 40),
    ("cs6", 48),
    ("cs7", 56),
    ("ef", 46),
    ("af11", 10),
    ("af12", 12),
    ("af13", 14),
    ("af21", 18),
    ("af22", 20),
    ("af23", 22),
    ("af31", 26),
    ("af32", 28),
    ("af33", 30),
    ("af41", 34),
    ("af42", 36),
    ("af43", 38),
];

/// A port by name or number.
pub(super) fn service(word: &str) -> Option<u16> {
    word.parse().ok().or_else(|| SERVICES.iter().find(|(n, _)| *n == word).map(|s| s.1))
}

/// `eq A …`, `range A B`, `gt A`, `lt A`, `neq A`.
pub(super) fn ports<'w, 'x>(w: &'x [&'w str], out: &mut Vec<RangeInclusive<u16>>) -> Result<&'x [&'w str], Wrong<'w>> {
    let port = |word: &'w str| service(word).ok_or((word, "a port"));
    match w {
        ["eq", first, rest @ ..] => {
            let p = port(first)?;
            out.push(p..=p);
            let mut rest = rest;
            while let [word, tail @ ..] = rest {
                let Some(p) = service(word) else { break };
                out.push(p..=p);
                rest = tail;
            }
            Ok(rest)
        }
        ["range", a, b, rest @ ..] => {
            out.push(port(a)?..=port(b)?);
            Ok(rest)
        }
        ["gt", a, rest @ ..] => {
            out.push(port(a)?.saturating_add(1)..=u16::MAX);
            Ok(rest)
        }
        ["lt", a, rest @ ..] => {
            out.push(0..=port(a)?.saturating_sub(1));
            Ok(rest)
        }
        ["neq", a, rest @ ..] => {
            let p = port(a)?;
            out.extend(p.checked_sub(1).map(|q| 0..=q));
            out.extend(p.checked_add(1).map(|q| q..=u16::MAX));
            Ok(rest)
        }
        rest => Ok(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_a_line() {
        let mut out = Vec::new();
        assert_eq!(ports(&["eq", "www", "443", "log"], &mut out).unwrap(), ["log"]);
        assert_eq!(out, [80..=80, 443..=443]);
        assert_eq!(ports(&["neq", "1"], &mut Vec::new()).unwrap(), [""; 0]);
        assert_eq!(ports(&["eq", "nonsense"], &mut out), Err(("nonsense", "a port")));
    }
}
