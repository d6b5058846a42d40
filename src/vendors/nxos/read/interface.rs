//! `interface …`.

use super::quiet;
use super::{Reader, eigrp, isis, kind, overlay, port, redundancy, rip};
use crate::model::device::Name;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::nxos::config::{Address, Interface, OspfPort, Tunnel};

/// Full names, as the device prints them. Any beginning is taken, in any case.
const KINDS: &[&str] = &[
    "Ethernet",
    "loopback",
    "Vlan",
    "port-channel",
    "mgmt",
    "Null",
    "nve",
    "Tunnel",
    "Bdi",
    "sup-eth",
    "san-port-channel",
    "vfc",
    "fc",
    "Overlay",
    "tunnel-te",
    "vethernet",
    "control",
    "inband",
    "vfc-port-channel",
    "vmnic",
    "pseudowire",
];

/// The kind of a name and the rest, abbreviations spelled out: `eth1/1` is `Ethernet` and `1/1`.
fn split(name: &str) -> Option<(&'static str, &str)> {
    let digits = name.find(|c: char| c.is_ascii_digit())?;
    let (word, rest) = name.split_at(digits);
    let begins = |full: &&str| full.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    let full = KINDS.iter().find(|full| !word.is_empty() && begins(full))?;
    rest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'/' | b'.' | b'-' | b',' | b':')).then_some((*full, rest))
}

/// An interface's full name.
pub(in crate::vendors::nxos) fn full_name(name: &str) -> Option<String> {
    split(name).map(|(kind, rest)| format!("{kind}{rest}"))
}

/// The number of a `Vlan10`, `port-channel3` and the like.
pub(in crate::vendors::nxos) fn number_of<T: std::str::FromStr>(name: &str, kind: &str) -> Option<T> {
    name.strip_prefix(kind).and_then(|n| n.parse().ok())
}

/// `Ethernet1/1-4,Ethernet1/7` as single names; at most 4096.
fn names(words: &[&str]) -> Option<Vec<String>> {
    let joined: String = words.concat();
    let mut out = Vec::new();
    let mut kind = "";
    for part in joined.split(',') {
        let rest = match split(part) {
            Some((k, rest)) => {
                kind = k;
                rest
            }
            None if part.starts_with(|c: char| c.is_ascii_digit()) && !kind.is_empty() => part,
            None => return None,
        };
        // `1/1-4`: the last number runs.
        let (first, last) = rest.split_once('-').unwrap_or((rest, ""));
        let cut = first.rfind(['/', '.']).map_or(0, |n| n + 1);
        let (head, start) = first.split_at(cut);
        if last.is_empty() {
            start.parse::<u32>().ok()?;
            out.push(format!("{kind}{first}"));
            continue;
        }
        let (start, last): (u32, u32) = (start.parse().ok()?, last.rsplit(['/', '.']).next()?.parse().ok()?);
        if last < start || last - start >= 4096 {
            return None;
        }
        out.extend((start..=last).map(|n| format!("{kind}{head}{n}")));
    }
    (out.len() <= 4096).then_some(out)
}

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) {
    // `interface Tunnel1 mode …` and `interface Ethernet1/1.5 l2transport` go on after the name.
    let words = words.iter().position(|w| w.starts_with("mode")).map_or(words, |n| &words[..n]);
    let Some(all) = names(words) else {
        return r.bad(node, node.word(1), "an interface's name");
    };
    let first = all.first().map_or("", String::as_str);
    if first.starts_with("Vlan") {
        if !r.gate(node, "interface-vlan") {
            return;
        }
        if all.iter().any(|n| number_of::<u16>(n, "Vlan").is_none_or(|v| v == 0 || v > 4094)) {
            return r.bad(node, node.word(1), "the interface of a VLAN");
        }
    }
    if first.starts_with("nve") && !r.gate(node, "nv overlay") {
        return;
    }
    r.ok(node);
    let origin = r.tree.origin(node);
    for name in &all {
        r.sink.define(kind::INTERFACE, name, origin);
        r.sink.used(kind::INTERFACE, name);
        let mut port = std::mem::take(r.config.interfaces.entry(name, || Interface { origin, ..Interface::default() }));
        if name.starts_with("nve") {
            port.nve.get_or_insert_default();
        }
        for child in &node.children {
            statement(r, child, &mut port);
        }
        *r.config.interfaces.entry(name, Interface::default) = port;
    }
}

fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut Interface) {
    match &node.words[..] {
        ["description", ..] => {
            port.description = Some(r.tree.rest(node, 1).into());
            r.quiet(node);
        }
        ["shutdown"] | ["shutdown", "force"] => {
            port.shutdown = Some(true);
            r.ok(node);
        }
        ["no", "shutdown"] => {
            port.shutdown = Some(false);
            r.ok(node);
        }
        ["vrf", "member", vrf] => {
            // Moving to another VRF takes away what was said of layer 3 before.
            if port.vrf.as_deref() != Some(*vrf) {
                port.addresses.clear();
            }
            port.vrf = Some((*vrf).into());
            r.refer(&[kind::VRF], node, vrf, "interface vrf member");
            r.ok(node);
        }
        ["no", "vrf", "member", ..] => {
            port.addresses.clear();
            port.vrf = None;
            r.ok(node);
        }
        ["switchport", rest @ ..] => port::switchport(r, node, port, rest),
        ["no", "switchport"] => {
            port.switchport = Some(false);
            r.ok(node);
        }
        ["mtu", value] => {
            if let Some(mtu) = r.value(node, value, "an MTU in bytes") {
                port.mtu = Some(mtu);
                r.ok(node);
            }
        }
        ["bandwidth", "inherit", ..] => r.quiet(node),
        ["bandwidth", value] => {
            if let Some(kbit) = r.value::<u64>(node, value, "a bandwidth in kbit/s") {
                port.bandwidth = kbit.checked_mul(1000);
                r.ok(node);
            }
        }
        ["delay", value] => {
            if let Some(delay) = r.value(node, value, "a delay in tens of microseconds") {
                port.delay = Some(delay);
                r.ok(node);
            }
        }
        ["speed", word] if !word.starts_with("auto") => {
            // In Mbit/s; some platforms write `10G`.
            let speed = word
                .strip_suffix(['g', 'G'])
                .map_or_else(|| word.parse::<u64>().ok(), |n| n.parse::<u64>().ok()?.checked_mul(1000));
            if let Some(mbit) = r.wanted(node, word, speed, "a speed in Mbit/s") {
                port.speed = mbit.checked_mul(1_000_000);
                r.ok(node);
            }
        }
        ["speed", ..] => r.quiet(node),
        ["encapsulation", "dot1q" | "dot1Q", outer, rest @ ..] => {
            let inner = match rest {
                ["second-dot1q", inner, ..] => inner.parse::<u16>().ok(),
                _ => None,
            };
            if let Some(outer) = r.value::<u16>(node, outer, "a VLAN id") {
                port.tags = std::iter::once(outer).chain(inner).collect();
                r.ok(node);
            }
        }
        ["channel-group", group, ..] => {
            if let Some(group) = r.value(node, group, "a channel group number") {
                port.channel_group = Some(group);
                r.ok(node);
            }
        }
        ["lacp", "min-links", value] => {
            if let Some(n) = r.value(node, value, "a number of links") {
                port.min_links = Some(n);
                r.ok(node);
            }
        }
        ["no", "autostate"] => {
            port.no_autostate = true;
            r.ok(node);
        }
        ["autostate"] => {
            port.no_autostate = false;
            r.ok(node);
        }
        ["fabric", "forwarding", "mode", "anycast-gateway"] => {
            port.anycast = true;
            r.ok(node);
        }
        ["tunnel", rest @ ..] => tunnel(r, node, port, rest),
        ["ip" | "ipv6" | "no", ..] => ip(r, node, port),
        ["ospfv3", rest @ ..] => {
            if !ospf(r, node, &mut port.ospf3, rest, true) {
                r.other(node, &quiet::INTERFACE);
            }
        }
        ["isis", rest @ ..] => {
            if !isis::port(r, node, &mut port.isis, rest) {
                r.other(node, &quiet::INTERFACE);
            }
        }
        ["hsrp" | "vrrp" | "vrrpv3" | "glbp", ..] => redundancy::read(r, node, port),
        ["vpc", "peer-link"] => {
            port.vpc_peer_link = true;
            r.ok(node);
        }
        ["vpc", "orphan-port", "suspend"] => {
            r.unmodelled(node, "that the port stops with the vPCs of a secondary switch is not modelled");
        }
        ["vpc", id] => {
            if let Some(id) = r.value(node, id, "a vPC number") {
                port.vpc = Some((id, r.tree.origin(node)));
                r.ok(node);
            }
        }
        ["ethernet-segment", ..] | ["evpn", "ethernet-segment", ..] => {
            port.segment = Some(r.tree.rest(node, 0).into());
            r.unmodelled(node, "Ethernet segments are not modelled");
        }
        _ => {
            if let Some(nve) = &mut port.nve
                && overlay::nve_line(r, node, nve)
            {
                return;
            }
            r.other(node, &quiet::INTERFACE);
        }
    }
}

