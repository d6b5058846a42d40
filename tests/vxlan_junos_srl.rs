//! VLANs over VXLAN of Juniper Junos and Nokia SR Linux: hosts behind two switches with nothing but a routed link between them.

#[path = "support/ran.rs"]
mod ran;

use std::collections::BTreeSet;
use std::net::IpAddr;

use nettwin::engine::{evpn, simulate};
use nettwin::questions::evpn::remote;
use nettwin::topology::Failures;
use ran::Ran;

/// Two switches, each with a host behind its port `ports.1`, and a cable between their ports `ports.0`.
fn fabric(leaves: [(&str, &str); 2], ports: [(&str, &str); 2]) -> Ran {
    let host = |n: u8| {
        format!("frr version 8.4\nfrr defaults traditional\nhostname host{n}\ninterface eth0\n ip address 192.168.10.1{n}/24\n")
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("configs")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join("configs").join(format!("{name}.cfg")), text).unwrap();
    for (name, text) in leaves {
        write(name, text);
    }
    write("host1", &host(1));
    write("host2", &host(2));
    let end = |d: &str, i: &str| format!("{{\"hostname\": \"{d}\", \"interfaceName\": \"{i}\"}}");
    let cable = |a: (&str, &str), b: (&str, &str)| format!("{{\"node1\": {}, \"node2\": {}}}", end(a.0, a.1), end(b.0, b.1));
    let cables = [
        cable((leaves[0].0, ports[0].0), (leaves[1].0, ports[1].0)),
        cable((leaves[0].0, ports[0].1), ("host1", "eth0")),
        cable((leaves[1].0, ports[1].1), ("host2", "eth0")),
    ];
    let text = format!("{{\"edges\": [{}]}}", cables.join(", "));
    std::fs::write(folder.path().join("layer1_topology.json"), text).unwrap();
    let network = nettwin::load::load(folder.path()).unwrap().network;
    let state = simulate(&network, &Failures::default());
    Ran { network, state }
}

/// The tunnel ends to which a switch floods in its only VLAN.
fn floods(ran: &Ran, device: &str) -> Vec<String> {
    let d = ran.network.find_device(device).unwrap();
    let table = evpn(&ran.network, &ran.state);
    let [vlan] = &ran.network.devices[d].vxlan.as_ref().unwrap().vlans[..] else { panic!("not one VLAN") };
    let found: BTreeSet<IpAddr> = remote(&ran.network, &ran.state, &table, d, vlan);
    found.iter().map(ToString::to_string).collect()
}

fn codes(ran: &Ran) -> BTreeSet<&'static str> {
    let of = |c: &str| c.starts_with("T-vni") || c.starts_with("C-evpn");
    ran.state.findings.iter().map(|f| f.code.0).filter(|c| of(c)).collect()
}

/// Hosts reach each other and the gateway of the other switch, and both switches flood to each other.
fn assert_joined(ran: &Ran, [a, b]: [&str; 2]) {
    assert_eq!(codes(ran), BTreeSet::new());
    assert_eq!((floods(ran, a), floods(ran, b)), (vec!["192.0.2.2".to_owned()], vec!["192.0.2.1".to_owned()]));
    let to = |far: &str| vec![(vec!["host1".to_owned(), far.to_owned()], true)];
    assert_eq!(ran.ends("host1", "default", "192.168.10.12"), to("host2"));
    let gateway = ran.ends("host1", "default", "192.168.10.2");
    assert!(matches!(&gateway[..], [(hops, true)] if hops.len() == 2 && hops[1].starts_with(b)), "{gateway:?}");
    ran.assert_same_when_ports_fail();
}

/// Neither host reaches the other.
fn assert_apart(ran: &Ran, [a, b]: [&str; 2], code: &'static str) {
    assert_eq!(codes(ran), BTreeSet::from([code]));
    assert_eq!((floods(ran, a), floods(ran, b)), (vec![], vec![]));
    assert!(ran.ends("host1", "default", "192.168.10.12").iter().all(|(_, arrives)| !arrives));
}

const JUNOS: (&str, &str) = ("ge-0/0/0", "ge-0/0/1");

/// `bridging`: where the VLAN is and what EVPN says of it.
fn junos(n: u8, bridging: &str) -> String {
    let o = 3 - n;
    format!(
        "set system host-name leaf{n}\nset interfaces ge-0/0/0 unit 0 family inet address 10.0.0.{n}/30\nset interfaces ge-0/0/1 unit 0 family ethernet-switching interface-mode access\nset interfaces ge-0/0/1 unit 0 family ethernet-switching vlan members v10\nset interfaces irb unit 10 family inet address 192.168.10.{n}/24\nset interfaces lo0 unit 0 family inet address 192.0.2.{n}/32\nset routing-options router-id 192.0.2.{n}\nset routing-options autonomous-system 65000\nset routing-options static route 192.0.2.{o}/32 next-hop 10.0.0.{o}\nset protocols bgp group overlay type internal\nset protocols bgp group overlay local-address 192.0.2.{n}\nset protocols bgp group overlay family evpn signaling\nset protocols bgp group overlay neighbor 192.0.2.{o}\n{}",
        bridging.replace("{n}", &n.to_string())
    )
}

