//! `router bgp …`: the instance, its VRFs and address families. Neighbours are in [`bgp_neighbor`](super::bgp_neighbor).

use super::bgp_neighbor;
use super::overlay;
use super::quiet;
use super::route_map::source;
use super::{Reader, interface, kind};
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::eos::config::{
    AddPath, Aggregate, Bgp, BgpFamily, BgpVrf, EVPN, GENERAL, Listen, OspfKind, Redistribute, RouteTarget, Source, Unnumbered,
    V4, V6, VPN4, VPN6,
};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, asn: &str) {
    let Some(asn) = r.wanted(node, asn, values::asn(asn), "an AS number") else { return };
    let origin = r.tree.origin(node);
    let mut bgp = r.config.bgp.take().unwrap_or(Bgp { asn, ..Bgp::default() });
    bgp.asn = asn;
    r.ok(node);
    let mut main = std::mem::take(bgp.vrfs.entry("default", || BgpVrf { origin, ..BgpVrf::default() }));
    for child in &node.children {
        match &child.words[..] {
            ["vrf", name] => {
                r.refer(&[kind::VRF], child, name, "router bgp vrf");
                r.ok(child);
                let origin = r.tree.origin(child);
                if *name == "default" {
                    instance(r, child, &mut main);
                    continue;
                }
                let mut vrf = std::mem::take(bgp.vrfs.entry(name, || BgpVrf { origin, ..BgpVrf::default() }));
                vrf.origin = origin;
                instance(r, child, &mut vrf);
                *bgp.vrfs.entry(name, BgpVrf::default) = vrf;
            }
            ["vlan", id] => overlay::evpn_vlans(r, child, false, id),
            ["vlan-aware-bundle", name] => overlay::evpn_vlans(r, child, true, name),
            _ => statement(r, child, &mut main),
        }
    }
    *bgp.vrfs.entry("default", BgpVrf::default) = main;
    r.config.bgp = Some(bgp);
}

fn instance<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vrf: &mut BgpVrf) {
    for child in &node.children {
        statement(r, child, vrf);
    }
}

#[allow(clippy::too_many_lines, reason = "one arm a statement reads best in one table")]
fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vrf: &mut BgpVrf) {
    match &node.words[..] {
        ["address-family", "ipv4"] | ["address-family", "ipv4", "unicast"] => family(r, node, vrf, V4),
        ["address-family", "ipv6"] | ["address-family", "ipv6", "unicast"] => family(r, node, vrf, V6),
        ["address-family", which @ ("vpn-ipv4" | "vpn-ipv6" | "evpn")] => vpn_family(r, node, vrf, which),
        ["address-family", which, ..] => other_family(r, node, vrf, which),
        ["neighbor", "interface", rest @ ..] => unnumbered(r, node, vrf, rest),
        ["neighbor", rest @ ..] => bgp_neighbor::read(r, node, &mut vrf.neighbors, rest, false),
        ["no", "neighbor", rest @ ..] => bgp_neighbor::read(r, node, &mut vrf.neighbors, rest, true),
        ["dynamic", "peer", "max", ..] => r.quiet(node),
        ["shutdown", ..] => {
            vrf.shutdown = true;
            r.ok(node);
        }
        ["local-as", asn, ..] => {
            if let Some(asn) = r.wanted(node, asn, values::asn(asn), "an AS number") {
                vrf.local_as = Some(asn);
                r.ok(node);
            }
        }
        ["router-id", id] => {
            vrf.router_id = r.value(node, id, "a router id");
            if vrf.router_id.is_some() {
                r.ok(node);
            }
        }
        ["bgp", rest @ ..] => setting(r, node, vrf, rest, true),
        ["no", "bgp", rest @ ..] => setting(r, node, vrf, rest, false),
        ["maximum-paths", ..] => {
            if let Some((paths, ecmp)) = maximum_paths(r, node) {
                vrf.max_paths = Some(paths);
                vrf.ecmp = ecmp;
            }
        }
        ["distance", "bgp", rest @ ..] => {
            let numbers: Vec<u32> = rest.iter().filter_map(|w| w.parse().ok()).collect();
            vrf.distance = match numbers[..] {
                [e, i, l] => Some([e, i, l]),
                [e, i] => Some([e, i, i]),
                [e] => Some([e, e, e]),
                _ => return r.bad(node, rest.first().copied().unwrap_or(""), "a distance"),
            };
            r.ok(node);
        }
        ["rd", rd] => {
            vrf.rd = Some((*rd).into());
            r.ok(node);
        }
        ["route-target", direction, rest @ ..] => route_target(r, node, vrf, direction, rest),
        ["network", ..] | ["aggregate-address", ..] | ["redistribute", ..] | ["no", "redistribute", ..] => {
            family_statement(r, node, &mut vrf.families[GENERAL], None);
        }
        _ => r.other(node, &quiet::BGP),
    }
}

