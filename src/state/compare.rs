//! Holds the twin's tables against a device's own: the rules by which the twin is judged.
//!
//! In: two routes files (`nettwin routes --format json`), the device's first. Out: [`Score`] and the [`Difference`]s. Law:
//! A prefix of a (node, VRF) agrees when both sides have it with the same protocol, distance, metric and set of next hops.
//! Only fields that the truth holds count: devices do not print everything. BGP is held twice: the best path of each prefix with
//! its attributes, and the set of all paths. Management VRFs, multicast and link-local prefixes, protocols that a device shows
//! beside its routing, and `local` routes where the other side has none in that VRF do not count.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;
use serde_json::Value;

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
    /// How many agree.
    pub ok: u64,
    /// Of how many.
    pub all: u64,
}

impl Share {
    /// The share in percent; nothing to compare counts as full agreement.
    pub fn percent(self) -> f64 {
        if self.all == 0 { 100.0 } else { self.ok as f64 * 100.0 / self.all as f64 }
    }
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

/// The three measures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Prefixes of the main tables.
    pub routes: Share,
    /// Best BGP path of each prefix, with its attributes.
    pub bgp_best: Share,
    /// The set of BGP paths of each prefix.
    pub bgp_paths: Share,
}

/// What was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A prefix of a main table.
    Route,
    /// The best BGP path of a prefix.
    BgpBest,
    /// The set of BGP paths of a prefix.
    BgpPaths,
}

/// A prefix on which the two do not agree.
#[derive(Debug, Clone)]
pub struct Difference<'v> {
    /// What was compared.
    pub kind: Kind,
    /// The device.
    pub node: String,
    /// The VRF.
    pub vrf: String,
    /// The prefix.
    pub prefix: String,
    /// The device's rows; none: only the twin has the prefix.
    pub truth: Vec<&'v Value>,
    /// The twin's rows; none: only the device has it.
    pub got: Vec<&'v Value>,
    /// The fields that differ, where both have it.
    pub fields: Vec<&'static str>,
}

fn text<'v>(row: &'v Value, field: &str) -> &'v str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn rows<'v>(table: &'v Value, field: &str) -> &'v [Value] {
    table.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn objects<'v>(value: &'v Value, field: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    value.get(field).and_then(Value::as_object).into_iter().flatten()
}

fn lower_keys<'v>(objects: impl Iterator<Item = (&'v String, &'v Value)>) -> BTreeMap<String, &'v Value> {
    objects.map(|(k, v)| (k.to_lowercase(), v)).collect()
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
    let ignored: Vec<IpNet> = IGNORED_PREFIXES.iter().filter_map(|p| p.parse().ok()).collect();
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

/// The fewest fields in which some row of ours differs from the truth's.
fn route_differs(truth: &Value, got: &[&Value]) -> Vec<&'static str> {
    let number = |g: &Value, field: &str| match truth.get(field) {
        None | Some(Value::Null) => true,
        t => t == g.get(field),
    };
    let fields = |g: &Value| {
        let mut out = Vec::new();
        if !same_protocol(text(truth, "protocol"), text(g, "protocol")) {
            out.push("protocol");
        }
        out.extend(["distance", "metric"].into_iter().filter(|f| !number(g, f)));
        if !hops_agree(truth, g) {
            out.push("next_hops");
        }
        out
    };
    got.iter().map(|g| fields(g)).min_by_key(Vec::len).unwrap_or_default()
}

/// Next hop and AS path; "made here" and "link-local" (made from MAC addresses, unknown to the twin) are one word each. `in_place`: the
/// device shows link-local addresses of neighbours in place of others they have, so each IPv6 address may be one (FRR's `show bgp` as text:
/// lab sonic_bgp_lab).
fn path_key(row: &Value, in_place: bool) -> (String, String) {
    let hop = text(row, "next_hop").to_lowercase();
    let hop = match hop.as_str() {
        "" | "0.0.0.0" | "::" | "self" => "self".to_owned(),
        h if h.starts_with("fe80:") || (in_place && h.contains(':')) => "link-local".to_owned(),
        h => h.to_owned(),
    };
    (hop, text(row, "as_path").to_owned())
}

fn is_link_local(row: &Value) -> bool {
    path_key(row, false).0 == "link-local"
}

fn bgp_differs(truth: &Value, got: &Value) -> Vec<&'static str> {
    let field = |name: &str| match truth.get(name) {
        None | Some(Value::Null) => true,
        Some(t) if name == "med" => t == got.get(name).unwrap_or(&Value::from(0)),
        t => t == got.get(name),
    };
    let in_place = is_link_local(truth);
    let (t, g) = (path_key(truth, in_place), path_key(got, in_place));
    let mut out = Vec::new();
    out.extend((t.0 != g.0).then_some("next_hop"));
    out.extend((t.1 != g.1).then_some("as_path"));
    out.extend(["local_pref", "med", "origin", "weight"].into_iter().filter(|f| !field(f)));
    out.extend((!communities_agree(truth, got)).then_some("communities"));
    out
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
    compare_each(truth, candidate, &mut |_| {})
}

