//! Equivalences that must hold for any input.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};
use nettwin::base::span::Origin;
use nettwin::model::NodeId;
use nettwin::model::policy::{PrefixLine, PrefixList, PrefixRange};
use nettwin::model::route::Protocol;
use nettwin::rib::{Arena, AttrsId, Hop, HopsId, Rib, Route, Table};
use proptest::prelude::*;

fn prefix() -> impl Strategy<Value = IpNet> {
    // A small universe, so that prefixes nest often.
    (0u32..16, 24u8..=32, 0u32..256)
        .prop_map(|(net, len, host)| IpNet::V4(Ipv4Net::new(Ipv4Addr::from(0x0a00_0000 | net << 8 | host), len).unwrap().trunc()))
}

fn route(arena: &Arena, metric: u32) -> nettwin::rib::RouteId {
    arena.routes.intern(Route {
        protocol: Protocol::Static,
        process: 0,
        distance: 1,
        metric,
        tag: 0,
        hops: arena.hop_set(vec![Hop::DROP]),
        via: HopsId::NONE,
        attrs: AttrsId::NONE,
        area: 0,
        origin: Origin::NONE,
    })
}

proptest! {
    /// Longest-prefix match over columns = a scan of the router's own routes.
    #[test]
    fn longest_match_is_a_linear_scan(entries in prop::collection::vec((prefix(), 0u32..3, 0u32..1000), 0..60), host in 0u32..4096, node in 0u32..3) {
        let arena = Arena::new();
        let table = Table::from_routes(entries.iter().map(|&(p, n, m)| (arena.prefix(p), NodeId(n), route(&arena, m))));
        let rib = Rib::new(table, &arena);
        let addr = IpAddr::V4(Ipv4Addr::from(0x0a00_0000 | host));
        let mut last = std::collections::BTreeMap::new();
        for &(p, n, m) in entries.iter().filter(|e| e.1 == node) {
            last.insert(p, (n, m));
        }
        let want = last.iter().filter(|(p, _)| p.contains(&addr)).max_by_key(|(p, _)| p.prefix_len()).map(|(p, (_, m))| (*p, *m));
        let got = rib.longest_match(NodeId(node), addr).map(|(p, r)| (p, arena.routes.get(r).metric));
        prop_assert_eq!(got, want);
        let row: Vec<_> = rib.row(NodeId(node)).map(|(p, _, r)| (p, arena.routes.get(r).metric)).collect();
        let want: Vec<_> = last.iter().map(|(p, (_, m))| (*p, *m)).collect();
        prop_assert_eq!(row, want);
    }

    /// A prefix list is its lines read one by one.
    #[test]
    fn prefix_list_is_first_match(lines in prop::collection::vec((any::<bool>(), prefix(), 24u8..=32, 24u8..=32), 0..12), asked in prefix()) {
        let lines: Vec<PrefixLine> = lines
            .into_iter()
            .map(|(permit, prefix, min, max)| PrefixLine { permit, range: PrefixRange { prefix, min, max }, origin: Origin::NONE })
            .collect();
        let mut want = false;
        for l in &lines {
            let IpNet::V4(outer) = l.range.prefix else { unreachable!() };
            let IpNet::V4(inner) = asked else { unreachable!() };
            let mask = if outer.prefix_len() == 0 { 0 } else { u32::MAX << (32 - outer.prefix_len()) };
            let covered = inner.prefix_len() >= outer.prefix_len() && (u32::from(inner.network()) & mask) == u32::from(outer.network());
            if covered && (l.range.min..=l.range.max).contains(&inner.prefix_len()) {
                want = l.permit;
                break;
            }
        }
        let list = PrefixList { lines, ..PrefixList::default() };
        prop_assert_eq!(list.permits(&asked), want);
    }
}
