//! `router bgp` and its address families.

use ipnet::IpNet;

use super::route_map::origin_code;
use super::{Block, Invalid, Modelled, NoEffect, NotModelled, Reader, Took, Unknown, foreign, named_vrf, reference, source};
use crate::base::span::Origin;
use crate::model::route::Family;
use crate::syntax::values;
use crate::vendors::frr::config::{Aggregate, Bgp, BgpRedistribution, Network};
use crate::vendors::sink::LineClass;

impl Reader<'_> {
    pub(super) fn open_bgp<'t>(&mut self, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        if no {
            return NoEffect;
        }
        let Some(asn) = w.first().and_then(|a| values::asn(a)) else {
            return Invalid(w.first().copied().unwrap_or(""), "an AS number");
        };
        let vrf = match w {
            [_, "vrf", name, ..] => named_vrf(name),
            [_, "view", ..] => {
                self.block = Block::Other(LineClass::NotModelled);
                return NotModelled("BGP views are not modelled");
            }
            _ => None,
        };
        if let Some(name) = &vrf {
            self.config.vrf(name, o);
        }
        let at = self.config.bgp.iter().position(|b| b.vrf == vrf).unwrap_or(self.config.bgp.len());
        if at == self.config.bgp.len() {
            self.config.bgp.push(Bgp { asn, vrf, origin: o, ..Bgp::default() });
        }
        self.block = Block::Bgp(at);
        Modelled
    }

    pub(super) fn bgp<'t>(&mut self, n: usize, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        let Some(bgp) = self.config.bgp.get_mut(n) else { return Unknown };
        match w {
            ["neighbor", rest @ ..] => self.neighbor(n, None, no, rest, o),
            ["bgp", rest @ ..] => self.bgp_option(n, no, rest, o),
            ["address-family", rest @ ..] => {
                self.block = match rest {
                    ["ipv4", "unicast"] | ["ipv4"] => Block::BgpFamily(n, 0),
                    ["ipv6", "unicast"] | ["ipv6"] => Block::BgpFamily(n, 1),
                    ["l2vpn", "evpn"] | ["evpn"] => Block::BgpEvpn(n),
                    // `bgp_vty.c` has them in the default instance alone.
                    ["ipv4" | "vpnv4", "vpn"] | ["vpnv4", "unicast"] | ["vpnv4"] if bgp.vrf.is_none() => Block::BgpVpn(n, 3),
                    ["ipv6" | "vpnv6", "vpn"] | ["vpnv6", "unicast"] | ["vpnv6"] if bgp.vrf.is_none() => Block::BgpVpn(n, 4),
                    _ => {
                        self.block = Block::BgpOther(n, LineClass::NotModelled);
                        return NotModelled("only unicast, EVPN and, in the default instance, VPN routes are modelled");
                    }
                };
                Modelled
            }
            ["exit-address-family"] => {
                self.block = Block::Bgp(n);
                NoEffect
            }
            ["timers" | "coalesce-time" | "update-delay" | "write-quanta" | "read-quanta" | "rfapi" | "srv6", ..] => NoEffect,
            ["vnc" | "vrf-policy" | "segment-routing", ..] => {
                self.block = Block::BgpOther(n, LineClass::NotModelled);
                NotModelled("not modelled")
            }
            ["no-auto-summary" | "auto-summary" | "synchronization", ..] => NoEffect,
            ["shutdown", ..] => {
                bgp.shutdown = !no;
                Modelled
            }
            // IPv4 unicast may stand outside its block.
            _ => self.bgp_family(n, 0, no, w, o),
        }
    }

    fn bgp_option<'t>(&mut self, n: usize, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        let Some(bgp) = self.config.bgp.get_mut(n) else { return Unknown };
        match w {
            ["router-id", ..] if no => bgp.router_id = None,
            ["router-id", id] => match id.parse() {
                Ok(id) => bgp.router_id = Some(id),
                Err(_) => return Invalid(id, "a router id"),
            },
            ["cluster-id", ..] if no => bgp.cluster_id = None,
            ["cluster-id", id] => match id.parse().ok().or_else(|| id.parse::<u32>().ok().map(Into::into)) {
                Some(id) => bgp.cluster_id = Some(id),
                None => return Invalid(id, "a cluster id"),
            },
            ["confederation", "identifier", asn, ..] => match values::asn(asn) {
                Some(a) => bgp.confederation_id = (!no).then_some(a),
                None => return Invalid(asn, "an AS number"),
            },
            ["confederation", "peers", asns @ ..] => {
                for word in asns {
                    match values::asn(word) {
                        Some(a) => bgp.confederation_peers.push(a),
                        None => return Invalid(word, "an AS number"),
                    }
                }
            }
            ["default", "ipv4-unicast"] => bgp.default_activate[0] = Some(!no),
            ["default", "ipv6-unicast"] => bgp.default_activate[1] = Some(!no),
            ["default", "l2vpn-evpn"] => bgp.default_activate[2] = Some(!no),
            ["default", "ipv4-vpn"] => bgp.default_activate[3] = Some(!no),
            ["default", "ipv6-vpn"] => bgp.default_activate[4] = Some(!no),
            ["default", "local-preference", ..] if no => bgp.local_preference = None,
            ["default", "local-preference", v] => match v.parse() {
                Ok(v) => bgp.local_preference = Some(v),
                Err(_) => return Invalid(v, "a number"),
            },
            [
                "default",
                "show-hostname"
                | "show-nexthop-hostname"
                | "subgroup-pkt-queue-max"
                | "dynamic-capability"
                | "software-version-capability"
                | "link-local-capability",
                ..,
            ] => {
                return NoEffect;
            }
            ["default", ..] => return NotModelled("this family is not modelled"),
            ["always-compare-med"] => bgp.always_compare_med = !no,
            ["deterministic-med"] => bgp.deterministic_med = Some(!no),
            ["bestpath", "as-path", "multipath-relax", ..] => bgp.multipath_relax = Some(!no),
            ["bestpath", "as-path", "ignore"] => bgp.ignore_as_path = !no,
            ["bestpath", "as-path", "confed"] => bgp.count_confederation = !no,
            ["bestpath", "compare-routerid"] => bgp.compare_router_id = !no,
            ["bestpath", "med", words @ ..] => {
                for word in words {
                    match *word {
                        "confed" => bgp.med_confederation = !no,
                        "missing-as-worst" => bgp.missing_med_worst = !no,
                        other => return Invalid(other, "confed or missing-as-worst"),
                    }
                }
            }
            ["bestpath", "peer-type", "multipath-relax"] => bgp.peer_type_relax = !no,
            ["bestpath", "bandwidth", ..] => return NotModelled("link bandwidth is not modelled; next hops weigh the same"),
            ["bestpath", "aigp"] => return NotModelled("AIGP is not modelled"),
            ["client-to-client", "reflection"] => bgp.no_client_to_client = no,
            ["ebgp-requires-policy"] => bgp.requires_policy = Some(!no),
            ["network", "import-check", ..] => bgp.import_check = Some(!no),
            ["enforce-first-as"] => bgp.enforce_first_as = Some(!no),
            ["maxas-limit", v] => match v.parse() {
                Ok(v) => bgp.maxas_limit = (!no).then_some(v),
                Err(_) => return Invalid(v, "a number"),
            },
            ["graceful-shutdown"] => bgp.graceful_shutdown = !no,
            ["shutdown", ..] => bgp.shutdown = !no,
            ["suppress-fib-pending"] => bgp.suppress_fib_pending = !no,
            ["listen", "range", range, "peer-group", group] => {
                let Some(range) = values::prefix(range) else { return Invalid(range, "a prefix") };
                if no {
                    bgp.listen.retain(|l| l.0 != range.trunc());
                } else {
                    bgp.listen.push((range.trunc(), reference(group, o)));
                    self.sink.refer(&["peer-group"], group, o, "bgp listen range");
                }
            }
            ["fast-external-failover"] if no => return NoEffect,
            ["disable-ebgp-connected-route-check"] => return NotModelled("not modelled"),
            ["dampening", ..] => return NotModelled("route flap dampening is not modelled; no route is damped"),
            ["conditional-advertisement", ..] => return NoEffect,
            ["route-reflector", "allow-outbound-policy"] => {
                return NotModelled("policies on reflected routes are taken as always allowed");
            }
            [
                "log-neighbor-changes"
                | "graceful-restart"
                | "graceful-restart-disable"
                | "fast-external-failover"
                | "listen"
                | "max-med"
                | "minimum-holdtime"
                | "hard-administrative-reset"
                | "long-lived-graceful-restart"
                | "update-delay"
                | "default-originate"
                | "tcp-keepalive"
                | "lu-delay"
                | "rpki"
                | "retain"
                | "reject-as-sets"
                | "dynamic-capability"
                | "suppress-duplicates"
                | "labeled-unicast"
                | "session-dscp"
                | "router-info"
                | "route-map"
                | "snmp"
                | "fast-convergence"
                | "allow-martian-nexthop"
                | "default-information"
                | "input-queue-limit"
                | "output-queue-limit"
                | "ipv6-auto-ra"
                | "scan-time",
                ..,
            ] => return NoEffect,
            ["as-path" | "community-list" | "large-community-list" | "extcommunity-list" | "send-extra-data", ..] => {
                return Unknown;
            }
            _ => return Unknown,
        }
        Modelled
    }

    pub(super) fn bgp_family<'t>(&mut self, n: usize, f: usize, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        let v6 = f == 1;
        if let ["neighbor", rest @ ..] = w {
            return self.neighbor(n, Some(f), no, rest, o);
        }
        let Some(family) = self.config.bgp.get_mut(n).and_then(|b| b.families.get_mut(f)) else { return Unknown };
        match w {
            ["network", word, rest @ ..] => {
                let (prefix, rest) = match (values::prefix(word), rest) {
                    (Some(p), rest) => (p, rest),
                    (None, ["mask", mask, rest @ ..]) if values::address_mask(word, mask).is_some() => {
                        (values::address_mask(word, mask).unwrap_or_default(), rest)
                    }
                    (None, rest) => match word.parse::<std::net::Ipv4Addr>() {
                        // Without a length the classful network is meant.
                        Ok(a) => (classful(a), rest),
                        Err(_) => return Invalid(word, "a prefix"),
                    },
                };
                if prefix.addr().is_ipv6() != v6 {
                    // A line outside its family's block: vtysh tries the block around it.
                    return Invalid(word, "a prefix of the address family");
                }
                let prefix = prefix.trunc();
                if no {
                    family.networks.retain(|x| x.prefix != prefix);
                    return Modelled;
                }
                let mut network = Network { prefix, route_map: None, backdoor: false, origin: o };
                match rest {
                    [] | ["non-connected"] => {}
                    ["route-map", name] => {
                        network.route_map = Some(reference(name, o));
                        self.sink.refer(&["route-map"], name, o, "network route-map");
                    }
                    ["backdoor"] => network.backdoor = true,
                    ["label-index", ..] => {}
                    [other, ..] => return Invalid(other, "route-map or backdoor"),
                }
                family.networks.retain(|x| x.prefix != prefix);
                family.networks.push(network);
            }
            ["aggregate-address", word, rest @ ..] => {
                let (prefix, mut rest) = match (values::prefix(word), rest) {
                    (Some(p), rest) => (p.trunc(), rest),
                    (None, [mask, rest @ ..]) => match values::address_mask(word, mask) {
                        Some(p) => (p.trunc(), rest),
                        None => return Invalid(word, "a prefix"),
                    },
                    _ => return Invalid(word, "a prefix"),
                };
                if prefix.addr().is_ipv6() != v6 {
                    return Invalid(word, "a prefix of the address family");
                }
                family.aggregates.retain(|a| a.prefix != prefix);
                if no {
                    return Modelled;
                }
                let mut a = Aggregate {
                    prefix,
                    summary_only: false,
                    as_set: false,
                    suppress: None,
                    route_map: None,
                    origin_code: None,
                    origin: o,
                };
                let mut partly = None;
                while let [word, tail @ ..] = rest {
                    rest = tail;
                    match (*word, tail.first()) {
                        ("summary-only", _) => a.summary_only = true,
                        ("as-set", _) => a.as_set = true,
                        ("matching-MED-only" | "matching-med-only", _) => {
                            partly = Some("contributors with another MED are not left out")
                        }
                        ("origin", Some(code)) => match origin_code(code) {
                            Some(c) => a.origin_code = Some(c),
                            None => return Invalid(code, "igp, egp or incomplete"),
                        },
                        ("route-map", Some(name)) => {
                            a.route_map = Some(reference(name, o));
                            self.sink.refer(&["route-map"], name, o, "aggregate-address route-map");
                        }
                        ("suppress-map", Some(name)) => {
                            a.suppress = Some(reference(name, o));
                            self.sink.refer(&["route-map"], name, o, "aggregate-address suppress-map");
                        }
                        (other, _) => return Invalid(other, "an option of aggregate-address"),
                    }
                    if matches!(*word, "origin" | "route-map" | "suppress-map") {
                        rest = tail.get(1..).unwrap_or_default();
                    }
                }
                family.aggregates.push(a);
                if let Some(why) = partly {
                    return NotModelled(why);
                }
            }
            ["redistribute", word, rest @ ..] => {
                let Some(src) = source(word) else {
                    return if foreign(word) {
                        NotModelled("this source of routes is not modelled")
                    } else {
                        Invalid(word, "a protocol")
                    };
                };
                family.redistribute.retain(|r| r.source != src);
                if no {
                    return Modelled;
                }
                let mut entry = BgpRedistribution { source: src, metric: None, route_map: None, origin: o };
                let mut rest = match rest {
                    [id, tail @ ..] if id.parse::<u32>().is_ok() => tail,
                    rest => rest,
                };
                while let [word, value, tail @ ..] = rest {
                    match *word {
                        "metric" => match value.parse() {
                            Ok(m) => entry.metric = Some(m),
                            Err(_) => return Invalid(value, "a number"),
                        },
                        "route-map" => {
                            entry.route_map = Some(reference(value, o));
                            self.sink.refer(&["route-map"], value, o, "redistribute route-map");
                        }
                        other => return Invalid(other, "metric or route-map"),
                    }
                    rest = tail;
                }
                if let [other] = rest {
                    return Invalid(other, "metric or route-map, followed by a value");
                }
                family.redistribute.push(entry);
            }
            ["maximum-paths", "ibgp", v, ..] => match v.parse() {
                Ok(v) => family.max_paths[1] = (!no).then_some(v),
                Err(_) => return Invalid(v, "a number"),
            },
            ["maximum-paths", v] => match v.parse() {
                Ok(v) => family.max_paths[0] = (!no).then_some(v),
                Err(_) => return Invalid(v, "a number"),
            },
            ["maximum-paths", ..] => family.max_paths = [None, None],
            ["distance", "bgp", ..] if no => family.distance = None,
            ["distance", "bgp", e, i, l] => match (e.parse(), i.parse(), l.parse()) {
                (Ok(e), Ok(i), Ok(l)) => family.distance = Some([e, i, l]),
                _ => return Invalid(e, "three distances"),
            },
            ["distance", ..] => return NotModelled("distances by neighbour are not modelled"),
            ["table-map", name] => {
                family.table_map = (!no).then(|| reference(name, o));
                self.sink.refer(&["route-map"], name, o, "table-map");
            }
            ["import" | "export", "vrf" | "vpn", ..] | ["rd" | "rt" | "label" | "nexthop" | "route-map", "vpn", ..] => {
                return self.bgp_vpn(n, f, no, w, o);
            }
            ["sid", ..] | ["allocate-label", ..] | ["nexthop", ..] => return NotModelled("labels are not modelled"),
            ["bgp", "dampening", ..] => return NotModelled("route flap dampening is not modelled; no route is damped"),
            ["exit-address-family"] => {
                self.block = Block::Bgp(n);
                return NoEffect;
            }
            ["optional_address_family_identifier"] => return Unknown,
            _ => return Unknown,
        }
        Modelled
    }
}

fn classful(a: std::net::Ipv4Addr) -> IpNet {
    let len = match a.octets()[0] {
        0..=127 => 8,
        128..=191 => 16,
        _ => 24,
    };
    ipnet::Ipv4Net::new(a, len).map_or_else(|_| IpNet::default(), |n| IpNet::V4(n.trunc()))
}

/// The families of a session, in the order of what is said of them.
pub(in crate::vendors::frr) const FAMILIES: [Family; 5] = [Family::V4, Family::V6, Family::Evpn, Family::Vpn4, Family::Vpn6];

/// Family of an index.
pub(in crate::vendors::frr) fn family(index: usize) -> Family {
    FAMILIES.get(index).copied().unwrap_or_default()
}
