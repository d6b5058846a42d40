use super::*;
use crate::base::id::Id;
use crate::base::span::FileId;
use crate::model::bgp::{NextHopSelf, Peer, RemoteAs};
use crate::model::interface::{InterfaceKind, RedundancyProtocol};
use crate::model::isis::Levels;
use crate::model::ospf::NetworkType;
use crate::model::policy::{Action, Cond, Flow, Number, Policy, Verdict};
use crate::model::route::Family;
use crate::model::static_route::StaticHop;
use crate::vendors::Reading;
use crate::vendors::sink::{LineClass, ReadReport, UNDEFINED};

fn read(text: &str) -> Reading {
    let file = ConfigFile { id: FileId(0), name: "r1.cfg", text };
    crate::vendors::read_device(&IosXr, "r1", &[file])
}

const NONE: [usize; 0] = [];

fn lines_of(report: &ReadReport, class: LineClass) -> Vec<usize> {
    report.classes[0].1.iter().enumerate().filter(|(_, c)| **c == class).map(|(n, _)| n + 1).collect()
}

/// Forms as IOS-XR 6.x prints them (labs iosxr_ebgp_basic and cisco_xr_ios_vpnv4 show each of these blocks).
const EDGE: &str = "\
!! IOS XR Configuration version = 6.2.2
hostname edge
vrf BLUE
 address-family ipv4 unicast
  import route-target
   65000:1
   65000:2
  !
  export route-target
   65000:1
  !
 !
!
interface Loopback0
 ipv4 address 10.0.0.1 255.255.255.255
!
interface Bundle-Ether10
 mtu 9214
 ipv4 address 10.1.0.1/24
 ipv4 address 10.2.0.1 255.255.255.0 secondary
 ipv4 access-group COMMON ingress
!
interface Bundle-Ether10.100
 vrf BLUE
 ipv4 address 10.9.0.1 255.255.255.0
 encapsulation dot1q 100
!
interface TenGigE0/0/0/0
 bundle id 10 mode active
!
interface TenGigE0/0/0/1
 bundle id 10 mode active
!
interface GigabitEthernet0/0/0/2
 ipv4 unnumbered Loopback0
 shutdown
!
ipv4 access-list COMMON
 10 permit tcp any host 10.1.0.1 eq bgp
 20 deny ipv4 any any log
!
prefix-set CUSTOMERS
  # remark
  172.16.0.0/12 ge 16 le 24,
  10.0.0.0/8
end-set
!
route-policy SET-LP($lp, $set)
  if destination in $set then
    set local-preference $lp
  endif
end-policy
!
route-policy IN
  if as-path passes-through '666' then
    drop
  endif
  apply SET-LP(200, CUSTOMERS)
  if community matches-any (65000:1, 65000:[10..20]) and not med eq 0 then
    set community (65000:99) additive
    done
  else
    pass
  endif
end-policy
!
route-policy OUT
  pass
end-policy
!
router static
 address-family ipv4 unicast
  0.0.0.0/0 10.1.0.254
  198.51.100.0/24 Null0 250 tag 7
 !
 vrf BLUE
  address-family ipv4 unicast
   192.0.2.0/24 vrf default 10.1.0.9
  !
 !
!
router ospf CORE
 router-id 10.0.0.1
 network point-to-point
 cost 7
 area 0
  passive enable
  interface Loopback0
  !
  interface Bundle-Ether10
   passive disable
   cost 5
   dead-interval 8
  !
 !
!
router isis X
 net 49.0001.0100.0000.0001.00
 is-type level-2-only
 address-family ipv4 unicast
  metric-style wide
  metric 100 level 2
 !
 interface Bundle-Ether10
  point-to-point
  address-family ipv4 unicast
   metric 33
  !
 !
 interface Loopback0
  passive
  address-family ipv4 unicast
  !
 !
