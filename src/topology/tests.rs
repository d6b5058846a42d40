use super::*;
use crate::model::device::Device;
use crate::model::interface::{Interface, InterfaceAddress, InterfaceKind, Switchport, Tunnel};
use crate::model::network::Cable;
use crate::model::vrf::VrfId;

fn port(name: &str) -> Interface {
    Interface { name: name.into(), enabled: true, ..Interface::default() }
}
fn routed(name: &str, address: &str) -> Interface {
    Interface { addresses: vec![addr(address)], ..port(name) }
}
fn addr(address: &str) -> InterfaceAddress {
    InterfaceAddress {
        address: address.parse().unwrap(),
        secondary: false,
        peer: None,
        virtual_address: false,
        origin: Default::default(),
    }
}
fn device(name: &str, interfaces: Vec<Interface>) -> Device {
    let mut d = Device { name: name.into(), interfaces: IdVec::from_vec(interfaces), ..Device::default() };
    d.vrfs.push(crate::model::Vrf { name: "default".into(), ..Default::default() });
    d
}
fn network(devices: Vec<Device>, cables: Option<&[(&str, &str, &str, &str)]>) -> Network {
    let mut n = Network::new(devices, Default::default());
    let end = |n: &Network, d: &str, i: &str| {
        let d = n.find_device(d).unwrap();
        (d, n.devices[d].find_interface(i).unwrap())
    };
    n.layer1 = cables.map(|c| c.iter().map(|&(a, ai, b, bi)| Cable { a: end(&n, a, ai), b: end(&n, b, bi) }).collect());
    n
}
fn names(n: &Network, ports: impl IntoIterator<Item = Port>) -> Vec<String> {
    ports.into_iter().map(|(d, i)| format!("{} {}", n.devices[d].name, n.devices[d].interfaces[i].name)).collect()
}
fn segments(n: &Network, t: &Topology) -> Vec<Vec<String>> {
    t.segments.iter().filter(|s| s.len() > 1).map(|s| names(n, s.iter().copied())).collect()
}
fn at(n: &Network, d: &str, i: &str) -> Port {
    let d = n.find_device(d).unwrap();
    (d, n.devices[d].find_interface(i).unwrap())
}

/// All single failures of a network are the same whether cut out of the whole topology or built anew; how many could be cut out.
fn cuts(n: &Network) -> usize {
    let whole = Topology::build(n, &Failures::none());
    let mut cases: Vec<Failures> = n.devices.ids().map(|d| Failures { devices: vec![d], ports: vec![] }).collect();
    cases.extend(whole.links.iter().map(|&(a, b)| Failures { ports: vec![a, b], devices: vec![] }));
    let ports = n.devices.iter_ids().flat_map(|(d, x)| x.interfaces.ids().map(move |i| (d, i)));
    cases.extend(ports.map(|p| Failures { ports: vec![p], devices: vec![] }));
    let mut done = 0;
    for failures in cases {
        let cut = ports::Cut::new(&failures, &whole.links);
        let Some(out) = without::cut_out(&whole, n, &cut) else { continue };
        let anew = Topology::join(n, ports::compute(n, n.layer1.as_deref(), &cut), whole.overlay.clone());
        let heard = |t: &Topology| {
            let mut all: Vec<_> = t.segments.iter().filter(|s| !s.is_empty()).cloned().collect();
            all.sort();
            all
        };
        assert_eq!((&out.up, heard(&out), &out.links), (&anew.up, heard(&anew), &anew.links), "{failures:?}");
        assert_eq!(out.changed_to(&anew), []);
        let down = whole.changed_to(&out);
        assert_eq!(down, whole.changed_to(&anew));
        assert!(down.iter().all(|p| !out.is_up(*p) || whole.segment(*p).is_some()));
        done += 1;
    }
    done
}

