//! ripd and ripngd: the process and the interface.

use super::{Block, Invalid, Modelled, NoEffect, NotModelled, Reader, Took, Unknown, foreign, named_vrf, reference, source};
use crate::base::span::Origin;
use crate::model::route::Family;
use crate::vendors::frr::config::{Rip, RipList};

impl Reader<'_> {
    pub(super) fn open_rip<'t>(&mut self, no: bool, family: Family, w: &[&'t str], o: Origin) -> Took<'t> {
        if no {
            return NoEffect;
        }
        let vrf = match w {
            ["vrf", name] => named_vrf(name),
            _ => None,
        };
        if let Some(name) = &vrf {
            self.config.vrf(name, o);
        }
        let list = &mut self.config.rip;
        let at = list.iter().position(|p| p.family == family && p.vrf == vrf).unwrap_or(list.len());
        if at == list.len() {
            list.push(Rip { family, vrf, origin: o, ..Rip::default() });
        }
        self.block = Block::Rip(at);
        Modelled
    }

    pub(super) fn rip<'t>(&mut self, n: usize, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        let Some(p) = self.config.rip.get_mut(n) else { return Unknown };
        let access: &'static [&'static str] = &["access-list"];
        match w {
            ["network", word] => {
                p.networks.retain(|(x, _)| &**x != *word);
                if !no {
                    p.networks.push(((*word).into(), o));
                }
            }
            ["passive-interface", "default"] => p.passive_default = !no,
            ["passive-interface", name] => p.passive.push(((*name).into(), !no)),
            ["neighbor", ip] => match ip.parse() {
                Ok(ip) if !no => p.neighbors.push(ip),
                Ok(ip) => p.neighbors.retain(|x| *x != ip),
                Err(_) => return Invalid(ip, "an address"),
            },
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
                let value = |word: &str| rest.iter().position(|w| *w == word).and_then(|n| rest.get(n + 1)).copied();
                let metric = match value("metric").map(str::parse) {
                    Some(Ok(m)) => Some(m),
                    None => None,
                    Some(Err(_)) => return Invalid(value("metric").unwrap_or(""), "a metric"),
                };
                let route_map = value("route-map").map(|m| reference(m, o));
                if let Some(r) = &route_map {
                    self.sink.refer(&["route-map"], &r.name, o, "redistribute route-map");
                }
                p.redistribute.push(crate::vendors::frr::config::RipRedistribution { source: src, metric, route_map, origin: o });
            }
            ["default-metric", word] => match word.parse() {
                Ok(m) => p.default_metric = (!no).then_some(m),
                Err(_) => return Invalid(word, "a metric"),
            },
            ["default-information", "originate"] => p.default = (!no).then_some(o),
            ["distance", word] => match word.parse() {
                Ok(d) => p.distance = (!no).then_some(d),
                Err(_) => return Invalid(word, "a distance"),
            },
            ["distance", ..] => return NotModelled("a distance by source is not modelled"),
            ["distribute-list", rest @ ..] | ["ipv6", "distribute-list", rest @ ..] if !no => {
                let (prefix, rest) = match rest {
                    ["prefix", rest @ ..] => (true, rest),
                    rest => (false, rest),
                };
                let [name, direction @ ("in" | "out"), interface @ ..] = rest else {
                    return Invalid(rest.first().copied().unwrap_or(""), "a distribute list");
                };
                let list = reference(name, o);
                self.sink.refer(if prefix { &["prefix-list"] } else { access }, &list.name, o, "distribute-list");
                let interface = interface.first().map(|i| (*i).into());
                p.lists.push(RipList { list, prefix, inbound: *direction == "in", interface, offset: None });
            }
            ["offset-list", name, direction @ ("in" | "out"), offset, interface @ ..] if !no => {
                let Ok(offset) = offset.parse() else { return Invalid(offset, "an offset") };
                let list = reference(name, o);
                self.sink.refer(access, &list.name, o, "offset-list");
                let interface = interface.first().map(|i| (*i).into());
                p.lists.push(RipList { list, prefix: false, inbound: *direction == "in", interface, offset: Some(offset) });
            }
            ["allow-ecmp", ..] => p.ecmp = !no,
            ["route", ..] | ["aggregate-address", ..] if !no => return NotModelled("static routes of RIP are not modelled"),
            ["route-map", ..] if !no => return NotModelled("route-maps on a RIP interface are not modelled"),
            ["version", "1"] if !no => return NotModelled("RIP version 1 is modelled as version 2"),
            ["version" | "timers" | "default-information", ..] => return NoEffect,
            [_, ..] if no => return NoEffect,
            _ => return Unknown,
        }
        Modelled
    }

    pub(super) fn rip_interface<'t>(&mut self, n: usize, no: bool, w: &[&'t str]) -> Took<'t> {
        let Some(port) = self.config.interfaces.get_mut(n) else { return Unknown };
        let v6 = usize::from(w.first() == Some(&"ipv6"));
        match w {
            [_, "rip" | "ripng", "split-horizon", ..] => port.rip_no_split[v6] = no,
            [_, "rip", "authentication", "string" | "key-chain", key, ..] => {
                port.rip_auth = (!no).then(|| (*key).into());
            }
            _ => return NoEffect,
        }
        Modelled
    }
}
