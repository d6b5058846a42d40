//! `router bgp`: the process and its address families; neighbours are read in `bgp_neighbor`.

use std::net::Ipv4Addr;

use ipnet::IpNet;

use super::{Done, Mode, ROUTE_MAP, Reader, VRF, after, negation};
use crate::model::bgp::AddPathSelect;
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::ios::config::{AfConfig, Aggregate, Bgp, Instance, Network};

/// The index of a family in per-family arrays.
pub(in crate::vendors::ios) fn slot(family: Family) -> usize {
    family as usize
}

/// `all`, `best N`, `group-best`, `backup` after `additional-paths select` or `advertise additional-paths`.
pub(super) fn path_selection(w: &[&str]) -> AddPathSelect {
    if w.contains(&"all") {
        AddPathSelect::All
    } else if let Some(n) = after(w, "best").and_then(|n| n.parse().ok()) {
        AddPathSelect::Best(n)
    } else if w.contains(&"group-best") {
        AddPathSelect::GroupBest
    } else {
        AddPathSelect::None
    }
}

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn bgp_header(&mut self, node: &'a Node<'t>, asn: &str) -> Done {
        let Some(asn) = values::asn(asn) else { return self.bad(node, asn, "an AS number") };
        let origin = self.origin(node);
        match &self.config.bgp {
            Some(bgp) if bgp.asn != asn => {
                return self.gap(node, "IOS runs one BGP process; this second one is left out");
            }
            Some(_) => {}
            None => self.config.bgp = Some(Bgp { asn, origin, ..Bgp::default() }),
        }
        self.known(node);
        Done::Open(Mode::Bgp(None, None))
    }

    pub(super) fn bgp(&mut self) -> &mut Bgp {
        self.config.bgp.get_or_insert_with(Bgp::default)
    }

    fn instance(&mut self, vrf: Option<usize>) -> &mut Instance {
        self.bgp().instance(vrf)
    }

    fn af(&mut self, vrf: Option<usize>, family: Option<Family>) -> &mut AfConfig {
        &mut self.instance(vrf).families[slot(family.unwrap_or_default())]
    }

    pub(super) fn bgp_line(&mut self, vrf: Option<usize>, family: Option<Family>, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["neighbor", peer, rest @ ..] => return self.bgp_neighbor(vrf, family, node, no, peer, rest),
            ["address-family", rest @ ..] => return self.bgp_family(node, rest),
            ["exit-address-family" | "exit-peer-session" | "exit-peer-policy" | "exit"] => {
                self.known(node);
                return Done::Close;
            }
            ["template", "peer-session", name] => {
                let origin = self.origin(node);
                self.sink.define("peer-session template", name, origin);
                let n = self.bgp().sessions.open(name);
                self.bgp().sessions.at(n).origin = origin;
                self.known(node);
                return Done::Open(Mode::PeerSession(n));
            }
            ["template", "peer-policy", name] => {
                let origin = self.origin(node);
                self.sink.define("peer-policy template", name, origin);
                let n = self.bgp().policies.open(name);
                self.bgp().policies.at(n).origin = origin;
                self.known(node);
                return Done::Open(Mode::PeerPolicy(n));
            }
            ["bgp", rest @ ..] => return self.bgp_setting(vrf, family, node, no, rest),
            ["router-id", id] if !no => {
                let Ok(id) = id.parse() else { return self.bad(node, id, "a router id") };
                self.instance(vrf).router_id = Some(id);
            }
            ["network", rest @ ..] if !no => return self.bgp_network(vrf, family, node, rest),
            ["aggregate-address", rest @ ..] if !no => return self.bgp_aggregate(vrf, family, node, rest),
            ["redistribute", rest @ ..] if !no => match self.redistribution(node, rest) {
                Ok(r) => {
                    let af = self.af(vrf, family);
                    af.redistribute.retain(|o| o.source != r.source);
                    af.redistribute.push(r);
                }
                Err(done) => return done,
            },
            ["maximum-paths", rest @ ..] if !no => {
                let (kind, value) = match rest {
                    ["ibgp", n, ..] => (1, *n),
                    ["eibgp", n, ..] => (2, *n),
                    [n, ..] => (0, *n),
                    [] => return self.bad(node, "", "a number of paths"),
                };
                let Ok(value) = value.parse() else { return self.bad(node, value, "a number of paths") };
                let af = self.af(vrf, family);
                match kind {
                    0 => af.max_ebgp = Some(value),
                    1 => af.max_ibgp = Some(value),
                    _ => af.max_eibgp = Some(value),
                }
            }
            ["distance", "bgp", e, i, l] if !no => {
                let (Ok(e), Ok(i), Ok(l)) = (e.parse(), i.parse(), l.parse()) else {
                    return self.bad(node, e, "three distances");
                };
                self.af(vrf, family).distance = Some([e, i, l]);
            }
            ["distance", "mbgp", ..] => return self.quiet_line(node),
            ["distance", ..] if !no => return self.gap_line(node, "a distance by neighbour is not modelled"),
            ["default-metric", value] if !no => {
                let Ok(v) = value.parse() else { return self.bad(node, value, "a metric") };
                self.af(vrf, family).default_metric = Some(v);
            }
            ["default-information", "originate"] => self.af(vrf, family).default_information = !no,
            ["table-map", name, rest @ ..] if !no => {
                let map = self.refer(node, ROUTE_MAP, name, "table-map");
                if rest.contains(&"filter") {
                    self.af(vrf, family).table_map = Some(map);
                } else {
                    self.af(vrf, family).table_map = Some(map);
                    return self.gap_line(node, "`table-map` without `filter` is modelled as if it filtered too");
                }
            }
            ["auto-summary"] if !no => {
                return self.gap_line(node, "`auto-summary` is not modelled: redistributed routes keep their length");
            }
            // A `network` route is there whether an IGP knows it or not, as since 12.2(8)T.
            ["synchronization"] if !no => return self.gap_line(node, "BGP synchronization is not modelled"),
            [
                "auto-summary"
                | "synchronization"
                | "timers"
                | "log-neighbor-changes"
                | "snmp"
                | "scope"
                | "import"
                | "export"
                | "exit-peer",
                ..,
            ] => return self.quiet_line(node),
            ["advertise" | "local-as" | "inter-as", ..] if !no => return self.gap_line(node, "this is not modelled"),
            [_, ..] if no => return self.quiet_line(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    fn bgp_family(&mut self, node: &'a Node<'t>, w: &[&str]) -> Done {
        let family = match w {
            ["ipv4", "unicast" | "vrf", ..] | ["ipv4"] => Family::V4,
            ["ipv6", "unicast" | "vrf", ..] | ["ipv6"] => Family::V6,
            ["vpnv4"] | ["vpnv4", "unicast"] => Family::Vpn4,
            ["vpnv6"] | ["vpnv6", "unicast"] => Family::Vpn6,
            ["l2vpn", "evpn"] => Family::Evpn,
            ["ipv4" | "ipv6", "multicast" | "mdt" | "mvpn" | "flowspec" | "tunnel", ..] => return self.quiet(node),
            _ => {
                return self.gap(node, format!("BGP address family `{}` is not modelled", w.join(" ")));
            }
        };
        let vrf = after(w, "vrf").map(|name| {
            self.refer(node, VRF, name, "bgp address-family");
            let origin = self.origin(node);
            let n = self.bgp().vrfs.open(name);
            let instance = self.bgp().vrfs.at(n);
            if !instance.origin.is_some() {
                instance.origin = origin;
            }
            n
        });
        self.instance(vrf).families[slot(family)].seen = true;
        self.known(node);
        Done::Open(Mode::Bgp(vrf, Some(family)))
    }

    /// `bgp …`
    fn bgp_setting(&mut self, vrf: Option<usize>, family: Option<Family>, node: &'a Node<'t>, no: bool, w: &[&str]) -> Done {
        match w {
            ["router-id", "vrf", ..] | ["router-id", "interface", ..] if !no => {
                return self.gap_line(node, "this way of choosing the router id is not modelled");
            }
            ["router-id", id] if !no => match id.parse::<Ipv4Addr>() {
                Ok(id) => self.instance(vrf).router_id = Some(id),
                Err(_) => return self.bad(node, id, "a router id"),
            },
            ["cluster-id", id] if !no => match id.parse::<Ipv4Addr>().ok().or_else(|| id.parse::<u32>().ok().map(Ipv4Addr::from))
            {
                Some(id) => self.instance(vrf).cluster_id = Some(id),
                None => return self.bad(node, id, "a cluster id"),
            },
            ["confederation", "identifier", asn] if !no => match values::asn(asn) {
                Some(a) => self.bgp().confederation = Some(a),
                None => return self.bad(node, asn, "an AS number"),
            },
            ["confederation", "peers", list @ ..] if !no => {
                for word in list {
                    match values::asn(word) {
                        Some(a) => self.bgp().members.push(a),
                        None => return self.bad(node, word, "an AS number"),
                    }
                }
            }
            ["default", "ipv4-unicast"] => self.bgp().no_default_ipv4 = no,
            ["default", "local-preference", value] if !no => match value.parse() {
                Ok(v) => self.bgp().default_local_preference = Some(v),
                Err(_) => return self.bad(node, value, "a local preference"),
            },
            ["default", ..] => return self.quiet_line(node),
            ["always-compare-med"] => self.bgp().best_path.always_compare_med = !no,
            ["deterministic-med"] => self.bgp().best_path.deterministic_med = !no,
            ["bestpath", rest @ ..] => {
                let best = &mut self.bgp().best_path;
                match rest {
                    ["as-path", "ignore"] => best.ignore_as_path = !no,
                    ["as-path", "multipath-relax"] => best.multipath_relax = !no,
                    ["compare-routerid"] => best.compare_router_id = !no,
                    ["med", rest @ ..] => {
                        for word in rest {
                            match *word {
                                "missing-as-worst" => best.missing_med_worst = !no,
                                "confed" => best.med_confederation = !no,
                                _ => {}
                            }
                        }
                    }
                    ["cost-community", "ignore"] => best.ignore_cost_community = !no,
                    ["igp-metric", "ignore"] => best.ignore_igp_metric = !no,
                    ["aigp", ..] | ["prefix-validate", ..] => return self.quiet_line(node),
                    _ => return Done::Unknown,
                }
            }
            ["client-to-client", "reflection", rest @ ..] => {
                if rest.is_empty() || rest == ["all"] {
                    self.bgp().no_client_to_client = no;
                } else if no {
                    return self.gap_line(node, "client-to-client reflection by cluster is not modelled");
                }
            }
            ["enforce-first-as"] => self.bgp().no_enforce_first_as = no,
            ["redistribute-internal"] => self.bgp().redistribute_internal = !no,
            ["suppress-inactive"] => self.bgp().suppress_inactive = !no,
            ["maxas-limit", value] if !no => match value.parse() {
                Ok(v) => self.bgp().as_path_limit = Some(v),
                Err(_) => return self.bad(node, value, "a number"),
            },
            ["listen", "range", range, "peer-group", group] if !no => match values::prefix(range) {
                Some(net) => {
                    let origin = self.origin(node);
                    let group = (*group).into();
                    self.instance(vrf).ranges.push((net.trunc(), group, origin));
                }
                None => return self.bad(node, range, "a prefix"),
            },
            ["listen", ..] => return self.quiet_line(node),
            ["additional-paths", "select", rest @ ..] if !no => {
                self.af(vrf, family).add_path_select = path_selection(rest);
                if rest.contains(&"backup") || rest.contains(&"best-external") {
                    return self.gap_line(node, "backup and best-external paths are not modelled");
                }
            }
            ["additional-paths", "install"] if !no => return self.quiet_line(node),
            ["additional-paths", rest @ ..] if !no => {
                let af = self.af(vrf, family);
                af.add_path_send = rest.contains(&"send");
                af.add_path_receive = rest.contains(&"receive");
            }
            ["nexthop", "route-map", name] if !no => {
                let map = self.refer(node, ROUTE_MAP, name, "bgp nexthop route-map");
                self.af(vrf, family).next_hop_map = Some(map);
            }
            ["graceful-shutdown", ..] if !no => return self.gap_line(node, "`bgp graceful-shutdown` is not modelled"),
            ["inject-map", ..] if !no => return self.gap_line(node, "`bgp inject-map` is not modelled"),
            ["advertise-best-external", ..] if !no => return self.gap_line(node, "best-external paths are not modelled"),
            ["asnotation", ..] => return self.quiet_line(node),
            ["dampening", ..]
            | [
                "aggregate-timer"
                | "bfd"
                | "consistency-checker"
                | "dmzlink-bw"
                | "dynamic-med-interval"
                | "error-handling"
                | "fast-external-fallover"
                | "graceful-restart"
                | "ha-mode"
                | "log-neighbor-changes"
                | "log-neighbor-warnings"
                | "mpls-local-label"
                | "nexthop"
                | "nopeerup-delay"
                | "recursion"
                | "refresh"
                | "regexp"
                | "route-map-cache"
                | "rpki"
                | "rtfilter"
                | "rtr"
                | "scan-time"
                | "slow-peer"
                | "snmp"
                | "soft-reconfig-backup"
                | "soo"
                | "sso"
                | "transport"
                | "update-delay"
                | "update-group"
                | "upgrade-cli"
                | "internal-afs"
                | "import"
                | "nsr"
                | "address-map"
                | "best-route-only",
                ..,
            ] => {
                return self.quiet_line(node);
            }
            [_, ..] if no => return self.quiet_line(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    fn bgp_prefix<'w, 'x>(family: Option<Family>, w: &'x [&'w str]) -> Option<(IpNet, &'x [&'w str])> {
        match w {
            [p, rest @ ..] if p.contains('/') => values::prefix(p).map(|p| (p.trunc(), rest)),
            [a, "mask", m, rest @ ..] => values::address_mask(a, m).map(|p| (p.trunc(), rest)),
            _ if family == Some(Family::V6) => None,
            [a, m, rest @ ..] if m.parse::<Ipv4Addr>().is_ok() => values::address_mask(a, m).map(|p| (p.trunc(), rest)),
            // Without a mask: the classful network.
            [a, rest @ ..] => {
                let ip: Ipv4Addr = a.parse().ok()?;
                let length = match ip.octets()[0] {
                    0 if ip.is_unspecified() => 0,
                    0..=127 => 8,
                    128..=191 => 16,
                    _ => 24,
                };
                Some((IpNet::new(ip.into(), length).ok()?.trunc(), rest))
            }
            [] => None,
        }
    }

    fn bgp_network(&mut self, vrf: Option<usize>, family: Option<Family>, node: &'a Node<'t>, w: &[&str]) -> Done {
        let Some((prefix, rest)) = Self::bgp_prefix(family, w) else {
            return self.bad(node, w.first().copied().unwrap_or(""), "a network");
        };
        let map = after(rest, "route-map").map(|m| self.refer(node, ROUTE_MAP, m, "bgp network"));
        let origin = self.origin(node);
        let network = Network { prefix, map, backdoor: rest.contains(&"backdoor"), origin };
        self.af(vrf, family).networks.push(network);
        self.known(node)
    }

    fn bgp_aggregate(&mut self, vrf: Option<usize>, family: Option<Family>, node: &'a Node<'t>, w: &[&str]) -> Done {
        let Some((prefix, rest)) = Self::bgp_prefix(family, w) else {
            return self.bad(node, w.first().copied().unwrap_or(""), "a network");
        };
        let map = |r: &mut Self, word: &str| after(rest, word).map(|m| r.refer(node, ROUTE_MAP, m, "aggregate-address"));
        let aggregate = Aggregate {
            prefix,
            as_set: rest.contains(&"as-set"),
            summary_only: rest.contains(&"summary-only"),
            suppress: map(self, "suppress-map"),
            advertise: map(self, "advertise-map"),
            attributes: map(self, "attribute-map").or_else(|| map(self, "route-map")),
            origin: self.origin(node),
        };
        let af = self.af(vrf, family);
        af.aggregates.retain(|n| n.prefix != prefix);
        af.aggregates.push(aggregate);
        self.known(node)
    }
}
