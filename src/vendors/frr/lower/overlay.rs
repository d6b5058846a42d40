//! VXLAN with EVPN: the VTEP, the layer-3 VNIs of VRFs and the VLANs that are bridged over tunnels, with their route targets.
//!
//! Law: as zebra has it (`is_l3vni_oper_up` in `zebra/zebra_vxlan.c`) a VRF's VNI is up if EVPN is on, a VXLAN device carries it, and an
//! interface of the VRF is in the device's VLAN. Where no file tells of Linux's devices, both are taken to be there. Every other VNI is that of a
//! VLAN, which is that of the device's bridge port; with `advertise-all-vni` BGP carries all of them (FRR manual, "EVPN").

use std::net::IpAddr;

use super::Context;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::route::Family;
use crate::model::vrf::Exchange;
use crate::model::vxlan::{EvpnInstance, VlanVni, Vxlan};
use crate::model::{Device, VrfId};
use crate::vendors::frr::config::{Bgp, BgpEvpn, Config, Interface};
use crate::vendors::frr::defaults;
use crate::vendors::sink::{LineClass, NOT_MODELLED, Sink};

/// The bit that RFC 8365 §5.1.2.1 sets in automatic route targets of VXLAN.
const RFC8365_VXLAN: u32 = 1 << 28;

/// Addresses at which tunnels end, with the lines that say so.
type Ends = Vec<(IpAddr, Origin)>;

pub(super) fn lower(context: &mut Context<'_>, device: &mut Device, sink: &mut Sink) {
    let config = context.config;
    let main = config.bgp.iter().find(|b| b.vrf.is_none() && b.evpn.advertise_all_vni);
    let mut ends = Ends::new();
    if let Some(main) = main {
        vrfs(context, main, device, &mut ends, sink);
    }
    let vlans = vlans(config, main, &mut ends, sink);
    let Some(&(address, first)) = ends.first() else { return };
    if let Some((_, origin)) = ends.iter().find(|e| e.0 != address) {
        let message = format!("tunnels with several addresses of the device are not modelled; all are taken to end at {address}");
        sink.push(Diagnostic::new(NOT_MODELLED, Severity::Warning, message).at(*origin));
    }
    let origin = main.map_or(first, |m| m.origin);
    if !knows_devices(config) {
        let message = format!("no file tells of VXLAN devices; tunnels are taken to end at {address}");
        sink.push(Diagnostic::new(Code("T-vtep-assumed"), Severity::Warning, message).at(origin));
    }
    // `advertise-pip`, on unless taken away: IP prefixes name the switch's own address, not the one it shares, if the VRF's interfaces
    // have a shared MAC address (Cumulus Linux, "EVPN Enhancements": "Advertise Primary IP Address"). Tunnel ends and hosts have the shared one
    // ("VXLAN Active-active Mode").
    let shared_mac = config.nvue || config.interfaces.iter().any(|p| p.vrf.is_some() && p.shared_mac);
    let own = defaults::evpn_own_address(config) && shared_mac && !config.bgp.iter().any(|b| b.evpn.no_own_address);
    let holds = |i: &crate::model::interface::Interface| i.addresses.iter().any(|a| a.address.addr() == address);
    device.vxlan = Some(Vxlan {
        origin,
        interface: None,
        source: device.interfaces.iter_ids().find(|(_, i)| holds(i)).map(|(id, _)| id),
        shared_address: Some(config.vtep.anycast.unwrap_or(address)),
        prefix_address: own.then_some(address),
        vlans,
    });
}

