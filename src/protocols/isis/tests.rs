//! IS-IS on small networks, with exact routes.

use crate::base::span::Origin;
use crate::model::interface::InterfaceId;
use crate::model::isis::{IsisDefault, IsisInterface, IsisLeak, IsisRedistribution, IsisSummary, Levels};
use crate::model::policy::{PolicyChain, RouteSource};
use crate::model::route::{Family, Protocol};
use crate::protocols::isis::compute;
use crate::protocols::testing::{Case, Lab, isis_interface, net};
use crate::rib::Hop;

const L1: Levels = Levels { l1: true, l2: false };
const L2: Levels = Levels { l1: false, l2: true };

/// ```text
///   a --10-- b
///   |        |      level 2 only, loopbacks at metric 0
///   10       10
///   |        |
///   c --10-- d
/// ```
fn square() -> Lab {
    let mut lab = Lab::new(&["a", "b", "c", "d"]);
    for (a, b, subnet) in
        [("a", "b", "10.0.1.0/30"), ("a", "c", "10.0.2.0/30"), ("b", "d", "10.0.3.0/30"), ("c", "d", "10.0.4.0/30")]
    {
        lab.isis_link(a, b, subnet, 10);
    }
    for r in ["a", "b", "c", "d"] {
        lab.isis(r).levels = L2;
    }
    lab
}

#[test]
fn ecmp_at_level_2() {
    let ran = square().run(compute);
    assert_eq!(
        ran.routes("a"),
        [
            "10.0.3.0/30 isis_l2 20 via b",
            "10.0.4.0/30 isis_l2 20 via c",
            "10.255.0.2/32 isis_l2 10 via b",
            "10.255.0.3/32 isis_l2 10 via c",
            "10.255.0.4/32 isis_l2 20 via b+c",
        ]
    );
    assert_eq!(ran.hops("a", "10.255.0.2/32"), [Hop::via("10.0.1.2".parse().unwrap(), InterfaceId(1))]);
    assert!(ran.sessions().iter().all(|s| s.ends_with(" up")), "{:?}", ran.sessions());
}

#[test]
fn nothing_passes_an_overloaded_router() {
    let mut lab = square();
    lab.isis("b").overload = true;
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "10.255.0.4/32"), "10.255.0.4/32 isis_l2 20 via c");
    assert_eq!(ran.route("a", "10.255.0.2/32"), "10.255.0.2/32 isis_l2 10 via b");
    assert_eq!(ran.route("b", "10.255.0.4/32"), "10.255.0.4/32 isis_l2 10 via d");
}

/// ```text
///   area 1        |      area 2
///   a --10-- b --10-- c --10-- d       a, d level 1; b, c both
/// ```
fn two_areas() -> Lab {
    let mut lab = Lab::new(&["a", "b", "c", "d"]);
    lab.isis_link("a", "b", "10.0.1.0/30", 10);
    lab.isis_link("b", "c", "10.0.2.0/30", 10);
    lab.isis_link("c", "d", "10.0.3.0/30", 10);
    lab.isis("a").levels = L1;
    lab.isis("d").levels = L1;
    for r in ["c", "d"] {
        lab.isis(r).areas = vec!["490002".into()];
    }
    lab
}

#[test]
fn level_1_goes_up_and_a_default_comes_down() {
    let ran = two_areas().run(compute);
    assert_eq!(ran.routes("a"), ["0.0.0.0/0 isis_l1 10 via b", "10.0.2.0/30 isis_l1 20 via b", "10.255.0.2/32 isis_l1 10 via b"]);
    assert_eq!(
        ran.routes("b"),
        [
            "10.0.3.0/30 isis_l2 20 via c",
            "10.255.0.1/32 isis_l1 10 via a",
            "10.255.0.3/32 isis_l2 10 via c",
            "10.255.0.4/32 isis_l2 20 via c",
        ]
    );
    assert_eq!(ran.sessions(), ["a-b up", "b-a up", "b-c up", "c-b up", "c-d up", "d-c up"]);
}

#[test]
fn the_attached_bit_can_be_ignored_or_not_sent() {
    let mut lab = two_areas();
    lab.isis("a").ignore_attached = true;
    assert_eq!(lab.run(compute).route("a", "0.0.0.0/0"), "");
    let mut lab = two_areas();
    lab.isis("b").suppress_attached = true;
    assert_eq!(lab.run(compute).route("a", "0.0.0.0/0"), "");
    // One area only: nobody is attached, unless the OS counts any level 2 neighbour.
    let mut lab = two_areas();
    for r in ["c", "d"] {
        lab.isis(r).areas = vec!["490001".into()];
    }
    for (r, i) in [("b", "c"), ("c", "b")] {
        lab.isis_on(r, i).levels = L2;
    }
    assert_eq!(lab.run(compute).route("a", "0.0.0.0/0"), "");
    lab.device("b").platform.isis_attached_by_adjacency = true;
    assert_eq!(lab.run(compute).route("a", "0.0.0.0/0"), "0.0.0.0/0 isis_l1 10 via b");
    // Of both levels, but alone at level 2.
    lab.isis("a").levels = crate::model::isis::Levels::BOTH;
    lab.isis_on("a", "b").levels = L1;
    assert_eq!(lab.run(compute).route("a", "0.0.0.0/0"), "");
    lab.device("a").platform.isis_attached_by_adjacency = true;
    assert_eq!(lab.run(compute).route("a", "0.0.0.0/0"), "0.0.0.0/0 isis_l1 10 via b");
}

