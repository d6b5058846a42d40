//! VLANs over VXLAN: which are one broadcast domain, where their frames go, and what is said where tunnels do not fit (EOS, NX-OS).

#![expect(clippy::print_stdout, reason = "a skipped test says so")]

#[path = "support/cabled.rs"]
mod cabled;
mod support;

use std::collections::BTreeSet;

use cabled::{Ran, host};
use nettwin::questions::answer::{Answer, Cell, Table};
use nettwin::questions::evpn::{Wanted, answer};

/// What an EOS leaf says of its VLAN in BGP.
const EVPN: &str = "   vlan 10\n      rd 192.0.2.1:10010\n      route-target both 65000:10010\n      redistribute learned\n";

/// An EOS leaf with VLAN 10, its VXLAN settings and what BGP says beside its session to leaf 2.
fn eos(vxlan: &str, bgp: &str) -> String {
    format!(
        "\
! device: leaf1 (vEOS-lab, EOS-4.30.1F)
hostname leaf1
spanning-tree mode mstp
service routing protocols model multi-agent
vlan 10
interface Ethernet1
   no switchport
   ip address 10.0.1.1/31
interface Ethernet2
   switchport access vlan 10
interface Loopback0
   ip address 192.0.2.1/32
interface Vxlan1
   vxlan source-interface Loopback0
   vxlan vlan 10 vni 10010
{vxlan}ip routing
ip route 0.0.0.0/0 10.0.1.0
router bgp 65000
   router-id 192.0.2.1
   neighbor 192.0.2.2 remote-as 65000
   neighbor 192.0.2.2 update-source Loopback0
{bgp}   address-family evpn
      neighbor 192.0.2.2 activate
"
    )
}

/// An NX-OS leaf with VLAN 20 under the same VNI; `member` and `evpn` say what its overlay does.
fn nxos(member: &str, evpn: &str) -> String {
    format!(
        "\
!Command: show running-config
version 9.3(3) Bios:version
hostname leaf2
nv overlay evpn
feature bgp
feature interface-vlan
feature vn-segment-vlan-based
feature nv overlay
vlan 1,20
vlan 20
  vn-segment 10010
interface nve1
  no shutdown
  host-reachability protocol bgp
  source-interface loopback0
  member vni 10010
{member}interface Ethernet1/1
  no switchport
  ip address 10.0.2.1/31
  no shutdown
interface Ethernet1/2
  switchport access vlan 20
  no shutdown
interface loopback0
  ip address 192.0.2.2/32
ip route 0.0.0.0/0 10.0.2.0
router bgp 65000
  router-id 192.0.2.2
  address-family l2vpn evpn
  neighbor 192.0.2.1
    remote-as 65000
    update-source loopback0
    address-family l2vpn evpn
      send-community
      send-community extended
{evpn}"
    )
}

const REPLICATED: &str = "    ingress-replication protocol bgp\n";

/// `evpn` of NX-OS with a route target in both directions.
fn targets(target: &str) -> String {
    format!("evpn\n  vni 10010 l2\n    rd auto\n    route-target import {target}\n    route-target export {target}\n")
}

const COMMUNITIES: &str = "   neighbor 192.0.2.2 send-community extended\n";

/// Two leaves on a spine that only routes, a host behind each.
fn fabric(leaf1: String, leaf2: String) -> Ran {
    spine_fabric(leaf1, leaf2, "")
}

