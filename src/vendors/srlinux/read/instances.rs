//! Network instances and what they hold outside the protocols: interfaces, static and aggregate routes.

use super::{Known, Reader, bgp, entry, expand, igp, overlay};
use crate::syntax::tree::Node;
use crate::vendors::srlinux::config::{Aggregate, Config, Hop, HopGroup, Instance, InstanceKind, Static};

const INSTANCE: Known = Known {
    name: "network-instance",
    no_effect: &[
        "ip-forwarding",
        "bridge-table",
        "mtu",
        "icmp",
        "ip-load-balancing",
        "tcp",
        "segment-routing",
        "traffic-engineering",
        "route-table",
        "openconfig-name",
        "vxlan-statistics",
        "proxy-arp",
        "maintenance-policies",
        "multicast",
        "ecmp",
        "maximum-routes",
        "vlan-discovery",
        "service-id",
        "static-mpls",
        "connection-point",
    ],
    not_modelled: &["inter-instance-policies", "mpls", "mpls-forwarding", "policy-forwarding", "static-vxlan-tunnels"],
};
const PROTOCOLS: Known = Known {
    name: "protocols",
    no_effect: &[
        "directly-connected",
        "linux",
        "igmp-snooping",
        "mld-snooping",
        "igmp",
        "mld",
        "gribi",
        "dynamic-load-balancing",
    ],
    not_modelled: &["ldp", "pim", "static-mpls", "rsvp-te", "mcast-vpn"],
};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    for n in &node.children {
        r.head(n);
        let origin = r.origin(n);
        let fresh = || Instance { name: n.word(0).into(), origin, ..Instance::default() };
        let i = entry(&mut config.instances, |i| &*i.name == n.word(0), fresh);
        for c in &n.children {
            instance(r, c, i);
        }
    }
}

fn instance<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, i: &mut Instance) {
    match c.word(0) {
        "type" => match r.arg(c) {
            Some("mac-vrf" | "vpws") => i.kind = InstanceKind::Bridged,
            Some("default" | "ip-vrf" | "host") => i.kind = InstanceKind::Routed,
            Some(other) => r.bad(c, other, "a type of network instance"),
            None => {}
        },
        "admin-state" => i.disabled = r.disabled(c).unwrap_or(false),
        "router-id" => i.router_id = r.address(c),
        "interface" => {
            r.head(c);
            for x in &c.children {
                r.all(x);
                let leaf = |w: &str| {
                    let at = x.child("interface-ref")?.child(w)?;
                    at.children.last().map(|v| v.word(0))
                };
                let name = match (leaf("interface"), leaf("subinterface")) {
                    (Some(port), Some(sub)) => format!("{port}.{sub}"),
                    (Some(port), None) => port.to_owned(),
                    _ => x.word(0).to_owned(),
                };
                let origin = r.origin(x);
                i.interfaces.extend(expand(&name).into_iter().map(|n| (n.into_boxed_str(), origin)));
            }
        }
        "vxlan-interface" => i.vxlan.extend(r.names(c)),
        "protocols" => {
            r.head(c);
            c.children.iter().for_each(|p| protocol(r, p, i));
        }
        "static-routes" => list(r, c, "route", |r, x| static_route(r, x, i)),
        "next-hop-groups" => list(r, c, "group", |r, x| hop_group(r, x, i)),
        "aggregate-routes" => list(r, c, "route", |r, x| aggregate(r, x, i)),
        _ => r.known(c, &INSTANCE),
    }
}

fn list<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, name: &str, mut f: impl FnMut(&mut Reader<'_, 't>, &Node<'t>)) {
    r.head(c);
    for l in &c.children {
        match l.word(0) {
            "admin-state" => r.all(l),
            w if w == name => {
                r.head(l);
                for x in &l.children {
                    r.head(x);
                    f(r, x);
                }
            }
            _ => r.sink.not_understood(r.tree, l),
        }
    }
}

