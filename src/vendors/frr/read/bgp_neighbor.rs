//! `neighbor …`, of a session and of a family.

use std::net::IpAddr;

use super::{Invalid, Modelled, NoEffect, NotModelled, Reader, Took, Unknown, reference};
use crate::base::span::Origin;
use crate::model::bgp::{AddPathSelect, LocalAs, NextHopSelf, RemoteAs, RemovePrivateAs};
use crate::syntax::values;
use crate::vendors::frr::config::{Neighbor, PeerFamily};
use crate::vendors::sink::Sink;

impl Reader<'_> {
    /// `family`: the block the line stands in; outside of one, what is said of a family is said of IPv4.
    pub(super) fn neighbor<'t>(&mut self, n: usize, family: Option<usize>, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        let Some(bgp) = self.config.bgp.get_mut(n) else { return Unknown };
        let [name, rest @ ..] = w else { return Unknown };
        let is_address = name.parse::<IpAddr>().is_ok();
        match rest {
            ["peer-group"] if !no => {
                bgp.neighbor(name, o).is_group = true;
                self.sink.define("peer-group", name, o);
                return Modelled;
            }
            ["peer-group"] => return NoEffect,
            ["peer-group", group] => {
                let peer = bgp.neighbor(name, o);
                peer.group = (!no).then(|| reference(group, o));
                peer.is_interface |= !is_address;
                self.sink.refer(&["peer-group"], group, o, "neighbor peer-group");
                return Modelled;
            }
            ["interface", rest @ ..] if !is_address => {
                let peer = bgp.neighbor(name, o);
                peer.is_interface = true;
                peer.v6only |= rest.contains(&"v6only");
                let rest = match rest {
                    ["v6only", rest @ ..] => rest,
                    rest => rest,
                };
                return match rest {
                    [] => Modelled,
                    ["peer-group", group] => {
                        peer.group = Some(reference(group, o));
                        self.sink.refer(&["peer-group"], group, o, "neighbor peer-group");
                        Modelled
                    }
                    ["remote-as", word] => remote_as(peer, word),
                    ["update-source", word] => {
                        peer.session.update_source = Some((*word).into());
                        Modelled
                    }
                    [other, ..] => Invalid(other, "v6only, peer-group or remote-as"),
                };
            }
            [] => return Unknown,
            _ => {}
        }
        // vtysh refuses a line about a neighbour that is neither an address nor made before.
        if !is_address && !bgp.neighbor_index.contains_key(*name) {
            return Invalid(name, "an address or a neighbour defined before");
        }
        let peer = bgp.neighbor(name, o);
        match session(peer, no, rest) {
            Unknown => {
                let f = family.unwrap_or(0);
                let Some(slot) = peer.families.get_mut(f) else { return Unknown };
                per_family(slot, self.sink, no, rest, super::family(f).is_v6(), o)
            }
            took => took,
        }
    }
}

fn remote_as<'t>(peer: &mut Neighbor, word: &'t str) -> Took<'t> {
    peer.session.remote_as = Some(match word {
        "external" => RemoteAs::External,
        "internal" => RemoteAs::Internal,
        "auto" => return NotModelled("`remote-as auto` is not modelled"),
        _ => match values::asn(word) {
            Some(a) => RemoteAs::Asn(a),
            None => return Invalid(word, "an AS number, external or internal"),
        },
    });
    Modelled
}

