//! BGP on small networks built by hand.
//!
//! All routers `r1`, `r2`, … share one LAN, 10.0.0.0/24, with address 10.0.0.N and router id N.N.N.N, so that each next hop is
//! connected and only BGP's own rules decide. Each prefix is made by a `network` statement without import check.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;
use nettwin::base::id::IdVec;
use nettwin::base::span::{Origin, SourceMap};
use nettwin::engine::{State, bgp_paths, simulate};
use nettwin::model::bgp::*;
use nettwin::model::interface::{Interface, InterfaceAddress, InterfaceKind};
use nettwin::model::policy::*;
use nettwin::model::route::{Community, Family};
use nettwin::model::{Device, Network, Vrf};
use nettwin::protocols::bgp::Asked;
use nettwin::protocols::session::SessionState;
use nettwin::questions::bgp as question;
use nettwin::topology::Failures;

fn net(s: &str) -> IpNet {
    s.parse().unwrap()
}

fn lan(n: usize) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 0, 0, n as u8))
}

struct Lab {
    devices: Vec<Device>,
}

struct Ran {
    network: Network,
    state: State,
}

/// Routers with these ASes.
fn lab(asns: &[u32]) -> Lab {
    let router = |(n, &asn): (usize, &u32)| {
        let n = n + 1;
        let address = InterfaceAddress {
            address: IpNet::new(lan(n), 24).unwrap(),
            secondary: false,
            peer: None,
            virtual_address: false,
            origin: Origin::NONE,
        };
        let port = Interface {
            name: "eth0".into(),
            kind: InterfaceKind::Physical,
            enabled: true,
            addresses: vec![address],
            ..Interface::default()
        };
        let vrf = Vrf { name: "default".into(), routing_v4: true, routing_v6: true, ..Vrf::default() };
        let family = BgpFamily {
            family: Family::V4,
            distance: [20, 200, 200],
            max_paths_ebgp: 1,
            max_paths_ibgp: 1,
            ..BgpFamily::default()
        };
        let bgp = Bgp {
            asn,
            router_id: Some(Ipv4Addr::from([n as u8; 4])),
            enabled: true,
            families: vec![family],
            client_to_client: true,
            advertise_inactive: true,
            best_path: BestPath { deterministic_med: true, compare_router_id: true, ..BestPath::default() },
            ..Bgp::default()
        };
        Device {
            name: format!("r{n}").into(),
            os: "frr",
            vrfs: IdVec::from_vec(vec![vrf]),
            interfaces: IdVec::from_vec(vec![port]),
            bgp: vec![bgp],
            ..Device::default()
        }
    };
    Lab { devices: asns.iter().enumerate().map(router).collect() }
}

impl Lab {
    fn bgp(&mut self, n: usize) -> &mut Bgp {
        &mut self.devices[n - 1].bgp[0]
    }
    fn network(&mut self, n: usize, prefix: &str) {
        let line = BgpNetwork { prefix: net(prefix), policy: None, backdoor: false, weight: None, origin: Origin::NONE };
        self.bgp(n).families[0].networks.push(line);
    }
    /// A session; each closure changes one end (its neighbour statement and the family's).
    fn session(
        &mut self,
        a: usize,
        b: usize,
        at_a: impl Fn(&mut Neighbor, &mut NeighborFamily),
        at_b: impl Fn(&mut Neighbor, &mut NeighborFamily),
    ) {
        let seen = |bgp: &Bgp, from: &Bgp| match &bgp.confederation {
            Some(c) if from.asn != bgp.asn && !c.members.contains(&from.asn) => c.identifier,
            _ => bgp.asn,
        };
        let (as_a, as_b) = (self.bgp(a).clone(), self.bgp(b).clone());
        let statement = |peer: usize, asn: u32, change: &dyn Fn(&mut Neighbor, &mut NeighborFamily)| {
            let mut f = NeighborFamily {
                family: Family::V4,
                send_standard: true,
                send_extended: true,
                send_large: true,
                ..NeighborFamily::default()
            };
            let mut n =
                Neighbor { peer: Peer::Ip(lan(peer), None), remote_as: RemoteAs::Asn(asn), enabled: true, ..Neighbor::default() };
            change(&mut n, &mut f);
            n.families = vec![f];
            n
        };
        let to_b = statement(b, seen(&as_b, &as_a), &at_a);
        let to_a = statement(a, seen(&as_a, &as_b), &at_b);
        self.bgp(a).neighbors.push(to_b);
        self.bgp(b).neighbors.push(to_a);
    }
    fn plain(&mut self, a: usize, b: usize) {
        self.session(a, b, |_, _| (), |_, _| ());
    }
    /// A policy of one term that does `actions` when `when` holds and takes everything; as a chain.
    fn policy(&mut self, n: usize, when: Cond, actions: Vec<Action>) -> PolicyChain {
        let term = Term { name: "10".into(), origin: Origin::NONE, when, actions, then: Flow::Accept, otherwise: Flow::Next };
        let policy = Policy { name: "p".into(), origin: Origin::NONE, terms: IdVec::from_vec(vec![term]), at_end: AtEnd::Accept };
        let id = self.devices[n - 1].policies.push(policy);
        PolicyChain { policies: vec![id], at_end: Verdict::Accept, origin: Origin::NONE }
    }
    fn run(self) -> Ran {
        let network = Network::new(self.devices, SourceMap::default());
        let state = simulate(&network, &Failures::default());
        Ran { network, state }
    }
}

