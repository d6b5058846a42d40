use super::compute;
use crate::base::span::Origin;
use crate::model::InterfaceId;
use crate::model::eigrp::{Eigrp, EigrpInterface, EigrpMetric, EigrpRedistribution, EigrpStub, EigrpSummary};
use crate::model::interface::Delay;
use crate::model::policy::{Cond, Flow, Policy, PolicyChain, PolicyId, PrefixRange, RouteSource, Term, Verdict};
use crate::model::route::Protocol;
use crate::model::vector::{VectorFilter, VectorOffset};
use crate::protocols::testing::{Lab, net};
use crate::rib::Hop;

const SEED: EigrpMetric = EigrpMetric { bandwidth: 1_000_000, delay: 10, reliability: 255, load: 1, mtu: 1500 };

/// The process of AS 1, made on first use with the loopback.
fn process<'a>(lab: &'a mut Lab, device: &str) -> &'a mut Eigrp {
    let d = lab.device(device);
    if d.eigrp.is_empty() {
        let lo = &mut d.interfaces[InterfaceId(0)];
        (lo.bandwidth, lo.delay) = (Some(8_000_000_000), Some(Delay::of_port(5_000_000_000, 8_000_000)));
        let lo = EigrpInterface { passive: true, ..EigrpInterface::new(InterfaceId(0), Origin::NONE) };
        d.eigrp.push(Eigrp { asn: 1, interfaces: vec![lo], ..Eigrp::default() });
    }
    &mut lab.device(device).eigrp[0]
}

/// A link of `mbit` Mbit/s with a delay of 10 microseconds and EIGRP on both ends.
fn link(lab: &mut Lab, a: &str, b: &str, subnet: &str, mbit: u64) {
    let (i, j) = lab.link(a, b, subnet);
    for (d, i) in [(a, i), (b, j)] {
        let interface = &mut lab.device(d).interfaces[i];
        (interface.bandwidth, interface.delay) = (Some(mbit * 1_000_000), Some(Delay::of_port(10_000_000, mbit * 1000)));
        process(lab, d).interfaces.push(EigrpInterface::new(i, Origin::NONE));
    }
}

fn on<'a>(lab: &'a mut Lab, device: &str, interface: &str) -> &'a mut EigrpInterface {
    let i = lab.device(device).find_interface(interface).unwrap();
    lab.device(device).eigrp[0].interfaces.iter_mut().find(|e| e.interface == i).unwrap()
}

fn square() -> Lab {
    let mut lab = Lab::new(&["a", "b", "c", "d"]);
    link(&mut lab, "a", "b", "10.0.1.0/30", 1000);
    link(&mut lab, "b", "d", "10.0.2.0/30", 1000);
    link(&mut lab, "a", "c", "10.0.3.0/30", 1000);
    link(&mut lab, "c", "d", "10.0.4.0/30", 1000);
    lab
}

/// A policy of one term that takes (or refuses) prefixes inside a range, and does the opposite with the rest.
fn policy(lab: &mut Lab, device: &str, inside: &str, accept: bool) -> PolicyChain {
    let prefix = net(inside);
    let range = PrefixRange { prefix, min: 0, max: prefix.max_prefix_len() };
    let flow = |yes| if yes { Flow::Accept } else { Flow::Reject };
    let term = Term {
        name: "10".into(),
        origin: Origin::NONE,
        when: Cond::Prefix(vec![range]),
        actions: vec![],
        then: flow(accept),
        otherwise: flow(!accept),
    };
    let mut p = Policy::default();
    p.terms.push(term);
    let id: PolicyId = lab.device(device).policies.push(p);
    PolicyChain { policies: vec![id], at_end: Verdict::Reject, origin: Origin::NONE }
}

#[test]
fn equal_paths_and_the_narrowest_link() {
    let ran = square().run(compute);
    // 256 * (10 + (5000 + 2 * 10) / 10)
    assert_eq!(ran.route("a", "10.255.0.4/32"), "10.255.0.4/32 eigrp 131072 via b+c");
    assert_eq!(ran.route("a", "10.0.2.0/30"), "10.0.2.0/30 eigrp 3072 via b");
    let mut lab = square();
    for (d, i) in [("a", "c"), ("c", "a")] {
        let id = lab.device(d).find_interface(i).unwrap();
        lab.device(d).interfaces[id].bandwidth = Some(10_000_000);
    }
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "10.255.0.4/32"), "10.255.0.4/32 eigrp 131072 via b");
    // The long way round is better than the 10 Mbit/s link.
    assert_eq!(ran.route("a", "10.255.0.3/32"), "10.255.0.3/32 eigrp 131328 via b");
}

