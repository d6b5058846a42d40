use super::*;
use crate::base::span::FileId;
use crate::model::bgp::{NextHopSelf, RemoteAs};
use crate::model::ospf::NetworkType;
use crate::model::policy::{Action, Cond, Flow};
use crate::model::static_route::StaticHop;
use crate::vendors::Reading;
use crate::vendors::sink::{LineClass, ReadReport};

fn read(text: &str) -> Reading {
    let file = ConfigFile { id: FileId(0), name: "r1.cfg", text };
    crate::vendors::read_device(&Ios, "r1", &[file])
}

const NONE: [usize; 0] = [];

fn lines_of(report: &ReadReport, class: LineClass) -> Vec<usize> {
    report.classes[0].1.iter().enumerate().filter(|(_, c)| **c == class).map(|(n, _)| n + 1).collect()
}

const EDGE: &str = "\
version 15.7
hostname edge
!
vrf definition BLUE
 rd 65000:1
 address-family ipv4
  route-target both 65000:1
 exit-address-family
!
interface Loopback0
 ip address 10.0.0.1 255.255.255.255
!
interface GigabitEthernet0/1
 description to core
 ip address 10.1.0.1 255.255.255.0
 ip address 10.2.0.1 255.255.255.0 secondary
 ip ospf cost 5
!
interface GigabitEthernet0/2.100
 encapsulation dot1Q 100
 vrf forwarding BLUE
 ip address 10.9.0.1 255.255.255.0
 shutdown
!
router ospf 1
 router-id 10.0.0.1
 passive-interface default
 no passive-interface GigabitEthernet0/1
 network 10.0.0.1 0.0.0.0 area 0
 network 10.1.0.0 0.0.0.255 area 0
 default-information originate always
!
router bgp 65000
 template peer-policy CLIENT
  route-reflector-client
  next-hop-self
 exit-peer-policy
 !
 bgp router-id 10.0.0.1
 neighbor CORE peer-group
 neighbor CORE remote-as 65000
 neighbor CORE update-source Loopback0
 neighbor 10.0.0.2 peer-group CORE
 neighbor 10.8.0.2 remote-as 65001
 !
 address-family ipv4
  network 10.0.0.0
  neighbor 10.0.0.2 activate
  neighbor 10.0.0.2 inherit peer-policy CLIENT
  neighbor 10.8.0.2 activate
  neighbor 10.8.0.2 route-map IN in
  neighbor 10.8.0.2 route-map NOWHERE out
 exit-address-family
!
ip route 0.0.0.0 0.0.0.0 10.1.0.254
ip route vrf BLUE 192.0.2.0 255.255.255.0 10.1.0.9 global 250 tag 7
ip route 198.51.100.0 255.255.255.0 Null0 name hole
ip prefix-list ALLOWED seq 5 permit 10.0.0.0/8 le 24
!
route-map IN permit 10
 match ip address prefix-list ALLOWED
 set local-preference 200
 continue 30
route-map IN deny 20
route-map IN permit 30
 set community 65000:1 additive
!
line con 0
 logging synchronous
banner login ^C
 interface Nothing0
^C
end
";

#[test]
fn every_line_of_a_usual_config_is_known() {
    let r = read(EDGE);
    assert_eq!(lines_of(&r.report, LineClass::NotUnderstood), NONE);
    assert_eq!(lines_of(&r.report, LineClass::Invalid), NONE);
    let undefined: Vec<_> = r.report.diagnostics.iter().filter(|d| d.code == crate::vendors::sink::UNDEFINED).collect();
    assert_eq!(undefined.len(), 1);
    assert!(undefined[0].message.contains("NOWHERE"));
}

