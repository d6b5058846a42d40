//! Whole configs to the model.

use super::Sros;
use crate::base::span::FileId;
use crate::model::bgp::{Peer, RemoteAs};
use crate::model::interface::InterfaceKind;
use crate::model::policy::{Action, Cond, Flow, Number, Verdict};
use crate::model::route::{Community, Family};
use crate::model::static_route::StaticHop;
use crate::model::{Device, VrfId};
use crate::vendors::sink::LineClass;
use crate::vendors::{ConfigFile, Reading, Vendor, read_device};

fn reading(text: &str) -> Reading {
    read_device(&Sros, "r1", &[ConfigFile { id: FileId(0), name: "r1.cfg", text }])
}

fn device(text: &str) -> Device {
    reading(text).device
}

/// The classes of all lines, a letter each.
fn classes(r: &Reading) -> String {
    let letter = |c: &LineClass| match c {
        LineClass::Silent => '-',
        LineClass::NoEffect => 'n',
        LineClass::Modelled => 'm',
        LineClass::NotModelled => 'x',
        LineClass::NotUnderstood => '?',
        LineClass::Invalid => '!',
    };
    r.report.classes[0].1.iter().map(letter).collect()
}

fn codes(r: &Reading) -> Vec<&'static str> {
    let mut out: Vec<_> = r.report.diagnostics.iter().map(|d| d.code.0).collect();
    out.sort_unstable();
    out.dedup();
    out
}

fn route_count(d: &Device) -> usize {
    d.vrfs.iter().map(|v| v.static_routes.len()).sum()
}

const BRACES: &str = r#"# TiMOS-B-26.3.R1 both/x86_64 Nokia 7750 SR-1
configure {
    policy-options {
        prefix-list "own" {
            prefix 1.1.1.1/32 type exact {
            }
        }
        policy-statement "out" {
            entry 10 {
                from {
                    prefix-list ["own"]
                }
                action {
                    action-type accept
                    metric {
                        set 50
                    }
                }
            }
        }
    }
    port 1/1/1 {
        admin-state enable
    }
    router "Base" {
        autonomous-system 65001
        interface "system" {
            ipv4 {
                primary {
                    address 1.1.1.1
                    prefix-length 32
                }
            }
        }
        interface "to-r2" {
            port 1/1/1
            ipv4 {
                primary {
                    address 10.0.0.0
                    prefix-length 31
                }
            }
        }
        bgp {
            group "ebgp" {
                peer-as 65002
                export {
                    policy ["out"]
                }
            }
            neighbor "10.0.0.1" {
                group "ebgp"
            }
        }
        static-routes {
            route 192.0.2.0/24 route-type unicast {
                next-hop "10.0.0.1" {
                    admin-state enable
                    preference 7
                }
            }
        }
    }
}
"#;

const FLAT: &str = r#"/configure policy-options prefix-list "own" prefix 1.1.1.1/32 type exact
/configure policy-options policy-statement "out" entry 10 from prefix-list ["own"]
/configure policy-options policy-statement "out" entry 10 action action-type accept
/configure policy-options policy-statement "out" entry 10 action metric set 50
/configure port 1/1/1 admin-state enable
/configure router "Base" autonomous-system 65001
/configure router "Base" interface "system" ipv4 primary address 1.1.1.1
/configure router "Base" interface "system" ipv4 primary prefix-length 32
/configure router "Base" interface "to-r2" port 1/1/1
/configure router "Base" interface "to-r2" { ipv4 primary address 10.0.0.0 }
/configure router "Base" interface "to-r2" { ipv4 primary prefix-length 31 }
/configure router "Base" bgp group "ebgp" peer-as 65002
/configure router "Base" bgp group "ebgp" export policy ["out"]
/configure router "Base" bgp neighbor "10.0.0.1" group "ebgp"
/configure router "Base" static-routes route 192.0.2.0/24 route-type unicast next-hop "10.0.0.1" admin-state enable
/configure router "Base" static-routes route 192.0.2.0/24 route-type unicast next-hop "10.0.0.1" preference 7
"#;

