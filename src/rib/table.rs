//! Tables as columns, and the main table with longest-prefix match.

use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use foldhash::fast::FixedState;
use ipnet::IpNet;
use rayon::prelude::*;

use super::arena::{Arena, PrefixId, RouteId};
use super::column::{Change, Column};
use super::columns::Columns;
use crate::base::Map;
use crate::base::id::Id;
use crate::model::network::NodeId;

/// The routes of one protocol (or of all together), prefix by prefix. Cheap to clone; a table made by [`Table::with`] shares the
/// columns of the one it was made from, and keeps only those that differ.
#[derive(Debug, Clone, Default)]
pub struct Table {
    columns: Arc<Columns>,
    /// Columns in place of those in `columns`; an empty one: no routes any more.
    over: Columns,
    /// The sum over all columns.
    hash: u64,
}

/// Where two tables differ.
#[derive(Debug)]
pub struct ChangedGroups {
    /// Columns of the one and of the other table.
    pub pairs: Vec<(Column, Column)>,
    /// By prefix, in order of their ids: which of `pairs` it has.
    pub prefixes: Vec<(PrefixId, u32)>,
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.changed_to(other).is_empty()
    }
}
impl Eq for Table {}

fn hash(prefix: PrefixId, column: &Column) -> u64 {
    if column.is_empty() { 0 } else { FixedState::with_seed(7).hash_one((prefix, column.fingerprint())) }
}

/// Columns in the order of their prefixes; of two for the same prefix the later one.
fn in_order(mut columns: Vec<(u32, Column)>) -> Vec<(u32, Column)> {
    if columns.is_sorted_by(|a, b| a.0 < b.0) {
        return columns;
    }
    let width = columns.iter().map(|c| c.0 as usize + 1).max().unwrap_or(0);
    if width / 4 > columns.len() {
        columns.reverse();
        columns.sort_by_key(|c| c.0);
        columns.dedup_by_key(|c| c.0);
        return columns;
    }
    // With columns for many of all prefixes it is quicker to put each in its place.
    let mut places: Vec<Option<Column>> = vec![None; width];
    columns.into_iter().for_each(|(p, c)| places[p as usize] = Some(c));
    (0u32..).zip(places).filter_map(|(p, c)| Some((p, c?))).collect()
}

