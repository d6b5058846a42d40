//! `neighbor …` and `template …` of BGP, with what stands below them.

use std::net::IpAddr;

use super::{Reader, interface, kind, quiet};
use crate::model::bgp::{NextHopSelf, RemovePrivateAs};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::nxos::config::{AfPeer, Bgp, BgpVrf, FAMILIES, LocalAs, Peer, RemoteAs};
use crate::vendors::nxos::defaults;

/// The key of a neighbour: an address, a prefix, or the full name of an interface; and what comes after it.
fn who<'w, 't>(words: &'w [&'t str]) -> Option<(String, &'w [&'t str])> {
    let (word, rest) = words.split_first()?;
    if word.parse::<IpAddr>().is_ok() {
        return Some(((*word).to_owned(), rest));
    }
    if let Some(p) = values::prefix(word) {
        return Some((p.trunc().to_string(), rest));
    }
    let joined = rest.first().filter(|n| n.starts_with(|c: char| c.is_ascii_digit()));
    match joined {
        Some(n) => interface::full_name(&format!("{word}{n}")).map(|f| (f, &rest[1..])),
        None => interface::full_name(word).map(|f| (f, rest)),
    }
}

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vrf: &mut BgpVrf, words: &[&str]) {
    let Some((key, rest)) = who(words) else {
        return r.bad(node, words.first().copied().unwrap_or("neighbor"), "an address, a prefix or an interface");
    };
    let origin = r.tree.origin(node);
    r.ok(node);
    let mut peer = std::mem::take(vrf.neighbors.entry(&key, || Peer { origin, ..Peer::default() }));
    peer.origin = origin;
    if !rest.is_empty() {
        inline(r, node, &mut peer, rest);
    }
    for child in &node.children {
        statement(r, child, &mut peer);
    }
    *vrf.neighbors.entry(&key, Peer::default) = peer;
}

/// `no neighbor X [remote-as N]`.
pub(super) fn remove<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vrf: &mut BgpVrf, words: &[&str]) {
    let Some((key, _)) = who(words) else { return r.quiet(node) };
    let left: Vec<_> = std::mem::take(&mut vrf.neighbors).items.into_iter().filter(|(n, _)| **n != *key).collect();
    for (name, peer) in left {
        *vrf.neighbors.entry(&name, Peer::default) = peer;
    }
    r.ok(node);
}

/// What may stand on the line of the neighbour itself: `remote-as …`, `description …`.
fn inline<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, peer: &mut Peer, words: &[&str]) {
    match words {
        ["remote-as", rest @ ..] => remote_as(r, node, peer, rest),
        ["description", ..] => {}
        _ => r.sink.not_understood(r.tree, node),
    }
}

pub(super) fn template<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, bgp: &mut Bgp, word: &str, name: &str) {
    let origin = r.tree.origin(node);
    r.ok(node);
    match word {
        "peer-policy" => {
            r.sink.define(kind::PEER_POLICY, name, origin);
            let mut own = std::mem::take(bgp.policies.entry(name, AfPeer::default));
            own.origin = origin;
            for child in &node.children {
                family_statement(r, child, &mut own);
            }
            *bgp.policies.entry(name, AfPeer::default) = own;
        }
        _ => {
            let session = word == "peer-session";
            r.sink.define(if session { kind::PEER_SESSION } else { kind::PEER }, name, origin);
            let list = if session { &mut bgp.sessions } else { &mut bgp.peers };
            let mut peer = std::mem::take(list.entry(name, Peer::default));
            peer.origin = origin;
            for child in &node.children {
                statement(r, child, &mut peer);
            }
            *list.entry(name, Peer::default) = peer;
        }
    }
}

