//! RIP version 2 (RFC 2453) and RIPng (RFC 2080).
//!
//! In: [`Input`]. Out: the routes of all RIP processes. Law: there are no adjacencies: whoever hears an update on a segment takes it
//! (`neighbors`); `compute` finds the state in which updates change nothing any more, `routes` what is offered to the main table.
//! Start reading at [`compute()`]. Tests: `tests.rs`.

mod compute;
mod neighbors;
mod routes;
#[cfg(test)]
mod tests;

use super::policy::PolicyEngine;
use super::{Input, Outcome};
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::model::route::Family;

/// The routes of all RIP processes.
pub fn compute(input: Input<'_>) -> Outcome {
    let mut out = Outcome::default();
    if input.network.devices.iter().all(|d| d.rip.is_empty()) {
        return out;
    }
    let policies = PolicyEngine::new(input.network, input.arena, input.rib);
    for family in [Family::V4, Family::V6] {
        let found = neighbors::discover(input, family);
        let known = compute::solve(input, &found, &policies, family);
        if let Some(prefix) = known.unsettled {
            out.findings.push(Diagnostic::new(
                Code("C-rip-no-convergence"),
                Severity::Error,
                format!("RIP does not settle: routes to {prefix} (and perhaps others) still come and go"),
            ));
        }
        out.tables.extend(routes::tables(input, &found, &known));
    }
    out.findings.extend(policies.findings());
    out
}
