//! zebra and staticd: interfaces, VRFs, static routes, and what has no bearing on routing.

use std::net::IpAddr;

use super::{Block, Invalid, Modelled, NoEffect, NotModelled, Reader, Took, Unknown, named_vrf};
use crate::base::span::Origin;
use crate::syntax::tree::{Node, Tree};
use crate::syntax::values;
use crate::vendors::frr::config::{Address, Static};
use crate::vendors::sink::LineClass;

impl Reader<'_> {
    pub(super) fn interface<'t>(
        &mut self,
        n: usize,
        no: bool,
        w: &[&'t str],
        tree: &Tree<'t>,
        node: &Node<'t>,
        o: Origin,
    ) -> Took<'t> {
        let Some(port) = self.config.interfaces.get_mut(n) else { return Unknown };
        match w {
            ["ip" | "ipv6", "ospf" | "ospf6", ..] => return self.ospf_interface(n, no, w, o),
            ["ip" | "ipv6", "router", "isis", ..] | ["isis", ..] => return self.isis_interface(n, no, w, o),
            ["description", ..] => port.description = Some(tree.rest(node, 1).into()),
            ["ip" | "ipv6", "address", word, rest @ ..] if !no => {
                let Some(net) = values::prefix_or_host(word).filter(|p| p.addr().is_ipv6() == (w[0] == "ipv6")) else {
                    return Invalid(word, "an address with its length");
                };
                let peer = match rest {
                    ["peer", p, ..] => match values::prefix_or_host(p) {
                        Some(p) => Some(p),
                        None => return Invalid(p, "an address"),
                    },
                    _ => None,
                };
                port.addresses.push(Address { net, peer, shared: false, origin: o });
            }
            ["ip" | "ipv6", "address", ..] => return NoEffect,
            // Hand-written Cumulus files put ifupdown's word into frr.conf.
            ["address", word] if values::prefix(word).is_some() => {
                let net = values::prefix(word).unwrap_or_default();
                port.addresses.push(Address { net, peer: None, shared: false, origin: o });
            }
            ["shutdown"] => port.shutdown = !no,
            ["bandwidth", word] if !no => match word.parse::<u64>() {
                Ok(mbit) => port.bandwidth = Some(mbit.saturating_mul(1_000_000)),
                Err(_) => return Invalid(word, "a bandwidth in Mbit/s"),
            },
            ["bandwidth", ..] => return NoEffect,
            ["evpn", "mh", "es-id" | "es-sys-mac", ..] => {
                self.config.segments |= !no;
                return NoEffect;
            }
            ["link-detect" | "multicast" | "mpls" | "link-params" | "evpn" | "bfd" | "ptm-enable" | "ethernet-segment", ..] => {
                return NoEffect;
            }
            ["ip" | "ipv6", "rip" | "ripng", ..] => return self.rip_interface(n, no, w),
            ["ipv6", "nd" | "mld" | "pim" | "mroute", ..] | ["ip", "igmp" | "pim" | "mroute" | "nhrp" | "multicast", ..] => {
                return NoEffect;
            }
            ["ip", "eigrp", ..] | ["babel" | "eigrp", ..] => return NotModelled("this routing protocol is not modelled"),
            ["ip" | "ipv6", "router", "openfabric" | "eigrp", ..] => return NotModelled("this routing protocol is not modelled"),
            ["pbr-policy", ..] => return NotModelled("policy routing is not modelled"),
            ["vrrp", ..] => return NotModelled("VRRP is not modelled on FRR"),
            [
                "admin-grp" | "affinity" | "metric" | "max-bw" | "max-rsv-bw" | "unrsv-bw" | "ava-bw" | "use-bw" | "res-bw"
                | "delay" | "enable" | "exit-link-params",
                ..,
            ] => {
                return NoEffect;
            }
            ["tunnel" | "keepalive" | "speed" | "duplex" | "mtu" | "gre" | "alias" | "no-arp", ..] => return NoEffect,
            _ => return Unknown,
        }
        Modelled
    }

    pub(super) fn vrf<'t>(&mut self, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        match w {
            ["ip" | "ipv6", "route", rest @ ..] => {
                let vrf = self.vrf.clone();
                self.static_route(no, w[0] == "ipv6", rest, vrf, o)
            }
            ["ip", "router-id", id] | ["ip", "router", "router-id", id] | ["router-id", id] => match id.parse() {
                Ok(id) => {
                    match self.vrf.clone() {
                        Some(name) => self.config.vrf(&name, o).router_id = (!no).then_some(id),
                        None => self.config.router_id = (!no).then_some(id),
                    }
                    Modelled
                }
                Err(_) => Invalid(id, "a router id"),
            },
            ["vni", ..] => self.layer3_vni(no, w, self.vrf.clone(), o),
            ["netns", ..] | ["ip" | "ipv6", "protocol" | "import-table", ..] => NotModelled("not modelled in a VRF"),
            ["ip" | "ipv6", "nht", ..]
            | ["ip" | "ipv6", "pim" | "igmp" | "mroute" | "multicast" | "mld" | "ssmpingd" | "msdp", ..] => NoEffect,
            ["exit-vrf"] => {
                self.block = Block::Top;
                NoEffect
            }
            _ => Unknown,
        }
    }

    /// What stands at the outermost level besides blocks and lists.
    pub(super) fn zebra<'t>(&mut self, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        match w {
            ["frr", "version", rest @ ..] => {
                self.config.version = rest.first().and_then(|v| version(v));
                Modelled
            }
            ["frr", "defaults", profile, ..] => {
                match *profile {
                    "datacenter" => self.config.datacenter = true,
                    "traditional" => self.config.datacenter = false,
                    other => return Invalid(other, "`traditional` or `datacenter`"),
                }
                Modelled
            }
            ["hostname", name, ..] => {
                self.config.hostname.get_or_insert_with(|| (*name).into());
                Modelled
            }
            ["ip" | "ipv6", "route", rest @ ..] => self.static_route(no, w[0] == "ipv6", rest, None, o),
            ["ip" | "ipv6", "nht", "resolve-via-default"] => {
                self.config.resolve_via_default[usize::from(w[0] == "ipv6")] = Some(!no);
                Modelled
            }
            ["ip", "router-id", id, rest @ ..] | ["router-id", id, rest @ ..] | ["ip", "router", "router-id", id, rest @ ..] => {
                let Ok(id) = id.parse() else { return Invalid(id, "a router id") };
                match rest {
                    ["vrf", vrf] if *vrf != "default" => self.config.vrf(vrf, o).router_id = Some(id),
                    _ => self.config.router_id = Some(id),
                }
                Modelled
            }
            ["ip", "forwarding"] | ["ipv6", "forwarding"] if no => NotModelled("the device does not forward packets"),
            ["ip" | "ipv6", "forwarding"] => NoEffect,
            ["ip" | "ipv6", "protocol", ..] => {
                // Almost always sets the source address of packets the device itself sends.
                if let [.., "route-map", name] = w {
                    self.sink.refer(&["route-map"], name, o, "ip protocol route-map");
                    return NotModelled(
                        "a route-map between zebra and the kernel is not modelled; routes are taken as if it permits all",
                    );
                }
                NoEffect
            }
            ["ip" | "ipv6", "import-table", ..] | ["table", ..] | ["zebra", ..] => NotModelled("kernel tables are not modelled"),
            ["ip", "nht", ..] | ["ipv6", "nht", ..] => NoEffect,
            ["pbr-map" | "nexthop-group", ..] => self.open_other(LineClass::NotModelled),
            ["segment-routing"] => {
                self.config.labels.other = Some("an SR policy");
                self.open_other(LineClass::NoEffect)
            }
            ["mpls", "lsp", ..] => {
                self.config.labels.other = Some("a static label");
                NoEffect
            }
            ["key", "chain", ..] | ["line", ..] | ["bfd"] | ["rpki", ..] | ["vrrp", ..] | ["fabricd"] => {
                self.open_other(LineClass::NoEffect)
            }
            ["vni", ..] => self.layer3_vni(no, w, None, o),
            ["bgp", "route-map", "delay-timer", ..] => NoEffect,
            [
                "log"
                | "service"
                | "password"
                | "enable"
                | "username"
                | "agentx"
                | "debug"
                | "banner"
                | "domainname"
                | "allow-external-route-update"
                | "max-metric"
                | "ipv6-nd"
                | "mpls"
                | "lldp"
                | "netns"
                | "watchfrr"
                | "cumulus"
                | "nameserver"
                | "fpm"
                | "nhrp"
                | "dns",
                ..,
            ]
            | [
                "ip" | "ipv6",
                "ssmpingd" | "pim" | "igmp" | "multicast" | "mroute" | "mld" | "msdp" | "nhrp" | "ldp-sync" | "dns" | "nd",
                ..,
            ]
            | [
                "bgp",
                "send-extra-data"
                | "graceful-shutdown"
                | "suppress-fib-pending"
                | "update-delay"
                | "input-queue-limit"
                | "output-queue-limit",
                ..,
            ]
            | ["evpn", ..]
            | ["session-timeout" | "terminal" | "exec-timeout" | "login" | "mgmt" | "ptm-enable" | "hello" | "transport", ..] => {
                NoEffect
            }
            ["configure" | "write" | "copy" | "building" | "current" | "show" | "clear", ..] => NoEffect,
            _ => Unknown,
        }
    }

    /// `ip route PREFIX (GATEWAY|INTERFACE|Null0|blackhole|reject) [INTERFACE] [DISTANCE] [option value]…`
    fn static_route<'t>(
        &mut self,
        no: bool,
        v6: bool,
        w: &[&'t str],
        vrf: Option<crate::model::device::Name>,
        o: Origin,
    ) -> Took<'t> {
        let (prefix, mut rest) = match w {
            [address, mask, rest @ ..] if !v6 && !address.contains('/') => match values::address_mask(address, mask) {
                Some(p) => (p, rest),
                None => return Invalid(address, "a prefix"),
            },
            [word, "from", _, rest @ ..] if v6 => {
                let _ = (word, rest);
                return NotModelled("routes by source address are not modelled");
            }
            [word, rest @ ..] => match values::prefix_or_host(word).filter(|p| p.addr().is_ipv6() == v6) {
                Some(p) => (p, rest),
                None => return Invalid(word, "a prefix"),
            },
            [] => return Unknown,
        };
        let mut route = Static {
            vrf,
            prefix: prefix.trunc(),
            gateway: None,
            interface: None,
            discard: false,
            hop_vrf: None,
            distance: None,
            tag: 0,
            origin: o,
        };
        let mut named = false;
        while let [word, tail @ ..] = rest {
            rest = tail;
            let value = || tail.first().copied().unwrap_or("");
            match *word {
                "blackhole" | "Null0" | "null0" | "reject" => route.discard = true,
                "tag" => match value().parse() {
                    Ok(tag) => route.tag = tag,
                    Err(_) => return Invalid(word, "followed by a number"),
                },
                "vrf" => route.vrf = named_vrf(value()),
                "nexthop-vrf" => route.hop_vrf = Some(value().into()),
                "table" => return NotModelled("routes in other kernel tables are not modelled"),
                "label" | "segments" | "seg6" | "bfd" | "color" => {
                    return NotModelled("labels and monitors of static routes are not modelled");
                }
                "onlink" | "metric" => {}
                _ => {
                    if let Ok(distance) = word.parse::<u32>() {
                        if !(1..=255).contains(&distance) {
                            return Invalid(word, "a distance from 1 to 255");
                        }
                        route.distance = Some(distance);
                    } else if let Ok(ip) = word.parse::<IpAddr>() {
                        if ip.is_ipv6() != v6 && !ip.is_ipv6() {
                            return Invalid(word, "a next hop of the route's family");
                        }
                        route.gateway = Some(ip);
                    } else if !named {
                        named = true;
                        route.interface = Some((*word).into());
                    } else {
                        return Invalid(word, "a part of a static route");
                    }
                }
            }
            if matches!(*word, "tag" | "vrf" | "nexthop-vrf" | "metric") {
                if tail.is_empty() {
                    return Invalid(word, "followed by a value");
                }
                rest = &tail[1..];
            }
        }
        if route.gateway.is_none() && route.interface.is_none() && !route.discard {
            return Invalid(w.last().copied().unwrap_or(""), "a next hop");
        }
        if let Some(name) = route.vrf.as_deref().filter(|v| !v.is_empty()) {
            let name = name.to_owned();
            self.config.vrf(&name, o);
        }
        if no {
            self.config.statics.retain(|s| {
                !(s.prefix == route.prefix && s.gateway == route.gateway && s.interface == route.interface && s.vrf == route.vrf)
            });
        } else {
            self.config.statics.push(route);
        }
        Modelled
    }
}

/// `8.4.2`, `4.0+cl3u8`, `7.2-sonic` as two numbers.
fn version(word: &str) -> Option<(u32, u32)> {
    let mut parts = word.split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next().and_then(|p| p.parse().ok()).unwrap_or(0)))
}
