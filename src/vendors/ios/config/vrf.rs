//! VRFs, and what tables take from each other.

use super::Source;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::route::Family;

#[derive(Debug, Default)]
pub(in crate::vendors::ios) struct Vrf {
    pub origin: Origin,
    pub rd: Option<Name>,
    /// For all families, for IPv4, for IPv6.
    pub exchanges: [VrfExchange; 3],
    /// `route-replicate`.
    pub replicates: Vec<Replicate>,
}

/// Routes of another table that a table takes in.
#[derive(Debug)]
pub(in crate::vendors::ios) struct Replicate {
    /// `None`: the global table.
    pub from: Option<Name>,
    pub family: Family,
    /// `None`: all.
    pub source: Option<Source>,
    pub map: Option<Name>,
    pub origin: Origin,
}

/// Route targets and maps of a VRF.
#[derive(Debug, Default)]
pub(in crate::vendors::ios) struct VrfExchange {
    pub imports: Vec<Name>,
    pub exports: Vec<Name>,
    pub import_map: Option<Name>,
    pub export_map: Option<Name>,
    /// `import ipv4 unicast map X`, `export ipv4 unicast map X`.
    pub from_global: Option<Name>,
    pub to_global: Option<Name>,
}

impl VrfExchange {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        let maps = [&self.import_map, &self.export_map, &self.from_global, &self.to_global];
        self.imports.is_empty() && self.exports.is_empty() && maps.iter().all(|m| m.is_none())
    }
}
