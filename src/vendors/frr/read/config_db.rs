//! SONiC's `config_db.json`: ports, addresses, VLANs, port channels. Routing stands in the FRR files beside it.

use serde_json::{Map, Value};

use super::evpn::vni;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::span::Origin;
use crate::model::bgp::{NextHopSelf, RemoteAs};
use crate::syntax::values;
use crate::vendors::ConfigFile;
use crate::vendors::frr::config::{Address, Bgp, Clag, Config, Network, Static, VlanVni};
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
    "ACL_TABLE",
    "ACL_RULE",
    "MCLAG_DOMAIN",
    "MCLAG_INTERFACE",
    "STATIC_ROUTE",
    "BGP_NEIGHBOR",
    "BGP_INTERNAL_NEIGHBOR",
    "BGP_VOQ_CHASSIS_NEIGHBOR",
    "VXLAN_TUNNEL",
    "VXLAN_TUNNEL_MAP",
];
/// Tables that may matter and are not in the model.
const NOT_MODELLED: &[&str] = &["BGP_PEER_RANGE", "BGP_MONITORS", "VOQ_INBAND_INTERFACE", "VNET", "TUNNEL"];

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
            sink.mark_file(file.id, LineClass::Invalid);
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
    let localhost = tables.get("DEVICE_METADATA").and_then(|m| m.get("localhost"));
    config.mac = localhost.and_then(|l| text(l, "mac")).and_then(|m| mac(&m)).or(config.mac);
    for (key, v) in table("VRF") {
        let o = at("VRF", key);
        config.vrf(key, o).vni = text(v, "vni").and_then(|n| vni(&n)).map(|n| (n, o));
    }
    for (_, v) in table("VXLAN_TUNNEL") {
        config.vtep.address = text(v, "src_ip").and_then(|ip| ip.parse().ok()).or(config.vtep.address);
    }
    for (key, v) in table("VXLAN_TUNNEL_MAP") {
        let vlan = text(v, "vlan").and_then(|name| name.strip_prefix("Vlan")?.parse().ok());
        match (vlan, text(v, "vni").and_then(|n| vni(&n))) {
            (Some(vlan), Some(vni)) => {
                config.vtep.vlans.push(VlanVni { vlan, vni, device: None, origin: at("VXLAN_TUNNEL_MAP", key) })
            }
            _ => {
                let message = format!("`{key}` names no VLAN and VNI");
                sink.push(
                    Diagnostic::new(crate::vendors::sink::INVALID_VALUE, Severity::Error, message)
                        .at(at("VXLAN_TUNNEL_MAP", key)),
                );
            }
        }
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
    for (key, v) in table("MCLAG_DOMAIN") {
        config.clag = Some(Clag {
            origin: at("MCLAG_DOMAIN", key),
            peer_link: text(v, "peer_link").map(Into::into),
            domain: Some(key.as_str().into()),
            peer: text(v, "peer_ip").and_then(|ip| ip.parse().ok()),
            ..Clag::default()
        });
    }
    // Bundles of the same name belong together.
    for (key, _) in table("MCLAG_INTERFACE") {
        let Some(bond) = key.split_once('|').map(|x| x.1) else { continue };
        let origin = at("MCLAG_INTERFACE", key);
        let n = config.interface(bond, origin);
        let number = bond.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().ok();
        config.interfaces[n].clag_id = number.map(|id: u32| (id, origin));
    }
    super::sonic_acl::read(config, sink, &tables, &at);
    for (key, v) in table("STATIC_ROUTE") {
        static_route(config, sink, key, v, at("STATIC_ROUTE", key));
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

/// `STATIC_ROUTE`: key `prefix` or `vrf|prefix`; the fields are lists of the same length, joined by commas.
fn static_route(config: &mut Config, sink: &mut Sink, key: &str, v: &Value, origin: Origin) {
    let (vrf, prefix) = key.rsplit_once('|').map_or((None, key), |(vrf, p)| (super::named_vrf(vrf), p));
    let Some(prefix) = values::prefix(prefix) else {
        let message = format!("`{key}` names no prefix");
        sink.push(Diagnostic::new(crate::vendors::sink::INVALID_VALUE, Severity::Error, message).at(origin));
        return;
    };
    let list = |field: &str| -> Vec<&str> {
        v.get(field).and_then(Value::as_str).map_or_else(Vec::new, |s| s.split(',').map(str::trim).collect())
    };
    let (hops, ports, distances, vrfs, holes) =
        (list("nexthop"), list("ifname"), list("distance"), list("nexthop-vrf"), list("blackhole"));
    for n in 0..hops.len().max(ports.len()).max(holes.len()).min(256) {
        let at = |list: &[&str]| list.get(n).copied().filter(|w| !w.is_empty()).map(str::to_owned);
        let gateway = at(&hops).and_then(|w| w.parse().ok()).filter(|ip: &std::net::IpAddr| !ip.is_unspecified());
        let interface = at(&ports).map(Into::into);
        let discard = at(&holes).is_some_and(|w| w == "true");
        if gateway.is_none() && interface.is_none() && !discard {
            continue;
        }
        config.statics.push(Static {
            vrf: vrf.clone(),
            prefix: prefix.trunc(),
            gateway,
            interface,
            discard,
            hop_vrf: at(&vrfs).and_then(|w| super::named_vrf(&w)),
            distance: at(&distances).and_then(|w| w.parse().ok()).filter(|d| *d > 0),
            tag: 0,
            origin,
        });
    }
}

/// BGP as SONiC's `bgpcfgd` writes it from the database (`dockers/docker-fpm-frr/frr/bgpd` templates of sonic-buildimage): for devices
/// whose FRR files say nothing of BGP.
pub(in crate::vendors::frr) fn bgp(config: &mut Config, file: &ConfigFile<'_>) {
    let Ok(Value::Object(tables)) = serde_json::from_str::<Value>(file.text) else { return };
    let text = |v: &Value, key: &str| v.get(key).and_then(Value::as_str).map(str::to_owned);
    let local = tables.get("DEVICE_METADATA").and_then(|m| m.get("localhost"));
    let Some(asn) = local.and_then(|l| text(l, "bgp_asn")).and_then(|a| values::asn(&a)) else { return };
    let line = |needle: &str| {
        let at = file.text.split('\n').position(|l| l.contains(needle)).map_or(1, |n| n + 1);
        Origin { file: file.id, line: u32::try_from(at).unwrap_or(1) }
    };
    let mut out =
        Bgp { asn, origin: line("\"bgp_asn\""), multipath_relax: Some(true), requires_policy: Some(false), ..Bgp::default() };
    let loopbacks = tables.get("LOOPBACK_INTERFACE").and_then(Value::as_object).into_iter().flatten();
    for net in loopbacks.filter_map(|(k, _)| k.strip_prefix("Loopback0|")).filter_map(values::prefix) {
        if let ipnet::IpNet::V4(v4) = net {
            out.router_id.get_or_insert(v4.addr());
        }
        // An IPv6 loopback is announced by its /64.
        let length = if net.addr().is_ipv6() { net.prefix_len().min(64) } else { net.prefix_len() };
        let Ok(prefix) = ipnet::IpNet::new(net.addr(), length) else { continue };
        let origin = line(&net.to_string());
        let family = &mut out.families[usize::from(net.addr().is_ipv6())];
        family.networks.push(Network { prefix: prefix.trunc(), route_map: None, backdoor: false, origin });
    }
    for family in &mut out.families {
        family.max_paths = [Some(MAX_PATHS), Some(MAX_PATHS)];
    }
    for name in ["BGP_NEIGHBOR", "BGP_INTERNAL_NEIGHBOR", "BGP_VOQ_CHASSIS_NEIGHBOR"] {
        for (key, v) in tables.get(name).and_then(Value::as_object).into_iter().flatten() {
            // `vrf|address` is of the management framework, which writes FRR's files itself.
            let Ok(ip) = key.parse::<std::net::IpAddr>() else { continue };
            let n = out.neighbor(&ip.to_string(), line(&format!("\"{key}\"")));
            let on = |field: &str| text(v, field).is_some_and(|s| s == "1" || s == "true");
            n.session.remote_as = text(v, "asn").and_then(|a| values::asn(&a)).map(RemoteAs::Asn);
            n.session.shutdown = text(v, "admin_status").map(|s| s == "down");
            n.session.description = text(v, "name").map(Into::into);
            let own = &mut n.families[usize::from(ip.is_ipv6())];
            own.activate = Some(true);
            own.reflector_client = on("rrclient").then_some(true);
            own.next_hop_self = on("nhopself").then_some(NextHopSelf::Yes);
            n.families[usize::from(ip.is_ipv4())].activate = Some(false);
        }
    }
    if !out.neighbors.is_empty() {
        config.bgp.push(out);
    }
}

/// `maximum-paths` of the templates.
const MAX_PATHS: u32 = 64;

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

/// `0c:49:00:d5:f8:00`.
fn mac(text: &str) -> Option<[u8; 6]> {
    let octets: Vec<u8> = text.split(':').map(|o| u8::from_str_radix(o, 16)).collect::<Result<_, _>>().ok()?;
    octets.try_into().ok()
}
