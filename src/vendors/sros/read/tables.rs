//! Which statements are known without being read: those with no bearing on routing or forwarding, and those that may
//! matter and are not modelled.

/// The statements known in one place of the hierarchy.
pub(super) struct Known {
    /// The place, for messages.
    pub name: &'static str,
    pub no_effect: &'static [&'static str],
    pub not_modelled: &'static [&'static str],
}

/// Statements that mean nothing anywhere.
#[rustfmt::skip]
pub(super) const ANYWHERE: &[&str] =
    &["description", "apply-groups", "apply-groups-exclude", "trace-options", "collect-stats", "entropy-label", "name", "create"];

/// Outside `configure`: what the device keeps for itself, and what terminals and scripts add.
#[rustfmt::skip]
pub(super) const OUTSIDE: Known = Known {
    name: "the text",
    no_effect: &[
        "persistent-indices", "edit-config", "quit-config", "commit", "exit", "environment", "admin", "bof", "debug", "validate", "discard",
        "compare", "li", "state", "info", "back", "top", "//", "/bof", "/environment", "/admin", "/commit", "logout",
    ],
    not_modelled: &[],
};

#[rustfmt::skip]
pub(super) const TOP: Known = Known {
    name: "configure",
    no_effect: &[
        "aaa", "application-assurance", "anysec", "bfd", "bmp", "call-trace", "chassis", "connection-profile", "cflowd", "cron",
        "esa", "eth-cfm", "event-handling", "groups", "fwd-path-ext", "ip", "ipsec", "isa", "li", "log", "lag-profile", "macsec",
        "mcac", "mirror", "multicast-management", "multilink-bundle", "oam-pm", "open-flow", "port-policy", "port-xc", "python",
        "qos", "redundancy", "saa", "satellite", "sflow", "sfm", "snmp", "subscriber-mgmt", "sub-mgmt", "test-oam",
        "thresholds", "tunnel", "vrrp", "xiom", "power-shelf", "peq", "pw-port", "persistent-indices", "virtual-chassis",
        "service-function", "security", "ptp", "frame-relay", "tod-suite", "time-range", "fabric", "upc", "hwid", "mda",
    ],
    not_modelled: &["port-topology", "ipv4-nat", "nat"],
};

#[rustfmt::skip]
pub(super) const PORT: Known = Known {
    name: "port",
    no_effect: &[
        "access", "otu", "dwdm", "tdm", "ddm-events", "transceiver", "monitor-agg-egress-queue-stats", "hybrid-buffer-allocation",
        "modify-buffer-allocation", "network", "dist-cpu-protection", "satellite", "gnss", "card-type", "connector",
        "monitor-oper-group", "oper-group", "host-bandwidth-utilization", "dwl",
    ],
    not_modelled: &["sonet-sdh", "hsmda"],
};

#[rustfmt::skip]
pub(super) const ETHERNET: Known = Known {
    name: "port ethernet",
    no_effect: &[
        "access", "accounting-policy", "autonegotiate", "autonegotiation", "crc-monitor", "dampening", "dot1q-etype", "dot1x",
        "down-when-looped", "duplex", "efm-oam", "egress", "egress-rate", "egress-scheduler-policy", "elmi", "eth-cfm",
        "hold-time", "hold-timer", "ingress", "ingress-rate", "lacp-tunnel", "lldp", "load-balancing-algorithm", "loopback",
        "mac-address", "min-frame-length", "network", "pbb-etype", "ptp-asymmetry", "qinq-etype", "report-alarm", "rs-fec-mode",
        "single-fiber", "ssm", "symbol-monitor", "util-stats-interval", "xgig", "discover-secondary", "encap-type",
        "queue-group", "hsmda-scheduler-overrides", "eth-bn-egress-rate-changes",
    ],
    not_modelled: &["loopback-internal"],
};