const DEFAULT_SWITCH: &str = "set vlans v10 vlan-id 10\nset vlans v10 l3-interface irb.10\nset vlans v10 vxlan vni 5010\nset protocols evpn encapsulation vxlan\nset protocols evpn extended-vni-list all\nset switch-options vtep-source-interface lo0.0\nset switch-options route-distinguisher 192.0.2.{n}:1\n";

fn mac_vrf(service: &str, targets: &str) -> String {
    let of = |line: &str| format!("set routing-instances BLUE {line}\n");
    [
        "instance-type mac-vrf",
        &format!("service-type {service}"),
        "vtep-source-interface lo0.0",
        "route-distinguisher 192.0.2.{n}:7",
        "protocols evpn encapsulation vxlan",
        targets,
        "interface ge-0/0/1.0",
        "vlans v10 vlan-id 10",
        "vlans v10 l3-interface irb.10",
        "vlans v10 vxlan vni 5010",
    ]
    .map(of)
    .concat()
}

fn junos_pair(one: &str, two: &str) -> Ran {
    fabric([("leaf1", &junos(1, one)), ("leaf2", &junos(2, two))], [JUNOS, JUNOS])
}

/// Juniper, EVPN User Guide, "Example: Manually Configuring VNI Route Targets", "… Automatically …": each form of the targets joins the VLANs; others do not.
#[test]
fn junos_vlans_are_one_over_vxlan() {
    let switch = |more: &str| DEFAULT_SWITCH.to_owned() + more;
    let plain = switch("set switch-options vrf-target target:65000:1\n");
    let auto = switch("set switch-options vrf-target target:65000:1\nset switch-options vrf-target auto\n");
    let by_vni = switch(
        "set switch-options vrf-target target:65000:{n}\nset protocols evpn vni-options vni 5010 vrf-target target:65000:5010\n",
    );
    let policy = switch(
        "set switch-options vrf-target target:65000:{n}\nset switch-options vrf-import IN\nset switch-options vrf-export OUT\nset policy-options community FABRIC members target:65000:77\nset policy-options policy-statement IN term a from community FABRIC\nset policy-options policy-statement IN term a then accept\nset policy-options policy-statement IN then reject\nset policy-options policy-statement OUT then community add FABRIC\nset policy-options policy-statement OUT then accept\n",
    );
    let aware = mac_vrf("vlan-aware", "vrf-target target:65000:1");
    for text in [&plain, &auto, &by_vni, &policy, &aware] {
        assert_joined(&junos_pair(text, text), ["leaf1", "leaf2"]);
    }
    // The default switch and a VLAN-aware MAC-VRF have the VNI as Ethernet tag.
    assert_joined(&junos_pair(&plain, &aware), ["leaf1", "leaf2"]);
    let other = switch("set switch-options vrf-target target:65000:2\n");
    let unlisted = plain.replace("extended-vni-list all", "extended-vni-list 5011-5020");
    assert_apart(&junos_pair(&plain, &other), ["leaf1", "leaf2"], "T-vni-targets");
    assert_apart(&junos_pair(&plain, &mac_vrf("vlan-based", "vrf-target target:65000:1")), ["leaf1", "leaf2"], "T-vni-targets");
    let silent = junos_pair(&plain, &unlisted);
    assert_eq!((codes(&silent), floods(&silent, "leaf1")), (BTreeSet::new(), Vec::new()));
    assert!(silent.ends("host1", "default", "192.168.10.12").iter().all(|(_, arrives)| !arrives));
}

/// Juniper, "Static VXLAN": tunnel ends by hand, without EVPN.
#[test]
fn junos_floods_to_named_tunnel_ends() {
    let text = |ends: &str| {
        format!(
            "set vlans v10 vlan-id 10\nset vlans v10 l3-interface irb.10\nset vlans v10 vxlan vni 5010\nset switch-options vtep-source-interface lo0.0\nset switch-options remote-vtep-list {ends}\n"
        )
    };
    assert_joined(&junos_pair(&text("192.0.2.2"), &text("192.0.2.1")), ["leaf1", "leaf2"]);
}

const SRL: (&str, &str) = ("ethernet-1/49", "ethernet-1/1");

