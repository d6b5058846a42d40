//! Statements that are known and not read: those without effect on routing and forwarding, and those that may have one and are
//! not modelled. One table a mode; an entry is the first words of a statement.
//!
//! The lists are set by hand: one word a line would make them unreadable.
//! Law: a statement goes into the first list only if no route, session or unicast forwarding decision can depend on it.

/// A mode's lists.
pub(in crate::vendors::eos) struct Table {
    quiet: &'static [&'static str],
    unmodelled: &'static [(&'static str, &'static str)],
    /// `no X` that undoes something said earlier, which is not followed.
    removals: &'static [&'static str],
}

impl Table {
    /// `None`: in no list; `Some(None)`: no effect; `Some(Some(why))`: not modelled.
    #[allow(clippy::option_option, reason = "the two levels are two answers")]
    pub fn find(&self, words: &[&str]) -> Option<Option<&'static str>> {
        // `no X` and `default X` in a running-config say that X is as if it was never configured.
        if let [first @ ("no" | "default"), rest @ ..] = words
            && !(*first == "default" && rest.first().is_some_and(|w| *w == "interface"))
        {
            let removes = self.removals.iter().any(|e| starts(rest, e));
            return Some(removes.then_some("statements that undo earlier ones are not followed"));
        }
        // The longest entry decides: `switchport` is not modelled, `switchport phone` has no effect.
        let quiet = self.quiet.iter().filter(|e| starts(words, e)).map(|e| e.len()).max();
        let known = self.unmodelled.iter().filter(|(e, _)| starts(words, e)).max_by_key(|(e, _)| e.len());
        match (quiet, known) {
            (Some(q), Some((e, why))) => Some((q < e.len()).then_some(why)),
            (None, Some((_, why))) => Some(Some(why)),
            (Some(_), None) => Some(None),
            (None, None) => None,
        }
    }
}

/// Whether a statement starts with these words. A last word that ends in `*` may go on.
fn starts(words: &[&str], entry: &str) -> bool {
    let Some(first) = words.first() else { return false };
    if entry.as_bytes().first() != first.as_bytes().first() {
        return false;
    }
    let mut words = words.iter();
    entry.split(' ').all(|e| match (words.next(), e.strip_suffix('*')) {
        (Some(w), Some(head)) => w.starts_with(head),
        (Some(w), None) => *w == e,
        (None, _) => false,
    })
}

const L2_ONLY: &str = "layer-2 services are not modelled";
const OVERLAY: &str = "overlay routes are not modelled";
const MPLS: &str = "MPLS forwarding is not modelled";
const PBR: &str = "policy routing is not modelled";
const NAT: &str = "address translation is not modelled";
const WAN: &str = "path selection for WANs is not modelled";

