//! `interface …`.

use super::overlay;
use super::quiet;
use super::{Reader, kind};
use crate::model::interface::{RedundancyGroup, RedundancyProtocol};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::eos::config::{Address, Interface, OspfNetwork, OspfPort, PortMode, Tunnel};

/// Full names by the shortest text that the CLI takes for them.
const KINDS: &[(&str, &str)] = &[
    ("ethernet", "Ethernet"),
    ("loopback", "Loopback"),
    ("vlan", "Vlan"),
    ("management", "Management"),
    ("port-channel", "Port-Channel"),
    ("recirc-channel", "Recirc-Channel"),
    ("tunnel", "Tunnel"),
    ("vxlan", "Vxlan"),
    ("fabric", "Fabric"),
    ("switch", "Switch"),
    ("unconnectedethernet", "UnconnectedEthernet"),
    ("dps", "Dps"),
    ("register", "Register"),
    ("internal", "Internal"),
    ("cpu", "Cpu"),
];

/// The kind of a name and the rest, abbreviations spelled out: `Et1/1` is `Ethernet` and `1/1`.
fn split(name: &str) -> Option<(&'static str, &str)> {
    let digits = name.find(|c: char| c.is_ascii_digit())?;
    let (word, rest) = name.split_at(digits);
    let word = word.to_ascii_lowercase();
    if word.is_empty() {
        return None;
    }
    KINDS.iter().find(|(full, _)| full.starts_with(&word)).map(|(_, full)| (*full, rest))
}

/// An interface's full name.
pub(in crate::vendors::eos) fn full_name(name: &str) -> Option<String> {
    if name.eq_ignore_ascii_case("null0") {
        return Some("Null0".to_owned());
    }
    split(name).map(|(kind, rest)| format!("{kind}{rest}"))
}

/// Whether a word is the start of an interface's name (and not `defaults`, `profile`, …).
pub(super) fn is_name(word: &str) -> bool {
    split(word).is_some() || KINDS.iter().any(|(full, _)| full.eq_ignore_ascii_case(word))
}

/// `Ethernet1-4,7` as single names; at most 4096.
fn names(words: &[&str]) -> Option<Vec<String>> {
    let joined: String = words.concat();
    let (kind, rest) = split(&joined)?;
    let mut out = Vec::new();
    for part in rest.split(',') {
        // `3/1-4`: the last number runs.
        let (first, last) = part.split_once('-').unwrap_or((part, ""));
        let cut = first.rfind(['/', '.']).map_or(0, |n| n + 1);
        let (head, start) = first.split_at(cut);
        if last.is_empty() {
            out.push(format!("{kind}{part}"));
            continue;
        }
        let (start, last): (u32, u32) = (start.parse().ok()?, last.rsplit('/').next()?.parse().ok()?);
        if last < start || last - start >= 4096 {
            return None;
        }
        out.extend((start..=last).map(|n| format!("{kind}{head}{n}")));
    }
    (out.len() <= 4096).then_some(out)
}

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    let Some(all) = names(node.words.get(1..).unwrap_or(&[])) else {
        return r.bad(node, node.word(1), "an interface's name");
    };
    r.ok(node);
    let origin = r.tree.origin(node);
    for name in &all {
        r.sink.define(kind::INTERFACE, name, origin);
        r.sink.used(kind::INTERFACE, name);
        let mut port = std::mem::take(r.config.interfaces.entry(name, || Interface { origin, ..Interface::default() }));
        for child in &node.children {
            statement(r, child, name, &mut port);
        }
        *r.config.interfaces.entry(name, Interface::default) = port;
    }
}

