//! What FRR's reader makes of texts of our own.

use super::*;
use crate::base::id::Id;
use crate::base::span::FileId;
use crate::model::bgp::{NextHopSelf, Peer, RemoteAs};
use crate::model::device::Name;
use crate::model::interface::{InterfaceKind, Switchport};
use crate::model::ospf::{AreaKind, NetworkType};
use crate::model::policy::{Action, Cond, Flow, TermId};
use crate::model::route::Family;
use crate::model::static_route::StaticHop;
use crate::vendors::sink::ReadReport;

fn read_files(files: &[(&str, &str)]) -> (Device, ReadReport) {
    let files: Vec<ConfigFile<'_>> =
        files.iter().enumerate().map(|(n, (name, text))| ConfigFile { id: FileId::new(n), name, text }).collect();
    let mut sink = Sink::new("r1", &files);
    let device = Frr.read(&files, &mut sink);
    (device, sink.finish())
}

fn read(text: &str) -> (Device, ReadReport) {
    read_files(&[("frr.conf", text)])
}

/// The classes of the first file, one letter a line.
fn classes(report: &ReadReport) -> String {
    let letter = |c: &LineClass| match c {
        LineClass::Silent => '.',
        LineClass::NoEffect => 'n',
        LineClass::Modelled => 'm',
        LineClass::NotModelled => 'x',
        LineClass::NotUnderstood => '?',
        LineClass::Invalid => '!',
    };
    report.classes[0].1.iter().map(letter).collect()
}

#[test]
fn it_knows_its_own() {
    assert_eq!(Frr.tells("hostname a\nfrr defaults traditional\n"), 95);
    assert_eq!(Frr.tells("auto lo\niface lo inet loopback\n"), 65);
    assert_eq!(Frr.tells("net add interface swp1\n"), 85);
    assert_eq!(Frr.tells("{\"PORT\": {}, \"DEVICE_METADATA\": {}}"), 70);
    assert_eq!(Frr.tells("hostname a\ninterface Ethernet1\n ip address 10.0.0.1/24\n"), 0);
    assert_eq!(Frr.tells(""), 0);
}

#[test]
fn indentation_means_nothing() {
    let (d, r) =
        read("interface eth0\nip address 10.0.0.1/24\nrouter ospf\nnetwork 10.0.0.0/8 area 0\nexit\nhostname x\n frobnicate\n");
    assert_eq!(classes(&r), "mmmmnm?");
    assert_eq!(d.hostname.as_deref(), Some("x"));
    assert_eq!(d.ospf[0].interfaces.len(), 1);
    assert_eq!(d.ospf[0].interfaces[0].cost, 10);
}

#[test]
fn static_routes_in_all_forms() {
    let (d, r) = read(
        "interface eth0\n ip address 10.0.0.1/24\nvrf RED\n ip route 1.0.0.0/8 10.0.0.2\nexit-vrf\nip route 2.0.0.0/8 10.0.0.2 eth0 50 tag 7\n\
         ip route 3.0.0.0/8 blackhole\nip route 4.0.0.0/8 eth0\nip route 5.0.0.0/8 10.0.0.9 nexthop-vrf RED\nipv6 route 2001:db8::/32 Null0 vrf RED\n\
         ip route 6.0.0.0/8\nip route 7.0.0.0/40 10.0.0.1\nip route 8.0.0.0 255.0.0.0 10.0.0.2 300\n",
    );
    assert_eq!(classes(&r), "mmmmnmmmmm!!!");
    let red = d.find_vrf("RED").unwrap();
    let hops: Vec<_> = d.vrfs[VrfId::DEFAULT].static_routes.iter().map(|s| (&s.hop, s.distance, s.tag)).collect();
    let eth0 = d.find_interface("eth0").unwrap();
    let ip = "10.0.0.2".parse().unwrap();
    assert_eq!(hops[0], (&StaticHop::IpVia { ip, interface: eth0 }, 50, 7));
    assert_eq!(hops[1].0, &StaticHop::Discard);
    assert_eq!(hops[2].0, &StaticHop::Interface(eth0));
    assert_eq!(hops[3].0, &StaticHop::Ip { ip: "10.0.0.9".parse().unwrap(), vrf: Some(red) });
    assert_eq!(d.vrfs[red].static_routes.len(), 2);
}

use crate::model::VrfId;

#[test]
fn ospf_of_interfaces_and_networks() {
    let (d, r) = read(
        "interface lo\n ip address 10.255.0.1/32\n ip ospf area 0\ninterface eth0\n ip address 10.0.0.1/24\n ip ospf network point-to-point\n ip ospf hello-interval 3\n\
         interface eth1\n ip address 10.1.0.1/24\n bandwidth 1000\nrouter ospf\n ospf router-id 1.1.1.1\n network 10.0.0.0/24 area 0\n network 10.1.0.0/16 area 0.0.0.2\n\
         passive-interface eth1\n area 2 nssa no-summary\n area 2 range 10.1.0.0/16 cost 5\n redistribute static metric 5 metric-type 1\n max-metric router-lsa administrative\n",
    );
    assert!(classes(&r).chars().all(|c| c == 'm'), "{}", classes(&r));
    let p = &d.ospf[0];
    assert_eq!(
        p.interfaces.iter().map(|i| (i.area, i.cost, i.passive, i.network)).collect::<Vec<_>>(),
        [(0, 0, false, NetworkType::Loopback), (0, 10, false, NetworkType::PointToPoint), (2, 100, true, NetworkType::Broadcast)]
    );
    assert_eq!((p.interfaces[1].hello, p.interfaces[1].dead), (3, 40));
    assert!(matches!(p.areas[1].kind, AreaKind::Nssa { no_summary: true, default: true, .. }));
    assert_eq!(p.areas[1].ranges[0].cost, Some(5));
    assert!(p.stub_router);
    assert_eq!((p.redistribute[0].metric, p.redistribute[0].metric_type), (Some(5), 1));
}

#[test]
fn isis_in_short() {
    let (d, r) = read(
        "interface lo\n ip router isis X\n isis passive\ninterface eth0\n ip router isis X\n ipv6 router isis X\n isis circuit-type level-2-only\n isis metric 7\n\
         isis network point-to-point\nrouter isis X\n net 49.0001.1921.6800.1001.00\n is-type level-1-2\n redistribute ipv4 static level-2 metric 3\n net zz\n",
    );
    assert_eq!(classes(&r), "mmmmmmmmmmmmm!");
    let p = &d.isis[0];
    assert_eq!((&*p.areas[0], &*p.system_id), ("490001", "192168001001"));
    assert_eq!(p.wide, [true, true]);
    assert_eq!(p.interfaces[1].metric, [7, 7]);
    assert!(!p.interfaces[1].levels.l1 && p.interfaces[1].levels.l2 && p.interfaces[1].point_to_point);
    assert!(p.interfaces[0].passive);
}