#[test]
fn interfaces_get_addresses_vrfs_and_bandwidths() {
    let d = read(EDGE).device;
    let gi = &d.interfaces[d.find_interface("GigabitEthernet0/1").unwrap()];
    assert_eq!(gi.addresses.len(), 2);
    assert!(gi.addresses[1].secondary && !gi.addresses[0].secondary);
    assert_eq!(gi.bandwidth, Some(1_000_000_000));
    let sub = &d.interfaces[d.find_interface("GigabitEthernet0/2.100").unwrap()];
    assert_eq!((sub.tags.as_slice(), sub.enabled, sub.vrf), (&[100][..], false, d.find_vrf("BLUE").unwrap()));
    assert_eq!(&*d.interfaces[sub.parent.unwrap()].name, "GigabitEthernet0/2");
}

#[test]
fn network_statements_become_interfaces() {
    let d = read(EDGE).device;
    let ospf = &d.ospf[0];
    let shown: Vec<_> =
        ospf.interfaces.iter().map(|i| (&*d.interfaces[i.interface].name, i.area, i.cost, i.passive, i.network)).collect();
    assert_eq!(
        shown,
        [("Loopback0", 0, 1, true, NetworkType::Loopback), ("GigabitEthernet0/1", 0, 5, false, NetworkType::Broadcast),]
    );
    assert_eq!(ospf.interfaces[1].addresses, ["10.1.0.1/24".parse::<ipnet::IpNet>().unwrap()]);
    assert!(ospf.default_originate.as_ref().unwrap().always);
}

#[test]
fn peers_inherit_from_groups_and_templates() {
    let d = read(EDGE).device;
    let bgp = &d.bgp[0];
    assert_eq!(bgp.families[0].networks[0].prefix, "10.0.0.0/8".parse().unwrap());
    let n: Vec<_> = bgp.neighbors.iter().collect();
    assert_eq!(n.len(), 2);
    assert_eq!(n[0].remote_as, RemoteAs::Asn(65000));
    assert!(n[0].update_source.is_some());
    assert!(n[0].families[0].reflector_client);
    assert_eq!(n[0].families[0].next_hop_self, NextHopSelf::Yes);
    assert_eq!((n[1].families[0].import.len(), n[1].families[0].export.len()), (1, 1));
    // An undefined route-map lets nothing through.
    assert!(n[1].families[0].export[0].policies.is_empty());
    assert_eq!(n[1].families[0].export[0].at_end, crate::model::policy::Verdict::Reject);
}

#[test]
fn static_routes_in_all_forms() {
    let d = read(EDGE).device;
    let routes = &d.vrfs[crate::model::VrfId::DEFAULT].static_routes;
    assert_eq!(routes[0].hop, StaticHop::Ip { ip: "10.1.0.254".parse().unwrap(), vrf: None });
    assert_eq!(routes[1].hop, StaticHop::Discard);
    let blue = &d.vrfs[d.find_vrf("BLUE").unwrap()].static_routes[0];
    assert_eq!(blue.hop, StaticHop::Ip { ip: "10.1.0.9".parse().unwrap(), vrf: Some(crate::model::VrfId::DEFAULT) });
    assert_eq!((blue.distance, blue.tag), (250, 7));
}

#[test]
fn route_maps_continue_to_a_later_entry() {
    let d = read(EDGE).device;
    let map = &d.policies.iter().find(|p| &*p.name == "IN").unwrap();
    let terms: Vec<_> = map.terms.iter().collect();
    assert!(matches!(terms[0].when, Cond::PrefixList(_)));
    assert!(matches!(terms[0].actions[..], [Action::LocalPref(_)]));
    let accept = Some(crate::model::policy::Verdict::Accept);
    assert_eq!(terms[0].then, Flow::Goto { term: crate::model::policy::TermId(2), pending: accept });
    assert_eq!(terms[1].then, Flow::Reject);
}

#[test]
fn configs_that_lost_their_indentation_are_read() {
    let text = "hostname flat\ninterface Ethernet0/0\nip address 10.0.0.1 255.255.255.0\nno shutdown\nrouter bgp 1\n\
                neighbor 10.0.0.2 remote-as 2\naddress-family ipv4 vrf A\nneighbor 10.0.1.2 remote-as 3\nexit-address-family\n\
                neighbor 10.0.0.3 remote-as 4\nip access-list extended X\npermit ip any any\nend\n";
    let r = read(text);
    assert_eq!(lines_of(&r.report, LineClass::NotUnderstood), NONE);
    assert_eq!(r.device.interfaces.iter().next().unwrap().addresses.len(), 1);
    let peers: Vec<usize> = r.device.bgp.iter().map(|b| b.neighbors.len()).collect();
    assert_eq!(peers, [2, 1]);
    assert_eq!(r.device.filters.iter().next().unwrap().lines.len(), 1);
}

