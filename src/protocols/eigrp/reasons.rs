//! The words of EIGRP sessions, for people.

/// `AS 100`.
pub(super) fn as_name(asn: u16) -> String {
    format!("AS {asn}")
}

/// `1 0 1 0 0`: K1 to K5 (K6 is sent by wide routers only, and compared by nobody: RFC 7868 §5.3.1).
pub(super) fn k_values(k: [u8; 6]) -> String {
    k[..5].iter().map(u8::to_string).collect::<Vec<_>>().join(" ")
}
