//! BGP: the instances, templates and neighbours.

use std::net::Ipv4Addr;

use ipnet::IpNet;

use super::{Named, Redistribute};
use crate::base::span::Origin;
use crate::model::bgp::{BestPath, NextHopSelf, RemovePrivateAs};
use crate::model::device::Name;
use crate::model::route::Family;

#[derive(Debug, Clone, Default)]
pub(in crate::vendors::nxos) struct Bgp {
    pub asn: u32,
    pub shutdown: bool,
    pub no_enforce_first_as: bool,
    /// The instance of each VRF; `default` first.
    pub vrfs: Named<BgpVrf>,
    /// `template peer`, `peer-session`, `peer-policy`.
    pub peers: Named<Peer>,
    pub sessions: Named<Peer>,
    pub policies: Named<AfPeer>,
}

#[derive(Debug, Clone, Default)]
pub(in crate::vendors::nxos) struct BgpVrf {
    pub origin: Origin,
    pub shutdown: bool,
    pub local_as: Option<u32>,
    pub router_id: Option<Ipv4Addr>,
    pub cluster_id: Option<Ipv4Addr>,
    pub confederation: Option<u32>,
    pub confederation_peers: Vec<u32>,
    pub best_path: BestPath,
    pub as_path_limit: Option<u32>,
    pub graceful_shutdown: bool,
    /// Neighbours by what stands after `neighbor`: an address, a prefix, an interface.
    pub neighbors: Named<Peer>,
    /// IPv4 and IPv6 unicast.
    pub families: [BgpFamily; 2],
}

#[derive(Debug, Clone, Default)]
pub(in crate::vendors::nxos) struct BgpFamily {
    pub networks: Vec<(IpNet, Option<Name>, Origin)>,
    pub aggregates: Vec<Aggregate>,
    pub redistribute: Vec<Redistribute>,
    pub distance: Option<[u32; 3]>,
    pub max_ebgp: Option<u32>,
    pub max_ibgp: Option<u32>,
    pub max_eibgp: Option<u32>,
    pub default_metric: Option<u32>,
    pub default_information: bool,
    pub table_map: Option<(Name, bool, Origin)>,
    pub next_hop_map: Option<Name>,
    pub no_client_to_client: bool,
    pub suppress_inactive: bool,
    /// `advertise l2vpn evpn`.
    pub advertise_evpn: bool,
    pub add_path_send: bool,
    pub add_path_receive: bool,
    pub add_path_all: bool,
}

#[derive(Debug, Clone)]
pub(in crate::vendors::nxos) struct Aggregate {
    pub prefix: IpNet,
    pub summary_only: bool,
    pub as_set: bool,
    pub advertise: Option<Name>,
    pub attributes: Option<Name>,
    pub suppress: Option<Name>,
    pub origin: Origin,
}

/// The families of a neighbour, in the order in which they are kept, with the words that name them.
pub(in crate::vendors::nxos) const FAMILIES: [(Family, [&str; 2]); 5] = [
    (Family::V4, ["ipv4", "unicast"]),
    (Family::V6, ["ipv6", "unicast"]),
    (Family::Evpn, ["l2vpn", "evpn"]),
    (Family::Vpn4, ["vpnv4", "unicast"]),
    (Family::Vpn6, ["vpnv6", "unicast"]),
];

/// A neighbour, a `template peer` or a `template peer-session`.
#[derive(Debug, Clone, Default)]
pub(in crate::vendors::nxos) struct Peer {
    pub origin: Origin,
    pub session: Session,
    /// `inherit peer`.
    pub peer: Option<Name>,
    /// `inherit peer-session`.
    pub peer_session: Option<Name>,
    /// In the order of [`FAMILIES`].
    pub families: [Option<AfPeer>; FAMILIES.len()],
    /// Families that are not modelled.
    pub others: Vec<Name>,
}

/// Declares settings that may be left unsaid, and how they are inherited.
macro_rules! settings {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty,)* } $($own:ident: $own_kind:ty,)*) => {
        $(#[$doc])*
        #[derive(Debug, Default, Clone)]
        pub(in crate::vendors::nxos) struct $name { $(pub $field: Option<$kind>,)* $(pub $own: $own_kind,)* }
        impl $name {
            /// Takes over what is said in `parent` and not here.
            pub fn inherit(&mut self, parent: &Self) {
                $(if self.$field.is_none() { self.$field.clone_from(&parent.$field); })*
            }
        }
    };
}

settings! {
    /// What a session is made of.
    Session {
        remote_as: RemoteAs,
        local_as: LocalAs,
        description: Name,
        shutdown: bool,
        update_source: Name,
        multihop: u8,
        ttl_security: u8,
        disable_connected_check: bool,
        passive: bool,
        auth: Name,
        bfd: bool,
        remove_private: RemovePrivateAs,
    }
}

settings! {
    /// What is said of a neighbour in one family.
    AfPeer {
        map_in: (Name, Origin),
        map_out: (Name, Origin),
        prefix_in: (Name, Origin),
        prefix_out: (Name, Origin),
        path_in: (Name, Origin),
        path_out: (Name, Origin),
        reflector_client: bool,
        next_hop_self: NextHopSelf,
        third_party: bool,
        weight: u32,
        allow_as_in: u32,
        as_override: bool,
        disable_peer_as_check: bool,
        send_standard: bool,
        send_extended: bool,
        send_large: bool,
        default_originate: (bool, Option<Name>, Origin),
        add_path_send: bool,
        add_path_receive: bool,
        advertise_map: (Name, Name, bool, Origin),
        max_prefixes: u32,
        unsuppress: (Name, Origin),
        suppress_inactive: bool,
    }
    origin: Origin,
    inherits: Vec<(u32, Name)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::vendors::nxos) enum RemoteAs {
    Asn(u32),
    Map(Name),
    External,
    Internal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vendors::nxos) struct LocalAs {
    pub asn: u32,
    pub no_prepend: bool,
    pub replace_as: bool,
    pub dual_as: bool,
}