fn remote_as<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, peer: &mut Peer, words: &[&str]) {
    peer.session.remote_as = match words {
        ["route-map", map] => {
            r.refer(&[kind::ROUTE_MAP], node, map, "neighbor remote-as route-map");
            Some(RemoteAs::Map((*map).into()))
        }
        ["external"] => Some(RemoteAs::External),
        ["internal"] => Some(RemoteAs::Internal),
        [asn] => match r.wanted(node, asn, values::asn(asn), "an AS number") {
            Some(asn) => Some(RemoteAs::Asn(asn)),
            None => return,
        },
        _ => return r.other(node, &quiet::BGP_NEIGHBOR),
    };
}

#[allow(clippy::too_many_lines, reason = "one arm a statement reads best in one table")]
fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, peer: &mut Peer) {
    let s = &mut peer.session;
    match &node.words[..] {
        ["remote-as", rest @ ..] => {
            r.ok(node);
            return remote_as(r, node, peer, rest);
        }
        ["inherit", "peer", name] => {
            r.refer(&[kind::PEER], node, name, "neighbor inherit peer");
            peer.peer = Some((*name).into());
        }
        ["inherit", "peer-session", name] => {
            r.refer(&[kind::PEER_SESSION], node, name, "neighbor inherit peer-session");
            peer.peer_session = Some((*name).into());
        }
        ["address-family", rest @ ..] => {
            let Some(at) = FAMILIES.iter().position(|(_, words)| rest == words) else {
                return other_family(r, node, peer, rest);
            };
            let origin = r.tree.origin(node);
            r.ok(node);
            let mut own = peer.families[at].take().unwrap_or_default();
            own.origin = origin;
            for child in &node.children {
                family_statement(r, child, &mut own);
            }
            peer.families[at] = Some(own);
            return;
        }
        ["description", ..] => {
            s.description = Some(r.tree.rest(node, 1).into());
            return r.quiet(node);
        }
        ["shutdown"] => s.shutdown = Some(true),
        ["no", "shutdown"] => s.shutdown = Some(false),
        ["update-source", rest @ ..] => {
            let name = rest.concat();
            let Some(full) = r.wanted(node, rest.first().copied().unwrap_or(""), interface::full_name(&name), "an interface")
            else {
                return;
            };
            r.sink.refer(&[kind::INTERFACE], &full, r.tree.span(node, node.word(1)), "neighbor update-source");
            s.update_source = Some(full.into());
        }
        ["ebgp-multihop", ttl] => {
            let Some(ttl) = r.value(node, ttl, "a number of hops") else { return };
            s.multihop = Some(ttl);
        }
        ["ttl-security", "hops", hops] => {
            let Some(hops) = r.value(node, hops, "a number of hops") else { return };
            s.ttl_security = Some(hops);
        }
        ["disable-connected-check"] => s.disable_connected_check = Some(true),
        ["transport", "connection-mode", "passive"] => s.passive = Some(true),
        ["password", rest @ ..] => s.auth = Some(password(rest)),
        ["bfd", ..] => s.bfd = Some(true),
        ["local-as", asn, options @ ..] => {
            let Some(asn) = r.wanted(node, asn, values::asn(asn), "an AS number") else { return };
            s.local_as = Some(LocalAs {
                asn,
                no_prepend: options.contains(&"no-prepend"),
                replace_as: options.contains(&"replace-as"),
                dual_as: options.contains(&"dual-as"),
            });
        }
        ["remove-private-as"] => s.remove_private = Some(RemovePrivateAs::IfOnlyPrivate),
        ["remove-private-as", "all"] => s.remove_private = Some(RemovePrivateAs::All),
        ["remove-private-as", "replace-as"] => s.remove_private = Some(RemovePrivateAs::Replace),
        ["no", "remove-private-as", ..] => s.remove_private = Some(RemovePrivateAs::No),
        _ => return r.other(node, &quiet::BGP_NEIGHBOR),
    }
    r.ok(node);
}

