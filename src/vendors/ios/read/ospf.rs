//! OSPFv2 and OSPFv3: `router ospf`, `ipv6 router ospf`, `router ospfv3`, and what interfaces say of them.

use std::net::{IpAddr, Ipv4Addr};

use super::{Done, Mode, PREFIX_LIST, ROUTE_MAP, Reader, VRF, after, negation};
use crate::model::device::Name;
use crate::model::ospf::NetworkType;
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::ios::config::{DefaultRoute, Kind, ListName, Range, StubRouter};

/// The key of a process in the config: OSPFv2 and v3 number theirs apart, and v3 has one a family.
pub(in crate::vendors::ios) fn key(v3: bool, id: &str, family: Family) -> String {
    match (v3, family) {
        (false, _) => format!("2/{id}"),
        (true, Family::V6) => format!("3/{id}"),
        (true, _) => format!("3/{id}/ipv4"),
    }
}

fn network_type(w: &[&str]) -> Option<NetworkType> {
    Some(match *w.first()? {
        "broadcast" => NetworkType::Broadcast,
        "non-broadcast" => NetworkType::NonBroadcast,
        "point-to-point" => NetworkType::PointToPoint,
        "point-to-multipoint" | "manet" => NetworkType::PointToMultipoint,
        _ => return None,
    })
}

impl<'a, 't> Reader<'a, 't> {
    /// The process, made now if it is new (an interface may name it first).
    fn ospf_process(&mut self, v3: bool, id: &str, family: Family) -> usize {
        let n = self.config.ospf.open(&key(v3, id, family));
        let p = self.config.ospf.at(n);
        p.id = id.into();
        p.v3 = v3;
        p.family = family;
        n
    }

    /// `router ospf 1 [vrf V]`, `ipv6 router ospf 1 [vrf V]`, `router ospfv3 1`.
    pub(super) fn ospf_header(&mut self, node: &'a Node<'t>) -> Done {
        let w = &node.words[..];
        let (v3, rest) = match w {
            ["router", "ospf", rest @ ..] => (false, rest),
            ["router", "ospfv3", rest @ ..] | ["ipv6", "router", "ospf", rest @ ..] => (true, rest),
            _ => return Done::Unknown,
        };
        let Some(id) = rest.first() else { return self.bad(node, "", "an OSPF process number") };
        let n = self.ospf_process(v3, id, if v3 { Family::V6 } else { Family::V4 });
        let vrf = after(rest, "vrf").map(|v| self.refer(node, VRF, v, "router ospf"));
        let origin = self.origin(node);
        let p = self.config.ospf.at(n);
        p.origin = origin;
        p.vrf = vrf;
        self.known(node);
        Done::Open(Mode::Ospf(n))
    }

