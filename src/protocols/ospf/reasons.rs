//! Words for OSPF's reasons.
//!
//! In: areas and types. Out: the words people know them by. Law: no logic.

use crate::model::ospf::{AreaKind, NetworkType};

/// `area 0`, and the dotted form where the number is large.
pub(super) fn area_name(id: u32) -> String {
    if id < 65536 { format!("area {id}") } else { format!("area {}", std::net::Ipv4Addr::from(id)) }
}

pub(super) fn kind_name(kind: AreaKind) -> &'static str {
    match kind {
        AreaKind::Normal => "normal",
        AreaKind::Stub { .. } => "stub",
        AreaKind::Nssa { .. } => "NSSA",
    }
}

pub(super) fn type_name(network: NetworkType) -> &'static str {
    match network {
        NetworkType::Broadcast => "broadcast",
        NetworkType::NonBroadcast => "non-broadcast",
        NetworkType::PointToPoint => "point-to-point",
        NetworkType::PointToMultipoint => "point-to-multipoint",
        NetworkType::Loopback => "loopback",
    }
}