const CLASSIC: &str = r#"# TiMOS-C-16.0.R3 cpm/hops64 Nokia 7750 SR
exit all
configure
#--------------------------------------------------
echo "Port Configuration"
#--------------------------------------------------
    port 1/1/1
        no shutdown
    exit
    router Base
        interface "system"
            address 1.1.1.1/32
            no shutdown
        exit
        interface "to-r2"
            address 10.0.0.0/31
            port 1/1/1
            no shutdown
        exit
        autonomous-system 65001
        static-route-entry 192.0.2.0/24
            next-hop 10.0.0.1
                preference 7
                no shutdown
            exit
        exit
#--------------------------------------------------
echo "Policy Configuration"
#--------------------------------------------------
        policy-options
            begin
            prefix-list "own"
                prefix 1.1.1.1/32 exact
            exit
            policy-statement "out"
                entry 10
                    from
                        prefix-list "own"
                    exit
                    action accept
                        metric set 50
                    exit
                exit
            exit
            commit
        exit
        bgp
            group "ebgp"
                export "out"
                peer-as 65002
                neighbor 10.0.0.1
                exit
            exit
            no shutdown
        exit
    exit
exit all
"#;

/// What all three say.
fn same(d: &Device) {
    let names: Vec<&str> = d.interfaces.iter().map(|i| &*i.name).collect();
    assert_eq!(names, ["1/1/1", "system", "to-r2"]);
    assert!(d.interfaces.iter().all(|i| i.enabled));
    let port = d.find_interface("1/1/1");
    let to = &d.interfaces[d.find_interface("to-r2").unwrap()];
    assert_eq!((to.kind, to.parent), (InterfaceKind::Subinterface, port));
    assert_eq!(to.addresses[0].address.to_string(), "10.0.0.0/31");
    let routes = &d.vrfs[VrfId::DEFAULT].static_routes;
    assert_eq!(routes.len(), 1);
    assert_eq!((routes[0].distance, routes[0].metric, routes[0].resolve), (7, 1, false));
    assert_eq!(routes[0].hop, StaticHop::Ip { ip: "10.0.0.1".parse().unwrap(), vrf: None });
    assert_eq!((d.bgp[0].asn, d.bgp[0].neighbors.len()), (65001, 1));
    let n = d.bgp[0].neighbors.iter().next().unwrap();
    assert_eq!((&n.peer, &n.remote_as), (&Peer::Ip("10.0.0.1".parse().unwrap(), None), &RemoteAs::Asn(65002)));
    let policy = d.policies.iter().find(|p| &*p.name == "out").unwrap();
    let term = policy.terms.iter().next().unwrap();
    assert_eq!(term.then, Flow::Accept);
    assert!(matches!(term.actions[..], [Action::Metric(Number::Set(50))]));
    let Cond::PrefixList(list) = &term.when else { panic!("{:?}", term.when) };
    assert!(d.prefix_lists[*list].permits(&"1.1.1.1/32".parse().unwrap()));
    assert_eq!(d.vrfs[VrfId::DEFAULT].router_id, Some("1.1.1.1".parse().unwrap()));
}

#[test]
fn three_ways_to_write_one_config() {
    for text in [BRACES, FLAT, CLASSIC] {
        let r = reading(text);
        same(&r.device);
        assert!(!classes(&r).contains(['?', '!', 'x']), "{}\n{:?}", classes(&r), r.report.diagnostics);
        assert!(Sros.tells(text) >= 80, "{text}");
    }
}

#[test]
fn other_systems_are_not_taken() {
    for text in [
        "hostname r1\ninterface Loopback0\n",
        "set interfaces ge-0/0/0 unit 0\n",
        "set / interface ethernet-1/1\n",
        "{\"a\": 1}\n",
    ] {
        assert_eq!(Sros.tells(text), 0, "{text}");
    }
}

/// "Default EBGP route propagation behavior": model-driven rejects, classic accepts (unicast routing guide).
#[test]
fn ebgp_without_policies() {
    let end = |text: &str| {
        let d = device(text);
        let n = d.bgp[0].neighbors.iter().next().unwrap();
        let f = &n.families[0];
        let by_default = f.export[0].policies.first().map(|p| d.policies[*p].name.to_string());
        (f.import[0].at_end, by_default)
    };
    assert_eq!(end(BRACES), (Verdict::Reject, Some("out".to_owned())));
    assert_eq!(end(CLASSIC), (Verdict::Accept, Some("(default BGP export)".to_owned())));
    let open = format!("{FLAT}/configure router \"Base\" bgp group \"ebgp\" ebgp-default-reject-policy import false\n");
    assert_eq!(end(&open).0, Verdict::Accept);
}

