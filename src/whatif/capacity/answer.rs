//! A capacity plan as an answer: links, fullest first, and what is lost.

use crate::cells;
use crate::model::Network;
use crate::questions::answer::{Answer, Cell, Table, Tone};
use crate::topology::{Port, Topology};
use crate::whatif::sweep::Case;

use super::plan::Plan;
use super::{Demand, Loss};

const MEGA: f64 = 1e6;

/// The answer of a plan. `full` is the utilisation (1.0 = line rate) from which a link counts as overloaded.
pub fn answer(
    network: &Network,
    topology: &Topology,
    demands: &[Demand],
    cases: &[Case],
    plan: &Plan,
    full: f64,
    top: Option<usize>,
) -> Answer {
    let name = |(d, i): Port| format!("{}:{}", network.devices[d].name, network.devices[d].interfaces[i].name);
    let far = |port: Port| match topology.peers(port).next() {
        Some((d, _)) => network.devices[d].name.to_string(),
        None => String::new(),
    };
    let mut links = Table::new(
        "links",
        "Load of each link, fullest first",
        &["link", "to", "mbps", "capacity_mbps", "utilisation", "worst_failure", "worst_mbps", "worst_utilisation"],
    )
    .when_empty("no link carries traffic");
    let (mut over, mut over_failing, mut unknown) = (0, 0, 0);
    for link in &plan.links {
        let (now, worst) = (link.utilisation(), link.worst_utilisation());
        let tone = match (now, worst) {
            (Some(u), _) if u > full => Tone::Bad,
            (_, Some(u)) if u > full => Tone::Warn,
            _ => Tone::Plain,
        };
        over += usize::from(tone == Tone::Bad);
        over_failing += usize::from(tone == Tone::Warn);
        unknown += usize::from(link.capacity.is_none() && link.bits > 0.0);
        if top.is_some_and(|t| links.rows.len() >= t) {
            continue;
        }
        let percent = |u: Option<f64>| u.map_or(Cell::Empty, |u| Cell::Percent(u * 100.0));
        let worst_case = link.worst.map(|(case, _)| cases[case].name.clone());
        let worst_load = link.worst.map(|(_, bits)| bits / MEGA);
        let row = cells![
            name(link.port),
            far(link.port),
            link.bits / MEGA,
            link.capacity.map(|c| c / MEGA),
            percent(now),
            worst_case,
            worst_load,
            percent(link.worst.and(worst)),
        ];
        links.push(row).tone(tone);
    }
    let mut lost = Table::new("lost", "Demands that do not arrive whole", &["demand", "mbps_lost", "why"]);
    for &(n, bits, why) in &plan.lost {
        lost.push(cells![demands[n].name.clone(), bits / MEGA, loss(network, why)]).tone(Tone::Bad);
    }
    let mut cut = Table::new("lost_by_failure", "Failures that cut traffic off", &["failure", "mbps_lost"]);
    let mut by_case = plan.lost_by_case.clone();
    by_case.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| cases[a.0].name.cmp(&cases[b.0].name)));
    for (case, bits) in by_case {
        cut.push(cells![&*cases[case].name, bits / MEGA]).tone(Tone::Warn);
    }
    let total: f64 = demands.iter().map(|d| d.bits).sum();
    let (shown, all) = (links.rows.len(), plan.links.len());
    let mut answer = Answer { tables: vec![links, lost, cut], ..Answer::default() };
    answer.notes.push(format!("{} demands, {:.1} Mbit/s in all; {all} link directions", demands.len(), total / MEGA));
    answer.notes.push(format!("above {:.0} %: {over} now, {over_failing} more under some failure", full * 100.0));
    if unknown > 0 {
        answer.notes.push(format!("{unknown} loaded link directions have no known speed: give it in nettwin.yaml"));
    }
    if shown < all {
        answer.notes.push(format!("{shown} of {all} link directions are shown: `--top all` lists them all"));
    }
    answer
}

/// A loss in words.
pub fn loss(network: &Network, why: Loss) -> String {
    match why {
        Loss::NoRoute(node) => format!("no route at {}", network.node_name(node)),
        Loss::Discard(node) => format!("discarded at {}", network.node_name(node)),
        Loss::Loop(node) => format!("loops through {}", network.node_name(node)),
        Loss::EntryDown => "the entry router is down".to_owned(),
    }
}