/// Multicast and link-state carry nothing that unicast rests on.
fn other_family<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, peer: &mut Peer, words: &[&str]) {
    let [family @ ("ipv4" | "ipv6"), kind @ ("multicast" | "mvpn" | "labeled-unicast")] = words else {
        return r.other(node, &quiet::BGP_NEIGHBOR);
    };
    peer.others.push(format!("{family} {kind}").into());
    r.quiet(node);
}

fn family_statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, f: &mut AfPeer) {
    let origin = r.tree.origin(node);
    let (on, words) = match &node.words[..] {
        ["no", rest @ ..] => (false, rest),
        all => (true, all),
    };
    match words {
        ["inherit", "peer-policy", name, rest @ ..] if on => {
            r.refer(&[kind::PEER_POLICY], node, name, "neighbor inherit peer-policy");
            let seq = rest.first().and_then(|n| n.parse().ok()).unwrap_or(0);
            f.inherits.push((seq, (*name).into()));
        }
        ["route-map", name, direction @ ("in" | "out")] if on => {
            r.refer(&[kind::ROUTE_MAP], node, name, "neighbor route-map");
            *(if *direction == "in" { &mut f.map_in } else { &mut f.map_out }) = Some(((*name).into(), origin));
        }
        ["prefix-list", name, direction @ ("in" | "out")] if on => {
            r.refer(&[kind::PREFIX_LIST, kind::PREFIX_LIST_V6], node, name, "neighbor prefix-list");
            *(if *direction == "in" { &mut f.prefix_in } else { &mut f.prefix_out }) = Some(((*name).into(), origin));
        }
        ["filter-list", name, direction @ ("in" | "out")] if on => {
            r.refer(&[kind::AS_PATH], node, name, "neighbor filter-list");
            *(if *direction == "in" { &mut f.path_in } else { &mut f.path_out }) = Some(((*name).into(), origin));
        }
        ["route-reflector-client"] => f.reflector_client = Some(on),
        ["next-hop-self"] => f.next_hop_self = Some(if on { NextHopSelf::Yes } else { NextHopSelf::No }),
        ["next-hop-self", "all"] => f.next_hop_self = Some(if on { NextHopSelf::Force } else { NextHopSelf::No }),
        ["next-hop-third-party"] => f.third_party = Some(on),
        ["weight", weight] if on => {
            let Some(weight) = r.value(node, weight, "a weight") else { return };
            f.weight = Some(weight);
        }
        ["allowas-in"] => f.allow_as_in = Some(if on { defaults::ALLOW_AS_IN } else { 0 }),
        ["allowas-in", times] if on => {
            let Some(times) = r.value(node, times, "a number") else { return };
            f.allow_as_in = Some(times);
        }
        ["as-override"] => f.as_override = Some(on),
        ["disable-peer-as-check"] => f.disable_peer_as_check = Some(on),
        ["send-community"] | ["send-community", "standard"] => f.send_standard = Some(on),
        ["send-community", "extended"] => f.send_extended = Some(on),
        ["send-community", "large"] => f.send_large = Some(on),
        ["send-community", "both"] => (f.send_standard, f.send_extended) = (Some(on), Some(on)),
        ["default-originate", rest @ ..] => {
            let map = rest.iter().position(|w| *w == "route-map").and_then(|n| rest.get(n + 1));
            if let Some(map) = map {
                r.refer(&[kind::ROUTE_MAP], node, map, "neighbor default-originate");
            }
            f.default_originate = Some((on, map.map(|m| (*m).into()), origin));
        }
        ["advertise-map", routes, how @ ("exist-map" | "non-exist-map"), condition] if on => {
            r.refer(&[kind::ROUTE_MAP], node, routes, "neighbor advertise-map");
            r.refer(&[kind::ROUTE_MAP], node, condition, "neighbor advertise-map");
            f.advertise_map = Some(((*routes).into(), (*condition).into(), *how == "exist-map", origin));
        }
        ["maximum-prefix", n, rest @ ..] if on => {
            let Some(n) = r.value(node, n, "a number of prefixes") else { return };
            f.max_prefixes = (!rest.contains(&"warning-only")).then_some(n);
        }
        ["unsuppress-map", map] if on => {
            r.refer(&[kind::ROUTE_MAP], node, map, "neighbor unsuppress-map");
            f.unsuppress = Some(((*map).into(), origin));
        }
        ["suppress-inactive"] => f.suppress_inactive = Some(on),
        ["capability", "additional-paths", "send", rest @ ..] => f.add_path_send = Some(on && !rest.contains(&"disable")),
        ["capability", "additional-paths", "receive", rest @ ..] => f.add_path_receive = Some(on && !rest.contains(&"disable")),
        ["soo", ..] if !on => return r.quiet(node),
        _ => return r.other(node, &quiet::BGP_NEIGHBOR),
    }
    r.ok(node);
}

