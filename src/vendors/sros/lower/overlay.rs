//! EVPN prefixes of VPRNs: by a routed VPLS ("EVPN-IFF") or by the VPRN itself ("EVPN-IFL"), over VXLAN or MPLS; and the VPLS that VXLAN joins
//! with those of other routers.
//!
//! Law: Layer 2 Services and EVPN Guide, "EVPN for VXLAN in EVPN tunnel R-VPLS services", "Interface-less IP-VRF-to-IP-VRF model", "Interaction of EVPN
//! with BGP owners in the same VPRN service"; Advanced Configuration Guide, "EVPN for VXLAN Tunnels (Layer 3)": prefixes of a VPLS have its
//! distinguisher and targets, and tunnels end at the system address. "EVPN for VXLAN in VPLS services", "Static VXLAN termination in VPLS" and
//! Advanced Configuration Guide, "EVPN for VXLAN Tunnels (Layer 2)": a VPLS with a VNI floods to the tunnel ends of which it hears by EVPN or
//! that are set; without targets of its own it has AS and EVI; Ethernet tag 0.

use std::net::IpAddr;

use super::Lower;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::span::Origin;
use crate::model::VrfId;
use crate::model::policy::Verdict;
use crate::model::route::Family;
use crate::model::vrf::{Exchange, Interfaceful};
use crate::model::vxlan::{EvpnInstance, VlanVni, Vxlan};
use crate::vendors::sros::config::{BgpInstance, Bridge, Evpn, EvpnTunnels, Interface, Router, RouterKind};
use crate::vendors::sros::defaults;

/// EVPN as one service runs it.
struct Running<'c> {
    /// The service.
    name: &'c str,
    evpn: &'c Evpn,
    tunnels: &'c EvpnTunnels,
    /// Distinguisher and targets.
    instance: Option<&'c BgpInstance>,
    vni: Option<u32>,
}

impl Lower<'_, '_> {
    pub(super) fn make_overlay(&mut self) {
        let config = self.config;
        let mut vxlan = false;
        for (n, vrf) in self.running() {
            let r = &config.routers[n];
            let mut ways: Vec<(Exchange, Option<u32>, [bool; 2])> = Vec::new();
            if let Some(evpn) = &r.evpn {
                let running = self.running_tunnels(&r.name, evpn, &r.vnis, None);
                let exchange = running.and_then(|x| self.exchange(&x, None).map(|e| (e, x.vni, [true; 2])));
                ways.extend(exchange);
            }
            for i in r.interfaces.iter().filter(|i| i.up != Some(false)) {
                let Some(b) = i.bridge.as_ref().and_then(|(name, _)| config.bridges.iter().find(|b| b.name == *name)) else {
                    continue;
                };
                let exchange = self.routed_vpls(r, i, b);
                ways.extend(exchange.map(|(e, vni)| (e, vni, [true, i.v6])));
            }
            let mut ways = ways.into_iter();
            let Some((exchange, vni, prefixes)) = ways.next() else { continue };
            let origin = r.evpn.as_ref().map_or(r.origin, |e| e.origin);
            if ways.next().is_some() {
                let message = format!("only the first of several EVPN instances of VPRN `{}` is modelled", r.name);
                self.not_modelled(origin, message);
            }
            if r.ipvpn {
                let message =
                    format!("VPRN `{}` has IP-VPN and EVPN: routes of one are not told over the other in the model", r.name);
                self.not_modelled(origin, message);
            }
            vxlan |= vni.is_some();
            let v = &mut self.device.vrfs[vrf];
            v.vni = vni;
            v.evpn_prefixes = prefixes;
            v.exchanges.push(exchange);
        }
        let mut vlans = Vec::new();
        for b in config.bridges.iter().filter(|b| b.up == Some(true)) {
            self.bridged(b, &mut vlans);
        }
        self.relay();
        if vxlan || !vlans.is_empty() {
            let source = self.interfaces.get(&(VrfId::DEFAULT, "system".into())).copied();
            let origin = vlans.first().map(|v| v.origin).unwrap_or_default();
            self.device.vxlan = Some(Vxlan { origin, source, shared_address: self.system_address(), vlans, ..Vxlan::default() });
        }
    }