fn route_target<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vrf: &mut BgpVrf, direction: &str, words: &[&str]) {
    let family = match words.first() {
        Some(&"evpn") => Some(Family::Evpn),
        Some(&"vpn-ipv4") => Some(Family::Vpn4),
        Some(&"vpn-ipv6") => Some(Family::Vpn6),
        _ => None,
    };
    let words = if family.is_some() { &words[1..] } else { words };
    let what = match words {
        ["route-map", map] => {
            r.refer(&[kind::ROUTE_MAP], node, map, "route-target route-map");
            Err((*map).into())
        }
        [target] if values::extended_community(2, target).is_some() => Ok((*target).into()),
        _ => return r.unmodelled(node, "this form of `route-target` is not modelled"),
    };
    let (import, export) = (matches!(direction, "import" | "both"), matches!(direction, "export" | "both"));
    vrf.targets.push(RouteTarget { import, export, family, what, origin: r.tree.origin(node) });
    r.ok(node);
}

/// `maximum-paths N [ecmp M]`.
fn maximum_paths<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Option<(u32, Option<u32>)> {
    let paths = r.value(node, node.word(1), "a number of paths")?;
    let ecmp = match &node.words[2..] {
        ["ecmp", n] => Some(r.value(node, n, "a number of paths")?),
        _ => None,
    };
    r.ok(node);
    Some((paths, ecmp))
}

fn setting<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vrf: &mut BgpVrf, words: &[&str], on: bool) {
    match words {
        ["default", "ipv4-unicast"] => vrf.default_v4 = Some(on),
        ["default", "ipv4-unicast", "transport", "ipv6"] => vrf.default_v4_on_v6 = Some(on),
        ["default", "ipv6-unicast"] => vrf.default_v6 = Some(on),
        ["cluster-id", id] => {
            vrf.cluster_id = r.value(node, id, "a cluster id");
            if vrf.cluster_id.is_none() {
                return;
            }
        }
        ["always-compare-med"] => vrf.best_path.always_compare_med = Some(on),
        ["bestpath", rest @ ..] => match rest {
            ["med", rest @ ..] => {
                for word in rest {
                    match *word {
                        "missing-as-worst" => vrf.best_path.missing_worst = Some(on),
                        "confed" => vrf.best_path.med_confed = Some(on),
                        _ => return r.other(node, &quiet::BGP),
                    }
                }
            }
            ["as-path", "ignore"] => vrf.best_path.ignore_as_path = Some(on),
            ["as-path", "multipath-relax"] => vrf.best_path.no_relax = Some(!on),
            ["tie-break", "router-id"] => vrf.best_path.router_id_tie = Some(on),
            ["tie-break", "age"] => vrf.best_path.router_id_tie = Some(!on),
            ["tie-break", "cluster-list-length"] => vrf.best_path.ignore_cluster_length = Some(!on),
            ["ecmp-fast"] => vrf.best_path.router_id_tie = Some(!on),
            ["skip", "next-hop", "igp-cost"] => vrf.best_path.ignore_igp_metric = Some(on),
            _ => return r.other(node, &quiet::BGP),
        },
        ["confederation", "identifier", asn] => {
            vrf.confederation = r.wanted(node, asn, values::asn(asn), "an AS number");
            if vrf.confederation.is_none() {
                return;
            }
        }
        ["confederation", "peers", rest @ ..] => {
            for part in rest.iter().flat_map(|w| w.split(',')).filter(|p| !p.is_empty()) {
                let (a, b) = part.split_once('-').unwrap_or((part, part));
                match (values::asn(a), values::asn(b)) {
                    (Some(a), Some(b)) if a <= b => vrf.confederation_peers.push((a, b)),
                    _ => return r.bad(node, part, "an AS number"),
                }
            }
        }
        ["client-to-client", "reflection"] => vrf.client_to_client = Some(on),
        ["enforce-first-as"] => vrf.enforce_first_as = Some(on),
        ["advertise-inactive"] => vrf.advertise_inactive = Some(on),
        ["route-reflector", "preserve-attributes", ..] => vrf.preserve_attributes = on,
        ["redistribute-internal"] => vrf.redistribute_internal = Some(on),
        ["listen", "range", range, rest @ ..] if on => {
            let Some(range) = r.wanted(node, range, values::prefix(range), "a prefix") else { return };
            // `peer-id include router-id` only tells sessions from one address apart.
            let rest = match rest {
                ["peer-id", "include", "router-id", rest @ ..] => rest,
                rest => rest,
            };
            let (group, rest) = match rest {
                ["peer-group", group, rest @ ..] | ["peer", "group", group, rest @ ..] => (*group, rest),
                _ => return r.bad(node, rest.first().copied().unwrap_or(""), "`peer-group`"),
            };
            let mut listen = Listen {
                range: range.trunc(),
                group: group.into(),
                remote_as: None,
                peer_filter: None,
                origin: r.tree.origin(node),
            };
            match rest {
                ["remote-as", asn, ..] => listen.remote_as = values::asn(asn),
                ["peer-filter", filter, ..] => {
                    r.refer(&[kind::PEER_FILTER], node, filter, "bgp listen range peer-filter");
                    listen.peer_filter = Some((*filter).into());
                }
                _ => {}
            }
            r.refer(&[kind::PEER_GROUP], node, group, "bgp listen range");
            vrf.listen.push(listen);
        }
        ["listen", "limit", ..] => return r.quiet(node),
        ["additional-paths", "receive"] => vrf.add_path_receive = Some(on),
        ["additional-paths", "send", rest @ ..] => {
            vrf.add_path_send = Some(if on { add_path(rest) } else { AddPath::Off });
        }
        _ => return r.other(node, &quiet::BGP),
    }
    r.ok(node);
}

