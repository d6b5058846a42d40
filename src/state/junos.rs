//! Juniper Junos: `show route`, `show route protocol bgp [detail]` as `| display json` and `| display xml`.

use serde_json::{Map, Value};

use super::tables::{self, Hop, Path, Route, list, number, word};
use super::{Collected, StateFile};

pub(super) fn read(file: StateFile<'_>, documents: &[Value], out: &mut Collected) -> bool {
    let mut found = false;
    for d in documents.iter().filter(|d| d.get("route-information").is_some() || d.get("multi-routing-engine-results").is_some())
    {
        found |= information(&plain(d), file.name, out);
    }
    found
}

pub(super) fn read_xml(file: StateFile<'_>, _: &[Value], out: &mut Collected) -> bool {
    let Some(at) = file.text.find("<route-information") else { return false };
    let value = xml(file.text.get(at..).unwrap_or(""));
    information(&value, file.name, out)
}

/// `{"data": x}` is `x`; lists of one are what they hold.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(o) => match o.get("data") {
            Some(data) if o.keys().all(|k| k == "data" || k == "attributes") => plain(data),
            _ => Value::Object(
                o.iter().filter(|(k, _)| *k != "attributes").map(|(k, v)| (k.clone(), plain(v))).collect::<Map<_, _>>(),
            ),
        },
        Value::Array(all) if all.len() == 1 => plain(&all[0]),
        Value::Array(all) => Value::Array(all.iter().map(plain).collect()),
        other => other.clone(),
    }
}

/// The VRF of a table that forwards IP unicast: `inet.0`, `VR.inet6.0`.
fn vrf(table: &str) -> Option<&str> {
    let instance = table.strip_suffix("inet.0").or_else(|| table.strip_suffix("inet6.0"))?;
    match instance.strip_suffix('.') {
        Some(name) => Some(name),
        None if instance.is_empty() => Some("default"),
        None => None,
    }
}

fn information(value: &Value, name: &str, out: &mut Collected) -> bool {
    let Some(information) = value.get("route-information") else { return false };
    // An output limited to BGP gives the paths; one that is not, the table.
    let bgp_only = name.contains("protocol_bgp") || name.contains("protocol bgp");
    for information in list(Some(information)) {
        for table in list(information.get("route-table")) {
            let Some(vrf) = vrf(word(table, "table-name")) else { continue };
            out.table(vrf);
            for rt in list(table.get("rt")) {
                let length = number(rt.get("rt-prefix-length")).and_then(|n| u8::try_from(n).ok());
                let Some(prefix) = tables::prefix(word(rt, "rt-destination"), length) else { continue };
                for e in list(rt.get("rt-entry")) {
                    if !bgp_only {
                        route(vrf, &prefix, e, out);
                    } else if word(e, "protocol-name") == "BGP" {
                        path(vrf, &prefix, e, out);
                    }
                }
            }
        }
    }
    true
}

fn is_active(e: &Value) -> bool {
    matches!(e.get("active-tag").and_then(Value::as_str), Some(t) if t.contains('*') || t.contains('@'))
}

fn route(vrf: &str, prefix: &str, e: &Value, out: &mut Collected) {
    if !is_active(e) || word(e, "active-tag") == "-" {
        return;
    }
    let protocol = match word(e, "protocol-name") {
        "Direct" => "connected",
        "Local" => "local",
        "Static" => "static",
        "BGP" => "bgp",
        "OSPF" | "OSPF3" => "ospf",
        "IS-IS" => "isis",
        "RIP" | "RIPng" => "rip",
        "Aggregate" => "aggregate",
        "EVPN" => "evpn",
        // Groups that the router itself has joined.
        "INET6" | "INET" | "PIM" | "MLD" | "IGMP" => return,
        "Access-internal" => "access_internal",
        other => other,
    };
    let mut hops: Vec<Hop> = list(e.get("nh"))
        .into_iter()
        .filter(|h| !matches!(word(h, "to"), "") || h.get("via").is_some() || h.get("nh-local-interface").is_some())
        .map(|h| {
            let via = [word(h, "via"), word(h, "nh-local-interface")].into_iter().find(|w| !w.is_empty()).unwrap_or("");
            let own = matches!(protocol, "connected" | "local");
            Hop {
                ip: Some(word(h, "to").to_owned()).filter(|s| !s.is_empty() && !own),
                interface: Some(via.split(',').next().unwrap_or(via).trim().to_owned()),
                ..Hop::default()
            }
        })
        .collect();
    if hops.is_empty() && matches!(word(e, "nh-type"), "Discard" | "Reject" | "Receive") {
        hops.push(Hop::drop());
    }
    out.route(
        vrf,
        Route {
            prefix: prefix.to_owned(),
            protocol: protocol.to_owned(),
            distance: number(e.get("preference")),
            metric: number(e.get("metric").or_else(|| e.get("med"))),
            hops,
        },
    );
}