#[test]
fn bgp_groups_and_families() {
    let (d, r) = read(
        "frr version 8.4\nfrr defaults traditional\ninterface eth0\nrouter bgp 65000\n no bgp default ipv4-unicast\n neighbor G peer-group\n neighbor G remote-as external\n\
         neighbor G timers 3 9\n neighbor 10.0.0.2 peer-group G\n neighbor eth0 interface remote-as 65001\n neighbor 10.0.0.3 remote-as 65000\n bgp listen range 10.9.0.0/16 peer-group G\n\
         address-family ipv4 unicast\n  neighbor G activate\n  neighbor G route-map IN in\n  neighbor 10.0.0.3 activate\n  neighbor 10.0.0.3 next-hop-self force\n  no neighbor 10.0.0.3 send-community extended\n\
         network 10.0.0.0/8 route-map NONE\n  neighbor 10.0.0.9 activate\n  neighbor nobody activate\n exit-address-family\nroute-map IN permit 10\n",
    );
    assert_eq!(classes(&r), "mmmmmmmnmmmmmmmmmmmmm!nm".replace("m!nm", "!nm"));
    let b = &d.bgp[0];
    assert!(b.ebgp_requires_policy && b.network_import_check && !b.enforce_first_as);
    assert_eq!(b.neighbors.len(), 5);
    let by = |n: usize| b.neighbors.iter().nth(n).unwrap();
    assert_eq!(by(0).remote_as, RemoteAs::External);
    assert_eq!(by(0).families.len(), 1);
    assert_eq!(by(0).families[0].import[0].policies.len(), 1);
    assert_eq!(by(1).peer, Peer::Interface(d.find_interface("eth0").unwrap()));
    assert!(by(1).families.is_empty() && by(1).extended_next_hop);
    assert_eq!(by(2).families[0].next_hop_self, NextHopSelf::Force);
    assert!(by(2).families[0].send_standard && !by(2).families[0].send_extended);
    assert_eq!(by(3).remote_as, RemoteAs::Missing);
    assert!(matches!(by(4).peer, Peer::Range(_)));
    // A route-map that is not there denies.
    assert!(b.families[0].networks[0].policy.as_ref().unwrap().policies.is_empty());
    assert!(r.diagnostics.iter().any(|d| d.code.0 == "R-undefined" && d.message.contains("NONE")));
}

#[test]
fn defaults_follow_profile_and_release() {
    let at = |head: &str| {
        let (d, _) = read(&format!("{head}\nrouter bgp 1\n"));
        (d.bgp[0].ebgp_requires_policy, d.bgp[0].network_import_check, d.bgp[0].best_path.deterministic_med)
    };
    assert_eq!(at("frr version 7.2\nfrr defaults traditional"), (false, false, false));
    assert_eq!(at("frr version 8.4.2\nfrr defaults datacenter"), (false, true, true));
    assert_eq!(at("hostname x"), (true, true, false));
}

#[test]
fn route_maps_jump_and_call() {
    let (d, r) = read(
        "route-map M permit 20\n set metric +5\nroute-map M permit 10\n match tag 3\n call SUB\n on-match goto 15\nroute-map M deny 30\n match community C\n\
         route-map SUB permit 10\n set local-preference 50\nbgp community-list standard C permit 65000:1\nroute-map M permit 40\n match probability 50\n on-match goto 30\n",
    );
    assert_eq!(classes(&r), "mmmmmmmmmmmmx!");
    let m = &d.policies.as_slice()[0];
    let flows: Vec<_> = m.terms.iter().map(|t| (&*t.name, t.then)).collect();
    assert_eq!(
        flows,
        [
            ("10", Flow::Next),
            ("10", Flow::Goto { term: TermId(2), pending: None }),
            ("20", Flow::Accept),
            ("30", Flow::Reject),
            ("40", Flow::Accept),
        ]
    );
    assert_eq!(m.terms[TermId(0)].otherwise, Flow::Goto { term: TermId(2), pending: None });
    assert!(matches!(m.terms[TermId(1)].when, Cond::Apply(p) if &*d.policies[p].name == "SUB"));
    assert!(matches!(m.terms[TermId(2)].actions[0], Action::Metric(crate::model::policy::Number::Add(5))));
}

#[test]
fn prefix_lists_by_number() {
    let (d, r) = read(
        "ip prefix-list P seq 20 deny any\nip prefix-list P seq 5 permit 10.0.0.0/8 le 24\nip prefix-list P permit 10.0.0.0/8 ge 30\nip prefix-list P permit 10.0.0.0/8 le 40\n\
         access-list A permit 10.0.0.0/8\naccess-list A permit 10.0.0.0/9 exact-match\nipv6 prefix-list P permit 10.0.0.0/8\nip prefix-list P permit 10.0.0.0/8 le 4\n",
    );
    assert_eq!(classes(&r), "mmm!mm!!");
    let lines: Vec<_> = d.prefix_lists.as_slice()[0].lines.iter().map(|l| (l.permit, l.range.min, l.range.max)).collect();
    assert_eq!(lines, [(true, 8, 24), (false, 0, 32), (true, 30, 32)]);
    let lines: Vec<_> = d.prefix_lists.as_slice()[1].lines.iter().map(|l| (l.range.min, l.range.max)).collect();
    assert_eq!(lines, [(8, 32), (9, 9)]);
}

#[test]
fn a_concatenated_cumulus_file() {
    let (d, r) = read(
        "leaf1\n# This file describes the network interfaces\nauto lo\niface lo inet loopback\n  address 10.0.0.1/32\niface eth0 inet dhcp\niface swp1\n  address 10.1.0.1/24\n  bogus 1\n\
         iface bond1\n  bond-slaves swp2 swp3\niface bridge\n  bridge-ports bond1 swp4\n  bridge-vids 10 20\n  bridge-vlan-aware yes\niface swp4\n  bridge-access 10\n\
         iface vlan10\n  vlan-id 10\n  vlan-raw-device bridge\n  vrf RED\n  address 10.10.0.1/24\n  address-virtual 00:00:5e:00:01:01 10.10.0.254/24\niface RED\n  vrf-table auto\n\
         # ports.conf --\n1=40G\nfrr version 4.0+cl3u8\nfrr defaults datacenter\nrouter bgp 65000 vrf RED\n address-family ipv4 unicast\n  redistribute connected\n",
    );
    assert_eq!(classes(&r), "m.mmmmmm?mmmmmmmmmmmmmmmm.nmmmmm");
    assert_eq!(d.hostname.as_deref(), Some("leaf1"));
    let port = |n: &str| &d.interfaces[d.find_interface(n).unwrap()];
    let red = d.find_vrf("RED").unwrap();
    assert_eq!(port("bond1").kind, InterfaceKind::Aggregate);
    assert_eq!(port("swp2").aggregate, d.find_interface("bond1"));
    assert_eq!(port("swp4").switchport, Some(Switchport::Access(10)));
    assert!(matches!(&port("bond1").switchport, Some(Switchport::Trunk { native: Some(1), allowed }) if allowed.len() == 3));
    assert_eq!((port("vlan10").kind, port("vlan10").vlan, port("vlan10").vrf), (InterfaceKind::Vlan, Some(10), red));
    assert!(port("vlan10").addresses[1].virtual_address);
    assert_eq!((port("RED").kind, port("RED").vrf), (InterfaceKind::Loopback, red));
    assert!(port("eth0").dhcp);
    assert_eq!(d.bgp[0].vrf, red);
}

