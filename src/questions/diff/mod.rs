//! What a change does: to sessions, to routes, to who reaches what.
//!
//! In: two converged networks as [`Side`]s. Out: typed changes, and [`answer()`] that groups them so that a person reads them in a minute.
//! Law: devices, VRFs and interfaces are matched by name. Start reading at [`answer()`]. Tests: `tests/cli.rs`.

mod differences;
mod reach;
mod routes;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use ipnet::IpNet;

use self::differences::Differences;
use super::answer::{Answer, Cell, Table, Tone};
use super::config_diff::{Hunk, hunks};
use crate::base::Map;
use crate::cells;
use crate::engine::State;
use crate::forward::reach::Reachability;
use crate::forward::step::Forwarder;
use crate::model::change::ConfigChange;
use crate::model::network::NodeId;
use crate::model::{Device, Network};
use crate::protocols::session::{Session, SessionState};

pub use reach::ReachChange;
pub use routes::{RouteChanges, RouteRow, RouteRows};

/// A converged network with its reachability.
#[derive(Debug)]
pub struct Side {
    /// The network.
    pub network: Network,
    /// Its tables.
    pub state: State,
    /// Found out when first asked for.
    reach: OnceLock<Reachability>,
    names: Map<String, NodeId>,
}

impl Side {
    /// A network and its tables.
    pub fn new(network: Network, state: State) -> Self {
        let names = network.nodes().ids().filter(|n| network.has_node(*n)).map(|n| (network.node_name(n), n)).collect();
        Self { network, state, reach: OnceLock::new(), names }
    }
    /// Who reaches what.
    pub fn reach(&self) -> &Reachability {
        let (network, state) = (&self.network, &self.state);
        self.reach.get_or_init(|| Reachability::compute(&Forwarder::new(network, state), &state.rib, network.nodes().len()))
    }
    /// Whether nothing but routes can make packets fare otherwise on another side.
    fn forwards_alike(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.state.arena, &other.state.arena)
            && self.state.topology == other.state.topology
            && ConfigChange::between(&self.network, &other.network).is_some_and(|c| !c.interfaces)
    }
    /// Whether ids of devices, tables, interfaces and routes mean the same on another side.
    fn same_ports(&self, other: &Self) -> bool {
        let (a, b) = (&self.network.devices, &other.network.devices);
        let same = |(a, b): (&Device, &Device)| {
            a.name == b.name
                && a.vrfs.iter().map(|v| &v.name).eq(b.vrfs.iter().map(|v| &v.name))
                && a.interfaces.iter().map(|i| &i.name).eq(b.interfaces.iter().map(|i| &i.name))
        };
        Arc::ptr_eq(&self.state.arena, &other.state.arena) && a.len() == b.len() && a.iter().zip(b).all(same)
    }
    /// The node of that name (`host` or `host:vrf`).
    pub fn node(&self, name: &str) -> Option<NodeId> {
        self.names.get(name).copied()
    }
    /// All nodes that are there with their names, in order.
    pub fn node_names(&self) -> Vec<(NodeId, String)> {
        let nodes = self.network.nodes().ids().filter(|n| self.network.has_node(*n));
        nodes.map(|n| (n, self.network.node_name(n))).collect()
    }
}

/// Two sides, and what is not as before: each found out when first asked for.
pub struct Comparison<'s> {
    base: &'s Side,
    candidate: &'s Side,
    differences: OnceLock<Option<Differences<'s>>>,
    routes: OnceLock<RouteChanges>,
    reach: OnceLock<Vec<ReachChange>>,
}

impl<'s> Comparison<'s> {
    /// Nothing is known yet.
    pub fn new(base: &'s Side, candidate: &'s Side) -> Self {
        let (differences, routes, reach) = Default::default();
        Self { base, candidate, differences, routes, reach }
    }
    /// Columns that differ, where both have the same ports.
    fn differences(&self) -> Option<&Differences<'s>> {
        let made = || self.base.same_ports(self.candidate).then(|| Differences::between(self.base, self.candidate));
        self.differences.get_or_init(made).as_ref()
    }
    /// Sessions that came up, went down or are gone.
    pub fn sessions(&self) -> Vec<SessionChange> {
        session_changes(self.base, self.candidate)
    }
    /// Routes of main tables that were lost, came or go another way. Tables that only one side has are left out.
    pub fn routes(&self) -> &RouteChanges {
        self.routes.get_or_init(|| routes::changes(self.base, self.candidate, self.differences()))
    }
    /// Pairs whose packets fare otherwise than before. Tables that only one side has are left out.
    pub fn reach(&self) -> &[ReachChange] {
        self.reach.get_or_init(|| reach::changes(self.base, self.candidate, self.differences()))
    }
}

/// How something differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It was there and is not any more.
    Lost,
    /// It takes another way.
    Moved,
    /// It is new.
    Added,
}

impl Kind {
    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Moved => "moved",
            Self::Added => "added",
        }
    }
}