impl Table {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }
    /// From columns; empty ones are left out.
    pub fn from_columns(columns: impl IntoIterator<Item = (PrefixId, Column)>) -> Self {
        let columns: Columns = columns.into_iter().filter(|(_, c)| !c.is_empty()).map(|(p, c)| (p.0, c)).collect();
        let hash = columns.iter().fold(0, |sum: u64, (p, c)| sum.wrapping_add(hash(PrefixId(p), c)));
        Self { columns: Arc::new(columns), over: Columns::default(), hash }
    }
    /// From single routes in any order; of two for the same prefix and node the later one stays.
    pub fn from_routes(routes: impl IntoIterator<Item = (PrefixId, NodeId, RouteId)>) -> Self {
        let mut columns: Map<PrefixId, Vec<(NodeId, RouteId)>> = Map::default();
        for (p, n, r) in routes {
            columns.entry(p).or_default().push((n, r));
        }
        Self::from_columns(columns.into_iter().map(|(p, c)| (p, Column::from_unsorted(c))))
    }
    /// The same with other columns for some prefixes; empty ones take routes away. Costs as much as there are changes, now and before.
    #[must_use]
    pub fn with(&self, columns: impl IntoIterator<Item = (PrefixId, Column)>) -> Self {
        let mut out = self.clone();
        let columns = in_order(columns.into_iter().map(|(p, c)| (p.0, c)).collect());
        for (prefix, column) in &columns {
            let prefix = PrefixId(*prefix);
            let old = self.column(prefix).map_or(0, |c| hash(prefix, c));
            out.hash = out.hash.wrapping_sub(old).wrapping_add(hash(prefix, column));
        }
        out.over.put(columns);
        // As long as it shares columns with another table, what differs from that one is quickly found.
        if out.over.len() > out.columns.len() {
            let all = out.columns().map(|(p, c)| (p.0, c.clone())).collect();
            out = Self { columns: Arc::new(all), over: Columns::default(), hash: out.hash };
        }
        out
    }
    /// The same with other routes for some prefixes and nodes; of two for the same prefix and node the later one stays.
    #[must_use]
    pub fn with_routes(&self, routes: impl IntoIterator<Item = (PrefixId, NodeId, Option<RouteId>)>) -> Self {
        let mut changes: Map<PrefixId, Vec<Change>> = Map::default();
        for (p, n, r) in routes {
            changes.entry(p).or_default().push((n, r));
        }
        let empty = Column::default();
        let column = |(p, mut c): (PrefixId, Vec<Change>)| {
            c.reverse();
            c.sort_by_key(|e| e.0);
            c.dedup_by_key(|e| e.0);
            (p, self.column(p).unwrap_or(&empty).with(c))
        };
        self.with(changes.into_iter().map(column))
    }
    /// `other`, sharing with this table the columns (and parts of columns) that are the same.
    #[must_use]
    pub fn towards(&self, other: &Self) -> Self {
        if Arc::ptr_eq(&self.columns, &other.columns) {
            return other.clone();
        }
        let changed = self.changed_to(other);
        let empty = Column::default();
        let column = |p: PrefixId| {
            let (mine, theirs) = (self.column(p).unwrap_or(&empty), other.column(p).unwrap_or(&empty));
            let changes = mine.changes_to(theirs);
            (p, if changes.len() * 4 < mine.len() { mine.with(changes) } else { theirs.clone() })
        };
        self.with(changed.into_iter().map(column))
    }
    /// The column of a prefix; never an empty one.
    pub fn column(&self, prefix: PrefixId) -> Option<&Column> {
        self.over.get(prefix.0).or_else(|| self.columns.get(prefix.0)).filter(|c| !c.is_empty())
    }
    /// The route of a node to exactly this prefix.
    pub fn get(&self, prefix: PrefixId, node: NodeId) -> Option<RouteId> {
        self.column(prefix)?.get(node)
    }
    /// All columns, in no order: sort before anything that is seen.
    pub fn columns(&self) -> impl Iterator<Item = (PrefixId, &Column)> {
        let kept = self.columns.iter().filter(|(p, _)| self.over.get(*p).is_none());
        kept.chain(self.over.iter().filter(|(_, c)| !c.is_empty())).map(|(p, c)| (PrefixId(p), c))
    }
    /// The prefixes whose columns differ, in order of their ids. Costs as much as there are changes where both were made from one
    /// table by [`Table::with`].
    pub fn changed_to(&self, other: &Self) -> Vec<PrefixId> {
        let all = |t: &Self| t.columns().map(|c| c.0).collect::<Vec<_>>();
        let mut out: Vec<PrefixId> = if Arc::ptr_eq(&self.columns, &other.columns) {
            self.over.iter().chain(other.over.iter()).map(|(p, _)| PrefixId(p)).collect()
        } else {
            all(self).into_iter().chain(all(other)).collect()
        };
        out.sort_unstable();
        out.dedup();
        out.retain(|p| self.column(*p) != other.column(*p));
        out
    }
    /// The rows that differ, by prefix in order of their ids: what the nodes have in the other table. Costs as [`Table::changed_to`].
    pub fn changes_to<'t>(&'t self, other: &'t Self) -> impl Iterator<Item = (PrefixId, Vec<Change>)> + 't {
        let empty = Column::default();
        self.changed_to(other).into_iter().map(move |p| {
            let (mine, theirs) = (self.column(p).unwrap_or(&empty), other.column(p).unwrap_or(&empty));
            (p, mine.changes_to(theirs))
        })
    }
    /// The columns that differ, once for all prefixes that share them. Costs as [`Table::changed_to`].
    pub fn changed_groups(&self, other: &Self) -> ChangedGroups {
        let mut known: Map<[usize; 2], u32> = Map::default();
        let mut pairs: Vec<(Column, Column)> = Vec::new();
        let empty = Column::default();
        let group = |p: PrefixId| {
            let (mine, theirs) = (self.column(p).unwrap_or(&empty), other.column(p).unwrap_or(&empty));
            let group = *known.entry([mine.storage(), theirs.storage()]).or_insert_with(|| {
                pairs.push((mine.clone(), theirs.clone()));
                pairs.len() as u32 - 1
            });
            (p, group)
        };
        let prefixes = self.changed_to(other).into_iter().map(group).collect();
        ChangedGroups { pairs, prefixes }
    }
    /// A number for what it holds: equal for equal tables (of one arena), and (but for one chance in 2^64) for no others.
    pub fn fingerprint(&self) -> u64 {
        self.hash
    }
    /// How many prefixes there are.
    pub fn len(&self) -> usize {
        self.columns().count()
    }
    /// Whether there are no routes.
    pub fn is_empty(&self) -> bool {
        self.columns().next().is_none()
    }
}

