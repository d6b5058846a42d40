//! Labels of tunnels on their way: LDP and segment routing over PE – P – PE, from real syntax, and where the labels break.

#[path = "support/ran.rs"]
mod ran;

use nettwin::forward::filter::Packet;
use nettwin::forward::step::Forwarder;
use nettwin::forward::trace::trace;
use nettwin::model::mpls::LastHop;
use nettwin::questions::answer::Cell;
use ran::{Ran, ran};

/// What the traces of a packet say of its tunnel, and the notes on labels.
fn labels(ran: &Ran, from: &str, to: &str) -> (String, Vec<String>) {
    let node = ran.node(from, "C");
    let forwarder = Forwarder::new(&ran.network, &ran.state);
    let to = to.parse().unwrap();
    let found = trace(&ran.network, &ran.state, &forwarder, node, None, &Packet::echo(to, to));
    let answer = nettwin::questions::trace::answer(&ran.network, &ran.state, &forwarder, &found);
    let hops = answer.tables.iter().find(|t| t.name == "hops").unwrap();
    let column = hops.columns.iter().position(|c| *c == "tunnel").unwrap();
    let cell = hops.rows.iter().map(|r| text(&r.cells[column])).find(|t| !t.is_empty()).unwrap_or_default();
    let notes = answer.notes.into_iter().filter(|n| n.contains("label")).collect();
    (cell, notes)
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(t) => t.clone(),
        _ => String::new(),
    }
}

fn network(configs: &[(&str, String)]) -> Ran {
    let all: Vec<(&str, &str)> = configs.iter().map(|(name, text)| (*name, text.as_str())).collect();
    ran(&all)
}

/// IOS-XR, `n` = 1 or 2: a PE behind the P router's port of the same number.
fn xr_pe(n: u8, more: &str) -> String {
    let other = 3 - n;
    format!(
        "!! IOS XR Configuration 6.6.2\nhostname PE{n}\nvrf C\n address-family ipv4 unicast\n  import route-target\n   65000:1\n  !\n  export route-target\n   65000:1\n  !\n !\n!\ninterface Loopback0\n ipv4 address 10.254.1.{n} 255.255.255.255\n!\ninterface Loopback1\n vrf C\n ipv4 address 10.100.{n}.1 255.255.255.0\n!\ninterface GigabitEthernet0/0/0/0\n ipv4 address 10.0.{n}.1 255.255.255.252\n!\n{more}router bgp 65000\n bgp router-id 10.254.1.{n}\n address-family vpnv4 unicast\n !\n neighbor 10.254.1.{other}\n  remote-as 65000\n  update-source Loopback0\n  address-family vpnv4 unicast\n  !\n !\n vrf C\n  rd 65000:{n}\n  address-family ipv4 unicast\n   redistribute connected\n  !\n !\n!\nend\n"
    )
}

fn xr_p(more: &str) -> String {
    format!(
        "!! IOS XR Configuration 6.6.2\nhostname P1\ninterface Loopback0\n ipv4 address 10.254.1.3 255.255.255.255\n!\ninterface GigabitEthernet0/0/0/0\n ipv4 address 10.0.1.2 255.255.255.252\n!\ninterface GigabitEthernet0/0/0/1\n ipv4 address 10.0.2.2 255.255.255.252\n!\n{more}end\n"
    )
}

/// The ports `0` to `n - 1` in OSPF, with more lines for the process and for the loopback.
fn xr_ospf(ports: u8, process: &str, loopback: &str) -> String {
    let ports: String =
        (0..ports).map(|n| format!("  interface GigabitEthernet0/0/0/{n}\n   network point-to-point\n  !\n")).collect();
    format!("router ospf 1\n{process} area 0\n  interface Loopback0\n{loopback}  !\n{ports} !\n!\n")
}

fn xr_ldp(ports: &[u8]) -> String {
    let ports: String = ports.iter().map(|n| format!(" interface GigabitEthernet0/0/0/{n}\n !\n")).collect();
    format!("mpls ldp\n router-id 10.254.1.9\n{ports}!\n")
}

const TO: &str = "10.100.2.1";

fn ldp_network(p_ports: &[u8]) -> Ran {
    let pe = |n| xr_pe(n, &(xr_ospf(1, "", "") + &xr_ldp(&[0])));
    network(&[("pe1", pe(1)), ("p1", xr_p(&(xr_ospf(2, "", "") + &xr_ldp(p_ports)))), ("pe2", pe(2))])
}