/// The same; `bgp`: what the spine says beside routing.
fn spine_fabric(leaf1: String, leaf2: String, bgp: &str) -> Ran {
    let spine = "\
! device: spine (vEOS-lab, EOS-4.30.1F)
hostname spine
spanning-tree mode mstp
interface Ethernet1
   no switchport
   ip address 10.0.1.0/31
interface Ethernet2
   no switchport
   ip address 10.0.2.0/31
ip routing
ip route 192.0.2.1/32 10.0.1.1
ip route 192.0.2.2/32 10.0.2.1
";
    let h = |name, ip: u8| host(name, "eth1", (&format!("10.10.0.{ip}/24"), "10.10.0.1"), "");
    Ran::of(
        &[("leaf1", leaf1), ("leaf2", leaf2), ("spine", format!("{spine}{bgp}")), ("h1", h("h1", 11)), ("h2", h("h2", 12))],
        &[
            "leaf1 Ethernet1 spine Ethernet1",
            "leaf2 Ethernet1/1 spine Ethernet2",
            "h1 eth1 leaf1 Ethernet2",
            "h2 eth1 leaf2 Ethernet1/2",
        ],
    )
}

fn asked(ran: &Ran) -> Answer {
    answer(&ran.network, &ran.state, &Wanted { routes: true, ..Wanted::default() })
}

/// Some columns of a table, in words.
fn rows(table: &Table, columns: &[&str]) -> Vec<String> {
    let word = |c: &Cell| match c {
        Cell::Empty => "-".to_owned(),
        Cell::List(l) if l.is_empty() => "-".to_owned(),
        Cell::Text(t) => t.clone(),
        Cell::Int(n) => n.to_string(),
        Cell::List(l) => l.join("+"),
        other => format!("{other:?}"),
    };
    let at: Vec<usize> = columns.iter().map(|c| table.columns.iter().position(|x| x == c).unwrap()).collect();
    table.rows.iter().map(|r| at.iter().map(|n| word(&r.cells[*n])).collect::<Vec<_>>().join(" ")).collect()
}

fn found(ran: &Ran, code: &str) -> Vec<String> {
    ran.state.findings.iter().filter(|f| f.code.0 == code).map(|f| f.message.clone()).collect()
}

/// Lab nxos_evpn_l2vni: each switch has the other's tunnel end (type 3) and host (type 2) under the VNI, whatever number the VLAN has.
#[test]
fn frames_cross_a_tunnel() {
    let ran = fabric(eos("", &format!("{COMMUNITIES}{EVPN}")), nxos(REPLICATED, &targets("auto")));
    assert_eq!(ran.findings(), [""; 0]);
    assert_eq!(found(&ran, "C-evpn-unheard"), [""; 0]);
    assert_eq!(ran.ways(&ran.state, "h1", "10.10.0.12"), ["h1 h2: ok"]);
    let answer = asked(&ran);
    assert_eq!(
        rows(&answer.tables[0], &["node", "vlan", "vni", "vtep", "remote_vteps", "hosts"]),
        ["leaf1 10 10010 192.0.2.1 192.0.2.2 10.10.0.11", "leaf2 20 10010 192.0.2.2 192.0.2.1 10.10.0.12"]
    );
    assert_eq!(
        rows(&answer.tables[1], &["node", "type", "address", "next_hop", "from", "best"]),
        [
            "leaf1 tunnel end 192.0.2.1 192.0.2.1 - best",
            "leaf1 host 10.10.0.11 192.0.2.1 - best",
            "leaf1 tunnel end 192.0.2.2 192.0.2.2 leaf2 best",
            "leaf1 host 10.10.0.12 192.0.2.2 leaf2 best",
            "leaf2 tunnel end 192.0.2.1 192.0.2.1 leaf1 best",
            "leaf2 host 10.10.0.11 192.0.2.1 leaf1 best",
            "leaf2 tunnel end 192.0.2.2 192.0.2.2 - best",
            "leaf2 host 10.10.0.12 192.0.2.2 - best",
        ]
    );
    // Without a way between the tunnel ends the hosts are on two lans.
    assert_eq!(ran.ways(&ran.failed(&["spine"]), "h1", "10.10.0.12"), ["h1: ok"]);
    assert_eq!(ran.ways(&ran.failed(&["leaf1 Ethernet1"]), "h1", "10.10.0.12"), ["h1: ok"]);
    ran.sweeps_agree();
}

