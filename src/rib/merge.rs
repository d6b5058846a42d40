//! Many protocols' tables to one: the lowest distance wins, prefix by prefix and node by node.
//!
//! In: tables. Out: the main table. Law: at equal distance the protocol that is more trusted by default wins (Cisco: "if two protocols
//! are given the same distance, the default distances decide"), then the lower metric, then the lower process number; next hops of
//! different routes are never mixed. Columns that only one table has are shared, not copied.

use rayon::prelude::*;
use smallvec::SmallVec;

use super::arena::{Arena, PrefixId, RouteId};
use super::column::Column;
use super::kinds::KindId;
use super::route::Route;
use super::table::{ChangedParts, Table};
use crate::base::Map;
use crate::base::number::{Numbered, number};
use crate::model::Network;
use crate::model::network::NodeId;
use crate::model::route::Protocol;

/// Merges tables into the main table.
pub fn merge(network: &Network, arena: &Arena, tables: &[&Table]) -> Table {
    let mut all: Vec<(PrefixId, &Column)> = tables.iter().flat_map(|t| t.columns()).collect();
    // Stable: of equal routes the one of the earlier table stays.
    all.par_sort_by_key(|(p, _)| *p);
    let groups: Vec<&[(PrefixId, &Column)]> = all.chunk_by(|a, b| a.0 == b.0).collect();
    // Prefixes of one class share a column: looked at once.
    let mut alone: Map<_, &Column> = Map::default();
    for group in &groups {
        if let [(_, column)] = group {
            alone.entry(column.storage()).or_insert(column);
        }
    }
    let alone: Vec<(_, &Column)> = alone.into_iter().collect();
    let made: Vec<_> = alone.into_par_iter().map(|(at, c)| (at, limit(network, arena, usable(network, arena, c)))).collect();
    let alone: Map<_, Column> = made.into_iter().collect();
    let columns: Vec<(PrefixId, Column)> = groups
        .into_par_iter()
        .filter_map(|group| {
            let (prefix, first) = *group.first()?;
            let known = if group.len() == 1 { alone.get(&first.storage()) } else { None };
            Some((prefix, known.cloned().unwrap_or_else(|| limit(network, arena, best(network, arena, group)))))
        })
        .collect();
    Table::from_columns(columns)
}

/// The columns of a prefix, table by table.
type Columns<'a> = SmallVec<[&'a Column; 4]>;

fn columns_of<'a>(tables: &[&'a Table], p: PrefixId, empty: &'a Column) -> Columns<'a> {
    tables.iter().map(|t| t.column(p).unwrap_or(empty)).collect()
}

/// Columns for one that they go over to: then it is looked at whole.
const MANY: usize = 4;

/// So few columns are not worth another thread.
const FEW: usize = 256;

