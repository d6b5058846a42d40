//! `router ospf` and `router ospfv3`: the process, its areas and the interfaces below them.

use super::mpls::block;
use super::{Done, Mode, Reader, VRF, after, negation};
use crate::model::device::Name;
use crate::model::ospf::NetworkType;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::iosxr::config::{Area, Kind, Ospf, OspfInterface, OspfOn, Range, StubRouter};
use crate::vendors::labels::SaidSid;

/// Settings of a process that change no route.
const QUIET: &[&str] = &[
    "address-family",
    "adjacency",
    "affinity-map",
    "bfd",
    "capability",
    "demand-circuit",
    "delay",
    "domain-id",
    "domain-tag",
    "fast-reroute",
    "flood-reduction",
    "graceful-restart",
    "ignore",
    "ipfrr",
    "limit",
    "link-down",
    "log",
    "loopback",
    "lsa-group-pacing",
    "max-external-lsa",
    "max-lsa",
    "maximum",
    "microloop",
    "monitor-convergence",
    "mpls",
    "nsf",
    "nsr",
    "ospf",
    "packet-size",
    "prefix-priority",
    "protocol",
    "queue",
    "retransmit-interval",
    "security",
    "segment-routing",
    "prefix-sid",
    "snmp",
    "snmp-server",
    "spf",
    "spf-prefix-priority",
    "timers",
    "trace",
    "traffic-share",
    "transmit-delay",
    "ucmp",
    "weight",
    "advertise",
    "database-filter-all",
    "route-tag",
    "srlg",
    "instance-id",
    "event-logging",
];

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn ospf_header(&mut self, node: &'a Node<'t>, v3: bool, id: &str) -> Done {
        let n = self.ospf_open(node, v3, id, None);
        self.open(node, Mode::Ospf(n))
    }

    /// The entry of a process in a VRF.
    fn ospf_open(&mut self, node: &Node<'_>, v3: bool, id: &str, vrf: Option<&str>) -> usize {
        let origin = self.origin(node);
        let n = self.config.ospf.open(&key(v3, id, vrf));
        let p = self.config.ospf.at(n);
        if !p.origin.is_some() {
            *p = Ospf { origin, id: id.into(), vrf: vrf.map(Name::from), v3, ..Ospf::default() };
        }
        n
    }

    pub(super) fn ospf_line(&mut self, n: usize, node: &'a Node<'t>) -> Done {
        let origin = self.origin(node);
        let (no, w) = negation(node);
        match w {
            ["vrf", name] if !no => {
                self.refer(node, VRF, name, "router ospf");
                let p = self.config.ospf.at(n);
                let (v3, id) = (p.v3, p.id.clone());
                let inner = self.ospf_open(node, v3, &id, Some(name));
                return self.open(node, Mode::Ospf(inner));
            }
            ["area", area] if !no => {
                let Some(area) = values::area(area) else { return self.bad(node, area, "an area") };
                let a = self.config.ospf.at(n).areas.entry(area).or_default();
                if !a.origin.is_some() {
                    *a = Area { origin, nssa_default_type: 2, ..Area::default() };
                }
                return self.open(node, Mode::OspfArea(n, area));
            }
            ["router-id", id] if !no => return self.set(node, id, "a router id", |c, id| c.ospf.at(n).router_id = Some(id)),
            ["auto-cost", "reference-bandwidth", mbit] if !no => {
                return self.set(node, mbit, "Mbit/s", |c, v: u64| c.ospf.at(n).reference = Some(v.saturating_mul(1_000_000)));
            }
            ["auto-cost", "disable"] => return self.gap(node, "`auto-cost disable` is not modelled"),
            ["redistribute", rest @ ..] if !no => match self.redistribution(node, rest) {
                Some(r) => {
                    let list = &mut self.config.ospf.at(n).redistribute;
                    list.retain(|o| o.source != r.source);
                    list.push(r);
                }
                None => return self.gap(node, "this redistribution is not modelled"),
            },
            ["default-information", "originate", rest @ ..] => {
                let default = (!no).then(|| self.default_route(node, rest));
                self.config.ospf.at(n).default = default;
            }
            ["default-metric", value] if !no => {
                return self.set(node, value, "a metric", |c, v| c.ospf.at(n).default_metric = Some(v));
            }
            ["distance", "ospf" | "ospfv3", ..] if !no => {
                let values = ["intra-area", "inter-area", "external"].map(|k| after(w, k).and_then(|v| v.parse().ok()));
                self.config.ospf.at(n).distance = values;
            }
            ["distance", value] if !no => {
                return self.set(node, value, "a distance", |c, v| c.ospf.at(n).distance = [Some(v); 3]);
            }
            ["distance", ..] if !no => return self.gap(node, "distances by source are not modelled"),
            ["summary-prefix", prefix, options @ ..] if !no => {
                let Some(prefix) = values::prefix(prefix) else { return self.bad(node, prefix, "a prefix") };
                self.config.ospf.at(n).summaries.push(Range {
                    prefix: prefix.trunc(),
                    advertise: !options.contains(&"not-advertise"),
                    cost: None,
                    tag: after(options, "tag").and_then(|v| v.parse().ok()).unwrap_or(0),
                    levels: None,
                    origin,
                });
            }
            ["maximum", "paths", value] if !no => {
                return self.set(node, value, "a number of paths", |c, v| c.ospf.at(n).max_paths = Some(v));
            }
            ["max-metric", "router-lsa", rest @ ..] if !no => {
                if rest.contains(&"on-startup")
                    || rest.contains(&"on-proc-restart")
                    || rest.contains(&"on-switchover")
                    || rest.contains(&"on-proc-migration")
                {
                    return self.quiet(node);
                }
                let value = |word: &str| {
                    rest.contains(&word).then(|| after(rest, word).and_then(|v| v.parse().ok()).unwrap_or(0x00FF_0000))
                };
                self.config.ospf.at(n).stub_router = Some(StubRouter {
                    include_stub: rest.contains(&"include-stub"),
                    external: value("external-lsa"),
                    summary: value("summary-lsa"),
                });
            }
            ["distribute-list", list @ .., "in"] if !no => {
                let list = self.distribute_list(node, list);
                self.config.ospf.at(n).on.list_in = list;
            }
            ["distribute-list", rest @ ..] if !no && rest.contains(&"out") => {
                let at = rest.iter().position(|w| *w == "out").unwrap_or(0);
                let source = super::redistribute::source(&rest[at + 1..]).map(|(s, _)| s);
                let Some(list) = self.distribute_list(node, &rest[..at]) else { return Done::Unknown };
                self.config.ospf.at(n).list_out.push((list, source));
            }
            ["table-policy", ..] if !no => {
                self.attach(node, 1, "table-policy");
                return self.gap(node, "`table-policy` of OSPF is not modelled");
            }
            ["compatible", "rfc1583"] => self.config.ospf.at(n).no_rfc1583 = no,
            ["disable-dn-bit-check"] | ["capability", "vrf-lite"] => self.config.ospf.at(n).vrf_lite = !no,
            ["segment-routing", "global-block", low, high] if !no => match block(low, high) {
                Some(block) => self.config.ospf.at(n).block = Some(block),
                None => return self.bad(node, low, "a range of labels"),
            },
            ["shutdown"] if !no => return self.gap(node, "`shutdown` of an OSPF process is not modelled"),
            // `cost`, `network` and so on for all areas.
            _ => return self.ospf_setting(node, no, w, |c| &mut c.ospf.at(n).on),
        }
        self.known(node)
    }

    pub(super) fn ospf_area_line(&mut self, n: usize, area: u32, node: &'a Node<'t>) -> Done {
        let origin = self.origin(node);
        let (no, w) = negation(node);
        if let ["interface", typed @ ..] = w
            && !no
        {
            let Some(name) = self.refer_interface(node, typed, "ospf") else {
                return self.bad(node, w.get(1).copied().unwrap_or(""), "an interface");
            };
            let interfaces = &mut self.config.ospf.at(n).areas.entry(area).or_default().interfaces;
            let i = interfaces.open(&name);
            let on: &mut OspfInterface = interfaces.at(i);
            if !on.origin.is_some() {
                on.origin = origin;
            }
            return self.open(node, Mode::OspfInterface(n, area, i));
        }
        let policy = if matches!(w, ["route-policy", ..]) && !no { self.attach(node, 1, "ospf area route-policy") } else { None };
        let a = self.config.ospf.at(n).areas.entry(area).or_default();
        match w {
            ["stub", rest @ ..] if !no => (a.kind, a.no_summary) = (Kind::Stub, rest.contains(&"no-summary")),
            ["nssa", rest @ ..] if !no => {
                a.kind = Kind::Nssa;
                a.no_summary = rest.contains(&"no-summary");
                a.no_redistribution = rest.contains(&"no-redistribution");
                a.nssa_default = rest.contains(&"default-information-originate");
                a.translate_always = rest.contains(&"always");
                if let Some(kind) = after(rest, "metric-type").and_then(|v| v.parse().ok()) {
                    a.nssa_default_type = kind;
                }
            }
            ["default-cost", value] if !no => match value.parse() {
                Ok(v) => a.default_cost = Some(v),
                Err(_) => return self.bad(node, value, "a cost"),
            },
            ["range", prefix, rest @ ..] if !no => {
                let (net, rest) = match (values::prefix(prefix), rest) {
                    (Some(net), rest) => (Some(net), rest),
                    (None, [mask, rest @ ..]) => (values::address_mask(prefix, mask), rest),
                    (None, []) => (None, rest),
                };
                let Some(net) = net else { return self.bad(node, prefix, "a prefix") };
                a.ranges.push(Range {
                    prefix: net.trunc(),
                    advertise: !rest.contains(&"not-advertise"),
                    cost: after(rest, "cost").and_then(|v| v.parse().ok()),
                    tag: 0,
                    levels: None,
                    origin,
                });
            }
            ["route-policy", ..] if !no => {
                let Some((policy, rest)) = policy else { return Done::Unknown };
                match rest.last().map(|w| &**w) {
                    Some("in") => a.filter_in = Some(policy),
                    Some("out") => a.filter_out = Some(policy),
                    _ => return Done::Unknown,
                }
            }
            ["virtual-link", neighbor] if !no => match neighbor.parse() {
                Ok(ip) => {
                    a.virtual_links.push((ip, origin));
                    self.known(node);
                    for child in &node.children {
                        self.quiet(child);
                    }
                    return Done::Whole;
                }
                Err(_) => return self.bad(node, neighbor, "a router id"),
            },
            ["sham-link", ..] if !no => return self.gap(node, "sham links are not modelled"),
            ["multi-area-interface", ..] if !no => return self.gap(node, "multi-area adjacencies are not modelled"),
            ["distribute-list", list @ .., "in"] if !no => {
                let list = self.distribute_list(node, list);
                self.config.ospf.at(n).areas.entry(area).or_default().on.list_in = list;
            }
            _ => return self.ospf_setting(node, no, w, |c| &mut c.ospf.at(n).areas.entry(area).or_default().on),
        }
        self.known(node)
    }

    pub(super) fn ospf_interface_line(&mut self, n: usize, area: u32, i: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["neighbor", ip, ..] if !no => match ip.parse() {
                Ok(ip) => self.config.ospf.at(n).areas.entry(area).or_default().interfaces.at(i).neighbors.push(ip),
                Err(_) => return self.bad(node, ip, "an address"),
            },
            ["shutdown"] => self.config.ospf.at(n).areas.entry(area).or_default().interfaces.at(i).shutdown = !no,
            ["distribute-list", list @ .., "in"] if !no => {
                let list = self.distribute_list(node, list);
                self.config.ospf.at(n).areas.entry(area).or_default().interfaces.at(i).on.list_in = list;
            }
            ["database-filter", ..] if !no => return self.gap(node, "LSA filters on interfaces are not modelled"),
            _ => {
                return self.ospf_setting(node, no, w, |c| &mut c.ospf.at(n).areas.entry(area).or_default().interfaces.at(i).on);
            }
        }
        self.known(node)
    }

    /// What a process, an area and an interface say alike.
    fn ospf_setting(
        &mut self,
        node: &'a Node<'t>,
        no: bool,
        w: &[&str],
        at: impl FnOnce(&mut crate::vendors::iosxr::config::Config) -> &mut OspfOn,
    ) -> Done {
        let origin = self.origin(node);
        let on = at(self.config);
        let last = || w.last().map_or(Name::default(), |k| Name::from(*k));
        match w {
            ["passive", "disable"] => on.passive = Some(false),
            ["passive", ..] => on.passive = Some(!no),
            ["mtu-ignore", "disable"] => on.mtu_ignore = Some(false),
            ["mtu-ignore", ..] => on.mtu_ignore = Some(!no),
            ["prefix-suppression", "disable"] => on.suppress_prefix = Some(false),
            ["prefix-suppression", ..] => on.suppress_prefix = Some(!no),
            ["cost-fallback", ..] => return self.gap(node, "`cost-fallback` is not modelled"),
            ["segment-routing", "mpls"] => on.segments = Some(!no),
            ["segment-routing", "disable"] => on.segments = Some(no),
            ["segment-routing", "sr-prefer", ..] => on.prefers_segments = Some(!no),
            ["mpls", "ldp", "auto-config"] => on.ldp_auto = Some(!no),
            _ if no => return self.quiet(node),
            ["prefix-sid", "index" | "absolute", number, ..] => match SaidSid::read(&w[1..], origin) {
                Some(sid) => on.sid = Some(sid),
                None => return self.bad(node, number, "a number of a segment"),
            },
            ["cost", value] => match value.parse() {
                Ok(v) => on.cost = Some(v),
                Err(_) => return self.bad(node, value, "a cost"),
            },
            ["network", kind @ ..] => match kind {
                ["broadcast"] => on.network = Some(NetworkType::Broadcast),
                ["non-broadcast"] => on.network = Some(NetworkType::NonBroadcast),
                ["point-to-point"] => on.network = Some(NetworkType::PointToPoint),
                ["point-to-multipoint", ..] => on.network = Some(NetworkType::PointToMultipoint),
                _ => return self.bad(node, "", "a network type"),
            },
            ["priority", value] => match value.parse() {
                Ok(v) => on.priority = Some(v),
                Err(_) => return self.bad(node, value, "a priority"),
            },
            ["hello-interval", value] => match value.parse() {
                Ok(v) => on.hello = Some(v),
                Err(_) => return self.bad(node, value, "a number of seconds"),
            },
            ["dead-interval", value] => match value.parse() {
                Ok(v) => on.dead = Some(v),
                Err(_) => return self.bad(node, value, "a number of seconds"),
            },
            ["authentication", "null"] => on.auth_type = Some("null".into()),
            ["authentication", kind @ ..] => {
                on.auth_type = Some(if kind.is_empty() { "text".into() } else { kind.join(" ").into() })
            }
            ["authentication-key", ..] => on.auth_key = Some(last()),
            ["message-digest-key", id, "md5", ..] => on.auth_key = Some(format!("{id} {}", last()).into()),
            ["encryption", ..] => on.auth_type = Some(w.join(" ").into()),
            [first, ..] if QUIET.contains(first) => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }
}

/// The name by which a process in a VRF is known.
pub(in crate::vendors::iosxr) fn key(v3: bool, id: &str, vrf: Option<&str>) -> String {
    format!("{}{id} {}", if v3 { "v3 " } else { "" }, vrf.unwrap_or(""))
}
