//! Labels: LDP's interfaces, and segment routing of IGPs.

use super::Context;
use crate::model::Device;
use crate::model::mpls::{Igp, Mpls, SegmentRouting};
use crate::vendors::frr::config::Segments;
use crate::vendors::frr::defaults;
use crate::vendors::labels;

pub(super) fn lower(context: &Context<'_>, device: &mut Device) {
    let config = context.config;
    let said = &config.labels;
    let mut mpls = Mpls { ldp_router_id: said.ldp_router_id, other: said.other, ..Mpls::default() };
    labels::add_ldp(&mut mpls, said.ldp.iter().filter_map(|(name, origin)| Some((context.interface(name)?, *origin))));
    let isis = config.isis.iter().filter(|p| p.vrf.is_none()).map(|p| (Igp::Isis, &p.segments));
    let ospf = config.ospf.iter().filter(|p| p.vrf.is_none() && !p.shutdown).map(|p| (Igp::Ospf, &p.segments));
    isis.chain(ospf).for_each(|(igp, said)| add(&mut mpls, igp, said));
    device.mpls = Some(mpls);
}

fn add(mpls: &mut Mpls, igp: Igp, said: &Segments) {
    let Some(origin) = said.on else { return };
    let prefix_sids = said.sids.iter().map(|(prefix, sid)| sid.of(*prefix)).collect();
    labels::add_segments(mpls, SegmentRouting { origin, igp, srgb: said.block.unwrap_or(defaults::SRGB), prefix_sids });
}
