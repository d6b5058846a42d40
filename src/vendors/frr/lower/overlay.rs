//! VXLAN with EVPN: the VTEP, the layer-3 VNIs of VRFs with their route targets.
//!
//! Law: as zebra has it (`is_l3vni_oper_up` in `zebra/zebra_vxlan.c`) a VRF's VNI is up if EVPN is on, a VXLAN device carries it, and an
//! interface of the VRF is in the device's VLAN. Where no file tells of Linux's devices, both are taken to be there.

use std::net::IpAddr;

use super::Context;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::route::Family;
use crate::model::vrf::Exchange;
use crate::model::vxlan::Vxlan;
use crate::model::{Device, VrfId};
use crate::vendors::frr::config::{BgpEvpn, Config};
use crate::vendors::frr::defaults;
use crate::vendors::frr::read::BRIDGED;
use crate::vendors::sink::{LineClass, NOT_MODELLED, Sink};

/// The bit that RFC 8365 §5.1.2.1 sets in automatic route targets of VXLAN.
const RFC8365_VXLAN: u32 = 1 << 28;

pub(super) fn lower(context: &mut Context<'_>, device: &mut Device, sink: &mut Sink) {
    let config = context.config;
    bridged_vnis(config, sink);
    let Some(main) = config.bgp.iter().find(|b| b.vrf.is_none() && b.evpn.advertise_all_vni) else { return };
    let nothing = BgpEvpn::default();
    let mut ends: Vec<(IpAddr, Origin)> = Vec::new();
    for vrf in &config.vrfs {
        let (Some((vni, origin)), id) = (vrf.vni, context.vrf(Some(&vrf.name))) else { continue };
        if id == VrfId::DEFAULT {
            continue;
        }
        match end(config, &vrf.name, vni) {
            Ok(end) => ends.push((end, origin)),
            Err(missing) => {
                let message = format!("VNI {vni} of VRF {} stays down: {missing}; the VRF takes no part in EVPN", vrf.name);
                sink.push(Diagnostic::new(Code("T-vni-down"), Severity::Warning, message).at(origin));
                continue;
            }
        }
        let of_bgp = config.bgp.iter().find(|b| b.vrf.as_deref() == Some(&*vrf.name));
        let said = of_bgp.map_or(&nothing, |b| &b.evpn);
        // `form_auto_rt`: the lower half of the AS; taken in from any AS (`vrf_rt2ecom_val`).
        let number = if main.evpn.rfc8365_targets { vni | RFC8365_VXLAN } else { vni };
        let (asn, wild) = (of_bgp.map_or(main.asn, |b| b.asn) & 0xFFFF, format!("*:{number}"));
        let targets = |said: &[Name], own: &str| -> Vec<Name> {
            let auto = std::iter::once(Name::from(own)).filter(|_| said.is_empty() || said.iter().any(|t| &**t == "auto"));
            auto.chain(said.iter().filter(|t| &***t != "auto").cloned()).collect()
        };
        let exchanges = [Family::V4, Family::V6].into_iter().enumerate().map(|(f, family)| Exchange {
            family,
            import_targets: targets(&said.imports, &wild),
            export_targets: targets(&said.exports, &format!("{asn}:{number}")),
            export_policy: said.advertise[f].as_ref().and_then(|map| context.policies.optional(map.as_ref())),
            ..Exchange::default()
        });
        let table = &mut device.vrfs[id];
        table.vni = Some(vni);
        // `install_uninstall_routes_for_vrf` passes over what the device made itself.
        table.apart = true;
        table.route_distinguisher = said.rd.clone();
        table.exchanges = exchanges.collect();
        table.evpn_defaults = said.defaults;
        table.evpn_prefixes = [said.advertise[0].is_some(), said.advertise[1].is_some()];
    }
    let Some(&(address, _)) = ends.first() else { return };
    if let Some((_, origin)) = ends.iter().find(|e| e.0 != address) {
        let message = format!("tunnels with several addresses of the device are not modelled; all are taken to end at {address}");
        sink.push(Diagnostic::new(NOT_MODELLED, Severity::Warning, message).at(*origin));
    }
    if !knows_devices(config) {
        let message = format!("no file tells of VXLAN devices; tunnels are taken to end at {address}");
        sink.push(Diagnostic::new(Code("T-vtep-assumed"), Severity::Warning, message).at(main.origin));
    }
    // `advertise-pip`, on unless taken away: IP prefixes name the switch's own address, not the one it shares, if the VRF's interfaces
    // have a shared MAC address (Cumulus Linux, "EVPN Enhancements": "Advertise Primary IP Address").
    let shared_mac = config.nvue || config.interfaces.iter().any(|p| p.vrf.is_some() && p.shared_mac);
    let own = defaults::evpn_own_address(config) && shared_mac && !config.bgp.iter().any(|b| b.evpn.no_own_address);
    let holds = |i: &crate::model::interface::Interface| i.addresses.iter().any(|a| a.address.addr() == address);
    device.vxlan = Some(Vxlan {
        origin: main.origin,
        interface: None,
        source: device.interfaces.iter_ids().find(|(_, i)| holds(i)).map(|(id, _)| id),
        shared_address: Some(config.vtep.anycast.filter(|_| !own).unwrap_or(address)),
        vlans: Vec::new(),
    });
}

