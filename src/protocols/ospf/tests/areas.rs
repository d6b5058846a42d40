//! Area border routers, ranges, stub areas, filters, virtual links.

use crate::base::span::Origin;
use crate::model::ospf::{Area, AreaKind, Summary, VirtualLink};
use crate::model::policy::{AtEnd, Cond, Flow, Policy, PolicyChain, PrefixRange, Term, Verdict};
use crate::protocols::ospf::compute;
use crate::protocols::testing::{Lab, net};

/// ```text
///   area 1        area 0         area 2
///   a --10-- b ---10--- c --10-- d          loopbacks: a in 1, b and c in 0, d in 2
/// [10.1.0.0/24]              [10.2.0.0/24] [10.2.1.0/24]
/// ```
fn chain() -> Lab {
    let mut lab = Lab::new(&["a", "b", "c", "d"]);
    lab.ospf_link("a", "b", "10.0.1.0/30", 1, 10);
    lab.ospf_link("b", "c", "10.0.0.0/30", 0, 10);
    lab.ospf_link("c", "d", "10.0.2.0/30", 2, 10);
    for (r, area) in [("a", 1), ("b", 0), ("c", 0), ("d", 2)] {
        lab.ospf_loopback(r, area);
    }
    lab.ospf_stub("a", "lan", "10.1.0.1/24", 1, 5);
    lab.ospf_stub("d", "lan0", "10.2.0.1/24", 2, 5);
    lab.ospf_stub("d", "lan1", "10.2.1.1/24", 2, 7);
    lab
}

fn range(prefix: &str, advertise: bool, cost: Option<u32>) -> Summary {
    Summary { prefix: net(prefix), advertise, cost, tag: 0, origin: Origin::NONE }
}

#[test]
fn routes_cross_the_backbone() {
    let ran = chain().run(compute);
    assert_eq!(
        ran.routes("a"),
        [
            "10.0.0.0/30 ospf_inter 20 via b",
            "10.0.2.0/30 ospf_inter 30 via b",
            "10.2.0.0/24 ospf_inter 35 via b",
            "10.2.1.0/24 ospf_inter 37 via b",
            "10.255.0.2/32 ospf_inter 10 via b",
            "10.255.0.3/32 ospf_inter 20 via b",
            "10.255.0.4/32 ospf_inter 30 via b",
        ]
    );
    assert_eq!(ran.route("b", "10.1.0.0/24"), "10.1.0.0/24 ospf_intra 15 via a");
    assert_eq!(ran.route("b", "10.2.0.0/24"), "10.2.0.0/24 ospf_inter 25 via c");
}

#[test]
fn ranges_stand_for_their_parts() {
    let mut lab = chain();
    lab.ospf_area("c", Area { id: 2, ranges: vec![range("10.2.0.0/16", true, None)], ..Area::default() });
    let ran = lab.run(compute);
    // RFC 2328: the cost of the farthest part (10 + 7).
    assert_eq!(ran.route("b", "10.2.0.0/16"), "10.2.0.0/16 ospf_inter 27 via c");
    assert_eq!(ran.route("a", "10.2.0.0/16"), "10.2.0.0/16 ospf_inter 37 via b");
    assert_eq!(
        (ran.route("a", "10.2.0.0/24"), ran.route("c", "10.2.0.0/16")),
        (String::new(), "10.2.0.0/16 ospf_intra 17 via drop".into())
    );
    // RFC 1583: of the nearest.
    lab.ospf("c").rfc1583 = true;
    assert_eq!(lab.run(compute).route("b", "10.2.0.0/16"), "10.2.0.0/16 ospf_inter 25 via c");
    lab.ospf_area("c", Area { id: 2, ranges: vec![range("10.2.0.0/16", true, Some(100))], ..Area::default() });
    assert_eq!(lab.run(compute).route("b", "10.2.0.0/16"), "10.2.0.0/16 ospf_inter 110 via c");
    lab.ospf_area("c", Area { id: 2, ranges: vec![range("10.2.0.0/16", false, None)], ..Area::default() });
    let ran = lab.run(compute);
    assert_eq!((ran.route("b", "10.2.0.0/16"), ran.route("b", "10.2.0.0/24")), (String::new(), String::new()));
    assert_eq!(ran.route("c", "10.2.0.0/16"), "", "IOS keeps no discard route for a hidden range");
    lab.ospf("c").rfc1583 = false;
    lab.device("c").platform.ospf_discard_for_hidden = true;
    assert_eq!(lab.run(compute).route("c", "10.2.0.0/16"), "10.2.0.0/16 ospf_intra 17 via drop");
    // A range without a part is not there.
    lab.ospf_area("c", Area { id: 2, ranges: vec![range("10.77.0.0/16", true, None)], ..Area::default() });
    assert_eq!(lab.run(compute).route("b", "10.77.0.0/16"), "");
}