#[test]
fn a_circuit_of_one_level_shows_at_that_level_but_in_frr_at_both() {
    let mut lab = two_areas();
    for (r, i) in [("b", "c"), ("c", "b")] {
        lab.isis_on(r, i).levels = L2;
    }
    assert_eq!(lab.run(compute).route("a", "10.0.2.0/30"), "");
    lab.device("b").platform.isis_subnets_at_both_levels = true;
    assert_eq!(lab.run(compute).route("a", "10.0.2.0/30"), "10.0.2.0/30 isis_l1 20 via b");
}

#[test]
fn leaking_down_is_by_policy_and_does_not_go_up_again() {
    let mut lab = two_areas();
    lab.isis("b").leak_l2_to_l1 = Some(IsisLeak { policy: None, origin: Origin::NONE });
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "10.255.0.4/32"), "10.255.0.4/32 isis_ia 30 via b");
    assert_eq!(ran.route("b", "10.255.0.4/32"), "10.255.0.4/32 isis_l2 20 via c");
    // Some OSes let nothing up.
    lab.device("b").platform.isis_level1_goes_up = false;
    let ran = lab.run(compute);
    assert_eq!((ran.route("c", "10.255.0.1/32"), ran.route("c", "10.255.0.2/32").is_empty()), (String::new(), false));
    lab.device("b").platform.isis_level1_goes_up = true;
    // Up by policy only: a chain without policies refuses all.
    lab.isis("b").leak_l1_to_l2 = Some(IsisLeak { policy: Some(PolicyChain::default()), origin: Origin::NONE });
    let ran = lab.run(compute);
    assert_eq!(ran.route("c", "10.255.0.1/32"), "");
    assert_eq!(ran.route("c", "10.255.0.2/32"), "10.255.0.2/32 isis_l2 10 via b");
}

#[test]
fn summaries_replace_what_comes_up() {
    let mut lab = two_areas();
    lab.isis("b").summaries.push(IsisSummary { prefix: net("10.255.0.0/24"), levels: L2, metric: None, origin: Origin::NONE });
    let ran = lab.run(compute);
    assert_eq!(ran.route("c", "10.255.0.0/24"), "10.255.0.0/24 isis_l2 10 via b");
    assert_eq!((ran.route("c", "10.255.0.1/32"), ran.route("c", "10.255.0.2/32")), (String::new(), String::new()));
    assert_eq!(ran.route("a", "10.255.0.2/32"), "10.255.0.2/32 isis_l1 10 via b");
}

#[test]
fn redistribution_defaults_and_narrow_external_metrics() {
    let mut lab = square();
    lab.installed("a", "192.168.1.0/24", Protocol::Static, &[Hop::DROP], 0);
    lab.installed("a", "0.0.0.0/0", Protocol::Static, &[Hop::DROP], 0);
    let line = |external| IsisRedistribution {
        sources: vec![RouteSource::Static],
        family: Some(Family::V4),
        policy: None,
        metric: Some(5),
        metric_external: external,
        levels: L2,
        origin: Origin::NONE,
    };
    lab.isis("a").redistribute.push(line(true));
    let ran = lab.run(compute);
    assert_eq!(ran.route("d", "192.168.1.0/24"), "192.168.1.0/24 isis_l2 25 via b+c");
    assert_eq!(ran.route("d", "0.0.0.0/0"), "", "only default-information originate sends one");
    lab.isis("a").default_originate = Some(IsisDefault {
        always: false,
        policy: None,
        metric: 0,
        levels: L2,
        families: vec![Family::V4],
        origin: Origin::NONE,
    });
    for r in ["a", "b", "c", "d"] {
        (lab.isis(r).wide, lab.isis(r).narrow) = ([false; 2], [true; 2]);
        lab.device(r).platform.isis_narrow_external_offset = 64;
    }
    lab.isis_on("b", "d").metric = [10, 500];
    lab.isis_on("d", "b").metric = [10, 500];
    lab.isis("d").distance = [115, 115, 115, 165];
    let ran = lab.run(compute);
    assert_eq!(ran.route("d", "0.0.0.0/0"), "0.0.0.0/0 isis_l2 20 via c");
    // 500 does not fit a narrow metric: 63.
    assert_eq!(ran.route("d", "10.0.1.0/30"), "10.0.1.0/30 isis_l2 30 via c");
    assert_eq!(ran.full("d").last().unwrap(), "192.168.1.0/24 isis_l2 [165/89] tag 0 via c");
}

