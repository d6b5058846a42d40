//! What must be as before: sessions, routes, reachability, ECMP width; no new loops and black holes.

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde::Deserialize;

use super::found;
use crate::base::like;
use crate::forward::reach::Fate;
use crate::gate::{Finding, Violation};
use crate::questions::diff::{Comparison, Kind, ReachChange, RouteChanges, RouteRow, few};

/// Which routes a check is about.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routes {
    /// Only to these prefixes and what lies within them; none = all.
    #[serde(default)]
    pub(super) prefixes: Vec<IpNet>,
    /// Only on these devices (`*` stands for anything); none = all.
    #[serde(default)]
    pub(super) nodes: Vec<String>,
}

pub(super) fn sessions(changes: &Comparison<'_>) -> Finding {
    let lost = changes.sessions().into_iter().filter(|c| c.kind == Kind::Lost);
    let violations = lost
        .map(|c| Violation { what: format!("{} was {}, now {}", c.session, c.before, c.after), devices: vec![host(&c.node)] })
        .collect();
    found(violations, "every session that was up is up")
}

pub(super) fn loops(changes: &Comparison<'_>) -> Finding {
    let new = |c: &&ReachChange| c.after.has(Fate::LOOPS) && !c.before.has(Fate::LOOPS);
    found(grouped(changes.reach().iter().filter(new)), "no new loops")
}

pub(super) fn black_holes(changes: &Comparison<'_>) -> Finding {
    let dropped = |f: Fate| f.has(Fate::NO_ROUTE) || f.has(Fate::DISCARDED);
    let new = |c: &&ReachChange| c.before.arrives() && dropped(c.after);
    found(grouped(changes.reach().iter().filter(new)), "no new black holes")
}

impl Routes {
    pub(super) fn name(&self, check: &str) -> String {
        let mut words = vec![check.to_owned()];
        words.extend(self.prefixes.iter().map(ToString::to_string));
        if !self.nodes.is_empty() {
            words.push(format!("on {}", self.nodes.join(", ")));
        }
        words.join(" ")
    }

    pub(super) fn wants(&self, node: &str, prefix: &IpNet) -> bool {
        (self.prefixes.is_empty() || self.prefixes.iter().any(|p| p.contains(prefix)))
            && (self.nodes.is_empty() || self.nodes.iter().any(|n| like(n, &host(node))))
    }

    /// The nodes of the rows it is about and that `what` takes, by prefix and by what that says.
    fn changed<K: Ord>(
        &self,
        changes: &Comparison<'_>,
        what: impl Fn(&RouteChanges, &RouteRow) -> Option<K>,
    ) -> BTreeMap<(IpNet, K), Vec<String>> {
        let mut out: BTreeMap<(IpNet, K), Vec<String>> = BTreeMap::new();
        let changes = changes.routes();
        for group in &changes.groups {
            for row in &group.rows {
                let name = changes.name(row);
                for prefix in group.prefixes.iter().filter(|p| self.wants(name, p)) {
                    let Some(key) = what(changes, row) else { break };
                    out.entry((*prefix, key)).or_default().push(name.to_owned());
                }
            }
        }
        out
    }

    pub(super) fn routes(&self, changes: &Comparison<'_>) -> Finding {
        let lost = self.changed(changes, |_, r| (r.kind == Kind::Lost).then_some(()));
        let violations = lost
            .into_iter()
            .map(|((prefix, ()), nodes)| Violation {
                what: format!("{prefix} is gone from {}", few(&nodes, 6)),
                devices: hosts(&nodes),
            })
            .collect();
        found(violations, "every route is there still")
    }

    pub(super) fn reachability(&self, changes: &Comparison<'_>) -> Finding {
        let lost = |c: &&ReachChange| c.before.arrives() && !c.after.arrives() && self.wants(&c.from, &c.to);
        found(grouped(changes.reach().iter().filter(lost)), "everyone reaches what they reached before")
    }

    pub(super) fn ecmp(&self, changes: &Comparison<'_>) -> Finding {
        let thinner = |all: &RouteChanges, r: &RouteRow| {
            let (was, is) = all.widths(r);
            (r.kind == Kind::Moved && is < was).then_some((was, is))
        };
        let violations = self
            .changed(changes, thinner)
            .into_iter()
            .map(|((prefix, (was, is)), nodes)| Violation {
                what: format!("{prefix} has {is} next hops instead of {was} on {}", few(&nodes, 6)),
                devices: hosts(&nodes),
            })
            .collect();
        found(violations, "no route has fewer next hops")
    }
}

/// One violation a destination and fate, with all sources.
fn grouped<'c>(changes: impl Iterator<Item = &'c ReachChange>) -> Vec<Violation> {
    let mut groups: std::collections::BTreeMap<(IpNet, String), Vec<String>> = std::collections::BTreeMap::new();
    for c in changes {
        groups.entry((c.to, c.after.words())).or_default().push(c.from.clone());
    }
    let mut out: Vec<(usize, Violation)> = groups
        .into_iter()
        .map(|((to, fate), from)| {
            (from.len(), Violation { what: format!("{to} from {}: {fate}", few(&from, 6)), devices: hosts(&from) })
        })
        .collect();
    out.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
    out.into_iter().map(|(_, v)| v).collect()
}

/// The device of a node name.
pub(super) fn host(node: &str) -> String {
    node.split(':').next().unwrap_or(node).to_owned()
}

fn hosts(nodes: &[String]) -> Vec<String> {
    let mut out: Vec<String> = nodes.iter().map(|n| host(n)).collect();
    out.dedup();
    out
}
