//! `protocols bgp`: the same options at three levels, kept apart here.

use super::routing::rib_group_uses;
use super::{Reader, tables};
use crate::model::bgp::{MetricOut, RemovePrivateAs};
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::junos::config::{Bgp, BgpFamily, BgpGroup, BgpNeighbor, BgpOptions, LocalAs, Multihop, Multipath};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Bgp {
    let mut b = Bgp { origin: r.origin(node), ..Bgp::default() };
    for c in &node.children {
        match c.word(0) {
            "disable" => {
                r.all(c);
                b.disabled = true;
            }
            "group" => {
                r.head(c);
                for g in &c.children {
                    r.head(g);
                    let read = group(r, g);
                    b.groups.push(read);
                }
            }
            "path-selection" => {
                r.head(c);
                for p in &c.children {
                    let s = &mut b.path_selection;
                    let flag = match p.word(0) {
                        "always-compare-med" => &mut s.always_compare_med,
                        "cisco-non-deterministic" => &mut s.non_deterministic,
                        "external-router-id" => &mut s.external_router_id,
                        "as-path-ignore" => &mut s.as_path_ignore,
                        _ => {
                            r.sink.not_modelled(r.tree, p, format!("`path-selection {}` is not modelled", p.word(0)));
                            continue;
                        }
                    };
                    *flag = true;
                    r.all(p);
                }
            }
            "neighbor" => {
                // Neighbours outside any group are a group of their own.
                let mut g = BgpGroup { name: "(none)".into(), ..BgpGroup::default() };
                neighbors(r, c, &mut g);
                b.groups.push(g);
            }
            _ => option(r, c, &mut b.options),
        }
    }
    b
}

fn neighbors<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, g: &mut BgpGroup) {
    r.head(c);
    for n in &c.children {
        let (mut options, origin) = (BgpOptions::default(), r.origin(n));
        let Ok(address) = n.word(0).parse() else {
            r.sink.invalid(r.tree, n, n.word(0), "a neighbour's address");
            continue;
        };
        r.head(n);
        let mut interface = None;
        for o in &n.children {
            match o.word(0) {
                "local-interface" => interface = r.named(o),
                _ => option(r, o, &mut options),
            }
        }
        g.neighbors.push(BgpNeighbor { address, interface, origin, options });
    }
}

fn group<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> BgpGroup {
    let mut g = BgpGroup { name: node.word(0).into(), ..BgpGroup::default() };
    for c in &node.children {
        match c.word(0) {
            "neighbor" => neighbors(r, c, &mut g),
            "allow" => {
                for (word, origin) in r.args(c) {
                    match word.as_ref() {
                        "all" => g.allow.extend([("0.0.0.0/0"), ("::/0")].iter().filter_map(|p| Some((p.parse().ok()?, origin)))),
                        _ => match values::prefix_or_host(&word) {
                            Some(p) => g.allow.push((p.trunc(), origin)),
                            None => r.bad(c, c.children.first().map_or("", |x| x.word(0)), "a prefix"),
                        },
                    }
                }
            }
            "dynamic-neighbor" => {
                r.head(c);
                for d in &c.children {
                    r.head(d);
                    for o in &d.children {
                        match o.word(0) {
                            "peer-auto-discovery" => {
                                r.sink.not_modelled(
                                    r.tree,
                                    o,
                                    "BGP neighbours found by IPv6 router advertisements are not modelled",
                                );
                            }
                            "allow" => {
                                for (word, origin) in r.args(o) {
                                    g.allow.extend(values::prefix_or_host(&word).map(|p| (p.trunc(), origin)));
                                }
                            }
                            _ => option(r, o, &mut g.options),
                        }
                    }
                }
            }
            _ => option(r, c, &mut g.options),
        }
    }
    g
}