fn path(vrf: &str, prefix: &str, e: &Value, out: &mut Collected) {
    // `AS path: 65001 65002 I`, `AS path: I (Originator)`; brief forms have no words before.
    let text = word(e, "as-path").lines().next().unwrap_or("").trim();
    let text = text.strip_prefix("AS path:").unwrap_or(text);
    let text = text.split(", validation").next().unwrap_or(text).split("(Originator").next().unwrap_or(text);
    let text = text.split(" Recorded").next().unwrap_or(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let code = words.iter().position(|w| matches!(*w, "I" | "E" | "?"));
    let as_path = words[..code.unwrap_or(words.len())].join(" ");
    let origin = code.and_then(|at| tables::origin(words[at]));
    let address = |h: &Value| word(h, "to").split_whitespace().next().unwrap_or("").to_owned();
    let of = |field: &str| list(e.get(field)).into_iter().map(address).filter(|h| !h.is_empty()).collect::<Vec<_>>();
    // The protocol's own next hop; without one the path is directly connected. A multipath route shows all its members.
    let mut hops = of("protocol-nh");
    hops.truncate(1);
    if hops.is_empty() {
        hops = of("nh");
    }
    if hops.is_empty() {
        let discards = matches!(word(e.get("nhh").unwrap_or(e), "nh-type"), "Discard" | "Reject");
        hops.push(if discards { "discard".to_owned() } else { word(e, "gateway").to_owned() });
    }
    let communities = e.get("communities").map(|c| {
        let kinds = ["community", "extended-community", "large-community"];
        let words = kinds.iter().flat_map(|k| list(c.get(k))).filter_map(Value::as_str);
        let mut words: Vec<String> = words.flat_map(|w| w.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect();
        words.sort();
        words
    });
    for hop in hops {
        out.path(
            vrf,
            Path {
                prefix: prefix.to_owned(),
                next_hop: Some(hop).filter(|h| !h.is_empty()),
                best: is_active(e),
                as_path: as_path.clone(),
                origin,
                local_pref: number(e.get("local-preference")),
                med: number(e.get("med").or_else(|| e.get("metric"))),
                weight: None,
                communities: communities.clone(),
            },
        );
    }
}

/// XML elements as objects; an element that comes twice is a list. Attributes, comments and what is not well-formed are left out.
fn xml(text: &str) -> Value {
    let mut stack: Vec<(String, Map<String, Value>, String)> = vec![(String::new(), Map::new(), String::new())];
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        if let Some(top) = stack.last_mut() {
            top.2.push_str(&rest[..open]);
        }
        let Some(length) = rest[open..].find('>') else { break };
        let tag = &rest[open + 1..open + length];
        rest = &rest[open + length + 1..];
        let name = |t: &str| t.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or("").to_owned();
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if let Some(closing) = tag.strip_prefix('/') {
            if stack.len() < 2 || stack.last().is_none_or(|t| t.0 != closing.trim()) {
                break;
            }
            close(&mut stack);
            if stack.len() == 1 {
                break;
            }
        } else {
            stack.push((name(tag), Map::new(), String::new()));
            if tag.ends_with('/') {
                close(&mut stack);
            }
            if stack.len() > 100 {
                break;
            }
        }
    }
    while stack.len() > 1 {
        close(&mut stack);
    }
    stack.pop().map_or(Value::Null, |(_, map, _)| Value::Object(map))
}

fn close(stack: &mut Vec<(String, Map<String, Value>, String)>) {
    let Some((name, map, text)) = stack.pop() else { return };
    let text = text.trim().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let value = if map.is_empty() { Value::String(text) } else { Value::Object(map) };
    let Some((_, parent, _)) = stack.last_mut() else { return };
    match parent.get_mut(&name) {
        Some(Value::Array(all)) => all.push(value),
        Some(other) => {
            let first = other.take();
            *other = Value::Array(vec![first, value]);
        }
        None => {
            parent.insert(name, value);
        }
    }
}
