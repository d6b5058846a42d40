//! nettwin and bgpsim on the same networks: time from a network in memory to converged tables, and whether both choose the same.
//!
//!     cargo run --release --manifest-path benches/peers/Cargo.toml -- [--sweep] SNAPSHOT...
//!
//! Snapshots are those of `nettwin gen`. bgpsim has neither addresses nor config syntax, so its network is made from nettwin's model: the
//! same routers, links with costs, sessions, local preferences of import policies and announcements. Prefixes are numbered for it, which it
//! looks up faster than addresses. Its time begins with the finished list of these; nettwin's with the parsed model. Policies towards the
//! outside deny everything in bgpsim: nettwin does not compute what outsiders hear either.
//!
//! A line `petgraph` has Dijkstra's distances from each router instead, without next hops and tables.
//!
//! Equal means: each router has the same best path, by the router that is its BGP next hop, for each prefix; without BGP, the same OSPF
//! distance to each other router. With `--sweep`, each link fails by itself, and both are compared after each failure.

mod peer;
mod plain;
mod twin;

use std::time::{Duration, Instant};

use nettwin::model::Network;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let sweep = words.iter().any(|w| w == "--sweep");
    println!("{:<28} {:>12} {:>12} {:>7} {:>20}", "network", "nettwin", "bgpsim", "ratio", "equal");
    for folder in words.iter().filter(|w| !w.starts_with("--")) {
        let mut snapshot = nettwin::load::load(std::path::Path::new(folder)).expect("a snapshot");
        let network = &mut snapshot.network;
        let plan = twin::Plan::new(network);
        if sweep { swept(folder, network, &plan) } else { once(folder, network, &plan) }
    }
}

fn once(folder: &str, network: &Network, plan: &twin::Plan) {
    let (state, ours) = timed(|| twin::run(network));
    let (peer, theirs) = timed(|| peer::run(plan));
    show(folder, ours, theirs, twin::results(network, &state, plan), peer::results(&peer, plan));
    if plan.ospf {
        let (distances, naive) = timed(|| plain::run(plan));
        show(&format!("{folder} petgraph"), ours, naive, twin::distances(network, &state, plan), distances);
    }
}

/// The median time of as many runs as fit into two seconds, at most eleven and at least one.
fn timed<T>(run: impl Fn() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let mut times = Vec::new();
    loop {
        let start = Instant::now();
        let result = run();
        times.push(start.elapsed());
        if times.len() == 11 || begin.elapsed() > Duration::from_secs(2) {
            times.sort();
            return (result, times[times.len() / 2]);
        }
    }
}

fn swept(folder: &str, network: &Network, plan: &twin::Plan) {
    let base = twin::run(network);
    let links: Vec<usize> = (0..plan.ports.len()).collect();
    let (_, ours) = timed(|| twin::sweep(&base, network, plan, &links, |_| ()));
    let peer = peer::run(plan);
    let (_, theirs) = timed(|| peer::sweep(&peer, plan, &links, |_| ()));
    // Held against each other outside the measured time.
    let a = twin::sweep(&base, network, plan, &links, |state| twin::results(network, state, plan)).concat();
    let b = peer::sweep(&peer, plan, &links, |failed| peer::results(failed, plan)).concat();
    show(&format!("{folder} sweep"), ours, theirs, a, b);
}

fn show(what: &str, ours: Duration, theirs: Duration, a: Vec<u32>, b: Vec<u32>) {
    assert_eq!(a.len(), b.len());
    let equal = a.iter().zip(&b).filter(|(x, y)| x == y).count();
    let name = what.rsplit('/').next().unwrap_or(what);
    let (ours, theirs) = (ours.as_secs_f64() * 1e3, theirs.as_secs_f64() * 1e3);
    let equal = format!("{equal} of {}", a.len());
    println!("{name:<28} {ours:>9.1} ms {theirs:>9.1} ms {:>6.1}x {equal:>20}", theirs / ours);
}