#[test]
fn bad_values_are_the_lines_fault() {
    let text = "/configure router \"Base\" autonomous-system 5000000000\n/configure router \"Base\" interface \"a\" ipv4 primary prefix-length 33\n/configure port 1/1/1 admin-state up\n/configure policy-options prefix-list \"p\" prefix 10.0.0.0/8 type range start-length 30\n/configure router \"Base\" bgp neighbor \"ten\" group \"g\"\n/configure router \"Base\" frobnicate 1\n/configure policy-options policy-statement \"p\" entry 10 from protocol name [statik]\n";
    let r = reading(text);
    assert_eq!(classes(&r), "!!!!!?!");
    assert_eq!(codes(&r), ["R-bgp-as", "R-unused", "S-not-understood", "V-invalid-value"]);
}

#[test]
fn undefined_names_are_told() {
    let text = "/configure router \"Base\" bgp neighbor 10.0.0.1 group \"g\"\n/configure router \"Base\" ospf 0 area 0.0.0.0 interface \"nowhere\"\n/configure policy-options policy-statement \"p\" entry 10 from prefix-list [\"q\"]\n";
    let r = reading(text);
    let undefined = r.report.diagnostics.iter().filter(|d| d.code.0 == "R-undefined").count();
    assert_eq!(undefined, 3, "{:?}", r.report.diagnostics);
}

/// Lab sros_prefix_bounds: what `to` and `address-mask` match.
#[test]
fn prefix_lists_by_kind() {
    let head = "/configure policy-options prefix-list \"p\" prefix ";
    let tail = "/configure policy-options policy-statement \"s\" entry 1 from prefix-list [\"p\"]\n/configure policy-options policy-statement \"s\" entry 1 action action-type accept\n";
    let permits = |lines: &[&str], prefix: &str| {
        let text: String = lines.iter().map(|l| format!("{head}{l}\n")).collect();
        let d = device(&format!("{text}{tail}"));
        d.prefix_lists.iter().next().unwrap().permits(&prefix.parse().unwrap())
    };
    let to = ["10.20.0.0/16 type to to-prefix 10.20.0.0/20", "10.20.0.0/16 type to to-prefix 10.20.16.0/24"];
    for (prefix, is) in [
        ("10.20.0.0/16", true),
        ("10.20.0.0/20", true),
        ("10.20.16.0/24", true),
        ("10.20.0.0/24", false),
        ("10.20.17.0/24", false),
        ("10.20.32.0/20", false),
    ] {
        assert_eq!(permits(&to, prefix), is, "{prefix}");
    }
    assert!(permits(&["10.0.0.0/8 type longer"], "10.0.0.0/8"));
    assert!(permits(&["10.0.0.0/8 type longer"], "10.1.1.1/32"));
    assert!(permits(&["10.0.0.0/8 type through through-length 16"], "10.1.0.0/16"));
    assert!(!permits(&["10.0.0.0/8 type through through-length 16"], "10.1.1.0/24"));
    let range = ["10.0.0.0/8 type range start-length 24", "10.0.0.0/8 type range end-length 32"];
    assert!(permits(&range, "10.1.1.0/24"));
    assert!(!permits(&range, "10.0.0.0/8"));
    let mask = device(&format!("{head}172.16.0.0/16 type address-mask mask-pattern 255.255.0.0\n{tail}"));
    assert_eq!(mask.filters.len(), 1);
}

#[test]
fn entries_defaults_and_chains() {
    let p = "/configure policy-options policy-statement \"a\" ";
    let text = format!(
        "{p}entry 20 action action-type next-entry\n{p}entry 10 from protocol name [direct static]\n{p}entry 10 action action-type accept\n{p}entry 10 action community add [\"c\"]\n{p}entry 30 from tag 5\n{p}default-action action-type next-policy\n/configure policy-options community \"c\" member \"65001:7\"\n/configure policy-options community \"c\" member \"target:65001:7\"\n"
    );
    let d = device(&text);
    let a = d.policies.iter().find(|p| &*p.name == "a").unwrap();
    let shape: Vec<(&str, Flow)> = a.terms.iter().map(|t| (&*t.name, t.then)).collect();
    // Entry 30 has no action and does nothing.
    assert_eq!(shape, [("10", Flow::Accept), ("20", Flow::Next), ("default-action", Flow::NextPolicy)]);
    let Action::Community(crate::model::policy::CommunityEdit::Add(values)) = &a.terms.iter().next().unwrap().actions[0] else {
        panic!()
    };
    assert_eq!(values[0], Community::standard(65001, 7));
    assert_eq!(values[1].to_string(), "target:65001:7");
}

