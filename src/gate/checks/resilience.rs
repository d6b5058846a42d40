//! What must hold when something fails, and how full links may be.

use serde::Deserialize;

use super::found;
use crate::gate::{Finding, Subject, Violation};
use crate::questions::diff::few;
use crate::whatif::capacity::{demand, plan};
use crate::whatif::sweep::{self, Base, Case};

/// Which failures to try.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// Each link by itself.
    #[default]
    Links,
    /// Each router by itself.
    Nodes,
}

/// Settings of `survives`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survives {
    /// What fails.
    #[serde(default)]
    fail: What,
    /// Only to these prefixes and what lies within them; none = all.
    #[serde(default)]
    prefixes: Vec<ipnet::IpNet>,
    /// Only from these devices (`*` stands for anything); none = all.
    #[serde(default)]
    nodes: Vec<String>,
}

/// Settings of `utilisation`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Utilisation {
    /// Percent.
    at_most: f64,
    /// Also under each single failure of these.
    #[serde(default)]
    fail: Option<What>,
}

fn cases(candidate: &Subject, what: What) -> Vec<Case> {
    match what {
        What::Links => sweep::single_links(candidate.network(), &candidate.side.state.topology),
        What::Nodes => sweep::single_nodes(candidate.network()),
    }
}

impl Survives {
    pub(super) fn name(&self) -> String {
        self.wanted().name(match self.fail {
            What::Links => "survives any single link",
            What::Nodes => "survives any single router",
        })
    }

    fn wanted(&self) -> super::kept::Routes {
        super::kept::Routes { prefixes: self.prefixes.clone(), nodes: self.nodes.clone() }
    }

    pub(super) fn run(&self, candidate: &Subject) -> Finding {
        let cases = cases(candidate, self.fail);
        let wanted = self.wanted();
        let counts = |p: &&sweep::Pair| wanted.wants(&candidate.network().node_name(p.from), &p.to);
        let base = Base::new(candidate.network(), &candidate.side.state);
        let impacts = sweep::run(&base, &cases, &|| {});
        let mut violations = Vec::new();
        for (case, impact) in cases.iter().zip(&impacts) {
            let mut to: Vec<String> = impact.lost.iter().chain(&impact.partly).filter(counts).map(|p| p.to.to_string()).collect();
            let pairs = to.len();
            if pairs > 0 {
                to.sort();
                to.dedup();
                let what = format!("{} cuts off {pairs} pairs, to {}", case.name, few(&to, 4));
                violations.push((pairs, Violation { what, devices: devices(candidate, case) }));
            }
        }
        violations.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
        found(violations.into_iter().map(|(_, v)| v).collect(), format!("{} failures tried, none cuts anyone off", cases.len()))
    }
}

impl Utilisation {
    pub(super) fn name(&self) -> String {
        match self.fail {
            None => format!("utilisation at most {} %", self.at_most),
            Some(What::Links) => format!("utilisation at most {} %, any single link failing", self.at_most),
            Some(What::Nodes) => format!("utilisation at most {} %, any single router failing", self.at_most),
        }
    }

    pub(super) fn run(&self, candidate: &Subject) -> Finding {
        let network = candidate.network();
        if network.demands.is_empty() {
            return Finding { cannot: Some("the candidate has no demands file".to_owned()), ..Finding::default() };
        }
        let demands = match demand::resolve(network, &network.demands) {
            Ok(d) => d,
            Err(e) => return Finding { cannot: Some(e.to_string()), ..Finding::default() },
        };
        let cases = self.fail.map_or_else(Vec::new, |what| cases(candidate, what));
        let plan = plan::plan(network, &candidate.side.state, &demands, &demand::capacities(network), &cases, &|| {});
        let mut violations = Vec::new();
        for link in &plan.links {
            let Some(worst) = link.worst_utilisation().filter(|u| u * 100.0 > self.at_most) else { continue };
            let device = &network.devices[link.port.0];
            let when = match link.worst {
                Some((case, _)) => format!(" when {} fails", cases[case].name),
                None => String::new(),
            };
            let what = format!("{}:{} is {:.0} % full{when}", device.name, device.interfaces[link.port.1].name, worst * 100.0);
            violations.push(Violation { what, devices: vec![device.name.to_string()] });
        }
        found(violations, format!("no link is fuller than {} %", self.at_most))
    }
}

fn devices(candidate: &Subject, case: &Case) -> Vec<String> {
    let of_ports = case.failures.ports.iter().map(|p| p.0);
    case.failures.devices.iter().copied().chain(of_ports).map(|d| candidate.network().devices[d].name.to_string()).collect()
}