/// A session that is not as before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionChange {
    /// What became of it.
    pub kind: Kind,
    /// Which one: `r1 bgp 10.0.0.2`.
    pub session: String,
    /// The node it is on.
    pub node: String,
    /// Its state before.
    pub before: String,
    /// Its state now.
    pub after: String,
}

/// Sessions that are down on both sides are left out.
fn session_changes(base: &Side, candidate: &Side) -> Vec<SessionChange> {
    let all = |side: &Side| -> BTreeMap<String, (String, String, bool)> {
        let entry = |s: &Session| {
            let node = side.network.node_name(s.node);
            let (state, up) = match &s.state {
                SessionState::Up => ("up".to_owned(), true),
                SessionState::Outside => ("outside the snapshot".to_owned(), true),
                SessionState::Down(why) => (format!("down: {why}"), false),
            };
            (session_name(&side.network, s), (node, state, up))
        };
        side.state.sessions().map(entry).collect()
    };
    let (before, after) = (all(base), all(candidate));
    let mut out = Vec::new();
    for (session, (node, state, up)) in &before {
        let now = after.get(session);
        if *up && !now.is_some_and(|n| n.2) {
            let after = now.map_or_else(|| "not configured".to_owned(), |n| n.1.clone());
            out.push(SessionChange {
                kind: Kind::Lost,
                session: session.clone(),
                node: node.clone(),
                before: state.clone(),
                after,
            });
        }
    }
    for (session, (node, state, up)) in &after {
        let was = before.get(session);
        if *up && !was.is_some_and(|w| w.2) {
            let before = was.map_or_else(|| "not configured".to_owned(), |w| w.1.clone());
            out.push(SessionChange {
                kind: Kind::Added,
                session: session.clone(),
                node: node.clone(),
                before,
                after: state.clone(),
            });
        }
    }
    out
}

/// A session's name for people and for matching: node, protocol, and the neighbour's address or the interface.
pub fn session_name(network: &Network, s: &Session) -> String {
    let device = network.device_of(s.node);
    let interface = s.interface.and_then(|i| device.interfaces.get(i)).map(|i| i.name.to_string());
    let protocol = match s.protocol {
        crate::protocols::session::SessionProtocol::Bgp => "bgp",
        crate::protocols::session::SessionProtocol::Eigrp => "eigrp",
        crate::protocols::session::SessionProtocol::Isis => "isis",
        crate::protocols::session::SessionProtocol::Ospf => "ospf",
        crate::protocols::session::SessionProtocol::Ospf3 => "ospf3",
    };
    // An adjacency is known by its interface and neighbour; a BGP session by its neighbour's address.
    let peer_name = s.peer_node.map(|p| network.node_name(p));
    let peer = match (s.protocol, s.peer, interface) {
        (crate::protocols::session::SessionProtocol::Bgp, Some(peer), _) => peer.to_string(),
        (_, _, Some(i)) => peer_name.map_or_else(|| i.clone(), |p| format!("{i} to {p}")),
        (_, Some(peer), None) => peer.to_string(),
        (_, None, None) => peer_name.unwrap_or_default(),
    };
    format!("{} {protocol} {peer}", network.node_name(s.node))
}

/// Everything a change does, grouped: one row for all tables and prefixes that fare alike.
pub fn answer(base: &Side, candidate: &Side, top: Option<usize>) -> Answer {
    let changed = hunks(&base.network, &candidate.network);
    let comparison = Comparison::new(base, candidate);
    let (sessions, _) = rayon::join(|| comparison.sessions(), || comparison.differences());
    let (routes, reach) = rayon::join(|| comparison.routes(), || comparison.reach());
    let mut answer = Answer::default();
    answer.tables.push(config_table(candidate, &changed));
    answer.tables.push(session_table(&sessions));
    answer.tables.push(reach_table(reach));
    answer.tables.push(route_table(routes));
    let lost = reach.iter().filter(|r| r.before.arrives() && !r.after.arrives()).count();
    let gained = reach.iter().filter(|r| !r.before.arrives() && r.after.arrives()).count();
    answer.notes.push(format!(
        "{} lines added, {} removed; sessions: {} lost, {} new; reachability: {lost} pairs lost, {gained} gained; routes: {} lost, {} moved, {} added",
        changed.iter().map(|h| h.added.len()).sum::<usize>(),
        changed.iter().map(|h| h.removed.len()).sum::<usize>(),
        sessions.iter().filter(|s| s.kind == Kind::Lost).count(),
        sessions.iter().filter(|s| s.kind == Kind::Added).count(),
        routes.count(Kind::Lost),
        routes.count(Kind::Moved),
        routes.count(Kind::Added)
    ));
    for (what, in_one) in [("added", only_in(candidate, base)), ("removed", only_in(base, candidate))] {
        if !in_one.is_empty() {
            answer.notes.push(format!("{what} tables, not compared: {}", few(&in_one, 6)));
        }
    }
    if let Some(top) = top {
        for table in &mut answer.tables {
            let more = table.rows.len().saturating_sub(top);
            if more > 0 {
                table.rows.truncate(top);
                answer.notes.push(format!("{more} more rows in `{}`: `--top all` lists them all", table.name));
            }
        }
    }
    answer
}

