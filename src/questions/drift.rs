//! How far the twin agrees with what the devices print themselves, and why it does not.
//!
//! In: a network with its state, and collected state as a routes file. Out: an [`Answer`]: per device the shares that agree, the differences
//! grouped by likely cause, and each difference. The rules are those of [`crate::state::compare`]. Start reading at [`answer`].

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

use super::answer::{Answer, Cell, Table, Tone};
use super::routes::{self, Wanted};
use crate::base::Set;
use crate::cells;
use crate::engine::State;
use crate::model::network::Network;
use crate::state::compare::{self, Difference, Kind, Score, Share};

/// What was collected, and how much of each table to show.
#[derive(Debug)]
pub struct Collected<'c> {
    /// The devices' tables, in the form of `nettwin routes --format json`.
    pub facts: &'c Value,
    /// How many files of each device were read, and of how many, by the device's name.
    pub files: &'c BTreeMap<String, (usize, usize)>,
    /// The most differences to list.
    pub top: usize,
}

/// The answer, and the smallest share of main-table routes of any device.
#[derive(Debug)]
pub struct Drift {
    /// The tables.
    pub answer: Answer,
    /// In percent.
    pub least: f64,
    /// Over all devices.
    pub total: Score,
}

/// Holds the twin's tables against the devices'.
///
/// # Errors
/// Never for networks that were loaded: only if the twin's own facts cannot be written.
pub fn answer(network: &Network, state: &State, collected: &Collected<'_>) -> io::Result<Drift> {
    let mut bytes = Vec::new();
    routes::write_facts(&mut bytes, network, state, &Wanted::default())?;
    let own: Value = serde_json::from_slice(&bytes).map_err(io::Error::other)?;
    drop(bytes);
    let known = Known::of(network, &own);
    let mut devices = Table::new(
        "devices",
        "Agreement",
        &["node", "files", "routes", "routes_share", "bgp_best", "bgp_best_share", "bgp_paths", "bgp_paths_share"],
    )
    .when_empty("no device of the snapshot has collected state");
    let mut found: Vec<(Cause, Difference<'_>)> = Vec::new();
    let mut total = Score::default();
    let mut least: f64 = 100.0;
    let share = |s: Share| (format!("{}/{}", s.ok, s.all), if s.all == 0 { Cell::Empty } else { Cell::Percent(s.percent()) });
    for (name, node) in collected.facts.get("nodes").and_then(Value::as_object).into_iter().flatten() {
        let one = serde_json::json!({"nodes": {name.as_str(): node}});
        let score = compare::compare(&one, &own);
        add(&mut total, score);
        least = least.min(score.routes.percent());
        let (read, all) = collected.files.get(name).copied().unwrap_or_default();
        let ((routes, r), (best, b), (paths, p)) = (share(score.routes), share(score.bgp_best), share(score.bgp_paths));
        let tone = if [score.routes, score.bgp_best].iter().all(|s| s.ok == s.all) { Tone::Good } else { Tone::Warn };
        devices.push(cells![name.as_str(), format!("{read} of {all}"), routes, r, best, b, paths, p]).tone(tone);
    }
    compare::compare_each(collected.facts, &own, &mut |d| found.push((known.cause(&d), d)));
    let ((routes, r), (best, b), (paths, p)) = (share(total.routes), share(total.bgp_best), share(total.bgp_paths));
    devices.push(cells!["(all)", Cell::Empty, routes, r, best, b, paths, p]);
    let (causes, differences) = tables(found, collected.top);
    let answer = Answer { tables: vec![devices, causes, differences], ..Answer::default() }.note(
        "`routes` are prefixes of main tables; `bgp_best` their best BGP paths with attributes; `bgp_paths` the sets of paths.",
    );
    Ok(Drift { answer, least, total })
}

fn add(total: &mut Score, one: Score) {
    let sum = |a: Share, b: Share| Share { ok: a.ok + b.ok, all: a.all + b.all };
    total.routes = sum(total.routes, one.routes);
    total.bgp_best = sum(total.bgp_best, one.bgp_best);
    total.bgp_paths = sum(total.bgp_paths, one.bgp_paths);
}

/// The differences by cause, the commonest first, and each by itself.
fn tables(found: Vec<(Cause, Difference<'_>)>, top: usize) -> (Table, Table) {
    let mut groups: BTreeMap<Cause, Vec<Difference<'_>>> = BTreeMap::new();
    for (cause, d) in found {
        groups.entry(cause).or_default().push(d);
    }
    let mut order: Vec<(Cause, Vec<Difference<'_>>)> = groups.into_iter().collect();
    order.sort_by_key(|(cause, list)| (std::cmp::Reverse(list.len()), cause.clone()));
    let mut causes = Table::new("causes", "Differences by likely cause", &["cause", "differences", "nodes", "example"]);
    let columns = ["node", "vrf", "kind", "prefix", "cause", "device", "twin"];
    let mut differences = Table::new("differences", "Differences", &columns);
    for (cause, list) in &order {
        let mut nodes: Vec<String> = list.iter().map(|d| d.node.clone()).collect();
        nodes.sort();
        nodes.dedup();
        let example = list.first().map(|d| format!("{} {}", d.node, d.prefix));
        causes.push(cells![cause.to_string(), list.len(), nodes, example]).tone(Tone::Warn);
    }
    for (cause, d) in order.iter().flat_map(|(cause, list)| list.iter().map(move |d| (cause, d))).take(top) {
        let kind = match d.kind {
            Kind::Route => "route",
            Kind::BgpBest => "bgp_best",
            Kind::BgpPaths => "bgp_paths",
        };
        let side = |rows: &[&Value]| rows.iter().map(|r| brief(r, d.kind)).collect::<Vec<_>>();
        differences.push(cells![
            d.node.as_str(),
            d.vrf.as_str(),
            kind,
            d.prefix.as_str(),
            cause.to_string(),
            side(&d.truth),
            side(&d.got)
        ]);
    }
    (causes, differences)
}

fn text<'v>(row: &'v Value, field: &str) -> &'v str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// A row in few words: `ospf_intra [110/20] 10.0.0.1 Ethernet1`, `10.0.0.1 (65001) med 5`.
fn brief(row: &Value, kind: Kind) -> String {
    let number = |field: &str| row.get(field).and_then(Value::as_u64);
    if kind != Kind::Route {
        let hop = text(row, "next_hop");
        let mut out = format!("{} ({})", if hop.is_empty() { "self" } else { hop }, text(row, "as_path"));
        for field in ["local_pref", "med", "weight"] {
            if let Some(n) = number(field) {
                out += &format!(" {field} {n}");
            }
        }
        return out;
    }
    let mut out = text(row, "protocol").to_owned();
    if let Some(distance) = number("distance") {
        out += &format!(" [{distance}/{}]", number("metric").unwrap_or(0));
    }
    for hop in row.get("next_hops").and_then(Value::as_array).into_iter().flatten() {
        let drop = hop.get("drop").and_then(Value::as_bool) == Some(true);
        let words = [if drop { "discard" } else { "" }, text(hop, "ip"), text(hop, "interface")];
        let words: Vec<&str> = words.into_iter().filter(|w| !w.is_empty()).collect();
        out += &format!(" {}", words.join(" "));
    }
    out
}

/// Why a difference is there, as far as it shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    /// The device has an address that no config gives it (DHCP), or the interface is up there alone.
    OwnAddress,
    /// The interface is down on the device, or its address is another.
    InterfaceDown,
    /// It came from a neighbour that is not in the snapshot.
    Outside(String),
    /// The twin has no way to its next hop: the difference follows from another one.
    NextHop(String),
    /// The twin has no such route.
    Missing(String),
    /// Only the twin has the route.
    Extra(String),
    /// Both have the route, from different protocols.
    Protocol(String, String),
    /// The device spreads over fewer next hops, or more.
    Multipath(String),
    /// These fields differ.
    Fields(String, Vec<&'static str>),
    /// The best path is another one.
    OtherBest,
    /// Not the same paths were heard.
    OtherPaths,
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OwnAddress => {
                f.write_str("an address that the configs do not give, or an interface that is up on the device alone")
            }
            Self::InterfaceDown => f.write_str("an interface that is down on the device, or has another address there"),
            Self::Outside(ip) => write!(f, "learned from {ip}, which is not in the snapshot"),
            Self::NextHop(ip) => write!(f, "the twin has no way to the next hop {ip}"),
            Self::Missing(what) => write!(f, "{what} is missing in the twin"),
            Self::Extra(what) => write!(f, "{what} is in the twin alone"),
            Self::Protocol(device, twin) => write!(f, "the device uses {device}, the twin {twin}"),
            Self::Multipath(what) => write!(f, "{what} with another number of equal paths"),
            Self::Fields(what, fields) => write!(f, "{what} with another {}", fields.join(", another ").replace('_', " ")),
            Self::OtherBest => f.write_str("another best path"),
            Self::OtherPaths => f.write_str("other BGP paths were heard"),
        }
    }
}

