//! Whatever is done to a network (things fail, sessions are shut, prefixes come and go, costs and configs change): its tables made from those it had
//! are the tables that a run from scratch gives it. Random networks of every protocol; several things at once.

#[path = "support/bgp.rs"]
mod bgp;
#[path = "support/random.rs"]
mod random;
#[path = "support/tables.rs"]
mod tables;

use ipnet::IpNet;
use nettwin::base::id::{Id, IdVec};
use nettwin::engine::{Purpose, State, simulate, simulate_change, simulate_from};
use nettwin::load::load;
use nettwin::model::align::absent;
use nettwin::model::bgp::{Neighbor, NeighborId, NextHopSelf, Peer};
use nettwin::model::change::{ConfigChange, Differs, Neighbors};
use nettwin::model::extras::RiskGroup;
use nettwin::model::interface::{Interface, InterfaceAddress, InterfaceKind};
use nettwin::model::network::DeviceId;
use nettwin::model::static_route::{StaticHop, StaticRoute};
use nettwin::model::vrf::VrfId;
use nettwin::model::{InterfaceId, Network};
use nettwin::topology::{Failures, Topology};
use nettwin::whatif::change::{Announce, Withdraw};
use nettwin::whatif::scenario::{CostChange, Element, LinkName, Scenario};
use proptest::prelude::*;
use tables::assert_same;

/// Something that is done, with numbers for where.
#[derive(Debug, Clone, Copy)]
struct Delta {
    kind: Kind,
    router: usize,
    port: usize,
    number: u8,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Node,
    Link,
    Interface,
    Card,
    Group,
    Session,
    SessionOutside,
    Announce,
    AnnounceOutside,
    Withdraw,
    Cost,
    Drain,
    /// Of a candidate's configs.
    PortShut,
    StaticRoute,
    IgpPaths,
    BgpPaths,
    PeerGone,
    PeerOther,
    PortAddress,
    PortWords,
    PortNew,
    NodeGone,
}

const KINDS: [Kind; 22] = [
    Kind::Node,
    Kind::Link,
    Kind::Interface,
    Kind::Card,
    Kind::Group,
    Kind::Session,
    Kind::SessionOutside,
    Kind::Announce,
    Kind::AnnounceOutside,
    Kind::Withdraw,
    Kind::Cost,
    Kind::Drain,
    Kind::PortShut,
    Kind::StaticRoute,
    Kind::IgpPaths,
    Kind::BgpPaths,
    Kind::PeerGone,
    Kind::PeerOther,
    Kind::PortAddress,
    Kind::PortWords,
    Kind::PortNew,
    Kind::NodeGone,
];

fn deltas() -> impl Strategy<Value = Vec<Delta>> {
    let one = (prop::sample::select(&KINDS[..]), 0usize..8, 0usize..6, 0u8..8);
    prop::collection::vec(one.prop_map(|(kind, router, port, number)| Delta { kind, router, port, number }), 1..4)
}

impl Delta {
    /// Puts it into a scenario.
    fn ask(self, network: &Network, scenario: &mut Scenario) {
        let router = DeviceId::new(self.router % network.devices.len());
        let device = &network.devices[router];
        let name = device.name.to_string();
        let port = &device.interfaces[InterfaceId::new(self.port % device.interfaces.len())];
        let at = format!("{name}:{}", port.name);
        let prefix = format!("192.168.{}.0/24", self.number).parse().unwrap();
        let announce =
            |at: &str, peer, as_path| Announce { at: at.to_owned(), peer, prefix, as_path, med: None, communities: vec![] };
        match self.kind {
            Kind::Node => scenario.fail.push(Element::Node(name)),
            Kind::Link => scenario.fail.push(Element::Link(LinkName::At(at))),
            Kind::Interface => scenario.fail.push(Element::Interface(at)),
            Kind::Card => scenario.fail.push(Element::Card(format!("{name}:{}", self.number % 2))),
            Kind::Group => scenario.fail.push(Element::Group("duct".to_owned())),
            Kind::Session => scenario.fail.push(Element::Session(name, "r0".to_owned())),
            Kind::SessionOutside => scenario.fail.push(Element::Session("r0".to_owned(), random::OUTSIDE.to_string())),
            Kind::Announce => scenario.announce.push(announce(&name, None, vec![])),
            Kind::AnnounceOutside => scenario.announce.push(announce("r0", Some(random::OUTSIDE.into()), vec![65100, 65200])),
            Kind::Withdraw => scenario.withdraw.push(Withdraw { prefix, at: None, peer: None }),
            Kind::Cost => scenario.cost.push(CostChange { interface: at, cost: u32::from(self.number) + 1 }),
            Kind::Drain => scenario.drain.push(name),
            Kind::PortShut | Kind::StaticRoute | Kind::IgpPaths | Kind::BgpPaths => {}
            Kind::PeerGone | Kind::PeerOther | Kind::PortAddress | Kind::PortWords | Kind::PortNew | Kind::NodeGone => {}
        }
    }

