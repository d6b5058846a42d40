//! EIGRP (RFC 7868), classic and wide metrics.
//!
//! In: [`Input`]. Out: adjacencies and routes of all EIGRP processes. Law: no messages: `neighbors` finds who is adjacent, `originate` what
//! each process has of its own, `compute` the state in which DUAL rests (each router's best path over what its neighbours say), `routes`
//! what is offered to the main table. A route that another protocol keeps out of the main table is not told to anybody.
//! Start reading at [`compute()`]. Tests: `tests.rs`.

mod compute;
mod metric;
mod neighbors;
mod originate;
mod reasons;
mod routes;
#[cfg(test)]
mod tests;

use compute::Known;

use super::policy::PolicyEngine;
use super::{Input, Outcome};
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::model::route::Family;

/// How often processes of one router that take routes from each other with their metrics are looked at again.
const MOST_PASSES: usize = 16;

/// Adjacencies and routes of all EIGRP processes.
pub fn compute(input: Input<'_>) -> Outcome {
    let mut out = Outcome::default();
    if input.network.devices.iter().all(|d| d.eigrp.is_empty()) {
        return out;
    }
    let policies = PolicyEngine::new(input.network, input.arena, input.rib);
    for family in [Family::V4, Family::V6] {
        let mut found = neighbors::discover(input, family);
        out.sessions.extend(found.sessions.drain(..));
        if found.speakers.is_empty() {
            continue;
        }
        let mut known = Known::default();
        let passes = if originate::keeps_metrics(&found) { MOST_PASSES } else { 1 };
        for _ in 0..passes {
            let next = compute::solve(input, &found, &policies, &known);
            let settled = next.columns == known.columns;
            known = next;
            if settled {
                break;
            }
        }
        if let Some(prefix) = known.unsettled {
            out.findings.push(Diagnostic::new(
                Code("C-eigrp-no-convergence"),
                Severity::Error,
                format!("EIGRP does not settle: routes to {prefix} (and perhaps others) still come and go"),
            ));
        }
        out.tables.extend(routes::tables(input, &found, &known));
    }
    out.findings.extend(policies.findings());
    out
}