impl Ran {
    fn paths(&self, n: usize, prefix: &str) -> Vec<question::BgpFact> {
        let node = nettwin::model::network::NodeId(n as u32 - 1);
        let table = bgp_paths(&self.network, &self.state, Asked::ALL);
        let all = question::prefixes(&self.state, &table);
        let Some(&p) = all.iter().find(|(p, _)| *p == net(prefix)) else { return Vec::new() };
        question::facts(&self.network, &self.state, &table, node, p)
    }
    /// The best path: `AS path|next hop|local preference|MED`.
    fn best(&self, n: usize, prefix: &str) -> String {
        let paths = self.paths(n, prefix);
        let Some(p) = paths.iter().find(|p| p.best) else { return "none".to_owned() };
        let hop = p.next_hop.clone().unwrap_or("self".to_owned());
        let med = p.med.map_or("-".to_owned(), |m| m.to_string());
        format!("{}|{hop}|{}|{med}", p.as_path, p.local_pref)
    }
    fn down(&self) -> Vec<String> {
        let of = |s: &nettwin::protocols::session::Session| match &s.state {
            SessionState::Down(why) => Some(format!("{}: {why}", self.network.node_name(s.node))),
            _ => None,
        };
        self.state.sessions().filter_map(of).collect()
    }
    fn codes(&self) -> Vec<&'static str> {
        self.state.findings.iter().map(|f| f.code.0).collect()
    }
    fn installed(&self, n: usize, prefix: &str) -> Option<(String, u32, usize)> {
        let node = nettwin::model::network::NodeId(n as u32 - 1);
        let arena = &self.state.arena;
        let r = arena.routes.get(self.state.rib.get(arena, node, &net(prefix))?);
        Some((r.protocol.word().to_owned(), r.distance, arena.hops_of(r).len()))
    }
}

/// ```text
/// r1 (65001) ── r2 (65002) ── r3 (65003)
/// ```
#[test]
fn an_ebgp_line() {
    let mut l = lab(&[65001, 65002, 65003]);
    l.plain(1, 2);
    l.plain(2, 3);
    l.network(1, "192.168.1.0/24");
    // On a shared LAN the next hop would stay r1's (third party).
    l.devices[1].platform.bgp_third_party_next_hop = false;
    let r = l.run();
    assert_eq!(r.down(), [""; 0]);
    assert_eq!(r.best(1, "192.168.1.0/24"), "|self|100|-");
    assert_eq!(r.best(2, "192.168.1.0/24"), "65001|10.0.0.1|100|-");
    assert_eq!(r.best(3, "192.168.1.0/24"), "65002 65001|10.0.0.2|100|-");
    assert_eq!(r.installed(3, "192.168.1.0/24"), Some(("ebgp".to_owned(), 20, 1)));
    assert_eq!(r.installed(1, "192.168.1.0/24"), None);
}

#[test]
fn third_party_next_hops_stay_on_a_shared_subnet() {
    let mut l = lab(&[65001, 65002, 65003]);
    l.plain(1, 2);
    l.plain(2, 3);
    l.network(1, "192.168.1.0/24");
    assert_eq!(l.run().best(3, "192.168.1.0/24"), "65002 65001|10.0.0.1|100|-");
}