#[rustfmt::skip]
pub(super) const LAG: Known = Known {
    name: "lag",
    no_effect: &[
        "lacp", "lacp-xmit-interval", "lacp-xmit-stdby", "hold-time-down", "hold-time", "dynamic-cost", "encap-type", "access",
        "adapt-qos", "bfd", "bfd-liveness", "eth-cfm", "hash-seed", "hash-weight-threshold", "link-map-profile",
        "load-balancing", "loopback", "mac-address", "member-template", "monitor-oper-group", "per-link-hash", "port-type",
        "selection-criteria", "standby-signaling", "system-id", "system-priority", "weight-threshold", "lag-type", "mode",
        "dot1q-etype", "qinq-etype", "enhanced-loadbalancing", "max-ports", "oper-group", "port-weight-speed",
    ],
    not_modelled: &[],
};

#[rustfmt::skip]
pub(super) const INTERFACE: Known = Known {
    name: "interface",
    no_effect: &[
        "arp-populate", "arp-host", "arp-retry-timer", "arp-timeout", "autoconfigure", "bfd", "cflowd", "cflowd-parameters",
        "cpu-protection", "delayed-enable", "dist-cpu-protection", "eth-cfm", "egr-ip-load-balancing", "hold-time", "icmp",
        "if-attribute", "ip-load-balancing", "ldp-sync-timer", "load-balancing", "local-proxy-arp", "lldp", "mac", "mac-address",
        "mcac", "monitor-oper-group", "oper-up-while-empty", "ping-template", "ptp-hw-assist", "proxy-arp", "proxy-arp-policy",
        "qos", "qos-route-lookup", "remote-proxy-arp", "shcv-policy", "strip-label", "tcp-mss", "teid-load-balancing", "tos-marking-state",
        "ntp-broadcast", "accounting-policy", "allow-directed-broadcasts", "static-arp", "urpf-check", "urpf-selected-vprns",
        "untrusted", "trusted", "multicast-network-domain", "enable-ingress-stats", "enable-mac-accounting", "bandwidth",
        "cpm-protection", "host-connectivity-verify", "dhcp", "secondary-ip-mtu", "active-cpm-protocols", "link-fault-propagation",
        "network-domain", "egress-stats", "mpls", "ingress-stats", "lag",
    ],
    not_modelled: &[
        "tunnel", "ipsec", "gre-termination", "redundant-interface", "dynamic-tunnel-redundant-nexthop", "static-tunnel-redundant-nexthop",
        "sap-template", "vas-if-type", "local-dhcp-server", "ip-tunnel", "control-tunnel", "gre-tunnel",
    ],
};

#[rustfmt::skip]
pub(super) const INTERFACE_VPLS: Known = Known {
    name: "interface vpls",
    no_effect: &["egress", "ingress", "evpn", "evi", "isid-list"],
    not_modelled: &[],
};

#[rustfmt::skip]
pub(super) const SAP: Known = Known {
    name: "sap",
    no_effect: &[
        "accounting-policy", "anti-spoof", "app-profile", "bandwidth", "calling-station-id", "cflowd", "cpu-protection",
        "dist-cpu-protection", "eth-cfm", "eth-tunnel", "fwd-wholesale", "host-admin-state", "host-lockout-policy",
        "lag", "multi-service-site", "oper-group", "monitor-oper-group", "pd-managed-route", "static-host", "static-isid",
        "sub-sla-mgmt", "tod-suite", "transit-policy", "default-host", "host-shutdown", "collect-stats", "lag-link-map-profile",
        "lag-per-link-hash",
    ],
    not_modelled: &["ip-tunnel", "ipsec-gateway", "ipsec-tunnel", "ipsec-gw", "l2tpv3-session"],
};

#[rustfmt::skip]
pub(super) const INGRESS: Known = Known {
    name: "ingress",
    no_effect: &[
        "qos", "queue-group-redirect-list", "destination-class-lookup", "policy-accounting", "queue-group", "agg-rate",
        "scheduler-policy", "match-qinq-dot1p", "qinq-mark-top-only", "policer-control-policy", "mac", "multicast-group",
        "agg-rate-limit", "flowspec", "flowspec-ipv6", "bum",
    ],
    not_modelled: &["drop-routing-extensions"],
};