!
router bgp 65000
 bgp router-id 10.0.0.1
 address-family ipv4 unicast
  network 10.0.0.1/32
  maximum-paths ibgp 4
 !
 address-family vpnv4 unicast
 !
 af-group CLIENTS address-family ipv4 unicast
  route-reflector-client
 !
 session-group INTERNAL
  remote-as 65000
  update-source Loopback0
 !
 neighbor-group RR
  use session-group INTERNAL
  address-family ipv4 unicast
   use af-group CLIENTS
   next-hop-self
  !
  address-family vpnv4 unicast
  !
 !
 neighbor 10.0.0.2
  use neighbor-group RR
 !
 neighbor 10.1.0.2
  remote-as 65001
  ebgp-multihop
  address-family ipv4 unicast
   route-policy IN in
   route-policy OUT out
   send-community-ebgp
  !
 !
 vrf BLUE
  rd 10.0.0.1:1
  address-family ipv4 unicast
   redistribute connected
  !
  neighbor 10.9.0.2
   remote-as 65002
   local-as 65100 no-prepend replace-as
   address-family ipv4 unicast
    route-policy NOWHERE in
   !
  !
 !
!
router hsrp
 interface Bundle-Ether10
  address-family ipv4
   hsrp 1
    priority 120
    preempt
    address 10.1.0.100
   !
  !
 !
!
ssh server v2
end
";

#[test]
fn recognition() {
    assert!(tells(EDGE) > 90);
    assert_eq!(tells("hostname r1\ninterface GigabitEthernet0/1\n ip address 10.0.0.1 255.255.255.0\n"), 0);
    // `ipv4 address` stands elsewhere too (EOS, path selection).
    assert_eq!(
        tells("router path-selection\n   path-group A\n      peer static router-ip 10.0.0.1\n         ipv4 address 10.0.0.2\n"),
        0
    );
    assert_eq!(crate::vendors::recognise(EDGE).unwrap().0.os(), "cisco_iosxr");
}

#[test]
fn every_line_of_a_usual_config_is_known() {
    let r = read(EDGE);
    assert_eq!(lines_of(&r.report, LineClass::NotUnderstood), NONE, "{:?}", r.report.diagnostics);
    assert_eq!(lines_of(&r.report, LineClass::Invalid), NONE);
    assert_eq!(lines_of(&r.report, LineClass::NotModelled), NONE, "{:?}", r.report.diagnostics);
    let undefined: Vec<_> = r.report.diagnostics.iter().filter(|d| d.code == UNDEFINED).collect();
    assert_eq!(undefined.len(), 1);
    assert!(undefined[0].message.contains("NOWHERE"));
}

#[test]
fn interfaces() {
    let d = read(EDGE).device;
    let get = |name: &str| &d.interfaces[d.find_interface(name).unwrap()];
    let bundle = get("Bundle-Ether10");
    assert_eq!((bundle.kind, bundle.mtu, bundle.addresses.len()), (InterfaceKind::Aggregate, Some(9200), 2));
    // Two members of 10 Gbit/s.
    assert_eq!(bundle.bandwidth, Some(20_000_000_000));
    assert!(bundle.filter_in.is_some() && bundle.filter_out.is_none());
    assert_eq!((bundle.redundancy[0].protocol, bundle.redundancy[0].priority), (RedundancyProtocol::Hsrp, 120));
    let sub = get("Bundle-Ether10.100");
    assert_eq!((&sub.tags[..], sub.parent, sub.mtu), (&[100][..], d.find_interface("Bundle-Ether10"), Some(9200)));
    assert_eq!(&*d.vrfs[sub.vrf].name, "BLUE");
    assert_eq!(get("TenGigE0/0/0/0").aggregate, d.find_interface("Bundle-Ether10"));
    let port = get("GigabitEthernet0/0/0/2");
    assert!(!port.enabled && port.unnumbered == d.find_interface("Loopback0"));
    let vrf = &d.vrfs[d.find_vrf("BLUE").unwrap()];
    assert_eq!(vrf.import_targets, ["65000:1".into(), "65000:2".into()]);
    assert_eq!(vrf.route_distinguisher.as_deref(), Some("10.0.0.1:1"));
}