fn option<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, o: &mut BgpOptions) {
    match c.word(0) {
        "type" => {
            o.external = match r.arg(c) {
                Some("external") => Some(true),
                Some("internal") => Some(false),
                Some(word) => {
                    r.bad(c, word, "a type of group");
                    None
                }
                None => None,
            }
        }
        "peer-as" => o.peer_as = asn(r, c),
        "peer-as-list" => {
            let _ = r.args(c);
            r.sink.not_modelled(r.tree, c, "lists of peer AS numbers are not modelled: any AS is taken");
            o.peer_as_list = Some(vec![(1, u32::MAX)]);
        }
        "local-as" => {
            r.all(c);
            let mut l = LocalAs::default();
            for w in &c.children {
                local_as(w, &mut l);
            }
            if l.asn == 0 {
                r.sink.invalid(r.tree, c, c.children.first().map_or("", |w| w.word(0)), "an AS number");
            } else {
                o.local_as = Some(l);
            }
        }
        "import" => o.import = r.chain(c, "bgp import"),
        "export" => o.export = r.chain(c, "bgp export"),
        "family" => {
            r.head(c);
            let list = o.families.get_or_insert_default();
            for f in &c.children {
                family(r, f, list);
            }
        }
        "cluster" => {
            o.cluster = r.arg(c).and_then(values::area).map(Into::into);
        }
        "multihop" => {
            r.head(c);
            let mut m = Multihop::default();
            for w in &c.children {
                match w.word(0) {
                    "ttl" => m.ttl = r.number(w),
                    "no-nexthop-change" => {
                        r.all(w);
                        m.no_nexthop_change = true;
                    }
                    _ => r.known(w, &tables::BGP),
                }
            }
            o.multihop = Some(m);
        }
        "ttl" => {
            r.all(c);
            o.ttl = r.only(c).and_then(|w| w.word(0).parse().ok());
        }
        "multipath" => {
            r.all(c);
            if c.child("disable").is_none() {
                o.multipath = Some(Multipath { multiple_as: c.child("multiple-as").is_some() });
            }
        }
        "local-address" => o.local_address = r.parse(c, "an address"),
        "local-interface" => o.local_interface = r.named(c),
        "local-preference" => o.local_preference = r.number(c),
        "preference" => o.preference = r.number(c),
        "metric-out" => {
            r.all(c);
            let first = r.only(c);
            o.metric_out = match first.map(|w| w.word(0)) {
                Some("igp" | "minimum-igp") => {
                    let offset = first.and_then(|f| f.children.iter().find_map(|w| w.word(0).parse().ok()));
                    Some(MetricOut::Igp(offset.unwrap_or(0)))
                }
                Some(word) => word.parse().ok().map(MetricOut::Value),
                None => None,
            };
        }
        "remove-private" => {
            r.all(c);
            let all = c.child("all");
            let replace = all.is_some_and(|a| a.child("replace").is_some());
            o.remove_private = Some(match (all, replace) {
                (Some(_), true) => RemovePrivateAs::Replace,
                (Some(_), false) => RemovePrivateAs::All,
                _ => RemovePrivateAs::Leading,
            });
        }
        "as-override" => flag(r, c, &mut o.as_override),
        "advertise-peer-as" => flag(r, c, &mut o.advertise_peer_as),
        "no-advertise-peer-as" => {
            r.all(c);
            o.advertise_peer_as = Some(false);
        }
        "advertise-inactive" => flag(r, c, &mut o.advertise_inactive),
        "vpn-apply-export" => flag(r, c, &mut o.vpn_apply_export),
        "passive" => flag(r, c, &mut o.passive),
        "no-client-reflect" => flag(r, c, &mut o.no_client_reflect),
        "next-hop-self" => flag(r, c, &mut o.next_hop_self),
        "disable" | "shutdown" => flag(r, c, &mut o.disabled),
        "enforce-first-as" => flag(r, c, &mut o.enforce_first_as),
        "authentication-key" | "authentication-key-chain" => o.auth = r.arg(c).map(Into::into),
        "bfd-liveness-detection" => {
            r.sink.no_effect(r.tree, c);
            o.bfd = Some(true);
        }
        "description" => {
            o.description = r.only(c).map(|d| d.word(0).into());
            r.sink.no_effect(r.tree, c);
        }
        _ => r.known(c, &tables::BGP),
    }
}