#[rustfmt::skip]
pub(super) const ADDRESS: Known = Known {
    name: "address",
    no_effect: &["broadcast", "track-srrp", "igp-inhibit", "eui-64", "preferred-lifetime", "valid-lifetime", "duplicate-address-detection", "primary-preference"],
    not_modelled: &[],
};

#[rustfmt::skip]
pub(super) const IPV4: Known = Known {
    name: "interface ipv4",
    no_effect: &[
        "addresses", "allow-directed-broadcasts", "bfd", "icmp", "neighbor-discovery", "qos-route-lookup", "tcp-mss",
        "urpf-check", "dhcp", "local-dhcp-server", "ip-helper-address", "load-balancing", "static-neighbor", "shcv-policy",
    ],
    not_modelled: &["policy-route"],
};

#[rustfmt::skip]
pub(super) const IPV6: Known = Known {
    name: "interface ipv6",
    no_effect: &[
        "bfd", "dad-disable", "duplicate-address-detection", "icmp6", "local-proxy-nd", "neighbor", "neighbor-discovery",
        "proxy-nd-policy", "qos-route-lookup", "reachable-time", "secure-nd", "stale-time", "tcp-mss", "urpf-check", "nd-learn-unsolicited",
        "nd-proactive-refresh", "dhcp6", "dhcp6-relay", "dhcp6-server", "local-dhcp-server", "host-route-populate",
        "router-solicit", "static-neighbor-limit", "link-local-address-mode", "neighbor-limit", "policy-accounting",
        "router-advertisement",
    ],
    not_modelled: &[],
};

#[rustfmt::skip]
pub(super) const VRRP: Known = Known {
    name: "vrrp",
    no_effect: &[
        "authentication-key", "bfd-liveness", "init-delay", "mac", "master-int-inherit", "message-interval", "monitor-oper-group",
        "ntp-reply", "oper-group", "passive", "ping-reply", "ssh-reply", "standby-forwarding", "telnet-reply", "traceroute-reply",
    ],
    not_modelled: &["policy"],
};

#[rustfmt::skip]
pub(super) const ROUTER: Known = Known {
    name: "router",
    no_effect: &[
        "allow-icmp-redirect", "allow-icmp6-redirect", "bgp-vpn-backup", "bier", "class-forwarding", "customer", "cflowd",
        "dhcp-server", "dns", "description", "export-inactive-bgp", "export-inactive-bgp-enhanced", "flowspec", "fib-priority", "fib-telemetry",
        "flex-algo", "flexible-algorithm-definitions", "icmp-tunneling", "if-attribute", "igmp", "igmp-host-tracking", "igmp-trk", "igmp-snooping", "ipv6",
        "ip-fast-reroute", "l2tp", "label-mode", "ldp-shortcut", "leak-destination", "log", "management", "maximum-ipv4-routes",
        "maximum-ipv6-routes", "maximum-routes", "mc-maximum-routes", "mld", "mld-host-tracking", "mpls-labels",
        "mpls-forwarding-policies", "msdp", "mss-adjust", "mtrace2", "multicast-info-policy", "nat", "network-domains", "neighbor-discovery", "ntp",
        "origin-validation", "p2mp-sr-tree", "pcep", "pim", "policy-acct-template", "ptp", "radius", "reassembly", "reassembly-group", "rib-api",
        "router-advertisement", "selective-fib", "service-id", "service-name", "sfm-overload", "sgt-qos", "single-sfm-overload", "snmp", "snmp-community",
        "source-address", "subscriber-mgmt", "tms-interface", "traffic-engineering-options", "ttl-propagate", "tunnel-interface", "twamp-light", "twamp",
        "vprn-type", "vpn-id", "weighted-ecmp", "wlan-gw", "wpp", "aa-interface", "mc-lag", "mvpn", "mvpn-ipv4", "type", "carrier-carrier-vpn", "entropy-label",
        "enable-bgp-vpn-backup", "enable-bfd", "allow-export-bgp-vpn", "auto-bind-tunnel-ecmp", "dist-cpu-protection", "bgp-shared-queue",
        "network-interface-qos", "aaa", "ipsec", "spt", "static-mac", "qos", "gtp", "gsmp", "pw-routing", "icmp", "lmp", "ptp-clock", "gmpls",
        "srlg-group", "mc-path-mgmt",
    ],
    not_modelled: &[
        "bgp-evpn", "bgp-l2-vpn", "eth-cfm", "fad", "grt-leaking", "grt-lookup", "hash-label", "interface-template", "inter-as-vpn", "ip-mirror-interface",
        "isis-mt", "network", "network-interface", "policy-options", "redundant-interface", "router-instance", "segment-routing-v6", "srv6",
        "spoke-sdp", "ldp", "mpls", "rsvp", "segment-routing", "sdp", "static-route-hold-down", "subscriber-interface", "tunnel-table", "triggered-policy", "video-interface", "vxlan",
        "import-grt", "export-grt", "backup-route", "evpn",
    ],
};

