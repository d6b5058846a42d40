//! `neighbor …` of BGP, peer groups, and the templates `peer-session` and `peer-policy`.

use std::net::IpAddr;

use super::bgp::{path_selection, slot};
use super::{ACL, AS_PATH, Done, PEER_GROUP, PEER_POLICY, PEER_SESSION, PREFIX_LIST, PREFIX_LIST6, ROUTE_MAP, Reader, negation};
use crate::model::bgp::{LocalAs, NextHopSelf, RemovePrivateAs};
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::ios::config::{AfPeer, PeerConfig, Session};

/// What a setting's reader made of a line: what it sets, if it is one.
enum Read<T> {
    Known(T),
    /// Modelled as far as `T` says; the reason why not wholly.
    Partly(T, &'static str),
    Quiet,
    Bad(String, &'static str),
    Unknown,
}

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn bgp_neighbor(
        &mut self,
        vrf: Option<usize>,
        family: Option<Family>,
        node: &'a Node<'t>,
        no: bool,
        peer: &str,
        w: &[&str],
    ) -> Done {
        let origin = self.origin(node);
        let f = family.unwrap_or_default();
        // A link-local neighbour may name its interface: `fe80::1%GigabitEthernet1`.
        let is_ip = peer.split('%').next().is_some_and(|a| a.parse::<IpAddr>().is_ok());
        let exists = self.bgp().instance(vrf).peers.find(peer).is_some();
        if !exists
            && !is_ip
            && !matches!(w.first(), Some(&"remote-as" | &"peer-group"))
            && self.bgp().global.peers.find(peer).is_none()
        {
            return self.bad(node, peer, "a neighbour's address or a peer group");
        }
        match w {
            [] => return self.bad(node, peer, "a neighbour with a setting"),
            ["peer-group"] if !no => {
                self.sink.define("peer-group", peer, origin);
                self.peer(vrf, peer, node).is_group = true;
            }
            ["peer-group", group, ..] if !no => {
                let group = self.refer(node, PEER_GROUP, group, "neighbor");
                let p = self.peer(vrf, peer, node);
                p.group = Some(group);
            }
            ["inherit", "peer-session", name] if !no => {
                let name = self.refer(node, PEER_SESSION, name, "neighbor inherit");
                self.peer(vrf, peer, node).inherit_session = Some(name);
            }
            ["inherit", "peer-policy", name, ..] if !no => {
                let name = self.refer(node, PEER_POLICY, name, "neighbor inherit");
                self.peer(vrf, peer, node).inherit_policy[slot(f)].push(name);
            }
            _ => {
                if let ["remote-as", _, "alternate-as", rest @ ..] = w {
                    let ranges = rest.iter().filter_map(|a| values::asn(a)).map(|a| (a, a)).collect();
                    self.bgp().instance(vrf).alternate_as.insert(peer.into(), ranges);
                }
                let read = session(no, w);
                return match read {
                    Read::Unknown => {
                        let read = self.af_setting(node, f, no, w);
                        let p = self.peer(vrf, peer, node);
                        if family.is_some() {
                            p.family_origin[slot(f)].get_or_insert(origin);
                        }
                        self.take(node, read, |r, mut set| {
                            let own = &mut r.peer(vrf, peer, node).families[slot(f)];
                            set.inherit(own);
                            *own = set;
                        })
                    }
                    read => self.take(node, read, |r, mut set| {
                        let p = r.peer(vrf, peer, node);
                        p.is_group |= !is_ip;
                        set.inherit(&p.session);
                        p.session = set;
                    }),
                };
            }
        }
        if family.is_some() {
            self.peer(vrf, peer, node).family_origin[slot(f)].get_or_insert(origin);
        }
        self.known(node)
    }

    fn peer(&mut self, vrf: Option<usize>, peer: &str, node: &Node<'_>) -> &mut PeerConfig {
        let origin = self.origin(node);
        let p = self.bgp().instance(vrf).peers.named(peer);
        if !p.origin.is_some() {
            p.origin = origin;
        }
        p
    }

    /// Puts what a line sets in its place, and says what became of the line.
    fn take<T>(&mut self, node: &Node<'_>, read: Read<T>, put: impl FnOnce(&mut Self, T)) -> Done {
        match read {
            Read::Known(set) => {
                put(self, set);
                self.known(node)
            }
            Read::Partly(set, why) => {
                put(self, set);
                self.gap_line(node, why)
            }
            Read::Quiet => self.quiet_line(node),
            Read::Bad(word, what) => {
                let word = node.words.iter().find(|w| **w == word).copied().unwrap_or("");
                self.bad(node, word, what)
            }
            Read::Unknown => Done::Unknown,
        }
    }

    pub(super) fn peer_session_line(&mut self, n: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["inherit", "peer-session", name] => {
                let name = self.refer(node, PEER_SESSION, name, "inherit");
                self.bgp().sessions.at(n).parents.push(name);
                self.known(node)
            }
            ["exit-peer-session" | "exit"] => {
                self.known(node);
                Done::Close
            }
            w => {
                let read = session(no, w);
                self.take(node, read, |r, mut set| {
                    let own = &mut r.bgp().sessions.at(n).own;
                    set.inherit(own);
                    *own = set;
                })
            }
        }
    }