fn flag<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, to: &mut Option<bool>) {
    r.all(c);
    *to = Some(true);
}

fn asn<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>) -> Option<u32> {
    let word = r.arg(c)?;
    let value = values::asn(word);
    if value.is_none() {
        r.bad(c, word, "an AS number");
    }
    value
}

/// `local-as 65001 loops 2 private`, in one line or as a block.
fn local_as(node: &Node<'_>, l: &mut LocalAs) {
    match node.word(0) {
        "loops" => l.loops = node.children.first().and_then(|n| n.word(0).parse().ok()),
        "private" => l.private = true,
        "alias" => l.alias = true,
        "no-prepend-global-as" => l.no_prepend_global = true,
        word => {
            if let Some(asn) = values::asn(word) {
                l.asn = asn;
            }
        }
    }
    for c in &node.children {
        if c.word(0).parse::<u32>().is_err() {
            local_as(c, l);
        }
    }
    // After `loops N` more words may follow.
    if node.word(0) == "loops" {
        for c in node.children.iter().flat_map(|c| &c.children) {
            local_as(c, l);
        }
    }
}

fn family<'t>(r: &mut Reader<'_, 't>, f: &Node<'t>, list: &mut Vec<BgpFamily>) {
    let (v6, vpn) = match f.word(0) {
        "inet" => (false, None),
        "inet6" => (true, None),
        "inet-vpn" => (false, Some(Family::Vpn4)),
        "inet6-vpn" => (true, Some(Family::Vpn6)),
        "evpn" => (false, Some(Family::Evpn)),
        "l2vpn" | "route-target" | "traffic-engineering" | "inet-mdt" | "inet-mvpn" | "inet6-mvpn" | "l2vpn-mspw" | "iso-vpn" => {
            r.sink.not_modelled(r.tree, f, format!("BGP family {} is not modelled", f.word(0)));
            return;
        }
        _ => {
            r.sink.not_understood(r.tree, f);
            return;
        }
    };
    r.head(f);
    for s in &f.children {
        match s.word(0) {
            // Labels are not modelled; the routes are the same.
            "unicast" | "any" | "labeled-unicast" | "signaling" => {}
            "multicast" | "flow" | "segment-routing-te" | "transport" | "sr-te" => {
                r.sink.not_modelled(r.tree, s, format!("BGP family {} {} is not modelled", f.word(0), s.word(0)));
                continue;
            }
            _ => {
                r.known(s, &tables::BGP_FAMILY);
                continue;
            }
        }
        r.head(s);
        let mut out = BgpFamily { v6, vpn, origin: r.origin(s), ..BgpFamily::default() };
        for c in &s.children {
            match c.word(0) {
                "loops" => out.loops = r.number(c),
                "prefix-limit" | "accepted-prefix-limit" => {
                    r.all(c);
                    out.max_prefixes = c.child("maximum").and_then(|m| m.children.first()).and_then(|m| m.word(0).parse().ok());
                }
                "extended-nexthop" => {
                    r.all(c);
                    out.extended_next_hop = true;
                }
                "add-path" => {
                    r.all(c);
                    out.add_path_receive = c.child("receive").is_some();
                    if let Some(send) = c.child("send") {
                        let count =
                            send.child("path-count").and_then(|p| p.children.first()).and_then(|p| p.word(0).parse().ok());
                        out.add_path_send = Some(count.unwrap_or(6));
                    }
                }
                "rib-group" if vpn.is_none() => out.rib_group = rib_group_uses(r, c).pop(),
                "rib-group" => r.sink.not_modelled(r.tree, c, "rib-groups of VPN routes are not modelled"),
                _ => r.known(c, &tables::BGP_FAMILY),
            }
        }
        list.push(out);
    }
}
