//! What differs between two networks, where that is nothing but the policies of BGP sessions.
//!
//! In: two networks. Out: [`PolicyChange`], or nothing where more differs. Law: what is said of neither a device nor a statement in it is
//! the same in both, the lines it stands in apart. Start reading at [`PolicyChange::between`]. Tests: `tests/change.rs`.

use std::sync::Arc;

use rayon::prelude::*;

use super::bgp::NeighborId;
use super::device::Device;
use super::network::{DeviceId, Network};
use super::route::Family;
use super::told::told;
use crate::base::id::IdVec;

/// A change of the policies of BGP sessions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyChange {
    /// The devices whose configs are not the same, in order: lines are other ones there.
    pub devices: Vec<DeviceId>,
    /// The statements whose policies say something else.
    pub statements: Vec<Statement>,
}

/// What a neighbour statement says in one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// The device.
    pub device: DeviceId,
    /// Which of [`Device::bgp`].
    pub bgp: usize,
    /// Which of its neighbours.
    pub neighbor: NeighborId,
    /// The family.
    pub family: Family,
    /// The policies on what comes in differ.
    pub import: bool,
    /// The policies on what goes out differ.
    pub export: bool,
}

impl PolicyChange {
    /// What differs; `None`: more than policies of BGP sessions.
    pub fn between(was: &Network, is: &Network) -> Option<Self> {
        let same = was.devices.len() == is.devices.len() && was.layer1 == is.layer1 && same_announcers(was, is);
        if !same {
            return None;
        }
        let pairs: Vec<_> = was.devices.iter_ids().zip(&is.devices).collect();
        let of_devices: Vec<Option<Found>> =
            pairs.into_par_iter().map(|((id, a), b)| of_device(id, a, b)).collect::<Option<_>>()?;
        let mut out = Self::default();
        for (device, statements) in of_devices.into_iter().flatten() {
            out.devices.push(device);
            out.statements.extend(statements);
        }
        Some(out)
    }
}

fn same_announcers(was: &Network, is: &Network) -> bool {
    let shared = |(a, b): (&super::network::Announcer, &super::network::Announcer)| {
        (a.device, a.vrf, a.peer) == (b.device, b.vrf, b.peer) && (Arc::ptr_eq(&a.routes, &b.routes) || a.routes == b.routes)
    };
    was.announcers.len() == is.announcers.len() && was.announcers.par_iter().zip(&is.announcers).all(shared)
}

/// A device that is not the same, and its statements that differ.
type Found = (DeviceId, Vec<Statement>);

/// `Some(None)`: it is the same; `None`: more than policies differ.
fn of_device(device: DeviceId, was: &Device, is: &Device) -> Option<Option<Found>> {
    if format!("{was:?}") == format!("{is:?}") {
        return Some(None);
    }
    if told(was, &bare(was)) != told(is, &bare(is)) {
        return None;
    }
    let mut statements = Vec::new();
    for (bgp, (a, b)) in was.bgp.iter().zip(&is.bgp).enumerate() {
        for ((neighbor, a), b) in a.neighbors.iter_ids().zip(&b.neighbors) {
            for (a, b) in a.families.iter().zip(&b.families) {
                let import = told(was, &a.import) != told(is, &b.import);
                let export = told(was, &a.export) != told(is, &b.export);
                if import || export {
                    statements.push(Statement { device, bgp, neighbor, family: a.family, import, export });
                }
            }
        }
    }
    Some(Some((device, statements)))
}

/// A device without what may differ: policies and lists, which others name, and the policies of sessions.
fn bare(device: &Device) -> Device {
    let mut out = Device {
        files: Vec::new(),
        policies: IdVec::new(),
        prefix_lists: IdVec::new(),
        as_path_lists: IdVec::new(),
        community_lists: IdVec::new(),
        filters: IdVec::new(),
        ..device.clone()
    };
    let neighbors = out.bgp.iter_mut().flat_map(|b| b.neighbors.iter_mut());
    for family in neighbors.flat_map(|n| &mut n.families) {
        family.import.clear();
        family.export.clear();
    }
    out
}
