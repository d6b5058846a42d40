//! SR Linux configs to the model. Statements are as in Nokia's "SR Linux Routing Protocols Guide" and the published YANG models.

use crate::base::span::FileId;
use crate::model::bgp::{Peer, RemoteAs};
use crate::model::interface::{InterfaceKind, Switchport};
use crate::model::policy::{AtEnd, Cond, Flow, Verdict};
use crate::model::static_route::StaticHop;
use crate::model::{Device, VrfId};
use crate::vendors::sink::{LineClass, ReadReport};
use crate::vendors::{ConfigFile, read_device, recognise};

fn read(text: &str) -> (Device, ReadReport) {
    let (vendor, _) = recognise(text).expect("recognised");
    assert_eq!(vendor.os(), "nokia_srlinux");
    let reading = read_device(vendor, "r1", &[ConfigFile { id: FileId(0), name: "r1.cfg", text }]);
    (reading.device, reading.report)
}

const FLAT: &str = "\
enter candidate
set / interface ethernet-1/1 admin-state enable
set / interface ethernet-1/1 subinterface 0 ipv4 admin-state enable
set / interface ethernet-1/1 subinterface 0 ipv4 address 10.0.0.0/31
set / interface system0 subinterface 0 ipv4 admin-state enable
set / interface system0 subinterface 0 ipv4 address 10.9.9.1/32
set / network-instance default type default
set / network-instance default interface ethernet-1/1.0
set / network-instance default interface system0.0
set / network-instance default protocols bgp autonomous-system 65001
set / network-instance default protocols bgp afi-safi ipv4-unicast admin-state enable
set / network-instance default protocols bgp afi-safi ipv4-unicast multipath ebgp maximum-paths 8
set / network-instance default protocols bgp group up export-policy [ out ]
set / network-instance default protocols bgp group up peer-as 65002
set / network-instance default protocols bgp neighbor 10.0.0.1 peer-group up
set / routing-policy prefix-set own prefix 10.9.9.0/24 mask-length-range 32..32
set / routing-policy policy out statement 10 match prefix-set own
set / routing-policy policy out statement 10 action policy-result accept
commit now
";

const BRACES: &str = "\
interface ethernet-1/1 {
    admin-state enable
    subinterface 0 {
        ipv4 {
            admin-state enable
            address 10.0.0.0/31 {
            }
        }
    }
}
interface system0 {
    subinterface 0 {
        ipv4 {
            admin-state enable
            address 10.9.9.1/32 {
            }
        }
    }
}
network-instance default {
    type default
    interface ethernet-1/1.0 {
    }
    interface system0.0 {
    }
    protocols {
        bgp {
            autonomous-system 65001
            afi-safi ipv4-unicast {
                admin-state enable
                multipath {
                    ebgp {
                        maximum-paths 8
                    }
                }
            }
            group up {
                export-policy [
                    out
                ]
                peer-as 65002
            }
            neighbor 10.0.0.1 {
                peer-group up
            }
        }
    }
}
routing-policy {
    prefix-set own {
        prefix 10.9.9.0/24 mask-length-range 32..32 {
        }
    }
    policy out {
        statement 10 {
            match {
                prefix-set own
            }
            action {
                policy-result accept
            }
        }
    }
}
";

const JSON: &str = r#"{
  "_preamble": {"header": {"generated-by": "SRLINUX", "release": "v24.3.1"}},
  "srl_nokia-interfaces:interface": [
    {"name": "ethernet-1/1", "admin-state": "enable",
     "subinterface": [{"index": 0, "ipv4": {"admin-state": "enable", "address": [{"ip-prefix": "10.0.0.0/31"}]}}]},
    {"name": "system0",
     "subinterface": [{"index": 0, "ipv4": {"admin-state": "enable", "address": [{"ip-prefix": "10.9.9.1/32"}]}}]}
  ],
  "srl_nokia-network-instance:network-instance": [
    {"name": "default", "type": "srl_nokia-network-instance:default",
     "interface": [{"name": "ethernet-1/1.0"}, {"name": "system0.0"}],
     "protocols": {"srl_nokia-bgp:bgp": {
        "autonomous-system": 65001,
        "afi-safi": [{"afi-safi-name": "srl_nokia-common:ipv4-unicast", "admin-state": "enable",
                      "multipath": {"ebgp": {"maximum-paths": 8}}}],
        "group": [{"group-name": "up", "export-policy": ["out"], "peer-as": 65002}],
        "neighbor": [{"peer-address": "10.0.0.1", "peer-group": "up"}]}}}
  ],
  "srl_nokia-routing-policy:routing-policy": {
    "prefix-set": [{"name": "own", "prefix": [{"ip-prefix": "10.9.9.0/24", "mask-length-range": "32..32"}]}],
    "policy": [{"name": "out", "statement": [{"name": "10", "match": {"prefix-set": "own"},
                "action": {"policy-result": "accept"}}]}]
  }
}
"#;

