//! [`Config`] to the model: names become ids, inheritance and implicit defaults are filled in.
//!
//! In: a read config. Out: a [`Device`]. Law: what SR OS leaves unsaid comes from `defaults` only. Start reading at [`lower`].

mod bgp;
mod conditions;
mod filters;
mod interfaces;
mod isis;
mod mpls;
mod ospf;
mod overlay;
mod policy;
mod rip;
mod routing;

use std::net::{IpAddr, Ipv4Addr};

use super::config::{Config, Named, Router, RouterKind};
use super::defaults;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::id::IdVec;
use crate::base::span::Origin;
use crate::base::{Map, Set};
use crate::model::filter::FilterId;
use crate::model::interface::InterfaceId;
use crate::model::policy::{AsPathListId, Cond, PolicyId, RouteSource};
use crate::model::{Device, Vrf, VrfId};
use crate::vendors::sink::{NOT_MODELLED, Sink, UNDEFINED};

/// A device being made.
pub(super) struct Lower<'c, 's> {
    pub config: &'c Config,
    pub device: Device,
    pub sink: &'s mut Sink,
    /// Ports and groups by name.
    ports: Map<Box<str>, InterfaceId>,
    /// Router interfaces by VRF and name.
    interfaces: Map<(VrfId, Box<str>), InterfaceId>,
    vrfs: Map<Box<str>, VrfId>,
    /// The VLAN that stands for a VPLS.
    vlans: Map<Box<str>, u16>,
    policies: Map<Box<str>, PolicyId>,
    lists: Map<Box<str>, Cond>,
    as_paths: Map<Box<str>, Option<AsPathListId>>,
    filters: Map<(Box<str>, bool), FilterId>,
    default_exports: Map<RouteSource, PolicyId>,
    /// What was found of EVPN.
    told: Set<(&'static str, Origin, String)>,
    /// Policies of which was said that they do not hold for EVPN.
    without_evpn: Set<Origin>,
}

/// Makes the device.
pub(super) fn lower(config: &Config, sink: &mut Sink) -> Device {
    let most = config.routers.iter().filter_map(|r| r.ecmp).max();
    let device = Device { hostname: config.hostname.clone(), platform: defaults::platform(most), ..Device::default() };
    let mut l = Lower {
        config,
        device,
        sink,
        ports: Map::default(),
        interfaces: Map::default(),
        vrfs: Map::default(),
        vlans: Map::default(),
        policies: Map::default(),
        lists: Map::default(),
        as_paths: Map::default(),
        filters: Map::default(),
        default_exports: Map::default(),
        told: Set::default(),
        without_evpn: Set::default(),
    };
    l.make_vrfs();
    l.make_filters();
    l.make_interfaces();
    l.make_policies();
    l.make_routing();
    l.make_ospf();
    l.make_isis();
    l.make_rip();
    l.make_bgp();
    l.make_overlay();
    l.make_labels();
    l.device
}

impl Lower<'_, '_> {
    fn make_vrfs(&mut self) {
        let config = self.config;
        let mut vrfs: IdVec<VrfId, Vrf> = IdVec::new();
        for r in &config.routers {
            if r.kind == RouterKind::Vprn && r.up != Some(true) {
                // A service is down until it is enabled: no table, no interfaces.
                let message = format!("service `{}` is not enabled", r.name);
                self.sink.push(Diagnostic::new(Code("T-service-down"), Severity::Info, message).at(r.origin));
            }
            let id = vrfs.push(Vrf {
                name: r.name.clone(),
                origin: r.origin,
                route_distinguisher: r.rd.clone(),
                import_targets: r.import_targets.clone(),
                export_targets: r.export_targets.clone(),
                routing_v4: true,
                routing_v6: true,
                router_id: self.router_id(r),
                max_paths: r.ecmp.unwrap_or(defaults::ECMP),
                ..Vrf::default()
            });
            self.vrfs.insert(r.name.clone(), id);
        }
        self.device.vrfs = vrfs;
    }

    /// The router id of an instance: as set, else the system interface's address; a VPRN takes that of Base.
    fn router_id(&self, r: &Router) -> Option<Ipv4Addr> {
        let base = self.config.routers.first();
        let of = |r: &Router| {
            let system = r.interfaces.iter().find(|i| &*i.name == "system" && i.up != Some(false));
            let address = system.and_then(|i| {
                i.addresses.iter().find_map(|a| match a.address {
                    Some(IpAddr::V4(ip)) => Some(ip),
                    _ => None,
                })
            });
            r.router_id.or(address)
        };
        of(r).or_else(|| if r.kind == RouterKind::Vprn { base.and_then(of) } else { None })
    }

    /// The router instances that run, with their tables.
    fn running(&self) -> Vec<(usize, VrfId)> {
        let on = |r: &&Router| r.kind != RouterKind::Vprn || r.up == Some(true);
        let config = self.config;
        let list = config.routers.iter().enumerate().filter(|(_, r)| on(r));
        list.filter_map(|(n, r)| Some((n, *self.vrfs.get(&r.name)?))).collect()
    }

    fn vrf(&self, name: &str) -> Option<VrfId> {
        if name.eq_ignore_ascii_case("Base") { Some(VrfId::DEFAULT) } else { self.vrfs.get(name).copied() }
    }

    /// An interface that a protocol names; one that is not configured is told.
    fn named_interface(&mut self, vrf: VrfId, (name, origin): &Named, usage: &str) -> Option<InterfaceId> {
        let found = self.interfaces.get(&(vrf, name.clone())).copied();
        if found.is_none() {
            let message = format!("interface `{name}` is used ({usage}) but not configured");
            self.sink.push(Diagnostic::new(UNDEFINED, Severity::Warning, message).at(*origin));
        }
        found
    }

    fn not_modelled(&mut self, origin: Origin, message: impl Into<String>) {
        self.sink.push(Diagnostic::new(NOT_MODELLED, Severity::Warning, message).at(origin));
    }

    fn error(&mut self, code: &'static str, origin: Origin, message: String) {
        self.sink.push(Diagnostic::new(Code(code), Severity::Error, message).at(origin));
    }
}
