//! What VRFs take in: from VRFs of the same device, from the VPN tables, from the global table; and what the global table takes in.
//!
//! In: exports and solved VPN tables of a prefix. Out: paths by speaker, sorted; what shows of them beside BGP's routes. Law: a path keeps the
//! class it has where it comes from.

use std::net::Ipv4Addr;

use super::Tables;
use super::exports::Export;
use super::sites::{Share, Site, Vpn, Way};
use crate::base::Map;
use crate::model::interface::InterfaceAddress;
use crate::model::network::NodeId;
use crate::model::policy::{NextHopEdit, PolicyChain, Verdict};
use crate::model::route::{BgpOrigin, Family, Protocol};
use crate::model::vrf::{Interfaceful, VrfId};
use crate::protocols::bgp::path::{Class, Path, UNREACHABLE};
use crate::protocols::bgp::seeds::local_attrs;
use crate::protocols::bgp::solve::{Row, Solved};
use crate::protocols::bgp::speakers::{Speaker, SpeakerId};
use crate::protocols::bgp::transfer::{Target, Transfer, Wire};
use crate::protocols::policy::PolicyContext;
use crate::rib::{AttrsId, BgpAttrs, Encapsulation, Hop, PrefixId, Route, RouteId};

/// All imports of a prefix, by speaker.
pub(super) fn imports(
    t: &Transfer<'_>,
    vpn: &Vpn<'_>,
    target: Target,
    out: &[Export],
    tables: &Tables,
    solved: &Solved,
) -> Vec<(SpeakerId, Path)> {
    let mut all: Vec<(SpeakerId, Path)> = Vec::new();
    let mut by_site: Map<usize, Vec<&Export>> = Map::default();
    out.iter().for_each(|e| by_site.entry(e.site).or_default().push(e));
    for (n, site) in vpn.sites.iter().enumerate() {
        let speaker = &t.graph.speakers[site.speaker];
        let take = Take { t, speaker, target };
        let neighbours = vpn.of_device.get(&site.device).map_or(&[][..], Vec::as_slice);
        for other in neighbours.iter().filter(|o| **o != n).filter_map(|o| by_site.get(o)).flatten() {
            all.extend(take.of_site(site, other, vpn.sites[other.site].speaker).map(|p| (site.speaker, p)));
        }
        for way in site.ways(target.family) {
            let mut taken: Vec<(&str, Path)> = Vec::new();
            for ((_, distinguisher), table) in tables.iter().filter(|((family, _), _)| *family == way.by) {
                let Some(row) = table.row(site.main) else { continue };
                let fits = |p: &Path| way.by != Family::Evpn || take.terminates(site, p);
                taken.extend(take.of_table(way, row, site.main).filter(fits).map(|p| (distinguisher.as_str(), p)));
            }
            if let Some(domain) = way.interfaceful {
                taken = take.interfaceful(domain, taken, site.vrf.max_paths);
            }
            all.extend(taken.into_iter().map(|(_, p)| (site.speaker, p)));
        }
        let Some(global) = site.global(target.family) else { continue };
        if let Some(chain) = &global.from_global
            && let Some(path) = solved.best(site.main).filter(|p| p.lent.is_none())
            && let Some(attrs) = take.policy(Some(chain), path.attrs, path, VrfId::DEFAULT)
        {
            all.push((site.speaker, Path { attrs, lent: Some(site.main), ..*path }));
        }
        if let Some(chain) = &global.to_global
            && let Some(path) = solved.best(site.speaker).filter(|p| p.lent.is_none())
            && let Some(attrs) = take.policy(Some(chain), path.attrs, path, site.vrf_id)
        {
            all.push((site.main, Path { attrs, lent: Some(site.speaker), ..*path }));
        }
    }
    for share in vpn.shares.iter().filter(|s| s.of.family == target.family) {
        all.extend(shared(t, share, target, solved).map(|p| (share.into, p)));
    }
    // Stable: of one speaker in the order of sites and distinguishers.
    all.sort_by_key(|(s, _)| *s);
    all
}

/// Of a group: all that the neighbours sent, as the import policies of their sessions left it, active or not.
fn shared<'s>(t: &'s Transfer<'_>, share: &'s Share<'_>, target: Target, solved: &'s Solved) -> impl Iterator<Item = Path> + 's {
    let (lender, take) = (&t.graph.speakers[share.from], Take { t, speaker: &t.graph.speakers[share.into], target });
    let named = move |p: &&Path| {
        let group = p.from.and_then(|e| t.graph.family(e, target.family)).and_then(|nf| nf.rib_group.as_ref());
        p.lent.is_none() && (share.of.group.is_none() || group == share.of.group.as_ref())
    };
    let row = solved.row(share.from);
    let paths = match share.of.group {
        Some(_) => row.map_or(&[][..], |r| &r.paths),
        None => solved.best(share.from).map_or(&[][..], std::slice::from_ref),
    };
    paths.iter().filter(named).filter_map(move |p| {
        let attrs = take.policy(share.of.policy.as_ref(), p.attrs, p, lender.vrf)?;
        Some(Path { attrs, lent: Some(share.from), ..*p })
    })
}

