//! Tables of two runs, to be held against each other.

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
