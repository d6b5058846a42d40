//! OSPFv2 (RFC 2328, 3101, 3509) and OSPFv3 (RFC 5340).

use super::{Input, Outcome};

/// Adjacencies and routes of all OSPF processes. One table a process "slot" (the n-th process of a VRF), so that two processes
/// of one VRF can both offer a prefix.
pub fn compute(_input: Input<'_>) -> Outcome {
    Outcome::default()
}
