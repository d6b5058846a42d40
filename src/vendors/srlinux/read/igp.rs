//! OSPF and IS-IS.

use super::{Known, Reader, entry, secret};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::srlinux::config::{Instance, Isis, IsisInterface, IsisLevel, Ospf, OspfArea, OspfInterface};

const OSPF: Known = Known {
    name: "ospf",
    no_effect: &[
        "timers",
        "trace-options",
        "traffic-engineering",
        "ldp-synchronization",
        "te-database-install",
        "graceful-restart",
        "advertise-router-capability",
        "transport-address",
        "instance-id",
        "segment-routing",
    ],
    not_modelled: &["export-limit"],
};
const OSPF_AREA: Known = Known {
    name: "ospf area",
    no_effect: &["advertise-router-capability"],
    not_modelled: &["blackhole-aggregate", "export-policy", "bgp-ls-exclude"],
};
const OSPF_INTERFACE: Known = Known {
    name: "ospf interface",
    no_effect: &[
        "trace-options",
        "failure-detection",
        "lsa-filter-out",
        "retransmit-interval",
        "transit-delay",
        "timers",
        "ldp-synchronization",
        "te-metric",
        "advertise-router-capability",
        "advertise-subnet",
        "segment-routing",
        "mtu",
    ],
    not_modelled: &[],
};
const ISIS: Known = Known {
    name: "isis",
    no_effect: &[
        "timers",
        "trace-options",
        "traffic-engineering",
        "ldp-synchronization",
        "te-database-install",
        "graceful-restart",
        "transport",
        "poi-tlv",
        "segment-routing",
        "hello-padding",
        "purge-originator-identification",
        "srv6",
        "weighted-ecmp",
        "loopfree-alternate",
        "dynamic-label-block",
    ],
    not_modelled: &["export-limit", "flexible-algorithm", "flexible-algorithms"],
};
const ISIS_INTERFACE: Known = Known {
    name: "isis interface",
    no_effect: &[
        "trace-options",
        "hello-padding",
        "timers",
        "ldp-synchronization",
        "segment-routing",
        "delay",
        "flex-algo",
        "unidirectional-link-delay",
        "lsp-pacing-interval",
        "retransmit-interval",
    ],
    not_modelled: &[],
};

/// The entries of a list, each with its name.
fn each<'t>(r: &mut Reader<'_, 't>, list: &Node<'t>, mut f: impl FnMut(&mut Reader<'_, 't>, &Node<'t>)) {
    r.head(list);
    for n in &list.children {
        r.head(n);
        f(r, n);
    }
}

fn last<'t>(n: &Node<'t>, word: &str) -> Option<&'t str> {
    n.child(word).and_then(|c| c.children.last()).map(|v| v.word(0))
}

pub(super) fn ospf<'t>(r: &mut Reader<'_, 't>, p: &Node<'t>, i: &mut Instance) {
    r.head(p);
    for list in &p.children {
        if list.word(0) != "instance" {
            r.known(list, &OSPF);
            continue;
        }
        each(r, list, |r, n| {
            let fresh = || Ospf { name: n.word(0).into(), origin: r.origin(n), ..Ospf::default() };
            let at = entry(&mut i.ospf, |o| &*o.name == n.word(0), fresh);
            at.v3 |= p.word(0) == "ospfv3";
            n.children.iter().for_each(|c| ospf_instance(r, c, at));
        });
    }
}

fn ospf_instance<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, o: &mut Ospf) {
    match c.word(0) {
        "admin-state" => o.enabled = r.disabled(c).map(|d| !d),
        "version" => o.v3 = r.arg(c) == Some("ospf-v3"),
        "address-family" => o.v4_over_v3 = r.arg(c) == Some("ipv4-unicast"),
        "router-id" => o.router_id = r.address(c),
        "reference-bandwidth" => o.reference_kbps = r.number(c),
        "max-ecmp-paths" => o.max_paths = r.number(c),
        "export-policy" => o.export = r.policies(c, "ospf export"),
        "preference" => o.preference = r.number(c),
        "external-preference" => o.external_preference = r.number(c),
        "asbr" => r.all(c),
        "overload" => {
            r.all(c);
            o.overload = last(c, "active") == Some("true");
        }
        "area" => each(r, c, |r, n| {
            let Some(id) = values::area(n.word(0)) else {
                r.sink.invalid(r.tree, n, n.word(0), "an area");
                return;
            };
            let fresh = || OspfArea { id, origin: r.origin(n), ..OspfArea::default() };
            let at = entry(&mut o.areas, |a| a.id == id, fresh);
            n.children.iter().for_each(|x| ospf_area(r, x, at));
        }),
        _ => r.known(c, &OSPF),
    }
}