#[test]
fn policies_call_each_other_three_deep() {
    let p = "/configure policy-options policy-statement ";
    let chain = |n: usize| -> String {
        (0..n)
            .map(|k| format!("{p}\"p{k}\" entry 1 from policy \"p{}\"\n{p}\"p{k}\" entry 1 action action-type accept\n", k + 1))
            .collect()
    };
    let last = |n: usize| format!("{p}\"p{n}\" default-action action-type accept\n");
    let deep = |n: usize| codes(&reading(&format!("{}{}", chain(n), last(n)))).contains(&"V-policy-depth");
    assert!(!deep(3));
    assert!(deep(4));
    // A circle ends.
    let circle = format!("{p}\"a\" entry 1 from policy \"[b] OR NOT [a]\"\n{p}\"b\" entry 1 from policy \"a\"\n");
    assert!(codes(&reading(&circle)).contains(&"V-policy-depth"));
}

#[test]
fn ports_are_down_until_enabled() {
    let text = "/configure port 1/1/c1 connector breakout c4-10g\n/configure port 1/1/c1/1 admin-state enable\n/configure port 1/1/2 admin-state enable\n/configure card 1 mda 1 mda-type me10-10gb-sfp+\n/configure lag \"lag-7\" admin-state enable\n/configure lag \"lag-7\" port 1/1/2\n/configure lag \"lag-7\" port 1/1/9\n/configure router \"Base\" interface \"a\" port lag-7:100.200\n/configure router \"Base\" interface \"b\" ipv4 primary address 10.0.0.1\n";
    let d = device(text);
    let of = |n: &str| &d.interfaces[d.find_interface(n).unwrap()];
    // The connector is not enabled.
    assert!(!of("1/1/c1/1").enabled);
    assert_eq!(of("1/1/c1/1").speed, Some(10_000_000_000));
    assert_eq!((of("1/1/2").enabled, of("1/1/2").speed), (true, Some(10_000_000_000)));
    // Named by the group only.
    assert!(!of("1/1/9").enabled);
    assert_eq!(of("1/1/9").aggregate, d.find_interface("lag-7"));
    assert_eq!((&of("a").tags[..], of("a").parent), (&[100, 200][..], d.find_interface("lag-7")));
    // Bound to nothing.
    assert!(!of("b").enabled);
}

#[test]
fn services() {
    let text = r#"configure {
    port 1/1/1 {
        admin-state enable
        ethernet {
            mode access
            encap-type dot1q
        }
    }
    service {
        vprn "red" {
            admin-state enable
            service-id 1
            customer "1"
            autonomous-system 65010
            ecmp 4
            bgp-ipvpn {
                mpls {
                    admin-state enable
                    route-distinguisher "65000:1"
                    vrf-target {
                        import-community "target:65000:1"
                        export-community "target:65000:2"
                    }
                    vrf-import {
                        policy ["in"]
                    }
                }
            }
            interface "ce" {
                ipv4 {
                    primary {
                        address 10.1.0.1
                        prefix-length 24
                    }
                }
                sap 1/1/1:10 {
                }
            }
            static-routes {
                route 10.9.0.0/16 route-type unicast {
                    blackhole {
                        admin-state enable
                    }
                }
                route 10.8.0.0/16 route-type unicast {
                    next-hop "10.1.0.2" {
                    }
                }
            }
        }
        vprn "blue" {
            interface "ce" {
                loopback true
            }
        }
        ies "internet" {
            admin-state enable
            interface "cust" {
                vpls "lan" {
                }
            }
        }
        vpls "lan" {
            admin-state enable
            sap 1/1/1:20 {
            }
        }
    }
}
"#;
    let d = device(text);
    let red = &d.vrfs[d.find_vrf("red").unwrap()];
    assert_eq!(red.route_distinguisher.as_deref(), Some("65000:1"));
    assert_eq!((&*red.import_targets[0], &*red.export_targets[0]), ("65000:1", "65000:2"));
    assert!(red.import_policy.is_some() && red.export_policy.is_none());
    // The next hop that nobody enabled is no route.
    assert_eq!((red.static_routes.len(), red.max_paths), (1, 4));
    assert_eq!(route_count(&d), 1);
    let up: Vec<(&str, bool)> =
        d.interfaces.iter().filter(|i| &*i.name == "ce").map(|i| (&*d.vrfs[i.vrf].name, i.enabled)).collect();
    // A service that is not enabled is down.
    assert_eq!(up, [("red", true), ("blue", false)]);
    let ce = d.interfaces.iter().find(|i| &*i.name == "ce").unwrap();
    assert_eq!((&ce.tags[..], ce.mtu), (&[10][..], Some(1496)));
    let lan = &d.interfaces[d.find_interface("cust").unwrap()];
    assert_eq!((lan.kind, lan.vlan, lan.vrf), (InterfaceKind::Vlan, Some(20), VrfId::DEFAULT));
    assert!(d.interfaces[d.find_interface("1/1/1").unwrap()].switchport.as_ref().unwrap().carries(20));
}