/// What stands after `additional-paths send`.
pub(super) fn add_path(words: &[&str]) -> AddPath {
    match words {
        ["ecmp", "limit", n] | ["limit", n] | ["any", "limit", n] => n.parse().map_or(AddPath::Any, AddPath::Limit),
        ["ecmp", ..] => AddPath::Ecmp,
        ["backup", ..] => AddPath::Backup,
        _ => AddPath::Any,
    }
}

fn unnumbered<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vrf: &mut BgpVrf, words: &[&str]) {
    let [name, rest @ ..] = words else { return r.bad(node, "interface", "followed by an interface") };
    let mut new =
        Unnumbered { interface: "".into(), group: None, remote_as: None, peer_filter: None, origin: r.tree.origin(node) };
    let mut rest = rest;
    while let [word, more @ ..] = rest {
        rest = match (*word, more) {
            ("peer-group", [group, more @ ..]) | ("peer", ["group", group, more @ ..]) => {
                r.refer(&[kind::PEER_GROUP], node, group, "neighbor interface");
                new.group = Some((*group).into());
                more
            }
            ("remote-as", [asn, more @ ..]) => {
                new.remote_as = r.wanted(node, asn, values::asn(asn), "an AS number");
                if new.remote_as.is_none() {
                    return;
                }
                more
            }
            ("peer-filter", [filter, more @ ..]) => {
                r.refer(&[kind::PEER_FILTER], node, filter, "neighbor interface peer-filter");
                new.peer_filter = Some((*filter).into());
                more
            }
            _ => return r.sink.not_understood(r.tree, node),
        };
    }
    // `Ethernet1-2,Vlan4093`: a list of interfaces.
    let mut kind_word = String::new();
    for part in name.split(',') {
        let part = if part.starts_with(|c: char| c.is_ascii_digit()) { format!("{kind_word}{part}") } else { part.to_owned() };
        kind_word = part.chars().take_while(|c| !c.is_ascii_digit()).collect();
        let (first, last) = part.split_once('-').filter(|_| !part.starts_with("Port-")).unwrap_or((&part, ""));
        let Some(full) = r.wanted(node, name, interface::full_name(first), "an interface") else { return };
        vrf.unnumbered.push(Unnumbered { interface: full.as_str().into(), ..new.clone() });
        let cut = full.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |n| n + 1);
        if let (Ok(from), Ok(to)) = (full[cut..].parse::<u32>(), last.parse::<u32>())
            && to > from
            && to - from < 1024
        {
            for n in from + 1..=to {
                vrf.unnumbered.push(Unnumbered { interface: format!("{}{n}", &full[..cut]).into(), ..new.clone() });
            }
        }
    }
    r.ok(node);
}

