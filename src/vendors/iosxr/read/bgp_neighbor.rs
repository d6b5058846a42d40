//! BGP neighbours and the groups that they use.

use super::{AF_GROUP, Done, Mode, NEIGHBOR_GROUP, Reader, SESSION_GROUP, Scope, bgp_family_of, negation};
use crate::model::bgp::{LocalAs, NextHopSelf, RemovePrivateAs};
use crate::model::device::Name;
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::iosxr::config::{AfPeer, PeerConfig, slot};
use crate::vendors::iosxr::defaults;

/// Settings of a session that change no route.
const QUIET: &[&str] = &[
    "advertisement-interval",
    "capability",
    "dampening",
    "dmz-link-bandwidth",
    "egress-engineering",
    "ebgp-recv-extcommunity-dmz",
    "ebgp-send-extcommunity-dmz",
    "ebgp-send-community-dmz",
    "graceful-restart",
    "graceful-maintenance",
    "idle-watch-time",
    "internal-vpn-client",
    "keychain-log",
    "log",
    "long-lived-graceful-restart",
    "maximum-peers",
    "multipath",
    "peer-set",
    "peer-node-sid",
    "precedence",
    "receive-buffer-size",
    "send-buffer-size",
    "socket",
    "speaker-id",
    "tcp",
    "timers",
    "update",
    "bmp-activate",
    "bmp",
    "idle-session",
    "mpls",
    "enhanced-error",
    "as-path-loopcheck-log",
    "af-log",
    "additional-paths",
    "ao",
    "nsr",
    "dscp",
    "link-id",
];

