use super::compute;
use crate::base::span::Origin;
use crate::model::InterfaceId;
use crate::model::policy::RouteSource;
use crate::model::rip::{Rip, RipDefault, RipInterface, RipRedistribution};
use crate::model::route::Protocol;
use crate::model::vector::VectorOffset;
use crate::protocols::testing::{Lab, net};
use crate::rib::Hop;

fn process<'a>(lab: &'a mut Lab, device: &str) -> &'a mut Rip {
    let d = lab.device(device);
    if d.rip.is_empty() {
        d.rip.push(Rip { interfaces: vec![RipInterface::new(InterfaceId(0), Origin::NONE)], ..Rip::default() });
    }
    &mut lab.device(device).rip[0]
}

fn link(lab: &mut Lab, a: &str, b: &str, subnet: &str) {
    let (i, j) = lab.link(a, b, subnet);
    process(lab, a).interfaces.push(RipInterface::new(i, Origin::NONE));
    process(lab, b).interfaces.push(RipInterface::new(j, Origin::NONE));
}

fn on<'a>(lab: &'a mut Lab, device: &str, interface: &str) -> &'a mut RipInterface {
    let i = lab.device(device).find_interface(interface).unwrap();
    process(lab, device).interfaces.iter_mut().find(|r| r.interface == i).unwrap()
}

/// `a` to `d` in a row.
fn row() -> Lab {
    let mut lab = Lab::new(&["a", "b", "c", "d"]);
    link(&mut lab, "a", "b", "10.0.1.0/30");
    link(&mut lab, "b", "c", "10.0.2.0/30");
    link(&mut lab, "c", "d", "10.0.3.0/30");
    lab
}

#[test]
fn hops_count() {
    let mut lab = row();
    assert_eq!(lab.run(compute).route("a", "10.255.0.4/32"), "10.255.0.4/32 rip 4 via b");
    // RFC 2453 §3.9.2: 16 is too far.
    let far = |offset| VectorOffset { inbound: true, interface: None, policy: None, offset, origin: Origin::NONE };
    process(&mut lab, "c").offsets.push(far(11));
    assert_eq!(lab.run(compute).route("a", "10.255.0.4/32"), "10.255.0.4/32 rip 15 via b");
    process(&mut lab, "c").offsets[0].offset = 12;
    assert_eq!(lab.run(compute).route("a", "10.255.0.4/32"), "");
    // Cisco counts when it sends: one less is shown, and one hop more is possible.
    for d in &mut lab.devices {
        d.platform.rip_adds_on_send = true;
    }
    assert_eq!(lab.run(compute).route("a", "10.255.0.4/32"), "10.255.0.4/32 rip 15 via b");
}

#[test]
fn a_passive_interface_hears_and_says_nothing() {
    let mut lab = row();
    on(&mut lab, "b", "a").passive = true;
    let ran = lab.run(compute);
    assert_eq!(ran.routes("a"), Vec::<String>::new());
    assert_eq!(ran.route("b", "10.255.0.1/32"), "10.255.0.1/32 rip 2 via a");
    process(&mut lab, "b").neighbors.push("10.0.1.1".parse().unwrap());
    assert_eq!(lab.run(compute).route("a", "10.255.0.2/32"), "10.255.0.2/32 rip 2 via b");
    on(&mut lab, "b", "a").auth = Some("key-chain k".into());
    assert_eq!(lab.run(compute).routes("a"), Vec::<String>::new());
}

#[test]
fn what_is_brought_in() {
    let mut lab = row();
    lab.installed("d", "192.0.2.0/24", Protocol::Static, &[Hop::DROP], 9);
    lab.installed("d", "198.51.100.0/24", Protocol::OspfIntra, &[Hop::DROP], 0);
    let line = |sources| RipRedistribution { sources, policy: None, metric: None, origin: Origin::NONE };
    process(&mut lab, "d").redistribute = vec![line(vec![RouteSource::Static]), line(vec![RouteSource::Ospf(None)])];
    process(&mut lab, "d").default_originate =
        Some(RipDefault { always: true, policy: None, asks_itself: false, metric: 1, origin: Origin::NONE });
    let ran = lab.run(compute);
    assert!(ran.full("a").contains(&"192.0.2.0/24 rip [120/4] tag 9 via b".to_owned()), "{:?}", ran.full("a"));
    assert_eq!(ran.route("a", "198.51.100.0/24"), "", "a metric is needed");
    assert_eq!(ran.route("a", "0.0.0.0/0"), "0.0.0.0/0 rip 4 via b");
    process(&mut lab, "d").default_metric = Some(5);
    assert_eq!(lab.run(compute).route("a", "198.51.100.0/24"), "198.51.100.0/24 rip 8 via b");
}

#[test]
fn summaries() {
    let mut lab = row();
    on(&mut lab, "b", "a").summaries.push(net("10.255.0.0/24"));
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "10.255.0.0/24"), "10.255.0.0/24 rip 2 via b");
    assert_eq!(ran.route("a", "10.255.0.3/32"), "");
    assert_eq!(ran.route("c", "10.255.0.0/24"), "");
    // Classful borders.
    let mut lab = Lab::new(&["a", "b", "c"]);
    link(&mut lab, "a", "b", "172.16.1.0/24");
    link(&mut lab, "b", "c", "192.168.1.0/24");
    process(&mut lab, "b").auto_summary = true;
    let ran = lab.run(compute);
    assert_eq!(ran.route("c", "172.16.0.0/16"), "172.16.0.0/16 rip 2 via b");
    assert_eq!(ran.route("c", "172.16.1.0/24"), "");
}
