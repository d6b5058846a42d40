//! What neighbours outside the snapshot announce.
//!
//! In: announcements. Out: by prefix, where its paths start. Law: of one neighbour's routes to a prefix the order is kept; the
//! same whatever the number of threads. The Internet's table from several neighbours is millions of paths: they are taken and sorted in
//! pieces, and then put together range by range of prefixes. Start reading at [`seeds`].

use std::sync::Arc;

use ipnet::IpNet;
use rayon::prelude::*;

use super::seeds::{Seed, local_attrs};
use super::speakers::{End, EndId, LINK_LOCAL};
use super::transfer::Transfer;
use crate::base::shared::SharedMap;
use crate::model::network::{Announced, Announcement, Announcer};
use crate::model::route::{Community, Family};
use crate::rib::{AsPath, AttrsId};

/// A path from outside: its destination, the end that hears it, its attributes.
type Outside = (IpNet, EndId, AttrsId);

/// So many announcements one thread takes in one go.
const PIECE: usize = 1 << 14;
/// Of so many paths one is looked at to cut all prefixes into ranges of about [`PIECE`] paths.
const STEP: usize = 512;

/// The attributes of an end's announcements that were interned, by where they stand: many prefixes share a bundle.
type Bundles = SharedMap<usize, AttrsId>;

/// What neighbours outside announce of some prefixes, by prefix in order.
pub(super) fn seeds(t: &Transfer<'_>, wanted: impl Fn(&IpNet) -> bool + Sync) -> Vec<(IpNet, Seed)> {
    by_prefix(&pieces(t, wanted))
}

/// Pieces in order of ends, each by prefix, put together by prefix.
fn by_prefix(pieces: &[Vec<Outside>]) -> Vec<(IpNet, Seed)> {
    let cuts = cuts(pieces);
    let of_range = |n: usize| {
        let within = |p: &'_ Vec<Outside>| {
            let to = cuts.get(n).map_or(p.len(), |cut| p.partition_point(|x| x.0 < *cut));
            let from = n.checked_sub(1).map_or(0, |n| p.partition_point(|x| x.0 < cuts[n]));
            from..to
        };
        let mut all: Vec<Outside> = pieces.iter().flat_map(|p| &p[within(p)]).copied().collect();
        // Stable: of one neighbour's routes to a prefix the order is kept.
        all.sort_by_key(|(prefix, e, _)| (*prefix, *e));
        let seed = |c: &[Outside]| Seed { outside: c.iter().map(|x| (x.1, x.2)).collect(), ..Seed::default() };
        all.chunk_by(|a, b| a.0 == b.0).map(|c| (c[0].0, seed(c))).collect::<Vec<_>>()
    };
    let ranges: Vec<Vec<(IpNet, Seed)>> = (0..=cuts.len()).into_par_iter().map(of_range).collect();
    let mut out = Vec::with_capacity(ranges.iter().map(Vec::len).sum());
    ranges.into_iter().for_each(|r| out.extend(r));
    out
}

/// Prefixes between ranges that hold about as many paths each.
fn cuts(pieces: &[Vec<Outside>]) -> Vec<IpNet> {
    let mut some: Vec<IpNet> = pieces.iter().flat_map(|p| p.iter().step_by(STEP)).map(|x| x.0).collect();
    some.sort_unstable();
    let mut cuts: Vec<IpNet> = some.chunks(PIECE / STEP).skip(1).filter_map(|c| c.first()).copied().collect();
    cuts.dedup();
    cuts
}

/// What neighbours outside announce of some prefixes, in order of ends; each piece of one end, by prefix.
fn pieces(t: &Transfer<'_>, wanted: impl Fn(&IpNet) -> bool + Sync) -> Vec<Vec<Outside>> {
    // Some neighbours have a handful of routes, some have those of the whole Internet.
    let work: Vec<(EndId, Arc<Bundles>, &[Announcement])> = announcers(t)
        .into_iter()
        .flat_map(|(e, announcer)| {
            let bundles = Arc::new(Bundles::new());
            announcer.routes.chunks(PIECE).map(move |routes| (e, Arc::clone(&bundles), routes))
        })
        .collect();
    let of_piece = |(e, bundles, routes): (EndId, Arc<Bundles>, &[Announcement])| {
        let active = |a: &&Announcement| t.graph.family(e, Family::of_prefix(&a.prefix)).is_some();
        let heard = routes.iter().filter(|a| wanted(&a.prefix.trunc())).filter(active);
        let interned = |a: &Arc<Announced>| bundles.get_or_try(Arc::as_ptr(a).addr(), || Some(attrs(t, e, a)));
        let mut piece: Vec<Outside> = heard.filter_map(|a| Some((a.prefix.trunc(), e, interned(&a.attrs)?))).collect();
        piece.sort_by_key(|x| x.0);
        piece
    };
    work.into_par_iter().map(of_piece).collect()
}

/// The ends of sessions with neighbours outside, each with what the neighbour announces.
fn announcers<'n>(t: &Transfer<'n>) -> Vec<(EndId, &'n Announcer)> {
    let of = |(e, end): (EndId, &End)| {
        let speaker = t.speaker(end);
        let heard = |a: &&Announcer| (a.device, a.vrf, a.peer) == (speaker.device, speaker.vrf, end.peer);
        Some((e, t.input.network.announcers.iter().find(heard)?))
    };
    t.graph.ends.iter_ids().filter(|(_, end)| end.far.is_none()).filter_map(of).collect()
}

/// The attributes of an announcement as an end hears it.
fn attrs(t: &Transfer<'_>, e: EndId, a: &Announced) -> AttrsId {
    let (arena, end) = (t.input.arena, &t.graph.ends[e]);
    let mut attrs = local_attrs(arena, t.speaker(end), a.origin);
    attrs.as_path = arena.as_paths.intern(AsPath::sequence(&a.as_path));
    attrs.next_hop =
        a.next_hop.or(Some(end.peer)).map(|ip| if crate::model::interface::link_local(ip) { LINK_LOCAL } else { ip });
    attrs.med = a.med;
    attrs.communities = arena.community_set(a.communities.iter().map(|&c| Community::Standard(c)).collect());
    attrs.weight = 0;
    arena.attrs.intern(attrs)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn range_by_range_is_all_at_once() {
        // Three neighbours, 50,000 prefixes; the second one sends each prefix twice, the third only some.
        let prefix = |n: u32| -> IpNet { ipnet::Ipv4Net::new((n << 10).into(), 22).unwrap().into() };
        let of = |e: u32, from: u32, to: u32, step: usize, times: u32| -> Vec<Outside> {
            let each = |n: u32| (0..times).map(move |k| (prefix(n), EndId(e), AttrsId(n * 10 + k)));
            (from..to).step_by(step).flat_map(each).collect()
        };
        let pieces =
            [of(0, 0, 30_000, 1, 1), of(0, 30_000, 50_000, 1, 1), of(1, 0, 50_000, 1, 2), of(2, 7, 50_000, 13, 1), Vec::new()];
        assert!(cuts(&pieces).len() > 5);
        let mut whole: BTreeMap<IpNet, Vec<(EndId, AttrsId)>> = BTreeMap::new();
        for (prefix, e, attrs) in pieces.iter().flatten() {
            whole.entry(*prefix).or_default().push((*e, *attrs));
        }
        let ranges = by_prefix(&pieces).into_iter().map(|(p, seed)| (p, seed.outside));
        assert!(ranges.eq(whole));
        assert_eq!(by_prefix(&[]).len(), 0);
    }
}
