//! Cisco IOS-XR: `show route [vrf all]`, `show bgp all all` as text.

use serde_json::Value;

use super::ios;
use super::tables::Route;
use super::text::{Blank, PathTable};
use super::{Collected, StateFile};

const BLANK: Blank = Blank { med: Some(0), local_pref: Some(100), no_local_pref: false, multipath_is_best: false };

pub(super) fn read(file: StateFile<'_>, _: &[Value], out: &mut Collected) -> bool {
    let is_routes = file.text.contains("(>) - Diversion path") || file.text.contains("(!) - FRR Backup path");
    let is_bgp = file.text.contains("BGP router identifier ") && file.text.contains("Status codes:");
    if is_routes {
        routes(file.text, out);
    }
    if is_bgp {
        bgp(file.text, out);
    }
    is_routes || is_bgp
}

fn routes(text: &str, out: &mut Collected) {
    let mut vrf = "default".to_owned();
    let mut now: Option<Route> = None;
    let mut body = false;
    for line in text.lines() {
        if let Some(name) = line.trim().strip_prefix("VRF: ") {
            ios::flush(&vrf, &mut now, out);
            vrf = name.trim().to_owned();
            body = false;
        } else if line.starts_with("Gateway of last resort") {
            body = true;
            out.table(&vrf);
        } else if body {
            let line = line.replace("(nexthop in vrf ", "(");
            ios::row(&line, &vrf, &mut None, &mut now, out);
        }
    }
    ios::flush(&vrf, &mut now, out);
}

fn bgp(text: &str, out: &mut Collected) {
    let mut table = PathTable::default();
    let mut vrf = Some("default".to_owned());
    for line in text.lines() {
        let body = line.trim();
        if let Some(family) = body.strip_prefix("Address Family: ") {
            table = PathTable::default();
            vrf = matches!(family.trim(), "IPv4 Unicast" | "IPv6 Unicast").then(|| "default".to_owned());
        } else if let Some(name) = body.strip_prefix("VRF: ") {
            vrf = Some(name.trim().to_owned());
        } else if let Some(rest) = body.strip_prefix("Route Distinguisher: ") {
            vrf = rest.split_once("(default for vrf ").map(|(_, r)| r.split(')').next().unwrap_or("").trim().to_owned());
        } else {
            table.line(line, vrf.as_deref(), BLANK, out);
        }
    }
}
