//! What VRFs give to others.
//!
//! In: solved VRFs. Out: [`Export`]s, one a VRF that has a route of its own. Law: one route a VRF and prefix, the best, and never one that
//! was taken in from elsewhere.

use super::sites::{Site, Vpn, Way, own_addresses};
use crate::model::interface::InterfaceKind;
use crate::model::network::NodeId;
use crate::model::policy::Verdict;
use crate::model::route::{BgpOrigin, Community, Family, Protocol};
use crate::protocols::bgp::aggregate::suppresses;
use crate::protocols::bgp::path::{Class, Path};
use crate::protocols::bgp::seeds::{active_attrs, local_attrs};
use crate::protocols::bgp::solve::Solved;
use crate::protocols::bgp::speakers::{Speaker, SpeakerId};
use crate::protocols::bgp::transfer::{Target, Transfer, Wire, distance};
use crate::protocols::policy::PolicyContext;
use crate::rib::{AttrsId, Encapsulation, Tunnel};

/// A route that a VRF gives to others.
pub(super) struct Export {
    /// Which of [`Vpn::sites`].
    pub site: usize,
    pub main: SpeakerId,
    pub distinguisher: String,
    /// As it stands in the VRF.
    pub path: Path,
    /// With the route targets it carries, by the way it travels; for VRFs of the same device.
    pub lent: Vec<(Family, AttrsId)>,
    /// As it stands in the device's VPN table, for each family that a session carries.
    pub sent: Vec<(Family, AttrsId)>,
}

/// All exports of a prefix.
pub(super) fn exports(t: &Transfer<'_>, vpn: &Vpn<'_>, target: Target, solved: &Solved) -> Vec<Export> {
    let one = |(n, site): (usize, &Site<'_>)| export(t, n, site, target, solved);
    vpn.sites.iter().enumerate().filter_map(one).collect()
}

fn export(t: &Transfer<'_>, n: usize, site: &Site<'_>, target: Target, solved: &Solved) -> Option<Export> {
    let speaker = &t.graph.speakers[site.speaker];
    let made = made_default(t, site, speaker, target);
    let path = made.or_else(|| own_route(t, site, speaker, target, solved))?;
    let own = own_address(t, speaker, target).filter(|_| path.class == Class::Active);
    let mut out =
        Export { site: n, main: site.main, distinguisher: site.distinguisher.clone(), path, lent: Vec::new(), sent: Vec::new() };
    for way in site.ways(target.family) {
        let evpn = way.by == Family::Evpn;
        let Some(wire) = targeted(t, speaker, way, &path, target, made.is_none()) else { continue };
        if if made.is_some() { evpn } else { way.carried } {
            let mut sent = wire.clone();
            // The next hop is the session's own address, of EVPN the VTEP's.
            sent.attrs.next_hop = if evpn { site.vtep } else { None };
            sent.attrs.tunnel = Some(tunnel(site.vrf.vni.filter(|_| evpn), site.node, own.is_some()));
            sent.attrs.weight = 0;
            if own.is_none_or(|irb| irb && evpn && speaker.of.platform.vpn.evpn_own_hosts) {
                out.sent.push((way.by, t.intern(sent)));
            }
        }
        if made.is_none() {
            out.lent.push((way.by, t.intern(wire)));
        }
    }
    Some(out)
}

fn tunnel(vni: Option<u32>, egress: NodeId, host: bool) -> Tunnel {
    Tunnel { encapsulation: vni.map_or(Encapsulation::Mpls, Encapsulation::Vxlan), egress, host }
}

/// Whether the destination is the VRF's own address, and if so whether on a routed VLAN.
fn own_address(t: &Transfer<'_>, speaker: &Speaker<'_>, target: Target) -> Option<bool> {
    let arena = t.input.arena;
    let below = arena.routes.get(t.under.table().get(target.id, speaker.node)?);
    let interface = arena.hops_of(below).first().and_then(|h| speaker.of.interfaces.get(h.interface?));
    (below.protocol == Protocol::Local).then(|| interface.is_some_and(|i| i.kind == InterfaceKind::Vlan))
}

/// The default route that the VRF makes for EVPN.
fn made_default(t: &Transfer<'_>, site: &Site<'_>, speaker: &Speaker<'_>, target: Target) -> Option<Path> {
    let made = target.prefix.prefix_len() == 0 && site.makes_default(target.family);
    let attrs = || t.intern(Wire::new(local_attrs(t.input.arena, speaker, BgpOrigin::Igp)));
    made.then(|| Path { attrs: attrs(), metric: 0, from: None, class: Class::Network, path_id: 0, lent: None })
}

/// The VRF's own route to the prefix.
fn own_route(t: &Transfer<'_>, site: &Site<'_>, speaker: &Speaker<'_>, target: Target, solved: &Solved) -> Option<Path> {
    let arena = t.input.arena;
    let best = solved.best(site.speaker).copied();
    if speaker.of.platform.vpn.exports_active
        && let Some(below) = t.under.table().get(target.id, speaker.node)
    {
        let below = arena.routes.get(below);
        let beats = |p: &Path| below.distance <= distance(speaker, target.family, arena.attrs.get(p.attrs), p.class, false);
        if best.as_ref().is_none_or(|p| beats(p) || p.class.is_local()) {
            let whole = speaker.of.platform.vpn.lends_whole_routes;
            let attrs = active_attrs(t, speaker, &target.prefix, below, whole && below.protocol == Protocol::Local)?;
            return Some(Path { attrs, metric: 0, from: None, class: Class::Active, path_id: 0, lent: None });
        }
    }
    let stays = |p: &Path| speaker.of.platform.vpn.suppressed_stay && suppresses(t, speaker, p, target);
    if best.as_ref().is_some_and(stays) {
        return None;
    }
    best.filter(|p| p.lent.is_none()).or_else(|| {
        let (_, below) = own_addresses(t, speaker).find(|(own, _)| *own == target.prefix)?;
        let attrs = active_attrs(t, speaker, &target.prefix, arena.routes.get(below), false)?;
        Some(Path { attrs, metric: 0, from: None, class: Class::Active, path_id: 0, lent: None })
    })
}

/// The route with its route targets: those of the VRF instead of any it came with, then the export policy unless it does not hold.
fn targeted(
    t: &Transfer<'_>,
    speaker: &Speaker<'_>,
    way: &Way<'_>,
    path: &Path,
    target: Target,
    policy_holds: bool,
) -> Option<Wire> {
    let arena = t.input.arena;
    let rules = &speaker.of.platform.vpn;
    let mut wire = Wire::new(arena.attrs.get(path.attrs).clone());
    let mut all: Vec<Community> = arena.communities.get(wire.attrs.communities).to_vec();
    all.retain(|c| !c.is_route_target());
    if way.export_policy.is_none() || !rules.policy_alone {
        all.extend(&way.export);
    }
    wire.attrs.communities = arena.community_set(all);
    if let Some(chain) = way.export_policy.filter(|_| policy_holds) {
        let ctx = PolicyContext { own_as: speaker.bgp.asn, ..PolicyContext::default() };
        let mut route = t.policy_route(speaker, &wire, (path.class, Some(path)), target);
        match t.engine.run(speaker.device, chain, &mut route, &ctx) {
            Verdict::Accept => {
                t.read_back(route, &mut wire);
            }
            Verdict::Reject if rules.refused_keeps_targets => {}
            Verdict::Reject => return None,
        }
    }
    Some(wire)
}
