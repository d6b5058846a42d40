//! Whole configs to the model.

use super::Junos;
use crate::base::span::FileId;
use crate::model::Device;
use crate::model::bgp::{Peer, RemoteAs};
use crate::model::policy::{Cond, Flow};
use crate::model::static_route::StaticHop;
use crate::vendors::sink::LineClass;
use crate::vendors::{ConfigFile, Reading, Vendor, read_device};

fn reading(text: &str) -> Reading {
    read_device(&Junos, "r1", &[ConfigFile { id: FileId(0), name: "r1.cfg", text }])
}

fn device(text: &str) -> Device {
    reading(text).device
}

/// The classes of all lines, a letter each.
fn classes(r: &Reading) -> String {
    r.report.classes[0]
        .1
        .iter()
        .map(|c| match c {
            LineClass::Silent => '-',
            LineClass::NoEffect => 'n',
            LineClass::Modelled => 'm',
            LineClass::NotModelled => 'x',
            LineClass::NotUnderstood => '?',
            LineClass::Invalid => '!',
        })
        .collect()
}

#[test]
fn it_is_recognised() {
    assert_eq!(Junos.tells("set version 20.1\nset system host-name a\nset interfaces ge-0/0/0 unit 0\n"), 90);
    assert_eq!(Junos.tells("## Last commit\nversion 12.1;\nsystem {\n host-name a;\n}\n"), 90);
    assert_eq!(Junos.tells("hostname r1\n!\ninterface Ethernet1\n ip address 1.1.1.1/24\nrouter bgp 1\n"), 0);
    assert_eq!(Junos.tells("set / interface ethernet-1/1\n"), 0);
}

#[test]
fn both_forms_read_alike() {
    let braces = "interfaces {\n  ge-0/0/0 {\n    mtu 1514;\n    unit 0 {\n      family inet {\n        address 10.0.0.1/30;\n      }\n    }\n  }\n}\nrouting-options {\n  static {\n    route 0.0.0.0/0 {\n      next-hop 10.0.0.2;\n      preference 7;\n    }\n  }\n}\n";
    let flat = "set interfaces ge-0/0/0 mtu 1514\nset interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/30\nset routing-options static route 0.0.0.0/0 next-hop 10.0.0.2\nset routing-options static route 0.0.0.0/0 preference 7\n";
    for text in [braces, flat] {
        let r = reading(text);
        assert!(!classes(&r).contains(['?', '!', 'x']), "{}", classes(&r));
        let d = r.device;
        let i = d.find_interface("ge-0/0/0.0").unwrap();
        assert_eq!(d.interfaces[i].addresses[0].address, "10.0.0.1/30".parse().unwrap());
        assert_eq!(d.interfaces[i].mtu, Some(1500));
        let s = &d.vrfs.as_slice()[0].static_routes[0];
        assert_eq!((s.distance, &s.hop), (7, &StaticHop::Ip { ip: "10.0.0.2".parse().unwrap(), vrf: None }));
    }
}

#[test]
fn bgp_options_come_from_the_nearest_level() {
    let d = device(
        "set routing-options autonomous-system 65001\nset protocols bgp export GLOBAL\nset protocols bgp group G type external\nset protocols bgp group G export GROUP\nset protocols bgp group G peer-as 65002\nset protocols bgp group G neighbor 10.0.0.1\nset protocols bgp group G neighbor 10.0.0.2 export OWN\nset protocols bgp group I type internal\nset protocols bgp group I cluster 1.1.1.1\nset protocols bgp group I neighbor 10.0.0.3\nset policy-options policy-statement GLOBAL then accept\nset policy-options policy-statement GROUP then accept\nset policy-options policy-statement OWN then accept\n",
    );
    let b = &d.bgp[0];
    let names = |n: usize| -> Vec<&str> {
        b.neighbors.as_slice()[n].families[0].export[0].policies.iter().map(|p| &*d.policies[*p].name).collect()
    };
    let default = "(default BGP export policy)";
    assert_eq!(names(0), [default, "GROUP"]);
    assert_eq!(names(1), [default, "OWN"]);
    assert_eq!(names(2), [default, "GLOBAL"]);
    assert_eq!(b.neighbors.as_slice()[0].remote_as, RemoteAs::Asn(65002));
    assert_eq!(b.neighbors.as_slice()[2].remote_as, RemoteAs::Internal);
    assert!(b.neighbors.as_slice()[2].families[0].reflector_client);
    assert_eq!(b.neighbors.as_slice()[1].peer, Peer::Ip("10.0.0.2".parse().unwrap(), None));
}

#[test]
fn terms_keep_kinds_apart() {
    let d = device(
        "set policy-options policy-statement P term a from protocol [ direct static ]\nset policy-options policy-statement P term a from tag 5\nset policy-options policy-statement P term a then accept\nset policy-options policy-statement P then reject\n",
    );
    let p = &d.policies.as_slice()[0];
    let terms = p.terms.as_slice();
    assert_eq!(terms.len(), 2);
    let Cond::All(all) = &terms[0].when else { panic!("{:?}", terms[0].when) };
    assert!(matches!(&all[0], Cond::Source(s) if s.len() == 2));
    assert!(matches!(&all[1], Cond::Tag(t) if t == &[5]));
    assert_eq!((terms[0].then, terms[1].then), (Flow::Accept, Flow::Reject));
}

#[test]
fn inactive_and_unknown_lines_are_told_apart() {
    let r = reading(
        "interfaces {\n  inactive: ge-0/0/0 {\n    unit 0;\n  }\n  ge-0/0/1 {\n    frobnicate 3;\n    mtu many;\n  }\n}\nclass-of-service {\n  x;\n}\nsecurity {\n  y;\n}\n",
    );
    assert_eq!(classes(&r), "mnn-m?!--nn-xx-");
}

#[test]
fn a_line_whose_words_others_share_keeps_its_class() {
    let r = reading(
        "set interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24\nset interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24 primary\n",
    );
    assert_eq!(classes(&r), "mm");
}

#[test]
fn conditions_count_in_export_policies_only() {
    let d = device(
        "set routing-options autonomous-system 1\nset policy-options policy-statement P from condition C\nset policy-options policy-statement P then accept\nset policy-options condition C if-route-exists 10.0.0.0/8\nset policy-options condition C if-route-exists table inet.0\nset protocols bgp group G peer-as 2\nset protocols bgp group G neighbor 10.0.0.1 import P\nset protocols bgp group G neighbor 10.0.0.1 export P\n",
    );
    let family = &d.bgp[0].neighbors.as_slice()[0].families[0];
    let when = |chain: &crate::model::policy::PolicyChain| {
        let id = *chain.policies.last().unwrap();
        d.policies[id].terms.as_slice()[0].when.clone()
    };
    assert!(matches!(when(&family.import[0]), Cond::True));
    assert!(matches!(when(&family.export[0]), Cond::RouteExists { .. }));
}

#[test]
fn hostile_configs_end() {
    for text in [
        "set groups G interfaces <*> apply-groups G\nset apply-groups G\nset interfaces ge-0/0/0 unit 0\n",
        "set policy-options policy-statement P from policy P\nset protocols bgp group G export ( ( ( !\n",
        "set protocols bgp group G neighbor x local-as loops\n",
        "set policy-options as-path A \"(((\"\nset policy-options community C members \"[\"\n",
        "set interfaces interface-range R member-range ge-0/0/0 to ge-65535/65535/65535\n",
        "set protocols isis interface all\nset protocols ospf area 0 interface all\nset interfaces lo0 unit 0 family iso address 49\n",
    ] {
        reading(text);
    }
}
