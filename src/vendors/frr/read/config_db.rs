//! SONiC's `config_db.json`: ports, addresses, VLANs, port channels. Routing stands in the FRR files beside it.

use serde_json::{Map, Value};

use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::span::Origin;
use crate::syntax::values;
use crate::vendors::ConfigFile;
use crate::vendors::frr::config::{Address, Config};
use crate::vendors::sink::{LineClass, Sink};

/// Tables that are in the model.
const MODELLED: &[&str] = &[
    "PORT",
    "INTERFACE",
    "LOOPBACK_INTERFACE",
    "LOOPBACK",
    "VLAN",
    "VLAN_MEMBER",
    "VLAN_INTERFACE",
    "VLAN_SUB_INTERFACE",
    "PORTCHANNEL",
    "PORTCHANNEL_MEMBER",
    "PORTCHANNEL_INTERFACE",
    "MGMT_INTERFACE",
    "DEVICE_METADATA",
    "VRF",
];
/// Tables that may matter and are not in the model.
const NOT_MODELLED: &[&str] = &[
    "ACL_TABLE",
    "ACL_RULE",
    "STATIC_ROUTE",
    "VXLAN_TUNNEL",
    "VXLAN_TUNNEL_MAP",
    "MCLAG_DOMAIN",
    "MCLAG_INTERFACE",
    "VNET",
    "TUNNEL",
];

/// Reads a database.
pub(in crate::vendors::frr) fn read(config: &mut Config, sink: &mut Sink, file: &ConfigFile<'_>) {
    config.config_db = true;
    let first = Origin { file: file.id, line: 1 };
    let tables = match serde_json::from_str::<Value>(file.text) {
        Ok(Value::Object(tables)) => tables,
        Ok(_) => Map::new(),
        Err(e) => {
            let at = Origin { file: file.id, line: u32::try_from(e.line()).unwrap_or(1).max(1) };
            sink.push(Diagnostic::new(Code("S-broken-line"), Severity::Error, format!("not JSON: {e}")).at(at));
            for line in 1..=file.text.lines().count() {
                sink.mark(Origin { file: file.id, line: line as u32 }, LineClass::Invalid);
            }
            return;
        }
    };
    let lines = classes(sink, file);
    let at = |table: &str, key: &str| {
        let line = lines.iter().find(|(t, k, _)| t == table && k == key).map_or(1, |x| x.2);
        Origin { file: file.id, ..Origin { line, ..first } }
    };
    let table = |name: &str| tables.get(name).and_then(Value::as_object).into_iter().flatten();
    let text = |v: &Value, key: &str| v.get(key).and_then(Value::as_str).map(str::to_owned);
    if let Some(name) = tables.get("DEVICE_METADATA").and_then(|m| m.get("localhost")).and_then(|l| text(l, "hostname")) {
        config.hostname.get_or_insert_with(|| name.into());
    }
    for (key, v) in table("VRF") {
        let _ = v;
        config.vrf(key, at("VRF", key));
    }
    for (key, v) in table("PORT") {
        let n = config.interface(key, at("PORT", key));
        let port = &mut config.interfaces[n];
        port.shutdown = text(v, "admin_status").is_some_and(|s| s == "down");
        port.speed = text(v, "speed").and_then(|s| s.parse::<u64>().ok()).map(|m| m.saturating_mul(1_000_000));
        port.mtu = text(v, "mtu").and_then(|s| s.parse().ok());
        port.description = text(v, "description").map(Into::into);
    }
    for (key, v) in table("PORTCHANNEL") {
        let n = config.interface(key, at("PORTCHANNEL", key));
        let port = &mut config.interfaces[n];
        port.bond = true;
        port.min_links = text(v, "min_links").and_then(|s| s.parse().ok()).unwrap_or(0);
        port.shutdown = text(v, "admin_status").is_some_and(|s| s == "down");
    }
    for (key, _) in table("PORTCHANNEL_MEMBER") {
        if let Some((bond, member)) = key.split_once('|') {
            let n = config.interface(bond, at("PORTCHANNEL_MEMBER", key));
            config.interfaces[n].bond = true;
            config.interfaces[n].bond_members.push(member.into());
        }
    }
    for (key, v) in table("VLAN") {
        let n = config.interface(key, at("VLAN", key));
        config.interfaces[n].vlan_id =
            text(v, "vlanid").or_else(|| key.strip_prefix("Vlan").map(str::to_owned)).and_then(|s| s.parse().ok());
    }
    for (key, v) in table("VLAN_MEMBER") {
        if let Some((vlan, member)) = key.split_once('|')
            && let Some(id) = vlan.strip_prefix("Vlan").and_then(|s| s.parse().ok())
        {
            let n = config.interface(member, at("VLAN_MEMBER", key));
            config.interfaces[n].memberships.push((id, text(v, "tagging_mode").is_some_and(|m| m == "tagged")));
        }
    }
    for name in [
        "LOOPBACK_INTERFACE",
        "LOOPBACK",
        "INTERFACE",
        "VLAN_INTERFACE",
        "VLAN_SUB_INTERFACE",
        "PORTCHANNEL_INTERFACE",
        "MGMT_INTERFACE",
    ] {
        for (key, v) in table(name) {
            let o = at(name, key);
            let (port, address) = key.split_once('|').map_or((key.as_str(), None), |(p, a)| (p, Some(a)));
            let n = config.interface(port, o);
            let entry = &mut config.interfaces[n];
            if let Some(vrf) = text(v, "vrf_name") {
                entry.vrf = super::named_vrf(&vrf);
            }
            if name == "MGMT_INTERFACE" {
                entry.vrf = Some("mgmt".into());
            }
            match address.map(values::prefix) {
                Some(Some(net)) => entry.addresses.push(Address { net, peer: None, shared: false, origin: o }),
                Some(None) => {
                    sink.push(
                        Diagnostic::new(crate::vendors::sink::INVALID_VALUE, Severity::Error, format!("`{key}` names no prefix"))
                            .at(o),
                    );
                }
                None => {}
            }
            if name == "MGMT_INTERFACE" {
                config.vrf("mgmt", o);
            }
        }
    }
}

/// Gives each line the class of the table it is in, and finds the line of each key of a table. The file is written by a machine,
/// one key a line: braces tell the depth.
fn classes(sink: &mut Sink, file: &ConfigFile<'_>) -> Vec<(String, String, u32)> {
    let (mut depth, mut table, mut keys) = (0i32, String::new(), Vec::new());
    for (line, number) in file.text.split('\n').zip(1u32..) {
        let body = line.trim();
        let key = body.strip_prefix('"').and_then(|b| b.split_once('"')).map(|x| x.0);
        if let (1, Some(key)) = (depth, key) {
            table = key.to_owned();
        }
        if let (2, Some(key)) = (depth, key) {
            keys.push((table.clone(), key.to_owned(), number));
        }
        let class = match key {
            None => LineClass::Silent,
            Some(_) if MODELLED.contains(&table.as_str()) => LineClass::Modelled,
            Some(_) if NOT_MODELLED.contains(&table.as_str()) => LineClass::NotModelled,
            Some(_) => LineClass::NoEffect,
        };
        sink.mark(Origin { file: file.id, line: number }, class);
        depth += body.matches(['{', '[']).count() as i32 - body.matches(['}', ']']).count() as i32;
    }
    keys
}
