//! Labels: LDP's interfaces, those that take packets with labels, and segment routing of IGPs.

use super::Lower;
use crate::base::Set;
use crate::base::span::Origin;
use crate::model::VrfId;
use crate::model::interface::{InterfaceId, InterfaceKind};
use crate::model::mpls::{Igp, Mpls, SegmentRouting};
use crate::vendors::junos::config::{LabelInterface, Segments};
use crate::vendors::labels;

impl Lower<'_, '_> {
    pub(super) fn make_labels(&mut self) {
        let config = self.config;
        let Some(main) = config.instances.first() else { return };
        let said = &main.labels;
        let units = config.interfaces.iter().flat_map(|i| i.units.iter().map(move |u| (i, u)));
        let speaking: Set<InterfaceId> =
            units.filter(|(_, u)| u.mpls).filter_map(|(i, u)| self.interface(&format!("{}.{}", i.name, u.number))).collect();
        let switching: Vec<InterfaceId> =
            self.label_interfaces(&said.mpls).into_iter().map(|(id, _)| id).filter(|id| speaking.contains(id)).collect();
        let ldp = if said.ldp_disabled { Vec::new() } else { self.label_interfaces(&said.ldp) };
        let ldp_router_id = said.router_id.or_else(|| main.routing.router_id.map(Into::into));
        let mut mpls = Mpls { ldp, ldp_router_id, switching: Some(switching), other: said.other, ..Mpls::default() };
        let isis = main.isis.iter().filter(|i| !i.disabled).filter_map(|i| Some((Igp::Isis, i.segments.as_ref()?)));
        let ospf = main.ospf.iter().filter(|o| !o.disabled && !o.v3).filter_map(|o| Some((Igp::Ospf, o.segments.as_ref()?)));
        for (igp, segments) in isis.chain(ospf).collect::<Vec<_>>() {
            self.add_segments(&mut mpls, igp, segments);
        }
        self.device.mpls = Some(mpls);
    }

    /// The interfaces of a list in which `all` may stand, and `disable` takes some out.
    fn label_interfaces(&self, list: &[LabelInterface]) -> Vec<(InterfaceId, Origin)> {
        let mut off: Set<InterfaceId> = Set::default();
        let mut out: Vec<(InterfaceId, Origin)> = Vec::new();
        for i in list.iter().filter(|i| &*i.name.0 != "all") {
            let Some(id) = self.interface(&i.name.0) else { continue };
            if i.disabled {
                off.insert(id);
            } else {
                out.push((id, i.name.1));
            }
        }
        if let Some(all) = list.iter().find(|i| &*i.name.0 == "all" && !i.disabled) {
            let global = self.device.interfaces.iter_ids().filter(|(_, i)| i.vrf == VrfId::DEFAULT);
            let rest: Vec<_> = global.map(|(id, _)| id).filter(|id| !out.iter().any(|(o, _)| o == id)).collect();
            out.extend(rest.into_iter().map(|id| (id, all.name.1)));
        }
        out.retain(|(id, _)| !off.contains(id));
        out
    }

    /// The node segment is that of the loopback's address. Without `srgb` the block of labels is what the router finds free.
    fn add_segments(&self, mpls: &mut Mpls, igp: Igp, said: &Segments) {
        let Some(srgb) = said.srgb else {
            mpls.other = mpls.other.or(Some("segment routing without `srgb`"));
            return;
        };
        let global = self.device.interfaces.iter_ids().filter(|(_, i)| i.vrf == VrfId::DEFAULT);
        let hosts = global.filter(|(_, i)| i.kind == InterfaceKind::Loopback);
        let prefix = hosts.filter_map(|(id, _)| labels::prefix_of(&self.device, id)).next();
        let prefix_sids = said.node.zip(prefix).map(|(sid, prefix)| sid.of(prefix)).into_iter().collect();
        labels::add_segments(mpls, SegmentRouting { origin: said.origin, igp, srgb, prefix_sids });
    }
}
