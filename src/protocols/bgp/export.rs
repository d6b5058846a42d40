//! What a speaker sends on a session.
//!
//! In: a path of the sender. Out: the attributes on the wire, or nothing. Law: order of rules as in RFC 4271 §9.2, 4456 §6–8, 5065 §4–5, 1997;
//! export policies run on the attributes as they stand in the table; next hop and own AS come after.
//! Tests: `tests/`.

use std::net::IpAddr;

use super::path::{Class, Path, UNREACHABLE};
use super::speakers::{End, EndId, Kind, LINK_LOCAL, Speaker};
use super::transfer::{Target, Transfer, Wire};
use crate::model::bgp::{MetricOut, NeighborFamily, NextHopSelf, RemovePrivateAs};
use crate::model::policy::{NextHopEdit, Verdict};
use crate::model::route::{Community, Family};
use crate::protocols::policy::PolicyContext;
use crate::rib::{AsPath, Segment};

/// Runs the export side of one end.
pub(super) fn export(t: &Transfer<'_>, from: EndId, path: &Path, target: Target) -> Option<Wire> {
    let end = &t.graph.ends[from];
    let nf = t.graph.family(from, target.family)?;
    let arena = t.input.arena;
    let attrs = arena.attrs.get(path.attrs);
    let first = arena.as_paths.get(attrs.as_path).first_as();
    if first.is_some() && first == kept_back(t, end, nf) {
        return None;
    }
    let wire = Wire::new(attrs.clone());
    let (mut wire, edit, reflected) = prepare(t, from, path, wire, target)?;
    let kept = wire.attrs.next_hop.filter(|_| !with_own_address(t.speaker(end), path, target.family));
    wire.attrs.next_hop = next_hop(t, end, nf, path.class, kept, edit, reflected, target.family);
    Some(wire)
}

/// Whether a path of another VRF goes out as if made here.
fn as_own(speaker: &Speaker<'_>, path: &Path) -> bool {
    path.lent.is_some() && speaker.of.platform.vpn.lent_is_own
}

/// Whether it goes out with the own address as next hop: not once an import policy saw it, whatever that one did
/// (`vpn_leak_to_vrf_update_onevrf`: `nexthop_self_flag`; live FRR 8.4).
fn with_own_address(speaker: &Speaker<'_>, path: &Path, family: Family) -> bool {
    let exchanges = speaker.of.vrfs.get(speaker.vrf).map_or(&[][..], |v| &v.exchanges);
    as_own(speaker, path) && !exchanges.iter().any(|e| [family, family.vpn()].contains(&e.family) && e.import_policy.is_some())
}

/// The neighbour's AS, if the sender keeps back paths that begin with it.
pub(super) fn kept_back(t: &Transfer<'_>, end: &End, nf: &NeighborFamily) -> Option<u32> {
    let checks = end.kind == Kind::External && t.speaker(end).of.platform.bgp_sender_side_loop_check;
    (checks && !nf.advertise_peer_as && !nf.as_override).then_some(end.peer_as)
}

