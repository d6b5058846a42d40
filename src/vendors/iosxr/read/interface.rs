//! `interface …` and what stands below it.

use super::{ACL, Done, Mode, Reader, VRF, negation};
use crate::model::device::Name;
use crate::model::interface::InterfaceKind;
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::iosxr::config::{Interface, slot};
use crate::vendors::iosxr::ports;

/// Settings of a port that neither routing nor forwarding depends on.
const QUIET: &[&str] = &[
    "arp",
    "bfd",
    "carrier-delay",
    "cdp",
    "clns",
    "crc",
    "dampening",
    "dot1x",
    "duplex",
    "ethernet",
    "ethernet-services",
    "fec",
    "flow",
    "flow-control",
    "frequency",
    "framing",
    "host-routing",
    "host-tracking",
    "hold-queue",
    "keepalive",
    "lacp",
    "link-fault-signal",
    "lldp",
    "load-interval",
    "loopback",
    "lag-hash",
    "local-proxy-arp",
    "logging",
    "mac-accounting",
    "mac-address",
    "macsec",
    "mlacp",
    "monitor-session",
    "mpls",
    "negotiation",
    "packet-gap",
    "performance-mgmt",
    "pos",
    "priority-flow-control",
    "proxy-arp",
    "ptp",
    "route-tag",
    "serial",
    "snmp",
    "spanning-tree",
    "synchronization",
    "telemetry",
    "trace",
    "transceiver",
    "transport-mode",
    "udld",
    "vty",
    "dwdm",
    "switchport",
    "ipsec",
    "cfm",
    "clock",
    "holdoff-time",
    "hw-module",
    "linkdown",
    "nv",
    "mode",
    "propagate",
    "tx-power",
    "damping",
    "evpn",
    "policy",
];

