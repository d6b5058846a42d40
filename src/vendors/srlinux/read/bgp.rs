//! BGP: the instance, its groups and its neighbours say the same things.

use super::{Known, Reader, entry, secret};
use crate::syntax::tree::Node;
use crate::vendors::sink::LineClass;
use crate::vendors::srlinux::config::{Bgp, BgpDynamic, BgpFamily, BgpNeighbor, BgpOptions};

const BGP: Known = Known {
    name: "bgp",
    no_effect: &[
        "graceful-restart",
        "rapid-withdrawal",
        "route-advertisement",
        "dynamic-neighbors-limit",
        "fib-programming",
        "convergence",
        "under-bgp-lu",
        "timers",
        "trace-options",
        "sid-reassociation",
        "maintenance-mode",
        "graceful-shutdown",
        "bgp-label",
        "resource-management",
        "labels",
        "hold-time",
        "session-dampening",
        "minimum-advertisement-interval",
    ],
    not_modelled: &[
        "segment-routing-mpls",
        "link-bandwidth",
        "next-hop-resolution",
        "route-flap-damping",
        "rib-management",
        "optimal-route-reflection",
        "confederation",
    ],
};
const FAMILY: Known = Known {
    name: "bgp afi-safi",
    no_effect: &[
        "evpn",
        "route-target",
        "l3vpn-ipv4-unicast",
        "l3vpn-ipv6-unicast",
        "ipv4-labeled-unicast",
        "ipv6-labeled-unicast",
        "rapid-update",
        "backup-paths",
        "advertise-encapsulation-extended-community",
    ],
    not_modelled: &["srv6", "delayed-convergence", "link-bandwidth", "next-hop-resolution"],
};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, b: &mut Bgp) {
    for c in &node.children {
        match c.word(0) {
            "autonomous-system" => b.asn = r.number(c),
            "router-id" => b.router_id = r.address(c),
            "ebgp-default-policy" => {
                r.head(c);
                for x in &c.children {
                    match x.word(0) {
                        "import-reject-all" => b.import_reject_all = r.truth(x),
                        "export-reject-all" => b.export_reject_all = r.truth(x),
                        _ => r.sink.not_understood(r.tree, x),
                    }
                }
            }
            "best-path-selection" => {
                r.head(c);
                for x in &c.children {
                    match x.word(0) {
                        "always-compare-med" => b.always_compare_med = r.truth(x) == Some(true),
                        "ignore-next-hop-metric" | "ignore-nh-metric" => b.ignore_igp_metric = r.truth(x) == Some(true),
                        w => r.sink.not_modelled(r.tree, x, format!("`best-path-selection {w}` is not modelled")),
                    }
                }
            }
            "group" => {
                r.head(c);
                for g in &c.children {
                    r.head(g);
                    let origin = r.origin(g);
                    r.sink.define("bgp group", g.word(0), origin);
                    let at = entry(&mut b.groups, |x| &*x.0 == g.word(0), || (g.word(0).into(), BgpOptions::default()));
                    g.children.iter().for_each(|x| option(r, x, &mut at.1));
                }
            }
            "neighbor" => {
                r.head(c);
                c.children.iter().for_each(|n| neighbor(r, n, b));
            }
            "dynamic-neighbors" => dynamic(r, c, b),
            _ => option(r, c, &mut b.options),
        }
    }
}

fn neighbor<'t>(r: &mut Reader<'_, 't>, n: &Node<'t>, b: &mut Bgp) {
    r.head(n);
    let (word, interface) = n.word(0).split_once('%').map_or((n.word(0), None), |(a, i)| (a, Some(i)));
    let Ok(address) = word.parse() else {
        r.sink.invalid(r.tree, n, n.word(0), "an address");
        return;
    };
    let origin = r.origin(n);
    let fresh = || BgpNeighbor { address, interface: interface.map(Into::into), origin, options: BgpOptions::default() };
    let at = entry(&mut b.neighbors, |x| x.address == address && x.interface.as_deref() == interface, fresh);
    n.children.iter().for_each(|x| option(r, x, &mut at.options));
}

fn dynamic<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, b: &mut Bgp) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "accept" => {
                r.head(c);
                for m in &c.children {
                    match m.word(0) {
                        "match" => {
                            r.head(m);
                            for x in &m.children {
                                let found = member(r, x);
                                b.accept.push(found);
                            }
                        }
                        _ => r.sink.no_effect(r.tree, m),
                    }
                }
            }
            "interface" => {
                r.head(c);
                for x in &c.children {
                    let found = member(r, x);
                    b.discover.push(found);
                }
            }
            _ => r.sink.not_understood(r.tree, c),
        }
    }
}

