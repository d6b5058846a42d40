//! VLANs over VXLAN of Cumulus Linux (ifupdown and NVUE), SONiC and Nokia SR OS (both syntaxes): who is in one broadcast domain, and what parts it.

use std::net::IpAddr;

use nettwin::engine::{State, evpn, simulate};
use nettwin::forward::filter::Packet;
use nettwin::forward::step::Forwarder;
use nettwin::forward::trace::{End, trace};
use nettwin::model::{Network, VrfId};
use nettwin::questions::answer::Cell;
use nettwin::questions::evpn::{Wanted, answer, remote};
use nettwin::topology::Failures;

/// A network of two leaves, with a host behind each.
struct Fabric {
    network: Network,
    state: State,
}

impl Fabric {
    /// Files by their path below `configs`; the ports of both leaves to the other one, and to their host.
    fn of(files: &[(String, String)], (up, down): (&str, &str)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let configs = folder.path().join("configs");
        let hosts = [1, 2].map(|n| (format!("h{n}.cfg"), host(n)));
        for (path, text) in files.iter().chain(&hosts) {
            std::fs::create_dir_all(configs.join(path).parent().unwrap()).unwrap();
            std::fs::write(configs.join(path), text).unwrap();
        }
        let end = |d: &str, i: &str| format!("{{\"hostname\": \"{d}\", \"interfaceName\": \"{i}\"}}");
        let edge = |a: String, b: String| format!("{{\"node1\": {a}, \"node2\": {b}}}");
        let edges = [
            edge(end("leaf1", up), end("leaf2", up)),
            edge(end("leaf1", down), end("h1", "eth0")),
            edge(end("leaf2", down), end("h2", "eth0")),
        ];
        std::fs::write(folder.path().join("layer1_topology.json"), format!("{{\"edges\": [{}]}}", edges.join(","))).unwrap();
        let snapshot = nettwin::load::load(folder.path()).unwrap();
        let said: Vec<_> = snapshot.diagnostics.iter().filter(|d| d.code.0.starts_with("T-layer1")).collect();
        assert!(said.is_empty(), "{said:?}");
        let network = snapshot.network;
        let state = simulate(&network, &Failures::default());
        Self { network, state }
    }

    /// Whether packets of one host reach the other, straight: over nothing that routes.
    fn heard(&self) -> bool {
        let forwarder = Forwarder::new(&self.network, &self.state);
        let packet = Packet::echo("192.168.10.11".parse().unwrap(), "192.168.10.12".parse().unwrap());
        let node = self.network.node(self.network.find_device("h1").unwrap(), VrfId::DEFAULT);
        let found = trace(&self.network, &self.state, &forwarder, node, None, &packet);
        let straight = |b: &nettwin::forward::trace::Branch| b.hops.len() == 2 && matches!(b.end, End::Delivered(_));
        found.branches.iter().all(straight) && !found.branches.is_empty()
    }

    /// Where each leaf floods, and the hosts of which it tells.
    fn rows(&self) -> Vec<String> {
        let all = answer(&self.network, &self.state, &Wanted::default());
        let table = &all.tables[0];
        let column = |name: &str| table.columns.iter().position(|c| *c == name).unwrap();
        let text = |c: &Cell| match c {
            Cell::Text(t) => t.clone(),
            Cell::List(all) => all.join(" "),
            _ => String::new(),
        };
        let of = ["node", "vtep", "remote_vteps", "hosts"].map(column);
        table.rows.iter().map(|r| of.map(|c| text(&r.cells[c])).join(" | ")).collect()
    }

    /// Codes of what is wrong with the tunnels.
    fn findings(&self) -> Vec<&'static str> {
        let codes = self.state.findings.iter().map(|d| d.code.0);
        let codes = self.state.topology.overlay.findings.iter().map(|d| d.code.0).chain(codes);
        let mut codes: Vec<_> = codes.filter(|c| c.starts_with("T-vni") || c.starts_with("C-evpn")).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    fn assert_joined(&self, what: &str) {
        assert!(self.heard(), "{what}");
        let ends = |n: u8, o: u8| format!("leaf{n} | 10.10.10.{n} | 10.10.10.{o} | 192.168.10.1{n}");
        assert_eq!((self.rows(), self.findings()), (vec![ends(1, 2), ends(2, 1)], vec![]), "{what}");
    }

