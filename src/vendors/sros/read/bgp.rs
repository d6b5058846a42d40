//! `bgp`: the instance, its groups, its neighbours.

use super::{Reader, tables};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::sros::config::{Bgp, BgpGroup, BgpNeighbor, BgpOptions, MedOut, RemovePrivate, Router};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, router: &mut Router) {
    r.head(node);
    let origin = r.origin(node);
    let b = router.bgp.get_or_insert_with(|| Bgp { origin, ..Bgp::default() });
    for c in &node.children {
        match c.word(0) {
            "admin-state" => b.up = r.state(c).or(b.up),
            "router-id" => b.router_id = r.parse(c, "an IPv4 address"),
            "group" => {
                r.head(c);
                c.children.iter().for_each(|g| group(r, g, b));
            }
            "neighbor" => {
                r.head(c);
                c.children.iter().for_each(|n| neighbor(r, n, None, b));
            }
            "best-path-selection" => best_path(r, c, b),
            "multipath" => multipath(r, c, b),
            // Older spelling: eBGP and iBGP paths may share.
            "ibgp-multipath" => r.all(c),
            "next-hop-resolution" => {
                r.head(c);
                for x in &c.children {
                    match x.word(0) {
                        "use-bgp-routes" => {
                            r.all(x);
                            b.use_bgp_routes = Some(x.child("false").is_none());
                        }
                        "policy" => b.next_hop_policy = r.chain(x, "bgp next-hop-resolution"),
                        _ => r.known(x, &tables::NEXT_HOP_RESOLUTION),
                    }
                }
            }
            "inter-as-vpn" | "enable-inter-as-vpn" => b.inter_as_vpn = r.flag(c),
            "rib-management" => {
                r.sink.not_modelled(r.tree, c, "leaking between BGP tables and `route-table-import` are not modelled");
            }
            _ => option(r, c, &mut b.options),
        }
    }
}

fn group<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, b: &mut Bgp) {
    r.head(node);
    let word = node.word(0);
    let origin = r.origin(node);
    r.sink.define("bgp group", word, origin);
    let at = b.groups.iter().position(|g| &*g.name == word).unwrap_or_else(|| {
        b.groups.push(BgpGroup { name: word.into(), ..BgpGroup::default() });
        b.groups.len() - 1
    });
    for c in &node.children {
        match c.word(0) {
            "admin-state" => b.groups[at].up = r.state(c),
            "dynamic-neighbor" => dynamic(r, c, &mut b.groups[at]),
            // Classic: neighbours stand in their group.
            "neighbor" => {
                r.head(c);
                c.children.iter().for_each(|n| neighbor(r, n, Some(word), b));
            }
            _ => option(r, c, &mut b.groups[at].options),
        }
    }
    // A group without members is no mistake.
    if !b.groups[at].ranges.is_empty() || !b.groups[at].links.is_empty() {
        r.sink.used("bgp group", word);
    }
}

fn dynamic<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, g: &mut BgpGroup) {
    r.head(node);
    let peers = |n: &Node<'t>| -> Vec<(u32, u32)> {
        let list = n.child("allowed-peer-as").or(n.child("peer-as"));
        list.iter()
            .flat_map(|l| &l.children)
            .filter_map(|w| {
                let (a, b) = w.word(0).split_once("..").unwrap_or((w.word(0), w.word(0)));
                Some((values::asn(a)?, values::asn(b)?))
            })
            .collect()
    };
    for c in &node.children {
        match c.word(0) {
            "match" => {
                r.head(c);
                for p in c.children.iter().filter(|x| x.word(0) == "prefix").flat_map(|x| &x.children) {
                    r.all(p);
                    match values::prefix(p.word(0)) {
                        Some(net) => g.ranges.push((net, peers(p), r.origin(p))),
                        None => r.refuse(p, "a prefix"),
                    }
                }
                c.children.iter().for_each(|x| r.head(x));
            }
            "interface" => {
                r.head(c);
                for i in &c.children {
                    r.all(i);
                    g.links.push(((i.word(0).into(), r.origin(i)), peers(i)));
                }
            }
            "limit" => r.sink.no_effect(r.tree, c),
            _ => r.sink.not_understood(r.tree, c),
        }
    }
}

fn neighbor<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, group: Option<&str>, b: &mut Bgp) {
    // A link-local address names its interface: `fe80::1-to-r2`.
    let word = node.word(0);
    let (address, link) = match word.split_once('-') {
        Some((a, i)) if word.contains("::") => (a, Some((i.into(), r.origin(node)))),
        _ => (word, None),
    };
    let Ok(address) = address.parse() else {
        r.refuse(node, "an address");
        return;
    };
    r.head(node);
    let origin = r.origin(node);
    let n = entry_neighbor(b, address, link, origin);
    if let Some(name) = group {
        b.neighbors[n].group = Some((name.into(), origin));
        r.sink.used("bgp group", name);
    }
    for c in &node.children {
        match c.word(0) {
            "admin-state" => b.neighbors[n].up = r.state(c),
            "group" => {
                let named = r.named(c);
                if let Some((name, origin)) = &named {
                    r.sink.refer(&["bgp group"], name, *origin, "neighbor group");
                }
                b.neighbors[n].group = named;
            }
            _ => option(r, c, &mut b.neighbors[n].options),
        }
    }
}

