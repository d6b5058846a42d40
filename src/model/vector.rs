//! What distance-vector protocols (EIGRP, RIP) have in common: filters and offsets on updates.

use super::interface::InterfaceId;
use super::policy::{PolicyChain, RouteSource};
use crate::base::span::Origin;

/// A distribute list: updates in one direction, of one interface or of all.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorFilter {
    /// Filters what is heard; else what is sent.
    pub inbound: bool,
    /// Only on this interface; `None` = on all.
    pub interface: Option<InterfaceId>,
    /// Only routes redistributed from here (`distribute-list … out ospf 1`); such a filter acts where they are taken in.
    pub source: Option<RouteSource>,
    /// Which routes pass.
    pub policy: PolicyChain,
    /// Where it is configured.
    pub origin: Origin,
}

/// An offset list: makes updates worse.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorOffset {
    /// Acts on what is heard; else on what is sent.
    pub inbound: bool,
    /// Only on this interface; `None` = on all.
    pub interface: Option<InterfaceId>,
    /// Which routes; `None` = all.
    pub policy: Option<PolicyChain>,
    /// What is added to the metric.
    pub offset: u32,
    /// Where it is configured.
    pub origin: Origin,
}
