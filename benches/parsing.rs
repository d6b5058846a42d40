//! Config text to model, one core, per OS: lines a second. The texts are written here, so that the figure does not depend on files.

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nettwin::base::span::FileId;
use nettwin::vendors::{ConfigFile, VENDORS, read_device};

/// How many interfaces and neighbours each text has.
const SIZE: usize = 2000;

fn ios() -> String {
    let mut t = String::from("version 15.7\nhostname r1\n!\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = write!(
            t,
            "interface GigabitEthernet{a}/{b}\n description link {n}\n ip address 10.{a}.{b}.1 255.255.255.0\n ip ospf cost {}\n no shutdown\n!\n",
            n % 100 + 1
        );
    }
    t.push_str("router ospf 1\n network 10.0.0.0 0.255.255.255 area 0\n!\nrouter bgp 65000\n bgp log-neighbor-changes\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = write!(
            t,
            " neighbor 10.{a}.{b}.2 remote-as {}\n neighbor 10.{a}.{b}.2 route-map IN{} in\n neighbor 10.{a}.{b}.2 send-community\n",
            65001 + n % 400,
            n % 50
        );
    }
    t.push_str("!\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = writeln!(t, "ip prefix-list P{} seq {} permit 172.{}.{b}.0/24 le 32", n % 50, n + 5, 16 + a);
    }
    for n in 0..50 {
        let _ =
            write!(t, "route-map IN{n} permit 10\n match ip address prefix-list P{n}\n set local-preference {}\n!\n", 100 + n);
    }
    t.push_str("end\n");
    t
}

fn iosxr() -> String {
    let mut t = String::from("!! IOS XR Configuration 6.6.2\nhostname r1\n!\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = write!(
            t,
            "interface TenGigE0/{a}/0/{b}\n description link {n}\n ipv4 address 10.{a}.{b}.1 255.255.255.0\n mtu 9214\n!\n"
        );
    }
    for n in 0..50 {
        let _ = writeln!(t, "prefix-set P{n}");
        for m in 0..SIZE / 50 {
            let _ = writeln!(t, "  172.{}.{m}.0/24 le 32,", 16 + n % 16);
        }
        let _ = write!(
            t,
            "  192.0.2.0/24\nend-set\n!\nroute-policy IN{n}\n  if destination in P{n} then\n    set local-preference {}\n  else\n    drop\n  endif\nend-policy\n!\n",
            100 + n
        );
    }
    t.push_str("router bgp 65000\n address-family ipv4 unicast\n !\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = write!(
            t,
            " neighbor 10.{a}.{b}.2\n  remote-as {}\n  address-family ipv4 unicast\n   route-policy IN{} in\n  !\n !\n",
            65001 + n % 400,
            n % 50
        );
    }
    t.push_str("!\nend\n");
    t
}

fn eos() -> String {
    let mut t =
        String::from("! Command: show running-config\n! device: r1 (cEOSLab, EOS-4.30.0F)\n!\nhostname r1\n!\nip routing\n!\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = write!(
            t,
            "interface Ethernet{a}/{b}\n   description link {n}\n   no switchport\n   ip address 10.{a}.{b}.1/24\n   mtu 9214\n!\n"
        );
    }
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = writeln!(t, "ip prefix-list P{} seq {} permit 172.{}.{b}.0/24 le 32", n % 50, n + 5, 16 + a);
    }
    for n in 0..50 {
        let _ = write!(
            t,
            "!\nroute-map IN{n} permit 10\n   match ip address prefix-list P{n}\n   set local-preference {}\n",
            100 + n
        );
    }
    t.push_str("!\nrouter bgp 65000\n   maximum-paths 16 ecmp 16\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = write!(
            t,
            "   neighbor 10.{a}.{b}.2 remote-as {}\n   neighbor 10.{a}.{b}.2 route-map IN{} in\n   neighbor 10.{a}.{b}.2 send-community\n",
            65001 + n % 400,
            n % 50
        );
    }
    t.push_str("!\nend\n");
    t
}

