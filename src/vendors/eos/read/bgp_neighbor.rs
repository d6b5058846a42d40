//! `neighbor …` of BGP: addresses, groups, interfaces; general, in a VRF, in an address family.

use super::bgp::add_path;
use super::quiet;
use super::{Reader, interface, kind};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::eos::config::{
    AddPath, Communities, DefaultOriginate, LocalAs, MetricOut, Named, Neighbor, Policy, RemovePrivate,
};

#[allow(clippy::too_many_lines, reason = "one arm a statement reads best in one table")]
pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, all: &mut Named<Neighbor>, words: &[&str], no: bool) {
    let [who, rest @ ..] = words else { return r.sink.not_understood(r.tree, node) };
    let origin = r.tree.origin(node);
    let on = !no;
    // `no neighbor X …` states a default unless it switches something off that a group has.
    let n = all.entry(who, || Neighbor { origin, ..Neighbor::default() });
    match rest {
        ["peer", "group"] | ["peer-group"] => {
            n.is_group = true;
            r.sink.define(kind::PEER_GROUP, who, origin);
        }
        ["peer", "group", group] | ["peer-group", group] => {
            n.group = Some((*group).into());
            n.origin = origin;
            r.refer(&[kind::PEER_GROUP], node, group, "neighbor peer group");
        }
        ["remote-as", asn] if on => {
            let Some(asn) = r.wanted(node, asn, values::asn(asn), "an AS number") else { return };
            n.remote_as = Some(asn);
            n.origin = origin;
        }
        ["peer-filter", filter] if on => {
            r.refer(&[kind::PEER_FILTER], node, filter, "neighbor peer-filter");
            n.peer_filter = Some((*filter).into());
        }
        ["description", ..] => {
            n.description = Some(r.tree.rest(node, 3).into());
            return r.quiet(node);
        }
        ["local-as", asn, options @ ..] if on => {
            let Some(asn) = r.wanted(node, asn, values::asn(asn), "an AS number") else { return };
            n.local_as = Some(LocalAs {
                asn,
                no_prepend: options.contains(&"no-prepend"),
                replace_as: options.contains(&"replace-as"),
                fallback: options.contains(&"fallback"),
            });
        }
        ["shutdown", ..] => n.shutdown = Some(on),
        ["update-source", source] if on => match interface::full_name(source) {
            Some(name) => {
                r.sink.refer(&[kind::INTERFACE], &name, r.tree.span(node, source), "neighbor update-source");
                n.update_source = Some(name.into());
            }
            None if source.parse::<std::net::IpAddr>().is_ok() => n.update_source = Some((*source).into()),
            None => return r.bad(node, source, "an interface"),
        },
        // Without a number: 255 (EOS manual, "neighbor ebgp-multihop").
        ["ebgp-multihop"] => n.multihop = Some(if on { 255 } else { 1 }),
        ["ebgp-multihop", ttl] => {
            let Some(ttl) = r.value(node, ttl, "a number of hops") else { return };
            n.multihop = Some(if on { ttl } else { 1 });
        }
        ["ttl", "maximum-hops", hops] if on => {
            let Some(hops) = r.value(node, hops, "a number of hops") else { return };
            n.ttl_security = Some(hops);
        }
        ["passive"] | ["transport", "connection-mode", "passive"] => n.passive = Some(on),
        ["password", rest @ ..] if on => n.auth = Some(password(rest)),
        ["bfd", ..] => n.bfd = Some(on),
        ["activate"] => {
            n.activate = Some(on);
            n.origin = origin;
        }
        ["route-map", name, direction] if on => {
            r.refer(&[kind::ROUTE_MAP], node, name, "neighbor route-map");
            let slot = if *direction == "in" { &mut n.route_map_in } else { &mut n.route_map_out };
            *slot = Some(Policy { name: (*name).into(), origin });
        }
        ["prefix-list", name, direction] if on => {
            r.refer(&[kind::PREFIX_LIST, kind::PREFIX_LIST_V6], node, name, "neighbor prefix-list");
            let slot = if *direction == "in" { &mut n.prefix_list_in } else { &mut n.prefix_list_out };
            *slot = Some(Policy { name: (*name).into(), origin });
        }
        ["route-reflector-client"] => n.reflector_client = Some(on),
        ["next-hop-self"] => n.next_hop_self = Some(on),
        ["next-hop-unchanged"] => n.next_hop_unchanged = Some(on),
        ["next-hop-peer"] => n.next_hop_peer = Some(on),
        ["next-hop", "address-family", "ipv6", ..] => n.v6_next_hop = Some(on),
        ["weight", weight] if on => {
            let Some(weight) = r.value(node, weight, "a weight") else { return };
            n.weight = Some(weight);
        }
        // Local preference of routes from an eBGP neighbour.
        ["export-localpref", value] if on => {
            let Some(value) = r.value(node, value, "a local preference") else { return };
            n.local_preference = Some(value);
        }
        ["metric-out", "igp-metric" | "igp"] => n.metric_out = Some(MetricOut::Igp),
        ["metric-out", value] if on => {
            let Some(value) = r.value(node, value, "a metric") else { return };
            n.metric_out = Some(MetricOut::Value(value));
        }
        // Without a number: 3 (EOS manual, "neighbor allowas-in").
        ["allowas-in"] => n.allow_as_in = Some(if on { 3 } else { 0 }),
        ["allowas-in", times] if on => {
            let Some(times) = r.value(node, times, "a number") else { return };
            n.allow_as_in = Some(times);
        }
        ["as-path", "remote-as", "replace", "out"] => n.as_override = Some(on),
        ["as-path", "prepend-own", "disabled"] => {
            return r.unmodelled(node, "sending routes without the own AS is not modelled");
        }
        ["remove-private-as"] => n.remove_private = Some(if on { RemovePrivate::OnlyPrivate } else { RemovePrivate::Off }),
        ["remove-private-as", "all"] if on => n.remove_private = Some(RemovePrivate::All),
        ["remove-private-as", "all", "replace-as"] if on => n.remove_private = Some(RemovePrivate::Replace),
        ["remove-private-as", "ingress", ..] => {
            return r.unmodelled(node, "removing private ASes on the way in is not modelled");
        }
        ["send-community", kinds @ ..] if !kinds.iter().any(|k| matches!(*k, "link-bandwidth" | "aggregate")) => {
            let c = n.send_community.get_or_insert_with(Communities::default);
            // Alone, it stands for all kinds; each named kind comes on top of those named before.
            if no && kinds.is_empty() {
                *c = Communities::default();
            } else if kinds.is_empty() {
                *c = Communities { standard: true, extended: true, large: true };
            }
            let add = !no && !kinds.contains(&"remove");
            for kind in kinds {
                match *kind {
                    "standard" => c.standard = add,
                    "extended" => c.extended = add,
                    "large" => c.large = add,
                    "add" | "remove" => {}
                    _ => return r.other(node, &quiet::BGP_NEIGHBOR),
                }
            }
        }
        ["default-originate", options @ ..] => {
            let map = options.iter().position(|w| *w == "route-map").and_then(|at| options.get(at + 1));
            if let Some(map) = map {
                r.refer(&[kind::ROUTE_MAP], node, map, "neighbor default-originate");
            }
            let always = options.contains(&"always");
            n.default_originate = Some(DefaultOriginate { on, always, route_map: map.map(|m| (*m).into()), origin });
        }
        ["maximum-routes", number, ..] if on => {
            let Some(number) = r.value::<u32>(node, number, "a number of routes") else { return };
            n.max_routes = Some(number);
        }
        ["enforce-first-as"] => n.enforce_first_as = Some(on),
        ["additional-paths", "receive"] => n.add_path_receive = Some(on),
        ["additional-paths", "send", rest @ ..] => n.add_path_send = Some(if on { add_path(rest) } else { AddPath::Off }),
        ["rcf", ..] => return r.unmodelled(node, "routing control functions are not modelled: all routes are taken"),
        _ => {
            // The tables know the words after the neighbour's name.
            return match quiet::BGP_NEIGHBOR.find(rest) {
                Some(None) => r.quiet(node),
                Some(Some(why)) => r.unmodelled(node, why),
                None if no => r.quiet(node),
                None => r.sink.not_understood(r.tree, node),
            };
        }
    }
    r.ok(node);
}