#[test]
fn a_sonic_folder() {
    let db = r#"{
    "DEVICE_METADATA": {
        "localhost": { "hostname": "s1" }
    },
    "PORT": {
        "Ethernet0": { "admin_status": "up", "speed": "40000" },
        "Ethernet4": { "admin_status": "down" }
    },
    "VLAN": {
        "Vlan10": { "vlanid": "10" }
    },
    "VLAN_MEMBER": {
        "Vlan10|Ethernet4": { "tagging_mode": "untagged" }
    },
    "INTERFACE": {
        "Ethernet0|10.0.0.1/31": {}
    }
}"#;
    let (d, r) = read_files(&[("config_db.json", db), ("frr.conf", "router bgp 1\n neighbor 10.0.0.0 remote-as 2\n")]);
    assert_eq!(d.hostname.as_deref(), Some("s1"));
    let port = |n: &str| &d.interfaces[d.find_interface(n).unwrap()];
    assert_eq!(port("Ethernet0").addresses[0].origin.line, 16);
    assert_eq!(port("Ethernet0").speed, Some(40_000_000_000));
    assert!(!port("Ethernet4").enabled);
    assert_eq!(port("Ethernet4").switchport, Some(Switchport::Access(10)));
    assert_eq!(r.classes[0].1[6], LineClass::Modelled);
    let (_, r) = read_files(&[("config_db.json", "{\n \"PORT\": \n")]);
    assert!(r.classes[0].1.iter().all(|c| *c == LineClass::Invalid));
}

#[test]
fn hostile_texts_end() {
    for text in [
        "",
        "\u{0}\u{1}",
        "neighbor",
        "router bgp\n neighbor\n",
        "route-map\nip prefix-list\naccess-list\n",
        "interface\nip route\n{",
        "net\nauto\niface\n",
    ] {
        let _ = read(text);
    }
    let words = [
        "router bgp 1",
        "neighbor",
        "no",
        "ip",
        "ospf",
        "area",
        "1.1.1.1",
        "x",
        "route-map x permit",
        "match",
        "set",
        "interface y",
        "isis",
        "redistribute",
        "metric",
    ];
    for a in words {
        for b in words {
            for c in words {
                let _ = read(&format!("{a} {b} {c}\n{b} {a}\n {c} {b} {a}\n"));
            }
        }
    }
}

#[test]
fn ripd() {
    let (device, report) = read(
        "frr version 8.4\ninterface eth0\n ip address 10.0.0.1/30\n no ip rip split-horizon\ninterface lo\n ip address 1.1.1.1/32\n\
         access-list L permit 10.9.0.0/16\nrouter rip\n network eth0\n network 1.1.1.0/24\n passive-interface lo\n redistribute static metric 3\n\
         default-information originate\n distribute-list L in eth0\n offset-list L out 4\n version 2\n timers basic 5 30 20\n",
    );
    assert!(!classes(&report).contains(['?', 'x', '!']), "{}", classes(&report));
    let rip = &device.rip[0];
    let at = |name: &str| device.find_interface(name).unwrap();
    let interfaces: Vec<_> = rip.interfaces.iter().map(|i| (i.interface, i.passive, i.split_horizon)).collect();
    assert_eq!(interfaces, [(at("eth0"), false, false), (at("lo"), true, true)]);
    assert_eq!((rip.redistribute[0].metric, rip.default_metric, rip.max_paths, rip.distance), (Some(3), Some(1), 1, 120));
    assert_eq!((rip.filters[0].inbound, rip.filters[0].interface), (true, Some(at("eth0"))));
    assert_eq!((rip.offsets[0].inbound, rip.offsets[0].offset), (false, 4));
}

/// Tables as in `sonic-buildimage`'s configuration guide.
#[test]
fn a_sonic_database_alone_makes_bgp_and_static_routes() {
    let db = r#"{
    "DEVICE_METADATA": {
        "localhost": { "hostname": "s1", "bgp_asn": "65100", "mac": "0c:49:00:3c:86:00" }
    },
    "LOOPBACK_INTERFACE": {
        "Loopback0|10.1.0.1/32": {}
    },
    "INTERFACE": {
        "Ethernet0|10.0.0.0/31": {}
    },
    "BGP_NEIGHBOR": {
        "10.0.0.1": { "asn": "65200", "name": "T1", "admin_status": "up", "rrclient": "0", "nhopself": "1" }
    },
    "STATIC_ROUTE": {
        "10.9.0.0/16": { "nexthop": "10.0.0.1,10.0.0.3", "ifname": ",", "distance": "0,5" },
        "Vrf1|10.8.0.0/16": { "nexthop": "", "blackhole": "true" }
    }
}"#;
    let (d, r) = read_files(&[("config_db.json", db)]);
    assert_eq!(d.os, "sonic");
    // As in lab sonic_bgp_lab's `show ipv6 route bgp`.
    assert_eq!(d.link_local(d.find_interface("Ethernet0").unwrap()), "fe80::e49:ff:fe3c:8600".parse().ok());
    let b = &d.bgp[0];
    let n = &b.neighbors.as_slice()[0];
    assert_eq!((b.asn, b.router_id, b.families[0].networks.len()), (65100, Some("10.1.0.1".parse().unwrap()), 1));
    assert_eq!((&n.remote_as, n.families.len(), n.enabled), (&crate::model::bgp::RemoteAs::Asn(65200), 1, true));
    let routes = |v: &str| d.vrfs[d.find_vrf(v).unwrap()].static_routes.iter().map(|s| s.distance).collect::<Vec<_>>();
    assert_eq!((routes("default"), routes("Vrf1").len()), (vec![1, 5], 1));
    assert!(r.classes[0].1.iter().all(|c| *c <= LineClass::Modelled));
    // FRR's own files go before the database.
    let (d, _) = read_files(&[("config_db.json", db), ("frr.conf", "router bgp 65001\n")]);
    assert_eq!((d.bgp[0].asn, d.bgp[0].neighbors.len()), (65001, 0));
}