/// ```text
/// r1 (65001) ── r2 ── r3   r2, r3, r4: 65000, a mesh but for r3 ── r4
///                └─── r4
/// ```
#[test]
fn ibgp_does_not_pass_on_what_it_heard_inside() {
    let mut l = lab(&[65001, 65000, 65000, 65000, 65000]);
    l.plain(1, 2);
    l.plain(2, 3);
    l.plain(3, 4);
    l.session(2, 5, |_, f| f.next_hop_self = NextHopSelf::Yes, |_, _| ());
    l.network(1, "192.168.1.0/24");
    let r = l.run();
    assert_eq!(r.best(3, "192.168.1.0/24"), "65001|10.0.0.1|100|-");
    assert_eq!(r.best(4, "192.168.1.0/24"), "none");
    assert_eq!(r.best(5, "192.168.1.0/24"), "65001|10.0.0.2|100|-");
    assert_eq!(r.installed(3, "192.168.1.0/24"), Some(("ibgp".to_owned(), 200, 1)));
}

/// ```text
/// r1 (client) ── r2 (reflector) ── r3 (client)
///                 │        └────── r4 (not a client)
/// ```
#[test]
fn a_reflector_reflects_and_keeps_the_next_hop() {
    let client = |_: &mut Neighbor, f: &mut NeighborFamily| f.reflector_client = true;
    let mut l = lab(&[65000; 5]);
    l.session(2, 1, client, |_, _| ());
    l.session(2, 3, client, |_, _| ());
    l.plain(2, 4);
    l.plain(2, 5);
    l.network(1, "192.168.1.0/24");
    l.network(4, "192.168.4.0/24");
    let r = l.run();
    assert_eq!(r.best(3, "192.168.1.0/24"), "|10.0.0.1|100|-");
    assert_eq!(r.best(4, "192.168.1.0/24"), "|10.0.0.1|100|-");
    assert_eq!(r.best(3, "192.168.4.0/24"), "|10.0.0.4|100|-");
    assert_eq!(r.best(5, "192.168.4.0/24"), "none");
    let arena = &r.state.arena;
    let id = arena.prefixes.find(&net("192.168.1.0/24")).unwrap();
    let table = bgp_paths(&r.network, &r.state, Asked::ALL);
    let path = table.paths(id, nettwin::model::network::NodeId(2))[0];
    let attrs = arena.attrs.get(path.attrs);
    assert_eq!((attrs.originator, &*attrs.clusters), (Some([1; 4].into()), &[0x0202_0202][..]));
}

/// Two reflectors of one cluster, each a client of the other: the cluster list stops the second round.
#[test]
fn cluster_lists_stop_loops() {
    let client = |_: &mut Neighbor, f: &mut NeighborFamily| f.reflector_client = true;
    let mut l = lab(&[65000; 3]);
    for n in [2, 3] {
        l.bgp(n).cluster_id = Some([7; 4].into());
    }
    l.session(2, 1, client, |_, _| ());
    l.session(3, 1, client, |_, _| ());
    l.session(2, 3, client, client);
    l.network(1, "192.168.1.0/24");
    let r = l.run();
    assert_eq!(r.paths(2, "192.168.1.0/24").len(), 1);
    assert_eq!(r.paths(1, "192.168.1.0/24").len(), 1);
}

/// ```text
/// r1 (65100) ── r2 (65001) ── r3 (65002) ── r4 (65002) ── r5 (65200)
///               └──── confederation 65000 ──────┘
/// ```
#[test]
fn a_confederation_is_one_as_to_the_world() {
    let mut l = lab(&[65100, 65001, 65002, 65002, 65200]);
    for (n, other) in [(2, 65002), (3, 65001), (4, 65001)] {
        l.bgp(n).confederation = Some(Confederation { identifier: 65000, members: vec![other] });
    }
    for n in [4, 5] {
        l.devices[n - 1].platform.bgp_third_party_next_hop = false;
    }
    for (a, b) in [(1, 2), (2, 3), (3, 4), (4, 5)] {
        l.plain(a, b);
    }
    let prefer = l.policy(2, Cond::True, vec![Action::LocalPref(Number::Set(300))]);
    l.bgp(2).neighbors.iter_mut().next().unwrap().families[0].import.push(prefer);
    l.network(1, "192.168.1.0/24");
    let r = l.run();
    assert_eq!(r.down(), [""; 0]);
    assert_eq!(r.best(3, "192.168.1.0/24"), "(65001) 65100|10.0.0.1|300|-");
    assert_eq!(r.best(4, "192.168.1.0/24"), "(65001) 65100|10.0.0.1|300|-");
    assert_eq!(r.best(5, "192.168.1.0/24"), "65000 65100|10.0.0.4|100|-");
    assert_eq!(r.installed(3, "192.168.1.0/24"), Some(("ibgp".to_owned(), 200, 1)));
}

