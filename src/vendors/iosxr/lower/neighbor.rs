//! BGP neighbours: what they say themselves, then their session group and af-group, then their neighbour group, which may use groups in
//! turn ("BGP Configuration: Inheritance", Routing Configuration Guide).

use super::Lowering;
use crate::base::Set;
use crate::base::span::Origin;
use crate::model::bgp::{DefaultOriginate, Neighbor, NeighborFamily, NextHopSelf, Peer, RemoteAs, RemovePrivateAs, UpdateSource};
use crate::model::device::Name;
use crate::model::policy::PolicyChain;
use crate::model::route::Family;
use crate::vendors::iosxr::config::{self, AfPeer, Attach, Instance, Named, PeerConfig, Session, slot};

impl Lowering<'_> {
    pub(super) fn neighbor(&mut self, bgp: &config::Bgp, instance: &Instance, p: &PeerConfig, peer: Peer) -> Neighbor {
        let session = session(bgp, p);
        let remote_as = session.remote_as.clone().unwrap_or(RemoteAs::Missing);
        let mut families = Vec::new();
        for family in Family::ALL {
            let own = peer_family(bgp, p, family);
            // A neighbour has the families that it opens, if the process has them too.
            if let Some(origin) = own.opened
                && instance.families[slot(family)].is_some()
            {
                let external = match remote_as {
                    RemoteAs::Asn(n) => n != session.local_as.map_or(bgp.asn, |l| l.asn) && n != bgp.asn,
                    RemoteAs::Internal => false,
                    _ => true,
                };
                families.push(self.neighbor_family(&own, instance, family, external, origin));
            }
        }
        Neighbor {
            peer,
            origin: p.origin,
            group: p.use_group.clone(),
            description: session.description,
            remote_as,
            local_as: session.local_as,
            enabled: session.shutdown != Some(true),
            update_source: session.update_source.and_then(|n| self.interfaces.get(&n).copied()).map(UpdateSource::Interface),
            ebgp_multihop: session.ebgp_multihop,
            ttl_security: session.ttl_security,
            disable_connected_check: session.disable_connected_check.unwrap_or(false),
            passive: session.passive.unwrap_or(false),
            auth: session.password.filter(|p| !p.is_empty()),
            families,
            other_families: Vec::new(),
            extended_next_hop: false,
            enforce_first_as: session.enforce_first_as,
            cluster_id: session.cluster_id,
            bfd: session.bfd.unwrap_or(false),
        }
    }

    fn neighbor_family(
        &mut self,
        own: &AfPeer,
        instance: &Instance,
        family: Family,
        external: bool,
        origin: Origin,
    ) -> NeighborFamily {
        let af = instance.families[slot(family)].as_ref();
        let mut chain = |a: &Option<Attach>| -> Vec<PolicyChain> { a.iter().filter_map(|a| self.chain(a)).collect() };
        let (import, export) = (chain(&own.policy_in), chain(&own.policy_out));
        let send = own.add_path_send.unwrap_or(af.is_some_and(|a| a.add_path_send));
        let select = self.selection(af.and_then(|a| a.add_path_policy.as_ref()));
        // RCR BGP, "send-community-ebgp" and "send-extended-community-ebgp": not to eBGP neighbours without them, to iBGP ones always.
        let standard = !external || own.send_community_ebgp.unwrap_or(false);
        let extended = !external || own.send_extended_ebgp.unwrap_or(false);
        NeighborFamily {
            family,
            import,
            export,
            export_any: false,
            reflector_client: own.reflector_client.unwrap_or(false),
            next_hop_self: own.next_hop_self.unwrap_or(NextHopSelf::No),
            next_hop_unchanged: own.next_hop_unchanged.unwrap_or(false),
            weight: own.weight,
            allow_as_in: own.allow_as_in.unwrap_or(0),
            as_override: own.as_override.unwrap_or(false),
            advertise_peer_as: own.no_loop_check.unwrap_or(false) || af.is_some_and(|a| a.no_loop_check),
            remove_private_as: own.remove_private.unwrap_or(RemovePrivateAs::No),
            send_standard: standard,
            send_extended: extended,
            send_large: standard,
            default_originate: own.default_originate.as_ref().filter(|d| d.0).map(|(_, policy, origin)| DefaultOriginate {
                policy: policy.as_ref().and_then(|a| self.chain(a)),
                only_if_present: false,
                origin: *origin,
            }),
            add_path_send: Some(select).filter(|_| send),
            add_path_receive: own.add_path_receive.unwrap_or(af.is_some_and(|a| a.add_path_receive)),
            max_prefixes: own.max_prefixes,
            origin,
            ..NeighborFamily::default()
        }
    }
}

/// The groups that a neighbour uses, nearest first. A group that was met adds nothing the second time, so circles end.
fn groups<'c>(bgp: &'c config::Bgp, p: &'c PeerConfig) -> Vec<&'c PeerConfig> {
    let (mut out, mut seen) = (vec![p], Set::default());
    let mut at = p.use_group.as_ref();
    while let Some(name) = at.filter(|n| seen.insert(*n)) {
        let Some(group) = bgp.groups.get(name) else { break };
        out.push(group);
        at = group.use_group.as_ref();
    }
    out
}

fn session(bgp: &config::Bgp, p: &PeerConfig) -> Session {
    let mut session = Session::default();
    for part in groups(bgp, p) {
        session.inherit(&part.session);
        let mut seen = Set::default();
        let mut at = part.use_session.as_ref();
        while let Some(name) = at.filter(|n| seen.insert(*n)) {
            let Some(group) = bgp.session_groups.get(name) else { break };
            session.inherit(&group.session);
            at = group.use_session.as_ref();
        }
    }
    session
}

pub(super) fn peer_family(bgp: &config::Bgp, p: &PeerConfig, family: Family) -> AfPeer {
    let mut own = AfPeer::default();
    for part in groups(bgp, p) {
        let level = &part.families[slot(family)];
        own.inherit(level);
        inherit_af(&mut own, &bgp.af_groups, level.use_group.as_ref(), family);
    }
    own
}

fn inherit_af(own: &mut AfPeer, all: &Named<PeerConfig>, first: Option<&Name>, family: Family) {
    let mut seen = Set::default();
    let mut at = first;
    while let Some(name) = at.filter(|n| seen.insert(*n)) {
        let Some(group) = all.get(name) else { break };
        let level = &group.families[slot(family)];
        own.inherit(level);
        at = level.use_group.as_ref();
    }
}
