//! What neighbours outside the snapshot announce, from an MRT file.
//!
//! In: a network, a file. Out: [`Heard`]. Law: the file's peers are the neighbours of that address; the same whatever the number of threads.
//! A full Internet table from several neighbours is millions of paths, so records are read in parallel, and a bundle of attributes once
//! for each neighbour. Start reading at [`read`]. Tests: below.

use std::fs::File;
use std::hash::BuildHasher;
use std::io::Read;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::mrt::{self, Entry, Rib};
use crate::base::Map;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::error::Error;
use crate::base::shared::SharedMap;
use crate::model::VrfId;
use crate::model::bgp::Peer;
use crate::model::network::{Announced, Announcement, Announcer, DeviceId, Network};

/// What a file says to a network. It may be long, and the same for another network.
#[derive(Debug)]
pub(super) struct Heard {
    file: Digest,
    /// Who has a neighbour of an address.
    hears: Hears,
    pub announcers: Vec<Announcer>,
    pub diagnostics: Vec<Diagnostic>,
}

/// A file of hundreds of megabytes is sooner in memory where all threads read it.
#[cfg(unix)]
fn bytes_of(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::os::unix::fs::FileExt;
    let file = File::open(path)?;
    let mut bytes = vec![0; usize::try_from(file.metadata()?.len()).map_err(std::io::Error::other)?];
    let pieces = bytes.par_chunks_mut(Digest::PIECE).enumerate();
    pieces.map(|(n, piece)| file.read_exact_at(piece, (n * Digest::PIECE) as u64)).collect::<std::io::Result<()>>()?;
    Ok(bytes)
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(path)
}

/// 128 bits over a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Digest([u64; 2]);

impl Digest {
    /// So many bytes are taken in at once.
    const PIECE: usize = 1 << 20;

    fn of(bytes: &[u8]) -> Self {
        bytes.chunks(Self::PIECE).fold(Self::default(), Self::with)
    }

    /// The same without holding the file.
    fn of_file(path: &Path) -> std::io::Result<Self> {
        let (mut file, mut piece, mut out) = (File::open(path)?, Vec::with_capacity(Self::PIECE), Self::default());
        loop {
            piece.clear();
            if file.by_ref().take(Self::PIECE as u64).read_to_end(&mut piece)? == 0 {
                return Ok(out);
            }
            out = out.with(&piece);
        }
    }

    fn with(self, piece: &[u8]) -> Self {
        let hash = |n: usize| FixedState::with_seed(n as u64).hash_one((self.0[n], piece));
        Self([hash(0), hash(1)])
    }
}

type Hears = Map<IpAddr, (DeviceId, VrfId)>;

/// So many records are read in one go.
const CHUNK: usize = 4096;

/// Reads a snapshot's announcements. `known`: what a file said to another network.
pub(super) fn read(network: &Network, path: &Path, known: Option<&Arc<Heard>>) -> Result<Arc<Heard>, Error> {
    let failed = |e: std::io::Error| Error::Read { path: path.display().to_string(), source: e };
    let hears = hears(network);
    if let Some(known) = known.filter(|k| k.hears == hears)
        && known.file == Digest::of_file(path).map_err(failed)?
    {
        return Ok(Arc::clone(known));
    }
    let bytes = bytes_of(path).map_err(failed)?;
    let file = Digest::of(&bytes);
    let mut unknown = 0usize;
    let mut place: Map<IpAddr, usize> = Map::default();
    let mut heard: Vec<(IpAddr, Vec<Vec<Announcement>>)> = Vec::new();
    for part in mrt::records(path, &bytes) {
        let part = part?;
        let peers: Vec<Option<IpAddr>> = part.peers.iter().map(|p| Some(p.address).filter(|a| hears.contains_key(a))).collect();
        let bundles = Bundles::new();
        let chunks: Vec<Result<Chunk, Error>> = part
            .ribs
            .par_chunks(CHUNK)
            .map(|ribs| chunk(ribs, &peers, &bundles).map_err(|at| mrt::broken(path, &bytes, at)))
            .collect();
        for chunk in chunks {
            let chunk = chunk?;
            unknown += chunk.unknown;
            for (peer, routes) in chunk.routes {
                let at = *place.entry(peer).or_insert(heard.len());
                if at == heard.len() {
                    heard.push((peer, Vec::new()));
                }
                heard[at].1.push(routes);
            }
        }
    }
    let announcers = heard.into_par_iter().filter_map(|(peer, routes)| {
        let &(device, vrf) = hears.get(&peer)?;
        // Of a million routes none is moved twice.
        let mut all = Vec::with_capacity(routes.iter().map(Vec::len).sum());
        routes.into_iter().for_each(|mut r| all.append(&mut r));
        Some(Announcer { device, vrf, peer, routes: Arc::new(all) })
    });
    let announcers = announcers.collect();
    let mut diagnostics = Vec::new();
    if unknown > 0 {
        let text = format!("{unknown} announcements of `{}` are left out: no device has such a neighbour", path.display());
        diagnostics.push(Diagnostic::new(Code("T-announcement"), Severity::Warning, text));
    }
    Ok(Arc::new(Heard { file, hears, announcers, diagnostics }))
}

