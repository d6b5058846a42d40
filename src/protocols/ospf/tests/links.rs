//! Adjacencies, networks, ECMP, OSPFv3.

use crate::model::interface::InterfaceId;
use crate::model::ospf::NetworkType;
use crate::protocols::ospf::compute;
use crate::protocols::testing::{Case, Lab, ospf_interface};
use crate::rib::Hop;

/// ```text
///   a --10-- b
///   |        |      loopbacks in area 0 at cost 0
///   10       10
///   |        |
///   c --10-- d --5-- [10.9.0.0/24]
/// ```
fn square() -> Lab {
    let mut lab = Lab::new(&["a", "b", "c", "d"]);
    for (a, b, subnet) in
        [("a", "b", "10.0.1.0/30"), ("a", "c", "10.0.2.0/30"), ("b", "d", "10.0.3.0/30"), ("c", "d", "10.0.4.0/30")]
    {
        lab.ospf_link(a, b, subnet, 0, 10);
    }
    for r in ["a", "b", "c", "d"] {
        lab.ospf_loopback(r, 0);
    }
    lab.ospf_stub("d", "lan", "10.9.0.1/24", 0, 5);
    lab
}

#[test]
fn ecmp_over_point_to_point_links() {
    let ran = square().run(compute);
    assert_eq!(
        ran.routes("a"),
        [
            "10.0.3.0/30 ospf_intra 20 via b",
            "10.0.4.0/30 ospf_intra 20 via c",
            "10.9.0.0/24 ospf_intra 25 via b+c",
            "10.255.0.2/32 ospf_intra 10 via b",
            "10.255.0.3/32 ospf_intra 10 via c",
            "10.255.0.4/32 ospf_intra 20 via b+c",
        ]
    );
    assert_eq!(ran.hops("a", "10.0.3.0/30"), [Hop::via("10.0.1.2".parse().unwrap(), InterfaceId(1))]);
    assert_eq!(ran.sessions().len(), 8);
    assert!(ran.sessions().iter().all(|s| s.ends_with(" up")), "{:?}", ran.sessions());
    assert!(ran.outcome.findings.is_empty());
}

#[test]
fn max_paths_keeps_the_lowest_addresses() {
    let mut lab = square();
    lab.ospf("a").max_paths = 1;
    assert_eq!(lab.run(compute).route("a", "10.9.0.0/24"), "10.9.0.0/24 ospf_intra 25 via b");
}

#[test]
fn a_stub_router_is_the_last_resort() {
    let mut lab = square();
    lab.ospf("b").stub_router = true;
    let ran = lab.run(compute);
    assert_eq!(ran.route("a", "10.9.0.0/24"), "10.9.0.0/24 ospf_intra 25 via c");
    assert_eq!(ran.route("a", "10.255.0.2/32"), "10.255.0.2/32 ospf_intra 10 via b");
}

/// Three routers and a stub router on a LAN 10.1.0.0/24 with cost 10; `d` hangs behind `c`.
fn lan() -> Lab {
    let mut lab = Lab::new(&["a", "b", "c", "d"]);
    let mut ends = Vec::new();
    for (n, r) in ["a", "b", "c"].iter().enumerate() {
        let i = lab.interface(r, "lan", &format!("10.1.0.{}/24", n + 1));
        lab.ospf(r)
            .interfaces
            .push(crate::model::ospf::OspfInterface { network: NetworkType::Broadcast, ..ospf_interface(i, 0, 10) });
        lab.ospf_loopback(r, 0);
        ends.push((*r, i));
    }
    // A star of cables stands for the switch.
    lab.cable(ends[0], ends[1]);
    lab.cable(ends[0], ends[2]);
    lab.ospf_link("c", "d", "10.2.0.0/30", 0, 1);
    lab.ospf_loopback("d", 0);
    lab
}

#[test]
fn over_a_network_the_neighbour_is_the_next_hop() {
    let ran = lan().run(compute);
    assert_eq!(
        ran.routes("a"),
        [
            "10.2.0.0/30 ospf_intra 11 via lan",
            "10.255.0.2/32 ospf_intra 10 via lan",
            "10.255.0.3/32 ospf_intra 10 via lan",
            "10.255.0.4/32 ospf_intra 11 via lan",
        ]
    );
    assert_eq!(ran.hops("a", "10.255.0.4/32")[0].ip, Some("10.1.0.3".parse().unwrap()));
    assert_eq!(ran.route("d", "10.1.0.0/24"), "10.1.0.0/24 ospf_intra 11 via c");
}

#[test]
fn without_a_designated_router_there_is_no_network() {
    let mut lab = lan();
    for r in ["a", "b", "c"] {
        lab.ospf_on(r, "lan").priority = 0;
    }
    let ran = lab.run(compute);
    assert_eq!(ran.routes("a"), [""; 0]);
    assert_eq!(ran.outcome.findings[0].code.0, "T-ospf-no-dr");
    assert!(
        ran.sessions().contains(&"a-b no router on the segment may become designated router: all priorities are 0".to_owned())
    );
    // One that may is enough.
    lab.ospf_on("b", "lan").priority = 1;
    assert_eq!(lab.run(compute).route("a", "10.255.0.4/32"), "10.255.0.4/32 ospf_intra 11 via lan");
}

