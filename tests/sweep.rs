//! What-if runs equal runs from scratch, and the number of threads shows nowhere.

#[path = "support/random.rs"]
mod random;
#[path = "support/tables.rs"]
mod tables;

use std::sync::Arc;

use nettwin::engine::{State, simulate, simulate_from, simulate_ways};
use nettwin::model::Network;
use nettwin::model::NodeId;
use nettwin::model::network::Announced;
use nettwin::topology::Failures;
use nettwin::whatif::sweep::{Base, Case, single_links, single_nodes};
use proptest::prelude::*;
use tables::tables;

fn equals_a_run_from_scratch(network: &Network, base: &State, failures: &Failures) {
    let fresh = simulate(network, failures);
    let from = simulate_from(base, network, failures);
    assert_eq!(tables(network, &fresh), tables(network, &from), "{failures:?}");
    assert_eq!(fresh.topology, from.topology);
    assert!(fresh.sessions().eq(from.sessions()), "{failures:?}");
    assert_eq!(fresh.findings, from.findings, "{failures:?}");
    assert_eq!(fresh.rounds, from.rounds, "{failures:?}");
}

/// Each link and each router by itself.
fn equals_runs_from_scratch(network: &Network) {
    let base = simulate(network, &Failures::none());
    let links = base.topology.links.iter().map(|&(a, b)| Failures { ports: vec![a, b], devices: vec![] });
    let devices = network.devices.ids().map(|d| Failures { ports: vec![], devices: vec![d] });
    for failures in links.chain(devices) {
        equals_a_run_from_scratch(network, &base, &failures);
    }
}

fn with_threads<T: Send>(n: usize, run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(run)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_what_if_equals_a_run_from_scratch(plan in random::plans()) {
        let networks = [random::network(&plan), random::isis_network(&plan, false), random::isis_network(&plan, true)];
        for network in networks {
            equals_runs_from_scratch(&network);
        }
    }

    #[test]
    fn what_is_lost_is_what_following_every_pair_finds(plan in random::plans()) {
        for network in [random::network(&plan), random::isis_network(&plan, false)] {
            let base = simulate(&network, &Failures::none());
            compares_as_the_slow_way(&network, &base);
        }
    }

    #[test]
    fn threads_do_not_show(plan in random::plans()) {
        let network = random::network(&plan);
        let one = with_threads(1, || simulate(&network, &Failures::none()));
        let four = with_threads(4, || simulate(&network, &Failures::none()));
        prop_assert_eq!(tables(&network, &one), tables(&network, &four));
        prop_assert!(one.sessions().eq(four.sessions()));
        prop_assert_eq!(one.findings, four.findings);
    }
}

/// Each single failure and some double ones.
fn compares_as_the_slow_way(network: &Network, state: &State) {
    let base = Base::new(network, state);
    let mut cases = single_links(network, &state.topology);
    let both = |w: &[Case]| Case {
        failures: Failures { ports: w.iter().flat_map(|c| c.failures.ports.clone()).collect(), devices: vec![] },
        ..w[0].clone()
    };
    cases.extend(cases.windows(2).map(both).collect::<Vec<_>>());
    cases.extend(single_nodes(network));
    for case in cases {
        let (changed, after) = case.simulate(network, state);
        let fast = base.compare(changed, &after, &case.failures);
        assert_eq!(fast, base.compare_all(changed, &after, &case.failures), "{} {:?}", case.name, case.failures);
    }
}

/// Tables that only say where packets go lose the same as whole ones.
fn loses_the_same_by_ways(network: &Network, whole: &State) {
    let ways = simulate_ways(network, &Failures::none());
    let (by_whole, by_ways) = (Base::new(network, whole), Base::new(network, &ways));
    for case in [single_links(network, &whole.topology), single_nodes(network)].concat() {
        assert_eq!(by_ways.impact(&case), by_whole.impact(&case), "{}", case.name);
    }
}

#[test]
fn sample_networks_compare_as_the_slow_way() {
    for name in ["wan", "leaf-spine", "campus", "fat-tree"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies").join(name);
        let network = nettwin::load::load(&folder).unwrap().network;
        let state = simulate(&network, &Failures::none());
        compares_as_the_slow_way(&network, &state);
        loses_the_same_by_ways(&network, &state);
    }
}

/// r0 sends some ECMP branches out and some in a circle: when a branch goes, others that led to it fare worse.
#[test]
fn fewer_branches_of_which_one_ran_in_a_circle() {
    let plan = random::Plan {
        routers: 4,
        links: [(1, 1), (0, 0), (1, 1), (0, 1), (1, 1), (0, 1), (3, 0), (1, 1), (3, 0), (0, 1)].map(|(a, b)| (a, b, 1)).to_vec(),
        statics: vec![(0, 0, 3), (0, 0, 4)],
        redistributes: vec![true, false, false, false],
    };
    let network = random::network(&plan);
    compares_as_the_slow_way(&network, &simulate(&network, &Failures::none()));
}

#[test]
fn a_link_in_the_middle_moves_traffic() {
    let plan = random::Plan {
        routers: 3,
        links: vec![(0, 1, 1), (1, 2, 1), (0, 2, 3)],
        statics: vec![(2, 0, 0)],
        redistributes: vec![false, false, true],
    };
    let network = random::network(&plan);
    let base = simulate(&network, &Failures::none());
    let metric = |s: &State, prefix: &str| {
        let route = s.rib.get(&s.arena, NodeId(0), &prefix.parse().unwrap())?;
        Some((s.arena.routes.get(route).protocol.word(), s.arena.routes.get(route).metric))
    };
    assert_eq!(metric(&base, "3.3.3.3/32"), Some(("ospf_intra", 3)));
    assert_eq!(metric(&base, "192.0.0.0/24"), Some(("ospf_e2", 20)));
    let (a, b) = base.topology.links[0];
    let cut = simulate_from(&base, &network, &Failures { ports: vec![a, b], devices: vec![] });
    assert_eq!(metric(&cut, "3.3.3.3/32"), Some(("ospf_intra", 4)));
    assert_eq!(metric(&cut, "10.0.0.0/30"), None);
}

