//! Labels: LDP's interfaces, and segment routing of IGPs.

use super::Lowering;
use crate::model::mpls::{Igp, Mpls, SegmentRouting};
use crate::model::route::Family;
use crate::vendors::iosxr::config::slot;
use crate::vendors::iosxr::defaults;
use crate::vendors::labels;

impl Lowering<'_> {
    pub(super) fn labels(&mut self) {
        let said = &self.config.labels;
        let mut mpls = Mpls { ldp_router_id: said.ldp_router_id, other: said.other, ..Mpls::default() };
        let named = said.ldp.iter().filter_map(|(name, origin)| Some((*self.interfaces.get(name)?, *origin)));
        labels::add_ldp(&mut mpls, named);
        self.isis_labels(&mut mpls);
        self.ospf_labels(&mut mpls);
        self.device.mpls = Some(mpls);
    }

    /// Interfaces of an IGP that turns LDP on, but for those that say no.
    fn auto(&self, igp: Igp, mpls: &mut Mpls) {
        let off: Vec<_> = self.config.labels.no_auto.iter().filter_map(|n| self.interfaces.get(n)).collect();
        let all = labels::of_igp(&self.device, igp);
        labels::add_ldp(mpls, all.into_iter().filter(|(i, _)| !off.contains(&i)));
    }

    fn isis_labels(&self, mpls: &mut Mpls) {
        for (_, p) in self.config.isis.items.iter().filter(|(_, p)| p.vrf.is_none()) {
            if p.ldp_auto {
                self.auto(Igp::Isis, mpls);
            }
            let Some((origin, prefers)) = p.segments else { continue };
            mpls.prefers_segments |= prefers;
            let sids = p.interfaces.items.iter().filter_map(|(name, i)| {
                let said = i.families[slot(Family::V4)].as_ref()?.sid?;
                Some(said.of(labels::prefix_of(&self.device, *self.interfaces.get(name)?)?))
            });
            let srgb = p.block.or(self.config.labels.block).unwrap_or(defaults::SRGB);
            labels::add_segments(mpls, SegmentRouting { origin, igp: Igp::Isis, srgb, prefix_sids: sids.collect() });
        }
    }

    fn ospf_labels(&self, mpls: &mut Mpls) {
        for (_, p) in self.config.ospf.items.iter().filter(|(_, p)| p.vrf.is_none() && !p.v3) {
            let (mut on, mut sids) = (false, Vec::new());
            for a in p.areas.values() {
                for (name, i) in &a.interfaces.items {
                    let mut all = i.on.clone();
                    all.inherit(&a.on);
                    all.inherit(&p.on);
                    let Some(&id) = self.interfaces.get(name) else { continue };
                    let off = self.config.labels.no_auto.contains(name) || all.passive == Some(true);
                    if all.ldp_auto == Some(true) && !off {
                        labels::add_ldp(mpls, labels::of_igp(&self.device, Igp::Ospf).into_iter().filter(|(i, _)| *i == id));
                    }
                    on |= all.segments == Some(true);
                    mpls.prefers_segments |= all.prefers_segments == Some(true);
                    let prefix = labels::prefix_of(&self.device, id);
                    sids.extend(i.on.sid.zip(prefix).map(|(said, prefix)| said.of(prefix)));
                }
            }
            if on {
                let srgb = p.block.or(self.config.labels.block).unwrap_or(defaults::SRGB);
                labels::add_segments(mpls, SegmentRouting { origin: p.origin, igp: Igp::Ospf, srgb, prefix_sids: sids });
            }
        }
    }
}
