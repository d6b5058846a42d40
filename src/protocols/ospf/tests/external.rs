//! Redistribution, default routes, forwarding addresses, NSSA.

use std::net::IpAddr;

use crate::base::span::Origin;
use crate::model::interface::InterfaceId;
use crate::model::ospf::{Area, AreaKind, NetworkType, OspfDefault, OspfInterface, OspfRedistribution, Summary, Translate};
use crate::model::platform::ForwardingAddressRule;
use crate::model::policy::RouteSource;
use crate::model::route::Protocol;
use crate::protocols::ospf::compute;
use crate::protocols::testing::{Lab, net, ospf_interface};
use crate::rib::Hop;

fn from_static(metric: u32, metric_type: u8) -> OspfRedistribution {
    OspfRedistribution {
        sources: vec![RouteSource::Static],
        policy: None,
        metric: Some(metric),
        metric_type,
        tag: 0,
        classful_only: false,
        origin: Origin::NONE,
    }
}

/// a --10-- b --10-- c, one area; statics on a and c.
fn line(area: u32) -> Lab {
    let mut lab = Lab::new(&["a", "b", "c"]);
    lab.ospf_link("a", "b", "10.0.1.0/30", area, 10);
    lab.ospf_link("b", "c", "10.0.2.0/30", area, 20);
    lab
}

#[test]
fn type_1_adds_the_way_type_2_does_not() {
    let mut lab = line(0);
    lab.installed("a", "192.168.1.0/24", Protocol::Static, &[Hop::DROP], 7);
    lab.ospf("a").redistribute.push(from_static(50, 1));
    let ran = lab.run(compute);
    assert_eq!(ran.full("c"), ["10.0.1.0/30 ospf_intra [110/30] tag 0 via b", "192.168.1.0/24 ospf_e1 [110/80] tag 7 via b"]);
    lab.ospf("a").redistribute[0] = from_static(50, 2);
    lab.ospf("c").distance = [110, 110, 150];
    assert_eq!(lab.run(compute).full("c")[1], "192.168.1.0/24 ospf_e2 [150/50] tag 7 via b");
}

#[test]
fn type_2_ties_go_to_the_nearest_and_type_1_always_wins() {
    let mut lab = line(0);
    for r in ["a", "c"] {
        lab.installed(r, "192.168.1.0/24", Protocol::Static, &[Hop::DROP], 0);
        lab.ospf(r).redistribute.push(from_static(50, 2));
    }
    assert_eq!(lab.run(compute).route("b", "192.168.1.0/24"), "192.168.1.0/24 ospf_e2 50 via a");
    lab.ospf("c").redistribute[0].metric = Some(49);
    assert_eq!(lab.run(compute).route("b", "192.168.1.0/24"), "192.168.1.0/24 ospf_e2 49 via c");
    lab.ospf("a").redistribute[0] = from_static(5000, 1);
    assert_eq!(lab.run(compute).route("b", "192.168.1.0/24"), "192.168.1.0/24 ospf_e1 5010 via a");
    lab.ospf("c").redistribute[0] = from_static(4990, 1);
    assert_eq!(lab.run(compute).route("b", "192.168.1.0/24"), "192.168.1.0/24 ospf_e1 5010 via a+c");
}

#[test]
fn a_default_is_sent_if_there_is_one_or_always() {
    let mut lab = line(0);
    let default = |always| OspfDefault { always, metric: None, metric_type: 2, policy: None, tag: 0, origin: Origin::NONE };
    lab.ospf("a").default_originate = Some(default(false));
    assert_eq!(lab.run(compute).route("c", "0.0.0.0/0"), "");
    lab.installed("a", "0.0.0.0/0", Protocol::OspfE2, &[Hop::DROP], 0);
    assert_eq!(lab.run(compute).route("c", "0.0.0.0/0"), "", "its own default does not count");
    lab.installed("a", "0.0.0.0/0", Protocol::Static, &[Hop::DROP], 0);
    assert_eq!(lab.run(compute).route("c", "0.0.0.0/0"), "0.0.0.0/0 ospf_e2 1 via b");
    let mut lab = line(0);
    lab.ospf("a").default_originate = Some(default(true));
    assert_eq!(lab.run(compute).route("c", "0.0.0.0/0"), "0.0.0.0/0 ospf_e2 1 via b");
    // `redistribute static` alone sends no default.
    let mut lab = line(0);
    lab.installed("a", "0.0.0.0/0", Protocol::Static, &[Hop::DROP], 0);
    lab.ospf("a").redistribute.push(from_static(20, 2));
    assert_eq!(lab.run(compute).route("c", "0.0.0.0/0"), "");
    lab.device("a").platform.redistribute_default = true;
    assert_eq!(lab.run(compute).route("c", "0.0.0.0/0"), "0.0.0.0/0 ospf_e2 20 via b");
}

