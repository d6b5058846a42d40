//! Tables of two runs, to be held against each other.

#![allow(dead_code, reason = "not every test uses all of it")]

use nettwin::engine::State;
use nettwin::model::Network;

/// All tables as text: ids of two arenas cannot be compared.
pub fn tables(network: &Network, state: &State) -> Vec<String> {
    let hops = |h| state.arena.hops.get(h);
    let mut out = Vec::new();
    for n in network.nodes().ids() {
        for (net, _, route) in state.rib.row(n) {
            let r = state.arena.routes.get(route);
            let (word, at) = (r.protocol.word(), network.sources.place(r.origin));
            out.push(format!(
                "{} {net} {word} {} {} {:?} {:?} {at}",
                network.node_name(n),
                r.distance,
                r.metric,
                hops(r.hops),
                hops(r.via)
            ));
        }
    }
    out
}

/// The state of a run from scratch, and another one of the same network: they hold the same, and say the same.
pub fn assert_same(what: &str, network: &Network, fresh: &State, other: &State) {
    let (a, b) = (tables(network, fresh), tables(network, other));
    let only = |x: &[String], y: &[String]| x.iter().filter(|l| !y.contains(l)).cloned().collect::<Vec<_>>();
    assert!(a == b, "{what}: from scratch {:#?}\nbut {:#?}", only(&a, &b), only(&b, &a));
    assert_eq!(fresh.topology, other.topology);
    assert!(fresh.sessions().eq(other.sessions()));
    let said = |s: &State| s.findings.iter().map(|f| format!("{f:?}")).collect::<Vec<_>>();
    assert_eq!(said(fresh), said(other));
    assert_eq!(fresh.rounds, other.rounds);
}