/// The one that takes in.
struct Take<'t, 'a> {
    t: &'t Transfer<'a>,
    speaker: &'t Speaker<'a>,
    target: Target,
}

impl Take<'_, '_> {
    /// From a VRF of the same device.
    fn of_site(&self, site: &Site<'_>, other: &Export, lender: SpeakerId) -> Option<Path> {
        let there = self.t.graph.speakers[lender].vrf;
        for (by, attrs) in &other.lent {
            let Some(way) = site.ways(self.target.family).find(|w| w.by == *by) else { continue };
            let named = way.import_vrfs.contains(&there);
            if !named && (site.vrf.apart || !self.wanted(way, *attrs)) {
                continue;
            }
            let attrs = self.arrived(*attrs, named, site.main);
            if let Some(attrs) = self.policy(way.import_policy, attrs, &other.path, there) {
                return Some(self.landed(Path { attrs, lent: Some(lender), ..other.path }, &other.path));
            }
        }
        None
    }

    /// Before the import policy: a VRF that is named lends without route targets (FRR `vpn_leak_to_vrf_update_onevrf`).
    fn arrived(&self, attrs: AttrsId, named: bool, main: SpeakerId) -> AttrsId {
        let own = self.speaker.of.platform.vpn.lent_is_own;
        if !named && !own {
            return attrs;
        }
        let arena = self.t.input.arena;
        let mut wire = Wire::new(arena.attrs.get(attrs).clone());
        if named {
            let kept = arena.communities.get(wire.attrs.communities).iter().filter(|c| !c.is_route_target());
            wire.attrs.communities = arena.community_set(kept.copied().collect());
        }
        if own {
            wire.attrs.originator = self.t.graph.speakers[main].router_id;
        }
        self.t.intern(wire)
    }

    /// A next hop that the import policy set is looked up where the path is from.
    fn landed(&self, path: Path, before: &Path) -> Path {
        let next_hop = |a: AttrsId| self.t.input.arena.attrs.get(a).next_hop;
        match path.from {
            Some(from) if next_hop(path.attrs) != next_hop(before.attrs) => {
                Path { metric: self.t.metric(from, path.attrs, self.target.of(&path)), ..path }
            }
            _ => path,
        }
    }

    /// From the VPN table of a route distinguisher. What the device itself put there comes the other way.
    fn of_table<'s>(&'s self, way: &'s Way<'s>, row: &'s Row, main: SpeakerId) -> impl Iterator<Item = Path> + 's {
        let all = self.speaker.of.platform.vpn.imports_all_paths;
        let best = row.decision.best;
        let chosen =
            row.paths.iter().enumerate().filter(move |(n, _)| all || best == Some(*n) || row.decision.multipath.contains(n));
        chosen.filter(|(_, p)| p.from.is_some() && self.wanted(way, p.attrs)).filter_map(move |(_, p)| {
            let attrs = self.policy(way.import_policy, p.attrs, p, VrfId::DEFAULT)?;
            Some(Path { attrs, lent: Some(main), ..*p })
        })
    }

    /// Whether the VRF is at an end of tunnels of the kind that the path asks for (RFC 8365 §5.1.3).
    fn terminates(&self, site: &Site<'_>, path: &Path) -> bool {
        let asked = self.t.input.arena.attrs.get(path.attrs).tunnel.map(|t| t.encapsulation);
        matches!(asked, Some(Encapsulation::Vxlan(_))) == site.vrf.vni.is_some()
    }

