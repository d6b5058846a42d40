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
    &["traceoptions", "apply-macro", "description", "apply-flags", "undocumented", "unused", "debug", "inactive"];

#[rustfmt::skip]
pub(super) const TOP: Known = Known {
    name: "the hierarchy",
    no_effect: &[
        "version", "snmp", "class-of-service", "access", "access-profile", "event-options", "accounting-options",
        "applications", "poe", "virtual-chassis", "multi-chassis", "fabric", "diameter", "jsrc", "jsrc-partition", "smtp",
        "ethernet-switching-options", "vmhost", "host-outbound-traffic", "rcsid", "schema", "unified-edge", "stm",
        "dynamic-profiles", "subscriber-management", "rtlog", "logical-interface-set", "session-limit-group", "show",
        "subnet", "option", "default-lease-time", "max-lease-time", "log-facility", "ddns-update-style", "vendor-string",
        "authorized-commands",
    ],
    not_modelled: &[
        "security", "services", "forwarding-options", "logical-systems", "tenants", "wlan",
        "routing-engine", "virtual-router", "bridge",
    ],
};

#[rustfmt::skip]
pub(super) const INTERFACE: Known = Known {
    name: "interfaces",
    no_effect: &[
        "accounting-profile", "anchor-point", "atm-options", "auto-configure", "cascade-port", "clocking", "damping", "dce",
        "e1-options", "t1-options", "t3-options", "encapsulation", "esi", "external-clock", "fabric-options",
        "flexible-vlan-tagging", "flow-control", "framing", "forwarding-class-accounting", "gratuitous-arp-reply",
        "hierarchical-scheduler", "hold-time", "input-three-color", "interface-transmit-statistics", "keepalives",
        "layer2-policer", "lacp", "link-mode", "load-balancing-options", "loopback", "mac", "media-type",
        "mlfr-uni-nni-bundle-options", "multi-chassis-protection", "multicast-router-interface", "multicast-statistics",
        "native-inner-vlan-id", "no-bundle-flow-control", "no-gratuitous-arp-reply", "no-gratuitous-arp-request",
        "no-keepalives", "no-no-gratuitous-arp-request", "no-per-unit-scheduler", "no-traps", "number-of-sub-ports",
        "optics-options", "otn-options", "passive-monitor-mode", "per-unit-scheduler", "ppp-options", "satop-options",
        "schedulers", "serial-options", "shared-scheduler", "sonet-options", "stacked-vlan-tagging", "statistics",
        "threshold", "traffic-control-profiles", "traps", "tunnel-port", "vlan-offload", "vlan-tagging", "auto-negotiation",
        "enable", "fastether-options", "ae1-members", "ae2-members", "aggregated-inline-services-options",
        "rebalance-periodic", "receive-options-packets", "transmit-bucket", "port-mirror-instance", "queue-counters-trap",
        "promiscuous-mode", "no-auto-negotiation",
    ],
    not_modelled: &[
        "redundant-ether-options", "redundancy-options", "aggregated-sonet-options", "logical-tunnel-options",
        "services-options", "radius-options", "family", "filter", "interface-mib", "mtu-discovery", "vlan-vci-tagging",
    ],
};

#[rustfmt::skip]
pub(super) const ETHER_OPTIONS: Known = Known {
    name: "interfaces … options",
    no_effect: &[
        "lacp", "auto-negotiation", "no-auto-negotiation", "flow-control", "no-flow-control", "ethernet-switch-profile",
        "loopback", "no-loopback", "link-mode", "link-speed", "fec", "ignore-l3-incompletes", "source-filtering",
        "no-source-filtering", "source-address-filter", "bfd-liveness-detection", "optimize-aggregate-frr",
        "link-protection", "load-balance", "mc-ae", "local-bias", "asynchronous-notification", "autostate-exclude", "mpls",
        "loopback-remote", "speed", "configured-flow-control", "minimum-bandwidth", "rebalance-periodic", "resilient-hash",
        "system-priority", "share-standby", "logical-interface-fpc-redundancy", "logical-interface-chassis-redundancy",
        "ieee-802-3ah", "mac-limit",
    ],
    not_modelled: &["redundant-parent"],
};

