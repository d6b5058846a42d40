//! `--stats`: how large a snapshot is, what memory its run may take, and what it took.
//!
//! The estimate is rough: within a factor of two on the networks of `docs/PERFORMANCE.md`, from which its factors are taken.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::engine::State;
use crate::model::Network;

const MIB: f64 = 1024.0 * 1024.0;
/// What a run takes whatever it reads.
const FIXED: f64 = 50.0 * MIB;
/// Bytes of model for each byte of config text.
const PER_TEXT: f64 = 12.0;
/// Bytes for each side of a BGP session.
const PER_SIDE: f64 = 3500.0;
/// Bytes for each router's BGP route to each network that routers announce.
const PER_BGP_ROW: f64 = 12.0;
/// The same for subnets of an interior protocol: columns next to each other share most of what they hold.
const PER_IGP_ROW: f64 = 0.8;
/// Bytes for the shortest path from each router to each other one.
const PER_PAIR: f64 = 8.0;
/// Bytes for each announcement from outside.
const PER_ANNOUNCEMENT: f64 = 380.0;

/// The size of a snapshot, and what its run may take. `read`: how long reading took.
pub(super) fn before(network: &Network, read: Duration) -> String {
    let text: usize = network.sources.files.iter().map(|f| f.text.len()).sum();
    let devices = network.devices.iter().filter(|d| !d.absent);
    let interfaces: usize = devices.clone().map(|d| d.interfaces.iter().filter(|i| !i.absent).count()).sum();
    let sides: usize = devices.clone().flat_map(|d| &d.bgp).map(|b| b.neighbors.len()).sum();
    let announcements: usize = network.announcers.iter().map(|a| a.routes.len()).sum();
    let tables = network.nodes().ids().filter(|n| network.has_node(*n)).count();
    let (subnets, networks) = announced(network);
    let paths = if subnets > 0 { tables * tables } else { 0 };
    let bytes = FIXED
        + PER_TEXT * text as f64
        + PER_SIDE * sides as f64
        + PER_BGP_ROW * tables as f64 * networks as f64
        + PER_IGP_ROW * tables as f64 * subnets as f64
        + PER_PAIR * paths as f64
        + PER_ANNOUNCEMENT * announcements as f64;
    format!(
        "stats: {} devices, {tables} routing tables, {interfaces} interfaces, {sides} BGP neighbours, {announcements} announcements from \
         outside; {:.1} MiB of text read in {:.2} s; about {:.0} MiB of memory to be expected",
        devices.count(),
        text as f64 / MIB,
        read.as_secs_f64(),
        bytes / MIB
    )
}

/// How many prefixes routers announce to each other: subnets on which an interior protocol runs, and networks of BGP.
fn announced(network: &Network) -> (usize, usize) {
    let (mut inside, mut learned) = (BTreeSet::new(), BTreeSet::new());
    for device in &network.devices {
        let ospf = device.ospf.iter().flat_map(|o| &o.interfaces).map(|i| i.interface);
        let isis = device.isis.iter().flat_map(|i| &i.interfaces).map(|i| i.interface);
        let subnets = ospf.chain(isis).filter_map(|i| device.interfaces.get(i)).flat_map(|i| &i.addresses);
        inside.extend(subnets.map(|a| a.address.trunc()));
        let families = device.bgp.iter().flat_map(|b| &b.families);
        learned.extend(families.flat_map(|f| &f.networks).map(|n| n.prefix.trunc()));
    }
    (inside.len(), learned.len())
}

/// What the run made, and what it took.
pub(super) fn after(state: &State, took: Duration) -> String {
    let prefixes = state.rib.prefixes().len();
    let routes: usize = state.rib.table().columns().map(|(_, c)| c.len()).sum();
    let peak = peak_memory().map_or("not known here".to_owned(), |bytes| format!("{:.0} MiB", bytes as f64 / MIB));
    format!(
        "stats: {routes} routes to {prefixes} prefixes, {} of them different, in {} rounds and {:.2} s; peak memory {peak}",
        state.arena.routes.len(),
        state.rounds,
        took.as_secs_f64()
    )
}

/// How long a change took after the base: to read, to compute, to compare.
pub(super) fn change(read: Duration, solved: Duration, compared: Duration) -> String {
    let [read, solved, compared] = [read, solved, compared].map(|d| d.as_secs_f64());
    format!("stats: the change was read in {read:.2} s, its tables computed in {solved:.2} s and compared in {compared:.2} s")
}

/// A stopwatch.
pub(super) struct Lap(Instant);

impl Lap {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }
    /// The time since the last lap.
    pub(super) fn lap(&mut self) -> Duration {
        std::mem::replace(&mut self.0, Instant::now()).elapsed()
    }
}

/// The most memory the process has held so far, in bytes; known on Linux.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?;
    Some(kib * 1024)
}