/// Lines as Cumulus Linux 3 and 4 document them ("Network Command Line Utility").
#[test]
fn nclu_lines_say_what_the_files_say() {
    let (d, r) = read_files(&[(
        "r1",
        "net del all\nnet add hostname r1\nnet add loopback lo ip address 10.9.0.1/32\nnet add interface swp1-2 mtu 9000\n\
         net add interface swp1 ip address 10.0.0.1/31\nnet add bond bond1 bond slaves swp3-4\nnet add bond bond1 vrf blue\nnet add vrf blue\n\
         net add bgp autonomous-system 65001\nnet add bgp router-id 10.9.0.1\nnet add bgp neighbor swp2 interface remote-as external\n\
         net add bgp ipv4 unicast network 10.9.0.1/32\nnet add routing route 10.8.0.0/16 10.0.0.0\n\
         net add routing route-map rm permit 10 match interface lo\nnet add bgp ipv4 unicast redistribute connected route-map rm\nnet commit\n",
    )]);
    let classes = &r.classes[0].1;
    assert!(classes.iter().all(|c| *c <= LineClass::Modelled), "{classes:?} {:?}", r.diagnostics);
    assert_eq!(d.hostname.as_deref(), Some("r1"));
    let port = |n: &str| &d.interfaces[d.find_interface(n).unwrap()];
    assert_eq!((port("swp2").mtu, port("lo").addresses.len(), port("swp1").addresses.len()), (Some(9000), 1, 1));
    assert_eq!(port("swp3").aggregate, d.find_interface("bond1"));
    assert_eq!(port("bond1").vrf, d.find_vrf("blue").unwrap());
    let b = &d.bgp[0];
    assert_eq!((b.asn, b.neighbors.len(), b.families[0].networks.len(), b.families[0].redistribute.len()), (65001, 1, 1, 1));
    assert_eq!(d.vrfs.as_slice()[0].static_routes.len(), 1);
}

/// As the Cumulus Linux 5 user guide shows configurations ("NVUE", "Border Gateway Protocol", "Route Filtering and Redistribution").
const NVUE: &str = "- header:
    model: vx
    nvue-api-version: nvue_v1
- set:
    bridge:
      domain:
        br_default:
          vlan:
            '10': {}
            '20': {}
    interface:
      bond1:
        bond:
          member:
            swp1-2: {}
        bridge:
          domain:
            br_default:
              access: 10
        type: bond
      lo:
        ip:
          address:
            10.10.10.1/32: {}
        type: loopback
      swp51-52:
        link:
          mtu: 9216
        type: swp
      swp53:
        ip:
          address:
            10.0.0.1/31: {}
        router:
          ospf:
            area: 0
            network-type: point-to-point
      vlan10:
        ip:
          address:
            10.1.10.2/24: {}
          vrf: RED
        type: svi
        vlan: 10
    router:
      bgp:
        autonomous-system: 65101
        enable: on
        router-id: 10.10.10.1
      policy:
        prefix-list:
          hosts:
            rule:
              '10':
                action: permit
                match:
                  10.1.0.0/16:
                    max-prefix-len: 32
            type: ipv4
        route-map:
          out:
            rule:
              '10':
                action:
                  permit: {}
                match:
                  ip-prefix-list: hosts
                  type: ipv4
                set:
                  local-preference: 200
    system:
      hostname: leaf01
    vrf:
      RED:
        router:
          static:
            0.0.0.0/0:
              via:
                10.1.10.9:
                  type: ipv4-address
      default:
        router:
          bgp:
            address-family:
              ipv4-unicast:
                enable: on
                multipaths:
                  ebgp: 8
                redistribute:
                  connected:
                    enable: on
                    route-map: out
            enable: on
            neighbor:
              swp51:
                peer-group: underlay
                type: unnumbered
              10.0.0.0:
                address-family:
                  ipv4-unicast:
                    nexthop-setting: self
                    policy:
                      inbound:
                        route-map: out
                remote-as: internal
            path-selection:
              multipath:
                aspath-ignore: on
            peer-group:
              underlay:
                remote-as: external
          ospf:
            enable: on
            router-id: 10.10.10.1
";

/// The same as `nv config show -o commands` prints it.
const NVUE_COMMANDS: &str = "nv set bridge domain br_default vlan 10,20
nv set interface bond1 bond member swp1-2
nv set interface bond1 bridge domain br_default access 10
nv set interface bond1 type bond
nv set interface lo ip address 10.10.10.1/32
nv set interface lo type loopback
nv set interface swp51-52 link mtu 9216
nv set interface swp51-52 type swp
nv set interface swp53 ip address 10.0.0.1/31
nv set interface swp53 router ospf area 0
nv set interface swp53 router ospf network-type point-to-point
nv set interface vlan10 ip address 10.1.10.2/24
nv set interface vlan10 ip vrf RED
nv set interface vlan10 type svi
nv set interface vlan10 vlan 10
nv set router bgp autonomous-system 65101
nv set router bgp enable on
nv set router bgp router-id 10.10.10.1
nv set router policy prefix-list hosts rule 10 action permit
nv set router policy prefix-list hosts rule 10 match 10.1.0.0/16 max-prefix-len 32
nv set router policy prefix-list hosts type ipv4
nv set router policy route-map out rule 10 action permit
nv set router policy route-map out rule 10 match ip-prefix-list hosts
nv set router policy route-map out rule 10 match type ipv4
nv set router policy route-map out rule 10 set local-preference 200
nv set system hostname leaf01
nv set vrf RED router static 0.0.0.0/0 via 10.1.10.9 type ipv4-address
nv set vrf default router bgp address-family ipv4-unicast enable on
nv set vrf default router bgp address-family ipv4-unicast multipaths ebgp 8
nv set vrf default router bgp address-family ipv4-unicast redistribute connected enable on
nv set vrf default router bgp address-family ipv4-unicast redistribute connected route-map out
nv set vrf default router bgp enable on
nv set vrf default router bgp neighbor swp51 peer-group underlay
nv set vrf default router bgp neighbor swp51 type unnumbered
nv set vrf default router bgp neighbor 10.0.0.0 address-family ipv4-unicast nexthop-setting self
nv set vrf default router bgp neighbor 10.0.0.0 address-family ipv4-unicast policy inbound route-map out
nv set vrf default router bgp neighbor 10.0.0.0 remote-as internal
nv set vrf default router bgp path-selection multipath aspath-ignore on
nv set vrf default router bgp peer-group underlay remote-as external
nv set vrf default router ospf enable on
nv set vrf default router ospf router-id 10.10.10.1
nv config apply
";

