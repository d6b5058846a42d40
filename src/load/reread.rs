//! A snapshot again, with some files' texts replaced: for questions of the kind "and without this line?".

use super::Snapshot;
use super::folder::read_one;
use crate::base::Map;
use crate::base::id::{Id, IdVec};
use crate::base::span::{FileId, SourceFile};
use crate::model::network::DeviceId;
use crate::model::{Device, InterfaceId, Network, VrfId};

/// The snapshot with other texts in some files. Only their devices are read again. A device that is no longer recognised is left without
/// any configuration, so that ids of devices stay.
pub fn reread(snapshot: &Snapshot, texts: &[(FileId, String)]) -> Snapshot {
    let old = &snapshot.network;
    let mut sources = old.sources.clone();
    for (file, text) in texts {
        if let Some(path) = sources.files.get(*file).map(|f| f.path.clone()) {
            sources.files[*file] = SourceFile::new(path, text.clone());
        }
    }
    let mut devices = Vec::with_capacity(old.devices.len());
    let mut reports = Vec::with_capacity(old.devices.len());
    let mut changed: Vec<DeviceId> = Vec::new();
    let mut diagnostics = Vec::new();
    for (id, device) in old.devices.iter_ids() {
        if !texts.iter().any(|(f, _)| device.files.contains(f)) {
            devices.push(device.clone());
            reports.push(super::ReadReport::default());
            continue;
        }
        changed.push(id);
        match read_one(&device.name, &device.files, &sources) {
            Ok(reading) => {
                devices.push(reading.device);
                reports.push(reading.report);
            }
            Err(why) => {
                diagnostics.push(*why);
                let default = crate::model::Vrf { name: "default".into(), ..Default::default() };
                let vrfs = IdVec::from_vec(vec![default]);
                devices.push(Device {
                    name: device.name.clone(),
                    os: device.os,
                    files: device.files.clone(),
                    vrfs,
                    ..Device::default()
                });
                reports.push(super::ReadReport::default());
            }
        }
    }
    let mut network = Network::new(devices, sources);
    move_references(old, &mut network, &changed);
    Snapshot { network, reports, diagnostics, heard: None }
}

/// What points into changed devices by id points to the interface or VRF of the same name; what has none is dropped.
fn move_references(old: &Network, new: &mut Network, changed: &[DeviceId]) {
    let interfaces: Map<DeviceId, Vec<Option<InterfaceId>>> = changed
        .iter()
        .map(|&d| (d, old.devices[d].interfaces.iter().map(|i| new.devices[d].find_interface(&i.name)).collect()))
        .collect();
    let vrfs: Map<DeviceId, Vec<Option<VrfId>>> =
        changed.iter().map(|&d| (d, old.devices[d].vrfs.iter().map(|v| new.devices[d].find_vrf(&v.name)).collect())).collect();
    let port = |(d, i): (DeviceId, InterfaceId)| match interfaces.get(&d) {
        Some(map) => map.get(i.index()).copied().flatten().map(|i| (d, i)),
        None => Some((d, i)),
    };
    let cable = |c: &crate::model::network::Cable| Some(crate::model::network::Cable { a: port(c.a)?, b: port(c.b)? });
    new.layer1 = old.layer1.as_ref().map(|cables| cables.iter().filter_map(cable).collect());
    new.announcers = old
        .announcers
        .iter()
        .filter_map(|a| {
            let vrf = match vrfs.get(&a.device) {
                Some(map) => map.get(a.vrf.index()).copied().flatten()?,
                None => a.vrf,
            };
            Some(crate::model::network::Announcer { vrf, ..a.clone() })
        })
        .collect();
    new.demands.clone_from(&old.demands);
    new.extras = old.extras.clone();
    new.extras.capacities = old.extras.capacities.iter().filter_map(|&(p, c)| Some((port(p)?, c))).collect();
    for group in &mut new.extras.risk_groups {
        group.ports = group.ports.iter().filter_map(|&p| port(p)).collect();
    }
}