fn ip<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut Interface) {
    match &node.words[..] {
        ["ip", "unnumbered", other @ ..] => {
            port.unnumbered = full_name(&other.concat()).map(Into::into);
            r.ok(node);
        }
        ["ip", "address", rest @ ..] => ip_address(r, node, port, rest),
        ["no", "ip", "address"] => {
            port.addresses.retain(|a| a.address.addr().is_ipv6());
            port.dhcp = false;
            r.ok(node);
        }
        ["no", "ip", "address", word, rest @ ..] => {
            let gone = values::prefix(word).or_else(|| rest.first().and_then(|mask| values::address_mask(word, mask)));
            port.addresses.retain(|a| Some(a.address) != gone);
            r.ok(node);
        }
        ["ipv6", "address", rest @ ..] => ipv6_address(r, node, port, rest),
        ["ipv6", "link-local", word, ..] => {
            let Some(address) = r.wanted(node, word, values::prefix_or_host(word), "an IPv6 address") else { return };
            port.ipv6_enable = true;
            port.addresses.push(Address { address, secondary: false, origin: r.tree.origin(node) });
            r.ok(node);
        }
        ["ip", "access-group", acl, direction @ ("in" | "out")] => {
            r.refer(&[kind::ACL], node, acl, "interface ip access-group");
            let slot = if *direction == "out" { &mut port.acl_out } else { &mut port.acl_in };
            *slot = Some((*acl).into());
            r.ok(node);
        }
        ["ipv6", "traffic-filter", acl, direction @ ("in" | "out")] => {
            r.refer(&[kind::ACL_V6], node, acl, "interface ipv6 traffic-filter");
            let slot = if *direction == "out" { &mut port.acl_out_v6 } else { &mut port.acl_in_v6 };
            *slot = Some((*acl).into());
            r.ok(node);
        }
        ["ip", "policy", "route-map", map] => {
            if r.gate(node, "pbr") {
                r.refer(&[kind::ROUTE_MAP], node, map, "interface ip policy");
                port.policy = Some((*map).into());
                r.unmodelled(node, "policy routing is not modelled");
            }
        }
        ["ip", "router", "ospf", process, "area", area, rest @ ..] => {
            router(r, node, &mut port.ospf, process, area, rest, "ospf");
        }
        ["ipv6", "router", "ospfv3", process, "area", area, rest @ ..] => {
            router(r, node, &mut port.ospf3, process, area, rest, "ospfv3");
        }
        ["ip", "ospf", rest @ ..] => {
            if !ospf(r, node, &mut port.ospf, rest, true) {
                r.other(node, &quiet::INTERFACE);
            }
        }
        ["no", "ip", "ospf", rest @ ..] => {
            if !ospf(r, node, &mut port.ospf, rest, false) {
                r.quiet(node);
            }
        }
        ["ipv6", "ospfv3", rest @ ..] => {
            if !ospf(r, node, &mut port.ospf3, rest, true) {
                r.other(node, &quiet::INTERFACE);
            }
        }
        ["no", "ospfv3", rest @ ..] | ["no", "ipv6", "ospfv3", rest @ ..] => {
            if !ospf(r, node, &mut port.ospf3, rest, false) {
                r.quiet(node);
            }
        }
        ["ip", "router", "isis", process] => isis::enable(r, node, &mut port.isis, process, 0),
        ["ipv6", "router", "isis", process] => isis::enable(r, node, &mut port.isis, process, 1),
        ["no", "isis", "passive-interface", ..] => {
            port.isis.passive = None;
            r.ok(node);
        }
        _ if eigrp::port(r, node, &mut port.eigrp) || rip::port(r, node, &mut port.rip) => {}
        _ => r.other(node, &quiet::INTERFACE),
    }
}