#[test]
fn nvue_says_what_the_files_say() {
    for (name, text) in [("startup.yaml", NVUE), ("leaf01.cfg", NVUE_COMMANDS)] {
        let (d, r) = read_files(&[(name, text)]);
        let classes = &r.classes[0].1;
        assert!(classes.iter().all(|c| *c <= LineClass::Modelled), "{name}: {classes:?} {:?}", r.diagnostics);
        assert_eq!(d.hostname.as_deref(), Some("leaf01"), "{name}");
        let port = |n: &str| &d.interfaces[d.find_interface(n).unwrap()];
        assert_eq!((port("swp52").mtu, port("lo").addresses.len(), port("swp53").addresses.len()), (Some(9216), 1, 1));
        assert_eq!(port("swp2").aggregate, d.find_interface("bond1"));
        let red = d.find_vrf("RED").unwrap();
        assert_eq!((port("vlan10").vrf, d.vrfs[red].static_routes.len()), (red, 1));
        let b = &d.bgp[0];
        assert_eq!((b.asn, b.neighbors.len(), b.router_id), (65101, 2, Some("10.10.10.1".parse().unwrap())), "{name}");
        assert_eq!((b.families[0].max_paths_ebgp, b.families[0].max_paths_ibgp), (8, 64));
        assert!(b.best_path.multipath_relax && b.best_path.deterministic_med);
        assert_eq!(b.families[0].redistribute.len(), 1);
        assert!(b.families[0].redistribute[0].policy.is_some());
        let inside = b.neighbors.iter().find(|n| matches!(n.peer, crate::model::bgp::Peer::Ip(..))).unwrap();
        assert_eq!(inside.families[0].import.len(), 1);
        let o = &d.ospf[0];
        assert_eq!((o.router_id, o.interfaces.len(), o.interfaces[0].area), (Some("10.10.10.1".parse().unwrap()), 1, 0));
    }
}

#[test]
fn what_nvue_has_and_the_model_has_not_is_reported_where_it_stands() {
    let text =
        "- set:\n    interface:\n      swp1:\n        typo: x\n    nve:\n      vxlan:\n        enable: on\n    strange: {}\n";
    let (_, r) = read_files(&[("startup.yaml", text)]);
    let said: Vec<(u32, &str)> = r.diagnostics.iter().map(|d| (d.span.unwrap().line, d.message.as_str())).collect();
    assert_eq!(said, [(8, "`strange` is not understood"), (4, "`typo` is not understood")]);
    let (_, r) = read_files(&[("startup.yaml", "- set:\n    interface: [\n")]);
    assert!(r.diagnostics.iter().any(|d| d.message.contains("startup.yaml:")), "{:?}", r.diagnostics);
    let (_, r) = read_files(&[("x.cfg", "nv set vrf default router bgp enable on\nnv unset interface swp1\n")]);
    let said: Vec<&str> = r.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(said, ["`nv unset` is not modelled", "no AS number is set for BGP"]);
    let (d, _) = read_files(&[("x.cfg", "nv set interface swp1 link mtu 9000\nnv set interface swp1 link mtu 1500\n")]);
    assert_eq!(d.interfaces[d.find_interface("swp1").unwrap()].mtu, Some(1500), "what is set last holds");
}

/// Tables as in SONiC's configuration guide.
#[test]
fn sonic_acls_are_filters_of_ports() {
    let db = r#"{
    "PORT": {
        "Ethernet0": { "speed": "40000" }
    },
    "ACL_TABLE": {
        "DATAACL": { "type": "L3", "stage": "ingress", "ports": ["Ethernet0"] },
        "SSH": { "type": "CTRLPLANE", "services": ["SSH"] }
    },
    "ACL_RULE": {
        "DATAACL|RULE_1": { "PRIORITY": "10", "PACKET_ACTION": "DROP" },
        "DATAACL|RULE_2": { "PRIORITY": "20", "PACKET_ACTION": "FORWARD", "SRC_IP": "10.0.0.0/8", "IP_PROTOCOL": "6", "L4_DST_PORT": "80" }
    }
}"#;
    let (d, _) = read_files(&[("config_db.json", db)]);
    assert_eq!(d.filters.len(), 1);
    let f = &d.filters[d.interfaces[d.find_interface("Ethernet0").unwrap()].filter_in.unwrap()];
    let lines: Vec<_> =
        f.lines.iter().map(|l| (l.permit, l.protocols.clone(), l.destination_ports.clone(), l.origin.line)).collect();
    assert_eq!(lines, [(true, vec![6], vec![80..=80], 11), (false, vec![], vec![], 10)]);
}

/// Cumulus Linux 5 user guide, "Access Control List Configuration" and "VRRP": rules by number, what none takes passes.
#[test]
fn nvue_filters_and_vrrp() {
    let text = "- set:\n    acl:\n      A:\n        type: ipv4\n        rule:\n          '20':\n            action:\n              deny: {}\n            match:\n              ip:\n                source-ip: ANY\n          '10':\n            action: permit\n            match:\n              ip:\n                dest-ip: 10.0.15.8/32\n                protocol: tcp\n                tcp:\n                  dest-port:\n                    '22': {}\n          '30':\n            action:\n              permit: {}\n            match:\n              ip:\n                dscp: 10\n      CP:\n        type: ipv4\n        rule:\n          '10':\n            action:\n              deny: {}\n    interface:\n      swp1-2:\n        acl:\n          A:\n            inbound: {}\n      swp1:\n        acl:\n          CP:\n            inbound:\n              control-plane: {}\n        ip:\n          address:\n            10.0.0.2/24: {}\n          vrrp:\n            virtual-router:\n              '44':\n                address:\n                  10.0.0.1: {}\n                priority: 254\n";
    let (d, r) = read_files(&[("startup.yaml", text)]);
    let at = |n: &str| &d.interfaces[d.find_interface(n).unwrap()];
    assert_eq!(d.filters.len(), 1);
    let filter = &d.filters[at("swp2").filter_in.unwrap()];
    assert_eq!(
        (&*filter.name, filter.default_permit, at("swp1").filter_in.is_some(), at("swp1").filter_out),
        ("A", true, true, None)
    );
    let lines: Vec<_> = filter.lines.iter().map(|l| (l.permit, &l.protocols[..], l.destination_ports.len(), l.partial)).collect();
    assert_eq!(lines, [(true, &[6][..], 1, false), (false, &[][..], 0, false), (true, &[][..], 0, true)]);
    let group = &at("swp1").redundancy[0];
    assert_eq!((group.group, group.priority, group.addresses[0].to_string()), (44, 254, "10.0.0.1".to_owned()));
    let said: Vec<_> = r.diagnostics.iter().map(|d| d.code.0).collect();
    assert_eq!(said, ["M-not-modelled"]);
}

/// Cumulus Linux 5 user guide, "VRR", configuration example: a pair with the fabric's MAC address.
#[test]
fn nvue_pairs() {
    let text = "- set:\n    interface:\n      bond1:\n        bond:\n          member:\n            swp1: {}\n          mlag:\n            enable: on\n            id: 1\n        type: bond\n      peerlink:\n        bond:\n          member:\n            swp49: {}\n            swp50: {}\n        type: peerlink\n      peerlink.4094:\n        base-interface: peerlink\n        type: sub\n        vlan: 4094\n    mlag:\n      backup:\n        10.10.10.2: {}\n      peer-ip: linklocal\n      priority: 1000\n    system:\n      global:\n        anycast-mac: 44:38:39:BE:EF:AA\n";
    let (d, _) = read_files(&[("startup.yaml", text)]);
    let m = d.mlag.as_ref().unwrap();
    assert_eq!((m.domain.as_deref(), m.priority, m.peer_link), (Some("44:38:39:be:ef:aa"), 1000, d.find_interface("peerlink")));
    let bundles: Vec<_> = m.bundles.iter().map(|b| (b.id, &*d.interfaces[b.interface].name)).collect();
    assert_eq!((bundles, m.on_split), (vec![(1, "bond1")], crate::model::mlag::OnSplit::Bundles));
}