#[test]
fn stub_areas_get_a_default() {
    let kind = |no_summary| AreaKind::Stub { no_summary, default: true };
    let mut lab = chain();
    for r in ["c", "d"] {
        lab.ospf_area(r, Area { id: 2, kind: kind(false), default_cost: 3, ..Area::default() });
    }
    let ran = lab.run(compute);
    assert_eq!(ran.route("d", "0.0.0.0/0"), "0.0.0.0/0 ospf_inter 13 via c");
    assert_eq!(ran.route("d", "10.1.0.0/24"), "10.1.0.0/24 ospf_inter 35 via c");
    assert_eq!(ran.route("a", "0.0.0.0/0"), "");
    lab.ospf_area("c", Area { id: 2, kind: kind(true), default_cost: 3, ..Area::default() });
    assert_eq!(lab.run(compute).routes("d"), ["0.0.0.0/0 ospf_inter 13 via c"]);
    // One side stub, the other not: no adjacency.
    lab.ospf_area("d", Area { id: 2, ..Area::default() });
    let ran = lab.run(compute);
    assert_eq!(ran.routes("d"), [""; 0]);
    assert!(ran.sessions().contains(&"c-d area type mismatch: stub here, normal there".to_owned()));
}

#[test]
fn filters_at_the_border() {
    let mut lab = chain();
    let term = |when, then| Term { name: "1".into(), origin: Origin::NONE, when, actions: vec![], then, otherwise: Flow::Next };
    let not_loopbacks = vec![PrefixRange { prefix: net("10.255.0.0/16"), min: 32, max: 32 }];
    let mut policy = Policy { name: "no-loopbacks".into(), at_end: AtEnd::Accept, ..Policy::default() };
    policy.terms.push(term(Cond::Prefix(not_loopbacks), Flow::Reject));
    let id = lab.device("b").policies.push(policy);
    let chain = PolicyChain { policies: vec![id], at_end: Verdict::Reject, origin: Origin::NONE };
    lab.ospf_area("b", Area { id: 1, filter_in: Some(chain), ..Area::default() });
    let ran = lab.run(compute);
    assert_eq!(
        ran.routes("a"),
        [
            "10.0.0.0/30 ospf_inter 20 via b",
            "10.0.2.0/30 ospf_inter 30 via b",
            "10.2.0.0/24 ospf_inter 35 via b",
            "10.2.1.0/24 ospf_inter 37 via b",
        ]
    );
    assert_eq!(ran.route("c", "10.255.0.1/32"), "10.255.0.1/32 ospf_inter 20 via b");
}

/// Area 3 hangs behind area 2: without a virtual link c..d it is cut off.
fn behind() -> Lab {
    let mut lab = Lab::new(&["a", "b", "c", "d", "e"]);
    lab.ospf_link("a", "b", "10.0.1.0/30", 1, 10);
    lab.ospf_link("b", "c", "10.0.0.0/30", 0, 10);
    lab.ospf_link("c", "d", "10.0.2.0/30", 2, 10);
    lab.ospf_link("d", "e", "10.0.3.0/30", 3, 10);
    lab
}

