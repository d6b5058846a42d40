//! Holds a routes file against a device's own tables: the rules by which the twin is judged.
//!
//! A prefix of a (node, VRF) agrees when both sides have it with the same protocol, distance, metric and set of next hops.
//! Only fields that the truth holds count: devices do not print everything. BGP is held twice: the best path of each prefix with
//! its attributes, and the set of all paths. Management VRFs, multicast and link-local prefixes, protocols that a device shows
//! beside its routing, and `local` routes where the other side has none in that VRF do not count.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;
use serde_json::{Map, Value};

const IGNORED_PROTOCOLS: &[&str] = &["Multipath", "LDP", "access_internal", "attached_host", "kernel", "am", "hmm", "arp"];
const IGNORED_PREFIXES: &[&str] = &["224.0.0.0/4", "ff00::/8", "fe80::/10"];
/// A device that prints a coarse word agrees with every finer one.
const COARSE: &[(&str, &[&str])] = &[
    ("bgp", &["ebgp", "ibgp"]),
    ("ospf", &["ospf_intra", "ospf_inter", "ospf_e1", "ospf_e2", "ospf_n1", "ospf_n2"]),
    ("isis", &["isis_l1", "isis_l2", "isis_ia"]),
    ("bgp_vpn", &["ebgp", "ibgp", "bgp"]),
    ("eigrp", &["eigrp_external"]),
];

/// How many agree, of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    pub ok: u64,
    pub all: u64,
}

impl Share {
    fn add(&mut self, ok: bool) {
        self.all += 1;
        self.ok += u64::from(ok);
    }
    /// Whether a smaller part agrees than before. Nothing to compare counts as full agreement.
    pub fn worse_than(self, before: Self) -> bool {
        if before.all == 0 {
            return self.ok < self.all;
        }
        if self.all == 0 {
            return false;
        }
        self.ok * before.all < before.ok * self.all
    }
}

/// The three measures of one lab.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    pub routes: Share,
    pub bgp_best: Share,
    pub bgp_paths: Share,
}

fn text<'v>(row: &'v Value, field: &str) -> &'v str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn rows<'v>(table: &'v Value, field: &str) -> &'v [Value] {
    table.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn objects(value: &Value, field: &str) -> Map<String, Value> {
    value.get(field).and_then(Value::as_object).cloned().unwrap_or_default()
}

fn lower_keys(map: Map<String, Value>) -> BTreeMap<String, Value> {
    map.into_iter().map(|(k, v)| (k.to_lowercase(), v)).collect()
}

fn coarse_holds(word: &str, finer: &str) -> bool {
    COARSE.iter().any(|(w, fine)| *w == word && fine.contains(&finer))
}

fn same_protocol(a: &str, b: &str) -> bool {
    a == b || coarse_holds(a, b) || coarse_holds(b, a)
}

fn prefix(row: &Value) -> Option<IpNet> {
    let p = text(row, "prefix");
    let net: IpNet = if p.contains('/') { p.parse().ok()? } else { IpNet::from(p.parse::<std::net::IpAddr>().ok()?) };
    Some(net.trunc())
}

fn main_table(table: &[Value], skip_local: bool) -> BTreeMap<IpNet, Vec<&Value>> {
    let ignored: Vec<IpNet> = IGNORED_PREFIXES.iter().map(|p| p.parse().unwrap()).collect();
    let mut out: BTreeMap<IpNet, Vec<&Value>> = BTreeMap::new();
    for row in table {
        let Some(net) = prefix(row) else { continue };
        let protocol = text(row, "protocol");
        let skip = IGNORED_PROTOCOLS.contains(&protocol)
            || ignored.iter().any(|i| i.contains(&net))
            || (skip_local && protocol == "local");
        if !skip {
            out.entry(net).or_default().push(row);
        }
    }
    out
}

fn hop_key(hop: &Value) -> BTreeMap<&'static str, Value> {
    let mut key = BTreeMap::new();
    for field in ["ip", "interface", "drop", "vrf"] {
        match hop.get(field) {
            None | Some(Value::Null) => {}
            Some(Value::String(s)) if s.is_empty() => {}
            Some(Value::String(s)) if field == "interface" => {
                key.insert(field, Value::String(s.to_lowercase().replace(' ', "")));
            }
            Some(v) => {
                key.insert(field, v.clone());
            }
        }
    }
    key
}

/// Every hop of the truth is, field by field, one of ours, and every one of ours one of the truth's.
fn hops_equal(truth: &[Value], got: &[Value]) -> bool {
    let t: Vec<_> = truth.iter().map(hop_key).collect();
    let g: Vec<_> = got.iter().map(hop_key).collect();
    let fits = |a: &BTreeMap<&str, Value>, b: &BTreeMap<&str, Value>| a.iter().all(|(k, v)| b.get(k) == Some(v));
    t.iter().all(|a| g.iter().any(|b| fits(a, b))) && g.iter().all(|b| t.iter().any(|a| fits(a, b)))
}

/// A device prints either the resolved hops or the protocol's own next hop (`via`).
fn hops_agree(truth: &Value, got: &Value) -> bool {
    let t = rows(truth, "next_hops");
    let via = rows(got, "via");
    t.is_empty() || hops_equal(t, rows(got, "next_hops")) || (!via.is_empty() && hops_equal(t, via))
}

fn route_agrees(truth: &Value, got: &[&Value]) -> bool {
    let number = |g: &Value, field: &str| match truth.get(field) {
        None | Some(Value::Null) => true,
        t => t == g.get(field),
    };
    got.iter().any(|g| {
        same_protocol(text(truth, "protocol"), text(g, "protocol"))
            && number(g, "distance")
            && number(g, "metric")
            && hops_agree(truth, g)
    })
}

/// Next hop and AS path; "made here" and "link-local" (made from MAC addresses, unknown to the twin) are one word each.
fn path_key(row: &Value) -> (String, String) {
    let hop = text(row, "next_hop").to_lowercase();
    let hop = match hop.as_str() {
        "" | "0.0.0.0" | "::" | "self" => "self".to_owned(),
        h if h.starts_with("fe80:") => "link-local".to_owned(),
        h => h.to_owned(),
    };
    (hop, text(row, "as_path").to_owned())
}

fn bgp_agrees(truth: &Value, got: &Value) -> bool {
    let field = |name: &str| match truth.get(name) {
        None | Some(Value::Null) => true,
        Some(t) if name == "med" => t == got.get(name).unwrap_or(&Value::from(0)),
        t => t == got.get(name),
    };
    path_key(truth) == path_key(got)
        && ["local_pref", "med", "origin", "weight"].into_iter().all(field)
        && communities_agree(truth, got)
}

fn communities_agree(truth: &Value, got: &Value) -> bool {
    if truth.get("communities").is_none_or(Value::is_null) {
        return true;
    }
    let words = |row: &Value| {
        let mut w: Vec<String> = rows(row, "communities").iter().filter_map(Value::as_str).map(str::to_owned).collect();
        w.sort();
        w
    };
    let t = words(truth);
    let mut g = words(got);
    g.retain(|c| t.contains(c) || c.matches(':').count() == 1);
    t == g
}

fn ignored_vrf(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "mgmt",
        "management",
        "mgmt_junos",
        "mgmtintf",
        "mgmt-intf",
        "mgmt_intf",
        "mgmtvrf",
        "mgmt-vrf",
        "mgmt_vrf",
        "vrf-mgmt",
        "vrf_mgmt",
    ];
    let name = name.to_lowercase();
    NAMES.contains(&name.as_str()) || name.starts_with("__")
}