    /// Puts it into configs.
    fn configure(self, network: &mut Network) {
        let router = DeviceId::new(self.router % network.devices.len());
        let device = &mut network.devices[router];
        if device.absent {
            return;
        }
        match self.kind {
            Kind::PortShut => {
                let port = InterfaceId::new(self.port % device.interfaces.len());
                device.interfaces[port].enabled = false;
            }
            // Some lie on the way to routers, some nowhere.
            Kind::PortNew => {
                let address = format!("10.{}.0.1/24", 198 + self.number).parse().unwrap();
                let like = device.interfaces[InterfaceId::new(self.port % device.interfaces.len())].clone();
                let address = InterfaceAddress { address, ..like.addresses[0].clone() };
                let made = Interface { name: "new".into(), addresses: vec![address], ..like };
                device.interfaces.push(made);
            }
            Kind::PortAddress | Kind::PortWords => {
                let count = device.interfaces.len();
                let port = &mut device.interfaces[InterfaceId::new(self.port % count)];
                if let (Kind::PortAddress, Some(address)) = (self.kind, port.addresses.first_mut()) {
                    // Another subnet, or the same one with room for more.
                    let other = ["10.200.0.1/30".parse().unwrap(), IpNet::new(address.address.addr(), 29).unwrap()];
                    address.address = other[usize::from(self.number % 2)];
                } else {
                    port.description = Some("another".into());
                }
            }
            Kind::StaticRoute => {
                let prefix = format!("192.168.{}.0/24", self.number).parse().unwrap();
                let route = StaticRoute::new(prefix, StaticHop::Discard, 1);
                device.vrfs[VrfId::DEFAULT].static_routes.push(StaticRoute { no_readvertise: self.port == 0, ..route });
            }
            Kind::IgpPaths => {
                device.ospf.iter_mut().for_each(|o| o.max_paths = 1);
                device.isis.iter_mut().for_each(|i| i.max_paths = 1);
                device.rip.iter_mut().for_each(|r| r.max_paths = 1);
                device.eigrp.iter_mut().for_each(|e| e.max_paths = 1);
            }
            // The others have other numbers then.
            Kind::PeerGone | Kind::PeerOther => {
                for bgp in device.bgp.iter_mut().filter(|b| !b.neighbors.is_empty()) {
                    let mut all: Vec<Neighbor> = bgp.neighbors.iter().cloned().collect();
                    let mut taken = all.remove(self.port % all.len());
                    if matches!(self.kind, Kind::PeerOther) {
                        taken.families.iter_mut().for_each(|f| f.next_hop_self = NextHopSelf::Force);
                        all.insert(0, taken);
                    }
                    bgp.neighbors = IdVec::from_vec(all);
                }
            }
            Kind::NodeGone => *device = absent(device),
            Kind::BgpPaths => device.bgp.iter_mut().flat_map(|b| &mut b.families).for_each(|f| f.max_paths_ibgp = 1),
            _ => {}
        }
    }
}

/// All deltas that can be done to the network, at once.
fn apply(network: &Network, topology: &Topology, deltas: &[Delta]) -> (Network, Failures) {
    let mut scenario = Scenario::default();
    for delta in deltas {
        let mut with = scenario.clone();
        delta.ask(network, &mut with);
        // Some networks have no such session, port or prefix.
        if with.apply(network, topology).is_ok() {
            scenario = with;
        }
    }
    let applied = scenario.apply(network, topology).unwrap();
    let mut changed = applied.network.unwrap_or_else(|| network.clone());
    deltas.iter().for_each(|d| d.configure(&mut changed));
    (changed, applied.failures)
}

