//! Routes that are not as before.
//!
//! In: two sides. Out: [`RouteRows`]: rows that hold for all prefixes which share a column before and after. Law: told by what routes say
//! (protocol, next hops), not by ids; where both sides have the same ports and one arena, only columns that differ are looked at.
//! Start reading at [`changes`].

use std::collections::BTreeMap;

use ipnet::IpNet;
use rayon::prelude::*;

use super::differences::{Bare, Differences, bare};
use super::{Kind, Side};
use crate::base::Map;
use crate::base::intern::Interner;
use crate::base::shared::SharedMap;
use crate::model::network::NodeId;
use crate::questions::routes::hop_text;
use crate::rib::rank_of;
use crate::rib::table::ChangedGroup;

crate::define_id! {
    /// What a route says.
    WordsId;
}

/// What a route says: protocol and next hops ("" if there is none), and how many next hops it has.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Words(String, usize);

/// A table's routes that are not as before, to all of some prefixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteRow {
    /// What became of them.
    pub kind: Kind,
    /// The table, as the base numbers it.
    pub node: NodeId,
    before: WordsId,
    after: WordsId,
}

impl RouteRow {
    fn said(&self) -> Said {
        (self.kind, self.before, self.after)
    }
}

/// What became of routes, what they said and what they say.
type Said = (Kind, WordsId, WordsId);

/// Rows that hold for all of some prefixes.
#[derive(Debug)]
pub struct RouteRows {
    /// By node.
    pub rows: Vec<RouteRow>,
    /// In order.
    pub prefixes: Vec<IpNet>,
}

/// All routes that are not as before.
#[derive(Debug)]
pub struct RouteChanges {
    /// In order of their first prefixes.
    pub groups: Vec<RouteRows>,
    words: Interner<WordsId, Words>,
    names: Vec<String>,
}

impl RouteChanges {
    /// The name of a row's table.
    pub fn name(&self, row: &RouteRow) -> &str {
        self.name_of(row.node)
    }
    /// How many next hops a row had, and has.
    pub fn widths(&self, row: &RouteRow) -> (usize, usize) {
        (self.words.get(row.before).1, self.words.get(row.after).1)
    }
    /// How many routes fare so.
    pub fn count(&self, kind: Kind) -> usize {
        let of = |g: &RouteRows| g.rows.iter().filter(|r| r.kind == kind).count() * g.prefixes.len();
        self.groups.par_iter().map(of).sum()
    }
    fn name_of(&self, node: NodeId) -> &str {
        &self.names[node.0 as usize]
    }
}

/// `differences`: where both have the same ports.
pub(super) fn changes(base: &Side, candidate: &Side, differences: Option<&Differences<'_>>) -> RouteChanges {
    let all = differences.map_or_else(|| by_rows(base, candidate), |d| by_columns(base, d));
    let words = Interner::new();
    let none = words.intern(Words(String::new(), 0));
    let known = [Known::new(), Known::new()];
    let group = |(rows, prefixes): (Vec<Pair>, Vec<IpNet>)| {
        let row = |([b, c], old, new): Pair| {
            let before = old.map_or(none, |r| says(base, (b, r), &known[0], &words));
            let after = new.map_or(none, |r| says(candidate, (c, r), &known[1], &words));
            let kind = match (old, new) {
                (Some(_), None) => Kind::Lost,
                (None, Some(_)) => Kind::Added,
                _ => Kind::Moved,
            };
            (before != after).then_some(RouteRow { kind, node: b, before, after })
        };
        let rows: Vec<RouteRow> = rows.into_iter().filter_map(row).collect();
        (!rows.is_empty()).then_some(RouteRows { rows, prefixes })
    };
    let groups = all.into_par_iter().filter_map(group).collect();
    let names = base.network.nodes().ids().map(|n| base.network.node_name(n)).collect();
    RouteChanges { groups, words, names }
}

/// What routes of a side say, by table.
type Known = SharedMap<(NodeId, Bare), WordsId>;

fn says(side: &Side, key: (NodeId, Bare), known: &Known, words: &Interner<WordsId, Words>) -> WordsId {
    known.get(&key).unwrap_or_else(|| {
        let (node, (protocol, hops)) = key;
        let (hops, device) = (side.state.arena.hops.get(hops), side.network.device_of(node));
        let text: Vec<String> = hops.iter().map(|h| hop_text(device, h)).collect();
        let id = words.intern(Words(format!("{} via {}", protocol.word(), text.join(", ")), hops.len()));
        known.get_or_try(key, || Some(id)).unwrap_or(id)
    })
}

/// A table on both sides, and its routes before and now.
type Pair = ([NodeId; 2], Option<Bare>, Option<Bare>);