#[test]
fn ldp_labels_the_way_from_end_to_end() {
    let (tunnel, notes) = labels(&ldp_network(&[0, 1]), "pe1", TO);
    assert_eq!((&*tunnel, &notes[..]), ("over p1, labels LDP > pop", &[][..]));
}

#[test]
fn a_port_without_ldp_breaks_the_way() {
    let (tunnel, notes) = labels(&ldp_network(&[0]), "pe1", TO);
    assert_eq!(tunnel, "over p1, labels LDP > none");
    let said =
        "The label path from pe1 to 10.254.1.2 breaks at p1: no LDP on GigabitEthernet0/0/0/1; packets of VPNs are lost there.";
    assert_eq!(notes, [said]);
    let (_, notes) = labels(&ldp_network(&[]), "pe1", TO);
    assert!(notes[0].contains("breaks at p1: no LDP on GigabitEthernet0/0/0/0;"), "{notes:?}");
}

/// "LDP IGP Auto-configuration": OSPF's interfaces have LDP, but for one that says no.
#[test]
fn an_igp_turns_ldp_on() {
    let pe = |n| xr_pe(n, &(xr_ospf(1, " mpls ldp auto-config\n", "") + "mpls ldp\n!\n"));
    let with = |ldp: &str| {
        let p = xr_p(&(xr_ospf(2, " mpls ldp auto-config\n", "") + ldp));
        labels(&network(&[("pe1", pe(1)), ("p1", p), ("pe2", pe(2))]), "pe1", TO).0
    };
    assert_eq!(with("mpls ldp\n!\n"), "over p1, labels LDP > pop");
    let off = "mpls ldp\n interface GigabitEthernet0/0/0/1\n  igp auto-config disable\n !\n!\n";
    assert_eq!(with(off), "over p1, labels LDP > none");
}

/// A summary on the way: P1 has no route to the loopback itself, so no label for it.
#[test]
fn a_route_to_another_prefix_breaks_the_way() {
    let statics = |to: &str, via: &str| format!("router static\n address-family ipv4 unicast\n  {to} {via}\n !\n!\n");
    let pe1 = xr_pe(1, &(statics("10.254.1.2/32", "10.0.1.2") + &xr_ldp(&[0])));
    let pe2 = xr_pe(2, &(statics("10.254.1.1/32", "10.0.2.2") + &xr_ldp(&[0])));
    let back = statics("10.254.1.1/32", "10.0.1.1");
    let p = xr_p(&(back + &statics("10.254.0.0/16", "10.0.2.1") + &xr_ldp(&[0, 1])));
    let (tunnel, notes) = labels(&network(&[("pe1", pe1), ("p1", p), ("pe2", pe2)]), "pe1", TO);
    assert_eq!(tunnel, "over p1, labels none");
    assert!(notes[0].contains("breaks at p1: its route is to 10.254.0.0/16,"), "{notes:?}");
}

/// Two P routers in a row would be needed to see swaps; here the first label is of P1's own block, which differs from the PEs'.
#[test]
fn segments_count_from_the_next_routers_block() {
    let sid = |n: &str| format!("   prefix-sid {n}\n");
    let on = " segment-routing mpls\n";
    let pe = |n: u8, s: &str| xr_pe(n, &xr_ospf(1, on, &sid(s)));
    let block = "segment-routing\n global-block 100000 107999\n!\n";
    let with = |p: String, last: &str| labels(&network(&[("pe1", pe(1, "index 1")), ("p1", p), ("pe2", pe(2, last))]), "pe1", TO);
    let p = |more: &str| xr_p(&(xr_ospf(2, on, &sid("index 3")) + more));
    assert_eq!(with(p(""), "index 2").0, "over p1, labels 16002 > pop");
    assert_eq!(with(p(block), "index 2").0, "over p1, labels 100002 > pop");
    assert_eq!(with(p(block), "absolute 16005").0, "over p1, labels 100005 > pop");
    assert_eq!(with(p(block), "index 2 explicit-null").0, "over p1, labels 100002 > 0");
    let (tunnel, notes) = with(xr_p(&xr_ospf(2, "", "")), "index 2");
    assert_eq!(tunnel, "over p1, labels none");
    assert_eq!(
        notes,
        ["The label path from pe1 to 10.254.1.2 breaks at p1: no segment routing; packets of VPNs are lost there."]
    );
    let small = "segment-routing\n global-block 100000 100001\n!\n";
    let (_, notes) = with(p(small), "index 2");
    assert!(notes[0].contains("at p1: its global block of labels has no label of index 2"), "{notes:?}");
}

