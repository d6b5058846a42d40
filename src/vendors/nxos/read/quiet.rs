//! Statements that are known and not read: those without effect on routing and forwarding, and those that may have one and are
//! not modelled. One table a mode; an entry is the first words of a statement.
//!
//! The lists are set by hand: one word a line would make them unreadable.
//! Law: a statement goes into the first list only if no route, session or unicast forwarding decision can depend on it.

/// A mode's lists.
pub(in crate::vendors::nxos) struct Table {
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
            && !(*first == "default" && rest.first().is_none_or(|w| matches!(*w, "interface")))
        {
            let removes = self.removals.iter().any(|e| starts(rest, e));
            return Some(removes.then_some("statements that undo earlier ones are not followed"));
        }
        // The longest entry decides: `ip igmp` has no effect, `ip` alone is unknown.
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
const OVERLAY: &str = "this setting of overlays is not modelled";
const MPLS: &str = "MPLS forwarding is not modelled";
const PBR: &str = "policy routing is not modelled";
const RIPNG: &str = "NX-OS runs RIP for IPv4 only";
const NAT: &str = "address translation is not modelled";
const TUNNEL: &str = "this tunnel setting is not modelled";

/// At the left margin.
#[rustfmt::skip]
pub(in crate::vendors::nxos) const TOP: Table = Table {
    quiet: &[
        "aaa", "acllog", "alias", "apply", "archive", "banner", "bfd", "boot", "callhome", "cdp", "cfs", "cli", "clock", "class-map",
        "configure", "config-commit", "control-plane", "copp", "crypto", "cts", "default-vrf", "diagnostic", "dot1x", "email", "end",
        "ethernet", "event", "exit", "fabric forwarding dup-host*", "fex", "flow", "flowcontrol", "gold", "guestshell", "hardware",
        "hostname", "hsrp", "icam", "install", "interface breakout", "inventory", "ip adjacency", "ip adjmgr", "ip amt", "ip arp",
        "ip auto-discard", "ip autoconfig", "ip dhcp", "ip dns", "ip domain*", "ip ftp", "ip host", "ip http", "ip icmp*", "ip igmp",
        "ip internal", "ip load-sharing", "ip mfwd", "ip mroute", "ip multicast", "ip name-server", "ip pim", "ip ping", "ip msdp",
        "ip proxy-arp", "ip radius", "ip scp", "ip sla", "ip source", "ip ssh", "ip tacacs", "ip tcp", "ip telnet", "ip tftp",
        "ip traffic", "ip verify", "ip wccp", "ip redirects", "ip gratuitous-arp", "ip as-path access-list*", "ip flow", "ip security",
        "ipv6 dhcp", "ipv6 icmp*", "ipv6 mld", "ipv6 nd", "ipv6 neighbor", "ipv6 pim", "ipv6 snooping", "ipv6 load-sharing",
        "ipv6 adjacency", "ipv6 host", "key", "lacp", "ldap*", "license", "line", "line*", "lldp", "locator-led", "logging", "login",
        "logrotate", "mac", "macsec", "max-bandwidth*", "mgmt*", "monitor", "msdp", "nxapi", "ngoam", "ngmvpn", "ntp", "nxsdk", "oam",
        "password", "performance", "platform", "policy-map", "port-channel", "port-profile", "port-security", "poweroff", "power",
        "priority-flow-control", "privilege", "ptp", "qos", "radius*", "rate-limit", "rmon", "role", "route-map-cache", "sampler",
        "scheduler", "scripting", "service", "session-limit", "session", "sflow", "slot", "snapshot", "snmp*", "spanning-tree",
        "ssh", "sshd", "ssl", "statistics", "storm-control", "sup", "switchto", "switchname", "system", "table-map", "tacacs*",
        "telemetry", "terminal", "telnet", "time*", "track", "udld", "userpassphrase", "username", "vdc", "version", "vlan dot1Q",
        "vlan configuration", "vlan dot1q", "vmtracker", "vmtracer", "vtp", "xml", "xmpp", "zone*", "fcoe", "fcdomain",
        "fcdroplatency", "fcflow", "fcip", "fcns", "fcs", "fctimer", "fabric*", "device-alias", "vsan", "ipqos", "reload", "hw-module",
        "limit-resource", "resource", "errdisable", "tag-switching", "grpc", "feature", "openflow", "lldp*", "rpm", "link", "vrf member",
        "cable*", "class", "match", "set", "ip community-list*", "wrr-queue", "network-qos", "gpc", "boot-order", "mvrp", "vxlan",
        "nv overlay sync*", "bloggerd", "tlv", "netconf", "restconf", "dme", "imp", "logflash*", "bgp", "call-home", "sub-switch",
        "telemetry*", "ingress", "l3", "forwarding", "ip forward", "ipt", "itd session", "no", "tcam", "no-op", "peer-keepalive",
    ],
    unmodelled: &[
        ("ip nat", NAT),
        ("ipv6 nat", NAT),
        ("vlan access-map", "VLAN access maps are not modelled: they may drop packets"),
        ("vlan filter", "VLAN access maps are not modelled: they may drop packets"),
        ("mpls", MPLS),
        ("segment-routing", MPLS),
        ("srv6", MPLS),
        ("router lisp", "LISP is not modelled"),
        ("ip lisp", "LISP is not modelled"),
        ("lisp", "LISP is not modelled"),
        ("itd", PBR),
        ("epbr", PBR),
        ("catena", PBR),
        ("ip local", PBR),
        ("evpn multisite", OVERLAY),
        ("evpn", OVERLAY),
        ("tunnel-encryption", TUNNEL),
        ("otv", OVERLAY),
        ("otv-isolate", OVERLAY),
        ("object-group", "this kind of object group is not modelled"),
        ("ip access-list", "this form of list is not modelled"),
        ("ip community-list", "this form of list is not modelled"),
        ("ip extcommunity-list", "this form of list is not modelled"),
        ("ip default-gateway", "this form of default gateway is not modelled"),
        ("ip default-network", "default networks are not modelled"),
        ("bridge-domain", L2_ONLY),
        ("l2vpn", L2_ONLY),
        ("router", "this routing protocol is not modelled: its routes are missing from the tables"),
        ("fabric database", OVERLAY),
        ("fabric forwarding", OVERLAY),
        ("encapsulation", L2_ONLY),
    ],
    removals: &[
        "route-map", "router", "ip route", "ipv6 route", "ip prefix-list", "ipv6 prefix-list", "vrf", "interface", "vlan",
        "ip access-list", "ip community-list", "object-group",
    ],
};

/// In `interface`.
#[rustfmt::skip]
pub(in crate::vendors::nxos) const INTERFACE: Table = Table {
    quiet: &[
        "absolute", "arp", "authentication", "auto-recovery", "bandwidth inherit", "beacon", "bfd", "carrier-delay", "cdp", "channel",
        "clock", "cts", "dampening", "dcb*", "description", "diagnostic", "dot1x", "downlink", "duplex", "ethernet", "event", "exit",
        "fabric forwarding", "fc*", "fcoe", "fec", "fex associate*", "flow", "flowcontrol", "flow-control", "forward*", "hardware",
        "hsrp bfd", "hsrp delay", "hsrp version", "inherit port-profile*", "ip adjacency", "ip amt", "ip arp", "ip authentication",
        "ip bandwidth-percent", "ip dhcp", "ip directed-broadcast", "ip drop-glean", "ip eigrp", "ip flow", "ip forward", "ip helper*",
        "ip hello-interval eigrp", "ip hold-time eigrp", "ip igmp", "ip load-sharing", "ip local-proxy-arp", "ip mtu", "ip mfwd",
        "ip multicast", "ip next-hop-self eigrp", "ip ospf bfd", "ip ospf retransmit-interval", "ip ospf transmit-delay",
        "ip ospf dead-interval minimal", "ip pim", "ip port-unreachable", "ip port", "ip proxy-arp", "ip redirects",
        "ip sla", "ip source", "ip tcp", "ip unreachables", "ip verify", "ip wccp", "ip ospf fast-reroute*", "ip gratuitous-arp*",
        "ip arp*", "ip device", "ip ospf name*", "ip ospf lls*", "ip icmp*",
        "ipv6 dhcp", "ipv6 flow", "ipv6 icmp", "ipv6 mld", "ipv6 mtu", "ipv6 nd", "ipv6 neighbor", "ipv6 ospf bfd", "ipv6 pim",
        "ipv6 redirects", "ipv6 snooping", "ipv6 traffic", "ipv6 unreachables", "ipv6 verify", "ipv6 authentication",
        "ipv6 hello-interval", "ipv6 hold-time", "ipv6 forward",
        "isis authentication-check", "isis bfd", "isis csnp-interval", "isis hello*", "isis lsp*", "isis mesh-group", "isis mtu-check",
        "isis retransmit*", "isis hello-padding", "isis prefix-attributes*", "isis suppressed", "isis n-flag*", "isis fast-reroute*",
        "itd", "l2protocol", "lacp", "link", "link-state", "lldp", "load-interval", "load-sharing", "logging", "mac", "mac-address",
        "macsec", "management", "mdix", "media-type", "medium", "mka", "monitor", "mpls ldp", "mvrp", "name", "negotiate",
        "negotiation", "ntp", "option", "ospfv3 bfd", "ospfv3 retransmit-interval", "ospfv3 transmit-delay", "packet", "phy",
        "ipv6 ospfv3", "plug*", "policy", "port-channel load*", "port-license", "power", "priority-flow-control", "ptp", "qos",
        "queuing*", "rate-limit", "rate-mode", "remote", "rmon", "service-policy", "service-policy type qos", "service-policy type queuing",
        "sflow", "shape", "snmp", "spanning-tree", "speed auto", "speed-group", "statistics", "storm-control", "strict", "switchport block",
        "switchport autostate*", "switchport description", "switchport dot1q", "switchport host", "switchport mac*", "switchport monitor",
        "switchport port-security", "switchport priority", "switchport trunk pruning*", "switchport voice", "switchport isolated",
        "switchport nonegotiate", "switchport virtual*", "switchport access vlan dynamic*", "sync*", "tag", "track", "transceiver",
        "uc-*", "udld", "untagged", "vpc orphan-port*", "vtp", "wrr*", "trunk*", "vrrp delay*", "xcvr*", "error-detection", "errdisable",
        "flowcontrol*", "mtu-check", "pim", "ttag*", "config-commit", "mac-list", "ipv6 nat*", "no-op", "ip ospf event*", "cable*",
        "ip ospf lsa*", "fex", "vlan dot1q", "ipv6 eigrp", "port-type*", "evpn multisite fabric-tracking", "evpn multisite dci-tracking",
        "feature", "default", "lldp*", "vsan", "inherit", "mode", "zone", "allow*", "pinning", "bind",
    ],
    unmodelled: &[
        ("ip nat", NAT),
        ("ip ospf multi-area", "more than one area on an interface is not modelled"),
        ("ip router ospf", "this form is not modelled"),
        ("ip ospf", "this OSPF setting is not modelled"),
        ("ospfv3", "this OSPF setting is not modelled"),
        ("isis", "this IS-IS setting is not modelled"),
        ("ip rip", "this RIP setting is not modelled"),
        ("ipv6 rip", RIPNG),
        ("ipv6 router rip", RIPNG),
        ("ip router", "this routing protocol is not modelled"),
        ("ipv6 router", "this routing protocol is not modelled"),
        ("ip address", "this form of address is not modelled"),
        ("ipv6 address", "this form of address is not modelled"),
        ("ip policy", PBR),
        ("ipv6 policy", PBR),
        ("service-policy type pbr", PBR),
        ("mpls", MPLS),
        ("encapsulation", "this encapsulation is not modelled"),
        ("switchport private-vlan", "private VLANs are not modelled"),
        ("private-vlan", "private VLANs are not modelled"),
        ("switchport vlan", "translation of VLANs is not modelled"),
        ("switchport", "this kind of port is not modelled"),
        ("mac port access-group", "filters on MAC addresses are not modelled"),
        ("mac packet-classify", "filters on MAC addresses are not modelled"),
        ("ip port access-group", "filters on switch ports are not modelled"),
        ("ipv6 port traffic-filter", "filters on switch ports are not modelled"),
        ("ip access-group", "this form of filter is not modelled"),
        ("channel-group", "this form of channel group is not modelled"),
        ("tunnel", TUNNEL),
        ("evpn", OVERLAY),
        ("otv", OVERLAY),
        ("vn-segment", OVERLAY),
        ("member vni", OVERLAY),
        ("xconnect", L2_ONLY),
        ("service", L2_ONLY),
        ("vrf", "this form of VRF membership is not modelled"),
        ("ip distribute-list", "EIGRP is not modelled"),
        ("ip offset-list", "EIGRP is not modelled"),
        ("fabric forwarding mode", OVERLAY),
    ],
    removals: &["ip address", "channel-group"],
};

/// In `vlan`.
#[rustfmt::skip]
pub(in crate::vendors::nxos) const VLAN: Table = Table {
    quiet: &["name", "exit", "mode", "media", "remote-span", "xconnect", "service-policy", "ip", "ipv6", "fabricpath", "fcoe", "state active"],
    unmodelled: &[("private-vlan", "private VLANs are not modelled")],
    removals: &[],
};

/// In `vrf context`.
#[rustfmt::skip]
pub(in crate::vendors::nxos) const VRF: Table = Table {
    quiet: &[
        "description", "exit", "ip domain*", "ip name-server", "ip host", "ip pim", "ip msdp", "ip mroute", "ip multicast", "ip igmp",
        "ipv6 pim", "ip amt", "mdt", "ip auto-discard", "ip load-sharing", "ip icmp*", "ip mvpn", "mvpn", "exit-address-family",
        "maximum", "ip dns", "ip http", "ip tftp", "ip as-path*",
    ],
    unmodelled: &[
        ("import", "this import between VRFs is not modelled"),
        ("export", "this export between VRFs is not modelled"),
        ("vpn", "VPN ids are not modelled"),
        ("ip lisp", "LISP is not modelled"),
        ("address-family", "this address family is not modelled"),
        ("route-target", "this form of route target is not modelled"),
        ("vni", "this form of VNI is not modelled"),
    ],
    removals: &["ip route", "ipv6 route"],
};

/// In `router bgp`, its VRFs and address families.
#[rustfmt::skip]
pub(in crate::vendors::nxos) const BGP: Table = Table {
    quiet: &[
        "bestpath cost-community", "dampen-igp-metric", "disable-policy-batching", "dynamic-med-interval", "event-history", "exit",
        "fast-external-fallover", "flush-routes", "graceful-restart*", "graceful-shutdown aware*", "isolate", "log-neighbor-changes",
        "neighbor-down", "nexthop trigger-delay", "nexthop suppress*", "nexthop load-balance*", "reconnect-interval", "timers",
        "suppress-fib-pending", "export-gateway-ip", "wait-igp*", "retain", "maximum-paths local", "low-memory", "bfd", "rd",
        "exit-address-family", "address-family ipv4 mvpn", "address-family ipv6 mvpn", "address-family ipv4 multicast",
        "address-family ipv6 multicast", "address-family link-state", "allow vni-in-ethertag", "advertise-system-mac", "prefix-peer-timeout",
        "prefix-peer-wait", "description", "bgp log-neighbor-changes", "label-allocation-mode", "bestpath igp-metric*", "client-to-client",
        "bestpath defer*", "no-op", "advertise-pip", "cost-community", "soft-reconfiguration*", "nexthop", "dynamic-capability",
        "graceful-shutdown", "mac", "timer*", "transport", "monitor", "update-delay", "additional-paths install*",
    ],
    unmodelled: &[
        ("address-family", OVERLAY),
        ("advertise l2vpn", OVERLAY),
        ("advertise", OVERLAY),
        ("evpn", OVERLAY),
        ("allocate-label", MPLS),
        ("dampening", "dampening is not modelled: no route is taken to flap"),
        ("inject-map", "conditional injection is not modelled"),
        ("additional-paths", "this form of additional paths is not modelled"),
        ("bestpath", "this best-path setting is not modelled"),
        ("distance", "this distance is not modelled"),
        ("maximum-paths", "this form of `maximum-paths` is not modelled"),
        ("nexthop route-map", "this next-hop filter is not modelled"),
        ("redistribute maximum-prefix", "limits on redistribution are not modelled"),
        ("redistribute", "routes of this source are not modelled"),
        ("default-metric", "this default metric is not modelled"),
        ("network", "this form of `network` is not modelled"),
        ("aggregate-address", "this form of aggregate is not modelled"),
        ("template", "this template is not modelled"),
        ("neighbor", "this form of neighbour is not modelled"),
        ("rpki", "RPKI validation is not modelled"),
        ("origin-as", "RPKI validation is not modelled"),
        ("table-map", "this table map is not modelled"),
        ("import", "this import between VRFs is not modelled"),
        ("export", "this export between VRFs is not modelled"),
        ("vni", OVERLAY),
        ("import-map", OVERLAY),
        ("default-information", "this setting is not modelled"),
        ("reflect", "this setting is not modelled"),
    ],
    removals: &["network", "aggregate-address", "redistribute", "neighbor"],
};

/// In a BGP neighbour, its templates and its address families.
#[rustfmt::skip]
pub(in crate::vendors::nxos) const BGP_NEIGHBOR: Table = Table {
    quiet: &[
        "advertisement-interval", "affinity-group", "bfd", "capability orf", "capability suppress*", "capability vpls*", "dynamic-capability",
        "dont-capability-negotiate", "event-history", "exit", "exit-address-family", "graceful-restart*", "graceful-shutdown aware*",
        "log-neighbor-changes", "logging", "low-memory", "maximum-peers", "peer-type", "soft-reconfiguration*", "timers", "ttl", "transport",
        "rewrite-evpn-rt-asn", "soo-filter", "link-bandwidth*", "slow-peer", "egress-engineering*", "internal-vpn-client*", "no-op",
        "advertise-gw-ip", "suppress-fib-pending", "encapsulation", "import-l3vpn*", "tcp", "capability",
    ],
    unmodelled: &[
        ("capability additional-paths", "this form of additional paths is not modelled"),
        ("advertise local-labeled-route", MPLS),
        ("advertise", "this setting is not modelled"),
        ("allowas-in", "this form of `allowas-in` is not modelled"),
        ("default-originate", "this form of `default-originate` is not modelled"),
        ("graceful-shutdown", "graceful shutdown of one neighbour is not modelled"),
        ("import", OVERLAY),
        ("export", OVERLAY),
        ("send-label", MPLS),
        ("inherit", "this form of inheritance is not modelled"),
        ("local-as", "this form of `local-as` is not modelled"),
        ("next-hop-self", "this form of next-hop-self is not modelled"),
        ("remote-as", "this form of `remote-as` is not modelled"),
        ("remove-private-as", "this form of `remove-private-as` is not modelled"),
        ("route-map", "this form of `route-map` is not modelled"),
        ("send-community", "this form of `send-community` is not modelled"),
        ("soo", "site of origin is not modelled"),
        ("update-source", "this form of `update-source` is not modelled"),
        ("address-family", OVERLAY),
        ("maximum-prefix", "this limit is not modelled"),
        ("password", "this form of password is not modelled"),
        ("ebgp-multihop", "this form is not modelled"),
        ("reflect", "this setting is not modelled"),
    ],
    removals: &["inherit", "route-map", "prefix-list"],
};

/// In `router ospf` and `router ospfv3`.
#[rustfmt::skip]
pub(in crate::vendors::nxos) const OSPF: Table = Table {
    quiet: &[
        "bfd", "event-history", "exit", "flush-routes", "graceful-restart*", "isolate", "log-adjacency-changes", "maximum-lsa", "max-lsa",
        "mpls ldp", "name-lookup", "timers", "fast-reroute", "down-bit-ignore", "discard-route internal*", "description", "exit-address-family",
        "mpls traffic-eng", "redistribute maximum-prefix", "capability opaque*", "snmp", "ip ospf", "address-family ipv6 unicast",
        "lsa-group*", "spf", "prefix-priority*", "router-id auto*", "soft-reconfiguration*",
    ],
    unmodelled: &[
        ("area", "this area setting is not modelled"),
        ("default-information", "this setting is not modelled"),
        ("distance", "this distance is not modelled"),
        ("domain-*", "domain ids of VPNs are not modelled"),
        ("segment-routing", MPLS),
        ("mpls", MPLS),
        ("redistribute", "routes of this source are not modelled"),
        ("max-metric", "this form of `max-metric` is not modelled"),
        ("table-map", "table maps of OSPF without `filter` are not modelled"),
        ("auto-cost", "this setting is not modelled"),
        ("network", "this form of `network` is not modelled"),
        ("address-family", "this address family is not modelled"),
        ("capability", "this capability is not modelled"),
        ("passive-interface", "this form is not modelled"),
    ],
    removals: &["network"],
};

/// In `router isis` and its address families.
#[rustfmt::skip]
pub(in crate::vendors::nxos) const ISIS: Table = Table {
    quiet: &[
        "authentication key-chain*", "authentication-check", "bfd", "dynamic-flooding*", "event-history", "exit", "exit-address-family",
        "fast-flood*", "flush-routes", "graceful-restart*", "hello", "hostname", "isolate", "log-adjacency-changes", "lsp-*", "max-lsp*",
        "router-id", "set-overload-bit on-startup*", "set-attached-bit", "spf-interval", "timers", "mpls ldp", "queue-limit", "redistribute maximum-prefix",
        "adjacency-check", "graceful*", "lsp", "description", "advertise interface*", "bfd*", "sync", "fast-reroute*", "distribute*level-2-wait",
        "mpls traffic-eng", "maximum-lsp*", "micro-loop*",
    ],
    unmodelled: &[
        ("segment-routing", MPLS),
        ("mpls", MPLS),
        ("redistribute", "routes of this source are not modelled"),
        ("metric-style", "this metric style is not modelled"),
        ("distance", "this distance is not modelled"),
        ("default-information", "this setting is not modelled"),
        ("summary-address", "this form of summary is not modelled"),
        ("distribute", "this form of leaking is not modelled"),
        ("table-map", "table maps of IS-IS are not modelled"),
        ("address-family", "this address family is not modelled"),
        ("reference-bandwidth", "this setting is not modelled"),
        ("set-overload-bit", "this form is not modelled"),
    ],
    removals: &["redistribute"],
};

/// In `router rip`, its VRFs and address families.
#[rustfmt::skip]
pub(in crate::vendors::nxos) const RIP: Table = Table {
    quiet: &["exit", "exit-address-family", "flush-routes", "isolate", "timers", "event-history", "description", "redistribute maximum-prefix"],
    unmodelled: &[
        ("address-family ipv6", RIPNG),
        ("default-information", "this setting is not modelled"),
        ("metric", "this setting is not modelled"),
    ],
    removals: &[],
};

/// In `router eigrp` and its address families.
#[rustfmt::skip]
pub(in crate::vendors::nxos) const EIGRP: Table = Table {
    quiet: &[
        "authentication", "bfd", "eigrp", "event-history", "exit", "exit-address-family", "flush-routes", "graceful-restart*", "isolate",
        "log-adjacency-changes", "log-neighbor-*", "nsf", "timers", "redistribute maximum-prefix", "description", "dvb*", "active-timer*",
    ],
    unmodelled: &[],
    removals: &[],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_first_words() {
        assert_eq!(TOP.find(&["spanning-tree", "mode", "mst"]), Some(None));
        assert_eq!(TOP.find(&["ip", "nat", "pool"]), Some(Some(NAT)));
        assert_eq!(TOP.find(&["ip"]), None);
        assert_eq!(TOP.find(&["dance"]), None);
        assert_eq!(TOP.find(&["no", "logging", "x"]), Some(None));
        assert!(matches!(TOP.find(&["no", "route-map", "x"]), Some(Some(_))));
        assert_eq!(INTERFACE.find(&["switchport", "voice", "vlan", "5"]), Some(None));
        assert_eq!(BGP.find(&["address-family", "ipv4", "multicast"]), Some(None));
        assert_eq!(BGP.find(&["address-family", "l2vpn", "vpls"]), Some(Some(OVERLAY)));
    }

    #[test]
    fn no_entry_is_hidden_by_another_list() {
        for table in [&TOP, &INTERFACE, &VLAN, &VRF, &BGP, &BGP_NEIGHBOR, &OSPF, &ISIS, &RIP, &EIGRP] {
            for entry in table.quiet {
                assert!(!table.unmodelled.iter().any(|(e, _)| e == entry), "{entry} is in both lists");
            }
        }
    }
}