/// At the left margin.
#[rustfmt::skip]
pub(in crate::vendors::eos) const TOP: Table = Table {
    quiet: &[
        "aaa", "address locking", "agent", "alias", "application traffic", "arp", "banner", "bfd", "boot", "clock", "cfm",
        "comment", "config*", "cvx", "daemon", "defaults", "dcbx", "dhcp", "dns", "dot1x", "email", "enable", "end",
        "environment", "errdisable", "event-handler", "event-monitor", "exit", "flow", "group", "hardware", "hostname",
        "interface defaults", "interface profile", "ip arp", "ip dhcp", "ip dns", "ip domain*", "ip ftp", "ip hardware",
        "ip host", "ip http", "ip icmp", "ip igmp", "ip load-sharing", "ip local-proxy-arp", "ip mfib", "ip msdp",
        "ip multicast*", "ip name-server", "ip pim", "ip radius", "ip ssh", "ip tacacs", "ip telnet", "ip tftp", "ip tcp",
        "ip user-defined", "ip virtual-router mac-address*", "ip address virtual source-nat", "ip rib", "ip proxy-arp",
        "ip gratuitous-arp", "ip kernel", "ip urpf", "ipv6 dhcp", "ipv6 hardware", "ipv6 icmp*", "ipv6 mld", "ipv6 nd",
        "ipv6 neighbor", "ipv6 pim", "ipv6 virtual-router mac-address*", "ipv6 tcp", "ipv6 fib", "ipv6 multicast*", "ipv6 mfib",
        "key", "kernel", "l2-protocol", "lacp", "lldp", "load-balance", "load-interval", "local-user", "logging", "mac",
        "maintenance", "management", "match-list", "mcs", "media", "mlag", "monitor", "mpls icmp", "msrp", "mvrp", "ntp",
        "openflow", "platform", "poe", "port-channel", "priority-flow-control", "privilege", "process", "prompt", "ptp", "qos",
        "queue-monitor", "radius*", "redundancy", "role", "router bfd", "router igmp", "router msdp", "router multicast",
        "router pim", "router ptp", "run", "schedule", "secret", "sensor", "service configuration",
        "service routing configuration", "switchport default phone", "EOF", "service interface",
        "service unsupported-transceiver", "service running-config", "service sequence*", "sflow", "snmp*", "spanning-tree",
        "ssh", "stun", "switchport port-security", "sync-e", "system", "tacacs*", "tap", "tcp", "telemetry", "terminal", "tpid",
        "track", "transceiver", "traffic-loopback", "trident", "username", "vlan internal", "vmtracer", "vrrp", "wan",
        "zerotouch", "xmpp", "igmp*", "control-plane", "dos", "counters", "mld", "link", "policy-map type qos",
        "policy-map type quality-of-service", "policy-map type copp", "policy-map type control-plane", "policy-map type pdp",
        "class-map type qos", "class-map type copp", "class-map type control-plane", "class-map type pdp", "ip sla",
        "forwarding", "ethernet", "vxlan", "show", "copy", "write", "diag",
    ],
    unmodelled: &[
        ("ip nat", NAT),
        ("link tracking", "link tracking is not modelled"),
        ("ip security", "IPsec is not modelled"),
        ("ip next-hop-group", "next-hop groups are not modelled"),
        ("nexthop-group", "next-hop groups are not modelled"),
        ("mpls", MPLS),
        ("class-map", PBR),
        ("policy-map", PBR),
        ("traffic-policies", "traffic policies are not modelled"),
        ("patch panel", L2_ONLY),
        ("router l2-vpn", L2_ONLY),
        ("router adaptive-virtual-topology", WAN),
        ("router path-selection", WAN),
        ("router internet-exit", WAN),
        ("router service-insertion", WAN),
        ("router segment-security", "segment security is not modelled"),
        ("router traffic-engineering", MPLS),
        ("router rip", "this form of RIP is not modelled"),
        ("router rsvp", MPLS),
        ("router rpki", "RPKI validation is not modelled"),
        ("dynamic prefix-list", "dynamic prefix lists are not modelled"),
        ("ip as-path", "this form is not modelled"),
        ("ipv6 nat", NAT),
        ("vrf selection", PBR),
        ("ip rpki", "RPKI validation is not modelled"),
        ("switch forwarding-mode", "this forwarding mode is not modelled"),
        ("control-functions", "routing control functions are not modelled"),
        ("router kernel", "routes of the kernel are not modelled"),
        ("dynamic", "dynamic structures are not modelled"),
    ],
    removals: &[
        "route-map",
        "router",
        "ip route",
        "ipv6 route",
        "ip prefix-list",
        "ipv6 prefix-list",
        "vrf",
        "interface",
        "vlan",
        "ip access-list",
        "ip community-list",
    ],
};