#[test]
fn mismatches_say_what_differs() {
    let said = |change: fn(&mut Lab)| {
        let mut lab = Lab::new(&["a", "b"]);
        lab.ospf_link("a", "b", "10.0.1.0/30", 0, 10);
        change(&mut lab);
        lab.run(compute).sessions()
    };
    let cases: [Case; 11] = [
        (|l| l.ospf_on("b", "a").area = 1, "a-b area mismatch: area 0 here, area 1 there"),
        (|l| l.ospf_on("b", "a").hello = 5, "a-b hello interval mismatch: 10 s here, 5 s there"),
        (|l| l.ospf_on("b", "a").dead = 20, "a-b dead interval mismatch: 40 s here, 20 s there"),
        (|l| l.ospf_on("b", "a").auth = Some("md5 1 x".into()), "a-b authentication differs"),
        (|l| l.ospf_on("b", "a").passive = true, "a-b the neighbour's interface is passive"),
        (
            |l| l.ospf_on("b", "a").network = NetworkType::Broadcast,
            "a-b network type mismatch: point-to-point here, broadcast there",
        ),
        (|l| l.ospf("b").router_id = Some("10.255.0.1".parse().unwrap()), "a-b both ends have router id 10.255.0.1"),
        (|l| l.device("b").interfaces[InterfaceId(1)].mtu = Some(9000), "a-b MTU mismatch: 1500 here, 9000 there"),
        (
            |l| l.device("b").interfaces[InterfaceId(1)].addresses[0].address = "10.7.0.2/30".parse().unwrap(),
            "a-b the two interfaces share no subnet",
        ),
        (|l| l.device("b").ospf.clear(), "a-? no neighbour speaks the protocol on this segment"),
        (|l| l.device("b").interfaces[InterfaceId(1)].enabled = false, "a-? the interface is down"),
    ];
    for (change, text) in cases {
        assert_eq!(said(change)[0], text);
    }
    assert_eq!(
        said(|l| {
            l.device("b").interfaces[InterfaceId(1)].mtu = Some(9000);
            l.ospf_on("a", "b").mtu_ignore = true;
        })[0],
        "a-b up"
    );
}

#[test]
fn unnumbered_links_use_the_lenders_address() {
    let mut lab = Lab::new(&["a", "b"]);
    let (i, j) = (lab.interface("a", "b", ""), lab.interface("b", "a", ""));
    lab.cable(("a", i), ("b", j));
    for (r, x) in [("a", i), ("b", j)] {
        lab.device(r).interfaces[x].unnumbered = Some(InterfaceId(0));
        lab.ospf(r).interfaces.push(ospf_interface(x, 0, 100));
        lab.ospf_loopback(r, 0);
    }
    let ran = lab.run(compute);
    assert_eq!(ran.routes("a"), ["10.255.0.2/32 ospf_intra 100 via b"]);
    assert_eq!(ran.hops("a", "10.255.0.2/32")[0].ip, Some("10.255.0.2".parse().unwrap()));
}

#[test]
fn secondary_addresses_and_suppressed_prefixes() {
    let mut lab = square();
    let lan = lab.device("d").find_interface("lan").unwrap();
    lab.secondary("d", lan, "10.10.0.1/24");
    assert_eq!(lab.run(compute).route("a", "10.10.0.0/24"), "10.10.0.0/24 ospf_intra 25 via b+c");
    lab.ospf_on("d", "lan").advertise_secondary = false;
    lab.ospf_on("d", "b").suppress_prefix = true;
    lab.ospf_on("b", "d").suppress_prefix = true;
    let ran = lab.run(compute);
    assert_eq!((ran.route("a", "10.10.0.0/24"), ran.route("a", "10.0.3.0/30")), (String::new(), String::new()));
}

#[test]
fn ospf3_has_interfaces_as_next_hops() {
    let mut lab = Lab::new_v6(&["a", "b", "c"]);
    lab.ospf_link("a", "b", "2001:db8:1::/64", 0, 10);
    lab.ospf_link("b", "c", "2001:db8:2::/64", 0, 10);
    for r in ["a", "b", "c"] {
        lab.ospf_loopback(r, 0);
    }
    let ran = lab.run(compute);
    assert_eq!(
        ran.routes("a"),
        [
            "2001:db8:2::/64 ospf_intra 20 via b",
            "2001:db8:ff::2/128 ospf_intra 10 via b",
            "2001:db8:ff::3/128 ospf_intra 20 via b",
        ]
    );
    assert_eq!(ran.hops("a", "2001:db8:2::/64"), [Hop::out(InterfaceId(1))]);
}

#[test]
fn two_processes_of_a_vrf_have_a_table_each() {
    let mut lab = square();
    let mut second = lab.ospf("a").clone();
    second.router_id = Some("10.99.0.1".parse().unwrap());
    second.interfaces.clear();
    lab.device("a").ospf.push(second);
    let (i, j) = lab.link("a", "b", "10.0.9.0/30");
    lab.device("a").ospf[1].interfaces.push(ospf_interface(i, 0, 7));
    lab.ospf("b").interfaces.push(ospf_interface(j, 0, 7));
    let ran = lab.run(compute);
    assert_eq!(ran.outcome.tables.len(), 2);
    let both: Vec<_> = ran.routes("a").into_iter().filter(|l| l.starts_with("10.9.0.0/24")).collect();
    assert_eq!(both, ["10.9.0.0/24 ospf_intra 22 via b", "10.9.0.0/24 ospf_intra 25 via b+c"]);
}
