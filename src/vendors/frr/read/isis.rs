//! isisd: the process and the interface.

use super::{
    Block, Invalid, Modelled, NoEffect, NotModelled, Reader, Took, Unknown, foreign, levels, named_vrf, reference, source,
};
use crate::base::span::Origin;
use crate::model::route::Family;
use crate::vendors::frr::config::{DefaultInformation, IgpRedistribution, Isis, Ref};

impl Reader<'_> {
    pub(super) fn open_isis<'t>(&mut self, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        if no {
            return NoEffect;
        }
        let [tag, rest @ ..] = w else { return Invalid("", "followed by an area tag") };
        let vrf = match rest {
            ["vrf", name] => named_vrf(name),
            _ => None,
        };
        if let Some(name) = &vrf {
            self.config.vrf(name, o);
        }
        let list = &mut self.config.isis;
        let at = list.iter().position(|p| &*p.tag == *tag && p.vrf == vrf).unwrap_or(list.len());
        if at == list.len() {
            list.push(Isis { tag: (*tag).into(), vrf, origin: o, ..Isis::default() });
        }
        self.block = Block::Isis(at);
        Modelled
    }

    pub(super) fn isis<'t>(&mut self, n: usize, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        let Some(p) = self.config.isis.get_mut(n) else { return Unknown };
        match w {
            ["net", net] => {
                if !net.chars().all(|c| c.is_ascii_hexdigit() || c == '.') || net.chars().filter(|c| *c != '.').count() < 16 {
                    return Invalid(net, "a network entity title");
                }
                p.nets.retain(|x| &**x != *net);
                if !no {
                    p.nets.push((*net).into());
                }
            }
            ["is-type", ..] if no => p.levels = None,
            ["is-type", word] => match levels(word) {
                Some(l) => p.levels = Some(l),
                None => return Invalid(word, "a level"),
            },
            ["metric-style", ..] if no => (p.narrow, p.wide) = (false, false),
            ["metric-style", word] => {
                (p.narrow, p.wide) = match *word {
                    "narrow" => (true, false),
                    "wide" => (false, true),
                    "transition" => (true, true),
                    other => return Invalid(other, "narrow, wide or transition"),
                }
            }
            ["redistribute", family @ ("ipv4" | "ipv6"), word, level, rest @ ..] => {
                let Some(src) = source(word) else {
                    return if foreign(word) {
                        NotModelled("this source of routes is not modelled")
                    } else {
                        Invalid(word, "a protocol")
                    };
                };
                let (level, rest) = if *word == "table" { ("", rest) } else { (*level, rest) };
                let Some(levels) = levels(level) else { return Invalid(level, "level-1 or level-2") };
                let family = if *family == "ipv6" { Family::V6 } else { Family::V4 };
                p.redistribute.retain(|r| !(r.source == src && r.family == family && r.levels == levels));
                if no {
                    return Modelled;
                }
                let (metric, route_map) = match options(rest, o) {
                    Ok(x) => x,
                    Err(took) => return took,
                };
                if let Some(r) = &route_map {
                    self.sink.refer(&["route-map"], &r.name, o, "redistribute route-map");
                }
                p.redistribute.push(IgpRedistribution {
                    source: src,
                    family,
                    levels,
                    metric,
                    metric_type: 2,
                    route_map,
                    origin: o,
                });
            }
            ["default-information", "originate", family @ ("ipv4" | "ipv6"), level, rest @ ..] => {
                let Some(levels) = levels(level) else { return Invalid(level, "level-1 or level-2") };
                let family = if *family == "ipv6" { Family::V6 } else { Family::V4 };
                p.defaults.retain(|d| !(d.family == family && d.levels == levels));
                if no {
                    return Modelled;
                }
                let (always, rest) = match rest {
                    ["always", rest @ ..] => (true, rest),
                    rest => (false, rest),
                };
                let (metric, route_map) = match options(rest, o) {
                    Ok(x) => x,
                    Err(took) => return took,
                };
                if let Some(r) = &route_map {
                    self.sink.refer(&["route-map"], &r.name, o, "default-information route-map");
                }
                p.defaults.push(DefaultInformation { always, metric, metric_type: 2, route_map, levels, family, origin: o });
            }
            ["set-overload-bit"] => p.overload = !no,
            ["set-overload-bit", "on-startup", ..] => return NoEffect,
            ["set-attached-bit"] => return NoEffect,
            ["attached-bit", "send"] => p.no_attached_send = no,
            ["attached-bit", "receive", "ignore"] => p.ignore_attached = !no,
            ["topology", "ipv6-unicast", ..] => p.ipv6_topology = !no,
            ["segment-routing", rest @ ..] => return super::mpls::segments(&mut p.segments, no, rest, o),
            ["topology", ..] => return NotModelled("this topology is not modelled"),
            ["area-password", _, key, ..] => p.auth[0] = (!no).then(|| (*key).into()),
            ["domain-password", _, key, ..] => p.auth[1] = (!no).then(|| (*key).into()),
            ["advertise-passive-only"] => p.advertise_passive_only = !no,
            ["advertise-high-metrics"] if !no => {
                return NotModelled("advertising all links with the highest metric is not modelled");
            }
            [
                "hostname"
                | "log-adjacency-changes"
                | "lsp-gen-interval"
                | "lsp-refresh-interval"
                | "lsp-mtu"
                | "max-lsp-lifetime"
                | "spf-interval"
                | "spf-delay-ietf"
                | "purge-originator"
                | "mpls-te"
                | "mpls"
                | "fast-reroute"
                | "flex-algo"
                | "spf"
                | "log-pdu-drops"
                | "advertise-high-metrics"
                | "affinity-map"
                | "dynamic-hostname"
                | "timers"
                | "router-info"
                | "srlg"
                | "lsp-timers"
                | "admin-group-send-zero"
                | "asla-legacy-flag"
                | "lfa"
                | "prefix-priority"
                | "snmp"
                | "area-password"
                | "domain-password"
                | "srv6"
                | "max-area-addrs",
                ..,
            ] => {
                return NoEffect;
            }
            _ => return Unknown,
        }
        Modelled
    }

    pub(super) fn isis_interface<'t>(&mut self, n: usize, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        let Some(port) = self.config.interfaces.get_mut(n).map(|i| &mut i.isis) else { return Unknown };
        match w {
            ["ip" | "ipv6", "router", "isis", tag, ..] => {
                port.tag[usize::from(w[0] == "ipv6")] = (!no).then(|| (*tag).into());
                port.origin = o;
            }
            ["isis", "circuit-type", ..] if no => port.levels = None,
            ["isis", "circuit-type", word] => match levels(word) {
                Some(l) => port.levels = Some(l),
                None => return Invalid(word, "a level"),
            },
            ["isis", "metric" | "priority", ..] if no => match w[1] {
                "metric" => port.metric = [None; 2],
                _ => port.priority = [None; 2],
            },
            ["isis", "metric", level @ ("level-1" | "level-2"), v] | ["isis", "metric", v, level @ ("level-1" | "level-2")] => {
                match v.parse() {
                    Ok(v) => port.metric[usize::from(*level == "level-2")] = Some(v),
                    Err(_) => return Invalid(v, "a metric"),
                }
            }
            ["isis", "metric", v] => match v.parse() {
                Ok(v) => port.metric = [Some(v); 2],
                Err(_) => return Invalid(v, "a metric"),
            },
            ["isis", "priority", v, rest @ ..] => {
                let Ok(v) = v.parse() else { return Invalid(v, "a priority from 0 to 127") };
                match rest {
                    ["level-1"] => port.priority[0] = Some(v),
                    ["level-2"] => port.priority[1] = Some(v),
                    _ => port.priority = [Some(v); 2],
                }
            }
            ["isis", "passive"] => port.passive = !no,
            ["isis", "network", "point-to-point"] => port.point_to_point = !no,
            ["isis", "password", kind, key] => port.auth = (!no).then(|| format!("{kind} {key}").into()),
            ["isis", "password", ..] if no => port.auth = None,
            ["isis", "topology", ..] => return NotModelled("leaving topologies out on an interface is not modelled"),
            [
                "isis",
                "hello-interval"
                | "hello-multiplier"
                | "csnp-interval"
                | "psnp-interval"
                | "bfd"
                | "hello"
                | "three-way-handshake"
                | "fast-reroute"
                | "mpls"
                | "affinity"
                | "network"
                | "advertise"
                | "bfd-profile",
                ..,
            ] => return NoEffect,
            _ => return Unknown,
        }
        Modelled
    }
}

/// `metric N`, `route-map NAME` in any order.
fn options<'t>(mut w: &[&'t str], o: Origin) -> Result<(Option<u32>, Option<Ref>), Took<'t>> {
    let (mut metric, mut map) = (None, None);
    while let [word, value, tail @ ..] = w {
        match *word {
            "metric" => metric = Some(value.parse().map_err(|_| Invalid(value, "a number"))?),
            "route-map" => map = Some(reference(value, o)),
            other => return Err(Invalid(other, "metric or route-map")),
        }
        w = tail;
    }
    match w {
        [] => Ok((metric, map)),
        [other, ..] => Err(Invalid(other, "metric or route-map, followed by a value")),
    }
}
