//! Labels: LDP's interfaces, and segment routing of IGPs.

use super::Lower;
use crate::model::VrfId;
use crate::model::mpls::{Igp, LastHop, Mpls, PrefixSid, SegmentRouting};
use crate::vendors::labels::{self, SaidSid};
use crate::vendors::sros::config::Segments;

impl Lower<'_, '_> {
    pub(super) fn make_labels(&mut self) {
        let config = self.config;
        let Some(base) = config.routers.first() else { return };
        let said = &base.labels;
        let mut mpls = Mpls {
            ldp_router_id: base.router_id.map(Into::into),
            ldp_last: if said.implicit_null { LastHop::Pops } else { LastHop::Keeps },
            other: said.other,
            ..Mpls::default()
        };
        if !said.ldp_down {
            for named in &said.ldp {
                let found = self.named_interface(VrfId::DEFAULT, named, "ldp interface");
                labels::add_ldp(&mut mpls, found.map(|id| (id, named.1)));
            }
        }
        for x in base.isis.iter().filter(|x| x.up != Some(false)) {
            let sids = x.interfaces.iter().filter_map(|i| Some((&*i.name, i.sid?))).collect();
            self.segments(&mut mpls, Igp::Isis, &x.segments, sids);
        }
        for o in base.ospf.iter().filter(|o| !o.v3 && o.up != Some(false)) {
            let all = o.areas.iter().flat_map(|a| &a.interfaces);
            let sids = all.filter_map(|i| Some((&*i.name, i.sid?))).collect();
            self.segments(&mut mpls, Igp::Ospf, &o.segments, sids);
        }
        self.device.mpls = Some(mpls);
    }

    /// `prefix-sid-range global` takes all of `sr-labels`.
    fn segments(&self, mpls: &mut Mpls, igp: Igp, said: &Segments, sids: Vec<(&str, SaidSid)>) {
        let block = if said.global { self.config.routers.first().and_then(|b| b.labels.block) } else { said.block };
        let (Some(srgb), Some(true)) = (block, said.up) else { return };
        let prefix = |name: &str| labels::prefix_of(&self.device, *self.interfaces.get(&(VrfId::DEFAULT, name.into()))?);
        let prefix_sids: Vec<PrefixSid> = sids.into_iter().filter_map(|(name, sid)| Some(sid.of(prefix(name)?))).collect();
        labels::add_segments(mpls, SegmentRouting { origin: said.origin, igp, srgb, prefix_sids });
    }
}