/// Who has a neighbour of an address: the first one.
fn hears(network: &Network) -> Hears {
    let mut out = Hears::default();
    for (d, device) in network.devices.iter_ids() {
        for bgp in &device.bgp {
            for neighbor in &bgp.neighbors {
                if let Peer::Ip(ip, _) = neighbor.peer {
                    out.entry(ip).or_insert((d, bgp.vrf));
                }
            }
        }
    }
    out
}

/// The paths of some records.
#[derive(Default)]
struct Chunk {
    /// By peer, in the order in which peers first appear.
    routes: Vec<(IpAddr, Vec<Announcement>)>,
    /// Paths of peers that are nobody's neighbour.
    unknown: usize,
}

/// An error: the place of a record that is not whole.
fn chunk<'a>(ribs: &[Rib<'a>], peers: &[Option<IpAddr>], bundles: &Bundles<'a>) -> Result<Chunk, usize> {
    let mut out = Chunk::default();
    let mut place: Map<IpAddr, usize> = Map::default();
    for rib in ribs {
        rib.paths(&mut |prefix, peer, attributes| {
            let Some(address) = peers.get(peer).copied().flatten() else {
                out.unknown += 1;
                return mrt::entry(prefix, peer, attributes).map(|_| ());
            };
            let attrs = bundles.get_or_try((peer, attributes), || {
                let e = mrt::entry(prefix, peer, attributes)?;
                let next_hop = e.next_hop.filter(|h| *h != address);
                let Entry { as_path, med, origin, communities, .. } = e;
                Some(Arc::new(Announced { as_path, next_hop, med, origin, communities }))
            })?;
            let at = *place.entry(address).or_insert(out.routes.len());
            if at == out.routes.len() {
                out.routes.push((address, Vec::new()));
            }
            out.routes[at].1.push(Announcement { prefix, attrs });
            Some(())
        })
        .ok_or(rib.at)?;
    }
    Ok(out)
}