#[rustfmt::skip]
pub(super) const UNIT: Known = Known {
    name: "interfaces … unit",
    no_effect: &[
        "mac", "encapsulation", "input-vlan-map", "output-vlan-map", "esi", "no-dhcp-flood", "service-domain",
        "load-balancing-options", "accounting-profile", "arp-resp", "proxy-arp", "traps", "no-traps", "statistics",
        "swap-by-poppush", "demux-source", "demux-destination", "demux-options", "dialer-options", "ppp-options",
        "pppoe-options", "keepalives", "no-keepalives", "auto-configure", "cell-bundle-size", "clear-dont-fragment-bit",
        "copy-tos-to-outer-ip-header", "copy-tos-to-outer-ip-header-transit", "peer-interface", "multicast-dlci",
        "point-to-point", "multipoint", "layer2-policer", "forwarding-class-accounting", "targeted-distribution",
        "targeted-options", "host-prefix-only", "ttl", "do-not-fragment", "allow-fragmentation", "path-mtu-discovery",
        "no-path-mtu-discovery", "key", "dlci", "vci", "peer-unit", "enable", "virtual-gateway-v4-mac",
        "virtual-gateway-v6-mac", "virtual-gateway-esi", "mac-limit", "interface-shared-with", "rpm", "bearer-bandwidth",
        "up-down",
    ],
    not_modelled: &["filter", "alias", "family", "etree-ac-role", "backup-options", "tunnel", "l2tp-interface-id"],
};

#[rustfmt::skip]
pub(super) const FAMILIES: Known = Known {
    name: "interfaces … unit … family",
    no_effect: &["ccc", "tcc", "any", "mlppp", "mlfr-end-to-end", "fiber-channel", "pppoe", "tnp", "evpn"],
    not_modelled: &["vpls"],
};

#[rustfmt::skip]
pub(super) const FAMILY: Known = Known {
    name: "interfaces … family",
    no_effect: &[
        "accounting", "arp-prefix-limit", "destination-udp-port", "dad-disable", "no-dad-disable", "demux-source",
        "destination-class-usage", "maximum-labels", "ndp-options", "ndp-proxy", "dad-proxy", "no-neighbor-learn",
        "no-redirects", "policer", "primary", "sampling", "tcp-mss", "storm-control", "targeted-broadcast", "simple-filter",
        "service", "nd6-stale-time", "nd6-max-cache", "icmp6", "mac-validate", "remote-address", "interface-id",
        "dhcp-option", "input", "output", "inter-switch-link", "vlan-rewrite", "recovery-timeout", "mac-limit",
        "next-hop-tunnel", "negotiate-address", "mac", "group", "vlan-auto-sense", "policer-list", "shared",
        "multicast-only", "protocol-down", "no-mac-learning",
    ],
    not_modelled: &["rpf-check", "filter", "source-class-usage", "unnumbered-address", "ipsec-sa", "vlan-id-list", "bundle"],
};

#[rustfmt::skip]
pub(super) const ADDRESS: Known = Known {
    name: "interfaces … address",
    no_effect: &[
        "arp", "ndp", "broadcast", "eui-64", "master-only", "web-authentication", "vga-filter", "multipoint-destination",
        "no-ndp",
    ],
    not_modelled: &["destination", "destination-profile"],
};

#[rustfmt::skip]
pub(super) const VRRP: Known = Known {
    name: "vrrp-group",
    no_effect: &[
        "accept-data", "no-accept-data", "advertise-interval", "authentication-key", "authentication-type", "fast-interval",
        "inet6-advertise-interval", "advertisements-threshold", "preempt", "virtual-link-local-address",
        "advertise-interval-ms",
    ],
    not_modelled: &["track", "vrrp-inherit-from"],
};