/// The merge of `now`, from `merged`, that of `before`: looks only at rows in which a table changed.
pub fn merge_changes(network: &Network, arena: &Arena, merged: &Table, before: &[&Table], now: &[&Table]) -> Table {
    if before.len() != now.len() {
        return merge(network, arena, now);
    }
    // Protocols that have no routes, then and now, are nothing to look at again and again.
    let both = before.iter().zip(now).filter(|(b, n)| !b.is_empty() || !n.is_empty());
    let (before, now): (Vec<&Table>, Vec<&Table>) = both.map(|(b, n)| (*b, *n)).unzip();
    let Moves { kinds, prefixes } = moves(merged, &before, &now);
    let empty = Column::default();
    let columns = |p: PrefixId| {
        let (old, new) = (columns_of(&before, p, &empty), columns_of(&now, p, &empty));
        (merged.column(p).unwrap_or(&empty), old, new)
    };
    let kept = |e| is_usable(network, arena, e) && limited(network, arena, e) == e.1;
    // Prefixes of one class share their columns, before and now: worked out once, and shared again.
    let work: Vec<PrefixId> = kinds.iter().map(|k| k.1).chain(prefixes.iter().copied()).collect();
    let key = |p: &PrefixId| {
        let (then, old, new) = columns(*p);
        std::iter::once(&then).chain(&old).chain(&new).map(|c| c.storage()).collect::<SmallVec<[usize; 8]>>()
    };
    let Numbered { of, first } = number(&work, key);
    // Where many of them go over to the same few, those are looked at once and not at each change.
    let many = if first.len() < FEW { &[][..] } else { &first };
    let few: Map<usize, &Column> = many.iter().flat_map(|n| columns(work[*n]).2).map(|c| (c.storage(), c)).collect();
    let few: Vec<(usize, &Column)> = if few.len() * MANY > many.len() { Vec::new() } else { few.into_iter().collect() };
    let few: Vec<(usize, bool)> = few.into_par_iter().map(|(at, c)| (at, c.iter().all(kept))).collect();
    let all_kept: Map<usize, bool> = few.into_iter().collect();
    let make = |n: &usize| {
        let (then, old, new) = columns(work[*n]);
        // What only one table has is taken from there as it is.
        let mut only = new.iter().zip(&old).filter(|(n, o)| !n.is_empty() || !o.is_empty());
        if let (Some((now, was)), None) = (only.next(), only.next())
            && was.storage() == then.storage()
            && all_kept.get(&now.storage()).copied().unwrap_or_else(|| {
                let changes = was.changes_to(now);
                changes.into_iter().filter_map(|(n, r)| Some((n, r?))).all(kept)
            })
        {
            return (*now).clone();
        }
        let mut nodes: Vec<NodeId> = old.iter().zip(&new).flat_map(|(o, n)| o.changes_to(n)).map(|c| c.0).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let best = |n| (n, winner(network, arena, &new, n).map(|r| limited(network, arena, (n, r))));
        let changes = nodes.into_iter().map(best).filter(|(n, r)| then.get(*n) != *r);
        then.with(changes.collect())
    };
    let made: Vec<Column> = first.par_iter().with_min_len(FEW).map(make).collect();
    let (of_kinds, of_prefixes) = of.split_at(kinds.len());
    let column = |n: &u32| made[*n as usize].clone();
    let kinds = kinds.into_iter().zip(of_kinds).map(|((kind, _), n)| (kind, column(n))).collect();
    let columns = prefixes.into_iter().zip(of_prefixes).map(|(p, n)| (p, column(n))).collect();
    merged.with_kinds(kinds, columns)
}

/// What changes in a merged table.
struct Moves {
    /// Kinds of it that all go over to one column, each with one of its prefixes.
    kinds: Vec<(KindId, PrefixId)>,
    /// Single prefixes, in order.
    prefixes: Vec<PrefixId>,
}

fn moves(merged: &Table, before: &[&Table], now: &[&Table]) -> Moves {
    let mut out = Moves { kinds: Vec::new(), prefixes: Vec::new() };
    let whole = merged.whole();
    for (n, (old, new)) in before.iter().zip(now).enumerate() {
        let ChangedParts { kinds, prefixes } = old.changed_parts(new);
        out.prefixes.extend(prefixes);
        if kinds.is_empty() {
            continue;
        }
        // Prefixes that other tables have too are merged by themselves.
        let mut met: Map<KindId, Vec<PrefixId>> = Map::default();
        let others = before.iter().zip(now).enumerate().filter(|(m, _)| *m != n).flat_map(|(_, (a, b))| [a, b]);
        for (kind, p) in others.flat_map(|t| t.prefixes()).filter_map(|p| Some((old.kind_of(p)?, p))) {
            met.entry(kind).or_default().push(p);
        }
        for kind in kinds {
            let mut met = met.remove(&kind).unwrap_or_default();
            met.sort_unstable();
            met.dedup();
            let first = old.members(kind).iter().find(|p| met.binary_search(p).is_err());
            let rest = old.kinds().get(kind).which.without(met.iter().copied().collect());
            match first.and_then(|&first| Some((whole.kind(first, rest)?, first))) {
                Some(found) => {
                    out.kinds.push(found);
                    out.prefixes.extend(met);
                }
                None => out.prefixes.extend(old.members(kind)),
            }
        }
    }
    out.prefixes.sort_unstable();
    out.prefixes.dedup();
    out
}

/// How good a route is; less is better.
fn rank(route: &Route) -> (u32, u32, u32, u16) {
    let trust = match route.protocol {
        Protocol::Connected => 0,
        Protocol::Local => 1,
        Protocol::Static => 2,
        Protocol::Aggregate => 3,
        Protocol::Hsrp | Protocol::Vrrp => 4,
        Protocol::Ebgp => 20,
        Protocol::Eigrp => 90,
        p if p.is_ospf() => 110,
        p if p.is_isis() => 115,
        Protocol::Rip => 120,
        Protocol::EigrpExternal => 170,
        _ => 200,
    };
    (route.distance, trust, route.metric, route.process)
}

/// Whether `a` is installed rather than `b`, for the same prefix of the same table.
pub fn better(a: &Route, b: &Route) -> bool {
    rank(a) < rank(b)
}

