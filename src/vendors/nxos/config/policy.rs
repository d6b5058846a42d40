//! Route-maps and the lists they name, packet filters and object groups.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::Source;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::filter::{AddressMatch, FilterLine};
use crate::model::policy::{CommunityMatch, Number, PrefixLine, RouteType};
use crate::model::route::{BgpOrigin, Community};

#[derive(Debug, Clone, Default)]
pub(in crate::vendors::nxos) struct RouteMap {
    pub origin: Origin,
    pub entries: BTreeMap<u32, MapEntry>,
}

#[derive(Debug, Clone, Default)]
pub(in crate::vendors::nxos) struct MapEntry {
    pub origin: Origin,
    pub permit: bool,
    pub matches: Vec<Match>,
    pub sets: Vec<Set>,
    /// `continue N`.
    pub goes_on: Option<u32>,
}

/// One `match` statement; values of one statement are alternatives.
#[derive(Debug, Clone)]
pub(in crate::vendors::nxos) enum Match {
    PrefixLists { v6: bool, names: Vec<Name> },
    Acl { v6: bool, name: Name },
    NextHopLists { v6: bool, names: Vec<Name> },
    SourceLists { v6: bool, names: Vec<Name> },
    AsPaths(Vec<Name>),
    AsNumbers(Vec<(u32, u32)>, Vec<Name>),
    Communities { names: Vec<Name>, kind: CommunityKind, exact: bool },
    Metric(Vec<(u32, u32)>),
    Tags(Vec<u32>),
    LocalPref(Vec<u32>),
    Sources(Vec<Source>),
    Interfaces(Vec<Name>),
    Types(Vec<RouteType>),
    Area(Vec<u32>),
    Unmodelled(Name),
}

impl Match {
    /// Statements with the same kind are alternatives.
    pub fn kind(&self) -> u8 {
        match self {
            Self::PrefixLists { .. } | Self::Acl { .. } => 0,
            Self::NextHopLists { .. } => 1,
            Self::SourceLists { .. } => 2,
            Self::AsPaths(_) => 3,
            Self::AsNumbers(..) => 4,
            Self::Communities { .. } => 5,
            Self::Metric(_) => 6,
            Self::Tags(_) => 7,
            Self::LocalPref(_) => 8,
            Self::Sources(_) => 9,
            Self::Interfaces(_) => 10,
            Self::Types(_) => 11,
            Self::Area(_) => 12,
            Self::Unmodelled(_) => 13,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vendors::nxos) enum CommunityKind {
    Standard,
    Extended,
    Large,
}

#[derive(Debug, Clone)]
pub(in crate::vendors::nxos) enum Set {
    LocalPref(u32),
    Metric(Number),
    MetricIgp,
    MetricType(u8),
    IsisMetricExternal(bool),
    Tag(u32),
    Weight(u32),
    Distance(u32),
    Origin(BgpOrigin),
    Prepend(Vec<u32>),
    PrependLast(u32),
    Communities { values: Vec<Community>, additive: bool },
    NoCommunities,
    DeleteCommunities { name: Name, kind: CommunityKind },
    NextHop(IpAddr),
    NextHopPeer,
    NextHopUnchanged,
    IsisLevel(u8),
    ForwardingAddress(IpAddr),
    Discard,
    Unmodelled(Name),
}

#[derive(Debug, Clone, Default)]
pub(in crate::vendors::nxos) struct PrefixList {
    pub origin: Origin,
    pub lines: BTreeMap<u32, PrefixLine>,
}

#[derive(Debug, Clone, Default)]
pub(in crate::vendors::nxos) struct AsPathList {
    pub origin: Origin,
    /// By sequence: permit, regular expression, as configured.
    pub lines: BTreeMap<u32, (bool, String, Name, Origin)>,
}

#[derive(Debug, Clone, Default)]
pub(in crate::vendors::nxos) struct CommunityList {
    pub origin: Origin,
    pub lines: BTreeMap<u32, (bool, CommunityMatch, Origin)>,
}

#[derive(Debug, Clone, Default)]
pub(in crate::vendors::nxos) struct Acl {
    pub origin: Origin,
    pub lines: BTreeMap<u32, AclLine>,
}

/// A line of a filter with the object groups it names; they are put in when the device is lowered.
#[derive(Debug, Clone, Default)]
pub(in crate::vendors::nxos) struct AclLine {
    pub line: FilterLine,
    pub source_group: Option<Name>,
    pub destination_group: Option<Name>,
    pub source_ports: Option<Name>,
    pub destination_ports: Option<Name>,
}

#[derive(Debug, Clone, Default)]
pub(in crate::vendors::nxos) struct AddressGroup {
    pub lines: BTreeMap<u32, AddressMatch>,
}

#[derive(Debug, Clone, Default)]
pub(in crate::vendors::nxos) struct PortGroup {
    pub lines: BTreeMap<u32, Vec<RangeInclusive<u16>>>,
}