#[test]
fn neighbours_inherit() {
    let b = "/configure router \"Base\" bgp ";
    let text = format!(
        "/configure router \"Base\" autonomous-system 65001\n{b}local-preference 200\n{b}group \"g\" type internal\n{b}group \"g\" cluster cluster-id 9.9.9.9\n{b}group \"g\" family vpn-ipv4 true\n{b}group \"g\" next-hop-self true\n{b}neighbor 10.0.0.2 group \"g\"\n{b}neighbor 10.0.0.3 group \"g\"\n{b}neighbor 10.0.0.3 family ipv4 true\n{b}neighbor 10.0.0.3 family ipv6 true\n{b}neighbor 10.0.0.3 family evpn true\n{b}neighbor 10.0.0.3 family label-ipv4 false\n"
    );
    let d = device(&text);
    let all: Vec<_> = d.bgp[0].neighbors.iter().collect();
    assert_eq!(all[0].remote_as, RemoteAs::Internal);
    // A family list of its own takes the place of the one above.
    assert_eq!((all[0].families.len(), &*all[0].other_families[0]), (0, "vpnv4"));
    let families: Vec<_> = all[1].families.iter().map(|f| f.family.word()).collect();
    assert_eq!((families, all[1].other_families.len()), (vec!["ipv4", "ipv6", "evpn"], 0));
    let f = &all[1].families[0];
    assert!(f.reflector_client && f.export_any);
    assert_eq!(f.local_preference, Some(200));
    assert_eq!(all[1].cluster_id, Some("9.9.9.9".parse().unwrap()));
}

/// Lab sros_services: `operational-local-address` is the system interface's, without any `local-address`.
#[test]
fn far_neighbours_are_called_from_the_system_interface() {
    let more = "/configure router \"Base\" bgp neighbor 9.9.9.9 group \"ebgp\"\n";
    let d = device(&format!("{FLAT}{more}"));
    let sources: Vec<_> = d.bgp[0].neighbors.iter().map(|n| n.update_source).collect();
    assert_eq!(sources, [None, Some(crate::model::bgp::UpdateSource::Ip("1.1.1.1".parse().unwrap()))]);
}

#[test]
fn names_spelt_like_edits_are_names() {
    let r = reading(
        "configure {\n    system {\n        name \"delete\"\n    }\n}\n/configure router \"Base\" interface \"a\" loopback\n/configure router \"Base\" delete interface \"a\"\n/ configure system location \"x\"\n",
    );
    assert_eq!(r.device.hostname.as_deref(), Some("delete"));
    assert_eq!(r.device.interfaces.len(), 0);
    assert!(!classes(&r).contains(['?', '!']), "{}", classes(&r));
}

