//! Two switches that look like one (MLAG, vPC, CLAG): who is joined to whom, who takes packets, and what is said of halves that do not fit.

#[path = "support/cabled.rs"]
mod cabled;

use cabled::{Ran, host};

/// Half of an EOS pair: `n` is 1 or 2.
fn eos(n: u8, more: &str) -> String {
    let other = 3 - n;
    format!(
        "! device: l{n} (vEOS-lab, EOS-4.30.1F)\nhostname l{n}\nspanning-tree mode mstp\nvlan 10\nvlan 4094\n   trunk group MLAG\n\
interface Port-Channel9\n   switchport mode trunk\n   switchport trunk group MLAG\ninterface Port-Channel1\n   switchport access vlan 10\n   mlag 1\n\
interface Ethernet1\n   channel-group 1 mode active\ninterface Ethernet2\n   switchport access vlan 10\n\
interface Ethernet3\n   no switchport\n   ip address 10.0.{n}.1/31\ninterface Ethernet9\n   channel-group 9 mode active\n\
interface Vlan10\n   ip address 10.10.0.{}/24\n   ip virtual-router address 10.10.0.1\n\
interface Vlan4094\n   no autostate\n   ip address 10.255.0.{n}/30\nip routing\nip route 198.51.100.0/24 10.0.{n}.0\n\
mlag configuration\n   domain-id PAIR\n   local-interface Vlan4094\n   peer-address 10.255.0.{other}\n   peer-link Port-Channel9\n{more}",
        n + 1
    )
}

