//! MRT files: full BGP tables as route collectors publish them (RFC 6396, `TABLE_DUMP_V2`), here the routes that neighbours outside the
//! snapshot send.
//!
//! In: bytes, uncompressed. Out: entries by [`parse`]; [`records`] for who reads them in parallel. Law: a record of another kind is passed over;
//! a record that does not hold what it says is an error with its place. Tests: below.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use ipnet::IpNet;

use crate::base::error::Error;
use crate::model::route::BgpOrigin;

/// A route as one peer of the collector has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The destination.
    pub prefix: IpNet,
    /// The peer's number in the file's list.
    pub peer: usize,
    /// The AS path; sets are read as sequences.
    pub as_path: Vec<u32>,
    /// The next hop.
    pub next_hop: Option<IpAddr>,
    /// The multi-exit discriminator.
    pub med: Option<u32>,
    /// The origin code.
    pub origin: BgpOrigin,
    /// Standard communities.
    pub communities: Vec<u32>,
}

/// A peer of the collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MrtPeer {
    /// Its address.
    pub address: IpAddr,
    /// Its AS.
    pub asn: u32,
}

/// Bytes that are taken from the front.
#[derive(Clone, Copy)]
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(head)
    }
    fn part(&mut self, n: usize) -> Option<Self> {
        self.take(n).map(Self)
    }
    fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|b| b[0])
    }
    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }
    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }
    fn address(&mut self, v6: bool) -> Option<IpAddr> {
        if v6 {
            Some(Ipv6Addr::from(<[u8; 16]>::try_from(self.take(16)?).ok()?).into())
        } else {
            Some(Ipv4Addr::from(self.u32()?).into())
        }
    }
    fn prefix(&mut self, v6: bool) -> Option<IpNet> {
        let length = self.u8()?;
        let given = self.take(usize::from(length).div_ceil(8))?;
        let mut all = [0u8; 16];
        all.get_mut(..given.len())?.copy_from_slice(given);
        let address: IpAddr = if v6 { Ipv6Addr::from(all).into() } else { Ipv4Addr::new(all[0], all[1], all[2], all[3]).into() };
        Some(IpNet::new(address, length).ok()?.trunc())
    }
}

/// Reads all routes of a file; `each` gets them one by one. Gives the file's peers.
///
/// # Errors
/// When a record is cut short or is not what it says, with its place in the file.
pub fn parse(path: &Path, bytes: &[u8], each: &mut dyn FnMut(&[MrtPeer], Entry)) -> Result<Vec<MrtPeer>, Error> {
    let mut peers = Vec::new();
    for part in records(path, bytes) {
        let part = part?;
        for rib in &part.ribs {
            rib.paths(&mut |prefix, peer, attributes| {
                each(&part.peers, entry(prefix, peer, attributes)?);
                Some(())
            })
            .ok_or_else(|| broken(path, bytes, rib.at))?;
        }
        peers = part.peers;
    }
    Ok(peers)
}

/// A table of peers and the routes that they have.
pub(super) struct Part<'a> {
    pub peers: Vec<MrtPeer>,
    pub ribs: Vec<Rib<'a>>,
}

/// A record of the paths to one prefix, as it stands.
pub(super) struct Rib<'a> {
    /// Where it begins in the file.
    pub at: usize,
    sub: u16,
    body: Bytes<'a>,
}

/// `TABLE_DUMP_V2`.
const TABLE_DUMP_V2: u16 = 13;

/// Cuts a file into its records. An error, which comes last: from there on it is not one of them.
pub(super) fn records<'a>(path: &Path, bytes: &'a [u8]) -> Vec<Result<Part<'a>, Error>> {
    let mut out = Vec::new();
    let mut now = Part { peers: Vec::new(), ribs: Vec::new() };
    let mut rest = Bytes(bytes);
    while !rest.0.is_empty() {
        let at = bytes.len() - rest.0.len();
        let mut next = || {
            let _time = rest.u32()?;
            let (kind, sub) = (rest.u16()?, rest.u16()?);
            let length = rest.u32()? as usize;
            let mut body = rest.part(length)?;
            match (kind, sub) {
                (TABLE_DUMP_V2, 1) => {
                    let fresh = Part { peers: peer_table(&mut body)?, ribs: Vec::new() };
                    out.push(Ok(std::mem::replace(&mut now, fresh)));
                }
                // Unicast of IPv4 and IPv6, without and with path identifiers (RFC 8050).
                (TABLE_DUMP_V2, 2 | 4 | 8 | 10) => now.ribs.push(Rib { at, sub, body }),
                _ => {}
            }
            Some(())
        };
        if next().is_none() {
            out.extend([Ok(now), Err(broken(path, bytes, at))]);
            return out;
        }
    }
    out.push(Ok(now));
    out
}

