//! Changes of configs in a scenario: sessions shut, prefixes announced and withdrawn, drains, IGP costs.
//!
//! In: a network, what is asked. Out: the network changed in place. Law: nothing asked for is passed over in silence: what does not fit the
//! network is an error that says so. Tests: below, `tests/sweep.rs`.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use serde::Deserialize;

use super::scenario::device;
use crate::base::error::Error;
use crate::model::Network;
use crate::model::bgp::{BgpFamily, BgpNetwork, Neighbor, Peer};
use crate::model::network::{Announced, Announcement, Announcer, DeviceId};
use crate::model::route::{BgpOrigin, Family};
use crate::model::static_route::{StaticHop, StaticRoute};
use crate::model::vrf::VrfId;
use crate::topology::Port;

/// A prefix that appears.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announce {
    /// The device that hears it, or (without `peer`) makes it.
    pub at: String,
    /// The neighbour outside the network that sends it.
    #[serde(default)]
    pub peer: Option<IpAddr>,
    /// The destination.
    pub prefix: IpNet,
    /// The AS path as it arrives.
    #[serde(default)]
    pub as_path: Vec<u32>,
    /// The multi-exit discriminator.
    #[serde(default)]
    pub med: Option<u32>,
    /// Standard communities, `64500:1`.
    #[serde(default)]
    pub communities: Vec<String>,
}

/// A prefix that is no longer announced.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdraw {
    /// The destination.
    pub prefix: IpNet,
    /// Only at this device; else everywhere.
    #[serde(default)]
    pub at: Option<String>,
    /// Only what this neighbour outside the network sends.
    #[serde(default)]
    pub peer: Option<IpAddr>,
}

/// RFC 6987 for OSPF, the overload bit for IS-IS, RFC 8326 for BGP: the router stays reachable, but nothing passes through it.
pub(super) fn drain(network: &mut Network, id: DeviceId) {
    let device = &mut network.devices[id];
    for process in &mut device.ospf {
        process.stub_router = true;
    }
    for process in &mut device.isis {
        process.overload = true;
    }
    for bgp in &mut device.bgp {
        bgp.graceful_shutdown = true;
    }
}

/// Sets the IGP cost of a port; whether it has one.
pub(super) fn set_cost(network: &mut Network, (d, i): Port, cost: u32) -> bool {
    let device = &mut network.devices[d];
    let mut found = false;
    for interface in device.ospf.iter_mut().flat_map(|p| &mut p.interfaces).filter(|x| x.interface == i) {
        interface.cost = cost;
        found = true;
    }
    for interface in device.isis.iter_mut().flat_map(|p| &mut p.interfaces).filter(|x| x.interface == i) {
        interface.metric = [cost; 2];
        found = true;
    }
    found
}

/// Shuts the BGP sessions of a device with another device, or with a neighbour address.
pub(super) fn shut(network: &mut Network, at: &str, with: &str) -> Result<(), Error> {
    let here = device(network, at)?;
    let (theirs, back): (Vec<IpAddr>, Option<DeviceId>) = match with.parse::<IpAddr>() {
        Ok(ip) => (vec![ip], None),
        Err(_) => {
            let there = device(network, with)?;
            (addresses(network, there), Some(there))
        }
    };
    let ours = addresses(network, here);
    let mut found = shut_on(network, here, &theirs);
    if let Some(there) = back {
        found |= shut_on(network, there, &ours);
    }
    if found { Ok(()) } else { Err(Error::Usage(format!("`{at}` has no BGP session with `{with}`"))) }
}

fn addresses(network: &Network, d: DeviceId) -> Vec<IpAddr> {
    network.devices[d].interfaces.iter().flat_map(|i| &i.addresses).map(|a| a.address.addr()).collect()
}

fn shut_on(network: &mut Network, d: DeviceId, peers: &[IpAddr]) -> bool {
    let is_one = |n: &&mut Neighbor| matches!(n.peer, Peer::Ip(ip, _) if peers.contains(&ip));
    let mut found = false;
    for neighbor in network.devices[d].bgp.iter_mut().flat_map(|b| b.neighbors.iter_mut()).filter(is_one) {
        neighbor.enabled = false;
        found = true;
    }
    found
}

/// Adds an announcement.
pub(super) fn announce(network: &mut Network, a: &Announce) -> Result<(), Error> {
    let at = device(network, &a.at)?;
    let prefix = a.prefix.trunc();
    let Some(peer) = a.peer else { return originate(network, at, prefix) };
    let hears = network.devices[at].bgp.iter().flat_map(|b| b.neighbors.iter().map(move |n| (b.vrf, n)));
    let vrf = hears.filter(|(_, n)| matches!(n.peer, Peer::Ip(ip, _) if ip == peer)).map(|(v, _)| v).next();
    let vrf = vrf.ok_or_else(|| Error::Usage(format!("`{}` has no BGP neighbour {peer} that could announce {prefix}", a.at)))?;
    let communities = a.communities.iter().map(|c| community(c)).collect::<Result<_, _>>()?;
    let attrs = Announced { as_path: a.as_path.clone(), next_hop: None, med: a.med, origin: BgpOrigin::Igp, communities };
    network.announce(at, vrf, peer, vec![Announcement { prefix, attrs: Arc::new(attrs) }]);
    Ok(())
}

fn community(text: &str) -> Result<u32, Error> {
    let parts = text.split_once(':').and_then(|(a, b)| Some((a.parse::<u16>().ok()?, b.parse::<u16>().ok()?)));
    let (a, b) = parts.ok_or_else(|| Error::Usage(format!("`{text}` is no community like 64500:1")))?;
    Ok(u32::from(a) << 16 | u32::from(b))
}

