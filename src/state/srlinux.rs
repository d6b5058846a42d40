//! Nokia SR Linux: `info from state network-instance X route-table …` and `… bgp-rib` as JSON (`srl_nokia-…` names or not).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::tables::{self, Hop, Path, Route, list, number, word};
use super::{Collected, StateFile};

/// Names and values without their module.
fn plain(value: &Value, depth: usize) -> Value {
    let short = |s: &str| s.split_once(':').filter(|(m, _)| m.starts_with("srl_nokia")).map_or(s, |x| x.1).to_owned();
    match value {
        _ if depth > 60 => Value::Null,
        Value::Object(o) => Value::Object(o.iter().map(|(k, v)| (short(k), plain(v, depth + 1))).collect::<Map<_, _>>()),
        Value::Array(all) => Value::Array(all.iter().map(|v| plain(v, depth + 1)).collect()),
        Value::String(s) => Value::String(short(s)),
        other => other.clone(),
    }
}

pub(super) fn read(file: StateFile<'_>, documents: &[Value], out: &mut Collected) -> bool {
    if !file.text.contains("network-instance") || !(file.text.contains("route-table") || file.text.contains("bgp-rib")) {
        return false;
    }
    let mut found = false;
    for d in documents {
        let d = plain(d, 0);
        for i in list(d.get("network-instance")) {
            let name = if word(i, "name").is_empty() { "default" } else { word(i, "name") };
            found |= table(name, i, out) | rib(name, i, out);
        }
    }
    found
}

fn table(vrf: &str, i: &Value, out: &mut Collected) -> bool {
    let Some(t) = i.get("route-table") else { return false };
    out.table(vrf);
    let groups: BTreeMap<String, &Value> = list(t.get("next-hop-group")).into_iter().map(|g| (key(g, "index"), g)).collect();
    let hops: BTreeMap<String, &Value> = list(t.get("next-hop")).into_iter().map(|h| (key(h, "index"), h)).collect();
    for (family, field) in [("ipv4-unicast", "ipv4-prefix"), ("ipv6-unicast", "ipv6-prefix")] {
        for r in t.get(family).into_iter().flat_map(|f| list(f.get("route"))) {
            if r.get("active").and_then(Value::as_bool) == Some(false) {
                continue;
            }
            let Some(prefix) = tables::prefix(word(r, field), None) else { continue };
            let kind = word(r, "route-type");
            let protocol = match kind {
                "local" => "connected",
                "host" => "local",
                "bgp" => "bgp",
                "bgp-evpn" => "evpn",
                "bgp-vpn" => "bgp_vpn",
                "ospfv2" | "ospfv3" => "ospf",
                "arp-nd" => "arp",
                other => other,
            };
            let members = groups.get(&key(r, "next-hop-group")).into_iter().flat_map(|g| list(g.get("next-hop")));
            let mut found = Vec::new();
            for m in members {
                let id = if m.get("next-hop").is_some() { key(m, "next-hop") } else { key(m, "id") };
                let Some(h) = hops.get(&id) else { continue };
                found.extend(hop(h, protocol));
            }
            out.route(
                vrf,
                Route {
                    prefix,
                    protocol: protocol.to_owned(),
                    distance: number(r.get("preference")),
                    metric: number(r.get("metric")),
                    hops: found,
                },
            );
        }
    }
    true
}

/// A key as text, whether it is a number or not.
fn key(value: &Value, field: &str) -> String {
    match value.get(field) {
        Some(Value::String(s)) => s.clone(),
        Some(Value::Number(n)) => n.to_string(),
        _ => String::new(),
    }
}

fn hop(h: &Value, protocol: &str) -> Option<Hop> {
    let interface = Some(word(h, "subinterface").to_owned()).filter(|s| !s.is_empty());
    let ip = Some(word(h, "ip-address").to_owned()).filter(|s| !s.is_empty());
    match word(h, "type") {
        "blackhole" => Some(Hop::drop()),
        "extract" | "broadcast" => None,
        _ if protocol == "connected" => interface.map(|i| Hop::interface(&i)),
        _ => Some(Hop { ip, interface, ..Hop::default() }),
    }
}

fn rib(vrf: &str, i: &Value, out: &mut Collected) -> bool {
    let Some(rib) = i.get("bgp-rib") else { return false };
    out.table(vrf);
    let sets: BTreeMap<String, &Value> =
        list(rib.get("attr-sets").and_then(|s| s.get("attr-set"))).into_iter().map(|s| (key(s, "index"), s)).collect();
    // Families stand in a list, or as containers of their own in older releases.
    let mut families: Vec<&Value> = Vec::new();
    for f in list(rib.get("afi-safi")) {
        families.extend(["ipv4-unicast", "ipv6-unicast"].iter().filter_map(|n| f.get(n)));
    }
    families.extend(["ipv4-unicast", "ipv6-unicast"].iter().filter_map(|n| rib.get(n)));
    for r in
        families.into_iter().filter_map(|f| f.get("local-rib")).flat_map(|l| list(l.get("route").or_else(|| l.get("routes"))))
    {
        if !matches!(word(r, "origin-protocol"), "" | "bgp") {
            continue;
        }
        let Some(prefix) = tables::prefix(word(r, "prefix"), None) else { continue };
        let a = sets.get(&key(r, "attr-id")).copied().unwrap_or(&Value::Null);
        let members = a.get("as-path").into_iter().flat_map(|p| list(p.get("segment"))).flat_map(|s| list(s.get("member")));
        let path: Vec<String> = members.filter_map(|m| number(Some(m))).map(|n| n.to_string()).collect();
        out.path(
            vrf,
            Path {
                prefix,
                next_hop: Some(word(a, "next-hop").to_owned()).filter(|s| !s.is_empty()),
                best: r.get("best-route").and_then(Value::as_bool).unwrap_or(false),
                as_path: path.join(" "),
                origin: tables::origin(word(a, "origin")),
                local_pref: number(a.get("local-pref")),
                med: number(a.get("med")),
                weight: None,
                communities: None,
            },
        );
    }
    true
}