#[rustfmt::skip]
pub(super) const STATICS: Known = Known {
    name: "static-routes",
    no_effect: &["hold-down"],
    not_modelled: &[],
};

#[rustfmt::skip]
pub(super) const STATIC: Known = Known {
    name: "static route",
    no_effect: &[
        "bfd-liveness", "description", "forwarding-class", "source-class", "destination-class", "mcast-family", "load-balancing-weight",
        "validate-next-hop", "generate-icmp", "dynamic-bgp", "tunnel-next-hop", "route-type", "qos", "dest-class",
    ],
    not_modelled: &["backup-next-hop", "backup-tag", "ipsec-tunnel", "grt", "tunnel"],
};

#[rustfmt::skip]
pub(super) const AGGREGATE: Known = Known {
    name: "aggregate",
    no_effect: &["tunnel-group", "aggregator", "description", "discard-component-communities", "generate-icmp"],
    not_modelled: &["local-preference"],
};

#[rustfmt::skip]
pub(super) const OSPF: Known = Known {
    name: "ospf",
    no_effect: &[
        "advertise-router-capability", "advertise-tunnel-link", "database-export", "database-export-exclude", "entropy-label",
        "export-limit", "external-db-overflow", "graceful-restart", "ldp-over-rsvp", "ldp-sync", "loopfree-alternate",
        "loopfree-alternate-exclude", "loopfree-alternates", "igp-shortcut", "multicast-import", "rib-priority", "rtr-adv-lsa-limit", "rtr-cap-adv", "segment-routing",
        "super-backbone", "timers", "traffic-engineering", "traffic-engineering-options", "ucast-import-disable", "unicast-import-disable",
        "overload-on-boot", "lfa-policy-map", "node-sid", "flexible-algorithms", "bfd-strict", "area-id", "extended-prefix-tlv",
        "extra-options", "adjacency-set", "rsvp-shortcut", "disable-ldp-sync", "loopfree-alternate-policy-map", "microloop-avoidance",
    ],
    not_modelled: &[
        "suppress-dn-bit", "ignore-dn-bit", "sham-link", "vpn-domain", "vpn-tag", "advertise-ne-profile", "key-rollover-interval",
        "sham-neighbor", "loopback-stub-metric", "opaque-lsa-support",
    ],
};

#[rustfmt::skip]
pub(super) const OSPF_INTERFACE: Known = Known {
    name: "ospf interface",
    no_effect: &[
        "adjacency-sid", "advertise-router-capability", "bfd-liveness", "flex-algo", "lfa-policy-map", "load-balancing-weight",
        "loopfree-alternate", "lsa-filter-out", "node-sid", "poll-interval", "retransmit-interval", "rib-priority", "sid-protection",
        "te-metric", "transit-delay", "hello-interval", "dead-interval", "traffic-engineering-metric", "ldp-sync",
        "loopfree-alternate-exclude", "enable-bfd",
    ],
    not_modelled: &["authentication-key", "message-digest-key", "authentication-type", "authentication-keychain", "sham-neighbor"],
};