/// A router makes a prefix: a discard route and a `network` line.
fn originate(network: &mut Network, at: DeviceId, prefix: IpNet) -> Result<(), Error> {
    let device = &mut network.devices[at];
    let family = Family::of_prefix(&prefix);
    let Some(bgp) = device.bgp.iter_mut().find(|b| b.vrf == VrfId::DEFAULT) else {
        return Err(Error::Usage(format!("`{}` does not speak BGP: it cannot announce {prefix}", device.name)));
    };
    if bgp.families.iter().all(|f| f.family != family) {
        bgp.families.push(BgpFamily { family, ..BgpFamily::default() });
    }
    let line = BgpNetwork { prefix, policy: None, backdoor: false, weight: None, origin: Default::default() };
    if let Some(f) = bgp.families.iter_mut().find(|f| f.family == family) {
        f.networks.push(line);
    }
    device.vrfs[VrfId::DEFAULT].static_routes.push(StaticRoute::new(prefix, StaticHop::Discard, 254));
    Ok(())
}

/// Takes a prefix out of what is announced from outside and (without `peer`) out of `network` lines.
pub(super) fn withdraw(network: &mut Network, w: &Withdraw) -> Result<(), Error> {
    let prefix = w.prefix.trunc();
    let only = w.at.as_deref().map(|name| device(network, name)).transpose()?;
    let mut found = false;
    let asked = |a: &&mut Announcer| only.is_none_or(|d| d == a.device) && w.peer.is_none_or(|p| p == a.peer);
    for announcer in network.announcers.iter_mut().filter(asked) {
        if announcer.routes.iter().any(|r| r.prefix == prefix) {
            Arc::make_mut(&mut announcer.routes).retain(|r| r.prefix != prefix);
            found = true;
        }
    }
    network.announcers.retain(|a| !a.routes.is_empty());
    if w.peer.is_none() {
        let devices: Vec<DeviceId> = only.map_or_else(|| network.devices.ids().collect(), |d| vec![d]);
        for d in devices {
            for family in network.devices[d].bgp.iter_mut().flat_map(|b| &mut b.families) {
                let lines = family.networks.len();
                family.networks.retain(|n| n.prefix.trunc() != prefix);
                found |= family.networks.len() < lines;
            }
        }
    }
    if found { Ok(()) } else { Err(Error::Usage(format!("nobody announces {prefix} by a `network` line or from outside"))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::span::SourceMap;
    use crate::model::bgp::Bgp;
    use crate::model::{Device, Vrf};

    fn network() -> Network {
        let mut r1 = Device { name: "r1".into(), ..Device::default() };
        r1.vrfs.push(Vrf::default());
        let mut bgp = Bgp { asn: 65001, ..Bgp::default() };
        let peer = Peer::Ip("192.0.2.2".parse().unwrap(), None);
        bgp.neighbors.push(Neighbor { peer, enabled: true, ..Neighbor::default() });
        r1.bgp.push(bgp);
        Network::new(vec![r1, Device { name: "r2".into(), ..Device::default() }], SourceMap::default())
    }

    fn announced(at: &str, peer: Option<&str>) -> Announce {
        Announce {
            at: at.to_owned(),
            peer: peer.map(|p| p.parse().unwrap()),
            prefix: "198.51.100.7/24".parse().unwrap(),
            as_path: vec![64500],
            med: None,
            communities: vec!["64500:7".to_owned()],
        }
    }

    #[test]
    fn a_prefix_comes_and_goes() {
        let mut n = network();
        announce(&mut n, &announced("r1", Some("192.0.2.2"))).unwrap();
        announce(&mut n, &announced("r1", None)).unwrap();
        assert_eq!(n.announcers[0].routes[0].prefix.to_string(), "198.51.100.0/24");
        assert_eq!(n.announcers[0].routes[0].attrs.communities, [64500 << 16 | 7]);
        assert_eq!(n.devices[DeviceId(0)].bgp[0].families[0].networks.len(), 1);
        let prefix: IpNet = "198.51.100.0/24".parse().unwrap();
        withdraw(&mut n, &Withdraw { prefix, at: None, peer: Some("192.0.2.2".parse().unwrap()) }).unwrap();
        assert!(n.announcers.is_empty());
        assert_eq!(n.devices[DeviceId(0)].bgp[0].families[0].networks.len(), 1, "only the neighbour's was meant");
        withdraw(&mut n, &Withdraw { prefix, at: Some("r1".into()), peer: None }).unwrap();
        let error = withdraw(&mut n, &Withdraw { prefix, at: None, peer: None }).unwrap_err().to_string();
        assert_eq!(error, "nobody announces 198.51.100.0/24 by a `network` line or from outside");
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let mut n = network();
        let said = |r: Result<(), Error>| r.unwrap_err().to_string();
        assert_eq!(
            said(announce(&mut n, &announced("r1", Some("192.0.2.9")))),
            "`r1` has no BGP neighbour 192.0.2.9 that could announce 198.51.100.0/24"
        );
        assert_eq!(said(announce(&mut n, &announced("r2", None))), "`r2` does not speak BGP: it cannot announce 198.51.100.0/24");
        assert_eq!(said(shut(&mut n, "r2", "r1")), "`r2` has no BGP session with `r1`");
        shut(&mut n, "r1", "192.0.2.2").unwrap();
        assert!(n.devices[DeviceId(0)].bgp[0].neighbors.iter().all(|x| !x.enabled));
    }
}