fn is_usable(network: &Network, arena: &Arena, (node, route): (NodeId, RouteId)) -> bool {
    network.device_of(node).platform.unusable_distance.is_none_or(|never| never != arena.routes.get(route).distance)
}

fn usable(network: &Network, arena: &Arena, column: &Column) -> Column {
    if column.iter().all(|e| is_usable(network, arena, e)) {
        return column.clone();
    }
    Column::from_sorted(column.iter().filter(|e| is_usable(network, arena, *e)).collect())
}

/// A node's best route of all columns.
fn winner(network: &Network, arena: &Arena, columns: &[&Column], n: NodeId) -> Option<RouteId> {
    let all = columns.iter().filter_map(|c| c.get(n)).filter(|r| is_usable(network, arena, (n, *r)));
    // Of equal routes the one of the earlier table stays.
    all.reduce(|x, y| if better(arena.routes.get(y), arena.routes.get(x)) { y } else { x })
}

/// Where one column has so many times as many routes as all others, it is taken, and changed where they have one.
const FEW_OTHERS: usize = 8;

fn best(network: &Network, arena: &Arena, group: &[(PrefixId, &Column)]) -> Column {
    let columns: Columns = group.iter().map(|(_, c)| *c).collect();
    let all: usize = columns.iter().map(|c| c.len()).sum();
    let most = columns.iter().enumerate().max_by_key(|(_, c)| c.len());
    if let Some((largest, column)) = most.filter(|(_, c)| (all - c.len()) * FEW_OTHERS <= c.len()) {
        let others = columns.iter().enumerate().filter(|(n, _)| *n != largest);
        let mut nodes: Vec<NodeId> = others.flat_map(|(_, c)| c.iter()).map(|e| e.0).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let base = usable(network, arena, column);
        let changes = nodes.into_iter().map(|n| (n, winner(network, arena, &columns, n)));
        return base.with(changes.filter(|(n, r)| base.get(*n) != *r).collect());
    }
    let all = group.iter().flat_map(|(_, c)| c.iter());
    let mut entries: Vec<(NodeId, RouteId)> = all.filter(|e| is_usable(network, arena, *e)).collect();
    entries.sort_by_key(|e| e.0);
    let mut out: Vec<(NodeId, RouteId)> = Vec::with_capacity(entries.len());
    for (node, route) in entries {
        match out.last_mut() {
            Some((last, kept)) if *last == node => {
                if better(arena.routes.get(route), arena.routes.get(*kept)) {
                    *kept = route;
                }
            }
            _ => out.push((node, route)),
        }
    }
    Column::from_sorted(out)
}

/// Cuts next-hop sets that are larger than the platform can hold; the lowest addresses stay.
fn limit(network: &Network, arena: &Arena, column: Column) -> Column {
    if column.iter().all(|e| limited(network, arena, e) == e.1) {
        return column;
    }
    Column::from_sorted(column.iter().map(|e| (e.0, limited(network, arena, e))).collect())
}