/// A password as comparable text. Type 7 texts differ for the same password, as their key is the neighbour's name: then only that there is
/// one is compared (`?`).
fn password(words: &[&str]) -> crate::model::device::Name {
    match words {
        ["7" | "8a", ..] => "password ?".into(),
        ["0", key] | [key] => format!("password {key}").into(),
        ["shared-secret", "profile", name, ..] => format!("profile {name}").into(),
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
        let text = "interface Loopback0\nrouter bgp 1\n   neighbor 10.0.0.1 remote-as 1.1\n   neighbor 10.0.0.1 update-source Loopback0\n   neighbor 10.0.0.1 ebgp-multihop\n   neighbor 10.0.0.1 send-community standard\n   neighbor 10.0.0.1 send-community large\n   neighbor 10.0.0.1 allowas-in\n   neighbor 10.0.0.1 local-as 9 no-prepend replace-as fallback\n   neighbor 10.0.0.1 remove-private-as all replace-as\n   neighbor 10.0.0.1 default-originate always\n   neighbor 10.0.0.1 as-path remote-as replace out\n   neighbor 10.0.0.1 timers 3 9\n   no neighbor 10.0.0.1 rib-in pre-policy retain\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let bgp = config.bgp.unwrap();
        let n = bgp.vrfs.get("default").unwrap().neighbors.get("10.0.0.1").unwrap();
        assert_eq!((n.remote_as, n.multihop, n.allow_as_in), (Some(65537), Some(255), Some(3)));
        assert_eq!(n.send_community, Some(Communities { standard: true, extended: false, large: true }));
        assert_eq!(n.local_as, Some(LocalAs { asn: 9, no_prepend: true, replace_as: true, fallback: true }));
        assert_eq!(n.remove_private, Some(RemovePrivate::Replace));
        assert!(n.default_originate.as_ref().unwrap().always);
        assert_eq!(n.as_override, Some(true));
    }

    #[test]
    fn unknown_words_and_rcf() {
        let text = "router bgp 1\n   neighbor 10.0.0.1 dance\n   neighbor 10.0.0.1 rcf in F()\n";
        assert_eq!(odd_lines(text), [(2, LineClass::NotUnderstood), (3, LineClass::NotModelled)]);
    }
}
