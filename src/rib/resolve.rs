//! Next hops to outgoing interfaces.