#[test]
fn local_as_in_its_forms() {
    let path = |change: fn(&mut LocalAs)| {
        let mut l = lab(&[65001, 65002, 65003]);
        let mut local = LocalAs { asn: 64999, no_prepend: false, replace_as: false, dual_as: false, loops: None };
        change(&mut local);
        l.session(1, 2, |n, _| n.remote_as = RemoteAs::Asn(64999), |n, _| n.local_as = Some(local));
        l.plain(2, 3);
        l.network(1, "192.168.1.0/24");
        l.network(2, "192.168.2.0/24");
        let r = l.run();
        assert_eq!(r.down(), [""; 0]);
        let as_path = |n, p| r.best(n, p).split('|').next().unwrap().to_owned();
        [as_path(1, "192.168.2.0/24"), as_path(2, "192.168.1.0/24"), as_path(3, "192.168.1.0/24")]
    };
    assert_eq!(path(|_| ()), ["64999 65002", "64999 65001", "65002 64999 65001"]);
    assert_eq!(path(|l| l.no_prepend = true), ["64999 65002", "65001", "65002 65001"]);
    assert_eq!(path(|l| (l.no_prepend, l.replace_as) = (true, true)), ["64999", "65001", "65002 65001"]);
    // r1 expects the real AS, and r2 may use either.
    let mut l = lab(&[65001, 65002]);
    let local = LocalAs { asn: 64999, no_prepend: true, replace_as: true, dual_as: true, loops: None };
    l.session(1, 2, |_, _| (), |n, _| n.local_as = Some(local));
    l.network(2, "192.168.2.0/24");
    let r = l.run();
    assert_eq!((r.down(), r.best(1, "192.168.2.0/24")), (vec![], "65002|10.0.0.2|100|-".to_owned()));
}

#[test]
fn own_as_in_the_path() {
    let run = |change: fn(&mut Lab)| {
        let mut l = lab(&[65001, 65002, 65001]);
        l.plain(1, 2);
        l.plain(2, 3);
        l.network(1, "192.168.1.0/24");
        l.devices[1].platform.bgp_third_party_next_hop = false;
        change(&mut l);
        l.run().best(3, "192.168.1.0/24")
    };
    assert_eq!(run(|_| ()), "none");
    assert_eq!(run(|l| l.bgp(3).neighbors[NeighborId(0)].families[0].allow_as_in = 1), "65002 65001|10.0.0.2|100|-");
    assert_eq!(run(|l| l.bgp(2).neighbors[NeighborId(1)].families[0].as_override = true), "65002 65002|10.0.0.2|100|-");
    assert_eq!(
        run(|l| {
            l.bgp(3).neighbors[NeighborId(0)].families[0].allow_as_in = 1;
            l.devices[1].platform.bgp_sender_side_loop_check = true;
        }),
        "none"
    );
}

#[test]
fn med_stays_with_the_neighbouring_as() {
    let mut l = lab(&[65001, 65002, 65002, 65003]);
    l.plain(1, 2);
    l.plain(2, 3);
    l.plain(3, 4);
    let med = l.policy(1, Cond::True, vec![Action::Metric(Number::Set(50))]);
    l.bgp(1).neighbors[NeighborId(0)].families[0].export.push(med);
    l.network(1, "192.168.1.0/24");
    let r = l.run();
    assert_eq!(r.best(2, "192.168.1.0/24"), "65001|10.0.0.1|100|50");
    assert_eq!(r.best(3, "192.168.1.0/24"), "65001|10.0.0.1|100|50");
    assert_eq!(r.best(4, "192.168.1.0/24"), "65002 65001|10.0.0.1|100|-");
}

