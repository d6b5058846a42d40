//! Labels: LDP's interfaces, and segment routing of IGPs.

use super::Lowering;
use crate::base::span::Origin;
use crate::model::interface::InterfaceId;
use crate::model::mpls::{Igp, Mpls, SegmentRouting};
use crate::model::route::Family;
use crate::vendors::ios::defaults;
use crate::vendors::labels;

impl Lowering<'_> {
    pub(super) fn labels(&mut self) {
        let config = self.config;
        let said = &config.labels;
        let mut mpls = Mpls {
            ldp_router_id: said.ldp_router_id.or_else(|| {
                let name = config.ldp_router_id.as_ref()?;
                labels::prefix_of(&self.device, *self.interfaces.get(name)?).map(|p| p.addr())
            }),
            prefers_segments: said.prefers_segments,
            other: said.other,
            ..Mpls::default()
        };
        if !config.no_mpls {
            let named = said.ldp.iter().filter_map(|(name, origin)| Some((*self.interfaces.get(name)?, *origin)));
            labels::add_ldp(&mut mpls, named);
            self.auto_ldp(&mut mpls);
        }
        for (_, p) in config.isis.items.iter().filter(|(_, p)| p.vrf.is_none()) {
            if let Some(origin) = p.segments {
                self.segments(&mut mpls, Igp::Isis, origin);
            }
        }
        for (_, p) in config.ospf.items.iter().filter(|(_, p)| p.vrf.is_none() && p.family == Family::V4) {
            if let Some(origin) = p.segments {
                self.segments(&mut mpls, Igp::Ospf, origin);
            }
        }
        self.device.mpls = Some(mpls);
    }

    /// MPLS LDP Autoconfiguration: `mpls ldp autoconfig` turns LDP on where the IGP runs, but for interfaces that say
    /// `no mpls ldp igp autoconfig`.
    fn auto_ldp(&self, mpls: &mut Mpls) {
        let off: Vec<_> = self.config.labels.no_auto.iter().filter_map(|n| self.interfaces.get(n)).collect();
        let mut found: Vec<(InterfaceId, Origin)> = Vec::new();
        if self.config.isis.items.iter().any(|(_, p)| p.vrf.is_none() && p.ldp_auto) {
            found.extend(labels::of_igp(&self.device, Igp::Isis));
        }
        let auto = self.config.ospf.items.iter().zip(&self.device.ospf);
        for ((_, said), process) in auto.filter(|((_, s), _)| s.vrf.is_none() && s.family == Family::V4 && !s.v3) {
            let on = |area: u32| said.ldp_auto.iter().any(|a| a.is_none_or(|a| a == area));
            found.extend(process.interfaces.iter().filter(|i| on(i.area)).map(|i| (i.interface, i.origin)));
        }
        labels::add_ldp(mpls, found.into_iter().filter(|(i, _)| !off.contains(&i)));
    }

    fn segments(&self, mpls: &mut Mpls, igp: Igp, origin: Origin) {
        let said = &self.config.labels;
        let own =
            |p: &ipnet::IpNet| self.device.interfaces.iter().any(|i| i.primary(false).is_some_and(|a| a.address.trunc() == *p));
        let prefix_sids = said.sids.iter().filter(|(p, _)| own(p)).map(|(p, sid)| sid.of(*p)).collect();
        let srgb = said.block.unwrap_or(defaults::SRGB);
        labels::add_segments(mpls, SegmentRouting { origin, igp, srgb, prefix_sids });
    }
}
