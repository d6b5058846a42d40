//! `vrf … router`: BGP, OSPF, static routes.

use super::{Below, Translation};
use crate::vendors::sink::LineClass;

/// Paths of a neighbour or peer group below an address family, and the words of FRR for them; `{}`: the value.
const IN_FAMILY: &[(&[&str], &str)] = &[
    (&["policy", "inbound", "route-map"], "route-map {} in"),
    (&["policy", "outbound", "route-map"], "route-map {} out"),
    (&["policy", "inbound", "prefix-list"], "prefix-list {} in"),
    (&["policy", "outbound", "prefix-list"], "prefix-list {} out"),
    (&["policy", "inbound", "aspath-list"], "filter-list {} in"),
    (&["policy", "outbound", "aspath-list"], "filter-list {} out"),
    (&["policy", "outbound", "unsuppress-map"], "unsuppress-map {}"),
    (&["default-route-origination", "policy"], "default-originate route-map {}"),
    (&["aspath", "allow-my-asn", "occurrences"], "allowas-in {}"),
    (&["prefix-limits", "inbound", "maximum"], "maximum-prefix {}"),
    (&["weight"], "weight {}"),
];

/// The same, for switches: the path, the value that counts, the words.
const SWITCHES_IN_FAMILY: &[(&[&str], &str, &str)] = &[
    (&["default-route-origination", "enable"], "on", "default-originate"),
    (&["route-reflector-client"], "on", "route-reflector-client"),
    (&["nexthop-setting"], "self", "next-hop-self"),
    (&["nexthop-setting"], "force", "next-hop-self force"),
    (&["aspath", "allow-my-asn", "enable"], "on", "allowas-in"),
    (&["aspath", "replace-peer-as"], "on", "as-override"),
    (&["aspath", "private-as"], "remove", "remove-private-AS"),
    (&["aspath", "private-as"], "replace", "remove-private-AS replace-AS"),
    (&["attribute-mod", "aspath"], "on", "attribute-unchanged as-path"),
    (&["attribute-mod", "med"], "on", "attribute-unchanged med"),
    (&["attribute-mod", "nexthop"], "on", "attribute-unchanged next-hop"),
    (&["soft-reconfiguration"], "on", "soft-reconfiguration inbound"),
];

/// EVPN's block in FRR.
pub(super) const EVPN: [&str; 3] = ["address-family", "l2vpn", "evpn"];

/// The words of an address family in FRR.
fn family(name: &str) -> Option<[&'static str; 3]> {
    match name {
        "ipv4-unicast" => Some(["address-family", "ipv4", "unicast"]),
        "ipv6-unicast" => Some(["address-family", "ipv6", "unicast"]),
        "l2vpn-evpn" => Some(EVPN),
        _ => None,
    }
}