#[rustfmt::skip]
pub(super) const ISIS: Known = Known {
    name: "isis",
    no_effect: &[
        "advertise-router-capability", "advertise-tunnel-link", "all-l1isis", "all-l2isis", "authentication-check",
        "bfd-liveness", "bier", "csnp-authentication", "csnp-interval", "database-export", "database-export-exclude",
        "entropy-label", "export-limit", "flex-algo", "flexible-algorithms", "graceful-restart", "hello-authentication", "hello-interval", "hello-multiplier",
        "hello-padding", "igp-shortcut", "ignore-lsp-errors", "ignore-narrow-metric", "iid-tlv", "ipv4-node-sid", "ipv6-node-sid",
        "ldp-over-rsvp", "ldp-sync", "lfa-policy-map", "link-group", "load-balancing-weight", "loopfree-alternate", "loopfree-alternates",
        "lsp-lifetime", "lsp-minimum-remaining-lifetime", "lsp-mtu-size", "lsp-pacing-interval", "lsp-refresh", "mesh-group",
        "mru-mismatch-detection", "multicast-import", "overload-fib-error-notify-only", "overload-on-boot", "poi-tlv", "poi-tlv-enable",
        "prefix-attributes-tlv", "prefix-limit", "psnp-authentication", "retransmit-interval", "rib-priority",
        "segment-routing", "segment-routing-v6", "sid-protection", "standard-multi-instance", "strict-adjacency-check",
        "tag", "te-metric", "timers", "traffic-engineering", "traffic-engineering-options", "unicast-import-disable", "unicast-import",
        "adjacency-set", "adjacency-sid", "system-parameters", "adj-sid", "ipv4-multicast-routing", "ipv6-multicast-routing",
        "ipv4-adjacency-sid", "ipv6-adjacency-sid", "ipv4-multicast", "ipv4-multicast-metric", "ipv6-multicast-metric", "ipv6-multicast",
        "default-ipv4-multicast-metric", "default-ipv6-multicast-metric", "delay-normalization", "csnp-on-p2p", "p2p-csnp", "dynamic-cost",
        "lsp-wait", "spf-wait", "srlg-group", "cost-group", "advertise-tunnel-links", "prefix-attributes", "micro-loop-avoidance",
        "mtu-size", "hostname", "microloop-avoidance", "weighted-ecmp", "overload-max-metric", "hello-padding-disable",
    ],
    not_modelled: &["default-route-tag", "import-policy", "import", "link-group-metric", "overload-export-external", "overload-export-interlevel", "tag-import"],
};

#[rustfmt::skip]
pub(super) const RIP: Known = Known {
    name: "rip",
    no_effect: &[
        "bfd-liveness", "check-zero", "enable-bfd", "export-limit", "message-size", "timers",
        // Services guide, "split-horizon": with `disable` split horizon stays, only without poison reverse; a neighbour has as little of a
        // route by the one as by the other.
        "split-horizon",
    ],
    not_modelled: &["propagate-metric"],
};

