//! IP filters.

use super::Lower;
use crate::model::filter::{AddressMatch, Filter, FilterLine};
use crate::model::route::Family;
use crate::vendors::sros::config::{FilterEntry, Named};

impl Lower<'_, '_> {
    pub(super) fn make_filters(&mut self) {
        let config = self.config;
        for f in &config.filters {
            let mut lines = Vec::new();
            // An entry without an action does nothing.
            for e in f.entries.iter().filter(|e| e.acts) {
                self.filter_entry(e, f.v6, &mut lines);
            }
            let id = self.device.filters.push(Filter {
                name: f.name.clone(),
                origin: f.origin,
                family: Some(if f.v6 { Family::V6 } else { Family::V4 }),
                extended: true,
                lines,
                // "default-action … drop" is the default.
                default_permit: f.accept.unwrap_or(false),
            });
            self.filters.insert((f.name.clone(), f.v6), id);
        }
    }

    fn filter_entry(&self, e: &FilterEntry, v6: bool, lines: &mut Vec<FilterLine>) {
        let mut line = e.line.clone();
        self.add_addresses(&e.sources, v6, &mut line.sources);
        self.add_addresses(&e.destinations, v6, &mut line.destinations);
        self.add_ports(&e.source_ports, &mut line.source_ports);
        self.add_ports(&e.destination_ports, &mut line.destination_ports);
        // A list that is empty after all matches nothing, not everything.
        let empty = (!e.sources.is_empty() && line.sources.is_empty())
            || (!e.destinations.is_empty() && line.destinations.is_empty())
            || (!e.source_ports.is_empty() && line.source_ports.is_empty())
            || (!e.destination_ports.is_empty() && line.destination_ports.is_empty());
        if empty {
            return;
        }
        if e.either_ports.is_empty() {
            lines.push(line);
            return;
        }
        let ports: Vec<_> = e.either_ports.iter().map(|&(a, b)| a..=b).collect();
        lines.push(FilterLine { source_ports: ports.clone(), ..line.clone() });
        lines.push(FilterLine { destination_ports: ports, ..line });
    }

    fn add_addresses(&self, names: &[Named], v6: bool, to: &mut Vec<AddressMatch>) {
        for (name, _) in names {
            let lists = self.config.address_lists.iter().filter(|l| l.0 == *name).flat_map(|l| &l.1);
            to.extend(lists.filter(|p| p.addr().is_ipv6() == v6).map(|p| AddressMatch::Prefix(p.trunc())));
        }
    }

    fn add_ports(&self, names: &[Named], to: &mut Vec<std::ops::RangeInclusive<u16>>) {
        for (name, _) in names {
            let lists = self.config.port_lists.iter().filter(|l| l.0 == *name).flat_map(|l| &l.1);
            to.extend(lists.map(|&(a, b)| a..=b));
        }
    }
}