/// A device as text, without the places in its file.
fn shape(device: &Device) -> String {
    let text = format!("{:?}", (&device.interfaces, &device.vrfs, &device.bgp, &device.policies, &device.prefix_lists));
    let mut out = String::new();
    for part in text.split("Origin {") {
        out.push_str(part.split_once('}').filter(|_| !out.is_empty()).map_or(part, |x| x.1));
    }
    out
}

#[test]
fn the_three_forms_mean_the_same() {
    let (flat, report) = read(FLAT);
    assert!(report.classes[0].1.iter().all(|c| matches!(c, LineClass::Modelled | LineClass::Silent)), "{:?}", report.classes);
    for text in [BRACES, JSON] {
        let (other, report) = read(text);
        let bad = report.classes[0].1.iter().position(|c| *c >= LineClass::NotModelled);
        assert_eq!(bad.map(|n| text.lines().nth(n)), None);
        assert_eq!(shape(&other), shape(&flat));
    }
    let bgp = &flat.bgp[0];
    let n = &bgp.neighbors.as_slice()[0];
    assert_eq!((bgp.asn, bgp.families[0].max_paths_ebgp, bgp.families[0].distance), (65001, 8, [170, 170, 170]));
    assert_eq!((&n.remote_as, n.families.len()), (&RemoteAs::Asn(65002), 1));
    // RFC 8212 is on without `ebgp-default-policy`: nothing comes in; only what the policy takes goes out.
    assert_eq!((n.families[0].import[0].at_end, n.families[0].export[0].policies.len()), (Verdict::Reject, 1));
    assert_eq!(flat.vrfs[VrfId::DEFAULT].router_id, Some([10, 9, 9, 1].into()));
}

#[test]
fn import_and_export_without_reject_all() {
    let text = FLAT.to_owned()
        + "set / network-instance default protocols bgp ebgp-default-policy import-reject-all false\n\
           set / network-instance default protocols bgp ebgp-default-policy export-reject-all false\n\
           set / network-instance default protocols bgp neighbor 10.0.0.1 import-policy [ in ]\n\
           set / routing-policy policy in default-action policy-result reject\n";
    let (d, _) = read(&text);
    let f = &d.bgp[0].neighbors.as_slice()[0].families[0];
    assert_eq!((f.import[0].at_end, f.import[0].policies.len()), (Verdict::Accept, 1));
    // The first policy of the export chain lets BGP's own routes pass by default.
    let first = &d.policies[f.export[0].policies[0]];
    assert_eq!(first.terms.as_slice()[0].then, Flow::Pending(Verdict::Accept));
    let import = &d.policies[f.import[0].policies[0]];
    assert_eq!((import.at_end, import.terms.as_slice()[0].then), (AtEnd::NextPolicy, Flow::Reject));
}