/// Settings of a neighbour in a family that change no route of the twin.
const QUIET_FAMILY: &[&str] = &[
    "aigp",
    "accept-own",
    "accept-route-legacy-RT",
    "accept-route-policy-only",
    "advertisement-interval",
    "advertise",
    "capability",
    "domain-distinguisher",
    "encapsulation-type",
    "enforce-multiple-labels",
    "flowspec",
    "graceful-maintenance",
    "import",
    "l2vpn",
    "label",
    "long-lived-graceful-restart",
    "multipath",
    "optimal-route-reflection",
    "orf",
    "origin-as",
    "replace-label",
    "segment-routing",
    "send-multicast-attributes",
    "send-attr-set",
    "signalling",
    "soft-reconfiguration",
    "slow-peer",
    "update",
    "validation",
    "labeled-unicast",
    "bestpath",
    "prefix-sid",
    "default-policy-log",
    "vpn-multicast",
    "maximum-prefix-log",
];

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn neighbor_header(&mut self, vrf: Option<usize>, node: &'a Node<'t>, address: &str, rest: &[&str]) -> Done {
        let origin = self.origin(node);
        if address.parse::<std::net::IpAddr>().is_err() && values::prefix(address).is_none() {
            return self.bad(node, address, "an address");
        }
        let peers = &mut self.bgp().instance(vrf).peers;
        let n = peers.open(address);
        let peer = peers.at(n);
        if !peer.origin.is_some() {
            peer.origin = origin;
        }
        if let ["remote-as", asn] = rest {
            match Self::remote_as(asn) {
                Some(asn) => self.bgp().instance(vrf).peers.at(n).session.remote_as = Some(asn),
                None => return self.bad(node, asn, "an AS number"),
            }
        } else if !rest.is_empty() {
            return Done::Unknown;
        }
        self.open(node, Mode::Peer(Scope::Neighbor(vrf, n)))
    }

    fn peer(&mut self, scope: Scope) -> &mut PeerConfig {
        let bgp = self.bgp();
        match scope {
            Scope::Neighbor(vrf, n) => bgp.instance(vrf).peers.at(n),
            Scope::Group(n) => bgp.groups.at(n),
            Scope::SessionGroup(n) => bgp.session_groups.at(n),
            Scope::AfGroup(n) => bgp.af_groups.at(n),
        }
    }

    pub(super) fn peer_line(&mut self, scope: Scope, node: &'a Node<'t>) -> Done {
        let origin = self.origin(node);
        let (no, w) = negation(node);
        match w {
            ["address-family", words @ ..] if !no => {
                let Some(family) = bgp_family_of(words) else { return self.gap(node, "this address family is not modelled") };
                self.peer(scope).families[slot(family)].opened = Some(origin);
                return self.open(node, Mode::PeerFamily(scope, family));
            }
            ["remote-as", asn] if !no => match Self::remote_as(asn) {
                Some(asn) => self.peer(scope).session.remote_as = Some(asn),
                None => return self.bad(node, asn, "an AS number"),
            },
            ["use", "neighbor-group", name] if !no => {
                let name = self.refer(node, NEIGHBOR_GROUP, name, "neighbor");
                self.peer(scope).use_group = Some(name);
            }
            ["use", "session-group", name] if !no => {
                let name = self.refer(node, SESSION_GROUP, name, "neighbor");
                self.peer(scope).use_session = Some(name);
            }
            ["local-as", asn, rest @ ..] if !no => {
                let Some(asn) = values::asn(asn) else { return self.bad(node, asn, "an AS number") };
                self.peer(scope).session.local_as = Some(LocalAs {
                    asn,
                    no_prepend: rest.contains(&"no-prepend"),
                    replace_as: rest.contains(&"replace-as"),
                    dual_as: rest.contains(&"dual-as"),
                    loops: None,
                });
            }
            ["description", ..] => {
                let text: Name = self.tree.rest(node, 1).into();
                self.peer(scope).session.description = Some(text);
                return self.quiet(node);
            }
            ["update-source", typed @ ..] if !no => {
                let Some(name) = self.refer_interface(node, typed, "update-source") else {
                    return self.bad(node, "", "an interface");
                };
                self.peer(scope).session.update_source = Some(name);
            }
            ["password", rest @ ..] if !no => {
                let key: Name = rest.last().copied().unwrap_or("").into();
                if key.as_ref() == "inheritance-disable" {
                    self.peer(scope).session.password = Some("".into());
                } else {
                    self.peer(scope).session.password = Some(key);
                }
            }
            ["keychain", name, ..] if !no => self.peer(scope).session.password = Some(format!("key chain {name}").into()),
            ["ebgp-multihop", rest @ ..] if !no => {
                let hops = rest.first().and_then(|h| h.parse().ok()).unwrap_or(defaults::EBGP_MULTIHOP);
                self.peer(scope).session.ebgp_multihop = Some(hops);
            }
            ["ttl-security", rest @ ..] => {
                let on = !no && !rest.contains(&"disable") && !rest.contains(&"inheritance-disable");
                self.peer(scope).session.ttl_security = on.then_some(1);
            }
            ["shutdown", rest @ ..] => {
                self.peer(scope).session.shutdown = Some(!no && rest.first() != Some(&"inheritance-disable"))
            }
            ["session-open-mode", mode, ..] if !no => self.peer(scope).session.passive = Some(*mode == "passive-only"),
            ["ignore-connected-check", ..] => self.peer(scope).session.disable_connected_check = Some(!no),
            ["bfd", ..] => self.peer(scope).session.bfd = Some(!no && !w.contains(&"disable")),
            ["enforce-first-as", rest @ ..] => {
                self.peer(scope).session.enforce_first_as = Some(!no && rest.first() != Some(&"disable"));
            }
            ["cluster-id", id] if !no => match id.parse().ok().or_else(|| id.parse::<u32>().ok().map(Into::into)) {
                Some(id) => self.peer(scope).session.cluster_id = Some(id),
                None => return self.bad(node, id, "a cluster id"),
            },
            ["local", "address", ..] if !no => return self.gap(node, "`local address` of a session is not modelled"),
            ["remote-as-list", ..] if !no => return self.gap(node, "`remote-as-list` is not modelled"),
            [first, ..] if QUIET.contains(first) => return self.quiet(node),
            _ if no => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    pub(super) fn peer_family_line(&mut self, scope: Scope, family: Family, node: &'a Node<'t>) -> Done {
        let origin = self.origin(node);
        let (no, w) = negation(node);
        let on = !no && !w.contains(&"inheritance-disable") && !w.contains(&"disable");
        match w {
            ["route-policy", ..] if !no => {
                let Some((policy, rest)) = self.attach(node, 1, "neighbor route-policy") else { return Done::Unknown };
                let af = self.af(scope, family);
                match rest.first().map(|w| &**w) {
                    Some("in") => af.policy_in = Some(policy),
                    Some("out") => af.policy_out = Some(policy),
                    _ => return self.bad(node, "", "`in` or `out`"),
                }
            }
            ["use", "af-group", name, ..] if !no => {
                let name = self.refer(node, AF_GROUP, name, "neighbor");
                self.af(scope, family).use_group = Some(name);
            }
            ["next-hop-self", ..] => {
                self.af(scope, family).next_hop_self = Some(if on { NextHopSelf::Yes } else { NextHopSelf::No })
            }
            ["next-hop-unchanged", ..] => self.af(scope, family).next_hop_unchanged = Some(on),
            ["route-reflector-client", ..] => self.af(scope, family).reflector_client = Some(on),
            ["send-community-ebgp", ..] => self.af(scope, family).send_community_ebgp = Some(on),
            ["send-extended-community-ebgp", ..] => self.af(scope, family).send_extended_ebgp = Some(on),
            ["as-override", ..] => self.af(scope, family).as_override = Some(on),
            ["remove-private-AS" | "remove-private-as", rest @ ..] => {
                if rest.contains(&"inbound") {
                    return self.gap(node, "`remove-private-AS inbound` is not modelled");
                }
                self.af(scope, family).remove_private = Some(match (on, rest.contains(&"entire-aspath")) {
                    (false, _) => RemovePrivateAs::No,
                    (true, true) => RemovePrivateAs::IfOnlyPrivate,
                    (true, false) => RemovePrivateAs::Leading,
                });
            }
            ["replace-private-AS" | "replace-private-as", ..] => {
                self.af(scope, family).remove_private = Some(if on { RemovePrivateAs::Replace } else { RemovePrivateAs::No });
            }
            ["allowas-in", rest @ ..] => {
                let times = rest.first().and_then(|v| v.parse().ok()).unwrap_or(defaults::ALLOW_AS_IN);
                self.af(scope, family).allow_as_in = Some(if on { times } else { 0 });
            }
            ["default-originate", ..] => {
                let policy = self.attached(node, "default-originate");
                self.af(scope, family).default_originate = Some((on, policy, origin));
            }
            ["weight", value] if !no => match value.parse() {
                Ok(v) => self.af(scope, family).weight = Some(v),
                Err(_) => return self.bad(node, value, "a weight"),
            },
            ["maximum-prefix", value, rest @ ..] if !no => match value.parse() {
                Ok(v) => {
                    let af = self.af(scope, family);
                    af.max_prefixes = (!rest.contains(&"warning-only") && !rest.contains(&"discard-extra-paths")).then_some(v);
                }
                Err(_) => return self.bad(node, value, "a number of prefixes"),
            },
            ["additional-paths", "send", ..] => self.af(scope, family).add_path_send = Some(on),
            ["additional-paths", "receive", ..] => self.af(scope, family).add_path_receive = Some(on),
            ["default-policy-action", ..] | ["default-policy", ..] if !no => {
                return self.gap(node, "`default-policy-action` is not modelled");
            }
            ["site-of-origin", ..] if !no => return self.gap(node, "`site-of-origin` is not modelled"),
            ["as-path-loopcheck", "out", rest @ ..] => {
                self.af(scope, family).no_loop_check = Some(!no && rest.first() == Some(&"disable"));
            }
            ["import", rest @ ..] if !no && family == Family::Evpn && rest.contains(&"stitching-rt") => {
                self.af(scope, family).import_stitching = Some(true);
            }
            ["advertise", vpn @ ("vpnv4" | "vpnv6"), "unicast", rest @ ..] if family == Family::Evpn => {
                let stitching = Some(rest.contains(&"stitching-rt")).filter(|_| on);
                let af = self.af(scope, family);
                *(if *vpn == "vpnv6" { &mut af.advertise_v6 } else { &mut af.advertise_v4 }) = stitching;
            }
            ["import" | "advertise", rest @ ..] if rest.iter().any(|w| w.starts_with("re-originate") || *w == "stitching-rt") => {
                return self.gap(node, "routes made anew between EVPN and VPNs are not modelled: those of the VRF alone go out");
            }
            [first, ..] if QUIET_FAMILY.contains(first) => return self.quiet(node),
            _ if no => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    fn af(&mut self, scope: Scope, family: Family) -> &mut AfPeer {
        &mut self.peer(scope).families[slot(family)]
    }
}
