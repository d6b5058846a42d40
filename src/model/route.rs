//! Words shared by everything that speaks of routes.

use std::net::IpAddr;

/// Where an installed route comes from, as DESIGN's routes format names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the format's own words")]
pub enum Protocol {
    Connected,
    Local,
    Static,
    Aggregate,
    OspfIntra,
    OspfInter,
    OspfE1,
    OspfE2,
    OspfN1,
    OspfN2,
    IsisL1,
    IsisL2,
    IsisIa,
    Ebgp,
    Ibgp,
    Rip,
    Eigrp,
    EigrpExternal,
    Evpn,
    Hsrp,
    Vrrp,
}

impl Protocol {
    /// The word the routes format uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Local => "local",
            Self::Static => "static",
            Self::Aggregate => "aggregate",
            Self::OspfIntra => "ospf_intra",
            Self::OspfInter => "ospf_inter",
            Self::OspfE1 => "ospf_e1",
            Self::OspfE2 => "ospf_e2",
            Self::OspfN1 => "ospf_n1",
            Self::OspfN2 => "ospf_n2",
            Self::IsisL1 => "isis_l1",
            Self::IsisL2 => "isis_l2",
            Self::IsisIa => "isis_ia",
            Self::Ebgp => "ebgp",
            Self::Ibgp => "ibgp",
            Self::Rip => "rip",
            Self::Eigrp => "eigrp",
            Self::EigrpExternal => "eigrp_external",
            Self::Evpn => "evpn",
            Self::Hsrp => "hsrp",
            Self::Vrrp => "vrrp",
        }
    }
    /// Whether it is one of OSPF's kinds.
    pub fn is_ospf(self) -> bool {
        matches!(self, Self::OspfIntra | Self::OspfInter | Self::OspfE1 | Self::OspfE2 | Self::OspfN1 | Self::OspfN2)
    }
    /// Whether it is one of IS-IS's kinds.
    pub fn is_isis(self) -> bool {
        matches!(self, Self::IsisL1 | Self::IsisL2 | Self::IsisIa)
    }
    /// Whether it is one of EIGRP's kinds.
    pub fn is_eigrp(self) -> bool {
        matches!(self, Self::Eigrp | Self::EigrpExternal)
    }
    /// Whether it is BGP.
    pub fn is_bgp(self) -> bool {
        matches!(self, Self::Ebgp | Self::Ibgp)
    }
}

/// BGP's ORIGIN attribute; less is better (RFC 4271 §9.1.2.2 b).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BgpOrigin {
    /// `i`
    #[default]
    Igp,
    /// `e`
    Egp,
    /// `?`
    Incomplete,
}

/// A BGP community of any kind, as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Community {
    /// RFC 1997, `high:low`.
    Standard(u32),
    /// RFC 4360, eight octets as sent (route target, origin, …).
    Extended([u8; 8]),
    /// RFC 8092, `global:local1:local2`.
    Large(u32, u32, u32),
}

impl Community {
    /// NO_EXPORT, RFC 1997.
    pub const NO_EXPORT: Self = Self::Standard(0xFFFF_FF01);
    /// NO_ADVERTISE, RFC 1997.
    pub const NO_ADVERTISE: Self = Self::Standard(0xFFFF_FF02);
    /// NO_EXPORT_SUBCONFED (`local-AS`), RFC 1997.
    pub const NO_EXPORT_SUBCONFED: Self = Self::Standard(0xFFFF_FF03);
    /// NOPEER, RFC 3765.
    pub const NO_PEER: Self = Self::Standard(0xFFFF_FF04);
    /// GRACEFUL_SHUTDOWN, RFC 8326.
    pub const GRACEFUL_SHUTDOWN: Self = Self::Standard(0xFFFF_0000);
    /// A route target from its text: `65000:1`, `70000:1`, `1.10:5`, `192.0.2.1:7`, with or without `target:` or an OS's letter before
    /// or after (`65000L:1`).
    pub fn route_target(text: &str) -> Option<Self> {
        let text = text.strip_prefix("target:").or_else(|| text.strip_prefix("RT:")).unwrap_or(text);
        let (admin, number) = text.rsplit_once(':')?;
        let number = number.trim_end_matches('L');
        let mut e = [0, 2, 0, 0, 0, 0, 0, 0];
        if let Ok(ip) = admin.parse::<std::net::Ipv4Addr>() {
            e[0] = 1;
            e[2..6].copy_from_slice(&ip.octets());
            e[6..8].copy_from_slice(&number.parse::<u16>().ok()?.to_be_bytes());
            return Some(Self::Extended(e));
        }
        let wide = admin.ends_with('L') || admin.contains('.');
        let admin = admin.trim_end_matches('L');
        let asn = match admin.split_once('.') {
            Some((high, low)) => u32::from(high.parse::<u16>().ok()?) << 16 | u32::from(low.parse::<u16>().ok()?),
            None => admin.parse().ok()?,
        };
        match u16::try_from(asn) {
            Ok(short) if !wide => {
                e[2..4].copy_from_slice(&short.to_be_bytes());
                e[4..8].copy_from_slice(&number.parse::<u32>().ok()?.to_be_bytes());
            }
            _ => {
                e[0] = 2;
                e[2..6].copy_from_slice(&asn.to_be_bytes());
                e[6..8].copy_from_slice(&number.parse::<u16>().ok()?.to_be_bytes());
            }
        }
        Some(Self::Extended(e))
    }
    /// The number behind the AS or address of a route target.
    pub fn route_target_number(&self) -> Option<u32> {
        match *self {
            Self::Extended([0, 2, _, _, a, b, c, d]) => Some(u32::from_be_bytes([a, b, c, d])),
            Self::Extended([1 | 2, 2, _, _, _, _, a, b]) => Some(u16::from_be_bytes([a, b]).into()),
            _ => None,
        }
    }
    /// Whether it is a route target (RFC 4360 §4).
    pub fn is_route_target(&self) -> bool {
        matches!(self, Self::Extended([0..=2, 2, ..]))
    }
    /// `a:b`
    pub fn standard(a: u16, b: u16) -> Self {
        Self::Standard(u32::from(a) << 16 | u32::from(b))
    }
}