/// The layer-3 VNIs.
fn vrfs(context: &mut Context<'_>, main: &Bgp, device: &mut Device, ends: &mut Ends, sink: &mut Sink) {
    let config = context.config;
    let nothing = BgpEvpn::default();
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
        let auto = auto_targets(main, of_bgp.map_or(main.asn, |b| b.asn), vni);
        let exchanges = [Family::V4, Family::V6].into_iter().enumerate().map(|(f, family)| Exchange {
            family,
            import_targets: targets(&said.imports, &auto.0),
            export_targets: targets(&said.exports, &auto.1),
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
}

/// Automatic targets, in and out: `form_auto_rt` makes them of the lower half of the AS and the VNI; those of any AS are taken in
/// (`vrf_rt2ecom_val`; of a VLAN's VNI `map_vni_to_rt` in `bgpd/bgp_evpn.c`; Cumulus Linux, "EVPN Enhancements": "Define RDs and RTs").
fn auto_targets(main: &Bgp, asn: u32, vni: u32) -> (String, String) {
    let number = if main.evpn.rfc8365_targets { vni | RFC8365_VXLAN } else { vni };
    (format!("*:{number}"), format!("{}:{number}", asn & 0xFFFF))
}

/// Targets as set, else the automatic one.
fn targets(said: &[Name], own: &str) -> Vec<Name> {
    let auto = std::iter::once(Name::from(own)).filter(|_| said.is_empty() || said.iter().any(|t| &**t == "auto"));
    auto.chain(said.iter().filter(|t| &***t != "auto").cloned()).collect()
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
    let mapped = config.vtep.vlans.iter().find(|m| m.vni == vni).map(|m| m.vlan);
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

fn vlan(p: &Interface) -> Option<u16> {
    p.vlan_id.or_else(|| p.name.rsplit_once('.').and_then(|x| x.1.parse().ok()))
}

/// A VNI that is no VRF's, before it is known whether its tunnel works.
struct Bridged<'c> {
    vni: u32,
    origin: Origin,
    device: Option<&'c Interface>,
    vlan: Result<u16, &'static str>,
}

/// The VLANs that are bridged over tunnels.
fn vlans(config: &Config, main: Option<&Bgp>, ends: &mut Ends, sink: &mut Sink) -> Vec<VlanVni> {
    let of = |name: &Name| config.interface_index.get(name).map(|&n| &config.interfaces[n]);
    let single = config.interfaces.iter().filter_map(|p| {
        let (vni, origin) = p.vxlan_id?;
        Some(Bridged { vni, origin, device: Some(p), vlan: vlan_of_device(config, p) })
    });
    let many = config.vtep.vlans.iter().map(|m| Bridged {
        vni: m.vni,
        origin: m.origin,
        device: m.device.as_ref().and_then(of),
        vlan: Ok(m.vlan),
    });
    let mut out = Vec::new();
    for b in single.chain(many) {
        let of_vrf = config.vrfs.iter().any(|v| v.vni.is_some_and(|(vni, _)| vni == b.vni));
        let vlan = match b.vlan {
            Err(why) if !of_vrf => {
                sink.mark(b.origin, LineClass::NotModelled);
                let message = format!("VNI {}: {why}; what is bridged over it is not modelled", b.vni);
                sink.push(Diagnostic::new(NOT_MODELLED, Severity::Warning, message).at(b.origin));
                continue;
            }
            vlan => vlan.unwrap_or_default(),
        };
        sink.mark(b.origin, LineClass::Modelled);
        if of_vrf || b.device.is_some_and(|d| d.shutdown) {
            continue;
        }
        let Some(end) = b.device.and_then(|d| d.vxlan_local).or(config.vtep.address) else {
            let message = format!("VNI {} stays down: its tunnel has no address", b.vni);
            sink.push(Diagnostic::new(Code("T-vni-down"), Severity::Warning, message).at(b.origin));
            continue;
        };
        ends.push((end, b.origin));
        let floods = floods(config, &b);
        out.push(VlanVni {
            origin: b.origin,
            vlan,
            vni: b.vni,
            evpn: main.map(|main| instance(config, main, b.vni)),
            group: floods.iter().copied().find(IpAddr::is_multicast),
            peers: floods.into_iter().filter(|to| !to.is_multicast()).collect(),
        });
    }
    if !knows_devices(config) {
        for v in &config.evpn_vnis {
            v.origins.iter().for_each(|o| sink.mark(*o, LineClass::NotModelled));
            let origin = v.origins.first().copied().unwrap_or_default();
            let message =
                format!("VNI {}: no file tells of its VXLAN device and VLAN; what is bridged over it is not modelled", v.vni);
            sink.push(Diagnostic::new(NOT_MODELLED, Severity::Warning, message).at(origin));
        }
    }
    out
}

/// The VLAN of a device that carries one VNI: `bridge-access`, else the untagged VLAN of its bridge port (Cumulus Linux, "VXLAN Devices"). The model
/// has one space of VLANs a device, in which bridges without VLANs are not told apart.
fn vlan_of_device(config: &Config, device: &Interface) -> Result<u16, &'static str> {
    if let Some(vlan) = device.bridge_access {
        return Ok(vlan);
    }
    let bridges = || config.interfaces.iter().filter(|p| p.bridge);
    let Some(bridge) = bridges().find(|b| b.bridge_ports.contains(&device.name)) else {
        return Err("its VXLAN device is in no bridge");
    };
    if !bridge.vlan_aware && bridge.bridge_vids.is_none() && bridges().count() > 1 {
        return Err("its bridge is one of several without VLANs");
    }
    Ok(device.bridge_pvid.or(bridge.bridge_pvid).unwrap_or(1))
}

/// Where the frames of a VNI are flooded whatever EVPN says: its own list, else that of its device (Cumulus Linux, "Static VXLAN Tunnels").
fn floods(config: &Config, b: &Bridged<'_>) -> Vec<IpAddr> {
    let name = b.device.map(|d| &d.name);
    let of =
        |vni: Option<u32>| config.vtep.floods.iter().filter(move |f| f.device.as_ref() == name && f.vni == vni).map(|f| f.to);
    let own: Vec<IpAddr> = of(Some(b.vni)).collect();
    if own.is_empty() { of(None).collect() } else { own }
}

/// The EVPN instance of a VNI. Of its own accord a distinguisher is the router id and a number in the order of appearance, which no other has.
fn instance(config: &Config, main: &Bgp, vni: u32) -> EvpnInstance {
    let said = config.evpn_vnis.iter().find(|v| v.vni == vni);
    let auto = auto_targets(main, main.asn, vni);
    EvpnInstance {
        route_distinguisher: said.and_then(|s| s.rd.clone()),
        import_targets: targets(said.map_or(&[], |s| &s.imports), &auto.0),
        export_targets: targets(said.map_or(&[], |s| &s.exports), &auto.1),
        tag: 0,
        hosts: true,
    }
}
