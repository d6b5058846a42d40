//! Routes between BGP instances.

use super::Context;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::model::Device;
use crate::model::bgp::Neighbor;
use crate::model::route::Family;
use crate::model::vrf::{Exchange, VrfId};
use crate::vendors::frr::config::BgpVpn;
use crate::vendors::frr::read::family;
use crate::vendors::sink::Sink;

/// What each instance takes from others and gives to them.
pub(super) fn lower(context: &Context<'_>, device: &mut Device, sink: &mut Sink) {
    // `import vrf` makes the other instance export.
    let mut lenders: Vec<(VrfId, Family)> = Vec::new();
    for b in &context.config.bgp {
        let vrf = context.vrf(b.vrf.as_deref());
        for (f, vpn) in
            b.families.iter().enumerate().map(|(f, said)| (family(f), &said.vpn)).filter(|x| *x.1 != BgpVpn::default())
        {
            let f = f.vpn();
            let named = |name: &str| if name == "default" { Some(VrfId::DEFAULT) } else { context.vrfs.get(name).copied() };
            let import_vrfs: Vec<VrfId> = vpn.import_vrfs.iter().filter_map(|r| named(&r.name)).filter(|v| *v != vrf).collect();
            lenders.extend(import_vrfs.iter().map(|v| (*v, f)));
            // `vpn_leak_to_vpn_active`: nothing goes out without a distinguisher and targets.
            let exports = vpn.export && vpn.distinguisher.is_some() && !vpn.export_targets.is_empty();
            if vpn.export && !exports {
                let message = "`export vpn` exports nothing without `rd vpn export` and `rt vpn export`";
                sink.push(Diagnostic::new(Code("T-bgp-vpn-not-active"), Severity::Warning, message).at(b.origin));
            }
            let carried = |n: &Neighbor| n.families.iter().any(|x| x.family == f);
            if exports && !vpn.label && device.bgp.iter().any(|b| b.vrf == VrfId::DEFAULT && b.neighbors.iter().any(carried)) {
                let message = "without `label vpn export` the packets that come back are looked up in the default table";
                sink.push(Diagnostic::new(Code("T-bgp-vpn-no-label"), Severity::Warning, message).at(b.origin));
            }
            if exports && device.vrfs[vrf].route_distinguisher.is_none() {
                device.vrfs[vrf].route_distinguisher.clone_from(&vpn.distinguisher);
            }
            if vpn.import && !vpn.import_targets.is_empty() {
                device.vrfs[vrf].apart = false;
            }
            device.vrfs[vrf].exchanges.push(Exchange {
                family: f,
                import_targets: vpn.import_targets.iter().filter(|_| vpn.import).cloned().collect(),
                export_targets: vpn.export_targets.iter().filter(|_| exports).cloned().collect(),
                import_policy: context.policies.optional(vpn.import_map.as_ref()),
                export_policy: context.policies.optional(vpn.export_map.as_ref()),
                import_vrfs,
                next_hop: vpn.next_hop,
                ..Exchange::default()
            });
        }
    }
    // What is said for EVPN holds for no other way.
    let with_evpn = device.vrfs.iter_ids().filter(|(_, v)| v.vni.is_some()).map(|(id, _)| id);
    lenders.extend(with_evpn.flat_map(|v| [(v, Family::Vpn4), (v, Family::Vpn6)]));
    for (vrf, family) in lenders {
        let exchanges = &mut device.vrfs[vrf].exchanges;
        if exchanges.iter().all(|e| e.family != family) {
            exchanges.push(Exchange { family, ..Exchange::default() });
        }
    }
}
