//! Readers of single values. Each returns `None` when the word is not such a value.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};

use crate::model::route::Community;

/// `10.0.0.1 255.255.255.0` as an address with its length, host bits kept.
pub fn address_mask(address: &str, mask: &str) -> Option<IpNet> {
    let mask: Ipv4Addr = mask.parse().ok()?;
    let length = ipnet::ipv4_mask_to_prefix(mask).ok()?;
    Some(IpNet::V4(Ipv4Net::new(address.parse().ok()?, length).ok()?))
}

/// `10.0.0.0 0.0.0.255` (wildcard without gaps) as a prefix.
pub fn address_wildcard(address: &str, wildcard: &str) -> Option<IpNet> {
    let free: Ipv4Addr = wildcard.parse().ok()?;
    address_mask(address, &Ipv4Addr::from(!u32::from(free)).to_string()).map(|n| n.trunc())
}

/// `10.0.0.1/24` or `2001:db8::1/64`, host bits kept.
pub fn prefix(word: &str) -> Option<IpNet> {
    word.parse().ok()
}

/// An address with or without a length; without, it is a host.
pub fn prefix_or_host(word: &str) -> Option<IpNet> {
    prefix(word).or_else(|| word.parse::<IpAddr>().ok().map(IpNet::from))
}

/// An AS number, plain or dotted (`1.10` = 65546).
pub fn asn(word: &str) -> Option<u32> {
    match word.split_once('.') {
        None => word.parse().ok(),
        Some((high, low)) => Some(u32::from(high.parse::<u16>().ok()?) << 16 | u32::from(low.parse::<u16>().ok()?)),
    }
}

/// A standard community: `65000:1`, a plain number, or a well-known name.
pub fn standard_community(word: &str) -> Option<Community> {
    Some(match word {
        "no-export" => Community::NO_EXPORT,
        "no-advertise" => Community::NO_ADVERTISE,
        "local-AS" | "local-as" | "no-export-subconfed" => Community::NO_EXPORT_SUBCONFED,
        "no-peer" | "nopeer" => Community::NO_PEER,
        "graceful-shutdown" | "gshut" | "GSHUT" => Community::GRACEFUL_SHUTDOWN,
        _ => match word.split_once(':') {
            Some((a, b)) => Community::standard(a.parse().ok()?, b.parse().ok()?),
            None => Community::Standard(word.parse().ok()?),
        },
    })
}

/// A large community `a:b:c`.
pub fn large_community(word: &str) -> Option<Community> {
    let mut parts = word.split(':').map(|p| p.parse().ok());
    let out = Community::Large(parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(out)
}

/// An extended community's value `65000:1`, `10.0.0.1:1` or `4200000000:1` with its sub-type (2 = target, 3 = origin).
pub fn extended_community(kind: u8, value: &str) -> Option<Community> {
    let (admin, number) = value.rsplit_once(':')?;
    let mut e = [0, kind, 0, 0, 0, 0, 0, 0];
    let long = admin.ends_with(['L', 'l']);
    let admin = admin.trim_end_matches(['L', 'l']);
    if let Ok(ip) = admin.parse::<Ipv4Addr>() {
        e[0] = 1;
        e[2..6].copy_from_slice(&ip.octets());
        e[6..].copy_from_slice(&number.parse::<u16>().ok()?.to_be_bytes());
        return Some(Community::Extended(e));
    }
    let asn = asn(admin)?;
    match u16::try_from(asn) {
        Ok(short) if !long => {
            e[2..4].copy_from_slice(&short.to_be_bytes());
            e[4..].copy_from_slice(&number.parse::<u32>().ok()?.to_be_bytes());
        }
        _ => {
            e[0] = 2;
            e[2..6].copy_from_slice(&asn.to_be_bytes());
            e[6..].copy_from_slice(&number.parse::<u16>().ok()?.to_be_bytes());
        }
    }
    Some(Community::Extended(e))
}

/// `1-5,7,10-20` as sorted ranges, both ends included.
pub fn ranges(text: &str) -> Option<Vec<(u16, u16)>> {
    let mut out = Vec::new();
    for part in text.split(',').filter(|p| !p.is_empty()) {
        let (a, b) = part.split_once('-').unwrap_or((part, part));
        let (a, b) = (a.trim().parse().ok()?, b.trim().parse().ok()?);
        if a > b {
            return None;
        }
        out.push((a, b));
    }
    out.sort_unstable();
    Some(out)
}

/// An OSPF area: a number or a dotted quad.
pub fn area(word: &str) -> Option<u32> {
    word.parse().ok().or_else(|| word.parse::<Ipv4Addr>().ok().map(u32::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(address_mask("10.0.0.1", "255.255.255.0"), prefix("10.0.0.1/24"));
        assert_eq!(address_wildcard("10.0.0.1", "0.0.0.255"), prefix("10.0.0.0/24"));
        assert_eq!(address_mask("10.0.0.1", "255.0.255.0"), None);
        assert_eq!(prefix_or_host("10.0.0.1"), prefix("10.0.0.1/32"));
        assert_eq!(area("0.0.0.10"), Some(10));
    }

    #[test]
    fn numbers_and_communities() {
        assert_eq!(asn("1.10"), Some(65546));
        assert_eq!(asn("4294967296"), None);
        assert_eq!(standard_community("65000:1").unwrap().to_string(), "65000:1");
        assert_eq!(extended_community(2, "65000:100").unwrap().to_string(), "target:65000:100");
        assert_eq!(extended_community(2, "10.0.0.1:5").unwrap().to_string(), "target:10.0.0.1:5");
        assert_eq!(extended_community(3, "4200000000:7").unwrap().to_string(), "origin:4200000000:7");
        assert_eq!(large_community("1:2:3"), Some(Community::Large(1, 2, 3)));
        assert_eq!(ranges("1-5,7"), Some(vec![(1, 5), (7, 7)]));
        assert_eq!(ranges("5-1"), None);
    }
}
