//! Cisco NX-OS: `show ip route vrf all`, `show ip bgp vrf all` as text and as `| json`.

use serde_json::Value;

use super::tables::{self, Hop, Path, Route, list, number, word};
use super::text::{self, Blank, PathTable};
use super::{Collected, StateFile};

const BLANK: Blank = Blank { med: Some(0), local_pref: Some(100), no_local_pref: false, multipath_is_best: false };

pub(super) fn read(file: StateFile<'_>, _: &[Value], out: &mut Collected) -> bool {
    let is_routes = file.text.contains("Route Table for VRF \"");
    let is_bgp = file.text.contains("BGP routing table information for VRF ")
        && file.text.contains("Next Hop")
        && !file.text.contains("Router identifier");
    if is_routes {
        routes(file.text, out);
    }
    if is_bgp {
        let mut table = PathTable::default();
        let mut vrf: Option<String> = None;
        for line in file.text.lines() {
            if let Some(rest) = line.trim().strip_prefix("BGP routing table information for VRF ") {
                table = PathTable::default();
                let (name, family) = rest.split_once(", address family ").unwrap_or((rest, ""));
                vrf = matches!(family.trim(), "IPv4 Unicast" | "IPv6 Unicast").then(|| name.trim().to_owned());
                if let Some(vrf) = &vrf {
                    out.table(vrf);
                }
            } else {
                table.line(line, vrf.as_deref(), BLANK, out);
            }
        }
    }
    is_routes || is_bgp
}

fn routes(text: &str, out: &mut Collected) {
    let mut vrf = "default".to_owned();
    let mut prefix: Option<String> = None;
    let mut found: Vec<Route> = Vec::new();
    for line in text.lines() {
        if let Some((_, rest)) = line.split_once("Route Table for VRF \"") {
            flush(&vrf, &mut found, out);
            vrf = rest.split('"').next().unwrap_or("default").to_owned();
            out.table(&vrf);
            prefix = None;
        } else if line.contains("ubest/mbest") {
            flush(&vrf, &mut found, out);
            prefix = line.split(',').next().and_then(|p| tables::prefix(p.trim(), None));
        } else if let (Some(p), Some(rest)) = (&prefix, line.trim().strip_prefix("*via ")) {
            via(p, rest, &mut found);
        }
    }
    flush(&vrf, &mut found, out);
}

fn flush(vrf: &str, found: &mut Vec<Route>, out: &mut Collected) {
    for route in found.drain(..) {
        out.route(vrf, route);
    }
}

/// `10.0.0.1, Eth1/1, [110/41], 00:01:02, ospf-1, intra`.
fn via(prefix: &str, text: &str, found: &mut Vec<Route>) {
    let Some((distance, metric)) = text::bracket(text) else { return };
    let (before, after) = text.split_once('[').unwrap_or((text, ""));
    let mut parts = before.split(',').map(str::trim).filter(|p| !p.is_empty());
    let first = parts.next().unwrap_or("");
    let (ip, vrf) = first.split_once('%').map_or((first, None), |(a, v)| (a, Some(v)));
    let interface = parts.next().map(interface_name);
    let words: Vec<&str> = after.split(']').nth(1).unwrap_or("").split(',').map(str::trim).filter(|p| !p.is_empty()).collect();
    // The age, then the protocol with its tag, then its kind.
    let tag = words.get(1).copied().unwrap_or("");
    let kind = words.get(2).copied().unwrap_or("");
    let protocol = protocol(tag, kind);
    let own = matches!(protocol, "connected" | "local" | "hsrp" | "vrrp");
    let hop = match &interface {
        Some(i) if tables::is_null(i) => Hop::drop(),
        _ if ip.parse::<std::net::IpAddr>().is_err() => Hop::interface(&interface_name(ip)),
        _ => Hop {
            ip: Some(ip.to_owned()).filter(|_| !own),
            interface,
            vrf: vrf.filter(|v| !v.is_empty()).map(str::to_owned),
            drop: false,
        },
    };
    match found.iter_mut().find(|r| r.protocol == protocol) {
        Some(route) => route.hops.push(hop),
        None => found.push(Route {
            prefix: prefix.to_owned(),
            protocol: protocol.to_owned(),
            distance: Some(distance),
            metric: Some(metric),
            hops: vec![hop],
        }),
    }
}