#[rustfmt::skip]
pub(super) const BGP: Known = Known {
    name: "bgp",
    no_effect: &[
        "advertise-ne-profile", "aggregator-id-zero", "aigp", "backup-path", "bfd-strict-mode", "bgp-tunnel-metric", "block-prefix-sid",
        "bmp", "capability-negotiation", "connect-retry", "convergence", "damp-peer-oscillations", "damping", "default-label-preference", "error-handling",
        "fast-external-failover", "flowspec", "graceful-restart", "hold-time", "initial-send-delay-zero", "keepalive", "label-preference",
        "label-allocation", "legacy-mode", "link-bandwidth", "link-state-export-enable", "link-state-import-enable", "link-state-route-export",
        "link-state-route-import", "local-rib", "loopfree-alternate", "min-as-origination", "min-route-advertisement", "monitor", "mvpn-vrf-import-subtype-new",
        "optimal-route-reflection", "origin-validation", "outbound-route-filtering", "override-tunnel-elc", "path-mtu-discovery",
        "peer-tracking-policy", "peer-ip-tracking", "peer-ip-tracking-policy", "purge-timer", "rapid-update", "rapid-withdrawal", "remove-prefix-sid", "rib-api",
        "route-table-install", "route-target-list", "segment-routing", "session-limit", "sr-policy-import", "segment-routing-v6", "selective-label-ipv4-install",
        "selective-label-install", "static-label-blocks", "tcp-mss", "transport-tunnel", "update-errored-parser", "update-fault-tolerance", "def-recv-evpn-encap",
        "trace-options", "group-interface", "dynamic-neighbor-limit", "dampening", "egress-engineering", "egress-peer-engineering",
        "egress-peer-engineering-label-unicast", "edge-peer-engineering", "accept-orf", "enable-bfd", "mp-bgp-keep",
        "vpn-prefer-received-label", "advertise-label", "prefix-sid", "attribute-set", "allow-unresolved-leaking", "eibgp-loadbalance", "enable-peer-tracking",
        "authentication-type", "link-state", "sr-policy", "enforce-peer-as", "ip-vpn", "rib-priority", "enable-rr-vpn-forwarding", "multi-topology",
        "ggp", "label-route-mpls-bgp", "default-preference",
    ],
    not_modelled: &[
        "advertise-external", "best-external", "confederation", "cluster-list", "d-path-length-ignore", "default-route-target",
        "route-target", "evpn-link-bandwidth", "next-hop-reachability", "prefix-list", "hold-time-is-infinite", "domain-id", "inbound-route-filter",
        "routes", "type-selection",
    ],
};

#[rustfmt::skip]
pub(super) const BEST_PATH: Known = Known {
    name: "best-path-selection",
    no_effect: &["origin-invalid-unusable", "compare-origin-validation-state", "d-path-length-ignore", "d-path-ignore"],
    not_modelled: &[],
};

#[rustfmt::skip]
pub(super) const NEXT_HOP_RESOLUTION: Known = Known {
    name: "next-hop-resolution",
    no_effect: &["labeled-routes", "shortcut-tunnel", "use-leaked-routes", "vpn-family-policy", "weighted-ecmp", "label-routes-transport-tunnel", "allow-static", "allow-ldp"],
    not_modelled: &[],
};

#[rustfmt::skip]
pub(super) const VPN: Known = Known {
    name: "bgp-ipvpn",
    no_effect: &["dynamic-egress-label-limit", "attribute-set", "domain-id", "segment-routing", "srv6", "default-tunnel-tag", "weighted-ecmp", "ecmp"],
    not_modelled: &["d-path", "auto-rd"],
};

#[rustfmt::skip]
pub(super) const SERVICE: Known = Known {
    name: "service",
    no_effect: &[
        "customer", "md-auto-id", "mac-list", "pw-template", "template", "upnp", "nat", "oper-group", "ip-fabric", "proxy-arp-nd",
        "vsd", "sdp-group", "mrp", "bgp-mh-site", "pbb", "ipfix", "dynamic-services", "chain",
    ],
    not_modelled: &["apipe", "cpipe", "epipe", "fpipe", "ipipe", "sdp", "b-vpls", "i-vpls"],
};

#[rustfmt::skip]
pub(super) const IES: Known = Known {
    name: "ies",
    no_effect: &["customer", "service-id", "service-mtu", "aa-interface", "igmp-host-tracking", "ignore-l2vpn-mtu-mismatch", "vpn-id", "eth-cfm", "source-address", "description"],
    not_modelled: &["redundant-interface", "subscriber-interface", "video-interface"],
};