fn family<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vrf: &mut BgpVrf, which: usize) {
    r.ok(node);
    vrf.families[which].present = true;
    for child in &node.children {
        match &child.words[..] {
            ["neighbor", rest @ ..] => bgp_neighbor::read(r, child, &mut vrf.families[which].neighbors, rest, false),
            ["no", "neighbor", rest @ ..] => bgp_neighbor::read(r, child, &mut vrf.families[which].neighbors, rest, true),
            ["bgp", "redistribute-internal"] => {
                vrf.families[which].redistribute_internal = Some(true);
                r.ok(child);
            }
            ["no", "bgp", "redistribute-internal"] => {
                vrf.families[which].redistribute_internal = Some(false);
                r.ok(child);
            }
            ["bgp", rest @ ..] => setting(r, child, vrf, rest, true),
            ["no", "bgp", rest @ ..] => setting(r, child, vrf, rest, false),
            ["maximum-paths", ..] => {
                if let Some((paths, ecmp)) = maximum_paths(r, child) {
                    vrf.families[which].max_paths = Some(paths);
                    vrf.families[which].ecmp = ecmp;
                }
            }
            _ => family_statement(r, child, &mut vrf.families[which], Some(if which == V6 { Family::V6 } else { Family::V4 })),
        }
    }
}

/// `address-family vpn-ipv4|vpn-ipv6|evpn`: who is active in it, and with which policies.
fn vpn_family<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vrf: &mut BgpVrf, which: &str) {
    r.ok(node);
    let at = match which {
        "vpn-ipv4" => VPN4,
        "vpn-ipv6" => VPN6,
        _ => EVPN,
    };
    vrf.families[at].present = true;
    for child in &node.children {
        match &child.words[..] {
            // The label and the transport of what is sent: the next hop is the same.
            ["neighbor", "default", "encapsulation", ..] => r.quiet(child),
            ["neighbor" | "no", "default", ..] => r.unmodelled(child, "defaults of neighbours in this family are not modelled"),
            ["neighbor", rest @ ..] => bgp_neighbor::read(r, child, &mut vrf.families[at].neighbors, rest, false),
            ["no", "neighbor", rest @ ..] => bgp_neighbor::read(r, child, &mut vrf.families[at].neighbors, rest, true),
            ["host-flap" | "bgp" | "graceful-restart", ..] | ["no", "host-flap", ..] => r.quiet(child),
            _ => r.unmodelled(child, &format!("this setting of the address family {which} is not modelled")),
        }
    }
}

/// Families of other kinds: the neighbours named there are used, the routes are not modelled.
fn other_family<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vrf: &mut BgpVrf, which: &str) {
    for child in &node.children {
        match &child.words[..] {
            ["neighbor", name, "activate"] => vrf.other_families.push((which.into(), (*name).into(), true)),
            ["no", "neighbor", name, "activate"] => vrf.other_families.push((which.into(), (*name).into(), false)),
            _ => {}
        }
    }
    // Deactivating a group in a family that is not modelled changes nothing.
    let off = |c: &Node<'_>| c.word(0) == "no" && c.words.last() == Some(&"activate");
    r.unmodelled(node, &format!("routes of the address family {which} are not modelled"));
    for child in node.children.iter().filter(|c| !off(c)) {
        let name = child.word(1);
        if child.word(0) == "neighbor" && vrf.neighbors.get(name).is_some_and(|n| n.is_group) {
            r.sink.used(kind::PEER_GROUP, name);
        }
        for (n, word) in child.words.iter().enumerate() {
            if *word == "route-map"
                && let Some(name) = child.words.get(n + 1)
            {
                r.refer(&[kind::ROUTE_MAP], child, name, "neighbor route-map");
            }
        }
    }
}