    pub(super) fn peer_policy_line(&mut self, n: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["inherit", "peer-policy", name, ..] => {
                let name = self.refer(node, PEER_POLICY, name, "inherit");
                self.bgp().policies.at(n).parents.push(name);
                self.known(node)
            }
            ["exit-peer-policy" | "exit"] => {
                self.known(node);
                Done::Close
            }
            w => {
                // A template does not say for which family it is; prefix lists are looked up by where it is used.
                let read = self.af_setting(node, Family::V4, no, w);
                self.take(node, read, |r, mut set| {
                    let own = &mut r.bgp().policies.at(n).own;
                    set.inherit(own);
                    *own = set;
                })
            }
        }
    }

    /// What is said of a neighbour in one family.
    fn af_setting(&mut self, node: &Node<'_>, family: Family, no: bool, w: &[&str]) -> Read<AfPeer> {
        let mut set = AfPeer::default();
        if no {
            match w {
                ["activate"] => set.activate = Some(false),
                ["send-community", "extended"] => set.send_extended = Some(false),
                ["send-community", "both"] => (set.send_standard, set.send_extended) = (Some(false), Some(false)),
                ["send-community", ..] => set.send_standard = Some(false),
                ["next-hop-self", ..] => set.next_hop_self = Some(NextHopSelf::No),
                ["route-reflector-client"] => set.reflector_client = Some(false),
                _ => return Read::Quiet,
            }
            return Read::Known(set);
        }
        match w {
            ["activate"] => set.activate = Some(true),
            [what @ ("route-map" | "prefix-list" | "filter-list" | "distribute-list"), name, direction] => {
                let kinds = match *what {
                    "route-map" => ROUTE_MAP,
                    "prefix-list" if family.is_v6() => PREFIX_LIST6,
                    "prefix-list" => PREFIX_LIST,
                    "filter-list" => AS_PATH,
                    _ => ACL,
                };
                let name = Some(self.refer(node, kinds, name, "neighbor"));
                match (*what, *direction) {
                    ("route-map", "in") => set.map_in = name,
                    ("route-map", "out") => set.map_out = name,
                    ("prefix-list", "in") => set.prefix_in = name,
                    ("prefix-list", "out") => set.prefix_out = name,
                    ("filter-list", "in") => set.path_in = name,
                    ("filter-list", "out") => set.path_out = name,
                    (_, "in") => set.list_in = name,
                    (_, "out") => set.list_out = name,
                    _ => return Read::Bad((*direction).to_owned(), "`in` or `out`"),
                }
            }
            ["send-community"] | ["send-community", "standard"] => set.send_standard = Some(true),
            ["send-community", "extended"] => set.send_extended = Some(true),
            ["send-community", "both"] => (set.send_standard, set.send_extended) = (Some(true), Some(true)),
            ["route-reflector-client"] => set.reflector_client = Some(true),
            ["next-hop-self"] => set.next_hop_self = Some(NextHopSelf::Yes),
            ["next-hop-self", "all"] => set.next_hop_self = Some(NextHopSelf::Force),
            ["next-hop-unchanged", ..] => set.next_hop_unchanged = Some(true),
            ["weight", value] => match value.parse() {
                Ok(v) => set.weight = Some(v),
                Err(_) => return Read::Bad((*value).to_owned(), "a weight"),
            },
            ["allowas-in"] => set.allow_as_in = Some(crate::vendors::ios::defaults::ALLOW_AS_IN),
            ["allowas-in", value] => match value.parse() {
                Ok(v) => set.allow_as_in = Some(v),
                Err(_) => return Read::Bad((*value).to_owned(), "a number"),
            },
            ["as-override", ..] => set.as_override = Some(true),
            ["remove-private-as"] => set.remove_private = Some(RemovePrivateAs::IfOnlyPrivate),
            ["remove-private-as", "all"] => set.remove_private = Some(RemovePrivateAs::All),
            ["remove-private-as", "all", "replace-as"] => set.remove_private = Some(RemovePrivateAs::Replace),
            ["default-originate"] => set.default_originate = Some((None, self.origin(node))),
            ["default-originate", "route-map", name] => {
                let map = self.refer(node, ROUTE_MAP, name, "neighbor default-originate");
                set.default_originate = Some((Some(map), self.origin(node)));
            }
            // It only says so; the session stays.
            ["maximum-prefix", _, rest @ ..] if rest.contains(&"warning-only") => return Read::Quiet,
            ["maximum-prefix", value, ..] => match value.parse() {
                Ok(v) => set.max_prefixes = Some(v),
                Err(_) => return Read::Bad((*value).to_owned(), "a number of prefixes"),
            },
            ["additional-paths", rest @ ..] => {
                let disable = rest.contains(&"disable");
                set.add_path_send = Some(!disable && rest.contains(&"send"));
                set.add_path_receive = Some(!disable && rest.contains(&"receive"));
            }
            ["advertise", "additional-paths", rest @ ..] => set.advertise_paths = Some(path_selection(rest)),
            ["advertise", "diverse-path", ..] | ["advertise", "best-external", ..] => {
                return Read::Partly(set, "diverse and best-external paths are not modelled");
            }
            ["advertise-map", routes, how @ ("exist-map" | "non-exist-map"), condition, ..] => {
                let routes = self.refer(node, ROUTE_MAP, routes, "neighbor advertise-map");
                let condition = self.refer(node, ROUTE_MAP, condition, "neighbor advertise-map");
                set.advertise_map = Some((routes, condition, *how == "exist-map"));
            }
            ["send-label", ..] => return Read::Partly(set, "labels on BGP routes are not modelled"),
            ["unsuppress-map", name] => set.unsuppress = Some(self.refer(node, ROUTE_MAP, name, "neighbor unsuppress-map")),
            [
                "internal-vpn-client"
                | "translate-update"
                | "slow-peer"
                | "dmzlink-bw"
                | "soo"
                | "capability"
                | "aigp"
                | "accept-route-legacy-rt"
                | "suppress-signaling-protocol"
                | "prefix-length-size"
                | "validation",
                ..,
            ] => {
                return Read::Quiet;
            }
            ["soft-reconfiguration" | "advertisement-interval" | "inter-as-hybrid", ..] => return Read::Quiet,
            _ => return Read::Unknown,
        }
        Read::Known(set)
    }
}