#[test]
fn well_known_communities() {
    for (community, inside, outside) in [
        (Community::NO_EXPORT, true, false),
        (Community::NO_ADVERTISE, false, false),
        (Community::NO_EXPORT_SUBCONFED, true, false),
        (Community::standard(65001, 1), true, true),
    ] {
        let mut l = lab(&[65001, 65002, 65002, 65003]);
        l.plain(1, 2);
        l.plain(2, 3);
        l.plain(2, 4);
        let tag = l.policy(1, Cond::True, vec![Action::Community(CommunityEdit::Set(vec![community]))]);
        l.bgp(1).neighbors[NeighborId(0)].families[0].export.push(tag);
        l.network(1, "192.168.1.0/24");
        let r = l.run();
        assert_ne!(r.best(2, "192.168.1.0/24"), "none");
        assert_eq!(r.best(3, "192.168.1.0/24") != "none", inside, "{community}");
        assert_eq!(r.best(4, "192.168.1.0/24") != "none", outside, "{community}");
    }
}

/// ```text
/// r1 (65001) ── r2 (65002) ── r3 (65003)    r2 aggregates
/// ```
#[test]
fn aggregates_stand_for_their_contributors() {
    let run = |change: fn(&mut BgpAggregate)| {
        let mut l = lab(&[65001, 65002, 65003]);
        l.plain(1, 2);
        l.plain(2, 3);
        for p in ["10.10.1.0/24", "10.10.2.0/24"] {
            l.network(1, p);
        }
        let mut a = BgpAggregate {
            prefix: net("10.10.0.0/16"),
            summary_only: false,
            as_set: false,
            suppress: None,
            contributors: None,
            attributes: None,
            origin: Origin::NONE,
        };
        change(&mut a);
        l.bgp(2).families[0].aggregates.push(a);
        l.run()
    };
    let r = run(|_| ());
    assert_eq!(r.best(3, "10.10.0.0/16"), "65002|10.0.0.2|100|-");
    assert_eq!(r.best(3, "10.10.1.0/24"), "65002 65001|10.0.0.1|100|-");
    assert_eq!(r.installed(2, "10.10.0.0/16"), Some(("ebgp".to_owned(), 200, 1)));
    let r = run(|a| (a.summary_only, a.as_set) = (true, true));
    assert_eq!(r.best(3, "10.10.0.0/16"), "65002 65001|10.0.0.2|100|-");
    assert_eq!(r.best(3, "10.10.1.0/24"), "none");
    assert_eq!(r.best(1, "10.10.0.0/16"), "none", "its own AS is in the set");
    // Without a contributor there is none.
    let r = run(|a| a.prefix = net("10.20.0.0/16"));
    assert_eq!(r.best(2, "10.20.0.0/16"), "none");
}

/// Live FRR 8.4 and `bgp_aggregate_route`: the AS set holds the ASes of paths that lost, too.
#[test]
fn an_as_set_holds_what_the_os_counts() {
    for (all, set) in [(false, "65001"), (true, "{65001,65002,65003}")] {
        let mut l = lab(&[65001, 65002, 65003, 65004]);
        l.network(1, "10.1.0.0/24");
        for (a, b) in [(1, 4), (1, 2), (2, 3), (3, 4)] {
            l.plain(a, b);
        }
        l.devices[3].platform.bgp_aggregate_of_all_paths = all;
        let line = BgpAggregate {
            prefix: net("10.1.0.0/16"),
            summary_only: false,
            as_set: true,
            suppress: None,
            contributors: None,
            attributes: None,
            origin: Origin::NONE,
        };
        l.bgp(4).families[0].aggregates.push(line);
        let ran = l.run();
        assert_eq!(ran.paths(4, "10.1.0.0/24").len(), 2);
        assert_eq!(ran.paths(4, "10.1.0.0/16")[0].as_path, set);
    }
}