/// No prefix stands around this one.
const NO_PARENT: u32 = u32::MAX;
/// A prefix that does not stand in the order.
const NO_PLACE: u32 = u32::MAX;

/// The main tables of all nodes: what is installed.
#[derive(Debug, Clone, Default)]
pub struct Rib {
    table: Table,
    shape: Arc<Shape>,
    /// The table differs from that of `shape` only in what it keeps beside the columns they share.
    near: bool,
    /// Per node its routes in prefix order (position in `order`), made when first asked for.
    rows: OnceLock<Vec<Vec<(u32, RouteId)>>>,
    large: OnceLock<bool>,
}

/// The prefixes of a main table as one trie for all routers.
#[derive(Debug, Default)]
struct Shape {
    /// All prefixes, sorted: IPv4 before IPv6, by address, shorter first.
    order: Vec<(IpNet, PrefixId)>,
    /// The columns in the same order, and the position of the next shorter prefix around each.
    columns: Vec<Column>,
    parents: Vec<u32>,
    /// The addresses of `order`, IPv4 and IPv6, for fast search.
    starts: (Vec<u32>, Vec<u128>),
    /// Where in `order` a prefix stands, by its id.
    place: Vec<u32>,
    /// The columns of the table it was made from, if that is all of them.
    of: Option<Arc<Columns>>,
}

impl Shape {
    fn new(table: &Table, arena: &Arena) -> Self {
        let mut order: Vec<_> = table.columns().map(|(p, _)| (*arena.prefixes.get(p), p)).collect();
        order.par_sort_unstable();
        let columns = order.iter().map(|(_, p)| table.column(*p).cloned().unwrap_or_default()).collect();
        let mut parents = Vec::with_capacity(order.len());
        let mut open: Vec<u32> = Vec::new();
        for (n, (net, _)) in order.iter().enumerate() {
            while open.last().is_some_and(|&o| !order[o as usize].0.contains(net)) {
                open.pop();
            }
            parents.push(open.last().copied().unwrap_or(NO_PARENT));
            open.push(n as u32);
        }
        let mut starts = (Vec::new(), Vec::new());
        for (net, _) in &order {
            match net.addr() {
                IpAddr::V4(a) => starts.0.push(a.to_bits()),
                IpAddr::V6(a) => starts.1.push(a.to_bits()),
            }
        }
        let mut place = vec![NO_PLACE; order.iter().map(|(_, p)| p.index() + 1).max().unwrap_or_default()];
        (0..).zip(&order).for_each(|(n, (_, p))| place[p.index()] = n);
        let of = (table.over.len() == 0).then(|| Arc::clone(&table.columns));
        Self { order, columns, parents, starts, place, of }
    }

    /// Whether a table has the columns it was made from, but for those it keeps beside them.
    fn is_near(&self, table: &Table) -> bool {
        self.of.as_ref().is_some_and(|c| Arc::ptr_eq(c, &table.columns))
    }

    /// The position after the last prefix that begins at or before an address.
    fn after(&self, addr: IpAddr) -> usize {
        let (v4, v6) = &self.starts;
        match addr {
            IpAddr::V4(a) => v4.partition_point(|s| *s <= a.to_bits()),
            IpAddr::V6(a) => v4.len() + v6.partition_point(|s| *s <= a.to_bits()),
        }
    }

    fn holds(&self, n: u32, addr: IpAddr) -> bool {
        let v4 = self.starts.0.len();
        let bits = u32::from(self.order[n as usize].0.prefix_len());
        let at = n as usize;
        match addr {
            IpAddr::V4(a) => at < v4 && (a.to_bits() ^ self.starts.0[at]).leading_zeros() >= bits,
            IpAddr::V6(a) => at >= v4 && (a.to_bits() ^ self.starts.1[at - v4]).leading_zeros() >= bits,
        }
    }
}