fn limited(network: &Network, arena: &Arena, (node, id): (NodeId, RouteId)) -> RouteId {
    let max = network.device_of(node).platform.max_ecmp.max(1) as usize;
    let route = arena.routes.get(id);
    let hops = arena.hops.get(route.hops);
    if hops.len() <= max {
        return id;
    }
    let hops = arena.hops.intern(hops[..max].into());
    arena.routes.intern(Route { hops, ..*route })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Device;
    use crate::model::interface::InterfaceId;
    use crate::rib::{AttrsId, Hop, HopsId, Members};

    /// One device with one table, that takes two next hops.
    fn one_device() -> (Network, Arena) {
        let mut d = Device { name: "r".into(), ..Device::default() };
        d.vrfs.push(Default::default());
        d.platform.max_ecmp = 2;
        (Network::new(vec![d], Default::default()), Arena::new())
    }

    fn route_of(arena: &Arena, (protocol, process): (Protocol, u16), distance: u32, metric: u32, hops: u32) -> RouteId {
        let hops = arena.hop_set((0..hops).map(|i| Hop::out(InterfaceId(i))).collect());
        let (via, attrs) = (HopsId::NONE, AttrsId::NONE);
        arena.routes.intern(Route {
            protocol,
            process,
            distance,
            metric,
            tag: 0,
            hops,
            via,
            attrs,
            area: 0,
            origin: Default::default(),
        })
    }

    #[test]
    fn distance_then_trust_then_metric() {
        let (network, arena) = one_device();
        let hops = |n: u32| arena.hop_set((0..n).map(|i| Hop::out(InterfaceId(i))).collect());
        let route = |protocol, distance, metric, process, n| route_of(&arena, (protocol, process), distance, metric, n);
        let table = |r| Table::from_routes([(arena.prefix("10.0.0.0/8".parse().unwrap()), NodeId(0), r)]);
        let pick = |rs: &[RouteId]| {
            let tables: Vec<_> = rs.iter().map(|r| table(*r)).collect();
            let merged = merge(&network, &arena, &tables.iter().collect::<Vec<_>>());
            *arena.routes.get(merged.get(arena.prefix("10.0.0.0/8".parse().unwrap()), NodeId(0)).unwrap())
        };
        let ospf = route(Protocol::OspfIntra, 110, 20, 0, 1);
        let ospf2 = route(Protocol::OspfE2, 110, 10, 1, 1);
        let floating = route(Protocol::Static, 200, 0, 0, 1);
        let equal = route(Protocol::Static, 110, 99, 0, 1);
        assert_eq!(pick(&[floating, ospf]).protocol, Protocol::OspfIntra);
        assert_eq!(pick(&[ospf, equal]).protocol, Protocol::Static);
        assert_eq!(pick(&[ospf, ospf2]).metric, 10);
        assert_eq!(pick(&[route(Protocol::Ibgp, 200, 0, 0, 5)]).hops, hops(2), "cut to what the platform holds");
        let p = arena.prefix("10.0.0.0/8".parse().unwrap());
        for (a, b) in [(Some(ospf), Some(equal)), (Some(ospf), None), (None, Some(route(Protocol::Ibgp, 200, 0, 0, 5)))] {
            let (before, other) = (table(floating), table(ospf2));
            let now = other.with_routes([(p, NodeId(0), a)]);
            let later = before.with_routes([(p, NodeId(0), b)]);
            let merged = merge(&network, &arena, &[&other, &before]);
            let changed = merge_changes(&network, &arena, &merged, &[&other, &before], &[&now, &later]);
            assert_eq!(changed, merge(&network, &arena, &[&now, &later]));
        }
        let never = route(Protocol::Static, 255, 0, 0, 1);
        assert!(merge(&network, &arena, &[&table(never)]).is_empty());
        assert!(merge(&network, &arena, &[&table(never), &table(never)]).is_empty());
    }

    #[test]
    fn a_kind_goes_over_as_one_but_for_the_prefixes_that_another_table_has() {
        let (network, arena) = one_device();
        let nets: Vec<ipnet::IpNet> = (0..6).map(|i| format!("10.{i}.0.0/16").parse().unwrap()).collect();
        let ids: Vec<PrefixId> = nets.iter().map(|n| arena.prefix(*n)).collect();
        let members: Members = nets.iter().copied().zip(ids.iter().copied()).collect();
        let bgp = |metric| {
            let route = route_of(&arena, (Protocol::Ebgp, 0), 20, metric, 1);
            Column::from_sorted(vec![(NodeId(0), route)])
        };
        let igp = |distance| route_of(&arena, (Protocol::OspfIntra, 0), distance, 5, 1);
        let first = bgp(1);
        let learned = Table::from_columns(ids.iter().map(|p| (*p, first.clone())));
        // The other table has one of the prefixes, and another one later; each is or is not the better one.
        for (had, has) in [((0, 110), (0, 110)), ((0, 10), (0, 10)), ((1, 10), (4, 10)), ((2, 110), (2, 10)), ((3, 10), (3, 110))]
        {
            let other = |(n, distance): (usize, u32)| Table::from_routes([(ids[n], NodeId(0), igp(distance))]);
            let (under, under_now) = (other(had), other(has));
            let merged = merge(&network, &arena, &[&under, &learned]);
            let now = learned.with_parts([(&members, bgp(2))], []);
            let anew = merge(&network, &arena, &[&under_now, &now]);
            let changed = merge_changes(&network, &arena, &merged, &[&under, &learned], &[&under_now, &now]);
            assert_eq!((&changed, changed.fingerprint()), (&anew, anew.fingerprint()), "{had:?} {has:?}");
            let groups = merged.changed_groups(&changed);
            let whole = groups.iter().map(|g| g.kinds.len()).sum::<usize>();
            assert_eq!(whole, usize::from(had.0 == has.0), "as one where the same prefixes stand aside: {had:?} {has:?}");
        }
    }
}