#[test]
fn a_trace_names_the_tunnel() {
    let ran = fabric(eos("", &format!("{COMMUNITIES}{EVPN}")), nxos(REPLICATED, &targets("65000:10010")));
    let forwarder = nettwin::forward::step::Forwarder::new(&ran.network, &ran.state);
    let from = ran.network.node(ran.network.find_device("h1").unwrap(), nettwin::model::VrfId::DEFAULT);
    let packet = nettwin::forward::filter::Packet::echo("10.10.0.11".parse().unwrap(), "10.10.0.12".parse().unwrap());
    let trace = nettwin::forward::trace::trace(&ran.network, &ran.state, &forwarder, from, None, &packet);
    let answer = nettwin::questions::trace::answer(&ran.network, &ran.state, &forwarder, &trace);
    assert_eq!(rows(&answer.tables[1], &["node", "out", "tunnel"]), ["h1 eth1 VNI 10010 to 192.0.2.2 over spine", "h2 - -"]);
}

/// ipSpace, "EVPN Centralized Routing with Arista EOS": the gateway of a VLAN stands on a switch whose only port in it is the tunnel.
#[test]
fn a_gateway_needs_no_port_but_the_tunnel() {
    let gateway = eos("", &format!("{COMMUNITIES}{EVPN}"))
        .replace("   switchport access vlan 10\n", "   switchport access vlan 11\n")
        .replace(
            "\ninterface Loopback0",
            "\ninterface Vlan10\n   ip address 10.10.0.1/24\ninterface Vlan11\n   ip address 10.11.0.1/24\ninterface Loopback0",
        );
    let ran = fabric(gateway.replace("vlan 10\ninterface", "vlan 10-11\ninterface"), nxos(REPLICATED, &targets("auto")));
    assert_eq!(ran.ways(&ran.state, "h2", "192.0.2.1"), ["h2 leaf1: ok"]);
    let leaf1 = ran.network.find_device("leaf1").unwrap();
    let vlan = (leaf1, ran.network.devices[leaf1].find_interface("Vlan10").unwrap());
    assert!(ran.state.topology.is_up(vlan) && !ran.failed(&["leaf1 Loopback0"]).topology.is_up(vlan));
}

#[test]
fn route_targets_decide_who_is_joined() {
    let ran = fabric(eos("", &format!("{COMMUNITIES}{EVPN}")), nxos(REPLICATED, &targets("65000:7")));
    assert_eq!(ran.findings(), ["T-vni-targets"]);
    assert_eq!(ran.ways(&ran.state, "h1", "10.10.0.12"), ["h1: ok"]);
    assert_eq!(rows(&asked(&ran).tables[0], &["node", "remote_vteps"]), ["leaf1 -", "leaf2 -"]);
    // One of them takes in what the other sends.
    let one_way = "evpn\n  vni 10010 l2\n    rd auto\n    route-target import auto\n    route-target export 65000:7\n";
    let ran = fabric(eos("", &format!("{COMMUNITIES}{EVPN}")), nxos(REPLICATED, one_way));
    assert_eq!(
        found(&ran, "T-vni-one-way"),
        ["VNI 10010 joins leaf2 and leaf1 one way only: leaf1 does not take in what leaf2 sends"]
    );
    assert_eq!(ran.ways(&ran.state, "h1", "10.10.0.12"), ["h1: ok"]);
}

/// EOS sends no communities unless it is told to (EOS manual, "neighbor send-community").
#[test]
fn what_bgp_does_not_bring_is_said() {
    let ran = fabric(eos("", EVPN), nxos(REPLICATED, &targets("auto")));
    let said = found(&ran, "C-evpn-unheard");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("leaf2 hears the EVPN routes of leaf1 without their route targets: ways"), "{said:?}");
    // A session that carries no EVPN.
    let no_session = eos("", &format!("{COMMUNITIES}{EVPN}")).replace("      neighbor 192.0.2.2 activate\n", "");
    let said = found(&fabric(no_session, nxos(REPLICATED, &targets("auto"))), "C-evpn-unheard");
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("leaf1 hears no EVPN route to the tunnel end of leaf2: ways"), "{said:?}");
}