fn ip_address<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut Interface, rest: &[&str]) {
    let (found, mut rest) = match rest {
        ["dhcp", ..] => {
            port.dhcp = true;
            port.addresses.retain(|a| a.address.addr().is_ipv6());
            return r.ok(node);
        }
        [word, rest @ ..] if word.contains('/') => (values::prefix(word), rest),
        [address, mask, rest @ ..] => (values::address_mask(address, mask), rest),
        _ => (None, rest),
    };
    let word = node.word(2);
    let Some(address) = r.wanted(node, word, found.filter(|a| a.addr().is_ipv4()), "an IPv4 address with its length") else {
        return;
    };
    let (mut secondary, mut preference) = (false, false);
    while let [word, more @ ..] = rest {
        rest = more;
        match *word {
            "secondary" => secondary = true,
            "tag" => rest = more.get(1..).unwrap_or(&[]),
            "route-preference" => {
                preference = true;
                rest = more.get(1..).unwrap_or(&[]);
            }
            _ => return r.bad(node, word, "an option of `ip address`"),
        }
    }
    // A second primary address takes the place of the first.
    port.dhcp = false;
    if !secondary {
        port.addresses.retain(|a| a.secondary || a.address.addr().is_ipv6());
    }
    port.addresses.push(Address { address, secondary, origin: r.tree.origin(node) });
    if preference {
        r.unmodelled(node, "the distance of a connected route is not modelled");
    } else {
        r.ok(node);
    }
}

fn ipv6_address<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut Interface, rest: &[&str]) {
    match rest {
        ["use-link-local-only"] => {
            port.ipv6_enable = true;
            r.ok(node);
        }
        ["dhcp" | "autoconfig", ..] => {
            port.ipv6_enable = true;
            port.dhcp = true;
            r.ok(node);
        }
        [word, options @ ..] => {
            let Some(address) =
                r.wanted(node, word, values::prefix(word).filter(|a| a.addr().is_ipv6()), "an IPv6 address with its length")
            else {
                return;
            };
            if options.contains(&"eui64") || options.contains(&"eui-64") {
                return r.unmodelled(node, "an EUI-64 address depends on the MAC address");
            }
            let secondary = options.contains(&"secondary");
            port.addresses.push(Address { address, secondary, origin: r.tree.origin(node) });
            r.ok(node);
        }
        [] => r.bad(node, "address", "followed by an address"),
    }
}

fn tunnel<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut Interface, rest: &[&str]) {
    if !r.gate(node, "tunnel") {
        return;
    }
    let t = port.tunnel.get_or_insert_with(Tunnel::default);
    match rest {
        ["mode", mode @ ..] => t.mode = Some(mode.join(" ").into()),
        ["source", "direct", ..] => return r.quiet(node),
        ["source", word @ ..] => {
            let word = word.concat();
            match word.parse() {
                Ok(ip) => t.source = Some(ip),
                Err(_) => t.source_interface = full_name(&word).map(Into::into),
            }
        }
        ["destination", word] => match word.parse() {
            Ok(ip) => t.destination = Some(ip),
            Err(_) => return r.unmodelled(node, "a tunnel destination that is no address is not modelled"),
        },
        ["use-vrf", vrf] => {
            t.vrf = Some((*vrf).into());
            r.refer(&[kind::VRF], node, vrf, "tunnel use-vrf");
        }
        ["ttl" | "path-mtu-discovery", ..] => return r.quiet(node),
        _ => return r.other(node, &quiet::INTERFACE),
    }
    r.ok(node);
}

/// `ip router ospf P area A`.
fn router<'t>(
    r: &mut Reader<'_, 't>,
    node: &Node<'t>,
    port: &mut OspfPort,
    process: &str,
    area: &str,
    rest: &[&str],
    feature: &str,
) {
    if !r.gate(node, feature) {
        return;
    }
    let Some(area) = r.wanted(node, area, values::area(area), "an OSPF area") else { return };
    let origin = r.tree.origin(node);
    port.areas.retain(|(p, ..)| !p.eq_ignore_ascii_case(process));
    port.areas.push((process.into(), area, rest == ["secondaries", "none"], origin));
    r.ok(node);
}