impl Rib {
    /// From a merged table.
    pub fn new(table: Table, arena: &Arena) -> Self {
        Self::shaped(Arc::new(Shape::new(&table, arena)), table)
    }
    fn shaped(shape: Arc<Shape>, table: Table) -> Self {
        let near = shape.is_near(&table);
        Self { table, shape, near, rows: OnceLock::new(), large: OnceLock::new() }
    }
    /// From a merged table that was made from this one's by [`Table::with`]: costs next to nothing, unless there are new prefixes. A prefix
    /// that has lost all its routes stays in [`Rib::prefixes`].
    #[must_use]
    pub fn with(&self, table: Table, arena: &Arena) -> Self {
        let held = |p: u32| self.shape.place.get(p as usize).is_some_and(|at| *at != NO_PLACE);
        let shared = self.shape.is_near(&table) || table.columns.iter().all(|(p, _)| held(p));
        let known = shared && table.over.iter().all(|(p, _)| held(p));
        if known { Self::shaped(Arc::clone(&self.shape), table) } else { Self::new(table, arena) }
    }
    fn column_at(&self, n: u32) -> Option<&Column> {
        let at = n as usize;
        let (_, prefix) = self.shape.order[at];
        let shared = || if self.near { Some(&self.shape.columns[at]) } else { self.table.columns.get(prefix.0) };
        self.table.over.get(prefix.0).or_else(shared).filter(|c| !c.is_empty())
    }
    /// The table behind it.
    pub fn table(&self) -> &Table {
        &self.table
    }
    /// All prefixes in order (IPv4 before IPv6, by address, shorter first).
    pub fn prefixes(&self) -> &[(IpNet, PrefixId)] {
        &self.shape.order
    }
    /// The prefixes inside `net` (itself too), in order.
    pub fn within(&self, net: &IpNet) -> &[(IpNet, PrefixId)] {
        let net = net.trunc();
        let order = &self.shape.order;
        let from = order.partition_point(|(p, _)| *p < net);
        let len = order[from..].partition_point(|(p, _)| net.contains(p));
        &order[from..from + len]
    }
    /// The route of a node to exactly this prefix.
    pub fn get(&self, arena: &Arena, node: NodeId, prefix: &IpNet) -> Option<RouteId> {
        self.table.get(arena.prefixes.find(prefix)?, node)
    }
    /// A node's table in prefix order.
    pub fn row(&self, node: NodeId) -> impl Iterator<Item = (IpNet, PrefixId, RouteId)> + '_ {
        let (row, count) = if self.is_large() {
            (&[][..], self.shape.order.len() as u32)
        } else {
            (self.rows().get(node.index()).map_or(&[][..], Vec::as_slice), 0)
        };
        let looked_up = (0..count).filter_map(move |n| Some((n, self.column_at(n)?.get(node)?)));
        row.iter().copied().chain(looked_up).map(|(n, route)| {
            let (net, p) = self.shape.order[n as usize];
            (net, p, route)
        })
    }
    /// Whether the tables row by row would take more memory than they are worth (columns are shared, rows are not).
    fn is_large(&self) -> bool {
        const MOST_ROWS: usize = 64 << 20;
        *self.large.get_or_init(|| {
            (0..self.shape.order.len() as u32).filter_map(|n| self.column_at(n)).map(Column::len).sum::<usize>() > MOST_ROWS
        })
    }
    fn rows(&self) -> &[Vec<(u32, RouteId)>] {
        self.rows.get_or_init(|| {
            let mut rows: Vec<Vec<(u32, RouteId)>> = Vec::new();
            for n in 0..self.shape.order.len() as u32 {
                for (node, route) in self.column_at(n).into_iter().flat_map(Column::iter) {
                    if rows.len() <= node.index() {
                        rows.resize_with(node.index() + 1, Vec::new);
                    }
                    rows[node.index()].push((n, route));
                }
            }
            rows
        })
    }
    /// The positions of the prefixes that cover an address, most specific first.
    fn around(&self, addr: IpAddr) -> impl Iterator<Item = u32> + '_ {
        // What covers the address is the last prefix not after it, or stands around that one.
        let shape = &*self.shape;
        let mut at = shape.after(addr).checked_sub(1).map_or(NO_PARENT, |n| n as u32);
        std::iter::from_fn(move || {
            while at != NO_PARENT {
                let n = at;
                at = shape.parents[n as usize];
                if shape.holds(n, addr) {
                    return Some(n);
                }
            }
            None
        })
    }
    /// The prefixes with routes that cover an address, most specific first.
    pub fn prefixes_around(&self, addr: IpAddr) -> impl Iterator<Item = PrefixId> + '_ {
        self.around(addr).filter(|n| self.column_at(*n).is_some()).map(|n| self.shape.order[n as usize].1)
    }
    /// The columns of the prefixes that cover an address, most specific first.
    pub fn covering(&self, addr: IpAddr) -> impl Iterator<Item = &Column> + '_ {
        self.around(addr).filter_map(|n| self.column_at(n))
    }
    /// The most specific route of each of the nodes for an address.
    pub fn routes_to(&self, addr: IpAddr, nodes: usize) -> Vec<Option<RouteId>> {
        let mut out = vec![None; nodes];
        for (node, route) in self.covering(addr).flat_map(Column::iter) {
            out[node.index()].get_or_insert(route);
        }
        out
    }
    /// All routes of a node that cover an address, most specific first.
    pub fn matches(&self, node: NodeId, addr: IpAddr) -> impl Iterator<Item = (IpNet, RouteId)> + '_ {
        let row = move |n| Some((self.shape.order[n as usize].0, self.column_at(n)?.get(node)?));
        self.around(addr).filter_map(row)
    }
    /// The most specific route of a node that covers an address.
    pub fn longest_match(&self, node: NodeId, addr: IpAddr) -> Option<(IpNet, RouteId)> {
        self.matches(node, addr).next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_table_is_the_table_made_anew() {
        let arena = Arena::new();
        let p = |n: &str| arena.prefix(n.parse().unwrap());
        let (a, b, c) = (p("10.0.0.0/8"), p("10.1.0.0/16"), p("10.2.0.0/16"));
        let (n0, n1) = (NodeId(0), NodeId(1));
        let base = Table::from_routes([(a, n0, RouteId(1)), (a, n1, RouteId(2)), (b, n0, RouteId(3))]);
        let now = base.with_routes([(a, n1, None), (b, n0, None), (c, n1, Some(RouteId(4)))]);
        let anew = Table::from_routes([(a, n0, RouteId(1)), (c, n1, RouteId(4))]);
        assert_eq!(now, anew);
        assert_eq!((now.fingerprint(), now.len()), (anew.fingerprint(), 2));
        assert_eq!(now.column(b), None);
        assert_eq!(base.changed_to(&now), base.changed_to(&anew));
        let back = now.with_routes([(a, n1, Some(RouteId(2))), (b, n0, Some(RouteId(3))), (c, n1, None)]);
        assert_eq!(back, base);
        assert_eq!(back.fingerprint(), base.fingerprint());
        let look = |rib: &Rib, node, ip: &str| rib.longest_match(node, ip.parse().unwrap()).map(|m| m.1);
        for table in [now, back] {
            let (shared, anew) = (Rib::new(base.clone(), &arena).with(table.clone(), &arena), Rib::new(table, &arena));
            for (node, ip) in [(n0, "10.1.0.1"), (n1, "10.1.0.1"), (n1, "10.2.0.1"), (n0, "10.9.0.1"), (n1, "11.0.0.1")] {
                assert_eq!(look(&shared, node, ip), look(&anew, node, ip), "{node:?} {ip}");
            }
        }
    }

    #[test]
    fn prefixes_inside_a_net_are_one_stretch_of_the_order() {
        let arena = Arena::new();
        let nets = ["10.0.0.0/8", "10.0.0.0/16", "10.0.1.0/24", "10.1.0.0/16", "11.0.0.0/8", "2001:db8::/32", "0.0.0.0/0"];
        let routes = nets.map(|n| (arena.prefix(n.parse().unwrap()), NodeId(0), RouteId(0)));
        let rib = Rib::new(Table::from_routes(routes), &arena);
        let within = |n: &str| rib.within(&n.parse().unwrap()).iter().map(|(p, _)| p.to_string()).collect::<Vec<_>>();
        assert_eq!(within("10.0.0.0/16"), ["10.0.0.0/16", "10.0.1.0/24"]);
        assert_eq!(within("10.0.0.0/8"), ["10.0.0.0/8", "10.0.0.0/16", "10.0.1.0/24", "10.1.0.0/16"]);
        assert_eq!(within("0.0.0.0/0").len(), 6);
        assert_eq!(within("12.0.0.0/8"), Vec::<String>::new());
        let all = |ip: &str| {
            let found = rib.matches(NodeId(0), ip.parse().unwrap()).map(|m| m.0.to_string());
            found.collect::<Vec<_>>()
        };
        assert_eq!(all("10.0.1.255"), ["10.0.1.0/24", "10.0.0.0/16", "10.0.0.0/8", "0.0.0.0/0"]);
        assert_eq!(all("10.0.2.0"), ["10.0.0.0/16", "10.0.0.0/8", "0.0.0.0/0"]);
        assert_eq!(all("9.255.255.255"), ["0.0.0.0/0"]);
        assert_eq!(all("2001:db8::1"), ["2001:db8::/32"]);
        assert_eq!(all("::1"), Vec::<String>::new());
    }
}