/// Both leaves speak with a reflector that is not in the snapshot: what it sends nobody knows.
#[test]
fn nothing_is_said_of_what_comes_from_outside() {
    let leaf1 = eos("", &format!("{COMMUNITIES}{EVPN}")).replace("neighbor 192.0.2.2", "neighbor 192.0.2.9");
    let leaf2 = nxos(REPLICATED, &targets("auto")).replace("neighbor 192.0.2.1", "neighbor 192.0.2.9");
    let ran = fabric(leaf1, leaf2);
    assert_eq!(found(&ran, "C-evpn-unheard"), [""; 0]);
    assert_eq!(ran.ways(&ran.state, "h1", "10.10.0.12"), ["h1 h2: ok"]);
}

/// RFC 8365 §5.1.3: the next hop is the tunnel end. A router between two ASes that puts itself there (no `next-hop-unchanged`) breaks the tunnel.
#[test]
fn a_changed_next_hop_is_said() {
    let between = |unchanged: bool| {
        let bgp = format!(
            "router bgp 65009\n   router-id 192.0.2.9\n   neighbor LEAF peer group\n   neighbor LEAF send-community extended\n{}   neighbor 10.0.1.1 peer group LEAF\n   neighbor 10.0.1.1 remote-as 65001\n   neighbor 10.0.2.1 peer group LEAF\n   neighbor 10.0.2.1 remote-as 65002\n   address-family evpn\n      neighbor LEAF activate\n",
            if unchanged { "   neighbor LEAF next-hop-unchanged\n" } else { "" }
        );
        let leaf = |n: u8, vlan: u8, port: &str| {
            format!(
                "! device: leaf{n} (vEOS-lab, EOS-4.30.1F)\nhostname leaf{n}\nspanning-tree mode mstp\nservice routing protocols model multi-agent\nvlan {vlan}\ninterface Ethernet1\n   no switchport\n   ip address 10.0.{n}.1/31\ninterface {port}\n   switchport access vlan {vlan}\ninterface Loopback0\n   ip address 192.0.2.{n}/32\ninterface Vxlan1\n   vxlan source-interface Loopback0\n   vxlan vlan {vlan} vni 10010\nip routing\nip route 192.0.2.0/24 10.0.{n}.0\nrouter bgp 6500{n}\n   router-id 192.0.2.{n}\n   neighbor 10.0.{n}.0 remote-as 65009\n   neighbor 10.0.{n}.0 send-community extended\n   vlan {vlan}\n      rd 192.0.2.{n}:10010\n      route-target both 1:10010\n      redistribute learned\n   address-family evpn\n      neighbor 10.0.{n}.0 activate\n"
            )
        };
        found(
            &spine_fabric(leaf(1, 10, "Ethernet2"), leaf(2, 20, "Ethernet1/2").replace("Ethernet1\n", "Ethernet1/1\n"), &bgp),
            "C-evpn-unheard",
        )
    };
    assert_eq!(between(true), [""; 0]);
    let said = between(false);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[0].starts_with("leaf1 has 10.0.1.0 as next hop of the EVPN routes of leaf2, which is not its tunnel end"),
        "{said:?}"
    );
}