fn protocol(tag: &str, kind: &str) -> &'static str {
    let name = tag.split('-').next().unwrap_or(tag);
    match (name, kind) {
        ("direct", _) => "connected",
        ("local", _) => "local",
        ("static", _) => "static",
        ("hsrp", _) => "hsrp",
        ("vrrp" | "vrrpv3", _) => "vrrp",
        ("bgp", "internal") => "ibgp",
        ("bgp", _) => "bgp",
        ("ospf" | "ospfv3", "inter") => "ospf_inter",
        ("ospf" | "ospfv3", "type-1") => "ospf_e1",
        ("ospf" | "ospfv3", "type-2") => "ospf_e2",
        ("ospf" | "ospfv3", "nssa type-1") => "ospf_n1",
        ("ospf" | "ospfv3", "nssa type-2") => "ospf_n2",
        ("ospf" | "ospfv3", "intra") => "ospf_intra",
        ("ospf" | "ospfv3", _) => "ospf",
        ("isis", "L1") => "isis_l1",
        ("isis", "L2") => "isis_l2",
        ("isis", _) => "isis",
        ("eigrp", "external") => "eigrp_external",
        ("eigrp", _) => "eigrp",
        ("rip", _) => "rip",
        ("am", _) => "am",
        ("hmm", _) => "hmm",
        _ => "other",
    }
}

/// `Eth1/1`, `Lo0`, `Po5` in full.
fn interface_name(short: &str) -> String {
    for (prefix, full) in [("Eth", "Ethernet"), ("Lo", "Loopback"), ("Po", "port-channel"), ("Tun", "Tunnel")] {
        if let Some(rest) = short.strip_prefix(prefix).filter(|r| r.starts_with(|c: char| c.is_ascii_digit())) {
            return format!("{full}{rest}");
        }
    }
    short.to_owned()
}

/// `TABLE_x` holds `ROW_x`: one object, or a list of them.
fn rows<'v>(value: &'v Value, name: &str) -> Vec<&'v Value> {
    list(value.get(format!("TABLE_{name}"))).into_iter().flat_map(|t| list(t.get(format!("ROW_{name}")))).collect()
}

pub(super) fn read_json(_: StateFile<'_>, documents: &[Value], out: &mut Collected) -> bool {
    let mut found = false;
    for vrf in documents.iter().flat_map(|d| rows(d, "vrf")) {
        let name = [word(vrf, "vrf-name-out"), word(vrf, "vrf-name")].into_iter().find(|n| !n.is_empty()).unwrap_or("default");
        for r in rows(vrf, "addrf").into_iter().flat_map(|a| rows(a, "prefix")).filter(|r| r.get("ipprefix").is_some()) {
            found = true;
            let Some(prefix) = tables::prefix(word(r, "ipprefix"), None) else { continue };
            let mut routes = Vec::new();
            for p in rows(r, "path").into_iter().filter(|p| word(p, "ubest") != "false") {
                let text = format!(
                    "{}, {}, [{}/{}], {}, {}, {}",
                    word(p, "ipnexthop"),
                    word(p, "ifname"),
                    number(p.get("pref")).unwrap_or(0),
                    number(p.get("metric")).unwrap_or(0),
                    "-",
                    word(p, "clientname"),
                    word(p, "type")
                );
                via(&prefix, text.trim_start_matches(", "), &mut routes);
            }
            flush(name, &mut routes, out);
        }
        // BGP: `TABLE_afi > TABLE_safi > TABLE_rd > TABLE_prefix > TABLE_path`.
        for safi in rows(vrf, "afi").into_iter().flat_map(|a| rows(a, "safi")) {
            for r in rows(safi, "rd").into_iter().flat_map(|rd| rows(rd, "prefix")) {
                let text =
                    [word(r, "ipprefix"), word(r, "ipv6prefix"), word(r, "nonipprefix")].into_iter().find(|p| !p.is_empty());
                let Some(prefix) = text.and_then(|t| tables::prefix(t, None)) else { continue };
                found = true;
                for p in rows(r, "path") {
                    let hop = [word(p, "ipnexthop"), word(p, "ipv6nexthop")].into_iter().find(|h| !h.is_empty());
                    out.path(
                        name,
                        Path {
                            prefix: prefix.clone(),
                            next_hop: hop.map(str::to_owned),
                            best: word(p, "best").contains('>') || word(p, "bestcode").contains('>'),
                            as_path: word(p, "aspath").trim().to_owned(),
                            origin: tables::origin(word(p, "origin")),
                            local_pref: number(p.get("localpref")).or(Some(100)),
                            med: number(p.get("metric")).or(Some(0)),
                            weight: number(p.get("weight")),
                            communities: None,
                        },
                    );
                }
            }
        }
    }
    found
}