fn ospf_area<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, a: &mut OspfArea) {
    match c.word(0) {
        "stub" => {
            r.all(c);
            a.stub = true;
            a.no_summaries = last(c, "summaries") == Some("false");
            a.default_metric = last(c, "default-metric").and_then(|w| w.parse().ok());
        }
        "nssa" => {
            r.all(c);
            a.nssa = true;
            a.no_summaries = last(c, "summaries") == Some("false");
            a.originate_default = c.child("originate-default-route").is_some();
            for range in c.child("area-range").iter().flat_map(|l| &l.children) {
                let origin = r.origin(range);
                a.ranges.extend(range.word(0).parse().ok().map(|net| (net, last(range, "advertise") != Some("false"), origin)));
            }
        }
        "area-range" => each(r, c, |r, x| {
            r.all(x);
            let Some(net) = r.prefix(x) else { return };
            a.ranges.push((net, last(x, "advertise") != Some("false"), r.origin(x)));
        }),
        "interface" => each(r, c, |r, n| {
            let origin = r.origin(n);
            let fresh = || OspfInterface { name: (n.word(0).into(), origin), ..OspfInterface::default() };
            let at = entry(&mut a.interfaces, |x| &*x.name.0 == n.word(0), fresh);
            for x in &n.children {
                match x.word(0) {
                    "admin-state" => at.disabled = r.disabled(x).unwrap_or(false),
                    "interface-type" => at.point_to_point = r.arg(x).map(|w| w == "point-to-point"),
                    "metric" => at.metric = r.number(x),
                    "priority" => at.priority = r.number(x),
                    "passive" => at.passive = r.truth(x) == Some(true),
                    "hello-interval" => at.hello = r.number(x),
                    "dead-interval" => at.dead = r.number(x),
                    "authentication" => {
                        r.all(x);
                        at.auth = last(x, "keychain").map(|w| secret(&["keychain", w]));
                    }
                    "interface-ref" => {
                        r.all(x);
                        if let (Some(port), Some(sub)) = (last(x, "interface"), last(x, "subinterface")) {
                            at.name.0 = format!("{port}.{sub}").into();
                        }
                    }
                    _ => r.known(x, &OSPF_INTERFACE),
                }
            }
        }),
        _ => r.known(c, &OSPF_AREA),
    }
}

pub(super) fn isis<'t>(r: &mut Reader<'_, 't>, p: &Node<'t>, i: &mut Instance) {
    r.head(p);
    for list in &p.children {
        match list.word(0) {
            "instance" => each(r, list, |r, n| {
                let fresh = || Isis { name: n.word(0).into(), origin: r.origin(n), ..Isis::default() };
                let at = entry(&mut i.isis, |o| &*o.name == n.word(0), fresh);
                n.children.iter().for_each(|c| isis_instance(r, c, at));
            }),
            "dynamic-neighbors" | "dynamic-label-block" => r.sink.no_effect(r.tree, list),
            _ => r.known(list, &ISIS),
        }
    }
}