/// A password as comparable text. Encrypted texts may differ for the same password: then only that there is one is compared (`?`).
fn password(words: &[&str]) -> crate::model::device::Name {
    match words {
        ["0", key] => format!("password {key}").into(),
        [key] => format!("password {key}").into(),
        _ => "password ?".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};
    use super::*;
    use crate::vendors::sink::LineClass;

    #[test]
    fn settings_of_a_neighbour() {
        let text = "feature bgp\nroute-map M permit 10\nip prefix-list P permit 10.0.0.0/8\ninterface loopback0\nrouter bgp 1\n  template peer-policy POL\n    send-community both\n  template peer-session SES\n    update-source loopback0\n  template peer SPINE\n    inherit peer-session SES\n    address-family ipv4 unicast\n      inherit peer-policy POL 10\n      allowas-in\n  neighbor 10.0.0.1 remote-as 1.1\n  neighbor 10.0.0.1\n    inherit peer SPINE\n    local-as 9 no-prepend replace-as\n    timers 3 9\n    password 3 abcdef\n    address-family ipv4 unicast\n      route-map M in\n      prefix-list P out\n      default-originate route-map M\n      soft-reconfiguration inbound always\n    address-family l2vpn evpn\n      send-community extended\n      rewrite-evpn-rt-asn\n  neighbor 10.1.0.0/16\n    remote-as route-map M\n  neighbor Ethernet1/1\n    remote-as 7\n  neighbor 10.0.0.2 remote-as 3\n  no neighbor 10.0.0.2\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let bgp = config.bgp.unwrap();
        let main = bgp.vrfs.get("default").unwrap();
        assert_eq!(main.neighbors.iter().map(|(n, _)| n).collect::<Vec<_>>(), ["10.0.0.1", "10.1.0.0/16", "Ethernet1/1"]);
        let n = main.neighbors.get("10.0.0.1").unwrap();
        assert_eq!(n.session.remote_as, Some(RemoteAs::Asn(65537)));
        let evpn = n.families[2].as_ref().unwrap();
        assert_eq!((n.peer.as_deref(), n.others.len(), evpn.send_extended), (Some("SPINE"), 0, Some(true)));
        assert_eq!(n.session.local_as, Some(LocalAs { asn: 9, no_prepend: true, replace_as: true, dual_as: false }));
        let spine = bgp.peers.get("SPINE").unwrap();
        let f = spine.families[0].as_ref().unwrap();
        assert_eq!((f.allow_as_in, f.inherits.len(), spine.peer_session.as_deref()), (Some(3), 1, Some("SES")));
        assert_eq!(main.neighbors.get("10.1.0.0/16").unwrap().session.remote_as, Some(RemoteAs::Map("M".into())));
    }

    #[test]
    fn unknown_words() {
        let text =
            "router bgp 1\n  neighbor 10.0.0.1\n    dance\n    address-family ipv4 unicast\n      jump\n  neighbor nobody\n";
        assert_eq!(odd_lines(text), [(3, LineClass::NotUnderstood), (5, LineClass::NotUnderstood), (6, LineClass::Invalid)]);
    }
}
