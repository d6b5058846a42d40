//! RIP between systems that count and choose differently, from real syntax.

#[path = "support/texts.rs"]
mod texts;

use ipnet::IpNet;
use nettwin::engine::{State, simulate};
use nettwin::model::Network;
use nettwin::topology::Failures;

struct Ran {
    network: Network,
    state: State,
}

fn ran(configs: &[(&str, &str)]) -> Ran {
    let network = texts::network(configs);
    let state = simulate(&network, &Failures::default());
    Ran { network, state }
}

impl Ran {
    /// `protocol [distance/metric] via its next hops`.
    fn route(&self, device: &str, vrf: &str, prefix: &str) -> String {
        let prefix: IpNet = prefix.parse().unwrap();
        let d = self.network.find_device(device).unwrap();
        let node = self.network.node(d, self.network.devices[d].find_vrf(vrf).unwrap());
        let Some(id) = self.state.rib.get(&self.state.arena, node, &prefix) else { return String::new() };
        let r = self.state.arena.routes.get(id);
        let hops: Vec<String> = self.state.arena.hops_of(r).iter().filter_map(|h| h.ip).map(|ip| ip.to_string()).collect();
        format!("{} [{}/{}] via {}", r.protocol.word(), r.distance, r.metric, hops.join(", "))
    }
}

const IOS: &str = "version 15.2\nhostname ios\ninterface Loopback0\n ip address 192.0.2.1 255.255.255.255\ninterface GigabitEthernet0/0\n \
ip address 10.0.12.1 255.255.255.0\n no shutdown\nrouter rip\n version 2\n network 10.0.0.0\n network 192.0.2.0\n no auto-summary\n";

const NXOS: &str = "!Command: show running-config\nversion 9.3(3)\nhostname nxos\nfeature rip\nip prefix-list P seq 5 permit 198.51.100.0/24\n\
route-map STATIC permit 10\n  match ip address prefix-list P\nroute-map STATIC permit 20\n  set metric 5\nip route 198.51.100.0/24 Null0\n\
ip route 203.0.113.0/24 Null0\nrouter rip R\n  address-family ipv4 unicast\n    redistribute static route-map STATIC\n\
interface Ethernet1/1\n  no switchport\n  ip address 10.0.12.2/24\n  ip router rip R\n  no shutdown\n\
interface Ethernet1/2\n  no switchport\n  ip address 10.0.23.2/24\n  ip router rip R\n  no shutdown\n";

fn junos(groups: &str) -> String {
    format!(
        "set system host-name junos\nset interfaces ge-0/0/0 unit 0 family inet address 10.0.23.3/24\n\
set interfaces ge-0/0/1 unit 0 family inet address 10.0.34.3/24\nset interfaces lo0 unit 0 family inet address 192.0.2.3/32\n\
set policy-options policy-statement OUT term 1 from protocol [ direct rip ]\n\
set policy-options policy-statement OUT term 1 then accept\n{groups}"
    )
}

const EOS: &str = "! device: eos (vEOS-lab, EOS-4.30.1F)\nhostname eos\nspanning-tree mode mstp\ninterface Ethernet1\n   no switchport\n   \
ip address 10.0.34.4/24\ninterface Loopback0\n   ip address 192.0.2.4/32\nip routing\nrouter rip\n   network 10.0.0.0/8\n   \
redistribute connected\n   no shutdown\n";