/// What stands after `ip ospf`. Whether it was understood.
fn ospf<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut OspfPort, rest: &[&str], on: bool) -> bool {
    match rest {
        ["passive-interface"] => port.passive = Some(on),
        ["shutdown"] => port.shutdown = on,
        _ if !on => return false,
        ["cost", value] => port.cost = r.value(node, value, "an OSPF cost"),
        ["network", "point-to-point"] => port.point_to_point = Some(true),
        ["network", "broadcast"] => port.point_to_point = Some(false),
        ["network", _] => {
            r.unmodelled(node, "this OSPF network type is not modelled");
            return true;
        }
        ["priority", value] => port.priority = r.value(node, value, "an OSPF priority"),
        ["hello-interval", value] => port.hello = r.value(node, value, "a time in seconds"),
        ["dead-interval", value] => port.dead = r.value(node, value, "a time in seconds"),
        ["mtu-ignore"] => port.mtu_ignore = true,
        ["advertise-subnet"] => port.advertise_subnet = true,
        ["authentication"] => port.auth = Some("simple".into()),
        ["authentication", "null"] => port.auth = Some("null".into()),
        ["authentication", "message-digest"] => port.auth = Some("message-digest".into()),
        ["authentication", "key-chain", name] => port.auth = Some(format!("key-chain {name}").into()),
        ["authentication" | "encryption", "ipsec" | "ah" | "esp" | "disable", ..] => {
            let text: Name = rest.join(" ").into();
            port.auth = Some(text);
        }
        ["authentication-key", key @ ..] => port.keys.push(key.last().copied().unwrap_or("").into()),
        ["message-digest-key", key @ ..] => port.keys.push(key.join(" ").into()),
        _ => return false,
    }
    r.ok(node);
    true
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};
    use super::*;

    #[test]
    fn names_are_spelled_out() {
        assert_eq!(full_name("Eth1/1").as_deref(), Some("Ethernet1/1"));
        assert_eq!(full_name("po7").as_deref(), Some("port-channel7"));
        assert_eq!(full_name("Loopback7").as_deref(), Some("loopback7"));
        assert_eq!(full_name("vlan10").as_deref(), Some("Vlan10"));
        assert_eq!(full_name("null0").as_deref(), Some("Null0"));
        assert_eq!(full_name("e1/1.100").as_deref(), Some("Ethernet1/1.100"));
        assert_eq!(full_name("nonsense7"), None);
        let all = names(&["Ethernet1/1-2,", "Ethernet2/3,", "5/4"]).unwrap();
        assert_eq!(all, ["Ethernet1/1", "Ethernet1/2", "Ethernet2/3", "Ethernet5/4"]);
        assert_eq!(names(&["Ethernet1/17.1-2"]).unwrap(), ["Ethernet1/17.1", "Ethernet1/17.2"]);
        assert_eq!(names(&["Ethernet1/5-1"]), None);
    }

    #[test]
    fn a_routed_port_and_an_svi() {
        let text = "feature ospf\nfeature interface-vlan\nvrf context RED\ninterface Ethernet1/1\n  description to b\n  mtu 9216\n  no switchport\n  vrf member RED\n  ip address 10.0.0.1/31 tag 7\n  ip address 10.9.0.1/24 secondary\n  ipv6 address 2001:db8::1/64\n  ip router ospf 1 area 0.0.0.1 secondaries none\n  ip ospf network point-to-point\n  no ip ospf passive-interface\n  speed 100000\n  no shutdown\ninterface Vlan10\n  no shutdown\n  ip address 10.1.0.2 255.255.255.0\n  no autostate\n  fabric forwarding mode anycast-gateway\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let e = config.interfaces.get("Ethernet1/1").unwrap();
        assert_eq!(
            (e.mtu, e.switchport, e.vrf.as_deref(), e.speed),
            (Some(9216), Some(false), Some("RED"), Some(100_000_000_000))
        );
        assert_eq!(
            e.addresses.iter().map(|a| (a.address.to_string(), a.secondary)).collect::<Vec<_>>(),
            [("10.0.0.1/31".to_owned(), false), ("10.9.0.1/24".to_owned(), true), ("2001:db8::1/64".to_owned(), false)]
        );
        assert_eq!((e.ospf.areas[0].1, e.ospf.areas[0].2, e.ospf.passive), (1, true, Some(false)));
        let v = config.interfaces.get("Vlan10").unwrap();
        assert!(v.anycast && v.no_autostate && v.shutdown == Some(false));
    }

    #[test]
    fn a_vrf_takes_the_addresses_away() {
        let text = "vrf context A\ninterface Ethernet1/1\n  no switchport\n  ip address 10.0.0.1/24\n  vrf member A\ninterface Ethernet1/2\n  ip address 10.0.0.1/24\n  ip address 10.0.1.1/24\n";
        let (config, _) = read_text(text);
        assert!(config.interfaces.get("Ethernet1/1").unwrap().addresses.is_empty());
        assert_eq!(config.interfaces.get("Ethernet1/2").unwrap().addresses.len(), 1);
    }
}
