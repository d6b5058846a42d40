//! A failure sweep as an answer: what each failure costs, worst first.

use std::collections::BTreeMap;

use super::sweep::{Case, Impact, Pair};
use crate::cells;
use crate::model::Network;
use crate::questions::answer::{Answer, Table, Tone};

/// How much of a sweep to show.
#[derive(Debug, Clone, Copy)]
pub struct Show {
    /// The most cases listed; `None` = all.
    pub cases: Option<usize>,
    /// The most lost pairs listed; `None` = all.
    pub pairs: Option<usize>,
}

/// The answer of a sweep. `cases` and `impacts` belong together by index.
pub fn answer(network: &Network, cases: &[Case], impacts: &[Impact], show: Show) -> Answer {
    let mut order: Vec<usize> = (0..impacts.len()).collect();
    order.sort_by(|&a, &b| impacts[b].weight().cmp(&impacts[a].weight()).then_with(|| cases[a].name.cmp(&cases[b].name)));
    let harmful: Vec<usize> =
        order.iter().copied().filter(|&n| impacts[n].weight() > (0, 0, 0, 0) || impacts[n].sessions_lost > 0).collect();
    let mut table = Table::new(
        "failures",
        "What each failure costs, worst first",
        &["failure", "lost", "partly_lost", "left_with_one_path", "fewer_paths", "sessions_lost", "no_longer_reached"],
    )
    .when_empty("no failure costs anything");
    for &n in harmful.iter().take(show.cases.unwrap_or(usize::MAX)) {
        let i = &impacts[n];
        let tone = match i.weight() {
            (1.., ..) => Tone::Bad,
            (0, 1.., ..) | (0, 0, 1.., _) => Tone::Warn,
            _ => Tone::Plain,
        };
        let row = cells![&*cases[n].name, i.lost.len(), i.partly.len(), i.last_path, i.thinner, i.sessions_lost, destinations(i)];
        table.push(row).tone(tone);
    }
    let mut pairs = Table::new("pairs", "Who no longer reaches what", &["failure", "from", "to", "fate"]);
    let lost = harmful.iter().flat_map(|&n| impacts[n].lost.iter().chain(&impacts[n].partly).map(move |p| (n, p)));
    for (n, Pair { from, to, fate }) in lost.clone().take(show.pairs.unwrap_or(usize::MAX)) {
        pairs.push(cells![&*cases[n].name, network.node_name(*from), to.to_string(), fate.words()]);
    }
    let (all, shown) = (lost.count(), pairs.rows.len());
    let mut answer = Answer { tables: vec![table, pairs], ..Answer::default() };
    let losing = impacts.iter().filter(|i| !i.lost.is_empty()).count();
    answer.notes.push(format!(
        "{} failures tried: {losing} lose reachability, {} only redundancy, {} change nothing that counts",
        cases.len(),
        harmful.len() - losing,
        cases.len() - harmful.len()
    ));
    if shown < all {
        answer.notes.push(format!("{shown} of {all} lost pairs are shown: `--pairs all` lists them all"));
    }
    if harmful.len() > answer.tables[0].rows.len() {
        answer.notes.push(format!(
            "{} of {} failures are shown: `--top all` lists them all",
            answer.tables[0].rows.len(),
            harmful.len()
        ));
    }
    answer
}

/// The destinations a case loses, most sources first, a few of them.
fn destinations(impact: &Impact) -> String {
    const FEW: usize = 3;
    let mut by_prefix: BTreeMap<ipnet::IpNet, usize> = BTreeMap::new();
    for p in impact.lost.iter().chain(&impact.partly) {
        *by_prefix.entry(p.to).or_insert(0) += 1;
    }
    let mut list: Vec<_> = by_prefix.into_iter().collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let words: Vec<String> = list.iter().take(FEW).map(|(p, n)| format!("{p} (from {n})")).collect();
    let more = if list.len() > FEW { format!(", {} more", list.len() - FEW) } else { String::new() };
    words.join(", ") + &more
}