#[test]
fn four_systems_in_a_row() {
    let one = junos(
        "set protocols rip group G export OUT\nset protocols rip group G neighbor ge-0/0/0.0\nset protocols rip group G neighbor ge-0/0/1.0\n",
    );
    let ran1 = ran(&[("ios", IOS), ("nxos", NXOS), ("junos", &one), ("eos", EOS)]);
    // IOS counts where it sends, the others where they hear.
    assert_eq!(ran1.route("nxos", "default", "192.0.2.1/32"), "rip [120/2] via 10.0.12.1");
    assert_eq!(ran1.route("junos", "default", "192.0.2.1/32"), "rip [100/3] via 10.0.23.2");
    assert_eq!(ran1.route("eos", "default", "192.0.2.1/32"), "rip [120/4] via 10.0.34.3");
    assert_eq!(ran1.route("junos", "default", "192.0.2.4/32"), "rip [100/2] via 10.0.34.4");
    assert_eq!(ran1.route("nxos", "default", "192.0.2.4/32"), "rip [120/3] via 10.0.23.3");
    assert_eq!(ran1.route("ios", "default", "192.0.2.4/32"), "rip [120/3] via 10.0.12.2");
    // Static routes by the route-map: the default metric, or the one that it sets.
    assert_eq!(ran1.route("ios", "default", "198.51.100.0/24"), "rip [120/1] via 10.0.12.2");
    assert_eq!(ran1.route("ios", "default", "203.0.113.0/24"), "rip [120/5] via 10.0.12.2");

    // In two groups a route from the one goes into the other with `metric-out`.
    let two = junos(
        "set protocols rip group G export OUT\nset protocols rip group G neighbor ge-0/0/0.0 metric-in 3\nset protocols rip group H export OUT\n\
         set protocols rip group H metric-out 4\nset protocols rip group H preference 90\nset protocols rip group H neighbor ge-0/0/1.0\n",
    );
    let ran2 = ran(&[("ios", IOS), ("nxos", NXOS), ("junos", &two), ("eos", EOS)]);
    assert_eq!(ran2.route("junos", "default", "192.0.2.1/32"), "rip [100/5] via 10.0.23.2");
    assert_eq!(ran2.route("eos", "default", "192.0.2.1/32"), "rip [120/5] via 10.0.34.3");
    assert_eq!(ran2.route("eos", "default", "192.0.2.3/32"), "rip [120/5] via 10.0.34.3");
    assert_eq!(ran2.route("junos", "default", "192.0.2.4/32"), "rip [90/2] via 10.0.34.4");
    assert_eq!(ran2.route("nxos", "default", "192.0.2.4/32"), "rip [120/2] via 10.0.23.3");
}

#[test]
fn junos_sends_what_a_policy_lets_out() {
    let silent = junos("set protocols rip group G neighbor ge-0/0/0.0\nset protocols rip group G neighbor ge-0/0/1.0\n");
    let none = ran(&[("ios", IOS), ("nxos", NXOS), ("junos", &silent), ("eos", EOS)]);
    assert_eq!(none.route("junos", "default", "192.0.2.1/32"), "rip [100/3] via 10.0.23.2");
    for prefix in ["192.0.2.1/32", "192.0.2.3/32", "10.0.23.0/24"] {
        assert_eq!(none.route("eos", "default", prefix), "");
    }
    // One policy for one neighbour, and what another neighbour may not say.
    let some = junos(
        "set policy-options policy-statement MINE term 1 from protocol direct\nset policy-options policy-statement MINE term 1 from \
         route-filter 192.0.2.0/24 orlonger\nset policy-options policy-statement MINE term 1 then metric 7\n\
         set policy-options policy-statement MINE term 1 then accept\n\
         set protocols rip group G export MINE\nset protocols rip group G neighbor ge-0/0/0.0 receive none\n\
         set protocols rip group G neighbor ge-0/0/1.0\n",
    );
    let some = ran(&[("ios", IOS), ("nxos", NXOS), ("junos", &some), ("eos", EOS)]);
    assert_eq!(some.route("eos", "default", "192.0.2.3/32"), "rip [120/8] via 10.0.34.3");
    assert_eq!(some.route("eos", "default", "10.0.23.0/24"), "");
    assert_eq!(some.route("junos", "default", "192.0.2.1/32"), "");
    assert_eq!(some.route("junos", "default", "192.0.2.4/32"), "rip [100/2] via 10.0.34.4");
}

/// Cisco, "Configuring RIP": compatibility with IOS, summaries, filters and offsets on a port.
#[test]
fn nxos_sums_up_and_filters() {
    let other = |more: &str, direct: &str| {
        format!(
            "!Command: show running-config\nversion 9.3(3)\nhostname other\nfeature rip\nip prefix-list ONE seq 5 permit 172.16.1.0/24\n\
router rip R\n{direct}interface Ethernet1/1\n  no switchport\n  ip address 10.0.12.9/24\n  ip router rip R\n{more}  no shutdown\n\
interface loopback1\n  ip address 172.16.1.1/24\n  ip router rip R\ninterface loopback2\n  ip address 172.16.2.1/24\n  ip router rip R\n"
        )
    };
    let of = |more: &str, direct: &str| ran(&[("ios", IOS), ("other", &other(more, direct))]);
    let plain = of("", "");
    assert_eq!(plain.route("ios", "default", "172.16.1.0/24"), "rip [120/1] via 10.0.12.9");
    let summed = of("  ip rip summary-address 172.16.0.0/16\n", "");
    assert_eq!(summed.route("ios", "default", "172.16.0.0/16"), "rip [120/1] via 10.0.12.9");
    assert_eq!(summed.route("ios", "default", "172.16.1.0/24"), "");
    let filtered = of("  ip rip route-filter prefix-list ONE out\n  ip rip offset-list 2 prefix-list ONE out\n", "");
    assert_eq!(filtered.route("ios", "default", "172.16.1.0/24"), "rip [120/3] via 10.0.12.9");
    assert_eq!(filtered.route("ios", "default", "172.16.2.0/24"), "");
    let alike = of("", "  metric direct 0\n");
    assert_eq!(alike.route("other", "default", "192.0.2.1/32"), "rip [120/1] via 10.0.12.1");
    assert_eq!(alike.route("ios", "default", "172.16.1.0/24"), "rip [120/1] via 10.0.12.9");
}

