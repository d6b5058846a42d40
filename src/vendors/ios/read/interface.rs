//! `interface …`.

use super::{ACL, ACL6, Done, Mode, ROUTE_MAP, Reader, VRF, negation};
use crate::model::interface::InterfaceKind;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::ios::config::Interface;
use crate::vendors::ios::ports;

/// Interface commands without effect, by first word.
const QUIET: &[&str] = &[
    "access-session",
    "aaa",
    "alarm-interface",
    "analysis-module",
    "arp",
    "async",
    "atm",
    "auto",
    "authentication",
    "autonomic",
    "bfd",
    "bgp-policy",
    "bridge-domain",
    "beacon",
    "cable",
    "carrier-delay",
    "cdp",
    "channel-protocol",
    "clock",
    "compress",
    "cts",
    "dampening",
    "datalink",
    "default-state",
    "description",
    "device-tracking",
    "dialer",
    "dialer-group",
    "dot1q",
    "dot1x",
    "dsl",
    "duplex",
    "efm",
    "eigrp",
    "encapsulation",
    "energywise",
    "epm",
    "ethernet",
    "exit",
    "fair-queue",
    "fec",
    "flowcontrol",
    "frame-relay",
    "full-duplex",
    "gig-default",
    "group-object",
    "group-range",
    "h323-gateway",
    "half-duplex",
    "history",
    "hold-queue",
    "ignore",
    "ipx",
    "isdn",
    "keepalive",
    "l2protocol",
    "l2protocol-tunnel",
    "lacp",
    "lldp",
    "link",
    "lldp-med",
    "load-interval",
    "local-proxy-arp",
    "location",
    "logging",
    "loopback",
    "mab",
    "mac",
    "mac-address",
    "macro",
    "map-group",
    "mdix",
    "media-type",
    "medium",
    "mka",
    "mls",
    "mop",
    "mpls",
    "multilink",
    "nat64",
    "negotiation",
    "network-clock",
    "network-policy",
    "ntp",
    "onep",
    "oam",
    "optical-monitor",
    "peer",
    "pagp",
    "performance",
    "physical-layer",
    "platform",
    "plim",
    "port-type",
    "power",
    "power-savings",
    "ppp",
    "pppoe",
    "pppoe-client",
    "priority-queue",
    "priority-flow-control",
    "ptp",
    "pulse-time",
    "pvc",
    "qos",
    "queue-set",
    "random-detect",
    "rcv-queue",
    "residual-bit-rate",
    "rmon",
    "routing",
    "rsvp",
    "sampler",
    "service",
    "scramble",
    "serial",
    "service-policy",
    "snmp",
    "source",
    "spanning-tree",
    "srr-queue",
    "storm-control",
    "subscriber",
    "synchronous",
    "traffic-shape",
    "transmit-interface",
    "tx-ring-limit",
    "txload",
    "udld",
    "uc",
    "uplink",
    "virtual-reassembly",
    "vlan-id",
    "voice",
    "vtp",
    "wavelength",
    "wrr-queue",
    "x25",
    "nmsp",
    "mvr",
    "mvrp",
    "lan-name",
    "dspfarm",
    "codec",
    "no-alias",
    "hw-module",
    "tap",
    "input",
    "output",
    "vtemplate",
    "vslp",
    "stackwise-virtual",
    "fabric",
    "flow",
    "trust",
    "ip-address",
    "avb",
    "mediatrace",
    "cem",
    "card",
    "channelized",
    "crc",
    "linecode",
    "framing",
    "invert",
    "txqueuelen",
    "dce-terminal-timing-enable",
];

/// Second words of `ip …` on an interface without effect.
const QUIET_IP: &[&str] = &[
    "accounting",
    "admission",
    "arp",
    "audit",
    "auth-proxy",
    "authentication",
    "bandwidth-percent",
    "bfd",
    "broadcast-address",
    "cef",
    "cgmp",
    "ddns",
    "dampening-change",
    "dampening-interval",
    "device",
    "dhcp",
    "directed-broadcast",
    "dvmrp",
    "eigrp",
    "flow",
    "header-compression",
    "hello-interval",
    "helper-address",
    "hold-time",
    "icmp",
    "igmp",
    "information-reply",
    "inspect",
    "ips",
    "irdp",
    "load-sharing",
    "local-proxy-arp",
    "mask-reply",
    "mfib",
    "mobile",
    "mrm",
    "mroute-cache",
    "multicast",
    "nbar",
    "next-hop-self",
    "nhrp",
    "pgm",
    "pim",
    "probe",
    "proxy-arp",
    "redirects",
    "rgmp",
    "route-cache",
    "rsvp",
    "rtp",
    "sap",
    "security",
    "split-horizon",
    "source",
    "sticky-arp",
    "summary-address",
    "tcp",
    "traffic-export",
    "trigger-authentication",
    "unreachables",
    "urd",
    "virtual-reassembly",
    "wccp",
    "verify",
    "vrf-receive",
    "sla",
    "clear-dont-fragment",
    "tcp-adjust",
    "subscriber",
    "admission-control",
    "nat-inside-marker",
    "cef-switching",
];

