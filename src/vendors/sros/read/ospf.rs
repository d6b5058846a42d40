//! `ospf` and `ospf3`.

use super::{Reader, entry, mpls, tables};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::sros::config::{Ospf, OspfArea, OspfInterface, OspfRange, OspfStub, Router};

pub(super) fn instances<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, v3: bool, router: &mut Router) {
    r.head(node);
    // `ospf 0 { … }`; in the classic CLI number 0 may be left out.
    let numbered = node.children.iter().any(|c| c.word(0).parse::<u32>().is_ok());
    if !numbered {
        statements(r, node, "0", v3, router);
        return;
    }
    for id in &node.children {
        if id.word(0).parse::<u32>().is_ok() {
            r.head(id);
            statements(r, id, id.word(0), v3, router);
        } else {
            r.sink.not_understood(r.tree, id);
        }
    }
}

fn statements<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, instance: &str, v3: bool, router: &mut Router) {
    let origin = r.origin(node);
    let o = entry(
        &mut router.ospf,
        |o| o.v3 == v3 && &*o.instance == instance,
        || Ospf {
            instance: instance.into(),
            v3,
            // OSPFv3 instances 64 to 127 carry IPv4 (RFC 5838).
            v6: v3 && !instance.parse::<u32>().is_ok_and(|n| (64..128).contains(&n)),
            origin,
            ..Ospf::default()
        },
    );
    for c in &node.children {
        match c.word(0) {
            "admin-state" => o.up = r.state(c).or(o.up),
            "router-id" => o.router_id = r.parse(c, "an IPv4 address"),
            "preference" => o.preference = r.number(c),
            "external-preference" => o.external_preference = r.number(c),
            "reference-bandwidth" => o.reference = r.number(c),
            "compatible-rfc1583" => o.rfc1583 = r.flag(c),
            "asbr" => {
                r.all(c);
                o.asbr = c.child("false").is_none();
            }
            "overload" => {
                r.all(c);
                o.overload = c.child("false").is_none();
            }
            "overload-include-stub" => o.include_stub = r.flag(c).unwrap_or(false),
            "export-policy" | "export" => o.export = r.chain(c, "ospf export"),
            "import-policy" | "import" => o.import = r.chain(c, "ospf import"),
            "segment-routing" if !v3 => mpls::segments(r, c, &mut o.segments),
            "area" => {
                r.head(c);
                c.children.iter().for_each(|a| area(r, a, o));
            }
            _ => r.known(c, &tables::OSPF),
        }
    }
}

fn area<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, o: &mut Ospf) {
    let Some(id) = values::area(node.word(0)) else {
        r.refuse(node, "an area");
        return;
    };
    r.head(node);
    let origin = r.origin(node);
    let a = entry(&mut o.areas, |a| a.id == id, || OspfArea { id, origin, ..OspfArea::default() });
    for c in &node.children {
        match c.word(0) {
            "interface" => {
                r.head(c);
                c.children.iter().for_each(|i| interface(r, i, a));
            }
            "stub" => stub(r, c, a.stub.get_or_insert_default()),
            "nssa" => {
                let nssa = a.nssa.get_or_insert_default();
                stub(r, c, nssa);
                for range in c.child("area-range").iter().flat_map(|x| &x.children) {
                    ranges(r, range, true, &mut a.ranges);
                }
            }
            "area-range" => {
                r.head(c);
                c.children.iter().for_each(|x| ranges(r, x, false, &mut a.ranges));
            }
            "virtual-link" => {
                r.head(c);
                for link in &c.children {
                    r.head(link);
                    let transit = link.child("transit-area").and_then(|t| t.children.first());
                    for x in &link.children {
                        match x.word(0) {
                            "transit-area" => {
                                r.head(x);
                                for t in &x.children {
                                    r.head(t);
                                    t.children.iter().for_each(|y| r.known(y, &tables::OSPF_INTERFACE));
                                }
                            }
                            _ => r.known(x, &tables::OSPF_INTERFACE),
                        }
                    }
                    let transit = transit.and_then(|t| values::area(t.word(0)));
                    match (link.word(0).parse(), transit) {
                        (Ok(neighbor), Some(transit)) => a.virtual_links.push((transit, neighbor, r.origin(link))),
                        _ => r.sink.invalid(r.tree, link, link.word(0), "a router id with its transit area"),
                    }
                }
            }
            "export-policy" | "export" => a.export = r.chain(c, "ospf area export"),
            "import-policy" | "import" => a.import = r.chain(c, "ospf area import"),
            // The discard route of a range.
            "blackhole-aggregate" => r.all(c),
            _ => r.known(c, &tables::OSPF),
        }
    }
}

fn ranges<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, nssa: bool, list: &mut Vec<OspfRange>) {
    let Some(prefix) = values::prefix(node.word(0)) else {
        r.refuse(node, "a prefix");
        return;
    };
    r.head(node);
    let mut range = OspfRange { prefix, advertise: None, nssa, origin: r.origin(node) };
    for c in &node.children {
        match c.word(0) {
            "advertise" => range.advertise = r.flag(c),
            _ => r.known(c, &tables::OSPF),
        }
    }
    list.push(range);
}

fn stub<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, s: &mut OspfStub) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "summaries" => s.summaries = r.flag(c),
            "default-metric" => s.default_metric = r.number(c),
            "originate-default-route" => {
                r.all(c);
                s.originate_default = true;
                s.type_nssa = c.child("type-nssa").is_some_and(|t| t.child("false").is_none());
            }
            "redistribute-external" => s.redistribute_external = r.flag(c),
            "area-range" => r.head(c),
            _ => r.known(c, &tables::OSPF),
        }
    }
}

fn interface<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, a: &mut OspfArea) {
    r.head(node);
    let origin = r.origin(node);
    let name = node.word(0);
    let i = entry(
        &mut a.interfaces,
        |i| &*i.name == name,
        || OspfInterface { name: name.into(), origin, ..OspfInterface::default() },
    );
    for c in &node.children {
        match c.word(0) {
            "admin-state" => i.up = r.state(c).or(i.up),
            "interface-type" => i.kind = r.arg(c).map(Into::into),
            "metric" => i.metric = r.number(c),
            "node-sid" => i.sid = mpls::node_sid(r, c),
            "passive" => i.passive = r.flag(c),
            "priority" => i.priority = r.number(c),
            "hello-interval" => i.hello = r.number(c),
            "dead-interval" => i.dead = r.number(c),
            "mtu" => i.mtu = r.number(c),
            "advertise-subnet" => i.advertise_subnet = r.flag(c),
            "authentication-type"
            | "authentication-key"
            | "message-digest-key"
            | "authentication-keychain"
            | "authentication" => {
                r.all(c);
                i.auth = Some(auth(i.auth.take(), c));
            }
            "neighbor" => {
                r.all(c);
                i.neighbors.extend(c.children.iter().filter_map(|n| n.word(0).parse::<std::net::IpAddr>().ok()));
            }
            _ => r.known(c, &tables::OSPF_INTERFACE),
        }
    }
}

/// Authentication as comparable text: all that is said of it, in order.
pub(super) fn auth(before: Option<Box<str>>, node: &Node<'_>) -> Box<str> {
    fn words(node: &Node<'_>, out: &mut String) {
        out.push_str(node.word(0));
        for c in &node.children {
            out.push(' ');
            words(c, out);
        }
    }
    let mut text = before.map_or_else(String::new, |b| format!("{b}; "));
    words(node, &mut text);
    text.into()
}