#[rustfmt::skip]
pub(super) const VLAN: Known = Known {
    name: "vlans",
    no_effect: &[
        "mac-limit", "no-local-switching", "switch-options", "domain-type", "mac-table-size", "no-mac-learning",
        "service-id", "multicast-snooping-options", "no-arp-suppression", "bridge-options", "mac-statistics",
        "dot1q-tunneling", "private-vlan", "isolated", "isolated-vlan", "community-vlans", "community-vlan",
        "no-irb-layer-2-copy", "igmp-snooping", "arp-inspection", "secure-access-port", "domain-id", "dhcp-relay",
        "mac-ip-table-size", "proxy-mac",
    ],
    not_modelled: &["filter", "forwarding-options", "primary-vlan", "pvlan-trunk", "vlan-tags", "no-l3-interface", "protocols"],
};

#[rustfmt::skip]
pub(super) const INSTANCE: Known = Known {
    name: "routing-instances",
    no_effect: &[
        "vrf-table-label", "access", "access-profile", "system", "no-vrf-advertise",
        "no-local-switching", "l2vpn-id", "snmp", "route-distinguisher-id", "multicast-snooping-options",
        "connector-id-advertise", "qualified-bum-pruning-mode", "egress-protection", "no-vrf-propagate-ttl",
        "vrf-propagate-ttl", "no-irb-layer-2-copy", "no-normalization", "pbb-options", "service-groups", "vlan-id",
        "vlan-tags", "vlan-model", "igmp-snooping-options", "vtep-remote-interface",
        "provider-tunnel", "mvpn-mode", "switch-options", "services",
    ],
    not_modelled: &[
        "forwarding-options", "vrf-advertise-selective", "policy-options", "bridge-domains-lists", "no-vrf-table-label", "vxlan",
    ],
};

#[rustfmt::skip]
pub(super) const PROTOCOLS: Known = Known {
    name: "protocols",
    no_effect: &[
        "router-advertisement", "oam", "lldp", "lldp-med", "rstp", "mstp", "stp", "vstp", "sflow", "l2-learning", "igmp",
        "igmp-snooping", "mld", "mld-snooping", "bfd", "vrrp", "ppp", "pppoe", "l2circuit", "layer2-control", "loop-detect",
        "loop-detection", "dot1x", "dcbx", "ppp-service", "clock-synchronization", "ptp", "protection-group",
        "neighbor-discovery", "router-discovery", "ilmi", "iccp", "uplink-failure-detection", "l2iw", "ancp", "bmp", "gvrp",
        "mvrp", "ethernet", "link-management", "amt", "interface", "dc-management", "network-isolation", "url-filtering",
    ],
    not_modelled: &[
        "mpls", "ldp", "rsvp", "pim", "msdp", "mvpn", "vpls", "l2vpn", "pcep", "dvmrp",
        "connections", "source-packet-routing", "spring-traffic-engineering", "isis-instance", "rift", "esis", "nhrp",
        "sbfd", "mac-vrf",
    ],
};

#[rustfmt::skip]
pub(super) const SWITCH: Known = Known {
    name: "switch-options",
    no_effect: &[
        "interface", "interface-mac-limit", "interface-mac-ip-limit", "mac-ip-table-size", "mac-move-action", "mac-notification",
        "mac-pinning", "mac-statistics", "mac-table-aging-time", "mac-table-size", "mac-move-limit", "no-mac-learning",
        "no-arp-trap", "packet-action", "service-id", "unknown-unicast-forwarding", "vtep-aging-timer", "no-dhcp-trap",
        "authentication-whitelist", "voip", "telemetry", "gbp", "ovsdb-managed", "route-distinguisher-id", "mac-ip-limit",
    ],
    not_modelled: &["vtep-remote-interface"],
};

