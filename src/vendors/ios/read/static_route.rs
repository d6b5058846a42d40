//! `ip route`, `ipv6 route`.

use std::net::IpAddr;

use super::{Done, Reader, VRF};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::ios::config::Static;
use crate::vendors::ios::ports;

impl<'a, 't> Reader<'a, 't> {
    /// `ip route [vrf V] [topology T] P M [interface] [next hop] [distance] [options]`.
    pub(super) fn static_route(&mut self, node: &'a Node<'t>, w: &[&str], inside: Option<&str>) -> Done {
        let v6 = w.first() == Some(&"ipv6");
        let mut rest = w.get(2..).unwrap_or(&[]);
        let mut vrf = inside.map(Into::into);
        match rest {
            ["vrf", name, tail @ ..] => {
                vrf = Some(self.refer(node, VRF, name, "static route"));
                rest = tail;
            }
            ["static" | "profile" | "arp" | "topology", ..] => {
                return self.gap_line(node, "this form of static route is not modelled");
            }
            _ => {}
        }
        let prefix = if v6 {
            let [prefix, tail @ ..] = rest else { return self.bad(node, "", "a static route") };
            rest = tail;
            match values::prefix(prefix) {
                Some(p) if p.addr().is_ipv6() => p.trunc(),
                _ => return self.bad(node, prefix, "an IPv6 prefix"),
            }
        } else {
            let (prefix, tail) = match rest {
                [prefix, tail @ ..] if prefix.contains('/') => (values::prefix(prefix), tail),
                [address, mask, tail @ ..] => (values::address_mask(address, mask), tail),
                _ => return self.bad(node, "", "a static route"),
            };
            let word = rest.first().copied().unwrap_or("");
            rest = tail;
            match prefix.filter(|p| !p.addr().is_ipv6()) {
                Some(p) => p.trunc(),
                None => return self.bad(node, word, "an IPv4 network with its mask"),
            }
        };
        let mut route = Static {
            vrf,
            prefix,
            interface: None,
            ip: None,
            global: false,
            next_vrf: None,
            discard: false,
            distance: None,
            tag: 0,
            permanent: false,
            tracked: false,
            origin: self.origin(node),
        };
        let mut i = 0;
        while let Some(&word) = rest.get(i) {
            let next = rest.get(i + 1).copied().unwrap_or("");
            i += 1;
            match word {
                "global" => route.global = true,
                "permanent" => route.permanent = true,
                "multicast" | "unicast" => {}
                "dhcp" => return self.gap_line(node, "a static route by DHCP: its next hop is not known"),
                "tag" | "track" | "name" | "nexthop-vrf" => {
                    i += 1;
                    match word {
                        "tag" => match next.parse() {
                            Ok(tag) => route.tag = tag,
                            Err(_) => return self.bad(node, next, "a tag"),
                        },
                        "track" => route.tracked = true,
                        "nexthop-vrf" => {
                            if next == "default" || next == "global" {
                                route.global = true;
                            } else {
                                route.next_vrf = Some(self.refer(node, VRF, next, "static route"));
                            }
                        }
                        // A name in quotes may hold spaces.
                        _ if next.starts_with('"') && !(next.len() > 1 && next.ends_with('"')) => {
                            let more = rest.get(i..).unwrap_or(&[]).iter().position(|w| w.ends_with('"'));
                            i += more.map_or(rest.len(), |n| n + 1);
                        }
                        _ => {}
                    }
                }
                _ if ports::looks_like(word) && route.interface.is_none() => {
                    // `GigabitEthernet 0/1` in two words.
                    let split = !word.ends_with(|c: char| c.is_ascii_digit());
                    let typed = [word, next];
                    let Some(name) = self.refer_interface(node, if split { &typed } else { &typed[..1] }, "static route") else {
                        return self.bad(node, word, "an interface");
                    };
                    i += usize::from(split);
                    if name.eq_ignore_ascii_case("Null0") {
                        route.discard = true;
                    } else {
                        route.interface = Some(name);
                    }
                }
                _ => match (word.parse::<IpAddr>(), word.parse::<u32>()) {
                    (Ok(ip), _) if ip.is_ipv6() == v6 => route.ip = Some(ip),
                    (_, Ok(distance)) if (1..=255).contains(&distance) => route.distance = Some(distance),
                    _ if route.ip.is_none() && route.interface.is_none() && !route.discard => {
                        match ports::read(&[word]) {
                            // An interface of a kind that is not known.
                            Some((name, _)) => route.interface = Some(name),
                            None => return self.bad(node, word, "a next hop"),
                        }
                    }
                    _ => return self.bad(node, word, "an option of a static route"),
                },
            }
        }
        if route.ip.is_none() && route.interface.is_none() && !route.discard {
            return self.bad(node, "", "a static route with a next hop");
        }
        self.config.statics.push(route);
        self.known(node)
    }
}
