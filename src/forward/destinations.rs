//! Destinations: an address for each prefix, and what tells apart how routers treat it.
//!
//! In: sides with the same prefixes, such as a network before and after a change of its routes. Out: [`Destinations`]. Law: prefixes under the
//! same columns have the same routes everywhere, so they are looked at once. Start reading at [`destinations`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use rayon::prelude::*;
use smallvec::SmallVec;

use super::step::Forwarder;
use crate::base::Map;
use crate::base::number::{Keys, fingerprint};
use crate::rib::{Column, PrefixId, Rib, Way};

/// So many prefixes one thread looks at in one go.
const PIECE: usize = 1 << 14;

/// A prefix with an address that stands for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<const N: usize> {
    pub prefix: IpNet,
    /// An address of it that no more specific prefix covers.
    pub address: IpAddr,
    /// A router owns the address.
    pub owned: bool,
    /// How it is treated on each side: its place in [`Destinations::treated`].
    pub treated: [u32; N],
}

/// How routers treat destinations.
#[derive(Debug, Clone, Copy)]
pub(super) struct Treated {
    /// Equal where all nodes have the same ways.
    pub ways: u128,
    /// A route delivers by address (a connected subnet), so that two addresses may fare differently.
    pub by_address: bool,
}

/// All destinations of some sides.
pub(super) struct Destinations<const N: usize> {
    /// In order of their prefixes, piece by piece.
    pub pieces: Vec<Vec<Place<N>>>,
    /// By side.
    pub treated: [Vec<Treated>; N],
}

/// The storages of the columns that cover an address.
type Chain = SmallVec<[usize; 4]>;

/// Chains of a side, each with the first address of it.
type Chains = Keys<Chain, IpAddr>;

/// Finds the destinations. `sides`: with the same prefixes, which the same addresses stand for. `wanted`: says of prefixes in order, some of them
/// left out, which. `None`: some prefix is a destination on one side only.
pub(super) fn destinations<const N: usize, W: FnMut(&IpNet) -> bool>(
    sides: [(&Forwarder<'_>, &Rib); N],
    nodes: usize,
    wanted: impl Fn() -> W + Sync,
) -> Option<Destinations<N>> {
    let (forwarder, rib) = *sides.first()?;
    // Routers' own host routes are no destinations of their own: the subnets they lie in are.
    let of_piece = |(piece, prefixes): (usize, &[(IpNet, PrefixId)])| {
        let mut wanted = wanted();
        let (mut out, mut chains): (Vec<Place<N>>, [Chains; N]) = (Vec::new(), std::array::from_fn(|_| Chains::default()));
        let mut known: Map<usize, bool> = Map::default();
        let mut only_local = |side: usize, id: PrefixId| {
            let (forwarder, rib) = sides[side];
            let column = rib.table().column(id);
            column.is_some_and(|c| *known.entry(c.storage()).or_insert_with(|| forwarder.only_local(c)))
        };
        for (n, (prefix, id)) in (piece * PIECE..).zip(prefixes).filter(|(_, (prefix, _))| wanted(prefix)) {
            let skipped = only_local(0, *id);
            if (1..N).any(|side| only_local(side, *id) != skipped) {
                return None;
            }
            if skipped {
                continue;
            }
            let Some((address, owned)) = free_address(rib.prefixes(), n, forwarder, |id| only_local(0, id)) else { continue };
            let treated = std::array::from_fn(|side| {
                let chain = sides[side].1.covering_near(address, n).map(Column::storage);
                chains[side].number(chain.collect(), address)
            });
            out.push(Place { prefix: *prefix, address, owned, treated });
        }
        Some((out, chains))
    };
    let pieces: Vec<(Vec<Place<N>>, [Chains; N])> =
        rib.prefixes().par_chunks(PIECE).enumerate().map(of_piece).collect::<Option<_>>()?;
    let mut chains: [Chains; N] = std::array::from_fn(|_| Chains::default());
    let mut number = |(places, of_piece): (Vec<Place<N>>, [Chains; N])| {
        let mut all = chains.iter_mut();
        let numbers: [Vec<u32>; N] = of_piece.map(|c| {
            let of_side = all.next();
            of_side.map(|all| all.join(c)).unwrap_or_default()
        });
        (places, numbers)
    };
    let numbered: Vec<(Vec<Place<N>>, [Vec<u32>; N])> = pieces.into_iter().map(&mut number).collect();
    let renumbered = |(mut places, numbers): (Vec<Place<N>>, [Vec<u32>; N])| {
        for treated in places.iter_mut().map(|p: &mut Place<N>| &mut p.treated) {
            *treated = std::array::from_fn(|side| numbers[side][treated[side] as usize]);
        }
        places
    };
    let pieces = numbered.into_par_iter().map(renumbered).collect();
    let mut of_side = sides.iter().zip(chains.map(Keys::into_first));
    let treated = std::array::from_fn(|_| {
        let (side, first) = of_side.next()?;
        Some(first.par_iter().map(|address| treated(*side, *address, nodes)).collect())
    });
    Some(Destinations { pieces, treated: treated.map(Option::unwrap_or_default) })
}

fn treated((forwarder, rib): (&Forwarder<'_>, &Rib), address: IpAddr, nodes: usize) -> Treated {
    let routes = rib.routes_to(address, nodes);
    let ways: Vec<Option<Way>> = routes.iter().map(|r| r.map(|r| forwarder.state().arena.way(r))).collect();
    Treated { ways: fingerprint(&ways), by_address: forwarder.any_by_address(&routes) }
}

/// An address of prefix `n` that no more specific prefix covers, and whether a router owns it; one that none does, where there is one.
fn free_address(
    order: &[(IpNet, PrefixId)],
    n: usize,
    forwarder: &Forwarder<'_>,
    mut only_local: impl FnMut(PrefixId) -> bool,
) -> Option<(IpAddr, bool)> {
    let prefix = order[n].0;
    let (first, last) = (number(prefix.network()), number(prefix.broadcast()));
    // The network and broadcast addresses of an IPv4 subnet are no hosts.
    let hosts = prefix.addr().is_ipv4() && prefix.prefix_len() < 31;
    let (mut at, last) = if hosts { (first + 1, last - 1) } else { (first, last) };
    let inside = order[n + 1..].iter().take_while(|(p, _)| prefix.contains(p));
    let mut inside = inside.filter(|(_, id)| !only_local(*id)).map(|(p, _)| p).peekable();
    let mut owned = None;
    // A router's own addresses are tried last; a few tries are enough to get past them.
    for _ in 0..64 {
        while let Some(p) = inside.next_if(|p| number(p.network()) <= at) {
            at = at.max(number(p.broadcast()).checked_add(1)?);
        }
        if at > last {
            break;
        }
        let address = address(at, prefix.addr().is_ipv6());
        if !forwarder.is_owned(address) {
            return Some((address, false));
        }
        owned = owned.or(Some((address, true)));
        at += 1;
    }
    owned
}

fn number(addr: IpAddr) -> u128 {
    match addr {
        IpAddr::V4(a) => u32::from(a).into(),
        IpAddr::V6(a) => a.into(),
    }
}

fn address(n: u128, v6: bool) -> IpAddr {
    if v6 { Ipv6Addr::from(n).into() } else { Ipv4Addr::from(n as u32).into() }
}