#[test]
fn families_are_off_unless_turned_on_where_the_release_has_the_state() {
    let (d, report) = read(
        "set / interface ethernet-1/{1..2} admin-state enable\n\
         set / interface ethernet-1/{1..2} subinterface 0 ipv4 address 10.0.0.1/24\n\
         set / interface ethernet-1/3 subinterface 0 ipv6 admin-state enable\n\
         set / network-instance default interface ethernet-1/1.0\n",
    );
    let i = &d.interfaces[d.find_interface("ethernet-1/1.0").unwrap()];
    assert!(i.addresses.is_empty() && i.enabled && d.find_interface("ethernet-1/2.0").is_some());
    assert!(report.diagnostics.iter().any(|x| x.code.0 == "R-family-off"));
    // Not in a network instance.
    assert!(!d.interfaces[d.find_interface("ethernet-1/3.0").unwrap()].enabled);
    // Releases without the state: addresses alone are enough.
    let (d, _) =
        read("set / interface lo0 subinterface 0 ipv4 address 10.0.0.1/32\nset / network-instance default interface lo0.0\n");
    assert_eq!(d.interfaces[d.find_interface("lo0.0").unwrap()].addresses.len(), 1);
}

#[test]
fn a_bridge_domain_is_a_vlan() {
    let (d, _) = read(
        "interface ethernet-1/1 {\n  vlan-tagging true\n  subinterface 7 {\n    type bridged\n    vlan {\n      encap {\n\
         single-tagged {\n vlan-id 7\n }\n }\n }\n }\n}\n\
         interface irb0 {\n  subinterface 1 {\n ipv4 {\n admin-state enable\n address 10.1.0.1/24 {\n anycast-gw true\n }\n }\n }\n}\n\
         network-instance red {\n type ip-vrf\n interface irb0.1 {\n }\n protocols {\n bgp-vpn {\n bgp-instance 1 {\n\
         route-distinguisher {\n rd 10.0.0.1:7\n }\n route-target {\n export-rt target:65000:7\n import-rt target:65000:7\n }\n }\n }\n }\n}\n\
         network-instance bd {\n type mac-vrf\n interface irb0.1 {\n }\n interface ethernet-1/1.7 {\n }\n}\n",
    );
    let irb = &d.interfaces[d.find_interface("irb0.1").unwrap()];
    let red = d.find_vrf("red").unwrap();
    assert_eq!((irb.kind, irb.vlan, irb.vrf, irb.addresses[0].virtual_address), (InterfaceKind::Vlan, Some(7), red, true));
    let port = &d.interfaces[d.find_interface("ethernet-1/1").unwrap()];
    assert_eq!(port.switchport, Some(Switchport::Trunk { native: None, allowed: vec![(7, 7)] }));
    let v = &d.vrfs[red];
    assert_eq!((v.route_distinguisher.as_deref(), v.import_targets.as_slice()), (Some("10.0.0.1:7"), &["65000:7".into()][..]));
    assert!(d.find_vrf("bd").is_none());
}

#[test]
fn statics_dynamic_neighbours_and_igps() {
    let (d, report) = read(
        "set / interface ethernet-1/1 subinterface 0 ipv4 address 10.0.0.1/24\n\
         set / network-instance default interface ethernet-1/1.0\n\
         set / network-instance default next-hop-groups group g nexthop 1 ip-address 10.0.0.2\n\
         set / network-instance default next-hop-groups group hole blackhole generate-icmp true\n\
         set / network-instance default static-routes route 10.8.0.0/16 next-hop-group g preference 7\n\
         set / network-instance default static-routes route 10.7.0.0/16 next-hop-group hole\n\
         set / network-instance default static-routes route 10.6.0.0/16 next-hop-group nowhere\n\
         set / network-instance default protocols bgp autonomous-system 65001\n\
         set / network-instance default protocols bgp group leaf afi-safi evpn admin-state enable\n\
         set / network-instance default protocols bgp dynamic-neighbors interface ethernet-1/1.0 peer-group leaf\n\
         set / network-instance default protocols bgp dynamic-neighbors interface ethernet-1/1.0 allowed-peer-as [ 65010..65020 ]\n\
         set / network-instance default protocols ospf instance main admin-state enable\n\
         set / network-instance default protocols ospf instance main version ospf-v2\n\
         set / network-instance default protocols ospf instance main area 0.0.0.0 interface ethernet-1/1.0 interface-type point-to-point\n\
         set / network-instance default protocols isis instance main net [ 49.0001.0000.0000.0001.00 ]\n\
         set / network-instance default protocols isis instance main interface ethernet-1/1.0 level 2 metric 30\n",
    );
    let v = &d.vrfs[VrfId::DEFAULT];
    let shown: Vec<_> = v.static_routes.iter().map(|s| (s.prefix.to_string(), s.distance, s.metric, s.hop.clone())).collect();
    let ip = StaticHop::Ip { ip: "10.0.0.2".parse().unwrap(), vrf: None };
    assert_eq!(shown, [("10.8.0.0/16".into(), 7, 1, ip), ("10.7.0.0/16".into(), 5, 1, StaticHop::Discard)]);
    assert!(report.diagnostics.iter().any(|x| x.message.contains("`nowhere`")));
    let n = &d.bgp[0].neighbors.as_slice()[0];
    assert!(matches!(n.peer, Peer::Interface(_)));
    assert_eq!((&n.remote_as, n.other_families.as_slice()), (&RemoteAs::Ranges(vec![(65010, 65020)]), &[][..]));
    assert!(n.families.iter().any(|f| f.family == crate::model::route::Family::Evpn));
    // 400 Gbit/s by the port's 25.
    assert_eq!((d.ospf[0].interfaces[0].cost, d.ospf[0].distance), (16, [10, 10, 150]));
    let isis = &d.isis[0];
    assert_eq!((isis.levels.l1, isis.levels.l2, isis.interfaces[0].metric[1]), (false, true, 30));
    assert_eq!((&*isis.areas[0], &*isis.system_id), ("490001", "000000000001"));
}

