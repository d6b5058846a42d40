//! Linux end hosts, as Batfish describes them: `hosts/<name>.json` with addresses and gateways.
//!
//! In: one JSON file. Out: a device with an interface for each of `hostInterfaces`, and a default route to each gateway. Law: see `vendors`; the
//! whole OS is small enough for one file. A host forwards nothing in the real world; here it only sends and receives, as it is at the edge.
//! Start reading at [`Host`]. Tests: below.

use std::net::IpAddr;

use super::sink::{LineClass, Sink};
use super::{ConfigFile, Vendor};
use crate::base::id::IdVec;
use crate::model::interface::{Interface, InterfaceAddress, InterfaceId, InterfaceKind};
use crate::model::platform::{LocalRoutes, Platform};
use crate::model::static_route::{StaticHop, StaticRoute};
use crate::model::{Device, Vrf};
use crate::syntax::json;
use crate::syntax::tree::{Node, Tree};

/// The vendor's entry in [`VENDORS`](super::VENDORS).
#[derive(Debug)]
pub struct Host;

const JSON: json::Shape = json::Shape { keys: &["name"], module: "" };

impl Vendor for Host {
    fn os(&self) -> &'static str {
        "host"
    }

    fn tells(&self, text: &str) -> u32 {
        if text.trim_start().starts_with('{') && text.contains("\"hostInterfaces\"") { 95 } else { 0 }
    }

    fn read(&self, files: &[ConfigFile<'_>], sink: &mut Sink) -> Device {
        let mut vrf = Vrf { name: "default".into(), routing_v4: true, routing_v6: true, ..Vrf::default() };
        let mut interfaces: IdVec<InterfaceId, Interface> = IdVec::new();
        // Linux shows no host routes of its own addresses in the main table.
        let platform = Platform { local_routes: LocalRoutes::None, ..Platform::default() };
        let mut device = Device { platform, ..Device::default() };
        for file in files {
            let tree = json::parse(file.id, file.text, JSON);
            sink.begin(&tree);
            for root in &tree.roots {
                match root.word(0) {
                    "hostname" => {
                        sink.mark_all(&tree, root, LineClass::Modelled);
                        device.hostname = root.children.first().map(|v| v.word(0).into());
                    }
                    "hostInterfaces" => {
                        sink.modelled(&tree, root);
                        for i in &root.children {
                            sink.modelled(&tree, i);
                            let made = interface(&tree, i, &mut vrf, sink);
                            interfaces.push(made);
                        }
                    }
                    "iptablesFile" => {
                        sink.not_modelled(&tree, root, "the filters of iptables are not modelled: the host drops nothing")
                    }
                    "overlay" => sink.no_effect(&tree, root),
                    _ => sink.not_understood(&tree, root),
                }
            }
        }
        device.interfaces = interfaces;
        device.vrfs = [vrf].into_iter().collect();
        device
    }
}

fn interface(tree: &Tree<'_>, node: &Node<'_>, vrf: &mut Vrf, sink: &mut Sink) -> Interface {
    let origin = tree.origin(node);
    let loopback = node.word(0) == "lo";
    let mut out = Interface {
        name: node.word(0).into(),
        kind: if loopback { InterfaceKind::Loopback } else { InterfaceKind::Physical },
        origin,
        enabled: true,
        ..Interface::default()
    };
    for c in &node.children {
        sink.mark_all(tree, c, LineClass::Modelled);
        let values: Vec<&str> = c.children.iter().map(|v| v.word(0)).collect();
        for &value in &values {
            match c.word(0) {
                "prefix" | "otherPrefixes" => match value.parse() {
                    Ok(address) => out.addresses.push(InterfaceAddress {
                        address,
                        secondary: c.word(0) != "prefix",
                        peer: None,
                        virtual_address: false,
                        origin: tree.origin(c),
                    }),
                    Err(_) => sink.invalid(tree, c, value, "a prefix"),
                },
                "gateway" => match value.parse::<IpAddr>() {
                    Ok(ip) => vrf.static_routes.push(default_route(ip, tree, c)),
                    Err(_) => sink.invalid(tree, c, value, "an address"),
                },
                "shutdown" => out.enabled = value != "true",
                "bandwidth" => out.speed = value.split('.').next().and_then(|w| w.parse().ok()),
                // The key says it already.
                "name" | "canonicalName" => {}
                "vrf" | "vrfName" => sink.not_modelled(tree, c, "VRFs of hosts are not modelled"),
                _ => sink.not_understood(tree, c),
            }
        }
    }
    out
}

fn default_route(ip: IpAddr, tree: &Tree<'_>, node: &Node<'_>) -> StaticRoute {
    let any: ipnet::IpNet = if ip.is_ipv4() { ipnet::Ipv4Net::default().into() } else { ipnet::Ipv6Net::default().into() };
    StaticRoute {
        prefix: any,
        hop: StaticHop::Ip { ip, vrf: None },
        distance: 1,
        metric: 0,
        tag: 0,
        permanent: false,
        resolve: false,
        no_readvertise: true,
        communities: Vec::new(),
        tracked: false,
        origin: tree.origin(node),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::span::FileId;
    use crate::vendors::{read_device, recognise};

    /// The form of Batfish's documentation, "Modeling hosts".
    #[test]
    fn a_host_has_an_address_and_a_default_route() {
        let text = "{\n  \"hostname\": \"h1\",\n  \"iptablesFile\": \"iptables/h1.iptables\",\n  \"hostInterfaces\": {\n    \"eth0\": {\n      \
                    \"name\": \"eth0\",\n      \"prefix\": \"10.0.0.101/24\",\n      \"gateway\": \"10.0.0.1\"\n    }\n  }\n}\n";
        let (vendor, _) = recognise(text).unwrap();
        assert_eq!(vendor.os(), "host");
        let reading = read_device(vendor, "h1", &[ConfigFile { id: FileId(0), name: "h1.json", text }]);
        let d = &reading.device;
        let eth0 = &d.interfaces[d.find_interface("eth0").unwrap()];
        assert_eq!((eth0.addresses.len(), eth0.addresses[0].address.to_string()), (1, "10.0.0.101/24".into()));
        let route = &d.vrfs.as_slice()[0].static_routes[0];
        assert_eq!(
            (route.prefix.to_string(), &route.hop),
            ("0.0.0.0/0".into(), &StaticHop::Ip { ip: "10.0.0.1".parse().unwrap(), vrf: None })
        );
        let classes = &reading.report.classes[0].1;
        assert_eq!((classes[2], classes[6]), (LineClass::NotModelled, LineClass::Modelled));
        assert!(!classes.contains(&LineClass::NotUnderstood));
    }

    #[test]
    fn bad_values_are_told() {
        let text = "{\"hostInterfaces\": {\"eth0\": {\n\"prefix\": \"10.0.0.300/24\",\n\"gateway\": \"x\"}}}\n";
        let reading = read_device(&Host, "h1", &[ConfigFile { id: FileId(0), name: "h1.json", text }]);
        assert_eq!(reading.report.diagnostics.iter().filter(|d| d.code.0 == "V-invalid-value").count(), 2);
        assert!(reading.device.vrfs.as_slice()[0].static_routes.is_empty());
    }
}