/// What differs, nodes by base and candidate, for each pair of columns.
fn by_columns(base: &Side, differences: &Differences<'_>) -> Vec<(Vec<Pair>, Vec<IpNet>)> {
    let (table, arena) = (base.state.rib.table(), &base.state.arena);
    let mut place: Map<u128, usize> = Map::default();
    let mut alike: Vec<Vec<&ChangedGroup>> = Vec::new();
    for (rows, group) in differences.columns.iter().filter_map(|d| Some((d.rows?, &d.group))) {
        let at = *place.entry(rows).or_insert_with(|| {
            alike.push(Vec::new());
            alike.len() - 1
        });
        alike[at].push(group);
    }
    let written_out = |groups: Vec<&ChangedGroup>| {
        let all = groups.iter().flat_map(|g| table.prefixes_of(g));
        let mut nets: Vec<IpNet> = all.map(|p| *arena.prefixes.get(p)).collect();
        nets.par_sort_unstable_by_key(rank_of);
        // With the same ports on both sides what counts of a route says the same.
        let rows = groups.first().map(|g| differences.rows_of(g)).unwrap_or_default();
        (rows.into_iter().map(|(n, old, new)| ([n, n], old, new)).collect(), nets)
    };
    let mut out: Vec<(Vec<_>, Vec<_>)> = alike.into_par_iter().map(written_out).collect();
    // A prefix is in one of them only.
    out.par_sort_unstable_by_key(|(_, nets)| nets.first().copied());
    out
}

/// The same, row by row, by the names of tables.
fn by_rows(base: &Side, candidate: &Side) -> Vec<(Vec<Pair>, Vec<IpNet>)> {
    let mut out: BTreeMap<IpNet, Vec<Pair>> = BTreeMap::new();
    for (b, name) in base.node_names() {
        let Some(c) = candidate.node(&name) else { continue };
        let row = |side: &Side, n: NodeId| -> BTreeMap<IpNet, Bare> {
            side.state.rib.row(n).map(|(p, _, r)| (p, bare(&side.state.arena, r))).collect()
        };
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

/// Rows that say the same, all tables and prefixes together.
pub(super) struct Alike<'r> {
    pub kind: Kind,
    /// Protocol and next hops.
    pub before: &'r str,
    pub after: &'r str,
    pub nodes: Vec<&'r str>,
    /// The first few.
    pub prefixes: Vec<IpNet>,
    /// How many there are.
    pub count: usize,
}

/// Joins rows: first all tables of a prefix, then all prefixes of the same set of tables. `few`: how many prefixes are wanted of each.
pub(super) fn alike(all: &RouteChanges, few: usize) -> Vec<Alike<'_>> {
    type Tables = (Said, Vec<NodeId>);
    let tables = |group: &RouteRows| {
        let mut rows: Vec<&RouteRow> = group.rows.iter().collect();
        rows.sort_by_key(|r| r.said());
        let alike = rows.chunk_by(|a, b| a.said() == b.said());
        alike.filter_map(|c| Some((c.first()?.said(), c.iter().map(|r| r.node).collect()))).collect()
    };
    let of_groups: Vec<Vec<Tables>> = all.groups.par_iter().map(tables).collect();
    let mut place: Map<Tables, usize> = Map::default();
    let mut out: Vec<Alike<'_>> = Vec::new();
    for (group, tables) in all.groups.iter().zip(of_groups) {
        for key in tables {
            let at = *place.entry(key).or_insert_with_key(|((kind, before, after), nodes)| {
                let nodes = nodes.iter().map(|n| all.name_of(*n)).collect();
                let text = |id: &WordsId| all.words.get(*id).0.as_str();
                out.push(Alike { kind: *kind, before: text(before), after: text(after), nodes, prefixes: Vec::new(), count: 0 });
                out.len() - 1
            });
            let Alike { prefixes, count, .. } = &mut out[at];
            *count += group.prefixes.len();
            // Groups come in order of their first prefixes.
            if prefixes.len() < few || group.prefixes.first() < prefixes.last() {
                prefixes.extend(group.prefixes.iter().take(few));
                prefixes.sort_unstable();
                prefixes.truncate(few);
            }
        }
    }
    let rows = |x: &Alike<'_>| x.nodes.len() * x.count;
    out.sort_by(|a, b| {
        let said = (a.kind, a.before, a.after).cmp(&(b.kind, b.before, b.after));
        said.then(rows(b).cmp(&rows(a))).then_with(|| (&a.prefixes, &a.nodes).cmp(&(&b.prefixes, &b.nodes)))
    });
    out
}