    fn assert_parted(&self, what: &str, finding: Option<&str>) {
        assert!(!self.heard(), "{what}");
        let alone = |n: u8| format!("leaf{n} | 10.10.10.{n} |  | 192.168.10.1{n}");
        assert_eq!((self.rows(), self.findings()), (vec![alone(1), alone(2)], finding.into_iter().collect()), "{what}");
    }

    /// Tunnel ends to which a leaf floods though it speaks no EVPN.
    fn flooded(&self, leaf: &str) -> Vec<IpAddr> {
        let d = self.network.find_device(leaf).unwrap();
        let of = &self.network.devices[d].vxlan.as_ref().unwrap().vlans[0];
        remote(&self.network, &self.state, &evpn(&self.network, &self.state), d, of).into_iter().collect()
    }
}

fn host(n: u8) -> String {
    format!(
        "frr version 8.4\nfrr defaults traditional\nhostname h{n}\ninterface eth0\n ip address 192.168.10.1{n}/24\nip route 0.0.0.0/0 192.168.10.1\n"
    )
}

/// `frr.conf` of a leaf; `of_evpn` stands in EVPN's family.
fn frr(n: u8, of_evpn: &str) -> String {
    let o = 3 - n;
    format!(
        "frr version 8.4\nfrr defaults datacenter\nrouter bgp 6510{n}\n bgp router-id 10.10.10.{n}\n neighbor 10.0.0.{o} remote-as 6510{o}\n address-family ipv4 unicast\n  network 10.10.10.{n}/32\n exit-address-family\n address-family l2vpn evpn\n  neighbor 10.0.0.{o} activate\n  advertise-all-vni\n{of_evpn} exit-address-family\n"
    )
}

fn cumulus(n: u8, device: &str, of_evpn: &str) -> (String, String) {
    let text = format!(
        "leaf{n}\n# This file describes the network interfaces\nauto lo\niface lo inet loopback\n  address 10.10.10.{n}/32\n  vxlan-local-tunnelip 10.10.10.{n}\niface swp51\n  address 10.0.0.{n}/24\niface swp1\n  bridge-access 10\niface vni10\n{device}iface bridge\n  bridge-ports swp1 vni10\n  bridge-vids 10\n  bridge-vlan-aware yes\niface vlan10\n  vlan-id 10\n  vlan-raw-device bridge\n  address-virtual 00:00:5e:00:01:01 192.168.10.1/24\n# ports.conf --\n{}",
        frr(n, of_evpn)
    );
    (format!("leaf{n}.cfg"), text)
}

const ONE_VNI: &str = "  vxlan-id 110\n  bridge-access 10\n";

/// Cumulus Linux, "VXLAN Devices", "EVPN Enhancements" ("Define RDs and RTs"): automatic targets fit whatever the AS, own ones only as they are.
#[test]
fn cumulus_hosts_are_in_one_broadcast_domain() {
    let fabric =
        |device: &str, of_evpn: &str| Fabric::of(&[cumulus(1, ONE_VNI, ""), cumulus(2, device, of_evpn)], ("swp51", "swp1"));
    fabric(ONE_VNI, "").assert_joined("one device a VNI");
    fabric("  bridge-vlan-vni-map 10=110\n", "").assert_joined("one device for all");
    fabric("  vxlan-id 111\n  bridge-access 10\n", "").assert_parted("another VNI", None);
    let target = |both: &str| format!("  vni 110\n   route-target import {both}\n   route-target export {both}\n  exit-vni\n");
    fabric(ONE_VNI, &target("1:1")).assert_parted("other targets", Some("T-vni-targets"));
    let one_way = fabric(ONE_VNI, "  vni 110\n   route-target import 65199:110\n  exit-vni\n");
    assert_eq!((one_way.heard(), one_way.findings()), (false, vec!["T-vni-one-way"]));
}

