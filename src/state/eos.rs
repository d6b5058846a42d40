//! Arista EOS: `show ip route vrf all | json`, `show ip bgp vrf all | json`, and the same for IPv6.

use serde_json::Value;

use super::tables::{self, Hop, Path, Route, list, number, word};
use super::{Collected, StateFile};

pub(super) fn read(_: StateFile<'_>, documents: &[Value], out: &mut Collected) -> bool {
    let mut found = false;
    for (vrf, v) in documents.iter().filter_map(|d| d.get("vrfs")).filter_map(Value::as_object).flatten() {
        if let Some(routes) = v.get("routes").and_then(Value::as_object) {
            found = true;
            out.table(vrf);
            for (p, r) in routes {
                route(vrf, p, r, out);
            }
        }
        if let Some(entries) = v.get("bgpRouteEntries").and_then(Value::as_object) {
            found = true;
            out.table(vrf);
            for (p, e) in entries {
                for path in list(e.get("bgpRoutePaths")) {
                    bgp(vrf, p, path, out);
                }
            }
        }
    }
    found
}

fn route(vrf: &str, p: &str, r: &Value, out: &mut Collected) {
    let Some(prefix) = tables::prefix(p, None) else { return };
    let protocol = match word(r, "routeType") {
        "eBGP" => "ebgp",
        "iBGP" => "ibgp",
        "bgpAggregate" => "aggregate",
        "OSPF" | "ospf" | "ospfIntraArea" | "ospf3IntraArea" => "ospf_intra",
        "ospfInterArea" | "ospf3InterArea" => "ospf_inter",
        "ospfExternalType1" | "ospf3ExternalType1" => "ospf_e1",
        "ospfExternalType2" | "ospf3ExternalType2" => "ospf_e2",
        "ospfNssaExternalType1" | "ospf3NssaExternalType1" => "ospf_n1",
        "ospfNssaExternalType2" | "ospf3NssaExternalType2" => "ospf_n2",
        "isisLevel1" => "isis_l1",
        "isisLevel2" => "isis_l2",
        other => other,
    };
    let mut hops: Vec<Hop> = list(r.get("vias"))
        .into_iter()
        .map(|v| Hop {
            ip: Some(word(v, "nexthopAddr").to_owned())
                .filter(|s| !s.is_empty())
                .or_else(|| Some(word(v, "vtepAddr").to_owned())),
            interface: Some(word(v, "interface").to_owned()),
            ..Hop::default()
        })
        .map(|h| if h.interface.as_deref().is_some_and(tables::is_null) { Hop::drop() } else { h })
        .collect();
    if hops.is_empty() && word(r, "routeAction") == "drop" {
        hops.push(Hop::drop());
    }
    out.route(
        vrf,
        Route {
            prefix,
            protocol: protocol.to_owned(),
            distance: number(r.get("preference")),
            metric: number(r.get("metric")),
            hops,
        },
    );
}

fn bgp(vrf: &str, p: &str, path: &Value, out: &mut Collected) {
    let Some(prefix) = tables::prefix(p, None) else { return };
    let kind = path.get("routeType").cloned().unwrap_or_default();
    let text = path.get("asPathEntry").map(|e| word(e, "asPath")).unwrap_or_default();
    // `65001 i`, behind it what reflectors add: `(Or-ID: …, C-LST: …)`.
    let text = text.split(" Or-ID").next().unwrap_or(text).split("(Or-ID").next().unwrap_or(text);
    let (as_path, origin) = tables::as_path(text);
    out.path(
        vrf,
        Path {
            prefix,
            next_hop: Some(word(path, "nextHop").to_owned()).filter(|s| !s.is_empty()),
            best: kind.get("active").and_then(Value::as_bool).unwrap_or(false),
            as_path,
            origin: origin.or_else(|| tables::origin(word(&kind, "origin"))),
            local_pref: number(path.get("localPreference")),
            med: number(path.get("med")),
            weight: Some(number(path.get("weight")).unwrap_or(0)),
            communities: None,
        },
    );
}