#[test]
fn variance_takes_feasible_successors_only() {
    let mut lab = square();
    for (d, i) in [("a", "c"), ("c", "a")] {
        on(&mut lab, d, i).delay = Some(20_000_000);
    }
    process(&mut lab, "a").variance = 2;
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "10.255.0.4/32"), "10.255.0.4/32 eigrp 131072 via b+c");
    process(&mut lab, "a").max_paths = 1;
    assert_eq!(lab.run(compute).route("a", "10.255.0.4/32"), "10.255.0.4/32 eigrp 131072 via b");
    // c's own way is as long as a's best one: it could lead back, so it is not feasible.
    let mut lab = square();
    process(&mut lab, "a").variance = 128;
    for (d, i) in [("c", "d"), ("d", "c")] {
        on(&mut lab, d, i).delay = Some(20_000_000);
    }
    assert_eq!(lab.run(compute).route("a", "10.255.0.4/32"), "10.255.0.4/32 eigrp 131072 via b");
}

#[test]
fn what_neighbours_must_agree_on() {
    type Change = fn(&mut Lab);
    let cases: [(Change, &str); 5] = [
        (|l| process(l, "b").asn = 2, "a-b EIGRP AS mismatch: 1 here, 2 there"),
        (|l| process(l, "b").k = [1, 1, 1, 0, 0, 0], "a-b K values differ: 1 0 1 0 0 here, 1 1 1 0 0 there"),
        (|l| on(l, "b", "a").passive = true, "a-b the neighbour's interface is passive"),
        (|l| on(l, "b", "a").auth = Some("md5 ?".into()), "a-b authentication differs"),
        (
            |l| on(l, "b", "a").neighbors = vec!["10.0.1.1".parse().unwrap()],
            "a-b the neighbour has no session configured back to b a",
        ),
    ];
    for (change, line) in cases {
        let mut lab = Lab::new(&["a", "b"]);
        link(&mut lab, "a", "b", "10.0.1.0/30", 1000);
        assert_eq!(lab.run(compute).sessions(), ["a-b up", "b-a up"]);
        change(&mut lab);
        let ran = lab.run(compute);
        assert!(ran.sessions().contains(&line.to_owned()), "{:?}", ran.sessions());
        assert_eq!(ran.routes("a"), Vec::<String>::new());
    }
}

#[test]
fn external_routes_and_stubs() {
    let mut lab = square();
    lab.installed("d", "192.0.2.0/24", Protocol::Static, &[Hop::DROP], 7);
    lab.installed("d", "198.51.100.0/24", Protocol::OspfIntra, &[Hop::DROP], 0);
    let line = |sources, metric| EigrpRedistribution { sources, policy: None, metric, origin: Origin::NONE };
    process(&mut lab, "d").redistribute =
        vec![line(vec![RouteSource::Static], Some(SEED)), line(vec![RouteSource::Ospf(None)], None)];
    let ran = lab.run(compute);
    // 256 * (10 + 10 + 2)
    let full = ran.full("a");
    assert!(full.contains(&"192.0.2.0/24 eigrp_external [170/5632] tag 7 via b+c".to_owned()), "{full:?}");
    assert_eq!(ran.route("a", "198.51.100.0/24"), "", "no metric for OSPF routes");
    process(&mut lab, "d").default_metric = Some(SEED);
    assert_eq!(lab.run(compute).route("a", "198.51.100.0/24"), "198.51.100.0/24 eigrp_external 5632 via b+c");
    // A stub router is no way to others, and says of itself only what it may.
    process(&mut lab, "b").stub = Some(EigrpStub { connected: true, ..EigrpStub::default() });
    process(&mut lab, "d").stub = Some(EigrpStub { statics: true, ..EigrpStub::default() });
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "192.0.2.0/24"), "192.0.2.0/24 eigrp_external 5632 via c");
    assert_eq!(ran.route("a", "198.51.100.0/24"), "");
    assert_eq!(ran.route("a", "10.255.0.4/32"), "");
    assert_eq!(ran.route("a", "10.255.0.2/32"), "10.255.0.2/32 eigrp 130816 via b");
    // Who has the same router id does not take an external route.
    process(&mut lab, "a").router_id = Some([10, 255, 0, 4].into());
    assert_eq!(lab.run(compute).route("a", "192.0.2.0/24"), "");
}