fn frr() -> String {
    let mut t = String::from("frr version 8.4\nfrr defaults traditional\nhostname r1\nservice integrated-vtysh-config\n!\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = write!(t, "interface eth{n}\n description link {n}\n ip address 10.{a}.{b}.1/24\n ip ospf area 0\nexit\n!\n");
    }
    t.push_str("router bgp 65000\n no bgp ebgp-requires-policy\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = writeln!(t, " neighbor 10.{a}.{b}.2 remote-as {}", 65001 + n % 400);
    }
    t.push_str(" !\n address-family ipv4 unicast\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = writeln!(t, "  neighbor 10.{a}.{b}.2 route-map IN{} in", n % 50);
    }
    t.push_str(" exit-address-family\nexit\n!\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = writeln!(t, "ip prefix-list P{} seq {} permit 172.{}.{b}.0/24 le 32", n % 50, n + 5, 16 + a);
    }
    for n in 0..50 {
        let _ = write!(
            t,
            "route-map IN{n} permit 10\n match ip address prefix-list P{n}\n set local-preference {}\nexit\n!\n",
            100 + n
        );
    }
    t
}

/// Junos as lines of `set`; `braces` gives the same in curly form.
fn junos_set() -> String {
    let mut t = String::from("set version 21.4R1\nset system host-name r1\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = write!(
            t,
            "set interfaces ge-0/{a}/{b} description \"link {n}\"\nset interfaces ge-0/{a}/{b} unit 0 family inet address 10.{a}.{b}.1/24\nset protocols ospf area 0.0.0.0 interface ge-0/{a}/{b}.0 metric {}\n",
            n % 100 + 1
        );
        let _ = writeln!(t, "set protocols bgp group ext neighbor 10.{a}.{b}.2 peer-as {}", 65001 + n % 400);
        let _ = writeln!(t, "set protocols bgp group ext neighbor 10.{a}.{b}.2 import IN{}", n % 50);
        let _ = writeln!(t, "set policy-options prefix-list P{} 172.{}.{b}.0/24", n % 50, 16 + a);
    }
    for n in 0..50 {
        let _ = write!(
            t,
            "set policy-options policy-statement IN{n} term a from prefix-list P{n}\nset policy-options policy-statement IN{n} term a then local-preference {}\nset policy-options policy-statement IN{n} term a then accept\n",
            100 + n
        );
    }
    t.push_str("set routing-options autonomous-system 65000\n");
    t
}

fn junos_braces() -> String {
    let mut t = String::from("version 21.4R1;\nsystem {\n    host-name r1;\n}\ninterfaces {\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = write!(
            t,
            "    ge-0/{a}/{b} {{\n        description \"link {n}\";\n        unit 0 {{\n            family inet {{\n                address 10.{a}.{b}.1/24;\n            }}\n        }}\n    }}\n"
        );
    }
    t.push_str("}\nrouting-options {\n    autonomous-system 65000;\n}\nprotocols {\n    bgp {\n        group ext {\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = write!(t, "            neighbor 10.{a}.{b}.2 {{\n                peer-as {};\n            }}\n", 65001 + n % 400);
    }
    t.push_str("        }\n    }\n}\npolicy-options {\n    prefix-list P {\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = writeln!(t, "        172.{}.{b}.0/24;", 16 + a);
    }
    t.push_str("    }\n}\n");
    t
}

fn nxos() -> String {
    let mut t = String::from("!Command: show running-config\nversion 9.3(9)\nhostname r1\nfeature bgp\n\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = writeln!(t, "ip prefix-list P{} seq {} permit 172.{}.{b}.0/24 le 32", n % 50, n + 5, 16 + a);
    }
    for n in 0..50 {
        let _ =
            write!(t, "route-map IN{n} permit 10\n  match ip address prefix-list P{n}\n  set local-preference {}\n\n", 100 + n);
    }
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = write!(
            t,
            "interface Ethernet{a}/{b}\n  description link {n}\n  no switchport\n  ip address 10.{a}.{b}.1/24\n  no shutdown\n\n"
        );
    }
    t.push_str("router bgp 65000\n  address-family ipv4 unicast\n    maximum-paths 16\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let _ = write!(
            t,
            "  neighbor 10.{a}.{b}.2\n    remote-as {}\n    address-family ipv4 unicast\n      send-community\n      route-map IN{} in\n",
            65001 + n % 400,
            n % 50
        );
    }
    t
}

