//! What configs of several OSes say alike of labels.
//!
//! In: words, and what readers collect. Out: parts of [`crate::model::mpls`]. Law: knows no OS. Start reading at [`Labels`].

use std::net::IpAddr;

use ipnet::IpNet;

use crate::base::span::Origin;
use crate::model::device::{Device, Name};
use crate::model::interface::InterfaceId;
use crate::model::mpls::{Igp, LastHop, Mpls, PrefixSid, SegmentRouting, Sid, Srgb};
use crate::model::vrf::VrfId;

/// What is said outside of IGPs.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// Interfaces on which LDP runs.
    pub ldp: Vec<(Name, Origin)>,
    /// IGPs that turn LDP on on their own are not listened to there.
    pub no_auto: Vec<Name>,
    pub ldp_router_id: Option<IpAddr>,
    pub block: Option<Srgb>,
    pub prefers_segments: bool,
    pub other: Option<&'static str>,
    /// Labels are switched at all; LDP runs; it runs only where it is named. (Where that has to be said.)
    pub mpls: bool,
    pub ldp_on: bool,
    pub ldp_only_named: bool,
    /// Interfaces that take no packets with labels.
    pub no_mpls: Vec<Name>,
    /// The block of OSPF, where it is another one.
    pub ospf_block: Option<Srgb>,
    /// Segments of interfaces' prefixes, for all IGPs.
    pub port_sids: Vec<(Name, SaidSid)>,
    /// Segments of own prefixes, for all IGPs.
    pub sids: Vec<(IpNet, SaidSid)>,
}

/// A prefix segment as it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SaidSid {
    pub sid: Sid,
    pub last: LastHop,
    pub origin: Origin,
}

impl SaidSid {
    /// `index 5 no-php`, `absolute 16005 explicit-null`: the number, then flags.
    pub fn read(words: &[&str], origin: Origin) -> Option<Self> {
        let [kind, number, flags @ ..] = words else { return None };
        let number = number.parse().ok()?;
        let sid = match *kind {
            "index" => Sid::Index(number),
            "absolute" | "label" => Sid::Label(number),
            _ => return None,
        };
        let has = |all: &[&str]| flags.iter().any(|f| all.contains(f));
        let last = match () {
            () if has(&["explicit-null"]) => LastHop::ExplicitNull,
            () if has(&["no-php", "php-disable", "no-php-flag"]) => LastHop::Keeps,
            () => LastHop::Pops,
        };
        Some(Self { sid, last, origin })
    }

    /// The segment of a prefix.
    pub fn of(self, prefix: IpNet) -> PrefixSid {
        PrefixSid { origin: self.origin, prefix, sid: self.sid, last: self.last }
    }
}

/// The prefix of an interface's first IPv4 address.
pub(super) fn prefix_of(device: &Device, interface: InterfaceId) -> Option<IpNet> {
    device.interfaces.get(interface)?.primary(false).map(|a| a.address.trunc())
}

/// The interfaces of the global table that an IGP runs on and sends hellos over.
pub(super) fn of_igp(device: &Device, igp: Igp) -> Vec<(InterfaceId, Origin)> {
    match igp {
        Igp::Isis => {
            let all = device.isis.iter().filter(|p| p.vrf == VrfId::DEFAULT).flat_map(|p| &p.interfaces);
            all.filter(|i| !i.passive).map(|i| (i.interface, i.origin)).collect()
        }
        Igp::Ospf => {
            let all = device.ospf.iter().filter(|p| p.vrf == VrfId::DEFAULT && !p.v3).flat_map(|p| &p.interfaces);
            all.filter(|i| !i.passive).map(|i| (i.interface, i.origin)).collect()
        }
    }
}

/// Adds segment routing of an IGP to what is known: processes of one IGP are one.
pub(super) fn add_segments(mpls: &mut Mpls, new: SegmentRouting) {
    match mpls.segment_routing.iter_mut().find(|s| s.igp == new.igp) {
        Some(old) => old.prefix_sids.extend(new.prefix_sids),
        None => mpls.segment_routing.push(new),
    }
}

/// Adds interfaces that LDP runs on.
pub(super) fn add_ldp(mpls: &mut Mpls, new: impl IntoIterator<Item = (InterfaceId, Origin)>) {
    for (interface, origin) in new {
        if !mpls.has_ldp(interface) {
            mpls.ldp.push((interface, origin));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_flags_of_segments_are_read() {
        let read = |text: &str| {
            let words: Vec<&str> = text.split(' ').collect();
            SaidSid::read(&words, Origin::NONE).map(|s| (s.sid, s.last))
        };
        assert_eq!(read("index 5"), Some((Sid::Index(5), LastHop::Pops)));
        assert_eq!(read("absolute 16005 n-flag-clear explicit-null"), Some((Sid::Label(16005), LastHop::ExplicitNull)));
        assert_eq!(read("index 7 no-php-flag"), Some((Sid::Index(7), LastHop::Keeps)));
        assert_eq!((read("strict-spf index 5"), read("index x")), (None, None));
    }
}