/// RFC 8661 §2: P1 has both, each PE one of them.
#[test]
fn ldp_goes_on_as_a_segment() {
    let segments = |n: &str| xr_ospf(1, " segment-routing mpls\n", &format!("   prefix-sid index {n}\n"));
    let pe1 = xr_pe(1, &(xr_ospf(1, "", "") + &xr_ldp(&[0])));
    let p = xr_ospf(2, " segment-routing mpls\n", "   prefix-sid index 3\n") + &xr_ldp(&[0]);
    let ran = network(&[("pe1", pe1), ("p1", xr_p(&p)), ("pe2", xr_pe(2, &segments("2")))]);
    assert_eq!(labels(&ran, "pe1", TO).0, "over p1, labels LDP > pop");
}

/// A P router of other OSes: `ldp` on its second port, and segment routing of its OSPF.
fn p(os: &str, ldp: bool, segments: bool) -> String {
    let on = |yes: bool, text: &'static str| if yes { text } else { "" };
    let (second, sr) = (|text| on(ldp, text), |text| on(segments, text));
    match os {
        "ios" => format!(
            "version 15.7\nhostname P1\nmpls label protocol ldp\nmpls ldp router-id Loopback0 force\n{}interface Loopback0\n ip address 10.254.1.3 255.255.255.255\ninterface GigabitEthernet0/0\n ip address 10.0.1.2 255.255.255.252\n ip ospf network point-to-point\n mpls ip\ninterface GigabitEthernet0/1\n ip address 10.0.2.2 255.255.255.252\n ip ospf network point-to-point\n{}router ospf 1\n network 0.0.0.0 255.255.255.255 area 0\n{}end\n",
            sr(
                "segment-routing mpls\n global-block 20000 27999\n !\n connected-prefix-sid-map\n  address-family ipv4\n   10.254.1.3/32 index 3 range 1\n  exit-address-family\n !\n"
            ),
            second(" mpls ip\n"),
            sr(" segment-routing mpls\n")
        ),
        "junos" => format!(
            "set version 25.4R1.12\nset system host-name p1\nset interfaces ge-0/0/0 unit 0 family inet address 10.0.1.2/30\nset interfaces ge-0/0/0 unit 0 family mpls\nset interfaces ge-0/0/1 unit 0 family inet address 10.0.2.2/30\nset interfaces ge-0/0/1 unit 0 family mpls\nset interfaces lo0 unit 0 family inet address 10.254.1.3/32\nset protocols mpls interface ge-0/0/0.0\nset protocols mpls interface all\nset protocols ldp interface ge-0/0/0.0\n{}set protocols ospf area 0 interface ge-0/0/0.0 interface-type p2p\nset protocols ospf area 0 interface ge-0/0/1.0 interface-type p2p\nset protocols ospf area 0 interface lo0.0 passive\n{}",
            second("set protocols ldp interface ge-0/0/1.0\n"),
            sr(
                "set protocols ospf source-packet-routing srgb start-label 20000\nset protocols ospf source-packet-routing srgb index-range 8000\nset protocols ospf source-packet-routing node-segment ipv4-index 3\n"
            )
        ),
        "eos" => format!(
            "! device: P1 (vEOS, EOS-4.23.0.1F)\nhostname P1\nservice routing protocols model multi-agent\ninterface Ethernet1\n   no switchport\n   ip address 10.0.1.2/30\n   ip ospf network point-to-point\n   mpls ldp interface\ninterface Ethernet2\n   no switchport\n   ip address 10.0.2.2/30\n   ip ospf network point-to-point\n{}interface Loopback0\n   ip address 10.254.1.3/32\n   node-segment ipv4 index 3\nip routing\nmpls ip\nmpls label range ospf-sr 20000 8000\nmpls ldp\n   interface disabled default\n   no shutdown\nrouter ospf 1\n   network 0.0.0.0/0 area 0.0.0.0\n{}end\n",
            second("   mpls ldp interface\n"),
            sr("   segment-routing mpls\n      no shutdown\n")
        ),
        "frr" => format!(
            "frr version 8.4\nfrr defaults traditional\nhostname P1\ninterface lo\n ip address 10.254.1.3/32\nexit\ninterface eth0\n ip address 10.0.1.2/30\n ip ospf network point-to-point\nexit\ninterface eth1\n ip address 10.0.2.2/30\n ip ospf network point-to-point\nexit\nrouter ospf\n network 0.0.0.0/0 area 0\n{}exit\nmpls ldp\n router-id 10.254.1.3\n address-family ipv4\n  discovery transport-address 10.254.1.3\n  interface eth0\n  exit\n{} exit-address-family\nexit\n",
            sr(" segment-routing on\n segment-routing global-block 20000 27999\n segment-routing prefix 10.254.1.3/32 index 3\n"),
            second("  interface eth1\n  exit\n")
        ),
        "sros" => format!(
            "# TiMOS-B-26.3.R1 both/x86_64 Nokia 7750 SR-1\nconfigure {{\nport 1/1/1 {{\nadmin-state enable\nethernet {{\nmtu 1514\n}}\n}}\nport 1/1/2 {{\nadmin-state enable\nethernet {{\nmtu 1514\n}}\n}}\nrouter \"Base\" {{\ninterface \"system\" {{\nipv4 {{\nprimary {{\naddress 10.254.1.3\nprefix-length 32\n}}\n}}\n}}\ninterface \"one\" {{\nport 1/1/1\nipv4 {{\nprimary {{\naddress 10.0.1.2\nprefix-length 30\n}}\n}}\n}}\ninterface \"two\" {{\nport 1/1/2\nipv4 {{\nprimary {{\naddress 10.0.2.2\nprefix-length 30\n}}\n}}\n}}\nmpls-labels {{\nsr-labels {{\nstart 20000\nend 27999\n}}\n}}\nldp {{\ninterface-parameters {{\ninterface \"one\" {{\nipv4 {{\n}}\n}}\n{}}}\n}}\nospf 0 {{\nadmin-state enable\n{}area 0.0.0.0 {{\ninterface \"system\" {{\nnode-sid {{\nindex 3\n}}\n}}\ninterface \"one\" {{\ninterface-type point-to-point\n}}\ninterface \"two\" {{\ninterface-type point-to-point\n}}\n}}\n}}\n}}\n}}\n",
            second("interface \"two\" {\nipv4 {\n}\n}\n"),
            sr("segment-routing {\nadmin-state enable\nprefix-sid-range {\nglobal\n}\n}\n")
        ),
        "sros classic" => format!(
            "# TiMOS-C-23.7.R1 cpm/x86_64 Nokia 7750 SR\nexit all\nconfigure\n    port 1/1/1\n        ethernet\n            mtu 1514\n        exit\n        no shutdown\n    exit\n    port 1/1/2\n        ethernet\n            mtu 1514\n        exit\n        no shutdown\n    exit\n    router Base\n        interface \"system\"\n            address 10.254.1.3/32\n            no shutdown\n        exit\n        interface \"one\"\n            address 10.0.1.2/30\n            port 1/1/1\n            no shutdown\n        exit\n        interface \"two\"\n            address 10.0.2.2/30\n            port 1/1/2\n            no shutdown\n        exit\n        mpls-labels\n            sr-labels start 30000 end 39999\n        exit\n        ospf 0\n{}            area 0.0.0.0\n                interface \"system\"\n                    node-sid index 3\n                    no shutdown\n                exit\n                interface \"one\"\n                    interface-type point-to-point\n                    no shutdown\n                exit\n                interface \"two\"\n                    interface-type point-to-point\n                    no shutdown\n                exit\n            exit\n            no shutdown\n        exit\n        ldp\n            interface-parameters\n                interface \"one\" dual-stack\n                    ipv4\n                        no shutdown\n                    exit\n                    no shutdown\n                exit\n{}            exit\n            no shutdown\n        exit\n    exit\nexit all\n",
            sr(
                "            segment-routing\n                prefix-sid-range start-label 20000 max-index 99\n                no shutdown\n            exit\n"
            ),
            second(
                "                interface \"two\" dual-stack\n                    ipv4\n                        no shutdown\n                    exit\n                    no shutdown\n                exit\n"
            )
        ),
        _ => unreachable!(),
    }
}