/// The score of a candidate against the truth.
pub fn compare(truth: &Value, candidate: &Value) -> Score {
    let mut score = Score::default();
    let got_nodes = lower_keys(objects(candidate, "nodes"));
    for (host, node) in objects(truth, "nodes") {
        let captured = rows(&node, "captured").iter().any(|c| c.as_str().is_some_and(|c| c.contains("routes")));
        if node.get("vrfs").is_none() || !(captured || node.get("captured").is_none()) {
            continue;
        }
        let got_vrfs = lower_keys(got_nodes.get(&host.to_lowercase()).map(|n| objects(n, "vrfs")).unwrap_or_default());
        let only: Vec<&str> = rows(&node, "captured_protocols").iter().filter_map(Value::as_str).collect();
        for (vrf, table) in objects(&node, "vrfs") {
            if !ignored_vrf(&vrf) {
                let got = got_vrfs.get(&vrf.to_lowercase()).unwrap_or(&Value::Null);
                compare_routes(&mut score, &table, got, &only);
                compare_bgp(&mut score, &table, got);
            }
        }
    }
    score
}

fn compare_routes(score: &mut Score, table: &Value, got: &Value, only: &[&str]) {
    let (truth, got) = (rows(table, "routes"), rows(got, "routes"));
    if truth.is_empty() {
        return;
    }
    let local = |rows: &[Value]| rows.iter().any(|r| text(r, "protocol") == "local");
    let t = main_table(truth, !local(got));
    let mut g = main_table(got, !local(truth));
    if !only.is_empty() {
        g.retain(|_, rows| rows.iter().any(|r| only.iter().any(|o| same_protocol(o, text(r, "protocol")))));
    }
    let prefixes: BTreeSet<_> = t.keys().chain(g.keys()).collect();
    for p in prefixes {
        let ok = match (t.get(p), g.get(p)) {
            (Some(t), Some(g)) => t.iter().all(|r| route_agrees(r, g)),
            _ => false,
        };
        score.routes.add(ok);
    }
}

fn compare_bgp(score: &mut Score, table: &Value, got: &Value) {
    fn by_prefix(rows: &[Value]) -> BTreeMap<&str, Vec<&Value>> {
        let mut out: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for row in rows {
            let p = text(row, "prefix");
            if p.contains('/') && !p.starts_with('[') {
                out.entry(p).or_default().push(row);
            }
        }
        out
    }
    let (t, g) = (by_prefix(rows(table, "bgp_routes")), by_prefix(rows(got, "bgp_routes")));
    let best = |rows: &[&Value]| {
        rows.iter().filter(|r| r.get("best").and_then(Value::as_bool) == Some(true)).map(|r| (*r).clone()).collect::<Vec<_>>()
    };
    let paths = |rows: &[&Value]| rows.iter().map(|r| path_key(r)).collect::<BTreeSet<_>>();
    for (p, t_rows) in t {
        let g_rows = g.get(p).map(Vec::as_slice).unwrap_or_default();
        let (t_best, g_best) = (best(&t_rows), best(g_rows));
        if !t_best.is_empty() {
            score.bgp_best.add(t_best.iter().any(|a| g_best.iter().any(|b| bgp_agrees(a, b))));
        } else if !g_best.is_empty() {
            score.bgp_best.add(false);
        }
        score.bgp_paths.add(paths(&t_rows) == paths(g_rows));
    }
}