#[rustfmt::skip]
pub(super) const VPLS: Known = Known {
    name: "vpls",
    no_effect: &[
        "customer", "service-id", "service-mtu", "fdb", "stp", "eth-cfm", "igmp-snooping", "mld-snooping", "mac-flush", "mac-protect", "mac-move",
        "multicast-info-policy", "proxy-arp", "proxy-nd", "m-vpls", "load-balancing", "isid-policy", "split-horizon-group", "temp-flooding",
        "vpn-id", "wlan-gw", "routed-vpls", "etree", "pim-snooping", "per-service-hashing", "provider-tunnel", "remote-age", "local-age",
        "ignore-l2vpn-mtu-mismatch", "description", "fdb-table-size", "fdb-table-high-wmark", "discard-unknown", "allow-ip-int-bind", "capture-sap",
        "static-mac", "disable-learning", "disable-aging", "segment-routing-v6", "bgp-ad", "bgp-mh-site", "interface", "gsmp", "vxlan-vtep", "mrp",
    ],
    not_modelled: &["bgp-vpls", "spoke-sdp", "mesh-sdp", "endpoint", "pbb", "site", "spb"],
};

#[rustfmt::skip]
pub(super) const SERVICE_SYSTEM: Known = Known {
    name: "service system",
    no_effect: &["bgp-auto-rd-range", "ethernet-segment", "ad-per-es-route-target", "vpn-gre-source-ip", "gre-eth-bridged", "extended-default-qinq-sap-lookup", "vxlan", "fpe", "mcast-leave-sync-propagation", "pw-port-list", "route-distinguisher", "multicast-leave-sync-propagation", "ad-per-es-route", "system"],
    not_modelled: &["d-path-length-ignore", "srv6"],
};

#[rustfmt::skip]
pub(super) const EVPN: Known = Known {
    name: "bgp-evpn",
    no_effect: &[
        "mac-ip", "incl-mcast", "mac-duplication", "unknown-mac-route", "cfm-mac-advertisement", "sel-mcast", "auto-disc",
        "incl-mcast-orig-ip", "inclusive-multicast", "ip-route-link-bandwidth", "ecmp", "routes", "oper-group",
        "ingress-replication-bum-label", "ingress-repl-bum-label", "entropy-label", "control-word", "force-vlan-vc-forwarding", "force-qinq-vc-forwarding",
        "send-tunnel-encap", "split-horizon-group", "mh-mode", "auto-bind-tunnel", "domain-id", "default-route-tag", "isid-route-target",
        "accept-ivpls-evpn-flush", "ignore-mtu-mismatch", "arp-nd-extended-community", "vlan-aware-bundle-eth-tag", "dynamic-egress-label-limit",
        "weighted-ecmp", "ip-route-link-bw", "network", "local-attachment-circuit", "remote-attachment-circuit", "advertise-l2-attributes", "evi-three-byte-auto-rt",
        "proxy-arp-nd", "route-resolution", "mpls-fwd-policy", "restrict-protected-src", "attachment-circuit-bum-label", "fdb", "description", "attribute-set",
    ],
    not_modelled: &["segment-routing-v6", "srv6", "mpls-pbb", "link-bandwidth", "d-path"],
};

#[rustfmt::skip]
pub(super) const VXLAN: Known = Known {
    name: "vxlan",
    no_effect: &["assisted-replication", "fdb", "igmp-snooping", "mld-snooping", "network", "rx-discard-on-ndf", "source-vtep-security", "discard-unknown-source", "disable-aging", "disable-learning", "max-nbr-mac-addr", "restrict-protected-src", "mac-move"],
    not_modelled: &["source-vtep", "vxlan-src-vtep"],
};

#[rustfmt::skip]
pub(super) const BGP_INSTANCE: Known = Known {
    name: "bgp of a VPLS",
    no_effect: &["pw-template-binding", "pw-template-bind", "adv-service-mtu"],
    not_modelled: &[],
};

#[rustfmt::skip]
pub(super) const VPLS_SAP: Known = Known {
    name: "vpls sap",
    no_effect: &[
        "ingress", "egress", "admin-state", "fdb", "stp", "eth-cfm", "igmp-snooping", "mld-snooping", "sub-sla-mgmt", "split-horizon-group",
        "l2pt-termination", "anti-spoof", "arp-host", "dhcp", "lag", "mac-flush", "managed-vlan-list", "monitor-oper-group", "oper-group",
        "static-host", "accounting-policy", "app-profile", "bpdu-translation", "cflowd", "cpu-protection", "etree-leaf", "etree-root-leaf-tag",
        "pim-snooping", "process-cpm-traffic-on-sap-down", "static-isid", "static-mac", "mac-pinning", "auto-learn-mac-protect",
        "restrict-protected-src", "dist-cpu-protection", "discard-unknown-source", "max-nbr-mac-addr", "limit-mac-move", "force-qinq-vc-forwarding",
    ],
    not_modelled: &["eth-ring", "eth-tunnel"],
};

