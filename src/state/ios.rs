//! Cisco IOS and IOS-XE: `show ip route [vrf X]`, `show ip bgp all` and `show bgp …` as text.

use serde_json::Value;

use super::tables::{self, Hop, Route};
use super::text::{self, Blank, PathTable};
use super::{Collected, StateFile};

const BLANK: Blank = Blank { med: Some(0), local_pref: Some(100), no_local_pref: false, multipath_is_best: true };

pub(super) fn read(file: StateFile<'_>, _: &[Value], out: &mut Collected) -> bool {
    let is_routes = file.text.contains("Codes: ")
        && file.text.contains("- connected")
        && file.text.contains("Gateway of last resort")
        && !file.text.contains("K - kernel");
    let is_bgp = file.text.contains("BGP table version is") && file.text.contains("Status codes:");
    if is_routes {
        routes(file.text, out);
    }
    if is_bgp {
        bgp(file.text, out);
    }
    is_routes || is_bgp
}

fn bgp(text: &str, out: &mut Collected) {
    let mut table = PathTable::default();
    let mut vrf = Some("default".to_owned());
    for line in text.lines() {
        if let Some(family) = line.trim().strip_prefix("For address family: ") {
            table = PathTable::default();
            let unicast = matches!(family.trim(), "IPv4 Unicast" | "IPv6 Unicast");
            vrf = unicast.then(|| "default".to_owned());
        } else if let Some(rest) = line.trim().strip_prefix("Route Distinguisher: ") {
            // Routes of a distinguisher that belongs to no VRF here are not in a table.
            vrf = rest.split_once("(default for vrf ").map(|(_, r)| r.split(')').next().unwrap_or("").trim().to_owned());
        } else {
            table.line(line, vrf.as_deref(), BLANK, out);
        }
    }
}

/// Codes in front of a prefix to a protocol.
pub(super) fn protocol(codes: &[&str]) -> Option<&'static str> {
    let joined: String = codes.concat();
    let plain: String = joined.chars().filter(|c| !"*+%p&".contains(*c)).collect();
    Some(match plain.as_str() {
        "C" => "connected",
        "L" | "LC" => "local",
        "S" | "SU" => "static",
        "B" => "bgp",
        "R" => "rip",
        "D" => "eigrp",
        "DEX" => "eigrp_external",
        "O" => "ospf_intra",
        "OIA" => "ospf_inter",
        "OE1" | "OEX1" => "ospf_e1",
        "OE2" | "OEX2" => "ospf_e2",
        "ON1" => "ospf_n1",
        "ON2" => "ospf_n2",
        "iL1" => "isis_l1",
        "iL2" => "isis_l2",
        "iia" => "isis_ia",
        "isu" => "isis_summary",
        "A" => "access",
        _ => return None,
    })
}

fn routes(text: &str, out: &mut Collected) {
    let mut vrf = "default".to_owned();
    let mut length: Option<u8> = None;
    let mut now: Option<Route> = None;
    let mut body = false;
    for line in text.lines() {
        if let Some(name) = line.trim().strip_prefix("Routing Table: ") {
            flush(&vrf, &mut now, out);
            vrf = name.trim().to_owned();
            (body, length) = (false, None);
        } else if line.starts_with("Gateway of last resort") {
            body = true;
            out.table(&vrf);
        } else if body {
            row(line, &vrf, &mut length, &mut now, out);
        }
    }
    flush(&vrf, &mut now, out);
}

pub(super) fn flush(vrf: &str, now: &mut Option<Route>, out: &mut Collected) {
    if let Some(route) = now.take() {
        out.route(vrf, route);
    }
}

/// A line of the table: a route, one more next hop of it, or a heading that tells the length of what follows.
pub(super) fn row(line: &str, vrf: &str, length: &mut Option<u8>, now: &mut Option<Route>, out: &mut Collected) {
    let body = line.trim();
    if line.contains(" is subnetted, ") || line.contains(" is variably subnetted, ") {
        flush(vrf, now, out);
        let fixed = line.contains(" is subnetted, ");
        *length = body.split_once('/').filter(|_| fixed).and_then(|(_, r)| r.split_whitespace().next()?.parse().ok());
        return;
    }
    if line.starts_with(' ') && body.starts_with('[') {
        if let Some(route) = now {
            // A long prefix leaves no room for it on its own line.
            let (distance, metric) = text::bracket(line).unzip();
            route.distance = route.distance.or(distance);
            route.metric = route.metric.or(metric);
            route.hops.extend(hop(line));
        }
        return;
    }
    if line.starts_with(' ') && (body.starts_with("via ") || body.starts_with("is directly connected")) {
        if let Some(route) = now {
            let (distance, metric) = text::bracket(line).unzip();
            route.distance = route.distance.or(distance);
            route.metric = route.metric.or(metric);
            route.hops.extend(hop(line));
        }
        return;
    }
    flush(vrf, now, out);
    if line.starts_with(' ') || body.is_empty() {
        return;
    }
    let words: Vec<&str> = body.split_whitespace().collect();
    let Some(at) = words.iter().position(|w| tables::prefix(w, None).is_some()) else { return };
    let Some(protocol) = words.get(..at).filter(|c| !c.is_empty() && c.len() <= 3).and_then(protocol) else { return };
    let summary = line.contains(" is a summary, ");
    let protocol = if summary { "aggregate" } else { protocol };
    let known = if *length == Some(0) { None } else { *length };
    let Some(prefix) = tables::prefix(words[at], known) else { return };
    let (distance, metric) = match text::bracket(line) {
        Some((d, m)) => (Some(d), Some(m)),
        None if summary || protocol == "connected" || protocol == "local" => (Some(0), Some(0)),
        // `is directly connected, Null0`: the line has no room for what such a route always has.
        None if protocol == "static" => (Some(1), Some(0)),
        None => (None, None),
    };
    *now = Some(Route { prefix, protocol: protocol.to_owned(), distance, metric, hops: hop(line).into_iter().collect() });
}

fn hop(line: &str) -> Option<Hop> {
    let time =
        |w: &str| w.starts_with(|c: char| c.is_ascii_digit()) && (w.contains(':') || w.ends_with(['d', 'h', 'w', 'y', 'm']));
    if let Some((_, rest)) = line.split_once("is directly connected").or_else(|| line.split_once("is a summary")) {
        let name = rest.split(',').map(str::trim).find(|w| !w.is_empty() && !time(w))?;
        return Some(Hop::interface(name));
    }
    let (_, rest) = line.split_once("via ")?;
    let mut parts = rest.split(',').map(str::trim);
    let first = parts.next()?;
    let ip = first.split_whitespace().next()?;
    let vrf = first.split_once('(').map(|(_, r)| r.trim_end_matches(')')).and_then(|v| v.split_whitespace().last());
    let interface = parts.find(|w| !w.is_empty() && !time(w) && !w.starts_with('['));
    if ip.parse::<std::net::IpAddr>().is_err() {
        return Some(Hop::interface(ip));
    }
    if interface.is_some_and(tables::is_null) {
        return Some(Hop::drop());
    }
    Some(Hop { ip: Some(ip.to_owned()), interface: interface.map(str::to_owned), vrf: vrf.map(str::to_owned), drop: false })
}
