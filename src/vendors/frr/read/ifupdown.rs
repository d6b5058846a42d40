//! `/etc/network/interfaces` (ifupdown2): `auto`, `iface` and the attributes below it.

use super::{Invalid, Modelled, NoEffect, NotModelled, Unknown};
use super::{Took, named_vrf, vxlan};
use crate::base::span::Origin;
use crate::syntax::tree::{Node, Tree};
use crate::syntax::values;
use crate::vendors::frr::config::{Address, Clag, Config};
use crate::vendors::sink::{LineClass, Sink};

/// Reads one statement; `current` is the stanza it stands in.
pub(in crate::vendors::frr) fn statement<'t>(
    config: &mut Config,
    sink: &mut Sink,
    current: &mut Option<usize>,
    tree: &Tree<'t>,
    node: &Node<'t>,
) {
    config.ifupdown = true;
    let origin = tree.origin(node);
    match read(config, current, &node.words, tree, node, origin) {
        Modelled => sink.mark(origin, LineClass::Modelled),
        NoEffect => sink.mark(origin, LineClass::NoEffect),
        NotModelled(why) => sink.not_modelled(tree, node, format!("`{}`: {why}", node.words.join(" "))),
        Invalid(word, what) => sink.invalid(tree, node, word, what),
        Unknown => sink.not_understood(tree, node),
    }
}

fn read<'t>(
    config: &mut Config,
    current: &mut Option<usize>,
    w: &[&'t str],
    tree: &Tree<'t>,
    node: &Node<'t>,
    o: Origin,
) -> Took<'t> {
    match w {
        ["auto" | "allow-hotplug", names @ ..] => {
            for name in names {
                config.interface(name, o);
            }
            *current = None;
            return Modelled;
        }
        ["iface", name, rest @ ..] => {
            let n = config.interface(name, o);
            config.interfaces[n].origin = o;
            if rest.contains(&"dhcp") {
                config.interfaces[n].dhcp = true;
            }
            *current = Some(n);
            return Modelled;
        }
        ["source" | "source-directory" | "mapping" | "template", ..] => {
            *current = None;
            return NoEffect;
        }
        _ => {}
    }
    let Some(port) = current.and_then(|n| config.interfaces.get_mut(n)) else { return Unknown };
    let number = |word: &'t str| word.parse::<u32>().map_err(|_| Invalid(word, "a number"));
    match w {
        ["address", word] => match values::prefix_or_host(word) {
            Some(net) => port.addresses.push(Address { net, peer: None, shared: false, origin: o }),
            None => return Invalid(word, "an address with its length"),
        },
        ["netmask", mask] => {
            let Some(last) = port.addresses.last_mut() else { return Invalid(mask, "after an address") };
            let net = values::address_mask(&last.net.addr().to_string(), mask)
                .or_else(|| mask.parse().ok().and_then(|len| ipnet::IpNet::new(last.net.addr(), len).ok()));
            match net {
                Some(net) => last.net = net,
                None => return Invalid(mask, "a mask"),
            }
        }
        ["address-virtual", rest @ ..] => {
            port.shared_mac = true;
            for net in rest.iter().filter_map(|word| values::prefix(word)) {
                port.addresses.push(Address { net, peer: None, shared: true, origin: o });
            }
        }
        ["pointopoint", word] => {
            if let Some(last) = port.addresses.last_mut() {
                last.peer = values::prefix_or_host(word);
            }
        }
        ["gateway", word] => {
            let (Ok(gateway), name) = (word.parse(), port.name.clone()) else { return Invalid(word, "an address") };
            let prefix = if matches!(gateway, std::net::IpAddr::V4(_)) { "0.0.0.0/0" } else { "::/0" };
            let vrf = port.vrf.clone();
            // The kernel's own default route: zebra shows it and prefers it to all (distance 0).
            config.statics.push(crate::vendors::frr::config::Static {
                vrf,
                prefix: values::prefix(prefix).unwrap_or_default(),
                gateway: Some(gateway),
                interface: Some(name),
                discard: false,
                hop_vrf: None,
                distance: Some(0),
                tag: 0,
                origin: o,
            });
            return Modelled;
        }
        ["vrf", name] => port.vrf = named_vrf(name),
        ["vrf-table", ..] => {
            port.vrf_table = true;
            let name = port.name.to_string();
            config.vrf(&name, o);
        }
        ["bond-slaves", names @ ..] => {
            port.bond = true;
            port.bond_members = glob(names);
        }
        ["bond-min-links", v] => match number(v) {
            Ok(v) => port.min_links = v,
            Err(e) => return e,
        },
        ["bridge-ports" | "bridge_ports", names @ ..] => {
            port.bridge = true;
            port.bridge_ports = glob(names);
        }
        ["bridge-vids", words @ ..] => match values::ranges(&words.join(",")) {
            Some(v) => port.bridge_vids = Some(v),
            None => return Invalid(words.first().copied().unwrap_or(""), "VLANs"),
        },
        ["bridge-pvid", v] => match v.parse() {
            Ok(v) => port.bridge_pvid = Some(v),
            Err(_) => return Invalid(v, "a VLAN"),
        },
        ["bridge-access", v] => match v.parse() {
            Ok(v) => port.bridge_access = Some(v),
            Err(_) => return Invalid(v, "a VLAN"),
        },
        ["vlan-id", v] => match v.parse() {
            Ok(v) => port.vlan_id = Some(v),
            Err(_) => return Invalid(v, "a VLAN"),
        },
        ["vlan-raw-device", name] => port.raw_device = Some((*name).into()),
        ["mtu", v] => match number(v) {
            Ok(v) => port.mtu = Some(v),
            Err(e) => return e,
        },
        ["link-speed", v] => match number(v) {
            Ok(v) => port.speed = Some(u64::from(v) * 1_000_000),
            Err(e) => return e,
        },
        ["link-down", "yes" | "on"] => port.shutdown = true,
        ["alias" | "description", ..] => port.description = Some(tree.rest(node, 1).into()),
        [key @ ("vxlan-id" | "vxlan-local-tunnelip" | "clagd-vxlan-anycast-ip" | "bridge-vlan-vni-map"), words @ ..] => {
            let name = port.name.clone();
            return vxlan::device(config, &name, key, words, o);
        }
        [key, words @ ..] if key.starts_with("vxlan-") && vxlan::FLOODS.contains(key) => {
            let name = port.name.clone();
            return vxlan::floods(config, &name, key, words);
        }
        ["vxlan-vni" | "vxlan-vni-map", ..] => {
            port.vxlan = true;
            return NotModelled("VNIs without VLANs are not modelled");
        }
        ["bridge-vlan-aware", word] => {
            port.bridge = true;
            port.vlan_aware = matches!(*word, "yes" | "on" | "1");
        }
        ["tunnel-mode", mode] => port.tunnel.get_or_insert_with(Default::default).2 = (*mode).into(),
        ["tunnel-local", a] => port.tunnel.get_or_insert_with(Default::default).0 = a.parse().ok(),
        ["tunnel-endpoint", a] => port.tunnel.get_or_insert_with(Default::default).1 = a.parse().ok(),
        ["ip-forward" | "ip6-forward", "off" | "no" | "0"] => {
            if w[0] == "ip-forward" {
                return NotModelled("the interface does not forward packets");
            }
            return NoEffect;
        }
        ["clag-id", id] => match id.parse() {
            Ok(0) => port.clag_id = None,
            Ok(id) => port.clag_id = Some((id, o)),
            Err(_) => return Invalid(id, "a number"),
        },
        ["clagd-args", ..] => return NotModelled("this setting of CLAG is not modelled"),
        [key @ ("clagd-peer-ip" | "clagd-backup-ip" | "clagd-sys-mac" | "clagd-priority" | "clagd-enable"), value, ..] => {
            let name = port.name.clone();
            return clag(config, &name, key, value, o);
        }
        ["vrr" | "vrrp", ..] => return NotModelled("not modelled"),
        ["es-id" | "es-sys-mac", ..] => {
            config.segments = true;
            return NoEffect;
        }
        ["up" | "down" | "pre-up" | "post-up" | "post-down" | "pre-down", rest @ ..] => {
            return if rest.contains(&"route") || rest.contains(&"addr") || rest.contains(&"address") {
                NotModelled("commands run on up and down are not modelled")
            } else {
                NoEffect
            };
        }
        _ if w.first().is_some_and(|k| known(k)) => return NoEffect,
        _ => return Unknown,
    }
    Modelled
}

