//! `router bgp`: the process, its VRFs and address families.

use super::{Done, Mode, Reader, Scope, VRF, bgp_family_of, negation};
use crate::model::bgp::RemoteAs;
use crate::model::route::Family;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::iosxr::config::{AfConfig, Aggregate, Bgp, Network, slot};

/// Settings of a process that change no route.
const QUIET: &[&str] = &[
    "nsr",
    "mpls",
    "socket",
    "timers",
    "rpki",
    "bmp",
    "update",
    "optimal-route-reflection",
    "adaptive-ttl",
    "attribute-filter",
    "as-league",
    "ibgp",
    "segment-routing",
    "af-log",
    "bfd",
    "mvpn",
    "global",
    "distributed",
    "flow-tag",
    "exclude-peer",
    "hw-module",
    "slow-peer",
    "default-route-originate-log",
    "precedence",
    "log",
    "description",
    "receive-buffer-size",
    "send-buffer-size",
    "neighbor-log",
    "epe",
];

/// Words after `bgp` of the same kind.
const QUIET_BGP: &[&str] = &[
    "graceful-restart",
    "log",
    "fast-external-fallover",
    "install",
    "scan-time",
    "update-delay",
    "write-limit",
    "maximum",
    "multipath",
    "origin-as",
    "lpts-secure-binding",
    "read-only",
    "auto-policy-soft-reset",
    "label-delay",
    "policy",
    "attribute-download",
    "dampening",
    "import-delay",
    "default",
    "as-path-loopcheck",
    "long-lived-graceful-restart",
    "process-creation-timer",
    "bestpath-log",
    "listen",
    "advertise",
    "slow-peer",
    "scanner",
    "nexthop",
];

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn bgp(&mut self) -> &mut Bgp {
        self.config.bgp.get_or_insert_with(Bgp::default)
    }

    pub(super) fn bgp_header(&mut self, node: &'a Node<'t>, asn: &str) -> Done {
        let Some(asn) = values::asn(asn) else { return self.bad(node, asn, "an AS number") };
        let origin = self.origin(node);
        if let Some(bgp) = &self.config.bgp
            && bgp.asn != asn
        {
            return self.bad(node, node.word(2), "the AS number of the one BGP process there can be");
        }
        if node.words.len() > 3 {
            return self.gap(node, "further BGP instances are not modelled");
        }
        let bgp = self.bgp();
        (bgp.asn, bgp.origin) = (asn, origin);
        self.open(node, Mode::Bgp(None))
    }

    pub(super) fn bgp_line(&mut self, vrf: Option<usize>, node: &'a Node<'t>) -> Done {
        let origin = self.origin(node);
        let (no, w) = negation(node);
        match w {
            ["vrf", name] if !no && vrf.is_none() => {
                self.refer(node, VRF, name, "router bgp");
                let vrfs = &mut self.bgp().vrfs;
                let n = vrfs.open(name);
                let v = vrfs.at(n);
                if !v.origin.is_some() {
                    v.origin = origin;
                }
                return self.open(node, Mode::Bgp(Some(n)));
            }
            ["rd", rd] if !no => {
                self.bgp().instance(vrf).rd = Some((*rd).into());
                return self.known(node);
            }
            ["address-family", words @ ..] if !no => {
                if let Some(family) = bgp_family_of(words) {
                    self.bgp().instance(vrf).families[slot(family)].get_or_insert_with(AfConfig::default);
                    return self.open(node, Mode::BgpFamily(vrf, family));
                }
                // Which other families there are stands with the neighbours.
                self.known(node);
                for child in &node.children {
                    self.quiet(child);
                }
                return Done::Whole;
            }
            ["neighbor", address, rest @ ..] if !no => return self.neighbor_header(vrf, node, address, rest),
            ["neighbor-group", name] if !no && vrf.is_none() => {
                self.sink.define("neighbor-group", name, origin);
                let groups = &mut self.bgp().groups;
                let n = groups.open(name);
                groups.at(n).origin = origin;
                return self.open(node, Mode::Peer(Scope::Group(n)));
            }
            ["session-group", name] if !no && vrf.is_none() => {
                self.sink.define("session-group", name, origin);
                let groups = &mut self.bgp().session_groups;
                let n = groups.open(name);
                groups.at(n).origin = origin;
                return self.open(node, Mode::Peer(Scope::SessionGroup(n)));
            }
            ["af-group", name, "address-family", words @ ..] if !no && vrf.is_none() => {
                let Some(family) = bgp_family_of(words) else { return self.gap(node, "this address family is not modelled") };
                self.sink.define("af-group", name, origin);
                let groups = &mut self.bgp().af_groups;
                let n = groups.open(name);
                groups.at(n).origin = origin;
                return self.open(node, Mode::PeerFamily(Scope::AfGroup(n), family));
            }
            ["default-metric", value] if !no => {
                return self.set(node, value, "a metric", |c, v| {
                    c.bgp.get_or_insert_with(Bgp::default).instance(vrf).default_metric = Some(v);
                });
            }
            ["default-information", "originate"] => self.bgp().instance(vrf).default_information = !no,
            ["ibgp", "policy", "out", "enforce-modifications"] => self.bgp().enforce_modifications = !no,
            ["instance", ..] => return self.gap(node, "further BGP instances are not modelled"),
            ["bgp", rest @ ..] => return self.bgp_setting(vrf, node, no, rest),
            [first, ..] if QUIET.contains(first) => return self.quiet(node),
            _ if no => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    fn bgp_setting(&mut self, vrf: Option<usize>, node: &'a Node<'t>, no: bool, w: &[&str]) -> Done {
        let bgp = self.config.bgp.get_or_insert_with(Bgp::default);
        match w {
            ["router-id", id] if !no => match id.parse() {
                Ok(id) => bgp.instance(vrf).router_id = Some(id),
                Err(_) => return self.bad(node, id, "a router id"),
            },
            ["cluster-id", id] if !no => match id.parse().ok().or_else(|| id.parse::<u32>().ok().map(Into::into)) {
                Some(id) => bgp.instance(vrf).cluster_id = Some(id),
                None => return self.bad(node, id, "a cluster id"),
            },
            ["confederation", "identifier", asn] if !no => match values::asn(asn) {
                Some(asn) => bgp.confederation = Some(asn),
                None => return self.bad(node, asn, "an AS number"),
            },
            ["confederation", "peers", asns @ ..] if !no => {
                bgp.members.extend(asns.iter().filter_map(|a| values::asn(a)));
                return self.open(node, Mode::Members);
            }
            ["bestpath", rest @ ..] => {
                let best = &mut bgp.instance(vrf).best_path;
                match rest {
                    ["as-path", "ignore"] => best.ignore_as_path = !no,
                    ["as-path", "multipath-relax"] => best.multipath_relax = !no,
                    ["compare-routerid"] => best.compare_router_id = !no,
                    ["med", "always"] => best.always_compare_med = !no,
                    ["med", "confed"] => best.med_confederation = !no,
                    ["med", "missing-as-worst"] => best.missing_med_worst = !no,
                    ["cost-community", "ignore"] => best.ignore_cost_community = !no,
                    ["igp-metric", "ignore"] => best.ignore_igp_metric = !no,
                    ["igp-metric", "sr-policy"] | ["aigp", ..] | ["origin-as", ..] | ["sr-policy", ..] => {
                        return self.gap(node, "this best-path setting is not modelled");
                    }
                    _ => return Done::Unknown,
                }
            }
            ["default", "local-preference", value] if !no => match value.parse() {
                Ok(v) => bgp.instance(vrf).default_local_preference = Some(v),
                Err(_) => return self.bad(node, value, "a local preference"),
            },
            ["enforce-first-as", "disable"] => bgp.instance(vrf).no_enforce_first_as = !no,
            ["enforce-first-as", ..] => bgp.instance(vrf).no_enforce_first_as = no,
            ["client-to-client", "reflection", .., "disable"] => bgp.instance(vrf).no_client_to_client = !no,
            ["unsafe-ebgp-policy"] => bgp.unsafe_ebgp = !no,
            ["redistribute-internal"] => bgp.redistribute_internal = !no,
            ["graceful-maintenance", rest @ ..] => {
                bgp.graceful_shutdown =
                    !no && (rest.contains(&"activate") || node.children.iter().any(|c| c.word(0) == "activate"));
                return self.known_whole(node);
            }
            [first, ..] if QUIET_BGP.contains(first) => return self.quiet(node),
            _ if no => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    /// The line and all below it are in the model.
    pub(super) fn known_whole(&mut self, node: &Node<'_>) -> Done {
        self.sink.mark_all(self.tree, node, crate::vendors::sink::LineClass::Modelled);
        Done::Whole
    }

    /// An AS below `bgp confederation peers`.
    pub(super) fn member_line(&mut self, node: &'a Node<'t>) -> Done {
        match &node.words[..] {
            [asn] => match values::asn(asn) {
                Some(asn) => {
                    self.bgp().members.push(asn);
                    self.known(node)
                }
                None => Done::Unknown,
            },
            _ => Done::Unknown,
        }
    }

    pub(super) fn bgp_family_line(&mut self, vrf: Option<usize>, family: Family, node: &'a Node<'t>) -> Done {
        let origin = self.origin(node);
        let (no, w) = negation(node);
        let number = |at: usize| w.get(at).and_then(|v| v.parse::<u32>().ok());
        match w {
            ["network", prefix, rest @ ..] => {
                let (net, rest) = match (values::prefix(prefix), rest) {
                    (Some(net), rest) => (Some(net), rest),
                    (None, [mask, rest @ ..]) => (values::address_mask(prefix, mask), rest),
                    (None, []) => (None, rest),
                };
                let Some(net) = net.filter(|n| n.addr().is_ipv6() == family.is_v6()) else {
                    return self.bad(node, prefix, "a prefix");
                };
                let policy = self.attached(node, "bgp network");
                let networks = &mut self.family(vrf, family).networks;
                networks.retain(|n| n.prefix != net.trunc());
                if !no {
                    networks.push(Network { prefix: net.trunc(), policy, backdoor: rest.contains(&"backdoor"), origin });
                }
            }
            ["aggregate-address", prefix, rest @ ..] => {
                let (net, rest) = match (values::prefix(prefix), rest) {
                    (Some(net), rest) => (Some(net), rest),
                    (None, [mask, rest @ ..]) => (values::address_mask(prefix, mask), rest),
                    (None, []) => (None, rest),
                };
                let Some(net) = net else { return self.bad(node, prefix, "a prefix") };
                let policy = self.attached(node, "bgp aggregate-address");
                let aggregates = &mut self.family(vrf, family).aggregates;
                aggregates.retain(|a| a.prefix != net.trunc());
                if !no {
                    aggregates.push(Aggregate {
                        prefix: net.trunc(),
                        as_set: rest.contains(&"as-set"),
                        summary_only: rest.contains(&"summary-only"),
                        policy,
                        origin,
                    });
                }
            }
            ["redistribute", rest @ ..] if !no => match self.redistribution(node, rest) {
                Some(r) => {
                    let list = &mut self.family(vrf, family).redistribute;
                    list.retain(|o| o.source != r.source);
                    list.push(r);
                }
                None => return self.gap(node, "this redistribution is not modelled"),
            },
            ["redistribute", rest @ ..] => {
                if let Some((source, _)) = super::redistribute::source(rest) {
                    self.family(vrf, family).redistribute.retain(|o| o.source != source);
                }
            }
            ["distance", "bgp", ..] if !no => match (number(2), number(3), number(4)) {
                (Some(a), Some(b), Some(c)) => self.family(vrf, family).distance = Some([a, b, c]),
                _ => return self.bad(node, "", "three distances"),
            },
            ["maximum-paths", kind @ ("ebgp" | "ibgp" | "eibgp"), ..] if !no => {
                let Some(n) = number(2) else { return self.bad(node, "", "a number of paths") };
                let af = self.family(vrf, family);
                match *kind {
                    "ebgp" => af.max_ebgp = Some(n),
                    "ibgp" => af.max_ibgp = Some(n),
                    _ => af.max_eibgp = Some(n),
                }
                if w.contains(&"unequal-cost") {
                    return self.gap(node, "multipath over unequal costs is not modelled");
                }
            }
            ["table-policy", ..] if !no => {
                let policy = self.attach(node, 1, "table-policy").map(|(p, _)| p);
                self.family(vrf, family).table_policy = policy;
            }
            ["nexthop", "route-policy", ..] if !no => {
                let policy = self.attached(node, "nexthop");
                self.family(vrf, family).next_hop_policy = policy;
            }
            ["as-path-loopcheck", "out", rest @ ..] => {
                self.family(vrf, family).no_loop_check = !no && rest.first() == Some(&"disable");
            }
            ["nexthop" | "next-hop", ..] => return self.quiet(node),
            ["additional-paths", "receive", rest @ ..] => {
                self.family(vrf, family).add_path_receive = !no && rest.first() != Some(&"disable");
            }
            ["additional-paths", "send", rest @ ..] => {
                self.family(vrf, family).add_path_send = !no && rest.first() != Some(&"disable");
            }
            ["additional-paths", "selection", ..] if !no => {
                let policy = self.attached(node, "additional-paths");
                self.family(vrf, family).add_path_policy = policy;
            }
            [
                "default-martian-check"
                | "dynamic-med"
                | "weight"
                | "as-path-loopcheck"
                | "permanent-network"
                | "mvpn"
                | "label"
                | "allocate-label"
                | "segment-routing"
                | "advertise"
                | "retain"
                | "export"
                | "import"
                | "optimal-route-reflection"
                | "update"
                | "vrf"
                | "inter-as"
                | "global"
                | "operation"
                | "wait-for-install"
                | "route-target"
                | "domain-distinguisher"
                | "slow-peer",
                ..,
            ] => {
                if *w == ["advertise", "best-external"] && !no {
                    return self.gap(node, "`advertise best-external` is not modelled");
                }
                return self.quiet(node);
            }
            ["bgp", "dampening", ..] if !no => return self.quiet(node),
            [
                "bgp",
                "attribute-download" | "scan-time" | "import-delay" | "label-delay" | "origin-as" | "as-path-loopcheck",
                ..,
            ] => {
                return self.quiet(node);
            }
            ["default-information", "originate"] => self.bgp().instance(vrf).default_information = !no,
            _ if no => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    fn family(&mut self, vrf: Option<usize>, family: Family) -> &mut AfConfig {
        self.bgp().instance(vrf).families[slot(family)].get_or_insert_with(AfConfig::default)
    }

    /// `remote-as N|internal|external`.
    pub(super) fn remote_as(word: &str) -> Option<RemoteAs> {
        Some(match word {
            "internal" => RemoteAs::Internal,
            "external" => RemoteAs::External,
            _ => RemoteAs::Asn(values::asn(word)?),
        })
    }
}