fn entry_neighbor(
    b: &mut Bgp,
    address: std::net::IpAddr,
    link: Option<crate::vendors::sros::config::Named>,
    origin: crate::base::span::Origin,
) -> usize {
    let found =
        b.neighbors.iter().position(|n| n.address == address && n.link.as_ref().map(|l| &l.0) == link.as_ref().map(|l| &l.0));
    found.unwrap_or_else(|| {
        b.neighbors.push(BgpNeighbor { address, link, group: None, up: None, origin, options: BgpOptions::default() });
        b.neighbors.len() - 1
    })
}

fn best_path<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, b: &mut Bgp) {
    r.head(node);
    for c in &node.children {
        let on = |c: &Node<'t>| c.child("false").is_none();
        match c.word(0) {
            "always-compare-med" => {
                r.all(c);
                let values = c.child("med-value").map_or(c, |v| v);
                b.always_compare_med = Some(c.child("false").is_none() && values.child("off").is_none());
                b.med_infinity = c.child("infinity").is_some()
                    || values.child("on").is_none() && values.child("infinity").is_some()
                    || c.child("strict-as").is_some_and(|s| s.child("infinity").is_some());
            }
            "deterministic-med" => b.deterministic_med = r.flag(c),
            "as-path-ignore" => {
                r.all(c);
                b.ignore_as_path = Some(on(c));
            }
            "ignore-router-id" => {
                r.all(c);
                b.ignore_router_id = Some(on(c));
            }
            "ignore-nh-metric" => b.ignore_metric = r.flag(c),
            "ebgp-ibgp-equal" => {
                r.all(c);
                b.ebgp_ibgp_equal = Some(on(c));
            }
            _ => r.known(c, &tables::BEST_PATH),
        }
    }
}

fn multipath<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, b: &mut Bgp) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "max-paths" => b.multipath = r.number(c),
            "ebgp" => b.multipath_ebgp = r.number(c),
            "ibgp" => b.multipath_ibgp = r.number(c),
            "restrict" => {
                b.multipath_same = r.arg(c).is_some_and(|w| w != "same-as-path-length");
            }
            // One family's own numbers; IPv4's and IPv6's are mostly the same.
            "family" => {
                r.head(c);
                for f in &c.children {
                    r.head(f);
                    for x in &f.children {
                        match (f.word(0), x.word(0)) {
                            ("ipv4" | "ipv6", "max-paths") => b.multipath = r.number(x).or(b.multipath),
                            ("ipv4" | "ipv6", "ebgp") => b.multipath_ebgp = r.number(x).or(b.multipath_ebgp),
                            ("ipv4" | "ipv6", "ibgp") => b.multipath_ibgp = r.number(x).or(b.multipath_ibgp),
                            _ => r.sink.no_effect(r.tree, x),
                        }
                    }
                }
            }
            // Classic: `multipath 4`.
            word => match word.parse() {
                Ok(n) => {
                    r.all(c);
                    b.multipath = Some(n);
                }
                Err(_) => r.known(c, &tables::BGP),
            },
        }
    }
}

