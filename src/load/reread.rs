//! A snapshot again, with some files' texts replaced: for questions of the kind "and without this line?".

use super::Snapshot;
use super::folder::read_one;
use crate::base::id::IdVec;
use crate::base::span::{FileId, SourceFile};
use crate::model::align::place_like;
use crate::model::network::{Announcer, Cable, DeviceId};
use crate::model::{Device, InterfaceId, Network};

/// The snapshot with other texts in some files. Only their devices are read again, with the same numbers for the same tables and ports. A
/// device that is no longer recognised is left without any configuration.
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
    let mut diagnostics = Vec::new();
    for device in &old.devices {
        if !texts.iter().any(|(f, _)| device.files.contains(f)) {
            devices.push(device.clone());
            reports.push(super::ReadReport::default());
            continue;
        }
        let mut read = match read_one(&device.name, &device.files, &sources) {
            Ok(reading) => {
                reports.push(reading.report);
                reading.device
            }
            Err(why) => {
                diagnostics.push(*why);
                let default = crate::model::Vrf { name: "default".into(), ..Default::default() };
                let vrfs = IdVec::from_vec(vec![default]);
                reports.push(super::ReadReport::default());
                Device { name: device.name.clone(), os: device.os, files: device.files.clone(), vrfs, ..Device::default() }
            }
        };
        place_like(device, &mut read);
        devices.push(read);
    }
    let mut network = Network::new(devices, sources);
    keep_references(old, &mut network);
    Snapshot { network, reports, diagnostics, ..Snapshot::default() }
}

/// What points at tables and ports by number, where they are still there.
fn keep_references(old: &Network, new: &mut Network) {
    let (were, devices) = (&old.devices, &new.devices);
    let has_port = |&(d, i): &(DeviceId, InterfaceId)| {
        let was = &were[d].interfaces[i];
        devices[d].interfaces.get(i).is_some_and(|x| !x.absent && x.name == was.name)
    };
    let has_table = |a: &Announcer| {
        let was = &were[a.device].vrfs[a.vrf];
        devices[a.device].vrfs.get(a.vrf).is_some_and(|x| !x.absent && x.name == was.name)
    };
    let cables = |all: &Vec<Cable>| all.iter().copied().filter(|c| has_port(&c.a) && has_port(&c.b)).collect();
    let layer1 = old.layer1.as_ref().map(cables);
    let announcers = old.announcers.iter().filter(|a| has_table(a)).cloned().collect();
    let mut extras = old.extras.clone();
    extras.capacities.retain(|(p, _)| has_port(p));
    extras.risk_groups.iter_mut().for_each(|g| g.ports.retain(has_port));
    (new.layer1, new.announcers, new.extras) = (layer1, announcers, extras);
    new.demands.clone_from(&old.demands);
}