#[test]
fn address_families_at_the_indentation_of_their_contents() {
    let text = "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n !\n address-family ipv4\n neighbor 10.0.0.2 activate\n \
                network 10.0.0.0\n exit-address-family\n bgp router-id 1.1.1.1\n";
    let r = read(text);
    assert_eq!(lines_of(&r.report, LineClass::NotUnderstood), NONE);
    assert_eq!(r.device.bgp[0].families[0].networks.len(), 1);
    assert_eq!(r.device.bgp[0].router_id, Some("1.1.1.1".parse().unwrap()));
}

#[test]
fn bad_values_point_at_the_word() {
    let r = read("interface GigabitEthernet0/0\n ip address 10.0.0.300 255.255.255.0\nip route 10.0.0.0 255.0.0.0\n");
    assert_eq!(lines_of(&r.report, LineClass::Invalid), [2, 3]);
    let first = r.report.diagnostics.iter().find(|d| d.code == crate::vendors::sink::INVALID_VALUE).unwrap();
    assert_eq!(first.span.unwrap().column, 13);
}

#[test]
fn unknown_lines_are_said() {
    let r = read("interface GigabitEthernet0/0\n frobnicate 7\nrouter mobile\n network 10.0.0.0\n");
    assert_eq!(lines_of(&r.report, LineClass::NotUnderstood), [2]);
    assert_eq!(lines_of(&r.report, LineClass::NotModelled), [3, 4]);
}

#[test]
fn ios_is_told_from_its_relatives() {
    assert!(tells(EDGE) > 60);
    assert!(tells("feature bgp\nboot nxos bootflash:x\ninterface Ethernet1/1\n  ip address 10.0.0.1/24\n") < 20);
    assert!(tells("! device: sw1 (vEOS, EOS-4.24)\ninterface Ethernet1\n   ip address 10.0.0.1/24\n") < 20);
    assert_eq!(tells("system {\n host-name r1;\n}\n"), 0);
    assert_eq!(tells(""), 0);
}

#[test]
fn hostile_texts_end() {
    for text in [
        "\0\u{1}\u{2}",
        "banner login",
        "banner login \u{1F600}x",
        "router bgp",
        "route-map",
        "interface",
        "ip",
        "no",
        "no no",
        "access-list",
        "router bgp 1\n neighbor",
        "neighbor",
        "ip route",
        "ip prefix-list",
        "ip prefix-list A",
        "router ospf 1\n area",
        "ip access-list extended A\n permit tcp",
        "permit",
    ] {
        let _ = read(text);
    }
}

const CORE: &str = "\
hostname core
ipv6 unicast-routing
vrf definition A
 rd 1:1
 address-family ipv4
  route-target export 1:100
!
vrf definition B
 rd 1:2
 address-family ipv4
  route-target import 1:100
!
interface Loopback0
 ip address 10.0.0.1 255.255.255.255
 ipv6 address 2001:db8::1/128
 ipv6 ospf 6 area 0
!
interface TenGigabitEthernet1/1
 ip address 10.1.0.1 255.255.255.254
 ipv6 address 2001:db8:1::1/64
 ip access-group GUARD in
 ipv6 traffic-filter GUARD6 in
 ip router isis
 ipv6 ospf 6 area 1
 ipv6 ospf network point-to-point
 isis circuit-type level-2-only
 isis metric 30 level-2
 standby 7 ip 10.1.0.9
 standby 7 priority 120
 standby 7 preempt
!
interface GigabitEthernet2/1
 switchport
 switchport mode trunk
 switchport trunk allowed vlan 10-12
 switchport trunk allowed vlan add 20
 channel-group 3 mode active
