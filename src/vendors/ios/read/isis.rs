//! `router isis`, and what interfaces say of IS-IS.

use super::{Done, Mode, ROUTE_MAP, Reader, VRF, after, negation};
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::ios::config::{ListName, Range};

/// `level-1`, `level-2-only`, … as (level 1, level 2).
fn levels(word: &str) -> Option<(bool, bool)> {
    Some(match word {
        "level-1" => (true, false),
        "level-2" | "level-2-only" => (false, true),
        "level-1-2" => (true, true),
        _ => return None,
    })
}

/// The levels a statement speaks of: those its last word names, or both.
fn both_or(w: &[&str]) -> (bool, bool) {
    w.last().and_then(|l| levels(l)).unwrap_or((true, true))
}

fn each<T: Clone>(slots: &mut [T; 2], (l1, l2): (bool, bool), value: T) {
    if l1 {
        slots[0] = value.clone();
    }
    if l2 {
        slots[1] = value;
    }
}

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn isis_header(&mut self, node: &'a Node<'t>, tag: &str) -> Done {
        let n = self.config.isis.open(tag);
        let origin = self.origin(node);
        self.config.isis.at(n).origin = origin;
        self.known(node);
        Done::Open(Mode::Isis(n))
    }

    pub(super) fn isis_line(&mut self, n: usize, family: Option<Family>, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        let origin = self.origin(node);
        match w {
            ["address-family", "ipv6", ..] => {
                self.known(node);
                return Done::Open(Mode::IsisFamily(n, Family::V6));
            }
            ["address-family", "ipv4", ..] => {
                self.known(node);
                return Done::Open(Mode::IsisFamily(n, Family::V4));
            }
            ["address-family", ..] => return self.gap(node, "this address family of IS-IS is not modelled"),
            ["exit-address-family" | "exit"] => {
                self.known(node);
                return Done::Close;
            }
            ["net", net] if !no => self.config.isis.at(n).nets.push((*net).into()),
            ["vrf", name] if !no => {
                let name = self.refer(node, VRF, name, "router isis");
                self.config.isis.at(n).vrf = Some(name);
            }
            ["is-type", word] if !no => match levels(word) {
                Some(l) => self.config.isis.at(n).is_type = Some(l),
                None => return self.bad(node, word, "a level"),
            },
            ["metric-style", style, rest @ ..] if !no => {
                let pair = match *style {
                    "narrow" => (true, false),
                    "wide" => (false, true),
                    "transition" => (true, true),
                    _ => return self.bad(node, style, "a metric style"),
                };
                each(&mut self.config.isis.at(n).style, both_or(rest), Some(pair));
            }
            ["metric", value, rest @ ..] if !no => match value.parse() {
                Ok(v) => each(&mut self.config.isis.at(n).metric, both_or(rest), Some(v)),
                Err(_) => return self.bad(node, value, "a metric"),
            },
            ["passive-interface", "default"] => self.config.isis.at(n).passive_default = !no,
            ["passive-interface", name @ ..] => {
                let Some(name) = self.refer_interface(node, name, "passive-interface") else {
                    return self.bad(node, name.first().copied().unwrap_or(""), "an interface");
                };
                self.config.isis.at(n).passive.push((name, !no, origin));
            }
            ["set-overload-bit", rest @ ..] if !no => {
                if rest.contains(&"on-startup") {
                    // Only for some time after the start.
                    return self.quiet_line(node);
                }
                self.config.isis.at(n).overload = true;
            }
            ["set-attached-bit", ..] if !no => return self.gap_line(node, "a conditional attached bit is not modelled"),
            ["ignore-attached-bit"] => self.config.isis.at(n).ignore_attached = !no,
            ["advertise", "passive-only"] => self.config.isis.at(n).passive_only = !no,
            ["redistribute", "isis", rest @ ..] if !no && rest.contains(&"into") => {
                let list = if let Some(map) = after(rest, "route-map") {
                    Some(ListName::Map(self.refer(node, ROUTE_MAP, map, "redistribute isis")))
                } else if let Some(list) = after(rest, "distribute-list") {
                    Some(ListName::Acl(self.refer(node, super::ACL, list, "redistribute isis")))
                } else {
                    after(rest, "prefix-list")
                        .map(|l| ListName::Prefix(self.refer(node, super::PREFIX_LIST6, l, "redistribute isis")))
                };
                let isis = self.config.isis.at(n);
                match after(rest, "into") {
                    Some("level-1") => isis.leak_down = Some((list, origin)),
                    Some("level-2") => isis.leak_up = Some((list, origin)),
                    _ => return self.bad(node, "", "`into level-1` or `into level-2`"),
                }
            }
            ["redistribute", rest @ ..] if !no => match self.redistribution(node, rest) {
                Ok(r) => self.config.isis.at(n).redistribute.push((Some(family.unwrap_or(Family::V4)), r)),
                Err(done) => return done,
            },
            ["default-information", "originate", rest @ ..] if !no => {
                let map = after(rest, "route-map").map(|m| self.refer(node, ROUTE_MAP, m, "default-information originate"));
                self.config.isis.at(n).default = Some((family.unwrap_or(Family::V4), map, origin));
            }
            ["summary-address" | "summary-prefix", rest @ ..] if !no => {
                let (prefix, options) = match rest {
                    [p, options @ ..] if p.contains('/') => (values::prefix(p), options),
                    [a, m, options @ ..] => (values::address_mask(a, m), options),
                    _ => (None, &[][..]),
                };
                let Some(prefix) = prefix else { return self.bad(node, rest.first().copied().unwrap_or(""), "a prefix") };
                let levels = options.iter().find_map(|w| levels(w));
                self.config.isis.at(n).summaries.push(Range {
                    prefix: prefix.trunc(),
                    advertise: true,
                    cost: after(options, "metric").and_then(|m| m.parse().ok()),
                    tag: 0,
                    levels,
                    origin,
                });
            }
            ["distance", value] if !no => {
                return self.set(node, value, "a distance", |c, v| c.isis.at(n).distance = Some(v));
            }
            ["distance", value, "ip"] if !no => {
                return self.set(node, value, "a distance", |c, v| c.isis.at(n).distance = Some(v));
            }
            ["distance", ..] if !no => return self.gap_line(node, "a distance by source is not modelled"),
            ["distribute-list", ..] if !no => return self.gap_line(node, "distribute lists of IS-IS are not modelled"),
            ["maximum-paths", value] if !no => {
                return self.set(node, value, "a number of paths", |c, v| c.isis.at(n).max_paths = Some(v));
            }
            ["multi-topology", ..] => self.config.isis.at(n).multi_topology = !no,
            ["area-password" | "domain-password", password, ..] if !no => {
                let level = usize::from(w[0] == "domain-password");
                self.config.isis.at(n).auth[level] = Some((*password).into());
            }
            ["authentication", "key-chain", name, rest @ ..] if !no => {
                each(&mut self.config.isis.at(n).auth, both_or(rest), Some((*name).into()))
            }
            ["mpls", "traffic-eng", ..] if !no => return self.gap_line(node, "MPLS traffic engineering is not modelled"),
            ["segment-routing", "mpls"] => self.config.isis.at(n).segments = (!no).then_some(origin),
            ["segment-routing", "prefix-sid-map", ..] if !no => {
                return self.gap_line(node, "mapping servers of segment routing are not modelled");
            }
            ["mpls", "ldp", "autoconfig", ..] => self.config.isis.at(n).ldp_auto = !no,
            ["segment-routing", ..] if !no => return self.gap_line(node, "segment routing is not modelled"),
            [
                "adjacency-check"
                | "authentication"
                | "bfd"
                | "fast-flood"
                | "fast-reroute"
                | "hello"
                | "help"
                | "hostname"
                | "ignore-lsp-errors"
                | "ispf"
                | "log-adjacency-changes"
                | "lsp-full"
                | "lsp-gen-interval"
                | "lsp-mtu"
                | "lsp-refresh-interval"
                | "max-area-addresses"
                | "max-lsp-lifetime"
                | "maximum-paths"
                | "microloop"
                | "mpls"
                | "nsf"
                | "nsr"
                | "partition"
                | "prc-interval"
                | "protocol"
                | "purge-transmit"
                | "skeptical"
                | "snmp"
                | "spf-interval"
                | "timers"
                | "traffic-share"
                | "update-queue-depth"
                | "use",
                ..,
            ] => {
                return self.quiet_line(node);
            }
            [_, ..] if no => return self.quiet_line(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    /// `ip router isis`, `ipv6 router isis`, `isis …`, `clns …` on an interface.
    pub(super) fn interface_isis(&mut self, n: usize, node: &'a Node<'t>, no: bool, w: &[&str]) -> Done {
        let origin = self.origin(node);
        if let ["ip" | "ipv6", "router", "isis", tag @ ..] = w {
            let tag = tag.first().copied().unwrap_or("");
            let on = &mut self.config.interfaces.at(n).isis;
            let value = (!no).then(|| (tag.into(), origin));
            if w[0] == "ip" {
                on.v4 = value
            } else {
                on.v6 = value
            }
            return self.known(node);
        }
        let on = &mut self.config.interfaces.at(n).isis;
        match w {
            ["isis", "circuit-type", word] if !no => match levels(word) {
                Some(l) => on.circuit = Some(l),
                None => return self.bad(node, word, "a level"),
            },
            ["isis", "network", "point-to-point"] => on.point_to_point = !no,
            ["isis", "metric", "maximum", rest @ ..] if !no => each(&mut on.metric, both_or(rest), Some(16_777_215)),
            ["isis", "ipv6", "metric", value, rest @ ..] if !no => match value.parse() {
                Ok(v) => each(&mut on.metric_v6, both_or(rest), Some(v)),
                Err(_) => return self.bad(node, value, "a metric"),
            },
            ["isis", "metric", value, rest @ ..] if !no => match value.parse() {
                Ok(v) => each(&mut on.metric, both_or(rest), Some(v)),
                Err(_) => return self.bad(node, value, "a metric"),
            },
            ["isis", "priority", value, rest @ ..] if !no => match value.parse() {
                Ok(v) => each(&mut on.priority, both_or(rest), Some(v)),
                Err(_) => return self.bad(node, value, "a priority"),
            },
            ["isis", "password", password, rest @ ..] if !no => each(&mut on.auth, both_or(rest), Some((*password).into())),
            ["isis", "authentication", "key-chain", name, rest @ ..] if !no => {
                each(&mut on.auth, both_or(rest), Some((*name).into()))
            }
            ["isis", "passive"] => on.passive = !no,
            ["isis", "enable"] => on.v4 = (!no).then(|| ("".into(), origin)),
            ["isis", "advertise", ..] if !no => return self.gap_line(node, "this IS-IS setting is not modelled"),
            ["isis" | "clns", ..] => return self.quiet_line(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }
}
