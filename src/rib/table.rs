//! Tables as columns, and the main table with longest-prefix match.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use ipnet::IpNet;

use super::arena::{Arena, PrefixId, RouteId};
use crate::base::Map;
use crate::base::id::Id;
use crate::model::network::NodeId;

/// For one prefix: the route of each routing table that has one, sorted by node. Cheap to clone: tables of later rounds and of
/// what-ifs share the columns that did not change.
#[derive(Debug, Clone, Default)]
pub struct Column {
    entries: Arc<[(NodeId, RouteId)]>,
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.entries, &other.entries) || self.entries == other.entries
    }
}
impl Eq for Column {}

impl Column {
    /// From entries sorted by node, each node once.
    pub fn from_sorted(entries: Vec<(NodeId, RouteId)>) -> Self {
        debug_assert!(entries.is_sorted_by(|a, b| a.0 < b.0));
        Self { entries: entries.into() }
    }
    /// From entries in any order; of two for the same node the later one stays.
    pub fn from_unsorted(mut entries: Vec<(NodeId, RouteId)>) -> Self {
        entries.reverse();
        entries.sort_by_key(|e| e.0);
        entries.dedup_by_key(|e| e.0);
        Self { entries: entries.into() }
    }
    /// The route of a node.
    pub fn get(&self, node: NodeId) -> Option<RouteId> {
        let at = self.entries.binary_search_by_key(&node, |e| e.0).ok()?;
        Some(self.entries[at].1)
    }
    /// All entries by node.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (NodeId, RouteId)> + '_ {
        self.entries.iter().copied()
    }
    /// All entries by node, as a slice.
    pub fn entries(&self) -> &[(NodeId, RouteId)] {
        &self.entries
    }
    /// How many nodes have a route.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    /// Whether no node has one.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The routes of one protocol (or of all together), prefix by prefix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    columns: Map<PrefixId, Column>,
}

impl Table {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }
    /// From columns; empty ones are left out.
    pub fn from_columns(columns: impl IntoIterator<Item = (PrefixId, Column)>) -> Self {
        Self { columns: columns.into_iter().filter(|(_, c)| !c.is_empty()).collect() }
    }
    /// From single routes in any order; of two for the same prefix and node the later one stays.
    pub fn from_routes(routes: impl IntoIterator<Item = (PrefixId, NodeId, RouteId)>) -> Self {
        let mut columns: Map<PrefixId, Vec<(NodeId, RouteId)>> = Map::default();
        for (p, n, r) in routes {
            columns.entry(p).or_default().push((n, r));
        }
        Self { columns: columns.into_iter().map(|(p, c)| (p, Column::from_unsorted(c))).collect() }
    }
    /// The column of a prefix.
    pub fn column(&self, prefix: PrefixId) -> Option<&Column> {
        self.columns.get(&prefix)
    }
    /// The route of a node to exactly this prefix.
    pub fn get(&self, prefix: PrefixId, node: NodeId) -> Option<RouteId> {
        self.columns.get(&prefix)?.get(node)
    }
    /// All columns, in no order: sort before anything that is seen.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = (PrefixId, &Column)> {
        self.columns.iter().map(|(p, c)| (*p, c))
    }
    /// How many prefixes there are.
    pub fn len(&self) -> usize {
        self.columns.len()
    }
    /// Whether there are no routes.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }
}

/// No prefix stands around this one.
const NO_PARENT: u32 = u32::MAX;

/// The main tables of all nodes: what is installed.
#[derive(Debug, Clone, Default)]
pub struct Rib {
    table: Table,
    /// All prefixes, sorted: IPv4 before IPv6, by address, shorter first.
    order: Vec<(IpNet, PrefixId)>,
    /// The columns in the same order, and the position of the next shorter prefix around each: one trie for all routers.
    columns: Vec<Column>,
    parents: Vec<u32>,
    /// Per node its routes in prefix order (position in `order`), made when first asked for.
    rows: OnceLock<Vec<Vec<(u32, RouteId)>>>,
}

impl Rib {
    /// From a merged table.
    pub fn new(table: Table, arena: &Arena) -> Self {
        let mut order: Vec<_> = table.columns().map(|(p, _)| (*arena.prefixes.get(p), p)).collect();
        order.sort_unstable();
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
        Self { table, order, columns, parents, rows: OnceLock::new() }
    }
    /// The table behind it.
    pub fn table(&self) -> &Table {
        &self.table
    }
    /// All prefixes in order (IPv4 before IPv6, by address, shorter first).
    pub fn prefixes(&self) -> &[(IpNet, PrefixId)] {
        &self.order
    }
    /// The prefixes inside `net` (itself too), in order.
    pub fn within(&self, net: &IpNet) -> &[(IpNet, PrefixId)] {
        let net = net.trunc();
        let from = self.order.partition_point(|(p, _)| *p < net);
        let len = self.order[from..].partition_point(|(p, _)| net.contains(p));
        &self.order[from..from + len]
    }
    /// The route of a node to exactly this prefix.
    pub fn get(&self, arena: &Arena, node: NodeId, prefix: &IpNet) -> Option<RouteId> {
        self.table.get(arena.prefixes.find(prefix)?, node)
    }
    /// A node's table in prefix order.
    pub fn row(&self, node: NodeId) -> impl Iterator<Item = (IpNet, PrefixId, RouteId)> + '_ {
        let row = self.rows().get(node.index()).map_or(&[][..], Vec::as_slice);
        row.iter().map(|&(n, route)| {
            let (net, p) = self.order[n as usize];
            (net, p, route)
        })
    }
    fn rows(&self) -> &[Vec<(u32, RouteId)>] {
        self.rows.get_or_init(|| {
            let mut rows: Vec<Vec<(u32, RouteId)>> = Vec::new();
            for (n, column) in self.columns.iter().enumerate() {
                for (node, route) in column.iter() {
                    if rows.len() <= node.index() {
                        rows.resize_with(node.index() + 1, Vec::new);
                    }
                    rows[node.index()].push((n as u32, route));
                }
            }
            rows
        })
    }
    /// All routes of a node that cover an address, most specific first.
    pub fn matches<'a>(&'a self, _arena: &'a Arena, node: NodeId, addr: IpAddr) -> impl Iterator<Item = (IpNet, RouteId)> + 'a {
        // What covers the address is the last prefix not after it, or stands around that one.
        let after = self.order.partition_point(|(net, _)| *net <= IpNet::from(addr));
        let mut at = after.checked_sub(1).map_or(NO_PARENT, |n| n as u32);
        std::iter::from_fn(move || {
            while at != NO_PARENT {
                let n = at as usize;
                let net = self.order[n].0;
                at = self.parents[n];
                if net.contains(&addr)
                    && let Some(route) = self.columns[n].get(node)
                {
                    return Some((net, route));
                }
            }
            None
        })
    }
    /// The most specific route of a node that covers an address.
    pub fn longest_match(&self, arena: &Arena, node: NodeId, addr: IpAddr) -> Option<(IpNet, RouteId)> {
        self.matches(arena, node, addr).next()
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
    }
}