/// In `interface`.
#[rustfmt::skip]
pub(in crate::vendors::eos) const INTERFACE: Table = Table {
    quiet: &[
        "address locking", "agile", "arp", "bfd", "comment", "counters", "cvx", "dcbx", "description", "dhcp", "dot1x", "ecn",
        "error-correction", "eos", "exit", "flow", "flowcontrol", "hardware", "igmp", "ip arp", "ip attached-route*", "ip dhcp",
        "ip directed-broadcast", "ip helper-address", "ip icmp", "ip igmp", "ip local-proxy-arp", "ip mfib", "ip mtu",
        "ip multicast", "ip pim", "ip proxy-arp", "ip rip v2-broadcast", "ip tcp", "ip verify", "ip redirects", "ipv6 attached-route*",
        "ipv6 dhcp", "ipv6 nd", "ipv6 mld", "ipv6 verify", "ipv6 helper-address", "ipv6 router-advertisement",
        "ipv6 address virtual-mac", "isis bfd", "isis hello*", "isis lsp", "isis priority", "isis ipv4 hello",
        "isis csnp-interval", "isis authentication key*", "isis authentication rx*", "isis authentication",
        "isis multi-topology", "isis ldp", "l2 mtu", "l2 mru", "lacp", "link-debounce", "link tracking", "lldp",
        "load-interval", "logging", "mac", "mac-address", "media", "mfib", "mld", "mlag", "monitor", "mpls ldp", "msrp",
        "multicast", "mvrp", "negotiation", "ntp", "openflow", "phone", "phy", "pim", "poe", "port-channel lacp",
        "port-channel load*", "port security", "priority-flow-control", "private-vlan", "profile", "ptp", "qos",
        "queue-monitor", "random-detect", "rate-limit", "redundancy", "service-policy type qos", "service-profile",
        "sflow", "shape", "snmp", "snmp-server", "spanning-tree", "storm-control", "switchport backup*", "switchport block",
        "switchport dot1q", "switchport mac*", "switchport phone", "switchport port-security", "switchport source-interface",
        "switchport tap", "switchport tool", "switchport trunk private-vlan", "switchport vlan forwarding", "sync-e", "tcp",
        "traffic-loopback", "transceiver", "transmit", "tx-queue", "uc-tx-queue", "mc-tx-queue", "unidirectional",
        "unsupported", "vmtracer", "xcvr", "address", "campus", "carrier-delay", "optical*", "laser", "ethernet", "speed auto",
        "speed-misconfigured", "tap", "vrrp", "authentication", "ipv6 enable", "default*", "evpn multicast", "pvlan",
        "switchport forbidden", "bgp",
    ],
    unmodelled: &[
        ("ip rip", "this setting of RIP is not modelled"),
        ("rip", "this setting of RIP is not modelled"),
        ("ip nat", NAT),
        ("ip ospf", "this OSPF setting is not modelled"),
        ("ospfv3", "this OSPF setting is not modelled"),
        ("isis", "this IS-IS setting is not modelled"),
        ("ip attached-host", OVERLAY),
        ("ipv6 attached-host", OVERLAY),
        ("ip address", "this form of address is not modelled"),
        ("evpn", OVERLAY),
        ("mpls", MPLS),
        ("node-segment", MPLS),
        ("adjacency-segment", MPLS),
        ("traffic-engineering", MPLS),
        ("mtls", MPLS),
        ("service-policy type pbr", PBR),
        ("service-policy", PBR),
        ("switchport vlan", "translation of VLANs is not modelled"),
        ("switchport vlan-translation", "translation of VLANs is not modelled"),
        ("switchport pvlan", "private VLANs are not modelled"),
        ("switchport recirculation", L2_ONLY),
        ("switchport", "this kind of port is not modelled"),
        ("encapsulation", "this encapsulation is not modelled"),
        ("vlan", L2_ONLY),
        ("traffic-policy", "traffic policies are not modelled"),
        ("mac access-group", "filters on MAC addresses are not modelled"),
        ("ip access-group", "this form of filter is not modelled"),
        ("channel-group", "this form of channel group is not modelled"),
        ("internet-exit", WAN),
        ("path-selection", WAN),
        ("ip virtual-router", "this form of virtual router is not modelled"),
        ("tunnel", "this tunnel setting is not modelled"),
        ("vxlan", OVERLAY),
        ("priority", "this setting is not modelled"),
        ("l2-protocol", L2_ONLY),
        ("segment", "segment security is not modelled"),
        ("ip urpf", "reverse path checks are not modelled"),
        ("interface", "interfaces inside interfaces are not modelled"),
    ],
    removals: &[],
};