/// EOS manual, "VXLAN": `vxlan flood vtep`; Nexus 9000 VXLAN configuration guide, `ingress-replication protocol static`.
#[test]
fn flood_lists_join_where_both_name_each_other() {
    let peer = "    ingress-replication protocol static\n      peer-ip 192.0.2.1\n";
    let ran = fabric(eos("   vxlan flood vtep 192.0.2.2\n", ""), nxos(peer, ""));
    assert_eq!(ran.findings(), [""; 0]);
    assert_eq!(ran.ways(&ran.state, "h1", "10.10.0.12"), ["h1 h2: ok"]);
    assert_eq!(rows(&asked(&ran).tables[0], &["node", "remote_vteps"]), ["leaf1 192.0.2.2", "leaf2 192.0.2.1"]);
    // A list of the VLAN stands instead of the general one.
    let elsewhere = "   vxlan flood vtep 192.0.2.2\n   vxlan vlan 10 flood vtep 192.0.2.9\n";
    let ran = fabric(eos(elsewhere, ""), nxos(peer, ""));
    assert_eq!(ran.findings(), ["T-vni-one-way"]);
    assert_eq!(ran.ways(&ran.state, "h1", "10.10.0.12"), ["h1: ok"]);
}

/// RFC 7348 §4.2; EOS manual, `vxlan multicast-group`; Nexus 9000 VXLAN configuration guide, `mcast-group`.
#[test]
fn a_multicast_group_joins_those_that_flood_to_it() {
    for (group, ends) in [("239.1.1.1", "h1 h2: ok"), ("239.1.1.2", "h1: ok")] {
        let ran = fabric(eos("   vxlan multicast-group 239.1.1.1\n", ""), nxos(&format!("    mcast-group {group}\n"), ""));
        assert_eq!(ran.ways(&ran.state, "h1", "10.10.0.12"), [ends]);
    }
}

