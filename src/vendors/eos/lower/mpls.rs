//! Labels: LDP's interfaces, those that take packets with labels, and segment routing of IGPs.

use super::Lowering;
use crate::base::id::Id;
use crate::base::span::Origin;
use crate::model::interface::{InterfaceId, InterfaceKind};
use crate::model::mpls::{Igp, Mpls, SegmentRouting, Srgb};
use crate::model::vrf::VrfId;
use crate::vendors::eos::defaults;
use crate::vendors::labels;

impl Lowering<'_, '_> {
    pub(super) fn labels(&mut self) {
        let said = &self.config.labels;
        let mut mpls = Mpls { ldp_router_id: said.ldp_router_id, other: said.other, ..Mpls::default() };
        let routed = self.device.interfaces.iter_ids().filter(|(_, i)| {
            i.vrf == VrfId::DEFAULT && i.switchport.is_none() && i.kind != InterfaceKind::Loopback && !i.addresses.is_empty()
        });
        let routed: Vec<InterfaceId> = routed.map(|(id, _)| id).collect();
        let named = |names: &[crate::model::device::Name]| -> Vec<InterfaceId> {
            names.iter().filter_map(|n| self.interface(n)).collect()
        };
        let (off, closed) = (named(&said.no_auto), named(&said.no_mpls));
        if said.mpls {
            mpls.switching = Some(routed.iter().copied().filter(|i| !closed.contains(i)).collect());
        } else {
            mpls.switching = Some(Vec::new());
        }
        if said.ldp_on && said.mpls {
            let own = said.ldp.iter().filter_map(|(name, origin)| Some((self.interface(name)?, *origin)));
            labels::add_ldp(&mut mpls, own);
            if !said.ldp_only_named {
                let origin =
                    |i: InterfaceId| self.config.interfaces.iter().nth(i.index()).map_or(Origin::NONE, |(_, p)| p.origin);
                labels::add_ldp(&mut mpls, routed.into_iter().filter(|i| !off.contains(i)).map(|i| (i, origin(i))));
            }
        }
        for i in self.config.isis.iter().filter(|i| &*i.vrf == "default" && !i.shutdown) {
            self.segments(&mut mpls, Igp::Isis, i.segments, said.block);
        }
        for o in self.config.ospf.iter().filter(|o| &*o.vrf == "default" && !o.v3 && !o.shutdown) {
            self.segments(&mut mpls, Igp::Ospf, o.segments, said.ospf_block);
        }
        self.device.mpls = Some(mpls);
    }

    fn segments(&self, mpls: &mut Mpls, igp: Igp, on: Option<Origin>, block: Option<Srgb>) {
        let Some(origin) = on else { return };
        let said = &self.config.labels;
        let of_ports =
            said.port_sids.iter().filter_map(|(name, sid)| Some(sid.of(labels::prefix_of(&self.device, self.interface(name)?)?)));
        let prefix_sids = of_ports.chain(said.sids.iter().map(|(prefix, sid)| sid.of(*prefix))).collect();
        labels::add_segments(mpls, SegmentRouting { origin, igp, srgb: block.unwrap_or(defaults::SRGB), prefix_sids });
    }
}