const QUIET_IPV6: &[&str] = &[
    "cef",
    "dhcp",
    "eigrp",
    "flow",
    "icmp",
    "inspect",
    "mfib",
    "mld",
    "mode",
    "mtu",
    "multicast",
    "nat",
    "nd",
    "neighbor",
    "nhrp",
    "pim",
    "redirects",
    "rsvp",
    "snooping",
    "source-guard",
    "split-horizon",
    "summary-address",
    "tcp",
    "unreachables",
    "verify",
    "virtual-reassembly",
    "wccp",
    "destination-guard",
    "hold-time",
    "hello-interval",
    "next-hop-self",
    "bandwidth-percent",
    "authentication",
];

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn interface_header(&mut self, node: &'a Node<'t>, name: &[&str]) -> Done {
        if name.first() == Some(&"range") {
            return self.gap(node, "`interface range` in a config is not read");
        }
        let Some((name, port)) = ports::read(name) else {
            return self.bad(node, name.first().copied().unwrap_or(""), "an interface");
        };
        let origin = self.origin(node);
        self.sink.define("interface", &name, origin);
        // An interface is there for its own sake.
        self.sink.used("interface", &name);
        let n = self.config.interfaces.open(&name);
        let interface = self.config.interfaces.at(n);
        if !interface.origin.is_some() {
            interface.origin = origin;
            interface.port = port;
        }
        self.known(node);
        Done::Open(Mode::Interface(n))
    }

    pub(super) fn on(&mut self, n: usize) -> &mut Interface {
        self.config.interfaces.at(n)
    }

    pub(super) fn interface(&mut self, n: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["ip", "ospf" | "router", ..] | ["ipv6", "ospf" | "router", ..] | ["ospfv3", ..] | ["isis" | "clns", ..] => {
                return match w {
                    [_, "router", "isis", ..] | ["isis" | "clns", ..] => self.interface_isis(n, node, no, w),
                    [_, "router", ..] => self.gap_line(node, "this routing protocol is not modelled"),
                    _ => self.interface_ospf(n, node, no, w),
                };
            }
            ["ip" | "ipv6", ..] if w.contains(&"eigrp") => {
                return self.interface_eigrp(n, node, no, w).unwrap_or(Done::Unknown);
            }
            ["ip" | "ipv6", "rip", ..] | ["ip", "split-horizon"] | ["ip", "summary-address", "rip", ..] => {
                return self.interface_rip(n, node, no, w).unwrap_or(Done::Unknown);
            }
            ["ip", rest @ ..] => return self.interface_ip(n, node, no, rest),
            ["ipv6", rest @ ..] => return self.interface_ipv6(n, node, no, rest),
            ["switchport", rest @ ..] => return self.interface_switchport(n, node, no, rest),
            ["standby" | "vrrp" | "glbp", ..] => return self.interface_redundancy(n, node, no, w),
            ["tunnel", rest @ ..] => return self.interface_tunnel(n, node, no, rest),
            ["description", ..] => self.on(n).description = (!no).then(|| self.tree.rest(node, 1).into()),
            ["shutdown", ..] => self.on(n).shutdown = Some(!no),
            ["vrf", "forwarding", name, ..] if !no => {
                let name = self.refer(node, VRF, name, "interface");
                self.on(n).vrf = Some(name);
            }
            ["vrf", ..] if no => self.on(n).vrf = None,
            ["mtu", value] if !no => return self.set(node, value, "an MTU", |c, v| c.interfaces.at(n).mtu = Some(v)),
            ["bandwidth", value] if !no => {
                return self.set(node, value, "a bandwidth in kbit/s", |c, v| c.interfaces.at(n).bandwidth = Some(v));
            }
            ["delay", value] if !no => {
                return self.set(node, value, "a delay in tens of microseconds", |c, v| c.interfaces.at(n).delay = Some(v));
            }
            ["delay", ..] => return self.quiet_line(node),
            // `bandwidth receive`, `bandwidth inherit`: for TCP and the like.
            ["bandwidth", ..] => return self.quiet_line(node),
            ["speed", value, ..] if !no => {
                // `speed auto`, `speed nonegotiate`: as the port is.
                if let Ok(mbit) = value.parse() {
                    self.on(n).speed = Some(mbit);
                }
            }
            ["speed", ..] => {}
            ["encapsulation", kind, tags @ ..] if !no && kind.eq_ignore_ascii_case("dot1q") || kind_is_isl(w) => {
                let tags = if kind_is_isl(w) { &w[2..] } else { tags };
                let read: Vec<u16> =
                    tags.iter().filter(|t| !matches!(**t, "native" | "second-dot1q")).filter_map(|t| t.parse().ok()).collect();
                if read.is_empty() {
                    return self.bad(node, tags.first().copied().unwrap_or(""), "a VLAN number");
                }
                // The native VLAN has no tag on the wire.
                self.on(n).tags = if tags.contains(&"native") { Vec::new() } else { read };
            }
            ["channel-group", value, ..] if !no => {
                return self.set(node, value, "a port-channel number", |c, v| c.interfaces.at(n).channel = Some(v));
            }
            ["channel-group", ..] => self.on(n).channel = None,
            ["port-channel" | "lacp", "min-links", value] if !no => {
                return self.set(node, value, "a number of links", |c, v| c.interfaces.at(n).min_links = v);
            }
            ["port-channel", ..] => return self.quiet_line(node),
            ["autostate"] => self.on(n).no_autostate = no,
            ["crypto", ..] if !no => {
                return self.gap_line(node, "IPsec on an interface is not modelled: packets pass as if it were not there");
            }
            ["zone-member", ..] if !no => {
                return self.gap_line(node, "zone-based firewalls are not modelled: packets pass as if there were none");
            }
            ["nat", ..] | ["xconnect", ..] if !no => return self.gap(node, "this is not modelled"),
            ["service", "instance", ..] if !no => return self.gap(node, "Ethernet service instances are not modelled"),
            ["bridge-group", ..] if !no => return self.gap_line(node, "bridging by `bridge-group` is not modelled"),
            ["mpls", "traffic-eng", ..] if !no => return self.gap_line(node, "MPLS traffic engineering is not modelled"),
            ["mpls", "ip"] | ["tag-switching", "ip"] => self.interface_ldp(n, node, no),
            ["mpls", "ldp", "igp", "autoconfig"] if no => {
                let name = self.config.interfaces.items[n].0.clone();
                self.config.labels.no_auto.push(name);
            }
            ["backup", ..] if !no => return self.gap_line(node, "backup interfaces are not modelled"),
            ["member", ..] | ["source-interface", ..] => return self.gap(node, "VXLAN is not modelled for IOS"),
            [first, ..] if QUIET.contains(first) => return self.quiet(node),
            [_, ..] if no => return self.quiet_line(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    fn interface_ip(&mut self, n: usize, node: &'a Node<'t>, no: bool, w: &[&str]) -> Done {
        let origin = self.origin(node);
        match w {
            ["address"] if no => {
                let i = self.on(n);
                (i.v4, i.dhcp) = (None, false);
                i.secondary.clear();
            }
            ["address", "dhcp" | "negotiated", ..] if !no => self.on(n).dhcp = true,
            ["address", "pool", ..] | ["address", "virtual", ..] => {
                return self.gap_line(node, "this way of getting an address is not modelled");
            }
            // `A/L` is taken too, as newer releases do.
            ["address", address, rest @ ..] => {
                let (net, rest) = match (address.contains('/'), rest) {
                    (true, rest) => (values::prefix(address).filter(|n| !n.addr().is_ipv6()), rest),
                    (false, [mask, rest @ ..]) => (values::address_mask(address, mask), rest),
                    (false, []) => (None, rest),
                };
                let Some(net) = net else {
                    return self.bad(node, address, "an IPv4 address with its mask");
                };
                let i = self.on(n);
                if rest.first() == Some(&"secondary") {
                    i.secondary.retain(|(a, _)| *a != net);
                    if !no {
                        i.secondary.push((net, origin));
                    }
                } else {
                    i.v4 = (!no).then_some((net, origin));
                }
            }
            ["unnumbered", name @ ..] if !no => {
                let Some(name) = self.refer_interface(node, name, "ip unnumbered") else {
                    return self.bad(node, name.first().copied().unwrap_or(""), "an interface");
                };
                self.on(n).unnumbered = Some(name);
            }
            ["vrf", "forwarding", name, ..] if !no => {
                let name = self.refer(node, VRF, name, "interface");
                self.on(n).vrf = Some(name);
            }
            ["vrf", "receive" | "select", ..] if !no => {
                return self.gap_line(node, "`ip vrf receive` and `select` are not modelled");
            }
            ["vrf", ..] => {}
            ["mtu", value] if !no => return self.set(node, value, "an MTU", |c, v| c.interfaces.at(n).ip_mtu = Some(v)),
            ["access-group", name, direction] if !no => {
                let name = self.refer(node, ACL, name, "ip access-group");
                match *direction {
                    "in" => self.on(n).filter_in = Some(name),
                    "out" => self.on(n).filter_out = Some(name),
                    _ => return self.bad(node, direction, "`in` or `out`"),
                }
            }
            ["policy", "route-map", name] if !no => {
                let name = self.refer(node, ROUTE_MAP, name, "policy routing");
                self.on(n).policy = Some(name);
            }
            ["policy", ..] => return self.quiet_line(node),
            ["nat", ..] if !no => return self.gap_line(node, "address translation is not modelled"),
            ["verify", "unicast", ..] if !no => return self.gap_line(node, "unicast RPF is not modelled: packets it drops pass"),
            ["router", ..] if !no => return self.gap_line(node, "this routing protocol is not modelled"),
            ["route-cache", "policy", ..] => return self.quiet_line(node),
            ["inspect" | "ips", ..] if !no => {
                return self.gap_line(node, "packet inspection is not modelled: packets pass as if there were none");
            }
            [first, ..] if QUIET_IP.contains(first) => return self.quiet_line(node),
            [_, ..] if no => return self.quiet_line(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    fn interface_ipv6(&mut self, n: usize, node: &'a Node<'t>, no: bool, w: &[&str]) -> Done {
        let origin = self.origin(node);
        match w {
            ["address"] if no => self.on(n).v6.clear(),
            ["address", "autoconfig" | "dhcp", ..] if !no => self.on(n).ipv6_enable = true,
            ["address", address, "link-local"] if !no => {
                let Ok(ip) = address.parse::<std::net::Ipv6Addr>() else { return self.bad(node, address, "an IPv6 address") };
                let net = ipnet::Ipv6Net::from(ip);
                // Link-local addresses have no subnet of their own in any table.
                let net = ipnet::Ipv6Net::new(net.addr(), 64).unwrap_or(net);
                self.on(n).v6.push((net.into(), origin));
            }
            ["address", name, rest, ..] if !no && !name.contains(':') && rest.contains('/') => {
                return self.gap_line(node, "an address by a general prefix is not modelled");
            }
            ["address", address, options @ ..] if !no => match values::prefix(address) {
                Some(net) if net.addr().is_ipv6() && !options.contains(&"eui-64") => self.on(n).v6.push((net, origin)),
                Some(net) if net.addr().is_ipv6() => {
                    // The host part comes from the MAC address, which is not known.
                    self.on(n).v6.push((net, origin));
                    return self.gap_line(
                        node,
                        "an EUI-64 address depends on the MAC address: the subnet is modelled, the host address is not",
                    );
                }
                _ => return self.bad(node, address, "an IPv6 prefix"),
            },
            ["enable"] => self.on(n).ipv6_enable = !no,
            ["unnumbered", ..] if !no => {
                self.on(n).ipv6_enable = true;
                return self.gap_line(node, "`ipv6 unnumbered` is modelled as a link-local address only");
            }
            ["traffic-filter", name, direction @ ("in" | "out")] if !no => {
                let name = self.refer(node, ACL6, name, "ipv6 traffic-filter");
                self.on(n).filter6[usize::from(*direction == "out")] = Some(name);
            }
            ["policy", "route-map", name] if !no => {
                self.refer(node, ROUTE_MAP, name, "policy routing");
                return self.gap_line(node, "IPv6 policy routing is not modelled");
            }
            ["router", ..] if !no => return self.gap_line(node, "this routing protocol is not modelled"),
            [first, ..] if QUIET_IPV6.contains(first) => return self.quiet_line(node),
            [_, ..] if no => return self.quiet_line(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }
}

/// `encapsulation isl N` tags frames too.
fn kind_is_isl(w: &[&str]) -> bool {
    matches!(w, ["encapsulation", "isl", _, ..])
}

/// The switch role that a port's settings give it.
pub(in crate::vendors::ios) fn is_switchport(interface: &Interface) -> bool {
    let said = interface.switch_mode.is_some() || interface.access_vlan.is_some() || interface.allowed.is_some();
    let able = matches!(interface.port.kind, InterfaceKind::Physical | InterfaceKind::Aggregate);
    able && interface.switchport.unwrap_or(said && interface.v4.is_none())
}
