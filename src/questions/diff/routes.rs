//! Routes that are not as before.
//!
//! In: two sides. Out: [`RouteRows`]: rows that hold for all prefixes which share a column before and after. Law: told by what routes say
//! (protocol, next hops), not by ids; where both sides have the same ports and one arena, only columns that differ are looked at.
//! Start reading at [`route_changes`].

use std::collections::BTreeMap;
use std::sync::Arc;

use ipnet::IpNet;

use super::{Kind, Side};
use crate::base::Map;
use crate::model::network::NodeId;
use crate::questions::routes::hop_text;
use crate::rib::RouteId;
use crate::rib::table::ChangedGroup;

/// A table's routes that are not as before, to all of some prefixes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouteRow {
    /// What became of them.
    pub kind: Kind,
    /// Protocol and next hops before; "" if there was none.
    pub before: Arc<str>,
    /// Protocol and next hops now.
    pub after: Arc<str>,
    /// How many next hops before and now.
    pub widths: (usize, usize),
    /// The table.
    pub node: Arc<str>,
}

/// Rows that hold for all of some prefixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteRows {
    /// By node as in the base's network.
    pub rows: Vec<RouteRow>,
    /// In order.
    pub prefixes: Vec<IpNet>,
}

/// Routes of main tables that were lost, came or go another way. Tables that only one side has are left out.
pub fn route_changes(base: &Side, candidate: &Side) -> Vec<RouteRows> {
    let mut texts = [Texts::default(), Texts::default()];
    let all = if base.same_ports(candidate) { by_columns(base, candidate) } else { by_rows(base, candidate) };
    let names: Vec<Arc<str>> = base.node_names().into_iter().map(Arc::from).collect();
    let mut out = Vec::new();
    for (rows, prefixes) in all {
        let row = |([b, c], old, new): Pair| {
            let (before, was) = texts[0].of(base, b, old);
            let (after, is) = texts[1].of(candidate, c, new);
            let kind = match (old, new) {
                (Some(_), None) => Kind::Lost,
                (None, Some(_)) => Kind::Added,
                _ => Kind::Moved,
            };
            (before != after).then(|| RouteRow { kind, before, after, widths: (was, is), node: Arc::clone(&names[b.0 as usize]) })
        };
        let rows: Vec<RouteRow> = rows.into_iter().filter_map(row).collect();
        if !rows.is_empty() {
            out.push(RouteRows { rows, prefixes });
        }
    }
    out
}

/// A table on both sides, and its routes before and now.
type Pair = ([NodeId; 2], Option<RouteId>, Option<RouteId>);

/// What differs, nodes by base and candidate, for each pair of columns.
fn by_columns(base: &Side, candidate: &Side) -> Vec<(Vec<Pair>, Vec<IpNet>)> {
    let table = base.state.rib.table();
    let changed = |group: ChangedGroup| {
        let (old, new) = &group.columns;
        let rows = old.changes_to(new).into_iter().map(|(n, now)| ([n, n], old.get(n), now)).collect();
        let mut nets: Vec<IpNet> = table.prefixes_of(&group).map(|p| *base.state.arena.prefixes.get(p)).collect();
        nets.sort_unstable();
        (rows, nets)
    };
    let mut out: Vec<(Vec<_>, _)> = table.changed_groups(candidate.state.rib.table()).into_iter().map(changed).collect();
    out.sort_by(|a, b| a.1.cmp(&b.1));
    out
}

/// The same, row by row, by the names of tables.
fn by_rows(base: &Side, candidate: &Side) -> Vec<(Vec<Pair>, Vec<IpNet>)> {
    let mut out: BTreeMap<IpNet, Vec<Pair>> = BTreeMap::new();
    for (b, name) in base.network.nodes().ids().zip(base.node_names()) {
        let Some(c) = candidate.node(&name) else { continue };
        let row = |side: &Side, n: NodeId| side.state.rib.row(n).map(|(p, _, r)| (p, r)).collect::<BTreeMap<IpNet, RouteId>>();
        let (before, after) = (row(base, b), row(candidate, c));
        for (p, old) in &before {
            out.entry(*p).or_default().push(([b, c], Some(*old), after.get(p).copied()));
        }
        for (p, new) in after.iter().filter(|(p, _)| !before.contains_key(*p)) {
            out.entry(*p).or_default().push(([b, c], None, Some(*new)));
        }
    }
    out.into_iter().map(|(p, rows)| (rows, vec![p])).collect()
}

/// What routes say, each once.
#[derive(Default)]
struct Texts(Map<(NodeId, RouteId), (Arc<str>, usize)>);

impl Texts {
    /// A route in words, and how many next hops it has.
    fn of(&mut self, side: &Side, node: NodeId, route: Option<RouteId>) -> (Arc<str>, usize) {
        let Some(id) = route else { return (Arc::from(""), 0) };
        let said = || {
            let (route, device) = (side.state.arena.routes.get(id), side.network.device_of(node));
            let hops = side.state.arena.hops_of(route);
            let text: Vec<String> = hops.iter().map(|h| hop_text(device, h)).collect();
            (format!("{} via {}", route.protocol.word(), text.join(", ")).into(), hops.len())
        };
        self.0.entry((node, id)).or_insert_with(said).clone()
    }
}

/// Rows that say the same, all tables and prefixes together.
pub(super) struct Alike<'r> {
    pub row: &'r RouteRow,
    pub nodes: Vec<&'r Arc<str>>,
    /// The first few.
    pub prefixes: Vec<IpNet>,
    /// How many there are.
    pub count: usize,
}

/// What rows say, and of which tables.
type Said<'r> = ((Kind, &'r str, &'r str), Vec<&'r Arc<str>>);

/// Joins rows: first all tables of a prefix, then all prefixes of the same set of tables. `few`: how many prefixes are wanted of each.
pub(super) fn alike(all: &[RouteRows], few: usize) -> Vec<Alike<'_>> {
    let mut place: Map<Said<'_>, usize> = Map::default();
    let mut out: Vec<Alike<'_>> = Vec::new();
    for group in all {
        let mut of_group: BTreeMap<_, (&RouteRow, Vec<&Arc<str>>)> = BTreeMap::new();
        for row in &group.rows {
            let key = (row.kind, &*row.before, &*row.after);
            of_group.entry(key).or_insert((row, Vec::new())).1.push(&row.node);
        }
        for (said, (row, nodes)) in of_group {
            let at = *place.entry((said, nodes.clone())).or_insert_with(|| {
                out.push(Alike { row, nodes, prefixes: Vec::new(), count: 0 });
                out.len() - 1
            });
            out[at].prefixes.extend(group.prefixes.iter().take(few));
            out[at].count += group.prefixes.len();
        }
    }
    for x in &mut out {
        x.prefixes.sort_unstable();
        x.prefixes.truncate(few);
    }
    let rows = |x: &Alike<'_>| x.nodes.len() * x.count;
    out.sort_by(|a, b| {
        let said = (a.row.kind, &a.row.before, &a.row.after).cmp(&(b.row.kind, &b.row.before, &b.row.after));
        said.then(rows(b).cmp(&rows(a))).then_with(|| (&a.prefixes, &a.nodes).cmp(&(&b.prefixes, &b.nodes)))
    });
    out
}
