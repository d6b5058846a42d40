//! What VRFs give to others.
//!
//! In: solved VRFs. Out: [`Export`]s. Law: one route a VRF and prefix, the best (where the OS lends all paths, those too), and never one that was
//! taken in from elsewhere, but for EVPN prefixes where the OS sends what the table holds ([`taken`]).

use super::sites::{Site, Vpn, Way, own_addresses};
use crate::model::interface::InterfaceKind;
use crate::model::network::NodeId;
use crate::model::policy::Verdict;
use crate::model::route::{BgpOrigin, Community, Family, Protocol};
use crate::protocols::bgp::aggregate::suppresses;
use crate::protocols::bgp::path::{Class, Path, UNREACHABLE};
use crate::protocols::bgp::seeds::{active_attrs, local_attrs};
use crate::protocols::bgp::solve::Solved;
use crate::protocols::bgp::speakers::{Speaker, SpeakerId};
use crate::protocols::bgp::transfer::{Target, Transfer, Wire, distance};
use crate::protocols::policy::PolicyContext;
use crate::rib::{AttrsId, BgpAttrs, Encapsulation, Tunnel};

/// A route that a VRF gives to others.
pub(super) struct Export {
    /// Which of [`Vpn::sites`].
    pub site: usize,
    pub main: SpeakerId,
    /// As it stands in the VRF.
    pub path: Path,
    /// With the route targets it carries, by the way it travels; for VRFs of the same device.
    pub lent: Vec<(Family, AttrsId)>,
    /// As it stands in the device's VPN table, for each family that a session carries.
    pub sent: Vec<Sent>,
}

/// A route on its way out.
pub(super) struct Sent {
    pub by: Family,
    pub distinguisher: String,
    pub attrs: AttrsId,
}

/// All exports of a prefix.
pub(super) fn exports(t: &Transfer<'_>, vpn: &Vpn<'_>, target: Target, solved: &Solved) -> Vec<Export> {
    let mut out = Vec::new();
    for (n, site) in vpn.sites.iter().enumerate() {
        let before = out.len();
        let speaker = &t.graph.speakers[site.speaker];
        let made = made_default(t, site, speaker, target);
        let best = || made.or_else(|| own_route(t, site, speaker, target, solved));
        if speaker.of.platform.vpn.lends_all_paths {
            // To other VRFs go all, over EVPN the best alone.
            out.extend(paths(t, n, site, target, solved));
            let over_evpn = best().map(|path| export(t, n, site, target, (path, made.is_some())));
            out.extend(
                over_evpn.map(|e| Export { lent: Vec::new(), ..e.only(|by| by == Family::Evpn) }).filter(|e| !e.sent.is_empty()),
            );
        } else if let Some(path) = best() {
            out.push(export(t, n, site, target, (path, made.is_some())));
        } else {
            out.extend(again(t, n, site, target, solved));
        }
        let over_evpn = |e: &Export| e.sent.iter().any(|s| s.by == Family::Evpn);
        if !out[before..].iter().any(over_evpn) {
            out.extend(learned_host(t, n, site, target));
        }
    }
    out
}

impl Export {
    /// The same, sent by some families only.
    fn only(mut self, keep: impl Fn(Family) -> bool) -> Self {
        self.sent.retain(|s| keep(s.by));
        self
    }
}

/// All paths of the VRF's BGP table, of which the best goes out.
fn paths(t: &Transfer<'_>, n: usize, site: &Site<'_>, target: Target, solved: &Solved) -> Vec<Export> {
    let rules = &t.graph.speakers[site.speaker].of.platform.vpn;
    let Some(row) = solved.row(site.speaker) else { return Vec::new() };
    let own = row.paths.iter().enumerate().filter(|(_, p)| p.lent.is_none() && p.class != Class::Aggregate);
    let one = |(at, path): (usize, &Path)| {
        let mut out = export(t, n, site, target, (*path, false)).only(|by| by != Family::Evpn && row.decision.best == Some(at));
        if path.class == Class::Network && rules.lent_networks_invalid {
            out.path.metric = UNREACHABLE;
        }
        out
    };
    own.map(one).collect()
}

/// A path as it goes out; `made`: the default route made for EVPN, which goes nowhere else and past the policy.
fn export(t: &Transfer<'_>, n: usize, site: &Site<'_>, target: Target, (path, made): (Path, bool)) -> Export {
    let speaker = &t.graph.speakers[site.speaker];
    let own = own_address(t, speaker, target).filter(|_| path.class == Class::Active);
    let host = own_host(t, speaker, &path, target);
    let mut out = Export { site: n, main: site.main, path, lent: Vec::new(), sent: Vec::new() };
    for way in site.ways(target.family) {
        let evpn = way.by == Family::Evpn;
        let Some(wire) = targeted(t, speaker, way, &path, target, !made) else { continue };
        let silent = way.export.is_empty() && speaker.of.platform.vpn.needs_targets;
        if if made { evpn } else { way.carried && !silent } {
            let attrs = t.intern(on_its_way(site, way, wire.clone(), own.is_some()));
            let stays = host && way.interfaceful.is_some_and(|i| !i.own_addresses);
            if !stays && own.is_none_or(|irb| irb && evpn && speaker.of.platform.vpn.evpn_own_hosts) {
                out.sent.push(Sent { by: way.by, distinguisher: way.distinguisher.clone(), attrs });
            }
        }
        if !(made || evpn && speaker.of.platform.vpn.evpn_not_lent) {
            out.lent.push((way.by, t.intern(wire)));
        }
    }
    out
}

