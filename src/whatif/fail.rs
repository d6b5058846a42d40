//! What a failure loses, in words.

use std::collections::BTreeMap;

use super::sweep::Impact;

/// The destinations a case loses, most sources first, a few of them.
pub(super) fn destinations(impact: &Impact) -> String {
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