#[test]
fn subnets_stand_for_cables_where_there_is_no_file() {
    let n = network(
        vec![
            device("a", vec![routed("e1", "10.0.0.0/31"), routed("e2", "10.9.0.1/24"), routed("lo", "1.1.1.1/32")]),
            device("b", vec![routed("e1", "10.0.0.1/31"), routed("e2", "10.9.0.2/24")]),
            device("c", vec![routed("e1", "10.9.0.3/25"), routed("e2", "192.168.1.1/24")]),
            device("d", vec![routed("e2", "192.168.1.1/24"), routed("e3", "fe80::1/64")]),
        ],
        None,
    );
    let t = Topology::build(&n, &Failures::none());
    assert!(cuts(&n) > 4);
    assert_eq!(segments(&n, &t), [vec!["a e1", "b e1"], vec!["a e2", "b e2", "c e1"]]);
    let links: Vec<_> = t.links.iter().map(|&(a, b)| names(&n, [a, b]).join(" - ")).collect();
    assert_eq!(links, ["a e1 - b e1", "a e2 - a e2", "b e2 - b e2", "c e1 - c e1"]);
    let failed = Topology::build(&n, &Failures { ports: vec![at(&n, "a", "e1")], devices: vec![] });
    assert!(!failed.is_up(at(&n, "b", "e1")), "the far end of an inferred link loses carrier");
    let off = Topology::build(&n, &Failures { ports: vec![], devices: vec![n.find_device("b").unwrap()] });
    assert!(!off.is_up(at(&n, "a", "e1")) && off.is_up(at(&n, "a", "e2")));
    assert_eq!(segments(&n, &off), [["a e2", "c e1"]]);
}

#[test]
fn frames_go_through_trunks_aggregates_and_bridges() {
    let trunk = |native| Some(Switchport::Trunk { native, allowed: vec![(1, 4094)] });
    let svi = |v: u16, a: &str| Interface { kind: InterfaceKind::Vlan, vlan: Some(v), ..routed(&format!("Vlan{v}"), a) };
    let member = |n: &str, agg: u32| Interface { aggregate: Some(InterfaceId(agg)), ..port(n) };
    let lag = Interface { kind: InterfaceKind::Aggregate, switchport: trunk(Some(1)), ..port("Po1") };
    let unit = |n: &str, tag: u16, a: &str| Interface {
        kind: InterfaceKind::Subinterface,
        parent: Some(InterfaceId(0)),
        tags: vec![tag],
        ..routed(n, a)
    };
    let n = network(
        vec![
            device("core", vec![lag.clone(), member("e1", 0), member("e2", 0), svi(10, "10.0.10.1/24"), svi(30, "10.0.30.1/24")]),
            device(
                "mid",
                vec![
                    lag,
                    member("e1", 0),
                    member("e2", 0),
                    Interface { switchport: trunk(None), ..port("e3") },
                    Interface { switchport: Some(Switchport::Access(10)), ..port("e4") },
                ],
            ),
            device("r", vec![port("e0"), unit("e0.10", 10, "10.0.10.3/24"), unit("e0.20", 20, "10.0.20.3/24")]),
            device("host", vec![routed("eth0", "10.0.10.4/24")]),
        ],
        Some(&[
            ("core", "e1", "mid", "e1"),
            ("core", "e2", "mid", "e2"),
            ("mid", "e3", "r", "e0"),
            ("mid", "e4", "host", "eth0"),
        ]),
    );
    let t = Topology::build(&n, &Failures::none());
    cuts(&n);
    assert_eq!(segments(&n, &t), [["core Vlan10", "host eth0", "r e0.10"]]);
    // One member of two: the aggregate stays.
    let one = Topology::build(&n, &Failures { ports: vec![at(&n, "core", "e1")], devices: vec![] });
    assert_eq!(segments(&n, &one), segments(&n, &t));
    let both = Failures { ports: vec![at(&n, "core", "e1"), at(&n, "mid", "e2")], devices: vec![] };
    let both = Topology::build(&n, &both);
    assert_eq!(segments(&n, &both), [["host eth0", "r e0.10"]]);
    assert!(!both.is_up(at(&n, "core", "Vlan10")), "no active port carries the VLAN");
    assert!(!both.is_up(at(&n, "mid", "Po1")));
}