const OTHERS: [(&str, &str); 6] = [
    ("ios", "GigabitEthernet0/1"),
    ("junos", "ge-0/0/1.0"),
    ("eos", "Ethernet2"),
    ("frr", "eth1"),
    ("sros", "two"),
    ("sros classic", "two"),
];

#[test]
fn other_oses_have_ldp() {
    for (os, second) in OTHERS {
        let pe = |n| xr_pe(n, &(xr_ospf(1, "", "") + &xr_ldp(&[0])));
        let with = |ldp| labels(&network(&[("pe1", pe(1)), ("p1", p(os, ldp, false)), ("pe2", pe(2))]), "pe1", TO);
        assert_eq!(with(true), ("over p1, labels LDP > pop".to_owned(), vec![]), "{os}");
        let (tunnel, notes) = with(false);
        assert_eq!(tunnel, "over p1, labels LDP > none", "{os}");
        assert!(notes[0].contains(&format!("breaks at p1: no LDP on {second};")), "{os}: {notes:?}");
    }
}

#[test]
fn other_oses_have_segments() {
    for (os, _) in OTHERS {
        let pe = |n: u8| xr_pe(n, &xr_ospf(1, " segment-routing mpls\n", &format!("   prefix-sid index {n}\n")));
        let with = |on| labels(&network(&[("pe1", pe(1)), ("p1", p(os, false, on)), ("pe2", pe(2))]), "pe1", TO);
        assert_eq!(with(true), ("over p1, labels 20002 > pop".to_owned(), vec![]), "{os}");
        assert!(with(false).1[0].contains("breaks at p1: no segment routing;"), "{os}");
    }
}