/// What a session is made of.
fn session(no: bool, w: &[&str]) -> Read<Session> {
    let mut set = Session::default();
    match w {
        ["shutdown", ..] => set.shutdown = Some(!no),
        [
            "timers"
            | "version"
            | "log-neighbor-changes"
            | "ha-mode"
            | "path-attribute"
            | "dont-capability-negotiate"
            | "bmp-activate",
            ..,
        ] => {
            return Read::Quiet;
        }
        ["cluster-id", ..] if !no => return Read::Partly(set, "a cluster id for one neighbour is not modelled"),
        [
            "remote-as"
            | "description"
            | "update-source"
            | "local-as"
            | "password"
            | "ebgp-multihop"
            | "fall-over"
            | "ttl-security"
            | "disable-connected-check"
            | "transport"
            | "cluster-id",
            ..,
        ] if no => {
            return Read::Quiet;
        }
        ["remote-as", asn, ..] => match values::asn(asn) {
            Some(a) => set.remote_as = Some(a),
            None => return Read::Bad((*asn).to_owned(), "an AS number"),
        },
        ["description", rest @ ..] => set.description = Some(rest.join(" ").into()),
        ["update-source", name @ ..] => match crate::vendors::ios::ports::read(name) {
            Some((name, _)) => set.update_source = Some(name),
            None => return Read::Bad(name.first().copied().unwrap_or("").to_owned(), "an interface"),
        },
        ["ebgp-multihop"] => set.ebgp_multihop = Some(255),
        ["ebgp-multihop", hops] => match hops.parse() {
            Ok(h) => set.ebgp_multihop = Some(h),
            Err(_) => return Read::Bad((*hops).to_owned(), "a number of hops"),
        },
        ["ttl-security", "hops", hops] => match hops.parse() {
            Ok(h) => set.ttl_security = Some(h),
            Err(_) => return Read::Bad((*hops).to_owned(), "a number of hops"),
        },
        ["disable-connected-check"] => set.disable_connected_check = Some(true),
        // Type 7 texts differ for the same password.
        ["password", "7", ..] => set.password = Some("?".into()),
        ["password", rest @ ..] => set.password = Some(rest.last().copied().unwrap_or("").into()),
        ["ao", ..] => set.password = Some(w.join(" ").into()),
        ["fall-over", "bfd", ..] => set.bfd = Some(true),
        ["fall-over", ..] => return Read::Quiet,
        ["local-as", asn, options @ ..] => match values::asn(asn) {
            Some(asn) => {
                set.local_as = Some(LocalAs {
                    asn,
                    no_prepend: options.contains(&"no-prepend"),
                    replace_as: options.contains(&"replace-as"),
                    dual_as: options.contains(&"dual-as"),
                    loops: None,
                });
            }
            None => return Read::Bad((*asn).to_owned(), "an AS number"),
        },
        ["transport", "connection-mode", mode] => set.passive = Some(*mode == "passive"),
        ["transport", ..] => return Read::Quiet,
        ["enforce-first-as", ..] | ["graceful-shutdown", ..] | ["route-server-client", ..] if !no => {
            return Read::Partly(set, "this neighbour setting is not modelled");
        }
        _ => return Read::Unknown,
    }
    Read::Known(set)
}