#[test]
fn metric_styles_must_fit() {
    let mut lab = square();
    (lab.isis("b").wide, lab.isis("b").narrow) = ([false; 2], [true; 2]);
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "10.255.0.2/32"), "");
    assert_eq!(ran.route("a", "10.255.0.4/32"), "10.255.0.4/32 isis_l2 20 via c");
    assert_eq!(ran.outcome.findings.iter().filter(|f| f.code.0 == "T-isis-metric-style").count(), 2);
    lab.isis("b").wide = [true; 2];
    assert_eq!(lab.run(compute).route("a", "10.255.0.4/32"), "10.255.0.4/32 isis_l2 20 via b+c");
}

#[test]
fn mismatches_say_what_differs() {
    let said = |change: fn(&mut Lab)| {
        let mut lab = Lab::new(&["a", "b"]);
        lab.isis_link("a", "b", "10.0.1.0/30", 10);
        change(&mut lab);
        lab.run(compute).sessions()
    };
    let cases: [Case; 9] = [
        (|l| (l.isis("a").levels, l.isis("b").levels) = (L1, L2), "a-b no common level: level 1 here, level 2 there"),
        (
            |l| (l.isis("a").levels, l.isis("b").areas) = (L1, vec!["490002".into()]),
            "a-b level 1 area mismatch: 490001 here, 490002 there",
        ),
        (|l| l.isis_on("b", "a").point_to_point = false, "a-b network type mismatch: point-to-point here, broadcast there"),
        (|l| l.isis_on("b", "a").auth = [Some("x".into()), Some("x".into())], "a-b authentication differs"),
        (|l| l.isis("b").system_id = "000000000001".into(), "a-b both ends have system id 000000000001"),
        (|l| l.isis_on("b", "a").passive = true, "a-b the neighbour's interface is passive"),
        (|l| l.device("b").interfaces[InterfaceId(1)].mtu = Some(9000), "a-b MTU mismatch: 1500 here, 9000 there"),
        (|l| l.isis_on("b", "a").families = vec![Family::V6], "a-b address families differ: ipv4 here, ipv6 there"),
        (|l| l.device("b").isis.clear(), "a-? no neighbour speaks the protocol on this segment"),
    ];
    for (change, text) in cases {
        assert_eq!(said(change)[0], text);
    }
    assert_eq!(said(|l| l.isis("b").areas = vec!["490002".into()]), ["a-b up", "b-a up"], "level 2 only");
}

#[test]
fn a_lan_needs_no_costs_out() {
    let mut lab = Lab::new(&["a", "b", "c"]);
    let mut ends = Vec::new();
    for (n, r) in ["a", "b", "c"].iter().enumerate() {
        let i = lab.interface(r, "lan", &format!("10.1.0.{}/24", n + 1));
        lab.isis(r).interfaces.push(IsisInterface { point_to_point: false, ..isis_interface(i, 10 + n as u32) });
        ends.push((*r, i));
    }
    lab.cable(ends[0], ends[1]);
    lab.cable(ends[0], ends[2]);
    let ran = lab.run(compute);
    assert_eq!(ran.routes("a"), ["10.255.0.2/32 isis_l1 10 via lan", "10.255.0.3/32 isis_l1 10 via lan"]);
    assert_eq!(ran.hops("a", "10.255.0.3/32")[0].ip, Some("10.1.0.3".parse().unwrap()));
    assert_eq!(ran.route("c", "10.255.0.1/32"), "10.255.0.1/32 isis_l1 12 via lan");
}

/// a - b - c with IPv4 and IPv6; a - c carries IPv4 only, and is shorter.
fn dual_stack() -> Lab {
    let mut lab = Lab::new_v6(&["a", "b", "c"]);
    lab.isis_link("a", "b", "10.0.1.0/30", 10);
    lab.isis_link("b", "c", "10.0.2.0/30", 10);
    lab.isis_link("a", "c", "10.0.3.0/30", 1);
    for r in ["a", "b", "c"] {
        lab.isis(r).levels = L2;
    }
    for (r, i) in [("a", "c"), ("c", "a")] {
        lab.isis_on(r, i).families = vec![Family::V4];
    }
    lab
}

#[test]
fn one_topology_for_both_families_loses_ipv6_on_ipv4_links() {
    let mut lab = dual_stack();
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "10.255.0.3/32"), "10.255.0.3/32 isis_l2 1 via c");
    assert_eq!(ran.route("a", "2001:db8:ff::3/128"), "", "the shortest path does not carry it");
    lab.isis_on("c", "a").families = vec![Family::V4, Family::V6];
    assert_eq!(lab.run(compute).outcome.findings[0].code.0, "T-isis-family-mismatch");
}

#[test]
fn multi_topology_goes_round() {
    let mut lab = dual_stack();
    for r in ["a", "b", "c"] {
        lab.isis(r).multi_topology = true;
    }
    lab.isis_on("a", "b").metric_v6 = [None, Some(7)];
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "10.255.0.3/32"), "10.255.0.3/32 isis_l2 1 via c");
    assert_eq!(ran.route("a", "2001:db8:ff::3/128"), "2001:db8:ff::3/128 isis_l2 17 via b");
    assert_eq!(ran.hops("a", "2001:db8:ff::3/128"), [Hop::out(InterfaceId(1))]);
}