    /// What a broadcast domain between VRFs hands over to one of them (SR OS, Layer 2 Services and EVPN Guide, "Route selection for EVPN-IFF routes in
    /// the VPRN service"): in the order of route distinguishers, as many as the table has next hops for, and without BGP's attributes.
    fn interfaceful<'d>(&self, domain: &Interfaceful, mut taken: Vec<(&'d str, Path)>, most: u32) -> Vec<(&'d str, Path)> {
        let arena = self.t.input.arena;
        if !domain.by_attributes {
            taken.retain(|(_, p)| p.metric != UNREACHABLE);
            taken.sort_by_key(|(distinguisher, _)| rank(distinguisher));
            taken.truncate(if most == 0 { usize::MAX } else { most as usize });
        }
        for (_, path) in &mut taken {
            let there = arena.attrs.get(path.attrs);
            let attrs = if domain.keeps_attributes || domain.by_attributes {
                BgpAttrs { distance: Some(domain.distance), ..there.clone() }
            } else {
                // None of the chosen is better than another.
                (path.class, path.metric) = (Class::Internal, 0);
                BgpAttrs {
                    next_hop: there.next_hop,
                    tunnel: there.tunnel,
                    tag: there.tag,
                    distance: Some(domain.distance),
                    ..local_attrs(arena, self.speaker, BgpOrigin::Igp)
                }
            };
            path.attrs = self.t.intern(Wire::new(attrs));
        }
        taken
    }

    /// Whether one of the route's targets is among those that the VRF takes in.
    fn wanted(&self, way: &Way<'_>, attrs: AttrsId) -> bool {
        if way.import_policy.is_some() && self.speaker.of.platform.vpn.policy_alone {
            return true;
        }
        let arena = self.t.input.arena;
        let carried = arena.communities.get(arena.attrs.get(attrs).communities);
        way.import.iter().any(|w| w.takes(carried))
    }

    /// `there`: the table that the route comes from.
    fn policy(&self, chain: Option<&PolicyChain>, attrs: AttrsId, path: &Path, there: VrfId) -> Option<AttrsId> {
        let Some(chain) = chain else { return Some(attrs) };
        let mut wire = Wire::new(self.t.input.arena.attrs.get(attrs).clone());
        let ctx = PolicyContext { own_as: self.speaker.bgp.asn, ..PolicyContext::default() };
        let family = if self.target.family.is_v6() { Family::Vpn6 } else { Family::Vpn4 };
        let elsewhere = Target { family, ..self.target };
        let mut route = self.t.policy_route(self.speaker, &wire, (path.class, Some(path)), elsewhere);
        route.vrf = there;
        if self.t.engine.run(self.speaker.device, chain, &mut route, &ctx) == Verdict::Reject {
            return None;
        }
        if let Some(NextHopEdit::Address(a)) = self.t.read_back(route, &mut wire).next_hop
            && path.from.is_some()
            && self.speaker.of.platform.vpn.lent_is_own
        {
            wire.attrs.next_hop = Some(a);
        }
        Some(self.t.intern(wire))
    }
}

/// Route distinguishers in the order of their bytes: of a 2-byte AS, of an address, of a 4-byte AS (RFC 4364 §4.2); then those of no known form.
fn rank(distinguisher: &str) -> (u8, u32, u32, &str) {
    let (administrator, number) = distinguisher.split_once(':').unwrap_or((distinguisher, ""));
    let number = number.parse().unwrap_or(u32::MAX);
    match (administrator.parse::<Ipv4Addr>(), administrator.parse::<u32>()) {
        (Ok(ip), _) => (1, ip.to_bits(), number, distinguisher),
        (_, Ok(asn)) if asn <= u32::from(u16::MAX) => (0, asn, number, distinguisher),
        (_, Ok(asn)) => (2, asn, number, distinguisher),
        _ => (3, 0, 0, distinguisher),
    }
}

/// The addresses that come along with connected subnets of other VRFs of the device, where the OS shows them.
pub(in crate::protocols::bgp) fn lent_addresses(t: &Transfer<'_>, solved: &Solved) -> Vec<(PrefixId, NodeId, RouteId)> {
    let (arena, subnet) = (t.input.arena, solved.target.prefix);
    let mut out = Vec::new();
    for row in &solved.rows {
        let speaker = &t.graph.speakers[row.speaker];
        let best = row.decision.best.and_then(|n| row.paths.get(n)).filter(|p| p.from.is_none());
        let Some(lender) = best.and_then(|p| p.lent).filter(|_| speaker.of.platform.vpn.lends_local_routes) else { continue };
        let lender = &t.graph.speakers[lender];
        let below = t.under.table().get(solved.target.id, lender.node).map(|r| arena.routes.get(r));
        let Some(below) = below.filter(|r| r.protocol == Protocol::Connected) else { continue };
        for hop in arena.hops_of(below) {
            let Some(interface) = hop.interface.and_then(|i| lender.of.interfaces.get(i)) else { continue };
            let here = |a: &&InterfaceAddress| a.address.trunc() == subnet && subnet.prefix_len() < subnet.max_prefix_len();
            for address in interface.addresses.iter().filter(here) {
                let hops = arena.hop_set(vec![Hop { vrf: hop.vrf.or(Some(lender.vrf)), ..*hop }]);
                let route = Route { protocol: Protocol::Local, hops, ..*below };
                out.push((arena.prefix(address.address.addr().into()), speaker.node, arena.routes.intern(route)));
            }
        }
    }
    out
}
