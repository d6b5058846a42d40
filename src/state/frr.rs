//! FRR: `show ip route vrf all json`, `show ip bgp vrf all json`, and the same for IPv6.

use serde_json::Value;

use super::tables::{self, Hop, Path, Route, list, number, word};
use super::{Collected, StateFile};

pub(super) fn read(_: StateFile<'_>, documents: &[Value], out: &mut Collected) -> bool {
    let mut found = false;
    for d in documents {
        found |= routes(&vrf_of(d), d, out) | bgp("default", d, out);
        // One object a VRF.
        for (vrf, v) in d.as_object().into_iter().flatten() {
            found |= routes(vrf, v, out) | bgp(vrf, v, out);
        }
    }
    found
}

/// The VRF of a document that does not name it: a VRF is an interface too, and routes tell the number of both.
fn vrf_of(document: &Value) -> String {
    for r in document.as_object().into_iter().flatten().flat_map(|(_, entries)| list(Some(entries))) {
        let Some(id) = number(r.get("vrfId")).filter(|id| *id != 0) else { continue };
        for h in list(r.get("nexthops")) {
            if number(h.get("interfaceIndex")) == Some(id) {
                return word(h, "interfaceName").to_owned();
            }
        }
    }
    "default".to_owned()
}

/// `{"10.0.0.0/24": [{"prefix", "protocol", …}]}`; each entry tells its VRF where there is more than one.
fn routes(vrf: &str, value: &Value, out: &mut Collected) -> bool {
    let mut found = false;
    for (p, entries) in value.as_object().into_iter().flatten() {
        let Some(prefix) = tables::prefix(&p.replace("\\/", "/"), None) else { continue };
        for r in list(Some(entries)).into_iter().filter(|r| r.get("protocol").is_some()) {
            found = true;
            let vrf = r.get("vrfName").and_then(Value::as_str).unwrap_or(vrf);
            if r.get("selected").and_then(Value::as_bool) != Some(true) {
                continue;
            }
            // Hops that were resolved through others stand beside those.
            let hops =
                list(r.get("nexthops")).into_iter().filter(|h| h.get("recursive").is_none() && h.get("duplicate").is_none());
            let hops = hops.filter(|h| h.get("active").is_some() || h.get("fib").is_some() || h.get("unreachable").is_some());
            let hop = |h: &Value| {
                if h.get("blackhole").is_some() || h.get("reject").is_some() || h.get("unreachable").is_some() {
                    return Hop::drop();
                }
                let connected = word(r, "protocol") == "connected" || word(r, "protocol") == "local";
                Hop {
                    ip: Some(word(h, "ip").to_owned()).filter(|s| !s.is_empty() && !connected),
                    interface: Some(word(h, "interfaceName").to_owned()),
                    ..Hop::default()
                }
            };
            out.route(
                vrf,
                Route {
                    prefix: prefix.clone(),
                    protocol: word(r, "protocol").to_owned(),
                    distance: Some(number(r.get("distance")).unwrap_or(0)),
                    metric: Some(number(r.get("metric")).unwrap_or(0)),
                    hops: hops.map(hop).collect(),
                },
            );
        }
    }
    found
}

fn bgp(vrf: &str, value: &Value, out: &mut Collected) -> bool {
    let Some(routes) = value.get("routes").and_then(Value::as_object) else { return false };
    if value.get("vrfName").is_none() && value.get("routerId").is_none() {
        return false;
    }
    let vrf = value.get("vrfName").and_then(Value::as_str).unwrap_or(vrf);
    out.table(vrf);
    for (p, paths) in routes {
        let Some(prefix) = tables::prefix(p, None) else { continue };
        for path in list(Some(paths)) {
            // Older releases say `path`, newer ones `aspath`.
            let text = path.get("aspath").or_else(|| path.get("path")).and_then(Value::as_str).unwrap_or_default();
            let hops = list(path.get("nexthops"));
            let hop = hops.iter().find(|h| h.get("used").is_some()).or(hops.first());
            out.path(
                vrf,
                Path {
                    prefix: prefix.clone(),
                    next_hop: hop.map(|h| word(h, "ip").to_owned()).filter(|s| !s.is_empty()),
                    best: path.get("bestpath").and_then(Value::as_bool).unwrap_or(false),
                    as_path: text.trim().to_owned(),
                    origin: tables::origin(word(path, "origin")),
                    local_pref: number(path.get("locPrf").or_else(|| path.get("localpref"))),
                    med: number(path.get("metric").or_else(|| path.get("med"))),
                    weight: number(path.get("weight")),
                    communities: None,
                },
            );
        }
    }
    true
}