#[test]
fn igps() {
    let text = "/configure port 1/1/c1 admin-state enable\n/configure port 1/1/c1 connector breakout c1-40g\n/configure port 1/1/c1/1 admin-state enable\n/configure router \"Base\" interface \"system\" ipv4 primary address 10.10.10.2\n/configure router \"Base\" interface \"system\" ipv4 primary prefix-length 32\n/configure router \"Base\" interface \"a\" port 1/1/c1/1\n/configure router \"Base\" interface \"a\" ipv4 primary address 10.0.0.1\n/configure router \"Base\" interface \"a\" ipv4 primary prefix-length 30\n/configure router \"Base\" ospf 0 admin-state enable\n/configure router \"Base\" ospf 0 area 0.0.0.1 interface \"a\" interface-type point-to-point\n/configure router \"Base\" ospf 0 area 0.0.0.1 nssa summaries false\n/configure router \"Base\" isis 0 admin-state enable\n/configure router \"Base\" isis 0 area-address [49.0001]\n/configure router \"Base\" isis 0 level-capability 2\n/configure router \"Base\" isis 0 interface \"a\" level 2 metric 100\n/configure router \"Base\" isis 0 interface \"system\" passive true\n/configure router \"Base\" isis 0 level 2 wide-metrics-only true\n/configure router \"Base\" isis 1 area-address [49.0002]\n";
    let r = reading(text);
    let d = &r.device;
    // 100 Gbit/s by 40 Gbit/s, cut.
    assert_eq!((d.ospf[0].interfaces[0].cost, d.ospf[0].max_paths, d.ospf[0].areas[0].id), (2, 1, 1));
    assert_eq!(d.isis.len(), 1, "instance 1 is not enabled");
    let isis = &d.isis[0];
    assert_eq!((&*isis.system_id, &*isis.areas[0]), ("010010010002", "490001"));
    assert_eq!((isis.levels.l1, isis.narrow, isis.interfaces[0].metric[1]), (false, [true, false], 100));
    assert_eq!((isis.interfaces[1].metric[1], isis.interfaces[1].passive), (0, true));
    assert!(!classes(&r).contains(['?', '!']));
}

#[test]
fn filters() {
    let f = "/configure filter ip-filter \"f\" ";
    let text = format!(
        "{f}default-action accept\n{f}entry 20 match protocol tcp\n{f}entry 20 match dst-port range start 20\n{f}entry 20 match dst-port range end 23\n{f}entry 20 match src-ip address 10.0.0.0/8\n{f}entry 20 action drop\n{f}entry 10 match protocol icmp\n{f}entry 10 match dst-ip address 10.0.0.1\n{f}entry 10 match dst-ip mask 255.255.255.255\n{f}entry 10 action accept\n{f}entry 30 match protocol udp\n"
    );
    let d = device(&text);
    let f = d.filters.iter().next().unwrap();
    assert!(f.default_permit);
    let shape: Vec<_> = f.lines.iter().map(|l| (l.permit, l.protocols.clone(), l.destination_ports.clone())).collect();
    assert_eq!(shape, [(true, vec![1], vec![]), (false, vec![6], vec![20..=23])]);
}

#[test]
fn rip_in_both_syntaxes() {
    let md = r#"configure {
    policy-options {
        policy-statement "E" {
        }
    }
    router "Base" {
        interface "x" {
            loopback
        }
        rip {
            export-policy ["E"]
            preference 90
            group "g" {
                send unicast
                neighbor "x" {
                    metric-in 2
                    receive version-1
                    split-horizon false
                    authentication-type none
                    unicast-address 10.0.0.9 { }
                    propagate-metric
                }
                neighbor "off" {
                    admin-state disable
                }
            }
        }
        ripng {
            group "g" {
                neighbor "x" {
                    receive none
                }
            }
        }
    }
}
"#;
    let classic = r#"exit all
configure
    router Base
        interface "x"
            loopback
            no shutdown
        exit
        policy-options
            begin
            policy-statement "E"
            exit
            commit
        exit
        rip
            export "E"
            preference 90
            group "g"
                send unicast
                neighbor "x"
                    metric-in 2
                    receive version-1
                    split-horizon disable
                    authentication-type none
                    unicast-address 10.0.0.9
                    propagate-metric
                    no shutdown
                exit
                neighbor "off"
                    shutdown
                exit
                no shutdown
            exit
            no shutdown
        exit
        ripng
            group "g"
                neighbor "x"
                    receive none
                    no shutdown
                exit
                no shutdown
            exit
            no shutdown
        exit
    exit