    /// A VPLS that VXLAN joins with others. An EVPN tunnel ("EVPN tunnel R-VPLS") has no hosts: only prefixes go over it.
    fn bridged(&mut self, b: &Bridge, out: &mut Vec<VlanVni>) {
        let mut routed = self.config.routers.iter().flat_map(|r| &r.interfaces);
        if routed.any(|i| i.evpn_tunnel && i.addresses.is_empty() && i.bridge.as_ref().is_some_and(|(name, _)| *name == b.name)) {
            return;
        }
        let running = b.evpn.as_ref().and_then(|evpn| self.running_tunnels(&b.name, evpn, &b.vnis, Some(b)));
        if let Some(x) = running.as_ref().filter(|x| x.vni.is_none()) {
            let message = format!("VPLS `{}` is joined with others over MPLS: who is on it elsewhere is not modelled", b.name);
            self.not_modelled(x.evpn.origin, message);
        }
        let running = running.filter(|x| x.vni.is_some());
        let evpn = running.as_ref().and_then(|x| self.instance(x));
        let Some(vlan) = self.vlans.get(&b.name).copied() else { return };
        for (id, vni) in &b.vnis {
            let own = running.as_ref().is_some_and(|x| x.tunnels.vxlan_instance.unwrap_or(1) == *id);
            let peers = b.vteps.iter().filter(|v| v.0 == *id).map(|v| v.1);
            let evpn = evpn.clone().filter(|_| own);
            out.push(VlanVni { origin: b.origin, vlan, vni: *vni, evpn, peers: peers.collect(), group: None });
        }
    }

    /// The EVPN instance of a VPLS.
    fn instance(&mut self, running: &Running<'_>) -> Option<EvpnInstance> {
        let evpn = running.evpn;
        let made = self.exchange(running, None)?;
        if made.import_policy.is_some() || made.export_policy.is_some() {
            let message = format!("policies of VPLS `{}` are taken to leave its route targets as they are", running.name);
            self.not_modelled(evpn.origin, message);
        }
        if evpn.floods == Some(false) {
            let message = format!("VPLS `{}` does not tell of its tunnel end; others are taken to flood to it", running.name);
            self.not_modelled(evpn.origin, message);
        }
        Some(EvpnInstance {
            // A number that the router chooses is in nobody else's.
            route_distinguisher: made.route_distinguisher.filter(|rd| !rd.contains("auto")),
            import_targets: made.import_targets,
            export_targets: made.export_targets,
            tag: 0,
            hosts: evpn.mac_ip != Some(false),
        })
    }

    /// The address at which tunnels end.
    fn system_address(&self) -> Option<IpAddr> {
        let id = self.interfaces.get(&(VrfId::DEFAULT, "system".into()))?;
        let addresses = &self.device.interfaces[*id].addresses;
        addresses.iter().map(|a| a.address.addr()).find(IpAddr::is_ipv4).or_else(|| addresses.first().map(|a| a.address.addr()))
    }

    /// What a VPRN or IES sends over a routed VPLS.
    fn routed_vpls(&mut self, r: &Router, i: &Interface, b: &Bridge) -> Option<(Exchange, Option<u32>)> {
        let origin = i.bridge.as_ref().map_or(i.origin, |b| b.1);
        let sends = b.evpn.as_ref().filter(|e| e.prefixes == Some(true));
        if i.evpn_tunnel && sends.is_none() {
            let message = format!("`evpn-tunnel` without IP prefixes in VPLS `{}`: no prefixes are sent or taken in", b.name);
            self.finding("T-evpn-prefixes", origin, message);
        }
        let evpn = sends?;
        if r.kind != RouterKind::Vprn {
            let message = format!("VPLS `{}` sends IP prefixes only for a VPRN, not for IES", b.name);
            self.finding("T-evpn-prefixes", origin, message);
            return None;
        }
        if i.evpn_tunnel && !b.saps.is_empty() {
            let message = format!("VPLS `{}` is an EVPN tunnel and cannot have SAPs", b.name);
            self.finding("T-evpn-prefixes", origin, message);
        }
        if b.up != Some(true) {
            return None;
        }
        let config = self.config;
        let running = self.running_tunnels(&b.name, evpn, &b.vnis, Some(b))?;
        let domain = Interfaceful {
            distance: defaults::EVPN_INTERFACEFUL,
            own_addresses: evpn.hosts,
            keeps_attributes: config.iff_keeps_attributes,
            by_attributes: config.iff_by_attributes,
        };
        if config.iff_by_attributes && !config.iff_keeps_attributes {
            self.not_modelled(
                evpn.origin,
                "attributes of EVPN prefixes that count for `iff-bgp-path-selection` are taken to be passed on",
            );
        }
        Some((self.exchange(&running, Some(domain))?, running.vni))
    }