#[test]
fn multipath_takes_equals_only() {
    let run = |change: fn(&mut Lab)| {
        // r1 hears 192.168.1.0/24 from r2 and r3 (both 65002) and r4 (65004), each a copy of r5's.
        let mut l = lab(&[65001, 65002, 65002, 65004, 65005]);
        for n in 2..5 {
            l.devices[n - 1].platform.bgp_third_party_next_hop = false;
            l.plain(1, n);
            l.plain(n, 5);
        }
        l.network(5, "192.168.1.0/24");
        l.bgp(1).families[0].max_paths_ebgp = 8;
        change(&mut l);
        let r = l.run();
        let shared = r.paths(1, "192.168.1.0/24").iter().filter(|p| p.multipath).count();
        (shared, r.installed(1, "192.168.1.0/24").unwrap().2)
    };
    assert_eq!(run(|_| ()), (2, 2));
    assert_eq!(run(|l| l.bgp(1).best_path.multipath_relax = true), (3, 3));
    assert_eq!(run(|l| l.bgp(1).families[0].max_paths_ebgp = 1), (0, 1));
    assert_eq!(run(|l| l.devices[0].platform.max_ecmp = 1), (0, 1));
}

/// r2 hears two paths and sends both to r3, which is told only the best by default.
#[test]
fn add_path_sends_more_than_the_best() {
    for (select, count) in [(None, 1), (Some(AddPathSelect::All), 2), (Some(AddPathSelect::Best(1)), 1)] {
        let mut l = lab(&[65001, 65000, 65000, 65004]);
        l.plain(1, 2);
        l.plain(4, 2);
        l.session(2, 3, |_, f| f.add_path_send = select, |_, f| f.add_path_receive = true);
        l.network(1, "192.168.1.0/24");
        l.network(4, "192.168.1.0/24");
        let r = l.run();
        assert_eq!(r.paths(3, "192.168.1.0/24").len(), count, "{select:?}");
        assert_eq!(r.best(3, "192.168.1.0/24"), "65001|10.0.0.1|100|-");
    }
}

#[test]
fn ebgp_without_policy_where_one_is_required() {
    let mut l = lab(&[65001, 65002]);
    l.plain(1, 2);
    l.network(1, "192.168.1.0/24");
    l.bgp(2).ebgp_requires_policy = true;
    assert_eq!(l.run().best(2, "192.168.1.0/24"), "none");
}

/// Bad gadget (Griffin, Shepherd, Wilfong 2002): r2, r3, r4 each prefer the way through the next over their own to r1.
#[test]
fn a_circle_of_preferences_is_reported() {
    let mut l = lab(&[65001, 65002, 65003, 65004]);
    for n in [2, 3, 4] {
        l.plain(1, n);
    }
    for (a, b) in [(2, 3), (3, 4), (4, 2)] {
        let long = Cond::AsPathLength(Compare::Eq, 2);
        let prefer = l.policy(a, long, vec![Action::LocalPref(Number::Set(200))]);
        let refuse = PolicyChain { policies: vec![], at_end: Verdict::Reject, origin: Origin::NONE };
        // Only `a` learns from `b`.
        l.session(a, b, |_, f| f.import = vec![prefer.clone()], |_, f| f.import = vec![refuse.clone()]);
        // Longer ways round are refused.
        let far = Term {
            name: "5".into(),
            origin: Origin::NONE,
            when: Cond::AsPathLength(Compare::Ge, 3),
            actions: vec![],
            then: Flow::Reject,
            otherwise: Flow::Next,
        };
        let policy = l.devices[a - 1].policies.iter_mut().last().unwrap();
        let mut terms = vec![far];
        terms.extend(policy.terms.iter().cloned());
        policy.terms = IdVec::from_vec(terms);
    }
    l.network(1, "192.168.1.0/24");
    let r = l.run();
    assert!(r.codes().contains(&"C-bgp-oscillation"), "{:?}", r.codes());
    let text = &r.state.findings.iter().find(|f| f.code.0 == "C-bgp-oscillation").unwrap().message;
    assert_eq!(text, "BGP does not converge for 192.168.1.0/24: r2, r3, r4 keep changing their best path");
}

