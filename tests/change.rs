//! A network whose policies changed has the tables that a run from scratch gives it.

#[path = "support/bgp.rs"]
mod bgp;
#[path = "support/tables.rs"]
mod tables;

use std::path::Path;

use bgp::{RouterPlan, SessionPlan, bgp_network, router_plan, session_plan};
use nettwin::engine::{Purpose, State, simulate, simulate_change, simulate_from};
use nettwin::load::load;
use nettwin::model::Network;
use nettwin::model::change::{ConfigChange, Differs};
use nettwin::model::network::DeviceId;
use nettwin::model::vrf::VrfId;
use nettwin::questions::diff::{Comparison, Kind, Side};
use nettwin::topology::Failures;
use proptest::prelude::*;
use tables::assert_same;

/// The changed network, what-ifs that start from it, and a further change (or the way back).
fn equals_a_run_from_scratch(was: &Network, is: &Network, then: &Network) {
    let base = simulate(was, &Failures::none());
    let first = was.devices.ids().next().into_iter().collect();
    let failures = Failures { ports: vec![], devices: first };
    assert_same("a failure", was, &simulate(was, &failures), &simulate_from(&base, was, &failures));
    let amended = simulate_change(&base, was, is, &Failures::none(), Purpose::Base);
    assert_same("the change", is, &simulate(is, &Failures::none()), &amended);
    assert_same("a failure after it", is, &simulate(is, &failures), &simulate_from(&amended, is, &failures));
    for further in [then, was] {
        let amended = simulate_change(&amended, is, further, &Failures::none(), Purpose::Base);
        assert_same("a further change", further, &simulate(further, &Failures::none()), &amended);
    }
    is_told_as_from_scratch(was, is);
    assert_same("both at once", is, &simulate(is, &failures), &simulate_change(&base, was, is, &failures, Purpose::Look));
}

/// What differs is the same whether both sides share what did not change or not.
fn is_told_as_from_scratch(was: &Network, is: &Network) {
    let before = Side::new(was.clone(), simulate(was, &Failures::none()));
    let near = simulate_change(&before.state, &before.network, is, &Failures::none(), Purpose::Look);
    let (near, far) = (Side::new(is.clone(), near), Side::new(is.clone(), simulate(is, &Failures::none())));
    let (near, far) = (Comparison::new(&before, &near), Comparison::new(&before, &far));
    assert_eq!(near.reach(), far.reach());
    for kind in [Kind::Lost, Kind::Moved, Kind::Added] {
        assert_eq!(near.routes().count(kind), far.routes().count(kind), "{kind:?}");
    }
}

