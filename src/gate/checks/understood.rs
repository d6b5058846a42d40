//! No new lines that the twin does not understand: a verdict must not rest on a config half read.

use super::found;
use crate::base::Map;
use crate::gate::{Finding, Subject, Violation};

pub(super) fn run(base: &Subject, candidate: &Subject) -> Finding {
    // Lines are matched by device and text, so that one that only moved is not new.
    let mut known: Map<(&str, &str), usize> = Map::default();
    for (device, _, text) in &base.unknown {
        *known.entry((device.as_str(), text.as_str())).or_insert(0) += 1;
    }
    let mut violations = Vec::new();
    for (device, origin, text) in &candidate.unknown {
        match known.get_mut(&(device.as_str(), text.as_str())) {
            Some(left) if *left > 0 => *left -= 1,
            _ => {
                let place = candidate.network().sources.place(*origin);
                violations
                    .push(Violation { what: format!("{place}: `{text}` is not understood"), devices: vec![device.clone()] });
            }
        }
    }
    found(violations, "no new lines that are not understood")
}