#[test]
fn static_routes() {
    let d = read(EDGE).device;
    let global = &d.vrfs[crate::model::VrfId::DEFAULT].static_routes;
    assert_eq!((global.len(), global[1].hop.clone(), global[1].distance, global[1].tag), (2, StaticHop::Discard, 250, 7));
    let blue = &d.vrfs[d.find_vrf("BLUE").unwrap()].static_routes;
    assert_eq!(blue[0].hop, StaticHop::Ip { ip: "10.1.0.9".parse().unwrap(), vrf: Some(crate::model::VrfId::DEFAULT) });
    let gone = read(
        "router static\n address-family ipv4 unicast\n  10.0.0.0/8 10.1.0.1\n  10.0.0.0/8 10.1.0.2\n  no 10.0.0.0/8 10.1.0.1\n",
    );
    assert_eq!(gone.device.vrfs[crate::model::VrfId::DEFAULT].static_routes.len(), 1);
}

#[test]
fn ospf_inherits_from_area_and_process() {
    let d = read(EDGE).device;
    let p = &d.ospf[0];
    let on = |name: &str| p.interfaces.iter().find(|i| Some(i.interface) == d.find_interface(name)).unwrap();
    let bundle = on("Bundle-Ether10");
    assert_eq!(
        (bundle.cost, bundle.passive, bundle.network, bundle.hello, bundle.dead),
        (5, false, NetworkType::PointToPoint, 10, 8)
    );
    let loopback = on("Loopback0");
    assert_eq!((loopback.cost, loopback.passive, loopback.network), (7, true, NetworkType::Loopback));
}

/// What `show ospf` said on IOS-XR 6.3.1 routers with several loopbacks.
#[test]
fn ospf_router_ids() {
    let id = |text: &str| {
        let text =
            format!("{text}router ospf 1\n area 0\n  interface GigabitEthernet0/0/0/0\n  interface GigabitEthernet0/0/0/1\n");
        read(&text).device.ospf[0].router_id.map(|i| i.to_string())
    };
    let ports = "interface GigabitEthernet0/0/0/0\n ipv4 address 2.2.2.1/30\ninterface GigabitEthernet0/0/0/1\n ipv4 address 200.2.2.1/30\n";
    let loopback = |n: u32, a: &str, more: &str| format!("interface Loopback{n}\n ipv4 address {a}/32\n{more}");
    assert_eq!(id(ports).as_deref(), Some("2.2.2.1"));
    let first = format!("{}{}{ports}", loopback(0, "10.10.10.10", ""), loopback(1, "100.1.1.1", ""));
    assert_eq!(id(&first).as_deref(), Some("10.10.10.10"));
    let shut = format!("{}{}{ports}", loopback(0, "10.10.10.10", " shutdown\n"), loopback(1, "100.1.1.1", ""));
    assert_eq!(id(&shut).as_deref(), Some("100.1.1.1"));
    assert_eq!(id("").as_deref(), None);
}

#[test]
fn isis() {
    let d = read(EDGE).device;
    let p = &d.isis[0];
    assert_eq!((p.levels, p.wide, &*p.system_id), (Levels { l1: false, l2: true }, [true, true], "010000000001"));
    let on = |name: &str| p.interfaces.iter().find(|i| Some(i.interface) == d.find_interface(name)).unwrap();
    assert_eq!((on("Bundle-Ether10").metric[1], on("Bundle-Ether10").point_to_point), (33, true));
    assert_eq!((on("Loopback0").metric[1], on("Loopback0").passive), (0, true));
}