fn session<'t>(peer: &mut Neighbor, no: bool, w: &[&'t str]) -> Took<'t> {
    let s = &mut peer.session;
    let number = |word: &'t str| word.parse::<u8>().map_err(|_| Invalid(word, "a number from 1 to 255"));
    match w {
        ["remote-as", ..] if no => s.remote_as = None,
        ["remote-as", word] => return remote_as(peer, word),
        ["local-as", ..] if no => s.local_as = None,
        ["local-as", word, rest @ ..] => {
            let Some(asn) = values::asn(word) else { return Invalid(word, "an AS number") };
            s.local_as = Some(LocalAs {
                asn,
                no_prepend: rest.contains(&"no-prepend"),
                replace_as: rest.contains(&"replace-as"),
                dual_as: rest.contains(&"dual-as"),
                loops: None,
            });
        }
        ["shutdown", ..] => s.shutdown = Some(!no),
        ["update-source", ..] if no => s.update_source = None,
        ["update-source", word] => s.update_source = Some((*word).into()),
        ["interface", word] => s.interface = Some((*word).into()),
        ["ebgp-multihop", ..] if no => s.multihop = None,
        ["ebgp-multihop"] => s.multihop = Some(255),
        ["ebgp-multihop", word] => match number(word) {
            Ok(v) => s.multihop = Some(v),
            Err(e) => return e,
        },
        ["ttl-security", "hops", word] => match number(word) {
            Ok(v) => s.ttl_security = (!no).then_some(v),
            Err(e) => return e,
        },
        ["disable-connected-check" | "enforce-multihop"] => s.disable_connected_check = Some(!no),
        ["passive"] => s.passive = Some(!no),
        ["password", ..] if no => s.password = None,
        ["password", word, ..] => s.password = Some((*word).into()),
        ["capability", "extended-nexthop"] => s.extended_next_hop = Some(!no),
        ["enforce-first-as"] => s.enforce_first_as = Some(!no),
        ["bfd", ..] => s.bfd = Some(!no),
        ["description", ..] => s.description = w.get(1).map(|d| (*d).into()),
        [
            "tcp-mss"
            | "port"
            | "timers"
            | "advertisement-interval"
            | "solo"
            | "strict-capability-match"
            | "override-capability"
            | "dont-capability-negotiate"
            | "graceful-restart"
            | "graceful-restart-helper"
            | "graceful-restart-disable"
            | "graceful-shutdown"
            | "sender-as-path-loop-detection"
            | "extended-optional-parameters"
            | "shutdown-message"
            | "rpki"
            | "path-attribute"
            | "as-loop-detection"
            | "aigp"
            | "extended-link-bandwidth"
            | "oad"
            | "local-role"
            | "ip-transparent"
            | "capability"
            | "remote-as-override",
            ..,
        ] => {
            return match w[0] {
                "sender-as-path-loop-detection" | "as-loop-detection" | "dont-capability-negotiate" | "graceful-shutdown"
                    if !no =>
                {
                    NotModelled("not modelled")
                }
                "local-role" if !no => NotModelled("BGP roles are not modelled"),
                "aigp" if !no => NotModelled("AIGP is not modelled"),
                _ => NoEffect,
            };
        }
        _ => return Unknown,
    }
    Modelled
}