fn family_statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, family: &mut BgpFamily, only: Option<Family>) {
    let origin = r.tree.origin(node);
    match &node.words[..] {
        ["network", rest @ ..] => {
            let (prefix, rest) = match rest {
                [address, "mask", mask, rest @ ..] => (values::address_mask(address, mask), rest),
                [word, rest @ ..] => (values::prefix_or_host(word), rest),
                [] => return r.bad(node, "network", "followed by a prefix"),
            };
            let wanted = prefix.filter(|p| only.is_none_or(|f| Family::of_prefix(p) == f));
            let Some(prefix) = r.wanted(node, node.word(1), wanted, "a prefix of this family") else { return };
            let map = match rest {
                ["route-map", map, ..] => {
                    r.refer(&[kind::ROUTE_MAP], node, map, "network route-map");
                    Some((*map).into())
                }
                [] => None,
                _ => return r.unmodelled(node, "this form of `network` is not modelled"),
            };
            family.networks.push((prefix.trunc(), map, origin));
            r.ok(node);
        }
        ["aggregate-address", rest @ ..] => {
            let (prefix, mut rest) = match rest {
                [address, mask, rest @ ..] if mask.contains('.') => (values::address_mask(address, mask), rest),
                [word, rest @ ..] => (values::prefix(word), rest),
                [] => return r.bad(node, "aggregate-address", "followed by a prefix"),
            };
            let Some(prefix) = r.wanted(node, node.word(1), prefix, "a prefix") else { return };
            let mut new = Aggregate {
                prefix: prefix.trunc(),
                summary_only: false,
                as_set: false,
                attribute_map: None,
                match_map: None,
                origin,
            };
            while let [word, more @ ..] = rest {
                rest = more;
                match (*word, more) {
                    ("summary-only", _) => new.summary_only = true,
                    ("as-set", _) => new.as_set = true,
                    ("advertise-only", _) => {}
                    ("attribute-map", [map, more @ ..]) => {
                        r.refer(&[kind::ROUTE_MAP], node, map, "aggregate-address attribute-map");
                        new.attribute_map = Some((*map).into());
                        rest = more;
                    }
                    ("match-map" | "advertise-map", [map, more @ ..]) => {
                        r.refer(&[kind::ROUTE_MAP], node, map, "aggregate-address match-map");
                        new.match_map = Some((*map).into());
                        rest = more;
                    }
                    _ => return r.bad(node, word, "an option of `aggregate-address`"),
                }
            }
            family.aggregates.push(new);
            r.ok(node);
        }
        ["redistribute", rest @ ..] => {
            if let Some(new) = redistribute(r, node, rest) {
                family.redistribute.push(new);
            }
        }
        ["no", "redistribute", ..] => r.quiet(node),
        _ => r.other(node, &quiet::BGP),
    }
}