#[test]
fn bgp_inheritance_and_defaults() {
    let d = read(EDGE).device;
    let bgp = &d.bgp[0];
    assert!(bgp.ebgp_requires_policy);
    let by = |ip: &str| bgp.neighbors.iter().find(|n| n.peer == Peer::Ip(ip.parse().unwrap(), None)).unwrap();
    let inside = by("10.0.0.2");
    assert_eq!(inside.remote_as, RemoteAs::Asn(65000));
    assert!(inside.update_source.is_some());
    assert_eq!(inside.families[1].family, Family::Vpn4);
    let af = &inside.families[0];
    assert!(af.reflector_client && af.send_standard && af.send_extended && af.next_hop_self == NextHopSelf::Yes);
    let outside = by("10.1.0.2");
    assert_eq!(outside.ebgp_multihop, Some(255));
    let af = &outside.families[0];
    assert!(af.send_standard && !af.send_extended && af.import.len() == 1 && af.export.len() == 1);
    // A neighbour's own AS in a path keeps a route from it, unless `as-path-loopcheck out disable`.
    assert!(!af.advertise_peer_as && d.platform.bgp_sender_checks_whole_path);
    assert_eq!((bgp.families[0].max_paths_ebgp, bgp.families[0].max_paths_ibgp), (1, 4));
    // A policy that is not defined cannot be attached.
    let blue = &d.bgp[1];
    let ce = blue.neighbors.iter().next().unwrap();
    assert!(ce.families[0].import.is_empty() && ce.local_as.unwrap().no_prepend);
    assert_eq!(blue.router_id, bgp.router_id);
}

// ----- route policies -------------------------------------------------------------------------

fn policy<'d>(d: &'d crate::model::Device, name: &str) -> &'d Policy {
    d.policies.iter().find(|p| &*p.name == name).unwrap()
}

/// The terms in short: condition, actions, flow if it holds, flow if not.
fn show(d: &crate::model::Device, name: &str) -> Vec<String> {
    let flow = |f: Flow| match f {
        Flow::Accept => "done".to_owned(),
        Flow::Reject => "drop".to_owned(),
        Flow::Next => "next".to_owned(),
        Flow::Pending(Verdict::Accept) => "pass".to_owned(),
        Flow::Goto { term, pending } => {
            format!("{}{}", if pending == Some(Verdict::Accept) { "pass>" } else { ">" }, term.index())
        }
        other => format!("{other:?}"),
    };
    let cond = |c: &Cond| match c {
        Cond::True => "-".to_owned(),
        Cond::Tag(t) => format!("tag{}", t[0]),
        Cond::PrefixList(id) => d.prefix_lists[*id].name.to_string(),
        other => format!("{other:?}").chars().take_while(|c| c.is_alphanumeric()).collect(),
    };
    let one = |t: &crate::model::policy::Term| {
        let actions: Vec<String> = t.actions.iter().map(|a| format!("{a:?}")).collect();
        let otherwise = if t.otherwise == Flow::Next { String::new() } else { format!(" else {}", flow(t.otherwise)) };
        format!("{} [{}] {}{otherwise}", cond(&t.when), actions.join(" "), flow(t.then))
    };
    policy(d, name).terms.iter().map(one).collect()
}

/// "Implementing Routing Policy": branches, `pass` and changes that pass, `done`, `drop`, pasted policies.
#[test]
fn statements_become_terms() {
    let d = read(
        "route-policy SUB\n if tag eq 9 then\n  drop\n endif\n set weight 5\nend-policy\n\
         route-policy P\n if tag eq 1 then\n  pass\n elseif tag eq 2 then\n  if tag eq 3 then\n   done\n  endif\n  set med 7\n else\n\
         apply SUB\n endif\n set tag 8\nend-policy\nroute-policy EMPTY\nend-policy\n",
    )
    .device;
    assert_eq!(
        show(&d, "P"),
        [
            "tag1 [] pass>6",
            "tag2 [] next else >5",
            "tag3 [] done",
            "- [Metric(Set(7))] pass",
            "- [] >6",
            "tag9 [] drop",
            "- [Weight(5)] pass",
            "- [Tag(8)] pass",
        ]
        .map(|s| s.replace(">6", ">7")),
    );
    assert!(policy(&d, "EMPTY").terms.is_empty());
    assert_eq!(policy(&d, "EMPTY").at_end, crate::model::policy::AtEnd::Reject);
}