#[test]
fn a_port_cabled_to_one_that_is_shut_has_no_carrier() {
    let shut = Interface { enabled: false, ..routed("e1", "10.0.0.2/24") };
    let n = network(
        vec![device("a", vec![routed("e1", "10.0.0.1/24"), routed("e2", "10.1.0.1/24")]), device("b", vec![shut])],
        Some(&[("a", "e1", "b", "e1")]),
    );
    let t = Topology::build(&n, &Failures::none());
    cuts(&n);
    assert!(!t.is_up(at(&n, "a", "e1")) && t.is_up(at(&n, "a", "e2")));
    assert!(t.links.is_empty());
}

#[test]
fn tunnels_meet_by_their_end_points() {
    let tunnel = |a: &str, from: &str, to: &str| Interface {
        kind: InterfaceKind::Tunnel,
        tunnel: Some(Tunnel {
            source: Some(from.parse().unwrap()),
            source_interface: None,
            destination: Some(to.parse().unwrap()),
            vrf: VrfId::DEFAULT,
            mode: "gre".into(),
        }),
        ..routed("t0", a)
    };
    let n = network(
        vec![
            device("a", vec![routed("e1", "192.0.2.1/24"), tunnel("10.0.0.1/30", "192.0.2.1", "198.51.100.1")]),
            device("b", vec![routed("e1", "198.51.100.1/24"), tunnel("10.0.0.2/30", "198.51.100.1", "192.0.2.1")]),
            device("c", vec![tunnel("10.0.0.2/30", "203.0.113.9", "192.0.2.1")]),
        ],
        None,
    );
    let t = Topology::build(&n, &Failures::none());
    cuts(&n);
    assert_eq!(segments(&n, &t), [["a t0", "b t0"]]);
    assert!(!t.is_up(at(&n, "c", "t0")), "the source is no own address");
}

#[test]
fn a_subnet_used_again_in_another_vrf_is_another_domain() {
    let svi = |v: u16, a: &str| Interface {
        kind: InterfaceKind::Vlan,
        vlan: Some(v),
        always_up: true,
        vrf: VrfId(u32::from(v) - 1),
        ..routed(&format!("Vlan{v}"), a)
    };
    let two = |name: &str, a: &str| {
        let mut d = device(name, vec![svi(1, a), svi(2, a)]);
        d.vrfs.push(crate::model::Vrf { name: "red".into(), ..Default::default() });
        d
    };
    let n = network(vec![two("a", "10.0.0.0/31"), two("b", "10.0.0.1/31")], None);
    let t = Topology::build(&n, &Failures::none());
    cuts(&n);
    assert_eq!(segments(&n, &t), [["a Vlan1", "b Vlan1"], ["a Vlan2", "b Vlan2"]]);
}

#[test]
fn a_unit_of_itself_is_down_and_does_not_hang() {
    let looped = Interface { parent: Some(InterfaceId(0)), ..routed("e0", "10.0.0.1/24") };
    let n = network(vec![device("a", vec![looped])], None);
    assert!(!Topology::build(&n, &Failures::none()).is_up(at(&n, "a", "e0")));
}

#[test]
fn the_active_router_answers_for_a_virtual_address() {
    use crate::model::interface::{RedundancyGroup, RedundancyProtocol};
    let member = |address: &str, priority| Interface {
        redundancy: vec![RedundancyGroup {
            protocol: RedundancyProtocol::Hsrp,
            group: 1,
            addresses: vec!["10.0.0.1".parse().unwrap()],
            priority,
            preempt: true,
            origin: Default::default(),
        }],
        ..routed("e1", address)
    };
    let build = |b, c| {
        let devices = vec![
            device("a", vec![routed("e1", "10.0.0.9/24")]),
            device("b", vec![member("10.0.0.2/24", b)]),
            device("c", vec![member("10.0.0.3/24", c)]),
        ];
        let n = network(devices, None);
        let t = Topology::build(&n, &Failures::none());
        cuts(&n);
        let owner = |a: &str| t.owner(&n, at(&n, "a", "e1"), a.parse().unwrap()).map(|(d, _)| n.devices[d].name.to_string());
        (owner("10.0.0.1"), owner("10.0.0.2"), owner("10.0.0.7"))
    };
    assert_eq!(build(110, 100), (Some("b".into()), Some("b".into()), None));
    assert_eq!(build(100, 100).0.as_deref(), Some("c"));
}