fn isis_instance<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, o: &mut Isis) {
    match c.word(0) {
        "admin-state" => o.disabled = r.disabled(c).unwrap_or(false),
        "level-capability" => {
            o.levels = match r.arg(c) {
                Some("L1") => Some((true, false)),
                Some("L2") => Some((false, true)),
                Some("L1L2") => Some((true, true)),
                _ => None,
            }
        }
        "net" => o.nets.extend(r.names(c)),
        "max-ecmp-paths" => o.max_paths = r.number(c),
        "export-policy" => o.export = r.policies(c, "isis export"),
        "ipv4-unicast" => {
            r.all(c);
            o.no_ipv4 = last(c, "admin-state") == Some("disable");
        }
        "ipv6-unicast" => {
            r.all(c);
            o.ipv6 = last(c, "admin-state").map(|w| w != "disable").or(o.ipv6);
            o.multi_topology = last(c, "multi-topology") == Some("true");
        }
        "attached-bit" => {
            r.all(c);
            o.suppress_attached = last(c, "suppress") == Some("true");
            o.ignore_attached = last(c, "ignore") == Some("true");
        }
        "overload" => {
            r.all(c);
            o.overload =
                c.child("immediate").is_some_and(|x| last(x, "set-bit") == Some("true") || last(x, "max-metric") == Some("true"))
                    || last(c, "set-bit") == Some("true");
        }
        "auto-cost" => {
            r.all(c);
            o.reference_kbps = last(c, "reference-bandwidth").and_then(|w| w.parse().ok());
        }
        "authentication" => {
            r.all(c);
            let auth = last(c, "keychain").or(last(c, "password")).map(|w| secret(&["key", w]));
            for level in &mut o.level {
                level.auth.clone_from(&auth);
            }
        }
        "inter-level-propagation-policies" => {
            r.head(c);
            for x in &c.children {
                r.head(x);
                for y in &x.children {
                    match (x.word(0), y.word(0)) {
                        ("level1-to-level2", "summary-address") => each(r, y, |r, s| {
                            r.all(s);
                            o.summaries.extend(r.prefix(s).map(|net| (net, r.origin(s))));
                        }),
                        ("level1-to-level2", _) => o.leak_up = r.policies(y, "isis level1-to-level2"),
                        _ => o.leak_down = r.policies(y, "isis level2-to-level1"),
                    }
                }
            }
        }
        "level" => each(r, c, |r, n| {
            let Some(at) = level_of(n.word(0)) else {
                r.sink.invalid(r.tree, n, n.word(0), "a level");
                return;
            };
            let l = &mut o.level[at];
            for x in &n.children {
                match x.word(0) {
                    "metric-style" => l.narrow = r.arg(x) == Some("narrow"),
                    "bgp-ls-exclude" | "trace-options" | "loopfree-alternate-exclude" => r.sink.no_effect(r.tree, x),
                    "authentication" => {
                        r.all(x);
                        l.auth = last(x, "keychain").or(last(x, "password")).map(|w| secret(&["key", w]));
                    }
                    "route-preference" => {
                        r.all(x);
                        l.internal = last(x, "internal").and_then(|w| w.parse().ok());
                        l.external = last(x, "external").and_then(|w| w.parse().ok());
                    }
                    _ => r.sink.not_understood(r.tree, x),
                }
            }
        }),
        "interface" => each(r, c, |r, n| {
            let origin = r.origin(n);
            let fresh = || IsisInterface { name: (n.word(0).into(), origin), ..IsisInterface::default() };
            let at = entry(&mut o.interfaces, |x| &*x.name.0 == n.word(0), fresh);
            n.children.iter().for_each(|x| isis_interface(r, x, at));
        }),
        _ => r.known(c, &ISIS),
    }
}

fn level_of(word: &str) -> Option<usize> {
    match word {
        "1" => Some(0),
        "2" => Some(1),
        _ => None,
    }
}

fn isis_interface<'t>(r: &mut Reader<'_, 't>, x: &Node<'t>, at: &mut IsisInterface) {
    match x.word(0) {
        "admin-state" => at.disabled = r.disabled(x).unwrap_or(false),
        "circuit-type" => at.point_to_point = r.arg(x) == Some("point-to-point"),
        "passive" => at.passive = r.truth(x) == Some(true),
        "ipv4-unicast" => {
            r.all(x);
            at.off[0] = last(x, "admin-state") == Some("disable");
        }
        "ipv6-unicast" => {
            r.all(x);
            at.off[1] = last(x, "admin-state") == Some("disable");
        }
        "authentication" => {
            r.all(x);
            at.auth = last(x, "keychain").or(last(x, "password")).map(|w| secret(&["key", w]));
        }
        "interface-ref" => {
            r.all(x);
            if let (Some(port), Some(sub)) = (last(x, "interface"), last(x, "subinterface")) {
                at.name.0 = format!("{port}.{sub}").into();
            }
        }
        "level" => each(r, x, |r, n| {
            let Some(level) = level_of(n.word(0)) else {
                r.sink.invalid(r.tree, n, n.word(0), "a level");
                return;
            };
            n.children.iter().for_each(|y| isis_interface_level(r, y, &mut at.level[level]));
        }),
        _ => r.known(x, &ISIS_INTERFACE),
    }
}

fn isis_interface_level<'t>(r: &mut Reader<'_, 't>, y: &Node<'t>, l: &mut IsisLevel) {
    match y.word(0) {
        "metric" => l.metric = r.number(y),
        "ipv6-unicast-metric" => l.metric_v6 = r.number(y),
        "priority" => l.priority = r.number(y),
        "disable" => l.disabled = r.truth(y) == Some(true),
        "authentication" => {
            r.all(y);
            l.auth = last(y, "keychain").or(last(y, "password")).map(|w| secret(&["key", w]));
        }
        "timers" | "hello-authentication" => r.sink.no_effect(r.tree, y),
        _ => r.sink.not_understood(r.tree, y),
    }
}
