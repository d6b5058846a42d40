//! A path in a speaker's BGP table.

use super::speakers::{EndId, SpeakerId};
use crate::rib::AttrsId;

/// The IGP metric of a next hop that cannot be reached.
pub(crate) const UNREACHABLE: u32 = u32::MAX;

/// A path, small enough to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Path {
    pub attrs: AttrsId,
    /// IGP metric to the next hop, or [`UNREACHABLE`].
    pub metric: u32,
    /// The end it came in on; `None`: made here.
    pub from: Option<EndId>,
    pub class: Class,
    /// Which of several paths of one sender (add-path, RFC 7911).
    pub path_id: u32,
    /// It is of another table, whose speaker this is: its next hop stands there.
    pub lent: Option<SpeakerId>,
}

/// How a speaker came by a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// A `network` statement.
    Network,
    /// Redistributed.
    Redistributed,
    /// An aggregate made here.
    Aggregate,
    /// An active route of another protocol that export policies may send (Junos); not in the BGP table.
    Active,
    /// Heard from another AS.
    External,
    /// Heard from another member of the confederation.
    Confed,
    /// Heard inside the AS from a route-reflector client.
    Client,
    /// Heard inside the AS.
    Internal,
}

impl Class {
    /// Whether it was made here.
    pub fn is_local(self) -> bool {
        matches!(self, Self::Network | Self::Redistributed | Self::Aggregate | Self::Active)
    }
}