/// What the devices of lab eos_evpn_l3_design_guide print: `show interface vxlan1` and the inclusive multicast routes of `show bgp evpn`.
#[test]
fn eos_devices_flood_to_the_same_tunnel_ends() {
    let Some(lab) = support::labs_folder().map(|labs| labs.join("eos_evpn_l3_design_guide")).filter(|lab| lab.is_dir()) else {
        println!("skipped: no labs (set NETTWIN_SHARED to the folder that holds `labs`)");
        return;
    };
    let network = nettwin::load::load(&lab).unwrap().network;
    let state = nettwin::engine::simulate(&network, &Default::default());
    let answer = answer(&network, &state, &Wanted { routes: true, ..Wanted::default() });
    let of = |table: usize, columns: &[&str]| rows(&answer.tables[table], columns).into_iter().collect::<BTreeSet<_>>();
    let (mut vlans, mut routes) = (BTreeSet::new(), BTreeSet::new());
    for device in network.devices.iter() {
        let show = |what: &str| -> Option<serde_json::Value> {
            let text = std::fs::read_to_string(lab.join("show").join(&*device.name).join(format!("{what}_|_json.txt"))).ok()?;
            serde_json::from_str(&text).ok()
        };
        if let Some(port) = show("show_interface_vxlan1").map(|s| s["interfaces"]["Vxlan1"].clone()) {
            for (vlan, of) in port["vlanToVniMap"].as_object().unwrap().iter().filter(|(_, of)| of["source"] == "") {
                let ends = port["vlanToVtepList"][vlan]["remoteVtepAddr"].as_array().cloned().unwrap_or_default();
                let ends: Vec<&str> = ends.iter().filter_map(|e| e.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
                let ends = if ends.is_empty() { "-".to_owned() } else { ends.join("+") };
                vlans.insert(format!("{} {vlan} {} {ends}", device.name, of["vni"]));
            }
        }
        let Some(printed) = show("show_bgp_evpn") else { continue };
        for route in printed["evpnRoutes"].as_object().unwrap().values() {
            let key = &route["routeKeyDetail"];
            if key["nlriType"] != "imet" {
                continue;
            }
            for path in route["evpnRoutePaths"].as_array().unwrap() {
                let own = path["nextHop"] == "";
                let hop = if own { &key["ipGenAddr"] } else { &path["nextHop"] }.as_str().unwrap();
                let text = path["asPathEntry"]["asPath"].as_str().unwrap();
                let as_path = text.strip_suffix('i').unwrap_or(text).trim();
                let as_path = if as_path.is_empty() { "-" } else { as_path };
                let [rd, address] = [&key["rd"], &key["ipGenAddr"]].map(|v| v.as_str().unwrap());
                routes.insert(format!("{} {rd} {} {address} {hop} {as_path}", device.name, key["eti"]));
            }
        }
    }
    assert_eq!((vlans.len(), routes.len()), (36, 294));
    assert_eq!(of(0, &["node", "vlan", "vni", "remote_vteps"]), vlans);
    assert_eq!(of(1, &["node", "distinguisher", "vni", "address", "next_hop", "as_path"]), routes);
}

/// RFC 9135 §4 (symmetric routing): hosts of a VLAN are routes in its VRF on other switches, EOS's of NX-OS and the other way round, and packets go
/// straight to the switch that the host is behind, though another one has the subnet too.
#[test]
fn hosts_are_routes_of_their_vrf() {
    let eos = eos(
        "   vxlan vrf T vni 50000\n",
        &format!(
            "{COMMUNITIES}{EVPN}   vrf T\n      rd 192.0.2.1:50000\n      route-target import evpn 65000:50000\n      route-target export evpn 65000:50000\n      redistribute connected\n"
        ),
    )
    .replace("\ninterface Loopback0", "\nvrf instance T\nip routing vrf T\nip virtual-router mac-address 00:1c:73:00:00:01\ninterface Vlan10\n   vrf T\n   ip address virtual 10.10.0.1/24\ninterface Loopback0");
    let context = "vrf context T\n  vni 50000\n  rd 192.0.2.2:50000\n  address-family ipv4 unicast\n    route-target both 65000:50000\n    route-target both 65000:50000 evpn\n";
    let vlans = "feature fabric forwarding\nfabric forwarding anycast-gateway-mac 0200.0000.0001\nvlan 1,20,99\nvlan 99\n  vn-segment 50000\n";
    let ports = "interface Vlan20\n  no shutdown\n  vrf member T\n  ip address 10.10.0.1/24\n  fabric forwarding mode anycast-gateway\ninterface Vlan99\n  no shutdown\n  vrf member T\n  ip forward\n";
    let nxos = nxos("    ingress-replication protocol bgp\n  member vni 50000 associate-vrf\n", &targets("auto"))
        .replace("vlan 1,20\n", &format!("{vlans}{context}"))
        .replace("interface Ethernet1/1\n", &format!("{ports}interface Ethernet1/1\n"));
    let ran = fabric(eos, nxos);
    let holds = |device: &str, prefix: &str| {
        let d = ran.network.find_device(device).unwrap();
        let node = ran.network.node(d, ran.network.devices[d].find_vrf("T").unwrap());
        let prefix = prefix.parse().unwrap();
        let id = ran.state.rib.get(&ran.state.arena, node, &prefix)?;
        let route = ran.state.arena.routes.get(id);
        let fact = nettwin::questions::routes::RouteFact::new(&ran.network, &ran.state, node, prefix, route);
        Some(format!("{} {}", fact.protocol.word(), fact.via.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")))
    };
    let over = |n: u8| Some(format!("ibgp 192.0.2.{n} in VRF default under VNI 50000"));
    assert_eq!(holds("leaf1", "10.10.0.12/32"), over(2));
    assert_eq!(holds("leaf2", "10.10.0.11/32"), over(1));
    // A switch has no such route to its own hosts.
    assert_eq!((holds("leaf1", "10.10.0.11/32"), holds("leaf2", "10.10.0.12/32")), (None, None));
    assert_eq!(ran.ways(&ran.state, "h1", "10.10.0.12"), ["h1 h2: ok"]);
    for failed in [["h2"], ["leaf2"], ["spine"]] {
        ran.failed(&failed);
    }
}