/// What may stand at each level.
fn option<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, o: &mut BgpOptions) {
    match c.word(0) {
        "description" => o.description = r.text(c),
        "type" => {
            o.internal = match r.arg(c) {
                Some("internal") => Some(true),
                Some("external") => Some(false),
                Some("no-type") | None => None,
                Some(word) => {
                    r.bad(c, word, "`internal` or `external`");
                    None
                }
            }
        }
        "peer-as" => o.peer_as = asn(r, c),
        "local-as" => local_as(r, c, o),
        "family" => {
            r.all(c);
            let on = c.children.iter().filter(|f| f.child("false").is_none()).map(|f| f.word(0).into());
            o.families = Some(on.collect());
        }
        "import" => o.import = r.chain(c, "bgp import"),
        "export" => o.export = r.chain(c, "bgp export"),
        "ebgp-default-reject-policy" => {
            r.all(c);
            for (way, to) in [("import", &mut o.reject_import), ("export", &mut o.reject_export)] {
                if let Some(x) = c.child(way) {
                    *to = Some(x.child("false").is_none());
                }
            }
        }
        "cluster" => {
            r.all(c);
            let id = c.child("cluster-id").and_then(|x| x.children.first()).or(c.children.first());
            o.cluster = id.and_then(|x| values::area(x.word(0))).map(Into::into);
        }
        "client-reflect" => o.no_client_reflect = r.flag(c).map(|on| !on),
        "multihop" => o.multihop = r.number(c),
        "ttl-security" => o.ttl_security = r.number(c),
        "local-address" => o.local_address = r.named(c),
        "local-preference" => o.local_preference = r.number(c),
        "preference" => o.preference = r.number(c),
        "med-out" => {
            let word = r.arg(c);
            o.med_out = match word {
                Some("igp-cost" | "igp") => Some(MedOut::Igp),
                Some(word) => word.parse().ok().map(MedOut::Value),
                None => None,
            };
        }
        "next-hop-self" => o.next_hop_self = r.flag(c),
        "next-hop-unchanged" => {
            r.all(c);
            let on = c.children.iter().filter(|f| f.child("false").is_none()).map(|f| f.word(0).into());
            o.next_hop_unchanged = Some(on.collect());
        }
        "third-party-nexthop" => o.third_party = r.flag(c),
        "as-override" => o.as_override = r.flag(c),
        "loop-detect" => o.loop_detect_off = r.arg(c).map(|w| w == "off"),
        "loop-detect-threshold" => o.loop_threshold = r.number(c),
        "remove-private" => {
            r.all(c);
            let on = |w: &str| c.child(w).is_some_and(|x| x.child("false").is_none());
            o.remove_private = Some(RemovePrivate { limited: on("limited"), replace: on("replace") });
        }
        "advertise-inactive" => o.advertise_inactive = r.flag(c),
        "passive" => o.passive = r.flag(c),
        "enforce-first-as" => o.enforce_first_as = r.flag(c),
        "split-horizon" => o.split_horizon = r.flag(c),
        "authentication-key" | "authentication-keychain" => {
            o.auth = r.arg(c).map(Into::into);
        }
        "send-communities" => {
            r.all(c);
            let off = |w: &str| c.child(w).map(|x| x.child("false").is_some());
            o.no_standard = off("standard");
            o.no_extended = off("extended");
            o.no_large = off("large");
        }
        "disable-communities" => {
            r.all(c);
            let off = |w: &str| c.child(w).map(|x| x.child("false").is_none());
            o.no_standard = off("standard");
            o.no_extended = off("extended");
            o.no_large = off("large");
        }
        "send-default" => {
            r.all(c);
            let on = |w: &str| c.child(w).is_some_and(|x| x.child("false").is_none());
            o.send_default = Some([on("ipv4"), on("ipv6")]);
            if let Some(p) = c.child("export-policy") {
                o.send_default_policy = r.chain(p, "bgp send-default");
            }
        }
        "add-paths" => add_paths(r, c, o),
        "extended-nh-encoding" => {
            r.all(c);
            o.extended_next_hop = Some(c.child("ipv4").is_some_and(|x| x.child("false").is_none()));
        }
        "advertise-ipv6-next-hops" => {
            r.all(c);
            if c.child("ipv4").is_some_and(|x| x.child("false").is_none()) {
                o.extended_next_hop = Some(true);
            }
        }
        "vpn-apply-import" => o.vpn_import = r.flag(c),
        "vpn-apply-export" => o.vpn_export = r.flag(c),
        "prefix-limit" => {
            r.all(c);
            let of = |f: &str| c.child(f).and_then(|x| x.child("maximum")).and_then(|x| x.children.first());
            o.max_prefixes = of("ipv4").or(of("ipv6")).and_then(|x| x.word(0).parse().ok());
        }
        "bfd-liveness" => {
            r.sink.no_effect(r.tree, c);
            o.bfd = Some(true);
        }
        _ => r.known(c, &tables::BGP),
    }
}

fn asn<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>) -> Option<u32> {
    let word = r.arg(c)?;
    let value = values::asn(word);
    if value.is_none() {
        r.bad(c, word, "an AS number");
    }
    value
}

fn local_as<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, o: &mut BgpOptions) {
    r.all(c);
    let mut l = o.local_as.unwrap_or_default();
    let mut todo: Vec<&Node<'t>> = c.children.iter().collect();
    while let Some(x) = todo.pop() {
        match x.word(0) {
            "as-number" => todo.extend(&x.children),
            "private" => l.private = x.child("false").is_none(),
            "prepend-global-as" => l.prepend_global = Some(x.child("false").is_none()),
            "no-prepend-global-as" => l.prepend_global = Some(false),
            word => match values::asn(word) {
                Some(asn) => {
                    l.asn = asn;
                    todo.extend(&x.children);
                }
                None => r.sink.invalid(r.tree, x, word, "an AS number"),
            },
        }
    }
    o.local_as = (l.asn != 0).then_some(l);
}

fn add_paths<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, o: &mut BgpOptions) {
    r.head(c);
    for f in &c.children {
        let slot = match f.word(0) {
            "ipv4" => 0,
            "ipv6" => 1,
            _ => {
                r.sink.no_effect(r.tree, f);
                continue;
            }
        };
        r.all(f);
        // A number, or `multipaths`: as many as are used.
        let send = f.child("send").and_then(|s| s.children.first());
        o.add_path_send[slot] = send.map(|s| s.word(0).parse().unwrap_or(u32::MAX));
        o.add_path_receive[slot] = f.child("receive").map(|x| x.child("false").is_none());
    }
}