!
interface Vlan10
 ip address 10.10.0.1 255.255.255.0
!
ipv6 router ospf 6
 router-id 10.0.0.1
 area 1 stub no-summary
 redistribute connected
!
router isis
 net 49.0001.0000.0000.0001.00
 metric-style wide
 passive-interface Loopback0
 redistribute isis ip level-2 into level-1 route-map LEAK
 redistribute static ip metric 5 level-1
!
router ospf 1
 area 5 nssa no-summary
 area 5 range 10.5.0.0 255.255.0.0 not-advertise
 network 10.10.0.0 0.0.0.255 area 5
 redistribute bgp 65010 metric 7 metric-type 1 subnets route-map TAGGED
 distribute-list prefix NONE in Vlan10
!
router bgp 65010
 bgp confederation identifier 100
 bgp confederation peers 65011 65012
 no bgp default ipv4-unicast
 bgp listen range 10.20.0.0/16 peer-group LEAVES
 bgp bestpath as-path multipath-relax
 neighbor LEAVES peer-group
 neighbor LEAVES remote-as 65011 alternate-as 65012
 neighbor 10.1.0.0 remote-as 100
 neighbor 2001:db8:1::2 remote-as 200
 !
 address-family ipv4
  bgp additional-paths select all
  bgp additional-paths send receive
  aggregate-address 10.0.0.0 255.0.0.0 summary-only as-set suppress-map TAGGED
  redistribute ospf 1
  neighbor LEAVES activate
  neighbor 10.1.0.0 activate
  neighbor 10.1.0.0 filter-list 7 out
  neighbor 10.1.0.0 prefix-list NONE out
  neighbor 10.1.0.0 advertise additional-paths all
  maximum-paths 8
  maximum-paths ibgp 4
 exit-address-family
 !
 address-family ipv6
  neighbor 2001:db8:1::2 activate
 exit-address-family
!
ip access-list extended GUARD
 20 deny ip any any log
 10 permit tcp 10.0.0.0 0.255.255.255 any eq bgp
ipv6 access-list GUARD6
 permit icmp any any
ip prefix-list NONE seq 5 deny 0.0.0.0/0 le 32
ip as-path access-list 7 permit ^$
route-map TAGGED permit 10
 match tag 5 6
 match community NOTHERE
route-map LEAK permit 10
";

#[test]
fn a_core_router_is_read_to_the_last_line() {
    let r = read(CORE);
    assert_eq!(lines_of(&r.report, LineClass::NotUnderstood), NONE);
    assert_eq!(lines_of(&r.report, LineClass::Invalid), NONE);
    assert_eq!(lines_of(&r.report, LineClass::NotModelled), NONE);
    let said: Vec<&str> = r.report.diagnostics.iter().map(|d| &*d.message).collect();
    assert!(said.iter().any(|m| m.contains("`NOTHERE`")));
}

#[test]
fn igp_settings_are_resolved() {
    let d = read(CORE).device;
    let six = d.ospf.iter().find(|o| o.v3).unwrap();
    let shown: Vec<_> = six.interfaces.iter().map(|i| (i.area, i.network, i.cost)).collect();
    assert_eq!(shown, [(0, NetworkType::Loopback, 1), (1, NetworkType::PointToPoint, 1)]);
    let four = d.ospf.iter().find(|o| !o.v3).unwrap();
    let r = &four.redistribute[0];
    assert_eq!((r.metric, r.metric_type, r.classful_only), (Some(7), 1, false));
    assert!(matches!(four.areas[0].kind, crate::model::ospf::AreaKind::Nssa { no_summary: true, default: true, .. }));
    assert!(!four.areas[0].ranges[0].advertise);
    assert_eq!(four.import.as_ref().unwrap().policies.len(), 1);
    let isis = &d.isis[0];
    assert_eq!((&*isis.areas[0], &*isis.system_id), ("490001", "000000000001"));
    let shown: Vec<_> = isis.interfaces.iter().map(|i| (i.passive, i.metric, i.levels.l1)).collect();
    assert_eq!(shown, [(true, [0, 0], true), (false, [10, 30], false)]);
    assert!(isis.leak_l2_to_l1.is_some());
    assert_eq!(isis.redistribute[0].levels, crate::model::isis::Levels { l1: true, l2: false });
}