#[test]
fn a_virtual_link_joins_a_far_area() {
    let mut lab = behind();
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "10.0.3.0/30"), "");
    assert_eq!(ran.route("e", "10.0.1.0/30"), "");
    let link = |n: u8| VirtualLink { area: 2, neighbor: [10, 255, 0, n].into(), origin: Origin::NONE };
    lab.ospf("c").virtual_links.push(link(4));
    let ran = lab.run(compute);
    assert!(ran.sessions().contains(&"c-d the neighbour has no session configured back to d".to_owned()));
    lab.ospf("d").virtual_links.push(link(3));
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "10.0.3.0/30"), "10.0.3.0/30 ospf_inter 40 via b");
    assert_eq!(ran.route("e", "10.0.1.0/30"), "10.0.1.0/30 ospf_inter 40 via d");
    assert_eq!(ran.route("e", "10.0.2.0/30"), "10.0.2.0/30 ospf_inter 20 via d");
    assert_eq!(ran.route("d", "10.0.0.0/30"), "10.0.0.0/30 ospf_intra 20 via c");
    assert_eq!(ran.route("c", "10.0.3.0/30"), "10.0.3.0/30 ospf_inter 20 via d");
    assert_eq!(ran.sessions().iter().filter(|s| s.starts_with("c-d") || s.starts_with("d-c")).count(), 4);
}

#[test]
fn intra_area_beats_a_cheaper_inter_area_path() {
    // a and b are joined in area 1 (cost 100) and over the backbone through c (cost 2).
    let mut lab = Lab::new(&["a", "b", "c"]);
    lab.ospf_link("a", "b", "10.0.1.0/30", 1, 100);
    lab.ospf_link("a", "c", "10.0.2.0/30", 0, 1);
    lab.ospf_link("b", "c", "10.0.3.0/30", 0, 1);
    lab.ospf_stub("b", "lan", "10.1.0.1/24", 1, 1);
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "10.1.0.0/24"), "10.1.0.0/24 ospf_intra 101 via b");
    assert_eq!(ran.route("c", "10.1.0.0/24"), "10.1.0.0/24 ospf_inter 2 via b");
}

#[test]
fn border_routers_hear_summaries_only_from_the_backbone() {
    // a and b both border areas 0 and 1, but the backbone between them is cut: each has its own part.
    //   c --0-- a --1-- b --0-- d
    let mut lab = Lab::new(&["a", "b", "c", "d"]);
    lab.ospf_link("a", "b", "10.0.1.0/30", 1, 1);
    lab.ospf_link("a", "c", "10.0.2.0/30", 0, 1);
    lab.ospf_link("b", "d", "10.0.3.0/30", 0, 1);
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "10.0.3.0/30"), "");
    assert_eq!(ran.route("c", "10.0.1.0/30"), "10.0.1.0/30 ospf_inter 2 via a");
    assert_eq!(ran.route("c", "10.0.3.0/30"), "");
}

#[test]
fn what_frr_makes_of_ranges_and_stub_areas() {
    // b and c border areas 1 (stub) and 0; c is an AS boundary router too.
    //   [10.1.0.0/24] a --1-- b --0-- c     and b --1-- c
    let mut lab = Lab::new(&["a", "b", "c", "d"]);
    lab.ospf_link("a", "b", "10.0.1.0/30", 1, 10);
    lab.ospf_link("b", "c", "10.0.2.0/30", 0, 10);
    lab.ospf_link("b", "c", "10.0.3.0/30", 1, 50);
    lab.ospf_link("c", "d", "10.1.9.0/30", 2, 10);
    lab.ospf_stub("a", "lan", "10.1.0.1/24", 1, 5);
    for r in ["a", "b", "c"] {
        let kind = AreaKind::Stub { no_summary: r != "a", default: true };
        lab.ospf_area(r, Area { id: 1, kind, default_cost: 1, ..Area::default() });
    }
    lab.ospf_area("c", Area { id: 2, ranges: vec![range("10.1.8.0/21", true, None)], ..Area::default() });
    let kind = AreaKind::Stub { no_summary: true, default: true };
    lab.ospf_area("b", Area { id: 1, kind, default_cost: 1, ranges: vec![range("10.1.0.0/16", true, None)], ..Area::default() });
    lab.installed("c", "192.168.1.0/24", crate::model::route::Protocol::Static, &[crate::rib::Hop::DROP], 0);
    lab.ospf("c").redistribute.push(crate::model::ospf::OspfRedistribution {
        sources: vec![crate::model::policy::RouteSource::Static],
        policy: None,
        metric: Some(20),
        metric_type: 2,
        tag: 0,
        classful_only: false,
        origin: Origin::NONE,
    });
    let ran = lab.run(compute);
    assert_eq!(ran.route("b", "10.1.8.0/21"), "10.1.8.0/21 ospf_inter 20 via c");
    assert_eq!(ran.route("b", "192.168.1.0/24"), "192.168.1.0/24 ospf_e2 20 via c");
    assert_eq!(ran.route("a", "10.1.8.0/21"), "");
    for r in ["b", "c"] {
        let platform = &mut lab.device(r).platform;
        platform.ospf_range_hides_inside = true;
        platform.ospf_range_enters_no_summary = true;
        platform.ospf_stub_hides_boundary = true;
    }
    let ran = lab.run(compute);
    assert_eq!(ran.route("b", "10.1.8.0/21"), "", "b's own active range covers it");
    assert_eq!(ran.route("b", "192.168.1.0/24"), "", "the stub area's path to c wins, and does not call it a boundary router");
    assert_eq!(ran.route("a", "10.1.8.0/21"), "10.1.8.0/21 ospf_inter 70 via b", "over c's summary in area 1");
    assert_eq!(ran.route("a", "192.168.1.0/24"), "");
}