#[test]
fn classful_and_summarised() {
    let mut lab = line(0);
    for p in ["10.0.0.0/8", "172.20.1.0/24", "172.20.2.0/24"] {
        lab.installed("a", p, Protocol::Static, &[Hop::DROP], 0);
    }
    lab.ospf("a").redistribute.push(OspfRedistribution { classful_only: true, ..from_static(20, 2) });
    let externals = |lab: &Lab, r| -> Vec<String> {
        lab.run(compute).routes(r).into_iter().filter(|l| l.contains("_e") || l.contains("drop")).collect()
    };
    assert_eq!(externals(&lab, "c"), ["10.0.0.0/8 ospf_e2 20 via b"]);
    lab.ospf("a").redistribute[0].classful_only = false;
    lab.ospf("a").external_summaries.push(Summary {
        prefix: net("172.20.0.0/16"),
        advertise: true,
        cost: None,
        tag: 5,
        origin: Origin::NONE,
    });
    assert_eq!(externals(&lab, "c"), ["10.0.0.0/8 ospf_e2 20 via b", "172.20.0.0/16 ospf_e2 20 via b"]);
    assert_eq!(externals(&lab, "a"), ["172.20.0.0/16 ospf_intra 0 via drop"]);
}

/// `a`, `b`, and a router outside OSPF (10.1.0.9) on a LAN; `c` behind `b`. `a` has a static through 10.1.0.9.
fn with_forwarding_address() -> Lab {
    let mut lab = Lab::new(&["a", "b", "c"]);
    let mut ends = Vec::new();
    for (n, r) in ["a", "b"].iter().enumerate() {
        let i = lab.interface(r, "lan", &format!("10.1.0.{}/24", n + 1));
        lab.ospf(r).interfaces.push(OspfInterface { network: NetworkType::Broadcast, ..ospf_interface(i, 0, 10) });
        ends.push((*r, i));
    }
    lab.cable(ends[0], ends[1]);
    lab.ospf_link("b", "c", "10.0.2.0/30", 0, 1);
    lab.installed("a", "192.168.1.0/24", Protocol::Static, &[Hop::via("10.1.0.9".parse().unwrap(), InterfaceId(1))], 0);
    lab.ospf("a").redistribute.push(from_static(20, 1));
    lab
}

#[test]
fn a_forwarding_address_spares_the_detour() {
    let mut lab = with_forwarding_address();
    let ran = lab.run(compute);
    assert_eq!(ran.hops("b", "192.168.1.0/24"), [Hop::via("10.1.0.9".parse().unwrap(), InterfaceId(1))]);
    assert_eq!(ran.route("b", "192.168.1.0/24"), "192.168.1.0/24 ospf_e1 30 via lan");
    assert_eq!(ran.route("c", "192.168.1.0/24"), "192.168.1.0/24 ospf_e1 31 via b");
    let a: IpAddr = "10.1.0.1".parse().unwrap();
    lab.device("a").platform.ospf_forwarding_address = ForwardingAddressRule::Never;
    assert_eq!(lab.run(compute).hops("b", "192.168.1.0/24")[0].ip, Some(a));
    // On a point-to-point interface IOS sets none, FRR does.
    let mut lab = with_forwarding_address();
    for r in ["a", "b"] {
        lab.ospf_on(r, "lan").network = NetworkType::PointToPoint;
    }
    assert_eq!(lab.run(compute).hops("b", "192.168.1.0/24")[0].ip, Some(a));
    lab.device("a").platform.ospf_forwarding_address = ForwardingAddressRule::AnyOspfSubnet;
    assert_ne!(lab.run(compute).hops("b", "192.168.1.0/24")[0].ip, Some(a));
    // As near over another link to a as over the own port (live FRR 8.4, a random network): both.
    lab.ospf_on("a", "lan").cost = 5;
    lab.ospf_link("b", "a", "10.0.9.0/30", 0, 5);
    let both: [IpAddr; 2] = ["10.0.9.2".parse().unwrap(), "10.1.0.9".parse().unwrap()];
    assert_eq!(lab.run(compute).hops("b", "192.168.1.0/24").iter().filter_map(|h| h.ip).collect::<Vec<IpAddr>>(), both);
}