    pub(super) fn ospf_line(&mut self, n: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        let origin = self.origin(node);
        let v6 = self.config.ospf.at(n).family.is_v6();
        match w {
            ["address-family", family @ ("ipv4" | "ipv6"), options @ ..] => {
                let id = self.config.ospf.at(n).id.clone();
                let m = self.ospf_process(true, &id, if *family == "ipv6" { Family::V6 } else { Family::V4 });
                let vrf = after(options, "vrf").map(|v| self.refer(node, VRF, v, "address-family"));
                let router_id = self.config.ospf.at(n).router_id;
                let p = self.config.ospf.at(m);
                p.origin = origin;
                p.vrf = vrf.or(p.vrf.take());
                p.router_id = p.router_id.or(router_id);
                self.known(node);
                return Done::Open(Mode::Ospfv3Family(m));
            }
            ["exit-address-family" | "exit"] => {
                self.known(node);
                return Done::Close;
            }
            ["router-id", id] if !no => return self.set(node, id, "a router id", |c, id| c.ospf.at(n).router_id = Some(id)),
            ["network", address, wildcard, "area", area] if !no => {
                let read = |w: &str| w.parse::<Ipv4Addr>().ok().map(u32::from);
                let (Some(a), Some(m)) = (read(address), read(wildcard)) else {
                    return self.bad(node, address, "an address with a wildcard");
                };
                let Some(area) = values::area(area) else { return self.bad(node, area, "an area") };
                // IOS takes a mask too and turns it around.
                let m = if m.leading_ones() > 0 && m.count_ones() == m.leading_ones() && m != u32::MAX { !m } else { m };
                self.config.ospf.at(n).networks.push((a & !m, m, area, origin));
            }
            ["area", area, rest @ ..] => {
                let Some(id) = values::area(area) else { return self.bad(node, area, "an area") };
                return self.ospf_area(n, id, node, no, rest);
            }
            ["passive-interface", "default"] => self.config.ospf.at(n).passive_default = !no,
            ["passive-interface", name @ ..] => {
                let Some(name) = self.refer_interface(node, name, "passive-interface") else {
                    return self.bad(node, name.first().copied().unwrap_or(""), "an interface");
                };
                self.config.ospf.at(n).passive.push((name, !no));
            }
            ["auto-cost", "reference-bandwidth", mbit, ..] if !no => {
                return self.set(node, mbit, "a bandwidth in Mbit/s", |c, v: u64| {
                    c.ospf.at(n).reference = Some(v.saturating_mul(1_000_000))
                });
            }
            ["max-metric", "router-lsa", rest @ ..] if !no => {
                if rest.contains(&"on-startup") {
                    // Only for some time after the start: over by the time the tables settle.
                    return self.quiet_line(node);
                }
                let value = |word: &str| {
                    rest.contains(&word).then(|| after(rest, word).and_then(|v| v.parse().ok()).unwrap_or(0xFF_0000))
                };
                let stub = StubRouter {
                    include_stub: rest.contains(&"include-stub"),
                    external: value("external-lsa"),
                    summary: value("summary-lsa"),
                };
                self.config.ospf.at(n).stub_router = Some(stub);
            }
            ["redistribute", rest @ ..] if !no => match self.redistribution(node, rest) {
                Ok(r) => self.config.ospf.at(n).redistribute.push(r),
                Err(done) => return done,
            },
            ["default-information", "originate", rest @ ..] if !no => {
                let map = after(rest, "route-map").map(|m| self.refer(node, ROUTE_MAP, m, "default-information originate"));
                self.config.ospf.at(n).default = Some(DefaultRoute {
                    always: rest.contains(&"always"),
                    metric: after(rest, "metric").and_then(|m| m.parse().ok()),
                    metric_type: after(rest, "metric-type").and_then(|m| m.parse().ok()),
                    map,
                    tag: after(rest, "tag").and_then(|m| m.parse().ok()).unwrap_or(0),
                    origin,
                });
            }
            ["default-metric", value] if !no => {
                return self.set(node, value, "a metric", |c, v| c.ospf.at(n).default_metric = Some(v));
            }
            ["distance", "ospf", rest @ ..] if !no => {
                for (at, word) in ["intra-area", "inter-area", "external"].iter().enumerate() {
                    if let Some(v) = after(rest, word).and_then(|v| v.parse().ok()) {
                        self.config.ospf.at(n).distance[at] = Some(v);
                    }
                }
            }
            ["distance", value] if !no => {
                return self.set(node, value, "a distance", |c, v| {
                    c.ospf.at(n).distance.iter_mut().for_each(|d| *d = d.or(Some(v)));
                });
            }
            ["distance", ..] if !no => return self.gap_line(node, "a distance by neighbour is not modelled"),
            ["summary-address" | "summary-prefix", rest @ ..] if !no => {
                let (prefix, options) = match rest {
                    [p, options @ ..] if v6 || p.contains('/') => (values::prefix(p), options),
                    [a, m, options @ ..] => (values::address_mask(a, m), options),
                    _ => (None, &[][..]),
                };
                let Some(prefix) = prefix else { return self.bad(node, rest.first().copied().unwrap_or(""), "a prefix") };
                self.config.ospf.at(n).summaries.push(Range {
                    prefix: prefix.trunc(),
                    advertise: !options.contains(&"not-advertise"),
                    cost: None,
                    tag: after(options, "tag").and_then(|t| t.parse().ok()).unwrap_or(0),
                    levels: None,
                    origin,
                });
            }
            ["distribute-list", rest @ ..] if !no => match self.distribute_list(node, rest) {
                Ok(d) => self.config.ospf.at(n).lists.push(d),
                Err(done) => return done,
            },
            ["maximum-paths", value] if !no => {
                return self.set(node, value, "a number of paths", |c, v| c.ospf.at(n).max_paths = Some(v));
            }
            ["compatible", "rfc1583" | "rfc1587"] => self.config.ospf.at(n).rfc1583 = Some(!no),
            ["capability", "vrf-lite"] => self.config.ospf.at(n).vrf_lite = !no,
            ["neighbor", ip, ..] if !no => {
                return self.set(node, ip, "an address", |c, ip: IpAddr| c.ospf.at(n).neighbors.push(ip));
            }
            ["shutdown"] => self.config.ospf.at(n).shutdown = !no,
            ["prefix-suppression"] => self.config.ospf.at(n).suppress_prefix = !no,
            ["discard-route", ..] if no => {
                return self.gap_line(node, "`no discard-route` is not modelled: discard routes stay in the table");
            }
            ["segment-routing", "mpls"] | ["segment-routing", "area", _, "mpls"] => {
                self.config.ospf.at(n).segments = (!no).then_some(origin);
            }
            ["mpls", "ldp", "autoconfig", rest @ ..] if !no => {
                let area = after(rest, "area").and_then(values::area);
                self.config.ospf.at(n).ldp_auto.push(area);
            }
            ["traffic-share", ..] | ["mpls", "traffic-eng", ..] if !no => return self.gap_line(node, "this is not modelled"),
            [
                "auto-cost"
                | "bfd"
                | "capability"
                | "database-archival"
                | "discard-route"
                | "domain-id"
                | "domain-tag"
                | "event-log"
                | "fast-reroute"
                | "graceful-restart"
                | "help"
                | "ignore"
                | "interface-id"
                | "ispf"
                | "limit"
                | "local-rib-criteria"
                | "log-adjacency-changes"
                | "adjacency"
                | "max-lsa"
                | "mpls"
                | "nsf"
                | "nsr"
                | "opaque"
                | "prefix-priority"
                | "process-min-time"
                | "queue-depth"
                | "snmp"
                | "timers"
                | "ttl-security"
                | "microloop"
                | "segment-routing"
                | "protocol"
                | "cost"
                | "passive"
                | "manet"
                | "authentication",
                ..,
            ] => {
                return self.quiet_line(node);
            }
            [_, ..] if no => return self.quiet_line(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    fn ospf_area(&mut self, n: usize, id: u32, node: &'a Node<'t>, no: bool, w: &[&str]) -> Done {
        let origin = self.origin(node);
        if no {
            return self.quiet_line(node);
        }
        let list = match w {
            ["filter-list", "prefix", name, _] => Some(ListName::Prefix(self.refer(node, PREFIX_LIST, name, "area filter-list"))),
            _ => None,
        };
        let area = self.config.ospf.at(n).areas.entry(id).or_default();
        if !area.origin.is_some() {
            area.origin = origin;
        }
        match w {
            ["stub", rest @ ..] => {
                area.kind = Kind::Stub;
                area.no_summary |= rest.contains(&"no-summary");
            }
            ["nssa", rest @ ..] => {
                area.kind = Kind::Nssa;
                area.no_summary |= rest.contains(&"no-summary");
                area.no_redistribution |= rest.contains(&"no-redistribution");
                area.nssa_default |= rest.contains(&"default-information-originate");
                if let Some(t) = after(rest, "metric-type").and_then(|t| t.parse().ok()) {
                    area.nssa_default_type = t;
                }
                if let Some(m) = after(rest, "metric").and_then(|t| t.parse().ok()) {
                    area.default_cost = Some(m);
                }
                area.translate_always |= rest.contains(&"always");
                area.suppress_fa |= rest.contains(&"suppress-fa");
            }
            ["default-cost", value] => match value.parse() {
                Ok(v) => area.default_cost = Some(v),
                Err(_) => return self.bad(node, value, "a cost"),
            },
            ["range", rest @ ..] => {
                let (prefix, options) = match rest {
                    [p, options @ ..] if p.contains('/') => (values::prefix(p), options),
                    [a, m, options @ ..] => (values::address_mask(a, m), options),
                    _ => (None, &[][..]),
                };
                let Some(prefix) = prefix else { return self.bad(node, rest.first().copied().unwrap_or(""), "a prefix") };
                area.ranges.push(Range {
                    prefix: prefix.trunc(),
                    advertise: !options.contains(&"not-advertise"),
                    cost: after(options, "cost").and_then(|t| t.parse().ok()),
                    tag: 0,
                    levels: None,
                    origin,
                });
            }
            ["filter-list", "prefix", _, direction] => match *direction {
                "in" => area.filter_in = list,
                _ => area.filter_out = list,
            },
            ["virtual-link", neighbor, ..] => match neighbor.parse() {
                Ok(ip) => {
                    if !area.virtual_links.iter().any(|(i, _)| *i == ip) {
                        area.virtual_links.push((ip, origin));
                    }
                }
                Err(_) => return self.bad(node, neighbor, "a router id"),
            },
            ["authentication", rest @ ..] => area.auth = Some(rest.join(" ").into()),
            ["sham-link", ..] => return self.gap_line(node, "sham links are not modelled"),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    /// `ip ospf …`, `ipv6 ospf …`, `ospfv3 …` on an interface.
    pub(super) fn interface_ospf(&mut self, n: usize, node: &'a Node<'t>, no: bool, w: &[&str]) -> Done {
        let origin = self.origin(node);
        let (v3, mut rest) = match w {
            ["ip", "ospf", rest @ ..] => (false, rest),
            ["ipv6", "ospf", rest @ ..] | ["ospfv3", rest @ ..] => (true, rest),
            _ => return Done::Unknown,
        };
        // `ospfv3 [process] [ipv4|ipv6] …`
        let mut family = if v3 { Family::V6 } else { Family::V4 };
        let mut process: Option<&str> = None;
        if let [p, tail @ ..] = rest
            && p.parse::<u32>().is_ok()
        {
            (process, rest) = (Some(*p), tail);
        }
        if let [f @ ("ipv4" | "ipv6"), tail @ ..] = rest {
            family = if *f == "ipv6" { Family::V6 } else { Family::V4 };
            rest = tail;
        }
        if let (Some(process), ["area", area, options @ ..]) = (process, rest) {
            let Some(area) = values::area(area) else { return self.bad(node, area, "an area") };
            if !no {
                self.ospf_process(v3, process, family);
                let i = self.config.interfaces.at(n);
                let on = if v3 { &mut i.ospf3 } else { &mut i.ospf };
                on.area.retain(|(_, _, f, _)| *f != family);
                on.area.push((process.into(), area, family, origin));
                on.no_secondaries = options.contains(&"secondaries");
            }
            return self.known(node);
        }
        let i = self.config.interfaces.at(n);
        let on = if v3 { &mut i.ospf3 } else { &mut i.ospf };
        on.seen = Some(origin);
        if no {
            return match rest {
                ["shutdown", ..] => {
                    on.shutdown = false;
                    self.known(node)
                }
                _ => self.quiet_line(node),
            };
        }
        let number = |at: usize| rest.get(at).and_then(|v| v.parse::<u32>().ok());
        match rest {
            ["cost", "dynamic" | "hysteresis", ..] => return self.gap_line(node, "dynamic OSPF costs are not modelled"),
            ["cost", value, ..] => match number(1) {
                Some(v) => on.cost = Some(v),
                None => return self.bad(node, value, "a cost"),
            },
            ["network", kind @ ..] => match network_type(kind) {
                Some(t) => on.network = Some(t),
                None => return self.bad(node, kind.first().copied().unwrap_or(""), "a network type"),
            },
            ["priority", value] => match value.parse() {
                Ok(v) => on.priority = Some(v),
                Err(_) => return self.bad(node, value, "a priority"),
            },
            ["hello-interval", value] => match number(1) {
                Some(v) => on.hello = Some(v),
                None => return self.bad(node, value, "a number of seconds"),
            },
            // Hellos several times a second; only the dead interval is compared.
            ["dead-interval", "minimal", ..] => (on.dead, on.hello) = (Some(1), Some(0)),
            ["dead-interval", value] => match number(1) {
                Some(v) => on.dead = Some(v),
                None => return self.bad(node, value, "a number of seconds"),
            },
            ["mtu-ignore", ..] => on.mtu_ignore = true,
            ["authentication", kind @ ..] => {
                on.auth_type = Some(if kind.is_empty() { "text".into() } else { kind.join(" ").into() })
            }
            ["authentication-key", key @ ..] => on.auth_key = Some(key.last().copied().unwrap_or("").into()),
            ["message-digest-key", id, "md5", key @ ..] => {
                let text: Name = format!("{id} {}", key.last().copied().unwrap_or("")).into();
                on.auth_key = Some(text);
            }
            ["prefix-suppression", ..] => on.suppress_prefix = true,
            ["shutdown"] => on.shutdown = true,
            ["neighbor", ip, ..] => match ip.parse() {
                Ok(ip) => on.neighbors.push(ip),
                Err(_) => return self.bad(node, ip, "an address"),
            },
            ["database-filter", ..] => return self.gap_line(node, "LSA filters on interfaces are not modelled"),
            ["encryption", ..] => on.auth_type = Some(rest.join(" ").into()),
            [
                "bfd"
                | "demand-circuit"
                | "flood-reduction"
                | "lls"
                | "resync-timeout"
                | "retransmit-interval"
                | "transmit-delay"
                | "ttl-security"
                | "fast-reroute"
                | "multi-area"
                | "topology"
                | "adjacency"
                | "mpls"
                | "ti-lfa"
                | "dynamic-metric",
                ..,
            ] => {
                return self.quiet_line(node);
            }
            _ => return Done::Unknown,
        }
        self.known(node)
    }
}