#[test]
fn ripng_of_junos() {
    let r = |n: u8| {
        format!(
            "set system host-name r{n}\nset interfaces ge-0/0/0 unit 0 family inet6 address 2001:db8::{n}/64\n\
set interfaces lo0 unit 0 family inet6 address 2001:db8:{n}::1/128\nset policy-options policy-statement OUT from protocol direct\n\
set policy-options policy-statement OUT then accept\nset protocols ripng group G export OUT\nset protocols ripng group G neighbor ge-0/0/0.0\n"
        )
    };
    let ran = ran(&[("r1", &r(1)), ("r2", &r(2))]);
    assert_eq!(ran.route("r1", "default", "2001:db8:2::1/128"), "rip [100/2] via ");
}

/// An IOS-XR router behind `IOS`: what is said of RIP in all, on the port to `IOS` and on the other.
fn xr(rip: &str, to_ios: &str, to_other: &str) -> String {
    format!(
        "!! IOS XR Configuration version = 6.2.2\nhostname xr\nprefix-set ONE\n  192.0.2.1/32\nend-set\n\
route-policy ONE\n  if destination in ONE then\n    add rip-metric 2\n  endif\nend-policy\nroute-policy SEVEN\n  set rip-metric 7\nend-policy\n\
route-policy IF($which)\n  if rib-has-route in ($which) then\n    set rip-metric 6\n  endif\nend-policy\n\
interface Loopback0\n ipv4 address 192.0.2.2 255.255.255.255\n!\ninterface GigabitEthernet0/0/0/0\n ipv4 address 10.0.12.2/24\n!\n\
interface GigabitEthernet0/0/0/1\n ipv4 address 10.0.23.2/24\n!\nrouter static\n address-family ipv4 unicast\n  203.0.113.0/24 Null0\n !\n!\n\
router rip\n interface Loopback0\n !\n interface GigabitEthernet0/0/0/0\n{to_ios} !\n interface GigabitEthernet0/0/0/1\n{to_other} !\n{rip}!\n"
    )
}

const BEHIND: &str = "!Command: show running-config\nversion 9.3(3)\nhostname nxos\nfeature rip\nrouter rip R\ninterface Ethernet1/1\n  no switchport\n  \
ip address 10.0.23.3/24\n  ip router rip R\n  no shutdown\ninterface loopback1\n  ip address 172.16.1.1/24\n  ip router rip R\n";

