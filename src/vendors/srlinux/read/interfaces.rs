//! Interfaces and subinterfaces.

use super::{Known, Reader, entry, expand};
use crate::syntax::tree::Node;
use crate::vendors::sink::LineClass;
use crate::vendors::srlinux::config::{Address, Config, Encap, FilterUse, Interface, IpFamily, Subinterface, Vrrp};

const INTERFACE: Known = Known {
    name: "interface",
    no_effect: &[
        "loopback-mode",
        "sflow",
        "qos",
        "transceiver",
        "linux",
        "linecard",
        "forwarding-complex",
        "breakout-mode",
        "tpid",
        "forwarding-mode",
        "adapter",
        "p4rt",
        "rdma",
        "port-group",
    ],
    not_modelled: &[],
};
const ETHERNET: Known = Known {
    name: "interface ethernet",
    no_effect: &[
        "auto-negotiate",
        "duplex-mode",
        "flow-control",
        "lacp-port-priority",
        "mac-address",
        "standby-signaling",
        "forward-error-correction",
        "hold-time",
        "reload-delay",
        "dac-link-training",
        "storm-control",
        "exponential-port-dampening",
        "l2cp-transparency",
        "physical-channel",
        "fec",
        "ptp-asymmetry",
        "ptp-timestamping",
        "lacp-fallback",
        "crc-monitor",
        "symbol-monitor",
        "ssm",
        "synce",
        "macsec",
    ],
    not_modelled: &[],
};
const LAG: Known = Known {
    name: "interface lag",
    no_effect: &["lag-type", "lacp", "lacp-fallback-mode", "lacp-fallback-timeout", "hash-options", "mac-address", "lag-speed"],
    not_modelled: &[],
};
const SUBINTERFACE: Known = Known {
    name: "interface subinterface",
    no_effect: &[
        "l2-mtu",
        "mpls-mtu",
        "bridge-table",
        "qos",
        "anycast-gw",
        "local-mirror-destination",
        "ra-guard",
        "sflow",
        "vlan-discovery",
        "unidirectional-link-delay",
        "collect-detailed-stats",
        "collect-irb-stats",
        "uuid",
        "service-ping",
        "ifindex",
        "acl-policy",
    ],
    not_modelled: &[],
};
const FAMILY: Known = Known {
    name: "subinterface ip",
    no_effect: &[
        "arp",
        "neighbor-discovery",
        "router-advertisement",
        "dhcp-relay",
        "dhcp-server",
        "dhcpv6-server",
        "allow-directed-broadcast",
        "learn-unsolicited",
        "multi-domain-allowed-source",
        "urpf",
        "learn-link-local",
    ],
    not_modelled: &[],
};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    for n in &node.children {
        r.head(n);
        for name in expand(n.word(0)) {
            let origin = r.origin(n);
            let fresh = || Interface { name: name.as_str().into(), origin, ..Interface::default() };
            let mut has_state = false;
            let i = entry(&mut config.interfaces, |i| *i.name == *name, fresh);
            for c in &n.children {
                interface(r, c, i, &mut has_state);
            }
            config.families_have_state |= has_state;
        }
    }
}

fn interface<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, i: &mut Interface, has_state: &mut bool) {
    match c.word(0) {
        "admin-state" => i.disabled = r.disabled(c).unwrap_or(i.disabled),
        "description" => {
            i.description = c.children.last().map(|v| v.word(0).into());
            r.sink.mark_all(r.tree, c, LineClass::NoEffect);
        }
        "mtu" => i.mtu = r.number(c),
        "vlan-tagging" => i.vlan_tagging = r.truth(c).unwrap_or(false),
        "ethernet" => {
            r.head(c);
            for x in &c.children {
                match x.word(0) {
                    "aggregate-id" => i.aggregate = r.named(x),
                    "port-speed" => {
                        i.speed = r.arg(x).and_then(bits);
                        r.all(x);
                    }
                    _ => r.known(x, &ETHERNET),
                }
            }
        }
        "lag" => {
            r.head(c);
            for x in &c.children {
                match x.word(0) {
                    "min-links" => i.min_links = r.number(x),
                    "member-speed" => i.member_speed = r.arg(x).and_then(bits),
                    _ => r.known(x, &LAG),
                }
            }
        }
        "breakout-mode" | "breakout" => r.sink.no_effect(r.tree, c),
        "subinterface" => {
            r.head(c);
            for s in &c.children {
                r.head(s);
                for index in expand(s.word(0)) {
                    let Ok(index) = index.parse::<u32>() else {
                        r.sink.invalid(r.tree, s, s.word(0), "a subinterface's number");
                        continue;
                    };
                    let origin = r.origin(s);
                    let fresh = || Subinterface { index, origin, ..Subinterface::default() };
                    let sub = entry(&mut i.subinterfaces, |x| x.index == index, fresh);
                    for x in &s.children {
                        subinterface(r, x, sub, has_state);
                    }
                }
            }
        }
        _ => r.known(c, &INTERFACE),
    }
}