/// What causes rest on.
struct Known {
    /// All addresses of the snapshot's devices.
    addresses: Set<IpAddr>,
    /// The twin's prefixes, by device and VRF in small letters.
    prefixes: BTreeMap<(String, String), Vec<IpNet>>,
}

impl Known {
    fn of(network: &Network, own: &Value) -> Self {
        let interfaces = network.devices.iter().flat_map(|d| d.interfaces.iter());
        let addresses = interfaces.flat_map(|i| i.addresses.iter().map(|a| a.address.addr())).collect();
        let mut prefixes: BTreeMap<(String, String), Vec<IpNet>> = BTreeMap::new();
        for (node, n) in own.get("nodes").and_then(Value::as_object).into_iter().flatten() {
            for (vrf, table) in n.get("vrfs").and_then(Value::as_object).into_iter().flatten() {
                let rows = table.get("routes").and_then(Value::as_array).into_iter().flatten();
                let list = rows.filter_map(|r| text(r, "prefix").parse().ok()).collect();
                prefixes.insert((node.to_lowercase(), vrf.to_lowercase()), list);
            }
        }
        Self { addresses, prefixes }
    }

    fn cause(&self, d: &Difference<'_>) -> Cause {
        match d.kind {
            Kind::Route => self.route(d),
            Kind::BgpBest | Kind::BgpPaths if d.got.is_empty() => self.hop(d, "a BGP path"),
            Kind::BgpBest if d.truth.is_empty() => Cause::Extra("a best BGP path".to_owned()),
            Kind::BgpBest if d.fields.iter().any(|f| matches!(*f, "next_hop" | "as_path")) => Cause::OtherBest,
            Kind::BgpBest => Cause::Fields("the best BGP path".to_owned(), d.fields.clone()),
            Kind::BgpPaths => Cause::OtherPaths,
        }
    }