/// The score, and each difference as it is found.
pub fn compare_each<'v>(truth: &'v Value, candidate: &'v Value, tell: &mut dyn FnMut(Difference<'v>)) -> Score {
    let mut score = Score::default();
    let got_nodes = lower_keys(objects(candidate, "nodes"));
    for (host, node) in objects(truth, "nodes") {
        let captured = rows(node, "captured").iter().any(|c| c.as_str().is_some_and(|c| c.contains("routes")));
        if node.get("vrfs").is_none() || !(captured || node.get("captured").is_none()) {
            continue;
        }
        let got_vrfs = got_nodes.get(&host.to_lowercase()).map(|n| lower_keys(objects(n, "vrfs"))).unwrap_or_default();
        let only: Vec<&str> = rows(node, "captured_protocols").iter().filter_map(Value::as_str).collect();
        for (vrf, table) in objects(node, "vrfs") {
            if !ignored_vrf(vrf) {
                let got = got_vrfs.get(&vrf.to_lowercase()).copied().unwrap_or(&Value::Null);
                let mut tell = |kind, prefix: String, truth, got, fields| {
                    tell(Difference { kind, node: host.clone(), vrf: vrf.clone(), prefix, truth, got, fields });
                };
                compare_routes(&mut score.routes, table, got, &only, &mut tell);
                compare_bgp(&mut score, table, got, &mut tell);
            }
        }
    }
    score
}

type Tell<'t, 'v> = &'t mut dyn FnMut(Kind, String, Vec<&'v Value>, Vec<&'v Value>, Vec<&'static str>);

fn compare_routes<'v>(score: &mut Share, table: &'v Value, got: &'v Value, only: &[&str], tell: Tell<'_, 'v>) {
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
        let (t_rows, g_rows) = (t.get(p).cloned().unwrap_or_default(), g.get(p).cloned().unwrap_or_default());
        let mut fields = Vec::new();
        if !t_rows.is_empty() && !g_rows.is_empty() {
            fields = t_rows.iter().map(|r| route_differs(r, &g_rows)).max_by_key(Vec::len).unwrap_or_default();
            if fields.is_empty() {
                score.add(true);
                continue;
            }
        }
        score.add(false);
        tell(Kind::Route, p.to_string(), t_rows, g_rows, fields);
    }
}

fn compare_bgp<'v>(score: &mut Score, table: &'v Value, got: &'v Value, tell: Tell<'_, 'v>) {
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
    let is_best = |r: &&&'v Value| r.get("best").and_then(Value::as_bool) == Some(true);
    let paths = |rows: &[&Value], in_place| rows.iter().map(|r| path_key(r, in_place)).collect::<BTreeSet<_>>();
    for (p, t_rows) in t {
        let g_rows = g.get(p).cloned().unwrap_or_default();
        let t_best: Vec<&Value> = t_rows.iter().filter(is_best).copied().collect();
        let g_best: Vec<&Value> = g_rows.iter().filter(is_best).copied().collect();
        if !t_best.is_empty() || !g_best.is_empty() {
            let pairs = t_best.iter().flat_map(|a| g_best.iter().map(|b| bgp_differs(a, b)));
            let fields = pairs.min_by_key(Vec::len);
            let ok = fields.as_ref().is_some_and(Vec::is_empty);
            score.bgp_best.add(ok);
            if !ok {
                tell(Kind::BgpBest, p.to_owned(), t_best, g_best, fields.unwrap_or_default());
            }
        }
        let in_place = t_rows.iter().any(|r| is_link_local(r));
        let ok = paths(&t_rows, in_place) == paths(&g_rows, in_place);
        score.bgp_paths.add(ok);
        if !ok {
            tell(Kind::BgpPaths, p.to_owned(), t_rows, g_rows, Vec::new());
        }
    }
}