/// All of the export side but the next hop and [`kept_back`]: what goes on the wire with the next hop it has in the sender's table, what a policy said
/// of the next hop, and whether the path is reflected. `wire`: the path's attributes.
pub(super) fn prepare(
    t: &Transfer<'_>,
    from: EndId,
    path: &Path,
    mut wire: Wire,
    target: Target,
) -> Option<(Wire, Option<NextHopEdit>, bool)> {
    let arena = t.input.arena;
    let end = &t.graph.ends[from];
    let speaker = t.speaker(end);
    let nf = t.graph.family(from, target.family)?;
    let attrs = arena.attrs.get(path.attrs);
    let external = end.kind == Kind::External;
    if !community_lets_pass(arena.communities.get(attrs.communities), end.kind) {
        return None;
    }
    let as_own = as_own(speaker, path);
    let heard_inside = matches!(path.class, Class::Client | Class::Internal) && !as_own;
    let reflected = heard_inside && end.kind == Kind::Internal;
    if reflected && !reflects(speaker, nf, path.class) {
        return None;
    }
    if external && speaker.bgp.ebgp_requires_policy && nf.export.is_empty() {
        return None;
    }
    if path.class == Class::Active && nf.export.is_empty() {
        return None;
    }
    let whole = speaker.of.platform.bgp_sender_checks_whole_path && !nf.advertise_peer_as && !nf.as_override;
    if external && whole && arena.as_paths.get(attrs.as_path).asns().any(|a| a == end.peer_as) {
        return None;
    }

    if let Some(m) = &nf.advertise_map
        && t.withheld.contains(&(from, target.family))
    {
        let mut route = t.policy_route(speaker, &wire, (path.class, Some(path)), target);
        if t.engine.run(speaker.device, &m.routes, &mut route, &PolicyContext::default()) == Verdict::Accept {
            return None;
        }
    }
    let (_, _, keep_med) = nf.attributes_unchanged;
    // RFC 4271 §5.1.4: a MED heard from one AS is not passed on to another. Nor is that of another VRF (lab
    // iosxe_vrf_route_leaking_bgp_peering).
    let made_here = as_own || (path.class.is_local() && path.lent.is_none());
    if as_own {
        wire.attrs.originator = None;
        wire.attrs.clusters = Box::default();
    }
    if external && !made_here && !keep_med {
        wire.attrs.med = None;
    }
    let igp_metric = if path.metric == UNREACHABLE { 0 } else { path.metric };
    match nf.metric_out {
        Some(MetricOut::Value(v)) => wire.attrs.med = Some(v),
        Some(MetricOut::Igp(offset)) => wire.attrs.med = Some(igp_metric.saturating_add_signed(offset)),
        None => {}
    }
    if let Some(p) = nf.local_preference
        && !external
        && !heard_inside
    {
        wire.attrs.local_pref = p;
    }
    let ctx = t.context(end, target);
    let before = (reflected && !speaker.of.platform.bgp_policy_changes_reflected).then(|| wire.clone());
    let mut set = t.run(end, &nf.export, &mut wire, (path.class, Some(path)), target, &ctx)?;
    if let Some(before) = before {
        wire = before;
        set = Default::default();
    }
    if set.metric_igp {
        wire.attrs.med = Some(igp_metric);
    }
    let front = if speaker.of.platform.bgp_prepend_before_own_as && external {
        wire.path_mut(arena).take_front(set.prepended as usize)
    } else {
        Vec::new()
    };
    finish(t, from, &mut wire, nf, path, reflected);
    if !front.is_empty() {
        wire.path_mut(arena).prepend(&front);
    }
    Some((wire, set.next_hop, reflected))
}

/// RFC 1997 and RFC 5065 §6.
fn community_lets_pass(communities: &[Community], kind: Kind) -> bool {
    let has = |c: Community| communities.contains(&c);
    if communities.is_empty() {
        return true;
    }
    let stops = has(Community::NO_ADVERTISE)
        || (kind == Kind::External && has(Community::NO_EXPORT))
        || (kind != Kind::Internal && has(Community::NO_EXPORT_SUBCONFED));
    !stops
}

/// RFC 4456 §6.
pub(super) fn reflects(speaker: &Speaker<'_>, nf: &NeighborFamily, class: Class) -> bool {
    match class {
        Class::Client => !nf.reflector_client || speaker.bgp.client_to_client,
        _ => nf.reflector_client,
    }
}