#[allow(clippy::too_many_lines, reason = "one arm a statement reads best in one table")]
fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str, port: &mut Interface) {
    match &node.words[..] {
        ["description", ..] => {
            port.description = Some(r.tree.rest(node, 1).into());
            r.quiet(node);
        }
        _ if super::mpls::port(r, node, name) => {}
        ["shutdown"] => {
            port.shutdown = true;
            r.ok(node);
        }
        ["no", "shutdown"] => {
            port.shutdown = false;
            r.ok(node);
        }
        ["vrf", "forwarding", vrf] | ["vrf", vrf] => {
            port.vrf = Some((*vrf).into());
            r.refer(&[kind::VRF], node, vrf, "interface vrf");
            r.ok(node);
        }
        ["switchport"] => {
            port.switchport = Some(true);
            r.ok(node);
        }
        ["no", "switchport"] => {
            port.switchport = Some(false);
            r.ok(node);
        }
        ["switchport", ..] | ["no", "switchport", ..] => switchport(r, node, port),
        ["ip", "unnumbered", other] | ["ip", "address", "unnumbered", other] => {
            port.unnumbered = full_name(other).map(Into::into);
            r.ok(node);
        }
        ["ip", "address", rest @ ..] => ip_address(r, node, port, rest),
        ["no", "ip", "address"] => {
            port.addresses.retain(|a| a.address.addr().is_ipv6());
            r.ok(node);
        }
        ["ip" | "ipv6", "virtual-router", "address", rest @ ..] => varp(r, node, port, rest),
        ["ip" | "ipv6", "virtual", "address", ..] => r.unmodelled(node, "a virtual address in this form is not modelled"),
        ["ipv6", "enable"] => {
            port.ipv6_enable = true;
            r.ok(node);
        }
        ["ipv6", "address", rest @ ..] => ipv6_address(r, node, port, rest),
        ["mtu", value] => {
            if let Some(mtu) = r.value(node, value, "an MTU in bytes") {
                port.mtu = Some(mtu);
                r.ok(node);
            }
        }
        ["bandwidth", value] => {
            if let Some(kbit) = r.value::<u64>(node, value, "a bandwidth in kbit/s") {
                port.bandwidth = kbit.checked_mul(1000);
                r.ok(node);
            }
        }
        ["speed", "auto"] | ["no", "speed"] => r.quiet(node),
        ["speed", .., word] => {
            port.speed = speed(word);
            if port.speed.is_some() || *word == "auto" { r.ok(node) } else { r.bad(node, word, "a speed") }
        }
        ["encapsulation", "dot1q", "vlan", outer, rest @ ..] => {
            let inner = match rest {
                ["inner", inner] => inner.parse::<u16>().ok(),
                _ => None,
            };
            if let Some(outer) = r.value::<u16>(node, outer, "a VLAN id") {
                port.tags = std::iter::once(outer).chain(inner).collect();
                r.ok(node);
            }
        }
        ["channel-group", group, "mode", _] => {
            if let Some(group) = r.value(node, group, "a channel group number") {
                port.channel_group = Some(group);
                r.ok(node);
            }
        }
        ["mlag", id] => {
            if let Some(id) = r.value(node, id, "an MLAG number") {
                port.mlag = Some((id, r.tree.origin(node)));
                r.ok(node);
            }
        }
        ["no", "mlag", ..] => port.mlag = None,
        ["evpn", "ethernet-segment"] => {
            let identifier = node.children.iter().find(|c| c.word(0) == "identifier");
            let said = identifier.map(|i| i.word(1).into());
            port.segment = port.segment.take().or(said);
            r.other(node, &quiet::INTERFACE);
        }
        ["lacp", "system-id", id] => {
            port.segment = Some((*id).into());
            r.ok(node);
        }
        ["port-channel", "min-links", value] => {
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
        ["ip", "access-group", acl, direction] => {
            r.refer(&[kind::ACL], node, acl, "interface ip access-group");
            let slot = if *direction == "out" { &mut port.acl_out } else { &mut port.acl_in };
            *slot = Some((*acl).into());
            r.ok(node);
        }
        ["ipv6", "access-group", acl, direction] => {
            r.refer(&[kind::ACL_V6], node, acl, "interface ipv6 access-group");
            let slot = if *direction == "out" { &mut port.acl_out_v6 } else { &mut port.acl_in_v6 };
            *slot = Some((*acl).into());
            r.ok(node);
        }
        ["tunnel", rest @ ..] => tunnel(r, node, port, rest),
        ["vrrp", group, rest @ ..] => vrrp(r, node, port, group, rest, false),
        ["no", "vrrp", group, rest @ ..] => vrrp(r, node, port, group, rest, true),
        ["ip", "ospf", rest @ ..] => {
            if !ospf(r, node, &mut port.ospf, rest) {
                r.other(node, &quiet::INTERFACE);
            }
        }
        ["ospfv3", family @ ("ipv4" | "ipv6"), rest @ ..] => {
            if !ospf(r, node, &mut port.ospf3[usize::from(*family == "ipv6")], rest) {
                r.other(node, &quiet::INTERFACE);
            }
        }
        ["ospfv3", rest @ ..] => {
            // Without a family: for both.
            let mut probe = port.ospf3[0].clone();
            if ospf(r, node, &mut probe, rest) {
                port.ospf3[0] = probe;
                let _ = ospf(r, node, &mut port.ospf3[1], rest);
            } else {
                r.other(node, &quiet::INTERFACE);
            }
        }
        ["ipv6", "ospf", process, "area", area] if process.parse::<u32>().is_ok() => {
            let _ = ospf(r, node, &mut port.ospf3[1], &["area", area]);
        }
        ["ipv6", "ospf", rest @ ..] => {
            if !ospf(r, node, &mut port.ospf3[1], rest) {
                r.other(node, &quiet::INTERFACE);
            }
        }
        ["isis", rest @ ..] => {
            if !super::isis::port(r, node, &mut port.isis, rest) {
                r.other(node, &quiet::INTERFACE);
            }
        }
        ["no", "isis", "passive", ..] => {
            port.isis.passive = false;
            r.ok(node);
        }
        ["vxlan", rest @ ..] if name.starts_with("Vxlan") => overlay::vxlan(r, node, name, rest),
        ["vxlan", ..] => r.unmodelled(node, "VXLAN overlays are not modelled"),
        _ if name.starts_with("Vxlan") && !matches!(node.word(0), "no" | "comment") => {
            r.unmodelled(node, "VXLAN overlays are not modelled");
        }
        _ => r.other(node, &quiet::INTERFACE),
    }
}

fn switchport<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut Interface) {
    match &node.words[..] {
        ["switchport", "mode", mode] => {
            port.mode = Some(match *mode {
                "access" => PortMode::Access,
                "trunk" => PortMode::Trunk,
                _ => {
                    port.mode = Some(PortMode::Other);
                    return r.unmodelled(node, "forwarding through this kind of port is not modelled");
                }
            });
            r.ok(node);
        }
        ["switchport", "mode", "trunk", "phone"] => {
            port.mode = Some(PortMode::Phone);
            r.ok(node);
        }
        ["switchport", "phone", "vlan", vlan] => {
            if let Some(vlan) = r.value(node, vlan, "a VLAN id") {
                port.phone_vlan = Some(vlan);
                r.ok(node);
            }
        }
        ["switchport", "access", "vlan", vlan] => {
            if let Some(vlan) = r.value(node, vlan, "a VLAN id") {
                port.access_vlan = Some(vlan);
                r.ok(node);
            }
        }
        ["switchport", "trunk", "native", "vlan", "tag"] => {
            port.native_tagged = true;
            r.ok(node);
        }
        ["switchport", "trunk", "native", "vlan", vlan] => {
            if let Some(vlan) = r.value(node, vlan, "a VLAN id") {
                port.native_vlan = Some(vlan);
                r.ok(node);
            }
        }
        ["switchport", "trunk", "allowed", "vlan", rest @ ..] => {
            let before = port.allowed.take().unwrap_or_else(|| vec![(1, 4094)]);
            let (verb, list) = match rest {
                [verb @ ("add" | "remove" | "except"), list @ ..] => (*verb, list),
                list => ("", list),
            };
            let text = list.concat();
            let listed = match text.as_str() {
                "none" => Some(Vec::new()),
                "all" => Some(vec![(1, 4094)]),
                _ => values::ranges(&text),
            };
            let Some(listed) = r.wanted(node, node.word(4), listed, "a list of VLANs") else { return };
            port.allowed = Some(match verb {
                "add" => joined(before, listed),
                "remove" => minus(&before, &listed),
                "except" => minus(&[(1, 4094)], &listed),
                _ => joined(listed, Vec::new()),
            });
            r.ok(node);
        }
        ["switchport", "trunk", "group", group] => {
            port.trunk_groups.push((*group).into());
            r.ok(node);
        }
        _ => r.other(node, &quiet::INTERFACE),
    }
}