fn subinterface<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, s: &mut Subinterface, has_state: &mut bool) {
    match c.word(0) {
        "admin-state" => s.disabled = r.disabled(c).unwrap_or(s.disabled),
        "description" => {
            s.description = c.children.last().map(|v| v.word(0).into());
            r.sink.mark_all(r.tree, c, LineClass::NoEffect);
        }
        "type" => match r.arg(c) {
            Some("bridged") => s.bridged = true,
            Some("local-mirror-dest") => s.disabled = true,
            _ => {}
        },
        "ip-mtu" => s.ip_mtu = r.number(c),
        "ipv4" => family(r, c, s.families[0].get_or_insert_default(), has_state),
        "ipv6" => family(r, c, s.families[1].get_or_insert_default(), has_state),
        "vlan" => {
            r.head(c);
            for e in &c.children {
                match e.word(0) {
                    "encap" => {
                        r.head(e);
                        e.children.iter().for_each(|x| encap(r, x, s));
                    }
                    _ => r.known(e, &SUBINTERFACE),
                }
            }
        }
        // Filters stood here until release 24.3.
        "acl" => {
            r.head(c);
            for direction in &c.children {
                r.head(direction);
                let input = direction.word(0) == "input";
                for x in &direction.children {
                    let used = super::acl::filter_uses(r, x, input);
                    s.filters.extend(used);
                }
            }
        }
        _ => r.known(c, &SUBINTERFACE),
    }
}

fn encap<'t>(r: &mut Reader<'_, 't>, x: &Node<'t>, s: &mut Subinterface) {
    let leaf = |r: &mut Reader<'_, 't>, word: &str| {
        let c = x.children.iter().find(|c| c.word(0) == word)?;
        match c.children.last().map(|v| v.word(0)) {
            Some("any" | "optional") => None,
            _ => r.number::<u16>(c),
        }
    };
    match x.word(0) {
        "untagged" => {
            r.all(x);
            s.vlan = Encap::Untagged;
        }
        "single-tagged" => {
            r.all(x);
            s.vlan = leaf(r, "vlan-id").map_or(Encap::Any, Encap::Tagged);
        }
        "double-tagged" => {
            r.all(x);
            s.vlan = match (leaf(r, "outer-vlan-id"), leaf(r, "inner-vlan-id")) {
                (Some(outer), Some(inner)) => Encap::Double(outer, inner),
                _ => Encap::Any,
            };
        }
        "single-tagged-range" => {
            s.vlan = Encap::Any;
            r.sink.not_modelled(r.tree, x, "a subinterface for a range of VLANs is not modelled");
        }
        _ => r.sink.not_understood(r.tree, x),
    }
}

fn family<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, f: &mut IpFamily, has_state: &mut bool) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "admin-state" => {
                f.enabled = r.disabled(c).map(|d| !d).or(f.enabled);
                *has_state = true;
            }
            "dhcp-client" => {
                r.all(c);
                let off = c.child("admin-state").and_then(|s| s.children.last()).is_some_and(|v| v.word(0) == "disable");
                f.dhcp = !off;
            }
            "address" => {
                r.head(c);
                for a in &c.children {
                    r.all(a);
                    let Some(net) = r.prefix(a) else { continue };
                    let origin = r.origin(a);
                    let is = |word: &str| a.child(word).is_some_and(|c| c.children.last().is_none_or(|v| v.word(0) != "false"));
                    let address = Address { net, primary: is("primary"), anycast: is("anycast-gw"), origin };
                    match f.addresses.iter_mut().find(|x| x.net == net) {
                        Some(x) => *x = address,
                        None => f.addresses.push(address),
                    }
                }
            }
            "unnumbered" => {
                r.head(c);
                for x in &c.children {
                    match x.word(0) {
                        "interface" => f.unnumbered = r.named(x),
                        _ => r.all(x),
                    }
                }
            }
            "vrrp" => {
                r.head(c);
                for groups in &c.children {
                    r.head(groups);
                    groups.children.iter().for_each(|g| vrrp(r, g, f));
                }
            }
            _ => r.known(c, &FAMILY),
        }
    }
}

fn vrrp<'t>(r: &mut Reader<'_, 't>, g: &Node<'t>, f: &mut IpFamily) {
    r.head(g);
    let Ok(id) = g.word(0).parse::<u32>() else {
        r.sink.invalid(r.tree, g, g.word(0), "a VRRP group");
        return;
    };
    let origin = r.origin(g);
    let group = entry(&mut f.vrrp, |v| v.id == id, || Vrrp { id, origin, ..Vrrp::default() });
    for c in &g.children {
        match c.word(0) {
            "admin-state" => group.disabled = r.disabled(c).unwrap_or(false),
            "priority" => group.priority = r.number(c),
            "preempt" => group.preempt = r.truth(c),
            "virtual-address" => {
                for (word, _) in r.names(c) {
                    match word.parse() {
                        Ok(ip) if !group.addresses.contains(&ip) => group.addresses.push(ip),
                        Ok(_) => {}
                        Err(_) => r.bad(c, &word, "an address"),
                    }
                }
            }
            "interface-tracking" => r.sink.not_modelled(r.tree, c, "VRRP interface tracking is not modelled"),
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}

/// `10G`, `100M` in bit/s.
fn bits(word: &str) -> Option<u64> {
    let at = word.len().checked_sub(1)?;
    let factor = match word.as_bytes()[at] {
        b'G' | b'g' => 1_000_000_000,
        b'M' | b'm' => 1_000_000,
        b'T' | b't' => 1_000_000_000_000,
        _ => return None,
    };
    word[..at].parse::<u64>().ok()?.checked_mul(factor)
}

/// A filter used by name.
pub(super) fn filter_use(name: super::Named, input: bool, v6: bool) -> FilterUse {
    FilterUse { name, input, v6 }
}