#[rustfmt::skip]
pub(super) const EVPN: Known = Known {
    name: "protocols evpn",
    no_effect: &[
        "default-gateway", "duplicate-mac-detection", "mac-mobility", "no-core-isolation", "no-default-gateway-ext-comm",
        "no-arp-suppression", "arp-suppression", "mac-table-size", "mac-ip-table-size", "mac-statistics", "interface-mac-limit",
        "interface-mac-ip-limit", "mac-ip-table-aging-time", "mac-table-aging-time", "no-mac-learning", "mac-limit",
        "control-word", "no-control-word", "label-allocation", "esi-resolution-per-bridge-domain", "es-label-oldstyle",
        "proxy-macip-advertisement", "designated-forwarder-election", "designated-forwarder-election-hold-time",
        "designated-forwarder-preference-least", "designated-forwarder-preference-highest", "flow-label", "flow-label-static",
        "flow-label-transmit", "flow-label-receive", "flow-label-transmit-static", "flow-label-receive-static", "mpls-use-cnh",
        "leave-sync-route-oldstyle", "smet-nexthop-limit", "packet-action", "igmp-snooping", "dup-mac-detection",
        "network-isolation", "core-isolation-profile", "auto-service-id", "interconnect-multihoming-peer-gateways",
    ],
    not_modelled: &[
        "interconnect", "irb-symmetric-routing", "remote-ip-host-routes", "interface", "group", "oism", "assisted-replication",
        "flexible-cross-connect-vlan-unaware", "flexible-cross-connect-vlan-aware", "p2mp-bud-support", "pbb-evpn-core",
        "evpn-etree", "ip-prefix-support", "normalization", "no-normalization", "host-routes", "mac-list",
        "virtual-gateway-type5-rt", "vpws-service-id",
    ],
};

#[rustfmt::skip]
pub(super) const MPLS: Known = Known {
    name: "protocols mpls",
    no_effect: &[
        "admin-groups", "admin-group", "expand-loose-hop", "explicit-null", "icmp-tunneling", "ipv6-tunneling", "log-updown",
        "no-propagate-ttl", "no-decrement-ttl", "no-cspf", "optimize-timer", "path-mtu", "statistics", "traffic-engineering",
        "traceoptions", "revert-timer", "smart-optimize-timer", "bandwidth", "priority", "path", "label-range", "label-history",
        "egress-protection", "disable",
    ],
    not_modelled: &[
        "label-switched-path", "static-label-switched-path", "container-label-switched-path", "transit-lsp-association",
    ],
};

#[rustfmt::skip]
pub(super) const EVPN_PREFIXES: Known = Known {
    name: "protocols evpn ip-prefix-routes",
    no_effect: &["reject-asymmetric-vni", "forwarding-mode"],
    not_modelled: &["gateway-interface", "route-attributes", "export", "import", "auxiliary-multicast-advertisement"],
};

#[rustfmt::skip]
pub(super) const VXLAN: Known = Known {
    name: "vxlan",
    no_effect: &[
        "ingress-node-replication", "encapsulate-inner-vlan", "decapsulate-accept-inner-vlan", "ovsdb-managed",
        "unreachable-vtep-aging-timer",
    ],
    not_modelled: &["translation-vni", "mld-snooping", "riot-interface"],
};

#[rustfmt::skip]
pub(super) const RIP: Known = Known {
    name: "rip",
    no_effect: &[
        "any-sender", "bfd-liveness-detection", "check-zero", "no-check-zero", "graceful-restart", "holdtime", "message-size", "route-timeout",
        "update-interval", "demand-circuit", "max-retrans-time", "authentication-type",
    ],
    not_modelled: &["rib-group", "interface-type", "dynamic-peers", "peer"],
};

#[rustfmt::skip]
pub(super) const ROUTING: Known = Known {
    name: "routing-options",
    no_effect: &[
        "graceful-restart", "nonstop-routing", "options", "srlg", "bmp", "multicast", "med-igp-update-interval",
        "maximum-ecmp", "maximum-prefixes", "maximum-paths", "route-record", "fate-sharing", "warm-standby", "ppm",
        "interface-routes-export", "ipv6-router-id", "route-distinguisher-id", "transport-class", "source-packet-routing",
        "flex-algorithm", "auto-bandwidth", "nsr-phantom-holdtime", "enable-sensors", "logical-system-mux",
        "l3vpn-composite-nexthop", "tunnel-attributes", "validation", "source-routing", "topologies", "protect",
        "no-ping-on-bgp-session", "host-fast-reroute", "martians", "flow", "traffic-engineering", "bgp-orf-cisco-mode",
        "bgp", "ppmd", "delegate-processing", "static-defaults", "vpn-localization", "remnant-holdtime", "vrf-label-mode",
        "label",
    ],
    not_modelled: &[
        "resolution", "multipath", "instance-export", "dynamic-tunnels",
        "programmable-rpd", "access", "access-internal", "localized-fib", "export-rib", "import-policy", "backup-selection",
        "rib-sharding",
    ],
};