impl std::fmt::Display for Community {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Standard(c) => write!(f, "{}:{}", c >> 16, c & 0xFFFF),
            Self::Large(a, b, c) => write!(f, "{a}:{b}:{c}"),
            Self::Extended(e) => {
                let kind = match e[1] {
                    0x02 => "target",
                    0x03 => "origin",
                    _ => return write!(f, "0x{:016x}", u64::from_be_bytes(*e)),
                };
                match e[0] & 0x3F {
                    0 => {
                        write!(f, "{kind}:{}:{}", u16::from_be_bytes([e[2], e[3]]), u32::from_be_bytes([e[4], e[5], e[6], e[7]]))
                    }
                    1 => write!(f, "{kind}:{}.{}.{}.{}:{}", e[2], e[3], e[4], e[5], u16::from_be_bytes([e[6], e[7]])),
                    2 => {
                        write!(f, "{kind}:{}:{}", u32::from_be_bytes([e[2], e[3], e[4], e[5]]), u16::from_be_bytes([e[6], e[7]]))
                    }
                    _ => write!(f, "0x{:016x}", u64::from_be_bytes(*e)),
                }
            }
        }
    }
}

/// Route targets that a table takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WantedTarget {
    /// This one.
    One(Community),
    /// This number of whatever AS (`*:4001`).
    Number(u32),
}

impl WantedTarget {
    /// From its text.
    pub fn read(text: &str) -> Option<Self> {
        match text.strip_prefix("*:") {
            Some(number) => number.parse().ok().map(Self::Number),
            None => Community::route_target(text).map(Self::One),
        }
    }

    /// Whether it takes in what carries these communities.
    pub fn takes(self, carried: &[Community]) -> bool {
        match self {
            Self::One(target) => carried.contains(&target),
            Self::Number(number) => carried.iter().any(|c| c.route_target_number() == Some(number)),
        }
    }
}

/// An address family that protocols carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// IPv4 unicast.
    #[default]
    V4,
    /// IPv6 unicast.
    V6,
    /// IPv4 routes of VPNs (RFC 4364).
    Vpn4,
    /// IPv6 routes of VPNs (RFC 4659).
    Vpn6,
    /// Ethernet VPN (RFC 7432): its IP prefixes (RFC 9136), hosts and VTEPs.
    Evpn,
}

impl Family {
    /// How many there are.
    pub const COUNT: usize = 5;
    /// All of them.
    pub const ALL: [Self; Self::COUNT] = [Self::V4, Self::V6, Self::Vpn4, Self::Vpn6, Self::Evpn];

    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::V4 => "ipv4",
            Self::V6 => "ipv6",
            Self::Vpn4 => "vpnv4",
            Self::Vpn6 => "vpnv6",
            Self::Evpn => "evpn",
        }
    }
    /// Whether its routes are those of the speaker's own table.
    pub fn is_unicast(self) -> bool {
        matches!(self, Self::V4 | Self::V6)
    }
    /// The family of an address.
    pub fn of(addr: IpAddr) -> Self {
        if addr.is_ipv6() { Self::V6 } else { Self::V4 }
    }
    /// The family of a prefix.
    pub fn of_prefix(prefix: &ipnet::IpNet) -> Self {
        Self::of(prefix.addr())
    }
    /// The VPN family that carries routes of this one's protocol version.
    pub fn vpn(self) -> Self {
        if self.is_v6() { Self::Vpn6 } else { Self::Vpn4 }
    }

    /// Whether this is IPv6.
    pub fn is_v6(self) -> bool {
        matches!(self, Self::V6 | Self::Vpn6)
    }
}