/// ```text
///   NSSA 1            area 0
///   a --10-- b ---10--- d        a redistributes; b and c border the NSSA
///    \--10-- c ---10---/
/// ```
fn nssa(no_summary: bool, default: bool) -> Lab {
    let mut lab = Lab::new(&["a", "b", "c", "d"]);
    lab.ospf_link("a", "b", "10.0.1.0/30", 1, 10);
    lab.ospf_link("a", "c", "10.0.2.0/30", 1, 10);
    lab.ospf_link("b", "d", "10.0.3.0/30", 0, 10);
    lab.ospf_link("c", "d", "10.0.4.0/30", 0, 10);
    lab.ospf_loopback("a", 1);
    for r in ["a", "b", "c"] {
        let border = r != "a";
        let kind = nssa_area(no_summary && border, default && border);
        lab.ospf_area(r, Area { id: 1, kind, default_cost: 4, ..Area::default() });
    }
    lab.installed("a", "192.168.1.0/24", Protocol::Static, &[Hop::DROP], 3);
    lab.ospf("a").redistribute.push(from_static(50, 2));
    lab
}

fn nssa_area(no_summary: bool, default: bool) -> AreaKind {
    AreaKind::Nssa {
        no_summary,
        default,
        default_type: 2,
        no_redistribution: false,
        translate: Translate::Candidate,
        suppress_forwarding_address: false,
    }
}

#[test]
fn an_nssa_is_translated_by_one_border_router_with_a_forwarding_address() {
    let mut lab = nssa(false, false);
    let ran = lab.run(compute);
    assert_eq!(ran.route("b", "192.168.1.0/24"), "192.168.1.0/24 ospf_n2 50 via a");
    // c (higher id) translates, but the forwarding address leads over b and c alike.
    assert_eq!(ran.route("d", "192.168.1.0/24"), "192.168.1.0/24 ospf_e2 50 via b+c");
    assert_eq!(ran.route("a", "10.0.3.0/30"), "10.0.3.0/30 ospf_inter 20 via b");
    if let AreaKind::Nssa { suppress_forwarding_address, .. } = &mut lab.ospf("c").areas[0].kind {
        *suppress_forwarding_address = true;
    }
    assert_eq!(lab.run(compute).route("d", "192.168.1.0/24"), "192.168.1.0/24 ospf_e2 50 via c");
    for r in ["b", "c"] {
        if let AreaKind::Nssa { translate, .. } = &mut lab.ospf(r).areas[0].kind {
            *translate = Translate::Never;
        }
    }
    assert_eq!(lab.run(compute).route("d", "192.168.1.0/24"), "");
}

#[test]
fn externals_do_not_enter_an_nssa_but_its_border_routers_tell_their_own() {
    let mut lab = nssa(false, true);
    lab.installed("d", "192.168.4.0/24", Protocol::Static, &[Hop::DROP], 0);
    lab.ospf("d").redistribute.push(from_static(9, 2));
    lab.installed("b", "192.168.2.0/24", Protocol::Static, &[Hop::DROP], 0);
    lab.ospf("b").redistribute.push(from_static(9, 2));
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "192.168.4.0/24"), "");
    assert_eq!(ran.route("b", "192.168.4.0/24"), "192.168.4.0/24 ospf_e2 9 via d");
    assert_eq!(ran.route("a", "192.168.2.0/24"), "192.168.2.0/24 ospf_n2 9 via b");
    assert_eq!(ran.route("d", "192.168.2.0/24"), "192.168.2.0/24 ospf_e2 9 via b");
    assert_eq!(ran.route("a", "0.0.0.0/0"), "0.0.0.0/0 ospf_n2 4 via b+c");
    assert_eq!(nssa(true, true).run(compute).route("a", "0.0.0.0/0"), "0.0.0.0/0 ospf_inter 14 via b+c");
}