/// A host with a bundle to both, one with a port to the first.
fn hosts() -> [(&'static str, String); 2] {
    let one = |name, port, ip: u8, more| host(name, port, (&format!("10.10.0.{ip}/24"), "10.10.0.1"), more);
    let bond = "auto bond0\niface bond0\n  bond-slaves eth1 eth2\n";
    [("h", one("h", "bond0", 100, bond)), ("o", one("o", "eth1", 101, ""))]
}

fn spine() -> (&'static str, String) {
    let text = "! device: s (vEOS-lab, EOS-4.30.1F)\nhostname s\nspanning-tree mode mstp\ninterface Ethernet1\n   no switchport\n   \
ip address 10.0.1.0/31\ninterface Ethernet2\n   no switchport\n   ip address 10.0.2.0/31\ninterface Loopback0\n   ip address 198.51.100.1/32\n\
ip routing\nip route 10.10.0.0/24 10.0.1.1\nip route 10.10.0.0/24 10.0.2.1\n";
    ("s", text.to_owned())
}

const CABLES: &[&str] = &[
    "h eth1 l1 Ethernet1",
    "h eth2 l2 Ethernet1",
    "o eth1 l1 Ethernet2",
    "l1 Ethernet9 l2 Ethernet9",
    "l1 Ethernet3 s Ethernet1",
    "l2 Ethernet3 s Ethernet2",
];

fn eos_pair(more: [&str; 2], cables: &[&str]) -> Ran {
    let [h, o] = hosts();
    Ran::of(&[h, o, ("l1", eos(1, more[0])), ("l2", eos(2, more[1])), spine()], cables)
}

#[test]
fn a_bundle_to_both_is_one_attachment() {
    let ran = eos_pair(["", ""], CABLES);
    assert_eq!(ran.findings(), [""; 0]);
    // The hash of the bundle chooses; a port leads to its own switch.
    assert_eq!(ran.ways(&ran.state, "h", "198.51.100.1"), ["h l1 s: ok", "h l2 s: ok"]);
    assert_eq!(ran.ways(&ran.state, "o", "198.51.100.1"), ["o l1 s: ok"]);
    assert_eq!(ran.ways(&ran.state, "s", "10.10.0.100"), ["s l1 h: ok", "s l2 h: ok"]);
    // One member: the other switch takes all, and the first still reaches the host over the peer link.
    let one = ran.failed(&["h eth1"]);
    assert_eq!(ran.ways(&one, "h", "198.51.100.1"), ["h l2 s: ok"]);
    assert_eq!(ran.ways(&one, "s", "10.10.0.100"), ["s l1 h: ok", "s l2 h: ok"]);
    // One switch: the host stays on the other, the port without a second way does not.
    let gone = ran.failed(&["l1"]);
    assert_eq!(ran.ways(&gone, "h", "198.51.100.1"), ["h l2 s: ok"]);
    assert_eq!(ran.ways(&gone, "s", "10.10.0.100"), ["s l2 h: ok"]);
    assert_ne!(ran.ways(&gone, "o", "198.51.100.1"), ["o l2 s: ok"]);
    ran.sweeps_agree();
}

#[test]
fn halves_that_do_not_fit_are_said() {
    let all: Vec<&str> = CABLES.to_vec();
    let found = |more: [&str; 2]| eos_pair(more, &all).findings();
    assert_eq!(found(["", "   domain-id OTHER\n"]), ["T-mlag-domain"]);
    assert_eq!(found(["interface Port-Channel7\n   mlag 7\n", ""]), ["T-mlag-one-sided"]);
    assert_eq!(found(["", "interface Ethernet9\n   shutdown\n"]), ["T-mlag-peer-link-down"]);
    // The bundle is no longer one where one end does not know of the pair.
    assert_eq!(found(["", "   shutdown\n"]), ["T-bundle-two-systems", "T-mlag-no-peer"]);
    let [h, o] = hosts();
    let linkless = eos(2, "").replace("   peer-link Port-Channel9\n", "");
    let ran = Ran::of(&[h, o, ("l1", eos(1, "")), ("l2", linkless), spine()], CABLES);
    assert_eq!(ran.findings(), ["T-mlag-no-peer-link"]);
    // A bundle to two switches that are no pair; one whose ends are in an Ethernet segment is none of those.
    let alone = |n: u8, segment: &str| {
        let text = eos(n, "");
        let cut = text.find("mlag configuration").unwrap();
        text[..cut].replace("   mlag 1\n", segment)
    };
    for (segment, want) in [("", vec!["T-bundle-two-systems"]), ("   lacp system-id 0000.0000.0001\n", vec![])] {
        let [h, o] = hosts();
        let ran = Ran::of(&[h, o, ("l1", alone(1, segment)), ("l2", alone(2, segment)), spine()], CABLES);
        assert_eq!(ran.findings(), want);
    }
}

/// EOS manual, "MLAG", dual-primary detection: the secondary switch takes its ports down when only the peer link is lost.
#[test]
fn a_lost_peer_link() {
    let plain = eos_pair(["", ""], CABLES);
    let split = plain.failed(&["l1 Ethernet9"]);
    assert_eq!(plain.ways(&split, "h", "198.51.100.1"), ["h l1 s: ok", "h l2 s: ok"]);
    let detects = "   peer-address heartbeat 192.168.0.1\n   dual-primary detection delay 5 action errdisable all-interfaces\n";
    let ran = eos_pair([detects, &format!("{detects}   primary-priority 1\n")], CABLES);
    let split = ran.failed(&["l1 Ethernet9"]);
    assert_eq!(ran.ways(&split, "h", "198.51.100.1"), ["h l2 s: ok"]);
    // Without the primary one there is nothing to be secondary to.
    let both = ran.failed(&["l1 Ethernet9", "l2"]);
    assert_eq!(ran.ways(&both, "h", "198.51.100.1"), ["h l1 s: ok"]);
    ran.sweeps_agree();
}

/// Half of a vPC pair.
fn nxos(n: u8, vpc: &str) -> String {
    let other = 3 - n;
    format!(
        "!Command: show running-config\nversion 9.3(3)\nhostname l{n}\nfeature vpc\nfeature lacp\nfeature hsrp\nfeature interface-vlan\nvlan 10\n\
vpc domain 7\n  peer-keepalive destination 192.168.0.{other} source 192.168.0.{n}\n{vpc}\
interface Vlan10\n  no shutdown\n  ip address 10.10.0.{}/24\n  hsrp 10\n    ip 10.10.0.1\n\
interface port-channel9\n  switchport\n  switchport mode trunk\n  vpc peer-link\n\
interface port-channel1\n  switchport\n  switchport access vlan 10\n  vpc 1\n\
interface Ethernet1/1\n  switchport\n  switchport access vlan 10\n  channel-group 1 mode active\n  no shutdown\n\
interface Ethernet1/2\n  switchport\n  switchport access vlan 10\n  no shutdown\n\
interface Ethernet1/3\n  no switchport\n  ip address 10.0.{n}.1/31\n  no shutdown\n\
interface Ethernet1/9\n  switchport\n  switchport mode trunk\n  channel-group 9 mode active\n  no shutdown\n\
interface mgmt0\n  vrf member management\n  ip address 192.168.0.{n}/24\nip route 198.51.100.0/24 10.0.{n}.0\n",
        n + 1
    )
}

fn vpc_pair(vpc: [&str; 2], gateway: &str) -> Ran {
    let [(h, host), o] = hosts();
    let host = host.replace("ip route 0.0.0.0/0 10.10.0.1", &format!("ip route 0.0.0.0/0 {gateway}"));
    let cables: Vec<String> =
        CABLES.iter().map(|c| c.replace("l1 Ethernet", "l1 Ethernet1/").replace("l2 Ethernet", "l2 Ethernet1/")).collect();
    let cables: Vec<&str> = cables.iter().map(String::as_str).collect();
    Ran::of(&[(h, host), o, ("l1", nxos(1, vpc[0])), ("l2", nxos(2, vpc[1])), spine()], &cables)
}

#[test]
fn both_switches_of_a_vpc_forward() {
    // HSRP: the standby router forwards what the bundle's hash sends to it.
    let ran = vpc_pair(["", ""], "10.10.0.1");
    assert_eq!(ran.findings(), [""; 0]);
    assert_eq!(ran.ways(&ran.state, "h", "198.51.100.1"), ["h l1 s: ok", "h l2 s: ok"]);
    assert_eq!(ran.ways(&ran.state, "o", "198.51.100.1"), ["o l1 s: ok"]);
    // The secondary one (the higher priority value) stops its vPC and its VLAN's interface without the peer link.
    let ran = vpc_pair(["  role priority 200\n", "  role priority 100\n"], "10.10.0.1");
    let split = ran.failed(&["l1 Ethernet1/9"]);
    assert_eq!(ran.ways(&split, "h", "198.51.100.1"), ["h l2 s: ok"]);
    assert_eq!(ran.ways(&split, "s", "10.10.0.100").last().map(String::as_str), Some("s l2 h: ok"));
    ran.sweeps_agree();
    // The other's own address: with `peer-gateway` only.
    let own = vpc_pair(["", ""], "10.10.0.2");
    assert_eq!(own.ways(&own.state, "h", "198.51.100.1"), ["h l1 s: ok"]);
    let gateway = vpc_pair(["  peer-gateway\n", "  peer-gateway\n"], "10.10.0.2");
    assert_eq!(gateway.ways(&gateway.state, "h", "198.51.100.1"), ["h l1 s: ok", "h l2 s: ok"]);
    gateway.sweeps_agree();
    assert_eq!(vpc_pair(["", "  shutdown\n"], "10.10.0.1").findings(), ["T-bundle-two-systems", "T-mlag-no-peer"]);
}

/// Half of a CLAG pair.
fn cumulus(n: u8) -> String {
    format!(
        "l{n}\n# This file describes the network interfaces\nauto lo\niface lo inet loopback\nauto swp3\niface swp3\n  address 10.0.{n}.1/31\n\
auto bond1\niface bond1\n  bond-slaves swp1\n  bridge-access 10\n  clag-id 1\nauto swp2\niface swp2\n  bridge-access 10\n\
auto peerlink\niface peerlink\n  bond-slaves swp9\nauto peerlink.4094\niface peerlink.4094\n  clagd-backup-ip 192.168.0.1\n  \
clagd-peer-ip linklocal\n  clagd-priority {n}000\n  clagd-sys-mac 44:38:39:BE:EF:AA\nauto bridge\niface bridge\n  bridge-ports bond1 swp2 peerlink\n  \
bridge-vids 10\n  bridge-vlan-aware yes\nauto vlan10\niface vlan10\n  address 10.10.0.{}/24\n  address-virtual 00:00:5e:00:01:01 10.10.0.1/24\n  \
vlan-id 10\n  vlan-raw-device bridge\n# ports.conf --\nfrr version 8.4\nip route 198.51.100.0/24 10.0.{n}.0\n",
        n + 1
    )
}

#[test]
fn cumulus_pairs_share_a_virtual_gateway() {
    let [h, o] = hosts();
    let cables: Vec<String> =
        CABLES.iter().map(|c| c.replace("l1 Ethernet", "l1 swp").replace("l2 Ethernet", "l2 swp")).collect();
    let cables: Vec<&str> = cables.iter().map(String::as_str).collect();
    let ran = Ran::of(&[h, o, ("l1", cumulus(1)), ("l2", cumulus(2)), spine()], &cables);
    assert_eq!(ran.findings(), [""; 0]);
    assert_eq!(ran.ways(&ran.state, "h", "198.51.100.1"), ["h l1 s: ok", "h l2 s: ok"]);
    // The secondary one takes its bonds down; its other ports go on.
    let split = ran.failed(&["l1 swp9"]);
    assert_eq!(ran.ways(&split, "h", "198.51.100.1"), ["h l1 s: ok"]);
    ran.sweeps_agree();
}