fn equals_runs_from_scratch(mut network: Network, deltas: &[Delta]) {
    let none = Failures::none();
    let base = simulate(&network, &none);
    let both = |n: usize| base.topology.links.get(n).map_or(vec![], |&(a, b)| vec![a, b]);
    network.extras.risk_groups.push(RiskGroup {
        name: "duct".into(),
        ports: [both(0), both(2)].concat(),
        ..RiskGroup::default()
    });
    let (changed, failures) = apply(&network, &base.topology, deltas);
    let fresh = simulate(&changed, &failures);
    let after = simulate_change(&base, &network, &changed, &failures, Purpose::Look);
    assert_same("to look at", &changed, &fresh, &after);
    let after = simulate_change(&base, &network, &changed, &none, Purpose::Base);
    assert_same("as a base", &changed, &simulate(&changed, &none), &after);
    assert_same("from that base", &changed, &fresh, &simulate_from(&after, &changed, &failures));
    let back = simulate_change(&after, &changed, &network, &none, Purpose::Look);
    assert_same("and back", &network, &base, &back);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn interior_protocols(plan in random::plans(), deltas in deltas()) {
        for network in [
            random::network(&plan),
            random::isis_network(&plan, false),
            random::isis_network(&plan, true),
            random::rip_network(&plan),
            random::eigrp_network(&plan),
        ] {
            equals_runs_from_scratch(network, &deltas);
        }
    }

    #[test]
    fn bgp_on_top(plan in random::plans(), deltas in deltas()) {
        for network in [random::network(&plan), random::isis_network(&plan, false), random::eigrp_network(&plan)] {
            equals_runs_from_scratch(random::with_bgp(&network), &deltas);
        }
    }
}

/// The router that hears the outside goes, and with it all its neighbours; a prefix that was solved by itself came from there.
#[test]
fn the_router_at_the_edge_goes() {
    let links = vec![(4, 0, 1), (0, 5, 1), (0, 6, 1), (2, 1, 1), (1, 3, 1), (1, 0, 1)];
    let redistributes = vec![false, false, false, true, false, false, true];
    let plan = random::Plan { routers: 7, links, statics: vec![], redistributes };
    let gone = Delta { kind: Kind::NodeGone, router: 0, port: 0, number: 0 };
    for network in [random::network(&plan), random::isis_network(&plan, false), random::eigrp_network(&plan)] {
        equals_runs_from_scratch(random::with_bgp(&network), &[gone]);
    }
}

/// Many prefixes of one backbone are solved together; some are taken out.
#[test]
fn backbones() {
    let folder = tempfile::tempdir().unwrap();
    bgp::backbone(folder.path(), "7");
    let network = load(folder.path()).unwrap().network;
    let none = Failures::none();
    let base = simulate(&network, &none);
    let heard = &network.announcers[0];
    let (at, peer) = (network.devices[heard.device].name.to_string(), Some(heard.peer));
    let prefix = heard.routes[0].prefix;
    let announce = |prefix| Announce { at: at.clone(), peer, prefix, as_path: vec![64999], med: None, communities: vec![] };
    let reflector = format!("rr-{}-1", at.split('-').nth(1).unwrap());
    let [link, other] = [0, 7].map(|n| {
        let (d, i) = base.topology.links[n].0;
        format!("{}:{}", network.devices[d].name, network.devices[d].interfaces[i].name)
    });
    let scenario = |change: &dyn Fn(&mut Scenario)| {
        let mut out = Scenario::default();
        change(&mut out);
        out
    };
    for asked in [
        scenario(&|s| s.withdraw.push(Withdraw { prefix, at: None, peer: None })),
        scenario(&|s| s.withdraw.push(Withdraw { prefix, at: Some(at.clone()), peer })),
        scenario(&|s| s.announce.push(announce(prefix))),
        scenario(&|s| s.announce.push(announce("198.51.100.0/24".parse().unwrap()))),
        scenario(&|s| s.announce.push(Announce { peer: None, ..announce(prefix) })),
        scenario(&|s| s.cost.push(CostChange { interface: link.clone(), cost: 7 })),
        scenario(&|s| s.fail.push(Element::Session(at.clone(), reflector.clone()))),
        scenario(&|s| {
            s.withdraw.push(Withdraw { prefix, at: None, peer: None });
            s.cost.push(CostChange { interface: link.clone(), cost: 900 });
            s.fail.push(Element::Link(LinkName::At(other.clone())));
        }),
    ] {
        let applied = asked.apply(&network, &base.topology).unwrap();
        let changed = applied.network.unwrap();
        let fresh = simulate(&changed, &applied.failures);
        let after = simulate_change(&base, &network, &changed, &applied.failures, Purpose::Look);
        assert_same(&format!("{asked:?}"), &changed, &fresh, &after);
    }
}