/// RFC 3509 §2.2 (Cisco's and IBM's border routers; `ospf_ia_routing`, live FRR 8.4): a border router that has lost all neighbours in the backbone
/// goes by the summaries of its other areas, but for the default route of a stub area, and tells nobody of them.
/// ```text
///   backbone: lo of b         area 1                    backbone
///        b ------10------ a ------10------ c ------10------ d      area 2: b --10-- e
/// ```
#[test]
fn a_border_router_without_neighbours_in_the_backbone_listens_everywhere() {
    let mut lab = Lab::new(&["a", "b", "c", "d", "e"]);
    lab.ospf_link("b", "a", "10.0.1.0/30", 1, 10);
    lab.ospf_link("a", "c", "10.0.2.0/30", 1, 10);
    lab.ospf_link("c", "d", "10.0.3.0/30", 0, 10);
    lab.ospf_link("b", "e", "10.0.4.0/30", 2, 10);
    for (r, area) in [("a", 1), ("b", 0), ("c", 0), ("d", 0), ("e", 2)] {
        lab.ospf_loopback(r, area);
    }
    lab.ospf_stub("d", "lan", "10.9.0.1/24", 0, 5);
    let ran = lab.run(compute);
    assert_eq!(ran.route("b", "10.9.0.0/24"), "10.9.0.0/24 ospf_inter 35 via a");
    assert_eq!(ran.route("e", "10.9.0.0/24"), "", "not told of inside area 2");
    assert_eq!(ran.route("e", "10.0.2.0/30"), "10.0.2.0/30 ospf_inter 30 via b", "what is in area 1 itself is");
    // With a neighbour in the backbone it goes by the backbone alone.
    lab.ospf_link("b", "d", "10.0.5.0/30", 0, 100);
    let ran = lab.run(compute);
    assert_eq!(ran.route("b", "10.9.0.0/24"), "10.9.0.0/24 ospf_intra 105 via d");
    assert_eq!(ran.route("e", "10.9.0.0/24"), "10.9.0.0/24 ospf_inter 115 via b");
    // As a stub area's.
    let mut lab = Lab::new(&["a", "b", "c", "d"]);
    lab.ospf_link("b", "a", "10.0.1.0/30", 1, 10);
    lab.ospf_link("a", "c", "10.0.2.0/30", 1, 10);
    lab.ospf_link("c", "d", "10.0.3.0/30", 0, 10);
    lab.ospf_loopback("b", 0);
    for r in ["a", "b", "c"] {
        let kind = AreaKind::Stub { no_summary: false, default: true };
        lab.ospf_area(r, Area { id: 1, kind, default_cost: 1, ..Area::default() });
    }
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "0.0.0.0/0"), "0.0.0.0/0 ospf_inter 11 via b+c");
    assert_eq!(ran.route("b", "10.0.3.0/30"), "10.0.3.0/30 ospf_inter 30 via a");
    assert_eq!(ran.route("b", "0.0.0.0/0"), "");
}