#[test]
fn bgp_in_a_confederation_with_dynamic_neighbours() {
    let d = read(CORE).device;
    let bgp = &d.bgp[0];
    assert_eq!(bgp.confederation.as_ref().unwrap().members, [65011, 65012]);
    let peers: Vec<_> = bgp.neighbors.iter().collect();
    assert_eq!(peers.len(), 3);
    assert_eq!(peers[0].families.len(), 1);
    // The filter-list comes after the prefix list on the way out.
    let names: Vec<&str> = peers[0].families[0].export.iter().map(|c| &*d.policies[c.policies[0]].name).collect();
    assert_eq!(names, ["NONE", "7"]);
    assert_eq!(peers[0].families[0].add_path_send, Some(crate::model::bgp::AddPathSelect::All));
    assert_eq!(peers[1].families.iter().map(|f| f.family.is_v6()).collect::<Vec<_>>(), [true]);
    assert_eq!(peers[2].remote_as, RemoteAs::Ranges(vec![(65011, 65011), (65012, 65012)]));
    let f = &bgp.families[0];
    assert_eq!((f.max_paths_ebgp, f.max_paths_ibgp), (8, 4));
    assert!(f.aggregates[0].suppress.is_some() && f.aggregates[0].as_set && f.aggregates[0].summary_only);
    use crate::model::policy::RouteType;
    assert_eq!(f.redistribute[0].ospf_types, [RouteType::OspfIntra, RouteType::OspfInter]);
}

#[test]
fn ports_filters_and_gateways() {
    let d = read(CORE).device;
    let trunk = &d.interfaces[d.find_interface("GigabitEthernet2/1").unwrap()];
    let port = trunk.switchport.as_ref().unwrap();
    assert!(port.carries(11) && port.carries(20) && !port.carries(13));
    assert_eq!(&*d.interfaces[trunk.aggregate.unwrap()].name, "Port-channel3");
    assert_eq!(d.interfaces[d.find_interface("Vlan10").unwrap()].vlan, Some(10));
    let te = &d.interfaces[d.find_interface("TenGigabitEthernet1/1").unwrap()];
    assert_eq!((te.redundancy[0].priority, te.redundancy[0].preempt), (120, true));
    let filter = &d.filters[te.filter_in.unwrap()];
    assert_eq!(filter.family, None);
    // By number, the permit stands first; the IPv6 line is bound to IPv6.
    assert!(filter.lines[0].permit && filter.lines[0].destination_ports == [179..=179]);
    assert_eq!(filter.lines[2].destinations.len(), 1);
    // An undefined community list holds for nothing.
    let map = d.policies.iter().find(|p| &*p.name == "TAGGED").unwrap();
    let Cond::All(conds) = &map.terms.iter().next().unwrap().when else { panic!("two conditions") };
    assert!(matches!(conds[..], [Cond::Tag(_), Cond::False]));
}

#[test]
fn lines_cut_short_never_panic() {
    for text in [EDGE, CORE] {
        let lines: Vec<&str> = text.lines().collect();
        for (n, line) in lines.iter().enumerate() {
            let indent = &line[..line.len() - line.trim_start().len()];
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            for cut in 0..words.len() {
                // The block around the line, then the line without its last words, then with a word that fits nowhere.
                let mut short: Vec<String> = lines[..n].iter().rev().take(12).rev().map(|l| (*l).to_owned()).collect();
                short.push(format!("{indent}{}", words[..cut].join(" ")));
                short.push(format!("{indent}{} \u{fffd}4294967296 x", words[..cut].join(" ")));
                let _ = read(&short.join("\n"));
            }
        }
    }
}