/// Cumulus Linux, "Static VXLAN Tunnels": each names the other; one alone is no way there and back.
#[test]
fn cumulus_floods_to_tunnel_ends_that_are_set() {
    let leaf = |n: u8, ends: &str| {
        let (name, text) = cumulus(n, &format!("{ONE_VNI}{ends}"), "");
        (name, text.replace("  advertise-all-vni\n", ""))
    };
    let end = |n: u8| format!("  vxlan-remoteip 10.10.10.{n}\n");
    let both = Fabric::of(&[leaf(1, &end(2)), leaf(2, &end(1))], ("swp51", "swp1"));
    assert!(both.heard());
    assert_eq!(both.flooded("leaf1"), ["10.10.10.2".parse::<IpAddr>().unwrap()]);
    let one = Fabric::of(&[leaf(1, &end(2)), leaf(2, "")], ("swp51", "swp1"));
    assert_eq!((one.heard(), one.findings()), (false, vec!["T-vni-one-way"]));
    let group = "  vxlan-mcastgrp 239.1.1.1\n";
    assert!(Fabric::of(&[leaf(1, group), leaf(2, group)], ("swp51", "swp1")).heard());
    assert!(!Fabric::of(&[leaf(1, group), leaf(2, "  vxlan-mcastgrp 239.1.1.2\n")], ("swp51", "swp1")).heard());
}

/// Cumulus Linux, "VXLAN Active-active Mode": tunnels end at the address that a pair shares, which `clagd` puts on the loopback.
#[test]
fn a_cumulus_pair_has_one_tunnel_end() {
    let (name, text) = cumulus(1, ONE_VNI, "");
    let text = text
        .replace("  vxlan-local-tunnelip", "  clagd-vxlan-anycast-ip 10.10.10.99\n  vxlan-local-tunnelip")
        .replace("iface vni10\n", "iface peerlink.4094\n  clagd-peer-ip linklocal\niface vni10\n")
        .replace("  network 10.10.10.1/32\n", "  network 10.10.10.1/32\n  network 10.10.10.99/32\n");
    let fabric = Fabric::of(&[(name, text), cumulus(2, ONE_VNI, "")], ("swp51", "swp1"));
    assert!(fabric.heard());
    let ends = ["leaf1 | 10.10.10.99 | 10.10.10.2 | 192.168.10.11", "leaf2 | 10.10.10.2 | 10.10.10.99 | 192.168.10.12"];
    assert_eq!((fabric.rows(), fabric.findings()), (ends.map(str::to_owned).to_vec(), vec![]));
}

fn nvue(n: u8, more: &str) -> (String, String) {
    let o = 3 - n;
    let text = format!(
        "nv set system hostname leaf{n}\nnv set interface lo ip address 10.10.10.{n}/32\nnv set interface swp51 ip address 10.0.0.{n}/24\nnv set interface swp1 bridge domain br_default access 10\nnv set bridge domain br_default vlan 10 vni 110\nnv set interface vlan10 type svi\nnv set interface vlan10 vlan 10\nnv set interface vlan10 ip vrr address 192.168.10.1/24\nnv set nve vxlan enable on\nnv set nve vxlan source address 10.10.10.{n}\nnv set evpn enable on\nnv set router bgp autonomous-system 6510{n}\nnv set router bgp router-id 10.10.10.{n}\nnv set vrf default router bgp neighbor 10.0.0.{o} remote-as external\nnv set vrf default router bgp neighbor 10.0.0.{o} address-family l2vpn-evpn enable on\nnv set vrf default router bgp address-family ipv4-unicast network 10.10.10.{n}/32\nnv set vrf default router bgp address-family l2vpn-evpn enable on\n{more}"
    );
    (format!("leaf{n}.cfg"), text)
}

/// Cumulus Linux 5, "EVPN Enhancements"; with a leaf that has ifupdown's files.
#[test]
fn nvue_hosts_are_in_one_broadcast_domain() {
    let fabric = |one: (String, String), more: &str| Fabric::of(&[one, nvue(2, more)], ("swp51", "swp1"));
    fabric(nvue(1, ""), "").assert_joined("NVUE");
    fabric(cumulus(1, ONE_VNI, ""), "").assert_joined("ifupdown and NVUE");
    let targets = "nv set evpn vni 110 route-target export 1:1\nnv set evpn vni 110 route-target import 1:1\n";
    fabric(nvue(1, ""), targets).assert_parted("other targets", Some("T-vni-targets"));
}