/// From a network's tables to those of a changed one, and back.
fn there_and_back(what: &str, (network, base): (&Network, &State), changed: &Network) {
    let none = Failures::none();
    let after = simulate_change(base, network, changed, &none, Purpose::Look);
    assert_same(what, changed, &simulate(changed, &none), &after);
    let from = simulate_change(base, network, changed, &none, Purpose::Base);
    let back = simulate_change(&from, changed, network, &none, Purpose::Look);
    assert_same(&format!("{what}, and back"), network, base, &back);
}

/// Sessions of one backbone come, go and are configured otherwise, there and back: the numbers of others change, and so do what is heard and
/// by whom.
#[test]
fn sessions_of_a_backbone() {
    let folder = tempfile::tempdir().unwrap();
    bgp::backbone(folder.path(), "11");
    let network = load(folder.path()).unwrap().network;
    let base = simulate(&network, &Failures::none());
    let outside: Vec<_> = network.announcers.iter().map(|a| (a.device, a.peer)).collect();
    let reflector = network.devices.iter_ids().find(|(_, d)| d.name.starts_with("rr-")).unwrap().0;
    type Change<'c> = (&'c str, DeviceId, &'c dyn Fn(&mut Vec<Neighbor>));
    let is_outside = |n: &Neighbor| outside.iter().any(|o| n.peer == Peer::Ip(o.1, None));
    let all: [Change<'_>; 6] = [
        ("an inner one goes", outside[0].0, &|all| {
            let inner = all.iter().position(|n| !is_outside(n)).unwrap();
            all.remove(inner);
        }),
        ("one outside goes", outside[1].0, &|all| all.retain(|n| n.peer != Peer::Ip(outside[1].1, None))),
        ("no client any more", reflector, &|all| all[1].families.iter_mut().for_each(|f| f.reflector_client = false)),
        ("next hop kept", outside[2].0, &|all| {
            all.rotate_left(1);
            all.iter_mut().flat_map(|n| &mut n.families).for_each(|f| f.next_hop_self = NextHopSelf::No);
        }),
        ("without policies", outside[3].0, &|all| {
            all.iter_mut().flat_map(|n| &mut n.families).for_each(|f| f.import.clear());
            all.reverse();
        }),
        ("another AS", outside[4].0, &|all| {
            let last = all.iter_mut().rfind(|n| is_outside(n)).unwrap();
            last.remote_as = nettwin::model::bgp::RemoteAs::Asn(64_999);
        }),
    ];
    for (what, device, change) in all {
        let mut changed = network.clone();
        for bgp in &mut changed.devices[device].bgp {
            let mut all: Vec<Neighbor> = bgp.neighbors.iter().cloned().collect();
            change(&mut all);
            bgp.neighbors = IdVec::from_vec(all);
        }
        there_and_back(what, (&network, &base), &changed);
    }
}

/// Addresses of ports of one backbone change, there and back.
#[test]
fn ports_of_a_backbone() {
    let folder = tempfile::tempdir().unwrap();
    bgp::backbone(folder.path(), "13");
    let network = load(folder.path()).unwrap().network;
    let base = simulate(&network, &Failures::none());
    let edge = network.announcers[0].device;
    let port = |loopback: bool| {
        let of_kind = |i: &&Interface| (i.kind == InterfaceKind::Loopback) == loopback && !i.addresses.is_empty();
        network.devices[edge].interfaces.iter_ids().find(|(_, i)| of_kind(i)).unwrap().0
    };
    let address = |text: &str| Some(text.parse::<IpNet>().unwrap());
    let lengthened = IpNet::new(network.devices[edge].interfaces[port(false)].addresses[0].address.addr(), 24).unwrap();
    for (what, port, other) in [
        ("words", port(false), None),
        ("a subnet", port(false), address("10.99.0.1/30")),
        ("a longer one", port(false), Some(lengthened)),
        ("a new one", port(false), address("10.98.0.1/24")),
        ("the end of sessions", port(true), address("172.31.0.1/32")),
    ] {
        let mut changed = network.clone();
        let ports = &mut changed.devices[edge].interfaces;
        match other {
            Some(address) if what == "a new one" => {
                let addresses = vec![InterfaceAddress { address, ..ports[port].addresses[0].clone() }];
                ports.push(Interface { name: "Vlan999".into(), addresses, ..ports[port].clone() });
            }
            Some(address) => ports[port].addresses[0].address = address,
            None => ports[port].description = Some("other words".into()),
        }
        let change = ConfigChange::between(&network, &changed).unwrap();
        let devices = vec![edge];
        let (igp, interfaces) = (if other.is_some() { Differs::More } else { Differs::Nothing }, other.is_some());
        assert_eq!(change, ConfigChange { devices, interfaces, ospf: igp, isis: igp, ..ConfigChange::default() }, "{what}");
        there_and_back(what, (&network, &base), &changed);
    }
}