exit all
"#;
    for text in [md, classic] {
        let r = reading(text);
        let [v4, v6] = &r.device.rip[..] else { panic!("{:?}", r.device.rip) };
        assert_eq!((v4.family, v4.distance, v4.max_paths, v4.interfaces.len()), (Family::V4, 90, 1, 1));
        let on = &v4.interfaces[0];
        assert_eq!((on.passive, on.receives, on.metric_in, on.distance, on.auth.is_some()), (true, true, 2, Some(90), false));
        assert_eq!(v4.neighbors, ["10.0.0.9".parse::<std::net::IpAddr>().unwrap()]);
        assert_eq!((v6.family, v6.distance, v6.interfaces[0].receives), (Family::V6, 100, false));
        let of = |class: char| {
            let all = classes(&r);
            let at = |(n, _): (usize, char)| text.lines().nth(n).unwrap_or_default().trim().to_owned();
            all.chars().enumerate().filter(|(_, c)| *c == class).map(at).collect::<Vec<_>>()
        };
        assert_eq!(of('x'), ["receive version-1", "propagate-metric"], "{text}");
        assert_eq!((of('?').len(), of('!').len()), (0, 0), "{:?}", of('?'));
    }
}

/// What does not fit in an EVPN (Layer 2 Services and EVPN Guide, "EVPN for VXLAN in EVPN tunnel R-VPLS services") is a finding.
#[test]
fn evpn_tunnels_need_their_vpls() {
    let text = |service: &str, interface: &str, vpls: &str| {
        format!(
            "configure {{\n    router \"Base\" {{\n        autonomous-system 64500\n        interface \"system\" {{\n            ipv4 {{\n                primary {{\n                    address 192.0.2.1\n                    prefix-length 32\n                }}\n            }}\n        }}\n        bgp {{\n        }}\n    }}\n    service {{\n        {service} \"t\" {{\n            admin-state enable\n            interface \"evpn\" {{\n                vpls \"sbd\" {{\n                    {interface}\n                }}\n            }}\n        }}\n        vpls \"sbd\" {{\n            admin-state enable\n{vpls}\n        }}\n    }}\n}}\n"
        )
    };
    let evpn = |routes: &str, vxlan: &str| {
        format!(
            "bgp-evpn {{\nevi 7\nroutes {{\nip-prefix {{\nadvertise {routes}\n}}\n}}\nvxlan 1 {{\nadmin-state {vxlan}\n}}\n}}"
        )
    };
    let vni = "vxlan {\ninstance 1 {\nvni 7\n}\n}\n";
    let fine = reading(&text("vprn", "evpn-tunnel { }", &format!("{vni}{}", evpn("true", "enable"))));
    assert_eq!(codes(&fine), [""; 0]);
    assert!(!classes(&fine).contains(['x', '?', '!']));
    let v = &fine.device.vrfs[fine.device.find_vrf("t").unwrap()];
    let way = &v.exchanges[0];
    assert_eq!((way.route_distinguisher.as_deref(), &*way.import_targets[0], v.vni), (Some("192.0.2.1:7"), "64500:7", Some(7)));
    // IPv6 prefixes need IPv6 on the interface.
    assert_eq!(v.evpn_prefixes, [true, false]);
    // A distinguisher that the router makes itself; once for all neighbours, that their policies do not hold.
    let bgp = "bgp {\n export {\n policy [\"p\"]\n}\ngroup \"g\" {\npeer-as 64500\nfamily {\nevpn true\n}\n}\nneighbor \"192.0.2.2\" {\ngroup \"g\"\n}\nneighbor \"192.0.2.3\" {\ngroup \"g\"\n}\n";
    let auto =
        text("vprn", "evpn-tunnel { }", &format!("{vni}bgp 1 {{\nroute-distinguisher auto-rd\n}}\n{}", evpn("true", "enable")));
    let r = reading(
        &auto.replace("bgp {\n", bgp).replace("configure {\n", "configure {\npolicy-options {\npolicy-statement \"p\" {\n}\n}\n"),
    );
    let told = r.report.diagnostics.iter().filter(|d| d.code.0 == "T-vpn-apply").count();
    assert_eq!((codes(&r), told), (vec!["T-vpn-apply"], 1));
    let v = &r.device.vrfs[r.device.find_vrf("t").unwrap()];
    assert_eq!(v.exchanges[0].route_distinguisher.as_deref(), Some("192.0.2.1:auto sbd"));
    for (service, interface, vpls, code) in [
        ("vprn", "evpn-tunnel { }", format!("{vni}{}", evpn("false", "enable")), &["T-evpn-prefixes"][..]),
        ("vprn", "evpn-tunnel { }", format!("{vni}{}", evpn("true", "disable")), &["T-vni-down"]),
        ("vprn", "evpn-tunnel { }", evpn("true", "enable"), &["T-vni-down"]),
        ("vprn", "evpn-tunnel { }", format!("{vni}sap 1/1/1:7 {{\n}}\n{}", evpn("true", "enable")), &["T-evpn-prefixes"]),
        ("vprn", "evpn-tunnel { }", format!("{vni}{}", evpn("true", "enable").replace("evi 7\n", "")), &["T-evpn-down"]),
        ("ies", "evpn-tunnel { }", format!("{vni}{}", evpn("true", "enable")), &["T-evpn-prefixes"]),
    ] {
        let r = reading(&text(service, interface, &vpls));
        assert_eq!(codes(&r), code, "{service} {vpls}");
    }
}