/// Cisco, "Implementing RIP" (Routing Configuration Guide of IOS-XR) and the outputs that `vendors/iosxr/defaults.rs` names.
#[test]
fn iosxr_counts_as_ios_does() {
    let of = |rip: &str, to_ios: &str, to_other: &str| ran(&[("ios", IOS), ("xr", &xr(rip, to_ios, to_other)), ("nxos", BEHIND)]);
    let plain = of("", "", "");
    assert_eq!(plain.route("xr", "default", "192.0.2.1/32"), "rip [120/1] via 10.0.12.1");
    assert_eq!(plain.route("xr", "default", "172.16.1.0/24"), "rip [120/1] via 10.0.23.3");
    assert_eq!(plain.route("ios", "default", "192.0.2.2/32"), "rip [120/1] via 10.0.12.2");
    assert_eq!(plain.route("ios", "default", "172.16.1.0/24"), "rip [120/2] via 10.0.12.2");
    assert_eq!(plain.route("nxos", "default", "192.0.2.1/32"), "rip [120/3] via 10.0.23.2");

    // Redistributed routes need a metric.
    let static_by = |rip: &str| of(rip, "", "").route("ios", "default", "203.0.113.0/24");
    assert_eq!(static_by(" redistribute static\n"), "");
    assert_eq!(static_by(" redistribute static\n default-metric 3\n"), "rip [120/3] via 10.0.12.2");
    assert_eq!(static_by(" redistribute static route-policy SEVEN\n default-metric 3\n"), "rip [120/7] via 10.0.12.2");

    // Policies on the port and on all ports; the metric that a policy sets is the one that the table shows.
    let one = of("", "  route-policy ONE in\n", "");
    assert_eq!(one.route("xr", "default", "192.0.2.1/32"), "rip [120/3] via 10.0.12.1");
    assert_eq!(one.route("nxos", "default", "192.0.2.1/32"), "rip [120/5] via 10.0.23.2");
    let seven = of(" distance 90\n route-policy SEVEN in\n", "", "  route-policy ONE out\n");
    assert_eq!(seven.route("xr", "default", "192.0.2.1/32"), "rip [90/7] via 10.0.12.1");
    assert_eq!(seven.route("xr", "default", "172.16.1.0/24"), "rip [90/7] via 10.0.23.3");
    assert_eq!(seven.route("nxos", "default", "192.0.2.1/32"), "rip [120/11] via 10.0.23.2");
    assert_eq!(seven.route("nxos", "default", "192.0.2.2/32"), "", "the policy out of the port drops it");

    // "no updates are sent out of an interface except to neighbors configured explicitly".
    let passive = of("", "  passive-interface\n", "");
    assert_eq!(passive.route("ios", "default", "192.0.2.2/32"), "");
    assert_eq!(passive.route("xr", "default", "192.0.2.1/32"), "rip [120/1] via 10.0.12.1");
    let named = of(" neighbor 10.0.12.1\n", "  passive-interface\n", "");
    assert_eq!(named.route("ios", "default", "192.0.2.2/32"), "rip [120/1] via 10.0.12.2");
}

#[test]
fn iosxr_sends_a_default_route() {
    let default = |rip: &str| ran(&[("ios", IOS), ("xr", &xr(rip, "", ""))]).route("ios", "default", "0.0.0.0/0");
    assert_eq!(default(""), "");
    assert_eq!(default(" default-information originate\n"), "rip [120/1] via 10.0.12.2");
    assert_eq!(default(" default-information originate route-policy IF(203.0.113.0/24)\n"), "rip [120/6] via 10.0.12.2");
    assert_eq!(default(" default-information originate route-policy IF(203.0.112.0/24)\n"), "");
    // "If any routes in the local RIB pass the policy": this one asks for a route itself.
    assert_eq!(default(" default-information originate route-policy ONE\n"), "rip [120/3] via 10.0.12.2");
}

#[test]
fn iosxr_runs_in_vrfs() {
    let text = "!! IOS XR Configuration version = 6.2.2\nhostname xr\nvrf A\n!\ninterface GigabitEthernet0/0/0/0\n vrf A\n ipv4 address 10.0.12.2/24\n!\n\
router rip\n interface GigabitEthernet0/0/0/0\n !\n vrf A\n  interface GigabitEthernet0/0/0/0\n  !\n !\n!\n";
    let ran = ran(&[("ios", IOS), ("xr", text)]);
    assert_eq!(ran.route("xr", "A", "192.0.2.1/32"), "rip [120/1] via 10.0.12.1");
    assert_eq!(ran.route("xr", "default", "192.0.2.1/32"), "");
}

/// An SR OS router between `NXOS` and `EOS`, in the classic CLI, with a policy for direct routes.
fn sros(rip: &str, action: &str) -> String {
    format!(
        "# TiMOS-C-16.0.R3 cpm/hops64 Nokia 7750 SR\nexit all\nconfigure\n    port 1/1/1\n        no shutdown\n    exit\n    port 1/1/2\n        no shutdown\n    exit\n    \
router Base\n        interface \"system\"\n            address 192.0.2.3/32\n            no shutdown\n        exit\n        \
interface \"a\"\n            address 10.0.23.3/24\n            port 1/1/1\n            no shutdown\n        exit\n        \
interface \"b\"\n            address 10.0.34.3/24\n            port 1/1/2\n            no shutdown\n        exit\n        \
policy-options\n            begin\n            policy-statement \"OUT\"\n                entry 10\n                    from\n                        \
protocol direct\n                    exit\n                    action accept\n{action}                    exit\n                exit\n            exit\n            \
commit\n        exit\n        rip\n{rip}            no shutdown\n        exit\n    exit\nexit all\n"
    )
}

const TWO_NEIGHBORS: &str = "            group \"g\"\n                neighbor \"a\"\n                    no shutdown\n                exit\n                \
neighbor \"b\"\n                    no shutdown\n                exit\n                no shutdown\n            exit\n";