/// In `vlan`.
#[rustfmt::skip]
pub(in crate::vendors::eos) const VLAN: Table = Table {
    quiet: &["name", "mac", "comment", "exit", "address", "ip", "multicast"],
    unmodelled: &[("private-vlan", "private VLANs are not modelled")],
    removals: &[],
};

/// In `vrf instance`.
#[rustfmt::skip]
pub(in crate::vendors::eos) const VRF: Table =
    Table { quiet: &["description", "comment", "exit"], unmodelled: &[], removals: &[] };

/// In `router general`.
#[rustfmt::skip]
pub(in crate::vendors::eos) const GENERAL: Table = Table {
    quiet: &["hardware", "exit", "next-hops", "comment"],
    unmodelled: &[
        ("control-functions", "routing control functions are not modelled"),
        ("routes", "dynamic routes are not modelled"),
        ("route", "this setting is not modelled"),
        ("leak", "leaking routes between VRFs is not modelled"),
        ("vrf", "this setting is not modelled"),
        ("software", "this setting is not modelled"),
        ("rib", "this setting is not modelled"),
    ],
    removals: &[],
};

/// In `router bgp`, its VRFs and address families.
#[rustfmt::skip]
pub(in crate::vendors::eos) const BGP: Table = Table {
    quiet: &[
        "bgp asn notation", "bgp convergence", "bgp log-neighbor-changes", "bgp trace", "bgp listen limit", "bgp transport",
        "bgp auto-local-addr", "bgp monitoring", "bgp update*", "bgp missing-policy include", "bgp labeled-unicast",
        "bgp route install-map", "bgp next-hop address-family", "bgp bestpath d-path", "bgp allowed-rib-in", "comment",
        "dynamic peer", "exit", "graceful-restart*", "graceful-shutdown local-pref*", "logging", "monitoring",
        "neighbor default", "next-hop resolution v4", "rib-in", "timers", "trace", "update", "session", "sflow", "domain",
        "host-flap", "mpls control-word", "label", "gateway", "bgp next-hop-self receive-evpn*", "layer-2", "bgp host-routes",
        "bgp skip rib-install", "redistribute learned", "redistribute host-route", "redistribute router-mac",
        "redistribute igmp",
    ],
    unmodelled: &[
        ("address-family", OVERLAY),
        ("vlan*", OVERLAY),
        ("pseudowire", OVERLAY),
        ("evpn", OVERLAY),
        ("rd", OVERLAY),
        ("vpws", OVERLAY),
        ("path-selection", WAN),
        ("transit", OVERLAY),
        ("default-route", OVERLAY),
        ("route", OVERLAY),
        ("route-target", OVERLAY),
        ("tunnel", MPLS),
        ("next-hop", "this next-hop setting is not modelled"),
        ("bgp missing-policy", "the action for missing policies is not modelled: an undefined route-map takes all routes"),
        ("bgp next-hop-unchanged", "this setting for all neighbours is not modelled"),
        ("bgp aigp*", "AIGP is not modelled"),
        ("aigp*", "AIGP is not modelled"),
        ("bgp rpki", "RPKI validation is not modelled"),
        ("rpki", "RPKI validation is not modelled"),
        ("bgp bestpath", "this best-path setting is not modelled"),
        ("bgp additional-paths", "this form of additional paths is not modelled"),
        ("bgp listen", "this form of `listen` is not modelled"),
        ("bgp group", "BGP groups are not modelled"),
        ("bgp", "this BGP setting is not modelled"),
        ("distance", "this distance is not modelled"),
        ("maximum-paths", "this form of `maximum-paths` is not modelled"),
        ("flow-spec", "flow-spec is not modelled"),
        ("interface", "this setting is not modelled"),
        ("install", "this setting is not modelled"),
        ("redistribute", "routes of this source are not modelled"),
        ("advertise*", "this setting is not modelled"),
        ("default-metric", "default metrics are not modelled"),
        ("graceful-shutdown", "graceful shutdown is not modelled"),
        ("neighbor", "this form of neighbour is not modelled"),
        ("identifier", OVERLAY),
        ("mtu", OVERLAY),
        ("import", OVERLAY),
        ("export", OVERLAY),
        ("recovery", "this setting is not modelled"),
        ("dci", OVERLAY),
        ("bestpath", "this best-path setting is not modelled"),
        ("ucmp", "weighted multipath is not modelled"),
    ],
    removals: &["network", "aggregate-address"],
};