#[rustfmt::skip]
pub(super) const ROUTE: Known = Known {
    name: "a route",
    no_effect: &[
        "bfd-liveness-detection", "retain", "no-retain", "install", "active", "no-resolve", "readvertise", "tag2", "color",
        "color2", "preference2", "metric2", "metric3", "metric4", "as-path", "longest-match", "full", "next-hop-track",
        "per-prefix-label", "mac-address", "bandwidth", "srv6", "atomic-aggregate",
    ],
    not_modelled: &[
        "passive", "no-install", "p2mp-lsp-next-hop", "lsp-next-hop", "static-lsp-next-hop", "backup-pe-group",
        "destination-next-hop", "rib", "next-hop-lsp", "spring-te-lsp-next-hop", "export-rib", "iso-route",
    ],
};

#[rustfmt::skip]
pub(super) const OSPF: Known = Known {
    name: "protocols ospf",
    no_effect: &[
        "backup-spf-options", "source-packet-routing", "traffic-engineering", "prefix-export-limit", "graceful-restart",
        "spf-options", "lsa-refresh-interval", "database-protection", "enable", "no-nssa-abr",
        "forwarding-address-to-broadcast", "topology", "sham-link", "shamlink", "job-stats", "log-adjacency-changes",
        "preference-restrict", "router-id", "bfd-liveness-detection", "lsp-interval", "igp-instance",
    ],
    not_modelled: &["instance", "external-preference-restrict"],
};

#[rustfmt::skip]
pub(super) const OSPF_AREA: Known = Known {
    name: "protocols ospf area",
    no_effect: &["authentication-type", "label-switched-path", "no-source-packet-routing", "summaries", "flood-reduction"],
    not_modelled: &[
        "sham-link-remote", "peer-interface", "context-identifier", "network-summary-export", "network-summary-import",
    ],
};

#[rustfmt::skip]
pub(super) const OSPF_INTERFACE: Known = Known {
    name: "protocols ospf area interface",
    no_effect: &[
        "bfd-liveness-detection", "ldp-synchronization", "node-link-protection", "link-protection", "no-eligible-backup",
        "post-convergence-lfa", "ipv4-adjacency-segment", "retransmit-interval", "transit-delay", "flood-reduction",
        "no-interface-state-traps", "poll-interval", "te-metric", "dynamic-neighbors", "full-neighbors-only", "strict-bfd",
        "remote", "delay-metric", "topology", "no-neighbor-down-notification", "own-router-lsa", "ipsec-sa",
        "demand-circuit", "no-advertise-adjacency-segment", "backup-selection",
    ],
    not_modelled: &["secondary", "interface-set"],
};

#[rustfmt::skip]
pub(super) const ISIS: Known = Known {
    name: "protocols isis",
    no_effect: &[
        "source-packet-routing", "spf-options", "backup-spf-options", "traffic-engineering", "max-hello-size",
        "graceful-restart", "lsp-lifetime", "max-lsp-size", "max-snp-size", "no-external-export",
        "no-adjacency-down-notification", "no-authentication-check", "no-csnp-authentication", "no-hello-authentication",
        "no-psnp-authentication", "loose-authentication-check", "log-adjacency-changes", "clns-routing", "job-stats",
        "multicast-topology", "layer2-map", "topologies-multicast", "purge-originator", "pdu-mtu", "fast-flooding", "spring",
        "authentication-key-chain", "lsp-interval", "extended-admin-groups", "update-threshold", "hello-padding",
        "strict-dual-isis", "context-identifier", "prefix-export-limit", "no-ipv4-multicast", "no-ipv6-multicast",
        "flood-group", "interface-group-holddown-delay", "dynamic-overload",
    ],
    not_modelled: &[
        "import", "overload-rib", "label-switched-path", "flex-algorithm", "shortcuts", "distribute",
        "application",
    ],
};