/// ```text
///          area 1 (NSSA)   area 3 (NSSA)
///   b --10-- a --10-- c ------ f         f redistributes, c translates; c redistributes too
///   | \---10-- d --10-/ area 0
///   1          |
///   e ---100---/  area 2
/// ```
/// Live FRR 8.4 (`ospf-multiarea-1002-29` and `-1003-11` of tests/frr).
#[test]
fn what_frr_makes_of_boundary_routers_behind_an_nssa() {
    let mut lab = nssa_with_others();
    let ran = lab.run(compute);
    assert_eq!(ran.route("b", "192.168.3.0/24"), "192.168.3.0/24 ospf_n2 9 via a", "c's type 7 LSA");
    assert_eq!(ran.route("e", "192.168.3.0/24"), "192.168.3.0/24 ospf_e2 9 via b");
    assert_eq!(ran.route("b", "172.24.1.0/24"), "172.24.1.0/24 ospf_e2 9 via d");
    for r in ["a", "b", "c", "d", "e", "f"] {
        lab.device(r).platform.ospf_stub_hides_boundary = true;
    }
    let ran = lab.run(compute);
    assert_eq!(ran.route("b", "192.168.3.0/24"), "192.168.3.0/24 ospf_n2 9 via a");
    assert_eq!(ran.route("e", "192.168.3.0/24"), "192.168.3.0/24 ospf_e2 9 via d", "b tells nobody of c");
    assert_eq!(ran.route("b", "172.24.1.0/24"), "", "c's type 5 LSA goes for nothing");
    assert_eq!(ran.route("d", "172.24.1.0/24"), "172.24.1.0/24 ospf_e2 9 via c");
}

fn nssa_with_others() -> Lab {
    let mut lab = Lab::new(&["a", "b", "c", "d", "e", "f"]);
    lab.ospf_link("a", "b", "10.0.1.0/30", 1, 10);
    lab.ospf_link("a", "c", "10.0.2.0/30", 1, 10);
    lab.ospf_link("b", "d", "10.0.3.0/30", 0, 10);
    lab.ospf_link("c", "d", "10.0.4.0/30", 0, 10);
    lab.ospf_link("b", "e", "10.0.5.0/30", 2, 1);
    lab.ospf_link("d", "e", "10.0.6.0/30", 2, 100);
    lab.ospf_link("c", "f", "10.0.7.0/30", 3, 10);
    let kind = nssa_area(false, false);
    for (r, id) in [("a", 1), ("b", 1), ("c", 1), ("c", 3), ("f", 3)] {
        lab.ospf_area(r, Area { id, kind, default_cost: 1, ..Area::default() });
    }
    for (r, prefix) in [("c", "192.168.3.0/24"), ("f", "172.24.1.0/24")] {
        lab.installed(r, prefix, Protocol::Static, &[Hop::DROP], 0);
        lab.ospf(r).redistribute.push(from_static(9, 2));
    }
    lab
}

#[test]
fn externals_do_not_enter_a_stub_area() {
    let mut lab = line(0);
    let kind = AreaKind::Stub { no_summary: false, default: true };
    for r in ["b", "c"] {
        lab.ospf_area(r, Area { id: 5, kind, default_cost: 1, ..Area::default() });
    }
    lab.ospf_on("b", "c").area = 5;
    lab.ospf_on("c", "b").area = 5;
    lab.installed("a", "192.168.1.0/24", Protocol::Static, &[Hop::DROP], 0);
    lab.ospf("a").redistribute.push(from_static(50, 2));
    let ran = lab.run(compute);
    assert_eq!(ran.route("b", "192.168.1.0/24"), "192.168.1.0/24 ospf_e2 50 via a");
    assert_eq!(ran.routes("c"), ["0.0.0.0/0 ospf_inter 21 via b", "10.0.1.0/30 ospf_inter 30 via b"]);
}

#[test]
fn externals_cross_areas_over_summaries_of_their_router() {
    let mut lab = line(0);
    lab.ospf_on("b", "c").area = 5;
    lab.ospf_on("c", "b").area = 5;
    lab.installed("a", "192.168.1.0/24", Protocol::Static, &[Hop::DROP], 0);
    lab.ospf("a").redistribute.push(from_static(50, 1));
    assert_eq!(lab.run(compute).route("c", "192.168.1.0/24"), "192.168.1.0/24 ospf_e1 80 via b");
}