/// The end may ask for the label to stay, as SR OS does.
#[test]
fn the_end_says_what_happens_to_the_last_label() {
    let mut ran = ldp_network(&[0, 1]);
    let pe2 = ran.network.find_device("pe2").unwrap();
    let mut with = |last| {
        ran.network.devices[pe2].mpls.as_mut().unwrap().ldp_last = last;
        labels(&ran, "pe1", TO).0
    };
    assert_eq!(with(LastHop::Keeps), "over p1, labels LDP > LDP");
    assert_eq!(with(LastHop::ExplicitNull), "over p1, labels LDP > 0");
}

#[test]
fn junos_takes_labels_only_where_both_lines_say_so() {
    let pe = |n| xr_pe(n, &(xr_ospf(1, "", "") + &xr_ldp(&[0])));
    let without = |line: &str| {
        let text = p("junos", true, false).replace(line, "");
        labels(&network(&[("pe1", pe(1)), ("p1", text), ("pe2", pe(2))]), "pe1", TO).1
    };
    let said = "The label path from pe1 to 10.254.1.2 breaks at p1: ge-0/0/1.0 takes no packets with labels; packets of VPNs are lost there.";
    assert_eq!(without("set interfaces ge-0/0/1 unit 0 family mpls\n"), [said]);
    assert_eq!(without("set protocols mpls interface all\n"), [said]);
}

/// What the reader of an OS does not tell is not known; it is no fault.
#[test]
fn an_os_whose_labels_are_not_read_is_not_blamed() {
    let pe = |n| xr_pe(n, &(xr_ospf(1, "", "") + &xr_ldp(&[0])));
    let mut ran = ldp_network(&[0, 1]);
    assert!(ran.network.devices.iter().all(|d| d.mpls.is_some()));
    let p1 = ran.network.find_device("p1").unwrap();
    ran.network.devices[p1].mpls = None;
    let (tunnel, notes) = labels(&ran, "pe1", TO);
    assert_eq!(tunnel, "over p1");
    assert_eq!(
        notes,
        ["The label path from pe1 to 10.254.1.2 is not known at p1: what cisco_iosxr says of labels is not modelled."]
    );
    let rsvp = xr_p(&(xr_ospf(2, "", "") + &xr_ldp(&[0]) + "mpls traffic-eng\n interface GigabitEthernet0/0/0/1\n !\n!\n"));
    let (tunnel, notes) = labels(&network(&[("pe1", pe(1)), ("p1", rsvp), ("pe2", pe(2))]), "pe1", TO);
    assert_eq!(tunnel, "over p1, labels LDP > ?");
    assert_eq!(
        notes,
        ["The label path from pe1 to 10.254.1.2 is not known at p1: RSVP-TE may give labels, which is not modelled."]
    );
}

/// A candidate with a port more has the same labels on the same ports (`model/align`).
#[test]
fn labels_keep_their_ports_when_networks_are_aligned() {
    let before = xr_p(&(xr_ospf(2, "", "") + &xr_ldp(&[1])));
    let port = "interface GigabitEthernet0/0/0/0\n";
    let after = before.replacen(port, &format!("interface Loopback7\n ipv4 address 10.7.7.7 255.255.255.255\n!\n{port}"), 1);
    let devices = |text: &String| network(&[("p1", text.clone())]).network.devices.into_vec();
    let (mut a, mut b) = (devices(&before), devices(&after));
    nettwin::model::align::align(&mut a, &mut b);
    for device in a.iter().chain(&b) {
        let ports: Vec<&str> = device.mpls.iter().flat_map(|m| &m.ldp).map(|(i, _)| &*device.interfaces[*i].name).collect();
        assert_eq!(ports, ["GigabitEthernet0/0/0/1"]);
    }
}