fn sonic(n: u8, vni: u32) -> [(String, String); 2] {
    let database = format!(
        "{{\n \"DEVICE_METADATA\": {{\n  \"localhost\": {{\"hostname\": \"leaf{n}\"}}\n }},\n \"PORT\": {{\n  \"Ethernet0\": {{\"admin_status\": \"up\"}},\n  \"Ethernet4\": {{\"admin_status\": \"up\"}}\n }},\n \"LOOPBACK_INTERFACE\": {{\n  \"Loopback0\": {{}},\n  \"Loopback0|10.10.10.{n}/32\": {{}}\n }},\n \"INTERFACE\": {{\n  \"Ethernet0\": {{}},\n  \"Ethernet0|10.0.0.{n}/24\": {{}}\n }},\n \"VLAN\": {{\n  \"Vlan10\": {{\"vlanid\": \"10\"}}\n }},\n \"VLAN_MEMBER\": {{\n  \"Vlan10|Ethernet4\": {{\"tagging_mode\": \"untagged\"}}\n }},\n \"VXLAN_TUNNEL\": {{\n  \"vtep\": {{\"src_ip\": \"10.10.10.{n}\"}}\n }},\n \"VXLAN_TUNNEL_MAP\": {{\n  \"vtep|map_{vni}_Vlan10\": {{\"vlan\": \"Vlan10\", \"vni\": \"{vni}\"}}\n }}\n}}\n"
    );
    [(format!("leaf{n}/config_db.json"), database), (format!("leaf{n}/frr.conf"), frr(n, ""))]
}

/// SONiC's configuration reference, "VXLAN".
#[test]
fn sonic_hosts_are_in_one_broadcast_domain() {
    let fabric = |vni: u32| Fabric::of(&[sonic(1, 110), sonic(2, vni)].concat(), ("Ethernet0", "Ethernet4"));
    fabric(110).assert_joined("SONiC");
    fabric(111).assert_parted("another VNI", None);
}

/// A PE in the MD-CLI; `service` stands in its VPLS, `point` is its access point.
fn sros(n: u8, point: &str, service: &str) -> (String, String) {
    let o = 3 - n;
    let text = format!(
        "# TiMOS-B-23.7.R1 both/x86_64 Nokia 7750 SR\nconfigure {{\nsystem {{\nname \"leaf{n}\"\n}}\nport 1/1/1 {{\nadmin-state enable\n}}\nport 1/1/2 {{\nadmin-state enable\nethernet {{\nmode access\n}}\n}}\nrouter \"Base\" {{\nautonomous-system 64500\ninterface \"system\" {{\nipv4 {{\nprimary {{\naddress 10.10.10.{n}\nprefix-length 32\n}}\n}}\n}}\ninterface \"fabric\" {{\nport 1/1/1\nipv4 {{\nprimary {{\naddress 10.0.0.{n}\nprefix-length 24\n}}\n}}\n}}\nstatic-routes {{\nroute 10.10.10.{o}/32 route-type unicast {{\nnext-hop \"10.0.0.{o}\" {{\nadmin-state enable\n}}\n}}\n}}\nbgp {{\ngroup \"dc\" {{\npeer-as 64500\nfamily {{\nevpn true\n}}\n}}\nneighbor \"10.10.10.{o}\" {{\ngroup \"dc\"\n}}\n}}\n}}\nservice {{\nies \"gateway\" {{\nadmin-state enable\nservice-id 9\ncustomer \"1\"\ninterface \"irb\" {{\nvpls \"lan\" {{\n}}\nipv4 {{\nprimary {{\naddress 192.168.10.{n}\nprefix-length 24\n}}\n}}\n}}\n}}\nvpls \"lan\" {{\nadmin-state enable\nservice-id 10\ncustomer \"1\"\nrouted-vpls {{\n}}\nsap {point} {{\n}}\n{service}}}\n}}\n}}\n"
    );
    (format!("leaf{n}.cfg"), text)
}

/// VXLAN with EVPN in a VPLS; `more` stands in `bgp 1` or beside it.
fn vxlan(vni: u32, more: &str) -> String {
    format!(
        "vxlan {{\ninstance 1 {{\nvni {vni}\n}}\n}}\n{more}bgp-evpn {{\nevi 10\nvxlan 1 {{\nadmin-state enable\nvxlan-instance 1\n}}\n}}\n"
    )
}