/// The next hop on the wire (RFC 4271 §5.1.3, 5065 §5.2, 8950).
#[expect(clippy::too_many_arguments, reason = "one rule, all its conditions")]
pub(super) fn next_hop(
    t: &Transfer<'_>,
    end: &End,
    nf: &NeighborFamily,
    class: Class,
    kept: Option<IpAddr>,
    edit: Option<NextHopEdit>,
    reflected: bool,
    family: Family,
) -> Option<IpAddr> {
    let own = t.self_address(end, family);
    let kept = kept.filter(|ip| *ip != LINK_LOCAL);
    match edit {
        Some(NextHopEdit::Address(a)) => return Some(a),
        Some(NextHopEdit::Own) => return own,
        Some(NextHopEdit::Peer) => return Some(end.peer),
        Some(NextHopEdit::Unchanged) if kept.is_some() => return kept,
        _ => {}
    }
    // An EVPN route names the VTEP, not the end of a session (RFC 8365 §5.1.3).
    let vtep = family == Family::Evpn && (class.is_local() || t.speaker(end).of.platform.vpn.evpn_next_hop_unchanged);
    let unchanged = nf.next_hop_unchanged || nf.attributes_unchanged.1 || vtep;
    match end.kind {
        Kind::External if unchanged => kept.or(own),
        Kind::External => {
            // Third party: the next hop is itself on the subnet shared with the neighbour.
            let platform = &t.speaker(end).of.platform;
            let shared = |ip: &IpAddr| on_subnet(t, end, *ip) && *ip != end.peer;
            let third = kept.filter(|ip| platform.bgp_third_party_next_hop && end.single_hop && shared(ip));
            third.filter(|_| nf.next_hop_self == NextHopSelf::No).or(own)
        }
        Kind::Confed | Kind::Internal => {
            let to_self = match nf.next_hop_self {
                NextHopSelf::No => false,
                NextHopSelf::Yes => !reflected,
                NextHopSelf::Force => true,
            };
            // An active route of another protocol is announced with the own address (Junos prints `Self`).
            if to_self || class == Class::Active { own } else { kept.or(own) }
        }
    }
}

fn on_subnet(t: &Transfer<'_>, end: &End, ip: IpAddr) -> bool {
    let interface = end.interface.and_then(|i| t.speaker(end).of.interfaces.get(i));
    interface.is_some_and(|i| i.addresses.iter().any(|a| a.address.contains(&ip) && a.address.contains(&end.peer)))
}

/// AS path, reflection attributes, communities; and what never leaves the router.
fn finish(t: &Transfer<'_>, from: EndId, wire: &mut Wire, nf: &NeighborFamily, path: &Path, reflected: bool) {
    let unicast = nf.family.is_unicast();
    let arena = t.input.arena;
    let end = &t.graph.ends[from];
    let speaker = t.speaker(end);
    match end.kind {
        Kind::External => {
            let neighbor = t.graph.neighbor(from);
            let p = wire.path_mut(arena);
            p.strip_confed();
            remove_private(p, nf.remove_private_as, end.shown_as, end.peer_as);
            if nf.as_override {
                for asn in asns_mut(p).filter(|a| **a == end.peer_as) {
                    *asn = end.shown_as;
                }
            }
            if !nf.attributes_unchanged.0 {
                match neighbor.local_as.filter(|l| l.asn == end.shown_as) {
                    Some(l) if !l.replace_as => p.prepend(&[l.asn, speaker.public_as()]),
                    _ => p.prepend(&[end.shown_as]),
                }
            }
            wire.attrs.originator = None;
            wire.attrs.clusters = Box::default();
        }
        Kind::Confed => {
            wire.path_mut(arena).prepend_confed(speaker.bgp.asn);
            wire.attrs.originator = None;
            wire.attrs.clusters = Box::default();
        }
        Kind::Internal if reflected => {
            let heard_from = path.from.map(|e| t.graph.ends[e].peer_router_id);
            wire.attrs.originator = wire.attrs.originator.or(heard_from);
            let mut clusters = Vec::with_capacity(wire.attrs.clusters.len() + 1);
            let sender_cluster = path.from.and_then(|e| t.graph.neighbor(e).cluster_id);
            let cluster =
                t.graph.neighbor(from).cluster_id.or(sender_cluster).map_or(speaker.cluster, std::net::Ipv4Addr::to_bits);
            clusters.push(cluster);
            clusters.extend_from_slice(&wire.attrs.clusters);
            wire.attrs.clusters = clusters.into_boxed_slice();
        }
        Kind::Internal => {}
    }
    // RFC 8326 §4: outside with the community, inside with the lowest preference.
    if speaker.bgp.graceful_shutdown {
        if end.kind == Kind::External {
            let mut all = arena.communities.get(wire.attrs.communities).to_vec();
            all.push(Community::GRACEFUL_SHUTDOWN);
            wire.attrs.communities = arena.community_set(all);
        } else {
            wire.attrs.local_pref = 0;
        }
    }
    let all_kinds = nf.send_standard && nf.send_extended && nf.send_large;
    let carried = arena.communities.get(wire.attrs.communities);
    if !carried.is_empty() && !all_kinds {
        let sent = |c: &&Community| match c {
            Community::Standard(_) => nf.send_standard,
            Community::Extended(_) => nf.send_extended,
            Community::Large(..) => nf.send_large,
        };
        wire.attrs.communities = arena.community_set(carried.iter().filter(sent).copied().collect());
    }
    wire.attrs.weight = 0;
    wire.attrs.distance = None;
    wire.attrs.tag = 0;
    if unicast {
        wire.attrs.tunnel = None;
    }
    if end.kind == Kind::External {
        wire.attrs.local_pref = 100;
    }
}