#[test]
fn parameters_are_filled_in() {
    let d = read(EDGE).device;
    let shown = show(&d, "IN");
    assert_eq!(shown[0], "AsPathList [] drop");
    assert_eq!(shown[1], "CUSTOMERS [LocalPref(Set(200))] pass>2");
    assert!(shown[2].starts_with("All [Community(Add([Standard(4259840099)]))] done"));
    let list = d.prefix_lists.iter().find(|l| &*l.name == "CUSTOMERS").unwrap();
    for (prefix, is) in [("172.20.0.0/16", true), ("172.16.0.0/12", false), ("10.0.0.0/8", true), ("10.0.0.0/9", false)] {
        assert_eq!(list.permits(&prefix.parse().unwrap()), is, "{prefix}");
    }
    // Arguments where the policy is attached, and global parameters.
    let d = read(
        "policy-global\n lp '150'\nend-global\nroute-policy P($m)\n set med $m\n set local-preference $lp\nend-policy\n\
         router bgp 1\n\x20address-family ipv4 unicast\n neighbor 10.0.0.2\n  remote-as 2\n  address-family ipv4 unicast\n   \
         \x20route-policy P(77) in\n",
    )
    .device;
    let chain = &d.bgp[0].neighbors.iter().next().unwrap().families[0].import[0];
    let actions = &d.policies[chain.policies[0]].terms.iter().next().unwrap().actions;
    assert!(matches!(actions[..], [Action::Metric(Number::Set(77)), Action::LocalPref(Number::Set(150))]), "{actions:?}");
}

#[test]
fn policies_that_apply_themselves_end() {
    let r = read("route-policy A\n apply B\nend-policy\nroute-policy B\n apply A\n pass\nend-policy\n");
    assert!(!lines_of(&r.report, LineClass::Invalid).is_empty());
    // Each policy applies the next twice: pasting would double the terms at each.
    let mut text = String::new();
    for n in 0..60 {
        text.push_str(&format!(
            "route-policy P{n}\n if tag eq {n} then\n pass\n endif\n apply P{}\n apply P{}\nend-policy\n",
            n + 1,
            n + 1
        ));
    }
    let r = read(&text);
    assert!(r.device.policies.iter().map(|p| p.terms.len()).sum::<usize>() < 400_000);
    assert!(!lines_of(&r.report, LineClass::NotModelled).is_empty() || !lines_of(&r.report, LineClass::Invalid).is_empty());
    // The same without any statement of its own.
    let empty: String =
        (0..2000).map(|n| format!("route-policy P{n}\n apply P{}\n apply P{}\nend-policy\n", n + 1, n + 1)).collect();
    read(&empty);
    // A chain of conditions.
    let chain: String =
        (0..5000).map(|n| format!("route-policy P{n}\n if apply P{} then\n pass\n endif\nend-policy\n", n + 1)).collect();
    read(&chain);
}

#[test]
fn lines_of_policies_have_classes() {
    let r = read(
        "route-policy P\n if rd in (1:1) then\n  pass\n endif\n set aigp-metric 5\n set nonsense 5\n set med five\n nonsense\nend-policy\n\
         community-set C\n 1:2,\n no-export\nend-set\n",
    );
    assert_eq!(lines_of(&r.report, LineClass::NotModelled), [2, 5]);
    assert_eq!(lines_of(&r.report, LineClass::NotUnderstood), [6, 7, 8]);
    // A policy without its end goes on to the next.
    let r = read("route-policy P\n pass\nroute-policy Q\n drop\n");
    assert_eq!(r.device.policies.len(), 2);
}