fn member<'t>(r: &mut Reader<'_, 't>, x: &Node<'t>) -> BgpDynamic {
    r.head(x);
    let mut d = BgpDynamic { from: x.word(0).into(), origin: r.origin(x), ..BgpDynamic::default() };
    for c in &x.children {
        match c.word(0) {
            "peer-group" => d.group = group(r, c),
            "allowed-peer-as" => {
                for (word, _) in r.names(c) {
                    let (a, z) = word.split_once("..").unwrap_or((&word, &word));
                    match (a.parse(), z.parse()) {
                        (Ok(a), Ok(z)) => d.ases.push((a, z)),
                        _ => r.bad(c, &word, "an AS number or a range of them"),
                    }
                }
            }
            "max-sessions" => r.sink.no_effect(r.tree, c),
            _ => r.sink.not_understood(r.tree, c),
        }
    }
    d
}

fn group<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>) -> Option<super::Named> {
    let named = r.named(c)?;
    r.sink.refer(&["bgp group"], &named.0, named.1, "peer-group");
    Some(named)
}

fn option<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, o: &mut BgpOptions) {
    let each = |r: &mut Reader<'_, 't>, f: &mut dyn FnMut(&mut Reader<'_, 't>, &Node<'t>)| {
        r.head(c);
        c.children.iter().for_each(|x| f(r, x));
    };
    match c.word(0) {
        "admin-state" => o.disabled = r.disabled(c),
        "description" => {
            o.description = c.children.last().map(|v| v.word(0).into());
            r.sink.mark_all(r.tree, c, LineClass::NoEffect);
        }
        "peer-group" => o.group = group(r, c),
        "peer-as" => o.peer_as = r.number(c),
        "import-policy" => o.import = Some(r.policies(c, "bgp import")),
        "export-policy" => o.export = Some(r.policies(c, "bgp export")),
        "next-hop-self" => o.next_hop_self = r.truth(c),
        // A container since 20.6; in the first releases a list keyed by the number.
        "local-as" => each(r, &mut |r, x| match x.word(0) {
            "as-number" => o.local_as.asn = r.number(x),
            "prepend-global-as" => o.local_as.prepend_global = r.truth(x),
            "prepend-local-as" => o.local_as.prepend_local = r.truth(x),
            w if w.parse::<u32>().is_ok() => {
                r.all(x);
                o.local_as.asn = w.parse().ok();
                let off = |leaf: &str| x.child(leaf).and_then(|l| l.children.last()).map(|v| v.word(0) != "false");
                o.local_as.prepend_global = off("prepend-global-as");
                o.local_as.prepend_local = off("prepend-local-as");
            }
            _ => r.sink.not_understood(r.tree, x),
        }),
        "route-reflector" => each(r, &mut |r, x| match x.word(0) {
            "client" => o.client = r.truth(x),
            "cluster-id" => o.cluster_id = r.address(x),
            _ => r.sink.not_understood(r.tree, x),
        }),
        "multihop" => {
            let mut on = true;
            let mut hops = None;
            each(r, &mut |r, x| match x.word(0) {
                "admin-state" => on = r.disabled(x) == Some(false),
                "maximum-hops" => hops = r.number(x),
                _ => r.sink.not_understood(r.tree, x),
            });
            o.multihop = Some((on, hops));
        }
        "transport" => each(r, &mut |r, x| match x.word(0) {
            "local-address" => {
                // An interface may stand for its address.
                if let Some(word) = r.arg(x) {
                    match word.parse() {
                        Ok(ip) => o.local_address = Some(ip),
                        Err(_) => o.local_interface = r.named(x),
                    }
                }
            }
            "passive-mode" => o.passive = r.truth(x),
            _ => r.sink.no_effect(r.tree, x),
        }),
        "authentication" => each(r, &mut |r, x| match x.word(0) {
            "password" | "keychain" => {
                let kind = x.word(0);
                o.auth = r.arg(x).map(|v| secret(&[kind, v]));
            }
            _ => r.sink.not_understood(r.tree, x),
        }),
        "failure-detection" => each(r, &mut |r, x| match x.word(0) {
            "enable-bfd" => o.bfd = r.truth(x),
            _ => r.sink.no_effect(r.tree, x),
        }),
        "as-path-options" => each(r, &mut |r, x| match x.word(0) {
            "allow-own-as" => o.allow_own_as = r.number(x),
            "replace-peer-as" => o.replace_peer_as = r.truth(x),
            "remove-private-as" => {
                r.all(x);
                let leaf = |w: &str| x.child(w).and_then(|l| l.children.last()).map(|v| v.word(0));
                o.remove_private = leaf("mode").map(Into::into);
                o.remove_leading_only = leaf("leading-only") == Some("true");
            }
            w => r.sink.not_modelled(r.tree, x, format!("`as-path-options {w}` is not modelled")),
        }),
        // `send-community { standard large }`, newer: `send-community-type [ standard large ]`.
        "send-community" => each(r, &mut |r, x| match x.word(0) {
            "standard" => o.send_standard = r.truth(x),
            "large" => o.send_large = r.truth(x),
            _ => r.sink.not_understood(r.tree, x),
        }),
        "send-community-type" => {
            let names = r.names(c);
            let has = |w: &str| names.iter().any(|(n, _)| &**n == w);
            o.send_standard = Some(has("standard"));
            o.send_large = Some(has("large"));
        }
        "preference" => each(r, &mut |r, x| match x.word(0) {
            "ebgp" => o.preference_ebgp = r.number(x),
            "ibgp" => o.preference_ibgp = r.number(x),
            _ => r.sink.not_understood(r.tree, x),
        }),
        "send-default-route" => each(r, &mut |r, x| match x.word(0) {
            "ipv4-unicast" => o.default_route[0] = r.truth(x),
            "ipv6-unicast" => o.default_route[1] = r.truth(x),
            "export-policy" => o.default_policy = r.policies(x, "send-default-route").pop(),
            _ => r.sink.not_understood(r.tree, x),
        }),
        "afi-safi" => each(r, &mut |r, x| {
            r.head(x);
            x.children.iter().for_each(|f| family(r, x.word(0), f, o));
        }),
        // The form of releases before 21.11.
        name @ ("ipv4-unicast" | "ipv6-unicast" | "evpn") => {
            r.head(c);
            c.children.iter().for_each(|f| family(r, name, f, o));
        }
        _ => r.known(c, &BGP),
    }
}