/// What stands after `redistribute`, in any protocol. The statement gets its class here.
pub(super) fn redistribute<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) -> Option<Redistribute> {
    let [word, rest @ ..] = words else {
        r.bad(node, "redistribute", "followed by a source");
        return None;
    };
    let Some(from) = source(word) else {
        match *word {
            "attached-host" | "dynamic" | "user" | "dhcp" | "eos-sdk" => {
                r.unmodelled(node, "routes of this source are not modelled")
            }
            _ => r.other(node, &quiet::BGP),
        }
        return None;
    };
    let origin = r.tree.origin(node);
    let mut new =
        Redistribute { from, route_map: None, metric: None, metric_type: None, kinds: Vec::new(), isis_level: None, origin };
    let mut rest = rest;
    while let [word, more @ ..] = rest {
        rest = more;
        match (*word, more) {
            ("route-map", [map, more @ ..]) => {
                r.refer(&[kind::ROUTE_MAP], node, map, "redistribute route-map");
                new.route_map = Some((*map).into());
                rest = more;
            }
            ("match", [kind, more @ ..]) => {
                rest = more;
                let mut number = None;
                if let [n @ ("1" | "2"), more @ ..] = more {
                    number = n.parse().ok();
                    rest = more;
                }
                new.kinds.push(match *kind {
                    "internal" => OspfKind::Internal,
                    "external" => OspfKind::External(number),
                    "nssa-external" => OspfKind::Nssa(number),
                    _ => {
                        r.bad(node, kind, "a kind of OSPF route");
                        return None;
                    }
                });
            }
            ("metric", [n, more @ ..]) => {
                new.metric = Some(r.value(node, n, "a metric")?);
                rest = more;
            }
            ("metric-type", [n, more @ ..]) => {
                new.metric_type = Some(if n.ends_with('1') { 1 } else { 2 });
                rest = more;
            }
            ("level-1", _) => new.isis_level = Some((true, false)),
            ("level-2", _) => new.isis_level = Some((false, true)),
            ("level-1-2", _) => new.isis_level = Some((true, true)),
            ("include", ["leaked", more @ ..]) => rest = more,
            ("leaked", _) => {
                r.unmodelled(node, "leaking routes between VRFs is not modelled");
                return None;
            }
            ("rcf", _) => {
                r.unmodelled(node, "routing control functions are not modelled: all routes are taken");
                return Some(new);
            }
            // `instance` (IS-IS into itself) and process numbers.
            ("instance", _) => {
                r.unmodelled(node, "redistribution between instances is not modelled");
                return None;
            }
            (number, _) if matches!(from, Source::Ospf | Source::Isis | Source::Bgp) && number.parse::<u32>().is_ok() => {}
            _ => {
                r.bad(node, word, "an option of `redistribute`");
                return None;
            }
        }
    }
    r.ok(node);
    Some(new)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};
    use super::*;

    const TEXT: &str = "vrf instance RED\nroute-map M permit 10\npeer-filter F\n   10 match as-range 1-9 result accept\nrouter bgp 65001\n   router-id 192.0.2.1\n   no bgp default ipv4-unicast\n   maximum-paths 4 ecmp 8\n   distance bgp 20 200 200\n   bgp listen range 10.0.0.0/8 peer-group G peer-filter F\n   neighbor G peer group\n   neighbor G remote-as 65002\n   neighbor G send-community standard extended\n   neighbor G maximum-routes 12000\n   neighbor 10.0.0.1 peer group G\n   neighbor interface Ethernet1-2,Vlan4093 peer-group G remote-as 65003\n   redistribute ospf match external 1 route-map M\n   aggregate-address 10.0.0.0/8 summary-only attribute-map M\n   !\n   address-family ipv4\n      neighbor G activate\n      network 192.0.2.1/32 route-map M\n   address-family ipv6\n      neighbor G activate\n      network 2001:db8::/32\n   vrf RED\n      rd 1:1\n      route-target import 1:1\n      neighbor 10.9.0.1 remote-as 7\n      redistribute connected\n";

    #[test]
    fn the_forms_of_an_instance() {
        let (config, _) = read_text(TEXT);
        assert_eq!(odd_lines(TEXT), []);
        let bgp = config.bgp.unwrap();
        let main = bgp.vrfs.get("default").unwrap();
        assert_eq!((main.max_paths, main.ecmp, main.distance), (Some(4), Some(8), Some([20, 200, 200])));
        assert_eq!(main.default_v4, Some(false));
        assert_eq!(main.unnumbered.iter().map(|u| &*u.interface).collect::<Vec<_>>(), ["Ethernet1", "Ethernet2", "Vlan4093"]);
        assert_eq!(main.unnumbered[0].remote_as, Some(65003));
        assert_eq!(main.families[GENERAL].redistribute[0].kinds, [OspfKind::External(Some(1))]);
        assert!(main.families[GENERAL].aggregates[0].summary_only);
        assert_eq!(main.families[V4].neighbors.get("G").unwrap().activate, Some(true));
        let red = bgp.vrfs.get("RED").unwrap();
        assert_eq!((red.rd.as_deref(), red.targets.len()), (Some("1:1"), 1));
        assert_eq!(red.neighbors.get("10.9.0.1").unwrap().remote_as, Some(7));
    }

    #[test]
    fn bad_values_are_refused() {
        assert_eq!(
            odd_lines("router bgp 1\n   router-id x\n   network 10.0.0.0/99\n   redistribute moon\n   maximum-paths x\n").len(),
            4
        );
    }
}
