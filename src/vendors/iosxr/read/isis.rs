//! `router isis`: the instance, its address families and interfaces.

use super::mpls::block;
use super::{Done, Mode, Reader, VRF, after, family_of, negation};
use crate::model::device::Name;
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::iosxr::config::{IsisFamily, IsisOn, Range, slot};
use crate::vendors::labels::SaidSid;

/// Settings that change no route.
const QUIET: &[&str] = &[
    "adjacency",
    "adjacency-check",
    "affinity-map",
    "apply-weight",
    "bfd",
    "csnp-interval",
    "distribute",
    "fast-flood",
    "fast-reroute",
    "flex-algo",
    "flooding",
    "hello-interval",
    "hello-multiplier",
    "hello-padding",
    "hostname",
    "ignore-lsp-errors",
    "instance-id",
    "ispf",
    "link-down",
    "link-group",
    "log",
    "lsp-check-interval",
    "lsp-fast-flooding",
    "lsp-gen-interval",
    "lsp-interval",
    "lsp-mtu",
    "lsp-refresh-interval",
    "max-lsp-lifetime",
    "maximum-redistributed-prefixes",
    "mesh-group",
    "microloop",
    "min-lsp-arrivaltime",
    "monitor-convergence",
    "mpls",
    "multicast-intact",
    "nsf",
    "nsr",
    "partition-detect",
    "prefix-sid",
    "prefix-attributes",
    "priority",
    "psnp-interval",
    "retransmit-interval",
    "retransmit-throttle-interval",
    "router-id",
    "segment-routing",
    "snmp-server",
    "spf",
    "spf-interval",
    "spf-options",
    "srlg",
    "tag",
    "timers",
    "topology-id",
    "trace",
    "ucmp",
    "vrf-context",
    "weight",
    "address-family-log",
    "auto-metric",
    "interface-summary",
    "protocol",
    "lsp-password-accept",
    "delay",
    "remote-psnp-delay",
    "receive",
    "srv6",
    "te",
    "metric-fallback-log",
];

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn isis_header(&mut self, node: &'a Node<'t>, name: &str) -> Done {
        let origin = self.origin(node);
        let n = self.config.isis.open(name);
        let p = self.config.isis.at(n);
        if !p.origin.is_some() {
            p.origin = origin;
        }
        self.open(node, Mode::Isis(n))
    }

    pub(super) fn isis_line(&mut self, n: usize, node: &'a Node<'t>) -> Done {
        let origin = self.origin(node);
        let (no, w) = negation(node);
        match w {
            _ if no => return self.quiet(node),
            ["net", net] => self.config.isis.at(n).nets.push((*net).into()),
            ["is-type", kind] => {
                self.config.isis.at(n).is_type = Some(match *kind {
                    "level-1" => (true, false),
                    "level-2-only" => (false, true),
                    "level-1-2" => (true, true),
                    _ => return self.bad(node, kind, "a level"),
                });
            }
            ["vrf", name] => {
                let name = self.refer(node, VRF, name, "router isis");
                self.config.isis.at(n).vrf = Some(name);
            }
            ["set-overload-bit", "on-startup", ..] => return self.quiet(node),
            ["set-overload-bit", ..] => self.config.isis.at(n).overload = true,
            ["lsp-password", rest @ ..] => self.password(rest, |c, l, key| c.isis.at(n).auth[l] = Some(key)),
            ["address-family", family @ ("ipv4" | "ipv6"), "unicast"] => {
                let family = family_of(family);
                self.config.isis.at(n).families[slot(family)].get_or_insert_with(IsisFamily::default);
                return self.open(node, Mode::IsisFamily(n, family));
            }
            ["address-family", ..] => return self.quiet(node),
            ["interface", typed @ ..] => {
                let Some(name) = self.refer_interface(node, typed, "isis") else {
                    return self.bad(node, w.get(1).copied().unwrap_or(""), "an interface");
                };
                let interfaces = &mut self.config.isis.at(n).interfaces;
                let i = interfaces.open(&name);
                let on = interfaces.at(i);
                if !on.origin.is_some() {
                    on.origin = origin;
                }
                return self.open(node, Mode::IsisInterface(n, i));
            }
            ["segment-routing", "global-block", low, high] => match block(low, high) {
                Some(block) => self.config.isis.at(n).block = Some(block),
                None => return self.bad(node, low, "a range of labels"),
            },
            [first, ..] if QUIET.contains(first) => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    pub(super) fn isis_family_line(&mut self, n: usize, family: Family, node: &'a Node<'t>) -> Done {
        let origin = self.origin(node);
        let (no, w) = negation(node);
        if no {
            return self.quiet(node);
        }
        let policy = if w.contains(&"route-policy") { self.attached(node, "isis") } else { None };
        let redistribution = if let ["redistribute", rest @ ..] = w { Some(self.redistribution(node, rest)) } else { None };
        let at = slot(family);
        let p = self.config.isis.at(n).families[at].get_or_insert_with(IsisFamily::default);
        match w {
            ["metric-style", style, rest @ ..] => {
                let style = match *style {
                    "narrow" if rest.first() == Some(&"transition") => (true, false),
                    "narrow" => (true, false),
                    "wide" if rest.first() == Some(&"transition") => (false, true),
                    "wide" => (false, true),
                    "transition" => (true, true),
                    _ => return self.bad(node, style, "a metric style"),
                };
                for l in levels(rest) {
                    p.style[l] = Some(style);
                }
            }
            ["metric", value, rest @ ..] => match metric(value) {
                Some(v) => {
                    for l in levels(rest) {
                        p.metric[l] = Some(v);
                    }
                }
                None => return self.bad(node, value, "a metric"),
            },
            ["single-topology"] => p.single_topology = true,
            ["redistribute", ..] => match redistribution.flatten() {
                Some(r) => p.redistribute.push(r),
                None => return self.gap(node, "this redistribution is not modelled"),
            },
            ["default-information", "originate", ..] => p.default = Some((policy, origin)),
            ["propagate", "level", from, "into", "level", _, ..] => {
                let Some(policy) = policy else { return self.bad(node, "", "a route policy") };
                if *from == "2" { p.leak_down = Some(policy) } else { p.leak_up = Some(policy) }
            }
            ["summary-prefix", prefix, rest @ ..] => {
                let Some(net) = values::prefix(prefix) else { return self.bad(node, prefix, "a prefix") };
                p.summaries.push(Range {
                    prefix: net.trunc(),
                    advertise: true,
                    cost: after(rest, "metric").and_then(|v| v.parse().ok()),
                    tag: 0,
                    levels: after(rest, "level").map(|l| (l == "1", l == "2")),
                    origin,
                });
            }
            ["distance", value] => match value.parse() {
                Ok(v) => p.distance = Some(v),
                Err(_) => return self.bad(node, value, "a distance"),
            },
            ["distance", ..] => return self.gap(node, "distances by source are not modelled"),
            ["maximum-paths", value] => match value.parse() {
                Ok(v) => p.max_paths = Some(v),
                Err(_) => return self.bad(node, value, "a number of paths"),
            },
            ["maximum-paths", ..] => return self.gap(node, "limits of paths by policy are not modelled"),
            ["attached-bit", "send", "never-set"] => p.suppress_attached = true,
            ["attached-bit", "receive", "ignore"] => p.ignore_attached = true,
            ["attached-bit", ..] => return self.gap(node, "`attached-bit send always-set` is not modelled"),
            ["advertise", "passive-only"] => p.passive_only = true,
            ["route", "source", ..] | ["advertise", ..] => return self.quiet(node),
            ["set-overload-bit", ..] => self.config.isis.at(n).overload = true,
            ["segment-routing", "mpls", rest @ ..] if family == Family::V4 => {
                self.config.isis.at(n).segments = Some((origin, rest.contains(&"sr-prefer")));
            }
            ["mpls", "ldp", "auto-config"] if family == Family::V4 => self.config.isis.at(n).ldp_auto = true,
            [first, ..] if QUIET.contains(first) => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    pub(super) fn isis_interface_line(&mut self, n: usize, i: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        if no {
            return self.quiet(node);
        }
        let on = self.config.isis.at(n).interfaces.at(i);
        match w {
            ["circuit-type", kind] => {
                on.circuit = Some(match *kind {
                    "level-1" => (true, false),
                    "level-2-only" => (false, true),
                    "level-1-2" => (true, true),
                    _ => return self.bad(node, kind, "a level"),
                });
            }
            ["point-to-point"] => on.point_to_point = true,
            ["passive"] => on.passive = true,
            ["suppressed"] => on.suppressed = true,
            ["shutdown"] => on.shutdown = true,
            ["priority", value, rest @ ..] => match value.parse() {
                Ok(v) => {
                    for l in levels(rest) {
                        on.priority[l] = Some(v);
                    }
                }
                Err(_) => return self.bad(node, value, "a priority"),
            },
            ["hello-password", "accept", ..] => return self.quiet(node),
            ["hello-password", rest @ ..] => {
                self.password(rest, |c, l, key| c.isis.at(n).interfaces.at(i).auth[l] = Some(key));
            }
            ["address-family", family @ ("ipv4" | "ipv6"), "unicast"] => {
                let family = family_of(family);
                on.families[slot(family)].get_or_insert_with(IsisOn::default);
                return self.open(node, Mode::IsisInterfaceFamily(n, i, family));
            }
            ["address-family", ..] => return self.quiet(node),
            [first, ..] if QUIET.contains(first) => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    pub(super) fn isis_interface_family_line(&mut self, n: usize, i: usize, family: Family, node: &'a Node<'t>) -> Done {
        let origin = self.origin(node);
        let (no, w) = negation(node);
        if no {
            return self.quiet(node);
        }
        let at = slot(family);
        let on = self.config.isis.at(n).interfaces.at(i).families[at].get_or_insert_with(IsisOn::default);
        match w {
            ["metric", value, rest @ ..] => match metric(value) {
                Some(v) => {
                    for l in levels(rest) {
                        on.metric[l] = Some(v);
                    }
                }
                None => return self.bad(node, value, "a metric"),
            },
            ["passive"] => on.passive = true,
            ["disable"] => on.off = true,
            ["advertise", "prefix", "route-policy", ..] => {
                self.attached(node, "isis advertise prefix");
                return self.gap(node, "`advertise prefix route-policy` is not modelled");
            }
            // Segments of other algorithms than 0 (`algorithm 128 …`, `strict-spf …`) bear on no label path here.
            ["prefix-sid", rest @ ("index" | "absolute"), number, flags @ ..] if family == Family::V4 => {
                let words: Vec<&str> = [*rest, *number].into_iter().chain(flags.iter().copied()).collect();
                match SaidSid::read(&words, origin) {
                    Some(sid) => on.sid = Some(sid),
                    None => return self.bad(node, number, "a number of a segment"),
                }
            }
            ["metric-fallback", ..] => return self.gap(node, "metrics that fall back are not modelled"),
            [first, ..] if QUIET.contains(first) => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    /// `[hmac-md5|text|keychain] [clear|encrypted] KEY [level N] …` as comparable text.
    fn password(&mut self, w: &[&str], mut put: impl FnMut(&mut crate::vendors::iosxr::config::Config, usize, Name)) {
        let key: Vec<&str> = w.iter().copied().take_while(|w| !matches!(*w, "level" | "send-only" | "snp")).collect();
        for l in levels(w) {
            put(self.config, l, key.join(" ").into());
        }
    }
}

fn metric(word: &str) -> Option<u32> {
    if word == "maximum" { Some(0x00FF_FFFF) } else { word.parse().ok() }
}

/// The levels (as places) that `level N` names; both without it.
fn levels(w: &[&str]) -> std::ops::Range<usize> {
    match after(w, "level") {
        Some("1") => 0..1,
        Some("2") => 1..2,
        _ => 0..2,
    }
}