fn asns_mut(p: &mut AsPath) -> impl Iterator<Item = &mut u32> {
    p.segments.iter_mut().flat_map(|s| match s {
        Segment::Sequence(v) | Segment::Set(v) | Segment::ConfedSequence(v) | Segment::ConfedSet(v) => v.iter_mut(),
    })
}

/// RFC 6996.
fn is_private(asn: u32) -> bool {
    matches!(asn, 64512..=65534 | 4_200_000_000..=4_294_967_294)
}

/// `remove-private-as`. The neighbour's own AS stays, so that it can find loops (FRR `bgp_peer_remove_private_as`, IOS).
pub(super) fn remove_private(p: &mut AsPath, how: RemovePrivateAs, own: u32, peer: u32) {
    let goes = |a: u32| is_private(a) && a != peer;
    match how {
        RemovePrivateAs::No => {}
        RemovePrivateAs::IfOnlyPrivate => {
            if p.asns().all(is_private) && p.asns().all(|a| a != peer) {
                p.segments.clear();
            }
        }
        RemovePrivateAs::Leading => {
            let mut leading = true;
            for s in &mut p.segments {
                if let Segment::Sequence(v) | Segment::Set(v) = s {
                    v.retain(|a| {
                        leading &= goes(*a);
                        !leading
                    });
                }
            }
        }
        RemovePrivateAs::All => {
            for s in &mut p.segments {
                if let Segment::Sequence(v) | Segment::Set(v) = s {
                    v.retain(|a| !goes(*a));
                }
            }
        }
        RemovePrivateAs::Replace => asns_mut(p).filter(|a| goes(**a)).for_each(|a| *a = own),
    }
    p.segments.retain(|s| !matches!(s, Segment::Sequence(v) | Segment::Set(v) if v.is_empty()));
}

/// A default route that the speaker makes for one neighbour (`default-originate`); export policies do not see it.
pub(super) fn own_default(t: &Transfer<'_>, from: EndId, attrs: crate::rib::AttrsId, target: Target) -> Option<Wire> {
    let end = &t.graph.ends[from];
    let nf = t.graph.family(from, target.family)?;
    let path = Path { attrs, metric: 0, from: None, class: Class::Network, path_id: 0, lent: None };
    let mut wire = Wire::new(t.input.arena.attrs.get(attrs).clone());
    wire.attrs.next_hop = t.self_address(end, target.family);
    finish(t, from, &mut wire, nf, &path, false);
    Some(wire)
}
