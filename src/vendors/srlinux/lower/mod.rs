//! [`Config`] to the model: names become ids, inheritance and implicit defaults are filled in.
//!
//! In: a read config. Out: a [`Device`]. Law: what SR Linux leaves unsaid comes from `defaults` only. Start reading at [`lower`].

mod acl;
mod bgp;
mod igp;
mod interfaces;
mod overlay;
mod policy;
mod routing;

use super::config::{Config, InstanceKind, Named};
use super::defaults;
use crate::base::Map;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::span::Origin;
use crate::model::filter::FilterId;
use crate::model::interface::InterfaceId;
use crate::model::policy::{AsPathListId, CommunityListId, PolicyId, PrefixListId};
use crate::model::{Device, Vrf, VrfId};
use crate::vendors::sink::{NOT_MODELLED, Sink, UNDEFINED};

/// The instance that is the global table.
const DEFAULT: &str = "default";

/// A device being made.
pub(super) struct Lower<'c, 's> {
    config: &'c Config,
    device: Device,
    sink: &'s mut Sink,
    interfaces: Map<Box<str>, InterfaceId>,
    vrfs: Map<Box<str>, VrfId>,
    /// The VLAN that a `mac-vrf` is.
    bridges: Map<Box<str>, u16>,
    filters: Map<(Box<str>, bool), FilterId>,
    policies: Map<Box<str>, PolicyId>,
    prefix_sets: Map<Box<str>, PrefixListId>,
    as_path_sets: Map<Box<str>, AsPathListId>,
    communities: Map<(Box<str>, &'static str), CommunityListId>,
    default_export: Option<PolicyId>,
}

/// Makes the device.
pub(super) fn lower(config: &Config, sink: &mut Sink) -> Device {
    let mut platform = defaults::platform();
    platform.default_mtu = config.default_ip_mtu.unwrap_or(defaults::IP_MTU);
    let device = Device { hostname: config.hostname.clone(), platform, ..Device::default() };
    let mut l = Lower {
        config,
        device,
        sink,
        interfaces: Map::default(),
        vrfs: Map::default(),
        bridges: Map::default(),
        filters: Map::default(),
        policies: Map::default(),
        prefix_sets: Map::default(),
        as_path_sets: Map::default(),
        communities: Map::default(),
        default_export: None,
    };
    l.make_vrfs();
    l.make_filters();
    l.make_interfaces();
    l.make_policies();
    l.make_routing();
    l.make_ospf();
    l.make_isis();
    l.make_bgp();
    l.make_overlay();
    l.device
}

impl Lower<'_, '_> {
    fn make_vrfs(&mut self) {
        let global = Vrf { name: DEFAULT.into(), routing_v4: true, routing_v6: true, ..Vrf::default() };
        self.vrfs.insert(DEFAULT.into(), self.device.vrfs.push(global));
        for i in self.config.instances.iter().filter(|i| i.kind == InstanceKind::Routed) {
            if &*i.name == DEFAULT {
                self.device.vrfs[VrfId::DEFAULT].origin = i.origin;
                self.device.vrfs[VrfId::DEFAULT].router_id = i.router_id;
                continue;
            }
            let id = self.device.vrfs.push(Vrf {
                name: i.name.clone(),
                origin: i.origin,
                route_distinguisher: i.rd.clone(),
                import_targets: i.import_targets.clone(),
                export_targets: i.export_targets.clone(),
                routing_v4: !i.disabled,
                routing_v6: !i.disabled,
                router_id: i.router_id,
                ..Vrf::default()
            });
            self.vrfs.insert(i.name.clone(), id);
        }
    }

    fn interface(&self, name: &str) -> Option<InterfaceId> {
        let found = self.interfaces.get(name).copied();
        if name.contains('.') { found } else { self.interfaces.get(format!("{name}.0").as_str()).copied().or(found) }
    }

    /// An interface that a protocol or an instance names; one that is not configured is told.
    fn named_interface(&mut self, (name, origin): &Named, usage: &str) -> Option<InterfaceId> {
        let found = self.interface(name);
        if found.is_none() {
            let message = format!("interface `{name}` is used ({usage}) but not configured");
            self.sink.push(Diagnostic::new(UNDEFINED, Severity::Warning, message).at(*origin));
        }
        found
    }

    fn not_modelled(&mut self, origin: Origin, message: &str) {
        self.sink.push(Diagnostic::new(NOT_MODELLED, Severity::Warning, message).at(origin));
    }

    fn error(&mut self, code: &'static str, origin: Origin, message: String) {
        self.sink.push(Diagnostic::new(Code(code), Severity::Error, message).at(origin));
    }
}