#[test]
fn what_another_protocol_keeps_out_is_not_told() {
    let mut lab = Lab::new(&["a", "b", "c"]);
    link(&mut lab, "a", "b", "10.0.1.0/30", 1000);
    link(&mut lab, "b", "c", "10.0.2.0/30", 1000);
    assert_eq!(lab.run(compute).route("a", "10.255.0.3/32"), "10.255.0.3/32 eigrp 131072 via b");
    lab.installed("b", "10.255.0.3/32", Protocol::Static, &[Hop::DROP], 0);
    let ran = lab.run(compute);
    assert_eq!((ran.route("b", "10.255.0.3/32"), ran.route("a", "10.255.0.3/32")), (String::new(), String::new()));
}

#[test]
fn summaries_filters_and_offsets() {
    let mut lab = square();
    let summary = EigrpSummary { prefix: net("10.0.0.0/16"), distance: None, leak: None, origin: Origin::NONE };
    on(&mut lab, "b", "a").summaries.push(summary);
    let ran = lab.run(compute);
    assert_eq!(ran.route("b", "10.0.0.0/16"), "10.0.0.0/16 eigrp 2816 via drop");
    assert_eq!(ran.route("a", "10.0.0.0/16"), "10.0.0.0/16 eigrp 3072 via b");
    assert_eq!(ran.route("a", "10.0.2.0/30"), "10.0.2.0/30 eigrp 3328 via c", "the part comes only the other way");
    assert_eq!(ran.route("d", "10.0.0.0/16"), "10.0.0.0/16 eigrp 3584 via c", "a passes the summary on, not b");

    let mut lab = square();
    let filter = |inbound, interface, policy| VectorFilter { inbound, interface, source: None, policy, origin: Origin::NONE };
    let refuse = policy(&mut lab, "a", "10.255.0.4/32", false);
    let to_b = lab.device("a").find_interface("b");
    process(&mut lab, "a").filters.push(filter(true, to_b, refuse));
    assert_eq!(lab.run(compute).route("a", "10.255.0.4/32"), "10.255.0.4/32 eigrp 131072 via c");
    let take = policy(&mut lab, "a", "10.255.0.4/32", true);
    let offset =
        |offset| VectorOffset { inbound: true, interface: None, policy: Some(take.clone()), offset, origin: Origin::NONE };
    process(&mut lab, "a").offsets.push(offset(1000));
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "10.255.0.4/32"), "10.255.0.4/32 eigrp 132072 via c");
    assert_eq!(ran.route("a", "10.255.0.2/32"), "10.255.0.2/32 eigrp 130816 via b");
}

#[test]
fn auto_summary_at_classful_borders() {
    let mut lab = Lab::new(&["a", "b", "c"]);
    link(&mut lab, "a", "b", "172.16.1.0/24", 1000);
    link(&mut lab, "b", "c", "192.168.1.0/24", 1000);
    process(&mut lab, "b").auto_summary = true;
    let ran = lab.run(compute);
    assert_eq!(ran.route("c", "172.16.0.0/16"), "172.16.0.0/16 eigrp 3072 via b");
    assert_eq!(ran.route("c", "172.16.1.0/24"), "");
    assert_eq!(ran.route("a", "192.168.1.0/24"), "192.168.1.0/24 eigrp 3072 via b");
    assert_eq!(ran.route("b", "172.16.0.0/16"), "172.16.0.0/16 eigrp 2816 via drop");
}

#[test]
fn wide_metrics() {
    let mut lab = Lab::new(&["a", "b"]);
    link(&mut lab, "a", "b", "10.0.1.0/30", 1000);
    for d in ["a", "b"] {
        process(&mut lab, d).wide = true;
    }
    assert_eq!(lab.run(compute).route("a", "10.255.0.2/32"), "10.255.0.2/32 eigrp 10880 via b");
    process(&mut lab, "a").rib_scale = 1;
    assert_eq!(lab.run(compute).route("a", "10.255.0.2/32"), "10.255.0.2/32 eigrp 1392640 via b");
}