/// Bundles of attributes that were read, by peer and as they stand in the file.
type Bundles<'a> = SharedMap<(usize, &'a [u8]), Arc<Announced>>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bgp::{Bgp, Neighbor};
    use crate::model::device::Device;

    #[test]
    fn a_file_is_told_by_all_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.mrt");
        for len in [0, 5, Digest::PIECE, 2 * Digest::PIECE + 7] {
            let mut bytes: Vec<u8> = (0..len).map(|n| ((n * n) >> 8) as u8).collect();
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(bytes_of(&path).unwrap(), bytes);
            assert_eq!(Digest::of_file(&path).unwrap(), Digest::of(&bytes));
            if let Some(last) = bytes.last_mut() {
                *last ^= 1;
                assert_ne!(Digest::of_file(&path).unwrap(), Digest::of(&bytes));
            }
        }
    }

    fn network(peers: &[&str]) -> Network {
        let neighbor = |p: &&str| Neighbor { peer: Peer::Ip(p.parse().unwrap(), None), ..Neighbor::default() };
        let bgp = Bgp { neighbors: peers.iter().map(neighbor).collect(), ..Bgp::default() };
        let mut network = Network::default();
        network.devices.push(Device { bgp: vec![bgp], ..Device::default() });
        network
    }

    fn record(sub: u16, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap();
        [&[0, 0, 0, 0, 0, 13], &sub.to_be_bytes()[..], &length.to_be_bytes(), body].concat()
    }

    /// Routes to 10.x.y.0/24 of three peers, in more records than one thread takes in one go; with ten AS paths.
    fn file(records: u16) -> Vec<u8> {
        let peers = [[192, 0, 2, 1], [192, 0, 2, 2], [192, 0, 2, 3]];
        let mut table = vec![0, 0, 0, 0, 0, 0, 0, 3];
        peers.iter().for_each(|a| table.extend([&[0, 0, 0, 0, 0], &a[..], &[0xfd, 0xe8]].concat()));
        let mut out = record(1, &table);
        for n in 0..records {
            let [x, y] = n.to_be_bytes();
            let mut rib = vec![0, 0, 0, 0, 24, 10, x, y, 0, 3];
            for (peer, address) in (0u8..).zip(&peers) {
                let asn = [0, 0, 0xfd, (n % 10) as u8];
                let attributes = [&[0x40, 2, 6, 2, 1], &asn[..], &[0x40, 3, 4], &address[..]].concat();
                rib.extend([0, peer, 0, 0, 0, 0, 0, attributes.len() as u8]);
                rib.extend(attributes);
            }
            out.extend(record(2, &rib));
        }
        out
    }

    fn read_bytes(bytes: &[u8], peers: &[&str]) -> Result<Arc<Heard>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.mrt");
        std::fs::write(&path, bytes).unwrap();
        read(&network(peers), &path, None).map_err(|e| e.to_string().replace(&path.display().to_string(), "x"))
    }

    #[test]
    fn many_records_are_read_in_order() {
        let heard = read_bytes(&file(10_000), &["192.0.2.2", "192.0.2.1"]).unwrap();
        let peers: Vec<String> = heard.announcers.iter().map(|a| a.peer.to_string()).collect();
        assert_eq!(peers, ["192.0.2.1", "192.0.2.2"], "as they first appear");
        let says = &heard.diagnostics[0].message;
        assert!(says.starts_with("10000 announcements of"), "{says}");
        for announcer in &heard.announcers {
            assert_eq!(announcer.routes.len(), 10_000);
            for (n, a) in (0u16..).zip(announcer.routes.iter()) {
                let [x, y] = n.to_be_bytes();
                assert_eq!(a.prefix.to_string(), format!("10.{x}.{y}.0/24"));
                assert_eq!((&a.attrs.as_path[..], a.attrs.next_hop), (&[0xfd00 + u32::from(n % 10)][..], None));
                assert!(Arc::ptr_eq(&a.attrs, &announcer.routes[usize::from(n % 10)].attrs), "one bundle of each path");
            }
        }
    }

    #[test]
    fn a_cut_file_is_an_error_with_its_place() {
        let whole = file(10_000);
        let cut = |n: usize| read_bytes(&whole[..n], &["192.0.2.1"]).map(|_| ()).unwrap_err();
        let last = whole.len() - record(2, &file(1)[file(0).len() + 12..]).len();
        assert_eq!(cut(whole.len() - 1), format!("x: byte {last}: not a whole MRT record"));
        // Attributes that go on beyond their path.
        let mut wrong = whole.clone();
        wrong[last + 12 + 10 + 7] += 1;
        assert_eq!(read_bytes(&wrong, &[]).map(|_| ()).unwrap_err(), format!("x: byte {last}: not a whole MRT record"));
    }
}
