//! The main tables of all nodes, with longest-prefix match.
//!
//! In: a merged [`Table`]. Out: [`Rib`]. Law: one trie of prefixes serves all nodes; a table made from another one's by [`Table::with`]
//! shares the trie. Tests: below.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use ipnet::IpNet;
use rayon::prelude::*;

use super::arena::{Arena, PrefixId, RouteId};
use super::column::Column;
use super::kinds::{KindId, Kinds, rank_of};
use super::table::Table;
use crate::base::id::Id;
use crate::model::network::NodeId;

/// No prefix stands around this one.
const NO_PARENT: u32 = u32::MAX;
/// A prefix that does not stand in the order.
const NO_PLACE: u32 = u32::MAX;

/// The main tables of all nodes: what is installed.
#[derive(Debug, Clone, Default)]
pub struct Rib {
    table: Table,
    shape: Arc<Shape>,
    /// The table has the kinds of `shape`.
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
    /// The kinds in the same order, and the position of the next shorter prefix around each.
    kinds: Vec<KindId>,
    parents: Vec<u32>,
    /// The addresses of `order`, IPv4 and IPv6, for fast search.
    starts: (Vec<u32>, Vec<u128>),
    /// Where in `order` a prefix stands, by its id.
    place: Vec<u32>,
    /// The kinds of the table it was made from, if that is all it holds.
    of: Option<Arc<Kinds>>,
}

impl Shape {
    fn new(table: &Table, arena: &Arena) -> Self {
        let mut order: Vec<_> = table.columns().map(|(p, _)| (*arena.prefixes.get(p), p)).collect();
        order.par_sort_unstable_by_key(|(net, _)| rank_of(net));
        let of = table.only_kinds();
        let kinds = of.map_or_else(Vec::new, |k| order.iter().filter_map(|(_, p)| k.of(*p)).collect());
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
        Self { order, kinds, parents, starts, place, of: of.cloned() }
    }

    fn is_near(&self, table: &Table) -> bool {
        self.of.as_ref().is_some_and(|k| Arc::ptr_eq(k, table.kinds()))
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
        let held = |p: PrefixId| self.shape.place.get(p.index()).is_some_and(|at| *at != NO_PLACE);
        let shared = self.shape.is_near(&table) || table.kinds().iter().all(|(p, _)| held(p));
        let known = shared && table.apart().all(held);
        if known { Self::shaped(Arc::clone(&self.shape), table) } else { Self::new(table, arena) }
    }
    fn column_at(&self, n: u32) -> Option<&Column> {
        let (_, prefix) = self.shape.order[n as usize];
        if self.near { self.table.column_of(prefix, || Some(self.shape.kinds[n as usize])) } else { self.table.column(prefix) }
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
        self.around_from(addr, self.shape.after(addr).checked_sub(1).map_or(NO_PARENT, |n| n as u32))
    }
    /// `last`: the position of the last prefix that begins at or before the address.
    fn around_from(&self, addr: IpAddr, last: u32) -> impl Iterator<Item = u32> + '_ {
        // What covers the address is the last prefix not after it, or stands around that one.
        let (shape, mut at) = (&*self.shape, last);
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
    /// The same for an address of the prefix at this position of [`Rib::prefixes`].
    pub fn covering_near(&self, addr: IpAddr, position: usize) -> impl Iterator<Item = &Column> + '_ {
        let order = &self.shape.order;
        // Mostly no other prefix begins between the two.
        let is_last = order.get(position + 1).is_none_or(|(p, _)| p.addr() > addr);
        let last = if is_last { position } else { self.shape.after(addr).saturating_sub(1) };
        self.around_from(addr, last as u32).filter_map(|n| self.column_at(n))
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
        assert!(rib.prefixes().is_sorted(), "as prefixes compare themselves");
    }
}