#[test]
fn conditional_advertisement_follows_its_condition() {
    let run = |with_prefix: bool, when_exists: bool| {
        let mut l = lab(&[65001, 65002, 65003]);
        l.plain(1, 2);
        l.plain(2, 3);
        l.network(2, "192.168.2.0/24");
        if with_prefix {
            l.network(1, "192.168.1.0/24");
        }
        let only = |p: &str| Cond::Prefix(vec![PrefixRange::exact(net(p))]);
        let mut routes = l.policy(2, only("192.168.2.0/24"), vec![]);
        let mut condition = l.policy(2, only("192.168.1.0/24"), vec![]);
        for p in l.devices[1].policies.iter_mut() {
            p.at_end = AtEnd::Reject;
        }
        (routes.at_end, condition.at_end) = (Verdict::Reject, Verdict::Reject);
        l.bgp(2).neighbors[NeighborId(1)].families[0].advertise_map = Some(AdvertiseMap { routes, condition, when_exists });
        l.run().best(3, "192.168.2.0/24") != "none"
    };
    assert_eq!([run(true, true), run(false, true), run(true, false), run(false, false)], [true, false, false, true]);
}

#[test]
fn default_originate_makes_a_default_for_one_neighbour() {
    let mut l = lab(&[65001, 65002, 65003]);
    l.session(1, 2, |_, f| f.default_originate = Some(DefaultOriginate::default()), |_, _| ());
    l.plain(1, 3);
    let r = l.run();
    assert_eq!((r.best(2, "0.0.0.0/0"), r.best(3, "0.0.0.0/0")), ("65001|10.0.0.1|100|-".to_owned(), "none".to_owned()));
}

#[test]
fn sessions_that_cannot_come_up_say_why() {
    let why = |change: fn(&mut Lab)| {
        let mut l = lab(&[65001, 65002]);
        l.plain(1, 2);
        change(&mut l);
        l.run().down()
    };
    assert_eq!(
        why(|l| l.bgp(2).neighbors[NeighborId(0)].remote_as = RemoteAs::Asn(7)),
        [
            "r1: AS mismatch: AS 7 is configured, the neighbour is AS 65001",
            "r2: AS mismatch: AS 7 is configured, the neighbour is AS 65001"
        ]
    );
    assert_eq!(
        why(|l| l.bgp(2).neighbors[NeighborId(0)].enabled = false),
        ["r1: the other side has shut the session down", "r2: the session is shut down in the config"]
    );
    assert_eq!(why(|l| l.bgp(2).neighbors = IdVec::new()), ["r1: the neighbour has no session configured back to 10.0.0.1"]);
    assert_eq!(
        why(|l| l.bgp(1).neighbors[NeighborId(0)].auth = Some("x".into())),
        ["r1: authentication differs", "r2: authentication differs"]
    );
    let both = |l: &mut Lab| (1..3).for_each(|n| l.bgp(n).neighbors[NeighborId(0)].passive = true);
    assert_eq!(why(both).len(), 2);
    assert_eq!(why(|l| l.bgp(1).neighbors[NeighborId(0)].passive = true), [""; 0]);
    assert_eq!(
        why(|l| l.bgp(1).neighbors[NeighborId(0)].families[0].family = Family::V6)[0],
        "r1: no address family is active on both ends"
    );
    assert_eq!(
        why(|l| l.bgp(1).neighbors[NeighborId(0)].peer = Peer::Ip(lan(1), None))[0],
        "r1: the address is this device's own"
    );
    assert_eq!(why(|l| l.bgp(1).neighbors[NeighborId(0)].remote_as = RemoteAs::Missing)[0], "r1: no remote AS is configured");
    let mut same = lab(&[65000, 65000]);
    same.bgp(2).router_id = same.bgp(1).router_id;
    same.plain(1, 2);
    assert_eq!(same.run().down()[0], "r1: both ends have router id 1.1.1.1");
}

#[test]
fn dynamic_neighbours_answer() {
    let mut l = lab(&[65001, 65002, 65003]);
    for n in [2, 3] {
        l.session(1, n, |_, _| (), |_, _| ());
    }
    l.bgp(1).neighbors.iter_mut().for_each(|n| {
        n.peer = Peer::Range(net("10.0.0.0/24"));
        n.remote_as = RemoteAs::Ranges(vec![(65002, 65010)]);
    });
    l.network(2, "192.168.2.0/24");
    let r = l.run();
    assert_eq!(r.down(), [""; 0]);
    assert_eq!(r.best(3, "192.168.2.0/24"), "65001 65002|10.0.0.2|100|-");
}