fn per_family<'t>(p: &mut PeerFamily, sink: &mut Sink, no: bool, w: &[&'t str], v6: bool, o: Origin) -> Took<'t> {
    let prefix_list: &'static [&'static str] = if v6 { &["ipv6 prefix-list"] } else { &["prefix-list"] };
    let access_list: &'static [&'static str] = if v6 { &["ipv6 access-list"] } else { &["access-list"] };
    // Filters: which slot, what they name.
    let filter = match w {
        ["route-map", name, "in"] => Some((&mut p.route_map_in, name, &["route-map"][..], "neighbor route-map in")),
        ["route-map", name, "out"] => Some((&mut p.route_map_out, name, &["route-map"][..], "neighbor route-map out")),
        ["prefix-list", name, "in"] => Some((&mut p.prefix_list_in, name, prefix_list, "neighbor prefix-list in")),
        ["prefix-list", name, "out"] => Some((&mut p.prefix_list_out, name, prefix_list, "neighbor prefix-list out")),
        ["distribute-list", name, "in"] => Some((&mut p.distribute_in, name, access_list, "neighbor distribute-list in")),
        ["distribute-list", name, "out"] => Some((&mut p.distribute_out, name, access_list, "neighbor distribute-list out")),
        ["filter-list", name, "in"] => Some((&mut p.filter_in, name, &["as-path access-list"][..], "neighbor filter-list in")),
        ["filter-list", name, "out"] => Some((&mut p.filter_out, name, &["as-path access-list"][..], "neighbor filter-list out")),
        ["unsuppress-map", name] => Some((&mut p.unsuppress, name, &["route-map"][..], "neighbor unsuppress-map")),
        _ => None,
    };
    if let Some((slot, name, kinds, usage)) = filter {
        if no {
            *slot = None;
        } else {
            *slot = Some(reference(name, o));
            sink.refer(kinds, name, o, usage);
        }
        return Modelled;
    }
    match w {
        ["activate"] => {
            p.activate = Some(!no);
            p.activate_origin = Some(o);
        }
        ["route-reflector-client"] => p.reflector_client = Some(!no),
        ["route-server-client"] => p.server_client = Some(!no),
        ["next-hop-self", rest @ ..] => {
            p.next_hop_self = Some(match rest {
                _ if no => NextHopSelf::No,
                [] => NextHopSelf::Yes,
                ["all" | "force"] => NextHopSelf::Force,
                [other, ..] => return Invalid(other, "force"),
            });
        }
        ["attribute-unchanged", rest @ ..] => {
            let all = rest.is_empty();
            let has = |word| !no && (all || rest.contains(&word));
            p.unchanged = Some((has("as-path"), has("next-hop"), has("med")));
        }
        ["weight", ..] if no => p.weight = None,
        ["weight", v] => match v.parse() {
            Ok(v) => p.weight = Some(v),
            Err(_) => return Invalid(v, "a number"),
        },
        ["allowas-in", ..] if no => p.allow_as_in = None,
        // Without a number the own AS may occur three times.
        ["allowas-in"] => p.allow_as_in = Some(3),
        ["allowas-in", "origin"] => {
            p.allow_as_in = Some(3);
            return NotModelled("the own AS is allowed anywhere in the path, not only as its origin");
        }
        ["allowas-in", v] => match v.parse() {
            Ok(v) => p.allow_as_in = Some(v),
            Err(_) => return Invalid(v, "a number from 1 to 10"),
        },
        ["as-override"] => p.as_override = Some(!no),
        ["remove-private-AS" | "remove-private-as", rest @ ..] => {
            let replace = rest.iter().any(|w| w.eq_ignore_ascii_case("replace-as"));
            p.remove_private = Some(match () {
                () if no => RemovePrivateAs::No,
                () if replace => RemovePrivateAs::Replace,
                () if rest.contains(&"all") => RemovePrivateAs::All,
                () => RemovePrivateAs::IfOnlyPrivate,
            });
        }
        ["send-community", rest @ ..] => {
            let (standard, extended, large) = match rest {
                [] | ["standard"] => (true, false, false),
                ["extended"] => (false, true, false),
                ["large"] => (false, false, true),
                ["both"] => (true, true, false),
                ["all"] => (true, true, true),
                [other, ..] => return Invalid(other, "a kind of community"),
            };
            for (slot, named) in [(&mut p.send_standard, standard), (&mut p.send_extended, extended), (&mut p.send_large, large)]
            {
                if named {
                    *slot = Some(!no);
                }
            }
        }
        ["default-originate", ..] if no => p.default_originate = None,
        ["default-originate"] => p.default_originate = Some((None, o)),
        ["default-originate", "route-map", name] => {
            p.default_originate = Some((Some(reference(name, o)), o));
            sink.refer(&["route-map"], name, o, "default-originate route-map");
        }
        ["addpath-tx-all-paths"] => p.add_path = Some(if no { AddPathSelect::None } else { AddPathSelect::All }),
        ["addpath-tx-bestpath-per-AS" | "addpath-tx-bestpath-per-as"] => {
            p.add_path = Some(if no { AddPathSelect::None } else { AddPathSelect::GroupBest });
        }
        ["addpath-tx-best-selected", v] => match v.parse() {
            Ok(v) => p.add_path = Some(if no { AddPathSelect::None } else { AddPathSelect::Best(v) }),
            Err(_) => return Invalid(v, "a number"),
        },
        ["disable-addpath-rx"] => p.no_add_path_receive = Some(!no),
        ["advertise-map", ..] if no => p.advertise_map = None,
        ["advertise-map", routes, when @ ("exist-map" | "non-exist-map"), condition] => {
            p.advertise_map = Some((reference(routes, o), reference(condition, o), *when == "exist-map"));
            sink.refer(&["route-map"], routes, o, "advertise-map");
            sink.refer(&["route-map"], condition, o, "exist-map");
        }
        ["maximum-prefix", v, ..] => match v.parse() {
            Ok(v) => p.max_prefixes = (!no).then_some(v),
            Err(_) => return Invalid(v, "a number"),
        },
        ["soo", ..] => return NotModelled("site of origin is not modelled"),
        ["accept-own" | "dampening" | "addpath-rx-paths-limit", ..] if !no => return NotModelled("not modelled"),
        [
            "soft-reconfiguration"
            | "maximum-prefix-out"
            | "capability"
            | "accept-own"
            | "dampening"
            | "addpath-rx-paths-limit"
            | "encapsulation-srv6"
            | "send-nexthop-characteristics"
            | "maximum-prefix"
            | "default-originate"
            | "nexthop-local",
            ..,
        ] => return NoEffect,
        _ => return Unknown,
    }
    Modelled
}
