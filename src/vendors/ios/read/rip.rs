//! `router rip`, `ipv6 router rip`, and what interfaces say of RIP.

use std::net::Ipv4Addr;

use super::{Done, Mode, ROUTE_MAP, Reader, VRF, after, negation};
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::ios::config::{DefaultRoute, Rip};

impl<'a, 't> Reader<'a, 't> {
    /// `router rip`, `ipv6 router rip NAME`.
    pub(super) fn rip_header(&mut self, node: &'a Node<'t>) -> Done {
        let (family, name) = match &node.words[..] {
            ["ipv6", _, _, name, ..] => (Family::V6, *name),
            ["ipv6", ..] => return self.bad(node, "", "the name of a process"),
            _ => (Family::V4, ""),
        };
        let n = self.rip_process(|p| p.family == family && &*p.name == name && p.vrf.is_none());
        let origin = self.origin(node);
        let p = &mut self.config.rip[n];
        (p.family, p.name, p.origin) = (family, name.into(), origin);
        self.known(node);
        Done::Open(Mode::Rip(n))
    }

    fn rip_process(&mut self, is: impl Fn(&Rip) -> bool) -> usize {
        self.config.rip.iter().position(is).unwrap_or_else(|| {
            self.config.rip.push(Rip::default());
            self.config.rip.len() - 1
        })
    }

    pub(super) fn rip_line(&mut self, n: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        let origin = self.origin(node);
        match w {
            ["address-family", "ipv4", "vrf", name] if !no => {
                let vrf = Some(self.refer(node, VRF, name, "address-family"));
                let version = self.config.rip[n].version;
                let m = self.rip_process(|p| p.vrf == vrf);
                let p = &mut self.config.rip[m];
                (p.vrf, p.origin, p.version) = (vrf, origin, version);
                self.known(node);
                return Done::Open(Mode::Rip(m));
            }
            ["address-family", ..] => return self.gap(node, "this address family of RIP is not modelled"),
            ["exit-address-family" | "exit"] => {
                self.known(node);
                return Done::Close;
            }
            ["version", version] if !no => match version.parse() {
                Ok(2) => self.config.rip[n].version = Some(2),
                Ok(v @ 1) => {
                    self.config.rip[n].version = Some(v);
                    return self.gap_line(node, "RIP version 1 is modelled as version 2: masks are not lost");
                }
                _ => return self.bad(node, version, "a version of RIP"),
            },
            ["network", address] if !no => match address.parse::<Ipv4Addr>() {
                Ok(a) => self.config.rip[n].networks.push((u32::from(a), origin)),
                Err(_) => return self.bad(node, address, "a network"),
            },
            ["passive-interface", "default"] => self.config.rip[n].passive_default = !no,
            ["passive-interface", name @ ..] => {
                let Some(name) = self.refer_interface(node, name, "passive-interface") else {
                    return self.bad(node, name.first().copied().unwrap_or(""), "an interface");
                };
                self.config.rip[n].passive.push((name, !no));
            }
            ["neighbor", ip] if !no => return self.set(node, ip, "an address", |c, ip| c.rip[n].neighbors.push(ip)),
            ["redistribute", rest @ ..] if !no => match self.redistribution(node, rest) {
                Ok(r) => self.config.rip[n].redistribute.push(r),
                Err(done) => return done,
            },
            ["default-metric", value] if !no => {
                return self.set(node, value, "a metric", |c, v| c.rip[n].default_metric = Some(v));
            }
            ["default-information", "originate", rest @ ..] if !no => {
                let map = after(rest, "route-map").map(|m| self.refer(node, ROUTE_MAP, m, "default-information originate"));
                self.config.rip[n].default =
                    Some(DefaultRoute { always: true, metric: None, metric_type: None, map, tag: 0, origin });
            }
            ["distance", value] if !no => {
                return self.set(node, value, "a distance", |c, v| c.rip[n].distance = Some(v));
            }
            ["distance", ..] if !no => return self.gap_line(node, "a distance by neighbour is not modelled"),
            ["distribute-list", rest @ ..] if !no => match self.distribute_list(node, rest) {
                Ok(d) => self.config.rip[n].lists.push(d),
                Err(done) => return done,
            },
            ["offset-list", rest @ ..] if !no => match self.offset_list(node, rest) {
                Ok(o) => self.config.rip[n].offsets.push(o),
                Err(done) => return done,
            },
            ["maximum-paths", value] if !no => {
                return self.set(node, value, "a number of paths", |c, v| c.rip[n].max_paths = Some(v));
            }
            ["auto-summary"] => self.config.rip[n].no_auto_summary = no,
            [
                "bfd"
                | "default-information"
                | "default-metric"
                | "flash-update-threshold"
                | "input-queue"
                | "output-delay"
                | "poison-reverse"
                | "port"
                | "split-horizon"
                | "timers"
                | "traffic-share"
                | "validate-update-source"
                | "version",
                ..,
            ] => {
                return self.quiet_line(node);
            }
            [_, ..] if no => return self.quiet_line(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    /// `ip rip …`, `ip split-horizon`, `ip summary-address rip …`, `ipv6 rip NAME …` on an interface. `None`: the line is not RIP's.
    pub(super) fn interface_rip(&mut self, n: usize, node: &'a Node<'t>, no: bool, w: &[&str]) -> Option<Done> {
        let origin = self.origin(node);
        let on = &mut self.on(n).rip;
        match w {
            ["ip", "split-horizon"] => on.split_horizon = Some(!no),
            ["ip", "summary-address", "rip", address, mask] if !no => match values::address_mask(address, mask) {
                Some(p) => on.summaries.push(p.trunc()),
                None => return Some(self.bad(node, address, "a prefix")),
            },
            ["ip", "rip", "authentication", "key-chain", ..] => on.auth = !no,
            ["ipv6", "rip", name, "enable"] => on.enabled = (!no).then(|| ((*name).into(), origin)),
            ["ipv6", "rip", _, "default-information", "originate" | "only", ..] if !no => {
                return Some(self.gap_line(node, "a default route on one interface of RIPng is not modelled"));
            }
            ["ipv6", "rip", _, "summary-address", prefix] if !no => match values::prefix(prefix) {
                Some(p) => on.summaries.push(p.trunc()),
                None => return Some(self.bad(node, prefix, "a prefix")),
            },
            ["ipv6", "rip", _, "metric-offset", value] if !no => match value.parse() {
                Ok(v) => on.metric_offset = Some(v),
                Err(_) => return Some(self.bad(node, value, "a metric")),
            },
            ["ip" | "ipv6", "rip", ..] => return Some(self.quiet_line(node)),
            _ => return None,
        }
        Some(self.known(node))
    }
}