fn sros() -> String {
    let mut t = String::from("# TiMOS-B-21.10.R1 both/x86_64 Nokia 7750 SR\nconfigure {\n    policy-options {\n");
    for p in 0..50 {
        let _ = writeln!(t, "        prefix-list \"P{p}\" {{");
        for n in (p..SIZE).step_by(50) {
            let _ = writeln!(t, "            prefix 172.{}.{}.0/24 type longer {{\n            }}", 16 + n / 250, n % 250);
        }
        let _ = write!(
            t,
            "        }}\n        policy-statement \"IN{p}\" {{\n            entry 10 {{\n                from {{\n                    prefix-list [\"P{p}\"]\n                }}\n                action {{\n                    action-type accept\n                    local-preference {}\n                }}\n            }}\n        }}\n",
            100 + p
        );
    }
    t.push_str("    }\n    router \"Base\" {\n        autonomous-system 65000\n        bgp {\n            group \"peers\" {\n            }\n");
    for n in 0..SIZE {
        let _ = write!(
            t,
            "            neighbor \"10.{}.{}.2\" {{\n                group \"peers\"\n                peer-as {}\n                import {{\n                    policy [\"IN{}\"]\n                }}\n            }}\n",
            n / 250,
            n % 250,
            65001 + n % 400,
            n % 50
        );
    }
    t.push_str("        }\n");
    for n in 0..SIZE {
        let _ = write!(
            t,
            "        interface \"to-{n}\" {{\n            port 1/1/1:{n}\n            ipv4 {{\n                primary {{\n                    address 10.{}.{}.1\n                    prefix-length 24\n                }}\n            }}\n        }}\n",
            n / 250,
            n % 250
        );
    }
    t.push_str("    }\n}\n");
    t
}

fn srlinux() -> String {
    let mut t = String::from("set / system name host-name r1\n");
    for n in 0..SIZE {
        let (a, b) = (n / 250, n % 250);
        let port = format!("ethernet-{}/{}", a + 1, b + 1);
        let _ = write!(
            t,
            "set / interface {port} admin-state enable\nset / interface {port} subinterface 0 ipv4 admin-state enable\nset / interface {port} subinterface 0 ipv4 address 10.{a}.{b}.1/24\nset / network-instance default interface {port}.0\n"
        );
    }
    for n in 0..SIZE {
        let _ = writeln!(
            t,
            "set / routing-policy prefix-set P{} prefix 172.{}.{}.0/24 mask-length-range 24..32",
            n % 50,
            16 + n / 250,
            n % 250
        );
    }
    for p in 0..50 {
        let _ = write!(
            t,
            "set / routing-policy policy IN{p} statement 10 match prefix-set P{p}\nset / routing-policy policy IN{p} statement 10 action policy-result accept\nset / routing-policy policy IN{p} statement 10 action bgp local-preference set {}\n",
            100 + p
        );
    }
    t.push_str("set / network-instance default type default\nset / network-instance default protocols bgp autonomous-system 65000\nset / network-instance default protocols bgp router-id 10.0.0.1\nset / network-instance default protocols bgp group peers admin-state enable\n");
    for n in 0..SIZE {
        let peer = format!("set / network-instance default protocols bgp neighbor 10.{}.{}.2", n / 250, n % 250);
        let _ = write!(t, "{peer} peer-group peers\n{peer} peer-as {}\n{peer} import-policy IN{}\n", 65001 + n % 400, n % 50);
    }
    t
}

fn parsing(c: &mut Criterion) {
    let mut group = c.benchmark_group("parsing");
    group.sample_size(20);
    for (name, os, text) in [
        ("ios", "cisco_ios", ios()),
        ("iosxr", "cisco_iosxr", iosxr()),
        ("nxos", "cisco_nxos", nxos()),
        ("eos", "arista_eos", eos()),
        ("frr", "frr", frr()),
        ("junos-set", "juniper_junos", junos_set()),
        ("junos-braces", "juniper_junos", junos_braces()),
        ("sros", "nokia_sros", sros()),
        ("srlinux", "nokia_srlinux", srlinux()),
    ] {
        let Some(vendor) = VENDORS.iter().find(|v| v.os() == os) else { continue };
        group.throughput(Throughput::Elements(text.lines().count() as u64));
        group.bench_function(name, |b| {
            let file = ConfigFile { id: FileId(0), name: "frr.conf", text: &text };
            b.iter(|| black_box(read_device(*vendor, "r1", &[file])));
        });
    }
    group.finish();
}

criterion_group!(benches, parsing);
criterion_main!(benches);