/// What to say of a record that is not whole.
pub(super) fn broken(path: &Path, bytes: &[u8], at: usize) -> Error {
    let zipped = bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(b"BZh");
    let message = if zipped { "the file is compressed: unpack it first" } else { "not a whole MRT record" };
    Error::Format { path: path.display().to_string(), message: format!("byte {at}: {message}") }
}

impl<'a> Rib<'a> {
    /// Hands on its prefix with each path's peer and attributes. `None`: it is not whole.
    pub(super) fn paths(&self, each: &mut dyn FnMut(IpNet, usize, &'a [u8]) -> Option<()>) -> Option<()> {
        let mut body = self.body;
        let _sequence = body.u32()?;
        let prefix = body.prefix(matches!(self.sub, 4 | 10))?;
        for _ in 0..body.u16()? {
            let peer = usize::from(body.u16()?);
            let _since = body.u32()?;
            if self.sub >= 8 {
                let _path = body.u32()?;
            }
            let length = usize::from(body.u16()?);
            each(prefix, peer, body.part(length)?.0)?;
        }
        Some(())
    }
}

/// A path with its attributes read. `None`: they are not whole.
pub(super) fn entry(prefix: IpNet, peer: usize, attributes: &[u8]) -> Option<Entry> {
    let (as_path, communities) = (Vec::new(), Vec::new());
    let mut entry = Entry { prefix, peer, as_path, next_hop: None, med: None, origin: BgpOrigin::Igp, communities };
    let mut rest = Bytes(attributes);
    while !rest.0.is_empty() {
        attribute(&mut rest, &mut entry)?;
    }
    Some(entry)
}

fn peer_table(body: &mut Bytes<'_>) -> Option<Vec<MrtPeer>> {
    let _collector = body.u32()?;
    let name = usize::from(body.u16()?);
    body.take(name)?;
    let count = body.u16()?;
    let one = |_| {
        let kind = body.u8()?;
        let _id = body.u32()?;
        let address = body.address(kind & 1 != 0)?;
        let asn = if kind & 2 != 0 { body.u32()? } else { u32::from(body.u16()?) };
        Some(MrtPeer { address, asn })
    };
    (0..count).map(one).collect()
}

fn attribute(rest: &mut Bytes<'_>, entry: &mut Entry) -> Option<()> {
    let (flags, kind) = (rest.u8()?, rest.u8()?);
    let length = if flags & 0x10 != 0 { usize::from(rest.u16()?) } else { usize::from(rest.u8()?) };
    let mut value = rest.part(length)?;
    match kind {
        1 => {
            entry.origin = match value.u8()? {
                0 => BgpOrigin::Igp,
                1 => BgpOrigin::Egp,
                _ => BgpOrigin::Incomplete,
            }
        }
        2 => {
            while !value.0.is_empty() {
                let _kind = value.u8()?;
                for _ in 0..value.u8()? {
                    entry.as_path.push(value.u32()?);
                }
            }
        }
        3 => entry.next_hop = Some(value.address(false)?),
        4 => entry.med = Some(value.u32()?),
        8 => {
            while !value.0.is_empty() {
                entry.communities.push(value.u32()?);
            }
        }
        // MP_REACH_NLRI holds only the next hop here (RFC 6396 §4.3.4); some writers put the family before it all the same.
        14 => {
            let whole = value.0.first() == Some(&0);
            if whole {
                value.take(3)?;
            }
            let length = value.u8()?;
            entry.next_hop = Some(value.address(length >= 16)?);
        }
        _ => {}
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(sub: u16, body: &[u8]) -> Vec<u8> {
        let mut out = vec![0, 0, 0, 0, 0, 13];
        out.extend(sub.to_be_bytes());
        out.extend((body.len() as u32).to_be_bytes());
        out.extend(body);
        out
    }

    /// A file by the letter of RFC 6396 §4.3: two peers, an IPv4 and an IPv6 route.
    fn file() -> Vec<u8> {
        let mut peers = vec![10, 0, 0, 1, 0, 1, b'v', 0, 2];
        peers.extend([2, 1, 1, 1, 1, 192, 0, 2, 1, 0, 1, 0, 0]); // IPv4, AS 65536 in four bytes
        peers.extend([1, 2, 2, 2, 2]);
        peers.extend("2001:db8::1".parse::<Ipv6Addr>().unwrap().octets());
        peers.extend([0xfd, 0xe8]); // AS 65000 in two bytes
        let mut out = record(1, &peers);
        let attributes = [
            &[0x40, 1, 1, 2][..],                                                    // incomplete
            &[0x50, 2, 0, 16, 2, 2, 0, 1, 0, 0, 0, 0, 0xfc, 1, 1, 1, 0, 0, 0xfc, 2], // {65536 64513} [64514]
            &[0x40, 3, 4, 192, 0, 2, 9],                                             // next hop
            &[0x80, 4, 4, 0, 0, 0, 7],                                               // MED
            &[0xc0, 8, 8, 0xfc, 0, 0, 1, 0xfc, 0, 0, 2],                             // two communities
        ]
        .concat();
        let mut rib = vec![0, 0, 0, 0, 20, 198, 51, 112, 0, 1, 0, 0, 0, 0, 0, 9];
        rib.extend((attributes.len() as u16).to_be_bytes());
        rib.extend(attributes);
        out.extend(record(2, &rib));
        out.extend(record(6, &[1, 2, 3])); // of another kind
        let mut hop = vec![0x80, 14, 17, 16];
        hop.extend("2001:db8::9".parse::<Ipv6Addr>().unwrap().octets());
        let mut rib = vec![0, 0, 0, 1, 32, 0x20, 1, 0xd, 0xb9, 0, 1, 0, 1, 0, 0, 0, 9];
        rib.extend((hop.len() as u16).to_be_bytes());
        rib.extend(hop);
        out.extend(record(4, &rib));
        out
    }

    #[test]
    fn reads_what_the_rfc_says() {
        let mut got = Vec::new();
        let peers = parse(Path::new("x"), &file(), &mut |_, e| got.push(e)).unwrap();
        assert_eq!(peers[0], MrtPeer { address: "192.0.2.1".parse().unwrap(), asn: 65536 });
        assert_eq!(peers[1], MrtPeer { address: "2001:db8::1".parse().unwrap(), asn: 65000 });
        let first = Entry {
            prefix: "198.51.112.0/20".parse().unwrap(),
            peer: 0,
            as_path: vec![65536, 64513, 64514],
            next_hop: Some("192.0.2.9".parse().unwrap()),
            med: Some(7),
            origin: BgpOrigin::Incomplete,
            communities: vec![0xfc00_0001, 0xfc00_0002],
        };
        assert_eq!(got[0], first);
        assert_eq!((got[1].prefix.to_string(), got[1].peer), ("2001:db9::/32".to_owned(), 1));
        assert_eq!(got[1].next_hop, Some("2001:db8::9".parse().unwrap()));
    }

    #[test]
    fn cut_and_compressed_files_are_errors() {
        let whole = file();
        let wrong = |bytes: &[u8]| parse(Path::new("x"), bytes, &mut |_, _| {}).map_err(|e| e.to_string());
        let good = (0..=whole.len()).filter(|n| wrong(&whole[..*n]).is_ok()).count();
        assert_eq!(good, 5, "nothing, and after each of the four records");
        assert!(wrong(&[0x1f, 0x8b, 8, 0]).unwrap_err().contains("compressed"));
        assert_eq!(wrong(&[0; 5]).unwrap_err(), "x: byte 0: not a whole MRT record");
    }
}