/// Two lists of ranges as one, sorted and without overlap.
pub(in crate::vendors::eos) fn joined(mut a: Vec<(u16, u16)>, b: Vec<(u16, u16)>) -> Vec<(u16, u16)> {
    a.extend(b);
    a.sort_unstable();
    let mut out: Vec<(u16, u16)> = Vec::with_capacity(a.len());
    for (from, to) in a {
        match out.last_mut() {
            Some(last) if u32::from(from) <= u32::from(last.1) + 1 => last.1 = last.1.max(to),
            _ => out.push((from, to)),
        }
    }
    out
}

/// The ranges of `a` without those of `b`.
pub(in crate::vendors::eos) fn minus(a: &[(u16, u16)], b: &[(u16, u16)]) -> Vec<(u16, u16)> {
    let mut out = joined(a.to_vec(), Vec::new());
    for &(from, to) in b {
        out = out
            .into_iter()
            .flat_map(|(x, y)| {
                let left = (x < from).then(|| (x, y.min(from.saturating_sub(1))));
                let right = (y > to).then(|| (x.max(to.saturating_add(1)), y));
                [left, right]
            })
            .flatten()
            .collect();
    }
    out
}

fn ip_address<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut Interface, rest: &[&str]) {
    let (anycast, rest) = match rest {
        ["virtual", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let (found, secondary) = match rest {
        ["dhcp", ..] => {
            port.dhcp = true;
            return r.ok(node);
        }
        [word] => (values::prefix(word), false),
        [word, "secondary"] => (values::prefix(word), true),
        [address, mask] => (values::address_mask(address, mask), false),
        [address, mask, "secondary"] => (values::address_mask(address, mask), true),
        _ => (None, false),
    };
    let word = rest.first().copied().unwrap_or("");
    let Some(address) = r.wanted(node, word, found.filter(|a| a.addr().is_ipv4()), "an IPv4 address with its length") else {
        return;
    };
    // A second primary address takes the place of the first.
    if !secondary {
        port.addresses.retain(|a| a.secondary || a.address.addr().is_ipv6());
    }
    port.addresses.push(Address { address, secondary, anycast, origin: r.tree.origin(node) });
    r.ok(node);
}

fn ipv6_address<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut Interface, rest: &[&str]) {
    let (anycast, rest) = match rest {
        ["virtual", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    match rest {
        ["auto-config", ..] | ["dhcp", ..] => {
            port.ipv6_enable = true;
            port.dhcp = true;
            r.ok(node);
        }
        [word, options @ ..] => {
            // `fe80::1 link-local` has no length.
            let found = values::prefix(word).or_else(|| values::prefix_or_host(word).filter(|_| options.contains(&"link-local")));
            let Some(address) = r.wanted(node, word, found.filter(|a| a.addr().is_ipv6()), "an IPv6 address with its length")
            else {
                return;
            };
            if options.contains(&"eui-64") {
                return r.unmodelled(node, "an EUI-64 address depends on the MAC address");
            }
            port.addresses.push(Address { address, secondary: false, anycast, origin: r.tree.origin(node) });
            r.ok(node);
        }
        [] => r.bad(node, "address", "followed by an address"),
    }
}

/// `ip virtual-router address A[/len] [secondary]`: an anycast gateway in the subnet of the interface's own address.
fn varp<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut Interface, rest: &[&str]) {
    let Some(word) = rest.first() else { return r.bad(node, "address", "followed by an address") };
    let Some(found) = r.wanted(node, word, values::prefix_or_host(word), "an address") else { return };
    let full = found.prefix_len() == found.max_prefix_len();
    let home = port.addresses.iter().find(|a| !a.anycast && a.address.contains(&found.addr())).map(|a| a.address.prefix_len());
    let length = if full { home.unwrap_or(found.prefix_len()) } else { found.prefix_len() };
    if let Ok(address) = ipnet::IpNet::new(found.addr(), length) {
        port.addresses.push(Address { address, secondary: true, anycast: true, origin: r.tree.origin(node) });
    }
    r.ok(node);
}

/// `100gfull`, `forced 10000full`, `1g`, `100g-4`: bit/s.
fn speed(word: &str) -> Option<u64> {
    let word = word.trim_end_matches("full").trim_end_matches("half");
    let word = word.split('-').next().unwrap_or(word);
    match word.strip_suffix(['g', 'G']) {
        Some(n) => n.parse::<f64>().ok().filter(|n| (0.0..=10_000.0).contains(n)).map(|n| (n * 1e9) as u64),
        None => word.parse::<u64>().ok().and_then(|n| n.checked_mul(1_000_000)),
    }
}

fn tunnel<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut Interface, rest: &[&str]) {
    let t = port.tunnel.get_or_insert_with(Tunnel::default);
    match rest {
        ["mode", mode, ..] => t.mode = Some((*mode).into()),
        ["source", "interface", name] => t.source_interface = full_name(name).map(Into::into),
        ["source", word] => match word.parse() {
            Ok(ip) => t.source = Some(ip),
            Err(_) => t.source_interface = full_name(word).map(Into::into),
        },
        ["destination", word] => match word.parse() {
            Ok(ip) => t.destination = Some(ip),
            Err(_) => return r.bad(node, word, "an address"),
        },
        ["underlay", "vrf", vrf] => {
            t.vrf = Some((*vrf).into());
            r.refer(&[kind::VRF], node, vrf, "tunnel underlay vrf");
        }
        ["ipsec", ..] => return r.unmodelled(node, "IPsec is not modelled: the tunnel is taken to be up"),
        ["key" | "tos" | "ttl" | "path-mtu-discovery" | "mss", ..] => return r.quiet(node),
        _ => return r.other(node, &quiet::INTERFACE),
    }
    r.ok(node);
}

fn vrrp<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut Interface, group: &str, rest: &[&str], no: bool) {
    let Some(group) = r.value::<u32>(node, group, "a VRRP group") else { return };
    let origin = r.tree.origin(node);
    let at = port.vrrp.iter().position(|g| g.group == group).unwrap_or_else(|| {
        // Priority 100 and preemption: EOS manual, "VRRP and VARP".
        let new = RedundancyGroup {
            protocol: RedundancyProtocol::Vrrp,
            group,
            addresses: Vec::new(),
            priority: 100,
            preempt: true,
            origin,
        };
        port.vrrp.push(new);
        port.vrrp.len() - 1
    });
    let Some(g) = port.vrrp.get_mut(at) else { return };
    match (rest, no) {
        (["ipv4", "version", _], _) => return r.quiet(node),
        (["ip" | "ipv4" | "ipv6", address, ..], false) => match address.parse() {
            Ok(address) => g.addresses.push(address),
            Err(_) => return r.bad(node, address, "an address"),
        },
        (["priority-level" | "priority", value], false) => match value.parse() {
            Ok(value) => g.priority = value,
            Err(_) => return r.bad(node, value, "a priority"),
        },
        (["preempt", ..], _) => g.preempt = !no,
        (["disabled" | "shutdown"], false) => port.vrrp_disabled.push(group),
        (["tracked-object", ..], _) => return r.unmodelled(node, "tracking is not modelled: the object is taken to be up"),
        _ => return r.quiet(node),
    }
    r.ok(node);
}

