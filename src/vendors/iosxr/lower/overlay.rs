//! IP prefixes by EVPN over MPLS.
//!
//! Law: "BGP EVPN and L3VPN Interworking" (xrdocs.io, NCS 5500, with what the routers print); "Data Center Interconnect Layer 3 Gateway with EVPN-MPLS",
//! L3VPN guides of the NCS 5500 and ASR 9000: what BGP has of a VRF goes to EVPN neighbours that are told so (`advertise vpnv4 unicast`), with the VRF's
//! route targets, or with those for stitching where the neighbour says `stitching-rt`; the same in the other direction.

use super::Lowering;
use super::neighbor::peer_family;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::route::Family;
use crate::model::vrf::Exchange;
use crate::vendors::iosxr::config::slot;
use crate::vendors::sink::LineClass;

impl Lowering<'_> {
    pub(super) fn evpn_prefixes(&mut self) {
        let config = self.config;
        let Some(bgp) = config.bgp.as_ref().filter(|b| b.global.families[slot(Family::Evpn)].is_some()) else { return };
        let all = bgp.global.peers.items.iter().map(|(_, p)| peer_family(bgp, p, Family::Evpn));
        let peers: Vec<_> = all.filter_map(|a| a.opened.map(|origin| (a, origin))).collect();
        let sent: [Vec<Option<bool>>; 2] =
            [peers.iter().map(|p| p.0.advertise_v4).collect(), peers.iter().map(|p| p.0.advertise_v6).collect()];
        let taken: Vec<bool> = peers.iter().map(|p| p.0.import_stitching == Some(true)).collect();
        let differ = |list: &[Option<bool>]| list.iter().any(|x| *x != list[0]);
        if sent.iter().any(|s| differ(s)) || taken.iter().any(|t| *t != taken[0]) {
            let origin = peers.first().map_or(Origin::NONE, |p| p.1);
            let text = "EVPN neighbours differ in the IP prefixes or route targets that they are sent: what one of them says is taken for all";
            self.notes.say(origin, LineClass::NotModelled, text);
        }
        let sends = [&sent[0], &sent[1]].map(|s| s.iter().any(Option::is_some));
        let stitches = [taken.contains(&true), sent.iter().flatten().any(|s| *s == Some(true))];
        for (name, v) in &config.vrfs.items {
            let Some(&id) = self.vrfs.get(name) else { continue };
            let of = |on: bool, stitching: &[Name], regular: &[Name]| -> Vec<Name> {
                match (on, stitching) {
                    (false, _) => regular.to_vec(),
                    // An empty list would stand for the VRF's general one; this target is nobody's.
                    (true, []) => vec!["none".into()],
                    (true, list) => list.to_vec(),
                }
            };
            let vrf = &mut self.device.vrfs[id];
            vrf.evpn_prefixes = sends;
            if stitches != [false; 2] {
                vrf.exchanges.push(Exchange {
                    family: Family::Evpn,
                    import_targets: of(stitches[0], &v.stitching[0], &v.imports),
                    export_targets: of(stitches[1], &v.stitching[1], &v.exports),
                    ..Exchange::default()
                });
            }
        }
    }
}
