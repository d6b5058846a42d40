//! FRR (also on SONiC): `show ip route`, `show bgp ipv4 unicast` as text.

use serde_json::Value;

use super::tables::{self, Hop, Route};
use super::text::{self, Blank, PathTable};
use super::{Collected, StateFile};

const BLANK: Blank = Blank { med: None, local_pref: None, no_local_pref: true, multipath_is_best: false };

pub(super) fn read(file: StateFile<'_>, _: &[Value], out: &mut Collected) -> bool {
    let is_routes = file.text.contains("Codes: K - kernel route");
    let is_bgp =
        file.text.contains("Nexthop codes: @NNN") || (file.text.contains("local router ID is") && file.text.contains(", vrf id"));
    if is_routes {
        // `show ip route bgp` tells of one protocol only.
        let only_bgp = ["route_bgp", "route bgp", "route-bgp"].iter().any(|w| file.name.contains(w));
        if only_bgp && !out.only.contains(&"bgp") {
            out.only.push("bgp");
        }
    }
    if is_routes {
        routes(file.text, out);
    }
    if is_bgp {
        out.table("default");
        let mut table = PathTable::default();
        for line in file.text.lines() {
            table.line(line, Some("default"), BLANK, out);
        }
    }
    is_routes || is_bgp
}

fn routes(text: &str, out: &mut Collected) {
    let mut vrf = "default".to_owned();
    let mut now: Option<Route> = None;
    out.table("default");
    for line in text.lines() {
        if let Some(name) = line.trim().strip_prefix("VRF ").and_then(|r| r.strip_suffix(':')) {
            flush(&vrf, &mut now, out);
            vrf = name.to_owned();
            continue;
        }
        let code = line.get(..3).unwrap_or("");
        let selected = code.contains('>');
        let more = code.trim_matches([' ', '*', 'q', 'r']).is_empty() && line.contains(" via ");
        if more {
            if let Some(route) = &mut now {
                route.hops.extend(hop(line));
            }
            continue;
        }
        flush(&vrf, &mut now, out);
        if !selected {
            continue;
        }
        let protocol = match code.as_bytes().first() {
            Some(b'K') => "kernel",
            Some(b'C') => "connected",
            Some(b'L') => "local",
            Some(b'S') => "static",
            Some(b'R') => "rip",
            Some(b'O') => "ospf",
            Some(b'I') => "isis",
            Some(b'B') => "bgp",
            Some(b'E') => "eigrp",
            _ => continue,
        };
        let Some(prefix) = line.split_whitespace().find_map(|w| w.contains('/').then(|| tables::prefix(w, None)).flatten())
        else {
            continue;
        };
        let (distance, metric) = text::bracket(line).unwrap_or((0, 0));
        now = Some(Route {
            prefix,
            protocol: protocol.to_owned(),
            distance: Some(distance),
            metric: Some(metric),
            hops: hop(line).into_iter().collect(),
        });
    }
    flush(&vrf, &mut now, out);
}

fn flush(vrf: &str, now: &mut Option<Route>, out: &mut Collected) {
    if let Some(route) = now.take() {
        out.route(vrf, route);
    }
}

fn hop(line: &str) -> Option<Hop> {
    if line.contains("blackhole") || line.contains("unreachable") {
        return Some(Hop::drop());
    }
    if let Some((_, rest)) = line.split_once("is directly connected, ") {
        return Some(Hop::interface(rest.split(',').next().unwrap_or("").trim()));
    }
    let (_, rest) = line.split_once(" via ")?;
    let mut parts = rest.split(',').map(str::trim);
    let ip = parts.next().unwrap_or("").split_whitespace().next().unwrap_or("");
    let interface = parts.next().filter(|i| !i.contains(':') && !i.is_empty());
    Some(Hop {
        ip: Some(ip.to_owned()),
        interface: interface.map(|i| i.split_whitespace().next().unwrap_or("").to_owned()),
        ..Hop::default()
    })
}
