//! `external_announcements.json`, in Batfish's format: BGP routes from neighbours outside the snapshot.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use serde::Deserialize;
use serde_json::Value;

use super::names;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::error::Error;
use crate::base::span::{FileId, SourceFile, Span};
use crate::model::VrfId;
use crate::model::network::{Announced, Announcement, DeviceId, Network};
use crate::model::route::{BgpOrigin, Community};

#[derive(Deserialize)]
struct File {
    #[serde(rename = "Announcements", alias = "announcements", default)]
    announcements: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    network: IpNet,
    src_ip: IpAddr,
    #[serde(default)]
    dst_node: Option<String>,
    #[serde(default)]
    dst_ip: Option<IpAddr>,
    #[serde(default)]
    dst_vrf: Option<String>,
    #[serde(default)]
    next_hop_ip: Option<IpAddr>,
    #[serde(default)]
    origin_type: Option<String>,
    #[serde(default)]
    med: Option<u32>,
    #[serde(default)]
    as_path: Vec<Value>,
    #[serde(default)]
    communities: Vec<Value>,
}

/// The session a route is heard on, and the route.
pub(super) type Heard = ((DeviceId, VrfId, IpAddr), Announcement);

/// Reads the announcements; those that name no device of the network are left out with a diagnostic.
pub(super) fn read(network: &Network, id: FileId, file: &SourceFile) -> Result<(Vec<Heard>, Vec<Diagnostic>), Error> {
    let parsed: File = super::json(file)?;
    let places = super::places(file, "\"network\"");
    let mut out = Vec::new();
    let mut diagnostics = Vec::new();
    for (n, entry) in parsed.announcements.iter().enumerate() {
        let span = Span { file: id, line: places.get(n).copied().unwrap_or(1), column: 1, length: 0 };
        match resolve(network, entry) {
            Ok(a) => out.push(a),
            Err(why) => diagnostics.push(
                Diagnostic::new(Code("T-announcement"), Severity::Warning, format!("an announcement is left out: {why}"))
                    .at(span),
            ),
        }
    }
    Ok((out, diagnostics))
}

fn resolve(network: &Network, e: &Entry) -> Result<Heard, String> {
    // `…_received` states what a router made of a route: that is for the twin to compute.
    if let Some(kind) = e.kind.as_deref().filter(|k| k.to_ascii_lowercase().ends_with("received")) {
        return Err(format!("its type is `{kind}`; only routes as sent (`ebgp_sent`, `ibgp_sent`) are inputs"));
    }
    let (device, vrf) = match (&e.dst_node, e.dst_ip) {
        (Some(name), _) => {
            let device = names::device(network, name).ok_or_else(|| format!("`{name}` is no device of the snapshot"))?;
            let name = e.dst_vrf.as_deref().unwrap_or("default");
            let vrf = network.devices[device].find_vrf(name).ok_or_else(|| format!("the device has no VRF `{name}`"))?;
            (device, vrf)
        }
        (None, Some(ip)) => owner(network, ip).ok_or_else(|| format!("no device has the address {ip}"))?,
        (None, None) => return Err("it names neither `dstNode` nor `dstIp`".to_owned()),
    };
    let origin = match e.origin_type.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("igp") => BgpOrigin::Igp,
        Some("egp") => BgpOrigin::Egp,
        Some("incomplete") => BgpOrigin::Incomplete,
        Some(other) => return Err(format!("`{other}` is no origin type (igp, egp, incomplete)")),
    };
    let attrs = Announced {
        as_path: as_path(&e.as_path)?,
        next_hop: e.next_hop_ip.filter(|h| !h.is_unspecified() && *h != e.src_ip),
        med: e.med.filter(|m| *m != 0),
        origin,
        communities: e.communities.iter().map(community).collect::<Result<_, _>>()?,
    };
    Ok(((device, vrf, e.src_ip), Announcement { prefix: e.network.trunc(), attrs: Arc::new(attrs) }))
}

fn owner(network: &Network, ip: IpAddr) -> Option<(DeviceId, VrfId)> {
    network.devices.iter_ids().find_map(|(d, device)| {
        let interface = device.interfaces.iter().find(|i| i.addresses.iter().any(|a| a.address.addr() == ip))?;
        Some((d, interface.vrf))
    })
}

/// `[1, 2]`, or Batfish's list of sets `[[1], [2]]`. A set of several ASes is read as a sequence.
fn as_path(values: &[Value]) -> Result<Vec<u32>, String> {
    let number = |v: &Value| v.as_u64().and_then(|n| u32::try_from(n).ok()).ok_or_else(|| format!("`{v}` is no AS number"));
    let mut out = Vec::new();
    for value in values {
        match value {
            Value::Array(set) => out.extend(set.iter().map(number).collect::<Result<Vec<_>, _>>()?),
            Value::Object(o) => match o.get("asns").and_then(Value::as_array) {
                Some(set) => out.extend(set.iter().map(number).collect::<Result<Vec<_>, _>>()?),
                None => return Err(format!("`{value}` is no AS number")),
            },
            one => out.push(number(one)?),
        }
    }
    Ok(out)
}

fn community(value: &Value) -> Result<u32, String> {
    let read = match value {
        Value::Number(n) => n.as_u64().and_then(|n| u32::try_from(n).ok()),
        Value::String(s) => match crate::syntax::values::standard_community(s) {
            Some(Community::Standard(c)) => Some(c),
            _ => None,
        },
        _ => None,
    };
    read.ok_or_else(|| format!("`{value}` is no standard community"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Device, Vrf};

    #[test]
    fn batfish_announcements_are_read() {
        let vrfs = std::iter::once(Vrf { name: "default".into(), ..Vrf::default() }).collect();
        let network = Network::new(vec![Device { name: "r1".into(), vrfs, ..Device::default() }], Default::default());
        let text = r#"{"Announcements": [
            {"type": "ebgp_sent", "network": "10.0.0.0/8", "srcIp": "1.1.1.1", "nextHopIp": "1.1.1.1", "dstNode": "R1",
             "originType": "egp", "med": 5, "asPath": [[65001], [65002]], "communities": [65536, "65000:1"], "dstVrf": "default"},
            {"type": "ebgp_received", "network": "10.0.0.0/8", "srcIp": "1.1.1.1", "dstNode": "r1"},
            {"type": "ebgp_sent", "network": "10.0.0.0/8", "srcIp": "1.1.1.1", "dstNode": "r9"}]}"#;
        let file = SourceFile::new("x.json".into(), text.into());
        let (found, diagnostics) = read(&network, FileId(0), &file).unwrap();
        assert_eq!(found.len(), 1);
        let a = &found[0].1.attrs;
        assert_eq!((a.as_path.as_slice(), a.med, a.origin, a.next_hop), (&[65001, 65002][..], Some(5), BgpOrigin::Egp, None));
        assert_eq!(a.communities, [65536, 65000 << 16 | 1]);
        assert_eq!(diagnostics.iter().map(|d| d.span.unwrap().line).collect::<Vec<_>>(), [4, 5]);
    }
}