/// The same PE in the classic CLI.
fn classic(n: u8, service: &str) -> (String, String) {
    let o = 3 - n;
    let text = format!(
        "# TiMOS-C-23.7.R1 cpm/x86_64 Nokia 7750 SR\nexit all\nconfigure\n    system\n        name \"leaf{n}\"\n    exit\n    port 1/1/1\n        no shutdown\n    exit\n    port 1/1/2\n        ethernet\n            mode access\n        exit\n        no shutdown\n    exit\n    service\n        vpls 10 name \"lan\" customer 1 create\n{service}            sap 1/1/2 create\n            exit\n            no shutdown\n        exit\n    exit\n    router Base\n        interface \"system\"\n            address 10.10.10.{n}/32\n            no shutdown\n        exit\n        interface \"fabric\"\n            address 10.0.0.{n}/24\n            port 1/1/1\n            no shutdown\n        exit\n        autonomous-system 64500\n        static-route-entry 10.10.10.{o}/32\n            next-hop 10.0.0.{o}\n                no shutdown\n            exit\n        exit\n        bgp\n            group \"dc\"\n                family evpn\n                peer-as 64500\n                neighbor 10.10.10.{o}\n                exit\n            exit\n            no shutdown\n        exit\n    exit\nexit all\n"
    );
    (format!("leaf{n}.cfg"), text)
}

const CLASSIC_EVPN: &str = "            vxlan instance 1 vni 110 create\n            exit\n            bgp\n                route-target export target:64500:10 import target:64500:10\n            exit\n            bgp-evpn\n                evi 10\n                vxlan bgp 1 vxlan-instance 1\n                    no shutdown\n                exit\n            exit\n";

/// Layer 2 Services and EVPN Guide, "EVPN for VXLAN in VPLS services": targets made of the EVI or set, in both syntaxes, with a routed interface and without.
#[test]
fn sros_hosts_are_in_one_broadcast_domain() {
    let fabric = |two: (String, String)| Fabric::of(&[sros(1, "1/1/2", &vxlan(110, "")), two], ("1/1/1", "1/1/2"));
    fabric(sros(2, "1/1/2", &vxlan(110, ""))).assert_joined("MD-CLI");
    fabric(classic(2, CLASSIC_EVPN)).assert_joined("classic");
    let another = vxlan(111, "").replace("evi 10", "evi 11");
    fabric(sros(2, "1/1/2", &another)).assert_parted("another VNI", None);
    let target = "bgp 1 {\nroute-target {\nexport \"target:64500:9\"\nimport \"target:64500:9\"\n}\n}\n";
    fabric(sros(2, "1/1/2", &vxlan(110, target))).assert_parted("other targets", Some("T-vni-targets"));
    // `mac-ip advertise false`: hosts are not told of, frames are flooded all the same.
    let silent = vxlan(110, "").replace("evi 10\n", "evi 10\nroutes {\nmac-ip {\nadvertise false\n}\n}\n");
    let silent = fabric(sros(2, "1/1/2", &silent));
    assert!(silent.heard());
    assert_eq!(silent.rows()[1], "leaf2 | 10.10.10.2 | 10.10.10.1 | ");
    let classic_silent =
        CLASSIC_EVPN.replace("                evi 10\n", "                evi 10\n                no mac-advertisement\n");
    assert_eq!(fabric(classic(2, &classic_silent)).rows()[1], "leaf2 | 10.10.10.2 | 10.10.10.1 | ");
}

/// The same guide, "Static VXLAN termination in VPLS": tunnel ends that are set.
#[test]
fn sros_floods_to_tunnel_ends_that_are_set() {
    let md = |n: u8, end: &str| sros(n, "1/1/2", &format!("vxlan {{\ninstance 1 {{\nvni 110\n{end}}}\n}}\n"));
    let one = md(1, "egress-vtep 10.10.10.2 {\n}\n");
    let both = Fabric::of(&[one.clone(), md(2, "egress-vtep 10.10.10.1 {\n}\n")], ("1/1/1", "1/1/2"));
    assert!(both.heard());
    let text = "            vxlan instance 1 vni 110 create\n                egress-vtep 10.10.10.1\n            exit\n";
    let classic = Fabric::of(&[one.clone(), classic(2, text)], ("1/1/1", "1/1/2"));
    assert!(classic.heard());
    assert_eq!(classic.flooded("leaf2"), ["10.10.10.1".parse::<IpAddr>().unwrap()]);
    let half = Fabric::of(&[one, md(2, "")], ("1/1/1", "1/1/2"));
    assert_eq!((half.heard(), half.findings()), (false, vec!["T-vni-one-way"]));
}