/// A VPLS over VXLAN (Layer 2 Services and EVPN Guide, "EVPN for VXLAN in VPLS services", "Static VXLAN termination in VPLS").
#[test]
fn vpls_over_vxlan() {
    let text = |vpls: &str| {
        format!(
            "configure {{\nport 1/1/1 {{\nadmin-state enable\n}}\nrouter \"Base\" {{\nautonomous-system 64500\ninterface \"system\" {{\nipv4 {{\nprimary {{\naddress 192.0.2.1\nprefix-length 32\n}}\n}}\n}}\nbgp {{\n}}\n}}\nservice {{\nvpls \"lan\" {{\nadmin-state enable\n{vpls}}}\n}}\n}}\n"
        )
    };
    let read = |vpls: &str| {
        let r = reading(&text(vpls));
        let one = |v: &crate::model::vxlan::VlanVni| {
            let evpn = v.evpn.as_ref().map(|e| {
                let (i, x) = (e.import_targets.join(" "), e.export_targets.join(" "));
                format!("{i} | {x} | {} | {}", e.route_distinguisher.as_deref().unwrap_or("auto"), e.hosts)
            });
            format!("{} as {}: {} {:?}", v.vlan, v.vni, evpn.unwrap_or_default(), v.peers)
        };
        let vlans: Vec<String> = r.device.vxlan.iter().flat_map(|x| &x.vlans).map(one).collect();
        let worst = classes(&r).chars().filter(|c| "x?!".contains(*c)).collect::<String>();
        (vlans, codes(&r), worst)
    };
    let evpn = |more: &str, kind: &str| {
        format!("vxlan {{\ninstance 1 {{\nvni 110\n}}\n}}\nbgp-evpn {{\nevi 10\n{more}{kind} 1 {{\nadmin-state enable\n}}\n}}\n")
    };
    let sap = |name: &str| format!("sap {name} {{\n}}\n");
    let made = |vlan: u32, hosts: bool| vec![format!("{vlan} as 110: 64500:10 | 64500:10 | 192.0.2.1:10 | {hosts} []")];
    assert_eq!(read(&(sap("1/1/1:7") + &evpn("", "vxlan"))), (made(7, true), vec![], String::new()));
    let silent = "routes {\nmac-ip {\nadvertise false\n}\nincl-mcast {\nadvertise-ingress-replication false\n}\n}\n";
    assert_eq!(read(&(sap("1/1/1") + &evpn(silent, "vxlan"))), (made(4096, false), vec!["M-not-modelled"], String::new()));
    let own = "bgp 1 {\nroute-distinguisher auto-rd\nroute-target {\nexport \"target:1:1\"\nimport \"target:1:2\"\n}\n}\n";
    let set = vec!["7 as 110: 1:2 | 1:1 | auto | true []".to_owned()];
    assert_eq!(read(&(sap("1/1/1:7") + own + &evpn("", "vxlan"))), (set, vec![], String::new()));
    // Over MPLS, and with two tags.
    let flat = vec!["7 as 110:  []".to_owned()];
    assert_eq!(read(&(sap("1/1/1:7") + &evpn("", "mpls"))), (flat, vec!["M-not-modelled"], String::new()));
    let two = sap("1/1/1:7") + &sap("1/1/1:8") + &evpn("", "vxlan");
    assert_eq!(read(&two), (vec![], vec!["M-not-modelled"], String::new()));
    // Tunnel ends that are set.
    let ends = "vxlan {\ninstance 1 {\nvni 110\negress-vtep 192.0.2.2 {\n}\negress-vtep x {\n}\n}\n}\n";
    let set = vec!["7 as 110:  [192.0.2.2]".to_owned()];
    assert_eq!(read(&(sap("1/1/1:7") + ends)), (set, vec!["V-invalid-value"], "!".to_owned()));
}