/// As it stands in the device's VPN table.
fn on_its_way(site: &Site<'_>, way: &Way<'_>, mut wire: Wire, host: bool) -> Wire {
    // The next hop is the session's own address, of EVPN the VTEP's.
    wire.attrs.next_hop = if way.by == Family::Evpn { site.vtep } else { way.next_hop };
    let evpn = way.by == Family::Evpn;
    let encapsulation = site.vrf.vni.filter(|_| evpn).map_or(Encapsulation::Mpls, Encapsulation::Vxlan);
    wire.attrs.tunnel = Some(Tunnel { encapsulation, egress: site.node, evpn, host });
    wire.attrs.weight = 0;
    wire
}

/// What the VRF took in from another one of the device and sends on as its own EVPN prefix.
fn again(t: &Transfer<'_>, n: usize, site: &Site<'_>, target: Target, solved: &Solved) -> Option<Export> {
    let speaker = &t.graph.speakers[site.speaker];
    let path = taken(t, site, speaker, target, solved)?;
    let way = site.ways(target.family).find(|w| w.by == Family::Evpn && w.carried)?;
    let wire = on_its_way(site, way, targeted(t, speaker, way, &path, target, true)?, false);
    let sent = vec![Sent { by: way.by, distinguisher: way.distinguisher.clone(), attrs: t.intern(wire) }];
    Some(Export { site: n, main: site.main, path, lent: Vec::new(), sent })
}

/// A host on a VLAN of the VRF: other switches have it as a route under the VRF's VNI. Policies of the VRF are for its IP prefixes.
fn learned_host(t: &Transfer<'_>, n: usize, site: &Site<'_>, target: Target) -> Option<Export> {
    let host = target.prefix.prefix_len() == target.prefix.max_prefix_len() && site.hosts.contains(&target.prefix.addr());
    let way = site.ways(target.family).find(|w| host && site.carries_evpn && w.by == Family::Evpn)?;
    let speaker = &t.graph.speakers[site.speaker];
    let attrs = t.intern(Wire::new(local_attrs(t.input.arena, speaker, BgpOrigin::Igp)));
    let path = Path { attrs, metric: 0, from: None, class: Class::Network, path_id: 0, lent: None };
    let mut wire = on_its_way(site, way, targeted(t, speaker, way, &path, target, false)?, true);
    wire.attrs.next_hop = speaker.of.vtep();
    let sent = vec![Sent { by: way.by, distinguisher: way.distinguisher.clone(), attrs: t.intern(wire) }];
    Some(Export { site: n, main: site.main, path, lent: Vec::new(), sent })
}

/// The route of another VRF of the device that is active in this one. Neither its own routes nor those that came over sessions; an own
/// address of the other VRF stays at home (Junos `NoReadvrt`).
fn taken(t: &Transfer<'_>, site: &Site<'_>, speaker: &Speaker<'_>, target: Target, solved: &Solved) -> Option<Path> {
    let best = solved.best(site.speaker).copied().filter(|_| speaker.of.platform.vpn.evpn_sends_lent)?;
    let lender = best.lent.filter(|l| *l != site.main)?;
    let held = |node: NodeId| t.under.table().get(target.id, node).map(|r| t.input.arena.routes.get(r));
    let there = held(t.graph.speakers[lender].node).filter(|_| best.class.is_local());
    let stays = there.is_some_and(|r| r.protocol == Protocol::Local) || held(site.node).is_some();
    (!stays).then_some(best)
}

/// Whether the destination is the VRF's own address, and if so whether on a routed VLAN.
fn own_address(t: &Transfer<'_>, speaker: &Speaker<'_>, target: Target) -> Option<bool> {
    let arena = t.input.arena;
    let below = arena.routes.get(t.under.table().get(target.id, speaker.node)?);
    let interface = arena.hops_of(below).first().and_then(|h| speaker.of.interfaces.get(h.interface?));
    (below.protocol == Protocol::Local).then(|| interface.is_some_and(|i| i.kind == InterfaceKind::Vlan))
}

/// Whether the destination is the VRF's own address, which its table does not show.
fn own_host(t: &Transfer<'_>, speaker: &Speaker<'_>, path: &Path, target: Target) -> bool {
    path.class == Class::Active
        && t.under.table().get(target.id, speaker.node).is_none()
        && own_addresses(t, speaker).any(|(own, _)| own == target.prefix)
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

/// The route with its route targets, then the export policy unless it does not hold: those of the VRF instead of any it came with, but beside those
/// that it has from another VRF of the device (lab junos_evpn_type5: TENANT-A takes 172.16.100.0/24 also as TENANT-B's, for the target it had in
/// TENANT-A).
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
    let there = arena.attrs.get(path.attrs);
    let mut wire = Wire::new(match way.interfaceful {
        Some(i) if !i.keeps_attributes => BgpAttrs { tag: there.tag, ..local_attrs(arena, speaker, BgpOrigin::Igp) },
        _ => there.clone(),
    });
    let mut all: Vec<Community> = arena.communities.get(wire.attrs.communities).to_vec();
    all.retain(|c| path.lent.is_some() || rules.keeps_targets || !c.is_route_target());
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