/// After `neighbor X` in BGP.
#[rustfmt::skip]
pub(in crate::vendors::eos) const BGP_NEIGHBOR: Table = Table {
    quiet: &[
        "timers", "graceful-restart*", "idle-restart-timer", "out-delay", "soft-reconfiguration", "rib-in",
        "maximum-accepted-routes", "maximum-advertised-routes", "capabilities", "missing-policy", "transport",
        "auto-local-addr", "local-v4-addr", "local-v6-addr", "session", "fall-over", "convergence", "encapsulation",
        "default-route-target", "domain", "description", "link-bandwidth", "multi-path", "send-community link-bandwidth*",
        "send-community aggregate*", "next-hop-self received*", "next-hop-self source-interface", "monitoring", "in-delay",
        "dont-capability-negotiate", "as-path-limit", "route-to-peer", "label-next-hop", "layer-2", "peer-tag", "ao", "timers*",
        "advertisement-interval", "bfd", "rpki", "evpn",
    ],
    unmodelled: &[
        ("default-route", OVERLAY),
        ("aigp-session", "AIGP is not modelled"),
        ("advertise*", "conditional advertisement is not modelled"),
        ("graceful-shutdown", "graceful shutdown is not modelled"),
        ("next-hop-self", "this form of next-hop-self is not modelled"),
        ("next-hop-v6-addr", "this next hop is not modelled"),
        ("next-hop", "this next-hop setting is not modelled"),
        ("local-as", "this form of `local-as` is not modelled"),
        ("remove-private-as", "this form of `remove-private-as` is not modelled"),
        ("send-community", "this form of `send-community` is not modelled"),
        ("as-path", "this AS-path setting is not modelled"),
        ("prefix-list", "this form of `prefix-list` is not modelled"),
        ("route-map", "this form of `route-map` is not modelled"),
        ("remote-as", "this form of `remote-as` is not modelled"),
        ("update-source", "this form of `update-source` is not modelled"),
        ("additional-paths", "this form of additional paths is not modelled"),
        ("allowas-in", "this form of `allowas-in` is not modelled"),
        ("maximum-routes", "this form of `maximum-routes` is not modelled"),
        ("dynamic", "this form of neighbour is not modelled"),
        ("password", "this form of password is not modelled"),
        ("dmzlink-bw", "weighted multipath is not modelled"),
        ("path-selection", WAN),
        ("peer-group", "this form of group is not modelled"),
    ],
    removals: &[],
};

