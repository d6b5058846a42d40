//! ospfd and ospf6d: the process and the interface.

use std::net::Ipv4Addr;

use ipnet::IpNet;

use super::{Block, Invalid, Modelled, NoEffect, NotModelled, Reader, Took, Unknown, foreign, named_vrf, reference, source};
use crate::base::span::Origin;
use crate::model::isis::Levels;
use crate::model::ospf::{NetworkType, Translate};
use crate::model::route::Family;
use crate::syntax::values;
use crate::vendors::frr::config::{DefaultInformation, IgpRedistribution, ListKind, Ospf};
use crate::vendors::sink::LineClass;

impl Reader<'_> {
    pub(super) fn open_ospf<'t>(&mut self, no: bool, w: &[&'t str], v6: bool, o: Origin) -> Took<'t> {
        if no {
            return NoEffect;
        }
        let (instance, vrf) = match w {
            [] => ("", None),
            ["vrf", name] => ("", named_vrf(name)),
            [id] if id.parse::<u16>().is_ok() => (*id, None),
            [other, ..] => {
                self.block = Block::Other(LineClass::NotModelled);
                return Invalid(other, "an instance number or a VRF");
            }
        };
        if let Some(name) = &vrf {
            self.config.vrf(name, o);
        }
        let list = if v6 { &mut self.config.ospf6 } else { &mut self.config.ospf };
        let at = list.iter().position(|p| &*p.instance == instance && p.vrf == vrf).unwrap_or(list.len());
        if at == list.len() {
            list.push(Ospf { instance: instance.into(), vrf, origin: o, ..Ospf::default() });
        }
        self.block = if v6 { Block::Ospf6(at) } else { Block::Ospf(at) };
        Modelled
    }

    pub(super) fn ospf<'t>(&mut self, n: usize, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        let Some(p) = self.config.ospf.get_mut(n) else { return Unknown };
        match w {
            ["ospf", "router-id", id] | ["router-id", id] => match id.parse() {
                Ok(id) => p.router_id = (!no).then_some(id),
                Err(_) => return Invalid(id, "a router id"),
            },
            ["ospf", "abr-type", kind] => p.abr_standard = *kind == "standard" && !no,
            ["ospf", "rfc1583compatibility"] | ["compatible", "rfc1583"] => p.rfc1583 = !no,
            ["network", word, "area", area] => {
                let Some(IpNet::V4(net)) = values::prefix(word) else { return Invalid(word, "an IPv4 prefix") };
                let Some(area) = values::area(area) else { return Invalid(area, "an area") };
                if no {
                    p.networks.retain(|x| x.0 != net.trunc());
                } else {
                    p.networks.push((net.trunc(), area, o));
                }
            }
            ["passive-interface", "default"] => p.passive_default = !no,
            ["passive-interface", name, ..] => p.passive.push(((*name).into(), !no)),
            ["neighbor", a, ..] => match a.parse() {
                Ok(a) if !no => p.neighbors.push(a),
                Ok(_) => {}
                Err(_) => return Invalid(a, "an IPv4 address"),
            },
            ["auto-cost", "reference-bandwidth", v] => match v.parse() {
                Ok(v) => p.reference = (!no).then_some(v),
                Err(_) => return Invalid(v, "a bandwidth in Mbit/s"),
            },
            ["max-metric", "router-lsa", "administrative"] => p.max_metric = !no,
            ["max-metric", "router-lsa", ..] => return NoEffect,
            ["distribute-list", name, "out", word] => {
                let Some(src) = source(word) else { return NotModelled("this source of routes is not modelled") };
                self.sink.refer(&["access-list"], name, o, "distribute-list out");
                p.distribute_out.push((reference(name, o), src));
            }
            ["summary-address", word, rest @ ..] => {
                let Some(net) = values::prefix(word) else { return Invalid(word, "a prefix") };
                let tag = match rest {
                    ["tag", t, ..] => t.parse().ok(),
                    _ => None,
                };
                p.summaries.push((net.trunc(), !rest.contains(&"no-advertise"), tag, o));
            }
            ["segment-routing", rest @ ..] => return super::mpls::segments(&mut p.segments, no, rest, o),
            ["aggregation", ..] => return NoEffect,
            ["area", area, rest @ ..] => {
                let Some(id) = values::area(area) else { return Invalid(area, "an area") };
                return self.area(n, false, id, no, rest, o);
            }
            ["opaque-lsa" | "capability" | "mpls-te" | "router-info" | "pce" | "fast-reroute" | "mpls", ..]
            | ["ospf", "opaque-lsa" | "snmp" | "send-extra-data", ..] => {
                return NoEffect;
            }
            [
                "graceful-restart"
                | "log-adjacency-changes"
                | "timers"
                | "refresh"
                | "write-multiplier"
                | "ldp-sync"
                | "maximum-neighbors"
                | "proactive-arp"
                | "send-extra-data"
                | "flood-reduction"
                | "socket",
                ..,
            ]
            | ["ospf", "write-multiplier" | "maximum-neighbors", ..] => {
                return NoEffect;
            }
            _ => return self.ospf_common(n, false, no, w, o),
        }
        Modelled
    }

    pub(super) fn ospf6<'t>(&mut self, n: usize, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        let Some(p) = self.config.ospf6.get_mut(n) else { return Unknown };
        match w {
            ["ospf6", "router-id", id] | ["router-id", id] => match id.parse() {
                Ok(id) => p.router_id = (!no).then_some(id),
                Err(_) => return Invalid(id, "a router id"),
            },
            ["interface", name, "area", area] => match values::area(area) {
                Some(area) => p.interfaces.push(((*name).into(), area, o)),
                None => return Invalid(area, "an area"),
            },
            ["auto-cost", "reference-bandwidth", v] => match v.parse() {
                Ok(v) => p.reference = (!no).then_some(v),
                Err(_) => return Invalid(v, "a bandwidth in Mbit/s"),
            },
            ["stub-router", "administrative"] => p.max_metric = !no,
            ["summary-address", word, rest @ ..] => {
                let Some(net) = values::prefix(word) else { return Invalid(word, "a prefix") };
                p.summaries.push((net.trunc(), !rest.contains(&"no-advertise"), None, o));
            }
            ["area", area, rest @ ..] => {
                let Some(id) = values::area(area) else { return Invalid(area, "an area") };
                return self.area(n, true, id, no, rest, o);
            }
            ["log-adjacency-changes" | "timers" | "graceful-restart" | "write-multiplier" | "aggregation", ..] => {
                return NoEffect;
            }
            _ => return self.ospf_common(n, true, no, w, o),
        }
        Modelled
    }

    fn ospf_common<'t>(&mut self, n: usize, v6: bool, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        let list = if v6 { &mut self.config.ospf6 } else { &mut self.config.ospf };
        let Some(p) = list.get_mut(n) else { return Unknown };
        let kind = if v6 { "ospf6" } else { "ospf" };
        match w {
            ["redistribute", word, rest @ ..] => {
                let Some(src) = source(word) else {
                    return if foreign(word) {
                        NotModelled("this source of routes is not modelled")
                    } else {
                        Invalid(word, "a protocol")
                    };
                };
                p.redistribute.retain(|r| r.source != src);
                if no {
                    return Modelled;
                }
                let rest = match rest {
                    [id, tail @ ..] if id.parse::<u32>().is_ok() => tail,
                    rest => rest,
                };
                let o2 = match options(rest, o) {
                    Ok(x) => x,
                    Err(took) => return took,
                };
                if let Some(r) = &o2.route_map {
                    self.sink.refer(&["route-map"], &r.name, o, "redistribute route-map");
                }
                p.redistribute.push(IgpRedistribution {
                    source: src,
                    family: if v6 { Family::V6 } else { Family::V4 },
                    levels: Levels::default(),
                    metric: o2.metric,
                    metric_type: o2.metric_type,
                    route_map: o2.route_map,
                    origin: o,
                });
            }
            ["default-information", "originate", ..] if no => p.default = None,
            ["default-information", "originate", rest @ ..] => {
                let x = match options(rest, o) {
                    Ok(x) => x,
                    Err(took) => return took,
                };
                if let Some(r) = &x.route_map {
                    self.sink.refer(&["route-map"], &r.name, o, "default-information route-map");
                }
                p.default = Some(DefaultInformation {
                    always: x.always,
                    metric: x.metric,
                    metric_type: x.metric_type,
                    route_map: x.route_map,
                    levels: Levels::default(),
                    family: if v6 { Family::V6 } else { Family::V4 },
                    origin: o,
                });
            }
            ["default-metric", v] => match v.parse() {
                Ok(v) => p.default_metric = (!no).then_some(v),
                Err(_) => return Invalid(v, "a number"),
            },
            ["distance", word, rest @ ..] => {
                let mut rest = rest;
                if let (Ok(all), []) = (word.parse::<u32>(), rest) {
                    p.distance = if no { [None; 3] } else { [Some(all); 3] };
                } else if *word == kind {
                    while let [which, value, tail @ ..] = rest {
                        let slot = match *which {
                            "intra-area" => 0,
                            "inter-area" => 1,
                            "external" => 2,
                            other => return Invalid(other, "intra-area, inter-area or external"),
                        };
                        let Ok(value) = value.parse() else { return Invalid(value, "a distance") };
                        p.distance[slot] = (!no).then_some(value);
                        rest = tail;
                    }
                } else {
                    return NotModelled("distances by neighbour are not modelled");
                }
            }
            ["maximum-paths", v] => match v.parse() {
                Ok(v) => p.max_paths = (!no).then_some(v),
                Err(_) => return Invalid(v, "a number"),
            },
            ["shutdown"] => p.shutdown = !no,
            _ => return Unknown,
        }
        Modelled
    }

    fn area<'t>(&mut self, n: usize, v6: bool, id: u32, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        let list = if v6 { &mut self.config.ospf6 } else { &mut self.config.ospf };
        let Some(p) = list.get_mut(n) else { return Unknown };
        let area = p.area(id, o);
        match w {
            ["stub", rest @ ..] => {
                area.stub = !no;
                area.no_summary |= rest.contains(&"no-summary") && !no;
            }
            ["nssa", rest @ ..] => {
                let mut rest = rest;
                area.nssa = !no;
                while let [word, tail @ ..] = rest {
                    rest = tail;
                    match *word {
                        "no-summary" => area.no_summary = true,
                        "translate-candidate" => area.translate = Translate::Candidate,
                        "translate-always" => area.translate = Translate::Always,
                        "translate-never" => area.translate = Translate::Never,
                        "suppress-fa" => area.suppress_fa = true,
                        "default-information-originate" => {
                            area.nssa_default.get_or_insert(2);
                        }
                        "metric-type" => area.nssa_default = tail.first().and_then(|v| v.parse().ok()),
                        "metric" => return NotModelled("the metric of an NSSA default route is not modelled"),
                        _ if word.parse::<u32>().is_ok() => {}
                        other => return Invalid(other, "an option of nssa"),
                    }
                }
            }
            ["range", word, rest @ ..] => {
                let mut rest = rest;
                let Some(net) = values::prefix(word).filter(|p| p.addr().is_ipv6() == v6) else {
                    return Invalid(word, "a prefix");
                };
                let net = net.trunc();
                area.ranges.retain(|r| r.0 != net || !(no || rest.is_empty()));
                if no {
                    return Modelled;
                }
                let (mut advertise, mut cost) = (true, None);
                while let [word, tail @ ..] = rest {
                    rest = tail;
                    match *word {
                        "not-advertise" => advertise = false,
                        "advertise" => {}
                        "cost" => match tail.first().and_then(|v| v.parse().ok()) {
                            Some(c) => {
                                cost = Some(c);
                                rest = &tail[1..];
                            }
                            None => return Invalid(word, "followed by a number"),
                        },
                        "substitute" => return NotModelled("`substitute` is not modelled"),
                        other => return Invalid(other, "not-advertise or cost"),
                    }
                }
                // Several lines on one range add up.
                match area.ranges.iter_mut().find(|r| r.0 == net) {
                    Some(r) => (r.1, r.2) = (r.1 && advertise, cost.or(r.2)),
                    None => area.ranges.push((net, advertise, cost, o)),
                }
            }
            ["default-cost", v] => match v.parse() {
                Ok(v) => area.default_cost = (!no).then_some(v),
                Err(_) => return Invalid(v, "a number"),
            },
            ["authentication", rest @ ..] => {
                let mode = if rest.contains(&"message-digest") { "message-digest" } else { "simple" };
                area.auth = (!no).then(|| mode.into());
            }
            ["virtual-link", id, ..] => {
                let Ok(id) = id.parse::<Ipv4Addr>() else { return Invalid(id, "a router id") };
                area.virtual_links.retain(|l| l.0 != id);
                if !no {
                    area.virtual_links.push((id, o));
                }
            }
            ["filter-list", "prefix", name, way] => {
                let kind = ListKind::PrefixList(if v6 { Family::V6 } else { Family::V4 });
                self.sink.refer(kind.word(), name, o, "area filter-list");
                let slot = if *way == "in" { &mut area.filter_in } else { &mut area.filter_out };
                *slot = (!no).then(|| (kind, reference(name, o)));
            }
            [word @ ("import-list" | "export-list"), name] => {
                let kind = ListKind::AccessList(if v6 { Family::V6 } else { Family::V4 });
                self.sink.refer(kind.word(), name, o, "area import-list or export-list");
                let slot = if *word == "import-list" { &mut area.filter_in } else { &mut area.filter_out };
                *slot = (!no).then(|| (kind, reference(name, o)));
            }
            ["flood-reduction"] => return NoEffect,
            ["shortcut", ..] => return NotModelled("shortcut ABRs are not modelled"),
            _ => return Unknown,
        }
        Modelled
    }

    pub(super) fn ospf_interface<'t>(&mut self, n: usize, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        let Some(interface) = self.config.interfaces.get_mut(n) else { return Unknown };
        let (port, w) = match w {
            ["ip", "ospf", rest @ ..] => (&mut interface.ospf, rest),
            ["ipv6", "ospf6", rest @ ..] => (&mut interface.ospf6, rest),
            _ => return Unknown,
        };
        // An instance number may stand first.
        let w = match w {
            [id, rest @ ..] if id.parse::<u16>().is_ok() => rest,
            w => w,
        };
        match w {
            ["area", ..] if no => port.area = None,
            ["area", area, ..] => match values::area(area) {
                Some(area) => port.area = Some((area, o)),
                None => return Invalid(area, "an area"),
            },
            [
                word @ ("cost" | "priority" | "hello-interval" | "dead-interval" | "authentication-key" | "message-digest-key"
                | "network" | "authentication"),
                ..,
            ] if no => match *word {
                "cost" => port.cost = None,
                "priority" => port.priority = None,
                "hello-interval" => port.hello = None,
                "dead-interval" => port.dead = None,
                "network" => port.network = None,
                "authentication" => port.auth = None,
                _ => port.key = None,
            },
            ["cost", v, ..] => match v.parse() {
                Ok(v) => port.cost = Some(v),
                Err(_) => return Invalid(v, "a cost"),
            },
            ["priority", v, ..] => match v.parse() {
                Ok(v) => port.priority = Some(v),
                Err(_) => return Invalid(v, "a priority from 0 to 255"),
            },
            ["hello-interval", v, ..] => match v.parse() {
                Ok(v) => port.hello = Some(v),
                Err(_) => return Invalid(v, "seconds"),
            },
            // Hellos many times a second: both sides must do it.
            ["dead-interval", "minimal", ..] => (port.hello, port.dead) = (Some(0), Some(1)),
            ["dead-interval", v, ..] => match v.parse() {
                Ok(v) => port.dead = Some(v),
                Err(_) => return Invalid(v, "seconds"),
            },
            ["passive", ..] => port.passive = Some(!no),
            ["network", word, ..] => {
                port.network = Some(match *word {
                    "broadcast" => NetworkType::Broadcast,
                    "non-broadcast" => NetworkType::NonBroadcast,
                    "point-to-point" => NetworkType::PointToPoint,
                    "point-to-multipoint" => NetworkType::PointToMultipoint,
                    other => return Invalid(other, "a network type"),
                });
            }
            ["mtu-ignore", ..] => port.mtu_ignore = !no,
            ["authentication", "message-digest", ..] => port.auth = Some("message-digest".into()),
            ["authentication", "null", ..] => port.auth = Some("null".into()),
            ["authentication", "key-chain", name] => {
                port.auth = Some("key-chain".into());
                port.key = Some((*name).into());
            }
            ["authentication", rest @ ..] => {
                port.auth =
                    Some(if rest.contains(&"keychain") || rest.contains(&"key-id") { "trailer" } else { "simple" }.into());
                port.key = rest.last().filter(|_| rest.len() > 1).map(|k| (*k).into()).or_else(|| port.key.clone());
            }
            ["authentication-key", key, ..] => port.key = Some((*key).into()),
            ["message-digest-key", id, "md5", key, ..] => port.key = Some(format!("{id}:{key}").into()),
            ["prefix-suppression", ..] => port.suppress_prefix = !no,
            ["ifmtu", ..] => return NotModelled("an MTU for OSPF alone is not modelled"),
            [
                "bfd"
                | "retransmit-interval"
                | "transmit-delay"
                | "ldp-sync"
                | "instance-id"
                | "advertise"
                | "graceful-restart"
                | "p2p-p2mp"
                | "capability"
                | "neighbor-filter"
                | "gr",
                ..,
            ] => {
                return match w[0] {
                    "instance-id" | "advertise" | "neighbor-filter" => NotModelled("not modelled"),
                    _ => NoEffect,
                };
            }
            _ => return Unknown,
        }
        Modelled
    }
}

struct Options {
    metric: Option<u32>,
    metric_type: u8,
    route_map: Option<crate::vendors::frr::config::Ref>,
    always: bool,
}

/// `always`, `metric N`, `metric-type N`, `route-map NAME` in any order.
fn options<'t>(mut w: &[&'t str], o: Origin) -> Result<Options, Took<'t>> {
    let mut out = Options { metric: None, metric_type: 2, route_map: None, always: false };
    while let [word, tail @ ..] = w {
        w = tail;
        let value = tail.first().copied().unwrap_or("");
        match *word {
            "always" => {
                out.always = true;
                continue;
            }
            "metric" => out.metric = Some(value.parse().map_err(|_| Invalid(word, "followed by a number"))?),
            "metric-type" => {
                out.metric_type =
                    value.parse().ok().filter(|t| (1..=2).contains(t)).ok_or(Invalid(word, "followed by 1 or 2"))?;
            }
            "route-map" if !value.is_empty() => out.route_map = Some(reference(value, o)),
            "tag" => {}
            other => return Err(Invalid(other, "metric, metric-type, route-map or always")),
        }
        w = tail.get(1..).unwrap_or_default();
    }
    Ok(out)
}