/// Sessions of which some do something else, and then others (or these again).
fn changed_sessions() -> impl Strategy<Value = [Vec<SessionPlan>; 3]> {
    let change = || prop::option::weighted(0.2, session_plan());
    prop::collection::vec((session_plan(), change(), change()), 1..24).prop_map(|all| {
        let other = |s: &SessionPlan, change: &Option<SessionPlan>| match change {
            Some(c) => SessionPlan { preference: c.preference, med: c.med, hides: c.hides, ..s.clone() },
            None => s.clone(),
        };
        let first: Vec<SessionPlan> = all.iter().map(|(s, change, _)| other(s, change)).collect();
        let second = first.iter().zip(&all).map(|(s, (.., change))| other(s, change)).collect();
        [all.into_iter().map(|s| s.0).collect(), first, second]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn random_networks(routers in prop::collection::vec(router_plan(), 2..9), sessions in changed_sessions()) {
        let [was, is, then] = sessions.map(|s| bgp_network(&routers, &s));
        prop_assert!(ConfigChange::between(&was, &is).is_some_and(|c| c.only_policies()));
        equals_a_run_from_scratch(&was, &is, &then);
    }
}

/// r5 prefers what r2 sends. While r0 is there nobody has that choice; without it there are two outcomes, and which one is reached hangs on where
/// things start.
#[test]
fn preferences_that_nobody_sees_count() {
    let router = |asn, prefixes: &[u8]| RouterPlan {
        asn,
        paths: 1,
        relax: false,
        deterministic_med: false,
        advertise_inactive: false,
        prefixes: prefixes.to_vec(),
        redistributes: false,
    };
    let routers = [(65000, &[][..]), (65002, &[2]), (65001, &[]), (65000, &[]), (65002, &[]), (65000, &[])];
    let routers = routers.map(|(asn, prefixes)| router(asn, prefixes));
    let session = |a, b| SessionPlan {
        ends: (a, b),
        client: [false; 2],
        own_next_hop: [false; 2],
        preference: [None, None],
        med: [None, None],
        hides: [None, None],
    };
    let sessions = [
        SessionPlan { preference: [Some(3), None], ..session(5, 2) },
        session(0, 7),
        session(6, 2),
        SessionPlan { hides: [None, Some(1)], ..session(2, 1) },
        session(1, 5),
    ];
    let network = bgp_network(&routers, &sessions);
    let base = simulate(&network, &Failures::none());
    for device in network.devices.ids() {
        let failures = Failures { ports: vec![], devices: vec![device] };
        assert_same("a failure", &network, &simulate(&network, &failures), &simulate_from(&base, &network, &failures));
    }
}

/// Puts a text in place of another in the config of the first router that hears a neighbour outside and has it.
fn edit(network: &Network, folder: &Path, old: &str, new: &str) {
    let mut devices: Vec<_> = network.announcers.iter().map(|a| a.device).collect();
    devices.sort_unstable();
    let files = devices.iter().map(|d| folder.join("configs").join(format!("{}.cfg", network.devices[*d].name)));
    let text = |p: std::path::PathBuf| std::fs::read_to_string(&p).map(|t| (p, t)).unwrap();
    let (file, text) = files.map(text).find(|(_, t)| t.contains(old)).unwrap();
    std::fs::write(file, text.replacen(old, new, 1)).unwrap();
}

#[test]
fn backbones() {
    let edits = [
        ("set local-preference 300\n", "set local-preference 250\n"),
        ("route-map FROM-CUSTOMER permit 10\n", "route-map FROM-CUSTOMER deny 5\n!\nroute-map FROM-CUSTOMER permit 10\n"),
        // Followed by a peer that is worth less, so that it counts what was made of the provider's paths.
        ("set local-preference 100\n", "set local-preference 80\n"),
        ("set community 64500:100 additive\n", "set community 64500:100 additive\n set metric 7\n"),
        (
            "route-map FROM-CUSTOMER permit 10\n",
            "ip prefix-list HALF permit 0.0.0.0/1 le 32\nroute-map FROM-CUSTOMER deny 5\n match ip address prefix-list HALF\n!\nroute-map FROM-CUSTOMER permit 10\n",
        ),
        (
            "route-map FROM-TRANSIT permit 10\n",
            "ip prefix-list SOME permit 0.0.0.0/0 ge 22\nroute-map FROM-TRANSIT permit 5\n match ip address prefix-list SOME\n set local-preference 350\n!\nroute-map FROM-TRANSIT permit 10\n",
        ),
        (
            "route-map FROM-PEER permit 10\n",
            "route-map FROM-PEER permit 5\n set ip next-hop 172.16.0.1\n!\nroute-map FROM-PEER permit 10\n",
        ),
        ("set local-preference 100\n", "set local-preference 100\n set metric 5\n"),
        ("set local-preference 100\n", "set local-preference 350\n"),
        ("set local-preference 200\n", "set local-preference 90\n"),
        ("hostname ", "! a line more\n!\nhostname "),
        ("route-map FROM-CUSTOMER in\n", "route-map TO-CUSTOMER in\n"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let (was, is) = (folder.path().join("was"), folder.path().join("is"));
    bgp::backbone(&was, "7");
    let network = load(&was).unwrap().network;
    for ((old, new), (further, then)) in edits.into_iter().zip(edits.into_iter().cycle().skip(6)) {
        let _ = std::fs::remove_dir_all(&is);
        bgp::backbone(&is, "7");
        edit(&network, &is, old, new);
        let changed = load(&is).unwrap().network;
        let change = ConfigChange::between(&network, &changed).unwrap();
        assert_eq!(change.devices.len(), 1, "{new}");
        assert_eq!(change.statements.is_empty(), new.contains("hostname"), "{new}");
        edit(&network, &is, further, then);
        equals_a_run_from_scratch(&network, &changed, &load(&is).unwrap().network);
    }
}

#[test]
fn what_differs_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    bgp::backbone(folder.path(), "7");
    let network = load(folder.path()).unwrap().network;
    let none = ConfigChange::default;
    for (old, new, neighbors, expected) in [
        ("isis metric ", "isis metric 1", 0, Some(ConfigChange { isis: Differs::Costs, ..none() })),
        ("metric-style wide\n", "metric-style transition\n", 0, Some(ConfigChange { isis: Differs::More, ..none() })),
        ("send-community\n", "soft-reconfiguration inbound\n", 1, Some(none())),
        ("bgp log-neighbor-changes\n", "bgp always-compare-med\n", 0, Some(ConfigChange { bgp: true, ..none() })),
        (" ip address 198.", " shutdown\n ip address 198.", 0, Some(ConfigChange { ports: true, ..none() })),
        (
            "ip address 198.",
            "ip address 199.",
            0,
            Some(ConfigChange { interfaces: true, ospf: Differs::More, isis: Differs::More, ..none() }),
        ),
        ("interface Loopback0\n", "interface Loopback7\n", 0, None),
    ] {
        let mut changed = folder.path().to_path_buf();
        changed.push("x");
        let _ = std::fs::remove_dir_all(&changed);
        bgp::backbone(&changed, "7");
        edit(&network, &changed, old, new);
        let found = ConfigChange::between(&network, &load(&changed).unwrap().network);
        let elsewhere = found.map(|c| {
            assert_eq!(c.devices.len(), 1, "{new}");
            assert_eq!(c.neighbors.iter().map(|n| n.others.len()).sum::<usize>(), neighbors, "{new}");
            ConfigChange { devices: Vec::new(), neighbors: Vec::new(), ..c }
        });
        assert_eq!(elsewhere, expected, "{new}");
    }
}

/// An address that moves to another router takes packets along, though no route to their destination changes.
#[test]
fn who_owns_a_next_hop_counts() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = |name: &str, second: &str, third: &str| {
        let configs = folder.path().join(name).join("configs");
        std::fs::create_dir_all(&configs).unwrap();
        let port = |n: u32, address: &str| format!("interface Ethernet0/{n}\n ip address {address} 255.255.255.0\n!\n");
        let write = |host: &str, text: String| {
            std::fs::write(configs.join(format!("{host}.cfg")), format!("version 15.2\nhostname {host}\n!\n{text}end\n"))
                .unwrap();
        };
        write("r1", port(0, "10.0.0.1") + "ip route 20.0.0.0 255.255.255.0 10.0.0.2\n!\n");
        write("r2", port(0, second) + &port(1, "20.0.0.1"));
        write("r3", port(0, third));
        load(&folder.path().join(name)).unwrap().network
    };
    let (was, is) = (snapshot("was", "10.0.0.2", "10.0.0.3"), snapshot("is", "10.0.0.3", "10.0.0.2"));
    let base = simulate(&was, &Failures::none());
    let after = simulate_change(&base, &was, &is, &Failures::none(), Purpose::Look);
    let (before, after) = (Side::new(was, base), Side::new(is, after));
    let comparison = Comparison::new(&before, &after);
    let changes = comparison.reach();
    let of_r1 = changes.iter().find(|c| c.from == "r1" && c.to.to_string() == "20.0.0.0/24").unwrap();
    assert_eq!((of_r1.before.words(), of_r1.after.words()), ("delivered".to_owned(), "no route".to_owned()));
}

/// OSPF that takes over BGP's routes by a community finds it, though nothing read the communities of installed routes before.
#[test]
fn what_reads_routes_now_finds_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let port = |n: u32, address: &str| format!("interface Ethernet0/{n}\n ip address {address} 255.255.255.0\n!\n");
    let snapshot = |name: &str, redistribute: &str| {
        let configs = folder.path().join(name).join("configs");
        std::fs::create_dir_all(&configs).unwrap();
        let write = |host: &str, text: String| {
            std::fs::write(configs.join(format!("{host}.cfg")), format!("version 15.2\nhostname {host}\n!\n{text}end\n"))
                .unwrap();
        };
        let ospf = |more: &str| format!("router ospf 1\n network 10.0.12.0 0.0.0.255 area 0\n{more}!\n");
        write(
            "r1",
            port(0, "10.0.12.1")
                + &port(1, "10.0.13.1")
                + &ospf(redistribute)
                + "router bgp 1\n bgp router-id 1.1.1.1\n neighbor 10.0.13.3 remote-as 3\n!\n\
                   ip community-list standard GOOD permit 3:1\n!\nroute-map GOOD permit 10\n match community GOOD\n set metric 77\n!\n",
        );
        write("r2", port(0, "10.0.12.2") + &ospf(""));
        write(
            "r3",
            port(1, "10.0.13.3")
                + &port(2, "20.0.0.1")
                + &port(3, "30.0.0.1")
                + "router bgp 3\n bgp router-id 3.3.3.3\n network 20.0.0.0 mask 255.255.255.0\n network 30.0.0.0 mask 255.255.255.0\n \
                   neighbor 10.0.13.1 remote-as 1\n neighbor 10.0.13.1 send-community\n neighbor 10.0.13.1 route-map OUT out\n!\n\
                   ip prefix-list ONE permit 20.0.0.0/24\nroute-map OUT permit 10\n match ip address prefix-list ONE\n set community 3:1\n!\n\
                   route-map OUT permit 20\n!\n",
        );
        load(&folder.path().join(name)).unwrap().network
    };
    let (was, is) = (snapshot("was", ""), snapshot("is", " redistribute bgp 1 subnets route-map GOOD\n"));
    equals_a_run_from_scratch(&was, &is, &was);
    equals_a_run_from_scratch(&is, &was, &is);
    let after = simulate_change(&simulate(&was, &Failures::none()), &was, &is, &Failures::none(), Purpose::Look);
    let r2 = is.nodes().ids().find(|n| is.node_name(*n) == "r2").unwrap();
    let metric = |prefix: &str| {
        let route = after.rib.get(&after.arena, r2, &prefix.parse().unwrap())?;
        Some(after.arena.routes.get(route).metric)
    };
    assert_eq!((metric("20.0.0.0/24"), metric("30.0.0.0/24")), (Some(77), None));
}

/// A session over IPv4 that carries IPv6 routes sends the port's IPv6 address as next hop: another one is told though the session stays.
#[test]
fn what_a_session_sends_as_next_hop_counts() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = |name: &str, host: &str| {
        let configs = folder.path().join(name).join("configs");
        std::fs::create_dir_all(&configs).unwrap();
        let write = |n: u32, v6: &str, made: &str| {
            let text = format!(
                "version 15.2\nhostname r{n}\n!\nipv6 unicast-routing\n!\ninterface Ethernet0/0\n ip address 10.0.0.{n} 255.255.255.0\n ipv6 address {v6}/64\n!\n\
                 router bgp {n}\n bgp router-id {n}.{n}.{n}.{n}\n neighbor 10.0.0.{} remote-as {}\n address-family ipv6\n  {made}neighbor 10.0.0.{} activate\n!\n\
                 ipv6 route 2001:db8:5::/48 Null0\n!\nend\n",
                3 - n,
                3 - n,
                3 - n
            );
            std::fs::write(configs.join(format!("r{n}.cfg")), text).unwrap();
        };
        write(1, host, "network 2001:db8:5::/48\n  ");
        write(2, "2001:db8::2", "");
        // Only the first router has the route by itself.
        let second = configs.join("r2.cfg");
        let text = std::fs::read_to_string(&second).unwrap().replace("ipv6 route 2001:db8:5::/48 Null0\n!\n", "");
        std::fs::write(second, text).unwrap();
        load(&folder.path().join(name)).unwrap().network
    };
    let (was, is) = (snapshot("was", "2001:db8::1"), snapshot("is", "2001:db8::11"));
    let none = Failures::none();
    let base = simulate(&was, &none);
    let after = simulate_change(&base, &was, &is, &none, Purpose::Look);
    let next_hop = |state: &State| {
        let node = is.node(DeviceId(1), VrfId::DEFAULT);
        let route = state.rib.get(&state.arena, node, &"2001:db8:5::/48".parse().unwrap()).unwrap();
        state.arena.hops_of(state.arena.routes.get(route))[0].ip.unwrap().to_string()
    };
    assert_eq!((next_hop(&base), next_hop(&after)), ("2001:db8::1".to_owned(), "2001:db8::11".to_owned()));
    assert_same("another address", &is, &simulate(&is, &none), &after);
}