/// What a device does of EVPN: VRF, VNI, targets in and out, families that go out; where tunnels end.
fn overlay(d: &Device, vrf: &str) -> (Option<u32>, String, String, [bool; 2], String) {
    let v = &d.vrfs[d.find_vrf(vrf).unwrap()];
    let end = d.vxlan.as_ref().and_then(|x| x.shared_address).map(|a| a.to_string()).unwrap_or_default();
    let said = v.exchanges.iter().find(|e| e.family == Family::V4);
    let list = |of: fn(&crate::model::vrf::Exchange) -> &Vec<Name>| said.map(|e| of(e).join(" ")).unwrap_or_default();
    (v.vni, list(|e| &e.import_targets), list(|e| &e.export_targets), v.evpn_prefixes, end)
}

fn codes(r: &ReadReport) -> Vec<&'static str> {
    r.diagnostics.iter().map(|d| d.code.0).filter(|c| c.starts_with("T-v") || c.starts_with("M-")).collect()
}

/// VLANs over VXLAN: VLAN, VNI, targets in and out, distinguisher, where they are flooded besides.
fn bridged(d: &Device) -> Vec<String> {
    let one = |v: &crate::model::vxlan::VlanVni| {
        let to: Vec<String> = v.peers.iter().chain(&v.group).map(ToString::to_string).collect();
        let evpn = v.evpn.as_ref().map(|e| {
            let (i, x) = (e.import_targets.join(" "), e.export_targets.join(" "));
            format!("{i} | {x} | {}", e.route_distinguisher.as_deref().unwrap_or("auto"))
        });
        format!("{} as {}: {} | {}", v.vlan, v.vni, evpn.unwrap_or_default(), to.join(" "))
    };
    d.vxlan.iter().flat_map(|x| &x.vlans).map(one).collect()
}

/// Cumulus Linux, "VXLAN Devices", "Static VXLAN Tunnels", "EVPN Enhancements" ("Define RDs and RTs"): devices of one VNI and of many.
#[test]
fn linux_bridges_vlans_over_vxlan() {
    let devices = "leaf1\n# This file describes the network interfaces\nauto lo\niface lo inet loopback\n  address 10.0.0.1/32\n  vxlan-local-tunnelip 10.0.0.1\niface vni10\n  bridge-access 10\n  vxlan-id 110\n  vxlan-remoteip 10.0.0.2\n  vxlan-remoteip 10.0.0.3\niface vxlan48\n  bridge-vlan-vni-map 20-21=120-121\n  vxlan-mcastgrp-map 121=239.1.1.1\niface vni1\n  vxlan-id 101\n  vxlan-svcnodeip 10.0.0.9\niface vni2\n  vxlan-id 102\niface vni3\n  vxlan-id 103\niface bridge\n  bridge-ports swp1 vni10 vxlan48 vni1\n  bridge-vlan-aware yes\n  bridge-vids 10 20 21\niface br2\n  bridge-ports vni2 swp2\n# ports.conf --\nfrr version 7.0\nfrr defaults datacenter\n";
    let (d, r) = read_files(&[("x.cfg", devices)]);
    let flat = ["10 as 110:  | 10.0.0.2 10.0.0.3", "1 as 101:  | 10.0.0.9", "20 as 120:  | ", "21 as 121:  | 239.1.1.1"];
    assert_eq!(bridged(&d), flat);
    // A bridge without VLANs beside another, and a device in no bridge.
    assert_eq!(codes(&r), ["M-not-modelled"; 2], "{:?}", r.diagnostics);
    assert_eq!(classes(&r).matches('x').count(), 2);
    assert_eq!(classes(&r).matches(['?', '!']).count(), 0);
    let bgp = "router bgp 4200065001\n neighbor 10.1.0.1 remote-as external\n address-family l2vpn evpn\n  neighbor 10.1.0.1 activate\n  advertise-all-vni\n  vni 110\n   rd 10.0.0.1:7\n   route-target import 1:110\n   route-target import 2:110\n   no route-target import 2:110\n   advertise-svi-ip\n  exit-vni\n  vni 120\n   route-target both 3:120\n  vni 121\n   rd 1:1\n   route-target import x\n  no vni 121\n exit-address-family\n";
    let (d, r) = read_files(&[("x.cfg", &format!("{devices}{bgp}"))]);
    let own = [
        "10 as 110: 1:110 | 59369:110 | 10.0.0.1:7 | 10.0.0.2 10.0.0.3",
        "1 as 101: *:101 | 59369:101 | auto | 10.0.0.9",
        "20 as 120: 3:120 | 3:120 | auto | ",
        "21 as 121: *:121 | 59369:121 | auto | 239.1.1.1",
    ];
    assert_eq!(bridged(&d), own);
    assert!(classes(&r).ends_with("mmmmmmmmmmxnmmmm!mn"), "{}", classes(&r));
    // An address that a pair shares, in use while the pair is one.
    let pair = devices.replace("  vxlan-local-tunnelip", "  clagd-vxlan-anycast-ip 10.0.0.99\n  vxlan-local-tunnelip");
    let pair = pair.replace("iface vni10\n", "iface peerlink.4094\n  clagd-peer-ip linklocal\niface vni10\n");
    let (d, _) = read_files(&[("x.cfg", &pair)]);
    assert_eq!(d.vtep(), "10.0.0.99".parse().ok());
    let lo = &d.interfaces[d.find_interface("lo").unwrap()];
    assert_eq!(lo.addresses.iter().map(|a| a.address.to_string()).collect::<Vec<_>>(), ["10.0.0.1/32", "10.0.0.99/32"]);
    // Without an address there is no tunnel.
    let (d, r) = read_files(&[("x.cfg", &devices.replace("  vxlan-local-tunnelip 10.0.0.1\n", ""))]);
    assert_eq!((d.vxlan, codes(&r).iter().filter(|c| **c == "T-vni-down").count()), (None, 4));
}