/// Whether there is a file that makes Linux's devices.
fn knows_devices(config: &Config) -> bool {
    config.ifupdown || config.config_db || config.nvue
}

/// The address at which tunnels under a VRF's VNI end, or what is missing.
fn end(config: &Config, vrf: &str, vni: u32) -> Result<IpAddr, &'static str> {
    if !knows_devices(config) {
        let of = |name: &str| config.interface_index.get(name).map(|&n| &config.interfaces[n]);
        let addresses = of("lo").into_iter().flat_map(|p| &p.addresses).map(|a| a.net.addr());
        let global = addresses.filter(|ip| ip.is_ipv4() && !ip.is_loopback()).chain(config.router_id.map(IpAddr::V4));
        let router_id = config.bgp.iter().filter(|b| b.vrf.is_none()).filter_map(|b| b.router_id).map(IpAddr::V4);
        return global.chain(router_id).next().ok_or("no file says at which address tunnels end");
    }
    let device = config.interfaces.iter().find(|p| p.vxlan_id.is_some_and(|(id, _)| id == vni) && !p.shutdown);
    let mapped = config.vtep.vlans.iter().find(|m| m.1 == vni).map(|m| m.0);
    let ports = || config.interfaces.iter().filter(|p| p.vrf.as_deref() == Some(vrf) && !p.shutdown);
    let in_vrf = match device {
        // A VLAN of a bridge that knows them, or a bridge of its own.
        Some(d) => ports().any(|p| d.bridge_access.is_some_and(|v| vlan(p) == Some(v)) || p.bridge_ports.contains(&d.name)),
        None => mapped.is_some_and(|v| ports().any(|p| vlan(p) == Some(v))),
    };
    if !config.nvue && device.is_none() && mapped.is_none() {
        return Err("no VXLAN device carries it");
    }
    if !config.nvue && !in_vrf {
        return Err("no interface of the VRF is in its VLAN");
    }
    device.and_then(|d| d.vxlan_local).or(config.vtep.address).ok_or("its tunnel has no address")
}

fn vlan(p: &crate::vendors::frr::config::Interface) -> Option<u16> {
    p.vlan_id.or_else(|| p.name.rsplit_once('.').and_then(|x| x.1.parse().ok()))
}

/// Reports the VNIs that stand for VLANs.
fn bridged_vnis(config: &Config, sink: &mut Sink) {
    let devices = config.interfaces.iter().filter_map(|p| p.vxlan_id);
    for (vni, origin) in devices.chain(config.vtep.vlans.iter().map(|m| (m.1, m.2))) {
        if config.vrfs.iter().any(|v| v.vni.is_some_and(|(of_vrf, _)| of_vrf == vni)) {
            sink.mark(origin, LineClass::Modelled);
        } else {
            sink.mark(origin, LineClass::NotModelled);
            sink.push(Diagnostic::new(NOT_MODELLED, Severity::Warning, format!("VNI {vni}: {BRIDGED}")).at(origin));
        }
    }
}