/// A line of the pair, on the routed interface of its peer link (`peerlink.4094`).
fn clag<'t>(config: &mut Config, name: &str, key: &str, value: &'t str, o: Origin) -> Took<'t> {
    let clag = config.clag.get_or_insert_with(|| Clag { origin: o, ..Clag::default() });
    clag.peer_link = Some(name.rsplit_once('.').map_or(name, |x| x.0).into());
    match key {
        // `linklocal` is whoever is at the other end.
        "clagd-peer-ip" => clag.peer = value.parse().ok(),
        "clagd-backup-ip" => clag.backup = true,
        "clagd-sys-mac" => clag.domain = Some(value.to_ascii_lowercase().into()),
        "clagd-priority" => match value.parse() {
            Ok(n) => clag.priority = Some(n),
            Err(_) => return Invalid(value, "a priority"),
        },
        _ => clag.disabled = matches!(value, "no" | "off"),
    }
    Modelled
}

/// Attributes of no bearing.
fn known(word: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "bond-",
        "bridge-",
        "bridge_",
        "mstpctl-",
        "link-",
        "ethtool-",
        "vxlan-",
        "vlan-",
        "ipv6-",
        "clag",
        "hwaddress",
        "arp-",
        "storm-",
        "igmp",
        "es-",
        "dhcp-",
    ];
    matches!(
        word,
        "hwaddress"
            | "scope"
            | "broadcast"
            | "network"
            | "metric"
            | "dns-nameservers"
            | "dns-search"
            | "dns-domain"
            | "accept_ra"
            | "ip-forward"
            | "ip6-forward"
            | "mpls-enable"
            | "vrf-table"
            | "link-autoneg"
            | "preferred-lifetime"
            | "multicast"
            | "address-purge"
            | "client"
            | "vendor"
            | "hostname"
            | "gre-ttl"
            | "tunnel-physdev"
            | "tunnel-ttl"
            | "role"
            | "service"
            | "vlan_raw_device"
            | "leasetime"
    ) || PREFIXES.iter().any(|p| word.starts_with(p))
}

/// `glob swp1-6` and plain names.
fn glob(words: &[&str]) -> Vec<Box<str>> {
    let mut out = Vec::new();
    for word in words {
        if matches!(*word, "glob" | "none" | "regex") {
            continue;
        }
        let digits = word.find(|c: char| c.is_ascii_digit());
        match digits.map(|n| word.split_at(n)).and_then(|(stem, range)| {
            let (a, b) = range.trim_matches(['[', ']']).split_once('-')?;
            Some((stem, a.parse::<u16>().ok()?, b.parse::<u16>().ok()?))
        }) {
            Some((stem, a, b)) if a <= b && b - a < 1024 => out.extend((a..=b).map(|n| format!("{stem}{n}").into())),
            _ => out.push((*word).into()),
        }
    }
    out
}