/// In `router ospf` and its like.
#[rustfmt::skip]
pub(in crate::vendors::eos) const OSPF: Table = Table {
    quiet: &[
        "max-lsa", "timers", "bfd", "log-adjacency-changes", "adjacency", "graceful-restart*", "mpls ldp", "fips", "comment",
        "exit", "area filter", "maximum-lsa", "traffic-engineering", "event-log", "instance-id", "bandwidth", "lsa",
        "multicast", "logging",
    ],
    unmodelled: &[
        ("area", "this area setting is not modelled"),
        ("default-metric", "default metrics are not modelled"),
        ("distance", "this distance is not modelled"),
        ("distribute-list", "this distribute-list is not modelled"),
        ("interface", "this setting is not modelled"),
        ("default-information", "this setting is not modelled"),
        ("point-to-point", "this setting is not modelled"),
        ("prefix-suppression", "prefix suppression is not modelled"),
        ("tunnel", MPLS),
        ("segment-routing", MPLS),
        ("auto-cost", "this setting is not modelled"),
        ("dn-bit-ignore", "this setting is not modelled"),
        ("route", "this setting is not modelled"),
        ("router", "this setting is not modelled"),
        ("address-family", "this address family is not modelled"),
        ("redistribute", "routes of this source are not modelled"),
        ("max-metric", "this form of `max-metric` is not modelled"),
    ],
    removals: &["network", "redistribute"],
};

/// In `router rip`.
#[rustfmt::skip]
pub(in crate::vendors::eos) const RIP: Table = Table {
    quiet: &["exit", "timers", "comment"],
    unmodelled: &[
        ("distribute-list", "filters on RIP's updates are not modelled"),
        ("metric", "this setting of RIP is not modelled"),
        ("network", "this form of `network` is not modelled"),
        ("interface", "settings of RIP on an interface are not modelled"),
        ("vrf", "RIP in a VRF is not modelled"),
    ],
    removals: &["network", "redistribute"],
};

/// In `router isis` and its address families.
#[rustfmt::skip]
pub(in crate::vendors::eos) const ISIS: Table = Table {
    quiet: &[
        "authentication", "log-adjacency-changes", "router-id", "hello", "timers", "spf-interval", "bfd", "graceful-restart*",
        "mpls ldp", "hostname", "lsp", "comment", "exit", "lsp-gen", "lsp-gen-interval", "log-adjacency", "csnp*",
        "set-attached-bit", "attached-bit", "traffic-engineering", "is-hostname", "maximum-lsp", "nonstop", "event-log",
        "fast-reroute", "set-overload-bit on-startup",
    ],
    unmodelled: &[
        ("segment-routing", MPLS),
        ("tunnel", MPLS),
        ("redistribute", "routes of this source are not modelled"),
        ("metric*", "this metric setting is not modelled"),
        ("area", "area proxies are not modelled"),
        ("distance", "this distance is not modelled"),
        ("default-information", "this setting is not modelled"),
        ("summary-address", "summaries are not modelled"),
        ("propagate", "this setting is not modelled"),
        ("advertise", "this setting is not modelled"),
        ("flex-algo", MPLS),
        ("address-family", "this address family is not modelled"),
        ("dynamic", "this setting is not modelled"),
    ],
    removals: &["redistribute"],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_first_words() {
        assert_eq!(TOP.find(&["spanning-tree", "mode", "mstp"]), Some(None));
        assert_eq!(TOP.find(&["ip", "nat", "pool"]), Some(Some(NAT)));
        assert_eq!(TOP.find(&["ip"]), None);
        assert_eq!(TOP.find(&["dance"]), None);
        assert_eq!(TOP.find(&["no", "logging", "x"]), Some(None));
        assert!(matches!(TOP.find(&["no", "route-map", "x"]), Some(Some(_))));
        assert_eq!(TOP.find(&["snmp-server", "x"]), Some(None));
        assert_eq!(BGP.find(&["vlan-aware-bundle", "x"]), Some(Some(OVERLAY)));
    }

    #[test]
    fn no_entry_is_hidden_by_another_list() {
        for table in [&TOP, &INTERFACE, &VLAN, &VRF, &GENERAL, &BGP, &BGP_NEIGHBOR, &OSPF, &RIP, &ISIS] {
            for entry in table.quiet {
                assert!(!table.unmodelled.iter().any(|(e, _)| e == entry), "{entry} is in both lists");
            }
        }
    }
}
