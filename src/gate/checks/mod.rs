//! The checks, one file each.

mod kept;
mod reach;
mod resilience;
mod understood;

use serde::Deserialize;

use super::{Finding, Pair, Violation};

/// A check with its settings, as the policy file says it.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "check", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Check {
    /// No session that is up goes down.
    SessionsKept {},
    /// No router loses a route to the prefixes (all, if none are named).
    RoutesKept(kept::Routes),
    /// Whoever reached a prefix still does.
    ReachabilityKept(kept::Routes),
    /// From reaches to.
    Reach(reach::Flow),
    /// From does not reach to.
    Isolate(reach::Flow),
    /// No packets run in circles that did not before.
    NoNewLoops {},
    /// No packets that arrived are dropped for want of a route or by a discard route.
    NoNewBlackHoles {},
    /// No route has fewer next hops.
    EcmpKept(kept::Routes),
    /// Everything that arrives still does when any single link (or router) fails.
    Survives(resilience::Survives),
    /// No link is fuller than so many percent.
    Utilisation(resilience::Utilisation),
    /// No config lines are new that the twin does not understand.
    Understood {},
}

impl Check {
    /// Its name with its subject.
    pub fn name(&self) -> String {
        match self {
            Self::SessionsKept {} => "sessions-kept".to_owned(),
            Self::RoutesKept(r) => r.name("routes-kept"),
            Self::ReachabilityKept(r) => r.name("reachability-kept"),
            Self::Reach(f) => f.name("reach"),
            Self::Isolate(f) => f.name("isolate"),
            Self::NoNewLoops {} => "no-new-loops".to_owned(),
            Self::NoNewBlackHoles {} => "no-new-black-holes".to_owned(),
            Self::EcmpKept(r) => r.name("ecmp-kept"),
            Self::Survives(s) => s.name(),
            Self::Utilisation(u) => u.name(),
            Self::Understood {} => "understood".to_owned(),
        }
    }

    /// Whether it tries failures of the candidate.
    pub fn tries_failures(&self) -> bool {
        matches!(self, Self::Survives(_))
    }

    /// Runs it.
    pub fn run(&self, pair: &Pair<'_>) -> Finding {
        let (changes, candidate) = (&pair.changes, pair.candidate);
        match self {
            Self::SessionsKept {} => kept::sessions(changes),
            Self::RoutesKept(r) => r.routes(changes),
            Self::ReachabilityKept(r) => r.reachability(changes),
            Self::Reach(f) => f.reach(candidate),
            Self::Isolate(f) => f.isolate(candidate),
            Self::NoNewLoops {} => kept::loops(changes),
            Self::NoNewBlackHoles {} => kept::black_holes(changes),
            Self::EcmpKept(r) => r.ecmp(changes),
            Self::Survives(s) => s.run(candidate),
            Self::Utilisation(u) => u.run(candidate),
            Self::Understood {} => understood::run(pair.base, candidate),
        }
    }
}

/// A finding of violations, or of `holds`.
fn found(violations: Vec<Violation>, holds: impl Into<String>) -> Finding {
    Finding { violations, holds: holds.into(), cannot: None }
}