/// 7750 SR OS Services Guide, RIP commands of a VPRN ("export", "metric-in", "metric-out", "preference", "send").
#[test]
fn sros_sends_what_it_learned_and_the_rest_by_policy() {
    let of = |rip: &str, action: &str| ran(&[("ios", IOS), ("nxos", NXOS), ("sros", &sros(rip, action)), ("eos", EOS)]);
    let plain = of(TWO_NEIGHBORS, "");
    assert_eq!(plain.route("sros", "default", "192.0.2.1/32"), "rip [100/3] via 10.0.23.2");
    assert_eq!(plain.route("eos", "default", "192.0.2.1/32"), "rip [120/4] via 10.0.34.3");
    assert_eq!(plain.route("nxos", "default", "192.0.2.4/32"), "rip [120/3] via 10.0.23.3");
    for direct in ["192.0.2.3/32", "10.0.23.0/24"] {
        assert_eq!(plain.route("eos", "default", direct), "", "direct routes need a policy");
    }

    let export = format!("            export \"OUT\"\n            metric-out 3\n            preference 90\n{TWO_NEIGHBORS}");
    let exported = of(&export, "");
    assert_eq!(exported.route("eos", "default", "192.0.2.3/32"), "rip [120/4] via 10.0.34.3");
    assert_eq!(exported.route("eos", "default", "192.0.2.1/32"), "rip [120/4] via 10.0.34.3", "learned routes keep their metric");
    assert_eq!(exported.route("sros", "default", "192.0.2.1/32"), "rip [90/3] via 10.0.23.2");
    let set = of(&export, "                        metric set 2\n");
    assert_eq!(set.route("eos", "default", "192.0.2.3/32"), "rip [120/6] via 10.0.34.3");

    let silent = TWO_NEIGHBORS
        .replace("neighbor \"a\"\n", "neighbor \"a\"\n                    send none\n                    metric-in 5\n");
    let silent = of(&silent, "");
    assert_eq!(silent.route("nxos", "default", "192.0.2.4/32"), "");
    assert_eq!(silent.route("sros", "default", "192.0.2.1/32"), "rip [100/7] via 10.0.23.2");
}

#[test]
fn sros_runs_in_vprns() {
    let text = "# TiMOS-C-16.0.R3 cpm/hops64 Nokia 7750 SR\nexit all\nconfigure\n    port 1/1/1\n        ethernet\n            mode access\n        exit\n        \
no shutdown\n    exit\n    service\n        vprn 10 name \"red\" customer 1 create\n            interface \"ce\" create\n                address 10.0.12.3/24\n                \
sap 1/1/1 create\n                exit\n            exit\n            rip\n                group \"g\"\n                    neighbor \"ce\"\n                        \
no shutdown\n                    exit\n                    no shutdown\n                exit\n                no shutdown\n            exit\n            \
no shutdown\n        exit\n    exit\nexit all\n";
    let ran = ran(&[("ios", IOS), ("sros", text)]);
    assert_eq!(ran.route("sros", "red", "192.0.2.1/32"), "rip [100/2] via 10.0.12.1");
    assert_eq!(ran.route("ios", "default", "10.0.12.0/24"), "connected [0/0] via ");
}

#[test]
fn ripng_of_sros() {
    let r = |n: u8| {
        format!(
            "# TiMOS-B-23.10.R1 both/x86_64 Nokia 7750 SR\nconfigure {{\n    policy-options {{\n        policy-statement \"OUT\" {{\n            entry 10 {{\n                \
from {{\n                    protocol {{\n                        name [direct]\n                    }}\n                }}\n                action {{\n                    \
action-type accept\n                }}\n            }}\n        }}\n    }}\n    port 1/1/1 {{\n        admin-state enable\n    }}\n    router \"Base\" {{\n        \
interface \"system\" {{\n            ipv6 {{\n                address 2001:db8:{n}::1 {{\n                    prefix-length 128\n                }}\n            }}\n        }}\n        \
interface \"a\" {{\n            port 1/1/1\n            ipv6 {{\n                address 2001:db8::{n} {{\n                    prefix-length 64\n                }}\n            }}\n        }}\n        \
ripng {{\n            export-policy [\"OUT\"]\n            group \"g\" {{\n                neighbor \"a\" {{ }}\n            }}\n        }}\n    }}\n}}\n"
        )
    };
    let ran = ran(&[("r1", &r(1)), ("r2", &r(2))]);
    assert_eq!(ran.route("r1", "default", "2001:db8:2::1/128"), "rip [100/2] via ");
}