/// Links that cost the same, paths from outside that are worth the same, and routers of which two in three share the load over those.
fn with_ties(network: &mut Network) {
    let devices = network.devices.iter().cloned().enumerate().map(|(n, mut d)| {
        d.isis.iter_mut().flat_map(|p| &mut p.interfaces).for_each(|i| i.metric = [10; 2]);
        for b in d.bgp.iter_mut().filter(|_| n % 3 > 0) {
            b.best_path.multipath_relax = true;
            b.families.iter_mut().for_each(|f| f.max_paths_ibgp = 4);
        }
        d
    });
    network.devices = devices.collect();
    for announcer in &mut network.announcers {
        for route in Arc::make_mut(&mut announcer.routes) {
            let as_path = route.attrs.as_path[..1].to_vec();
            route.attrs = Arc::new(Announced { as_path, med: None, communities: Vec::new(), ..(*route.attrs).clone() });
        }
    }
}

/// Where BGP starts from what the base's run left: fabrics, and backbones whose classes are solved together.
#[test]
fn failures_of_made_networks_equal_runs_from_scratch() {
    let folder = tempfile::tempdir().unwrap();
    let wan = ["gen", "wan", "--routers", "30", "--region", "10", "--sessions", "16", "--prefixes", "60", "--prefixes-v6", "20"];
    let ties = ["gen", "wan", "--routers", "24", "--region", "24", "--sessions", "60", "--prefixes", "40"];
    let fabric = |k| ["gen", "fat-tree", "--k", k];
    // Of the larger fabric, whose routers have three ways up, some.
    for (name, args, each) in
        [("wan", &wan[..], 1), ("ties", &ties[..], 2), ("fabric", &fabric("4"), 1), ("larger", &fabric("6"), 5)]
    {
        let out = folder.path().join(name);
        let made = std::process::Command::new(env!("CARGO_BIN_EXE_nettwin")).args(args).arg("--out").arg(&out).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut network = nettwin::load::load(&out).unwrap().network;
        if name == "ties" {
            with_ties(&mut network);
        }
        let base = simulate(&network, &Failures::none());
        let cases = [single_links(&network, &base.topology), single_nodes(&network)].concat();
        assert!(cases.len() > 40, "{name}");
        for case in cases.into_iter().step_by(each) {
            equals_a_run_from_scratch(&network, &base, &case.failures);
        }
        // Many prefixes with the same columns, and MEDs.
        if name == "wan" {
            compares_as_the_slow_way(&network, &base);
            loses_the_same_by_ways(&network, &base);
            let shows_meds = |s: &State| {
                let routes = s.rib.table().distinct_columns().flat_map(|c| c.iter()).map(|(_, r)| s.arena.routes.get(r));
                routes.into_iter().any(|r| r.protocol.is_bgp() && r.metric > 0)
            };
            let ways = simulate_ways(&network, &Failures::none());
            assert_eq!((shows_meds(&base), shows_meds(&ways)), (true, false));
        }
    }
}

/// What r3 sends is reached over a route that r1 sends: in the tables, and gone with r1.
#[test]
fn next_hops_behind_bgp_count() {
    let folder = tempfile::tempdir().unwrap();
    let configs = folder.path().join("configs");
    std::fs::create_dir_all(&configs).unwrap();
    let write = |name: &str, text: &str| {
        std::fs::write(configs.join(format!("{name}.cfg")), format!("version 15.2\nhostname {name}\n!\n{text}end\n")).unwrap();
    };
    let port = |n: u32, address: &str| format!("interface Ethernet0/{n}\n ip address {address} 255.255.255.0\n!\n");
    write(
        "r1",
        &(port(0, "10.0.12.1")
            + &port(1, "10.99.0.1")
            + "router bgp 1\n bgp router-id 1.1.1.1\n network 10.99.0.0 mask 255.255.255.0\n neighbor 10.0.12.2 remote-as 2\n!\n"),
    );
    write(
        "r2",
        &(port(0, "10.0.12.2")
            + &port(1, "10.0.23.2")
            + "router bgp 2\n bgp router-id 2.2.2.2\n neighbor 10.0.12.1 remote-as 1\n neighbor 10.0.23.3 remote-as 2\n!\n"),
    );
    write(
        "r3",
        &(port(0, "10.0.23.3")
            + "ip route 20.0.0.0 255.0.0.0 Null0\n!\nroute-map FAR permit 10\n set ip next-hop 10.99.0.9\n!\n\
               router bgp 2\n bgp router-id 3.3.3.3\n network 20.0.0.0\n neighbor 10.0.23.2 remote-as 2\n neighbor 10.0.23.2 route-map FAR out\n!\n"),
    );
    let network = nettwin::load::load(folder.path()).unwrap().network;
    let base = simulate(&network, &Failures::none());
    let hop = |s: &State| {
        let node = network.nodes().ids().find(|n| network.node_name(*n) == "r2").unwrap();
        let route = s.rib.get(&s.arena, node, &"20.0.0.0/8".parse().unwrap())?;
        s.arena.hops_of(s.arena.routes.get(route))[0].ip.map(|ip| ip.to_string())
    };
    assert_eq!(hop(&base).as_deref(), Some("10.0.12.1"));
    for device in network.devices.ids() {
        equals_a_run_from_scratch(&network, &base, &Failures { ports: vec![], devices: vec![device] });
    }
}