/// What stands after `ip ospf`. Whether it was understood.
fn ospf<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut OspfPort, rest: &[&str]) -> bool {
    match rest {
        ["area", area] => {
            let Some(area) = r.wanted(node, area, values::area(area), "an OSPF area") else { return true };
            port.area = Some((area, r.tree.origin(node)));
        }
        ["cost", value] => port.cost = r.value(node, value, "an OSPF cost"),
        ["network", "point-to-point"] => port.network = Some(OspfNetwork::PointToPoint),
        ["network", "broadcast"] => port.network = Some(OspfNetwork::Broadcast),
        ["network", _] => {
            r.unmodelled(node, "this OSPF network type is not modelled");
            return true;
        }
        ["priority", value] => port.priority = r.value(node, value, "an OSPF priority"),
        ["hello-interval", value] => port.hello = r.value(node, value, "a time in seconds"),
        ["dead-interval", value] => port.dead = r.value(node, value, "a time in seconds"),
        ["mtu-ignore"] => port.mtu_ignore = true,
        ["passive-interface"] => port.passive = Some(true),
        ["disabled"] => port.disabled = true,
        ["authentication", kind @ ..] => port.auth = Some(kind.first().copied().unwrap_or("simple").into()),
        ["authentication-key", key @ ..] => port.keys.push(key.last().copied().unwrap_or("").into()),
        ["message-digest-key", key @ ..] => port.keys.push(key.join(" ").into()),
        ["retransmit-interval" | "transmit-delay" | "bfd" | "neighbor" | "encryption", ..] | ["no" | "default", ..] => {
            r.quiet(node);
            return true;
        }
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
        assert_eq!(full_name("Et1/1").as_deref(), Some("Ethernet1/1"));
        assert_eq!(full_name("po7").as_deref(), Some("Port-Channel7"));
        assert_eq!(full_name("Port-channel7").as_deref(), Some("Port-Channel7"));
        assert_eq!(full_name("Ma1").as_deref(), Some("Management1"));
        assert_eq!(full_name("nonsense7"), None);
        assert_eq!(
            names(&["Ethernet", "3/1-3,5"]),
            Some(vec!["Ethernet3/1".into(), "Ethernet3/2".into(), "Ethernet3/3".into(), "Ethernet5".into()])
        );
        assert_eq!(names(&["Ethernet5-1"]), None);
    }

    #[test]
    fn vlan_lists() {
        assert_eq!(minus(&[(1, 4094)], &[(10, 20), (4094, 4094)]), [(1, 9), (21, 4093)]);
        assert_eq!(joined(vec![(5, 7)], vec![(1, 4), (9, 9)]), [(1, 7), (9, 9)]);
    }

    #[test]
    fn a_routed_port_and_an_svi() {
        let text = "interface Ethernet1\n   description to b\n   mtu 9214\n   no switchport\n   vrf RED\n   ip address 10.0.0.1/31\n   ip address 10.9.0.1/24 secondary\n   ipv6 address 2001:db8::1/64\n   ip ospf area 0.0.0.1\n   ip ospf network point-to-point\n   speed forced 100gfull\n!\ninterface Vlan10\n   ip address 10.1.0.2/24\n   ip virtual-router address 10.1.0.1\ninterface Vlan11\n   ip address virtual 10.2.0.1/24\n   vrrp 1 ipv4 10.2.0.9\n   vrrp 1 priority-level 120\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let e = config.interfaces.get("Ethernet1").unwrap();
        assert_eq!(
            (e.mtu, e.switchport, e.vrf.as_deref(), e.speed),
            (Some(9214), Some(false), Some("RED"), Some(100_000_000_000))
        );
        assert_eq!(
            e.addresses.iter().map(|a| (a.address.to_string(), a.secondary)).collect::<Vec<_>>(),
            [("10.0.0.1/31".to_owned(), false), ("10.9.0.1/24".to_owned(), true), ("2001:db8::1/64".to_owned(), false),]
        );
        assert_eq!(e.ospf.area.map(|a| a.0), Some(1));
        let v = config.interfaces.get("Vlan10").unwrap();
        assert_eq!(v.addresses[1].address.to_string(), "10.1.0.1/24");
        assert!(v.addresses[1].anycast);
        let v = config.interfaces.get("Vlan11").unwrap();
        assert!(v.addresses[0].anycast && !v.addresses[0].secondary);
        assert_eq!((v.vrrp[0].priority, v.vrrp[0].addresses.len()), (120, 1));
    }
}