fn static_route<'t>(r: &mut Reader<'_, 't>, x: &Node<'t>, i: &mut Instance) {
    let Some(prefix) = r.prefix(x) else { return };
    let mut s =
        Static { prefix: prefix.trunc(), disabled: false, metric: None, preference: None, group: None, origin: r.origin(x) };
    for c in &x.children {
        match c.word(0) {
            "admin-state" => s.disabled = r.disabled(c).unwrap_or(false),
            "metric" => s.metric = r.number(c),
            "preference" => s.preference = r.number(c),
            "next-hop-group" => s.group = r.named(c),
            _ => r.sink.not_modelled(r.tree, c, format!("`static route {}` is not modelled", c.word(0))),
        }
    }
    i.statics.push(s);
}

fn hop_group<'t>(r: &mut Reader<'_, 't>, x: &Node<'t>, i: &mut Instance) {
    let g = entry(&mut i.hop_groups, |g| &*g.name == x.word(0), || HopGroup { name: x.word(0).into(), ..HopGroup::default() });
    for c in &x.children {
        match c.word(0) {
            "admin-state" => g.disabled = r.disabled(c).unwrap_or(false),
            "blackhole" => {
                r.all(c);
                g.blackhole = true;
            }
            "nexthop" => {
                r.head(c);
                for n in &c.children {
                    r.head(n);
                    let fresh = || Hop { index: n.word(0).into(), ..Hop::default() };
                    let hop = entry(&mut g.hops, |h| &*h.index == n.word(0), fresh);
                    for f in &n.children {
                        match f.word(0) {
                            "ip-address" => hop.ip = r.address(f),
                            "admin-state" => hop.disabled = r.disabled(f).unwrap_or(false),
                            "resolve" => hop.resolve = r.truth(f),
                            "failure-detection" => {
                                r.all(f);
                                hop.watched = true;
                            }
                            "weight" => r.sink.no_effect(r.tree, f),
                            w => r.sink.not_modelled(r.tree, f, format!("`nexthop {w}` is not modelled")),
                        }
                    }
                }
            }
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}

fn aggregate<'t>(r: &mut Reader<'_, 't>, x: &Node<'t>, i: &mut Instance) {
    let Some(prefix) = r.prefix(x) else { return };
    let origin = r.origin(x);
    let mut a = Aggregate { prefix: prefix.trunc(), disabled: false, communities: Vec::new(), summary_only: false, origin };
    for c in &x.children {
        match c.word(0) {
            "admin-state" => a.disabled = r.disabled(c).unwrap_or(false),
            "communities" => {
                r.head(c);
                for add in &c.children {
                    let names = r.names(add);
                    a.communities.extend(names.into_iter().map(|n| n.0));
                }
            }
            "summary-only" => a.summary_only = r.truth(c) == Some(true),
            "generate-icmp" | "aggregator" => r.all(c),
            _ => r.sink.not_understood(r.tree, c),
        }
    }
    i.aggregates.push(a);
}

fn protocol<'t>(r: &mut Reader<'_, 't>, p: &Node<'t>, i: &mut Instance) {
    match p.word(0) {
        "bgp" => {
            r.head(p);
            let origin = r.origin(p);
            bgp::read(r, p, i.bgp.get_or_insert_with(|| super::super::config::Bgp { origin, ..Default::default() }));
        }
        "ospf" | "ospfv2" | "ospfv3" => igp::ospf(r, p, i),
        "isis" => igp::isis(r, p, i),
        "bgp-vpn" => instances_of(r, p, |r, x| overlay::vpn(r, x, i)),
        "bgp-evpn" => instances_of(r, p, |r, x| overlay::evpn(r, x, i)),
        _ => r.known(p, &PROTOCOLS),
    }
}

fn instances_of<'t>(r: &mut Reader<'_, 't>, p: &Node<'t>, mut f: impl FnMut(&mut Reader<'_, 't>, &Node<'t>)) {
    r.head(p);
    for list in &p.children {
        r.head(list);
        for n in &list.children {
            r.head(n);
            n.children.iter().for_each(|c| f(r, c));
        }
    }
}
