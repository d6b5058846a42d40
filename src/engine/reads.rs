//! Which stages look at the tables of the last round, and at what there: what a stage does not read cannot make it run again.
//!
//! In: a network. Out: [`Readers`]. Law: may say "reads" too often, never too seldom.

use crate::base::id::IdVec;
use crate::model::Network;
use crate::model::device::Device;
use crate::model::isis::Isis;
use crate::model::network::NodeId;
use crate::model::ospf::Ospf;
use crate::model::policy::RouteSource;
use crate::model::route::Protocol;

/// A set of kinds of routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Kinds(u8);

impl Kinds {
    pub(super) const NONE: Self = Self(0);
    const ALL: Self = Self(u8::MAX);
    const OWN: Self = Self(1);

    fn of_source(source: RouteSource) -> Self {
        match source {
            RouteSource::Connected | RouteSource::Local => Self::OWN,
            RouteSource::Static => Self(2),
            RouteSource::Aggregate => Self(4),
            RouteSource::Ospf(_) => Self(8),
            RouteSource::Isis(_) => Self(16),
            RouteSource::Bgp | RouteSource::BgpVpn => Self(32),
            RouteSource::Rip | RouteSource::Eigrp(_) => Self(64),
        }
    }
    fn of_protocol(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Connected | Protocol::Local => Self::OWN,
            Protocol::Static => Self(2),
            Protocol::Aggregate => Self(4),
            p if p.is_ospf() => Self(8),
            p if p.is_isis() => Self(16),
            p if p.is_bgp() || p == Protocol::Evpn => Self(32),
            _ => Self(64),
        }
    }
    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// Whether routes of a protocol are in the set.
    pub(super) fn hold(self, protocol: Protocol) -> bool {
        self.0 & Self::of_protocol(protocol).0 != 0
    }
}

/// What each stage reads.
#[derive(Debug, Default)]
pub(super) struct Readers {
    pub(super) statics: bool,
    pub(super) aggregates: bool,
    pub(super) leaks: bool,
    pub(super) bgp: bool,
    pub(super) ospf: IdVec<NodeId, Kinds>,
    pub(super) isis: IdVec<NodeId, Kinds>,
    /// EIGRP and RIP: a route that another protocol keeps out of the table is not told to anybody.
    pub(super) eigrp: IdVec<NodeId, Kinds>,
    pub(super) rip: IdVec<NodeId, Kinds>,
}

impl Readers {
    /// Whether no stage but BGP looks at the tables of the last round.
    pub(super) fn is_empty(&self) -> bool {
        let kinds = [&self.ospf, &self.isis, &self.eigrp, &self.rip];
        !self.statics && !self.aggregates && !self.leaks && kinds.iter().all(|k| k.iter().all(|n| *n == Kinds::NONE))
    }

    pub(super) fn new(network: &Network) -> Self {
        let nothing = IdVec::filled(Kinds::NONE, network.nodes().len());
        let mut reads = Self {
            statics: false,
            aggregates: false,
            leaks: false,
            bgp: false,
            ospf: nothing.clone(),
            isis: nothing.clone(),
            eigrp: nothing.clone(),
            rip: nothing,
        };
        for (d, device) in network.devices.iter_ids() {
            reads.statics |= device.vrfs.iter().any(|v| !v.static_routes.is_empty());
            reads.aggregates |= device.vrfs.iter().any(|v| !v.aggregates.is_empty());
            reads.leaks |= device.vrfs.iter().any(|v| !v.leaks.is_empty());
            reads.bgp |= !device.bgp.is_empty();
            for v in device.vrfs.ids() {
                let node = network.node(d, v);
                if device.eigrp.iter().any(|e| e.vrf == v) {
                    reads.eigrp[node] = Kinds::ALL;
                }
                if device.rip.iter().any(|r| r.vrf == v) {
                    reads.rip[node] = Kinds::ALL;
                }
            }
            if device.ospf.is_empty() && device.isis.is_empty() {
                continue;
            }
            // A policy may ask any table of the device whether a route is there.
            let asks = device.policies.iter().any(|p| p.terms.iter().any(|t| t.when.asks_tables()));
            for v in device.vrfs.ids() {
                let node = network.node(d, v);
                let of_ospf = device.ospf.iter().filter(|o| o.vrf == v).map(|o| ospf(device, o));
                let of_isis = device.isis.iter().filter(|i| i.vrf == v).map(|i| isis(device, i));
                reads.ospf[node] = if asks { Kinds::ALL } else { of_ospf.fold(Kinds::NONE, Kinds::or) };
                reads.isis[node] = if asks { Kinds::ALL } else { of_isis.fold(Kinds::NONE, Kinds::or) };
            }
        }
        reads
    }
}

fn ospf(device: &Device, ospf: &Ospf) -> Kinds {
    if ospf.default_originate.is_some() {
        return Kinds::ALL;
    }
    ospf.redistribute.iter().map(|r| sources(device, &r.sources)).fold(Kinds::NONE, Kinds::or)
}

fn isis(device: &Device, isis: &Isis) -> Kinds {
    if isis.default_originate.is_some()
        || isis.leak_l1_to_l2.is_some()
        || isis.leak_l2_to_l1.is_some()
        || !isis.summaries.is_empty()
    {
        return Kinds::ALL;
    }
    isis.redistribute.iter().map(|r| sources(device, &r.sources)).fold(Kinds::NONE, Kinds::or)
}

fn sources(device: &Device, sources: &[RouteSource]) -> Kinds {
    if sources.is_empty() {
        return Kinds::ALL;
    }
    let own = if device.platform.redistribute_includes_connected { Kinds::OWN } else { Kinds::NONE };
    sources.iter().map(|s| Kinds::of_source(*s)).fold(own, Kinds::or)
}