#[rustfmt::skip]
pub(super) const ISIS_INTERFACE: Known = Known {
    name: "protocols isis interface",
    no_effect: &[
        "family", "delay-metric", "delay-measurement", "max-hello-size", "lsp-interval", "bfd-liveness-detection",
        "hello-padding", "application-specific", "post-convergence-lfa", "srv6-adjacency-segment",
        "hello-authentication-type", "hello-interval", "hold-time", "ipv6-multicast-metric", "ipv4-multicast-metric",
        "checksum", "csnp-interval", "mesh-group", "node-link-protection", "link-protection", "no-eligible-backup",
        "no-eligible-remote-backup", "no-unicast-topology", "no-adjacency-down-notification", "retransmit-interval",
        "te-metric", "ldp-synchronization", "link-degradation-threshold", "ipv4-adjacency-segment", "ipv6-adjacency-segment",
        "no-advertise-adjacency-segment", "lan-neighbor", "backup-selection", "link-group-protection", "interface-group",
        "auto-bandwidth", "no-ipv4-multicast", "no-ipv6-multicast", "layer2-map", "authentication-type",
        "no-csnp-authentication", "purge-originator", "prefix-export-limit", "flood-reflector",
        "hello-authentication-key-chain", "enable", "strict-bfd", "weight",
    ],
    not_modelled: &["wide-metrics-only-restrict", "topologies", "flood-group"],
};

#[rustfmt::skip]
pub(super) const BGP: Known = Known {
    name: "protocols bgp",
    no_effect: &[
        "igp-instance", "log-updown", "graceful-restart", "hold-time", "minimum-hold-time", "bgp-error-tolerance", "tcp-mss",
        "precision-timers", "authentication-algorithm", "mtu-discovery", "no-mtu-discovery", "output-queue-priority", "keep",
        "bmp", "out-delay", "damping", "preferred-community", "ipsec-sa", "drop-path-attributes",
        "advertise-from-main-vpn-tables", "forwarding-context", "egress-te", "egress-te-sid-stats",
        "stale-labels-holddown-period", "idle-after-switch-over", "resolve-hold-time", "outbound-route-filter",
        "no-advertise-peer-as", "peer-as-check", "snmp-options", "tcp-aggressive-transmission",
        "unconfigured-peer-graceful-restart", "send-buffer", "receive-buffer", "traffic-statistics-labeled-path",
        "statistics", "rib-sharding", "update-threading", "group-split-size", "holddown-flap-interval",
        "sr-preference-override", "enable", "session-mode", "route-server-client-stats", "monitored",
        "multipath-build-priority", "optimal-route-reflection-stats", "accept-remote-nexthop", "rfc8950-compliant",
        "rfc6514-compliant-safi129", "defaults", "tcp-connect-port", "global", "malformed-route-limit",
        "advertise-bgp-static", "apply-path", "no-aggregator-id", "log", "bgp-identifier", "dont-help-shared-fate-bfd-down",
    ],
    not_modelled: &[
        "advertise-external", "advertise-prefix-sid", "optimal-route-reflection", "route-server-client", "dynamic-neighbor",
        "local-interface", "add-path-display-ipv4-address", "include-mp-next-hop", "disable-4byte-as", "med-igp",
        "source-packet-routing", "cost", "aigp", "accept-prefix-sid", "flow", "rib-group", "nexthop-resolution",
        "tunnel-attribute", "advertise-default", "import-route-target", "allow-protection",
    ],
};