/// Words after `ipv4` or `ipv6` of the same kind.
const QUIET_IP: &[&str] = &[
    "arp",
    "bgp",
    "broadcast",
    "dhcp",
    "directed-broadcast",
    "flowspec",
    "forwarding-enable",
    "helper-address",
    "icmp",
    "mask-reply",
    "nd",
    "neighbor",
    "point-to-point",
    "proxy-arp",
    "redirects",
    "source-route",
    "tcp-mss-adjust",
    "ttl-propagate",
    "unreachables",
    "verify",
    "virtual",
    "local-proxy-arp",
    "glean",
    "hop-limit",
];

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn interface_header(&mut self, node: &'a Node<'t>, typed: &[&'t str]) -> Done {
        let typed = if let ["preconfigure", rest @ ..] = typed { rest } else { typed };
        let Some((name, port)) = ports::read(typed) else {
            return self.bad(node, typed.first().copied().unwrap_or(""), "an interface");
        };
        let origin = self.origin(node);
        self.sink.define("interface", &name, origin);
        self.sink.used("interface", &name);
        let n = self.config.interfaces.open(&name);
        let i = self.on(n);
        if !i.origin.is_some() {
            i.origin = origin;
        }
        i.port = port;
        i.l2transport |= typed.last() == Some(&"l2transport");
        self.open(node, Mode::Interface(n))
    }

    pub(super) fn on(&mut self, n: usize) -> &mut Interface {
        self.config.interfaces.at(n)
    }

    pub(super) fn interface(&mut self, n: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["description", ..] => {
                let text = self.tree.rest(node, 1);
                self.on(n).description = Some(text.into());
                self.sink.no_effect(self.tree, node);
                return Done::Whole;
            }
            ["shutdown"] => self.on(n).shutdown = Some(!no),
            ["vrf", name] if !no => {
                let name = self.refer(node, VRF, name, "interface vrf");
                self.on(n).vrf = Some(name);
            }
            ["ipv4" | "ipv6", rest @ ..] => return self.interface_ip(n, node, no, w[0] == "ipv6", rest),
            ["mtu", value] if !no => return self.set(node, value, "an MTU", |c, v| c.interfaces.at(n).mtu = Some(v)),
            ["bandwidth", value] if !no => return self.set(node, value, "kbit/s", |c, v| c.interfaces.at(n).bandwidth = Some(v)),
            ["speed", value] if !no => return self.set(node, value, "Mbit/s", |c, v| c.interfaces.at(n).speed = Some(v)),
            ["bundle", "id", id, ..] if !no => {
                return self.set(node, id, "a bundle number", |c, v| c.interfaces.at(n).bundle = Some(v));
            }
            ["bundle", "minimum-active", "links", links] if !no => {
                return self.set(node, links, "a number of links", |c, v| c.interfaces.at(n).min_links = v);
            }
            ["bundle", "minimum-active" | "maximum-active", ..] if !no => {
                return self.gap(node, "limits on a bundle's active members by bandwidth or number are not modelled");
            }
            ["bundle" | "bundle-hash" | "port-priority", ..] => return self.quiet(node),
            ["encapsulation", kind @ ("dot1q" | "dot1ad"), rest @ ..] if !no => return self.tags(n, node, kind, rest),
            ["encapsulation", "untagged" | "default" | "ppp" | "hdlc" | "frame-relay" | "ambiguous" | "list-extended", ..] => {
                return self.quiet(node);
            }
            ["l2transport", ..] if !no => {
                self.on(n).l2transport = true;
                self.known(node);
                for child in &node.children {
                    self.quiet(child);
                }
                return Done::Whole;
            }
            ["rewrite", ..] => {
                // Tags are taken off and put on around the bridge: which frames pass does not change.
                return self.known(node);
            }
            ["tunnel", rest @ ..] if !no => return self.interface_tunnel(n, node, rest),
            [
                "destination"
                | "autoroute"
                | "path-option"
                | "path-selection"
                | "affinity"
                | "signalled-bandwidth"
                | "fast-reroute"
                | "record-route"
                | "auto-bw"
                | "forwarding-adjacency"
                | "signalled-name"
                | "backup-bw"
                | "priority",
                ..,
            ] if self.on(n).port.kind == InterfaceKind::Tunnel => {
                return self.gap(node, "MPLS traffic engineering tunnels are not modelled");
            }
            ["service-policy", "type", "pbr" | "PBR", ..] if !no => {
                return self.gap(node, "policy-based routing by `service-policy type pbr` is not modelled");
            }
            ["service-policy", ..] => return self.quiet(node),
            ["dot1q" | "dot1ad", ..] => return self.quiet(node),
            ["storm-control", ..] => return self.quiet(node),
            ["source-interface" | "member" | "overlay-encapsulation" | "anycast", ..] => {
                return self.gap(node, "VXLAN interfaces are not modelled on this OS");
            }
            ["xconnect" | "pw-class", ..] => return self.gap(node, "pseudowires are not modelled"),
            ["ppp" | "multilink" | "group" | "cdp", ..] => return self.quiet(node),
            [first, ..] if QUIET.contains(first) => return self.quiet(node),
            [_, ..] if no => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    /// `dot1q 10`, `dot1q 10 second-dot1q 20`, `dot1ad 10 dot1q 20`; more than one VLAN makes a layer-2 port.
    fn tags(&mut self, n: usize, node: &Node<'_>, kind: &str, rest: &[&str]) -> Done {
        let mut tags = Vec::new();
        for word in rest {
            match *word {
                "second-dot1q" | "dot1q" | "exact" => {}
                "any" => break,
                _ => match word.parse::<u16>() {
                    Ok(tag) => tags.push(tag),
                    Err(_) if word.contains(['-', ',']) => {
                        return self.gap(node, format!("`encapsulation {kind}` with several VLANs is not modelled"));
                    }
                    Err(_) => return self.bad(node, word, "a VLAN number"),
                },
            }
        }
        if rest.contains(&",") {
            return self.gap(node, format!("`encapsulation {kind}` with several VLANs is not modelled"));
        }
        self.on(n).tags = tags;
        self.known(node)
    }

    fn interface_ip(&mut self, n: usize, node: &'a Node<'t>, no: bool, v6: bool, w: &[&'t str]) -> Done {
        let origin = self.origin(node);
        match w {
            ["address", "dhcp" | "dhcpv6" | "autoconfig", ..] if !no => {
                self.on(n).dhcp = true;
                return self.gap(node, "the address comes from outside: it is not known");
            }
            ["address"] if no => {
                let i = self.on(n);
                if v6 { i.v6.clear() } else { i.v4 = None }
            }
            ["address", ..] if no => return self.quiet(node),
            ["address", address, rest @ ..] if !v6 => {
                let (net, rest) = match (values::prefix(address), rest) {
                    (Some(net), rest) => (Some(net), rest),
                    (None, [mask, rest @ ..]) if mask.starts_with('/') => (values::prefix(&format!("{address}{mask}")), rest),
                    (None, [mask, rest @ ..]) => (values::address_mask(address, mask), rest),
                    (None, []) => (None, rest),
                };
                let Some(net) = net.filter(|n| n.addr().is_ipv4()) else {
                    return self.bad(node, address, "an IPv4 address with a mask");
                };
                let i = self.on(n);
                if rest.first() == Some(&"secondary") {
                    i.secondary.push((net, origin));
                } else {
                    i.v4 = Some((net, origin));
                }
            }
            ["address", address, rest @ ..] => match values::prefix(address) {
                Some(net) if rest.contains(&"eui-64") => {
                    self.on(n).v6.push((net, origin));
                    return self.gap(
                        node,
                        "an EUI-64 address depends on the MAC address: the subnet is modelled, the host address is not",
                    );
                }
                Some(net) if net.addr().is_ipv6() => self.on(n).v6.push((net, origin)),
                None if rest.first() == Some(&"link-local") => match address.parse::<std::net::Ipv6Addr>() {
                    Ok(ip) => {
                        let i = self.on(n);
                        i.ipv6_enable = true;
                        i.v6.extend(ipnet::Ipv6Net::new(ip, 64).ok().map(|net| (net.into(), origin)));
                    }
                    Err(_) => return self.bad(node, address, "an IPv6 address"),
                },
                _ => return self.bad(node, address, "an IPv6 prefix"),
            },
            ["enable"] if v6 => self.on(n).ipv6_enable = !no,
            ["unnumbered", name @ ..] if !no && !v6 => {
                let Some(name) = self.refer_interface(node, name, "ipv4 unnumbered") else {
                    return self.bad(node, name.first().copied().unwrap_or(""), "an interface");
                };
                self.on(n).unnumbered = Some(name);
            }
            ["mtu", value] if !no && !v6 => return self.set(node, value, "an MTU", |c, v| c.interfaces.at(n).ip_mtu = Some(v)),
            ["mtu", ..] => return self.quiet(node),
            ["access-group", rest @ ..] if !no => {
                let direction = match rest.iter().position(|w| matches!(*w, "ingress" | "egress")) {
                    Some(at) => usize::from(rest[at] == "egress"),
                    None => return self.bad(node, "", "`ingress` or `egress`"),
                };
                let family = if v6 { Family::V6 } else { Family::V4 };
                let mut names: Vec<Name> = Vec::new();
                for word in rest.iter().take_while(|w| !matches!(**w, "ingress" | "egress")) {
                    if *word != "common" || !names.is_empty() {
                        names.push(self.refer(node, ACL[slot(family)], word, "access-group"));
                    }
                }
                let at = slot(family);
                self.on(n).filters[at][direction] = names;
            }
            [first, ..] if QUIET_IP.contains(first) => return self.quiet(node),
            _ if no => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    fn interface_tunnel(&mut self, n: usize, node: &'a Node<'t>, w: &[&'t str]) -> Done {
        match w {
            ["source", source @ ..] => {
                let text = source.first().copied().unwrap_or("");
                let name = if ports::looks_like(text) { self.refer_interface(node, source, "tunnel source") } else { None };
                self.on(n).tunnel.source = Some(name.unwrap_or_else(|| text.into()));
            }
            ["destination", ip] => match ip.parse() {
                Ok(ip) => self.on(n).tunnel.destination = Some(ip),
                Err(_) => return self.gap(node, "a tunnel destination that is no address is not modelled"),
            },
            ["mode", mode @ ..] => self.on(n).tunnel.mode = Some(mode.join(" ").into()),
            ["vrf", name] => {
                let name = self.refer(node, VRF, name, "tunnel vrf");
                self.on(n).tunnel.vrf = Some(name);
            }
            _ => return self.quiet(node),
        }
        self.known(node)
    }

    // ----- bridges ----------------------------------------------------------------------------

    pub(super) fn l2vpn_line(&mut self, node: &'a Node<'t>) -> Done {
        match &node.words[..] {
            ["bridge", "group", group] => {
                self.known(node);
                self.bridge_group(group, &node.children);
                Done::Whole
            }
            ["xconnect", "group", ..] => self.gap(node, "cross-connects and pseudowires are not modelled"),
            [
                "router-id"
                | "load-balancing"
                | "logging"
                | "nsr"
                | "pw-class"
                | "ethernet"
                | "redundancy"
                | "snmp"
                | "pw-status"
                | "pw-oam"
                | "pw-grouping"
                | "ignore-mtu-mismatch"
                | "capability"
                | "description"
                | "flexible-xconnect-service"
                | "autodiscovery"
                | "tcn-propagation"
                | "mac",
                ..,
            ] => self.quiet(node),
            _ => Done::Unknown,
        }
    }

    fn bridge_group(&mut self, group: &str, nodes: &'a [Node<'t>]) {
        let mut domain: Option<Name> = None;
        for node in nodes {
            match &node.words[..] {
                ["bridge-domain", name] => {
                    let name: Name = format!("{group}:{name}").into();
                    self.known(node);
                    self.bridge_lines(&name, &node.children);
                    domain = Some(name);
                }
                _ => match domain.clone() {
                    Some(name) => self.bridge_lines(&name, std::slice::from_ref(node)),
                    None => self.sink.not_understood(self.tree, node),
                },
            }
        }
    }

    fn bridge_lines(&mut self, domain: &Name, nodes: &'a [Node<'t>]) {
        for node in nodes {
            match &node.words[..] {
                ["routed", "interface", name @ ..] | ["interface", name @ ..] => {
                    let routed = node.word(0) == "routed";
                    match self.refer_interface(node, name, "bridge-domain") {
                        Some(name) => {
                            let i = self.config.interfaces.named(&name);
                            i.bridge = Some(domain.clone());
                            i.l2transport |= !routed;
                            if i.port == ports::Port::default()
                                && let Some((_, port)) = ports::read(&[&*name])
                            {
                                i.port = port;
                            }
                            self.known(node);
                        }
                        None => {
                            self.bad(node, "", "an interface");
                        }
                    }
                    for child in &node.children {
                        self.quiet(child);
                    }
                }
                ["vfi" | "neighbor" | "evi" | "member" | "access-vfi" | "access-evi" | "transport-mode", ..] => {
                    self.gap(node, "pseudowires and EVPN in a bridge domain are not modelled: it holds local ports only");
                }
                ["no", ..] => {
                    self.quiet(node);
                }
                [
                    "mac"
                    | "mtu"
                    | "storm-control"
                    | "flooding"
                    | "igmp"
                    | "mld"
                    | "dhcp"
                    | "dynamic-arp-inspection"
                    | "ip-source-guard"
                    | "split-horizon"
                    | "nv"
                    | "description"
                    | "shutdown"
                    | "coupled-mode"
                    | "multicast-source"
                    | "dot1ah"
                    | "pbb"
                    | "ip"
                    | "arp"
                    | "efp-visibility",
                    ..,
                ] => {
                    self.quiet(node);
                }
                _ => self.sink.not_understood(self.tree, node),
            }
        }
    }
}