    fn route(&self, d: &Difference<'_>) -> Cause {
        let protocol = |rows: &[&Value]| rows.first().map(|r| text(r, "protocol").to_owned()).unwrap_or_default();
        let (device, twin) = (protocol(&d.truth), protocol(&d.got));
        let own = |p: &str| matches!(p, "connected" | "local");
        match (d.truth.is_empty(), d.got.is_empty()) {
            (true, _) if own(&twin) => Cause::InterfaceDown,
            (true, _) => Cause::Extra(format!("a route of {twin}")),
            (_, true) if own(&device) => Cause::OwnAddress,
            (_, true) => self.hop(d, &format!("a route of {device}")),
            _ if d.fields.contains(&"protocol") => Cause::Protocol(device, twin),
            _ if d.fields == ["next_hops"] => {
                let count = |rows: &[&Value]| {
                    rows.iter().map(|r| r.get("next_hops").and_then(Value::as_array).map_or(0, Vec::len)).max().unwrap_or(0)
                };
                if count(&d.truth) == count(&d.got) {
                    Cause::Fields(format!("a route of {device}"), vec!["next hop"])
                } else {
                    Cause::Multipath(format!("a route of {device}"))
                }
            }
            _ => Cause::Fields(format!("a route of {device}"), d.fields.clone()),
        }
    }

    /// Why the twin lacks what the device has: by its next hop.
    fn hop(&self, d: &Difference<'_>, what: &str) -> Cause {
        let hops = d.truth.iter().flat_map(|r| {
            let listed = r.get("next_hops").and_then(Value::as_array).into_iter().flatten().map(|h| text(h, "ip"));
            listed.chain(std::iter::once(text(r, "next_hop"))).filter_map(|w| w.parse::<IpAddr>().ok())
        });
        let hops: Vec<IpAddr> = hops.filter(|ip| !ip.is_unspecified()).collect();
        let Some(first) = hops.first() else { return Cause::Missing(what.to_owned()) };
        let table = self.prefixes.get(&(d.node.to_lowercase(), d.vrf.to_lowercase()));
        let reached = |ip: &IpAddr| table.is_some_and(|t| t.iter().any(|p| p.contains(ip)));
        if !self.addresses.contains(first)
            && d.truth.iter().any(|r| !text(r, "next_hop").is_empty() || text(r, "protocol").contains("bgp"))
        {
            return Cause::Outside(first.to_string());
        }
        if !hops.iter().any(reached) {
            return Cause::NextHop(first.to_string());
        }
        Cause::Missing(what.to_owned())
    }
}