/// What a delta is taken for decides what is worked out again.
#[test]
fn deltas_are_told_apart() {
    let plan = random::Plan {
        routers: 4,
        links: vec![(0, 1, 1), (1, 2, 1), (2, 3, 1), (3, 0, 1)],
        statics: vec![],
        redistributes: vec![false; 4],
    };
    let network = random::with_bgp(&random::network(&plan));
    let topology = Topology::build(&network, &Failures::none());
    let base = simulate(&network, &Failures::none());
    let has = |network: &Network, state: &State, device: u32| {
        let prefix = "192.168.3.0/24".parse().unwrap();
        let node = network.node(DeviceId(device), VrfId::DEFAULT);
        state.rib.row(node).into_iter().any(|(net, ..)| net == prefix)
    };
    assert!(has(&network, &base, 1), "BGP brings it");
    let of = |kind| {
        let delta = Delta { kind, router: 2, port: 1, number: 3 };
        let (changed, failures) = apply(&network, &topology, &[delta]);
        let change = ConfigChange::between(&network, &changed).unwrap();
        assert_eq!(failures.is_empty(), !change.devices.is_empty(), "{kind:?}");
        change
    };
    let here = || ConfigChange { devices: vec![DeviceId(2)], ..ConfigChange::default() };
    let announced =
        |device| ConfigChange { devices: vec![DeviceId(device)], announced: vec!["192.168.3.0/24".parse().unwrap()], ..here() };
    assert_eq!(of(Kind::Link), ConfigChange::default());
    assert_eq!(of(Kind::Card), ConfigChange::default());
    assert_eq!(of(Kind::Cost), ConfigChange { ospf: Differs::Costs, ..here() });
    assert_eq!(of(Kind::IgpPaths), ConfigChange { ospf: Differs::More, ..here() });
    let all_sessions = || {
        let ids = || network.devices[DeviceId(2)].bgp[0].neighbors.ids();
        vec![Neighbors { device: DeviceId(2), bgp: 0, now: ids().map(Some).collect(), others: ids().collect() }]
    };
    assert_eq!(of(Kind::Drain), ConfigChange { ospf: Differs::More, neighbors: all_sessions(), ..here() });
    assert_eq!(of(Kind::PortShut), ConfigChange { ports: true, ..here() });
    let session = of(Kind::Session);
    let shut = |device| {
        let was = &network.devices[DeviceId(device)].bgp[0].neighbors;
        let now = was.ids().map(Some).collect();
        let of_peer = |n: &NeighborId| session.neighbors.iter().any(|x| x.device == DeviceId(device) && x.others == [*n]);
        Neighbors { device: DeviceId(device), bgp: 0, now, others: was.ids().filter(of_peer).collect() }
    };
    assert_eq!(session.neighbors.iter().map(|n| n.others.len()).collect::<Vec<_>>(), [1, 1]);
    let neighbors = vec![shut(0), shut(2)];
    assert_eq!(session, ConfigChange { neighbors, devices: vec![DeviceId(0), DeviceId(2)], ..here() });
    assert_eq!(of(Kind::BgpPaths), ConfigChange { neighbors: all_sessions(), ..here() });
    assert_eq!(of(Kind::Announce), announced(2));
    assert_eq!(of(Kind::StaticRoute), announced(2));
    assert_eq!(of(Kind::AnnounceOutside), announced(0));
    assert_eq!(of(Kind::Withdraw), announced(3));
    let (changed, none) = apply(&network, &topology, &[Delta { kind: Kind::Withdraw, router: 0, port: 0, number: 3 }]);
    assert!(!has(&changed, &simulate_change(&base, &network, &changed, &none, Purpose::Look), 1));
}
