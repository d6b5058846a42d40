//! Firewall filters.

use super::Lower;
use crate::model::filter::{AddressMatch, Filter, FilterLine};
use crate::model::route::Family;
use crate::vendors::junos::config::{FilterTerm, Named};

impl Lower<'_, '_> {
    pub(super) fn make_filters(&mut self) {
        let config = self.config;
        for f in &config.filters {
            let mut lines = Vec::new();
            for t in &f.terms {
                self.filter_term(t, f.v6, &mut lines);
            }
            let id = self.device.filters.push(Filter {
                name: f.name.clone(),
                origin: f.origin,
                family: Some(if f.v6 { Family::V6 } else { Family::V4 }),
                extended: true,
                lines,
                // The implicit last term discards.
                default_permit: false,
            });
            self.filters.insert((f.name.clone(), f.v6), id);
        }
    }

    fn filter_term(&self, t: &FilterTerm, v6: bool, lines: &mut Vec<FilterLine>) {
        let mut line = t.line.clone();
        let sources = !line.sources.is_empty() || !t.source_lists.is_empty();
        let destinations = !line.destinations.is_empty() || !t.destination_lists.is_empty();
        self.add_lists(&t.source_lists, v6, &mut line.sources);
        self.add_lists(&t.destination_lists, v6, &mut line.destinations);
        // A list that is empty after all matches nothing, not everything.
        if (sources && line.sources.is_empty()) || (destinations && line.destinations.is_empty()) {
            return;
        }
        line.to_vrf = t.instance.as_ref().and_then(|(n, _)| self.vrf(n));
        let mut either = t.either.clone();
        let wants_either = !either.is_empty() || !t.either_lists.is_empty();
        self.add_lists(&t.either_lists, v6, &mut either);
        let mut out = vec![line];
        if wants_either {
            // `address` holds for the source or the destination: two lines.
            out = out
                .into_iter()
                .flat_map(|l| {
                    let source = FilterLine { sources: either.clone(), ..l.clone() };
                    let destination = FilterLine { destinations: either.clone(), ..l };
                    if either.is_empty() { Vec::new() } else { vec![source, destination] }
                })
                .collect();
        }
        if !t.either_ports.is_empty() {
            out = out
                .into_iter()
                .flat_map(|l| {
                    let source = FilterLine { source_ports: t.either_ports.clone(), ..l.clone() };
                    [source, FilterLine { destination_ports: t.either_ports.clone(), ..l }]
                })
                .collect();
        }
        lines.extend(out);
    }

    fn add_lists(&self, lists: &[(Named, bool)], v6: bool, to: &mut Vec<AddressMatch>) {
        for ((name, _), except) in lists {
            let Some(list) = self.list_at.get(name).and_then(|at| self.config.policy.prefix_lists.get(*at)) else { continue };
            for (prefix, _) in list.prefixes.iter().filter(|(p, _)| p.addr().is_ipv6() == v6) {
                to.push(if *except { AddressMatch::Except(*prefix) } else { AddressMatch::Prefix(*prefix) });
            }
        }
    }
}
