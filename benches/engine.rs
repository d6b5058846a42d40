//! Network to tables: fat-trees made here (k/2 core groups, eBGP with an AS a switch, point-to-point /31s), so that the figure does
//! not depend on files or front ends.

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};

use criterion::{Criterion, criterion_group, criterion_main};
use ipnet::{IpNet, Ipv4Net};
use nettwin::base::id::IdVec;
use nettwin::engine::{simulate, simulate_from};
use nettwin::model::bgp::{Bgp, BgpFamily, BgpNetwork, Neighbor, NeighborFamily, Peer, RemoteAs};
use nettwin::model::interface::{Interface, InterfaceAddress, InterfaceKind};
use nettwin::model::route::Family;
use nettwin::model::vrf::Vrf;
use nettwin::model::{Device, Network};
use nettwin::topology::{Failures, Topology};

fn interface(name: String, kind: InterfaceKind, address: IpNet) -> Interface {
    let address = InterfaceAddress { address, secondary: false, peer: None, virtual_address: false, origin: Default::default() };
    Interface { name: name.into(), kind, enabled: true, addresses: vec![address], min_links: 1, ..Interface::default() }
}

fn net(addr: u32, len: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new(Ipv4Addr::from(addr), len).unwrap())
}

/// A switch with its loopback and, on edge switches, a server subnet; both announced.
fn switch(name: String, asn: u32, number: u32, edge: bool) -> Device {
    let mut d = Device { name: name.into(), os: "test", ..Device::default() };
    d.vrfs.push(Vrf { name: "default".into(), routing_v4: true, ..Vrf::default() });
    let loopback = net(0x0AFF_0000 + number, 32);
    d.interfaces.push(interface("lo".into(), InterfaceKind::Loopback, loopback));
    let mut prefixes = vec![loopback];
    if edge {
        let servers = net(0x0A80_0001 + (number << 8), 24);
        d.interfaces.push(interface("servers".into(), InterfaceKind::Physical, servers));
        prefixes.push(servers.trunc());
    }
    let networks = prefixes.into_iter().map(|prefix| BgpNetwork {
        prefix,
        policy: None,
        backdoor: false,
        weight: None,
        origin: Default::default(),
    });
    let family = BgpFamily {
        family: Family::V4,
        networks: networks.collect(),
        distance: [20, 200, 200],
        max_paths_ebgp: 64,
        max_paths_ibgp: 64,
        ..BgpFamily::default()
    };
    let mut bgp = Bgp { asn, enabled: true, families: vec![family], network_import_check: true, ..Bgp::default() };
    bgp.best_path.multipath_relax = true;
    bgp.best_path.compare_router_id = true;
    d.bgp.push(bgp);
    d
}

fn link(devices: &mut [Device], a: usize, b: usize, number: &mut u32) {
    let asns = [devices[a].bgp[0].asn, devices[b].bgp[0].asn];
    let ips = [*number, *number + 1].map(|n| 0x0A00_0000 + n);
    *number += 2;
    for (near, far) in [(0, 1), (1, 0)] {
        let device = &mut devices[if near == 0 { a } else { b }];
        let name = format!("e{}", device.interfaces.len());
        device.interfaces.push(interface(name, InterfaceKind::Physical, net(ips[near], 31)));
        let family = NeighborFamily { family: Family::V4, advertise_peer_as: true, ..NeighborFamily::default() };
        device.bgp[0].neighbors.push(Neighbor {
            peer: Peer::Ip(IpAddr::V4(Ipv4Addr::from(ips[far])), None),
            remote_as: RemoteAs::Asn(asns[far]),
            enabled: true,
            families: vec![family],
            ..Neighbor::default()
        });
    }
}

fn fat_tree(k: usize) -> Network {
    let half = k / 2;
    let mut devices = Vec::new();
    let mut number = 0;
    let mut add = |name: String, edge: bool| {
        number += 1;
        devices.push(switch(name, 4_200_000_000 + number, number, edge));
    };
    for c in 0..half * half {
        add(format!("core{c}"), false);
    }
    for p in 0..k {
        (0..half).for_each(|a| add(format!("agg{p}-{a}"), false));
        (0..half).for_each(|e| add(format!("edge{p}-{e}"), true));
    }
    let mut links = 0;
    for p in 0..k {
        let first = half * half + p * k;
        for a in 0..half {
            for c in 0..half {
                link(&mut devices, first + a, a * half + c, &mut links);
                link(&mut devices, first + a, first + half + c, &mut links);
            }
        }
    }
    Network::new(devices.into_iter().collect::<IdVec<nettwin::model::DeviceId, _>>().into_vec(), Default::default())
}

fn benches(c: &mut Criterion) {
    let mut group = c.benchmark_group("engine");
    group.sample_size(10);
    for k in [4, 8, 20] {
        let network = fat_tree(k);
        let none = Failures::none();
        group.bench_function(format!("topology, fat-tree k={k}"), |b| b.iter(|| Topology::build(black_box(&network), &none)));
        group.bench_function(format!("tables, fat-tree k={k}"), |b| b.iter(|| simulate(black_box(&network), &none)));
        let state = simulate(&network, &none);
        let (a, b) = state.topology.links[0];
        let cut = Failures { ports: vec![a, b], devices: vec![] };
        group.bench_function(format!("one link down, fat-tree k={k}"), |b| {
            b.iter(|| simulate_from(black_box(&state), &network, &cut));
        });
    }
    group.finish();
}

criterion_group!(engine, benches);
criterion_main!(engine);