#[test]
fn ports_of_a_switch_are_switch_ports_unless_they_say_otherwise() {
    let text =
        "interface GigabitEthernet1/0/1\n!\ninterface GigabitEthernet1/0/2\n no switchport\n ip address 10.0.0.1 255.255.255.0\n";
    let d = read(text).device;
    let ports: Vec<bool> = d.interfaces.iter().map(|i| i.switchport.is_some()).collect();
    assert_eq!(ports, [true, false]);
    // On a router nothing is said of switch ports at all.
    let d = read("interface GigabitEthernet0/1\n").device;
    assert!(d.interfaces.iter().all(|i| i.switchport.is_none()));
}

#[test]
fn ios_xr_is_not_ios() {
    assert_eq!(tells("hostname a\nvrf RED\n!\ninterface GigabitEthernet0/0/0/1\n ipv4 address 10.0.0.1 255.255.255.0\n"), 0);
    assert!(tells("hostname a\ninterface Ethernet0/0\n ip address 10.0.0.1 255.255.255.0\n") > 40);
}

#[test]
fn a_warning_only_limit_keeps_the_session() {
    let text = "router bgp 1\n neighbor 10.0.0.2 remote-as 2\n neighbor 10.0.0.2 maximum-prefix 10 80 warning-only\n neighbor 10.0.0.3 \
                remote-as 3\n neighbor 10.0.0.3 maximum-prefix 10\nipv6 router mobile X\n redistribute connected\n";
    let r = read(text);
    assert_eq!(lines_of(&r.report, LineClass::NotUnderstood), NONE);
    assert_eq!(lines_of(&r.report, LineClass::NotModelled), [6, 7]);
    let limits: Vec<_> = r.device.bgp[0].neighbors.iter().map(|n| n.families[0].max_prefixes).collect();
    assert_eq!(limits, [None, Some(10)]);
}

#[test]
fn templates_and_groups_that_contain_each_other_end() {
    let mut text =
        String::from("object-group network A\n group-object A\n group-object B\n host 10.0.0.1\nobject-group network B\n");
    text.push_str(&" group-object A\n".repeat(60));
    text.push_str(
        "ip access-list extended Z\n permit ip object-group A any\nrouter bgp 1\n template peer-policy P\n  weight 7\n",
    );
    text.push_str(&"  inherit peer-policy Q 1\n  inherit peer-policy P 2\n".repeat(60));
    text.push_str(
        " template peer-policy Q\n  weight 8\n  allowas-in 2\n  inherit peer-policy P 1\n neighbor 10.0.0.2 remote-as 2\n",
    );
    text.push_str(" address-family ipv4\n  neighbor 10.0.0.2 inherit peer-policy P\n");
    let d = read(&text).device;
    assert_eq!(d.filters.iter().next().unwrap().lines[0].sources.len(), 1);
    let family = &d.bgp[0].neighbors.iter().next().unwrap().families[0];
    assert_eq!((family.weight, family.allow_as_in), (Some(7), 2));
}

