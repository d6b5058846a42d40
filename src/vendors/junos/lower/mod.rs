//! [`Config`] to the model: names become ids, inheritance and implicit defaults are filled in.
//!
//! In: a read config. Out: a [`Device`]. Law: what Junos leaves unsaid comes from `defaults` only. Start reading at [`lower`].

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

use super::config::{Config, InstanceKind, Named};
use super::defaults;
use crate::base::Map;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::id::IdVec;
use crate::model::filter::FilterId;
use crate::model::interface::InterfaceId;
use crate::model::policy::{AsPathListId, CommunityListId, PolicyId, PrefixListId};
use crate::model::{Device, Vrf, VrfId};
use crate::vendors::sink::{NOT_MODELLED, Sink, UNDEFINED};

/// A device being made.
pub(super) struct Lower<'c, 's> {
    pub config: &'c Config,
    pub device: Device,
    pub sink: &'s mut Sink,
    interfaces: Map<Box<str>, InterfaceId>,
    vrfs: Map<Box<str>, VrfId>,
    policies: Map<Box<str>, PolicyId>,
    /// The forms of policies in which conditions hold, for import.
    unconditional: Map<Box<str>, PolicyId>,
    importing: bool,
    prefix_lists: Map<(Box<str>, Box<str>), PrefixListId>,
    communities: Map<(Box<str>, bool), Option<CommunityListId>>,
    as_paths: Map<(Box<str>, bool), AsPathListId>,
    filters: Map<(Box<str>, bool), FilterId>,
    vlans: Map<Box<str>, Vec<(u16, u16)>>,
    /// Where in the config a prefix list or community of a name stands.
    list_at: Map<Box<str>, usize>,
    community_at: Map<Box<str>, usize>,
    default_bgp_export: Option<PolicyId>,
}

/// Makes the device.
pub(super) fn lower(config: &Config, sink: &mut Sink) -> Device {
    let device = Device { hostname: config.hostname.clone(), platform: defaults::platform(config.max_ecmp), ..Device::default() };
    let mut l = Lower {
        config,
        device,
        sink,
        interfaces: Map::default(),
        vrfs: Map::default(),
        policies: Map::default(),
        unconditional: Map::default(),
        importing: false,
        prefix_lists: Map::default(),
        communities: Map::default(),
        as_paths: Map::default(),
        filters: Map::default(),
        vlans: config.vlans.iter().map(|v| (v.name.clone(), v.ids.clone())).collect(),
        list_at: config.policy.prefix_lists.iter().enumerate().map(|(n, l)| (l.name.clone(), n)).collect(),
        community_at: config.policy.communities.iter().enumerate().map(|(n, c)| (c.name.clone(), n)).collect(),
        default_bgp_export: None,
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

/// The instance of the management interface under `system management-instance`.
const MANAGEMENT: &str = "mgmt_junos";

impl Lower<'_, '_> {
    fn make_vrfs(&mut self) {
        let mut vrfs: IdVec<VrfId, Vrf> = IdVec::new();
        for i in &self.config.instances {
            if i.kind == InstanceKind::Bridging {
                continue;
            }
            let id = vrfs.push(Vrf {
                name: i.name.clone(),
                origin: i.origin,
                route_distinguisher: i.vpn.rd.clone(),
                import_targets: i.vpn.targets.imports().to_vec(),
                export_targets: i.vpn.targets.exports().to_vec(),
                routing_v4: true,
                routing_v6: true,
                apart: !i.routing.auto_export,
                vni: i.evpn.as_ref().and_then(|e| e.prefix_vni),
                evpn_prefixes: [i.evpn.as_ref().is_some_and(|e| e.prefixes); 2],
                router_id: i.routing.router_id,
                ..Vrf::default()
            });
            self.vrfs.insert(i.name.clone(), id);
        }
        if self.config.management_instance && !self.vrfs.contains_key(MANAGEMENT) {
            let vrf = Vrf { name: MANAGEMENT.into(), routing_v4: true, routing_v6: true, ..Vrf::default() };
            self.vrfs.insert(MANAGEMENT.into(), vrfs.push(vrf));
        }
        self.device.vrfs = vrfs;
    }

    /// The VRF of an instance's name; `master` and `default` are the global one.
    fn vrf(&self, name: &str) -> Option<VrfId> {
        match name {
            "master" | "default" => Some(VrfId::DEFAULT),
            _ => self.vrfs.get(name).copied(),
        }
    }

    /// The VRF and family (`true`: IPv6) of a table name: `inet.0`, `VR.inet6.0`. `None`: a table that does not forward.
    fn table(&self, name: &str) -> Option<(VrfId, bool)> {
        let (instance, v6) = match (name.strip_suffix("inet.0"), name.strip_suffix("inet6.0")) {
            (Some(i), _) => (i, false),
            (_, Some(i)) => (i, true),
            _ => return None,
        };
        let instance = instance.strip_suffix('.').unwrap_or(instance);
        let vrf = if instance.is_empty() { Some(VrfId::DEFAULT) } else { self.vrf(instance) };
        vrf.map(|v| (v, v6))
    }

    /// An interface by name; without a unit, unit 0 is meant.
    fn interface(&self, name: &str) -> Option<InterfaceId> {
        let direct = self.interfaces.get(name).copied();
        if name.contains('.') { direct } else { self.interfaces.get(format!("{name}.0").as_str()).copied().or(direct) }
    }

    /// An interface that a protocol or an instance names; one that is not configured is told.
    fn named_interface(&mut self, (name, origin): &Named, usage: &str) -> Option<InterfaceId> {
        // OSPF takes an address for the interface that has it.
        let by_address = |l: &Self| {
            let ip: std::net::IpAddr = name.parse().ok()?;
            let has = |i: &crate::model::Interface| i.addresses.iter().any(|a| a.address.addr() == ip);
            l.device.interfaces.iter_ids().find(|(_, i)| has(i)).map(|(id, _)| id)
        };
        let found = self.interface(name).or_else(|| by_address(self));
        if found.is_none() {
            let message = format!("interface `{name}` is used ({usage}) but not configured");
            self.sink.push(Diagnostic::new(UNDEFINED, Severity::Warning, message).at(*origin));
        }
        found
    }

    fn not_modelled(&mut self, origin: crate::base::span::Origin, message: &str) {
        self.sink.push(Diagnostic::new(NOT_MODELLED, Severity::Warning, message).at(origin));
    }

    fn error(&mut self, code: &'static str, origin: crate::base::span::Origin, message: String) {
        self.sink.push(Diagnostic::new(Code(code), Severity::Error, message).at(origin));
    }
}
