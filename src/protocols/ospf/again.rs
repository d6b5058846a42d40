//! Adjacencies in a what-if: only ends on ports that changed are looked at again.
//!
//! In: what finding the base's adjacencies left, the ports that changed. Out: as [`discover`](super::neighbors::discover) would give. Law: an
//! end hears as it did while its port, and who is on the port's segment, stay. Only where links are point-to-point and go away; else `None`,
//! and all is to be found anew. Start reading at [`KeptNeighbors::again`]. Tests: `tests/sweep.rs` of the package.

use std::net::Ipv4Addr;

use super::neighbors::{AtPort, End, Link, Neighbors, Speaker, hears, multi_access, sessions, speakers};
use crate::base::{Map, Set};
use crate::model::network::{DeviceId, NodeId};
use crate::model::route::Family;
use crate::protocols::Input;
use crate::protocols::session::Sessions;
use crate::topology::Port;

/// What finding adjacencies leaves for what-ifs.
#[derive(Debug)]
pub(super) struct KeptNeighbors {
    pub v3: bool,
    pub family: Family,
    speakers: Vec<(DeviceId, u16, NodeId, Ipv4Addr)>,
    links: Vec<Link>,
    at_port: AtPort,
    /// Of each end the place of its first session, and how many it has.
    places: Map<End, (usize, usize)>,
}

impl KeptNeighbors {
    /// `None`: more hangs together than the two ends of a link, or there are other sessions (`sessions`: how many in all).
    pub(super) fn new(v3: bool, family: Family, found: &mut Neighbors<'_>, sessions: usize) -> Option<Self> {
        let ends = found.at_port.values().flatten();
        let pairs = ends.into_iter().all(|e| !multi_access(found.settings(*e).network));
        let plain = |s: &Speaker<'_>| s.config.virtual_links.is_empty();
        if !pairs || !found.findings.is_empty() || !found.speakers.iter().all(plain) {
            return None;
        }
        let speakers = found.speakers.iter().map(|s| (s.device, s.process, s.node, s.id)).collect();
        let (at_port, mut places, mut first) = (std::mem::take(&mut found.at_port), Map::default(), 0);
        for &(end, count) in &found.counts {
            places.insert(end, (first, count));
            first += count;
        }
        (first == sessions).then_some(Self { v3, family, speakers, links: found.links.clone(), at_port, places })
    }

    /// The adjacencies now, and all sessions. `ports`: those that changed, sorted; `before`: the base's sessions.
    pub(super) fn again<'a>(&self, input: Input<'a>, ports: &[Port], before: &Sessions) -> Option<(Neighbors<'a>, Sessions)> {
        let mut found = Neighbors::default();
        for &(device, process, node, id) in &self.speakers {
            let config = input.network.devices[device].ospf.get(usize::from(process))?;
            found.speakers.push(Speaker { device, process, node, config, id });
        }
        for of_device in ports.chunk_by(|a, b| a.0 == b.0) {
            let device = of_device.first()?.0;
            let mut now = Neighbors::default();
            speakers(input, self.v3, self.family, device, &mut now);
            let ids = now.speakers.iter().map(|s| (s.device, s.process, s.node, s.id));
            // An id that is taken from an interface may be another now.
            if !now.sessions.is_empty() || !ids.eq(self.speakers.iter().filter(|s| s.0 == device).copied()) {
                return None;
            }
        }
        let mut changed: Set<End> = Set::default();
        let mut replaced = Vec::new();
        for port in ports {
            for &end in self.at_port.get(port).into_iter().flatten() {
                let Some(&(first, count)) = self.places.get(&end) else { continue };
                let heard = hears(input, &found, &self.at_port, (*port, end));
                if heard.iter().any(|h| h.1.is_ok()) {
                    return None;
                }
                changed.insert(end);
                replaced.push((first, count, sessions(input, self.v3, &found, (*port, end), &heard)));
            }
        }
        let stays = |link: &&Link| matches!(link, Link::Pair(a, b) if !changed.contains(a) && !changed.contains(b));
        found.links = self.links.iter().filter(stays).cloned().collect();
        Some((found, before.replaced(replaced)?))
    }
}
