//! `router eigrp` (classic and named), `ipv6 router eigrp`, and what interfaces say of EIGRP.

use std::net::{IpAddr, Ipv4Addr};

use super::{ACL, Done, Mode, Reader, VRF, after, negation};
use crate::model::eigrp::{EigrpMetric, EigrpStub};
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::ios::config::{Eigrp, OffsetList};

/// `bandwidth delay reliability load mtu` in front of other words.
pub(super) fn metric(w: &[&str]) -> Option<EigrpMetric> {
    let [bandwidth, delay, reliability, load, mtu, ..] = w else { return None };
    Some(EigrpMetric {
        bandwidth: bandwidth.parse().ok()?,
        delay: delay.parse().ok()?,
        reliability: reliability.parse().ok()?,
        load: load.parse().ok()?,
        mtu: mtu.parse().ok()?,
    })
}

/// The wildcard of a `network` statement without one: its class (Cisco, "network (EIGRP)").
fn classful(address: u32) -> u32 {
    match address >> 29 {
        0..=3 => 0x00FF_FFFF,
        4 | 5 => 0xFFFF,
        _ => 0xFF,
    }
}

impl<'a, 't> Reader<'a, 't> {
    /// `router eigrp 1`, `router eigrp NAME`, `ipv6 router eigrp 1`.
    pub(super) fn eigrp_header(&mut self, node: &'a Node<'t>) -> Done {
        let (family, name) = match &node.words[..] {
            ["router", "eigrp", name, ..] => (Family::V4, *name),
            ["ipv6", "router", "eigrp", name, ..] => (Family::V6, *name),
            _ => return self.bad(node, "", "an AS number or a name"),
        };
        let asn: Option<u16> = name.parse().ok();
        let n = self.eigrp_process(|p| p.parent.is_none() && &*p.name == name && p.family == family);
        let origin = self.origin(node);
        let p = &mut self.config.eigrp[n];
        (p.name, p.asn, p.family, p.named, p.origin) = (name.into(), asn, family, asn.is_none(), origin);
        self.known(node);
        Done::Open(Mode::Eigrp(n))
    }

    /// The process that is meant, made now if it is new.
    fn eigrp_process(&mut self, is: impl Fn(&Eigrp) -> bool) -> usize {
        self.config.eigrp.iter().position(is).unwrap_or_else(|| {
            self.config.eigrp.push(Eigrp::default());
            self.config.eigrp.len() - 1
        })
    }

    /// `address-family ipv4 [unicast] [vrf V] [autonomous-system N]` in the process `outer`.
    fn eigrp_family(&mut self, outer: usize, node: &'a Node<'t>, family: &str, options: &[&str]) -> Done {
        if options.contains(&"multicast") {
            return self.gap(node, "multicast topologies of EIGRP are not modelled");
        }
        let family = if family == "ipv6" { Family::V6 } else { Family::V4 };
        let vrf = after(options, "vrf").map(|v| self.refer(node, VRF, v, "address-family"));
        let asn: Option<u16> = after(options, "autonomous-system").and_then(|a| a.parse().ok());
        let n = self.eigrp_process(|p| p.parent == Some(outer) && p.vrf == vrf && p.family == family && p.asn == asn);
        let origin = self.origin(node);
        let (name, named) = (self.config.eigrp[outer].name.clone(), self.config.eigrp[outer].named);
        let p = &mut self.config.eigrp[n];
        (p.parent, p.name, p.named, p.vrf, p.family, p.asn, p.origin) = (Some(outer), name, named, vrf, family, asn, origin);
        self.known(node);
        Done::Open(Mode::EigrpFamily(outer, n))
    }