#[test]
fn filters_let_pass_what_no_entry_takes() {
    let (d, _) = read(
        "set / interface ethernet-1/1 subinterface 0 ipv4 address 10.0.0.1/24\n\
         set / network-instance default interface ethernet-1/1.0\n\
         set / acl acl-filter web type ipv4 entry 20 action accept\n\
         set / acl acl-filter web type ipv4 entry 10 match ipv4 protocol tcp\n\
         set / acl acl-filter web type ipv4 entry 10 match transport destination-port operator eq\n\
         set / acl acl-filter web type ipv4 entry 10 match transport destination-port value 23\n\
         set / acl acl-filter web type ipv4 entry 10 action drop\n\
         set / acl interface ethernet-1/1.0 input acl-filter web type ipv4\n",
    );
    let f = &d.filters[d.interfaces[d.find_interface("ethernet-1/1.0").unwrap()].filter_in.unwrap()];
    assert!(f.default_permit && f.lines.len() == 2);
    let line = &f.lines[0];
    assert_eq!((line.permit, line.protocols.as_slice(), line.destination_ports.as_slice()), (false, &[6u8][..], &[23..=23][..]));
}

#[test]
fn policies_match_sets_and_change_routes() {
    let (d, report) = read(
        "set / routing-policy community-set cs member [ 65000:1 65000:2 ]\n\
         set / routing-policy as-path-set as expression \"65010 .*\"\n\
         set / routing-policy policy p statement a match bgp community-set cs\n\
         set / routing-policy policy p statement a match bgp as-path-set as\n\
         set / routing-policy policy p statement a action policy-result next-statement\n\
         set / routing-policy policy p statement a action bgp local-preference set 200\n\
         set / routing-policy policy p statement b match prefix-set nothere\n\
         set / routing-policy policy p default-action policy-result next-policy\n\
         set / network-instance default type default\n",
    );
    let terms = d.policies.as_slice()[0].terms.as_slice();
    assert!(matches!(&terms[0].when, Cond::All(all) if all.len() == 2) && terms[0].actions.len() == 1);
    assert_eq!((terms[0].then, terms[2].then), (Flow::Next, Flow::NextPolicy));
    assert!(matches!(terms[1].when, Cond::False));
    assert!(report.diagnostics.iter().any(|x| x.code.0 == "R-undefined" && x.message.contains("nothere")));
}

#[test]
fn other_systems_are_not_taken_for_it() {
    for text in
        ["interfaces {\n    ge-0/0/0 {\n        unit 0;\n    }\n}\n", "set interfaces ge-0/0/0 unit 0 family inet\n", "{}"]
    {
        assert!(recognise(text).is_none_or(|(v, _)| v.os() != "nokia_srlinux"), "{text}");
    }
}