/// The same by NVUE: "Static VXLAN Tunnels", "Define RDs and RTs", "VXLAN Active-active Mode"; and by NCLU.
#[test]
fn nvue_bridges_vlans_over_vxlan() {
    let nvue = "nv set interface lo ip address 10.0.0.1/32\nnv set bridge domain br_default vlan 10 vni 110\nnv set bridge domain br_default vlan 20 vni auto\nnv set bridge domain br_default vlan 20 vni auto flooding head-end-replication 10.0.0.4\nnv set nve vxlan source address 10.0.0.1\nnv set nve vxlan mlag shared-address 10.0.0.99\nnv set nve vxlan flooding head-end-replication 10.0.0.2\nnv set nve vxlan flooding head-end-replication 10.0.0.3\n";
    let (d, r) = read_files(&[("x.cfg", nvue)]);
    assert_eq!(bridged(&d), ["10 as 110:  | 10.0.0.2 10.0.0.3", "20 as 20:  | 10.0.0.4"]);
    assert_eq!((d.vtep(), d.prefix_vtep()), ("10.0.0.99".parse().ok(), "10.0.0.1".parse().ok()));
    assert_eq!(classes(&r), "mmmmmmmm");
    let evpn = "nv set nve vxlan flooding head-end-replication evpn\nnv set evpn enable on\nnv set evpn vni 110 rd 10.0.0.1:20\nnv set evpn vni 110 route-target export 65101:10\nnv set evpn vni 110 route-target import ANY:10\nnv set evpn vni 110 route-target import 65102:10\nnv set evpn vni 20 route-advertise svi-ip on\nnv set router bgp autonomous-system 65101\nnv set vrf default router bgp address-family l2vpn-evpn enable on\n";
    let (d, r) = read_files(&[("x.cfg", &format!("{nvue}{evpn}").replace("replication 10", "replication x"))]);
    assert_eq!(bridged(&d), ["10 as 110: *:10 65102:10 | 65101:10 | 10.0.0.1:20 | ", "20 as 20: *:20 | 65101:20 | auto | "]);
    assert_eq!((classes(&r).matches('x').count(), codes(&r)), (1, vec!["M-not-modelled"]), "{}", classes(&r));
    let nclu = "net add loopback lo vxlan local-tunnelip 10.0.0.1\nnet add vxlan vni10 vxlan id 110\nnet add vxlan vni10 bridge access 10\nnet add vxlan vni10 vxlan remoteip 10.0.0.2\nnet add bridge bridge ports swp1,vni10\nnet add bgp autonomous-system 65101\nnet add bgp l2vpn evpn advertise-all-vni\nnet add bgp l2vpn evpn vni 110 route-target import 1:1\n";
    let (d, r) = read_files(&[("x.cfg", nclu)]);
    assert!(!d.bgp[0].ebgp_requires_policy, "NCLU runs in the datacenter profile");
    let (traditional, _) = read_files(&[("x.cfg", &format!("{nclu}net add routing defaults traditional\n"))]);
    assert!(traditional.bgp[0].ebgp_requires_policy);
    assert_eq!((bridged(&d), codes(&r)), (vec!["10 as 110: 1:1 | 65101:110 | auto | 10.0.0.2".to_owned()], vec![]));
}

/// "Inter-subnet Routing" of the Cumulus Linux user guide: NVUE, and the same by NCLU.
#[test]
fn cumulus_routes_vrfs_by_vni() {
    let red = (Some(4001), "*:4001".to_owned(), "65101:4001".to_owned(), [true, false], "10.10.10.1".to_owned());
    let nvue = "nv set interface lo ip address 10.10.10.1/32\nnv set interface swp51 type swp\nnv set bridge domain br_default vlan 10 vni 10\nnv set nve vxlan source address 10.10.10.1\nnv set vrf RED evpn vni 4001\nnv set interface vlan10 ip vrf RED\nnv set evpn enable on\nnv set router bgp autonomous-system 65101\nnv set router bgp router-id 10.10.10.1\nnv set vrf default router bgp neighbor swp51 remote-as external\nnv set vrf default router bgp neighbor swp51 address-family l2vpn-evpn enable on\nnv set vrf default router bgp address-family l2vpn-evpn enable on\nnv set vrf RED router bgp autonomous-system 65101\nnv set vrf RED router bgp address-family ipv4-unicast redistribute connected enable on\nnv set vrf RED router bgp address-family ipv4-unicast route-export to-evpn\n";
    let (d, r) = read_files(&[("x.cfg", nvue)]);
    assert_eq!(overlay(&d, "RED"), red);
    assert_eq!(codes(&r), [""; 0], "{:?}", r.diagnostics);
    assert_eq!(bridged(&d), ["10 as 10: *:10 | 65101:10 | auto | "], "VRF RED's VNI has no VLAN");
    let main = d.bgp.iter().find(|b| b.vrf == VrfId::DEFAULT).unwrap();
    let peer = main.neighbors.iter().next().unwrap();
    assert!(peer.families.iter().any(|f| f.family == crate::model::route::Family::Evpn));
    let nclu = "net add loopback lo ip address 10.10.10.1/32\nnet add vxlan vniRED vxlan id 4001\nnet add vxlan vniRED bridge access 4001\nnet add vxlan vniRED vxlan local-tunnelip 10.10.10.1\nnet add vrf RED vni 4001\nnet add vlan 4001 vrf RED\nnet add bgp autonomous-system 65101\nnet add bgp neighbor swp51 interface remote-as external\nnet add bgp l2vpn evpn neighbor swp51 activate\nnet add bgp l2vpn evpn advertise-all-vni\nnet add bgp vrf RED autonomous-system 65101\nnet add bgp vrf RED l2vpn evpn advertise ipv4 unicast\n";
    let (d, r) = read_files(&[("x.cfg", nclu)]);
    assert_eq!(overlay(&d, "RED"), red);
    assert_eq!(codes(&r), [""; 0], "{:?}", r.diagnostics);
    // No interface of the VRF is in the VLAN.
    let (d, r) = read_files(&[("x.cfg", &nclu.replace("vlan 4001 vrf RED", "vlan 4002 vrf RED"))]);
    assert_eq!((overlay(&d, "RED").0, codes(&r)), (None, vec!["T-vni-down"]));
}