    /// The tunnels that are enabled; VXLAN needs a VNI.
    fn running_tunnels<'c>(
        &mut self,
        name: &'c str,
        evpn: &'c Evpn,
        vnis: &[(u32, u32)],
        bridge: Option<&'c Bridge>,
    ) -> Option<Running<'c>> {
        let mut up = evpn.tunnels.iter().filter(|t| t.up == Some(true));
        let tunnels = up.next();
        let vni = |t: &EvpnTunnels| vnis.iter().find(|v| v.0 == t.vxlan_instance.unwrap_or(1)).map(|v| v.1);
        let found = tunnels.filter(|t| !t.vxlan || vni(t).is_some());
        let Some(t) = found else {
            let why = if tunnels.is_some() { "its VXLAN instance has no VNI" } else { "neither `vxlan` nor `mpls` is enabled" };
            self.finding("T-vni-down", evpn.origin, format!("EVPN of `{name}` stays down: {why}"));
            return None;
        };
        if up.next().is_some() {
            self.not_modelled(evpn.origin, format!("only the first of several kinds of EVPN tunnels of `{name}` is modelled"));
        }
        let instance = match bridge {
            Some(b) => b.instances.iter().find(|i| i.id == t.instance.id),
            None => Some(&t.instance),
        };
        Some(Running { name, evpn, tunnels: t, instance, vni: vni(t).filter(|_| t.vxlan) })
    }

    /// Distinguisher and targets as set, else made of the system address, the AS and the EVI.
    fn exchange(&mut self, running: &Running<'_>, interfaceful: Option<Interfaceful>) -> Option<Exchange> {
        let system = self.system_address();
        let asn = self.config.routers.first().and_then(|r| r.asn);
        let own = running.instance;
        let route_distinguisher = match (own.and_then(|i| i.rd.as_deref()), running.evpn.evi, system) {
            // Made of the system address and a number that the router chooses; "auto": one that nobody else has.
            (Some("auto-rd"), _, Some(ip)) => Some(format!("{ip}:auto {}", running.name)),
            (Some("auto-rd"), _, None) => Some("auto".to_owned()),
            (Some(rd), ..) => Some(rd.to_owned()),
            (_, Some(evi), Some(ip)) => Some(format!("{ip}:{evi}")),
            _ => None,
        };
        let Some(rd) = route_distinguisher else {
            let message =
                format!("EVPN of `{}` stays down: it has no route distinguisher, and nothing to make one of", running.name);
            self.finding("T-evpn-down", running.tunnels.origin, message);
            return None;
        };
        let made = asn.zip(running.evpn.evi).map(|(asn, evi)| format!("{asn}:{evi}").into());
        let targets = |set: Option<&Vec<Box<str>>>| match set {
            Some(list) if !list.is_empty() => list.clone(),
            _ => made.iter().cloned().collect(),
        };
        let import_policy = own.and_then(|i| i.import.as_ref()).map(|c| self.chain(c, Verdict::Reject));
        let export_policy = own.and_then(|i| i.export.as_ref()).map(|c| self.chain(c, Verdict::Reject));
        Some(Exchange {
            family: Family::Evpn,
            import_targets: targets(own.map(|i| &i.import_targets)),
            export_targets: targets(own.map(|i| &i.export_targets)),
            import_policy,
            export_policy,
            route_distinguisher: Some(rd.into()),
            interfaceful,
            ..Exchange::default()
        })
    }

    /// A router without EVPN services passes EVPN routes on between external neighbours only with `inter-as-vpn`, and inside the AS only as a
    /// reflector.
    fn relay(&mut self) {
        let config = self.config;
        let Some(b) = config.routers.first().and_then(|r| r.bgp.as_ref()) else { return };
        let serves = config.routers.iter().any(|r| r.evpn.is_some()) || config.bridges.iter().any(|b| b.evpn.is_some());
        let main = self.device.bgp.iter().filter(|b| b.vrf == VrfId::DEFAULT).flat_map(|b| &b.neighbors);
        let evpn = main.filter_map(|n| n.families.iter().find(|f| f.family == Family::Evpn));
        let peers = evpn.filter(|f| !f.reflector_client).count();
        if !serves && peers > 1 && b.inter_as_vpn != Some(true) {
            let message = "EVPN routes are taken to be passed on between external neighbours, though `inter-as-vpn` is not set";
            self.not_modelled(b.origin, message);
        }
    }

    fn finding(&mut self, code: &'static str, origin: Origin, message: String) {
        // A routed VPLS is looked at for its prefixes and for its frames.
        if !self.told.insert((code, origin, message.clone())) {
            return;
        }
        self.sink.push(Diagnostic::new(Code(code), Severity::Warning, message).at(origin));
    }
}