#[rustfmt::skip]
pub(super) const POLICY: Known = Known {
    name: "policy-options",
    no_effect: &["damping", "route-distinguisher-list", "begin", "commit", "abort", "dist-cpu-protection", "admin-tags", "admin-tag-policy", "route-admin-tag-policy"],
    not_modelled: &["conditional-expression", "policy-variables", "exclusive-edit", "global-variables"],
};

/// Conditions that SR OS has and the twin does not model.
#[rustfmt::skip]
pub(super) const CONDITIONS: &[&str] = &[
    "aigp-metric", "cluster-id", "color", "destination-class", "distinguisher", "flow-spec-dest", "flow-spec-dest-list", "flow-spec-source",
    "flow-spec-source-list", "flowspec-dst", "flowspec-src", "group-address", "host-ip", "mvpn-type", "ospf-instance", "policy-variables", "route-distinguisher-list",
    "source-address", "state", "rtc-type", "segment-routing", "srv6-locator", "endpoint", "external", "internal", "isis-external", "ospf-type", "prefix-sid", "rip",
    "sr-policy", "l2-vpn", "conditional-expression", "path-id", "ip-address", "dynamic-peer-as",
];

/// Actions that do not change which routes there are or where they lead.
#[rustfmt::skip]
pub(super) const ACTIONS_WITHOUT_EFFECT: &[&str] = &[
    "advertise-label", "bgp-high-availability", "create-mpls-tunnel", "create-udp-tunnel", "damping", "dest-class", "destination-class", "egress-statistics",
    "forwarding-class", "fc", "ingress-statistics", "install-backup-path", "multicast-redirection", "rib-priority", "source-class", "sr-label-index",
    "sr-return-path-bfd-sid", "sr-maintenance-policy", "srv6-locator", "sticky-ecmp", "admin-tag-policy", "priority", "flex-algo", "resolve-static", "egress-peer-engineering",
    "bgp-tunnel-metric", "bgp-tunnel-metric-prefer-aigp", "create-multicast-tunnel", "route-type", "ttl-propagate", "orf", "egress-tunnel", "bgp-sr-tunnel", "add-paths-send-limit",
];

/// Actions that may and are not modelled.
#[rustfmt::skip]
pub(super) const ACTIONS: &[&str] = &[
    "aigp-metric", "bgp-leak", "disable-route-table-install", "validity-state", "prevent-install", "route-table-install",
    "multi-homing", "link-bandwidth", "add-link-bandwidth", "community-regex", "evpn-link-bandwidth", "next-hop-unchanged", "nexthop-self", "origin-validation-state",
];

#[rustfmt::skip]
pub(super) const FILTER: Known = Known {
    name: "filter",
    no_effect: &["mac-filter", "dhcp-filter", "dhcp6-filter", "log", "md-auto-id", "gtp-filter", "system-filter", "ip-exception", "ipv6-exception"],
    not_modelled: &["redirect-policy", "redirect-policy-binding", "protocol-list", "nexthop-list"],
};

#[rustfmt::skip]
pub(super) const FILTER_ENTRY: Known = Known {
    name: "filter",
    no_effect: &["filter-id", "scope", "type", "log", "egress-pbr", "filter-sample", "interface-sample", "sample-profile", "pbr-down-action-override", "sticky-dest", "sub-insert-credit-control", "sub-insert-radius", "subscriber-mgmt", "shared-policer"],
    not_modelled: &["chain-to-system-filter", "embed", "embed-filter", "rate-limit", "extended-action", "fc", "forward-when"],
};