/// SONiC: `VRF`, `VXLAN_TUNNEL` and `VXLAN_TUNNEL_MAP` ("VXLAN" of its configuration reference).
#[test]
fn sonic_routes_vrfs_by_vni() {
    let database = "{\n \"DEVICE_METADATA\": {\n  \"localhost\": {\"hostname\": \"leaf1\"}\n },\n \"VRF\": {\n  \"Vrf01\": {\"vni\": \"1000\"}\n },\n \"VXLAN_TUNNEL\": {\n  \"vtep\": {\"src_ip\": \"10.1.0.1\"}\n },\n \"VXLAN_TUNNEL_MAP\": {\n  \"vtep|map_1000_Vlan1000\": {\"vlan\": \"Vlan1000\", \"vni\": \"1000\"},\n  \"vtep|map_10_Vlan10\": {\"vlan\": \"Vlan10\", \"vni\": \"10\"}\n },\n \"VLAN\": {\n  \"Vlan1000\": {\"vlanid\": \"1000\"}\n },\n \"VLAN_INTERFACE\": {\n  \"Vlan1000\": {\"vrf_name\": \"Vrf01\"}\n }\n}\n";
    let frr = "router bgp 4200065001\n neighbor 10.0.0.1 remote-as external\n address-family l2vpn evpn\n  neighbor 10.0.0.1 activate\n  advertise-all-vni\n exit-address-family\nrouter bgp 4200065001 vrf Vrf01\n address-family l2vpn evpn\n  advertise ipv6 unicast\n  route-target import auto 1:7\n  autort rfc8365-compatible\n";
    let (d, r) = read_files(&[("config_db.json", database), ("frr.conf", frr)]);
    // The lower half of 4200065001.
    let expected = (Some(1000), "*:1000 1:7".to_owned(), "59369:1000".to_owned(), [false, true], "10.1.0.1".to_owned());
    assert_eq!(overlay(&d, "Vrf01"), expected);
    assert_eq!(codes(&r), [""; 0], "{:?}", r.diagnostics);
    let number = (1 << 28) + 10;
    let plain = frr.replace("  advertise-all-vni\n", "  advertise-all-vni\n  autort rfc8365-compatible\n");
    assert_eq!(bridged(&d), ["10 as 10: *:10 | 59369:10 | auto | "]);
    let (d, _) = read_files(&[("config_db.json", database), ("frr.conf", &plain)]);
    assert_eq!(bridged(&d), [format!("10 as 10: *:{number} | 59369:{number} | auto | ")]);
}

#[test]
fn evpn_without_files_of_devices_and_what_is_left_out() {
    let text = "interface lo\n ip address 10.0.0.1/32\nvrf RED\n vni 4001\nexit-vrf\nrouter bgp 65001\n address-family l2vpn evpn\n  advertise-all-vni\n  autort rfc8365-compatible\n  vni 10\n   rd 1:1\n   route-target both 1:1\n  exit-vni\n  advertise-svi-ip\n exit-address-family\nrouter bgp 65001 vrf RED\n address-family l2vpn evpn\n  advertise ipv4 unicast gateway-ip\n  default-originate ipv4\n  route-target import x\n exit-address-family\n";
    let (d, r) = read(text);
    assert_eq!(classes(&r), "mmmmnmmmmxxxnxnmmxm!n");
    let number = (1 << 28) + 4001;
    let own = (Some(4001), format!("*:{number}"), format!("65001:{number}"), [true, false], "10.0.0.1".to_owned());
    assert_eq!(overlay(&d, "RED"), own);
    assert!(codes(&r).contains(&"T-vtep-assumed"));
    let (d, _) = read(&text.replace("  advertise-all-vni\n", ""));
    assert_eq!(overlay(&d, "RED").0, None, "EVPN is off");
}

/// SONiC, "MCLAG high level design": a domain with its peer link, and bundles of the same name on both.
#[test]
fn sonic_and_nclu_pairs() {
    let text = r#"{"PORTCHANNEL": {"PortChannel1": {}, "PortChannel100": {}}, "PORTCHANNEL_MEMBER": {"PortChannel1|Ethernet0": {}, "PortChannel100|Ethernet4": {}},
"MCLAG_DOMAIN": {"7": {"source_ip": "10.0.0.1", "peer_ip": "10.0.0.2", "peer_link": "PortChannel100"}},
"MCLAG_INTERFACE": {"7|PortChannel1": {"if_type": "PortChannel"}}}"#;
    let (d, _) = read_files(&[("config_db.json", text)]);
    let m = d.mlag.as_ref().unwrap();
    assert_eq!(
        (m.domain.as_deref(), m.peer, m.peer_link),
        (Some("7"), "10.0.0.2".parse().ok(), d.find_interface("PortChannel100"))
    );
    let bundles: Vec<_> = m.bundles.iter().map(|b| (b.id, &*d.interfaces[b.interface].name)).collect();
    assert_eq!(bundles, [(1, "PortChannel1")]);
    let text = "net add interface peerlink.4094 clag backup-ip 10.0.0.2 vrf mgmt\nnet add interface peerlink.4094 clag peer-ip 192.0.2.2\n\
net add interface peerlink.4094 clag priority 1000\nnet add interface peerlink.4094 clag sys-mac 00:11:22:33:44:55\n\
net add bond clag1bond bond slaves swp1\nnet add bond clag1bond clag id 1\nnet add bond peerlink bond slaves swp3\n";
    let (d, _) = read_files(&[("nclu.conf", text)]);
    let m = d.mlag.as_ref().unwrap();
    assert_eq!((m.domain.as_deref(), m.priority, m.peer_link), (Some("00:11:22:33:44:55"), 1000, d.find_interface("peerlink")));
    assert_eq!((m.bundles.len(), m.on_split), (1, crate::model::mlag::OnSplit::Bundles));
}

#[test]
fn routes_between_instances() {
    let (d, r) = read(
        "frr defaults traditional\nrouter bgp 65000\n address-family ipv4 unicast\n  import vrf RED\n  import vrf route-map IN\nexit\nrouter bgp 65000 vrf RED\n address-family ipv4 unicast\n  rd vpn export 65000:1\n  rt vpn both 65000:1 65000:2\n  rt vpn import 65000:3\n  label vpn export auto\n  nexthop vpn export 192.0.2.1\n  route-map vpn export OUT\n  export vpn\n  import vrf default\n  no import vrf default\n  rt vpn both x\n exit-address-family\n address-family ipv6 unicast\n  export vpn\n exit-address-family\nexit\nroute-map IN permit 10\n match source-vrf RED\nroute-map OUT permit 10\n",
    );
    assert_eq!(classes(&r), "mmmmmnmmmmmmmmmmm!nmmnnmmm");
    let red = d.find_vrf("RED").unwrap();
    assert_eq!(d.vrfs[red].route_distinguisher.as_deref(), Some("65000:1"));
    let of = &d.vrfs[red].exchanges;
    assert_eq!(of.iter().map(|e| e.family).collect::<Vec<_>>(), [Family::Vpn4, Family::Vpn6]);
    assert_eq!(of[0].import_targets, Vec::<Name>::new(), "`import vpn` is missing");
    assert_eq!(of[0].export_targets, [Name::from("65000:1"), "65000:2".into()]);
    assert_eq!(of[0].next_hop, Some([192, 0, 2, 1].into()));
    assert!(of[0].export_policy.is_some() && of[0].import_policy.is_none() && of[0].import_vrfs.is_empty());
    assert!(of[1].export_targets.is_empty());
    let main = &d.vrfs[VrfId::DEFAULT].exchanges[0];
    assert_eq!(main.import_vrfs, [red]);
    assert_eq!(d.policies.iter().next().unwrap().terms[TermId::new(0)].when, Cond::Vrf(red));
    assert!(r.diagnostics.iter().any(|x| x.code.0 == "T-bgp-vpn-not-active"), "{:?}", r.diagnostics);
}