/// Lines as labs iosxe_eigrp_neighbor and iosxe_eigrp_multi_process have them.
#[test]
fn eigrp_classic_and_named() {
    let text = "\
version 16.4
interface Loopback1
 ip address 172.16.1.1 255.255.255.255
interface TenGigabitEthernet1
 ip address 10.12.11.1 255.255.255.0
 ip summary-address eigrp 1 10.0.0.0 255.0.0.0 200
 no ip split-horizon eigrp 1
interface FastEthernet2
 ip address 10.99.0.1 255.255.255.0
 delay 3
router eigrp 1
 network 10.12.11.0 0.0.0.255
 network 172.16.0.0
 passive-interface default
 no passive-interface TenGigabitEthernet1
 redistribute bgp 65003 metric 1000 100 255 1 1500
 offset-list 0 in 77 TenGigabitEthernet1
 eigrp stub connected static
 variance 3
router eigrp NAME
 !
 address-family ipv4 unicast autonomous-system 103
  !
  af-interface FastEthernet2
   passive-interface
  exit-af-interface
  !
  topology base
   redistribute eigrp 1
   distance eigrp 80 180
  exit-af-topology
  network 10.99.0.0 0.0.0.255
 exit-address-family
";
    let reading = read(text);
    assert_eq!(lines_of(&reading.report, LineClass::NotUnderstood), NONE);
    assert_eq!(lines_of(&reading.report, LineClass::NotModelled), NONE);
    let d = &reading.device;
    let [one, named] = &d.eigrp[..] else { panic!("{} processes", d.eigrp.len()) };
    assert_eq!((one.asn, one.wide, one.variance, one.max_paths, one.distance), (1, false, 3, 4, [90, 170, 5]));
    let names = |e: &crate::model::eigrp::Eigrp| -> Vec<(String, bool)> {
        e.interfaces.iter().map(|i| (d.interfaces[i.interface].name.to_string(), i.passive)).collect()
    };
    assert_eq!(names(one), [("Loopback1".into(), true), ("TenGigabitEthernet1".into(), false)]);
    let ten = &one.interfaces[1];
    assert_eq!((ten.split_horizon, ten.summaries.len(), ten.summaries[0].distance), (false, 1, Some(200)));
    assert_eq!(one.redistribute[0].metric.map(|m| (m.bandwidth, m.delay, m.mtu)), Some((1000, 100, 1500)));
    assert_eq!((one.offsets[0].offset, one.offsets[0].interface), (77, Some(ten.interface)));
    let stub = one.stub.unwrap();
    assert_eq!((stub.connected, stub.statics, stub.summary, stub.redistributed), (true, true, false, false));
    assert_eq!((named.asn, named.wide, named.distance), (103, true, [80, 180, 5]));
    assert_eq!(names(named), [("FastEthernet2".into(), true)]);
    assert_eq!(named.redistribute[0].sources, [crate::model::policy::RouteSource::Eigrp(Some(1))]);
    let delay = |name: &str| d.find_interface(name).and_then(|i| d.interfaces[i].delay).map(|x| (x.classic, x.wide));
    assert_eq!(delay("TenGigabitEthernet1"), Some((10_000_000, 1_000_000)));
    assert_eq!(delay("Loopback1"), Some((5_000_000_000, 1_250_000)));
    assert_eq!(delay("FastEthernet2"), Some((30_000_000, 30_000_000)));
}

#[test]
fn rip_by_classes() {
    let text = "\
version 15.7
interface GigabitEthernet0/1
 ip address 172.16.5.1 255.255.255.0
 ip summary-address rip 172.16.0.0 255.255.0.0
interface GigabitEthernet0/2
 ip address 172.17.5.1 255.255.255.0
router rip
 version 2
 network 172.16.0.0
 passive-interface GigabitEthernet0/1
 redistribute static metric 4
 default-information originate
 no auto-summary
";
    let reading = read(text);
    assert_eq!(lines_of(&reading.report, LineClass::NotUnderstood), NONE);
    let rip = &reading.device.rip[0];
    assert_eq!((rip.interfaces.len(), rip.interfaces[0].passive, rip.interfaces[0].summaries.len()), (1, true, 1));
    assert_eq!((rip.redistribute[0].metric, rip.auto_summary, rip.distance, rip.max_paths), (Some(4), false, 120, 4));
    assert!(rip.default_originate.as_ref().is_some_and(|d| d.always));
}

/// A line without effect says nothing of the lines after it, indented or not.
#[test]
fn lines_after_a_quiet_one_are_read() {
    let indented = "interface GigabitEthernet2\n negotiation auto\n ipv6 address 2001:db8::1/64\n no mop enabled\n channel-group 23 mode active\n";
    for text in [indented.to_owned(), indented.replace("\n ", "\n")] {
        let device =
            read(&format!("version 16.6\nhostname a\n{text}interface Port-channel23\n ip address 10.0.0.1 255.255.255.0\n"))
                .device;
        let port = &device.interfaces[device.find_interface("GigabitEthernet2").unwrap()];
        assert_eq!((port.addresses.len(), port.aggregate), (1, device.find_interface("Port-channel23")), "{text}");
    }
}
