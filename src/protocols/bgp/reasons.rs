//! Why paths lose.

use crate::model::platform::BestPathStep;

/// Why a path is not the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lost {
    /// At a step of the decision.
    Step(BestPathStep),
    /// Its next hop cannot be reached.
    NextHopUnreachable,
}

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use BestPathStep as S;
        f.write_str(match self {
            Self::NextHopUnreachable => "next hop unreachable",
            Self::Step(s) => match s {
                S::Weight => "lower weight",
                S::Preference => "higher preference value",
                S::LocalPref => "lower local preference",
                S::LocalOrigin => "not made here",
                S::Aigp => "higher AIGP metric",
                S::AsPathLength => "longer AS path",
                S::Origin => "worse origin",
                S::Med => "higher MED",
                S::ExternalOverInternal => "internal against external",
                S::IgpMetric => "farther next hop",
                S::ConfedOverInternal => "internal against confederation-external",
                S::ClusterListLength => "longer cluster list",
                S::Oldest => "younger",
                S::RouterId => "higher router id",
                S::NeighborAddress => "higher neighbour address",
                S::PathId => "higher path id",
            },
        })
    }
}
