//! IS-IS (ISO 10589, RFC 1195, 5302, 5120, 5308).

use super::{Input, Outcome};

/// Adjacencies and routes of all IS-IS processes.
pub fn compute(_input: Input<'_>) -> Outcome {
    Outcome::default()
}