fn family<'t>(r: &mut Reader<'_, 't>, name: &str, f: &Node<'t>, o: &mut BgpOptions) {
    let index = match name {
        "ipv4-unicast" => 0,
        "ipv6-unicast" => 1,
        "evpn" => 2,
        _ => {
            match f.word(0) {
                "admin-state" => {
                    let on = r.disabled(f).map(|d| !d);
                    entry(&mut o.others, |x| &*x.0 == name, || (name.into(), None)).1 = on;
                }
                "import-policy" | "export-policy" => {
                    r.policies(f, "bgp policy");
                }
                _ => r.sink.no_effect(r.tree, f),
            }
            return;
        }
    };
    let at = &mut o.families[index];
    if at.origin == crate::base::span::Origin::default() {
        at.origin = r.origin(f);
    }
    match f.word(0) {
        "admin-state" => at.enabled = r.disabled(f).map(|d| !d),
        "multipath" => multipath(r, f, at),
        "import-policy" => at.import = Some(r.policies(f, "bgp import")),
        "export-policy" => at.export = Some(r.policies(f, "bgp export")),
        "next-hop-self" => at.next_hop_self = r.truth(f),
        "advertise-inactive" => at.advertise_inactive = r.truth(f),
        "ipv4-unicast" | "ipv6-unicast" => {
            r.head(f);
            for x in &f.children {
                match x.word(0) {
                    "advertise-ipv6-next-hops" | "receive-ipv6-next-hops" => {
                        at.v6_next_hops = r.truth(x).or(at.v6_next_hops);
                    }
                    w => r.sink.not_modelled(r.tree, x, format!("`{w}` is not modelled")),
                }
            }
        }
        "evpn" if f.child("inter-as-vpn").is_some() => {
            r.all(f);
            at.passes_all_on = f.child("inter-as-vpn").and_then(|x| x.children.last()).map(|v| v.word(0) == "true");
        }
        "advertise-ipv6-next-hops" | "receive-ipv6-next-hops" => at.v6_next_hops = r.truth(f).or(at.v6_next_hops),
        "add-paths" => {
            r.all(f);
            let leaf = |w: &str| f.child(w).and_then(|l| l.children.last()).map(|v| v.word(0));
            at.add_paths_send = leaf("send").and_then(|w| w.parse().ok());
            at.add_paths_receive = leaf("receive").map(|w| w == "true");
        }
        "prefix-limit" => {
            r.all(f);
            let leaf = |w: &str| f.child(w).and_then(|l| l.children.last()).map(|v| v.word(0));
            // Without `prevent-teardown` the session goes down.
            if leaf("prevent-teardown") != Some("true") {
                at.max_prefixes = leaf("max-received-routes").and_then(|w| w.parse().ok());
            }
        }
        "prefix-limit-accepted" => r.sink.no_effect(r.tree, f),
        _ => r.known(f, &FAMILY),
    }
}

fn multipath<'t>(r: &mut Reader<'_, 't>, f: &Node<'t>, at: &mut BgpFamily) {
    r.head(f);
    for x in &f.children {
        match x.word(0) {
            "allow-multiple-as" => at.multiple_as = r.truth(x),
            // One number for both kinds until 23.10; before 21.11 in two levels that multiply.
            "maximum-paths" | "max-paths-level-1" => {
                let n = r.number(x);
                (at.max_paths_ebgp, at.max_paths_ibgp) = (n, n);
            }
            "max-paths-level-2" => r.all(x),
            "ebgp" | "ibgp" => {
                r.head(x);
                for m in &x.children {
                    match m.word(0) {
                        "maximum-paths" if x.word(0) == "ebgp" => at.max_paths_ebgp = r.number(m),
                        "maximum-paths" => at.max_paths_ibgp = r.number(m),
                        _ => r.sink.no_effect(r.tree, m),
                    }
                }
            }
            _ => r.sink.not_understood(r.tree, x),
        }
    }
}