    pub(super) fn eigrp_line(&mut self, outer: usize, n: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        let origin = self.origin(node);
        match w {
            ["address-family", family @ ("ipv4" | "ipv6"), options @ ..] if !no => {
                return self.eigrp_family(outer, node, family, options);
            }
            ["topology", "base", ..] => {
                self.known(node);
                return Done::Open(Mode::EigrpFamily(outer, n));
            }
            ["topology", ..] => return self.gap(node, "further topologies of EIGRP are not modelled"),
            ["af-interface", name @ ..] if !no => {
                let name = match name {
                    ["default"] => "default".into(),
                    name => match self.refer_interface(node, name, "af-interface") {
                        Some(name) => name,
                        None => return self.bad(node, name.first().copied().unwrap_or(""), "an interface"),
                    },
                };
                let m = self.config.eigrp[n].interfaces.open(&name);
                self.known(node);
                return Done::Open(Mode::EigrpInterface(outer, n, m));
            }
            // Services (SAF) share nothing with routes.
            ["service-family", ..] => return self.quiet(node),
            ["exit-address-family" | "exit-af-topology" | "exit-af-interface" | "exit"] => {
                self.known(node);
                return Done::Close;
            }
            ["autonomous-system", asn] if !no => return self.set(node, asn, "an AS number", |c, v| c.eigrp[n].asn = Some(v)),
            ["network", address, rest @ ..] if !no => {
                let read = |w: &str| w.parse::<Ipv4Addr>().ok().map(u32::from);
                let wildcard = match rest.first() {
                    Some(w) => read(w),
                    None => read(address).map(classful),
                };
                let (Some(a), Some(m)) = (read(address), wildcard) else {
                    return self.bad(node, address, "an address with a wildcard");
                };
                // IOS takes a mask too and turns it around.
                let m = if m.leading_ones() > 0 && m.count_ones() == m.leading_ones() && m != u32::MAX { !m } else { m };
                self.config.eigrp[n].networks.push((a & !m, m, origin));
            }
            ["passive-interface", "default"] => self.config.eigrp[n].passive_default = !no,
            ["passive-interface", name @ ..] => {
                let Some(name) = self.refer_interface(node, name, "passive-interface") else {
                    return self.bad(node, name.first().copied().unwrap_or(""), "an interface");
                };
                self.config.eigrp[n].passive.push((name, !no));
            }
            ["neighbor", ip, rest @ ..] if !no => {
                let interface = self.refer_interface(node, rest, "neighbor");
                let (Ok(ip), Some(interface)) = (ip.parse::<IpAddr>(), interface) else {
                    return self.gap_line(node, "this EIGRP neighbour is not modelled");
                };
                self.config.eigrp[n].neighbors.push((ip, interface));
            }
            ["redistribute", rest @ ..] if !no => match self.redistribution(node, rest) {
                Ok(r) => self.config.eigrp[n].redistribute.push(r),
                Err(done) => return done,
            },
            ["default-metric", rest @ ..] if !no => match metric(rest) {
                Some(m) => self.config.eigrp[n].default_metric = Some(m),
                None => return self.bad(node, rest.first().copied().unwrap_or(""), "a metric of five numbers"),
            },
            ["distance", "eigrp", internal, external] if !no => {
                let (Ok(i), Ok(e)) = (internal.parse(), external.parse()) else {
                    return self.bad(node, internal, "a distance");
                };
                self.config.eigrp[n].distance = Some([i, e]);
            }
            ["distance", ..] if !no => return self.gap_line(node, "a distance by neighbour is not modelled"),
            ["distribute-list", rest @ ..] if !no => match self.distribute_list(node, rest) {
                Ok(d) => self.config.eigrp[n].lists.push(d),
                Err(done) => return done,
            },
            ["offset-list", rest @ ..] if !no => match self.offset_list(node, rest) {
                Ok(o) => self.config.eigrp[n].offsets.push(o),
                Err(done) => return done,
            },
            ["variance", value] if !no => return self.set(node, value, "a number", |c, v| c.eigrp[n].variance = Some(v)),
            ["maximum-paths", value] if !no => {
                return self.set(node, value, "a number of paths", |c, v| c.eigrp[n].max_paths = Some(v));
            }
            ["metric", "maximum-hops", value] if !no => {
                return self.set(node, value, "a number of hops", |c, v| c.eigrp[n].max_hops = Some(v));
            }
            ["metric", "rib-scale", value] if !no => {
                return self.set(node, value, "a scale", |c, v| c.eigrp[n].rib_scale = Some(v));
            }
            ["metric", "weights", _tos, values @ ..] if !no => {
                let mut k = [0u8; 6];
                for (slot, word) in k.iter_mut().zip(values) {
                    match word.parse() {
                        Ok(v) => *slot = v,
                        Err(_) => return self.bad(node, word, "a K value"),
                    }
                }
                self.config.eigrp[n].k = Some(k);
            }
            ["auto-summary"] => self.config.eigrp[n].auto_summary = !no,
            ["eigrp", "router-id", id] if !no => {
                return self.set(node, id, "a router id", |c, v| c.eigrp[n].router_id = Some(v));
            }
            ["eigrp", "stub", what @ ..] if !no => {
                let has = |word: &str| what.contains(&word);
                if has("leak-map") {
                    self.gap_line(node, "the leak map of a stub router is not modelled");
                }
                // Cisco, "eigrp stub": connected and summary without further words.
                let none = what.is_empty() || what.first() == Some(&"leak-map");
                self.config.eigrp[n].stub = Some(EigrpStub {
                    connected: none || has("connected"),
                    summary: none || has("summary"),
                    statics: has("static"),
                    redistributed: has("redistributed"),
                });
            }
            ["shutdown"] => self.config.eigrp[n].shutdown = !no,
            ["maximum-prefix", ..] if !no => return self.gap_line(node, "limits on the number of prefixes are not modelled"),
            ["default-information", ..] if no => return self.gap_line(node, "default routes pass all the same"),
            [
                "bfd"
                | "default-information"
                | "eigrp"
                | "fast-reroute"
                | "metric"
                | "nsf"
                | "remote-neighbors"
                | "snmp"
                | "soft-sia"
                | "summary-metric"
                | "timers"
                | "traffic-share"
                | "distribute-list",
                ..,
            ] => {
                return self.quiet_line(node);
            }
            [_, ..] if no => return self.quiet_line(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    /// A line of `af-interface`.
    pub(super) fn eigrp_interface_line(&mut self, n: usize, m: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        let origin = self.origin(node);
        let on = self.config.eigrp[n].interfaces.at(m);
        match w {
            ["exit-af-interface" | "exit"] => {
                self.known(node);
                return Done::Close;
            }
            ["passive-interface"] => on.passive = Some(!no),
            ["split-horizon"] => on.split_horizon = Some(!no),
            ["shutdown"] => on.shutdown = Some(!no),
            ["summary-address", rest @ ..] if !no => match summary(rest) {
                Some((prefix, options)) => {
                    if options.contains(&"leak-map") {
                        self.gap_line(node, "the leak map of a summary is not modelled: nothing leaks");
                    }
                    self.config.eigrp[n].interfaces.at(m).summaries.push((prefix, None, origin));
                }
                None => return self.bad(node, rest.first().copied().unwrap_or(""), "a prefix"),
            },
            ["authentication", "mode", mode, ..] => on.auth_mode = (!no).then(|| (*mode).into()),
            ["authentication", "key-chain", ..] => on.auth_key = !no,
            ["next-hop-self", ..] if no => return self.gap_line(node, "`no next-hop-self` is not modelled"),
            ["add-paths", ..] if !no => return self.gap_line(node, "additional paths of EIGRP are not modelled"),
            [
                "authentication" | "bandwidth-percent" | "bfd" | "dampening-change" | "dampening-interval" | "hello-interval"
                | "hold-time" | "next-hop-self" | "stub-site" | "add-paths",
                ..,
            ] => {
                return self.quiet_line(node);
            }
            [_, ..] if no => return self.quiet_line(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    /// `ip|ipv6 … eigrp N …` on an interface. `None`: the line is not EIGRP's.
    pub(super) fn interface_eigrp(&mut self, n: usize, node: &'a Node<'t>, no: bool, w: &[&str]) -> Option<Done> {
        let origin = self.origin(node);
        let v6 = w.first() == Some(&"ipv6");
        let asn_at = w.iter().position(|w| *w == "eigrp")? + 1;
        let asn: u16 = w.get(asn_at)?.parse().ok()?;
        let rest = w.get(asn_at + 1..).unwrap_or(&[]);
        let family = if v6 { Family::V6 } else { Family::V4 };
        if w.get(1) == Some(&"eigrp") && !v6 {
            return None;
        }
        let on = self.on(n).eigrp.entry((family, asn)).or_default();
        match w.get(1..asn_at)? {
            ["eigrp"] => on.enabled = (!no).then_some(origin),
            ["split-horizon", "eigrp"] => on.split_horizon = Some(!no),
            ["summary-address", "eigrp"] if !no => {
                let Some((prefix, options)) = summary(rest) else {
                    return Some(self.bad(node, rest.first().copied().unwrap_or(""), "a prefix"));
                };
                on.summaries.push((prefix, options.first().and_then(|d| d.parse().ok()), origin));
                if options.contains(&"leak-map") {
                    return Some(self.gap_line(node, "the leak map of a summary is not modelled: nothing leaks"));
                }
            }
            ["authentication", "mode", "eigrp"] => on.auth_mode = (!no).then(|| rest.join(" ").into()),
            ["authentication", "key-chain", "eigrp"] => on.auth_key = !no,
            ["next-hop-self", "eigrp"] if no => return Some(self.gap_line(node, "`no next-hop-self` is not modelled")),
            _ => return Some(self.quiet_line(node)),
        }
        Some(self.known(node))
    }

    /// The words after `offset-list`: `{acl | 0} {in | out} offset [interface]`.
    pub(super) fn offset_list(&mut self, node: &'a Node<'t>, w: &[&str]) -> Result<OffsetList, Done> {
        let [list, direction @ ("in" | "out"), offset, interface @ ..] = w else {
            return Err(self.bad(node, w.first().copied().unwrap_or(""), "an offset list"));
        };
        let Ok(offset) = offset.parse() else { return Err(self.bad(node, offset, "an offset")) };
        let list = (*list != "0").then(|| self.refer(node, ACL, list, "offset-list"));
        let named = if interface.is_empty() { None } else { self.refer_interface(node, interface, "offset-list") };
        if named.is_none() && !interface.is_empty() {
            return Err(self.bad(node, interface[0], "an interface"));
        }
        Ok(OffsetList { list, inbound: *direction == "in", offset, interface: named, origin: self.origin(node) })
    }
}

/// `10.0.0.0 255.0.0.0 …` or `10.0.0.0/8 …`, `2001:db8::/32 …`.
fn summary<'w, 't>(w: &'w [&'t str]) -> Option<(ipnet::IpNet, &'w [&'t str])> {
    match w {
        [p, options @ ..] if p.contains('/') => Some((values::prefix(p)?.trunc(), options)),
        [a, m, options @ ..] => Some((values::address_mask(a, m)?.trunc(), options)),
        _ => None,
    }
}