#[test]
fn groups_are_applied() {
    let r = read(
        "group MTU\n interface 'GigabitEthernet.*'\n  mtu 9014\n !\n router ospf '.*'\n  area '.*'\n   interface 'Gig.*'\n    cost 50\n\
         end-group\napply-group MTU\ninterface GigabitEthernet0/0/0/0\n ipv4 address 10.0.0.1/24\ninterface GigabitEthernet0/0/0/1\n mtu 1514\n\
         interface Loopback0\n ipv4 address 10.9.9.9/32\nrouter ospf 1\n area 0\n  interface GigabitEthernet0/0/0/0\n  !\n",
    );
    assert_eq!(lines_of(&r.report, LineClass::NotUnderstood), NONE);
    let d = r.device;
    let mtu = |name: &str| d.interfaces[d.find_interface(name).unwrap()].mtu;
    assert_eq!((mtu("GigabitEthernet0/0/0/0"), mtu("GigabitEthernet0/0/0/1"), mtu("Loopback0")), (Some(9000), Some(1500), None));
    assert_eq!(d.ospf[0].interfaces[0].cost, 50);
}

/// "Data Center Interconnect Layer 3 Gateway with EVPN/VXLAN", L3VPN guide of the ASR 9000: targets for stitching are of routes that travel by EVPN
/// alone; that routes are made anew between EVPN and VPNs is reported, and VXLAN too.
#[test]
fn gateways_between_evpn_and_vpns() {
    let r = read(
        "vrf A\n address-family ipv4 unicast\n  import route-target\n   1:1\n   2:2 stitching\n  !\n  export route-target\n   1:1\n   3:3 stitching\n  !\n !\n!\ninterface nve1\n member vni 1\n  vrf A\n  host-reachability protocol bgp\n !\n!\nrouter bgp 100\n address-family l2vpn evpn\n !\n neighbor 10.0.0.2\n  remote-as 100\n  address-family l2vpn evpn\n   import stitching-rt re-originate\n   advertise vpnv4 unicast re-originated stitching-rt\n  !\n  address-family vpnv4 unicast\n   import re-originate stitching-rt\n   advertise vpnv4 unicast re-originated\n",
    );
    let gaps = lines_of(&r.report, LineClass::NotModelled);
    assert!([14, 29, 30].iter().all(|n| gaps.contains(n)), "{gaps:?}");
    assert!(![5, 9, 25, 26].iter().any(|n| gaps.contains(n)), "{gaps:?}");
    let vrf = &r.device.vrfs[r.device.find_vrf("A").unwrap()];
    assert_eq!((vrf.import_targets.join(" "), vrf.export_targets.join(" ")), ("1:1".to_owned(), "1:1".to_owned()));
    let evpn = &vrf.exchanges[0];
    assert_eq!((evpn.import_targets.join(" "), evpn.export_targets.join(" ")), ("2:2".to_owned(), "3:3".to_owned()));
    assert_eq!(vrf.evpn_prefixes, [true, false]);
}

/// What is sent by EVPN is inherited, and neighbours that differ in it are told.
#[test]
fn evpn_neighbours_inherit_what_they_are_sent() {
    let text = |second: &str| {
        format!(
            "vrf A\n address-family ipv4 unicast\n  import route-target\n   1:1\n  !\n  export route-target\n   1:1\n  !\n !\n!\nrouter bgp 100\n address-family l2vpn evpn\n !\n af-group E address-family l2vpn evpn\n  advertise vpnv6 unicast\n !\n neighbor-group LEAF\n  remote-as 100\n  address-family l2vpn evpn\n   use af-group E\n   advertise vpnv4 unicast\n  !\n !\n neighbor 10.0.0.2\n  use neighbor-group LEAF\n !\n neighbor 10.0.0.3\n{second} !\n"
        )
    };
    let alike = read(&text("  use neighbor-group LEAF\n"));
    assert_eq!(lines_of(&alike.report, LineClass::NotModelled), NONE);
    let vrf = &alike.device.vrfs[alike.device.find_vrf("A").unwrap()];
    assert_eq!((vrf.evpn_prefixes, vrf.exchanges.len()), ([true; 2], 0));
    let other = read(&text("  remote-as 100\n  address-family l2vpn evpn\n  !\n"));
    assert_eq!(lines_of(&other.report, LineClass::NotModelled).len(), 1);
}