/// Next hops on a subnet below the session come through another prefix: `network` with import check, and recursion.
#[test]
fn a_network_statement_needs_its_route_where_the_config_says_so() {
    let run = |check: bool, prefix: &str| {
        let mut l = lab(&[65001, 65002]);
        l.plain(1, 2);
        l.bgp(1).network_import_check = check;
        l.network(1, prefix);
        l.run().best(2, prefix)
    };
    assert_eq!(run(false, "192.168.1.0/24"), "65001|10.0.0.1|100|-");
    assert_eq!(run(true, "192.168.1.0/24"), "none");
    assert_ne!(run(true, "10.0.0.0/24"), "none", "the LAN itself is connected");
}

/// ```text
/// r1 (65001) ──eth1── unnumbered ──eth1── r2 (65002)
/// ```
#[test]
fn unnumbered_sessions_carry_ipv4_over_link_local_next_hops() {
    let mut l = lab(&[65001, 65002]);
    l.plain(1, 2);
    for d in &mut l.devices {
        d.interfaces[nettwin::model::interface::InterfaceId(0)].addresses.clear();
        d.interfaces[nettwin::model::interface::InterfaceId(0)].ipv6_enabled = true;
        let n = &mut d.bgp[0].neighbors[NeighborId(0)];
        n.peer = Peer::Interface(nettwin::model::interface::InterfaceId(0));
        n.remote_as = RemoteAs::External;
    }
    l.network(1, "192.168.1.0/24");
    let mut network = Network::new(l.devices, SourceMap::default());
    let end = |n| (nettwin::model::network::DeviceId(n), nettwin::model::interface::InterfaceId(0));
    network.layer1 = Some(vec![nettwin::model::network::Cable { a: end(0), b: end(1) }]);
    let state = simulate(&network, &Failures::default());
    let r = Ran { network, state };
    assert_eq!(r.down(), [""; 0]);
    assert_eq!(r.best(2, "192.168.1.0/24"), "65001|fe80::|100|-");
    assert_eq!(r.installed(2, "192.168.1.0/24"), Some(("ebgp".to_owned(), 20, 1)));
}

/// Two ASes that each prefer the way through the other (RFC 4264): both outcomes are stable.
#[test]
fn a_wedgie_is_reported() {
    let mut l = lab(&[65001, 65002, 65003]);
    l.plain(1, 2);
    l.plain(1, 3);
    let prefer2 = l.policy(2, Cond::AsPathLength(Compare::Eq, 2), vec![Action::LocalPref(Number::Set(200))]);
    let prefer3 = l.policy(3, Cond::AsPathLength(Compare::Eq, 2), vec![Action::LocalPref(Number::Set(200))]);
    l.session(2, 3, |_, f| f.import = vec![prefer2.clone()], |_, f| f.import = vec![prefer3.clone()]);
    l.network(1, "192.168.1.0/24");
    let r = l.run();
    assert!(r.codes().contains(&"C-bgp-two-outcomes"), "{:?}", r.codes());
}

/// Two routers of an AS with exits over two neighbour ASes, of which one compares their MEDs and the other does not (live FRR 8.4, a random network
/// of the differential test: after a failure the routers stay with the exit they had).
#[test]
fn unlike_med_rules_in_an_as_are_reported() {
    let with = |always: bool| {
        let mut l = lab(&[65000, 65000, 65001]);
        l.plain(1, 2);
        l.plain(2, 3);
        l.devices[0].bgp[0].best_path.always_compare_med = always;
        l.run()
    };
    assert!(!with(false).codes().contains(&"C-bgp-med-rules"));
    let r = with(true);
    let said: Vec<&str> = r.state.findings.iter().filter(|d| d.code.0 == "C-bgp-med-rules").map(|d| &*d.message).collect();
    assert_eq!(
        said,
        [
            "r1 compares MEDs of different neighbour ASes, r2 does not compare: which paths AS 65000 takes may depend on the order of messages"
        ]
    );
}

/// RFC 8326: r2 is about to go.
#[test]
fn graceful_shutdown_makes_paths_a_last_resort() {
    let mut l = lab(&[65001, 65000, 65000, 65004]);
    l.plain(1, 2);
    l.plain(2, 3);
    l.plain(2, 4);
    l.network(1, "192.168.1.0/24");
    l.bgp(2).graceful_shutdown = true;
    let r = l.run();
    assert_eq!(r.best(3, "192.168.1.0/24"), "65001|10.0.0.1|0|-");
    assert_eq!(r.paths(4, "192.168.1.0/24")[0].communities, ["65535:0"]);
}