#[rustfmt::skip]
pub(super) const BGP_FAMILY: Known = Known {
    name: "protocols bgp family",
    no_effect: &[
        "nexthop-resolution", "explicit-null", "advertise-srv6-service", "accept-srv6-service", "per-prefix-label",
        "resolve-vpn", "protection", "withdraw-priority", "route-refresh-priority", "output-queue-priority", "damping",
        "traffic-statistics", "extended-nexthop-tunnel", "extended-nexthop-color", "graceful-restart",
        "delay-route-advertisements", "defer-initial-multipath-build", "entropy-label", "route-age-bgp-view", "no-install",
        "no-validate", "topology", "per-group-label", "aggregate-label", "strip-nexthop", "secondary-independent-resolution",
        "egress-te", "legacy-redirect-ip-action", "local-ipv4-address", "resolve-nexthop", "use-for-post-convergence-lfa",
        "next-hop", "allow-policy-add-path",
    ],
    not_modelled: &["rib", "aigp", "dynamic-tunnel", "secondary-vrf", "add-path-limit"],
};

#[rustfmt::skip]
pub(super) const POLICY: Known = Known {
    name: "policy-options",
    no_effect: &[
        "damping", "tunnel-attribute", "rtf-prefix-list", "backup-selection", "mac-list", "redundancy-policy",
        "resolution-map", "segment-routing", "srv6-community",
    ],
    not_modelled: &["application-maps", "vrf-map", "defaults"],
};

#[rustfmt::skip]
pub(super) const FIREWALL: Known = Known {
    name: "firewall",
    no_effect: &[
        "policer", "three-color-policer", "interface-set", "hierarchical-policer", "load-balance-group", "tunnel-end-point",
        "service-filter", "simple-filter", "fast-lookup-filter", "flexible-match", "atm-policer", "prefix-action",
        "dialer-filter", "interface-specific", "physical-interface-filter", "enhanced-mode", "template",
        "no-tunnel-termination", "accounting-profile", "policer-list", "promote", "instance-shared", "scale-optimized",
        "aggregate-policer",
    ],
    not_modelled: &["filter-chain"],
};

/// Families whose filters the twin does not evaluate.
#[rustfmt::skip]
pub(super) const FIREWALL_FAMILIES: &[&str] = &["any", "bridge", "ccc", "ethernet-switching", "mpls", "vpls", "evpn"];

/// Actions of a filter term that change nothing about where a packet goes.
pub(super) const FILTER_THEN: &[&str] = &[
    "count",
    "dscp",
    "forwarding-class",
    "log",
    "loss-priority",
    "packet-mode",
    "policer",
    "port-mirror",
    "port-mirror-instance",
    "prefix-action",
    "sample",
    "service-accounting",
    "service-accounting-deferred",
    "service-filter-hit",
    "syslog",
    "three-color-policer",
    "traffic-class",
    "dont-fragment",
    "hierarchical-policer",
    "analyzer",
    "apply-groups",
    "exclude-accounting",
    "force-premium",
    "topology",
    "vlan",
    "color",
];

/// Actions of a policy term that change nothing the twin computes.
pub(super) const THEN: &[&str] = &[
    "load-balance",
    "forwarding-class",
    "source-class",
    "destination-class",
    "priority",
    "bgp-output-queue-priority",
    "cos-next-hop-map",
    "tunnel-attribute",
    "trace",
    "damping",
    "install-nexthop",
    "no-route-localize",
    "multipath-resolve",
    "prefix-segment",
    "no-backup",
    "dynamic-tunnel-attributes",
    "color",
    "color2",
    "tag2",
    "preference2",
    "metric2",
    "metric3",
    "metric4",
    "map-to-interface",
    "ssm-source",
    "p2mp-lsp-root",
    "mhop-multipath",
    "class",
    "label",
    "label-allocation-fallback-reject",
    "label-allocation",
    "add-path",
    "analyze",
    "no-entropy-label-capability",
    "resolution-map",
    "validation-state",
    "aggregate-bandwidth",
    "bgp-path-selection",
    "srv6",
    "admin-group",
    "sr-te-template",
    "import-into",
    "dynamic-overload",
];
