//! `protocols ospf` and `protocols ospf3`.

use super::routing::rib_group_uses;
use super::{Reader, mpls, tables};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::junos::config::{AreaRange, Ospf, OspfArea, OspfInterface, Stub};

/// OSPFv3 of an instance: the process itself carries IPv6, and each `realm` another family.
pub(super) fn read_v3<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Vec<Ospf> {
    let mut out = vec![read(r, node, true)];
    for realm in node.children.iter().filter(|c| c.word(0) == "realm").flat_map(|c| &c.children) {
        r.head(realm);
        if realm.word(0) == "ipv4-unicast" {
            let mut process = read(r, realm, true);
            process.ipv4 = true;
            process.name = "ospf3 ipv4-unicast".into();
            out.push(process);
        } else {
            r.sink.not_modelled(r.tree, realm, format!("OSPFv3 realm {} is not modelled", realm.word(0)));
        }
    }
    out
}

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, v3: bool) -> Ospf {
    let mut o = Ospf { v3, name: if v3 { "ospf3" } else { "ospf" }.into(), origin: r.origin(node), ..Ospf::default() };
    for c in &node.children {
        match c.word(0) {
            "realm" => r.head(c),
            "disable" => {
                r.all(c);
                o.disabled = true;
            }
            "area" => {
                r.head(c);
                for a in &c.children {
                    match values::area(a.word(0)) {
                        Some(id) => {
                            r.head(a);
                            let area = area(r, a, id);
                            o.areas.push(area);
                        }
                        None => r.sink.invalid(r.tree, a, a.word(0), "an area"),
                    }
                }
            }
            "export" => o.export = r.chain(c, "ospf export"),
            "import" => o.import = r.chain(c, "ospf import"),
            "source-packet-routing" if !v3 => o.segments = Some(mpls::segments(r, c)),
            "rib-group" => o.rib_groups = rib_group_uses(r, c),
            "reference-bandwidth" => o.reference_bandwidth = r.bandwidth(c),
            "overload" => {
                r.all(c);
                // With a timeout it ends by itself after the start.
                o.overload = c.child("timeout").is_none();
            }
            "preference" => o.preference = r.number(c),
            "external-preference" => o.external_preference = r.number(c),
            "no-rfc-1583" => {
                r.all(c);
                o.no_rfc1583 = true;
            }
            "domain-vpn-tag" | "domain-id" => {
                r.all(c);
                o.vrf_lite |= matches!(r.only(c).map(|w| w.word(0)), Some("0" | "disable"));
            }
            _ => r.known(c, &tables::OSPF),
        }
    }
    o
}

fn area<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, id: u32) -> OspfArea {
    let mut a = OspfArea { id, origin: r.origin(node), ..OspfArea::default() };
    for c in &node.children {
        match c.word(0) {
            "stub" => {
                let mut s = Stub::default();
                stub(r, c, &mut s, &mut a.ranges);
                a.stub = Some(s);
            }
            "nssa" => {
                let mut s = Stub::default();
                stub(r, c, &mut s, &mut a.ranges);
                a.nssa = Some(s);
            }
            "area-range" => ranges(r, c, &mut a.ranges),
            "interface" => {
                r.head(c);
                for i in &c.children {
                    r.head(i);
                    let read = interface(r, i);
                    a.interfaces.push(read);
                }
            }
            "virtual-link" => {
                r.all(c);
                for n in c.child("neighbor-id").into_iter().flat_map(|n| &n.children) {
                    let transit = n.child("transit-area").and_then(|t| t.children.first()).and_then(|t| values::area(t.word(0)));
                    match (n.word(0).parse(), transit) {
                        (Ok(neighbor), Some(transit)) => a.virtual_links.push((transit, neighbor, r.origin(n))),
                        _ => r.sink.invalid(r.tree, n, n.word(0), "a router id with a transit area"),
                    }
                }
            }
            "inter-area-prefix-export" | "network-summary-export" => a.inter_export = r.chain(c, "ospf area export"),
            "inter-area-prefix-import" | "network-summary-import" => a.inter_import = r.chain(c, "ospf area import"),
            _ => r.known(c, &tables::OSPF_AREA),
        }
    }
    a
}

fn stub<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, s: &mut Stub, areas: &mut Vec<AreaRange>) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "default-metric" => s.default_metric = r.number(c),
            "no-summaries" => {
                r.all(c);
                s.no_summaries = true;
            }
            "summaries" => {
                r.all(c);
                s.no_summaries = false;
            }
            "metric-type" => s.metric_type = r.number(c),
            "type-7" => {
                r.all(c);
                s.type_7 = true;
            }
            "default-lsa" => {
                // Its own `default-metric` is 1 where it gives none.
                s.default_metric = s.default_metric.or(Some(1));
                stub(r, c, s, areas);
            }
            "area-range" => ranges(r, c, areas),
            _ => r.known(c, &tables::OSPF_AREA),
        }
    }
}

fn ranges<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, out: &mut Vec<AreaRange>) {
    r.all(node);
    for n in &node.children {
        let Some(prefix) = values::prefix(n.word(0)) else {
            r.sink.invalid(r.tree, n, n.word(0), "a prefix");
            continue;
        };
        let restrict = n.child("restrict").is_some();
        let metric = n.child("override-metric").and_then(|m| m.children.first()).and_then(|m| m.word(0).parse().ok());
        out.push(AreaRange { prefix: prefix.trunc(), restrict, metric, origin: r.origin(n) });
    }
}

fn interface<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> OspfInterface {
    let mut i = OspfInterface { name: node.word(0).into(), origin: r.origin(node), ..OspfInterface::default() };
    for c in &node.children {
        match c.word(0) {
            "metric" => i.metric = r.number(c),
            "passive" => {
                r.all(c);
                i.passive = true;
            }
            "disable" => {
                r.all(c);
                i.disabled = true;
            }
            "interface-type" => i.kind = r.arg(c).map(Into::into),
            "priority" => i.priority = r.number(c),
            "hello-interval" => i.hello = r.number(c),
            "dead-interval" => i.dead = r.number(c),
            "neighbor" => {
                i.neighbors.extend(r.args(c).iter().filter_map(|(w, _)| w.parse::<std::net::IpAddr>().ok()));
            }
            "authentication" => {
                r.all(c);
                let mut text = String::new();
                words(c, &mut text);
                i.auth = Some(text.into());
            }
            "authentication-key" => i.auth = r.arg(c).map(Into::into),
            "bandwidth-based-metrics" => {
                r.all(c);
                for b in c.child("bandwidth").into_iter().flat_map(|b| &b.children) {
                    let metric = b.child("metric").and_then(|m| m.children.first()).and_then(|m| m.word(0).parse().ok());
                    i.bandwidth_metrics.extend(super::bits(b.word(0)).zip(metric));
                }
            }
            _ => r.known(c, &tables::OSPF_INTERFACE),
        }
    }
    i
}

/// All words below a node: what authentication is compared by.
pub(super) fn words(node: &Node<'_>, out: &mut String) {
    for c in &node.children {
        out.push(' ');
        out.push_str(c.word(0));
        words(c, out);
    }
}