fn only_in(a: &Side, b: &Side) -> Vec<String> {
    a.node_names().into_iter().map(|n| n.1).filter(|n| b.node(n).is_none()).collect()
}

fn config_table(candidate: &Side, hunks: &[Hunk]) -> Table {
    let mut table =
        Table::new("config", "Changed lines", &["device", "place", "removed", "added"]).when_empty("the configs are the same");
    for h in hunks {
        let text = |lines: &[String]| {
            Cell::from(lines.iter().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" | "))
        };
        let row = table.push(vec![
            h.device.as_str().into(),
            format!("{}:{}", h.path, h.candidate_line).into(),
            text(&h.removed),
            text(&h.added),
        ]);
        row.cite(&candidate.network.sources, h.origin());
    }
    table
}

fn session_table(changes: &[SessionChange]) -> Table {
    let mut table = Table::new("sessions", "Sessions", &["change", "session", "before", "now"]).when_empty("no session changes");
    for c in changes {
        let tone = if c.kind == Kind::Lost { Tone::Bad } else { Tone::Good };
        table.push(cells![c.kind.word(), &*c.session, &*c.before, &*c.after]).tone(tone);
    }
    table
}

fn reach_table(changes: &[ReachChange]) -> Table {
    let mut table = Table::new("reachability", "Who reaches what", &["change", "to", "from", "before", "now", "pairs"])
        .when_empty("everyone reaches what they reached before");
    let kind = |c: &ReachChange| match (c.before.arrives(), c.after.arrives()) {
        (true, false) => Kind::Lost,
        (false, true) => Kind::Added,
        _ => Kind::Moved,
    };
    let groups = group(changes.iter().map(|c| ((kind(c), c.before.words(), c.after.words()), c.from.clone(), c.to)));
    for ((kind, before, after), nodes, prefixes) in groups {
        let tone = match kind {
            Kind::Lost => Tone::Bad,
            Kind::Moved => Tone::Warn,
            Kind::Added => Tone::Good,
        };
        let pairs = nodes.len() * prefixes.len();
        let words: Vec<String> = prefixes.iter().map(ToString::to_string).collect();
        table.push(cells![kind.word(), few(&words, 4), few(&nodes, 4), before, after, pairs]).tone(tone);
    }
    table
}

fn route_table(changes: &RouteChanges) -> Table {
    let mut table =
        Table::new("routes", "Routes", &["change", "prefix", "node", "before", "now", "routes"]).when_empty("no route changes");
    for routes::Alike { kind, before, after, nodes, prefixes, count } in routes::alike(changes, 5) {
        let tone = match kind {
            Kind::Lost => Tone::Bad,
            Kind::Moved => Tone::Plain,
            Kind::Added => Tone::Good,
        };
        let words: Vec<String> = prefixes.iter().map(ToString::to_string).collect();
        let names: Vec<String> = nodes.iter().take(5).map(ToString::to_string).collect();
        let (words, names) = (some(&words, count, 4), some(&names, nodes.len(), 4));
        table.push(cells![kind.word(), words, names, before, after, nodes.len() * count]).tone(tone);
    }
    table
}

/// Joins changes alike in `key`: first all tables of a prefix, then all prefixes of the same set of tables.
fn group<K: Ord + Clone>(changes: impl Iterator<Item = (K, String, IpNet)>) -> Vec<(K, Vec<String>, Vec<IpNet>)> {
    let mut by_prefix: BTreeMap<(K, IpNet), Vec<String>> = BTreeMap::new();
    for (key, node, prefix) in changes {
        by_prefix.entry((key, prefix)).or_default().push(node);
    }
    let mut by_nodes: BTreeMap<(K, Vec<String>), Vec<IpNet>> = BTreeMap::new();
    for ((key, prefix), nodes) in by_prefix {
        by_nodes.entry((key, nodes)).or_default().push(prefix);
    }
    let mut out: Vec<_> = by_nodes.into_iter().map(|((k, nodes), prefixes)| (k, nodes, prefixes)).collect();
    out.sort_by(|a, b| a.0.cmp(&b.0).then((b.1.len() * b.2.len()).cmp(&(a.1.len() * a.2.len()))).then(a.2.cmp(&b.2)));
    out
}

/// The first few of a list, and how many more there are.
pub fn few(list: &[String], most: usize) -> String {
    some(list, list.len(), most)
}

/// The same for a list of which the first `most + 1` are at hand, of so many in all.
fn some(list: &[String], all: usize, most: usize) -> String {
    if all <= most + 1 {
        return list.join(", ");
    }
    format!("{} and {} more", list[..most].join(", "), all - most)
}
