//! Nokia SR OS: `info json state router Base route-table`, `… bgp rib`, `info json state service vprn X route-table`.

use serde_json::Value;

use super::tables::{self, Hop, Path, Route, list, number, word};
use super::{Collected, StateFile};

/// Learns the names of interfaces: routes tell their numbers only.
pub(super) fn interfaces(file: StateFile<'_>, out: &mut Collected) {
    if !file.text.contains("\"nokia-state:interface\"") {
        return;
    }
    for d in super::documents(file.text) {
        for i in list(d.get("nokia-state:interface")) {
            if let Some(index) = number(i.get("if-index")) {
                out.interfaces.insert(index, word(i, "interface-name").to_owned());
            }
        }
    }
}

/// The service of a file's name (`…service_vprn_red_route-table`); the base router has none.
fn vrf(name: &str) -> String {
    let flat = name.replace([' ', '-'], "_");
    let Some((_, rest)) = flat.split_once("vprn_") else { return "default".to_owned() };
    let length = ["_route_table", "_bgp"].iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
    let at = flat.len() - rest.len();
    name.get(at..at + length).unwrap_or("default").trim_matches('"').to_owned()
}

pub(super) fn read(file: StateFile<'_>, documents: &[Value], out: &mut Collected) -> bool {
    let mut found = false;
    let vrf = vrf(file.name);
    for d in documents {
        if let Some(unicast) = d.get("nokia-state:unicast") {
            found = true;
            out.table(&vrf);
            for family in ["ipv4", "ipv6"] {
                for r in unicast.get(family).into_iter().flat_map(|f| list(f.get("route"))) {
                    route(&vrf, r, out);
                }
            }
        }
        let sets = d.get("nokia-state:attr-sets");
        for family in ["nokia-state:ipv4-unicast", "nokia-state:ipv6-unicast"] {
            let Some(rib) = d.get(family).and_then(|f| f.get("local-rib")) else { continue };
            found = true;
            out.table(&vrf);
            for r in list(rib.get("routes")) {
                let attributes = list(sets.and_then(|s| s.get("attr-set")))
                    .into_iter()
                    .find(|s| word(s, "index") == word(r, "attr-id") && word(s, "route-type") == "rib-in");
                path(&vrf, r, attributes.unwrap_or(&Value::Null), out);
            }
        }
    }
    found
}

fn route(vrf: &str, r: &Value, out: &mut Collected) {
    let text = [word(r, "ipv4-prefix"), word(r, "ipv6-prefix")].into_iter().find(|p| !p.is_empty());
    let Some(prefix) = text.and_then(|t| tables::prefix(t, None)) else { return };
    let protocol = match word(r, "protocol") {
        "local" => "connected",
        "host" => "local",
        "bgp-vpn" | "vpn-leak" => "bgp_vpn",
        "ospf3" => "ospf",
        other => other,
    };
    let mut metric = None;
    let mut hops = Vec::new();
    for h in list(r.get("nexthop")) {
        metric = metric.or_else(|| number(h.get("metric")));
        let ip = Some(word(h, "nexthop-ip").to_owned()).filter(|s| !s.is_empty());
        let name = number(h.get("if-index")).and_then(|n| out.interfaces.get(&n)).cloned();
        hops.push(match (ip, name) {
            // Routes that are resolved by others do not tell an interface of their own.
            (Some(ip), interface) => Hop { ip: Some(ip), interface, ..Hop::default() },
            // Through a tunnel: the number is another system's.
            (None, _) if protocol == "bgp_vpn" => continue,
            (None, Some(name)) => Hop { interface: Some(name), ..Hop::default() },
            (None, None) if protocol == "connected" => continue,
            (None, None) => Hop::drop(),
        });
    }
    out.route(vrf, Route { prefix, protocol: protocol.to_owned(), distance: number(r.get("preference")), metric, hops });
}

fn communities(a: &Value) -> Option<Vec<String>> {
    let all = a.get("communities")?;
    let mut words: Vec<String> = ["community", "large-community", "extended-community"]
        .iter()
        .flat_map(|kind| list(all.get(kind)))
        .map(|c| word(c, "community-value").to_owned())
        .filter(|w| !w.is_empty())
        .collect();
    words.sort();
    Some(words)
}

fn path(vrf: &str, r: &Value, a: &Value, out: &mut Collected) {
    // Direct, static and IGP routes stand in the table as candidates for export only.
    if matches!(word(r, "owner"), "local" | "static" | "ospf" | "isis" | "host") {
        return;
    }
    let Some(prefix) = tables::prefix(word(r, "prefix"), None) else { return };
    let mut words = Vec::new();
    for segment in a.get("as-path").into_iter().flat_map(|p| list(p.get("segment"))) {
        let numbers: Vec<String> = list(segment.get("as-numbers"))
            .into_iter()
            .filter_map(|n| number(n.get("as-number")))
            .map(|n| n.to_string())
            .collect();
        words.push(match word(segment, "type") {
            "as-set" => format!("{{{}}}", numbers.join(",")),
            "as-confed-sequence" => format!("({})", numbers.join(" ")),
            _ => numbers.join(" "),
        });
    }
    out.path(
        vrf,
        Path {
            prefix,
            next_hop: Some(word(a, "next-hop").to_owned()).filter(|s| !s.is_empty()),
            best: r.get("best-route").and_then(Value::as_bool).unwrap_or(false),
            as_path: words.join(" "),
            origin: tables::origin(word(a, "origin")),
            local_pref: number(a.get("local-pref").or_else(|| a.get("local-preference"))),
            med: number(a.get("med")),
            weight: None,
            communities: communities(a),
        },
    );
}