#[test]
fn lost_indentation_is_found_again() {
    let r = read(
        "router static\naddress-family ipv4 unicast\n10.0.0.0/8 10.1.0.1\nhostname x\nrouter bgp 1\naddress-family ipv4 unicast\n",
    );
    assert_eq!(lines_of(&r.report, LineClass::NotUnderstood), NONE);
    assert_eq!(r.device.vrfs[crate::model::VrfId::DEFAULT].static_routes.len(), 1);
    // Route targets at the indentation of their header.
    let r = read("vrf A\n address-family ipv4 unicast\n import route-target\n  3:3\n export route-target\n  4:4\n");
    let vrf = &r.device.vrfs[r.device.find_vrf("A").unwrap()];
    assert_eq!((&*vrf.import_targets[0], &*vrf.export_targets[0]), ("3:3", "4:4"));
}

#[test]
fn wrong_values_are_told_with_their_line() {
    let r = read(
        "interface Gi0/0/0/0\n ipv4 address 10.0.0.300 255.255.255.0\nrouter bgp x\nrouter ospf 1\n area 0\n  interface Gi0/0/0/0\n   cost many\n",
    );
    assert_eq!(lines_of(&r.report, LineClass::Invalid), [2, 3, 7]);
}

#[test]
fn rip() {
    let text = "\
!! IOS XR Configuration version = 6.2.2
vrf A
!
interface GigabitEthernet0/0/0/0
 ipv4 address 10.0.0.1/24
!
interface GigabitEthernet0/0/0/1
 vrf A
 ipv4 address 10.1.0.1/24
!
route-policy IN
 add rip-metric 2
end-policy
!
router rip
 interface GigabitEthernet0/0/0/0
  passive-interface
  split-horizon disable
  route-policy IN in
  metric-zero-accept
  receive version 1 2
 !
 neighbor 10.0.0.9
 default-information originate
 auto-summary
 distance 99
 distance 98 10.0.0.2 255.255.255.255
 timers basic 10 30 30 45
 vrf A
  interface GigabitEthernet0/0/0/1
   authentication keychain K mode md5
   site-of-origin 1:1
  !
  interface GigabitEthernet0/0/0/0
  !
  redistribute bgp 65000
  redistribute connected
  default-metric 3
  route-policy IN out
  surprise
 !
!
";
    let reading = read(text);
    let d = &reading.device;
    let [main, vrf] = &d.rip[..] else { panic!("{:?}", d.rip) };
    let of = |r: &crate::model::rip::Rip| (r.distance, r.max_paths, r.default_metric, r.auto_summary, r.interfaces.len());
    assert_eq!((of(main), of(vrf)), ((99, 4, Some(16), true, 1), (120, 4, Some(3), false, 1)));
    assert!(main.interfaces[0].passive && !main.interfaces[0].split_horizon && main.default_originate.is_some());
    assert_eq!((main.neighbors.len(), main.filters[0].inbound, main.filters[0].interface.is_some()), (1, true, true));
    assert_eq!((vrf.vrf, vrf.redistribute.len(), vrf.interfaces[0].auth.is_some()), (d.find_vrf("A").unwrap(), 2, true));
    assert_eq!((vrf.filters[0].inbound, vrf.filters[0].interface), (false, None));
    let line = |start: &str| text.lines().position(|l| l.trim_start().starts_with(start)).unwrap() + 1;
    let gaps = ["receive version 1 2", "distance 98", "site-of-origin", "redistribute bgp"].map(line);
    assert_eq!(lines_of(&reading.report, LineClass::NotModelled), gaps);
    assert_eq!(lines_of(&reading.report, LineClass::NotUnderstood), [line("surprise")]);
}