impl Translation<'_> {
    /// `global`: what stands below `router` beside the VRFs.
    pub(super) fn routing(&mut self, vrf: &str, all: &Below, global: &Below) {
        for (word, line, below) in all.iter() {
            match word {
                "bgp" => self.bgp(vrf, line, below, global),
                "ospf" => self.ospf(vrf, line, below, global),
                "static" => below.iter().for_each(|(prefix, _, route)| self.static_route(vrf, prefix, route)),
                "pim" | "rib" => self.class(below, LineClass::NoEffect),
                _ => self.not_modelled(line, below, "not modelled"),
            }
        }
    }

    fn static_route(&mut self, vrf: &str, prefix: &str, all: &Below) {
        let command = if prefix.contains(':') { "ipv6" } else { "ip" };
        let mut ways: Vec<(Option<&str>, &Below)> = vec![(None, all)];
        ways.extend(all.get(&["distance"]).into_iter().flat_map(Below::iter).map(|(d, _, below)| (Some(d), below)));
        for (distance, below) in ways {
            for (via, line, how) in below.get(&["via"]).into_iter().flat_map(Below::iter) {
                let mut words = vec![command, "route", prefix, via];
                words.extend(how.value(&["interface"]));
                words.extend(distance.or_else(|| all.value(&["distance"]).filter(|_| all.get(&["distance", "via"]).is_none())));
                if vrf != "default" {
                    words.extend(["vrf", vrf]);
                }
                if let Some(other) = how.value(&["vrf"]) {
                    words.extend(["nexthop-vrf", other]);
                }
                self.frr(line, &[&words]);
            }
        }
    }

    fn ospf(&mut self, vrf: &str, line: u32, all: &Below, global: &Below) {
        if all.is(&["enable"], "off") {
            return;
        }
        let mut router = vec!["router", "ospf"];
        if vrf != "default" {
            router.extend(["vrf", vrf]);
        }
        self.frr(line, &[&router]);
        if let Some(id) = all.value(&["router-id"]).or_else(|| global.value(&["ospf", "router-id"])) {
            self.frr(line, &[&router, &["ospf", "router-id", id]]);
        }
        for (word, line, below) in all.iter() {
            match word {
                "enable" | "router-id" | "log" | "timers" | "graceful-restart" => {
                    self.class(below, LineClass::NoEffect);
                }
                "reference-bandwidth" => {
                    let value = below.one();
                    self.frr(line, &[&router, &["auto-cost", "reference-bandwidth", value]]);
                }
                "redistribute" => self.redistribute(&[&router], below),
                "area" => {
                    for (area, _, below) in below.iter() {
                        self.area(&router, area, below);
                    }
                }
                _ => self.not_modelled(line, below, "not modelled"),
            }
        }
    }

    fn area(&mut self, router: &[&str], area: &str, all: &Below) {
        for (word, line, below) in all.iter() {
            let value = below.one();
            match word {
                "network" => below.iter().for_each(|(net, line, _)| self.frr(line, &[router, &["network", net, "area", area]])),
                "type" => match value {
                    "stub" | "nssa" => self.frr(line, &[router, &["area", area, value]]),
                    "totally-stub" => self.frr(line, &[router, &["area", area, "stub", "no-summary"]]),
                    "totally-nssa" => self.frr(line, &[router, &["area", area, "nssa", "no-summary"]]),
                    _ => {}
                },
                "range" => {
                    for (net, line, how) in below.iter() {
                        let tail: &[&str] = if how.is(&["suppress"], "on") { &["not-advertise"] } else { &[] };
                        self.frr(line, &[router, &[&["area", area, "range", net], tail].concat()]);
                    }
                }
                "default-lsa-cost" => self.frr(line, &[router, &["area", area, "default-cost", value]]),
                _ => self.not_modelled(line, below, "not modelled"),
            }
        }
    }

    fn redistribute(&mut self, block: &[&[&str]], all: &Below) {
        for (source, line, how) in all.iter().filter(|x| !x.2.is(&["enable"], "off")) {
            let mut words = vec!["redistribute", source];
            for key in ["metric", "metric-type", "route-map"] {
                words.extend(how.value(&[key]).into_iter().flat_map(|v| [key, v]));
            }
            self.frr(line, &[block, &[&words]].concat());
        }
    }

    fn bgp(&mut self, vrf: &str, line: u32, all: &Below, global: &Below) {
        let asn = all.value(&["autonomous-system"]).or_else(|| global.value(&["bgp", "autonomous-system"]));
        let off = all.is(&["enable"], "off") || global.is(&["bgp", "enable"], "off");
        let Some(asn) = asn.filter(|_| !off) else {
            if !off && !all.is_empty() {
                self.not_modelled(line, all, "no AS number is set for BGP");
            }
            return;
        };
        let mut router = vec!["router", "bgp", asn];
        if vrf != "default" {
            router.extend(["vrf", vrf]);
        }
        self.frr(line, &[&router]);
        if let Some(id) = all.value(&["router-id"]).or_else(|| global.value(&["bgp", "router-id"])) {
            self.frr(line, &[&router, &["bgp", "router-id", id]]);
        }
        if !all.is(&["path-selection", "med", "compare-deterministic"], "off") {
            self.frr(line, &[&router, &["bgp", "deterministic-med"]]);
        }
        // Peer groups first: neighbours refer to them.
        for (group, line, below) in all.get(&["peer-group"]).into_iter().flat_map(Below::iter) {
            self.frr(line, &[&router, &["neighbor", group, "peer-group"]]);
            self.peer(&router, group, below);
        }
        for (peer, line, below) in all.get(&["neighbor"]).into_iter().flat_map(Below::iter) {
            if peer.parse::<std::net::IpAddr>().is_err() {
                self.frr(line, &[&router, &["neighbor", peer, "interface"]]);
            }
            self.peer(&router, peer, below);
        }
        for (word, line, below) in all.iter() {
            match word {
                "peer-group" | "neighbor" | "autonomous-system" | "router-id" | "enable" => {}
                "address-family" => {
                    for (name, line, below) in below.iter() {
                        match family(name) {
                            Some(EVPN) => self.evpn_family(&router, line, below),
                            Some(family) => self.bgp_family(&router, &family, (line, below)),
                            None => self.not_modelled(line, below, "only IPv4, IPv6 and EVPN are modelled"),
                        }
                    }
                }
                "path-selection" => self.path_selection(&router, below),
                "route-reflection" => {
                    if let Some(id) = below.value(&["cluster-id"]) {
                        self.frr(line, &[&router, &["bgp", "cluster-id", id]]);
                    }
                }
                "confederation" => {
                    if let Some(id) = below.value(&["id"]) {
                        self.frr(line, &[&router, &["bgp", "confederation", "identifier", id]]);
                    }
                    for (member, line, _) in below.get(&["member-as"]).into_iter().flat_map(Below::iter) {
                        self.frr(line, &[&router, &["bgp", "confederation", "peers", member]]);
                    }
                }
                "dynamic-neighbor" => {
                    for (range, line, how) in below.get(&["listen-range"]).into_iter().flat_map(Below::iter) {
                        let group = how.value(&["peer-group"]).unwrap_or("");
                        self.frr(line, &[&router, &["bgp", "listen", "range", range, "peer-group", group]]);
                    }
                }
                "rd" => {
                    let rd = below.one();
                    self.frr(line, &[&router, &EVPN, &["rd", rd]]);
                }
                "route-import" | "route-export" => self.evpn_targets(&router, word, below),
                "timers" | "graceful-restart" | "convergence-wait" | "wait-for-install" | "soft-reconfiguration" | "bmp" => {
                    self.class(below, LineClass::NoEffect);
                }
                _ => self.not_modelled(line, below, "not modelled"),
            }
        }
    }

    fn path_selection(&mut self, router: &[&str], all: &Below) {
        self.class(all, LineClass::NoEffect);
        const SWITCHES: &[(&[&str], &str, &[&str])] = &[
            (&["multipath", "aspath-ignore"], "on", &["bgp", "bestpath", "as-path", "multipath-relax"]),
            (&["aspath", "compare-lengths"], "off", &["bgp", "bestpath", "as-path", "ignore"]),
            (&["aspath", "compare-confed"], "on", &["bgp", "bestpath", "as-path", "confed"]),
            (&["med", "compare-always"], "on", &["bgp", "always-compare-med"]),
            (&["med", "missing-as-worst"], "on", &["bgp", "bestpath", "med", "missing-as-worst"]),
            (&["routerid-compare"], "on", &["bgp", "bestpath", "compare-routerid"]),
        ];
        for (path, _, words) in SWITCHES.iter().filter(|s| all.is(s.0, s.1)) {
            let line = all.place(path).unwrap_or(1);
            self.frr(line, &[router, words]);
        }
    }

    fn bgp_family(&mut self, router: &[&str], family: &[&str], (line, all): (u32, &Below)) {
        if all.is(&["enable"], "off") {
            return;
        }
        // NVUE writes both, whatever is set.
        for (kind, words) in [("ebgp", &["maximum-paths"][..]), ("ibgp", &["maximum-paths", "ibgp"])] {
            let most = all.value(&["multipaths", kind]).unwrap_or("64");
            self.frr(line, &[router, family, &[words, &[most]].concat()]);
        }
        for (word, line, below) in all.iter() {
            match word {
                "enable" | "multipaths" => self.class(below, LineClass::Modelled),
                "network" => {
                    for (net, line, how) in below.iter() {
                        let map = how.value(&["route-map"]).map_or_else(Vec::new, |m| vec!["route-map", m]);
                        self.frr(line, &[router, family, &[&["network", net], &map[..]].concat()]);
                    }
                }
                "redistribute" => self.redistribute(&[router, family], below),
                "aggregate-route" => {
                    for (net, line, how) in below.iter() {
                        let mut words = vec!["aggregate-address", net];
                        words.extend(["as-set", "summary-only"].into_iter().filter(|k| how.is(&[k], "on")));
                        words.extend(how.value(&["route-map"]).into_iter().flat_map(|m| ["route-map", m]));
                        self.frr(line, &[router, family, &words]);
                    }
                }
                "route-import" => {
                    for (vrf, line, _) in below.get(&["from-vrf", "list"]).into_iter().flat_map(Below::iter) {
                        self.frr(line, &[router, family, &["import", "vrf", vrf]]);
                    }
                    if let Some(map) = below.value(&["from-vrf", "route-map"]) {
                        self.frr(line, &[router, family, &["import", "vrf", "route-map", map]]);
                    }
                }
                "admin-distance" => {
                    let of = |key: &str, default| below.value(&[key]).unwrap_or(default);
                    self.frr(line, &[router, family, &["distance", "bgp", of("external", "20"), of("internal", "200"), "200"]]);
                }
                "route-export" => self.family_to_evpn(router, family[1], below),
                _ => self.not_modelled(line, below, "not modelled"),
            }
        }
    }

    /// A neighbour or a peer group.
    fn peer(&mut self, router: &[&str], peer: &str, all: &Below) {
        for (word, line, below) in all.iter() {
            let value = below.one();
            let mut say = |words: &[&str]| self.frr(line, &[router, &[&["neighbor", peer], words].concat()]);
            match word {
                "remote-as" | "peer-group" | "update-source" | "password" => say(&[word, value]),
                "multihop-ttl" => say(&["ebgp-multihop", value]),
                "enforce-first-as" if value == "on" => say(&["enforce-first-as"]),
                "passive-mode" if value == "on" => say(&["passive"]),
                "enable" if value == "off" => say(&["shutdown"]),
                "local-as" => {
                    let asn = below.value(&["asn"]).unwrap_or("");
                    let mut words = vec!["local-as", asn];
                    if below.is(&["prepend"], "off") {
                        words.push("no-prepend");
                        words.extend(below.is(&["replace"], "on").then_some("replace-as"));
                    }
                    say(&words);
                }
                "address-family" => {
                    for (name, line, below) in below.iter() {
                        match family(name) {
                            Some(family) => self.peer_family((router, &family), peer, line, below),
                            None => self.not_modelled(line, below, "only IPv4, IPv6 and EVPN are modelled"),
                        }
                    }
                }
                "type"
                | "description"
                | "timers"
                | "bfd"
                | "capabilities"
                | "ttl-security"
                | "nexthop-connected-check"
                | "graceful-restart"
                | "graceful-shutdown"
                | "enforce-first-as"
                | "passive-mode"
                | "enable" => {
                    self.class(below, LineClass::NoEffect);
                }
                _ => self.not_modelled(line, below, "not modelled"),
            }
        }
    }

    fn peer_family(&mut self, (router, family): (&[&str], &[&str]), peer: &str, line: u32, all: &Below) {
        let active: &[&str] = if all.is(&["enable"], "off") { &["no"] } else { &[] };
        self.frr(line, &[router, family, &[active, &["neighbor", peer, "activate"]].concat()]);
        const KNOWN: &[&str] = &[
            "enable",
            "policy",
            "default-route-origination",
            "route-reflector-client",
            "nexthop-setting",
            "aspath",
            "attribute-mod",
            "soft-reconfiguration",
            "prefix-limits",
            "weight",
        ];
        for (word, line, below) in all.iter() {
            match word {
                _ if KNOWN.contains(&word) => self.class(below, LineClass::NoEffect),
                // All communities go out by default.
                "community-advertise" if !["regular", "extended", "large"].iter().any(|k| below.is(&[k], "off")) => {
                    self.class(below, LineClass::NoEffect);
                }
                _ => self.not_modelled(line, below, "not modelled"),
            }
        }
        let place = |path: &[&str]| all.place(path).unwrap_or(line);
        let mut lines: Vec<(u32, String)> = Vec::new();
        for (path, words) in IN_FAMILY {
            lines.extend(all.value(path).map(|v| (place(path), words.replace("{}", v))));
        }
        for (path, _, words) in SWITCHES_IN_FAMILY.iter().filter(|s| all.is(s.0, s.1)) {
            lines.push((place(path), (*words).to_owned()));
        }
        for (line, text) in lines {
            let words: Vec<&str> = ["neighbor", peer].into_iter().chain(text.split(' ')).collect();
            self.frr(line, &[router, family, &words]);
        }
    }
}