/// `evpn` are lines in the MAC-VRF's `protocols`.
fn srl(n: u8, evpn: &[&str]) -> String {
    let o = 3 - n;
    let mut out = format!(
        "set / system name host-name srl{n}\nset / interface ethernet-1/1 admin-state enable\nset / interface ethernet-1/1 subinterface 0 type bridged\nset / interface ethernet-1/49 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 10.0.0.{n}/30\nset / interface irb0 subinterface 10 ipv4 admin-state enable address 192.168.10.{n}/24\nset / interface system0 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 192.0.2.{n}/32\nset / network-instance default type default\nset / network-instance default interface ethernet-1/49.0\nset / network-instance default interface system0.0\nset / network-instance default protocols bgp autonomous-system 65000\nset / network-instance default protocols bgp afi-safi evpn admin-state enable\nset / network-instance default protocols bgp group o peer-as 65000\nset / network-instance default protocols bgp group o transport local-address 192.0.2.{n}\nset / network-instance default protocols bgp neighbor 192.0.2.{o} peer-group o\nset / network-instance default static-routes route 192.0.2.{o}/32 next-hop-group up\nset / network-instance default next-hop-groups group up nexthop 1 ip-address 10.0.0.{o}\nset / network-instance red type ip-vrf\nset / network-instance red interface irb0.10\nset / network-instance bd type mac-vrf\nset / network-instance bd interface ethernet-1/1.0\nset / network-instance bd interface irb0.10\nset / network-instance bd vxlan-interface vxlan1.10\nset / network-instance bd protocols bgp-evpn bgp-instance 1 admin-state enable\nset / network-instance bd protocols bgp-evpn bgp-instance 1 vxlan-interface vxlan1.10\nset / network-instance bd protocols bgp-vpn bgp-instance 1\nset / tunnel-interface vxlan1 vxlan-interface 10 type bridged\nset / tunnel-interface vxlan1 vxlan-interface 10 ingress vni 5010\nset / tunnel-interface vxlan1 vxlan-interface 10 egress source-ip use-system-ipv4-address\n"
    );
    for line in evpn {
        out += &format!("set / network-instance bd protocols {line}\n");
    }
    out
}

const EVI: &str = "bgp-evpn bgp-instance 1 evi 10";

/// Nokia, SR Linux EVPN-VXLAN Guide, "EVPN for VXLAN tunnels (Layer 2)": target and distinguisher are made of AS and EVI unless set.
#[test]
fn srlinux_mac_vrfs_are_one_over_vxlan() {
    let pair = |one: &[&str], two: &[&str]| fabric([("srl1", &srl(1, one)), ("srl2", &srl(2, two))], [SRL, SRL]);
    let set = [
        "bgp-vpn bgp-instance 1 route-target export-rt target:65000:10",
        "bgp-vpn bgp-instance 1 route-target import-rt target:65000:10",
    ];
    let set = [EVI.replace("10", "11"), set[0].to_owned(), set[1].to_owned()];
    let set: Vec<&str> = set.iter().map(String::as_str).collect();
    assert_joined(&pair(&[EVI], &[EVI]), ["srl1", "srl2"]);
    assert_joined(&pair(&[EVI], &set), ["srl1", "srl2"]);
    assert_apart(&pair(&[EVI], &["bgp-evpn bgp-instance 1 evi 11"]), ["srl1", "srl2"], "T-vni-targets");
    let tagged = [EVI, "bgp-evpn bgp-instance 1 routes bridge-table vlan-aware-bundle-eth-tag 5010"];
    assert_joined(&pair(&tagged, &tagged), ["srl1", "srl2"]);
    assert_apart(&pair(&[EVI], &tagged), ["srl1", "srl2"], "T-vni-targets");
}

/// One VLAN of both: a VLAN-based MAC-VRF has tag 0 as SR Linux has; the default switch needs `vlan-aware-bundle-eth-tag` there.
#[test]
fn junos_and_srlinux_share_a_vlan() {
    let pair = |one: &str, two: &[&str]| fabric([("leaf1", &junos(1, one)), ("srl2", &srl(2, two))], [JUNOS, SRL]);
    assert_joined(&pair(&mac_vrf("vlan-based", "vrf-target target:65000:10"), &[EVI]), ["leaf1", "srl2"]);
    let switch = DEFAULT_SWITCH.to_owned() + "set switch-options vrf-target target:65000:10\n";
    let tagged = [EVI, "bgp-evpn bgp-instance 1 routes bridge-table vlan-aware-bundle-eth-tag 5010"];
    assert_joined(&pair(&switch, &tagged), ["leaf1", "srl2"]);
    assert_apart(&pair(&switch, &[EVI]), ["leaf1", "srl2"], "T-vni-targets");
}
