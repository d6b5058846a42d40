//! Packet filters.

use super::Lower;
use crate::model::filter::Filter;
use crate::model::route::Family;

impl Lower<'_, '_> {
    pub(super) fn make_filters(&mut self) {
        for f in &self.config.filters {
            let mut entries: Vec<_> = f.entries.iter().collect();
            entries.sort_by_key(|(n, _)| *n);
            let id = self.device.filters.push(Filter {
                name: f.name.clone(),
                origin: f.origin,
                family: Some(if f.v6 { Family::V6 } else { Family::V4 }),
                extended: true,
                lines: entries.into_iter().map(|(_, line)| line.clone()).collect(),
                // "Packets that match no entry are accepted" (ACL guide, interface ACLs).
                default_permit: true,
            });
            self.filters.insert((f.name.clone(), f.v6), id);
        }
    }
}
